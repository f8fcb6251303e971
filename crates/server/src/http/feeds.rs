//! WHIP (RFC 9725) and WHEP: programs send media into a room by `POST /whip/{room}`, and take it out by
//! `POST /whep/{room}`, with a key. What the answer's `Location` names is changed by PATCH and ended by DELETE, at any
//! instance. Pages of any site may use it: nothing here is shown by a browser of itself.

mod answer;
mod ice;

use super::Api;
use crate::app::{ByAddress, FeedWish, IceServers, Watched, over_key};
use crate::edge::{ClientAddress, RateByAddress, bearer};
use crate::http::feeds::answer::{Refusal, refusal, with_cors};
use axum::body::{Body, to_bytes};
use axum::extract::{Path, Query, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::{patch, post};
use axum::{Extension, Router};
use ice::Pieces;
use serde::Deserialize;
use std::num::NonZeroU32;
use std::sync::Arc;
use visavis_domain::ids::{ApiKeyId, ParticipantId, SessionId};
use visavis_domain::name::RoomName;
use visavis_domain::room::{FeedRole, Source};
use visavis_domain::scope::Scope;

/// A description is some kilobytes long; with every codec of a browser, twenty.
const MOST_BYTES: usize = 64 * 1024;
const OFFER: &str = "application/sdp";
const PIECES: &str = "application/trickle-ice-sdpfrag";

/// Connections that programs at one address may ask for: a control room that comes back after a fault, and few enough
/// that one that tries again and again costs nothing.
const FEEDS_PER_MINUTE: NonZeroU32 = NonZeroU32::new(60).expect("more than none");

/// What this edge needs besides.
pub(crate) struct Feeds {
    /// How often an address may ask to come in.
    rate: RateByAddress,
    ice: Arc<dyn IceServers>,
}

impl Feeds {
    pub(crate) fn new(ice: Arc<dyn IceServers>) -> Self {
        Self { rate: RateByAddress::per_minute(ByAddress::Feeds, FEEDS_PER_MINUTE), ice }
    }
}

/// Which of the two a path is of.
#[derive(Debug, Clone, Copy)]
struct Kind {
    role: FeedRole,
    scope: Scope,
}

const WHIP: Kind = Kind { role: FeedRole::Publisher, scope: Scope::MediaPublish };
const WHEP: Kind = Kind { role: FeedRole::Watcher, scope: Scope::MediaWatch };

/// Who asks: a key that may.
#[derive(Debug, Clone)]
struct By {
    key: ApiKeyId,
    name: String,
}

/// What stands behind the question mark.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Asked {
    /// What to be called; else as the key is.
    name: Option<String>,
    /// Whom to watch; else whoever speaks.
    participant: Option<ParticipantId>,
    /// Which of their pictures.
    track: Option<Picture>,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Picture {
    Camera,
    Screen,
}

/// The routes of this edge.
pub(super) fn router(api: &Arc<Api>) -> Router {
    let of = |kind: Kind, all: &str, one: &str| {
        let guard = middleware::from_fn_with_state((api.clone(), kind), guard);
        Router::new()
            .route(all, post(open))
            .route(one, patch(change).delete(close))
            .method_not_allowed_fallback(async || refusal(Refusal::Method))
            .layer(guard)
            .layer(Extension(kind))
            .layer(middleware::from_fn(with_cors))
            .with_state(api.clone())
    };
    of(WHIP, "/whip/{room}", "/whip/{room}/{feed}").merge(of(WHEP, "/whep/{room}", "/whep/{room}/{feed}"))
}

/// Whether who asks may. A genuine key's requests are counted whatever comes of them.
async fn guard(State((api, kind)): State<(Arc<Api>, Kind)>, mut request: Request, next: Next) -> Response {
    let Some(shown) = bearer(request.headers()).map(str::to_owned) else {
        return refusal(Refusal::KeyNeeded);
    };
    let (key, _) = match api.accounts.whose_api_key(&shown).await {
        Ok(found) => found,
        Err(denied) => return denied.into_response(),
    };
    let pace = match api.key_rate.take(&api.app, key.id).await {
        Ok(pace) => pace,
        Err(over) => return over.refusal(),
    };
    let mut response = if key.scopes.contains(&kind.scope) {
        request.extensions_mut().insert(By { key: key.id, name: key.name.clone() });
        over_key(key.id, next.run(request)).await
    } else {
        crate::app::Denied::ScopeMissing(kind.scope).into_response()
    };
    pace.tell(response.headers_mut());
    response
}

async fn open(
    State(api): State<Arc<Api>>,
    Extension(kind): Extension<Kind>,
    Extension(By { key, name }): Extension<By>,
    Path(room): Path<String>,
    request: Request,
) -> Result<Response, Response> {
    let (parts, body) = request.into_parts();
    count(&api, &parts).await?;
    let Ok(Query(asked)) = Query::<Asked>::try_from_uri(&parts.uri) else {
        return Err(refusal(Refusal::Question));
    };
    let room = RoomName::parse(&room).map_err(|_| refusal(Refusal::Room))?;
    let wish = asked.wish(kind).ok_or_else(|| refusal(Refusal::Question))?;
    let sdp = text(&parts.headers, OFFER, body).await?;
    let shown = asked.name.unwrap_or(name);
    let feed = api.app.open_feed(key, &room, &shown, wish, &sdp).await.map_err(answer::refused)?;
    Ok(answer::opened(&api, &parts, &feed))
}

impl Asked {
    /// None if it is not what can be asked of this address.
    fn wish(&self, kind: Kind) -> Option<FeedWish> {
        match kind.role {
            FeedRole::Publisher if self.participant.is_some() || self.track.is_some() => None,
            FeedRole::Publisher => Some(FeedWish::Publish),
            FeedRole::Watcher => {
                let picture = match self.track {
                    None | Some(Picture::Camera) => Source::Camera,
                    Some(Picture::Screen) => Source::Screen,
                };
                Some(FeedWish::Watch(Watched { participant: self.participant, picture }))
            }
        }
    }
}

/// A feed that is there.
fn named(kind: Kind, room: &str, feed: &str) -> Result<(RoomName, (SessionId, FeedRole)), Refusal> {
    let room = RoomName::parse(room).map_err(|_| Refusal::Feed)?;
    let session = feed.parse().map_err(|_| Refusal::Feed)?;
    Ok((room, (session, kind.role)))
}

async fn change(
    State(api): State<Arc<Api>>,
    Extension(kind): Extension<Kind>,
    Extension(By { key, .. }): Extension<By>,
    Path((room, feed)): Path<(String, String)>,
    request: Request,
) -> Result<Response, Response> {
    let (parts, body) = request.into_parts();
    let (room, feed) = named(kind, &room, &feed).map_err(refusal)?;
    let fragment = text(&parts.headers, PIECES, body).await?;
    let pieces = Pieces::read(&parts.headers, &fragment).map_err(refusal)?;
    let told = api.app.feed_ice(key, &room, feed, pieces.asked()).await.map_err(answer::refused_pieces)?;
    Ok(pieces.answer(told))
}

async fn close(
    State(api): State<Arc<Api>>,
    Extension(kind): Extension<Kind>,
    Extension(By { key, .. }): Extension<By>,
    Path((room, feed)): Path<(String, String)>,
) -> Result<StatusCode, Response> {
    let (room, feed) = named(kind, &room, &feed).map_err(refusal)?;
    api.app.close_feed(key, &room, feed).await.map_err(answer::refused)?;
    Ok(StatusCode::OK)
}

async fn count(api: &Api, parts: &Parts) -> Result<(), Response> {
    let Some(ClientAddress(address)) = parts.extensions.get() else { return Ok(()) };
    let counted = api.feeds.rate.take(&api.app, *address).await;
    counted.map_err(|wait| refusal(Refusal::TooOften(wait)))
}

/// The body, if it is of this kind and not too long.
async fn text(headers: &HeaderMap, kind: &str, body: Body) -> Result<String, Response> {
    let said = headers.get(header::CONTENT_TYPE).and_then(|said| said.to_str().ok()).unwrap_or_default();
    let said = said.split(';').next().unwrap_or_default().trim();
    if !said.eq_ignore_ascii_case(kind) {
        return Err(refusal(Refusal::ContentType));
    }
    let bytes = to_bytes(body, MOST_BYTES).await.map_err(|_| refusal(Refusal::TooLarge))?;
    String::from_utf8(bytes.into()).map_err(|_| refusal(Refusal::Description))
}
