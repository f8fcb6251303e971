//! The lounge with many people in it: what being there costs, and how long it takes until everybody in a room has what
//! somebody wrote, or sees how somebody is. No media.

use super::figures::{Moment, Spent, float};
use super::wire::{Halves, answered, milliseconds};
use crate::bench::Report;
use anyhow::Result;
use futures_util::{StreamExt, TryStreamExt, stream};
use reqwest::Method;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::mpsc;
use tokio::time::MissedTickBehavior;
use visavis_bots::{Bot, DEMO_PASSWORD, ServerProcess, Staff, http_client};
use visavis_domain::ids::{LoungeRoomId, MessageId};
use visavis_domain::person::Chosen;
use visavis_protocol::{Command, Event, LoungeRoomSettings, LoungeRoomView, Place, ServerFrame};

const ROOMS: usize = 20;
const PEOPLE: usize = 2_000;
const MESSAGES_PER_SECOND: u32 = 20;
const STATUSES_PER_SECOND: u32 = 1;
/// People who come in at the same time.
const AT_ONCE: usize = 16;
/// As pages do, whatever they hear meanwhile.
const PING_EVERY: Duration = Duration::from_secs(5);
/// After everybody has come, and after the last message.
const SETTLE: Duration = Duration::from_secs(3);

/// What somebody is to do; what they write or say is when, in microseconds since the beginning.
#[derive(Clone, Copy)]
enum Deed {
    Write(MessageId),
    ChangeStatus,
}

/// How long things took to arrive.
struct Heard {
    began: Instant,
    messages: Mutex<Vec<Duration>>,
    statuses: Mutex<Vec<Duration>>,
    gone: AtomicU64,
}

/// Runs it, prints what was found.
pub(super) async fn run(
    binary: &Path,
    time: Duration,
    settings: &[(&str, &str)],
    report: &mut Report,
) -> Result<()> {
    let halves = Halves::of_this_machine();
    halves.take(std::process::id(), halves.bots).await?;
    let server = ServerProcess::start_demo(binary, settings).await?;
    // It has counted the cores of this process, as many as it gets.
    halves.take(server.pid()?, halves.server).await?;
    let rooms = rooms(&server.base()).await?;
    let empty = server.resident()?;
    let heard = Arc::new(Heard {
        began: Instant::now(),
        messages: Mutex::default(),
        statuses: Mutex::default(),
        gone: AtomicU64::new(0),
    });

    let before = Moment::now(&server)?;
    let people = come(&server.base(), &rooms, &heard).await?;
    tokio::time::sleep(SETTLE).await;
    let coming = before.until(&Moment::now(&server)?);
    let each = float(server.resident()?.saturating_sub(empty)) / float(PEOPLE as u64);
    report.figure(
        "lounge: server CPU per person who comes in",
        coming.server_ms() / float(PEOPLE as u64),
        "ms",
        "",
    );
    report.figure("lounge: resident memory per person present", each / 1024.0, "KB", "goal < 20");

    heard.take();
    let before = Moment::now(&server)?;
    let (messages, statuses) = act(&people, time).await;
    let spent = before.until(&Moment::now(&server)?);
    tokio::time::sleep(SETTLE).await;
    print(&heard, (messages, statuses), (&spent, time), report);
    Ok(())
}

/// Rooms enough for everybody.
async fn rooms(base: &str) -> Result<Vec<LoungeRoomId>> {
    let admin = Staff::sign_in(&http_client(), base, "admin@demo", DEMO_PASSWORD).await?;
    let mut rooms = Vec::with_capacity(ROOMS);
    for number in 0..ROOMS {
        let settings = LoungeRoomSettings {
            slug: format!("load-{number}"),
            name: format!("Load {number}"),
            about: String::new(),
            place: 100,
            moderators: Vec::new(),
        };
        let room: LoungeRoomView = admin.ask(Method::POST, "/api/v1/admin/lounge/rooms", &settings).await?;
        rooms.push(room.id);
    }
    Ok(rooms)
}

/// Everybody comes in, and listens from then on.
async fn come(
    base: &str,
    rooms: &[LoungeRoomId],
    heard: &Arc<Heard>,
) -> Result<Vec<mpsc::UnboundedSender<Deed>>> {
    let http = http_client();
    let coming = (0..PEOPLE).map(|number| {
        let (http, heard) = (http.clone(), heard.clone());
        let room = rooms[number % ROOMS];
        async move {
            let mut bot = Bot::connect_with(base, Bot::ticket(&http, base).await?).await?;
            let name = format!("Person {number}");
            answered(&mut bot, Command::EnterLounge { name, room: Some(room), use_here: false }).await?;
            bot.ping().await?;
            let (deeds, orders) = mpsc::unbounded_channel();
            tokio::spawn(be_there(bot, room, orders, heard));
            anyhow::Ok(deeds)
        }
    });
    stream::iter(coming).buffered(AT_ONCE).try_collect().await
}

