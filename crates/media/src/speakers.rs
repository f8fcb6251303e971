//! Who is loud, whom everybody hears, and who counts as the one speaking. Pure.

use std::time::{Duration, Instant};

/// Louder than this is speech, in decibels above silence (127 is as loud as it gets).
const SPEECH: f32 = 72.0;
/// How fast a level follows what is heard, per packet of 20 ms: up within two packets, down within half a second,
/// so that the pauses between words do not count.
const RISE: f32 = 0.5;
const FALL: f32 = 0.08;
/// Somebody who is heard already keeps the place against one who is only this little louder.
const INCUMBENT: f32 = 8.0;
/// Somebody of whom nothing has come for this long is silent.
const GONE: Duration = Duration::from_millis(400);
/// Speech shorter than this is a cough.
const SPEAKS_AFTER: Duration = Duration::from_millis(250);
/// The one speaking stays so over pauses this long.
const PAUSE: Duration = Duration::from_millis(900);
/// Somebody else who is this much louder takes over at once.
const LOUDER: f32 = 12.0;

#[derive(Debug)]
struct Voice<K> {
    key: K,
    level: f32,
    heard_at: Option<Instant>,
    speaks_since: Option<Instant>,
    spoke_at: Option<Instant>,
    /// Among the loudest when last asked.
    ranked: bool,
}

/// Everybody who may be heard in a room.
#[derive(Debug)]
pub(crate) struct Speakers<K> {
    voices: Vec<Voice<K>>,
    active: Option<K>,
    /// Since somebody last asked.
    active_changed: bool,
}

impl<K> Default for Speakers<K> {
    fn default() -> Self {
        Self { voices: Vec::new(), active: None, active_changed: false }
    }
}

impl<K: Copy + Eq> Speakers<K> {
    /// Whoever is in it already stays as they are.
    pub(crate) fn add(&mut self, key: K) {
        if self.voices.iter().any(|voice| voice.key == key) {
            return;
        }
        self.voices.push(Voice {
            key,
            level: 0.0,
            heard_at: None,
            speaks_since: None,
            spoke_at: None,
            ranked: false,
        });
    }

    pub(crate) fn remove(&mut self, key: K) {
        self.voices.retain(|voice| voice.key != key);
        if self.active == Some(key) {
            self.active = None;
            self.active_changed = true;
        }
    }

    /// A packet arrived. `level` is its loudness as the header extension has it: 0 is the loudest, -127 silence.
    pub(crate) fn hear(&mut self, key: K, level: i8, now: Instant) {
        let Some(voice) = self.voices.iter_mut().find(|voice| voice.key == key) else { return };
        let loudness = 127.0 - f32::from(level.unsigned_abs().min(127));
        let speed = if loudness > voice.level { RISE } else { FALL };
        voice.level += speed * (loudness - voice.level);
        voice.heard_at = Some(now);
        if loudness >= SPEECH {
            voice.spoke_at = Some(now);
            voice.speaks_since.get_or_insert(now);
        }
    }

    /// The `count` loudest, loudest first; the silent too, as far as there is room.
    pub(crate) fn loudest(&mut self, count: usize, now: Instant) -> Vec<K> {
        for voice in &mut self.voices {
            let gone = voice.heard_at.is_none_or(|at| now.saturating_duration_since(at) > GONE);
            if gone {
                voice.level = 0.0;
            }
        }
        let score = |voice: &Voice<K>| voice.level + if voice.ranked { INCUMBENT } else { 0.0 };
        let mut order: Vec<_> = (0..self.voices.len()).collect();
        // Stable: who is equally silent stays in the order of coming.
        order.sort_by(|a, b| score(&self.voices[*b]).total_cmp(&score(&self.voices[*a])));
        for (rank, index) in order.iter().enumerate() {
            self.voices[*index].ranked = rank < count;
        }
        order.into_iter().take(count).map(|index| self.voices[index].key).collect()
    }

    /// The one who is speaking, or spoke last.
    pub(crate) fn active(&self) -> Option<K> {
        self.active
    }

    /// The one who is speaking, if it is somebody else than at the last call; nobody when the one who was has gone.
    pub(crate) fn active_changed(&mut self, now: Instant) -> Option<Option<K>> {
        if let Some(next) = self.next_active(now) {
            self.active = Some(next);
            self.active_changed = true;
        }
        std::mem::take(&mut self.active_changed).then_some(self.active)
    }

