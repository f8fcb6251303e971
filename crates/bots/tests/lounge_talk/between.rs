//! Between two people: nobody else hears a thing, marks, typing, closing, messages that wait, blocking.

use super::{Hall, done, hears, hears_changed, in_room, opened, refused, room_of, texts, to, write};
use visavis_bots::{Bot, Member};
use visavis_domain::ids::PersonId;
use visavis_protocol::{Code, Command, Event};

/// Everything somebody heard until they hear this in their room; whatever was told before it has come by then.
async fn until_said(bot: &mut Bot, text: &str) -> Vec<Event> {
    let said = |event: &Event| matches!(event, Event::Posted { message, .. } if message.text == text);
    bot.events_until(said).await.unwrap()
}

/// The next event that is about a conversation.
async fn about(bot: &mut Bot) -> Event {
    loop {
        let event = bot.event().await.unwrap();
        match event {
            Event::Posted { .. }
            | Event::MessageChanged { .. }
            | Event::ConversationMarked { .. }
            | Event::ConversationChanged { .. }
            | Event::Typed { .. } => return event,
            _ => {}
        }
    }
}

async fn is_talking(bot: &mut Bot, person: PersonId, talks: u32) {
    bot.events_until(|event| {
        matches!(event, Event::MemberChanged { member } if member.id == person && member.talks == talks)
    })
    .await
    .unwrap();
}

#[tokio::test]
async fn while_two_write_to_each_other_nobody_else_hears_a_word() {
    let hall = Hall::open().await;
    let (mut ada, mut ben) = (hall.member("Ada").await, hall.member("Ben").await);
    let (mut cy, mut dee) = (hall.member("Cy").await, hall.member("Dee").await);
    let mut ids = Vec::new();
    opened(&mut ada.bot, ben.id).await;
    done(&mut ada.bot, Command::Type { person: ben.id }).await;
    ids.push(write(&mut ada.bot, to(ben.id), "xyzzy, between us").await);
    let (place, message) = hears(&mut ben.bot, "xyzzy, between us").await;
    assert_eq!((place, message.from), (to(ada.id), ada.id));
    opened(&mut ben.bot, ada.id).await;
    done(&mut ben.bot, Command::MarkConversation { person: ada.id, delivered: 1, read: 1 }).await;
    ids.push(write(&mut ben.bot, to(ada.id), "xyzzy, too").await);
    assert_eq!(hears(&mut ada.bot, "xyzzy, too").await.0, to(ben.id));
    done(&mut ada.bot, Command::EditMessage { message: ids[0], text: "xyzzy, better".into() }).await;
    hears_changed(&mut ben.bot, ids[0]).await;
    done(&mut ada.bot, Command::DeleteMessage { message: ids[0] }).await;
    let (conversation, ..) = opened(&mut cy.bot, ada.id).await;
    // She is busy with somebody. With whom is nobody's business.
    assert_eq!(conversation.member.unwrap().talks, 1);
    done(&mut ada.bot, Command::CloseConversation { person: ben.id }).await;
    done(&mut ben.bot, Command::SetBlocked { person: ada.id, blocked: true }).await;
    let room = in_room(room_of(&ada));
    write(&mut ada.bot, room, "that is all").await;
    for (one, watches) in [(&mut cy, ada.id), (&mut dee, ben.id)] {
        let mut heard = until_said(&mut one.bot, "that is all").await;
        heard.pop();
        for event in &heard {
            let seen = matches!(
                event,
                Event::MemberJoined { .. }
                    | Event::MemberChanged { .. }
                    | Event::RoomCounted { .. }
                    | Event::OwnChanged { .. }
            );
            assert!(seen, "{event:?}");
            let text = serde_json::to_string(event).unwrap();
            assert!(!text.contains("xyzzy"));
            assert!(ids.iter().all(|id| !text.contains(&id.to_string())));
        }
        // What they see is that she, or he, talked with one person, and does no longer.
        let talks = |event: &Event| match event {
            Event::MemberChanged { member } if member.id == watches => Some(member.talks),
            _ => None,
        };
        let mut seen: Vec<_> = heard.iter().filter_map(talks).collect();
        seen.dedup();
        assert_eq!(seen, [1, 0]);
    }
    for one in [&mut cy, &mut dee] {
        refused(&mut one.bot, Command::DeleteMessage { message: ids[1] }, Code::MessageUnknown).await;
        let edit = Command::EditMessage { message: ids[1], text: "mine".into() };
        refused(&mut one.bot, edit, Code::MessageUnknown).await;
    }
}

