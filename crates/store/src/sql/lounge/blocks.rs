//! Who does not want to hear from whom, and who may not come in for a while.

use crate::port::{Removal, StoreError};
use crate::sql::cell::{made, parsed, time, timestamp};
use crate::sql::entity::{block, removal};
use crate::sql::failure::stored;
use sea_orm::sea_query::OnConflict;
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter,
};
use std::cmp::Reverse;
use visavis_domain::ids::PersonId;
use visavis_domain::name::PersonName;
use visavis_domain::time::Timestamp;

pub(super) async fn block(
    db: &impl ConnectionTrait,
    person: PersonId,
    (other, name): (PersonId, PersonName),
) -> Result<(), StoreError> {
    let row =
        block::Model { person: person.to_string(), other: other.to_string(), name: name.shown().to_owned() };
    let mut replace = OnConflict::columns([block::Column::Person, block::Column::Other]);
    replace.update_column(block::Column::Name);
    let insert = block::Entity::insert(row.into_active_model()).on_conflict(replace);
    insert.exec_without_returning(db).await.map_err(stored)?;
    Ok(())
}

pub(super) async fn unblock(
    db: &impl ConnectionTrait,
    person: PersonId,
    other: PersonId,
) -> Result<(), StoreError> {
    block::Entity::delete_by_id((person.to_string(), other.to_string())).exec(db).await.map_err(stored)?;
    Ok(())
}

/// By name.
pub(super) async fn blocked_by(
    db: &impl ConnectionTrait,
    person: PersonId,
) -> Result<Vec<(PersonId, PersonName)>, StoreError> {
    let find = block::Entity::find().filter(block::Column::Person.eq(person.to_string()));
    let mut blocked = Vec::new();
    for row in find.all(db).await.map_err(stored)? {
        blocked.push((parsed(&row.other)?, made(row.name)?));
    }
    // Here, since databases differ in how they order texts.
    blocked.sort_by_cached_key(|(id, name): &(PersonId, PersonName)| (name.shown().to_lowercase(), *id));
    Ok(blocked)
}

pub(super) async fn between(
    db: &impl ConnectionTrait,
    one: PersonId,
    other: PersonId,
) -> Result<bool, StoreError> {
    let by = |person: PersonId, other: PersonId| {
        Condition::all()
            .add(block::Column::Person.eq(person.to_string()))
            .add(block::Column::Other.eq(other.to_string()))
    };
    let either = Condition::any().add(by(one, other)).add(by(other, one));
    Ok(block::Entity::find().filter(either).count(db).await.map_err(stored)? > 0)
}

/// For who was removed already, this is what holds from now on.
pub(super) async fn remove(
    db: &impl ConnectionTrait,
    removal: Removal,
    at: Timestamp,
) -> Result<(), StoreError> {
    let row = removal::Model {
        person: removal.person.to_string(),
        name: removal.name.shown().to_owned(),
        at: time(at),
        until: time(removal.until),
        removed_by: removal.by.to_string(),
    };
    let mut replace = OnConflict::column(removal::Column::Person);
    replace.update_columns([
        removal::Column::Name,
        removal::Column::At,
        removal::Column::Until,
        removal::Column::RemovedBy,
    ]);
    let insert = removal::Entity::insert(row.into_active_model()).on_conflict(replace);
    insert.exec_without_returning(db).await.map_err(stored)?;
    Ok(())
}

/// One that is over is none, whether its row has been forgotten or not.
pub(super) async fn lift(
    db: &impl ConnectionTrait,
    person: PersonId,
    now: Timestamp,
) -> Result<(), StoreError> {
    let lifted = removal::Entity::delete_many()
        .filter(removal::Column::Person.eq(person.to_string()))
        .filter(removal::Column::Until.gt(time(now)))
        .exec(db)
        .await
        .map_err(stored)?;
    if lifted.rows_affected == 0 { Err(StoreError::Unknown) } else { Ok(()) }
}

pub(super) async fn is_removed(
    db: &impl ConnectionTrait,
    person: PersonId,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let row = removal::Entity::find_by_id(person.to_string()).one(db).await.map_err(stored)?;
    Ok(row.is_some_and(|row| row.until > time(now)))
}

pub(super) async fn removals(db: &impl ConnectionTrait, now: Timestamp) -> Result<Vec<Removal>, StoreError> {
    let rows =
        removal::Entity::find().filter(removal::Column::Until.gt(time(now))).all(db).await.map_err(stored)?;
    let mut found = Vec::with_capacity(rows.len());
    for row in rows {
        let removal = Removal {
            person: parsed(&row.person)?,
            name: made(row.name)?,
            until: timestamp(row.until)?,
            by: parsed(&row.removed_by)?,
        };
        found.push((row.at, removal));
    }
    // Here, since databases differ in how they order texts.
    found.sort_by_key(|(at, removal)| (Reverse(*at), removal.person));
    Ok(found.into_iter().map(|(_, removal)| removal).collect())
}
