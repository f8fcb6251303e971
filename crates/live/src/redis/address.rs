//! How operators write where Redis is, and what comes of it: which machines to ask, and as whom. Nothing here
//! connects.

use super::BadRedis;
use redis::io::tcp::TcpSettings;
use redis::{
    Client, ConnectionAddr, ConnectionInfo, IntoConnectionInfo, RedisConnectionInfo, RedisResult,
    TlsCertificates,
};
use std::fmt;

const PORT: u16 = 6379;
const SENTINEL_PORT: u16 = 26379;

/// Where Redis is. It may hold a password, and is not printed.
#[derive(Clone)]
pub struct RedisAddress {
    pub(super) way: Way,
    login: RedisConnectionInfo,
    /// Authorities to trust instead of the system's, as PEM.
    authorities: Option<Vec<u8>>,
}

/// How the server is found.
#[derive(Clone)]
pub(super) enum Way {
    /// It is there.
    Single(ConnectionAddr),
    /// These know which server of this name is the master now.
    Sentinel { nodes: Vec<ConnectionAddr>, login: RedisConnectionInfo, master: String },
    /// One of these, or one that they know, has everything of an installation.
    Cluster { nodes: Vec<ConnectionAddr> },
}

impl fmt::Debug for RedisAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RedisAddress(…)")
    }
}

impl RedisAddress {
    /// Reads `redis://`, `rediss://` and `unix://` of one server, `redis+sentinel://host,host/master` and
    /// `redis+cluster://host,host`, the latter two also with `rediss`.
    ///
    /// # Errors
    /// [`BadRedis::Address`].
    pub fn parse(text: &str) -> Result<Self, BadRedis> {
        parse(text).ok_or(BadRedis::Address)
    }

    /// Trusts these authorities instead of the system's: certificates in PEM.
    ///
    /// # Errors
    /// [`BadRedis::Authorities`] if there is none, or nothing that is encrypted.
    pub fn trusting(mut self, pem: Vec<u8>) -> Result<Self, BadRedis> {
        let begins = |line: &[u8]| line.starts_with(b"-----BEGIN CERTIFICATE-----");
        let some = pem.split(|byte| *byte == b'\n').any(begins);
        self.authorities = Some(pem);
        let first = match &self.way {
            Way::Single(at) => Some(at),
            Way::Sentinel { nodes, .. } | Way::Cluster { nodes } => nodes.first(),
        };
        match first {
            Some(at @ ConnectionAddr::TcpTls { .. }) if some && self.client(at.clone()).is_ok() => Ok(self),
            _ => Err(BadRedis::Authorities),
        }
    }

    /// What connects to a server there.
    pub(super) fn client(&self, at: ConnectionAddr) -> RedisResult<Client> {
        self.client_as(at, self.login.clone())
    }

    /// What connects there as somebody else: a Sentinel has its own accounts.
    pub(super) fn client_as(&self, at: ConnectionAddr, login: RedisConnectionInfo) -> RedisResult<Client> {
        let encrypted = matches!(at, ConnectionAddr::TcpTls { .. });
        // Commands are small and waited for.
        let tcp = TcpSettings::default().set_nodelay(true);
        let at = at.into_connection_info()?.set_redis_settings(login).set_tcp_settings(tcp);
        match &self.authorities {
            Some(pem) if encrypted => {
                let root_cert = Some(pem.clone());
                Client::build_with_tls(at, TlsCertificates { client_tls: None, root_cert })
            }
            _ => Client::open(at),
        }
    }
}

fn parse(text: &str) -> Option<RedisAddress> {
    let (scheme, rest) = text.split_once("://")?;
    if rest.contains('#') {
        return None;
    }
    let (way, login) = match scheme {
        "redis" | "rediss" if !rest.contains('?') => single(text)?,
        "unix" => single(text)?,
        "redis+sentinel" => sentinel("redis", rest)?,
        "rediss+sentinel" => sentinel("rediss", rest)?,
        "redis+cluster" => cluster("redis", rest)?,
        "rediss+cluster" => cluster("rediss", rest)?,
        _ => return None,
    };
    Some(RedisAddress { way, login, authorities: None })
}

fn single(text: &str) -> Option<(Way, RedisConnectionInfo)> {
    let hosts = text.rsplit_once('@').map_or(text, |(_, hosts)| hosts);
    // The library would look for a host of that name.
    if hosts.contains(',') && !text.starts_with("unix:") {
        return None;
    }
    let one = text.into_connection_info().ok()?;
    Some((Way::Single(one.addr().clone()), one.redis_settings().clone()))
}

fn sentinel(scheme: &str, rest: &str) -> Option<(Way, RedisConnectionInfo)> {
    let (rest, query) = rest.split_once('?').unwrap_or((rest, ""));
    let (authority, path) = rest.split_once('/')?;
    let (user, hosts) = user_and_hosts(authority);
    let (master, database) = path.split_once('/').unwrap_or((path, ""));
    // As Sentinel takes them.
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || b".-_".contains(&byte);
    if master.is_empty() || !master.bytes().all(fits) {
        return None;
    }
    let nodes = nodes(scheme, hosts, SENTINEL_PORT)?;
    let way = Way::Sentinel { nodes, login: sentinel_login(query)?, master: master.to_owned() };
    Some((way, login(user, database)?))
}

fn cluster(scheme: &str, rest: &str) -> Option<(Way, RedisConnectionInfo)> {
    let (user, hosts) = user_and_hosts(rest.strip_suffix('/').unwrap_or(rest));
    // A cluster has one database.
    Some((Way::Cluster { nodes: nodes(scheme, hosts, PORT)? }, login(user, "")?))
}

