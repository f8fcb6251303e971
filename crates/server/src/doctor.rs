//! `visavis doctor`: what would keep the server from working here, and what to do about it.

mod outside;

pub(crate) use outside::examine as examine_outside;

use crate::config::{Settings, TlsMode};
use crate::secrets::Secrets;
use crate::tls;
use anyhow::Result;
use std::io::ErrorKind;
use std::net::{IpAddr, SocketAddr, TcpListener, UdpSocket};
use std::{fmt, fs};
use time::OffsetDateTime;
use url::Url;

/// A given certificate that ends sooner is worth a word: those that are renewed by themselves are by then.
const ENDS_SOON: time::Duration = time::Duration::days(14);

/// One thing looked at.
#[derive(Debug)]
pub(crate) struct Finding {
    what: String,
    rank: Rank,
}

#[derive(Debug)]
enum Rank {
    Fine,
    /// Fine too, if it is meant so.
    Note(String),
    /// With what to do.
    Wrong(String),
}

impl Finding {
    /// Whether the server would work as it is.
    pub(crate) fn is_fine(&self) -> bool {
        !matches!(self.rank, Rank::Wrong(_))
    }

    fn fine(what: impl Into<String>) -> Self {
        Self { what: what.into(), rank: Rank::Fine }
    }

    fn note(what: impl Into<String>, advice: impl Into<String>) -> Self {
        Self { what: what.into(), rank: Rank::Note(advice.into()) }
    }

    fn wrong(what: impl Into<String>, advice: impl Into<String>) -> Self {
        Self { what: what.into(), rank: Rank::Wrong(advice.into()) }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.rank {
            Rank::Fine => write!(f, "ok     {}", self.what),
            Rank::Note(advice) => write!(f, "note   {}\n       {advice}", self.what),
            Rank::Wrong(advice) => write!(f, "wrong  {}\n       {advice}", self.what),
        }
    }
}

/// What trying other servers came to: opening the database, asking Redis and saying hello to the mail server, if there
/// are these two.
pub(crate) struct Tried {
    pub(crate) database: Result<DatabaseSeen>,
    pub(crate) redis: Option<Result<String>>,
    pub(crate) mail: Option<Result<String>>,
}

/// What a database comes to that can be used, or will be once the server has started.
pub(crate) enum DatabaseSeen {
    /// It is as it should be.
    Whole(String),
    /// The next start makes something of it.
    Coming(String),
}

/// Looks at everything that can be looked at without a running server. Makes and changes nothing: it may be asked as
/// another user than the server will be, or by another version.
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
    let own = own_addresses();
    findings.push(addresses(&own));
    findings.extend(public(settings, &own));
    findings
}

fn data(settings: &Settings) -> Finding {
    let shown = settings.data.display();
    match fs::metadata(&settings.data) {
        Ok(there) if there.is_dir() => Finding::fine(format!("data: {shown} is there")),
        Ok(_) => Finding::wrong(format!("data: {shown} is no folder"), "Give another one with --data."),
        Err(error) if error.kind() == ErrorKind::NotFound => Finding::note(
            format!("data: {shown} is not there"),
            "The first start makes it, if the server's user may. If it was started before, say --data or --config as then.",
        ),
        Err(error) => Finding::wrong(
            format!("data: {shown}: {error}"),
            "Give another directory with --data, or let this user look there.",
        ),
    }
}

fn keys(settings: &Settings) -> Finding {
    let shown = settings.keys().display();
    let missing = Secrets::missing(settings.keys());
    if !missing.is_empty() {
        return Finding::note(
            format!("keys: {shown} has no {}", missing.join(", ")),
            "The next start draws what is missing. Several servers need the same: make them with `visavis keys init DIR`.",
        );
    }
    match Secrets::load(settings.keys()) {
        Ok(_) => Finding::fine(format!("keys: {shown} holds them")),
        Err(error) => Finding::wrong(
            format!("keys: {error:#}"),
            "Set keys to a folder that holds all of them, made with `visavis keys init DIR`, or to \"\" for the data \
             directory; the server's user has to be able to read them.",
        ),
    }
}

