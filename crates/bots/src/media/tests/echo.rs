//! The answering side: a media server for one, which sends its participant's own media back in its first slots.

use std::net::SocketAddr;
use std::time::Instant;
use str0m::change::SdpOffer;
use str0m::media::{Direction, KeyframeRequestKind, MediaKind, Mid, Rid};
use str0m::net::{Protocol, Receive};
use str0m::rtp::{ExtensionValues, RtpPacket, RtpWrite, Vp8Descriptor};
use str0m::{Candidate, Event, Input, Output, Rtc, RtcConfig};

use crate::media::Datagram;

/// What to do when another layer is selected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Switching {
    /// Ask for a key frame and wait for it, as it should be.
    AtKeyFrame,
    /// At once: a defect that the receiver has to find.
    AtOnce,
}

pub(super) struct Echo {
    pub(super) rtc: Rtc,
    local: SocketAddr,
    pub(super) due: Instant,
    /// As they were added.
    sections: Vec<(Mid, MediaKind, Direction)>,
    /// Own media of the participant: what arrives here by layer (the empty one is a track without layers).
    pub(super) received: Vec<(String, u64)>,
    pub(super) levels: Vec<i8>,
    /// The layer that is sent back, and the one that is to be.
    present: Option<Rid>,
    pub(super) selected: Option<Rid>,
    pub(super) switching: Switching,
    video: Rewrite,
    audio: Rewrite,
}

/// Makes one run of sequence numbers and picture ids of several.
#[derive(Debug, Default)]
struct Rewrite {
    sequence: (u64, u64),
    picture: (u16, u16),
}

impl Echo {
    pub(super) fn new(now: Instant, local: SocketAddr) -> Self {
        let config = RtcConfig::new().clear_codecs().enable_opus(true, false).enable_vp8(true);
        let mut rtc = config.set_rtp_mode(true).set_ice_lite(true).build(now);
        rtc.add_local_candidate(Candidate::host(local, "udp").unwrap());
        Self {
            rtc,
            local,
            due: now,
            sections: Vec::new(),
            received: Vec::new(),
            levels: Vec::new(),
            present: None,
            selected: None,
            switching: Switching::AtKeyFrame,
            video: Rewrite { sequence: (0, 100), picture: (0, 1_000) },
            audio: Rewrite { sequence: (0, 200), picture: (0, 0) },
        }
    }

    pub(super) fn answer(&mut self, offer: &str) -> String {
        let offer = SdpOffer::from_sdp_string(offer).unwrap();
        self.rtc.sdp_api().accept_offer(offer).unwrap().to_sdp_string()
    }

    pub(super) fn receive(&mut self, now: Instant, from: SocketAddr, bytes: &[u8], out: &mut Vec<Datagram>) {
        let receive = Receive::new(Protocol::Udp, from, self.local, bytes).unwrap();
        self.rtc.handle_input(Input::Receive(now, receive)).unwrap();
        self.drain(now, out);
    }

    pub(super) fn timeout(&mut self, now: Instant, out: &mut Vec<Datagram>) {
        self.rtc.handle_input(Input::Timeout(now)).unwrap();
        self.drain(now, out);
    }

    fn drain(&mut self, now: Instant, out: &mut Vec<Datagram>) {
        loop {
            match self.rtc.poll_output().unwrap() {
                Output::Timeout(due) => {
                    self.due = due;
                    return;
                }
                Output::Transmit(one) => {
                    out.push(Datagram { to: one.destination, bytes: one.contents.into() });
                }
                Output::Event(Event::RtpPacket(packet)) => {
                    self.packet(now, &packet);
                    self.rtc.handle_input(Input::Timeout(now)).unwrap();
                }
                Output::Event(Event::MediaAdded(added)) => {
                    self.sections.push((added.mid, added.kind, added.direction));
                }
                Output::Event(Event::KeyframeRequest(_)) => self.want_key_frame(),
                Output::Event(_) => {}
            }
        }
    }

