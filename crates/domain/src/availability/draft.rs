//! A scene that is being changed: hands out documents, remembers which ones, keeps their versions rising.

use super::shapes::{Decision, DocumentId, Rejection, Rules, Scene, Stop, Told};
use crate::ids::{AppointmentId, DeskId, LoungeRoomId, PersonId, RingId};
use crate::lounge::{Gathering, NameClaim, NameKey};
use crate::person::{Engagement, Person};
use crate::queue::Queue;
use crate::ring::{Ring, RingEnd};
use crate::time::Timestamp;
use crate::visit::{Visit, VisitCard};
use std::collections::BTreeSet;

pub(super) struct Draft<'a> {
    before: &'a Scene,
    after: Scene,
    pub(super) now: Timestamp,
    pub(super) rules: Rules,
    told: Vec<Told>,
}

impl<'a> Draft<'a> {
    pub(super) fn new(before: &'a Scene, now: Timestamp, rules: Rules) -> Self {
        Self { before, after: before.clone(), now, rules, told: Vec::new() }
    }

    pub(super) fn tell(&mut self, told: Told) {
        self.told.push(told);
    }

    /// Somebody who has a page open or is engaged.
    pub(super) fn person(&mut self, id: PersonId) -> Result<Option<&mut Person>, Stop> {
        let slot = self.after.people.get_mut(&id);
        slot.map(Option::as_mut).ok_or(Stop::Missing(DocumentId::Person(id)))
    }

    /// Somebody who asks for something: they are here.
    pub(super) fn asker(&mut self, id: PersonId) -> Result<&mut Person, Stop> {
        self.person(id)?.ok_or(Stop::Rejected(Rejection::NotHere))
    }

    /// Somebody, here or not yet.
    pub(super) fn somebody(&mut self, id: PersonId) -> Result<&mut Person, Stop> {
        let now = self.now;
        let slot = self.after.people.get_mut(&id).ok_or(Stop::Missing(DocumentId::Person(id)))?;
        Ok(slot.get_or_insert_with(|| Person::new(id, now)))
    }

    /// A ring that has not ended.
    pub(super) fn ring(&mut self, id: RingId) -> Result<Option<&mut Ring>, Stop> {
        let slot = self.after.rings.get_mut(&id);
        slot.map(Option::as_mut).ok_or(Stop::Missing(DocumentId::Ring(id)))
    }

    pub(super) fn known_ring(&mut self, id: RingId) -> Result<&mut Ring, Stop> {
        self.ring(id)?.ok_or(Stop::Rejected(Rejection::RingUnknown))
    }

    pub(super) fn put_ring(&mut self, ring: Ring) {
        self.after.rings.insert(ring.id, Some(ring));
    }

    /// The ring as it was, which is no document any more.
    pub(super) fn take_ring(&mut self, id: RingId) -> Result<Ring, Stop> {
        let slot = self.after.rings.get_mut(&id).ok_or(Stop::Missing(DocumentId::Ring(id)))?;
        slot.take().ok_or(Stop::Rejected(Rejection::RingUnknown))
    }

    pub(super) fn queue(&mut self, id: DeskId) -> Result<&mut Queue, Stop> {
        let slot = self.after.queues.get_mut(&id).ok_or(Stop::Missing(DocumentId::Queue(id)))?;
        Ok(slot.get_or_insert_default())
    }

    /// An appointment that somebody has come for.
    pub(super) fn visit(&mut self, id: AppointmentId) -> Result<Option<&mut Visit>, Stop> {
        let slot = self.after.visits.get_mut(&id);
        slot.map(Option::as_mut).ok_or(Stop::Missing(DocumentId::Visit(id)))
    }

    /// One that somebody comes for: it is as its card says now.
    pub(super) fn visit_of(&mut self, card: VisitCard) -> Result<&mut Visit, Stop> {
        let visit = self.visit_as_it_is(card.clone())?;
        visit.card = card;
        Ok(visit)
    }

    /// One whose card is older than what is there, if anything is.
    pub(super) fn visit_as_it_is(&mut self, card: VisitCard) -> Result<&mut Visit, Stop> {
        let id = card.appointment;
        let slot = self.after.visits.get_mut(&id).ok_or(Stop::Missing(DocumentId::Visit(id)))?;
        Ok(slot.get_or_insert_with(|| Visit::new(card)))
    }

