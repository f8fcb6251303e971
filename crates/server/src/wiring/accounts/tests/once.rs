//! `Idempotency-Key`: what is asked for twice under one word is done once, whoever asks and at whichever instance.

use super::world::{Answer, World, ask};
use serde_json::{Value, json};
use std::time::{Duration, Instant};
use visavis_store::{Action, Page};

const PEOPLE: &str = "/api/v1/admin/people";
const DESKS: &str = "/api/v1/admin/desks";

async fn key(world: &World, admin: &str) -> String {
    let scopes = ["staff:write", "staff:read", "desks:write", "desks:read"];
    let body = json!({ "name": "Booking", "scopes": scopes, "expires_at": world.now().0 + 86_400_000 });
    let made = world.call(ask("POST", "/api/v1/admin/api-keys").by(admin).with(body)).await.json();
    made["secret"].as_str().unwrap().to_owned()
}

async fn post(world: &World, key: &str, path: &str, word: &str, body: Value) -> Answer {
    let shown = format!("Bearer {key}");
    let headers =
        vec![("authorization", &*shown), ("content-type", "application/json"), ("idempotency-key", word)];
    world.call(ask("POST", path).headers(headers).with(body)).await
}

fn person(name: &str) -> Value {
    json!({ "email": format!("{name}@demo"), "name": name, "title": "", "role": "staff" })
}

fn desk(slug: &str) -> Value {
    json!({ "slug": slug, "name": "Help", "about": "", "wrap_up_s": 0, "ring_s": 30, "sites": [], "members": [] })
}

#[tokio::test]
async fn what_is_asked_for_twice_under_one_word_is_done_once_and_told_again() {
    let (world, admin, _) = World::with_both().await;
    let key = key(&world, &admin).await;
    let first = post(&world, &key, PEOPLE, "order-1", person("dina")).await;
    assert_eq!(first.status, 201, "{}", first.text);
    assert!(first.headers.get("idempotency-replayed").is_none());
    let again = post(&world, &key, PEOPLE, "order-1", person("dina")).await;
    assert_eq!((again.status, &again.text), (first.status, &first.text), "the same link, too");
    assert_eq!(again.headers["idempotency-replayed"], "true");
    assert_eq!(again.headers["content-type"], "application/json");
    let rows = world.store.audit_rows(None, Page { skip: 0, take: 100 }).await.unwrap();
    let dina = json!(first.json()["id"]);
    let made = rows.iter().filter(|row| row.action == Action::AccountCreated && json!(row.subject) == dina);
    assert_eq!(made.count(), 1);
    // Without a word it is another request, and the address is taken.
    let plain = world.call(ask("POST", PEOPLE).key(&key).with(person("dina"))).await;
    assert_eq!(plain.refusal(), (409, "email_taken".into()));
}

#[tokio::test]
async fn a_word_stands_for_one_request_of_one_asker() {
    let (world, admin, _) = World::with_both().await;
    let (one, two) = (key(&world, &admin).await, key(&world, &admin).await);
    assert_eq!(post(&world, &one, DESKS, "a", desk("one")).await.status, 201);
    let other_body = post(&world, &one, DESKS, "a", desk("two")).await;
    assert_eq!(other_body.refusal(), (422, "idempotency_key_reused".into()));
    let other_path = post(&world, &one, PEOPLE, "a", person("dina")).await;
    assert_eq!(other_path.refusal(), (422, "idempotency_key_reused".into()));
    assert_eq!(
        post(&world, &two, DESKS, "a", desk("two")).await.status,
        201,
        "another key's word is its own"
    );
    for bad in ["", "a b", &"a".repeat(256)] {
        let refused = post(&world, &one, DESKS, bad, desk("three")).await;
        assert_eq!(refused.refusal(), (400, "idempotency_key_invalid".into()), "{bad}");
    }
}

#[tokio::test]
async fn what_failed_may_be_tried_again_under_the_same_word() {
    let (world, admin, _) = World::with_both().await;
    let key = key(&world, &admin).await;
    assert_eq!(post(&world, &key, DESKS, "a", desk("No!")).await.refusal(), (422, "slug_invalid".into()));
    assert_eq!(post(&world, &key, DESKS, "a", desk("no")).await.status, 201);
}

#[tokio::test]
async fn who_hangs_up_and_asks_again_finds_it_done() {
    let (world, admin, _) = World::with_both().await;
    let key = key(&world, &admin).await;
    // At every moment of it.
    for round in 0..40_u64 {
        let ask =
            || async { post(&world, &key, DESKS, &round.to_string(), desk(&format!("d{round}"))).await };
        let _ = tokio::time::timeout(Duration::from_micros(250 * round), ask()).await;
        let end = Instant::now() + Duration::from_secs(20);
        let told = loop {
            let told = ask().await;
            if told.status != 409 || Instant::now() > end {
                break told;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        };
        assert_eq!(told.status, 201, "hung up after {round}: {}", told.text);
    }
    let listed = world.call(ask("GET", DESKS).key(&key)).await.json();
    assert_eq!(listed.as_array().unwrap().len(), 40);
}

#[tokio::test]
async fn of_many_at_once_one_is_done() {
    let (world, admin, _) = World::with_both().await;
    let key = key(&world, &admin).await;
    let all = (0..8).map(|_| post(&world, &key, DESKS, "a", desk("help")));
    let answers = futures_util::future::join_all(all).await;
    for answer in &answers {
        let running = answer.status == 409 && answer.refusal().1 == "request_running";
        assert!(answer.status == 201 || running, "{} {}", answer.status, answer.text);
    }
    let listed = world.call(ask("GET", DESKS).key(&key)).await.json();
    assert_eq!(listed.as_array().unwrap().len(), 1);
    let after = post(&world, &key, DESKS, "a", desk("help")).await;
    assert_eq!((after.status.as_u16(), &after.json()["id"]), (201, &listed[0]["id"]));
}

#[tokio::test]
async fn a_word_is_no_way_around_a_scope_and_says_nothing_to_others() {
    let (world, admin, ana) = World::with_both().await;
    let key = key(&world, &admin).await;
    assert_eq!(post(&world, &key, PEOPLE, "a", person("dina")).await.status, 201);
    let revoked = world.call(ask("GET", "/api/v1/admin/api-keys").by(&admin)).await.json();
    let path = format!("/api/v1/admin/api-keys/{}", revoked[0]["id"].as_str().unwrap());
    assert_eq!(world.call(ask("DELETE", &path).by(&admin)).await.status, 204);
    assert_eq!(post(&world, &key, PEOPLE, "a", person("dina")).await.refusal(), (401, "key_invalid".into()));
    let cookie = format!("__Host-visavis={ana}");
    let headers = vec![
        ("cookie", &*cookie),
        ("origin", super::world::ORIGIN),
        ("content-type", "application/json"),
        ("idempotency-key", "a"),
    ];
    let hers = world.call(ask("POST", PEOPLE).headers(headers).with(person("dina"))).await;
    assert_eq!(hers.refusal(), (403, "forbidden".into()));
}
