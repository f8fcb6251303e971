//! Use cases of the lounge: coming in, going from room to room, who is there; and, in files of their own, what is
//! written, between whom, and what moderators and admins do.

mod conversations;
mod files;
mod messages;
mod moderation;
mod rooms;

pub(crate) use conversations::Hearing;
pub(crate) use files::is_picture;
pub(crate) use messages::Post;

use super::settle::Cause;
use super::{App, Identity, Refused, documents, views};
use std::time::Duration;
use visavis_domain::account::{AccountRole, AccountState};
use visavis_domain::availability::{Calling, Command, DocumentId, Entering, OtherPage};
use visavis_domain::ids::{LoungeRoomId, PersonId, RingId, SessionId};
use visavis_domain::lounge::{Gathering, LoungeSeat, MAX_STATUS_CHARS};
use visavis_domain::message::{Place, Standing};
use visavis_domain::name::PersonName;
use visavis_domain::person::{Chosen, Person};
use visavis_domain::ring::Party;
use visavis_live::Key;
use visavis_protocol::{LoungeDoor, LoungeMember, LoungeRoom, LoungeRoomSnapshot, LoungeSnapshot, Reply};
use visavis_store::FileBounds;

/// What an operator can set about the lounge, besides what the machine of availability has to know.
#[derive(Debug, Clone)]
pub(crate) struct LoungeRules {
    /// Nobody comes in without an account.
    pub(crate) accounts_only: bool,
    /// After how long without a touch somebody is away; 0 never.
    pub(crate) away_after_s: u32,
    /// For how long somebody who was removed may not come back.
    pub(crate) removed_for: Duration,
    /// The largest file, in bytes; 0 takes none.
    pub(crate) file_bytes: u64,
    /// How many bytes all files may have, those of one person, and those of all guests of one network.
    pub(crate) files: FileBounds,
}

/// A wish to be in the lounge.
#[derive(Debug)]
pub(crate) struct EnterRequest {
    pub(crate) name: String,
    pub(crate) room: LoungeRoomId,
    pub(crate) use_here: bool,
}

impl App {
    /// Whether somebody may come before the door, and from there in. Asked before their page hears of anything.
    pub(crate) fn may_come_in(&self, who: Identity) -> Result<(), Refused> {
        // Whoever came over a link to an appointment came for that.
        let stranger = who.link.is_some() || (self.lounge.accounts_only && who.sign_in.is_none());
        if stranger { Err(Refused::Forbidden) } else { Ok(()) }
    }

    /// Whether somebody may be in: nobody has removed them.
    pub(crate) async fn may_stay(&self, who: Identity) -> Result<(), Refused> {
        self.may_come_in(who)?;
        if self.store.is_removed(who.person, self.now()).await? { Err(Refused::Removed) } else { Ok(()) }
    }

    /// The lounge from outside.
    pub(crate) async fn open_lounge(&self, who: Identity, session: SessionId) -> Result<Reply, Refused> {
        self.may_come_in(who)?;
        let person = self.person(who.person).await?;
        let seat = person.as_ref().and_then(Person::seat);
        let elsewhere = |seat: &LoungeSeat| {
            let mut pages = person.iter().flat_map(Person::pages).filter(|page| page.session != session);
            pages.any(|page| page.session == seat.session && page.grace_ends.is_none())
        };
        let account = match who.sign_in {
            Some(_) => self.store.account(who.person).await?.map(|account| account.name),
            None => None,
        };
        let name = seat.map(|seat| seat.name.clone()).or(account).map(|name| name.shown().to_owned());
        let door =
            LoungeDoor { rooms: self.lounge_rooms().await?, name, in_use: seat.is_some_and(elsewhere) };
        Ok(Reply::LoungeDoor { door })
    }

