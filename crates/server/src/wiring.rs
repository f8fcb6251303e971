//! The composition root: makes everything, connects it, runs it, stops it. The one place that names adapters.

use crate::app::{App, IceServers, drive_deadlines};
use crate::config::{Settings, TlsMode};
use crate::edge::RateByAddress;
use crate::http::{self, Http};
use crate::listen::{Caps, Doors, Listener, Timeouts};
use crate::realtime::{self, Hub, Realtime, RealtimeSettings, Sessions};
use crate::secrets::Secrets;
use crate::turn_io::{self, TurnHandle, TurnSettings};
use crate::{telemetry, tls};
use anyhow::{Context, Result};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use visavis_domain::ids::SessionId;
use visavis_domain::room::Limits;
use visavis_domain::time::Timestamp;
use visavis_live::{Live, MemoryLive};
use visavis_protocol::IceServer;

/// From the signal to the exit: sockets say goodbye, requests end.
const STOP_WITHIN: Duration = Duration::from_secs(5);

/// Where the server answers.
pub(crate) struct Links {
    /// Name and address.
    pub(crate) pages: Vec<(&'static str, String)>,
    /// The local authority's certificate, if people have to trust it.
    pub(crate) ca: Option<PathBuf>,
}

/// Runs until a signal asks to stop. `ready` is called once, when everything answers.
pub(crate) fn serve(settings: Settings, ready: impl FnOnce(&Links)) -> Result<()> {
    telemetry::start_logs(&settings.log)?;
    let provider = rustls::crypto::aws_lc_rs::default_provider();
    // A second call in one process finds the first one's provider, which is the same.
    let _ = provider.install_default();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(run(settings, ready))
}

async fn run(settings: Settings, ready: impl FnOnce(&Links)) -> Result<()> {
    let stopping = CancellationToken::new();
    let tasks = TaskTracker::new();
    let secrets = Secrets::load_or_create(&settings.data)?;
    let ports = Ports::open(&settings).await?;
    if let Some(metrics) = ports.metrics {
        telemetry::serve_metrics(metrics, stopping.clone())?;
    }
    let tls = tls::prepare(&settings, stopping.clone())?;
    let turn = start_turn(&settings, &secrets, ports.udp, &ports.services)?;
    let routes = start_app(&settings, &secrets, turn.clone(), ports.https_port, &stopping).await?;

    let local_ca = (settings.tls.mode == TlsMode::LocalCa).then(|| settings.data.join(tls::CA_FILE));
    let token = stopping.clone();
    let router = http::router(
        Http {
            body_bytes: settings.limits.body_bytes,
            request_timeout: Duration::from_secs(settings.limits.request_timeout_s),
            trusted: settings.proxy.trusted.clone(),
            ready: Box::new(move || !token.is_cancelled()),
            ca: local_ca.as_ref().and_then(|path| std::fs::read(path).ok()),
            strict_transport: local_ca.is_none(),
        },
        routes,
    );
    let caps = Caps::new(settings.limits.connections_per_address, settings.limits.connections);
    let timeouts = Timeouts { header: Duration::from_secs(settings.limits.header_timeout_s) };
    let listener = |socket, doors| Listener {
        socket,
        doors,
        caps: caps.clone(),
        timeouts,
        stopping: stopping.clone(),
        tasks: tasks.clone(),
    };
    let stun = turn.map(|turn| Arc::new(turn) as _);
    let redirect_port = settings.public_url.as_ref().and_then(url::Url::port_or_known_default);
    let doors = Doors { router: router.clone(), tls: Some(tls), stun, redirect_port };
    tasks.spawn(listener(ports.https, doors).run());
    let http_port = ports.http.as_ref().map(|(_, port)| *port);
    if let Some((socket, _)) = ports.http {
        let doors = Doors { router, tls: None, stun: None, redirect_port: None };
        tasks.spawn(listener(socket, doors).run());
    }
    ready(&links(&settings, http_port, ports.https_port, local_ca));

    wait_for_signal().await?;
    tracing::info!("stopping");
    stopping.cancel();
    tasks.close();
    tokio::select! {
        () = tasks.wait() => {}
        () = tokio::time::sleep(STOP_WITHIN) => tracing::warn!("not everything ended in time"),
        again = wait_for_signal() => again?,
    }
    Ok(())
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

fn start_turn(
    settings: &Settings,
    secrets: &Secrets,
    udp: std::net::UdpSocket,
    services: &[SocketAddr],
) -> Result<Option<TurnHandle>> {
    if !settings.turn.enabled {
        return Ok(None);
    }
    let turn = TurnSettings {
        secret: *secrets.turn.bytes(),
        realm: "visavis".to_owned(),
        relay_addresses: settings.turn.relay_addresses.clone(),
        allow_peers: settings.turn.allow_peers.clone(),
        own_services: services.to_vec(),
        credential_ttl: Duration::from_secs(settings.turn.credential_ttl_s),
        allocations_per_user: settings.turn.allocations_per_session,
        allocations: settings.turn.allocations,
        bytes_per_second: settings.turn.bytes_per_second,
    };
    turn_io::start(udp, turn).map(Some).context("turn could not be started")
}

async fn start_app(
    settings: &Settings,
    secrets: &Secrets,
    turn: Option<TurnHandle>,
    https_port: u16,
    stopping: &CancellationToken,
) -> Result<axum::Router> {
    let live: Arc<dyn Live> = Arc::new(MemoryLive::default());
    let limits = Limits { people: settings.rooms.max_people.get() };
    let app = Arc::new(App::new(live.clone(), secrets.signing.bytes(), limits));
    let (hub, subscription) = Hub::start(live).await?;
    let sessions = Arc::new(Sessions::default());
    tokio::spawn(hub.clone().run(subscription, sessions.clone(), stopping.clone()));
    tokio::spawn(drive_deadlines(app.clone(), stopping.clone()));
    let session = &settings.session;
    let public = settings.public_url.as_ref();
    let mut allowed_origins = session.allowed_origins.clone();
    allowed_origins.extend(public.map(|url| url.origin().ascii_serialization()));
    Ok(realtime::router(Arc::new(Realtime {
        app,
        hub,
        sessions,
        ice: Arc::new(EmbeddedIce {
            turn,
            host: public.and_then(|url| url.host_str()).map(str::to_owned),
            here: own_address(settings.https.ip()),
            port: public.and_then(url::Url::port_or_known_default).unwrap_or(https_port),
        }),
        tickets: RateByAddress::per_minute(settings.limits.tickets_per_minute),
        settings: RealtimeSettings {
            grace: Duration::from_millis(session.grace_ms),
            closed_grace: Duration::from_millis(session.closed_grace_ms),
            outbox_bytes: session.outbox_bytes,
            frames_per_second: session.frames_per_second,
            frames_burst: session.frames_burst,
            allowed_origins,
        },
        stopping: stopping.clone(),
    })))
}

/// STUN and TURN of this server, on its one port.
struct EmbeddedIce {
    turn: Option<TurnHandle>,
    /// The public name, if there is one.
    host: Option<String>,
    /// What is offered to browsers on this machine: they look "localhost" up for STUN not at all or to an
    /// address that ICE refuses.
    here: String,
    port: u16,
}

fn is_loopback(host: &str) -> bool {
    let bare = host.trim_matches(['[', ']']);
    bare == "localhost" || bare.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

/// This machine's first address that others can reach, if the server listens there.
fn own_address(listening: IpAddr) -> String {
    let all = if_addrs::get_if_addrs().unwrap_or_default();
    let outside = all.iter().find(|one| one.ip().is_ipv4() && !one.is_loopback() && !one.is_link_local());
    match outside {
        Some(one) if listening.is_unspecified() => one.ip().to_string(),
        _ => Ipv4Addr::LOCALHOST.to_string(),
    }
}

impl IceServers for EmbeddedIce {
    fn for_session(&self, session: SessionId, host: &str, now: Timestamp) -> Vec<IceServer> {
        let Some(turn) = &self.turn else { return Vec::new() };
        let host = self.host.as_deref().unwrap_or(if is_loopback(host) { &self.here } else { host });
        let at = format!("{host}:{}", self.port);
        let credentials = turn.credentials(session, now);
        vec![
            IceServer { urls: vec![format!("stun:{at}")], username: None, credential: None },
            IceServer {
                urls: vec![
                    format!("turn:{at}?transport=udp"),
                    format!("turn:{at}?transport=tcp"),
                    format!("turns:{at}?transport=tcp"),
                ],
                username: Some(credentials.username),
                credential: Some(credentials.password),
            },
        ]
    }
}

fn links(settings: &Settings, http: Option<u16>, https: u16, ca: Option<PathBuf>) -> Links {
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
    Links { pages, ca }
}

async fn wait_for_signal() -> Result<()> {
    let (mut terminate, mut interrupt) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
    Ok(())
}
