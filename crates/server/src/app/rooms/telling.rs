//! What is told of what happens in a room: to everybody in it, to the host about those who knock, to single sessions
//! about themselves.

use super::Loaded;
use crate::app::Refused;
use crate::app::documents::{self, ControlNotice, Route};
use bytes::Bytes;
use visavis_domain::chat::{self, Chat};
use visavis_domain::ids::{ParticipantId, SessionId};
use visavis_domain::room::{self, Event, KnockEnd, LeaveReason, Member, Room};
use visavis_live::TopicName;
use visavis_protocol::{
    ChatMessage, Knock, KnockAnswer, OfferedFile, Participant, RoomSnapshot, ServerFrame, Topic,
};

/// Applies the events, and puts them into words for those who are concerned.
pub(in crate::app) fn room_events(
    loaded: &mut Loaded,
    events: &[Event],
) -> Result<Vec<(TopicName, Bytes)>, Refused> {
    let asked_before = asked(loaded.room.as_ref());
    let topic = Route::Room(&loaded.name).topic();
    let mut told = Vec::new();
    let mut out = Vec::new();
    for event in events {
        let seat_before = previous_session(loaded.room.as_ref(), event);
        loaded.room = room::apply(loaded.room.take(), event);
        if let (Some(frame), Some(room)) = (frame(event, loaded.room.as_ref()), &loaded.room) {
            told.push((Route::Room(room.name()).topic(), documents::encode(&frame)?));
        }
        if let Some(session) = seat_before {
            told.push((Route::Session(session).topic(), ControlNotice::Replaced.body()));
        }
        if let Some((session, event)) = personal(event) {
            told.push(direct(session, event)?);
        }
        if let Event::Left { session, reason: LeaveReason::Ended | LeaveReason::Removed, .. } = event {
            out.push((Route::Session(*session).topic(), ControlNotice::OutOf(topic.clone()).body()));
        }
    }
    if let (Some((session, knocks)), before) = (asked(loaded.room.as_ref()), asked_before)
        && before.as_ref() != Some(&(session, knocks.clone()))
        && !(knocks.is_empty() && before.is_none_or(|(before, _)| before != session))
    {
        told.push(direct(session, visavis_protocol::Event::KnocksChanged { knocks })?);
    }
    told.extend(out);
    Ok(told)
}

/// Something for one session alone.
pub(in crate::app) fn direct(
    session: SessionId,
    event: visavis_protocol::Event,
) -> Result<(TopicName, Bytes), Refused> {
    let frame = ServerFrame::Event { topic: Topic::Direct, version: None, event };
    Ok((Route::Session(session).topic(), documents::encode(&frame)?))
}

/// Who lets people in, and whom they see before the door.
fn asked(room: Option<&Room>) -> Option<(SessionId, Vec<Knock>)> {
    let room = room?;
    Some((room.host()?.session, knocks(room)))
}

fn knocks(room: &Room) -> Vec<Knock> {
    let seen =
        |knock: &room::Knock| Knock { id: knock.id, name: knock.name.shown().to_owned(), since: knock.since };
    room.knocks().iter().map(seen).collect()
}

/// What an event means for one session alone, if it does.
fn personal(event: &Event) -> Option<(SessionId, visavis_protocol::Event)> {
    match event {
        Event::Muted { session, .. } => Some((*session, visavis_protocol::Event::Muted)),
        Event::KnockEnded { session, end, .. } => {
            let answer = match end {
                KnockEnd::Admitted => KnockAnswer::Admitted,
                KnockEnd::Refused => KnockAnswer::Refused,
                KnockEnd::Opened => KnockAnswer::Opened,
                KnockEnd::Locked => KnockAnswer::Locked,
                KnockEnd::GivenUp => return None,
            };
            Some((*session, visavis_protocol::Event::KnockAnswered { answer }))
        }
        _ => None,
    }
}

/// The session that loses its seat by this event, if one does.
fn previous_session(room: Option<&Room>, event: &Event) -> Option<SessionId> {
    let Event::Changed { member } = event else { return None };
    let before = room?.members().iter().find(|before| before.id == member.id)?;
    (before.session != member.session).then_some(before.session)
}

/// What the others in the room are told.
fn frame(event: &Event, after: Option<&Room>) -> Option<ServerFrame> {
    let event = match event {
        Event::Joined { member } => {
            visavis_protocol::Event::ParticipantJoined { participant: participant(member) }
        }
        Event::Changed { member } => {
            visavis_protocol::Event::ParticipantChanged { participant: participant(member) }
        }
        Event::Left { participant, reason, .. } => {
            visavis_protocol::Event::ParticipantLeft { participant: *participant, reason: *reason }
        }
        Event::Routed { .. } | Event::Placed { .. } => {
            let room = after?;
            visavis_protocol::Event::MediaRouted { route: room.route(), generation: room.generation() }
        }
        Event::SettingsChanged { settings } => {
            visavis_protocol::Event::SettingsChanged { settings: *settings }
        }
        Event::HostChanged { host } => visavis_protocol::Event::HostChanged { host: *host },
        Event::PasswordChanged { password } => {
            visavis_protocol::Event::PasswordChanged { password: password.is_some() }
        }
        Event::Opened { .. }
        | Event::Muted { .. }
        | Event::Knocked { .. }
        | Event::KnockEnded { .. }
        | Event::Admitted { .. }
        | Event::Barred { .. }
        | Event::Emptied { .. }
        | Event::Refilled { .. }
        | Event::Unreserved
        | Event::Closed => return None,
    };
    Some(ServerFrame::Event { topic: Topic::Room, version: after.map(Room::version), event })
}

fn participant(member: &Member) -> Participant {
    Participant {
        id: member.id,
        name: member.name.shown().to_owned(),
        order: member.order,
        epoch: member.epoch,
        presence: member.presence,
        microphone: member.devices.microphone,
        camera: member.devices.camera,
        screen: member.devices.screen,
        hand: member.hand,
        joined_at: member.joined_at,
        feed: member.feed.map(|feed| feed.role),
    }
}

pub(super) fn line(message: &chat::Message<ParticipantId>) -> ChatMessage {
    ChatMessage {
        id: message.id,
        from: message.from,
        name: message.name.shown().to_owned(),
        text: message.text.clone(),
        file: message.file.clone().map(|file| OfferedFile { id: file.id, name: file.name, size: file.size }),
        at: message.at,
    }
}

/// The room, for this session.
pub(super) fn snapshot(
    room: &Room,
    session: SessionId,
    chat: Option<&Chat>,
    file_bytes: u64,
) -> RoomSnapshot {
    let host = room.host();
    RoomSnapshot {
        name: room.name().shown().to_owned(),
        call: room.call(),
        participants: room.members().iter().map(participant).collect(),
        host: host.map(|host| host.id),
        route: room.route(),
        generation: room.generation(),
        settings: room.settings(),
        password: room.password().is_some(),
        knocks: host.filter(|host| host.session == session).map(|_| knocks(room)).unwrap_or_default(),
        version: room.version(),
        messages: chat.map(|chat| chat.messages().iter().map(line).collect()).unwrap_or_default(),
        chat_version: chat.map_or(0, |chat| chat.version()),
        file_bytes,
    }
}
