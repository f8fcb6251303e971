//! A worker: a thread that owns the rooms placed with it, from packet to packet. Thin: what happens in a room is for
//! its router to decide.

mod job;
mod room;
mod telling;
#[cfg(test)]
mod tests;

pub(super) use job::{Batch, Job, Offer, Wanted};

use super::doubts::Doubts;
use super::outbound::{Ends, Outbound};
use super::{RoomKey, Shared, Target, named, participant, watch};
use crate::app::{Flows, IceAsked, IceTold, MediaFeed, MediaNotice, MediaRefused, MediaSeat};
use crate::port::PortSender;
use room::{Cost, Doubt, FeedSeat, Room, Seat};
use std::collections::HashMap;
use std::net::IpAddr;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::{Duration, Instant};
use tokio::sync::mpsc;
use visavis_domain::ids::SessionId;
use visavis_media::feed::{self, IceName};
use visavis_media::{Datagram, PeerId, Router, Settings, Unusable, View};

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
            let first = match self.wait() {
                Ok(job) => Some(job),
                Err(RecvTimeoutError::Timeout) => None,
                Err(RecvTimeoutError::Disconnected) => return,
            };
            let since = u64::try_from(self.shared.began.elapsed().as_millis()).unwrap_or(u64::MAX);
            self.set_busy(since.max(1));
            self.turn(first);
        }
    }

    /// Does what has come, and sends what came of it. A panic that is no router's would be a bug, too: it costs this
    /// worker's rooms, which begin anew, and not the thread, with which every later room would be lost.
    fn turn(&mut self, first: Option<Job>) {
        if catch_unwind(AssertUnwindSafe(|| self.take_turn(first))).is_ok() {
            return;
        }
        tracing::error!(worker = self.number, "a media worker panicked; its rooms begin anew");
        self.counts.panics += 1;
        if catch_unwind(AssertUnwindSafe(|| self.begin_anew())).is_err() {
            tracing::error!(worker = self.number, "not everybody hears that their media begins anew");
        }
    }

    fn take_turn(&mut self, first: Option<Job>) {
        let mut job = first;
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

    /// Whatever is half done is let go of, and whoever was connected hears of it.
    fn begin_anew(&mut self) {
        self.out.forget_run();
        self.missing.clear();
        for (_, room) in std::mem::take(&mut self.rooms) {
            self.give_up(room);
        }
    }

    /// A room is lost.
    fn give_up(&mut self, room: Room) {
        if room.retires.is_none() {
            for (peer, seat) in &room.seats {
                self.over(*peer, seat);
            }
        }
        self.close(room.seats.into_values());
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
            Job::StreamOpened { ends, stream, frames } => self.out.open_stream(ends, stream, frames),
            Job::StreamClosed { ends, stream } => self.out.close_stream(ends, stream),
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
            Job::Camera { room, peer, dark } => self.camera(room, peer, dark),
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
        let Offer { room: key, peer, session, fresh, sdp, tracks, only, dark, feed } = offer;
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
            let Some(feed) = &feed else {
                let answered = router.offer(now, peer, fresh, &sdp, &tracks);
                tell_camera(router, now, peer, dark);
                return answered;
            };
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
        let mut reseated = false;
        match room.seats.get_mut(&peer).filter(|_| !fresh) {
            Some(seat) => {
                door.rename(&seat.ufrag, &answer.ufrag, &answer.password, &seat.connection);
                seat.ufrag = answer.ufrag;
                reseated = seat.session != session;
                (seat.session, seat.feed, seat.dark) = (session, feed, dark);
            }
            None => {
                let target = Target { worker: self.number, room: key, peer };
                let connection = door.open(&answer.ufrag, &answer.password, target);
                let seat = Seat { session, ufrag: answer.ufrag, connection, feed, muted: false, dark };
                if let Some(before) = room.seats.insert(peer, seat) {
                    door.close(&before.ufrag, &before.connection);
                } else {
                    self.shared.opened(self.number);
                }
            }
        }
        drop(door);
        if reseated {
            self.tell_anew(key, peer);
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
            dark: seat.dark,
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
        let seat = room.and_then(|room| room.seats.get_mut(&peer));
        if let Some(seat) = seat.filter(|seat| seat.session != session) {
            seat.session = session;
            self.tell_anew(key, peer);
        }
    }

    /// What was told to a session that has gone may have reached nobody: its page goes on by another one, and would wait
    /// for pictures that it was never asked to send, or told where to find.
    fn tell_anew(&mut self, key: RoomKey, peer: PeerId) {
        let Some(room) = self.rooms.get_mut(&key) else { return };
        let told = room.guarded(|router| router.tell_anew(Instant::now(), peer));
        self.settle(key, told);
        self.tell_speaker(key, peer);
    }

    fn camera(&mut self, key: RoomKey, peer: PeerId, dark: bool) {
        let Some(room) = self.rooms.get_mut(&key) else { return };
        if let Some(seat) = room.seats.get_mut(&peer) {
            seat.dark = dark;
        }
        let done = room.guarded(|router| tell_camera(router, Instant::now(), peer, dark));
        self.settle(key, done);
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
        let Wanted { seats, only, muted, dark, .. } = wanted;
        let only = *only;
        let Some(room) = self.rooms.get_mut(&key) else { return };
        let heard = room.seats.iter().filter(|(peer, seat)| muted.contains(peer) && !seat.muted);
        let heard: Vec<_> = heard.map(|(peer, _)| Doubt::Heard(*peer)).collect();
        let wrong = room.seats.iter().filter_map(|(peer, seat)| match seats.get(peer) {
            None => Some(Doubt::Seat(*peer)),
            Some(session) => (*session != seat.session).then_some(Doubt::Session(*peer, *session)),
        });
        let seen =
            room.seats.iter().filter(|(peer, seat)| seat.feed.is_none() && seat.dark != dark.contains(peer));
        let seen: Vec<_> = seen.map(|(peer, seat)| Doubt::Camera(*peer, !seat.dark)).collect();
        let wrong = wrong.chain(seen).chain((room.only != only).then_some(Doubt::Only(only))).chain(heard);
        let confirmed = room.doubts.confirmed(wrong);
        for doubt in confirmed {
            tracing::warn!("a call's media was not as it should be");
            match doubt {
                Doubt::Seat(peer) => self.remove(key, peer),
                Doubt::Session(peer, session) => self.reseat(key, peer, session),
                Doubt::Only(only) => self.allow_only(key, only),
                Doubt::Heard(peer) => self.mute(key, peer),
                Doubt::Camera(peer, dark) => self.camera(key, peer, dark),
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
                if let Some(room) = self.rooms.remove(&key) {
                    self.give_up(room);
                }
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
}

fn tell_camera(router: &mut Router, now: Instant, peer: PeerId, dark: bool) {
    if dark {
        router.darken(now, peer);
    } else {
        router.lighten(now, peer);
    }
}
