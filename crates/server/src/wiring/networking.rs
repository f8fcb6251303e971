//! Everything behind the one UDP port: STUN, TURN and the media server, and under which addresses they are offered.

use crate::app::{IceServers, Media, MediaNotice};
use crate::cluster::Standing;
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
        (udp, https_port): (UdpSocket, u16),
        services: &[SocketAddr],
        standing: Arc<Standing>,
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
        let media = media_io::start(&port.sender(), media, standing)
            .context("the media server could not be started")?;
        let turn = TurnSettings {
            secret: *secrets.turn.bytes(),
            realm: "visavis".to_owned(),
            relay_addresses: settings.turn.relay_addresses.clone(),
            allow_peers: settings.turn.allow_peers.clone(),
            own_services: services.to_vec(),
            media_addresses: offered,
            credential_ttl: Duration::from_secs(settings.turn.credential_ttl_s),
            allocations: turn_io::Bounds {
                per_user: settings.turn.allocations_per_session,
                per_address: settings.turn.allocations_per_address,
                all: if settings.turn.enabled { settings.turn.allocations } else { 0 },
                not_counted: settings.proxy.trusted.clone(),
            },
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
                direct: direct_addresses(settings, https_port),
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
    /// Where this server is reached past whatever is at the public name; none if the name leads to it by UDP too.
    direct: Vec<SocketAddr>,
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
        let urls = Urls::of(&format!("{host}:{}", self.port), &self.direct);
        let mut servers = vec![IceServer { urls: urls.stun, username: None, credential: None }];
        if self.relays {
            let credentials = self.turn.credentials(session, now);
            servers.push(IceServer {
                urls: urls.turn,
                username: Some(credentials.username),
                credential: Some(credentials.password),
            });
        }
        servers
    }
}

/// Where STUN and TURN are.
#[derive(Debug, PartialEq, Eq)]
struct Urls {
    stun: Vec<String>,
    turn: Vec<String>,
}

impl Urls {
    /// What is not wrapped in TLS goes to this server itself where it has addresses of its own: a balancer in front
    /// forwards no UDP, and a relay is at one server. By TLS any server is as good as another: they share the key, and
    /// the certificate is for the name.
    fn of(public: &str, direct: &[SocketAddr]) -> Self {
        let mut at: Vec<_> = direct.iter().map(SocketAddr::to_string).collect();
        if at.is_empty() {
            at.push(public.to_owned());
        }
        let mut turn: Vec<_> = ["udp", "tcp"]
            .into_iter()
            .flat_map(|transport| at.iter().map(move |at| format!("turn:{at}?transport={transport}")))
            .collect();
        turn.push(format!("turns:{public}?transport=tcp"));
        Self { stun: at.iter().map(|at| format!("stun:{at}")).collect(), turn }
    }
}

/// Of the addresses that the operator has given, the first of each kind: browsers ask all they are told.
fn direct_addresses(settings: &Settings, https_port: u16) -> Vec<SocketAddr> {
    if settings.media.addresses.is_empty() {
        return Vec::new();
    }
    let all = media_addresses(settings, https_port);
    let first = |wanted: fn(&SocketAddr) -> bool| all.iter().copied().find(wanted);
    [first(SocketAddr::is_ipv4), first(SocketAddr::is_ipv6)].into_iter().flatten().collect()
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn behind_a_balancer_only_what_is_wrapped_in_tls_is_at_the_public_name() {
        let direct = |addresses: &[&str]| {
            let direct: Vec<_> = addresses.iter().map(|one| one.parse().unwrap()).collect();
            let Urls { stun, turn } = Urls::of("meet.example:443", &direct);
            (stun, turn)
        };
        let text = |all: &[&str]| all.iter().map(|one| (*one).to_owned()).collect::<Vec<_>>();
        assert_eq!(
            direct(&[]),
            (
                text(&["stun:meet.example:443"]),
                text(&[
                    "turn:meet.example:443?transport=udp",
                    "turn:meet.example:443?transport=tcp",
                    "turns:meet.example:443?transport=tcp",
                ])
            )
        );
        assert_eq!(
            direct(&["203.0.113.7:8443", "[2001:db8::7]:8443"]),
            (
                text(&["stun:203.0.113.7:8443", "stun:[2001:db8::7]:8443"]),
                text(&[
                    "turn:203.0.113.7:8443?transport=udp",
                    "turn:[2001:db8::7]:8443?transport=udp",
                    "turn:203.0.113.7:8443?transport=tcp",
                    "turn:[2001:db8::7]:8443?transport=tcp",
                    "turns:meet.example:443?transport=tcp",
                ])
            )
        );
    }

    #[test]
    fn one_address_of_each_kind_is_enough() {
        let settings = |addresses: &str| {
            let given = [("VISAVIS_MEDIA__ADDRESSES".to_owned(), addresses.to_owned())].into();
            crate::config::load(None, given, &Vec::new()).unwrap().settings
        };
        let direct = |addresses: &str| {
            let found = direct_addresses(&settings(addresses), 8443);
            found.iter().map(SocketAddr::to_string).collect::<Vec<_>>()
        };
        assert_eq!(direct("203.0.113.7"), ["203.0.113.7:8443"]);
        assert_eq!(
            direct("2001:db8::7,203.0.113.7:10000,203.0.113.8"),
            ["203.0.113.7:10000", "[2001:db8::7]:8443"]
        );
    }

    #[test]
    fn without_given_addresses_the_public_name_leads_here() {
        let settings =
            crate::config::load(None, std::collections::HashMap::new(), &Vec::new()).unwrap().settings;
        assert!(direct_addresses(&settings, 8443).is_empty());
    }
}
