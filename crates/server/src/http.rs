//! The HTTP edge around the routes: headers on every answer, limits, health, the embedded web client.

mod api;
mod assets;
mod desks;
mod feeds;
mod files;
mod headers;

pub(crate) use api::Api;
#[cfg(test)]
pub(crate) use api::{Access, Keys, document, table};
pub(crate) use desks::PublicDesks;
pub(crate) use feeds::Feeds;

use crate::cluster::ready::{Health, Missing};
use crate::edge::{ClientAddress, Shares, network_of, problem};
use crate::listen::{Connection, Security};
use axum::body::Body;
use axum::extract::{DefaultBodyLimit, MatchedPath, Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use ipnet::IpNet;
use std::any::Any;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Once};
use std::time::Duration;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::timeout::TimeoutLayer;

/// What the edge needs to know.
pub(crate) struct Http {
    pub(crate) body_bytes: usize,
    pub(crate) request_timeout: Duration,
    /// Requests that each address may have answered at once.
    pub(crate) at_once: Arc<Shares<IpAddr>>,
    /// Balancers.
    pub(crate) trusted: Vec<IpNet>,
    /// Whether it was said that what one of them writes cannot be read.
    pub(crate) unreadable: Once,
    /// Whether the server wants more work.
    pub(crate) health: Arc<Health>,
    /// The local authority's certificate, where there is one.
    pub(crate) ca: Option<Vec<u8>>,
    /// The certificate is one that browsers trust by themselves: they may insist on HTTPS from now on.
    pub(crate) strict_transport: bool,
    /// The public address, where that is HTTPS: who comes from elsewhere without is sent there.
    pub(crate) secure_at: Option<String>,
    pub(crate) desks: Arc<dyn PublicDesks>,
}

/// The whole of what a port answers; `routes` are those of the other edges.
pub(crate) fn router(http: Http, api: &Arc<Api>, routes: Router) -> Router {
    let http = Arc::new(http);
    let own = Router::new()
        .route("/healthz", get(|| async { "up\n" }))
        .route("/readyz", get(readyz))
        .route("/ca.pem", get(ca))
        .route("/api/v1/desks", get(desks::list))
        .fallback(assets::serve)
        .with_state(http.clone());
    // WebSockets outlive any request: only their handshake is under the time limit.
    own.merge(api::router(api))
        .merge(files::router(api))
        .merge(feeds::router(api))
        .merge(routes)
        .layer(DefaultBodyLimit::max(http.body_bytes))
        .layer(middleware::from_fn_with_state(http.at_once.clone(), in_turn))
        .layer(TimeoutLayer::with_status_code(StatusCode::REQUEST_TIMEOUT, http.request_timeout))
        .layer(middleware::map_response(timed_out))
        // Has limits of its own.
        .merge(files::uploads(api))
        .layer(CatchPanicLayer::custom(panicked))
        .layer(middleware::from_fn_with_state(http.clone(), insist))
        .layer(middleware::from_fn_with_state(http.clone(), headers::add))
        .layer(middleware::from_fn(observe))
        .layer(middleware::from_fn_with_state(http, identify))
}

/// For balancers, which read the status, and for people, who read what is missing.
async fn readyz(State(http): State<Arc<Http>>) -> Response {
    let missing: Vec<_> = http.health.missing().into_iter().map(Missing::word).collect();
    if missing.is_empty() {
        return Json(serde_json::json!({ "status": "ready" })).into_response();
    }
    let body = serde_json::json!({ "status": "not_ready", "missing": missing });
    (StatusCode::SERVICE_UNAVAILABLE, Json(body)).into_response()
}

async fn ca(State(http): State<Arc<Http>>) -> Response {
    match &http.ca {
        Some(pem) => ([(header::CONTENT_TYPE, "application/x-pem-file")], pem.clone()).into_response(),
        None => problem(StatusCode::NOT_FOUND, "not_found", "This server has no authority of its own"),
    }
}

/// Whatever ran out of time says so in the form of all refusals.
async fn timed_out(response: Response) -> Response {
    if response.status() == StatusCode::REQUEST_TIMEOUT {
        return problem(StatusCode::REQUEST_TIMEOUT, "timed_out", "It took too long");
    }
    response
}

/// A defect in a handler is this request's, and nobody else's.
fn panicked(_: Box<dyn Any + Send>) -> hyper::Response<Body> {
    metrics::counter!("visavis_panics_total").increment(1);
    tracing::error!("a request handler panicked");
    problem(StatusCode::INTERNAL_SERVER_ERROR, "internal", "A defect of the server")
}

