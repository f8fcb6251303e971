//! The thread from outside: real sockets on loopback, a small client of our own, and coturn's client where it is
//! installed.

mod client;
mod coturn;

use super::credentials::{self, Credentials};
use super::{Bounds, TurnHandle, TurnSettings, start};
use crate::port::{Arrived, MediaPackets, Port};
use client::Turn;
use std::net::{IpAddr, Ipv4Addr, SocketAddr, UdpSocket};
use std::time::{Duration, Instant};
use visavis_domain::ids::SessionId;
use visavis_domain::time::Timestamp;

const SECRET: [u8; 32] = [7; 32];
const LOOPBACK: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

struct NoMedia;

impl MediaPackets for NoMedia {
    fn take(&mut self, _: Instant, _: &Arrived<'_>) -> bool {
        false
    }

    fn hand_over(&mut self) {}

    fn tick(&mut self) {}

    fn nap(&self) -> Option<Duration> {
        None
    }
}

struct Server {
    address: SocketAddr,
    handle: TurnHandle,
}

impl Server {
    /// One that relays on loopback, into these networks.
    fn new(allow: &[&str], services: &[SocketAddr]) -> Self {
        let udp = UdpSocket::bind((LOOPBACK, 0)).unwrap();
        let address = udp.local_addr().unwrap();
        let settings = TurnSettings {
            secret: SECRET,
            realm: "visavis".to_owned(),
            relay_addresses: vec![LOOPBACK],
            allow_peers: allow.iter().map(|net| net.parse().unwrap()).collect(),
            own_services: services.to_vec(),
            media_addresses: Vec::new(),
            credential_ttl: Duration::from_secs(300),
            allocations: Bounds { per_user: 4, per_address: 1000, all: 1000, not_counted: Vec::new() },
            bytes_per_second: 100_000_000,
        };
        let port = Port::new(udp).unwrap();
        Self { address, handle: start(port, Box::new(NoMedia), settings).unwrap() }
    }

    fn credentials(&self, session: u128) -> Credentials {
        self.handle.credentials(SessionId::from_bits(session), super::thread::wall_clock())
    }

    fn client(&self, session: u128) -> Turn {
        Turn::new(self.address, self.credentials(session))
    }
}

/// Ours, good until `seconds` after the epoch.
fn until(seconds: u64) -> Credentials {
    credentials::mint(&SECRET, SessionId::from_bits(1), Timestamp(seconds * 1000), Duration::ZERO)
}

fn now_seconds() -> u64 {
    super::thread::wall_clock().0 / 1000
}

#[test]
fn what_is_sent_by_channel_reaches_the_peer_and_comes_back() {
    let server = Server::new(&["127.0.0.0/8"], &[]);
    let peer = UdpSocket::bind((LOOPBACK, 0)).unwrap();
    let mut client = server.client(1);
    let relay = client.allocate().unwrap();
    client.bind(0x4001, peer.local_addr().unwrap()).unwrap();
    client.send_by_channel(0x4001, b"hello");
    let mut buffer = [0; 64];
    peer.set_read_timeout(Some(client::PATIENCE)).unwrap();
    let (length, from) = peer.recv_from(&mut buffer).unwrap();
    assert_eq!((&buffer[..length], from), (&b"hello"[..], relay));
    peer.send_to(b"you", relay).unwrap();
    assert_eq!(client.receive(), [&[0x40, 1, 0, 3][..], b"you"].concat());
}

#[test]
fn only_credentials_of_ours_whose_time_is_not_over_allocate() {
    let server = Server::new(&[], &[]);
    let name_of = |username: &str| Credentials {
        username: username.to_owned(),
        password: credentials::password(&SECRET, username),
    };
    let good = server.credentials(1);
    assert!(Turn::new(server.address, good.clone()).allocate().is_ok());
    let foreign = Credentials { password: credentials::password(&[8; 32], &good.username), ..good.clone() };
    let far = now_seconds() + 1000;
    for refused in [
        foreign,
        until(now_seconds() - 1),
        until(0),
        name_of("0123456789abcdef"),
        name_of(&format!("{far}:0123456789abcdef:more")),
        name_of(&format!("{far}")),
    ] {
        let name = refused.username.clone();
        assert_eq!(Turn::new(server.address, refused).allocate(), Err(401), "{name}");
    }
}

