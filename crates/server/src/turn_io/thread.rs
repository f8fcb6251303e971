//! The packet path: one thread that owns every socket and every engine.

use super::TurnSettings;
use super::client::{Client, FiveTuple, Gate, Verdict, Wire, binding_answer, challenge, error, prove};
use super::credentials;
use super::peers::Peers;
use super::quota::Allocations;
use super::sockets::bind_relay;
use super::stream::{FromStream, StreamInput};
use crate::listen::source;
use crate::port::{Arrived, MediaPackets, Port, PortSender};
use crate::special::canonical;
use bytes::Bytes;
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use mio::{Events, Interest, Poll, Token, Waker};
use std::collections::HashMap;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::num::NonZeroU32;
use std::ops::ControlFlow;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};
use stun_types::TransportType;
use stun_types::attribute::{ErrorCode, Username};
use stun_types::message::{BINDING, Message, MessageClass};
use tokio::sync::mpsc::Receiver;
use tokio::sync::mpsc::error::TryRecvError;
use turn_server_proto::api::{
    DelayedMessageOrChannelSend, SocketAllocateError, Transmit, TurnServerApi, TurnServerPollRet,
};
use turn_types::AddressFamily;
use turn_types::message::{ALLOCATE, CHANNEL_BIND, CREATE_PERMISSION, REFRESH};
use turn_types::transmit::{DelayedTransmitBuild, TransmitBuild};
use visavis_domain::time::Timestamp;

const MAIN: Token = Token(0);
const WAKE: Token = Token(1);
const FIRST_RELAY: usize = 2;
/// How often engines are asked for what time has changed, and figures are handed over.
const TICK: Duration = Duration::from_secs(1);
/// A client that has not allocated is forgotten after this: its nonce is all that is lost.
const UNALLOCATED: Duration = Duration::from_secs(30);
/// Clients without an allocation, at most. Beyond it newcomers get no answer until older ones have gone.
const MAX_UNALLOCATED: usize = 4096;
/// Requests without an allocation that one source may send per second, for long and at once. A browser sends about
/// ten when it gathers; a reflector is worth nothing at this rate.
const UNKNOWN_PER_SECOND: NonZeroU32 = NonZeroU32::new(20).expect("not zero");
const UNKNOWN_BURST: NonZeroU32 = NonZeroU32::new(200).expect("not zero");
/// Batches, packets or messages taken from one source before the next has its turn. Fewer cost system calls under
/// load, more let one source delay the others.
const TURN: usize = 64;

pub(super) struct TurnThread {
    poll: Poll,
    waker: Arc<Waker>,
    port: Port,
    inbox: Receiver<FromStream>,
    state: State,
}

/// Everything but the sockets that packets come in by.
struct State {
    settings: TurnSettings,
    sender: Arc<PortSender>,
    /// Whose most datagrams are.
    media: Box<dyn MediaPackets>,
    peers: Peers,
    clients: HashMap<FiveTuple, Client>,
    relays: HashMap<SocketAddr, Relay>,
    /// By token, less the first.
    tokens: HashMap<Token, SocketAddr>,
    next_token: usize,
    held: Allocations,
    unallocated: usize,
    unknown: DefaultKeyedRateLimiter<IpAddr>,
    registry: mio::Registry,
    /// Where the library's time begins.
    started: Instant,
    counts: Counts,
    /// How many relays there were at the last tick, for others to see.
    allocations: Arc<AtomicUsize>,
    /// Relays at which more may wait: they had their turn, and others come first.
    unfinished: Vec<Token>,
    /// Room to put a packet together in.
    scratch: Vec<u8>,
}

struct Relay {
    socket: mio::net::UdpSocket,
    token: Token,
    client: FiveTuple,
}

#[derive(Default)]
struct Counts {
    relayed_packets: u64,
    relayed_bytes: u64,
    refused_peers: u64,
    over_budget: u64,
    garbage: u64,
    dropped: u64,
}

