//! What admins set about the lounge, over HTTP: its rooms, who may come back.

use super::world::{World, ask};
use serde_json::{Value, json};
use visavis_domain::ids::PersonId;
use visavis_domain::name::PersonName;
use visavis_domain::time::Timestamp;
use visavis_store::{Action, Audited, Removal};

const ROOMS: &str = "/api/v1/admin/lounge/rooms";

fn room(slug: &str, place: u32, moderators: &[String]) -> Value {
    json!({ "slug": slug, "name": slug, "about": "", "place": place, "moderators": moderators })
}

impl World {
    async fn slugs(&self, admin: &str) -> Vec<String> {
        let listed = self.call(ask("GET", ROOMS).by(admin)).await.json();
        let slug = |one: &Value| one["settings"]["slug"].as_str().unwrap().to_owned();
        listed.as_array().unwrap().iter().map(slug).collect()
    }
}

#[tokio::test]
async fn rooms_are_made_changed_and_removed_each_with_a_row() {
    let (world, admin, _) = World::with_both().await;
    let ana = world.id_of("ana@demo").await.to_string();
    let before = world.actions().await;
    let moderators = [ana.clone(), ana];
    let made = world.call(ask("POST", ROOMS).by(&admin).with(room("sports", 2, &moderators))).await;
    assert_eq!(made.status, 201, "{}", made.text);
    assert_eq!(made.json()["settings"]["moderators"].as_array().unwrap().len(), 1, "each once");
    world.call(ask("POST", ROOMS).by(&admin).with(room("general", 1, &[]))).await;
    assert_eq!(world.slugs(&admin).await, ["general", "sports"]);
    let path = format!("{ROOMS}/{}", made.json()["id"].as_str().unwrap());
    let changed = world.call(ask("PUT", &path).by(&admin).with(room("sports", 0, &[]))).await;
    assert_eq!(
        (changed.status.as_u16(), world.slugs(&admin).await),
        (200, vec!["sports".into(), "general".into()])
    );
    assert_eq!(world.call(ask("DELETE", &path).by(&admin)).await.status, 204);
    assert_eq!(world.slugs(&admin).await, ["general"]);
    let rows = world.actions().await;
    let done: Vec<_> = rows[before.len()..].to_vec();
    let (set, removed) = (Action::LoungeRoomChanged, Action::LoungeRoomRemoved);
    assert_eq!(done, [set, set, set, removed]);
}

#[tokio::test]
async fn what_cannot_be_a_room_is_refused_and_changes_nothing() {
    let (world, admin, _) = World::with_both().await;
    let made = world.call(ask("POST", ROOMS).by(&admin).with(room("general", 1, &[]))).await;
    let id = made.json()["id"].as_str().unwrap().to_owned();
    world.call(ask("POST", ROOMS).by(&admin).with(room("sports", 2, &[]))).await;
    let nobody = PersonId::from_bits(77).to_string();
    let strange =
        json!({ "slug": "x", "name": "x", "about": "", "place": 1, "moderators": [], "colour": "red" });
    for (body, expected) in [
        (room("general", 1, &[]), (409, "slug_taken")),
        (room("Gen eral", 1, &[]), (422, "slug_invalid")),
        (room("x", 1, &[nobody]), (422, "person_unknown")),
        (strange, (422, "malformed")),
    ] {
        let refused = world.call(ask("POST", ROOMS).by(&admin).with(body)).await.refusal();
        assert_eq!((refused.0, refused.1.as_str()), expected);
    }
    let path = format!("{ROOMS}/{id}");
    let refused = world.call(ask("PUT", &path).by(&admin).with(room("sports", 1, &[]))).await;
    assert_eq!(refused.refusal(), (409, "slug_taken".into()));
    assert_eq!(world.call(ask("DELETE", &path).by(&admin)).await.status, 204);
    for method in ["PUT", "DELETE"] {
        let asked = ask(method, &path).by(&admin);
        let asked = if method == "PUT" { asked.with(room("late", 1, &[])) } else { asked };
        assert_eq!(world.call(asked).await.refusal(), (404, "lounge_room_unknown".into()), "{method}");
    }
    assert_eq!(world.slugs(&admin).await, ["sports"]);
}

#[tokio::test]
async fn there_are_a_hundred_rooms_at_most() {
    let (world, admin, _) = World::with_both().await;
    for number in 0..100 {
        let made = world.call(ask("POST", ROOMS).by(&admin).with(room(&format!("r{number}"), 1, &[]))).await;
        assert_eq!(made.status, 201, "{}", made.text);
    }
    let refused = world.call(ask("POST", ROOMS).by(&admin).with(room("more", 1, &[]))).await;
    assert_eq!(refused.refusal(), (422, "too_many_rooms".into()));
    assert_eq!(world.slugs(&admin).await.len(), 100);
}

#[tokio::test]
async fn whoever_was_removed_is_listed_until_an_admin_lets_them_back() {
    let (world, admin, _) = World::with_both().await;
    let (ana, vera) = (world.id_of("ana@demo").await, PersonId::from_bits(5));
    let now = world.now();
    let until = Timestamp(now.0 + 3_600_000);
    let audited = Audited {
        at: now,
        actor: Some(ana),
        action: Action::MemberRemoved,
        subject: vera.to_string(),
        detail: Value::Null,
    };
    let removal = Removal { person: vera, name: PersonName::parse("Vera").unwrap(), until, by: ana };
    world.store.remove_member(removal, audited).await.unwrap();
    let path = "/api/v1/admin/lounge/removals";
    let listed = world.call(ask("GET", path).by(&admin)).await.json();
    assert_eq!(listed[0]["name"], "Vera");
    assert_eq!((&listed[0]["person"], &listed[0]["until"]), (&json!(vera), &json!(until)));
    assert_eq!(listed[0]["by"], "ana");
    let one = format!("{path}/{vera}");
    assert_eq!(world.call(ask("DELETE", &one).by(&admin)).await.status, 204);
    assert_eq!(world.call(ask("GET", path).by(&admin)).await.json(), json!([]));
    let again = world.call(ask("DELETE", &one).by(&admin)).await;
    assert_eq!(again.refusal(), (404, "person_unknown".into()));
    assert_eq!(world.actions().await.last(), Some(&Action::RemovalLifted));
}
