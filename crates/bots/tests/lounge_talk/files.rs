//! Files and pictures: the right to send one up, what is taken, how it is given away again.

use super::{Hall, done, fresh, hears, hears_changed, in_room, refused, room_of, to};
use reqwest::header::{
    AUTHORIZATION, CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_LENGTH, CONTENT_SECURITY_POLICY, CONTENT_TYPE,
    ETAG, HeaderMap, IF_NONE_MATCH, ORIGIN,
};
use reqwest::{Body, Response, StatusCode};
use visavis_bots::Bot;
use visavis_domain::ids::{FileId, MessageId};
use visavis_protocol::{Code, Command, Place, Problem, Reply, SentFile};

const PNG: &[u8] = b"\x89PNG\r\n\x1a\n and so on";
const HTML: &[u8] = b"<!doctype html><script>alert(1)</script>";
const SVG: &[u8] = b"<svg xmlns=\"http://www.w3.org/2000/svg\"><script>alert(1)</script></svg>";

pub(super) async fn offered(bot: &mut Bot, place: Place, name: &str, size: usize) -> (FileId, String) {
    let size = u64::try_from(size).unwrap();
    match bot.command(Command::OfferFile { place, name: name.to_owned(), size }).await.unwrap() {
        Ok(Reply::Upload { file, token }) => (file, token),
        other => panic!("no upload: {other:?}"),
    }
}

pub(super) async fn upload(hall: &Hall, token: &str, body: impl Into<Body>) -> Response {
    let (base, bearer) = (hall.server.base(), format!("Bearer {token}"));
    let request = hall.http.post(format!("{base}/api/v1/files")).header(ORIGIN, &base);
    request.header(AUTHORIZATION, bearer).body(body).send().await.unwrap()
}

pub(super) async fn is_refused(response: Response, status: u16, code: &str) {
    assert_eq!(response.status().as_u16(), status);
    assert_eq!(response.headers()[CONTENT_TYPE], "application/problem+json");
    assert_eq!(response.json::<Problem>().await.unwrap().code, code);
}

