//! What becomes of a delivery after a try: when the next one is, and when there is none.

use crate::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::time::Duration;
use ts_rs::TS;
use utoipa::ToSchema;

/// For how long whoever delivers has a delivery. Longer leaves it lying after a crash; as short as one may take lets a
/// second instance deliver it too.
pub const HOLD: Duration = Duration::from_secs(30);
/// After that nobody expects the event any more.
pub const GIVE_UP_AFTER: Duration = Duration::from_secs(3 * 24 * 60 * 60);
/// Waits between tries: doubled from the first on, and never more than the last.
const FIRST_WAIT: Duration = Duration::from_secs(2);
const LONGEST_WAIT: Duration = Duration::from_secs(2 * 60 * 60);
/// A receiver may ask for more time than that, but not for all there is.
const LONGEST_ASKED: Duration = Duration::from_secs(6 * 60 * 60);

/// Why a delivery did not arrive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema, TS)]
#[serde(rename_all = "snake_case")]
pub enum Trouble {
    /// Its name has no address.
    NameUnknown,
    /// All its addresses are such that nothing may be sent there.
    AddressRefused,
    /// Nobody answers there, or the line broke.
    Unreachable,
    /// It is not who it says it is.
    TlsFailed,
    /// It took too long.
    TimedOut,
    /// It sends us elsewhere, where we do not go.
    Redirected,
    /// It answered, but not with a success.
    Refused,
    /// It says that it is no more: nothing is sent to it from then on.
    Gone,
}

/// What came of one try.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Answer {
    /// The status, if there was an answer.
    pub status: Option<u16>,
    /// What was wrong; none if it arrived.
    pub trouble: Option<Trouble>,
    /// How long the receiver asks us to wait.
    pub wait: Option<Duration>,
}

/// What becomes of the delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It has arrived.
    Delivered,
    /// It is tried again.
    Again {
        /// Not before.
        at: Timestamp,
    },
    /// It is given up.
    GivenUp,
    /// Its receiver is no more.
    Gone,
}

/// What becomes of a delivery after its `tries`th try, which waits since `since`. `spread` is drawn at random: receivers
/// that come back are not met by everything at once.
#[must_use]
pub fn after(answer: Answer, tries: u32, since: Timestamp, now: Timestamp, spread: u16) -> Outcome {
    match answer.trouble {
        None => return Outcome::Delivered,
        Some(Trouble::Gone) => return Outcome::Gone,
        Some(_) => {}
    }
    if now.since(since) >= GIVE_UP_AFTER {
        return Outcome::GivenUp;
    }
    let doubled = 2_u32.saturating_pow(tries.saturating_sub(1));
    let wait = FIRST_WAIT.saturating_mul(doubled).min(LONGEST_WAIT);
    let more = wait.saturating_mul(u32::from(spread)) / (5 * u32::from(u16::MAX));
    let asked = answer.wait.unwrap_or_default().min(LONGEST_ASKED);
    // The last try is at the very end.
    let at = now.plus((wait + more).max(asked)).min(since.plus(GIVE_UP_AFTER));
    Outcome::Again { at }
}
