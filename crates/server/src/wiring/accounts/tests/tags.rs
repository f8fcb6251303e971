//! Entity tags: what is looked at again is not sent again, and nobody changes what has changed since they saw it.

use super::world::{Answer, ORIGIN, World, ask};
use serde_json::{Value, json};

async fn get(world: &World, cookie: &str, path: &str, known: &str) -> Answer {
    let cookie = format!("__Host-visavis={cookie}");
    world.call(ask("GET", path).headers(vec![("cookie", &*cookie), ("if-none-match", known)])).await
}

async fn change(
    world: &World,
    cookie: &str,
    (method, path): (&str, &str),
    seen: &str,
    body: Option<Value>,
) -> Answer {
    let cookie = format!("__Host-visavis={cookie}");
    let headers = vec![
        ("cookie", &*cookie),
        ("origin", ORIGIN),
        ("content-type", "application/json"),
        ("if-match", seen),
    ];
    let asked = ask(method, path).headers(headers);
    world
        .call(match body {
            Some(body) => asked.with(body),
            None => asked,
        })
        .await
}

fn tag(answer: &Answer) -> String {
    answer.headers["etag"].to_str().unwrap().to_owned()
}

fn desk(about: &str) -> Value {
    json!({ "slug": "help", "name": "Help", "about": about, "wrap_up_s": 0, "ring_s": 30, "sites": [], "members": [] })
}

fn not_as_seen() -> (u16, String) {
    (412, "not_as_seen".into())
}

#[tokio::test]
async fn what_has_not_changed_is_not_sent_again() {
    let (world, admin, _) = World::with_both().await;
    let made = world.call(ask("POST", "/api/v1/admin/desks").by(&admin).with(desk(""))).await;
    assert!(made.headers.get("etag").is_none(), "what was made is looked at by its own address");
    let one = format!("/api/v1/admin/desks/{}", made.json()["id"].as_str().unwrap());
    let from_now = format!("/api/v1/appointments?from=0&to={}", 86_400_000);
    for path in
        ["/api/v1/me", "/api/v1/admin/people", "/api/v1/admin/desks", &one, "/api/v1/calls", &from_now]
    {
        let first = world.call(ask("GET", path).by(&admin)).await;
        let again = get(&world, &admin, path, &tag(&first)).await;
        assert_eq!((again.status.as_u16(), &*again.text), (304, ""), "{path}");
        assert_eq!(tag(&again), tag(&first), "{path}");
        assert_eq!(get(&world, &admin, path, "\"other\"").await.status, 200, "{path}");
    }
    // The clock in it goes on.
    let before = world.call(ask("GET", &from_now).by(&admin)).await;
    world.pass(5);
    let after = world.call(ask("GET", &from_now).by(&admin)).await;
    assert_ne!(before.json()["now"], after.json()["now"]);
    assert_eq!(tag(&before), tag(&after));
    let known = tag(&world.call(ask("GET", &one).by(&admin)).await);
    assert_eq!(world.call(ask("PUT", &one).by(&admin).with(desk("Claims"))).await.status, 200);
    let changed = get(&world, &admin, &one, &known).await;
    assert_eq!((changed.status.as_u16(), &changed.json()["settings"]["about"]), (200, &json!("Claims")));
}

