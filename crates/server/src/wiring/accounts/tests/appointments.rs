//! What staff do about appointments: who sees which, what times are taken, what each change leaves and tells.

use super::world::{Answer, ORIGIN, World, ask, heard};
use crate::app::{ControlNotice, Route};
use serde_json::{Value, json};
use std::time::Duration;
use visavis_domain::account::AccountRole;
use visavis_domain::ids::{AppointmentId, DeskId, LinkId};
use visavis_domain::time::Timestamp;
use visavis_domain::zone;
use visavis_store::Action;

pub(super) const ALL: &str = "/api/v1/appointments";
const ZONE: &str = "Europe/Berlin";

/// An appointment that begins so many minutes from now.
pub(super) fn new(world: &World, minutes: u64) -> Value {
    json!({
        "client_name": "Vera", "about": "windscreen", "wall": wall(world, minutes), "zone": ZONE, "minutes": 30,
    })
}

fn wall(world: &World, minutes: u64) -> String {
    zone::wall(world.now().plus(Duration::from_secs(60 * minutes)), ZONE).unwrap()
}

/// As it is answered when it is made.
pub(super) async fn made(world: &World, by: &str, body: Value) -> Value {
    let answer = world.call(ask("POST", ALL).by(by).with(body)).await;
    assert_eq!(answer.status, 201, "{}", answer.text);
    answer.json()
}

/// `…/appointments/ID` and what follows it.
pub(super) fn path(appointment: &Value, rest: &str) -> String {
    format!("{ALL}/{}{rest}", appointment["id"].as_str().unwrap())
}

pub(super) async fn post(world: &World, by: &str, appointment: &Value, rest: &str, body: Value) -> Answer {
    world.call(ask("POST", &path(appointment, rest)).by(by).with(body)).await
}

fn id_of(appointment: &Value) -> AppointmentId {
    appointment["id"].as_str().unwrap().parse().unwrap()
}

/// A desk with these people.
async fn desk(world: &World, admin: &str, slug: &str, emails: &[&str]) -> DeskId {
    let mut members = Vec::new();
    for email in emails {
        members.push(world.id_of(email).await.to_string());
    }
    let body = json!({
        "slug": slug, "name": slug, "about": "", "wrap_up_s": 0, "ring_s": 30, "sites": [], "members": members,
    });
    let answer = world.call(ask("POST", "/api/v1/admin/desks").by(admin).with(body)).await;
    assert_eq!(answer.status, 201, "{}", answer.text);
    answer.json()["id"].as_str().unwrap().parse().unwrap()
}

async fn listed(world: &World, by: &str) -> Vec<Value> {
    let (from, to) = (world.now().0 - 86_400_000, world.now().0 + 30 * 86_400_000);
    let answer = world.call(ask("GET", &format!("{ALL}?from={from}&to={to}")).by(by)).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    answer.json()["appointments"].as_array().unwrap().clone()
}

#[tokio::test]
async fn an_appointment_is_made_as_it_was_asked_for() {
    let (world, _, ana) = World::with_both().await;
    let mut body = new(&world, 60);
    body["email"] = "Vera@Example.org".into();
    let one = made(&world, &ana, body).await;
    let starts_at = zone::moment(&wall(&world, 60), ZONE, None).unwrap();
    for (key, expected) in [
        ("client_name", json!("Vera")),
        ("professional_name", json!("ana")),
        ("email", json!("vera@example.org")),
        ("wall", json!(wall(&world, 60))),
        ("starts_at", json!(starts_at)),
        ("opens_at", json!(starts_at.0 - 15 * 60_000)),
        ("closes_at", json!(starts_at.0 + 90 * 60_000)),
        ("state", json!("booked")),
        ("sequence", json!(0)),
        ("note", json!("")),
        ("created_at", json!(world.now())),
    ] {
        assert_eq!(one[key], expected, "{key}");
    }
    let links = one["links"].as_array().unwrap();
    assert_eq!((links.len(), &links[0]["kind"], &links[0]["name"]), (1, &json!("client"), &json!("Vera")));
    assert!(links[0]["url"].as_str().unwrap().starts_with(&format!("{ORIGIN}/a#")));
    let again = world.call(ask("GET", &path(&one, "")).by(&ana)).await.json();
    assert_eq!(again, one, "a link that is shown twice is one link");
    assert_eq!(listed(&world, &ana).await, [one]);
}

