//! The lounge: the port's methods as transactions. What each does to its rows is beside, by concern.
//!
//! Messages are the one thing written as people type; an add is four statements and a commit, a mark two. What changes
//! nothing is committed all the same: neither database writes for it.

mod blocks;
mod conversations;
mod files;
mod forgetting;
mod listing;
mod messages;
mod rooms;

use super::{SqlStore, commit, within};
use crate::port::{
    Audited, ConversationSide, FileBounds, FileCard, ListedConversation, Lounge, LoungeRoom, NewFile,
    NewMessage, Removal, StoreError, StoredConversation, StoredMessage,
};
use async_trait::async_trait;
use visavis_domain::ids::{ConversationId, FileId, LoungeRoomId, MessageId, PersonId};
use visavis_domain::message::Place;
use visavis_domain::name::PersonName;
use visavis_domain::time::Timestamp;

/// A place as columns hold it. Its prefix says which of the two it is.
fn key(place: Place) -> String {
    match place {
        Place::Room(room) => room.to_string(),
        Place::Conversation(conversation) => conversation.to_string(),
    }
}

/// How many rows, as databases take it.
fn limit(rows: u64) -> u64 {
    rows.min(i64::MAX as u64)
}

impl SqlStore {
    /// A step on the way to a room that goes.
    async fn thin_room(&self, id: LoungeRoomId) -> Result<u64, StoreError> {
        within(async {
            let tx = self.begin().await?;
            let thinned = rooms::thin(&tx, id).await?;
            commit(tx).await?;
            Ok(thinned)
        })
        .await
    }
}

#[async_trait]
impl Lounge for SqlStore {
    async fn lounge_rooms(&self) -> Result<Vec<LoungeRoom>, StoreError> {
        within(async { rooms::all(&self.snapshot().await?).await }).await
    }

    async fn lounge_room(&self, id: LoungeRoomId) -> Result<Option<LoungeRoom>, StoreError> {
        within(async { rooms::find(&self.snapshot().await?, id).await }).await
    }

    async fn put_lounge_room(&self, room: LoungeRoom, audited: Audited) -> Result<(), StoreError> {
        within(async {
            let tx = self.begin().await?;
            rooms::put(&tx, room).await?;
            self.commit_audited(tx, audited).await
        })
        .await
    }

    async fn remove_lounge_room(&self, id: LoungeRoomId, audited: Audited) -> Result<(), StoreError> {
        // A room that much was written in does not go in one: nobody else would write meanwhile.
        while self.thin_room(id).await? > 0 {}
        within(async {
            let tx = self.begin().await?;
            rooms::remove(&tx, id).await?;
            self.commit_audited(tx, audited).await
        })
        .await
    }

    async fn add_message(&self, message: NewMessage) -> Result<(StoredMessage, bool), StoreError> {
        within(async {
            let tx = self.begin().await?;
            let added = messages::add(&tx, message).await?;
            commit(tx).await?;
            Ok(added)
        })
        .await
    }

    async fn message(&self, id: MessageId) -> Result<Option<StoredMessage>, StoreError> {
        within(messages::find(&self.reading, id)).await
    }

    async fn messages(
        &self,
        place: Place,
        before: Option<u64>,
        take: u64,
    ) -> Result<Vec<StoredMessage>, StoreError> {
        within(messages::last(&self.reading, place, before, take)).await
    }

    async fn last_wrote(&self, place: Place, person: PersonId) -> Result<Option<Timestamp>, StoreError> {
        within(messages::last_wrote(&self.reading, place, person)).await
    }

    async fn edit_message(
        &self,
        id: MessageId,
        text: String,
        at: Timestamp,
    ) -> Result<StoredMessage, StoreError> {
        within(async {
            let tx = self.begin().await?;
            let edited = messages::edit(&tx, id, text, at).await?;
            commit(tx).await?;
            Ok(edited)
        })
        .await
    }

    async fn delete_message(
        &self,
        id: MessageId,
        audited: Option<Audited>,
    ) -> Result<StoredMessage, StoreError> {
        within(async {
            let tx = self.begin().await?;
            let deleted = messages::delete(&tx, id).await?;
            match audited {
                Some(audited) => self.commit_audited(tx, audited).await?,
                None => commit(tx).await?,
            }
            Ok(deleted)
        })
        .await
    }

