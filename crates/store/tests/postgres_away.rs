//! PostgreSQL that is restarted, stands still, or cannot be heard any more: writes are whole or not there, callers are
//! told in bounded time, and are served again soon after it is back.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "a test that cannot go on says so"
)]

#[path = "support/server.rs"]
mod server;
#[path = "support/silence.rs"]
mod silence;

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair};
use server::Server;
use silence::Silence;
use sqlx::postgres::PgConnection;
use sqlx::{Connection, Executor, Row};
use std::net::TcpListener;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};
use visavis_domain::account::{AccountRole, Email};
use visavis_domain::ids::PersonId;
use visavis_domain::name::PersonName;
use visavis_domain::time::Timestamp;
use visavis_store::{Accounts, Action, Audited, Audits, NewAccount, SqlStore, StoreError, Taken, open};

/// Longest that a caller may wait for an answer, whatever it is.
const BOUND: Duration = Duration::from_secs(12);
/// In which everything works again once the server does.
const BACK: Duration = Duration::from_secs(5);

async fn opened(url: &str) -> SqlStore {
    open(&url.parse().unwrap(), [7; 32]).await.unwrap()
}

fn row() -> Audited {
    let (at, detail) = (Timestamp(1), serde_json::Value::Null);
    Audited { at, actor: None, action: Action::AccountCreated, subject: String::new(), detail }
}

async fn create(store: &SqlStore, number: u32) -> Result<(), StoreError> {
    create_as(store, number.into(), number).await
}

async fn create_as(store: &SqlStore, id: u128, number: u32) -> Result<(), StoreError> {
    let account = NewAccount {
        id: PersonId::from_bits(id),
        email: Email::parse(&format!("{number}@demo")).unwrap(),
        name: PersonName::parse("Ana").unwrap(),
        title: String::new(),
        role: AccountRole::Staff,
        password: None,
        created_at: Timestamp(1),
    };
    store.create_account(account, None, row()).await
}

/// It was done, or its caller was told that it may not have been, in time.
fn judged(outcome: &Result<(), StoreError>, since: Instant) -> bool {
    assert!(since.elapsed() < BOUND, "{outcome:?} after {:?}", since.elapsed());
    match outcome {
        Ok(()) => true,
        Err(StoreError::Unavailable(_)) => false,
        Err(other) => panic!("{other}"),
    }
}

