//! The media of one room: who publishes what, who gets what of it, and in which layer.

use crate::engine::{Engine, Out, Told};
use crate::keyframes::starts_keyframe;
use crate::layers::{self, Encoding, Wish};
use crate::publication::{Publication, Viewer};
use crate::slot::{Incoming, Slot};
use crate::speakers::Speakers;
use crate::{
    Answer, Assignment, Datagram, Event, PeerId, Settings, Source, TrackOffer, Transmit, Unusable, View,
};
use std::collections::{HashMap, VecDeque};
use std::time::{Duration, Instant};
use str0m::format::Codec;
use str0m::media::Mid;
use str0m::rtp::{RtpPacket, Ssrc, Vp8Descriptor};

/// How often it is decided who is heard.
const HEAR_EVERY: Duration = Duration::from_millis(50);
/// How often it is decided which layers go out.
const CHOOSE_EVERY: Duration = Duration::from_millis(200);
/// From the offer, or from the last sign of life, to the end of a connection.
const CONNECT_WITHIN: Duration = Duration::from_secs(15);
const UNREACHABLE_FOR: Duration = Duration::from_secs(10);
/// From the first authenticated packet to DTLS. Longer, and a new connection is faster than waiting for this one.
const HANDSHAKE_WITHIN: Duration = Duration::from_secs(4);
/// Sound leaves this much of the estimate to pictures.
const AUDIO_BITRATE: u64 = 48_000;
/// How much more than what is known to fit is tried at once.
const TRY_TIMES: u64 = 3;
/// Packets are spaced for so long after the network was what limits.
const PACE_FOR: Duration = Duration::from_secs(12);
/// How often a network that was too narrow is tried again.
const PROBE_EVERY: Duration = Duration::from_secs(3);
/// How long pictures are sent against the estimate: an estimate follows what is sent, so dropping the smallest ones at
/// its first dip would take it down with them, and with none at all it would never rise.
const TRY_FOR: Duration = Duration::from_secs(4);
/// Whoever sees nothing is sent the most important picture this often, to try.
const TRY_EVERY: Duration = Duration::from_secs(16);
const MAX_TRACKS: usize = 4;
const MAX_SLOTS: usize = 40;

struct Peer {
    id: PeerId,
    engine: Engine,
    state: State,
    slots: Vec<Slot>,
    views: Vec<View>,
    /// Indices of what it publishes.
    publications: Vec<usize>,
    /// Where its streams belong: publication and layer.
    origins: Vec<(Ssrc, usize, usize)>,
    estimate: Option<u64>,
    paced: bool,
    /// When the network was last too narrow, or not known.
    narrow_at: Instant,
    /// Last asked of the network: at least, and at best.
    bitrate: (u64, u64),
    probed_at: Instant,
    /// Since when not even the smallest pictures fit.
    starving_since: Option<Instant>,
    told: Vec<Assignment>,
}

#[derive(Debug, Clone, Copy)]
enum State {
    Offered {
        since: Instant,
    },
    /// ICE is up, DTLS not yet.
    Handshaking {
        since: Instant,
    },
    Connected,
    Unreachable {
        since: Instant,
    },
}

/// The media of one room.
pub struct Router {
    settings: Settings,
    peers: Vec<Option<Peer>>,
    by_id: HashMap<PeerId, usize>,
    publications: Vec<Option<Publication>>,
    speakers: Speakers<usize>,
    /// Who alone may publish, if not everybody.
    only: Option<PeerId>,
    next_hearing: Instant,
    next_choice: Instant,
    events: VecDeque<Event>,
    /// Packets forwarded since it was last asked.
    forwarded: u64,
    /// Whose connection is being dealt with.
    working_for: Option<PeerId>,
    scratch: Scratch,
}

#[derive(Default)]
struct Scratch {
    out: Out,
    encodings: Vec<Vec<Encoding>>,
}

