//! Appointments: coming and going, being let in, held, let in again, losing the line.

use super::*;

/// A client and the professional who let them in, and others.
fn meeting(others: &[PersonId]) -> World {
    let mut world = World::with(&[&[VERA, RIA], others].concat());
    world.does(attend(MONDAY, VERA)).does(admit(1, MONDAY, RIA));
    world.does(take_seat(1, RIA)).does(take_seat(1, VERA));
    world
}

/// With somebody whom the client brings along.
fn meeting_of_three(others: &[PersonId]) -> World {
    let mut world = meeting(others);
    world.does(open(VUK, page_of(VUK))).does(attend(MONDAY, VUK)).does(take_seat(1, VUK));
    world
}

fn held(world: &World, appointment: AppointmentId) -> Vec<(PersonId, Timestamp, bool)> {
    let attendees = world.visit(appointment).attendees().iter();
    attendees.map(|one| (one.party.person, one.since, one.held)).collect()
}

#[test]
fn whoever_comes_waits_once_and_for_nothing_else() {
    let mut world = World::with(&[VERA, RIA]);
    world.does(attend(MONDAY, VERA));
    assert_eq!(held(&world, MONDAY), [(VERA, at(1_000), false)]);
    assert_eq!(world.visit(MONDAY).card(), &visit_card(MONDAY));
    assert_eq!(
        (world.engagement(VERA), world.status(VERA)),
        (Engagement::Attending(MONDAY), Status::Ringing)
    );
    world.at(9_000).ignores(attend(MONDAY, VERA));
    world.refuses(attend(TUESDAY, VERA), Rejection::Engaged);
    world.refuses(queue_up(VERA, CLAIMS), Rejection::Engaged);
    world.refuses(call(2, VERA, RIA), Rejection::Engaged);
    world.does(enter(VERA)).does(enter(RIA)).refuses(ring_up(2, RIA, VERA), Rejection::Busy);
    assert_eq!(held(&world, MONDAY), [(VERA, at(1_000), false)]);
    world.refuses(attend(MONDAY, VITO), Rejection::NotHere);
}

#[test]
fn nobody_comes_who_is_in_the_middle_of_something_else() {
    let mut world = World::with(&[VERA, VITO, RIA, ROB]);
    world.does(queue_up(VERA, CLAIMS)).refuses(attend(MONDAY, VERA), Rejection::Engaged);
    world.does(Command::LeaveQueue { person: VERA }).does(call(1, VERA, ROB));
    world.refuses(attend(MONDAY, VERA), Rejection::Engaged);
    world.does(accept(1, ROB)).refuses(attend(MONDAY, VERA), Rejection::Engaged);
    world.does(enter(RIA)).does(enter(VITO));
    world.does(ring_up(2, RIA, VITO)).refuses(attend(TUESDAY, VITO), Rejection::Engaged);
    world.does(accept(2, VITO)).refuses(attend(TUESDAY, VITO), Rejection::Engaged);
}

#[test]
fn what_an_appointment_is_about_is_as_it_was_when_somebody_last_came() {
    let mut world = World::with(&[VERA, RIA]);
    world.does(attend(MONDAY, VERA));
    let version = world.visit(MONDAY).version();
    let card = VisitCard { about: "a house".to_owned(), ..visit_card(MONDAY) };
    world.does(Command::Attend { card: card.clone(), party: party(VERA) });
    assert_eq!((world.visit(MONDAY).card(), world.visit(MONDAY).version()), (&card, version + 1));
    assert_eq!(world.attendees(MONDAY), [VERA]);
}

#[test]
fn of_an_appointment_for_which_nobody_waits_any_more_nothing_is_left() {
    let mut world = World::with(&[VERA, VUK]);
    world.does(attend(MONDAY, VERA)).does(attend(MONDAY, VUK)).does(leave_visit(VERA));
    assert_eq!((world.attendees(MONDAY), world.engagement(VERA)), (vec![VUK], Engagement::Free));
    world.ignores(leave_visit(VERA)).ignores(leave_visit(VITO)).does(leave_visit(VUK));
    assert_eq!(world.documents.visit(MONDAY), None);
    world.does(attend(TUESDAY, VERA));
}

