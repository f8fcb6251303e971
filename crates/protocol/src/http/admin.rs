//! Bodies of what admins do, below `/api/v1/admin`. All of it needs a sign-in of an admin: 401 `signed_out`, 403
//! `forbidden`.

use super::AccountView;
use serde::{Deserialize, Serialize};
use ts_rs::TS;
use utoipa::ToSchema;
use visavis_domain::account::{AccountRole, AccountState};
use visavis_domain::hours::Hours;
use visavis_domain::ids::{DeskId, PersonId};
use visavis_domain::time::Timestamp;

/// `POST /api/v1/admin/people`: a new account. Answered by [`Invited`]; 409 `email_taken`, 422 `email_invalid`,
/// `name_invalid`, `title_invalid`.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema, TS)]
#[serde(deny_unknown_fields)]
pub struct NewPerson {
    /// By which they will sign in.
    #[schema(max_length = 254, pattern = "^[^@]+@[^@]+$")]
    pub email: String,
    /// As visitors will see them.
    #[schema(min_length = 1, max_length = 64)]
    pub name: String,
    /// At most 100 characters; may be empty.
    #[schema(max_length = 100)]
    pub title: String,
    /// What they may do.
    pub role: AccountRole,
}

/// A one-time link for somebody, to be handed to them. `POST /api/v1/admin/people/{id}/invitation` makes another.
#[derive(Clone, Serialize, Deserialize, ToSchema, TS)]
pub struct Invited {
    /// Whose.
    #[ts(type = "string")]
    pub id: PersonId,
    /// The link, shown this once.
    pub link: String,
    /// Until when it holds.
    #[ts(type = "number")]
    pub expires_at: Timestamp,
}

impl std::fmt::Debug for Invited {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Invited").field("id", &self.id).finish_non_exhaustive()
    }
}

/// `PATCH /api/v1/admin/people/{id}`: what is absent stays. Answered by the account; 409 `last_admin` for what would
/// leave no active admin.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema, TS)]
#[serde(deny_unknown_fields)]
pub struct PersonChange {
    /// By which they sign in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    #[schema(max_length = 254, pattern = "^[^@]+@[^@]+$")]
    pub email: Option<String>,
    /// As visitors see them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    #[schema(min_length = 1, max_length = 64)]
    pub name: Option<String>,
    /// At most 100 characters; may be empty.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    #[schema(max_length = 100)]
    pub title: Option<String>,
    /// What they may do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub role: Option<AccountRole>,
    /// `active` or `disabled`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub state: Option<AccountState>,
}

/// A desk as admins see and set it. `GET /api/v1/admin/desks` lists them; `POST` of a [`DeskSettings`] there makes
/// one, `PUT` and `DELETE` at `/api/v1/admin/desks/{id}` change and remove it. Answered by this.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
pub struct DeskView {
    /// Which.
    #[ts(type = "string")]
    pub id: DeskId,
    /// What is set.
    pub settings: DeskSettings,
}

/// What admins set about a desk. 409 `slug_taken`; 422 `slug_invalid`, `name_invalid`, `about_invalid`,
/// `hours_invalid`, `site_invalid`, `seconds_invalid`, `person_unknown`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
#[serde(deny_unknown_fields)]
pub struct DeskSettings {
    /// The part of its address behind `/desk/`: 1 to 64 of `a-z`, `0-9` and `-`.
    #[schema(pattern = "^[a-z0-9-]{1,64}$")]
    pub slug: String,
    /// 1 to 64 characters.
    #[schema(min_length = 1, max_length = 64)]
    pub name: String,
    /// At most 200 characters; may be empty.
    #[schema(max_length = 200)]
    pub about: String,
    /// When somebody is usually there; absent says nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub hours: Option<Hours>,
    /// Seconds for which a representative is not called after a call: 0 to 3,600.
    #[schema(maximum = 3600)]
    pub wrap_up_s: u32,
    /// Seconds for which a representative is rung: 5 to 300.
    #[schema(minimum = 5, maximum = 300)]
    pub ring_s: u32,
    /// Origins of pages that may show it in a frame.
    #[schema(max_items = 50)]
    pub sites: Vec<String>,
    /// Its representatives.
    #[ts(type = "Array<string>")]
    #[schema(max_items = 1000)]
    pub members: Vec<PersonId>,
}

/// A part of the audit log, latest first. `GET /api/v1/admin/audit?after=&take=100`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema, TS)]
pub struct AuditPage {
    /// This part.
    pub rows: Vec<AuditView>,
    /// What to ask for `after` to have those before them; absent where there are none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    #[schema(nullable = false)]
    pub next: Option<String>,
}

/// A part of the accounts, by name. `GET /api/v1/admin/people?after=&take=100`; one of them is at
/// `/api/v1/admin/people/{id}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
pub struct PeoplePage {
    /// This part.
    pub people: Vec<AccountView>,
    /// Those of them who are tied to somebody at the identity provider; `DELETE /api/v1/admin/people/{id}/provider`
    /// unties one.
    #[ts(type = "string[]")]
    pub tied: Vec<PersonId>,
    /// What to ask for `after` to have the next part; absent where there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    #[schema(nullable = false)]
    pub next: Option<String>,
}

/// A row of the audit log.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema, TS)]
pub struct AuditView {
    /// From 1, without holes.
    #[ts(type = "number")]
    pub number: u64,
    /// When.
    #[ts(type = "number")]
    pub at: Timestamp,
    /// Who; absent for the server itself, or somebody who proved nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(type = "string", optional)]
    #[schema(nullable = false)]
    pub actor: Option<PersonId>,
    /// Their name now; empty if there is no such account.
    pub actor_name: String,
    /// What, in snake case.
    pub action: String,
    /// The id of what it was done to; may be empty.
    pub subject: String,
    /// What that is called now: a person, a desk, a room of the lounge, a key or a webhook. Empty for anything else, and
    /// for what is there no longer.
    pub subject_name: String,
    /// What changed: JSON of any shape.
    pub detail: serde_json::Value,
}
