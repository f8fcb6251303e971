//! Webhooks over HTTP: who may, what is refused, what is kept secret, what is written down of what happens.

use super::world::{Answer, World, ask};
use serde_json::{Value, json};
use visavis_domain::time::Timestamp;
use visavis_domain::webhook::EventKind;
use visavis_store::{Action, DeliveryState};

const PATH: &str = "/api/v1/admin/webhooks";

fn new() -> Value {
    json!({ "name": " Back office ", "url": "https://hooks.example.org/a", "kinds": ["call.ended", "ring.started"] })
}

async fn made(world: &World, admin: &str, body: Value) -> (Value, String) {
    let answer = world.call(ask("POST", PATH).by(admin).with(body)).await;
    assert_eq!(answer.status, 201, "{}", answer.text);
    let body = answer.json();
    let path = format!("{PATH}/{}", body["webhook"]["id"].as_str().unwrap());
    (body, path)
}

#[tokio::test]
async fn a_secret_is_shown_once_and_kept_sealed() {
    let (world, admin, _) = World::with_both().await;
    let (first, path) = made(&world, &admin, new()).await;
    let secret = first["secret"].as_str().unwrap();
    assert!(secret.starts_with("whsec_") && secret.len() == 50, "{secret}");
    assert_eq!(first["webhook"]["name"], "Back office");
    assert_eq!(first["webhook"]["kinds"], json!(["ring.started", "call.ended"]), "each once, in order");
    let rotated = world.call(ask("POST", &format!("{path}/secret")).by(&admin)).await.json();
    assert_ne!(rotated["secret"], secret);
    assert_eq!(rotated["earlier_until"], world.now().0 + 24 * 3600 * 1000);
    let listed = world.call(ask("GET", PATH).by(&admin)).await;
    let kept = format!("{:?}", world.store.webhooks().await.unwrap());
    let sealed = world.store.webhooks().await.unwrap().remove(0).secrets;
    for secret in [secret, rotated["secret"].as_str().unwrap()] {
        assert!(!listed.text.contains(secret) && !kept.contains(secret));
        for row in world.store.audit_rows(None, visavis_store::Page { skip: 0, take: 9 }).await.unwrap() {
            assert!(!row.detail.to_string().contains(secret));
        }
    }
    assert!(sealed.newest.len() > 32 && sealed.earlier.is_some());
}

#[tokio::test]
async fn what_cannot_be_a_webhook_is_refused_with_a_code() {
    let (world, admin, _) = World::with_both().await;
    let (_, path) = made(&world, &admin, new()).await;
    for (field, value, code) in [
        ("name", json!(" "), "name_invalid"),
        ("name", json!("a".repeat(65)), "name_invalid"),
        ("url", json!("nonsense"), "url_invalid"),
        ("url", json!("data:x"), "url_invalid"),
        ("url", json!(format!("https://a.example/{}", "a".repeat(2000))), "url_invalid"),
        ("url", json!("https://refused.example/"), "address_refused"),
        ("kinds", json!([]), "kinds_invalid"),
        ("kinds", json!(["webhook.test"]), "kinds_invalid"),
        ("kinds", json!(["ring.exploded"]), "malformed"),
    ] {
        let mut body = new();
        body[field] = value.clone();
        let refused = world.call(ask("POST", PATH).by(&admin).with(body)).await;
        assert_eq!(refused.refusal(), (422, code.to_owned()), "{field}");
        let refused = world.call(ask("PATCH", &path).by(&admin).with(json!({ field: value }))).await;
        assert_eq!(refused.refusal(), (422, code.to_owned()), "{field}");
    }
    let event = format!("e_{}", "0".repeat(32));
    let unknown = format!("{PATH}/h_{}", "0".repeat(32));
    let replay = json!({ "event": event, "later": false });
    let refused = |answer: Answer| answer.refusal();
    let replayed = world.call(ask("POST", &format!("{path}/replay")).by(&admin).with(replay)).await;
    assert_eq!(refused(replayed), (404, "event_unknown".into()));
    for (method, rest) in
        [("DELETE", ""), ("POST", "/secret"), ("GET", "/deliveries"), ("POST", "/test"), ("PATCH", "")]
    {
        let path = format!("{unknown}{rest}");
        let asked = ask(method, &path).by(&admin);
        let asked = if method == "PATCH" { asked.with(json!({})) } else { asked };
        assert_eq!(refused(world.call(asked).await), (404, "webhook_unknown".into()), "{method} {rest}");
    }
    for _ in 1..50 {
        made(&world, &admin, new()).await;
    }
    let full = world.call(ask("POST", PATH).by(&admin).with(new())).await;
    assert_eq!(full.refusal(), (422, "too_many_webhooks".into()));
}

