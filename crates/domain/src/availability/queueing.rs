//! Waiting for a representative, and being served.

use super::draft::Draft;
use super::shapes::{Queueing, Rejection, Stop};
use crate::ids::{DeskId, PersonId, RingId};
use crate::person::{Engagement, Person};
use crate::queue::Waiting;
use crate::ring::{Party, Ring, RingPurpose};
use std::time::Duration;

impl Draft<'_> {
    pub(super) fn queue_up(&mut self, queueing: Queueing) -> Result<(), Stop> {
        let Queueing { desk, party, about, from } = queueing;
        let (now, most, most_from_one) = (self.now, self.rules.queue, self.rules.queue_per_source);
        if self.asker(party.person)?.engagement != Engagement::Free {
            return Err(Rejection::Engaged.into());
        }
        let person = party.person;
        let id = desk.id;
        let queue = self.queue(id)?;
        let from_there = queue.waiting.iter().filter(|one| one.from == from).count();
        if queue.waiting.len() >= most || (from.is_some() && from_there >= most_from_one) {
            return Err(Rejection::QueueFull.into());
        }
        queue.desk = Some(desk);
        queue.waiting.push(Waiting { party, about, since: now, not_before: Vec::new(), from });
        self.asker(person)?.engagement = Engagement::Waiting(id);
        Ok(())
    }

    pub(super) fn leave_queue(&mut self, person: PersonId) -> Result<(), Stop> {
        match self.person(person)?.map(|person| person.engagement) {
            Some(Engagement::Waiting(desk)) => self.forget_waiting(desk, person),
            _ => Ok(()),
        }
    }

    pub(super) fn forget_waiting(&mut self, desk: DeskId, person: PersonId) -> Result<(), Stop> {
        self.queue(desk)?.waiting.retain(|one| one.party.person != person);
        self.free(person, Engagement::Waiting(desk))
    }

    /// Somebody whose call nobody took takes their old place.
    pub(super) fn wait_again(&mut self, desk: DeskId, waiting: Waiting) -> Result<(), Stop> {
        let person = waiting.party.person;
        let Some(there) = self.person(person)? else { return Ok(()) };
        there.engagement = Engagement::Waiting(desk);
        let queue = self.queue(desk)?;
        let place = queue.waiting.partition_point(|one| one.since <= waiting.since);
        queue.waiting.insert(place, waiting);
        Ok(())
    }

    /// Rings the representative for whoever is next.
    pub(super) fn serve(&mut self, desk: DeskId, representative: PersonId, ring: RingId) -> Result<(), Stop> {
        let now = self.now;
        self.claimable(representative, Person::status)?;
        self.represents(representative, desk)?;
        let card = self.asker(representative)?.card.as_ref();
        let name = card.map(|card| card.name.clone()).ok_or(Rejection::NotAvailable)?;
        let queue = self.queue(desk)?;
        let next = queue.next_for(representative, now).ok_or(Rejection::NobodyWaits)?.clone();
        let desk = queue.desk.clone().ok_or(Rejection::NobodyWaits)?;
        let visitor = next.party.person;
        queue.waiting.retain(|one| one.party.person != visitor);
        self.asker(visitor)?;
        let ring_for = Duration::from_secs(u64::from(desk.ring_s));
        self.start(Ring {
            id: ring,
            desk: Some(desk),
            purpose: RingPurpose::Desk,
            into: None,
            appointment: None,
            visitor: next.party.clone(),
            caller: next.party,
            callee: Party { person: representative, name },
            about: next.about,
            started_at: now,
            rings_until: now.plus(ring_for),
            accepted_at: None,
            waited_since: Some(next.since),
            not_before: next.not_before,
            from: next.from,
            talkers: Vec::new(),
            asked: None,
        })
    }

    /// Nothing follows but that it is looked at again later: who looks at it now is who was told that it is due.
    pub(super) fn queue_due(&mut self, desk: DeskId) -> Result<(), Stop> {
        self.queue(desk)?.look_at = None;
        Ok(())
    }
}
