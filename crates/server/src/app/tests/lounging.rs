//! The races of the lounge, and who hears of what: names, places and private calls are somebody's once, whatever
//! happens at the same instant; coming, going and coming back is told once to those whom it concerns, and to nobody
//! else.

use super::ground::{Ground, Held, LOUNGE_ROOM, Page, Place, guest, ring_of, together};
use super::races::{Doing, everywhere};
use super::wavering::Comparing;
use crate::app::{ControlNotice, EnterRequest, Refused, Roster, Route};
use std::time::Duration;
use visavis_domain::ids::{LoungeRoomId, PersonId, RingId, SessionId};
use visavis_domain::lounge::LoungeSeat;
use visavis_domain::person::{Chosen, Engagement, Person};
use visavis_domain::ring::RingEnd;
use visavis_live::{Live, Notice, Subscription, TopicName};
use visavis_protocol::{Code, Event, Reply, RingView, ServerFrame};
use visavis_store::LoungeRoom;

const GENERAL: LoungeRoomId = LoungeRoomId::from_bits(1);
const SPORTS: LoungeRoomId = LoungeRoomId::from_bits(2);

fn room(id: LoungeRoomId, slug: &str) -> LoungeRoom {
    let (slug, name) = (slug.to_owned(), slug.to_owned());
    LoungeRoom { id, slug, name, about: String::new(), place: 0, moderators: Vec::new() }
}

/// A lounge with two rooms, beside desks.
pub(super) async fn lounge(sizes: &[(usize, usize)]) -> (Ground, Vec<Place>) {
    let (ground, places) = Ground::with(Comparing::Compares, sizes).await;
    *ground.store.rooms() = vec![room(GENERAL, "general"), room(SPORTS, "sports")];
    (ground, places)
}

/// Another page of the same person.
fn second(page: Page) -> Page {
    Page { session: SessionId::from_bits(page.session.bits() | 1 << 127), ..page }
}

/// A name that nobody at another desk has.
fn named(place: &Place, name: &str) -> String {
    format!("{name} {}", place.desk.bits())
}

impl Place {
    pub(super) async fn come(&self, page: Page, name: &str, use_here: bool) -> Result<Reply, Refused> {
        let request = EnterRequest { name: named(self, name), room: GENERAL, use_here };
        self.app.enter_lounge(guest(page), page.session, request).await
    }

    pub(super) async fn go(&self, page: Page) {
        let left = self.app.leave_lounge(page.person, page.session).await;
        left.expect("whoever is there can leave");
    }

    async fn seat(&self, page: Page) -> Option<LoungeSeat> {
        self.person(page).await.as_ref().and_then(Person::seat).cloned()
    }

    async fn gathered(&self, room: LoungeRoomId) -> Vec<PersonId> {
        let id = visavis_domain::availability::DocumentId::Gathering(room);
        let scene = self.app.scene(&[id]).await.expect("live state is there");
        scene.gathering(room).map(|gathering| gathering.people().to_vec()).unwrap_or_default()
    }

    pub(super) async fn ring_up(&self, from: Page, to: Page) -> Result<RingView, Refused> {
        match self.app.ring_member(from.person, from.session, to.person).await? {
            Reply::Ringing { ring } => Ok(ring),
            _ => Err(Refused::Corrupt),
        }
    }
}

/// How each of them came out, by code.
fn codes<T>(outcomes: &[Result<T, Refused>]) -> Vec<Option<Code>> {
    let mut codes: Vec<_> = outcomes.iter().map(|one| one.as_ref().err().map(Refused::code)).collect();
    codes.sort_by_key(|code| code.map(|code| format!("{code:?}")));
    codes
}

