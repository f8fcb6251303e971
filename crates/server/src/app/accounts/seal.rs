//! Values that leave the process and come back, or lie in the store, readable and makeable by this installation
//! alone: AES-256-GCM under a key derived from the installation's, bound to a purpose and to whom it is about.

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use aws_lc_rs::hkdf::{HKDF_SHA256, Salt};

/// Not sealed by us, for this purpose, for this one; or damaged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the seal is broken")]
pub(crate) struct SealBroken;

/// Seals and opens values of one purpose.
pub(crate) struct Seal(LessSafeKey);

impl Seal {
    /// Each purpose has a key of its own.
    pub(crate) fn new(installation: &[u8], purpose: &'static str) -> Self {
        let info = [purpose.as_bytes()];
        let okm = Salt::new(HKDF_SHA256, b"visavis seal").extract(installation);
        let okm = okm.expand(&info, &AES_256_GCM).map(UnboundKey::from);
        Self(LessSafeKey::new(okm.expect("32 bytes are less than 255 times the hash")))
    }

    /// `about` must be the same when it is opened; `nonce` is drawn at random for each.
    pub(crate) fn seal(&self, about: &str, nonce: [u8; NONCE_LEN], plain: &[u8]) -> Vec<u8> {
        let mut body = plain.to_vec();
        let sealed = self.0.seal_in_place_append_tag(
            Nonce::assume_unique_for_key(nonce),
            Aad::from(about.as_bytes()),
            &mut body,
        );
        sealed.expect("what is sealed is far below the 64 GiB that the cipher takes");
        [nonce.as_slice(), &body].concat()
    }

    /// What was sealed.
    pub(crate) fn open(&self, about: &str, sealed: &[u8]) -> Result<Vec<u8>, SealBroken> {
        let (nonce, body) = sealed.split_at_checked(NONCE_LEN).ok_or(SealBroken)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| SealBroken)?;
        let mut body = body.to_vec();
        let plain = self.0.open_in_place(nonce, Aad::from(about.as_bytes()), &mut body);
        plain.map(|plain| plain.to_vec()).map_err(|_| SealBroken)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seal_opens_for_its_key_its_purpose_and_its_owner_only() {
        let ours = Seal::new(b"ours", "totp");
        let sealed = ours.seal("ana", [1; 12], b"secret");
        assert!(!sealed.windows(6).any(|window| window == b"secret"));
        assert_eq!(ours.open("ana", &sealed).unwrap(), b"secret");
        assert_eq!(ours.open("ben", &sealed), Err(SealBroken));
        assert_eq!(Seal::new(b"ours", "oidc").open("ana", &sealed), Err(SealBroken));
        assert_eq!(Seal::new(b"other", "totp").open("ana", &sealed), Err(SealBroken));
        for length in 0..sealed.len() {
            assert_eq!(ours.open("ana", &sealed[..length]), Err(SealBroken), "{length} bytes");
        }
        for place in 0..sealed.len() {
            let mut altered = sealed.clone();
            altered[place] ^= 1;
            assert_eq!(ours.open("ana", &altered), Err(SealBroken), "byte {place}");
        }
    }
}
