//! The composition root: makes everything, connects it, runs it, stops it. The one place that names adapters.

mod accounts;
mod ending;
mod installation;
mod live;
mod mail;
mod networking;
mod notices;
mod peerjs;
mod webhooks;

use crate::app::{
    Accounts, Announcer, App, AppointmentParts, Appointments, ByAddress, Demonstration, History, Kept,
    LinkKeys, LoungeRules, OpenedBy, Parts, Passwords, Rates, drive_deadlines, drive_mail, drive_takeover,
    forget_old, per_minute, system_clock,
};
use crate::cluster::drain::Leaving;
use crate::cluster::ready::{self, Health};
use crate::cluster::{Heart, SharedMedia, Standing};
use crate::config::{LoungeOpenTo, RoomsOpenedBy, Settings, TlsMode};
use crate::doctor::DatabaseSeen;
use crate::edge::{RateByAddress, RateByKey, Shares};
use crate::http::{self, Api, Feeds, Http};
use crate::listen::{Caps, Doors, Listener, Timeouts};
use crate::peerjs::Post;
use crate::realtime::{self, Hub, Realtime, RealtimeSettings, Sessions, watch_service};
use crate::secrets::{Earlier, LinkSecrets, Secret, Secrets};
use crate::{telemetry, tls};
use anyhow::{Context, Result};
use ending::Ending;
use networking::Networking;
use std::collections::HashSet;
use std::net::SocketAddr;
use std::num::NonZeroU32;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Once};
use std::time::Duration;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use visavis_domain::appointment::Margins;
use visavis_domain::availability::Rules;
use visavis_domain::ids::InstanceId;
use visavis_domain::room::{self, Limits, RoomSettings};
use visavis_live::Live;
use visavis_protocol::CloseCode;
use visavis_store::{FileBounds, Store};

/// How often a queue is looked at though nobody said that somebody is free: what an instance that died has left
/// undone is found so. More often costs a read per waiting desk.
const LOOK_EVERY: Duration = Duration::from_secs(2);

/// How often the media server here is compared with live state; what is wrong twice in a row is mended. More often costs
/// a reading of everything that hangs on this instance.
const RECONCILE_EVERY: Duration = Duration::from_secs(5);

/// Whom a host has let in has to come within this: longer, and the host has forgotten whom they expect.
const ADMISSION: Duration = Duration::from_secs(60);

/// How often at most everybody in the lounge is told how many are in one of its rooms.
const COUNT_EVERY: Duration = Duration::from_secs(1);

/// Links that one address may show: everybody in a building at the full hour, and far too few to guess one.
const LINKS_PER_MINUTE: NonZeroU32 = NonZeroU32::new(60).expect("more than none");

/// Ways to the identity provider and back for one address: a hundred people of a building within a minute. Each makes
/// the server ask the provider up to three times.
const PROVIDER_PER_MINUTE: NonZeroU32 = NonZeroU32::new(200).expect("more than none");

/// Where the server answers.
pub(crate) struct Links {
    /// Name and address.
    pub(crate) pages: Vec<(&'static str, String)>,
    /// The local authority's certificate, if people have to trust it.
    pub(crate) ca: Option<PathBuf>,
    /// The link to the first account, while there is none.
    pub(crate) first_admin: Option<String>,
    /// What there is to try out.
    pub(crate) demonstration: Option<Demonstration>,
}

/// What the server is started with besides its settings.
pub(crate) enum Start {
    /// As it is.
    Plain,
    /// With the demonstration set, and this password for it if there is one.
    Demonstration(Option<String>),
}

/// Runs until a signal asks to stop. `ready` is called once, when everything answers.
pub(crate) fn serve(settings: Settings, start: Start, ready: impl FnOnce(&Links)) -> Result<()> {
    telemetry::start_logs(&settings.log)?;
    install_crypto();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(run(settings, start, ready))
}

/// Does something with accounts, on the database directly.
pub(crate) fn with_accounts<T>(
    settings: &Settings,
    run: impl AsyncFnOnce(&Accounts) -> Result<T>,
) -> Result<T> {
    install_crypto();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async { run(&accounts::alone(settings).await?).await })
}

/// Adds a key for links, and a row in the audit log before it: nobody's links are ended by somebody unknown.
pub(crate) fn rotate_link_key(settings: &Settings, earlier: Earlier) -> Result<()> {
    let word = match earlier {
        Earlier::Kept => "kept",
        Earlier::Forgotten => "forgotten",
    };
    let detail = serde_json::json!({ "earlier": word });
    with_accounts(settings, async |accounts| Ok(accounts.begin_rotation(detail).await?))?;
    LinkSecrets::rotate(settings.keys(), earlier)
}

