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

use std::net::TcpListener;
use std::time::{Duration, Instant};
use support::Server;
use visavis_bots::ServerProcess;
use visavis_bots::media::{Camera, Kind, Layer, MediaBot, MediaThreads, PeerReport, Place, Speech, Tracks};
use visavis_domain::room::{MediaRoute, Source};
use visavis_protocol::Viewed;

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
                    let settings = [own, ("VISAVIS_REDIS", &*redis.address())];
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
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string()
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
        bot.until_seen(|seen| seen.speaker.is_some() && seen.camera_wanted.is_some()).await.unwrap();
    }
    let rooms = installation.until_rooms(|rooms| rooms.iter().sum::<u64>() > 0).await;
    assert_eq!(rooms.iter().sum::<u64>(), 1, "one server forwards: {rooms:?}");
    drop(bots);
    installation.until_rooms(|rooms| rooms.iter().all(|rooms| *rooms == 0)).await;
}
