//! A worker: a thread that owns the rooms placed with it, from packet to packet. Thin: what happens in a room is for
//! its router to decide.

use super::doubts::Doubts;
use super::outbound::{Ends, Outbound};
use super::{RoomKey, Shared, Target, named, participant, watch};
use crate::app::{Flows, IceAsked, IceTold, MediaFeed, MediaNotice, MediaRefused, MediaSeat};
use crate::port::PortSender;
use bytes::Bytes;
use std::collections::{HashMap, HashSet};
use std::net::{IpAddr, SocketAddr};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::{Duration, Instant};
use tokio::sync::{mpsc, oneshot};
use visavis_domain::ids::{CallId, SessionId};
use visavis_domain::name::RoomName;
use visavis_media::door::Admitted;
use visavis_media::feed::{self, IceName};
use visavis_media::{Datagram, Event, PeerId, Protocol, Router, Settings, TrackOffer, Unusable, View};
use visavis_protocol::SlotLabel;

/// Jobs taken before what they brought is sent. More makes longer runs under load, fewer keep the delay low.
const TURN: usize = 32;
/// What arrives is sent on together: a connection's turn costs as much as several packets do. Rooms gather for this
/// long for each of their people, and never longer than the most.
const GATHER_EACH: Duration = Duration::from_micros(60);
const GATHER_MOST: Duration = Duration::from_millis(2);
/// With nothing to do it looks around this often.
const IDLE: Duration = Duration::from_secs(1);
/// How often figures are handed over.
const REPORT: Duration = Duration::from_secs(1);
/// For so long a room goes on whose people make new connections elsewhere. Less cuts off whoever is slow to get there;
/// more keeps connections of pages that are gone.
const RETIRES: Duration = Duration::from_secs(10);

/// What a worker is asked to do.
pub(super) enum Job {
    Packets(Batch),
    StreamOpened {
        ends: Ends,
        frames: mpsc::Sender<Bytes>,
    },
    StreamClosed {
        ends: Ends,
    },
    Offer(Offer, oneshot::Sender<Result<String, MediaRefused>>),
    View {
        room: RoomKey,
        peer: PeerId,
        views: Vec<View>,
        answer: oneshot::Sender<Result<(), MediaRefused>>,
    },
    Ice {
        room: RoomKey,
        peer: PeerId,
        asked: IceAsked,
        answer: oneshot::Sender<Result<IceTold, MediaRefused>>,
    },
    Mute {
        room: RoomKey,
        peer: PeerId,
    },
    Reseat {
        room: RoomKey,
        peer: PeerId,
        session: SessionId,
    },
    Remove {
        room: RoomKey,
        peer: PeerId,
    },
    AllowOnly {
        room: RoomKey,
        only: Option<PeerId>,
    },
    Retire(RoomKey),
    /// What there should be.
    Reconcile {
        room: RoomKey,
        wanted: Box<Wanted>,
    },
    /// In whatever room.
    End {
        call: CallId,
    },
    EndAll,
}

/// A room as live state has it.
pub(super) struct Wanted {
    /// Who may have a connection.
    pub(super) seats: HashMap<PeerId, SessionId>,
    /// Who alone is forwarded.
    pub(super) only: Option<PeerId>,
    pub(super) name: RoomName,
    /// Programs that have one.
    pub(super) feeds: HashMap<PeerId, SessionId>,
    /// Those who are not heard.
    pub(super) muted: HashSet<PeerId>,
}

/// One side of a connection, and whose it is.
pub(super) struct Offer {
    pub(super) room: RoomKey,
    pub(super) peer: PeerId,
    pub(super) session: SessionId,
    pub(super) fresh: bool,
    pub(super) sdp: String,
    pub(super) tracks: Vec<TrackOffer>,
    pub(super) only: Option<PeerId>,
    pub(super) feed: Option<MediaFeed>,
}

/// Packets on their way to a worker, behind each other in memory.
pub(super) struct Batch {
    at: Instant,
    protocol: Protocol,
    bytes: Vec<u8>,
    packets: Vec<Packet>,
}

struct Packet {
    target: Target,
    source: SocketAddr,
    destination: SocketAddr,
    length: usize,
}

impl Default for Batch {
    fn default() -> Self {
        Self { at: Instant::now(), protocol: Protocol::Udp, bytes: Vec::new(), packets: Vec::new() }
    }
}

impl Batch {
    pub(super) fn in_stream() -> Self {
        Self { protocol: Protocol::Tcp, ..Self::default() }
    }