#[test]
fn whoever_waits_is_forgotten_with_their_last_page_and_not_before() {
    let mut world = World::with(&[VERA, VUK]);
    world.does(open(VERA, page(7))).does(attend(MONDAY, VERA)).does(attend(MONDAY, VUK));
    world.does(lose_line(VERA, 4_000)).at(4_000).does(Command::PersonDue { person: VERA });
    assert_eq!(world.attendees(MONDAY), [VERA, VUK]);
    world.does(Command::Detach { person: VERA, session: page(7), until: at(8_000) });
    world.at(7_999).ignores(Command::PersonDue { person: VERA });
    world.at(8_000).does(Command::PersonDue { person: VERA });
    assert_eq!((world.attendees(MONDAY), world.documents.person(VERA)), (vec![VUK], None));
    world.does(lose_line(VUK, 9_000)).does(Command::Attach { person: VUK, session: page_of(VUK) });
    world.at(9_000).ignores(Command::PersonDue { person: VUK });
    assert_eq!(world.attendees(MONDAY), [VUK]);
}

#[test]
fn to_let_in_claims_the_host_and_all_who_wait() {
    let mut world = World::with(&[VERA, VUK, RIA]);
    world.does(attend(MONDAY, VUK)).at(2_000).does(attend(MONDAY, VERA));
    world.at(3_000).does(admit(1, MONDAY, RIA));
    let accepted = |told: &Told| matches!(told, Told::Accepted { ring: it, at } if it.id() == ring(1) && *at == Timestamp(3_000));
    assert!(world.told.len() == 1 && world.told.iter().all(accepted));
    assert_eq!(world.talkers(1), [RIA, VUK, VERA]);
    for person in [RIA, VUK, VERA] {
        assert_eq!(world.engagement(person), Engagement::InCall(ring(1)));
    }
    assert_eq!((world.visit_call(MONDAY), world.attendees(MONDAY)), (Some((ring(1), RIA)), vec![]));
    let call = world.ring(1);
    assert_eq!((call.purpose(), call.desk(), call.rings()), (RingPurpose::Appointment, None, false));
    assert_eq!((call.visitor(), call.caller(), call.about()), (&party(VERA), &party(VERA), "a will"));
    assert_eq!((call.appointment(), call.accepted_at()), (Some(&visit_card(MONDAY)), Some(at(3_000))));
    assert_eq!(call.next_deadline(), Some(at(18_000)));
    for command in [accept(1, RIA), decline(1, RIA), cancel(1, VERA)] {
        world.refuses(command, Rejection::RingUnknown);
    }
    world.does(take_seat(1, RIA)).does(take_seat(1, VUK)).does(take_seat(1, VERA));
    assert_eq!(world.ring(1).next_deadline(), None);
    world.ignores(attend(MONDAY, VERA)).refuses(attend(TUESDAY, VERA), Rejection::Engaged);
    world.ignores(leave_visit(VERA));
}

#[test]
fn a_host_may_go_in_first_and_the_client_goes_straight_in() {
    let mut world = World::with(&[VERA, RIA]);
    world.does(admit(1, MONDAY, RIA)).does(take_seat(1, RIA));
    assert_eq!((world.talkers(1), world.attendees(MONDAY)), (vec![RIA], vec![]));
    assert_eq!((world.status(RIA), world.ring(1).next_deadline()), (Status::InCall, None));
    world.at(90_000).does(attend(MONDAY, VERA));
    assert_eq!((world.talkers(1), world.attendees(MONDAY)), (vec![RIA, VERA], vec![]));
    assert_eq!(world.engagement(VERA), Engagement::InCall(ring(1)));
    assert_eq!(world.ring(1).next_deadline(), Some(at(105_000)));
    world.ignores(attend(MONDAY, VERA)).does(take_seat(1, VERA));
    assert_eq!(world.ring(1).next_deadline(), None);
}

#[test]
fn a_host_who_goes_in_first_and_does_not_wait_leaves_nothing() {
    for end in [RingEnd::HungUp, RingEnd::Lost] {
        let mut world = World::with(&[RIA]);
        world.does(admit(1, MONDAY, RIA)).does(take_seat(1, RIA)).does(leave_seat(1, RIA, end));
        assert_eq!((world.ends(), world.status(RIA)), (vec![(ring(1), end)], Status::Available));
        assert_eq!((world.is_over(1), world.documents.visit(MONDAY)), (true, None));
    }
}

