//! What the server tells: answers to commands, and events.

use crate::appointment::{Reach, VisitView, WaitingChat, WaitingMessage, WaitingRoom};
use crate::desk::{ConsoleSnapshot, DeskSnapshot, OwnAvailability, Representative, RingView, WaitingVisitor};
use crate::lounge::{
    Conversation, LoungeDoor, LoungeMember, LoungeMessage, LoungeRoomSnapshot, LoungeSnapshot, Place,
};
use crate::{FileSignal, OfferedFile, Signal, SlotLabel};
use serde::{Deserialize, Serialize};
use ts_rs::TS;
use visavis_domain::ids::{
    AppointmentId, CallId, DeskId, FileId, LoungeRoomId, MessageId, ParticipantId, PersonId, RingId,
};
use visavis_domain::ring::RingEnd;
use visavis_domain::room::{
    Camera, FeedRole, LeaveReason, MediaRoute, Microphone, Presence, Reaction, RoomSettings, Screen, Source,
};
use visavis_domain::time::Timestamp;

/// What an event is about: each has versions of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Topic {
    /// The room one is in.
    Room,
    /// Its chat.
    Chat,
    /// To oneself alone; no versions.
    Direct,
    /// A desk one follows; no versions but those inside.
    Desk,
    /// Appointments; no versions but those inside.
    Appointments,
    /// The lounge; no versions but those inside.
    Lounge,
}

/// What the server can do now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Service {
    /// Everything.
    Whole,
    /// What is true right now is out of reach: calls go on, and whatever has to be told to others waits.
    Limited,
}

/// Somebody in a room, as others see them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Participant {
    /// Who.
    #[ts(type = "string")]
    pub id: ParticipantId,
    /// As typed.
    pub name: String,
    /// Place in the order of joining. Of two, the one with the higher order is polite and makes the first offer.
    pub order: u32,
    /// Rises whenever this participant's peers must be built anew. A pair's generation is the sum of both epochs.
    pub epoch: u32,
    /// Whether signalling is up.
    pub presence: Presence,
    /// State of the microphone.
    pub microphone: Microphone,
    /// State of the camera.
    pub camera: Camera,
    /// State of the screen.
    pub screen: Screen,
    /// Since when their hand is up; the earliest is first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(type = "number", optional)]
    pub hand: Option<Timestamp>,
    /// When they came.
    #[ts(type = "number")]
    pub joined_at: Timestamp,
    /// Set for a program that sends or takes media by a key; it is nobody who could be spoken to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub feed: Option<FeedRole>,
}

/// Somebody who knocks, as the host sees them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Knock {
    /// Who they will be when they are let in.
    #[ts(type = "string")]
    pub id: ParticipantId,
    /// As typed.
    pub name: String,
    /// Since when.
    #[ts(type = "number")]
    pub since: Timestamp,
}

/// What came of a knock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum KnockAnswer {
    /// One may join now, for a minute.
    Admitted,
    /// The host does not want it.
    Refused,
    /// One need not knock any more: the lobby was switched off, or the room is no more. Join.
    Opened,
    /// The room was locked.
    Locked,
}

/// What one meets at a room, before going in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Door {
    /// One may join.
    Open,
    /// One has to knock.
    Lobby,
    /// Nobody new comes in.
    Locked,
    /// Every seat is taken.
    Full,
    /// One was removed.
    Removed,
    /// Nobody is in it, and one may not open it.
    Closed,
}

/// One line of the chat.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ChatMessage {
    /// Which.
    #[ts(type = "string")]
    pub id: MessageId,
    /// Who wrote it.
    #[ts(type = "string")]
    pub from: ParticipantId,
    /// What they were called then.
    pub name: String,
    /// Text, never markup.
    pub text: String,
    /// What they offer with it: ask them for it by `signal_file`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub file: Option<OfferedFile>,
    /// When the server took it.
    #[ts(type = "number")]
    pub at: Timestamp,
}

/// Where to ask for STUN and TURN.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct IceServer {
    /// `stun:`, `turn:` and `turns:` URLs.
    pub urls: Vec<String>,
    /// Good for new allocations until the time it begins with, Unix seconds; absent for STUN.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub username: Option<String>,
    /// Belongs to the username.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub credential: Option<String>,
}