    pub(super) fn push(
        &mut self,
        now: Instant,
        target: Target,
        source: SocketAddr,
        destination: SocketAddr,
        bytes: &[u8],
    ) {
        self.at = now;
        self.bytes.extend_from_slice(bytes);
        self.packets.push(Packet { target, source, destination, length: bytes.len() });
    }

    /// In bytes.
    pub(super) fn size(&self) -> usize {
        self.bytes.len()
    }

    pub(super) fn len(&self) -> usize {
        self.packets.len()
    }
}

pub(super) struct Worker {
    number: usize,
    jobs: Receiver<Job>,
    shared: Arc<Shared>,
    settings: Settings,
    rooms: HashMap<RoomKey, Room>,
    out: Outbound,
    notices: mpsc::Sender<MediaNotice>,
    next_report: Instant,
    counts: Counts,
    /// Programs that live state has connected, and nobody here.
    missing: HashMap<RoomKey, Doubts<PeerId>>,
}

#[derive(Default)]
struct Counts {
    received: u64,
    refused: u64,
    forwarded: u64,
    panics: u64,
    untold: u64,
}

/// A call's media.
struct Room {
    router: Router,
    seats: HashMap<PeerId, Seat>,
    /// As the router was last told.
    only: Option<PeerId>,
    doubts: Doubts<Doubt>,
    speaker: Option<PeerId>,
    /// Something has happened in it since it was last flushed.
    touched: bool,
    deadline: Instant,
    /// Not flushed before.
    rests_until: Instant,
    /// When it ends. Until then it goes on in silence: its people are told by its successor.
    retires: Option<Instant>,
}

/// Whose connection it is, and under which name.
struct Seat {
    session: SessionId,
    ufrag: String,
    connection: Arc<Admitted<Target>>,
    feed: Option<Box<FeedSeat>>,
    muted: bool,
}

/// What is kept of a program's connection: nobody asks it for another offer.
struct FeedSeat {
    feed: MediaFeed,
    sdp: String,
    tracks: Vec<TrackOffer>,
}

/// What is otherwise than live state has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Doubt {
    /// Somebody's connection, who is not in the room.
    Seat(PeerId),
    /// Who is told what happens to a connection.
    Session(PeerId, SessionId),
    /// Who alone is forwarded.
    Only(Option<PeerId>),
    /// Somebody is heard who should not be.
    Heard(PeerId),
}

/// What a panic cost.
enum Cost {
    Connection(PeerId),
    Room,
}

impl Room {
    fn new(settings: &Settings, now: Instant) -> Self {
        Self {
            router: Router::new(settings.clone(), now),
            seats: HashMap::new(),
            only: None,
            doubts: Doubts::default(),
            speaker: None,
            touched: true,
            deadline: now,
            rests_until: now,
            retires: None,
        }
    }

    /// When it has to be flushed.
    fn due(&self) -> Instant {
        if self.touched { self.rests_until } else { self.deadline.max(self.rests_until) }
    }

    /// Lets the router work. A panic in it, which would be a bug, costs the connection that it was about.
    fn guarded<T>(&mut self, work: impl FnOnce(&mut Router) -> T) -> Result<T, Cost> {
        self.touched = true;
        let router = &mut self.router;
        catch_unwind(AssertUnwindSafe(|| work(router))).map_err(|_| {
            tracing::error!("a connection made the media server panic");
            let removed = router
                .working_for()
                .and_then(|peer| catch_unwind(AssertUnwindSafe(|| router.remove(peer))).ok().map(|()| peer));
            removed.map_or(Cost::Room, Cost::Connection)
        })
    }
}

impl Worker {
    pub(super) fn new(
        number: usize,
        jobs: Receiver<Job>,
        shared: Arc<Shared>,
        settings: Settings,
        port: Arc<PortSender>,
        own: Vec<IpAddr>,
        notices: mpsc::Sender<MediaNotice>,
    ) -> Self {
        Self {
            number,
            jobs,
            shared,
            settings,
            rooms: HashMap::new(),
            out: Outbound::new(port, own),
            notices,
            next_report: Instant::now() + REPORT,
            counts: Counts::default(),
            missing: HashMap::new(),
        }
    }

