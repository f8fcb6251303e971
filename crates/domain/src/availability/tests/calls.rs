//! Calls: wrapping up, losing people, asking colleagues in, handing over, coming back after live state was lost.

use super::*;

#[test]
fn after_a_call_only_the_representative_finishes_it_for_a_while() {
    let mut world = World::talking(VERA, RIA, &[VITO]);
    world.at(60_000).does(leave_seat(1, VERA, RingEnd::HungUp));
    assert_eq!(world.ends(), [(ring(1), RingEnd::HungUp)]);
    assert_eq!((world.status(VERA), world.status(RIA)), (Status::Available, Status::WrapUp));
    assert_eq!(world.person(RIA).next_deadline(), Some(at(60_000 + WRAP_UP)));
    world.at(69_999).ignores(Command::PersonDue { person: RIA });
    world.at(70_001).does(Command::PersonDue { person: RIA });
    assert_eq!((world.status(RIA), world.person(RIA).idle_since()), (Status::Available, at(70_001)));
    world.ignores(Command::PersonDue { person: RIA }).does(call(2, VITO, RIA));
}

#[test]
fn choosing_ends_the_wrap_up() {
    let mut world = World::talking(VERA, RIA, &[]);
    world.does(leave_seat(1, RIA, RingEnd::HungUp)).at(3_000).does(choose(RIA, Chosen::Available));
    assert_eq!((world.status(RIA), world.person(RIA).wrap_up_until()), (Status::Available, None));
    assert_eq!(world.person(RIA).idle_since(), at(3_000));
}

#[test]
fn nobody_finishes_a_call_who_went_offline_in_it_or_whose_desk_gives_no_time() {
    let mut world = World::talking(VERA, RIA, &[]);
    world.does(go(RIA, false)).does(leave_seat(1, VERA, RingEnd::HungUp));
    assert_eq!((world.status(RIA), world.person(RIA).wrap_up_until()), (Status::Offline, None));
    let mut world = World::with(&[VERA, RIA]);
    let hasty = DeskCard { wrap_up_s: 0, ..desk(CLAIMS) };
    world.does(call_over(1, VERA, RIA, Some(hasty))).does(accept(1, RIA));
    world.does(Command::End { ring: ring(1), end: RingEnd::EndedByAdmin });
    assert_eq!(
        (world.ends(), world.status(RIA)),
        (vec![(ring(1), RingEnd::EndedByAdmin)], Status::Available)
    );
}

#[test]
fn a_call_ends_with_a_seat_in_its_room_and_not_with_the_page() {
    for gone in [VERA, RIA] {
        let mut world = World::talking(VERA, RIA, &[]);
        world.does(lose_line(gone, 9_000)).at(9_000).does(Command::PersonDue { person: gone });
        assert_eq!(
            (world.engagement(gone), world.status(gone)),
            (Engagement::InCall(ring(1)), Status::Offline)
        );
        world.does(leave_seat(1, gone, RingEnd::Lost));
        assert_eq!(world.ends(), [(ring(1), RingEnd::Lost)]);
        assert_eq!(
            world.documents.people.keys().copied().collect::<Vec<_>>(),
            [if gone == VERA { RIA } else { VERA }]
        );
    }
}

#[test]
fn whoever_does_not_come_into_the_room_in_time_is_lost() {
    let mut world = World::with(&[VERA, RIA]);
    world.does(call(1, VERA, RIA)).does(accept(1, RIA)).does(take_seat(1, RIA));
    world.does(lose_line(VERA, 2_000)).at(2_000).does(Command::PersonDue { person: VERA });
    world.at(15_999).ignores(Command::RingDue { ring: ring(1) });
    world.at(16_000).does(Command::RingDue { ring: ring(1) });
    assert_eq!((world.ends(), world.status(RIA)), (vec![(ring(1), RingEnd::Lost)], Status::WrapUp));
    assert_eq!(world.documents.person(VERA), None);
}

#[test]
fn seats_of_an_earlier_call_and_of_strangers_mean_nothing() {
    let mut world = World::talking(VERA, RIA, &[VITO]);
    world.refuses(take_seat(1, VITO), Rejection::RingUnknown);
    world.ignores(Command::Unseat { ring: ring(1), participant: seat(7), end: RingEnd::HungUp });
    world.does(leave_seat(1, VERA, RingEnd::HungUp)).does(choose(RIA, Chosen::Available));
    world.does(call(2, VERA, RIA)).does(accept(2, RIA)).does(take_seat(2, VERA)).does(take_seat(2, RIA));
    world.refuses(take_seat(1, VERA), Rejection::RingUnknown);
    world.ignores(leave_seat(1, VERA, RingEnd::Lost)).ignores(leave_seat(1, RIA, RingEnd::Lost));
    assert_eq!(world.talkers(2), [VERA, RIA]);
}

#[test]
fn a_seat_taken_anew_outlives_the_one_before() {
    let mut world = World::talking(VERA, RIA, &[]);
    world.does(Command::Seat { ring: ring(1), person: VERA, participant: seat(7) });
    world.ignores(leave_seat(1, VERA, RingEnd::Lost));
    world.does(Command::Unseat { ring: ring(1), participant: seat(7), end: RingEnd::HungUp });
    assert!(world.is_over(1));
}

