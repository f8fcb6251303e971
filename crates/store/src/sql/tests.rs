//! What only SQLite's files can suffer: damage, full disks, rights. What both databases do is in the contract.

use super::{Pool, SqlStore, open, open_existing};
use crate::{Accounts, Action, Audited, Audits, Broken, DatabaseUrl, NewAccount, StoreError};
use sea_orm::{ConnectionTrait, DbBackend, Statement, TransactionTrait};
use std::fs::{self, Permissions};
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::process::Command;
use tempfile::{TempDir, tempdir};
use visavis_domain::account::{AccountRole, Email};
use visavis_domain::ids::PersonId;
use visavis_domain::name::PersonName;
use visavis_domain::time::Timestamp;

fn fresh() -> (TempDir, PathBuf) {
    let folder = tempdir().unwrap();
    let path = folder.path().join("visavis.db");
    (folder, path)
}

async fn opened(path: &Path) -> Result<SqlStore, StoreError> {
    open(&DatabaseUrl::file(path), [7; 32]).await
}

fn row() -> Audited {
    let (at, detail) = (Timestamp(1), serde_json::Value::Null);
    Audited { at, actor: None, action: Action::AccountCreated, subject: String::new(), detail }
}

async fn create(store: &SqlStore, number: u32) -> Result<(), StoreError> {
    let account = NewAccount {
        id: PersonId::from_bits(number.into()),
        email: Email::parse(&format!("{number}@demo")).unwrap(),
        name: PersonName::parse("Ana").unwrap(),
        title: "x".repeat(500),
        role: AccountRole::Staff,
        password: None,
        created_at: Timestamp(1),
    };
    store.create_account(account, None, row()).await
}

/// The words of an error, which name the file and what to do.
fn words(path: &Path, hint: &str, error: &StoreError) {
    let text = error.to_string();
    assert!(text.contains(&path.display().to_string()) && text.contains(hint), "{text}");
}

#[tokio::test]
async fn a_file_that_is_no_database_is_left_alone() {
    let (_folder, path) = fresh();
    fs::write(&path, "Dear diary, ".repeat(1_000)).unwrap();
    let error = opened(&path).await.unwrap_err();
    assert!(matches!(error, StoreError::Damaged(_)), "{error}");
    words(&path, "backup", &error);
    assert_eq!(fs::read(&path).unwrap().len(), 12_000);
}

#[tokio::test]
async fn a_damaged_file_is_found_at_the_start() {
    let (_folder, path) = fresh();
    let store = opened(&path).await.unwrap();
    for number in 0..100 {
        create(&store, number).await.unwrap();
    }
    store.close().await;
    let mut bytes = fs::read(&path).unwrap();
    assert!(!path.with_extension("db-wal").exists(), "all of it is in the file");
    let middle = bytes.len() / 2;
    bytes[middle..middle + 8_192].fill(0xa5);
    fs::write(&path, bytes).unwrap();
    let error = opened(&path).await.unwrap_err();
    assert!(matches!(error, StoreError::Damaged(_)), "{error}");
    words(&path, "backup", &error);
}

#[tokio::test]
async fn a_missing_folder_is_named() {
    let (folder, _) = fresh();
    let path = folder.path().join("nowhere/visavis.db");
    let error = opened(&path).await.unwrap_err();
    assert!(matches!(error, StoreError::Unavailable(_)), "{error}");
    words(&path, "create it", &error);
    let error = opened(folder.path()).await.unwrap_err();
    assert!(matches!(error, StoreError::Unavailable(_)), "{error}");
    words(folder.path(), "is a folder", &error);
}

#[tokio::test]
async fn only_its_owner_reads_the_file() {
    let (folder, path) = fresh();
    let store = opened(&path).await.unwrap();
    create(&store, 1).await.unwrap();
    for entry in fs::read_dir(folder.path()).unwrap() {
        let entry = entry.unwrap();
        assert_eq!(entry.metadata().unwrap().mode() & 0o777, 0o600, "{:?}", entry.path());
    }
}

#[tokio::test]
async fn what_may_not_be_written_is_said_at_the_start() {
    // Root may write everything; so for root the test runs itself again as somebody else.
    if fs::metadata("/proc/self").unwrap().uid() == 0 {
        as_nobody("sql::tests::what_may_not_be_written_is_said_at_the_start");
        return;
    }
    let (folder, path) = fresh();
    opened(&path).await.unwrap().close().await;
    fs::set_permissions(&path, Permissions::from_mode(0o400)).unwrap();
    let file = opened(&path).await.unwrap_err();
    fs::set_permissions(&path, Permissions::from_mode(0o600)).unwrap();
    fs::set_permissions(folder.path(), Permissions::from_mode(0o500)).unwrap();
    let beside = opened(&path).await.unwrap_err();
    let none = opened(&folder.path().join("new.db")).await.unwrap_err();
    fs::set_permissions(folder.path(), Permissions::from_mode(0o700)).unwrap();
    for error in [file, beside, none] {
        assert!(matches!(error, StoreError::ReadOnly(_)), "{error}");
        words(folder.path(), "let the server's user write", &error);
    }
    opened(&path).await.unwrap();
}

fn as_nobody(test: &str) {
    let folder = tempdir().unwrap();
    fs::set_permissions(folder.path(), Permissions::from_mode(0o755)).unwrap();
    let program = folder.path().join("test");
    fs::copy(std::env::current_exe().unwrap(), &program).unwrap();
    fs::set_permissions(&program, Permissions::from_mode(0o755)).unwrap();
    let mut command = Command::new("setpriv");
    command.args(["--reuid=65534", "--regid=65534", "--clear-groups"]).arg(program).args(["--exact", test]);
    let done = command.current_dir("/").output().unwrap();
    let said = String::from_utf8_lossy(&done.stdout).into_owned();
    assert!(done.status.success() && said.contains("1 passed"), "{said}");
}

