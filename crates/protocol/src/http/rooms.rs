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

/// Lets somebody into a room whom the organisation knows: `POST /api/v1/admin/rooms/{name}/tokens`, answered by 201 and a
/// [`RoomToken`]. They need neither its password nor the host's admission, and may open it; who was removed and a room
/// that is locked or full they do not pass. 422 `room_name_invalid`, `name_invalid`, `identity_invalid`,
/// `seconds_invalid`, `site_invalid`.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
#[serde(deny_unknown_fields)]
pub struct NewRoomToken {
    /// How they are called there; they cannot change it.
    #[schema(min_length = 1, max_length = 64)]
    pub name: String,
    /// Who they are to the organisation, at most 128 characters: by this they are known again, whichever token they show,
    /// as when they were removed. Absent: each token is somebody else. Nobody else is told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    #[schema(min_length = 1, max_length = 128)]
    pub identity: Option<String>,
    /// As what they come.
    #[serde(default)]
    pub role: RoomRole,
    /// Seconds for which they can come in by it, at most 86,400; 600 where it is absent. Who is inside stays.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    #[schema(minimum = 1, maximum = 86_400)]
    pub expires_in: Option<u32>,
    /// Origins whose pages may use it besides this server's own, at most 8: `https://www.example.org`.
    #[serde(default)]
    #[schema(max_items = 8)]
    pub origins: Vec<String>,
}

impl std::fmt::Debug for NewRoomToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NewRoomToken").field("role", &self.role).finish_non_exhaustive()
    }
}

/// As what somebody comes into a room by a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema, TS)]
#[serde(rename_all = "snake_case")]
pub enum RoomRole {
    /// As one of those in it.
    #[default]
    Participant,
    /// To decide about it, in the place of a host who came without such a token; of several the first does.
    Host,
}

/// What lets somebody into a room. Whoever has it can come in as them: give it to nobody else.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
pub struct RoomToken {
    /// Goes to the page, and from there into a [`crate::TicketRequest`].
    pub token: String,
    /// Until when one can come in by it.
    #[ts(type = "number")]
    pub expires_at: Timestamp,
}

impl std::fmt::Debug for RoomToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RoomToken").field("expires_at", &self.expires_at).finish_non_exhaustive()
    }
}
