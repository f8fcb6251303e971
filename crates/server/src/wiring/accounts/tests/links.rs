//! Who comes over a link: what is not genuine is answered alike, what is genuine by what is true of it now.

use super::appointments::{made, new, path, post};
use super::world::{Answer, LINK_KEY, MARGINS, ORIGIN, SIGNING_KEY, World, ask, heard};
use crate::app::{AppointmentParts, Appointments, ControlNotice, LinkKeys, Route};
use axum::http::header;
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};
use visavis_domain::ids::{AppointmentId, LinkId, PersonId, SessionId};
use visavis_domain::name::PersonName;
use visavis_domain::time::Timestamp;
use visavis_domain::zone;

const COOKIE: &str = "__Host-visavis-appointment";
const MINUTE: u64 = 60;

fn token(appointment: &Value) -> String {
    let url = appointment["links"][0]["url"].as_str().unwrap();
    url.strip_prefix(&format!("{ORIGIN}/a#")).expect("a link of ours").to_owned()
}

async fn enter(world: &World, token: &str) -> Answer {
    world.call(ask("POST", "/api/v1/appointment/enter").with(json!({ "token": token }))).await
}

async fn look(world: &World, cookie: &str) -> Answer {
    world.call(ask("GET", "/api/v1/appointment").over(cookie)).await
}

/// The code of a refusal, or the phase.
fn worth(answer: &Answer) -> (u16, String) {
    match answer.json()["phase"].as_str() {
        Some(phase) => (answer.status.as_u16(), phase.to_owned()),
        None => answer.refusal(),
    }
}

/// The same store behind other keys and another clock.
fn beside(world: &World, keys: LinkKeys, ahead: Duration) -> Appointments {
    let now = world.now().plus(ahead);
    let parts = AppointmentParts {
        store: world.store.clone(),
        app: world.api.app.clone(),
        clock: Arc::new(move || now),
        margins: MARGINS,
        keys,
        mail: None,
    };
    Appointments::new(parts, &SIGNING_KEY)
}

#[tokio::test]
async fn a_link_is_exchanged_for_a_cookie_on_any_device() {
    let (world, _, ana) = World::with_both().await;
    let one = made(&world, &ana, new(&world, 10)).await;
    let token = token(&one);
    let first = enter(&world, &token).await;
    assert_eq!(first.status, 200, "{}", first.text);
    let view = first.json();
    assert_eq!((&view["id"], &view["phase"]), (&one["id"], &json!("open")));
    assert_eq!((&view["name"], &view["professional_name"]), (&json!("Vera"), &json!("ana")));
    for secret in ["email", "note", "links", "client_name"] {
        assert!(view.get(secret).is_none(), "{secret} is not the client's");
    }
    let line = first.headers[header::SET_COOKIE].to_str().unwrap();
    // A day longer than one may come in: afterwards the page says that it is over.
    let left = (one["closes_at"].as_u64().unwrap() - world.now().0) / 1000 + 24 * 3600;
    let flags = format!("; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age={left}");
    assert!(line.starts_with(&format!("{COOKIE}=")) && line.ends_with(&flags), "{line}");
    assert!(first.headers[header::SET_COOKIE].is_sensitive());
    assert!(!first.text.contains(&token) && !line.contains(&token));
    let second = enter(&world, &token).await;
    for cookie in [first.cookie(COOKIE).unwrap(), second.cookie(COOKIE).unwrap()] {
        assert_eq!(worth(&look(&world, &cookie).await), (200, "open".into()));
    }
    // Neither is taken for the other, nor for what else this server signs.
    let cookie = first.cookie(COOKIE).unwrap();
    assert_eq!(look(&world, &token).await.refusal(), (401, "link_needed".into()));
    assert_eq!(enter(&world, &cookie).await.refusal(), (404, "link_invalid".into()));
}

