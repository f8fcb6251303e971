//! Who reads which calls.

use super::world::{World, ask};
use serde_json::json;
use visavis_domain::ids::{DeskId, PersonId, RingId};
use visavis_domain::ring::RingEnd;
use visavis_domain::time::Timestamp;
use visavis_store::CallRecord;

fn call(number: u128, representative: PersonId, end: Option<RingEnd>) -> CallRecord {
    let started_at = Timestamp(1_600_000_000_000 + u64::try_from(number).unwrap() * 1000);
    CallRecord {
        ring: RingId::from_bits(number),
        appointment: None,
        desk: Some(DeskId::from_bits(1)),
        desk_name: "Help".into(),
        visitor: PersonId::from_bits(7),
        visitor_name: "=Vera".into(),
        about: "windscreen, \"left\"".into(),
        representative,
        representative_name: "Ana".into(),
        into: None,
        started_at,
        accepted_at: None,
        ended_at: end.map(|_| started_at),
        end,
        stars: None,
        comment: String::new(),
        note: String::new(),
        outcome: None,
    }
}

#[tokio::test]
async fn staff_see_their_own_calls_and_admins_all() {
    let (world, admin, ana) = World::with_both().await;
    let (ana_id, other) = (world.id_of("ana@demo").await, world.id_of("admin@demo").await);
    for (number, who, end) in [
        (1, ana_id, Some(RingEnd::Missed)),
        (2, other, Some(RingEnd::HungUp)),
        (3, ana_id, Some(RingEnd::HungUp)),
        (4, ana_id, None),
    ] {
        world.store.record_call(call(number, who, end)).await.unwrap();
    }
    for (path, cookie, expected, total) in [
        ("/api/v1/calls", &ana, vec![4, 3, 1], 3),
        ("/api/v1/calls?end=missed", &ana, vec![1], 1),
        ("/api/v1/calls?ended=false", &ana, vec![4], 1),
        ("/api/v1/calls?skip=1&take=1", &ana, vec![3], 3),
        ("/api/v1/calls", &admin, vec![2], 1),
        ("/api/v1/admin/calls", &admin, vec![4, 3, 2, 1], 4),
        ("/api/v1/admin/calls?ended=true&from=1600000002000&to=1600000003000", &admin, vec![2], 1),
        ("/api/v1/admin/calls?take=200", &admin, vec![4, 3, 2, 1], 4),
        ("/api/v1/admin/calls?desk=d_00000000000000000000000000000002", &admin, vec![], 0),
    ] {
        let page = world.call(ask("GET", path).by(cookie)).await.json();
        let rings: Vec<_> = page["calls"].as_array().unwrap().iter().map(|one| one["ring"].clone()).collect();
        let expected: Vec<_> =
            expected.into_iter().map(|n| json!(RingId::from_bits(n).to_string())).collect();
        assert_eq!(rings, expected, "{path}");
        assert_eq!(page["total"], total, "{path}");
    }
}

#[tokio::test]
async fn who_asks_to_be_forgotten_is_taken_out_by_admins() {
    let (world, admin, ana) = World::with_both().await;
    let ana_id = world.id_of("ana@demo").await;
    world.store.record_call(call(1, ana_id, Some(RingEnd::HungUp))).await.unwrap();
    world.store.record_call(call(2, ana_id, None)).await.unwrap();
    let path = |number| format!("/api/v1/admin/calls/{}", RingId::from_bits(number));
    for (number, cookie, expected) in [(1, &ana, 403), (2, &admin, 404), (3, &admin, 404), (1, &admin, 204)] {
        let answer = world.call(ask("DELETE", &path(number)).by(cookie)).await;
        assert_eq!(answer.status, expected, "{number}");
    }
    let left = world.call(ask("GET", "/api/v1/admin/calls").by(&admin)).await.json();
    assert_eq!((&left["total"], &left["calls"][0]["end"]), (&json!(1), &json!(null)), "what goes on stays");
    let log = world.call(ask("GET", "/api/v1/admin/audit").by(&admin)).await.json();
    let rows = log["rows"].as_array().unwrap();
    let row = rows.iter().find(|row| row["action"] == "call_forgotten").unwrap();
    assert_eq!(row["subject"], RingId::from_bits(1).to_string());
    assert!(!log.to_string().contains("Vera"), "nor does the log say who it was");
}

