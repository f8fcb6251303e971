//! Where a name leads: looked up once for each delivery, and what is connected to is what was checked.

use super::Open;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use std::future::Future;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

/// Why nobody is connected to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum NotReached {
    /// The name has no address.
    #[error("the name has no address")]
    Unknown,
    /// It has none that may be told.
    #[error("nothing may be sent to where the name leads")]
    Refused,
}

/// Looks names up.
pub(super) trait Lookup: Send + Sync + 'static {
    /// All addresses of a name.
    fn lookup(&self, name: &str) -> impl Future<Output = io::Result<Vec<IpAddr>>> + Send;
}

/// As the machine does.
pub(super) struct SystemLookup;

impl Lookup for SystemLookup {
    async fn lookup(&self, name: &str) -> io::Result<Vec<IpAddr>> {
        Ok(tokio::net::lookup_host((name, 0)).await?.map(|address| address.ip()).collect())
    }
}

/// Gives those addresses alone that may be told.
pub(super) struct Checked<L> {
    lookup: Arc<L>,
    open: Open,
}

impl<L: Lookup> Checked<L> {
    pub(super) fn new(lookup: L, open: Open) -> Self {
        Self { lookup: Arc::new(lookup), open }
    }
}

impl<L: Lookup> Resolve for Checked<L> {
    fn resolve(&self, name: Name) -> Resolving {
        let (lookup, open) = (self.lookup.clone(), self.open.clone());
        Box::pin(async move {
            let found = lookup.lookup(name.as_str()).await.map_err(|_| NotReached::Unknown)?;
            let none = if found.is_empty() { NotReached::Unknown } else { NotReached::Refused };
            let open: Vec<_> = found.into_iter().filter(|address| open.allows(*address)).collect();
            if open.is_empty() {
                return Err(none.into());
            }
            // The port is the request's.
            let addresses: Addrs = Box::new(open.into_iter().map(|address| SocketAddr::new(address, 0)));
            Ok(addresses)
        })
    }
}