/// Has the database be of the keys that are set, whatever it was of before.
pub(crate) fn adopt_keys(settings: &Settings) -> Result<()> {
    install_crypto();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(accounts::adopt_keys(settings))
}

/// Whether the database can be used, or why not.
pub(crate) fn check_database(settings: &Settings) -> Result<DatabaseSeen> {
    install_crypto();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(accounts::check_database(settings))
}

/// Whether Redis can be used, or why not; none if it is not.
pub(crate) fn check_redis(settings: &Settings) -> Option<Result<String>> {
    install_crypto();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    match runtime {
        Ok(runtime) => runtime.block_on(live::check(settings)),
        Err(error) => Some(Err(error.into())),
    }
}

/// Whether the mail server lets us in, or why not; none if there is none.
pub(crate) fn check_mail(settings: &Settings) -> Option<Result<String>> {
    install_crypto();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    match runtime {
        Ok(runtime) => runtime.block_on(mail::check(settings)),
        Err(error) => Some(Err(error.into())),
    }
}

/// What TLS is made with in this process.
pub(crate) fn install_crypto() {
    let provider = rustls::crypto::aws_lc_rs::default_provider();
    // A second call in one process finds the first one's provider, which is the same.
    let _ = provider.install_default();
}

async fn run(settings: Settings, start: Start, ready: impl FnOnce(&Links)) -> Result<()> {
    let (closing, stopping) = (CancellationToken::new(), CancellationToken::new());
    let tasks = TaskTracker::new();
    let standing = Arc::new(Standing::default());
    let leaving = Arc::new(Leaving::new(ending::plan(&settings)));
    let secrets = Secrets::load_or_create(settings.keys()).context("keys")?;
    let ports = Ports::open(&settings).await?;
    let live = live::open(&settings, &secrets).await?;
    let store: Arc<dyn Store> = Arc::new(accounts::open_store(&settings, &secrets).await?);
    let networking = Networking::start(
        &settings,
        &secrets,
        (ports.udp, ports.https_port),
        &ports.services,
        standing.clone(),
    )?;
    let instance = InstanceId::from_bits(u128::from_be_bytes(crate::secrets::draw()?));
    let media = Arc::new(SharedMedia::start(live.clone(), instance, networking.media.clone()).await?);
    let own = (instance, standing.clone(), media);
    let (announcer, moving) = Announcer::new();
    let app = start_app(&settings, &secrets, &live, &store, (own, announcer.clone()), (&stopping, &tasks));
    let told = (live.clone(), store.clone(), announcer, moving);
    let webhooks = webhooks::start(&settings, &secrets, &app, told, (&stopping, &tasks)).await?;
    let (passwords, roster) = (app.passwords(), app.clone());
    let people = accounts::make(&settings, &secrets, store.clone(), live.clone(), roster, passwords)?;
    let people = Arc::new(people);
    let appointments = Arc::new(make_appointments(&settings, &secrets, &store, &app)?);
    let pages = links(&settings, ports.http.as_ref().map(|(_, port)| *port), ports.https_port);
    let base = pages.first().map(|(_, address)| address.clone()).unwrap_or_default();
    let demonstration = accounts::try_out(&settings, &people, &appointments, &base, start).await?;
    if let Some(metrics) = ports.metrics {
        telemetry::serve_metrics(metrics, stopping.clone())?;
    }
    let tls = tls::prepare(&settings, stopping.clone())?;
    let (stun, ice) = (networking.stun.clone(), networking.streams.clone());
    let feeds = Feeds::new(networking.ice.clone());
    let turn = networking.turn.clone();
    let health = Arc::new(Health::new(standing.clone()));
    tasks.spawn(ready::watch(health.clone(), store.clone(), stopping.clone()));
    let routes = start_realtime(
        &settings,
        app.clone(),
        (people.clone(), appointments.clone()),
        (live, standing.clone(), health.clone()),
        networking,
        (&leaving, &stopping),
    )
    .await?;
    tasks.spawn(accounts::forget_expired(people.clone(), stopping.clone()));
    tasks.spawn(drive_mail(appointments.clone(), stopping.clone()));
    let local_ca = (settings.tls.mode == TlsMode::LocalCa).then(|| settings.data.join(tls::CA_FILE));
    let router = http::router(
        edge(&settings, health, local_ca.as_deref(), app.clone()),
        &Arc::new(Api {
            accounts: people.clone(),
            appointments,
            webhooks,
            links: RateByAddress::per_minute(ByAddress::Links, LINKS_PER_MINUTE),
            provider_rate: RateByAddress::per_minute(ByAddress::Provider, PROVIDER_PER_MINUTE),
            key_rate: RateByKey::per_minute(settings.limits.key_requests_per_minute),
            app: app.clone(),
            public: settings.public_url.clone(),
            feeds,
        }),
        routes,
    );
    let caps = Caps::new(settings.limits.connections_per_address, settings.limits.connections);
    let timeouts = Timeouts { header: Duration::from_secs(settings.limits.header_timeout_s) };
    let listener = |socket, doors| Listener {
        socket,
        doors,
        caps: caps.clone(),
        timeouts,
        closing: closing.clone(),
        stopping: stopping.clone(),
        tasks: tasks.clone(),
    };
    let redirect_port = settings.public_url.as_ref().and_then(url::Url::port_or_known_default);
    let doors =
        Doors { router: router.clone(), tls: Some(tls), stun: Some(stun), ice: Some(ice), redirect_port };
    tasks.spawn(listener(ports.https, doors).run());
    if let Some((socket, _)) = ports.http {
        let doors = Doors { router, tls: None, stun: None, ice: None, redirect_port: None };
        tasks.spawn(listener(socket, doors).run());
    }
    let first_admin = people.invite_first_admin(&base).await?;
    ready(&Links { pages, ca: local_ca, first_admin, demonstration });
    Ending { app, standing, leaving, turn, closing, stopping, tasks }.wait().await
}