#[test]
fn a_colleague_who_is_brought_in_makes_three_and_any_of_the_staff_may_go() {
    let mut world = World::talking(VERA, RIA, &[ROB]);
    world.does(ask(2, RIA, ROB, RingPurpose::BringIn));
    assert_eq!(
        (world.engagement(ROB), world.engagement(RIA)),
        (Engagement::Called(ring(2)), Engagement::InCall(ring(1)))
    );
    assert_eq!((world.ring(2).into(), world.ring(2).visitor().person), (Some(ring(1)), VERA));
    world.does(accept(2, ROB));
    assert!(matches!(world.told.as_slice(), [Told::Accepted { ring: it, .. }] if it.id() == ring(2)));
    assert_eq!((world.talkers(1), world.is_over(2)), (vec![VERA, RIA, ROB], true));
    world.does(take_seat(1, ROB));
    assert_eq!(world.ring(1).next_deadline(), None);
    world.does(leave_seat(1, RIA, RingEnd::HungUp));
    assert_eq!(world.parted(), [(RIA, RingEnd::HungUp)]);
    assert_eq!((world.talkers(1), world.status(RIA)), (vec![VERA, ROB], Status::WrapUp));
    world.does(leave_seat(1, ROB, RingEnd::HungUp));
    assert_eq!((world.ends(), world.status(VERA)), (vec![(ring(1), RingEnd::HungUp)], Status::Available));
}

#[test]
fn a_call_of_three_ends_with_the_visitor() {
    let mut world = World::talking(VERA, RIA, &[ROB]);
    world.does(ask(2, RIA, ROB, RingPurpose::BringIn)).does(accept(2, ROB)).does(take_seat(1, ROB));
    world.does(leave_seat(1, VERA, RingEnd::HungUp));
    assert_eq!(world.ends(), [(ring(1), RingEnd::HungUp)]);
    assert_eq!((world.status(RIA), world.status(ROB)), (Status::WrapUp, Status::WrapUp));
}

#[test]
fn a_call_is_handed_over_once_the_colleague_has_come() {
    let mut world = World::talking(VERA, RIA, &[ROB]);
    world.does(ask(2, RIA, ROB, RingPurpose::Transfer)).does(accept(2, ROB));
    assert_eq!((world.talkers(1), world.status(RIA)), (vec![VERA, RIA, ROB], Status::InCall));
    world.does(take_seat(1, ROB));
    assert_eq!(world.parted(), [(RIA, RingEnd::Transferred)]);
    assert_eq!((world.talkers(1), world.status(RIA)), (vec![VERA, ROB], Status::WrapUp));
    world.ignores(leave_seat(1, RIA, RingEnd::HungUp));
}

#[test]
fn a_call_stays_with_who_hands_it_over_unless_the_colleague_comes() {
    for end in [RingEnd::Declined, RingEnd::Cancelled, RingEnd::Missed, RingEnd::CalleeLost] {
        let mut world = World::talking(VERA, RIA, &[ROB]);
        world.does(ask(2, RIA, ROB, RingPurpose::Transfer)).at(31_000);
        match end {
            RingEnd::Declined => world.does(decline(2, ROB)),
            RingEnd::Cancelled => world.does(cancel(2, RIA)),
            RingEnd::Missed => world.does(Command::RingDue { ring: ring(2) }),
            _ => world.does(lose_line(ROB, 31_000)).does(Command::PersonDue { person: ROB }),
        };
        assert_eq!((world.ends(), world.talkers(1)), (vec![(ring(2), end)], vec![VERA, RIA]));
        assert!(world.documents.person(ROB).is_none_or(|rob| rob.engagement == Engagement::Free));
        world.does(open(RAY, page_of(RAY))).does(go(RAY, true)).does(ask(3, RIA, RAY, RingPurpose::Transfer));
    }
    let mut world = World::talking(VERA, RIA, &[ROB]);
    world.does(ask(2, RIA, ROB, RingPurpose::Transfer)).does(accept(2, ROB));
    world.at(16_000).does(Command::RingDue { ring: ring(1) });
    assert_eq!((world.parted(), world.talkers(1)), (vec![(ROB, RingEnd::Lost)], vec![VERA, RIA]));
    assert_eq!((world.status(ROB), world.ring(1).next_deadline()), (Status::WrapUp, None));
}

#[test]
fn who_hands_over_may_go_before_the_colleague_comes() {
    let mut world = World::talking(VERA, RIA, &[ROB]);
    world.does(ask(2, RIA, ROB, RingPurpose::Transfer)).does(accept(2, ROB));
    world.does(leave_seat(1, RIA, RingEnd::HungUp));
    assert_eq!(world.talkers(1), [VERA, ROB]);
    world.does(take_seat(1, ROB));
    assert_eq!((world.talkers(1), world.parted()), (vec![VERA, ROB], vec![]));
}

