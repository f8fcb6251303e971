//! Rings: claims on two people at once, every way they end, and who may do what to them.

use super::*;

#[test]
fn a_call_claims_both_and_ends_at_its_time_unless_somebody_answers() {
    let mut world = World::with(&[VERA, RIA]);
    world.does(call(1, VERA, RIA));
    assert_eq!(world.told, [Told::Started { ring: ring(1) }]);
    assert_eq!(world.engagement(VERA), Engagement::Calling(ring(1)));
    assert_eq!(world.engagement(RIA), Engagement::Called(ring(1)));
    assert_eq!((world.status(VERA), world.status(RIA)), (Status::Ringing, Status::Ringing));
    let it = world.ring(1);
    assert_eq!((it.next_deadline(), it.about()), (Some(at(1_000 + RING_FOR)), "a dent"));
    assert_eq!((it.visitor().person, it.purpose(), it.into()), (VERA, RingPurpose::Desk, None));
}

#[test]
fn whoever_is_not_available_is_not_rung_and_neither_is_claimed() {
    let mut world = World::talking(VITO, ROB, &[VERA, RIA, RAY]);
    world.refuses(call(2, VERA, VERA), Rejection::NotAvailable);
    world.refuses(call(2, VERA, PersonId::from_bits(99)), Rejection::NotAvailable);
    world.refuses(call(2, PersonId::from_bits(99), RIA), Rejection::NotHere);
    world.refuses(call(2, VERA, ROB), Rejection::Busy);
    world.refuses(call(2, VITO, RIA), Rejection::Engaged);
    for chosen in [Chosen::Away, Chosen::Unavailable] {
        world.does(choose(RIA, chosen)).refuses(call(2, VERA, RIA), Rejection::NotAvailable);
    }
    world.does(choose(RIA, Chosen::Available)).does(go(RIA, false));
    world.refuses(call(2, VERA, RIA), Rejection::NotAvailable);
    world.does(go(RIA, true)).does(call(2, VERA, RIA));
    world.refuses(call(3, RAY, RIA), Rejection::Busy).refuses(call(3, RAY, VERA), Rejection::Busy);
    world.does(leave_seat(1, VITO, RingEnd::HungUp)).refuses(call(3, RAY, ROB), Rejection::Busy);
    assert_eq!(world.status(ROB), Status::WrapUp);
}

#[test]
fn a_desk_rings_its_own_representatives_only() {
    let mut world = World::with(&[VERA, VITO, RIA]);
    let elsewhere = desk(DeskId::from_bits(23));
    world.refuses(call_over(1, VERA, RIA, Some(elsewhere)), Rejection::NotAvailable);
    world.refuses(call(1, VERA, VITO), Rejection::NotAvailable);
}

#[test]
fn of_many_who_call_one_exactly_one_rings() {
    let visitors: Vec<_> = (1_000..1_050).map(PersonId::from_bits).collect();
    let mut world = World::with(&[RIA]);
    for visitor in &visitors {
        world.does(Command::Open { person: *visitor, session: page_of(*visitor), card: None });
    }
    let outcomes: Vec<_> =
        visitors.iter().map(|one| world.tries(call(one.bits(), *one, RIA)).err()).collect();
    assert_eq!(outcomes.iter().filter(|refused| refused.is_none()).count(), 1);
    assert_eq!(outcomes.iter().filter(|refused| **refused == Some(Rejection::Busy)).count(), 49);
    assert_eq!(world.documents.rings.len(), 1);
}

#[test]
fn two_who_ring_each_other_have_one_call() {
    for (first, second) in [(VERA, RIA), (RIA, ROB), (ROB, RIA)] {
        let mut world = World::with(&[VERA, RIA, ROB]);
        world.does(call(1, first, second)).at(1_200).does(call(2, second, first));
        assert_eq!((world.status(first), world.status(second)), (Status::InCall, Status::InCall));
        assert_eq!((world.ring(1).accepted_at(), world.talkers(1)), (Some(at(1_200)), vec![first, second]));
        assert!(world.is_over(2));
        assert!(matches!(world.told.as_slice(), [Told::Accepted { .. }]));
        world.refuses(call(3, first, second), Rejection::Engaged);
        world.refuses(call(3, second, first), Rejection::Engaged);
    }
}

#[test]
fn somebody_rung_by_another_has_no_call_of_their_own() {
    let mut world = World::with(&[VERA, VITO, RIA]);
    world.does(call(1, VERA, RIA)).refuses(call(2, RIA, VITO), Rejection::Engaged);
}

#[test]
fn accepting_waits_for_both_to_come_into_the_room() {
    let mut world = World::with(&[VERA, RIA]);
    world.does(call(1, VERA, RIA)).at(4_000).does(accept(1, RIA));
    let it = world.ring(1);
    assert_eq!((it.accepted_at(), it.next_deadline()), (Some(at(4_000)), Some(at(19_000))));
    assert_eq!(world.told, [Told::Accepted { ring: Box::new(it.clone()), at: at(4_000) }]);
    world.does(take_seat(1, VERA));
    assert_eq!(world.ring(1).next_deadline(), Some(at(19_000)));
    world.does(take_seat(1, RIA));
    assert_eq!(world.ring(1).next_deadline(), None);
    for person in [VERA, RIA] {
        assert_eq!(world.engagement(person), Engagement::InCall(ring(1)));
        assert_eq!(world.ring(1).talker(person).unwrap().participant, Some(seat(100 + person.bits())));
    }
}