fn found(database: Result<DatabaseSeen>) -> Finding {
    match database {
        Ok(DatabaseSeen::Whole(what)) => Finding::fine(format!("database: {what}")),
        Ok(DatabaseSeen::Coming(what)) => Finding::note(
            format!("database: {what}"),
            "Before a start that brings tables up to date, make a backup.",
        ),
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

fn certificate(settings: &Settings) -> Vec<Finding> {
    match settings.tls.mode {
        TlsMode::LocalCa => vec![Finding::fine(
            "tls: certificates come from the local authority; other devices must trust its ca.pem",
        )],
        TlsMode::Acme => fetched(settings),
        TlsMode::Files => given(settings),
    }
}

fn fetched(settings: &Settings) -> Vec<Finding> {
    let mut findings = Vec::new();
    if settings.https.port() != 443 {
        findings.push(Finding::note(
            format!("tls: ACME validates on port 443 only, and https is port {}", settings.https.port()),
            "Have port 443 of the public address forwarded here, or set https = \"[::]:443\".",
        ));
    }
    let domains = &settings.tls.domains;
    if let Some(host) =
        public_host(settings).filter(|host| !domains.iter().any(|one| one.eq_ignore_ascii_case(host)))
    {
        findings.push(Finding::wrong(
            format!("tls: {host}, the name in public_url, is not among tls.domains"),
            "Certificates are fetched for those names alone: add it.",
        ));
    }
    findings
}

fn given(settings: &Settings) -> Vec<Finding> {
    let (now, tls) = (OffsetDateTime::now_utc(), &settings.tls);
    match tls::given(&tls.certificate, &tls.key, public_host(settings), now) {
        Err(error) => vec![Finding::wrong(
            format!("tls: {error:#}"),
            "Set tls.certificate to a PEM file of the certificate for the public name and its chain, and tls.key to that \
             of its key; new files are read within a minute.",
        )],
        Ok(given) => {
            let ends = given.until.date();
            let mut findings = vec![if given.until - now < ENDS_SOON {
                Finding::note(
                    format!("tls: the certificate ends on {ends}"),
                    "Have it renewed; new files are read within a minute.",
                )
            } else {
                Finding::fine(format!("tls: the certificate holds until {ends}"))
            }];
            if !given.chained {
                findings.push(Finding::note(
                    "tls: the certificate comes without its chain",
                    "Some browsers will not trust it: put the certificates between it and its authority after it.",
                ));
            }
            findings
        }
    }
}

fn public_host(settings: &Settings) -> Option<&str> {
    settings.public_url.as_ref().and_then(Url::host_str)
}

fn own_addresses() -> Vec<IpAddr> {
    let all = if_addrs::get_if_addrs().unwrap_or_default();
    let outside = all.iter().filter(|one| !one.is_loopback() && !one.is_link_local());
    outside.map(if_addrs::Interface::ip).collect()
}

fn addresses(own: &[IpAddr]) -> Finding {
    if own.is_empty() {
        return Finding::wrong(
            "addresses: this machine has none but loopback",
            "Calls work on this machine alone until it is on a network.",
        );
    }
    Finding::fine(format!("addresses: {}", listed(own)))
}

/// Where the public name leads.
fn public(settings: &Settings, own: &[IpAddr]) -> Option<Finding> {
    let url = settings.public_url.as_ref()?;
    let found = url.socket_addrs(|| None);
    let found = found.map(|all| all.iter().map(SocketAddr::ip).collect::<Vec<_>>());
    let given: Vec<_> = settings.media.addresses.iter().map(|one| one.address).collect();
    Some(leads(url.host_str().unwrap_or_default(), found, own, &given))
}

/// Whether a name leads to this machine, or to an address that media is sent to. Elsewhere there may be a balancer.
fn leads(host: &str, found: std::io::Result<Vec<IpAddr>>, own: &[IpAddr], given: &[IpAddr]) -> Finding {
    let found = match found {
        Ok(found) => found,
        Err(error) => {
            return Finding::wrong(
                format!("public_url: {host} is not found: {error}"),
                "Have the name lead to this machine, or to what stands in front of it.",
            );
        }
    };
    let shown = listed(&found);
    if found.iter().any(|one| given.contains(one)) {
        return Finding::fine(format!("public_url: {host} leads to {shown}, as media.addresses says"));
    }
    if !found.iter().any(|one| own.contains(one) || one.is_loopback()) {
        let advice = match given {
            [] => {
                "Right behind a router or a balancer. Media is then told to be at this machine's own addresses: set \
                 media.addresses to what people reach."
            }
            _ => "Right behind a balancer; media goes to media.addresses directly.",
        };
        return Finding::note(format!("public_url: {host} leads to {shown}, not to this machine"), advice);
    }
    Finding::fine(format!("public_url: {host} leads to {shown}, this machine"))
}

fn listed(addresses: &[IpAddr]) -> String {
    let mut shown: Vec<_> = addresses.iter().map(ToString::to_string).collect();
    shown.dedup();
    shown.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_leads_here_or_to_where_media_is_or_to_something_in_front() {
        let all = |texts: &[&str]| texts.iter().map(|text| text.parse().unwrap()).collect::<Vec<IpAddr>>();
        let own = all(&["10.0.0.7", "2001:db8::7"]);
        for (found, given, start, word) in [
            (&["2001:db8::7", "192.0.2.1"][..], &[][..], "ok", "this machine"),
            (&["127.0.0.1"], &[], "ok", "this machine"),
            (&["203.0.113.7"], &["203.0.113.7"], "ok", "media.addresses"),
            (&["203.0.113.7"], &[], "note", "set media.addresses"),
            (&["203.0.113.7"], &["203.0.113.8"], "note", "balancer"),
        ] {
            let finding = leads("visavis.example.org", Ok(all(found)), &own, &all(given));
            let text = finding.to_string();
            assert!(finding.is_fine() && text.starts_with(start) && text.contains(word), "{text}");
        }
        let nowhere = leads("visavis.example.org", Err(ErrorKind::NotFound.into()), &own, &[]);
        assert!(!nowhere.is_fine(), "{nowhere}");
    }
}
