//! A Redis that dies, or stands still, while it is used.

use super::support::Server;
use super::{CALL_WITHIN, body, connect, gap, hears, listen, version, write};
use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use visavis_live::{Key, Live, LiveError, RedisLive, TopicName, Version};

/// Counts up in one document until told to stop; every version that it reached.
async fn count(live: RedisLive, key: Key, stop: Arc<AtomicUsize>) -> Vec<Version> {
    let mut reached = Vec::new();
    while stop.load(Ordering::Relaxed) == 0 {
        let started = Instant::now();
        let step = async {
            let at = version(&live, &key).await?;
            live.commit(write(&key, at, "x")).await
        };
        match step.await {
            Ok(versions) => reached.extend(versions),
            Err(LiveError::Conflict) => {}
            Err(LiveError::Unavailable) => tokio::task::yield_now().await,
        }
        assert!(started.elapsed() < 2 * CALL_WITHIN, "a load and a commit end in time");
    }
    reached
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn killed_under_traffic_it_comes_back_and_no_version_repeats() {
    let Some(mut server) = Server::start() else { return };
    let (a, b) = (connect(&server, "x").await, connect(&server, "x").await);
    let (key, topic) = (Key::room("counted"), TopicName::new("told"));
    let mut ear = listen(&a, &topic).await;
    let stop = Arc::new(AtomicUsize::new(0));
    let counters = [a.clone(), b.clone()].map(|live| tokio::spawn(count(live, key.clone(), stop.clone())));
    for _ in 0..3 {
        let mut seen = HashSet::new();
        while seen.len() < 10 {
            seen.extend(version(&a, &key).await);
        }
        server.stop();
        while version(&a, &key).await.is_ok() {}
        while version(&b, &key).await.is_ok() {}
        assert_eq!(b.commit(write(&key, Version::ABSENT, "lost")).await, Err(LiveError::Unavailable));
        assert_eq!(a.add_topic(ear.id, TopicName::new("new")).await, Err(LiveError::Unavailable));
        assert_eq!(a.next_deadline(None).await, Err(LiveError::Unavailable));
        server.resume();
        gap(&mut ear).await;
        hears(&mut ear, &b, &topic).await;
    }
    stop.store(1, Ordering::Relaxed);
    let mut reached = Vec::new();
    for counter in counters {
        reached.extend(counter.await.unwrap());
    }
    let different: HashSet<_> = reached.iter().collect();
    assert_eq!(different.len(), reached.len(), "no version is given twice");
    assert!(reached.len() >= 3 * 9, "there was traffic");
}

/// How long Redis stands still.
const STALL: Duration = Duration::from_secs(30);
/// How long after that everything is as before.
const CONVERGED_WITHIN: Duration = Duration::from_secs(5);

/// Claims one document after the other, each until it is somebody's; which of them this one takes for its own.
async fn claims(
    live: RedisLive,
    me: &'static str,
    claimed: Arc<AtomicUsize>,
    until: usize,
) -> HashSet<usize> {
    let mut own = HashSet::new();
    for number in 0..until {
        let key = Key::room(&format!("claimed-{number}"));
        loop {
            let started = Instant::now();
            let claim = live.commit(write(&key, Version::ABSENT, me)).await;
            assert!(started.elapsed() < CALL_WITHIN, "a call ends in time: {:?}", started.elapsed());
            match claim {
                Ok(_) => {
                    own.insert(number);
                    break;
                }
                // It may be this one's own, made when nobody answered.
                Err(LiveError::Conflict) => match body(&live, &key).await {
                    Ok(Some(owner)) => {
                        if owner == me {
                            own.insert(number);
                        }
                        break;
                    }
                    Ok(None) => panic!("nobody lets go of a claim"),
                    Err(_) => {}
                },
                Err(LiveError::Unavailable) => tokio::task::yield_now().await,
            }
        }
        claimed.fetch_add(1, Ordering::Relaxed);
    }
    own
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn while_it_stands_still_calls_fail_in_time_and_claims_stay_single() {
    const CLAIMS: usize = 20_000;
    let Some(server) = Server::start() else { return };
    let (a, b) = (connect(&server, "x").await, connect(&server, "x").await);
    let topic = TopicName::new("told");
    let mut ears = [listen(&a, &topic).await, listen(&b, &topic).await];
    let claimed = Arc::new(AtomicUsize::new(0));
    let racing = [(a.clone(), "a"), (b.clone(), "b")]
        .map(|(live, me)| tokio::spawn(claims(live, me, claimed.clone(), CLAIMS)));
    while claimed.load(Ordering::Relaxed) < 100 {
        tokio::task::yield_now().await;
    }
    server.signal("-STOP");
    let stopped = Instant::now();
    // What was under way when it stopped can still be answered.
    while version(&a, &Key::room("x")).await.is_ok() || version(&b, &Key::room("x")).await.is_ok() {}
    let before = claimed.load(Ordering::Relaxed);
    while stopped.elapsed() < STALL {
        let started = Instant::now();
        assert_eq!(version(&a, &Key::room("x")).await, Err(LiveError::Unavailable), "nothing is known");
        assert!(started.elapsed() < CALL_WITHIN, "a call ends in time: {:?}", started.elapsed());
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert_eq!(claimed.load(Ordering::Relaxed), before, "what nobody answered did not succeed");
    server.signal("-CONT");
    let went_on = Instant::now();
    for (ear, live) in ears.iter_mut().zip([&b, &a]) {
        gap(ear).await;
        hears(ear, live, &topic).await;
    }
    while claimed.load(Ordering::Relaxed) < before + 100 {
        tokio::task::yield_now().await;
    }
    assert!(went_on.elapsed() < CONVERGED_WITHIN, "{:?}", went_on.elapsed());
    let [a_s, b_s] = racing;
    let (a_s, b_s) = (a_s.await.unwrap(), b_s.await.unwrap());
    assert_eq!(a_s.intersection(&b_s).count(), 0, "nothing is claimed twice");
    assert_eq!(a_s.len() + b_s.len(), CLAIMS, "and everything once");
    assert!(!a_s.is_empty() && !b_s.is_empty(), "they raced");
}