#[tokio::test]
async fn what_cannot_be_is_refused_by_its_name_and_leaves_nothing() {
    let (world, admin, ana) = World::with_both().await;
    let foreign = desk(&world, &admin, "others", &[]).await;
    let before = world.actions().await.len();
    // In Berlin the clocks went forward at two on 31 March 2024 and back at three on 27 October.
    for (key, value, expected) in [
        ("client_name", json!(" "), "name_invalid"),
        ("client_name", json!("a".repeat(65)), "name_invalid"),
        ("email", json!("no address"), "email_invalid"),
        ("about", json!("a".repeat(201)), "text_invalid"),
        ("about", json!("a\nb"), "text_invalid"),
        ("minutes", json!(4), "duration_invalid"),
        ("minutes", json!(481), "duration_invalid"),
        ("zone", json!("Europe/Atlantis"), "zone_unknown"),
        ("zone", json!("../../etc/passwd"), "zone_unknown"),
        ("wall", json!("tomorrow"), "time_invalid"),
        ("wall", json!("2024-02-30T10:00"), "time_invalid"),
        ("wall", json!("2024-03-31T02:30"), "time_skipped"),
        ("wall", json!("2024-10-27T02:30"), "time_ambiguous"),
        ("wall", json!("2020-01-01T10:00"), "time_past"),
        ("desk", json!(foreign), "desk_unknown"),
        ("desk", json!(DeskId::from_bits(5)), "desk_unknown"),
        ("more", json!(1), "malformed"),
    ] {
        let mut body = new(&world, 60);
        body[key] = value;
        let refused = world.call(ask("POST", ALL).by(&ana).with(body)).await.refusal();
        assert_eq!(refused, (422, expected.into()), "{key}");
    }
    assert_eq!(world.actions().await.len(), before);
    assert!(listed(&world, &ana).await.is_empty());
    for (repeated, expected) in [("first", 1_729_989_000_000_u64), ("second", 1_729_992_600_000)] {
        let mut body = new(&world, 60);
        body["wall"] = "2024-10-27T02:30".into();
        body["repeated"] = repeated.into();
        assert_eq!(made(&world, &ana, body).await["starts_at"], expected, "{repeated}");
    }
    for query in
        ["", "?from=1", "?from=2&to=1", "?from=0&to=5356800001", "?from=x&to=1", "?from=0&to=1&more=1"]
    {
        let refused = world.call(ask("GET", &format!("{ALL}{query}")).by(&ana)).await.status;
        assert!(refused == 400 || refused == 422, "{query}: {refused}");
    }
    let longest = world.call(ask("GET", &format!("{ALL}?from=0&to=5356800000")).by(&ana)).await;
    assert_eq!(longest.status, 200, "62 days");
}

