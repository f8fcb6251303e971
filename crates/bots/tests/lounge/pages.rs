//! Pages that come, go, come back, and take over from each other; a server that starts anew.

use super::*;
use visavis_bots::Refused;
use visavis_bots::member::{enter, enter_here, open_lounge};
use visavis_domain::person::Chosen;
use visavis_protocol::{CloseCode, Code};

#[tokio::test]
async fn a_second_page_asks_and_then_takes_over() {
    let hall = Hall::open(&[]).await;
    let (mut vera, proof) = hall.guest("", "Vera").await;
    let mut watcher = hall.member("Wim").await;
    let (mut second, _) = hall.page(&proof).await;
    let door = open_lounge(&mut second).await.unwrap().unwrap();
    assert_eq!((door.name.as_deref(), door.in_use), (Some("Vera"), true));
    assert_eq!(enter(&mut second, "Vera", None).await.unwrap().unwrap_err(), Refused(Code::InUse));
    vera.set_status(Chosen::Away, "first").await.unwrap();
    until_said(&mut watcher.bot, "first").await;
    // A page that asks is felt by nobody.
    assert_eq!(enter(&mut second, "Vera", None).await.unwrap().unwrap_err(), Refused(Code::InUse));
    vera.set_status(Chosen::Away, "still here").await.unwrap();
    assert_eq!(until_said(&mut watcher.bot, "still here").await, []);
    let inside = enter_here(&mut second, "Vera").await.unwrap().unwrap();
    assert_eq!((inside.person, inside.own.chosen), (vera.id, Chosen::Away));
    assert_eq!(vera.bot.close_code().await, Some(CloseCode::Replaced as u16));
    let said = Command::SetStatus { chosen: Chosen::Available, text: "mark".into() };
    second.command(said).await.unwrap().unwrap();
    assert_eq!(until_said(&mut watcher.bot, "mark").await, [], "nobody else hears of it");
    // Neither does a third page of theirs, which has not come in, act for them.
    let (mut third, _) = hall.page(&proof).await;
    let said = Command::SetStatus { chosen: Chosen::Available, text: "not me".into() };
    assert_eq!(third.command(said).await.unwrap(), Err(Refused(Code::NotInLounge)));
}

#[tokio::test]
async fn a_reload_within_the_grace_is_heard_of_by_nobody() {
    let hall = Hall::open(&[]).await;
    let (mut vera, proof) = hall.guest("", "Vera").await;
    let mut watcher = hall.member("Wim").await;
    let (sports, id) = (vera.room("sports").unwrap(), vera.id);
    vera.set_status(Chosen::Available, "reading").await.unwrap();
    until_said(&mut watcher.bot, "reading").await;
    vera.bot.hide().await.unwrap();
    let (mut vera, proof) = hall.guest(&proof, "Vera").await;
    assert_eq!(vera.id, id);
    let own = vera.lounge.room.people.iter().find(|one| one.id == id).unwrap();
    assert_eq!((own.text.as_str(), vera.lounge.room.people.len()), ("reading", 2));
    // A line that breaks, and is taken up again.
    vera.bot.resume().await.unwrap();
    vera.set_status(Chosen::Available, "mark").await.unwrap();
    assert_eq!(until_said(&mut watcher.bot, "mark").await, []);
    // Back by another name, into another room: that is told, once.
    vera.bot.hide().await.unwrap();
    let (page, _) = hall.page(&proof).await;
    let vera = Member::of(page, "Vera Lang", Some(sports)).await.unwrap();
    assert_eq!(vera.lounge.room.room, sports);
    let left = |event: &Event| matches!(event, Event::MemberLeft { person, .. } if *person == id);
    assert_eq!(watcher.until(left).await.unwrap().iter().filter(|event| left(event)).count(), 1);
    let mut other = hall.member("Vera").await;
    other.set_status(Chosen::Available, "the name was free").await.unwrap();
}

#[tokio::test]
async fn whoever_is_killed_is_gone_after_the_grace_and_not_before() {
    const GRACE: Duration = Duration::from_secs(2);
    let hall = Hall::open(&[("VISAVIS_SESSION__GRACE_MS", "2000")]).await;
    let vera = hall.member("Vera").await;
    let mut watcher = hall.member("Wim").await;
    let (mut page, _) = hall.page("").await;
    let (id, killed) = (vera.id, Instant::now());
    drop(vera);
    assert_eq!(enter(&mut page, "Vera", None).await.unwrap().unwrap_err(), Refused(Code::NameTaken));
    let left = |event: &Event| matches!(event, Event::MemberLeft { person, .. } if *person == id);
    watcher.until(left).await.unwrap();
    let took = killed.elapsed();
    assert!(took >= GRACE, "after {took:?}");
    assert!(took < GRACE + Duration::from_secs(2), "after {took:?}");
    let inside = enter(&mut page, "Vera", None).await.unwrap().unwrap();
    assert_eq!(inside.room.people.len(), 2);
}

#[tokio::test]
async fn after_a_restart_everybody_comes_back_as_who_they_were() {
    let mut hall = Hall::open(&[]).await;
    let (vera, vera_proof) = hall.guest("", "Vera").await;
    let (wim, wim_proof) = hall.guest("", "Wim").await;
    hall.server.restart().await.unwrap();
    let (mut again, _) = hall.guest(&vera_proof, "Vera").await;
    assert_eq!((again.id, again.lounge.room.people.len()), (vera.id, 1));
    let rooms: Vec<_> = again.lounge.rooms.iter().map(|room| room.slug.as_str()).collect();
    assert_eq!(rooms, ["general", "sports", "games"], "made once");
    let (back, _) = hall.guest(&wim_proof, "Wim").await;
    assert_eq!(back.id, wim.id);
    let came = |event: &Event| matches!(event, Event::MemberJoined { member, .. } if member.id == wim.id);
    again.until(came).await.unwrap();
}
