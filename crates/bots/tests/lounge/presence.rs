//! Before the door, names, rooms, statuses, counts.

use super::*;
use visavis_bots::Refused;
use visavis_bots::member::{enter, open_lounge};
use visavis_domain::person::Chosen;
use visavis_protocol::Code;

#[tokio::test]
async fn from_the_door_one_sees_rooms_and_numbers_and_from_inside_people() {
    let hall = Hall::open(&[]).await;
    let (mut outside, _) = hall.page("").await;
    let door = open_lounge(&mut outside).await.unwrap().unwrap();
    let rooms: Vec<_> = door.rooms.iter().map(|room| (room.slug.as_str(), room.people)).collect();
    assert_eq!(rooms, [("general", 0), ("sports", 0), ("games", 0)]);
    assert_eq!((door.name, door.in_use), (None, false));
    let mut vera = hall.member("Vera").await;
    assert_eq!(vera.lounge.room.room, vera.room("general").unwrap());
    assert_eq!(vera.lounge.room.people.len(), 1);
    assert!(!vera.lounge.room.moderator);
    let wim = hall.member("Wim").await;
    let names: Vec<_> = wim.lounge.room.people.iter().map(|one| one.name.as_str()).collect();
    assert_eq!(names, ["Vera", "Wim"], "in order of coming");
    let came = |event: &Event| matches!(event, Event::MemberJoined { member, .. } if member.id == wim.id);
    vera.until(came).await.unwrap();
    vera.set_status(Chosen::Away, "tea").await.unwrap();
    // Who is before the door hears how many there are, and of nobody.
    let two = |event: &Event| matches!(event, Event::RoomCounted { people: 2, .. });
    let heard = outside.events_until(two).await.unwrap();
    assert!(heard.iter().all(|event| matches!(event, Event::RoomCounted { .. })), "{heard:?}");
    assert_eq!(heard_of_people(&mut outside).await, []);
    // Somebody who has an account is offered its name.
    let mut ana = hall.staff("ana").await.connect().await.unwrap();
    let door = open_lounge(&mut ana).await.unwrap().unwrap();
    assert_eq!((door.name.as_deref(), door.rooms[0].people), (Some("Ana Kaya"), 2));
    let inside = enter(&mut ana, "Ana Kaya", None).await.unwrap().unwrap();
    let own = inside.room.people.iter().find(|one| one.id == inside.person).unwrap();
    assert!(own.account && own.status == Status::Available, "though she takes no calls of desks: {own:?}");
}

#[tokio::test]
async fn a_name_that_looks_like_one_of_those_present_is_taken_and_nobody_hears_of_the_try() {
    let hall = Hall::open(&[]).await;
    let mut ben = hall.member("Ben").await;
    let mut watcher = hall.member("Wim").await;
    let (mut page, _) = hall.page("").await;
    ben.set_status(Chosen::Available, "first").await.unwrap();
    until_said(&mut watcher.bot, "first").await;
    for name in ["Ben", "bEN", "Вen", "B e n", "Ｂen"] {
        assert_eq!(
            enter(&mut page, name, None).await.unwrap().unwrap_err(),
            Refused(Code::NameTaken),
            "{name}"
        );
    }
    for name in ["", "  ", "\u{200b}", &"x".repeat(65)] {
        assert_eq!(enter(&mut page, name, None).await.unwrap().unwrap_err(), Refused(Code::NameInvalid));
    }
    ben.set_status(Chosen::Available, "mark").await.unwrap();
    assert_eq!(until_said(&mut watcher.bot, "mark").await, []);
    assert_eq!(heard_of_people(&mut page).await, [], "whoever is not in hears of nobody");
    // Free with its owner's going.
    done(&mut ben.bot, Command::LeaveLounge).await;
    let inside = enter(&mut page, "Вen", None).await.unwrap().unwrap();
    assert_eq!(inside.room.people.len(), 2);
}

#[tokio::test]
async fn a_jump_is_seen_once_by_each_who_is_in_either_room() {
    let hall = Hall::open(&[]).await;
    let mut stays = hall.member("Stays").await;
    let mut waits = hall.member("Waits").await;
    let mut apart = hall.member("Apart").await;
    let mut vera = hall.member("Vera").await;
    let (general, sports, games) =
        (vera.room("general").unwrap(), vera.room("sports").unwrap(), vera.room("games").unwrap());
    let id = vera.id;
    waits.jump(sports).await.unwrap().unwrap();
    apart.jump(games).await.unwrap().unwrap();
    let came = |event: &Event| matches!(event, Event::MemberLeft { person, .. } if *person == apart.id);
    stays.until(came).await.unwrap();
    let room = vera.jump(sports).await.unwrap().unwrap();
    assert_eq!((room.room, room.people.len()), (sports, 2));
    vera.set_status(Chosen::Available, "mark").await.unwrap();
    let heard = until_said(&mut waits.bot, "mark").await;
    let joined = |event: &Event| matches!(event, Event::MemberJoined { room, member } if *room == sports && member.id == id);
    assert_eq!(heard.iter().filter(|event| joined(event)).count(), 1, "{heard:?}");
    let left = |event: &Event| matches!(event, Event::MemberLeft { room, person } if *room == general && *person == id);
    stays.until(left).await.unwrap();
    // Where one is already: nobody hears of it; where there is none: nothing happens.
    vera.jump(sports).await.unwrap().unwrap();
    let nowhere = visavis_domain::ids::LoungeRoomId::from_bits(1);
    assert_eq!(vera.jump(nowhere).await.unwrap().unwrap_err(), Refused(Code::LoungeRoomUnknown));
    vera.set_status(Chosen::Available, "end").await.unwrap();
    assert_eq!(until_said(&mut waits.bot, "end").await, []);
    // Whoever is in neither hears numbers alone; whoever has stayed hears of her no more.
    let seen_elsewhere = heard_of_people(&mut apart.bot).await;
    assert!(!seen_elsewhere.iter().any(|event| left(event) || joined(event)), "{seen_elsewhere:?}");
    assert_eq!(heard_of_people(&mut stays.bot).await, []);
    let (mut outside, _) = hall.page("").await;
    assert_eq!(
        outside.command(Command::Jump { room: sports }).await.unwrap(),
        Err(Refused(Code::NotInLounge))
    );
}

