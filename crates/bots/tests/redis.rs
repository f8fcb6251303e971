//! The real binary with its live state in Redis: one server does what it does without, and two that share a Redis and
//! a database are one place to those who come. What the adapter itself promises has tests of its own.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "a test that cannot go on says so"
)]

#[path = "../../live/tests/support/redis.rs"]
mod support;

use std::time::{Duration, Instant};
use support::Server;
use visavis_bots::{Bot, DEMO_PASSWORD, Member, Refused, ServerProcess, Staff};
use visavis_domain::ids::{MessageId, RingId};
use visavis_domain::ring::RingPurpose;
use visavis_protocol::{CloseCode, Code, Command, Engagement, Event, Place, Reply};

async fn serve(redis: &Server) -> ServerProcess {
    let settings = [("VISAVIS_REDIS", &*redis.address())];
    ServerProcess::start_demo(&ServerProcess::binary().unwrap(), &settings).await.unwrap()
}

async fn come(server: &ServerProcess, name: &str) -> Member {
    Member::guest(&visavis_bots::http_client(), &server.base(), name).await.unwrap().0
}

async fn done(bot: &mut Bot, command: Command) {
    assert_eq!(bot.command(command).await.unwrap(), Ok(Reply::Done));
}

async fn say(member: &mut Member, id: u128, text: &str) {
    let place = Place::LoungeRoom { room: member.lounge.room.room };
    let id = MessageId::from_bits(id);
    done(&mut member.bot, Command::Post { place, message: id, text: text.into(), file: None }).await;
}

async fn hears(member: &mut Member, text: &str) {
    let posted = |event: &Event| matches!(event, Event::Posted { message, .. } if message.text == text);
    member.until(posted).await.unwrap();
}

/// The ring that comes.
async fn rung(bot: &mut Bot) -> RingId {
    let called = |event: &Event| match event {
        Event::OwnChanged { own } => match &own.engagement {
            Some(Engagement::Called { ring }) => Some(ring.id),
            _ => None,
        },
        _ => None,
    };
    let events = bot.events_until(|event| called(event).is_some()).await.unwrap();
    events.iter().find_map(called).unwrap()
}

async fn accepted(bot: &mut Bot, wanted: RingId) {
    let is = |event: &Event| {
        matches!(event, Event::OwnChanged { own }
            if matches!(&own.engagement, Some(Engagement::InCall { ring }) if ring.id == wanted))
    };
    bot.events_until(is).await.unwrap();
}

/// Somebody at one server calls the desk, whose representative is at the other.
async fn call_the_desk(visitors: &ServerProcess, staff: &ServerProcess) {
    let http = visavis_bots::http_client();
    let ana = Staff::sign_in(&http, &staff.base(), "ana@demo", DEMO_PASSWORD).await.unwrap();
    let mut console = ana.connect().await.unwrap();
    assert!(matches!(console.command(Command::OpenConsole).await.unwrap(), Ok(Reply::Console { .. })));
    let online = Command::SetAvailability { online: Some(true), chosen: None };
    assert!(console.command(online).await.unwrap().is_ok());
    let (mut visitor, _) = Bot::guest(&http, &visitors.base(), "").await.unwrap();
    assert!(visitor.command(Command::WatchDesk { desk: "help".into() }).await.unwrap().is_ok());
    let call = Command::CallDesk { representative: None, name: "Vera".into(), about: "a claim".into() };
    let Ok(Reply::Ringing { ring }) = visitor.command(call).await.unwrap() else { panic!("not ringing") };
    assert_eq!(rung(&mut console).await, ring.id);
    done(&mut console, Command::AcceptRing { ring: ring.id }).await;
    accepted(&mut visitor, ring.id).await;
}

/// Two in a room of the lounge talk, and one rings the other.
async fn meet(one: &mut Member, other: &mut Member) {
    say(one, 1, "hello").await;
    hears(other, "hello").await;
    say(other, 2, "good morning").await;
    hears(one, "good morning").await;
    let ring = one.ring(other.id).await.unwrap().unwrap();
    assert_eq!(ring.purpose, RingPurpose::Conversation);
    assert_eq!(rung(&mut other.bot).await, ring.id);
    done(&mut other.bot, Command::AcceptRing { ring: ring.id }).await;
    accepted(&mut one.bot, ring.id).await;
}

#[tokio::test]
async fn one_server_over_redis_is_a_server() {
    let Some(redis) = Server::start() else { return };
    let server = serve(&redis).await;
    let (mut vera, mut wim) = (come(&server, "Vera").await, come(&server, "Wim").await);
    meet(&mut vera, &mut wim).await;
    call_the_desk(&server, &server).await;
}

#[tokio::test]
async fn two_servers_over_one_redis_are_one_place() {
    let Some(redis) = Server::start() else { return };
    let one = serve(&redis).await;
    let other = one.start_beside().await.unwrap();
    let (mut vera, mut wim) = (come(&one, "Vera").await, come(&other, "Wim").await);
    assert!(wim.lounge.room.people.iter().any(|member| member.id == vera.id), "who is at the other is seen");
    let taken = Member::guest(&visavis_bots::http_client(), &other.base(), "vera").await;
    assert!(taken.is_err(), "a name is taken at both");
    meet(&mut vera, &mut wim).await;
    call_the_desk(&one, &other).await;
}

#[tokio::test]
async fn while_redis_is_away_commands_say_so_soon_and_then_it_goes_on() {
    let Some(mut redis) = Server::start() else { return };
    let server = serve(&redis).await;
    let mut vera = come(&server, "Vera").await;
    redis.stop();
    let asked = Instant::now();
    let refused = vera.bot.command(Command::SetIdle { idle: true }).await.unwrap();
    assert_eq!(refused, Err(Refused(Code::TryAgain)));
    assert!(asked.elapsed() < Duration::from_secs(2), "{:?}", asked.elapsed());
    redis.resume();
    // Every page is told to start over, and people can come in again.
    assert_eq!(vera.bot.close_code().await, Some(CloseCode::Resync as u16));
    let (mut wim, mut xenia) = (come(&server, "Wim").await, come(&server, "Xenia").await);
    meet(&mut wim, &mut xenia).await;
}
