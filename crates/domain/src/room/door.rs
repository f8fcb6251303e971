//! The door: who may come in, who knocks, and what an empty room remembers. Rooms of calls have none.

use super::happening::{Caller, Claim, Event, Limits, Rejection};
use super::shapes::{Entry, Keys, Knock, KnockEnd, LeaveReason};
use super::{Admission, Room, seats};
use crate::ids::{ParticipantId, SessionId};
use crate::name::PersonName;
use crate::time::Timestamp;

/// Those who may knock at once. More is more than a host can look through.
pub(super) const MAX_KNOCKS: usize = 50;

impl Room {
    /// What somebody outside meets here, if it is not that they may come in.
    ///
    /// # Errors
    /// What they would be refused with; a password is asked for last.
    pub fn meets(
        room: Option<&Self>,
        now: Timestamp,
        limits: Limits,
        caller: &Caller,
    ) -> Result<(), Rejection> {
        let shown = room.and_then(|room| room.password.as_ref()).map(|password| password.id);
        let passed = pass(room, now, limits, &Caller { shown, ..*caller }, None);
        let full = room.is_some_and(|room| room.is_full(limits));
        match passed {
            Ok(()) | Err(Rejection::KnockFirst) if full => Err(Rejection::RoomFull),
            passed => passed,
        }
    }

    /// Whether somebody whom the host let in comes in time.
    #[must_use]
    pub fn is_admitted(&self, caller: &Caller, now: Timestamp) -> bool {
        self.admission(caller, now).is_some()
    }

    pub(super) fn admission(&self, caller: &Caller, now: Timestamp) -> Option<&Admission> {
        let theirs = |one: &&Admission| one.session == caller.session || one.keys.meet(&caller.keys);
        self.admissions.iter().find(|one| theirs(one) && one.until > now)
    }

    pub(super) fn is_barred(&self, caller: &Caller, was: Option<ParticipantId>) -> bool {
        self.barred.iter().any(|bar| {
            bar.session == caller.session || Some(bar.participant) == was || bar.keys.meet(&caller.keys)
        })
    }

    pub(super) fn is_full(&self, limits: Limits) -> bool {
        self.members.len() >= usize::try_from(limits.people).unwrap_or(usize::MAX)
    }

    /// Whether they were its host, and are again when they come: since then everybody has been away.
    pub(super) fn waits_for(&self, keys: &Keys, now: Timestamp) -> bool {
        self.is_reserved(now) && self.hosts.iter().any(|host| host.meet(keys))
    }

    pub(super) fn is_reserved(&self, now: Timestamp) -> bool {
        self.reserved.is_some_and(|until| until > now)
    }

    fn knows(&self, keys: &Keys) -> bool {
        let inside = self.members.iter().map(|member| &member.keys);
        inside.chain(&self.known).any(|known| known.meet(keys))
    }
}

/// Lets somebody through who has no seat, or says why not. `was` is who they can prove to have been.
pub(super) fn pass(
    room: Option<&Room>,
    now: Timestamp,
    limits: Limits,
    caller: &Caller,
    was: Option<&Claim>,
) -> Result<(), Rejection> {
    if limits.doors.is_none() {
        return Ok(());
    }
    if room.is_some_and(|room| room.is_barred(caller, was.map(|claim| claim.participant))) {
        return Err(Rejection::Removed);
    }
    let vouched = caller.vouched.is_some();
    if room.is_none_or(|room| room.members.is_empty()) && !caller.may_open && !vouched {
        return Err(Rejection::RoomNotOpen);
    }
    let Some(room) = room else { return Ok(()) };
    if room.is_admitted(caller, now) {
        return Ok(());
    }
    let comes_back = was.is_some_and(|claim| claim.call == room.call);
    let host = room.waits_for(&caller.keys, now);
    if room.settings.entry == Entry::Locked && !host {
        return Err(Rejection::RoomLocked);
    }
    if vouched {
        return Ok(());
    }
    if let Some(password) = room.password.as_ref().filter(|_| !comes_back) {
        match caller.shown {
            None => return Err(Rejection::PasswordRequired),
            Some(shown) if shown != password.id => return Err(Rejection::PasswordWrong),
            Some(_) => {}
        }
    }
    if room.settings.entry == Entry::Lobby && !host && !comes_back && !room.knows(&caller.keys) {
        return Err(Rejection::KnockFirst);
    }
    Ok(())
}

