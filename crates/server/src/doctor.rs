//! `visavis doctor`: what would keep the server from working here, and what to do about it.

use crate::config::{Settings, TlsMode};
use crate::secrets::{Secrets, make_private};
use anyhow::Result;
use std::fmt;
use std::net::{SocketAddr, TcpListener, UdpSocket};

/// One thing looked at.
#[derive(Debug)]
pub(crate) struct Finding {
    what: String,
    /// What to do, if it is not fine.
    advice: Option<String>,
}

impl Finding {
    pub(crate) fn is_fine(&self) -> bool {
        self.advice.is_none()
    }

    fn fine(what: impl Into<String>) -> Self {
        Self { what: what.into(), advice: None }
    }

    fn wrong(what: impl Into<String>, advice: impl Into<String>) -> Self {
        Self { what: what.into(), advice: Some(advice.into()) }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.advice {
            None => write!(f, "ok     {}", self.what),
            Some(advice) => write!(f, "wrong  {}\n       {advice}", self.what),
        }
    }
}

/// What trying other servers came to: opening the database, asking Redis and saying hello to the mail server, if there
/// are these two.
pub(crate) struct Tried {
    pub(crate) database: Result<String>,
    pub(crate) redis: Option<Result<String>>,
    pub(crate) mail: Option<Result<String>>,
}

/// Looks at everything that can be looked at without a running server.
pub(crate) fn examine(settings: &Settings, tried: Tried) -> Vec<Finding> {
    let mut findings = vec![data(settings), keys(settings), found(tried.database)];
    findings.extend(tried.redis.map(asked));
    if let Some(http) = settings.http {
        findings.push(tcp("http", http));
    }
    findings.push(tcp("https", settings.https));
    findings.push(udp(settings.https));
    findings.extend(settings.metrics.address.map(|address| tcp("metrics.address", address)));
    findings.extend(certificate(settings));
    findings.extend(tried.mail.map(greeted));
    findings.push(addresses());
    findings
}

fn data(settings: &Settings) -> Finding {
    let shown = settings.data.display();
    match make_private(&settings.data) {
        Ok(()) => Finding::fine(format!("data: {shown} is there")),
        Err(error) => Finding::wrong(
            format!("data: {error:#}"),
            "Give another directory with --data, or give this user the right to write there.",
        ),
    }
}

fn keys(settings: &Settings) -> Finding {
    let shown = settings.keys().display();
    match Secrets::load_or_create(settings.keys()) {
        Ok(_) => Finding::fine(format!("keys: {shown} holds them")),
        Err(error) => Finding::wrong(
            format!("keys: {error:#}"),
            "Set keys to a folder that holds all of them, made with `visavis keys init DIR`, or to \"\" for the data \
             directory; this user has to be able to read them.",
        ),
    }
}

fn found(database: Result<String>) -> Finding {
    match database {
        Ok(what) => Finding::fine(format!("database: {what}")),
        Err(error) => Finding::wrong(
            format!("database: {error:#}"),
            "Accounts, desks and history are kept there; the server does not start without it.",
        ),
    }
}

fn asked(redis: Result<String>) -> Finding {
    match redis {
        Ok(what) => Finding::fine(format!("redis: {what}")),
        Err(error) => Finding::wrong(
            format!("redis: {error:#}"),
            "Set redis to one of this installation that answers, never evicts and has the right time, or to \"\" for this \
             process's memory; the server does not start while it cannot use it.",
        ),
    }
}

fn greeted(mail: Result<String>) -> Finding {
    match mail {
        Ok(what) => Finding::fine(format!("smtp: {what}")),
        Err(error) => Finding::wrong(
            format!("smtp: {error:#}"),
            "Mail about appointments waits, and is given up after a day; set smtp.url to a mail server that lets \
             this one in, or to \"\" to send none.",
        ),
    }
}

fn tcp(key: &str, address: SocketAddr) -> Finding {
    match TcpListener::bind(address) {
        Ok(_) => Finding::fine(format!("{key}: TCP {address} is free")),
        Err(error) => Finding::wrong(
            format!("{key}: TCP {address}: {error}"),
            "End what uses it (it may be this server, already running), or set another address.",
        ),
    }
}

fn udp(address: SocketAddr) -> Finding {
    match UdpSocket::bind(address) {
        Ok(_) => Finding::fine(format!("https: UDP {address} is free")),
        Err(error) => Finding::wrong(
            format!("https: UDP {address}: {error}"),
            "Calls need it for STUN and TURN: end what uses it, or set another address.",
        ),
    }
}

fn certificate(settings: &Settings) -> Option<Finding> {
    match settings.tls.mode {
        TlsMode::LocalCa => Some(Finding::fine(
            "tls: certificates come from the local authority; other devices must trust its ca.pem",
        )),
        TlsMode::Acme if settings.https.port() != 443 => Some(Finding::wrong(
            "tls: ACME validates on port 443 only",
            "Set https = \"[::]:443\", or have port 443 of the public address forwarded here.",
        )),
        TlsMode::Acme => None,
        TlsMode::Files => {
            let missing =
                [&settings.tls.certificate, &settings.tls.key].into_iter().find(|path| !path.is_file());
            Some(match missing {
                None => Finding::fine("tls: certificate and key are there"),
                Some(path) => Finding::wrong(
                    format!("tls: {} is not a file", path.display()),
                    "Set tls.certificate and tls.key to PEM files.",
                ),
            })
        }
    }
}

fn addresses() -> Finding {
    let all = if_addrs::get_if_addrs().unwrap_or_default();
    let outside: Vec<_> = all
        .iter()
        .filter(|one| !one.is_loopback() && !one.is_link_local())
        .map(|one| one.ip().to_string())
        .collect();
    if outside.is_empty() {
        return Finding::wrong(
            "addresses: this machine has none but loopback",
            "Calls work on this machine alone until it is on a network.",
        );
    }
    Finding::fine(format!("addresses: {}", outside.join(", ")))
}
