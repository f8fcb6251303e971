//! Rooms that are open, as admins and their programs see them.

use serde::{Deserialize, Serialize};
use ts_rs::TS;
use utoipa::ToSchema;
use visavis_domain::ids::{CallId, ParticipantId, RingId};
use visavis_domain::room::{Entry, MediaRoute, Presence};
use visavis_domain::time::Timestamp;

/// Rooms that somebody is in, by name. `GET /api/v1/admin/rooms?after=&take=100`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
pub struct OpenRooms {
    /// This part.
    pub rooms: Vec<OpenRoom>,
    /// What to ask for `after` to have the next part; absent where there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    #[schema(nullable = false)]
    pub next: Option<String>,
}

/// A room that somebody is in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
pub struct OpenRoom {
    /// What it is called; of a call's the ring's id.
    pub name: String,
    /// Whose call it is, if it is one's room.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(type = "string", optional)]
    #[schema(nullable = false)]
    pub ring: Option<RingId>,
    /// The gathering that goes on; the audit log names it by this.
    #[ts(type = "string")]
    pub call: CallId,
    /// Since when whoever is in it longest is.
    #[ts(type = "number")]
    pub since: Timestamp,
    /// How many are in it.
    pub people: u32,
    /// Which way media takes.
    pub route: MediaRoute,
    /// Who may come in.
    pub entry: Entry,
}

/// One of them, with who is in it. `GET /api/v1/admin/rooms/{name}`; 404 `room_unknown`. `POST
/// /api/v1/admin/rooms/{name}/end` ends it for everybody; `DELETE
/// /api/v1/admin/rooms/{name}/participants/{participant}` removes somebody for as long as it lives, 404
/// `participant_unknown`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
pub struct OpenRoomDetail {
    /// As it is listed.
    pub room: OpenRoom,
    /// Who is in it, in order of coming.
    pub participants: Vec<PresentParticipant>,
}

/// Somebody in a room.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
pub struct PresentParticipant {
    /// Who.
    #[ts(type = "string")]
    pub id: ParticipantId,
    /// How they want to be called.
    pub name: String,
    /// When they came.
    #[ts(type = "number")]
    pub joined_at: Timestamp,
    /// Whether their line holds.
    pub presence: Presence,
    /// They decide about the room.
    pub host: bool,
}