async fn be_there(
    mut bot: Bot,
    room: LoungeRoomId,
    mut orders: mpsc::UnboundedReceiver<Deed>,
    heard: Arc<Heard>,
) {
    let outcome = async {
        let mut pings = tokio::time::interval(PING_EVERY);
        loop {
            tokio::select! {
                // Waiting for either may be given up at any time and begun again.
                biased;
                Some(deed) = orders.recv() => bot.ask(heard.order(deed, room)).await.map(drop)?,
                _ = pings.tick() => bot.ping().await?,
                frame = bot.frame() => heard.hear(&frame?),
            }
        }
        #[allow(unreachable_code, reason = "says what the block may fail with")]
        anyhow::Ok(())
    };
    if let Err(error) = outcome.await
        && heard.gone.fetch_add(1, Ordering::Relaxed) == 0
    {
        println!("the first who was cut off: {error:#}");
    }
}

/// People take turns at a steady rate. How many messages and statuses there were.
async fn act(people: &[mpsc::UnboundedSender<Deed>], time: Duration) -> (u64, u64) {
    let mut turns = people.iter().cycle();
    let mut ticks = tokio::time::interval(Duration::from_secs(1) / MESSAGES_PER_SECOND);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Burst);
    let messages = time.as_secs() * u64::from(MESSAGES_PER_SECOND);
    let every = u64::from(MESSAGES_PER_SECOND / STATUSES_PER_SECOND);
    let mut statuses = 0;
    for number in 0..messages {
        ticks.tick().await;
        let id = MessageId::from_bits((0x10ad_u128 << 64) | u128::from(number));
        // Whoever was cut off is counted where they were.
        let _ = turns.next().map(|one| one.send(Deed::Write(id)));
        if number.is_multiple_of(every) {
            statuses += 1;
            let _ = turns.next().map(|one| one.send(Deed::ChangeStatus));
        }
    }
    (messages, statuses)
}

impl Heard {
    fn order(&self, deed: Deed, room: LoungeRoomId) -> Command {
        let text = self.began.elapsed().as_micros().to_string();
        match deed {
            Deed::Write(message) => {
                Command::Post { place: Place::LoungeRoom { room }, message, text, file: None }
            }
            Deed::ChangeStatus => Command::SetStatus { chosen: Chosen::Away, text },
        }
    }

    fn hear(&self, frame: &ServerFrame) {
        let ServerFrame::Event { event, .. } = frame else { return };
        let (times, text) = match event {
            Event::Posted { message, .. } => (&self.messages, &message.text),
            Event::MemberChanged { member } => (&self.statuses, &member.text),
            _ => return,
        };
        let Ok(sent) = text.parse() else { return };
        let took = self.began.elapsed().saturating_sub(Duration::from_micros(sent));
        times.lock().unwrap_or_else(PoisonError::into_inner).push(took);
    }

    fn take(&self) -> (Vec<Duration>, Vec<Duration>) {
        let take = |times: &Mutex<Vec<Duration>>| {
            std::mem::take(&mut *times.lock().unwrap_or_else(PoisonError::into_inner))
        };
        (take(&self.messages), take(&self.statuses))
    }
}

fn print(
    heard: &Heard,
    (messages, statuses): (u64, u64),
    (spent, time): (&Spent, Duration),
    report: &mut Report,
) {
    let (mut written, mut seen) = heard.take();
    let in_a_room = float((PEOPLE / ROOMS) as u64);
    let missing = float(messages + statuses) * in_a_room - float((written.len() + seen.len()) as u64);
    println!(
        "lounge: {messages} messages, {statuses} statuses, {missing} times not heard, {} cut off",
        heard.gone.load(Ordering::Relaxed)
    );
    for (name, times) in [("message", &mut written), ("status", &mut seen)] {
        for (quantile_name, quantile) in [("p50", 0.5), ("p99", 0.99), ("longest", 1.0)] {
            let goal = if quantile_name == "p99" { "goal < 100" } else { "" };
            let took = milliseconds(times, quantile);
            report.figure(
                &format!("lounge: {name} to everybody in the room, {quantile_name}"),
                took,
                "ms",
                goal,
            );
        }
    }
    let cores = spent.server_ms() / 1000.0 / time.as_secs_f64();
    report.figure("lounge: CPU of the server", cores, "cores", "goal < 0.5");
}