#[tokio::test]
async fn whatever_is_not_genuine_is_answered_with_the_same_bytes() {
    let (world, _, ana) = World::with_both().await;
    let one = made(&world, &ana, new(&world, 10)).await;
    let genuine = token(&one);
    let (ticket, _) = world.api.app.ticket(ticketed(), None).unwrap();
    let (_, guest) = world.api.app.guest(None).unwrap();
    let foreign = beside(&world, LinkKeys::new(&[1; 32], []), Duration::ZERO);
    let stored =
        world.store.appointment(one["id"].as_str().unwrap().parse().unwrap()).await.unwrap().unwrap();
    let link = world.store.links(stored.id).await.unwrap().remove(0);
    let mut elsewhere = stored.clone();
    elsewhere.id = AppointmentId::from_bits(7);
    let mut unknown = link.clone();
    unknown.id = LinkId::from_bits(7);
    let tail = |url: String| url.split_once('#').unwrap().1.to_owned();
    let mut altered = genuine.clone();
    altered.replace_range(..1, "f");
    let tokens = [
        ("nothing", String::new()),
        ("no token", "a.b.c".into()),
        ("64 KiB", "a".repeat(64 * 1024)),
        ("64 KiB behind a genuine one", format!("{genuine}{}", "a".repeat(64 * 1024))),
        ("altered", altered),
        ("cut", genuine[..genuine.len() - 2].to_owned()),
        ("a ticket", ticket),
        ("a guest's proof", guest),
        ("a foreign key", tail(foreign.url(ORIGIN, &stored, &link))),
        ("no such link", tail(world.api.appointments.url(ORIGIN, &stored, &unknown))),
        ("no such appointment", tail(world.api.appointments.url(ORIGIN, &elsewhere, &link))),
    ];
    let expected = enter(&world, "nonsense").await;
    assert_eq!(expected.refusal(), (404, "link_invalid".into()));
    for (what, token) in tokens {
        let answer = enter(&world, &token).await;
        assert_eq!((answer.status, &answer.text), (expected.status, &expected.text), "{what}");
        assert_eq!(answer.headers, expected.headers, "{what}");
    }
    assert_eq!(enter(&world, &genuine).await.status, 200);
}

fn ticketed() -> crate::app::Identity {
    crate::app::Identity {
        person: PersonId::from_bits(1),
        sign_in: None,
        link: None,
        from: None,
        browser: None,
        vouched: None,
    }
}

#[tokio::test]
async fn the_time_says_nothing_about_how_far_a_token_has_got() {
    let world = World::new().await;
    let url = world.api.appointments.url(ORIGIN, &appointment(&world), &link(&world));
    let signed = url.split_once('#').unwrap().1.to_owned();
    let long = "a".repeat(64 * 1024);
    let mut medians = Vec::new();
    for token in ["nonsense", &signed, &long] {
        let mut took = Vec::new();
        for _ in 0..9 {
            let began = Instant::now();
            assert_eq!(enter(&world, token).await.status, 404);
            took.push(began.elapsed());
        }
        took.sort();
        medians.push(took[4]);
    }
    let (least, most) = (medians.iter().min().unwrap(), medians.iter().max().unwrap());
    // Far wider than what is seen, for machines that are busy; without the wait the one is a hundred times the other.
    assert!(*most < *least * 2, "{medians:?}");
}

fn appointment(world: &World) -> visavis_store::Appointment {
    visavis_store::Appointment {
        id: AppointmentId::from_bits(1),
        professional: PersonId::from_bits(2),
        desk: None,
        client: PersonName::parse("Vera").unwrap(),
        email: None,
        about: String::new(),
        schedule: visavis_domain::appointment::Schedule {
            starts_at: world.now(),
            minutes: 30,
            zone: "Europe/Berlin".into(),
        },
        state: visavis_domain::appointment::AppointmentState::Booked,
        sequence: 0,
        note: String::new(),
        created_at: world.now(),
    }
}

fn link(world: &World) -> visavis_store::Link {
    visavis_store::Link {
        id: LinkId::from_bits(3),
        appointment: AppointmentId::from_bits(1),
        person: PersonId::from_bits(4),
        kind: visavis_domain::appointment::LinkKind::Client,
        name: None,
        created_at: world.now(),
        revoked_at: None,
    }
}

