//! The threads' parts one by one: who may send, what goes into one system call, what a panic costs. Whole calls over
//! real sockets are tested from outside, by the bots.

use super::demux::Demux;
use super::outbound::Outbound;
use super::worker::Job;
use super::{Addresses, MOST_WAITING, MediaHandle, Offer, RoomKey, Shared, Target};
use crate::app::{Media, MediaOffer, MediaRefused, MediaRoom, MediaSeat, MediaSite};
use crate::port::{Arrived, MediaPackets, Port};
use std::net::{SocketAddr, UdpSocket};
use std::pin::pin;
use std::sync::atomic::Ordering;
use std::sync::mpsc::Receiver;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant};
use stun_types::attribute::{Software, Username};
use stun_types::message::{
    BINDING, IntegrityAlgorithm, Message, MessageIntegrityCredentials, MessageWriteVec, ShortTermCredentials,
};
use stun_types::prelude::{MessageWrite, MessageWriteExt};
use visavis_domain::ids::{CallId, InstanceId, ParticipantId, SessionId};
use visavis_domain::name::RoomName;
use visavis_media::{PeerId, Protocol, Transmit};

const HOME: &str = "203.0.113.7:443";

struct Scene {
    demux: Demux,
    shared: Arc<Shared>,
    /// What each worker is given.
    jobs: Vec<Receiver<Job>>,
}

fn scene(workers: usize) -> Scene {
    let home = Addresses::new(vec![HOME.parse().unwrap()]);
    let (mut shared, jobs) = Shared::new(workers, home, Arc::default());
    // It has run for a while.
    Arc::get_mut(&mut shared).unwrap().began -= Duration::from_secs(60);
    Scene { demux: Demux::new(shared.clone()), shared, jobs }
}

impl Scene {
    fn open(&self, ufrag: &str, worker: usize) {
        let room = RoomKey { call: CallId::from_bits(1), generation: 0 };
        let target = Target { worker, room, peer: PeerId(2) };
        self.shared.door().open(ufrag, "secret", target);
    }

    fn takes(&mut self, from: &str, bytes: &[u8]) -> bool {
        let arrived = Arrived { peer: from.parse().unwrap(), local: "10.0.0.5:8443".parse().unwrap(), bytes };
        self.demux.take(Instant::now(), &arrived)
    }

    /// A worker has been at the same thing for this long.
    fn stands_still(&self, worker: usize, ms: u64) {
        self.shared.queues[worker].busy_since.store(60_000 - ms, Ordering::Relaxed);
    }

    /// How many packets each worker has been given since.
    fn handed_over(&mut self) -> Vec<usize> {
        self.demux.hand_over();
        let count = |jobs: &Receiver<Job>| {
            jobs.try_iter().map(|job| if let Job::Packets(batch) = job { batch.len() } else { 0 }).sum()
        };
        self.jobs.iter().map(count).collect()
    }
}

fn request(username: &str, password: &str) -> Vec<u8> {
    let mut message = Message::builder_request(BINDING, MessageWriteVec::with_capacity(100));
    message.add_attribute(&Username::new(username).unwrap()).unwrap();
    message.add_attribute(&Software::new("test").unwrap()).unwrap();
    let key = MessageIntegrityCredentials::ShortTerm(ShortTermCredentials::new(password.to_owned()));
    message.add_message_integrity(&key, IntegrityAlgorithm::Sha1).unwrap();
    message.finish()
}

const RTP: &[u8] = &[0x80, 96, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1, 7, 7];

#[test]
fn packets_go_to_the_worker_of_their_room_and_strangers_nowhere() {
    let mut scene = scene(2);
    scene.open("ours", 1);
    assert!(scene.takes("198.51.100.1:4000", &request("ours:theirs", "secret")));
    assert!(scene.takes("198.51.100.1:4000", RTP));
    assert!(scene.takes("198.51.100.2:4000", RTP), "nobody else needs to look at it");
    assert!(!scene.takes("198.51.100.1:4000", &[0x40, 0, 0, 1, 9]), "TURN's");
    assert_eq!(scene.handed_over(), [0, 2]);
}

