//! Seats: coming, coming back, going.

use super::door;
use super::happening::{Caller, Claim, Command, Event, Limits, MediaPath, Rejection, Vouched};
use super::shapes::{Devices, LeaveReason, Member, Presence, Screen};
use super::{MAX_EPOCH, MAX_ORDER, Room};
use crate::ids::{CallId, SessionId};
use crate::name::{PersonName, RoomName};
use crate::time::Timestamp;

fn not_seated(room: Option<&Room>, caller: &Caller) -> Result<(), Rejection> {
    let seated = room.is_some_and(|room| room.member_of(caller.session).is_some());
    if seated { Err(Rejection::AlreadyInRoom) } else { Ok(()) }
}

/// Carries out `Join`, `Feed` and `Continue`.
pub(super) fn come(
    room: Option<&Room>,
    now: Timestamp,
    limits: Limits,
    command: Command,
) -> Result<Vec<Event>, Rejection> {
    match command {
        Command::Join { caller, participant, name, call, person, devices } => {
            not_seated(room, &caller)?;
            door::pass(room, now, limits, &caller, None)?;
            let admitted = room.and_then(|room| room.admission(&caller, now)).map(|admission| admission.id);
            let admitted = admitted.filter(|id| room.is_some_and(|room| room.member(*id).is_none()));
            let member = Member {
                id: admitted.unwrap_or(participant),
                session: caller.session,
                name: person,
                order: room.map_or(1, |room| room.next_order),
                epoch: 1,
                presence: Presence::Connected,
                grace_ends: None,
                devices,
                joined_at: now,
                hand: None,
                keys: caller.keys,
                appointed: caller.vouched == Some(Vouched::Host),
                feed: None,
            };
            sit_down(room, now, limits, name, call, member)
        }
        Command::Feed { caller, participant, name, call, person, devices, feed, until } => {
            not_seated(room, &caller)?;
            door::pass(room, now, limits, &caller, None)?;
            let member = Member {
                id: participant,
                session: caller.session,
                name: person,
                order: room.map_or(1, |room| room.next_order),
                epoch: 1,
                presence: Presence::Reconnecting,
                grace_ends: Some(until),
                devices,
                joined_at: now,
                hand: None,
                keys: caller.keys,
                appointed: false,
                feed: Some(feed),
            };
            sit_down(room, now, limits, name, call, member)
        }
        Command::Continue { caller, claim, name, person, devices, media } => {
            let seat = room.and_then(|room| room.member(claim.participant));
            if room.is_some_and(|room| room.is_barred(&caller, Some(claim.participant))) {
                return Err(Rejection::Removed);
            }
            if let Some(before) = seat {
                return Ok(changed(before, continued(room, caller, claim, person, devices, media)?));
            }
            let call = claim.call;
            if room.is_none_or(|room| room.member_of(caller.session).is_none()) {
                door::pass(room, now, limits, &caller, Some(&claim))?;
            }
            let member = continued(room, caller, claim, person, devices, media)?;
            sit_down(room, now, limits, name, call, member)
        }
        _ => Ok(Vec::new()),
    }
}

/// The seat of somebody who continues: the one they have, or the one they had.
fn continued(
    room: Option<&Room>,
    caller: Caller,
    claim: Claim,
    person: PersonName,
    devices: Devices,
    media: MediaPath,
) -> Result<Member, Rejection> {
    let acting = room.and_then(|room| room.member_of(caller.session));
    if acting.is_some_and(|member| member.id != claim.participant) {
        return Err(Rejection::AlreadyInRoom);
    }
    let seat = room.and_then(|room| room.member(claim.participant));
    // A room that everybody has left is to its people as if it had never been.
    let gathering = room.filter(|room| !room.members.is_empty());
    let departed = gathering.and_then(|room| room.departed_epoch(claim.participant));
    // Whoever was seen going has lost their peers on the other sides, whatever is left of them on their own.
    let others_hold_on = departed.is_none() && gathering.is_none_or(|room| room.call == claim.call);
    let epoch = seat.map(|seat| seat.epoch).or(departed).unwrap_or(0).max(claim.epoch);
    let kept = media == MediaPath::Kept && others_hold_on;
    let epoch = if kept { epoch } else { epoch.saturating_add(1) };
    let taken = |order| room.is_some_and(|room| room.members.iter().any(|member| member.order == order));
    let order = match seat {
        Some(seat) => seat.order,
        None if taken(claim.order) || claim.order > MAX_ORDER => room.map_or(1, |room| room.next_order),
        None => claim.order,
    };
    // Who comes does not say what they show: with their peers it goes on.
    let screen = seat.filter(|_| kept).map_or(Screen::Off, |seat| seat.devices.screen);
    Ok(Member {
        id: claim.participant,
        session: caller.session,
        name: person,
        order,
        epoch: epoch.min(MAX_EPOCH),
        presence: Presence::Connected,
        grace_ends: None,
        devices: Devices { screen, ..devices },
        joined_at: seat.map_or(claim.joined_at, |seat| seat.joined_at),
        hand: seat.and_then(|seat| seat.hand),
        keys: caller.keys,
        appointed: caller.vouched == Some(Vouched::Host),
        feed: None,
    })
}

