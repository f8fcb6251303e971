//! Opening hours of a desk: what people are told when nobody is online. They open and close nothing by themselves.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Opening hours in the zone they were made in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Hours {
    /// IANA name, such as `Europe/Istanbul`.
    pub zone: String,
    /// Each week's openings; any order, overlaps are one opening.
    pub weekly: Vec<Opening>,
    /// Days on which it stays closed, `YYYY-MM-DD` in the zone.
    pub closed: Vec<String>,
}

/// One opening of a week.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Opening {
    /// 1 Monday to 7 Sunday.
    pub weekday: u8,
    /// Minutes after midnight, on the clock of the zone: 0 to 1,439.
    pub from: u16,
    /// Minutes after midnight, more than `from`: 1 to 1,440.
    pub to: u16,
}
