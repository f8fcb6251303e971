//! What can be asked about availability, what comes of it, and why it is refused. Shapes alone.

use crate::ids::{AppointmentId, DeskId, LoungeRoomId, ParticipantId, PersonId, RingId, SessionId};
use crate::lounge::{Gathering, NameClaim, NameKey};
use crate::name::PersonName;
use crate::person::{Card, Chosen, Person};
use crate::queue::Queue;
use crate::ring::{DeskCard, Party, Ring, RingEnd, RingPurpose, Source};
use crate::time::Timestamp;
use crate::visit::{Visit, VisitCard};
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

/// Names one document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum DocumentId {
    /// A person.
    Person(PersonId),
    /// A ring.
    Ring(RingId),
    /// A desk's queue.
    Queue(DeskId),
    /// What happens around an appointment.
    Visit(AppointmentId),
    /// Who is in a room of the lounge.
    Gathering(LoungeRoomId),
    /// Whose a name is.
    Name(NameKey),
}

/// Documents of one moment. One that is named without a value was looked for and does not exist.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Scene {
    /// People.
    pub people: BTreeMap<PersonId, Option<Person>>,
    /// Rings.
    pub rings: BTreeMap<RingId, Option<Ring>>,
    /// Queues.
    pub queues: BTreeMap<DeskId, Option<Queue>>,
    /// What happens around appointments.
    pub visits: BTreeMap<AppointmentId, Option<Visit>>,
    /// Who is in rooms of the lounge.
    pub gatherings: BTreeMap<LoungeRoomId, Option<Gathering>>,
    /// Whose names are.
    pub names: BTreeMap<NameKey, Option<NameClaim>>,
}

impl Scene {
    /// Somebody who has a page open or is engaged.
    #[must_use]
    pub fn person(&self, id: PersonId) -> Option<&Person> {
        self.people.get(&id).and_then(Option::as_ref)
    }

    /// A ring that has not ended.
    #[must_use]
    pub fn ring(&self, id: RingId) -> Option<&Ring> {
        self.rings.get(&id).and_then(Option::as_ref)
    }

    /// A queue in which somebody waits, or has waited.
    #[must_use]
    pub fn queue(&self, id: DeskId) -> Option<&Queue> {
        self.queues.get(&id).and_then(Option::as_ref)
    }

    /// An appointment that somebody has come for.
    #[must_use]
    pub fn visit(&self, id: AppointmentId) -> Option<&Visit> {
        self.visits.get(&id).and_then(Option::as_ref)
    }

    /// Who is in a room of the lounge; none where nobody is.
    #[must_use]
    pub fn gathering(&self, id: LoungeRoomId) -> Option<&Gathering> {
        self.gatherings.get(&id).and_then(Option::as_ref)
    }

    /// Whose a name is.
    #[must_use]
    pub fn name(&self, key: NameKey) -> Option<&NameClaim> {
        self.names.get(&key).and_then(Option::as_ref)
    }
}

/// What an operator can set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rules {
    /// How long somebody who is to come into a call is waited for.
    pub grace: Duration,
    /// How many may wait at one desk.
    pub queue: usize,
    /// How many of these may be guests from one source. Fewer turns away who share an address; more lets one of them
    /// keep all others out.
    pub queue_per_source: usize,
    /// After how long a representative may be rung again for a waiting visitor whose call they did not take.
    /// Shorter rings those who said no; longer keeps visitors waiting for the only one there is.
    pub ring_again_after: Duration,
    /// How often a queue is looked at though nobody said that somebody is free. This finds what an instance
    /// that died has left undone.
    pub look_every: Duration,
    /// How many may be in one room of the lounge.
    pub lounge_room: usize,
    /// How often at most everybody in the lounge is told how many are in a room. Less often makes the numbers stale,
    /// more often has a crowd that comes told about each of its members.
    pub count_every: Duration,
}

/// A ring to be.
#[derive(Debug, Clone)]
pub struct Calling {
    /// Drawn at random.
    pub ring: RingId,
    /// The desk it comes over; then only its representatives are rung. None rings somebody in the lounge, from there.
    pub desk: Option<DeskCard>,
    /// Who rings.
    pub caller: Party,
    /// Who is rung.
    pub callee: Party,
    /// What it is about.
    pub about: String,
    /// For how long it rings.
    pub ring_for: Duration,
    /// Where the caller is, if they are a guest at a desk.
    pub from: Option<Source>,
}

/// Somebody who wants to wait.
#[derive(Debug, Clone)]
pub struct Queueing {
    /// Where.
    pub desk: DeskCard,
    /// Who.
    pub party: Party,
    /// What it is about.
    pub about: String,
    /// Where they are, if they are a guest.
    pub from: Option<Source>,
}

