//! What the tests of this folder share: an installation, and how people meet on it.

use anyhow::Result;
use std::time::Duration;
use visavis_bots::cluster::{Cluster, Plan};
use visavis_bots::{Bot, Refused, ServerProcess};
use visavis_domain::ids::RingId;
use visavis_domain::room::{Camera, Microphone};
use visavis_protocol::{Command, Engagement, Event, MediaPath, OwnAvailability, Reply};

/// By then nothing is under way any more.
pub(crate) const SETTLED: Duration = Duration::from_secs(10);

/// An installation; none where what it takes is not installed, which in CI is a failure.
pub(crate) async fn cluster(plan: &Plan<'_>) -> Option<Cluster> {
    let missing = Cluster::missing();
    if !missing.is_empty() {
        let demanded = ["CI", "REQUIRE_REDIS", "REQUIRE_POSTGRES"];
        assert!(demanded.iter().all(|name| std::env::var_os(name).is_none()), "not installed: {missing:?}");
        eprintln!("SKIPPED: scripts/test-tools installs {missing:?}");
        return None;
    }
    Some(Cluster::start(&ServerProcess::binary().unwrap(), plan).await.unwrap())
}

/// For how long faults go on where a test has a long form.
pub(crate) fn long() -> Option<Duration> {
    let seconds = std::env::var("VISAVIS_CHAOS_SECONDS").ok()?;
    Some(Duration::from_secs(seconds.parse().expect("VISAVIS_CHAOS_SECONDS is a number of seconds")))
}

pub(crate) async fn answered(bot: &mut Bot, command: Command) -> Reply {
    bot.command(command).await.unwrap().unwrap()
}

pub(crate) async fn done(bot: &mut Bot, command: Command) {
    assert_eq!(bot.command(command).await.unwrap(), Ok(Reply::Done));
}

/// Their availability, once it is this.
pub(crate) async fn own_until<T>(bot: &mut Bot, wanted: impl Fn(&OwnAvailability) -> Option<T>) -> T {
    loop {
        if let Event::OwnChanged { own } = bot.event().await.unwrap()
            && let Some(found) = wanted(&own)
        {
            return found;
        }
    }
}

/// The ring that comes.
pub(crate) async fn rung(bot: &mut Bot) -> RingId {
    own_until(bot, |own| match &own.engagement {
        Some(Engagement::Called { ring }) => Some(ring.id),
        _ => None,
    })
    .await
}

/// Until they are in this call.
pub(crate) async fn in_call(bot: &mut Bot, wanted: RingId) {
    own_until(bot, |own| match &own.engagement {
        Some(Engagement::InCall { ring }) if ring.id == wanted => Some(()),
        _ => None,
    })
    .await;
}

pub(crate) fn calling(name: &str) -> Command {
    Command::CallDesk { representative: None, name: name.into(), about: "a claim".into() }
}

pub(crate) fn joining(ring: RingId) -> Command {
    let (microphone, camera) = (Microphone::Live, Camera::On);
    Command::JoinCall { ring, microphone, camera, continuation: None, media: MediaPath::Fresh }
}

/// Somebody who answers the demonstration's desk, at this instance.
pub(crate) async fn online(cluster: &Cluster, base: &str, name: &str) -> Result<Bot> {
    let mut bot = cluster.staff(base, name).await?.connect().await?;
    answered(&mut bot, Command::OpenConsole).await;
    answered(&mut bot, Command::SetAvailability { online: Some(true), chosen: None }).await;
    Ok(bot)
}

/// A visitor of the demonstration's desk, at this instance.
pub(crate) async fn visitor(base: &str) -> Bot {
    let (mut bot, _) = Bot::guest(&visavis_bots::http_client(), base, "").await.unwrap();
    answered(&mut bot, Command::WatchDesk { desk: "help".into() }).await;
    bot
}

pub(crate) async fn call(bot: &mut Bot, name: &str) -> Result<RingId, Refused> {
    match bot.command(calling(name)).await.unwrap() {
        Ok(Reply::Ringing { ring }) => Ok(ring.id),
        Ok(other) => panic!("{other:?}"),
        Err(refused) => Err(refused),
    }
}
