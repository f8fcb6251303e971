//! Desks and their members.

use super::cell::{from_json, json, parsed, unsigned};
use super::entity::{account, desk, desk_member};
use super::failure::stored;
use super::{SqlStore, still, within};
use crate::port::{Audited, Desk, Desks, StoreError, Taken};
use async_trait::async_trait;
use sea_orm::sea_query::OnConflict;
use sea_orm::{
    ColumnTrait, ConnectionTrait, DatabaseTransaction, EntityTrait, IntoActiveModel, Order, PaginatorTrait,
    QueryFilter, QueryOrder, Select,
};
use std::collections::{BTreeSet, HashMap};
use visavis_domain::ids::{DeskId, PersonId};

/// The desks of a query with their members, by name.
async fn with_members(
    db: &impl ConnectionTrait,
    find: Select<desk::Entity>,
) -> Result<Vec<Desk>, StoreError> {
    let rows = find.all(db).await.map_err(stored)?;
    let ids = rows.iter().map(|row| row.id.clone());
    let members = desk_member::Entity::find()
        .filter(desk_member::Column::Desk.is_in(ids))
        .order_by(desk_member::Column::Place, Order::Asc)
        .all(db)
        .await
        .map_err(stored)?;
    let mut of: HashMap<String, Vec<PersonId>> = HashMap::new();
    for member in members {
        of.entry(member.desk).or_default().push(parsed(&member.person)?);
    }
    let mut desks = Vec::with_capacity(rows.len());
    for row in rows {
        let members = of.remove(&row.id).unwrap_or_default();
        desks.push(read(row, members)?);
    }
    // Here, since databases differ in how they order texts.
    desks.sort_by_cached_key(|desk| (desk.name.to_lowercase(), desk.id));
    Ok(desks)
}

fn read(row: desk::Model, members: Vec<PersonId>) -> Result<Desk, StoreError> {
    Ok(Desk {
        id: parsed(&row.id)?,
        slug: row.slug,
        name: row.name,
        about: row.about,
        hours: row.hours.map(|hours| from_json(&hours)).transpose()?,
        wrap_up_s: unsigned(row.wrap_up_s)?,
        ring_s: unsigned(row.ring_s)?,
        sites: from_json(&row.sites)?,
        members,
    })
}

async fn one(db: &impl ConnectionTrait, id: DeskId) -> Result<Option<Desk>, StoreError> {
    Ok(with_members(db, desk::Entity::find_by_id(id.to_string())).await?.pop())
}

async fn put(tx: &DatabaseTransaction, desk: Desk) -> Result<(), StoreError> {
    let id = desk.id.to_string();
    let same = desk::Entity::find().filter(desk::Column::Slug.eq(&*desk.slug)).one(tx).await;
    if same.map_err(stored)?.is_some_and(|owner| owner.id != id) {
        return Err(StoreError::Taken(Taken::Slug));
    }
    let mut seen = BTreeSet::new();
    let members: Vec<String> =
        desk.members.iter().filter(|member| seen.insert(**member)).map(ToString::to_string).collect();
    let known = account::Entity::find().filter(account::Column::Id.is_in(members.clone())).count(tx).await;
    if known.map_err(stored)? != members.len() as u64 {
        return Err(StoreError::Unknown);
    }
    let row = desk::Model {
        id: id.clone(),
        slug: desk.slug,
        name: desk.name,
        about: desk.about,
        hours: desk.hours.as_ref().map(json),
        wrap_up_s: desk.wrap_up_s.into(),
        ring_s: desk.ring_s.into(),
        sites: json(&desk.sites),
    };
    let mut replace = OnConflict::column(desk::Column::Id);
    replace.update_columns([
        desk::Column::Slug,
        desk::Column::Name,
        desk::Column::About,
        desk::Column::Hours,
        desk::Column::WrapUpS,
        desk::Column::RingS,
        desk::Column::Sites,
    ]);
    let insert = desk::Entity::insert(row.into_active_model()).on_conflict(replace);
    insert.exec_without_returning(tx).await.map_err(stored)?;
    let old = desk_member::Entity::delete_many().filter(desk_member::Column::Desk.eq(&*id));
    old.exec(tx).await.map_err(stored)?;
    let rows = members
        .into_iter()
        .zip(0..)
        .map(|(person, place)| desk_member::Model { desk: id.clone(), person, place }.into_active_model());
    desk_member::Entity::insert_many(rows).exec_without_returning(tx).await.map_err(stored)?;
    Ok(())
}

#[async_trait]
impl Desks for SqlStore {
    async fn desks(&self) -> Result<Vec<Desk>, StoreError> {
        within(async { with_members(&self.snapshot().await?, desk::Entity::find()).await }).await
    }

    async fn desk(&self, id: DeskId) -> Result<Option<Desk>, StoreError> {
        within(async { one(&self.snapshot().await?, id).await }).await
    }

    async fn desk_by_slug(&self, slug: &str) -> Result<Option<Desk>, StoreError> {
        within(async {
            let find = desk::Entity::find().filter(desk::Column::Slug.eq(slug));
            Ok(with_members(&self.snapshot().await?, find).await?.pop())
        })
        .await
    }

    async fn desks_of(&self, person: PersonId) -> Result<Vec<Desk>, StoreError> {
        within(async {
            let db = self.snapshot().await?;
            let of = desk_member::Entity::find()
                .filter(desk_member::Column::Person.eq(person.to_string()))
                .all(&db)
                .await
                .map_err(stored)?;
            let ids = of.into_iter().map(|member| member.desk);
            with_members(&db, desk::Entity::find().filter(desk::Column::Id.is_in(ids))).await
        })
        .await
    }

    async fn put_desk(&self, desk: Desk, seen: Option<Desk>, audited: Audited) -> Result<(), StoreError> {
        within(async {
            let tx = self.begin().await?;
            if seen.is_some() {
                still(one(&tx, desk.id).await?.as_ref(), seen.as_ref())?;
            }
            put(&tx, desk).await?;
            self.commit_audited(tx, audited).await
        })
        .await
    }

    async fn remove_desk(&self, id: DeskId, seen: Option<Desk>, audited: Audited) -> Result<(), StoreError> {
        within(async {
            let tx = self.begin().await?;
            let now = one(&tx, id).await?.ok_or(StoreError::Unknown)?;
            still(Some(&now), seen.as_ref())?;
            desk::Entity::delete_by_id(id.to_string()).exec(&tx).await.map_err(stored)?;
            self.commit_audited(tx, audited).await
        })
        .await
    }
}