/// Asks to be let in. Where one need not, nothing happens.
pub(super) fn knock(
    room: Option<&Room>,
    now: Timestamp,
    limits: Limits,
    caller: Caller,
    participant: ParticipantId,
    person: PersonName,
) -> Result<Vec<Event>, Rejection> {
    if room.is_some_and(|room| room.member_of(caller.session).is_some()) {
        return Err(Rejection::AlreadyInRoom);
    }
    let passed = pass(room, now, limits, &caller, None);
    let Some(room) = room else { return passed.map(|()| Vec::new()) };
    match passed {
        Ok(()) | Err(Rejection::KnockFirst) if room.is_full(limits) => return Err(Rejection::RoomFull),
        Ok(()) => return Ok(give_up(Some(room), caller.session)),
        Err(Rejection::KnockFirst) => {}
        Err(rejection) => return Err(rejection),
    }
    let own = |knock: &&Knock| knock.session == caller.session;
    // A page that lost its session knocks again with another one. Of two that are open each has its own.
    let lost = |knock: &&Knock| knock.grace_ends.is_some() && knock.keys.meet(&caller.keys);
    let before = room.knocks.iter().find(own).or_else(|| room.knocks.iter().find(lost));
    if before.is_none() && room.knocks.len() >= MAX_KNOCKS {
        return Err(Rejection::LobbyFull);
    }
    let knock = Knock {
        id: before.map_or(participant, |knock| knock.id),
        session: caller.session,
        name: person,
        keys: caller.keys,
        since: before.map_or(now, |knock| knock.since),
        grace_ends: None,
    };
    Ok(if before == Some(&knock) { Vec::new() } else { vec![Event::Knocked { knock }] })
}

/// The session asks no longer, if it did.
pub(super) fn give_up(room: Option<&Room>, session: SessionId) -> Vec<Event> {
    let knocks = room.map(Room::knocks).unwrap_or_default().iter();
    knocks.filter(|knock| knock.session == session).map(|knock| ended(knock, KnockEnd::GivenUp)).collect()
}

/// How a knock ends.
pub(super) fn ended(knock: &Knock, end: KnockEnd) -> Event {
    Event::KnockEnded { id: knock.id, session: knock.session, end }
}

/// The session's knock has a socket, or has none until then. None if it does not knock.
pub(super) fn knocks_on(
    room: Option<&Room>,
    session: SessionId,
    grace_ends: Option<Timestamp>,
) -> Option<Vec<Event>> {
    let before = room?.knocks.iter().find(|knock| knock.session == session)?;
    let knock = Knock { grace_ends, ..before.clone() };
    Some(if *before == knock { Vec::new() } else { vec![Event::Knocked { knock }] })
}

/// Everything that is due.
pub(super) fn expire(room: &Room, now: Timestamp, limits: Limits) -> Vec<Event> {
    let over = |ends: Option<Timestamp>| ends.is_some_and(|ends| ends <= now);
    let given_up = room.knocks.iter().filter(|knock| over(knock.grace_ends));
    let mut events: Vec<_> = given_up.map(|knock| ended(knock, KnockEnd::GivenUp)).collect();
    let unreserved = over(room.reserved);
    if unreserved && !room.has_people() {
        return close(room);
    }
    if unreserved {
        events.push(Event::Unreserved);
    }
    let gone = room.members.iter().filter(|member| over(member.grace_ends));
    let gone: Vec<_> = gone.map(|member| (member, LeaveReason::Lost)).collect();
    events.extend(seats::left(room, now, limits, &gone));
    events
}

/// The last one has gone: what the host decided is remembered, until then if that is settled; where it is nothing, the
/// room is no more.
pub(super) fn emptied(room: &Room, now: Timestamp, limits: Limits, until: Option<Timestamp>) -> Vec<Event> {
    let remember = limits.doors.map(|doors| doors.remember).filter(|remember| !remember.is_zero());
    let decided = room.settings != limits.settings || room.password.is_some() || !room.barred.is_empty();
    match remember.filter(|_| decided) {
        Some(remember) => vec![Event::Emptied { until: until.unwrap_or_else(|| now.plus(remember)) }],
        None => gone(room),
    }
}

/// It is over for everybody, and whatever was decided is forgotten.
pub(super) fn close(room: &Room) -> Vec<Event> {
    let leaving = room.members.iter().map(|member| seats::leaving(member, LeaveReason::Ended));
    leaving.chain(gone(room)).collect()
}

fn gone(room: &Room) -> Vec<Event> {
    let knocks = room.knocks.iter().map(|knock| ended(knock, KnockEnd::Opened));
    knocks.chain([Event::Closed]).collect()
}