    /// The room somebody asks for, or the first one.
    pub(crate) async fn find_lounge_room(&self, wish: Option<LoungeRoomId>) -> Result<LoungeRoomId, Refused> {
        let rooms = self.store.lounge_rooms().await?;
        let room = rooms.iter().find(|room| wish.is_none_or(|wish| wish == room.id));
        room.map(|room| room.id).ok_or(Refused::LoungeRoomUnknown)
    }

    /// Comes in, or comes back.
    pub(crate) async fn enter_lounge(
        &self,
        who: Identity,
        session: SessionId,
        request: EnterRequest,
    ) -> Result<Reply, Refused> {
        let EnterRequest { name, room, use_here } = request;
        let name = PersonName::parse(&name).map_err(|_| Refused::Name)?;
        let person = who.person;
        let other = if use_here { OtherPage::Yields } else { OtherPage::Keeps };
        let account = who.sign_in.is_some();
        let entering = Entering { person, session, room, name, account, other };
        let needs = [DocumentId::Person(person), DocumentId::Gathering(room)];
        self.settle(Cause::Availability(Command::EnterLounge(entering)), &needs).await?;
        // Both may have changed while they were on their way.
        self.still_there(room).await?;
        if let Err(refused) = self.may_stay(who).await {
            self.lead_out_of_lounge(person).await?;
            return Err(refused);
        }
        let lounge = LoungeSnapshot {
            person,
            own: self.own(person).await?,
            rooms: self.lounge_rooms().await?,
            room: self.lounge_room_snapshot(who, room).await?,
            conversations: self.conversations_of(person).await?,
            blocked: self.blocked_by(person).await?,
            file_bytes: self.lounge.file_bytes,
            away_after_s: self.lounge.away_after_s,
        };
        Ok(Reply::Lounge { lounge })
    }

    /// Goes into another room.
    pub(crate) async fn jump(
        &self,
        who: Identity,
        session: SessionId,
        room: LoungeRoomId,
    ) -> Result<Reply, Refused> {
        let person = who.person;
        let needs = [DocumentId::Person(person), DocumentId::Gathering(room)];
        let command = Command::Jump { person, session, room };
        self.settle(Cause::Availability(command), &needs).await.map_err(not_there)?;
        self.still_there(room).await?;
        Ok(Reply::LoungeRoom { room: self.lounge_room_snapshot(who, room).await? })
    }

    /// Leaves.
    pub(crate) async fn leave_lounge(&self, person: PersonId, session: SessionId) -> Result<Reply, Refused> {
        self.about_person(person, Command::LeaveLounge { person, session: Some(session) }).await?;
        Ok(Reply::Done)
    }

    /// Says how one is.
    pub(crate) async fn set_status(
        &self,
        person: PersonId,
        session: SessionId,
        chosen: Chosen,
        text: &str,
    ) -> Result<Reply, Refused> {
        let text: String = text.trim().chars().filter(|c| !c.is_control()).collect();
        if text.chars().count() > MAX_STATUS_CHARS {
            return Err(Refused::Text);
        }
        let command = Command::SetStatus { person, session, chosen, text };
        self.about_person(person, command).await.map_err(not_there)?;
        Ok(Reply::Own { own: self.own(person).await? })
    }

    /// Nobody touches the page, or somebody does again.
    pub(crate) async fn set_idle(
        &self,
        person: PersonId,
        session: SessionId,
        idle: bool,
    ) -> Result<Reply, Refused> {
        let command = Command::SetIdle { person, session, idle };
        self.about_person(person, command).await.map_err(not_there)?;
        Ok(Reply::Done)
    }

