//! One installation in a test: everything real but the clock, the costs of passwords, and the sockets.

use crate::app::{
    AccountRules, Accounts, Announcer, App, AppointmentParts, Appointments, BadAddress, ByAddress,
    ControlNotice, Courier, History, IceAsked, IceServers, IceTold, LinkKeys, Mailing, Media, MediaOffer,
    MediaRefused, MediaRoom, MediaSeat, MediaSite, OpenedBy, Parcel, Parts, Passwords, Provider, Route,
    Strangers, Surroundings, Tries, WebhookParts, Webhooks, drive_moving,
};
use crate::cluster::drain::{Leaving, Plan};
use crate::cluster::ready::Health;
use crate::edge::{ClientAddress, RateByAddress, RateByKey};
use crate::http::{self, Api, Feeds, Http};
use crate::realtime::{self, Hub, Realtime, RealtimeSettings};
use argon2::Params;
use async_trait::async_trait;
use axum::Router;
use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, Method, Request, StatusCode, header};
use http_body_util::BodyExt;
use serde_json::{Value, json};
use std::collections::HashMap;
use std::net::IpAddr;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tokio_util::sync::CancellationToken;
use tower::ServiceExt;
use visavis_domain::account::AccountRole;
use visavis_domain::appointment::Margins;
use visavis_domain::ids::{ParticipantId, PersonId, SessionId};
use visavis_domain::room::{Camera, Limits, RoomSettings};
use visavis_domain::time::Timestamp;
use visavis_domain::webhook::Answer as Told;
use visavis_live::{Live, MemoryLive, Notice, Subscription};
use visavis_protocol::{IceServer, NewPerson, Viewed};
use visavis_store::{Action, DatabaseUrl, Page, Store};

pub(super) const PASSWORD: &str = "correct horse battery";
pub(super) const ORIGIN: &str = "https://here.example";
pub(super) const SIGNING_KEY: [u8; 32] = [9; 32];
/// Requests of one key in a minute.
pub(super) const KEY_RATE: u32 = 100;
/// Ways to the identity provider and back, of one address in a minute.
pub(super) const PROVIDER_RATE: u32 = 60;
pub(super) const LINK_KEY: [u8; 32] = [11; 32];
pub(super) const MARGINS: Margins =
    Margins { before: Duration::from_secs(15 * 60), after: Duration::from_secs(60 * 60) };

pub(super) struct World {
    pub(super) accounts: Arc<Accounts>,
    pub(super) store: Arc<dyn Store>,
    pub(super) live: Arc<dyn Live>,
    pub(super) api: Arc<Api>,
    router: Router,
    /// What the interface says of itself.
    document: Value,
    clock: Arc<AtomicU64>,
    _folder: tempfile::TempDir,
}

/// What came back.
pub(super) struct Answer {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) text: String,
}

impl Answer {
    pub(super) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|_| panic!("no JSON: {} {}", self.status, self.text))
    }

    /// Status and code of a refusal.
    pub(super) fn refusal(&self) -> (u16, String) {
        assert_eq!(self.headers[header::CONTENT_TYPE], "application/problem+json", "{}", self.text);
        (self.status.as_u16(), self.json()["code"].as_str().unwrap().to_owned())
    }

    /// The value of a cookie that was set.
    pub(super) fn cookie(&self, name: &str) -> Option<String> {
        let lines = self.headers.get_all(header::SET_COOKIE).iter().map(|line| line.to_str().unwrap());
        let found = lines.filter_map(|line| line.strip_prefix(&format!("{name}="))).next_back();
        found.map(|rest| rest.split(';').next().unwrap().to_owned())
    }
}

/// What a test asks for.
pub(super) struct Ask<'a> {
    pub(super) method: Method,
    pub(super) path: &'a str,
    pub(super) cookie: Option<&'a str>,
    /// Of who came over a link.
    pub(super) link: Option<&'a str>,
    pub(super) body: Option<Value>,
    pub(super) address: IpAddr,
    /// A key, as a program shows it: without what pages say of themselves.
    pub(super) key: Option<&'a str>,
    /// Instead of the headers that our pages send.
    pub(super) headers: Option<Vec<(&'static str, &'a str)>>,
}

pub(super) fn ask<'a>(method: &str, path: &'a str) -> Ask<'a> {
    let address = [198, 51, 100, 1].into();
    Ask {
        method: method.parse().unwrap(),
        path,
        cookie: None,
        key: None,
        link: None,
        body: None,
        address,
        headers: None,
    }
}

impl<'a> Ask<'a> {
    pub(super) fn by(self, cookie: &'a str) -> Self {
        Self { cookie: Some(cookie), ..self }
    }

