//! Rooms that are open and desks as they are right now, over HTTP.

use super::world::{World, ask};
use crate::app::{Identity, JoinRequest};
use serde_json::{Value, json};
use visavis_domain::ids::{PersonId, SessionId};
use visavis_domain::name::RoomName;
use visavis_domain::room::{Camera, Devices, Microphone, Screen};
use visavis_protocol::{MediaPath, Reply};
use visavis_store::{Action, Page};

const PATH: &str = "/api/v1/admin/rooms";

/// Somebody comes into a room; says who they are there.
pub(super) async fn join(world: &World, room: &str, number: u128) -> Result<String, &'static str> {
    let who = Identity {
        person: PersonId::from_bits(number),
        sign_in: None,
        link: None,
        from: None,
        browser: None,
        vouched: None,
    };
    let request = JoinRequest {
        who,
        session: SessionId::from_bits(number),
        name: format!("Person {number}"),
        password: None,
        devices: Devices { microphone: Microphone::Muted, camera: Camera::Off, screen: Screen::Off },
        continuation: None,
        media: MediaPath::Fresh,
    };
    match world.api.app.join(&RoomName::parse(room).unwrap(), request, Vec::new()).await {
        Ok(Reply::Joined { participant, .. }) => Ok(participant.to_string()),
        Ok(_) => Err("another answer"),
        Err(_) => Err("refused"),
    }
}

async fn names(world: &World, admin: &str, query: &str) -> (Vec<String>, Value) {
    let path = format!("{PATH}{query}");
    let page = world.call(ask("GET", &path).by(admin)).await.json();
    let rooms = page["rooms"].as_array().unwrap().iter();
    (rooms.map(|room| room["name"].as_str().unwrap().to_owned()).collect(), page["next"].clone())
}

#[tokio::test]
async fn rooms_are_listed_in_parts_with_who_is_in_them() {
    let (world, admin, _) = World::with_both().await;
    assert_eq!(names(&world, &admin, "").await, (vec![], Value::Null));
    for (room, number) in [("Tea", 1), ("Tea", 2), ("Allotment A", 3), ("Milk & honey", 4)] {
        join(&world, room, number).await.unwrap();
    }
    let all = ["Allotment A", "Milk & honey", "Tea"].map(str::to_owned);
    assert_eq!(names(&world, &admin, "").await, (all.to_vec(), Value::Null));
    assert_eq!(names(&world, &admin, "?take=2").await, (all[..2].to_vec(), json!("milk & honey")));
    assert_eq!(
        names(&world, &admin, "?take=2&after=milk%20%26%20honey").await,
        (all[2..].to_vec(), Value::Null)
    );

    let one = format!("{PATH}/TEA");
    let found = world.call(ask("GET", &one).by(&admin)).await.json();
    assert_eq!((&found["room"]["name"], &found["room"]["people"]), (&json!("Tea"), &json!(2)));
    let people: Vec<_> = found["participants"].as_array().unwrap().iter().map(|one| &one["name"]).collect();
    assert_eq!(people, ["Person 1", "Person 2"]);
    for path in [format!("{PATH}/coffee"), format!("{PATH}/%20")] {
        let unknown = world.call(ask("GET", &path).by(&admin)).await;
        assert_eq!(unknown.refusal(), (404, "room_unknown".into()), "{path}");
    }
}

#[tokio::test]
async fn rooms_are_ended_and_people_removed_over_their_heads_and_that_is_written_down() {
    let (world, admin, _) = World::with_both().await;
    let (ana, ben) = (join(&world, "Tea", 1).await.unwrap(), join(&world, "Tea", 2).await.unwrap());
    let one = format!("{PATH}/Tea");
    let room = world.call(ask("GET", &one).by(&admin)).await.json()["room"]["call"].clone();
    let remove = format!("{one}/participants/{ben}");
    assert_eq!(world.call(ask("DELETE", &remove).by(&admin)).await.status, 204);
    let again = world.call(ask("DELETE", &remove).by(&admin)).await;
    assert_eq!(again.refusal(), (404, "participant_unknown".into()));
    let left = world.call(ask("GET", &one).by(&admin)).await.json();
    assert_eq!(left["participants"].as_array().unwrap().len(), 1);
    assert_eq!(left["participants"][0]["id"], ana);
    let end = format!("{one}/end");
    assert_eq!(world.call(ask("POST", &end).by(&admin)).await.status, 204);
    assert_eq!(world.call(ask("POST", &end).by(&admin)).await.refusal(), (404, "room_unknown".into()));
    assert_eq!(names(&world, &admin, "").await.0, [""; 0]);
    let rows = world.store.audit_rows(None, Page { skip: 0, take: 4 }).await.unwrap();
    let told: Vec<_> = rows.into_iter().rev().map(|row| (row.action, row.subject)).collect();
    let call = room.as_str().unwrap().to_owned();
    assert_eq!(
        told,
        [
            (Action::RoomsRead, call.clone()),
            (Action::ParticipantRemoved, ben),
            (Action::RoomEnded, call),
            (Action::RoomsRead, String::new()),
        ]
    );
}

#[tokio::test]
async fn who_looks_at_rooms_again_and_again_is_written_down_once() {
    let (world, admin, _) = World::with_both().await;
    let keys = "/api/v1/admin/api-keys";
    let key = json!({ "name": "Screen", "scopes": ["rooms:read"], "expires_at": world.now().0 + 86_400_000 });
    let made = world.call(ask("POST", keys).by(&admin).with(key)).await.json();
    let key = made["secret"].as_str().unwrap();
    join(&world, "Tea", 1).await.unwrap();
    let one = format!("{PATH}/Tea");
    for _ in 0..3 {
        for path in [PATH, &one] {
            assert_eq!(world.call(ask("GET", path).by(&admin)).await.status, 200);
            assert_eq!(world.call(ask("GET", path).key(key)).await.status, 200);
        }
    }
    let rows = world.store.audit_rows(None, Page { skip: 0, take: 100 }).await.unwrap();
    let looks: Vec<_> = rows.iter().filter(|row| row.action == Action::RoomsRead).collect();
    let told: Vec<_> =
        looks.iter().rev().map(|row| (row.subject.is_empty(), row.detail.get("key").is_some())).collect();
    assert_eq!(
        told,
        [(true, false), (true, true), (false, false), (false, true)],
        "one of each asker and thing"
    );
}

#[tokio::test]
async fn a_desk_is_shown_as_it_is_right_now() {
    let (world, admin, _) = World::with_both().await;
    let desk = json!({ "slug": "help", "name": "Help", "about": "", "wrap_up_s": 0, "ring_s": 30,
        "sites": [], "members": [] });
    let made = world.call(ask("POST", "/api/v1/admin/desks").by(&admin).with(desk)).await.json();
    let path = format!("/api/v1/admin/desks/{}/now", made["id"].as_str().unwrap());
    let now = world.call(ask("GET", &path).by(&admin)).await.json();
    assert_eq!((&now["desk"]["name"], &now["desk"]["waiting"]), (&json!("Help"), &json!(0)));
    assert_eq!((&now["desk"]["representatives"], &now["queue"]), (&json!([]), &json!([])));
    let unknown = path.replace(made["id"].as_str().unwrap(), &format!("d_{}", "0".repeat(32)));
    assert_eq!(world.call(ask("GET", &unknown).by(&admin)).await.refusal(), (404, "desk_unknown".into()));
}