/// What all of HTTP keeps to.
fn edge(settings: &Settings, health: Arc<Health>, local_ca: Option<&Path>, desks: Arc<App>) -> Http {
    Http {
        body_bytes: settings.limits.body_bytes,
        request_timeout: Duration::from_secs(settings.limits.request_timeout_s),
        at_once: Arc::new(Shares::new(settings.limits.requests_per_address.get(), usize::MAX)),
        trusted: settings.proxy.trusted.clone(),
        unreadable: Once::new(),
        health,
        ca: local_ca.and_then(|path| std::fs::read(path).ok()),
        strict_transport: local_ca.is_none(),
        secure_at: settings
            .public_url
            .as_ref()
            .filter(|url| url.scheme() == "https")
            .map(|url| url.origin().ascii_serialization()),
        desks,
    }
}

/// Everything that listens, bound before anything else is made, so that a port in use stops the start.
struct Ports {
    http: Option<(TcpListener, u16)>,
    https: TcpListener,
    https_port: u16,
    udp: std::net::UdpSocket,
    metrics: Option<TcpListener>,
    /// Addresses that nobody may be relayed to.
    services: Vec<SocketAddr>,
}

impl Ports {
    async fn open(settings: &Settings) -> Result<Self> {
        let https = bind("https", settings.https).await?;
        let https_port = https.local_addr()?.port();
        let udp = std::net::UdpSocket::bind(SocketAddr::new(settings.https.ip(), https_port))
            .with_context(|| in_use("https", &format!("UDP {}", settings.https)))?;
        let http = match settings.http {
            Some(address) => Some(bind("http", address).await?),
            None => None,
        };
        let metrics = match settings.metrics.address {
            Some(address) => Some(bind("metrics.address", address).await?),
            None => None,
        };
        let mut services = vec![https.local_addr()?];
        for socket in http.iter().chain(&metrics) {
            services.push(socket.local_addr()?);
        }
        let http =
            http.map(|socket| socket.local_addr().map(|address| (socket, address.port()))).transpose()?;
        Ok(Self { http, https, https_port, udp, metrics, services })
    }
}

async fn bind(key: &str, address: SocketAddr) -> Result<TcpListener> {
    TcpListener::bind(address).await.with_context(|| in_use(key, &address.to_string()))
}

fn in_use(key: &str, address: &str) -> String {
    format!("{key} is {address}, which cannot be listened on; end what uses it or set another address")
}

