//! Webhooks. Rows of events and of their deliveries are in `events` and `deliveries`.

pub(super) mod deliveries;
pub(super) mod events;

use super::cell::{json, member, members, parsed, time, timestamp, word};
use super::entity::webhook;
use super::failure::stored;
use super::{SqlStore, commit, within};
use crate::port::{
    Audited, Delivery, HeldDelivery, NewEvent, Replay, SealedSecrets, StoreError, Tried, Webhook,
    WebhookEdit, WebhookHealth, WebhookState, Webhooks,
};
use async_trait::async_trait;
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, Order,
    PaginatorTrait, QueryFilter, QueryOrder,
};
use visavis_domain::ids::WebhookId;
use visavis_domain::time::Timestamp;

impl TryFrom<webhook::Model> for Webhook {
    type Error = StoreError;

    fn try_from(row: webhook::Model) -> Result<Self, StoreError> {
        let until = row.earlier_until.map(timestamp).transpose()?;
        Ok(Self {
            id: parsed(&row.id)?,
            name: row.name,
            url: row.url,
            kinds: members(&row.kinds)?,
            state: member(row.state)?,
            secrets: SealedSecrets { newest: row.secret, earlier: row.earlier.zip(until) },
            created_at: timestamp(row.created_at)?,
            delivered_at: row.delivered_at.map(timestamp).transpose()?,
            failed: row.failed_at.map(timestamp).transpose()?.zip(row.trouble.map(member).transpose()?),
        })
    }
}

fn fresh(new: Webhook) -> webhook::Model {
    let (earlier, until) = new.secrets.earlier.unzip();
    let (failed_at, trouble) = new.failed.unzip();
    webhook::Model {
        id: new.id.to_string(),
        name: new.name,
        url: new.url,
        kinds: json(&new.kinds),
        state: word(new.state),
        secret: new.secrets.newest,
        earlier,
        earlier_until: until.map(time),
        created_at: time(new.created_at),
        delivered_at: new.delivered_at.map(time),
        failed_at: failed_at.map(time),
        trouble: trouble.map(word),
    }
}

/// The row with the change in it.
fn edited(old: webhook::Model, edit: WebhookEdit) -> webhook::ActiveModel {
    let mut row = old.into_active_model();
    if let Some(name) = edit.name {
        row.name = Set(name);
    }
    if let Some(url) = edit.url {
        row.url = Set(url);
    }
    if let Some(kinds) = edit.kinds {
        row.kinds = Set(json(&kinds));
    }
    if let Some(state) = edit.state {
        row.state = Set(word(state));
    }
    if let Some(secrets) = edit.secrets {
        let (earlier, until) = secrets.earlier.unzip();
        row.secret = Set(secrets.newest);
        row.earlier = Set(earlier);
        row.earlier_until = Set(until.map(time));
    }
    row
}

async fn find(db: &impl ConnectionTrait, id: WebhookId) -> Result<Option<webhook::Model>, StoreError> {
    webhook::Entity::find_by_id(id.to_string()).one(db).await.map_err(stored)
}

/// Those that are told.
async fn on(db: &impl ConnectionTrait) -> Result<Vec<webhook::Model>, StoreError> {
    let on = webhook::Entity::find().filter(webhook::Column::State.eq(word(WebhookState::On)));
    on.all(db).await.map_err(stored)
}

#[async_trait]
impl Webhooks for SqlStore {
    async fn create_webhook(&self, webhook: Webhook, most: u64, audited: Audited) -> Result<(), StoreError> {
        within(async {
            let tx = self.begin().await?;
            if webhook::Entity::find().count(&tx).await.map_err(stored)? >= most {
                return Err(StoreError::Full);
            }
            let insert = webhook::Entity::insert(fresh(webhook).into_active_model());
            insert.exec_without_returning(&tx).await.map_err(stored)?;
            self.commit_audited(tx, audited).await
        })
        .await
    }

    async fn webhooks(&self) -> Result<Vec<Webhook>, StoreError> {
        within(async {
            let rows = webhook::Entity::find()
                .order_by(webhook::Column::CreatedAt, Order::Desc)
                .order_by(webhook::Column::Id, Order::Asc)
                .all(&self.reading)
                .await
                .map_err(stored)?;
            rows.into_iter().map(Webhook::try_from).collect()
        })
        .await
    }

