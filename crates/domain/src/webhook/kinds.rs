//! Which events there are.

use serde::{Deserialize, Serialize};
use ts_rs::TS;
use utoipa::ToSchema;

/// What happened. The words never change; new ones may come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema, TS)]
pub enum EventKind {
    /// Somebody is rung.
    #[serde(rename = "ring.started")]
    RingStarted,
    /// They took it.
    #[serde(rename = "ring.accepted")]
    RingAccepted,
    /// They did not want to.
    #[serde(rename = "ring.declined")]
    RingDeclined,
    /// They did not answer in time, or were gone.
    #[serde(rename = "ring.missed")]
    RingMissed,
    /// It was taken back, or ended otherwise before anybody answered.
    #[serde(rename = "ring.cancelled")]
    RingCancelled,
    /// A call began: a ring was accepted, or a professional took an appointment.
    #[serde(rename = "call.started")]
    CallStarted,
    /// It is over for everybody.
    #[serde(rename = "call.ended")]
    CallEnded,
    /// A visitor waits at a desk.
    #[serde(rename = "queue.joined")]
    QueueJoined,
    /// They do no longer.
    #[serde(rename = "queue.left")]
    QueueLeft,
    /// An appointment was made.
    #[serde(rename = "appointment.created")]
    AppointmentCreated,
    /// It has another time.
    #[serde(rename = "appointment.moved")]
    AppointmentMoved,
    /// It will not be.
    #[serde(rename = "appointment.cancelled")]
    AppointmentCancelled,
    /// It has been, as the professional says.
    #[serde(rename = "appointment.done")]
    AppointmentDone,
    /// The client did not come, as the professional says.
    #[serde(rename = "appointment.no_show")]
    AppointmentNoShow,
    /// It was not done, or not missed, after all.
    #[serde(rename = "appointment.reopened")]
    AppointmentReopened,
    /// Somebody waits to be let in.
    #[serde(rename = "appointment.waiting")]
    AppointmentWaiting,
    /// They wait no longer, and were not let in.
    #[serde(rename = "appointment.left")]
    AppointmentLeft,
    /// Somebody of the staff took it: its call begins.
    #[serde(rename = "appointment.taken")]
    AppointmentTaken,
    /// Its call is over; another one may follow.
    #[serde(rename = "appointment.ended")]
    AppointmentEnded,
    /// Somebody came into a room that nobody was in.
    #[serde(rename = "room.opened")]
    RoomOpened,
    /// Somebody came in.
    #[serde(rename = "room.participant_joined")]
    ParticipantJoined,
    /// Somebody is gone.
    #[serde(rename = "room.participant_left")]
    ParticipantLeft,
    /// Nobody is left.
    #[serde(rename = "room.closed")]
    RoomClosed,
    /// An admin tries the webhook out. Told whatever it is subscribed to.
    #[serde(rename = "webhook.test")]
    WebhookTest,
}

impl EventKind {
    /// Every one, in the order of lists.
    pub const ALL: [Self; 24] = [
        Self::RingStarted,
        Self::RingAccepted,
        Self::RingDeclined,
        Self::RingMissed,
        Self::RingCancelled,
        Self::CallStarted,
        Self::CallEnded,
        Self::QueueJoined,
        Self::QueueLeft,
        Self::AppointmentCreated,
        Self::AppointmentMoved,
        Self::AppointmentCancelled,
        Self::AppointmentDone,
        Self::AppointmentNoShow,
        Self::AppointmentReopened,
        Self::AppointmentWaiting,
        Self::AppointmentLeft,
        Self::AppointmentTaken,
        Self::AppointmentEnded,
        Self::RoomOpened,
        Self::ParticipantJoined,
        Self::ParticipantLeft,
        Self::RoomClosed,
        Self::WebhookTest,
    ];

    /// As it is written.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::RingStarted => "ring.started",
            Self::RingAccepted => "ring.accepted",
            Self::RingDeclined => "ring.declined",
            Self::RingMissed => "ring.missed",
            Self::RingCancelled => "ring.cancelled",
            Self::CallStarted => "call.started",
            Self::CallEnded => "call.ended",
            Self::QueueJoined => "queue.joined",
            Self::QueueLeft => "queue.left",
            Self::AppointmentCreated => "appointment.created",
            Self::AppointmentMoved => "appointment.moved",
            Self::AppointmentCancelled => "appointment.cancelled",
            Self::AppointmentDone => "appointment.done",
            Self::AppointmentNoShow => "appointment.no_show",
            Self::AppointmentReopened => "appointment.reopened",
            Self::AppointmentWaiting => "appointment.waiting",
            Self::AppointmentLeft => "appointment.left",
            Self::AppointmentTaken => "appointment.taken",
            Self::AppointmentEnded => "appointment.ended",
            Self::RoomOpened => "room.opened",
            Self::ParticipantJoined => "room.participant_joined",
            Self::ParticipantLeft => "room.participant_left",
            Self::RoomClosed => "room.closed",
            Self::WebhookTest => "webhook.test",
        }
    }

    /// What sets it apart among what can happen to a ring only once; none for what can happen again. A ring that was
    /// not accepted ends in one of three ways: they share a mark, so that it ends once.
    pub(super) const fn once(self) -> Option<u8> {
        match self {
            Self::RingStarted => Some(1),
            Self::RingAccepted => Some(2),
            Self::RingDeclined | Self::RingMissed | Self::RingCancelled => Some(3),
            Self::CallStarted => Some(4),
            Self::CallEnded => Some(5),
            _ => None,
        }
    }

    const fn bit(self) -> u32 {
        1 << self as u32
    }
}

/// Not the word of a kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a kind of event")]
pub struct MalformedKind;

impl std::str::FromStr for EventKind {
    type Err = MalformedKind;

    fn from_str(word: &str) -> Result<Self, MalformedKind> {
        Self::ALL.into_iter().find(|kind| kind.word() == word).ok_or(MalformedKind)
    }
}

/// A set of kinds, as a number that fits into one step of a processor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Kinds(pub u32);

impl Kinds {
    /// Whether it has this one.
    #[must_use]
    pub const fn has(self, kind: EventKind) -> bool {
        self.0 & kind.bit() != 0
    }
}

impl FromIterator<EventKind> for Kinds {
    fn from_iter<I: IntoIterator<Item = EventKind>>(kinds: I) -> Self {
        Self(kinds.into_iter().fold(0, |bits, kind| bits | kind.bit()))
    }
}
