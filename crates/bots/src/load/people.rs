//! Everybody of a scenario: they come, look at each other, and say what they received.

use super::figures::{self, Spent};
use super::plan::{Coming, Group, Looking, Phase, Plan, Senders};
use crate::bench::Report;
use anyhow::{Context, Result, bail};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};
use tokio::sync::Semaphore;
use tokio::time::sleep;
use visavis_bots::media::{MediaBot, PeerReport, Place, Seen};
use visavis_domain::ids::ParticipantId;
use visavis_domain::room::{Camera, Publishing, RoomSettings, RoutePolicy, Source};
use visavis_protocol::{Command, Viewed};

/// Who comes a few at a time comes so many at a time.
const AT_ONCE: usize = 8;
/// Everybody should have pictures by then.
const PATIENCE: Duration = Duration::from_secs(30);
/// Tiles of a grid, who speaks, and all others beside them; pixels.
const TILE: (u32, u32) = (640, 360);
const LARGE: (u32, u32) = (1280, 720);
const SMALL: (u32, u32) = (320, 180);

/// Everybody, in the order of rooms and places.
pub(crate) struct People {
    bots: Vec<Person>,
    speaker_changes: Arc<AtomicU64>,
}

struct Person {
    bot: Arc<MediaBot>,
    /// Of the order in which one's room filled.
    place: usize,
    group: Group,
}

impl People {
    /// Everybody comes in, connects, and looks at the others.
    pub(crate) async fn gather(plan: &Plan, place: &Place) -> Result<Self> {
        let speaker_changes = Arc::new(AtomicU64::new(0));
        let mut bots = Vec::new();
        let mut coming = Vec::new();
        let doors = match plan.coming {
            Coming::Paced => AT_ONCE,
            Coming::AtOnce => Semaphore::MAX_PERMITS,
        };
        let doors = Arc::new(Semaphore::new(doors));
        for room in 0..plan.rooms {
            let name = format!("room {room}");
            let host = enter(plan, place.clone(), name.clone(), 0, &speaker_changes).await?;
            bots.push(host);
            for number in 1..plan.people {
                let (plan, place, name) = (*plan, place.clone(), name.clone());
                let (doors, changes) = (doors.clone(), speaker_changes.clone());
                coming.push(tokio::spawn(async move {
                    let _door = doors.acquire().await?;
                    enter(&plan, place, name, number, &changes).await
                }));
            }
        }
        for one in coming {
            bots.push(one.await??);
        }
        Ok(Self { bots, speaker_changes })
    }

    /// Waits until all have pictures. Returns how many still have none when patience is over.
    pub(crate) async fn until_pictures(&self, plan: &Plan) -> Result<usize> {
        let started = Instant::now();
        let mut waiting: Vec<_> = self.bots.iter().filter(|one| plan.sees_somebody(one.place)).collect();
        let all = waiting.len();
        loop {
            let mut without = Vec::new();
            for one in waiting {
                if one.bot.report().await?.first_video.is_none() {
                    without.push(one);
                }
            }
            if without.len() == all && started.elapsed() > PATIENCE {
                bail!("nobody has a picture: {:?}", without[0].bot.seen());
            }
            if without.is_empty() || started.elapsed() > PATIENCE {
                return Ok(without.len());
            }
            waiting = without;
            sleep(Duration::from_millis(50)).await;
        }
    }

    /// The networks change.
    pub(crate) fn enter(&self, phase: Phase) -> Result<()> {
        for one in self.bots.iter().filter(|_| phase != Phase::Good) {
            let (up, down) = one.group.networks(phase);
            one.bot.network(up, down)?;
        }
        self.speaker_changes.store(0, Ordering::Relaxed);
        Ok(())
    }

    pub(crate) fn count(&self) -> usize {
        self.bots.len()
    }

    /// What everybody received, by group.
    pub(crate) async fn reports(&self, plan: &Plan) -> Result<Vec<(Group, PeerReport)>> {
        let mut reports = Vec::new();
        for one in &self.bots {
            let seen = one.bot.seen();
            if let Some(ended) = seen.ended {
                bail!("a session ended: {ended}");
            }
            reports.push((one.group, one.bot.report().await?));
        }
        if plan.looking == Looking::AtSpeaker {
            println!(
                "changes of the active speaker, all together: {}",
                self.speaker_changes.load(Ordering::Relaxed)
            );
        }
        Ok(reports)
    }