    async fn webhook(&self, id: WebhookId) -> Result<Option<Webhook>, StoreError> {
        within(async { find(&self.reading, id).await?.map(Webhook::try_from).transpose() }).await
    }

    async fn change_webhook(
        &self,
        id: WebhookId,
        edit: WebhookEdit,
        audited: Audited,
    ) -> Result<Webhook, StoreError> {
        within(async {
            let tx = self.begin().await?;
            let row = find(&tx, id).await?.ok_or(StoreError::Unknown)?;
            let row = edited(row, edit).update(&tx).await.map_err(stored)?;
            self.commit_audited(tx, audited).await?;
            row.try_into()
        })
        .await
    }

    async fn remove_webhook(&self, id: WebhookId, audited: Audited) -> Result<(), StoreError> {
        within(async {
            let tx = self.begin().await?;
            let gone = webhook::Entity::delete_by_id(id.to_string()).exec(&tx).await.map_err(stored)?;
            if gone.rows_affected == 0 {
                return Err(StoreError::Unknown);
            }
            events::forget_undelivered(&tx, None).await?;
            self.commit_audited(tx, audited).await
        })
        .await
    }

    async fn webhook_health(&self) -> Result<Vec<WebhookHealth>, StoreError> {
        within(deliveries::health(&self.reading)).await
    }

    async fn put_events(&self, events: Vec<NewEvent>) -> Result<u64, StoreError> {
        within(async {
            let tx = self.begin().await?;
            let made = events::put(&tx, events).await?;
            commit(tx).await?;
            Ok(made)
        })
        .await
    }

    async fn put_event_for(
        &self,
        webhook: WebhookId,
        event: NewEvent,
        audited: Audited,
    ) -> Result<(), StoreError> {
        within(async {
            let tx = self.begin().await?;
            let row = find(&tx, webhook).await?.ok_or(StoreError::Unknown)?;
            if row.state != word(WebhookState::On) {
                return Err(StoreError::Unknown);
            }
            events::insert(&tx, event, &[row.id]).await?;
            self.commit_audited(tx, audited).await
        })
        .await
    }

    async fn webhooks_due(&self, now: Timestamp) -> Result<Vec<WebhookId>, StoreError> {
        within(async {
            let tx = self.snapshot().await?;
            let mut due = Vec::new();
            for row in on(&tx).await? {
                if deliveries::has_due(&tx, &row.id, now).await? {
                    due.push(parsed(&row.id)?);
                }
            }
            Ok(due)
        })
        .await
    }

    async fn hold_deliveries(
        &self,
        webhook: WebhookId,
        now: Timestamp,
        until: Timestamp,
        take: u64,
    ) -> Result<Vec<HeldDelivery>, StoreError> {
        within(async {
            let tx = self.begin().await?;
            let held = deliveries::hold(&tx, webhook, now, until, take).await?;
            commit(tx).await?;
            Ok(held)
        })
        .await
    }

    async fn delivery_tried(&self, tried: Tried) -> Result<bool, StoreError> {
        within(async {
            let tx = self.begin().await?;
            let written = deliveries::tried(&tx, tried).await?;
            commit(tx).await?;
            Ok(written)
        })
        .await
    }

    async fn deliveries(
        &self,
        webhook: WebhookId,
        before: Option<u64>,
        take: u64,
    ) -> Result<Vec<Delivery>, StoreError> {
        within(async { deliveries::list(&self.snapshot().await?, webhook, before, take).await }).await
    }

    async fn replay(
        &self,
        webhook: WebhookId,
        which: Replay,
        now: Timestamp,
        audited: Audited,
    ) -> Result<u64, StoreError> {
        within(async {
            let tx = self.begin().await?;
            let count = deliveries::replay(&tx, webhook, which, now).await?;
            self.commit_audited(tx, audited).await?;
            Ok(count)
        })
        .await
    }

    async fn sweep_deliveries(
        &self,
        now: Timestamp,
        give_up_before: Timestamp,
        forget_before: Timestamp,
        most: u64,
    ) -> Result<(u64, u64), StoreError> {
        within(async {
            let tx = self.begin().await?;
            let given_up = deliveries::give_up(&tx, now, give_up_before).await?;
            let (forgotten, events) = deliveries::forget(&tx, forget_before, most).await?;
            events::forget_undelivered(&tx, Some(events)).await?;
            commit(tx).await?;
            Ok((given_up, forgotten))
        })
        .await
    }
}
