//! How often a key may ask: counted here first, and then together with the other instances, as `rate` does. What is left
//! is told as this instance knows it.

use super::problem;
use crate::app::{App, per_minute};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::Response;
use governor::clock::{Clock, DefaultClock};
use governor::middleware::StateInformationMiddleware;
use governor::state::keyed::DefaultKeyedStateStore;
use governor::{Quota, RateLimiter};
use std::num::NonZeroU32;
use std::time::Duration;
use visavis_domain::ids::ApiKeyId;

const LIMIT: HeaderName = HeaderName::from_static("ratelimit-limit");
const REMAINING: HeaderName = HeaderName::from_static("ratelimit-remaining");
const RESET: HeaderName = HeaderName::from_static("ratelimit-reset");

/// A bucket for each key. There are few keys: none is ever forgotten.
pub(crate) struct RateByKey {
    times: NonZeroU32,
    buckets:
        RateLimiter<ApiKeyId, DefaultKeyedStateStore<ApiKeyId>, DefaultClock, StateInformationMiddleware>,
    clock: DefaultClock,
}

/// How far a key has got, for the headers of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Pace {
    limit: NonZeroU32,
    remaining: u32,
    /// Seconds until it is full again.
    reset: u64,
}

/// More than it may.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Over {
    limit: NonZeroU32,
    /// Seconds until there is one again.
    wait: u64,
}

impl RateByKey {
    pub(crate) fn per_minute(times: NonZeroU32) -> Self {
        let buckets = RateLimiter::keyed(Quota::per_minute(times));
        let buckets = buckets.with_middleware::<StateInformationMiddleware>();
        Self { times, buckets, clock: DefaultClock::default() }
    }

    /// Once more.
    pub(crate) async fn take(&self, app: &App, key: ApiKeyId) -> Result<Pace, Over> {
        let pace = self.check(key)?;
        let counted = app.count_key(key, per_minute(self.times)).await;
        counted.map_err(|wait| Over { limit: self.times, wait: wait.as_secs() + 1 })?;
        Ok(pace)
    }

    fn check(&self, key: ApiKeyId) -> Result<Pace, Over> {
        let limit = self.times;
        match self.buckets.check_key(&key) {
            Ok(state) => {
                let remaining = state.remaining_burst_capacity();
                let used = limit.get().saturating_sub(remaining);
                let full = Duration::from_secs(60) / limit.get() * used;
                Ok(Pace { limit, remaining, reset: full.as_secs() + u64::from(full.subsec_nanos() > 0) })
            }
            Err(not_until) => {
                Err(Over { limit, wait: not_until.wait_time_from(self.clock.now()).as_secs() + 1 })
            }
        }
    }
}

impl Pace {
    /// What every answer to a key says.
    pub(crate) fn tell(self, headers: &mut HeaderMap) {
        headers.insert(LIMIT, self.limit.get().into());
        headers.insert(REMAINING, self.remaining.into());
        headers.insert(RESET, self.reset.into());
    }
}

impl Over {
    /// 429, with the time to wait.
    pub(crate) fn refusal(self) -> Response {
        let mut response = problem(
            StatusCode::TOO_MANY_REQUESTS,
            "rate_limited",
            "This key asks too often; try again later",
        );
        Pace { limit: self.limit, remaining: 0, reset: self.wait }.tell(response.headers_mut());
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(self.wait));
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_hears_how_many_are_left_and_uses_up_nothing_of_anothers() {
        let limit = NonZeroU32::new(3).unwrap();
        let rate = RateByKey::per_minute(limit);
        let [a, b] = [1, 2].map(ApiKeyId::from_bits);
        for (remaining, reset) in [(2, 20), (1, 40), (0, 60)] {
            assert_eq!(rate.check(a), Ok(Pace { limit, remaining, reset }));
        }
        let over = rate.check(a).unwrap_err();
        assert!((1..=21).contains(&over.wait), "{over:?}");
        assert_eq!(rate.check(b), Ok(Pace { limit, remaining: 2, reset: 20 }));
        let refusal = over.refusal();
        assert_eq!(refusal.status(), 429);
        assert_eq!(refusal.headers()[header::RETRY_AFTER], over.wait.to_string());
        assert_eq!(refusal.headers()[REMAINING], "0");
        assert_eq!(refusal.headers()[LIMIT], "3");
    }
}
