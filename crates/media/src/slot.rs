//! Where a receiver gets a publication: one stream for as long as the connection lasts, whatever it carries.

use crate::black;
use crate::engine::{Engine, Forward, Own, SlotSection};
use crate::rewrite::{Place, Rewriter};
use std::time::{Duration, Instant};
use str0m::format::{Codec, PayloadParams};
use str0m::media::{Mid, Pt};
use str0m::rtp::{RtpPacket, Ssrc, Vp8Descriptor};

const AUDIO_CLOCK: u32 = 48_000;
const VIDEO_CLOCK: u32 = 90_000;
/// A black picture is sent so often, this far apart: enough that one arrives, without anybody having to ask.
const BLACKS: u8 = 3;
const BLACK_EVERY: Duration = Duration::from_millis(200);

pub(crate) struct Slot {
    pub(crate) mid: Mid,
    pub(crate) audio: bool,
    ssrc: Ssrc,
    /// Index of what it carries.
    pub(crate) publication: Option<usize>,
    /// The layer that goes out.
    pub(crate) layer: Option<usize>,
    /// The layer that shall go out, from its next key frame on.
    pub(crate) target: Option<usize>,
    rewriter: Rewriter,
    /// Payload types: as it comes in, as it goes out.
    payload: Option<(Pt, Option<Pt>)>,
    /// What the last picture that went out was encoded with.
    sent: Option<(Codec, Pt)>,
    /// How often a black picture is yet to be sent, while there is no other, and when the last one was.
    blacks: u8,
    blackened: Option<Instant>,
}

/// A packet on its way to everybody who gets it, looked at once.
pub(crate) struct Incoming<'a> {
    pub(crate) packet: &'a RtpPacket,
    pub(crate) layer: usize,
    pub(crate) payload: &'a PayloadParams,
    pub(crate) vp8: Option<Vp8Descriptor>,
    pub(crate) keyframe: bool,
}

impl Slot {
    pub(crate) fn new(section: &SlotSection) -> Self {
        Self {
            mid: section.mid,
            audio: section.audio,
            ssrc: section.ssrc,
            publication: None,
            layer: None,
            target: None,
            rewriter: Rewriter::default(),
            payload: None,
            sent: None,
            blacks: 0,
            blackened: None,
        }
    }

    /// Carries another publication from now on, or none.
    pub(crate) fn assign(&mut self, publication: Option<usize>) {
        self.publication = publication;
        self.layer = None;
        self.target = publication.filter(|_| self.audio).map(|_| 0);
        self.payload = None;
    }

    /// This layer shall go out. In a hurry a larger one stops at once: what a full network does not carry would
    /// only delay the rest.
    pub(crate) fn aim(&mut self, target: Option<usize>, hurry: bool) {
        self.target = target;
        if hurry && self.layer.is_some_and(|layer| target.is_none_or(|target| target < layer)) {
            self.layer = None;
        }
    }

    /// Whether a key frame is what it waits for. What the receiver does not understand is not waited for: everybody else
    /// would pay for it.
    pub(crate) fn waits(&self) -> bool {
        let unfit = matches!(self.payload, Some((_, None)));
        self.target.is_some() && self.target != self.layer && !unfit
    }

    /// The receiver has lost the picture that it should show while there is none.
    pub(crate) fn blacken_again(&mut self) {
        if self.publication.is_none() && self.sent.is_some() {
            self.blacks = self.blacks.max(1);
        }
    }

    /// While nothing is to be seen: a black picture in the place of the last one, a few times.
    pub(crate) fn blacken(&mut self, engine: &mut Engine, now: Instant) {
        let rests = self.blackened.is_some_and(|at| now.saturating_duration_since(at) < BLACK_EVERY);
        let Some((codec, pt)) = self.sent.filter(|_| self.publication.is_none() && self.blacks > 0 && !rests)
        else {
            return;
        };
        self.blacks -= 1;
        self.blackened = Some(now);
        let payloads = black::payloads(codec);
        for (number, payload) in (0_u64..).zip(payloads) {
            let vp8 = (codec == Codec::Vp8).then(|| Vp8Descriptor::parse(payload).ok()).flatten();
            let place = Place { seq: number, time: 0, at: now };
            if number == 0 {
                self.rewriter.switch(place, VIDEO_CLOCK, vp8.as_ref());
            }
            let Some((seq, time)) = self.rewriter.place(place) else { continue };
            let patch = vp8.and_then(|descriptor| self.rewriter.picture(seq, &descriptor));
            let marker = number + 1 == payloads.len() as u64;
            engine.write_own(self.ssrc, Own { pt, seq, time, payload, patch, marker, now });
        }
    }

    /// Sends the packet if it is what this slot carries. Returns whether it was.
    pub(crate) fn forward(&mut self, engine: &mut Engine, incoming: &Incoming<'_>) -> bool {
        self.rewrite(engine, incoming).map(|forward| engine.write(self.ssrc, &forward)).is_some()
    }

    fn rewrite<'a>(&mut self, engine: &Engine, incoming: &Incoming<'a>) -> Option<Forward<'a>> {
        let &Incoming { packet, layer, payload, keyframe, .. } = incoming;
        let target = self.target?;
        if layer != target && self.layer != Some(layer) {
            return None;
        }
        let pt = self.payload_type(engine, payload)?;
        let vp8 = incoming.vp8.as_ref();
        let place = Place { seq: *packet.seq_no, time: packet.header.timestamp, at: packet.timestamp };
        if self.layer != Some(layer) {
            if !keyframe {
                return None;
            }
            self.layer = Some(layer);
            (self.sent, self.blacks) = (Some((payload.spec().codec, pt)), BLACKS);
            self.rewriter.switch(place, if self.audio { AUDIO_CLOCK } else { VIDEO_CLOCK }, vp8);
        }
        let (seq, time) = self.rewriter.place(place)?;
        let patch = vp8.and_then(|descriptor| self.rewriter.picture(seq, descriptor));
        Some(Forward { pt, seq, time, packet, patch, audio: self.audio })
    }

    fn payload_type(&mut self, engine: &Engine, payload: &PayloadParams) -> Option<Pt> {
        match self.payload {
            Some((incoming, outgoing)) if incoming == payload.pt() => outgoing,
            _ => {
                let outgoing = engine.payload_like(self.mid, payload);
                self.payload = Some((payload.pt(), outgoing));
                outgoing
            }
        }
    }

    pub(crate) fn set_paced(&self, engine: &mut Engine, paced: bool) {
        engine.set_paced(self.ssrc, paced);
    }
}
