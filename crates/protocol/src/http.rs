//! Bodies of the HTTP endpoints.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Answer of `POST /api/v1/tickets`: the right to open one session.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Ticket {
    /// Goes into the hello.
    pub ticket: String,
    /// Seconds until it is worth nothing.
    pub expires_in: u32,
}

impl std::fmt::Debug for Ticket {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Ticket").field("expires_in", &self.expires_in).finish_non_exhaustive()
    }
}

/// `application/problem+json`, RFC 9457.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Problem {
    /// For people who read logs; the web client makes its own words from `code`.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// Stable, for programs.
    pub code: String,
}