    /// Runs until nobody can ask for anything any more.
    pub(super) fn run(mut self) {
        loop {
            self.set_busy(0);
            let mut job = match self.wait() {
                Ok(job) => Some(job),
                Err(RecvTimeoutError::Timeout) => None,
                Err(RecvTimeoutError::Disconnected) => return,
            };
            let since = u64::try_from(self.shared.began.elapsed().as_millis()).unwrap_or(u64::MAX);
            self.set_busy(since.max(1));
            for _ in 0..TURN {
                let Some(next) = job.take() else { break };
                self.work(next);
                job = self.jobs.try_recv().ok();
            }
            if let Some(last) = job {
                self.work(last);
            }
            self.flush();
        }
    }

    /// Until there is something to do.
    fn wait(&self) -> Result<Job, RecvTimeoutError> {
        let now = Instant::now();
        let due = self.rooms.values().map(Room::due).min();
        let wait = due.map_or(IDLE, |next| next.saturating_duration_since(now).min(IDLE));
        if !self.rooms.values().any(|room| room.touched) {
            return self.jobs.recv_timeout(wait);
        }
        // A room gathers. To be woken for each packet of it would cost more than the packet.
        #[allow(clippy::disallowed_methods, reason = "a thread of its own: nobody else waits")]
        std::thread::sleep(wait);
        self.jobs.recv_timeout(Duration::ZERO)
    }

    fn set_busy(&self, since: u64) {
        self.shared.queues[self.number].busy_since.store(since, Ordering::Relaxed);
    }

    fn work(&mut self, job: Job) {
        match job {
            Job::Packets(batch) => self.packets(&batch),
            Job::StreamOpened { ends, frames } => self.out.open_stream(ends, frames),
            Job::StreamClosed { ends } => self.out.close_stream(ends),
            Job::Offer(offer, answer) => {
                // Whoever asked may have gone.
                let _ = answer.send(self.offer(offer));
            }
            Job::View { room, peer, views, answer } => {
                let _ = answer.send(self.view(room, peer, views));
            }
            Job::Ice { room, peer, asked, answer } => {
                let _ = answer.send(self.ice(room, peer, asked));
            }
            Job::Mute { room, peer } => self.mute(room, peer),
            Job::Reseat { room, peer, session } => self.reseat(room, peer, session),
            Job::Remove { room, peer } => self.remove(room, peer),
            Job::AllowOnly { room, only } => self.allow_only(room, only),
            Job::Retire(key) => {
                if let Some(room) = self.rooms.get_mut(&key) {
                    room.retires.get_or_insert_with(|| Instant::now() + RETIRES);
                }
            }
            Job::Reconcile { room, wanted } => {
                self.find_missing(room, &wanted);
                self.reconcile(room, &wanted);
            }
            Job::End { call } => self.end(|key, _| key.call == call),
            Job::EndAll => self.end(|_, _| true),
        }
    }

    /// Ends rooms without a word.
    fn end(&mut self, over: impl Fn(&RoomKey, &Room) -> bool) {
        let ended: Vec<_> = self.rooms.extract_if(|key, room| over(key, room)).collect();
        for (_, room) in ended {
            self.close(room.seats.into_values());
        }
    }

    fn packets(&mut self, batch: &Batch) {
        self.shared.queues[self.number].waiting.fetch_sub(batch.size(), Ordering::Relaxed);
        let mut rest = batch.bytes.as_slice();
        for packet in &batch.packets {
            let (bytes, others) = rest.split_at(packet.length);
            rest = others;
            let Target { room: key, peer, .. } = packet.target;
            let Some(room) = self.rooms.get_mut(&key) else { continue };
            let datagram = Datagram {
                at: batch.at,
                protocol: batch.protocol,
                source: packet.source,
                destination: packet.destination,
                bytes,
            };
            let out = &mut self.out;
            let taken = room
                .guarded(|router| router.receive(peer, &datagram, &mut |_, transmit| out.send(&transmit)));
            self.counts.received += 1;
            self.counts.refused += u64::from(matches!(taken, Ok(false)));
            self.settle(key, taken.map(drop));
        }
    }

