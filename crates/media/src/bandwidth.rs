//! What is asked of the network to a receiver, and when it is not believed. Pure.
//!
//! str0m estimates what the network carries. It looks for more only when more is wanted than before, and its estimate
//! follows what is sent: what to want, and what to send against it, is decided here.

use crate::layers::{Bitrate, Choice};
use std::time::{Duration, Instant};

/// How much more than what is known to fit is tried at once: a try passes through the same narrow place as voices, and
/// one far beyond it would hold them up.
const TRY_TIMES: u64 = 3;
/// Packets are spaced for so long after the network was what limits.
const PACE_FOR: Duration = Duration::from_secs(12);
/// How often a network that was too narrow is tried again.
const TRY_AGAIN_EVERY: Duration = Duration::from_secs(3);
/// How long pictures are sent against the estimate: dropping the smallest ones at its first dip would take it down with
/// them, and with none at all it would never rise.
const AGAINST_FOR: Duration = Duration::from_secs(4);
/// Whoever sees nothing is sent the most important picture this often, to try.
const BLIND_EVERY: Duration = Duration::from_secs(16);

/// Rates to ask for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Ask {
    /// Worth filling up to with padding.
    pub(crate) least: Bitrate,
    /// Worth looking for.
    pub(crate) best: Bitrate,
}

/// One receiver's.
#[derive(Debug)]
pub(crate) struct Bandwidth {
    estimate: Option<Bitrate>,
    asked: Ask,
    tried_at: Instant,
    /// Since when not even the smallest pictures fit.
    starving_since: Option<Instant>,
    /// When the network was last too narrow, or not known.
    narrow_at: Instant,
    paced: bool,
}

impl Bandwidth {
    pub(crate) fn new(now: Instant) -> Self {
        Self {
            estimate: None,
            asked: Ask { least: 0, best: 0 },
            tried_at: now,
            starving_since: None,
            narrow_at: now,
            paced: true,
        }
    }

    /// What the network is believed to carry. True if that is much less than before.
    pub(crate) fn estimated(&mut self, estimate: Bitrate) -> bool {
        let before = self.estimate.replace(estimate);
        before.is_some_and(|before| estimate < before * 9 / 10)
    }

    /// What is left for pictures, if it is known.
    pub(crate) fn budget(&self, audio: Bitrate) -> Option<Bitrate> {
        self.estimate.map(|estimate| estimate.saturating_sub(audio))
    }

    /// Whether more would be sent if there were room.
    pub(crate) fn limits(&self, choice: &Choice, audio: Bitrate) -> bool {
        self.budget(audio).is_some_and(|budget| budget < choice.ideal)
    }

    /// What to ask for, if it is something else than before.
    pub(crate) fn ask(&mut self, now: Instant, choice: &Choice, audio: Bitrate) -> Option<Ask> {
        let limited = self.limits(choice, audio);
        // Where it was wide enough until now, a picture that is made larger is tried at once.
        let most = self.estimate.filter(|_| self.paced).map_or(u64::MAX, |estimate| estimate * TRY_TIMES);
        let best = ((choice.ideal + audio) * 5 / 4).min(most);
        // Who looks at nothing needs no room.
        let next = if choice.layers.is_empty() { 0 } else { choice.next + audio };
        // Only a rise is looked into: where it does not come by itself, less is wanted for a moment. What begins to be
        // too narrow is a rise by itself.
        let dip = limited && now.saturating_duration_since(self.tried_at) >= TRY_AGAIN_EVERY;
        if dip || !limited {
            self.tried_at = now;
        }
        let ask = match (limited, dip) {
            // Nothing is gained by filling up what is not needed.
            (false, _) => Ask { least: 0, best },
            (true, true) => Ask { least: next.min(best), best: next.min(best) },
            (true, false) => Ask { least: next.min(best), best },
        };
        (ask != std::mem::replace(&mut self.asked, ask)).then_some(ask)
    }

    /// What is sent although it does not fit, for now.
    pub(crate) fn patience(&mut self, now: Instant, choice: &Choice) -> Patience {
        if choice.layers.iter().all(Option::is_some) {
            self.starving_since = None;
            return Patience { with_present: false, with_first: false };
        }
        let starved_for = now.saturating_duration_since(*self.starving_since.get_or_insert(now));
        let blind = choice.layers.iter().all(Option::is_none);
        let trying = starved_for.as_millis() % BLIND_EVERY.as_millis() < AGAINST_FOR.as_millis();
        Patience { with_present: starved_for < AGAINST_FOR, with_first: blind && trying }
    }

    /// Whether packets have to be spaced from now on, if that is new. Whoever publishes spaces already: where the
    /// network has not been what limits for a while, packets need not wait for their turn, and leave in runs.
    pub(crate) fn pace(&mut self, now: Instant, limited: bool, spent: Bitrate) -> Option<bool> {
        if limited || self.estimate.is_none_or(|estimate| estimate < spent * 6 / 5) {
            self.narrow_at = now;
        }
        let paced = now.saturating_duration_since(self.narrow_at) < PACE_FOR;
        (paced != std::mem::replace(&mut self.paced, paced)).then_some(paced)
    }
}

/// Which pictures that do not fit are sent all the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Patience {
    with_present: bool,
    with_first: bool,
}

