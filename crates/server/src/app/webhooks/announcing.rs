//! How what happens gets from live state to the store, once and in order (ADR 30).
//!
//! An event is written into live state by the very commit in which it happens, into a document of its subject: the
//! subject's outbox. From there somebody brings it to the store, which knows events by their ids, and empties the outbox
//! if nothing was added meanwhile. Whoever has committed does so at once; if they die first, the outbox's deadline has
//! any other instance do it.

use crate::app::documents;
use crate::app::{App, Refused};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;
use tokio::sync::{Notify, mpsc};
use tokio_util::sync::CancellationToken;
use visavis_domain::ids::RingId;
use visavis_domain::time::Timestamp;
use visavis_domain::webhook::{EventKind, Facts, Happened, Kinds, RingFacts, call_lost};
use visavis_live::{Commit, Key, LiveError, Version, Write};
use visavis_store::{CallRecord, NewEvent, StoreError};

/// Outboxes that wait to be emptied by this instance. What does not fit is found by its deadline.
const CAPACITY: usize = 4 * 1024;
/// Outboxes emptied in one go.
const BATCH: usize = 64;
/// How long after a commit others take it that whoever committed has died. Less has them do what is being done; more
/// delays what a crash has left.
const LEFT_BEHIND: Duration = Duration::from_secs(2);
/// How soon to look again at an outbox that could not be emptied.
const LOOK_AGAIN: Duration = Duration::from_secs(5);
/// Events of one subject that wait in live state while the store is away. What comes after that many is lost, and
/// counted: a subject that does so much without a database is not one that somebody follows.
const MOST: usize = 1_000;
/// How long is waited for more after a first one, so that a crowd is brought over together.
const GATHER: Duration = Duration::from_millis(20);
/// After a failure of live state.
const RETRY: Duration = Duration::from_secs(1);

/// What is to be told about one subject.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Outbox {
    events: Vec<NewEvent>,
}

/// Where use cases say what happened. A clone is another handle on the same.
#[derive(Clone)]
pub(crate) struct Announcer {
    wanted: Arc<AtomicU32>,
    subjects: mpsc::Sender<String>,
    woken: Arc<Notify>,
}

/// Subjects whose outboxes this instance has to empty.
pub(crate) struct Moving {
    subjects: mpsc::Receiver<String>,
}

impl Announcer {
    /// Both ends. Nobody wants anything yet.
    pub(crate) fn new() -> (Self, Moving) {
        let (sender, subjects) = mpsc::channel(CAPACITY);
        (Self { wanted: Arc::default(), subjects: sender, woken: Arc::default() }, Moving { subjects })
    }

    fn wants(&self, kind: EventKind) -> bool {
        Kinds(self.wanted.load(Ordering::Relaxed)).has(kind)
    }

    fn wants_any(&self) -> bool {
        self.wanted.load(Ordering::Relaxed) != 0
    }

    pub(super) fn set_wanted(&self, kinds: Kinds) {
        self.wanted.store(kinds.0, Ordering::Relaxed);
    }

    /// There is something to deliver.
    pub(super) fn wake(&self) {
        self.woken.notify_one();
    }

    /// Waits until there is.
    pub(super) async fn woken(&self) {
        self.woken.notified().await;
    }

    /// It was committed: what lies in these outboxes is to be brought to the store.
    pub(in crate::app) fn committed(&self, subjects: Vec<String>) {
        for subject in subjects {
            // If there are too many, the rest is found by its deadline.
            let _ = self.subjects.try_send(subject);
        }
    }
}

/// As it is told.
pub(super) fn data(facts: &Facts) -> serde_json::Value {
    serde_json::to_value(facts).expect("ids, numbers and words are always JSON")
}

impl App {
    /// Adds what somebody wants to be told of to a commit; names the subjects, for [`Announcer::committed`].
    pub(in crate::app) async fn announce(
        &self,
        commit: &mut Commit,
        happened: Vec<Happened>,
    ) -> Result<Vec<String>, Refused> {
        let mut subjects: BTreeMap<String, Vec<NewEvent>> = BTreeMap::new();
        for one in happened.into_iter().filter(|one| self.announcer.wants(one.kind)) {
            let event = self.event(one);
            subjects.entry(event.subject.clone()).or_default().push(event);
        }
        if subjects.is_empty() {
            return Ok(Vec::new());
        }
        let keys: Vec<_> = subjects.keys().map(|subject| Key::outbox(subject)).collect();
        let documents = self.live.load(&keys).await?;
        let deadline = Some(self.now().plus(LEFT_BEHIND));
        let names = subjects.keys().cloned().collect();
        for ((key, document), events) in keys.into_iter().zip(documents).zip(subjects.into_values()) {
            let mut outbox = read(document.body.as_ref());
            outbox.events.extend(events);
            lose(outbox.events.len().saturating_sub(MOST));
            outbox.events.truncate(MOST);
            let body = Some(documents::encode(&outbox)?);
            commit.writes.push(Write { key, expected: document.version, body, deadline, lease: None });
        }
        Ok(names)
    }

    /// What webhooks are told.
    #[allow(clippy::needless_pass_by_value, reason = "it becomes the event")]
    pub(in crate::app) fn event(&self, happened: Happened) -> NewEvent {
        NewEvent {
            id: happened.id(self.random_bits()),
            kind: happened.kind,
            subject: happened.subject.to_string(),
            at: happened.at,
            data: data(&happened.facts),
        }
    }

