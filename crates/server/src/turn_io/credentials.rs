//! Short-lived credentials after the TURN REST convention: `expiry:user`, and an HMAC of it. Pure; nothing is
//! stored, so every instance with the secret accepts them.

use aws_lc_rs::hmac;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;
use visavis_domain::ids::SessionId;
use visavis_domain::time::Timestamp;

/// Bytes of a nonce. It keeps requests from being repeated from elsewhere; guessing it gains nothing without a
/// password, and each byte is paid for in what a reflector sends.
const NONCE: usize = 4;

/// A user name and its password.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Credentials {
    pub(crate) username: String,
    pub(crate) password: String,
}

impl std::fmt::Debug for Credentials {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Credentials(…)")
    }
}

/// Why a user name opens nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Refused {
    /// Not of our form.
    Malformed,
    /// Its time is over.
    Expired,
}

/// Credentials of a session, good for allocations until `now + ttl`.
pub(super) fn mint(secret: &[u8; 32], session: SessionId, now: Timestamp, ttl: Duration) -> Credentials {
    // The session's id stays between it and the server: its keyed hash names the user.
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret);
    let user = hmac::sign(&key, session.to_string().as_bytes());
    let user = hex(&user.as_ref()[..8]);
    let username = format!("{}:{user}", now.plus(ttl).0 / 1000);
    let password = password(secret, &username);
    Credentials { username, password }
}

/// The password that belongs to a user name of ours.
pub(super) fn password(secret: &[u8; 32], username: &str) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, secret);
    BASE64_STANDARD.encode(hmac::sign(&key, username.as_bytes()))
}

/// The user behind a user name whose time is not over: quotas go by it. That the password fits is for the engine
/// to check.
pub(super) fn user(username: &str, now: Timestamp) -> Result<&str, Refused> {
    let (expiry, user) = username.split_once(':').ok_or(Refused::Malformed)?;
    let digits = !expiry.is_empty() && expiry.bytes().all(|byte| byte.is_ascii_digit());
    let hex = user.len() == 16 && user.bytes().all(|byte| byte.is_ascii_hexdigit());
    if !digits || !hex {
        return Err(Refused::Malformed);
    }
    let expiry: u64 = expiry.parse().map_err(|_| Refused::Malformed)?;
    if expiry <= now.0 / 1000 { Err(Refused::Expired) } else { Ok(user) }
}

/// What a client at this address must say back before anything is kept of it.
pub(super) fn nonce(secret: &[u8; 32], client: SocketAddr) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret);
    let mut context = hmac::Context::with_key(&key);
    context.update(b"nonce ");
    match client.ip() {
        IpAddr::V4(v4) => context.update(&v4.octets()),
        IpAddr::V6(v6) => context.update(&v6.octets()),
    }
    context.update(&client.port().to_be_bytes());
    hex(&context.sign().as_ref()[..NONCE])
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |text, byte| format!("{text}{byte:02x}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp(1_700_000_000_000);

    #[test]
    fn user_names_hold_until_their_time_and_only_in_our_form() {
        for (username, expected) in [
            ("1700000300:0123456789abcdef", Ok("0123456789abcdef")),
            ("1700000001:0123456789abcdef", Ok("0123456789abcdef")),
            ("1700000000:0123456789abcdef", Err(Refused::Expired)),
            ("0:0123456789abcdef", Err(Refused::Expired)),
            ("1:0123456789abcdef", Err(Refused::Expired)),
            (":0123456789abcdef", Err(Refused::Malformed)),
            ("0123456789abcdef", Err(Refused::Malformed)),
            ("1700000300", Err(Refused::Malformed)),
            ("1700000300:", Err(Refused::Malformed)),
            ("1700000300:user", Err(Refused::Malformed)),
            ("1700000300:0123456789abcdef:x", Err(Refused::Malformed)),
            ("-1:0123456789abcdef", Err(Refused::Malformed)),
            ("+1700000300:0123456789abcdef", Err(Refused::Malformed)),
            ("99999999999999999999999:0123456789abcdef", Err(Refused::Malformed)),
            ("", Err(Refused::Malformed)),
        ] {
            assert_eq!(user(username, NOW), expected, "{username}");
        }
    }

    #[test]
    fn minted_credentials_are_the_sessions_own_and_name_it_to_nobody() {
        let session = SessionId::from_bits(7);
        let minted = mint(&[1; 32], session, NOW, Duration::from_secs(300));
        assert_eq!(user(&minted.username, NOW).map(str::len), Ok(16));
        assert_eq!(password(&[1; 32], &minted.username), minted.password);
        assert_ne!(password(&[2; 32], &minted.username), minted.password);
        assert!(!minted.username.contains(&session.to_string()[2..]));
        let other = mint(&[1; 32], SessionId::from_bits(8), NOW, Duration::from_secs(300));
        assert_ne!(other.username, minted.username);
    }
}
