//! Rows of deliveries. Of one subject the first that waits stands for those behind it: they are put off with it, so that
//! few rows are looked at while a receiver is away.

use super::super::cell::{damaged, member, parsed, time, timestamp, unsigned, word};
use super::super::entity::{webhook, webhook_delivery};
use super::super::failure::stored;
use super::events;
use crate::port::{
    Delivery, DeliveryState, HeldDelivery, Replay, StoreError, StoredEvent, Tried, WebhookHealth,
    WebhookState,
};
use sea_orm::sea_query::{Alias, Expr, ExprTrait, Query, SelectStatement};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, FromQueryResult, Order, QueryFilter, QueryOrder,
    QuerySelect,
};
use visavis_domain::ids::WebhookId;
use visavis_domain::time::Timestamp;
use visavis_domain::webhook::Outcome;
use webhook_delivery::{Column, Entity};

pub(super) const WAITING: &str = "waiting";
const DELIVERED: &str = "delivered";
const GIVEN_UP: &str = "given_up";

#[derive(FromQueryResult)]
struct Counted {
    webhook: String,
    state: String,
    count: i64,
    oldest: Option<i64>,
}

pub(super) async fn health(db: &impl ConnectionTrait) -> Result<Vec<WebhookHealth>, StoreError> {
    let counted = Entity::find()
        .select_only()
        .column(Column::Webhook)
        .column(Column::State)
        .column_as(Column::Event.count(), "count")
        .column_as(Column::Since.min(), "oldest")
        .filter(Column::State.ne(DELIVERED))
        .group_by(Column::Webhook)
        .group_by(Column::State)
        .order_by(Column::Webhook, Order::Asc)
        .into_model::<Counted>()
        .all(db)
        .await
        .map_err(stored)?;
    let mut all: Vec<WebhookHealth> = Vec::new();
    for row in counted {
        let id = parsed(&row.webhook)?;
        if all.last().is_none_or(|last| last.id != id) {
            all.push(WebhookHealth { id, waiting: 0, oldest: None, given_up: 0 });
        }
        let Some(health) = all.last_mut() else { continue };
        if row.state == WAITING {
            health.waiting = unsigned(row.count)?;
            health.oldest = row.oldest.map(timestamp).transpose()?;
        } else {
            health.given_up = unsigned(row.count)?;
        }
    }
    Ok(all)
}

/// Waits, is due, and nobody tries it.
fn free(webhook: &str, now: Timestamp) -> Condition {
    let held = Condition::any().add(Column::HeldUntil.is_null()).add(Column::HeldUntil.lte(time(now)));
    Condition::all()
        .add(Column::Webhook.eq(webhook))
        .add(Column::State.eq(WAITING))
        .add(Column::DueAt.lte(time(now)))
        .add(held)
        .add(Expr::exists(one_before()).not())
}

/// Another one of the same webhook and subject that waits, and is earlier.
fn one_before() -> SelectStatement {
    let earlier = Alias::new("earlier");
    let own = |column| Expr::col((Entity, column));
    let its = |column| Expr::col((earlier.clone(), column));
    let mut select = Query::select();
    select
        .expr(Expr::val(1))
        .from_as(Entity, earlier.clone())
        .and_where(its(Column::Webhook).eq(own(Column::Webhook)))
        .and_where(its(Column::Subject).eq(own(Column::Subject)))
        .and_where(its(Column::State).eq(WAITING))
        .and_where(its(Column::Event).lt(own(Column::Event)));
    select
}

pub(super) async fn has_due(
    db: &impl ConnectionTrait,
    webhook: &str,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let due = Entity::find().filter(free(webhook, now)).limit(1).one(db).await;
    Ok(due.map_err(stored)?.is_some())
}

pub(super) async fn hold(
    db: &impl ConnectionTrait,
    webhook: WebhookId,
    now: Timestamp,
    until: Timestamp,
    take: u64,
) -> Result<Vec<HeldDelivery>, StoreError> {
    let webhook = webhook.to_string();
    let rows = Entity::find()
        .filter(free(&webhook, now))
        .order_by(Column::DueAt, Order::Asc)
        .order_by(Column::Event, Order::Asc)
        .limit(Ord::min(take, 1_000))
        .all(db)
        .await
        .map_err(stored)?;
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let numbers: Vec<i64> = rows.iter().map(|row| row.event).collect();
    Entity::update_many()
        .col_expr(Column::HeldUntil, Expr::value(time(until)))
        .col_expr(Column::Tries, Expr::col(Column::Tries).add(1))
        .filter(Column::Webhook.eq(&*webhook))
        .filter(Column::Event.is_in(numbers.iter().copied()))
        .exec(db)
        .await
        .map_err(stored)?;
    let known = events::of(db, numbers).await?;
    let held = rows.into_iter().map(|row| {
        Ok(HeldDelivery {
            event: event_of(&known, row.event)?,
            since: timestamp(row.since)?,
            tries: unsigned(row.tries + 1)?,
        })
    });
    held.collect()
}

