//! The adapter for one process: a lock, no awaiting while it is held. Handles are clones of one state.

use crate::mailbox::Mailbox;
use crate::{
    Commit, Document, Key, Live, LiveError, Purse, Rate, Renewal, Spent, Subscription, TopicName, Version,
};
use async_trait::async_trait;
use bytes::Bytes;
use std::collections::{BTreeSet, HashMap, HashSet};
use std::ops::Bound;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};
use tokio::sync::watch;
use visavis_domain::ids::InstanceId;
use visavis_domain::time::Timestamp;

/// Beyond so many, those that are full are forgotten.
const MANY_PURSES: usize = 100_000;

/// Live state in this process's memory. A clone is another handle on the same state.
#[derive(Clone)]
pub struct MemoryLive {
    state: Arc<Mutex<State>>,
    earliest: Arc<watch::Sender<Option<Timestamp>>>,
}

#[derive(Default)]
struct State {
    documents: HashMap<Key, Stored>,
    rooms: BTreeSet<Key>,
    /// The last version given to any document: one counter for all, so that no key sees a version twice.
    last_version: u64,
    deadlines: BTreeSet<(Timestamp, Key)>,
    leases: HashMap<InstanceId, Lease>,
    held: HashMap<InstanceId, HashSet<Key>>,
    topics: HashMap<TopicName, Vec<u64>>,
    subscribers: HashMap<u64, Subscriber>,
    last_subscription: u64,
    /// When each of them is full again.
    purses: HashMap<Purse, Instant>,
    /// With so many of them, those that are full are looked for again.
    purses_looked_at: usize,
}

struct Lease {
    ends: Instant,
    says: Bytes,
}

struct Stored {
    version: Version,
    body: Bytes,
    deadline: Option<Timestamp>,
    lease: Option<InstanceId>,
}

struct Subscriber {
    mailbox: Mailbox,
    topics: HashSet<TopicName>,
}

impl Default for MemoryLive {
    fn default() -> Self {
        Self { state: Arc::default(), earliest: Arc::new(watch::Sender::new(None)) }
    }
}

impl MemoryLive {
    fn state(&self) -> MutexGuard<'_, State> {
        // Every change below is complete before anything that could panic.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn tell_earliest(&self, state: &State) {
        let earliest = state.deadlines.first().map(|(at, _)| *at);
        self.earliest.send_if_modified(|known| std::mem::replace(known, earliest) != earliest);
    }
}

impl State {
    fn version(&self, key: &Key) -> Version {
        self.documents.get(key).map_or(Version::ABSENT, |stored| stored.version)
    }

    fn remove(&mut self, key: &Key) {
        let Some(stored) = self.documents.remove(key) else { return };
        self.rooms.remove(key);
        if let Some(at) = stored.deadline {
            self.deadlines.remove(&(at, key.clone()));
        }
        if let Some(instance) = stored.lease
            && let Some(keys) = self.held.get_mut(&instance)
        {
            keys.remove(key);
            if keys.is_empty() {
                self.held.remove(&instance);
            }
        }
    }

    fn write(&mut self, write: crate::Write) -> Version {
        self.remove(&write.key);
        let Some(body) = write.body else { return Version::ABSENT };
        self.last_version += 1;
        let version = Version(self.last_version);
        if let Some(at) = write.deadline {
            self.deadlines.insert((at, write.key.clone()));
        }
        if let Some(instance) = write.lease {
            self.held.entry(instance).or_default().insert(write.key.clone());
        }
        if write.key.as_room().is_some() {
            self.rooms.insert(write.key.clone());
        }
        let stored = Stored { version, body, deadline: write.deadline, lease: write.lease };
        self.documents.insert(write.key, stored);
        version
    }

    fn tell(&mut self, topic: &TopicName, body: &Bytes) {
        let Some(ids) = self.topics.get(topic) else { return };
        let mut gone = Vec::new();
        for id in ids {
            let Some(subscriber) = self.subscribers.get_mut(id) else { continue };
            if subscriber.mailbox.is_closed() {
                gone.push(*id);
                continue;
            }
            subscriber.mailbox.tell(topic, body);
        }
        for id in gone {
            self.unsubscribe(id);
        }
    }

    fn unsubscribe(&mut self, id: u64) {
        let Some(subscriber) = self.subscribers.remove(&id) else { return };
        for topic in &subscriber.topics {
            self.remove_topic(id, topic);
        }
    }

    fn remove_topic(&mut self, id: u64, topic: &TopicName) {
        if let Some(ids) = self.topics.get_mut(topic) {
            ids.retain(|other| *other != id);
            if ids.is_empty() {
                self.topics.remove(topic);
            }
        }
    }
}

#[async_trait]
impl Live for MemoryLive {
    async fn load(&self, keys: &[Key]) -> Result<Vec<Document>, LiveError> {
        let state = self.state();
        let read = |key| match state.documents.get(key) {
            Some(stored) => Document { version: stored.version, body: Some(stored.body.clone()) },
            None => Document { version: Version::ABSENT, body: None },
        };
        Ok(keys.iter().map(read).collect())
    }