async fn identify(State(http): State<Arc<Http>>, mut request: Request, next: Next) -> Response {
    let peer = request.extensions().get::<Connection>().map(|connection| connection.peer.ip());
    if let Some(peer) = peer {
        let address = match client_address(peer, request.headers(), &http.trusted) {
            Whose::Told(address) => address,
            Whose::Unreadable(balancer) => {
                http.unreadable.call_once(|| {
                    tracing::warn!(
                        "a balancer in proxy.trusted sends an X-Forwarded-For that has no address at its end: everybody \
                         who comes over it counts as one"
                    );
                });
                balancer
            }
        };
        request.extensions_mut().insert(ClientAddress(address));
    }
    next.run(request).await
}

/// Whose a request is, by its peer and by what balancers say.
#[derive(Debug, PartialEq, Eq)]
enum Whose {
    Told(IpAddr),
    /// A trusted balancer's, which says of whom it has it in no way that can be read.
    Unreadable(IpAddr),
}

/// Whoever came over plain HTTP from another machine is sent to where the server is meant to be used: browsers give no
/// camera here, and passwords would be read on the way.
async fn insist(State(http): State<Arc<Http>>, request: Request, next: Next) -> Response {
    let connection = request.extensions().get::<Connection>();
    let plain = connection.filter(|connection| connection.security == Security::Plain);
    if let (Some(origin), Some(connection)) = (&http.secure_at, plain)
        && !is_answered_in_plain(connection.peer.ip(), request.headers(), request.uri().path(), &http.trusted)
    {
        let path = request.uri().path_and_query().map_or("/", |path| path.as_str());
        return (StatusCode::PERMANENT_REDIRECT, [(header::LOCATION, format!("{origin}{path}"))])
            .into_response();
    }
    next.run(request).await
}

/// This machine, balancers, and whoever looks whether the server is up. A proxy that nobody has named shows itself by what
/// it adds: to send back what it brings would go round for ever.
fn is_answered_in_plain(peer: IpAddr, headers: &HeaderMap, path: &str, trusted: &[IpNet]) -> bool {
    let peer = peer.to_canonical();
    let forwarded = ["x-forwarded-for", "x-forwarded-proto", "forwarded"];
    peer.is_loopback()
        || trusted.iter().any(|net| net.contains(&peer))
        || forwarded.iter().any(|name| headers.contains_key(*name))
        || matches!(path, "/healthz" | "/readyz")
}

/// Has one address wait for itself, and not for the database together with everybody else.
async fn in_turn(State(at_once): State<Arc<Shares<IpAddr>>>, request: Request, next: Next) -> Response {
    let Some(from) = network_of(request.extensions()) else { return next.run(request).await };
    let _turn = at_once.take(from, 1).await;
    next.run(request).await
}

/// The last address in X-Forwarded-For that no trusted balancer wrote about another trusted one.
fn client_address(peer: IpAddr, headers: &HeaderMap, trusted: &[IpNet]) -> Whose {
    let is_trusted = |address: &IpAddr| trusted.iter().any(|net| net.contains(address));
    if !is_trusted(&peer) {
        return Whose::Told(peer);
    }
    let lines = headers.get_all("x-forwarded-for").iter().filter_map(|line| line.to_str().ok());
    let chain: Vec<_> = lines.flat_map(|line| line.split(',')).collect();
    let mut client = None;
    for written in chain.iter().rev() {
        let Some(hop) = hop(written.trim()) else { break };
        client = Some(hop);
        if !is_trusted(&hop) {
            break;
        }
    }
    match client {
        Some(client) => Whose::Told(client),
        None if chain.iter().all(|written| written.trim().is_empty()) => Whose::Told(peer),
        None => Whose::Unreadable(peer),
    }
}

/// An address as balancers write it: some with the port, and those of IPv6 in brackets.
fn hop(written: &str) -> Option<IpAddr> {
    let bare = written.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(written);
    let address = bare.parse::<IpAddr>().ok();
    address
        .or_else(|| written.parse::<SocketAddr>().ok().map(|with_port| with_port.ip()))
        .map(|ip| ip.to_canonical())
}