    /// The first section of a kind that goes this way, seen from here.
    fn section(&self, kind: MediaKind, direction: Direction) -> Option<Mid> {
        let mut sections = self.sections.iter();
        sections.find(|section| (section.1, section.2) == (kind, direction)).map(|section| section.0)
    }

    fn packet(&mut self, now: Instant, packet: &RtpPacket) {
        let header = &packet.header;
        let mut api = self.rtc.direct_api();
        let source = api.stream_rx(&header.ssrc).unwrap();
        let (mid, rid) = (source.mid(), source.rid());
        let video = Some(mid) == self.section(MediaKind::Video, Direction::RecvOnly);
        if !video {
            self.levels.extend(header.ext_vals.audio_level);
            let out = self.section(MediaKind::Audio, Direction::SendOnly);
            let rtp = self.audio.packet(now, packet, None);
            return self.send(out, rtp);
        }
        let name = rid.map(|rid| rid.to_string()).unwrap_or_default();
        match self.received.iter_mut().find(|one| one.0 == name) {
            Some(one) => one.1 += 1,
            None => self.received.push((name, 1)),
        }
        if rid == self.selected && rid != self.present {
            let key = Vp8Descriptor::parse(&packet.payload).unwrap().starts_keyframe(&packet.payload);
            if key || self.switching == Switching::AtOnce {
                self.present = rid;
                self.video.begin(packet);
            }
        }
        if rid == self.present {
            let rtp = self.video.packet(now, packet, Some(()));
            self.send(self.section(MediaKind::Video, Direction::SendOnly), rtp);
        }
    }

    fn send(&mut self, section: Option<Mid>, rtp: RtpWrite) {
        let mut api = self.rtc.direct_api();
        let Some(out) = section.and_then(|mid| api.stream_tx_by_mid(mid, None)) else { return };
        out.write_rtp(rtp);
    }

    /// Sends another layer back from now on, or the same one: with a key frame, if it is asked for.
    pub(super) fn select(&mut self, rid: Option<&str>) {
        self.selected = rid.map(Rid::from);
        if self.switching == Switching::AtKeyFrame {
            self.want_key_frame();
        }
    }

    fn want_key_frame(&mut self) {
        let mid = self.section(MediaKind::Video, Direction::RecvOnly).unwrap();
        let mut api = self.rtc.direct_api();
        let source = api.stream_rx_by_mid(mid, self.selected).unwrap();
        source.request_keyframe(KeyframeRequestKind::Pli);
    }
}

impl Rewrite {
    /// The next packet begins a run that is to follow the one before.
    fn begin(&mut self, packet: &RtpPacket) {
        let picture = Vp8Descriptor::parse(&packet.payload).unwrap().picture_id().unwrap();
        self.sequence = (*packet.seq_no - 1, self.sequence.1);
        self.picture = (picture.wrapping_sub(1) & 0x7fff, self.picture.1);
    }

    /// Numbers go on as far as they did on the way here.
    fn packet(&mut self, now: Instant, packet: &RtpPacket, video: Option<()>) -> RtpWrite {
        let number = *packet.seq_no;
        if self.sequence.0 == 0 {
            self.sequence.0 = number - 1;
        }
        // Both begin far enough from 0 for what was overtaken at the start.
        let sequence = self.sequence.1 + number - self.sequence.0;
        if number > self.sequence.0 {
            self.sequence = (number, sequence);
        }
        let header = &packet.header;
        let payload = packet.payload.clone();
        let rtp = RtpWrite::new(header.payload_type, sequence.into(), header.timestamp, now, payload);
        let rtp = rtp.marker(header.marker).ext_vals(ExtensionValues::default());
        if video.is_none() {
            return rtp;
        }
        let descriptor = Vp8Descriptor::parse(&packet.payload).unwrap();
        let picture = descriptor.picture_id().unwrap();
        let ahead = picture.wrapping_sub(self.picture.0) & 0x7fff;
        let written = (self.picture.1 + ahead) & 0x7fff;
        if ahead < 0x4000 {
            self.picture = (picture, written);
        }
        rtp.nackable(true).vp8_patch(descriptor.patch().picture_id(written).build().unwrap())
    }
}
