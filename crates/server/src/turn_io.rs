//! STUN and TURN on the one port: sockets, filter, quotas and credentials around a sans-IO engine
//! (turn-server-proto). The packet path is a thread of its own, without tokio.
//!
//! Each client 5-tuple has an engine of its own, so that nothing is searched per packet and everything about a
//! client goes when its allocation does.

mod budget;
mod client;
mod credentials;
mod peers;
mod quota;
mod sockets;
mod stream;
#[cfg(test)]
mod tests;
mod thread;

pub(crate) use credentials::Credentials;
pub(crate) use quota::Bounds;

use crate::port::{MediaPackets, Port};
use ipnet::IpNet;
use mio::Waker;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use tokio::sync::mpsc::Sender;
use visavis_domain::ids::SessionId;
use visavis_domain::time::Timestamp;

/// Messages between streams and the thread. Full means that the thread is behind; streams then wait.
const INBOX: usize = 4 * 1024;

/// What the operator can set, and what the server knows about itself.
pub(crate) struct TurnSettings {
    pub(crate) secret: [u8; 32],
    pub(crate) realm: String,
    /// Where to relay from; none means the address by which the client reached us.
    pub(crate) relay_addresses: Vec<IpAddr>,
    /// Special networks that may be relayed into all the same.
    pub(crate) allow_peers: Vec<IpNet>,
    /// Listeners of ours: never relayed to.
    pub(crate) own_services: Vec<SocketAddr>,
    /// Where the media server is: relayed to although it is one of them.
    pub(crate) media_addresses: Vec<SocketAddr>,
    pub(crate) credential_ttl: Duration,
    pub(crate) allocations: Bounds,
    /// Each way, for each allocation.
    pub(crate) bytes_per_second: u64,
}

/// The running server, for the edges. Cheap to clone; the thread ends with the last one.
#[derive(Clone)]
pub(crate) struct TurnHandle {
    inbox: Sender<stream::FromStream>,
    waker: Arc<Waker>,
    secret: Arc<[u8; 32]>,
    credential_ttl: Duration,
    allocations: Arc<AtomicUsize>,
}

/// Starts receiving at the port, and streams as they are handed in. What is of media goes to `media`.
pub(crate) fn start(
    port: Port,
    media: Box<dyn MediaPackets>,
    settings: TurnSettings,
) -> io::Result<TurnHandle> {
    let (inbox, messages) = tokio::sync::mpsc::channel(INBOX);
    let (secret, credential_ttl) = (Arc::new(settings.secret), settings.credential_ttl);
    let thread = thread::TurnThread::new(port, media, settings, messages)?;
    let (waker, allocations) = (thread.waker(), thread.allocations());
    std::thread::Builder::new().name("turn".into()).spawn(move || thread.run())?;
    Ok(TurnHandle { inbox, waker, secret, credential_ttl, allocations })
}

impl TurnHandle {
    /// What a session may show to allocate, from now until the operator's limit.
    pub(crate) fn credentials(&self, session: SessionId, now: Timestamp) -> Credentials {
        credentials::mint(&self.secret, session, now, self.credential_ttl)
    }

    /// How many allocations there were at the last tick of the thread, a second ago at most.
    pub(crate) fn allocations(&self) -> usize {
        self.allocations.load(Ordering::Relaxed)
    }
}
