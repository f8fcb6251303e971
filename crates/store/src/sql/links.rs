//! Rows of personal links.

use super::cell::{made, member, parsed, time, timestamp, word};
use super::entity::link;
use super::failure::stored;
use crate::port::{Link, StoreError};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel,
    QueryFilter,
};
use visavis_domain::ids::LinkId;
use visavis_domain::time::Timestamp;

impl TryFrom<link::Model> for Link {
    type Error = StoreError;

    fn try_from(row: link::Model) -> Result<Self, StoreError> {
        Ok(Self {
            id: parsed(&row.id)?,
            appointment: parsed(&row.appointment)?,
            person: parsed(&row.person)?,
            kind: member(row.kind)?,
            name: row.name.map(made).transpose()?,
            created_at: timestamp(row.created_at)?,
            revoked_at: row.revoked_at.map(timestamp).transpose()?,
        })
    }
}

pub(super) async fn insert(db: &impl ConnectionTrait, new: Link) -> Result<(), StoreError> {
    let row = link::Model {
        id: new.id.to_string(),
        appointment: new.appointment.to_string(),
        person: new.person.to_string(),
        kind: word(new.kind),
        name: new.name.map(|name| name.shown().to_owned()),
        created_at: time(new.created_at),
        revoked_at: new.revoked_at.map(time),
    };
    link::Entity::insert(row.into_active_model()).exec_without_returning(db).await.map_err(stored)?;
    Ok(())
}

async fn row(db: &impl ConnectionTrait, id: LinkId) -> Result<Option<link::Model>, StoreError> {
    link::Entity::find_by_id(id.to_string()).one(db).await.map_err(stored)
}

pub(super) async fn find(db: &impl ConnectionTrait, id: LinkId) -> Result<Option<Link>, StoreError> {
    row(db, id).await?.map(Link::try_from).transpose()
}

/// Those of these appointments, oldest first; a statement for each part.
pub(super) async fn of(
    db: &impl ConnectionTrait,
    appointments: Vec<Vec<String>>,
) -> Result<Vec<Link>, StoreError> {
    let mut links: Vec<Link> = Vec::new();
    for part in appointments {
        let find = link::Entity::find().filter(link::Column::Appointment.is_in(part));
        for row in find.all(db).await.map_err(stored)? {
            links.push(row.try_into()?);
        }
    }
    // Here, since databases differ in how they order texts.
    links.sort_by_key(|link| (link.created_at, link.id));
    Ok(links)
}

/// Takes back one that holds, and returns it. What was taken back keeps the moment at which it was.
pub(super) async fn take_back(
    db: &impl ConnectionTrait,
    id: LinkId,
    at: Timestamp,
) -> Result<Link, StoreError> {
    let holds = row(db, id).await?.filter(|row| row.revoked_at.is_none());
    let mut row = holds.ok_or(StoreError::Unknown)?.into_active_model();
    row.revoked_at = Set(Some(time(at)));
    row.update(db).await.map_err(stored)?.try_into()
}