impl Router {
    /// An empty one.
    #[must_use]
    pub fn new(settings: Settings, now: Instant) -> Self {
        Self {
            settings,
            peers: Vec::new(),
            by_id: HashMap::new(),
            publications: Vec::new(),
            speakers: Speakers::default(),
            only: None,
            next_hearing: now + HEAR_EVERY,
            next_choice: now + CHOOSE_EVERY,
            events: VecDeque::new(),
            forwarded: 0,
            working_for: None,
            scratch: Scratch::default(),
        }
    }

    /// Takes a participant's offer. A fresh one makes a new connection in the place of the one there may be;
    /// another changes the one there is.
    ///
    /// # Errors
    /// If the description cannot be used, or there is no connection to change.
    pub fn offer(
        &mut self,
        now: Instant,
        id: PeerId,
        fresh: bool,
        sdp: &str,
        tracks: &[TrackOffer],
    ) -> Result<Answer, Unusable> {
        if tracks.len() > MAX_TRACKS || tracks.iter().any(|track| track.layers.len() > 3) {
            return Err(Unusable);
        }
        let mut engine = if fresh { Some(Engine::new(&self.settings, now)) } else { None };
        let negotiated = match &mut engine {
            Some(engine) => engine.accept(sdp)?,
            None => self.peer_mut(id).ok_or(Unusable)?.engine.accept(sdp)?,
        };
        if let Some(engine) = engine {
            let views = self.peer_mut(id).map(|peer| std::mem::take(&mut peer.views)).unwrap_or_default();
            self.remove(id);
            self.insert(now, id, engine, views);
        }
        let index = *self.by_id.get(&id).ok_or(Unusable)?;
        if let Some(peer) = &mut self.peers[index] {
            for section in negotiated.slots.iter().take(MAX_SLOTS) {
                if peer.slots.iter().all(|slot| slot.mid != section.mid) {
                    peer.engine.keep_for_resending(section);
                    peer.slots.push(Slot::new(section));
                }
            }
        }
        self.publish(index, id, tracks);
        self.next_choice = now;
        self.next_hearing = now;
        Ok(Answer { sdp: negotiated.answer, ufrag: negotiated.ufrag, password: negotiated.password })
    }

    /// Forgets a participant and what they publish.
    pub fn remove(&mut self, id: PeerId) {
        let Some(index) = self.by_id.remove(&id) else { return };
        let Some(peer) = self.peers[index].take() else { return };
        for publication in peer.publications {
            self.unpublish(publication);
        }
        for publication in self.publications.iter_mut().flatten() {
            publication.viewers.retain(|viewer| viewer.peer != index);
        }
    }

    /// What a participant looks at from now on, most important first. False without a connection.
    pub fn view(&mut self, now: Instant, id: PeerId, views: Vec<View>) -> bool {
        let Some(peer) = self.peer_mut(id) else { return false };
        peer.views = views;
        self.next_choice = now;
        true
    }

    /// Nobody but this participant is forwarded, or everybody.
    pub fn allow_only(&mut self, now: Instant, only: Option<PeerId>) {
        self.only = only;
        for publication in self.publications.iter_mut().flatten() {
            if only.is_none_or(|only| only == publication.publisher) {
                continue;
            }
            for viewer in publication.viewers.drain(..) {
                if let Some(peer) = &mut self.peers[viewer.peer] {
                    peer.slots[viewer.slot].assign(None);
                }
            }
        }
        (self.next_choice, self.next_hearing) = (now, now);
    }