    fn offer(&mut self, offer: Offer) -> Result<String, MediaRefused> {
        let Offer { room: key, peer, session, fresh, sdp, tracks, only, feed } = offer;
        let now = Instant::now();
        let known = self.rooms.get(&key);
        if known.is_some_and(|room| room.retires.is_some())
            || !(fresh || known.is_some_and(|room| room.seats.contains_key(&peer)))
        {
            return Err(MediaRefused::Unknown);
        }
        let settings = &self.settings;
        let room = self.rooms.entry(key).or_insert_with(|| Room::new(settings, now));
        let changed = (room.only != only).then_some(only);
        room.only = only;
        let outcome = room.guarded(|router| {
            if let Some(only) = changed {
                router.allow_only(now, only);
            }
            let Some(feed) = &feed else { return router.offer(now, peer, fresh, &sdp, &tracks) };
            let answered = router.offer_feed(now, peer, fresh, &sdp, &tracks);
            if let Some(watched) = feed.watch {
                router.watch(now, peer, watch(watched));
            }
            answered
        });
        let feed = feed.map(|feed| Box::new(FeedSeat { feed, sdp, tracks }));
        let answer = match outcome {
            Ok(Ok(answer)) => answer,
            Ok(Err(Unusable)) => return Err(MediaRefused::Unusable),
            Err(cost) => {
                self.settle(key, Err(cost));
                return Err(MediaRefused::Unusable);
            }
        };
        let mut door = self.shared.door();
        match room.seats.get_mut(&peer).filter(|_| !fresh) {
            Some(seat) => {
                door.rename(&seat.ufrag, &answer.ufrag, &answer.password, &seat.connection);
                seat.ufrag = answer.ufrag;
                seat.session = session;
                seat.feed = feed;
            }
            None => {
                let target = Target { worker: self.number, room: key, peer };
                let connection = door.open(&answer.ufrag, &answer.password, target);
                let seat = Seat { session, ufrag: answer.ufrag, connection, feed, muted: false };
                if let Some(before) = room.seats.insert(peer, seat) {
                    door.close(&before.ufrag, &before.connection);
                } else {
                    self.shared.opened(self.number);
                }
            }
        }
        Ok(answer.sdp)
    }

    fn view(&mut self, key: RoomKey, peer: PeerId, views: Vec<View>) -> Result<(), MediaRefused> {
        let room = self.rooms.get_mut(&key).ok_or(MediaRefused::Unknown)?;
        let seen = room.guarded(|router| router.view(Instant::now(), peer, views));
        match seen {
            Ok(true) => Ok(()),
            Ok(false) => Err(MediaRefused::Unknown),
            Err(cost) => {
                self.settle(key, Err(cost));
                Err(MediaRefused::Unknown)
            }
        }
    }

    /// A program goes on in its ICE session, or begins another one: its offer as it was, but for the name.
    fn ice(&mut self, key: RoomKey, peer: PeerId, asked: IceAsked) -> Result<IceTold, MediaRefused> {
        let IceAsked { tag, ufrag, password } = asked;
        let room = self.rooms.get(&key).ok_or(MediaRefused::Unknown)?;
        let seat = room.seats.get(&peer).ok_or(MediaRefused::Unknown)?;
        let FeedSeat { feed, sdp, tracks } = seat.feed.as_deref().ok_or(MediaRefused::Unknown)?;
        if tag.as_ref().is_some_and(|tag| *tag != seat.ufrag) {
            return Err(MediaRefused::Stale);
        }
        let name = IceName { ufrag, password };
        if feed::ice_name(sdp).is_ok_and(|present| present == name) {
            return Ok(IceTold::Present);
        }
        if tag.is_some() {
            return Err(MediaRefused::Unusable);
        }
        let offer = Offer {
            room: key,
            peer,
            session: seat.session,
            fresh: false,
            sdp: feed::restarted(sdp, &name),
            tracks: tracks.clone(),
            only: room.only,
            feed: Some(feed.clone()),
        };
        self.offer(offer).map(|sdp| IceTold::Begun { sdp })
    }

    fn mute(&mut self, key: RoomKey, peer: PeerId) {
        let Some(room) = self.rooms.get_mut(&key) else { return };
        if let Some(seat) = room.seats.get_mut(&peer) {
            seat.muted = true;
        }
        let done = room.guarded(|router| router.mute(Instant::now(), peer));
        self.settle(key, done);
    }

    fn reseat(&mut self, key: RoomKey, peer: PeerId, session: SessionId) {
        let room = self.rooms.get_mut(&key);
        if let Some(seat) = room.and_then(|room| room.seats.get_mut(&peer)) {
            seat.session = session;
        }
    }

    fn allow_only(&mut self, key: RoomKey, only: Option<PeerId>) {
        let Some(room) = self.rooms.get_mut(&key) else { return };
        room.only = only;
        let done = room.guarded(|router| router.allow_only(Instant::now(), only));
        self.settle(key, done);
    }

