//! What is written in the lounge: taken, kept, told to those whom it concerns. It is stored first and told then, so
//! that nobody has seen what is lost after a crash; the number in its place is the order, not when it arrives.

use super::super::documents::{self, Route};
use super::super::{App, Identity, Refused};
use super::conversations::Between;
use visavis_domain::ids::{FileId, LoungeRoomId, MessageId, PersonId, SessionId};
use visavis_domain::lounge::LoungeSeat;
use visavis_domain::message::{self, Comes, Place, Standing};
use visavis_domain::time::Timestamp;
use visavis_protocol::{Event, LoungeMessage, Reply, ServerFrame, Topic};
use visavis_store::{Action, Audited, NewMessage, StoreError, StoredMessage};

/// Messages in one answer, at most.
const AT_ONCE: u64 = 50;
/// Bytes of JSON in one answer, at most, unless one message alone has more. More would let a few long ones take
/// what is kept for a session that is slow.
const BYTES_AT_ONCE: usize = 48 * 1024;

/// A wish to write.
#[derive(Debug)]
pub(crate) struct Post {
    pub(crate) place: visavis_protocol::Place,
    pub(crate) message: MessageId,
    pub(crate) text: String,
    pub(crate) file: Option<FileId>,
}

/// Where something stands, and so who hears of it.
pub(super) enum Circle {
    /// Those in a room.
    Room(LoungeRoomId),
    /// Two people.
    Two(Between),
}

impl Circle {
    pub(super) const fn place(&self) -> Place {
        match self {
            Self::Room(room) => Place::Room(*room),
            Self::Two(between) => Place::Conversation(between.id),
        }
    }
}

impl App {
    /// Writes. The same message again stores nothing new, and is told again: who asks twice may do so because a
    /// server ended between storing and telling, and whoever has it knows it by its id.
    pub(crate) async fn post(
        &self,
        person: PersonId,
        session: SessionId,
        post: Post,
    ) -> Result<Reply, Refused> {
        let Post { place, message, text, file } = post;
        let seat = self.seated(person, session).await?;
        let text = message::text(&text, beside(file.as_ref()))?;
        let circle = self.may_write(&seat, person, place).await?;
        let was_closed = match &circle {
            Circle::Room(_) => false,
            Circle::Two(between) => self.is_closed(between.id, &between.own).await?,
        };
        let written = NewMessage {
            id: message,
            place: circle.place(),
            from: person,
            name: seat.name,
            text,
            file,
            at: self.now(),
        };
        let (stored, new) =
            self.store.add_message(written).await.map_err(|error| match (error, file, &circle) {
                (StoreError::Unknown, Some(_), _) => Refused::File,
                // An admin has removed it just now, or it was forgotten.
                (StoreError::Unknown, None, Circle::Room(_)) => Refused::LoungeRoomUnknown,
                (StoreError::Unknown, None, Circle::Two(_)) => Refused::PersonUnknown,
                (error, ..) => error.into(),
            })?;
        let line = shown(stored);
        if let (Circle::Two(between), true) = (&circle, was_closed) {
            self.tell_open_again(between).await?;
        }
        self.tell_circle(&circle, |place| Event::Posted { place, message: line.clone() }).await?;
        if let (Circle::Two(between), true) = (&circle, new) {
            self.may_be_talking(between).await;
        }
        Ok(Reply::Done)
    }

    /// Changes what one wrote.
    pub(crate) async fn edit_message(
        &self,
        person: PersonId,
        session: SessionId,
        id: MessageId,
        text: &str,
    ) -> Result<Reply, Refused> {
        self.seated(person, session).await?;
        let (message, circle) = self.written(person, id).await?;
        message::may_edit(self.now(), person, (message.from, message.at))?;
        if let Circle::Two(between) = &circle {
            self.unless_blocked(between).await?;
        }
        let text = message::text(text, beside(message.file.as_ref()))?;
        let changed = self.store.edit_message(id, text, self.now()).await.map_err(gone)?;
        self.tell_changed(&circle, changed).await
    }

    /// Deletes what one wrote, or as a moderator of the room what others did there.
    pub(crate) async fn delete_message(
        &self,
        who: Identity,
        session: SessionId,
        id: MessageId,
    ) -> Result<Reply, Refused> {
        let person = who.person;
        self.seated(person, session).await?;
        let (message, circle) = self.written(person, id).await?;
        let standing = match &circle {
            Circle::Room(room) => self.standing(who, *room).await?,
            Circle::Two(_) => Standing::Member,
        };
        message::may_delete(self.now(), (person, standing), (message.from, message.at))?;
        let audited = (message.from != person).then(|| deletion(self.now(), person, &message));
        let changed = self.store.delete_message(id, audited).await.map_err(gone)?;
        self.tell_changed(&circle, changed).await
    }

    /// What was written before, in the room one is in or with somebody.
    pub(crate) async fn earlier_messages(
        &self,
        person: PersonId,
        session: SessionId,
        place: visavis_protocol::Place,
        before: u64,
    ) -> Result<Reply, Refused> {
        let seat = self.seated(person, session).await?;
        let place = match place {
            visavis_protocol::Place::LoungeRoom { room } => Place::Room(own_room(&seat, room)?),
            visavis_protocol::Place::Conversation { person: other } => {
                let between = self.between(person, other).await?.ok_or(Refused::PersonUnknown)?;
                Place::Conversation(between.id)
            }
        };
        let (messages, earlier) = self.messages_before(place, Some(before)).await?;
        Ok(Reply::Messages { messages, earlier })
    }

