//! One instance after the other is asked to stop and started again, while people talk and requests come.

use super::support::{SETTLED, cluster, long, pairs};
use futures_util::future::join_all;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::Duration;
use tokio::task::JoinSet;
use tokio::time::{MissedTickBehavior, interval};
use visavis_bots::cluster::Plan;
use visavis_bots::http_client;

const REQUESTS_PER_SECOND: u32 = 50;
const STOPS_WITHIN: Duration = Duration::from_secs(40);

/// Requests at a steady rate until it is over: how many there were, and which went wrong.
async fn requests(base: String, over: Arc<AtomicBool>) -> (u32, Vec<String>) {
    let http = http_client();
    let mut ticks = interval(Duration::from_secs(1) / REQUESTS_PER_SECOND);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Burst);
    let (made, mut under_way, mut wrong) = (AtomicU32::new(0), JoinSet::new(), Vec::new());
    while !over.load(Ordering::Relaxed) {
        ticks.tick().await;
        let number = made.fetch_add(1, Ordering::Relaxed);
        let request = match number % 3 {
            0 => http.post(format!("{base}/api/v1/tickets")),
            1 => http.get(format!("{base}/api/v1/desks")),
            _ => http.get(format!("{base}/")),
        };
        under_way.spawn(async move {
            match request.timeout(Duration::from_secs(10)).send().await {
                Ok(answer) if answer.status().is_success() => None,
                Ok(answer) => Some(format!("request {number}: {}", answer.status())),
                Err(error) => Some(format!("request {number}: {error:?}")),
            }
        });
        while let Some(outcome) = under_way.try_join_next() {
            wrong.extend(outcome.unwrap());
        }
    }
    for outcome in under_way.join_all().await {
        wrong.extend(outcome);
    }
    (made.into_inner(), wrong)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_rolling_restart_drops_nothing() {
    let many = if long().is_some() { 20 } else { 8 };
    let Some(mut cluster) = cluster(&Plan::THREE).await else { return };
    let base = cluster.base();
    let pairs = pairs(&cluster, &base, many).await;
    let rings = join_all(pairs.iter().map(|pair| pair.call(SETTLED))).await;
    let rings: Vec<_> = rings.into_iter().map(|ring| ring.unwrap()).collect();
    let calls: Vec<_> = pairs.iter().map(|pair| pair.visitor.seen().room.unwrap().call).collect();
    let over = Arc::new(AtomicBool::new(false));
    let asking = tokio::spawn(requests(base, over.clone()));

    let took = cluster.rolling_restart(STOPS_WITHIN).await.unwrap();
    over.store(true, Ordering::Relaxed);
    let (made, wrong) = asking.await.unwrap();
    for ((pair, ring), call) in pairs.iter().zip(&rings).zip(&calls) {
        pair.connected(*ring, SETTLED).await.unwrap();
        for page in pair.pages() {
            let seen = page.seen();
            assert_eq!(seen.departures, [], "nobody leaves");
            assert_eq!(seen.ended, [], "no call ends");
            assert_eq!(seen.room.unwrap().call, *call);
        }
    }
    let moved =
        pairs.iter().flat_map(|pair| pair.pages()).map(|page| page.seen().outages.len()).sum::<usize>();
    let longest = super::support::longest_outage(pairs.iter().flat_map(|pair| pair.pages()));
    eprintln!(
        "{many} calls: pages moved {moved} times, away for {longest:?} at the longest; {made} requests, {} failed; \
         instances took {took:?} to stop",
        wrong.len()
    );
    assert_eq!(wrong, Vec::<String>::new());
    cluster.sound(SETTLED).await.unwrap();
}
