//! How often an address may do something: counted here first, which costs nothing and holds whatever else is away, and
//! then together with the other instances.

use crate::app::{App, ByAddress, per_minute};
use crate::listen::source;
use governor::clock::{Clock, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use std::net::IpAddr;
use std::num::NonZeroU32;
use std::sync::atomic::{AtomicU32, Ordering};

/// Calls between two sweeps of addresses that have been quiet: bounds the memory of a scan.
const SWEEP_EVERY: u32 = 10_000;

/// A bucket for each address, IPv6 by network.
pub(crate) struct RateByAddress {
    what: ByAddress,
    times: NonZeroU32,
    buckets: DefaultKeyedRateLimiter<IpAddr>,
    clock: DefaultClock,
    calls: AtomicU32,
}

impl RateByAddress {
    pub(crate) fn per_minute(what: ByAddress, times: NonZeroU32) -> Self {
        Self {
            what,
            times,
            buckets: RateLimiter::keyed(Quota::per_minute(times)),
            clock: DefaultClock::default(),
            calls: AtomicU32::new(0),
        }
    }

    /// Once more, or how many seconds to wait.
    pub(crate) async fn take(&self, app: &App, address: IpAddr) -> Result<(), u64> {
        self.check(address)?;
        let counted = app.count_from(self.what, source(address), per_minute(self.times)).await;
        counted.map_err(|wait| wait.as_secs() + 1)
    }

    fn check(&self, address: IpAddr) -> Result<(), u64> {
        if self.calls.fetch_add(1, Ordering::Relaxed) % SWEEP_EVERY == SWEEP_EVERY - 1 {
            self.buckets.retain_recent();
        }
        let outcome = self.buckets.check_key(&source(address));
        outcome.map_err(|not_until| not_until.wait_time_from(self.clock.now()).as_secs() + 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_address_does_not_use_up_anothers_tries() {
        let rate = RateByAddress::per_minute(ByAddress::Links, NonZeroU32::new(2).unwrap());
        let [a, b] = ["192.0.2.1", "192.0.2.2"].map(|text| text.parse().unwrap());
        assert_eq!((rate.check(a), rate.check(a)), (Ok(()), Ok(())));
        assert!(rate.check(a).is_err_and(|wait| (1..=31).contains(&wait)));
        assert_eq!(rate.check(b), Ok(()));
    }
}
