//! The history of calls.

use super::cell::{member, parsed, time, timestamp, unsigned, word};
use super::entity::call;
use super::failure::stored;
use super::{SqlStore, commit, within};
use crate::port::{Audited, CallFilter, CallRecord, Calls, Outcome, Page, StoreError};
use async_trait::async_trait;
use sea_orm::sea_query::Query;
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, Condition, ConnectionTrait, EntityTrait,
    IntoActiveModel, Order, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect,
};
use visavis_domain::ids::{PersonId, RingId};
use visavis_domain::time::Timestamp;

impl TryFrom<call::Model> for CallRecord {
    type Error = StoreError;

    fn try_from(row: call::Model) -> Result<Self, StoreError> {
        Ok(Self {
            ring: parsed(&row.ring)?,
            desk: row.desk.map(|desk| parsed(&desk)).transpose()?,
            desk_name: row.desk_name,
            visitor: parsed(&row.visitor)?,
            visitor_name: row.visitor_name,
            about: row.about,
            representative: parsed(&row.representative)?,
            representative_name: row.representative_name,
            appointment: row.appointment.map(|appointment| parsed(&appointment)).transpose()?,
            into: row.asked_into.map(|into| parsed(&into)).transpose()?,
            started_at: timestamp(row.started_at)?,
            accepted_at: row.accepted_at.map(timestamp).transpose()?,
            ended_at: row.ended_at.map(timestamp).transpose()?,
            end: row.ending.map(member).transpose()?,
            stars: row.stars.map(unsigned).transpose()?,
            comment: row.comment,
            note: row.note,
            outcome: row.outcome.map(member).transpose()?,
        })
    }
}

fn fresh(record: CallRecord) -> call::Model {
    call::Model {
        ring: record.ring.to_string(),
        desk: record.desk.map(|desk| desk.to_string()),
        desk_name: record.desk_name,
        visitor: record.visitor.to_string(),
        visitor_name: record.visitor_name,
        about: record.about,
        representative: record.representative.to_string(),
        representative_name: record.representative_name,
        asked_into: record.into.map(|into| into.to_string()),
        appointment: record.appointment.map(|appointment| appointment.to_string()),
        started_at: time(record.started_at),
        accepted_at: record.accepted_at.map(time),
        ended_at: record.ended_at.map(time),
        ending: record.end.map(word),
        stars: record.stars.map(i64::from),
        comment: record.comment,
        note: record.note,
        outcome: record.outcome.map(word),
    }
}

/// The row with what is new in it. Accepted once is accepted, and an end is the end: records may come late.
fn brought_up(old: call::Model, new: call::Model) -> call::ActiveModel {
    let (ended, accepted_at) = (old.ending.is_some(), new.accepted_at.or(old.accepted_at));
    let mut row = old.into_active_model();
    (row.desk, row.desk_name) = (Set(new.desk), Set(new.desk_name));
    (row.visitor, row.visitor_name) = (Set(new.visitor), Set(new.visitor_name));
    row.representative = Set(new.representative);
    row.representative_name = Set(new.representative_name);
    if !ended {
        (row.started_at, row.accepted_at) = (Set(new.started_at), Set(accepted_at));
        (row.ended_at, row.ending) = (Set(new.ended_at), Set(new.ending));
    }
    row
}

fn matching(filter: CallFilter) -> Condition {
    Condition::all()
        .add_option(filter.desk.map(|desk| call::Column::Desk.eq(desk.to_string())))
        .add_option(filter.representative.map(|who| call::Column::Representative.eq(who.to_string())))
        .add_option(filter.end.map(|end| call::Column::Ending.eq(word(end))))
        .add_option(filter.ended.map(|ended| match ended {
            true => call::Column::Ending.is_not_null(),
            false => call::Column::Ending.is_null(),
        }))
        .add_option(filter.from.map(|from| call::Column::StartedAt.gte(time(from))))
        .add_option(filter.to.map(|to| call::Column::StartedAt.lt(time(to))))
        .add_option(filter.after.map(behind))
}

/// Lists have the latest begun first, and of two that began together the one with the higher id.
fn behind((at, ring): (Timestamp, RingId)) -> Condition {
    let together = Condition::all()
        .add(call::Column::StartedAt.eq(time(at)))
        .add(call::Column::Ring.lt(ring.to_string()));
    Condition::any().add(call::Column::StartedAt.lt(time(at))).add(together)
}

