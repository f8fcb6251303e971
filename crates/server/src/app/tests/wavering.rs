//! Live state whose answers take their time, differently each time, so that whoever could come between does. Told to,
//! it forgets to compare versions: what checks the races must find that out.

use async_trait::async_trait;
use bytes::Bytes;
use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use visavis_domain::ids::InstanceId;
use visavis_domain::time::Timestamp;
use visavis_live::{
    Commit, Document, Instance, Key, Live, LiveError, MemoryLive, Purse, Rate, Renewal, Spent, Subscription,
    TopicName, Version, Write,
};

/// Whether a commit fails when a document moved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Comparing {
    Compares,
    Forgets,
}

pub(crate) struct Wavering {
    inner: MemoryLive,
    comparing: Comparing,
    steps: AtomicU64,
    /// Everything that was ever written.
    keys: Mutex<BTreeSet<Key>>,
    conflicts: AtomicU64,
    away: AtomicBool,
}

impl Wavering {
    pub(crate) fn new(comparing: Comparing) -> Self {
        Self {
            inner: MemoryLive::default(),
            comparing,
            steps: AtomicU64::new(0),
            keys: Mutex::default(),
            conflicts: AtomicU64::new(0),
            away: AtomicBool::new(false),
        }
    }

    /// Documents that were written at any time.
    pub(crate) fn keys(&self) -> Vec<Key> {
        self.keys.lock().unwrap_or_else(PoisonError::into_inner).iter().cloned().collect()
    }

    /// How often somebody was faster.
    pub(crate) fn conflicts(&self) -> u64 {
        self.conflicts.load(Ordering::Relaxed)
    }

    /// From now on nothing can be loaded, changed or spent.
    pub(crate) fn go_away(&self) {
        self.away.store(true, Ordering::Relaxed);
    }

    /// As before.
    pub(crate) fn come_back(&self) {
        self.away.store(false, Ordering::Relaxed);
    }

    /// All of it is lost, as with a server that keeps nothing.
    pub(crate) async fn lose_everything(&self) {
        let keys = self.keys();
        let found = self.inner.load(&keys).await.expect("it is in memory");
        let write = |(key, document): (Key, Document)| {
            let expected = document.version;
            document.body.map(|_| Write { key, expected, body: None, deadline: None, lease: None })
        };
        let writes = keys.into_iter().zip(found).filter_map(write).collect();
        self.inner.commit(Commit { writes, ..Commit::default() }).await.expect("nobody else writes");
    }

    fn there(&self) -> Result<(), LiveError> {
        if self.away.load(Ordering::Relaxed) { Err(LiveError::Unavailable) } else { Ok(()) }
    }

    /// Lets others go first, up to three times.
    async fn waver(&self) {
        let step = self.steps.fetch_add(1, Ordering::Relaxed);
        for _ in 0..(step.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 62) {
            tokio::task::yield_now().await;
        }
    }

    async fn as_if_nothing_moved(&self, commit: &mut Commit) -> Result<(), LiveError> {
        let keys: Vec<_> = commit.writes.iter().map(|write| write.key.clone()).collect();
        let found = self.inner.load(&keys).await?;
        commit.reads.clear();
        for (Write { expected, .. }, Document { version, .. }) in commit.writes.iter_mut().zip(found) {
            *expected = version;
        }
        Ok(())
    }
}

#[async_trait]
impl Live for Wavering {
    async fn load(&self, keys: &[Key]) -> Result<Vec<Document>, LiveError> {
        self.there()?;
        self.waver().await;
        let documents = self.inner.load(keys).await;
        self.waver().await;
        documents
    }

    async fn commit(&self, mut commit: Commit) -> Result<Vec<Version>, LiveError> {
        self.there()?;
        self.waver().await;
        if self.comparing == Comparing::Forgets {
            self.as_if_nothing_moved(&mut commit).await?;
        }
        let keys: Vec<_> = commit.writes.iter().map(|write| write.key.clone()).collect();
        self.keys.lock().unwrap_or_else(PoisonError::into_inner).extend(keys);
        let outcome = self.inner.commit(commit).await;
        self.conflicts.fetch_add(u64::from(outcome == Err(LiveError::Conflict)), Ordering::Relaxed);
        // The answer is under way too.
        self.waver().await;
        outcome
    }

    async fn rooms(&self, after: &str, limit: usize) -> Result<Vec<Key>, LiveError> {
        self.inner.rooms(after, limit).await
    }

    async fn publish(&self, topic: TopicName, body: Bytes) -> Result<(), LiveError> {
        self.inner.publish(topic, body).await
    }

    async fn subscribe(&self, capacity: usize) -> Result<Subscription, LiveError> {
        self.inner.subscribe(capacity).await
    }

    async fn add_topic(&self, subscription: u64, topic: TopicName) -> Result<(), LiveError> {
        self.waver().await;
        self.inner.add_topic(subscription, topic).await
    }

    async fn remove_topic(&self, subscription: u64, topic: &TopicName) -> Result<(), LiveError> {
        self.waver().await;
        self.inner.remove_topic(subscription, topic).await
    }

    async fn due(&self, now: Timestamp, limit: usize) -> Result<Vec<Key>, LiveError> {
        self.inner.due(now, limit).await
    }

    async fn next_deadline(&self, known: Option<Timestamp>) -> Result<Option<Timestamp>, LiveError> {
        self.inner.next_deadline(known).await
    }

    async fn renew_lease(
        &self,
        instance: InstanceId,
        lasts: Duration,
        says: Bytes,
    ) -> Result<Renewal, LiveError> {
        self.inner.renew_lease(instance, lasts, says).await
    }

    async fn instances(&self) -> Result<Vec<Instance>, LiveError> {
        self.inner.instances().await
    }

    async fn held_by(&self, instance: InstanceId) -> Result<Vec<Key>, LiveError> {
        self.inner.held_by(instance).await
    }

    async fn release_lease(&self, instance: InstanceId) -> Result<(), LiveError> {
        self.inner.release_lease(instance).await
    }

    async fn spend(&self, purse: &Purse, rate: Rate) -> Result<Spent, LiveError> {
        self.there()?;
        self.inner.spend(purse, rate).await
    }
}