#[tokio::test]
async fn whatever_is_done_to_one_is_a_row_of_the_audit_log() {
    let (world, admin, _) = World::with_both().await;
    let (_, path) = made(&world, &admin, new()).await;
    let before = world.actions().await.len();
    let [secret, test, deliveries, replay] =
        ["secret", "test", "deliveries", "replay"].map(|rest| format!("{path}/{rest}"));
    assert_eq!(
        world.call(ask("PATCH", &path).by(&admin).with(json!({ "name": "B" }))).await.json()["name"],
        "B"
    );
    assert_eq!(world.call(ask("POST", &secret).by(&admin)).await.status, 200);
    assert_eq!(world.call(ask("POST", &test).by(&admin)).await.status, 204);
    let page = world.call(ask("GET", &deliveries).by(&admin)).await.json();
    let event = &page["deliveries"][0];
    assert_eq!((&event["kind"], &event["state"]), (&json!("webhook.test"), &json!("waiting")));
    let body = json!({ "event": event["event"], "later": true });
    assert_eq!(world.call(ask("POST", &replay).by(&admin).with(body)).await.json()["count"], 1);
    let off = world.call(ask("PATCH", &path).by(&admin).with(json!({ "on": false }))).await.json();
    assert_eq!(off["state"], "off");
    assert_eq!(world.call(ask("POST", &test).by(&admin)).await.refusal(), (409, "webhook_off".into()));
    assert_eq!(world.call(ask("DELETE", &path).by(&admin)).await.status, 204);
    use Action as A;
    let expected = [
        A::WebhookChanged,
        A::WebhookChanged,
        A::WebhookReplayed,
        A::WebhookReplayed,
        A::WebhookChanged,
        A::WebhookRemoved,
    ];
    assert_eq!(world.actions().await[before..], expected);
}

#[tokio::test]
async fn what_happens_to_an_appointment_is_written_with_it() {
    let (world, admin, ana) = World::with_both().await;
    let kinds: Vec<_> = EventKind::ALL.iter().filter(|kind| kind.word().starts_with("appointment")).collect();
    let mut body = new();
    body["kinds"] = json!(kinds);
    let (hook, _) = made(&world, &admin, body).await;
    let id = hook["webhook"]["id"].as_str().unwrap().parse().unwrap();
    let wall = visavis_domain::zone::wall(Timestamp(world.now().0 + 3_600_000), "UTC").unwrap();
    let appointment =
        json!({ "client_name": "Vera", "about": "a will", "wall": wall, "zone": "UTC", "minutes": 30 });
    let one = world.call(ask("POST", "/api/v1/appointments").by(&ana).with(appointment)).await.json();
    let path = format!("/api/v1/appointments/{}", one["id"].as_str().unwrap());
    // Words are nobody else's business.
    let words =
        world.call(ask("PATCH", &path).by(&ana).with(json!({ "client_name": "Wim", "note": "x" }))).await;
    assert_eq!(words.status, 200, "{}", words.text);
    let to = visavis_domain::zone::wall(Timestamp(world.now().0 + 7_200_000), "UTC").unwrap();
    let to = json!({ "wall": to, "zone": "UTC", "minutes": 20, "sequence": 0 });
    assert_eq!(world.call(ask("POST", &format!("{path}/move")).by(&ana).with(to)).await.status, 200);
    let state = json!({ "state": "cancelled" });
    assert_eq!(world.call(ask("POST", &format!("{path}/state")).by(&ana).with(state)).await.status, 200);
    let mut told = world.store.deliveries(id, None, 9).await.unwrap();
    told.reverse();
    let kinds: Vec<_> = told.iter().map(|one| one.event.event.kind.word()).collect();
    assert_eq!(kinds, ["appointment.created", "appointment.moved", "appointment.cancelled"]);
    assert_eq!(told[1].event.event.data["minutes"], 20);
    assert_eq!(
        (&told[2].event.event.data["sequence"], &told[2].event.event.data["state"]),
        (&json!(2), &json!("cancelled"))
    );
    for one in &told {
        assert!(matches!(one.state, DeliveryState::Waiting { .. }));
        let text = one.event.event.data.to_string();
        assert!(["Vera", "Wim", "will"].iter().all(|word| !text.contains(word)), "{text}");
    }
}