/// Sends a file with a message, and says under which id.
pub(super) async fn sent(
    hall: &Hall,
    bot: &mut Bot,
    place: Place,
    (name, body): (&str, &'static [u8]),
) -> (SentFile, MessageId) {
    let (file, token) = offered(bot, place, name, body.len()).await;
    let response = upload(hall, &token, body).await;
    assert_eq!(response.status(), StatusCode::OK);
    let card: SentFile = response.json().await.unwrap();
    assert_eq!(card.id, file);
    let message = fresh();
    done(bot, Command::Post { place, message, text: String::new(), file: Some(file) }).await;
    (card, message)
}

async fn fetched(hall: &Hall, path: &str) -> Response {
    hall.http.get(format!("{}{path}", hall.server.base())).send().await.unwrap()
}

fn text(headers: &HeaderMap, name: impl reqwest::header::AsHeaderName) -> String {
    headers.get(name).map(|value| value.to_str().unwrap().to_owned()).unwrap_or_default()
}

#[tokio::test]
async fn a_picture_is_shown_and_everything_else_is_for_saving() {
    let hall = Hall::open().await;
    let (mut ada, mut ben) = (hall.member("Ada").await, hall.member("Ben").await);
    let place = in_room(room_of(&ada));
    for (name, body, picture, kind, way) in [
        ("Ölbild \".png", PNG, true, "image/png", "inline"),
        ("picture.png", HTML, false, "application/octet-stream", "attachment"),
        ("page.html", HTML, false, "application/octet-stream", "attachment"),
        ("drawing.svg", SVG, false, "application/octet-stream", "attachment"),
    ] {
        let (card, _) = sent(&hall, &mut ada.bot, place, (name, body)).await;
        assert_eq!((card.picture, card.size), (picture, body.len() as u64), "{name}");
        let (_, message) = hears(&mut ben.bot, "").await;
        assert_eq!(message.file, Some(card.clone()));
        let response = fetched(&hall, &format!("/files/{}/whatever", card.id)).await;
        assert_eq!(response.status(), StatusCode::OK);
        let headers = response.headers().clone();
        assert_eq!(text(&headers, CONTENT_TYPE), kind);
        assert!(text(&headers, CONTENT_DISPOSITION).starts_with(&format!("{way}; filename=\"")), "{name}");
        assert_eq!(text(&headers, "x-content-type-options"), "nosniff");
        assert_eq!(text(&headers, "cross-origin-resource-policy"), "same-origin");
        let policy = text(&headers, CONTENT_SECURITY_POLICY);
        assert!(policy.starts_with("default-src 'none'; sandbox") && !policy.contains("script"), "{policy}");
        let cached = text(&headers, CACHE_CONTROL);
        assert!(cached.starts_with("private, max-age=") && cached.ends_with(", immutable"), "{cached}");
        assert_eq!(response.bytes().await.unwrap(), body);
        let tag = text(&headers, ETAG);
        let url = format!("{}/files/{}/x", hall.server.base(), card.id);
        let known = hall.http.get(&url).header(IF_NONE_MATCH, tag).send().await.unwrap();
        assert_eq!(known.status(), StatusCode::NOT_MODIFIED);
        assert!(known.bytes().await.unwrap().is_empty());
        let head = hall.http.head(&url).send().await.unwrap();
        assert_eq!(text(head.headers(), CONTENT_LENGTH), body.len().to_string());
    }
}

#[tokio::test]
async fn only_what_was_offered_is_taken_and_only_once() {
    let hall = Hall::with(&[("VISAVIS_LOUNGE__FILE_BYTES", "100000")]).await;
    let mut ada = hall.member("Ada").await;
    assert_eq!(ada.lounge.file_bytes, 100_000);
    let place = in_room(room_of(&ada));
    let offer = |name: &str, size| Command::OfferFile { place, name: name.into(), size };
    refused(&mut ada.bot, offer("x", 100_001), Code::TooLarge).await;
    refused(&mut ada.bot, offer("x", 0), Code::FileInvalid).await;
    refused(&mut ada.bot, offer("..", 1), Code::FileInvalid).await;
    is_refused(upload(&hall, "nonsense", "abc").await, 401, "upload_refused").await;
    let (_, token) = offered(&mut ada.bot, place, "x", 3).await;
    let (head, signature) = token.rsplit_once('.').unwrap();
    let altered = format!("{head}.{}{}", if signature.starts_with('A') { 'B' } else { 'A' }, &signature[1..]);
    is_refused(upload(&hall, &altered, "abc").await, 401, "upload_refused").await;
    is_refused(upload(&hall, &token, "ab").await, 422, "file_invalid").await;
    is_refused(upload(&hall, &token, "abcd").await, 422, "file_invalid").await;
    is_refused(upload(&hall, &token, vec![0; 100_001]).await, 413, "too_large").await;
    let url = format!("{}/api/v1/files", hall.server.base());
    let foreign = hall.http.post(&url).header(ORIGIN, "https://evil.example").bearer_auth(&token).body("abc");
    is_refused(foreign.send().await.unwrap(), 403, "origin_refused").await;
    let none = hall.http.post(&url).header(ORIGIN, hall.server.base()).body("abc");
    is_refused(none.send().await.unwrap(), 401, "upload_refused").await;
    // None of these has used it up.
    assert_eq!(upload(&hall, &token, "abc").await.status(), StatusCode::OK);
    is_refused(upload(&hall, &token, "abc").await, 401, "upload_refused").await;
    // As large as may be, far beyond what other requests may have.
    let (_, token) = offered(&mut ada.bot, place, "large", 100_000).await;
    assert_eq!(upload(&hall, &token, vec![7; 100_000]).await.status(), StatusCode::OK);
}

#[tokio::test]
async fn a_file_is_of_its_sender_for_its_place_and_goes_with_its_message() {
    let hall = Hall::open().await;
    let (mut ada, mut ben) = (hall.member("Ada").await, hall.member("Ben").await);
    let place = in_room(room_of(&ada));
    let (file, token) = offered(&mut ada.bot, to(ben.id), "plan.txt", 3).await;
    let path = format!("/files/{file}/plan.txt");
    let post =
        |place, text: &str| Command::Post { place, message: fresh(), text: text.into(), file: Some(file) };
    refused(&mut ada.bot, post(to(ben.id), "not there yet"), Code::FileInvalid).await;
    assert_eq!(upload(&hall, &token, "abc").await.status(), StatusCode::OK);
    // Nobody has it before it was sent.
    is_refused(fetched(&hall, &path).await, 404, "not_found").await;
    refused(&mut ada.bot, post(place, "to all"), Code::FileInvalid).await;
    refused(&mut ben.bot, post(to(ada.id), "not mine"), Code::FileInvalid).await;
    let message = fresh();
    let first = Command::Post { place: to(ben.id), message, text: "the plan".into(), file: Some(file) };
    done(&mut ada.bot, first.clone()).await;
    done(&mut ada.bot, first).await;
    refused(&mut ada.bot, post(to(ben.id), "once more"), Code::FileInvalid).await;
    let card = hears(&mut ben.bot, "the plan").await.1.file.unwrap();
    assert_eq!((card.name.as_str(), card.size, card.picture), ("plan.txt", 3, false));
    assert_eq!(fetched(&hall, &path).await.bytes().await.unwrap(), "abc");
    done(&mut ada.bot, Command::DeleteMessage { message }).await;
    assert!(hears_changed(&mut ben.bot, message).await.file.is_none());
    is_refused(fetched(&hall, &path).await, 404, "not_found").await;
    for path in ["/files/nonsense/x", "/files/f_00000000000000000000000000000000/%ff"] {
        is_refused(fetched(&hall, path).await, 404, "not_found").await;
    }
}

#[tokio::test]
async fn all_files_together_have_a_limit_and_so_has_each_page() {
    let hall =
        Hall::with(&[("VISAVIS_LOUNGE__FILE_BYTES", "10"), ("VISAVIS_LOUNGE__FILES_BYTES", "10")]).await;
    let mut ada = hall.member("Ada").await;
    let place = in_room(room_of(&ada));
    sent(&hall, &mut ada.bot, place, ("a", b"12345678")).await;
    let (_, token) = offered(&mut ada.bot, place, "b", 3).await;
    is_refused(upload(&hall, &token, "123").await, 507, "storage_full").await;
    for _ in 2..20 {
        offered(&mut ada.bot, place, "c", 1).await;
    }
    let one_more = Command::OfferFile { place, name: "c".into(), size: 1 };
    refused(&mut ada.bot, one_more, Code::RateLimited).await;
}