#[tokio::test]
async fn an_address_shows_only_so_many_links() {
    let (world, _, ana) = World::with_both().await;
    let genuine = token(&made(&world, &ana, new(&world, 10)).await);
    let show = || ask("POST", "/api/v1/appointment/enter").with(json!({ "token": genuine }));
    for _ in 0..60 {
        assert_eq!(world.call(show()).await.status, 200);
    }
    let limited = world.call(show()).await;
    assert_eq!(limited.refusal(), (429, "rate_limited".into()));
    assert!(limited.headers.contains_key(header::RETRY_AFTER));
    assert_eq!(world.call(show().from(2)).await.status, 200, "another address");
}

#[tokio::test]
async fn the_window_decides_for_token_and_cookie() {
    let (world, _, ana) = World::with_both().await;
    // From a quarter of an hour before it begins to an hour after its planned end.
    let one = made(&world, &ana, new(&world, 60)).await;
    let token = token(&one);
    let starts_at = one["starts_at"].as_u64().unwrap();
    assert_eq!(worth(&enter(&world, &token).await), (200, "early".into()));
    let opens = (one["opens_at"].as_u64().unwrap() - world.now().0) / 1000;
    let mut now = 0;
    let closes = opens + 15 * MINUTE + 30 * MINUTE + 60 * MINUTE;
    for (at, expected) in [
        (opens - 90, (200, "early")),
        (opens - 30, (200, "open")),
        (opens + 1, (200, "open")),
        (closes - 1, (200, "open")),
        (closes + 30, (200, "open")),
        (closes + 90, (403, "appointment_over")),
    ] {
        world.pass(at - now);
        now = at;
        let answer = enter(&world, &token).await;
        let (status, code) = worth(&answer);
        assert_eq!((status, code.as_str()), expected, "after {at} s");
        if status == 403 {
            let problem = answer.json();
            assert_eq!(
                (&problem["professional_name"], &problem["starts_at"]),
                (&json!("ana"), &json!(starts_at))
            );
            assert!(!answer.headers.contains_key(header::SET_COOKIE));
        } else if at < closes {
            let cookie = answer.cookie(COOKIE).unwrap();
            assert_eq!(worth(&look(&world, &cookie).await), (status, code), "the cookie after {at} s");
        }
    }
}

#[tokio::test]
async fn an_instance_whose_clock_is_a_little_off_decides_alike() {
    let (world, _, ana) = World::with_both().await;
    let one = made(&world, &ana, new(&world, 10)).await;
    let token = token(&one);
    let left = Duration::from_millis(one["closes_at"].as_u64().unwrap() - world.now().0);
    for (ahead, holds) in [(30, true), (90, false)] {
        let keys = LinkKeys::new(&LINK_KEY, []);
        let other = beside(&world, keys, left + Duration::from_secs(ahead));
        assert_eq!(other.enter(&token).await.is_ok(), holds, "{ahead} s past the end");
    }
}

#[tokio::test]
async fn who_came_is_let_back_while_it_goes_on_after_the_window() {
    let (world, ..) = World::with_both().await;
    // Live state reads the clock of the machine.
    let machine = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
    world.pass(machine - world.now().0 / 1000);
    let ana = world.sign_in("ana@demo").await;
    let one = made(&world, &ana, new(&world, 10)).await;
    let token = token(&one);
    let cookie = enter(&world, &token).await.cookie(COOKIE).unwrap();
    let cookie = cookie.split_once('=').map_or(cookie.as_str(), |(_, value)| value);
    let left = Duration::from_millis(one["closes_at"].as_u64().unwrap() - world.now().0);
    let later = beside(&world, LinkKeys::new(&LINK_KEY, []), left + Duration::from_secs(600));
    assert!(later.came_over(cookie).await.is_err(), "nobody waits, nobody talks");
    assert!(later.enter(&token).await.is_err(), "nobody waits, nobody talks");
    // By its clock it is open.
    let claims = LinkKeys::new(&LINK_KEY, []).verify(&token).unwrap();
    world.api.app.open_waiting_room(claims, SessionId::from_bits(7)).await.unwrap();
    world.api.app.be_ready(claims).await.unwrap();
    assert!(later.came_over(cookie).await.is_ok());
    assert!(later.still_holds(claims).await.unwrap());
    // The mail is opened anew: on another device, or where the cookie is gone.
    assert!(later.enter(&token).await.is_ok());
    let id = one["id"].as_str().unwrap().parse().unwrap();
    world.api.app.close_visit(id, None).await.unwrap();
    assert!(later.enter(&token).await.is_err(), "nothing goes on any more");
    // What was taken back opens nothing, whatever goes on.
    world.api.app.be_ready(claims).await.unwrap();
    let guests = post(&world, &ana, &one, "/links", json!({ "name": "Interpreter" })).await.json();
    let guest = guests["links"][1]["url"].as_str().unwrap().split_once('#').unwrap().1.to_owned();
    assert!(later.enter(&guest).await.is_ok());
    let revoked = format!("/links/{}/reissue", guests["links"][1]["id"].as_str().unwrap());
    post(&world, &ana, &one, &revoked, json!({})).await;
    assert_eq!(later.enter(&guest).await.err().map(|denied| denied.code()), Some("link_replaced"));
}

