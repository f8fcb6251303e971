//! What goes on while the database is away, or a document cannot be read: everything that does not need it.

use super::doubles::NoMedia;
use super::ground::{Ground, Page};
use super::wavering::Comparing;
use crate::app::deadlines::fire;
use bytes::Bytes;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::timeout;
use visavis_domain::ids::{ApiKeyId, CallId, DeskId, InstanceId, ParticipantId, SessionId};
use visavis_domain::name::{PersonName, RoomName};
use visavis_domain::person::{Chosen, Engagement};
use visavis_domain::room::{Caller, Camera, Command, Devices, Feed, FeedRole, Keys, Microphone, Screen};
use visavis_domain::time::Timestamp;
use visavis_live::{Commit, Key, Live, Write};
use visavis_protocol::Reply;

/// Much more than anything takes that waits for nothing.
const LONG_ENOUGH: Duration = Duration::from_secs(10);

/// Has the document looked at now.
async fn make_due(live: &dyn Live, key: Key) {
    let document = live.load(std::slice::from_ref(&key)).await.unwrap().remove(0);
    assert!(document.body.is_some(), "{key:?} is there");
    let deadline = Some(Timestamp(1));
    let write = Write { key, expected: document.version, body: document.body, deadline, lease: None };
    live.commit(Commit { writes: vec![write], ..Commit::default() }).await.unwrap();
}

#[tokio::test]
async fn deadlines_are_kept_by_which_nobody_asks_the_store_whoever_waits_for_it() {
    let (ground, places) = Ground::with(Comparing::Compares, &[(1, 3); 2]).await;
    let (place, ria) = (&places[0], places[0].representatives[0]);
    place.set(ria, Chosen::Away).await;
    for one in &places {
        one.set(one.representatives[0], Chosen::Away).await;
        assert!(matches!(one.queue_up(one.visitors[1]).await.unwrap(), Reply::Own { .. }));
    }
    let chat = Key::waiting_chat(place.link.appointment);
    let body = Some(Bytes::from_static(b"{\"version\":0,\"messages\":[]}"));
    let expected = ground.live.load(std::slice::from_ref(&chat)).await.unwrap()[0].version;
    let write = Write { key: chat.clone(), expected, body, deadline: Some(Timestamp(1)), lease: None };
    ground.live.commit(Commit { writes: vec![write], ..Commit::default() }).await.unwrap();
    for one in &places {
        make_due(&*ground.live, Key::queue(one.desk)).await;
    }
    // Whose ring has been under way for long enough, and whose page has been gone for longer than its grace.
    let other = &places[1];
    other.set(other.representatives[0], Chosen::Available).await;
    let rung = other.engagement(other.representatives[0]).await;
    assert!(matches!(rung, Engagement::Called(_)), "{rung:?}");
    let Engagement::Called(ring) = rung else { return };
    let gone: Page = place.visitors[2];
    place.app.open_page(gone.person, gone.session, None).await.unwrap();
    place.app.detach_page(gone.person, gone.session, Duration::ZERO).await.unwrap();
    ground.store.hang();
    let errands = Arc::default();
    for _ in 0..2 {
        timeout(LONG_ENOUGH, fire(&place.app, &errands)).await.expect("no deadline waits").unwrap();
    }
    assert_eq!(place.person(gone).await, None, "whose page is gone is not there any more");
    assert!(
        !matches!(other.engagement(other.representatives[0]).await, Engagement::Called(one) if one == ring)
    );
    // And what people do themselves waits for a moment at most.
    let done = timeout(LONG_ENOUGH, place.app.leave_queue(place.visitors[1].person)).await;
    done.expect("nobody waits for the store").unwrap();
    let due = ground.live.due(place.app.now(), 100).await.unwrap();
    assert!(!due.contains(&chat), "what has to wait for it is looked at later");
}

