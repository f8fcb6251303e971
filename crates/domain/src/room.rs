//! The room: who is present, in which media state, in which call. Pure.
//!
//! [`handle`] decides and changes nothing; [`apply`] is the only thing that changes state. A room exists from its
//! first participant's coming to its last one's going. Its live document is the serialised [`Room`].

mod shapes;

pub use shapes::{
    Camera, Claim, Command, Devices, Event, LeaveReason, Limits, MediaPath, MediaRoute, Member, Microphone,
    Presence, Publishing, Rejection, RoomSettings, RoutePolicy, Source,
};

use crate::ids::{CallId, InstanceId, ParticipantId, SessionId};
use crate::name::{PersonName, RoomName};
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::VecDeque;

/// Epochs stop here, so that the sum of two always fits.
const MAX_EPOCH: u32 = u32::MAX / 2;
/// Orders of claims above this are not believed, so that there is always a next one.
const MAX_ORDER: u32 = u32::MAX / 2;

/// Those who went and are remembered, so that they come back with a higher epoch: the others have let go of
/// their peers. More enlarges the document by 50 bytes each; who is forgotten falls back on what their claim says.
const MAX_DEPARTED: usize = 32;

/// Somebody who was here during this call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
struct Departed {
    id: ParticipantId,
    /// Theirs when they went.
    epoch: u32,
}

/// A room with at least one participant (none only between the last `Left` and `Closed`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Room {
    name: RoomName,
    call: CallId,
    version: u64,
    next_order: u32,
    settings: RoomSettings,
    route: MediaRoute,
    /// Set while fewer than it takes are still on the media server.
    route_until: Option<Timestamp>,
    /// Which instance forwards the media, once somebody has asked for it.
    #[serde(default)]
    place: Option<InstanceId>,
    /// Rises when connections with the media server have to be made anew.
    #[serde(default)]
    generation: u32,
    /// By order.
    members: Vec<Member>,
    /// Longest gone first, at most [`MAX_DEPARTED`].
    departed: VecDeque<Departed>,
}

impl Room {
    /// As its first participant typed it.
    #[must_use]
    pub fn name(&self) -> &RoomName {
        &self.name
    }

    /// The gathering that goes on.
    #[must_use]
    pub fn call(&self) -> CallId {
        self.call
    }

    /// How many events have led here.
    #[must_use]
    pub fn version(&self) -> u64 {
        self.version
    }

    /// Everybody present, in order of joining.
    #[must_use]
    pub fn members(&self) -> &[Member] {
        &self.members
    }

    /// The seat a session acts for.
    #[must_use]
    pub fn member_of(&self, session: SessionId) -> Option<&Member> {
        self.members.iter().find(|member| member.session == session)
    }

    /// Which way media takes.
    #[must_use]
    pub fn route(&self) -> MediaRoute {
        self.route
    }

    /// Which instance forwards the media, if one does.
    #[must_use]
    pub fn place(&self) -> Option<InstanceId> {
        self.place
    }

    /// Which connections with the media server count: those of an earlier generation lead nowhere.
    #[must_use]
    pub fn generation(&self) -> u32 {
        self.generation
    }

    /// What the host decided.
    #[must_use]
    pub fn settings(&self) -> RoomSettings {
        self.settings
    }

    /// Whoever has been here longest.
    #[must_use]
    pub fn host(&self) -> Option<&Member> {
        self.members.first()
    }

    /// Whether they may send media.
    #[must_use]
    pub fn may_publish(&self, id: ParticipantId) -> bool {
        match self.settings.publishing {
            Publishing::Everybody => true,
            Publishing::Host => self.host().is_some_and(|host| host.id == id),
        }
    }

    /// The next moment at which [`Command::Expire`] would change something.
    #[must_use]
    pub fn next_deadline(&self) -> Option<Timestamp> {
        self.members.iter().filter_map(|member| member.grace_ends).chain(self.route_until).min()
    }

    /// Whom a signal from `from` reaches, if it may.
    ///
    /// # Errors
    /// If either has no seat here, or the pair has moved on.
    pub fn relay(&self, from: SessionId, to: ParticipantId, generation: u32) -> Result<&Member, Rejection> {
        let sender = self.member_of(from).ok_or(Rejection::NotInRoom)?;
        let target = self.member(to).filter(|target| target.id != sender.id);
        let target = target.ok_or(Rejection::ParticipantUnknown)?;
        if sender.epoch + target.epoch != generation {
            return Err(Rejection::StaleGeneration);
        }
        Ok(target)
    }

    fn member(&self, id: ParticipantId) -> Option<&Member> {
        self.members.iter().find(|member| member.id == id)
    }

    fn seat(&self, session: SessionId) -> Result<&Member, Rejection> {
        self.member_of(session).ok_or(Rejection::NotInRoom)
    }

    /// The epoch of somebody who went, while they are remembered.
    fn departed_epoch(&self, id: ParticipantId) -> Option<u32> {
        self.departed.iter().find(|departed| departed.id == id).map(|departed| departed.epoch)
    }

