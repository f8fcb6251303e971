//! A person's one availability, as a document: their pages, what they chose, what they are in the middle of. What
//! may happen to it is decided in [`crate::availability`].

use crate::ids::{AppointmentId, DeskId, PersonId, RingId, SessionId};
use crate::lounge::LoungeSeat;
use crate::name::PersonName;
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};
use ts_rs::TS;
use utoipa::ToSchema;

/// What a person chooses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Chosen {
    /// May be rung.
    #[default]
    Available,
    /// Not at the desk.
    Away,
    /// Does not want to be disturbed.
    Unavailable,
}

/// What others see: what follows from a person's engagements wins over what they chose.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// May be rung. The only one that may.
    Available,
    /// Chose to be away, or missed a ring.
    Away,
    /// Chose not to be disturbed.
    Unavailable,
    /// Rings somebody, is rung, or waits.
    Ringing,
    /// Talks with somebody.
    InCall,
    /// Finishes a call.
    WrapUp,
    /// Has no page open, or is not online for their desks.
    Offline,
}

/// How far a professional is from who waits for them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Reach {
    /// Has a page of staff open.
    Here,
    /// Talks with somebody.
    InCall,
    /// Has no page open.
    Away,
}

/// What a person is in the middle of: one thing at a time, which is what makes a claim.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Engagement {
    /// Nothing.
    Free,
    /// They ring somebody.
    Calling(RingId),
    /// They are rung.
    Called(RingId),
    /// They wait in a desk's queue.
    Waiting(DeskId),
    /// They wait to be let in to an appointment.
    Attending(AppointmentId),
    /// They are in the call that came of a ring.
    InCall(RingId),
}

/// One of a person's pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct OpenPage {
    /// The session of it.
    pub session: SessionId,
    /// When it counts as gone; set exactly while its session has no socket.
    pub grace_ends: Option<Timestamp>,
}

/// What makes a person a representative: from their account, so that nobody reads the store to list them.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Card {
    /// As visitors see them.
    pub name: PersonName,
    /// What they are there for; may be empty.
    pub title: String,
    /// The desks they belong to.
    pub desks: Vec<DeskId>,
}

/// Somebody who has a page open, or is engaged.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Person {
    pub(crate) id: PersonId,
    /// Rises with each change. A person who comes anew begins with the time in milliseconds, so that it rises
    /// over that gap too.
    pub(crate) version: u64,
    pub(crate) pages: Vec<OpenPage>,
    pub(crate) card: Option<Card>,
    pub(crate) online: bool,
    pub(crate) chosen: Chosen,
    pub(crate) missed: bool,
    pub(crate) engagement: Engagement,
    pub(crate) wrap_up_until: Option<Timestamp>,
    /// Since when they could have been called; who has waited longest is called first.
    pub(crate) idle_since: Timestamp,
    /// Their place in the lounge.
    #[serde(default)]
    pub(crate) seat: Option<LoungeSeat>,
}

impl Person {
    pub(crate) fn new(id: PersonId, now: Timestamp) -> Self {
        Self {
            id,
            version: now.0,
            pages: Vec::new(),
            card: None,
            online: false,
            chosen: Chosen::Available,
            missed: false,
            engagement: Engagement::Free,
            wrap_up_until: None,
            idle_since: now,
            seat: None,
        }
    }

    /// Who.
    #[must_use]
    pub fn id(&self) -> PersonId {
        self.id
    }

    /// Later states have higher ones.
    #[must_use]
    pub fn version(&self) -> u64 {
        self.version
    }

    /// Their pages, those in their grace included.
    #[must_use]
    pub fn pages(&self) -> &[OpenPage] {
        &self.pages
    }

    /// What makes them a representative.
    #[must_use]
    pub fn card(&self) -> Option<&Card> {
        self.card.as_ref()
    }

    /// Whether they take calls of their desks.
    #[must_use]
    pub fn online(&self) -> bool {
        self.online
    }

    /// What they chose.
    #[must_use]
    pub fn chosen(&self) -> Chosen {
        self.chosen
    }

    /// Whether they are away because they missed a ring.
    #[must_use]
    pub fn missed(&self) -> bool {
        self.missed
    }

    /// What they are in the middle of.
    #[must_use]
    pub fn engagement(&self) -> Engagement {
        self.engagement
    }

    /// Until when they finish a call.
    #[must_use]
    pub fn wrap_up_until(&self) -> Option<Timestamp> {
        self.wrap_up_until
    }

    /// Since when they could have been called.
    #[must_use]
    pub fn idle_since(&self) -> Timestamp {
        self.idle_since
    }

    /// Their place in the lounge.
    #[must_use]
    pub fn seat(&self) -> Option<&LoungeSeat> {
        self.seat.as_ref()
    }

    /// What the visitors of a desk see.
    #[must_use]
    pub fn status(&self) -> Status {
        if self.pages.is_empty() || (self.card.is_some() && !self.online) {
            return Status::Offline;
        }
        self.derived()
    }

    /// What others in the lounge see: whether they take calls of desks does not matter there.
    #[must_use]
    pub fn presence(&self) -> Status {
        match (&self.seat, self.derived()) {
            (None, _) => Status::Offline,
            (Some(seat), Status::Available) if seat.idle => Status::Away,
            (Some(_), status) => status,
        }
    }

    fn derived(&self) -> Status {
        match (self.engagement, self.wrap_up_until, self.chosen) {
            (Engagement::InCall(_), _, _) => Status::InCall,
            (
                Engagement::Calling(_)
                | Engagement::Called(_)
                | Engagement::Waiting(_)
                | Engagement::Attending(_),
                _,
                _,
            ) => Status::Ringing,
            (Engagement::Free, Some(_), _) => Status::WrapUp,
            (Engagement::Free, None, Chosen::Available) => Status::Available,
            (Engagement::Free, None, Chosen::Away) => Status::Away,
            (Engagement::Free, None, Chosen::Unavailable) => Status::Unavailable,
        }
    }

    /// What somebody who waits for them is told, whether they take calls of desks or not.
    #[must_use]
    pub fn reach(&self) -> Reach {
        match self.engagement {
            Engagement::InCall(_) => Reach::InCall,
            _ if self.pages.is_empty() => Reach::Away,
            _ => Reach::Here,
        }
    }

    /// Whether a desk may ring them: the only status in which anybody is rung.
    #[must_use]
    pub fn may_be_rung(&self) -> bool {
        self.status() == Status::Available
    }

    /// The next moment at which time alone changes something.
    #[must_use]
    pub fn next_deadline(&self) -> Option<Timestamp> {
        let talks = self.seat.iter().flat_map(|seat| &seat.talks).map(|talk| talk.until);
        self.pages.iter().filter_map(|page| page.grace_ends).chain(self.wrap_up_until).chain(talks).min()
    }

    /// Nobody would miss the document.
    pub(crate) fn is_forgettable(&self) -> bool {
        self.pages.is_empty() && self.engagement == Engagement::Free
    }
}