#[test]
fn a_worker_that_is_behind_is_given_no_more() {
    let mut scene = scene(1);
    scene.open("ours", 0);
    assert!(scene.takes("198.51.100.1:1", &request("ours:theirs", "secret")));
    scene.shared.queues[0].waiting.store(MOST_WAITING + 1, Ordering::Relaxed);
    assert_eq!(scene.handed_over(), [0]);
    scene.shared.queues[0].waiting.store(0, Ordering::Relaxed);
    assert!(scene.takes("198.51.100.1:1", RTP));
    assert_eq!(scene.handed_over(), [1]);
}

#[test]
fn our_addresses_have_the_names_that_participants_know() {
    let addresses =
        Addresses::new(["203.0.113.7:443", "[2001:db8::7]:443"].map(|one| one.parse().unwrap()).into());
    for (local, expected) in [
        ("203.0.113.7:8443", "203.0.113.7:443"),
        ("10.0.0.5:8443", "203.0.113.7:443"),
        ("127.0.0.1:8443", "203.0.113.7:443"),
        ("[fd00::5]:8443", "[2001:db8::7]:443"),
    ] {
        let (local, expected): (SocketAddr, SocketAddr) = (local.parse().unwrap(), expected.parse().unwrap());
        assert_eq!(addresses.known_as(local), expected);
    }
}

#[test]
fn datagrams_of_one_size_leave_together_and_arrive_as_they_were() {
    let receiver = UdpSocket::bind("127.0.0.1:0").unwrap();
    let port = Port::new(UdpSocket::bind("127.0.0.1:0").unwrap()).unwrap();
    let mut out = Outbound::new(port.sender(), vec!["127.0.0.1".parse().unwrap()]);
    let sizes = [100, 100, 100, 40, 100, 1000, 1000, 7];
    for (number, size) in (0_u8..).zip(sizes) {
        out.send(&Transmit {
            protocol: Protocol::Udp,
            source: "127.0.0.1:443".parse().unwrap(),
            destination: receiver.local_addr().unwrap(),
            contents: vec![number; size],
        });
    }
    out.flush();
    let mut buffer = [0; 2000];
    for (number, size) in (0_u8..).zip(sizes) {
        let length = receiver.recv(&mut buffer).unwrap();
        assert_eq!((buffer[0], length), (number, size));
    }
    // 100 100 100 40 | 100 | 1000 1000 7
    assert_eq!(out.counts.calls, 3);
    assert_eq!((out.counts.packets, out.counts.dropped), (8, 0));
}

fn site(generation: u32) -> MediaSite {
    MediaSite { instance: InstanceId::from_bits(9), call: CallId::from_bits(1), generation }
}

/// What there is to do for a worker, in words.
fn words(jobs: &Receiver<Job>) -> Vec<String> {
    let word = |job| match job {
        Job::Offer(Offer { room, .. }, _) => format!("offer {}", room.generation),
        Job::Remove { room, .. } => format!("remove {}", room.generation),
        Job::Retire(room) => format!("retire {}", room.generation),
        Job::End { .. } => "end".to_owned(),
        Job::EndAll => "end all".to_owned(),
        Job::Reconcile { wanted, .. } => format!("reconcile {}", wanted.seats.len()),
        Job::View { .. } | Job::Reseat { .. } | Job::AllowOnly { .. } => "other".to_owned(),
        Job::Ice { .. } | Job::Mute { .. } | Job::Camera { .. } => "other".to_owned(),
        Job::Packets(_) | Job::StreamOpened { .. } | Job::StreamClosed { .. } => "packets".to_owned(),
    };
    jobs.try_iter().map(word).collect()
}

fn handle(scene: &Scene) -> MediaHandle {
    MediaHandle { shared: scene.shared.clone(), placements: Mutex::default(), doubts: Mutex::default() }
}

