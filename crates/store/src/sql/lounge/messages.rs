//! Messages: each under the next number of its place. Numbers are given out by the place and never again, so that they
//! rise on when the last messages were forgotten.

use super::{conversations, files, key, limit};
use crate::port::{NewMessage, StoreError, StoredMessage, Taken};
use crate::sql::cell::{damaged, made, number, parsed, time, timestamp, unsigned};
use crate::sql::entity::{file, message, message_place};
use crate::sql::failure::stored;
use sea_orm::sea_query::{Expr, ExprTrait, Query};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, Order,
    QueryFilter, QueryOrder, QuerySelect,
};
use visavis_domain::ids::{MessageId, PersonId};
use visavis_domain::message::Place;
use visavis_domain::time::Timestamp;

/// A message with the row of its file.
type Rows = (message::Model, Option<file::Model>);

fn place(text: &str) -> Result<Place, StoreError> {
    let room = text.parse().map(Place::Room);
    room.or_else(|_| text.parse().map(Place::Conversation)).map_err(|_| damaged("an id is malformed"))
}

fn read((row, file): Rows) -> Result<StoredMessage, StoreError> {
    Ok(StoredMessage {
        id: parsed(&row.id)?,
        place: place(&row.place)?,
        number: unsigned(row.number)?,
        from: parsed(&row.author)?,
        name: made(row.name)?,
        text: row.text,
        file: file.map(files::card).transpose()?,
        at: timestamp(row.at)?,
        edited_at: row.edited_at.map(timestamp).transpose()?,
        deleted: row.deleted,
    })
}

async fn rows(db: &impl ConnectionTrait, id: MessageId) -> Result<Option<Rows>, StoreError> {
    message::Entity::find_by_id(id.to_string()).find_also_related(file::Entity).one(db).await.map_err(stored)
}

/// One that is there, and was not deleted.
async fn whole(db: &impl ConnectionTrait, id: MessageId) -> Result<Rows, StoreError> {
    rows(db, id).await?.filter(|(row, _)| !row.deleted).ok_or(StoreError::Unknown)
}

pub(super) async fn find(
    db: &impl ConnectionTrait,
    id: MessageId,
) -> Result<Option<StoredMessage>, StoreError> {
    rows(db, id).await?.map(read).transpose()
}

/// The next number of a place, taken.
async fn next(db: &impl ConnectionTrait, place: &str, at: i64) -> Result<i64, StoreError> {
    let mut take = Query::update();
    take.table(message_place::Entity)
        .value(message_place::Column::Last, Expr::col(message_place::Column::Last).add(1))
        .value(message_place::Column::LastAt, at)
        .and_where(message_place::Column::Id.eq(place))
        .returning(Query::returning().column(message_place::Column::Last));
    let row = db.query_one(&take).await.map_err(stored)?.ok_or(StoreError::Unknown)?;
    row.try_get_by_index(0).map_err(stored)
}

/// What is kept of it, and whether that is new.
pub(super) async fn add(
    db: &impl ConnectionTrait,
    new: NewMessage,
) -> Result<(StoredMessage, bool), StoreError> {
    let (place, author) = (key(new.place), new.from.to_string());
    if let Some(kept) = rows(db, new.id).await? {
        if kept.0.place != place || kept.0.author != author {
            return Err(StoreError::Taken(Taken::Message));
        }
        return Ok((read(kept)?, false));
    }
    let number = next(db, &place, time(new.at)).await?;
    if let Place::Conversation(conversation) = new.place {
        conversations::wrote(db, conversation, new.from, &new.name).await?;
    }
    let row = message::Model {
        id: new.id.to_string(),
        place,
        number,
        author,
        name: new.name.shown().to_owned(),
        text: new.text,
        at: time(new.at),
        edited_at: None,
        deleted: false,
    };
    let insert = message::Entity::insert(row.clone().into_active_model());
    insert.exec_without_returning(db).await.map_err(stored)?;
    let file = match new.file {
        Some(file) => Some(files::send(db, file, &row).await?),
        None => None,
    };
    Ok((read((row, file))?, true))
}

pub(super) async fn last(
    db: &impl ConnectionTrait,
    place: Place,
    before: Option<u64>,
    take: u64,
) -> Result<Vec<StoredMessage>, StoreError> {
    let mut find = message::Entity::find().filter(message::Column::Place.eq(key(place)));
    if let Some(before) = before {
        find = find.filter(message::Column::Number.lt(number(before)));
    }
    let rows = find
        .find_also_related(file::Entity)
        .order_by(message::Column::Number, Order::Desc)
        .limit(limit(take))
        .all(db)
        .await
        .map_err(stored)?;
    rows.into_iter().rev().map(read).collect()
}

/// That it was deleted since changes nothing about when it was written.
pub(super) async fn last_wrote(
    db: &impl ConnectionTrait,
    place: Place,
    person: PersonId,
) -> Result<Option<Timestamp>, StoreError> {
    let last: Option<i64> = message::Entity::find()
        .select_only()
        .column(message::Column::At)
        .filter(message::Column::Place.eq(key(place)))
        .filter(message::Column::Author.eq(person.to_string()))
        .order_by(message::Column::At, Order::Desc)
        .limit(1)
        .into_tuple()
        .one(db)
        .await
        .map_err(stored)?;
    last.map(timestamp).transpose()
}

pub(super) async fn edit(
    db: &impl ConnectionTrait,
    id: MessageId,
    text: String,
    at: Timestamp,
) -> Result<StoredMessage, StoreError> {
    let (row, file) = whole(db, id).await?;
    let mut row = row.into_active_model();
    (row.text, row.edited_at) = (Set(text), Set(Some(time(at))));
    read((row.update(db).await.map_err(stored)?, file))
}

pub(super) async fn delete(db: &impl ConnectionTrait, id: MessageId) -> Result<StoredMessage, StoreError> {
    let (row, file) = whole(db, id).await?;
    if let Some(file) = file {
        file::Entity::delete_by_id(file.id).exec(db).await.map_err(stored)?;
    }
    let mut row = row.into_active_model();
    (row.text, row.deleted) = (Set(String::new()), Set(true));
    read((row.update(db).await.map_err(stored)?, None))
}
