//! The one adapter, on either database. All writing is one at a time: on SQLite by its only writing connection, on
//! PostgreSQL by an advisory lock that each writing transaction takes first. So what a transaction has read holds
//! until it is committed, and the audit log's chain has one end. Writes are few: people sign in, calls begin and end;
//! those of the lounge come as fast as people type.

mod accounts;
mod api_keys;
mod appointments;
mod audit;
mod calls;
mod cell;
mod desks;
mod entity;
mod failure;
mod invitations;
mod links;
mod lounge;
mod mails;
mod migrations;
mod postgres;
mod settings;
mod sign_ins;
mod sqlite;
#[cfg(test)]
mod tests;
mod webhooks;

pub use postgres::Pool;

use crate::port::{Audited, StoreError};
use crate::url::{DatabaseUrl, Place};
use audit::Chain;
use failure::{away, stored};
use sea_orm::{
    AccessMode, ConnectionTrait, DatabaseConnection, DatabaseTransaction, IsolationLevel,
    SqliteTransactionMode, TransactionOptions, TransactionTrait,
};
use std::fmt;
use std::future::Future;
use std::time::Duration;

/// How long one method may take. More would keep people waiting for a database that does not answer; less would fail
/// where a disk is merely slow.
const PATIENCE: Duration = Duration::from_secs(10);

/// How long bringing tables up to date may take, waiting for another instance that does it included.
const MIGRATION: Duration = Duration::from_secs(10 * 60);

/// Accounts, desks, appointments, the lounge, history, audit log and settings in an SQL database.
pub struct SqlStore {
    reading: DatabaseConnection,
    writing: DatabaseConnection,
    engine: Engine,
    chain: Chain,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Engine {
    Sqlite,
    Postgres,
}

/// Opens the database, checks it, and brings its tables up to date. The key seals the audit log; with another one
/// than before, the log reads as broken.
///
/// # Errors
/// [`StoreError`], in words that say what to do: shown to whoever starts the server.
pub async fn open(url: &DatabaseUrl, audit_key: [u8; 32]) -> Result<SqlStore, StoreError> {
    open_with(url, audit_key, Pool::default()).await
}

/// As [`open`], with as many connections as are asked for.
///
/// # Errors
/// [`StoreError`], as of [`open`].
pub async fn open_with(url: &DatabaseUrl, audit_key: [u8; 32], pool: Pool) -> Result<SqlStore, StoreError> {
    let store = connect(url, audit_key, pool, Opening::Making).await?;
    match tokio::time::timeout(MIGRATION, store.migrate()).await.unwrap_or_else(|_| Err(unanswered())) {
        Ok(()) => Ok(store),
        Err(error) => Err(at(url, error)),
    }
}

/// Opens a database as it is: no file is made, and no table. What can be done with it, its tables say.
///
/// # Errors
/// [`StoreError`], as of [`open`]; [`StoreError::Damaged`] where a newer version has written it.
pub async fn open_existing(
    url: &DatabaseUrl,
    audit_key: [u8; 32],
    pool: Pool,
) -> Result<(SqlStore, Tables), StoreError> {
    let store = connect(url, audit_key, pool, Opening::Finding).await?;
    match within(migrations::found(&store.reading, store.engine)).await {
        Ok(tables) => Ok((store, tables)),
        Err(error) => Err(at(url, error)),
    }
}

/// How far a database's tables are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tables {
    /// The step they are at; 0 where there are none.
    pub at: u64,
    /// The step that this version brings them to.
    pub brought: u64,
}

impl Tables {
    /// Whether this version can use them as they are.
    #[must_use]
    pub fn are_current(self) -> bool {
        self.at == self.brought
    }
}

/// Whether a file is made where none is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Opening {
    Making,
    Finding,
}

async fn connect(
    url: &DatabaseUrl,
    audit_key: [u8; 32],
    pool: Pool,
    opening: Opening,
) -> Result<SqlStore, StoreError> {
    let chain = Chain::new(&audit_key);
    Ok(match &url.0 {
        Place::Sqlite(path) => {
            let (reading, writing) = sqlite::open(path, opening).await?;
            SqlStore { reading, writing, engine: Engine::Sqlite, chain }
        }
        Place::Postgres(options) => {
            let both = postgres::open(options, url, pool).await?;
            SqlStore { reading: both.clone(), writing: both, engine: Engine::Postgres, chain }
        }
    })
}