fn start_app(
    settings: &Settings,
    secrets: &Secrets,
    live: &Arc<dyn Live>,
    store: &Arc<dyn Store>,
    ((instance, standing, media), announcer): ((InstanceId, Arc<Standing>, Arc<SharedMedia>), Announcer),
    (stopping, tasks): (&CancellationToken, &TaskTracker),
) -> Arc<App> {
    let (history, recorder) = History::new(store.clone());
    tasks.spawn(recorder.run(stopping.clone()));
    let limits = Limits {
        people: settings.rooms.max_people.get(),
        promote_at: settings.rooms.promote_at,
        demote_after: Duration::from_secs(settings.rooms.demote_after_s),
        settings: RoomSettings::default(),
        doors: Some(room::Doors {
            remember: Duration::from_secs(settings.rooms.remember_s),
            admission: ADMISSION,
        }),
    };
    let parts = Parts {
        instance,
        standing,
        live: live.clone(),
        store: store.clone(),
        media,
        history,
        announcer,
        limits,
        opened_by: match settings.rooms.opened_by {
            RoomsOpenedBy::Anyone => OpenedBy::Anyone,
            RoomsOpenedBy::Staff => OpenedBy::Staff,
        },
        file_bytes: settings.rooms.file_bytes,
        passwords: Arc::new(Passwords::new()),
        rules: rules(settings),
        rings_per_source: settings.desks.rings_per_address,
        ring_for: Duration::from_secs(settings.desks.ring_s),
        margins: margins(settings),
        lounge: lounge(settings),
        kept: kept(settings),
        rates: rates(settings),
    };
    let app = Arc::new(App::new(parts, secrets.signing.bytes()));
    tokio::spawn(drive_deadlines(app.clone(), stopping.clone()));
    tokio::spawn(close_forgotten(app.clone(), stopping.clone()));
    tokio::spawn(reconcile_media(app.clone(), stopping.clone()));
    tokio::spawn(forget_old(app.clone(), stopping.clone()));
    app
}

fn make_appointments(
    settings: &Settings,
    secrets: &Secrets,
    store: &Arc<dyn Store>,
    app: &Arc<App>,
) -> Result<Appointments> {
    let keys = &secrets.links;
    let parts = AppointmentParts {
        store: store.clone(),
        app: app.clone(),
        clock: system_clock(),
        margins: margins(settings),
        keys: LinkKeys::new(keys.newest.bytes(), keys.earlier.iter().map(Secret::bytes)),
        mail: mail::make(settings)?,
    };
    Ok(Appointments::new(parts, secrets.signing.bytes()))
}

async fn start_realtime(
    settings: &Settings,
    app: Arc<App>,
    (accounts, appointments): (Arc<Accounts>, Arc<Appointments>),
    (live, standing, health): (Arc<dyn Live>, Arc<Standing>, Arc<Health>),
    networking: Networking,
    (leaving, stopping): (&Arc<Leaving>, &CancellationToken),
) -> Result<axum::Router> {
    let (hub, subscription) = Hub::start(live.clone()).await?;
    let sessions = Arc::new(Sessions::default());
    let post = peerjs::start_post(settings, &app, stopping).await?;
    let lapsed = lapsed(app.clone(), sessions.clone(), post.clone());
    let pulse = Heart { live, instance: app.instance(), standing, lapsed }.start().await;
    tokio::spawn(ready::listen(health, pulse.clone()));
    tokio::spawn(drive_takeover(app.clone(), pulse.clone(), stopping.clone()));
    tokio::spawn(watch_service(sessions.clone(), pulse.clone(), stopping.clone()));
    tokio::spawn(hub.clone().run(subscription, sessions.clone(), pulse, stopping.clone()));
    tokio::spawn(notices::bring(app.clone(), networking.notices));
    let session = &settings.session;
    let public = settings.public_url.as_ref();
    let mut allowed_origins = session.allowed_origins.clone();
    allowed_origins.extend(public.map(|url| url.origin().ascii_serialization()));
    let peerjs = post
        .map(|post| peerjs::routes(settings, &app, (post, networking.ice.clone()), leaving))
        .unwrap_or_default();
    let realtime = realtime::router(Arc::new(Realtime {
        app,
        accounts,
        appointments,
        hub,
        sessions,
        ice: networking.ice,
        tickets: RateByAddress::per_minute(ByAddress::Tickets, settings.limits.tickets_per_minute),
        settings: RealtimeSettings {
            grace: Duration::from_millis(session.grace_ms),
            closed_grace: Duration::from_millis(session.closed_grace_ms),
            outbox_bytes: session.outbox_bytes,
            frames_per_second: session.frames_per_second,
            frames_burst: session.frames_burst,
            allowed_origins,
        },
        leaving: leaving.clone(),
    }));
    Ok(realtime.merge(peerjs))
}