impl TurnThread {
    pub(super) fn new(
        mut port: Port,
        media: Box<dyn MediaPackets>,
        settings: TurnSettings,
        inbox: Receiver<FromStream>,
    ) -> io::Result<Self> {
        let poll = Poll::new()?;
        let waker = Arc::new(Waker::new(poll.registry(), WAKE)?);
        poll.registry().register(&mut port.socket, MAIN, Interest::READABLE)?;
        let own = if_addrs::get_if_addrs()?.iter().map(if_addrs::Interface::ip).collect();
        let peers = Peers::new(
            settings.allow_peers.clone(),
            settings.own_services.clone(),
            settings.media_addresses.clone(),
            own,
        );
        let quota = Quota::per_second(UNKNOWN_PER_SECOND).allow_burst(UNKNOWN_BURST);
        let state = State {
            held: Allocations::new(settings.allocations.clone()),
            settings,
            sender: port.sender(),
            media,
            peers,
            clients: HashMap::new(),
            relays: HashMap::new(),
            tokens: HashMap::new(),
            next_token: FIRST_RELAY,
            unallocated: 0,
            unknown: RateLimiter::keyed(quota),
            registry: poll.registry().try_clone()?,
            started: Instant::now(),
            counts: Counts::default(),
            allocations: Arc::default(),
            unfinished: Vec::new(),
            scratch: vec![0; 64 * 1024 + 64],
        };
        Ok(Self { poll, waker, port, inbox, state })
    }

    pub(super) fn waker(&self) -> Arc<Waker> {
        self.waker.clone()
    }

    pub(super) fn allocations(&self) -> Arc<AtomicUsize> {
        self.state.allocations.clone()
    }

    /// Runs until nobody can hand streams in any more. A panic in the engine, which would be a bug, costs the packet
    /// that caused it and not everybody's calls.
    pub(super) fn run(mut self) {
        let mut events = Events::with_capacity(1024);
        let mut turn =
            Turn { next_tick: Instant::now() + TICK, more: More::Nothing, buffer: vec![0; 64 * 1024] };
        loop {
            let outcome = catch_unwind(AssertUnwindSafe(|| self.turn(&mut events, &mut turn)));
            match outcome {
                Ok(ControlFlow::Continue(())) => {}
                Ok(ControlFlow::Break(())) => return,
                Err(_) => {
                    // What waited may have been forgotten on the way out.
                    turn.more = More::Waits;
                    self.state.unfinished = self.state.tokens.keys().copied().collect();
                    tracing::error!("a packet made the TURN engine panic");
                }
            }
        }
    }

    /// Waits, and gives everybody who has something a bounded turn: a flood at one socket delays the others and the
    /// clock, and never stops them.
    fn turn(&mut self, events: &mut Events, turn: &mut Turn) -> ControlFlow<()> {
        if let Some(nap) = self.state.media.nap() {
            #[allow(clippy::disallowed_methods, reason = "a thread of its own: nobody else waits")]
            std::thread::sleep(nap);
        }
        let idle = turn.more == More::Nothing && self.state.unfinished.is_empty();
        let wait =
            if idle { turn.next_tick.saturating_duration_since(Instant::now()) } else { Duration::ZERO };
        if let Err(error) = self.poll.poll(events, Some(wait))
            && error.kind() != io::ErrorKind::Interrupted
        {
            tracing::error!(%error, "TURN cannot wait for packets");
        }
        let now = Instant::now();
        let mut main = std::mem::replace(&mut turn.more, More::Nothing);
        let mut waiting = std::mem::take(&mut self.state.unfinished);
        for event in events.iter() {
            match event.token() {
                MAIN => main = More::Waits,
                WAKE => {}
                token if waiting.contains(&token) => {}
                token => waiting.push(token),
            }
        }
        if main == More::Waits {
            turn.more = self.take_datagrams(now);
        }
        for token in waiting {
            self.state.take_from_relay(token, &mut turn.buffer, now);
        }
        match self.take_messages(now) {
            None => return ControlFlow::Break(()),
            Some(More::Waits) => turn.more = More::Waits,
            Some(More::Nothing) => {}
        }
        if now >= turn.next_tick {
            turn.next_tick = now + TICK;
            self.state.tick(now);
        }
        ControlFlow::Continue(())
    }

    fn take_datagrams(&mut self, now: Instant) -> More {
        // mio tells of an edge once: what is left has to be remembered.
        for _ in 0..TURN {
            match self.port.receive(|arrived| self.state.take_datagram(&arrived, now)) {
                Ok(true) => self.state.media.hand_over(),
                Ok(false) => return More::Nothing,
                // An answer to an earlier datagram that went nowhere, for example: the next one is another's.
                Err(error) => tracing::debug!(%error, "a datagram could not be received"),
            }
        }
        More::Waits
    }