    /// Programs have no page that would notice that their connection is no more.
    fn find_missing(&mut self, key: RoomKey, wanted: &Wanted) {
        let room = self.rooms.get(&key);
        let here = |peer: &PeerId| room.is_some_and(|room| room.seats.contains_key(peer));
        let missing: Vec<_> = wanted.feeds.keys().copied().filter(|peer| !here(peer)).collect();
        if missing.is_empty() {
            self.missing.remove(&key);
            return;
        }
        for peer in self.missing.entry(key).or_default().confirmed(missing) {
            let Some(session) = wanted.feeds.get(&peer) else { continue };
            let seat = MediaSeat { participant: participant(peer), session: *session };
            self.notify(MediaNotice::Feed { room: wanted.name.clone(), seat, flows: Flows::Over });
        }
    }

    fn reconcile(&mut self, key: RoomKey, wanted: &Wanted) {
        let Wanted { seats, only, muted, .. } = wanted;
        let only = *only;
        let Some(room) = self.rooms.get_mut(&key) else { return };
        let heard = room.seats.iter().filter(|(peer, seat)| muted.contains(peer) && !seat.muted);
        let heard: Vec<_> = heard.map(|(peer, _)| Doubt::Heard(*peer)).collect();
        let wrong = room.seats.iter().filter_map(|(peer, seat)| match seats.get(peer) {
            None => Some(Doubt::Seat(*peer)),
            Some(session) => (*session != seat.session).then_some(Doubt::Session(*peer, *session)),
        });
        let wrong = wrong.chain((room.only != only).then_some(Doubt::Only(only))).chain(heard);
        let confirmed = room.doubts.confirmed(wrong);
        for doubt in confirmed {
            tracing::warn!("a call's media was not as it should be");
            match doubt {
                Doubt::Seat(peer) => self.remove(key, peer),
                Doubt::Session(peer, session) => self.reseat(key, peer, session),
                Doubt::Only(only) => self.allow_only(key, only),
                Doubt::Heard(peer) => self.mute(key, peer),
            }
        }
    }

    fn remove(&mut self, key: RoomKey, peer: PeerId) {
        let Some(room) = self.rooms.get_mut(&key) else { return };
        let Some(seat) = room.seats.remove(&peer) else { return };
        let removed = room.guarded(|router| router.remove(peer));
        self.close([seat]);
        self.settle(key, removed);
    }

    fn close(&self, seats: impl IntoIterator<Item = Seat>) {
        for seat in seats {
            self.shared.door().close(&seat.ufrag, &seat.connection);
            self.shared.closed(self.number);
        }
    }

    /// Pays for a panic, if there was one.
    fn settle(&mut self, key: RoomKey, done: Result<(), Cost>) {
        let Err(cost) = done else { return };
        self.counts.panics += 1;
        match cost {
            Cost::Connection(peer) => self.lost(key, peer),
            Cost::Room => {
                let Some(room) = self.rooms.remove(&key) else { return };
                if room.retires.is_none() {
                    for (peer, seat) in &room.seats {
                        self.over(*peer, seat);
                    }
                }
                self.close(room.seats.into_values());
            }
        }
    }

    /// A connection is no more.
    fn lost(&mut self, key: RoomKey, peer: PeerId) {
        let Some(room) = self.rooms.get_mut(&key) else { return };
        let silent = room.retires.is_some();
        if let Some(seat) = room.seats.remove(&peer) {
            if !silent {
                self.over(peer, &seat);
            }
            self.close([seat]);
        }
    }

    /// Sends what has gathered, lets time pass, and passes on what happened.
    fn flush(&mut self) {
        let now = Instant::now();
        self.end(|_, room| room.retires.is_some_and(|at| at <= now));
        let keys: Vec<_> =
            self.rooms.iter().filter(|(_, room)| room.due() <= now).map(|(key, _)| *key).collect();
        for key in keys {
            let Some(room) = self.rooms.get_mut(&key) else { continue };
            let out = &mut self.out;
            let flushed = room.guarded(|router| router.flush(now, &mut |_, transmit| out.send(&transmit)));
            room.touched = false;
            room.deadline = room.router.deadline();
            let people = u32::try_from(room.seats.len()).unwrap_or(u32::MAX);
            room.rests_until = now + GATHER_EACH.saturating_mul(people).min(GATHER_MOST);
            self.counts.forwarded += room.router.take_forwarded();
            self.settle(key, flushed);
            self.pass_on(key);
        }
        self.out.flush();
        if now >= self.next_report {
            self.next_report = now + REPORT;
            self.report();
        }
    }