/// Two want names that look alike.
async fn one_has_the_name(place: Place, round: usize) -> Held {
    let both = [("Ben", "Вen"), ("vera", "VERA"), ("Paypal", "Раураl"), ("Al", "A l")][round % 4];
    let pages = [place.visitors[0], place.visitors[1]];
    let coming = [(pages[0], both.0), (pages[1], both.1)].map(|(page, name)| {
        let place = place.clone();
        async move { place.come(page, name, false).await }
    });
    let outcomes = together(coming).await;
    if codes(&outcomes) != [None, Some(Code::NameTaken)] {
        return Err(format!("{:?} for {both:?}", codes(&outcomes)));
    }
    let (has, lost) = if outcomes[0].is_ok() { (0, 1) } else { (1, 0) };
    if place.seat(pages[has]).await.is_none() || place.seat(pages[lost]).await.is_some() {
        return Err("not the one who was told so has it".into());
    }
    // Freed with its owner's place, it is the other one's for the asking.
    place.go(pages[has]).await;
    let again = place.come(pages[lost], both.0, false).await;
    again.map_err(|refused| format!("the name is not free: {refused}"))?;
    place.go(pages[lost]).await;
    place.holds().await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_two_whose_names_look_alike_one_comes_in() {
    let (ground, places) = lounge(&[(1, 2); 10]).await;
    everywhere(&places, 20, one_has_the_name).await;
    assert!(ground.live.conflicts() > 20, "these were no races");
    ground.clear(&places).await.unwrap();
}

/// One person comes by two pages.
async fn one_page_has_the_seat(place: Place, round: usize) -> Held {
    let one = place.visitors[0];
    let pages = [one, second(one)];
    let use_here = round.is_multiple_of(2);
    let coming = pages.map(|page| {
        let place = place.clone();
        async move { place.come(page, "Vera", use_here).await }
    });
    let outcomes = together(coming).await;
    let expected = if use_here { [None, None] } else { [None, Some(Code::InUse)] };
    if codes(&outcomes) != expected {
        return Err(format!("{:?}", codes(&outcomes)));
    }
    let seat = place.seat(one).await.ok_or("nobody is there")?;
    let has = pages.iter().position(|page| page.session == seat.session).ok_or("a stranger's page")?;
    if outcomes[has].is_err() {
        return Err("the page that was refused has the place".into());
    }
    let times = place.gathered(GENERAL).await.iter().filter(|id| **id == one.person).count();
    if times != 1 {
        return Err(format!("{times} times in the room"));
    }
    // The page that has not got it says so of everything it tries.
    let other = pages[1 - has];
    let set = place.app.set_status(one.person, other.session, Chosen::Away, "").await;
    if set.as_ref().err().map(Refused::code) != Some(Code::NotInLounge) {
        return Err(format!("{set:?} by the other page"));
    }
    place.go(pages[has]).await;
    place.close(second(one)).await;
    place.close(one).await;
    place.holds().await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn one_person_by_two_pages_has_one_place() {
    let (ground, places) = lounge(&[(1, 1); 10]).await;
    everywhere(&places, 20, one_page_has_the_seat).await;
    ground.clear(&places).await.unwrap();
}

/// Two of the lounge ring each other.
async fn they_are_in_one_private_call(place: Place, _: usize) -> Held {
    let both = [place.visitors[0], place.visitors[1]];
    for (page, name) in both.into_iter().zip(["Vera", "Wim"]) {
        place.come(page, name, false).await.map_err(|refused| refused.to_string())?;
    }
    let calls = [(both[0], both[1]), (both[1], both[0])].map(|(from, to)| {
        let place = place.clone();
        async move { place.ring_up(from, to).await }
    });
    let mut rings = Vec::new();
    for outcome in together(calls).await {
        rings.push(outcome.map_err(|refused| format!("cannot ring: {refused}"))?.id);
    }
    for page in both {
        let engaged = place.engagement(page).await;
        if rings[0] != rings[1] || engaged != Engagement::InCall(rings[0]) {
            return Err(format!("{engaged:?} of {rings:?}"));
        }
    }
    place.holds().await?;
    let over = place.app.end_call(rings[0], RingEnd::HungUp).await;
    over.map_err(|refused| format!("the call cannot be ended: {refused}"))?;
    for page in both {
        place.go(page).await;
    }
    place.is_idle().await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_of_the_lounge_who_ring_each_other_are_in_one_call() {
    let (ground, places) = lounge(&[(1, 2); 10]).await;
    everywhere(&places, 20, they_are_in_one_private_call).await;
    assert!(ground.live.conflicts() > 20, "these were no races");
    assert!(ground.store.calls().is_empty(), "nobody keeps who talked with whom in the lounge");
    ground.clear(&places).await.unwrap();
}

/// Somebody of the lounge and the visitors of a desk want the same representative.
async fn the_desk_or_the_lounge_has_them(place: Place, round: usize) -> Held {
    let (representative, member) = (place.representatives[0], place.visitors[0]);
    for (page, name) in [(representative, "Ana"), (member, "Vera")] {
        place.come(page, name, false).await.map_err(|refused| refused.to_string())?;
    }
    let mut calls: Vec<Doing<Result<RingView, Refused>>> = Vec::new();
    let there = place.clone();
    calls.push(Box::pin(async move { there.ring_up(member, representative).await }));
    for visitor in &place.visitors[1..] {
        let (there, visitor) = (place.clone(), *visitor);
        calls.push(Box::pin(async move { there.call(visitor, Some(representative)).await }));
    }
    if round.is_multiple_of(2) {
        calls.reverse();
    }
    let outcomes = together(calls).await;
    let rings: Vec<RingId> =
        outcomes.iter().filter_map(|one| one.as_ref().ok()).map(|ring| ring.id).collect();
    let refusals = codes(&outcomes).iter().filter(|code| **code == Some(Code::Busy)).count();
    if rings.len() != 1 || refusals != outcomes.len() - 1 {
        return Err(format!("{:?}", codes(&outcomes)));
    }
    if place.engagement(representative).await != Engagement::Called(rings[0]) {
        return Err("not the one that was told so rings".into());
    }
    place.holds().await?;
    let over = place.app.decline_ring(rings[0], representative.person).await;
    over.map_err(|refused| format!("cannot be declined: {refused}"))?;
    for page in [representative, member] {
        place.go(page).await;
    }
    place.is_idle().await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn whoever_is_wanted_at_the_desk_and_in_the_lounge_is_rung_once() {
    let (ground, places) = lounge(&[(1, 3); 10]).await;
    everywhere(&places, 20, the_desk_or_the_lounge_has_them).await;
    assert!(ground.live.conflicts() > 20, "these were no races");
    ground.clear(&places).await.unwrap();
}

/// Hears of everything, like pages that follow all of it.
struct Ear<'a> {
    ground: &'a Ground,
    subscription: Subscription,
}

impl<'a> Ear<'a> {
    async fn on(ground: &'a Ground, routes: &[Route<'_>]) -> Self {
        let subscription = ground.live.subscribe(1024).await.unwrap();
        for topic in routes.iter().map(Route::topic).chain([silence()]) {
            ground.live.add_topic(subscription.id, topic).await.unwrap();
        }
        Self { ground, subscription }
    }

    /// Everything since the last time, as topics and what was said there.
    async fn heard(&mut self) -> Vec<(String, String)> {
        self.ground.live.publish(silence(), bytes::Bytes::new()).await.unwrap();
        let mut heard = Vec::new();
        while let Some(notice) = self.subscription.notices.recv().await {
            let Notice::Event { topic, body } = notice else { panic!("events were missed") };
            if topic == silence() {
                break;
            }
            let kind = topic.as_str().split(':').next().unwrap().to_owned();
            let said = match ControlNotice::read(&body) {
                Some(notice) => format!("{notice:?}"),
                None => word(&body),
            };
            heard.push((kind, said));
        }
        heard
    }
}

fn silence() -> TopicName {
    TopicName::new("silence")
}

fn word(body: &[u8]) -> String {
    let Ok(ServerFrame::Event { event, .. }) = serde_json::from_slice(body) else { panic!("no event") };
    match event {
        Event::MemberJoined { room, .. } => format!("joined {}", room.bits()),
        Event::MemberLeft { room, .. } => format!("left {}", room.bits()),
        Event::MemberChanged { member } => format!("changed: {:?} {}", member.status, member.text),
        Event::MemberGone { .. } => "gone".to_owned(),
        Event::RoomCounted { room, people } => format!("{people} in {}", room.bits()),
        Event::LoungeChanged => "other rooms".to_owned(),
        other => format!("{other:?}"),
    }
}

fn pairs<const N: usize>(expected: [(&str, &str); N]) -> Vec<(String, String)> {
    expected.into_iter().map(|(topic, said)| (topic.to_owned(), said.to_owned())).collect()
}

#[tokio::test]
async fn coming_jumping_and_going_are_told_once_to_those_whom_they_concern() {
    let (ground, places) = lounge(&[(1, 1)]).await;
    let (place, page) = (&places[0], places[0].visitors[0]);
    let routes = [
        Route::Lounge,
        Route::LoungeRoom(GENERAL),
        Route::LoungeRoom(SPORTS),
        Route::Member(page.person),
        Route::LoungePage(page.session),
        Route::Conversations(page.person),
    ];
    let mut ear = Ear::on(&ground, &routes).await;
    place.come(page, "Vera", false).await.unwrap();
    let coming = [("lounge-room", "joined 1"), ("member", "changed: Available "), ("lounge", "1 in 1")];
    assert_eq!(ear.heard().await, pairs(coming));
    place.app.jump(guest(page), page.session, SPORTS).await.unwrap();
    let mut heard = ear.heard().await;
    heard.sort();
    let jumped =
        [("lounge", "0 in 1"), ("lounge", "1 in 2"), ("lounge-room", "joined 2"), ("lounge-room", "left 1")];
    assert_eq!(heard, pairs(jumped));
    // Where one is already.
    place.app.jump(guest(page), page.session, SPORTS).await.unwrap();
    place.app.set_status(page.person, page.session, Chosen::Away, "lunch").await.unwrap();
    place.app.set_status(page.person, page.session, Chosen::Away, "lunch").await.unwrap();
    let said = "changed: Away lunch";
    assert_eq!(ear.heard().await, pairs([("lounge-room", said), ("member", said)]));
    place.go(page).await;
    place.go(page).await;
    let going = [("lounge-room", "left 2"), ("member", "gone"), ("lounge", "0 in 2")];
    assert_eq!(ear.heard().await, pairs(going));
    ground.clear(&places).await.unwrap();
}

#[tokio::test]
async fn a_reload_is_nobodys_business_and_a_page_that_stays_away_frees_everything() {
    let (ground, places) = lounge(&[(1, 2)]).await;
    let (place, page, other) = (&places[0], places[0].visitors[0], places[0].visitors[1]);
    place.come(page, "Vera", false).await.unwrap();
    place.app.set_status(page.person, page.session, Chosen::Available, "here").await.unwrap();
    let routes = [
        Route::Lounge,
        Route::LoungeRoom(GENERAL),
        Route::Member(page.person),
        Route::LoungePage(page.session),
        Route::LoungePage(second(page).session),
    ];
    let mut ear = Ear::on(&ground, &routes).await;
    // While the page has its line, another one has to ask.
    let refused = place.come(second(page), "Vera", false).await.unwrap_err();
    assert_eq!(refused.code(), Code::InUse);
    let detached = place.app.detach_page(page.person, page.session, Duration::from_secs(60)).await;
    detached.unwrap();
    place.come(second(page), "Vera", false).await.unwrap();
    assert_eq!(ear.heard().await, pairs([("lounge-page", "Replaced")]));
    assert_eq!(place.seat(page).await.unwrap().text, "here");
    // What the page before had to give back is not this one's.
    place.close(page).await;
    assert_eq!(ear.heard().await, []);
    assert!(place.seat(page).await.is_some());
    place.close(second(page)).await;
    let gone = [("lounge-room", "left 1"), ("member", "gone"), ("lounge", "0 in 1")];
    assert_eq!(ear.heard().await, pairs(gone));
    place.come(other, "vera", false).await.unwrap();
    ground.clear(&places).await.unwrap();
}

#[tokio::test]
async fn whoever_is_in_a_room_that_is_removed_is_in_another_one_and_then_out() {
    let (ground, places) = lounge(&[(1, 2)]).await;
    let (place, pages) = (&places[0], [places[0].visitors[0], places[0].visitors[1]]);
    for (page, name) in pages.into_iter().zip(["Vera", "Wim"]) {
        place.come(page, name, false).await.unwrap();
    }
    let ring = place.ring_up(pages[0], pages[1]).await.unwrap().id;
    let routes = [Route::Lounge, Route::LoungeRoom(GENERAL), Route::LoungeRoom(SPORTS)];
    let mut ear = Ear::on(&ground, &routes).await;
    ground.store.rooms().retain(|room| room.id != GENERAL);
    place.app.lounge_room_removed(GENERAL).await.unwrap();
    let heard = ear.heard().await;
    assert_eq!(heard.last(), pairs([("lounge", "other rooms")]).last(), "told before they are led out");
    assert_eq!(heard.iter().filter(|(_, said)| said == "joined 2").count(), 2);
    assert_eq!((place.gathered(GENERAL).await, place.gathered(SPORTS).await.len()), (Vec::new(), 2));
    assert_eq!(
        ring_of(place.engagement(pages[0]).await),
        Some(ring),
        "what they were in the middle of goes on"
    );
    // Whoever was on their way does not stay where nothing is.
    let late = EnterRequest { name: "Xenia".into(), room: GENERAL, use_here: false };
    let (xenia, app) = (places[0].representatives[0], &place.app);
    let refused = app.enter_lounge(guest(xenia), xenia.session, late).await.unwrap_err();
    assert_eq!(refused.code(), Code::LoungeRoomUnknown);
    assert_eq!(place.gathered(GENERAL).await, []);
    ground.store.rooms().clear();
    place.app.lounge_room_removed(SPORTS).await.unwrap();
    assert_eq!(place.gathered(SPORTS).await, []);
    for page in [pages[0], pages[1], xenia] {
        assert_eq!(place.seat(page).await, None);
    }
    ground.clear(&places).await.unwrap();
}

#[tokio::test]
async fn a_room_that_is_full_takes_nobody_else_and_costs_them_nothing() {
    let (ground, places) = lounge(&[(1, LOUNGE_ROOM + 1)]).await;
    let place = &places[0];
    let (last, there) = place.visitors.split_last().unwrap();
    for (number, page) in there.iter().enumerate() {
        place.come(*page, &format!("N{number} of"), false).await.unwrap();
    }
    let refused = place.come(*last, "Late", false).await.unwrap_err();
    assert_eq!((refused.code(), place.seat(*last).await), (Code::RoomFull, None));
    let request = EnterRequest { name: named(place, "Late"), room: SPORTS, use_here: false };
    place.app.enter_lounge(guest(*last), last.session, request).await.unwrap();
    let refused = place.app.jump(guest(*last), last.session, GENERAL).await.unwrap_err();
    assert_eq!(refused.code(), Code::RoomFull);
    assert_eq!(place.gathered(SPORTS).await, [last.person]);
    ground.clear(&places).await.unwrap();
}