fn sit_down(
    room: Option<&Room>,
    now: Timestamp,
    limits: Limits,
    name: RoomName,
    call: CallId,
    member: Member,
) -> Result<Vec<Event>, Rejection> {
    if room.is_some_and(|room| room.is_full(limits)) || limits.people == 0 {
        return Err(Rejection::RoomFull);
    }
    let mut events = Vec::new();
    match room {
        None => events.push(Event::Opened { name, call, settings: limits.settings }),
        Some(room) if room.members.is_empty() => events.push(Event::Refilled { call }),
        Some(_) => {}
    }
    let (id, keys, appointed) = (member.id, member.keys, member.appointed);
    events.push(Event::Joined { member });
    let Some(room) = room else { return Ok(events) };
    let takes_over = appointed && room.host().is_none_or(|host| !host.appointed);
    if takes_over || room.waits_for(&keys, now) {
        events.push(Event::HostChanged { host: Some(id) });
        if room.is_reserved(now) {
            events.push(Event::Unreserved);
        }
    }
    Ok(events)
}

/// The socket of a seat, or of a knock, is gone.
pub(super) fn line_broke(
    room: Option<&Room>,
    session: SessionId,
    until: Timestamp,
) -> Result<Vec<Event>, Rejection> {
    if let Some(events) = door::knocks_on(room, session, Some(until)) {
        return Ok(events);
    }
    edit(room, session, |member| {
        member.presence = Presence::Reconnecting;
        member.grace_ends = Some(until);
    })
}

/// It is back.
pub(super) fn line_is_back(room: Option<&Room>, session: SessionId) -> Result<Vec<Event>, Rejection> {
    if let Some(events) = door::knocks_on(room, session, None) {
        return Ok(events);
    }
    edit(room, session, |member| {
        member.presence = Presence::Connected;
        member.grace_ends = None;
    })
}

/// Changes the seat that a session acts for.
pub(super) fn edit(
    room: Option<&Room>,
    session: SessionId,
    change: impl FnOnce(&mut Member),
) -> Result<Vec<Event>, Rejection> {
    let before = room.ok_or(Rejection::NotInRoom)?.seat(session)?;
    let mut after = before.clone();
    change(&mut after);
    Ok(changed(before, after))
}

/// What is told of a seat, if it is another one than before.
pub(super) fn changed(before: &Member, after: Member) -> Vec<Event> {
    if *before == after { Vec::new() } else { vec![Event::Changed { member: after }] }
}

/// Some go; with the last of the people the room closes, or is remembered.
pub(super) fn left(
    room: &Room,
    now: Timestamp,
    limits: Limits,
    gone: &[(&Member, LeaveReason)],
) -> Vec<Event> {
    let mut events: Vec<_> = gone.iter().map(|(member, reason)| leaving(member, *reason)).collect();
    events.extend(deserted(room, &events, now, limits));
    events
}

/// What follows where these events leave nobody but programs, or nobody at all. With the last of the people programs go
/// too: they decide nothing and know nobody, so that a room which they kept open would never forget who was in it, and
/// a locked one would keep out even its host. One that came before the people stays until they have been there.
pub(super) fn deserted(room: &Room, events: &[Event], now: Timestamp, limits: Limits) -> Vec<Event> {
    let after = events.iter().fold(Some(room.clone()), super::apply);
    let Some(after) = after.filter(|after| !events.is_empty() && !after.has_people()) else {
        return Vec::new();
    };
    if !room.has_people() && !after.members.is_empty() {
        return Vec::new();
    }
    let mut follows: Vec<_> =
        after.members.iter().map(|program| leaving(program, LeaveReason::Ended)).collect();
    // Programs that come and go while nobody is there do not have it remembered for longer.
    let until = room.reserved.filter(|_| !room.has_people());
    follows.extend(door::emptied(&after, now, limits, until));
    follows
}

/// The room's media is forwarded nowhere for now. Pages connect anew; programs cannot be told to, and go.
pub(super) fn displaced(room: &Room, now: Timestamp, limits: Limits) -> Vec<Event> {
    let feeds = room.members.iter().filter(|member| member.feed.is_some());
    let gone: Vec<_> = feeds.map(|member| (member, LeaveReason::Lost)).collect();
    let mut events = left(room, now, limits, &gone);
    if gone.len() < room.members.len() {
        let generation = room.generation.saturating_add(1);
        events.push(Event::Placed { instance: None, generation });
    }
    events
}

/// One goes.
pub(super) fn leaving(member: &Member, reason: LeaveReason) -> Event {
    Event::Left { participant: member.id, session: member.session, reason }
}