    /// The last messages of a place, oldest first, as many as fit into a frame; and whether there are earlier ones.
    pub(in crate::app) async fn recent_messages(
        &self,
        place: Place,
    ) -> Result<(Vec<LoungeMessage>, bool), Refused> {
        self.messages_before(place, None).await
    }

    async fn messages_before(
        &self,
        place: Place,
        before: Option<u64>,
    ) -> Result<(Vec<LoungeMessage>, bool), Refused> {
        // One more than is shown tells whether there are earlier ones.
        let found = self.store.messages(place, before, AT_ONCE + 1).await?;
        let count = found.len();
        let (mut bytes, mut kept) = (0, Vec::new());
        for message in found.into_iter().rev().take(usize::try_from(AT_ONCE).unwrap_or(usize::MAX)) {
            let line = shown(message);
            bytes += documents::encode(&line)?.len();
            if bytes > BYTES_AT_ONCE && !kept.is_empty() {
                break;
            }
            kept.push(line);
        }
        kept.reverse();
        let earlier = count > kept.len();
        Ok((kept, earlier))
    }

    /// Where somebody may write now, and who hears of it.
    pub(super) async fn may_write(
        &self,
        seat: &LoungeSeat,
        person: PersonId,
        place: visavis_protocol::Place,
    ) -> Result<Circle, Refused> {
        match place {
            visavis_protocol::Place::LoungeRoom { room } => Ok(Circle::Room(own_room(seat, room)?)),
            visavis_protocol::Place::Conversation { person: other } => {
                let between = self.correspond((person, &seat.name), other).await?;
                self.unless_blocked(&between).await?;
                Ok(Circle::Two(between))
            }
        }
    }

    /// A message that somebody may know of, and who else does.
    async fn written(&self, person: PersonId, id: MessageId) -> Result<(StoredMessage, Circle), Refused> {
        let message = self.store.message(id).await?.ok_or(Refused::MessageUnknown)?;
        let circle = match message.place {
            Place::Room(room) => Circle::Room(room),
            Place::Conversation(conversation) => {
                let stored = self.store.conversation(conversation).await?;
                let between = stored.and_then(|stored| Between::of(stored, person));
                Circle::Two(between.ok_or(Refused::MessageUnknown)?)
            }
        };
        Ok((message, circle))
    }

    async fn tell_changed(&self, circle: &Circle, changed: StoredMessage) -> Result<Reply, Refused> {
        let message = shown(changed);
        self.tell_circle(circle, |place| Event::MessageChanged { place, message: message.clone() }).await?;
        Ok(Reply::Done)
    }

    /// To each of two the place is the other one.
    async fn tell_circle(
        &self,
        circle: &Circle,
        event: impl Fn(visavis_protocol::Place) -> Event,
    ) -> Result<(), Refused> {
        match circle {
            Circle::Room(room) => {
                let event = event(visavis_protocol::Place::LoungeRoom { room: *room });
                self.tell_lounge(&Route::LoungeRoom(*room), event).await
            }
            Circle::Two(Between { own, other, .. }) => {
                for (side, person) in [(own, other.person), (other, own.person)] {
                    let event = event(visavis_protocol::Place::Conversation { person });
                    self.tell_lounge(&Route::Conversations(side.person), event).await?;
                }
                Ok(())
            }
        }
    }

    /// An event that no document goes with.
    pub(super) async fn tell_lounge(&self, route: &Route<'_>, event: Event) -> Result<(), Refused> {
        let frame = ServerFrame::Event { topic: Topic::Lounge, version: None, event };
        Ok(self.live.publish(route.topic(), documents::encode(&frame)?).await?)
    }
}

fn beside<T>(file: Option<&T>) -> Comes {
    file.map_or(Comes::Alone, |_| Comes::WithFile)
}

/// Only the room one is in: whoever watches all others would not be seen there.
fn own_room(seat: &LoungeSeat, room: LoungeRoomId) -> Result<LoungeRoomId, Refused> {
    if seat.room == room { Ok(room) } else { Err(Refused::LoungeRoomUnknown) }
}

/// Whose and where, and not what: what was deleted is gone.
fn deletion(at: Timestamp, moderator: PersonId, message: &StoredMessage) -> Audited {
    let room = match message.place {
        Place::Room(room) => Some(room.to_string()),
        Place::Conversation(_) => None,
    };
    Audited {
        at,
        actor: Some(moderator),
        action: Action::MessageDeleted,
        subject: message.id.to_string(),
        detail: serde_json::json!({ "author": message.from.to_string(), "room": room }),
    }
}

/// A message that has been deleted meanwhile, or before.
fn gone(error: StoreError) -> Refused {
    match error {
        StoreError::Unknown => Refused::Message(message::Rejection::NotChangeable),
        error => error.into(),
    }
}

fn shown(message: StoredMessage) -> LoungeMessage {
    LoungeMessage {
        id: message.id,
        number: message.number,
        from: message.from,
        name: message.name.shown().to_owned(),
        text: message.text,
        file: message.file.map(super::files::sent),
        at: message.at,
        edited_at: message.edited_at,
        deleted: message.deleted,
    }
}
