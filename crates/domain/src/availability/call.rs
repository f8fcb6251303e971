//! Calls: rings that were accepted. Who is in them follows from who is in their rooms.

use super::draft::Draft;
use super::shapes::{Asking, Rejection, Stop, Told};
use crate::ids::{ParticipantId, PersonId, RingId};
use crate::person::{Engagement, Person};
use crate::ring::{Party, Ring, RingEnd, RingPurpose, Side, Talker};
use std::time::Duration;

impl Draft<'_> {
    /// Rings a colleague, or somebody of the lounge, into the call; one at a time.
    pub(super) fn ask(&mut self, asking: Asking) -> Result<(), Stop> {
        let asker = self.asker(asking.asker)?;
        let Engagement::InCall(call) = asker.engagement else { return Err(Rejection::RingUnknown.into()) };
        let is_staff = asker.card.is_some();
        if self.known_ring(call)?.is_private() {
            if asking.purpose != RingPurpose::BringIn {
                return Err(Rejection::RingUnknown.into());
            }
            self.claimable(asking.callee.person, Person::presence)?;
        } else {
            let into_a_call = matches!(asking.purpose, RingPurpose::BringIn | RingPurpose::Transfer);
            if !is_staff || !into_a_call {
                return Err(Rejection::RingUnknown.into());
            }
            self.claimable(asking.callee.person, Person::status)?;
            if self.asker(asking.callee.person)?.card.is_none() {
                return Err(Rejection::NotAvailable.into());
            }
        }
        let now = self.now;
        let call = self.known_ring(call)?;
        if call.asked.is_some() {
            return Err(Rejection::Engaged.into());
        }
        let Some(asker) = call.talker(asking.asker) else { return Err(Rejection::RingUnknown.into()) };
        let ring = Ring {
            id: asking.ring,
            desk: call.desk.clone(),
            purpose: asking.purpose,
            into: Some(call.id),
            appointment: call.appointment.clone(),
            caller: asker.party.clone(),
            callee: asking.callee,
            visitor: call.visitor.clone(),
            about: call.about.clone(),
            started_at: now,
            rings_until: now.plus(asking.ring_for),
            accepted_at: None,
            waited_since: None,
            not_before: Vec::new(),
            from: None,
            talkers: Vec::new(),
            asked: None,
        };
        call.asked = Some(ring.id);
        self.start(ring)
    }

    /// Whoever was asked in is one of the call from now on. Their own ring has done its work.
    pub(super) fn join_in(&mut self, id: RingId, call: RingId) -> Result<(), Stop> {
        let (now, until) = (self.now, self.now.plus(self.rules.grace));
        let ring = self.known_ring(id)?;
        let (party, asker) = (ring.callee.clone(), ring.caller.person);
        let (person, relieves) = (party.person, (ring.purpose == RingPurpose::Transfer).then_some(asker));
        // A call that ended has ended the rings into it.
        let joined = self.known_ring(call)?;
        joined.asked = None;
        joined.talkers.push(Talker {
            via: Some(id),
            relieves,
            ..Talker::expected(party, Side::Staff, until)
        });
        self.asker(person)?.engagement = Engagement::InCall(call);
        let mut ring = self.take_ring(id)?;
        ring.accepted_at = Some(now);
        self.tell(Told::Accepted { ring: Box::new(ring), at: now });
        Ok(())
    }

    pub(super) fn seat(
        &mut self,
        id: RingId,
        person: PersonId,
        participant: ParticipantId,
    ) -> Result<(), Stop> {
        let ring = self.known_ring(id)?;
        let talker = ring.talkers.iter_mut().find(|talker| talker.party.person == person);
        let Some(talker) = talker else { return Err(Rejection::RingUnknown.into()) };
        talker.participant = Some(participant);
        talker.expected_until = None;
        match talker.relieves.take() {
            Some(relieved) => self.part(id, relieved, RingEnd::Transferred),
            None => Ok(()),
        }
    }

    pub(super) fn unseat(
        &mut self,
        id: RingId,
        participant: ParticipantId,
        end: RingEnd,
    ) -> Result<(), Stop> {
        let Some(ring) = self.ring(id)? else { return Ok(()) };
        let talker = ring.talkers.iter().find(|talker| talker.participant == Some(participant));
        match talker.map(|talker| talker.party.person) {
            Some(person) => self.part(id, person, end),
            None => Ok(()),
        }
    }

    /// Somebody is in the call no longer, which ends it when one of its sides has nobody left. But for an appointment
    /// a professional may be alone: before anybody came, and where a client who lost the line will look for them. A
    /// private call has no sides, and ends when there would be only one left.
    pub(super) fn part(&mut self, id: RingId, person: PersonId, end: RingEnd) -> Result<(), Stop> {
        let Some(ring) = self.ring(id)? else { return Ok(()) };
        let Some(place) = ring.talkers.iter().position(|talker| talker.party.person == person) else {
            return Ok(());
        };
        let left =
            |side| ring.talkers.iter().any(|talker| talker.party.person != person && talker.side == side);
        let may_be_alone =
            ring.appointment.is_some() && (end == RingEnd::Lost || ring.talkers[place].side == Side::Staff);
        let goes_on = if ring.is_private() {
            ring.talkers.len() > 2
        } else {
            left(Side::Staff) && (left(Side::Outside) || may_be_alone)
        };
        if !goes_on {
            return self.end_call(id, end);
        }
        let talker = ring.talkers.remove(place);
        let (wrap_up, asked) = (wrap_up(ring, person), ring.asked);
        let appointment = ring.appointment.as_ref().map(|card| card.appointment);
        let staff = ring.talkers.iter().find(|talker| talker.side == Side::Staff);
        let staff = staff.map(|talker| talker.party.clone());
        self.let_go(id, person, wrap_up)?;
        if let (Some(appointment), Some(staff)) = (appointment, staff)
            && let Some(visit) = self.visit(appointment)?
        {
            visit.call = Some((id, staff));
        }
        if let Some(asked) = asked
            && self.ring(asked)?.is_some_and(|asked| asked.caller.person == person)
        {
            self.end_ringing(asked, RingEnd::Cancelled)?;
        }
        self.tell(Told::Parted { ring: id, person, participant: talker.participant, via: talker.via, end });
        Ok(())
    }

    /// The end for everybody, of a call or of a ring.
    pub(super) fn end_call(&mut self, id: RingId, end: RingEnd) -> Result<(), Stop> {
        let Some(ring) = self.ring(id)? else { return Err(Rejection::RingUnknown.into()) };
        if ring.rings() {
            return self.end_ringing(id, end);
        }
        let ring = ring.clone();
        if let Some(asked) = ring.asked {
            self.end_ringing(asked, RingEnd::Cancelled)?;
        }
        for talker in &ring.talkers {
            let person = talker.party.person;
            self.let_go(id, person, wrap_up(&ring, person))?;
        }
        if let Some(card) = &ring.appointment {
            self.call_over(card.clone(), &ring.talkers, end)?;
        }
        let ring = self.take_ring(id)?;
        self.ended(ring, end);
        Ok(())
    }

    fn let_go(&mut self, call: RingId, id: PersonId, wrap_up: Option<Duration>) -> Result<(), Stop> {
        let now = self.now;
        if let Some(person) = self.person(id)?
            && person.engagement == Engagement::InCall(call)
            && person.online
        {
            person.wrap_up_until = wrap_up.map(|wrap_up| now.plus(wrap_up));
        }
        self.free(id, Engagement::InCall(call))
    }

    /// A call that live state has lost, as one of its people proves it. Whoever is in the middle of something else
    /// by now is not one of them any more; whoever waits for its appointment again goes in.
    pub(super) fn restore(&mut self, ring: &Ring) -> Result<(), Stop> {
        if self.ring(ring.id)?.is_some() {
            return Ok(());
        }
        let until = self.now.plus(self.rules.grace);
        let mut restored = ring.clone();
        restored.asked = None;
        restored.talkers.clear();
        for talker in &ring.talkers {
            let person = self.somebody(talker.party.person)?;
            if person.engagement != Engagement::Free {
                continue;
            }
            person.engagement = Engagement::InCall(ring.id);
            restored.talkers.push(Talker { expected_until: Some(until), ..talker.clone() });
        }
        if ring.is_private() {
            if restored.talkers.len() < 2 {
                return Err(Rejection::RingUnknown.into());
            }
            self.put_ring(restored);
            return Ok(());
        }
        let staff = restored.talkers.iter().find(|talker| talker.side == Side::Staff);
        let staff = staff.map(|talker| talker.party.clone()).ok_or(Rejection::RingUnknown)?;
        match &ring.appointment {
            Some(card) => self.reopen_visit(card, &mut restored, staff)?,
            None if restored.talker(ring.visitor.person).is_none() => {
                return Err(Rejection::RingUnknown.into());
            }
            None => {}
        }
        self.put_ring(restored);
        Ok(())
    }
}

/// For how long somebody finishes this call: representatives only.
fn wrap_up(ring: &Ring, person: PersonId) -> Option<Duration> {
    let Party { person: visitor, .. } = &ring.visitor;
    let seconds = ring.desk.as_ref().map_or(0, |desk| desk.wrap_up_s);
    (person != *visitor && seconds > 0).then(|| Duration::from_secs(u64::from(seconds)))
}
