//! Which database, as the configuration says it. Never printed with what it may carry of a password.

use sqlx::postgres::PgConnectOptions;
use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;

/// Why a text names no database. What was typed is not repeated: it may hold a password.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum MalformedDatabaseUrl {
    /// Nothing there.
    #[error("name a file, as sqlite:PATH, or a server, as postgres://USER:PASSWORD@HOST/DATABASE")]
    Empty,
    /// SQLite without a file would forget everything.
    #[error("a database in memory would not survive a restart; name a file, as sqlite:PATH")]
    InMemory,
    /// Another scheme.
    #[error("only sqlite:PATH and postgres://USER:PASSWORD@HOST/DATABASE are known")]
    Scheme,
    /// PostgreSQL, and something of it is wrong.
    #[error("expected postgres://USER:PASSWORD@HOST/DATABASE; special characters of a password as %XX")]
    Postgres,
    /// A parameter that would be passed over.
    #[error(
        "only these parameters are known: sslmode, sslrootcert, sslcert, sslkey, host, hostaddr, port, dbname, user, \
         password"
    )]
    Parameter,
    /// An authority is given, and nobody would be asked for its signature.
    #[error("sslrootcert is used with sslmode=verify-full only, or verify-ca")]
    Unverified,
}

/// Which database.
#[derive(Clone)]
pub struct DatabaseUrl(pub(crate) Place);

#[derive(Clone)]
pub(crate) enum Place {
    Sqlite(PathBuf),
    Postgres(Box<PgConnectOptions>),
}

impl DatabaseUrl {
    /// The file of an SQLite database.
    #[must_use]
    pub fn file(path: impl Into<PathBuf>) -> Self {
        Self(Place::Sqlite(path.into()))
    }

    /// The file, where it is one: for whoever has to make its folder, or to back it up.
    #[must_use]
    pub fn path(&self) -> Option<&Path> {
        match &self.0 {
            Place::Sqlite(path) => Some(path),
            Place::Postgres(_) => None,
        }
    }
}

impl FromStr for DatabaseUrl {
    type Err = MalformedDatabaseUrl;

    /// `sqlite:PATH`, `sqlite:///PATH`, a plain path, or `postgres://…` with the parameters of libpq that sqlx knows.
    fn from_str(text: &str) -> Result<Self, MalformedDatabaseUrl> {
        let text = text.trim();
        if text.starts_with("postgres://") || text.starts_with("postgresql://") {
            check_parameters(text)?;
            let options = PgConnectOptions::from_str(text).map_err(|_| MalformedDatabaseUrl::Postgres)?;
            return Ok(Self(Place::Postgres(Box::new(options))));
        }
        let path = match text.strip_prefix("sqlite:") {
            Some(rest) => rest.strip_prefix("//").unwrap_or(rest),
            None if text.contains("://") => return Err(MalformedDatabaseUrl::Scheme),
            None => text,
        };
        match path {
            "" => Err(MalformedDatabaseUrl::Empty),
            // `?` would begin parameters elsewhere; a file of that name is a mistake.
            _ if path.contains(":memory:") || path.contains('?') => Err(MalformedDatabaseUrl::InMemory),
            path => Ok(Self::file(path)),
        }
    }
}

/// The driver passes over what it does not know, and takes an authority without ever asking for its signature: a
/// mistyped `sslmode` would go unnoticed.
fn check_parameters(text: &str) -> Result<(), MalformedDatabaseUrl> {
    let url = url::Url::parse(text).map_err(|_| MalformedDatabaseUrl::Postgres)?;
    let (mut authority, mut verified) = (false, false);
    for (key, value) in url.query_pairs() {
        match &*key {
            "sslmode" => {
                verified = matches!(&*value, "verify-ca" | "verify-full");
                // The driver takes this one for "disable".
                if value == "allow" {
                    return Err(MalformedDatabaseUrl::Postgres);
                }
            }
            "sslrootcert" => authority = true,
            "sslcert" | "sslkey" | "host" | "hostaddr" | "port" | "dbname" | "user" | "password" => {}
            _ => return Err(MalformedDatabaseUrl::Parameter),
        }
    }
    if authority && !verified { Err(MalformedDatabaseUrl::Unverified) } else { Ok(()) }
}

impl fmt::Display for DatabaseUrl {
    /// Where it is, without who signs in there.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Place::Sqlite(path) => write!(f, "sqlite:{}", path.display()),
            Place::Postgres(options) => {
                let database = options.get_database().unwrap_or_default();
                write!(f, "postgres://{}:{}/{database}", options.get_host(), options.get_port())
            }
        }
    }
}

impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DatabaseUrl({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn databases_are_named_by_url_or_path() {
        for (text, expected) in [
            ("sqlite:data/visavis.db", "sqlite:data/visavis.db"),
            ("sqlite:///var/lib/visavis.db", "sqlite:/var/lib/visavis.db"),
            ("/var/lib/visavis.db", "sqlite:/var/lib/visavis.db"),
            ("postgres://ana:s%2Fcret@db.example/visavis", "postgres://db.example:5432/visavis"),
            ("postgresql://db:5433/x?sslmode=require", "postgres://db:5433/x"),
            ("postgres://db/x?sslmode=verify-full&sslrootcert=/ca.pem", "postgres://db:5432/x"),
        ] {
            assert_eq!(text.parse::<DatabaseUrl>().unwrap().to_string(), expected);
        }
        for (text, expected) in [
            ("", MalformedDatabaseUrl::Empty),
            ("sqlite:", MalformedDatabaseUrl::Empty),
            ("sqlite::memory:", MalformedDatabaseUrl::InMemory),
            ("sqlite:a.db?mode=memory", MalformedDatabaseUrl::InMemory),
            ("mysql://root@localhost/x", MalformedDatabaseUrl::Scheme),
            ("postgres://db:port/x", MalformedDatabaseUrl::Postgres),
            ("postgres://db/x?sslmode=perhaps", MalformedDatabaseUrl::Postgres),
            ("postgres://db/x?sslmode=allow", MalformedDatabaseUrl::Postgres),
            ("postgres://db/x?sslmod=verify-full", MalformedDatabaseUrl::Parameter),
            ("postgres://db/x?sslrootcert=/ca.pem", MalformedDatabaseUrl::Unverified),
            ("postgres://db/x?sslmode=require&sslrootcert=/ca.pem", MalformedDatabaseUrl::Unverified),
        ] {
            assert_eq!(text.parse::<DatabaseUrl>().unwrap_err(), expected, "{text}");
        }
    }

    #[test]
    fn passwords_are_not_printed() {
        let url: DatabaseUrl = "postgres://ana:hunter2@db.example/visavis".parse().unwrap();
        assert!(!format!("{url:?} {url}").contains("hunter2"));
        assert!(!format!("{url:?} {url}").contains("ana"));
    }
}
