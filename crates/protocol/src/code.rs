//! Closed sets of what can go wrong, for machines. Words for people are made in the web client.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Why a command or a handshake was refused. Stable: programs match on these.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Code {
    /// Not JSON, not a known frame, or a field of the wrong type.
    Malformed,
    /// Larger than allowed.
    TooLarge,
    /// Too many frames in too short a time; slow down.
    RateLimited,
    /// The ticket is altered, expired or missing.
    TicketInvalid,
    /// This server does not speak that version.
    ProtocolUnsupported,
    /// No such session, or the secret is not its own: say hello anew.
    SessionUnknown,
    /// The session cannot be replayed without a hole: say hello anew and continue.
    Resync,
    /// A command that needs a room came outside of one.
    NotInRoom,
    /// This session is in a room already; leave it first.
    AlreadyInRoom,
    /// A room's name has 1 to 64 characters, spaces around it not counted.
    RoomNameInvalid,
    /// A person's name has 1 to 64 characters, spaces around it not counted.
    NameInvalid,
    /// The room has as many people as it may.
    RoomFull,
    /// The host lets nobody new into the room.
    RoomLocked,
    /// The room has a lobby: knock.
    KnockFirst,
    /// As many knock at the room as may.
    LobbyFull,
    /// The room has a password.
    PasswordRequired,
    /// It is another one.
    PasswordWrong,
    /// A room's password has 1 to 128 characters.
    PasswordInvalid,
    /// Nobody is in the room, and one may not open it.
    RoomNotOpen,
    /// The continuation is altered, expired, or for another room.
    ContinuationInvalid,
    /// No such participant in this room.
    ParticipantUnknown,
    /// The signal belongs to an earlier call or generation.
    StaleGeneration,
    /// A message has 1 to 4,000 characters.
    MessageInvalid,
    /// A description that the media server cannot use.
    MediaInvalid,
    /// No connection with the media server that could be changed: offer a fresh one.
    MediaUnknown,
    /// Only the room's host may.
    NotHost,
    /// No such desk.
    DeskUnknown,
    /// What it is about has at most 200 characters, a comment 1,000, a status 100.
    TextInvalid,
    /// The one called is ringing, in a call or finishing one.
    Busy,
    /// Every representative who is online is.
    AllBusy,
    /// As many wait as may.
    QueueFull,
    /// The one called takes no calls now.
    NotAvailable,
    /// No representative is online.
    NobodyOnline,
    /// One is ringing, waiting or in a call already.
    Engaged,
    /// No such ring, or one has no part in it, or it has ended.
    RingUnknown,
    /// A colleague has let them in already.
    Admitted,
    /// No such appointment, or not one of one's own.
    AppointmentUnknown,
    /// Nobody may come in yet.
    TooEarly,
    /// The appointment is over or cancelled, or the link to it was replaced.
    AppointmentOver,
    /// Somebody in the lounge is called that, or something that looks like it.
    NameTaken,
    /// One is in the lounge by another page, which has to give way first.
    InUse,
    /// One is not in the lounge, or not by this page any more.
    NotInLounge,
    /// No such room in the lounge.
    LoungeRoomUnknown,
    /// One was removed, from the room or from the lounge, and may not come back yet.
    Removed,
    /// No such person, or nobody one could write to.
    PersonUnknown,
    /// One of the two has blocked the other.
    Blocked,
    /// No such message.
    MessageUnknown,
    /// Somebody else's message, or one that was deleted or written too long ago.
    NotChangeable,
    /// No such file, or not one's own, or sent already; or its name or size is none.
    FileInvalid,
    /// No more files can be kept.
    StorageFull,
    /// It needs a sign-in, or one that may do this.
    Forbidden,
    /// Something the server needs is away for a moment; try again.
    TryAgain,
    /// A defect of the server.
    Internal,
}

/// Why the server closed a socket, as a WebSocket close code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[repr(u16)]
pub enum CloseCode {
    /// The server is stopping; reconnect, perhaps to another instance.
    GoingAway = 1001,
    /// A frame larger than [`crate::MAX_FRAME_BYTES`].
    TooLarge = 1009,
    /// The page is going away (sent by the web client, never by the server).
    PageHidden = 4000,
    /// No hello or resume in time, or one that was refused.
    HandshakeFailed = 4001,
    /// Too many malformed frames.
    Malformed = 4002,
    /// Too many frames.
    RateLimited = 4003,
    /// The outbox overflowed: say hello anew and continue.
    Resync = 4004,
    /// Another socket resumed this session, or another session continued this participant.
    Replaced = 4005,
    /// Nothing heard for too long.
    Silent = 4006,
    /// The sign-in behind this session has ended.
    SignedOut = 4007,
    /// The link behind this session holds no longer.
    LinkEnded = 4008,
    /// A moderator has removed this session's person from the lounge.
    Removed = 4009,
}

impl CloseCode {
    /// Every one, for what is generated from them.
    pub const ALL: [Self; 12] = [
        Self::GoingAway,
        Self::TooLarge,
        Self::PageHidden,
        Self::HandshakeFailed,
        Self::Malformed,
        Self::RateLimited,
        Self::Resync,
        Self::Replaced,
        Self::Silent,
        Self::SignedOut,
        Self::LinkEnded,
        Self::Removed,
    ];
}
