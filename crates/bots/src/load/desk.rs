//! A desk with many representatives, many who watch it, and visitors who call. No media: what is measured is how
//! long claims take, and what one change costs with so many who hear of it.

use super::figures::{Moment, float};
use super::wire::{Halves, answered, milliseconds, next};
use crate::bench::Report;
use anyhow::{Context, Result, bail};
use futures_util::{StreamExt, TryStreamExt, stream};
use reqwest::{Client, Method};
use std::collections::HashMap;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use visavis_bots::{Bot, DEMO_PASSWORD, ServerProcess, Staff, http_client};
use visavis_domain::ids::{PersonId, RingId};
use visavis_domain::person::Status;
use visavis_domain::room::{Camera, Microphone};
use visavis_protocol::{Command, DeskSettings, DeskView, Engagement, Event, MediaPath, Reply, ServerFrame};

/// Accounts and sessions that are made at the same time.
const AT_ONCE: usize = 16;
/// What has arrived need not be kept by the server: said once in so many frames.
const ACKNOWLEDGE_EVERY: u64 = 16;
/// After everybody has come, and after the last call.
const SETTLE: Duration = Duration::from_secs(2);
const SLUG: &str = "load";

/// How many of whom.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Crowd {
    pub(crate) representatives: usize,
    /// Those who watch, in each phase more than in the one before.
    pub(crate) watchers: &'static [usize],
    pub(crate) calls_per_second: u32,
}

/// What the issue names.
pub(super) const LOAD: Crowd =
    Crowd { representatives: 1_000, watchers: &[500, 1_000, 2_000, 5_000], calls_per_second: 5 };
/// What `make bench` has the time for.
pub(crate) const BENCH: Crowd = Crowd { representatives: 50, watchers: &[2_000], calls_per_second: 5 };

/// Moments at which somebody learned of something.
#[derive(Default)]
struct Heard {
    /// The one rung, of the ring.
    rung: Mutex<HashMap<RingId, Instant>>,
    /// Those who watch, of a representative who is rung.
    seen: Mutex<Vec<(PersonId, Instant)>>,
    /// Those who watched and were cut off.
    gone: AtomicU64,
}

/// A call as the one who called saw it.
struct Called {
    ring: RingId,
    callee: PersonId,
    at: Instant,
}

/// A desk that is open.
struct Door {
    server: ServerProcess,
    http: Client,
    heard: Arc<Heard>,
    representatives: Vec<PersonId>,
    watching: usize,
}

/// Runs it, prints what was found.
pub(crate) async fn run(
    binary: &Path,
    crowd: Crowd,
    time: Duration,
    settings: &[(&str, &str)],
    report: &mut Report,
) -> Result<()> {
    let mut door = Door::open(binary, crowd, settings).await?;
    let before = door.server.resident()?;
    for watchers in crowd.watchers {
        door.let_in(*watchers).await?;
        tokio::time::sleep(SETTLE).await;
        door.measure(crowd.calls_per_second, time, report).await?;
    }
    let each = door.server.resident()?.saturating_sub(before) / door.watching.max(1) as u64;
    report.figure("desk: resident memory per watcher", float(each) / 1024.0, "KB", "");
    report.figure("desk: resident memory", float(door.server.resident()?) / 1e6, "MB", "");
    Ok(())
}

impl Door {
    /// A server with a desk whose representatives are all online.
    async fn open(binary: &Path, crowd: Crowd, settings: &[(&str, &str)]) -> Result<Self> {
        let halves = Halves::of_this_machine();
        halves.take(std::process::id(), halves.bots).await?;
        let mut all = vec![("VISAVIS_ROOMS__MAX_PEOPLE", "400")];
        all.extend(settings);
        let server = ServerProcess::start_demo(binary, &all).await?;
        // It has counted the cores of this process, as many as it gets.
        halves.take(server.pid()?, halves.server).await?;
        let (http, base) = (http_client(), server.base());
        let admin = Staff::sign_in(&http, &base, "admin@demo", DEMO_PASSWORD).await?;
        let inviting = (0..crowd.representatives).map(|number| {
            let admin = admin.clone();
            async move {
                let (email, name) = (format!("r{number}@load"), format!("Representative {number}"));
                admin.invite(&email, &name, "a password for the load").await
            }
        });
        let staff: Vec<Staff> = stream::iter(inviting).buffer_unordered(AT_ONCE).try_collect().await?;
        let people = admin.people().await?;
        let people = people.iter().filter(|person| person.email.ends_with("@load"));
        let members: Vec<_> = people.map(|person| person.id).collect();
        let settings = DeskSettings {
            slug: SLUG.into(),
            name: "Load".into(),
            about: String::new(),
            hours: None,
            wrap_up_s: 0,
            ring_s: 30,
            sites: Vec::new(),
            members: members.clone(),
        };
        let _: DeskView = admin.ask(Method::POST, "/api/v1/admin/desks", &settings).await?;
        let heard = Arc::new(Heard::default());
        let coming = staff.iter().map(|one| representative(one, heard.clone()));
        let _: Vec<()> = stream::iter(coming).buffer_unordered(AT_ONCE).try_collect().await?;
        Ok(Self { server, http, heard, representatives: members, watching: 0 })
    }

