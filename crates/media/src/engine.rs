//! One connection, and the only contact with str0m besides the shapes of packets: negotiation, datagrams in and out,
//! packets in and out, bandwidth. Knows neither rooms nor who forwards what to whom.

use crate::bandwidth::Ask;
use crate::pins::{NamingIds, Pins};
use crate::{Datagram, Protocol, Settings, Transmit};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};
use str0m::bwe::{Bitrate as Rate, BweKind};
use str0m::change::SdpOffer;
use str0m::config::DtlsCert;
use str0m::crypto::from_feature_flags;
use str0m::format::{Codec, PayloadParams};
use str0m::media::{KeyframeRequestKind, MediaKind, Mid, Pt, Rid};
use str0m::net::Receive;
use str0m::rtp::{Extension, ExtensionValues, RtpPacket, RtpWrite, SeqNo, Ssrc, Vp8Patch};
use str0m::{Candidate, Event as RtcEvent, IceConnectionState, Input, Output, Rtc, RtcConfig};

/// What the estimate begins with: enough for a picture at once, and probing takes it from there.
const INITIAL_ESTIMATE: u64 = 1_500_000;
/// Packets kept to be sent again, and how long: more than a round trip of the largest layer. Payloads are shared by all
/// who get them, so this is about 56 KB for a receiver of one video.
const RESEND_PACKETS: usize = 128;
const RESEND_FOR: Duration = Duration::from_millis(700);
/// Resends beyond this share of what is sent are dropped: a network that loses so much is not helped by more.
const RESEND_SHARE: f32 = 0.25;
/// A pacer that wants to go on this soon is asked at once: packets leave together and cost one system call.
const SOON: Duration = Duration::from_micros(200);
/// Turns of that kind in one go.
const MAX_TURNS: usize = 256;

/// Addresses that one participant may come from while a connection lasts: networks change, and each has several ways
/// out. The ICE agent forgets none of them, 1.5 KB each, so who has the password, or replays a request of one who has,
/// could make it keep as many as they like. Fewer would end calls that move a lot (a new one is then made).
const MAX_WAYS: usize = 64;

/// A description that cannot be used, or a connection that is over.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the description cannot be used")]
pub struct Unusable;

/// The certificate that all connections of a process share: making one costs more than everything else of a join.
#[derive(Clone)]
pub struct Certificate(DtlsCert);

impl Certificate {
    /// Makes one.
    ///
    /// # Errors
    /// If the system gives no randomness.
    pub fn generate() -> Result<Self, Unusable> {
        from_feature_flags().dtls_provider.generate_certificate().map(Self).ok_or(Unusable)
    }
}

/// A media section that the offering side only receives in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct SlotSection {
    pub(crate) mid: Mid,
    pub(crate) audio: bool,
    /// The stream that goes out in it.
    pub(crate) ssrc: Ssrc,
}

/// What came of negotiating.
pub(crate) struct Negotiated {
    pub(crate) answer: String,
    pub(crate) slots: Vec<SlotSection>,
    /// By which STUN requests for this connection are known.
    pub(crate) ufrag: String,
    /// By which they prove to be genuine.
    pub(crate) password: String,
}

/// What a connection has to say.
pub(crate) enum Told {
    /// ICE and DTLS are up.
    Connected,
    /// The receiver of a slot cannot go on without a key frame.
    KeyframeWanted(Mid),
    /// What the network to the receiver carries.
    Estimate(u64),
    /// Whether the other side answers at all.
    Reachable(bool),
    /// It is over.
    Ended,
}

/// One packet to forward.
pub(crate) struct Forward<'a> {
    pub(crate) pt: Pt,
    pub(crate) seq: u64,
    pub(crate) time: u32,
    pub(crate) packet: &'a RtpPacket,
    pub(crate) patch: Option<Vp8Patch>,
    pub(crate) audio: bool,
}

/// One packet that the server has made itself.
#[derive(Clone, Copy)]
pub(crate) struct Own {
    pub(crate) pt: Pt,
    pub(crate) seq: u64,
    pub(crate) time: u32,
    pub(crate) payload: &'static [u8],
    pub(crate) patch: Option<Vp8Patch>,
    pub(crate) marker: bool,
    pub(crate) now: Instant,
}

/// What is negotiated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Codecs {
    /// All that can be forwarded.
    All,
    /// What every participant understands.
    Common,
}

/// What a drain brought. Reused, so that a packet costs no allocation.
#[derive(Default)]
pub(crate) struct Out {
    /// Authenticated and decrypted.
    pub(crate) packets: Vec<RtpPacket>,
    pub(crate) told: Vec<Told>,
}

