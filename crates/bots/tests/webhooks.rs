//! Webhooks with the real binary and real receivers: who is told what, in which order, whoever is away or dies.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "a test that cannot go on says so"
)]

#[path = "appointments/practice.rs"]
#[allow(dead_code, reason = "made for the tests of appointments")]
mod practice;
#[path = "webhooks/receiver.rs"]
mod receiver;
#[path = "../../live/tests/support/redis.rs"]
mod support;

use practice::{Practice, own_until};
use receiver::{Mood, Receiver, Told, in_order, verified};
use reqwest::Method;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::time::{Duration, Instant};
use support::Server;
use visavis_bots::{Bot, DEMO_PASSWORD, ServerProcess, Staff};
use visavis_domain::webhook::EventKind;
use visavis_protocol::{
    AppointmentMove, AppointmentState, Command, DeliveryPage, DeliveryState, Engagement, Event, MadeWebhook,
    NewWebhook, ReplayRequest, Replayed, Reply, WebhookChange, WebhookSecret, WebhookState, WebhookView,
};

/// Receivers here are on this machine, and speak without encryption.
const LOCAL: [(&str, &str); 3] = [
    ("VISAVIS_WEBHOOKS__ALLOW_ADDRESSES", "127.0.0.0/8"),
    ("VISAVIS_WEBHOOKS__ALLOW_HTTP", "true"),
    ("VISAVIS_SESSION__GRACE_MS", "1500"),
];
const SOON: Duration = Duration::from_secs(10);
const LATER: Duration = Duration::from_secs(60);

async fn admin(base: &str) -> Staff {
    let http = visavis_bots::http_client();
    Staff::sign_in(&http, base, "admin@demo", DEMO_PASSWORD).await.unwrap()
}

async fn subscribe(admin: &Staff, receiver: &Receiver, kinds: &[EventKind]) -> MadeWebhook {
    let new = NewWebhook { name: "Test".into(), url: receiver.url.clone(), kinds: kinds.to_vec() };
    admin.ask(Method::POST, "/api/v1/admin/webhooks", &new).await.unwrap()
}

fn everything() -> Vec<EventKind> {
    EventKind::ALL.into_iter().filter(|kind| *kind != EventKind::WebhookTest).collect()
}

async fn view(admin: &Staff, made: &MadeWebhook) -> WebhookView {
    let all: Vec<WebhookView> = admin.get("/api/v1/admin/webhooks").await.unwrap();
    all.into_iter().find(|one| one.id == made.webhook.id).unwrap()
}

async fn deliveries(admin: &Staff, made: &MadeWebhook) -> DeliveryPage {
    admin.get(&format!("/api/v1/admin/webhooks/{}/deliveries?take=100", made.webhook.id)).await.unwrap()
}

