//! An instance is killed under load: its people are back at another one, who does not come back is gone, and nothing
//! stays behind.

use super::support::{LATE, SETTLED, cluster, in_lounge, in_room, longest_outage, pairs, says, visitor};
use std::time::{Duration, Instant};
use visavis_bots::cluster::{Cluster, Page, Plan};
use visavis_bots::{Member, http_client};
use visavis_domain::ids::PersonId;

const GHOSTS_GONE: Duration = Duration::from_secs(5);
const BACK_WITHIN: Duration = Duration::from_secs(3);
const REPRESENTATIVES_RIGHT: Duration = Duration::from_secs(10);

/// Until none of these is there any more. Returns how long it took since then.
async fn gone(cluster: &Cluster, people: &[PersonId], since: Instant) -> Duration {
    loop {
        let live = cluster.live().await.unwrap();
        if people.iter().all(|person| !live.people.contains_key(person)) {
            return since.elapsed();
        }
        assert!(since.elapsed() < GHOSTS_GONE + LATE, "ghosts: {people:?}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

#[tokio::test]
async fn an_instance_that_is_killed_leaves_nobody_behind() {
    let Some(mut cluster) = cluster(&Plan::THREE).await else { return };
    let (base, http) = (cluster.base(), http_client());
    let pairs = pairs(&cluster, &base, 8).await;
    let mut rings = Vec::new();
    for pair in pairs.iter().take(5) {
        rings.push(pair.call(SETTLED).await.unwrap());
    }
    let mut rooms = Vec::new();
    for number in 0..8 {
        let room = format!("room {number}");
        rooms.push([in_room(&base, &room, "Vera").await, in_room(&base, &room, "Wim").await]);
    }
    let mut members = Vec::new();
    for number in 0..12 {
        members.push(in_lounge(&base, &format!("Member {number}")).await);
    }
    let mut watching = Vec::new();
    for _ in 0..12 {
        watching.push(visitor(&base).await);
    }
    // They are where the blow falls, and do not come back.
    let mut ghosts = Vec::new();
    for number in 0..6 {
        ghosts.push(Member::guest(&http, &cluster.direct(0), &format!("Ghost {number}")).await.unwrap().0);
    }
    let ghosts_were: Vec<_> = ghosts.iter().map(|ghost| ghost.id).collect();

    let killed = Instant::now();
    cluster.crash(0).await.unwrap();
    drop(ghosts);
    let ghosts_gone = gone(&cluster, &ghosts_were, killed).await;

    let pages: Vec<&Page> =
        pairs.iter().flat_map(|pair| pair.pages()).chain(rooms.iter().flatten()).chain(&members).collect();
    for page in &pages {
        page.until(REPRESENTATIVES_RIGHT, "back", |seen| seen.connected).await.unwrap();
    }
    let hit = pages.iter().filter(|page| !page.seen().outages.is_empty()).count();
    let back = longest_outage(pages.iter().copied()).expect("somebody was at the instance");
    for (pair, ring) in pairs.iter().zip(&rings) {
        let left = REPRESENTATIVES_RIGHT.saturating_sub(killed.elapsed()) + LATE;
        pair.connected(*ring, left).await.unwrap();
        for page in pair.pages() {
            assert_eq!(page.seen().departures, [], "nobody leaves a call");
        }
    }
    // Those who were free can be called.
    for pair in &pairs[5..] {
        pair.call(REPRESENTATIVES_RIGHT.saturating_sub(killed.elapsed()) + LATE).await.unwrap();
    }
    let right = killed.elapsed();
    for [one, other] in &rooms {
        says(one, other, SETTLED).await.unwrap();
        assert_eq!(one.seen().room.unwrap().call, other.seen().room.unwrap().call);
        assert_eq!(one.seen().departures, [], "nobody leaves a room");
    }
    eprintln!(
        "killed: ghosts gone after {ghosts_gone:?}; {hit} of {} pages were hit, back after {back:?} at the latest; \
         representatives right after {right:?}",
        pages.len()
    );
    assert!(back < BACK_WITHIN + LATE, "{back:?}");
    cluster.revive(0).await.unwrap();
    drop(watching);
    cluster.sound(SETTLED * 3).await.unwrap();
}
