//! What the tests of this folder share: an installation, and how people meet on it.

use anyhow::{Result, bail};
use reqwest::Method;
use std::time::{Duration, Instant};
use tokio::time::{sleep, timeout};
use visavis_bots::cluster::{Cluster, Dice, Manner, Page, Plan, Who};
use visavis_bots::{Bot, Refused, ServerProcess};
use visavis_domain::ids::{MessageId, PersonId, RingId};
use visavis_domain::room::{Camera, Microphone};
use visavis_protocol::{
    Command, DeskSettings, DeskView, Engagement, Event, MediaPath, OwnAvailability, Reply,
};

/// Between two looks at a page.
const LOOK_EVERY: Duration = Duration::from_millis(50);
/// Between two attempts of somebody who presses again.
const AGAIN_AFTER: Duration = Duration::from_millis(250);
/// What the machine may be late by: others use it too.
pub(crate) const LATE: Duration = Duration::from_secs(1);

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

/// A representative and a visitor of theirs, each with a page that keeps itself alive.
pub(crate) struct Pair {
    pub(crate) who: PersonId,
    pub(crate) representative: Page,
    pub(crate) visitor: Page,
}

impl Pair {
    pub(crate) fn pages(&self) -> [&Page; 2] {
        [&self.representative, &self.visitor]
    }

    /// The visitor calls, until both are in the call. What a page does: after "try again", a session that was lost, or
    /// somebody who is not to be had in this moment, it presses again.
    pub(crate) async fn call(&self, within: Duration) -> Result<RingId> {
        let until = Instant::now() + within;
        let left = || until.saturating_duration_since(Instant::now());
        let mut said = Vec::new();
        loop {
            let call = Command::CallDesk {
                representative: Some(self.who),
                name: "Vera".into(),
                about: String::new(),
            };
            match timeout(left(), self.visitor.command(call)).await {
                Ok(Ok(Reply::Ringing { ring })) => match self.connected(ring.id, left()).await {
                    Ok(()) => return Ok(ring.id),
                    Err(error) => said.push(format!("{error:#}")),
                },
                Ok(Ok(other)) => bail!("{other:?}"),
                Ok(Err(no)) => said.push(format!("{no:?}")),
                Err(_) => {}
            }
            if let Some(Engagement::InCall { ring }) = self.visitor.seen().engagement()
                && self.connected(ring.id, left()).await.is_ok()
            {
                return Ok(ring.id);
            }
            if left().is_zero() {
                said.dedup();
                let shown = self.pages().map(|page| page.seen().brief());
                bail!("no call within {within:?}: {said:?}; {}", shown.join("; "));
            }
            sleep(AGAIN_AFTER).await;
        }
    }

    /// Both are in it; an error once it is over, the visitor has no part in it any more, or the time is over.
    pub(crate) async fn connected(&self, ring: RingId, within: Duration) -> Result<()> {
        let (until, mut without) = (Instant::now() + within, None);
        loop {
            let [representative, visitor] = self.pages().map(Page::seen);
            if representative.in_call(ring, 2) && visitor.in_call(ring, 2) {
                return Ok(());
            }
            if let Some((_, end)) = visitor.ended.iter().find(|(ended, _)| *ended == ring) {
                bail!("it ended: {end:?}");
            }
            let part = !visitor.connected || visitor.has_part_in(ring);
            without = (!part).then(|| without.unwrap_or_else(Instant::now));
            if without.is_some_and(|since: Instant| since.elapsed() > LATE) {
                bail!("the visitor has no part in it any more");
            }
            if Instant::now() > until {
                bail!("not within {within:?}: {}; {}", representative.brief(), visitor.brief());
            }
            sleep(LOOK_EVERY).await;
        }
    }

    /// The visitor hangs up, and the representative can be called again.
    pub(crate) async fn hang_up(&self, within: Duration) -> Result<()> {
        self.visitor.insist(Command::Leave, within).await?;
        for page in self.pages() {
            page.until(within, "free again", |seen| seen.own.is_some() && seen.engagement().is_none())
                .await?;
        }
        Ok(())
    }
}

/// A desk of so many representatives, all online, with a visitor for each.
pub(crate) async fn pairs(cluster: &Cluster, base: &str, many: usize) -> Vec<Pair> {
    let admin = cluster.staff(base, "admin").await.unwrap();
    let mut staff = Vec::new();
    for number in 0..many {
        let (email, name) = (format!("r{number}@chaos"), format!("Representative {number}"));
        staff.push(admin.invite(&email, &name, "a password for chaos").await.unwrap());
    }
    let people = admin.people().await.unwrap();
    let members = people.iter().filter(|one| one.email.ends_with("@chaos")).map(|one| one.id).collect();
    let settings = DeskSettings {
        slug: "chaos".into(),
        name: "Chaos".into(),
        about: String::new(),
        hours: None,
        wrap_up_s: 0,
        ring_s: 30,
        sites: Vec::new(),
        members,
    };
    let _: DeskView = admin.ask(Method::POST, "/api/v1/admin/desks", &settings).await.unwrap();
    let mut pairs = Vec::new();
    for one in staff {
        let representative = Page::open(base, Who::Staff(one), Manner::Accepts);
        representative.insist(Command::OpenConsole, SETTLED).await.unwrap();
        let online = Command::SetAvailability { online: Some(true), chosen: None };
        representative.insist(online, SETTLED).await.unwrap();
        let visitor = Page::open(base, Who::Guest, Manner::Joins);
        visitor.insist(Command::WatchDesk { desk: "chaos".into() }, SETTLED).await.unwrap();
        let who = representative.seen().person.unwrap();
        pairs.push(Pair { who, representative, visitor });
    }
    pairs
}

/// A page in a room.
pub(crate) async fn in_room(base: &str, room: &str, name: &str) -> Page {
    let page = Page::open(base, Who::Guest, Manner::Quiet);
    let (microphone, camera) = (Microphone::Live, Camera::On);
    let (room, name) = (room.to_owned(), name.to_owned());
    let join = Command::Join {
        room,
        name,
        microphone,
        camera,
        password: None,
        continuation: None,
        media: MediaPath::Fresh,
    };
    page.insist(join, SETTLED).await.unwrap();
    page
}

/// A page in the lounge.
pub(crate) async fn in_lounge(base: &str, name: &str) -> Page {
    let page = Page::open(base, Who::Guest, Manner::Joins);
    let enter = Command::EnterLounge { name: name.to_owned(), room: None, use_here: false };
    page.insist(enter, SETTLED).await.unwrap();
    page
}

/// Says something in a room until it is said, and waits until the other one has it. Returns how long both took.
pub(crate) async fn says(one: &Page, other: &Page, within: Duration) -> Result<Duration> {
    let started = Instant::now();
    let message = MessageId::from_bits(u128::from(Dice::thrown().number()));
    one.insist(Command::Say { message, text: "hello".into(), file: None }, within).await?;
    other.until(within, "the message", |seen| seen.messages.contains(&message)).await?;
    Ok(started.elapsed())
}

/// The longest time for which any of the pages was not where it was, since then.
pub(crate) fn longest_outage<'a>(pages: impl IntoIterator<Item = &'a Page>) -> Option<Duration> {
    pages.into_iter().flat_map(|page| page.seen().outages).map(|outage| outage.lasted).max()
}