#[test]
fn of_two_hosts_one_lets_in_and_the_other_is_told() {
    let mut world = World::with(&[VERA, VITO, RIA, ROB]);
    world.does(attend(MONDAY, VERA)).does(admit(1, MONDAY, RIA));
    world.refuses(admit(2, MONDAY, ROB), Rejection::Admitted);
    world.ignores(admit(3, MONDAY, RIA));
    assert_eq!((world.visit_call(MONDAY), world.talkers(1)), (Some((ring(1), RIA)), vec![RIA, VERA]));
    world.does(attend(TUESDAY, VITO)).does(admit(2, TUESDAY, ROB));
    world.refuses(admit(4, MONDAY, ROB), Rejection::Admitted);
    assert_eq!(world.talkers(2), [ROB, VITO]);
}

#[test]
fn whoever_rings_or_is_rung_or_talks_lets_nobody_in() {
    let mut world = World::with(&[VERA, VITO, VUK, RIA, ROB]);
    world.does(attend(MONDAY, VERA)).does(attend(TUESDAY, VITO));
    world.does(call(5, VUK, RIA)).refuses(admit(1, MONDAY, RIA), Rejection::Engaged);
    world.does(accept(5, RIA)).refuses(admit(1, MONDAY, RIA), Rejection::Engaged);
    world
        .does(Command::End { ring: ring(5), end: RingEnd::EndedByAdmin })
        .does(choose(RIA, Chosen::Available));
    world.does(call(6, RIA, ROB)).refuses(admit(1, MONDAY, RIA), Rejection::Engaged);
    world.refuses(admit(1, MONDAY, ROB), Rejection::Engaged);
    world.does(cancel(6, RIA)).does(admit(1, MONDAY, RIA));
    world.refuses(admit(2, TUESDAY, RIA), Rejection::Engaged);
    world.refuses(admit(2, TUESDAY, RAY), Rejection::NotHere);
    assert_eq!((world.attendees(TUESDAY), world.talkers(1)), (vec![VITO], vec![RIA, VERA]));
    assert_eq!(world.visit_call(TUESDAY), None);
}

#[test]
fn a_host_need_not_be_online_for_desks_and_an_appointment_ends_a_wrap_up() {
    let mut world = World::with(&[VERA, RIA]);
    world.does(go(RIA, false)).does(attend(MONDAY, VERA)).does(admit(1, MONDAY, RIA));
    assert_eq!(world.engagement(RIA), Engagement::InCall(ring(1)));
    let mut world = World::talking(VITO, RIA, &[VERA]);
    world.does(leave_seat(1, RIA, RingEnd::HungUp)).does(attend(MONDAY, VERA));
    assert_eq!(world.status(RIA), Status::WrapUp);
    world.does(admit(2, MONDAY, RIA));
    assert_eq!((world.status(RIA), world.person(RIA).wrap_up_until()), (Status::InCall, None));
    world.does(leave_seat_of_both(2));
    assert_eq!((world.status(RIA), world.person(RIA).wrap_up_until()), (Status::Available, None));
}

fn leave_seat_of_both(n: u128) -> Command {
    Command::End { ring: ring(n), end: RingEnd::EndedByAdmin }
}

#[test]
fn three_wait_and_each_admit_reaches_its_client_and_no_other() {
    for first in [MONDAY, TUESDAY, FRIDAY] {
        let mut world = World::with(&[VERA, VITO, VUK, RIA]);
        for appointment in [MONDAY, TUESDAY, FRIDAY] {
            world.does(attend(appointment, client_of(appointment)));
        }
        let (mut waiting, mut n) = (vec![MONDAY, TUESDAY, FRIDAY], 0);
        waiting.sort_by_key(|one| *one != first);
        while let Some(next) = (!waiting.is_empty()).then(|| waiting.remove(0)) {
            n += 1;
            world.does(admit(n, next, RIA)).does(take_seat(n, RIA)).does(take_seat(n, client_of(next)));
            assert_eq!(world.talkers(n), [RIA, client_of(next)]);
            for other in &waiting {
                assert_eq!(world.attendees(*other), [client_of(*other)]);
                assert_eq!(world.engagement(client_of(*other)), Engagement::Attending(*other));
            }
            world.does(leave_seat(n, RIA, RingEnd::HungUp));
            assert_eq!(world.engagement(client_of(next)), Engagement::Free);
        }
    }
}

