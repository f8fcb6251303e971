//! The real binary, spoken to over the wire: files that people in a room offer each other, and what their pages say to
//! each other about them.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "a test that cannot go on says so"
)]

#[path = "../../live/tests/support/redis.rs"]
mod support;

use support::Server;
use visavis_bots::{Bot, Refused, ServerProcess};
use visavis_domain::ids::{FileId, MessageId, ParticipantId};
use visavis_protocol::{
    Candidate, ChatMessage, Code, Command, DescriptionKind, Event, FileSignal, OfferedFile, Reply,
    RoomSnapshot,
};

const LIMIT: u64 = 1_000;

async fn serve(settings: &[(&str, &str)]) -> ServerProcess {
    ServerProcess::start(&ServerProcess::binary().unwrap(), settings).await.unwrap()
}

async fn limited() -> ServerProcess {
    serve(&[("VISAVIS_ROOMS__FILE_BYTES", "1000")]).await
}

struct Seated {
    bot: Bot,
    id: ParticipantId,
    room: RoomSnapshot,
}

async fn sit(base: &str, room: &str) -> Seated {
    let mut bot = Bot::connect(base).await.unwrap();
    match bot.join(room, "Somebody").await.unwrap() {
        Ok(Reply::Joined { participant, room, .. }) => Seated { bot, id: participant, room },
        other => panic!("not joined: {other:?}"),
    }
}

fn file(number: u128, name: &str, size: u64) -> OfferedFile {
    OfferedFile { id: FileId::from_bits(number), name: name.into(), size }
}

fn offer(message: u128, file: OfferedFile) -> Command {
    Command::Say { message: MessageId::from_bits(message), text: String::new(), file: Some(file) }
}

fn about(to: ParticipantId, signal: FileSignal) -> Command {
    Command::SignalFile { to, file: FileId::from_bits(1), attempt: 7, signal }
}

fn description(sdp: String) -> FileSignal {
    FileSignal::Description { kind: DescriptionKind::Offer, sdp }
}

async fn said(bot: &mut Bot) -> ChatMessage {
    let events = bot.events_until(|event| matches!(event, Event::MessageSaid { .. })).await.unwrap();
    match events.into_iter().last() {
        Some(Event::MessageSaid { message }) => message,
        other => panic!("nothing said: {other:?}"),
    }
}

#[tokio::test]
async fn an_offer_is_told_to_all_and_shown_to_those_who_come_later() {
    let server = limited().await;
    let (mut ana, mut ben) = (sit(&server.base(), "r").await, sit(&server.base(), "r").await);
    assert_eq!((ana.room.file_bytes, ben.room.file_bytes), (LIMIT, LIMIT));
    let sent = offer(1, file(1, "C:\\plans\\../plan\u{202e}.pdf", LIMIT));
    assert_eq!(ana.bot.command(sent.clone()).await.unwrap(), Ok(Reply::Done));
    let kept = Some(file(1, "plan.pdf", LIMIT));
    for bot in [&mut ana.bot, &mut ben.bot] {
        let message = said(bot).await;
        assert_eq!((message.from, message.text.as_str(), message.file), (ana.id, "", kept.clone()));
    }
    // Said once more after an outage.
    assert_eq!(ana.bot.command(sent).await.unwrap(), Ok(Reply::Done));
    let cem = sit(&server.base(), "r").await;
    let files: Vec<_> = cem.room.messages.into_iter().map(|message| message.file).collect();
    assert_eq!(files, [kept]);
}

#[tokio::test]
async fn what_is_no_file_or_too_large_is_refused_and_told_to_nobody() {
    let server = limited().await;
    let (mut ana, mut ben) = (sit(&server.base(), "r").await, sit(&server.base(), "r").await);
    for (message, refused, code) in [
        (1, file(1, "plan.pdf", LIMIT + 1), Code::TooLarge),
        (1, file(1, "plan.pdf", 9_007_199_254_740_991), Code::TooLarge),
        (1, file(1, "plan.pdf", 0), Code::FileInvalid),
        (1, file(1, " \u{200b}", 1), Code::FileInvalid),
    ] {
        let answer = ana.bot.command(offer(message, refused.clone())).await.unwrap();
        assert_eq!(answer, Err(Refused(code)), "{refused:?}");
    }
    assert_eq!(ana.bot.command(offer(1, file(1, "plan.pdf", 1))).await.unwrap(), Ok(Reply::Done));
    // Nobody offers a file under the id of another one.
    let forged = ben.bot.command(offer(2, file(1, "virus.exe", 1))).await.unwrap();
    assert_eq!(forged, Err(Refused(Code::FileInvalid)));
    assert_eq!(said(&mut ben.bot).await.id, MessageId::from_bits(1));
    assert_eq!(ben.bot.events_so_far().await.unwrap(), []);
}

