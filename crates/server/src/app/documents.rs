//! How rooms and chats lie in live state: their keys, their bodies, the topics their events travel on.

use super::Refused;
use bytes::Bytes;
use serde::{Serialize, de::DeserializeOwned};
use visavis_domain::availability::DocumentId;
use visavis_domain::ids::{
    AppointmentId, DeskId, LinkId, LoungeRoomId, PersonId, RingId, SessionId, SignInId,
};
use visavis_domain::name::RoomName;
use visavis_live::{Key, TopicName};

/// Whom an event is for.
#[derive(Debug, Clone)]
pub(crate) enum Route<'a> {
    /// Everybody in a room.
    Room(&'a RoomName),
    /// One session.
    Session(SessionId),
    /// Every page of one person.
    Person(PersonId),
    /// Every session that a sign-in opened.
    SignIn(SignInId),
    /// Everybody who follows a desk.
    Desk(DeskId),
    /// The representatives of a desk.
    DeskStaff(DeskId),
    /// A professional, about their appointments.
    Appointments(PersonId),
    /// The representatives of a desk, about appointments shared with it.
    DeskAppointments(DeskId),
    /// Everybody who came for an appointment.
    Appointment(AppointmentId),
    /// Everybody who came over a link.
    Link(LinkId),
    /// Those who wait for a professional.
    Reach(PersonId),
    /// Everybody in the lounge, and before its door.
    Lounge,
    /// Everybody in one of its rooms.
    LoungeRoom(LoungeRoomId),
    /// Those who write with somebody in the lounge, about how that one is.
    Member(PersonId),
    /// The page by which somebody is in the lounge, about what they write with others.
    Conversations(PersonId),
    /// The same page, about itself.
    LoungePage(SessionId),
}

impl Route<'_> {
    /// The topic's name in live state.
    pub(crate) fn topic(&self) -> TopicName {
        match self {
            Self::Room(name) => TopicName::new(format!("room:{}", name.folded())),
            Self::Session(id) => TopicName::new(format!("session:{id}")),
            Self::Person(id) => TopicName::new(format!("person:{id}")),
            Self::SignIn(id) => TopicName::new(format!("sign-in:{id}")),
            Self::Desk(id) => TopicName::new(format!("desk:{id}")),
            Self::DeskStaff(id) => TopicName::new(format!("desk-staff:{id}")),
            Self::Appointments(id) => TopicName::new(format!("appointments:{id}")),
            Self::DeskAppointments(id) => TopicName::new(format!("desk-appointments:{id}")),
            Self::Appointment(id) => TopicName::new(format!("appointment:{id}")),
            Self::Link(id) => TopicName::new(format!("link:{id}")),
            Self::Reach(id) => TopicName::new(format!("reach:{id}")),
            Self::Lounge => TopicName::new("lounge:"),
            Self::LoungeRoom(id) => TopicName::new(format!("lounge-room:{id}")),
            Self::Member(id) => TopicName::new(format!("member:{id}")),
            Self::Conversations(id) => TopicName::new(format!("conversations:{id}")),
            Self::LoungePage(id) => TopicName::new(format!("lounge-page:{id}")),
        }
    }
}

/// A word from one instance's use case to the edge that holds a session; travels on the session's topic beside
/// its events, which begin with a brace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum ControlNotice {
    /// Another session has taken this one's seat.
    Replaced,
    /// The sign-in that opened the session has ended.
    SignedOut,
    /// The link that opened the session was taken back.
    LinkEnded,
    /// Its person was removed from the lounge.
    Removed,
    /// It has no seat any more in the room of this topic, or its person no part in the desk: what is told there is not
    /// for it.
    OutOf(TopicName),
}

impl ControlNotice {
    const OUT_OF: &'static str = "!out-of ";

    pub(super) fn body(&self) -> Bytes {
        match self {
            Self::Replaced => Bytes::from_static(b"!replaced"),
            Self::SignedOut => Bytes::from_static(b"!signed-out"),
            Self::LinkEnded => Bytes::from_static(b"!link-ended"),
            Self::Removed => Bytes::from_static(b"!removed"),
            Self::OutOf(topic) => format!("{}{}", Self::OUT_OF, topic.as_str()).into(),
        }
    }

    /// The notice in a topic's body, if it is one.
    pub(crate) fn read(body: &[u8]) -> Option<Self> {
        match body {
            b"!replaced" => Some(Self::Replaced),
            b"!signed-out" => Some(Self::SignedOut),
            b"!link-ended" => Some(Self::LinkEnded),
            b"!removed" => Some(Self::Removed),
            _ => {
                let topic = std::str::from_utf8(body).ok()?.strip_prefix(Self::OUT_OF)?;
                Some(Self::OutOf(TopicName::new(topic)))
            }
        }
    }
}

pub(super) fn room_key(name: &RoomName) -> Key {
    Key::room(name.folded())
}

pub(super) fn chat_key(name: &RoomName) -> Key {
    Key::chat(name.folded())
}

/// The room in which the people of a call are. Its name is the ring's id, which nobody types.
pub(crate) fn call_room(ring: RingId) -> RoomName {
    RoomName::parse(&ring.to_string()).expect("an id is a name")
}

/// The ring whose call's room this is, if it is one.
pub(crate) fn ring_of(room: &RoomName) -> Option<RingId> {
    room.folded().parse().ok()
}

pub(super) fn key_of(id: DocumentId) -> Key {
    match id {
        DocumentId::Person(id) => Key::person(id),
        DocumentId::Ring(id) => Key::ring(id),
        DocumentId::Queue(id) => Key::queue(id),
        DocumentId::Visit(id) => Key::visit(id),
        DocumentId::Gathering(id) => Key::gathering(id),
        DocumentId::Name(key) => Key::name(key),
    }
}

pub(super) fn decode<D: DeserializeOwned>(body: Option<&Bytes>) -> Result<Option<D>, Refused> {
    body.map(|body| serde_json::from_slice(body)).transpose().map_err(|_| Refused::Corrupt)
}

pub(super) fn encode(document: &impl Serialize) -> Result<Bytes, Refused> {
    serde_json::to_vec(document).map(Bytes::from).map_err(|_| Refused::Corrupt)
}
