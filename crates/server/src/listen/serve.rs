//! The accept loop and what becomes of one connection.

use super::caps::{Caps, Place};
use super::sniff::{NEEDED, Protocol, sniff};
use super::{ByteStream, Connection, Line, Rewind, Security, Streams, canonical};
use crate::tls::TlsConfigs;
use axum::Router;
use bytes::{Bytes, BytesMut};
use futures_util::FutureExt;
use hyper::http::{HeaderValue, StatusCode, Version, header};
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto;
use rustls_acme::is_tls_alpn_challenge;
use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::time::timeout;
use tokio_rustls::LazyConfigAcceptor;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tower::ServiceExt;

/// Streams of one HTTP/2 connection at a time. Pages need a handful.
const H2_STREAMS: u32 = 64;
/// What a connection of HTTP/2 may send before anybody reads it: kept in memory, for each. An upload over a line of 100 ms
/// gets 2.5 MB/s by it.
const H2_WINDOW: u32 = 256 * 1024;
/// From a connection's beginning to its first request, when the server stops: longer than a round trip.
const FIRST_REQUEST: Duration = Duration::from_millis(500);

/// What is behind a port.
pub(crate) struct Doors {
    pub(crate) router: Router,
    /// None: the port is for plain HTTP alone.
    pub(crate) tls: Option<TlsConfigs>,
    /// STUN and TURN.
    pub(crate) stun: Option<Arc<dyn Streams>>,
    /// Media of those whose network lets no UDP through.
    pub(crate) ice: Option<Arc<dyn Streams>>,
    /// Where a browser is sent that speaks plain HTTP to the TLS port: the port people see.
    pub(crate) redirect_port: Option<u16>,
}

#[derive(Debug, Clone, Copy)]
pub(crate) struct Timeouts {
    /// First bytes, TLS handshake, and the head of each request.
    pub(crate) header: Duration,
}

/// One port.
pub(crate) struct Listener {
    pub(crate) socket: TcpListener,
    pub(crate) doors: Doors,
    pub(crate) caps: Arc<Caps>,
    pub(crate) timeouts: Timeouts,
    /// Connections end with their next answer; new ones are still taken.
    pub(crate) closing: CancellationToken,
    /// No more connections; those that are open finish their requests.
    pub(crate) stopping: CancellationToken,
    pub(crate) tasks: TaskTracker,
}

impl Listener {
    /// Accepts until stopped.
    pub(crate) async fn run(self) {
        let listener = Arc::new(self);
        loop {
            let accepted = tokio::select! {
                accepted = listener.socket.accept() => accepted,
                () = listener.stopping.cancelled() => return listener.admit_waiting(),
            };
            match accepted {
                Ok((stream, peer)) => listener.admit(stream, canonical(peer)),
                Err(error) => {
                    // Out of file descriptors, most likely: what is open must end first.
                    tracing::warn!(%error, "a connection could not be accepted");
                    tokio::time::sleep(Duration::from_millis(50)).await;
                }
            }
        }
    }

    /// Those that were connected before the port closes: it would reset them.
    fn admit_waiting(self: &Arc<Self>) {
        while let Some(Ok((stream, peer))) = self.socket.accept().now_or_never() {
            self.admit(stream, canonical(peer));
        }
    }

    fn admit(self: &Arc<Self>, stream: TcpStream, peer: SocketAddr) {
        let Some(place) = self.caps.take(peer.ip()) else {
            metrics::counter!("visavis_connections_refused_total").increment(1);
            return;
        };
        metrics::counter!("visavis_connections_total").increment(1);
        // Frames are small and wait for nobody. A socket that cannot do it still works.
        let _ = stream.set_nodelay(true);
        let listener = self.clone();
        self.tasks.spawn(async move {
            if let Err(error) = listener.connection(stream, peer, place).await {
                tracing::debug!(%error, "a connection ended early");
            }
        });
    }

    async fn connection(
        self: Arc<Self>,
        mut stream: TcpStream,
        peer: SocketAddr,
        place: Place,
    ) -> io::Result<()> {
        let local = canonical(stream.local_addr()?);
        let Some(tls) = &self.doors.tls else {
            return self.http(stream, peer, Security::Plain, place).await;
        };
        let (seen, protocol) = timeout(self.timeouts.header, first_bytes(&mut stream)).await??;
        let stream = Rewind::new(seen, stream);
        match protocol {
            Protocol::Tls => {
                let handshake = timeout(self.timeouts.header, handshake(tls, stream));
                let Some(mut stream) = handshake.await?? else { return Ok(()) };
                // HTTP/2 was agreed on or not; TURN over TLS shows itself by its first bytes either way.
                let (seen, protocol) = timeout(self.timeouts.header, first_bytes(&mut stream)).await??;
                let stream = Rewind::new(seen, stream);
                match protocol {
                    Protocol::Stun => self.hand_over(self.doors.stun.as_ref(), stream, local, peer).await,
                    Protocol::Ice => self.hand_over(self.doors.ice.as_ref(), stream, local, peer).await,
                    Protocol::Tls | Protocol::Http => self.http(stream, peer, Security::Tls, place).await?,
                }
            }
            Protocol::Stun => self.hand_over(self.doors.stun.as_ref(), stream, local, peer).await,
            Protocol::Ice => self.hand_over(self.doors.ice.as_ref(), stream, local, peer).await,
            Protocol::Http => {
                redirect(stream, self.doors.redirect_port.unwrap_or(local.port()), self.timeouts).await?;
            }
        }
        Ok(())
    }

