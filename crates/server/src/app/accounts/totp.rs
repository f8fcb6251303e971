//! The second factor: time-based one-time passwords (RFC 6238), six digits, thirty seconds, SHA-1, as every
//! authenticator application has them. Pure.

use aws_lc_rs::constant_time::verify_slices_are_equal;
use aws_lc_rs::hmac;
use visavis_domain::time::Timestamp;

/// RFC 6238 section 5.2.
const STEP_S: u64 = 30;
/// Steps before and after the present one that are taken too: clocks of telephones go wrong by so much.
const DRIFT: u64 = 1;
/// RFC 4226 section 4, R6: 160 bits.
pub(super) const SECRET_BYTES: usize = 20;

const BASE32: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// The step that this code belongs to, if it does to one of these now. The caller sees to it that none is used
/// twice.
pub(super) fn step_of(secret: &[u8], code: &str, now: Timestamp) -> Option<u64> {
    let typed: String = code.chars().filter(|c| !c.is_whitespace()).collect();
    let present = now.0 / 1000 / STEP_S;
    let mut found = None;
    // All of them, whichever it is: time tells nothing.
    for step in present.saturating_sub(DRIFT)..=present.saturating_add(DRIFT) {
        if verify_slices_are_equal(code_at(secret, step).as_bytes(), typed.as_bytes()).is_ok() {
            found = Some(step);
        }
    }
    found
}

/// The six digits of a step.
pub(super) fn code_at(secret: &[u8], step: u64) -> String {
    format!("{:06}", truncated(secret, step) % 1_000_000)
}

/// RFC 4226 section 5.3.
fn truncated(secret: &[u8], step: u64) -> u32 {
    let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, secret);
    let tag = hmac::sign(&key, &step.to_be_bytes());
    let tag = tag.as_ref();
    let offset = usize::from(tag.last().copied().unwrap_or_default() & 0xf);
    let four = tag.iter().skip(offset).take(4);
    four.fold(0, |value, byte| value << 8 | u32::from(*byte)) & 0x7fff_ffff
}

/// RFC 4648 section 6, without padding.
pub(super) fn base32(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len().div_ceil(5) * 8);
    for chunk in bytes.chunks(5) {
        let mut padded = [0; 8];
        padded[3..3 + chunk.len()].copy_from_slice(chunk);
        let bits = u64::from_be_bytes(padded);
        for place in 0..(chunk.len() * 8).div_ceil(5) {
            let index = (bits >> (35 - 5 * place)) & 31;
            text.push(char::from(BASE32[usize::try_from(index).unwrap_or_default()]));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &[u8; 20] = b"12345678901234567890";

    #[test]
    fn the_vectors_of_rfc_6238_hold() {
        for (seconds, eight) in [
            (59_u64, 94_287_082),
            (1_111_111_109, 7_081_804),
            (1_111_111_111, 14_050_471),
            (1_234_567_890, 89_005_924),
            (2_000_000_000, 69_279_037),
            (20_000_000_000, 65_353_130),
        ] {
            assert_eq!(truncated(SECRET, seconds / STEP_S) % 100_000_000, eight, "at {seconds}");
        }
    }

    #[test]
    fn a_code_holds_in_its_step_and_the_ones_beside_it() {
        let code = code_at(SECRET, 100);
        for (seconds, expected) in
            [(2_969, None), (2_970, Some(100)), (3_000, Some(100)), (3_059, Some(100)), (3_060, None)]
        {
            assert_eq!(step_of(SECRET, &code, Timestamp(seconds * 1000)), expected, "at {seconds}");
        }
        let spaced = format!("{} {}", &code[..3], &code[3..]);
        assert_eq!(step_of(SECRET, &spaced, Timestamp(3_000_000)), Some(100));
        for wrong in ["", "0", "000000000000", "abcdef", "１２３４５６"] {
            assert_eq!(step_of(SECRET, wrong, Timestamp(3_000_000)), None, "{wrong}");
        }
    }

    #[test]
    fn base32_is_what_rfc_4648_says() {
        for (bytes, text) in [
            ("", ""),
            ("f", "MY"),
            ("fo", "MZXQ"),
            ("foo", "MZXW6"),
            ("foob", "MZXW6YQ"),
            ("fooba", "MZXW6YTB"),
            ("foobar", "MZXW6YTBOI"),
        ] {
            assert_eq!(base32(bytes.as_bytes()), text);
        }
    }
}
