//! Messages: at once to who is there, in a while to who comes, and back to the sender for who does not.

use super::peer::{Peer, from, payload, serve, told};
use serde_json::json;
use std::time::{Duration, Instant};

#[tokio::test]
async fn every_message_reaches_its_receiver_with_who_it_is_from() {
    let server = serve(&[]).await;
    let base = server.base();
    let (mut ana, mut ben) = (Peer::come(&base, "ana", "a").await, Peer::come(&base, "ben", "b").await);
    let mut cem = Peer::come(&base, "cem", "c").await;
    for word in ["OFFER", "ANSWER", "CANDIDATE", "LEAVE", "EXPIRE"] {
        // Whoever it says it is from, it is from its sender.
        ana.send(&json!({ "type": word, "src": "cem", "dst": "ben", "payload": payload(1) })).await;
        let expected = json!({ "type": word, "src": "ana", "dst": "ben", "payload": payload(1) });
        assert_eq!(ben.frame().await, expected);
    }
    // Nothing comes of what is for nobody, or nobody knows.
    ana.send(&json!({ "type": "HEARTBEAT" })).await;
    ana.send(&json!({ "type": "NEWS", "dst": "ben", "payload": {} })).await;
    ana.send(&json!({ "type": "OPEN", "dst": "ben", "payload": {} })).await;
    ana.has_heard_nothing("ana").await;
    ben.has_heard_nothing("ben").await;
    cem.has_heard_nothing("cem").await;
}

#[tokio::test]
async fn messages_of_one_sender_stay_in_order() {
    let server = serve(&[]).await;
    let base = server.base();
    let (mut ana, mut ben) = (Peer::come(&base, "ana", "a").await, Peer::come(&base, "ben", "b").await);
    for n in 0..200 {
        ana.send_to("CANDIDATE", "ben", n).await;
    }
    for n in 0..200 {
        assert_eq!(told(&ben.frame().await), from("CANDIDATE", "ana", n));
    }
}

#[tokio::test]
async fn who_comes_within_five_seconds_gets_what_waited() {
    let server = serve(&[]).await;
    let base = server.base();
    let (mut ana, mut cem) = (Peer::come(&base, "ana", "a").await, Peer::come(&base, "cem", "c").await);
    for n in 0..100 {
        ana.send_to(if n == 0 { "OFFER" } else { "CANDIDATE" }, "ben", n).await;
    }
    cem.send_to("OFFER", "ben", 7).await;
    // What only ends something does not wait.
    cem.send_to("LEAVE", "ben", 8).await;
    ana.has_heard_nothing("ana").await;
    cem.has_heard_nothing("cem").await;
    let mut ben = Peer::come(&base, "ben", "b").await;
    ana.send_to("CANDIDATE", "ben", 100).await;
    let (mut of_ana, mut of_cem) = (Vec::new(), Vec::new());
    for _ in 0..102 {
        let (word, src, n) = told(&ben.frame().await);
        if src == "ana" { of_ana.push(n.unwrap()) } else { of_cem.push((word, n.unwrap())) }
    }
    assert_eq!(of_ana, (0..=100).collect::<Vec<_>>());
    assert_eq!(of_cem, [("OFFER".to_owned(), 7)]);
    ben.has_heard_nothing("ben").await;
    // And nobody is told that they were not reached.
    assert_eq!(ana.frame_within(Duration::from_secs(6)).await, None);
    cem.has_heard_nothing("cem").await;
}

#[tokio::test]
async fn who_does_not_come_is_said_not_to_after_five_seconds() {
    let server = serve(&[]).await;
    let base = server.base();
    let mut ana = Peer::come(&base, "ana", "a").await;
    let sent = Instant::now();
    for n in 0..3 {
        ana.send_to("OFFER", "ben", n).await;
    }
    ana.send_to("LEAVE", "cem", 3).await;
    assert_eq!(ana.frame().await, json!({ "type": "EXPIRE", "src": "ben", "dst": "ana" }));
    let took = sent.elapsed();
    assert!((5_000..6_500).contains(&took.as_millis()), "{took:?}");
    // Once for all of them, and nothing of it is left for who comes later.
    Peer::come(&base, "ben", "b").await.has_heard_nothing("ben").await;
    ana.has_heard_nothing("ana").await;
}

#[tokio::test]
async fn a_name_that_is_none_is_said_to_be_nobodys_at_once() {
    let server = serve(&[]).await;
    let mut ana = Peer::come(&server.base(), "ana", "a").await;
    let sent = Instant::now();
    ana.send_to("OFFER", "no id!", 1).await;
    ana.send_to("CANDIDATE", "no id!", 2).await;
    assert_eq!(ana.frame().await, json!({ "type": "EXPIRE", "src": "no id!", "dst": "ana" }));
    ana.has_heard_nothing("ana").await;
    assert!(sent.elapsed() < Duration::from_secs(4));
}

#[tokio::test]
async fn too_much_for_who_is_not_there_is_given_back_and_takes_no_room_from_others() {
    let server = serve(&[]).await;
    let base = server.base();
    let (mut ana, mut cem) = (Peer::come(&base, "ana", "a").await, Peer::come(&base, "cem", "c").await);
    let sent = Instant::now();
    cem.send_to("OFFER", "ben", 1).await;
    cem.has_heard_nothing("cem").await;
    for n in 0..=128 {
        ana.send_to("CANDIDATE", "ben", n).await;
    }
    assert_eq!(ana.frame().await, json!({ "type": "EXPIRE", "src": "ben", "dst": "ana" }));
    assert!(sent.elapsed() < Duration::from_secs(4), "at once, not when it has waited");
    // Nothing in half is brought, and the other one's is.
    let mut ben = Peer::come(&base, "ben", "b").await;
    assert_eq!(told(&ben.frame().await), from("OFFER", "cem", 1));
    ben.has_heard_nothing("ben").await;
}