#[tokio::test]
async fn marks_typing_and_closing_reach_the_other_and_say_so_once() {
    let hall = Hall::open().await;
    let (mut ada, mut ben) = (hall.member("Ada").await, hall.member("Ben").await);
    let (new, messages, earlier) = opened(&mut ada.bot, ben.id).await;
    assert!(new.open && !new.closed && !new.blocked && messages.is_empty() && !earlier);
    assert_eq!((new.last, new.unread, new.name.as_str()), (0, 0, "Ben"));
    done(&mut ada.bot, Command::Type { person: ben.id }).await;
    assert_eq!(about(&mut ben.bot).await, Event::Typed { person: ada.id });
    write(&mut ada.bot, to(ben.id), "one").await;
    write(&mut ada.bot, to(ben.id), "two").await;
    hears(&mut ben.bot, "two").await;
    let mark = |delivered, read| Command::MarkConversation { person: ada.id, delivered, read };
    hears(&mut ada.bot, "two").await;
    for (command, expected) in [(mark(2, 0), (2, 0)), (mark(2, 1), (2, 1)), (mark(9, 9), (2, 2))] {
        done(&mut ben.bot, command).await;
        let (delivered, read) = expected;
        assert_eq!(about(&mut ada.bot).await, Event::ConversationMarked { person: ben.id, delivered, read });
    }
    // Lower ones change nothing: the next she hears is something else.
    done(&mut ben.bot, mark(1, 1)).await;
    let (his, messages, _) = opened(&mut ben.bot, ada.id).await;
    assert_eq!((texts(&messages), his.unread, his.closed), (vec!["one", "two"], 0, false));
    // She had seen him read, so she is told that he has it open now.
    assert_eq!(about(&mut ada.bot).await, Event::ConversationChanged { person: ben.id, closed: false });
    done(&mut ben.bot, Command::CloseConversation { person: ada.id }).await;
    assert_eq!(about(&mut ada.bot).await, Event::ConversationChanged { person: ben.id, closed: true });
    done(&mut ben.bot, Command::CloseConversation { person: ada.id }).await;
    let (hers, ..) = opened(&mut ada.bot, ben.id).await;
    assert!(hers.closed && (hers.delivered, hers.read) == (2, 2));
    // By writing it is open again, for him, whose page did not say so.
    write(&mut ben.bot, to(ada.id), "back").await;
    assert_eq!(about(&mut ada.bot).await, Event::ConversationChanged { person: ben.id, closed: false });
    assert!(matches!(about(&mut ada.bot).await, Event::Posted { .. }));
    refused(&mut ben.bot, Command::CloseConversation { person: PersonId::from_bits(1) }, Code::PersonUnknown)
        .await;
}

#[tokio::test]
async fn who_writes_back_and_forth_is_seen_talking_until_one_of_them_closes_it() {
    let hall = Hall::open().await;
    let (mut ada, mut ben) = (hall.member("Ada").await, hall.member("Ben").await);
    let mut cy = hall.member("Cy").await;
    write(&mut ada.bot, to(ben.id), "hello").await;
    let room = in_room(room_of(&ada));
    write(&mut ada.bot, room, "only she has written").await;
    let heard = until_said(&mut cy.bot, "only she has written").await;
    assert!(!heard.iter().any(|event| matches!(event, Event::MemberChanged { .. })));
    write(&mut ben.bot, to(ada.id), "hello yourself").await;
    is_talking(&mut cy.bot, ben.id, 1).await;
    done(&mut ben.bot, Command::CloseConversation { person: ada.id }).await;
    is_talking(&mut cy.bot, ben.id, 0).await;
    // As long as he has it closed, hers alone is no talk.
    write(&mut ada.bot, to(ben.id), "are you there?").await;
    write(&mut ada.bot, room, "he is not").await;
    let heard = until_said(&mut cy.bot, "he is not").await;
    let talking = |event: &Event| matches!(event, Event::MemberChanged { member } if member.talks > 0);
    assert!(!heard.iter().any(talking));
}

