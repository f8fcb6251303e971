//! The room: who is present, in which media state, in which call. Pure; see [`Room::handle`].

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// What a participant's microphone does, as they announce it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Microphone {
    /// Sends sound.
    Live,
    /// Sends silence.
    Muted,
    /// There is none, or it was refused.
    Absent,
}

/// What a participant's camera does, as they announce it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Camera {
    /// Sends pictures.
    On,
    /// Stopped by its owner.
    Off,
    /// There is none, or it was refused.
    Absent,
}

/// Whether a participant's signalling is up right now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Presence {
    /// A socket is open.
    Connected,
    /// The socket is gone, the grace runs; media may well go on.
    Reconnecting,
}

/// Why a participant is no longer in the room.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum LeaveReason {
    /// They chose to.
    Left,
    /// Their grace ran out.
    Lost,
    /// The same person continued from another session.
    Replaced,
}

/// What a track shows or carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// Voice.
    Microphone,
    /// Face.
    Camera,
    /// A shared screen.
    Screen,
    /// The sound of what is shared.
    ScreenAudio,
}
