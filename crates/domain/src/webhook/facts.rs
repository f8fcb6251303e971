//! What events say besides what happened, to what and when. Shapes alone. People are ids: of staff those of their
//! accounts, of everybody else those that they have while they are here.

use crate::appointment::AppointmentState;
use crate::ids::{AppointmentId, CallId, DeskId, ParticipantId, PersonId, RingId, WebhookId};
use crate::ring::{RingEnd, RingPurpose};
use crate::room::LeaveReason;
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Of a ring, and of the call that came of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct RingFacts {
    /// Which; a call has the id of the ring that it came of.
    #[ts(type = "string")]
    pub ring: RingId,
    /// Why.
    pub purpose: RingPurpose,
    /// The desk it came over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(type = "string", optional)]
    pub desk: Option<DeskId>,
    /// The appointment it is for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(type = "string", optional)]
    pub appointment: Option<AppointmentId>,
    /// The call that a colleague is asked into.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(type = "string", optional)]
    pub into: Option<RingId>,
    /// Whom the call is about.
    #[ts(type = "string")]
    pub visitor: PersonId,
    /// Who is rung, or took it.
    #[ts(type = "string")]
    pub representative: PersonId,
    /// Since when it rang.
    #[ts(type = "number")]
    pub started_at: Timestamp,
    /// When it was accepted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(type = "number", optional)]
    pub accepted_at: Option<Timestamp>,
    /// How it ended; absent before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub end: Option<RingEnd>,
}

/// Of waiting at a desk.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct QueueFacts {
    /// Where.
    #[ts(type = "string")]
    pub desk: DeskId,
    /// Who.
    #[ts(type = "string")]
    pub visitor: PersonId,
    /// Since when; whoever is not answered takes their old place.
    #[ts(type = "number")]
    pub since: Timestamp,
    /// How many wait now.
    pub waiting: u32,
    /// The ring by which they left the queue; absent for who comes, and for who has given up.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(type = "string", optional)]
    pub ring: Option<RingId>,
}

/// Of an appointment as it lasts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct AppointmentFacts {
    /// Which.
    #[ts(type = "string")]
    pub appointment: AppointmentId,
    /// Whose.
    #[ts(type = "string")]
    pub professional: PersonId,
    /// The desk that shares its waiting room.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(type = "string", optional)]
    pub desk: Option<DeskId>,
    /// When it is.
    #[ts(type = "number")]
    pub starts_at: Timestamp,
    /// For how long.
    pub minutes: u32,
    /// The zone in which it was made.
    pub zone: String,
    /// What became of it.
    pub state: AppointmentState,
    /// How often it was moved or cancelled.
    pub sequence: u32,
}

/// Of who comes for an appointment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct VisitFacts {
    /// Which.
    #[ts(type = "string")]
    pub appointment: AppointmentId,
    /// Whose.
    #[ts(type = "string")]
    pub professional: PersonId,
    /// The desk that shares its waiting room.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(type = "string", optional)]
    pub desk: Option<DeskId>,
    /// Who waits, waits no longer, or took it.
    #[ts(type = "string")]
    pub person: PersonId,
    /// They came by the client's link, and not by one of somebody who is brought along, or are of the staff.
    pub role: VisitRole,
    /// The call.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(type = "string", optional)]
    pub ring: Option<RingId>,
}

/// Who somebody is to an appointment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum VisitRole {
    /// Whom it is with.
    Client,
    /// Somebody whom they or the professional bring along.
    Guest,
    /// Who takes it.
    Staff,
}

/// Of a room.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct RoomFacts {
    /// Its name.
    pub room: String,
    /// The gathering in it.
    #[ts(type = "string")]
    pub call: CallId,
    /// How many are in it now.
    pub people: u32,
    /// Who came or went.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(type = "string", optional)]
    pub participant: Option<ParticipantId>,
    /// Why they went.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub reason: Option<LeaveReason>,
}

/// Of a webhook that is tried out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct TestFacts {
    /// Which.
    #[ts(type = "string")]
    pub webhook: WebhookId,
}

/// What an event says. Which of these follows from its kind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(untagged)]
pub enum Facts {
    /// `ring.…` and `call.…`
    Ring(RingFacts),
    /// `queue.…`
    Queue(QueueFacts),
    /// `appointment.…`, of what was planned.
    Appointment(AppointmentFacts),
    /// `appointment.…`, of who came.
    Visit(VisitFacts),
    /// `room.…`
    Room(RoomFacts),
    /// `webhook.test`
    Test(TestFacts),
}