#[tokio::test]
async fn an_appointment_is_seen_by_its_professional_and_the_desk_it_is_shared_with() {
    let (world, admin, ana) = World::with_both().await;
    for email in ["ben@demo", "eve@demo"] {
        world.account(email, AccountRole::Staff).await;
    }
    let (ben, eve) = (world.sign_in("ben@demo").await, world.sign_in("eve@demo").await);
    let shared_with = desk(&world, &admin, "shared", &["ana@demo", "ben@demo"]).await;
    desk(&world, &admin, "other", &["ana@demo", "eve@demo"]).await;
    let own = made(&world, &ana, new(&world, 60)).await;
    let mut body = new(&world, 90);
    body["desk"] = json!(shared_with);
    let shared = made(&world, &ana, body).await;
    assert_eq!(shared["desk"]["slug"], "shared");
    for (who, cookie, expected) in [
        ("ana", &ana, vec![&own, &shared]),
        ("ben", &ben, vec![&shared]),
        ("eve", &eve, vec![]),
        // Admins have appointments as everybody else has.
        ("admin", &admin, vec![]),
    ] {
        let ids: Vec<_> = listed(&world, cookie).await.iter().map(|one| one["id"].clone()).collect();
        assert_eq!(ids, expected.iter().map(|one| one["id"].clone()).collect::<Vec<_>>(), "{who}");
        for one in [&own, &shared] {
            let link = one["links"][0]["id"].as_str().unwrap();
            let to = json!({ "wall": wall(&world, 120), "zone": ZONE, "minutes": 30, "sequence": 0 });
            let may = expected.contains(&one);
            for (method, rest, body) in [
                ("GET", String::new(), None),
                ("PATCH", String::new(), Some(json!({ "note": "x" }))),
                ("POST", "/move".into(), Some(to)),
                ("POST", "/state".into(), Some(json!({ "state": "no_show" }))),
                ("POST", "/links".into(), Some(json!({ "name": "Interpreter" }))),
                ("POST", format!("/links/{link}/reissue"), Some(json!({}))),
                ("DELETE", format!("/links/{link}"), None),
            ] {
                if may && (method != "GET" || who == "ana") {
                    continue;
                }
                let path = path(one, &rest);
                let mut asked = ask(method, &path).by(cookie);
                asked.body = body;
                let answer = world.call(asked).await;
                let expected = (404, "appointment_unknown".to_owned());
                let what = format!("{method} {rest} by {who}: {}", answer.text);
                if may {
                    assert_eq!(answer.status, 200, "{what}");
                } else {
                    assert_eq!(answer.refusal(), expected, "{what}");
                }
            }
        }
    }
    let noted = world.call(ask("PATCH", &path(&shared, "")).by(&ben).with(json!({ "note": "by Ben" }))).await;
    assert_eq!(noted.json()["note"], "by Ben");
}

#[tokio::test]
async fn words_are_changed_in_part_and_times_with_the_sequence_that_was_seen() {
    let (world, _, ana) = World::with_both().await;
    let mut body = new(&world, 60);
    body["email"] = "vera@example.org".into();
    let one = made(&world, &ana, body).await;
    let note = "first line\nsecond line";
    let at = path(&one, "");
    let patch = |body: Value| ask("PATCH", &at).by(&ana).with(body);
    let changed =
        world.call(patch(json!({ "note": note, "email": "", "client_name": "Vera T." }))).await.json();
    assert_eq!((&changed["note"], &changed["client_name"]), (&json!(note), &json!("Vera T.")));
    assert_eq!((changed.get("email"), &changed["about"]), (None, &json!("windscreen")));
    assert_eq!(changed["sequence"], 0, "a word is no other time");
    assert_eq!(changed["links"][0]["name"], "Vera T.");
    for (body, expected) in [
        (json!({ "note": "a".repeat(10_001) }), "text_invalid"),
        (json!({ "client_name": "" }), "name_invalid"),
        (json!({ "starts_at": 1 }), "malformed"),
    ] {
        assert_eq!(world.call(patch(body)).await.refusal(), (422, expected.into()));
    }
    let to = |minutes, sequence| json!({ "wall": wall(&world, minutes), "zone": ZONE, "minutes": 45, "sequence": sequence });
    let stale = post(&world, &ana, &one, "/move", to(120, 1)).await;
    assert_eq!(stale.refusal(), (409, "changed_meanwhile".into()));
    let moved = post(&world, &ana, &one, "/move", to(120, 0)).await.json();
    assert_eq!((&moved["sequence"], &moved["minutes"]), (&json!(1), &json!(45)));
    assert_eq!(moved["wall"], wall(&world, 120));
    assert_eq!(moved["links"][0]["id"], one["links"][0]["id"], "links hold as before");
    assert_eq!(
        post(&world, &ana, &one, "/move", to(150, 0)).await.refusal(),
        (409, "changed_meanwhile".into())
    );
    let past = json!({ "wall": "2020-01-01T10:00", "zone": ZONE, "minutes": 45, "sequence": 1 });
    assert_eq!(post(&world, &ana, &one, "/move", past).await.refusal(), (422, "time_past".into()));
}