#[tokio::test]
async fn messages_wait_for_who_is_not_there() {
    let hall = Hall::open().await;
    let mut ada = hall.member("Ada").await;
    let (mut ben, ben_is) = hall.guest("", "Ben").await;
    write(&mut ben.bot, to(ada.id), "I have to go").await;
    let ben_id = ben.id;
    done(&mut ben.bot, Command::LeaveLounge).await;
    refused(&mut ben.bot, super::line(to(ada.id), super::fresh(), "late"), Code::NotInLounge).await;
    let (gone, messages, _) = opened(&mut ada.bot, ben_id).await;
    assert!(gone.member.is_none() && gone.name == "Ben" && gone.unread == 1 && messages.len() == 1);
    write(&mut ada.bot, to(ben_id), "for later").await;
    write(&mut ada.bot, to(ben_id), "and this").await;
    let (mut ben, _) = hall.guest(&ben_is, "Ben the second").await;
    assert_eq!(ben.id, ben_id);
    let listed = ben.lounge.conversations.clone();
    assert_eq!(listed.len(), 1);
    assert_eq!((listed[0].person, listed[0].unread, listed[0].last), (ada.id, 2, 3));
    assert!(listed[0].member.is_some());
    let (_, messages, _) = opened(&mut ben.bot, ada.id).await;
    assert_eq!(texts(&messages), ["I have to go", "for later", "and this"]);
    // Who never was there cannot be written to, nor can oneself.
    let nobody = PersonId::from_bits(77);
    let own = ada.id;
    for person in [nobody, own] {
        refused(&mut ada.bot, super::line(to(person), super::fresh(), "x"), Code::PersonUnknown).await;
        refused(&mut ada.bot, Command::OpenConversation { person }, Code::PersonUnknown).await;
        refused(&mut ada.bot, Command::SetBlocked { person, blocked: true }, Code::PersonUnknown).await;
        refused(&mut ada.bot, Command::Type { person }, Code::PersonUnknown).await;
    }
}

#[tokio::test]
async fn who_is_blocked_says_nothing_any_more_until_they_are_heard_again() {
    let hall = Hall::open().await;
    let (mut ada, ada_is) = hall.guest("", "Ada").await;
    let mut ben = hall.member("Ben").await;
    let written = write(&mut ben.bot, to(ada.id), "hello").await;
    opened(&mut ben.bot, ada.id).await;
    hears(&mut ada.bot, "hello").await;
    opened(&mut ada.bot, ben.id).await;
    done(&mut ada.bot, Command::SetBlocked { person: ben.id, blocked: true }).await;
    for command in [
        super::line(to(ada.id), super::fresh(), "again"),
        Command::Type { person: ada.id },
        Command::EditMessage { message: written, text: "worse".into() },
        Command::OfferFile { place: to(ada.id), name: "x.txt".into(), size: 3 },
        Command::RingMember { person: ada.id },
    ] {
        refused(&mut ben.bot, command, Code::Blocked).await;
    }
    refused(&mut ada.bot, super::line(to(ben.id), super::fresh(), "I"), Code::Blocked).await;
    done(&mut ben.bot, Command::MarkConversation { person: ada.id, delivered: 1, read: 1 }).await;
    done(&mut ben.bot, Command::CloseConversation { person: ada.id }).await;
    let room = in_room(room_of(&ben));
    write(&mut ben.bot, room, "so be it").await;
    let heard = until_said(&mut ada.bot, "so be it").await;
    let not_people = |event: &&Event| {
        !matches!(event, Event::MemberChanged { .. } | Event::RoomCounted { .. } | Event::OwnChanged { .. })
    };
    assert_eq!(heard.iter().filter(not_people).count(), 1, "{heard:?}");
    // It lasts, and she sees whom.
    let (mut ada, _) = again(&hall, ada, &ada_is).await;
    assert_eq!(ada.lounge.blocked.iter().map(|one| one.name.as_str()).collect::<Vec<_>>(), ["Ben"]);
    assert!(opened(&mut ada.bot, ben.id).await.0.blocked);
    done(&mut ada.bot, Command::SetBlocked { person: ben.id, blocked: false }).await;
    write(&mut ben.bot, to(ada.id), "thank you").await;
    hears(&mut ada.bot, "thank you").await;
}

/// As after a reload.
async fn again(hall: &Hall, mut member: Member, proof: &str) -> (Member, String) {
    done(&mut member.bot, Command::LeaveLounge).await;
    hall.guest(proof, "Ada").await
}