#[tokio::test]
async fn a_call_that_live_state_does_not_know_ends_the_second_time() {
    let scene = scene(1);
    let media = handle(&scene);
    let seat = MediaSeat { participant: ParticipantId::from_bits(2), session: SessionId::from_bits(3) };
    let offer = || MediaOffer {
        fresh: true,
        sdp: String::new(),
        tracks: Vec::new(),
        only: None,
        dark: false,
        feed: None,
    };
    assert!(futures_util::poll!(media.offer(site(4), seat, offer())).is_pending());
    let room = |feeds| MediaRoom {
        site: site(4),
        seats: vec![seat],
        only: None,
        name: RoomName::parse("Town hall").unwrap(),
        feeds,
        muted: Vec::new(),
        dark: Vec::new(),
    };
    let known = || vec![room(Vec::new())];
    media.reconcile(known());
    media.reconcile(Vec::new());
    media.reconcile(known());
    media.reconcile(Vec::new());
    assert_eq!(words(&scene.jobs[0]), ["offer 4", "reconcile 1", "reconcile 1"]);
    media.reconcile(Vec::new());
    assert_eq!(words(&scene.jobs[0]), ["end"]);
    media.reconcile(known());
    assert_eq!(words(&scene.jobs[0]), [""; 0], "nobody is connected here");
    media.reconcile(vec![room(vec![seat])]);
    assert_eq!(words(&scene.jobs[0]), ["reconcile 1"], "a program should be: it is told that it is not");
}

#[tokio::test]
async fn the_latest_generation_is_the_one_that_counts() {
    let scene = scene(2);
    let media = handle(&scene);
    let participant = ParticipantId::from_bits(2);
    let seat = MediaSeat { participant, session: SessionId::from_bits(3) };
    let offered = async |generation| {
        let offer = MediaOffer {
            fresh: true,
            sdp: String::new(),
            tracks: Vec::new(),
            only: None,
            dark: false,
            feed: None,
        };
        futures_util::poll!(media.offer(site(generation), seat, offer))
    };
    let unknown = Poll::Ready(Err(MediaRefused::Unknown));
    assert!(offered(4).await.is_pending());
    scene.shared.queues[0].load.store(1, Ordering::Relaxed);
    assert!(offered(5).await.is_pending());
    assert_eq!(offered(4).await, unknown);
    assert_eq!(media.view(site(4), participant, Vec::new()).await, Err(MediaRefused::Unknown));
    // About what is retired nothing is to be done any more, and its end is not the end of what came after.
    media.remove(site(4), participant);
    media.end(site(4));
    assert_eq!(words(&scene.jobs[0]), ["offer 4", "retire 4"]);
    media.remove(site(5), participant);
    media.retire(site(5));
    assert_eq!(words(&scene.jobs[1]), ["offer 5", "remove 5", "retire 5"]);
    media.end(site(5));
    assert_eq!(scene.jobs.iter().map(words).collect::<Vec<_>>(), [["end"], ["end"]]);
    assert!(offered(5).await.is_pending(), "nothing is known of it any more");
    media.end_all();
    assert_eq!(words(&scene.jobs[0]).last().unwrap(), "end all");
}

/// An offer to the room of this call, as if nobody waited for its answer.
fn offered(media: &MediaHandle, call: u128) -> Poll<Result<String, MediaRefused>> {
    let seat = MediaSeat { participant: ParticipantId::from_bits(2), session: SessionId::from_bits(3) };
    let offer = MediaOffer {
        fresh: true,
        sdp: String::new(),
        tracks: Vec::new(),
        only: None,
        dark: false,
        feed: None,
    };
    let site = MediaSite { call: CallId::from_bits(call), ..site(4) };
    let mut context = Context::from_waker(Waker::noop());
    pin!(media.offer(site, seat, offer)).as_mut().poll(&mut context)
}

