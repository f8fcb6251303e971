//! Two servers over one live state count together how often something is done; nothing that is refused is written.

use super::ground::{Ground, RINGS_PER_SOURCE};
use super::wavering::Comparing;
use crate::app::{App, ByAddress, Identity, Introduction, JoinRequest, Rates, Refused, per_minute};
use std::num::NonZeroU32;
use visavis_domain::ids::{PersonId, SessionId, SignInId};
use visavis_domain::name::RoomName;
use visavis_domain::room::{Camera, Devices, Microphone, Screen};
use visavis_live::Rate;
use visavis_protocol::{Code, MediaPath, Reply};

fn rate(times: u32) -> Rate {
    per_minute(NonZeroU32::new(times).unwrap())
}

async fn two(rates: Rates) -> (Ground, [App; 2]) {
    let (ground, _) = Ground::with(Comparing::Compares, &[]).await;
    let servers = [ground.beside(rates), ground.beside(rates)];
    (ground, servers)
}

fn room(number: u32) -> RoomName {
    RoomName::parse(&format!("room {number}")).unwrap()
}

fn guest(app: &App, person: u128, last: u8) -> Identity {
    let from = Some(app.whereabouts([192, 0, 2, last].into()));
    Identity {
        person: PersonId::from_bits(person),
        sign_in: None,
        link: None,
        from,
        browser: None,
        vouched: None,
    }
}

fn account(app: &App, person: u128, last: u8) -> Identity {
    Identity { sign_in: Some(SignInId::from_bits(person)), ..guest(app, person, last) }
}

/// Comes into a room with a new session, and says with which and what proves it.
async fn join(
    app: &App,
    who: Identity,
    room: &RoomName,
    continuation: Option<String>,
) -> Result<(SessionId, String), Code> {
    let session = SessionId::from_bits(app.random_bits());
    let devices = Devices { microphone: Microphone::Live, camera: Camera::On, screen: Screen::Off };
    let name = "Ana".to_owned();
    let request =
        JoinRequest { who, session, name, password: None, devices, continuation, media: MediaPath::Fresh };
    match app.join(room, request, Vec::new()).await {
        Ok(Reply::Joined { continuation, .. }) => Ok((session, continuation)),
        Ok(other) => panic!("{other:?}"),
        Err(refused) => Err(refused.code()),
    }
}

async fn is_open(app: &App, room: &RoomName) -> bool {
    let seen = app.look(room, guest(app, 99, 99), SessionId::from_bits(99)).await;
    matches!(seen, Ok(Reply::Summary { room }) if !room.present.is_empty())
}

#[tokio::test]
async fn new_rooms_of_an_address_are_counted_at_both_and_those_that_exist_are_not() {
    let (_ground, [a, b]) =
        two(Rates { rooms: rate(2), rings: rate(9), rings_of_guests: rate(9), lines_of_guests: rate(2) })
            .await;
    let (first, continuation) = join(&a, guest(&a, 1, 1), &room(1), None).await.unwrap();
    join(&b, guest(&b, 2, 1), &room(2), None).await.unwrap();
    for app in [&a, &b] {
        assert_eq!(join(app, guest(app, 3, 1), &room(3), None).await.unwrap_err(), Code::RateLimited);
    }
    assert!(!is_open(&a, &room(3)).await, "nothing was written");
    join(&a, guest(&a, 3, 1), &room(2), None).await.expect("the room exists");
    join(&b, guest(&b, 3, 2), &room(3), None).await.expect("another address");
    join(&b, account(&b, 4, 1), &room(4), None).await.expect("accounts count for themselves");
    join(&a, account(&a, 4, 1), &room(5), None).await.unwrap();
    assert_eq!(join(&b, account(&b, 4, 2), &room(6), None).await.unwrap_err(), Code::RateLimited);

    a.leave(&room(1), first).await.unwrap();
    assert!(!is_open(&b, &room(1)).await);
    join(&b, guest(&b, 1, 1), &room(1), Some(continuation)).await.expect("who was there brings it back");
}

