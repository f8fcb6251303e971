//! People's pages: coming, going, being silent for a while; and what people choose.

use super::draft::Draft;
use super::shapes::Stop;
use crate::ids::{PersonId, SessionId};
use crate::person::{Card, Chosen, Engagement, OpenPage};
use crate::ring::RingEnd;
use crate::time::Timestamp;

impl Draft<'_> {
    pub(super) fn open(
        &mut self,
        person: PersonId,
        session: SessionId,
        card: Option<Card>,
    ) -> Result<(), Stop> {
        let person = self.somebody(person)?;
        person.card = card.or(person.card.take());
        match person.pages.iter_mut().find(|page| page.session == session) {
            Some(page) => page.grace_ends = None,
            None => person.pages.push(OpenPage { session, grace_ends: None }),
        }
        Ok(())
    }

    pub(super) fn attach(&mut self, person: PersonId, session: SessionId) -> Result<(), Stop> {
        self.page(person, session, None)
    }

    pub(super) fn detach(
        &mut self,
        person: PersonId,
        session: SessionId,
        until: Timestamp,
    ) -> Result<(), Stop> {
        self.page(person, session, Some(until))
    }

    pub(super) fn close(&mut self, id: PersonId, session: SessionId) -> Result<(), Stop> {
        let now = self.now;
        self.page(id, session, Some(now))?;
        self.person_due(id)
    }

    fn page(
        &mut self,
        person: PersonId,
        session: SessionId,
        grace_ends: Option<Timestamp>,
    ) -> Result<(), Stop> {
        let pages = self.person(person)?.into_iter().flat_map(|person| &mut person.pages);
        if let Some(page) = pages.into_iter().find(|page| page.session == session) {
            page.grace_ends = grace_ends;
        }
        Ok(())
    }

    pub(super) fn set_card(&mut self, person: PersonId, card: Option<Card>) -> Result<(), Stop> {
        if let Some(person) = self.person(person)? {
            person.online &= card.is_some();
            person.card = card;
        }
        Ok(())
    }

    pub(super) fn set_availability(
        &mut self,
        person: PersonId,
        online: Option<bool>,
        chosen: Option<Chosen>,
    ) -> Result<(), Stop> {
        let now = self.now;
        let person = self.asker(person)?;
        let before = person.may_be_rung();
        if let Some(online) = online {
            person.online = online && person.card.is_some();
        }
        if let Some(chosen) = chosen {
            person.chosen = chosen;
            person.missed = false;
            person.wrap_up_until = None;
        }
        if person.may_be_rung() && !before {
            person.idle_since = now;
        }
        Ok(())
    }

    /// Pages whose grace is over are gone, and with the last one whatever its owner was in the middle of; a call
    /// they are in ends with their seat in its room. A wrap-up that is over is over.
    pub(super) fn person_due(&mut self, id: PersonId) -> Result<(), Stop> {
        let now = self.now;
        let Some(person) = self.person(id)? else { return Ok(()) };
        person.pages.retain(|page| page.grace_ends.is_none_or(|ends| ends > now));
        if person.wrap_up_until.is_some_and(|until| until <= now) {
            person.wrap_up_until = None;
            person.idle_since = now;
        }
        let acting = person.seat.as_ref().map(|seat| seat.session);
        let unseated = acting.is_some_and(|session| !person.pages.iter().any(|page| page.session == session));
        if let Some(seat) = &mut person.seat {
            seat.talks.retain(|talk| talk.until > now);
        }
        if unseated {
            self.vacate(id)?;
        }
        let Some(person) = self.person(id)?.filter(|person| person.pages.is_empty()) else { return Ok(()) };
        person.online = false;
        person.missed = false;
        person.wrap_up_until = None;
        match person.engagement {
            Engagement::Calling(ring) => self.end_ringing(ring, RingEnd::CallerLost),
            Engagement::Called(ring) => self.end_ringing(ring, RingEnd::CalleeLost),
            Engagement::Waiting(desk) => self.forget_waiting(desk, id),
            Engagement::Attending(appointment) => self.forget_attendee(appointment, id),
            Engagement::InCall(_) | Engagement::Free => Ok(()),
        }
    }
}