impl std::fmt::Debug for IceServer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("IceServer").field("urls", &self.urls).finish_non_exhaustive()
    }
}

/// A room as everybody in it sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct RoomSnapshot {
    /// The name, as its first participant typed it.
    pub name: String,
    /// The gathering that goes on.
    #[ts(type = "string")]
    pub call: CallId,
    /// In order of joining.
    pub participants: Vec<Participant>,
    /// Who decides about the room; none while those who could are away.
    #[ts(type = "string | null")]
    pub host: Option<ParticipantId>,
    /// Which way media takes.
    pub route: MediaRoute,
    /// Connections with the media server made under another one lead nowhere.
    pub generation: u32,
    /// What the host decided.
    pub settings: RoomSettings,
    /// Whether one needs a password to come in.
    pub password: bool,
    /// Who knocks, longest first; to the host alone.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[ts(optional, as = "Option<Vec<Knock>>")]
    pub knocks: Vec<Knock>,
    /// Version of what stands above, but for who knocks.
    #[ts(type = "number")]
    pub version: u64,
    /// The most recent messages, oldest first.
    pub messages: Vec<ChatMessage>,
    /// Version of the chat.
    #[ts(type = "number")]
    pub chat_version: u64,
    /// The largest file that may be offered in it, bytes; 0 takes none.
    #[ts(type = "number")]
    pub file_bytes: u64,
}

/// A room as seen from outside.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct RoomSummary {
    /// Names of those inside, in order of joining.
    pub present: Vec<String>,
    /// How many the room takes.
    pub limit: u32,
    /// What one meets there.
    pub door: Door,
    /// Whether one needs a password.
    pub password: bool,
}

/// What came of a command.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Reply {
    /// It is done.
    Done,
    /// One is in.
    Joined {
        /// Oneself.
        #[ts(type = "string")]
        participant: ParticipantId,
        /// Shown at a later join, makes one the same participant again.
        continuation: String,
        /// The room, oneself included.
        room: RoomSnapshot,
        /// STUN and TURN.
        ice_servers: Vec<IceServer>,
    },
    /// The room now.
    Snapshot {
        /// The room, oneself included.
        room: RoomSnapshot,
    },
    /// The media server's side of the connection.
    MediaAnswer {
        /// RFC 8866 text, with all its candidates.
        sdp: String,
    },
    /// The room from outside.
    Summary {
        /// Who is there.
        room: RoomSummary,
    },
    /// STUN and TURN.
    IceServers {
        /// With fresh credentials.
        ice_servers: Vec<IceServer>,
    },
    /// A desk, as a visitor sees it.
    Desk {
        /// The desk.
        desk: DeskSnapshot,
        /// Oneself: what one was in the middle of when the page was opened anew.
        own: OwnAvailability,
    },
    /// It rings.
    Ringing {
        /// The ring.
        ring: RingView,
    },
    /// One's own availability now.
    Own {
        /// It.
        own: OwnAvailability,
    },
    /// A representative's console.
    Console {
        /// Everything it shows.
        console: ConsoleSnapshot,
    },
    /// A waiting room.
    WaitingRoom {
        /// Everything it shows.
        waiting_room: WaitingRoom,
    },
    /// What was written around an appointment.
    WaitingChat {
        /// It.
        chat: WaitingChat,
    },
    /// The lounge from outside.
    LoungeDoor {
        /// It.
        door: LoungeDoor,
    },
    /// The lounge from inside.
    Lounge {
        /// It.
        lounge: LoungeSnapshot,
    },
    /// The room one is in now.
    LoungeRoom {
        /// It.
        room: LoungeRoomSnapshot,
    },
    /// What one writes with somebody.
    Conversation {
        /// It.
        conversation: Conversation,
        /// The most recent messages, oldest first.
        messages: Vec<LoungeMessage>,
        /// There are earlier ones.
        earlier: bool,
    },
    /// What was written before.
    Messages {
        /// Oldest first.
        messages: Vec<LoungeMessage>,
        /// There are earlier ones.
        earlier: bool,
    },
    /// One may send up a file.
    Upload {
        /// What to name in the message.
        #[ts(type = "string")]
        file: FileId,
        /// Goes with the file; for ten minutes.
        token: String,
    },
}