/// Waits until the server has no more to tell.
async fn nothing_waits(admin: &Staff, made: &MadeWebhook, within: Duration) {
    let began = Instant::now();
    while view(admin, made).await.waiting > 0 {
        assert!(began.elapsed() < within, "{:?}", deliveries(admin, made).await);
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// One who is called at the desk of the demonstration.
async fn representative(base: &str) -> Bot {
    let http = visavis_bots::http_client();
    let ana = Staff::sign_in(&http, base, "ana@demo", DEMO_PASSWORD).await.unwrap();
    let mut bot = ana.connect().await.unwrap();
    assert!(bot.command(Command::OpenConsole).await.unwrap().is_ok());
    let online = Command::SetAvailability { online: Some(true), chosen: None };
    assert!(bot.command(online).await.unwrap().is_ok());
    bot
}

async fn rung(bot: &mut Bot) -> visavis_domain::ids::RingId {
    own_until(bot, |own| match &own.engagement {
        Some(Engagement::Called { ring }) => Some(ring.id),
        _ => None,
    })
    .await
}

async fn visitor(base: &str) -> Bot {
    let (mut visitor, _) = Bot::guest(&visavis_bots::http_client(), base, "").await.unwrap();
    assert!(visitor.command(Command::WatchDesk { desk: "help".into() }).await.unwrap().is_ok());
    visitor
}

async fn call(visitor: &mut Bot) -> visavis_domain::ids::RingId {
    let call = Command::CallDesk { representative: None, name: "Vera".into(), about: "a secret".into() };
    let Ok(Reply::Ringing { ring }) = visitor.command(call).await.unwrap() else { panic!("not ringing") };
    ring.id
}

#[tokio::test]
async fn a_receiver_that_was_away_is_told_everything_once_and_in_order() {
    let practice = Practice::open(&LOCAL).await;
    let base = practice.server.base();
    let admin = admin(&base).await;
    let (receiver, other) = (Receiver::open().await, Receiver::open().await);
    receiver.is(Mood::Away);
    let made = subscribe(&admin, &receiver, &everything()).await;
    let others = subscribe(&admin, &other, &[EventKind::AppointmentCreated]).await;
    // An appointment from its making to its end.
    let mut bea = practice.professional("ben").await;
    let appointment = bea.books("Vera", 1, None).await;
    let mut client = practice.waits(&appointment).await;
    bea.sees_waiting(appointment.id, 1).await;
    let taken = bea.admits(appointment.id).await.unwrap();
    assert_eq!(client.admitted().await, taken);
    let moved = AppointmentMove {
        wall: practice::wall(10),
        zone: "UTC".into(),
        repeated: None,
        minutes: 30,
        sequence: appointment.sequence,
    };
    let path = format!("/api/v1/appointments/{}/move", appointment.id);
    bea.staff.send(Method::POST, &path, Some(&moved)).await.unwrap();
    receiver.is(Mood::Says(500));
    bea.settles(appointment.id, AppointmentState::Cancelled).await;
    // Rings that are declined and accepted.
    let mut ana = representative(&base).await;
    let mut vera = visitor(&base).await;
    let declined = call(&mut vera).await;
    assert_eq!(rung(&mut ana).await, declined);
    assert!(ana.command(Command::DeclineRing { ring: declined }).await.unwrap().is_ok());
    vera.events_until(|event| matches!(event, Event::RingEnded { .. })).await.unwrap();
    // A room.
    let mut guest = Bot::connect(&base).await.unwrap();
    let Ok(Reply::Joined { room, .. }) = guest.join("Tea room", "Gil").await.unwrap() else { panic!() };
    assert!(guest.command(Command::Leave).await.unwrap().is_ok());
    let gathering = room.call.to_string();
    assert_eq!(other.until(SOON, |events| !events.is_empty()).await.len(), 1, "nobody waits for another's");
    assert!(receiver.events().is_empty());
    receiver.is(Mood::Well);
    nothing_waits(&admin, &made, LATER).await;
    let events = receiver.events();
    in_order(&events);
    assert_eq!(
        receiver.of(&appointment.id.to_string()),
        [
            "appointment.created",
            "appointment.waiting",
            "appointment.taken",
            "appointment.moved",
            "appointment.cancelled",
            "appointment.ended"
        ]
    );
    assert_eq!(receiver.of(&taken.to_string()), ["call.started", "call.ended"]);
    assert_eq!(receiver.of(&declined.to_string()), ["ring.started", "ring.declined"]);
    assert_eq!(
        receiver.of(&gathering),
        ["room.opened", "room.participant_joined", "room.participant_left", "room.closed"]
    );
    // What is listed is what was told, each with its id; nothing was told twice after it was taken.
    let listed = deliveries(&admin, &made).await.deliveries;
    let ids: BTreeSet<_> = listed.iter().map(|one| one.event.to_string()).collect();
    assert_eq!(ids, events.iter().map(Told::id).collect());
    assert!(listed.iter().all(|one| one.state == DeliveryState::Delivered && one.status == Some(204)));
    assert_eq!(receiver.told().iter().filter(|one| one.taken).count(), events.len(), "and each once");
    for one in &events {
        assert_eq!(one.headers["webhook-id"], one.id());
        for secret in ["Vera", "Gil", "secret", "a will"] {
            assert!(!one.body.contains(secret), "{}", one.body);
        }
    }
    // By the script in another language that the documents show, which finds out about every byte.
    assert!(include_str!("../../../docs/webhooks.md").contains(include_str!("webhooks/verify.py")));
    assert_eq!(verified(&made.secret, &events), vec![true; events.len()]);
    assert_eq!(verified(&others.secret, &events), vec![false; events.len()]);
    let altered: Vec<_> =
        events.iter().map(|one| Told { body: one.body.replacen(':', " :", 1), ..one.clone() }).collect();
    assert_eq!(verified(&made.secret, &altered), vec![false; events.len()]);
}

#[tokio::test]
async fn a_receiver_is_replayed_to_tried_out_and_given_another_secret() {
    let server = ServerProcess::start_demo(&ServerProcess::binary().unwrap(), &LOCAL).await.unwrap();
    let admin = admin(&server.base()).await;
    let receiver = Receiver::open().await;
    let made = subscribe(&admin, &receiver, &[EventKind::RoomOpened, EventKind::RoomClosed]).await;
    let path = |rest: &str| format!("/api/v1/admin/webhooks/{}{rest}", made.webhook.id);
    for room in ["One", "Two"] {
        let mut guest = Bot::connect(&server.base()).await.unwrap();
        assert!(guest.join(room, "Gil").await.unwrap().is_ok());
        assert!(guest.command(Command::Leave).await.unwrap().is_ok());
    }
    let events = receiver.until(SOON, |events| events.len() == 4).await;
    nothing_waits(&admin, &made, SOON).await;
    // From the second on, once more, with the ids that they had.
    let from: visavis_domain::ids::EventId = events[1].id().parse().unwrap();
    let replay = ReplayRequest { event: from, later: true };
    let again: Replayed = admin.ask(Method::POST, &path("/replay"), &replay).await.unwrap();
    let expected =
        events.iter().filter(|one| one.event()["number"].as_u64() >= events[1].event()["number"].as_u64());
    assert_eq!(again.count, expected.count() as u64);
    nothing_waits(&admin, &made, SOON).await;
    assert_eq!(receiver.told().len() as u64, 4 + again.count);
    assert_eq!(receiver.events().len(), 4);
    // Two secrets for a day.
    let other: WebhookSecret = admin.ask(Method::POST, &path("/secret"), &json!({})).await.unwrap();
    admin.send(Method::POST, &path("/test"), Some(&json!({}))).await.unwrap();
    let test = receiver.until(SOON, |events| events.len() == 5).await.pop().unwrap();
    assert_eq!((test.kind(), test.subject()), ("webhook.test".into(), made.webhook.id.to_string()));
    for secret in [&made.secret, &other.secret] {
        assert_eq!(verified(secret, std::slice::from_ref(&test)), [true]);
    }
    assert_eq!(verified(&other.secret, &events[..1]), [false], "what was signed before it");
    // Switched off nothing is told; what happens meanwhile is not for it.
    let off = WebhookChange { on: Some(false), ..WebhookChange::default() };
    let changed: WebhookView = admin.ask(Method::PATCH, &path(""), &off).await.unwrap();
    assert_eq!(changed.state, WebhookState::Off);
    let mut guest = Bot::connect(&server.base()).await.unwrap();
    assert!(guest.join("Three", "Gil").await.unwrap().is_ok());
    let refused: anyhow::Result<Value> = admin.ask(Method::POST, &path("/test"), &json!({})).await;
    assert!(refused.is_err());
    assert_eq!(view(&admin, &made).await.waiting, 0);
}

#[tokio::test]
async fn who_sends_elsewhere_is_not_followed_who_is_slow_holds_up_nobody_and_who_is_gone_is_left_alone() {
    let server = ServerProcess::start_demo(&ServerProcess::binary().unwrap(), &LOCAL).await.unwrap();
    let admin = admin(&server.base()).await;
    let [elsewhere, slow, gone, well] =
        [Receiver::open().await, Receiver::open().await, Receiver::open().await, Receiver::open().await];
    elsewhere.is(Mood::Says(302));
    slow.is(Mood::Slow(Duration::from_secs(60)));
    gone.is(Mood::Says(410));
    let mut made = Vec::new();
    for receiver in [&elsewhere, &slow, &gone, &well] {
        made.push(subscribe(&admin, receiver, &[EventKind::RoomOpened]).await);
    }
    for room in 0..20 {
        let mut guest = Bot::connect(&server.base()).await.unwrap();
        assert!(guest.join(&format!("Room {room}"), "Gil").await.unwrap().is_ok());
    }
    well.until(SOON, |events| events.len() == 20).await;
    let began = Instant::now();
    while view(&admin, &made[2]).await.state != WebhookState::Gone {
        assert!(began.elapsed() < SOON);
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    // In ways of its own each was tried as often as a few lanes allow, and no more.
    tokio::time::sleep(Duration::from_secs(6)).await;
    assert!(gone.told().len() <= 4, "{}", gone.told().len());
    assert_eq!(slow.told().len(), 0);
    assert!(elsewhere.told().iter().all(|one| !one.taken) && !elsewhere.told().is_empty());
    for (made, trouble) in made.iter().zip(["redirected", "timed_out", "gone"]) {
        let shown = serde_json::to_value(view(&admin, made).await).unwrap();
        assert_eq!(shown["trouble"], trouble, "{shown}");
        // For who is gone is only what happened before that was known.
        let waiting = shown["waiting"].as_u64().unwrap();
        assert!(waiting == 20 || (trouble == "gone" && waiting > 0), "{shown}");
    }
    // Who has changed their mind is told.
    gone.is(Mood::Well);
    let on = WebhookChange { on: Some(true), ..WebhookChange::default() };
    let path = format!("/api/v1/admin/webhooks/{}", made[2].webhook.id);
    let _: WebhookView = admin.ask(Method::PATCH, &path, &on).await.unwrap();
    nothing_waits(&admin, &made[2], LATER).await;
    assert!(!gone.events().is_empty());
    in_order(&gone.events());
}

/// What whoever is inside has seen to happen: they were let in.
async fn crowd(base: String, round: usize) -> Vec<String> {
    let mut joining = Vec::new();
    for place in 0..8 {
        let base = base.clone();
        joining.push(tokio::spawn(async move {
            let mut bot = Bot::connect(&base).await.ok()?;
            match bot.join(&format!("Room {round} {}", place % 3), "Gil").await {
                Ok(Ok(Reply::Joined { participant, .. })) => Some((participant.to_string(), bot)),
                _ => None,
            }
        }));
    }
    let mut inside = Vec::new();
    for one in joining {
        inside.extend(one.await.unwrap());
    }
    inside.into_iter().map(|(participant, _)| participant).collect()
}

#[tokio::test]
async fn nothing_is_lost_with_an_instance_that_is_killed_in_the_middle() {
    let Some(redis) = Server::start() else {
        eprintln!("redis-server is not installed: nothing is tested");
        return;
    };
    let address = redis.address();
    let mut settings = LOCAL.to_vec();
    settings.push(("VISAVIS_REDIS", &*address));
    let mut one = ServerProcess::start_demo(&ServerProcess::binary().unwrap(), &settings).await.unwrap();
    let two = one.start_beside().await.unwrap();
    let admin = admin(&two.base()).await;
    let receiver = Receiver::open().await;
    let made =
        subscribe(&admin, &receiver, &[EventKind::ParticipantJoined, EventKind::ParticipantLeft]).await;
    let mut happened = Vec::new();
    for round in 0..4 {
        // Before everything that was committed there can have been brought to the store.
        let crowd = tokio::spawn(crowd(one.base(), round));
        tokio::time::sleep(Duration::from_millis(60 + 40 * round as u64)).await;
        let half = tokio::spawn(self::crowd(two.base(), round + 10));
        if round % 2 == 0 {
            happened.extend(crowd.await.unwrap());
            one.kill().await.unwrap();
        } else {
            one.kill().await.unwrap();
            happened.extend(crowd.await.unwrap());
        }
        happened.extend(half.await.unwrap());
        one.restart().await.unwrap();
    }
    assert!(happened.len() >= 4 * 8 + 2 * 8, "{}", happened.len());
    let of = |events: &[Told], kind: &str| -> Vec<String> {
        let of = events.iter().filter(|one| one.kind() == kind);
        of.map(|one| one.event()["data"]["participant"].as_str().unwrap().to_owned()).collect()
    };
    let all_came = |events: &[Told]| {
        let joined = of(events, "room.participant_joined");
        happened.iter().all(|participant| joined.contains(participant))
    };
    receiver.until(LATER, all_came).await;
    // Those who were inside are lost in the end, each once.
    let events = receiver
        .until(LATER, |events| {
            of(events, "room.participant_left").len() == of(events, "room.participant_joined").len()
        })
        .await;
    in_order(&events);
    for kind in ["room.participant_joined", "room.participant_left"] {
        let all = of(&events, kind);
        assert_eq!(all.iter().collect::<BTreeSet<_>>().len(), all.len(), "nobody comes or goes twice");
    }
    nothing_waits(&admin, &made, LATER).await;
    assert_eq!(verified(&made.secret, &events), vec![true; events.len()]);
}
