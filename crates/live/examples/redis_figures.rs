//! What live state in Redis costs: commits a second and how long they take through one handle and through two, what
//! Redis' processor has to do for one, and what documents of people cost its memory. Run it against a Redis of your
//! own, which nobody else uses meanwhile: `cargo run --release -p visavis-live --example redis_figures -- redis://host`
#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a measurement prints, and cannot go on without Redis"
)]

use bytes::Bytes;
use std::time::{Duration, Instant};
use visavis_domain::ids::{InstanceId, PersonId};
use visavis_domain::time::Timestamp;
use visavis_live::{Commit, Key, Live, RedisAddress, RedisLive, TopicName, Version, Write};

const LASTS: Duration = Duration::from_secs(5);
/// Commits under way at once through each handle.
const AT_ONCE: u128 = 32;
const PEOPLE: u128 = 10_000;
const BODY: usize = 600;

/// As a status that changes: one document with lease and deadline, told to one topic.
fn change(person: u128, expected: Version) -> Commit {
    let write = Write {
        key: Key::person(PersonId::from_bits(person)),
        expected,
        body: Some(Bytes::from(vec![b'x'; BODY])),
        deadline: Some(Timestamp(4_000_000_000_000)),
        lease: Some(InstanceId::from_bits(person % 3 + 1)),
    };
    let events = vec![(TopicName::new(format!("person:{person}")), Bytes::from_static(&[b'x'; 200]))];
    Commit { writes: vec![write], events, ..Commit::default() }
}

/// One person's document changes over and over; how long each change took.
async fn worker(live: RedisLive, person: u128) -> Vec<Duration> {
    let (mut took, mut at, started) = (Vec::new(), Version::ABSENT, Instant::now());
    while started.elapsed() < LASTS {
        let begun = Instant::now();
        at = live.commit(change(person, at)).await.unwrap()[0];
        took.push(begun.elapsed());
    }
    took
}

async fn info(address: &str, section: &str, key: &str) -> f64 {
    let mut connection =
        redis::Client::open(address).unwrap().get_multiplexed_async_connection().await.unwrap();
    let info: redis::InfoDict = redis::cmd("INFO").arg(section).query_async(&mut connection).await.unwrap();
    info.get(key).unwrap()
}

async fn busy(address: &str) -> f64 {
    info(address, "cpu", "used_cpu_user").await + info(address, "cpu", "used_cpu_sys").await
}

async fn through(handles: usize, address: &str, installation: &str) {
    let mut workers = Vec::new();
    let before = busy(address).await;
    let started = Instant::now();
    for handle in 0..handles {
        let live = RedisLive::connect(RedisAddress::parse(address).unwrap(), installation).await.unwrap();
        let first = u128::try_from(handle).unwrap() * AT_ONCE;
        workers.extend((first..first + AT_ONCE).map(|person| tokio::spawn(worker(live.clone(), person))));
    }
    let mut took = Vec::new();
    for worker in workers {
        took.extend(worker.await.unwrap());
    }
    let (elapsed, spent) = (started.elapsed().as_secs_f64(), busy(address).await - before);
    took.sort();
    let count = f64::from(u32::try_from(took.len()).unwrap());
    println!(
        "{handles} handle(s), {AT_ONCE} at once each: {:.0} commits/s, median {:?}, p99 {:?}, Redis {:.1} µs each",
        count / elapsed,
        took[took.len() / 2],
        took[took.len() * 99 / 100],
        spent / count * 1e6,
    );
}

#[tokio::main]
async fn main() {
    let address = std::env::args().nth(1).unwrap();
    through(1, &address, "figures-1").await;
    through(2, &address, "figures-2").await;
    let live = RedisLive::connect(RedisAddress::parse(&address).unwrap(), "figures-3").await.unwrap();
    let before = info(&address, "memory", "used_memory").await;
    for person in 0..PEOPLE {
        live.commit(change(person, Version::ABSENT)).await.unwrap();
    }
    let grown = info(&address, "memory", "used_memory").await - before;
    println!("{PEOPLE} documents of {BODY} bytes: {:.1} MiB", grown / 1024.0 / 1024.0);
}
