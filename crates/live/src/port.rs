//! The port. Time is an argument; waiting is the adapter's.

use crate::{Key, TopicName};
use async_trait::async_trait;
use bytes::Bytes;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc;
use visavis_domain::ids::InstanceId;
use visavis_domain::time::Timestamp;

/// Which state of a document. Never the same twice for one key, not even after a deletion, so that somebody who
/// read long ago can never commit by accident.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Version(pub u64);

impl Version {
    /// The document does not exist.
    pub const ABSENT: Self = Self(0);
}

/// A document as read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// [`Version::ABSENT`] exactly when there is no body.
    pub version: Version,
    /// What was written last.
    pub body: Option<Bytes>,
}

/// One document of a commit.
#[derive(Debug, Clone)]
pub struct Write {
    /// Which document.
    pub key: Key,
    /// The version that was read.
    pub expected: Version,
    /// The new body; none deletes, and with it the deadline and the lease.
    pub body: Option<Bytes>,
    /// When the document wants to be looked at again; none clears an earlier one.
    pub deadline: Option<Timestamp>,
    /// The instance whose end concerns this document; none clears.
    pub lease: Option<InstanceId>,
}

/// Everything that happens together or not at all.
#[derive(Debug, Clone, Default)]
pub struct Commit {
    /// Documents that must not have moved, though they are not written.
    pub reads: Vec<(Key, Version)>,
    /// Documents that are written, each key once.
    pub writes: Vec<Write>,
    /// What subscribers are told, in order, once the documents are written.
    pub events: Vec<(TopicName, Bytes)>,
}

/// Why live state did not do it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LiveError {
    /// A document moved since it was read; nothing has changed. Read again, decide again.
    #[error("a document moved")]
    Conflict,
    /// The engine is away; it is not known whether a commit happened.
    #[error("live state is away")]
    Unavailable,
}

/// What a subscriber gets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Notice {
    /// An event of a topic that it subscribed to.
    Event {
        /// Which topic.
        topic: TopicName,
        /// As published.
        body: Bytes,
    },
    /// Events may have been missed: read everything again.
    Gap,
}

/// One instance's ear: topics are added and taken away with [`Live::add_topic`] and [`Live::remove_topic`].
#[derive(Debug)]
pub struct Subscription {
    /// Names the subscription to the adapter.
    pub id: u64,
    /// What arrives. Ends when the adapter does.
    pub notices: mpsc::Receiver<Notice>,
}

/// What came of renewing a lease.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Renewal {
    /// Whether there was a lease to renew, though it may have run out. If not, this was the first time, or others have
    /// freed what the instance held, or the engine has lost its data.
    pub kept: bool,
    /// The time by the engine's clock: all leases are counted by it.
    pub clock: Timestamp,
}

/// An instance as others see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Instance {
    /// Which.
    pub id: InstanceId,
    /// What it said of itself last.
    pub says: Bytes,
    /// Whether its lease runs.
    pub alive: bool,
}

/// Names what is counted together: what is limited, and for whom.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Purse(Arc<str>);

impl Purse {
    /// A purse of this name. It must not say who somebody is: hash what is personal.
    #[must_use]
    pub fn new(name: impl Into<Arc<str>>) -> Self {
        Self(name.into())
    }

    /// The whole name, for adapters.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// How fast a purse fills, and how much it holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    /// At once, from a full purse.
    pub burst: NonZeroU32,
    /// One more after each of these; not zero.
    pub every: Duration,
}

/// What came of taking one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Spent {
    /// There was one.
    Granted,
    /// There will be one after this long; nothing was taken.
    Wait(Duration),
}

/// Documents, topics, deadlines, leases and purses of one installation.
#[async_trait]
pub trait Live: Send + Sync + 'static {
    /// The documents of these keys, in their order, all of the same moment.
    ///
    /// # Errors
    /// [`LiveError::Unavailable`].
    async fn load(&self, keys: &[Key]) -> Result<Vec<Document>, LiveError>;

    /// Writes all or nothing, then publishes. Returns the versions reached, in the order of the writes; a deleted
    /// document's is [`Version::ABSENT`].
    ///
    /// # Errors
    /// [`LiveError::Conflict`] if any document is not at the version given; [`LiveError::Unavailable`].
    async fn commit(&self, commit: Commit) -> Result<Vec<Version>, LiveError>;

    /// Rooms that are there, by their folded names, from behind this one on, at most `limit`.
    ///
    /// # Errors
    /// [`LiveError::Unavailable`].
    async fn rooms(&self, after: &str, limit: usize) -> Result<Vec<Key>, LiveError>;

    /// Publishes without a commit. Events of one publisher on one topic arrive in order.
    ///
    /// # Errors
    /// [`LiveError::Unavailable`].
    async fn publish(&self, topic: TopicName, body: Bytes) -> Result<(), LiveError>;

    /// A new subscription without topics that holds up to `capacity` notices; beyond that it gets one
    /// [`Notice::Gap`] instead of those that did not fit.
    ///
    /// # Errors
    /// [`LiveError::Unavailable`].
    async fn subscribe(&self, capacity: usize) -> Result<Subscription, LiveError>;

    /// Events of the topic committed after this returns arrive at the subscription.
    ///
    /// # Errors
    /// [`LiveError::Unavailable`].
    async fn add_topic(&self, subscription: u64, topic: TopicName) -> Result<(), LiveError>;

    /// Events of the topic committed after this returns do not arrive any more.
    ///
    /// # Errors
    /// [`LiveError::Unavailable`].
    async fn remove_topic(&self, subscription: u64, topic: &TopicName) -> Result<(), LiveError>;

    /// Documents whose deadline is at or before `now`, earliest first, at most `limit`. They stay due until a
    /// commit moves or clears the deadline.
    ///
    /// # Errors
    /// [`LiveError::Unavailable`].
    async fn due(&self, now: Timestamp, limit: usize) -> Result<Vec<Key>, LiveError>;

    /// Waits until the earliest deadline is another one than `known`, and returns it.
    ///
    /// # Errors
    /// [`LiveError::Unavailable`].
    async fn next_deadline(&self, known: Option<Timestamp>) -> Result<Option<Timestamp>, LiveError>;

    /// The instance lives for so long from now on, by the engine's clock, and says this of itself to all others, instead
    /// of what it said before. Short, for all read it: some hundred bytes.
    ///
    /// # Errors
    /// [`LiveError::Unavailable`].
    async fn renew_lease(
        &self,
        instance: InstanceId,
        lasts: Duration,
        says: Bytes,
    ) -> Result<Renewal, LiveError>;

    /// Every instance that has a lease, also one that has run out and was not released.
    ///
    /// # Errors
    /// [`LiveError::Unavailable`].
    async fn instances(&self) -> Result<Vec<Instance>, LiveError>;

    /// Documents last written with this instance's lease.
    ///
    /// # Errors
    /// [`LiveError::Unavailable`].
    async fn held_by(&self, instance: InstanceId) -> Result<Vec<Key>, LiveError>;

    /// Forgets the instance's lease; documents that still name it are found by [`Live::held_by`] as before.
    ///
    /// # Errors
    /// [`LiveError::Unavailable`].
    async fn release_lease(&self, instance: InstanceId) -> Result<(), LiveError>;

    /// Takes one from a purse that all instances share, or says how long it takes until there is one again. A purse
    /// nobody has taken from is full.
    ///
    /// # Errors
    /// [`LiveError::Unavailable`].
    async fn spend(&self, purse: &Purse, rate: Rate) -> Result<Spent, LiveError>;
}