    pub(super) fn over(self, cookie: &'a str) -> Self {
        Self { link: Some(cookie), ..self }
    }

    pub(super) fn key(self, key: &'a str) -> Self {
        Self { key: Some(key), ..self }
    }

    pub(super) fn with(self, body: Value) -> Self {
        Self { body: Some(body), ..self }
    }

    pub(super) fn from(self, last: u8) -> Self {
        Self { address: [198, 51, 100, last].into(), ..self }
    }

    pub(super) fn headers(self, headers: Vec<(&'static str, &'a str)>) -> Self {
        Self { headers: Some(headers), ..self }
    }
}

impl World {
    pub(super) async fn new() -> Self {
        Self::with(None, Strangers::Refused, Params::new(64, 1, 1, None).unwrap()).await
    }

    /// One that sends mail.
    pub(super) async fn mailing(mail: Mailing) -> Self {
        Self::made(None, Strangers::Refused, Params::new(64, 1, 1, None).unwrap(), Some(mail)).await
    }

    pub(super) async fn with(
        provider: Option<Arc<dyn Provider>>,
        strangers: Strangers,
        costs: Params,
    ) -> Self {
        Self::made(provider, strangers, costs, None).await
    }

    async fn made(
        provider: Option<Arc<dyn Provider>>,
        strangers: Strangers,
        costs: Params,
        mail: Option<Mailing>,
    ) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = DatabaseUrl::file(folder.path().join("visavis.db"));
        let store: Arc<dyn Store> = Arc::new(visavis_store::open(&url, [7; 32]).await.unwrap());
        let live: Arc<dyn Live> = Arc::new(MemoryLive::default());
        let clock = Arc::new(AtomicU64::new(1_700_000_000_000));
        let (announcer, moving) = Announcer::new();
        let app = Arc::new(app(&live, &store, announcer.clone()));
        tokio::spawn(drive_moving(app.clone(), moving, CancellationToken::new()));
        let around = Surroundings {
            store: store.clone(),
            live: live.clone(),
            roster: app.clone(),
            clock: reading(&clock),
            passwords: Arc::new(Passwords::with_costs(costs)),
            provider,
        };
        let rules = AccountRules {
            idle: Duration::from_secs(12 * 3600),
            longest: Duration::from_secs(30 * 24 * 3600),
            tries: Tries {
                window: Duration::from_secs(900),
                per_pair: 10,
                per_network: 50,
                per_account: 100,
            },
            strangers,
        };
        let accounts = Arc::new(Accounts::new(around, &SIGNING_KEY, rules));
        let parts = AppointmentParts {
            store: store.clone(),
            app: app.clone(),
            clock: reading(&clock),
            margins: MARGINS,
            keys: LinkKeys::new(&LINK_KEY, []),
            mail,
        };
        let appointments = Arc::new(Appointments::new(parts, &SIGNING_KEY));
        let webhooks = Arc::new(Webhooks::new(
            WebhookParts {
                store: store.clone(),
                live: live.clone(),
                clock: reading(&clock),
                announcer,
                courier: Arc::new(NoCourier),
                keep: Duration::from_secs(7 * 24 * 3600),
            },
            &SIGNING_KEY,
        ));
        let api = Arc::new(Api {
            accounts: accounts.clone(),
            appointments,
            webhooks,
            links: RateByAddress::per_minute(ByAddress::Links, NonZeroU32::new(60).unwrap()),
            provider_rate: RateByAddress::per_minute(
                ByAddress::Provider,
                NonZeroU32::new(PROVIDER_RATE).unwrap(),
            ),
            key_rate: RateByKey::per_minute(NonZeroU32::new(KEY_RATE).unwrap()),
            app: app.clone(),
            public: Some(ORIGIN.parse().unwrap()),
            feeds: Feeds::new(Arc::new(NoRelay)),
        });
        let edge = Http {
            body_bytes: 65536,
            request_timeout: Duration::from_secs(30),
            at_once: Arc::new(crate::edge::Shares::new(64, usize::MAX)),
            trusted: Vec::new(),
            unreadable: std::sync::Once::new(),
            health: Arc::new(Health::new(Arc::default())),
            ca: None,
            strict_transport: false,
            secure_at: None,
            desks: app,
        };
        let router = http::router(edge, &api, sockets(&api, &live).await);
        let document = http::document(&api);
        Self { accounts, store, live, api, router, document, clock, _folder: folder }
    }

    pub(super) fn pass(&self, seconds: u64) {
        self.clock.fetch_add(seconds * 1000, Ordering::SeqCst);
    }

    pub(super) fn now(&self) -> Timestamp {
        self.accounts.now()
    }

    /// What our own page would send.
    pub(super) async fn call(&self, ask: Ask<'_>) -> Answer {
        let mut request = Request::builder().method(ask.method.clone()).uri(ask.path);
        let ours = || {
            let json = ask.body.as_ref().map(|_| ("content-type", "application/json"));
            [ask.key.is_none().then_some(("origin", ORIGIN)), json].into_iter().flatten().collect()
        };
        for (name, value) in ask.headers.clone().unwrap_or_else(ours) {
            request = request.header(name, value);
        }
        if let Some(key) = ask.key {
            request = request.header("authorization", format!("Bearer {key}"));
        }
        for (name, cookie) in [("__Host-visavis", ask.cookie), ("__Host-visavis-appointment", ask.link)] {
            if let Some(cookie) = cookie {
                request = request.header("cookie", format!("{name}={cookie}"));
            }
        }
        let body = ask.body.map_or_else(Body::empty, |body| match body {
            // A text that is no JSON.
            Value::String(text) => Body::from(text),
            json => Body::from(json.to_string()),
        });
        let request = request.extension(ClientAddress(ask.address)).body(body).unwrap();
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let text = String::from_utf8(body.collect().await.unwrap().to_bytes().to_vec()).unwrap();
        super::described::hold(&self.document, &ask.method, ask.path, parts.status.as_u16(), &text);
        Answer { status: parts.status, headers: parts.headers, text }
    }

    /// Makes an account that can sign in.
    pub(super) async fn account(&self, email: &str, role: AccountRole) -> PersonId {
        let name = email.split('@').next().unwrap().to_owned();
        let person = NewPerson { email: email.to_owned(), name, title: String::new(), role };
        let invited = self.accounts.create_person(None, &person, ORIGIN).await.unwrap();
        let body = json!({ "token": token_of(&invited.link), "password": PASSWORD });
        let accepted = self.call(ask("POST", "/api/v1/invitations/accept").with(body)).await;
        assert_eq!(accepted.status, 204, "{}", accepted.text);
        invited.id
    }

    pub(super) async fn try_sign_in(&self, email: &str, password: &str, code: Option<&str>) -> Answer {
        let mut body = json!({ "email": email, "password": password });
        if let Some(code) = code {
            body["code"] = code.into();
        }
        self.call(ask("POST", "/api/v1/sign-in").with(body)).await
    }

    /// Signs in and returns the cookie.
    pub(super) async fn sign_in(&self, email: &str) -> String {
        let answer = self.try_sign_in(email, PASSWORD, None).await;
        assert_eq!(answer.status, 204, "{}", answer.text);
        answer.cookie("__Host-visavis").unwrap()
    }

    /// An admin and somebody of the staff, signed in.
    pub(super) async fn with_both() -> (Self, String, String) {
        let world = Self::new().await;
        world.account("admin@demo", AccountRole::Admin).await;
        world.account("ana@demo", AccountRole::Staff).await;
        let (admin, ana) = (world.sign_in("admin@demo").await, world.sign_in("ana@demo").await);
        (world, admin, ana)
    }

    /// Whether the cookie is still good.
    pub(super) async fn is_signed_in(&self, cookie: &str) -> bool {
        self.call(ask("GET", "/api/v1/me").by(cookie)).await.status == 200
    }

    /// All of the audit log, earliest first.
    pub(super) async fn actions(&self) -> Vec<Action> {
        let rows = self.store.audit_rows(None, Page { skip: 0, take: 10_000 }).await.unwrap();
        rows.into_iter().rev().map(|row| row.action).collect()
    }

    pub(super) async fn listen(&self, route: Route<'_>) -> Subscription {
        let subscription = self.live.subscribe(16).await.unwrap();
        self.live.add_topic(subscription.id, route.topic()).await.unwrap();
        subscription
    }

    pub(super) async fn id_of(&self, email: &str) -> PersonId {
        self.accounts.person_by_email(email).await.unwrap().id
    }
}

