//! `Idempotency-Key`: a request that makes or sends something, shown again with the same word within a day, is not done
//! again; the answer is told again. What failed is not kept: it may be tried again under the same word.

use super::{Api, Signed};
use crate::app::{Denied, Doing, MOST_BYTES, Refused, Told, Unknown, Verdict, over_key};
use crate::edge::problem;
use aws_lc_rs::digest::{Context, SHA256};
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{FromRequest, Request};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use std::fmt::Write;
use std::sync::Arc;
use tokio::task::JoinError;
use visavis_domain::ids::ApiKeyId;

pub(super) const WORD: HeaderName = HeaderName::from_static("idempotency-key");
const REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");
/// Characters of a word.
pub(super) const MOST_CHARS: usize = 255;

/// Does it once, if a word is shown; else as ever.
pub(super) async fn once(api: &Arc<Api>, signed: &Signed, request: Request, next: Next) -> Response {
    let word = match word(request.headers()) {
        Ok(None) => return next.run(request).await,
        Ok(Some(word)) => word,
        Err(NoWord) => {
            let title = "One word of 1 to 255 visible characters of ASCII";
            return problem(StatusCode::BAD_REQUEST, "idempotency_key_invalid", title);
        }
    };
    let (parts, body) = request.into_parts();
    // Under the limit of all bodies.
    let body = match Bytes::from_request(Request::from_parts(parts.clone(), body), &()).await {
        Ok(body) => body,
        Err(refused) if refused.status() == StatusCode::PAYLOAD_TOO_LARGE => {
            return problem(StatusCode::PAYLOAD_TOO_LARGE, "too_large", "The body is too large");
        }
        Err(_) => return problem(StatusCode::BAD_REQUEST, "malformed", "The body is no JSON"),
    };
    let path = parts.uri.path_and_query().map_or_else(String::new, ToString::to_string);
    let print = fingerprint(&[parts.method.as_str().as_bytes(), path.as_bytes(), &body]);
    match api.app.once((signed.account.id, signed.key), &word, print).await {
        Ok(Ok(doing)) => {
            let request = Request::from_parts(parts, Body::from(body));
            to_the_end(api.clone(), signed.key, doing, request, next).await
        }
        Ok(Err(Verdict::Again(told))) => again(told),
        Ok(Err(Verdict::Busy | Verdict::First)) => running(),
        Ok(Err(Verdict::Other)) => {
            let title = "This word was shown with another request";
            problem(StatusCode::UNPROCESSABLE_ENTITY, "idempotency_key_reused", title)
        }
        Err(Refused::TooOften) => {
            let title = "As much is kept under words of this asker as may be; try again later";
            let refused = problem(StatusCode::TOO_MANY_REQUESTS, "rate_limited", title);
            ([(header::RETRY_AFTER, "10")], refused).into_response()
        }
        // What is not there is nothing here: there is no such thing to name.
        Err(refused) => refused.denied(Denied::Unknown(Unknown::Room)).into_response(),
    }
}

/// Something else was shown.
#[derive(Debug)]
struct NoWord;

fn word(headers: &HeaderMap) -> Result<Option<String>, NoWord> {
    let mut shown = headers.get_all(WORD).iter();
    let Some(first) = shown.next() else { return Ok(None) };
    let fits = |word: &&str| {
        (1..=MOST_CHARS).contains(&word.len()) && word.bytes().all(|byte| byte.is_ascii_graphic())
    };
    let one = first.to_str().ok().filter(fits).filter(|_| shown.next().is_none());
    one.map(|word| Some(word.to_owned())).ok_or(NoWord)
}

/// Over parts whose lengths are part of it.
fn fingerprint(parts: &[&[u8]]) -> String {
    let mut context = Context::new(&SHA256);
    for part in parts {
        context.update(&(part.len() as u64).to_be_bytes());
        context.update(part);
    }
    context.finish().as_ref().iter().take(16).fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

fn running() -> Response {
    let title = "The first request with this word goes on; try again later";
    let refused = problem(StatusCode::CONFLICT, "request_running", title);
    ([(header::RETRY_AFTER, "1")], refused).into_response()
}

/// Who shows a word may hang up and ask again: what was begun is ended, and its answer kept, all the same.
async fn to_the_end(
    api: Arc<Api>,
    key: Option<ApiKeyId>,
    doing: Doing,
    request: Request,
    next: Next,
) -> Response {
    let work = async move { kept(&api, doing, next.run(request).await).await };
    let task = match key {
        // What is written down names the key, in this task too.
        Some(key) => tokio::spawn(over_key(key, work)),
        None => tokio::spawn(work),
    };
    match task.await.map_err(JoinError::try_into_panic) {
        Ok(response) => response,
        // As if it had happened here.
        Err(Ok(panic)) => std::panic::resume_unwind(panic),
        Err(Err(_)) => Denied::Defect("a request was cancelled").into_response(),
    }
}

/// Keeps what was answered, if it was done, and gives it back.
async fn kept(api: &Api, doing: Doing, response: Response) -> Response {
    if !response.status().is_success() {
        api.app.done(doing, None).await;
        return response;
    }
    let (parts, body) = response.into_parts();
    let Ok(body) = to_bytes(body, MOST_BYTES).await else {
        api.app.done(doing, None).await;
        return Denied::Defect("an answer that cannot be kept").into_response();
    };
    let text = String::from_utf8_lossy(&body).into_owned();
    api.app.done(doing, Some(&Told { status: parts.status.as_u16(), body: text })).await;
    Response::from_parts(parts, Body::from(body))
}

fn again(told: Told) -> Response {
    let status = StatusCode::from_u16(told.status).unwrap_or(StatusCode::OK);
    let replayed = [(REPLAYED, HeaderValue::from_static("true"))];
    if told.body.is_empty() {
        return (status, replayed).into_response();
    }
    (status, replayed, [(header::CONTENT_TYPE, "application/json")], told.body).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_one_and_short_and_visible() {
        let long = "a".repeat(MOST_CHARS);
        for (lines, expected) in [
            (vec![], Some(None)),
            (vec!["order-1"], Some(Some("order-1"))),
            (vec![&*long], Some(Some(&*long))),
            (vec![""], None),
            (vec!["a b"], None),
            (vec!["a\u{e9}"], None),
            (vec!["a", "b"], None),
        ] {
            let mut headers = HeaderMap::new();
            for line in &lines {
                headers.append(WORD, HeaderValue::from_bytes(line.as_bytes()).unwrap());
            }
            let found = word(&headers).ok();
            assert_eq!(found.as_ref().map(Option::as_deref), expected, "{lines:?}");
        }
        let too_long = HeaderValue::from_str(&"a".repeat(MOST_CHARS + 1)).unwrap();
        assert!(word(&[(WORD, too_long)].into_iter().collect()).is_err());
    }

    #[test]
    fn where_one_part_ends_is_part_of_what_a_request_is() {
        assert_eq!(fingerprint(&[b"ab", b"c"]), fingerprint(&[b"ab", b"c"]));
        assert_ne!(fingerprint(&[b"ab", b"c"]), fingerprint(&[b"a", b"bc"]));
    }
}
