//! The real binary, spoken to over the wire: sessions, seats, chat, relaying, restarts.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on says so")]

use std::time::{Duration, Instant};
use visavis_bots::{Bot, Refused, ServerProcess};
use visavis_domain::ids::{MessageId, ParticipantId};
use visavis_domain::room::{LeaveReason, Presence};
use visavis_protocol::{Candidate, Code, Command, Event, MediaPath, Reply, RoomSnapshot, Signal};

async fn server(settings: &[(&str, &str)]) -> ServerProcess {
    ServerProcess::start(&ServerProcess::binary().unwrap(), settings).await.unwrap()
}

struct Seat {
    id: ParticipantId,
    continuation: String,
    room: RoomSnapshot,
}

async fn sit(bot: &mut Bot, room: &str, name: &str) -> Seat {
    seat(bot.join(room, name).await.unwrap())
}

fn seat(reply: Result<Reply, Refused>) -> Seat {
    match reply {
        Ok(Reply::Joined { participant, continuation, room, .. }) => {
            Seat { id: participant, continuation, room }
        }
        other => panic!("not joined: {other:?}"),
    }
}

fn message(n: u128, text: &str) -> Command {
    Command::Say { message: MessageId::from_bits(n), text: text.into(), file: None }
}

fn joined(who: ParticipantId) -> impl Fn(&Event) -> bool {
    move |event| matches!(event, Event::ParticipantJoined { participant } if participant.id == who)
}

/// The last of what the coming or going of a third person brings.
fn is_routed(event: &Event) -> bool {
    matches!(event, Event::MediaRouted { .. })
}

fn says(text: &str) -> impl Fn(&Event) -> bool {
    move |event| matches!(event, Event::MessageSaid { message } if message.text == text)
}

fn said(events: &[Event]) -> Vec<&str> {
    events
        .iter()
        .filter_map(|event| match event {
            Event::MessageSaid { message } => Some(message.text.as_str()),
            _ => None,
        })
        .collect()
}

#[tokio::test]
async fn two_see_each_other_come_and_go() {
    let server = server(&[]).await;
    let (mut ana, mut ben) =
        (Bot::connect(&server.base()).await.unwrap(), Bot::connect(&server.base()).await.unwrap());
    let first = sit(&mut ana, "Café 42/é", "Ana").await;
    let second = sit(&mut ben, " CAFÉ 42/É ", "Ben").await;
    assert_eq!(second.room.name, "Café 42/é");
    let names: Vec<_> = second.room.participants.iter().map(|p| (p.name.as_str(), p.order)).collect();
    assert_eq!(names, [("Ana", 1), ("Ben", 2)]);
    assert_eq!(first.room.call, second.room.call);
    ana.events_until(joined(second.id)).await.unwrap();
    ben.command(Command::Leave).await.unwrap().unwrap();
    let left = ana.event().await.unwrap();
    assert_eq!(left, Event::ParticipantLeft { participant: second.id, reason: LeaveReason::Left });
}

#[tokio::test]
async fn a_broken_socket_is_resumed_without_loss_and_without_a_departure() {
    let server = server(&[]).await;
    let (mut ana, mut ben) =
        (Bot::connect(&server.base()).await.unwrap(), Bot::connect(&server.base()).await.unwrap());
    sit(&mut ana, "r", "Ana").await;
    let second = sit(&mut ben, "r", "Ben").await;
    ana.events_until(joined(second.id)).await.unwrap();
    // Asked, and the line breaks before the answer: it is carried out once and answered once.
    let asked = ana.ask(message(1, "one")).await.unwrap();
    ben.event().await.unwrap();
    ben.command(message(2, "two")).await.unwrap().unwrap();
    let executed = ana.resume().await.unwrap();
    assert_eq!(executed, asked);
    assert_eq!(ana.answer(asked).await.unwrap(), Ok(Reply::Done));
    assert_eq!(said(&ana.events_until(says("two")).await.unwrap()), ["one", "two"]);
    ana.command(message(3, "three")).await.unwrap().unwrap();
    let events = ben.events_until(says("three")).await.unwrap();
    assert_eq!(said(&events), ["two", "three"], "the first one was taken above");
    let came_or_went =
        |event: &Event| matches!(event, Event::ParticipantLeft { .. } | Event::ParticipantJoined { .. });
    assert!(!events.iter().any(came_or_went));
}

