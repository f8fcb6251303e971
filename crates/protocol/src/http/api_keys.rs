//! Keys of the interface for programs, as admins make and see them. A key never makes keys.

use serde::{Deserialize, Serialize};
use ts_rs::TS;
use utoipa::ToSchema;
use visavis_domain::ids::{ApiKeyId, PersonId};
use visavis_domain::scope::Scope;
use visavis_domain::time::Timestamp;

/// `POST /api/v1/admin/api-keys`: a new key. Answered by [`MadeApiKey`]; 422 `name_invalid`, `scopes_invalid`,
/// `expiry_invalid`, `person_unknown`, `too_many_keys`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
#[serde(deny_unknown_fields)]
pub struct NewApiKey {
    /// What it is for: 1 to 64 characters.
    #[schema(min_length = 1, max_length = 64)]
    pub name: String,
    /// For whom it acts: it may never do more than they may, and stops with their account. Absent: for who makes it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(type = "string", optional)]
    pub account: Option<PersonId>,
    /// What of that it may do; at least one.
    #[schema(min_items = 1)]
    pub scopes: Vec<Scope>,
    /// Worth nothing from then on; within two years.
    #[ts(type = "number")]
    pub expires_at: Timestamp,
}

/// A key. `GET /api/v1/admin/api-keys` lists them, latest made first, those that have expired too; `DELETE
/// /api/v1/admin/api-keys/{id}` revokes one, 404 `key_unknown`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
pub struct ApiKeyView {
    /// Which; it stands in the key.
    #[ts(type = "string")]
    pub id: ApiKeyId,
    /// What it is for.
    pub name: String,
    /// For whom it acts.
    #[ts(type = "string")]
    pub account: PersonId,
    /// Their name now.
    pub account_name: String,
    /// What it may do.
    pub scopes: Vec<Scope>,
    /// Since when.
    #[ts(type = "number")]
    pub created_at: Timestamp,
    /// Worth nothing from then on.
    #[ts(type = "number")]
    pub expires_at: Timestamp,
    /// When it was last used, to the minute; absent if never.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(type = "number", optional)]
    #[schema(nullable = false)]
    pub used_at: Option<Timestamp>,
}

/// A key that was made.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
pub struct MadeApiKey {
    /// As it is listed.
    pub key: ApiKeyView,
    /// The key itself, shown this once: `Authorization: Bearer vvk_…`.
    pub secret: String,
}

impl std::fmt::Debug for MadeApiKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("MadeApiKey").field("key", &self.key).finish_non_exhaustive()
    }
}
