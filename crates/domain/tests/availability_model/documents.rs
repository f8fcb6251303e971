//! Documents by name: loaded as they are asked for, copied from one map into another, told apart.

use super::world::RULES;
use std::hash::{Hash, Hasher};
use visavis_domain::availability::{Command, Decision, DocumentId, Rejection, Scene, Stop, decide};
use visavis_domain::time::Timestamp;

/// What of the documents decides anything: versions and idle times never do.
pub(crate) fn hash_scene<H: Hasher>(scene: &Scene, state: &mut H) {
    for (id, person) in &scene.people {
        id.hash(state);
        if let Some(one) = person {
            (one.pages(), one.engagement(), one.chosen(), one.online(), one.missed()).hash(state);
            (one.wrap_up_until(), one.seat()).hash(state);
        }
    }
    scene.rings.hash(state);
    for queue in scene.queues.values().flatten() {
        (queue.waiting(), queue.next_deadline()).hash(state);
    }
    for visit in scene.visits.values().flatten() {
        (visit.attendees(), visit.call()).hash(state);
    }
    for gathering in scene.gatherings.values().flatten() {
        (gathering.people(), gathering.told(), gathering.next_deadline()).hash(state);
    }
    scene.names.hash(state);
}

/// What is decided on no more than the documents that are asked for, and which those were.
pub(crate) fn decide_on(
    documents: &Scene,
    at: Timestamp,
    command: &Command,
) -> Result<(Scene, Decision), Rejection> {
    let mut scene = Scene::default();
    loop {
        match decide(&scene, at, RULES, command.clone()) {
            Ok(decision) => return Ok((scene, decision)),
            Err(Stop::Rejected(rejection)) => return Err(rejection),
            Err(Stop::Missing(id)) => copy(documents, &mut scene, id),
        }
    }
}

/// The document of one map into another; what is not there was looked for.
pub(crate) fn copy(from: &Scene, to: &mut Scene, id: DocumentId) {
    match id {
        DocumentId::Person(id) => drop(to.people.insert(id, from.person(id).cloned())),
        DocumentId::Ring(id) => drop(to.rings.insert(id, from.ring(id).cloned())),
        DocumentId::Queue(id) => drop(to.queues.insert(id, from.queue(id).cloned())),
        DocumentId::Visit(id) => drop(to.visits.insert(id, from.visit(id).cloned())),
        DocumentId::Gathering(id) => drop(to.gatherings.insert(id, from.gathering(id).cloned())),
        DocumentId::Name(key) => drop(to.names.insert(key, from.name(key).copied())),
    }
}
