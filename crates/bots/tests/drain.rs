//! The real binary, asked to stop. Over Redis: it is not ready at once and serves on, everybody is sent to another one,
//! each at a time of their own, nobody is lost and no request fails. In its memory alone: it stops soon.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "a test that cannot go on says so"
)]

#[path = "../../live/tests/support/redis.rs"]
mod support;

use reqwest::{Client, StatusCode};
use serde_json::{Value, json};
use std::process::{Command as Program, Stdio};
use std::time::{Duration, Instant};
use support::Server;
use tokio::task::JoinHandle;
use visavis_bots::{Bot, DEMO_PASSWORD, Member, ServerProcess, Signal, Staff, http_client};
use visavis_domain::ids::{ParticipantId, RingId};
use visavis_domain::room::{Camera, Microphone, Presence};
use visavis_protocol::{CloseCode, Command, Engagement, Event, MediaPath, Reply};

const AFTER: Duration = Duration::from_secs(1);
const OVER: Duration = Duration::from_secs(4);
const AT_MOST: Duration = Duration::from_secs(9);
/// What the machine may be late by: others use it too.
const LATE: Duration = Duration::from_secs(1);

async fn serve(redis: &Server) -> ServerProcess {
    let settings = [
        ("VISAVIS_REDIS", &*redis.address()),
        ("VISAVIS_DRAIN__AFTER_S", "1"),
        ("VISAVIS_DRAIN__OVER_S", "4"),
        ("VISAVIS_DRAIN__AT_MOST_S", "9"),
    ];
    ServerProcess::start_demo(&ServerProcess::binary().unwrap(), &settings).await.unwrap()
}

async fn readiness(http: &Client, server: &str) -> (StatusCode, Value) {
    let answer = http.get(format!("{server}/readyz")).send().await.unwrap();
    (answer.status(), answer.json().await.unwrap())
}

/// Asks to stop. Returns when, once it is said not to be ready.
async fn ask_to_stop(http: &Client, server: &ServerProcess) -> Instant {
    assert_eq!(readiness(http, &server.base()).await, (StatusCode::OK, json!({ "status": "ready" })));
    server.signal(Signal::Terminate).unwrap();
    let asked = Instant::now();
    loop {
        let (status, body) = readiness(http, &server.base()).await;
        if status == StatusCode::SERVICE_UNAVAILABLE {
            assert_eq!(body, json!({ "status": "not_ready", "missing": ["draining"] }));
            let took = asked.elapsed();
            eprintln!("not ready after {took:?}");
            assert!(took < Duration::from_millis(100), "not ready after {took:?}");
            return asked;
        }
        assert!(asked.elapsed() < Duration::from_secs(1), "still ready");
    }
}

fn joined(reply: Reply) -> (ParticipantId, String) {
    match reply {
        Reply::Joined { participant, continuation, .. } => (participant, continuation),
        other => panic!("{other:?}"),
    }
}

/// Waits until one is sent away; says when that was.
async fn sent_away(bot: &mut Bot, asked: Instant) -> Duration {
    let code = loop {
        match bot.frame().await {
            // Ten seconds without a word are not the end.
            Ok(_) => {}
            Err(_) => break bot.close_code().await,
        }
    };
    assert_eq!(code, Some(CloseCode::GoingAway as u16));
    asked.elapsed()
}

