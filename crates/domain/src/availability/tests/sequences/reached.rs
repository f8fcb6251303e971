//! What the moves reach, so that nobody believes a property over moves that do nothing.

use super::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;

/// Runs of many moves: `watch` is told of each move what there was before.
fn many(mut watch: impl FnMut(&Run, Move, &Scene)) {
    let mut runner = TestRunner::deterministic();
    let strategy = prop::collection::vec(any_move(), 120);
    for _ in 0..200 {
        let mut run = Run::new();
        for next in strategy.new_tree(&mut runner).expect("moves can be drawn").current() {
            let before = run.world.documents.clone();
            run.step(next);
            watch(&run, next, &before);
        }
    }
}

#[test]
fn the_moves_reach_calls_of_three_transfers_and_people_put_back_into_queues() {
    let (mut threes, mut handed_over, mut put_back, mut glares) = (0, 0, 0, 0);
    many(|run, next, before| {
        let after = &run.world.documents;
        threes += usize::from(after.rings.values().flatten().any(|one| one.talkers().len() == 3));
        handed_over += run.world.parted().iter().filter(|(_, end)| *end == RingEnd::Transferred).count();
        let again = |one: &crate::queue::Waiting| !one.not_before.is_empty();
        put_back +=
            usize::from(after.queues.values().flatten().any(|queue| queue.waiting().iter().any(again)));
        glares += usize::from(matches!(next.what, What::Call) && calls(before) < calls(after));
    });

    let reached = [threes, handed_over, put_back, glares];
    assert!(reached.iter().all(|times| *times > 0), "{reached:?}");
}

fn calls(scene: &Scene) -> usize {
    scene.rings.values().flatten().filter(|one| !one.rings()).count()
}

#[test]
fn the_moves_reach_appointments_that_are_held_joined_late_handed_over_and_brought_back() {
    let (mut threes, mut recalled, mut late, mut first, mut handed_over, mut back) = (0, 0, 0, 0, 0, 0);
    many(|run, next, before| {
        let after = &run.world.documents;
        let (was, is) = (meetings(before), meetings(after));
        let begun: Vec<_> = is.keys().filter(|ring| !was.contains_key(ring)).collect();
        let held = before.visits.values().flatten().flat_map(Visit::attendees).any(|one| one.held);
        match next.what {
            What::Admit => {
                let sizes: Vec<_> = begun.iter().map(|ring| size(after, **ring)).collect();
                recalled += usize::from(held && sizes.iter().any(|size| *size > 1));
                threes += sizes.iter().filter(|size| **size > 2).count();
                first += sizes.iter().filter(|size| **size == 1).count();
            }
            What::Restore => back += begun.len(),
            What::Attend => {
                late += is.keys().filter(|ring| size(after, **ring) > size(before, **ring)).count();
            }
            _ => {
                let other = |(ring, host): &(&RingId, &Party)| was.get(ring).is_some_and(|was| was != *host);
                handed_over += is.iter().filter(other).count();
            }
        }
    });

    let reached = [threes, recalled, late, first, handed_over, back];
    assert!(reached.iter().all(|times| *times > 0), "{reached:?}");
}

/// The calls of appointments, and their hosts.
fn meetings(scene: &Scene) -> BTreeMap<RingId, Party> {
    scene.visits.values().flatten().filter_map(|visit| visit.call().cloned()).collect()
}

fn size(scene: &Scene, ring: RingId) -> usize {
    scene.ring(ring).map_or(0, |ring| ring.talkers().len())
}

#[test]
fn the_moves_reach_the_lounge_its_refusals_its_talks_and_its_calls() {
    let mut places = [0; 5];
    let mut refused = [0; 4];
    let mut calls = [0; 5];
    many(|run, next, before| {
        let after = &run.world.documents;
        for (was, is) in PEOPLE.map(|one| (seat_in(before, one), seat_in(after, one))) {
            if let (Some(was), Some(is)) = (was, is) {
                places[0] += usize::from(was.session != is.session);
                places[1] += usize::from(was.room != is.room);
                places[2] += usize::from(was.name != is.name);
                places[3] += usize::from(was.talks.len() > is.talks.len());
            }
            places[4] += usize::from(was.is_some() && is.is_none() && matches!(next.what, What::FireAll));
        }
        let taken = [Rejection::NameTaken, Rejection::InUse, Rejection::LoungeRoomFull, Rejection::NotHere];
        for (times, rejection) in refused.iter_mut().zip(taken) {
            *times += run.refused.iter().filter(|one| **one == rejection).count();
        }
        let (was, is) = (private(before), private(after));
        calls[0] += is.values().filter(|talkers| **talkers == 0).count();
        calls[1] += is.values().filter(|talkers| **talkers == 3).count();
        let more = is.iter().filter(|(id, talkers)| **talkers > 0 && was.get(id).is_none_or(|was| *was == 0));
        match next.what {
            What::RingUp => calls[2] += more.count(),
            What::Restore => calls[3] += more.count(),
            _ => calls[4] += more.count(),
        }
    });
    assert!(
        places.iter().chain(&refused).chain(&calls).all(|times| *times > 0),
        "{places:?} {refused:?} {calls:?}"
    );
}

fn seat_in(scene: &Scene, person: PersonId) -> Option<&LoungeSeat> {
    scene.person(person).and_then(Person::seat)
}

/// Private rings and calls, and how many talk in them.
fn private(scene: &Scene) -> BTreeMap<RingId, usize> {
    let rings = scene.rings.values().flatten().filter(|ring| ring.is_private() && Ring::into(ring).is_none());
    rings.map(|ring| (ring.id(), ring.talkers().len())).collect()
}
