//! `ETag` on what is read, `If-None-Match` on reading it again, `If-Match` on changing it: a tag is made of what would
//! be answered, so that each thing has one without keeping any.

use crate::app::Denied;
use crate::edge::{matches, tag_of};
use axum::body::{Body, to_bytes};
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use std::convert::Infallible;
use visavis_store::StoreError;

/// The server's clock in an answer; it goes on while nothing changes, and is no part of the tag.
const CLOCK: &str = "now";

/// With its tag, if it is something one may look at again; 304 if who asks has it.
pub(super) async fn tagged(method: &Method, asked: &HeaderMap, response: Response) -> Response {
    let looks = *method == Method::GET || *method == Method::HEAD;
    let told = looks || *method == Method::PUT || *method == Method::PATCH;
    let kind = response.headers().get(header::CONTENT_TYPE);
    if !told || response.status() != StatusCode::OK || kind.is_none_or(|kind| kind != "application/json") {
        return response;
    }
    let (mut parts, body) = response.into_parts();
    // Lists are whole in memory already.
    let Ok(body) = to_bytes(body, usize::MAX).await else {
        return Denied::Defect("an answer without a body").into_response();
    };
    let tag = tag(&body);
    parts.headers.insert(header::ETAG, tag.clone());
    if looks && matches(asked, &header::IF_NONE_MATCH, &tag) == Some(true) {
        parts.status = StatusCode::NOT_MODIFIED;
        parts.headers.remove(header::CONTENT_TYPE);
        parts.headers.remove(header::CONTENT_LENGTH);
        return Response::from_parts(parts, Body::empty());
    }
    Response::from_parts(parts, Body::from(body))
}

fn tag(body: &[u8]) -> HeaderValue {
    let clocked: Option<serde_json::Map<String, serde_json::Value>> =
        serde_json::from_slice(body).ok().filter(|fields: &serde_json::Map<_, _>| fields.contains_key(CLOCK));
    match clocked {
        None => tag_of(body),
        Some(mut fields) => {
            fields.remove(CLOCK);
            tag_of(serde_json::Value::Object(fields).to_string().as_bytes())
        }
    }
}

/// What who changes something says to have seen, if they say it.
pub(super) struct Seen(HeaderMap);

impl<S: Sync> FromRequestParts<S> for Seen {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let lines = parts.headers.get_all(header::IF_MATCH).iter();
        Ok(Self(lines.map(|line| (header::IF_MATCH, line.clone())).collect()))
    }
}

impl Seen {
    /// Whether anything was said to have been seen.
    pub(super) fn is_said(&self) -> bool {
        !self.0.is_empty()
    }

    /// Refuses unless this, shown so, is as it was seen. What comes back has to be so still when it is written; none
    /// where nothing was said, or only that there has to be one.
    pub(super) fn still<T>(&self, now: T, shown: &impl Serialize) -> Result<Option<T>, Denied> {
        let body = serde_json::to_vec(shown).map_err(|_| Denied::Defect("an answer that is no JSON"))?;
        let named = self.0.values().any(|line| line != "*");
        match matches(&self.0, &header::IF_MATCH, &tag(&body)) {
            Some(false) => Err(Denied::NotAsSeen),
            Some(true) | None => Ok(named.then_some(now)),
        }
    }

    /// A refusal by the store, in the words of who said what they have seen.
    pub(super) fn refused(&self, denied: Denied) -> Denied {
        match denied {
            Denied::Store(StoreError::Moved) if self.is_said() => Denied::NotAsSeen,
            other => other,
        }
    }
}
