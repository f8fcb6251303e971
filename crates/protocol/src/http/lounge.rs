//! Bodies about the lounge: what admins set, and who was removed. Files are sent as they are: `POST /api/v1/files` with
//! the header `authorization: Bearer` and the token of an `upload`, answered by a [`crate::SentFile`]; 401
//! `upload_refused`, 408 `timed_out`, 413 `too_large`, 422 `file_invalid`, 503 `try_again`, 507 `quota_full` or
//! `storage_full`. They are fetched from `/files/{id}/{name}`.

use serde::{Deserialize, Serialize};
use ts_rs::TS;
use utoipa::ToSchema;
use visavis_domain::ids::{LoungeRoomId, PersonId};
use visavis_domain::time::Timestamp;

/// A room of the lounge as admins see and set it. `GET /api/v1/admin/lounge/rooms` lists them in their order; `POST` of
/// a [`LoungeRoomSettings`] there makes one, `PUT` and `DELETE` at `/api/v1/admin/lounge/rooms/{id}` change and remove
/// it, with what was written in it. Answered by this.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
pub struct LoungeRoomView {
    /// Which.
    #[ts(type = "string")]
    pub id: LoungeRoomId,
    /// What is set.
    pub settings: LoungeRoomSettings,
}

/// What admins set about a room of the lounge. 409 `slug_taken`; 422 `slug_invalid`, `name_invalid`, `about_invalid`,
/// `person_unknown`, `too_many_rooms`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
#[serde(deny_unknown_fields)]
pub struct LoungeRoomSettings {
    /// The part of its address behind `/lounge/`: 1 to 64 of `a-z`, `0-9` and `-`.
    #[schema(pattern = "^[a-z0-9-]{1,64}$")]
    pub slug: String,
    /// 1 to 64 characters.
    #[schema(min_length = 1, max_length = 64)]
    pub name: String,
    /// At most 200 characters; may be empty.
    #[schema(max_length = 200)]
    pub about: String,
    /// Lower ones stand first; whoever comes without naming a room comes into the first.
    #[schema(value_type = u64)]
    pub place: u32,
    /// Accounts that may remove messages and people there, besides admins.
    #[ts(type = "Array<string>")]
    #[schema(max_items = 1000)]
    pub moderators: Vec<PersonId>,
}

/// Somebody who was removed from the lounge. `GET /api/v1/admin/lounge/removals` lists those who may not come back
/// yet; `DELETE` at `/api/v1/admin/lounge/removals/{person}` lets them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
pub struct LoungeRemoval {
    /// Who.
    #[ts(type = "string")]
    pub person: PersonId,
    /// What they were called.
    pub name: String,
    /// Until when they may not come back.
    #[ts(type = "number")]
    pub until: Timestamp,
    /// Name of the account that removed them.
    pub by: String,
}
