//! What bad input costs: its sender something, everybody else nothing.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on says so")]

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use visavis_bots::{Bot, ServerProcess};
use visavis_domain::ids::MessageId;
use visavis_protocol::{Code, Command, Event, ServerFrame};

async fn server() -> ServerProcess {
    ServerProcess::start(&ServerProcess::binary().unwrap(), &[]).await.unwrap()
}

fn say(n: u128) -> Command {
    Command::Say { message: MessageId::from_bits(n), text: "hello".into(), file: None }
}

/// One of everything that a frame should not be.
fn garbage(n: usize) -> Message {
    match n % 12 {
        0 => Message::text("not json"),
        1 => Message::text("null"),
        2 => Message::text("{}"),
        3 => Message::text("[".repeat(10_000)),
        4 => Message::text(r#"{"type":"command","id":"one","command":{"type":"leave"}}"#),
        5 => Message::text(r#"{"type":"command","id":4000000000,"command":{"type":"leave"}}"#),
        6 => Message::text(r#"{"type":"command","id":1,"command":{"type":"join","room":7}}"#),
        7 => Message::text(r#"{"type":"hello","protocol":1,"ticket":"x"}"#),
        8 => Message::binary(vec![0xff; 100]),
        9 => Message::text("x".repeat(60_000)),
        10 => Message::text(r#"{"type":"ping","received":99999999999999999999}"#),
        _ => Message::text("\u{0}\u{202e}{"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hundred_thousand_bad_frames_hurt_nobody_else() {
    let server = server().await;
    let base = server.base();
    let (mut ana, mut ben) = (Bot::connect(&base).await.unwrap(), Bot::connect(&base).await.unwrap());
    for bot in [&mut ana, &mut ben] {
        bot.join("r", "Somebody").await.unwrap().unwrap();
    }
    let mut sent = 0;
    let mut memory = 0;
    let mut slowest = Duration::ZERO;
    while sent < 100_000 {
        // The sender is closed after some faults: it comes again, and again.
        let mut bad = Bot::connect(&base).await.unwrap();
        while bad.send_raw(garbage(sent)).await.is_ok() {
            sent += 1;
            if sent % 1_000 == 0 {
                let started = Instant::now();
                ana.command(say(sent as u128)).await.unwrap().unwrap();
                while !matches!(ben.event().await.unwrap(), Event::MessageSaid { .. }) {}
                slowest = slowest.max(started.elapsed());
                ana.events_so_far().await.unwrap();
            }
            if sent >= 100_000 {
                break;
            }
        }
        if sent > 10_000 && memory == 0 {
            memory = server.resident().unwrap();
        }
    }
    let grown = server.resident().unwrap().saturating_sub(memory);
    println!("after 100,000 bad frames: slowest message {slowest:?}, memory grown by {} KB", grown / 1024);
    assert!(slowest < Duration::from_secs(1), "{slowest:?}");
    assert!(grown < 16 * 1024 * 1024, "{grown} bytes");
}

#[tokio::test]
async fn faults_have_codes_and_too_many_end_the_socket() {
    let server = server().await;
    let mut bad = Bot::connect(&server.base()).await.unwrap();
    for n in 0..20 {
        bad.send_raw(garbage(n)).await.unwrap();
        assert!(matches!(bad.frame().await.unwrap(), ServerFrame::Fault { code: Code::Malformed }), "{n}");
    }
    bad.send_raw(garbage(0)).await.unwrap();
    assert_eq!(bad.close_code().await, Some(4002));
}

#[tokio::test]
async fn a_frame_over_64_kib_closes_the_socket() {
    let server = server().await;
    let mut bad = Bot::connect(&server.base()).await.unwrap();
    bad.send_raw(Message::text("x".repeat(64 * 1024 + 1))).await.unwrap();
    assert_eq!(bad.close_code().await, Some(1009));
}

#[tokio::test]
async fn a_flood_of_commands_is_refused_then_closed() {
    let server = server().await;
    let mut bad = Bot::connect(&server.base()).await.unwrap();
    bad.join("r", "Flood").await.unwrap().unwrap();
    for n in 0..1_000 {
        if bad.ask(say(n)).await.is_err() {
            break;
        }
    }
    assert_eq!(bad.close_code().await, Some(4003));
}

#[tokio::test]
async fn foreign_pages_get_neither_ticket_nor_socket() {
    let server = server().await;
    for (origin, allowed) in [
        (Some(server.base()), true),
        (None, true),
        (Some("https://evil.example".to_owned()), false),
        (Some("null".to_owned()), false),
    ] {
        let client = visavis_bots::http_client();
        let ticket = client.post(format!("{}/api/v1/tickets", server.base()));
        let ticket = origin.iter().fold(ticket, |request, origin| request.header("origin", origin));
        assert_eq!(ticket.send().await.unwrap().status().as_u16(), if allowed { 200 } else { 403 });
        let mut request =
            format!("{}/ws", server.base().replacen("http", "ws", 1)).into_client_request().unwrap();
        if let Some(origin) = &origin {
            request.headers_mut().insert("origin", origin.parse().unwrap());
        }
        let socket = tokio_tungstenite::connect_async(request).await;
        assert_eq!(socket.is_ok(), allowed, "{origin:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn half_a_request_is_not_waited_for() {
    let server = server().await;
    let address = server.base().replace("http://", "");
    let started = Instant::now();
    let mut half: Vec<_> = (0..300)
        .map(|_| {
            let mut stream = TcpStream::connect(&address).unwrap();
            stream.write_all(b"GET / HTTP/1.1\r\nHost: x\r\nX-Slow: ").unwrap();
            stream.set_read_timeout(Some(Duration::from_secs(15))).unwrap();
            stream
        })
        .collect();
    // Others are served meanwhile.
    let mut bot = Bot::connect(&server.base()).await.unwrap();
    bot.join("r", "Ana").await.unwrap().unwrap();
    let closed = tokio::task::spawn_blocking(move || {
        half.iter_mut().map(|stream| stream.read_to_end(&mut Vec::new())).filter(Result::is_ok).count()
    });
    assert_eq!(closed.await.unwrap(), 300);
    assert!(started.elapsed() < Duration::from_secs(12), "{:?}", started.elapsed());
}
