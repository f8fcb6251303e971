//! Signing in over an identity provider: a small one of the test's own, on a free port.

use super::world::{Answer, ORIGIN, PROVIDER_RATE, World, ask};
use crate::app::Strangers;
use crate::oidc::{OidcProvider, OidcSettings, SIGN_IN_WITHIN};
use argon2::Params;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use axum::extract::{Form, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};
use url::Url;
use visavis_domain::account::{AccountRole, AccountState};
use visavis_protocol::NewPerson;
use visavis_store::{AccountChange, Action};

/// The provider: one key, and what it says next.
struct Fake {
    issuer: String,
    der: Vec<u8>,
    public: Vec<u8>,
    /// The claims of the next token, over those of a good one; null takes one away.
    says: Mutex<Value>,
    /// The nonce it was asked with.
    nonce: Mutex<String>,
    /// What the verifier must hash to.
    challenge: Mutex<String>,
    header: Mutex<Header>,
    mood: Mutex<Mood>,
    /// How often it was asked what it is.
    asked: AtomicU32,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Mood {
    Well,
    /// It takes every request and answers none.
    Silent,
    /// It says that it cannot.
    Refusing,
}

impl Fake {
    async fn start() -> Arc<Self> {
        let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let issuer = format!("http://{}", listener.local_addr().unwrap());
        let document =
            EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &SystemRandom::new()).unwrap();
        let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, document.as_ref()).unwrap();
        let mut header = Header::new(Algorithm::ES256);
        header.kid = Some("k1".into());
        let fake = Arc::new(Self {
            issuer,
            der: document.as_ref().to_vec(),
            public: pair.public_key().as_ref().to_vec(),
            says: Mutex::new(json!({})),
            nonce: Mutex::default(),
            challenge: Mutex::default(),
            header: Mutex::new(header),
            mood: Mutex::new(Mood::Well),
            asked: AtomicU32::new(0),
        });
        let router = Router::new()
            .route("/.well-known/openid-configuration", get(description))
            .route("/keys", get(keys))
            .route("/token", post(token))
            .with_state(fake.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        fake
    }

    fn provider(&self) -> Arc<OidcProvider> {
        self.provider_within(SIGN_IN_WITHIN)
    }

    fn provider_within(&self, within: Duration) -> Arc<OidcProvider> {
        let settings = OidcSettings {
            issuer: self.issuer.parse().unwrap(),
            client_id: "visavis".into(),
            client_secret: "s3cret:/+".into(),
            name: "Example login".into(),
            within,
        };
        Arc::new(OidcProvider::new(settings).unwrap())
    }
}

async fn description(State(fake): State<Arc<Fake>>) -> Response {
    fake.asked.fetch_add(1, Ordering::SeqCst);
    let mood = *fake.mood.lock().unwrap();
    match mood {
        Mood::Silent => return std::future::pending().await,
        Mood::Refusing => return StatusCode::SERVICE_UNAVAILABLE.into_response(),
        Mood::Well => {}
    }
    let described = json!({
        "issuer": fake.issuer,
        "authorization_endpoint": format!("{}/authorize", fake.issuer),
        "token_endpoint": format!("{}/token", fake.issuer),
        "jwks_uri": format!("{}/keys", fake.issuer),
    });
    Json(described).into_response()
}

async fn keys(State(fake): State<Arc<Fake>>) -> Json<Value> {
    let part = |range| URL_SAFE_NO_PAD.encode(&fake.public[range]);
    let key = json!({
        "kty": "EC", "crv": "P-256", "use": "sig", "kid": "k1", "x": part(1..33), "y": part(33..65),
    });
    // One that nobody knows must not be in the way.
    Json(json!({ "keys": [{ "kty": "NEW", "kid": "k0" }, key] }))
}

