//! One participant's connection with the media server, without a socket: datagrams and time go in, datagrams come
//! out. It offers, as browsers do; what it sends is synthetic, what it receives is counted.

use super::publisher::{Packet, Publisher, Track, nanos};
use super::sections::{Change, Offer, Sections, Tracks};
use super::shape::{Camera, Kind, Layer};
use super::stats::{PeerReport, Received, SlotStats};
use super::voice::Speech;
use anyhow::{Context, Result};
use std::net::SocketAddr;
use std::time::{Duration, Instant};
use str0m::change::{SdpAnswer, SdpOffer, SdpPendingOffer};
use str0m::format::Codec;
use str0m::media::{KeyframeRequest, KeyframeRequestKind, Mid, Pt, Rid};
use str0m::net::{Protocol, Receive};
use str0m::rtp::{ExtensionValues, RtpPacket, RtpWrite, Ssrc};
use str0m::{Candidate, Event, IceConnectionState, Input, Output, Rtc, RtcConfig};
use visavis_domain::room::Source;
use visavis_protocol::TrackLabel;

/// Time between two requests for a key frame, as browsers leave it at least.
const KEY_FRAME_PATIENCE: Duration = Duration::from_millis(300);

/// A datagram to send.
#[derive(Debug)]
pub struct Datagram {
    /// Where to.
    pub to: SocketAddr,
    /// What.
    pub bytes: Vec<u8>,
}

/// One connection.
pub struct Peer {
    rtc: Rtc,
    tracks: Tracks,
    /// Moment 0 of the clock that markers tell, the same for all peers that hear of each other.
    epoch: Instant,
    number: u32,
    joined: Instant,
    sections: Sections,
    pending: Option<SdpPendingOffer>,
    local: Option<SocketAddr>,
    slots: Vec<SlotStats>,
    /// Which slot a source belongs to, once its first packet has come.
    sources: Vec<(Ssrc, usize)>,
    publisher: Publisher,
    sending: Option<Sending>,
    path: Path,
    key_frame_wanted: Option<Instant>,
    due: Instant,
    report: PeerReport,
}

/// Payload types, once they are agreed on.
#[derive(Debug, Clone, Copy)]
struct Sending {
    opus: Option<Pt>,
    vp8: Option<Pt>,
}

/// Whether datagrams get through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Path {
    Up,
    Down,
}

impl Peer {
    /// Somebody who joined at `joined`. `number` is what markers call them.
    #[must_use]
    pub fn new(number: u32, tracks: Tracks, epoch: Instant, joined: Instant) -> Self {
        let config = RtcConfig::new().clear_codecs().enable_opus(true, false).enable_vp8(true);
        let report = PeerReport {
            slots: Vec::new(),
            connected: None,
            first_audio: None,
            first_video: None,
            sent: 0,
            sent_layers: [0; 3],
            key_frame_requests: 0,
            key_frames_wanted: 0,
            dropped: (0, 0),
            errors: 0,
        };
        Self {
            rtc: config.set_rtp_mode(true).build(joined),
            tracks,
            epoch,
            number,
            joined,
            sections: Sections::default(),
            pending: None,
            local: None,
            slots: Vec::new(),
            sources: Vec::new(),
            publisher: Publisher::new(number, epoch, joined, None, None),
            sending: None,
            path: Path::Down,
            key_frame_wanted: None,
            due: joined,
            report,
        }
    }

    /// The first offer.
    ///
    /// # Errors
    /// If there is nothing to send and no slot.
    pub fn offer(&mut self) -> Result<Offer> {
        let mut api = self.rtc.sdp_api();
        self.sections = Sections::add(&self.tracks, &mut api);
        let made = api.apply();
        self.offered(made)
    }

    /// Another offer for the connection there is.
    ///
    /// # Errors
    /// If it changes nothing.
    pub fn change(&mut self, change: Change) -> Result<Offer> {
        let mut api = self.rtc.sdp_api();
        match change {
            Change::MoreVideoSlots(count) => self.sections.add_slots(&mut api, Kind::Video, count),
            Change::RestartIce => drop(api.ice_restart(true)),
        }
        let made = api.apply();
        self.offered(made)
    }

    fn offered(&mut self, made: Option<(SdpOffer, SdpPendingOffer)>) -> Result<Offer> {
        let (offer, pending) = made.context("nothing to offer")?;
        self.pending = Some(pending);
        let slots = &self.sections.slots[self.slots.len()..];
        self.slots.extend(slots.iter().map(|(_, kind)| SlotStats::new(*kind)));
        Ok(Offer { sdp: offer.to_sdp_string(), tracks: self.labels() })
    }

