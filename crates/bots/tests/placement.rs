//! Whose media server forwards a room, where several servers are one over a Redis: everybody's media reaches everybody,
//! wherever they are.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "a test that cannot go on says so"
)]

#[path = "../../live/tests/support/redis.rs"]
mod support;

use futures_util::future::join_all;
use std::time::{Duration, Instant};
use support::Server;
use visavis_bots::media::{
    Camera, Change, Kind, Layer, MediaBot, MediaThreads, PeerReport, Place, Speech, Tracks,
};
use visavis_bots::{ServerProcess, Signal};
use visavis_domain::room::{MediaRoute, Source};
use visavis_protocol::{Command, Viewed};

const SMALL: Camera = Camera::Single(Layer::Quarter);
/// Longer than anything takes here, on a machine with much else to do.
const PATIENCE: Duration = Duration::from_secs(20);

/// A server, and where it says how much it does.
struct Instance {
    server: ServerProcess,
    metrics: String,
}

struct Installation {
    _redis: Server,
    instances: Vec<Instance>,
    threads: MediaThreads,
}

impl Installation {
    /// So many servers over one Redis; none where that is not installed.
    async fn start(count: usize) -> Option<Self> {
        let redis = Server::start()?;
        let mut instances: Vec<Instance> = Vec::new();
        for _ in 0..count {
            let metrics = free_address();
            let own = ("VISAVIS_METRICS__ADDRESS", metrics.as_str());
            let server = match instances.first() {
                Some(first) => first.server.start_beside_with(&[own]).await,
                None => {
                    let drain = [("VISAVIS_DRAIN__AFTER_S", "1"), ("VISAVIS_DRAIN__OVER_S", "8")];
                    let settings = [own, ("VISAVIS_REDIS", &*redis.address()), drain[0], drain[1]];
                    ServerProcess::start(&ServerProcess::binary().unwrap(), &settings).await
                }
            };
            instances.push(Instance { server: server.unwrap(), metrics });
        }
        Some(Self { _redis: redis, instances, threads: MediaThreads::start(1).unwrap() })
    }

    fn place(&self, instance: usize) -> Place {
        Place::new(&self.instances[instance].server.base(), self.threads.clone())
    }

    /// A room with one person at each instance of the list, who all see and hear each other.
    async fn gather(&self, room: &str, at: &[usize]) -> Vec<MediaBot> {
        let mut bots = Vec::new();
        for (number, instance) in at.iter().enumerate() {
            let tracks = Tracks::participant(Speech::Always, SMALL, 3);
            let bot = MediaBot::join(&self.place(*instance), room, &format!("Bot {number}"), tracks).await;
            bots.push(bot.unwrap());
        }
        for bot in &bots {
            bot.until_seen(|seen| seen.route == Some(MediaRoute::Server)).await.unwrap();
            bot.connect().await.unwrap();
        }
        for (number, bot) in bots.iter().enumerate() {
            let others = bots.iter().enumerate().filter(|(other, _)| *other != number);
            bot.view(others.map(|(_, other)| whole(other)).collect()).await.unwrap();
        }
        bots
    }

    /// How many rooms are forwarded by each instance.
    async fn rooms(&self) -> Vec<u64> {
        let mut rooms = Vec::new();
        for instance in &self.instances {
            rooms.push(gauge(&instance.metrics, "visavis_media_rooms").await);
        }
        rooms
    }

