//! Use cases of rooms and their chat. Each loads, decides, commits; when another one was faster, it starts over.

use super::documents::{self, ControlNotice, Route, chat_key, room_key};
use super::settle::Cause;
use super::{App, Identity, Refused};
use bytes::Bytes;
use std::time::Duration;
use visavis_domain::chat::{self, Chat};
use visavis_domain::ids::{CallId, MessageId, ParticipantId, SessionId};
use visavis_domain::name::{PersonName, RoomName};
use visavis_domain::room::{self, Claim, Command, Devices, Event, Member, Room};
use visavis_live::{Commit, Document, LiveError, TopicName, Version, Write};
use visavis_protocol::{
    ChatMessage, IceServer, MediaPath, Participant, Reply, RoomSnapshot, RoomSummary, ServerFrame, Signal,
    Topic,
};

/// Lost races before giving up. Each lost race means that somebody else's command went through, so this is
/// reached only by a crowd on one document.
pub(super) const ATTEMPTS: u32 = 64;

/// A wish to be in a room.
#[derive(Debug)]
pub(crate) struct JoinRequest {
    pub(crate) who: Identity,
    pub(crate) session: SessionId,
    pub(crate) name: String,
    pub(crate) devices: Devices,
    pub(crate) continuation: Option<String>,
    pub(crate) media: MediaPath,
}

/// A room and its chat as they lie in live state.
pub(super) struct Loaded {
    name: RoomName,
    pub(super) room: Option<Room>,
    room_version: Version,
    chat: Option<Chat>,
    chat_version: Version,
}

impl App {
    /// Who is in a room, for somebody outside of it.
    pub(crate) async fn look(&self, name: &RoomName) -> Result<Reply, Refused> {
        let loaded = self.load(name).await?;
        let members = loaded.room.as_ref().map(Room::members).unwrap_or_default();
        let present = members.iter().map(|member| member.name.shown().to_owned()).collect();
        Ok(Reply::Summary { room: RoomSummary { present, limit: self.limits.people } })
    }

    /// Go in, as somebody new or as who one was.
    pub(crate) async fn join(
        &self,
        name: &RoomName,
        request: JoinRequest,
        ice_servers: Vec<IceServer>,
    ) -> Result<Reply, Refused> {
        let person = PersonName::parse(&request.name).map_err(|_| Refused::Name)?;
        let JoinRequest { who, session, devices, continuation, media, .. } = request;
        let command = match continuation {
            Some(token) => {
                let claim = self.tokens.claim(self.now(), name.folded(), &token);
                let claim = claim.map_err(|_| Refused::Continuation)?;
                let media = match media {
                    MediaPath::Kept => room::MediaPath::Kept,
                    MediaPath::Fresh => room::MediaPath::Fresh,
                };
                Command::Continue { session, claim, name: name.clone(), person, devices, media }
            }
            None => Command::Join {
                session,
                participant: ParticipantId::from_bits(self.random_bits()),
                name: name.clone(),
                call: CallId::from_bits(self.random_bits()),
                person,
                devices,
            },
        };
        // Who comes back was in there: a room that was lost is not opened by them, but brought back.
        let opener = matches!(command, Command::Join { .. }).then_some(who);
        let loaded = self.change_as(name, command, opener).await?;
        let continuation = |claim: &Claim| Ok(self.tokens.continuation(self.now(), name.folded(), claim)?);
        loaded.joined(session, continuation, ice_servers)
    }

    /// Go out.
    pub(crate) async fn leave(&self, name: &RoomName, session: SessionId) -> Result<(), Refused> {
        self.change(name, Command::Leave { session }).await.map(drop)
    }

    /// The session's socket is back.
    pub(crate) async fn attach(&self, name: &RoomName, session: SessionId) -> Result<(), Refused> {
        self.change(name, Command::Attach { session }).await.map(drop)
    }

    /// The session's socket is gone; its seat is kept for `grace`.
    pub(crate) async fn detach(
        &self,
        name: &RoomName,
        session: SessionId,
        grace: Duration,
    ) -> Result<(), Refused> {
        let until = self.now().plus(grace);
        self.change(name, Command::Detach { session, until }).await.map(drop)
    }

    /// Frees the seats whose grace has run out.
    pub(super) async fn expire(&self, name: &RoomName) -> Result<(), Refused> {
        self.change(name, Command::Expire).await.map(drop)
    }

