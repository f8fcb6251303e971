//! Files: rows of what is known of them, and their bodies beside. One is of no message until it is sent; it goes with
//! its message.

use super::key;
use crate::port::{FileBounds, FileCard, NewFile, StoreError, Taken};
use crate::sql::cell::{damaged, number, parsed, time, unsigned};
use crate::sql::entity::{file, file_body, message};
use crate::sql::failure::stored;
use sea_orm::sea_query::{Alias, Condition, Expr, ExprTrait, Func, Query};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel,
    QueryFilter,
};
use visavis_domain::ids::FileId;

pub(super) fn card(row: file::Model) -> Result<FileCard, StoreError> {
    Ok(FileCard { id: parsed(&row.id)?, name: row.name, kind: row.kind, size: unsigned(row.size)? })
}

async fn find(db: &impl ConnectionTrait, id: FileId) -> Result<Option<file::Model>, StoreError> {
    file::Entity::find_by_id(id.to_string()).one(db).await.map_err(stored)
}

/// Bytes of these files together.
async fn total(db: &impl ConnectionTrait, of: Condition) -> Result<u64, StoreError> {
    // PostgreSQL gives sums a type of their own.
    let sum = Expr::expr(Func::sum(Expr::col(file::Column::Size))).cast_as(Alias::new("bigint"));
    let select = Query::select().expr(sum).from(file::Entity).cond_where(of).to_owned();
    let row = db.query_one(&select).await.map_err(stored)?;
    let sum: Option<i64> = row.map(|row| row.try_get_by_index(0)).transpose().map_err(stored)?.flatten();
    unsigned(sum.unwrap_or(0))
}

pub(super) async fn add(
    db: &impl ConnectionTrait,
    new: NewFile,
    bounds: FileBounds,
) -> Result<(), StoreError> {
    if find(db, new.card.id).await?.is_some() {
        return Err(StoreError::Taken(Taken::File));
    }
    let too_much = |held: u64, most: u64| held.saturating_add(new.card.size) > most;
    let owned = Condition::all().add(file::Column::Owner.eq(new.owner.to_string()));
    if too_much(total(db, owned).await?, bounds.of_owner) {
        return Err(StoreError::OverShare);
    }
    if let Some(source) = &new.source {
        let from_there = Condition::all().add(file::Column::Source.eq(source.clone()));
        if too_much(total(db, from_there).await?, bounds.of_source) {
            return Err(StoreError::OverShare);
        }
    }
    if too_much(total(db, Condition::all()).await?, bounds.all) {
        return Err(StoreError::Full);
    }
    let id = new.card.id.to_string();
    let row = file::Model {
        id: id.clone(),
        owner: new.owner.to_string(),
        place: key(new.place),
        name: new.card.name,
        kind: new.card.kind,
        size: number(new.card.size),
        at: time(new.at),
        message: None,
        source: new.source,
    };
    file::Entity::insert(row.into_active_model()).exec_without_returning(db).await.map_err(stored)?;
    let body = file_body::Model { file: id, body: new.body };
    file_body::Entity::insert(body.into_active_model()).exec_without_returning(db).await.map_err(stored)?;
    Ok(())
}

/// Sends it with a message: one of its author's, for its place, that none has yet.
pub(super) async fn send(
    db: &impl ConnectionTrait,
    id: FileId,
    with: &message::Model,
) -> Result<file::Model, StoreError> {
    let row = find(db, id).await?.ok_or(StoreError::Unknown)?;
    if row.owner != with.author || row.place != with.place || row.message.is_some() {
        return Err(StoreError::Unknown);
    }
    let mut row = row.into_active_model();
    row.message = Set(Some(with.id.clone()));
    row.update(db).await.map_err(stored)
}

pub(super) async fn sent_card(db: &impl ConnectionTrait, id: FileId) -> Result<Option<FileCard>, StoreError> {
    let row = find(db, id).await?.filter(|row| row.message.is_some());
    row.map(card).transpose()
}

pub(super) async fn sent(
    db: &impl ConnectionTrait,
    id: FileId,
) -> Result<Option<(FileCard, Vec<u8>)>, StoreError> {
    let found = file::Entity::find_by_id(id.to_string())
        .filter(file::Column::Message.is_not_null())
        .find_also_related(file_body::Entity)
        .one(db)
        .await
        .map_err(stored)?;
    let Some((row, body)) = found else {
        return Ok(None);
    };
    let body = body.ok_or_else(|| damaged("a file has no body"))?.body;
    Ok(Some((card(row)?, body)))
}
