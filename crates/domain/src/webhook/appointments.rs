//! What happened to an appointment as it lasts.

use super::{AppointmentFacts, EventKind, Facts, Happened, Subject};
use crate::appointment::{AppointmentState, Schedule};
use crate::time::Timestamp;

/// It was made.
#[must_use]
pub fn appointment_created(facts: AppointmentFacts, now: Timestamp) -> Happened {
    of(EventKind::AppointmentCreated, facts, now)
}

/// What a change of it was; none if it was one of words that events do not tell. `facts` are how it is after.
#[must_use]
pub fn appointment_changed(
    before: (AppointmentState, &Schedule),
    facts: AppointmentFacts,
    now: Timestamp,
) -> Option<Happened> {
    use AppointmentState::{Booked, Cancelled, Done, NoShow};
    let (state, schedule) = before;
    let is_moved = (schedule.starts_at, schedule.minutes, &schedule.zone)
        != (facts.starts_at, facts.minutes, &facts.zone);
    let kind = match (state, facts.state) {
        // One to which nobody came is given another time.
        (_, Booked) if is_moved => EventKind::AppointmentMoved,
        (was, is) if was == is => return None,
        (_, Booked) => EventKind::AppointmentReopened,
        (_, Cancelled) => EventKind::AppointmentCancelled,
        (_, Done) => EventKind::AppointmentDone,
        (_, NoShow) => EventKind::AppointmentNoShow,
    };
    Some(of(kind, facts, now))
}

fn of(kind: EventKind, facts: AppointmentFacts, at: Timestamp) -> Happened {
    let subject = Subject::Appointment(facts.appointment);
    Happened { kind, subject, at, facts: Facts::Appointment(facts) }
}
