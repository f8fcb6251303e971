//! What a participant can ask for.

use crate::{Signal, TrackLabel, Viewed};
use serde::{Deserialize, Serialize};
use ts_rs::TS;
use visavis_domain::ids::{MessageId, ParticipantId};
use visavis_domain::room::{Camera, Microphone, RoomSettings};

/// Whether the peers of an earlier presence still live.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum MediaPath {
    /// The page still holds its peers: generations stay as they are.
    Kept,
    /// A new page: everybody builds new peers towards this participant.
    Fresh,
}

/// Imperative; each is answered.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Command {
    /// Who is in a room, before going in. Answered by `summary`.
    Look {
        /// As typed.
        room: String,
    },
    /// Go in. Answered by `joined`.
    Join {
        /// As typed; compared without regard to case and surrounding space.
        room: String,
        /// How one wants to be called.
        name: String,
        /// State of the microphone.
        microphone: Microphone,
        /// State of the camera.
        camera: Camera,
        /// From an earlier `joined`: be the same participant as before.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[ts(optional)]
        continuation: Option<String>,
        /// Only meaningful with a continuation.
        media: MediaPath,
    },
    /// Go out. Answered by `done`, also when one is in no room.
    Leave,
    /// Everything about the room one is in. Answered by `snapshot`.
    Snapshot,
    /// Announce what one's devices do. Answered by `done`.
    SetMedia {
        /// State of the microphone.
        microphone: Microphone,
        /// State of the camera.
        camera: Camera,
    },
    /// Peers towards this participant are beyond repair: everybody builds new ones. Answered by `done`.
    RenewMedia,
    /// Relay to one other participant of the room. Answered by `done`.
    Signal {
        /// To whom.
        #[ts(type = "string")]
        to: ParticipantId,
        /// Sum of both participants' epochs, as the sender knows them.
        generation: u32,
        /// What.
        signal: Signal,
    },
    /// Write to the room's chat. Answered by `done`; saying the same message again stores nothing new.
    Say {
        /// Drawn at random by the sender, 128 bits.
        #[ts(type = "string")]
        message: MessageId,
        /// 1 to 4,000 characters.
        text: String,
    },
    /// Describe one's connection with the media server. Answered by `media_answer`.
    MediaOffer {
        /// A new connection; what there was before is dropped. Otherwise the one there is changes.
        fresh: bool,
        /// RFC 8866 text. Sections that send carry one's own tracks, those that only receive are slots.
        sdp: String,
        /// What one's own tracks are.
        tracks: Vec<TrackLabel>,
    },
    /// Say what one looks at, most important first. Answered by `done`. What is not named is not sent.
    View {
        /// Cameras and screens, each once.
        videos: Vec<Viewed>,
    },
    /// The connection with the media server is not needed any more. Answered by `done`.
    MediaClose,
    /// Decide about the room: the host's right. Answered by `done`.
    SetRoom {
        /// What holds from now on.
        settings: RoomSettings,
    },
    /// Fresh addresses and credentials of STUN and TURN. Answered by `ice_servers`.
    IceServers,
}
