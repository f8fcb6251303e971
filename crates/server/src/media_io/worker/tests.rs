//! What jobs do to a worker's rooms, and what a panic costs.

use super::*;
use crate::cluster::Standing;
use crate::media_io::Addresses;
use crate::port::Port;
use std::net::UdpSocket;
use visavis_media::Certificate;

fn room() -> Room {
    let certificate = Certificate::generate().unwrap();
    let settings = Settings { certificate, udp: Vec::new(), tcp: Vec::new(), congestion_control: true };
    Room::new(&settings, Instant::now())
}

#[test]
fn a_panic_outside_of_any_connection_costs_the_room() {
    let mut room = room();
    assert!(matches!(room.guarded(|_| panic!("a bug")), Err::<(), _>(Cost::Room)));
    assert!(matches!(room.guarded(|router| router.is_empty()), Ok(true)));
}

#[test]
fn a_panic_over_a_connection_costs_that_connection() {
    let now = Instant::now();
    let mut room = room();
    let offered =
        room.guarded(|router| (1..=2).all(|peer| router.offer(now, PeerId(peer), true, OFFER, &[]).is_ok()));
    assert!(matches!(offered, Ok(true)));
    let broken: Result<(), _> = room.guarded(|router| {
        router.receive(PeerId(2), &stranger(now), &mut |_, _| {});
        panic!("a bug")
    });
    assert!(matches!(broken, Err(Cost::Connection(PeerId(2)))));
    assert!(matches!(room.guarded(|router| router.view(now, PeerId(2), Vec::new())), Ok(false)));
    assert!(matches!(room.guarded(|router| router.view(now, PeerId(1), Vec::new())), Ok(true)));
}

fn worker(standing: &Arc<Standing>) -> (Worker, mpsc::Receiver<MediaNotice>) {
    let (notices, told) = mpsc::channel(8);
    let (shared, mut jobs) = Shared::new(1, Addresses::new(Vec::new()), standing.clone());
    let certificate = Certificate::generate().unwrap();
    let settings = Settings { certificate, udp: Vec::new(), tcp: Vec::new(), congestion_control: true };
    let port = Port::new(UdpSocket::bind("127.0.0.1:0").unwrap()).unwrap().sender();
    (Worker::new(0, jobs.remove(0), shared, settings, port, Vec::new(), notices), told)
}

fn offered(worker: &mut Worker, generation: u32, peer: u128) -> Result<(), MediaRefused> {
    let room = RoomKey { call: CallId::from_bits(1), generation };
    let (sdp, session) = (OFFER.to_owned(), SessionId::from_bits(peer));
    let (peer, tracks) = (PeerId(peer), Vec::new());
    worker.offer(Offer { room, peer, session, fresh: true, sdp, tracks, only: None }).map(drop)
}

#[test]
fn a_retired_room_takes_nobody_says_nothing_and_goes_in_time() {
    let standing = Arc::new(Standing::default());
    let (mut worker, mut told) = worker(&standing);
    let earlier = RoomKey { call: CallId::from_bits(1), generation: 0 };
    assert_eq!(offered(&mut worker, 0, 1), Ok(()));
    assert_eq!(offered(&mut worker, 0, 2), Ok(()));
    worker.work(Job::Retire(earlier));
    assert_eq!(offered(&mut worker, 0, 3), Err(MediaRefused::Unknown));
    assert_eq!(offered(&mut worker, 1, 1), Ok(()));
    assert_eq!(standing.says().load, 3, "both last while connections are made anew");
    worker.lost(earlier, PeerId(1));
    assert!(told.try_recv().is_err(), "it has another connection");
    worker.rooms.get_mut(&earlier).unwrap().retires = Some(Instant::now());
    worker.flush();
    assert_eq!((worker.rooms.len(), standing.says().load), (1, 1));
    worker.lost(RoomKey { generation: 1, ..earlier }, PeerId(1));
    assert_eq!(told.try_recv().unwrap().event, visavis_protocol::Event::MediaLost);
    assert_eq!(standing.says().load, 0);
}

#[test]
fn letting_go_of_everything_leaves_nothing() {
    let standing = Arc::new(Standing::default());
    let (mut worker, _told) = worker(&standing);
    assert_eq!((offered(&mut worker, 0, 1), offered(&mut worker, 1, 1)), (Ok(()), Ok(())));
    worker.work(Job::EndAll);
    assert_eq!((worker.rooms.len(), standing.says().load), (0, 0));
}

#[test]
fn what_live_state_does_not_know_is_let_go_of_the_second_time() {
    let standing = Arc::new(Standing::default());
    let (mut worker, mut told) = worker(&standing);
    let key = RoomKey { call: CallId::from_bits(1), generation: 0 };
    assert_eq!([1, 2, 3].map(|peer| offered(&mut worker, 0, peer)), [Ok(()); 3]);
    let seats = HashMap::from([
        (PeerId(1), SessionId::from_bits(1)),
        (PeerId(2), SessionId::from_bits(22)),
        (PeerId(4), SessionId::from_bits(4)),
    ]);
    let reconcile = |worker: &mut Worker| {
        let (seats, only) = (seats.clone(), Some(PeerId(1)));
        worker.work(Job::Reconcile { room: key, seats, only });
    };
    reconcile(&mut worker);
    assert_eq!((worker.rooms[&key].seats.len(), worker.rooms[&key].only), (3, None), "it may be on its way");
    reconcile(&mut worker);
    let room = &worker.rooms[&key];
    assert_eq!((room.seats.len(), room.only, standing.says().load), (2, Some(PeerId(1)), 2));
    assert!(!room.seats.contains_key(&PeerId(3)));
    assert!(told.try_recv().is_err(), "whoever is not in the room hears nothing of it");
    worker.lost(key, PeerId(2));
    assert_eq!(told.try_recv().unwrap().session, SessionId::from_bits(22), "the session that acts now");
}

fn stranger(at: Instant) -> Datagram<'static> {
    let source = SocketAddr::from(([198, 51, 100, 1], 1));
    Datagram { at, protocol: Protocol::Udp, source, destination: source, bytes: &[0x80; 20] }
}

const OFFER: &str = "v=0\r\n\
    o=- 1 1 IN IP4 0.0.0.0\r\n\
    s=-\r\n\
    t=0 0\r\n\
    a=group:BUNDLE 0\r\n\
    m=audio 9 UDP/TLS/RTP/SAVPF 111\r\n\
    c=IN IP4 0.0.0.0\r\n\
    a=rtcp-mux\r\n\
    a=ice-ufrag:theirs\r\n\
    a=ice-pwd:their password of enough\r\n\
    a=fingerprint:sha-256 00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF:00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF\r\n\
    a=setup:actpass\r\n\
    a=mid:0\r\n\
    a=sendonly\r\n\
    a=rtpmap:111 opus/48000/2\r\n";
