//! From the thread that receives at the port to the workers: packets of connections, in batches. Everything else that
//! looks like media ends here.

use super::worker::{Batch, Job};
use super::{STALLED, Shared, Target};
use crate::port::{Arrived, MediaPackets};
use std::sync::Arc;
use std::time::{Duration, Instant};
use visavis_media::door::{Places, Whose};

/// From so many packets in a second on, being woken for each costs more than they do.
const MANY: u64 = 2_000;
const NAP: Duration = Duration::from_micros(400);

pub(super) struct Demux {
    shared: Arc<Shared>,
    places: Places<Target>,
    /// One for each worker.
    batches: Vec<Batch>,
    strangers: u64,
    overrun: u64,
    /// Since the last tick.
    taken: u64,
    /// There were many in the second before.
    many: bool,
}

impl Demux {
    pub(super) fn new(shared: Arc<Shared>) -> Self {
        let batches = shared.queues.iter().map(|_| Batch::default()).collect();
        Self { shared, places: Places::default(), batches, strangers: 0, overrun: 0, taken: 0, many: false }
    }
}

impl MediaPackets for Demux {
    fn take(&mut self, now: Instant, arrived: &Arrived<'_>) -> bool {
        let &Arrived { peer, local, bytes } = arrived;
        let shared = &self.shared;
        match self.places.whose(now, peer, local, bytes, |bytes| shared.recognise(bytes)) {
            Whose::Known(target) => {
                self.taken += 1;
                let destination = self.shared.addresses.known_as(local);
                self.batches[target.worker].push(now, target, peer, destination, bytes);
                true
            }
            Whose::Greedy | Whose::Stranger => {
                self.strangers += 1;
                true
            }
            Whose::Other => false,
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
        self.places.sweep(now);
        let mut longest = Duration::ZERO;
        for worker in 0..self.shared.queues.len() {
            let silent = self.shared.stands_still(worker);
            longest = longest.max(silent);
            if silent > STALLED {
                tracing::error!(worker, "a media worker stands still");
                metrics::counter!("visavis_media_stalled_seconds_total").increment(1);
            }
        }
        self.shared.standing.set_media_silent(longest);
        let dropped = |reason| metrics::counter!("visavis_media_dropped_total", "reason" => reason);
        dropped("stranger").increment(std::mem::take(&mut self.strangers));
        dropped("overrun").increment(std::mem::take(&mut self.overrun));
    }
}
