//! Accepting connections: caps, first bytes, TLS, and the HTTP protocol around the router.
//!
//! On the one port, TLS, STUN, media and HTTP are told apart by their first bytes, and once more inside TLS.

mod caps;
mod line;
mod rewind;
mod serve;
mod sniff;

pub(crate) use caps::{Caps, source};
pub(crate) use line::Line;
pub(crate) use serve::{Doors, Listener, Timeouts};

use caps::Place;
use rewind::Rewind;
use std::future::Future;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use tokio::io::{AsyncRead, AsyncWrite};

/// How a request came in. The listener puts it into every request.
#[derive(Clone)]
pub(crate) struct Connection {
    pub(crate) peer: SocketAddr,
    pub(crate) security: Security,
    pub(crate) line: Line,
    /// The connection counts as open for as long as anything of it lives, an upgraded socket included.
    pub(crate) _place: Arc<Place>,
}

/// Anything that carries bytes both ways.
pub(crate) trait ByteStream: AsyncRead + AsyncWrite + Send + Unpin {}
impl<S: AsyncRead + AsyncWrite + Send + Unpin> ByteStream for S {}

/// Whether a stream came through TLS.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Security {
    /// It did not.
    Plain,
    /// It did.
    Tls,
}

/// Who takes the streams of a protocol that is not HTTP.
pub(crate) trait Streams: Send + Sync {
    /// Serves one until it ends.
    fn serve(
        &self,
        stream: Box<dyn ByteStream>,
        local: SocketAddr,
        peer: SocketAddr,
    ) -> Pin<Box<dyn Future<Output = ()> + Send>>;
}

/// The address itself, where an IPv6 socket wraps an IPv4 one.
pub(crate) fn canonical(address: SocketAddr) -> SocketAddr {
    SocketAddr::new(address.ip().to_canonical(), address.port())
}