#[test]
fn a_live_allocation_is_refreshed_after_its_credentials_end() {
    let server = Server::new(&["127.0.0.0/8"], &[]);
    let expiry = now_seconds() + 2;
    let credentials = until(expiry);
    let mut client = Turn::new(server.address, credentials.clone());
    let relay = client.allocate().unwrap();
    // The condition waited for is the clock's.
    let mut newcomer = Turn::new(server.address, credentials);
    client::wait_until(|| now_seconds() > expiry);
    assert_eq!(newcomer.allocate(), Err(401), "an expired credential opens nothing new");
    client.refresh(600).unwrap();
    client.permit(&[relay]).unwrap();
}

#[test]
fn no_byte_reaches_a_service_or_a_special_address() {
    let canary = UdpSocket::bind((LOOPBACK, 0)).unwrap();
    let at = canary.local_addr().unwrap();
    let ordinary: SocketAddr = "1.1.1.1:9".parse().unwrap();
    // Loopback is permitted here, once for the relays there and once by configuration.
    for server in [Server::new(&[], &[]), Server::new(&["127.0.0.0/8"], &[at])] {
        let mut client = server.client(1);
        client.allocate().unwrap();
        for peer in ["10.0.0.1:9", "169.254.169.254:80", "192.168.1.1:9", "224.0.0.1:9", "0.0.0.0:9"] {
            let peer: SocketAddr = peer.parse().unwrap();
            assert_eq!(client.permit(&[peer]), Err(403), "{peer}");
            assert_eq!(client.permit(&[ordinary, peer]), Err(403), "one bad peer refuses all: {peer}");
            assert_eq!(client.bind(0x4002, peer), Err(403), "{peer}");
        }
        client.permit(&[at]).unwrap();
        client.bind(0x4001, at).unwrap();
        client.send_by_channel(0x4001, b"let me in");
        client.send_by_indication(at, b"let me in");
        // Packets of one client are taken in order: the answer comes after both.
        client.refresh(600).unwrap();
        canary.set_nonblocking(true).unwrap();
        let error = canary.recv_from(&mut [0; 64]).unwrap_err();
        assert_eq!(error.kind(), std::io::ErrorKind::WouldBlock);
    }
}

#[test]
fn two_relays_of_one_server_reach_each_other() {
    let server = Server::new(&[], &[]);
    let (mut a, mut b) = (server.client(1), server.client(2));
    let (at_a, at_b) = (a.allocate().unwrap(), b.allocate().unwrap());
    a.bind(0x4001, at_b).unwrap();
    b.bind(0x4002, at_a).unwrap();
    a.send_by_channel(0x4001, b"hey!");
    assert_eq!(b.receive(), [&[0x40, 2, 0, 4][..], b"hey!"].concat());
}

#[test]
fn a_user_has_four_allocations_and_gets_their_places_back() {
    let server = Server::new(&[], &[]);
    let mut held: Vec<_> = (0..4).map(|_| server.client(1)).collect();
    for client in &mut held {
        client.allocate().unwrap();
    }
    assert_eq!(server.client(1).allocate(), Err(486));
    assert!(server.client(2).allocate().is_ok(), "another user is not concerned");
    held[0].refresh(0).unwrap();
    assert!(server.client(1).allocate().is_ok());
}

