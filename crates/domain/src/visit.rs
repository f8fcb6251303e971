//! What happens around an appointment right now, as a document: who waits for it, and the call that goes on. What may
//! happen to it is decided in [`crate::availability`]; the appointment itself is the store's.

use crate::ids::{AppointmentId, DeskId, PersonId, RingId};
use crate::ring::Party;
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};

/// What a visit needs to know of its appointment, as it was when somebody last came.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct VisitCard {
    /// Which.
    pub appointment: AppointmentId,
    /// Whose.
    pub professional: PersonId,
    /// The desk whose representatives share the waiting room.
    pub desk: Option<DeskId>,
    /// Whom the appointment is with.
    pub client: Party,
    /// What it is about; may be empty.
    pub about: String,
}

/// Somebody who waits to be let in.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Attendee {
    /// Who.
    pub party: Party,
    /// Since when.
    pub since: Timestamp,
    /// They have been in the call, and were sent back to wait.
    pub held: bool,
}

/// An appointment that somebody has come for.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Visit {
    pub(crate) version: u64,
    pub(crate) card: VisitCard,
    /// Longest first.
    pub(crate) attendees: Vec<Attendee>,
    /// The call, and who of the staff is in it.
    pub(crate) call: Option<(RingId, Party)>,
}

impl Visit {
    pub(crate) fn new(card: VisitCard) -> Self {
        Self { version: 0, card, attendees: Vec::new(), call: None }
    }

    /// Later states have higher ones.
    #[must_use]
    pub fn version(&self) -> u64 {
        self.version
    }

    /// Of which appointment.
    #[must_use]
    pub fn card(&self) -> &VisitCard {
        &self.card
    }

    /// Who waits, longest first.
    #[must_use]
    pub fn attendees(&self) -> &[Attendee] {
        &self.attendees
    }

    /// The call that goes on, and who of the staff takes it.
    #[must_use]
    pub fn call(&self) -> Option<&(RingId, Party)> {
        self.call.as_ref()
    }

    /// Nobody would miss the document.
    pub(crate) fn is_forgettable(&self) -> bool {
        self.attendees.is_empty() && self.call.is_none()
    }
}
