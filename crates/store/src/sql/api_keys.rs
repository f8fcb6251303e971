//! Keys of the interface for programs.

use super::accounts;
use super::cell::{json, members, parsed, time, timestamp};
use super::entity::{account, api_key};
use super::failure::stored;
use super::invitations::token;
use super::{SqlStore, within};
use crate::port::{Account, ApiKey, ApiKeys, Audited, StoreError};
use async_trait::async_trait;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, IntoActiveModel, Order, PaginatorTrait, QueryFilter, QueryOrder};
use visavis_domain::ids::ApiKeyId;
use visavis_domain::time::Timestamp;

impl TryFrom<api_key::Model> for ApiKey {
    type Error = StoreError;

    fn try_from(row: api_key::Model) -> Result<Self, StoreError> {
        Ok(Self {
            id: parsed(&row.id)?,
            hash: token(&row.hash)?,
            name: row.name,
            account: parsed(&row.account)?,
            scopes: members(&row.scopes)?,
            created_at: timestamp(row.created_at)?,
            expires_at: timestamp(row.expires_at)?,
            used_at: row.used_at.map(timestamp).transpose()?,
        })
    }
}

#[async_trait]
impl ApiKeys for SqlStore {
    async fn create_api_key(&self, key: ApiKey, most: u64, audited: Audited) -> Result<(), StoreError> {
        within(async {
            let tx = self.begin().await?;
            accounts::row(&tx, key.account).await?;
            if api_key::Entity::find().count(&tx).await.map_err(stored)? >= most {
                return Err(StoreError::Full);
            }
            let row = api_key::Model {
                id: key.id.to_string(),
                hash: key.hash.0.to_vec(),
                name: key.name,
                account: key.account.to_string(),
                scopes: json(&key.scopes),
                created_at: time(key.created_at),
                expires_at: time(key.expires_at),
                used_at: key.used_at.map(time),
            };
            let insert = api_key::Entity::insert(row.into_active_model());
            insert.exec_without_returning(&tx).await.map_err(stored)?;
            self.commit_audited(tx, audited).await
        })
        .await
    }

    async fn api_keys(&self) -> Result<Vec<ApiKey>, StoreError> {
        within(async {
            let rows = api_key::Entity::find()
                .order_by(api_key::Column::CreatedAt, Order::Desc)
                .order_by(api_key::Column::Id, Order::Asc)
                .all(&self.reading)
                .await
                .map_err(stored)?;
            rows.into_iter().map(ApiKey::try_from).collect()
        })
        .await
    }

    async fn api_key(&self, id: ApiKeyId) -> Result<Option<(ApiKey, Account)>, StoreError> {
        within(async {
            let tx = self.snapshot().await?;
            let found = api_key::Entity::find_by_id(id.to_string()).one(&tx).await.map_err(stored)?;
            let Some(row) = found else { return Ok(None) };
            let owner = account::Entity::find_by_id(&*row.account).one(&tx).await.map_err(stored)?;
            let owner = owner.map(Account::try_from).transpose()?;
            owner.map(|owner| Ok((row.try_into()?, owner))).transpose()
        })
        .await
    }

    async fn touch_api_key(&self, id: ApiKeyId, used_at: Timestamp) -> Result<(), StoreError> {
        within(async {
            api_key::Entity::update_many()
                .col_expr(api_key::Column::UsedAt, Expr::value(time(used_at)))
                .filter(api_key::Column::Id.eq(id.to_string()))
                .exec(&self.writing)
                .await
                .map_err(stored)?;
            Ok(())
        })
        .await
    }

    async fn revoke_api_key(&self, id: ApiKeyId, audited: Audited) -> Result<(), StoreError> {
        within(async {
            let tx = self.begin().await?;
            let gone = api_key::Entity::delete_by_id(id.to_string()).exec(&tx).await.map_err(stored)?;
            if gone.rows_affected == 0 {
                return Err(StoreError::Unknown);
            }
            self.commit_audited(tx, audited).await
        })
        .await
    }
}
