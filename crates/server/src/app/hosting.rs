//! Use cases of those who decide about a room, and of those before its door: what the host may ask for, passwords,
//! knocks; hands and reactions of everybody.

use super::accounts::{Lane, Verdict};
use super::documents::{self, Route};
use super::rooms::{Loaded, direct};
use super::{App, Identity, Refused};
use visavis_domain::ids::{ParticipantId, PasswordId, SessionId};
use visavis_domain::name::{PersonName, RoomName};
use visavis_domain::room::{Caller, Command, Keys, Password, Reaction, Rejection, Room, RoomSettings};
use visavis_protocol::{Door, Event, KnockAnswer, Reply, RoomSummary, ServerFrame, Topic};

/// The longest a room's password may be, in characters: more is no password, but work for whoever hashes it.
const MAX_PASSWORD_CHARS: usize = 128;

/// Who may open a room that nobody is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum OpenedBy {
    /// Whoever has its link.
    Anyone,
    /// Who is signed in.
    Staff,
}

/// A wish to be let into a room.
#[derive(Debug)]
pub(crate) struct KnockRequest {
    pub(crate) who: Identity,
    pub(crate) session: SessionId,
    pub(crate) name: String,
    pub(crate) password: Option<String>,
}

impl App {
    /// Who is in a room, and what somebody outside of it meets there.
    pub(crate) async fn look(
        &self,
        name: &RoomName,
        who: Identity,
        session: SessionId,
    ) -> Result<Reply, Refused> {
        let loaded = self.load(name).await?;
        let room = loaded.room.as_ref();
        let door = match Room::meets(room, self.now(), self.limits, &self.caller(who, session)) {
            Err(Rejection::RoomFull) => Door::Full,
            Err(Rejection::RoomLocked) => Door::Locked,
            Err(Rejection::KnockFirst) => Door::Lobby,
            Err(Rejection::Removed) => Door::Removed,
            Err(Rejection::RoomNotOpen) => Door::Closed,
            Ok(()) | Err(_) => Door::Open,
        };
        let members = room.map(Room::members).unwrap_or_default();
        let present = members.iter().map(|member| member.name.shown().to_owned()).collect();
        let password = room.is_some_and(|room| room.password().is_some());
        Ok(Reply::Summary { room: RoomSummary { present, limit: self.limits.people, door, password } })
    }

    /// Ask to be let in. Who need not hears so at once.
    pub(crate) async fn knock(&self, name: &RoomName, request: KnockRequest) -> Result<Reply, Refused> {
        let KnockRequest { who, session, name: person, password } = request;
        let person = PersonName::parse(&person).map_err(|_| Refused::Name)?;
        let participant = ParticipantId::from_bits(self.random_bits());
        let command = Command::Knock { caller: self.caller(who, session), participant, person };
        let loaded = self.ask_in(name, who, password.as_deref(), command, None).await?;
        let knocks = loaded.room.as_ref().map(Room::knocks).unwrap_or_default();
        if knocks.iter().all(|knock| knock.session != session) {
            let answer = KnockAnswer::Opened;
            let (topic, body) = direct(session, Event::KnockAnswered { answer })?;
            self.live.publish(topic, body).await?;
        }
        Ok(Reply::Done)
    }

    /// Ask no longer.
    pub(crate) async fn stop_knocking(&self, name: &RoomName, session: SessionId) -> Result<(), Refused> {
        self.change(name, Command::StopKnocking { session }).await.map(drop)
    }

    /// What the host decides, and what everybody does with their hand.
    pub(crate) async fn order(&self, name: &RoomName, command: Command) -> Result<Reply, Refused> {
        self.change(name, command).await?;
        Ok(Reply::Done)
    }

    /// Decide about the room: its host's right.
    pub(crate) async fn set_room(
        &self,
        name: &RoomName,
        session: SessionId,
        settings: RoomSettings,
    ) -> Result<Reply, Refused> {
        self.order(name, Command::SetSettings { session, settings }).await
    }

    /// Give the room a password, or take it away: its host's right.
    pub(crate) async fn set_password(
        &self,
        name: &RoomName,
        who: Identity,
        session: SessionId,
        password: Option<String>,
    ) -> Result<Reply, Refused> {
        let room = self.load(name).await?.room.ok_or(Rejection::NotInRoom)?;
        // Nobody else makes the server hash something.
        room.check_host(session)?;
        let password = match password {
            None => None,
            Some(text) if !(1..=MAX_PASSWORD_CHARS).contains(&text.chars().count()) => {
                return Err(Refused::Password);
            }
            Some(text) => {
                self.count_password(who).await?;
                let salt = self.random_bits().to_be_bytes();
                let hash = self.passwords.hash(&text, salt, Lane::Stranger).await?;
                Some(Password { id: PasswordId::from_bits(self.random_bits()), hash: hash.into() })
            }
        };
        self.order(name, Command::SetPassword { session, password }).await
    }

    /// Show everybody what one feels; kept nowhere.
    pub(crate) async fn react(
        &self,
        name: &RoomName,
        session: SessionId,
        reaction: Reaction,
    ) -> Result<Reply, Refused> {
        let room = self.load(name).await?.room.ok_or(Rejection::NotInRoom)?;
        let participant = room.member_of(session).ok_or(Rejection::NotInRoom)?.id;
        let event = Event::Reacted { participant, reaction };
        let frame = ServerFrame::Event { topic: Topic::Room, version: None, event };
        self.live.publish(Route::Room(name).topic(), documents::encode(&frame)?).await?;
        Ok(Reply::Done)
    }

    /// Somebody before a door.
    pub(super) fn caller(&self, who: Identity, session: SessionId) -> Caller {
        let keys = Keys { person: Some(who.person), browser: who.browser };
        let may_open = self.opened_by == OpenedBy::Anyone || who.sign_in.is_some();
        Caller { session, keys, shown: None, may_open, vouched: who.vouched }
    }

    /// Asks to come in, or to be let in. A password is compared only where it is asked for: that costs.
    pub(super) async fn ask_in(
        &self,
        name: &RoomName,
        who: Identity,
        password: Option<&str>,
        command: Command,
        opener: Option<Identity>,
    ) -> Result<Loaded, Refused> {
        let asked = self.change_as(name, command.clone(), opener).await;
        let Err(Refused::Room(Rejection::PasswordRequired)) = asked else { return asked };
        let Some(password) = password.filter(|text| !text.is_empty()) else { return asked };
        let shown = self.compare_password(name, who, password).await?;
        self.change_as(name, showing(command, shown), opener).await
    }

    /// Which password of the room this is. If it is another one by then, the room refuses it.
    async fn compare_password(
        &self,
        name: &RoomName,
        who: Identity,
        text: &str,
    ) -> Result<Option<PasswordId>, Refused> {
        self.count_password(who).await?;
        if text.chars().count() > MAX_PASSWORD_CHARS {
            return Err(Rejection::PasswordWrong.into());
        }
        let Some(room) = self.load(name).await?.room else { return Ok(None) };
        let Some(password) = room.password() else { return Ok(None) };
        match self.passwords.compare(text, Some(&password.hash), Lane::Stranger).await? {
            Verdict::Right | Verdict::Outdated => Ok(Some(password.id)),
            Verdict::Wrong => Err(Rejection::PasswordWrong.into()),
        }
    }
}

/// The same, by somebody who has shown a password.
fn showing(mut command: Command, password: Option<PasswordId>) -> Command {
    match &mut command {
        Command::Join { caller, .. } | Command::Continue { caller, .. } | Command::Knock { caller, .. } => {
            caller.shown = password;
        }
        _ => {}
    }
    command
}
