//! SQLite keeps the contract.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on says so")]

use async_trait::async_trait;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{AssertSqlSafe, Connection, Executor};
use std::path::PathBuf;
use std::sync::Arc;
use visavis_store::contract::Database;
use visavis_store::{DatabaseUrl, Store, contract, open};

struct File {
    path: PathBuf,
    _folder: tempfile::TempDir,
}

fn fresh() -> File {
    let folder = tempfile::tempdir().unwrap();
    File { path: folder.path().join("visavis.db"), _folder: folder }
}

#[async_trait]
impl Database for File {
    async fn open(&self) -> Arc<dyn Store> {
        Arc::new(open(&DatabaseUrl::file(&self.path), [7; 32]).await.unwrap())
    }

    async fn tamper(&self, sql: &str) -> u64 {
        let options = SqliteConnectOptions::new().filename(&self.path);
        let mut connection = SqliteConnection::connect_with(&options).await.unwrap();
        let done = connection.execute(AssertSqlSafe(sql)).await.unwrap();
        connection.close().await.unwrap();
        done.rows_affected()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn sqlite_keeps_the_contract() {
    contract::all(|| async { fresh() }).await;
}