#[tokio::test]
async fn an_appointment_that_is_over_is_removed_whole() {
    let (world, _, ana) = World::with_both().await;
    let new = json!({ "client_name": "Cem", "email": "cem@demo", "about": "", "wall": "2030-01-01T10:00",
        "zone": "UTC", "minutes": 30 });
    let made = world.call(ask("POST", "/api/v1/appointments").by(&ana).with(new)).await.json();
    let path = format!("/api/v1/appointments/{}", made["id"].as_str().unwrap());
    let refused = world.call(ask("DELETE", &path).by(&ana)).await;
    assert_eq!(refused.refusal(), (409, "state_unfit".to_owned()), "it is still planned");
    let cancel = json!({ "state": "cancelled" });
    assert_eq!(world.call(ask("POST", &format!("{path}/state")).by(&ana).with(cancel)).await.status, 200);
    assert_eq!(world.call(ask("DELETE", &path).by(&ana)).await.status, 204);
    for method in ["GET", "DELETE"] {
        assert_eq!(world.call(ask(method, &path).by(&ana)).await.status, 404);
    }
}

#[tokio::test]
async fn lists_that_grow_are_given_in_parts() {
    let (world, admin, ana) = World::with_both().await;
    let ana_id = world.id_of("ana@demo").await;
    for number in 1..=5 {
        world.store.record_call(call(number, ana_id, Some(RingEnd::HungUp))).await.unwrap();
    }
    let all = async |path: &str, list: &str, cookie: &str| {
        let (mut found, mut after, mut parts) = (Vec::new(), String::new(), 0);
        loop {
            let part = world.call(ask("GET", &format!("{path}take=2{after}")).by(cookie)).await.json();
            found.extend(part[list].as_array().unwrap().clone());
            parts += 1;
            match part["next"].as_str() {
                Some(next) => after = format!("&after={next}"),
                None => return (found, parts),
            }
        }
    };
    let (calls, parts) = all("/api/v1/calls?", "calls", &ana).await;
    let rings: Vec<_> = calls.iter().map(|one| one["ring"].clone()).collect();
    let expected: Vec<_> = (1..=5).rev().map(|n| json!(RingId::from_bits(n).to_string())).collect();
    assert_eq!((rings, parts), (expected, 3));
    // A call that comes meanwhile moves nothing.
    let first = world.call(ask("GET", "/api/v1/calls?take=2").by(&ana)).await.json();
    world.store.record_call(call(6, ana_id, None)).await.unwrap();
    let path = format!("/api/v1/calls?take=2&after={}", first["next"].as_str().unwrap());
    let second = world.call(ask("GET", &path).by(&ana)).await.json();
    assert_eq!(second["calls"][0]["ring"], json!(RingId::from_bits(3).to_string()));
    assert_eq!(second["total"], 6);

    for name in ["dina", "emre", "filiz"] {
        world.account(&format!("{name}@demo"), visavis_domain::account::AccountRole::Staff).await;
    }
    let (people, parts) = all("/api/v1/admin/people?", "people", &admin).await;
    let names: Vec<_> = people.iter().map(|one| one["name"].as_str().unwrap()).collect();
    assert_eq!((names, parts), (vec!["admin", "ana", "dina", "emre", "filiz"], 3));

    let (rows, _) = all("/api/v1/admin/audit?", "rows", &admin).await;
    let numbers: Vec<_> = rows.iter().map(|row| row["number"].as_u64().unwrap()).collect();
    let whole: Vec<_> = (1..=numbers[0]).rev().collect();
    assert_eq!(numbers, whole, "that they are read adds rows, and moves none");

    for hour in 10..15 {
        let new = json!({ "client_name": "Cem", "about": "", "wall": format!("2030-01-01T{hour}:00"),
            "zone": "UTC", "minutes": 30 });
        assert_eq!(world.call(ask("POST", "/api/v1/appointments").by(&ana).with(new)).await.status, 201);
    }
    let path = "/api/v1/appointments?from=1893400000000&to=1893600000000&";
    let (appointments, parts) = all(path, "appointments", &ana).await;
    let walls: Vec<_> = appointments.iter().map(|one| one["wall"].as_str().unwrap()).collect();
    let expected: Vec<_> = (10..15).map(|hour| format!("2030-01-01T{hour}:00")).collect();
    assert_eq!((walls, parts), (expected.iter().map(String::as_str).collect(), 3));
}