#[tokio::test]
async fn a_link_survives_a_move_and_the_new_time_decides() {
    let (world, _, ana) = World::with_both().await;
    let one = made(&world, &ana, new(&world, 10)).await;
    let old = token(&one);
    let cookie = enter(&world, &old).await.cookie(COOKIE).unwrap();
    let later = zone::wall(world.now().plus(Duration::from_secs(30 * 3600)), "Europe/Berlin").unwrap();
    let to = json!({ "wall": later, "zone": "Europe/Berlin", "minutes": 30, "sequence": 0 });
    let moved = post(&world, &ana, &one, "/move", to).await.json();
    assert_ne!(token(&moved), old);
    for token in [&old, &token(&moved)] {
        let answer = enter(&world, token).await;
        assert_eq!(worth(&answer), (200, "early".into()));
        assert_eq!(answer.json()["starts_at"], moved["starts_at"]);
    }
    // Who came already keeps a cookie for as long as the new time needs.
    let kept = look(&world, &cookie).await.cookie(COOKIE).unwrap();
    world.pass(30 * 3600);
    assert_eq!(worth(&look(&world, &cookie).await), (401, "link_needed".into()));
    assert_eq!(worth(&look(&world, &kept).await), (200, "open".into()));
    assert_eq!(worth(&enter(&world, &old).await), (200, "open".into()));
}

#[tokio::test]
async fn a_link_that_is_taken_back_is_refused_at_once() {
    let (world, _, ana) = World::with_both().await;
    let one = made(&world, &ana, new(&world, 10)).await;
    let old = token(&one);
    let cookie = enter(&world, &old).await.cookie(COOKIE).unwrap();
    let claims = world.api.appointments.came_over(&cookie).await.unwrap().claims;
    let mut topic = world.listen(Route::Link(claims.link)).await;
    let again = format!("/links/{}/reissue", claims.link);
    let new = post(&world, &ana, &one, &again, json!({})).await.json();
    let replaced = (403, "link_replaced".to_owned());
    assert_eq!(enter(&world, &old).await.refusal(), replaced);
    assert_eq!(look(&world, &cookie).await.refusal(), replaced);
    let ticket = ask("POST", "/api/v1/tickets").over(&cookie).with(json!({ "appointment": one["id"] }));
    assert_eq!(world.call(ticket).await.refusal(), replaced);
    assert!(
        !world.api.appointments.still_holds(claims).await.unwrap(),
        "no session opens with a ticket from before"
    );
    assert_eq!(heard(&mut topic).and_then(|body| ControlNotice::read(&body)), Some(ControlNotice::LinkEnded));
    assert_eq!(worth(&enter(&world, &token(&new)).await), (200, "open".into()));
}

#[tokio::test]
async fn what_became_of_the_appointment_is_told_to_who_has_a_link() {
    let (world, _, ana) = World::with_both().await;
    for (states, expected) in [
        (&["cancelled"][..], (403, "appointment_cancelled")),
        (&["done"], (403, "appointment_over")),
        (&["no_show"], (403, "appointment_over")),
        (&["no_show", "booked"], (200, "open")),
    ] {
        let one = made(&world, &ana, new(&world, 1)).await;
        let token = token(&one);
        let cookie = enter(&world, &token).await.cookie(COOKIE).unwrap();
        world.pass(2 * MINUTE);
        for state in states {
            let answer = post(&world, &ana, &one, "/state", json!({ "state": state })).await;
            assert_eq!(answer.status, 200, "{}", answer.text);
        }
        for answer in [enter(&world, &token).await, look(&world, &cookie).await] {
            let (status, code) = worth(&answer);
            assert_eq!((status, code.as_str()), expected, "{states:?}");
        }
    }
}