    /// Who is in a room of the lounge.
    pub(super) fn gathering(&mut self, id: LoungeRoomId) -> Result<&mut Gathering, Stop> {
        let slot = self.after.gatherings.get_mut(&id).ok_or(Stop::Missing(DocumentId::Gathering(id)))?;
        Ok(slot.get_or_insert_default())
    }

    /// Whose a name is.
    pub(super) fn name(&mut self, key: NameKey) -> Result<&mut Option<NameClaim>, Stop> {
        self.after.names.get_mut(&key).ok_or(Stop::Missing(DocumentId::Name(key)))
    }

    /// Lets go of somebody whom this engagement holds; of anybody else it does not.
    pub(super) fn free(&mut self, id: PersonId, from: Engagement) -> Result<(), Stop> {
        let now = self.now;
        if let Some(person) = self.person(id)?.filter(|person| person.engagement == from) {
            person.engagement = Engagement::Free;
            person.idle_since = now;
        }
        Ok(())
    }

    /// The end of a ring or call that is over for everybody.
    pub(super) fn ended(&mut self, ring: Ring, end: RingEnd) {
        self.tell(Told::Ended { ring: Box::new(ring), end });
    }

    pub(super) fn finish(mut self) -> Decision {
        for slot in self.after.people.values_mut() {
            if slot.as_ref().is_some_and(Person::is_forgettable) {
                *slot = None;
            }
        }
        let look_at = self.now.plus(self.rules.look_every);
        let mut changed = BTreeSet::new();
        for (id, slot) in &mut self.after.people {
            let before = self.before.people.get(id).and_then(Option::as_ref);
            if before == slot.as_ref() {
                continue;
            }
            changed.insert(DocumentId::Person(*id));
            if let Some(person) = slot {
                person.version = before.map_or(person.version, |before| before.version + 1);
            }
        }
        for (id, slot) in &self.after.rings {
            if self.before.rings.get(id).and_then(Option::as_ref) != slot.as_ref() {
                changed.insert(DocumentId::Ring(*id));
            }
        }
        for (id, slot) in &mut self.after.queues {
            let before = self.before.queues.get(id).and_then(Option::as_ref);
            let Some(queue) = slot.as_mut().filter(|queue| before != Some(*queue)) else { continue };
            if before.is_none() && queue.waiting.is_empty() {
                *slot = None;
                continue;
            }
            changed.insert(DocumentId::Queue(*id));
            queue.version = before.map_or(self.now.0, |before| before.version + 1);
            // Set once: people who come and go must not put it off for ever.
            queue.look_at = (!queue.waiting.is_empty()).then_some(queue.look_at.unwrap_or(look_at));
        }
        for (id, slot) in &mut self.after.visits {
            let before = self.before.visits.get(id).and_then(Option::as_ref);
            *slot = slot.take().filter(|visit| !visit.is_forgettable());
            if before == slot.as_ref() {
                continue;
            }
            changed.insert(DocumentId::Visit(*id));
            if let Some(visit) = slot {
                visit.version = before.map_or(self.now.0, |before| before.version + 1);
            }
        }
        changed.extend(self.finish_lounge());
        Decision { after: self.after, changed, told: self.told }
    }

    /// A room whose people are others than before is counted; one that is merely at hand is left as it is.
    fn finish_lounge(&mut self) -> BTreeSet<DocumentId> {
        let mut changed = BTreeSet::new();
        for (id, slot) in &mut self.after.gatherings {
            let before = self.before.gatherings.get(id).and_then(Option::as_ref);
            let was = before.map(Gathering::people).unwrap_or_default();
            if let Some(gathering) = slot.as_mut().filter(|gathering| gathering.people() != was) {
                gathering.count(self.now, self.rules.count_every);
            }
            *slot = slot.take().filter(|gathering| !gathering.is_forgettable());
            if before == slot.as_ref() {
                continue;
            }
            changed.insert(DocumentId::Gathering(*id));
            if let Some(gathering) = slot {
                gathering.version = before.map_or(self.now.0, |before| before.version + 1);
            }
        }
        for (key, slot) in &self.after.names {
            if self.before.names.get(key).and_then(Option::as_ref) != slot.as_ref() {
                changed.insert(DocumentId::Name(*key));
            }
        }
        changed
    }
}
