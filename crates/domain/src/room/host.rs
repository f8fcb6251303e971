//! The host: who it is, and what they alone may do. Rooms of calls have none.

use super::happening::{Command, Event, Limits, Rejection};
use super::shapes::{
    Admission, Bar, Entry, KnockEnd, LeaveReason, Member, Microphone, Presence, RoomSettings,
};
use super::{Room, door, seats};
use crate::ids::{ParticipantId, SessionId};
use crate::time::Timestamp;

/// Who is the host from now on, where nobody is any more: whoever has been here longest, of those whom the organisation
/// has sent to decide if there are any, and of those whose line holds if there are any. A room that was empty waits for its hosts if not everybody may come in.
pub(super) fn succeeded(room: &Room, now: Timestamp, limits: Limits) -> Option<Event> {
    let waits = room.is_reserved(now) && room.settings.entry != Entry::Open;
    if limits.doors.is_none() || waits || room.host.is_some() {
        return None;
    }
    let here = |member: &Member| member.presence == Presence::Connected;
    // The first of those who are equal: orders stand the other way round.
    let claim = |member: &&Member| (here(member), member.appointed, std::cmp::Reverse(member.order));
    // A program decides nothing.
    let people = room.members.iter().filter(|member| member.feed.is_none());
    let heir = people.max_by_key(claim)?;
    Some(Event::HostChanged { host: Some(heir.id) })
}

/// Carries out what only a host may ask for.
pub(super) fn decide(
    room: Option<&Room>,
    now: Timestamp,
    limits: Limits,
    command: Command,
) -> Result<Vec<Event>, Rejection> {
    let room = room.ok_or(Rejection::NotInRoom)?;
    let host = room.by_host(acting(&command))?;
    let seat = |id| room.member(id).ok_or(Rejection::ParticipantUnknown);
    Ok(match command {
        Command::SetSettings { settings, .. } => room.set(settings),
        Command::SetPassword { password, .. } => {
            let same = password == room.password;
            (!same).then_some(Event::PasswordChanged { password }).into_iter().collect()
        }
        Command::AnswerKnocks { knocks, admit, .. } => room.answer(&knocks, admit, now, limits),
        Command::Mute { participant, .. } => {
            let whose: Vec<_> = match participant {
                Some(id) => vec![seat(id)?],
                None => room.members.iter().filter(|member| member.id != host.id).collect(),
            };
            whose.into_iter().flat_map(mute).collect()
        }
        Command::Remove { participant, .. } => {
            let whom = seat(participant)?;
            if whom.id == host.id {
                return Err(Rejection::ParticipantUnknown);
            }
            room.remove(host, whom)
        }
        Command::MakeHost { participant, .. } => {
            let heir = seat(participant)?;
            if heir.feed.is_some() {
                return Err(Rejection::ParticipantUnknown);
            }
            let host = heir.id;
            (room.host != Some(host)).then_some(Event::HostChanged { host: Some(host) }).into_iter().collect()
        }
        Command::EndRoom { .. } => door::close(room),
        Command::LowerHand { participant, .. } => {
            let before = seat(participant)?;
            seats::changed(before, Member { hand: None, ..before.clone() })
        }
        _ => Vec::new(),
    })
}

/// What removing somebody over the host's head does. If nobody is left inside, the room is remembered for as long as
/// any that its host decided something about: it knows who may not come back.
pub(super) fn expelled(room: &Room, now: Timestamp, limits: Limits, whom: &Member) -> Vec<Event> {
    let mut events = room.remove_but(None, whom);
    events.extend(seats::deserted(room, &events, now, limits));
    events
}

/// Who asks for it; nobody for what everybody may.
fn acting(command: &Command) -> Option<SessionId> {
    match command {
        Command::SetSettings { session, .. }
        | Command::SetPassword { session, .. }
        | Command::AnswerKnocks { session, .. }
        | Command::Mute { session, .. }
        | Command::Remove { session, .. }
        | Command::MakeHost { session, .. }
        | Command::EndRoom { session }
        | Command::LowerHand { session, .. } => Some(*session),
        _ => None,
    }
}

fn mute(member: &Member) -> Vec<Event> {
    if member.devices.microphone != Microphone::Live {
        return Vec::new();
    }
    let mut after = member.clone();
    after.devices.microphone = Microphone::Muted;
    vec![Event::Muted { participant: member.id, session: member.session }, Event::Changed { member: after }]
}

impl Room {
    /// The host's seat, if it is theirs.
    ///
    /// # Errors
    /// If they are not in the room, or not its host.
    fn by_host(&self, session: Option<SessionId>) -> Result<&Member, Rejection> {
        let member = self.seat(session.ok_or(Rejection::NotHost)?)?;
        if self.host == Some(member.id) { Ok(member) } else { Err(Rejection::NotHost) }
    }

    /// Whether this session acts for the host.
    ///
    /// # Errors
    /// If it is not in the room, or not its host.
    pub fn check_host(&self, session: SessionId) -> Result<(), Rejection> {
        self.by_host(Some(session)).map(drop)
    }

    fn set(&self, settings: RoomSettings) -> Vec<Event> {
        if settings == self.settings {
            return Vec::new();
        }
        let end = match settings.entry {
            Entry::Lobby => None,
            Entry::Open => Some(KnockEnd::Opened),
            Entry::Locked => Some(KnockEnd::Locked),
        };
        let knocks = self.knocks.iter().filter_map(|knock| Some(door::ended(knock, end?)));
        std::iter::once(Event::SettingsChanged { settings }).chain(knocks).collect()
    }

    fn answer(&self, knocks: &[ParticipantId], admit: bool, now: Timestamp, limits: Limits) -> Vec<Event> {
        let lasts = limits.doors.map(|doors| doors.admission).unwrap_or_default();
        let answered = self.knocks.iter().filter(|knock| knocks.contains(&knock.id));
        let answer = |knock: &super::Knock| {
            let end = if admit { KnockEnd::Admitted } else { KnockEnd::Refused };
            let (id, session, keys) = (knock.id, knock.session, knock.keys);
            let admission = Admission { id, session, keys, until: now.plus(lasts) };
            let admitted = admit.then_some(Event::Admitted { admission });
            admitted.into_iter().chain([door::ended(knock, end)])
        };
        answered.flat_map(answer).collect()
    }

    /// They go, and so does whoever is known by the same; the host stays, however they are known.
    fn remove(&self, host: &Member, whom: &Member) -> Vec<Event> {
        self.remove_but(Some(host), whom)
    }

    fn remove_but(&self, host: Option<&Member>, whom: &Member) -> Vec<Event> {
        let of_host = host.map(|host| host.keys).unwrap_or_default();
        let keys = whom.keys.without(&of_host);
        let same = |member: &&Member| {
            host.is_none_or(|host| host.id != member.id) && (member.id == whom.id || member.keys.meet(&keys))
        };
        let mut events = Vec::new();
        for member in self.members.iter().filter(same) {
            let (participant, session) = (member.id, member.session);
            let keys = member.keys.without(&of_host);
            events.push(seats::leaving(member, LeaveReason::Removed));
            events.push(Event::Barred { bar: Bar { participant, session, keys } });
        }
        let knocks = self.knocks.iter().filter(|knock| knock.keys.meet(&keys));
        events.extend(knocks.map(|knock| door::ended(knock, KnockEnd::Refused)));
        events
    }
}