#[tokio::test]
async fn a_ticket_of_a_link_is_its_persons_and_for_its_appointment() {
    let (world, _, ana) = World::with_both().await;
    let one = made(&world, &ana, new(&world, 10)).await;
    let other = made(&world, &ana, new(&world, 60)).await;
    let cookie = enter(&world, &token(&one)).await.cookie(COOKIE).unwrap();
    let ticket = |appointment: &Value| {
        ask("POST", "/api/v1/tickets").by(&ana).with(json!({ "appointment": appointment["id"] }))
    };
    let got = world.call(ticket(&one).over(&cookie)).await;
    assert_eq!(got.status, 200, "{}", got.text);
    assert!(got.json().get("guest").is_none());
    let (identity, _) = world.api.app.check_ticket(got.json()["ticket"].as_str().unwrap()).unwrap();
    let came = world.api.appointments.came_over(&cookie).await.unwrap();
    assert_eq!((identity.person, identity.link), (came.link.person, Some(came.claims)));
    assert_eq!(identity.sign_in, None, "though the browser is signed in as well");
    let needed = (401, "link_needed".to_owned());
    assert_eq!(world.call(ticket(&one)).await.refusal(), needed);
    assert_eq!(world.call(ticket(&other).over(&cookie)).await.refusal(), needed);
    assert_eq!(world.call(ticket(&one).over("nonsense")).await.refusal(), needed);
    // All else is as it was.
    let plain = world.call(ask("POST", "/api/v1/tickets").by(&ana).over(&cookie)).await.json();
    let (plain, _) = world.api.app.check_ticket(plain["ticket"].as_str().unwrap()).unwrap();
    assert_eq!((plain.person, plain.link), (world.id_of("ana@demo").await, None));
}

#[tokio::test]
async fn keys_are_rotated_without_ending_links_unless_that_is_asked_for() {
    let (world, _, ana) = World::with_both().await;
    let old = token(&made(&world, &ana, new(&world, 10)).await);
    let fresh = [5; 32];
    let kept = beside(&world, LinkKeys::new(&fresh, [&LINK_KEY]), Duration::ZERO);
    assert!(kept.enter(&old).await.is_ok());
    let forgotten = beside(&world, LinkKeys::new(&fresh, []), Duration::ZERO);
    assert_eq!(forgotten.enter(&old).await.err().map(|denied| denied.code()), Some("link_invalid"));
    let stored = world.store.appointments(visavis_store::AppointmentFilter {
        professional: world.id_of("ana@demo").await,
        desks: Vec::new(),
        from: Timestamp(0),
        to: world.now().plus(Duration::from_secs(3600)),
    });
    let stored = stored.await.unwrap().remove(0);
    let link = world.store.links(stored.id).await.unwrap().remove(0);
    let copied = forgotten.url(ORIGIN, &stored, &link);
    assert!(forgotten.enter(copied.split_once('#').unwrap().1).await.is_ok(), "one that is copied anew");
}

#[tokio::test]
async fn who_is_brought_along_is_somebody_else() {
    let (world, _, ana) = World::with_both().await;
    let one = made(&world, &ana, new(&world, 10)).await;
    let guests = post(&world, &ana, &one, "/links", json!({ "name": "Interpreter" })).await.json();
    let url = guests["links"][1]["url"].as_str().unwrap();
    let entered = enter(&world, url.split_once('#').unwrap().1).await;
    let view = entered.json();
    assert_eq!((&view["name"], &view["kind"]), (&json!("Interpreter"), &json!("guest")));
    let guest = world.api.appointments.came_over(&entered.cookie(COOKIE).unwrap()).await.unwrap();
    let client = enter(&world, &token(&one)).await.cookie(COOKIE).unwrap();
    let client = world.api.appointments.came_over(&client).await.unwrap();
    assert_ne!(guest.link.person, client.link.person);
    assert_eq!(path(&one, ""), format!("/api/v1/appointments/{}", guest.appointment.id));
}
