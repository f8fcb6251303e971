//! What WHIP and WHEP answer: what was made and where it is, why it was not, and that pages of all sites may read it.

use super::{OFFER, PIECES};
use crate::app::{Feed, FeedRefused, MediaRefused, Refused};
use crate::edge::{authority_of, problem};
use crate::http::Api;
use axum::extract::Request;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use visavis_domain::room::Rejection;
use visavis_media::feed::Unfit;
use visavis_protocol::IceServer;
use visavis_store::StoreError;

/// Seconds after which it is worth trying again: somebody may have left, another instance is there, live state is back.
const TRY_AGAIN_S: u64 = 2;
const FULL_FOR_S: u64 = 30;
const ACCEPT_PATCH: HeaderName = HeaderName::from_static("accept-patch");
const ACCEPT_POST: HeaderName = HeaderName::from_static("accept-post");
const METHODS: &str = "POST, PATCH, DELETE, OPTIONS";
const READABLE: &str =
    "location, link, etag, accept-patch, retry-after, ratelimit-limit, ratelimit-remaining, ratelimit-reset";

/// What is wrong with a request before it comes to a room.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Refusal {
    KeyNeeded,
    Method,
    ContentType,
    TooLarge,
    Description,
    Pieces,
    MatchNeeded,
    Question,
    Room,
    Feed,
    TooOften(u64),
}

