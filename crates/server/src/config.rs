//! Settings: one typed tree, filled from defaults, a file, the environment and flags, in rising order.
//!
//! The defaults are the commented file `config/default.toml`, so that what is documented is what holds.

mod load;
mod mail;

pub(crate) use load::{DEFAULT_FILE, Loaded, Overrides, load, public_part};
pub(crate) use mail::{MailLine, MailServer};

use ipnet::IpNet;
use serde::{Deserialize, Deserializer};
use std::net::{IpAddr, SocketAddr};
use std::num::NonZeroU32;
use std::path::{Path, PathBuf};
use url::Url;

/// Everything an operator can set; see `config/default.toml` for what each means.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Settings {
    pub(crate) data: PathBuf,
    keys: PathBuf,
    #[serde(deserialize_with = "address_or_off")]
    pub(crate) http: Option<SocketAddr>,
    pub(crate) https: SocketAddr,
    #[serde(deserialize_with = "url_or_nothing")]
    pub(crate) public_url: Option<Url>,
    pub(crate) database: Hidden,
    pub(crate) database_connections: NonZeroU32,
    pub(crate) database_wait_s: u64,
    pub(crate) redis: Hidden,
    pub(crate) redis_name: String,
    pub(crate) redis_ca: PathBuf,
    pub(crate) tls: Tls,
    pub(crate) limits: Limits,
    pub(crate) accounts: Accounts,
    pub(crate) oidc: Oidc,
    pub(crate) rooms: Rooms,
    pub(crate) desks: Desks,
    pub(crate) lounge: Lounge,
    pub(crate) appointments: Appointments,
    pub(crate) history: History,
    pub(crate) smtp: Smtp,
    pub(crate) webhooks: Webhooks,
    pub(crate) session: Session,
    pub(crate) peerjs: PeerJs,
    pub(crate) drain: Drain,
    pub(crate) media: Media,
    pub(crate) turn: Turn,
    pub(crate) metrics: Metrics,
    pub(crate) log: Log,
    pub(crate) proxy: Proxy,
}

