//! What becomes of a world in which nobody does anything any more: every instance dies now and others take over,
//! nobody answers, and time fires the deadlines. Then nobody may be left with nobody.

use super::cast::may_serve;
use super::documents::{copy, decide_on};
use super::world::{NOW, World};
use visavis_domain::availability::{Command, DocumentId, Scene};
use visavis_domain::ids::RingId;
use visavis_domain::lounge::Gathering;
use visavis_domain::person::{Engagement, Person};
use visavis_domain::queue::Queue;
use visavis_domain::ring::{Ring, RingEnd, Side};
use visavis_domain::time::Timestamp;

/// More than the longest way: each round ends a ring, a page, a wrap-up, or looks at a queue in which somebody waits
/// for a representative whom they are not to be given yet.
const ROUNDS: usize = 100;

pub(crate) fn loses_nobody(world: &World) -> bool {
    let mut later = Later { documents: world.documents().clone(), now: NOW, rings: 0 };
    for _ in 0..ROUNDS {
        later.rooms_let_go();
        let Some((at, id)) = later.next() else { return later.nobody_is_alone() };
        later.now = later.now.max(at);
        if !later.fire(id) {
            return false;
        }
    }
    false
}

struct Later {
    documents: Scene,
    now: Timestamp,
    rings: u128,
}

impl Later {
    /// The next deadline, unless all that is left is people who wait with nobody there to be rung for them.
    fn next(&self) -> Option<(Timestamp, DocumentId)> {
        let people = self.documents.people.values().flatten();
        let people = people.filter_map(|one| Some((one.next_deadline()?, DocumentId::Person(one.id()))));
        let rings = self.documents.rings.values().flatten();
        let rings = rings.filter_map(|one| Some((one.next_deadline()?, DocumentId::Ring(one.id()))));
        let somebody_free = self.documents.people.values().flatten().any(may_serve);
        let queues = self.documents.queues.iter().filter(|_| somebody_free);
        let queues = queues.filter_map(|(id, queue)| {
            Some((queue.as_ref().and_then(Queue::next_deadline)?, DocumentId::Queue(*id)))
        });
        let rooms = self.documents.gatherings.iter();
        let rooms = rooms.filter_map(|(id, gathering)| {
            Some((gathering.as_ref().and_then(Gathering::next_deadline)?, DocumentId::Gathering(*id)))
        });
        people.chain(rings).chain(queues).chain(rooms).min()
    }

    /// False if it is due afterwards still, or somebody waits whom a free representative could be rung for.
    fn fire(&mut self, id: DocumentId) -> bool {
        match id {
            DocumentId::Person(person) => {
                self.act(&Command::PersonDue { person });
                self.documents
                    .person(person)
                    .and_then(Person::next_deadline)
                    .is_none_or(|next| next > self.now)
            }
            DocumentId::Ring(ring) => {
                self.act(&Command::RingDue { ring });
                self.documents.ring(ring).and_then(Ring::next_deadline).is_none_or(|next| next > self.now)
            }
            DocumentId::Queue(desk) => {
                self.act(&Command::QueueDue { desk });
                let free: Vec<_> =
                    self.documents.people.values().flatten().filter(|one| may_serve(one)).collect();
                for representative in free.into_iter().map(Person::id).collect::<Vec<_>>() {
                    self.rings += 1;
                    let ring = RingId::from_bits(1_000 + self.rings);
                    self.act(&Command::Serve { desk, representative, ring });
                }
                let queue = self.documents.queue(desk);
                let mut free = self.documents.people.values().flatten().filter(|one| may_serve(one));
                !free.any(|one| queue.is_some_and(|queue| queue.next_for(one.id(), self.now).is_some()))
            }
            DocumentId::Gathering(room) => {
                self.act(&Command::GatheringDue { room });
                let gathering = self.documents.gathering(room);
                gathering.and_then(Gathering::next_deadline).is_none_or(|next| next > self.now)
            }
            // Time alone changes nothing about a visit or a name: they have no deadline.
            DocumentId::Visit(_) | DocumentId::Name(_) => false,
        }
    }

    /// Seats of people without a page end with their room's own deadlines.
    fn rooms_let_go(&mut self) {
        let gone = |one: &Person| one.pages().is_empty();
        let talkers = self.documents.rings.values().flatten().flat_map(|ring| {
            let seated = ring.talkers().iter().filter_map(|one| Some((one.party.person, one.participant?)));
            seated.map(|(person, participant)| (ring.id(), person, participant))
        });
        let lost = talkers.filter(|(_, person, _)| self.documents.person(*person).is_some_and(gone));
        for (ring, _, participant) in lost.collect::<Vec<_>>() {
            self.act(&Command::Unseat { ring, participant, end: RingEnd::Lost });
        }
    }

    fn act(&mut self, command: &Command) {
        let Ok((_, decision)) = decide_on(&self.documents, self.now, command) else { return };
        for id in decision.changed {
            copy(&decision.after, &mut self.documents, id);
        }
    }

    /// Nothing rings, whoever talks does so with somebody who is there, or stays where a client will look for them,
    /// and everybody else is free or waits.
    fn nobody_is_alone(&self) -> bool {
        let there = |person| self.documents.person(person).is_some_and(|one| !one.pages().is_empty());
        let talks = |ring: &Ring| {
            let here = |side: Option<Side>| {
                let talkers = ring.talkers().iter();
                let on_it = talkers.filter(|one| side.is_none_or(|side| one.side == side));
                on_it.filter(|one| there(one.party.person)).count()
            };
            let enough = match ring.appointment() {
                Some(_) => here(Some(Side::Staff)) >= 1,
                None if ring.is_private() => here(None) >= 2,
                None => here(None) >= 2 && there(ring.visitor().person),
            };
            !ring.rings() && enough
        };
        self.documents.rings.values().flatten().all(talks)
            && self.documents.people.values().flatten().all(|one| match one.engagement() {
                Engagement::Free => true,
                Engagement::Waiting(_) | Engagement::Attending(_) => there(one.id()),
                Engagement::Calling(_) | Engagement::Called(_) => false,
                Engagement::InCall(ring) => self.documents.ring(ring).is_some(),
            })
    }
}