/// What was told while the answer was made: nothing is waited for.
pub(super) fn heard(subscription: &mut Subscription) -> Option<Bytes> {
    match subscription.notices.try_recv().ok()? {
        Notice::Event { body, .. } => Some(body),
        Notice::Gap => panic!("more was told than fits"),
    }
}

/// Whether the sockets of a sign-in were told to close.
pub(super) fn heard_signed_out(subscription: &mut Subscription) -> bool {
    heard(subscription).is_some_and(|body| ControlNotice::read(&body) == Some(ControlNotice::SignedOut))
}

fn reading(clock: &Arc<AtomicU64>) -> Arc<dyn Fn() -> Timestamp + Send + Sync> {
    let clock = clock.clone();
    Arc::new(move || Timestamp(clock.load(Ordering::SeqCst)))
}

/// The way in for sockets; nothing is ever brought to them.
async fn sockets(api: &Api, live: &Arc<dyn Live>) -> Router {
    let (hub, _) = Hub::start(live.clone()).await.unwrap();
    let many = NonZeroU32::new(1000).unwrap();
    let settings = RealtimeSettings {
        grace: Duration::from_secs(1),
        closed_grace: Duration::from_secs(1),
        outbox_bytes: 65536,
        frames_per_second: many,
        frames_burst: many,
        allowed_origins: vec![ORIGIN.to_owned()],
    };
    realtime::router(Arc::new(Realtime {
        app: api.app.clone(),
        accounts: api.accounts.clone(),
        appointments: api.appointments.clone(),
        hub,
        sessions: Arc::default(),
        ice: Arc::new(NoRelay),
        tickets: RateByAddress::per_minute(ByAddress::Tickets, many),
        settings,
        leaving: Arc::new(Leaving::new(Plan::at_once())),
    }))
}