#[tokio::test]
async fn the_same_message_twice_is_said_once() {
    let server = server(&[]).await;
    let (mut ana, mut ben) =
        (Bot::connect(&server.base()).await.unwrap(), Bot::connect(&server.base()).await.unwrap());
    sit(&mut ana, "r", "Ana").await;
    sit(&mut ben, "r", "Ben").await;
    for _ in 0..3 {
        ana.command(message(1, "once")).await.unwrap().unwrap();
    }
    assert_eq!(ben.command(message(1, "forged")).await.unwrap(), Err(Refused(Code::MessageInvalid)));
    ana.command(message(2, "last")).await.unwrap().unwrap();
    assert_eq!(said(&ben.events_until(says("last")).await.unwrap()), ["once", "last"]);
}

#[tokio::test]
async fn a_page_that_says_goodbye_is_gone_within_3_s_and_a_silent_one_after_its_grace() {
    let server = server(&[("VISAVIS_SESSION__GRACE_MS", "4000")]).await;
    let mut ana = Bot::connect(&server.base()).await.unwrap();
    let (mut ben, mut cem) =
        (Bot::connect(&server.base()).await.unwrap(), Bot::connect(&server.base()).await.unwrap());
    sit(&mut ana, "r", "Ana").await;
    let (second, third) = (sit(&mut ben, "r", "Ben").await, sit(&mut cem, "r", "Cem").await);
    ana.events_until(is_routed).await.unwrap();
    for (who, within, bot) in [(second.id, 3, ben), (third.id, 6, cem)] {
        let started = Instant::now();
        if who == second.id {
            bot.hide().await.unwrap();
        } else {
            drop(bot);
        }
        let is_left = |event: &Event| matches!(event, Event::ParticipantLeft { .. });
        let mut events = ana.events_until(is_left).await.unwrap();
        events.retain(|event| !is_routed(event));
        let [Event::ParticipantChanged { participant }, left] = events.as_slice() else {
            panic!("{events:?}")
        };
        assert_eq!((participant.id, participant.presence), (who, Presence::Reconnecting));
        assert_eq!(*left, Event::ParticipantLeft { participant: who, reason: LeaveReason::Lost });
        assert!(started.elapsed() < Duration::from_secs(within), "{:?}", started.elapsed());
    }
}

#[tokio::test]
async fn a_reload_takes_its_seat_again_and_replaces_the_page_before() {
    let server = server(&[]).await;
    let (mut ana, mut ben) =
        (Bot::connect(&server.base()).await.unwrap(), Bot::connect(&server.base()).await.unwrap());
    let first = sit(&mut ana, "r", "Ana").await;
    sit(&mut ben, "r", "Ben").await;
    let mut again = Bot::connect(&server.base()).await.unwrap();
    let token = Some(first.continuation.clone());
    let second = seat(again.join_as("r", "Ana", token.clone(), MediaPath::Fresh).await.unwrap());
    assert_eq!(second.id, first.id);
    assert_eq!(second.room.participants[0].epoch, 2);
    assert_eq!(ana.close_code().await, Some(4005));
    again.command(message(1, "back")).await.unwrap().unwrap();
    let mut events = ben.events_until(says("back")).await.unwrap();
    events.pop();
    assert!(!events.is_empty(), "the new epoch is told");
    assert!(events.iter().all(|event| matches!(event, Event::ParticipantChanged { .. })), "{events:?}");
    let elsewhere = ben.join_as("other", "Ana", token, MediaPath::Fresh).await.unwrap();
    assert_eq!(elsewhere, Err(Refused(Code::AlreadyInRoom)));
}

#[tokio::test]
async fn a_full_room_says_so() {
    let server = server(&[("VISAVIS_ROOMS__MAX_PEOPLE", "1")]).await;
    let (mut ana, mut ben) =
        (Bot::connect(&server.base()).await.unwrap(), Bot::connect(&server.base()).await.unwrap());
    sit(&mut ana, "r", "Ana").await;
    assert_eq!(ben.join("r", "Ben").await.unwrap(), Err(Refused(Code::RoomFull)));
    for (n, text) in [(1, "one"), (2, "two")] {
        ana.command(message(n, text)).await.unwrap().unwrap();
        ana.events_until(says(text)).await.unwrap();
    }
    assert_eq!(ben.events_so_far().await.unwrap(), []);
    sit(&mut ben, "other", "Ben").await;
}

