//! The room: who is present, in which media state, in which call; who decides about it, and who may come in. Pure.
//!
//! [`handle`] decides and changes nothing; [`apply`] is the only thing that changes state. A room exists from its
//! first participant's coming to its last person's going, and for a while longer where its host decided something about
//! it. Its live document is the serialised [`Room`]. What is decided is in a file each: `seats`, `door`, `host`.

mod door;
mod happening;
mod host;
mod seats;
mod shapes;
mod state;

pub use happening::{Caller, Claim, Command, Doors, Event, Limits, MediaPath, Rejection, Vouched};
pub use shapes::{
    Admission, Bar, Camera, Devices, Entry, Feed, FeedRole, Keys, Knock, KnockEnd, LeaveReason, MediaRoute,
    Member, Microphone, Password, Presence, Publishing, Reaction, RoomSettings, RoutePolicy, Screen, Source,
};
pub use state::apply;

use crate::ids::{CallId, InstanceId, ParticipantId, SessionId};
use crate::name::RoomName;
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

/// A room with at least one participant, or an empty one that is remembered (none and not remembered only between the
/// last `Left` and `Closed`).
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
    /// Who decides about it; one of the members.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    host: Option<ParticipantId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    password: Option<Password>,
    /// Who asks to be let in, longest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    knocks: Vec<Knock>,
    /// Who may come in although there is a lobby, earliest first.
    #[serde(default, skip_serializing_if = "VecDeque::is_empty")]
    admissions: VecDeque<Admission>,
    /// Who was inside and need not knock, longest gone first.
    #[serde(default, skip_serializing_if = "VecDeque::is_empty")]
    known: VecDeque<Keys>,
    /// Who was the host, longest ago first.
    #[serde(default, skip_serializing_if = "VecDeque::is_empty")]
    hosts: VecDeque<Keys>,
    /// Who was removed, longest ago first.
    #[serde(default, skip_serializing_if = "VecDeque::is_empty")]
    barred: VecDeque<Bar>,
    /// Since it was empty, until then: those who were its hosts are hosts again when they come back, and while
    /// nobody comes what they decided is remembered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    reserved: Option<Timestamp>,
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

    /// How many events those inside have been told of.
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

    /// Who decides about the room; nobody in a call's, and while those who could are away.
    #[must_use]
    pub fn host(&self) -> Option<&Member> {
        self.host.and_then(|id| self.member(id))
    }

    /// What one has to show to come in.
    #[must_use]
    pub fn password(&self) -> Option<&Password> {
        self.password.as_ref()
    }

    /// Who asks to be let in, longest first.
    #[must_use]
    pub fn knocks(&self) -> &[Knock] {
        &self.knocks
    }

    /// Whether they may send media.
    #[must_use]
    pub fn may_publish(&self, id: ParticipantId) -> bool {
        match self.settings.publishing {
            Publishing::Everybody => true,
            Publishing::Host => self.host == Some(id),
        }
    }

    /// The next moment at which [`Command::Expire`] would change something.
    #[must_use]
    pub fn next_deadline(&self) -> Option<Timestamp> {
        let seats = self.members.iter().filter_map(|member| member.grace_ends);
        let knocks = self.knocks.iter().filter_map(|knock| knock.grace_ends);
        seats.chain(knocks).chain(self.route_until).chain(self.reserved).min()
    }

    /// Whom a signal from `from` reaches, if it may.
    ///
    /// # Errors
    /// If either has no seat here, or the pair has moved on.
    pub fn relay(&self, from: SessionId, to: ParticipantId, generation: u32) -> Result<&Member, Rejection> {
        let (sender, target) = self.between(from, to)?;
        if sender.epoch + target.epoch != generation {
            return Err(Rejection::StaleGeneration);
        }
        Ok(target)
    }

    /// Who somebody means by another one: both are in it, and it is not oneself.
    ///
    /// # Errors
    /// If not.
    pub fn between(&self, from: SessionId, to: ParticipantId) -> Result<(&Member, &Member), Rejection> {
        let sender = self.member_of(from).ok_or(Rejection::NotInRoom)?;
        let target = self.member(to).filter(|target| target.id != sender.id);
        Ok((sender, target.ok_or(Rejection::ParticipantUnknown)?))
    }

    /// Whether anybody is in it who is no program.
    fn has_people(&self) -> bool {
        self.members.iter().any(|member| member.feed.is_none())
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
    let mut after = events.iter().fold(room.cloned(), apply);
    for follows in [host::succeeded, rerouted] {
        if let Some(event) = after.as_ref().and_then(|after| follows(after, now, limits)) {
            after = apply(after, &event);
            events.push(event);
        }
    }
    Ok(events)
}