/// Others have freed what this instance held: it lets go of it too, and people come in again. Pages that use PeerJS would
/// not: their ids are made theirs again.
fn lapsed(app: Arc<App>, sessions: Arc<Sessions>, post: Option<Arc<Post>>) -> Box<dyn Fn() + Send + Sync> {
    Box::new(move || {
        if let Some(post) = &post {
            post.lapsed();
        }
        sessions.end_all(CloseCode::Resync);
        app.let_go_of_media();
    })
}

fn margins(settings: &Settings) -> Margins {
    Margins {
        before: Duration::from_secs(settings.appointments.open_before_s),
        after: Duration::from_secs(settings.appointments.close_after_s),
    }
}

fn lounge(settings: &Settings) -> LoungeRules {
    let lounge = &settings.lounge;
    LoungeRules {
        accounts_only: lounge.open_to == LoungeOpenTo::Accounts,
        away_after_s: lounge.away_after_s,
        removed_for: Duration::from_secs(lounge.removed_for_s),
        file_bytes: lounge.file_bytes,
        files: FileBounds {
            all: lounge.files_bytes,
            of_owner: lounge.person_files_bytes,
            of_source: lounge.guests_files_bytes,
        },
    }
}

fn kept(settings: &Settings) -> Kept {
    let days = |days: u32| (days > 0).then(|| Duration::from_secs(u64::from(days) * 24 * 60 * 60));
    Kept {
        lounge: days(settings.lounge.keep_days),
        history: days(settings.history.keep_days),
        appointments: days(settings.appointments.keep_days),
    }
}

fn rates(settings: &Settings) -> Rates {
    let limits = &settings.limits;
    Rates {
        rooms: per_minute(limits.rooms_per_minute),
        rings: per_minute(limits.rings_per_minute),
        rings_of_guests: per_minute(limits.guest_rings_per_minute),
        lines_of_guests: per_minute(limits.guest_messages_per_minute),
    }
}

fn rules(settings: &Settings) -> Rules {
    Rules {
        grace: Duration::from_millis(settings.session.grace_ms),
        queue: settings.desks.queue,
        queue_per_source: settings.desks.queue_per_address,
        ring_again_after: Duration::from_secs(settings.desks.ring_again_after_s),
        look_every: LOOK_EVERY,
        lounge_room: settings.lounge.room_people.get() as usize,
        count_every: COUNT_EVERY,
    }
}

/// Looks now and then for calls whose people did not come back from a crash.
async fn close_forgotten(app: Arc<App>, stopping: CancellationToken) {
    let wait = app.forgotten_after() / 2;
    let mut missing = HashSet::new();
    let mut every = tokio::time::interval_at(tokio::time::Instant::now() + wait, wait);
    every.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    while stopping.run_until_cancelled(every.tick()).await.is_some() {
        if let Err(refused) = app.close_forgotten(&mut missing).await {
            tracing::warn!(%refused, "the history could not be looked through");
        }
    }
}

/// Looks now and then whether the media server here does what it should.
async fn reconcile_media(app: Arc<App>, stopping: CancellationToken) {
    let mut before = Vec::new();
    let mut every = tokio::time::interval(RECONCILE_EVERY);
    every.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    while stopping.run_until_cancelled(every.tick()).await.is_some() {
        if let Err(refused) = app.reconcile_media(&mut before).await {
            tracing::warn!(%refused, "media was not compared with live state");
        }
    }
}

/// The first one is for people at this machine, or everybody if there is a public address.
fn links(settings: &Settings, http: Option<u16>, https: u16) -> Vec<(&'static str, String)> {
    let mut pages = Vec::new();
    if let Some(url) = &settings.public_url {
        pages.push(("public", url.to_string()));
    }
    if let Some(port) = http {
        pages.push(("http", format!("http://localhost:{port}")));
    }
    pages.push(("https", format!("https://localhost:{https}")));
    if settings.https.ip().is_unspecified() {
        let all = if_addrs::get_if_addrs().unwrap_or_default();
        let outside = all.iter().filter(|one| !one.is_loopback() && !one.is_link_local());
        pages.extend(outside.map(|one| ("network", format!("https://{}", SocketAddr::new(one.ip(), https)))));
    }
    pages
}
