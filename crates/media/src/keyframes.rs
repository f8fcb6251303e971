//! Where a picture begins that needs no other, per codec; and how often to ask for one. Pure.

use std::time::{Duration, Instant};
use str0m::format::Codec;
use str0m::rtp::Vp8Descriptor;

/// Between two requests for one layer. Encoders answer with a picture several times the usual size: more requests
/// than this would cost everybody bandwidth for one who lost a packet.
const REQUEST_EVERY: Duration = Duration::from_millis(400);

/// Whether the payload is the first of a key frame. `vp8` is its parsed descriptor, if it is VP8.
pub(crate) fn starts_keyframe(codec: Codec, payload: &[u8], vp8: Option<&Vp8Descriptor>) -> bool {
    match codec {
        Codec::Vp8 => vp8.is_some_and(|descriptor| descriptor.starts_keyframe(payload)),
        Codec::H264 => h264_has_parameter_set(payload),
        Codec::Vp9 => vp9_starts_keyframe(payload),
        Codec::Av1 => payload.first().is_some_and(|header| header & 0b0000_1000 != 0),
        _ => true,
    }
}

/// Senders put the sequence parameter set in front of each key frame (RFC 6184: types 7, 24 and 28).
fn h264_has_parameter_set(payload: &[u8]) -> bool {
    const SPS: u8 = 7;
    const STAP_A: u8 = 24;
    const FU_A: u8 = 28;
    let kind = |byte: &u8| byte & 0x1f;
    match payload.first().map(kind) {
        Some(SPS) => true,
        Some(STAP_A) => {
            let mut rest = &payload[1..];
            while let [high, low, unit @ ..] = rest {
                if unit.first().map(kind) == Some(SPS) {
                    return true;
                }
                let length = usize::from(u16::from_be_bytes([*high, *low]));
                rest = unit.get(length..).unwrap_or_default();
            }
            false
        }
        Some(FU_A) => payload.get(1).is_some_and(|unit| unit & 0x80 != 0 && kind(unit) == SPS),
        _ => false,
    }
}

/// Not predicted from another picture, begin of a frame, lowest spatial layer (RFC 9628).
fn vp9_starts_keyframe(payload: &[u8]) -> bool {
    let Some(&required) = payload.first() else { return false };
    let (has_id, predicted, has_layers, begins) =
        (required & 0x80 != 0, required & 0x40 != 0, required & 0x20 != 0, required & 0x08 != 0);
    if predicted || !begins {
        return false;
    }
    if !has_layers {
        return true;
    }
    let id_bytes = match payload.get(1) {
        Some(id) if has_id && id & 0x80 != 0 => 2,
        _ if has_id => 1,
        _ => 0,
    };
    payload.get(1 + id_bytes).is_some_and(|layers| (layers >> 1) & 0x07 == 0)
}

/// Lets a request through at most every so often.
#[derive(Debug, Default)]
pub(crate) struct RequestLimiter {
    last: Option<Instant>,
}

impl RequestLimiter {
    /// Whether one may be sent now; if so it counts as sent.
    pub(crate) fn allow(&mut self, now: Instant) -> bool {
        let due = self.last.is_none_or(|last| now.saturating_duration_since(last) >= REQUEST_EVERY);
        if due {
            self.last = Some(now);
        }
        due
    }
}

#[cfg(test)]
#[allow(clippy::disallowed_methods, reason = "a moment to count from")]
mod tests {
    use super::*;

    #[test]
    fn key_frames_are_recognised_in_each_codec() {
        let vp8_key = [0x90, 0x80, 0x81, 0x02, 0x10, 0x02, 0x00, 0x9d, 0x01, 0x2a];
        let vp8_delta = [0x90, 0x80, 0x81, 0x02, 0x11, 0x02, 0x00];
        let vp8_later_packet = [0x80, 0x80, 0x81, 0x02, 0x10, 0x02];
        for (codec, payload, expected) in [
            (Codec::Vp8, vp8_key.as_slice(), true),
            (Codec::Vp8, &vp8_delta, false),
            (Codec::Vp8, &vp8_later_packet, false),
            (Codec::H264, &[0x67, 0x42], true),
            (Codec::H264, &[0x78, 0x00, 0x01, 0x09, 0x00, 0x02, 0x67, 0x42], true),
            (Codec::H264, &[0x78, 0x00, 0x01, 0x09, 0x00, 0x02, 0x61, 0x42], false),
            (Codec::H264, &[0x78, 0xff, 0xff, 0x09], false),
            (Codec::H264, &[0x7c, 0x87], true),
            (Codec::H264, &[0x7c, 0x07], false),
            (Codec::H264, &[0x61], false),
            (Codec::Vp9, &[0x88, 0x01, 0x00], true),
            (Codec::Vp9, &[0xc8, 0x01, 0x00], false),
            (Codec::Vp9, &[0xa8, 0x81, 0x01, 0x00], true),
            (Codec::Vp9, &[0xa8, 0x81, 0x01, 0x02], false),
            (Codec::Vp9, &[0x80, 0x01], false),
            (Codec::Av1, &[0x18, 0x0a], true),
            (Codec::Av1, &[0x10, 0x0a], false),
            (Codec::Opus, &[0x00], true),
            (Codec::Vp8, &[], false),
            (Codec::H264, &[], false),
            (Codec::Vp9, &[], false),
            (Codec::Av1, &[], false),
        ] {
            let vp8 = (codec == Codec::Vp8).then(|| Vp8Descriptor::parse(payload).ok()).flatten();
            assert_eq!(starts_keyframe(codec, payload, vp8.as_ref()), expected, "{codec:?} {payload:02x?}");
        }
    }

    #[test]
    fn requests_are_spaced() {
        let (start, mut limiter) = (Instant::now(), RequestLimiter::default());
        let at = |ms| start + Duration::from_millis(ms);
        let allowed = [0, 100, 399, 400, 500, 799, 800].map(|ms| limiter.allow(at(ms)));
        assert_eq!(allowed, [true, false, false, true, false, false, true]);
    }
}
