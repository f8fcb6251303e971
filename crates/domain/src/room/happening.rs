//! What can be asked of a room, what happens in it, and why it may not. Shapes alone.

use super::shapes::{
    Admission, Bar, Devices, Feed, Keys, Knock, KnockEnd, LeaveReason, MediaRoute, Member, Password,
    RoomSettings,
};
use crate::ids::{CallId, InstanceId, ParticipantId, PasswordId, SessionId};
use crate::name::{PersonName, RoomName};
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::time::Duration;

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
    /// A room that is open to all has a host and doors. One of a call has neither.
    pub doors: Option<Doors>,
}

/// What the operator decides about doors.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Doors {
    /// For how long an empty room is remembered whose host decided something about it.
    pub remember: Duration,
    /// For how long somebody who was let in may take to come.
    pub admission: Duration,
}

/// Somebody before the door.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Caller {
    /// Who acts.
    pub session: SessionId,
    /// By what they are known again.
    pub keys: Keys,
    /// Which of the room's passwords they have shown.
    pub shown: Option<PasswordId>,
    /// Whether they may open a room that nobody is in.
    pub may_open: bool,
    /// Whether somebody answers for them, and as what.
    pub vouched: Option<Vouched>,
}

/// As what somebody comes for whom the organisation answers: it knows them, so that they need neither password nor
/// admission.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Vouched {
    /// As one of those in the room.
    Participant,
    /// To decide about the room.
    Host,
}

/// What can be asked of a room.
#[derive(Debug, Clone)]
pub enum Command {
    /// Come in as somebody new.
    Join {
        /// Who comes.
        caller: Caller,
        /// Drawn at random; who knocked before is who they were then.
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
        /// Who comes.
        caller: Caller,
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
    /// Come in as a program, whose media has to be there in time. Doors are as for everybody.
    Feed {
        /// Who comes.
        caller: Caller,
        /// Drawn at random.
        participant: ParticipantId,
        /// The room.
        name: RoomName,
        /// Drawn at random; used if this opens the room.
        call: CallId,
        /// What to be called.
        person: PersonName,
        /// What it sends.
        devices: Devices,
        /// By which key, and what for.
        feed: Feed,
        /// When the seat is freed, unless its media has come.
        until: Timestamp,
    },
    /// Ask to be let in. Nothing happens where one need not.
    Knock {
        /// Who asks.
        caller: Caller,
        /// Drawn at random.
        participant: ParticipantId,
        /// What to be called.
        person: PersonName,
    },
    /// Ask no longer.
    StopKnocking {
        /// Who acts.
        session: SessionId,
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
        /// Until when the seat, or the knock, is kept.
        until: Timestamp,
    },
    /// The session has a socket again.
    Attach {
        /// Who.
        session: SessionId,
    },
    /// Do what is due: free the seats and forget the knocks whose grace is over, and what was remembered long enough.
    Expire,
    /// Somebody's part has ended, without their asking.
    Dismiss {
        /// Whose.
        participant: ParticipantId,
    },
    /// Somebody is removed over the host's head, as the host would remove them; the host, too.
    Expel {
        /// Whom.
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
    /// Give the room a password, another one, or none: the host's right.
    SetPassword {
        /// Who acts.
        session: SessionId,
        /// What holds from now on.
        password: Option<Password>,
    },
    /// Let in, or not, some of those who knock: the host's right. Who is gone by then is passed over.
    AnswerKnocks {
        /// Who acts.
        session: SessionId,
        /// Whom.
        knocks: Vec<ParticipantId>,
        /// Whether they may come in.
        admit: bool,
    },
    /// Mute microphones: the host's right.
    Mute {
        /// Who acts.
        session: SessionId,
        /// Whose; none for everybody's but one's own.
        participant: Option<ParticipantId>,
    },
    /// Send somebody out for as long as the room lives: the host's right.
    Remove {
        /// Who acts.
        session: SessionId,
        /// Whom.
        participant: ParticipantId,
    },
    /// Have somebody else be the host: the host's right.
    MakeHost {
        /// Who acts.
        session: SessionId,
        /// Whom.
        participant: ParticipantId,
    },
    /// End the call for everybody, and the room with it: the host's right.
    EndRoom {
        /// Who acts.
        session: SessionId,
    },
    /// Raise one's hand, or lower it.
    SetHand {
        /// Who acts.
        session: SessionId,
        /// Whether it is up.
        raised: bool,
    },
    /// Lower somebody's hand: the host's right.
    LowerHand {
        /// Who acts.
        session: SessionId,
        /// Whose.
        participant: ParticipantId,
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
    /// Somebody else decides about the room from now on, or for now nobody.
    HostChanged {
        /// Who.
        host: Option<ParticipantId>,
    },
    /// The room has this password from now on, or none.
    PasswordChanged {
        /// Which.
        password: Option<Password>,
    },
    /// The host has muted a microphone; that the seat changed is an event of its own.
    Muted {
        /// Whose.
        participant: ParticipantId,
        /// The session that acts for them.
        session: SessionId,
    },
    /// Somebody asks to be let in, or does so by another session, or has lost or found their socket.
    Knocked {
        /// As it is now.
        knock: Knock,
    },
    /// Somebody asks no longer.
    KnockEnded {
        /// Who.
        id: ParticipantId,
        /// The session that asked.
        session: SessionId,
        /// How.
        end: KnockEnd,
    },
    /// Somebody may come in.
    Admitted {
        /// Who, and until when.
        admission: Admission,
    },
    /// Somebody may not come in again.
    Barred {
        /// Who.
        bar: Bar,
    },
    /// Nobody is left, but what was decided is remembered.
    Emptied {
        /// Until then.
        until: Timestamp,
    },
    /// Somebody comes into the empty room.
    Refilled {
        /// The gathering that begins.
        call: CallId,
    },
    /// The room waits no longer for those who were its hosts.
    Unreserved,
    /// Nobody is left; the room is no more.
    Closed,
}

impl Event {
    /// Whether everybody in the room is told, and so counts it.
    #[must_use]
    pub fn counts(&self) -> bool {
        match self {
            Self::Opened { .. }
            | Self::SettingsChanged { .. }
            | Self::Routed { .. }
            | Self::Placed { .. }
            | Self::Joined { .. }
            | Self::Changed { .. }
            | Self::Left { .. }
            | Self::HostChanged { .. }
            | Self::PasswordChanged { .. }
            | Self::Closed => true,
            Self::Muted { .. }
            | Self::Knocked { .. }
            | Self::KnockEnded { .. }
            | Self::Admitted { .. }
            | Self::Barred { .. }
            | Self::Emptied { .. }
            | Self::Refilled { .. }
            | Self::Unreserved => false,
        }
    }
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
    /// The host lets nobody new in.
    #[error("the room is locked")]
    RoomLocked,
    /// The host lets in who knocks.
    #[error("the room has a lobby")]
    KnockFirst,
    /// As many knock as may.
    #[error("the lobby is full")]
    LobbyFull,
    /// The room has a password, and none was shown.
    #[error("the room has a password")]
    PasswordRequired,
    /// The room has another password.
    #[error("the room has another password")]
    PasswordWrong,
    /// The host removed them.
    #[error("removed from the room")]
    Removed,
    /// Nobody is inside, and they may not open it.
    #[error("the room is not open")]
    RoomNotOpen,
}