    /// Announce what one's devices do.
    pub(crate) async fn set_devices(
        &self,
        name: &RoomName,
        session: SessionId,
        devices: Devices,
    ) -> Result<Reply, Refused> {
        self.change(name, Command::SetDevices { session, devices }).await?;
        Ok(Reply::Done)
    }

    /// Everybody builds new peers towards this participant.
    pub(crate) async fn renew_media(&self, name: &RoomName, session: SessionId) -> Result<Reply, Refused> {
        self.change(name, Command::RenewMedia { session }).await?;
        Ok(Reply::Done)
    }

    /// The room, for somebody in it.
    pub(crate) async fn snapshot(&self, name: &RoomName, session: SessionId) -> Result<Reply, Refused> {
        let loaded = self.load(name).await?;
        match &loaded.room {
            Some(room) if room.member_of(session).is_some() => {
                Ok(Reply::Snapshot { room: snapshot(room, loaded.chat.as_ref()) })
            }
            _ => Err(room::Rejection::NotInRoom.into()),
        }
    }

    /// Relay to one other participant, unread.
    pub(crate) async fn signal(
        &self,
        name: &RoomName,
        session: SessionId,
        to: ParticipantId,
        generation: u32,
        signal: Signal,
    ) -> Result<Reply, Refused> {
        let loaded = self.load(name).await?;
        let room = loaded.room.as_ref().ok_or(room::Rejection::NotInRoom)?;
        let from = room.member_of(session).ok_or(room::Rejection::NotInRoom)?;
        let target = room.relay(session, to, generation)?;
        let event =
            visavis_protocol::Event::Signalled { from: from.id, call: room.call(), generation, signal };
        let frame = ServerFrame::Event { topic: Topic::Direct, version: None, event };
        self.live.publish(Route::Session(target.session).topic(), documents::encode(&frame)?).await?;
        Ok(Reply::Done)
    }

