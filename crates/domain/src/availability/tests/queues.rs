//! Queues: order, positions, being served, going back to one's place.

use super::*;

/// Vera, Vito and Vuk wait in this order; nobody is free.
fn waiting() -> World {
    let mut world = World::with(&[VERA, VITO, VUK]);
    for (ms, visitor) in [(1_000, VERA), (2_000, VITO), (3_000, VUK)] {
        world.at(ms).does(queue_up(visitor, CLAIMS));
    }
    world
}

fn comes(world: &mut World, representative: PersonId) -> &mut World {
    world.does(open(representative, page_of(representative))).does(go(representative, true))
}

fn places(world: &World) -> Vec<Option<u32>> {
    let queue = world.documents.queue(CLAIMS).unwrap();
    [VERA, VITO, VUK].map(|one| queue.position(one)).to_vec()
}

#[test]
fn people_wait_in_the_order_of_coming_and_whoever_leaves_moves_the_others_up() {
    let mut world = waiting();
    assert_eq!(places(&world), [Some(1), Some(2), Some(3)]);
    assert_eq!((world.status(VERA), world.engagement(VITO)), (Status::Ringing, Engagement::Waiting(CLAIMS)));
    let version = world.documents.queue(CLAIMS).unwrap().version();
    world.does(Command::LeaveQueue { person: VITO });
    assert_eq!((places(&world), world.status(VITO)), (vec![Some(1), None, Some(2)], Status::Available));
    world.does(lose_line(VERA, 3_500)).at(3_500).does(Command::PersonDue { person: VERA });
    assert_eq!((places(&world), world.documents.person(VERA)), (vec![None, None, Some(1)], None));
    assert_eq!(world.documents.queue(CLAIMS).unwrap().version(), version + 2);
    world.ignores(Command::LeaveQueue { person: VITO });
    world.does(queue_up(VITO, CLAIMS));
    assert_eq!(places(&world), [None, Some(2), Some(1)]);
}

#[test]
fn nobody_waits_twice_or_while_engaged_or_without_a_page_or_in_a_full_queue() {
    let mut world = waiting();
    world
        .refuses(queue_up(VERA, CLAIMS), Rejection::Engaged)
        .refuses(queue_up(VERA, LOANS), Rejection::Engaged);
    world.refuses(queue_up(RAY, CLAIMS), Rejection::NotHere);
    comes(&mut world, RAY).refuses(queue_up(RAY, CLAIMS), Rejection::QueueFull);
    world.does(serve(1, CLAIMS, RAY)).refuses(queue_up(RAY, LOANS), Rejection::Engaged);
    world.refuses(call(2, VITO, RAY), Rejection::Engaged);
}

#[test]
fn guests_of_one_source_do_not_fill_a_queue() {
    let (here, there) = (Some(Source(1)), Some(Source(2)));
    let mut world = World::with(&[VERA, VITO, VUK]);
    world.does(queue_up_from(here, VERA, CLAIMS));
    world.refuses(queue_up_from(here, VITO, CLAIMS), Rejection::QueueFull);
    world.does(queue_up_from(here, VITO, LOANS)).does(queue_up_from(there, VUK, CLAIMS));
    world.does(Command::LeaveQueue { person: VITO });
    // Nobody takes their call: they wait again, and still count where they are.
    comes(&mut world, RAY).does(serve(1, CLAIMS, RAY)).does(decline(1, RAY));
    world.refuses(queue_up_from(here, VITO, CLAIMS), Rejection::QueueFull);
    world.does(queue_up(VITO, CLAIMS));
}

#[test]
fn nobody_new_is_called_for_before_those_who_wait() {
    let mut world = waiting();
    let newcomer = PersonId::from_bits(4);
    world.does(open(newcomer, page_of(newcomer)));
    comes(&mut world, RIA).refuses(call(1, newcomer, RIA), Rejection::Busy);
    // Whom nobody waits for any more is free for others.
    world.does(serve(2, CLAIMS, RIA)).does(Command::Decline { ring: ring(2), person: RIA });
    world.does(Command::LeaveQueue { person: VITO }).does(Command::LeaveQueue { person: VUK });
    world.does(call(3, newcomer, RIA));
}

#[test]
fn a_representative_is_rung_for_whoever_waits_longest() {
    let mut world = waiting();
    comes(&mut world, RIA).at(9_000).does(serve(1, CLAIMS, RIA));
    let it = world.ring(1);
    assert_eq!((it.caller().person, it.callee().person, it.about()), (VERA, RIA, "a dent"));
    assert_eq!((it.next_deadline(), it.visitor().person), (Some(at(9_000 + RING_FOR)), VERA));
    assert_eq!(
        (places(&world), world.engagement(VERA)),
        (vec![None, Some(1), Some(2)], Engagement::Calling(ring(1)))
    );
    world.refuses(serve(2, CLAIMS, RIA), Rejection::Busy);
    world.does(accept(1, RIA));
    assert_eq!(world.talkers(1), [VERA, RIA]);
}