#[test]
fn whoever_is_held_waits_again_and_is_let_in_again() {
    let mut world = meeting_of_three(&[]);
    world.at(60_000).does(hold(MONDAY, RIA));
    assert_eq!(world.ends(), [(ring(1), RingEnd::Held)]);
    assert_eq!(held(&world, MONDAY), [(VERA, at(60_000), true), (VUK, at(60_000), true)]);
    assert_eq!((world.visit_call(MONDAY), world.status(RIA)), (None, Status::Available));
    world.ignores(leave_seat(1, VERA, RingEnd::Lost)).refuses(hold(MONDAY, RIA), Rejection::RingUnknown);
    world.refuses(take_seat(1, VERA), Rejection::RingUnknown);
    world.at(90_000).does(admit(2, MONDAY, RIA));
    assert_eq!((world.talkers(2), world.attendees(MONDAY)), (vec![RIA, VERA, VUK], vec![]));
    world.does(take_seat(2, VERA)).does(take_seat(2, VUK)).does(take_seat(2, RIA));
    // Whoever goes and comes anew is not held any more.
    world.does(hold(MONDAY, RIA)).does(leave_visit(VERA)).does(attend(MONDAY, VERA));
    assert_eq!(held(&world, MONDAY), [(VUK, at(90_000), true), (VERA, at(90_000), false)]);
}

#[test]
fn nobody_is_held_whose_page_has_gone() {
    let mut world = meeting_of_three(&[]);
    world.does(lose_line(VERA, 3_000)).at(3_000).does(Command::PersonDue { person: VERA });
    world.does(hold(MONDAY, RIA));
    assert_eq!((world.attendees(MONDAY), world.documents.person(VERA)), (vec![VUK], None));
}

#[test]
fn only_staff_of_the_call_hold_it() {
    let mut world = meeting(&[VITO, ROB, RAY]);
    world.refuses(hold(MONDAY, ROB), Rejection::RingUnknown);
    world.refuses(hold(MONDAY, VERA), Rejection::RingUnknown);
    world.refuses(hold(MONDAY, VUK), Rejection::NotHere);
    world.refuses(hold(TUESDAY, RIA), Rejection::RingUnknown);
    world.does(attend(TUESDAY, VITO)).refuses(hold(TUESDAY, RIA), Rejection::RingUnknown);
    world.does(admit(2, TUESDAY, ROB)).refuses(hold(TUESDAY, RIA), Rejection::RingUnknown);
    world.does(ask(3, RIA, RAY, RingPurpose::BringIn)).refuses(hold(MONDAY, RAY), Rejection::RingUnknown);
    world.does(accept(3, RAY)).does(hold(MONDAY, RAY));
    assert_eq!((world.attendees(MONDAY), world.attendees(TUESDAY)), (vec![VERA], vec![]));
    assert_eq!((world.status(RIA), world.status(RAY)), (Status::Available, Status::Available));
}

#[test]
fn a_client_or_a_host_who_hangs_up_ends_it_for_both() {
    for who in [VERA, RIA] {
        let mut world = meeting(&[]);
        world.does(leave_seat(1, who, RingEnd::HungUp));
        assert_eq!((world.ends(), world.is_over(1)), (vec![(ring(1), RingEnd::HungUp)], true));
        assert_eq!((world.engagement(VERA), world.engagement(RIA)), (Engagement::Free, Engagement::Free));
        assert_eq!(world.documents.visit(MONDAY), None);
        world.does(attend(MONDAY, VERA)).does(admit(2, MONDAY, RIA));
        assert_eq!(world.talkers(2), [RIA, VERA]);
    }
}

#[test]
fn a_client_who_loses_the_line_comes_back_in_at_once() {
    let mut world = meeting(&[]);
    world.does(leave_seat(1, VERA, RingEnd::Lost));
    assert_eq!(world.parted(), [(VERA, RingEnd::Lost)]);
    assert_eq!((world.talkers(1), world.status(RIA)), (vec![RIA], Status::InCall));
    assert_eq!(world.visit_call(MONDAY), Some((ring(1), RIA)));
    assert_eq!((world.engagement(VERA), world.attendees(MONDAY)), (Engagement::Free, vec![]));
    world.does(attend(MONDAY, VERA)).does(take_seat(1, VERA));
    assert_eq!((world.talkers(1), world.ring(1).next_deadline()), (vec![RIA, VERA], None));
}