#[tokio::test]
async fn signals_reach_one_participant_of_the_same_room_and_generation() {
    let server = server(&[]).await;
    let mut bots = Vec::new();
    let mut seats = Vec::new();
    for room in ["r", "r", "r", "elsewhere"] {
        let mut bot = Bot::connect(&server.base()).await.unwrap();
        seats.push(sit(&mut bot, room, "Somebody").await);
        bots.push(bot);
    }
    for bot in &mut bots[..2] {
        bot.events_until(is_routed).await.unwrap();
    }
    let candidate = Candidate {
        candidate: "candidate:1".into(),
        sdp_mid: None,
        sdp_m_line_index: None,
        username_fragment: None,
    };
    let signal = Signal::Candidate { candidate };
    let to = |to, generation| Command::Signal { to, generation, signal: signal.clone() };
    assert_eq!(bots[0].command(to(seats[1].id, 2)).await.unwrap(), Ok(Reply::Done));
    assert_eq!(bots[0].command(to(seats[1].id, 1)).await.unwrap(), Err(Refused(Code::StaleGeneration)));
    assert_eq!(bots[0].command(to(seats[3].id, 2)).await.unwrap(), Err(Refused(Code::ParticipantUnknown)));
    assert_eq!(bots[3].command(to(seats[0].id, 2)).await.unwrap(), Err(Refused(Code::ParticipantUnknown)));
    let (from, call) = (seats[0].id, seats[0].room.call);
    let reached = Event::Signalled { from, call, generation: 2, signal };
    assert_eq!(bots[1].event().await.unwrap(), reached);
    assert_eq!(bots[1].events_so_far().await.unwrap(), []);
    for other in [0, 2, 3] {
        assert_eq!(bots[other].events_so_far().await.unwrap(), []);
    }
}

#[tokio::test]
async fn after_a_crash_everybody_is_who_they_were() {
    let mut server = server(&[]).await;
    let (mut ana, mut ben) =
        (Bot::connect(&server.base()).await.unwrap(), Bot::connect(&server.base()).await.unwrap());
    let first = sit(&mut ana, "r", "Ana").await;
    let second = sit(&mut ben, "r", "Ben").await;
    server.restart().await.unwrap();
    assert!(ana.resume().await.is_err(), "the session is not known any more");
    let mut ben = Bot::connect(&server.base()).await.unwrap();
    let mut ana = Bot::connect(&server.base()).await.unwrap();
    let ben_again = seat(ben.join_as("r", "Ben", Some(second.continuation), MediaPath::Kept).await.unwrap());
    let ana_again = seat(ana.join_as("r", "Ana", Some(first.continuation), MediaPath::Kept).await.unwrap());
    assert_eq!((ana_again.id, ben_again.id), (first.id, second.id));
    assert_eq!(ana_again.room.call, second.room.call);
    let generations: Vec<_> = ana_again.room.participants.iter().map(|p| (p.order, p.epoch)).collect();
    assert_eq!(generations, [(1, 1), (2, 1)]);
}

#[tokio::test]
async fn a_stolen_session_id_opens_nothing() {
    let server = server(&[]).await;
    let mut ana = Bot::connect(&server.base()).await.unwrap();
    sit(&mut ana, "r", "Ana").await;
    let session = ana.session();
    let mut thief = Bot::connect(&server.base()).await.unwrap();
    let resume =
        serde_json::json!({"type": "resume", "session": session, "secret": "0".repeat(64), "received": 0});
    // In the middle of a session it is a fault, at the beginning of one it is refused.
    thief.send_raw(resume.to_string().into()).await.unwrap();
    assert!(matches!(
        thief.frame().await,
        Ok(visavis_protocol::ServerFrame::Fault { code: Code::Malformed })
    ));
    assert_eq!(ana.command(message(1, "still mine")).await.unwrap(), Ok(Reply::Done));
}
