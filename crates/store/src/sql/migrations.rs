//! The tables, step by step. Steps are numbered from 1 and never changed once released; all that are missing run in
//! one transaction, so that there is no half-migrated database. SeaORM's own migrator is not used: it brings chrono,
//! decimals and 25 more crates along, and commits each step by itself.

use super::Engine;
use super::audit::{self, Chain};
use super::cell::number;
use super::failure::stored;
use crate::StoreError;
use sea_orm::{ConnectionTrait, DatabaseTransaction, Statement};

/// In order; the first is number 1.
const STEPS: [&str; 6] = [
    include_str!("../../migrations/0001_first.sql"),
    include_str!("../../migrations/0002_appointments.sql"),
    include_str!("../../migrations/0003_lounge.sql"),
    include_str!("../../migrations/0004_api_keys.sql"),
    include_str!("../../migrations/0005_webhooks.sql"),
    include_str!("../../migrations/0006_keeping.sql"),
];

pub(super) async fn run(tx: &DatabaseTransaction, engine: Engine, chain: &Chain) -> Result<(), StoreError> {
    let table = "CREATE TABLE IF NOT EXISTS migrations (number bigint PRIMARY KEY)";
    tx.execute_unprepared(table).await.map_err(stored)?;
    let select = Statement::from_string(tx.get_database_backend(), "SELECT MAX(number) FROM migrations");
    let done = match tx.query_one_raw(select).await.map_err(stored)? {
        Some(row) => row.try_get_by_index::<Option<i64>>(0).map_err(stored)?.unwrap_or(0),
        None => 0,
    };
    if done > number(STEPS.len() as u64) {
        let why = "a newer version of the program has written it; run that one, or put back a backup";
        return Err(StoreError::Damaged(why.to_owned()));
    }
    for (step, at) in STEPS.iter().zip(1_i64..).filter(|(_, at)| *at > done) {
        let bytes = match engine {
            Engine::Sqlite => "blob",
            Engine::Postgres => "bytea",
        };
        tx.execute_unprepared(&step.replace("BYTES", bytes)).await.map_err(stored)?;
        tx.execute_unprepared(&format!("INSERT INTO migrations (number) VALUES ({at})"))
            .await
            .map_err(stored)?;
        if at == 1 {
            // Here and nowhere else: a log whose head has gone missing does not begin anew.
            audit::begin(tx, chain).await?;
        }
        tracing::debug!(step = at, "the database's tables are brought up to date");
    }
    Ok(())
}
