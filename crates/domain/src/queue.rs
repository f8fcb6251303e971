//! A desk's queue, as a document: who waits, in the order of coming. What may happen to it is decided in
//! [`crate::availability`].

use crate::ids::PersonId;
use crate::ring::{DeskCard, Party, Source};
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};

/// Somebody who waits.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Waiting {
    /// Who.
    pub party: Party,
    /// What it is about; may be empty.
    pub about: String,
    /// Since when.
    pub since: Timestamp,
    /// Who did not take their call, and from when on they may be rung for them again.
    pub not_before: Vec<(PersonId, Timestamp)>,
    /// Where they are, if they are a guest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Source>,
}

/// Who waits at a desk.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Queue {
    pub(crate) version: u64,
    /// As it was when somebody last came.
    pub(crate) desk: Option<DeskCard>,
    /// Longest first.
    pub(crate) waiting: Vec<Waiting>,
    /// When it is to be looked at whether somebody is free, although nobody said so; set exactly while somebody
    /// waits.
    pub(crate) look_at: Option<Timestamp>,
}

impl Queue {
    /// Later states have higher ones.
    #[must_use]
    pub fn version(&self) -> u64 {
        self.version
    }

    /// Where they wait; none when nobody ever did.
    #[must_use]
    pub fn desk(&self) -> Option<&DeskCard> {
        self.desk.as_ref()
    }

    /// Longest first.
    #[must_use]
    pub fn waiting(&self) -> &[Waiting] {
        &self.waiting
    }

    /// Somebody's place; 1 is next.
    #[must_use]
    pub fn position(&self, person: PersonId) -> Option<u32> {
        let place = self.waiting.iter().position(|one| one.party.person == person)?;
        u32::try_from(place + 1).ok()
    }

    /// Whom a representative would be rung for at `now`: the first who has not just been declined by them.
    #[must_use]
    pub fn next_for(&self, representative: PersonId, now: Timestamp) -> Option<&Waiting> {
        self.waiting
            .iter()
            .find(|one| !one.not_before.iter().any(|(person, from)| *person == representative && *from > now))
    }

    /// The next moment at which it is to be looked at.
    #[must_use]
    pub fn next_deadline(&self) -> Option<Timestamp> {
        self.look_at
    }
}
