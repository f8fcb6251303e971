//! Desks and rings as they travel: who is free, who waits, who calls whom.

use crate::appointment::VisitView;
use serde::{Deserialize, Serialize};
use ts_rs::TS;
use utoipa::ToSchema;
use visavis_domain::ids::{AppointmentId, DeskId, PersonId, RingId};
use visavis_domain::person::{Chosen, Status};
pub use visavis_domain::ring::RingPurpose;
use visavis_domain::time::Timestamp;

/// A representative as visitors see them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
pub struct Representative {
    /// Who.
    #[ts(type = "string")]
    pub id: PersonId,
    /// How they are called.
    pub name: String,
    /// What they are there for, and in which languages; may be empty.
    pub title: String,
    /// `available` can be called; who is `offline` is to be taken off the list.
    pub status: Status,
    /// Of two states of one representative the one with the higher version is the later one.
    #[ts(type = "number")]
    pub version: u64,
}

/// A desk as visitors see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
pub struct DeskSnapshot {
    /// Which.
    #[ts(type = "string")]
    pub id: DeskId,
    /// The part of its address behind `/desk/`.
    pub slug: String,
    /// As it is called.
    pub name: String,
    /// What it is there for; may be empty.
    pub about: String,
    /// Those who are online, in no order.
    pub representatives: Vec<Representative>,
    /// How many wait.
    pub waiting: u32,
    /// Openings of the next seven days, each from and to, earliest first; none says nothing about hours.
    #[ts(type = "Array<[number, number]>")]
    pub openings: Vec<(Timestamp, Timestamp)>,
}

/// A desk by name, for lists of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
pub struct DeskName {
    /// Which.
    #[ts(type = "string")]
    pub id: DeskId,
    /// The part of its address behind `/desk/`.
    pub slug: String,
    /// As it is called.
    pub name: String,
}

/// Somebody in a ring, as the other side sees them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct RingParty {
    /// Who.
    #[ts(type = "string")]
    pub id: PersonId,
    /// How they are called.
    pub name: String,
}

/// A ring, as both sides see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct RingView {
    /// Which.
    #[ts(type = "string")]
    pub id: RingId,
    /// The desk it came over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub desk: Option<DeskName>,
    /// Why.
    pub purpose: RingPurpose,
    /// The appointment it is for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(type = "string", optional)]
    pub appointment: Option<AppointmentId>,
    /// The call one is asked into, when it goes on already.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(type = "string", optional)]
    pub into: Option<RingId>,
    /// Who rings.
    pub caller: RingParty,
    /// Who is rung.
    pub callee: RingParty,
    /// The visitor whom a call is about: the caller, or who is in the call already.
    pub visitor: RingParty,
    /// What it is about, in the visitor's words; may be empty.
    pub about: String,
    /// Since when it rings.
    #[ts(type = "number")]
    pub started_at: Timestamp,
    /// Until when it rings at most.
    #[ts(type = "number")]
    pub rings_until: Timestamp,
    /// When it was accepted; absent while it rings.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(type = "number", optional)]
    pub accepted_at: Option<Timestamp>,
}

/// A visitor who waits, as staff see them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
pub struct WaitingVisitor {
    /// Who.
    #[ts(type = "string")]
    pub id: PersonId,
    /// How they are called.
    pub name: String,
    /// What it is about; may be empty.
    pub about: String,
    /// Since when.
    #[ts(type = "number")]
    pub since: Timestamp,
}

/// What one is in the middle of. A page that opens shows this.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Engagement {
    /// One rings somebody.
    Calling {
        /// The ring.
        ring: RingView,
    },
    /// One is rung.
    Called {
        /// The ring.
        ring: RingView,
    },
    /// One waits.
    Waiting {
        /// The desk.
        desk: DeskName,
        /// 1 is next.
        position: u32,
        /// Since when.
        #[ts(type = "number")]
        since: Timestamp,
        /// Of the queue; later ones are higher.
        #[ts(type = "number")]
        queue_version: u64,
    },
    /// One waits to be let in to an appointment.
    Attending {
        /// Which.
        #[ts(type = "string")]
        appointment: AppointmentId,
        /// Since when.
        #[ts(type = "number")]
        since: Timestamp,
        /// One was in the call, and was sent back to wait.
        held: bool,
    },
    /// One is in a call, perhaps on another page.
    InCall {
        /// The ring it came from.
        ring: RingView,
    },
}

/// One's own availability.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct OwnAvailability {
    /// Whether one takes calls of one's desks.
    pub online: bool,
    /// What one chose.
    pub chosen: Chosen,
    /// What others see.
    pub status: Status,
    /// One is away because a ring was missed, not because one chose to.
    pub missed: bool,
    /// Until when one is not called after a call.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(type = "number", optional)]
    pub wrap_up_until: Option<Timestamp>,
    /// What one is in the middle of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub engagement: Option<Engagement>,
    /// Later states have higher versions.
    #[ts(type = "number")]
    pub version: u64,
}

/// A desk as its representatives see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
pub struct StaffDesk {
    /// As visitors see it.
    pub desk: DeskSnapshot,
    /// Who waits, first first.
    pub queue: Vec<WaitingVisitor>,
    /// Of the queue; later ones are higher.
    #[ts(type = "number")]
    pub queue_version: u64,
}

/// Everything a representative's console shows that is true right now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ConsoleSnapshot {
    /// Oneself.
    #[ts(type = "string")]
    pub person: PersonId,
    /// How one is called.
    pub name: String,
    /// One's own availability.
    pub availability: OwnAvailability,
    /// One's desks.
    pub desks: Vec<StaffDesk>,
    /// Appointments of one's own, or shared with one's desks, that somebody has come for.
    pub visits: Vec<VisitView>,
}