/// Two in a room, one at each server. Whoever is sent away comes back at the other server; the other one never sees
/// them leave.
async fn in_a_room(number: usize, one: String, other: String) -> JoinHandle<Duration> {
    let room = format!("room-{number}");
    let mut moving = Bot::connect(&one).await.unwrap();
    let (who, continuation) = joined(moving.join(&room, "Moving").await.unwrap().unwrap());
    let mut staying = Bot::connect(&other).await.unwrap();
    staying.join(&room, "Staying").await.unwrap().unwrap();
    tokio::spawn(async move {
        let asked = Instant::now();
        let watching = tokio::spawn(async move {
            let mut seen = Vec::new();
            loop {
                // A socket of which nothing is heard for long is closed.
                let Ok(event) = tokio::time::timeout(Duration::from_secs(2), staying.event()).await else {
                    staying.ping().await.unwrap();
                    continue;
                };
                let event = event.unwrap();
                assert!(!matches!(&event, Event::ParticipantLeft { .. }), "lost: {seen:?}");
                let Event::ParticipantChanged { participant } = event else { continue };
                seen.push(participant.presence);
                if seen.len() > 1 && participant.id == who && participant.presence == Presence::Connected {
                    return seen;
                }
            }
        });
        let told = sent_away(&mut moving, asked).await;
        let ticket = Bot::ticket(&http_client(), &other).await.unwrap();
        let mut again = Bot::connect_after(&other, ticket, Some(moving.as_earlier())).await.unwrap();
        let back = again.join_as(&room, "Moving", Some(continuation), MediaPath::Kept).await.unwrap();
        assert_eq!(joined(back.unwrap()).0, who);
        assert_eq!(watching.await.unwrap(), [Presence::Reconnecting, Presence::Connected]);
        told
    })
}

/// Somebody in the lounge, who is seen there by another one until they are back.
async fn in_the_lounge(number: usize, one: String, other: String) -> JoinHandle<Duration> {
    let name = format!("Lounger {number}");
    let (mut moving, proof) = Member::guest(&http_client(), &one, &name).await.unwrap();
    tokio::spawn(async move {
        let told = sent_away(&mut moving.bot, Instant::now()).await;
        let (bot, _) = Bot::guest(&http_client(), &other, &proof).await.unwrap();
        let mut bot = bot;
        let lounge = visavis_bots::member::enter_here(&mut bot, &name).await.unwrap().unwrap();
        assert_eq!(lounge.person, moving.id);
        told
    })
}

/// The ring that is accepted or comes.
async fn ring_of(bot: &mut Bot, which: impl Fn(&Engagement) -> Option<RingId>) -> RingId {
    loop {
        if let Event::OwnChanged { own } = bot.event().await.unwrap()
            && let Some(ring) = own.engagement.as_ref().and_then(&which)
        {
            return ring;
        }
    }
}

fn joining(ring: RingId, continuation: Option<String>) -> Command {
    let (microphone, camera) = (Microphone::Live, Camera::On);
    let media = if continuation.is_some() { MediaPath::Kept } else { MediaPath::Fresh };
    Command::JoinCall { ring, microphone, camera, continuation, media }
}

/// A visitor at one server in a call with a representative at the other; the call goes on.
async fn at_the_desk(one: String, other: String) -> JoinHandle<Duration> {
    let http = http_client();
    let ana = Staff::sign_in(&http, &other, "ana@demo", DEMO_PASSWORD).await.unwrap();
    let mut console = ana.connect().await.unwrap();
    console.command(Command::OpenConsole).await.unwrap().unwrap();
    let online = Command::SetAvailability { online: Some(true), chosen: None };
    console.command(online).await.unwrap().unwrap();
    let (mut visitor, proof) = Bot::guest(&http, &one, "").await.unwrap();
    visitor.command(Command::WatchDesk { desk: "help".into() }).await.unwrap().unwrap();
    let call = Command::CallDesk { representative: None, name: "Vera".into(), about: "a claim".into() };
    visitor.command(call).await.unwrap().unwrap();
    let called = |engagement: &Engagement| match engagement {
        Engagement::Called { ring } => Some(ring.id),
        _ => None,
    };
    let ring = ring_of(&mut console, called).await;
    console.command(Command::AcceptRing { ring }).await.unwrap().unwrap();
    let in_call = |engagement: &Engagement| match engagement {
        Engagement::InCall { ring } => Some(ring.id),
        _ => None,
    };
    ring_of(&mut visitor, in_call).await;
    let (who, continuation) = joined(visitor.command(joining(ring, None)).await.unwrap().unwrap());
    joined(console.command(joining(ring, None)).await.unwrap().unwrap());
    tokio::spawn(async move {
        let told = sent_away(&mut visitor, Instant::now()).await;
        let (mut again, _) = Bot::guest(&http, &other, &proof).await.unwrap();
        let back = again.command(joining(ring, Some(continuation))).await.unwrap().unwrap();
        assert_eq!(joined(back).0, who);
        let is_back = |event: &Event| {
            assert!(!matches!(event, Event::ParticipantLeft { .. }), "the call lost somebody");
            matches!(event, Event::ParticipantChanged { participant }
                if participant.id == who && participant.presence == Presence::Connected)
        };
        console.events_until(is_back).await.unwrap();
        told
    })
}