#[test]
fn only_the_one_rung_accepts_or_declines_and_only_the_one_who_rang_cancels() {
    let mut world = World::with(&[VERA, VITO, RIA, ROB]);
    world.does(call(1, VERA, RIA));
    for stranger in [VERA, VITO, ROB] {
        world.refuses(accept(1, stranger), Rejection::RingUnknown);
        world.refuses(decline(1, stranger), Rejection::RingUnknown);
    }
    for stranger in [RIA, VITO, ROB] {
        world.refuses(cancel(1, stranger), Rejection::RingUnknown);
    }
    world.refuses(accept(7, RIA), Rejection::RingUnknown);
}

#[test]
fn nothing_is_done_to_a_ring_that_was_accepted_or_has_ended() {
    let mut world = World::with(&[VERA, RIA]);
    world.does(call(1, VERA, RIA)).does(accept(1, RIA));
    let again = [accept(1, RIA), decline(1, RIA), cancel(1, VERA)];
    for command in again.clone() {
        world.refuses(command, Rejection::RingUnknown);
    }
    world.does(Command::End { ring: ring(1), end: RingEnd::EndedByAdmin });
    for command in again.into_iter().chain([Command::End { ring: ring(1), end: RingEnd::EndedByAdmin }]) {
        world.refuses(command, Rejection::RingUnknown);
    }
}

#[test]
fn every_end_of_a_ring_frees_both_and_is_told_once() {
    let due = Command::RingDue { ring: ring(1) };
    let gone = |person| [lose_line(person, 31_000), Command::PersonDue { person }];
    let over = |end| Command::End { ring: ring(1), end };
    for (end, commands) in [
        (RingEnd::Declined, vec![decline(1, RIA)]),
        (RingEnd::Cancelled, vec![cancel(1, VERA)]),
        (RingEnd::Missed, vec![due]),
        (RingEnd::CallerLost, gone(VERA).to_vec()),
        (RingEnd::CalleeLost, gone(RIA).to_vec()),
        (RingEnd::EndedByAdmin, vec![over(RingEnd::EndedByAdmin)]),
        (RingEnd::Failed, vec![over(RingEnd::Failed)]),
    ] {
        let mut world = World::with(&[VERA, RIA]);
        world.does(call(1, VERA, RIA));
        let rang = world.ring(1).clone();
        world.at(31_000);
        for command in commands {
            world.does(command);
        }
        assert_eq!(world.told, [Told::Ended { ring: Box::new(rang), end }]);
        assert!(world.is_over(1));
        for person in [VERA, RIA] {
            let freed = world.documents.person(person).is_none_or(|one| one.engagement == Engagement::Free);
            assert!(freed, "{end:?}");
        }
        assert_eq!(world.documents.person(RIA).is_some_and(Person::missed), end == RingEnd::Missed);
        assert_eq!(world.documents.person(VERA).is_none(), end == RingEnd::CallerLost);
        assert_eq!(world.documents.person(RIA).is_none(), end == RingEnd::CalleeLost);
    }
}

#[test]
fn whoever_declines_stays_available_and_is_the_last_to_be_rung_next() {
    let mut world = World::with(&[VERA, RIA]);
    world.does(call(1, VERA, RIA)).at(5_000).does(decline(1, RIA));
    assert_eq!((world.status(RIA), world.person(RIA).idle_since()), (Status::Available, at(5_000)));
    world.does(call(2, VERA, RIA));
}

#[test]
fn whoever_misses_a_ring_is_away_until_they_say_that_they_are_back() {
    let mut world = World::with(&[VERA, RIA]);
    world.does(call(1, VERA, RIA)).at(30_999).ignores(Command::RingDue { ring: ring(1) });
    world.at(31_000).does(Command::RingDue { ring: ring(1) });
    assert_eq!((world.status(RIA), world.person(RIA).missed()), (Status::Away, true));
    world.ignores(Command::RingDue { ring: ring(1) });
    world.refuses(call(2, VERA, RIA), Rejection::NotAvailable);
    world.at(40_000).does(choose(RIA, Chosen::Available));
    assert_eq!((world.status(RIA), world.person(RIA).missed()), (Status::Available, false));
    assert_eq!(world.person(RIA).idle_since(), at(40_000));
}

#[test]
fn a_choice_made_while_it_rang_is_not_overwritten_by_missing_it() {
    let mut world = World::with(&[VERA, RIA]);
    world.does(call(1, VERA, RIA)).does(choose(RIA, Chosen::Unavailable));
    assert_eq!(world.status(RIA), Status::Ringing);
    world.at(31_000).does(Command::RingDue { ring: ring(1) });
    assert_eq!((world.status(RIA), world.person(RIA).missed()), (Status::Unavailable, false));
}

#[test]
fn an_old_end_frees_nobody_who_is_in_a_new_ring() {
    let mut world = World::with(&[VERA, VITO, RIA]);
    world.does(call(1, VERA, RIA)).does(cancel(1, VERA)).does(call(2, VITO, RIA));
    world.at(31_000).ignores(Command::RingDue { ring: ring(1) });
    world.refuses(cancel(1, VERA), Rejection::RingUnknown);
    assert_eq!(world.engagement(RIA), Engagement::Called(ring(2)));
}