async fn token(
    State(fake): State<Arc<Fake>>,
    headers: HeaderMap,
    Form(form): Form<HashMap<String, String>>,
) -> Response {
    if *fake.mood.lock().unwrap() == Mood::Silent {
        return std::future::pending().await;
    }
    let basic = format!("Basic {}", STANDARD.encode("visavis:s3cret%3A%2F%2B"));
    let hash = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, form["code_verifier"].as_bytes());
    let proven = URL_SAFE_NO_PAD.encode(hash) == *fake.challenge.lock().unwrap();
    let redirect = form["redirect_uri"] == format!("{ORIGIN}/api/v1/oidc/callback");
    if headers[header::AUTHORIZATION] != basic || form["code"] != "good" || !proven || !redirect {
        return StatusCode::BAD_REQUEST.into_response();
    }
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
    let mut claims = json!({
        "iss": fake.issuer, "aud": "visavis", "sub": "ana-1", "exp": now + 300, "iat": now,
        "nonce": *fake.nonce.lock().unwrap(), "email": "ana@demo", "email_verified": true, "name": "Ana Kaya",
    });
    for (name, value) in fake.says.lock().unwrap().as_object().unwrap() {
        claims[name] = value.clone();
    }
    claims.as_object_mut().unwrap().retain(|_, value| !value.is_null());
    let header = fake.header.lock().unwrap().clone();
    let key = match header.alg {
        Algorithm::HS256 => EncodingKey::from_secret(&fake.public),
        _ => EncodingKey::from_ec_der(&fake.der),
    };
    Json(json!({ "id_token": encode(&header, &claims, &key).unwrap() })).into_response()
}

async fn world(fake: &Fake, strangers: Strangers) -> World {
    World::with(Some(fake.provider()), strangers, Params::new(64, 1, 1, None).unwrap()).await
}

/// Leaves for the provider; returns the cookie and the state.
async fn leave(world: &World, fake: &Fake) -> (String, String) {
    let answer = world.call(ask("GET", "/api/v1/oidc/start")).await;
    assert_eq!(answer.status, 303, "{}", answer.text);
    let to = Url::parse(answer.headers[header::LOCATION].to_str().unwrap()).unwrap();
    assert!(to.as_str().starts_with(&format!("{}/authorize?", fake.issuer)), "{to}");
    let asked: HashMap<_, _> = to.query_pairs().into_owned().collect();
    assert_eq!((asked["response_type"].as_str(), asked["code_challenge_method"].as_str()), ("code", "S256"));
    *fake.nonce.lock().unwrap() = asked["nonce"].clone();
    *fake.challenge.lock().unwrap() = asked["code_challenge"].clone();
    (answer.cookie("__Host-visavis-oidc").unwrap(), asked["state"].clone())
}

async fn come_back(world: &World, cookie: &str, query: &str) -> Answer {
    let path = format!("/api/v1/oidc/callback?{query}");
    let cookie = format!("__Host-visavis-oidc={cookie}");
    world.call(ask("GET", &path).headers(vec![("cookie", &cookie)])).await
}

/// There and back; returns where the browser goes next, and the cookie of a sign-in.
async fn sign_in(world: &World, fake: &Fake) -> (String, Option<String>) {
    let (cookie, state) = leave(world, fake).await;
    let answer = come_back(world, &cookie, &format!("code=good&state={state}&iss=x")).await;
    assert_eq!(answer.status, 303, "{}", answer.text);
    assert_eq!(answer.cookie("__Host-visavis-oidc").as_deref(), Some(""), "used up");
    (answer.headers[header::LOCATION].to_str().unwrap().to_owned(), answer.cookie("__Host-visavis"))
}

