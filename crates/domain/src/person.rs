//! A person's one availability: what they chose, what follows from what they are in the middle of. Pure.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// What a person chooses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Chosen {
    /// May be rung.
    #[default]
    Available,
    /// Not at the desk.
    Away,
    /// Does not want to be disturbed.
    Unavailable,
}

/// What others see: what follows from a person's engagements wins over what they chose.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// May be rung. The only one that may.
    Available,
    /// Chose to be away, or missed a ring.
    Away,
    /// Chose not to be disturbed.
    Unavailable,
    /// Rings somebody, is rung, or waits in a queue.
    Ringing,
    /// Talks with somebody.
    InCall,
    /// Finishes a call.
    WrapUp,
    /// Has no page open, or is not online for their desks.
    Offline,
}
