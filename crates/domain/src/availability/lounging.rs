//! Coming into the lounge, going from room to room, saying how one is, writing back and forth, leaving.

use super::draft::Draft;
use super::shapes::{Entering, OtherPage, Rejection, Stop};
use crate::ids::{LoungeRoomId, PersonId, SessionId};
use crate::lounge::{LoungeSeat, MAX_TALKS, NameClaim, NameKey, Talk};
use crate::message::TALK_FOR;
use crate::name::PersonName;
use crate::person::Chosen;

impl Draft<'_> {
    /// Claims the name and a place in the room, or nothing. Whoever is there already is so by this page from now on;
    /// a page that has lost its line gives way unasked, which makes a reload nobody's business.
    pub(super) fn enter_lounge(&mut self, entering: Entering) -> Result<(), Stop> {
        let Entering { person: id, session, room, name, account, other } = entering;
        // Whether a page that is known has its line says its session.
        if !self.has_page(id, session)? {
            self.open(id, session, None)?;
        }
        let person = self.asker(id)?;
        let before = person.seat.clone();
        if let Some(seat) = before.as_ref().filter(|seat| seat.session != session) {
            let alive = |session| {
                person.pages.iter().any(|page| page.session == session && page.grace_ends.is_none())
            };
            if other == OtherPage::Keeps && alive(seat.session) {
                return Err(Rejection::InUse.into());
            }
        }
        self.take_name(id, &name, before.as_ref().map(|seat| &seat.name))?;
        self.move_to(id, room, before.as_ref().map(|seat| seat.room))?;
        let (text, talks) = before.map(|seat| (seat.text, seat.talks)).unwrap_or_default();
        self.asker(id)?.seat = Some(LoungeSeat { session, room, name, account, text, idle: false, talks });
        Ok(())
    }

    pub(super) fn jump(&mut self, id: PersonId, session: SessionId, room: LoungeRoomId) -> Result<(), Stop> {
        let from = self.seated(id, session)?.room;
        self.move_to(id, room, Some(from))?;
        self.seated(id, session)?.room = room;
        Ok(())
    }

    pub(super) fn leave_lounge(&mut self, id: PersonId, session: Option<SessionId>) -> Result<(), Stop> {
        let seat = self.person(id)?.and_then(|person| person.seat.as_ref());
        match seat {
            Some(seat) if session.is_none_or(|session| session == seat.session) => self.vacate(id),
            _ => Ok(()),
        }
    }

    pub(super) fn set_status(
        &mut self,
        id: PersonId,
        session: SessionId,
        chosen: Chosen,
        text: String,
    ) -> Result<(), Stop> {
        let seat = self.seated(id, session)?;
        seat.text = text;
        seat.idle = false;
        self.set_availability(id, None, Some(chosen))
    }

    pub(super) fn set_idle(&mut self, id: PersonId, session: SessionId, idle: bool) -> Result<(), Stop> {
        self.seated(id, session)?.idle = idle;
        Ok(())
    }

    /// Only while both are there, and for both alike.
    pub(super) fn talk(&mut self, one: PersonId, other: PersonId) -> Result<(), Stop> {
        let until = self.now.plus(TALK_FOR);
        // Each line would move both documents; that it is over a little early is seen by nobody.
        let (soon, there) = (self.now.plus(TALK_FOR / 2), self.has_seat(one)? && self.has_seat(other)?);
        if one == other || !there {
            return Ok(());
        }
        for (id, with) in [(one, other), (other, one)] {
            let talks = &mut self.seat_of(id)?.talks;
            match talks.iter_mut().find(|talk| talk.with == with) {
                Some(talk) if talk.until > soon => {}
                Some(talk) => talk.until = until,
                None => talks.push(Talk { with, until }),
            }
        }
        for id in [one, other] {
            let talks = &self.seat_of(id)?.talks;
            let oldest = talks.iter().min_by_key(|talk| talk.until).map(|talk| talk.with);
            if let Some(oldest) = oldest.filter(|_| talks.len() > MAX_TALKS) {
                self.end_talk(id, oldest)?;
            }
        }
        Ok(())
    }

    pub(super) fn end_talk(&mut self, one: PersonId, other: PersonId) -> Result<(), Stop> {
        for (id, with) in [(one, other), (other, one)] {
            if let Some(seat) = self.person(id)?.and_then(|person| person.seat.as_mut()) {
                seat.talks.retain(|talk| talk.with != with);
            }
        }
        Ok(())
    }

    /// How many are in it is told late, if it came too soon after the last time.
    pub(super) fn gathering_due(&mut self, room: LoungeRoomId) -> Result<(), Stop> {
        let (now, every) = (self.now, self.rules.count_every);
        self.gathering(room)?.count(now, every);
        Ok(())
    }

    /// Their place is free, and their name. What they are in the middle of goes on.
    pub(super) fn vacate(&mut self, id: PersonId) -> Result<(), Stop> {
        let Some(seat) = self.person(id)?.and_then(|person| person.seat.clone()) else { return Ok(()) };
        for talk in &seat.talks {
            self.end_talk(id, talk.with)?;
        }
        for key in NameKey::all_of(&seat.name) {
            self.release_name(key, id)?;
        }
        self.gathering(seat.room)?.people.retain(|one| *one != id);
        self.asker(id)?.seat = None;
        Ok(())
    }

    /// The place of somebody who is in the lounge.
    pub(super) fn seat_of(&mut self, id: PersonId) -> Result<&mut LoungeSeat, Stop> {
        self.asker(id)?.seat.as_mut().ok_or(Stop::Rejected(Rejection::NotHere))
    }

    fn has_page(&mut self, id: PersonId, session: SessionId) -> Result<bool, Stop> {
        let person = self.person(id)?;
        Ok(person.is_some_and(|person| person.pages.iter().any(|page| page.session == session)))
    }

    fn has_seat(&mut self, id: PersonId) -> Result<bool, Stop> {
        Ok(self.person(id)?.is_some_and(|person| person.seat.is_some()))
    }

    /// The place that this page acts for.
    fn seated(&mut self, id: PersonId, session: SessionId) -> Result<&mut LoungeSeat, Stop> {
        let seat = self.seat_of(id)?;
        if seat.session == session { Ok(seat) } else { Err(Rejection::NotHere.into()) }
    }

    fn take_name(&mut self, id: PersonId, name: &PersonName, old: Option<&PersonName>) -> Result<(), Stop> {
        let (keys, old) = (NameKey::all_of(name), old.map(NameKey::all_of).unwrap_or_default());
        for key in &keys {
            let claim = self.name(*key)?;
            match claim {
                Some(claim) if claim.person != id => return Err(Rejection::NameTaken.into()),
                _ => *claim = Some(NameClaim { person: id }),
            }
        }
        for key in old.difference(&keys) {
            self.release_name(*key, id)?;
        }
        Ok(())
    }

    fn release_name(&mut self, key: NameKey, id: PersonId) -> Result<(), Stop> {
        let claim = self.name(key)?;
        *claim = claim.filter(|claim| claim.person != id);
        Ok(())
    }

    fn move_to(&mut self, id: PersonId, room: LoungeRoomId, from: Option<LoungeRoomId>) -> Result<(), Stop> {
        let limit = self.rules.lounge_room;
        if let Some(from) = from.filter(|from| *from != room) {
            self.gathering(from)?.people.retain(|one| *one != id);
        }
        let people = &mut self.gathering(room)?.people;
        if people.contains(&id) {
            return Ok(());
        }
        if people.len() >= limit {
            return Err(Rejection::LoungeRoomFull.into());
        }
        people.push(id);
        Ok(())
    }
}
