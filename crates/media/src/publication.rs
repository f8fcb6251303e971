//! A track that somebody sends, in one or more layers.

use crate::keyframes::RequestLimiter;
use crate::layers::{Bitrate, Encoding};
use crate::{PeerId, Source, TrackOffer};
use std::time::{Duration, Instant};
use str0m::format::PayloadParams;
use str0m::media::{Mid, Pt, Rid};

/// A layer of which nothing has come for this long is not there. Shared screens stand still for longer than faces.
const STILL: Duration = Duration::from_millis(700);
const STILL_SCREEN: Duration = Duration::from_secs(3);
/// A program of which no picture has come for this long shows none. Some send one of their slides every other second.
const PROGRAM_STILL: Duration = Duration::from_secs(3);
/// Over which time a rate is measured.
const WINDOW: Duration = Duration::from_millis(500);
/// A layer that nobody looks at is asked to stop after this long, so that a glance elsewhere costs no key frame.
const UNWANTED_FOR: Duration = Duration::from_secs(3);

/// Where the packets of a slot go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Viewer {
    /// Index of the peer.
    pub(crate) peer: usize,
    /// Index of its slot.
    pub(crate) slot: usize,
}

pub(crate) struct Layer {
    pub(crate) rid: Option<Rid>,
    /// As the sender names it; empty for a track without layers.
    pub(crate) name: String,
    pub(crate) limiter: RequestLimiter,
    size: u32,
    expected: Bitrate,
    measured: Option<Bitrate>,
    window: Option<(Instant, u64)>,
    last_packet: Option<Instant>,
    wanted_until: Option<Instant>,
}

pub(crate) struct Publication {
    /// Index of the peer that sends it.
    pub(crate) owner: usize,
    pub(crate) publisher: PeerId,
    pub(crate) source: Source,
    pub(crate) mid: Mid,
    /// Smallest first.
    pub(crate) layers: Vec<Layer>,
    pub(crate) viewers: Vec<Viewer>,
    /// What it is encoded with, since the last packet that said otherwise.
    pub(crate) payload: Option<(Pt, PayloadParams)>,
    /// The names last told to the sender.
    told: Option<Vec<String>>,
    /// Whether they are told once more, though they are the same.
    tell_anew: bool,
}

impl Publication {
    pub(crate) fn new(owner: usize, publisher: PeerId, track: &TrackOffer) -> Self {
        let layer = |name: &str, width: u32, height: u32| Layer {
            rid: (!name.is_empty()).then(|| Rid::from(name)),
            name: name.to_owned(),
            limiter: RequestLimiter::default(),
            size: width.max(height),
            expected: expected_bitrate(u64::from(width) * u64::from(height)),
            measured: None,
            window: None,
            last_packet: None,
            wanted_until: None,
        };
        let mut layers: Vec<_> =
            track.layers.iter().map(|one| layer(&one.rid, one.width, one.height)).collect();
        if layers.is_empty() {
            layers.push(layer("", 1280, 720));
        }
        Self {
            owner,
            publisher,
            source: track.source,
            mid: Mid::from(track.mid.as_str()),
            layers,
            viewers: Vec::new(),
            payload: None,
            told: None,
            tell_anew: false,
        }
    }

    pub(crate) fn is_audio(&self) -> bool {
        self.source.is_audio()
    }

    /// Which layer packets with this id belong to.
    pub(crate) fn layer_of(&self, rid: Option<Rid>) -> Option<usize> {
        self.layers.iter().position(|layer| layer.rid == rid)
    }

    /// A packet of a layer arrived.
    pub(crate) fn count(&mut self, layer: usize, bytes: usize, now: Instant) {
        let layer = &mut self.layers[layer];
        layer.last_packet = Some(now);
        let (since, sum) = layer.window.get_or_insert((now, 0));
        *sum += bytes as u64;
        let elapsed = now.saturating_duration_since(*since);
        if elapsed >= WINDOW {
            let rate = *sum * 8_000 / u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX).max(1);
            // Follows upwards at once and downwards slowly: a quiet moment is no reason to promise more than fits.
            layer.measured = Some(layer.measured.map_or(rate, |before| rate.max((before * 3 + rate) / 4)));
            layer.window = Some((now, 0));
        }
    }

    /// Whether a program sends pictures. Of a page that is not to be seen by what comes: it is told to stop while nobody
    /// looks.
    pub(crate) fn moves(&self, now: Instant) -> bool {
        let moves = |at: Instant| now.saturating_duration_since(at) < PROGRAM_STILL;
        self.layers.iter().any(|layer| layer.last_packet.is_some_and(moves))
    }

    /// What there is to choose from.
    pub(crate) fn encodings(&self, now: Instant, into: &mut Vec<Encoding>) {
        let still = if self.source == Source::Screen { STILL_SCREEN } else { STILL };
        into.clear();
        into.extend(self.layers.iter().map(|layer| {
            let flowing = layer.last_packet.is_some_and(|at| now.saturating_duration_since(at) < still);
            let measured = layer.measured.filter(|_| flowing);
            Encoding { size: layer.size, bitrate: measured.unwrap_or(layer.expected), flowing }
        }));
    }

    /// Somebody looks at this layer, or would.
    pub(crate) fn want(&mut self, layer: usize, now: Instant) {
        if let Some(layer) = self.layers.get_mut(layer) {
            layer.wanted_until = Some(now + UNWANTED_FOR);
        }
    }

    /// Whoever was told last may not have heard it.
    pub(crate) fn tell_anew(&mut self) {
        self.tell_anew = self.told.is_some();
    }

    /// The names of the layers that are looked at, if these are others than last told.
    pub(crate) fn wanted_changed(&mut self, now: Instant) -> Option<Vec<String>> {
        let wanted = |layer: &&Layer| layer.wanted_until.is_some_and(|until| until > now);
        let names: Vec<_> = self.layers.iter().filter(wanted).map(|layer| layer.name.clone()).collect();
        // What has not begun is not stopped: who is to look at it says so at about the same time.
        let begun = self.layers.iter().any(|layer| layer.last_packet.is_some());
        if self.told.is_none() && names.is_empty() && !begun {
            return None;
        }
        // Senders begin with everything on.
        let all = || self.layers.iter().map(|layer| layer.name.clone()).collect::<Vec<_>>();
        let same = self.told.as_ref().map_or_else(|| all() == names, |told| *told == names);
        if same && !std::mem::take(&mut self.tell_anew) {
            return None;
        }
        self.tell_anew = false;
        self.told = Some(names.clone());
        Some(names)
    }
}

/// What cameras of this many pixels take at 30 pictures a second; between what browsers make of them.
fn expected_bitrate(pixels: u64) -> Bitrate {
    match pixels {
        0..=60_000 => 150_000,
        60_001..=130_000 => 300_000,
        130_001..=240_000 => 500_000,
        240_001..=520_000 => 900_000,
        _ => 1_700_000,
    }
}
