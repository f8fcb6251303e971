//! What a receiver can tell of what it received, for each slot.

use super::frames::{FrameCounts, Frames};
use super::marker::Marker;
use super::shape::{Kind, Layer};
use super::vp8;
use super::window::{Arrival, Window};
use hdrhistogram::Histogram;
use std::time::{Duration, Instant};

/// Layers (or publishers) that a slot remembers, for retransmissions that arrive after a change.
const RUNS: usize = 4;

/// Counters of one slot, or the sum of several.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// Packets that arrived, retransmitted ones among them.
    pub packets: u64,
    /// Bytes of their payloads.
    pub bytes: u64,
    /// Holes in the sequence numbers that nothing filled.
    pub lost: u64,
    /// Packets that arrived after later ones.
    pub reordered: u64,
    /// The same packet of the publisher, again.
    pub duplicates: u64,
    /// Packets of the publisher left out although the sequence numbers have no hole. Of sound that is a pause; of
    /// pictures a defect of the server.
    pub left_out: u64,
    /// Packets without a marker.
    pub unmarked: u64,
    /// Changes of layer of the same publisher.
    pub layer_changes: u64,
    /// Changes of publisher.
    pub publisher_changes: u64,
    /// The longest time between two packets of one publisher.
    pub longest_gap: Duration,
    /// Pictures.
    pub frames: FrameCounts,
}

impl Counts {
    /// Both together.
    pub fn add(&mut self, other: &Self) {
        self.packets += other.packets;
        self.bytes += other.bytes;
        self.lost += other.lost;
        self.reordered += other.reordered;
        self.duplicates += other.duplicates;
        self.left_out += other.left_out;
        self.unmarked += other.unmarked;
        self.layer_changes += other.layer_changes;
        self.publisher_changes += other.publisher_changes;
        self.longest_gap = self.longest_gap.max(other.longest_gap);
        let (frames, others) = (&mut self.frames, &other.frames);
        frames.decodable += others.decodable;
        frames.undecodable += others.undecodable;
        frames.incomplete += others.incomplete;
        frames.wrong_layer += others.wrong_layer;
        frames.picture_id_jumps += others.picture_id_jumps;
        frames.key_frames += others.key_frames;
        frames.longest_freeze = frames.longest_freeze.max(others.longest_freeze);
    }
}

/// Latencies in microseconds, up to a minute, two digits.
pub(crate) fn latencies() -> Histogram<u32> {
    Histogram::new_with_bounds(1, 60_000_000, 2).expect("the bounds are in order")
}

/// What one slot received.
#[derive(Clone)]
pub struct SlotReport {
    /// The section's id.
    pub mid: String,
    /// Sound or picture.
    pub kind: Kind,
    /// What was counted.
    pub counts: Counts,
    /// From the publisher's sending to the receiver's reading, microseconds.
    pub latency: Histogram<u32>,
    /// Packets of q, h and f.
    pub layers: [u64; 3],
    /// Whose packets came last.
    pub publisher: Option<u32>,
}

impl std::fmt::Debug for SlotReport {
    /// Of thousands of latencies, two.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SlotReport")
            .field("mid", &self.mid)
            .field("kind", &self.kind)
            .field("counts", &self.counts)
            .field("latency_p50_us", &self.latency.value_at_quantile(0.5))
            .field("latency_p99_us", &self.latency.value_at_quantile(0.99))
            .field("layers", &self.layers)
            .field("publisher", &self.publisher)
            .finish()
    }
}

/// What one peer received and sent.
#[derive(Debug, Clone)]
pub struct PeerReport {
    /// Each slot, in the order of the description.
    pub slots: Vec<SlotReport>,
    /// From the join to the connection.
    pub connected: Option<Duration>,
    /// From the join to the first packet of sound.
    pub first_audio: Option<Duration>,
    /// From the join to the first packet of a picture.
    pub first_video: Option<Duration>,
    /// Packets that were sent, retransmissions not counted.
    pub sent: u64,
    /// Of these, pictures by layer: q, h and f.
    pub sent_layers: [u64; 3],
    /// Key frames that one was asked for.
    pub key_frame_requests: u64,
    /// Key frames that one asked for, because frames were lost.
    pub key_frames_wanted: u64,
    /// Datagrams that the network of this peer swallowed, to it and from it.
    pub dropped: (u64, u64),
    /// What str0m refused.
    pub errors: u64,
}

impl PeerReport {
    /// Everything of one kind.
    #[must_use]
    pub fn counts(&self, kind: Kind) -> Counts {
        let mut sum = Counts::default();
        for slot in self.slots.iter().filter(|slot| slot.kind == kind) {
            sum.add(&slot.counts);
        }
        sum
    }
}