    async fn until_rooms(&self, wanted: impl Fn(&[u64]) -> bool) -> Vec<u64> {
        let started = Instant::now();
        loop {
            let rooms = self.rooms().await;
            if wanted(&rooms) {
                return rooms;
            }
            assert!(started.elapsed() < PATIENCE, "{rooms:?}");
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }
}

fn free_address() -> String {
    format!("127.0.0.1:{}", visavis_bots::free_port().unwrap())
}

/// The sum of a gauge over its labels; none of it is nothing.
async fn gauge(address: &str, name: &str) -> u64 {
    let asked = visavis_bots::http_client().get(format!("http://{address}/metrics")).send().await;
    let text = asked.unwrap().text().await.unwrap();
    let lines = text.lines().filter(|line| line.starts_with(&format!("{name}{{")));
    lines.filter_map(|line| line.rsplit(' ').next()?.parse::<u64>().ok()).sum()
}

fn whole(bot: &MediaBot) -> Viewed {
    Viewed { participant: bot.participant(), source: Source::Camera, width: 640, height: 360 }
}

/// Pictures and sound of so many others arrive.
fn has(others: usize) -> impl Fn(&PeerReport) -> bool {
    move |report| {
        [Kind::Video, Kind::Audio].into_iter().all(|kind| {
            let slots = report.slots.iter().filter(|slot| slot.kind == kind);
            slots.filter(|slot| slot.counts.packets > 30).count() == others
        })
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn everybody_at_another_server_sees_and_hears_everybody() {
    let Some(installation) = Installation::start(3).await else { return };
    let bots = installation.gather("group", &[0, 1, 2]).await;
    for bot in &bots {
        let report = bot.until(has(2)).await.unwrap();
        let video = report.counts(Kind::Video);
        assert_eq!((video.duplicates, video.unmarked, video.frames.wrong_layer), (0, 0, 0));
        // What the media server has to say comes from another server than the session's.
        bot.until_seen(|seen| seen.speaker.is_some() && !seen.slots.is_empty()).await.unwrap();
    }
    let rooms = installation.until_rooms(|rooms| rooms.iter().sum::<u64>() > 0).await;
    assert_eq!(rooms.iter().sum::<u64>(), 1, "one server forwards: {rooms:?}");
    for bot in &bots {
        bot.command(Command::Leave).await.unwrap();
    }
    installation.until_rooms(|rooms| rooms.iter().all(|rooms| *rooms == 0)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_next_room_goes_to_a_server_that_does_less() {
    let Some(installation) = Installation::start(2).await else { return };
    let first = installation.gather("first", &[0, 0, 0]).await;
    assert_eq!(installation.until_rooms(|rooms| rooms.iter().sum::<u64>() > 0).await, [1, 0]);
    let second = installation.gather("second", &[0, 0, 0]).await;
    assert_eq!(installation.until_rooms(|rooms| rooms.iter().sum::<u64>() > 1).await, [1, 1]);
    for bot in first.iter().chain(&second) {
        bot.until(has(2)).await.unwrap();
    }
    offers_through(&first[0], &second[0]).await;
}

/// What it costs that the media server is another one than the session's.
async fn offers_through(own: &MediaBot, other: &MediaBot) {
    let mut medians = Vec::new();
    for bot in [own, other] {
        let mut times = Vec::new();
        for _ in 0..9 {
            let asked = Instant::now();
            bot.change(Change::RestartIce).await.unwrap();
            times.push(asked.elapsed());
            // Offers that come too quickly are refused.
            tokio::time::sleep(Duration::from_millis(500)).await;
        }
        times.sort_unstable();
        medians.push(times[times.len() / 2]);
    }
    eprintln!("an offer: {:?} at the session's server, {:?} at another", medians[0], medians[1]);
}

#[tokio::test(flavor = "multi_thread")]
async fn when_the_forwarding_server_dies_those_at_others_have_media_again_soon() {
    let Some(mut installation) = Installation::start(3).await else { return };
    let bots = installation.gather("killed", &[0, 1, 2]).await;
    for bot in &bots {
        bot.until(has(2)).await.unwrap();
    }
    let rooms = installation.until_rooms(|rooms| rooms.iter().sum::<u64>() > 0).await;
    assert_eq!(rooms, [1, 0, 0], "between equals it is the server of whoever asks first");
    installation.instances[0].server.kill().await.unwrap();
    let killed = Instant::now();
    let gaps = join_all(bots[1..].iter().map(|bot| gap(bot, killed))).await;
    eprintln!("media is back after {gaps:?}");
    // Its lease of four seconds, and what a busy machine takes besides.
    assert!(gaps.iter().all(|gap| *gap < Duration::from_secs(10)), "{gaps:?}");
    // They see each other, and not the third.
    for bot in &bots[1..] {
        bot.until(|report| report.counts(Kind::Video).packets > 30).await.unwrap();
        assert_eq!(bot.seen().generation, 1);
    }
}

/// For how long nothing came, if nothing came since.
async fn gap(bot: &MediaBot, since: Instant) -> Duration {
    let (mut last, mut packets) = (since, bot.received(Kind::Video).await.unwrap());
    loop {
        assert!(since.elapsed() < PATIENCE, "nothing came");
        tokio::time::sleep(Duration::from_millis(5)).await;
        let now = bot.received(Kind::Video).await.unwrap();
        if now > packets && last.elapsed() > Duration::from_secs(1) {
            return last.elapsed();
        }
        if now > packets {
            last = Instant::now();
        }
        packets = now;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn when_the_forwarding_server_is_asked_to_stop_hardly_anything_is_missed() {
    let Some(installation) = Installation::start(3).await else { return };
    let bots = installation.gather("moved", &[0, 1, 2]).await;
    for bot in &bots {
        bot.until(has(2)).await.unwrap();
    }
    assert_eq!(installation.until_rooms(|rooms| rooms.iter().sum::<u64>() > 0).await, [1, 0, 0]);
    let watching = bots.iter().flat_map(|bot| [Kind::Video, Kind::Audio].map(|kind| longest_gap(bot, kind)));
    let (gaps, _) = tokio::join!(join_all(watching), async {
        installation.instances[0].server.signal(Signal::Terminate).unwrap();
    });
    eprintln!("the longest times without a packet of pictures and of sound: {gaps:?}");
    assert!(gaps.iter().all(|gap| *gap < Duration::from_millis(500)), "{gaps:?}");
}

/// The longest time without a packet, until the media comes from another server.
async fn longest_gap(bot: &MediaBot, kind: Kind) -> Duration {
    let started = Instant::now();
    let (mut last, mut longest, mut packets) = (started, Duration::ZERO, 0);
    let mut moved = false;
    while !moved || last.elapsed() > Duration::from_millis(50) {
        assert!(started.elapsed() < PATIENCE, "it did not move");
        tokio::time::sleep(Duration::from_millis(5)).await;
        moved = bot.seen().generation == 1 && has(2)(&bot.report().await.unwrap());
        let now = bot.received(kind).await.unwrap();
        if now > packets {
            longest = longest.max(last.elapsed());
            last = Instant::now();
        }
        packets = now;
    }
    longest
}