#[tokio::test]
async fn what_became_of_it_is_a_closed_set_of_ways() {
    let (world, _, ana) = World::with_both().await;
    let one = made(&world, &ana, new(&world, 60)).await;
    let state = async |to: &str| {
        let answer = post(&world, &ana, &one, "/state", json!({ "state": to })).await;
        if answer.status == 200 {
            answer.json()["state"].as_str().unwrap().to_owned()
        } else {
            answer.refusal().1
        }
    };
    for to in ["done", "no_show"] {
        assert_eq!(state(to).await, "too_soon");
    }
    assert_eq!(state("booked").await, "state_unfit");
    world.pass(61 * 60);
    for (to, expected) in [
        ("done", "done"),
        ("done", "state_unfit"),
        ("cancelled", "state_unfit"),
        ("booked", "booked"),
        ("no_show", "no_show"),
        ("cancelled", "cancelled"),
        ("booked", "state_unfit"),
        ("done", "state_unfit"),
        ("lost", "malformed"),
    ] {
        assert_eq!(state(to).await, expected, "{to}");
    }
    let last = world.call(ask("GET", &path(&one, "")).by(&ana)).await.json();
    assert_eq!(last["sequence"], 1, "cancelling alone raises it");
    let to = json!({ "wall": wall(&world, 120), "zone": ZONE, "minutes": 30, "sequence": 1 });
    assert_eq!(post(&world, &ana, &one, "/move", to).await.refusal(), (409, "state_unfit".into()));
}

#[tokio::test]
async fn every_change_leaves_one_row_and_tells_who_shows_it() {
    let (world, admin, ana) = World::with_both().await;
    let desk = desk(&world, &admin, "help", &["ana@demo"]).await;
    let mut body = new(&world, 10);
    body["desk"] = json!(desk);
    let one = made(&world, &ana, body).await;
    let (id, professional) = (id_of(&one), world.id_of("ana@demo").await);
    let mut topics = [
        world.listen(Route::Appointments(professional)).await,
        world.listen(Route::DeskAppointments(desk)).await,
        world.listen(Route::Appointment(id)).await,
    ];
    let client = one["links"][0]["id"].as_str().unwrap().to_owned();
    let to =
        |sequence| json!({ "wall": wall(&world, 20), "zone": ZONE, "minutes": 30, "sequence": sequence });
    let at = |rest: &str| path(&one, rest);
    let (mv, state, links) = (at("/move"), at("/state"), at("/links"));
    let (own, gone) = (at(""), at(&format!("/links/{client}")));
    let reissue = at(&format!("/links/{client}/reissue"));
    use Action as A;
    let bodies = [
        ("PATCH", &own, Some(json!({ "note": "x" })), vec![A::AppointmentChanged]),
        ("PATCH", &own, Some(json!({ "note": "x" })), vec![]),
        ("PATCH", &own, Some(json!({})), vec![]),
        ("PATCH", &own, Some(json!({ "note": "\u{7}" })), vec![]),
        ("GET", &own, None, vec![]),
        ("POST", &mv, Some(to(7)), vec![]),
        ("POST", &mv, Some(to(0)), vec![A::AppointmentChanged]),
        ("POST", &links, Some(json!({ "name": "Interpreter" })), vec![A::LinkChanged]),
        ("POST", &links, Some(json!({ "name": "" })), vec![]),
        ("POST", &reissue, Some(json!({})), vec![A::LinkChanged]),
        ("POST", &reissue, Some(json!({})), vec![]),
        ("DELETE", &gone, None, vec![]),
        ("POST", &state, Some(json!({ "state": "no_show" })), vec![]),
        ("POST", &state, Some(json!({ "state": "cancelled" })), vec![A::AppointmentChanged]),
        ("POST", &state, Some(json!({ "state": "cancelled" })), vec![]),
    ];
    for (method, path, body, expected) in bodies {
        let before = world.actions().await.len();
        let mut asked = ask(method, path).by(&ana);
        asked.body = body;
        let answer = world.call(asked).await;
        let what = format!("{method} {path}: {}", answer.text);
        assert_eq!(world.actions().await[before..], expected, "{what}");
        for topic in &mut topics {
            let told = heard(topic);
            assert_eq!(told.is_some(), !expected.is_empty(), "{what}");
            let Some(told) = told else { continue };
            let frame: Value = serde_json::from_slice(&told).unwrap();
            assert_eq!(frame["event"], json!({ "type": "appointment_changed", "appointment": id }), "{what}");
            assert!(heard(topic).is_none(), "once: {what}");
        }
    }
    assert_eq!(world.store.verify_audit().await.unwrap(), Ok(world.actions().await.len() as u64));
}

