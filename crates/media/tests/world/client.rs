//! A participant made of str0m: sends a voice and a camera whose payloads say in which room and by whom they were made,
//! and keeps books on what arrives.

use super::Link;
use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::time::{Duration, Instant};
use str0m::change::{SdpAnswer, SdpPendingOffer};
use str0m::media::{Direction, KeyframeRequestKind, MediaKind, Mid, Rid, Simulcast, SimulcastLayer};
use str0m::rtp::{ExtensionValues, RtpWrite, Vp8Descriptor};
use str0m::{Event as RtcEvent, Rtc};
use visavis_media::{LayerOffer, PeerId, Source, TrackOffer};

/// Bits per second of each layer.
pub(crate) const LAYERS: [(&str, u32, u32, u64); 3] =
    [("q", 320, 180, 150_000), ("h", 640, 360, 500_000), ("f", 1280, 720, 1_500_000)];
/// By which a black picture of the router's own is known: where others say by whom they were made.
pub(super) const NOBODYS: (usize, usize) = (0, 1);
const FRAME_EVERY: Duration = Duration::from_millis(33);
const VOICE_EVERY: Duration = Duration::from_millis(20);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Camera {
    None,
    Single,
    Layers,
    /// A shared screen and its sound, instead of a face and a voice.
    Screen,
}

/// What a slot has received.
#[derive(Debug, Default, Clone)]
pub(crate) struct Received {
    pub(crate) packets: u64,
    /// By publisher and layer.
    pub(crate) by_source: BTreeMap<(usize, usize), u64>,
    pub(crate) frames: u64,
    pub(crate) last_frame: Option<Instant>,
    pub(crate) longest_gap: Duration,
    /// Pictures that no decoder could use: a layer without its key frame, an id out of order.
    pub(crate) broken: u64,
    pub(super) layer: Option<(usize, usize)>,
    pub(super) last_picture: Option<u16>,
    pub(super) seen: BTreeSet<u64>,
    pub(crate) duplicates: u64,
    pub(crate) last_layer: Option<usize>,
}

/// A packet of media as it came out of a participant's connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Arrival {
    pub(crate) at: Instant,
    /// As its payload says.
    pub(crate) room: u8,
    pub(crate) publisher: PeerId,
    pub(crate) audio: bool,
    /// Whether every byte is as it was made.
    pub(crate) intact: bool,
}

/// What a participant sends through the signalling.
pub(super) struct Offered {
    pub(super) sdp: String,
    pub(super) tracks: Vec<TrackOffer>,
    pub(super) pending: SdpPendingOffer,
}

struct Track {
    mid: Mid,
    layers: Vec<Option<Rid>>,
    counters: Vec<u32>,
    key_wanted: Vec<bool>,
    active: Vec<bool>,
    next: Instant,
}

pub(crate) struct Client {
    pub(crate) id: PeerId,
    room: u8,
    pub(super) rtc: Rtc,
    pub(crate) address: SocketAddr,
    pub(crate) up: Link,
    pub(crate) down: Link,
    camera: Option<Track>,
    microphone: Option<Track>,
    /// dBov.
    pub(crate) level: i8,
    pub(crate) connected: bool,
    pub(crate) slots: BTreeMap<String, (PeerId, Source)>,
    pub(crate) received: BTreeMap<String, Received>,
    pub(crate) layers_asked: Option<Vec<String>>,
    /// How often a key frame was asked for.
    pub(crate) keyframes_asked: u64,
    /// Bytes sent by each layer.
    pub(crate) sent: [u64; 3],
    pub(super) timeout: Instant,
    /// Every packet of media that came, if somebody asked for it.
    pub(crate) arrivals: Option<Vec<Arrival>>,
    /// Sections: as our str0m names them, as everybody else does.
    mids: Vec<(String, String)>,
}

impl Client {
    pub(super) fn new(id: PeerId, room: u8, rtc: Rtc, address: SocketAddr, now: Instant) -> Self {
        Self {
            id,
            room,
            rtc,
            address,
            up: Link::default(),
            down: Link::default(),
            camera: None,
            microphone: None,
            level: -127,
            connected: false,
            slots: BTreeMap::new(),
            received: BTreeMap::new(),
            layers_asked: None,
            keyframes_asked: 0,
            sent: [0; 3],
            timeout: now,
            arrivals: None,
            mids: Vec::new(),
        }
    }