    /// Whether there is nobody.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.by_id.is_empty()
    }

    /// Takes a datagram for a participant. False if it is not of their connection; then it has changed nothing.
    pub fn receive(
        &mut self,
        id: PeerId,
        datagram: &Datagram<'_>,
        send: &mut impl FnMut(PeerId, Transmit),
    ) -> bool {
        let Some(&index) = self.by_id.get(&id) else { return false };
        let Some(peer) = &mut self.peers[index] else { return false };
        self.working_for = Some(id);
        if !peer.engine.receive(datagram) {
            return false;
        }
        if let State::Offered { .. } = peer.state {
            peer.state = State::Handshaking { since: datagram.at };
        }
        self.drain(index, datagram.at, send);
        true
    }

    /// Lets time pass and sends what has gathered. Call it after a batch of datagrams, and when [`Router::deadline`]
    /// has come.
    pub fn flush(&mut self, now: Instant, send: &mut impl FnMut(PeerId, Transmit)) {
        self.working_for = None;
        if now >= self.next_hearing {
            self.next_hearing = now + HEAR_EVERY;
            self.hear(now);
        }
        if now >= self.next_choice {
            self.next_choice = now + CHOOSE_EVERY;
            self.choose(now);
            self.tend(now);
        }
        for index in 0..self.peers.len() {
            let Some(peer) = &mut self.peers[index] else { continue };
            if peer.engine.wants(now) {
                self.working_for = Some(peer.id);
                peer.engine.advance(now);
                self.drain(index, now, send);
            }
        }
    }

    /// When it has to be flushed at the latest.
    #[must_use]
    pub fn deadline(&self) -> Instant {
        let peers = self.peers.iter().flatten().map(|peer| peer.engine.deadline);
        peers.fold(self.next_hearing.min(self.next_choice), Instant::min)
    }

    /// What happened since.
    pub fn poll_event(&mut self) -> Option<Event> {
        self.events.pop_front()
    }

    /// Whose connection was being dealt with when a call did not come to its end: a panic in it is theirs. Nobody's,
    /// and the router itself cannot be trusted any more.
    #[must_use]
    pub fn working_for(&self) -> Option<PeerId> {
        self.working_for
    }

    /// Packets forwarded since it was last asked.
    pub fn take_forwarded(&mut self) -> u64 {
        std::mem::take(&mut self.forwarded)
    }

    fn peer_mut(&mut self, id: PeerId) -> Option<&mut Peer> {
        self.peers[*self.by_id.get(&id)?].as_mut()
    }

    fn insert(&mut self, now: Instant, id: PeerId, engine: Engine, views: Vec<View>) {
        let peer = Peer {
            id,
            engine,
            state: State::Offered { since: now },
            slots: Vec::new(),
            views,
            publications: Vec::new(),
            origins: Vec::new(),
            estimate: None,
            paced: true,
            narrow_at: now,
            bitrate: (0, 0),
            probed_at: now,
            starving_since: None,
            told: Vec::new(),
        };
        let free = self.peers.iter().position(Option::is_none);
        let index = free.unwrap_or_else(|| {
            self.peers.push(None);
            self.peers.len() - 1
        });
        self.peers[index] = Some(peer);
        self.by_id.insert(id, index);
    }

    /// What the participant announces is published; what it does not announce any more is not.
    fn publish(&mut self, owner: usize, id: PeerId, tracks: &[TrackOffer]) {
        let before = self.peers[owner].as_mut().map(|peer| std::mem::take(&mut peer.publications));
        let mut kept = Vec::new();
        for index in before.unwrap_or_default() {
            let still = |publication: &Publication| {
                tracks.iter().any(|track| {
                    track.source == publication.source && Mid::from(track.mid.as_str()) == publication.mid
                })
            };
            if self.publications[index].as_ref().is_some_and(still) {
                kept.push(index);
            } else {
                self.unpublish(index);
            }
        }
        for track in tracks {
            let known = |index: &usize| {
                self.publications[*index].as_ref().is_some_and(|one| one.source == track.source)
            };
            if kept.iter().any(known) {
                continue;
            }
            let publication = Publication::new(owner, id, track);
            let free = self.publications.iter().position(Option::is_none);
            let index = free.unwrap_or_else(|| {
                self.publications.push(None);
                self.publications.len() - 1
            });
            if publication.source == Source::Microphone {
                self.speakers.add(index);
            }
            self.publications[index] = Some(publication);
            kept.push(index);
        }
        if let Some(peer) = &mut self.peers[owner] {
            peer.publications = kept;
            peer.origins.clear();
        }
    }

    fn unpublish(&mut self, index: usize) {
        self.speakers.remove(index);
        let Some(publication) = self.publications[index].take() else { return };
        for viewer in publication.viewers {
            if let Some(peer) = &mut self.peers[viewer.peer] {
                peer.slots[viewer.slot].assign(None);
            }
        }
        if let Some(owner) = &mut self.peers[publication.owner] {
            owner.origins.retain(|(_, of, _)| *of != index);
        }
    }

    /// Sends what a connection has to send, and forwards and answers what it has brought.
    fn drain(&mut self, index: usize, now: Instant, send: &mut impl FnMut(PeerId, Transmit)) {
        let mut out = std::mem::take(&mut self.scratch.out);
        if let Some(peer) = &mut self.peers[index] {
            let id = peer.id;
            peer.engine.drain(now, |transmit| send(id, transmit), &mut out);
        }
        for packet in out.packets.drain(..) {
            self.forward(index, &packet);
        }
        for told in out.told.drain(..) {
            self.told(index, &told, now);
        }
        self.scratch.out = out;
    }

    fn told(&mut self, index: usize, told: &Told, now: Instant) {
        let Some(peer) = &mut self.peers[index] else { return };
        match *told {
            Told::Connected => {
                peer.state = State::Connected;
                self.events.push_back(Event::Connected { peer: peer.id });
                (self.next_choice, self.next_hearing) = (now, now);
            }
            Told::Reachable(true) => {
                if let State::Unreachable { .. } = peer.state {
                    peer.state = State::Connected;
                }
            }
            Told::Reachable(false) => {
                if let State::Connected = peer.state {
                    peer.state = State::Unreachable { since: now };
                }
            }
            Told::Estimate(estimate) => {
                let fell = peer.estimate.is_some_and(|before| estimate < before * 9 / 10);
                peer.estimate = Some(estimate);
                if fell {
                    self.next_choice = now;
                }
            }
            Told::KeyframeWanted(mid) => {
                let slot = peer.slots.iter().find(|slot| slot.mid == mid);
                if let Some((publication, layer)) = slot.and_then(|slot| slot.publication.zip(slot.layer)) {
                    self.request_keyframe(publication, layer, now);
                }
            }
            Told::Ended => self.lose(index),
        }
    }

    fn lose(&mut self, index: usize) {
        let Some(id) = self.peers[index].as_ref().map(|peer| peer.id) else { return };
        self.remove(id);
        self.events.push_back(Event::Lost { peer: id });
    }

    fn request_keyframe(&mut self, publication: usize, layer: usize, now: Instant) {
        let Some(publication) = &mut self.publications[publication] else { return };
        let Some(layer) = publication.layers.get_mut(layer) else { return };
        if layer.limiter.allow(now)
            && let Some(owner) = &mut self.peers[publication.owner]
        {
            owner.engine.request_keyframe(publication.mid, layer.rid);
        }
    }

    /// Gives a packet to everybody who gets it.
    fn forward(&mut self, from: usize, packet: &RtpPacket) {
        let Some((index, layer)) = self.origin(from, packet.header.ssrc) else { return };
        let Some(publication) = &mut self.publications[index] else { return };
        publication.count(layer, packet.payload.len(), packet.timestamp);
        if publication.source == Source::Microphone {
            let level = packet.header.ext_vals.audio_level.unwrap_or(-127);
            self.speakers.hear(index, level, packet.timestamp);
        }
        let pt = packet.header.payload_type;
        if publication.payload.is_none_or(|(known, _)| known != pt) {
            let owner = self.peers[from].as_ref();
            publication.payload = owner.and_then(|owner| owner.engine.payload(pt)).map(|one| (pt, one));
        }
        let Some((_, payload)) = publication.payload else { return };
        if publication.viewers.is_empty() {
            return;
        }
        let codec = payload.spec().codec;
        let vp8 = (codec == Codec::Vp8).then(|| Vp8Descriptor::parse(&packet.payload).ok()).flatten();
        let keyframe = starts_keyframe(codec, &packet.payload, vp8.as_ref());
        let incoming = Incoming { packet, layer, payload: &payload, vp8, keyframe };
        for viewer in &publication.viewers {
            if let Some(peer) = &mut self.peers[viewer.peer] {
                let Peer { slots, engine, .. } = peer;
                if slots[viewer.slot].forward(engine, &incoming) {
                    self.forwarded += 1;
                }
            }
        }
    }

    fn origin(&mut self, from: usize, ssrc: Ssrc) -> Option<(usize, usize)> {
        let peer = self.peers[from].as_mut()?;
        if let Some((_, publication, layer)) = peer.origins.iter().find(|(known, ..)| *known == ssrc) {
            return Some((*publication, *layer));
        }
        let (mid, rid) = peer.engine.origin(ssrc)?;
        let (index, layer) = peer.publications.iter().find_map(|index| {
            let publication = self.publications[*index].as_ref().filter(|one| one.mid == mid)?;
            Some((*index, publication.layer_of(rid)?))
        })?;
        peer.origins.push((ssrc, index, layer));
        Some((index, layer))
    }

    fn is_allowed(&self, publication: &Publication) -> bool {
        self.only.is_none_or(|only| only == publication.publisher)
    }

    /// Decides whose voices go out, and who is speaking.
    fn hear(&mut self, now: Instant) {
        let slots =
            self.peers.iter().flatten().map(|peer| peer.slots.iter().filter(|slot| slot.audio).count());
        let most = slots.max().unwrap_or(0);
        // One more than there are slots: nobody hears themselves.
        let mut loudest = self.speakers.loudest(most + 1, now);
        loudest.retain(|index| self.publications[*index].as_ref().is_some_and(|one| self.is_allowed(one)));
        let shared = self.publications.iter().enumerate().filter_map(|(index, publication)| {
            publication
                .as_ref()
                .filter(|one| one.source == Source::ScreenAudio && self.is_allowed(one))
                .map(|_| index)
        });
        // What is shared is meant to be heard, whoever talks.
        let ranking: Vec<_> = shared.collect::<Vec<_>>().into_iter().chain(loudest).collect();
        for index in 0..self.peers.len() {
            let Some(peer) = &self.peers[index] else { continue };
            let count = peer.slots.iter().filter(|slot| slot.audio).count();
            let others = ranking.iter().copied().filter(|one| !peer.publications.contains(one));
            let wanted: Vec<_> = others.take(count).collect();
            self.assign(index, &wanted, true);
        }
        if let Some(active) = self.speakers.active_changed(now) {
            let peer = active.and_then(|index| self.publications[index].as_ref()).map(|one| one.publisher);
            self.events.push_back(Event::Speaker { peer });
        }
    }

    /// Puts what is wanted into slots. What has one keeps it; what is not wanted makes room only where room is needed
    /// for sound, and at once for pictures.
    fn assign(&mut self, index: usize, wanted: &[usize], audio: bool) {
        let Some(peer) = &mut self.peers[index] else { return };
        let held = |peer: &Peer, one: usize| peer.slots.iter().any(|slot| slot.publication == Some(one));
        if !audio {
            for (place, slot) in peer.slots.iter_mut().enumerate().filter(|(_, slot)| !slot.audio) {
                if let Some(old) = slot.publication.filter(|old| !wanted.contains(old)) {
                    slot.assign(None);
                    release(&mut self.publications, old, index, place);
                }
            }
        }
        for one in wanted.iter().copied() {
            if held(peer, one) {
                continue;
            }
            let mut places = peer.slots.iter().enumerate().filter(|(_, slot)| slot.audio == audio);
            let free = places.clone().find(|(_, slot)| slot.publication.is_none());
            let place = free.or_else(|| {
                places.find(|(_, slot)| slot.publication.is_some_and(|old| !wanted.contains(&old)))
            });
            let Some((place, _)) = place else { break };
            if let Some(old) = peer.slots[place].publication {
                release(&mut self.publications, old, index, place);
            }
            peer.slots[place].assign(Some(one));
            if let Some(publication) = &mut self.publications[one] {
                publication.viewers.push(Viewer { peer: index, slot: place });
            }
        }
    }

    /// Decides what everybody sees, and in which layer.
    fn choose(&mut self, now: Instant) {
        for index in 0..self.peers.len() {
            let Some(peer) = &self.peers[index] else { continue };
            let count = peer.slots.iter().filter(|slot| !slot.audio).count();
            let found = |view: &View| {
                self.publications.iter().position(|one| {
                    one.as_ref().is_some_and(|one| {
                        one.publisher == view.publisher
                            && one.source == view.source
                            && one.owner != index
                            && self.is_allowed(one)
                    })
                })
            };
            let wanted: Vec<_> = peer
                .views
                .iter()
                .filter(|view| !view.source.is_audio())
                .filter_map(|view| Some((found(view)?, view.width.max(view.height))))
                .take(count)
                .collect();
            let publications: Vec<_> = wanted.iter().map(|(one, _)| *one).collect();
            self.assign(index, &publications, false);
            self.choose_layers(index, &wanted, now);
            self.tell_slots(index);
        }
        for publication in self.publications.iter_mut().flatten().filter(|one| !one.is_audio()) {
            if let Some(rids) = publication.wanted_changed(now) {
                let (peer, source) = (publication.publisher, publication.source);
                self.events.push_back(Event::Layers { peer, source, rids });
            }
        }
    }

    fn choose_layers(&mut self, index: usize, wanted: &[(usize, u32)], now: Instant) {
        let mut encodings = std::mem::take(&mut self.scratch.encodings);
        encodings.resize_with(wanted.len().max(encodings.len()), Vec::new);
        let Some(peer) = &mut self.peers[index] else { return };
        let mut wishes = Vec::with_capacity(wanted.len());
        for ((one, shown), encodings) in wanted.iter().zip(&mut encodings) {
            let Some(publication) = &self.publications[*one] else { continue };
            publication.encodings(now, encodings);
            let slot = peer.slots.iter().find(|slot| slot.publication == Some(*one));
            wishes.push(Wish { encodings, shown: *shown, present: slot.and_then(|slot| slot.layer) });
        }
        let heard = peer.slots.iter().filter(|slot| slot.audio && slot.publication.is_some()).count();
        let audio = AUDIO_BITRATE * heard as u64;
        let budget = peer.estimate.map(|estimate| estimate.saturating_sub(audio));
        let choice = layers::choose(&wishes, budget);
        // Who looks at nothing needs no room: padding would go on for as long as they listen.
        let next = if wishes.is_empty() { 0 } else { choice.next + audio };
        // What is tried out passes through the same narrow place as what is said: a try far beyond what is known to fit
        // would hold up voices.
        // Where it was wide enough until now, a picture that is made larger is tried at once.
        let most = peer.estimate.filter(|_| peer.paced).map_or(u64::MAX, |estimate| estimate * TRY_TIMES);
        let ideal = ((choice.ideal + audio) * 5 / 4).min(most);
        let limited = budget.is_some_and(|budget| budget < choice.ideal);
        // Only a rise of what is wanted makes str0m look whether the network carries more by now: where it does not,
        // less is wanted for a moment every few seconds.
        let dip = limited && now.saturating_duration_since(peer.probed_at) >= PROBE_EVERY;
        // What begins to be too narrow is a rise by itself.
        if dip || !limited {
            peer.probed_at = now;
        }
        let bitrate = match (limited, dip) {
            // Nothing is gained by filling up what is not needed.
            (false, _) => (0, ideal),
            (true, true) => (next, next.min(ideal)),
            (true, false) => (next, ideal),
        };
        if bitrate != peer.bitrate {
            peer.bitrate = bitrate;
            peer.engine.want_bitrate(bitrate.0, bitrate.1);
        }
        let mut spent = audio;
        let starving = choice.layers.iter().any(Option::is_none);
        let since = if starving { *peer.starving_since.get_or_insert(now) } else { now };
        if !starving {
            peer.starving_since = None;
        }
        let starved_for = now.saturating_duration_since(since);
        let blind = choice.layers.iter().all(Option::is_none);
        let trying = starved_for.as_millis() % TRY_EVERY.as_millis() < TRY_FOR.as_millis();
        for (place, ((wish, (one, _)), chosen)) in wishes.iter().zip(wanted).zip(&choice.layers).enumerate() {
            let Some(slot) = peer.slots.iter_mut().find(|slot| slot.publication == Some(*one)) else {
                continue;
            };
            let dips = slot.layer.is_some() && starved_for < TRY_FOR;
            let tries = blind && trying && place == 0;
            let against = chosen.is_none() && (dips || tries);
            let chosen = if against { &Some(0) } else { chosen };
            let target = chosen.and_then(|layer| layers::best_flowing(wish.encodings, layer));
            slot.aim(target, limited);
            spent += target.map_or(0, |layer| wish.encodings[layer].bitrate);
            if let Some(publication) = &mut self.publications[*one] {
                for layer in chosen.iter().chain(&slot.layer.filter(|_| slot.waits())) {
                    publication.want(*layer, now);
                }
            }
        }
        // Whoever publishes paces already: where the network has not been what limits for a while, packets need not wait
        // for their turn, and leave in runs.
        if limited || peer.estimate.is_none_or(|estimate| estimate < spent * 6 / 5) {
            peer.narrow_at = now;
        }
        let paced = now.saturating_duration_since(peer.narrow_at) < PACE_FOR;
        if paced != peer.paced {
            peer.paced = paced;
            for slot in peer.slots.iter().filter(|slot| !slot.audio) {
                slot.set_paced(&mut peer.engine, paced);
            }
        }
        self.scratch.encodings = encodings;
    }

    fn tell_slots(&mut self, index: usize) {
        let Some(peer) = &mut self.peers[index] else { return };
        let State::Connected = peer.state else { return };
        let assigned = |slot: &Slot| {
            let publication = self.publications[slot.publication?].as_ref()?;
            Some(Assignment {
                mid: slot.mid.to_string(),
                publisher: publication.publisher,
                source: publication.source,
            })
        };
        let slots: Vec<_> = peer.slots.iter().filter_map(assigned).collect();
        if slots != peer.told {
            peer.told.clone_from(&slots);
            self.events.push_back(Event::Slots { peer: peer.id, slots });
        }
    }

    /// Key frames that are waited for, and connections that came to nothing.
    fn tend(&mut self, now: Instant) {
        for index in 0..self.peers.len() {
            let Some(peer) = &self.peers[index] else { continue };
            let (since, limit) = match peer.state {
                State::Offered { since } => (since, CONNECT_WITHIN),
                State::Handshaking { since } => (since, HANDSHAKE_WITHIN),
                State::Unreachable { since } => (since, UNREACHABLE_FOR),
                State::Connected => (now, CONNECT_WITHIN),
            };
            if now.saturating_duration_since(since) > limit {
                self.lose(index);
                continue;
            }
            let waiting: Vec<_> = peer
                .slots
                .iter()
                .filter(|slot| !slot.audio && slot.waits())
                .filter_map(|slot| slot.publication.zip(slot.target))
                .collect();
            if let State::Connected = peer.state {
                for (publication, layer) in waiting {
                    self.request_keyframe(publication, layer, now);
                }
            }
        }
    }
}

fn release(publications: &mut [Option<Publication>], publication: usize, peer: usize, slot: usize) {
    if let Some(publication) = &mut publications[publication] {
        publication.viewers.retain(|viewer| *viewer != Viewer { peer, slot });
    }
}
