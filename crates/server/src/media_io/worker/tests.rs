//! What jobs do to a worker's rooms, and what a panic costs.

use super::*;
use crate::cluster::Standing;
use crate::media_io::Addresses;
use crate::port::Port;
use std::collections::HashSet;
use std::net::SocketAddr;
use std::net::UdpSocket;
use visavis_domain::ids::CallId;
use visavis_domain::name::RoomName;
use visavis_media::{Certificate, Protocol, TrackOffer, Watch};

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

#[test]
fn a_panic_is_theirs_whose_offer_or_wish_it_was_about() {
    type Work = Box<dyn Fn(&mut Router)>;
    let now = Instant::now();
    let (ana, ben) = (PeerId(1), PeerId(2));
    let watch = Watch { publisher: None, picture: visavis_media::Source::Camera };
    let works: [(&str, Work, Option<PeerId>); 8] = [
        ("offer", Box::new(move |router| drop(router.offer(now, ana, true, OFFER, &[]))), Some(ana)),
        ("view", Box::new(move |router| assert!(router.view(now, ana, Vec::new()))), Some(ana)),
        ("watch", Box::new(move |router| router.watch(now, ana, watch)), Some(ana)),
        ("mute", Box::new(move |router| router.mute(now, ana)), Some(ana)),
        ("camera", Box::new(move |router| router.darken(now, ana)), Some(ana)),
        ("anew", Box::new(move |router| router.tell_anew(now, ana)), Some(ana)),
        ("remove", Box::new(move |router| router.remove(ana)), None),
        ("only", Box::new(move |router| router.allow_only(now, Some(ana))), None),
    ];
    for (name, work, whose) in works {
        let mut room = room();
        let offered = room.guarded(|router| {
            [ana, ben].into_iter().all(|peer| router.offer(now, peer, true, OFFER, &[]).is_ok())
        });
        assert!(matches!(offered, Ok(true)));
        // Ben's connection is the last that is dealt with.
        assert!(room.guarded(|router| router.flush(now, &mut |_, _| {})).is_ok());
        assert!(matches!(room.guarded(|_| panic!("a bug")), Err::<(), _>(Cost::Room)), "{name}");
        let broken: Result<(), _> = room.guarded(|router| {
            work(router);
            panic!("a bug")
        });
        let cost = match broken {
            Err(Cost::Connection(peer)) => Some(peer),
            _ => None,
        };
        assert_eq!(cost, whose, "{name}");
    }
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
    let offer = Offer { room, peer, session, fresh: true, sdp, tracks, only: None, dark: false, feed: None };
    worker.offer(offer).map(drop)
}

fn lost(session: u128) -> MediaNotice {
    let event = Box::new(visavis_protocol::Event::MediaLost);
    MediaNotice::Session { session: SessionId::from_bits(session), event }
}

fn speaks(session: u128, peer: Option<PeerId>) -> MediaNotice {
    let event = visavis_protocol::Event::ActiveSpeaker { participant: peer.map(participant) };
    MediaNotice::Session { session: SessionId::from_bits(session), event: Box::new(event) }
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
    assert_eq!(told.try_recv().unwrap(), lost(1));
    assert_eq!(standing.says().load, 0);
}

#[test]
fn a_panic_outside_of_any_room_costs_all_of_them_and_not_the_thread() {
    let standing = Arc::new(Standing::default());
    let (mut worker, mut told) = worker(&standing);
    assert_eq!([1, 2].map(|peer| offered(&mut worker, 0, peer)), [Ok(()), Ok(())]);
    // Of a packet that is longer than all of them.
    let mut batch = Batch::in_stream();
    let nowhere = SocketAddr::from(([0, 0, 0, 0], 0));
    let room = RoomKey { call: CallId::from_bits(1), generation: 0 };
    batch.push(Instant::now(), Target { worker: 0, room, peer: PeerId(1) }, nowhere, nowhere, &[0; 20]);
    batch.packets[0].length = 21;
    worker.turn(Some(Job::Packets(batch)));
    assert_eq!((worker.rooms.len(), standing.says().load, worker.counts.panics), (0, 0, 1));
    let mut heard = [told.try_recv().unwrap(), told.try_recv().unwrap()];
    heard.sort_by_key(|notice| *notice != lost(1));
    assert_eq!(heard, [lost(1), lost(2)]);
    assert_eq!(offered(&mut worker, 0, 1), Ok(()), "they come again");
    worker.turn(None);
    assert_eq!(worker.rooms.len(), 1);
}