#[test]
fn a_client_who_does_not_come_into_the_room_in_time_is_lost_like_one_who_was_there() {
    let mut world = World::with(&[VERA, RIA]);
    world.does(attend(MONDAY, VERA)).does(admit(1, MONDAY, RIA)).does(take_seat(1, RIA));
    world.at(15_999).ignores(Command::RingDue { ring: ring(1) });
    world.at(16_000).does(Command::RingDue { ring: ring(1) });
    assert_eq!((world.parted(), world.talkers(1)), (vec![(VERA, RingEnd::Lost)], vec![RIA]));
    assert_eq!(world.engagement(VERA), Engagement::Free);
}

#[test]
fn clients_of_a_host_who_is_lost_wait_again_if_they_are_still_there() {
    let mut world = meeting_of_three(&[]);
    world.does(lose_line(VUK, 3_000)).at(3_000).does(Command::PersonDue { person: VUK });
    world.does(leave_seat(1, RIA, RingEnd::Lost));
    assert_eq!(world.ends(), [(ring(1), RingEnd::Lost)]);
    assert_eq!(held(&world, MONDAY), [(VERA, at(3_000), false)]);
    assert_eq!((world.visit_call(MONDAY), world.documents.person(VUK)), (None, None));
    world.does(admit(2, MONDAY, RIA));
    assert_eq!(world.talkers(2), [RIA, VERA]);
    // A host who never comes into the room is lost too; with them a client who did not either.
    world.at(18_000).does(Command::RingDue { ring: ring(2) });
    assert_eq!((world.ends(), world.attendees(MONDAY)), (vec![(ring(2), RingEnd::Lost)], vec![VERA]));
}

#[test]
fn a_call_goes_on_while_one_of_those_who_came_stays() {
    for (first, last) in [(VUK, VERA), (VERA, VUK)] {
        for end in [RingEnd::HungUp, RingEnd::Lost] {
            let mut world = meeting_of_three(&[]);
            world.does(leave_seat(1, first, end));
            assert_eq!((world.parted(), world.talkers(1)), (vec![(first, end)], vec![RIA, last]));
            assert_eq!(world.engagement(first), Engagement::Free);
            world.does(leave_seat(1, last, RingEnd::HungUp));
            assert_eq!(
                (world.ends(), world.status(RIA)),
                (vec![(ring(1), RingEnd::HungUp)], Status::Available)
            );
            assert_eq!(world.documents.visit(MONDAY), None);
        }
    }
}

#[test]
fn an_appointment_is_handed_over_and_so_is_its_visit() {
    let mut world = meeting(&[ROB]);
    world.does(ask(2, RIA, ROB, RingPurpose::Transfer)).does(accept(2, ROB));
    assert_eq!(world.visit_call(MONDAY), Some((ring(1), RIA)));
    world.does(take_seat(1, ROB));
    assert_eq!(world.parted(), [(RIA, RingEnd::Transferred)]);
    assert_eq!((world.talkers(1), world.visit_call(MONDAY)), (vec![VERA, ROB], Some((ring(1), ROB))));
    world
        .refuses(hold(MONDAY, RIA), Rejection::RingUnknown)
        .refuses(admit(3, MONDAY, RIA), Rejection::Admitted);
    world.ignores(admit(3, MONDAY, ROB)).does(hold(MONDAY, ROB));
    assert_eq!(world.attendees(MONDAY), [VERA]);
}

#[test]
fn an_appointment_stays_with_a_colleague_who_was_brought_in() {
    for end in [RingEnd::HungUp, RingEnd::Lost] {
        let mut world = meeting(&[ROB]);
        world.does(ask(2, RIA, ROB, RingPurpose::BringIn)).does(accept(2, ROB)).does(take_seat(1, ROB));
        assert_eq!(world.visit_call(MONDAY), Some((ring(1), RIA)));
        world.does(leave_seat(1, RIA, end));
        assert_eq!((world.parted(), world.visit_call(MONDAY)), (vec![(RIA, end)], Some((ring(1), ROB))));
        world.does(leave_seat(1, ROB, end));
        assert_eq!(world.ends(), [(ring(1), end)]);
        assert_eq!(world.attendees(MONDAY), if end == RingEnd::Lost { vec![VERA] } else { vec![] });
    }
}

