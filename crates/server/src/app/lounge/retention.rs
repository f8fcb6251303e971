//! What is written in the lounge is kept for so long and then forgotten, with its files; now and then, and in steps, so
//! that nobody who writes meanwhile waits for long.

use super::super::{App, Refused};
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

impl App {
    /// Forgets what is older than it may become. Returns how much that was.
    async fn forget_lounge(&self) -> Result<u64, Refused> {
        let mut forgotten = 0;
        loop {
            let now = self.now();
            // Without a limit nothing is too old; what nobody can see any more goes all the same.
            let age = self.lounge.kept_for.map(|age| u64::try_from(age.as_millis()).unwrap_or(u64::MAX));
            let before = age.map_or(Timestamp(0), |age| Timestamp(now.0.saturating_sub(age)));
            let rows = self.store.forget_lounge(before, now, STEP).await?;
            forgotten += rows;
            if rows == 0 {
                return Ok(forgotten);
            }
            tokio::time::sleep(PAUSE).await;
        }
    }
}

/// At once and then every hour, until the server stops.
pub(crate) async fn forget_lounge(app: Arc<App>, stopping: CancellationToken) {
    let mut every = interval(EVERY);
    every.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let run = async {
        loop {
            every.tick().await;
            match app.forget_lounge().await {
                Ok(0) => {}
                Ok(rows) => tracing::info!(rows, "what was written in the lounge long ago is forgotten"),
                Err(refused) => tracing::warn!(%refused, "what was written long ago could not be forgotten"),
            }
        }
    };
    tokio::select! {
        () = run => {}
        () = stopping.cancelled() => {}
    }
}
