//! A bucket of bytes that fills with time. Pure; one per allocation and direction.

use std::time::{Duration, Instant};

/// How long a burst may be paid in advance. Less cuts key frames, more hides a flood.
const BURST: Duration = Duration::from_secs(1);

pub(super) struct Budget {
    bytes_per_second: u64,
    left: u64,
    filled: Instant,
}

impl Budget {
    pub(super) fn new(bytes_per_second: u64, now: Instant) -> Self {
        Self { bytes_per_second, left: bytes_per_second * BURST.as_secs(), filled: now }
    }

    /// Takes what a packet costs, if it is there.
    pub(super) fn take(&mut self, bytes: usize, now: Instant) -> bool {
        let bytes = bytes as u64;
        if self.left < bytes {
            let passed = now.saturating_duration_since(self.filled).min(BURST);
            let gained = passed.as_micros() * u128::from(self.bytes_per_second) / 1_000_000;
            if gained > 0 {
                let full = self.bytes_per_second * BURST.as_secs();
                self.left = full.min(self.left.saturating_add(u64::try_from(gained).unwrap_or(u64::MAX)));
                self.filled = now;
            }
        }
        let enough = self.left >= bytes;
        if enough {
            self.left -= bytes;
        }
        enough
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_gives_the_rate_and_no_more() {
        let start = Instant::now();
        let mut budget = Budget::new(10_000, start);
        let mut sent = 0;
        for millisecond in 0..10_000 {
            let now = start + Duration::from_millis(millisecond);
            while budget.take(100, now) {
                sent += 100;
            }
        }
        assert!((100_000..=120_000).contains(&sent), "{sent} bytes in 10 s at 10,000 a second");
    }

    #[test]
    fn a_long_rest_is_worth_one_burst() {
        let start = Instant::now();
        let mut budget = Budget::new(1_000, start);
        assert!(budget.take(1_000, start));
        let later = start + Duration::from_secs(3600);
        assert!(budget.take(1_000, later));
        assert!(!budget.take(1_000, later));
    }
}
