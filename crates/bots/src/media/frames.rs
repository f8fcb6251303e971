//! Whether a decoder could decode what arrives: frames are put together and followed in the order of their picture
//! ids, as browsers do it with VP8.
//!
//! A frame that is no key frame needs the one before it, of the same publisher and layer. A server that switches
//! without a key frame, or that leaves holes in the picture ids, is found out here.

use super::marker::Marker;
use super::shape::Layer;
use std::collections::BTreeMap;
use std::time::{Duration, Instant};

/// Frames behind a hole before it is given up: half a second, in which retransmissions arrive.
const PATIENCE: usize = 15;
const IDS: u64 = 1 << 15;

/// What became of the frames.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct FrameCounts {
    /// A decoder would have shown them.
    pub decodable: u64,
    /// Complete, but what they need was missing.
    pub undecodable: u64,
    /// Never complete.
    pub incomplete: u64,
    /// Of another publisher or layer than the frame before, without being a key frame: a defect of the server.
    pub wrong_layer: u64,
    /// The picture id jumped where the publisher's frames did not: a defect of the server.
    pub picture_id_jumps: u64,
    /// Key frames among the decodable.
    pub key_frames: u64,
    /// The longest time without a decodable frame between two of them.
    pub longest_freeze: Duration,
}

type Origin = (u32, Option<Layer>);

#[derive(Debug)]
struct Frame {
    origin: Origin,
    number: u32,
    key: bool,
    of: u8,
    arrived: u64,
}

impl Frame {
    fn complete(&self) -> bool {
        self.arrived.count_ones() == u32::from(self.of)
    }
}

/// The frame that was followed last, whether or not it was decodable.
#[derive(Debug, Clone, Copy)]
struct Last {
    id: u64,
    origin: Origin,
    number: u32,
}

/// Follows the frames of one slot.
#[derive(Debug, Default)]
pub(crate) struct Frames {
    pending: BTreeMap<u64, Frame>,
    last: Option<Last>,
    newest: Option<Last>,
    /// A reference is missing: only a key frame helps.
    broken: bool,
    shown: Option<Instant>,
    counts: FrameCounts,
}

impl Frames {
    /// A packet that arrived.
    pub(crate) fn packet(&mut self, now: Instant, picture_id: u16, marker: &Marker) {
        let origin = (marker.publisher, marker.layer);
        let id = self.unwrap(picture_id);
        let new = Last { id, origin, number: marker.frame };
        if let Some(newest) = self.newest {
            let ahead = marker.frame.wrapping_sub(newest.number);
            let same = newest.origin == origin;
            if same && ahead != 0 && ahead < 1 << 31 && id != newest.id + u64::from(ahead) {
                self.counts.picture_id_jumps += 1;
            }
            let backward = id <= newest.id && (!same || ahead != 0 && ahead < 1 << 31);
            if backward && marker.key && marker.index == 0 && !self.pending.contains_key(&id) {
                // Ids go back, and a key frame begins there: a decoder would be told to start over.
                self.counts.picture_id_jumps += u64::from(!same);
                self.pending.clear();
                self.last = None;
                self.newest = None;
            }
        }
        if self.newest.is_none_or(|newest| id > newest.id) {
            self.newest = Some(new);
        }
        if self.last.is_some_and(|last| id <= last.id) {
            return;
        }
        let (key, of) = (marker.key, marker.of);
        let frame =
            self.pending.entry(id).or_insert(Frame { origin, number: marker.frame, key, of, arrived: 0 });
        frame.arrived |= 1_u64.checked_shl(u32::from(marker.index)).unwrap_or(0);
        self.follow(now);
    }

    /// Whether nothing more can be decoded without a key frame.
    pub(crate) fn waits_for_key_frame(&self) -> bool {
        self.broken
    }

    pub(crate) fn counts(&self) -> FrameCounts {
        self.counts
    }

    /// Counting begins anew, what is under way goes on.
    pub(crate) fn restart_counting(&mut self) {
        self.counts = FrameCounts::default();
        self.shown = None;
    }

    /// Ids of 15 bits, counted on. They begin one round up, so that they can also go back.
    fn unwrap(&self, picture_id: u16) -> u64 {
        let picture_id = u64::from(picture_id);
        let Some(newest) = self.newest else { return IDS + picture_id };
        let ahead = (picture_id + IDS - newest.id % IDS) % IDS;
        if ahead < IDS / 2 || newest.id < IDS { newest.id + ahead } else { newest.id + ahead - IDS }
    }

    fn follow(&mut self, now: Instant) {
        while let Some((&id, frame)) = self.pending.first_key_value() {
            // A whole key frame needs nothing of what is missing before it: browsers show it at once.
            let overtaken = self.pending.values().skip(1).any(|later| later.key && later.complete());
            let impatient = self.pending.len() > PATIENCE || overtaken;
            let next = self.last.is_some_and(|last| id == last.id + 1);
            let begins = self.last.is_none() && frame.key && frame.complete();
            if !(next && frame.complete() || begins || impatient) {
                return;
            }
            let Some(frame) = self.pending.remove(&id) else { return };
            self.broken |= !next;
            if frame.complete() {
                self.decode(now, &frame);
            } else {
                self.counts.incomplete += 1;
                self.broken = true;
            }
            self.last = Some(Last { id, origin: frame.origin, number: frame.number });
        }
    }

