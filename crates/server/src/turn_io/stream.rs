//! TURN over TCP and TLS: cuts the byte stream into messages for the thread, and writes what the thread answers.

use super::TurnHandle;
use crate::listen::{ByteStream, Streams};
use bytes::{Buf, Bytes, BytesMut};
use std::future::Future;
use std::net::SocketAddr;
use std::pin::Pin;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::sync::mpsc;

/// Packets on their way to a slow reader. Beyond it they are dropped, as a network would.
const OUTBOX: usize = 256;
/// A stream on which nothing arrives for this long is closed; clients refresh more often.
const IDLE: Duration = Duration::from_secs(11 * 60);
const STUN_HEADER: usize = 20;
const CHANNEL_HEADER: usize = 4;

/// From a stream to the thread.
pub(super) struct FromStream {
    /// The client's side and ours.
    pub(super) peer: SocketAddr,
    pub(super) local: SocketAddr,
    pub(super) what: StreamInput,
}

pub(super) enum StreamInput {
    /// It is there; answers go into the sender.
    Opened(mpsc::Sender<Bytes>),
    /// One whole message or channel packet.
    Packet(Bytes),
    /// It is gone.
    Closed,
}

/// Neither STUN nor channel data.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Garbage;

/// Takes the next whole packet off the front, if it is there (RFC 8656 §12.5: channel data is padded to four).
pub(super) fn next_packet(buffer: &mut BytesMut) -> Result<Option<Bytes>, Garbage> {
    if buffer.len() < CHANNEL_HEADER {
        return Ok(None);
    }
    let length = usize::from(u16::from_be_bytes([buffer[2], buffer[3]]));
    let (whole, padding) = match buffer[0] >> 6 {
        0 if buffer[0] < 4 && length % 4 == 0 => (STUN_HEADER + length, 0),
        1 => (CHANNEL_HEADER + length, (4 - length % 4) % 4),
        _ => return Err(Garbage),
    };
    if buffer.len() < whole + padding {
        return Ok(None);
    }
    let packet = buffer.split_to(whole).freeze();
    buffer.advance(padding);
    Ok(Some(packet))
}

impl Streams for TurnHandle {
    fn serve(
        &self,
        stream: Box<dyn ByteStream>,
        local: SocketAddr,
        peer: SocketAddr,
    ) -> Pin<Box<dyn Future<Output = ()> + Send>> {
        let handle = self.clone();
        Box::pin(async move {
            let (answers, mut outbox) = mpsc::channel(OUTBOX);
            let send = |what| handle.hand_in(FromStream { peer, local, what });
            if send(StreamInput::Opened(answers)).await.is_err() {
                return;
            }
            // Whatever happens to this task, the thread hears of the end.
            let _closed = Closing { handle: handle.clone(), peer, local };
            let (mut reader, mut writer) = tokio::io::split(stream);
            let read = async {
                let mut buffer = BytesMut::with_capacity(4096);
                loop {
                    while let Some(packet) = next_packet(&mut buffer).map_err(|Garbage| ())? {
                        send(StreamInput::Packet(packet)).await?;
                    }
                    match tokio::time::timeout(IDLE, reader.read_buf(&mut buffer)).await {
                        Ok(Ok(read)) if read > 0 => {}
                        _ => return Err::<(), ()>(()),
                    }
                }
            };
            let write = async {
                while let Some(packet) = outbox.recv().await {
                    if writer.write_all(&packet).await.is_err() {
                        return;
                    }
                    // Nothing more to say at once: what was said has to go out (TLS keeps it otherwise).
                    if outbox.is_empty() && writer.flush().await.is_err() {
                        return;
                    }
                }
            };
            tokio::select! {
                _ = read => {}
                () = write => {}
            }
        })
    }
}

impl TurnHandle {
    /// Hands a message to the thread; waits while it is behind.
    async fn hand_in(&self, message: FromStream) -> Result<(), ()> {
        self.inbox.send(message).await.map_err(drop)?;
        self.waker.wake().map_err(drop)
    }
}

struct Closing {
    handle: TurnHandle,
    peer: SocketAddr,
    local: SocketAddr,
}

impl Drop for Closing {
    fn drop(&mut self) {
        // Where there is no room to say so, the thread sees within a second that nobody takes its answers.
        let message = FromStream { peer: self.peer, local: self.local, what: StreamInput::Closed };
        if self.handle.inbox.try_send(message).is_ok() {
            let _ = self.handle.waker.wake();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packets_are_cut_wherever_the_bytes_are_torn() {
        let mut stream = Vec::new();
        let stun = [&[0, 1, 0, 4][..], &[0x21, 0x12, 0xa4, 0x42], &[7; 12], &[1, 2, 3, 4]].concat();
        let channel = [&[0x40, 1, 0, 5][..], b"hello"].concat();
        stream.extend_from_slice(&stun);
        stream.extend_from_slice(&channel);
        stream.extend_from_slice(&[0; 3]);
        stream.extend_from_slice(&stun);
        for chunk in 1..stream.len() {
            let (mut buffer, mut packets) = (BytesMut::new(), Vec::new());
            for bytes in stream.chunks(chunk) {
                buffer.extend_from_slice(bytes);
                while let Some(packet) = next_packet(&mut buffer).unwrap() {
                    packets.push(packet.to_vec());
                }
            }
            assert_eq!(packets, [stun.clone(), channel.clone(), stun.clone()], "in chunks of {chunk}");
            assert!(buffer.is_empty());
        }
    }

    #[test]
    fn garbage_ends_the_stream() {
        for bytes in [&b"GET / HTTP/1.1\r\n"[..], &[0xff; 8], &[0x16, 3, 1, 0, 5], &[0, 1, 0, 3, 0, 0, 0, 0]]
        {
            let outcome = next_packet(&mut BytesMut::from(bytes));
            // "GET" has the two bits of a channel: it waits for more than it will ever get, and idles out.
            assert!(outcome == Err(Garbage) || (bytes[0] >> 6 == 1 && outcome == Ok(None)), "{bytes:?}");
        }
    }
}
