//! Appointments as they last: when they are, what became of them, and what a link to one is worth at a moment. Pure.
//!
//! Who waits and who is in the call is [`crate::visit`]; how a link is signed is the server's.

use crate::ids::{AppointmentId, LinkId};
use crate::time::Timestamp;
use crate::zone;
use serde::{Deserialize, Serialize};
use std::time::Duration;
use ts_rs::TS;
use utoipa::ToSchema;

/// The shortest and the longest appointment, minutes.
pub const MINUTES: std::ops::RangeInclusive<u32> = 5..=480;
/// The longest text about what it is about, characters.
pub const MAX_ABOUT_CHARS: usize = 200;
/// The longest note of the professional's, characters.
pub const MAX_NOTE_CHARS: usize = 10_000;
/// The most links of one appointment that hold at the same time.
pub const MAX_LINKS: usize = 10;
/// How far clocks may be apart: that of the instance that signed a link and that of the one that reads it. More keeps
/// links alive past their end, less refuses them at the edges.
const SKEW: Duration = Duration::from_secs(60);
const MINUTE: Duration = Duration::from_secs(60);

/// What became of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema, TS)]
#[serde(rename_all = "snake_case")]
pub enum AppointmentState {
    /// It is to be, or goes on.
    Booked,
    /// It has been.
    Done,
    /// The client did not come.
    NoShow,
    /// It will not be.
    Cancelled,
}

/// Whose a link is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ToSchema, TS)]
#[serde(rename_all = "snake_case")]
pub enum LinkKind {
    /// The client's.
    Client,
    /// Somebody's whom the client or the professional brings along: an interpreter, a relative.
    Guest,
}

/// When it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Schedule {
    /// The moment.
    pub starts_at: Timestamp,
    /// One of [`MINUTES`].
    pub minutes: u32,
    /// The zone in which it was made, IANA's name.
    pub zone: String,
}

/// How long before the beginning and after the end people may come in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Margins {
    /// Before it starts.
    pub before: Duration,
    /// After its end: for those who are late, and those who were cut off.
    pub after: Duration,
}

/// From when to when people may come in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// Not sooner.
    pub opens_at: Timestamp,
    /// Not later.
    pub closes_at: Timestamp,
}

impl Schedule {
    /// When it is planned to be over.
    #[must_use]
    pub fn ends_at(&self) -> Timestamp {
        self.starts_at.plus(MINUTE * self.minutes)
    }

    /// From when to when people may come in.
    #[must_use]
    pub fn window(&self, margins: Margins) -> Window {
        let before = u64::try_from(margins.before.as_millis()).unwrap_or(u64::MAX);
        Window {
            opens_at: Timestamp(self.starts_at.0.saturating_sub(before)),
            closes_at: self.ends_at().plus(margins.after),
        }
    }

    /// Whether it can be planned at `now`.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn check(&self, now: Timestamp) -> Result<(), Rejection> {
        if !MINUTES.contains(&self.minutes) {
            return Err(Rejection::Duration);
        }
        if !zone::is_zone(&self.zone) {
            return Err(Rejection::Zone);
        }
        if self.ends_at() <= now { Err(Rejection::Past) } else { Ok(()) }
    }
}

/// What can be done about an appointment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// It is at another time, or shorter, or longer. One to which nobody came can be given another time.
    Move(Schedule),
    /// It will not be.
    Cancel,
    /// It has been.
    Done,
    /// The client did not come.
    NoShow,
    /// It was not done, or not missed, after all.
    Reopen,
}

/// Why not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
pub enum Rejection {
    /// What became of it does not allow that.
    #[error("what became of it does not allow that")]
    State,
    /// It has not begun: nobody can have missed it, nor can it have been.
    #[error("it has not begun")]
    TooSoon,
    /// Its end would lie before now.
    #[error("it would be over already")]
    Past,
    /// Not one of [`MINUTES`].
    #[error("an appointment takes 5 to 480 minutes")]
    Duration,
    /// The zone is not one of IANA's.
    #[error("the time zone is not known")]
    Zone,
}

/// What became of it after a change. Done and cancelled appointments keep their time.
///
/// # Errors
/// Why it cannot be changed like that.
pub fn change(
    state: AppointmentState,
    schedule: &Schedule,
    margins: Margins,
    now: Timestamp,
    change: &Change,
) -> Result<AppointmentState, Rejection> {
    use AppointmentState::{Booked, Cancelled, Done, NoShow};
    match (change, state) {
        (Change::Move(to), Booked | NoShow) => to.check(now).map(|()| Booked),
        (Change::Cancel, Booked | NoShow) => Ok(Cancelled),
        (Change::Done, Booked | NoShow) => {
            let opened = schedule.window(margins).opens_at <= now;
            if opened { Ok(Done) } else { Err(Rejection::TooSoon) }
        }
        (Change::NoShow, Booked) => {
            if schedule.starts_at <= now {
                Ok(NoShow)
            } else {
                Err(Rejection::TooSoon)
            }
        }
        (Change::Reopen, Done | NoShow) => Ok(Booked),
        _ => Err(Rejection::State),
    }
}

/// What a genuine token says. Its times are those of the schedule it was signed for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct LinkClaims {
    /// To which appointment.
    pub appointment: AppointmentId,
    /// Which of its links.
    pub link: LinkId,
    /// How often the appointment had been moved when it was signed.
    pub sequence: u32,
    /// Not to be used before.
    pub not_before: Timestamp,
    /// Not to be used after.
    pub expires_at: Timestamp,
}

/// What is true of the link and its appointment now.
#[derive(Debug, Clone, Copy)]
pub struct LinkFacts<'a> {
    /// The link was taken back, or another one was given out in its place.
    pub revoked: bool,
    /// What became of the appointment.
    pub state: AppointmentState,
    /// How often it was moved or cancelled.
    pub sequence: u32,
    /// When it is.
    pub schedule: &'a Schedule,
}

/// How far along an appointment is for who comes over a link.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// Nobody may come in yet.
    Early,
    /// One may come in.
    Open,
}

/// Why a genuine link is of no use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
pub enum LinkRefusal {
    /// It was taken back; there may be another one.
    #[error("the link was replaced")]
    Replaced,
    /// The appointment will not be.
    #[error("the appointment was cancelled")]
    Cancelled,
    /// The appointment has been, or its time is over.
    #[error("the appointment is over")]
    Expired,
}

/// What a genuine link is good for at `now`.
///
/// The token's own times count as long as the appointment has not been moved since it was signed; after that the
/// schedule's do, so that people who have an old mail find their way (ADR 17).
///
/// # Errors
/// Why it is of no use.
pub fn enter(
    claims: LinkClaims,
    facts: LinkFacts<'_>,
    margins: Margins,
    now: Timestamp,
) -> Result<Phase, LinkRefusal> {
    if facts.revoked {
        return Err(LinkRefusal::Replaced);
    }
    match facts.state {
        AppointmentState::Cancelled => return Err(LinkRefusal::Cancelled),
        AppointmentState::Done | AppointmentState::NoShow => return Err(LinkRefusal::Expired),
        AppointmentState::Booked => {}
    }
    let window = if claims.sequence == facts.sequence {
        Window { opens_at: claims.not_before, closes_at: claims.expires_at }
    } else {
        facts.schedule.window(margins)
    };
    if now > window.closes_at.plus(SKEW) {
        return Err(LinkRefusal::Expired);
    }
    if now.plus(SKEW) < window.opens_at { Ok(Phase::Early) } else { Ok(Phase::Open) }
}

#[cfg(test)]
mod tests;
