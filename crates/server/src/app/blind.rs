//! Numbers for what is personal, where it has to be told apart and nothing else: keyed with the installation's key, so
//! that they are the same at all instances, say nothing to others, and nobody chooses two that are alike.

use aws_lc_rs::hkdf::{HKDF_SHA256, Salt};
use aws_lc_rs::hmac::{self, HMAC_SHA256};
use std::net::IpAddr;

/// Makes numbers for one purpose.
pub(super) struct Blind(hmac::Key);

impl Blind {
    /// Each purpose has a key of its own.
    pub(super) fn new(installation: &[u8], purpose: &'static str) -> Self {
        let info = [purpose.as_bytes()];
        let okm = Salt::new(HKDF_SHA256, b"visavis blind").extract(installation);
        let key = okm.expand(&info, HMAC_SHA256).map(hmac::Key::from);
        Self(key.expect("32 bytes are less than 255 times the hash"))
    }

    pub(super) fn text(&self, text: &str) -> u64 {
        self.number(text.as_bytes())
    }

    pub(super) fn address(&self, address: IpAddr) -> u64 {
        match address {
            IpAddr::V4(address) => self.number(&address.octets()),
            IpAddr::V6(address) => self.number(&address.octets()),
        }
    }

    /// As wide as an id.
    pub(super) fn wide(&self, text: &str) -> u128 {
        let tag = hmac::sign(&self.0, text.as_bytes());
        let first = tag.as_ref().first_chunk().expect("a tag has 32 bytes");
        u128::from_be_bytes(*first)
    }

    fn number(&self, bytes: &[u8]) -> u64 {
        let tag = hmac::sign(&self.0, bytes);
        let first = tag.as_ref().first_chunk().expect("a tag has 32 bytes");
        u64::from_be_bytes(*first)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_the_same_for_the_same_key_and_purpose_only() {
        let ours = Blind::new(b"ours", "tries");
        let number = ours.text("ana@demo");
        assert_eq!(number, Blind::new(b"ours", "tries").text("ana@demo"));
        assert_ne!(number, ours.text("ben@demo"));
        assert_eq!(ours.wide("ana@demo"), Blind::new(b"ours", "tries").wide("ana@demo"));
        assert_ne!(ours.wide("ana@demo"), ours.wide("ben@demo"));
        assert_ne!(number, Blind::new(b"ours", "rings").text("ana@demo"));
        assert_ne!(number, Blind::new(b"other", "tries").text("ana@demo"));
        assert_ne!(ours.address([192, 0, 2, 1].into()), ours.address([192, 0, 2, 2].into()));
    }
}
