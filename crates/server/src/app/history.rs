//! Writes the history of calls behind what happens: nobody's call waits for the database, and none fails with it.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tokio::sync::{mpsc, watch};
use tokio_util::sync::CancellationToken;
use visavis_domain::availability::{Scene, Told};
use visavis_domain::ids::RingId;
use visavis_domain::ring::{Ring, RingEnd};
use visavis_domain::time::Timestamp;
use visavis_store::{CallRecord, Store, StoreError};

/// Entries that wait for a database that is away. A busy desk makes a few per minute; beyond this they are lost.
const CAPACITY: usize = 16 * 1024;
/// For how long whoever reads waits for what is being written. More, and a database that is away holds up pages; less,
/// and a busy one shows a history in which the call that has just ended still goes on.
const CATCH_UP: Duration = Duration::from_secs(1);
/// After a failure.
const RETRY: Duration = Duration::from_secs(1);

/// One step of a ring's history.
#[derive(Debug, Clone)]
pub(super) enum Entry {
    /// So far it has got, or so it ended. Two use cases tell of one ring in any order: each tells all there is to
    /// know, and the store keeps an end that it has.
    Reached(Box<CallRecord>),
    /// The part that a ring had in somebody else's call is over.
    Parted { ring: RingId, at: Timestamp, end: RingEnd },
}

/// Where use cases say what happened.
#[derive(Clone)]
pub(crate) struct History {
    entries: mpsc::Sender<Entry>,
    told: Arc<AtomicU64>,
    written: watch::Receiver<u64>,
}

/// Writes it down.
pub(crate) struct Recorder {
    entries: mpsc::Receiver<Entry>,
    written: watch::Sender<u64>,
    store: Arc<dyn Store>,
}

impl History {
    /// Both ends.
    pub(crate) fn new(store: Arc<dyn Store>) -> (Self, Recorder) {
        let (sender, entries) = mpsc::channel(CAPACITY);
        let (counts, written) = watch::channel(0);
        (
            Self { entries: sender, told: Arc::default(), written },
            Recorder { entries, written: counts, store },
        )
    }

    /// Waits, a moment at most, until what has been told so far is written: people who hear that a call is over look
    /// it up at once.
    pub(crate) async fn caught_up(&self) {
        let told = self.told.load(Ordering::Acquire);
        let mut written = self.written.clone();
        // Without it the reader sees the history as it is.
        let _ = tokio::time::timeout(CATCH_UP, written.wait_for(|written| *written >= told)).await;
    }

    /// What was decided, but for what is between people of the lounge: of that no history is kept.
    pub(super) fn tell(&self, now: Timestamp, scene: &Scene, told: &[Told]) {
        for one in told {
            match one {
                Told::Started { ring } => {
                    if let Some(ring) = scene.ring(*ring).filter(|ring| !ring.is_private()) {
                        self.put(Entry::Reached(Box::new(record(ring))));
                    }
                }
                Told::Accepted { ring, .. } | Told::Ended { ring, .. } if ring.is_private() => {}
                Told::Accepted { ring, .. } => self.put(Entry::Reached(Box::new(record(ring)))),
                Told::Ended { ring, end } => {
                    for via in ring.talkers().iter().filter_map(|talker| talker.via) {
                        self.put(Entry::Parted { ring: via, at: now, end: *end });
                    }
                    let ended = CallRecord { ended_at: Some(now), end: Some(*end), ..record(ring) };
                    self.put(Entry::Reached(Box::new(ended)));
                }
                Told::Parted { via, end, .. } => {
                    if let Some(ring) = *via {
                        self.put(Entry::Parted { ring, at: now, end: *end });
                    }
                }
            }
        }
    }

    fn put(&self, entry: Entry) {
        // Before it is sent: it may be written before this returns.
        self.told.fetch_add(1, Ordering::AcqRel);
        if self.entries.try_send(entry).is_err() {
            self.told.fetch_sub(1, Ordering::AcqRel);
            metrics::counter!("visavis_history_lost_total").increment(1);
            tracing::error!("the database takes no history; an entry is lost");
        }
    }
}

impl Recorder {
    /// Writes until the server stops, and then what is left.
    pub(crate) async fn run(mut self, stopping: CancellationToken) {
        while let Some(Some(entry)) = stopping.run_until_cancelled(self.entries.recv()).await {
            // Later entries wait with it: what they say is only true after it.
            while self.try_write(&entry).await.is_err()
                && stopping.run_until_cancelled(tokio::time::sleep(RETRY)).await.is_some()
            {}
            self.written.send_modify(|written| *written += 1);
        }
        while let Ok(entry) = self.entries.try_recv() {
            // Nobody waits any more for a database that is away.
            let _ = self.try_write(&entry).await;
        }
    }

