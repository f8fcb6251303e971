//! What stands behind the `#` of a personal link: a token, signed, that says which link of which appointment it is
//! and when it was to be used. It opens nothing by itself: each use asks the store whether the link still holds.
//!
//! One form alone is taken: one algorithm, one type, every claim there, once, of its type, and no others.

use super::Appointments;
use aws_lc_rs::hmac;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation, decode, decode_header, encode};
use serde::{Deserialize, Serialize};
use visavis_domain::appointment::LinkClaims;
use visavis_domain::ids::{AppointmentId, LinkId};
use visavis_domain::time::Timestamp;
use visavis_store::{Appointment, Link};

/// RFC 8725, section 3.11: what is no link says so by its type.
const TYPE: &str = "visavis-link+jwt";
const ISSUER: &str = "visavis";
const AUDIENCE: &str = "appointment";
/// Where a link leads.
const PAGE: &str = "/a";

/// Not signed by us as a link.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a link of ours")]
pub(crate) struct NotGenuine;

/// The keys that sign links: the newest signs, all of them are believed.
pub(crate) struct LinkKeys {
    newest: LinkKey,
    earlier: Vec<LinkKey>,
}

struct LinkKey {
    /// Names it in the head of a token. It follows from the key, so that it needs no place of its own.
    id: String,
    encoding: EncodingKey,
    decoding: DecodingKey,
}

/// The claims, as they are signed. Dates are whole seconds; no other form of them is read.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct TokenClaims {
    iss: String,
    aud: String,
    sub: LinkId,
    jti: String,
    iat: u64,
    nbf: u64,
    exp: u64,
    appointment: AppointmentId,
    sequence: u32,
}

impl LinkKeys {
    /// The one that signs, and those that did before.
    pub(crate) fn new<'a>(newest: &[u8; 32], earlier: impl IntoIterator<Item = &'a [u8; 32]>) -> Self {
        Self { newest: LinkKey::new(newest), earlier: earlier.into_iter().map(LinkKey::new).collect() }
    }

    /// A link's token. The same for the same link of an appointment that has not been moved: whoever copies it twice
    /// has not made two.
    fn sign(&self, claims: LinkClaims, since: Timestamp) -> String {
        let body = TokenClaims {
            iss: ISSUER.into(),
            aud: AUDIENCE.into(),
            sub: claims.link,
            jti: format!("{}.{}", claims.link, claims.sequence),
            iat: seconds(since),
            nbf: seconds(claims.not_before),
            exp: seconds(claims.expires_at),
            appointment: claims.appointment,
            sequence: claims.sequence,
        };
        let signed = encode(&self.newest.header(), &body, &self.newest.encoding);
        signed.expect("texts and numbers can be written, and every key of 32 bytes signs")
    }

    /// What a token says, if it is ours. Whether it is early or late is not decided here: the clock is the caller's.
    pub(crate) fn verify(&self, token: &str) -> Result<LinkClaims, NotGenuine> {
        let header = decode_header(token).map_err(|_| NotGenuine)?;
        let id = header.kid.as_deref().ok_or(NotGenuine)?;
        let key = std::iter::once(&self.newest).chain(&self.earlier).find(|key| key.id == id);
        let key = key.ok_or(NotGenuine)?;
        // Addresses of other keys, extensions to be understood, other types: nothing of that is ever ours.
        if header != key.header() {
            return Err(NotGenuine);
        }
        let mut validation = Validation::new(Algorithm::HS256);
        validation.validate_exp = false;
        validation.set_required_spec_claims(&["exp", "nbf", "aud", "iss", "sub"]);
        validation.set_audience(&[AUDIENCE]);
        validation.set_issuer(&[ISSUER]);
        let body = decode::<TokenClaims>(token, &key.decoding, &validation).map_err(|_| NotGenuine)?.claims;
        Ok(LinkClaims {
            appointment: body.appointment,
            link: body.sub,
            sequence: body.sequence,
            not_before: moment(body.nbf),
            expires_at: moment(body.exp),
        })
    }
}

impl LinkKey {
    fn new(key: &[u8; 32]) -> Self {
        let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key), b"visavis link key");
        let id = tag.as_ref().iter().take(8).map(|byte| format!("{byte:02x}")).collect();
        Self { id, encoding: EncodingKey::from_secret(key), decoding: DecodingKey::from_secret(key) }
    }

    fn header(&self) -> Header {
        let (typ, kid) = (Some(TYPE.to_owned()), Some(self.id.clone()));
        Header { typ, kid, ..Header::new(Algorithm::HS256) }
    }
}

impl Appointments {
    /// The link itself, for whoever is to have it. Below `base`, such as `https://visavis.example.org`.
    pub(crate) fn url(&self, base: &str, appointment: &Appointment, link: &Link) -> String {
        let window = appointment.schedule.window(self.margins());
        let claims = LinkClaims {
            appointment: appointment.id,
            link: link.id,
            sequence: appointment.sequence,
            not_before: window.opens_at,
            expires_at: window.closes_at,
        };
        let token = self.around.keys.sign(claims, link.created_at);
        format!("{}{PAGE}#{token}", base.trim_end_matches('/'))
    }
}

fn seconds(at: Timestamp) -> u64 {
    at.0 / 1000
}

fn moment(seconds: u64) -> Timestamp {
    Timestamp(seconds.saturating_mul(1000))
}

#[cfg(test)]
mod tests;
