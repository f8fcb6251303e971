//! The way in: `POST /api/v1/tickets`, and the upgrade at `/ws` with its check of the origin.

use super::hub::Hub;
use super::session::{Session, Sessions};
use super::socket::Socket;
use crate::app::{Accounts, App, Appointments, Denied, Grant, IceServers, Identity, Route, Sent, origin};
use crate::cluster::drain::Leaving;
use crate::edge::{
    ClientAddress, RateByAddress, authority_of, browser_cookie, browser_shown, is_own_page, network_of,
    problem,
};
use axum::body::Bytes;
use axum::extract::ws::WebSocketUpgrade;
use axum::extract::{FromRequestParts, State};
use axum::http::{HeaderValue, StatusCode, header, request::Parts};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;
use visavis_domain::ids::SessionId;
use visavis_domain::name::RoomName;
use visavis_live::TopicName;
use visavis_protocol::{Code, IceServer, MAX_FRAME_BYTES, Ticket, TicketRequest};

/// Bytes read from a socket at a time. The library's default costs 134 KB per idle socket, this about 4 KB.
const READ_BUFFER: usize = 2 * 1024;
/// Bytes gathered before they are written though more are to come. Grows as it is needed and stays so: a few frames.
const WRITE_BUFFER: usize = 2 * 1024;

/// What the operator can set.
#[derive(Debug, Clone)]
pub(crate) struct RealtimeSettings {
    /// How long a session waits for its owner after a broken line.
    pub(crate) grace: Duration,
    /// How long after the page said goodbye: a reload's time.
    pub(crate) closed_grace: Duration,
    /// Bound of a session's outbox.
    pub(crate) outbox_bytes: usize,
    /// Sustained rate of frames per socket.
    pub(crate) frames_per_second: NonZeroU32,
    /// Frames at once.
    pub(crate) frames_burst: NonZeroU32,
    /// Origins that may connect besides the one that served the page, as `https://host[:port]`.
    pub(crate) allowed_origins: Vec<String>,
}

/// The edge's state.
pub(crate) struct Realtime {
    pub(crate) app: Arc<App>,
    pub(crate) accounts: Arc<Accounts>,
    pub(crate) appointments: Arc<Appointments>,
    pub(crate) hub: Arc<Hub>,
    pub(crate) sessions: Arc<Sessions>,
    pub(crate) ice: Arc<dyn IceServers>,
    /// How often an address may ask for a ticket.
    pub(crate) tickets: RateByAddress,
    pub(crate) settings: RealtimeSettings,
    /// Says when sockets have to go elsewhere.
    pub(crate) leaving: Arc<Leaving>,
}

/// The routes of this edge.
pub(crate) fn router(realtime: Arc<Realtime>) -> Router {
    Router::new()
        .route("/api/v1/tickets", post(tickets).options(before_tickets))
        .route("/ws", get(upgrade))
        .with_state(realtime)
}

async fn tickets(State(realtime): State<Arc<Realtime>>, parts: Parts, body: Bytes) -> Response {
    // Programs send no body, or an empty one under whatever name: they want nothing in particular.
    let wish: TicketRequest = serde_json::from_slice(&body).unwrap_or_default();
    if let Some(token) = &wish.room_token {
        return readable_anywhere(by_token(&realtime, &parts, token, wish.room.as_deref()).await);
    }
    if !origin_allowed(&parts, &realtime.settings.allowed_origins) {
        return problem(StatusCode::FORBIDDEN, "origin_refused", "This origin may not use this server");
    }
    if let Err(too_many) = realtime.count_ticket(&parts).await {
        return too_many;
    }
    match realtime.ticket(&parts, &wish).await {
        Ok((ticket, browser)) => {
            let mut answer = ([(header::CACHE_CONTROL, "no-store")], Json(ticket)).into_response();
            answer.headers_mut().extend(browser_cookie(&browser).map(|line| (header::SET_COOKIE, line)));
            answer
        }
        Err(denied) => denied.into_response(),
    }
}

/// For whoever shows a token for a room. That alone says who they are: no cookie is read, and none is set.
async fn by_token(realtime: &Realtime, parts: &Parts, token: &str, room: Option<&str>) -> Response {
    if let Err(too_many) = realtime.count_ticket(parts).await {
        return too_many;
    }
    match realtime.ticket_by_token(parts, token, room).await {
        Ok(ticket) => ([(header::CACHE_CONTROL, "no-store")], Json(ticket)).into_response(),
        Err(denied) => denied.into_response(),
    }
}

/// What a page of any origin may ask before it shows a token. It says nothing of who may use one.
async fn before_tickets() -> Response {
    let headers = [
        (header::ACCESS_CONTROL_ALLOW_METHODS, "POST"),
        (header::ACCESS_CONTROL_ALLOW_HEADERS, "content-type"),
        (header::ACCESS_CONTROL_MAX_AGE, "7200"),
    ];
    readable_anywhere((StatusCode::NO_CONTENT, headers).into_response())
}