/// The way of the media that follows from who is there and what was decided, where it is another one.
fn rerouted(room: &Room, now: Timestamp, limits: Limits) -> Option<Event> {
    let many = room.members.len() >= usize::try_from(limits.promote_at).unwrap_or(usize::MAX);
    let stay = (MediaRoute::Server, None);
    let (route, until) = match (room.settings.route, room.settings.publishing) {
        _ if room.members.is_empty() => (MediaRoute::PeerToPeer, None),
        // A program speaks with the server alone.
        _ if room.members.iter().any(|member| member.feed.is_some()) => stay,
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
        Command::Join { .. } | Command::Continue { .. } | Command::Feed { .. } => {
            seats::come(room, now, limits, command)
        }
        Command::Knock { caller, participant, person } => {
            door::knock(room, now, limits, caller, participant, person)
        }
        Command::StopKnocking { session } => Ok(door::give_up(room, session)),
        Command::Leave { session } => match room.and_then(|room| Some((room, room.member_of(session)?))) {
            Some((room, member)) => Ok(seats::left(room, now, limits, &[(member, LeaveReason::Left)])),
            None => Ok(Vec::new()),
        },
        Command::Expire => Ok(room.map_or_else(Vec::new, |room| door::expire(room, now, limits))),
        Command::Dismiss { participant } => {
            let Some(room) = room else { return Ok(Vec::new()) };
            let ended = |member| seats::left(room, now, limits, &[(member, LeaveReason::Ended)]);
            Ok(room.member(participant).map_or_else(Vec::new, ended))
        }
        Command::Expel { participant } => {
            let room = room.ok_or(Rejection::NotInRoom)?;
            let whom = room.member(participant).ok_or(Rejection::ParticipantUnknown)?;
            Ok(host::expelled(room, now, limits, whom))
        }
        Command::End => Ok(room.map_or_else(Vec::new, door::close)),
        Command::Detach { session, until } => seats::line_broke(room, session, until),
        Command::Attach { session } => seats::line_is_back(room, session),
        Command::SetDevices { session, devices } => {
            seats::edit(room, session, |member| member.devices = devices)
        }
        Command::RenewMedia { session } => {
            seats::edit(room, session, |member| member.epoch = (member.epoch + 1).min(MAX_EPOCH))
        }
        Command::SetHand { session, raised } => seats::edit(room, session, |member| {
            member.hand = raised.then(|| member.hand.unwrap_or(now));
        }),
        Command::Place { instance } => {
            let room = room.filter(|room| !room.members.is_empty()).ok_or(Rejection::NotInRoom)?;
            let placed = Event::Placed { instance: Some(instance), generation: room.generation };
            Ok(room.place.is_none().then_some(placed).into_iter().collect())
        }
        Command::Displace { instance } => {
            let Some(room) = room.filter(|room| room.place == Some(instance)) else { return Ok(Vec::new()) };
            Ok(seats::displaced(room, now, limits))
        }
        Command::SetSettings { .. }
        | Command::SetPassword { .. }
        | Command::AnswerKnocks { .. }
        | Command::Mute { .. }
        | Command::Remove { .. }
        | Command::MakeHost { .. }
        | Command::EndRoom { .. }
        | Command::LowerHand { .. } => host::decide(room, now, limits, command),
    }
}

#[cfg(test)]
mod tests;