pub(crate) struct Engine {
    rtc: Rtc,
    /// When it wants to be called at the latest.
    pub(crate) deadline: Instant,
    /// Changed since it was last asked for output.
    dirty: bool,
    ended: bool,
    pins: Pins,
    /// Where ICE requests have come from.
    ways: Vec<SocketAddr>,
}

impl Engine {
    pub(crate) fn new(settings: &Settings, codecs: Codecs, now: Instant) -> Self {
        let config = RtcConfig::new()
            .clear_codecs()
            .enable_opus(true, false)
            .enable_vp8(true)
            .enable_vp9(codecs == Codecs::All)
            .enable_h264(true)
            .enable_av1(codecs == Codecs::All)
            .set_rtp_mode(true)
            .set_ice_lite(true)
            .enable_bwe(settings.congestion_control.then_some(Rate::from(INITIAL_ESTIMATE)))
            .set_send_buffer_audio(16)
            .set_send_buffer_video(RESEND_PACKETS)
            .set_dtls_cert(settings.certificate.0.clone());
        let mut rtc = config.build(now);
        for (address, protocol) in settings
            .udp
            .iter()
            .map(|address| (*address, Protocol::Udp))
            .chain(settings.tcp.iter().map(|address| (*address, Protocol::Tcp)))
        {
            let candidate = match protocol {
                Protocol::Udp => Candidate::builder().udp().host(address).build(),
                Protocol::Tcp => {
                    Candidate::builder().tcp().host(address).tcptype(str0m::net::TcpType::Passive).build()
                }
            };
            match candidate {
                Ok(candidate) => drop(rtc.add_local_candidate(candidate)),
                Err(error) => tracing::warn!(%error, "an address cannot be offered"),
            }
        }
        Self { rtc, deadline: now, dirty: true, ended: false, pins: Pins::default(), ways: Vec::new() }
    }

    /// Takes an offer; also a later one that changes something.
    pub(crate) fn accept(&mut self, offer: &str) -> Result<Negotiated, Unusable> {
        let parsed = SdpOffer::from_sdp_string(offer).map_err(|error| unusable(&error))?;
        let answer = self.rtc.sdp_api().accept_offer(parsed).map_err(|error| unusable(&error))?;
        self.dirty = true;
        self.pin_declared(offer);
        let slots = receiving_sections(offer).filter_map(|mid| self.open_slot(mid)).collect();
        let ice = self.rtc.direct_api().local_ice_credentials();
        Ok(Negotiated { answer: answer.to_sdp_string(), slots, ufrag: ice.ufrag, password: ice.pass })
    }

    /// Streams that the offer names have their places from the start.
    fn pin_declared(&mut self, offer: &str) {
        let mids = offer.lines().filter_map(|line| line.trim_end().strip_prefix("a=mid:")).map(Mid::from);
        let mids: Vec<_> = mids.collect();
        let id = |extension: &Extension| {
            let mut medias = mids.iter().filter_map(|mid| self.rtc.media(*mid));
            medias.find_map(|media| media.remote_extmap().id_of(extension.clone()))
        };
        let ids = NamingIds {
            mid: id(&Extension::RtpMid),
            rid: id(&Extension::RtpStreamId),
            repaired_rid: id(&Extension::RepairedRtpStreamId),
        };
        let resend = self.rtc.codec_config().params().iter().filter_map(PayloadParams::resend).collect();
        self.pins.restart(ids, resend);
        for mid in mids {
            if let Some(stream) = self.rtc.direct_api().stream_rx_by_mid(mid, None) {
                self.pins.pin(mid, None, stream.ssrc(), stream.rtx());
            }
        }
    }

    /// A packet of this stream was authentic: its place is its own from now on.
    fn pin_proven(&mut self, ssrc: Ssrc) {
        let mut direct = self.rtc.direct_api();
        let Some((mid, rid)) = direct.stream_rx(&ssrc).map(|stream| (stream.mid(), stream.rid())) else {
            return;
        };
        // What has claimed the place before, without a key, goes.
        while let Some(other) =
            direct.stream_rx_by_mid(mid, rid).map(|stream| stream.ssrc()).filter(|one| *one != ssrc)
        {
            if self.pins.is_pinned(other) || !direct.remove_stream_rx(other) {
                return;
            }
        }
        self.pins.pin(mid, rid, ssrc, None);
    }

    fn open_slot(&mut self, mid: Mid) -> Option<SlotSection> {
        let audio = self.rtc.media(mid)?.kind() == MediaKind::Audio;
        let mut direct = self.rtc.direct_api();
        let stream = direct.stream_tx_by_mid(mid, None)?;
        Some(SlotSection { mid, audio, ssrc: stream.ssrc() })
    }

