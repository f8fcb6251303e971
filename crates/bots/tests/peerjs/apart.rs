//! Several servers over one Redis: it makes no difference at which of them pages are, also when one of them dies, or
//! Redis forgets everything.

use super::peer::{PATIENCE, Peer, from, lists, serve, told};
use super::support::Server;
use serde_json::json;
use std::time::{Duration, Instant};
use visavis_bots::{ServerProcess, Signal};

async fn two(settings: &[(&str, &str)]) -> Option<(Server, ServerProcess, ServerProcess)> {
    let redis = Server::start()?;
    let address = redis.address();
    let settings = [&[("VISAVIS_REDIS", &*address)], settings].concat();
    let one = serve(&settings).await;
    let other = one.start_beside().await.unwrap();
    Some((redis, one, other))
}

#[tokio::test]
async fn messages_and_ids_are_the_same_at_every_instance() {
    let Some((_redis, one, other)) = two(&[("VISAVIS_PEERJS__DISCOVERY", "true")]).await else { return };
    let (here, there) = (one.base(), other.base());
    let mut ana = Peer::come(&here, "ana", "a").await;
    Peer::is_taken(&there, "ana", "b").await;
    // What waits at one instance is brought to who comes at the other.
    for n in 0..50 {
        ana.send_to("CANDIDATE", "ben", n).await;
    }
    ana.has_heard_nothing("ana").await;
    let mut ben = Peer::come(&there, "ben", "b").await;
    ana.send_to("CANDIDATE", "ben", 50).await;
    for n in 0..=50 {
        assert_eq!(told(&ben.frame().await), from("CANDIDATE", "ana", n));
    }
    for n in 0..200 {
        ben.send_to("ANSWER", "ana", n).await;
    }
    for n in 0..200 {
        assert_eq!(told(&ana.frame().await), from("ANSWER", "ben", n));
    }
    for base in [&here, &there] {
        lists(base, &["ana", "ben"], Duration::from_secs(3)).await;
    }
    // Who is nowhere is said to be.
    ben.send_to("OFFER", "cem", 1).await;
    assert_eq!(ben.frame().await, json!({ "type": "EXPIRE", "src": "cem", "dst": "ben" }));
    // The owner goes over to the other instance, and is reached there.
    let mut moved = Peer::come(&there, "ana", "a").await;
    assert_eq!(ana.closed().await, Some(4005));
    ben.send_to("OFFER", "ana", 2).await;
    assert_eq!(told(&moved.frame().await), from("OFFER", "ben", 2));
    drop(moved);
    Peer::is_taken(&here, "ana", "b").await;
    Peer::come(&here, "ana", "a").await.has_heard_nothing("ana").await;
}

#[tokio::test]
async fn what_a_dead_instance_had_is_kept_for_its_owners_and_then_free() {
    let settings = [("VISAVIS_PEERJS__GRACE_S", "4"), ("VISAVIS_PEERJS__DISCOVERY", "true")];
    let Some((_redis, mut one, other)) = two(&settings).await else { return };
    let (here, there) = (one.base(), other.base());
    let _ana = Peer::come(&here, "ana", "a").await;
    let _ben = Peer::come(&here, "ben", "b").await;
    let mut cem = Peer::come(&there, "cem", "c").await;
    one.kill().await.unwrap();
    let died = Instant::now();
    // The owner is let in at once, a stranger is not.
    let mut ana = Peer::come(&there, "ana", "a").await;
    Peer::is_taken(&there, "ben", "e").await;
    cem.send_to("OFFER", "ana", 1).await;
    assert_eq!(told(&ana.frame().await), from("OFFER", "cem", 1));
    lists(&there, &["ana", "cem"], PATIENCE).await;
    let (mut ben, _) = Peer::come_when_free(&there, "ben", "e").await;
    let waited = died.elapsed();
    assert!((7_000..14_000).contains(&waited.as_millis()), "a lease and the grace: {waited:?}");
    ben.has_heard_nothing("ben").await;
    // What the takeover did to the others' has done nothing to who had come again.
    ana.has_heard_nothing("ana").await;
    Peer::is_taken(&there, "ana", "e").await;
}

#[tokio::test]
async fn an_instance_that_stood_still_makes_its_ids_its_own_again() {
    let Some((_redis, one, other)) = two(&[]).await else { return };
    let (here, there) = (one.base(), other.base());
    let mut ana = Peer::come(&here, "ana", "a").await;
    let mut ben = Peer::come(&here, "ben", "b").await;
    let mut cem = Peer::come(&there, "cem", "c").await;
    one.signal(Signal::Stop).unwrap();
    // Two leases: the other one has freed what it held. One of its pages has come back there meanwhile.
    tokio::time::sleep(Duration::from_secs(8)).await;
    let mut moved = Peer::come(&there, "ben", "b").await;
    one.signal(Signal::Continue).unwrap();
    assert_eq!(ben.closed().await, Some(4005));
    cem.send_to("OFFER", "ana", 1).await;
    assert_eq!(told(&ana.frame().await), from("OFFER", "cem", 1));
    cem.send_to("OFFER", "ben", 2).await;
    assert_eq!(told(&moved.frame().await), from("OFFER", "cem", 2));
    Peer::is_taken(&there, "ana", "e").await;
}

#[tokio::test]
async fn who_goes_over_to_an_instance_that_has_just_stood_still_stays_there() {
    let Some((_redis, one, other)) = two(&[]).await else { return };
    let (here, there) = (one.base(), other.base());
    let mut ana = Peer::come(&there, "ana", "a").await;
    one.signal(Signal::Stop).unwrap();
    tokio::time::sleep(Duration::from_secs(8)).await;
    // Asked for while it stands still: it hears of that and of its lease in one go.
    let coming = tokio::spawn(async move { Peer::come(&here, "ana", "a").await });
    tokio::time::sleep(Duration::from_millis(200)).await;
    one.signal(Signal::Continue).unwrap();
    let mut moved = coming.await.unwrap();
    assert_eq!(ana.closed().await, Some(4005));
    // Everything is looked at again within the next seconds.
    assert_eq!(moved.frame_within(Duration::from_secs(4)).await, None);
    moved.has_heard_nothing("ana").await;
}

#[tokio::test]
async fn ids_outlive_a_redis_that_forgets_everything() {
    let Some((mut redis, one, other)) = two(&[]).await else { return };
    let (here, there) = (one.base(), other.base());
    let (mut ana, mut ben) = (Peer::come(&here, "ana", "a").await, Peer::come(&there, "ben", "b").await);
    redis.stop();
    redis.resume();
    // Both are back as who they were: nobody else gets their ids, and they reach each other.
    let reached = Instant::now();
    loop {
        ana.send_to("OFFER", "ben", 1).await;
        let heard = ben.frame_within(Duration::from_millis(500)).await;
        if heard.is_some_and(|frame| told(&frame) == from("OFFER", "ana", 1)) {
            break;
        }
        assert!(reached.elapsed() < PATIENCE, "never reached");
    }
    Peer::is_taken(&there, "ana", "e").await;
    Peer::is_taken(&here, "ben", "e").await;
}
