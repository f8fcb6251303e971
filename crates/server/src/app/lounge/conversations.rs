//! What two people write to each other: opening, closing, how far messages have come, who does not want to hear from
//! whom. Nobody but the two hears anything of it.

use super::super::documents::Route;
use super::super::settle::Cause;
use super::super::{App, Refused};
use std::collections::{BTreeSet, HashMap};
use visavis_domain::availability::{Command, DocumentId};
use visavis_domain::ids::{ConversationId, PersonId, SessionId};
use visavis_domain::message::{Place, are_talking};
use visavis_domain::name::PersonName;
use visavis_domain::person::Person;
use visavis_protocol::{BlockedPerson, Conversation, Event, Reply};
use visavis_store::{ConversationSide, ListedConversation, StoreError, StoredConversation};

/// A conversation, from the side of one of the two.
pub(super) struct Between {
    pub(super) id: ConversationId,
    pub(super) own: ConversationSide,
    pub(super) other: ConversationSide,
}

impl Between {
    /// None for who is not one of the two.
    pub(super) fn of(stored: StoredConversation, person: PersonId) -> Option<Self> {
        let StoredConversation { id, sides: [one, other] } = stored;
        let (own, other) = if one.person == person { (one, other) } else { (other, one) };
        (own.person == person && other.person != person).then_some(Self { id, own, other })
    }
}

/// What becomes of hearing from somebody.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Hearing {
    /// No more.
    Blocked,
    /// As from everybody.
    Open,
}

impl App {
    /// Opens what one writes with somebody.
    pub(crate) async fn open_conversation(
        &self,
        person: PersonId,
        session: SessionId,
        other: PersonId,
    ) -> Result<Reply, Refused> {
        let seat = self.seated(person, session).await?;
        let before = self.correspond((person, &seat.name), other).await?;
        let was_closed = self.is_closed(before.id, &before.own).await?;
        self.store.set_conversation_open(before.id, person, true).await.map_err(not_theirs)?;
        if was_closed {
            self.tell_open_again(&before).await?;
        }
        let listed = self.store.conversations_of(person).await?;
        let one = listed.into_iter().find(|one| one.conversation.id == before.id);
        let conversation = self.views(person, one.into_iter().collect()).await?.pop();
        let (messages, earlier) = self.recent_messages(Place::Conversation(before.id)).await?;
        // It was set open just now: only retention at the same instant could have taken it.
        let conversation = conversation.ok_or(Refused::PersonUnknown)?;
        Ok(Reply::Conversation { conversation, messages, earlier })
    }

    /// Closes it.
    pub(crate) async fn close_conversation(
        &self,
        person: PersonId,
        session: SessionId,
        other: PersonId,
    ) -> Result<Reply, Refused> {
        self.seated(person, session).await?;
        let before = self.between(person, other).await?.ok_or(Refused::PersonUnknown)?;
        if !before.own.open {
            return Ok(Reply::Done);
        }
        self.store.set_conversation_open(before.id, person, false).await.map_err(not_theirs)?;
        self.end_talk(person, other).await?;
        let closed = ConversationSide { open: false, ..before.own.clone() };
        if self.is_closed(before.id, &closed).await? {
            self.tell_unless_blocked(&before, Event::ConversationChanged { person, closed: true }).await?;
        }
        Ok(Reply::Done)
    }

    /// Says how far somebody's messages have come.
    pub(crate) async fn mark_conversation(
        &self,
        person: PersonId,
        session: SessionId,
        other: PersonId,
        (delivered, read): (u64, u64),
    ) -> Result<Reply, Refused> {
        self.seated(person, session).await?;
        let between = self.between(person, other).await?.ok_or(Refused::PersonUnknown)?;
        let marked = self.store.mark_conversation(between.id, person, delivered, read).await;
        let (side, risen) = marked.map_err(not_theirs)?;
        if risen {
            let (delivered, read) = (side.delivered, side.read);
            let event = Event::ConversationMarked { person, delivered, read };
            self.tell_unless_blocked(&between, event).await?;
        }
        Ok(Reply::Done)
    }

