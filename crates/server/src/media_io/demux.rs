//! Whose a datagram is. Runs on the thread that receives at the port, and owns what it looks things up in.
//!
//! An address belongs to a connection once a signed STUN request has come from it (RFC 7983 tells the rest by the
//! first byte). Everything else that looks like media is a stranger's and is dropped here.

use super::Shared;
use super::connections::Connection;
use super::worker::{Batch, Job};
use crate::port::{Arrived, MediaPackets};
use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

/// An address from which nothing has come for this long is forgotten; browsers check every few seconds.
const QUIET: Duration = Duration::from_secs(60);
/// A worker that has been at the same thing for this long is in trouble.
const STALLED: Duration = Duration::from_secs(2);

/// From so many packets in a second on, being woken for each costs more than they do.
const MANY: u64 = 2_000;
const NAP: Duration = Duration::from_micros(400);

pub(super) struct Demux {
    shared: Arc<Shared>,
    /// By their address and ours.
    places: HashMap<(SocketAddr, SocketAddr), Place>,
    /// One for each worker.
    batches: Vec<Batch>,
    strangers: u64,
    overrun: u64,
    /// Since the last tick.
    taken: u64,
    /// There were many in the second before.
    many: bool,
}

struct Place {
    connection: Arc<Connection>,
    /// Our address, as the participant knows it.
    destination: SocketAddr,
    heard: Instant,
}

impl Drop for Place {
    fn drop(&mut self) {
        self.connection.give_place_back();
    }
}

impl Demux {
    pub(super) fn new(shared: Arc<Shared>) -> Self {
        let batches = shared.queues.iter().map(|_| Batch::default()).collect();
        Self { shared, places: HashMap::new(), batches, strangers: 0, overrun: 0, taken: 0, many: false }
    }

    /// A signed request makes its sender's address the connection's.
    fn check(&mut self, now: Instant, arrived: &Arrived<'_>) -> bool {
        let Some(connection) = self.shared.connections.recognise(arrived.bytes) else { return false };
        let at = (arrived.peer, arrived.local);
        let known = self.places.get(&at).is_some_and(|place| Arc::ptr_eq(&place.connection, &connection));
        if !known {
            if !connection.take_place() {
                self.strangers += 1;
                return true;
            }
            let destination = self.shared.addresses.known_as(arrived.local);
            self.places.insert(at, Place { connection, destination, heard: now });
        }
        self.pass(now, arrived)
    }

    fn pass(&mut self, now: Instant, arrived: &Arrived<'_>) -> bool {
        let known = self.places.get_mut(&(arrived.peer, arrived.local));
        let Some(place) = known.filter(|place| !place.connection.is_closed()) else {
            self.strangers += 1;
            return false;
        };
        place.heard = now;
        self.taken += 1;
        let target = place.connection.target;
        self.batches[target.worker].push(now, target, arrived.peer, place.destination, arrived.bytes);
        true
    }
}

impl MediaPackets for Demux {
    fn take(&mut self, now: Instant, arrived: &Arrived<'_>) -> bool {
        match arrived.bytes.first() {
            Some(0..=3) => self.check(now, arrived),
            Some(20..=63 | 128..=191) => self.pass(now, arrived),
            _ => false,
        }
    }

    fn hand_over(&mut self) {
        for (batch, queue) in self.batches.iter_mut().zip(&self.shared.queues) {
            let (bytes, packets) = (batch.size(), batch.len());
            if packets > 0 && !queue.packets(bytes, Job::Packets(std::mem::take(batch))) {
                self.overrun += packets as u64;
            }
        }
    }

    fn nap(&self) -> Option<Duration> {
        self.many.then_some(NAP)
    }

    fn tick(&mut self) {
        let now = Instant::now();
        self.many = std::mem::take(&mut self.taken) > MANY;
        self.places.retain(|_, place| {
            !place.connection.is_closed() && now.saturating_duration_since(place.heard) < QUIET
        });
        for (number, queue) in self.shared.queues.iter().enumerate() {
            let since = queue.busy_since.load(Ordering::Relaxed);
            let busy = now.saturating_duration_since(self.shared.began + Duration::from_millis(since));
            if since > 0 && busy > STALLED {
                tracing::error!(worker = number, ?busy, "a media worker stands still");
                metrics::counter!("visavis_media_stalled_seconds_total").increment(1);
            }
        }
        let dropped = |reason| metrics::counter!("visavis_media_dropped_total", "reason" => reason);
        dropped("stranger").increment(std::mem::take(&mut self.strangers));
        dropped("overrun").increment(std::mem::take(&mut self.overrun));
    }
}
