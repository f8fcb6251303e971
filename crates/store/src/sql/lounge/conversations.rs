//! What two people write to each other: the pair, and for each of the two a side with what is theirs alone.

use crate::port::{ConversationSide, StoreError, StoredConversation};
use crate::sql::cell::{damaged, made, number, parsed, unsigned};
use crate::sql::entity::{conversation, conversation_side, message_place};
use crate::sql::failure::stored;
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel,
    QueryFilter,
};
use visavis_domain::ids::{ConversationId, PersonId};
use visavis_domain::name::PersonName;

impl TryFrom<conversation_side::Model> for ConversationSide {
    type Error = StoreError;

    fn try_from(row: conversation_side::Model) -> Result<Self, StoreError> {
        Ok(Self {
            person: parsed(&row.person)?,
            name: made(row.name)?,
            open: row.is_open,
            delivered: unsigned(row.delivered)?,
            read: unsigned(row.seen)?,
        })
    }
}

pub(super) fn read(id: &str, sides: Vec<conversation_side::Model>) -> Result<StoredConversation, StoreError> {
    let sides: Result<Vec<ConversationSide>, StoreError> =
        sides.into_iter().map(ConversationSide::try_from).collect();
    let sides = sides?.try_into().map_err(|_| damaged("a conversation has not two sides"))?;
    Ok(StoredConversation { id: parsed(id)?, sides })
}

pub(super) async fn sides(
    db: &impl ConnectionTrait,
    conversations: &[String],
) -> Result<Vec<conversation_side::Model>, StoreError> {
    let of = conversation_side::Column::Conversation.is_in(conversations);
    conversation_side::Entity::find().filter(of).all(db).await.map_err(stored)
}

async fn side(
    db: &impl ConnectionTrait,
    id: ConversationId,
    person: PersonId,
) -> Result<conversation_side::Model, StoreError> {
    let find = conversation_side::Entity::find_by_id((id.to_string(), person.to_string()));
    find.one(db).await.map_err(stored)?.ok_or(StoreError::Unknown)
}

pub(super) async fn find(
    db: &impl ConnectionTrait,
    id: ConversationId,
) -> Result<Option<StoredConversation>, StoreError> {
    let id = id.to_string();
    let sides = sides(db, std::slice::from_ref(&id)).await?;
    if sides.is_empty() { Ok(None) } else { read(&id, sides).map(Some) }
}

/// The two in the order in which a conversation's row has them.
fn pair(one: PersonId, other: PersonId) -> (String, String) {
    (one.min(other).to_string(), one.max(other).to_string())
}

pub(super) async fn between(
    db: &impl ConnectionTrait,
    one: PersonId,
    other: PersonId,
) -> Result<Option<StoredConversation>, StoreError> {
    let (one, other) = pair(one, other);
    let find = conversation::Entity::find()
        .filter(conversation::Column::One.eq(one))
        .filter(conversation::Column::Other.eq(other));
    match find.one(db).await.map_err(stored)? {
        Some(row) => self::find(db, parsed(&row.id)?).await,
        None => Ok(None),
    }
}

/// Nobody has one with themselves.
pub(super) async fn begin(
    db: &impl ConnectionTrait,
    id: ConversationId,
    people: [(PersonId, PersonName); 2],
) -> Result<StoredConversation, StoreError> {
    let [(one, _), (other, _)] = &people;
    if one == other {
        return Err(StoreError::Unknown);
    }
    let id = match between(db, *one, *other).await? {
        Some(there) => {
            for (person, name) in &people {
                rename(db, &there, *person, name).await?;
            }
            there.id
        }
        None => {
            insert(db, id, people).await?;
            id
        }
    };
    find(db, id).await?.ok_or(StoreError::Unknown)
}

/// Writes only what is another name than before.
async fn rename(
    db: &impl ConnectionTrait,
    conversation: &StoredConversation,
    person: PersonId,
    name: &PersonName,
) -> Result<(), StoreError> {
    if conversation.sides.iter().any(|side| side.person == person && side.name == *name) {
        return Ok(());
    }
    let mut row = side(db, conversation.id, person).await?.into_active_model();
    row.name = Set(name.shown().to_owned());
    row.update(db).await.map_err(stored)?;
    Ok(())
}

async fn insert(
    db: &impl ConnectionTrait,
    id: ConversationId,
    people: [(PersonId, PersonName); 2],
) -> Result<(), StoreError> {
    let (one, other) = pair(people[0].0, people[1].0);
    let id = id.to_string();
    let place = message_place::Model { id: id.clone(), last: 0, last_at: 0 };
    let insert = message_place::Entity::insert(place.into_active_model());
    insert.exec_without_returning(db).await.map_err(stored)?;
    let row = conversation::Model { id: id.clone(), one, other };
    let insert = conversation::Entity::insert(row.into_active_model());
    insert.exec_without_returning(db).await.map_err(stored)?;
    let sides = people.map(|(person, name)| conversation_side::Model {
        conversation: id.clone(),
        person: person.to_string(),
        name: name.shown().to_owned(),
        is_open: false,
        delivered: 0,
        seen: 0,
    });
    let insert = conversation_side::Entity::insert_many(sides.map(IntoActiveModel::into_active_model));
    insert.exec_without_returning(db).await.map_err(stored)?;
    Ok(())
}

/// Somebody who writes has it open, and is called as they are now.
pub(super) async fn wrote(
    db: &impl ConnectionTrait,
    id: ConversationId,
    person: PersonId,
    name: &PersonName,
) -> Result<(), StoreError> {
    let row = side(db, id, person).await?;
    if row.is_open && row.name == name.shown() {
        return Ok(());
    }
    let mut row = row.into_active_model();
    (row.is_open, row.name) = (Set(true), Set(name.shown().to_owned()));
    row.update(db).await.map_err(stored)?;
    Ok(())
}

pub(super) async fn set_open(
    db: &impl ConnectionTrait,
    id: ConversationId,
    person: PersonId,
    open: bool,
) -> Result<(), StoreError> {
    let row = side(db, id, person).await?;
    if row.is_open != open {
        let mut row = row.into_active_model();
        row.is_open = Set(open);
        row.update(db).await.map_err(stored)?;
    }
    Ok(())
}

/// What was read has been delivered.
pub(super) async fn mark(
    db: &impl ConnectionTrait,
    id: ConversationId,
    person: PersonId,
    (delivered, read): (u64, u64),
) -> Result<(ConversationSide, bool), StoreError> {
    let row = side(db, id, person).await?;
    let place = message_place::Entity::find_by_id(id.to_string()).one(db).await.map_err(stored)?;
    let last = place.ok_or_else(|| damaged("a conversation has no place"))?.last;
    let seen = number(read).min(last).max(row.seen);
    let delivered = number(delivered).min(last).max(row.delivered).max(seen);
    if (delivered, seen) == (row.delivered, row.seen) {
        return Ok((row.try_into()?, false));
    }
    let mut row = row.into_active_model();
    (row.delivered, row.seen) = (Set(delivered), Set(seen));
    Ok((row.update(db).await.map_err(stored)?.try_into()?, true))
}