    pub(super) fn offer(
        &mut self,
        now: Instant,
        camera: Camera,
        (ears, videos): (usize, usize),
        alike: bool,
    ) -> Offered {
        let mut api = self.rtc.sdp_api();
        let microphone = api.add_media(MediaKind::Audio, Direction::SendOnly, None, None, None);
        let (sound, pictures) = match camera {
            Camera::Screen => (Source::ScreenAudio, Source::Screen),
            Camera::None | Camera::Single | Camera::Layers => (Source::Microphone, Source::Camera),
        };
        let mut tracks = vec![TrackOffer { mid: microphone.to_string(), source: sound, layers: Vec::new() }];
        let mut rids = vec![None];
        let renamed = alike && camera != Camera::Layers;
        let camera = (camera != Camera::None).then(|| {
            let simulcast = (camera == Camera::Layers).then(|| {
                let mut simulcast = Simulcast::new();
                rids = LAYERS.iter().map(|(rid, ..)| Some(Rid::from(*rid))).collect();
                for (rid, ..) in LAYERS {
                    simulcast.add_send_layer(SimulcastLayer::new(rid));
                }
                simulcast
            });
            let layers = match camera {
                Camera::Layers => LAYERS
                    .iter()
                    .map(|(rid, width, height, _)| LayerOffer {
                        rid: (*rid).to_owned(),
                        width: *width,
                        height: *height,
                    })
                    .collect(),
                _ => Vec::new(),
            };
            let mid = api.add_media(MediaKind::Video, Direction::SendOnly, None, None, simulcast);
            tracks.push(TrackOffer { mid: mid.to_string(), source: pictures, layers });
            mid
        });
        for _ in 0..ears {
            api.add_media(MediaKind::Audio, Direction::RecvOnly, None, None, None);
        }
        for _ in 0..videos {
            api.add_media(MediaKind::Video, Direction::RecvOnly, None, None, None);
        }
        let (offer, pending): (_, SdpPendingOffer) = api.apply().unwrap();
        let track = |mid, layers: Vec<Option<Rid>>| Track {
            mid,
            counters: vec![0; layers.len()],
            key_wanted: vec![true; layers.len()],
            active: vec![true; layers.len()],
            layers,
            next: now,
        };
        self.microphone = Some(track(microphone, vec![None]));
        self.camera = camera.map(|mid| track(mid, rids));
        let sdp = offer.to_sdp_string();
        let own = sdp.lines().filter_map(|line| line.strip_prefix("a=mid:"));
        // Browsers count their sections, so all have the same names; str0m invents some. Only packets of layers carry
        // them where they matter, and keep them.
        let name = |(place, own): (usize, &str)| {
            let name = if renamed { place.to_string() } else { own.to_owned() };
            (own.to_owned(), name)
        };
        self.mids = own.enumerate().map(name).collect();
        for track in &mut tracks {
            track.mid = self.name(&track.mid);
        }
        Offered { sdp: rename(&sdp, |own| self.name(own)), tracks, pending }
    }

    pub(super) fn accept(&mut self, answer: &str, pending: SdpPendingOffer) {
        let own = |name: &str| {
            let found = self.mids.iter().find(|(_, one)| one == name);
            found.map_or_else(|| name.to_owned(), |(own, _)| own.clone())
        };
        let answer = SdpAnswer::from_sdp_string(&rename(answer, own)).unwrap();
        self.rtc.sdp_api().accept_answer(pending, answer).unwrap();
    }

    fn name(&self, own: &str) -> String {
        let found = self.mids.iter().find(|(one, _)| one == own);
        found.map_or_else(|| own.to_owned(), |(_, name)| name.clone())
    }

    /// The camera is off, or on again.
    pub(crate) fn turn_camera(&mut self, on: bool) {
        let Some(track) = &mut self.camera else { return };
        track.active.fill(on);
        track.key_wanted.fill(on);
    }

