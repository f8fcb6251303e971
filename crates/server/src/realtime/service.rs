//! Tells everybody who has a session here when live state goes away, and when it is back. Whether it is away is the
//! heart's word; what pages make of it is theirs.

use super::session::Sessions;
use crate::cluster::Pulse;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::watch;
use tokio::time::{MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;
use visavis_protocol::Service;

/// How often it is looked at: a renewal that hangs says nothing by itself.
const LOOK_EVERY: Duration = Duration::from_millis(500);

/// Looks until the server ends.
pub(crate) async fn watch_service(
    sessions: Arc<Sessions>,
    pulse: watch::Receiver<Pulse>,
    stopping: CancellationToken,
) {
    let mut every = interval(LOOK_EVERY);
    every.set_missed_tick_behavior(MissedTickBehavior::Delay);
    while stopping.run_until_cancelled(every.tick()).await.is_some() {
        let away = pulse.borrow().is_away(Instant::now());
        sessions.tell_service(if away { Service::Limited } else { Service::Whole });
    }
}