#[tokio::test]
async fn a_verified_address_ties_an_account_and_from_then_on_the_subject_counts() {
    let fake = Fake::start().await;
    let world = world(&fake, Strangers::Refused).await;
    let id = world.account("ana@demo", AccountRole::Staff).await;
    let options = world.call(ask("GET", "/api/v1/sign-in")).await.json();
    assert_eq!(options["provider"], "Example login");
    let before = world.actions().await.len();
    let (to, cookie) = sign_in(&world, &fake).await;
    assert_eq!(to, "/staff");
    let me = world.call(ask("GET", "/api/v1/me").by(&cookie.unwrap())).await.json();
    assert_eq!(me["id"], id.to_string());
    assert_eq!(world.actions().await[before..], [Action::SubjectLinked, Action::SignedIn]);
    *fake.says.lock().unwrap() = json!({ "email": "changed@elsewhere", "email_verified": false });
    let (to, cookie) = sign_in(&world, &fake).await;
    assert_eq!(to, "/staff");
    let me = world.call(ask("GET", "/api/v1/me").by(&cookie.unwrap())).await.json();
    assert_eq!(me["email"], "ana@demo");
    assert_eq!(world.actions().await[before + 2..], [Action::SignedIn]);
}

#[tokio::test]
async fn an_address_that_was_given_out_again_opens_nobodys_account() {
    let fake = Fake::start().await;
    let world = world(&fake, Strangers::Welcome).await;
    world.account("admin@demo", AccountRole::Admin).await;
    let ana = world.account("ana@demo", AccountRole::Staff).await;
    let admin = world.sign_in("admin@demo").await;
    let tied = async || {
        let page = world.call(ask("GET", "/api/v1/admin/people").by(&admin)).await.json();
        page["tied"].clone()
    };
    assert_eq!(tied().await, json!([]));
    let (_, first) = sign_in(&world, &fake).await;
    let first = first.unwrap();
    assert_eq!(tied().await, json!([ana]));
    *fake.says.lock().unwrap() = json!({ "sub": "ana-2" });
    for _ in 0..2 {
        assert_eq!(sign_in(&world, &fake).await, ("/staff#oidc=account_tied".into(), None));
    }
    let before = world.actions().await.len();
    let untie = format!("/api/v1/admin/people/{ana}/provider");
    for _ in 0..2 {
        assert_eq!(world.call(ask("DELETE", &untie).by(&admin)).await.status, 204);
        assert!(!world.is_signed_in(&first).await, "who was signed in is so no longer");
    }
    assert_eq!(tied().await, json!([]));
    let (to, cookie) = sign_in(&world, &fake).await;
    assert_eq!(to, "/staff");
    let me = world.call(ask("GET", "/api/v1/me").by(&cookie.unwrap())).await.json();
    assert_eq!(me["id"], ana.to_string());
    let rows = world.actions().await;
    assert_eq!(rows[before..], [Action::SubjectUnlinked, Action::SubjectLinked, Action::SignedIn]);
    *fake.says.lock().unwrap() = json!({});
    assert_eq!(sign_in(&world, &fake).await.0, "/staff#oidc=account_tied", "who was there before");
    let nobody = format!("/api/v1/admin/people/u_{}/provider", "0".repeat(32));
    let refused = world.call(ask("DELETE", &nobody).by(&admin)).await;
    assert_eq!(refused.refusal(), (404, "person_unknown".into()));
}

