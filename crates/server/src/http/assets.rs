//! The web client, embedded: compressed forms, ETags, and `index.html` for the pages it draws itself.

use crate::edge::problem;
use axum::body::Body;
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use rust_embed::{EmbeddedFile, RustEmbed};

#[derive(RustEmbed)]
#[folder = "../../web/dist"]
#[allow_missing = true]
struct Assets;

const INDEX: &str = "index.html";
/// Names of these files carry a hash of their content.
const HASHED: &str = "assets/";

pub(super) async fn serve(request: Request) -> Response {
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return problem(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", "Only GET and HEAD here");
    }
    let path = request.uri().path().trim_start_matches('/');
    let compressed = [".br", ".gz"].iter().any(|ending| path.ends_with(ending));
    if !path.is_empty() && !compressed && path != INDEX && Assets::get(path).is_some() {
        return file(path, StatusCode::OK, &request);
    }
    if path.starts_with("api/") || !wants_page(request.headers()) {
        return problem(StatusCode::NOT_FOUND, "not_found", "There is nothing here");
    }
    if Assets::get(INDEX).is_none() {
        return problem(
            StatusCode::NOT_FOUND,
            "not_found",
            "This build has no web client: see README, make run",
        );
    }
    // The page says itself that it knows no such address; the status says it to programs.
    file(INDEX, if is_page(path) { StatusCode::OK } else { StatusCode::NOT_FOUND }, &request)
}

/// Whether the web client draws a page at this address, as far as the address alone tells.
fn is_page(path: &str) -> bool {
    if path.strip_prefix("r/").is_some_and(|room| !room.is_empty()) {
        return true;
    }
    let parts: Vec<_> = path.trim_end_matches('/').split('/').collect();
    matches!(
        parts.as_slice(),
        ["" | "a" | "desk" | "lounge" | "staff" | "admin" | "invitation"]
            | ["desk" | "lounge", _]
            | ["embed", "desk", _]
            | ["staff" | "admin", _]
    )
}

fn wants_page(headers: &HeaderMap) -> bool {
    let accept = headers.get(header::ACCEPT).and_then(|accept| accept.to_str().ok());
    accept.is_none_or(|accept| accept.contains("text/html") || accept.contains("*/*"))
}

fn file(path: &str, status: StatusCode, request: &Request) -> Response {
    let accepted = request.headers().get(header::ACCEPT_ENCODING).and_then(|value| value.to_str().ok());
    let Some((file, encoding)) = best_form(path, accepted.unwrap_or_default()) else {
        return problem(StatusCode::NOT_FOUND, "not_found", "There is nothing here");
    };
    let etag = etag(&file);
    let mut headers = HeaderMap::new();
    let lasting = if path.starts_with(HASHED) { "public, max-age=31536000, immutable" } else { "no-cache" };
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(lasting));
    headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    if let Ok(value) = HeaderValue::from_str(&etag) {
        headers.insert(header::ETAG, value);
    }
    let known = request.headers().get(header::IF_NONE_MATCH).and_then(|value| value.to_str().ok());
    if status == StatusCode::OK && known.is_some_and(|known| known.split(',').any(|one| one.trim() == etag)) {
        return (StatusCode::NOT_MODIFIED, headers).into_response();
    }
    if let Ok(value) = HeaderValue::from_str(&content_type(path)) {
        headers.insert(header::CONTENT_TYPE, value);
    }
    if let Some(encoding) = encoding {
        headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static(encoding));
    }
    headers.insert(header::CONTENT_LENGTH, HeaderValue::from(file.data.len()));
    let body = if *request.method() == Method::HEAD {
        Body::empty()
    } else {
        match file.data {
            std::borrow::Cow::Borrowed(bytes) => Body::from(bytes),
            std::borrow::Cow::Owned(bytes) => Body::from(bytes),
        }
    };
    (status, headers, body).into_response()
}

/// The smallest form that the browser takes and the build has made.
fn best_form(path: &str, accepted: &str) -> Option<(EmbeddedFile, Option<&'static str>)> {
    let accepts = |name: &str| {
        accepted.split(',').any(|one| {
            let (coding, weight) = one.split_once(';').unwrap_or((one, ""));
            coding.trim() == name && !matches!(weight.trim(), "q=0" | "q=0.0" | "q=0.00" | "q=0.000")
        })
    };
    for (name, ending) in [("br", ".br"), ("gzip", ".gz")] {
        if accepts(name)
            && let Some(file) = Assets::get(&format!("{path}{ending}"))
        {
            return Some((file, Some(name)));
        }
    }
    Assets::get(path).map(|file| (file, None))
}

fn etag(file: &EmbeddedFile) -> String {
    use std::fmt::Write;
    let hash = file.metadata.sha256_hash();
    hash.iter().take(16).fold(String::from("\""), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    }) + "\""
}

/// By the name without a compressed ending.
fn content_type(path: &str) -> String {
    let kind = Assets::get(path).map_or_else(String::new, |file| file.metadata.mimetype().to_owned());
    if kind.starts_with("text/") { kind + "; charset=utf-8" } else { kind }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_pages_are_told_from_others() {
        for path in [
            "",
            "r/x",
            "r/a/b",
            "desk",
            "desk/",
            "desk/help",
            "embed/desk/help",
            "lounge",
            "lounge/",
            "lounge/sports",
            "staff",
            "staff/account",
            "a",
        ] {
            assert!(is_page(path), "{path}");
        }
        for path in [
            "r/",
            "r",
            "desk/help/more",
            "lounge/sports/more",
            "embed/lounge/sports",
            "embed",
            "embed/desk",
            "embed/room/x",
            "nowhere",
            "staff/a/b",
            "a/b",
        ] {
            assert!(!is_page(path), "{path}");
        }
    }
}
