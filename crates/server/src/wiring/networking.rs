//! Everything behind the one UDP port: STUN, TURN and the media server, and under which addresses they are offered.

use crate::app::{IceServers, Media, MediaNotice};
use crate::config::Settings;
use crate::listen::Streams;
use crate::media_io::{self, Addresses, MediaSettings};
use crate::port::Port;
use crate::secrets::Secrets;
use crate::turn_io::{self, TurnHandle, TurnSettings};
use anyhow::{Context, Result};
use std::net::{IpAddr, Ipv4Addr, SocketAddr, UdpSocket};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc::Receiver;
use visavis_domain::ids::SessionId;
use visavis_domain::time::Timestamp;
use visavis_protocol::IceServer;

/// Started, as the rest sees it.
pub(super) struct Networking {
    pub(super) media: Arc<dyn Media>,
    pub(super) notices: Receiver<MediaNotice>,
    pub(super) ice: Arc<dyn IceServers>,
    pub(super) turn: TurnHandle,
    /// For streams that carry STUN and TURN.
    pub(super) stun: Arc<dyn Streams>,
    /// For streams that carry media.
    pub(super) streams: Arc<dyn Streams>,
}

impl Networking {
    pub(super) fn start(
        settings: &Settings,
        secrets: &Secrets,
        udp: UdpSocket,
        https_port: u16,
        services: &[SocketAddr],
    ) -> Result<Self> {
        let port = Port::new(udp).context("the UDP port of https cannot be used")?;
        let offered = media_addresses(settings, https_port);
        let workers = match settings.media.workers {
            0 => std::thread::available_parallelism().map_or(1, |cores| cores.get().saturating_sub(1)),
            workers => workers,
        };
        let media = MediaSettings {
            addresses: Addresses::new(offered.clone()),
            workers,
            congestion_control: settings.media.congestion_control,
        };
        let media =
            media_io::start(&port.sender(), media).context("the media server could not be started")?;
        let turn = TurnSettings {
            secret: *secrets.turn.bytes(),
            realm: "visavis".to_owned(),
            relay_addresses: settings.turn.relay_addresses.clone(),
            allow_peers: settings.turn.allow_peers.clone(),
            own_services: services.to_vec(),
            media_addresses: offered,
            credential_ttl: Duration::from_secs(settings.turn.credential_ttl_s),
            allocations_per_user: settings.turn.allocations_per_session,
            allocations: if settings.turn.enabled { settings.turn.allocations } else { 0 },
            bytes_per_second: settings.turn.bytes_per_second,
        };
        let turn = turn_io::start(port, media.packets, turn).context("turn could not be started")?;
        let public = settings.public_url.as_ref();
        Ok(Self {
            media: media.handle,
            notices: media.notices,
            ice: Arc::new(EmbeddedIce {
                turn: turn.clone(),
                relays: settings.turn.enabled,
                address: settings.turn.address.clone(),
                host: public.and_then(|url| url.host_str()).map(str::to_owned),
                here: own_address(settings.https.ip()),
                port: public.and_then(url::Url::port_or_known_default).unwrap_or(https_port),
            }),
            turn: turn.clone(),
            stun: Arc::new(turn),
            streams: media.streams,
        })
    }
}

/// STUN and TURN of this server, on its one port.
struct EmbeddedIce {
    turn: TurnHandle,
    /// Whether TURN is offered too.
    relays: bool,
    /// Of this server alone, host and port, if it is not reached under everybody's name.
    address: Option<String>,
    /// The public name, if there is one.
    host: Option<String>,
    /// What is offered to browsers on this machine: they look "localhost" up for STUN not at all or to an
    /// address that ICE refuses.
    here: String,
    port: u16,
}

impl IceServers for EmbeddedIce {
    fn for_session(&self, session: SessionId, host: &str, now: Timestamp) -> Vec<IceServer> {
        let host = self.host.as_deref().unwrap_or(if is_loopback(host) { &self.here } else { host });
        let at = self.address.clone().unwrap_or_else(|| format!("{host}:{}", self.port));
        let mut servers =
            vec![IceServer { urls: vec![format!("stun:{at}")], username: None, credential: None }];
        if self.relays {
            let credentials = self.turn.credentials(session, now);
            servers.push(IceServer {
                urls: vec![
                    format!("turn:{at}?transport=udp"),
                    format!("turn:{at}?transport=tcp"),
                    format!("turns:{at}?transport=tcp"),
                ],
                username: Some(credentials.username),
                credential: Some(credentials.password),
            });
        }
        servers
    }
}

fn is_loopback(host: &str) -> bool {
    let bare = host.trim_matches(['[', ']']);
    bare == "localhost" || bare.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

/// This machine's addresses that others can reach.
fn outside_addresses() -> impl Iterator<Item = IpAddr> {
    let all = if_addrs::get_if_addrs().unwrap_or_default();
    all.into_iter().filter(|one| !one.is_loopback() && !one.is_link_local()).map(|one| one.ip())
}

/// The first of them, if the server listens there.
fn own_address(listening: IpAddr) -> String {
    match outside_addresses().find(IpAddr::is_ipv4) {
        Some(address) if listening.is_unspecified() => address.to_string(),
        _ => Ipv4Addr::LOCALHOST.to_string(),
    }
}

/// Where participants reach the media server.
fn media_addresses(settings: &Settings, https_port: u16) -> Vec<SocketAddr> {
    let given = settings.media.addresses.iter();
    let given: Vec<_> =
        given.map(|one| SocketAddr::new(one.address, one.port.unwrap_or(https_port))).collect();
    if !given.is_empty() {
        return given;
    }
    let listening = settings.https.ip();
    if !listening.is_unspecified() {
        return vec![SocketAddr::new(listening, https_port)];
    }
    let usable = |address: &IpAddr| address.is_ipv4() || listening.is_ipv6();
    let found: Vec<_> =
        outside_addresses().filter(usable).map(|address| SocketAddr::new(address, https_port)).collect();
    if found.is_empty() { vec![SocketAddr::new(Ipv4Addr::LOCALHOST.into(), https_port)] } else { found }
}