/// What came of asking again and again.
#[derive(Debug, Default)]
struct Asked {
    answered: usize,
    failed: Vec<String>,
}

/// Fifty requests a second, each by itself, until the port is closed or it is said to end.
fn ask(base: String, until: Instant) -> JoinHandle<Asked> {
    tokio::spawn(async move {
        let (http, mut every) = (http_client(), tokio::time::interval(Duration::from_millis(20)));
        let mut under_way = tokio::task::JoinSet::new();
        while Instant::now() < until {
            every.tick().await;
            let request = http.get(format!("{base}/api/v1/desks"));
            under_way.spawn(async move { request.send().await?.error_for_status()?.bytes().await });
        }
        let mut asked = Asked::default();
        while let Some(outcome) = under_way.join_next().await {
            match outcome.unwrap() {
                Ok(_) => asked.answered += 1,
                // Nobody listens there any more: a balancer has long known.
                Err(error) if error.is_connect() => {}
                Err(error) => asked.failed.push(format!("{error:?}")),
            }
        }
        asked
    })
}

#[tokio::test]
async fn everybody_is_sent_to_another_server_and_no_request_fails() {
    let Some(redis) = Server::start() else { return };
    let mut one = serve(&redis).await;
    let other = one.start_beside().await.unwrap();
    let mut people = Vec::new();
    for number in 0..10 {
        people.push(in_a_room(number, one.base(), other.base()).await);
    }
    for number in 0..5 {
        people.push(in_the_lounge(number, one.base(), other.base()).await);
    }
    people.push(at_the_desk(one.base(), other.base()).await);
    let http = http_client();
    let until = Instant::now() + AT_MOST + LATE;
    let asking = [ask(one.base(), until), ask(other.base(), until)];
    let asked = ask_to_stop(&http, &one).await;
    // Balancers have not noticed yet: whoever comes is served, and told with the others.
    let mut late = Bot::connect(&one.base()).await.unwrap();
    late.join("late", "Late").await.unwrap().unwrap();
    let late = sent_away(&mut late, asked).await;
    let mut told = vec![late];
    for one in people {
        told.push(one.await.unwrap());
    }
    told.sort_unstable();
    eprintln!("told after {told:?}");
    assert!(
        told[0] > AFTER - Duration::from_millis(100) && told[told.len() - 1] < AFTER + OVER + LATE,
        "{told:?}"
    );
    assert!(told[told.len() - 1] - told[0] > OVER / 4, "not all at once: {told:?}");
    let status = one.ended(AT_MOST + LATE).await.unwrap();
    eprintln!("ended after {:?} with {status}", asked.elapsed());
    assert!(status.success() && asked.elapsed() < AT_MOST + LATE, "{status} after {:?}", asked.elapsed());
    for asking in asking {
        let Asked { answered, failed } = asking.await.unwrap();
        eprintln!("{answered} requests answered, {} failed", failed.len());
        assert!(answered > 100 && failed.is_empty(), "{answered} answered, these failed: {failed:?}");
    }
    let (status, body) = readiness(&http, &other.base()).await;
    assert_eq!(status, StatusCode::OK, "{body}");
}

#[tokio::test]
async fn a_second_signal_is_the_end_and_without_people_there_is_no_waiting() {
    let Some(redis) = Server::start() else { return };
    let mut one = serve(&redis).await;
    let mut other = one.start_beside().await.unwrap();
    let http = http_client();
    let mut bot = Bot::connect(&one.base()).await.unwrap();
    bot.join("room", "Vera").await.unwrap().unwrap();
    let asked = ask_to_stop(&http, &one).await;
    one.signal(Signal::Terminate).unwrap();
    assert!(one.ended(LATE).await.unwrap().success());
    eprintln!("ended {:?} after the first of two signals", asked.elapsed());
    assert!(asked.elapsed() < AFTER, "{:?}", asked.elapsed());
    let asked = ask_to_stop(&http, &other).await;
    assert!(other.ended(AT_MOST).await.unwrap().success());
    eprintln!("ended {:?} after the signal, with nobody there", asked.elapsed());
    assert!(asked.elapsed() > AFTER && asked.elapsed() < AFTER + 3 * LATE, "{:?}", asked.elapsed());
}

