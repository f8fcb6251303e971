//! Rings until they are accepted or have ended.

use super::draft::Draft;
use super::shapes::{Calling, Rejection, Stop, Told};
use crate::ids::{DeskId, PersonId, RingId};
use crate::person::{Chosen, Engagement, Person, Status};
use crate::queue::Waiting;
use crate::ring::{Ring, RingEnd, RingPurpose, Side, Talker};

impl Draft<'_> {
    /// Claims both, or neither.
    pub(super) fn call(&mut self, calling: Calling) -> Result<(), Stop> {
        let (caller, callee) = (calling.caller.person, calling.callee.person);
        if caller == callee {
            return Err(Rejection::NotAvailable.into());
        }
        let engagement = self.asker(caller)?.engagement;
        match engagement {
            Engagement::Free => {}
            // Both wanted the same: they have it.
            Engagement::Called(ring) if self.is_rung_by(ring, callee)? => return self.connect(ring),
            Engagement::Called(_)
            | Engagement::Calling(_)
            | Engagement::Waiting(_)
            | Engagement::Attending(_)
            | Engagement::InCall(_) => return Err(Rejection::Engaged.into()),
        }
        if let Some(desk) = &calling.desk {
            self.claimable(callee, Person::status)?;
            self.represents(callee, desk.id)?;
            // Whoever has just become free is for those who wait: nobody new gets in between.
            let now = self.now;
            if self.queue(desk.id)?.next_for(callee, now).is_some() {
                return Err(Rejection::Busy.into());
            }
        } else {
            self.seat_of(caller)?;
            self.claimable(callee, Person::presence)?;
        }
        let purpose = calling.desk.as_ref().map_or(RingPurpose::Conversation, |_| RingPurpose::Desk);
        self.start(Ring {
            id: calling.ring,
            desk: calling.desk,
            purpose,
            into: None,
            appointment: None,
            visitor: calling.caller.clone(),
            caller: calling.caller,
            callee: calling.callee,
            about: calling.about,
            started_at: self.now,
            rings_until: self.now.plus(calling.ring_for),
            accepted_at: None,
            waited_since: None,
            not_before: Vec::new(),
            from: calling.from,
            talkers: Vec::new(),
            asked: None,
        })
    }

    /// Whether this ring is theirs, and not one into a call that goes on.
    fn is_rung_by(&mut self, ring: RingId, caller: PersonId) -> Result<bool, Stop> {
        let ring = self.known_ring(ring)?;
        Ok(ring.caller.person == caller && ring.into.is_none())
    }

    /// Refuses unless they may be rung right now, by how those see them who ring.
    pub(super) fn claimable(&mut self, callee: PersonId, seen: fn(&Person) -> Status) -> Result<(), Stop> {
        let status = self.person(callee)?.map_or(Status::Offline, |callee| seen(callee));
        match status {
            Status::Available => Ok(()),
            Status::Ringing | Status::InCall | Status::WrapUp => Err(Rejection::Busy.into()),
            Status::Away | Status::Unavailable | Status::Offline => Err(Rejection::NotAvailable.into()),
        }
    }

    /// Refuses unless they are one of the desk's.
    pub(super) fn represents(&mut self, person: PersonId, desk: DeskId) -> Result<(), Stop> {
        let card = self.person(person)?.and_then(|person| person.card.as_ref());
        match card {
            Some(card) if card.desks.contains(&desk) => Ok(()),
            _ => Err(Rejection::NotAvailable.into()),
        }
    }

    /// It rings: whoever is rung is claimed, and whoever rings, unless they are in the call it is about.
    pub(super) fn start(&mut self, ring: Ring) -> Result<(), Stop> {
        self.asker(ring.callee.person)?.engagement = Engagement::Called(ring.id);
        if ring.into.is_none() {
            self.asker(ring.caller.person)?.engagement = Engagement::Calling(ring.id);
        }
        self.tell(Told::Started { ring: ring.id });
        self.put_ring(ring);
        Ok(())
    }

    pub(super) fn cancel(&mut self, id: RingId, person: PersonId) -> Result<(), Stop> {
        let ring = self.known_ring(id)?;
        if ring.caller.person != person || !ring.rings() {
            return Err(Rejection::RingUnknown.into());
        }
        self.end_ringing(id, RingEnd::Cancelled)
    }

    pub(super) fn decline(&mut self, id: RingId, person: PersonId) -> Result<(), Stop> {
        let ring = self.known_ring(id)?;
        if ring.callee.person != person || !ring.rings() {
            return Err(Rejection::RingUnknown.into());
        }
        self.end_ringing(id, RingEnd::Declined)
    }

    pub(super) fn accept(&mut self, id: RingId, person: PersonId) -> Result<(), Stop> {
        let ring = self.known_ring(id)?;
        if ring.callee.person != person || !ring.rings() {
            return Err(Rejection::RingUnknown.into());
        }
        match ring.into {
            Some(call) => self.join_in(id, call),
            None => self.connect(id),
        }
    }

    /// Both are in the call from now on, and are waited for in its room.
    fn connect(&mut self, id: RingId) -> Result<(), Stop> {
        let (now, until) = (self.now, self.now.plus(self.rules.grace));
        let ring = self.known_ring(id)?;
        ring.accepted_at = Some(now);
        let parties = [(ring.caller.clone(), Side::Outside), (ring.callee.clone(), Side::Staff)];
        ring.talkers =
            parties.into_iter().map(|(party, side)| Talker::expected(party, side, until)).collect();
        let people = [ring.caller.person, ring.callee.person];
        let as_is = Box::new(ring.clone());
        for person in people {
            self.asker(person)?.engagement = Engagement::InCall(id);
        }
        self.tell(Told::Accepted { ring: as_is, at: now });
        Ok(())
    }

    /// The end of a ring that was not accepted. Whoever was rung for the queue's sake is free again, and the one
    /// who waited goes on waiting, unless it was them who went.
    pub(super) fn end_ringing(&mut self, id: RingId, end: RingEnd) -> Result<(), Stop> {
        let Some(ring) = self.ring(id)?.cloned() else { return Ok(()) };
        let (caller, callee) = (ring.caller.person, ring.callee.person);
        if let Some(call) = ring.into {
            if let Some(call) = self.ring(call)?
                && call.asked == Some(id)
            {
                call.asked = None;
            }
        } else {
            self.free(caller, Engagement::Calling(id))?;
        }
        if let Some(callee) = self.person(callee)?
            && end == RingEnd::Missed
            && !ring.is_private()
        {
            away(callee);
        }
        self.free(callee, Engagement::Called(id))?;
        let caller_went = matches!(end, RingEnd::Cancelled | RingEnd::CallerLost | RingEnd::EndedByAdmin);
        if let (Some(since), Some(desk), false) = (ring.waited_since, &ring.desk, caller_went) {
            let mut not_before = ring.not_before.clone();
            not_before.retain(|(person, from)| *person != callee && *from > self.now);
            not_before.push((callee, self.now.plus(self.rules.ring_again_after)));
            let waiting = Waiting {
                party: ring.caller.clone(),
                about: ring.about.clone(),
                since,
                not_before,
                from: ring.from,
            };
            self.wait_again(desk.id, waiting)?;
        }
        let ring = self.take_ring(id)?;
        self.ended(ring, end);
        Ok(())
    }

    pub(super) fn ring_due(&mut self, id: RingId) -> Result<(), Stop> {
        let now = self.now;
        let Some(ring) = self.ring(id)? else { return Ok(()) };
        if ring.rings() {
            return if ring.rings_until <= now { self.end_ringing(id, RingEnd::Missed) } else { Ok(()) };
        }
        let overdue = |talker: &&Talker| talker.expected_until.is_some_and(|until| until <= now);
        let lost = ring.talkers.iter().filter(overdue).map(|talker| (talker.side, talker.party.person));
        // Staff first: those who came for an appointment wait again if its host is lost with them.
        let (staff, outside): (Vec<_>, Vec<_>) = lost.partition(|(side, _)| *side == Side::Staff);
        for (_, person) in staff.into_iter().chain(outside) {
            self.part(id, person, RingEnd::Lost)?;
        }
        Ok(())
    }
}

/// Whoever does not answer is not sent the next visitor.
fn away(callee: &mut Person) {
    if callee.chosen == Chosen::Available {
        callee.chosen = Chosen::Away;
        callee.missed = true;
    }
}
