//! Messages to a room: in one order for everybody, once, and kept.

use super::{Hall, before, done, fresh, hears, in_room, line, room_of, texts, write};
use std::collections::BTreeMap;
use visavis_bots::Member;
use visavis_domain::ids::MessageId;
use visavis_protocol::{Event, Reply};

const PEOPLE: usize = 10;
const EACH: usize = 10;

#[tokio::test]
async fn ten_people_write_at_once_and_all_have_all_once_in_one_order() {
    let hall = Hall::open().await;
    let mut people = Vec::new();
    for number in 0..PEOPLE {
        people.push(hall.member(&format!("Person {number}")).await);
    }
    let writing = people.into_iter().enumerate().map(|(number, mut one)| {
        tokio::spawn(async move {
            let place = in_room(room_of(&one));
            for n in 0..EACH {
                let (id, text) = (fresh(), format!("{number}: {n} \u{1f600} <b>& \"x\"\n\u{202e}"));
                // Twice, as who has lost the answer to the first.
                one.bot.ask(line(place, id, &text)).await.unwrap();
                one.bot.ask(line(place, id, &text)).await.unwrap();
            }
            let known = all_of(&mut one, PEOPLE * EACH).await;
            (one, known)
        })
    });
    let mut outcomes = Vec::new();
    for one in writing.collect::<Vec<_>>() {
        outcomes.push(one.await.unwrap());
    }
    let first = outcomes[0].1.clone();
    let numbers: Vec<u64> = first.keys().copied().collect();
    assert_eq!(numbers, (1..=(PEOPLE * EACH) as u64).collect::<Vec<_>>());
    for (_, known) in &outcomes {
        assert_eq!(*known, first);
    }
    for number in 0..PEOPLE {
        let prefix = format!("{number}: ");
        let of_one: Vec<_> = first.values().filter(|(_, text)| text.starts_with(&prefix)).collect();
        let expected: Vec<_> =
            (0..EACH).map(|n| format!("{number}: {n} \u{1f600} <b>& \"x\"\n\u{202e}")).collect();
        assert_eq!(of_one.iter().map(|(_, text)| text.clone()).collect::<Vec<_>>(), expected);
    }
    let (mut last, known) = outcomes.pop().unwrap();
    let place = in_room(room_of(&last));
    let (messages, _) = before(&mut last.bot, place, 51).await;
    let kept: BTreeMap<_, _> =
        messages.into_iter().map(|message| (message.number, (message.id, message.text))).collect();
    assert_eq!(kept.len(), 50);
    assert!(kept.iter().all(|(number, line)| known[number] == *line));
}

/// By their numbers, until there are so many; one that is told again is the same.
async fn all_of(one: &mut Member, many: usize) -> BTreeMap<u64, (MessageId, String)> {
    let mut known = BTreeMap::new();
    while known.len() < many {
        if let Event::Posted { message, .. } = one.bot.event().await.unwrap() {
            let line = (message.id, message.text);
            let other = known.insert(message.number, line.clone());
            assert!(other.is_none_or(|other| other == line), "two messages have one number");
        }
    }
    known
}

#[tokio::test]
async fn late_comers_see_the_last_messages_and_page_through_the_earlier_ones() {
    let hall = Hall::open().await;
    for writer in 0..3 {
        let mut one = hall.member(&format!("Writer {writer}")).await;
        for n in 0..20 {
            let place = in_room(room_of(&one));
            write(&mut one.bot, place, &format!("{}", writer * 20 + n)).await;
        }
    }
    let mut late = hall.member("Late").await;
    let room = late.lounge.room.clone();
    assert_eq!(room.messages.len(), 50);
    assert!(room.earlier);
    assert_eq!(room.messages[0].text, "10");
    let (messages, earlier) = before(&mut late.bot, in_room(room.room), room.messages[0].number).await;
    assert_eq!(texts(&messages), (0..10).map(|n| n.to_string()).collect::<Vec<_>>());
    assert!(!earlier);
    let (none, earlier) = before(&mut late.bot, in_room(room.room), 1).await;
    assert!(none.is_empty() && !earlier);
}

#[tokio::test]
async fn long_messages_do_not_fill_a_snapshot() {
    let hall = Hall::open().await;
    let mut one = hall.member("Writer").await;
    let place = in_room(room_of(&one));
    for _ in 0..6 {
        write(&mut one.bot, place, &"\u{1f600}".repeat(4_000)).await;
    }
    let late = hall.member("Late").await;
    let room = late.lounge.room;
    assert!(serde_json::to_string(&room.messages).unwrap().len() <= 49 * 1024);
    assert!(room.earlier);
    assert_eq!(room.messages.last().unwrap().number, 6);
    assert!(room.messages.len() >= 2);
}

#[tokio::test]
async fn what_was_written_is_there_after_a_crash_and_the_numbers_go_on() {
    let mut hall = Hall::open().await;
    let (mut ada, ada_is) = hall.guest("", "Ada").await;
    let (ben, ben_is) = hall.guest("", "Ben").await;
    let (place, other) = (in_room(room_of(&ada)), super::to(ben.id));
    let id = write(&mut ada.bot, place, "to all").await;
    write(&mut ada.bot, other, "to Ben").await;
    // The answers are here: what was answered is kept, whatever happens then.
    hall.server.kill().await.unwrap();
    hall.server.restart().await.unwrap();
    let (mut ada, _) = hall.guest(&ada_is, "Ada").await;
    let (mut ben, _) = hall.guest(&ben_is, "Ben").await;
    assert_eq!(texts(&ada.lounge.room.messages), ["to all"]);
    let listed = &ben.lounge.conversations[0];
    assert_eq!((listed.person, listed.unread, listed.last), (ada.id, 1, 1));
    let (_, messages, _) = super::opened(&mut ben.bot, ada.id).await;
    assert_eq!(texts(&messages), ["to Ben"]);
    // Sent once more, since the answer might have been lost.
    done(&mut ada.bot, line(place, id, "to all")).await;
    write(&mut ada.bot, place, "and more").await;
    assert_eq!(hears(&mut ben.bot, "to all").await.1.number, 1);
    assert_eq!(hears(&mut ben.bot, "and more").await.1.number, 2);
    let reply = ada.bot.command(visavis_protocol::Command::EarlierMessages { place, before: 9 }).await;
    let Ok(Reply::Messages { messages, .. }) = reply.unwrap() else { panic!("no messages") };
    assert_eq!(texts(&messages), ["to all", "and more"]);
}

#[tokio::test]
async fn a_room_hears_nothing_of_another_one() {
    let hall = Hall::open().await;
    let (mut ada, mut ben) = (hall.member("Ada").await, hall.member("Ben").await);
    let (first, second) = (room_of(&ada), ada.lounge.rooms[1].id);
    assert!(ada.jump(second).await.unwrap().is_ok());
    write(&mut ada.bot, in_room(second), "elsewhere").await;
    assert!(ada.jump(first).await.unwrap().is_ok());
    write(&mut ada.bot, in_room(first), "here again").await;
    let heard = ben
        .until(|event| matches!(event, Event::Posted { message, .. } if message.text == "here again"))
        .await
        .unwrap();
    let posted = heard.iter().filter(|event| matches!(event, Event::Posted { .. })).count();
    assert_eq!(posted, 1);
}
