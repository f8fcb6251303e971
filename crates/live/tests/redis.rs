//! The Redis adapter keeps the contract, also over a server that dies, stands still or forgets everything. Each test
//! has a server of its own.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "a test that cannot go on says so"
)]

#[path = "redis/faults.rs"]
mod faults;
#[path = "redis/places.rs"]
mod places;
#[path = "support/redis.rs"]
mod support;

use bytes::Bytes;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use support::Server;
use visavis_domain::time::Timestamp;
use visavis_live::{
    BadRedis, Commit, Key, Live, LiveError, Notice, RedisAddress, RedisLive, RedisMode, Subscription,
    TopicName, Version, Write, contract,
};

/// What a subscriber may take to hear of a gap, once the server is back.
const GAP_WITHIN: Duration = Duration::from_secs(2);
/// What a call may take, the machine's hiccups included.
const CALL_WITHIN: Duration = Duration::from_millis(1_100);

async fn connect(server: &Server, installation: &str) -> RedisLive {
    connect_to(&server.address(), installation).await
}

async fn connect_to(address: &str, installation: &str) -> RedisLive {
    RedisLive::connect(RedisAddress::parse(address).unwrap(), installation).await.unwrap()
}

fn write(key: &Key, expected: Version, body: &str) -> Commit {
    let body = Some(Bytes::copy_from_slice(body.as_bytes()));
    let write = Write { key: key.clone(), expected, body, deadline: None, lease: None };
    Commit { writes: vec![write], ..Commit::default() }
}

async fn listen(live: &RedisLive, topic: &TopicName) -> Subscription {
    let ear = live.subscribe(64).await.unwrap();
    live.add_topic(ear.id, topic.clone()).await.unwrap();
    ear
}

/// Waits for a gap; events before it are passed over.
async fn gap(ear: &mut Subscription) {
    let gap = async { while !matches!(ear.notices.recv().await.unwrap(), Notice::Gap) {} };
    tokio::time::timeout(GAP_WITHIN, gap).await.expect("a gap in time");
}

async fn hears(ear: &mut Subscription, live: &RedisLive, topic: &TopicName) {
    // The other one may not have noticed yet that the server is back.
    let back = Instant::now();
    while live.publish(topic.clone(), Bytes::from_static(b"again")).await.is_err() {
        assert!(back.elapsed() < GAP_WITHIN, "commands work again in time");
    }
    let again = Notice::Event { topic: topic.clone(), body: Bytes::from_static(b"again") };
    let heard = async { while ear.notices.recv().await.unwrap() != again {} };
    tokio::time::timeout(CALL_WITHIN, heard).await.expect("an event in time");
}

async fn body(live: &RedisLive, key: &Key) -> Result<Option<String>, LiveError> {
    let body = live.load(std::slice::from_ref(key)).await?.remove(0).body;
    Ok(body.map(|body| String::from_utf8_lossy(&body).into_owned()))
}

async fn version(live: &RedisLive, key: &Key) -> Result<Version, LiveError> {
    Ok(live.load(std::slice::from_ref(key)).await?[0].version)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn the_redis_adapter_keeps_the_contract() {
    let Some(server) = Server::start() else { return };
    let installations = AtomicUsize::new(0);
    contract::all(|| async {
        let installation = format!("fresh-{}", installations.fetch_add(1, Ordering::Relaxed));
        let pair: contract::Pair = (
            Arc::new(connect(&server, &installation).await),
            Arc::new(connect(&server, &installation).await),
        );
        pair
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn installations_on_one_server_do_not_meet() {
    let Some(server) = Server::start() else { return };
    let (one, other) = (connect(&server, "one").await, connect(&server, "other").await);
    let (key, topic) = (Key::room("same"), TopicName::new("same"));
    let mut ear = listen(&one, &topic).await;
    one.commit(write(&key, Version::ABSENT, "x")).await.unwrap();
    assert_eq!(version(&other, &key).await, Ok(Version::ABSENT));
    other.publish(topic.clone(), Bytes::from_static(b"other's")).await.unwrap();
    one.publish(topic.clone(), Bytes::from_static(b"ours")).await.unwrap();
    assert_eq!(ear.notices.recv().await, Some(Notice::Event { topic, body: Bytes::from_static(b"ours") }));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn losing_its_data_is_told_and_old_versions_stay_old() {
    let Some(server) = Server::start() else { return };
    let (a, b) = (connect(&server, "x").await, connect(&server, "x").await);
    let (key, topic) = (Key::room("lost"), TopicName::new("told"));
    let mut ear = listen(&a, &topic).await;
    let mut told = write(&key, Version::ABSENT, "x");
    told.writes[0].deadline = Some(Timestamp(5));
    let old = a.commit(told).await.unwrap()[0];
    hears(&mut ear, &b, &topic).await;
    let waiting = tokio::spawn({
        let b = b.clone();
        async move { b.next_deadline(Some(Timestamp(5))).await }
    });
    flush(&server).await;
    gap(&mut ear).await;
    hears(&mut ear, &b, &topic).await;
    assert_eq!(version(&b, &key).await, Ok(Version::ABSENT));
    assert_eq!(a.commit(write(&key, old, "late")).await, Err(LiveError::Conflict));
    let new = b.commit(write(&key, Version::ABSENT, "new")).await.unwrap()[0];
    assert!(new > old, "{new:?} after {old:?}");
    assert_eq!(a.commit(write(&key, old, "late")).await, Err(LiveError::Conflict));
    let next = tokio::time::timeout(GAP_WITHIN, waiting).await.expect("in time").unwrap();
    assert_eq!(next, Ok(None), "nobody rang, and it was found");
}

/// As an operator would, behind everybody's back.
async fn flush(server: &Server) {
    let client = redis::Client::open(server.address()).unwrap();
    let mut connection = client.get_multiplexed_async_connection().await.unwrap();
    redis::cmd("FLUSHALL").query_async::<()>(&mut connection).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn what_cannot_be_used_is_said_at_once() {
    let Some(mut server) = Server::start() else { return };
    let address = RedisAddress::parse(&server.address()).unwrap();
    let described = connect(&server, "x").await.describe().await.unwrap();
    assert!(described.version.contains('.'), "{described:?}");
    assert_eq!((described.mode, described.evicts), (RedisMode::Single, None));
    assert_eq!(described.clock_apart, Duration::ZERO, "it is this machine's");
    assert!(matches!(RedisLive::connect(address.clone(), "a}b").await, Err(BadRedis::Name)));
    server.stop();
    let started = Instant::now();
    let Err(BadRedis::Away(why)) = RedisLive::connect(address, "x").await else { panic!("it is away") };
    assert!(why.contains("No such file") || why.contains("refused"), "{why}");
    assert!(started.elapsed() < CALL_WITHIN);
}