async fn pragma(db: &impl ConnectionTrait, name: &str) -> String {
    let statement = Statement::from_string(DbBackend::Sqlite, format!("PRAGMA {name}"));
    let row = db.query_one_raw(statement).await.unwrap().unwrap();
    match row.try_get_by_index::<i64>(0) {
        Ok(number) => number.to_string(),
        Err(_) => row.try_get_by_index::<String>(0).unwrap(),
    }
}

#[tokio::test]
async fn a_full_disk_refuses_writes_whole() {
    let (_folder, path) = fresh();
    let store = opened(&path).await.unwrap();
    create(&store, 0).await.unwrap();
    let pages: u32 = pragma(&store.writing, "page_count").await.parse().unwrap();
    store.writing.execute_unprepared(&format!("PRAGMA max_page_count = {}", pages + 8)).await.unwrap();
    let (mut made, mut full) = (1, None);
    while full.is_none() && made < 1_000 {
        match create(&store, made).await {
            Ok(()) => made += 1,
            Err(error) => full = Some(error),
        }
    }
    assert!(matches!(full, Some(StoreError::ReadOnly(_))), "{full:?} after {made}");
    assert!(made > 1, "some fitted");
    assert_eq!(store.count_accounts().await.unwrap(), u64::from(made), "reading goes on");
    assert_eq!(store.verify_audit().await.unwrap(), Ok(made.into()), "with one row for each");
    store.writing.execute_unprepared("PRAGMA max_page_count = 100000").await.unwrap();
    create(&store, made).await.unwrap();
    store.close().await;
    let store = opened(&path).await.unwrap();
    assert_eq!(store.verify_audit().await.unwrap(), Ok(u64::from(made) + 1));
}

#[tokio::test]
async fn a_file_that_became_read_only_is_said() {
    let (_folder, path) = fresh();
    let store = opened(&path).await.unwrap();
    store.writing.execute_unprepared("PRAGMA query_only = ON").await.unwrap();
    let error = create(&store, 1).await.unwrap_err();
    assert!(matches!(error, StoreError::ReadOnly(_)), "{error}");
    store.writing.execute_unprepared("PRAGMA query_only = OFF").await.unwrap();
    create(&store, 1).await.unwrap();
}

#[tokio::test]
async fn every_connection_has_its_settings() {
    let (_folder, path) = fresh();
    let store = opened(&path).await.unwrap();
    // All at once, so that each is another one.
    let mut readers = Vec::new();
    for _ in 0..super::sqlite::READERS {
        readers.push(store.reading.begin().await.unwrap());
    }
    for reader in &readers {
        assert_eq!(pragma(reader, "query_only").await, "1");
        assert_eq!(pragma(reader, "foreign_keys").await, "1");
        assert_eq!(pragma(reader, "journal_mode").await, "wal");
        assert_eq!(pragma(reader, "busy_timeout").await, "5000");
    }
    assert_eq!(pragma(&store.writing, "foreign_keys").await, "1");
    assert_eq!(pragma(&store.writing, "synchronous").await, "2", "full");
}

#[tokio::test]
async fn a_newer_programs_file_is_refused() {
    let (_folder, path) = fresh();
    let store = opened(&path).await.unwrap();
    store.writing.execute_unprepared("INSERT INTO migrations (number) VALUES (1000)").await.unwrap();
    store.close().await;
    let error = opened(&path).await.unwrap_err();
    words(&path, "newer version", &error);
}

#[tokio::test]
async fn another_key_reads_the_log_as_broken() {
    let (_folder, path) = fresh();
    let store = opened(&path).await.unwrap();
    create(&store, 1).await.unwrap();
    store.close().await;
    let store = open(&DatabaseUrl::file(&path), [8; 32]).await.unwrap();
    assert_eq!(store.verify_audit().await.unwrap(), Err(Broken { number: 1 }));
    create(&store, 2).await.unwrap();
    assert!(!format!("{store:?}").contains('8'), "nothing of the key is printed");
}

#[tokio::test]
async fn a_database_is_found_as_it_is_and_nothing_of_it_is_made() {
    let (folder, path) = fresh();
    let url = DatabaseUrl::file(&path);
    let found = || open_existing(&url, [7; 32], Pool::default());
    words(&path, "there is none", &found().await.unwrap_err());
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0, "no file is made");

    fs::write(&path, b"").unwrap();
    let (store, tables) = found().await.unwrap();
    assert_eq!((tables.at, tables.are_current()), (0, false));
    store.close().await;
    assert_eq!(fs::read(&path).unwrap(), b"", "no table is made");

    let store = opened(&path).await.unwrap();
    create(&store, 1).await.unwrap();
    let older = "DELETE FROM migrations WHERE number = (SELECT MAX(number) FROM migrations)";
    store.writing.execute_unprepared(older).await.unwrap();
    store.close().await;
    let before = fs::read(&path).unwrap();
    let (store, tables) = found().await.unwrap();
    assert_eq!((tables.at + 1, tables.are_current()), (tables.brought, false));
    store.close().await;
    assert_eq!(fs::read(&path).unwrap(), before, "no step is done");

    let up_to_date = format!("INSERT INTO migrations (number) VALUES ({})", tables.brought);
    let (store, _) = found().await.unwrap();
    store.writing.execute_unprepared(&up_to_date).await.unwrap();
    store.close().await;
    let (store, tables) = found().await.unwrap();
    assert!(tables.are_current());
    create(&store, 2).await.unwrap();
    assert_eq!(store.verify_audit().await.unwrap(), Ok(2));
}
