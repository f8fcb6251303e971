//! What a room is made of, what can be asked of it, and what happens in it. Shapes alone.

use crate::ids::{CallId, InstanceId, ParticipantId, SessionId};
use crate::name::{PersonName, RoomName};
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::time::Duration;
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
    /// Their part in the call, or the call, was ended for them.
    Ended,
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

/// Which way media takes through a room.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum MediaRoute {
    /// Each pair by itself.
    PeerToPeer,
    /// Over the media server.
    Server,
}

/// Who decides on the route.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum RoutePolicy {
    /// How many there are.
    #[default]
    Auto,
    /// Always peer to peer.
    PeerToPeer,
    /// Always the media server.
    Server,
}

/// Who may send media.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Publishing {
    /// Everybody in the room.
    #[default]
    Everybody,
    /// The host alone; the others watch.
    Host,
}

/// What the host decides about a room.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, TS)]
pub struct RoomSettings {
    /// The way of the media.
    pub route: RoutePolicy,
    /// Who sends.
    pub publishing: Publishing,
}

/// Both devices of a participant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Devices {
    /// The microphone.
    pub microphone: Microphone,
    /// The camera.
    pub camera: Camera,
}

/// One seat of a room.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Member {
    /// Who.
    pub id: ParticipantId,
    /// The session that acts for them.
    pub session: SessionId,
    /// What they want to be called.
    pub name: PersonName,
    /// Place in the order of joining, unique in the room.
    pub order: u32,
    /// Rises when their peers must be built anew.
    pub epoch: u32,
    /// Whether the session has a socket.
    pub presence: Presence,
    /// When the seat is freed; set exactly while reconnecting.
    pub grace_ends: Option<Timestamp>,
    /// What their devices do.
    pub devices: Devices,
    /// When they came.
    pub joined_at: Timestamp,
}

/// What somebody was, as proven by a token of ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Claim {
    /// Who.
    pub participant: ParticipantId,
    /// Their place then.
    pub order: u32,
    /// Their epoch then.
    pub epoch: u32,
    /// The call they were in.
    pub call: CallId,
    /// When they first came.
    pub joined_at: Timestamp,
}

/// Whether the peers of somebody who continues still live.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MediaPath {
    /// They do.
    Kept,
    /// They do not.
    Fresh,
}

/// What the operator allows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Seats per room.
    pub people: u32,
    /// From this many on media goes over the media server.
    pub promote_at: u32,
    /// How long fewer have to be among themselves before it goes from one to the other again.
    pub demote_after: Duration,
    /// What a room begins with.
    pub settings: RoomSettings,
}

/// What can be asked of a room.
#[derive(Debug, Clone)]
pub enum Command {
    /// Come in as somebody new.
    Join {
        /// Who acts.
        session: SessionId,
        /// Drawn at random.
        participant: ParticipantId,
        /// The room.
        name: RoomName,
        /// Drawn at random; used if this opens the room.
        call: CallId,
        /// What to be called.
        person: PersonName,
        /// What the devices do.
        devices: Devices,
    },
    /// Come in as who one was.
    Continue {
        /// Who acts.
        session: SessionId,
        /// Who one was.
        claim: Claim,
        /// The room.
        name: RoomName,
        /// What to be called.
        person: PersonName,
        /// What the devices do.
        devices: Devices,
        /// Whether peers still live.
        media: MediaPath,
    },
    /// Go.
    Leave {
        /// Who acts.
        session: SessionId,
    },
    /// The session lost its socket.
    Detach {
        /// Who.
        session: SessionId,
        /// Until when the seat is kept.
        until: Timestamp,
    },
    /// The session has a socket again.
    Attach {
        /// Who.
        session: SessionId,
    },
    /// Free the seats whose grace is over.
    Expire,
    /// Somebody's part has ended, without their asking.
    Dismiss {
        /// Whose.
        participant: ParticipantId,
    },
    /// It is over for everybody.
    End,
    /// Say what one's devices do.
    SetDevices {
        /// Who acts.
        session: SessionId,
        /// What they do.
        devices: Devices,
    },
    /// Have everybody build new peers towards this participant.
    RenewMedia {
        /// Who acts.
        session: SessionId,
    },
    /// Have the room's media forwarded there, if it is nowhere yet.
    Place {
        /// Where.
        instance: InstanceId,
    },
    /// That instance forwards nothing any more: if the room's media was there, everybody connects anew.
    Displace {
        /// Which.
        instance: InstanceId,
    },
    /// Decide about the room: the host's right.
    SetSettings {
        /// Who acts.
        session: SessionId,
        /// What holds from now on.
        settings: RoomSettings,
    },
}

/// What happened in a room.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Event {
    /// It came to be.
    Opened {
        /// Its name, as its first participant typed it.
        name: RoomName,
        /// The gathering that begins.
        call: CallId,
        /// What it begins with.
        settings: RoomSettings,
    },
    /// The host decided.
    SettingsChanged {
        /// What holds from now on.
        settings: RoomSettings,
    },
    /// Media takes this way now.
    Routed {
        /// Which.
        route: MediaRoute,
        /// When it will be peer to peer again, unless somebody comes before.
        until: Option<Timestamp>,
    },
    /// The room's media is forwarded there from now on, or for now nowhere.
    Placed {
        /// Where.
        instance: Option<InstanceId>,
        /// Another one than before exactly when earlier connections are worth nothing any more.
        generation: u32,
    },
    /// A seat was taken.
    Joined {
        /// Which.
        member: Member,
    },
    /// A seat is as given now.
    Changed {
        /// Which.
        member: Member,
    },
    /// A seat was freed.
    Left {
        /// Whose.
        participant: ParticipantId,
        /// The session that acted for them.
        session: SessionId,
        /// Why.
        reason: LeaveReason,
    },
    /// Nobody is left; the room is no more.
    Closed,
}

/// Why a command was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Rejection {
    /// Every seat is taken.
    #[error("the room is full")]
    RoomFull,
    /// The session has no seat here.
    #[error("not in the room")]
    NotInRoom,
    /// The session has a seat already.
    #[error("in the room already")]
    AlreadyInRoom,
    /// The one addressed has no seat here.
    #[error("no such participant")]
    ParticipantUnknown,
    /// A signal from an earlier state of the pair.
    #[error("stale generation")]
    StaleGeneration,
    /// Only the host may.
    #[error("not the host")]
    NotHost,
}