    /// Makes room to send packets again, as often as somebody may ask for them.
    pub(crate) fn keep_for_resending(&mut self, slot: &SlotSection) {
        if let Some(stream) = self.rtc.direct_api().stream_tx(&slot.ssrc) {
            let packets = if slot.audio { 1 } else { RESEND_PACKETS };
            stream.set_rtx_cache(packets, RESEND_FOR, Some(RESEND_SHARE));
        }
    }

    /// Takes a datagram if it belongs to this connection. False if it does not.
    pub(crate) fn receive(&mut self, datagram: &Datagram<'_>) -> bool {
        let protocol = match datagram.protocol {
            Protocol::Udp => str0m::net::Protocol::Udp,
            Protocol::Tcp => str0m::net::Protocol::Tcp,
        };
        let Ok(receive) = Receive::new(protocol, datagram.source, datagram.destination, datagram.bytes)
        else {
            return false;
        };
        let input = Input::Receive(datagram.at, receive);
        if self.ended || !self.rtc.accepts(&input) {
            return false;
        }
        let allowed = match datagram.bytes.first() {
            Some(128..=191) => self.pins.allow(datagram.bytes),
            Some(0..=3) => self.knows_way(datagram.source),
            _ => true,
        };
        if !allowed {
            return false;
        }
        if let Err(error) = self.rtc.handle_input(input) {
            self.end(&error);
        }
        self.dirty = true;
        true
    }

    /// Whether a request, whose integrity is right, may come from here.
    fn knows_way(&mut self, source: SocketAddr) -> bool {
        let known = self.ways.contains(&source);
        if !known && self.ways.len() < MAX_WAYS {
            self.ways.push(source);
            return true;
        }
        known
    }

    /// Lets time pass. Output may follow.
    pub(crate) fn advance(&mut self, now: Instant) {
        if let Err(error) = self.rtc.handle_input(Input::Timeout(now)) {
            self.end(&error);
        }
        self.dirty = true;
    }

    /// Whether there may be output, or its time has come.
    pub(crate) fn wants(&self, now: Instant) -> bool {
        self.dirty || self.deadline <= now
    }

    /// Hands out everything there is to send and to say.
    pub(crate) fn drain(&mut self, now: Instant, mut send: impl FnMut(Transmit), out: &mut Out) {
        for _ in 0..MAX_TURNS {
            if self.ended {
                self.deadline = now + Duration::from_secs(3600);
                break;
            }
            match self.rtc.poll_output() {
                Ok(Output::Transmit(transmit)) => send(Transmit {
                    protocol: match transmit.proto {
                        str0m::net::Protocol::Udp => Protocol::Udp,
                        _ => Protocol::Tcp,
                    },
                    source: transmit.source,
                    destination: transmit.destination,
                    contents: transmit.contents.into(),
                }),
                Ok(Output::Event(event)) => self.translate(event, out),
                Ok(Output::Timeout(at)) => {
                    self.deadline = at;
                    if at > now + SOON {
                        break;
                    }
                    self.advance(at.max(now));
                }
                Err(error) => self.end(&error),
            }
        }
        if self.ended || !self.rtc.is_alive() {
            out.told.push(Told::Ended);
        }
        self.dirty = false;
    }

    fn translate(&mut self, event: RtcEvent, out: &mut Out) {
        out.told.push(match event {
            RtcEvent::RtpPacket(packet) => {
                if !self.pins.is_pinned(packet.header.ssrc) {
                    self.pin_proven(packet.header.ssrc);
                }
                return out.packets.push(packet);
            }
            RtcEvent::Connected => Told::Connected,
            RtcEvent::KeyframeRequest(request) => Told::KeyframeWanted(request.mid),
            RtcEvent::EgressBitrateEstimate(BweKind::Twcc { estimate, .. }) => {
                Told::Estimate(estimate.as_u64())
            }
            RtcEvent::IceConnectionStateChange(state) => {
                Told::Reachable(state != IceConnectionState::Disconnected)
            }
            RtcEvent::Closed => return self.ended = true,
            _ => return,
        });
    }

    fn end(&mut self, error: &str0m::RtcError) {
        tracing::debug!(%error, "a connection ended");
        self.ended = true;
    }

