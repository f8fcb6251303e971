//! What happened, by two scenes and what is told between them: rings, calls, queues, visits of appointments. What is
//! between people of the lounge is nobody else's business.

use super::{EventKind, Facts, Happened, QueueFacts, RingFacts, Subject, VisitFacts, VisitRole};
use crate::availability::{DocumentId, Scene, Told};
use crate::ids::{AppointmentId, DeskId, PersonId};
use crate::queue::{Queue, Waiting};
use crate::ring::{Ring, RingEnd, RingPurpose};
use crate::time::Timestamp;
use crate::visit::{Visit, VisitCard};
use std::collections::BTreeSet;

/// What happened, in order, when one scene became the other.
#[must_use]
pub fn people_changed(
    before: &Scene,
    after: &Scene,
    changed: &BTreeSet<DocumentId>,
    told: &[Told],
    now: Timestamp,
) -> Vec<Happened> {
    let mut happened = Vec::new();
    for one in told {
        match one {
            Told::Started { ring } => {
                happened
                    .extend(after.ring(*ring).map(|ring| of_ring(EventKind::RingStarted, ring, None, now)));
            }
            Told::Accepted { ring, at } => {
                // Nobody is rung for an appointment.
                if ring.purpose() != RingPurpose::Appointment {
                    happened.push(of_ring(EventKind::RingAccepted, ring, None, *at));
                }
                if ring.into.is_none() {
                    happened.push(of_ring(EventKind::CallStarted, ring, None, *at));
                }
            }
            Told::Ended { ring, end } => {
                let kind = if ring.rings() { not_accepted(*end) } else { EventKind::CallEnded };
                happened.push(of_ring(kind, ring, Some(*end), now));
            }
            Told::Parted { .. } => {}
        }
    }
    happened.retain(|one| !matches!(one.facts, Facts::Ring(RingFacts { desk: None, appointment: None, .. })));
    for id in changed {
        match id {
            DocumentId::Queue(id) => {
                happened.extend(queue_changed(*id, before.queue(*id), after.queue(*id), (after, told), now));
            }
            DocumentId::Visit(id) => {
                happened.extend(visit_changed(*id, before.visit(*id), after.visit(*id), now));
            }
            DocumentId::Person(_) | DocumentId::Ring(_) | DocumentId::Gathering(_) | DocumentId::Name(_) => {}
        }
    }
    happened
}

/// What happened to a ring that live state has lost, by its history.
#[must_use]
pub fn call_lost(facts: RingFacts, now: Timestamp) -> Happened {
    let kind = if facts.accepted_at.is_some() { EventKind::CallEnded } else { EventKind::RingCancelled };
    let subject = Subject::Ring(facts.ring);
    let facts = Facts::Ring(RingFacts { end: Some(RingEnd::Interrupted), ..facts });
    Happened { kind, subject, at: now, facts }
}

fn of_ring(kind: EventKind, ring: &Ring, end: Option<RingEnd>, at: Timestamp) -> Happened {
    let facts = RingFacts {
        ring: ring.id(),
        purpose: ring.purpose(),
        desk: ring.desk().map(|desk| desk.id),
        appointment: ring.appointment().map(|card| card.appointment),
        into: ring.into,
        visitor: ring.visitor().person,
        representative: ring.callee().person,
        started_at: ring.started_at(),
        accepted_at: ring.accepted_at(),
        end,
    };
    Happened { kind, subject: Subject::Ring(ring.id()), at, facts: Facts::Ring(facts) }
}

fn not_accepted(end: RingEnd) -> EventKind {
    match end {
        RingEnd::Declined => EventKind::RingDeclined,
        RingEnd::Missed | RingEnd::CalleeLost => EventKind::RingMissed,
        RingEnd::Cancelled
        | RingEnd::CallerLost
        | RingEnd::Failed
        | RingEnd::HungUp
        | RingEnd::Lost
        | RingEnd::Transferred
        | RingEnd::EndedByAdmin
        | RingEnd::Interrupted
        | RingEnd::Held
        | RingEnd::Closed => EventKind::RingCancelled,
    }
}

fn queue_changed(
    desk: DeskId,
    before: Option<&Queue>,
    after: Option<&Queue>,
    (scene, told): (&Scene, &[Told]),
    now: Timestamp,
) -> Vec<Happened> {
    let people = |queue: Option<&Queue>| queue.map(Queue::waiting).unwrap_or_default().to_vec();
    let (was, is) = (people(before), people(after));
    let among =
        |one: &Waiting, all: &[Waiting]| all.iter().any(|other| other.party.person == one.party.person);
    let rung = |visitor: PersonId| {
        let rings = told.iter().filter_map(|one| match one {
            Told::Started { ring } => scene.ring(*ring),
            _ => None,
        });
        rings.filter(|ring| ring.into.is_none()).find(|ring| ring.caller().person == visitor).map(Ring::id)
    };
    let waiting = u32::try_from(is.len()).unwrap_or(u32::MAX);
    let event = |kind, one: &Waiting, ring| {
        let (visitor, since) = (one.party.person, one.since);
        let facts = Facts::Queue(QueueFacts { desk, visitor, since, waiting, ring });
        Happened { kind, subject: Subject::Desk(desk), at: now, facts }
    };
    let left = was.iter().filter(|one| !among(one, &is));
    let left = left.map(|one| event(EventKind::QueueLeft, one, rung(one.party.person)));
    let joined = is.iter().filter(|one| !among(one, &was));
    let joined = joined.map(|one| event(EventKind::QueueJoined, one, None));
    left.chain(joined).collect()
}

fn visit_changed(
    id: AppointmentId,
    before: Option<&Visit>,
    after: Option<&Visit>,
    now: Timestamp,
) -> Vec<Happened> {
    let Some(card) = after.or(before).map(Visit::card) else { return Vec::new() };
    let people = |visit: Option<&Visit>| -> BTreeSet<PersonId> {
        let attendees = visit.map(Visit::attendees).unwrap_or_default();
        attendees.iter().map(|one| one.party.person).collect()
    };
    let call = |visit: Option<&Visit>| visit.and_then(Visit::call).cloned();
    let ((was, is), (had, has)) = ((people(before), people(after)), (call(before), call(after)));
    let event = |kind, person, role, ring| {
        let VisitCard { professional, desk, .. } = *card;
        let facts = Facts::Visit(VisitFacts { appointment: id, professional, desk, person, role, ring });
        Happened { kind, subject: Subject::Appointment(id), at: now, facts }
    };
    let role = |person| if person == card.client.person { VisitRole::Client } else { VisitRole::Guest };
    let waits = |kind| move |person: &PersonId| (kind, *person);
    let mut happened = Vec::new();
    let same_call = had.as_ref().map(|(ring, _)| *ring) == has.as_ref().map(|(ring, _)| *ring);
    if let Some((ring, staff)) = had.filter(|_| !same_call) {
        happened.push(event(EventKind::AppointmentEnded, staff.person, VisitRole::Staff, Some(ring)));
    }
    // Whoever waited when it was taken went in.
    let gone = was.difference(&is).filter(|_| same_call).map(waits(EventKind::AppointmentLeft));
    let come = is.difference(&was).map(waits(EventKind::AppointmentWaiting));
    happened.extend(gone.chain(come).map(|(kind, person)| event(kind, person, role(person), None)));
    if let Some((ring, staff)) = has.filter(|_| !same_call) {
        happened.push(event(EventKind::AppointmentTaken, staff.person, VisitRole::Staff, Some(ring)));
    }
    happened
}