struct NoRelay;

impl IceServers for NoRelay {
    fn for_session(&self, _: SessionId, _: &str, _: Timestamp) -> Vec<IceServer> {
        Vec::new()
    }
}

/// Rooms and desks as the settings have them by themselves.
fn app(live: &Arc<dyn Live>, store: &Arc<dyn Store>, announcer: Announcer) -> App {
    let settings = crate::config::load(None, HashMap::new(), &Vec::new()).unwrap().settings;
    let (history, _) = History::new(store.clone());
    let limits = Limits {
        people: 2,
        promote_at: 3,
        demote_after: Duration::ZERO,
        settings: RoomSettings::default(),
        doors: None,
    };
    let parts = Parts {
        instance: visavis_domain::ids::InstanceId::from_bits(1),
        standing: Arc::default(),
        live: live.clone(),
        store: store.clone(),
        media: Arc::new(NoMedia),
        history,
        announcer,
        limits,
        opened_by: OpenedBy::Anyone,
        file_bytes: settings.rooms.file_bytes,
        passwords: Arc::new(Passwords::with_costs(Params::new(64, 1, 1, None).unwrap())),
        rules: crate::wiring::rules(&settings),
        rings_per_source: settings.desks.rings_per_address,
        ring_for: Duration::from_secs(settings.desks.ring_s),
        margins: MARGINS,
        lounge: crate::wiring::lounge(&settings),
        kept: crate::wiring::kept(&settings),
        rates: crate::wiring::rates(&settings),
    };
    App::new(parts, &SIGNING_KEY)
}

/// Nobody is told here; addresses are good unless they say that they are not.
struct NoCourier;

#[async_trait]
impl Courier for NoCourier {
    fn check(&self, url: &url::Url) -> Result<(), BadAddress> {
        match url.host_str() {
            Some("refused.example") => Err(BadAddress::Refused),
            Some(_) => Ok(()),
            None => Err(BadAddress::Form),
        }
    }

    async fn send(&self, _: &Parcel) -> Told {
        Told { status: None, trouble: None, wait: None }
    }
}

/// Nobody talks here.
struct NoMedia;

#[async_trait]
impl Media for NoMedia {
    async fn offer(&self, _: MediaSite, _: MediaSeat, _: MediaOffer) -> Result<String, MediaRefused> {
        Err(MediaRefused::Away)
    }

    async fn view(&self, _: MediaSite, _: ParticipantId, _: Vec<Viewed>) -> Result<(), MediaRefused> {
        Err(MediaRefused::Away)
    }

    async fn ice(&self, _: MediaSite, _: ParticipantId, _: IceAsked) -> Result<IceTold, MediaRefused> {
        Err(MediaRefused::Away)
    }

    fn mute(&self, _: MediaSite, _: ParticipantId) {}

    fn camera(&self, _: MediaSite, _: ParticipantId, _: Camera) {}

    fn reseat(&self, _: MediaSite, _: MediaSeat) {}

    fn remove(&self, _: MediaSite, _: ParticipantId) {}

    fn allow_only(&self, _: MediaSite, _: Option<ParticipantId>) {}

    fn retire(&self, _: MediaSite) {}

    fn end(&self, _: MediaSite) {}

    fn reconcile(&self, _: Vec<MediaRoom>) {}

    fn end_all(&self) {}
}

/// The part of a link behind the `#`.
pub(super) fn token_of(link: &str) -> String {
    link.strip_prefix(&format!("{ORIGIN}/invitation#")).expect("a link of ours").to_owned()
}
