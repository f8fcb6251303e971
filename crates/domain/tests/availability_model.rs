//! The machine of availability among several instances, checked over every order of events: each instance loads the
//! documents a command needs, decides, and commits them by compare-and-set; between the two anything may happen, and
//! instances and pages die. It is a model of how documents are used, not of the network or the wire.
//!
//! Versions are not modelled as numbers: an attempt whose documents have moved since it loaded them is one that the
//! compare-and-set refuses. Time passes only where a deadline is fired, at its own moment.

#[path = "availability_model/cast.rs"]
mod cast;
#[path = "availability_model/documents.rs"]
mod documents;
#[path = "availability_model/lounge.rs"]
mod lounge;
#[path = "availability_model/scenes.rs"]
mod scenes;
#[path = "availability_model/settle.rs"]
mod settle;
#[path = "availability_model/world.rs"]
mod world;

use stateright::{Checker, HasDiscoveries, Model, Property};
use visavis_domain::person::Engagement;
use world::{Attempt, Commits, Intent, World};

/// What there is to explore.
#[derive(Clone)]
struct Desk {
    commits: Commits,
    begin: World,
}

#[derive(Clone, Debug, PartialEq)]
enum Action {
    /// An instance does it at once: nothing comes between loading and committing.
    Do(Intent),
    /// An instance loads what this needs, and stalls.
    Load(Intent),
    /// It goes on and commits what it decided; if the documents have moved it loads them anew.
    Commit(usize),
    /// It dies before it commits.
    Crash(usize),
    /// It dies after it committed, before it did what follows for others.
    CrashAfter,
}

impl Model for Desk {
    type State = World;
    type Action = Action;

    fn init_states(&self) -> Vec<World> {
        vec![self.begin.clone()]
    }

    fn actions(&self, world: &World, actions: &mut Vec<Action>) {
        actions.extend((0..world.flight.len()).map(Action::Commit));
        if world.crashes > 0 {
            actions.extend((0..world.flight.len()).map(Action::Crash));
            actions.extend((!world.follow.is_empty()).then_some(Action::CrashAfter));
        }
        let intents = world.intents();
        if world.flight.len() < world.stalls {
            actions.extend(intents.iter().copied().map(Action::Load));
        }
        actions.extend(intents.into_iter().map(Action::Do));
    }

    fn next_state(&self, world: &World, action: Action) -> Option<World> {
        let mut world = world.clone();
        match action {
            Action::Do(intent) => {
                world.spend(&intent);
                if let Some(attempt) = world.load(intent) {
                    world.commit(&attempt, self.commits);
                }
            }
            Action::Load(intent) => {
                world.spend(&intent);
                let attempt = world.load(intent)?;
                world.flight.push(attempt);
                world.flight.sort_unstable_by_key(Attempt::order);
            }
            Action::Commit(at) => {
                let attempt = world.flight.remove(at);
                world.commit(&attempt, self.commits);
            }
            Action::Crash(at) => {
                world.crashes -= 1;
                let lost = world.flight.remove(at);
                world.come_again(&lost.intent);
            }
            Action::CrashAfter => {
                world.crashes -= 1;
                world.follow.clear();
            }
        }
        Some(world)
    }

    fn properties(&self) -> Vec<Property<Self>> {
        vec![
            Property::always(NO_DOUBLE_CALL, |_, world: &World| {
                world.people().all(|one| world.claims(one.id()) <= 1)
            }),
            Property::always(ONE_HOST, |_, world: &World| world.calls_of_the_appointment() <= 1),
            Property::always(ONE_NAME, |_, world: &World| world.names_are_single()),
            Property::always(NO_STRAY_NAME, |_, world: &World| world.lounge_is_whole()),
            Property::always("people and rings agree", |_, world: &World| {
                world.people().all(|one| world.agrees(one))
            }),
            Property::always(NO_RING_WITHOUT_END, |_, world: &World| world.rings_and_queues_are_whole()),
            Property::always(NOBODY_IS_LOST, |_, world: &World| {
                // Whoever stalls goes on or dies first; it is asked then.
                !world.flight.is_empty() || settle::loses_nobody(world)
            }),
            Property::sometimes("two attempts meet", |_, world: &World| {
                world.flight.iter().any(Attempt::is_outrun)
            }),
            Property::sometimes("people talk", |_, world: &World| {
                world.people().filter(|one| matches!(one.engagement(), Engagement::InCall(_))).count() >= 2
            }),
        ]
    }
}

const NO_DOUBLE_CALL: &str = "no double call";
const ONE_HOST: &str = "one call of one appointment";
const ONE_NAME: &str = "no name of two";
const NO_STRAY_NAME: &str = "places, rooms and names agree";
const NO_RING_WITHOUT_END: &str = "no ring without its people or without an end";
const NOBODY_IS_LOST: &str = "nobody is lost";

/// Everything that can be reached; that this is not cut short is what makes it a proof for the scene.
fn explore(begin: World) {
    let checker = Desk { commits: Commits::CompareAndSet, begin }.checker().threads(2).spawn_bfs().join();
    assert!(checker.is_done());
    let states = checker.unique_state_count();
    assert!(states > 10_000, "{states}: hardly anything happens any more");
    checker.assert_properties();
}

#[test]
fn two_who_call_one_representative() {
    explore(scenes::race());
}

#[test]
fn one_who_calls_a_representative_with_two_pages_twice() {
    explore(scenes::pages());
}

#[test]
fn two_who_wait_for_one_representative() {
    explore(scenes::queue());
}

#[test]
fn one_who_waits_for_two_representatives() {
    explore(scenes::served());
}

#[test]
fn two_who_ring_each_other_and_a_colleague_who_takes_over() {
    explore(scenes::colleagues());
}

#[test]
fn two_hosts_who_let_in_one_client_with_two_pages() {
    explore(scenes::appointment());
}

#[test]
fn two_who_want_one_name_and_ring_each_other() {
    explore(scenes::lounge());
}

/// The model can fail: without the compare-and-set it finds what that is there for.
fn finds_blindly(begin: &World, properties: &[&'static str]) {
    for property in properties {
        let desk = Desk { commits: Commits::Blind, begin: begin.clone() };
        let found = HasDiscoveries::AllOf([*property].into());
        let checker = desk.checker().threads(2).finish_when(found).spawn_bfs().join();
        assert!(checker.discovery(property).is_some(), "{property} holds without it");
    }
}

#[test]
fn without_the_compare_and_set_people_have_two_calls_or_are_lost() {
    finds_blindly(&scenes::race(), &[NO_DOUBLE_CALL, NO_RING_WITHOUT_END, NOBODY_IS_LOST]);
}

#[test]
fn without_the_compare_and_set_one_client_has_two_hosts() {
    finds_blindly(&scenes::appointment(), &[NO_DOUBLE_CALL, ONE_HOST, NO_RING_WITHOUT_END]);
}

#[test]
fn without_the_compare_and_set_two_have_one_name() {
    finds_blindly(&scenes::lounge(), &[ONE_NAME, NO_STRAY_NAME, NO_DOUBLE_CALL]);
}