    fn labels(&self) -> Vec<TrackLabel> {
        self.sections.labels(self.tracks.camera)
    }

    /// The server's answer. Datagrams are sent from `local`.
    ///
    /// # Errors
    /// If it does not fit the offer.
    pub fn answer(&mut self, now: Instant, sdp: &str, local: SocketAddr) -> Result<()> {
        let pending = self.pending.take().context("an answer without an offer")?;
        if self.local.replace(local) != Some(local) {
            self.rtc.add_local_candidate(Candidate::host(local, "udp")?);
        }
        let answer = SdpAnswer::from_sdp_string(sdp)?;
        self.rtc.sdp_api().accept_answer(pending, answer)?;
        self.due = now;
        Ok(())
    }

    /// A datagram that arrived.
    pub fn receive(&mut self, now: Instant, source: SocketAddr, bytes: &[u8], out: &mut Vec<Datagram>) {
        let Some(destination) = self.local else { return };
        let Ok(receive) = Receive::new(Protocol::Udp, source, destination, bytes) else {
            self.report.errors += 1;
            return;
        };
        if self.rtc.handle_input(Input::Receive(now, receive)).is_err() {
            self.report.errors += 1;
        }
        self.drain(now, out);
    }

    /// Sends what is due.
    pub fn timeout(&mut self, now: Instant, out: &mut Vec<Datagram>) {
        if let Some(sending) = self.sending {
            let (rtc, sections, tracks) = (&mut self.rtc, &self.sections, &self.tracks);
            let report = &mut self.report;
            // All that is due is written before it is drained: a frame is one burst, as from a browser.
            self.publisher.poll(now, |packet| write(rtc, sections, tracks, sending, now, &packet, report));
        }
        if self.rtc.handle_input(Input::Timeout(now)).is_err() {
            self.report.errors += 1;
        }
        self.drain(now, out);
    }

    /// When [`Peer::timeout`] is to be called next.
    #[must_use]
    pub fn next(&self) -> Instant {
        let publisher = self.sending.and_then(|_| self.publisher.next());
        publisher.map_or(self.due, |next| next.min(self.due))
    }

    /// Whether datagrams get through.
    #[must_use]
    pub fn is_up(&self) -> bool {
        self.path == Path::Up
    }

    /// The layers of a track that anybody looks at; the others are not sent any more.
    pub fn layers_wanted(&mut self, source: Source, rids: &[String]) {
        if source != Source::Camera {
            return;
        }
        let simulcast = self.tracks.camera == Some(Camera::Simulcast);
        self.publisher.want(|layer| {
            let rid = if simulcast { layer.rid() } else { "" };
            rids.iter().any(|wanted| wanted == rid)
        });
    }

    /// From now on one speaks at these times.
    pub fn speak(&mut self, speech: Speech) {
        self.publisher.speak(speech);
    }

    /// Counting begins anew; what happened once (the first packets) is kept.
    pub fn restart_counting(&mut self) {
        for slot in &mut self.slots {
            slot.restart_counting();
        }
        self.report.sent = 0;
        self.report.sent_layers = [0; 3];
        self.report.key_frame_requests = 0;
        self.report.key_frames_wanted = 0;
    }

    /// What was counted.
    #[must_use]
    pub fn report(&self) -> PeerReport {
        let sections = self.sections.slots.iter().zip(&self.slots);
        let slots = sections.map(|((mid, _), stats)| stats.report(mid.to_string())).collect();
        PeerReport { slots, ..self.report.clone() }
    }

    fn drain(&mut self, now: Instant, out: &mut Vec<Datagram>) {
        loop {
            match self.rtc.poll_output() {
                Ok(Output::Timeout(due)) => {
                    self.due = due;
                    return;
                }
                Ok(Output::Transmit(transmit)) => {
                    out.push(Datagram { to: transmit.destination, bytes: transmit.contents.into() });
                }
                Ok(Output::Event(event)) => self.event(now, event),
                Err(_) => {
                    // Not mended by asking again at once.
                    self.report.errors += 1;
                    self.due = now + Duration::from_secs(1);
                    return;
                }
            }
        }
    }

    fn event(&mut self, now: Instant, event: Event) {
        match event {
            Event::RtpPacket(packet) => self.packet(now, &packet),
            Event::Connected => self.connected(now),
            Event::IceConnectionStateChange(IceConnectionState::Disconnected) => self.path = Path::Down,
            Event::IceConnectionStateChange(
                IceConnectionState::Connected | IceConnectionState::Completed,
            ) => {
                self.path = Path::Up;
            }
            Event::KeyframeRequest(request) => self.key_frame(request),
            Event::Closed => (self.path, self.sending) = (Path::Down, None),
            _ => {}
        }
    }

