//! The edge for pages that use PeerJS: `GET /peerjs/id`, `GET /peerjs/peers` and the WebSocket at `/peerjs`, as the
//! package expects them of PeerServer, and `GET /peerjs/ice` for STUN and TURN, which it does not know. Pages of other sites, with no session, ticket or room: what they share with the
//! rest of this server is its port and its live state.

mod frame;
mod line;
mod post;
mod socket;

pub(crate) use post::Post;

use crate::app::{App, IceServers};
use crate::cluster::drain::Leaving;
use crate::edge::{ClientAddress, RateByAddress, authority_of, is_own_page, problem};
use axum::body::Bytes;
use axum::extract::ws::WebSocketUpgrade;
use axum::extract::{FromRequestParts, Query, State};
use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use serde::Deserialize;
use socket::Socket;
use std::sync::Arc;
use std::time::{Duration, Instant};
use visavis_domain::ids::SessionId;
use visavis_protocol::MAX_FRAME_BYTES;

/// Bytes read from and gathered for a socket at a time, as at our own.
const BUFFER: usize = 2 * 1024;
/// For how long a list of ids is told again: asking all instances costs something, and anybody may ask.
const LIST_LASTS: Duration = Duration::from_secs(1);
/// The origin that stands for all.
const ANY: &str = "*";

/// What the operator can set.
#[derive(Debug, Clone)]
pub(crate) struct PeerJsSettings {
    /// Whether ids of others are told to whoever asks.
    pub(crate) discovery: bool,
    /// Pages that may use it besides those of this server, as `https://host[:port]`, or `*`.
    pub(crate) origins: Vec<String>,
    /// Ids at this instance.
    pub(crate) ids: usize,
}

/// The edge's state.
pub(crate) struct PeerJs {
    pub(crate) app: Arc<App>,
    pub(crate) post: Arc<Post>,
    pub(crate) ice: Arc<dyn IceServers>,
    /// How often an address may ask for an id, or for STUN and TURN.
    pub(crate) claims: RateByAddress,
    pub(crate) settings: PeerJsSettings,
    pub(crate) leaving: Arc<Leaving>,
    pub(crate) listed: Listed,
}

/// The list of ids that was told last.
#[derive(Default)]
pub(crate) struct Listed(tokio::sync::Mutex<Option<(Instant, Bytes)>>);

/// What a page asks for when it opens its socket.
#[derive(Debug, Default, Deserialize)]
struct Asked {
    #[serde(default)]
    key: String,
    #[serde(default)]
    id: String,
    #[serde(default)]
    token: String,
}

/// The routes of this edge.
pub(crate) fn router(edge: Arc<PeerJs>) -> Router {
    Router::new()
        .route("/peerjs", get(upgrade))
        .route("/peerjs/id", get(id))
        .route("/peerjs/peers", get(peers))
        .route("/peerjs/ice", get(ice))
        .with_state(edge)
}

/// A name for a page that has none.
async fn id(State(edge): State<Arc<PeerJs>>, parts: Parts) -> Response {
    let Some(origin) = edge.allowed(&parts) else { return refused() };
    let text = [(header::CONTENT_TYPE, "text/plain; charset=utf-8"), (header::CACHE_CONTROL, "no-store")];
    told((text, edge.app.peerjs_draw()).into_response(), origin)
}

/// Every id that is connected, where the operator lets it be told.
async fn peers(State(edge): State<Arc<PeerJs>>, parts: Parts) -> Response {
    let Some(origin) = edge.allowed(&parts) else { return refused() };
    if !edge.settings.discovery {
        // What PeerServer says, and the package reads.
        let off = problem(StatusCode::UNAUTHORIZED, "discovery_off", "Ids are not listed here");
        return told(off, origin);
    }
    let answer = match edge.list().await {
        Some(body) => {
            let json = [(header::CONTENT_TYPE, "application/json"), (header::CACHE_CONTROL, "no-store")];
            (json, body).into_response()
        }
        None => {
            problem(StatusCode::SERVICE_UNAVAILABLE, "try_again", "Live state does not answer; try again")
        }
    };
    told(answer, origin)
}

/// What a page gives its connections to find ways, as `RTCConfiguration` has it. Credentials are as for a session: whoever
/// may use this server's signalling may be relayed, within the same limits.
async fn ice(State(edge): State<Arc<PeerJs>>, parts: Parts) -> Response {
    let Some(origin) = edge.allowed(&parts) else { return refused() };
    if let Some(ClientAddress(address)) = parts.extensions.get()
        && let Err(wait) = edge.claims.take(&edge.app, *address).await
    {
        let often = problem(StatusCode::TOO_MANY_REQUESTS, "rate_limited", "Too many from this address");
        return told(([(header::RETRY_AFTER, wait.to_string())], often).into_response(), origin);
    }
    let host =
        authority_of(&parts.headers, &parts.uri).map(|host| host.host().to_owned()).unwrap_or_default();
    let nobody = SessionId::from_bits(edge.app.random_bits());
    let servers = edge.ice.for_session(nobody, &host, edge.app.now());
    let body = Json(serde_json::json!({ "iceServers": servers }));
    told(([(header::CACHE_CONTROL, "no-store")], body).into_response(), origin)
}

