//! One fault after the other, drawn by a seed, while people call each other all the time.

use super::support::{LATE, Pair, cluster, long, pairs};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};
use tokio::time::sleep;
use visavis_bots::Signal;
use visavis_bots::cluster::{Cluster, Dice, Passage, Plan, Restarted};

/// A call is there by then, however often its caller has to press.
const CALLS_WITHIN: Duration = Duration::from_secs(15);
/// Who hangs up in the moment in which live state is lost is told that it is done; the other one's continuation brings
/// the call back, and it ends when nobody has come to it within the grace of 15 s. Another loss within the grace begins
/// it anew.
const OVER_WITHIN: Duration = Duration::from_secs(30);
/// Of a thousand call attempts one may fail.
const ONE_OF: usize = 1000;
/// The short form has too few attempts for that share: so many may fail.
const A_FEW: usize = 2;
const PAIRS: usize = 5;
/// How many faults the short form has, and how far apart.
const FEW: u32 = 4;
const CLOSE: Duration = Duration::from_secs(8);
const APART: Duration = Duration::from_secs(30);
/// Longer than a lease; others take over meanwhile.
const A_WHILE: Duration = Duration::from_secs(6);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fault {
    Crash,
    Freeze,
    CutOff,
    StalledGate,
    RedisKept,
    RedisEmpty,
    RedisStill,
    Postgres,
    Drain,
}

const FAULTS: [Fault; 9] = [
    Fault::Crash,
    Fault::Freeze,
    Fault::CutOff,
    Fault::StalledGate,
    Fault::RedisKept,
    Fault::RedisEmpty,
    Fault::RedisStill,
    Fault::Postgres,
    Fault::Drain,
];

/// Has it happen, and be over.
async fn inject(cluster: &mut Cluster, fault: Fault, instance: usize) {
    match fault {
        Fault::Crash => {
            cluster.crash(instance).await.unwrap();
            sleep(Duration::from_secs(1)).await;
            cluster.revive(instance).await.unwrap();
        }
        Fault::Freeze => {
            cluster.instances[instance].signal(Signal::Stop).unwrap();
            sleep(A_WHILE).await;
            cluster.instances[instance].signal(Signal::Continue).unwrap();
        }
        Fault::CutOff | Fault::StalledGate => {
            let how = if fault == Fault::CutOff { Passage::Refusing } else { Passage::Stalled };
            cluster.gates[instance].set(how);
            sleep(A_WHILE).await;
            cluster.gates[instance].set(Passage::Open);
        }
        Fault::RedisKept | Fault::RedisEmpty => {
            let with = if fault == Fault::RedisKept { Restarted::Kept } else { Restarted::Empty };
            cluster.redis.kill().await.unwrap();
            sleep(Duration::from_secs(1)).await;
            cluster.redis.resume(with).await.unwrap();
        }
        Fault::RedisStill => {
            cluster.redis.signal(Signal::Stop).unwrap();
            sleep(A_WHILE).await;
            cluster.redis.signal(Signal::Continue).unwrap();
        }
        Fault::Postgres => {
            cluster.postgres.kill().await.unwrap();
            sleep(Duration::from_secs(1)).await;
            cluster.postgres.resume().await.unwrap();
        }
        Fault::Drain => {
            cluster.drain(instance, Duration::from_secs(40)).await.unwrap();
            cluster.revive(instance).await.unwrap();
        }
    }
}

/// Calls, talks for a moment and hangs up, until it is over. Returns how many attempts there were, and what failed.
async fn keeps_calling(pair: Pair, over: Arc<AtomicBool>, began: Instant) -> (Pair, usize, Vec<String>) {
    let (mut attempts, mut failed) = (0, Vec::new());
    while !over.load(Ordering::Relaxed) {
        attempts += 1;
        let at = began.elapsed();
        if let Err(error) = pair.call(CALLS_WITHIN).await {
            failed.push(format!("at {at:?}: {error:#}"));
        }
        sleep(Duration::from_millis(300)).await;
        if let Err(error) = pair.hang_up(OVER_WITHIN).await {
            failed.push(format!("at {:?}, hanging up: {error:#}", began.elapsed()));
        }
    }
    (pair, attempts, failed)
}

fn seed() -> u64 {
    let given = std::env::var("VISAVIS_CHAOS_SEED").ok().filter(|seed| !seed.is_empty());
    given
        .map_or_else(|| Dice::thrown().number() % 1_000_000, |seed| seed.parse().expect("a seed is a number"))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn calls_succeed_while_everything_fails_in_turn() {
    let Some(mut cluster) = cluster(&Plan::THREE).await else { return };
    let seed = seed();
    eprintln!("VISAVIS_CHAOS_SEED={seed}");
    let mut dice = Dice::of(seed);
    let base = cluster.base();
    let (over, began) = (Arc::new(AtomicBool::new(false)), Instant::now());
    let mut calling = Vec::new();
    for pair in pairs(&cluster, &base, PAIRS).await {
        calling.push(tokio::spawn(keeps_calling(pair, over.clone(), began)));
    }
    let (apart, lasts) = long().map_or((CLOSE, CLOSE * FEW), |lasts| (APART, lasts));
    let started = Instant::now();
    while started.elapsed() < lasts {
        let (fault, instance) = (FAULTS[dice.below(FAULTS.len())], dice.below(cluster.instances.len()));
        eprintln!("at {:?}: {fault:?} {instance}", began.elapsed());
        let next = Instant::now() + apart;
        inject(&mut cluster, fault, instance).await;
        sleep(next.saturating_duration_since(Instant::now())).await;
    }
    over.store(true, Ordering::Relaxed);
    let (mut attempts, mut failed, mut pairs) = (0, Vec::new(), Vec::new());
    for one in calling {
        let (pair, made, wrong) = one.await.unwrap();
        attempts += made;
        failed.extend(wrong);
        pairs.push(pair);
    }
    eprintln!("{attempts} call attempts, {} failed:\n{}", failed.len(), failed.join("\n"));
    // Nothing is stuck: neither in live state, nor on anybody's page.
    let until = Instant::now() + OVER_WITHIN;
    loop {
        let live = cluster.sound(Duration::from_secs(30)).await.unwrap();
        if live.rings.is_empty() && live.rooms.is_empty() {
            break;
        }
        assert!(Instant::now() < until, "everybody has hung up: {:?}, {:?}", live.rings, live.rooms);
        sleep(Duration::from_millis(200)).await;
    }
    for pair in &pairs {
        pair.call(CALLS_WITHIN + LATE).await.unwrap();
    }
    let may = if long().is_some() { attempts / ONE_OF } else { A_FEW };
    assert!(failed.len() <= may, "seed {seed}: {} of {attempts} failed", failed.len());
}