    fn depart(&mut self, id: ParticipantId) {
        let Some(place) = self.members.iter().position(|member| member.id == id) else { return };
        let Member { id, epoch, .. } = self.members.remove(place);
        if self.departed.len() == MAX_DEPARTED {
            self.departed.pop_front();
        }
        self.departed.push_back(Departed { id, epoch });
    }
}

/// Decides on a command. No events means that it changes nothing.
///
/// # Errors
/// If the rules say no; then nothing changes either.
pub fn handle(
    room: Option<&Room>,
    now: Timestamp,
    limits: Limits,
    command: Command,
) -> Result<Vec<Event>, Rejection> {
    let mut events = decide(room, now, limits, command)?;
    let after = events.iter().fold(room.cloned(), apply);
    events.extend(after.as_ref().and_then(|after| rerouted(after, now, limits)));
    Ok(events)
}

/// The way of the media that follows from who is there and what was decided, where it is another one.
fn rerouted(room: &Room, now: Timestamp, limits: Limits) -> Option<Event> {
    let many = room.members.len() >= usize::try_from(limits.promote_at).unwrap_or(usize::MAX);
    let stay = (MediaRoute::Server, None);
    let (route, until) = match (room.settings.route, room.settings.publishing) {
        // Only the server can keep somebody from being seen.
        (_, Publishing::Host) | (RoutePolicy::Server, _) => stay,
        (RoutePolicy::PeerToPeer, _) => (MediaRoute::PeerToPeer, None),
        (RoutePolicy::Auto, _) if many => stay,
        (RoutePolicy::Auto, _) if room.route == MediaRoute::PeerToPeer => (MediaRoute::PeerToPeer, None),
        (RoutePolicy::Auto, _) => match room.route_until {
            None => (MediaRoute::Server, Some(now.plus(limits.demote_after))),
            Some(until) if until <= now => (MediaRoute::PeerToPeer, None),
            until => (MediaRoute::Server, until),
        },
    };
    ((route, until) != (room.route, room.route_until)).then_some(Event::Routed { route, until })
}

fn decide(
    room: Option<&Room>,
    now: Timestamp,
    limits: Limits,
    command: Command,
) -> Result<Vec<Event>, Rejection> {
    match command {
        Command::Join { session, participant, name, call, person, devices } => {
            if room.is_some_and(|room| room.member_of(session).is_some()) {
                return Err(Rejection::AlreadyInRoom);
            }
            let order = room.map_or(1, |room| room.next_order);
            let member = Member {
                id: participant,
                session,
                name: person,
                order,
                epoch: 1,
                presence: Presence::Connected,
                grace_ends: None,
                devices,
                joined_at: now,
            };
            admit(room, limits, name, call, member)
        }
        Command::Continue { session, claim, name, person, devices, media } => {
            let member = continued(room, session, claim, person, devices, media)?;
            match room.and_then(|room| room.member(claim.participant)) {
                Some(before) => Ok(changed(before, member)),
                None => admit(room, limits, name, claim.call, member),
            }
        }
        Command::Leave { session } => match room.and_then(|room| Some((room, room.member_of(session)?))) {
            Some((room, member)) => Ok(left(room, &[(member, LeaveReason::Left)])),
            None => Ok(Vec::new()),
        },
        Command::Expire => {
            let Some(room) = room else { return Ok(Vec::new()) };
            let over = |member: &&Member| member.grace_ends.is_some_and(|ends| ends <= now);
            let gone: Vec<_> = room.members.iter().filter(over).map(|m| (m, LeaveReason::Lost)).collect();
            Ok(left(room, &gone))
        }
        Command::Dismiss { participant } => {
            let Some(room) = room else { return Ok(Vec::new()) };
            Ok(room
                .member(participant)
                .map_or_else(Vec::new, |member| left(room, &[(member, LeaveReason::Ended)])))
        }
        Command::End => {
            let Some(room) = room else { return Ok(Vec::new()) };
            let all: Vec<_> = room.members.iter().map(|member| (member, LeaveReason::Ended)).collect();
            Ok(left(room, &all))
        }
        Command::Detach { session, until } => edit(room, session, |member| {
            member.presence = Presence::Reconnecting;
            member.grace_ends = Some(until);
        }),
        Command::Attach { session } => edit(room, session, |member| {
            member.presence = Presence::Connected;
            member.grace_ends = None;
        }),
        Command::SetDevices { session, devices } => edit(room, session, |member| member.devices = devices),
        Command::RenewMedia { session } => {
            edit(room, session, |member| member.epoch = (member.epoch + 1).min(MAX_EPOCH))
        }
        Command::Place { instance } => {
            let room = room.ok_or(Rejection::NotInRoom)?;
            let placed = Event::Placed { instance: Some(instance), generation: room.generation };
            Ok(room.place.is_none().then_some(placed).into_iter().collect())
        }
        Command::Displace { instance } => {
            let Some(room) = room.filter(|room| room.place == Some(instance)) else { return Ok(Vec::new()) };
            Ok(vec![Event::Placed { instance: None, generation: room.generation.saturating_add(1) }])
        }
        Command::SetSettings { session, settings } => {
            let room = room.ok_or(Rejection::NotInRoom)?;
            let member = room.seat(session)?;
            if room.host().is_none_or(|host| host.id != member.id) {
                return Err(Rejection::NotHost);
            }
            let changed = settings != room.settings;
            Ok(changed.then_some(Event::SettingsChanged { settings }).into_iter().collect())
        }
    }
}