#[tokio::test]
async fn rings_are_counted_at_both_by_person_and_guests_by_address_too() {
    let (ground, [a, b]) =
        two(Rates { rooms: rate(9), rings: rate(3), rings_of_guests: rate(5), lines_of_guests: rate(2) })
            .await;
    let code = |outcome: Result<(), Refused>| outcome.err().map(|refused| refused.code());
    let limited = Some(Code::RateLimited);
    for (app, person, last, expected) in [
        (&a, 1, 1, None),
        (&b, 1, 1, None),
        (&a, 1, 2, None),
        (&b, 1, 3, limited),
        (&a, 2, 1, None),
        (&b, 3, 1, None),
        (&a, 4, 1, None),
        (&b, 5, 1, limited),
        (&b, 5, 2, None),
    ] {
        let outcome = app.count_ring(guest(app, person, last)).await;
        assert_eq!(code(outcome), expected, "person {person} at {last}");
    }
    // A whole office of accounts is behind that address.
    for person in 10..20 {
        assert_eq!(code(b.count_ring(account(&b, person, 1)).await), None, "{person}");
    }
    ground.live.go_away();
    assert_eq!(code(a.count_ring(guest(&a, 9, 9)).await), Some(Code::TryAgain));
}

#[tokio::test]
async fn what_guests_of_an_address_write_is_counted_together_at_both() {
    let (_ground, [a, b]) =
        two(Rates { rooms: rate(9), rings: rate(9), rings_of_guests: rate(9), lines_of_guests: rate(2) })
            .await;
    let code = |outcome: Result<(), Refused>| outcome.err().map(|refused| refused.code());
    for (app, who, expected) in [
        (&a, guest(&a, 1, 1), None),
        (&b, guest(&b, 2, 1), None),
        (&a, guest(&a, 3, 1), Some(Code::RateLimited)),
        (&b, guest(&b, 1, 1), Some(Code::RateLimited)),
        (&b, guest(&b, 4, 2), None),
        (&b, account(&b, 5, 1), None),
    ] {
        assert_eq!(code(app.count_line(who).await), expected, "{who:?}");
    }
}

#[tokio::test]
async fn what_edges_count_by_address_is_counted_at_both_and_left_to_them_while_live_state_is_away() {
    let (ground, [a, b]) =
        two(Rates { rooms: rate(9), rings: rate(9), rings_of_guests: rate(9), lines_of_guests: rate(2) })
            .await;
    let [here, there] = [1, 2].map(|last| [192, 0, 2, last].into());
    assert_eq!(a.count_from(ByAddress::Tickets, here, rate(2)).await, Ok(()));
    assert_eq!(b.count_from(ByAddress::Tickets, here, rate(2)).await, Ok(()));
    for app in [&a, &b] {
        let wait = app.count_from(ByAddress::Tickets, here, rate(2)).await.unwrap_err();
        assert!((25..=30).contains(&wait.as_secs()), "{wait:?}");
        assert_eq!(app.count_from(ByAddress::Tickets, there, rate(2)).await, Ok(()));
        assert_eq!(app.count_from(ByAddress::Links, here, rate(2)).await, Ok(()), "another matter");
    }
    ground.live.go_away();
    assert_eq!(a.count_from(ByAddress::Tickets, here, rate(2)).await, Ok(()));
}

#[tokio::test]
async fn guests_of_an_address_ring_at_a_desk_a_few_at_once_whichever_server_they_are_at() {
    let (ground, places) = Ground::with(Comparing::Compares, &[(RINGS_PER_SOURCE + 2, 0)]).await;
    let rates = Rates { rooms: rate(9), rings: rate(9), rings_of_guests: rate(99), lines_of_guests: rate(2) };
    let [a, b] = [ground.beside(rates), ground.beside(rates)];
    let ring = async |app: &App, who: Identity| {
        let introduction = Introduction { name: "Vera".to_owned(), about: String::new() };
        let session = SessionId::from_bits(app.random_bits());
        let rung = app.call_desk(places[0].desk, None, (who, session), introduction).await;
        rung.map_err(|refused| refused.code())
    };
    let person = |number: u128| 1 << 90 | number;
    for (number, app) in (1..=RINGS_PER_SOURCE as u128).zip([&a, &b].into_iter().cycle()) {
        ring(app, guest(app, person(number), 1)).await.unwrap();
    }
    assert_eq!(ring(&b, guest(&b, person(50), 1)).await.unwrap_err(), Code::RateLimited);
    ring(&b, guest(&b, person(51), 2)).await.expect("another address");
    ring(&a, account(&a, person(52), 1)).await.expect("accounts are not counted together");
}
