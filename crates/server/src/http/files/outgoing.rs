//! A file on its way out: looked up by what is known of it, read when it is wanted, and kept until it is taken.

use super::{kib, refusal};
use crate::app::is_picture;
use crate::edge::{ClientAddress, Share, Shares, network_of, problem};
use crate::http::Api;
use crate::listen::{Connection, Line};
use axum::body::{Body, Bytes};
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::http::{Extensions, HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use futures_util::{Stream, TryStreamExt, stream};
use std::fmt::Write;
use std::io;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
use tokio_util::task::AbortOnDropHandle;
use visavis_domain::ids::FileId;
use visavis_store::FileCard;

/// A file never changes; it may be deleted, and then it is not to be shown for much longer.
const CACHED: &str = "private, max-age=3600, immutable";
/// Bytes handed on at once: when more are asked for, the line moves.
const PART: usize = 32 * 1024;

pub(super) struct Outgoing {
    pub(super) api: Arc<Api>,
    pub(super) memory: Shares<IpAddr>,
}

/// A file in memory, until the last byte of it is sent.
struct Held {
    body: Vec<u8>,
    _share: Share,
    _watched: Option<AbortOnDropHandle<()>>,
}

impl AsRef<[u8]> for Held {
    fn as_ref(&self) -> &[u8] {
        &self.body
    }
}

pub(super) async fn fetch(
    State(files): State<Arc<Outgoing>>,
    path: Result<Path<(String, String)>, PathRejection>,
    headers: HeaderMap,
    extensions: Extensions,
) -> Response {
    // Whatever the name in the path is: it is there for people who look at the link.
    let id = path.ok().and_then(|Path((id, _))| id.parse().ok());
    let found = match id {
        Some(id) => files.api.app.file_card(id).await,
        None => Ok(None),
    };
    match found {
        Ok(Some(card)) => file(files, &card, &headers, &extensions),
        Ok(None) => problem(StatusCode::NOT_FOUND, "not_found", "There is no such file, or not any more"),
        Err(refused) => refusal(&refused),
    }
}

fn file(files: Arc<Outgoing>, card: &FileCard, headers: &HeaderMap, extensions: &Extensions) -> Response {
    let tag = format!("\"{}\"", card.id);
    let asked = headers.get(header::IF_NONE_MATCH).and_then(|tags| tags.to_str().ok());
    let known =
        asked.is_some_and(|tags| tags.split(',').any(|one| one.trim().trim_start_matches("W/") == tag));
    let mut response = if known {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        let picture = is_picture(card);
        let kind = if picture { card.kind.as_str() } else { "application/octet-stream" };
        let mut response = Response::new(body(files, card, extensions));
        response.headers_mut().insert(header::CONTENT_LENGTH, card.size.into());
        put(response.headers_mut(), header::CONTENT_TYPE, kind);
        put(response.headers_mut(), header::CONTENT_DISPOSITION, &disposition(picture, &card.name));
        response
    };
    put(response.headers_mut(), header::ETAG, &tag);
    put(response.headers_mut(), header::CACHE_CONTROL, CACHED);
    response
}

/// What is in it. Nothing is read before somebody takes it, nor before there is memory for it.
fn body(files: Arc<Outgoing>, card: &FileCard, extensions: &Extensions) -> Body {
    let (id, much) = (card.id, kib(card.size));
    let whose = network_of(extensions).unwrap_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED));
    let line = line(extensions);
    let whole = async move {
        let share = files.memory.take(whose, much).await;
        let watched = line.as_ref().map(Line::watched);
        let whole = files.read(id, share, watched).await?;
        Ok::<_, io::Error>(parts(whole, line))
    };
    Body::from_stream(stream::once(whole).try_flatten())
}

/// The line to who reads it. A balancer's is that of many: it knows by itself who stands still.
fn line(extensions: &Extensions) -> Option<Line> {
    let connection = extensions.get::<Connection>()?;
    let ClientAddress(client) = extensions.get()?;
    (connection.peer.ip() == *client).then(|| connection.line.clone())
}

fn parts(mut left: Bytes, line: Option<Line>) -> impl Stream<Item = io::Result<Bytes>> {
    stream::iter(std::iter::from_fn(move || {
        if left.is_empty() {
            return None;
        }
        if let Some(line) = &line {
            line.moved();
        }
        Some(Ok(left.split_to(PART.min(left.len()))))
    }))
}

impl Outgoing {
    async fn read(
        &self,
        id: FileId,
        share: Share,
        watched: Option<AbortOnDropHandle<()>>,
    ) -> io::Result<Bytes> {
        // It may have been deleted meanwhile: then less comes than was said, and whoever reads knows.
        let found = self.api.app.file(id).await.map_err(io::Error::other)?;
        let (_, body) = found.ok_or(io::ErrorKind::NotFound)?;
        Ok(Bytes::from_owner(Held { body, _share: share, _watched: watched }))
    }
}

fn put(headers: &mut HeaderMap, name: header::HeaderName, value: &str) {
    // All of them are printable ASCII, whatever the file is called.
    if let Ok(value) = HeaderValue::from_str(value) {
        headers.insert(name, value);
    }
}

/// Shown or for saving, and under which name: as RFC 6266 has it, for programs that know only ASCII, and for all others.
fn disposition(picture: bool, name: &str) -> String {
    let way = if picture { "inline" } else { "attachment" };
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_' | ' ');
    let simple: String = name.chars().map(|c| if plain(c) { c } else { '_' }).collect();
    let exact = name.bytes().fold(String::new(), |mut text, byte| {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_') {
            text.push(char::from(byte));
        } else {
            let _ = write!(text, "%{byte:02X}");
        }
        text
    });
    format!("{way}; filename=\"{simple}\"; filename*=UTF-8''{exact}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_files_stay_within_their_header() {
        for (name, expected) in [
            ("Plan.pdf", "attachment; filename=\"Plan.pdf\"; filename*=UTF-8''Plan.pdf"),
            ("a\"; x=\"b", "attachment; filename=\"a__ x__b\"; filename*=UTF-8''a%22%3B%20x%3D%22b"),
            ("Ölbild.png", "attachment; filename=\"_lbild.png\"; filename*=UTF-8''%C3%96lbild.png"),
            (
                "a\r\nSet-Cookie: b",
                "attachment; filename=\"a__Set-Cookie_ b\"; filename*=UTF-8''a%0D%0ASet-Cookie%3A%20b",
            ),
        ] {
            let made = disposition(false, name);
            assert_eq!(made, expected);
            assert!(HeaderValue::from_str(&made).is_ok());
        }
        assert!(disposition(true, "x.png").starts_with("inline; "));
    }
}
