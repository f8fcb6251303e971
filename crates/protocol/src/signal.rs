//! What two peers say to each other through the server, which relays it unread.

use serde::{Deserialize, Serialize};
use ts_rs::TS;
use visavis_domain::ids::{FileId, ParticipantId};
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
    /// The layers it is sent in, smallest first; none means one, without an id.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[ts(optional, as = "Option<Vec<LayerLabel>>")]
    pub layers: Vec<LayerLabel>,
}

/// One of several encodings of a track.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct LayerLabel {
    /// The `rid` in the description.
    pub rid: String,
    /// Pixels.
    pub width: u32,
    /// Pixels.
    pub height: u32,
}

/// Which publication a slot carries.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct SlotLabel {
    /// The media section's id in the receiver's description.
    pub mid: String,
    /// Whose.
    #[ts(type = "string")]
    pub participant: ParticipantId,
    /// Which of theirs.
    pub source: Source,
}

/// A picture that somebody looks at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Viewed {
    /// Whose.
    #[ts(type = "string")]
    pub participant: ParticipantId,
    /// Which of theirs: `camera` or `screen`.
    pub source: Source,
    /// How large it is shown, in device pixels.
    pub width: u32,
    /// How large it is shown, in device pixels.
    pub height: u32,
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

/// A file that somebody in a room offers to those in it. Its bytes are with them alone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct OfferedFile {
    /// Drawn at random by its sender, 128 bits.
    #[ts(type = "string")]
    pub id: FileId,
    /// As it is called.
    pub name: String,
    /// Bytes.
    #[ts(type = "number")]
    pub size: u64,
}

/// One step on the way of a file from one participant to another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum FileSignal {
    /// Who receives asks for it. Who sends offers a connection when it is their turn.
    Wanted,
    /// An offer of who sends, or the answer of who receives.
    Description {
        /// Which of the two.
        kind: DescriptionKind,
        /// RFC 8866 text, with one section: of a data channel.
        sdp: String,
    },
    /// A way to reach the one who says it.
    Candidate {
        /// The candidate.
        candidate: Candidate,
    },
    /// Who sends has the file no longer, or does not share it any more; who receives does not want it any more.
    Gone,
}