#[test]
fn a_session_that_acts_for_somebody_now_is_told_what_the_one_before_was() {
    let (mut worker, mut told) = worker(&Arc::default());
    let key = RoomKey { call: CallId::from_bits(1), generation: 0 };
    assert_eq!([1, 2].map(|peer| offered(&mut worker, 0, peer)), [Ok(()), Ok(())]);
    worker.rooms.get_mut(&key).unwrap().speaker = Some(PeerId(2));
    let reseat = |session| Job::Reseat { room: key, peer: PeerId(1), session: SessionId::from_bits(session) };
    worker.work(reseat(1));
    assert!(told.try_recv().is_err(), "it is the same");
    worker.work(reseat(11));
    assert_eq!(told.try_recv(), Ok(speaks(11, Some(PeerId(2)))));
    // That one offers anew, by a third.
    let offer = Offer {
        room: key,
        peer: PeerId(1),
        session: SessionId::from_bits(12),
        fresh: false,
        sdp: OFFER.to_owned(),
        tracks: Vec::new(),
        only: None,
        dark: false,
        feed: None,
    };
    assert!(worker.offer(offer).is_ok());
    assert_eq!(told.try_recv(), Ok(speaks(12, Some(PeerId(2)))));
    worker.rooms.get_mut(&key).unwrap().speaker = None;
    worker.work(reseat(13));
    assert_eq!(told.try_recv(), Ok(speaks(13, None)), "who was thought to speak does not any more");
    worker.work(Job::Retire(key));
    worker.work(reseat(14));
    assert!(told.try_recv().is_err(), "the room that follows tells");
}

#[test]
fn whose_camera_is_off_is_what_live_state_says_the_second_time() {
    let (mut worker, _told) = worker(&Arc::default());
    let key = RoomKey { call: CallId::from_bits(1), generation: 0 };
    assert_eq!(offered(&mut worker, 0, 1), Ok(()));
    published(&mut worker, key, 2);
    let seats: HashMap<_, _> =
        [1, 2].map(|peer: u128| (PeerId(peer), SessionId::from_bits(peer))).into_iter().collect();
    let dark = |worker: &Worker| [1, 2].map(|peer| worker.rooms[&key].seats[&PeerId(peer)].dark);
    let reconcile = |worker: &mut Worker, dark: &[u128]| {
        let dark = dark.iter().copied().map(PeerId).collect();
        let wanted = Wanted { seats: seats.clone(), dark, ..nobody() };
        worker.work(Job::Reconcile { room: key, wanted: Box::new(wanted) });
    };
    reconcile(&mut worker, &[1]);
    assert_eq!(dark(&worker), [false, false], "the word of it may be on its way");
    reconcile(&mut worker, &[1]);
    assert_eq!(dark(&worker), [true, false]);
    worker.work(Job::Camera { room: key, peer: PeerId(1), dark: false });
    assert_eq!(dark(&worker), [false, false]);
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
        let wanted = Wanted { seats: seats.clone(), only: Some(PeerId(1)), ..nobody() };
        worker.work(Job::Reconcile { room: key, wanted: Box::new(wanted) });
    };
    reconcile(&mut worker);
    assert_eq!((worker.rooms[&key].seats.len(), worker.rooms[&key].only), (3, None), "it may be on its way");
    reconcile(&mut worker);
    let room = &worker.rooms[&key];
    assert_eq!((room.seats.len(), room.only, standing.says().load), (2, Some(PeerId(1)), 2));
    assert!(!room.seats.contains_key(&PeerId(3)));
    assert_eq!(told.try_recv(), Ok(speaks(22, None)), "what is told to whom acts now");
    assert!(told.try_recv().is_err(), "whoever is not in the room hears nothing of it");
    worker.lost(key, PeerId(2));
    assert_eq!(told.try_recv().unwrap(), lost(22), "the session that acts now");
}

fn name() -> RoomName {
    RoomName::parse("Town hall").unwrap()
}

fn nobody() -> Wanted {
    let (seats, feeds, muted, dark) = (HashMap::new(), HashMap::new(), HashSet::new(), HashSet::new());
    Wanted { seats, only: None, name: name(), feeds, muted, dark }
}

