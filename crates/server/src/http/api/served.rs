//! `/api/openapi.json`, `/api/docs` and its style: made once, when the server starts, and the same for everybody.

use super::docs;
use crate::edge::{matches, tag_of};
use axum::Router;
use axum::body::Bytes;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use utoipa::openapi::OpenApi;

pub(super) fn router<S: Clone + Send + Sync + 'static>(document: &OpenApi) -> Router<S> {
    let told = serde_json::to_value(document).unwrap_or_default();
    let page = docs::page(&told);
    let all = [
        ("/api/openapi.json", "application/json", told.to_string()),
        ("/api/docs", "text/html; charset=utf-8", page),
        ("/api/docs/style.css", "text/css; charset=utf-8", docs::STYLE.to_owned()),
    ];
    all.into_iter().fold(Router::new(), |router, (path, kind, text)| {
        let made = Made::new(kind, text);
        router.route(path, get(move |headers: HeaderMap| std::future::ready(made.answer(&headers))))
    })
}

/// Something that does not change while the server runs.
#[derive(Clone)]
struct Made {
    kind: &'static str,
    tag: HeaderValue,
    body: Bytes,
}

impl Made {
    fn new(kind: &'static str, text: String) -> Self {
        let body = Bytes::from(text);
        Self { kind, tag: tag_of(&body), body }
    }

    fn answer(&self, asked: &HeaderMap) -> Response {
        let lasts: [(HeaderName, HeaderValue); 2] =
            [(header::ETAG, self.tag.clone()), (header::CACHE_CONTROL, HeaderValue::from_static("no-cache"))];
        if matches(asked, &header::IF_NONE_MATCH, &self.tag) == Some(true) {
            return (StatusCode::NOT_MODIFIED, lasts).into_response();
        }
        (lasts, [(header::CONTENT_TYPE, self.kind)], self.body.clone()).into_response()
    }
}
