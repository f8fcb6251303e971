//! The lounge, as far as it lasts: its rooms, what is written in them and between two people, files, who does not want
//! to hear from whom, who was removed. Who is there is live state.

use super::{Audited, StoreError};
use async_trait::async_trait;
use visavis_domain::ids::{ConversationId, FileId, LoungeRoomId, MessageId, PersonId};
use visavis_domain::message::Place;
use visavis_domain::name::PersonName;
use visavis_domain::time::Timestamp;

/// A room of the lounge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoungeRoom {
    /// Which.
    pub id: LoungeRoomId,
    /// The part of its address behind `/lounge/`: 1 to 64 of `a-z`, `0-9` and `-`. Unique.
    pub slug: String,
    /// As it is called.
    pub name: String,
    /// What it is there for; may be empty.
    pub about: String,
    /// Lower ones stand first.
    pub place: u32,
    /// Accounts that may remove messages and people there, besides admins.
    pub moderators: Vec<PersonId>,
}

/// What is known of a file, but for what is in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileCard {
    /// Which.
    pub id: FileId,
    /// As it is called.
    pub name: String,
    /// What a browser is told that it is: that of a picture, or `application/octet-stream`.
    pub kind: String,
    /// Bytes.
    pub size: u64,
}

/// A file as it was sent up.
#[derive(Clone, PartialEq, Eq)]
pub struct NewFile {
    /// What is known of it.
    pub card: FileCard,
    /// Whose.
    pub owner: PersonId,
    /// Where alone it may be sent.
    pub place: Place,
    /// Where it came from, if it counts among those that came from there: a network, in whatever words.
    pub source: Option<String>,
    /// When.
    pub at: Timestamp,
    /// What is in it.
    pub body: Vec<u8>,
}

/// How many bytes of files may be kept, one that comes included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FileBounds {
    /// Together.
    pub all: u64,
    /// Of one owner.
    pub of_owner: u64,
    /// From one source.
    pub of_source: u64,
}

impl std::fmt::Debug for NewFile {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NewFile").field("id", &self.card.id).finish_non_exhaustive()
    }
}

/// A message to be.
#[derive(Clone, PartialEq, Eq)]
pub struct NewMessage {
    /// Drawn by its sender.
    pub id: MessageId,
    /// Where it stands.
    pub place: Place,
    /// Who wrote it.
    pub from: PersonId,
    /// What they are called.
    pub name: PersonName,
    /// What; may be empty with a file.
    pub text: String,
    /// What comes with it: one of theirs, sent up for this place, that no message has yet.
    pub file: Option<FileId>,
    /// When.
    pub at: Timestamp,
}

impl std::fmt::Debug for NewMessage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NewMessage").field("id", &self.id).finish_non_exhaustive()
    }
}

/// A message as it is kept.
#[derive(Clone, PartialEq, Eq)]
pub struct StoredMessage {
    /// Which.
    pub id: MessageId,
    /// Where it stands.
    pub place: Place,
    /// Its place among those that stand there, from 1, without holes but for what was forgotten.
    pub number: u64,
    /// Who wrote it.
    pub from: PersonId,
    /// What they were called then.
    pub name: PersonName,
    /// What; empty when it was deleted.
    pub text: String,
    /// What came with it; none when it was deleted.
    pub file: Option<FileCard>,
    /// When it was taken.
    pub at: Timestamp,
    /// When its author changed it last.
    pub edited_at: Option<Timestamp>,
    /// It was deleted.
    pub deleted: bool,
}

impl std::fmt::Debug for StoredMessage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("StoredMessage")
            .field("id", &self.id)
            .field("number", &self.number)
            .finish_non_exhaustive()
    }
}

/// One of the two of a conversation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConversationSide {
    /// Who.
    pub person: PersonId,
    /// What they were called last.
    pub name: PersonName,
    /// They have it open.
    pub open: bool,
    /// Up to which number messages of the other have reached them.
    pub delivered: u64,
    /// Up to which number they have read.
    pub read: u64,
}

/// What two people write to each other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredConversation {
    /// Which.
    pub id: ConversationId,
    /// Both, in no order.
    pub sides: [ConversationSide; 2],
}

