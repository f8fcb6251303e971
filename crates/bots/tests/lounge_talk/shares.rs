//! What one address takes of what all share: memory for files on their way, and room for those that are kept.
//! Where somebody is, is said as a balancer would say it.

use super::files::{is_refused, offered, sent, upload};
use super::{Hall, in_room, room_of, to};
use reqwest::{Response, StatusCode};
use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};
use visavis_bots::{Bot, Member};

const MIB: usize = 1024 * 1024;
/// As large as a file may be.
const LARGE: &[u8] = &[7; 10 * MIB];
const BELIEVED: (&str, &str) = ("VISAVIS_PROXY__TRUSTED", "127.0.0.1/32");
const HERE: &str = "192.0.2.1";
const THERE: &str = "192.0.2.2";

/// Begins a request, and leaves it at that.
fn begun(hall: &Hall, from: &str, line: &str, headers: &[(&str, &str)]) -> TcpStream {
    let base = hall.server.base();
    let host = base.strip_prefix("http://").unwrap();
    let mut stream = TcpStream::connect(host).unwrap();
    let mut head =
        format!("{line} HTTP/1.1\r\nhost: {host}\r\norigin: {base}\r\nx-forwarded-for: {from}\r\n");
    for (name, value) in headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    stream.write_all(format!("{head}\r\n").as_bytes()).unwrap();
    stream
}

fn is_answered(stream: &mut TcpStream, so: &[u8; 12]) {
    stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
    let mut head = [0; 12];
    stream.read_exact(&mut head).unwrap();
    assert_eq!(&head, so);
}

async fn fetched(hall: &Hall, from: &str, path: &str) -> Response {
    let request = hall.http.get(format!("{}{path}", hall.server.base())).header("x-forwarded-for", from);
    request.send().await.unwrap()
}

async fn uploaded(hall: &Hall, from: &str, token: &str, body: &'static [u8]) -> Response {
    let base = hall.server.base();
    let request = hall.http.post(format!("{base}/api/v1/files")).header("origin", &base);
    let request = request.header("x-forwarded-for", from).bearer_auth(token);
    request.body(body).send().await.unwrap()
}

#[tokio::test]
async fn who_asks_for_files_and_takes_none_costs_little_memory_and_keeps_nobody_waiting() {
    let hall = Hall::with(&[BELIEVED]).await;
    let mut ada = hall.member("Ada").await;
    let place = in_room(room_of(&ada));
    let (card, _) = sent(&hall, &mut ada.bot, place, ("large", LARGE)).await;
    let path = format!("/files/{}/large", card.id);
    assert_eq!(fetched(&hall, THERE, &path).await.bytes().await.unwrap(), LARGE);
    let before = hall.server.resident().unwrap();
    let mut stuck: Vec<_> = (0..60).map(|_| begun(&hall, HERE, &format!("GET {path}"), &[])).collect();
    for stream in &mut stuck {
        is_answered(stream, b"HTTP/1.1 200");
    }
    let asked = Instant::now();
    assert_eq!(fetched(&hall, THERE, &path).await.bytes().await.unwrap(), LARGE);
    let grown = hall.server.resident().unwrap().saturating_sub(before);
    println!(
        "60 who take nothing of 10 MiB each: {} MiB; another waits {:?}",
        grown / MIB as u64,
        asked.elapsed()
    );
    assert!(grown < 200 * MIB as u64, "{} MiB", grown / MIB as u64);
    // What waits behind those is there once they have gone.
    drop(stuck);
    assert_eq!(fetched(&hall, HERE, &path).await.bytes().await.unwrap(), LARGE);
}

/// A connection of HTTP/2 that asks for this three times, takes one byte of each, and answers pings for as long as there
/// are any.
fn stuck_over_http2(host: &str, path: &str) -> std::thread::JoinHandle<()> {
    let frame = |kind: u8, flags: u8, stream: u8, body: &[u8]| {
        let length = u8::try_from(body.len()).unwrap();
        [&[0, 0, length, kind, flags, 0, 0, 0, stream], body].concat()
    };
    let mut head = vec![0x82, 0x86, 0x04, u8::try_from(path.len()).unwrap()];
    head.extend_from_slice(path.as_bytes());
    head.extend_from_slice(&[0x01, 1, b'x']);
    let mut begin = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_vec();
    begin.extend(frame(4, 0, 0, &[0, 4, 0, 0, 0, 1]));
    for stream in [1, 3, 5] {
        begin.extend(frame(1, 5, stream, &head));
    }
    let mut socket = TcpStream::connect(host).unwrap();
    socket.write_all(&begin).unwrap();
    std::thread::spawn(move || {
        let mut head = [0; 9];
        while socket.read_exact(&mut head).is_ok() {
            let mut body = vec![0; usize::from(head[1]) << 8 | usize::from(head[2])];
            if socket.read_exact(&mut body).is_err() {
                return;
            }
            if (head[3], head[4] & 1) == (6, 0) && socket.write_all(&frame(6, 1, 0, &body)).is_err() {
                return;
            }
        }
    })
}