#[tokio::test]
async fn the_audit_log_says_what_something_was_done_to_by_its_name() {
    let (world, admin, _) = World::with_both().await;
    let desk = json!({ "slug": "help", "name": "Help", "about": "", "wrap_up_s": 0, "ring_s": 30, "sites": [],
        "members": [] });
    let room = json!({ "slug": "den", "name": "Den", "about": "", "place": 1, "moderators": [] });
    let rooms = "/api/v1/admin/lounge/rooms";
    let made = world.call(ask("POST", "/api/v1/admin/desks").by(&admin).with(desk.clone())).await.json();
    let gone = json!({ "slug": "gone", "name": "Gone", "about": "", "wrap_up_s": 0, "ring_s": 30, "sites": [],
        "members": [] });
    let gone = world.call(ask("POST", "/api/v1/admin/desks").by(&admin).with(gone)).await.json();
    let gone = format!("/api/v1/admin/desks/{}", gone["id"].as_str().unwrap());
    assert_eq!(world.call(ask("DELETE", &gone).by(&admin)).await.status, 204);
    assert_eq!(world.call(ask("POST", rooms).by(&admin).with(room)).await.status, 201);
    let ana = format!("/api/v1/admin/people/{}", world.id_of("ana@demo").await);
    let changed = world.call(ask("PATCH", &ana).by(&admin).with(json!({ "title": "Claims" }))).await;
    assert_eq!(changed.status, 200);
    let page = world.call(ask("GET", "/api/v1/admin/audit?take=6").by(&admin)).await.json();
    let named: Vec<_> = page["rows"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| (row["action"].as_str().unwrap(), row["subject_name"].as_str().unwrap()))
        .collect();
    let expected = [
        ("audit_read", ""),
        ("account_changed", "ana"),
        ("lounge_room_changed", "Den"),
        ("desk_removed", ""),
        ("desk_changed", ""),
        ("desk_changed", "Help"),
    ];
    assert_eq!(named, expected);
    // What it is called now, whatever it was called then.
    let mut renamed = desk;
    renamed["name"] = json!("Claims");
    let one = format!("/api/v1/admin/desks/{}", made["id"].as_str().unwrap());
    assert_eq!(world.call(ask("PUT", &one).by(&admin).with(renamed)).await.status, 200);
    let page = world.call(ask("GET", "/api/v1/admin/audit?take=8").by(&admin)).await.json();
    assert_eq!(page["rows"][7]["subject_name"], "Claims");
}

#[tokio::test]
async fn a_note_is_its_representatives() {
    let (world, admin, ana) = World::with_both().await;
    let ana_id = world.id_of("ana@demo").await;
    world.store.record_call(call(1, ana_id, Some(RingEnd::HungUp))).await.unwrap();
    let path = format!("/api/v1/calls/{}/note", RingId::from_bits(1));
    let note = |text: &str| ask("PUT", &path).with(json!({ "note": text, "outcome": "follow_up" }));
    let text = "call back\non Monday";
    assert_eq!(world.call(note(text).by(&admin)).await.refusal(), (404, "call_unknown".into()));
    let long = "a".repeat(4001);
    assert_eq!(world.call(note(&long).by(&ana)).await.refusal(), (422, "note_invalid".into()));
    assert_eq!(world.call(note(text).by(&ana)).await.status, 204);
    let page = world.call(ask("GET", "/api/v1/calls").by(&ana)).await.json();
    assert_eq!(page["calls"][0]["note"], text);
    assert_eq!(page["calls"][0]["outcome"], "follow_up");
}

#[tokio::test]
async fn an_export_has_every_call_once_and_no_formulas() {
    let (world, admin, _) = World::with_both().await;
    let ana_id = world.id_of("ana@demo").await;
    for number in 1..=450 {
        world.store.record_call(call(number, ana_id, Some(RingEnd::HungUp))).await.unwrap();
    }
    let answer = world.call(ask("GET", "/api/v1/admin/calls.csv").by(&admin)).await;
    assert!(answer.headers["content-type"].to_str().unwrap().starts_with("text/csv"));
    assert!(answer.headers["content-disposition"].to_str().unwrap().contains("calls.csv"));
    let lines: Vec<_> = answer.text.trim_end().split("\r\n").collect();
    assert_eq!(lines.len(), 451);
    let rings: std::collections::HashSet<_> = lines[1..].iter().map(|line| &line[..34]).collect();
    assert_eq!(rings.len(), 450);
    assert!(lines[1].contains(",'=Vera,\"windscreen, \"\"left\"\"\","), "{}", lines[1]);
}