/// Past tense: it has happened.
#[allow(
    clippy::large_enum_variant,
    reason = "made and written at once, one at a time; a box for the largest would cost an allocation and save nothing"
)]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Event {
    /// Somebody came, oneself included.
    ParticipantJoined {
        /// Who.
        participant: Participant,
    },
    /// Something about somebody changed: devices, presence, epoch, name.
    ParticipantChanged {
        /// Who, as they are now.
        participant: Participant,
    },
    /// Somebody is gone.
    ParticipantLeft {
        /// Who.
        #[ts(type = "string")]
        participant: ParticipantId,
        /// Why.
        reason: LeaveReason,
    },
    /// Media takes this way from now on: bring the new one up before dropping the old one.
    MediaRouted {
        /// Which.
        route: MediaRoute,
        /// Another one than before means that connections with the media server have to be made anew.
        generation: u32,
    },
    /// The host decided about the room.
    SettingsChanged {
        /// What holds from now on.
        settings: RoomSettings,
    },
    /// The room has a password now, or none any more.
    PasswordChanged {
        /// Whether one needs one to come in.
        password: bool,
    },
    /// Somebody else decides about the room from now on.
    HostChanged {
        /// Who.
        #[ts(type = "string | null")]
        host: Option<ParticipantId>,
    },
    /// Who knocks, as it is now. To the host alone.
    KnocksChanged {
        /// Longest first.
        knocks: Vec<Knock>,
    },
    /// What came of one's knock.
    KnockAnswered {
        /// What.
        answer: KnockAnswer,
    },
    /// The host has muted one's microphone: turn it off. Only oneself turns it on again.
    Muted,
    /// Somebody shows what they feel; kept nowhere.
    Reacted {
        /// Who.
        #[ts(type = "string")]
        participant: ParticipantId,
        /// What.
        reaction: Reaction,
    },
    /// What one's slots carry from now on, all of them; a slot that is not named carries nothing.
    SlotsAssigned {
        /// Those that carry something.
        slots: Vec<SlotLabel>,
    },
    /// Which layers of one of one's tracks anybody looks at: only these need to be sent.
    LayersWanted {
        /// Which track.
        source: Source,
        /// Their ids; an empty one stands for a track without layers. None: pause it.
        rids: Vec<String>,
    },
    /// Who is speaking, of those on the media server.
    ActiveSpeaker {
        /// Nobody before the first word.
        #[ts(type = "string | null")]
        participant: Option<ParticipantId>,
    },
    /// One's connection with the media server is gone: offer a fresh one.
    MediaLost,
    /// Somebody wrote, oneself included.
    MessageSaid {
        /// What.
        message: ChatMessage,
    },
    /// Another participant's peer speaks to one's own.
    Signalled {
        /// Who.
        #[ts(type = "string")]
        from: ParticipantId,
        /// In which call.
        #[ts(type = "string")]
        call: CallId,
        /// Sum of both epochs as the sender knew them.
        generation: u32,
        /// What.
        signal: Signal,
    },
    /// Another participant speaks about a file that one of the two has offered.
    FileSignalled {
        /// Who.
        #[ts(type = "string")]
        from: ParticipantId,
        /// About which file.
        #[ts(type = "string")]
        file: FileId,
        /// About which try to get it.
        attempt: u32,
        /// What.
        signal: FileSignal,
    },
    /// A representative of a desk one follows is as given now; `offline` takes them off the list.
    RepresentativeChanged {
        /// Which desk.
        #[ts(type = "string")]
        desk: DeskId,
        /// Who.
        representative: Representative,
    },
    /// A desk one follows has so many waiting now.
    WaitingChanged {
        /// Which desk.
        #[ts(type = "string")]
        desk: DeskId,
        /// How many.
        waiting: u32,
    },
    /// The desk one follows was changed by an admin, or is no more: ask again.
    DeskChanged {
        /// Which desk.
        #[ts(type = "string")]
        desk: DeskId,
    },
    /// The queue of a desk one is a representative of.
    QueueChanged {
        /// Which desk.
        #[ts(type = "string")]
        desk: DeskId,
        /// Who waits, first first.
        queue: Vec<WaitingVisitor>,
        /// Later ones are higher.
        #[ts(type = "number")]
        queue_version: u64,
    },
    /// One's place in the queue one waits in.
    QueueMoved {
        /// Which desk.
        #[ts(type = "string")]
        desk: DeskId,
        /// 1 is next.
        position: u32,
        /// Of the queue; later ones are higher.
        #[ts(type = "number")]
        queue_version: u64,
    },
    /// One's own availability, on all of one's pages: chosen, rung, waiting, in a call, free again.
    OwnChanged {
        /// It.
        own: OwnAvailability,
    },
    /// Who waits for an appointment, or who is in its call, is as given now. To staff.
    VisitChanged {
        /// As it is now; with nobody waiting and no call, nothing happens around it any more.
        visit: VisitView,
    },
    /// The appointment itself was changed, or is new: ask again. To staff, and to who came for it.
    AppointmentChanged {
        /// Which.
        #[ts(type = "string")]
        appointment: AppointmentId,
    },
    /// The professional one waits for is this far now.
    ReachChanged {
        /// So far.
        reach: Reach,
    },
    /// Somebody who waits wrote to the staff, or the other way round; oneself included.
    WaitingMessageSaid {
        /// Around which appointment.
        #[ts(type = "string")]
        appointment: AppointmentId,
        /// What.
        message: WaitingMessage,
        /// How many there have been.
        #[ts(type = "number")]
        chat_version: u64,
    },
    /// Somebody came into the room of the lounge that one is in.
    MemberJoined {
        /// Which.
        #[ts(type = "string")]
        room: LoungeRoomId,
        /// Who.
        member: LoungeMember,
    },
    /// Somebody in one's room, or whom one has a conversation with, is as given now.
    MemberChanged {
        /// Who.
        member: LoungeMember,
    },
    /// Somebody left the room, for another one or altogether.
    MemberLeft {
        /// Which.
        #[ts(type = "string")]
        room: LoungeRoomId,
        /// Who.
        #[ts(type = "string")]
        person: PersonId,
    },
    /// Somebody whom one has a conversation with is not in the lounge any more.
    MemberGone {
        /// Who.
        #[ts(type = "string")]
        person: PersonId,
    },
    /// So many are in a room of the lounge now. Told once a second at most.
    RoomCounted {
        /// Which.
        #[ts(type = "string")]
        room: LoungeRoomId,
        /// How many.
        people: u32,
    },
    /// An admin changed the rooms of the lounge: ask again.
    LoungeChanged,
    /// Somebody wrote, oneself included.
    Posted {
        /// Where.
        place: Place,
        /// What.
        message: LoungeMessage,
    },
    /// A message was changed or deleted.
    MessageChanged {
        /// Where.
        place: Place,
        /// As it is now.
        message: LoungeMessage,
    },
    /// One's messages have come this far with somebody.
    ConversationMarked {
        /// Who.
        #[ts(type = "string")]
        person: PersonId,
        /// They have arrived up to this number.
        #[ts(type = "number")]
        delivered: u64,
        /// They have been read up to this number.
        #[ts(type = "number")]
        read: u64,
    },
    /// Somebody has closed what one writes with them, or has it open again.
    ConversationChanged {
        /// Who.
        #[ts(type = "string")]
        person: PersonId,
        /// Whether they have closed it.
        closed: bool,
    },
    /// Somebody is writing to oneself; worth five seconds.
    Typed {
        /// Who.
        #[ts(type = "string")]
        person: PersonId,
    },
    /// A ring that one is part of has come to its end, or the call that came of it.
    RingEnded {
        /// Which.
        #[ts(type = "string")]
        ring: RingId,
        /// How.
        end: RingEnd,
    },
    /// The server can do more, or less, than before. To everybody who has a session with it.
    ServiceChanged {
        /// What it can do; with a new session, everything.
        service: Service,
    },
}