/// A colleague to be asked into a call.
#[derive(Debug, Clone)]
pub struct Asking {
    /// Drawn at random.
    pub ring: RingId,
    /// Who asks.
    pub asker: PersonId,
    /// Who is asked.
    pub callee: Party,
    /// [`RingPurpose::BringIn`] or [`RingPurpose::Transfer`].
    pub purpose: RingPurpose,
    /// For how long it rings.
    pub ring_for: Duration,
}

/// Somebody of the staff who takes an appointment.
#[derive(Debug, Clone)]
pub struct Admitting {
    /// Drawn at random; the call's, if this begins one.
    pub ring: RingId,
    /// The appointment.
    pub card: VisitCard,
    /// Who takes it.
    pub host: Party,
}

/// What becomes of another page by which somebody is in the lounge already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OtherPage {
    /// It stays, unless it has lost its line.
    Keeps,
    /// It gives way.
    Yields,
}

/// Somebody who comes into the lounge.
#[derive(Debug, Clone)]
pub struct Entering {
    /// Who.
    pub person: PersonId,
    /// The page that is to act for them.
    pub session: SessionId,
    /// Where.
    pub room: LoungeRoomId,
    /// What they want to be called.
    pub name: PersonName,
    /// They have an account.
    pub account: bool,
    /// What becomes of another page of theirs.
    pub other: OtherPage,
}

/// What can be asked.
#[derive(Debug, Clone)]
pub enum Command {
    /// A page of somebody's opened.
    Open {
        /// Who.
        person: PersonId,
        /// The page's.
        session: SessionId,
        /// What makes them a representative; none for visitors.
        card: Option<Card>,
    },
    /// A page's session has a socket again.
    Attach {
        /// Whose.
        person: PersonId,
        /// Which.
        session: SessionId,
    },
    /// A page's session lost its socket.
    Detach {
        /// Whose.
        person: PersonId,
        /// Which.
        session: SessionId,
        /// When the page counts as gone.
        until: Timestamp,
    },
    /// A page is gone, now: nobody waits for it to come back.
    Close {
        /// Whose.
        person: PersonId,
        /// Which.
        session: SessionId,
    },
    /// A representative's account or desks were changed; none makes them none any more.
    SetCard {
        /// Whose.
        person: PersonId,
        /// As it is now.
        card: Option<Card>,
    },
    /// Somebody says whether they may be called. What is none stays.
    SetAvailability {
        /// Who.
        person: PersonId,
        /// Whether they take calls of their desks.
        online: Option<bool>,
        /// What they choose.
        chosen: Option<Chosen>,
    },
    /// Ring somebody.
    Call(Calling),
    /// Take one's ring back.
    Cancel {
        /// Which.
        ring: RingId,
        /// Who says so.
        person: PersonId,
    },
    /// Take a call.
    Accept {
        /// Which.
        ring: RingId,
        /// Who says so.
        person: PersonId,
    },
    /// Do not take it.
    Decline {
        /// Which.
        ring: RingId,
        /// Who says so.
        person: PersonId,
    },
    /// Wait.
    QueueUp(Queueing),
    /// Wait no longer.
    LeaveQueue {
        /// Who.
        person: PersonId,
    },
    /// Ring a representative for whoever is next in the queue, if both may.
    Serve {
        /// Where.
        desk: DeskId,
        /// Who could be rung.
        representative: PersonId,
        /// Drawn at random.
        ring: RingId,
    },
    /// Ring a colleague, or somebody of the lounge, into the call one is in.
    Ask(Asking),
    /// Come into the lounge, or come back to it.
    EnterLounge(Entering),
    /// Go into another of its rooms.
    Jump {
        /// Who.
        person: PersonId,
        /// The page that acts for them.
        session: SessionId,
        /// Where to.
        room: LoungeRoomId,
    },
    /// Leave the lounge. A call goes on.
    LeaveLounge {
        /// Who.
        person: PersonId,
        /// The page that acts for them; none whichever it is.
        session: Option<SessionId>,
    },
    /// Say how one is, and something about it.
    SetStatus {
        /// Who.
        person: PersonId,
        /// The page that acts for them.
        session: SessionId,
        /// What they choose.
        chosen: Chosen,
        /// What they say; may be empty.
        text: String,
    },
    /// Nobody has touched the page for a while, or somebody does again.
    SetIdle {
        /// Who.
        person: PersonId,
        /// The page that acts for them.
        session: SessionId,
        /// Whether nobody has.
        idle: bool,
    },
    /// Two people of the lounge write with each other, back and forth.
    Talk {
        /// The one.
        one: PersonId,
        /// The other.
        other: PersonId,
    },
    /// They do no longer.
    EndTalk {
        /// The one.
        one: PersonId,
        /// The other.
        other: PersonId,
    },
    /// The deadline of a room of the lounge has come.
    GatheringDue {
        /// Which.
        room: LoungeRoomId,
    },
    /// Wait to be let in to an appointment; whoever comes while its call goes on goes straight in.
    Attend {
        /// Which.
        card: VisitCard,
        /// Who.
        party: Party,
    },
    /// Wait for it no longer.
    LeaveVisit {
        /// Who.
        person: PersonId,
    },
    /// Let in everybody who waits for an appointment; before anybody does, go in first.
    Admit(Admitting),
    /// Send everybody who came for the appointment back to wait.
    Hold {
        /// Which.
        appointment: AppointmentId,
        /// Who of the staff says so.
        person: PersonId,
    },
    /// An appointment is over.
    CloseVisit {
        /// Which.
        appointment: AppointmentId,
        /// For this one of those who came; none for everybody.
        person: Option<PersonId>,
    },
    /// Somebody has come into the room of their call.
    Seat {
        /// The call's.
        ring: RingId,
        /// Who.
        person: PersonId,
        /// Who they are there.
        participant: ParticipantId,
    },
    /// Somebody has left the room of their call.
    Unseat {
        /// The call's.
        ring: RingId,
        /// Who they were there.
        participant: ParticipantId,
        /// Why.
        end: RingEnd,
    },
    /// End a call, or a ring, over its people's heads.
    End {
        /// Which.
        ring: RingId,
        /// Why.
        end: RingEnd,
    },
    /// Bring back a call that live state has lost. Its people are waited for.
    Restore {
        /// As it was when one of its people was last told.
        ring: Box<Ring>,
    },
    /// A person's deadline has come.
    PersonDue {
        /// Whose.
        person: PersonId,
    },
    /// A ring's deadline has come.
    RingDue {
        /// Which.
        ring: RingId,
    },
    /// A queue's deadline has come.
    QueueDue {
        /// Which.
        desk: DeskId,
    },
}