#[tokio::test]
async fn who_was_invited_needs_no_link_and_who_was_not_is_refused() {
    let fake = Fake::start().await;
    let world = world(&fake, Strangers::Refused).await;
    let person = NewPerson {
        email: "ana@demo".into(),
        name: "Ana".into(),
        title: String::new(),
        role: AccountRole::Staff,
    };
    let invited = world.accounts.create_person(None, &person, ORIGIN).await.unwrap();
    let (to, _) = sign_in(&world, &fake).await;
    assert_eq!(to, "/staff");
    assert_eq!(world.accounts.person(invited.id).await.unwrap().state, AccountState::Active);
    assert!(world.accounts.look(&super::world::token_of(&invited.link)).await.is_err());

    for (says, expected) in [
        (json!({ "sub": "x", "email": "eve@demo" }), "no_account"),
        (json!({ "sub": "x", "email_verified": false }), "no_account"),
        (json!({ "sub": "x", "email_verified": null }), "no_account"),
        (json!({ "sub": "x", "email": null }), "no_account"),
        (json!({ "sub": "x", "email_verified": "false" }), "no_account"),
    ] {
        *fake.says.lock().unwrap() = says.clone();
        let (to, cookie) = sign_in(&world, &fake).await;
        assert_eq!((to, cookie), (format!("/staff#oidc={expected}"), None), "{says}");
    }
    let change = AccountChange { state: Some(AccountState::Disabled), ..AccountChange::default() };
    let detail = Value::Null;
    let (at, action) = (world.now(), Action::AccountChanged);
    let audited = visavis_store::Audited { at, actor: None, action, subject: String::new(), detail };
    world.store.change_account(invited.id, None, change, audited).await.unwrap();
    *fake.says.lock().unwrap() = json!({});
    assert_eq!(sign_in(&world, &fake).await, ("/staff#oidc=account_disabled".into(), None));
    *fake.says.lock().unwrap() = json!({ "sub": "another" });
    assert_eq!(sign_in(&world, &fake).await, ("/staff#oidc=account_disabled".into(), None));
}

#[tokio::test]
async fn strangers_get_an_account_as_staff_where_they_are_welcome() {
    let fake = Fake::start().await;
    let world = world(&fake, Strangers::Welcome).await;
    let (to, cookie) = sign_in(&world, &fake).await;
    assert_eq!(to, "/staff");
    let me = world.call(ask("GET", "/api/v1/me").by(&cookie.unwrap())).await.json();
    assert_eq!((me["name"].as_str(), me["role"].as_str()), (Some("Ana Kaya"), Some("staff")));
    *fake.says.lock().unwrap() = json!({ "sub": "x", "email": "eve@demo", "email_verified": false });
    assert_eq!(sign_in(&world, &fake).await.0, "/staff#oidc=no_account");
}

#[tokio::test]
async fn tokens_that_are_not_for_us_are_refused() {
    let fake = Fake::start().await;
    let world = world(&fake, Strangers::Refused).await;
    world.account("ana@demo", AccountRole::Staff).await;
    let refused = ("/staff#oidc=provider_token".to_owned(), None);
    for says in [
        json!({ "iss": "https://evil.example" }),
        json!({ "aud": "another" }),
        json!({ "aud": ["visavis", "another"] }),
        json!({ "azp": "another" }),
        json!({ "nonce": "another" }),
        json!({ "nonce": null }),
        json!({ "exp": 1_000_000_000 }),
        json!({ "exp": null }),
        json!({ "exp": "9999999999" }),
        json!({ "sub": null }),
    ] {
        *fake.says.lock().unwrap() = says.clone();
        assert_eq!(sign_in(&world, &fake).await, refused, "{says}");
    }
    *fake.says.lock().unwrap() = json!({});
    let good = fake.header.lock().unwrap().clone();
    // Signed with what is public, as if that were a secret.
    *fake.header.lock().unwrap() = Header { alg: Algorithm::HS256, ..good.clone() };
    assert_eq!(sign_in(&world, &fake).await, refused);
    *fake.header.lock().unwrap() = Header { kid: Some("another".into()), ..good.clone() };
    assert_eq!(sign_in(&world, &fake).await, refused);
    *fake.header.lock().unwrap() = good;
    assert_eq!(sign_in(&world, &fake).await.0, "/staff");
}

