//! A Redis that dies, or stands still, while it is used.

use super::support::Server;
use super::{CALL_WITHIN, body, connect, gap, hears, listen, version, write};
use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use tokio::sync::Barrier;
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

/// Documents are claimed in so many lanes at once, so that many claims are under way when Redis stops.
const LANES: usize = 16;
/// In each lane, one after the other.
const CLAIMS: usize = 300;
/// How long Redis stands still.
const STALL: Duration = Duration::from_secs(30);
/// How long after that everything is as before.
const CONVERGED_WITHIN: Duration = Duration::from_secs(5);

/// One of two who want the same documents, at the same time.
#[derive(Clone)]
struct Rival {
    live: RedisLive,
    me: &'static str,
    /// Of both.
    settled: Arc<AtomicUsize>,
}

/// Claims one document after the other, each until it is somebody's; which of them this one takes for its own.
async fn claims(rival: Rival, lane: usize, together: Arc<Barrier>) -> HashSet<(usize, usize)> {
    let Rival { live, me, settled } = rival;
    let mut own = HashSet::new();
    for number in 0..CLAIMS {
        let key = Key::room(&format!("claimed-{lane}-{number}"));
        together.wait().await;
        loop {
            let started = Instant::now();
            let claim = live.commit(write(&key, Version::ABSENT, me)).await;
            assert!(started.elapsed() < CALL_WITHIN, "a call ends in time: {:?}", started.elapsed());
            match claim {
                Ok(_) => {
                    own.insert((lane, number));
                    break;
                }
                // It may be this one's own, made when nobody answered.
                Err(LiveError::Conflict) => match body(&live, &key).await {
                    Ok(Some(owner)) => {
                        if owner == me {
                            own.insert((lane, number));
                        }
                        break;
                    }
                    Ok(None) => panic!("nobody lets go of a claim"),
                    Err(_) => {}
                },
                // As those who are told to try again do.
                Err(LiveError::Unavailable) => tokio::time::sleep(Duration::from_millis(20)).await,
            }
        }
        settled.fetch_add(1, Ordering::Relaxed);
    }
    own
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn while_it_stands_still_calls_fail_in_time_and_claims_stay_single() {
    let Some(server) = Server::start() else { return };
    let (a, b) = (connect(&server, "x").await, connect(&server, "x").await);
    let topic = TopicName::new("told");
    let mut ears = [listen(&a, &topic).await, listen(&b, &topic).await];
    let settled = Arc::new(AtomicUsize::new(0));
    let rivals =
        [(&a, "a"), (&b, "b")].map(|(live, me)| Rival { live: live.clone(), me, settled: settled.clone() });
    let mut racing = [Vec::new(), Vec::new()];
    for lane in 0..LANES {
        let together = Arc::new(Barrier::new(2));
        for (rival, lanes) in rivals.iter().zip(&mut racing) {
            lanes.push(tokio::spawn(claims(rival.clone(), lane, together.clone())));
        }
    }
    while settled.load(Ordering::Relaxed) < 100 {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    server.signal("-STOP");
    let stopped = Instant::now();
    // What was under way when it stopped can still be answered.
    while version(&a, &Key::room("x")).await.is_ok() || version(&b, &Key::room("x")).await.is_ok() {}
    let before = settled.load(Ordering::Relaxed);
    while stopped.elapsed() < STALL {
        let started = Instant::now();
        assert_eq!(version(&a, &Key::room("x")).await, Err(LiveError::Unavailable), "nothing is known");
        assert!(started.elapsed() < CALL_WITHIN, "a call ends in time: {:?}", started.elapsed());
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert_eq!(settled.load(Ordering::Relaxed), before, "what nobody answered did not succeed");
    server.signal("-CONT");
    let went_on = Instant::now();
    for (ear, live) in ears.iter_mut().zip([&b, &a]) {
        gap(ear).await;
        hears(ear, live, &topic).await;
    }
    while settled.load(Ordering::Relaxed) < before + 100 {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    assert!(went_on.elapsed() < CONVERGED_WITHIN, "{:?}", went_on.elapsed());
    let mut own = [HashSet::new(), HashSet::new()];
    for (lanes, own) in racing.into_iter().zip(&mut own) {
        for lane in lanes {
            // One whose rival has failed waits for ever.
            let done = tokio::time::timeout(STALL, lane).await;
            own.extend(done.expect("claims go on").unwrap());
        }
    }
    assert_eq!(own[0].intersection(&own[1]).count(), 0, "nothing is claimed twice");
    assert_eq!(own[0].len() + own[1].len(), LANES * CLAIMS, "and everything once");
    assert!(own.iter().all(|own| !own.is_empty()), "they raced");
}
