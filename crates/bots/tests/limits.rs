//! Two real servers over one Redis count together what may be done only so often: wrong passwords, new rooms, rings,
//! tickets. Who comes from which address is said as a balancer would say it.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "a test that cannot go on says so"
)]

#[path = "../../live/tests/support/redis.rs"]
mod support;

use reqwest::header::ORIGIN;
use support::Server;
use visavis_bots::{Bot, DEMO_PASSWORD, Refused, ServerProcess};
use visavis_protocol::{Code, Command, SignInRequest, Ticket};

/// Two servers that believe who brings a request.
async fn two(redis: &Server, limits: &[(&str, &str)]) -> (ServerProcess, ServerProcess) {
    let address = redis.address();
    let mut settings = vec![("VISAVIS_REDIS", &*address), ("VISAVIS_PROXY__TRUSTED", "127.0.0.1/32")];
    settings.extend(limits);
    let one = ServerProcess::start_demo(&ServerProcess::binary().unwrap(), &settings).await.unwrap();
    let other = one.start_beside().await.unwrap();
    (one, other)
}

fn post(server: &ServerProcess, path: &str, last: u8) -> reqwest::RequestBuilder {
    let base = server.base();
    let request = visavis_bots::http_client().post(format!("{base}/api/v1/{path}"));
    request.header(ORIGIN, base).header("x-forwarded-for", format!("192.0.2.{last}"))
}

/// The status of a try to sign in.
async fn sign_in(server: &ServerProcess, email: &str, password: &str, last: u8) -> u16 {
    let body = SignInRequest { email: email.into(), password: password.into(), code: None };
    post(server, "sign-in", last).json(&body).send().await.unwrap().status().as_u16()
}

/// A guest who has come from that address.
async fn guest(server: &ServerProcess, last: u8) -> Bot {
    let answer = post(server, "tickets", last).send().await.unwrap().error_for_status().unwrap();
    let Ticket { ticket, .. } = answer.json().await.unwrap();
    Bot::connect_with(&server.base(), ticket).await.unwrap()
}

/// Comes into a room, and stays as long as the rest of those inside.
async fn join(inside: &mut Vec<Bot>, server: &ServerProcess, room: &str, last: u8) -> Option<Code> {
    let mut bot = guest(server, last).await;
    let outcome = bot.join(room, "Vera").await.unwrap();
    inside.push(bot);
    outcome.err().map(|Refused(code)| code)
}

/// Calls the desk, where nobody is.
async fn call(bot: &mut Bot) -> Code {
    assert!(bot.command(Command::WatchDesk { desk: "help".into() }).await.unwrap().is_ok());
    let call = Command::CallDesk { representative: None, name: "Vera".into(), about: String::new() };
    let Err(Refused(code)) = bot.command(call).await.unwrap() else { panic!("somebody is there") };
    code
}

#[tokio::test]
async fn a_crowd_that_guesses_at_both_locks_nobody_out() {
    let Some(mut redis) = Server::start() else { return };
    let limits = [("VISAVIS_ACCOUNTS__WRONG_TRIES", "3"), ("VISAVIS_ACCOUNTS__WRONG_PER_ACCOUNT", "6")];
    let (mut one, other) = two(&redis, &limits).await;
    assert_eq!(sign_in(&one, "ana@demo", DEMO_PASSWORD, 1).await, 204);
    for crowd in (10..16).step_by(2) {
        assert_eq!(sign_in(&one, "ana@demo", "a guess at it", crowd).await, 401);
        assert_eq!(sign_in(&other, "ana@demo", "a guess at it", crowd + 1).await, 401);
    }
    assert_eq!(sign_in(&one, "ana@demo", "a guess at it", 20).await, 429);
    assert_eq!(sign_in(&other, "ana@demo", DEMO_PASSWORD, 21).await, 429, "not even the right one");
    assert_eq!(sign_in(&other, "ana@demo", DEMO_PASSWORD, 1).await, 204, "from her own network");
    assert_eq!(sign_in(&other, "ben@demo", DEMO_PASSWORD, 20).await, 204, "nobody else is concerned");

    one.restart().await.unwrap();
    assert_eq!(sign_in(&one, "ana@demo", "a guess at it", 22).await, 429, "a restart forgets nothing");
    assert_eq!(sign_in(&one, "ana@demo", DEMO_PASSWORD, 1).await, 204);

    // Without Redis each of them goes on from what it has seen.
    redis.stop();
    assert_eq!(sign_in(&one, "ana@demo", "a guess at it", 23).await, 429);
    assert_eq!(sign_in(&one, "ana@demo", DEMO_PASSWORD, 1).await, 204);
    for _ in 0..3 {
        assert_eq!(sign_in(&one, "admin@demo", "a guess at it", 24).await, 401);
    }
    assert_eq!(sign_in(&one, "admin@demo", "a guess at it", 24).await, 429);
    redis.resume();
}

#[tokio::test]
async fn rooms_and_rings_are_counted_at_both() {
    let Some(redis) = Server::start() else { return };
    let limits = [
        ("VISAVIS_LIMITS__ROOMS_PER_MINUTE", "2"),
        ("VISAVIS_LIMITS__RINGS_PER_MINUTE", "2"),
        ("VISAVIS_LIMITS__GUEST_RINGS_PER_MINUTE", "4"),
    ];
    let (one, other) = two(&redis, &limits).await;
    let mut inside = Vec::new();
    assert_eq!(join(&mut inside, &one, "first", 1).await, None);
    assert_eq!(join(&mut inside, &other, "second", 1).await, None);
    for server in [&one, &other] {
        assert_eq!(join(&mut inside, server, "third", 1).await, Some(Code::RateLimited));
    }
    assert_eq!(join(&mut inside, &other, "first", 1).await, None, "that one exists");
    assert_eq!(join(&mut inside, &other, "third", 2).await, None, "another address");

    let http = visavis_bots::http_client();
    let (mut here, proof) = Bot::guest(&http, &one.base(), "").await.unwrap();
    let (mut there, _) = Bot::guest(&http, &other.base(), &proof).await.unwrap();
    assert_eq!(call(&mut here).await, Code::NobodyOnline);
    assert_eq!(call(&mut there).await, Code::NobodyOnline);
    for bot in [&mut here, &mut there] {
        assert_eq!(call(bot).await, Code::RateLimited);
    }
    for (server, expected) in
        [(&one, Code::NobodyOnline), (&other, Code::NobodyOnline), (&one, Code::RateLimited)]
    {
        let (mut somebody, _) = Bot::guest(&http, &server.base(), "").await.unwrap();
        assert_eq!(call(&mut somebody).await, expected, "new persons are nothing new to their address");
    }
}

#[tokio::test]
async fn tickets_are_counted_at_both() {
    let Some(redis) = Server::start() else { return };
    let (one, other) = two(&redis, &[("VISAVIS_LIMITS__TICKETS_PER_MINUTE", "3")]).await;
    for (server, last, expected) in
        [(&one, 1, 200), (&other, 1, 200), (&one, 1, 200), (&other, 1, 429), (&one, 1, 429), (&other, 2, 200)]
    {
        let answer = post(server, "tickets", last).send().await.unwrap();
        assert_eq!(answer.status().as_u16(), expected);
        assert_eq!(answer.headers().contains_key("retry-after"), expected == 429);
    }
}