#[tokio::test]
async fn no_room_begins_where_nobody_gets_on_and_none_stays_there_for_long() {
    let scene = scene(2);
    let media = handle(&scene);
    let told = || scene.jobs.iter().map(words).collect::<Vec<_>>();
    assert!(offered(&media, 1).is_pending());
    assert_eq!(told(), [vec!["offer 4"], vec![]]);
    scene.stands_still(0, 3_000);
    assert!(offered(&media, 2).is_pending());
    assert!(offered(&media, 1).is_pending());
    assert_eq!(told(), [["offer 4"], ["offer 4"]], "what has begun may be back in a moment");
    scene.stands_still(0, 11_000);
    assert!(offered(&media, 1).is_pending());
    assert_eq!(told(), [["end"], ["offer 4"]], "should it get on after all");
    scene.stands_still(1, 12_000);
    assert!(offered(&media, 1).is_pending());
    assert_eq!(told(), [vec!["offer 4"], vec!["end"]]);
}

#[tokio::test]
async fn where_nobody_gets_on_anywhere_a_room_stays() {
    let scene = scene(1);
    let media = handle(&scene);
    assert!(offered(&media, 1).is_pending());
    scene.stands_still(0, 12_000);
    assert!(offered(&media, 1).is_pending());
    assert_eq!(words(&scene.jobs[0]), ["offer 4", "offer 4"]);
}

#[tokio::test]
async fn rooms_of_a_thread_that_is_no_more_begin_at_another() {
    let mut scene = scene(2);
    let media = handle(&scene);
    assert!(offered(&media, 1).is_pending());
    drop(scene.jobs.remove(0));
    assert!(offered(&media, 1).is_pending());
    assert!(offered(&media, 2).is_pending());
    assert_eq!(words(&scene.jobs[0]), ["offer 4", "offer 4"]);
    drop(scene.jobs.remove(0));
    assert_eq!(offered(&media, 1), Poll::Ready(Err(MediaRefused::Away)));
}

#[test]
fn that_a_worker_does_not_get_on_is_noted() {
    let mut scene = scene(2);
    scene.demux.tick();
    assert_eq!(scene.shared.standing.media_silent(), Duration::ZERO);
    scene.stands_still(1, 5_000);
    scene.demux.tick();
    assert!(scene.shared.standing.media_silent() >= Duration::from_secs(5));
    scene.shared.queues[1].busy_since.store(0, Ordering::Relaxed);
    scene.demux.tick();
    assert_eq!(scene.shared.standing.media_silent(), Duration::ZERO);
    drop(scene.jobs.remove(0));
    assert!(scene.shared.queues[0].give(Job::EndAll).is_some());
    scene.demux.tick();
    assert!(scene.shared.standing.media_silent() > Duration::from_secs(60));
}

#[test]
fn a_stream_that_ends_takes_none_along_that_has_come_from_the_same_place() {
    let port = Port::new(UdpSocket::bind("127.0.0.1:0").unwrap()).unwrap();
    let mut out = Outbound::new(port.sender(), Vec::new());
    let ends: (SocketAddr, SocketAddr) = ("198.51.100.1:4000".parse().unwrap(), HOME.parse().unwrap());
    let transmit =
        Transmit { protocol: Protocol::Tcp, source: ends.1, destination: ends.0, contents: vec![7; 10] };
    let (frames, _first) = tokio::sync::mpsc::channel(8);
    out.open_stream(ends, 1, frames);
    let (frames, mut second) = tokio::sync::mpsc::channel(8);
    out.open_stream(ends, 2, frames);
    out.close_stream(ends, 1);
    out.send(&transmit);
    assert_eq!(second.try_recv().unwrap().len(), 12);
    // Though its reader has not gone yet: the word that it goes may be there before.
    out.close_stream(ends, 2);
    out.send(&transmit);
    assert!(second.try_recv().is_err());
    assert_eq!(out.counts.dropped, 1);
}