/// Counts and logs by route, never by path: paths carry the names of rooms.
async fn observe(request: Request, next: Next) -> Response {
    let route = request.extensions().get::<MatchedPath>().map_or("assets", |path| path.as_str()).to_owned();
    let method = request.method().clone();
    let started = std::time::Instant::now();
    let response = next.run(request).await;
    let status = response.status().as_u16();
    metrics::counter!("visavis_requests_total", "route" => route.clone(), "status" => status.to_string())
        .increment(1);
    tracing::debug!(%method, route, status, elapsed = ?started.elapsed(), "request");
    response
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::FutureExt;
    use tower::ServiceExt;

    #[tokio::test]
    async fn an_address_that_asks_for_much_waits_for_itself_alone() {
        let never = Router::new()
            .route("/slow", get(std::future::pending::<()>))
            .route("/quick", get(|| async {}))
            .layer(middleware::from_fn_with_state(Arc::new(Shares::new(2, usize::MAX)), in_turn));
        let ask = |from: &str, path: &str| {
            let mut request = Request::get(path).body(Body::empty()).unwrap();
            request.extensions_mut().insert(ClientAddress(from.parse().unwrap()));
            Box::pin(never.clone().oneshot(request))
        };
        let mut slow = [ask("192.0.2.1", "/slow"), ask("192.0.2.1", "/slow")];
        assert!(slow.iter_mut().all(|one| one.now_or_never().is_none()));
        let mut waits = ask("192.0.2.1", "/quick");
        assert!((&mut waits).now_or_never().is_none(), "two of theirs are under way");
        assert!(ask("192.0.2.2", "/quick").now_or_never().is_some());
        drop(slow);
        assert!(waits.now_or_never().is_some());
    }

    fn whose(peer: &str, forwarded: &str, trusted: &[IpNet]) -> Whose {
        let mut headers = HeaderMap::new();
        headers.insert("x-forwarded-for", forwarded.parse().unwrap());
        client_address(peer.parse().unwrap(), &headers, trusted)
    }

    #[test]
    fn who_comes_in_plain_from_elsewhere_is_sent_to_https() {
        let trusted: Vec<IpNet> = vec!["10.0.0.0/8".parse().unwrap()];
        for (peer, header, path, expected) in [
            ("198.51.100.7", None, "/", false),
            ("198.51.100.7", None, "/healthz/x", false),
            ("198.51.100.7", Some("x-real-ip"), "/staff", false),
            ("::ffff:198.51.100.7", None, "/", false),
            ("198.51.100.7", None, "/healthz", true),
            ("198.51.100.7", None, "/readyz", true),
            ("198.51.100.7", Some("x-forwarded-for"), "/", true),
            ("198.51.100.7", Some("x-forwarded-proto"), "/", true),
            ("198.51.100.7", Some("forwarded"), "/", true),
            ("10.1.2.3", None, "/", true),
            ("::ffff:10.1.2.3", None, "/", true),
            ("127.0.0.1", None, "/", true),
            ("::ffff:127.0.0.1", None, "/", true),
            ("::1", None, "/", true),
        ] {
            let mut headers = HeaderMap::new();
            headers.extend(header.map(|name| (header::HeaderName::from_static(name), "x".parse().unwrap())));
            let answered = is_answered_in_plain(peer.parse().unwrap(), &headers, path, &trusted);
            assert_eq!(answered, expected, "{path} for {peer} with {header:?}");
        }
    }

    #[test]
    fn forwarded_addresses_are_believed_from_trusted_balancers_only() {
        let trusted: Vec<IpNet> = vec!["10.0.0.0/8".parse().unwrap()];
        for (peer, forwarded, expected) in [
            ("198.51.100.7", "203.0.113.9", "198.51.100.7"),
            ("10.0.0.1", "203.0.113.9", "203.0.113.9"),
            ("10.0.0.1", "1.2.3.4, 203.0.113.9", "203.0.113.9"),
            ("10.0.0.1", "203.0.113.9, 10.0.0.2", "203.0.113.9"),
            ("10.0.0.1", "203.0.113.9:51234", "203.0.113.9"),
            ("10.0.0.1", "203.0.113.9:51234, 10.0.0.2:443", "203.0.113.9"),
            ("10.0.0.1", "2001:db8::9", "2001:db8::9"),
            ("10.0.0.1", "[2001:db8::9]", "2001:db8::9"),
            ("10.0.0.1", "[2001:db8::9]:51234", "2001:db8::9"),
            ("10.0.0.1", "[::ffff:203.0.113.9]:51234", "203.0.113.9"),
            ("10.0.0.1", "nonsense, 10.0.0.2", "10.0.0.2"),
            ("10.0.0.1", "", "10.0.0.1"),
        ] {
            let expected = Whose::Told(expected.parse().unwrap());
            assert_eq!(whose(peer, forwarded, &trusted), expected, "{forwarded} from {peer}");
        }
        for unreadable in
            ["nonsense", "203.0.113.9, nonsense", "203.0.113.9:", "203.0.113.9:99999", "[203.0.113.9", "[]"]
        {
            let balancer = Whose::Unreadable("10.0.0.1".parse().unwrap());
            assert_eq!(whose("10.0.0.1", unreadable, &trusted), balancer, "{unreadable}");
        }
        assert_eq!(
            client_address("10.0.0.1".parse().unwrap(), &HeaderMap::new(), &trusted),
            Whose::Told("10.0.0.1".parse().unwrap()),
            "what a balancer asks for itself"
        );
    }
}
