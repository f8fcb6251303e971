//! Rings and calls between people of the lounge: who may be rung by whom, every way they end, a third one asked in.

use super::*;

fn talking() -> World {
    let mut world = World::lounge(&[VERA, VITO, VUK, RIA]);
    world
        .does(ring_up(1, VERA, VITO))
        .does(accept(1, VITO))
        .does(take_seat(1, VERA))
        .does(take_seat(1, VITO));
    world
}

/// Vuk was asked in by Vito.
fn three() -> World {
    let mut world = talking();
    world.does(ask(2, VITO, VUK, RingPurpose::BringIn)).does(accept(2, VUK)).does(take_seat(1, VUK));
    world
}

fn sit_still(person: PersonId) -> Command {
    Command::SetIdle { person, session: page_of(person), idle: true }
}

#[test]
fn a_private_ring_claims_both_and_is_nobody_elses() {
    let mut world = World::lounge(&[VERA, VITO]);
    world.does(ring_up(1, VERA, VITO));
    let it = world.ring(1);
    assert!(it.is_private() && it.rings());
    assert_eq!((it.purpose(), it.desk(), it.appointment()), (RingPurpose::Conversation, None, None));
    assert_eq!((world.presence(VERA), world.presence(VITO)), (Status::Ringing, Status::Ringing));
    world.does(accept(1, VITO));
    assert_eq!((world.presence(VERA), world.presence(VITO)), (Status::InCall, Status::InCall));
    assert_eq!(world.ring(1).next_deadline(), Some(at(1_000 + 15_000)));
}

#[test]
fn only_who_is_seen_to_be_available_is_rung() {
    let mut world = World::lounge(&[VERA, VITO, VUK]);
    world.does(open(ROB, page_of(ROB))).does(go(ROB, true));
    world.refuses(ring_up(1, VERA, VERA), Rejection::NotAvailable);
    for stranger in [ROB, RAY] {
        world.refuses(ring_up(1, VERA, stranger), Rejection::NotAvailable);
        world.refuses(ring_up(1, stranger, VERA), Rejection::NotHere);
    }
    for chosen in [Chosen::Away, Chosen::Unavailable] {
        world.does(choose(VITO, chosen)).refuses(ring_up(1, VERA, VITO), Rejection::NotAvailable);
    }
    world.does(choose(VITO, Chosen::Available)).does(sit_still(VITO));
    world.refuses(ring_up(1, VERA, VITO), Rejection::NotAvailable);
    world.does(Command::SetIdle { person: VITO, session: page_of(VITO), idle: false });
    world.does(ring_up(1, VERA, VITO));
    world.refuses(ring_up(2, VUK, VITO), Rejection::Busy).refuses(ring_up(2, VUK, VERA), Rejection::Busy);
    world
        .refuses(ring_up(2, VERA, VUK), Rejection::Engaged)
        .refuses(ring_up(2, VITO, VUK), Rejection::Engaged);
    world.does(accept(1, VITO));
    world.refuses(ring_up(2, VUK, VITO), Rejection::Busy).refuses(ring_up(2, VITO, VUK), Rejection::Engaged);
    world.does(Command::LeaveLounge { person: VUK, session: None });
    world.refuses(ring_up(2, VUK, VERA), Rejection::NotHere);
}

#[test]
fn whoever_does_not_want_to_be_disturbed_may_disturb() {
    let mut world = World::lounge(&[VERA, VITO]);
    world.does(choose(VERA, Chosen::Unavailable)).does(ring_up(1, VERA, VITO)).does(accept(1, VITO));
    assert_eq!(world.talkers(1), [VERA, VITO]);
}

#[test]
fn two_who_ring_each_other_at_once_have_one_private_call() {
    for (first, second) in [(VERA, VITO), (VITO, VERA), (RIA, VERA)] {
        let mut world = World::lounge(&[VERA, VITO, RIA]);
        world.does(ring_up(1, first, second)).at(1_200).does(ring_up(2, second, first));
        assert_eq!((world.ring(1).accepted_at(), world.talkers(1)), (Some(at(1_200)), vec![first, second]));
        assert!(world.is_over(2) && matches!(world.told.as_slice(), [Told::Accepted { .. }]));
        assert_eq!(world.documents.rings.len(), 1);
    }
}

