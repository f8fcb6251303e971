//! One, two and three instances on this machine, all of whose cores they share with Redis and the bots: how many
//! commands they carry out, how long each takes, and what it costs whom. Then many people at once, and what Redis
//! keeps for them.

use super::figures::float;
use super::wire::milliseconds;
use crate::bench::Report;
use anyhow::{Context, Result, bail};
use futures_util::{StreamExt, TryStreamExt, stream};
use std::path::Path;
use std::time::{Duration, Instant};
use tokio::task::JoinSet;
use visavis_bots::Bot;
use visavis_bots::cluster::{Cluster, Plan, Saving};
use visavis_domain::room::{Camera, Microphone, Screen};
use visavis_protocol::{Command, Reply};

/// As many as keep three instances busy, two in a room, each at another instance where there is one.
const TALKING: usize = 48;
/// Who are there and do nothing.
const PRESENT: usize = 2_000;
const AT_ONCE: usize = 16;
/// Figures are for so many.
const OUT_OF: f64 = 10_000.0;
/// Of a page with nothing to say.
const PING_EVERY: Duration = Duration::from_secs(4);

/// Runs it, prints what was found.
pub(crate) async fn run(binary: &Path, time: Duration, report: &mut Report) -> Result<()> {
    let missing = Cluster::missing();
    if !missing.is_empty() {
        bail!("not installed: {missing:?}; scripts/test-tools databases installs them");
    }
    for instances in 1..=3 {
        let plan = Plan { instances, settings: &[], saving: Saving::Nothing };
        let cluster = Cluster::start(binary, &plan).await?;
        commands(&cluster, time, report).await?;
    }
    let plan = Plan { instances: 3, settings: &[], saving: Saving::Nothing };
    present(&Cluster::start(binary, &plan).await?, time, report).await
}

/// CPU time of all instances together.
fn instances_cpu(cluster: &Cluster) -> Result<Duration> {
    cluster.instances.iter().map(visavis_bots::ServerProcess::cpu).sum()
}

async fn commands(cluster: &Cluster, time: Duration, report: &mut Report) -> Result<()> {
    let bots = gathered(cluster, TALKING).await?;
    let (instances, redis) = (instances_cpu(cluster)?, cluster.redis.cpu()?);
    let started = Instant::now();
    let mut busy = JoinSet::new();
    for bot in bots {
        busy.spawn(talks(bot, started + time));
    }
    let mut times = Vec::new();
    while let Some(one) = busy.join_next().await {
        times.extend(one??);
    }
    let seconds = started.elapsed().as_secs_f64();
    let count = float(times.len() as u64).max(1.0);
    let spent =
        |before: Duration, after: Duration| (after.saturating_sub(before)).as_secs_f64() * 1e6 / count;
    let label = format!("{} instances: ", cluster.instances.len());
    let mut figure = |name: &str, value: f64, unit: &str| {
        report.figure(&format!("{label}{name}"), value, unit, "");
    };
    figure("commands", count / seconds, "/s");
    figure("from command to answer, p50", milliseconds(&mut times, 0.5), "ms");
    figure("from command to answer, p99", milliseconds(&mut times, 0.99), "ms");
    figure("CPU of all instances per command", spent(instances, instances_cpu(cluster)?), "µs");
    figure("CPU of Redis per command", spent(redis, cluster.redis.cpu()?), "µs");
    Ok(())
}

/// Mutes and unmutes, one command after the other; the other one in the room hears of each. Returns how long each took.
async fn talks(mut bot: Bot, until: Instant) -> Result<Vec<Duration>> {
    let mut times = Vec::new();
    let mut microphone = Microphone::Live;
    while Instant::now() < until {
        microphone = if microphone == Microphone::Live { Microphone::Muted } else { Microphone::Live };
        let asked = Instant::now();
        let answered =
            bot.command(Command::SetMedia { microphone, camera: Camera::On, screen: Screen::Off }).await?;
        anyhow::ensure!(answered == Ok(Reply::Done), "{answered:?}");
        times.push(asked.elapsed());
        if times.len().is_multiple_of(64) {
            bot.events_so_far().await?;
        }
    }
    Ok(times)
}

async fn present(cluster: &Cluster, time: Duration, report: &mut Report) -> Result<()> {
    let before = cluster.redis.resident()?;
    // Whoever has come says so all the time, also while others are still coming.
    let coming = (0..PRESENT).map(|number| async move {
        let mut bot = comes(cluster, number).await?;
        let stays = async move {
            loop {
                tokio::time::sleep(PING_EVERY).await;
                bot.events_so_far().await?;
            }
        };
        anyhow::Ok(tokio::spawn(stays))
    });
    let staying: Vec<tokio::task::JoinHandle<Result<()>>> =
        stream::iter(coming).buffer_unordered(AT_ONCE).try_collect().await?;
    let kept = cluster.redis.resident()?.saturating_sub(before);
    let (started, cpu) = (Instant::now(), cluster.redis.cpu()?);
    tokio::time::sleep(time).await;
    let gone = staying.iter().filter(|one| one.is_finished()).count();
    anyhow::ensure!(gone == 0, "{gone} were cut off");
    staying.iter().for_each(tokio::task::JoinHandle::abort);
    let share = OUT_OF / float(PRESENT as u64);
    let used = (cluster.redis.cpu()? - cpu).as_secs_f64() / started.elapsed().as_secs_f64();
    report.figure("memory of Redis for 10,000 people in rooms of two", float(kept) * share / 1e6, "MB", "");
    // What it spends on instances that see whether it lives does not grow with people.
    report.figure(&format!("CPU of Redis with {PRESENT} people there"), used, "cores", "");
    Ok(())
}

/// So many people, two in each room, at one instance after the other.
async fn gathered(cluster: &Cluster, people: usize) -> Result<Vec<Bot>> {
    let coming = (0..people).map(|number| comes(cluster, number));
    stream::iter(coming).buffer_unordered(AT_ONCE).try_collect().await
}

async fn comes(cluster: &Cluster, number: usize) -> Result<Bot> {
    let base = cluster.direct(number % cluster.instances.len());
    let mut bot = Bot::connect(&base).await?;
    let joined = bot.join(&format!("room {}", number / 2), &format!("{number}")).await?;
    joined.ok().context("a room takes two")?;
    bot.ping().await?;
    Ok(bot)
}
