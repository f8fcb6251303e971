//! What everybody shares goes away for a while: Redis with and without its data, Redis that stands still, PostgreSQL.

use super::support::{LATE, SETTLED, cluster, in_lounge, in_room, long, longest_outage, pairs, says};
use futures_util::future::join_all;
use std::time::{Duration, Instant};
use visavis_bots::Signal;
use visavis_bots::cluster::{Cluster, NoReply, Page, Plan, Restarted};
use visavis_domain::room::{Camera, Microphone, Screen};
use visavis_protocol::{CallPage, Code, Command};

/// In an outage a command says so within this time.
const SAYS_SO: Duration = Duration::from_secs(1);
const DELIVERS_AGAIN: Duration = Duration::from_secs(2);
const REBUILT: Duration = Duration::from_secs(10);
const CONVERGED: Duration = Duration::from_secs(5);
const WRITES_AGAIN: Duration = Duration::from_secs(5);

/// Somebody at each of two instances, in one room.
async fn two_in_a_room(cluster: &Cluster) -> [Page; 2] {
    [in_room(&cluster.direct(1), "Café", "Vera").await, in_room(&cluster.direct(2), "Café", "Wim").await]
}

/// Commands of the page until it is over; each is done, or says "try again" soon, or its session ends.
async fn commands_say_so(page: &Page, over: Instant) -> Duration {
    let mut longest = Duration::ZERO;
    while Instant::now() < over {
        let asked = Instant::now();
        let connected = page.seen().connected;
        let answered = page.command(Command::SetMedia {
            microphone: Microphone::Muted,
            camera: Camera::Off,
            screen: Screen::Off,
        });
        let answered = answered.await;
        // Who has no socket is told by that.
        if connected && page.seen().connected {
            longest = longest.max(asked.elapsed());
        }
        match answered {
            Ok(_) | Err(NoReply::Lost | NoReply::Refused(Code::TryAgain | Code::NotInRoom)) => {}
            Err(NoReply::Refused(code)) => panic!("{code:?}"),
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    longest
}

async fn redis_restarts(with: Restarted) {
    let Some(mut cluster) = cluster(&Plan::THREE).await else { return };
    let base = cluster.base();
    let pairs = pairs(&cluster, &base, 3).await;
    let rings = join_all(pairs.iter().take(2).map(|pair| pair.call(SETTLED))).await;
    let rings: Vec<_> = rings.into_iter().map(|ring| ring.unwrap()).collect();
    let [one, other] = two_in_a_room(&cluster).await;
    let before = one.seen().room.unwrap().call;
    let member = in_lounge(&base, "Xenia").await;

    cluster.redis.kill().await.unwrap();
    let longest = commands_say_so(&one, Instant::now() + Duration::from_millis(1500)).await;
    cluster.redis.resume(with).await.unwrap();
    let back = Instant::now();
    says(&one, &other, SETTLED).await.unwrap();
    let delivered = back.elapsed();
    for (pair, ring) in pairs.iter().zip(&rings) {
        pair.connected(*ring, REBUILT).await.unwrap();
    }
    pairs[2].call(REBUILT).await.unwrap();
    member.until(REBUILT, "in the lounge again", |seen| seen.connected).await.unwrap();
    let rebuilt = back.elapsed();
    assert_eq!(one.seen().room.unwrap().call, before, "the call is the one before");
    let live = cluster.sound(SETTLED * 2).await.unwrap();
    assert!(live.people[&member.seen().person.unwrap()].0.seat().is_some(), "in the lounge");
    for page in pairs.iter().take(2).flat_map(|pair| pair.pages()).chain([&one, &other]) {
        assert_eq!(page.seen().departures, [], "nobody was told that somebody left");
    }
    eprintln!(
        "Redis back with {with:?}: commands answered within {longest:?} meanwhile; delivers after {delivered:?}, \
         everything is there after {rebuilt:?}"
    );
    assert!(longest < SAYS_SO + LATE, "{longest:?}");
    assert!(delivered < DELIVERS_AGAIN + LATE, "{delivered:?}");
    assert!(rebuilt < REBUILT, "{rebuilt:?}");
}

#[tokio::test]
async fn redis_comes_back_as_it_was() {
    redis_restarts(Restarted::Kept).await;
}

#[tokio::test]
async fn redis_comes_back_empty() {
    redis_restarts(Restarted::Empty).await;
}

#[tokio::test]
async fn redis_stands_still() {
    let Some(cluster) = cluster(&Plan::THREE).await else { return };
    let base = cluster.base();
    let pairs = pairs(&cluster, &base, 3).await;
    let ring = pairs[0].call(SETTLED).await.unwrap();
    let [one, other] = two_in_a_room(&cluster).await;
    let still = if long().is_some() { Duration::from_secs(30) } else { Duration::from_secs(6) };

    cluster.redis.signal(Signal::Stop).unwrap();
    let until = Instant::now() + still;
    let longest = commands_say_so(&one, until).await;
    cluster.redis.signal(Signal::Continue).unwrap();
    let on = Instant::now();
    says(&one, &other, SETTLED).await.unwrap();
    let delivered = on.elapsed();
    pairs[0].connected(ring, SETTLED).await.unwrap();
    // Two who stood before the same question meanwhile.
    let outcomes = tokio::join!(pairs[1].call(SETTLED), pairs[2].call(SETTLED));
    let converged = on.elapsed();
    outcomes.0.unwrap();
    outcomes.1.unwrap();
    cluster.sound(SETTLED).await.unwrap();
    for page in pairs[0].pages() {
        assert_eq!(page.seen().departures, [], "nobody was told that somebody left");
    }
    eprintln!(
        "Redis stood still for {still:?}: commands answered within {longest:?} meanwhile; delivers after \
         {delivered:?}, converged after {converged:?}"
    );
    assert!(longest < SAYS_SO + LATE, "{longest:?}");
    assert!(converged < CONVERGED + LATE, "{converged:?}");
}

#[tokio::test]
async fn postgresql_restarts() {
    let Some(mut cluster) = cluster(&Plan::THREE).await else { return };
    let base = cluster.base();
    let pairs = pairs(&cluster, &base, 2).await;
    let staying = pairs[0].call(SETTLED).await.unwrap();
    let ending = pairs[1].call(SETTLED).await.unwrap();
    let admin = cluster.staff(&base, "admin").await.unwrap();

    cluster.postgres.kill().await.unwrap();
    pairs[1].hang_up(SETTLED).await.unwrap();
    let took = says(&pairs[0].visitor, &pairs[0].representative, SETTLED).await.unwrap();
    cluster.postgres.resume().await.unwrap();
    let back = Instant::now();
    // What ended meanwhile is written down, and what goes on is not ended.
    let (written, page) = loop {
        let page = admin.get::<CallPage>("/api/v1/admin/calls?take=10").await;
        let ended = |page: &CallPage| page.calls.iter().any(|call| call.ring == ending && call.end.is_some());
        match page {
            Ok(page) if ended(&page) => break (back.elapsed(), page),
            other => assert!(back.elapsed() < WRITES_AGAIN + LATE * 5, "{other:?}"),
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    };
    assert!(page.calls.iter().any(|call| call.ring == staying && call.end.is_none()), "{page:?}");
    cluster.staff(&base, "ben").await.unwrap();
    for pair in &pairs {
        assert_eq!(longest_outage(pair.pages()), None, "nobody's line broke");
    }
    pairs[0].connected(staying, LATE).await.unwrap();
    pairs[1].call(SETTLED).await.unwrap();
    eprintln!("PostgreSQL back: live messages took {took:?} meanwhile; written down after {written:?}");
    assert!(written < WRITES_AGAIN + LATE, "{written:?}");
    cluster.sound(SETTLED).await.unwrap();
}