#[test]
fn colleagues_who_wait_for_a_client_may_go_and_hand_over() {
    for purpose in [RingPurpose::BringIn, RingPurpose::Transfer] {
        let mut world = meeting(&[ROB]);
        world.does(leave_seat(1, VERA, RingEnd::Lost));
        world.does(ask(2, RIA, ROB, purpose)).does(accept(2, ROB)).does(take_seat(1, ROB));
        let end = match purpose {
            RingPurpose::Transfer => RingEnd::Transferred,
            _ => {
                world.does(leave_seat(1, RIA, RingEnd::HungUp));
                RingEnd::HungUp
            }
        };
        assert_eq!((world.parted(), world.talkers(1)), (vec![(RIA, end)], vec![ROB]));
        assert_eq!(world.visit_call(MONDAY), Some((ring(1), ROB)));
        world.does(attend(MONDAY, VERA));
        assert_eq!(world.talkers(1), [ROB, VERA]);
    }
}

#[test]
fn a_colleague_who_is_asked_in_while_it_is_held_is_free_again() {
    let mut world = meeting(&[ROB]);
    world.does(ask(2, RIA, ROB, RingPurpose::BringIn)).does(hold(MONDAY, RIA));
    assert_eq!(world.ends(), [(ring(2), RingEnd::Cancelled), (ring(1), RingEnd::Held)]);
    assert_eq!((world.status(ROB), world.attendees(MONDAY)), (Status::Available, vec![VERA]));
}

#[test]
fn an_appointment_that_is_over_lets_go_of_everybody() {
    let mut world = World::with(&[VERA, VUK, VITO, RIA]);
    world.ignores(close(MONDAY, None)).ignores(close(MONDAY, Some(VERA)));
    world.does(attend(MONDAY, VERA)).does(attend(MONDAY, VUK)).does(attend(TUESDAY, VITO));
    world.does(close(MONDAY, None));
    assert_eq!((world.engagement(VERA), world.engagement(VUK)), (Engagement::Free, Engagement::Free));
    assert_eq!((world.documents.visit(MONDAY), world.attendees(TUESDAY)), (None, vec![VITO]));
    let mut world = meeting_of_three(&[]);
    world.does(close(MONDAY, None));
    assert_eq!((world.ends(), world.documents.visit(MONDAY)), (vec![(ring(1), RingEnd::Closed)], None));
    for person in [VERA, VUK, RIA] {
        assert_eq!(world.engagement(person), Engagement::Free);
    }
}

#[test]
fn whose_link_is_taken_back_is_let_go_and_nobody_else() {
    let mut world = World::with(&[VERA, VUK, VITO, RIA]);
    world.does(attend(MONDAY, VERA)).does(attend(MONDAY, VUK)).does(attend(TUESDAY, VITO));
    world.ignores(close(MONDAY, Some(VITO))).does(close(MONDAY, Some(VUK)));
    assert_eq!((world.attendees(MONDAY), world.engagement(VUK)), (vec![VERA], Engagement::Free));
    let mut world = meeting_of_three(&[]);
    world.ignores(close(MONDAY, Some(VITO))).does(close(MONDAY, Some(VUK)));
    assert_eq!((world.parted(), world.talkers(1)), (vec![(VUK, RingEnd::Closed)], vec![RIA, VERA]));
    // The call was theirs alone.
    world.does(close(MONDAY, Some(VERA)));
    assert_eq!((world.ends(), world.documents.visit(MONDAY)), (vec![(ring(1), RingEnd::Closed)], None));
    assert_eq!((world.status(RIA), world.engagement(VERA)), (Status::Available, Engagement::Free));
}

#[test]
fn an_admin_ends_it_and_nobody_waits() {
    let mut world = meeting(&[]);
    world.does(Command::End { ring: ring(1), end: RingEnd::EndedByAdmin });
    assert_eq!((world.ends(), world.documents.visit(MONDAY)), (vec![(ring(1), RingEnd::EndedByAdmin)], None));
}

#[test]
fn a_host_with_an_appointment_is_busy_for_the_desk_and_free_afterwards() {
    let mut world = World::with(&[VERA, VITO, VUK, RIA]);
    world.does(attend(MONDAY, VERA)).does(admit(1, MONDAY, RIA));
    assert_eq!(world.status(RIA), Status::InCall);
    world.does(enter(VITO)).does(enter(RIA));
    world.refuses(call(2, VITO, RIA), Rejection::Busy).refuses(ring_up(2, VITO, RIA), Rejection::Busy);
    world.does(queue_up(VUK, CLAIMS)).refuses(serve(2, CLAIMS, RIA), Rejection::Busy);
    world.at(50_000).does(take_seat(1, RIA)).does(leave_seat(1, RIA, RingEnd::HungUp));
    assert_eq!((world.status(RIA), world.person(RIA).idle_since()), (Status::Available, at(50_000)));
    world.does(serve(2, CLAIMS, RIA));
    assert_eq!(world.ring(2).caller().person, VUK);
}

