//! What people in a room say: to all of them in its chat, and what their pages say to each other, which is passed on
//! unread.

use super::telling::{direct, line};
use super::{ATTEMPTS, App, Refused};
use crate::app::documents::{self, Route, chat_key, room_key};
use visavis_domain::chat::{self, Words};
use visavis_domain::ids::{FileId, MessageId, ParticipantId, SessionId};
use visavis_domain::name::RoomName;
use visavis_domain::room::{self, Room};
use visavis_live::{Commit, LiveError, Write};
use visavis_protocol::{Event, FileSignal, OfferedFile, Reply, ServerFrame, Signal, Topic};

/// What one page says to another about a file.
#[derive(Debug)]
pub(crate) struct AboutFile {
    pub(crate) file: FileId,
    pub(crate) attempt: u32,
    pub(crate) signal: FileSignal,
}

impl App {
    /// Relay to one other participant, unread.
    pub(crate) async fn signal(
        &self,
        name: &RoomName,
        session: SessionId,
        to: ParticipantId,
        generation: u32,
        signal: Signal,
    ) -> Result<Reply, Refused> {
        let tell = |room: &Room| {
            let from = room.member_of(session).ok_or(room::Rejection::NotInRoom)?.id;
            let target = room.relay(session, to, generation)?.session;
            Ok((target, Event::Signalled { from, call: room.call(), generation, signal }))
        };
        self.pass_on(name, tell).await
    }

    /// The same about a file. It has nothing to do with media, and so with no generation.
    pub(crate) async fn signal_file(
        &self,
        name: &RoomName,
        session: SessionId,
        to: ParticipantId,
        about: AboutFile,
    ) -> Result<Reply, Refused> {
        let AboutFile { file, attempt, signal } = about;
        let tell = |room: &Room| {
            let (from, target) = room.between(session, to)?;
            Ok((target.session, Event::FileSignalled { from: from.id, file, attempt, signal }))
        };
        self.pass_on(name, tell).await
    }

    async fn pass_on(
        &self,
        name: &RoomName,
        tell: impl FnOnce(&Room) -> Result<(SessionId, Event), room::Rejection>,
    ) -> Result<Reply, Refused> {
        let loaded = self.load(name).await?;
        let (target, event) = tell(loaded.room.as_ref().ok_or(room::Rejection::NotInRoom)?)?;
        let (topic, frame) = direct(target, event)?;
        self.live.publish(topic, frame).await?;
        Ok(Reply::Done)
    }

    /// Write to the room's chat. The same message again changes nothing.
    pub(crate) async fn say(
        &self,
        name: &RoomName,
        session: SessionId,
        id: MessageId,
        text: &str,
        file: Option<OfferedFile>,
    ) -> Result<Reply, Refused> {
        let offered =
            |OfferedFile { id, name, size }| chat::OfferedFile::new(id, &name, size, self.file_bytes);
        let file = file.map(offered).transpose()?;
        for _ in 0..ATTEMPTS {
            let loaded = self.load(name).await?;
            let room = loaded.room.as_ref().ok_or(room::Rejection::NotInRoom)?;
            let from = room.member_of(session).ok_or(room::Rejection::NotInRoom)?;
            let chat = loaded.chat.unwrap_or_default();
            let words = Words { text, file: file.clone() };
            let Some(event) = chat.say(self.now(), id, from.id, &from.name, words)? else {
                return Ok(Reply::Done);
            };
            let chat = chat.apply(&event);
            let chat::Event::Said { message } = event;
            let frame = ServerFrame::Event {
                topic: Topic::Chat,
                version: Some(chat.version()),
                event: Event::MessageSaid { message: line(&message) },
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
}