#[test]
fn every_end_of_a_private_ring_frees_both_and_nobody_is_away_for_it() {
    let gone = |person| [lose_line(person, 31_000), Command::PersonDue { person }].to_vec();
    for (end, commands) in [
        (RingEnd::Declined, vec![decline(1, RIA)]),
        (RingEnd::Cancelled, vec![cancel(1, VERA)]),
        (RingEnd::Missed, vec![Command::RingDue { ring: ring(1) }]),
        (RingEnd::CallerLost, gone(VERA)),
        (RingEnd::CalleeLost, gone(RIA)),
    ] {
        let mut world = World::lounge(&[VERA, RIA]);
        world.does(go(RIA, true)).does(ring_up(1, VERA, RIA)).at(31_000);
        for command in commands {
            world.does(command);
        }
        assert_eq!((world.ends(), world.is_over(1)), (vec![(ring(1), end)], true));
        for person in [VERA, RIA] {
            let there = world.documents.person(person);
            assert!(there.is_none_or(|one| one.engagement == Engagement::Free && !one.missed()), "{end:?}");
            assert!(there.is_none_or(|one| one.presence() == Status::Available), "{end:?}");
            assert_eq!(there.is_some(), world.gathered(GENERAL).contains(&person), "{end:?}");
        }
    }
}

#[test]
fn a_ring_goes_on_when_somebody_leaves_the_lounge_and_keeps_the_page() {
    let mut world = World::lounge(&[VERA, VITO]);
    world.does(ring_up(1, VERA, VITO)).does(Command::LeaveLounge { person: VITO, session: None });
    world.does(accept(1, VITO)).does(Command::LeaveLounge { person: VERA, session: None });
    assert_eq!(world.talkers(1), [VERA, VITO]);
    assert_eq!((world.presence(VITO), world.status(VITO)), (Status::Offline, Status::InCall));
}

#[test]
fn a_private_call_ends_when_one_would_be_left_and_nobody_finishes_it() {
    for (gone, end) in [(VERA, RingEnd::HungUp), (VITO, RingEnd::HungUp), (VITO, RingEnd::Lost)] {
        let mut world = talking();
        world.does(leave_seat(1, gone, end));
        assert_eq!((world.ends(), world.is_over(1)), (vec![(ring(1), end)], true));
        assert_eq!((world.presence(VERA), world.presence(VITO)), (Status::Available, Status::Available));
    }
    let mut world = World::lounge(&[VERA, RIA]);
    world.does(go(RIA, true)).does(ring_up(1, VERA, RIA)).does(accept(1, RIA));
    world.does(take_seat(1, RIA)).at(16_000).does(Command::RingDue { ring: ring(1) });
    assert_eq!((world.ends(), world.status(RIA)), (vec![(ring(1), RingEnd::Lost)], Status::Available));
}

#[test]
fn a_third_is_asked_in_by_any_of_them_and_any_two_go_on() {
    for gone in [VERA, VITO, VUK] {
        let mut world = three();
        assert_eq!((world.talkers(1), world.presence(VUK)), (vec![VERA, VITO, VUK], Status::InCall));
        world.does(leave_seat(1, gone, RingEnd::HungUp));
        assert_eq!((world.parted(), world.ends()), (vec![(gone, RingEnd::HungUp)], vec![]));
        assert_eq!((world.talkers(1).len(), world.presence(gone)), (2, Status::Available));
        let next = world.talkers(1)[0];
        world.does(leave_seat(1, next, RingEnd::Lost));
        assert_eq!(world.ends(), [(ring(1), RingEnd::Lost)]);
    }
}

#[test]
fn a_third_who_does_not_come_or_two_who_are_lost_together_leave_what_is_right() {
    let mut world = talking();
    world.does(ask(2, VERA, VUK, RingPurpose::BringIn)).does(accept(2, VUK));
    world.does(leave_seat(1, VERA, RingEnd::HungUp));
    assert_eq!(world.talkers(1), [VITO, VUK]);
    world.at(16_000).does(Command::RingDue { ring: ring(1) });
    assert_eq!((world.ends(), world.presence(VITO)), (vec![(ring(1), RingEnd::Lost)], Status::Available));
    let mut world = three();
    let lost = Box::new(world.ring(1).clone());
    world.does(Command::End { ring: ring(1), end: RingEnd::Failed }).does(Command::Restore { ring: lost });
    world.at(2_000).does(take_seat(1, VUK)).at(16_000).does(Command::RingDue { ring: ring(1) });
    assert_eq!(
        (world.parted(), world.ends()),
        (vec![(VITO, RingEnd::Lost)], vec![(ring(1), RingEnd::Lost)]),
        "nobody stays alone"
    );
    assert_eq!(world.presence(VUK), Status::Available);
}