    fn pass_on(&mut self, key: RoomKey) {
        while let Some(event) = self.rooms.get_mut(&key).and_then(|room| room.router.poll_event()) {
            self.event(key, event);
        }
        if self.rooms.get(&key).is_some_and(|room| room.seats.is_empty()) {
            self.rooms.remove(&key);
        }
    }

    fn event(&mut self, key: RoomKey, event: Event) {
        use visavis_protocol::Event as Told;
        let Some(room) = self.rooms.get_mut(&key) else { return };
        if let (Some(_), false) = (room.retires, matches!(event, Event::Lost { .. })) {
            return;
        }
        let (peer, told) = match event {
            Event::Lost { peer } => return self.lost(key, peer),
            Event::Speaker { peer } => {
                room.speaker = peer;
                let told = Told::ActiveSpeaker { participant: peer.map(participant) };
                let pages = room.seats.values().filter(|seat| seat.feed.is_none());
                let sessions: Vec<_> = pages.map(|seat| seat.session).collect();
                sessions.into_iter().for_each(|session| self.tell(session, told.clone()));
                return;
            }
            Event::Connected { peer } if room.seats.get(&peer).is_some_and(|seat| seat.feed.is_some()) => {
                let Some(seat) = room.seats.get(&peer) else { return };
                let Some(feed) = &seat.feed else { return };
                let (session, name) = (seat.session, feed.feed.room.clone());
                return self.feed_flows(peer, session, name, Flows::Begun);
            }
            Event::Connected { peer } => match room.speaker {
                Some(speaker) => (peer, Told::ActiveSpeaker { participant: Some(participant(speaker)) }),
                None => return,
            },
            Event::Slots { peer, slots } => {
                let label = |one: visavis_media::Assignment| SlotLabel {
                    mid: one.mid,
                    participant: participant(one.publisher),
                    source: named(one.source),
                };
                (peer, Told::SlotsAssigned { slots: slots.into_iter().map(label).collect() })
            }
            Event::Layers { peer, source, rids } => {
                (peer, Told::LayersWanted { source: named(source), rids })
            }
        };
        if let Some(session) =
            room.seats.get(&peer).filter(|seat| seat.feed.is_none()).map(|seat| seat.session)
        {
            self.tell(session, told);
        }
    }

    /// A connection has ended by itself.
    fn over(&mut self, peer: PeerId, seat: &Seat) {
        match &seat.feed {
            None => self.tell(seat.session, visavis_protocol::Event::MediaLost),
            Some(feed) => self.feed_flows(peer, seat.session, feed.feed.room.clone(), Flows::Over),
        }
    }

    fn feed_flows(&mut self, peer: PeerId, session: SessionId, room: RoomName, flows: Flows) {
        let seat = MediaSeat { participant: participant(peer), session };
        self.notify(MediaNotice::Feed { room, seat, flows });
    }

    fn tell(&mut self, session: SessionId, event: visavis_protocol::Event) {
        self.notify(MediaNotice::Session { session, event: Box::new(event) });
    }

    fn notify(&mut self, notice: MediaNotice) {
        if self.notices.try_send(notice).is_err() {
            self.counts.untold += 1;
        }
    }

    fn report(&mut self) {
        let counts = std::mem::take(&mut self.counts);
        let sent = std::mem::take(&mut self.out.counts);
        metrics::counter!("visavis_media_received_packets_total").increment(counts.received);
        metrics::counter!("visavis_media_forwarded_packets_total").increment(counts.forwarded);
        metrics::counter!("visavis_media_sent_packets_total").increment(sent.packets);
        metrics::counter!("visavis_media_sent_bytes_total").increment(sent.bytes);
        metrics::counter!("visavis_media_send_calls_total").increment(sent.calls);
        metrics::counter!("visavis_media_panics_total").increment(counts.panics);
        let dropped = |reason| metrics::counter!("visavis_media_dropped_total", "reason" => reason);
        dropped("full").increment(sent.dropped);
        dropped("refused").increment(counts.refused);
        dropped("untold").increment(counts.untold);
        let worker = self.number.to_string();
        let people: usize = self.rooms.values().map(|room| room.seats.len()).sum();
        #[allow(clippy::cast_precision_loss, reason = "gauges of what is countable")]
        {
            metrics::gauge!("visavis_media_rooms", "worker" => worker.clone()).set(self.rooms.len() as f64);
            metrics::gauge!("visavis_media_participants", "worker" => worker).set(people as f64);
        }
    }
}

#[cfg(test)]
mod tests;
