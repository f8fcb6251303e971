//! Many call one representative in the same moment, from all instances: one rings, the others are told.

use super::support::{SETTLED, cluster, done, long, online, visitor};
use futures_util::future::join_all;
use std::time::Instant;
use visavis_bots::cluster::Plan;
use visavis_bots::{Bot, Refused};
use visavis_domain::ids::{PersonId, RingId};
use visavis_protocol::{Code, Command, Reply};

const CROWD: usize = 50;
const FEW: usize = 3;

/// Calls, again while it is told to try again. Returns the ring, and how often it was told so.
async fn calls(bot: &mut Bot, who: PersonId) -> (Option<RingId>, u32) {
    let mut again = 0;
    loop {
        let call = Command::CallDesk { representative: Some(who), name: "Vera".into(), about: String::new() };
        match bot.command(call).await.unwrap() {
            Ok(Reply::Ringing { ring }) => return (Some(ring.id), again),
            Err(Refused(Code::Busy)) => return (None, again),
            Err(Refused(Code::TryAgain)) => again += 1,
            other => panic!("{other:?}"),
        }
    }
}

#[tokio::test]
async fn of_fifty_who_call_at_once_one_rings() {
    let Some(cluster) = cluster(&Plan::THREE).await else { return };
    let bases: Vec<_> = (0..3).map(|instance| cluster.direct(instance)).collect();
    let mut ana = online(&cluster, &bases[0], "ana").await.unwrap();
    let Ok(Reply::Console { console }) = ana.command(Command::OpenConsole).await.unwrap() else {
        panic!("no console")
    };
    let mut crowd = Vec::new();
    for number in 0..CROWD {
        crowd.push(visitor(&bases[number % bases.len()]).await);
    }
    let (crowds, fews) = if long().is_some() { (500, 9_500) } else { (20, 200) };
    let started = Instant::now();
    let mut again = 0;
    for round in 0..crowds + fews {
        // One at each instance, others each time: nobody is over their rate.
        let racing = if round < crowds { &mut crowd[..] } else { &mut crowd[round % (CROWD - FEW)..][..FEW] };
        let outcomes = join_all(racing.iter_mut().map(|bot| calls(bot, console.person))).await;
        again += outcomes.iter().map(|(_, again)| again).sum::<u32>();
        let rings: Vec<_> =
            outcomes.iter().enumerate().filter_map(|(at, (ring, _))| Some((at, (*ring)?))).collect();
        let [(winner, ring)] = rings[..] else { panic!("round {round}: {rings:?} ring") };
        done(&mut racing[winner], Command::CancelRing { ring }).await;
        for bot in racing {
            bot.ping().await.unwrap();
        }
        ana.events_so_far().await.unwrap();
        if round % 100 == 0 {
            cluster.sound(SETTLED).await.unwrap();
        }
    }
    let took = started.elapsed();
    eprintln!("{} races in {took:?}, told to try again {again} times", crowds + fews);
    cluster.sound(SETTLED).await.unwrap();
}
