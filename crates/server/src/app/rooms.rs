//! Use cases of rooms. Each loads, decides, commits; when another one was faster, it starts over.

mod talk;
mod telling;

pub(crate) use talk::AboutFile;
pub(super) use telling::{direct, room_events};

use super::documents::{self, chat_key, room_key};
use super::settle::Cause;
use super::{App, Identity, Refused};
use std::time::Duration;
use telling::snapshot;
use visavis_domain::chat::Chat;
use visavis_domain::ids::{CallId, ParticipantId, SessionId};
use visavis_domain::name::{PersonName, RoomName};
use visavis_domain::room::{self, Claim, Command, Devices, Event, Limits, Room};
use visavis_domain::webhook::room_changed;
use visavis_live::{Commit, Document, LiveError, Version, Write};
use visavis_protocol::{IceServer, MediaPath, Reply};

/// Lost races before giving up. Each lost race means that somebody else's command went through, so this is
/// reached only by a crowd on one document.
pub(super) const ATTEMPTS: u32 = 64;

/// A wish to be in a room.
#[derive(Debug)]
pub(crate) struct JoinRequest {
    pub(crate) who: Identity,
    pub(crate) session: SessionId,
    pub(crate) name: String,
    pub(crate) password: Option<String>,
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
    /// Go in, as somebody new or as who one was.
    pub(crate) async fn join(
        &self,
        name: &RoomName,
        request: JoinRequest,
        ice_servers: Vec<IceServer>,
    ) -> Result<Reply, Refused> {
        let person = PersonName::parse(&request.name).map_err(|_| Refused::Name)?;
        let JoinRequest { who, session, devices, continuation, media, password, .. } = request;
        let caller = self.caller(who, session);
        let (command, opener) = match continuation {
            Some(token) => {
                let claim = self.tokens.claim(self.now(), name.folded(), &token);
                let claim = claim.map_err(|_| Refused::Continuation)?;
                let media = match media {
                    MediaPath::Kept => room::MediaPath::Kept,
                    MediaPath::Fresh => room::MediaPath::Fresh,
                };
                // Who comes back was in there: a room that was lost is not opened by them, but brought back.
                (Command::Continue { caller, claim, name: name.clone(), person, devices, media }, None)
            }
            None => {
                let participant = ParticipantId::from_bits(self.random_bits());
                let call = CallId::from_bits(self.random_bits());
                let name = name.clone();
                (Command::Join { caller, participant, name, call, person, devices }, Some(who))
            }
        };
        let loaded = self.ask_in(name, who, password.as_deref(), command, opener).await?;
        let continuation = |claim: &Claim| Ok(self.tokens.continuation(self.now(), name.folded(), claim)?);
        loaded.joined(session, continuation, (ice_servers, self.file_bytes))
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
                Ok(Reply::Snapshot { room: snapshot(room, session, loaded.chat.as_ref(), self.file_bytes) })
            }
            _ => Err(room::Rejection::NotInRoom.into()),
        }
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
    pub(super) async fn change_as(
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
            let mut commit = Commit { reads: Vec::new(), writes: loaded.writes(&events)?, events: told };
            let happened = room_changed(before.as_ref(), loaded.room.as_ref(), &events, self.now());
            let subjects = self.announce(&mut commit, happened).await?;
            match self.live.commit(commit).await {
                Ok(_) => {
                    self.announcer.committed(subjects);
                    self.follow(before.as_ref(), loaded.room.as_ref(), &events);
                    return Ok(loaded);
                }
                Err(LiveError::Conflict) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(LiveError::Conflict.into())
    }

    /// What holds for rooms of calls: they have neither host nor doors.
    pub(super) fn call_limits(&self) -> Limits {
        Limits { doors: None, ..self.limits }
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
        if self.room.as_ref().is_none_or(|room| room.members().is_empty()) && self.chat.is_some() {
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
        (ice_servers, file_bytes): (Vec<IceServer>, u64),
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
            room: snapshot(room, session, self.chat.as_ref(), file_bytes),
            ice_servers,
        })
    }
}