    /// One is writing to somebody with whom one has a conversation open; that, the page knows. Whether one of them has
    /// blocked the other is the one thing that is asked for each time: it may have been just now.
    pub(crate) async fn typing(&self, person: PersonId, other: PersonId) -> Result<Reply, Refused> {
        if self.store.is_blocked_between(person, other).await? {
            return Err(Refused::Blocked);
        }
        self.tell_lounge(&Route::Conversations(other), Event::Typed { person }).await?;
        Ok(Reply::Done)
    }

    /// Hears from somebody no more, or again.
    pub(crate) async fn set_blocked(
        &self,
        person: PersonId,
        session: SessionId,
        other: PersonId,
        hearing: Hearing,
    ) -> Result<Reply, Refused> {
        self.seated(person, session).await?;
        if person == other {
            return Err(Refused::PersonUnknown);
        }
        let name = match self.present_name(other).await? {
            Some(name) => Some(name),
            None => self.between(person, other).await?.map(|between| between.other.name),
        };
        let name = match (name, hearing) {
            (Some(name), _) => name,
            (None, Hearing::Blocked) => return Err(Refused::PersonUnknown),
            (None, Hearing::Open) => {
                let known = self.store.blocked_by(person).await?.into_iter().find(|(id, _)| *id == other);
                known.map(|(_, name)| name).ok_or(Refused::PersonUnknown)?
            }
        };
        self.store.set_blocked(person, (other, name), hearing == Hearing::Blocked).await?;
        if hearing == Hearing::Blocked {
            self.end_talk(person, other).await?;
        }
        Ok(Reply::Done)
    }

    /// Somebody's list: those they have open, and those with something unread.
    pub(in crate::app) async fn conversations_of(
        &self,
        person: PersonId,
    ) -> Result<Vec<Conversation>, Refused> {
        let listed = self.store.conversations_of(person).await?;
        self.views(person, listed).await
    }

    /// Whom somebody does not want to hear from.
    pub(in crate::app) async fn blocked_by(&self, person: PersonId) -> Result<Vec<BlockedPerson>, Refused> {
        let blocked = self.store.blocked_by(person).await?;
        Ok(blocked
            .into_iter()
            .map(|(id, name)| BlockedPerson { id, name: name.shown().to_owned() })
            .collect())
    }

    /// Those whom somebody has a conversation open with.
    pub(crate) async fn open_partners(&self, person: PersonId) -> Result<Vec<PersonId>, Refused> {
        let listed = self.store.conversations_of(person).await?;
        let sides = listed.into_iter().filter_map(|one| Between::of(one.conversation, person));
        Ok(sides.filter(|between| between.own.open).map(|between| between.other.person).collect())
    }

    /// What two people write to each other, if they do.
    pub(super) async fn between(
        &self,
        person: PersonId,
        other: PersonId,
    ) -> Result<Option<Between>, Refused> {
        let stored = self.store.conversation_between(person, other).await?;
        Ok(stored.and_then(|stored| Between::of(stored, person)))
    }

    /// The conversation with somebody; begun with who is there.
    pub(super) async fn correspond(
        &self,
        (person, name): (PersonId, &PersonName),
        other: PersonId,
    ) -> Result<Between, Refused> {
        if person == other {
            return Err(Refused::PersonUnknown);
        }
        if let Some(between) = self.between(person, other).await? {
            return Ok(between);
        }
        let there = self.present_name(other).await?.ok_or(Refused::PersonUnknown)?;
        let id = ConversationId::from_bits(self.random_bits());
        let begun = self.store.begin_conversation(id, (person, name.clone()), (other, there)).await?;
        Between::of(begun, person).ok_or(Refused::Corrupt)
    }

    /// # Errors
    /// [`Refused::Blocked`] if one of the two has blocked the other.
    pub(super) async fn unless_blocked(&self, between: &Between) -> Result<(), Refused> {
        let blocked = self.store.is_blocked_between(between.own.person, between.other.person).await?;
        if blocked { Err(Refused::Blocked) } else { Ok(()) }
    }