    /// An error if it may be written later. What is taken in no case is lost: it would hold up all that comes after.
    async fn try_write(&self, entry: &Entry) -> Result<(), StoreError> {
        match self.write(entry).await {
            Ok(()) => Ok(()),
            Err(error) if may_pass(&error) => {
                tracing::warn!(%error, "the history of a call could not be written");
                Err(error)
            }
            Err(error) => {
                metrics::counter!("visavis_history_lost_total").increment(1);
                tracing::error!(%error, "the database does not take an entry of the history; it is lost");
                Ok(())
            }
        }
    }

    async fn write(&self, entry: &Entry) -> Result<(), StoreError> {
        match entry {
            Entry::Reached(record) => self.store.record_call(record.as_ref().clone()).await,
            Entry::Parted { ring, at, end } => {
                let Some(record) = self.store.call(*ring).await? else { return Ok(()) };
                self.store.record_call(CallRecord { ended_at: Some(*at), end: Some(*end), ..record }).await
            }
        }
    }
}

/// Whether the store may do later what it did not do now.
fn may_pass(error: &StoreError) -> bool {
    match error {
        StoreError::Unavailable(_) | StoreError::ReadOnly(_) => true,
        StoreError::Unknown
        | StoreError::Taken(_)
        | StoreError::Moved
        | StoreError::LastAdmin
        | StoreError::Full
        | StoreError::OverShare
        | StoreError::Damaged(_) => false,
    }
}

fn record(ring: &Ring) -> CallRecord {
    CallRecord {
        ring: ring.id(),
        desk: ring.desk().map(|desk| desk.id),
        desk_name: ring.desk().map(|desk| desk.name.clone()).unwrap_or_default(),
        visitor: ring.visitor().person,
        visitor_name: ring.visitor().name.shown().to_owned(),
        about: ring.about().to_owned(),
        representative: ring.callee().person,
        representative_name: ring.callee().name.shown().to_owned(),
        appointment: ring.appointment().map(|card| card.appointment),
        into: ring.into(),
        started_at: ring.started_at(),
        accepted_at: ring.accepted_at(),
        ended_at: None,
        end: None,
        stars: None,
        comment: String::new(),
        note: String::new(),
        outcome: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use visavis_domain::ids::PersonId;
    use visavis_store::DatabaseUrl;

    fn rung(ring: RingId) -> CallRecord {
        CallRecord {
            ring,
            desk: None,
            desk_name: String::new(),
            visitor: PersonId::from_bits(2),
            visitor_name: "Vera".into(),
            about: String::new(),
            representative: PersonId::from_bits(3),
            representative_name: "Ana".into(),
            appointment: None,
            into: None,
            started_at: Timestamp(1),
            accepted_at: None,
            ended_at: None,
            end: None,
            stars: None,
            comment: String::new(),
            note: String::new(),
            outcome: None,
        }
    }

    #[tokio::test]
    async fn whoever_reads_waits_for_what_was_told() {
        let folder = tempfile::tempdir().unwrap();
        let url = DatabaseUrl::file(folder.path().join("visavis.db"));
        let store: Arc<dyn Store> = Arc::new(visavis_store::open(&url, [7; 32]).await.unwrap());
        let (history, recorder) = History::new(store.clone());
        let ring = RingId::from_bits(1);
        history.put(Entry::Reached(Box::new(rung(ring))));
        history.put(Entry::Parted { ring, at: Timestamp(2), end: RingEnd::Missed });
        // Nobody writes yet: the reader is not held up for long.
        history.caught_up().await;
        assert!(store.call(ring).await.unwrap().is_none());
        let stopping = CancellationToken::new();
        let writer = tokio::spawn(recorder.run(stopping.clone()));
        history.caught_up().await;
        assert_eq!(store.call(ring).await.unwrap().unwrap().end, Some(RingEnd::Missed));
        stopping.cancel();
        writer.await.unwrap();
    }

    #[test]
    fn only_what_may_be_taken_later_holds_up_what_comes_after() {
        for (error, later) in [
            (StoreError::Unavailable(String::new()), true),
            (StoreError::ReadOnly(String::new()), true),
            (StoreError::Unknown, false),
            (StoreError::Damaged(String::new()), false),
        ] {
            assert_eq!(may_pass(&error), later, "{error}");
        }
    }
}
