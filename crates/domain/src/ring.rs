//! The ring: one attempt to reach somebody, and the call that comes of it. Pure.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// How a ring, or the call that came of it, ended. Both sides are told the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum RingEnd {
    /// The one rung did not want to.
    Declined,
    /// The one who rang took it back.
    Cancelled,
    /// Nobody answered in time.
    Missed,
    /// While it rang, the caller's last page went.
    CallerLost,
    /// While it rang, the last page of the one rung went.
    CalleeLost,
    /// It could not be put through.
    Failed,
    /// After it was accepted: somebody left the call.
    HungUp,
    /// After it was accepted: somebody's page went, or did not come.
    Lost,
    /// An admin ended the call.
    EndedByAdmin,
    /// The server stopped, and nobody came back to go on.
    Interrupted,
}
