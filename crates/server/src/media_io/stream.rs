//! Media in streams (RFC 6544), for networks that let no UDP through: frames of RFC 4571 cut out of what arrives, and
//! written back.

use super::outbound::Ends;
use super::worker::{Batch, Job};
use super::{Queue, Shared, Target};
use crate::listen::{ByteStream, Streams};
use bytes::{Buf, Bytes, BytesMut};
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::sync::mpsc;
use tokio::time::timeout;
use visavis_media::door::{Admitted, next_frame};

/// Packets on their way to a slow reader: half a second of a picture. Beyond it they are dropped, as a network would.
const OUTBOX: usize = 256;
/// The first packet has to say whose the stream is, and soon.
const INTRODUCTION: Duration = Duration::from_secs(10);
/// Nothing for this long, though browsers check every few seconds.
const IDLE: Duration = Duration::from_secs(60);
/// Room for a frame or two.
const BUFFER: usize = 4 * 1024;

/// Takes streams that begin with a framed STUN request.
pub(crate) struct IceStreams(Arc<Shared>);

impl IceStreams {
    pub(super) fn new(shared: Arc<Shared>) -> Self {
        Self(shared)
    }
}

impl Streams for IceStreams {
    fn serve(
        &self,
        stream: Box<dyn ByteStream>,
        local: SocketAddr,
        peer: SocketAddr,
    ) -> Pin<Box<dyn Future<Output = ()> + Send>> {
        let shared = self.0.clone();
        Box::pin(async move {
            let (mut reader, mut writer) = tokio::io::split(stream);
            let mut buffer = BytesMut::with_capacity(BUFFER);
            let first = timeout(INTRODUCTION, read_frame(&mut reader, &mut buffer)).await;
            let Ok(Some(first)) = first else { return };
            let Some(connection) = shared.recognise(&first) else { return };
            let (frames, mut outbox) = mpsc::channel(OUTBOX);
            let way = Way {
                queue: shared.queues[connection.target.worker].clone(),
                ends: (peer, shared.addresses.known_as(local)),
                stream: shared.streams.fetch_add(1, Ordering::Relaxed),
                connection,
            };
            let opened = Job::StreamOpened { ends: way.ends, stream: way.stream, frames };
            if way.queue.give(opened).is_some() {
                return;
            }
            way.pass(&first);
            let read = async {
                while let Ok(Some(frame)) = timeout(IDLE, read_frame(&mut reader, &mut buffer)).await {
                    if way.connection.is_closed() {
                        return;
                    }
                    way.pass(&frame);
                }
            };
            let write = async {
                while let Some(frame) = outbox.recv().await {
                    if writer.write_all(&frame).await.is_err() {
                        return;
                    }
                    // Nothing more to say at once: what was said has to go out (TLS keeps it otherwise).
                    if outbox.is_empty() && writer.flush().await.is_err() {
                        return;
                    }
                }
            };
            tokio::select! {
                () = read => {}
                () = write => {}
            }
        })
    }
}

async fn read_frame(reader: &mut (impl AsyncReadExt + Unpin), buffer: &mut BytesMut) -> Option<Bytes> {
    loop {
        if let Some(length) = next_frame(buffer).ok()? {
            buffer.advance(2);
            return Some(buffer.split_to(length).freeze());
        }
        if reader.read_buf(buffer).await.ok()? == 0 {
            return None;
        }
    }
}

/// A stream's way to its worker. Whatever happens to the task, the worker hears of the end.
struct Way {
    queue: Queue,
    ends: Ends,
    stream: u64,
    connection: Arc<Admitted<Target>>,
}

impl Way {
    /// A full worker drops it, as a network would.
    fn pass(&self, frame: &[u8]) {
        let mut batch = Batch::in_stream();
        batch.push(Instant::now(), self.connection.target, self.ends.0, self.ends.1, frame);
        self.queue.packets(batch.size(), Job::Packets(batch));
    }
}

impl Drop for Way {
    fn drop(&mut self) {
        // A worker that is no more has no streams.
        let _ = self.queue.give(Job::StreamClosed { ends: self.ends, stream: self.stream });
    }
}
