//! Signatures as Standard Webhooks has them: HMAC-SHA256 over id, moment and body.

use aws_lc_rs::hmac;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// By which a secret is known wherever it turns up.
const PREFIX: &str = "whsec_";
const SECRET_BYTES: usize = 32;

/// A new secret.
pub(super) fn draw() -> [u8; SECRET_BYTES] {
    super::random()
}

/// As people hand it on.
pub(super) fn text(secret: &[u8]) -> String {
    format!("{PREFIX}{}", STANDARD.encode(secret))
}

/// Signs for one webhook.
pub(super) struct Signer {
    keys: Vec<hmac::Key>,
}

impl Signer {
    /// With the secret that counts, and the one before while it does, too.
    pub(super) fn new(newest: Vec<u8>, earlier: Option<Vec<u8>>) -> Self {
        let secrets = std::iter::once(newest).chain(earlier);
        Self { keys: secrets.map(|secret| hmac::Key::new(hmac::HMAC_SHA256, &secret)).collect() }
    }

    /// One signature for each secret.
    pub(super) fn sign(&self, id: &str, at_s: u64, body: &[u8]) -> String {
        let signed = [format!("{id}.{at_s}.").as_bytes(), body].concat();
        let of = |key| format!("v1,{}", STANDARD.encode(hmac::sign(key, &signed)));
        self.keys.iter().map(of).collect::<Vec<_>>().join(" ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of the specification's own libraries.
    #[test]
    fn signatures_are_those_of_standard_webhooks() {
        let secret = STANDARD.decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap();
        let signer = Signer::new(secret.clone(), None);
        let signature =
            signer.sign("msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, br#"{"test": 2432232314}"#);
        assert_eq!(signature, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
        let both = Signer::new(vec![1; 32], Some(secret));
        let two = both.sign("msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, br#"{"test": 2432232314}"#);
        assert!(two.ends_with(&format!(" {signature}")) && two.starts_with("v1,"), "{two}");
    }

    #[test]
    fn a_secret_is_written_so_that_it_is_known_again() {
        assert_eq!(text(&[0; 32]), "whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=");
        assert_ne!(draw(), draw());
    }
}