/// Why a token was refused its page has to be able to read. Never with credentials: nothing of it is anybody's.
fn readable_anywhere(mut answer: Response) -> Response {
    for (name, value) in
        [(header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"), (header::ACCESS_CONTROL_EXPOSE_HEADERS, "retry-after")]
    {
        answer.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    answer
}

/// A page of another origin says at the door by what it comes. Its first frame has to show it.
const BY_TOKEN: &str = "by=token";

async fn upgrade(State(realtime): State<Arc<Realtime>>, request: axum::extract::Request) -> Response {
    let (mut parts, _) = request.into_parts();
    let elsewhere = match origin_allowed(&parts, &realtime.settings.allowed_origins) {
        true => None,
        false => match nameable_origin(&parts).filter(|_| parts.uri.query() == Some(BY_TOKEN)) {
            Some(origin) => Some(origin),
            None => {
                return problem(
                    StatusCode::FORBIDDEN,
                    "origin_refused",
                    "This origin may not use this server",
                );
            }
        },
    };
    let host = authority_of(&parts.headers, &parts.uri)
        .map(|authority| authority.host().to_owned())
        .unwrap_or_default();
    let ws = match WebSocketUpgrade::from_request_parts(&mut parts, &()).await {
        Ok(ws) => ws,
        Err(rejection) => {
            return problem(rejection.status(), "not_a_websocket", "This address is for WebSockets only");
        }
    };
    ws.max_message_size(MAX_FRAME_BYTES)
        .max_frame_size(MAX_FRAME_BYTES)
        .read_buffer_size(READ_BUFFER)
        .write_buffer_size(WRITE_BUFFER)
        .on_upgrade(move |socket| async move {
            Socket::new(&realtime, socket, elsewhere).run(&host).await;
        })
}

impl Realtime {
    /// For who came over a link, if that is asked for; else for whoever is signed in, unless they want to be a guest;
    /// for everybody else as a guest.
    /// With what the browser is to show from now on.
    async fn ticket(&self, parts: &Parts, wish: &TicketRequest) -> Result<(Ticket, String), Denied> {
        let (identity, guest) = match wish.appointment {
            Some(id) => (self.appointments.visitor(id, &parts.headers).await?, None),
            None => self.signed_in_or_guest(parts, wish).await?,
        };
        let from = network_of(&parts.extensions).map(|network| self.app.whereabouts(network));
        let (browser, shown) = self.app.browser(browser_shown(&parts.headers));
        let identity = Identity { from, browser: Some(browser), ..identity };
        let (ticket, ttl) = self.app.ticket(identity, None).map_err(unsigned)?;
        let expires_in = u32::try_from(ttl.as_secs()).unwrap_or(u32::MAX);
        Ok((Ticket { ticket, expires_in, guest, room: None, name: None }, shown))
    }

    async fn count_ticket(&self, parts: &Parts) -> Result<(), Response> {
        let Some(ClientAddress(address)) = parts.extensions.get() else { return Ok(()) };
        let Err(wait) = self.tickets.take(&self.app, *address).await else { return Ok(()) };
        let refused =
            problem(StatusCode::TOO_MANY_REQUESTS, "rate_limited", "Too many tickets; try again later");
        Err(([(header::RETRY_AFTER, wait.to_string())], refused).into_response())
    }

    async fn ticket_by_token(
        &self,
        parts: &Parts,
        token: &str,
        room: Option<&str>,
    ) -> Result<Ticket, Denied> {
        let Sent { issuer, person, vouched, grant } = self.app.read_room_token(token)?;
        self.accounts.answers_for(issuer).await?;
        let own = origin_allowed(parts, &self.settings.allowed_origins);
        if !own && !nameable_origin(parts).is_some_and(|origin| grant.is_for(&origin)) {
            return Err(Denied::OriginRefused);
        }
        if room.is_some_and(|room| {
            RoomName::parse(room).ok().as_ref().map(RoomName::folded) != Some(grant.room.folded())
        }) {
            return Err(Denied::RoomTokenElsewhere);
        }
        let from = network_of(&parts.extensions).map(|network| self.app.whereabouts(network));
        let vouched = Some(vouched);
        let identity = Identity { person, sign_in: None, link: None, from, browser: None, vouched };
        let (room, name) = (grant.room.shown().to_owned(), grant.name.clone());
        let (ticket, ttl) = self.app.ticket(identity, Some(grant)).map_err(unsigned)?;
        let expires_in = u32::try_from(ttl.as_secs()).unwrap_or(u32::MAX);
        Ok(Ticket { ticket, expires_in, guest: None, room: Some(room), name: Some(name) })
    }

    async fn signed_in_or_guest(
        &self,
        parts: &Parts,
        wish: &TicketRequest,
    ) -> Result<(Identity, Option<String>), Denied> {
        let signed_in = match wish.guest {
            Some(_) => None,
            None => self.accounts.who(&parts.headers).await?,
        };
        if let Some((sign_in, account)) = signed_in {
            return Ok((
                Identity {
                    person: account.id,
                    sign_in: Some(sign_in.id),
                    link: None,
                    from: None,
                    browser: None,
                    vouched: None,
                },
                None,
            ));
        }
        let (person, proof) = self.app.guest(wish.guest.as_deref()).map_err(unsigned)?;
        Ok((
            Identity { person, sign_in: None, link: None, from: None, browser: None, vouched: None },
            Some(proof),
        ))
    }

    /// A new session, known to this instance.
    pub(super) fn open(&self, identity: Identity, grant: Option<Grant>, host: &str) -> Arc<Session> {
        let id = SessionId::from_bits(self.app.random_bits());
        let session = self.sessions.open(id, (identity, grant), host, self.settings.outbox_bytes);
        self.count();
        session
    }

    /// Hears when the sign-in or the link behind a session ends, and makes sure that it has not.
    pub(super) async fn still_holds(&self, session: &Arc<Session>) -> Result<(), Code> {
        let Identity { person, sign_in, link, .. } = session.identity;
        self.hub.subscribe(session, &ends_of(session)).await;
        let holds = match (sign_in, link) {
            (Some(sign_in), _) => self.accounts.is_signed_in(person, sign_in).await,
            (None, Some(claims)) => self.appointments.still_holds(claims).await,
            (None, None) => Ok(true),
        };
        match holds {
            Ok(true) => Ok(()),
            Ok(false) => Err(Code::TicketInvalid),
            Err(_) => Err(Code::TryAgain),
        }
    }

    pub(super) fn ice_servers(&self, session: &Session) -> Vec<IceServer> {
        self.ice.for_session(session.id, &session.host, self.app.now())
    }

    pub(super) fn count(&self) {
        #[allow(clippy::cast_precision_loss, reason = "a gauge of sessions, exact up to 2^53")]
        metrics::gauge!("visavis_sessions").set(self.sessions.count() as f64);
    }
}

/// Where it is told that what a session was opened with has ended.
pub(super) fn ends_of(session: &Session) -> Vec<TopicName> {
    let Identity { sign_in, link, .. } = session.identity;
    let routes = [sign_in.map(Route::SignIn), link.map(|claims| Route::Link(claims.link))];
    routes.into_iter().flatten().map(|route| route.topic()).collect()
}

fn unsigned<E>(_: E) -> Denied {
    Denied::Defect("a ticket cannot be signed")
}

/// Programs send no origin and have a ticket; pages send theirs, which must be the host that they talk to, or a
/// listed one.
fn origin_allowed(parts: &Parts, allowed: &[String]) -> bool {
    let Some(origin) = parts.headers.get(header::ORIGIN) else { return true };
    let Ok(origin) = origin.to_str() else { return false };
    allowed.iter().any(|one| one == origin) || is_own_page(&parts.headers, &parts.uri)
}

/// The origin of the page that asks, where it is one that a token can name.
fn nameable_origin(parts: &Parts) -> Option<String> {
    let shown = parts.headers.get(header::ORIGIN)?.to_str().ok()?;
    origin(shown).filter(|origin| origin == shown)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_serving_host_and_listed_origins_may_connect() {
        let listed = vec!["https://www.example.org".to_owned()];
        for (origin, host, expected) in [
            (None, "visavis.example", true),
            (Some("https://visavis.example"), "visavis.example", true),
            (Some("https://Visavis.example"), "visavis.EXAMPLE", true),
            (Some("http://localhost:8080"), "localhost:8080", true),
            (Some("http://localhost:8081"), "localhost:8080", false),
            (Some("https://www.example.org"), "visavis.example", true),
            (Some("https://evil.example"), "visavis.example", false),
            (Some("https://visavis.example.evil.example"), "visavis.example", false),
            (Some("null"), "visavis.example", false),
            (Some(""), "visavis.example", false),
        ] {
            let with_origin = |request: axum::http::request::Builder| match origin {
                Some(origin) => request.header("origin", origin),
                None => request,
            };
            let http1 = with_origin(axum::http::Request::get("/ws").header("host", host));
            let http2 = with_origin(axum::http::Request::get(format!("https://{host}/ws")));
            for request in [http1, http2] {
                let (parts, ()) = request.body(()).unwrap().into_parts();
                assert_eq!(origin_allowed(&parts, &listed), expected, "{origin:?} at {host}");
            }
        }
    }
}
