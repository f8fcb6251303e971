//! Fires the deadlines of live documents: a driver, no decisions. Firing one twice is harmless.
//!
//! None of them waits for the store: while the database is away, lines that broke are noticed and rings end in time. What
//! has to ask it is an errand of its own.

use super::accounts::forget_tries;
use super::settle::Cause;
use super::{App, Refused};
use std::collections::HashSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio_util::sync::CancellationToken;
use visavis_domain::availability::{Command, DocumentId};
use visavis_domain::ids::{AppointmentId, DeskId};
use visavis_domain::name::RoomName;
use visavis_domain::time::Timestamp;
use visavis_live::Key;

/// Documents per round; the next round follows at once.
const BATCH: usize = 256;
/// After a failure. Live state that is away is not asked more often than this.
const RETRY: Duration = Duration::from_millis(500);

/// What a deadline gives rise to that has to ask the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Errand {
    /// Whoever is free at the desk is rung for who waits there.
    Serve(DeskId),
    /// What was written around an appointment is forgotten, if it is long enough over.
    Forget(AppointmentId),
}

/// Those under way, each once: what is asked for meanwhile is asked for again by the next deadline.
#[derive(Default)]
pub(super) struct Errands(Mutex<HashSet<Errand>>);

/// Under way for as long as it lives.
struct UnderWay(Arc<Errands>, Errand);

/// Runs until cancelled.
pub(crate) async fn drive_deadlines(app: Arc<App>, stopping: CancellationToken) {
    let errands = Arc::default();
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
                    fire(&app, &errands).await.is_err()
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
pub(super) async fn fire(app: &Arc<App>, errands: &Arc<Errands>) -> Result<(), Refused> {
    let mut outcome = Ok(());
    loop {
        let due = app.live.due(app.now(), BATCH).await?;
        for key in &due {
            match fire_one(app, key).await {
                Ok(rise) => rise.into_iter().for_each(|errand| errands.send(app, errand)),
                Err(refused) => {
                    tracing::error!(?key, %refused, "a deadline could not be fired");
                    outcome = Err(refused);
                }
            }
        }
        if due.len() < BATCH || outcome.is_err() {
            return outcome;
        }
    }
}

/// One of them; gives what is left to do.
async fn fire_one(app: &App, key: &Key) -> Result<Vec<Errand>, Refused> {
    let (id, command) = if let Some(person) = key.as_person() {
        (DocumentId::Person(person), Command::PersonDue { person })
    } else if let Some(ring) = key.as_ring() {
        (DocumentId::Ring(ring), Command::RingDue { ring })
    } else if let Some(desk) = key.as_queue() {
        (DocumentId::Queue(desk), Command::QueueDue { desk })
    } else if let Some(room) = key.as_gathering() {
        (DocumentId::Gathering(room), Command::GatheringDue { room })
    } else if let Some(appointment) = key.as_waiting_chat() {
        let is_there = app.waiting_chat_due(appointment).await?;
        return Ok(is_there.then_some(Errand::Forget(appointment)).into_iter().collect());
    } else {
        return fire_other(app, key).await.map(|()| Vec::new());
    };
    let mut desks = app.settle_unserved(Cause::Availability(command), &[id]).await?;
    if let DocumentId::Queue(desk) = id {
        desks.push(desk);
    }
    Ok(desks.into_iter().map(Errand::Serve).collect())
}

/// One that gives rise to nothing.
async fn fire_other(app: &App, key: &Key) -> Result<(), Refused> {
    if let Some(name) = key.as_room() {
        app.expire(&RoomName::parse(name).map_err(|_| Refused::Corrupt)?).await
    } else if let Some(id) = key.as_peerjs() {
        app.forget_peerjs(&id).await
    } else if key.is_once() {
        app.forget_once(key).await
    } else if key.is_over() {
        app.forget_over(key).await
    } else if let Some(subject) = key.as_outbox() {
        app.left_behind(subject).await
    } else if key.is_tries() {
        forget_tries(&*app.live, app.now(), key).await
    } else {
        Err(Refused::Corrupt)
    }
}

impl Errands {
    fn send(self: &Arc<Self>, app: &Arc<App>, errand: Errand) {
        if !self.all().insert(errand) {
            return;
        }
        let (app, under_way) = (app.clone(), UnderWay(self.clone(), errand));
        tokio::spawn(async move {
            match under_way.1 {
                Errand::Serve(desk) => app.serve_desk(desk).await,
                Errand::Forget(appointment) => {
                    if let Err(refused) = app.forget_waiting_chat(appointment).await {
                        tracing::warn!(%refused, "what was written around an appointment is forgotten later");
                    }
                }
            }
        });
    }

    fn all(&self) -> MutexGuard<'_, HashSet<Errand>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        self.0.all().remove(&self.1);
    }
}
