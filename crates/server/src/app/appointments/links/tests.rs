//! The table of tokens: one form is taken, and nothing else.

use super::*;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

const OURS: [u8; 32] = [1; 32];
const FOREIGN: [u8; 32] = [2; 32];
const SINCE: Timestamp = Timestamp(1_700_000_000_000);

fn claims() -> LinkClaims {
    LinkClaims {
        appointment: AppointmentId::from_bits(1),
        link: LinkId::from_bits(2),
        sequence: 3,
        not_before: Timestamp(1_700_000_100_000),
        expires_at: Timestamp(1_700_000_200_000),
    }
}

fn part(text: &str) -> String {
    URL_SAFE_NO_PAD.encode(text)
}

/// Head and body as they are given, signed as a key would.
fn signed(key: &[u8], algorithm: hmac::Algorithm, head: &Value, body: &str) -> String {
    let message = format!("{}.{}", part(&head.to_string()), part(body));
    let tag = hmac::sign(&hmac::Key::new(algorithm, key), message.as_bytes());
    format!("{message}.{}", URL_SAFE_NO_PAD.encode(tag.as_ref()))
}

fn head() -> Value {
    json!({ "typ": TYPE, "alg": "HS256", "kid": LinkKey::new(&OURS).id })
}

fn body() -> Value {
    let claims = claims();
    json!({
        "iss": ISSUER, "aud": AUDIENCE, "sub": claims.link, "jti": "x", "iat": 1_700_000_000,
        "nbf": 1_700_000_100, "exp": 1_700_000_200, "appointment": claims.appointment, "sequence": 3,
    })
}

fn with(mut value: Value, key: &str, to: Value) -> Value {
    value[key] = to;
    value
}

fn ours(head: &Value, body: &Value) -> String {
    signed(&OURS, hmac::HMAC_SHA256, head, &body.to_string())
}

#[test]
fn what_is_signed_is_read_again_and_always_reads_alike() {
    let keys = LinkKeys::new(&OURS, []);
    let token = keys.sign(claims(), SINCE);
    assert_eq!(keys.verify(&token), Ok(claims()));
    assert_eq!(keys.sign(claims(), SINCE), token);
    // The forger of these tests knows how; what it makes is refused for the one thing that is wrong with it.
    assert_eq!(keys.verify(&ours(&head(), &body())), Ok(claims()));
}

#[test]
fn keys_that_signed_before_are_believed_until_they_are_forgotten() {
    let token = LinkKeys::new(&OURS, []).sign(claims(), SINCE);
    let rotated = LinkKeys::new(&[3; 32], [&FOREIGN, &OURS]);
    assert_eq!(rotated.verify(&token), Ok(claims()));
    assert_eq!(LinkKeys::new(&[3; 32], []).verify(&token), Err(NotGenuine));
    let newer = rotated.sign(claims(), SINCE);
    assert_ne!(newer, token);
    assert_eq!(LinkKeys::new(&[3; 32], []).verify(&newer), Ok(claims()));
}