pub(super) fn refusal(refusal: Refusal) -> Response {
    let (status, code, title) = match refusal {
        Refusal::KeyNeeded => (StatusCode::UNAUTHORIZED, "key_needed", "Show a key as a bearer"),
        Refusal::Method => (StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", "Not with this method"),
        Refusal::ContentType => (
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "content_type_unsupported",
            "The body has to be a description",
        ),
        Refusal::TooLarge => (StatusCode::PAYLOAD_TOO_LARGE, "too_large", "The description is too large"),
        Refusal::Description => (StatusCode::BAD_REQUEST, "sdp_invalid", "The description cannot be read"),
        Refusal::Pieces => (
            StatusCode::BAD_REQUEST,
            "fragment_invalid",
            "The fragment cannot be read, or is of another session",
        ),
        Refusal::MatchNeeded => {
            (StatusCode::PRECONDITION_REQUIRED, "match_needed", "Say which ICE session is meant by If-Match")
        }
        Refusal::Question => (StatusCode::BAD_REQUEST, "malformed", "Not what can be asked of this address"),
        Refusal::Room => (StatusCode::NOT_FOUND, "room_unknown", "There is no such room, or nobody is in it"),
        Refusal::Feed => {
            (StatusCode::NOT_FOUND, "feed_unknown", "There is nothing of this name, or not any more")
        }
        Refusal::TooOften(_) => (StatusCode::TOO_MANY_REQUESTS, "rate_limited", "Too many from this address"),
    };
    let mut response = problem(status, code, title);
    match refusal {
        Refusal::KeyNeeded => {
            let how = HeaderValue::from_static("Bearer realm=\"visavis\"");
            response.headers_mut().insert(header::WWW_AUTHENTICATE, how);
        }
        Refusal::Method => {
            response.headers_mut().insert(header::ALLOW, HeaderValue::from_static(METHODS));
        }
        Refusal::TooOften(wait) => {
            response.headers_mut().insert(header::RETRY_AFTER, wait.into());
        }
        _ => {}
    }
    response
}

/// Why a fragment is not taken. What cannot be used is the fragment: the offer was.
pub(super) fn refused_pieces(of: FeedRefused) -> Response {
    match of {
        FeedRefused::Refused(Refused::Media(MediaRefused::Unusable)) => refusal(Refusal::Pieces),
        other => refused(other),
    }
}

/// Why a room does not take it.
pub(super) fn refused(refused: FeedRefused) -> Response {
    const FULL: StatusCode = StatusCode::SERVICE_UNAVAILABLE;
    let (status, code, title, wait) = match refused {
        FeedRefused::Unfit(unfit) => return unfitting(unfit),
        FeedRefused::RoomUnknown => return refusal(Refusal::Room),
        FeedRefused::FeedUnknown => return refusal(Refusal::Feed),
        FeedRefused::Draining => {
            (FULL, "draining", "This server is about to stop; try again", Some(TRY_AGAIN_S))
        }
        FeedRefused::Refused(refused) => match refused {
            Refused::Room(Rejection::RoomFull) => (FULL, "room_full", "The room is full", Some(FULL_FOR_S)),
            Refused::Room(Rejection::RoomLocked) => {
                (StatusCode::FORBIDDEN, "room_locked", "The host lets nobody new in", None)
            }
            Refused::Room(Rejection::KnockFirst) => {
                (StatusCode::FORBIDDEN, "knock_first", "The host lets in who knocks, and keys cannot", None)
            }
            Refused::Room(Rejection::Removed) => {
                (StatusCode::FORBIDDEN, "removed", "This key was removed from the room", None)
            }
            Refused::Room(Rejection::ParticipantUnknown) => {
                (StatusCode::NOT_FOUND, "participant_unknown", "There is nobody of this id in the room", None)
            }
            // Whoever sat down and is not there any more has been removed, or the room ended.
            Refused::Room(Rejection::NotInRoom) => return refusal(Refusal::Feed),
            Refused::Name => (StatusCode::BAD_REQUEST, "name_invalid", "The name is not one", None),
            Refused::Media(MediaRefused::Unusable) => return refusal(Refusal::Description),
            Refused::Media(MediaRefused::Stale) => (
                StatusCode::PRECONDITION_FAILED,
                "ice_session_changed",
                "Another ICE session has begun",
                None,
            ),
            Refused::Live(_) | Refused::Media(_) | Refused::Store(StoreError::Unavailable(_)) => {
                (FULL, "try_again", "The server cannot do that right now; try again", Some(TRY_AGAIN_S))
            }
            Refused::Room(Rejection::PasswordRequired | Rejection::PasswordWrong) => {
                (FULL, "try_again", "The room has just changed; try again", Some(TRY_AGAIN_S))
            }
            other => {
                tracing::error!(error = %other, "a feed was refused for what it cannot be refused for");
                (StatusCode::INTERNAL_SERVER_ERROR, "internal", "A defect of the server", None)
            }
        },
    };
    let mut response = problem(status, code, title);
    if let Some(wait) = wait {
        response.headers_mut().insert(header::RETRY_AFTER, wait.into());
    }
    response
}

fn unfitting(unfit: Unfit) -> Response {
    match unfit {
        Unfit::Malformed => refusal(Refusal::Description),
        Unfit::Direction => problem(
            StatusCode::UNPROCESSABLE_ENTITY,
            "direction_wrong",
            "To publish, sections have to be sendonly; to watch, recvonly",
        ),
        Unfit::Count => problem(
            StatusCode::NOT_ACCEPTABLE,
            "tracks_unsupported",
            "At least one section, one with pictures at most, and of sound one to publish or three to watch",
        ),
        Unfit::Codec => problem(
            StatusCode::NOT_ACCEPTABLE,
            "codec_unsupported",
            "Sound has to be Opus; pictures VP8 or H.264 to publish, VP8 to watch, H.264 to watch one program",
        ),
    }
}

/// 201, with where it is found, and how.
pub(super) fn opened(api: &Api, parts: &Parts, feed: &Feed) -> Response {
    let mut headers = HeaderMap::new();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(OFFER));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(ACCEPT_PATCH, HeaderValue::from_static(PIECES));
    let location = format!("{}/{}", parts.uri.path().trim_end_matches('/'), feed.session);
    let host = authority_of(&parts.headers, &parts.uri).map(|host| host.host().to_owned());
    let servers = api.feeds.ice.for_session(feed.session, &host.unwrap_or_default(), api.app.now());
    let links = servers.iter().flat_map(links);
    let values = [(header::LOCATION, location), (header::ETAG, tag(&feed.tag))];
    for (name, value) in values.into_iter().chain(links.map(|link| (header::LINK, link))) {
        // None of them holds anything else than a header may.
        if let Ok(value) = HeaderValue::try_from(value) {
            headers.append(name, value);
        }
    }
    (StatusCode::CREATED, headers, feed.sdp.clone()).into_response()
}