    /// Nothing once all handles are gone.
    fn take_messages(&mut self, now: Instant) -> Option<More> {
        for _ in 0..TURN {
            let FromStream { peer, local, what } = match self.inbox.try_recv() {
                Ok(message) => message,
                Err(TryRecvError::Empty) => return Some(More::Nothing),
                Err(TryRecvError::Disconnected) => return None,
            };
            let tuple = FiveTuple { wire: Wire::Stream, peer, local };
            match what {
                StreamInput::Opened(stream) => {
                    // An earlier stream of the same addresses has ended, though we have not heard of it yet. Where
                    // there is no room the stream ends, since its sender is dropped here.
                    self.state.forget(tuple);
                    if let Some(client) = self.state.client(tuple, now) {
                        client.stream = Some(stream);
                    }
                }
                StreamInput::Packet(bytes) => self.state.take_from_client(tuple, &bytes, now),
                StreamInput::Closed => self.state.forget(tuple),
            }
        }
        Some(More::Waits)
    }
}

/// What the thread keeps between its turns.
struct Turn {
    next_tick: Instant,
    more: More,
    buffer: Vec<u8>,
}

/// Whether all there was has been taken.
#[derive(Clone, Copy, PartialEq, Eq)]
enum More {
    Nothing,
    Waits,
}

impl State {
    fn turn_now(&self, now: Instant) -> turn_types::Instant {
        let nanos = now.saturating_duration_since(self.started).as_nanos();
        // Zero is before any lifetime the engine could have given out.
        turn_types::Instant::from_nanos(i64::try_from(nanos).unwrap_or(i64::MAX))
    }

    /// The client, made if there is room for another that has not allocated.
    fn client(&mut self, tuple: FiveTuple, now: Instant) -> Option<&mut Client> {
        if !self.clients.contains_key(&tuple) {
            if self.unallocated >= MAX_UNALLOCATED {
                return None;
            }
            self.unallocated += 1;
            let client = Client::new(tuple, &self.settings.realm, self.settings.bytes_per_second, now);
            self.clients.insert(tuple, client);
        }
        self.clients.get_mut(&tuple)
    }

    /// Takes one datagram of whomever.
    fn take_datagram(&mut self, arrived: &Arrived<'_>, now: Instant) {
        if self.media.take(now, arrived) {
            return;
        }
        // Whoever is relayed here may speak to the media server and to nobody else.
        if self.relays.contains_key(&arrived.peer) {
            self.counts.refused_peers += 1;
            return;
        }
        let tuple = FiveTuple { wire: Wire::Udp, peer: arrived.peer, local: arrived.local };
        self.take_from_client(tuple, arrived.bytes, now);
    }

    /// Takes one packet of a client. The first byte says what it is (RFC 7983, and RFC 5766
    /// for the channels of older clients).
    fn take_from_client(&mut self, tuple: FiveTuple, bytes: &[u8], now: Instant) {
        match bytes.first() {
            Some(0..=3) => self.stun(tuple, bytes, now),
            Some(0x40..=0x7f) => self.engine(tuple, bytes, now),
            _ => self.counts.garbage += 1,
        }
    }

    fn stun(&mut self, tuple: FiveTuple, bytes: &[u8], now: Instant) {
        let Ok(message) = Message::from_bytes(bytes) else {
            self.counts.garbage += 1;
            return;
        };
        let allocated = self.clients.get(&tuple).is_some_and(|client| !client.relays.is_empty());
        if !allocated && self.unknown.check_key(&source(tuple.peer.ip())).is_err() {
            self.counts.dropped += 1;
            return;
        }
        match message.class() {
            MessageClass::Request if message.has_method(BINDING) => {
                let answer = binding_answer(&message, tuple.peer);
                self.answer(tuple, &answer);
            }
            MessageClass::Request => self.request(tuple, &message, now),
            MessageClass::Indication => self.engine(tuple, bytes, now),
            MessageClass::Success | MessageClass::Error => {}
        }
    }

    fn request(&mut self, tuple: FiveTuple, message: &Message<'_>, now: Instant) {
        let known = self.clients.get(&tuple).is_some_and(|client| client.known.is_some());
        let verdict = match message.method() {
            ALLOCATE => self.examine_allocate(tuple, message, now),
            // After a restart of ours, say: the client has to begin anew.
            REFRESH if !known => Verdict::Answer(self.challenge(tuple, message)),
            _ if !known => return,
            CREATE_PERMISSION | CHANNEL_BIND => {
                let Some(client) = self.clients.get(&tuple) else { return };
                client.examine_peers(message, |address| {
                    let address = canonical(address);
                    self.peers.allows_address(address)
                        || self.relays.keys().any(|relay| relay.ip() == address)
                })
            }
            _ => Verdict::Pass,
        };
        match verdict {
            Verdict::Answer(answer) => self.answer(tuple, &answer),
            Verdict::Replace(request) => self.engine(tuple, &request, now),
            Verdict::Pass => self.engine(tuple, message.as_bytes(), now),
        }
        self.follow_up(tuple, now);
    }

