//! Tables: every change in every state, every refusal of a link, every edge to the millisecond.

use super::*;
use AppointmentState::{Booked, Cancelled, Done, NoShow};

const MARGINS: Margins =
    Margins { before: Duration::from_secs(15 * 60), after: Duration::from_secs(60 * 60) };
const SECOND: u64 = 1_000;
const HOUR: u64 = 3_600 * SECOND;
/// When it starts, half an hour before its end.
const STARTS: u64 = 500_000 * HOUR;
const ENDS: u64 = STARTS + HOUR / 2;
const OPENS: u64 = STARTS - HOUR / 4;
const CLOSES: u64 = ENDS + HOUR;

fn schedule() -> Schedule {
    Schedule { starts_at: Timestamp(STARTS), minutes: 30, zone: "Europe/Berlin".to_owned() }
}

fn later() -> Schedule {
    Schedule { starts_at: Timestamp(STARTS + 24 * HOUR), ..schedule() }
}

fn changed(state: AppointmentState, now: u64, it: &Change) -> Result<AppointmentState, Rejection> {
    change(state, &schedule(), MARGINS, Timestamp(now), it)
}

#[test]
fn people_may_come_in_a_while_before_until_a_while_after() {
    let window = Window { opens_at: Timestamp(OPENS), closes_at: Timestamp(CLOSES) };
    assert_eq!((schedule().window(MARGINS), schedule().ends_at()), (window, Timestamp(ENDS)));
    let none = Margins { before: Duration::ZERO, after: Duration::ZERO };
    let exact = Window { opens_at: Timestamp(STARTS), closes_at: Timestamp(ENDS) };
    assert_eq!(schedule().window(none), exact);
    let early = Schedule { starts_at: Timestamp(5), ..schedule() };
    let endless = Margins { before: Duration::MAX, after: Duration::MAX };
    let all = Window { opens_at: Timestamp(0), closes_at: Timestamp(u64::MAX) };
    assert_eq!((early.window(endless), early.window(MARGINS).opens_at), (all, Timestamp(0)));
}

#[test]
fn what_cannot_be_is_not_planned() {
    let with = |minutes, zone: &str| Schedule { minutes, zone: zone.to_owned(), ..schedule() };
    let now = Timestamp(STARTS);
    for minutes in [0, 4, 481, u32::MAX] {
        assert_eq!(with(minutes, "Europe/Berlin").check(now), Err(Rejection::Duration), "{minutes}");
    }
    for minutes in [5, 480] {
        assert_eq!(with(minutes, "Europe/Berlin").check(now), Ok(()), "{minutes}");
    }
    for zone in ["", "Europe/Berlim", "+01:00", "CET-1CEST"] {
        assert_eq!(with(30, zone).check(now), Err(Rejection::Zone), "{zone}");
    }
    // One that goes on can be written down, one that is over cannot.
    assert_eq!(schedule().check(Timestamp(ENDS - 1)), Ok(()));
    assert_eq!(schedule().check(Timestamp(ENDS)), Err(Rejection::Past));
}

#[test]
fn every_change_in_every_state() {
    let state = Err(Rejection::State);
    let table = [
        (Change::Move(later()), [Ok(Booked), state, Ok(Booked), state]),
        (Change::Cancel, [Ok(Cancelled), state, Ok(Cancelled), state]),
        (Change::Done, [Ok(Done), state, Ok(Done), state]),
        (Change::NoShow, [Ok(NoShow), state, state, state]),
        (Change::Reopen, [state, Ok(Booked), Ok(Booked), state]),
    ];
    for (it, outcomes) in table {
        for (from, outcome) in [Booked, Done, NoShow, Cancelled].into_iter().zip(outcomes) {
            assert_eq!(changed(from, ENDS, &it), outcome, "{it:?} of {from:?}");
        }
    }
}

#[test]
fn a_change_of_time_must_be_one_that_can_be_planned() {
    let to = |to: Schedule| changed(Booked, STARTS, &Change::Move(to));
    assert_eq!(to(Schedule { minutes: 3, ..later() }), Err(Rejection::Duration));
    assert_eq!(to(Schedule { zone: "Mars".to_owned(), ..later() }), Err(Rejection::Zone));
    assert_eq!(to(Schedule { starts_at: Timestamp(STARTS - HOUR), ..later() }), Err(Rejection::Past));
    assert_eq!(to(Schedule { minutes: 45, ..schedule() }), Ok(Booked));
    // What became of it is asked first: an old one is not moved by a wrong time nor by a right one.
    let wrong = Change::Move(Schedule { minutes: 3, ..later() });
    assert_eq!(changed(Done, STARTS, &wrong), Err(Rejection::State));
}