    fn connected(&mut self, now: Instant) {
        self.report.connected.get_or_insert(now.saturating_duration_since(self.joined));
        let payload_type = |section: Option<Mid>, codec| {
            let agreed = self.rtc.media(section?)?.remote_pts();
            let mut known = self.rtc.codec_config().iter();
            known
                .find(|known| known.spec().codec == codec && agreed.contains(&known.pt()))
                .map(|one| one.pt())
        };
        let opus = payload_type(self.sections.microphone, Codec::Opus);
        let vp8 = payload_type(self.sections.camera, Codec::Vp8);
        let microphone = self.tracks.microphone.filter(|_| opus.is_some());
        let camera = self.tracks.camera.filter(|_| vp8.is_some());
        self.publisher = Publisher::new(self.number, self.epoch, now, microphone, camera);
        self.sending = Some(Sending { opus, vp8 });
    }

    fn key_frame(&mut self, request: KeyframeRequest) {
        if Some(request.mid) != self.sections.camera {
            return;
        }
        self.report.key_frame_requests += 1;
        let layer = |rid: Rid| Layer::ALL.into_iter().find(|layer| Rid::from(layer.rid()) == rid);
        self.publisher.want_key_frame(request.rid.and_then(layer));
    }

    fn packet(&mut self, now: Instant, packet: &RtpPacket) {
        let ssrc = packet.header.ssrc;
        let known = self.sources.iter().find(|(source, _)| *source == ssrc).map(|(_, slot)| *slot);
        let Some(place) = known.or_else(|| self.new_source(ssrc)) else { return };
        let Some((slot, (_, kind))) = self.slots.get_mut(place).zip(self.sections.slots.get(place)) else {
            return;
        };
        let first = match kind {
            Kind::Audio => &mut self.report.first_audio,
            Kind::Video => &mut self.report.first_video,
        };
        first.get_or_insert(now.saturating_duration_since(self.joined));
        slot.packet(Received {
            now,
            nanos: nanos(self.epoch, now),
            ssrc: *ssrc,
            sequence: *packet.seq_no,
            payload: &packet.payload,
        });
        let asked = self.key_frame_wanted.is_some_and(|asked| now < asked + KEY_FRAME_PATIENCE);
        if slot.waits_for_key_frame() && !asked {
            self.key_frame_wanted = Some(now);
            self.report.key_frames_wanted += 1;
            if let Some(source) = self.rtc.direct_api().stream_rx(&ssrc) {
                source.request_keyframe(KeyframeRequestKind::Pli);
            }
        }
    }

    fn new_source(&mut self, ssrc: Ssrc) -> Option<usize> {
        let mid = self.rtc.direct_api().stream_rx(&ssrc)?.mid();
        let slot = self.sections.slots.iter().position(|(slot, _)| *slot == mid)?;
        self.sources.push((ssrc, slot));
        Some(slot)
    }
}

/// Hands a packet over for sending.
fn write(
    rtc: &mut Rtc,
    sections: &Sections,
    tracks: &Tracks,
    sending: Sending,
    now: Instant,
    packet: &Packet<'_>,
    report: &mut PeerReport,
) {
    let (mid, rid, payload_type) = match packet.track {
        Track::Microphone => (sections.microphone, None, sending.opus),
        Track::Camera(layer) => {
            let rid = (tracks.camera == Some(Camera::Simulcast)).then(|| Rid::from(layer.rid()));
            (sections.camera, rid, sending.vp8)
        }
    };
    let Some((mid, payload_type)) = mid.zip(payload_type) else { return };
    let mut api = rtc.direct_api();
    let Some(out) = api.stream_tx_by_mid(mid, rid) else { return };
    let levels = ExtensionValues {
        audio_level: packet.level,
        voice_activity: packet.level.map(|level| level > super::voice::SILENT),
        ..ExtensionValues::default()
    };
    let video = matches!(packet.track, Track::Camera(_));
    let rtp = RtpWrite::new(payload_type, packet.sequence.into(), packet.time, now, packet.payload);
    out.write_rtp(rtp.marker(packet.marked).nackable(video).ext_vals(levels));
    report.sent += 1;
    if let Track::Camera(layer) = packet.track {
        report.sent_layers[usize::from(layer.number())] += 1;
    }
}
