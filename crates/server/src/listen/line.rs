//! Whether what goes out over a connection is taken. HTTP says nothing about a reader that stands still: what waits for
//! them would be kept for as long as they answer pings.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::time::{Instant, sleep_until};
use tokio_util::sync::CancellationToken;
use tokio_util::task::AbortOnDropHandle;

/// Nothing taken for so long, and the connection ends. Less ends those who pass through a tunnel; more lets them keep
/// their share for longer.
const STANDSTILL: Duration = Duration::from_secs(30);

/// One connection, as those know it who send much over it. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Line(Arc<State>);

struct State {
    moved: Mutex<Instant>,
    cut: CancellationToken,
}

impl Line {
    pub(super) fn new() -> Self {
        Self(Arc::new(State { moved: Mutex::new(Instant::now()), cut: CancellationToken::new() }))
    }

    /// Something more was asked for by who reads.
    pub(crate) fn moved(&self) {
        *self.last() = Instant::now();
    }

    /// Ends the connection if nothing moves on it, for as long as this is held.
    pub(crate) fn watched(&self) -> AbortOnDropHandle<()> {
        self.moved();
        let line = self.clone();
        AbortOnDropHandle::new(tokio::spawn(async move {
            loop {
                let until = *line.last() + STANDSTILL;
                if until <= Instant::now() {
                    metrics::counter!("visavis_connections_stalled_total").increment(1);
                    return line.0.cut.cancel();
                }
                sleep_until(until).await;
            }
        }))
    }

    /// Ends when the connection has to.
    pub(super) async fn cut(&self) {
        self.0.cut.cancelled().await;
    }

    fn last(&self) -> MutexGuard<'_, Instant> {
        self.0.moved.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::time::{advance, timeout};

    async fn is_cut(line: &Line) -> bool {
        timeout(Duration::from_millis(1), line.cut()).await.is_ok()
    }

    #[tokio::test(start_paused = true)]
    async fn a_line_is_cut_when_nothing_moves_on_it_and_not_before() {
        let line = Line::new();
        advance(STANDSTILL * 2).await;
        let watched = line.watched();
        for _ in 0..5 {
            advance(STANDSTILL - Duration::from_secs(1)).await;
            assert!(!is_cut(&line).await);
            line.moved();
        }
        advance(STANDSTILL).await;
        assert!(is_cut(&line).await);
        drop(watched);
    }

    #[tokio::test(start_paused = true)]
    async fn nobody_waits_for_anything_on_a_line_that_nobody_watches() {
        let line = Line::new();
        drop(line.watched());
        advance(STANDSTILL * 2).await;
        assert!(!is_cut(&line).await);
    }
}
