//! The ring, as a document: one attempt to reach somebody, and the call that comes of it. What may happen to it is
//! decided in [`crate::availability`]. A ring that has ended is no document any more; the store keeps its history.

use crate::ids::{DeskId, ParticipantId, PersonId, RingId};
use crate::name::PersonName;
use crate::time::Timestamp;
use crate::visit::VisitCard;
use serde::{Deserialize, Serialize};
use ts_rs::TS;
use utoipa::ToSchema;

/// How a ring, or the call that came of it, ended. Both sides are told the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ToSchema, TS)]
#[serde(rename_all = "snake_case")]
pub enum RingEnd {
    /// The one rung did not want to.
    Declined,
    /// The one who rang took it back.
    Cancelled,
    /// Nobody answered in time.
    Missed,
    /// While it rang, the caller's last page went.
    CallerLost,
    /// While it rang, the last page of the one rung went.
    CalleeLost,
    /// It could not be put through.
    Failed,
    /// After it was accepted: somebody left the call.
    HungUp,
    /// After it was accepted: somebody's page went, or did not come.
    Lost,
    /// For who handed a call over: a colleague has taken it. The call goes on.
    Transferred,
    /// An admin ended the call.
    EndedByAdmin,
    /// The server stopped, and nobody came back to go on.
    Interrupted,
    /// The professional sent the client back to the waiting room.
    Held,
    /// The appointment was closed, or the link by which one came was taken back.
    Closed,
}

/// Why somebody is rung.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum RingPurpose {
    /// A visitor calls a desk.
    Desk,
    /// A colleague asks one into a call that goes on.
    BringIn,
    /// A colleague hands over a call that goes on.
    Transfer,
    /// A professional lets in who waits for an appointment. Nobody is rung.
    Appointment,
    /// Two people of the lounge.
    Conversation,
}

/// Somebody in a ring.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Party {
    /// Who.
    pub person: PersonId,
    /// What they are called.
    pub name: PersonName,
}

/// A network that guests come from, as a number that says nothing: they are new persons whenever they want, and so count
/// together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Source(pub u64);

/// What a ring needs to know of the desk it came over.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct DeskCard {
    /// Which.
    pub id: DeskId,
    /// The part of its address behind `/desk/`.
    pub slug: String,
    /// As it is called.
    pub name: String,
    /// Seconds for which a representative is not called after a call.
    pub wrap_up_s: u32,
    /// Seconds for which one is rung.
    pub ring_s: u32,
}

/// On which side of a call somebody is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Side {
    /// They came to be helped: visitors, clients and those they bring along.
    Outside,
    /// They are there to help.
    Staff,
}

/// A person of a call.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Talker {
    /// Who.
    pub party: Party,
    /// Where they stand: a call needs both sides.
    pub side: Side,
    /// Who they are in the call's room; none before they came.
    pub participant: Option<ParticipantId>,
    /// When they count as lost unless they come; set exactly while they are not in the room.
    pub expected_until: Option<Timestamp>,
    /// The ring that brought them in, if it was not the call's own.
    pub via: Option<RingId>,
    /// Who leaves once they have come: the call is handed over to them.
    pub relieves: Option<PersonId>,
}

impl Talker {
    /// Somebody who is waited for.
    pub(crate) fn expected(party: Party, side: Side, until: Timestamp) -> Self {
        Self { party, side, participant: None, expected_until: Some(until), via: None, relieves: None }
    }
}

/// One attempt to reach somebody, and the call that comes of it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Ring {
    pub(crate) id: RingId,
    pub(crate) desk: Option<DeskCard>,
    pub(crate) purpose: RingPurpose,
    pub(crate) into: Option<RingId>,
    /// The appointment it is for.
    pub(crate) appointment: Option<VisitCard>,
    pub(crate) caller: Party,
    pub(crate) callee: Party,
    pub(crate) visitor: Party,
    pub(crate) about: String,
    pub(crate) started_at: Timestamp,
    pub(crate) rings_until: Timestamp,
    pub(crate) accepted_at: Option<Timestamp>,
    /// Since when the caller had waited in the queue, if they had: there they go back if nobody answers.
    pub(crate) waited_since: Option<Timestamp>,
    /// Who had not taken their call while they waited, and from when on they may be rung for them again.
    pub(crate) not_before: Vec<(PersonId, Timestamp)>,
    /// Where the caller is, if they are a guest at a desk.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) from: Option<Source>,
    /// Those who are in the call; empty while it rings.
    pub(crate) talkers: Vec<Talker>,
    /// A ring by which somebody is being asked into this call.
    pub(crate) asked: Option<RingId>,
}

impl Ring {
    /// Which.
    #[must_use]
    pub fn id(&self) -> RingId {
        self.id
    }

    /// The desk it came over.
    #[must_use]
    pub fn desk(&self) -> Option<&DeskCard> {
        self.desk.as_ref()
    }

    /// Why.
    #[must_use]
    pub fn purpose(&self) -> RingPurpose {
        self.purpose
    }

    /// The call one is asked into.
    #[must_use]
    pub fn into(&self) -> Option<RingId> {
        self.into
    }

    /// The appointment it is for.
    #[must_use]
    pub fn appointment(&self) -> Option<&VisitCard> {
        self.appointment.as_ref()
    }

    /// Where the caller is, if they are a guest at a desk.
    #[must_use]
    pub fn from(&self) -> Option<Source> {
        self.from
    }

    /// Who rings.
    #[must_use]
    pub fn caller(&self) -> &Party {
        &self.caller
    }

    /// Who is rung.
    #[must_use]
    pub fn callee(&self) -> &Party {
        &self.callee
    }

    /// Whom the call is about.
    #[must_use]
    pub fn visitor(&self) -> &Party {
        &self.visitor
    }

    /// What it is about, in the visitor's words.
    #[must_use]
    pub fn about(&self) -> &str {
        &self.about
    }

    /// Since when it rings.
    #[must_use]
    pub fn started_at(&self) -> Timestamp {
        self.started_at
    }

    /// Until when it rings at most.
    #[must_use]
    pub fn rings_until(&self) -> Timestamp {
        self.rings_until
    }

    /// When it was accepted.
    #[must_use]
    pub fn accepted_at(&self) -> Option<Timestamp> {
        self.accepted_at
    }

    /// Those who are in the call; empty while it rings.
    #[must_use]
    pub fn talkers(&self) -> &[Talker] {
        &self.talkers
    }

    /// Somebody's place in the call.
    #[must_use]
    pub fn talker(&self, person: PersonId) -> Option<&Talker> {
        self.talkers.iter().find(|talker| talker.party.person == person)
    }

    /// Between people of the lounge: it is nobody else's business, and no history is kept of it.
    #[must_use]
    pub fn is_private(&self) -> bool {
        self.desk.is_none() && self.appointment.is_none()
    }

    /// Whether it still rings.
    #[must_use]
    pub fn rings(&self) -> bool {
        self.accepted_at.is_none()
    }

    /// The next moment at which time alone changes something.
    #[must_use]
    pub fn next_deadline(&self) -> Option<Timestamp> {
        if self.rings() {
            return Some(self.rings_until);
        }
        self.talkers.iter().filter_map(|talker| talker.expected_until).min()
    }
}