#[test]
fn what_is_no_link_of_ours_is_refused() {
    let keys = LinkKeys::new(&OURS, []);
    let genuine = keys.sign(claims(), SINCE);
    let (start, signature) = genuine.rsplit_once('.').unwrap();
    let unsigned = |head: Value| format!("{}.{}.", part(&head.to_string()), part(&body().to_string()));
    let twice = |claim: &str| {
        let body = body().to_string();
        signed(&OURS, hmac::HMAC_SHA256, &head(), &format!("{},{claim}}}", body.trim_end_matches('}')))
    };
    let swapped = {
        let other = ours(&head(), &with(body(), "sequence", json!(4)));
        let [a, b] = [start, &other].map(|token| token.split('.').collect::<Vec<_>>());
        format!("{}.{}.{signature}", a[0], b[1])
    };
    let refused = [
        ("nothing", String::new()),
        ("dots", "..".into()),
        ("no token", "a.b.c".into()),
        ("text of another kind", "ünïcode \u{0} …".into()),
        ("64 KiB", "a".repeat(64 * 1024)),
        ("64 KiB of claims", ours(&head(), &with(body(), "jti", json!("a".repeat(48 * 1024))).clone()) + "A"),
        ("none", unsigned(with(head(), "alg", json!("none")))),
        ("None", unsigned(with(head(), "alg", json!("None")))),
        ("no signature", format!("{start}.")),
        ("a cut signature", format!("{start}.{}", &signature[..20])),
        ("another signature", format!("{start}.{}", signature.chars().rev().collect::<String>())),
        ("altered claims", swapped),
        (
            "another algorithm",
            signed(&OURS, hmac::HMAC_SHA512, &with(head(), "alg", json!("HS512")), &body().to_string()),
        ),
        ("the name of another algorithm", ours(&with(head(), "alg", json!("RS256")), &body())),
        ("a foreign key", signed(&FOREIGN, hmac::HMAC_SHA256, &head(), &body().to_string())),
        ("a foreign key by its own name", LinkKeys::new(&FOREIGN, []).sign(claims(), SINCE)),
        ("an empty key", signed(b"", hmac::HMAC_SHA256, &head(), &body().to_string())),
        ("no kid", ours(&json!({ "typ": TYPE, "alg": "HS256" }), &body())),
        ("an unknown kid", ours(&with(head(), "kid", json!("0000000000000000")), &body())),
        ("a path as kid", ours(&with(head(), "kid", json!("../../signing.key")), &body())),
        ("a kid that is a number", ours(&with(head(), "kid", json!(1)), &body())),
        ("another type", ours(&with(head(), "typ", json!("JWT")), &body())),
        ("a key of its own", ours(&with(head(), "jku", json!("https://evil.example/keys")), &body())),
        ("an extension", ours(&with(head(), "crit", json!(["b64"])), &body())),
        ("a word more in its head", ours(&with(head(), "more", json!(1)), &body())),
        ("another audience", ours(&head(), &with(body(), "aud", json!("ticket")))),
        ("several audiences", ours(&head(), &with(body(), "aud", json!([AUDIENCE, "ticket"])))),
        ("another issuer", ours(&head(), &with(body(), "iss", json!("elsewhere")))),
        ("exp as text", ours(&head(), &with(body(), "exp", json!("9999999999")))),
        ("exp as a fraction", ours(&head(), &with(body(), "exp", json!(1.5)))),
        ("exp below nothing", ours(&head(), &with(body(), "exp", json!(-1)))),
        ("exp beyond numbers", ours(&head(), &with(body(), "exp", json!(1e30)))),
        ("exp null", ours(&head(), &with(body(), "exp", Value::Null))),
        ("nbf as text", ours(&head(), &with(body(), "nbf", json!("0")))),
        ("iat as text", ours(&head(), &with(body(), "iat", json!("0")))),
        ("sequence as text", ours(&head(), &with(body(), "sequence", json!("3")))),
        ("an id of another kind", ours(&head(), &with(body(), "sub", json!(AppointmentId::from_bits(2))))),
        ("a claim more", ours(&head(), &with(body(), "admin", json!(true)))),
        ("exp twice", twice("\"exp\":9999999999")),
        ("aud twice", twice("\"aud\":\"appointment\"")),
        ("sub twice", twice("\"sub\":\"l_00000000000000000000000000000002\"")),
        ("no object", signed(&OURS, hmac::HMAC_SHA256, &head(), "[]")),
        ("more behind", format!("{genuine}.x")),
        ("white space", format!(" {genuine}")),
        ("padding", format!("{genuine}=")),
    ];
    for (what, token) in refused {
        assert_eq!(keys.verify(&token), Err(NotGenuine), "{what}");
    }
    for claim in ["iss", "aud", "sub", "jti", "iat", "nbf", "exp", "appointment", "sequence"] {
        let mut body = body();
        body.as_object_mut().unwrap().remove(claim);
        assert_eq!(keys.verify(&ours(&head(), &body)), Err(NotGenuine), "without {claim}");
    }
    for place in 0..genuine.len() {
        let mut altered = genuine.clone().into_bytes();
        altered[place] = if altered[place] == b'A' { b'B' } else { b'A' };
        let altered = String::from_utf8(altered).unwrap();
        assert_eq!(keys.verify(&altered), Err(NotGenuine), "altered at {place}");
    }
}