#[tokio::test]
async fn an_answer_belongs_to_the_browser_that_asked_and_does_not_wait() {
    let fake = Fake::start().await;
    let world = world(&fake, Strangers::Refused).await;
    world.account("ana@demo", AccountRole::Staff).await;
    let (mine, state) = leave(&world, &fake).await;
    let (_, others_state) = leave(&world, &fake).await;
    let stale = "/staff#oidc=provider_stale";
    let good = format!("code=good&state={state}");
    for (cookie, query, expected) in [
        ("", good.clone(), stale),
        ("nonsense", good.clone(), stale),
        (&mine, format!("code=good&state={others_state}"), stale),
        (&mine, "code=good".to_owned(), stale),
        (&mine, format!("error=access_denied&state={state}"), "/staff#oidc=provider_declined"),
        (&mine, format!("code=bad&state={state}"), "/staff#oidc=provider_away"),
    ] {
        let answer = come_back(&world, cookie, &query).await;
        assert_eq!(answer.headers[header::LOCATION], expected, "{query}");
        assert_eq!(answer.cookie("__Host-visavis"), None);
    }
    world.pass(15 * 60 + 1);
    assert_eq!(come_back(&world, &mine, &good).await.headers[header::LOCATION], stale);
}

#[tokio::test]
async fn without_a_provider_nothing_starts() {
    let world = World::new().await;
    let answer = world.call(ask("GET", "/api/v1/oidc/start")).await;
    assert_eq!(answer.headers[header::LOCATION], "/staff#oidc=provider_unknown");
}

#[tokio::test]
async fn a_provider_that_does_not_answer_sends_nobody_to_an_empty_page() {
    let fake = Fake::start().await;
    let provider = fake.provider_within(Duration::from_secs(1));
    let world = World::with(Some(provider), Strangers::Refused, Params::new(64, 1, 1, None).unwrap()).await;
    let away = "/staff#oidc=provider_away";
    let (cookie, state) = leave(&world, &fake).await;
    *fake.mood.lock().unwrap() = Mood::Silent;
    let began = Instant::now();
    let answer = come_back(&world, &cookie, &format!("code=good&state={state}")).await;
    assert_eq!(answer.headers[header::LOCATION], away);

    let fake = Fake::start().await;
    let provider = fake.provider_within(Duration::from_secs(1));
    let world = World::with(Some(provider), Strangers::Refused, Params::new(64, 1, 1, None).unwrap()).await;
    *fake.mood.lock().unwrap() = Mood::Silent;
    let start = || world.call(ask("GET", "/api/v1/oidc/start"));
    let (one, other) = tokio::join!(start(), start());
    for answer in [one, other] {
        assert_eq!(answer.headers[header::LOCATION], away);
    }
    assert!(began.elapsed() < Duration::from_secs(9), "before each answer's own time is over");
}

#[tokio::test]
async fn a_provider_that_is_away_is_not_asked_by_everybody() {
    let fake = Fake::start().await;
    let world = world(&fake, Strangers::Refused).await;
    *fake.mood.lock().unwrap() = Mood::Refusing;
    for _ in 0..10 {
        let answer = world.call(ask("GET", "/api/v1/oidc/start")).await;
        assert_eq!(answer.headers[header::LOCATION], "/staff#oidc=provider_away");
    }
    assert_eq!(fake.asked.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn nobody_has_the_provider_asked_without_end() {
    let fake = Fake::start().await;
    let world = world(&fake, Strangers::Refused).await;
    let (cookie, state) = leave(&world, &fake).await;
    let limited = "/staff#oidc=rate_limited";
    for _ in 1..PROVIDER_RATE {
        let answer = come_back(&world, &cookie, &format!("code=bad&state={state}")).await;
        assert_eq!(answer.headers[header::LOCATION], "/staff#oidc=provider_away");
    }
    let answer = come_back(&world, &cookie, &format!("code=bad&state={state}")).await;
    assert_eq!(answer.headers[header::LOCATION], limited);
    assert_eq!(world.call(ask("GET", "/api/v1/oidc/start")).await.headers[header::LOCATION], limited);
    let elsewhere = world.call(ask("GET", "/api/v1/oidc/start").from(9)).await;
    assert!(elsewhere.headers[header::LOCATION].to_str().unwrap().starts_with(&fake.issuer));
}