/// In the second version of HTTP other things may go on over the same connection.
#[tokio::test]
async fn who_takes_nothing_for_half_a_minute_is_hung_up_on_and_their_share_is_there_again() {
    let hall = Hall::open().await;
    let mut ada = hall.member("Ada").await;
    let place = in_room(room_of(&ada));
    let (card, _) = sent(&hall, &mut ada.bot, place, ("large", LARGE)).await;
    let path = format!("/files/{}/large", card.id);
    let host = hall.server.base();
    let stuck = stuck_over_http2(host.strip_prefix("http://").unwrap(), &path);
    let began = Instant::now();
    // Until all three of them are there, there may be a place for this one.
    while began.elapsed() < Duration::from_secs(20) {
        assert_eq!(fetched(&hall, HERE, &path).await.bytes().await.unwrap(), LARGE);
    }
    let waited = began.elapsed();
    assert!((28..60).contains(&waited.as_secs()), "three of theirs are all they have: {waited:?}");
    tokio::task::spawn_blocking(move || stuck.join().unwrap()).await.unwrap();
}

#[tokio::test]
async fn neither_a_person_nor_an_address_takes_all_places_of_files_on_their_way() {
    let hall = Hall::with(&[BELIEVED]).await;
    let (mut ada, mut ben) = (hall.member("Ada").await, hall.member("Ben").await);
    let (for_ada, for_ben) = (to(ben.id), to(ada.id));
    let bearer = |token: &str| format!("Bearer {token}");
    let stuck = |from, token: &str| {
        let said = [("content-length", "10485760"), ("expect", "100-continue")];
        let headers = [("authorization", &*bearer(token)), said[0], said[1]];
        let mut stream = begun(&hall, from, "POST /api/v1/files", &headers);
        // It says so once it has decided about a place.
        is_answered(&mut stream, b"HTTP/1.1 100");
        stream
    };
    let (_, shown) = offered(&mut ada.bot, for_ada, "large", LARGE.len()).await;
    let (_, next) = offered(&mut ada.bot, for_ada, "small", 3).await;
    let mut held: Vec<_> = (0..4).map(|_| stuck(HERE, &shown)).collect();
    // One token opens no more places than its owner has, wherever it is shown.
    is_refused(uploaded(&hall, THERE, &next, b"abc").await, 503, "try_again").await;
    let (_, another) = offered(&mut ben.bot, for_ben, "large", LARGE.len()).await;
    held.push(stuck(HERE, &another));
    let mut cem = hall.member("Cem").await;
    let (_, token) = offered(&mut cem.bot, for_ben, "large", LARGE.len()).await;
    is_refused(uploaded(&hall, HERE, &token, LARGE).await, 503, "try_again").await;
    assert_eq!(uploaded(&hall, THERE, &token, LARGE).await.status(), StatusCode::OK);
    drop(held);
    let began = Instant::now();
    while uploaded(&hall, HERE, &next, b"abc").await.status() == StatusCode::SERVICE_UNAVAILABLE {
        assert!(began.elapsed() < Duration::from_secs(30), "places do not come back");
    }
}

#[tokio::test]
async fn one_person_and_the_guests_of_one_address_have_their_share_of_what_is_kept() {
    let hall = Hall::with(&[
        BELIEVED,
        ("VISAVIS_LOUNGE__FILE_BYTES", "10"),
        ("VISAVIS_LOUNGE__PERSON_FILES_BYTES", "10"),
        ("VISAVIS_LOUNGE__GUESTS_FILES_BYTES", "15"),
    ])
    .await;
    let (mut ada, mut ben) = (hall.member("Ada").await, hall.member("Ben").await);
    let place = in_room(room_of(&ada));
    let keeps = async |bot: &mut Bot, body: &'static str| {
        let (_, token) = offered(bot, place, "x", body.len()).await;
        upload(&hall, &token, body).await
    };
    assert_eq!(keeps(&mut ada.bot, "12345678").await.status(), StatusCode::OK);
    is_refused(keeps(&mut ada.bot, "123").await, 507, "quota_full").await;
    assert_eq!(keeps(&mut ada.bot, "12").await.status(), StatusCode::OK);
    is_refused(keeps(&mut ben.bot, "123456").await, 507, "quota_full").await;
    assert_eq!(keeps(&mut ben.bot, "12345").await.status(), StatusCode::OK);
    // Who has an account counts for themselves.
    let mut staff = Member::staff(&hall.staff("ana").await, "Ana").await.unwrap();
    assert_eq!(keeps(&mut staff.bot, "12345678").await.status(), StatusCode::OK);
    is_refused(keeps(&mut staff.bot, "123").await, 507, "quota_full").await;
}
