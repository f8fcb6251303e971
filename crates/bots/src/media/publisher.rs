//! What a participant sends, and when: a microphone, and a camera in the layers that somebody wants. Pure: time goes
//! in, packets come out.

use super::marker::Marker;
use super::shape::{Camera, FRAMES_PER_SECOND, Layer};
use super::voice::{self, LOUD, SILENT, Speech};
use super::vp8::{FrameKind, Vp8Writer};
use std::time::{Duration, Instant};

/// A key frame comes this often without being asked for.
const KEY_FRAME_EVERY: Duration = Duration::from_secs(10);
/// What is later than this is left out: the thread was held up, and a burst would be no picture of a camera.
const TOO_LATE: Duration = Duration::from_millis(200);
/// RTP clock ticks (90 kHz) between frames.
const FRAME_TICKS: u32 = 90_000 / FRAMES_PER_SECOND;

/// Which of the tracks a packet belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Track {
    Microphone,
    Camera(Layer),
}

/// A packet that is to be sent now.
#[derive(Debug)]
pub(crate) struct Packet<'a> {
    pub(crate) track: Track,
    /// From below 2¹⁶ on, without a hole.
    pub(crate) sequence: u64,
    /// In ticks of the track's clock.
    pub(crate) time: u32,
    /// The RTP marker bit: the last packet of a frame, the first of a talk spurt.
    pub(crate) marked: bool,
    /// How loud, dBov.
    pub(crate) level: Option<i8>,
    pub(crate) payload: &'a [u8],
}

/// All tracks of one participant.
#[derive(Debug)]
pub(crate) struct Publisher {
    /// Moment 0 of the clock that markers tell.
    epoch: Instant,
    number: u32,
    microphone: Option<Microphone>,
    camera: Option<Frames>,
}

#[derive(Debug)]
struct Microphone {
    speech: Speech,
    ticks: Ticks,
    sequence: u64,
    counter: u32,
    spoke: bool,
}

#[derive(Debug)]
struct Frames {
    ticks: Ticks,
    layers: Vec<Encoding>,
}

#[derive(Debug)]
struct Encoding {
    layer: Layer,
    writer: Vp8Writer,
    sequence: u64,
    wanted: bool,
    key_wanted: bool,
    last_key: Option<Instant>,
}

/// Moments at an even distance.
#[derive(Debug)]
struct Ticks {
    start: Instant,
    number: u32,
    period: Duration,
}

impl Ticks {
    fn due(&self) -> Instant {
        self.start + self.period * self.number
    }

    /// The number of the tick that is due, if one is.
    fn take(&mut self, now: Instant) -> Option<u32> {
        let late = now.checked_duration_since(self.due())?;
        if late > TOO_LATE {
            self.number += u32::try_from(late.as_nanos() / self.period.as_nanos()).unwrap_or(0);
        }
        self.number += 1;
        Some(self.number - 1)
    }
}

impl Publisher {
    /// Begins to send at `start`, or up to a frame later: not everybody's cameras take pictures at the same moment.
    pub(crate) fn new(
        number: u32,
        epoch: Instant,
        start: Instant,
        microphone: Option<Speech>,
        camera: Option<Camera>,
    ) -> Self {
        let spread = |period: Duration| start + period * (number.wrapping_mul(7_919) % 997) / 997;
        let frame_time = Duration::from_secs(1) / FRAMES_PER_SECOND;
        // Somewhere in the lower half, as with browsers.
        let sequence = u64::from(1 + number.wrapping_mul(6_007) % 30_000);
        let microphone = microphone.map(|speech| Microphone {
            speech,
            ticks: Ticks { start: spread(voice::PACKET_TIME), number: 0, period: voice::PACKET_TIME },
            sequence,
            counter: 0,
            spoke: false,
        });
        let encoding = |layer: &Layer| Encoding {
            layer: *layer,
            writer: Vp8Writer::new(number, *layer),
            sequence: sequence + u64::from(layer.number()) * 1_000,
            wanted: true,
            key_wanted: true,
            last_key: None,
        };
        let camera = camera.map(|camera| Frames {
            ticks: Ticks { start: spread(frame_time), number: 0, period: frame_time },
            layers: camera.layers().iter().map(encoding).collect(),
        });
        Self { epoch, number, microphone, camera }
    }