/// A conversation in somebody's list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedConversation {
    /// Which.
    pub conversation: StoredConversation,
    /// Number of its last message, though it be forgotten since; 0 if there was none.
    pub last: u64,
    /// How many messages of the other they have not read, deleted ones left out.
    pub unread: u64,
}

/// Somebody who was removed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Removal {
    /// Who.
    pub person: PersonId,
    /// What they were called.
    pub name: PersonName,
    /// Until when they may not come back.
    pub until: Timestamp,
    /// Who removed them.
    pub by: PersonId,
}

/// The lounge. Every method may fail with [`StoreError::Unavailable`] and [`StoreError::Damaged`], those that write
/// with [`StoreError::ReadOnly`]; further errors are named.
#[async_trait]
pub trait Lounge: Send + Sync + 'static {
    /// All rooms, by place and then by name.
    ///
    /// # Errors
    /// As said above.
    async fn lounge_rooms(&self) -> Result<Vec<LoungeRoom>, StoreError>;

    /// One.
    ///
    /// # Errors
    /// As said above.
    async fn lounge_room(&self, id: LoungeRoomId) -> Result<Option<LoungeRoom>, StoreError>;

    /// Creates it, or replaces the one of this id, moderators included.
    ///
    /// # Errors
    /// [`StoreError::Taken`] with the slug; [`StoreError::Unknown`] if a moderator is no account.
    async fn put_lounge_room(&self, room: LoungeRoom, audited: Audited) -> Result<(), StoreError>;

    /// Removes it, with what was written in it and the files of that. If that is very much, the oldest of it goes first
    /// and by itself; then a failure may leave the room with the latest alone.
    ///
    /// # Errors
    /// [`StoreError::Unknown`].
    async fn remove_lounge_room(&self, id: LoungeRoomId, audited: Audited) -> Result<(), StoreError>;

    /// Keeps a message under the next number of its place; in a conversation, the author's side is open from then on,
    /// and called as the message says. The same message again (id, author and place) changes nothing and gives what is
    /// kept; then the flag is false.
    ///
    /// # Errors
    /// [`StoreError::Taken`] with the message if its id is another one's; [`StoreError::Unknown`] if there is no such
    /// place, if it is somebody else's conversation, or if there is no such file.
    async fn add_message(&self, message: NewMessage) -> Result<(StoredMessage, bool), StoreError>;

    /// One.
    ///
    /// # Errors
    /// As said above.
    async fn message(&self, id: MessageId) -> Result<Option<StoredMessage>, StoreError>;

    /// The last ones of a place before a number, or of all, oldest first: `take` at most.
    ///
    /// # Errors
    /// As said above.
    async fn messages(
        &self,
        place: Place,
        before: Option<u64>,
        take: u64,
    ) -> Result<Vec<StoredMessage>, StoreError>;

    /// When somebody last wrote there, if they did and it is kept, though it be deleted.
    ///
    /// # Errors
    /// As said above.
    async fn last_wrote(&self, place: Place, person: PersonId) -> Result<Option<Timestamp>, StoreError>;

    /// Sets another text. Whether that may be is for who calls it.
    ///
    /// # Errors
    /// [`StoreError::Unknown`] if there is no such message, or it was deleted.
    async fn edit_message(
        &self,
        id: MessageId,
        text: String,
        at: Timestamp,
    ) -> Result<StoredMessage, StoreError>;

    /// Takes its text and its file away; that it was there stays. A moderator's deed is audited.
    ///
    /// # Errors
    /// [`StoreError::Unknown`] if there is no such message, or it was deleted.
    async fn delete_message(
        &self,
        id: MessageId,
        audited: Option<Audited>,
    ) -> Result<StoredMessage, StoreError>;

    /// Forgets messages taken before then, with their files, files that no message has had within an hour, conversations
    /// without a message and with nobody who has them open, and removals that are over. How many rows, at most `most`
    /// of each. Numbers of places rise on as if nothing had been forgotten.
    ///
    /// # Errors
    /// As said above.
    async fn forget_lounge(&self, before: Timestamp, now: Timestamp, most: u64) -> Result<u64, StoreError>;

    /// Keeps a file, unless that would be more than may be.
    ///
    /// # Errors
    /// [`StoreError::Taken`] with the file if its id is; [`StoreError::OverShare`] if its owner has, or from its source
    /// came, as much as may; [`StoreError::Full`] if it is as much as may be in all; [`StoreError::Unknown`] if there is
    /// no such place.
    async fn add_file(&self, file: NewFile, bounds: FileBounds) -> Result<(), StoreError>;

    /// What is known of a file that a message has, one that was not deleted.
    ///
    /// # Errors
    /// As said above.
    async fn file_card(&self, id: FileId) -> Result<Option<FileCard>, StoreError>;

    /// The same, and what is in it.
    ///
    /// # Errors
    /// As said above.
    async fn file(&self, id: FileId) -> Result<Option<(FileCard, Vec<u8>)>, StoreError>;

    /// What two people write to each other, if they do.
    ///
    /// # Errors
    /// As said above.
    async fn conversation_between(
        &self,
        one: PersonId,
        other: PersonId,
    ) -> Result<Option<StoredConversation>, StoreError>;

    /// Which conversation this is.
    ///
    /// # Errors
    /// As said above.
    async fn conversation(&self, id: ConversationId) -> Result<Option<StoredConversation>, StoreError>;

    /// Begins one, closed on both sides, under this id; or gives the one there is, with the names as they are now.
    ///
    /// # Errors
    /// [`StoreError::Unknown`] if both are one.
    async fn begin_conversation(
        &self,
        id: ConversationId,
        one: (PersonId, PersonName),
        other: (PersonId, PersonName),
    ) -> Result<StoredConversation, StoreError>;

    /// Somebody opens or closes it.
    ///
    /// # Errors
    /// [`StoreError::Unknown`] if it is not one of theirs.
    async fn set_conversation_open(
        &self,
        id: ConversationId,
        person: PersonId,
        open: bool,
    ) -> Result<(), StoreError>;

    /// How far messages have come to somebody: never less than before, never more than there are; what was read has
    /// been delivered. As it is then, and whether that is more than before.
    ///
    /// # Errors
    /// [`StoreError::Unknown`] if it is not one of theirs.
    async fn mark_conversation(
        &self,
        id: ConversationId,
        person: PersonId,
        delivered: u64,
        read: u64,
    ) -> Result<(ConversationSide, bool), StoreError>;

    /// Those that somebody has open, and those in which they have not read everything of the other, that of the latest
    /// message first.
    ///
    /// # Errors
    /// As said above.
    async fn conversations_of(&self, person: PersonId) -> Result<Vec<ListedConversation>, StoreError>;

    /// Somebody does not want to hear from somebody, called that, or does again.
    ///
    /// # Errors
    /// As said above.
    async fn set_blocked(
        &self,
        person: PersonId,
        other: (PersonId, PersonName),
        blocked: bool,
    ) -> Result<(), StoreError>;

    /// Whom somebody does not want to hear from, by name.
    ///
    /// # Errors
    /// As said above.
    async fn blocked_by(&self, person: PersonId) -> Result<Vec<(PersonId, PersonName)>, StoreError>;

    /// Whether one of the two does not want to hear from the other.
    ///
    /// # Errors
    /// As said above.
    async fn is_blocked_between(&self, one: PersonId, other: PersonId) -> Result<bool, StoreError>;

    /// Somebody may not come back for a while. For who was removed before, this is what holds from then on.
    ///
    /// # Errors
    /// As said above.
    async fn remove_member(&self, removal: Removal, audited: Audited) -> Result<(), StoreError>;

    /// Somebody may come back.
    ///
    /// # Errors
    /// [`StoreError::Unknown`] if they may already, when this is audited.
    async fn lift_removal(&self, person: PersonId, audited: Audited) -> Result<(), StoreError>;

    /// Whether somebody may not come in at this time.
    ///
    /// # Errors
    /// As said above.
    async fn is_removed(&self, person: PersonId, now: Timestamp) -> Result<bool, StoreError>;

    /// Those who may not come in at this time, the last one removed first.
    ///
    /// # Errors
    /// As said above.
    async fn removals(&self, now: Timestamp) -> Result<Vec<Removal>, StoreError>;
}