/// What is to be told, besides the documents themselves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Told {
    /// It rings.
    Started {
        /// As it is.
        ring: RingId,
    },
    /// It was accepted.
    Accepted {
        /// As it is; for one who was asked into a call, as it was.
        ring: Box<Ring>,
        /// When.
        at: Timestamp,
    },
    /// It has ended.
    Ended {
        /// As it was.
        ring: Box<Ring>,
        /// How.
        end: RingEnd,
    },
    /// One person's part in a call has ended; for the others it goes on.
    Parted {
        /// The call.
        ring: RingId,
        /// Who.
        person: PersonId,
        /// Who they were in its room; none if they never came.
        participant: Option<ParticipantId>,
        /// The ring that had brought them in, if it was not the call's own.
        via: Option<RingId>,
        /// How.
        end: RingEnd,
    },
}

/// What follows from a command.
#[derive(Debug, Clone)]
pub struct Decision {
    /// The scene as it is to be.
    pub after: Scene,
    /// Which of its documents are other ones than before.
    pub changed: BTreeSet<DocumentId>,
    /// What is to be told, in order.
    pub told: Vec<Told>,
}

/// Why nothing follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Stop {
    /// It takes a document that is not in the scene.
    #[error("a document is missing")]
    Missing(DocumentId),
    /// The rules say no.
    #[error(transparent)]
    Rejected(#[from] Rejection),
}

/// Why a command was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
pub enum Rejection {
    /// The one called is ringing, in a call, or finishing one.
    #[error("busy")]
    Busy,
    /// The one called takes no calls.
    #[error("not available")]
    NotAvailable,
    /// Whoever asks is in the middle of something.
    #[error("engaged already")]
    Engaged,
    /// No such ring, or not one of theirs, or not one that this can be done to.
    #[error("no such ring")]
    RingUnknown,
    /// Nobody may wait any more.
    #[error("the queue is full")]
    QueueFull,
    /// Nobody waits, or nobody whom this representative could be rung for.
    #[error("nobody waits")]
    NobodyWaits,
    /// Whoever asks has no page open.
    #[error("not here")]
    NotHere,
    /// A colleague has let them in already.
    #[error("a colleague has let them in")]
    Admitted,
    /// Somebody present is called that, or something that looks like it.
    #[error("the name is taken")]
    NameTaken,
    /// They are in the lounge by another page.
    #[error("in use on another page")]
    InUse,
    /// As many are in that room of the lounge as may.
    #[error("the room is full")]
    LoungeRoomFull,
}
