//! A sound installation has no violation, and each way to break it is found as what it is.

use serde_json::{Value, json};
use visavis_bots::cluster::check::{Rule, violations};
use visavis_bots::cluster::live::{Hangs, Live};
use visavis_domain::ids::{DeskId, InstanceId, LoungeRoomId, PersonId, RingId, SessionId};
use visavis_domain::lounge::{NameClaim, NameKey};
use visavis_domain::name::PersonName;
use visavis_domain::time::Timestamp;

const NOW: Timestamp = Timestamp(1_000_000);
const INSTANCE: InstanceId = InstanceId::from_bits(1);
const DESK: DeskId = DeskId::from_bits(9);
const LOUNGE: LoungeRoomId = LoungeRoomId::from_bits(5);

const fn person(number: u128) -> PersonId {
    PersonId::from_bits(number)
}

const fn ring(number: u128) -> RingId {
    RingId::from_bits(number)
}

/// Everybody's page has the session of their own number.
const fn session(number: u128) -> SessionId {
    SessionId::from_bits(number)
}

fn hangs(deadline: Option<u64>) -> Hangs {
    Hangs { deadline: deadline.map(Timestamp), lease: None }
}

fn of<T: serde::de::DeserializeOwned>(value: Value) -> T {
    serde_json::from_value(value).unwrap()
}

/// What is built up for a test.
trait Scene {
    fn comes(&mut self, number: u128, engagement: &Value);
    fn sits(&mut self, number: u128, name: &str);
    fn gathers(&mut self, numbers: &[u128]);
    fn rings(&mut self, number: u128, caller: u128, callee: u128);
    fn talks(&mut self, number: u128, people: [u128; 2]);
    fn meets(&mut self, room: &str, people: &[u128]);
    fn waits(&mut self, numbers: &[u128]);
}

impl Scene for Live {
    fn comes(&mut self, number: u128, engagement: &Value) {
        let document = json!({
            "id": person(number), "version": 1, "pages": [{ "session": session(number), "grace_ends": null }],
            "card": null, "online": false, "chosen": "available", "missed": false, "engagement": engagement,
            "wrap_up_until": null, "idle_since": 0,
        });
        self.people.insert(person(number), (of(document), hangs(None)));
        self.sessions.insert(session(number), Hangs { deadline: None, lease: Some(INSTANCE) });
    }

    fn sits(&mut self, number: u128, name: &str) {
        let mut document = serde_json::to_value(&self.people[&person(number)].0).unwrap();
        document["seat"] = json!({
            "session": session(number), "room": LOUNGE, "name": name, "account": false, "text": "", "idle": false,
            "talks": [],
        });
        self.people.insert(person(number), (of(document), hangs(None)));
        for key in NameKey::all_of(&PersonName::parse(name).unwrap()) {
            self.names.insert(key.bits(), NameClaim { person: person(number) });
        }
    }

    fn gathers(&mut self, numbers: &[u128]) {
        let people: Vec<_> = numbers.iter().map(|number| person(*number)).collect();
        let document = json!({ "version": 1, "people": people, "told": 1, "told_at": 0, "tell_at": null });
        self.gatherings.insert(LOUNGE, (of(document), hangs(None)));
    }

    fn rings(&mut self, number: u128, caller: u128, callee: u128) {
        let document = ringing(number, caller, callee);
        self.rings.insert(ring(number), (of(document), hangs(Some(NOW.0 + 500))));
    }

    fn talks(&mut self, number: u128, people: [u128; 2]) {
        let mut document = ringing(number, people[0], people[1]);
        document["accepted_at"] = json!(NOW);
        let talker = |number: u128| {
            json!({ "party": party(number), "side": "Outside", "participant": format!("p_{number:032x}"),
                "expected_until": null, "via": null, "relieves": null })
        };
        document["talkers"] = json!([talker(people[0]), talker(people[1])]);
        self.rings.insert(ring(number), (of(document), hangs(None)));
        self.meets(&ring(number).to_string(), &people);
    }

