//! A network in a value: seeded loss, delay, jitter, and a link of some bandwidth with a queue before it. Time is an
//! argument; what goes in comes out later, or not.

use std::cmp::Ordering;
use std::collections::BinaryHeap;
use std::time::{Duration, Instant};

/// What one direction of a network does to datagrams. The default does nothing.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Network {
    /// Share of datagrams that vanish, 0 to 1.
    pub loss: f64,
    /// How long each takes.
    pub delay: Duration,
    /// Up to this much longer, each by itself: they overtake each other.
    pub jitter: Duration,
    /// What the link carries, bits per second; none is no limit.
    pub bits_per_second: Option<u64>,
    /// How long a datagram may wait for the link before there is no room for it.
    pub queue: Duration,
}

/// Splitmix64: small, seeded, and good enough to lose packets by.
#[derive(Debug, Clone)]
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ self.0 >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ mixed >> 31
    }

    /// 0 to 1, without 1.
    #[allow(clippy::cast_precision_loss, reason = "53 bits fit")]
    fn share(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }
}

/// One direction of the way between a participant and the server.
#[derive(Debug)]
pub struct Shaper<T> {
    random: Random,
    network: Network,
    link_free: Option<Instant>,
    entered: u64,
    held: BinaryHeap<Held<T>>,
    dropped: u64,
}

#[derive(Debug)]
struct Held<T> {
    at: Instant,
    order: u64,
    value: T,
}

impl<T> Shaper<T> {
    /// The same seed does the same to the same datagrams.
    #[must_use]
    pub fn new(seed: u64, network: Network) -> Self {
        let held = BinaryHeap::new();
        Self { random: Random(seed), network, link_free: None, entered: 0, held, dropped: 0 }
    }

    /// From now on it is another network. What is on its way keeps its time.
    pub fn set(&mut self, network: Network) {
        self.network = network;
        self.link_free = None;
    }

    /// A datagram of `bytes` enters.
    pub fn push(&mut self, now: Instant, bytes: usize, value: T) {
        if self.random.share() < self.network.loss {
            self.dropped += 1;
            return;
        }
        let mut leaves = now;
        if let Some(bits_per_second) = self.network.bits_per_second {
            let begins = self.link_free.map_or(now, |free| free.max(now));
            if begins - now > self.network.queue {
                self.dropped += 1;
                return;
            }
            let bits = u64::try_from(bytes).unwrap_or(u64::MAX).saturating_mul(8_000_000_000);
            leaves = begins + Duration::from_nanos(bits / bits_per_second.max(1));
            self.link_free = Some(leaves);
        }
        let jitter = self.network.jitter.mul_f64(self.random.share());
        self.entered += 1;
        self.held.push(Held { at: leaves + self.network.delay + jitter, order: self.entered, value });
    }

    /// The next datagram that has arrived by now.
    pub fn poll(&mut self, now: Instant) -> Option<T> {
        if self.held.peek()?.at > now {
            return None;
        }
        Some(self.held.pop()?.value)
    }

    /// When the next one arrives.
    #[must_use]
    pub fn next(&self) -> Option<Instant> {
        Some(self.held.peek()?.at)
    }

    /// How many vanished.
    #[must_use]
    pub fn dropped(&self) -> u64 {
        self.dropped
    }
}

impl<T> PartialEq for Held<T> {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl<T> Eq for Held<T> {}

impl<T> PartialOrd for Held<T> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<T> Ord for Held<T> {
    /// The heap gives its greatest first: that is the earliest, and of the same moment the first that entered.
    fn cmp(&self, other: &Self) -> Ordering {
        (other.at, other.order).cmp(&(self.at, self.order))
    }
}

#[cfg(test)]
mod tests {
    use super::{Network, Shaper};
    use std::time::{Duration, Instant};

    const MS: Duration = Duration::from_millis(1);

    /// What arrives and after how many milliseconds, of one datagram of 1,000 bytes each `every`.
    fn run(seed: u64, network: Network, count: u32, every: Duration) -> Vec<(u32, u128)> {
        let start = Instant::now();
        let mut shaper = Shaper::new(seed, network);
        for number in 0..count {
            shaper.push(start + every * number, 1000, number);
        }
        let mut arrived = Vec::new();
        while let Some(at) = shaper.next() {
            assert!(shaper.poll(at - Duration::from_nanos(1)).is_none());
            arrived.push((shaper.poll(at).unwrap(), (at - start).as_millis()));
        }
        assert_eq!(arrived.len() as u64 + shaper.dropped(), u64::from(count));
        arrived
    }

    #[test]
    fn the_default_changes_nothing() {
        let expected: Vec<_> = (0..50).map(|number| (number, u128::from(number))).collect();
        assert_eq!(run(1, Network::default(), 50, MS), expected);
    }

    #[test]
    fn the_same_seed_does_the_same_and_another_does_not() {
        let network = Network { loss: 0.2, delay: 30 * MS, jitter: 20 * MS, ..Network::default() };
        assert_eq!(run(1, network, 200, MS), run(1, network, 200, MS));
        assert_ne!(run(1, network, 200, MS), run(2, network, 200, MS));
    }

    #[test]
    fn as_many_are_lost_as_was_said() {
        let network = Network { loss: 0.05, ..Network::default() };
        let arrived = run(3, network, 10_000, MS).len();
        assert!((9_400..9_600).contains(&arrived), "{arrived}");
    }

    #[test]
    fn delay_moves_and_jitter_reorders() {
        let delayed = run(1, Network { delay: 40 * MS, ..Network::default() }, 20, MS);
        assert!(delayed.iter().all(|(number, at)| *at == u128::from(*number) + 40));
        let network = Network { delay: 40 * MS, jitter: 10 * MS, ..Network::default() };
        let reordered = run(1, network, 200, MS);
        assert!(reordered.windows(2).any(|pair| pair[0].0 > pair[1].0));
        assert!(reordered.iter().all(|(number, at)| (40..51).contains(&(at - u128::from(*number)))));
    }

    #[test]
    fn a_link_carries_no_more_than_it_can_and_its_queue_holds_no_more_than_fits() {
        // 1,000 bytes each 1 ms are 8 Mbit/s; 800 kbit/s take 10 ms for each.
        let network = Network {
            bits_per_second: Some(800_000),
            queue: Duration::from_millis(100),
            ..Network::default()
        };
        let arrived = run(1, network, 1000, MS);
        assert!((100..=112).contains(&arrived.len()), "{}", arrived.len());
        assert!(arrived.windows(2).all(|pair| pair[1].1 - pair[0].1 == 10));
        assert!(arrived.iter().all(|(number, at)| at - u128::from(*number) <= 111));
    }

    #[test]
    fn a_network_can_change_under_way() {
        let start = Instant::now();
        let mut shaper = Shaper::new(1, Network { delay: 50 * MS, ..Network::default() });
        shaper.push(start, 100, 'a');
        shaper.set(Network { loss: 1.0, ..Network::default() });
        shaper.push(start, 100, 'b');
        shaper.set(Network::default());
        shaper.push(start, 100, 'c');
        assert_eq!(shaper.poll(start), Some('c'));
        assert_eq!(shaper.poll(start), None);
        assert_eq!(shaper.poll(start + 50 * MS), Some('a'));
        assert_eq!((shaper.next(), shaper.dropped()), (None, 1));
    }
}
