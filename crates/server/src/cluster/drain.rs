//! An orderly end. [`Plan`] says who is told when to go elsewhere, and when nobody is left: pure, on a clock that
//! begins with the signal. [`Leaving`] is how sockets ask it. Who carries it out is the composition root.

use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use tokio::sync::watch;
use tokio::time::Instant;

/// Between the last socket's end and the exit: every connection that is still used hears with its next answer that
/// there will be no more. To close one while a request is on its way would be a request that fails.
pub(crate) const LAST_WORDS: Duration = Duration::from_secs(1);

/// Requests under way when nobody can be moved anywhere, as without other instances.
const STOP_WITHIN: Duration = Duration::from_secs(5);

/// What happens when, from the signal on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Plan {
    /// Nobody is told before: balancers have to notice first that this instance is not ready.
    after: Duration,
    /// Everybody is told within so long after that.
    over: Duration,
    /// The process is gone.
    at_most: Duration,
    /// What keep-alive connections are given at the end.
    last_words: Duration,
}

/// What still hangs on this instance.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Left {
    /// Open sockets.
    pub(crate) sockets: usize,
    /// Connections with its media server, and allocations of its relay.
    pub(crate) media: usize,
}

impl Plan {
    /// With others to go to.
    pub(crate) fn spread(after: Duration, over: Duration, at_most: Duration) -> Self {
        Self { after, over, at_most, last_words: LAST_WORDS }
    }

    /// With nobody to go to.
    pub(crate) fn at_once() -> Self {
        let none = Duration::ZERO;
        Self { after: none, over: none, at_most: STOP_WITHIN, last_words: none }
    }

    /// When a socket is told that was there at `now`; `lot` is drawn for it.
    pub(crate) fn told_at(&self, now: Duration, lot: u32) -> Duration {
        let from = now.max(self.after);
        let room = (self.after + self.over).saturating_sub(from);
        from + room.mul_f64(f64::from(lot) / f64::from(u32::MAX))
    }

    /// How many of so many rooms let go of their media now, if it is asked every so often: all within the first half
    /// of the time in which sockets are told, so that what was placed here meanwhile has time too.
    pub(crate) fn rooms_now(&self, now: Duration, every: Duration, rooms: usize) -> usize {
        if now < self.after {
            return 0;
        }
        let rest = (self.after + self.over / 2).saturating_sub(now);
        let steps = usize::try_from(rest.as_millis() / every.as_millis().max(1)).unwrap_or(usize::MAX);
        rooms.div_ceil(steps.saturating_add(1))
    }

    /// Whether the waiting has an end: nobody is left, or there is no more time.
    pub(crate) fn is_over(&self, now: Duration, left: Left) -> bool {
        now >= self.at_most.saturating_sub(self.last_words) || now >= self.after && left == Left::default()
    }

    /// For how long connections hear that there will be no more answers.
    pub(crate) fn last_words(&self) -> Duration {
        self.last_words
    }

    /// What is left of the time.
    pub(crate) fn rest(&self, now: Duration) -> Duration {
        self.at_most.saturating_sub(now)
    }
}

/// Open sockets, and whether they have to go.
pub(crate) struct Leaving {
    plan: Plan,
    began: watch::Sender<Option<Instant>>,
    sockets: AtomicUsize,
}

impl Leaving {
    /// Nobody has to go yet.
    pub(crate) fn new(plan: Plan) -> Self {
        Self { plan, began: watch::Sender::new(None), sockets: AtomicUsize::new(0) }
    }

    pub(crate) fn plan(&self) -> Plan {
        self.plan
    }

    /// The time of the plan begins.
    pub(crate) fn begin(&self) {
        self.began.send_replace(Some(Instant::now()));
    }

    /// How many sockets are open.
    pub(crate) fn sockets(&self) -> usize {
        self.sockets.load(Ordering::Relaxed)
    }

    /// A socket is open for as long as what this returns.
    pub(crate) fn enter(self: &Arc<Self>) -> Entered {
        show(self.sockets.fetch_add(1, Ordering::Relaxed) + 1);
        Entered(self.clone())
    }

    /// Ends when a socket that is opened now has to go elsewhere.
    pub(crate) fn turn(&self) -> impl Future<Output = ()> + Send + use<> {
        let (plan, mut began, opened) = (self.plan, self.began.subscribe(), Instant::now());
        async move {
            let Ok(began) = began.wait_for(Option::is_some).await.map(|began| *began) else { return };
            let Some(began) = began else { return };
            let now = opened.saturating_duration_since(began);
            tokio::time::sleep_until(began + plan.told_at(now, draw())).await;
        }
    }
}

/// One open socket.
pub(crate) struct Entered(Arc<Leaving>);

