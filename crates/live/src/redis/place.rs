//! Where the one server is that has everything now. Asked at every connect, for it moves: Sentinel makes a replica
//! the master, a cluster moves slots. All names of an installation share one hash tag, so also in a cluster there is
//! one. Whoever is connected to another one hears when this one has been found.

use super::address::{RedisAddress, Way};
use redis::aio::MultiplexedConnection;
use redis::{
    AsyncConnectionConfig, Client, ConnectionAddr, ErrorKind, RedisConnectionInfo, RedisError, RedisResult,
    ServerErrorKind, cmd,
};
use std::future::Future;
use std::sync::Arc;
use tokio::sync::watch;

/// How often a cluster may send from node to node before its slots count as unsettled.
const HOPS: usize = 4;

pub(super) struct Place {
    address: RedisAddress,
    /// A name that lies where all of the installation's lie.
    name: String,
    /// Which server it was last.
    found: watch::Sender<Option<Arc<str>>>,
}

/// The server as it was found.
#[derive(Clone)]
pub(super) struct Found {
    pub(super) client: Client,
    /// What it calls itself: it can have several addresses.
    id: Arc<str>,
}

impl Place {
    pub(super) fn new(address: RedisAddress, name: String) -> Self {
        Self { address, name, found: watch::Sender::new(None) }
    }

    /// How the server is found, for people.
    pub(super) fn mode(&self) -> RedisMode {
        match &self.address.way {
            Way::Single(_) => RedisMode::Single,
            Way::Sentinel { .. } => RedisMode::Sentinel,
            Way::Cluster { .. } => RedisMode::Cluster,
        }
    }

    /// Asks where it is. Takes as long as the slowest; the caller has a limit.
    pub(super) async fn find(&self) -> RedisResult<Found> {
        let found = match &self.address.way {
            Way::Single(at) => Found { client: self.address.client(at.clone())?, id: "".into() },
            Way::Sentinel { nodes, login, master } => {
                first(nodes.iter().map(|node| self.master(node, login, master))).await?
            }
            Way::Cluster { nodes } => first(nodes.iter().map(|node| self.owner(node))).await?,
        };
        self.found.send_if_modified(|known| {
            let moved = known.as_ref() != Some(&found.id);
            if moved {
                *known = Some(found.id.clone());
            }
            moved
        });
        Ok(found)
    }

    /// Whether it was this one last.
    pub(super) fn is(&self, found: &Found) -> bool {
        self.found.borrow().as_ref() == Some(&found.id)
    }

    /// Waits until another one is found.
    pub(super) async fn left(&self, found: &Found) {
        // It cannot end while we are here.
        let _ = self.found.subscribe().wait_for(|id| id.as_ref() != Some(&found.id)).await;
    }

    /// The master as this Sentinel has it, which may have heard late: it has to say that it is one.
    async fn master(
        &self,
        node: &ConnectionAddr,
        login: &RedisConnectionInfo,
        master: &str,
    ) -> RedisResult<Found> {
        let sentinel = self.address.client_as(node.clone(), login.clone())?;
        let mut asked = cmd("SENTINEL");
        asked.arg("GET-MASTER-ADDR-BY-NAME").arg(master);
        let known: Option<(String, u16)> = asked.query_async(&mut connect(&sentinel).await?).await?;
        let (host, port) = known.ok_or(unsettled("no such master"))?;
        let client = self.address.client(like(node, host, port))?;
        let info: redis::InfoDict = cmd("INFO").query_async(&mut connect(&client).await?).await?;
        match (info.get::<String>("role").as_deref(), info.get::<String>("run_id")) {
            (Some("master"), Some(id)) => Ok(Found { client, id: id.into() }),
            _ => Err(unsettled("no master any more")),
        }
    }

    /// The node that has the names, as this one has it.
    async fn owner(&self, node: &ConnectionAddr) -> RedisResult<Found> {
        let mut at = node.clone();
        for _ in 0..HOPS {
            let client = self.address.client(at.clone())?;
            let mut connection = connect(&client).await?;
            // A replica sends to its master.
            let here = cmd("EXISTS").arg(&self.name).query_async::<u8>(&mut connection).await;
            let Err(moved) = here else {
                let id: String = cmd("CLUSTER").arg("MYID").query_async(&mut connection).await?;
                return Ok(Found { client, id: id.into() });
            };
            if moved.kind() != ErrorKind::Server(ServerErrorKind::Moved) {
                return Err(moved);
            }
            at = moved.redirect_node().and_then(|(to, _)| elsewhere(&at, to)).ok_or(moved)?;
        }
        Err(unsettled("sent around"))
    }
}

/// How a server is found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RedisMode {
    /// At one address.
    Single,
    /// Sentinels say which server is the master.
    Sentinel,
    /// The nodes of a cluster say which of them has everything of the installation.
    Cluster,
}

/// The first that succeeds, or how the last failed: one that does not answer holds nobody up.
async fn first<F: Future<Output = RedisResult<Found>> + Send>(
    all: impl Iterator<Item = F>,
) -> RedisResult<Found> {
    // There is at least one: addresses without hosts are refused.
    Ok(futures_util::future::select_ok(all.map(Box::pin)).await?.0)
}

/// A connection for commands. The limits are those of whoever uses it.
pub(super) async fn connect(client: &Client) -> RedisResult<MultiplexedConnection> {
    let config = AsyncConnectionConfig::new().set_connection_timeout(None).set_response_timeout(None);
    client.get_multiplexed_async_connection_with_config(&config).await
}

/// Another machine, with or without TLS as this one.
fn like(node: &ConnectionAddr, host: String, port: u16) -> ConnectionAddr {
    match node {
        ConnectionAddr::TcpTls { .. } => {
            ConnectionAddr::TcpTls { host, port, insecure: false, tls_params: None }
        }
        _ => ConnectionAddr::Tcp(host, port),
    }
}

/// Where a node of a cluster sends to: `host:port`; without a host it is the same.
fn elsewhere(node: &ConnectionAddr, to: &str) -> Option<ConnectionAddr> {
    let (host, port) = to.rsplit_once(':')?;
    let same = match node {
        ConnectionAddr::Tcp(host, _) | ConnectionAddr::TcpTls { host, .. } => host,
        _ => return None,
    };
    // Some versions say "?" for a name that they do not know.
    let host = if matches!(host, "" | "?") { same } else { host };
    let host = host.trim_start_matches('[').trim_end_matches(']');
    Some(like(node, host.to_owned(), port.parse().ok()?))
}

fn unsettled(why: &'static str) -> RedisError {
    (ErrorKind::Client, why).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_node_of_a_cluster_sends_to_another() {
        let here = ConnectionAddr::Tcp("here".to_owned(), 1);
        for (to, expected) in [
            ("10.0.0.1:7000", Some("10.0.0.1:7000")),
            ("there:7000", Some("there:7000")),
            (":7000", Some("here:7000")),
            ("?:7000", Some("here:7000")),
            ("fd00::1:7000", Some("fd00::1:7000")),
            ("there", None),
            ("there:port", None),
        ] {
            assert_eq!(elsewhere(&here, to).map(|at| at.to_string()).as_deref(), expected, "{to}");
        }
        let encrypted =
            ConnectionAddr::TcpTls { host: "a".into(), port: 1, insecure: false, tls_params: None };
        assert!(matches!(elsewhere(&encrypted, "b:2"), Some(ConnectionAddr::TcpTls { .. })), "TLS stays TLS");
    }
}
