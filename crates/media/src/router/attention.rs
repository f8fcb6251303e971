//! Who hears and sees whom, and in which layer: puts publications into slots, a few times a second.

use super::{Peer, Router, State};
use crate::layers::{self, Wish};
use crate::publication::{Publication, Viewer};
use crate::slot::Slot;
use crate::{Assignment, Event, PeerId, Source, View, Watch};
use std::time::Instant;

/// As large as who does not say how large is shown a picture: what most cameras send. More costs every watcher bandwidth
/// that few of them use.
const WATCHED: (u32, u32) = (1280, 720);
/// Sound leaves this much of the estimate to pictures.
const AUDIO_BITRATE: u64 = 48_000;

impl Router {
    pub(super) fn is_allowed(&self, publication: &Publication) -> bool {
        let owner = self.peers[publication.owner].as_ref();
        let muted = publication.source == Source::Microphone && owner.is_some_and(|owner| owner.muted);
        !muted && self.only.is_none_or(|only| only == publication.publisher)
    }

    /// Decides whose voices go out, and who is speaking.
    pub(super) fn hear(&mut self, now: Instant) {
        let slots =
            self.peers.iter().flatten().map(|peer| peer.slots.iter().filter(|slot| slot.audio).count());
        let most = slots.max().unwrap_or(0);
        // One more than there are slots: nobody hears themselves.
        let loudest = self.speakers.loudest(most + 1, now);
        let shared = self.publications.iter().enumerate().filter_map(|(index, publication)| {
            publication
                .as_ref()
                .filter(|one| one.source == Source::ScreenAudio && self.is_allowed(one))
                .map(|_| index)
        });
        // What is shared is meant to be heard, whoever talks; but not instead of who does, where there is one slot alone.
        let mut ranking = loudest;
        let after_first = ranking.len().min(1);
        ranking.splice(after_first..after_first, shared);
        for index in 0..self.peers.len() {
            let Some(peer) = &self.peers[index] else { continue };
            let count = peer.slots.iter().filter(|slot| slot.audio).count();
            let wanted: Vec<_> = match peer.watch.and_then(|watch| watch.publisher) {
                Some(publisher) => self.heard_of(publisher).take(count).collect(),
                None => {
                    let others = ranking.iter().copied().filter(|one| !peer.publications.contains(one));
                    others.take(count).collect()
                }
            };
            self.assign(index, &wanted, true);
        }
        if let Some(active) = self.speakers.active_changed(now) {
            let peer = active.and_then(|index| self.publications[index].as_ref()).map(|one| one.publisher);
            self.events.push_back(Event::Speaker { peer });
        }
    }

    /// What there is to hear of one participant, their voice first.
    fn heard_of(&self, publisher: PeerId) -> impl Iterator<Item = usize> {
        [Source::Microphone, Source::ScreenAudio].into_iter().filter_map(move |source| {
            self.publications.iter().position(|one| {
                one.as_ref().is_some_and(|one| {
                    one.publisher == publisher && one.source == source && self.is_allowed(one)
                })
            })
        })
    }

    /// Whether there is a picture. Of a page's camera live state says so, of a program what comes.
    fn is_to_be_seen(&self, publication: &Publication, now: Instant) -> bool {
        let shows = |owner: &Peer| {
            let dark = owner.dark && publication.source == Source::Camera;
            !dark && (!owner.program || publication.moves(now))
        };
        self.is_allowed(publication) && self.peers[publication.owner].as_ref().is_some_and(shows)
    }

    /// What somebody sees who does not say what they look at: whom they watch, else whoever speaks, else whom they have
    /// seen until now, else whoever is there.
    fn watched(&self, peer: &Peer, watch: Watch, now: Instant) -> Vec<View> {
        let seen = || {
            let all = self.publications.iter().flatten();
            all.filter(|one| one.source == watch.picture && self.is_to_be_seen(one, now) && peer.reads(one))
        };
        let shows = |publisher: PeerId| seen().any(|one| one.publisher == publisher);
        let speaker = || self.speakers.active().and_then(|index| self.publications[index].as_ref());
        let before = || peer.slots.iter().filter(|slot| !slot.audio).find_map(|slot| slot.publication);
        let before = || before().and_then(|index| self.publications[index].as_ref());
        let publisher = match watch.publisher {
            Some(publisher) => Some(publisher).filter(|one| shows(*one)),
            None => [speaker(), before()]
                .into_iter()
                .flatten()
                .map(|one| one.publisher)
                .find(|one| shows(*one))
                .or_else(|| seen().next().map(|one| one.publisher)),
        };
        let view = |publisher| View { publisher, source: watch.picture, width: WATCHED.0, height: WATCHED.1 };
        publisher.map(view).into_iter().collect()
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
    pub(super) fn choose(&mut self, now: Instant) {
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
            let watched = peer.watch.map(|watch| self.watched(peer, watch, now));
            let wanted: Vec<_> = watched
                .as_ref()
                .unwrap_or(&peer.views)
                .iter()
                .filter(|view| !view.source.is_audio())
                .filter_map(|view| Some((found(view)?, view.width.max(view.height))))
                .take(count)
                .collect();
            let publications: Vec<_> = wanted.iter().map(|(one, _)| *one).collect();
            self.assign(index, &publications, false);
            self.choose_layers(index, &wanted, now);
            self.blacken(index, now);
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
        let choice = layers::choose(&wishes, peer.bandwidth.budget(audio));
        let limited = peer.bandwidth.limits(&choice, audio);
        if let Some(ask) = peer.bandwidth.ask(now, &choice, audio) {
            peer.engine.want_bitrate(ask);
        }
        let patience = peer.bandwidth.patience(now, &choice);
        let mut spent = audio;
        for (place, ((wish, (one, _)), chosen)) in wishes.iter().zip(wanted).zip(&choice.layers).enumerate() {
            let Some(slot) = peer.slots.iter_mut().find(|slot| slot.publication == Some(*one)) else {
                continue;
            };
            let against = chosen.is_none() && patience.sends(slot.layer.is_some(), place);
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
        if let Some(paced) = peer.bandwidth.pace(now, limited, spent) {
            for slot in peer.slots.iter().filter(|slot| !slot.audio) {
                slot.set_paced(&mut peer.engine, paced);
            }
        }
        self.scratch.encodings = encodings;
    }

    /// Who watches is told nothing: what is no more would stand still before them as if it went on.
    fn blacken(&mut self, index: usize, now: Instant) {
        let Some(peer) = self.peers[index].as_mut().filter(|peer| peer.watch.is_some()) else { return };
        for slot in peer.slots.iter_mut().filter(|slot| !slot.audio) {
            slot.blacken(&mut peer.engine, now);
        }
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
        if peer.told.as_ref() != Some(&slots) {
            peer.told = Some(slots.clone());
            self.events.push_back(Event::Slots { peer: peer.id, slots });
        }
    }
}

impl Peer {
    /// Whether this participant understands what the publication is encoded with, as far as that is known.
    fn reads(&self, publication: &Publication) -> bool {
        let Some((_, payload)) = &publication.payload else { return true };
        let mut pictures = self.slots.iter().filter(|slot| !slot.audio);
        pictures.any(|slot| self.engine.payload_like(slot.mid, payload).is_some())
    }
}

fn release(publications: &mut [Option<Publication>], publication: usize, peer: usize, slot: usize) {
    if let Some(publication) = &mut publications[publication] {
        publication.viewers.retain(|viewer| *viewer != Viewer { peer, slot });
    }
}