/// The state after an event.
#[must_use]
pub fn apply(room: Option<Room>, event: &Event) -> Option<Room> {
    if let Event::Opened { name, call, settings } = event {
        return Some(Room {
            name: name.clone(),
            call: *call,
            version: 1,
            next_order: 1,
            settings: *settings,
            route: MediaRoute::PeerToPeer,
            route_until: None,
            place: None,
            generation: 0,
            members: Vec::new(),
            departed: VecDeque::new(),
        });
    }
    let mut room = room?;
    room.version += 1;
    match event {
        Event::Opened { .. } => {}
        Event::SettingsChanged { settings } => room.settings = *settings,
        Event::Routed { route, until } => (room.route, room.route_until) = (*route, *until),
        Event::Placed { instance, generation } => (room.place, room.generation) = (*instance, *generation),
        Event::Joined { member } => {
            room.next_order = room.next_order.max(member.order + 1);
            let place = room.members.partition_point(|other| other.order < member.order);
            room.members.insert(place, member.clone());
            room.departed.retain(|departed| departed.id != member.id);
        }
        Event::Changed { member } => {
            if let Some(seat) = room.members.iter_mut().find(|seat| seat.id == member.id) {
                *seat = member.clone();
            }
        }
        Event::Left { participant, .. } => room.depart(*participant),
        Event::Closed => return None,
    }
    Some(room)
}

/// The seat of somebody who continues: the one they have, or the one they had.
fn continued(
    room: Option<&Room>,
    session: SessionId,
    claim: Claim,
    person: PersonName,
    devices: Devices,
    media: MediaPath,
) -> Result<Member, Rejection> {
    let acting = room.and_then(|room| room.member_of(session));
    if acting.is_some_and(|member| member.id != claim.participant) {
        return Err(Rejection::AlreadyInRoom);
    }
    let seat = room.and_then(|room| room.member(claim.participant));
    let departed = room.and_then(|room| room.departed_epoch(claim.participant));
    // Whoever was seen going has lost their peers on the other sides, whatever is left of them on their own.
    let others_hold_on = departed.is_none() && room.is_none_or(|room| room.call == claim.call);
    let epoch = seat.map(|seat| seat.epoch).or(departed).unwrap_or(0).max(claim.epoch);
    let epoch = match media {
        MediaPath::Kept if others_hold_on => epoch,
        MediaPath::Kept | MediaPath::Fresh => epoch.saturating_add(1),
    };
    let taken = |order| room.is_some_and(|room| room.members.iter().any(|member| member.order == order));
    let order = match seat {
        Some(seat) => seat.order,
        None if taken(claim.order) || claim.order > MAX_ORDER => room.map_or(1, |room| room.next_order),
        None => claim.order,
    };
    Ok(Member {
        id: claim.participant,
        session,
        name: person,
        order,
        epoch: epoch.min(MAX_EPOCH),
        presence: Presence::Connected,
        grace_ends: None,
        devices,
        joined_at: seat.map_or(claim.joined_at, |seat| seat.joined_at),
    })
}

fn admit(
    room: Option<&Room>,
    limits: Limits,
    name: RoomName,
    call: CallId,
    member: Member,
) -> Result<Vec<Event>, Rejection> {
    let present = room.map_or(0, |room| room.members.len());
    if present >= usize::try_from(limits.people).unwrap_or(usize::MAX) {
        return Err(Rejection::RoomFull);
    }
    let joined = Event::Joined { member };
    Ok(match room {
        Some(_) => vec![joined],
        None => vec![Event::Opened { name, call, settings: limits.settings }, joined],
    })
}

fn edit(
    room: Option<&Room>,
    session: SessionId,
    change: impl FnOnce(&mut Member),
) -> Result<Vec<Event>, Rejection> {
    let before = room.ok_or(Rejection::NotInRoom)?.seat(session)?;
    let mut after = before.clone();
    change(&mut after);
    Ok(changed(before, after))
}

fn changed(before: &Member, after: Member) -> Vec<Event> {
    if *before == after { Vec::new() } else { vec![Event::Changed { member: after }] }
}

fn left(room: &Room, gone: &[(&Member, LeaveReason)]) -> Vec<Event> {
    let mut events: Vec<_> = gone
        .iter()
        .map(|(member, reason)| Event::Left {
            participant: member.id,
            session: member.session,
            reason: *reason,
        })
        .collect();
    if !events.is_empty() && events.len() == room.members.len() {
        events.push(Event::Closed);
    }
    events
}

#[cfg(test)]
mod tests;