    /// Until so many watch.
    async fn let_in(&mut self, wanted: usize) -> Result<()> {
        let base = self.server.base();
        let coming = (self.watching..wanted).map(|_| visitor(&self.http, &base));
        let mut coming = stream::iter(coming).buffer_unordered(AT_ONCE);
        while let Some(bot) = coming.try_next().await? {
            tokio::spawn(watch(bot, self.heard.clone()));
        }
        self.watching = wanted;
        Ok(())
    }

    /// Visitors call at a steady rate; every other one calls whoever has been idle longest.
    async fn measure(&self, per_second: u32, time: Duration, report: &mut Report) -> Result<()> {
        self.heard.seen().clear();
        let (free, mut callers) = mpsc::unbounded_channel();
        let base = self.server.base();
        for _ in 0..per_second * 2 {
            free.send(visitor(&self.http, &base).await?)?;
        }
        let before = Moment::now(&self.server)?;
        let mut calls = JoinSet::new();
        let mut ticks = tokio::time::interval(Duration::from_secs(1) / per_second);
        let count = u64::from(per_second) * time.as_secs();
        // Those who have been idle longest are called by half of the calls: the others take theirs from the end.
        let mut named = self.representatives.iter().rev().copied();
        for number in 0..count {
            ticks.tick().await;
            let to = if number.is_multiple_of(2) { None } else { named.next() };
            let bot = callers.recv().await.context("nobody calls")?;
            calls.spawn(call(bot, to, free.clone()));
        }
        let mut made = Vec::new();
        let mut refused = 0;
        while let Some(outcome) = calls.join_next().await {
            match outcome?? {
                Some(call) => made.push(call),
                None => refused += 1,
            }
        }
        tokio::time::sleep(SETTLE).await;
        let spent = before.until(&Moment::now(&self.server)?);
        self.print(&made, refused, &spent, report);
        Ok(())
    }

    fn print(&self, made: &[Called], refused: u64, spent: &super::figures::Spent, report: &mut Report) {
        let label = format!("desk, {} watch: ", self.watching);
        let rung = self.heard.rung();
        let mut ringing: Vec<_> =
            made.iter().filter_map(|call| Some(*rung.get(&call.ring)? - call.at)).collect();
        let began: HashMap<_, _> = made.iter().map(|call| (call.callee, call.at)).collect();
        let seen = self.heard.seen();
        let since = |(who, at): &(PersonId, Instant)| Some(at.saturating_duration_since(*began.get(who)?));
        let mut seeing: Vec<_> = seen.iter().filter_map(since).collect();
        let missing = (made.len() * self.watching).saturating_sub(seeing.len());
        let gone = self.heard.gone.load(Ordering::Relaxed);
        println!("{label}{} calls, {refused} refused, {missing} times not seen, {gone} cut off", made.len());
        let mut figure = |name: &str, value: f64, unit: &str, goal: &str| {
            report.figure(&format!("{label}{name}"), value, unit, goal);
        };
        for (name, quantile) in [("p50", 0.5), ("p99", 0.99), ("longest", 1.0)] {
            let goal = if quantile > 0.9 && quantile < 1.0 { "goal < 100" } else { "" };
            figure(&format!("claim to ring, {name}"), milliseconds(&mut ringing, quantile), "ms", goal);
        }
        for (name, quantile) in [("p50", 0.5), ("p99", 0.99)] {
            figure(
                &format!("call to seen, {name}"),
                milliseconds(&mut seeing, quantile),
                "ms",
                "goal < 1000",
            );
        }
        // Rung, in a call, free again; every representative follows the desk too.
        let changes = float(made.len() as u64 * 3).max(1.0);
        let listeners = float((self.watching + self.representatives.len()) as u64);
        let per_change = spent.server_ms() / changes;
        figure("server CPU per change", per_change, "ms", "");
        figure("server CPU per delivery", per_change * 1000.0 / listeners, "µs", "");
    }
}

