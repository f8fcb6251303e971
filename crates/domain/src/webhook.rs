//! What webhooks are told: which events there are, what they say, and how they follow from what was decided. Pure.
//!
//! An event says which and when, never who or why: ids, times and closed sets. Names, words and addresses stay where
//! they are, behind the interface for programs and its scopes.

mod appointments;
mod facts;
mod kinds;
mod people;
mod rooms;
mod tries;

pub use appointments::{appointment_changed, appointment_created};
pub use facts::{
    AppointmentFacts, Facts, QueueFacts, RingFacts, RoomFacts, TestFacts, VisitFacts, VisitRole,
};
pub use kinds::{EventKind, Kinds, MalformedKind};
pub use people::{call_lost, people_changed};
pub use rooms::room_changed;
pub use tries::{Answer, GIVE_UP_AFTER, HOLD, Outcome, Trouble, after};

use crate::ids::{AppointmentId, CallId, DeskId, EventId, RingId, WebhookId};
use crate::time::Timestamp;
use std::fmt;

/// What an event is about. Of one subject events are told in the order in which they happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Subject {
    /// A ring, and the call that came of it.
    Ring(RingId),
    /// A desk, as a place to wait at.
    Desk(DeskId),
    /// An appointment.
    Appointment(AppointmentId),
    /// One gathering in a room.
    Gathering(CallId),
    /// The webhook itself.
    Webhook(WebhookId),
}

impl fmt::Display for Subject {
    /// The id: its prefix says of what.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ring(id) => id.fmt(f),
            Self::Desk(id) => id.fmt(f),
            Self::Appointment(id) => id.fmt(f),
            Self::Gathering(id) => id.fmt(f),
            Self::Webhook(id) => id.fmt(f),
        }
    }
}

/// Something that happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Happened {
    /// What.
    pub kind: EventKind,
    /// To what.
    pub subject: Subject,
    /// When.
    pub at: Timestamp,
    /// The rest.
    pub facts: Facts,
}

impl Happened {
    /// Its id. What can happen to a subject only once has one that follows from the subject, so that two instances
    /// that find out about it tell one event; everything else has the one that was drawn.
    #[must_use]
    pub fn id(&self, drawn: u128) -> EventId {
        match (self.subject, self.kind.once()) {
            (Subject::Ring(ring), Some(mark)) => EventId::from_bits(ring.bits() ^ (u128::from(mark) << 120)),
            _ => EventId::from_bits(drawn),
        }
    }
}

#[cfg(test)]
mod tests;
