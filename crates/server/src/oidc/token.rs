//! The identity token: whose it is, and that it is meant for us (OpenID Connect Core 1.0, section 3.1.3.7).

use crate::app::{ProviderRefused, Verified};
use jsonwebtoken::jwk::{Jwk, PublicKeyUse};
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, decode_header};
use serde::Deserialize;
use visavis_store::Subject;

/// Signatures that are taken. None that a public key could be mistaken for the secret of.
const ALGORITHMS: [Algorithm; 6] = [
    Algorithm::RS256,
    Algorithm::RS384,
    Algorithm::RS512,
    Algorithm::PS256,
    Algorithm::ES256,
    Algorithm::EdDSA,
];
/// Seconds by which the clocks may differ.
const LEEWAY_S: u64 = 60;

/// The provider's keys. Those that are no use here are left out when one is looked for.
#[derive(Deserialize)]
pub(super) struct Keys {
    keys: Vec<serde_json::Value>,
}

#[derive(Clone, Deserialize)]
struct Claims {
    sub: String,
    aud: Audience,
    #[serde(default)]
    azp: Option<String>,
    #[serde(default)]
    nonce: Option<String>,
    #[serde(default)]
    email: Option<String>,
    #[serde(default)]
    email_verified: Option<Truth>,
    #[serde(default)]
    name: Option<String>,
}

#[derive(Clone, Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Several(Vec<String>),
}

/// Some providers write it as a text.
#[derive(Clone, Deserialize)]
#[serde(untagged)]
enum Truth {
    Plain(bool),
    Text(String),
}

impl Truth {
    fn holds(&self) -> bool {
        match self {
            Self::Plain(holds) => *holds,
            Self::Text(text) => text == "true",
        }
    }
}

/// Who it says somebody is, if it is the provider's, for us, in time, and the answer to this question.
pub(super) fn verify(
    token: &str,
    keys: &Keys,
    issuer: &str,
    client_id: &str,
    nonce: &str,
) -> Result<Verified, ProviderRefused> {
    let refused = |what: &'static str| {
        tracing::warn!(what, "an identity token is refused");
        ProviderRefused::Token
    };
    let header = decode_header(token).map_err(|_| refused("header"))?;
    if !ALGORITHMS.contains(&header.alg) {
        return Err(refused("algorithm"));
    }
    let mut validation = Validation::new(header.alg);
    validation.leeway = LEEWAY_S;
    validation.set_issuer(&[issuer]);
    validation.set_audience(&[client_id]);
    validation.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
    let claims = fitting(keys, header.kid.as_deref())
        .find_map(|key| decode::<Claims>(token, &key, &validation).ok())
        .ok_or_else(|| refused("signature, issuer, audience or time"))?
        .claims;
    if claims.nonce.as_deref() != Some(nonce) {
        return Err(refused("nonce"));
    }
    let several = matches!(&claims.aud, Audience::Several(all) if all.len() > 1);
    let party = claims.azp.as_deref();
    if party.is_some_and(|party| party != client_id) || (several && party.is_none()) {
        return Err(refused("authorised party"));
    }
    if let Audience::One(one) = &claims.aud
        && one != client_id
    {
        return Err(refused("audience"));
    }
    let verified = claims.email_verified.is_some_and(|truth| truth.holds());
    Ok(Verified {
        subject: Subject { issuer: issuer.to_owned(), subject: claims.sub },
        email: claims.email.filter(|_| verified),
        name: claims.name,
    })
}

/// Keys for signing that the token may mean: the one it names, or all where it names none.
fn fitting<'a>(keys: &'a Keys, kid: Option<&'a str>) -> impl Iterator<Item = DecodingKey> + 'a {
    let all = keys.keys.iter().filter_map(|key| serde_json::from_value::<Jwk>(key.clone()).ok());
    let signing = all.filter(|key| matches!(key.common.public_key_use, None | Some(PublicKeyUse::Signature)));
    let named = signing.filter(move |key| kid.is_none() || key.common.key_id.as_deref() == kid);
    named.filter_map(|key| DecodingKey::from_jwk(&key).ok())
}