/// Until one is written; how long that took.
async fn until_written(store: &SqlStore, numbers: &AtomicU32) -> Duration {
    let since = Instant::now();
    while !judged(&create(store, numbers.fetch_add(1, Ordering::Relaxed)).await, Instant::now()) {
        assert!(since.elapsed() < BACK * 2, "it is not back");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    since.elapsed()
}

/// Each account has its row in the audit log, and nothing fails.
async fn is_whole(store: &SqlStore, at_least: u32) {
    let accounts = store.count_accounts().await.unwrap();
    assert_eq!(store.verify_audit().await.unwrap(), Ok(accounts));
    assert!(accounts >= u64::from(at_least), "{accounts} of {at_least} that were said to be there");
}

#[tokio::test(flavor = "multi_thread")]
async fn instances_that_start_at_once_make_the_tables_once() {
    let Some(server) = Server::start() else { return };
    let url = server.url("postgres");
    let mut starting = tokio::task::JoinSet::new();
    for number in 0..8 {
        let url = url.clone();
        starting.spawn(async move {
            let store = opened(&url).await;
            create(&store, number).await.unwrap();
        });
    }
    starting.join_all().await;
    is_whole(&opened(&url).await, 8).await;
    let mut connection = PgConnection::connect(&url).await.unwrap();
    let row = connection.fetch_one("SELECT COUNT(*), MAX(number) FROM migrations").await.unwrap();
    assert_eq!(row.get::<i64, _>(0), row.get::<i64, _>(1), "each step once");
}

#[tokio::test(flavor = "multi_thread")]
async fn writes_are_back_soon_after_a_restart_and_none_is_halved() {
    let Some(mut server) = Server::start() else { return };
    let store = Arc::new(opened(&server.url("postgres")).await);
    let (numbers, written) = (Arc::new(AtomicU32::new(0)), Arc::new(AtomicU32::new(0)));
    let stop = Arc::new(tokio::sync::watch::Sender::new(false));
    let mut busy = tokio::task::JoinSet::new();
    for _ in 0..8 {
        let (store, numbers, written, stop) = (store.clone(), numbers.clone(), written.clone(), stop.clone());
        busy.spawn(async move {
            while !*stop.borrow() {
                let since = Instant::now();
                if judged(&create(&store, numbers.fetch_add(1, Ordering::Relaxed)).await, since) {
                    written.fetch_add(1, Ordering::Relaxed);
                }
                let since = Instant::now();
                judged(&store.count_accounts().await.map(drop), since);
            }
        });
    }
    for _ in 0..2 {
        let before = written.load(Ordering::Relaxed);
        while written.load(Ordering::Relaxed) < before + 50 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        server.stop();
        server.resume();
        let took = until_written(&store, &numbers).await;
        assert!(took < BACK, "back after {took:?}");
        written.fetch_add(1, Ordering::Relaxed);
    }
    stop.send_replace(true);
    busy.join_all().await;
    is_whole(&store, written.load(Ordering::Relaxed)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_stands_still_keeps_nobody_waiting_and_is_used_again() {
    let Some(server) = Server::start() else { return };
    let store = Arc::new(opened(&server.url("postgres")).await);
    let numbers = Arc::new(AtomicU32::new(0));
    // Several connections that have been used, and some writes that are under way.
    let mut busy = tokio::task::JoinSet::new();
    for _ in 0..20 {
        let (store, numbers) = (store.clone(), numbers.clone());
        busy.spawn(async move {
            let mut written = 0;
            loop {
                let since = Instant::now();
                if !judged(&create(&store, numbers.fetch_add(1, Ordering::Relaxed)).await, since) {
                    return written;
                }
                written += 1;
            }
        });
    }
    while numbers.load(Ordering::Relaxed) < 100 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    server.freeze();
    let written = busy.join_all().await.into_iter().sum();
    let since = Instant::now();
    assert!(!judged(&store.count_accounts().await.map(drop), since));
    server.go_on();
    let took = until_written(&store, &numbers).await;
    assert!(took < BACK, "back after {took:?}");
    for _ in 0..100 {
        store.count_accounts().await.unwrap();
    }
    is_whole(&store, written).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_instance_that_is_cut_off_while_it_writes_holds_up_no_other_for_long() {
    let Some(server) = Server::start() else { return };
    let network = Silence::before(server.socket()).await;
    let (cut_off, other) = (opened(&network.url("postgres")).await, opened(&server.url("postgres")).await);
    network.after("pg_advisory_xact_lock");
    let held_up = async {
        network.silent().await;
        let since = Instant::now();
        // It waits for the lock that the other one has, and gets it.
        create(&other, 1).await.unwrap();
        since.elapsed()
    };
    let since = Instant::now();
    let (outcome, took) = tokio::join!(create(&cut_off, 0), held_up);
    assert!(!judged(&outcome, since));
    assert!(took < BACK, "{took:?}");
    network.end();
    let took = until_written(&cut_off, &AtomicU32::new(2)).await;
    assert!(took < BACK, "back after {took:?}");
    is_whole(&other, 2).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_commit_that_had_no_answer_is_met_when_it_is_tried_again() {
    let Some(server) = Server::start() else { return };
    let network = Silence::before(server.socket()).await;
    let store = opened(&network.url("postgres")).await;
    network.after("COMMIT");
    let since = Instant::now();
    assert!(!judged(&create(&store, 0).await, since));
    network.end();
    // Whoever tries again draws another id.
    let again = create_as(&store, u128::MAX, 0).await;
    assert!(matches!(again, Err(StoreError::Taken(Taken::Email))), "{again:?}");
    is_whole(&store, 1).await;
}

fn authority() -> CertifiedIssuer<'static, KeyPair> {
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.distinguished_name.push(DnType::CommonName, "Tests");
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn tls_is_what_the_address_asks_for() {
    let Some(mut server) = Server::prepare() else { return };
    let (ours, another, key) = (authority(), authority(), KeyPair::generate().unwrap());
    let params = CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
    let certificate = params.signed_by(&key, &ours).unwrap();
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    server.listen(port, &certificate.pem(), &key.serialize_pem());
    server.resume();
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str, pem: String| {
        std::fs::write(folder.path().join(name), pem).unwrap();
        folder.path().join(name).display().to_string()
    };
    let (ours, another) = (file("ours.pem", ours.pem()), file("another.pem", another.pem()));
    for (host, parameters, works) in [
        ("localhost", "sslmode=require".to_owned(), true),
        ("localhost", format!("sslmode=verify-full&sslrootcert={ours}"), true),
        ("localhost", format!("sslmode=verify-full&sslrootcert={another}"), false),
        ("localhost", "sslmode=verify-full".to_owned(), false),
        ("127.0.0.1", format!("sslmode=verify-full&sslrootcert={ours}"), false),
        ("127.0.0.1", format!("sslmode=verify-ca&sslrootcert={ours}"), true),
    ] {
        let url = format!("postgres://visavis@{host}:{port}/postgres?{parameters}");
        let outcome = open(&url.parse().unwrap(), [7; 32]).await;
        assert_eq!(outcome.is_ok(), works, "{host} {parameters}: {outcome:?}");
    }
}
