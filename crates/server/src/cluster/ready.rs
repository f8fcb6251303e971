//! Whether this instance should be sent work, and what is missing if not. The judgement is pure; what it judges is
//! noted down by those who ask Redis and the database anyway, or once a second, and never for a request.

use super::{Pulse, Standing};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::{Duration, Instant};
use tokio::sync::watch::Receiver;
use tokio::time::{Interval, MissedTickBehavior, interval, timeout};
use tokio_util::sync::CancellationToken;
use visavis_store::Store;

/// An engine that has said nothing for this long does not answer. Less would be a stutter.
const SILENCE: Duration = Duration::from_secs(3);
/// Leases and deadlines are compared between clocks that differ by less (ADR 23).
const CLOCKS: Duration = Duration::from_secs(2);
/// How often engines are asked.
const EVERY: Duration = Duration::from_secs(1);
/// A row that need not be there: what counts is that the database says so.
const PROBE: &str = "ready";

/// What is missing for an instance to be ready.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Missing {
    Draining,
    LiveState,
    Database,
    Clock,
    Media,
}

impl Missing {
    /// As it is told.
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Draining => "draining",
            Self::LiveState => "live_state",
            Self::Database => "database",
            Self::Clock => "clock",
            Self::Media => "media",
        }
    }
}

/// How everything looks now.
#[derive(Debug, Clone, Copy)]
struct Seen {
    draining: bool,
    /// Since they answered last.
    live_silent: Duration,
    database_silent: Duration,
    /// Between this machine's clock and that of live state.
    clocks_differ: Duration,
    /// For how long a thread of the media server has not got on.
    media_silent: Duration,
}

impl Seen {
    fn missing(self) -> Vec<Missing> {
        [
            (self.draining, Missing::Draining),
            (self.live_silent > SILENCE, Missing::LiveState),
            (self.database_silent > SILENCE, Missing::Database),
            (self.clocks_differ > CLOCKS, Missing::Clock),
            (self.media_silent > SILENCE, Missing::Media),
        ]
        .into_iter()
        .filter_map(|(is, missing)| is.then_some(missing))
        .collect()
    }
}

/// What was seen of the engines last.
pub(crate) struct Health {
    standing: Arc<Standing>,
    began: Instant,
    /// When they answered last, in milliseconds since it began.
    live: AtomicU64,
    database: AtomicU64,
    /// By how many milliseconds live state's clock is ahead of this machine's.
    ahead: AtomicI64,
}

impl Health {
    /// Of an instance that has reached everything just now.
    pub(crate) fn new(standing: Arc<Standing>) -> Self {
        let (live, database, ahead) = (AtomicU64::new(0), AtomicU64::new(0), AtomicI64::new(0));
        Self { standing, began: Instant::now(), live, database, ahead }
    }

    /// Why no more work should be sent here; nothing while it should.
    pub(crate) fn missing(&self) -> Vec<Missing> {
        self.seen().missing()
    }

    fn seen(&self) -> Seen {
        let now = self.passed();
        let since = |at: &AtomicU64| Duration::from_millis(now.saturating_sub(at.load(Ordering::Relaxed)));
        Seen {
            draining: self.standing.says().draining,
            live_silent: since(&self.live),
            database_silent: since(&self.database),
            clocks_differ: Duration::from_millis(self.ahead.load(Ordering::Relaxed).unsigned_abs()),
            media_silent: self.standing.media_silent(),
        }
    }

    fn passed(&self) -> u64 {
        u64::try_from(self.began.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    fn beat(&self, pulse: Pulse) {
        if let Some(asked) = pulse.asked() {
            let at = asked.saturating_duration_since(self.began).as_millis();
            self.live.store(u64::try_from(at).unwrap_or(u64::MAX), Ordering::Relaxed);
        }
        self.ahead.store(pulse.ahead_ms(), Ordering::Relaxed);
    }

    fn database_answered(&self) {
        self.database.store(self.passed(), Ordering::Relaxed);
    }

    /// For operators, in figures.
    fn show(&self) {
        let seen = self.seen();
        let missing = seen.missing();
        let is = |one: bool| if one { 1.0 } else { 0.0 };
        metrics::gauge!("visavis_ready").set(is(missing.is_empty()));
        metrics::gauge!("visavis_draining").set(is(seen.draining));
        metrics::gauge!("visavis_live_state_up").set(is(!missing.contains(&Missing::LiveState)));
        metrics::gauge!("visavis_database_up").set(is(!missing.contains(&Missing::Database)));
        metrics::gauge!("visavis_media_up").set(is(!missing.contains(&Missing::Media)));
        #[allow(clippy::cast_precision_loss, reason = "a gauge of milliseconds")]
        metrics::gauge!("visavis_clock_difference_seconds")
            .set(self.ahead.load(Ordering::Relaxed) as f64 / 1000.0);
    }
}

/// Asks the database once a second, and shows everything.
pub(crate) async fn watch(health: Arc<Health>, store: Arc<dyn Store>, stopping: CancellationToken) {
    tokio::select! {
        () = ask_database(&health, &*store) => {}
        () = show(&health) => {}
        () = stopping.cancelled() => {}
    }
}

/// Notes down what the renewals of the lease say of live state, until there are no more.
pub(crate) async fn listen(health: Arc<Health>, mut pulse: Receiver<Pulse>) {
    loop {
        health.beat(*pulse.borrow_and_update());
        if pulse.changed().await.is_err() {
            return;
        }
    }
}

async fn ask_database(health: &Health, store: &dyn Store) {
    let mut every = each_second();
    loop {
        every.tick().await;
        if matches!(timeout(SILENCE, store.setting(PROBE)).await, Ok(Ok(_))) {
            health.database_answered();
        }
    }
}

async fn show(health: &Health) {
    let mut every = each_second();
    loop {
        every.tick().await;
        health.show();
    }
}

fn each_second() -> Interval {
    let mut every = interval(EVERY);
    every.set_missed_tick_behavior(MissedTickBehavior::Delay);
    every
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_missing_is_named() {
        use Missing::{Clock, Database, Draining, LiveState, Media};
        let (quiet, silent) = (Duration::from_secs(3), Duration::from_millis(3_001));
        let (near, far) = (Duration::from_secs(2), Duration::from_millis(2_001));
        for (draining, live_silent, database_silent, clocks_differ, media_silent, missing) in [
            (false, quiet, quiet, near, quiet, vec![]),
            (true, quiet, quiet, near, quiet, vec![Draining]),
            (false, silent, quiet, near, quiet, vec![LiveState]),
            (false, quiet, silent, near, quiet, vec![Database]),
            (false, quiet, quiet, far, quiet, vec![Clock]),
            (false, quiet, quiet, near, silent, vec![Media]),
            (true, silent, silent, far, silent, vec![Draining, LiveState, Database, Clock, Media]),
        ] {
            let seen = Seen { draining, live_silent, database_silent, clocks_differ, media_silent };
            assert_eq!(seen.missing(), missing, "{seen:?}");
        }
    }

    #[test]
    fn it_is_ready_from_the_start_until_it_drains() {
        let standing = Arc::new(Standing::default());
        let health = Health::new(standing.clone());
        assert_eq!(health.missing(), []);
        standing.set_media_silent(Duration::MAX);
        assert_eq!(health.missing(), [Missing::Media]);
        standing.set_media_silent(Duration::ZERO);
        standing.drain();
        assert_eq!(health.missing(), [Missing::Draining]);
    }
}