#[test]
fn nothing_has_been_before_it_could_be() {
    assert_eq!(changed(Booked, OPENS - 1, &Change::Done), Err(Rejection::TooSoon));
    assert_eq!(changed(NoShow, OPENS - 1, &Change::Done), Err(Rejection::TooSoon));
    assert_eq!(changed(Booked, OPENS, &Change::Done), Ok(Done));
    assert_eq!(changed(Booked, STARTS - 1, &Change::NoShow), Err(Rejection::TooSoon));
    assert_eq!(changed(Booked, STARTS, &Change::NoShow), Ok(NoShow));
    // The rest can be done at any time.
    for now in [0, OPENS, ENDS, CLOSES + 24 * HOUR] {
        assert_eq!(changed(Booked, now, &Change::Cancel), Ok(Cancelled));
        assert_eq!(changed(Done, now, &Change::Reopen), Ok(Booked));
    }
}

/// A link that was signed for the schedule as it is, or for an earlier one.
fn claims(sequence: u32, opens: u64, closes: u64) -> LinkClaims {
    LinkClaims {
        appointment: AppointmentId::from_bits(1),
        link: LinkId::from_bits(2),
        sequence,
        not_before: Timestamp(opens),
        expires_at: Timestamp(closes),
    }
}

fn at(claims: LinkClaims, now: u64) -> Result<Phase, LinkRefusal> {
    let schedule = schedule();
    let facts = LinkFacts { revoked: false, state: Booked, sequence: 1, schedule: &schedule };
    enter(claims, facts, MARGINS, Timestamp(now))
}

#[test]
fn a_link_opens_and_expires_to_the_second_and_clocks_may_be_apart() {
    let link = claims(1, OPENS, CLOSES);
    let table = [
        (0, Ok(Phase::Early)),
        (OPENS - 90 * SECOND, Ok(Phase::Early)),
        (OPENS - 60 * SECOND - 1, Ok(Phase::Early)),
        (OPENS - 60 * SECOND, Ok(Phase::Open)),
        (OPENS - 30 * SECOND, Ok(Phase::Open)),
        (OPENS, Ok(Phase::Open)),
        (STARTS, Ok(Phase::Open)),
        (CLOSES, Ok(Phase::Open)),
        (CLOSES + 30 * SECOND, Ok(Phase::Open)),
        (CLOSES + 60 * SECOND, Ok(Phase::Open)),
        (CLOSES + 60 * SECOND + 1, Err(LinkRefusal::Expired)),
        (CLOSES + 90 * SECOND, Err(LinkRefusal::Expired)),
        (u64::MAX, Err(LinkRefusal::Expired)),
    ];
    for (now, phase) in table {
        assert_eq!(at(link, now), phase, "{now}");
    }
}

/// Its own times count while nothing was moved, even if an operator has changed the margins since.
#[test]
fn a_link_that_is_of_this_schedule_is_judged_by_its_own_times() {
    let link = claims(1, STARTS, STARTS + 60 * SECOND);
    assert_eq!(at(link, OPENS), Ok(Phase::Early));
    assert_eq!(at(link, STARTS), Ok(Phase::Open));
    assert_eq!(at(link, STARTS + 150 * SECOND), Err(LinkRefusal::Expired));
}

/// An old mail leads to where the appointment is now; also from an instance that knows of a later move already.
#[test]
fn a_link_to_an_appointment_that_was_moved_is_judged_by_the_schedule() {
    let week = 7 * 24 * HOUR;
    for sequence in [0, 2] {
        for (opens, closes) in [(OPENS - week, CLOSES - week), (OPENS + week, CLOSES + week)] {
            let link = claims(sequence, opens, closes);
            assert_eq!(at(link, OPENS - 61 * SECOND), Ok(Phase::Early));
            assert_eq!(at(link, OPENS - 30 * SECOND), Ok(Phase::Open));
            assert_eq!(at(link, CLOSES + 30 * SECOND), Ok(Phase::Open));
            assert_eq!(at(link, CLOSES + 90 * SECOND), Err(LinkRefusal::Expired));
        }
    }
}

#[test]
fn every_refusal_of_a_genuine_link() {
    let schedule = schedule();
    let table = [
        (false, Booked, Ok(Phase::Open)),
        (false, Done, Err(LinkRefusal::Expired)),
        (false, NoShow, Err(LinkRefusal::Expired)),
        (false, Cancelled, Err(LinkRefusal::Cancelled)),
        // Whose link was taken back learns nothing about the appointment.
        (true, Booked, Err(LinkRefusal::Replaced)),
        (true, Done, Err(LinkRefusal::Replaced)),
        (true, NoShow, Err(LinkRefusal::Replaced)),
        (true, Cancelled, Err(LinkRefusal::Replaced)),
    ];
    for (revoked, state, outcome) in table {
        let facts = LinkFacts { revoked, state, sequence: 1, schedule: &schedule };
        let link = claims(1, OPENS, CLOSES);
        assert_eq!(enter(link, facts, MARGINS, Timestamp(STARTS)), outcome, "{revoked} {state:?}");
        // Neither an early nor a late moment says anything else, but for those that are to be.
        if outcome.is_err() {
            for now in [0, CLOSES + HOUR] {
                assert_eq!(enter(link, facts, MARGINS, Timestamp(now)), outcome, "{revoked} {state:?} {now}");
            }
        }
    }
}