    fn meets(&mut self, room: &str, people: &[u128]) {
        let member = |number: &u128| {
            json!({
                "id": format!("p_{number:032x}"), "session": session(*number), "name": "Vera", "order": number,
                "epoch": 1, "presence": "connected", "grace_ends": null, "joined_at": 0,
                "devices": { "microphone": "live", "camera": "on" },
            })
        };
        let members: Vec<_> = people.iter().map(member).collect();
        let document = json!({
            "name": room, "call": format!("c_{:032x}", 1), "version": 1, "next_order": 9,
            "settings": { "route": "auto", "publishing": "everybody" }, "route": "peer_to_peer",
            "route_until": null, "place": null, "generation": 0, "members": members, "departed": [],
        });
        self.rooms.insert(room.to_owned(), (of(document), hangs(None)));
    }

    fn waits(&mut self, numbers: &[u128]) {
        let waiting =
            |number: &u128| json!({ "party": party(*number), "about": "", "since": 0, "not_before": [] });
        let waiting: Vec<_> = numbers.iter().map(waiting).collect();
        let document = json!({ "version": 1, "desk": null, "waiting": waiting, "look_at": NOW.0 + 500 });
        self.queues.insert(DESK, (of(document), hangs(Some(NOW.0 + 500))));
    }
}

fn party(number: u128) -> Value {
    json!({ "person": person(number), "name": "Vera" })
}

fn ringing(number: u128, caller: u128, callee: u128) -> Value {
    json!({
        "id": ring(number), "desk": null, "purpose": "desk", "into": null, "appointment": null,
        "caller": party(caller), "callee": party(callee), "visitor": party(caller), "about": "",
        "started_at": NOW, "rings_until": NOW.0 + 500, "accepted_at": null, "waited_since": null,
        "not_before": [], "talkers": [], "asked": null,
    })
}

/// 1 rings 2; 3 and 4 are in a call; 5 waits; 6 sits in the lounge; 7 is in a room.
fn sound() -> Live {
    let mut live = Live { now: NOW, ..Live::default() };
    live.leases.insert(INSTANCE, Timestamp(NOW.0 + 3000));
    live.comes(1, &json!({ "Calling": ring(1) }));
    live.comes(2, &json!({ "Called": ring(1) }));
    live.rings(1, 1, 2);
    live.comes(3, &json!({ "InCall": ring(2) }));
    live.comes(4, &json!({ "InCall": ring(2) }));
    live.talks(2, [3, 4]);
    live.comes(5, &json!({ "Waiting": DESK }));
    live.waits(&[5]);
    live.comes(6, &json!("Free"));
    live.sits(6, "Vera");
    live.gathers(&[6]);
    live.meets("Café", &[7]);
    live.sessions.insert(session(7), Hangs { deadline: None, lease: Some(INSTANCE) });
    live.chats.push("chat:Café".into());
    live.held.push((INSTANCE, session(7).to_string()));
    live
}

type Break = fn(&mut Live);

#[test]
fn nothing_is_wrong_with_what_is_sound() {
    assert_eq!(violations(&sound()), []);
    assert_eq!(violations(&Live::default()), []);
}

