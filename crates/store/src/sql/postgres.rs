//! PostgreSQL: one bounded pool for reading and writing. The server's own limits end what hangs there; ours end what
//! hangs here, even where the network went silent: no connection is handed out, or taken back, that does not answer.

use super::failure::of_driver;
use crate::StoreError;
use crate::url::DatabaseUrl;
use sea_orm::{DatabaseConnection, SqlxPostgresConnector};
use sqlx::postgres::{PgConnectOptions, PgConnection, PgPoolOptions};
use sqlx::{ConnectOptions, Connection};
use std::io::ErrorKind;
use std::num::NonZeroU32;
use std::time::Duration;

/// Taken first by each transaction that writes, and by migrations; let go with it. The number is arbitrary; other
/// programs in the same database must not use it.
pub(super) const ONE_WRITER: &str = "SELECT pg_advisory_xact_lock(1986622067)";

/// Of the transaction that migrates alone: a step over many rows takes as long as it takes, and other instances that
/// start meanwhile wait for it. Both end before [`super::MIGRATION`].
pub(super) const MIGRATING: &str = "SET LOCAL statement_timeout = '9min'; SET LOCAL lock_timeout = '9min'";

/// How long a connection may take to say that it is there. More holds people up when a server went silent; less gives
/// connections up where the network is merely slow.
const ANSWER: Duration = Duration::from_secs(1);
/// After which connections that nobody used are closed, and after which any is: what a server keeps for one grows, and
/// a balancer before several servers is asked again.
const IDLE: Duration = Duration::from_secs(10 * 60);
const LIFETIME: Duration = Duration::from_secs(30 * 60);

/// In the words of PostgreSQL, which ends what takes longer. Between two statements of a transaction we do nothing
/// worth mentioning: one that stands still there has lost its instance, and the lock of [`ONE_WRITER`] goes with it
/// before others who wait for that give up. The rest has the server notice that an instance is gone.
const LIMITS: [(&str, &str); 7] = [
    ("statement_timeout", "10s"),
    ("lock_timeout", "5s"),
    ("idle_in_transaction_session_timeout", "3s"),
    ("tcp_keepalives_idle", "10"),
    ("tcp_keepalives_interval", "5"),
    ("tcp_keepalives_count", "3"),
    ("tcp_user_timeout", "20s"),
];

/// How many connections to a PostgreSQL server one instance may have. SQLite has its own way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pool {
    /// At most; all instances together have to stay below the server's `max_connections`, a hundred unless it is told
    /// otherwise.
    pub connections: NonZeroU32,
    /// How long to wait for one of them: for others to be done, and for a server that is coming up.
    pub wait: Duration,
}

impl Default for Pool {
    fn default() -> Self {
        Self { connections: NonZeroU32::new(10).expect("more than none"), wait: Duration::from_secs(5) }
    }
}

pub(super) async fn open(
    options: &PgConnectOptions,
    url: &DatabaseUrl,
    pool: Pool,
) -> Result<DatabaseConnection, StoreError> {
    let options = options.clone().application_name("visavis").options(LIMITS).disable_statement_logging();
    let pool = PgPoolOptions::new()
        .max_connections(pool.connections.get())
        .acquire_timeout(pool.wait)
        .idle_timeout(IDLE)
        .max_lifetime(LIFETIME)
        // The driver asks too, but would wait for the answer for ever.
        .test_before_acquire(false)
        .before_acquire(|connection, _| Box::pin(answers(connection)))
        .after_release(|connection, _| Box::pin(answers(connection)));
    match pool.connect_with(options).await {
        Ok(pool) => Ok(SqlxPostgresConnector::from_sqlx_postgres_pool(pool)),
        Err(error) => Err(explained(url, &error)),
    }
}

/// Whether a connection is there still. What its last user left unfinished is rolled back with it.
async fn answers(connection: &mut PgConnection) -> Result<bool, sqlx::Error> {
    match tokio::time::timeout(ANSWER, connection.ping()).await {
        Ok(answered) => answered.map(|()| true),
        Err(_) => Err(sqlx::Error::Io(ErrorKind::TimedOut.into())),
    }
}

fn explained(url: &DatabaseUrl, error: &sqlx::Error) -> StoreError {
    let why = match of_driver(error) {
        StoreError::Unavailable(why) | StoreError::Damaged(why) | StoreError::ReadOnly(why) => why,
        StoreError::Unknown
        | StoreError::Taken(_)
        | StoreError::Moved
        | StoreError::LastAdmin
        | StoreError::Full
        | StoreError::OverShare => error.to_string(),
    };
    let hint = "see that PostgreSQL runs there, and that database, user and password exist";
    StoreError::Unavailable(format!("{url}: {why}; {hint}"))
}
