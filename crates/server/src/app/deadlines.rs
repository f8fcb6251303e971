//! Fires the deadlines of live documents: a driver, no decisions. Firing one twice is harmless.

use super::accounts::forget_tries;
use super::settle::Cause;
use super::{App, Refused};
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;
use visavis_domain::availability::{Command, DocumentId};
use visavis_domain::name::RoomName;
use visavis_domain::time::Timestamp;
use visavis_live::Key;

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
            let fired = fire_one(app, key).await;
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

async fn fire_one(app: &App, key: &Key) -> Result<(), Refused> {
    let (id, command) = if let Some(name) = key.as_room() {
        return app.expire(&RoomName::parse(name).map_err(|_| Refused::Corrupt)?).await;
    } else if let Some(appointment) = key.as_waiting_chat() {
        return app.forget_waiting_chat(appointment).await;
    } else if let Some(id) = key.as_peerjs() {
        return app.forget_peerjs(&id).await;
    } else if key.is_once() {
        return app.forget_once(key).await;
    } else if key.is_over() {
        return app.forget_over(key).await;
    } else if let Some(subject) = key.as_outbox() {
        return app.left_behind(subject).await;
    } else if key.is_tries() {
        return forget_tries(&*app.live, app.now(), key).await;
    } else if let Some(person) = key.as_person() {
        (DocumentId::Person(person), Command::PersonDue { person })
    } else if let Some(ring) = key.as_ring() {
        (DocumentId::Ring(ring), Command::RingDue { ring })
    } else if let Some(desk) = key.as_queue() {
        (DocumentId::Queue(desk), Command::QueueDue { desk })
    } else if let Some(room) = key.as_gathering() {
        (DocumentId::Gathering(room), Command::GatheringDue { room })
    } else {
        return Err(Refused::Corrupt);
    };
    app.settle(Cause::Availability(command), &[id]).await?;
    if let DocumentId::Queue(desk) = id {
        app.serve_desk(desk).await;
    }
    Ok(())
}
