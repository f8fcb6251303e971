//! What is kept for so long and then forgotten: what is written in the lounge, with its files; the history of calls;
//! appointments, with their links and mail. Now and then, and in steps, so that nobody who writes meanwhile waits for
//! long.

use super::{App, Refused};
use std::sync::Arc;
use std::time::Duration;
use tokio::time::{MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;
use visavis_domain::time::Timestamp;

/// How often. Less often keeps what nobody is to see any more for longer.
const EVERY: Duration = Duration::from_secs(60 * 60);
/// Rows of each kind that one step forgets. With more, whoever writes meanwhile waits for longer.
const STEP: u64 = 500;
/// Between two steps, for those who write.
const PAUSE: Duration = Duration::from_millis(50);

/// For how long what lasts is kept; `None` is for ever.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Kept {
    /// What is written in the lounge.
    pub(crate) lounge: Option<Duration>,
    /// Calls, from their beginning.
    pub(crate) history: Option<Duration>,
    /// Appointments, from their beginning.
    pub(crate) appointments: Option<Duration>,
}

/// How much was forgotten.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Forgotten {
    pub(crate) lounge: u64,
    pub(crate) calls: u64,
    pub(crate) appointments: u64,
}

impl App {
    /// Forgets what is older than it may become.
    pub(crate) async fn forget_old(&self) -> Result<Forgotten, Refused> {
        let mut forgotten = Forgotten::default();
        loop {
            let now = self.now();
            let before = |kept: Option<Duration>| {
                kept.map(|kept| u64::try_from(kept.as_millis()).unwrap_or(u64::MAX))
                    .map(|kept| Timestamp(now.0.saturating_sub(kept)))
            };
            // Without a limit nothing is too old; what nobody in the lounge can see any more goes all the same.
            let lounge = before(self.kept.lounge).unwrap_or(Timestamp(0));
            let step = Forgotten {
                lounge: self.store.forget_lounge(lounge, now, STEP).await?,
                calls: match before(self.kept.history) {
                    Some(before) => self.store.forget_calls(before, STEP).await?,
                    None => 0,
                },
                appointments: match before(self.kept.appointments) {
                    Some(before) => self.store.forget_appointments(before, STEP).await?,
                    None => 0,
                },
            };
            if step == Forgotten::default() {
                return Ok(forgotten);
            }
            forgotten.lounge += step.lounge;
            forgotten.calls += step.calls;
            forgotten.appointments += step.appointments;
            tokio::time::sleep(PAUSE).await;
        }
    }
}

/// At once and then every hour, until the server stops.
pub(crate) async fn forget_old(app: Arc<App>, stopping: CancellationToken) {
    let mut every = interval(EVERY);
    every.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let run = async {
        loop {
            every.tick().await;
            match app.forget_old().await {
                Ok(none) if none == Forgotten::default() => {}
                Ok(Forgotten { lounge, calls, appointments }) => {
                    tracing::info!(
                        lounge,
                        calls,
                        appointments,
                        "what is older than it may become is forgotten"
                    );
                }
                Err(refused) => tracing::warn!(%refused, "what is old could not be forgotten"),
            }
        }
    };
    tokio::select! {
        () = run => {}
        () = stopping.cancelled() => {}
    }
}