/// An error of the start, with where it was.
fn at(url: &DatabaseUrl, error: StoreError) -> StoreError {
    match error {
        StoreError::Unavailable(why) => StoreError::Unavailable(format!("{url}: {why}")),
        StoreError::ReadOnly(why) => StoreError::ReadOnly(format!("{url}: {why}")),
        StoreError::Damaged(why) => StoreError::Damaged(format!("{url}: {why}")),
        StoreError::Unknown
        | StoreError::Taken(_)
        | StoreError::Moved
        | StoreError::LastAdmin
        | StoreError::Full
        | StoreError::OverShare => error,
    }
}

impl SqlStore {
    /// Closes all connections; what was written is in the database's own file.
    pub async fn close(&self) {
        for connection in [&self.reading, &self.writing] {
            if connection.close_by_ref().await.is_err() {
                tracing::debug!("a connection of the database did not close");
            }
        }
    }

    async fn migrate(&self) -> Result<(), StoreError> {
        let tx = match self.engine {
            Engine::Sqlite => self.begin().await?,
            Engine::Postgres => {
                let tx = self.writing.begin().await.map_err(stored)?;
                tx.execute_unprepared(postgres::MIGRATING).await.map_err(stored)?;
                tx.execute_unprepared(postgres::ONE_WRITER).await.map_err(stored)?;
                tx
            }
        };
        migrations::run(&tx, self.engine, &self.chain).await?;
        commit(tx).await
    }

    /// Begins to write; nobody else does until it is committed or dropped.
    async fn begin(&self) -> Result<DatabaseTransaction, StoreError> {
        match self.engine {
            Engine::Sqlite => {
                // At once a writer: another process of this installation may have the file open, too.
                let mode = Some(SqliteTransactionMode::Immediate);
                let options = TransactionOptions { sqlite_transaction_mode: mode, ..Default::default() };
                self.writing.begin_with_options(options).await.map_err(stored)
            }
            Engine::Postgres => {
                let tx = self.writing.begin().await.map_err(stored)?;
                tx.execute_unprepared(postgres::ONE_WRITER).await.map_err(stored)?;
                Ok(tx)
            }
        }
    }

    /// Begins to read what was true at one moment.
    async fn snapshot(&self) -> Result<DatabaseTransaction, StoreError> {
        match self.engine {
            Engine::Sqlite => self.reading.begin().await,
            Engine::Postgres => {
                let (level, access) = (IsolationLevel::RepeatableRead, AccessMode::ReadOnly);
                self.reading.begin_with_config(Some(level), Some(access)).await
            }
        }
        .map_err(stored)
    }

    /// Writes the row about it, and commits both.
    async fn commit_audited(&self, tx: DatabaseTransaction, audited: Audited) -> Result<(), StoreError> {
        audit::append(&tx, &self.chain, audited).await?;
        commit(tx).await
    }
}

async fn commit(tx: DatabaseTransaction) -> Result<(), StoreError> {
    tx.commit().await.map_err(stored)
}

/// Ends in time, whatever the database does. What is dropped in the middle is rolled back.
async fn within<T>(work: impl Future<Output = Result<T, StoreError>> + Send) -> Result<T, StoreError> {
    match tokio::time::timeout(PATIENCE, work).await {
        Ok(done) => done,
        Err(_) => Err(unanswered()),
    }
}

/// Refuses unless what is there is what was seen, if it was.
fn still<T: PartialEq>(now: Option<&T>, seen: Option<&T>) -> Result<(), StoreError> {
    if seen.is_none() || now == seen { Ok(()) } else { Err(StoreError::Moved) }
}

fn unanswered() -> StoreError {
    away("it did not answer in time")
}

impl fmt::Debug for SqlStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SqlStore({:?})", self.engine)
    }
}