fn user_and_hosts(authority: &str) -> (&str, &str) {
    authority.rsplit_once('@').unwrap_or(("", authority))
}

fn nodes(scheme: &str, hosts: &str, port: u16) -> Option<Vec<ConnectionAddr>> {
    hosts.split(',').map(|host| node(scheme, host, port)).collect()
}

/// One host, with its port or this one.
fn node(scheme: &str, host: &str, port: u16) -> Option<ConnectionAddr> {
    if host.contains(['/', '?', '@']) {
        return None;
    }
    // The colons of an IPv6 address are in brackets.
    let behind = host.rsplit_once(']').map_or(host, |(_, behind)| behind);
    let port = if behind.contains(':') { String::new() } else { format!(":{port}") };
    Some(whole(&format!("{scheme}://{host}{port}"))?.addr().clone())
}

fn login(user: &str, database: &str) -> Option<RedisConnectionInfo> {
    let at = if user.is_empty() { "" } else { "@" };
    Some(whole(&format!("redis://{user}{at}host/{database}"))?.redis_settings().clone())
}

/// `sentinel_user=NAME&sentinel_password=SECRET`, each of them if it is there.
fn sentinel_login(query: &str) -> Option<RedisConnectionInfo> {
    let (mut user, mut password) = ("", "");
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        match pair.split_once('=')? {
            ("sentinel_user", value) => user = value,
            ("sentinel_password", value) => password = value,
            _ => return None,
        }
    }
    match (user, password) {
        ("", "") => Some(RedisConnectionInfo::default()),
        (_, "") => None,
        (user, password) => login(&format!("{user}:{password}"), ""),
    }
}

fn whole(text: &str) -> Option<ConnectionInfo> {
    text.into_connection_info().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Where it leads and as whom, in words.
    fn read(text: &str) -> Option<String> {
        let address = parse(text)?;
        let list = |nodes: &[ConnectionAddr]| {
            nodes.iter().map(|node| format!("{node}{}", tls(node))).collect::<Vec<_>>().join(" ")
        };
        let way = match &address.way {
            Way::Single(at) => format!("{at}{}", tls(at)),
            Way::Cluster { nodes } => format!("cluster {}", list(nodes)),
            Way::Sentinel { nodes, login, master } => {
                format!("{master} of {} as {}", list(nodes), who(login))
            }
        };
        Some(format!("{way}, {}", who(&address.login)))
    }

    fn tls(at: &ConnectionAddr) -> &str {
        if matches!(at, ConnectionAddr::TcpTls { .. }) { "!" } else { "" }
    }

    fn who(login: &RedisConnectionInfo) -> String {
        let (user, password) = (login.username().unwrap_or("-"), login.password().unwrap_or("-"));
        format!("{user}:{password}/{}", login.db())
    }

    #[test]
    fn addresses_are_read() {
        for (text, expected) in [
            ("redis://cache", "cache:6379, -:-/0"),
            ("rediss://ana:a%40b@cache:6380/2", "cache:6380!, ana:a@b/2"),
            ("redis://:pw@[::1]:7", "::1:7, -:pw/0"),
            ("unix:///run/redis.sock?db=3", "/run/redis.sock, -:-/3"),
            ("redis+cluster://a,b:7000,[::1]", "cluster a:6379 b:7000 ::1:6379, -:-/0"),
            ("rediss+cluster://u:p,w@a:1,b:2/", "cluster a:1! b:2!, u:p,w/0"),
            ("redis+sentinel://h1,h2:5/main", "main of h1:26379 h2:5 as -:-/0, -:-/0"),
            ("rediss+sentinel://u:p@[::2]/main/4", "main of ::2:26379! as -:-/0, u:p/4"),
            (
                "redis+sentinel://h/main?sentinel_user=s&sentinel_password=%3D",
                "main of h:26379 as s:=/0, -:-/0",
            ),
            ("redis+sentinel://h/main?sentinel_password=x", "main of h:26379 as -:x/0, -:-/0"),
        ] {
            assert_eq!(read(text).as_deref(), Some(expected), "{text}");
        }
    }

    #[test]
    fn what_is_no_address_is_refused() {
        for text in [
            "",
            "cache:6379",
            "http://cache",
            "redis://",
            "redis://a,b",
            "redis://cache/one",
            "redis://cache?db=1",
            "rediss://cache#insecure",
            "redis+cluster://",
            "redis+cluster://a,",
            "redis+cluster://a,b/1",
            "redis+cluster://a?x=1",
            "redis+sentinel://h1,h2",
            "redis+sentinel://h1/",
            "redis+sentinel://h1/ma%20in",
            "redis+sentinel://h1/main/one",
            "redis+sentinel://h1/main?other=1",
            "redis+sentinel://h1/main?sentinel_user=s",
            "redis+sentinel://h1:port/main",
        ] {
            assert_eq!(read(text), None, "{text:?}");
        }
    }

    #[test]
    fn authorities_are_for_what_is_encrypted() {
        let pem = b"-----BEGIN CERTIFICATE-----\n!\n-----END CERTIFICATE-----\n".to_vec();
        for (text, pem) in
            [("redis://cache", &pem), ("rediss://cache", &b"no".to_vec()), ("rediss://cache", &pem)]
        {
            let address = RedisAddress::parse(text).expect("an address");
            assert!(matches!(address.trusting(pem.clone()), Err(BadRedis::Authorities)), "{text}");
        }
    }
}