    /// When there is something to send again.
    pub(crate) fn next(&self) -> Option<Instant> {
        let microphone = self.microphone.as_ref().map(|microphone| microphone.ticks.due());
        let camera = self.camera.as_ref().filter(|camera| camera.layers.iter().any(|layer| layer.wanted));
        microphone.into_iter().chain(camera.map(|camera| camera.ticks.due())).min()
    }

    /// From now on the camera is sent in these layers alone. One that was not sent before begins with a key frame.
    pub(crate) fn want(&mut self, wanted: impl Fn(Layer) -> bool) {
        for encoding in self.camera.iter_mut().flat_map(|camera| &mut camera.layers) {
            let now_wanted = wanted(encoding.layer);
            encoding.key_wanted |= now_wanted && !encoding.wanted;
            encoding.wanted = now_wanted;
        }
    }

    /// The next frame of this layer, or of all of them, is a key frame.
    pub(crate) fn want_key_frame(&mut self, wanted: Option<Layer>) {
        for encoding in self.camera.iter_mut().flat_map(|camera| &mut camera.layers) {
            encoding.key_wanted |= wanted.is_none_or(|layer| layer == encoding.layer);
        }
    }

    /// From now on one speaks at these times.
    pub(crate) fn speak(&mut self, speech: Speech) {
        if let Some(microphone) = &mut self.microphone {
            microphone.speech = speech;
        }
    }

    /// Calls `each` for every packet that is due.
    pub(crate) fn poll(&mut self, now: Instant, mut each: impl FnMut(Packet<'_>)) {
        let sent = nanos(self.epoch, now);
        if let Some(microphone) = &mut self.microphone {
            let speaks = microphone.speech.speaks(now.saturating_duration_since(self.epoch));
            while let Some(tick) = microphone.ticks.take(now) {
                each(microphone.packet(self.number, tick, sent, speaks).as_packet());
            }
        }
        let Some(camera) = &mut self.camera else { return };
        while let Some(tick) = camera.ticks.take(now) {
            let time = tick.wrapping_mul(FRAME_TICKS);
            for encoding in camera.layers.iter_mut().filter(|encoding| encoding.wanted) {
                encoding.frame(now, time, sent, &mut each);
            }
        }
    }
}

/// A packet of sound, with its payload.
struct Sound {
    sequence: u64,
    time: u32,
    marked: bool,
    level: i8,
    payload: [u8; 80],
}

impl Sound {
    fn as_packet(&self) -> Packet<'_> {
        let Self { sequence, time, marked, level, payload } = self;
        let (track, level) = (Track::Microphone, Some(*level));
        Packet { track, sequence: *sequence, time: *time, marked: *marked, level, payload }
    }
}

impl Microphone {
    fn packet(&mut self, publisher: u32, tick: u32, sent: u64, speaks: bool) -> Sound {
        let marker = Marker {
            publisher,
            layer: None,
            counter: self.counter,
            frame: self.counter,
            index: 0,
            of: 1,
            key: true,
            sent,
        };
        let sound = Sound {
            sequence: self.sequence,
            time: tick.wrapping_mul(voice::PACKET_TICKS),
            marked: speaks && !self.spoke,
            level: if speaks { LOUD } else { SILENT },
            payload: voice::payload(&marker),
        };
        self.spoke = speaks;
        self.counter = self.counter.wrapping_add(1);
        self.sequence += 1;
        sound
    }
}