/// A packet as it arrived.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Received<'a> {
    /// When.
    pub(crate) now: Instant,
    /// The same in nanoseconds of the clock that markers tell.
    pub(crate) nanos: u64,
    pub(crate) ssrc: u32,
    /// Counted on beyond 16 bits.
    pub(crate) sequence: u64,
    pub(crate) payload: &'a [u8],
}

#[derive(Debug)]
struct Run {
    publisher: u32,
    layer: Option<Layer>,
    window: Window,
}

/// One slot.
#[derive(Debug)]
pub(crate) struct SlotStats {
    kind: Kind,
    counts: Counts,
    latency: Histogram<u32>,
    layers: [u64; 3],
    sequence: Option<(u32, Window)>,
    /// The last one is the present one.
    runs: Vec<Run>,
    frames: Frames,
    last: Option<Instant>,
}

impl SlotStats {
    pub(crate) fn new(kind: Kind) -> Self {
        Self {
            kind,
            counts: Counts::default(),
            latency: latencies(),
            layers: [0; 3],
            sequence: None,
            runs: Vec::new(),
            frames: Frames::default(),
            last: None,
        }
    }

    pub(crate) fn packet(&mut self, received: Received<'_>) {
        self.counts.packets += 1;
        self.counts.bytes += received.payload.len() as u64;
        let arrival = self.arrival(received.ssrc, received.sequence);
        if arrival == Arrival::Late {
            self.counts.reordered += 1;
        }
        let Some(marker) = Marker::parse(received.payload) else {
            self.counts.unmarked += 1;
            return;
        };
        self.latency.saturating_record(received.nanos.saturating_sub(marker.sent) / 1000);
        if let Some(layer) = marker.layer {
            self.layers[usize::from(layer.number())] += 1;
        }
        self.origin(&marker, arrival);
        if let Some(last) = self.last.replace(received.now) {
            let gap = received.now.saturating_duration_since(last);
            self.counts.longest_gap = self.counts.longest_gap.max(gap);
        }
        if self.kind == Kind::Video
            && let Some(id) = vp8::picture_id(received.payload)
        {
            self.frames.packet(received.now, id, &marker);
        }
    }

    /// Whether nothing more can be decoded without a key frame.
    pub(crate) fn waits_for_key_frame(&self) -> bool {
        self.frames.waits_for_key_frame()
    }

    fn arrival(&mut self, ssrc: u32, sequence: u64) -> Arrival {
        match &mut self.sequence {
            Some((present, window)) if *present == ssrc => window.insert(sequence),
            other => {
                if let Some((_, window)) = other.take() {
                    self.counts.lost += window.missing();
                }
                *other = Some((ssrc, Window::starting_with(sequence)));
                Arrival::InOrder
            }
        }
    }

    /// Follows whose packets these are, and whether any came twice or was left out.
    fn origin(&mut self, marker: &Marker, arrival: Arrival) {
        let (publisher, layer) = (marker.publisher, marker.layer);
        let number = u64::from(marker.counter);
        let known = self.runs.iter().position(|run| (run.publisher, run.layer) == (publisher, layer));
        let present = self.runs.len().wrapping_sub(1);
        let late = matches!(arrival, Arrival::Late | Arrival::Duplicate);
        if let Some(place) = known {
            let run = &mut self.runs[place];
            if place == present && arrival == Arrival::InOrder && number > run.window.highest() + 1 {
                self.counts.left_out += number - run.window.highest() - 1;
                run.window = Window::starting_with(number);
                return;
            }
            if place == present || late || run.window.spans(number) {
                self.counts.duplicates += u64::from(run.window.insert(number) == Arrival::Duplicate);
                return;
            }
            self.runs.remove(place);
        } else if late && !self.runs.is_empty() {
            // A retransmission of something that is long gone.
            return;
        }
        if let Some(before) = self.runs.last() {
            if before.publisher == publisher {
                self.counts.layer_changes += 1;
            } else {
                self.counts.publisher_changes += 1;
                self.last = None;
            }
        }
        if self.runs.len() == RUNS {
            self.runs.remove(0);
        }
        self.runs.push(Run { publisher, layer, window: Window::starting_with(number) });
    }

    /// Counting begins anew, what is under way goes on.
    pub(crate) fn restart_counting(&mut self) {
        self.counts = Counts::default();
        self.latency.reset();
        self.layers = [0; 3];
        self.sequence = None;
        self.last = None;
        self.frames.restart_counting();
    }

    pub(crate) fn report(&self, mid: String) -> SlotReport {
        let mut counts = self.counts;
        counts.lost += self.sequence.as_ref().map_or(0, |(_, window)| window.missing());
        counts.frames = self.frames.counts();
        let publisher = self.runs.last().map(|run| run.publisher);
        let latency = self.latency.clone();
        SlotReport { mid, kind: self.kind, counts, latency, layers: self.layers, publisher }
    }
}

