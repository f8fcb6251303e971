//! What is refused, and that it costs nobody else anything.

use super::{Hall, done, fresh, hears, in_room, line, refused, room_of, to, write};
use tokio_tungstenite::tungstenite::Message;
use visavis_bots::{Bot, Refused};
use visavis_domain::ids::{FileId, LoungeRoomId, PersonId};
use visavis_protocol::{Code, Command, Reply, ServerFrame};

#[tokio::test]
async fn what_cannot_be_written_is_refused_and_everybody_else_goes_on() {
    let hall = Hall::open().await;
    let (mut ada, mut ben) = (hall.member("Ada").await, hall.member("Ben").await);
    let (here, elsewhere) = (room_of(&ada), ada.lounge.rooms[1].id);
    let file = Some(FileId::from_bits(5));
    let with_file = |place| Command::Post { place, message: fresh(), text: "with a file".into(), file };
    for (command, code) in [
        (line(in_room(here), fresh(), ""), Code::MessageInvalid),
        (line(in_room(here), fresh(), " \n\u{200b}"), Code::MessageInvalid),
        (line(in_room(here), fresh(), &"x".repeat(4_001)), Code::MessageInvalid),
        (line(in_room(elsewhere), fresh(), "x"), Code::LoungeRoomUnknown),
        (line(in_room(LoungeRoomId::from_bits(1)), fresh(), "x"), Code::LoungeRoomUnknown),
        (line(to(PersonId::from_bits(1)), fresh(), "x"), Code::PersonUnknown),
        (with_file(in_room(here)), Code::FileInvalid),
        (with_file(to(ben.id)), Code::FileInvalid),
        (Command::EarlierMessages { place: in_room(elsewhere), before: 9 }, Code::LoungeRoomUnknown),
        (Command::EarlierMessages { place: to(PersonId::from_bits(1)), before: 9 }, Code::PersonUnknown),
        (
            Command::MarkConversation { person: PersonId::from_bits(1), delivered: 1, read: 1 },
            Code::PersonUnknown,
        ),
        (
            Command::OfferFile { place: in_room(elsewhere), name: "x".into(), size: 1 },
            Code::LoungeRoomUnknown,
        ),
    ] {
        refused(&mut ada.bot, command, code).await;
    }
    // Another one's id stays theirs.
    let id = write(&mut ada.bot, in_room(here), "Ada's").await;
    refused(&mut ben.bot, line(in_room(here), id, "Ben's"), Code::MessageInvalid).await;
    refused(&mut ada.bot, line(to(ben.id), id, "Ada's"), Code::MessageInvalid).await;
    for broken in [
        "{",
        r#"{"type":"command","id":1}"#,
        r#"{"type":"command","id":99,"command":{"type":"post","place":{"type":"nowhere"}}}"#,
        r#"{"type":"command","id":99,"command":{"type":"type","person":7}}"#,
    ] {
        ben.bot.send_raw(Message::text(broken)).await.unwrap();
        loop {
            if let ServerFrame::Fault { code } = ben.bot.frame().await.unwrap() {
                assert_eq!(code, Code::Malformed, "{broken}");
                break;
            }
        }
    }
    write(&mut ben.bot, in_room(here), "still here").await;
    let (_, message) = hears(&mut ada.bot, "still here").await;
    assert_eq!(message.number, 2);
}

#[tokio::test]
async fn who_is_not_in_the_lounge_writes_nothing() {
    let hall = Hall::open().await;
    let mut ada = hall.member("Ada").await;
    let room = room_of(&ada);
    let id = write(&mut ada.bot, in_room(room), "inside").await;
    let (mut outside, _) = Bot::guest(&hall.http, &hall.server.base(), "").await.unwrap();
    assert!(visavis_bots::member::open_lounge(&mut outside).await.unwrap().is_ok());
    let person = ada.id;
    for command in [
        line(in_room(room), fresh(), "x"),
        line(to(person), fresh(), "x"),
        Command::EditMessage { message: id, text: "x".into() },
        Command::DeleteMessage { message: id },
        Command::EarlierMessages { place: in_room(room), before: 9 },
        Command::OfferFile { place: in_room(room), name: "x".into(), size: 1 },
        Command::OpenConversation { person },
        Command::CloseConversation { person },
        Command::MarkConversation { person, delivered: 1, read: 1 },
        Command::Type { person },
        Command::SetBlocked { person, blocked: true },
    ] {
        refused(&mut outside, command, Code::NotInLounge).await;
    }
}

#[tokio::test]
async fn who_writes_too_fast_is_slowed_down_and_keeps_their_place() {
    let hall = Hall::open().await;
    let mut ada = hall.member("Ada").await;
    let place = in_room(room_of(&ada));
    let mut asked = Vec::new();
    for n in 0..40 {
        asked.push(ada.bot.ask(line(place, fresh(), &n.to_string())).await.unwrap());
    }
    let (mut taken, mut slowed) = (0, 0);
    for id in asked {
        match ada.bot.answer(id).await.unwrap() {
            Ok(Reply::Done) => taken += 1,
            Err(Refused(Code::RateLimited)) => slowed += 1,
            other => panic!("{other:?}"),
        }
    }
    assert!(taken >= 20 && slowed > 0, "{taken} taken, {slowed} not");
    let mut ben = hall.member("Ben").await;
    write(&mut ben.bot, place, "not I").await;
    hears(&mut ada.bot, "not I").await;
    done(&mut ada.bot, Command::SetIdle { idle: false }).await;
}
