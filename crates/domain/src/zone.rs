//! Clocks on walls: what one shows in a zone becomes a moment, and a moment what it shows. The rules of zones are in
//! the binary, so that they are the same on every machine.

use crate::time::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::{AmbiguousOffset, TimeZone, TimeZoneDatabase};
use serde::{Deserialize, Serialize};
use ts_rs::TS;
use utoipa::ToSchema;

/// Which of two moments at which a clock that is put back shows the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
#[serde(rename_all = "snake_case")]
pub enum Repeated {
    /// Before it is put back.
    First,
    /// After.
    Second,
}

/// Why a clock's reading is not one moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum WallError {
    /// The zone is not one of IANA's.
    #[error("the time zone is not known")]
    UnknownZone,
    /// Not `YYYY-MM-DDTHH:MM`, or no such day, or before 1970.
    #[error("not a date and time")]
    Malformed,
    /// The clock is put forward past it: it is never shown.
    #[error("the clock skips this time")]
    Skipped,
    /// The clock is put back: it is shown twice, and nobody said which is meant.
    #[error("the clock shows this time twice")]
    Ambiguous,
}

pub(crate) fn lookup(name: &str) -> Option<TimeZone> {
    // The library has a name for not knowing the zone; nobody lives there.
    TimeZoneDatabase::bundled().get(name).ok().filter(|zone| !zone.is_unknown())
}

/// Whether this is a zone of IANA's.
#[must_use]
pub fn is_zone(name: &str) -> bool {
    lookup(name).is_some()
}

/// When a clock in `zone` shows `wall`, written `YYYY-MM-DDTHH:MM`.
///
/// # Errors
/// Unless it is one moment.
pub fn moment(wall: &str, zone: &str, repeated: Option<Repeated>) -> Result<Timestamp, WallError> {
    let zone = lookup(zone).ok_or(WallError::UnknownZone)?;
    let shown: DateTime = wall.parse().map_err(|_| WallError::Malformed)?;
    // The library reads more forms than the one that is kept.
    if format(shown) != wall {
        return Err(WallError::Malformed);
    }
    let ambiguous = zone.to_ambiguous_timestamp(shown);
    let moment = match (ambiguous.offset(), repeated) {
        (AmbiguousOffset::Unambiguous { .. }, _) => ambiguous.unambiguous(),
        (AmbiguousOffset::Gap { .. }, _) => return Err(WallError::Skipped),
        (AmbiguousOffset::Fold { .. }, Some(Repeated::First)) => ambiguous.earlier(),
        (AmbiguousOffset::Fold { .. }, Some(Repeated::Second)) => ambiguous.later(),
        (AmbiguousOffset::Fold { .. }, None) => return Err(WallError::Ambiguous),
    };
    milliseconds(moment.map_err(|_| WallError::Malformed)?).ok_or(WallError::Malformed)
}

/// What a clock in `zone` shows then, as `YYYY-MM-DDTHH:MM`; none if there is no such zone.
#[must_use]
pub fn wall(at: Timestamp, zone: &str) -> Option<String> {
    let moment = jiff::Timestamp::from_millisecond(i64::try_from(at.0).ok()?).ok()?;
    Some(format(lookup(zone)?.to_datetime(moment)))
}

fn format(shown: DateTime) -> String {
    shown.strftime("%Y-%m-%dT%H:%M").to_string()
}

pub(crate) fn milliseconds(moment: jiff::Timestamp) -> Option<Timestamp> {
    u64::try_from(moment.as_millisecond()).ok().map(Timestamp)
}

#[cfg(test)]
mod tests;