async fn find(db: &impl ConnectionTrait, ring: RingId) -> Result<Option<call::Model>, StoreError> {
    call::Entity::find_by_id(ring.to_string()).one(db).await.map_err(stored)
}

#[async_trait]
impl Calls for SqlStore {
    async fn record_call(&self, record: CallRecord) -> Result<(), StoreError> {
        within(async {
            let tx = self.begin().await?;
            let old = find(&tx, record.ring).await?;
            let new = fresh(record);
            match old {
                Some(old) => {
                    brought_up(old, new).update(&tx).await.map_err(stored)?;
                }
                None => {
                    let insert = call::Entity::insert(new.into_active_model());
                    insert.exec_without_returning(&tx).await.map_err(stored)?;
                }
            }
            commit(tx).await
        })
        .await
    }

    async fn call(&self, ring: RingId) -> Result<Option<CallRecord>, StoreError> {
        within(async { find(&self.reading, ring).await?.map(CallRecord::try_from).transpose() }).await
    }

    async fn calls(&self, filter: CallFilter, page: Page) -> Result<Vec<CallRecord>, StoreError> {
        within(async {
            let rows = call::Entity::find()
                .filter(matching(filter))
                .order_by(call::Column::StartedAt, Order::Desc)
                .order_by(call::Column::Ring, Order::Desc)
                .offset(page.skip.min(i64::MAX as u64))
                .limit(page.take.min(i64::MAX as u64))
                .all(&self.reading)
                .await
                .map_err(stored)?;
            rows.into_iter().map(CallRecord::try_from).collect()
        })
        .await
    }

    async fn count_calls(&self, filter: CallFilter) -> Result<u64, StoreError> {
        within(async {
            let count = call::Entity::find().filter(matching(filter)).count(&self.reading);
            count.await.map_err(stored)
        })
        .await
    }

    async fn forget_calls(&self, before: Timestamp, most: u64) -> Result<u64, StoreError> {
        let old = Query::select()
            .column(call::Column::Ring)
            .from(call::Entity)
            .and_where(call::Column::StartedAt.lt(time(before)))
            .and_where(call::Column::Ending.is_not_null())
            .order_by(call::Column::StartedAt, Order::Asc)
            .limit(most.min(i64::MAX as u64))
            .to_owned();
        within(async {
            let tx = self.begin().await?;
            let delete = call::Entity::delete_many().filter(call::Column::Ring.in_subquery(old));
            let gone = delete.exec(&tx).await.map_err(stored)?;
            commit(tx).await?;
            Ok(gone.rows_affected)
        })
        .await
    }

    async fn forget_call(&self, ring: RingId, audited: Audited) -> Result<(), StoreError> {
        within(async {
            let tx = self.begin().await?;
            let delete = call::Entity::delete_many()
                .filter(call::Column::Ring.eq(ring.to_string()))
                .filter(call::Column::Ending.is_not_null());
            if delete.exec(&tx).await.map_err(stored)?.rows_affected == 0 {
                return Err(StoreError::Unknown);
            }
            self.commit_audited(tx, audited).await
        })
        .await
    }

    async fn rate_call(
        &self,
        ring: RingId,
        visitor: PersonId,
        stars: u8,
        comment: String,
    ) -> Result<(), StoreError> {
        within(async {
            let tx = self.begin().await?;
            let row = find(&tx, ring).await?.ok_or(StoreError::Unknown)?;
            if row.visitor != visitor.to_string() || row.accepted_at.is_none() {
                return Err(StoreError::Unknown);
            }
            let mut row = row.into_active_model();
            (row.stars, row.comment) = (Set(Some(stars.into())), Set(comment));
            row.update(&tx).await.map_err(stored)?;
            commit(tx).await
        })
        .await
    }

    async fn note_call(
        &self,
        ring: RingId,
        representative: PersonId,
        note: String,
        outcome: Option<Outcome>,
    ) -> Result<(), StoreError> {
        within(async {
            let tx = self.begin().await?;
            let row = find(&tx, ring).await?.ok_or(StoreError::Unknown)?;
            if row.representative != representative.to_string() {
                return Err(StoreError::Unknown);
            }
            let mut row = row.into_active_model();
            (row.note, row.outcome) = (Set(note), Set(outcome.map(word)));
            row.update(&tx).await.map_err(stored)?;
            commit(tx).await
        })
        .await
    }
}