async fn upgrade(State(edge): State<Arc<PeerJs>>, request: axum::extract::Request) -> Response {
    let (mut parts, _) = request.into_parts();
    if edge.allowed(&parts).is_none() {
        return refused();
    }
    // What cannot be read is refused in the words of the protocol, as what is missing is.
    let asked = Query::try_from_uri(&parts.uri).map(|Query(asked)| asked).unwrap_or_default();
    let address = parts.extensions.get().map(|ClientAddress(address)| *address);
    let ws = match WebSocketUpgrade::from_request_parts(&mut parts, &()).await {
        Ok(ws) => ws,
        Err(rejection) => {
            return problem(rejection.status(), "not_a_websocket", "This address is for WebSockets only");
        }
    };
    ws.max_message_size(MAX_FRAME_BYTES)
        .max_frame_size(MAX_FRAME_BYTES)
        .read_buffer_size(BUFFER)
        .write_buffer_size(BUFFER)
        .on_upgrade(move |ws| async move { Socket::new(&edge, ws).run(asked, address).await })
}

fn refused() -> Response {
    problem(StatusCode::FORBIDDEN, "origin_refused", "This origin may not use this server")
}

/// Lets the page read the answer that asked for it.
fn told(mut answer: Response, origin: Origin) -> Response {
    let headers = answer.headers_mut();
    headers.insert(header::VARY, HeaderValue::from_static("origin"));
    match origin {
        Origin::None => {}
        Origin::Any => {
            headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static(ANY));
        }
        Origin::This(origin) => {
            headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
        }
    }
    answer
}

/// Whose page asks.
#[derive(Debug, PartialEq, Eq)]
enum Origin {
    /// A program, or a page of this server that says nothing.
    None,
    /// One of any.
    Any,
    /// One of these.
    This(HeaderValue),
}

impl PeerJs {
    /// Programs send no origin; pages send theirs, which must be the host that they talk to, or a listed one.
    fn allowed(&self, parts: &Parts) -> Option<Origin> {
        allowed(parts, &self.settings.origins)
    }

    async fn list(&self) -> Option<Bytes> {
        // Whoever asks meanwhile gets the same.
        let mut listed = self.listed.0.lock().await;
        if let Some((told, body)) = &*listed
            && told.elapsed() < LIST_LASTS
        {
            return Some(body.clone());
        }
        let ids = self.app.peerjs_ids().await.ok()?;
        let body = Bytes::from(serde_json::to_vec(&ids).ok()?);
        *listed = Some((Instant::now(), body.clone()));
        Some(body)
    }
}

fn allowed(parts: &Parts, origins: &[String]) -> Option<Origin> {
    let Some(origin) = parts.headers.get(header::ORIGIN) else { return Some(Origin::None) };
    if origins.iter().any(|one| one == ANY) {
        return Some(Origin::Any);
    }
    let listed = origins.iter().any(|one| one.as_bytes() == origin.as_bytes());
    (listed || is_own_page(&parts.headers, &parts.uri)).then(|| Origin::This(origin.clone()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_of_listed_origins_may_use_it_and_read_what_is_answered() {
        let listed = vec!["https://www.example.org".to_owned()];
        let any = vec![ANY.to_owned()];
        let this = |origin: &'static str| Some(Origin::This(HeaderValue::from_static(origin)));
        for (origin, origins, expected) in [
            (None, &listed, Some(Origin::None)),
            (Some("https://www.example.org"), &listed, this("https://www.example.org")),
            (Some("https://here:8443"), &listed, this("https://here:8443")),
            (Some("http://www.example.org"), &listed, None),
            (Some("https://www.example.org.evil.example"), &listed, None),
            (Some("https://evil.example"), &listed, None),
            (Some("null"), &listed, None),
            (Some("https://evil.example"), &any, Some(Origin::Any)),
            (Some("null"), &any, Some(Origin::Any)),
            (None, &any, Some(Origin::None)),
        ] {
            let mut request = axum::http::Request::get("/peerjs/id").header("host", "here:8443");
            if let Some(origin) = origin {
                request = request.header("origin", origin);
            }
            let (parts, ()) = request.body(()).unwrap().into_parts();
            assert_eq!(allowed(&parts, origins), expected, "{origin:?} with {origins:?}");
        }
    }
}