    /// Rings somebody in the lounge.
    pub(crate) async fn ring_member(
        &self,
        caller: PersonId,
        session: SessionId,
        callee: PersonId,
    ) -> Result<Reply, Refused> {
        let seat = self.seated(caller, session).await?;
        let callee = self.one_of_the_lounge(caller, callee).await?;
        let needs = [DocumentId::Person(caller), DocumentId::Person(callee.person)];
        let calling = Calling {
            ring: RingId::from_bits(self.random_bits()),
            desk: None,
            caller: Party { person: caller, name: seat.name },
            callee,
            about: String::new(),
            ring_for: self.ring_for,
            from: None,
        };
        let settled = self.settle(Cause::Availability(Command::Call(calling)), &needs).await?;
        super::desks::ringing(&settled.scene, caller)
    }

    /// Somebody who is there, if neither of the two has blocked the other.
    pub(super) async fn one_of_the_lounge(&self, asker: PersonId, other: PersonId) -> Result<Party, Refused> {
        let there = self.person(other).await?;
        let name = there.as_ref().and_then(Person::seat).map(|seat| seat.name.clone());
        let name = name.ok_or(Refused::PersonUnknown)?;
        if self.store.is_blocked_between(asker, other).await? {
            return Err(Refused::Blocked);
        }
        Ok(Party { person: other, name })
    }

    /// The place of somebody who is there by this page.
    pub(super) async fn seated(&self, person: PersonId, session: SessionId) -> Result<LoungeSeat, Refused> {
        let seat = self.person(person).await?.and_then(|person| person.seat().cloned());
        seat.filter(|seat| seat.session == session).ok_or(Refused::NotInLounge)
    }

    /// Those of these who are in the lounge.
    pub(super) async fn members(&self, people: &[PersonId]) -> Result<Vec<LoungeMember>, Refused> {
        Ok(self.people(people).await?.iter().filter_map(views::member).collect())
    }

    /// What somebody may do to what others have written in a room.
    pub(super) async fn standing(&self, who: Identity, room: LoungeRoomId) -> Result<Standing, Refused> {
        if who.sign_in.is_none() {
            return Ok(Standing::Member);
        }
        let account = self.store.account(who.person).await?;
        let active = account.filter(|account| account.state == AccountState::Active);
        let is_admin = active.as_ref().is_some_and(|account| account.role == AccountRole::Admin);
        let room = self.store.lounge_room(room).await?;
        let is_named = room.is_some_and(|room| room.moderators.contains(&who.person));
        Ok(if is_admin || (active.is_some() && is_named) { Standing::Moderator } else { Standing::Member })
    }

    async fn lounge_rooms(&self) -> Result<Vec<LoungeRoom>, Refused> {
        let rooms = self.store.lounge_rooms().await?;
        let keys: Vec<_> = rooms.iter().map(|room| Key::gathering(room.id)).collect();
        let mut shown = Vec::with_capacity(rooms.len());
        for (room, document) in rooms.into_iter().zip(self.live.load(&keys).await?) {
            let gathering: Gathering = documents::decode(document.body.as_ref())?.unwrap_or_default();
            let people = u32::try_from(gathering.people().len()).unwrap_or(u32::MAX);
            let visavis_store::LoungeRoom { id, slug, name, about, .. } = room;
            shown.push(LoungeRoom { id, slug, name, about, people });
        }
        Ok(shown)
    }

    async fn lounge_room_snapshot(
        &self,
        who: Identity,
        room: LoungeRoomId,
    ) -> Result<LoungeRoomSnapshot, Refused> {
        let scene = self.scene(&[DocumentId::Gathering(room)]).await?;
        let people = scene.gathering(room).map(Gathering::people).unwrap_or_default();
        let (messages, earlier) = self.recent_messages(Place::Room(room)).await?;
        Ok(LoungeRoomSnapshot {
            room,
            people: self.members(people).await?,
            messages,
            earlier,
            moderator: self.standing(who, room).await? == Standing::Moderator,
        })
    }
}

/// A page that has no place in the lounge, or has it no more.
pub(super) fn not_there(refused: Refused) -> Refused {
    match refused {
        Refused::Availability(visavis_domain::availability::Rejection::NotHere) => Refused::NotInLounge,
        other => other,
    }
}