    async fn forget_lounge(&self, before: Timestamp, now: Timestamp, most: u64) -> Result<u64, StoreError> {
        within(async {
            let tx = self.begin().await?;
            let forgotten = forgetting::forget(&tx, before, now, most).await?;
            commit(tx).await?;
            Ok(forgotten)
        })
        .await
    }

    async fn add_file(&self, file: NewFile, bounds: FileBounds) -> Result<(), StoreError> {
        within(async {
            let tx = self.begin().await?;
            files::add(&tx, file, bounds).await?;
            commit(tx).await
        })
        .await
    }

    async fn file_card(&self, id: FileId) -> Result<Option<FileCard>, StoreError> {
        within(files::sent_card(&self.reading, id)).await
    }

    async fn file(&self, id: FileId) -> Result<Option<(FileCard, Vec<u8>)>, StoreError> {
        within(files::sent(&self.reading, id)).await
    }

    async fn conversation_between(
        &self,
        one: PersonId,
        other: PersonId,
    ) -> Result<Option<StoredConversation>, StoreError> {
        within(async { conversations::between(&self.snapshot().await?, one, other).await }).await
    }

    async fn conversation(&self, id: ConversationId) -> Result<Option<StoredConversation>, StoreError> {
        within(conversations::find(&self.reading, id)).await
    }

    async fn begin_conversation(
        &self,
        id: ConversationId,
        one: (PersonId, PersonName),
        other: (PersonId, PersonName),
    ) -> Result<StoredConversation, StoreError> {
        within(async {
            let tx = self.begin().await?;
            let conversation = conversations::begin(&tx, id, [one, other]).await?;
            commit(tx).await?;
            Ok(conversation)
        })
        .await
    }

    async fn set_conversation_open(
        &self,
        id: ConversationId,
        person: PersonId,
        open: bool,
    ) -> Result<(), StoreError> {
        within(async {
            let tx = self.begin().await?;
            conversations::set_open(&tx, id, person, open).await?;
            commit(tx).await
        })
        .await
    }

    async fn mark_conversation(
        &self,
        id: ConversationId,
        person: PersonId,
        delivered: u64,
        read: u64,
    ) -> Result<(ConversationSide, bool), StoreError> {
        within(async {
            let tx = self.begin().await?;
            let marked = conversations::mark(&tx, id, person, (delivered, read)).await?;
            commit(tx).await?;
            Ok(marked)
        })
        .await
    }

    async fn conversations_of(&self, person: PersonId) -> Result<Vec<ListedConversation>, StoreError> {
        within(async { listing::of(&self.snapshot().await?, person).await }).await
    }

    async fn set_blocked(
        &self,
        person: PersonId,
        other: (PersonId, PersonName),
        blocked: bool,
    ) -> Result<(), StoreError> {
        within(async {
            let tx = self.begin().await?;
            match blocked {
                true => blocks::block(&tx, person, other).await?,
                false => blocks::unblock(&tx, person, other.0).await?,
            }
            commit(tx).await
        })
        .await
    }

    async fn blocked_by(&self, person: PersonId) -> Result<Vec<(PersonId, PersonName)>, StoreError> {
        within(blocks::blocked_by(&self.reading, person)).await
    }

    async fn is_blocked_between(&self, one: PersonId, other: PersonId) -> Result<bool, StoreError> {
        within(blocks::between(&self.reading, one, other)).await
    }

    async fn remove_member(&self, removal: Removal, audited: Audited) -> Result<(), StoreError> {
        within(async {
            let tx = self.begin().await?;
            blocks::remove(&tx, removal, audited.at).await?;
            self.commit_audited(tx, audited).await
        })
        .await
    }

    async fn lift_removal(&self, person: PersonId, audited: Audited) -> Result<(), StoreError> {
        within(async {
            let tx = self.begin().await?;
            blocks::lift(&tx, person, audited.at).await?;
            self.commit_audited(tx, audited).await
        })
        .await
    }

    async fn is_removed(&self, person: PersonId, now: Timestamp) -> Result<bool, StoreError> {
        within(blocks::is_removed(&self.reading, person, now)).await
    }

    async fn removals(&self, now: Timestamp) -> Result<Vec<Removal>, StoreError> {
        within(blocks::removals(&self.reading, now)).await
    }
}