#[tokio::test]
async fn links_are_added_replaced_and_taken_back() {
    let (world, _, ana) = World::with_both().await;
    let one = made(&world, &ana, new(&world, 60)).await;
    let mut view = Value::Null;
    for number in 1..10 {
        world.pass(1);
        let answer = post(&world, &ana, &one, "/links", json!({ "name": format!("Guest {number}") })).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        view = answer.json();
    }
    let many = post(&world, &ana, &one, "/links", json!({ "name": "One too many" })).await;
    assert_eq!(many.refusal(), (409, "links_many".into()));
    let links = view["links"].as_array().unwrap();
    let names: Vec<_> = links.iter().map(|link| link["name"].as_str().unwrap()).collect();
    assert_eq!(names[..3], ["Vera", "Guest 1", "Guest 2"], "the client's first");
    let guest = links[1]["id"].as_str().unwrap();
    let id: LinkId = guest.parse().unwrap();
    let mut topic = world.listen(Route::Link(id)).await;
    world.pass(1);
    let replaced = post(&world, &ana, &one, &format!("/links/{guest}/reissue"), json!({})).await.json();
    assert_eq!(heard(&mut topic).and_then(|body| ControlNotice::read(&body)), Some(ControlNotice::LinkEnded));
    let after = replaced["links"].as_array().unwrap();
    assert_eq!(after.len(), 10);
    assert!(after.iter().all(|link| link["id"] != guest) && after[9]["name"] == "Guest 1");
    let (old, new) = (world.store.link(id).await.unwrap().unwrap(), after[9]["id"].as_str().unwrap());
    let new = world.store.link(new.parse().unwrap()).await.unwrap().unwrap();
    assert_ne!(old.person, new.person, "whoever had the old one is not who has the new one");

    let client = links[0]["id"].as_str().unwrap();
    let gone = world.call(ask("DELETE", &path(&one, &format!("/links/{client}"))).by(&ana)).await.json();
    assert_eq!(gone["links"].as_array().unwrap().len(), 9);
    let again = |link: &str| format!("/links/{link}/reissue");
    let back = post(&world, &ana, &one, &again(client), json!({})).await.json();
    assert_eq!((&back["links"][0]["kind"], &back["links"][0]["name"]), (&json!("client"), &json!("Vera")));
    let unknown = (404, "link_unknown".to_owned());
    let foreign = made(&world, &ana, new_later(&world)).await;
    let foreign = foreign["links"][0]["id"].as_str().unwrap();
    for link in [client, guest, foreign, "l_00000000000000000000000000000000"] {
        assert_eq!(post(&world, &ana, &one, &again(link), json!({})).await.refusal(), unknown, "{link}");
        let delete = path(&one, &format!("/links/{link}"));
        assert_eq!(world.call(ask("DELETE", &delete).by(&ana)).await.refusal(), unknown, "{link}");
    }
}

fn new_later(world: &World) -> Value {
    new(world, 600)
}

#[tokio::test]
async fn the_demonstration_has_an_appointment_as_long_as_none_is_to_come() {
    let world = World::new().await;
    world.accounts.demonstrate("correct horse battery".to_owned()).await.unwrap();
    let first = world.api.appointments.demonstrate(ORIGIN).await.unwrap().unwrap();
    let ana = world.sign_in("ana@demo").await;
    let one = &listed(&world, &ana).await[0];
    assert_eq!(one["links"][0]["url"], first);
    let begins = Timestamp(one["starts_at"].as_u64().unwrap());
    assert!((300_000..=360_000).contains(&(begins.0 - world.now().0)), "{begins:?}");
    assert_eq!(one["desk"]["slug"], "help");
    world.pass(600);
    assert_eq!(world.api.appointments.demonstrate(ORIGIN).await.unwrap().unwrap(), first, "it goes on");
    world.pass(2 * 3600);
    let second = world.api.appointments.demonstrate(ORIGIN).await.unwrap().unwrap();
    assert_ne!(second, first);
    assert_eq!(world.actions().await.iter().filter(|one| **one == Action::AppointmentCreated).count(), 2);
}
