//! A room in which time is a number: participants made of str0m, networks with loss, delay and limits, and the router
//! between them. Minutes of calls take milliseconds, and each run is the same as the last.

use proptest::prelude::Rng as _;
use proptest::test_runner::{RngAlgorithm, TestRng};
use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};
use std::net::SocketAddr;
use std::time::{Duration, Instant};
use str0m::change::{SdpAnswer, SdpPendingOffer};
use str0m::media::{Direction, KeyframeRequestKind, MediaKind, Mid, Rid, Simulcast, SimulcastLayer};
use str0m::net::{Protocol as NetProtocol, Receive};
use str0m::rtp::{ExtensionValues, RtpWrite, Vp8Descriptor};
use str0m::{Candidate, Event as RtcEvent, Input, Output, Rtc};
use visavis_media::{
    Certificate, Datagram, Event, LayerOffer, PeerId, Protocol, Router, Settings, Source, TrackOffer, View,
};

pub(crate) const SERVER: &str = "203.0.113.1:443";
/// Bits per second of each layer.
pub(crate) const LAYERS: [(&str, u32, u32, u64); 3] =
    [("q", 320, 180, 150_000), ("h", 640, 360, 500_000), ("f", 1280, 720, 1_500_000)];
const FRAME_EVERY: Duration = Duration::from_millis(33);
const VOICE_EVERY: Duration = Duration::from_millis(20);

/// One direction of somebody's network.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Link {
    /// Of a thousand packets.
    pub(crate) lost: u32,
    pub(crate) delay: Duration,
    /// Added at random.
    pub(crate) jitter: Duration,
    /// Bits per second; what does not fit into 300 ms is lost.
    pub(crate) limit: Option<u64>,
    free_at: Option<Instant>,
}

impl Default for Link {
    fn default() -> Self {
        Self { lost: 0, delay: Duration::from_millis(10), jitter: Duration::ZERO, limit: None, free_at: None }
    }
}

impl Link {
    fn carry(&mut self, now: Instant, bytes: usize, rng: &mut TestRng) -> Option<Instant> {
        if rng.next_u32() % 1000 < self.lost {
            return None;
        }
        let mut leaves = now;
        if let Some(limit) = self.limit {
            let start = self.free_at.unwrap_or(now).max(now);
            if start - now > Duration::from_millis(300) {
                return None;
            }
            leaves = start + Duration::from_micros(bytes as u64 * 8_000_000 / limit);
            self.free_at = Some(leaves);
        }
        let jitter = self.jitter.as_micros() as u64;
        let extra = if jitter == 0 { 0 } else { u64::from(rng.next_u32()) % jitter };
        Some(leaves + self.delay + Duration::from_micros(extra))
    }
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
    layer: Option<(usize, usize)>,
    last_picture: Option<u16>,
    seen: std::collections::BTreeSet<u64>,
    pub(crate) duplicates: u64,
    pub(crate) last_layer: Option<usize>,
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
    rtc: Rtc,
    address: SocketAddr,
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
    /// Bytes sent by each layer.
    pub(crate) sent: [u64; 3],
    timeout: Instant,
}

struct Flying {
    to_server: bool,
    client: usize,
    bytes: Vec<u8>,
}

pub(crate) struct World {
    pub(crate) now: Instant,
    pub(crate) router: Router,
    pub(crate) clients: Vec<Client>,
    pub(crate) events: Vec<Event>,
    queue: BinaryHeap<Reverse<(Instant, u64)>>,
    flying: BTreeMap<u64, Flying>,
    next_id: u64,
    rng: TestRng,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Camera {
    None,
    Single,
    Layers,
}

impl World {
    pub(crate) fn new() -> Self {
        let now = Instant::now();
        let settings = Settings {
            certificate: Certificate::generate().unwrap(),
            udp: vec![SERVER.parse().unwrap()],
            tcp: Vec::new(),
            congestion_control: true,
        };
        Self {
            now,
            router: Router::new(settings, now),
            clients: Vec::new(),
            events: Vec::new(),
            queue: BinaryHeap::new(),
            flying: BTreeMap::new(),
            next_id: 0,
            rng: TestRng::from_seed(RngAlgorithm::ChaCha, &[7; 32]),
        }
    }

    /// Somebody comes in, with a camera or without, and slots for that many videos.
    pub(crate) fn join(&mut self, camera: Camera, videos: usize) -> usize {
        let index = self.clients.len();
        let address: SocketAddr = format!("198.51.100.{}:{}", index + 1, 4_000 + index).parse().unwrap();
        let mut rtc = Rtc::builder()
            .clear_codecs()
            .enable_opus(true, false)
            .enable_vp8(true)
            .set_rtp_mode(true)
            .build(self.now);
        rtc.add_local_candidate(Candidate::host(address, "udp").unwrap());
        let mut client = Client {
            id: PeerId(index as u128 + 100),
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
            sent: [0; 3],
            timeout: self.now,
        };
        client.offer(&mut self.router, self.now, camera, videos);
        self.clients.push(client);
        index
    }

