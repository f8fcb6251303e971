//! What a page shows, and what it went through.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};
use visavis_domain::ids::{CallId, MessageId, ParticipantId, PersonId, RingId};
use visavis_domain::ring::RingEnd;
use visavis_domain::room::LeaveReason;
use visavis_protocol::{Code, Engagement, Event, OwnAvailability, Participant, RoomSnapshot, Topic};

/// A time in which the page was not connected.
#[derive(Debug, Clone, Copy)]
pub struct Outage {
    /// Since when.
    pub from: Instant,
    /// Until it was back, with everything that it was in the middle of.
    pub lasted: Duration,
    /// It took up the session it had.
    pub resumed: bool,
}

/// A room that one is in.
#[derive(Debug, Clone)]
pub struct InRoom {
    /// The ring, if it is the room of a call.
    pub ring: Option<RingId>,
    /// The gathering that goes on.
    pub call: CallId,
    /// Oneself.
    pub own: ParticipantId,
    /// Everybody.
    pub people: BTreeMap<ParticipantId, Participant>,
    version: u64,
    chat_version: u64,
}

impl InRoom {
    pub(super) fn new(ring: Option<RingId>, own: ParticipantId, room: &RoomSnapshot) -> Self {
        let people = room.participants.iter().map(|one| (one.id, one.clone())).collect();
        let (version, chat_version) = (room.version, room.chat_version);
        Self { ring, call: room.call, own, people, version, chat_version }
    }
}

/// What a page shows.
#[derive(Debug, Clone, Default)]
pub struct Seen {
    /// It has a socket, and is where it was.
    pub connected: bool,
    /// Sessions it has had.
    pub hellos: u32,
    /// When it was not connected.
    pub outages: Vec<Outage>,
    /// Its person.
    pub person: Option<PersonId>,
    /// Its person's availability.
    pub own: Option<OwnAvailability>,
    /// The room it is in.
    pub room: Option<InRoom>,
    /// Whom it was told of as gone, oneself included, since it was opened.
    pub departures: Vec<(ParticipantId, LeaveReason)>,
    /// Messages of the room it is in.
    pub messages: Vec<MessageId>,
    /// Rings that ended.
    pub ended: Vec<(RingId, RingEnd)>,
    /// Why something could not be taken up again after an outage.
    pub refused: Vec<Code>,
    /// The socket's last close code.
    pub closed: Option<u16>,
    pub(super) since: Option<Instant>,
}

impl Seen {
    /// What its person is in the middle of.
    #[must_use]
    pub fn engagement(&self) -> Option<&Engagement> {
        self.own.as_ref()?.engagement.as_ref()
    }

    /// Whether it is in this call, with so many people.
    #[must_use]
    pub fn in_call(&self, ring: RingId, people: usize) -> bool {
        let room = self.room.as_ref().filter(|room| room.ring == Some(ring));
        self.connected && room.is_some_and(|room| room.people.len() == people)
    }

    /// Whether its person rings by this ring, or is in its call.
    #[must_use]
    pub fn has_part_in(&self, wanted: RingId) -> bool {
        match self.engagement() {
            Some(
                Engagement::Calling { ring } | Engagement::Called { ring } | Engagement::InCall { ring },
            ) => ring.id == wanted,
            _ => false,
        }
    }

    /// The little that tells why something was waited for in vain.
    #[must_use]
    pub fn brief(&self) -> String {
        let room = self.room.as_ref().map(|room| (room.ring, room.people.len()));
        format!(
            "connected {}, sessions {}, status {:?}, engagement {:?}, room {room:?}, last end {:?}, refused {:?}, \
             closed {:?}",
            self.connected,
            self.hellos,
            self.own.as_ref().map(|own| own.status),
            self.engagement(),
            self.ended.last(),
            self.refused,
            self.closed
        )
    }

    pub(super) fn owns(&mut self, own: &OwnAvailability) {
        if self.own.as_ref().is_none_or(|known| known.version <= own.version) {
            self.own = Some(own.clone());
        }
    }

    pub(super) fn enters(&mut self, room: InRoom, snapshot: &RoomSnapshot) {
        self.messages = snapshot.messages.iter().map(|message| message.id).collect();
        self.room = Some(room);
    }

    /// Takes an event in. What belongs to an earlier state is passed over.
    pub(super) fn hears(&mut self, topic: Topic, version: Option<u64>, event: &Event) {
        if let (Topic::Room, Some(version)) = (topic, version) {
            let Some(room) = self.room.as_mut().filter(|room| version > room.version) else { return };
            room.version = version;
        }
        if let (Topic::Chat, Some(version)) = (topic, version) {
            let Some(room) = self.room.as_mut().filter(|room| version > room.chat_version) else { return };
            room.chat_version = version;
        }
        match event {
            Event::ParticipantJoined { participant } | Event::ParticipantChanged { participant } => {
                if let Some(room) = &mut self.room {
                    room.people.insert(participant.id, participant.clone());
                }
            }
            Event::ParticipantLeft { participant, reason } => {
                self.departures.push((*participant, *reason));
                let Some(room) = &mut self.room else { return };
                room.people.remove(participant);
                if room.own == *participant {
                    self.room = None;
                }
            }
            Event::MessageSaid { message } => self.messages.push(message.id),
            Event::OwnChanged { own } => self.owns(own),
            Event::RingEnded { ring, end } => self.ended.push((*ring, *end)),
            _ => {}
        }
    }
}