#[test]
fn each_way_to_break_it_is_found() {
    let broken: &[(&str, Rule, Break)] = &[
        ("two rings of one person", Rule::OneAtATime, |live| live.rings(3, 1, 2)),
        ("a ring of somebody in a call", Rule::OneAtATime, |live| live.rings(3, 1, 4)),
        ("a session twice in a room", Rule::OneAtATime, |live| live.meets("Café", &[7, 7])),
        ("a ring that is gone", Rule::EngagementHolds, |live| drop(live.rings.remove(&ring(1)))),
        ("a call without them", Rule::EngagementHolds, |live| live.comes(6, &json!({ "InCall": ring(2) }))),
        ("called by a ring of others", Rule::EngagementHolds, |live| {
            live.comes(6, &json!({ "Called": ring(1) }));
        }),
        ("in a call that rings", Rule::EngagementHolds, |live| live.comes(1, &json!({ "InCall": ring(1) }))),
        ("not in the queue", Rule::EngagementHolds, |live| live.waits(&[])),
        ("attends nothing", Rule::EngagementHolds, |live| {
            live.comes(6, &json!({ "Attending": format!("a_{:032x}", 1) }));
        }),
        ("rung and free", Rule::PartHolds, |live| live.comes(2, &json!("Free"))),
        ("rung and gone", Rule::PartHolds, |live| drop(live.people.remove(&person(2)))),
        ("in a call and free", Rule::PartHolds, |live| live.comes(3, &json!("Free"))),
        ("queued and free", Rule::PartHolds, |live| live.comes(5, &json!("Free"))),
        ("rings for ever", Rule::RingEnds, |live| {
            live.rings.get_mut(&ring(1)).unwrap().1.deadline = None;
        }),
        ("a call nobody is in", Rule::RingEnds, |live| drop(live.rooms.remove(&ring(2).to_string()))),
        ("a call one is not in", Rule::RingEnds, |live| live.meets(&ring(2).to_string(), &[3])),
        ("a room of no call", Rule::RoomHolds, |live| live.meets(&ring(8).to_string(), &[7])),
        ("an empty room", Rule::RoomHolds, |live| live.meets("Café", &[])),
        ("a chat of no room", Rule::RoomHolds, |live| live.chats.push("chat:other".into())),
        ("a page of no session", Rule::SessionLives, |live| {
            live.sessions.remove(&session(6));
        }),
        ("a seat of no session", Rule::SessionLives, |live| {
            live.sessions.remove(&session(7));
        }),
        ("a name of nobody", Rule::NameHolds, |live| {
            live.names.insert(1, NameClaim { person: person(6) });
        }),
        ("a name of somebody who left", Rule::NameHolds, |live| live.comes(6, &json!("Free"))),
        ("somebody without a name", Rule::NameHolds, |live| live.names.clear()),
        ("gathered and elsewhere", Rule::GatheringCounts, |live| live.gathers(&[6, 5])),
        ("there and not counted", Rule::GatheringCounts, |live| live.gathers(&[])),
        ("counted twice", Rule::GatheringCounts, |live| live.gathers(&[6, 6])),
        ("a deadline long ago", Rule::DeadlineFires, |live| {
            live.rings.get_mut(&ring(1)).unwrap().1.deadline = Some(Timestamp(NOW.0 - 2001));
        }),
        ("a queue nobody looks at", Rule::DeadlineFires, |live| {
            live.queues.get_mut(&DESK).unwrap().1.deadline = None;
        }),
        ("a deadline of nothing", Rule::DeadlineFires, |live| live.loose_deadlines.push("ring".into())),
        ("a lease that is over", Rule::LeaseHolds, |live| {
            live.leases.insert(INSTANCE, Timestamp(NOW.0 - 2001));
        }),
        ("held by nobody", Rule::LeaseHolds, |live| {
            live.held.push((InstanceId::from_bits(2), "session:".into()));
        }),
        ("a session of nobody's", Rule::LeaseHolds, |live| {
            live.sessions.insert(session(8), Hangs { deadline: None, lease: None });
        }),
    ];
    for (what, rule, breaks) in broken {
        let mut live = sound();
        breaks(&mut live);
        let found = violations(&live);
        assert!(found.iter().any(|one| one.rule == *rule), "{what}: {found:?}");
    }
}

#[test]
fn who_is_in_their_grace_needs_no_session() {
    let mut live = sound();
    live.sessions.remove(&session(6));
    let mut document = serde_json::to_value(&live.people[&person(6)].0).unwrap();
    document["pages"][0]["grace_ends"] = json!(NOW.0 + 100);
    live.people.insert(person(6), (of(document), hangs(Some(NOW.0 + 100))));
    assert_eq!(violations(&live), []);
}