    fn challenge(&self, tuple: FiveTuple, message: &Message<'_>) -> Vec<u8> {
        let nonce = credentials::nonce(&self.settings.secret, tuple.peer);
        challenge(message, ErrorCode::UNAUTHORIZED, &self.gate(&nonce))
    }

    fn gate<'a>(&'a self, nonce: &'a str) -> Gate<'a> {
        Gate { secret: &self.settings.secret, realm: &self.settings.realm, nonce, now: wall_clock() }
    }

    fn examine_allocate(&mut self, tuple: FiveTuple, message: &Message<'_>, now: Instant) -> Verdict {
        let turn_now = self.turn_now(now);
        let nonce = credentials::nonce(&self.settings.secret, tuple.peer);
        let username = message.attribute::<Username>().ok();
        let client = self.clients.get(&tuple);
        let known = client.and_then(|client| client.known.as_ref());
        let proof = match prove(message, &self.gate(&nonce), username.as_ref(), known) {
            Ok(proof) => proof,
            Err(answer) => return Verdict::Answer(answer),
        };
        if client.is_some_and(|client| !client.relays.is_empty()) {
            return Verdict::Pass;
        }
        if !self.held.has_room(proof.user, tuple.peer.ip()) {
            metrics::counter!("visavis_turn_refused_total", "reason" => "quota").increment(1);
            return Verdict::Answer(error(message, ErrorCode::ALLOCATION_QUOTA_REACHED, &proof.key));
        }
        let Some(client) = self.client(tuple, now) else { return Verdict::Answer(Vec::new()) };
        client.admit(tuple, message, proof, turn_now).map_or(Verdict::Answer(Vec::new()), Verdict::Replace)
    }

    /// Gives a packet to the client's engine and sends what comes of it.
    fn engine(&mut self, tuple: FiveTuple, bytes: &[u8], now: Instant) {
        let turn_now = self.turn_now(now);
        let Some(client) = self.clients.get_mut(&tuple) else { return };
        if !client.relays.is_empty() && !client.to_peers.take(bytes.len(), now) {
            self.counts.over_budget += 1;
            return;
        }
        let transmit = Transmit::new(bytes, tuple.wire.into(), tuple.peer, tuple.local);
        let Some(out) = client.engine.recv(transmit, turn_now) else { return };
        self.send(tuple, out);
    }

    fn send(&mut self, tuple: FiveTuple, out: TransmitBuild<DelayedMessageOrChannelSend<&[u8]>>) {
        let (from, to) = (out.from, out.to);
        match out.data {
            // What is sent on unchanged is sent from where it lies.
            DelayedMessageOrChannelSend::Range(bytes, range) => {
                self.send_bytes(tuple, from, to, &bytes[range]);
            }
            DelayedMessageOrChannelSend::Channel(packet) if packet.len() <= self.scratch.len() => {
                let mut scratch = std::mem::take(&mut self.scratch);
                let length = packet.write_into(&mut scratch);
                self.send_bytes(tuple, from, to, &scratch[..length]);
                self.scratch = scratch;
            }
            // Built, not written into the scratch: the library (0.7.3) writes data indications as send indications.
            // They come only before a channel is bound.
            rare => self.send_bytes(tuple, from, to, &rare.build()),
        }
    }

    fn send_bytes(&mut self, tuple: FiveTuple, from: SocketAddr, to: SocketAddr, bytes: &[u8]) {
        if from == tuple.local && to == tuple.peer {
            return self.answer(tuple, bytes);
        }
        // The last look before the packet leaves: the exact address, whatever was permitted before.
        let to = SocketAddr::new(canonical(to.ip()), to.port());
        if !self.relays.contains_key(&to) && !self.peers.allows(to) {
            self.counts.refused_peers += 1;
            return;
        }
        let Some(relay) = self.relays.get(&from) else { return };
        if relay.socket.send_to(bytes, to).is_ok() {
            self.counts.relayed_packets += 1;
            self.counts.relayed_bytes += bytes.len() as u64;
        } else {
            self.counts.dropped += 1;
        }
    }