#[test]
fn a_thousand_allocations_made_and_given_back_leave_nothing() {
    let server = Server::new(&[], &[]);
    let sockets = || std::fs::read_dir("/proc/self/fd").unwrap().count();
    let before = sockets();
    for source in 1..=20 {
        let mut client = Turn::at([127, 0, 1, source], server.address, server.credentials(1));
        for _ in 0..50 {
            client.allocate().unwrap();
            client.refresh(0).unwrap();
        }
    }
    // Other tests open sockets at the same time; a leak would be a thousand.
    assert!(sockets() < before + 300, "{before} sockets before, {} after", sockets());
    let mut last: Vec<_> = (0..4).map(|_| server.client(1)).collect();
    assert!(last.iter_mut().all(|client| client.allocate().is_ok()));
}

#[test]
fn strangers_take_no_places() {
    let server = Server::new(&[], &[]);
    // More than the clients without an allocation that there is room for.
    for source in 1..=45 {
        for _ in 0..100 {
            let stranger = Turn::at([127, 0, 2, source], server.address, server.credentials(2));
            let (_, answer) = stranger.unauthenticated_allocate();
            assert!(answer > 0);
        }
    }
    assert!(server.client(1).allocate().is_ok());
}

#[test]
fn one_source_gets_few_answers_without_an_allocation() {
    let server = Server::new(&[], &[]);
    let source = [127, 0, 3, 1];
    let flood = Turn::at(source, server.address, server.credentials(2));
    let answers = (0..1000).filter(|_| flood.tries_to_allocate()).count();
    assert!((200..600).contains(&answers), "{answers} answers to 1000 requests at once");
    assert!(server.client(1).allocate().is_ok(), "others are not concerned");
}

#[test]
fn garbage_never_stops_the_thread() {
    let server = Server::new(&["127.0.0.0/8"], &[]);
    let mut client = server.client(1);
    client.allocate().unwrap();
    let mut seed = 0x2545_f491_4f6c_dd1d_u64;
    let mut next = move || {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        seed
    };
    let valid = client.signed_samples();
    for round in 0..100_000_usize {
        let length = usize::try_from(next() % 200).unwrap();
        let mut bytes: Vec<u8> = (0..length).map(|_| next().to_be_bytes()[0]).collect();
        if round % 2 == 0 {
            bytes.clone_from(&valid[round / 2 % valid.len()]);
            let at = usize::try_from(next()).unwrap() % bytes.len();
            bytes[at] = next().to_be_bytes()[0];
            bytes.truncate(bytes.len() - usize::try_from(next() % 3).unwrap());
        }
        client.send_raw(&bytes);
        if round % 64 == 0 {
            client.drain();
        }
    }
    client.drain();
    assert!(server.client(2).allocate().is_ok());
}

#[test]
fn answers_to_strangers_are_small() {
    let server = Server::new(&[], &[]);
    let mut client = server.client(1);
    let (binding, answer) = client.binding();
    assert!(answer * 10 <= binding * 16, "{binding} bytes asked, {answer} answered");
    let (allocate, answer) = client.unauthenticated_allocate();
    assert!(answer * 10 <= allocate * 19, "{allocate} bytes asked, {answer} answered");
}

#[test]
fn a_peer_behind_the_signature_is_not_permitted() {
    let server = Server::new(&["127.0.0.0/8", "10.0.0.0/8"], &[]);
    let peer = UdpSocket::bind((LOOPBACK, 0)).unwrap();
    let at = peer.local_addr().unwrap();
    let mut client = server.client(1);
    client.allocate().unwrap();
    client.refresh(600).unwrap();
    let _ = client.permit_with_unsigned("10.0.0.1:9".parse().unwrap(), at);
    client.send_by_indication(at, b"unsigned");
    client.refresh(600).unwrap();
    peer.set_nonblocking(true).unwrap();
    assert!(peer.recv_from(&mut [0; 64]).is_err());
    client.permit(&[at]).unwrap();
    client.send_by_indication(at, b"signed");
    client.refresh(600).unwrap();
    assert!(peer.recv_from(&mut [0; 64]).is_ok());
}