    fn decode(&mut self, now: Instant, frame: &Frame) {
        if !frame.key {
            let before =
                self.last.filter(|last| last.origin == frame.origin && last.number + 1 == frame.number);
            if self.broken || before.is_none() {
                let switched = self.last.is_some_and(|last| last.origin != frame.origin);
                self.counts.wrong_layer += u64::from(!self.broken && switched);
                self.counts.undecodable += 1;
                self.broken = true;
                return;
            }
        }
        self.broken = false;
        self.counts.decodable += 1;
        self.counts.key_frames += u64::from(frame.key);
        if let Some(shown) = self.shown.replace(now) {
            let gap = now.saturating_duration_since(shown);
            self.counts.longest_freeze = self.counts.longest_freeze.max(gap);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{FrameCounts, Frames};
    use crate::media::{Layer, Marker};
    use std::time::{Duration, Instant};

    /// Layer, frame number, whether a key frame, picture id.
    type Given = (Layer, u32, bool, u16);
    use Layer::{Full, Half};

    fn run(given: &[Given]) -> FrameCounts {
        let start = Instant::now();
        let mut frames = Frames::default();
        for (place, (layer, frame, key, id)) in (0..).zip(given) {
            let (layer, frame, key) = (Some(*layer), *frame, *key);
            let marker = Marker { publisher: 1, layer, counter: 0, frame, index: 0, of: 1, key, sent: 0 };
            frames.packet(start + Duration::from_millis(33) * place, *id, &marker);
        }
        FrameCounts { longest_freeze: Duration::ZERO, ..frames.counts() }
    }

    fn counts(decodable: u64, undecodable: u64, key_frames: u64) -> FrameCounts {
        FrameCounts { decodable, undecodable, key_frames, ..FrameCounts::default() }
    }

    /// `count` frames that follow each other, without a key frame.
    fn deltas(layer: Layer, frame: u32, id: u16, count: u16) -> Vec<Given> {
        (0..count).map(|n| (layer, frame + u32::from(n), false, (id + n) & 0x7fff)).collect()
    }

    #[test]
    fn frames_that_follow_a_key_frame_are_decodable_also_over_the_wrap() {
        let mut given = vec![(Full, 0, true, 0x7ffd)];
        given.extend(deltas(Full, 1, 0x7ffe, 40));
        assert_eq!(run(&given), counts(41, 0, 1));
    }

    #[test]
    fn a_switch_of_layers_needs_a_key_frame() {
        let good = [(Half, 10, true, 1), (Half, 11, false, 2), (Full, 70, true, 3), (Full, 71, false, 4)];
        assert_eq!(run(&good), counts(4, 0, 2));
        let bad = [(Half, 10, true, 1), (Full, 70, false, 2), (Full, 71, false, 3), (Full, 72, true, 4)];
        assert_eq!(run(&bad), FrameCounts { wrong_layer: 1, ..counts(2, 2, 2) });
    }

    #[test]
    fn a_picture_id_that_jumps_within_a_layer_is_found() {
        let mut given = vec![(Full, 0, true, 5), (Full, 1, false, 6)];
        given.extend(deltas(Full, 2, 9, 20));
        let counts = run(&given);
        assert_eq!((counts.picture_id_jumps, counts.decodable), (1, 2));
        assert!(counts.undecodable > 0);
    }

    #[test]
    fn ids_that_go_back_with_another_layer_are_found() {
        let given = [(Half, 0, true, 500), (Half, 1, false, 501), (Full, 9, true, 40), (Full, 10, false, 41)];
        assert_eq!(run(&given), FrameCounts { picture_id_jumps: 1, ..counts(4, 0, 2) });
    }

    #[test]
    fn a_lost_frame_costs_all_up_to_the_next_key_frame() {
        let mut given = vec![(Full, 0, true, 1)];
        given.extend(deltas(Full, 2, 3, 20));
        given.push((Full, 22, true, 23));
        given.extend(deltas(Full, 23, 24, 20));
        assert_eq!(run(&given), counts(22, 20, 2));
    }

    #[test]
    fn reordered_frames_are_decodable() {
        let given = [(Full, 0, true, 1), (Full, 2, false, 3), (Full, 1, false, 2), (Full, 3, false, 4)];
        assert_eq!(run(&given), counts(4, 0, 1));
    }

    #[test]
    fn a_frame_is_complete_with_all_its_packets() {
        let now = Instant::now();
        let mut frames = Frames::default();
        let packet = |index| Marker {
            publisher: 1,
            layer: Some(Full),
            counter: 0,
            frame: 0,
            index,
            of: 3,
            key: true,
            sent: 0,
        };
        for index in [0, 2, 2, 0] {
            frames.packet(now, 1, &packet(index));
        }
        assert_eq!(frames.counts(), FrameCounts::default());
        frames.packet(now, 1, &packet(1));
        assert_eq!(frames.counts(), counts(1, 0, 1));
    }

    #[test]
    fn what_comes_before_the_first_key_frame_is_not_decodable() {
        let mut given = deltas(Full, 3, 1, 18);
        given.push((Full, 21, true, 19));
        given.extend(deltas(Full, 22, 20, 18));
        assert_eq!(run(&given), counts(19, 18, 1));
    }

    #[test]
    fn the_longest_freeze_is_between_two_frames_that_can_be_shown() {
        let start = Instant::now();
        let mut frames = Frames::default();
        for (frame, at) in [(0, 0), (1, 30), (2, 530), (3, 560)] {
            let (layer, key) = (Some(Full), frame == 0);
            let marker = Marker { publisher: 1, layer, counter: 0, frame, index: 0, of: 1, key, sent: 0 };
            let id = u16::try_from(frame).unwrap();
            frames.packet(start + Duration::from_millis(at), id, &marker);
        }
        assert_eq!(frames.counts().longest_freeze, Duration::from_millis(500));
    }
}
