//! The instance's lease: renewed every second whatever else goes on, with what the instance says of itself. How that
//! goes is there for whoever has to know; when others have had reason to free what this instance held, everything here
//! begins anew.

use super::Standing;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};
use tokio::sync::watch;
use tokio::time::{MissedTickBehavior, interval};
use visavis_domain::ids::InstanceId;
use visavis_live::{Live, LiveError, Renewal};

/// How long an instance counts as alive after its last word. Longer leaves ghosts; shorter takes an instance for dead
/// that was busy for a moment.
const LEASE: Duration = Duration::from_secs(4);
/// How often the lease is renewed: three in a row may fail.
const BEAT: Duration = Duration::from_secs(1);
/// Whoever has not been heard by Redis for this long may have stood still, and does not judge others.
const FRESH: Duration = Duration::from_secs(2);
/// Renewals have gone unanswered for so long that people are told. Less would be told of a stutter; more leaves them
/// wondering why nothing arrives.
const AWAY: Duration = Duration::from_millis(2_500);

/// How the renewals have gone. Pure.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Pulse {
    /// When the last one that succeeded was asked for.
    asked: Option<Instant>,
    /// Since when none has failed and the lease has not run out.
    steady: Option<Instant>,
    /// How far the engine's clock is ahead of this one, milliseconds.
    ahead_ms: i64,
}

/// What a renewal says about the time before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Past {
    /// The lease was there.
    Kept,
    /// The instance has just started.
    Begins,
    /// The lease was gone: others have freed what hung on it, or all data is lost.
    Lapsed,
}

impl Pulse {
    fn renewed(&mut self, kept: bool, asked: Instant, answered: Instant) -> Past {
        let past = match (kept, self.asked) {
            (false, Some(_)) => Past::Lapsed,
            (_, None) => Past::Begins,
            (true, Some(_)) => Past::Kept,
        };
        let ran_out = self.asked.is_none_or(|before| answered.duration_since(before) >= LEASE);
        if past != Past::Kept || ran_out {
            self.steady = None;
        }
        self.asked = Some(asked);
        self.steady.get_or_insert(answered);
        past
    }

    fn failed(&mut self) {
        self.steady = None;
    }

    /// When the engine was asked that answered last.
    pub(crate) fn asked(&self) -> Option<Instant> {
        self.asked
    }

    /// By how many milliseconds its clock is ahead of this machine's.
    pub(crate) fn ahead_ms(&self) -> i64 {
        self.ahead_ms
    }

    /// Whether others whose lease has run out may be taken for dead: after a stall of the engine, or of this process,
    /// everybody's has, and they need the time to say that they live.
    pub(crate) fn may_take_over(&self, now: Instant) -> bool {
        let lasts = self.steady.is_some_and(|since| now.saturating_duration_since(since) >= LEASE);
        lasts && self.asked.is_some_and(|asked| now.saturating_duration_since(asked) < FRESH)
    }

    /// Whether Redis has been away for longer than a stutter, so that people should know.
    pub(crate) fn is_away(&self, now: Instant) -> bool {
        self.asked.is_some_and(|asked| now.saturating_duration_since(asked) >= AWAY)
    }

    /// Whether the lease may have run out by now, so that others may have freed what is held here.
    pub(crate) fn has_run_out(&self, now: Instant) -> bool {
        self.asked.is_some_and(|asked| now.saturating_duration_since(asked) >= LEASE)
    }
}

/// What renews the lease.
pub(crate) struct Heart {
    pub(crate) live: Arc<dyn Live>,
    pub(crate) instance: InstanceId,
    pub(crate) standing: Arc<Standing>,
    /// Called when the lease was gone: whatever is held here is held no more.
    pub(crate) lapsed: Box<dyn Fn() + Send + Sync>,
}

impl Heart {
    /// Beats once, so that nothing is held before there is a lease, and then until the process ends.
    pub(crate) async fn start(self) -> watch::Receiver<Pulse> {
        let (told, pulse) = watch::channel(Pulse::default());
        self.beat(&told).await;
        tokio::spawn(async move {
            let mut every = interval(BEAT);
            every.set_missed_tick_behavior(MissedTickBehavior::Delay);
            every.tick().await;
            loop {
                every.tick().await;
                self.beat(&told).await;
            }
        });
        pulse
    }

