//! Freeing what a dead instance held, by several at the same instant: once, all of it, and nothing else.

use super::ground::{Ground, Page, Place, together};
use super::wavering::Comparing;
use crate::app::{Holding, Identity, JoinRequest, Refused, Written};
use bytes::Bytes;
use visavis_domain::ids::{InstanceId, SessionId};
use visavis_domain::name::RoomName;
use visavis_domain::person::Engagement;
use visavis_domain::room::{Camera, Devices, Microphone, Presence, Screen};
use visavis_live::{Commit, Key, Live, Version, Write};
use visavis_protocol::MediaPath;

fn holding(page: Page) -> Holding {
    Holding { person: page.person, room: None, page: true, knock: None }
}

async fn hold(place: &Place, page: Page) {
    place.app.write_down(page.session, holding(page), &mut Written::default()).await.unwrap();
}

async fn put(live: &dyn Live, key: Key, body: &'static [u8]) {
    let (body, lease) = (Some(Bytes::from_static(body)), Some(InstanceId::from_bits(1)));
    let write = Write { key, expected: Version::ABSENT, body, deadline: None, lease };
    live.commit(Commit { writes: vec![write], ..Commit::default() }).await.unwrap();
}

async fn many_take_over(place: &Place) {
    let app = &place.app;
    let one = || {
        let app = app.clone();
        async move { app.take_over(InstanceId::from_bits(1)).await }
    };
    for outcome in together((0..4).map(|_| one())).await {
        outcome.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_rings_and_places_are_freed_once_and_others_stay() {
    let (ground, places) = Ground::with(Comparing::Compares, &[(2, 2)]).await;
    let place = &places[0];
    let (ria, ron, vera) = (place.representatives[0], place.representatives[1], place.visitors[0]);
    place.call(vera, Some(ria)).await.unwrap();
    for page in [ria, vera] {
        hold(place, page).await;
    }
    put(&*ground.live, Key::session(SessionId::from_bits(77)), b"not a document").await;
    put(&*ground.live, Key::session(SessionId::from_bits(78)), b"{\"person\":\"u_1\"}").await;
    many_take_over(place).await;
    for page in [ria, vera] {
        assert_eq!(place.person(page).await, None, "nobody is listed who was there");
    }
    place.holds().await.unwrap();
    assert_eq!(place.engagement(ron).await, Engagement::Free);
    assert_eq!(place.person(ron).await.unwrap().pages().len(), 1, "whoever is elsewhere stays");
    assert_eq!(ground.live.held_by(InstanceId::from_bits(1)).await.unwrap(), []);
    ground.clear(&places).await.unwrap();
}

#[tokio::test]
async fn a_seat_is_lost_as_after_a_broken_line_and_its_time_runs_once() {
    let (ground, places) = Ground::with(Comparing::Compares, &[(1, 1)]).await;
    let (place, room) = (&places[0], RoomName::parse("Café").unwrap());
    let page = place.visitors[0];
    let devices = Devices { microphone: Microphone::Live, camera: Camera::On, screen: Screen::Off };
    let (session, name) = (page.session, "Vera".to_owned());
    let who =
        Identity { person: page.person, sign_in: None, link: None, from: None, browser: None, vouched: None };
    let request = JoinRequest {
        who,
        session,
        name,
        password: None,
        devices,
        continuation: None,
        media: MediaPath::Fresh,
    };
    let mut written = Written::default();
    let sits = Holding { person: page.person, room: Some(room.clone()), page: false, knock: None };
    place.app.write_down(session, sits.clone(), &mut written).await.unwrap();
    place.app.join(&room, request, Vec::new()).await.unwrap();
    let seat = async || {
        let loaded = place.app.load(&room).await.unwrap();
        loaded.room.unwrap().member_of(session).cloned().unwrap()
    };
    place.app.take_over(InstanceId::from_bits(1)).await.unwrap();
    let lost = seat().await;
    assert_eq!(lost.presence, Presence::Reconnecting);
    // The session lives after all, and says something of itself: it can only start over.
    let page = Holding { page: true, ..sits.clone() };
    let again = place.app.write_down(session, page, &mut written).await;
    assert!(matches!(again, Err(Refused::Freed)), "{again:?}");
    place.app.write_down(session, sits, &mut Written::default()).await.unwrap();
    place.app.take_over(InstanceId::from_bits(1)).await.unwrap();
    assert_eq!(seat().await, lost);
    drop(ground);
}

#[tokio::test]
async fn a_session_follows_only_one_of_the_same_person() {
    let (ground, places) = Ground::with(Comparing::Compares, &[(1, 1)]).await;
    let place = &places[0];
    let (ria, vera) = (place.representatives[0], place.visitors[0]);
    let waits = async || place.person(ria).await.unwrap().pages()[0].grace_ends.is_some();
    place.app.follow_session(ria.session, ria.person).await.unwrap();
    assert!(!waits().await, "of whom nothing is known");
    hold(place, ria).await;
    place.app.follow_session(ria.session, vera.person).await.unwrap();
    assert!(!waits().await, "somebody else's");
    place.app.follow_session(ria.session, ria.person).await.unwrap();
    assert!(waits().await);
    place.app.strike_out(ria.session).await.unwrap();
    assert_eq!(ground.live.held_by(InstanceId::from_bits(1)).await.unwrap(), []);
}
