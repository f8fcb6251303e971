//! What two peers say to each other through the server, which relays it unread.

use serde::{Deserialize, Serialize};
use ts_rs::TS;
use visavis_domain::room::Source;

/// Which side of a negotiation a description is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum DescriptionKind {
    /// Proposes.
    Offer,
    /// Agrees.
    Answer,
}

/// What one of the sender's tracks is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct TrackLabel {
    /// The media section's id in the description.
    pub mid: String,
    /// What it carries.
    pub source: Source,
}

/// An ICE candidate, as browsers give it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Candidate {
    /// The candidate line; empty at the end of candidates.
    pub candidate: String,
    /// The media section's id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub sdp_mid: Option<String>,
    /// The media section's index.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub sdp_m_line_index: Option<u16>,
    /// Which ICE generation it belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub username_fragment: Option<String>,
}

/// One step of a negotiation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Signal {
    /// An offer or an answer.
    Description {
        /// Which of the two.
        kind: DescriptionKind,
        /// RFC 8866 text.
        sdp: String,
        /// What the sender's tracks are.
        tracks: Vec<TrackLabel>,
    },
    /// A way to reach the sender.
    Candidate {
        /// The candidate.
        candidate: Candidate,
    },
}