#[tokio::test]
async fn a_server_that_is_alone_stops_soon() {
    let mut server = ServerProcess::start(&ServerProcess::binary().unwrap(), &[]).await.unwrap();
    let mut bots = Vec::new();
    for number in 0..10 {
        let mut bot = Bot::connect(&server.base()).await.unwrap();
        bot.join("room", &format!("Guest {number}")).await.unwrap().unwrap();
        bots.push(bot);
    }
    server.signal(Signal::Terminate).unwrap();
    let asked = Instant::now();
    for bot in &mut bots {
        assert_eq!(bot.close_code().await, Some(CloseCode::GoingAway as u16));
    }
    drop(bots);
    assert!(server.ended(Duration::from_secs(5)).await.unwrap().success());
    eprintln!("ended after {:?}", asked.elapsed());
}

/// What a server says that does not start.
fn refused(arguments: &[&str], data: &std::path::Path, settings: &[(&str, &str)]) -> String {
    let mut program = Program::new(ServerProcess::binary().unwrap());
    program.args(arguments).arg("--data").arg(data).args(["--http", "off", "--https", "127.0.0.1:0"]);
    program.env("VISAVIS_METRICS__ADDRESS", "off").envs(settings.iter().copied()).stdin(Stdio::null());
    let output = program.output().unwrap();
    assert!(!output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

#[tokio::test]
async fn servers_over_one_redis_have_the_same_keys() {
    let Some(redis) = Server::start() else { return };
    let one = serve(&redis).await;
    let (folder, address) = (tempfile::tempdir().unwrap(), redis.address());
    let data = folder.path().join("data");
    let settings = [("VISAVIS_REDIS", &*address)];
    for words in [refused(&["serve"], &data, &settings), refused(&["doctor"], &data, &settings)] {
        for word in ["other keys (signing.key, turn.key, audit.key)", "setting keys", "redis_name"] {
            assert!(words.contains(word), "{words}");
        }
    }
    // With a data directory of its own, and the keys of the other.
    let keys = folder.path().join("keys");
    std::fs::create_dir(&keys).unwrap();
    for name in ["signing.key", "turn.key", "audit.key", "links.keys"] {
        std::fs::copy(one.data().join(name), keys.join(name)).unwrap();
    }
    let keys = keys.display().to_string();
    let settings = [("VISAVIS_REDIS", &*address), ("VISAVIS_KEYS", &*keys)];
    let other = ServerProcess::start(&ServerProcess::binary().unwrap(), &settings).await.unwrap();
    assert!(!other.data().join("signing.key").exists(), "keys are where they are set to be");
    let ticket = Bot::ticket(&http_client(), &one.base()).await.unwrap();
    Bot::connect_with(&other.base(), ticket).await.unwrap();
}

#[tokio::test]
async fn a_server_says_that_redis_is_away() {
    let Some(mut redis) = Server::start() else { return };
    let server = serve(&redis).await;
    let http = http_client();
    redis.stop();
    let stopped = Instant::now();
    let missing = json!({ "status": "not_ready", "missing": ["live_state"] });
    while readiness(&http, &server.base()).await != (StatusCode::SERVICE_UNAVAILABLE, missing.clone()) {
        assert!(stopped.elapsed() < Duration::from_secs(8), "still ready");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    eprintln!("not ready {:?} after Redis was gone", stopped.elapsed());
    assert!(stopped.elapsed() > Duration::from_secs(2), "a stutter is no reason");
    redis.resume();
    let resumed = Instant::now();
    while readiness(&http, &server.base()).await.0 != StatusCode::OK {
        assert!(resumed.elapsed() < Duration::from_secs(8), "still not ready");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    eprintln!("ready {:?} after it was back", resumed.elapsed());
}