    async fn hand_over(
        &self,
        to: Option<&Arc<dyn Streams>>,
        stream: impl ByteStream + 'static,
        local: SocketAddr,
        peer: SocketAddr,
    ) {
        if let Some(to) = to {
            let serve = to.serve(Box::new(stream), local, peer);
            self.stopping.run_until_cancelled(serve).await;
        }
    }

    async fn http(
        &self,
        stream: impl ByteStream + 'static,
        peer: SocketAddr,
        security: Security,
        place: Place,
    ) -> io::Result<()> {
        let mut server = auto::Builder::new(TokioExecutor::new());
        server
            .http1()
            .timer(TokioTimer::new())
            .header_read_timeout(self.timeouts.header)
            .max_buf_size(32 * 1024);
        server
            .http2()
            .timer(TokioTimer::new())
            .max_concurrent_streams(H2_STREAMS)
            .initial_stream_window_size(H2_WINDOW)
            .initial_connection_window_size(H2_WINDOW)
            .keep_alive_interval(Duration::from_secs(20))
            .keep_alive_timeout(Duration::from_secs(10));
        let line = Line::new();
        let connection = Connection { peer, security, line: line.clone(), _place: Arc::new(place) };
        let router = self.doors.router.clone();
        let (asked, closing) = (watch::Sender::new(None), self.closing.clone());
        let version = asked.subscribe();
        let service = hyper::service::service_fn(move |request: hyper::Request<hyper::body::Incoming>| {
            let version = request.version();
            asked.send_replace(Some(version));
            let mut request = request.map(axum::body::Body::new);
            request.extensions_mut().insert(connection.clone());
            let (answer, closing) = (router.clone().oneshot(request), closing.clone());
            async move {
                let mut response = answer.await?;
                if closing.is_cancelled() && version < Version::HTTP_2 {
                    ends_here(&mut response);
                }
                Ok::<_, Infallible>(response)
            }
        });
        let connection = server.serve_connection_with_upgrades(TokioIo::new(stream), service);
        tokio::pin!(connection);
        let served = async {
            tokio::select! {
                outcome = connection.as_mut() => outcome,
                () = self.may_close(version) => {
                    connection.as_mut().graceful_shutdown();
                    connection.await
                }
            }
        };
        tokio::select! {
            outcome = served => outcome.map_err(io::Error::other),
            () = line.cut() => Err(io::Error::new(io::ErrorKind::TimedOut, "nothing was taken")),
        }
    }

    /// Ends when a connection may be told to close without a request of its being lost.
    async fn may_close(&self, mut version: watch::Receiver<Option<Version>>) {
        self.closing.cancelled().await;
        // HTTP/2 says which requests it will still answer; for HTTP/1 the last answer says that it was the last, and
        // those who ask nothing more meanwhile have nothing under way.
        let is_second = |version: &Option<Version>| version.is_some_and(|version| version >= Version::HTTP_2);
        let stopped = self.stopping.run_until_cancelled(version.wait_for(is_second)).await.is_none();
        if stopped {
            // Somebody who has only just come has not asked yet.
            let _ = timeout(FIRST_REQUEST, version.wait_for(Option::is_some)).await;
        }
    }
}

/// The connection closes behind this answer, and whoever asked knows.
fn ends_here(response: &mut hyper::Response<axum::body::Body>) {
    // An upgraded connection is no longer one of HTTP.
    if response.status() != StatusCode::SWITCHING_PROTOCOLS {
        response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
    }
}

async fn handshake(
    tls: &TlsConfigs,
    stream: Rewind<TcpStream>,
) -> io::Result<Option<tokio_rustls::server::TlsStream<Rewind<TcpStream>>>> {
    let start = LazyConfigAcceptor::new(rustls::server::Acceptor::default(), stream).await?;
    match &tls.challenge {
        Some(challenge) if is_tls_alpn_challenge(&start.client_hello()) => {
            start.into_stream(challenge.clone()).await?.shutdown().await?;
            Ok(None)
        }
        _ => start.into_stream(tls.ordinary.clone()).await.map(Some),
    }
}

/// Reads until the protocol is clear. What was read has to be read again by whoever speaks it.
async fn first_bytes(stream: &mut (impl tokio::io::AsyncRead + Unpin)) -> io::Result<(Bytes, Protocol)> {
    let mut seen = BytesMut::with_capacity(NEEDED);
    loop {
        if let Some(protocol) = sniff(&seen) {
            return Ok((seen.freeze(), protocol));
        }
        let mut byte = [0; NEEDED];
        let wanted = NEEDED - seen.len();
        let read = stream.read(&mut byte[..wanted]).await?;
        if read == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        seen.extend_from_slice(&byte[..read]);
    }
}

/// Somebody typed the TLS port without https: they are sent where they meant to go.
async fn redirect(stream: impl ByteStream + 'static, port: u16, timeouts: Timeouts) -> io::Result<()> {
    let service =
        hyper::service::service_fn(move |request: hyper::Request<hyper::body::Incoming>| async move {
            let host = request.headers().get(hyper::header::HOST).and_then(|host| host.to_str().ok());
            let host = host.and_then(|host| host.parse::<axum::http::uri::Authority>().ok());
            let path = request.uri().path_and_query().map_or("/", |path| path.as_str());
            let response = hyper::Response::builder();
            let response = match host {
                Some(host) => response
                    .status(308)
                    .header(hyper::header::LOCATION, format!("https://{}:{port}{path}", host.host())),
                None => response.status(400),
            };
            response.body(axum::body::Body::empty())
        });
    let mut server = hyper::server::conn::http1::Builder::new();
    server.timer(TokioTimer::new()).header_read_timeout(timeouts.header).keep_alive(false);
    let served = server.serve_connection(TokioIo::new(stream), service);
    timeout(timeouts.header, served).await?.map_err(io::Error::other)
}