impl Encoding {
    fn frame(&mut self, now: Instant, time: u32, sent: u64, each: &mut impl FnMut(Packet<'_>)) {
        let old = self.last_key.is_none_or(|last| now.saturating_duration_since(last) >= KEY_FRAME_EVERY);
        let kind = if self.key_wanted || old { FrameKind::Key } else { FrameKind::Delta };
        if kind == FrameKind::Key {
            self.key_wanted = false;
            self.last_key = Some(now);
        }
        let (track, sequence) = (Track::Camera(self.layer), &mut self.sequence);
        self.writer.frame(kind, sent, |payload, marker| {
            let marked = marker.index + 1 == marker.of;
            each(Packet { track, sequence: *sequence, time, marked, level: None, payload });
            *sequence += 1;
        });
    }
}

/// Nanoseconds of the clock that began at `epoch`.
pub(crate) fn nanos(epoch: Instant, now: Instant) -> u64 {
    u64::try_from(now.saturating_duration_since(epoch).as_nanos()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::{Publisher, Track};
    use crate::media::{Camera, Layer, Marker, Speech};
    use std::time::{Duration, Instant};

    type Sent = (Track, u64, Marker, Option<i8>);

    /// What is sent in a time, polled when it asks to be.
    fn run(publisher: &mut Publisher, from: Instant, time: Duration) -> Vec<Sent> {
        let mut sent = Vec::new();
        while let Some(next) = publisher.next().filter(|next| *next < from + time) {
            publisher.poll(next, |packet| {
                let marker = Marker::parse(packet.payload).unwrap();
                sent.push((packet.track, packet.sequence, marker, packet.level));
            });
        }
        sent
    }

    fn of(sent: &[Sent], track: Track) -> Vec<&Sent> {
        sent.iter().filter(|one| one.0 == track).collect()
    }

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn a_second_has_fifty_packets_of_sound_and_thirty_frames() {
        let start = Instant::now();
        let camera = Some(Camera::Single(Layer::Full));
        let mut publisher = Publisher::new(5, start, start, Some(Speech::Always), camera);
        let sent = run(&mut publisher, start, SECOND);
        let sound = of(&sent, Track::Microphone);
        assert_eq!(sound.len(), 50);
        assert!(sound.iter().all(|packet| packet.3 == Some(-20)));
        let pictures = of(&sent, Track::Camera(Layer::Full));
        assert_eq!(pictures.len(), 29 * 6 + 18);
        assert!(pictures.windows(2).all(|pair| pair[1].1 == pair[0].1 + 1));
    }

    #[test]
    fn key_frames_come_at_the_start_every_ten_seconds_and_when_asked_for() {
        let start = Instant::now();
        let mut publisher = Publisher::new(0, start, start, None, Some(Camera::Simulcast));
        let keys = |sent: &[Sent], layer| {
            of(sent, Track::Camera(layer)).iter().filter(|packet| packet.2.key && packet.2.index == 0).count()
        };
        let sent = run(&mut publisher, start, 11 * SECOND);
        assert_eq!((keys(&sent, Layer::Quarter), keys(&sent, Layer::Full)), (2, 2));
        publisher.want_key_frame(Some(Layer::Half));
        let sent = run(&mut publisher, start + 11 * SECOND, SECOND);
        let counts = [Layer::Quarter, Layer::Half, Layer::Full].map(|layer| keys(&sent, layer));
        assert_eq!(counts, [0, 1, 0]);
    }

    #[test]
    fn a_layer_nobody_wants_is_not_sent_and_comes_back_with_a_key_frame() {
        let start = Instant::now();
        let mut publisher = Publisher::new(0, start, start, None, Some(Camera::Simulcast));
        run(&mut publisher, start, SECOND);
        publisher.want(|layer| layer == Layer::Quarter);
        let sent = run(&mut publisher, start + SECOND, SECOND);
        assert!(!sent.is_empty() && sent.iter().all(|packet| packet.0 == Track::Camera(Layer::Quarter)));
        publisher.want(|_| false);
        assert_eq!(publisher.next(), None);
        publisher.want(|layer| layer == Layer::Full);
        let now = start + 5 * SECOND;
        let mut first = None;
        publisher.poll(now, |packet| {
            first.get_or_insert(Marker::parse(packet.payload).unwrap());
        });
        let first = first.unwrap();
        assert!(first.key && first.layer == Some(Layer::Full));
    }

    #[test]
    fn who_was_held_up_leaves_out_what_is_too_late() {
        let start = Instant::now();
        let mut publisher = Publisher::new(0, start, start, Some(Speech::Never), None);
        run(&mut publisher, start, SECOND);
        let mut count = 0;
        publisher.poll(start + 3 * SECOND, |packet| {
            assert_eq!(packet.level, Some(-127));
            count += 1;
        });
        assert!(count <= 2, "{count}");
    }
}
