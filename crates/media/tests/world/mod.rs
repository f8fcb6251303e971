//! A room in which time is a number: participants made of str0m, networks with loss, delay and limits, and the router
//! between them. Minutes of calls take milliseconds, and each run is the same as the last.
#![allow(dead_code, reason = "each test binary uses another part of it")]

mod client;

use proptest::prelude::Rng as _;
use proptest::test_runner::{RngAlgorithm, TestRng};
use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};
use std::net::SocketAddr;
use std::time::{Duration, Instant};
use str0m::net::{Protocol as NetProtocol, Receive};
use str0m::{Candidate, Input, Output, Rtc};
use visavis_media::{
    Certificate, Datagram, Event, PeerId, Protocol, Router, Settings, Source, Transmit, View, Watch,
};

pub(crate) use client::Camera;
use client::{Client, Offered, Received};

pub(crate) const SERVER: &str = "203.0.113.1:443";

/// When it begins. From here on time is a number.
#[allow(clippy::disallowed_methods, reason = "an instant can only be had from the clock")]
pub(crate) fn start() -> Instant {
    Instant::now()
}

/// What participants are made of.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Newcomers {
    /// Programs, not pages.
    pub(crate) programs: bool,
    /// Read H.264 and not VP8.
    pub(crate) h264: bool,
    /// Sections of sound that they receive in.
    pub(crate) ears: usize,
}

impl Default for Newcomers {
    fn default() -> Self {
        Self { programs: false, h264: false, ears: 3 }
    }
}

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
    room: u8,
    /// Whether all participants name their sections alike, as browsers do, and not each by chance.
    pub(crate) alike: bool,
    /// What whoever comes now is.
    pub(crate) newcomers: Newcomers,
    /// Copies of what is on its way to the router, with who sent it; nothing unless asked for.
    pub(crate) tap: Option<Vec<(usize, Vec<u8>)>>,
}

impl World {
    pub(crate) fn new() -> Self {
        Self::room(0, start(), Certificate::generate().unwrap())
    }

    /// One of several. All of them use the same addresses and the same names for their participants.
    pub(crate) fn room(room: u8, now: Instant, certificate: Certificate) -> Self {
        let settings = Settings {
            certificate,
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
            room,
            alike: false,
            newcomers: Newcomers::default(),
            tap: None,
        }
    }

    /// Somebody comes in, with a camera or without, and slots for that many videos.
    pub(crate) fn join(&mut self, camera: Camera, videos: usize) -> usize {
        let index = self.clients.len();
        let client = self.newcomer(index, camera, videos);
        self.clients.push(client);
        index
    }

    /// Somebody comes again by the same name and from the same address, whether they have left or not.
    pub(crate) fn rejoin(&mut self, client: usize, camera: Camera, videos: usize) {
        let mut again = self.newcomer(client, camera, videos);
        again.arrivals = self.clients[client].arrivals.take();
        self.clients[client] = again;
    }

    fn newcomer(&mut self, index: usize, camera: Camera, videos: usize) -> Client {
        let address: SocketAddr = format!("198.51.100.{}:{}", index + 1, 4_000 + index).parse().unwrap();
        let mut rtc = Rtc::builder()
            .clear_codecs()
            .enable_opus(true, false)
            .enable_vp8(!self.newcomers.h264)
            .enable_h264(self.newcomers.h264)
            .set_rtp_mode(true)
            .build(self.now);
        rtc.add_local_candidate(Candidate::host(address, "udp").unwrap());
        let mut client = Client::new(PeerId(index as u128 + 100), self.room, rtc, address, self.now);
        let Offered { sdp, tracks, pending } =
            client.offer(self.now, camera, (self.newcomers.ears, videos), self.alike);
        let router = &mut self.router;
        let answer = match self.newcomers.programs {
            true => router.offer_feed(self.now, client.id, true, &sdp, &tracks).unwrap(),
            false => router.offer(self.now, client.id, true, &sdp, &tracks).unwrap(),
        };
        client.accept(&answer.sdp, pending);
        client
    }

    /// Everybody's room, which is over.
    pub(crate) fn take_router(self) -> Router {
        self.router
    }

    /// One who watches a camera, of somebody or of whoever speaks.
    pub(crate) fn watcher(&mut self, publisher: Option<usize>) -> usize {
        let watcher = self.join(Camera::None, 1);
        let publisher = publisher.map(|one| self.clients[one].id);
        let watch = Watch { publisher, picture: Source::Camera };
        self.router.watch(self.now, self.clients[watcher].id, watch);
        watcher
    }

    /// Whether a client has been sent a picture that is nobody's.
    pub(crate) fn blacks(&self, client: usize) -> u64 {
        self.clients[client].received.values().filter_map(|one| one.by_source.get(&client::NOBODYS)).sum()
    }

    pub(crate) fn leave(&mut self, client: usize) {
        self.router.remove(self.clients[client].id);
    }

    /// Looks at these, at this size.
    pub(crate) fn view(&mut self, client: usize, of: &[usize], width: u32) {
        self.view_of(client, of, Source::Camera, width);
    }

    pub(crate) fn view_of(&mut self, client: usize, of: &[usize], source: Source, width: u32) {
        let height = width * 9 / 16;
        let view = |of: &usize| View { publisher: self.clients[*of].id, source, width, height };
        let views = of.iter().map(view).collect();
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
                let input = Input::Receive(now, receive);
                if self.clients[client].rtc.accepts(&input) {
                    self.clients[client].rtc.handle_input(input).unwrap();
                    self.drain(client);
                }
            }
        }
        self.router.flush(now, &mut |to, transmit| out.push((to, transmit)));
        self.deliver(out);
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

    /// Somebody sends this to the router for a participant, from wherever they like. Returns whether it was taken.
    pub(crate) fn inject(&mut self, client: usize, source: SocketAddr, bytes: &[u8]) -> bool {
        let datagram = Datagram {
            at: self.now,
            protocol: Protocol::Udp,
            source,
            destination: SERVER.parse().unwrap(),
            bytes,
        };
        let mut out = Vec::new();
        let peer = self.clients[client].id;
        let taken = self.router.receive(peer, &datagram, &mut |to, transmit| out.push((to, transmit)));
        // Strangers may be answered (ICE tells them who they are); only participants are followed further.
        out.retain(|(_, transmit)| transmit.destination != source || source == self.clients[client].address);
        self.deliver(out);
        taken
    }

    fn deliver(&mut self, out: Vec<(PeerId, Transmit)>) {
        for (to, transmit) in out {
            let client = self.clients.iter().position(|client| client.id == to).unwrap();
            assert_eq!(transmit.destination, self.clients[client].address, "nothing goes to anybody else");
            self.send(false, client, transmit.contents.to_vec());
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
                    self.clients[client].ask_layers(rids);
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
        if let Some(tap) = self.tap.as_mut().filter(|_| to_server) {
            tap.push((client, bytes.clone()));
        }
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

    pub(crate) fn got(&self, client: usize, of: usize, source: Source) -> Received {
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