    async fn beat(&self, told: &watch::Sender<Pulse>) {
        let says = serde_json::to_vec(&self.standing.says()).unwrap_or_default();
        let asked = Instant::now();
        let renewed = self.live.renew_lease(self.instance, LEASE, says.into()).await;
        let mut pulse = *told.borrow();
        match renewed {
            Ok(Renewal { kept, clock }) => {
                let past = pulse.renewed(kept, asked, Instant::now());
                pulse.ahead_ms = ahead(clock.0);
                if past == Past::Lapsed {
                    tracing::warn!("the lease was gone: every session starts over");
                    (self.lapsed)();
                }
            }
            Err(error @ (LiveError::Unavailable | LiveError::Conflict)) => {
                tracing::debug!(%error, "the lease could not be renewed");
                pulse.failed();
            }
        }
        told.send_replace(pulse);
    }
}

fn ahead(clock: u64) -> i64 {
    let own = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_millis();
    let (clock, own) = (i64::try_from(clock).unwrap_or(i64::MAX), i64::try_from(own).unwrap_or(i64::MAX));
    clock.saturating_sub(own)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What happens, and when, in milliseconds.
    #[derive(Debug, Clone, Copy)]
    enum Beat {
        Renewed(u64, Past),
        /// Others had released it.
        Gone(u64, Past),
        Failed,
        /// Who is asked whether others may be taken over, and what the answer is.
        May(u64, bool),
        /// Whether people are told by then that live state is away.
        Away(u64, bool),
    }
    use Beat::{Away, Failed, Gone, May, Renewed};

    #[test]
    fn others_are_judged_only_after_a_whole_lease_without_a_break() {
        let cases: [(&str, &[Beat]); 6] = [
            ("before anything", &[May(0, false), Failed, May(10_000, false)]),
            (
                "from the start",
                &[
                    Gone(0, Past::Begins),
                    Renewed(1000, Past::Kept),
                    Renewed(2000, Past::Kept),
                    Renewed(3000, Past::Kept),
                    May(3999, false),
                    May(4000, true),
                    May(4999, true),
                    May(5000, false),
                ],
            ),
            (
                "over data of one's own from before",
                &[Renewed(0, Past::Begins), Renewed(2000, Past::Kept), May(3000, false)],
            ),
            (
                "after a failure",
                &[
                    Gone(0, Past::Begins),
                    Renewed(3000, Past::Kept),
                    May(4000, true),
                    Failed,
                    May(4001, false),
                    Renewed(5000, Past::Kept),
                    Renewed(8000, Past::Kept),
                    May(8999, false),
                    May(9000, true),
                ],
            ),
            (
                "after standing still",
                &[
                    Gone(0, Past::Begins),
                    Renewed(3000, Past::Kept),
                    May(4000, true),
                    May(11_000, false),
                    Renewed(11_000, Past::Kept),
                    May(11_001, false),
                    Renewed(14_000, Past::Kept),
                    May(15_000, true),
                ],
            ),
            (
                "after others have freed everything here",
                &[
                    Gone(0, Past::Begins),
                    Renewed(3000, Past::Kept),
                    Gone(4000, Past::Lapsed),
                    May(4500, false),
                    Renewed(7000, Past::Kept),
                    May(8000, true),
                ],
            ),
        ];
        judge(&cases);
    }

    #[test]
    fn people_are_told_of_an_outage_and_not_of_a_stutter() {
        judge(&[
            ("before anything", &[Failed, Away(10_000, false)]),
            (
                "a stutter",
                &[
                    Gone(0, Past::Begins),
                    Away(1000, false),
                    Failed,
                    Away(2499, false),
                    Renewed(2499, Past::Kept),
                    Away(3500, false),
                ],
            ),
            (
                "an outage",
                &[
                    Gone(0, Past::Begins),
                    Failed,
                    Failed,
                    Away(2500, true),
                    Failed,
                    Away(60_000, true),
                    Gone(60_001, Past::Lapsed),
                    Away(60_002, false),
                ],
            ),
        ]);
    }

    fn judge(cases: &[(&str, &[Beat])]) {
        let began = Instant::now();
        let at = |ms| began + Duration::from_millis(ms);
        for (name, beats) in cases {
            let mut pulse = Pulse::default();
            for beat in *beats {
                match *beat {
                    Renewed(ms, past) => {
                        assert_eq!(pulse.renewed(true, at(ms), at(ms)), past, "{name}: {beat:?}");
                    }
                    Gone(ms, past) => {
                        assert_eq!(pulse.renewed(false, at(ms), at(ms)), past, "{name}: {beat:?}");
                    }
                    Failed => pulse.failed(),
                    May(ms, expected) => {
                        assert_eq!(pulse.may_take_over(at(ms)), expected, "{name}: {beat:?}");
                    }
                    Away(ms, expected) => {
                        assert_eq!(pulse.is_away(at(ms)), expected, "{name}: {beat:?}");
                    }
                }
            }
        }
    }
}
