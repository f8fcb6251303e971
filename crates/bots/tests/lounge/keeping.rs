//! What moderators and admins do: removing people, changing rooms, closing the lounge to who has no account.

use super::*;
use reqwest::Method;
use visavis_bots::Refused;
use visavis_bots::member::{enter, open_lounge};
use visavis_domain::person::Chosen;
use visavis_domain::ring::RingEnd;
use visavis_protocol::{CloseCode, Code, LoungeRemoval, LoungeRoomSettings, LoungeRoomView};

const ROOMS: &str = "/api/v1/admin/lounge/rooms";
const REMOVALS: &str = "/api/v1/admin/lounge/removals";

async fn rooms(admin: &Staff) -> Vec<LoungeRoomView> {
    admin.get(ROOMS).await.unwrap()
}

#[tokio::test]
async fn a_moderator_removes_somebody_who_may_come_back_when_an_admin_says_so() {
    let hall = Hall::open(&[]).await;
    let admin = hall.staff("admin").await;
    let (mut ana, mut boss) = (
        Member::staff(&hall.staff("ana").await, "Ana").await.unwrap(),
        Member::staff(&admin, "Boss").await.unwrap(),
    );
    let (mut mallory, proof) = hall.guest("", "Mallory").await;
    let mut vera = hall.member("Vera").await;
    let remove = |person| Command::RemoveMember { person };
    // Nobody but moderators; nobody's own self; no admin; nobody who is not there.
    assert_eq!(ana.bot.command(remove(mallory.id)).await.unwrap(), Err(Refused(Code::Forbidden)));
    assert_eq!(vera.bot.command(remove(vera.id)).await.unwrap(), Err(Refused(Code::Forbidden)));
    assert!(!ana.lounge.room.moderator && boss.lounge.room.moderator);
    let mut general = rooms(&admin).await.into_iter().next().unwrap();
    general.settings.moderators = vec![ana.id];
    let path = format!("{ROOMS}/{}", general.id);
    admin.send(Method::PUT, &path, Some(&general.settings)).await.unwrap();
    vera.until(|event| *event == Event::LoungeChanged).await.unwrap();
    for (person, code) in
        [(ana.id, Code::Forbidden), (boss.id, Code::Forbidden), (PersonId::from_bits(1), Code::PersonUnknown)]
    {
        assert_eq!(ana.bot.command(remove(person)).await.unwrap(), Err(Refused(code)));
    }
    // A moderator of one room is none of another one.
    let sports = mallory.room("sports").unwrap();
    mallory.jump(sports).await.unwrap().unwrap();
    assert_eq!(ana.bot.command(remove(mallory.id)).await.unwrap(), Err(Refused(Code::Forbidden)));
    mallory.jump(general.id).await.unwrap().unwrap();
    let ring = mallory.ring(vera.id).await.unwrap().unwrap().id;
    done(&mut ana.bot, remove(mallory.id)).await;
    assert_eq!(mallory.bot.close_code().await, Some(CloseCode::Removed as u16));
    let over = |event: &Event| matches!(event, Event::RingEnded { ring: which, end } if *which == ring && *end == RingEnd::Cancelled);
    vera.until(over).await.unwrap();
    let (mut page, proof) = hall.page(&proof).await;
    assert_eq!(enter(&mut page, "Mallory", None).await.unwrap().unwrap_err(), Refused(Code::Removed));
    vera.set_status(Chosen::Available, "mark").await.unwrap();
    until_said(&mut boss.bot, "mark").await;
    assert_eq!(heard_of_people(&mut page).await, [], "whoever was removed hears of nobody");
    let listed: Vec<LoungeRemoval> = admin.get(REMOVALS).await.unwrap();
    let listed: Vec<_> = listed.iter().map(|one| (one.person, one.name.as_str(), one.by.as_str())).collect();
    assert_eq!(listed, [(mallory.id, "Mallory", "Ana Kaya")]);
    // It outlasts the server.
    let mut hall = hall;
    hall.server.restart().await.unwrap();
    let (mut page, proof) = hall.page(&proof).await;
    assert_eq!(enter(&mut page, "Mallory", None).await.unwrap().unwrap_err(), Refused(Code::Removed));
    let path = format!("{REMOVALS}/{}", mallory.id);
    admin.send(Method::DELETE, &path, None::<&()>).await.unwrap();
    assert_eq!(hall.guest(&proof, "Mallory").await.0.id, mallory.id);
}

#[tokio::test]
async fn whoever_is_in_a_room_that_is_removed_is_in_the_first_one_that_is_left() {
    let hall = Hall::open(&[]).await;
    let admin = hall.staff("admin").await;
    let (mut vera, mut wim) = (hall.member("Vera").await, hall.member("Wim").await);
    let (general, sports) = (vera.room("general").unwrap(), vera.room("sports").unwrap());
    vera.jump(sports).await.unwrap().unwrap();
    admin.send(Method::DELETE, &format!("{ROOMS}/{sports}"), None::<&()>).await.unwrap();
    let back = |event: &Event| matches!(event, Event::MemberJoined { room, member } if *room == general && member.id == vera.id);
    wim.until(back).await.unwrap();
    // Her page is told that the rooms are others, asks for them, and follows.
    vera.until(|event| *event == Event::LoungeChanged).await.unwrap();
    let door = open_lounge(&mut vera.bot).await.unwrap().unwrap();
    let left: Vec<_> = door.rooms.iter().map(|room| room.slug.as_str()).collect();
    assert_eq!(left, ["general", "games"]);
    assert!(!door.in_use, "by no other page");
    let room = vera.jump(general).await.unwrap().unwrap();
    assert_eq!(room.people.len(), 2);
    wim.set_status(Chosen::Away, "hello").await.unwrap();
    until_said(&mut vera.bot, "hello").await;
    let wish = LoungeRoomSettings {
        slug: "art".into(),
        name: "Art".into(),
        about: String::new(),
        place: 0,
        moderators: Vec::new(),
    };
    let made: LoungeRoomView = admin.ask(Method::POST, ROOMS, &wish).await.unwrap();
    wim.until(|event| *event == Event::LoungeChanged).await.unwrap();
    wim.jump(made.id).await.unwrap().unwrap();
}

#[tokio::test]
async fn a_lounge_for_accounts_tells_guests_nothing() {
    let hall = Hall::open(&[("VISAVIS_LOUNGE__OPEN_TO", "accounts")]).await;
    let (mut guest, _) = hall.page("").await;
    assert_eq!(open_lounge(&mut guest).await.unwrap().unwrap_err(), Refused(Code::Forbidden));
    assert_eq!(enter(&mut guest, "Vera", None).await.unwrap().unwrap_err(), Refused(Code::Forbidden));
    let mut ana = Member::staff(&hall.staff("ana").await, "Ana").await.unwrap();
    let mut ben = Member::staff(&hall.staff("ben").await, "Ben").await.unwrap();
    ana.set_status(Chosen::Away, "mark").await.unwrap();
    // Both of what there is to hear has come, in whichever order.
    let said = |event: &Event| matches!(event, Event::MemberChanged { member } if member.text == "mark");
    let both = |event: &Event| matches!(event, Event::RoomCounted { people: 2, .. });
    let (mut has_said, mut has_both) = (false, false);
    while !(has_said && has_both) {
        let event = ben.bot.event().await.unwrap();
        (has_said, has_both) = (has_said || said(&event), has_both || both(&event));
    }
    assert_eq!(guest.events_so_far().await.unwrap(), [], "not even how many there are");
}