impl Drop for Entered {
    fn drop(&mut self) {
        show(self.0.sockets.fetch_sub(1, Ordering::Relaxed) - 1);
    }
}

fn show(sockets: usize) {
    #[allow(clippy::cast_precision_loss, reason = "a gauge of sockets, exact up to 2^53")]
    metrics::gauge!("visavis_sockets").set(sockets as f64);
}

/// Without randomness everybody is told first, which is no reason not to end.
fn draw() -> u32 {
    let mut bytes = [0; 4];
    let _ = aws_lc_rs::rand::fill(&mut bytes);
    u32::from_be_bytes(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    fn plan() -> Plan {
        Plan::spread(3 * SECOND, 20 * SECOND, 30 * SECOND)
    }

    #[test]
    fn sockets_are_told_after_a_moment_and_within_the_time() {
        const HALF: u32 = u32::MAX / 2;
        // When it was there, in seconds; its lot; when it is told, in milliseconds.
        for (opened, lot, told) in [
            (0, 0, 3_000),
            (0, HALF, 13_000),
            (0, u32::MAX, 23_000),
            (2, 0, 3_000),
            (2, u32::MAX, 23_000),
            (13, 0, 13_000),
            (13, HALF, 18_000),
            (13, u32::MAX, 23_000),
            // Whoever comes when all are told is told at once.
            (23, u32::MAX, 23_000),
            (25, u32::MAX, 25_000),
        ] {
            let at = plan().told_at(opened * SECOND, lot).as_millis();
            assert!(at.abs_diff(told) <= 1, "opened at {opened} with {lot}: {at}");
        }
        assert_eq!(Plan::at_once().told_at(Duration::ZERO, u32::MAX), Duration::ZERO);
    }

    #[test]
    fn it_is_over_when_nobody_is_left_or_the_time_is() {
        let (nobody, socket, media) =
            (Left::default(), Left { sockets: 1, media: 0 }, Left { sockets: 0, media: 1 });
        for (now, left, over) in [
            // Who was sent here before balancers noticed is still to come.
            (0, nobody, false),
            (2, nobody, false),
            (3, nobody, true),
            (3, socket, false),
            (3, media, false),
            (22, nobody, true),
            (28, socket, false),
            (28, media, false),
            (29, socket, true),
            (29, media, true),
            (31, socket, true),
        ] {
            assert_eq!(plan().is_over(now * SECOND, left), over, "after {now} with {left:?}");
        }
        assert!(Plan::at_once().is_over(Duration::ZERO, nobody));
        assert_eq!(plan().rest(29 * SECOND), SECOND);
        assert_eq!(plan().rest(31 * SECOND), Duration::ZERO);
    }

    #[test]
    fn rooms_let_go_a_few_at_a_time_and_all_in_the_first_half() {
        let every = Duration::from_millis(500);
        for (now, rooms, expected) in [
            (0, 100, 0),
            (2_999, 100, 0),
            (3_000, 0, 0),
            (3_000, 1, 1),
            (3_000, 100, 5),
            (8_000, 50, 5),
            (12_500, 10, 5),
            (13_000, 10, 10),
            (20_000, 7, 7),
        ] {
            let now = Duration::from_millis(now);
            assert_eq!(plan().rooms_now(now, every, rooms), expected, "{rooms} after {now:?}");
        }
        let (mut rooms, mut now, mut most) = (1_000, Duration::ZERO, 0);
        while now <= 13 * SECOND {
            let gone = plan().rooms_now(now, every, rooms);
            (rooms, now, most) = (rooms - gone, now + every, most.max(gone));
        }
        assert!(rooms == 0 && most < 60, "{rooms} left, {most} at once");
    }

    #[tokio::test(start_paused = true)]
    async fn each_socket_has_a_time_of_its_own() {
        let (after, over) = (Duration::from_millis(50), Duration::from_millis(400));
        let leaving = Arc::new(Leaving::new(Plan::spread(after, over, 30 * SECOND)));
        let open: Vec<_> = (0..100).map(|_| (leaving.enter(), leaving.turn())).collect();
        assert_eq!(leaving.sockets(), 100);
        let began = Instant::now();
        leaving.begin();
        let told = open.into_iter().map(|(entered, turn)| async move {
            turn.await;
            drop(entered);
            began.elapsed()
        });
        let mut times = futures_util::future::join_all(told).await;
        times.sort_unstable();
        assert!(times[0] >= after, "{times:?}");
        assert!(times[99] - times[0] > over / 2, "they go one by one: {times:?}");
        assert_eq!(leaving.sockets(), 0);
        // When all have been told, whoever comes is told at once.
        let late = Instant::now();
        leaving.turn().await;
        assert!(late.elapsed() < over / 2);
    }
}