impl Settings {
    /// Where the installation's keys are.
    pub(crate) fn keys(&self) -> &Path {
        if self.keys.as_os_str().is_empty() { &self.data } else { &self.keys }
    }
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Tls {
    pub(crate) mode: TlsMode,
    pub(crate) certificate: PathBuf,
    pub(crate) key: PathBuf,
    pub(crate) domains: Vec<String>,
    pub(crate) contact: String,
    pub(crate) directory: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum TlsMode {
    LocalCa,
    Files,
    Acme,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Limits {
    pub(crate) connections_per_address: u32,
    pub(crate) connections: u32,
    pub(crate) requests_per_address: NonZeroU32,
    pub(crate) header_timeout_s: u64,
    pub(crate) request_timeout_s: u64,
    pub(crate) body_bytes: usize,
    pub(crate) tickets_per_minute: NonZeroU32,
    pub(crate) rooms_per_minute: NonZeroU32,
    pub(crate) rings_per_minute: NonZeroU32,
    pub(crate) guest_rings_per_minute: NonZeroU32,
    pub(crate) guest_messages_per_minute: NonZeroU32,
    pub(crate) key_requests_per_minute: NonZeroU32,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Accounts {
    pub(crate) idle_s: u64,
    pub(crate) longest_s: u64,
    pub(crate) wrong_window_s: u64,
    pub(crate) wrong_tries: NonZeroU32,
    pub(crate) wrong_per_network: NonZeroU32,
    pub(crate) wrong_per_account: NonZeroU32,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Oidc {
    #[serde(deserialize_with = "url_or_nothing")]
    pub(crate) issuer: Option<Url>,
    pub(crate) client_id: String,
    pub(crate) client_secret: Hidden,
    pub(crate) name: String,
    pub(crate) create_accounts: bool,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Lounge {
    pub(crate) open_to: LoungeOpenTo,
    pub(crate) room_people: NonZeroU32,
    pub(crate) away_after_s: u32,
    pub(crate) removed_for_s: u64,
    pub(crate) keep_days: u32,
    pub(crate) file_bytes: u64,
    pub(crate) files_bytes: u64,
    pub(crate) person_files_bytes: u64,
    pub(crate) guests_files_bytes: u64,
}

/// Who may come into the lounge.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum LoungeOpenTo {
    Anyone,
    Accounts,
}

/// A value that is never printed.
#[derive(Clone, Default, Deserialize)]
#[serde(transparent)]
pub(crate) struct Hidden(String);

impl Hidden {
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for Hidden {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(if self.0.is_empty() { "Hidden()" } else { "Hidden(…)" })
    }
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Rooms {
    pub(crate) max_people: NonZeroU32,
    pub(crate) promote_at: u32,
    pub(crate) demote_after_s: u64,
    pub(crate) opened_by: RoomsOpenedBy,
    pub(crate) remember_s: u64,
    pub(crate) file_bytes: u64,
}

/// Who may open rooms.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum RoomsOpenedBy {
    Anyone,
    Staff,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Desks {
    pub(crate) queue: usize,
    pub(crate) queue_per_address: usize,
    pub(crate) rings_per_address: usize,
    pub(crate) ring_s: u64,
    pub(crate) ring_again_after_s: u64,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Appointments {
    pub(crate) open_before_s: u64,
    pub(crate) close_after_s: u64,
    pub(crate) keep_days: u32,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct History {
    pub(crate) keep_days: u32,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Smtp {
    /// Read by [`MailServer::parse`].
    pub(crate) url: Hidden,
    pub(crate) from: String,
    pub(crate) replies: Replies,
    pub(crate) timeout_s: u64,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Webhooks {
    pub(crate) allow_addresses: Vec<IpNet>,
    pub(crate) allow_http: bool,
    pub(crate) keep_days: NonZeroU32,
}

/// Whom answers to mail reach.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Replies {
    Professional,
    Sender,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Media {
    pub(crate) addresses: Vec<Reachable>,
    pub(crate) workers: usize,
    pub(crate) congestion_control: bool,
}

/// An address, and the port where it is another one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Reachable {
    pub(crate) address: IpAddr,
    pub(crate) port: Option<u16>,
}

impl<'de> Deserialize<'de> for Reachable {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let whole = text.parse().map(|at: SocketAddr| Self { address: at.ip(), port: Some(at.port()) });
        let bare = || text.parse().map(|address| Self { address, port: None });
        whole.or_else(|_| bare()).map_err(|_| {
            serde::de::Error::custom(format!(
                "\"{text}\" is not an address such as \"203.0.113.7\" or \"203.0.113.7:443\""
            ))
        })
    }
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Session {
    pub(crate) grace_ms: u64,
    pub(crate) closed_grace_ms: u64,
    pub(crate) outbox_bytes: usize,
    pub(crate) frames_per_second: NonZeroU32,
    pub(crate) frames_burst: NonZeroU32,
    pub(crate) allowed_origins: Vec<String>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct PeerJs {
    pub(crate) enabled: bool,
    pub(crate) discovery: bool,
    pub(crate) origins: Vec<String>,
    pub(crate) ids: NonZeroU32,
    pub(crate) grace_s: u64,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Drain {
    pub(crate) after_s: u64,
    pub(crate) over_s: u64,
    pub(crate) at_most_s: u64,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Turn {
    pub(crate) enabled: bool,
    pub(crate) relay_addresses: Vec<IpAddr>,
    pub(crate) allow_peers: Vec<IpNet>,
    pub(crate) credential_ttl_s: u64,
    pub(crate) allocations_per_session: u32,
    pub(crate) allocations_per_address: u32,
    pub(crate) allocations: u32,
    pub(crate) bytes_per_second: u64,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Metrics {
    #[serde(deserialize_with = "address_or_off")]
    pub(crate) address: Option<SocketAddr>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Log {
    pub(crate) filter: String,
    pub(crate) format: LogFormat,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum LogFormat {
    Auto,
    Human,
    Json,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Proxy {
    pub(crate) trusted: Vec<IpNet>,
}

fn address_or_off<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<SocketAddr>, D::Error> {
    let text = String::deserialize(deserializer)?;
    if text == "off" {
        return Ok(None);
    }
    text.parse().map(Some).map_err(|_| {
        serde::de::Error::custom(format!(
            "\"{text}\" is not an address and a port, such as \"127.0.0.1:8080\" or \"[::]:8443\", nor \"off\""
        ))
    })
}

fn url_or_nothing<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Url>, D::Error> {
    let text = String::deserialize(deserializer)?;
    if text.is_empty() {
        return Ok(None);
    }
    match Url::parse(&text) {
        Ok(url) if url.scheme() == "https" && url.host().is_some() => Ok(Some(url)),
        _ => Err(serde::de::Error::custom(format!(
            "\"{text}\" is not an address such as \"https://visavis.example.org\""
        ))),
    }
}