    /// Puts a packet into a slot's stream. It leaves at the next drain.
    pub(crate) fn write(&mut self, slot: Ssrc, forward: &Forward<'_>) {
        let &Forward { pt, seq, time, packet, patch, audio } = forward;
        let from = &packet.header.ext_vals;
        let ext_vals = ExtensionValues {
            audio_level: from.audio_level,
            voice_activity: from.voice_activity,
            video_orientation: from.video_orientation,
            abs_capture_time: from.abs_capture_time,
            ..ExtensionValues::default()
        };
        let payload: Arc<[u8]> = packet.payload.clone();
        let mut write = RtpWrite::new(pt, SeqNo::from(seq), time, packet.timestamp, payload)
            .marker(packet.header.marker)
            .ext_vals(ext_vals)
            .nackable(!audio);
        if let Some(patch) = patch {
            write = write.vp8_patch(patch);
        }
        if let Some(stream) = self.rtc.direct_api().stream_tx(&slot) {
            stream.write_rtp(write);
            self.dirty = true;
        }
    }

    /// Puts a packet of our own into a slot's stream.
    pub(crate) fn write_own(&mut self, slot: Ssrc, own: Own) {
        let Own { pt, seq, time, payload, patch, marker, now } = own;
        let mut write = RtpWrite::new(pt, SeqNo::from(seq), time, now, payload).marker(marker).nackable(true);
        if let Some(patch) = patch {
            write = write.vp8_patch(patch);
        }
        if let Some(stream) = self.rtc.direct_api().stream_tx(&slot) {
            stream.write_rtp(write);
            self.dirty = true;
        }
    }

    /// Whether packets of a slot wait for their turn or leave at once.
    pub(crate) fn set_paced(&mut self, slot: Ssrc, paced: bool) {
        if let Some(stream) = self.rtc.direct_api().stream_tx(&slot) {
            stream.set_unpaced(!paced);
        }
    }

    /// Which section and layer a stream from the participant belongs to.
    pub(crate) fn origin(&mut self, ssrc: Ssrc) -> Option<(Mid, Option<Rid>)> {
        self.rtc.direct_api().stream_rx(&ssrc).map(|stream| (stream.mid(), stream.rid()))
    }

    pub(crate) fn request_keyframe(&mut self, mid: Mid, rid: Option<Rid>) {
        if let Some(stream) = self.rtc.direct_api().stream_rx_by_mid(mid, rid) {
            stream.request_keyframe(KeyframeRequestKind::Pli);
            self.dirty = true;
        }
    }

    /// What to look for.
    pub(crate) fn want_bitrate(&mut self, ask: Ask) {
        self.rtc.bwe().set_bitrate(Rate::from(ask.least), Rate::from(ask.best));
        self.dirty = true;
    }

    /// The parameters of a payload type that the participant sends with.
    pub(crate) fn payload(&self, pt: Pt) -> Option<PayloadParams> {
        self.rtc.codec_config().params().iter().find(|params| params.pt() == pt).copied()
    }

    /// The payload type by which this participant receives, in this section, what another one sends so.
    pub(crate) fn payload_like(&self, mid: Mid, other: &PayloadParams) -> Option<Pt> {
        // Of H.264 there are many forms, and what was not negotiated is not understood.
        let negotiated = self.rtc.media(mid)?.remote_pts();
        let wanted = other.spec();
        let fits = |params: &&PayloadParams| {
            let spec = params.spec();
            spec.codec == wanted.codec
                && match spec.codec {
                    Codec::H264 => {
                        let profile = |id: Option<u32>| id.map(|id| id >> 16);
                        spec.format.packetization_mode == wanted.format.packetization_mode
                            && profile(spec.format.profile_level_id)
                                == profile(wanted.format.profile_level_id)
                    }
                    Codec::Vp9 => {
                        spec.format.profile_id.unwrap_or(0) == wanted.format.profile_id.unwrap_or(0)
                    }
                    _ => true,
                }
        };
        // Decoders of H.264 read more profiles than browsers name, and programs name the ones they like.
        let like = |params: &&PayloadParams| {
            let spec = params.spec();
            wanted.codec == Codec::H264
                && spec.codec == Codec::H264
                && spec.format.packetization_mode == wanted.format.packetization_mode
        };
        let all = self.rtc.codec_config().params().iter();
        let mut all = all.filter(|params| negotiated.contains(&params.pt()));
        all.clone().find(fits).or_else(|| all.find(like)).map(PayloadParams::pt)
    }
}

/// The ids of the sections that the offering side only receives in. The description has been accepted: str0m knows
/// all of it but tells only later.
fn receiving_sections(offer: &str) -> impl Iterator<Item = Mid> {
    offer.split("\nm=").skip(1).filter_map(|section| {
        let mut lines = section.lines().map(str::trim_end);
        let receives = lines.clone().any(|line| line == "a=recvonly");
        lines.find_map(|line| line.strip_prefix("a=mid:")).filter(|_| receives).map(Mid::from)
    })
}

fn unusable(error: &dyn std::error::Error) -> Unusable {
    tracing::debug!(%error, "a description could not be used");
    Unusable
}
