//! Files and pictures of the lounge: `POST /api/v1/files` takes one for which there is a token, `/files/{id}/{name}`
//! gives it to whoever knows its id. Bytes only; what they are and who may have them is decided in the use cases.

use super::Api;
use crate::app::{App, Refused, Upload, is_picture};
use crate::edge::{problem, same_origin};
use axum::body::{Body, BodyDataStream};
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use futures_util::StreamExt;
use std::fmt::Write;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Semaphore;
use tokio::time::timeout;
use tower_http::timeout::TimeoutLayer;
use visavis_store::{FileCard, StoreError};

/// For as long a file may take on its way: 10 MiB with 280 kbit/s. Less shuts out slow lines; more lets those who send
/// nothing hold their place for longer.
const UPLOAD_WITHIN: Duration = Duration::from_secs(5 * 60);
/// Files on their way at once, together, in KiB: each is held in memory until it is there.
const ON_THEIR_WAY_KIB: usize = 128 * 1024;
/// Of what is refused, so much is read all the same, and for so long.
const DRAINED: usize = 16 * 1024 * 1024;
const DRAINED_WITHIN: Duration = Duration::from_secs(20);
/// A file never changes; it may be deleted, and then it is not to be shown for much longer.
const CACHED: &str = "private, max-age=3600, immutable";

/// Fetching, under the limits of all requests.
pub(super) fn router(api: &Arc<Api>) -> Router {
    Router::new().route("/files/{id}/{name}", get(fetch)).with_state(api.clone())
}

/// Sending up, under limits of its own.
pub(super) fn uploads(api: &Arc<Api>) -> Router {
    let uploads = Uploads { api: api.clone(), memory: Semaphore::new(ON_THEIR_WAY_KIB) };
    Router::new()
        .route("/api/v1/files", post(upload))
        .layer(TimeoutLayer::with_status_code(StatusCode::REQUEST_TIMEOUT, UPLOAD_WITHIN))
        .with_state(Arc::new(uploads))
}

struct Uploads {
    api: Arc<Api>,
    memory: Semaphore,
}

async fn upload(State(uploads): State<Arc<Uploads>>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let mut chunks = body.into_data_stream();
    match take(&uploads, &parts, &mut chunks).await {
        Ok(response) => response,
        Err(response) => {
            drain(&mut chunks).await;
            response
        }
    }
}

/// Reads no more than was offered, and nothing of what says beforehand that it is something else.
async fn take(uploads: &Uploads, parts: &Parts, chunks: &mut BodyDataStream) -> Result<Response, Response> {
    let Uploads { api, memory } = uploads;
    if !same_origin(&parts.headers, &parts.uri, api.public.as_ref()) {
        let title = "Only pages of this server may do that";
        return Err(problem(StatusCode::FORBIDDEN, "origin_refused", title));
    }
    let (offered, size) = offered(&api.app, &parts.headers).map_err(|refused| refusal(&refused))?;
    let Ok(_held) = memory.try_acquire_many(size / 1024 + 1) else {
        return Err(try_again("Too many files are on their way"));
    };
    let sent = async { api.app.keep_file(offered, read(chunks, size as usize).await?).await };
    let sent = sent.await.map_err(|refused| refusal(&refused))?;
    Ok(([(header::CACHE_CONTROL, "no-store")], Json(sent)).into_response())
}

/// What may come, and how many bytes that is.
fn offered(app: &App, headers: &HeaderMap) -> Result<(Upload, u32), Refused> {
    let offered = app.check_upload(bearer(headers).ok_or(Refused::Ticket)?)?;
    let said = headers.get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok());
    let said = said.and_then(|length| length.parse().ok()).unwrap_or(offered.size);
    app.may_be_as_large(said.max(offered.size))?;
    if said != offered.size {
        return Err(Refused::File);
    }
    let size = u32::try_from(offered.size).map_err(|_| Refused::FileTooLarge)?;
    Ok((offered, size))
}

