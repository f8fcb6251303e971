//! What a worker says: to sessions and to seats of programs what happens to their media, to operators figures.

use super::{Flows, MediaNotice, MediaSeat, RoomKey, Seat, Worker, named, participant};
use visavis_domain::ids::SessionId;
use visavis_domain::name::RoomName;
use visavis_media::{Event, PeerId};
use visavis_protocol::SlotLabel;

impl Worker {
    pub(super) fn event(&mut self, key: RoomKey, event: Event) {
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
                Some(_) => return self.tell_speaker(key, peer),
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

    /// Who speaks, for a page that has not heard it.
    pub(super) fn tell_speaker(&mut self, key: RoomKey, peer: PeerId) {
        let Some(room) = self.rooms.get(&key).filter(|room| room.retires.is_none()) else { return };
        let told = visavis_protocol::Event::ActiveSpeaker { participant: room.speaker.map(participant) };
        let page = room.seats.get(&peer).filter(|seat| seat.feed.is_none());
        if let Some(session) = page.map(|seat| seat.session) {
            self.tell(session, told);
        }
    }

    /// A connection has ended by itself.
    pub(super) fn over(&mut self, peer: PeerId, seat: &Seat) {
        match &seat.feed {
            None => self.tell(seat.session, visavis_protocol::Event::MediaLost),
            Some(feed) => self.feed_flows(peer, seat.session, feed.feed.room.clone(), Flows::Over),
        }
    }

    pub(super) fn feed_flows(&mut self, peer: PeerId, session: SessionId, room: RoomName, flows: Flows) {
        let seat = MediaSeat { participant: participant(peer), session };
        self.notify(MediaNotice::Feed { room, seat, flows });
    }

    pub(super) fn tell(&mut self, session: SessionId, event: visavis_protocol::Event) {
        self.notify(MediaNotice::Session { session, event: Box::new(event) });
    }

    pub(super) fn notify(&mut self, notice: MediaNotice) {
        if self.notices.try_send(notice).is_err() {
            self.counts.untold += 1;
        }
    }

    pub(super) fn report(&mut self) {
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
