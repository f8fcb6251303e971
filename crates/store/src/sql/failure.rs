//! Errors of the two databases as the port's. Their texts name tables and files, never what lies in them.

use crate::StoreError;
use sea_orm::{DbErr, RuntimeErr, SqlErr};

pub(super) fn away(why: impl Into<String>) -> StoreError {
    StoreError::Unavailable(why.into())
}

/// Of a statement. A row that is missing where another refers to it is [`StoreError::Unknown`].
pub(super) fn stored(error: DbErr) -> StoreError {
    if let Some(SqlErr::ForeignKeyConstraintViolation(_)) = error.sql_err() {
        return StoreError::Unknown;
    }
    match error {
        DbErr::Conn(RuntimeErr::SqlxError(error))
        | DbErr::Exec(RuntimeErr::SqlxError(error))
        | DbErr::Query(RuntimeErr::SqlxError(error)) => of_driver(&error),
        DbErr::RecordNotUpdated | DbErr::RecordNotFound(_) => StoreError::Unknown,
        DbErr::Type(_) | DbErr::Json(_) | DbErr::TryIntoErr { .. } => {
            StoreError::Damaged("a column holds something else than expected".to_owned())
        }
        other => away(other.to_string()),
    }
}

/// Of sqlx itself.
pub(super) fn of_driver(error: &sqlx::Error) -> StoreError {
    match error {
        sqlx::Error::Database(error) => {
            let (code, text) = (error.code().unwrap_or_default(), error.message().to_owned());
            if error.try_downcast_ref::<sqlx::sqlite::SqliteError>().is_some() {
                of_sqlite(&code, text)
            } else {
                of_postgres(&code, text)
            }
        }
        sqlx::Error::ColumnDecode { .. } | sqlx::Error::Decode(_) | sqlx::Error::ColumnNotFound(_) => {
            StoreError::Damaged("a column holds something else than expected".to_owned())
        }
        sqlx::Error::RowNotFound => StoreError::Unknown,
        sqlx::Error::PoolTimedOut => away("no connection became free in time"),
        other => away(other.to_string()),
    }
}

/// Primary result codes, <https://sqlite.org/rescode.html>; extended ones carry them in their lowest byte.
fn of_sqlite(code: &str, text: String) -> StoreError {
    match code.parse::<u32>().map(|code| (code & 0xff, code)) {
        // READONLY, FULL
        Ok((8 | 13, _)) => StoreError::ReadOnly(text),
        // IOERR_WRITE, IOERR_FSYNC, IOERR_TRUNCATE: quotas and failing disks
        Ok((_, 778 | 1034 | 1546)) => StoreError::ReadOnly(text),
        // CORRUPT, NOTADB, SCHEMA and SQL errors: tables are not what they should be
        Ok((11 | 26 | 17 | 1, _)) => StoreError::Damaged(text),
        _ => away(text),
    }
}

/// Classes of SQLSTATE, PostgreSQL appendix A.
fn of_postgres(code: &str, text: String) -> StoreError {
    match code {
        // disk_full, read_only_sql_transaction
        "53100" | "25006" => StoreError::ReadOnly(text),
        // character_not_in_repertoire: a NUL. No text that is there has one, and none gets in.
        "22021" => StoreError::Unknown,
        // data_corrupted, index_corrupted; tables or columns that are not there; values that no column takes: trying
        // again does not help
        _ if ["XX", "42", "22"].iter().any(|class| code.starts_with(class)) => StoreError::Damaged(text),
        _ => away(text),
    }
}
