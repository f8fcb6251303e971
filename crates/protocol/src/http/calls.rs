//! Bodies about the history of calls.
//!
//! `GET /api/v1/calls` gives one's own (staff), `GET /api/v1/admin/calls` everybody's; both take `end`, `ended`
//! (`true` or `false`), `desk`, `from`, `to` (milliseconds), `skip` or `after`, `take` (at most 200), and answer with
//! [`CallPage`]. `GET /api/v1/admin/calls.csv` takes the same and gives them all. `POST
//! /api/v1/admin/calls/{ring}/end` ends one that goes on.

use serde::{Deserialize, Serialize};
use ts_rs::TS;
use utoipa::ToSchema;
use visavis_domain::ids::{PersonId, RingId};
use visavis_domain::ring::RingEnd;
use visavis_domain::time::Timestamp;

/// A part of the history, latest begun first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
pub struct CallPage {
    /// This part.
    pub calls: Vec<CallView>,
    /// How many there are in all.
    #[ts(type = "number")]
    pub total: u64,
    /// What to ask for `after` to have those behind them; absent where there are none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    #[schema(nullable = false)]
    pub next: Option<String>,
}

/// One ring, and the call that came of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
pub struct CallView {
    /// Which.
    #[ts(type = "string")]
    pub ring: RingId,
    /// The desk's name then; empty if none.
    pub desk: String,
    /// The visitor, as they called themselves.
    pub visitor: String,
    /// In the visitor's words; may be empty.
    pub about: String,
    /// Who was rung.
    #[ts(type = "string")]
    pub representative: PersonId,
    /// Their name then.
    pub representative_name: String,
    /// The call into which a colleague asked them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(type = "string", optional)]
    #[schema(nullable = false)]
    pub into: Option<RingId>,
    /// When it began to ring.
    #[ts(type = "number")]
    pub started_at: Timestamp,
    /// When it was accepted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(type = "number", optional)]
    #[schema(nullable = false)]
    pub accepted_at: Option<Timestamp>,
    /// When it ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(type = "number", optional)]
    #[schema(nullable = false)]
    pub ended_at: Option<Timestamp>,
    /// How; absent exactly while it goes on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    #[schema(nullable = false)]
    pub end: Option<RingEnd>,
    /// The visitor's judgement, 1 to 5.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    #[schema(nullable = false, minimum = 1, maximum = 5)]
    pub stars: Option<u8>,
    /// The visitor's words; may be empty.
    pub comment: String,
    /// The representative's words; may be empty.
    pub note: String,
    /// What came of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    #[schema(nullable = false)]
    pub outcome: Option<CallOutcome>,
}

/// What came of a call, as its representative says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
#[serde(rename_all = "snake_case")]
pub enum CallOutcome {
    /// Done with.
    Resolved,
    /// Somebody has to come back to it.
    FollowUp,
    /// Not for this desk.
    Misdirected,
}

/// `PUT /api/v1/calls/{ring}/note`, by who was rung. 204; 404 `call_unknown`; 422 `note_invalid`.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema, TS)]
#[serde(deny_unknown_fields)]
pub struct CallNote {
    /// At most 4,000 characters; may be empty.
    #[schema(max_length = 4000)]
    pub note: String,
    /// What came of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub outcome: Option<CallOutcome>,
}