fn event_of(events: &[StoredEvent], number: i64) -> Result<StoredEvent, StoreError> {
    let found = events.iter().find(|event| events::column(event.number) == number);
    found.cloned().ok_or_else(|| damaged("a delivery has no event"))
}

pub(super) async fn tried(db: &impl ConnectionTrait, tried: Tried) -> Result<bool, StoreError> {
    let (webhook, number) = (tried.webhook.to_string(), events::column(tried.number));
    let row = Entity::find_by_id((webhook.clone(), number)).one(db).await.map_err(stored)?;
    let ours = |row: &webhook_delivery::Model| row.state == WAITING && row.tries == i64::from(tried.tries);
    let Some(row) = row.filter(ours) else { return Ok(false) };
    let (state, due_at, done_at) = match tried.outcome {
        Outcome::Delivered => (DELIVERED, tried.at, Some(tried.at)),
        Outcome::Again { at } => (WAITING, at, None),
        Outcome::GivenUp => (GIVEN_UP, tried.at, Some(tried.at)),
        // It waits for somebody to switch the webhook on again.
        Outcome::Gone => (WAITING, tried.at, None),
    };
    Entity::update_many()
        .col_expr(Column::State, Expr::value(state))
        .col_expr(Column::DueAt, Expr::value(time(due_at)))
        .col_expr(Column::HeldUntil, Expr::value(Option::<i64>::None))
        .col_expr(Column::TriedAt, Expr::value(time(tried.at)))
        .col_expr(Column::Status, Expr::value(tried.status.map(i64::from)))
        .col_expr(Column::Trouble, Expr::value(tried.trouble.map(word)))
        .col_expr(Column::DoneAt, Expr::value(done_at.map(time)))
        .filter(Column::Webhook.eq(&*webhook))
        .filter(Column::Event.eq(number))
        .exec(db)
        .await
        .map_err(stored)?;
    let behind = Condition::all().add(Column::Subject.eq(&*row.subject)).add(Column::Event.gt(number));
    put_off(db, &webhook, behind, due_at).await?;
    let mut health = webhook::Entity::update_many().filter(webhook::Column::Id.eq(&*webhook));
    match tried.trouble {
        None => {
            health = health.col_expr(webhook::Column::DeliveredAt, Expr::value(time(tried.at)));
            if row.tries > 1 {
                // It is back: nothing has to wait any more because of how it was.
                put_off(db, &webhook, Condition::all().add(Column::DueAt.gt(time(tried.at))), tried.at)
                    .await?;
            }
        }
        Some(trouble) => {
            health = health
                .col_expr(webhook::Column::FailedAt, Expr::value(time(tried.at)))
                .col_expr(webhook::Column::Trouble, Expr::value(word(trouble)));
            if tried.outcome == Outcome::Gone {
                let gone = word(WebhookState::Gone);
                health = health.col_expr(webhook::Column::State, Expr::value(gone));
            }
        }
    }
    health.exec(db).await.map_err(stored)?;
    Ok(true)
}

/// Those of these that wait and are not held are due then.
async fn put_off(
    db: &impl ConnectionTrait,
    webhook: &str,
    which: Condition,
    due_at: Timestamp,
) -> Result<(), StoreError> {
    Entity::update_many()
        .col_expr(Column::DueAt, Expr::value(time(due_at)))
        .filter(Column::Webhook.eq(webhook))
        .filter(Column::State.eq(WAITING))
        .filter(Column::HeldUntil.is_null())
        .filter(which)
        .exec(db)
        .await
        .map_err(stored)?;
    Ok(())
}