/// A program publishes, as its seat's participant `peer`. Returns the name of our side's ICE session.
fn published(worker: &mut Worker, key: RoomKey, peer: u128) -> String {
    let offer = Offer {
        room: key,
        peer: PeerId(peer),
        session: SessionId::from_bits(peer),
        fresh: true,
        sdp: OFFER.replace("their password of enough", "theirpasswordofenough22"),
        tracks: vec![TrackOffer {
            mid: "0".into(),
            source: visavis_media::Source::Microphone,
            layers: vec![],
        }],
        only: None,
        dark: false,
        feed: Some(MediaFeed { room: name(), watch: None }),
    };
    feed::ice_name(&worker.offer(offer).unwrap()).unwrap().ufrag
}

fn over(peer: u128) -> MediaNotice {
    let (participant, session) = (participant(PeerId(peer)), SessionId::from_bits(peer));
    MediaNotice::Feed { room: name(), seat: MediaSeat { participant, session }, flows: Flows::Over }
}

#[test]
fn a_program_goes_on_in_its_ice_session_or_begins_another() {
    let (mut worker, _told) = worker(&Arc::default());
    let key = RoomKey { call: CallId::from_bits(1), generation: 0 };
    let tag = published(&mut worker, key, 1);
    let present = ("theirs", "theirpasswordofenough22");
    let other = ("others", "anotherpasswordofenough");
    let ice = |worker: &mut Worker, tag: Option<&str>, (ufrag, password): (&str, &str)| {
        let asked =
            IceAsked { tag: tag.map(str::to_owned), ufrag: ufrag.to_owned(), password: password.to_owned() };
        worker.ice(key, PeerId(1), asked)
    };
    assert_eq!(ice(&mut worker, Some(&tag), present), Ok(IceTold::Present));
    assert_eq!(ice(&mut worker, None, present), Ok(IceTold::Present));
    assert_eq!(ice(&mut worker, Some("another"), present), Err(MediaRefused::Stale));
    assert_eq!(ice(&mut worker, Some(&tag), other), Err(MediaRefused::Unusable), "it says it goes on");
    let Ok(IceTold::Begun { sdp }) = ice(&mut worker, None, other) else { panic!("another one begins") };
    let after = feed::ice_name(&sdp).unwrap().ufrag;
    assert_ne!(after, tag);
    assert_eq!(ice(&mut worker, Some(&tag), present), Err(MediaRefused::Stale), "that one is over");
    assert_eq!(ice(&mut worker, Some(&after), other), Ok(IceTold::Present));
    assert_eq!(offered(&mut worker, 0, 2), Ok(()));
    let asked = IceAsked { tag: None, ufrag: other.0.into(), password: other.1.into() };
    assert_eq!(worker.ice(key, PeerId(2), asked), Err(MediaRefused::Unknown), "a page offers");
}

#[test]
fn of_a_program_its_room_is_told_and_once_more_where_that_was_lost() {
    let standing = Arc::new(Standing::default());
    let (mut worker, mut told) = worker(&standing);
    let key = RoomKey { call: CallId::from_bits(1), generation: 0 };
    published(&mut worker, key, 1);
    worker.lost(key, PeerId(1));
    assert_eq!(told.try_recv(), Ok(over(1)));
    assert_eq!(standing.says().load, 0);
    worker.rooms.clear();
    // Nobody has heard it.
    let wanted = |feeds: &[u128]| {
        let feeds = feeds.iter().map(|one| (PeerId(*one), SessionId::from_bits(*one))).collect();
        Job::Reconcile { room: key, wanted: Box::new(Wanted { feeds, ..nobody() }) }
    };
    worker.work(wanted(&[1, 2]));
    assert!(told.try_recv().is_err(), "it may be on its way");
    worker.work(wanted(&[1]));
    assert_eq!(told.try_recv(), Ok(over(1)));
    assert!(told.try_recv().is_err());
    worker.work(wanted(&[]));
    assert!(worker.missing.is_empty());
}

#[test]
fn who_is_heard_although_muted_is_not_the_second_time() {
    let (mut worker, _told) = worker(&Arc::default());
    let key = RoomKey { call: CallId::from_bits(1), generation: 0 };
    published(&mut worker, key, 1);
    let seat = HashMap::from([(PeerId(1), SessionId::from_bits(1))]);
    for expected in [false, true] {
        let wanted = Wanted {
            seats: seat.clone(),
            feeds: seat.clone(),
            muted: HashSet::from([PeerId(1)]),
            ..nobody()
        };
        worker.work(Job::Reconcile { room: key, wanted: Box::new(wanted) });
        assert_eq!(worker.rooms[&key].seats[&PeerId(1)].muted, expected);
    }
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
