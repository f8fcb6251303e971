//! Names of documents and topics. Cheap to clone; kinds cannot be mixed up.

use std::fmt;
use std::sync::Arc;
use visavis_domain::ids::{AppointmentId, DeskId, LoungeRoomId, PersonId, RingId, SessionId};
use visavis_domain::lounge::NameKey;
use visavis_domain::peerjs::PeerJsId;

/// Names one document.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Key(Arc<str>);

const ROOM: &str = "room:";
const CHAT: &str = "chat:";
const PERSON: &str = "person:";
const RING: &str = "ring:";
const QUEUE: &str = "queue:";
const VISIT: &str = "visit:";
const WAITING_CHAT: &str = "waiting-chat:";
const GATHERING: &str = "gathering:";
const NAME: &str = "name:";
const SESSION: &str = "session:";
const PEERJS: &str = "peerjs:";
const INSTALLATION: &str = "installation:";
const TRIES: &str = "tries:";
const ONCE: &str = "once:";
const OUTBOX: &str = "outbox:";
const OVER: &str = "over:";

impl Key {
    /// The document of the room of this folded name.
    #[must_use]
    pub fn room(folded: &str) -> Self {
        Self(format!("{ROOM}{folded}").into())
    }

    /// The document of that room's chat.
    #[must_use]
    pub fn chat(folded: &str) -> Self {
        Self(format!("{CHAT}{folded}").into())
    }

    /// A person's document.
    #[must_use]
    pub fn person(id: PersonId) -> Self {
        Self(format!("{PERSON}{id}").into())
    }

    /// A ring's document.
    #[must_use]
    pub fn ring(id: RingId) -> Self {
        Self(format!("{RING}{id}").into())
    }

    /// The document of a desk's queue.
    #[must_use]
    pub fn queue(id: DeskId) -> Self {
        Self(format!("{QUEUE}{id}").into())
    }

    /// The document of what happens around an appointment.
    #[must_use]
    pub fn visit(id: AppointmentId) -> Self {
        Self(format!("{VISIT}{id}").into())
    }

    /// The document of what is written around an appointment.
    #[must_use]
    pub fn waiting_chat(id: AppointmentId) -> Self {
        Self(format!("{WAITING_CHAT}{id}").into())
    }

    /// The document of who is in a room of the lounge.
    #[must_use]
    pub fn gathering(id: LoungeRoomId) -> Self {
        Self(format!("{GATHERING}{id}").into())
    }

    /// The document of whose a name is.
    #[must_use]
    pub fn name(key: NameKey) -> Self {
        Self(format!("{NAME}{:032x}", key.bits()).into())
    }

    /// The document of what a session holds, for whoever has to free it.
    #[must_use]
    pub fn session(id: SessionId) -> Self {
        Self(format!("{SESSION}{id}").into())
    }

    /// The document of whose an id of PeerJS is.
    #[must_use]
    pub fn peerjs(id: &PeerJsId) -> Self {
        Self(format!("{PEERJS}{}", id.as_str()).into())
    }

    /// The document of what all instances of an installation have in common.
    #[must_use]
    pub fn installation() -> Self {
        Self(INSTALLATION.into())
    }

    /// One of the documents in which tries to sign in are counted.
    #[must_use]
    pub fn tries(slot: u16) -> Self {
        Self(format!("{TRIES}{slot:04x}").into())
    }

    /// The document of what somebody asked for under a word of theirs; the bits say neither.
    #[must_use]
    pub fn once(bits: u128) -> Self {
        Self(format!("{ONCE}{bits:032x}").into())
    }

    /// The document of what webhooks are to be told about something, until the store has it.
    #[must_use]
    pub fn outbox(subject: &str) -> Self {
        Self(format!("{OUTBOX}{subject}").into())
    }

    /// The mark that a call has ended.
    #[must_use]
    pub fn over(id: RingId) -> Self {
        Self(format!("{OVER}{id}").into())
    }

    /// The key whose whole text is this, as an adapter kept it.
    pub(crate) fn from_stored(text: &str) -> Self {
        Self(text.into())
    }

    /// Which, if this is a session's document.
    #[must_use]
    pub fn as_session(&self) -> Option<SessionId> {
        self.0.strip_prefix(SESSION)?.parse().ok()
    }

    /// Whether it is what somebody asked for under a word of theirs.
    #[must_use]
    pub fn is_once(&self) -> bool {
        self.0.starts_with(ONCE)
    }

    /// Whether tries to sign in are counted in it.
    #[must_use]
    pub fn is_tries(&self) -> bool {
        self.0.starts_with(TRIES)
    }

    /// Whether it marks that a call has ended.
    #[must_use]
    pub fn is_over(&self) -> bool {
        self.0.starts_with(OVER)
    }

    /// About what, if this is what webhooks are to be told.
    #[must_use]
    pub fn as_outbox(&self) -> Option<&str> {
        self.0.strip_prefix(OUTBOX)
    }

    /// Which room of the lounge, if this is who is in one.
    #[must_use]
    pub fn as_gathering(&self) -> Option<LoungeRoomId> {
        self.0.strip_prefix(GATHERING)?.parse().ok()
    }

    /// The appointment's, if this is what is written around one.
    #[must_use]
    pub fn as_waiting_chat(&self) -> Option<AppointmentId> {
        self.0.strip_prefix(WAITING_CHAT)?.parse().ok()
    }

    /// Whose, if this is a person's document.
    #[must_use]
    pub fn as_person(&self) -> Option<PersonId> {
        self.0.strip_prefix(PERSON)?.parse().ok()
    }

    /// Which, if this is a ring's document.
    #[must_use]
    pub fn as_ring(&self) -> Option<RingId> {
        self.0.strip_prefix(RING)?.parse().ok()
    }

    /// The desk's, if this is a queue's document.
    #[must_use]
    pub fn as_queue(&self) -> Option<DeskId> {
        self.0.strip_prefix(QUEUE)?.parse().ok()
    }

    /// Which id, if this is whose an id of PeerJS is.
    #[must_use]
    pub fn as_peerjs(&self) -> Option<PeerJsId> {
        PeerJsId::parse(self.0.strip_prefix(PEERJS)?).ok()
    }

    /// What the names of all rooms' documents begin with, for adapters.
    pub(crate) const fn room_prefix() -> &'static str {
        ROOM
    }

    /// The folded name, if this is a room's document.
    #[must_use]
    pub fn as_room(&self) -> Option<&str> {
        self.0.strip_prefix(ROOM)
    }

    /// The whole key, for adapters.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Key {
    /// The kind only: what people call their rooms is theirs.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}…", self.0.split_inclusive(':').next().unwrap_or_default())
    }
}

/// Names one topic.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TopicName(Arc<str>);

impl TopicName {
    /// A topic of this name.
    #[must_use]
    pub fn new(name: impl Into<Arc<str>>) -> Self {
        Self(name.into())
    }

    /// The whole name, for adapters.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for TopicName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}…", self.0.split_inclusive(':').next().unwrap_or_default())
    }
}