impl Patience {
    /// For a picture that is shown already or not, at this place in the order of importance.
    pub(crate) fn sends(self, present: bool, place: usize) -> bool {
        (self.with_present && present) || (self.with_first && place == 0)
    }
}

#[cfg(test)]
#[allow(clippy::disallowed_methods, reason = "a moment to count from")]
mod tests {
    use super::*;

    const AUDIO: Bitrate = 48_000;

    fn choice(layers: &[Option<usize>], ideal: Bitrate, next: Bitrate) -> Choice {
        Choice { layers: layers.to_vec(), ideal, next }
    }

    fn seconds(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    #[test]
    fn where_everything_fits_nothing_is_filled_up() {
        let now = Instant::now();
        let mut bandwidth = Bandwidth::new(now);
        bandwidth.estimated(3_000_000);
        let all = choice(&[Some(2)], 1_500_000, 1_500_000);
        assert_eq!(bandwidth.ask(now, &all, AUDIO), Some(Ask { least: 0, best: 1_548_000 * 5 / 4 }));
        assert_eq!(bandwidth.ask(now + seconds(9), &all, AUDIO), None, "nothing new to ask");
    }

    #[test]
    fn who_looks_at_nothing_is_sent_no_padding() {
        let now = Instant::now();
        let mut bandwidth = Bandwidth::new(now);
        bandwidth.estimated(10_000);
        assert_eq!(bandwidth.ask(now, &choice(&[], 0, 0), AUDIO).map(|ask| ask.least), Some(0));
    }

    #[test]
    fn a_narrow_network_is_tried_again_every_few_seconds_and_only_a_little_beyond() {
        let now = Instant::now();
        let mut bandwidth = Bandwidth::new(now);
        bandwidth.estimated(500_000);
        let some = choice(&[Some(0)], 1_500_000, 450_000);
        let up = Ask { least: 498_000, best: 1_500_000 };
        let down = Ask { least: 498_000, best: 498_000 };
        assert_eq!(bandwidth.ask(now, &some, AUDIO), Some(up), "three times what fits");
        assert_eq!(bandwidth.ask(now + seconds(1), &some, AUDIO), None);
        assert_eq!(bandwidth.ask(now + seconds(3), &some, AUDIO), Some(down));
        assert_eq!(bandwidth.ask(now + seconds(3), &some, AUDIO), Some(up), "a rise");
        assert_eq!(bandwidth.ask(now + seconds(5), &some, AUDIO), None);
        assert_eq!(bandwidth.ask(now + seconds(6), &some, AUDIO), Some(down));
    }

    #[test]
    fn what_is_made_larger_on_a_good_network_is_asked_for_in_full_at_once() {
        let now = Instant::now();
        let mut bandwidth = Bandwidth::new(now);
        bandwidth.estimated(600_000);
        let small = choice(&[Some(0)], 150_000, 150_000);
        bandwidth.ask(now, &small, AUDIO);
        assert_eq!(bandwidth.pace(now + PACE_FOR, false, 200_000), Some(false));
        let large = choice(&[Some(0)], 3_000_000, 650_000);
        assert_eq!(bandwidth.ask(now + PACE_FOR, &small, AUDIO), None);
        let asked = bandwidth.ask(now + PACE_FOR, &large, AUDIO);
        assert_eq!(asked, Some(Ask { least: 698_000, best: 3_048_000 * 5 / 4 }));
    }

    #[test]
    fn packets_are_spaced_until_the_network_has_been_wide_for_a_while() {
        let now = Instant::now();
        let mut bandwidth = Bandwidth::new(now);
        assert_eq!(bandwidth.pace(now + seconds(60), false, 100_000), None, "nothing is known yet");
        bandwidth.estimated(1_000_000);
        let wide = now + seconds(60);
        for (after, limited, spent, expected) in [
            (11, false, 500_000, None),
            (12, false, 500_000, Some(false)),
            (13, false, 500_000, None),
            (14, true, 500_000, Some(true)),
            (25, false, 500_000, None),
            (26, false, 500_000, Some(false)),
            (27, false, 900_000, Some(true)),
        ] {
            let told = bandwidth.pace(wide + seconds(after), limited, spent);
            assert_eq!(told, expected, "after {after} s");
        }
    }

    #[test]
    fn pictures_that_do_not_fit_go_after_a_while_and_one_is_tried_now_and_then() {
        let now = Instant::now();
        let mut bandwidth = Bandwidth::new(now);
        let blind = choice(&[None, None], 3_000_000, 150_000);
        for (after, first, present) in [
            (0, true, true),
            (3, true, true),
            (4, false, false),
            (15, false, false),
            (16, true, false),
            (20, false, false),
        ] {
            let patience = bandwidth.patience(now + seconds(after), &blind);
            assert_eq!(patience.sends(false, 0), first, "the first, after {after} s");
            assert_eq!(patience.sends(true, 1), present, "what is shown, after {after} s");
            assert!(!patience.sends(false, 1));
        }
        let fits = choice(&[Some(0), Some(0)], 3_000_000, 150_000);
        assert!(!bandwidth.patience(now + seconds(30), &fits).sends(true, 0));
        let partly = choice(&[Some(0), None], 3_000_000, 150_000);
        assert!(bandwidth.patience(now + seconds(31), &partly).sends(true, 1), "counted anew");
        assert!(!bandwidth.patience(now + seconds(31), &partly).sends(false, 1));
    }
}
