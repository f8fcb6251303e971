//! The history of rings and the calls that came of them.

use super::{Audited, Page, StoreError};
use async_trait::async_trait;
use visavis_domain::ids::{AppointmentId, DeskId, PersonId, RingId};
use visavis_domain::ring::RingEnd;
use visavis_domain::time::Timestamp;

/// One ring, from its beginning to its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallRecord {
    /// Which.
    pub ring: RingId,
    /// The desk it came over; it may be gone by now.
    pub desk: Option<DeskId>,
    /// The desk's name then.
    pub desk_name: String,
    /// The visitor; for a ring among colleagues the visitor of the call it is about.
    pub visitor: PersonId,
    /// As they called themselves.
    pub visitor_name: String,
    /// In the visitor's words; may be empty.
    pub about: String,
    /// Who was rung.
    pub representative: PersonId,
    /// Their name then.
    pub representative_name: String,
    /// The appointment it was for.
    pub appointment: Option<AppointmentId>,
    /// The call into which a colleague asked them.
    pub into: Option<RingId>,
    /// When it began to ring.
    pub started_at: Timestamp,
    /// When it was accepted.
    pub accepted_at: Option<Timestamp>,
    /// When it ended; none while it goes on.
    pub ended_at: Option<Timestamp>,
    /// How; none exactly while it goes on.
    pub end: Option<RingEnd>,
    /// The visitor's judgement, 1 to 5.
    pub stars: Option<u8>,
    /// The visitor's words; may be empty.
    pub comment: String,
    /// The representative's words; may be empty.
    pub note: String,
    /// What came of it.
    pub outcome: Option<Outcome>,
}

/// What came of a call, as the representative says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Done with.
    Resolved,
    /// Somebody has to come back to it.
    FollowUp,
    /// Not for this desk.
    Misdirected,
}

/// Which calls; what is `None` does not matter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct CallFilter {
    /// Of one desk.
    pub desk: Option<DeskId>,
    /// Of one representative.
    pub representative: Option<PersonId>,
    /// With one end.
    pub end: Option<RingEnd>,
    /// Those that go on, or those that have ended.
    pub ended: Option<bool>,
    /// Begun at or after.
    pub from: Option<Timestamp>,
    /// Begun before.
    pub to: Option<Timestamp>,
    /// Behind the call that began then, in the order of lists.
    pub after: Option<(Timestamp, RingId)>,
}

/// The history. Every method may fail with [`StoreError::Unavailable`] and [`StoreError::Damaged`], those that write
/// with [`StoreError::ReadOnly`]; further errors are named.
#[async_trait]
pub trait Calls: Send + Sync + 'static {
    /// Writes how far a ring has got: creates its row, or brings desk, people and times of it up to date. A row
    /// that has an end keeps it, and its times; stars, words and outcome are never touched. Twice is harmless.
    ///
    /// # Errors
    /// As said above.
    async fn record_call(&self, record: CallRecord) -> Result<(), StoreError>;

    /// One.
    ///
    /// # Errors
    /// As said above.
    async fn call(&self, ring: RingId) -> Result<Option<CallRecord>, StoreError>;

    /// Those that match, latest begun first.
    ///
    /// # Errors
    /// As said above.
    async fn calls(&self, filter: CallFilter, page: Page) -> Result<Vec<CallRecord>, StoreError>;

    /// How many match.
    ///
    /// # Errors
    /// As said above.
    async fn count_calls(&self, filter: CallFilter) -> Result<u64, StoreError>;

    /// Forgets calls that began before then and have ended, earliest first. How many, at most `most`.
    ///
    /// # Errors
    /// As said above.
    async fn forget_calls(&self, before: Timestamp, most: u64) -> Result<u64, StoreError>;

    /// Forgets one that has ended.
    ///
    /// # Errors
    /// [`StoreError::Unknown`] if there is no such call, or it goes on.
    async fn forget_call(&self, ring: RingId, audited: Audited) -> Result<(), StoreError>;

    /// The visitor's judgement.
    ///
    /// # Errors
    /// [`StoreError::Unknown`] if there is no such call of this visitor that was accepted.
    async fn rate_call(
        &self,
        ring: RingId,
        visitor: PersonId,
        stars: u8,
        comment: String,
    ) -> Result<(), StoreError>;

    /// The representative's words.
    ///
    /// # Errors
    /// [`StoreError::Unknown`] if there is no such call of this representative.
    async fn note_call(
        &self,
        ring: RingId,
        representative: PersonId,
        note: String,
        outcome: Option<Outcome>,
    ) -> Result<(), StoreError>;
}
