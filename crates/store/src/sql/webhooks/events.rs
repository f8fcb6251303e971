//! Rows of events. Numbers are counted here, as those of mails are; whoever writes is alone. The highest one is never
//! removed, so that none is given out twice.

use super::super::cell::{from_json, json, member, members, number, parsed, time, timestamp, unsigned, word};
use super::super::entity::{webhook_delivery, webhook_event};
use super::super::failure::stored;
use super::deliveries::WAITING;
use crate::port::{NewEvent, StoreError, StoredEvent};
use sea_orm::sea_query::{Expr, ExprTrait, Query};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, IntoActiveModel, Order, PaginatorTrait,
    QueryFilter, QueryOrder,
};
use visavis_domain::webhook::EventKind;

impl TryFrom<webhook_event::Model> for StoredEvent {
    type Error = StoreError;

    fn try_from(row: webhook_event::Model) -> Result<Self, StoreError> {
        Ok(Self {
            number: unsigned(row.number)?,
            event: NewEvent {
                id: parsed(&row.id)?,
                kind: member(row.kind)?,
                subject: row.subject,
                at: timestamp(row.at)?,
                data: from_json(&row.data)?,
            },
        })
    }
}

/// Writes them down for every webhook that is on and wants them; says how many deliveries that made.
pub(in crate::sql) async fn put(db: &impl ConnectionTrait, events: Vec<NewEvent>) -> Result<u64, StoreError> {
    if events.is_empty() {
        return Ok(0);
    }
    let mut wishes: Vec<(String, Vec<EventKind>)> = Vec::new();
    for row in super::on(db).await? {
        wishes.push((row.id, members(&row.kinds)?));
    }
    let mut made = 0;
    for event in events {
        let wanting = wishes.iter().filter(|(_, kinds)| kinds.contains(&event.kind));
        let wanting: Vec<String> = wanting.map(|(id, _)| id.clone()).collect();
        made += insert(db, event, &wanting).await?;
    }
    Ok(made)
}

/// Writes one down for these webhooks, unless it lies there or there are none.
pub(super) async fn insert(
    db: &impl ConnectionTrait,
    event: NewEvent,
    webhooks: &[String],
) -> Result<u64, StoreError> {
    let id = event.id.to_string();
    let known = webhook_event::Entity::find().filter(webhook_event::Column::Id.eq(&*id));
    if webhooks.is_empty() || known.count(db).await.map_err(stored)? > 0 {
        return Ok(0);
    }
    let number = last_number(db).await? + 1;
    let (at, subject) = (time(event.at), event.subject);
    let row = webhook_event::Model {
        number,
        id,
        kind: word(event.kind),
        subject: subject.clone(),
        at,
        data: json(&event.data),
    };
    let insert = webhook_event::Entity::insert(row.into_active_model());
    insert.exec_without_returning(db).await.map_err(stored)?;
    let deliveries = webhooks.iter().map(|webhook| {
        let row = webhook_delivery::Model {
            webhook: webhook.clone(),
            event: number,
            subject: subject.clone(),
            state: WAITING.to_owned(),
            since: at,
            due_at: at,
            held_until: None,
            tries: 0,
            tried_at: None,
            status: None,
            trouble: None,
            done_at: None,
        };
        row.into_active_model()
    });
    let insert = webhook_delivery::Entity::insert_many(deliveries);
    insert.exec_without_returning(db).await.map_err(stored)?;
    Ok(webhooks.len() as u64)
}

/// The highest number there is.
async fn last_number(db: &impl ConnectionTrait) -> Result<i64, StoreError> {
    let last =
        webhook_event::Entity::find().order_by(webhook_event::Column::Number, Order::Desc).one(db).await;
    Ok(last.map_err(stored)?.map_or(0, |row| row.number))
}

/// Removes those that no delivery is left of, of these numbers or of all. All are looked through when a webhook goes: there
/// may be millions.
pub(super) async fn forget_undelivered(
    db: &impl ConnectionTrait,
    among: Option<Vec<i64>>,
) -> Result<(), StoreError> {
    if among.as_ref().is_some_and(Vec::is_empty) {
        return Ok(());
    }
    let last = last_number(db).await?;
    let mut delivered = Query::select();
    delivered.expr(Expr::val(1)).from(webhook_delivery::Entity).and_where(
        Expr::col((webhook_delivery::Entity, webhook_delivery::Column::Event))
            .equals((webhook_event::Entity, webhook_event::Column::Number)),
    );
    webhook_event::Entity::delete_many()
        .filter(webhook_event::Column::Number.lt(last))
        .filter(Condition::all().add_option(among.map(|among| webhook_event::Column::Number.is_in(among))))
        .filter(Expr::exists(delivered).not())
        .exec(db)
        .await
        .map_err(stored)?;
    Ok(())
}

/// The events of these numbers, lowest first.
pub(super) async fn of(db: &impl ConnectionTrait, numbers: Vec<i64>) -> Result<Vec<StoredEvent>, StoreError> {
    let find = webhook_event::Entity::find().filter(webhook_event::Column::Number.is_in(numbers));
    let rows = find.order_by(webhook_event::Column::Number, Order::Asc).all(db).await.map_err(stored)?;
    rows.into_iter().map(StoredEvent::try_from).collect()
}

/// The number of the event with this id.
pub(super) async fn number_of(db: &impl ConnectionTrait, id: &str) -> Result<i64, StoreError> {
    let find = webhook_event::Entity::find().filter(webhook_event::Column::Id.eq(id));
    let found = find.one(db).await.map_err(stored)?;
    found.map(|row| row.number).ok_or(StoreError::Unknown)
}

/// As columns hold them.
pub(super) fn column(of: u64) -> i64 {
    number(of)
}