impl Heard {
    fn rung(&self) -> std::sync::MutexGuard<'_, HashMap<RingId, Instant>> {
        self.rung.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn seen(&self) -> std::sync::MutexGuard<'_, Vec<(PersonId, Instant)>> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Comes online, and from then on takes every call and hangs up at once.
async fn representative(staff: &Staff, heard: Arc<Heard>) -> Result<()> {
    let mut bot = staff.connect().await?;
    answered(&mut bot, Command::OpenConsole).await?;
    answered(&mut bot, Command::SetAvailability { online: Some(true), chosen: None }).await?;
    bot.ping().await?;
    tokio::spawn(async move {
        let mut frames = 0_u64;
        while let Ok(frame) = next(&mut bot).await {
            let Some(frame) = frame else { continue };
            frames += 1;
            if frames.is_multiple_of(ACKNOWLEDGE_EVERY) && bot.ping().await.is_err() {
                return;
            }
            let ServerFrame::Event { event: Event::OwnChanged { own }, .. } = frame else { continue };
            let Some(Engagement::Called { ring }) = own.engagement else { continue };
            heard.rung().insert(ring.id, Instant::now());
            if take(&mut bot, ring.id).await.is_err() {
                return;
            }
        }
    });
    Ok(())
}

async fn take(bot: &mut Bot, ring: RingId) -> Result<()> {
    bot.ask(Command::AcceptRing { ring }).await?;
    let (microphone, camera) = (Microphone::Live, Camera::On);
    bot.ask(Command::JoinCall { ring, microphone, camera, continuation: None, media: MediaPath::Fresh })
        .await?;
    bot.ask(Command::Leave).await?;
    Ok(())
}

/// Somebody with the desk's page open.
async fn visitor(http: &Client, base: &str) -> Result<Bot> {
    let mut bot = Bot::connect_with(base, Bot::ticket(http, base).await?).await?;
    answered(&mut bot, Command::WatchDesk { desk: SLUG.into() }).await?;
    bot.ping().await?;
    Ok(bot)
}

async fn watch(mut bot: Bot, heard: Arc<Heard>) {
    if let Err(error) = watch_on(&mut bot, &heard).await
        && heard.gone.fetch_add(1, Ordering::Relaxed) == 0
    {
        println!("the first who was cut off: {error:#}");
    }
}

async fn watch_on(bot: &mut Bot, heard: &Heard) -> Result<()> {
    let mut frames = 0_u64;
    loop {
        let Some(frame) = next(bot).await? else { continue };
        let at = Instant::now();
        frames += 1;
        if let ServerFrame::Event { event: Event::RepresentativeChanged { representative, .. }, .. } = frame
            && representative.status == Status::Ringing
        {
            heard.seen().push((representative.id, at));
        }
        if frames.is_multiple_of(ACKNOWLEDGE_EVERY) {
            bot.ping().await?;
        }
    }
}

/// Calls, waits for the end, and is free to call again.
async fn call(
    mut bot: Bot,
    representative: Option<PersonId>,
    free: mpsc::UnboundedSender<Bot>,
) -> Result<Option<Called>> {
    let at = Instant::now();
    let command = Command::CallDesk { representative, name: "Visitor".into(), about: String::new() };
    let called = match bot.command(command).await? {
        Ok(Reply::Ringing { ring }) => {
            bot.events_until(
                |event| matches!(event, Event::RingEnded { ring: ended, .. } if *ended == ring.id),
            )
            .await?;
            Some(Called { ring: ring.id, callee: ring.callee.id, at })
        }
        Ok(other) => bail!("{other:?}"),
        Err(_) => None,
    };
    bot.ping().await?;
    // Nobody waits for them after the last call.
    let _ = free.send(bot);
    Ok(called)
}