    /// To the client itself.
    fn answer(&mut self, tuple: FiveTuple, bytes: &[u8]) {
        if bytes.is_empty() {
            return;
        }
        let sent = match tuple.wire {
            Wire::Udp => self.sender.send(tuple.local.ip(), tuple.peer, bytes).is_ok(),
            Wire::Stream => {
                let stream = self.clients.get(&tuple).and_then(|client| client.stream.as_ref());
                stream.is_some_and(|stream| stream.try_send(padded(bytes)).is_ok())
            }
        };
        if !sent {
            self.counts.dropped += 1;
        }
    }

    /// What the engine wants besides: sockets made and closed, and answers that waited for them.
    fn follow_up(&mut self, tuple: FiveTuple, now: Instant) {
        let turn_now = self.turn_now(now);
        loop {
            let Some(client) = self.clients.get_mut(&tuple) else { return };
            match client.engine.poll(turn_now) {
                TurnServerPollRet::AllocateSocket {
                    transport,
                    listen_addr,
                    client_addr,
                    allocation_transport,
                    family,
                } => {
                    let relay = self.open_relay(tuple, allocation_transport, family);
                    let Some(client) = self.clients.get_mut(&tuple) else { return };
                    client.engine.allocated_socket(
                        transport,
                        listen_addr,
                        client_addr,
                        allocation_transport,
                        family,
                        relay,
                        turn_now,
                    );
                }
                TurnServerPollRet::SocketClose { listen_addr, .. } => self.close_relay(listen_addr),
                TurnServerPollRet::TcpConnect { relayed_addr, peer_addr, listen_addr, client_addr } => {
                    let refused = Err(turn_server_proto::api::TcpConnectError::Forbidden);
                    client.engine.tcp_connected(
                        relayed_addr,
                        peer_addr,
                        listen_addr,
                        client_addr,
                        refused,
                        turn_now,
                    );
                }
                TurnServerPollRet::TcpClose { .. } => {}
                TurnServerPollRet::WaitUntil(_) => break,
            }
        }
        while let Some(client) = self.clients.get_mut(&tuple)
            && let Some(out) = client.engine.poll_transmit(turn_now)
        {
            self.send_bytes(tuple, out.from, out.to, &out.data);
        }
    }

    fn open_relay(
        &mut self,
        tuple: FiveTuple,
        transport: TransportType,
        family: AddressFamily,
    ) -> Result<SocketAddr, SocketAllocateError> {
        if transport != TransportType::Udp {
            return Err(SocketAllocateError::InsufficientCapacity);
        }
        let addresses = relay_addresses(&self.settings.relay_addresses, tuple.local.ip(), family);
        if addresses.is_empty() {
            return Err(SocketAllocateError::AddressFamilyNotSupported);
        }
        let opened = bind_relay(&addresses).and_then(|(mut socket, address)| {
            let token = Token(self.next_token);
            self.registry.register(&mut socket, token, Interest::READABLE)?;
            self.next_token += 1;
            self.tokens.insert(token, address);
            Ok((address, Relay { socket, token, client: tuple }))
        });
        let (address, relay) = opened.map_err(|error| {
            tracing::warn!(%error, "no socket for an allocation");
            SocketAllocateError::InsufficientCapacity
        })?;
        self.relays.insert(address, relay);
        if let Some(client) = self.clients.get_mut(&tuple) {
            if client.relays.is_empty() {
                self.unallocated = self.unallocated.saturating_sub(1);
            }
            client.relays.push(address);
            if let Some(known) = &client.known {
                self.held.taken(&known.user, tuple.peer.ip());
            }
        }
        Ok(address)
    }

    fn close_relay(&mut self, address: SocketAddr) {
        let Some(mut relay) = self.relays.remove(&address) else { return };
        // The socket closes with its value in any case.
        let _ = self.registry.deregister(&mut relay.socket);
        self.tokens.remove(&relay.token);
        let Some(client) = self.clients.get_mut(&relay.client) else { return };
        client.relays.retain(|at| *at != address);
        if client.relays.is_empty() {
            self.unallocated += 1;
            client.since = Instant::now();
        }
        if let Some(known) = &client.known {
            self.held.given_back(&known.user, relay.client.peer.ip());
        }
    }