#[tokio::test]
async fn nobody_changes_what_has_changed_since_they_saw_it() {
    let (world, admin, _) = World::with_both().await;
    let made = world.call(ask("POST", "/api/v1/admin/desks").by(&admin).with(desk(""))).await.json();
    let one = format!("/api/v1/admin/desks/{}", made["id"].as_str().unwrap());
    let seen = tag(&world.call(ask("GET", &one).by(&admin)).await);
    let changed = change(&world, &admin, ("PUT", &one), &seen, Some(desk("Claims"))).await;
    assert_eq!(changed.status, 200, "{}", changed.text);
    let late = change(&world, &admin, ("PUT", &one), &seen, Some(desk("Contracts"))).await;
    assert_eq!(late.refusal(), not_as_seen());
    assert_eq!(change(&world, &admin, ("DELETE", &one), &seen, None).await.refusal(), not_as_seen());
    assert_eq!(world.call(ask("GET", &one).by(&admin)).await.json()["settings"]["about"], "Claims");
    let seen = tag(&changed);
    assert_eq!(
        seen,
        tag(&world.call(ask("GET", &one).by(&admin)).await),
        "what a change answers is its new tag"
    );
    assert_eq!(change(&world, &admin, ("DELETE", &one), &seen, None).await.status, 204);

    let rooms = "/api/v1/admin/lounge/rooms";
    let room =
        |about: &str| json!({ "slug": "den", "name": "Den", "about": about, "place": 1, "moderators": [] });
    let made = world.call(ask("POST", rooms).by(&admin).with(room(""))).await.json();
    let one = format!("{rooms}/{}", made["id"].as_str().unwrap());
    let seen = tag(&world.call(ask("GET", &one).by(&admin)).await);
    assert_eq!(change(&world, &admin, ("PUT", &one), &seen, Some(room("Tea"))).await.status, 200);
    assert_eq!(
        change(&world, &admin, ("PUT", &one), &seen, Some(room("Coffee"))).await.refusal(),
        not_as_seen()
    );
    assert_eq!(world.call(ask("GET", &one).by(&admin)).await.json()["settings"]["about"], "Tea");

    let ana = world.id_of("ana@demo").await;
    let one = format!("/api/v1/admin/people/{ana}");
    let seen = tag(&world.call(ask("GET", &one).by(&admin)).await);
    let to = |title: &str| Some(json!({ "title": title }));
    assert_eq!(change(&world, &admin, ("PATCH", &one), &seen, to("Claims")).await.status, 200);
    assert_eq!(
        change(&world, &admin, ("PATCH", &one), &seen, to("Contracts")).await.refusal(),
        not_as_seen()
    );
    assert_eq!(change(&world, &admin, ("PATCH", &one), "*", to("Contracts")).await.status, 200);

    let new = json!({ "client_name": "Cem", "about": "", "wall": "2030-01-01T10:00", "zone": "Europe/Istanbul", "minutes": 30 });
    let made = world.call(ask("POST", "/api/v1/appointments").by(&admin).with(new)).await.json();
    let one = format!("/api/v1/appointments/{}", made["id"].as_str().unwrap());
    let seen = tag(&world.call(ask("GET", &one).by(&admin)).await);
    let to = |about: &str| Some(json!({ "about": about }));
    assert_eq!(change(&world, &admin, ("PATCH", &one), &seen, to("Claims")).await.status, 200);
    assert_eq!(
        change(&world, &admin, ("PATCH", &one), &seen, to("Contracts")).await.refusal(),
        not_as_seen()
    );
    let state = format!("{one}/state");
    let cancelled = Some(json!({ "state": "cancelled" }));
    assert_eq!(
        change(&world, &admin, ("POST", &state), &seen, cancelled.clone()).await.refusal(),
        not_as_seen()
    );
    let seen = tag(&world.call(ask("GET", &one).by(&admin)).await);
    assert_eq!(change(&world, &admin, ("POST", &state), &seen, cancelled).await.status, 200);
}

#[tokio::test]
async fn of_two_changes_of_what_both_have_seen_one_is_made() {
    let (world, admin, _) = World::with_both().await;
    let made = world.call(ask("POST", "/api/v1/admin/desks").by(&admin).with(desk(""))).await.json();
    let help = format!("/api/v1/admin/desks/{}", made["id"].as_str().unwrap());
    let ana = format!("/api/v1/admin/people/{}", world.id_of("ana@demo").await);
    let new = json!({ "client_name": "Cem", "about": "", "wall": "2030-01-01T10:00", "zone": "Europe/Istanbul", "minutes": 30 });
    let made = world.call(ask("POST", "/api/v1/appointments").by(&admin).with(new)).await.json();
    let cem = format!("/api/v1/appointments/{}", made["id"].as_str().unwrap());
    for round in 0..10 {
        let words = [format!("a{round}"), format!("b{round}")];
        for (method, path, body) in [
            ("PUT", &help, words.each_ref().map(|word| desk(word))),
            ("PATCH", &ana, words.each_ref().map(|word| json!({ "title": word }))),
            ("PATCH", &cem, words.each_ref().map(|word| json!({ "note": word }))),
        ] {
            let seen = tag(&world.call(ask("GET", path).by(&admin)).await);
            let [one, other] = body.map(|body| change(&world, &admin, (method, path), &seen, Some(body)));
            let (one, other) = tokio::join!(one, other);
            let late = if one.status == 200 { other } else { one };
            assert_eq!(late.refusal(), not_as_seen(), "{path}");
        }
    }
}

#[tokio::test]
async fn who_says_nothing_of_what_they_have_seen_loses_no_others_words() {
    let (world, admin, _) = World::with_both().await;
    let new = json!({ "client_name": "Cem", "about": "", "wall": "2030-01-01T10:00", "zone": "Europe/Istanbul", "minutes": 30 });
    let made = world.call(ask("POST", "/api/v1/appointments").by(&admin).with(new)).await.json();
    let one = format!("/api/v1/appointments/{}", made["id"].as_str().unwrap());
    let to = |field: &str| ask("PATCH", &one).by(&admin).with(json!({ field: "both" }));
    let (note, about) = tokio::join!(world.call(to("note")), world.call(to("about")));
    assert_eq!((note.status.as_u16(), about.status.as_u16()), (200, 200));
    let now = world.call(ask("GET", &one).by(&admin)).await.json();
    assert_eq!((&now["note"], &now["about"]), (&json!("both"), &json!("both")));
}