#[test]
fn a_meeting_that_live_state_has_lost_is_brought_back_once() {
    let lost = Box::new(meeting_of_three(&[]).ring(1).clone());
    let mut world = World::new();
    world.at(50_000).does(open(VERA, page_of(VERA))).does(Command::Restore { ring: lost.clone() });
    assert_eq!((world.talkers(1), world.ring(1).next_deadline()), (vec![RIA, VERA, VUK], Some(at(65_000))));
    assert_eq!((world.visit_call(MONDAY), world.attendees(MONDAY)), (Some((ring(1), RIA)), vec![]));
    world.ignores(Command::Restore { ring: lost });
    world.does(open(RIA, page_of(RIA))).ignores(admit(2, MONDAY, RIA));
    world.does(take_seat(1, VERA)).does(take_seat(1, RIA));
    world.at(65_000).does(Command::RingDue { ring: ring(1) });
    assert_eq!((world.parted(), world.talkers(1)), (vec![(VUK, RingEnd::Lost)], vec![RIA, VERA]));
    world.does(hold(MONDAY, RIA));
    assert_eq!(world.attendees(MONDAY), [VERA]);
}

#[test]
fn whoever_waited_when_a_lost_meeting_is_brought_back_goes_in() {
    let mut before = meeting(&[]);
    let two = Box::new(before.ring(1).clone());
    before.does(open(VUK, page_of(VUK))).does(attend(MONDAY, VUK)).does(take_seat(1, VUK));
    for lost in [two, Box::new(before.ring(1).clone())] {
        let mut world = World::with(&[VERA, VUK, VITO, RIA]);
        world.does(attend(MONDAY, VERA)).does(attend(MONDAY, VUK)).does(attend(TUESDAY, VITO));
        world.does(Command::Restore { ring: lost.clone() });
        assert_eq!((world.talkers(1), world.attendees(MONDAY)), (vec![RIA, VERA, VUK], vec![]));
        for person in [RIA, VERA, VUK] {
            assert_eq!(world.engagement(person), Engagement::InCall(ring(1)));
        }
        assert_eq!(world.attendees(TUESDAY), [VITO]);
        world.ignores(Command::Restore { ring: lost });
    }
}

#[test]
fn a_lost_meeting_is_not_brought_back_beside_another_or_without_its_host() {
    let lost = Box::new(meeting(&[]).ring(1).clone());
    let restore = Command::Restore { ring: lost };
    let mut world = World::with(&[VERA, VITO, RIA, ROB]);
    world.does(admit(2, MONDAY, ROB)).refuses(restore.clone(), Rejection::RingUnknown);
    world.does(leave_seat_of_both(2)).does(call(5, VITO, RIA));
    world.refuses(restore.clone(), Rejection::RingUnknown);
    // Without its client it is: they may come back.
    world.does(decline(5, RIA)).does(attend(TUESDAY, VERA)).does(restore);
    assert_eq!((world.talkers(1), world.visit_call(MONDAY)), (vec![RIA], Some((ring(1), RIA))));
    assert_eq!(world.attendees(TUESDAY), [VERA]);
}

#[test]
fn a_client_who_does_not_come_back_in_waits_again_if_the_host_does_not_either() {
    let mut world = meeting(&[ROB]);
    world.does(ask(2, RIA, ROB, RingPurpose::Transfer)).does(accept(2, ROB)).does(take_seat(1, ROB));
    let lost = Box::new(world.ring(1).clone());
    assert_eq!(world.talkers(1), [VERA, ROB]);
    let mut world = World::with(&[VERA]);
    world.does(Command::Restore { ring: lost }).at(16_000).does(Command::RingDue { ring: ring(1) });
    assert_eq!((world.ends(), world.attendees(MONDAY)), (vec![(ring(1), RingEnd::Lost)], vec![VERA]));
    assert_eq!(world.documents.person(ROB), None);
}
