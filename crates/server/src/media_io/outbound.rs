//! Datagrams on their way out: runs of equal size to one receiver leave in one system call, and what goes to a stream
//! gets its frame.

use crate::port::PortSender;
use bytes::{BufMut, Bytes, BytesMut};
use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use tokio::sync::mpsc;
use visavis_media::{Protocol, Transmit};

/// The kernel takes no more at once.
const MOST_BYTES: usize = 63 * 1024;

/// Somebody's address and ours.
pub(super) type Ends = (SocketAddr, SocketAddr);

pub(super) struct Outbound {
    port: Arc<PortSender>,
    /// Addresses that can be sent from; others are a router's.
    own: Vec<IpAddr>,
    /// Each with its number: one may come from the same place as the one before.
    streams: HashMap<Ends, (u64, mpsc::Sender<Bytes>)>,
    run: Run,
    pub(super) counts: Counts,
}

#[derive(Default)]
pub(super) struct Counts {
    pub(super) packets: u64,
    pub(super) bytes: u64,
    pub(super) calls: u64,
    pub(super) dropped: u64,
}

/// What is gathered for one system call.
struct Run {
    to: Ends,
    size: usize,
    count: usize,
    bytes: Vec<u8>,
}

impl Outbound {
    pub(super) fn new(port: Arc<PortSender>, own: Vec<IpAddr>) -> Self {
        let nowhere = SocketAddr::from(([0, 0, 0, 0], 0));
        let run = Run { to: (nowhere, nowhere), size: 0, count: 0, bytes: Vec::with_capacity(MOST_BYTES) };
        Self { port, own, streams: HashMap::new(), run, counts: Counts::default() }
    }

    pub(super) fn open_stream(&mut self, ends: Ends, stream: u64, frames: mpsc::Sender<Bytes>) {
        self.streams.insert(ends, (stream, frames));
    }

    /// Nothing, if another one has taken its place.
    pub(super) fn close_stream(&mut self, ends: Ends, stream: u64) {
        if self.streams.get(&ends).is_some_and(|(present, _)| *present == stream) {
            self.streams.remove(&ends);
        }
    }

    /// Lets go of what has been gathered.
    pub(super) fn forget_run(&mut self) {
        self.run.count = 0;
        self.run.bytes.clear();
    }

    pub(super) fn send(&mut self, transmit: &Transmit) {
        let ends = (transmit.destination, transmit.source);
        let bytes: &[u8] = &transmit.contents;
        self.counts.packets += 1;
        self.counts.bytes += bytes.len() as u64;
        if transmit.protocol == Protocol::Tcp {
            return self.send_in_stream(ends, bytes);
        }
        let Run { to, size, count, bytes: gathered } = &self.run;
        // A smaller one ends a run, since the kernel cuts at equal lengths.
        let whole = gathered.len() == size * count;
        let fits = *count > 0
            && *to == ends
            && whole
            && bytes.len() <= *size
            && *count < self.port.most_in_run()
            && gathered.len() + bytes.len() <= MOST_BYTES;
        if !fits {
            self.flush();
            self.run.to = ends;
            self.run.size = bytes.len();
        }
        self.run.count += 1;
        self.run.bytes.extend_from_slice(bytes);
    }

    /// Sends what has been gathered.
    pub(super) fn flush(&mut self) {
        let Run { to: (peer, local), size, count, bytes } = &mut self.run;
        if *count == 0 {
            return;
        }
        let from = if self.own.contains(&local.ip()) { local.ip() } else { IpAddr::from([0, 0, 0, 0]) };
        self.counts.calls += 1;
        // What the kernel does not take is lost, as on any network.
        if self.port.send_run(from, *peer, bytes, *size).is_err() {
            self.counts.dropped += *count as u64;
        }
        *count = 0;
        bytes.clear();
    }

    fn send_in_stream(&mut self, ends: Ends, bytes: &[u8]) {
        let Ok(length) = u16::try_from(bytes.len()) else { return };
        let mut framed = BytesMut::with_capacity(2 + bytes.len());
        framed.put_u16(length);
        framed.put_slice(bytes);
        let sent =
            self.streams.get(&ends).is_some_and(|(_, stream)| stream.try_send(framed.freeze()).is_ok());
        if !sent {
            self.counts.dropped += 1;
        }
    }
}
