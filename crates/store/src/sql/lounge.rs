//! The lounge.

use super::SqlStore;
use crate::port::{
    Audited, ConversationSide, FileCard, ListedConversation, Lounge, LoungeRoom, NewFile, NewMessage,
    Removal, StoreError, StoredConversation, StoredMessage,
};
use async_trait::async_trait;
use visavis_domain::ids::{ConversationId, FileId, LoungeRoomId, MessageId, PersonId};
use visavis_domain::message::Place;
use visavis_domain::name::PersonName;
use visavis_domain::time::Timestamp;

#[async_trait]
impl Lounge for SqlStore {
    async fn lounge_rooms(&self) -> Result<Vec<LoungeRoom>, StoreError> {
        Err(StoreError::Damaged(String::new()))
    }

    async fn lounge_room(&self, _id: LoungeRoomId) -> Result<Option<LoungeRoom>, StoreError> {
        Err(StoreError::Damaged(String::new()))
    }

    async fn put_lounge_room(&self, _room: LoungeRoom, _audited: Audited) -> Result<(), StoreError> {
        Err(StoreError::Damaged(String::new()))
    }

    async fn remove_lounge_room(&self, _id: LoungeRoomId, _audited: Audited) -> Result<(), StoreError> {
        Err(StoreError::Damaged(String::new()))
    }

    async fn add_message(&self, _message: NewMessage) -> Result<(StoredMessage, bool), StoreError> {
        Err(StoreError::Damaged(String::new()))
    }

    async fn message(&self, _id: MessageId) -> Result<Option<StoredMessage>, StoreError> {
        Err(StoreError::Damaged(String::new()))
    }

    async fn messages(
        &self,
        _place: Place,
        _before: Option<u64>,
        _take: u64,
    ) -> Result<Vec<StoredMessage>, StoreError> {
        Err(StoreError::Damaged(String::new()))
    }

    async fn last_wrote(&self, _place: Place, _person: PersonId) -> Result<Option<Timestamp>, StoreError> {
        Err(StoreError::Damaged(String::new()))
    }

    async fn edit_message(
        &self,
        _id: MessageId,
        _text: String,
        _at: Timestamp,
    ) -> Result<StoredMessage, StoreError> {
        Err(StoreError::Damaged(String::new()))
    }

    async fn delete_message(
        &self,
        _id: MessageId,
        _audited: Option<Audited>,
    ) -> Result<StoredMessage, StoreError> {
        Err(StoreError::Damaged(String::new()))
    }

    async fn forget_lounge(
        &self,
        _before: Timestamp,
        _now: Timestamp,
        _most: u64,
    ) -> Result<u64, StoreError> {
        Err(StoreError::Damaged(String::new()))
    }

    async fn add_file(&self, _file: NewFile, _most: u64) -> Result<(), StoreError> {
        Err(StoreError::Damaged(String::new()))
    }

    async fn file(&self, _id: FileId) -> Result<Option<(FileCard, Vec<u8>)>, StoreError> {
        Err(StoreError::Damaged(String::new()))
    }

    async fn conversation_between(
        &self,
        _one: PersonId,
        _other: PersonId,
    ) -> Result<Option<StoredConversation>, StoreError> {
        Err(StoreError::Damaged(String::new()))
    }

    async fn conversation(&self, _id: ConversationId) -> Result<Option<StoredConversation>, StoreError> {
        Err(StoreError::Damaged(String::new()))
    }

    async fn begin_conversation(
        &self,
        _id: ConversationId,
        _one: (PersonId, PersonName),
        _other: (PersonId, PersonName),
    ) -> Result<StoredConversation, StoreError> {
        Err(StoreError::Damaged(String::new()))
    }

    async fn set_conversation_open(
        &self,
        _id: ConversationId,
        _person: PersonId,
        _open: bool,
    ) -> Result<(), StoreError> {
        Err(StoreError::Damaged(String::new()))
    }

    async fn mark_conversation(
        &self,
        _id: ConversationId,
        _person: PersonId,
        _delivered: u64,
        _read: u64,
    ) -> Result<(ConversationSide, bool), StoreError> {
        Err(StoreError::Damaged(String::new()))
    }

    async fn conversations_of(&self, _person: PersonId) -> Result<Vec<ListedConversation>, StoreError> {
        Err(StoreError::Damaged(String::new()))
    }

    async fn set_blocked(
        &self,
        _person: PersonId,
        _other: (PersonId, PersonName),
        _blocked: bool,
    ) -> Result<(), StoreError> {
        Err(StoreError::Damaged(String::new()))
    }

    async fn blocked_by(&self, _person: PersonId) -> Result<Vec<(PersonId, PersonName)>, StoreError> {
        Err(StoreError::Damaged(String::new()))
    }

    async fn is_blocked_between(&self, _one: PersonId, _other: PersonId) -> Result<bool, StoreError> {
        Err(StoreError::Damaged(String::new()))
    }

    async fn remove_member(&self, _removal: Removal, _audited: Audited) -> Result<(), StoreError> {
        Err(StoreError::Damaged(String::new()))
    }

    async fn lift_removal(&self, _person: PersonId, _audited: Audited) -> Result<(), StoreError> {
        Err(StoreError::Damaged(String::new()))
    }

    async fn is_removed(&self, _person: PersonId, _now: Timestamp) -> Result<bool, StoreError> {
        Err(StoreError::Damaged(String::new()))
    }

    async fn removals(&self, _now: Timestamp) -> Result<Vec<Removal>, StoreError> {
        Err(StoreError::Damaged(String::new()))
    }
}
