//! PostgreSQL keeps the contract; a server of the tests' own is started for it.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "a test that cannot go on says so"
)]

#[path = "support/server.rs"]
mod server;

use async_trait::async_trait;
use server::Server;
use sqlx::postgres::PgConnection;
use sqlx::{AssertSqlSafe, Connection, Executor};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use visavis_domain::time::Timestamp;
use visavis_store::contract::Database;
use visavis_store::{Accounts, Action, Audited, Audits, Desks, Store, StoreError, contract, open};

struct OnServer {
    url: String,
}

/// Of one server; PostgreSQL copies a template, so that this takes no time.
async fn fresh(server: &Server, number: &AtomicU32) -> OnServer {
    let name = format!("visavis_{}", number.fetch_add(1, Ordering::Relaxed));
    run(&server.url("postgres"), &format!("CREATE DATABASE {name}")).await;
    OnServer { url: server.url(&name) }
}

async fn run(url: &str, sql: &str) -> u64 {
    let mut connection = PgConnection::connect(url).await.unwrap();
    let done = connection.execute(AssertSqlSafe(sql)).await.unwrap();
    connection.close().await.unwrap();
    done.rows_affected()
}

#[async_trait]
impl Database for OnServer {
    async fn open(&self) -> Arc<dyn Store> {
        Arc::new(open(&self.url.parse().unwrap(), [7; 32]).await.unwrap())
    }

    async fn tamper(&self, sql: &str) -> u64 {
        run(&self.url, sql).await
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn postgres_keeps_the_contract() {
    let Some(server) = Server::start() else { return };
    let number = AtomicU32::new(0);
    contract::all(|| fresh(&server, &number)).await;
}

fn row() -> Audited {
    let (at, detail) = (Timestamp(1), serde_json::Value::Null);
    Audited { at, actor: None, action: Action::AuditRead, subject: String::new(), detail }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_was_away_is_used_again() {
    let Some(mut server) = Server::start() else { return };
    let database = fresh(&server, &AtomicU32::new(0)).await;
    let store = open(&database.url.parse().unwrap(), [7; 32]).await.unwrap();
    store.audit(row()).await.unwrap();
    server.stop();
    let away = store.audit(row()).await;
    assert!(matches!(away, Err(StoreError::Unavailable(_))), "{away:?}");
    let away = store.count_accounts().await;
    assert!(matches!(away, Err(StoreError::Unavailable(_))), "{away:?}");
    server.resume();
    store.audit(row()).await.unwrap();
    assert_eq!(store.verify_audit().await.unwrap(), Ok(2));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_postgres_takes_in_no_case_is_not_tried_again() {
    let Some(server) = Server::start() else { return };
    let database = fresh(&server, &AtomicU32::new(0)).await;
    let store = open(&database.url.parse().unwrap(), [7; 32]).await.unwrap();
    let found = store.desk_by_slug("a\0").await;
    assert!(matches!(found, Err(StoreError::Unknown)), "{found:?}");
    let written = store.audit(Audited { subject: "a\0".to_owned(), ..row() }).await;
    assert!(matches!(written, Err(StoreError::Unknown)), "{written:?}");
    store.audit(row()).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_opened_is_said_without_the_password() {
    let Some(server) = Server::start() else { return };
    let url = server.url("nowhere").replace("visavis@", "visavis:hunter2@");
    let error = open(&url.parse().unwrap(), [7; 32]).await.unwrap_err();
    let text = error.to_string();
    assert!(matches!(error, StoreError::Unavailable(_)) && text.contains("nowhere"), "{text}");
    assert!(!text.contains("hunter2"), "{text}");
}