    /// Both have written lately, and neither has closed it: the lounge sees each in one talk more. That is not worth
    /// refusing a message for, which is stored and told.
    pub(super) async fn may_be_talking(&self, between: &Between) {
        if !between.other.open {
            return;
        }
        let (one, other) = (between.own.person, between.other.person);
        let outcome = async {
            let wrote = self.store.last_wrote(Place::Conversation(between.id), other).await?;
            if are_talking(self.now(), wrote) {
                let needs = [DocumentId::Person(one), DocumentId::Person(other)];
                self.settle(Cause::Availability(Command::Talk { one, other }), &needs).await?;
            }
            Ok::<_, Refused>(())
        };
        if let Err(refused) = outcome.await {
            tracing::warn!(%refused, "it could not be shown that two people write with each other");
        }
    }

    async fn end_talk(&self, one: PersonId, other: PersonId) -> Result<(), Refused> {
        let needs = [DocumentId::Person(one), DocumentId::Person(other)];
        self.settle(Cause::Availability(Command::EndTalk { one, other }), &needs).await.map(drop)
    }

    /// To the other one, who was told that it is closed.
    pub(super) async fn tell_open_again(&self, between: &Between) -> Result<(), Refused> {
        let event = Event::ConversationChanged { person: between.own.person, closed: false };
        self.tell_unless_blocked(between, event).await
    }

    /// To the other one, who hears nothing from whom they have blocked, and of who has blocked them nothing either.
    async fn tell_unless_blocked(&self, between: &Between, event: Event) -> Result<(), Refused> {
        match self.unless_blocked(between).await {
            Ok(()) => self.tell_lounge(&Route::Conversations(between.other.person), event).await,
            Err(Refused::Blocked) => Ok(()),
            Err(refused) => Err(refused),
        }
    }

    /// Whether somebody has closed it, as the other one sees it: who never wrote and never read anything has not, but
    /// does not know of it yet.
    pub(super) async fn is_closed(
        &self,
        id: ConversationId,
        side: &ConversationSide,
    ) -> Result<bool, Refused> {
        if side.open {
            return Ok(false);
        }
        let wrote = self.store.last_wrote(Place::Conversation(id), side.person);
        Ok(side.read > 0 || wrote.await?.is_some())
    }

    /// What somebody is called in the lounge now, if they are there.
    async fn present_name(&self, person: PersonId) -> Result<Option<PersonName>, Refused> {
        let there = self.person(person).await?;
        Ok(there.as_ref().and_then(Person::seat).map(|seat| seat.name.clone()))
    }

    async fn views(
        &self,
        person: PersonId,
        listed: Vec<ListedConversation>,
    ) -> Result<Vec<Conversation>, Refused> {
        let of_two = listed.into_iter().filter_map(|one| {
            let ListedConversation { conversation, last, unread } = one;
            Some((Between::of(conversation, person)?, last, unread))
        });
        let all: Vec<_> = of_two.collect();
        let others: Vec<_> = all.iter().map(|(between, ..)| between.other.person).collect();
        let members: HashMap<_, _> =
            self.members(&others).await?.into_iter().map(|member| (member.id, member)).collect();
        let blocked: BTreeSet<_> =
            self.store.blocked_by(person).await?.into_iter().map(|(id, _)| id).collect();
        let mut views = Vec::with_capacity(all.len());
        for (Between { id, own, other }, last, unread) in all {
            let member = members.get(&other.person).cloned();
            let stored = || other.name.shown().to_owned();
            views.push(Conversation {
                person: other.person,
                name: member.as_ref().map_or_else(stored, |member| member.name.clone()),
                member,
                open: own.open,
                closed: self.is_closed(id, &other).await?,
                blocked: blocked.contains(&other.person),
                last,
                unread: u32::try_from(unread).unwrap_or(u32::MAX),
                delivered: other.delivered,
                read: other.read,
            });
        }
        Ok(views)
    }
}

/// A conversation that was forgotten meanwhile.
fn not_theirs(error: StoreError) -> Refused {
    match error {
        StoreError::Unknown => Refused::PersonUnknown,
        error => error.into(),
    }
}