    /// Takes what arrived at a relay.
    fn take_from_relay(&mut self, token: Token, buffer: &mut [u8], now: Instant) {
        let Some(address) = self.tokens.get(&token).copied() else { return };
        let turn_now = self.turn_now(now);
        for _ in 0..TURN {
            let Some(relay) = self.relays.get(&address) else { return };
            let tuple = relay.client;
            let (length, peer) = match relay.socket.recv_from(buffer) {
                Ok(received) => received,
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return,
                Err(_) => continue,
            };
            let peer = SocketAddr::new(canonical(peer.ip()), peer.port());
            let Some(client) = self.clients.get_mut(&tuple) else { return };
            if !client.to_client.take(length, now) {
                self.counts.over_budget += 1;
                continue;
            }
            let transmit = Transmit::new(&buffer[..length], TransportType::Udp, peer, address);
            if let Some(out) = client.engine.recv(transmit, turn_now) {
                self.counts.relayed_packets += 1;
                self.counts.relayed_bytes += length as u64;
                self.send(tuple, out);
            }
        }
        self.unfinished.push(token);
    }

    /// A client's stream is gone, and with it its allocation.
    fn forget(&mut self, tuple: FiveTuple) {
        let Some(client) = self.clients.get(&tuple) else { return };
        for relay in client.relays.clone() {
            self.close_relay(relay);
        }
        self.clients.remove(&tuple);
        self.unallocated = self.unallocated.saturating_sub(1);
    }

    fn tick(&mut self, now: Instant) {
        let tuples: Vec<_> = self.clients.keys().copied().collect();
        for tuple in tuples {
            self.follow_up(tuple, now);
            // A stream ends when the thread lets go of it.
            let over = |client: &Client| {
                let gone = client.stream.as_ref().is_some_and(tokio::sync::mpsc::Sender::is_closed);
                let unused = now.saturating_duration_since(client.since) > UNALLOCATED;
                gone || (client.relays.is_empty() && unused)
            };
            if self.clients.get(&tuple).is_some_and(over) {
                self.forget(tuple);
            }
        }
        self.unknown.retain_recent();
        self.media.tick();
        self.report();
    }

    fn report(&mut self) {
        let counts = std::mem::take(&mut self.counts);
        metrics::counter!("visavis_turn_relayed_packets_total").increment(counts.relayed_packets);
        metrics::counter!("visavis_turn_relayed_bytes_total").increment(counts.relayed_bytes);
        metrics::counter!("visavis_turn_dropped_total", "reason" => "peer").increment(counts.refused_peers);
        metrics::counter!("visavis_turn_dropped_total", "reason" => "budget").increment(counts.over_budget);
        metrics::counter!("visavis_turn_dropped_total", "reason" => "garbage").increment(counts.garbage);
        metrics::counter!("visavis_turn_dropped_total", "reason" => "full").increment(counts.dropped);
        self.allocations.store(self.relays.len(), Ordering::Relaxed);
        #[allow(clippy::cast_precision_loss, reason = "a gauge of sockets")]
        metrics::gauge!("visavis_turn_allocations").set(self.relays.len() as f64);
    }
}

/// Where to relay from for a client that reached us at `local`.
///
/// A client on this machine reaches us at loopback, yet browsers refuse candidates there: it gets an address of
/// the machine's if there is one.
fn relay_addresses(configured: &[IpAddr], local: IpAddr, family: AddressFamily) -> Vec<IpAddr> {
    let fits = |address: &IpAddr| match family {
        AddressFamily::IPV4 => address.is_ipv4(),
        AddressFamily::IPV6 => address.is_ipv6(),
    };
    if !configured.is_empty() {
        return configured.iter().copied().filter(fits).collect();
    }
    let mut addresses: Vec<_> =
        Some(local).filter(|local| !local.is_loopback() && fits(local)).into_iter().collect();
    let machine = if_addrs::get_if_addrs().unwrap_or_default();
    let usable =
        machine.iter().filter(|one| !one.is_loopback() && !one.is_link_local()).map(if_addrs::Interface::ip);
    addresses.extend(usable.filter(fits));
    addresses.extend(Some(local).filter(fits));
    addresses
}

/// Channel data on a stream is padded to a multiple of four (RFC 8656 §12.5).
fn padded(bytes: &[u8]) -> Bytes {
    let mut packet = Vec::with_capacity(bytes.len() + 3);
    packet.extend_from_slice(bytes);
    packet.resize(bytes.len().next_multiple_of(4), 0);
    packet.into()
}

pub(super) fn wall_clock() -> Timestamp {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Timestamp(u64::try_from(since.as_millis()).unwrap_or(u64::MAX))
}