    async fn commit(&self, commit: Commit) -> Result<Vec<Version>, LiveError> {
        let mut state = self.state();
        let reads = commit.reads.iter().map(|(key, version)| (key, *version));
        let writes = commit.writes.iter().map(|write| (&write.key, write.expected));
        if reads.chain(writes).any(|(key, expected)| state.version(key) != expected) {
            return Err(LiveError::Conflict);
        }
        let versions = commit.writes.into_iter().map(|write| state.write(write)).collect();
        for (topic, body) in &commit.events {
            state.tell(topic, body);
        }
        self.tell_earliest(&state);
        Ok(versions)
    }

    async fn rooms(&self, after: &str, limit: usize) -> Result<Vec<Key>, LiveError> {
        let from = (Bound::Excluded(Key::room(after)), Bound::Unbounded);
        Ok(self.state().rooms.range(from).take(limit).cloned().collect())
    }

    async fn publish(&self, topic: TopicName, body: Bytes) -> Result<(), LiveError> {
        self.state().tell(&topic, &body);
        Ok(())
    }

    async fn subscribe(&self, capacity: usize) -> Result<Subscription, LiveError> {
        let (mailbox, notices) = Mailbox::new(capacity);
        let mut state = self.state();
        state.last_subscription += 1;
        let id = state.last_subscription;
        state.subscribers.insert(id, Subscriber { mailbox, topics: HashSet::new() });
        Ok(Subscription { id, notices })
    }

    async fn add_topic(&self, subscription: u64, topic: TopicName) -> Result<(), LiveError> {
        let mut state = self.state();
        let Some(subscriber) = state.subscribers.get_mut(&subscription) else { return Ok(()) };
        if subscriber.topics.insert(topic.clone()) {
            state.topics.entry(topic).or_default().push(subscription);
        }
        Ok(())
    }

    async fn remove_topic(&self, subscription: u64, topic: &TopicName) -> Result<(), LiveError> {
        let mut state = self.state();
        let Some(subscriber) = state.subscribers.get_mut(&subscription) else { return Ok(()) };
        if subscriber.topics.remove(topic) {
            state.remove_topic(subscription, topic);
        }
        Ok(())
    }

    async fn due(&self, now: Timestamp, limit: usize) -> Result<Vec<Key>, LiveError> {
        let state = self.state();
        let due = state.deadlines.iter().take_while(|(at, _)| *at <= now);
        Ok(due.take(limit).map(|(_, key)| key.clone()).collect())
    }

    async fn next_deadline(&self, known: Option<Timestamp>) -> Result<Option<Timestamp>, LiveError> {
        let mut earliest = self.earliest.subscribe();
        let changed = earliest.wait_for(|earliest| *earliest != known).await;
        changed.map(|earliest| *earliest).map_err(|_| LiveError::Unavailable)
    }

    async fn renew_lease(
        &self,
        instance: InstanceId,
        lasts: Duration,
        says: Bytes,
    ) -> Result<Renewal, LiveError> {
        let lease = Lease { ends: Instant::now() + lasts, says };
        let kept = self.state().leases.insert(instance, lease).is_some();
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let clock = Timestamp(u64::try_from(since.as_millis()).unwrap_or(u64::MAX));
        Ok(Renewal { kept, clock })
    }

    async fn instances(&self) -> Result<Vec<crate::Instance>, LiveError> {
        let now = Instant::now();
        let state = self.state();
        let seen = state.leases.iter().map(|(id, lease)| crate::Instance {
            id: *id,
            says: lease.says.clone(),
            alive: lease.ends > now,
        });
        Ok(seen.collect())
    }

    async fn held_by(&self, instance: InstanceId) -> Result<Vec<Key>, LiveError> {
        Ok(self.state().held.get(&instance).map(|keys| keys.iter().cloned().collect()).unwrap_or_default())
    }

    async fn release_lease(&self, instance: InstanceId) -> Result<(), LiveError> {
        self.state().leases.remove(&instance);
        Ok(())
    }

    async fn spend(&self, purse: &Purse, rate: Rate) -> Result<Spent, LiveError> {
        let now = Instant::now();
        let mut state = self.state();
        if state.purses.len() >= state.purses_looked_at.max(MANY_PURSES) {
            state.purses.retain(|_, full| *full > now);
            // Where few are full, not every call looks at all of them.
            state.purses_looked_at = 2 * state.purses.len();
        }
        // A purse is kept as the moment at which it is full: one that has been forgotten is full.
        let full = state.purses.get(purse).copied().filter(|full| *full > now).unwrap_or(now);
        let holds = rate.every.saturating_mul(rate.burst.get());
        let filled = full + rate.every;
        match filled.saturating_duration_since(now).checked_sub(holds) {
            Some(wait) if !wait.is_zero() => Ok(Spent::Wait(wait)),
            _ => {
                state.purses.insert(purse.clone(), filled);
                Ok(Spent::Granted)
            }
        }
    }
}