pub(super) fn tag(name: &str) -> String {
    format!("\"{name}\"")
}

/// As RFC 9725 §4.6 has it.
fn links(server: &IceServer) -> impl Iterator<Item = String> {
    let credentials = server.username.as_ref().zip(server.credential.as_ref());
    let credentials = credentials.map(|(name, word)| {
        format!("; username=\"{name}\"; credential=\"{word}\"; credential-type=\"password\"")
    });
    let credentials = credentials.unwrap_or_default();
    server.urls.iter().map(move |url| format!("<{url}>; rel=\"ice-server\"{credentials}"))
}

/// Answers what browsers ask before they send something to another site, and lets the page read what comes of it. A key
/// is shown by the page itself, never by the browser: there is nothing that another site could make use of.
pub(super) async fn with_cors(request: Request, next: Next) -> Response {
    let mut response = if request.method() == Method::OPTIONS {
        let mut headers = HeaderMap::new();
        headers.insert(header::ALLOW, HeaderValue::from_static(METHODS));
        headers.insert(ACCEPT_POST, HeaderValue::from_static(OFFER));
        headers.insert(header::ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static(METHODS));
        let allowed = HeaderValue::from_static("authorization, content-type, if-match");
        headers.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, allowed);
        headers.insert(header::ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static("86400"));
        (StatusCode::NO_CONTENT, headers).into_response()
    } else {
        next.run(request).await
    };
    let headers = response.headers_mut();
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static(READABLE));
    response
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::body::to_bytes;

    /// Status and code.
    async fn told(response: Response) -> (u16, String) {
        let status = response.status().as_u16();
        let body = to_bytes(response.into_body(), 4096).await.unwrap();
        let body: serde_json::Value = serde_json::from_slice(&body).unwrap();
        (status, body["code"].as_str().unwrap().to_owned())
    }

    #[tokio::test]
    async fn what_is_wrong_is_what_was_sent_the_offer_or_the_fragment() {
        for (media, offer, fragment) in [
            (MediaRefused::Unusable, (400, "sdp_invalid"), (400, "fragment_invalid")),
            (MediaRefused::Stale, (412, "ice_session_changed"), (412, "ice_session_changed")),
            (MediaRefused::Away, (503, "try_again"), (503, "try_again")),
        ] {
            let (status, code) = told(refused(media.into())).await;
            assert_eq!((status, code.as_str()), offer);
            let (status, code) = told(refused_pieces(media.into())).await;
            assert_eq!((status, code.as_str()), fragment);
        }
    }

    #[test]
    fn servers_are_linked_with_their_credentials() {
        let stun = IceServer { urls: vec!["stun:a:1".into()], username: None, credential: None };
        let turn = IceServer {
            urls: vec!["turn:a:1?transport=udp".into(), "turns:a:1?transport=tcp".into()],
            username: Some("u".into()),
            credential: Some("c".into()),
        };
        let all: Vec<_> = [stun, turn].iter().flat_map(links).collect();
        let with = "; rel=\"ice-server\"; username=\"u\"; credential=\"c\"; credential-type=\"password\"";
        let expected = [
            "<stun:a:1>; rel=\"ice-server\"".to_owned(),
            format!("<turn:a:1?transport=udp>{with}"),
            format!("<turns:a:1?transport=tcp>{with}"),
        ];
        assert_eq!(all, expected);
    }
}