    pub(crate) fn leave(&mut self, client: usize) {
        self.router.remove(self.clients[client].id);
    }

    /// Looks at these, at this size.
    pub(crate) fn view(&mut self, client: usize, of: &[usize], width: u32) {
        let height = width * 9 / 16;
        let views = of
            .iter()
            .map(|of| View { publisher: self.clients[*of].id, source: Source::Camera, width, height })
            .collect();
        assert!(self.router.view(self.now, self.clients[client].id, views));
    }

    pub(crate) fn run(&mut self, time: Duration) {
        let end = self.now + time;
        loop {
            let next_packet = self.queue.peek().map_or(end, |Reverse((at, _))| *at);
            let clients = self.clients.iter().map(Client::next_wake);
            let next = clients.fold(next_packet.min(self.router.deadline()), Instant::min).max(self.now);
            if next >= end {
                self.now = end;
                return;
            }
            self.now = next;
            self.step();
        }
    }

    fn step(&mut self) {
        let now = self.now;
        let mut out = Vec::new();
        while let Some(Reverse((at, id))) = self.queue.peek().copied() {
            if at > now {
                break;
            }
            self.queue.pop();
            let Some(Flying { to_server, client, bytes }) = self.flying.remove(&id) else { continue };
            let server = SERVER.parse().unwrap();
            let address = self.clients[client].address;
            if to_server {
                let datagram = Datagram {
                    at: now,
                    protocol: Protocol::Udp,
                    source: address,
                    destination: server,
                    bytes: &bytes,
                };
                let peer = self.clients[client].id;
                self.router.receive(peer, &datagram, &mut |to, transmit| out.push((to, transmit)));
            } else if let Ok(receive) = Receive::new(NetProtocol::Udp, server, address, &bytes) {
                self.clients[client].rtc.handle_input(Input::Receive(now, receive)).unwrap();
                self.drain(client);
            }
        }
        self.router.flush(now, &mut |to, transmit| out.push((to, transmit)));
        for (to, transmit) in out {
            let client = self.clients.iter().position(|client| client.id == to).unwrap();
            assert_eq!(transmit.destination, self.clients[client].address, "nothing goes to anybody else");
            self.send(false, client, transmit.contents.to_vec());
        }
        while let Some(event) = self.router.poll_event() {
            self.hear(event);
        }
        for client in 0..self.clients.len() {
            if self.clients[client].next_wake() <= now {
                self.clients[client].produce(now);
                self.clients[client].rtc.handle_input(Input::Timeout(now)).unwrap();
                self.drain(client);
            }
        }
    }

    fn hear(&mut self, event: Event) {
        let by = |clients: &mut Vec<Client>, id| clients.iter().position(|client: &Client| client.id == id);
        match &event {
            Event::Slots { peer, slots } => {
                if let Some(client) = by(&mut self.clients, *peer) {
                    self.clients[client].slots =
                        slots.iter().map(|one| (one.mid.clone(), (one.publisher, one.source))).collect();
                }
            }
            Event::Layers { peer, rids, .. } => {
                if let Some(client) = by(&mut self.clients, *peer) {
                    let client = &mut self.clients[client];
                    client.layers_asked = Some(rids.clone());
                    if let Some(track) = &mut client.camera {
                        for (index, rid) in track.layers.iter().enumerate() {
                            let name = rid.map(|rid| rid.to_string()).unwrap_or_default();
                            let active = rids.contains(&name);
                            track.key_wanted[index] |= active && !track.active[index];
                            track.active[index] = active;
                        }
                    }
                }
            }
            _ => {}
        }
        self.events.push(event);
    }

    fn drain(&mut self, client: usize) {
        let now = self.now;
        loop {
            let output = self.clients[client].rtc.poll_output().unwrap();
            match output {
                Output::Timeout(at) => {
                    self.clients[client].timeout = at;
                    return;
                }
                Output::Transmit(transmit) => {
                    let bytes = transmit.contents.to_vec();
                    self.send(true, client, bytes);
                }
                Output::Event(event) => self.clients[client].event(event, now),
            }
        }
    }

    fn send(&mut self, to_server: bool, client: usize, bytes: Vec<u8>) {
        let now = self.now;
        let Client { up, down, .. } = &mut self.clients[client];
        let link = if to_server { up } else { down };
        let Some(at) = link.carry(now, bytes.len(), &mut self.rng) else { return };
        self.next_id += 1;
        self.queue.push(Reverse((at, self.next_id)));
        self.flying.insert(self.next_id, Flying { to_server, client, bytes });
    }