#[cfg(test)]
mod tests {
    use super::{Counts, Received, SlotReport, SlotStats};
    use crate::media::{Kind, Layer, Marker};
    use std::time::{Duration, Instant};

    /// Sequence number, publisher, layer, counter.
    type Given = (u64, u32, Option<Layer>, u32);
    const FULL: Option<Layer> = Some(Layer::Full);
    const HALF: Option<Layer> = Some(Layer::Half);

    fn run(given: &[Given]) -> SlotReport {
        let start = Instant::now();
        let mut stats = SlotStats::new(Kind::Audio);
        for (place, (sequence, publisher, layer, counter)) in (0..).zip(given) {
            let (publisher, layer, counter) = (*publisher, *layer, *counter);
            let sent = place * 1_000_000;
            let marker = Marker { publisher, layer, counter, frame: 0, index: 0, of: 1, key: true, sent };
            stats.packet(Received {
                now: start + Duration::from_millis(place),
                nanos: sent + 250_000,
                ssrc: 1,
                sequence: *sequence,
                payload: &marker.to_bytes(),
            });
        }
        stats.report("0".into())
    }

    #[test]
    fn what_happened_on_the_way_is_counted() {
        let none = Counts::default();
        let table: &[(&str, &[Given], Counts)] = &[
            ("nothing", &[(1, 1, None, 1), (2, 1, None, 2), (3, 1, None, 3)], none),
            ("lost", &[(1, 1, None, 1), (2, 1, None, 2), (5, 1, None, 5)], Counts { lost: 2, ..none }),
            (
                "reordered",
                &[(1, 1, None, 1), (3, 1, None, 3), (2, 1, None, 2)],
                Counts { reordered: 1, ..none },
            ),
            (
                "sent twice under two sequence numbers",
                &[(1, 1, None, 1), (2, 1, None, 1)],
                Counts { duplicates: 1, ..none },
            ),
            ("left out", &[(1, 1, None, 1), (2, 1, None, 9)], Counts { left_out: 7, ..none }),
            (
                "another layer and back",
                &[(1, 1, FULL, 1), (2, 1, HALF, 90), (3, 1, FULL, 50), (4, 1, FULL, 51)],
                Counts { layer_changes: 2, ..none },
            ),
            (
                "a retransmission of the layer before",
                &[(1, 1, FULL, 1), (3, 1, HALF, 90), (2, 1, FULL, 2), (4, 1, HALF, 91)],
                Counts { layer_changes: 1, reordered: 1, ..none },
            ),
            (
                "another publisher",
                &[(1, 1, None, 1), (2, 2, None, 7), (3, 2, None, 8)],
                Counts { publisher_changes: 1, ..none },
            ),
        ];
        for (name, given, expected) in table {
            let report = run(given);
            let (packets, bytes) = (given.len() as u64, given.len() as u64 * 32);
            let counts = Counts { packets, bytes, longest_gap: Duration::ZERO, ..report.counts };
            assert_eq!(counts, Counts { packets, bytes, ..*expected }, "{name}");
        }
    }

    #[test]
    fn latency_is_from_sending_to_reading() {
        let report = run(&[(1, 1, None, 1), (2, 1, None, 2)]);
        assert!((248..=252).contains(&report.latency.value_at_quantile(0.5)));
        assert_eq!(report.latency.len(), 2);
    }

    #[test]
    fn counting_can_begin_anew_without_losing_the_thread() {
        let now = Instant::now();
        let mut stats = SlotStats::new(Kind::Audio);
        let packet = |stats: &mut SlotStats, number: u32| {
            let marker = Marker {
                publisher: 1,
                layer: None,
                counter: number,
                frame: 0,
                index: 0,
                of: 1,
                key: true,
                sent: 0,
            };
            let sequence = u64::from(number);
            stats.packet(Received { now, nanos: 0, ssrc: 1, sequence, payload: &marker.to_bytes() });
        };
        packet(&mut stats, 1);
        packet(&mut stats, 5);
        stats.restart_counting();
        packet(&mut stats, 6);
        packet(&mut stats, 8);
        let counts = stats.report(String::new()).counts;
        assert_eq!((counts.packets, counts.lost, counts.publisher_changes), (2, 1, 0));
    }

    #[test]
    fn what_carries_no_marker_is_counted_too() {
        let mut stats = SlotStats::new(Kind::Audio);
        let received = Received { now: Instant::now(), nanos: 0, ssrc: 1, sequence: 1, payload: &[0; 50] };
        stats.packet(received);
        let counts = stats.report(String::new()).counts;
        assert_eq!((counts.packets, counts.unmarked), (1, 1));
    }
}