#[tokio::test]
async fn how_somebody_is_is_seen_within_a_second_by_those_who_see_them() {
    let hall = Hall::open(&[]).await;
    let (mut vera, mut wim) = (hall.member("Vera").await, hall.member("Wim").await);
    vera.set_status(Chosen::Unavailable, "in a meeting").await.unwrap();
    let (member, took) = seen(&mut wim.bot, vera.id, Status::Unavailable).await;
    assert_eq!(member.text, "in a meeting");
    assert!(took < Duration::from_secs(1), "after {took:?}");
    vera.set_status(Chosen::Available, "").await.unwrap();
    seen(&mut wim.bot, vera.id, Status::Available).await;
    done(&mut vera.bot, Command::SetIdle { idle: true }).await;
    let (member, took) = seen(&mut wim.bot, vera.id, Status::Away).await;
    assert!(took < Duration::from_secs(1) && member.text.is_empty(), "{member:?} after {took:?}");
    done(&mut vera.bot, Command::SetIdle { idle: false }).await;
    seen(&mut wim.bot, vera.id, Status::Available).await;
    let long = Command::SetStatus { chosen: Chosen::Away, text: "x".repeat(101) };
    assert_eq!(vera.bot.command(long).await.unwrap(), Err(Refused(Code::TextInvalid)));
    // A status that somebody has outlasts their page.
    let last = vera.set_status(Chosen::Away, "mark").await.unwrap();
    assert_eq!(last.chosen, Chosen::Away);
    assert!(until_said(&mut wim.bot, "mark").await.is_empty(), "the text that was refused was told");
}

#[tokio::test]
async fn of_thirty_who_come_at_once_everybody_hears_the_number_once_a_second_at_most() {
    let hall = Hall::open(&[]).await;
    let (mut outside, _) = hall.page("").await;
    let door = open_lounge(&mut outside).await.unwrap().unwrap();
    let general = door.rooms[0].id;
    let mut pages = Vec::new();
    for _ in 0..30 {
        pages.push(hall.page("").await.0);
    }
    let started = Instant::now();
    let mut asked = Vec::new();
    for (number, page) in pages.iter_mut().enumerate() {
        let name = format!("Guest {number}");
        asked.push(page.ask(Command::EnterLounge { name, room: None, use_here: false }).await.unwrap());
    }
    for (page, id) in pages.iter_mut().zip(asked) {
        assert!(matches!(page.answer(id).await.unwrap(), Ok(Reply::Lounge { .. })));
    }
    let all = |event: &Event| matches!(event, Event::RoomCounted { people: 30, .. });
    let heard = outside.events_until(all).await.unwrap();
    let seconds = usize::try_from(started.elapsed().as_secs()).unwrap();
    assert!(heard.len() <= seconds + 2, "{heard:?} in {seconds} s");
    assert!(heard.iter().all(|event| matches!(event, Event::RoomCounted { room, .. } if *room == general)));
}

#[tokio::test]
async fn whoever_changes_too_often_is_told_to_slow_down_and_the_others_are_spared() {
    let hall = Hall::open(&[]).await;
    let (mut vera, mut wim) = (hall.member("Vera").await, hall.member("Wim").await);
    let mut outcomes = Vec::new();
    for number in 0..60 {
        let status = Command::SetStatus { chosen: Chosen::Away, text: format!("{number}") };
        outcomes.push(vera.bot.command(status).await.unwrap());
    }
    let done = outcomes.iter().filter(|one| one.is_ok()).count();
    let limited = outcomes.iter().filter(|one| **one == Err(Refused(Code::RateLimited))).count();
    assert!(done < 40 && done + limited == 60, "{done} done, {limited} refused");
    // What is nobody else's business goes on at once, and so does what others do.
    open_lounge(&mut vera.bot).await.unwrap().unwrap();
    let mut xenia = hall.member("Xenia").await;
    xenia.set_status(Chosen::Available, "mark").await.unwrap();
    let heard = until_said(&mut wim.bot, "mark").await;
    let hers = |event: &&Event| matches!(event, Event::MemberChanged { member } if member.id == vera.id);
    assert_eq!(heard.iter().filter(hers).count(), done);
}
