//! Rooms of the lounge and who moderates them. What is written in a room is in `messages`.

use crate::port::{LoungeRoom, StoreError, Taken};
use crate::sql::cell::{parsed, unsigned};
use crate::sql::entity::{account, lounge_moderator, lounge_room, message, message_place};
use crate::sql::failure::stored;
use sea_orm::sea_query::{Expr, ExprTrait, OnConflict, Query, SubQueryStatement};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, Order, PaginatorTrait, QueryFilter,
    QueryOrder, Select,
};
use std::collections::{BTreeSet, HashMap};
use visavis_domain::ids::{LoungeRoomId, PersonId};

fn read(row: lounge_room::Model, moderators: Vec<PersonId>) -> Result<LoungeRoom, StoreError> {
    Ok(LoungeRoom {
        id: parsed(&row.id)?,
        slug: row.slug,
        name: row.name,
        about: row.about,
        place: unsigned(row.place)?,
        moderators,
    })
}

/// The rooms of a query with their moderators, in order.
async fn with_moderators(
    db: &impl ConnectionTrait,
    find: Select<lounge_room::Entity>,
) -> Result<Vec<LoungeRoom>, StoreError> {
    let rows = find.all(db).await.map_err(stored)?;
    let ids = rows.iter().map(|row| row.id.clone());
    let moderators = lounge_moderator::Entity::find()
        .filter(lounge_moderator::Column::Room.is_in(ids))
        .order_by(lounge_moderator::Column::Place, Order::Asc)
        .all(db)
        .await
        .map_err(stored)?;
    let mut of: HashMap<String, Vec<PersonId>> = HashMap::new();
    for moderator in moderators {
        of.entry(moderator.room).or_default().push(parsed(&moderator.person)?);
    }
    let mut rooms = Vec::with_capacity(rows.len());
    for row in rows {
        let moderators = of.remove(&row.id).unwrap_or_default();
        rooms.push(read(row, moderators)?);
    }
    // Here, since databases differ in how they order texts.
    rooms.sort_by_cached_key(|room| (room.place, room.name.to_lowercase(), room.id));
    Ok(rooms)
}

pub(super) async fn all(db: &impl ConnectionTrait) -> Result<Vec<LoungeRoom>, StoreError> {
    with_moderators(db, lounge_room::Entity::find()).await
}

pub(super) async fn find(
    db: &impl ConnectionTrait,
    id: LoungeRoomId,
) -> Result<Option<LoungeRoom>, StoreError> {
    Ok(with_moderators(db, lounge_room::Entity::find_by_id(id.to_string())).await?.pop())
}

/// Makes the place if there is none; one that is there goes on counting.
async fn put_place(db: &impl ConnectionTrait, id: &str) -> Result<(), StoreError> {
    let place = message_place::Entity::find_by_id(id).one(db).await.map_err(stored)?;
    if place.is_none() {
        let row = message_place::Model { id: id.to_owned(), last: 0, last_at: 0 };
        let insert = message_place::Entity::insert(row.into_active_model());
        insert.exec_without_returning(db).await.map_err(stored)?;
    }
    Ok(())
}

pub(super) async fn put(db: &impl ConnectionTrait, room: LoungeRoom) -> Result<(), StoreError> {
    let id = room.id.to_string();
    let same = lounge_room::Entity::find().filter(lounge_room::Column::Slug.eq(&*room.slug)).one(db).await;
    if same.map_err(stored)?.is_some_and(|owner| owner.id != id) {
        return Err(StoreError::Taken(Taken::Slug));
    }
    put_place(db, &id).await?;
    let row = lounge_room::Model {
        id: id.clone(),
        slug: room.slug,
        name: room.name,
        about: room.about,
        place: room.place.into(),
    };
    let mut replace = OnConflict::column(lounge_room::Column::Id);
    replace.update_columns([
        lounge_room::Column::Slug,
        lounge_room::Column::Name,
        lounge_room::Column::About,
        lounge_room::Column::Place,
    ]);
    let insert = lounge_room::Entity::insert(row.into_active_model()).on_conflict(replace);
    insert.exec_without_returning(db).await.map_err(stored)?;
    put_moderators(db, &id, &room.moderators).await
}

async fn put_moderators(
    db: &impl ConnectionTrait,
    room: &str,
    moderators: &[PersonId],
) -> Result<(), StoreError> {
    let mut seen = BTreeSet::new();
    let once: Vec<String> =
        moderators.iter().filter(|moderator| seen.insert(**moderator)).map(ToString::to_string).collect();
    let known = account::Entity::find().filter(account::Column::Id.is_in(once.clone())).count(db).await;
    if known.map_err(stored)? != once.len() as u64 {
        return Err(StoreError::Unknown);
    }
    let old = lounge_moderator::Entity::delete_many().filter(lounge_moderator::Column::Room.eq(room));
    old.exec(db).await.map_err(stored)?;
    let rows = once.into_iter().zip(0..).map(|(person, place)| {
        lounge_moderator::Model { room: room.to_owned(), person, place }.into_active_model()
    });
    lounge_moderator::Entity::insert_many(rows).exec_without_returning(db).await.map_err(stored)?;
    Ok(())
}

/// How many messages go with a room in one transaction. More keep others from writing for longer; 100,000 take seconds.
const AT_ONCE: u64 = 5_000;

/// Removes the oldest messages of a room that has more than go with it; how many.
pub(super) async fn thin(db: &impl ConnectionTrait, id: LoungeRoomId) -> Result<u64, StoreError> {
    let there = || message::Column::Place.eq(id.to_string());
    let last_to_go = Query::select()
        .column(message::Column::Number)
        .from(message::Entity)
        .and_where(there())
        .order_by(message::Column::Number, Order::Desc)
        .limit(1)
        .offset(AT_ONCE)
        .to_owned();
    let last_to_go = Expr::from(SubQueryStatement::from(last_to_go));
    let oldest = Query::select()
        .column(message::Column::Id)
        .from(message::Entity)
        .and_where(there())
        .and_where(Expr::col(message::Column::Number).lte(last_to_go))
        .order_by(message::Column::Number, Order::Asc)
        .limit(AT_ONCE)
        .to_owned();
    let thinned = message::Entity::delete_many().filter(message::Column::Id.in_subquery(oldest));
    Ok(thinned.exec(db).await.map_err(stored)?.rows_affected)
}

/// With its place, and so with all that stands there.
pub(super) async fn remove(db: &impl ConnectionTrait, id: LoungeRoomId) -> Result<(), StoreError> {
    let gone = message_place::Entity::delete_by_id(id.to_string()).exec(db).await.map_err(stored)?;
    if gone.rows_affected == 0 { Err(StoreError::Unknown) } else { Ok(()) }
}
