//! Coming for an appointment, waiting, being let in, held and let in again.

use super::draft::Draft;
use super::shapes::{Admitting, Rejection, Stop, Told};
use crate::ids::{AppointmentId, PersonId, RingId};
use crate::person::Engagement;
use crate::ring::{Party, Ring, RingEnd, RingPurpose, Side, Talker};
use crate::visit::{Attendee, VisitCard};

impl Draft<'_> {
    pub(super) fn attend(&mut self, card: VisitCard, party: Party) -> Result<(), Stop> {
        let (now, id, person) = (self.now, card.appointment, party.person);
        let engagement = self.asker(person)?.engagement;
        let visit = self.visit_of(card)?;
        let call = visit.call.as_ref().map(|(ring, _)| *ring);
        match (engagement, call) {
            (Engagement::Attending(other), _) if other == id => Ok(()),
            (Engagement::InCall(ring), Some(call)) if ring == call => Ok(()),
            // The door is open: whoever was in the call, or comes late, does not have to be let in once more.
            (Engagement::Free, Some(call)) => self.go_in(call, party),
            (Engagement::Free, None) => {
                visit.attendees.push(Attendee { party, since: now, held: false });
                self.asker(person)?.engagement = Engagement::Attending(id);
                Ok(())
            }
            _ => Err(Rejection::Engaged.into()),
        }
    }

    fn go_in(&mut self, call: RingId, party: Party) -> Result<(), Stop> {
        let until = self.now.plus(self.rules.grace);
        let person = party.person;
        self.known_ring(call)?.talkers.push(Talker::expected(party, Side::Outside, until));
        self.asker(person)?.engagement = Engagement::InCall(call);
        Ok(())
    }

    pub(super) fn leave_visit(&mut self, person: PersonId) -> Result<(), Stop> {
        match self.person(person)?.map(|person| person.engagement) {
            Some(Engagement::Attending(appointment)) => self.forget_attendee(appointment, person),
            _ => Ok(()),
        }
    }

    pub(super) fn forget_attendee(
        &mut self,
        appointment: AppointmentId,
        person: PersonId,
    ) -> Result<(), Stop> {
        if let Some(visit) = self.visit(appointment)? {
            visit.attendees.retain(|one| one.party.person != person);
        }
        self.free(person, Engagement::Attending(appointment))
    }

    /// Claims the host and all who wait, or nobody.
    pub(super) fn admit(&mut self, admitting: Admitting) -> Result<(), Stop> {
        let Admitting { ring: id, card, host } = admitting;
        let (now, until) = (self.now, self.now.plus(self.rules.grace));
        let engagement = self.asker(host.person)?.engagement;
        let visit = self.visit_of(card.clone())?;
        match &visit.call {
            Some((call, _)) if engagement == Engagement::InCall(*call) => return Ok(()),
            Some(_) => return Err(Rejection::Admitted.into()),
            None if engagement != Engagement::Free => return Err(Rejection::Engaged.into()),
            None => {}
        }
        visit.call = Some((id, host.clone()));
        let attendees = std::mem::take(&mut visit.attendees);
        let mut talkers = vec![Talker::expected(host.clone(), Side::Staff, until)];
        let outside = attendees.into_iter().map(|one| Talker::expected(one.party, Side::Outside, until));
        talkers.extend(outside);
        for talker in &talkers {
            let person = self.asker(talker.party.person)?;
            person.engagement = Engagement::InCall(id);
            person.wrap_up_until = None;
        }
        let ring = Ring {
            id,
            desk: None,
            purpose: RingPurpose::Appointment,
            into: None,
            caller: card.client.clone(),
            callee: host,
            visitor: card.client.clone(),
            about: card.about.clone(),
            appointment: Some(card),
            started_at: now,
            rings_until: now,
            accepted_at: Some(now),
            waited_since: None,
            not_before: Vec::new(),
            from: None,
            talkers,
            asked: None,
        };
        self.tell(Told::Accepted { ring: Box::new(ring.clone()), at: now });
        self.put_ring(ring);
        Ok(())
    }

    pub(super) fn hold(&mut self, appointment: AppointmentId, person: PersonId) -> Result<(), Stop> {
        self.asker(person)?;
        let call = self.visit(appointment)?.and_then(|visit| visit.call.as_ref().map(|(ring, _)| *ring));
        let Some(call) = call else { return Err(Rejection::RingUnknown.into()) };
        match self.known_ring(call)?.talker(person) {
            Some(talker) if talker.side == Side::Staff => self.end_call(call, RingEnd::Held),
            _ => Err(Rejection::RingUnknown.into()),
        }
    }

    pub(super) fn close_visit(
        &mut self,
        appointment: AppointmentId,
        person: Option<PersonId>,
    ) -> Result<(), Stop> {
        let Some(visit) = self.visit(appointment)? else { return Ok(()) };
        let call = visit.call.as_ref().map(|(ring, _)| *ring);
        let waiting: Vec<_> = visit.attendees.iter().map(|one| one.party.person).collect();
        for one in waiting {
            if person.is_none_or(|person| person == one) {
                self.forget_attendee(appointment, one)?;
            }
        }
        match (call, person) {
            (Some(call), Some(person)) => self.part(call, person, RingEnd::Closed),
            (Some(call), None) => self.end_call(call, RingEnd::Closed),
            (None, _) => Ok(()),
        }
    }

    /// The call of an appointment has ended. Those who came for it wait again if that was not their doing, and they
    /// are still there.
    pub(super) fn call_over(
        &mut self,
        card: VisitCard,
        talkers: &[Talker],
        end: RingEnd,
    ) -> Result<(), Stop> {
        let (now, appointment) = (self.now, card.appointment);
        let again = matches!(end, RingEnd::Held | RingEnd::Lost);
        let mut attendees = Vec::new();
        for talker in talkers.iter().filter(|talker| again && talker.side == Side::Outside) {
            if let Some(person) = self.person(talker.party.person)?.filter(|person| !person.pages.is_empty())
                && person.engagement == Engagement::Free
            {
                person.engagement = Engagement::Attending(appointment);
                let party = talker.party.clone();
                attendees.push(Attendee { party, since: now, held: end == RingEnd::Held });
            }
        }
        let visit = self.visit_as_it_is(card)?;
        visit.call = None;
        visit.attendees.extend(attendees);
        Ok(())
    }

    /// A call is brought back: it is its appointment's again, unless another one has begun, and nobody waits at an
    /// open door.
    pub(super) fn reopen_visit(
        &mut self,
        card: &VisitCard,
        restored: &mut Ring,
        staff: Party,
    ) -> Result<(), Stop> {
        let until = self.now.plus(self.rules.grace);
        let visit = self.visit_as_it_is(card.clone())?;
        if visit.call.is_some() {
            return Err(Rejection::RingUnknown.into());
        }
        visit.call = Some((restored.id, staff));
        for attendee in std::mem::take(&mut visit.attendees) {
            self.asker(attendee.party.person)?.engagement = Engagement::InCall(restored.id);
            restored.talkers.push(Talker::expected(attendee.party, Side::Outside, until));
        }
        Ok(())
    }
}