#[test]
fn asking_ends_with_whoever_asks_and_with_the_call() {
    let mut world = World::talking(VERA, RIA, &[ROB, RAY]);
    world.does(ask(2, RIA, ROB, RingPurpose::BringIn)).does(accept(2, ROB)).does(take_seat(1, ROB));
    world.does(ask(3, RIA, RAY, RingPurpose::BringIn)).does(leave_seat(1, RIA, RingEnd::HungUp));
    assert_eq!(
        (world.ends(), world.parted()),
        (vec![(ring(3), RingEnd::Cancelled)], vec![(RIA, RingEnd::HungUp)])
    );
    assert_eq!((world.status(RAY), world.talkers(1)), (Status::Available, vec![VERA, ROB]));
    world.does(ask(4, ROB, RAY, RingPurpose::Transfer)).does(leave_seat(1, VERA, RingEnd::HungUp));
    assert_eq!(world.ends(), [(ring(4), RingEnd::Cancelled), (ring(1), RingEnd::HungUp)]);
    assert_eq!((world.status(RAY), world.person(RAY).missed()), (Status::Available, false));
    world.refuses(accept(4, RAY), Rejection::RingUnknown);
}

#[test]
fn only_staff_of_the_call_ask_and_only_colleagues_who_are_free_one_at_a_time() {
    let mut world = World::talking(VERA, RIA, &[VITO, ROB, RAY]);
    world.refuses(ask(2, VERA, ROB, RingPurpose::BringIn), Rejection::RingUnknown);
    world.refuses(ask(2, ROB, RAY, RingPurpose::BringIn), Rejection::RingUnknown);
    world.refuses(ask(2, RIA, ROB, RingPurpose::Desk), Rejection::RingUnknown);
    world.refuses(ask(2, VUK, ROB, RingPurpose::BringIn), Rejection::NotHere);
    world.refuses(ask(2, RIA, VITO, RingPurpose::BringIn), Rejection::NotAvailable);
    world.refuses(ask(2, RIA, VERA, RingPurpose::BringIn), Rejection::Busy);
    world.refuses(ask(2, RIA, RIA, RingPurpose::Transfer), Rejection::Busy);
    world.does(choose(ROB, Chosen::Away));
    world.refuses(ask(2, RIA, ROB, RingPurpose::BringIn), Rejection::NotAvailable);
    world.does(choose(ROB, Chosen::Available)).does(ask(2, RIA, ROB, RingPurpose::BringIn));
    world.refuses(ask(3, RIA, RAY, RingPurpose::BringIn), Rejection::Engaged);
    world.does(cancel(2, RIA)).does(ask(3, RIA, RAY, RingPurpose::BringIn));
}

#[test]
fn nobody_who_is_asked_into_a_call_answers_it_by_calling() {
    let mut world = World::talking(VERA, RIA, &[ROB]);
    world.does(ask(2, RIA, ROB, RingPurpose::BringIn));
    world.refuses(call(3, ROB, RIA), Rejection::Engaged);
}

#[test]
fn a_call_that_live_state_has_lost_is_brought_back_once_and_its_people_waited_for() {
    let lost = Box::new(World::talking(VERA, RIA, &[]).ring(1).clone());
    let mut world = World::new();
    world.at(50_000).does(open(VERA, page_of(VERA))).does(Command::Restore { ring: lost.clone() });
    assert_eq!((world.talkers(1), world.ring(1).next_deadline()), (vec![VERA, RIA], Some(at(65_000))));
    assert_eq!((world.status(VERA), world.status(RIA)), (Status::InCall, Status::Offline));
    world.at(51_000).ignores(Command::Restore { ring: lost });
    world.does(open(RIA, page_of(RIA))).does(take_seat(1, VERA));
    world.at(65_000).does(Command::RingDue { ring: ring(1) });
    assert_eq!((world.ends(), world.status(RIA)), (vec![(ring(1), RingEnd::Lost)], Status::Offline));
}

#[test]
fn a_lost_call_is_not_brought_back_with_people_who_are_engaged_otherwise() {
    let two = Box::new(World::talking(VERA, RIA, &[]).ring(1).clone());
    let mut three = World::talking(VERA, RIA, &[ROB]);
    three.does(ask(2, RIA, ROB, RingPurpose::BringIn)).does(accept(2, ROB)).does(take_seat(1, ROB));
    let three = Box::new(three.ring(1).clone());
    let mut world = World::with(&[VERA, VITO, RIA, ROB]);
    world.does(call(5, VITO, RIA)).refuses(Command::Restore { ring: two }, Rejection::RingUnknown);
    world.does(Command::Restore { ring: three.clone() });
    assert_eq!((world.talkers(1), world.engagement(RIA)), (vec![VERA, ROB], Engagement::Called(ring(5))));
    let mut world = World::with(&[VERA, RIA, ROB]);
    world.does(queue_up(VERA, LOANS)).refuses(Command::Restore { ring: three }, Rejection::RingUnknown);
    let rang = { World::with(&[VERA, RIA]).does(call(9, VERA, RIA)).ring(9).clone() };
    World::new().refuses(Command::Restore { ring: Box::new(rang) }, Rejection::RingUnknown);
}