    /// Write to the room's chat. The same message again changes nothing.
    pub(crate) async fn say(
        &self,
        name: &RoomName,
        session: SessionId,
        id: MessageId,
        text: String,
    ) -> Result<Reply, Refused> {
        for _ in 0..ATTEMPTS {
            let loaded = self.load(name).await?;
            let room = loaded.room.as_ref().ok_or(room::Rejection::NotInRoom)?;
            let from = room.member_of(session).ok_or(room::Rejection::NotInRoom)?;
            let chat = loaded.chat.unwrap_or_default();
            let Some(event) = chat.say(self.now(), id, from.id, &from.name, &text)? else {
                return Ok(Reply::Done);
            };
            let chat = chat.apply(&event);
            let chat::Event::Said { message } = event;
            let frame = ServerFrame::Event {
                topic: Topic::Chat,
                version: Some(chat.version()),
                event: visavis_protocol::Event::MessageSaid { message: line(&message) },
            };
            let commit = Commit {
                reads: vec![(room_key(name), loaded.room_version)],
                writes: vec![Write {
                    key: chat_key(name),
                    expected: loaded.chat_version,
                    body: Some(documents::encode(&chat)?),
                    deadline: None,
                    lease: None,
                }],
                events: vec![(Route::Room(name).topic(), documents::encode(&frame)?)],
            };
            match self.live.commit(commit).await {
                Ok(_) => return Ok(Reply::Done),
                Err(LiveError::Conflict) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(LiveError::Conflict.into())
    }

    /// One command of the room's machine, from loading to telling. Returns the state it led to.
    pub(super) async fn change(&self, name: &RoomName, command: Command) -> Result<Loaded, Refused> {
        if let Some(ring) = documents::ring_of(name) {
            let cause = Cause::Room { ring, command, person: None };
            return self.settle(cause, &[]).await?.loaded.ok_or(Refused::Corrupt);
        }
        self.change_as(name, command, None).await
    }

    /// The same for rooms that are open to all. If it opens the room, that is counted, before anything is written.
    async fn change_as(
        &self,
        name: &RoomName,
        command: Command,
        mut opener: Option<Identity>,
    ) -> Result<Loaded, Refused> {
        for _ in 0..ATTEMPTS {
            let mut loaded = self.load(name).await?;
            let events = room::handle(loaded.room.as_ref(), self.now(), self.limits, command.clone())?;
            if events.is_empty() {
                return Ok(loaded);
            }
            if events.iter().any(|event| matches!(event, Event::Opened { .. }))
                && let Some(who) = opener.take()
            {
                self.count_room(who).await?;
            }
            let before = loaded.room.clone();
            let told = room_events(&mut loaded, &events)?;
            let commit = Commit { reads: Vec::new(), writes: loaded.writes(&events)?, events: told };
            match self.live.commit(commit).await {
                Ok(_) => {
                    self.follow(before.as_ref(), loaded.room.as_ref(), &events);
                    return Ok(loaded);
                }
                Err(LiveError::Conflict) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(LiveError::Conflict.into())
    }

    pub(super) async fn load(&self, name: &RoomName) -> Result<Loaded, Refused> {
        let documents = self.live.load(&[room_key(name), chat_key(name)]).await?;
        let [room, chat] = documents.as_slice() else { return Err(Refused::Corrupt) };
        Loaded::read(name, room, chat)
    }
}

impl Loaded {
    pub(super) fn read(name: &RoomName, room: &Document, chat: &Document) -> Result<Self, Refused> {
        Ok(Self {
            name: name.clone(),
            room: documents::decode(room.body.as_ref())?,
            room_version: room.version,
            chat: documents::decode(chat.body.as_ref())?,
            chat_version: chat.version,
        })
    }

    /// What is to be written after these events; nothing after none.
    pub(super) fn writes(&self, events: &[Event]) -> Result<Vec<Write>, Refused> {
        if events.is_empty() {
            return Ok(Vec::new());
        }
        let mut writes = vec![Write {
            key: room_key(&self.name),
            expected: self.room_version,
            body: self.room.as_ref().map(documents::encode).transpose()?,
            deadline: self.room.as_ref().and_then(Room::next_deadline),
            // Whoever frees what that instance held finds the rooms whose media it forwarded.
            lease: self.room.as_ref().and_then(Room::place),
        }];
        if self.room.is_none() && self.chat.is_some() {
            // The chat ends with the gathering.
            writes.push(Write {
                key: chat_key(&self.name),
                expected: self.chat_version,
                body: None,
                deadline: None,
                lease: None,
            });
        }
        Ok(writes)
    }

    /// The answer to somebody who came in.
    pub(super) fn joined(
        &self,
        session: SessionId,
        continuation: impl FnOnce(&Claim) -> Result<String, Refused>,
        ice_servers: Vec<IceServer>,
    ) -> Result<Reply, Refused> {
        let room = self.room.as_ref().ok_or(Refused::Corrupt)?;
        let member = room.member_of(session).ok_or(Refused::Corrupt)?;
        let claim = Claim {
            participant: member.id,
            order: member.order,
            epoch: member.epoch,
            call: room.call(),
            joined_at: member.joined_at,
        };
        Ok(Reply::Joined {
            participant: member.id,
            continuation: continuation(&claim)?,
            room: snapshot(room, self.chat.as_ref()),
            ice_servers,
        })
    }
}

/// Applies the events, and puts them into words for those in the room.
pub(super) fn room_events(loaded: &mut Loaded, events: &[Event]) -> Result<Vec<(TopicName, Bytes)>, Refused> {
    let mut told = Vec::new();
    for event in events {
        let seat_before = previous_session(loaded.room.as_ref(), event);
        loaded.room = room::apply(loaded.room.take(), event);
        if let (Some(frame), Some(room)) = (frame(event, loaded.room.as_ref()), &loaded.room) {
            told.push((Route::Room(room.name()).topic(), documents::encode(&frame)?));
        }
        if let Some(session) = seat_before {
            told.push((Route::Session(session).topic(), ControlNotice::Replaced.body()));
        }
    }
    Ok(told)
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
        Event::Opened { .. } | Event::Closed => return None,
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
        joined_at: member.joined_at,
    }
}

fn line(message: &chat::Message<ParticipantId>) -> ChatMessage {
    ChatMessage {
        id: message.id,
        from: message.from,
        name: message.name.shown().to_owned(),
        text: message.text.clone(),
        at: message.at,
    }
}

fn snapshot(room: &Room, chat: Option<&Chat>) -> RoomSnapshot {
    RoomSnapshot {
        name: room.name().shown().to_owned(),
        call: room.call(),
        participants: room.members().iter().map(participant).collect(),
        route: room.route(),
        generation: room.generation(),
        settings: room.settings(),
        version: room.version(),
        messages: chat.map(|chat| chat.messages().iter().map(line).collect()).unwrap_or_default(),
        chat_version: chat.map_or(0, |chat| chat.version()),
    }
}