#[test]
fn nobody_is_served_who_does_not_wait_and_by_nobody_who_may_not_be_rung() {
    let mut world = waiting();
    world.refuses(serve(1, CLAIMS, RIA), Rejection::NotAvailable);
    comes(&mut world, RIA).refuses(serve(1, LOANS, RIA), Rejection::NobodyWaits);
    world.does(choose(RIA, Chosen::Away)).refuses(serve(1, CLAIMS, RIA), Rejection::NotAvailable);
    let card = Some(Card { desks: vec![LOANS], ..card_of(RIA) });
    world.does(choose(RIA, Chosen::Available)).does(Command::SetCard { person: RIA, card });
    world.refuses(serve(1, CLAIMS, RIA), Rejection::NotAvailable);
    for person in [VERA, VITO, VUK] {
        world.does(Command::LeaveQueue { person });
    }
    comes(&mut world, ROB).refuses(serve(1, CLAIMS, ROB), Rejection::NobodyWaits);
    assert_eq!(world.documents.queue(CLAIMS).unwrap().next_deadline(), None);
}

#[test]
fn whose_call_was_not_taken_has_their_old_place_and_another_representative_first() {
    for end in [RingEnd::Declined, RingEnd::Missed, RingEnd::CalleeLost] {
        let mut world = waiting();
        comes(&mut world, RIA).does(serve(1, CLAIMS, RIA)).at(33_000);
        match end {
            RingEnd::Declined => world.does(decline(1, RIA)),
            RingEnd::Missed => world.does(Command::RingDue { ring: ring(1) }),
            _ => world.does(lose_line(RIA, 33_000)).does(Command::PersonDue { person: RIA }),
        };
        assert_eq!((world.ends(), places(&world)), (vec![(ring(1), end)], vec![Some(1), Some(2), Some(3)]));
        assert_eq!(world.engagement(VERA), Engagement::Waiting(CLAIMS));
        if end != RingEnd::Declined {
            comes_back(&mut world, RIA);
        }
        world.does(serve(2, CLAIMS, RIA));
        assert_eq!(world.ring(2).caller().person, VITO);
        comes(&mut world, ROB).does(serve(3, CLAIMS, ROB));
        assert_eq!(world.ring(3).caller().person, VERA);
    }
}

fn comes_back(world: &mut World, representative: PersonId) {
    if world.documents.person(representative).is_none() {
        comes(world, representative);
    } else {
        world.does(choose(representative, Chosen::Available));
    }
}

#[test]
fn whoever_is_served_later_comes_back_behind_those_who_came_before() {
    let mut world = waiting();
    for (n, representative) in [(1, RIA), (2, ROB), (3, RAY)] {
        comes(&mut world, representative).does(serve(n, CLAIMS, representative));
    }
    world.does(decline(3, RAY)).does(decline(1, RIA)).does(decline(2, ROB));
    assert_eq!(world.order(CLAIMS), [VERA, VITO, VUK]);
}

#[test]
fn nobody_is_rung_again_too_soon_for_a_visitor_whose_call_they_did_not_take() {
    let mut world = World::with(&[VERA, RIA, ROB]);
    world.does(queue_up(VERA, CLAIMS)).does(serve(1, CLAIMS, RIA)).does(decline(1, RIA));
    world.at(5_000).does(serve(2, CLAIMS, ROB)).does(decline(2, ROB));
    for representative in [RIA, ROB] {
        world.at(20_999).refuses(serve(3, CLAIMS, representative), Rejection::NobodyWaits);
    }
    world.at(21_000).refuses(serve(3, CLAIMS, ROB), Rejection::NobodyWaits);
    world.does(serve(3, CLAIMS, RIA));
}

#[test]
fn whoever_goes_while_being_put_through_waits_no_longer() {
    let end = |end| Command::End { ring: ring(1), end };
    let gone = [lose_line(VERA, 4_000), Command::PersonDue { person: VERA }];
    for commands in [vec![cancel(1, VERA)], vec![end(RingEnd::EndedByAdmin)], gone.to_vec()] {
        let mut world = waiting();
        comes(&mut world, RIA).does(serve(1, CLAIMS, RIA)).at(4_000);
        for command in commands {
            world.does(command);
        }
        assert_eq!((places(&world), world.status(RIA)), (vec![None, Some(1), Some(2)], Status::Available));
        assert!(world.documents.person(VERA).is_none_or(|vera| vera.engagement == Engagement::Free));
    }
    let mut world = waiting();
    comes(&mut world, RIA).does(serve(1, CLAIMS, RIA)).does(end(RingEnd::Failed));
    assert_eq!(places(&world), [Some(1), Some(2), Some(3)]);
}

#[test]
fn a_queue_is_looked_at_again_and_again_however_many_come_and_go() {
    let mut world = World::with(&[VERA, VITO]);
    let look = |world: &World| world.documents.queue(CLAIMS).unwrap().next_deadline();
    world.does(queue_up(VERA, CLAIMS));
    assert_eq!(look(&world), Some(at(6_000)));
    world.at(4_000).does(queue_up(VITO, CLAIMS));
    assert_eq!(look(&world), Some(at(6_000)));
    world.at(6_000).does(Command::QueueDue { desk: CLAIMS });
    assert_eq!((look(&world), places(&world)), (Some(at(11_000)), vec![Some(1), Some(2), None]));
    world.does(Command::LeaveQueue { person: VERA }).does(Command::LeaveQueue { person: VITO });
    assert_eq!(look(&world), None);
    world.ignores(Command::QueueDue { desk: CLAIMS });
}