    /// What has happened to a subject in live state comes before what the store is about to write of it. If that cannot
    /// be brought over now it comes later; nobody's change fails with it.
    pub(in crate::app) async fn before_stored(&self, subject: &str) {
        if self.announcer.wants_any()
            && let Err(refused) = self.move_events(&BTreeSet::from([subject.to_owned()])).await
        {
            tracing::debug!(%refused, "what happened before in live state is told later");
        }
    }

    /// A call or a ring that live state has lost is over.
    pub(in crate::app) async fn announce_lost(
        &self,
        call: &CallRecord,
        purpose: visavis_domain::ring::RingPurpose,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let ring: RingId = call.ring;
        let happened = call_lost(
            RingFacts {
                ring,
                purpose,
                desk: call.desk,
                appointment: call.appointment,
                into: call.into,
                visitor: call.visitor,
                representative: call.representative,
                started_at: call.started_at,
                accepted_at: call.accepted_at,
                end: None,
            },
            now,
        );
        if self.announcer.wants(happened.kind) {
            self.store.put_events(vec![self.event(happened)]).await?;
            self.announcer.wake();
        }
        Ok(())
    }

    /// Nobody has emptied this outbox in time. It is looked at again later, whoever does it now.
    pub(in crate::app) async fn left_behind(&self, subject: &str) -> Result<(), Refused> {
        let key = Key::outbox(subject);
        let Some(document) = self.live.load(std::slice::from_ref(&key)).await?.pop() else { return Ok(()) };
        if document.body.is_none() {
            return Ok(());
        }
        let deadline = Some(self.now().plus(LOOK_AGAIN));
        let write = Write { key, expected: document.version, body: document.body, deadline, lease: None };
        match self.live.commit(Commit { writes: vec![write], ..Commit::default() }).await {
            Ok(_) => {
                self.announcer.committed(vec![subject.to_owned()]);
                Ok(())
            }
            // Somebody else does it, or it was added to.
            Err(LiveError::Conflict) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    /// Brings what lies in these outboxes to the store and empties them. Names those that were added to meanwhile.
    async fn move_events(&self, subjects: &BTreeSet<String>) -> Result<BTreeSet<String>, Refused> {
        let keys: Vec<_> = subjects.iter().map(|subject| Key::outbox(subject)).collect();
        let documents = self.live.load(&keys).await?;
        let mut full: Vec<(String, Key, Version)> = Vec::new();
        let mut events = Vec::new();
        for ((subject, key), document) in subjects.iter().zip(keys).zip(documents) {
            if document.body.is_some() {
                events.extend(read(document.body.as_ref()).events);
                full.push((subject.clone(), key, document.version));
            }
        }
        if full.is_empty() {
            return Ok(BTreeSet::new());
        }
        let count = events.len();
        match self.store.put_events(events).await {
            Ok(0) => {}
            Ok(_) => self.announcer.wake(),
            Err(error @ (StoreError::Unavailable(_) | StoreError::ReadOnly(_))) => return Err(error.into()),
            Err(error) => {
                // It would refuse them the next time, too, and with them all that comes after.
                tracing::error!(%error, "the database does not take events for webhooks; they are lost");
                lose(count);
            }
        }
        let mut again = BTreeSet::new();
        for (subject, key, expected) in full {
            let write = Write { key, expected, body: None, deadline: None, lease: None };
            match self.live.commit(Commit { writes: vec![write], ..Commit::default() }).await {
                Ok(_) => {}
                Err(LiveError::Conflict) => drop(again.insert(subject)),
                Err(error) => return Err(error.into()),
            }
        }
        Ok(again)
    }
}

fn read(body: Option<&bytes::Bytes>) -> Outbox {
    match documents::decode(body) {
        Ok(outbox) => outbox.unwrap_or_default(),
        Err(refused) => {
            // Nobody's call fails for it.
            tracing::error!(%refused, "what webhooks were to be told cannot be read; it is lost");
            lose(1);
            Outbox::default()
        }
    }
}

fn lose(count: usize) {
    if count > 0 {
        metrics::counter!("visavis_webhook_events_lost_total").increment(count as u64);
    }
}

/// Brings what is committed here to the store, until the server stops, and then what is left.
#[allow(clippy::cognitive_complexity, reason = "it counts each await and each word of the log")]
pub(crate) async fn drive_moving(app: Arc<App>, mut moving: Moving, stopping: CancellationToken) {
    let mut subjects = BTreeSet::new();
    loop {
        if subjects.is_empty() {
            let Some(Some(first)) = stopping.run_until_cancelled(moving.subjects.recv()).await else { break };
            subjects.insert(first);
            tokio::time::sleep(GATHER).await;
        }
        while subjects.len() < BATCH
            && let Ok(subject) = moving.subjects.try_recv()
        {
            subjects.insert(subject);
        }
        match app.move_events(&subjects).await {
            Ok(again) => subjects = again,
            Err(refused) => {
                // Each of them is found again by its deadline.
                tracing::warn!(%refused, "events for webhooks wait in live state");
                subjects.clear();
                if stopping.run_until_cancelled(tokio::time::sleep(RETRY)).await.is_none() {
                    break;
                }
            }
        }
    }
    while let Ok(subject) = moving.subjects.try_recv() {
        subjects.insert(subject);
    }
    if let Err(refused) = app.move_events(&subjects).await {
        tracing::warn!(%refused, "events for webhooks are left in live state");
    }
}
