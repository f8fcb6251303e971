//! Settings, one row each.

use super::cell::{from_json, json};
use super::entity::setting;
use super::failure::stored;
use super::{SqlStore, commit, within};
use crate::port::{Audited, Settings, StoreError};
use async_trait::async_trait;
use sea_orm::sea_query::OnConflict;
use sea_orm::{EntityTrait, IntoActiveModel};

#[async_trait]
impl Settings for SqlStore {
    async fn remember(&self, key: &str, value: serde_json::Value) -> Result<serde_json::Value, StoreError> {
        within(async {
            let tx = self.begin().await?;
            if let Some(row) = setting::Entity::find_by_id(key).one(&tx).await.map_err(stored)? {
                return from_json(&row.value);
            }
            let row = setting::Model { name: key.to_owned(), value: json(&value) };
            setting::Entity::insert(row.into_active_model())
                .exec_without_returning(&tx)
                .await
                .map_err(stored)?;
            commit(tx).await?;
            Ok(value)
        })
        .await
    }

    async fn setting(&self, key: &str) -> Result<Option<serde_json::Value>, StoreError> {
        within(async {
            let row = setting::Entity::find_by_id(key).one(&self.reading).await.map_err(stored)?;
            row.map(|row| from_json(&row.value)).transpose()
        })
        .await
    }

    async fn set_setting(
        &self,
        key: &str,
        value: serde_json::Value,
        audited: Audited,
    ) -> Result<(), StoreError> {
        within(async {
            let tx = self.begin().await?;
            let row = setting::Model { name: key.to_owned(), value: json(&value) };
            let mut replace = OnConflict::column(setting::Column::Name);
            replace.update_column(setting::Column::Value);
            setting::Entity::insert(row.into_active_model())
                .on_conflict(replace)
                .exec_without_returning(&tx)
                .await
                .map_err(stored)?;
            self.commit_audited(tx, audited).await
        })
        .await
    }
}
