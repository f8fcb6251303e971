//! What nobody's package sends: it costs its sender something, everybody else nothing.

use super::peer::{Peer, from, lists, serve, told};
use serde_json::json;
use std::time::{Duration, Instant};
use tokio_tungstenite::tungstenite::Message;

/// One of everything that a frame should not be.
fn garbage(n: usize) -> Message {
    let deep = format!("{}{}", "[".repeat(10_000), "]".repeat(10_000));
    match n % 14 {
        0 => Message::text("not json"),
        1 => Message::text("null"),
        2 => Message::text("{}"),
        3 => Message::text("[".repeat(10_000)),
        4 => Message::text(format!(r#"{{"type":"OFFER","dst":"ben","payload":{deep}}}"#)),
        5 => Message::text(r#"{"type":7,"dst":"ben","payload":{}}"#),
        6 => Message::text(r#"{"type":"OFFER","dst":["ben"],"payload":{}}"#),
        7 => Message::text(r#"{"type":"OFFER","dst":"ben"}"#),
        8 => Message::text(r#"{"type":"OFFER","dst":"ben","payload":null}"#),
        9 => Message::text(r#"{"type":"CANDIDATE","payload":{}}"#),
        10 => Message::binary(vec![0xff; 100]),
        11 => Message::binary(r#"{"type":"OFFER","dst":"ben","payload":{}}"#.as_bytes().to_vec()),
        12 => Message::text("x".repeat(60_000)),
        _ => Message::text("\u{0}\u{202e}{"),
    }
}

#[tokio::test]
async fn bad_frames_cost_their_sender_the_socket_and_nobody_anything_else() {
    let server = serve(&[]).await;
    let base = server.base();
    let (mut ana, mut ben) = (Peer::come(&base, "ana", "a").await, Peer::come(&base, "ben", "b").await);
    let mut slowest = Duration::ZERO;
    for round in 0..20 {
        let mut bad = Peer::come(&base, "eve", "e").await;
        for n in 0..20 {
            bad.send_raw(garbage(round + n)).await.unwrap();
        }
        // So many are borne with, and nothing is said of them.
        bad.has_heard_nothing("eve").await;
        bad.send_raw(garbage(round)).await.unwrap();
        let frame = bad.frame().await;
        assert_eq!((&frame["type"], &frame["payload"]["code"]), (&json!("ERROR"), &json!("malformed")));
        assert_eq!(bad.closed().await, Some(4002));
        let started = Instant::now();
        ana.send_to("OFFER", "ben", round).await;
        assert_eq!(told(&ben.frame().await), from("OFFER", "ana", round as u64));
        slowest = slowest.max(started.elapsed());
    }
    eprintln!("slowest message among bad frames: {slowest:?}");
    assert!(slowest < Duration::from_secs(1), "{slowest:?}");
    ana.has_heard_nothing("ana").await;
}

#[tokio::test]
async fn a_frame_over_64_kib_closes_its_socket_alone() {
    let server = serve(&[]).await;
    let base = server.base();
    let (mut eve, mut ben) = (Peer::come(&base, "eve", "e").await, Peer::come(&base, "ben", "b").await);
    let large = json!({ "type": "OFFER", "dst": "ben", "payload": { "n": 1, "x": "x".repeat(65_000) } });
    eve.send(&large).await;
    assert_eq!(told(&ben.frame().await), from("OFFER", "eve", 1));
    eve.send_raw(Message::text("x".repeat(64 * 1024 + 1))).await.unwrap();
    assert_eq!(eve.closed().await, Some(1009));
    ben.has_heard_nothing("ben").await;
}

#[tokio::test]
async fn a_flood_is_read_no_faster_than_it_may_come_and_holds_nobody_up() {
    let server = serve(&[]).await;
    let base = server.base();
    let (mut eve, mut ben) = (Peer::come(&base, "eve", "e").await, Peer::come(&base, "ben", "b").await);
    let (mut ana, mut cem) = (Peer::come(&base, "ana", "a").await, Peer::come(&base, "cem", "c").await);
    let flood = tokio::spawn(async move {
        let started = Instant::now();
        for n in 0..1_300 {
            eve.send_to("CANDIDATE", "ben", n).await;
        }
        eve.has_heard_nothing("eve").await;
        started.elapsed()
    });
    for n in 0..1_300 {
        assert_eq!(told(&ben.frame().await), from("CANDIDATE", "eve", n));
        if n % 100 == 0 {
            let started = Instant::now();
            ana.send_to("OFFER", "cem", n as usize).await;
            assert_eq!(told(&cem.frame().await), from("OFFER", "ana", n));
            assert!(started.elapsed() < Duration::from_secs(1));
        }
    }
    // A thousand at once, and a hundred a second.
    let took = flood.await.unwrap();
    assert!((2_500..8_000).contains(&took.as_millis()), "{took:?}");
}

#[tokio::test]
async fn whoever_reads_nothing_keeps_nobody_waiting_and_is_gone_soon() {
    let server = serve(&[("VISAVIS_PEERJS__DISCOVERY", "true")]).await;
    let base = server.base();
    let (mut ana, mut ben) = (Peer::come(&base, "ana", "a").await, Peer::come(&base, "ben", "b").await);
    // Reads its OPEN, and then nothing.
    let _deaf = Peer::come(&base, "deaf", "d").await;
    let large = json!({ "type": "OFFER", "dst": "deaf", "payload": { "x": "x".repeat(60_000) } });
    let flood = async {
        // More than what systems and the server keep together.
        for _ in 0..120 {
            ana.send(&large).await;
        }
        ana.has_heard_nothing("ana").await;
    };
    tokio::time::timeout(Duration::from_secs(8), flood).await.unwrap();
    ben.has_heard_nothing("ben").await;
    lists(&base, &["ana", "ben"], Duration::from_secs(20)).await;
    ana.has_heard_nothing("ana").await;
}
