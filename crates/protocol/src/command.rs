//! What a participant can ask for.

use crate::{FileSignal, OfferedFile, Place, RingPurpose, Signal, TrackLabel, Viewed};
use serde::{Deserialize, Serialize};
use ts_rs::TS;
use visavis_domain::ids::{AppointmentId, FileId, LoungeRoomId, MessageId, ParticipantId, PersonId, RingId};
use visavis_domain::person::Chosen;
use visavis_domain::room::{Camera, Microphone, Reaction, RoomSettings, Screen};

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
        /// Where the room has one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[ts(optional)]
        password: Option<String>,
        /// From an earlier `joined`: be the same participant as before.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[ts(optional)]
        continuation: Option<String>,
        /// Only meaningful with a continuation.
        media: MediaPath,
    },
    /// Ask to be let into a room with a lobby. Answered by `done`; what comes of it by `knock_answered`. Knocking
    /// again, at whichever room, takes the earlier knock back.
    Knock {
        /// As typed.
        room: String,
        /// How one wants to be called.
        name: String,
        /// Where the room has one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[ts(optional)]
        password: Option<String>,
    },
    /// Ask no longer. Answered by `done`, also when one does not.
    StopKnocking,
    /// Go out. Answered by `done`, also when one is in no room.
    Leave,
    /// Everything about the room one is in. Answered by `snapshot`.
    Snapshot,
    /// Announce what one sends. Answered by `done`.
    SetMedia {
        /// State of the microphone.
        microphone: Microphone,
        /// State of the camera.
        camera: Camera,
        /// State of the screen.
        #[serde(default)]
        screen: Screen,
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
        /// 1 to 4,000 characters; with a file none is fine too.
        text: String,
        /// What one offers to everybody in the room. Its bytes stay with oneself.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[ts(optional)]
        file: Option<OfferedFile>,
    },
    /// Relay to one other participant of the room what brings a file from one to the other. Answered by `done`.
    SignalFile {
        /// To whom.
        #[ts(type = "string")]
        to: ParticipantId,
        /// About which file.
        #[ts(type = "string")]
        file: FileId,
        /// About which try to get it; drawn by who wants it.
        attempt: u32,
        /// What.
        signal: FileSignal,
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
    /// Give the room a password, another one, or none: the host's right. Answered by `done`. Who is inside stays.
    SetPassword {
        /// 1 to 128 characters; none takes it away.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[ts(optional)]
        password: Option<String>,
    },
    /// Let in some of those who knock: the host's right. Answered by `done`; who is gone by then is passed over.
    AdmitKnocks {
        /// Whom.
        #[ts(type = "string[]")]
        knocks: Vec<ParticipantId>,
    },
    /// Refuse some of those who knock: the host's right. Answered by `done`; who is gone by then is passed over.
    RefuseKnocks {
        /// Whom.
        #[ts(type = "string[]")]
        knocks: Vec<ParticipantId>,
    },
    /// Mute microphones: the host's right. Answered by `done`. Nobody but their owners turns them on again.
    Mute {
        /// Whose; none means everybody's but one's own.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[ts(type = "string", optional)]
        participant: Option<ParticipantId>,
    },
    /// Send somebody out for as long as the room lives: the host's right. Answered by `done`.
    Remove {
        /// Whom.
        #[ts(type = "string")]
        participant: ParticipantId,
    },
    /// Have somebody else be the host: the host's right. Answered by `done`.
    MakeHost {
        /// Whom.
        #[ts(type = "string")]
        participant: ParticipantId,
    },
    /// End the call for everybody: the host's right. Answered by `done`.
    EndRoom,
    /// Raise one's hand, or lower it. Answered by `done`.
    SetHand {
        /// Whether it is up.
        raised: bool,
    },
    /// Lower somebody's hand: the host's right. Answered by `done`.
    LowerHand {
        /// Whose.
        #[ts(type = "string")]
        participant: ParticipantId,
    },
    /// Show everybody what one feels. Answered by `done`; kept nowhere.
    React {
        /// What.
        reaction: Reaction,
    },
    /// Fresh addresses and credentials of STUN and TURN. Answered by `ice_servers`.
    IceServers,
    /// Follow a desk as a visitor. Answered by `desk`; what changes comes as events.
    WatchDesk {
        /// The part of its address behind `/desk/`.
        desk: String,
    },
    /// Follow it no more. Answered by `done`.
    UnwatchDesk,
    /// Ring a representative of the desk one follows. Answered by `ringing`.
    CallDesk {
        /// Whom; none rings whoever has been idle longest.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[ts(type = "string", optional)]
        representative: Option<PersonId>,
        /// How one wants to be called.
        name: String,
        /// What it is about, at most 200 characters; may be empty.
        about: String,
    },
    /// Wait until a representative of the desk one follows is free. Answered by `own`. One is rung for by the
    /// next who is: `own_changed` with `calling` tells.
    QueueUp {
        /// How one wants to be called.
        name: String,
        /// What it is about, at most 200 characters; may be empty.
        about: String,
    },
    /// Wait no longer. Answered by `done`.
    LeaveQueue,
    /// Take back one's ring. Answered by `done`.
    CancelRing {
        /// Which.
        #[ts(type = "string")]
        ring: RingId,
    },
    /// Take a call, as the one who is rung. Answered by `done`; go in with `join_call`.
    AcceptRing {
        /// Which.
        #[ts(type = "string")]
        ring: RingId,
    },
    /// Do not take it. Answered by `done`.
    DeclineRing {
        /// Which.
        #[ts(type = "string")]
        ring: RingId,
    },
    /// Go into the call of an accepted ring, as one of its people. Answered by `joined`; leaving hangs up.
    JoinCall {
        /// Which.
        #[ts(type = "string")]
        ring: RingId,
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
    /// Follow one's desks, as their representative. Answered by `console`; needs a ticket of a sign-in.
    OpenConsole,
    /// Say whether one takes calls. What is absent stays. Answered by `own`.
    SetAvailability {
        /// Whether one is online for one's desks.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[ts(optional)]
        online: Option<bool>,
        /// What one chooses. Choosing ends a wrap-up, and an absence after a missed ring.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[ts(optional)]
        chosen: Option<Chosen>,
    },
    /// Ring a colleague into the call one is in; into one that began in the lounge, somebody who is there. Answered by
    /// `ringing`.
    RingColleague {
        /// Whom.
        #[ts(type = "string")]
        person: PersonId,
        /// `bring_in`, or `transfer`: then one leaves when they have come.
        purpose: RingPurpose,
    },
    /// Follow the waiting room of the appointment whose link one came over. Answered by `waiting_room`; needs a
    /// ticket for that appointment.
    OpenWaitingRoom,
    /// Wait to be let in: one is there, and one's devices may be used. Answered by `own`; whoever comes while the
    /// call goes on is in it at once. Go in with `join_call`.
    BeReady,
    /// Wait no longer. Answered by `done`.
    LeaveWaitingRoom,
    /// Let in who waits for an appointment, as staff; before anybody does, go in first. Answered by `own`; go in
    /// with `join_call`.
    Admit {
        /// Which.
        #[ts(type = "string")]
        appointment: AppointmentId,
    },
    /// Send who came for an appointment back to wait, as staff in its call. Answered by `done`.
    Hold {
        /// Which.
        #[ts(type = "string")]
        appointment: AppointmentId,
    },
    /// What was written around an appointment. Answered by `waiting_chat`.
    OpenWaitingChat {
        /// Which.
        #[ts(type = "string")]
        appointment: AppointmentId,
    },
    /// Write to who waits for an appointment, or to the staff as one who does. Answered by `done`; saying the same
    /// message again stores nothing new.
    SayWaiting {
        /// Around which.
        #[ts(type = "string")]
        appointment: AppointmentId,
        /// Drawn at random by the sender, 128 bits.
        #[ts(type = "string")]
        message: MessageId,
        /// 1 to 4,000 characters.
        text: String,
    },
    /// Look at the lounge before going in. Answered by `lounge_door`; how many are in its rooms comes as events.
    OpenLounge,
    /// Go into the lounge, or come back to it. Answered by `lounge`.
    EnterLounge {
        /// How one wants to be called.
        name: String,
        /// Where to; none for the first of its rooms.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[ts(type = "string", optional)]
        room: Option<LoungeRoomId>,
        /// Another page by which one is there gives way. Without it `in_use`, unless that page has lost its line.
        use_here: bool,
    },
    /// Go into another room of the lounge. Answered by `lounge_room`.
    Jump {
        /// Which.
        #[ts(type = "string")]
        room: LoungeRoomId,
    },
    /// Leave the lounge. Answered by `done`.
    LeaveLounge,
    /// Say how one is, in the lounge. Answered by `own`.
    SetStatus {
        /// What one chooses.
        chosen: Chosen,
        /// What one says of it, at most 100 characters; may be empty.
        text: String,
    },
    /// Nobody has touched the page for a while, or somebody does again. Answered by `done`.
    SetIdle {
        /// Whether nobody has.
        idle: bool,
    },
    /// Write, where one is or to somebody. Answered by `done`; the same message again stores nothing new.
    Post {
        /// Where.
        place: Place,
        /// Drawn at random by the sender, 128 bits.
        #[ts(type = "string")]
        message: MessageId,
        /// 1 to 4,000 characters; with a file none is fine too.
        text: String,
        /// What was sent up for this place before.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[ts(type = "string", optional)]
        file: Option<FileId>,
    },
    /// Change what one wrote, within five minutes. Answered by `done`.
    EditMessage {
        /// Which.
        #[ts(type = "string")]
        message: MessageId,
        /// 1 to 4,000 characters.
        text: String,
    },
    /// Delete what one wrote, within five minutes; as a moderator anything in the room, at any time. Answered by
    /// `done`.
    DeleteMessage {
        /// Which.
        #[ts(type = "string")]
        message: MessageId,
    },
    /// What was written before. Answered by `messages`.
    EarlierMessages {
        /// Where.
        place: Place,
        /// Before this number.
        #[ts(type = "number")]
        before: u64,
    },
    /// Ask for the right to send up a file. Answered by `upload`.
    OfferFile {
        /// For where.
        place: Place,
        /// As it is called.
        name: String,
        /// Bytes.
        #[ts(type = "number")]
        size: u64,
    },
    /// Open what one writes with somebody. Answered by `conversation`; how they are comes as events.
    OpenConversation {
        /// With whom.
        #[ts(type = "string")]
        person: PersonId,
    },
    /// Close it; the other hears of it. Answered by `done`.
    CloseConversation {
        /// With whom.
        #[ts(type = "string")]
        person: PersonId,
    },
    /// How far messages of somebody's have come. Answered by `done`. Numbers only rise.
    MarkConversation {
        /// Whose.
        #[ts(type = "string")]
        person: PersonId,
        /// They have arrived up to this number.
        #[ts(type = "number")]
        delivered: u64,
        /// They have been read up to this number.
        #[ts(type = "number")]
        read: u64,
    },
    /// One is writing to somebody: say so every three seconds while it is true. Answered by `done`.
    Type {
        /// To whom.
        #[ts(type = "string")]
        person: PersonId,
    },
    /// Hear from somebody no more, or again. Answered by `done`.
    SetBlocked {
        /// Whom.
        #[ts(type = "string")]
        person: PersonId,
        /// Whether one does not want to.
        blocked: bool,
    },
    /// Ring somebody in the lounge. Answered by `ringing`; if they ring too, both are in the call at once.
    RingMember {
        /// Whom.
        #[ts(type = "string")]
        person: PersonId,
    },
    /// Remove somebody from the lounge, as a moderator of the room they are in. Answered by `done`.
    RemoveMember {
        /// Whom.
        #[ts(type = "string")]
        person: PersonId,
    },
    /// Say how a call was, as the visitor, within an hour of its end. Answered by `done`.
    RateCall {
        /// Which.
        #[ts(type = "string")]
        ring: RingId,
        /// 1 to 5.
        stars: u8,
        /// At most 1,000 characters; may be empty.
        comment: String,
    },
}