    /// How long it took until everybody saw somebody.
    pub(crate) async fn print_joins(&self, spent: &Spent, report: &mut Report, missing: usize) -> Result<()> {
        let mut reports = Vec::new();
        for one in &self.bots {
            reports.push(one.bot.report().await?);
        }
        let count = figures::float(self.count() as u64);
        report.figure("server CPU per join, first pictures included", spent.server_ms() / count, "ms", "");
        if missing > 0 {
            println!("{missing} never got a picture");
        }
        for (name, pick) in [
            ("connected", (|one: &PeerReport| one.connected) as fn(&PeerReport) -> Option<Duration>),
            ("first sound", |one| one.first_audio),
            ("first picture", |one| one.first_video),
        ] {
            let mut times: Vec<_> = reports.iter().filter_map(pick).collect();
            times.sort();
            for (share, quantile) in [("p50", 50), ("p95", 95)] {
                if let Some(time) =
                    times.get((times.len() * quantile / 100).min(times.len().saturating_sub(1)))
                {
                    report.figure(
                        &format!("from join to {name}, {share}"),
                        time.as_secs_f64() * 1000.0,
                        "ms",
                        "",
                    );
                }
            }
        }
        Ok(())
    }
}

async fn enter(
    plan: &Plan,
    place: Place,
    room: String,
    number: usize,
    changes: &Arc<AtomicU64>,
) -> Result<Person> {
    // Short: of 300 people the whole list has to fit a frame.
    let bot = MediaBot::join(&place, &room, &format!("{number}"), plan.tracks(number)).await?;
    let bot = Arc::new(bot);
    if number == 0 {
        let publishing = match plan.senders {
            Senders::Everybody => Publishing::Everybody,
            Senders::First => Publishing::Host,
        };
        let settings = RoomSettings { route: RoutePolicy::Server, publishing, ..RoomSettings::default() };
        bot.command(Command::SetRoom { settings }).await.context("the host decides about the room")?;
    }
    bot.connect().await?;
    if plan.sees_somebody(number) {
        tokio::spawn(look(bot.clone(), plan.looking, plan.senders, changes.clone()));
    }
    Ok(Person { bot, place: number, group: plan.group(number) })
}

/// Looks at others as they come, and at who speaks, as a web client does.
async fn look(bot: Arc<MediaBot>, looking: Looking, senders: Senders, changes: Arc<AtomicU64>) {
    let mut news = bot.follow();
    let mut before = Vec::new();
    let mut speaker = None;
    loop {
        let seen = news.borrow_and_update().clone();
        if speaker != seen.speaker {
            changes.fetch_add(1, Ordering::Relaxed);
            speaker = seen.speaker;
        }
        let videos = wanted(&seen, bot.participant(), looking, senders);
        if videos != before {
            if bot.view(videos.clone()).await.is_err() {
                return;
            }
            before = videos;
        }
        if news.changed().await.is_err() {
            return;
        }
        // Who comes at the same time is looked at with one command.
        sleep(Duration::from_millis(20)).await;
    }
}

fn wanted(seen: &Seen, own: ParticipantId, looking: Looking, senders: Senders) -> Vec<Viewed> {
    let mut others: Vec<_> =
        seen.people.values().filter(|one| one.id != own && one.camera == Camera::On).collect();
    let speaks = |id| looking == Looking::AtSpeaker && seen.speaker == Some(id);
    others.sort_by_key(|one| (!speaks(one.id), one.order));
    let viewed = others.iter().map(|one| {
        let (width, height) = match (looking, senders) {
            (Looking::AtAll, Senders::Everybody) => TILE,
            (Looking::AtAll, Senders::First) => LARGE,
            (Looking::AtSpeaker, _) if speaks(one.id) => LARGE,
            (Looking::AtSpeaker, _) => SMALL,
        };
        Viewed { participant: one.id, source: Source::Camera, width, height }
    });
    viewed.take(25).collect()
}
