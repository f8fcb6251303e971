//! Chance that can be had again: a seed is printed and set.

use std::hash::{BuildHasher, RandomState};
use std::time::Duration;

/// A generator after Vigna's splitmix64. Good for choosing, not for secrets.
#[derive(Debug, Clone)]
pub struct Dice(u64);

impl Dice {
    /// Those of this seed.
    #[must_use]
    pub fn of(seed: u64) -> Self {
        Self(seed)
    }

    /// Others each time.
    #[must_use]
    pub fn thrown() -> Self {
        Self(RandomState::new().hash_one(0))
    }

    /// The next number.
    pub fn number(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// One of so many, from 0; there is one.
    pub fn below(&mut self, many: usize) -> usize {
        let many = u64::try_from(many).unwrap_or(u64::MAX).max(1);
        usize::try_from(self.number() % many).unwrap_or(0)
    }

    /// This long, spread by half.
    pub fn around(&mut self, time: Duration) -> Duration {
        let spread = u32::try_from(self.below(1001)).unwrap_or(0);
        time / 2 + time * spread / 1000
    }
}
