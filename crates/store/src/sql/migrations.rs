//! The tables, step by step. Steps are numbered from 1 and never changed once released; all that are missing run in
//! one transaction, so that there is no half-migrated database. SeaORM's own migrator is not used: it brings chrono,
//! decimals and 25 more crates along, and commits each step by itself.

use super::audit::{self, Chain};
use super::cell::{number, unsigned};
use super::failure::stored;
use super::{Engine, Tables};
use crate::StoreError;
use sea_orm::{ConnectionTrait, DatabaseTransaction, Statement};

/// In order; the first is number 1.
const STEPS: [&str; 7] = [
    include_str!("../../migrations/0001_first.sql"),
    include_str!("../../migrations/0002_appointments.sql"),
    include_str!("../../migrations/0003_lounge.sql"),
    include_str!("../../migrations/0004_api_keys.sql"),
    include_str!("../../migrations/0005_webhooks.sql"),
    include_str!("../../migrations/0006_keeping.sql"),
    include_str!("../../migrations/0007_shares_of_files.sql"),
];

pub(super) async fn run(tx: &DatabaseTransaction, engine: Engine, chain: &Chain) -> Result<(), StoreError> {
    let table = "CREATE TABLE IF NOT EXISTS migrations (number bigint PRIMARY KEY)";
    tx.execute_unprepared(table).await.map_err(stored)?;
    let done = done(tx).await?;
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

/// How far tables are, where nothing is to be written.
pub(super) async fn found(database: &impl ConnectionTrait, engine: Engine) -> Result<Tables, StoreError> {
    let there = match engine {
        Engine::Sqlite => "SELECT COUNT(*) FROM sqlite_master WHERE type = 'table' AND name = 'migrations'",
        Engine::Postgres => "SELECT COUNT(*) FROM pg_catalog.pg_class WHERE oid = to_regclass('migrations')",
    };
    let at = if one(database, there).await? == 0 { 0 } else { done(database).await? };
    Ok(Tables { at: unsigned(at)?, brought: STEPS.len() as u64 })
}

async fn done(database: &impl ConnectionTrait) -> Result<i64, StoreError> {
    let done = one(database, "SELECT MAX(number) FROM migrations").await?;
    if done > number(STEPS.len() as u64) {
        let why = "a newer version of the program has written it; run that one, or put back a backup";
        return Err(StoreError::Damaged(why.to_owned()));
    }
    Ok(done)
}

/// The one number that a query answers with; 0 where it has none.
async fn one(database: &impl ConnectionTrait, query: &str) -> Result<i64, StoreError> {
    let select = Statement::from_string(database.get_database_backend(), query);
    let row = database.query_one_raw(select).await.map_err(stored)?;
    let number = row.map(|row| row.try_get_by_index::<Option<i64>>(0)).transpose().map_err(stored)?;
    Ok(number.flatten().unwrap_or(0))
}