    /// The router says which layers anybody looks at.
    pub(super) fn ask_layers(&mut self, rids: &[String]) {
        self.layers_asked = Some(rids.to_vec());
        let Some(track) = &mut self.camera else { return };
        for (index, rid) in track.layers.iter().enumerate() {
            let name = rid.map(|rid| rid.to_string()).unwrap_or_default();
            let active = rids.contains(&name);
            track.key_wanted[index] |= active && !track.active[index];
            track.active[index] = active;
        }
    }

    pub(super) fn next_wake(&self) -> Instant {
        let tracks = [&self.camera, &self.microphone];
        let media = tracks.into_iter().flatten().filter(|_| self.connected).map(|track| track.next);
        media.fold(self.timeout, Instant::min)
    }

    pub(super) fn event(&mut self, event: RtcEvent, now: Instant) {
        match event {
            RtcEvent::Connected => {
                self.connected = true;
                for track in [&mut self.camera, &mut self.microphone].into_iter().flatten() {
                    track.next = now;
                }
            }
            RtcEvent::KeyframeRequest(request) => {
                assert_eq!(request.kind, KeyframeRequestKind::Pli);
                self.keyframes_asked += 1;
                if let Some(track) = self.camera.as_mut().filter(|track| track.mid == request.mid)
                    && let Some(layer) = track.layers.iter().position(|rid| *rid == request.rid)
                {
                    track.key_wanted[layer] = true;
                }
            }
            RtcEvent::RtpPacket(packet) => {
                let ssrc = packet.header.ssrc;
                let Some(mid) = self.rtc.direct_api().stream_rx(&ssrc).map(|stream| stream.mid()) else {
                    return;
                };
                if let Some(arrivals) = &mut self.arrivals {
                    arrivals.push(Arrival::read(&packet.payload, now));
                }
                let name = self.name(&mid.to_string());
                let received = self.received.entry(name).or_default();
                received.take(*packet.seq_no, packet.header.marker, &packet.payload, now);
            }
            _ => {}
        }
    }

    pub(super) fn produce(&mut self, now: Instant) {
        if !self.connected {
            return;
        }
        let publisher = u8::try_from(self.id.0).unwrap();
        if let Some(track) = self.microphone.as_mut().filter(|track| track.next <= now) {
            track.next += VOICE_EVERY;
            let counter = track.counters[0];
            track.counters[0] += 1;
            let mut payload = vec![0xf8, publisher, self.room];
            payload.resize(80, self.room);
            let levels = ExtensionValues {
                audio_level: Some(self.level),
                voice_activity: Some(true),
                ..Default::default()
            };
            if let Some(stream) = self.rtc.direct_api().stream_tx_by_mid(track.mid, None) {
                let write =
                    RtpWrite::new(111.into(), u64::from(counter + 1).into(), counter * 960, now, payload);
                stream.write_rtp(write.ext_vals(levels));
            }
        }
        let Some(track) = self.camera.as_mut().filter(|track| track.next <= now) else { return };
        track.next += FRAME_EVERY;
        for (layer, (.., rate)) in LAYERS.iter().enumerate().take(track.layers.len()) {
            if !track.active[layer] {
                continue;
            }
            let rate = if track.layers.len() == 1 { LAYERS[2].3 } else { *rate };
            let bytes = usize::try_from(rate / 8 * 33 / 1000).unwrap();
            let key = std::mem::take(&mut track.key_wanted[layer]);
            write_frame(&mut self.rtc, track, layer, (self.room, publisher), key, bytes, now, &mut self.sent);
        }
    }
}

/// The description with other names for its sections.
fn rename(sdp: &str, name: impl Fn(&str) -> String) -> String {
    let mut renamed = String::new();
    for line in sdp.lines() {
        if let Some(mid) = line.strip_prefix("a=mid:") {
            renamed += &format!("a=mid:{}", name(mid));
        } else if let Some(mids) = line.strip_prefix("a=group:BUNDLE ") {
            let names: Vec<_> = mids.split(' ').map(&name).collect();
            renamed += &format!("a=group:BUNDLE {}", names.join(" "));
        } else {
            renamed += line;
        }
        renamed += "\r\n";
    }
    renamed
}