pub(super) async fn list(
    db: &impl ConnectionTrait,
    webhook: WebhookId,
    before: Option<u64>,
    take: u64,
) -> Result<Vec<Delivery>, StoreError> {
    let before = before.map(|before| Column::Event.lt(events::column(before)));
    let rows = Entity::find()
        .filter(Column::Webhook.eq(webhook.to_string()))
        .filter(Condition::all().add_option(before))
        .order_by(Column::Event, Order::Desc)
        .limit(Ord::min(take, 1_000))
        .all(db)
        .await
        .map_err(stored)?;
    let known = events::of(db, rows.iter().map(|row| row.event).collect()).await?;
    rows.into_iter().map(|row| delivery(&known, row)).collect()
}

fn delivery(known: &[StoredEvent], row: webhook_delivery::Model) -> Result<Delivery, StoreError> {
    let state = match (&*row.state, row.done_at) {
        (WAITING, None) => DeliveryState::Waiting { due_at: timestamp(row.due_at)? },
        (DELIVERED, Some(at)) => DeliveryState::Delivered { at: timestamp(at)? },
        (GIVEN_UP, Some(at)) => DeliveryState::GivenUp { at: timestamp(at)? },
        _ => return Err(damaged("a delivery has an unknown state")),
    };
    Ok(Delivery {
        event: event_of(known, row.event)?,
        state,
        tries: unsigned(row.tries)?,
        tried_at: row.tried_at.map(timestamp).transpose()?,
        status: row.status.map(unsigned).transpose()?,
        trouble: row.trouble.map(member).transpose()?,
    })
}

pub(super) async fn replay(
    db: &impl ConnectionTrait,
    webhook: WebhookId,
    which: Replay,
    now: Timestamp,
) -> Result<u64, StoreError> {
    let (id, later) = match which {
        Replay::One(id) => (id, false),
        Replay::From(id) => (id, true),
    };
    let (webhook, number) = (webhook.to_string(), events::number_of(db, &id.to_string()).await?);
    let there = Entity::find_by_id((webhook.clone(), number)).one(db).await.map_err(stored)?;
    if there.is_none() {
        return Err(StoreError::Unknown);
    }
    let which = if later { Column::Event.gte(number) } else { Column::Event.eq(number) };
    let replayed = Entity::update_many()
        .col_expr(Column::State, Expr::value(WAITING))
        .col_expr(Column::Since, Expr::value(time(now)))
        .col_expr(Column::DueAt, Expr::value(time(now)))
        .col_expr(Column::HeldUntil, Expr::value(Option::<i64>::None))
        .col_expr(Column::Tries, Expr::value(0))
        .col_expr(Column::DoneAt, Expr::value(Option::<i64>::None))
        .filter(Column::Webhook.eq(&*webhook))
        .filter(which)
        .exec(db)
        .await
        .map_err(stored)?;
    Ok(replayed.rows_affected)
}

/// Says how many were given up.
pub(super) async fn give_up(
    db: &impl ConnectionTrait,
    now: Timestamp,
    give_up_before: Timestamp,
) -> Result<u64, StoreError> {
    let held = Condition::any().add(Column::HeldUntil.is_null()).add(Column::HeldUntil.lte(time(now)));
    let given_up = Entity::update_many()
        .col_expr(Column::State, Expr::value(GIVEN_UP))
        .col_expr(Column::HeldUntil, Expr::value(Option::<i64>::None))
        .col_expr(Column::DoneAt, Expr::value(time(now)))
        .filter(Column::State.eq(WAITING))
        .filter(Column::Since.lt(time(give_up_before)))
        .filter(held)
        .exec(db)
        .await
        .map_err(stored)?;
    Ok(given_up.rows_affected)
}

/// Forgets what was done before then, of so many events at most, the longest done first. Says how many, and of which.
pub(super) async fn forget(
    db: &impl ConnectionTrait,
    before: Timestamp,
    most: u64,
) -> Result<(u64, Vec<i64>), StoreError> {
    let old = Entity::find().filter(Column::DoneAt.lt(time(before))).order_by(Column::DoneAt, Order::Asc);
    let old = old.limit(Ord::min(most, i64::MAX as u64)).all(db).await.map_err(stored)?;
    let events: Vec<i64> = old.into_iter().map(|row| row.event).collect();
    let delete = Entity::delete_many()
        .filter(Column::DoneAt.lt(time(before)))
        .filter(Column::Event.is_in(events.iter().copied()));
    Ok((delete.exec(db).await.map_err(stored)?.rows_affected, events))
}