fn sits(name: &RoomName, n: u128, feed: Option<Feed>) -> Command {
    let session = SessionId::from_bits(n);
    let keys = Keys::default();
    let caller = Caller { session, keys, shown: None, may_open: true, vouched: None };
    let (participant, call) = (ParticipantId::from_bits(n), CallId::from_bits(n));
    let name = name.clone();
    let person = PersonName::parse("Ana").unwrap();
    let devices = Devices { microphone: Microphone::Live, camera: Camera::On, screen: Screen::Off };
    match feed {
        None => Command::Join { caller, participant, name, call, person, devices },
        Some(feed) => {
            let until = Timestamp(u64::MAX);
            Command::Feed { caller, participant, name, call, person, devices, feed, until }
        }
    }
}

/// The folded names of the rooms that the media server was last told to keep to.
fn kept(media: &NoMedia) -> Vec<String> {
    let mut names: Vec<_> = media.keeps_to().iter().map(|room| room.name.folded().to_owned()).collect();
    names.sort();
    names
}

#[tokio::test]
async fn a_room_that_cannot_be_compared_keeps_no_other_from_it() {
    let (ground, places) = Ground::with(Comparing::Compares, &[(1, 1)]).await;
    let app = &places[0].app;
    let feed = Feed { key: ApiKeyId::from_bits(1), role: FeedRole::Publisher };
    for (n, (room, feed)) in [("broken", None), ("fed", Some(feed)), ("plain", None)].into_iter().enumerate()
    {
        let name = RoomName::parse(room).unwrap();
        app.change(&name, sits(&name, n as u128 + 1, feed)).await.unwrap();
        app.change(&name, Command::Place { instance: InstanceId::from_bits(1) }).await.unwrap();
    }
    let mut before = Vec::new();
    // The double's store knows of no keys: it is away.
    app.reconcile_media(&mut before).await.unwrap();
    assert_eq!(kept(&ground.media), ["broken", "fed", "plain"]);
    let key = Key::room("broken");
    let document = ground.live.load(std::slice::from_ref(&key)).await.unwrap().remove(0);
    let (body, lease) = (Some(Bytes::from_static(b"not a room")), Some(InstanceId::from_bits(1)));
    let write = Write { key, expected: document.version, body, deadline: None, lease };
    ground.live.commit(Commit { writes: vec![write], ..Commit::default() }).await.unwrap();
    app.change(&RoomName::parse("plain").unwrap(), Command::End).await.unwrap();
    for _ in 0..2 {
        app.reconcile_media(&mut before).await.unwrap();
        assert_eq!(kept(&ground.media), ["broken", "fed"], "as it was, where nobody can tell");
    }
    ground.live.go_away();
    app.reconcile_media(&mut before).await.unwrap_err();
    assert_eq!(kept(&ground.media), ["broken", "fed"], "nothing ends for want of an answer");
}

#[tokio::test]
async fn who_is_not_of_a_desk_any_more_is_told_to_hear_nothing_of_its_queue() {
    use crate::app::{ControlNotice, Roster, Route};
    use visavis_live::Notice;
    let (ground, places) = Ground::with(Comparing::Compares, &[(1, 0)]).await;
    let (place, ria) = (&places[0], places[0].representatives[0]);
    let mut hears = ground.live.subscribe(64).await.unwrap();
    ground.live.add_topic(hears.id, Route::Person(ria.person).topic()).await.unwrap();
    let another = DeskId::from_bits(99);
    for desk in [place.desk, another] {
        place.app.desk_changed(desk, &[ria.person]).await.unwrap();
    }
    let mut out = Vec::new();
    while let Ok(Notice::Event { body, .. }) = hears.notices.try_recv() {
        if let Some(ControlNotice::OutOf(topic)) = ControlNotice::read(&body) {
            out.push(topic);
        }
    }
    assert_eq!(out, [Route::DeskStaff(another).topic(), Route::DeskAppointments(another).topic()]);
}
