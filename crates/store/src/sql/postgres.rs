//! PostgreSQL: one bounded pool for reading and writing. The server's own limits end what hangs, even where the
//! network went silent.

use super::failure::of_driver;
use crate::StoreError;
use crate::url::DatabaseUrl;
use sea_orm::{DatabaseConnection, SqlxPostgresConnector};
use sqlx::ConnectOptions;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use std::time::Duration;

/// Taken first by each transaction that writes, and by migrations; let go with it. The number is arbitrary; other
/// programs in the same database must not use it.
pub(super) const ONE_WRITER: &str = "SELECT pg_advisory_xact_lock(1986622067)";

/// Connections of one instance. PostgreSQL allows a hundred to all of its users unless told otherwise.
const CONNECTIONS: u32 = 10;
/// How long to wait for one of them.
const ACQUIRE: Duration = Duration::from_secs(5);
/// In the words of PostgreSQL, which ends what takes longer.
const LIMITS: [(&str, &str); 3] =
    [("statement_timeout", "10s"), ("lock_timeout", "5s"), ("idle_in_transaction_session_timeout", "20s")];

pub(super) async fn open(
    options: &PgConnectOptions,
    url: &DatabaseUrl,
) -> Result<DatabaseConnection, StoreError> {
    let options = options.clone().application_name("visavis").options(LIMITS).disable_statement_logging();
    let pool = PgPoolOptions::new().max_connections(CONNECTIONS).acquire_timeout(ACQUIRE);
    match pool.connect_with(options).await {
        Ok(pool) => Ok(SqlxPostgresConnector::from_sqlx_postgres_pool(pool)),
        Err(error) => Err(explained(url, &error)),
    }
}

fn explained(url: &DatabaseUrl, error: &sqlx::Error) -> StoreError {
    let why = match of_driver(error) {
        StoreError::Unavailable(why) | StoreError::Damaged(why) | StoreError::ReadOnly(why) => why,
        StoreError::Unknown | StoreError::Taken(_) | StoreError::Full => error.to_string(),
    };
    let hint = "see that PostgreSQL runs there, and that database, user and password exist";
    StoreError::Unavailable(format!("{url}: {why}; {hint}"))
}