async fn read(chunks: &mut BodyDataStream, size: usize) -> Result<Vec<u8>, Refused> {
    let mut body = Vec::new();
    while let Some(chunk) = chunks.next().await {
        let chunk = chunk.map_err(|_| Refused::File)?;
        if body.len() + chunk.len() > size {
            return Err(Refused::File);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

/// Reads on for a while, for nothing: who is cut off while they send never hear why.
async fn drain(chunks: &mut BodyDataStream) {
    let mut left = DRAINED;
    let read = async {
        while let Some(Ok(chunk)) = chunks.next().await {
            left = left.saturating_sub(chunk.len());
            if left == 0 {
                return;
            }
        }
    };
    // Whoever is slower than that is cut off.
    let _ = timeout(DRAINED_WITHIN, read).await;
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

async fn fetch(
    State(api): State<Arc<Api>>,
    path: Result<Path<(String, String)>, PathRejection>,
    headers: HeaderMap,
) -> Response {
    // Whatever the name in the path is: it is there for people who look at the link.
    let id = path.ok().and_then(|Path((id, _))| id.parse().ok());
    let found = match id {
        Some(id) => api.app.file(id).await,
        None => Ok(None),
    };
    match found {
        Ok(Some((card, body))) => file(&card, body, &headers),
        Ok(None) => problem(StatusCode::NOT_FOUND, "not_found", "There is no such file, or not any more"),
        Err(refused) => refusal(&refused),
    }
}

fn file(card: &FileCard, body: Vec<u8>, headers: &HeaderMap) -> Response {
    let tag = format!("\"{}\"", card.id);
    let asked = headers.get(header::IF_NONE_MATCH).and_then(|tags| tags.to_str().ok());
    let known =
        asked.is_some_and(|tags| tags.split(',').any(|one| one.trim().trim_start_matches("W/") == tag));
    let mut response = if known {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        let picture = is_picture(card);
        let kind = if picture { card.kind.as_str() } else { "application/octet-stream" };
        let mut response = Response::new(Body::from(body));
        put(response.headers_mut(), header::CONTENT_TYPE, kind);
        put(response.headers_mut(), header::CONTENT_DISPOSITION, &disposition(picture, &card.name));
        response
    };
    put(response.headers_mut(), header::ETAG, &tag);
    put(response.headers_mut(), header::CACHE_CONTROL, CACHED);
    response
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

fn refusal(refused: &Refused) -> Response {
    match refused {
        Refused::Ticket => problem(
            StatusCode::UNAUTHORIZED,
            "upload_refused",
            "There is no right to send this up, or not any more",
        ),
        Refused::File => {
            problem(StatusCode::UNPROCESSABLE_ENTITY, "file_invalid", "This is not the file that was offered")
        }
        Refused::FileTooLarge => {
            problem(StatusCode::PAYLOAD_TOO_LARGE, "too_large", "Files may not be as large")
        }
        Refused::Store(StoreError::Full | StoreError::ReadOnly(_)) => {
            problem(StatusCode::INSUFFICIENT_STORAGE, "storage_full", "There is no room for more files")
        }
        Refused::Store(StoreError::Unavailable(_)) | Refused::Live(_) => {
            try_again("The database does not answer; try again")
        }
        other => {
            tracing::error!(refused = %other, "a file could not be taken or given");
            problem(StatusCode::INTERNAL_SERVER_ERROR, "internal", "A defect of the server")
        }
    }
}

fn try_again(title: &str) -> Response {
    let refused = problem(StatusCode::SERVICE_UNAVAILABLE, "try_again", title);
    ([(header::RETRY_AFTER, "2")], refused).into_response()
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

    #[test]
    fn only_a_bearer_has_a_token() {
        for (value, expected) in [
            ("Bearer abc", Some("abc")),
            ("bearer  abc ", Some("abc")),
            ("Basic abc", None),
            ("Bearer", None),
            ("", None),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(header::AUTHORIZATION, value.parse().unwrap());
            assert_eq!(bearer(&headers), expected, "{value}");
        }
    }
}