    /// Who takes over from whoever was speaking.
    fn next_active(&mut self, now: Instant) -> Option<K> {
        for voice in &mut self.voices {
            let silent = voice.spoke_at.is_none_or(|at| now.saturating_duration_since(at) > PAUSE);
            if silent {
                voice.speaks_since = None;
            }
        }
        let speaking = |voice: &&Voice<K>| {
            voice.speaks_since.is_some_and(|since| now.saturating_duration_since(since) >= SPEAKS_AFTER)
        };
        let loudest = self.voices.iter().filter(speaking).max_by(|a, b| a.level.total_cmp(&b.level))?;
        if self.active == Some(loudest.key) {
            return None;
        }
        let present = self.voices.iter().filter(speaking).find(|voice| Some(voice.key) == self.active);
        if present.is_some_and(|present| loudest.level < present.level + LOUDER) {
            return None;
        }
        Some(loudest.key)
    }
}

#[cfg(test)]
#[allow(clippy::disallowed_methods, reason = "a moment to count from")]
mod tests {
    use super::*;

    /// Lets everybody talk for a while, each at a level of their own, and asks every 50 ms.
    fn talk(
        speakers: &mut Speakers<u32>,
        now: &mut Instant,
        ms: u64,
        levels: &[(u32, i8)],
    ) -> (Vec<u32>, Vec<Option<u32>>) {
        let (mut ranking, mut active) = (Vec::new(), Vec::new());
        for step in 0..ms / 10 {
            *now += Duration::from_millis(10);
            if step % 2 == 0 {
                for (key, level) in levels {
                    speakers.hear(*key, *level, *now);
                }
            }
            if step % 5 == 0 {
                ranking = speakers.loudest(2, *now);
                active.extend(speakers.active_changed(*now));
            }
        }
        (ranking, active)
    }

    fn three() -> (Speakers<u32>, Instant) {
        let mut speakers = Speakers::default();
        for key in [1, 2, 3] {
            speakers.add(key);
        }
        (speakers, Instant::now())
    }

    #[test]
    fn whoever_speaks_is_among_the_loudest_within_100_ms_and_active_within_a_second() {
        let (mut speakers, mut now) = three();
        let (ranking, active) = talk(&mut speakers, &mut now, 1_000, &[(1, -127), (2, -127), (3, -127)]);
        assert_eq!((ranking, active), (vec![1, 2], vec![]));
        let (ranking, _) = talk(&mut speakers, &mut now, 100, &[(1, -127), (2, -127), (3, -30)]);
        assert_eq!(ranking[0], 3);
        let (_, active) = talk(&mut speakers, &mut now, 900, &[(1, -127), (2, -127), (3, -30)]);
        assert_eq!(active, [Some(3)]);
    }

    #[test]
    fn a_cough_is_not_speech_and_a_pause_does_not_end_it() {
        let (mut speakers, mut now) = three();
        talk(&mut speakers, &mut now, 1_000, &[(1, -30)]);
        let (_, active) = talk(&mut speakers, &mut now, 100, &[(1, -30), (2, -28)]);
        assert_eq!(active, []);
        let (_, active) = talk(&mut speakers, &mut now, 600, &[(1, -127), (2, -127)]);
        assert_eq!(active, [], "between two sentences");
        let (_, active) = talk(&mut speakers, &mut now, 1_000, &[(1, -30), (2, -127)]);
        assert_eq!(active, []);
    }

    #[test]
    fn two_who_talk_at_once_do_not_take_turns_in_the_picture() {
        let (mut speakers, mut now) = three();
        talk(&mut speakers, &mut now, 1_000, &[(1, -30)]);
        let mut changes = Vec::new();
        for round in 0..20 {
            let louder = if round % 2 == 0 { -26 } else { -34 };
            changes.extend(talk(&mut speakers, &mut now, 300, &[(1, -30), (2, louder)]).1);
        }
        assert_eq!(changes, []);
        let (_, active) = talk(&mut speakers, &mut now, 1_500, &[(1, -127), (2, -30)]);
        assert_eq!(active, [Some(2)]);
    }

    #[test]
    fn who_is_gone_is_neither_loud_nor_active() {
        let (mut speakers, mut now) = three();
        talk(&mut speakers, &mut now, 1_000, &[(3, -20)]);
        let (ranking, _) = talk(&mut speakers, &mut now, 1_000, &[(2, -60)]);
        assert_eq!(ranking[0], 2);
        speakers.remove(3);
        let (_, active) = talk(&mut speakers, &mut now, 1_000, &[(2, -40)]);
        assert_eq!(active, [None, Some(2)]);
        // Another one by the same key is another one.
        speakers.remove(2);
        speakers.add(2);
        let (_, active) = talk(&mut speakers, &mut now, 1_000, &[(2, -40)]);
        assert_eq!(active, [None, Some(2)]);
        speakers.add(2);
        assert_eq!(talk(&mut speakers, &mut now, 100, &[(2, -40)]).0[0], 2, "who is in it is not new");
    }
}