/// One picture in packets of about 1,000 bytes.
#[allow(clippy::too_many_arguments, reason = "one call")]
fn write_frame(
    rtc: &mut Rtc,
    track: &mut Track,
    layer: usize,
    (room, publisher): (u8, u8),
    key: bool,
    bytes: usize,
    now: Instant,
    sent: &mut [u64; 3],
) {
    let bytes = if key { bytes * 3 } else { bytes };
    let packets = bytes.div_ceil(1_000).max(1);
    let size = bytes / packets;
    let mut api = rtc.direct_api();
    let Some(stream) = api.stream_tx_by_mid(track.mid, track.layers[layer]) else { return };
    // High bits count pictures, low bits packets of all pictures.
    for number in 0..packets {
        let seq = u64::from(track.counters[layer]) + 1;
        track.counters[layer] += 1;
        let picture = frame_number(now, layer);
        let [high, low] = (picture & 0x7fff | 0x8000).to_be_bytes();
        let start = if number == 0 { 0x10 } else { 0 };
        let header = u8::from(!key);
        let mut payload = vec![0x80 | start, 0xe0, high, low, picture as u8, 0x20];
        payload.extend([header, 0, 0, 0x9d, 0x01, 0x2a, publisher, layer as u8, room]);
        payload.resize(size.max(20), room);
        sent[layer] += payload.len() as u64;
        let time = 1_000_000 * layer as u32 + u32::from(picture) * 2_970;
        let last = number + 1 == packets;
        stream
            .write_rtp(RtpWrite::new(96.into(), seq.into(), time, now, payload).marker(last).nackable(true));
    }
}

/// Each layer counts its pictures from somewhere else.
fn frame_number(now: Instant, layer: usize) -> u16 {
    thread_local! { static START: std::cell::OnceCell<Instant> = const { std::cell::OnceCell::new() }; }
    let start = START.with(|start| *start.get_or_init(|| now));
    let frames = (now.saturating_duration_since(start).as_millis() / 33) as u16;
    frames.wrapping_add(layer as u16 * 1_000)
}

impl Arrival {
    fn read(payload: &[u8], at: Instant) -> Self {
        let (audio, publisher, rest) = match payload {
            [0xf8, publisher, rest @ ..] => (true, *publisher, rest),
            _ => (false, payload[12], &payload[14..]),
        };
        let room = rest[0];
        let intact = rest.iter().all(|byte| *byte == room);
        Self { at, room, publisher: PeerId(u128::from(publisher)), audio, intact }
    }
}

impl Received {
    fn take(&mut self, seq: u64, marker: bool, payload: &[u8], now: Instant) {
        if !self.seen.insert(seq) {
            self.duplicates += 1;
            return;
        }
        // Enough to know what comes twice, and no more than a bounded call needs.
        while self.seen.len() > 512 {
            self.seen.pop_first();
        }
        self.packets += 1;
        if payload[0] == 0xf8 {
            *self.by_source.entry((payload[1] as usize, 0)).or_default() += 1;
            if let Some(last) = self.last_frame {
                self.longest_gap = self.longest_gap.max(now - last);
            }
            self.last_frame = Some(now);
            return;
        }
        let descriptor = Vp8Descriptor::parse(payload).unwrap();
        let source = (payload[12] as usize, payload[13] as usize);
        *self.by_source.entry(source).or_default() += 1;
        self.last_layer = Some(source.1);
        let picture = descriptor.picture_id().unwrap();
        let newest = self.seen.last() == Some(&seq);
        if newest {
            if self.layer != Some(source) && !descriptor.starts_keyframe(payload) {
                self.broken += 1;
            }
            self.layer = Some(source);
            let step = self.last_picture.map_or(0, |last| picture.wrapping_sub(last) & 0x7fff);
            if step > 60 {
                self.broken += 1;
            }
            self.last_picture = Some(picture);
        }
        if marker {
            self.frames += 1;
            if let Some(last) = self.last_frame {
                self.longest_gap = self.longest_gap.max(now - last);
            }
            self.last_frame = Some(now);
        }
    }
}