#[test]
fn asking_a_third_in_is_refused_for_the_right_reason() {
    let mut world = talking();
    world.refuses(ask(2, VITO, VUK, RingPurpose::Transfer), Rejection::RingUnknown);
    world.refuses(ask(2, VITO, VUK, RingPurpose::Conversation), Rejection::RingUnknown);
    world.refuses(ask(2, RIA, VUK, RingPurpose::BringIn), Rejection::RingUnknown);
    world.refuses(ask(2, VITO, ROB, RingPurpose::BringIn), Rejection::NotAvailable);
    world.refuses(ask(2, VITO, VERA, RingPurpose::BringIn), Rejection::Busy);
    world.does(choose(VUK, Chosen::Unavailable));
    world.refuses(ask(2, VITO, VUK, RingPurpose::BringIn), Rejection::NotAvailable);
    world.does(ask(2, VITO, RIA, RingPurpose::BringIn)).does(choose(VUK, Chosen::Available));
    assert!(world.ring(2).is_private() && world.ring(2).into() == Some(ring(1)));
    world.refuses(ask(3, VERA, VUK, RingPurpose::BringIn), Rejection::Engaged);
    world.does(go(RIA, true)).at(31_000).does(Command::RingDue { ring: ring(2) });
    assert_eq!((world.ends(), world.person(RIA).missed()), (vec![(ring(2), RingEnd::Missed)], false));
    world.does(ask(3, VERA, VUK, RingPurpose::BringIn)).does(decline(3, VUK));
    world.does(ask(4, VERA, VUK, RingPurpose::BringIn)).does(leave_seat(1, VITO, RingEnd::HungUp));
    assert_eq!(world.ends(), [(ring(4), RingEnd::Cancelled), (ring(1), RingEnd::HungUp)]);
    assert_eq!(world.presence(VUK), Status::Available);
}

#[test]
fn a_lost_private_call_is_brought_back_with_two_of_its_three_and_not_with_one() {
    let lost = Box::new(three().ring(1).clone());
    let mut world = World::lounge(&[VERA, VITO, VUK, RIA]);
    world.at(50_000).does(ring_up(5, VERA, RIA)).does(Command::Restore { ring: lost.clone() });
    assert_eq!((world.talkers(1), world.ring(1).next_deadline()), (vec![VITO, VUK], Some(at(65_000))));
    assert_eq!(
        (world.presence(VITO), world.engagement(VERA)),
        (Status::InCall, Engagement::Calling(ring(5)))
    );
    world.ignores(Command::Restore { ring: lost.clone() });
    let mut world = World::lounge(&[VERA, VITO]);
    world.does(ring_up(5, VERA, VITO)).refuses(Command::Restore { ring: lost }, Rejection::RingUnknown);
    let rang = { World::lounge(&[VERA, VITO]).does(ring_up(9, VERA, VITO)).ring(9).clone() };
    world.refuses(Command::Restore { ring: Box::new(rang) }, Rejection::RingUnknown);
}

#[test]
fn whoever_is_in_a_call_of_a_desk_is_seen_so_in_the_lounge_and_not_rung_there() {
    let mut world = World::talking(VERA, RIA, &[VITO]);
    world.does(enter(VERA)).does(enter(RIA)).does(enter(VITO));
    for person in [VERA, RIA] {
        assert_eq!(world.presence(person), Status::InCall);
        world.refuses(ring_up(2, VITO, person), Rejection::Busy);
        world.refuses(ring_up(2, person, VITO), Rejection::Engaged);
    }
    world.does(leave_seat(1, VERA, RingEnd::HungUp));
    assert_eq!((world.presence(VERA), world.presence(RIA)), (Status::Available, Status::WrapUp));
    world.refuses(ring_up(2, VITO, RIA), Rejection::Busy).does(ring_up(2, RIA, VITO));
}

#[test]
fn whoever_is_in_a_private_call_is_not_rung_by_a_desk_nor_served_nor_let_in() {
    let mut world = World::lounge(&[VERA, RIA]);
    world.does(go(RIA, true)).does(ring_up(1, VERA, RIA)).does(accept(1, RIA));
    world.does(take_seat(1, VERA)).does(take_seat(1, RIA)).does(open(VITO, page_of(VITO)));
    assert_eq!(world.status(RIA), Status::InCall);
    world.refuses(call(2, VITO, RIA), Rejection::Busy).refuses(call(2, VERA, RIA), Rejection::Engaged);
    world
        .refuses(queue_up(VERA, CLAIMS), Rejection::Engaged)
        .refuses(attend(MONDAY, VERA), Rejection::Engaged);
    world.refuses(admit(2, MONDAY, RIA), Rejection::Engaged);
    world.does(queue_up(VITO, CLAIMS)).refuses(serve(2, CLAIMS, RIA), Rejection::Busy);
    world.does(leave_seat(1, VERA, RingEnd::HungUp)).does(serve(2, CLAIMS, RIA));
}

#[test]
fn a_desk_and_the_lounge_ring_each_other_into_one_call() {
    let mut world = World::lounge(&[VERA, RIA]);
    world.does(go(RIA, true)).does(call(1, VERA, RIA)).does(ring_up(2, RIA, VERA));
    assert_eq!((world.talkers(1), world.ring(1).is_private()), (vec![VERA, RIA], false));
    assert!(world.is_over(2));
}
