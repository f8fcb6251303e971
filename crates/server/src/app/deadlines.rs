//! Fires the deadlines of live documents: a driver, no decisions. Firing one twice is harmless.

use super::{App, Refused};
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;
use visavis_domain::name::RoomName;
use visavis_domain::time::Timestamp;

/// Documents per round; the next round follows at once.
const BATCH: usize = 256;
/// After a failure. Live state that is away is not asked more often than this.
const RETRY: Duration = Duration::from_millis(500);

/// Runs until cancelled.
pub(crate) async fn drive_deadlines(app: Arc<App>, stopping: CancellationToken) {
    let run = async {
        let mut earliest = None;
        loop {
            let wait = earliest.map(|at: Timestamp| at.since(app.now()));
            let moved = app.live.next_deadline(earliest);
            let outcome = match wait {
                Some(wait) => tokio::time::timeout(wait, moved).await.unwrap_or(Ok(earliest)),
                None => moved.await,
            };
            let failed = match outcome {
                Ok(next) => {
                    earliest = next;
                    fire(&app).await.is_err()
                }
                Err(_) => true,
            };
            if failed {
                tokio::time::sleep(RETRY).await;
            }
        }
    };
    tokio::select! {
        () = run => {}
        () = stopping.cancelled() => {}
    }
}

/// Everything that is due now. A document that cannot be dealt with keeps nobody else waiting.
async fn fire(app: &App) -> Result<(), Refused> {
    let mut outcome = Ok(());
    loop {
        let due = app.live.due(app.now(), BATCH).await?;
        for key in &due {
            let fired = match key.as_room().map(RoomName::parse) {
                Some(Ok(name)) => app.expire(&name).await,
                Some(Err(_)) | None => Err(Refused::Corrupt),
            };
            if let Err(refused) = fired {
                tracing::error!(?key, %refused, "a deadline could not be fired");
                outcome = Err(refused);
            }
        }
        if due.len() < BATCH || outcome.is_err() {
            return outcome;
        }
    }
}
