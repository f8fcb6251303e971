//! Appointments as they travel live: who waits, who is in the call, what is written meanwhile.

use crate::desk::{OwnAvailability, RingParty};
use serde::{Deserialize, Serialize};
use ts_rs::TS;
pub use visavis_domain::appointment::{AppointmentState, LinkKind, Phase};
use visavis_domain::ids::{AppointmentId, MessageId, PersonId, RingId};
pub use visavis_domain::person::Reach;
use visavis_domain::time::Timestamp;

/// Somebody who waits to be let in, as staff see them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct AttendeeView {
    /// Who.
    #[ts(type = "string")]
    pub id: PersonId,
    /// As the professional called them.
    pub name: String,
    /// Since when.
    #[ts(type = "number")]
    pub since: Timestamp,
    /// They were in the call, and were sent back to wait.
    pub held: bool,
}

/// What happens around an appointment, as staff see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct VisitView {
    /// Which.
    #[ts(type = "string")]
    pub appointment: AppointmentId,
    /// Who it is with.
    pub client: String,
    /// Who waits, longest first.
    pub attendees: Vec<AttendeeView>,
    /// The call that goes on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(type = "string", optional)]
    pub call: Option<RingId>,
    /// Who of the staff is in it; there exactly when there is a call.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub host: Option<RingParty>,
    /// Of two states of one appointment the one with the higher version is the later one.
    #[ts(type = "number")]
    pub version: u64,
}

/// A line of what is written between who waits and the staff.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct WaitingMessage {
    /// Which.
    #[ts(type = "string")]
    pub id: MessageId,
    /// Who wrote it.
    #[ts(type = "string")]
    pub from: PersonId,
    /// What they were called then.
    pub name: String,
    /// Text, never markup.
    pub text: String,
    /// When the server took it.
    #[ts(type = "number")]
    pub at: Timestamp,
}

/// What has been written around an appointment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct WaitingChat {
    /// The most recent ones, oldest first.
    pub messages: Vec<WaitingMessage>,
    /// How many there have been.
    #[ts(type = "number")]
    pub version: u64,
}

/// A waiting room, as who came over a link sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct WaitingRoom {
    /// Oneself.
    #[ts(type = "string")]
    pub person: PersonId,
    /// What one was in the middle of when the page was opened anew.
    pub own: OwnAvailability,
    /// How far the professional is.
    pub reach: Reach,
    /// What has been written.
    pub chat: WaitingChat,
}
