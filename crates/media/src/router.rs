//! The media of one room: who publishes what, who gets what of it, and in which layer.

mod attention;

use crate::bandwidth::Bandwidth;
use crate::engine::{Codecs, Engine, Out, Told};
use crate::keyframes::starts_keyframe;
use crate::layers::Encoding;
use crate::publication::Publication;
use crate::slot::{Incoming, Slot};
use crate::speakers::Speakers;
use crate::{
    Answer, Assignment, Datagram, Event, PeerId, Settings, Source, TrackOffer, Transmit, Unusable, View,
    Watch,
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
const MAX_TRACKS: usize = 4;
/// For how loud somebody counts who does not say how loud they are, as many programs do not: before the silent, after
/// whoever speaks, and never for the one speaking.
const LEVEL_UNKNOWN: i8 = -57;
const MAX_SLOTS: usize = 40;

struct Peer {
    id: PeerId,
    engine: Engine,
    state: State,
    slots: Vec<Slot>,
    views: Vec<View>,
    /// Set for who does not say what they look at.
    watch: Option<Watch>,
    /// Nobody hears their voice.
    muted: bool,
    /// Their camera is off, though it is published: pages keep its place.
    dark: bool,
    /// A program that publishes: nobody says of it whether its camera is on.
    program: bool,
    /// Indices of what it publishes.
    publications: Vec<usize>,
    /// Where its streams belong: publication and layer.
    origins: Vec<(Ssrc, usize, usize)>,
    bandwidth: Bandwidth,
    /// None when it has to be told whatever it is.
    told: Option<Vec<Assignment>>,
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
        self.negotiate(now, id, (fresh, Codecs::All), sdp, tracks)
    }

    /// The same for a program. One that publishes is taken at what everybody understands: nobody tells it what others
    /// lack.
    ///
    /// # Errors
    /// As [`Router::offer`].
    pub fn offer_feed(
        &mut self,
        now: Instant,
        id: PeerId,
        fresh: bool,
        sdp: &str,
        tracks: &[TrackOffer],
    ) -> Result<Answer, Unusable> {
        let codecs = if tracks.is_empty() { Codecs::All } else { Codecs::Common };
        self.negotiate(now, id, (fresh, codecs), sdp, tracks)
    }

    fn negotiate(
        &mut self,
        now: Instant,
        id: PeerId,
        (fresh, codecs): (bool, Codecs),
        sdp: &str,
        tracks: &[TrackOffer],
    ) -> Result<Answer, Unusable> {
        self.working_for = Some(id);
        if tracks.len() > MAX_TRACKS || tracks.iter().any(|track| track.layers.len() > 3) {
            return Err(Unusable);
        }
        let mut engine = if fresh { Some(Engine::new(&self.settings, codecs, now)) } else { None };
        let negotiated = match &mut engine {
            Some(engine) => engine.accept(sdp)?,
            None => self.peer_mut(id).ok_or(Unusable)?.engine.accept(sdp)?,
        };
        if let Some(engine) = engine {
            let views = self.peer_mut(id).map(|peer| std::mem::take(&mut peer.views)).unwrap_or_default();
            self.take_away(id);
            self.insert(now, id, engine, (views, codecs == Codecs::Common));
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
        // Half removed, nothing of it can be trusted.
        self.working_for = None;
        self.take_away(id);
    }

    fn take_away(&mut self, id: PeerId) {
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
        self.working_for = Some(id);
        let Some(peer) = self.peer_mut(id) else { return false };
        peer.views = views;
        self.next_choice = now;
        true
    }

    /// From now on this participant looks at what this says, and listens to it.
    pub fn watch(&mut self, now: Instant, id: PeerId, watch: Watch) {
        self.working_for = Some(id);
        if let Some(peer) = self.peer_mut(id) {
            peer.watch = Some(watch);
        }
        (self.next_choice, self.next_hearing) = (now, now);
    }

    /// Nobody hears this participant's voice any more, whatever they send. Holds until they connect anew.
    pub fn mute(&mut self, now: Instant, id: PeerId) {
        self.working_for = Some(id);
        let Some(peer) = self.peer_mut(id) else { return };
        peer.muted = true;
        self.allowed_changed();
        self.next_hearing = now;
    }

    /// This participant's camera is off: who watches whoever speaks is shown somebody else, or black. Holds until they
    /// connect anew.
    pub fn darken(&mut self, now: Instant, id: PeerId) {
        self.set_dark(now, id, true);
    }

    /// Their camera is on.
    pub fn lighten(&mut self, now: Instant, id: PeerId) {
        self.set_dark(now, id, false);
    }

    fn set_dark(&mut self, now: Instant, id: PeerId, dark: bool) {
        self.working_for = Some(id);
        let Some(peer) = self.peer_mut(id).filter(|peer| peer.dark != dark) else { return };
        peer.dark = dark;
        self.next_choice = now;
    }

    /// Somebody else listens to what this participant is told: all that is true now is told again, since what was told
    /// last may have reached nobody.
    pub fn tell_anew(&mut self, now: Instant, id: PeerId) {
        self.working_for = Some(id);
        let Some(peer) = self.peer_mut(id) else { return };
        peer.told = None;
        for index in peer.publications.clone() {
            if let Some(publication) = &mut self.publications[index] {
                publication.tell_anew();
            }
        }
        self.next_choice = now;
    }

    /// Nobody but this participant is forwarded, or everybody.
    pub fn allow_only(&mut self, now: Instant, only: Option<PeerId>) {
        self.working_for = None;
        self.only = only;
        self.allowed_changed();
        (self.next_choice, self.next_hearing) = (now, now);
    }

    /// Takes what is not to be forwarded out of all slots, and out of the ranking of voices: nobody is shown for what
    /// nobody hears.
    fn allowed_changed(&mut self) {
        for index in 0..self.publications.len() {
            let Some(publication) = &self.publications[index] else { continue };
            let (allowed, voice) = (self.is_allowed(publication), publication.source == Source::Microphone);
            if allowed {
                if voice {
                    self.speakers.add(index);
                }
                continue;
            }
            self.speakers.remove(index);
            let viewers = self.publications[index].as_mut().map(|one| std::mem::take(&mut one.viewers));
            for viewer in viewers.unwrap_or_default() {
                if let Some(peer) = &mut self.peers[viewer.peer] {
                    peer.slots[viewer.slot].assign(None);
                }
            }
        }
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
        self.working_for = None;
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

    fn insert(&mut self, now: Instant, id: PeerId, engine: Engine, (views, program): (Vec<View>, bool)) {
        let peer = Peer {
            id,
            engine,
            state: State::Offered { since: now },
            slots: Vec::new(),
            views,
            watch: None,
            muted: false,
            dark: false,
            program,
            publications: Vec::new(),
            origins: Vec::new(),
            bandwidth: Bandwidth::new(now),
            told: Some(Vec::new()),
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
            if publication.source == Source::Microphone && self.is_allowed(&publication) {
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
                if peer.bandwidth.estimated(estimate) {
                    self.next_choice = now;
                }
            }
            Told::KeyframeWanted(mid) => {
                let Some(slot) = peer.slots.iter_mut().find(|slot| slot.mid == mid) else { return };
                slot.blacken_again();
                if let Some((publication, layer)) = slot.publication.zip(slot.layer) {
                    self.request_keyframe(publication, layer, now);
                }
            }
            Told::Ended => self.lose(index),
        }
    }

    fn lose(&mut self, index: usize) {
        let Some(id) = self.peers[index].as_ref().map(|peer| peer.id) else { return };
        self.take_away(id);
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
            let level = packet.header.ext_vals.audio_level.unwrap_or(LEVEL_UNKNOWN);
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
