//! SQLite: one connection that writes, a few that read beside it (WAL). Every connection gets its settings when it
//! is made. A file that is missing, foreign, damaged or not writable is found here, before anything depends on it.

use super::Opening;
use super::failure::{away, of_driver};
use crate::StoreError;
use sea_orm::{DatabaseConnection, SqlxSqliteConnector};
use sqlx::ConnectOptions;
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous,
};
use std::io::ErrorKind;
use std::path::Path;
use std::time::{Duration, Instant};

/// Reading connections. More hold more memory and a thread each; fewer make lists wait for each other.
pub(super) const READERS: u32 = 4;
/// How long one process waits for another that writes: the command line beside a server.
const BUSY: Duration = Duration::from_secs(5);
/// How soon to try again where SQLite does not wait by itself.
const BETWEEN_TRIES: Duration = Duration::from_millis(20);

/// One opening at a time in this process: a closed handle on a file takes the locks of all others of its process with
/// it (POSIX), so none of ours may be closed while SQLite has one.
static OPENING: tokio::sync::Mutex<()> = tokio::sync::Mutex::const_new(());

/// The connections to read by, and the one to write by.
pub(super) async fn open(
    path: &Path,
    opening: Opening,
) -> Result<(DatabaseConnection, DatabaseConnection), StoreError> {
    let _alone = OPENING.lock().await;
    prepare(path, opening)?;
    let options = SqliteConnectOptions::new().filename(path);
    let options = match opening {
        Opening::Making => options.create_if_missing(true).journal_mode(SqliteJournalMode::Wal),
        Opening::Finding => options.create_if_missing(false),
    };
    // What was acknowledged has happened, even if the power fails: a one-time link that was used stays used.
    let options = options
        .foreign_keys(true)
        .synchronous(SqliteSynchronous::Full)
        .busy_timeout(BUSY)
        .pragma("trusted_schema", "OFF")
        .disable_statement_logging();
    let writing = connected(&options).await.map_err(|error| explained(path, &error))?;
    check(path, &writing, opening).await?;
    let reading = pool(READERS).connect_lazy_with(options.pragma("query_only", "ON"));
    Ok((
        SqlxSqliteConnector::from_sqlx_sqlite_pool(reading),
        SqlxSqliteConnector::from_sqlx_sqlite_pool(writing),
    ))
}

/// The writing connection. Turning WAL on does not wait for others by itself, nor does opening while another process
/// closes: a server that is started anew, with the last one or the command line still at it.
async fn connected(options: &SqliteConnectOptions) -> Result<SqlitePool, sqlx::Error> {
    let deadline = Instant::now() + BUSY;
    loop {
        match writer().connect_with(options.clone()).await {
            Err(sqlx::Error::Database(error)) if is_busy(&*error) && Instant::now() < deadline => {
                tokio::time::sleep(BETWEEN_TRIES).await;
            }
            done => return done,
        }
    }
}

/// BUSY and its extended codes.
fn is_busy(error: &dyn sqlx::error::DatabaseError) -> bool {
    error.code().and_then(|code| code.parse::<u32>().ok()).is_some_and(|code| code & 0xff == 5)
}

/// Connections stay: opening a file again and again costs more than keeping it open.
fn pool(size: u32) -> SqlitePoolOptions {
    SqlitePoolOptions::new()
        .max_connections(size)
        .acquire_timeout(BUSY)
        .idle_timeout(None)
        .max_lifetime(None)
        .test_before_acquire(false)
}

/// The one connection that writes. A transaction that could not be ended, as when the disk takes nothing more, would
/// take up what is written after it and never end either: then the connection is replaced.
fn writer() -> SqlitePoolOptions {
    pool(1).before_acquire(|connection, _| {
        Box::pin(async move {
            let left_open = sqlx::raw_sql("ROLLBACK").execute(connection).await.is_ok();
            if left_open {
                tracing::warn!("a transaction was left open; its connection is replaced");
            }
            Ok(!left_open)
        })
    })
}

/// Makes the file where there is none, readable for its owner alone: it will hold hashes of passwords. Or says that
/// there is none.
fn prepare(path: &Path, opening: Opening) -> Result<(), StoreError> {
    if opening == Opening::Finding && !path.exists() {
        return Err(away(format!("there is none at {}", path.display())));
    }
    let folder = match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    if !folder.is_dir() {
        let (path, folder) = (path.display(), folder.display());
        return Err(away(format!("there is no folder {folder} for {path}; create it, or name another file")));
    }
    if path.is_dir() {
        return Err(away(format!("{} is a folder; name a file in it", path.display())));
    }
    // One that is there is opened by SQLite alone.
    let mut file = std::fs::OpenOptions::new();
    file.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut file, 0o600);
    match file.open(path) {
        Ok(_) => Ok(()),
        // SQLite would make its files beside it read-only, too, and they would stay so.
        Err(error) if error.kind() == ErrorKind::AlreadyExists => match std::fs::metadata(path) {
            Ok(there) if there.permissions().readonly() => Err(not_writable(path, "it is read-only")),
            _ => Ok(()),
        },
        Err(error) => Err(not_writable(path, &error.to_string())),
    }
}

/// Reads all of it once, and sees that it can be written. Some milliseconds for a small file, and the one moment when damage
/// costs nobody a call.
async fn check(path: &Path, writing: &SqlitePool, opening: Opening) -> Result<(), StoreError> {
    let findings: Vec<String> = sqlx::query_scalar("PRAGMA quick_check(1)")
        .fetch_all(writing)
        .await
        .map_err(|error| explained(path, &error))?;
    match findings.first().map(String::as_str) {
        Some("ok") => {}
        found => return Err(beyond_repair(path, found.unwrap_or("nothing can be read"))),
    }
    // SQLite opens a file that it may only read without a word; so write something that nobody reads, or begin to.
    let write = match opening {
        Opening::Making => "PRAGMA user_version = 1",
        Opening::Finding => "BEGIN IMMEDIATE; ROLLBACK",
    };
    let written = sqlx::raw_sql(write).execute(writing).await;
    written.map(drop).map_err(|error| explained(path, &error))
}

/// SQLite's code for files beside the database that cannot be made: CANTOPEN.
const CANNOT_OPEN: &str = "14";

fn explained(path: &Path, error: &sqlx::Error) -> StoreError {
    let code = error.as_database_error().and_then(|error| error.code());
    match of_driver(error) {
        StoreError::Damaged(why) => beyond_repair(path, &why),
        StoreError::ReadOnly(why) => not_writable(path, &why),
        StoreError::Unavailable(why) if code.as_deref() == Some(CANNOT_OPEN) => not_writable(path, &why),
        StoreError::Unavailable(why) => {
            away(format!("{}: {why}; end other programs that hold it, and try again", path.display()))
        }
        other => other,
    }
}

fn not_writable(path: &Path, why: &str) -> StoreError {
    let hint = "make room on the disk, and let the server's user write the file and its folder";
    StoreError::ReadOnly(format!("{}: {why}; {hint}", path.display()))
}

fn beyond_repair(path: &Path, why: &str) -> StoreError {
    let hint = "move it away with its -wal and -shm, and put a backup there; without one a new one is made";
    StoreError::Damaged(format!("{}: {why}; {hint}", path.display()))
}