    /// What a client gets of another's camera.
    pub(crate) fn video(&self, client: usize, of: usize) -> Received {
        self.got(client, of, Source::Camera)
    }

    pub(crate) fn audio(&self, client: usize, of: usize) -> Received {
        self.got(client, of, Source::Microphone)
    }

    fn got(&self, client: usize, of: usize, source: Source) -> Received {
        let wanted = (self.clients[of].id, source);
        let client = &self.clients[client];
        let mid = client.slots.iter().find(|(_, carries)| **carries == wanted).map(|(mid, _)| mid);
        mid.and_then(|mid| client.received.get(mid)).cloned().unwrap_or_default()
    }

    pub(crate) fn forget_received(&mut self) {
        for client in &mut self.clients {
            for received in client.received.values_mut() {
                let fresh = Received {
                    layer: received.layer,
                    last_picture: received.last_picture,
                    last_layer: received.last_layer,
                    seen: std::mem::take(&mut received.seen),
                    ..Received::default()
                };
                *received = fresh;
            }
        }
    }
}

impl Client {
    fn offer(&mut self, router: &mut Router, now: Instant, camera: Camera, videos: usize) {
        let mut api = self.rtc.sdp_api();
        let microphone = api.add_media(MediaKind::Audio, Direction::SendOnly, None, None, None);
        let mut tracks =
            vec![TrackOffer { mid: microphone.to_string(), source: Source::Microphone, layers: Vec::new() }];
        let mut rids = vec![None];
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
            tracks.push(TrackOffer { mid: mid.to_string(), source: Source::Camera, layers });
            mid
        });
        for _ in 0..3 {
            api.add_media(MediaKind::Audio, Direction::RecvOnly, None, None, None);
        }
        for _ in 0..videos {
            api.add_media(MediaKind::Video, Direction::RecvOnly, None, None, None);
        }
        let (offer, pending): (_, SdpPendingOffer) = api.apply().unwrap();
        let answer = router.offer(now, self.id, true, &offer.to_sdp_string(), &tracks).unwrap();
        let answer = SdpAnswer::from_sdp_string(&answer.sdp).unwrap();
        self.rtc.sdp_api().accept_answer(pending, answer).unwrap();
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
    }

    fn next_wake(&self) -> Instant {
        let tracks = [&self.camera, &self.microphone];
        let media = tracks.into_iter().flatten().filter(|_| self.connected).map(|track| track.next);
        media.fold(self.timeout, Instant::min)
    }

    fn event(&mut self, event: RtcEvent, now: Instant) {
        match event {
            RtcEvent::Connected => {
                self.connected = true;
                for track in [&mut self.camera, &mut self.microphone].into_iter().flatten() {
                    track.next = now;
                }
            }
            RtcEvent::KeyframeRequest(request) => {
                assert_eq!(request.kind, KeyframeRequestKind::Pli);
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
                let received = self.received.entry(mid.to_string()).or_default();
                received.take(*packet.seq_no, packet.header.marker, &packet.payload, now);
            }
            _ => {}
        }
    }

    fn produce(&mut self, now: Instant) {
        if !self.connected {
            return;
        }
        let publisher = u8::try_from(self.id.0).unwrap();
        if let Some(track) = self.microphone.as_mut().filter(|track| track.next <= now) {
            track.next += VOICE_EVERY;
            let counter = track.counters[0];
            track.counters[0] += 1;
            let mut payload = vec![0xf8, publisher, 0];
            payload.resize(80, 0);
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
        for layer in 0..track.layers.len() {
            if !track.active[layer] {
                continue;
            }
            let rate = if track.layers.len() == 1 { LAYERS[2].3 } else { LAYERS[layer].3 };
            let bytes = usize::try_from(rate / 8 * 33 / 1000).unwrap();
            let key = std::mem::take(&mut track.key_wanted[layer]);
            write_frame(&mut self.rtc, track, layer, publisher, key, bytes, now, &mut self.sent);
        }
    }
}

/// One picture in packets of about 1,000 bytes.
#[allow(clippy::too_many_arguments, reason = "one call")]
fn write_frame(
    rtc: &mut Rtc,
    track: &mut Track,
    layer: usize,
    publisher: u8,
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
        payload.extend([header, 0, 0, 0x9d, 0x01, 0x2a, publisher, layer as u8]);
        payload.resize(size.max(20), 0);
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

impl Received {
    fn take(&mut self, seq: u64, marker: bool, payload: &[u8], now: Instant) {
        if !self.seen.insert(seq) {
            self.duplicates += 1;
            return;
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