#[tokio::test]
async fn where_files_are_off_none_is_taken() {
    let server = serve(&[("VISAVIS_ROOMS__FILE_BYTES", "0")]).await;
    let mut ana = sit(&server.base(), "r").await;
    assert_eq!(ana.room.file_bytes, 0);
    let answer = ana.bot.command(offer(1, file(1, "plan.pdf", 1))).await.unwrap();
    assert_eq!(answer, Err(Refused(Code::TooLarge)));
}

/// Four people, the last of whom is in another room.
async fn among(bases: [&str; 4]) -> Vec<Seated> {
    let mut people = Vec::new();
    for (base, room) in bases.into_iter().zip(["r", "r", "r", "elsewhere"]) {
        people.push(sit(base, room).await);
    }
    for person in &mut people[..2] {
        person.bot.events_until(|event| matches!(event, Event::MediaRouted { .. })).await.unwrap();
    }
    people
}

async fn reaches_whom_it_is_for_alone(mut people: Vec<Seated>) {
    let candidate = Candidate {
        candidate: "candidate:1".into(),
        sdp_mid: None,
        sdp_m_line_index: None,
        username_fragment: None,
    };
    let ids: Vec<_> = people.iter().map(|person| person.id).collect();
    let signals = [
        FileSignal::Wanted,
        description("v=0\r\n".into()),
        FileSignal::Candidate { candidate },
        FileSignal::Gone,
    ];
    for signal in signals {
        let answer = people[0].bot.command(about(ids[1], signal.clone())).await.unwrap();
        assert_eq!(answer, Ok(Reply::Done));
        let reached = Event::FileSignalled { from: ids[0], file: FileId::from_bits(1), attempt: 7, signal };
        assert_eq!(people[1].bot.event().await.unwrap(), reached);
    }
    for (from, to) in [(0, 3), (3, 0), (0, 0)] {
        let answer = people[from].bot.command(about(ids[to], FileSignal::Wanted)).await.unwrap();
        assert_eq!(answer, Err(Refused(Code::ParticipantUnknown)), "{from} to {to}");
    }
    for person in &mut people {
        assert_eq!(person.bot.events_so_far().await.unwrap(), []);
    }
}

#[tokio::test]
async fn what_pages_say_about_a_file_reaches_one_participant_of_the_same_room() {
    let server = limited().await;
    let base = server.base();
    reaches_whom_it_is_for_alone(among([&base; 4]).await).await;
    let mut outside = Bot::connect(&base).await.unwrap();
    let somebody = sit(&base, "r").await;
    let answer = outside.command(about(somebody.id, FileSignal::Wanted)).await.unwrap();
    assert_eq!(answer, Err(Refused(Code::NotInRoom)));
}

#[tokio::test]
async fn what_is_too_long_ends_the_line_of_who_says_it_and_of_nobody_else() {
    let server = limited().await;
    let (mut ana, mut ben) = (sit(&server.base(), "r").await, sit(&server.base(), "r").await);
    let long = description("x".repeat(60 * 1024));
    assert_eq!(ana.bot.command(about(ben.id, long)).await.unwrap(), Ok(Reply::Done));
    let reached = |event: &Event| matches!(event, Event::FileSignalled { .. });
    ben.bot.events_until(reached).await.unwrap();
    ana.bot.ask(about(ben.id, description("x".repeat(64 * 1024)))).await.unwrap();
    assert_eq!(ana.bot.close_code().await, Some(1009));
    assert_eq!(ben.bot.command(Command::Snapshot).await.unwrap().map(drop), Ok(()));
}

#[tokio::test]
async fn it_makes_no_difference_at_which_instance_they_are() {
    let Some(redis) = Server::start() else { return };
    let one = serve(&[("VISAVIS_REDIS", &*redis.address())]).await;
    let other = one.start_beside().await.unwrap();
    let (one, other) = (one.base(), other.base());
    reaches_whom_it_is_for_alone(among([&one, &other, &one, &other]).await).await;
}
