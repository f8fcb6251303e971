//! Given a small world, when something is decided, then these are told, and in this order.
#![allow(clippy::needless_pass_by_value, reason = "commands are written where they are given")]

use super::*;
use crate::appointment::{AppointmentState, Schedule};
use crate::availability::{
    Admitting, Asking, Calling, Command, Decision, DocumentId, Queueing, Rules, Scene, Stop, decide,
};
use crate::ids::{ParticipantId, PersonId, SessionId};
use crate::name::{PersonName, RoomName};
use crate::person::{Card, Chosen};
use crate::ring::{DeskCard, Party, RingEnd, RingPurpose};
use crate::room::{self, Caller, Camera, Devices, Keys, Limits, Microphone, Room, RoomSettings, Screen};
use crate::visit::VisitCard;
use std::collections::BTreeSet;
use std::time::Duration;

const RULES: Rules = Rules {
    grace: Duration::from_secs(15),
    queue: 3,
    queue_per_source: 3,
    ring_again_after: Duration::from_secs(20),
    look_every: Duration::from_secs(5),
    lounge_room: 4,
    count_every: Duration::from_secs(1),
};
const VERA: PersonId = PersonId::from_bits(1);
const GUEST: PersonId = PersonId::from_bits(2);
const RIA: PersonId = PersonId::from_bits(11);
const ROB: PersonId = PersonId::from_bits(12);
const DESK: DeskId = DeskId::from_bits(21);
const MONDAY: AppointmentId = AppointmentId::from_bits(31);
const NOW: Timestamp = Timestamp(1_000_000);

fn ring(n: u128) -> RingId {
    RingId::from_bits(n)
}

fn party(person: PersonId) -> Party {
    Party { person, name: PersonName::parse("Somebody").unwrap() }
}

fn desk() -> DeskCard {
    DeskCard { id: DESK, slug: "help".into(), name: "Help".into(), wrap_up_s: 0, ring_s: 30 }
}

fn card() -> VisitCard {
    VisitCard { appointment: MONDAY, professional: RIA, desk: None, client: party(VERA), about: "x".into() }
}

/// Documents that are loaded when they are asked for.
#[derive(Default)]
struct World {
    scene: Scene,
}

impl World {
    /// Everybody has a page; two are representatives and take calls.
    fn new() -> Self {
        let mut world = Self::default();
        for person in [VERA, GUEST, RIA, ROB] {
            let staff = [RIA, ROB].contains(&person);
            let card = staff.then(|| Card {
                name: PersonName::parse("Ria").unwrap(),
                title: String::new(),
                desks: vec![DESK],
            });
            let session = SessionId::from_bits(person.bits());
            assert_eq!(world.tell(Command::Open { person, session, card }), []);
            if staff {
                let (online, chosen) = (Some(true), Some(Chosen::Available));
                assert_eq!(world.tell(Command::SetAvailability { person, online, chosen }), []);
            }
        }
        world
    }

    /// What is told when this is decided.
    fn happens(&mut self, command: &Command) -> Vec<Happened> {
        loop {
            match decide(&self.scene, NOW, RULES, command.clone()) {
                Ok(Decision { after, changed, told }) => {
                    let happened = people_changed(&self.scene, &after, &changed, &told, NOW);
                    self.scene = after;
                    return happened;
                }
                Err(Stop::Missing(id)) => match id {
                    DocumentId::Person(id) => drop(self.scene.people.insert(id, None)),
                    DocumentId::Ring(id) => drop(self.scene.rings.insert(id, None)),
                    DocumentId::Queue(id) => drop(self.scene.queues.insert(id, None)),
                    DocumentId::Visit(id) => drop(self.scene.visits.insert(id, None)),
                    DocumentId::Gathering(id) => drop(self.scene.gatherings.insert(id, None)),
                    DocumentId::Name(key) => drop(self.scene.names.insert(key, None)),
                },
                Err(Stop::Rejected(rejection)) => panic!("{rejection:?}"),
            }
        }
    }

    /// The same, by kind and subject.
    fn tell(&mut self, command: Command) -> Vec<(&'static str, Subject)> {
        self.happens(&command).iter().map(|one| (one.kind.word(), one.subject)).collect()
    }

    fn call(&mut self, n: u128) -> Vec<(&'static str, Subject)> {
        self.tell(Command::Call(Calling {
            ring: ring(n),
            desk: Some(desk()),
            caller: party(VERA),
            callee: party(RIA),
            about: "a secret".into(),
            ring_for: Duration::from_secs(30),
            from: None,
        }))
    }
}

fn of_ring(words: &[&'static str], n: u128) -> Vec<(&'static str, Subject)> {
    words.iter().map(|word| (*word, Subject::Ring(ring(n)))).collect()
}

fn of_monday(words: &[&'static str]) -> Vec<(&'static str, Subject)> {
    words.iter().map(|word| (*word, Subject::Appointment(MONDAY))).collect()
}

fn of_desk(words: &[&'static str]) -> Vec<(&'static str, Subject)> {
    words.iter().map(|word| (*word, Subject::Desk(DESK))).collect()
}

#[test]
fn a_ring_ends_as_it_ended_and_a_call_of_it_begins_once() {
    for (command, expected) in [
        (Command::Decline { ring: ring(1), person: RIA }, "ring.declined"),
        (Command::Cancel { ring: ring(1), person: VERA }, "ring.cancelled"),
        (Command::End { ring: ring(1), end: RingEnd::Missed }, "ring.missed"),
        (Command::End { ring: ring(1), end: RingEnd::CalleeLost }, "ring.missed"),
        (Command::End { ring: ring(1), end: RingEnd::EndedByAdmin }, "ring.cancelled"),
    ] {
        let mut world = World::new();
        assert_eq!(world.call(1), of_ring(&["ring.started"], 1));
        let happened = world.happens(&command);
        assert_eq!(happened.len(), 1);
        assert_eq!((happened[0].kind.word(), happened[0].subject), (expected, Subject::Ring(ring(1))));
        let Facts::Ring(facts) = &happened[0].facts else { panic!("{happened:?}") };
        assert_eq!((facts.visitor, facts.representative, facts.desk), (VERA, RIA, Some(DESK)));
        assert!(facts.end.is_some() && facts.accepted_at.is_none());
        let told = format!("{happened:?}");
        assert!(!told.contains("Somebody") && !told.contains("secret"), "neither names nor words: {told}");
    }
    let mut world = World::new();
    world.call(1);
    let accepted = world.tell(Command::Accept { ring: ring(1), person: RIA });
    assert_eq!(accepted, of_ring(&["ring.accepted", "call.started"], 1));
    let ended = world.happens(&Command::End { ring: ring(1), end: RingEnd::HungUp });
    assert_eq!(ended[0].kind, EventKind::CallEnded);
    let Facts::Ring(facts) = &ended[0].facts else { panic!("{ended:?}") };
    assert_eq!(
        (facts.end, facts.accepted_at, facts.purpose),
        (Some(RingEnd::HungUp), Some(NOW), RingPurpose::Desk)
    );
}

#[test]
fn who_is_asked_into_a_call_begins_no_other() {
    let mut world = World::new();
    world.call(1);
    world.tell(Command::Accept { ring: ring(1), person: RIA });
    let asking = Asking {
        ring: ring(2),
        asker: RIA,
        callee: party(ROB),
        purpose: RingPurpose::BringIn,
        ring_for: Duration::from_secs(30),
    };
    assert_eq!(world.tell(Command::Ask(asking)), of_ring(&["ring.started"], 2));
    let joined = world.tell(Command::Accept { ring: ring(2), person: ROB });
    assert_eq!(joined, of_ring(&["ring.accepted"], 2));
    // One goes, and it goes on; then it is over for all.
    for (person, participant) in [(VERA, 1), (RIA, 2), (ROB, 3)] {
        let participant = ParticipantId::from_bits(participant);
        assert_eq!(world.tell(Command::Seat { ring: ring(1), person, participant }), []);
    }
    let participant = ParticipantId::from_bits(3);
    assert_eq!(world.tell(Command::Unseat { ring: ring(1), participant, end: RingEnd::HungUp }), []);
    let ended = world.tell(Command::End { ring: ring(1), end: RingEnd::HungUp });
    assert_eq!(ended, of_ring(&["call.ended"], 1));
}

#[test]
fn who_waits_at_a_desk_leaves_the_queue_by_a_ring_or_by_themselves() {
    let mut world = World::new();
    let queue_up =
        || Command::QueueUp(Queueing { desk: desk(), party: party(VERA), about: "x".into(), from: None });
    assert_eq!(world.tell(queue_up()), of_desk(&["queue.joined"]));
    assert_eq!(world.tell(Command::LeaveQueue { person: VERA }), of_desk(&["queue.left"]));
    world.tell(queue_up());
    let served = world.happens(&Command::Serve { desk: DESK, representative: RIA, ring: ring(3) });
    let words: Vec<_> = served.iter().map(|one| (one.kind.word(), one.subject)).collect();
    assert_eq!(words, [of_ring(&["ring.started"], 3), of_desk(&["queue.left"])].concat());
    let Facts::Queue(facts) = &served[1].facts else { panic!("{served:?}") };
    assert_eq!((facts.visitor, facts.waiting, facts.ring), (VERA, 0, Some(ring(3))));
    // Nobody took it: they have their old place again.
    let declined = world.tell(Command::Decline { ring: ring(3), person: RIA });
    assert_eq!(declined, [of_ring(&["ring.declined"], 3), of_desk(&["queue.joined"])].concat());
}

#[test]
fn a_visit_is_waited_for_taken_held_and_ended() {
    let mut world = World::new();
    let attend = |person| Command::Attend { card: card(), party: party(person) };
    assert_eq!(world.tell(attend(VERA)), of_monday(&["appointment.waiting"]));
    let guest = world.happens(&attend(GUEST));
    let role = |happened: &[Happened]| match &happened[0].facts {
        Facts::Visit(facts) => (facts.person, facts.role),
        other => panic!("{other:?}"),
    };
    assert_eq!(role(&guest), (GUEST, VisitRole::Guest));
    assert_eq!(world.tell(Command::LeaveVisit { person: GUEST }), of_monday(&["appointment.left"]));
    let admitting = Admitting { ring: ring(5), card: card(), host: party(RIA) };
    let taken = world.tell(Command::Admit(admitting));
    assert_eq!(
        taken,
        [of_ring(&["call.started"], 5), of_monday(&["appointment.taken"])].concat(),
        "nobody is rung"
    );
    let held = world.tell(Command::Hold { appointment: MONDAY, person: RIA });
    let waits_again = of_monday(&["appointment.ended", "appointment.waiting"]);
    assert_eq!(held, [of_ring(&["call.ended"], 5), waits_again].concat());
    let closed = world.tell(Command::CloseVisit { appointment: MONDAY, person: None });
    assert_eq!(closed, of_monday(&["appointment.left"]));
}

#[test]
fn what_is_between_people_of_the_lounge_is_told_nobody() {
    let mut world = World::new();
    world.call(1);
    world.tell(Command::Accept { ring: ring(1), person: RIA });
    let mut before = world.scene.clone();
    for slot in before.rings.values_mut().flatten() {
        slot.desk = None;
    }
    let private = before.ring(ring(1)).unwrap().clone();
    let told = [
        crate::availability::Told::Started { ring: ring(1) },
        crate::availability::Told::Accepted { ring: Box::new(private.clone()), at: NOW },
        crate::availability::Told::Ended { ring: Box::new(private), end: RingEnd::HungUp },
    ];
    assert_eq!(people_changed(&before, &before, &BTreeSet::new(), &told, NOW), []);
}

#[test]
fn changes_of_appointments_are_told_by_what_became_of_them() {
    use AppointmentState::{Booked, Cancelled, Done, NoShow};
    let schedule = |starts_at| Schedule { starts_at: Timestamp(starts_at), minutes: 30, zone: "UTC".into() };
    let facts = |starts_at, state| AppointmentFacts {
        appointment: MONDAY,
        professional: RIA,
        desk: None,
        starts_at: Timestamp(starts_at),
        minutes: 30,
        zone: "UTC".into(),
        state,
        sequence: 1,
    };
    assert_eq!(appointment_created(facts(5, Booked), NOW).kind, EventKind::AppointmentCreated);
    for (was, (at, is), expected) in [
        (Booked, (5, Booked), None),
        (Booked, (6, Booked), Some("appointment.moved")),
        (NoShow, (6, Booked), Some("appointment.moved")),
        (Booked, (5, Cancelled), Some("appointment.cancelled")),
        (NoShow, (5, Cancelled), Some("appointment.cancelled")),
        (Booked, (5, Done), Some("appointment.done")),
        (Booked, (5, NoShow), Some("appointment.no_show")),
        (Done, (5, Booked), Some("appointment.reopened")),
        (NoShow, (5, Booked), Some("appointment.reopened")),
    ] {
        let happened = appointment_changed((was, &schedule(5)), facts(at, is), NOW);
        assert_eq!(happened.map(|one| one.kind.word()), expected, "{was:?} to {is:?} at {at}");
    }
}

#[test]
fn a_gathering_opens_fills_empties_and_closes_once() {
    let doors = |remember| room::Doors { remember, admission: Duration::from_secs(1) };
    let limits = Limits {
        people: 5,
        promote_at: 3,
        demote_after: Duration::ZERO,
        settings: RoomSettings::default(),
        doors: Some(doors(Duration::from_secs(60))),
    };
    let mut now: Option<Room> = None;
    let mut tell = |command: room::Command| {
        let before = now.clone();
        let events = room::handle(before.as_ref(), NOW, limits, command).unwrap();
        now = events.iter().fold(before.clone(), room::apply);
        let happened = room_changed(before.as_ref(), now.as_ref(), &events, NOW);
        happened.iter().map(|one| (one.kind.word(), one.subject, people(one))).collect::<Vec<_>>()
    };
    fn people(one: &Happened) -> u32 {
        match &one.facts {
            Facts::Room(facts) => facts.people,
            other => panic!("{other:?}"),
        }
    }
    let session = |n: u128| SessionId::from_bits(n);
    let join = |n: u128| room::Command::Join {
        caller: Caller {
            session: session(n),
            keys: Keys::default(),
            shown: None,
            may_open: true,
            vouched: None,
        },
        participant: ParticipantId::from_bits(n),
        name: RoomName::parse("Tea").unwrap(),
        call: CallId::from_bits(n),
        person: PersonName::parse("Ana").unwrap(),
        devices: Devices { microphone: Microphone::Live, camera: Camera::On, screen: Screen::Off },
    };
    let of = |n: u128| Subject::Gathering(CallId::from_bits(n));
    assert_eq!(tell(join(1)), [("room.opened", of(1), 0), ("room.participant_joined", of(1), 1)]);
    assert_eq!(tell(join(2)), [("room.participant_joined", of(1), 2)]);
    let settings = RoomSettings { entry: room::Entry::Locked, ..RoomSettings::default() };
    assert_eq!(tell(room::Command::SetSettings { session: session(1), settings }), []);
    assert_eq!(tell(room::Command::Leave { session: session(2) }), [("room.participant_left", of(1), 1)]);
    let emptied = [("room.participant_left", of(1), 0), ("room.closed", of(1), 0)];
    assert_eq!(tell(room::Command::Leave { session: session(1) }), emptied, "though it is remembered");
}

#[test]
fn what_can_happen_once_has_one_id_and_everything_else_its_own() {
    let lost = RingFacts {
        ring: ring(7),
        purpose: RingPurpose::Desk,
        desk: Some(DESK),
        appointment: None,
        into: None,
        visitor: VERA,
        representative: RIA,
        started_at: NOW,
        accepted_at: Some(NOW),
        end: None,
    };
    let mut world = World::new();
    world.call(7);
    world.tell(Command::Accept { ring: ring(7), person: RIA });
    let ended = world.happens(&Command::End { ring: ring(7), end: RingEnd::HungUp }).remove(0);
    assert_eq!(ended.id(1), call_lost(lost, NOW).id(2), "whoever finds out that it is over");
    let never = call_lost(RingFacts { accepted_at: None, ..lost }, NOW);
    assert_eq!(never.kind, EventKind::RingCancelled);
    assert_ne!(never.id(1), ended.id(1));
    let queue = world.happens(&Command::QueueUp(Queueing {
        desk: desk(),
        party: party(VERA),
        about: String::new(),
        from: None,
    }));
    assert_eq!((queue[0].id(1), queue[0].id(2)), (EventId::from_bits(1), EventId::from_bits(2)));
}

#[test]
fn kinds_are_their_words_everywhere() {
    for kind in EventKind::ALL {
        assert_eq!(kind.word().parse(), Ok(kind));
        assert_eq!(serde_json::to_value(kind).unwrap(), kind.word());
        let all_others: Kinds = EventKind::ALL.into_iter().filter(|other| *other != kind).collect();
        assert!(!all_others.has(kind) && Kinds::from_iter([kind]).has(kind));
    }
    assert_eq!("ring".parse::<EventKind>(), Err(MalformedKind));
}

#[test]
fn it_is_tried_again_for_three_days_and_not_longer() {
    let failed = |wait| Answer { status: Some(500), trouble: Some(Trouble::Refused), wait };
    let again = |tries, wait, spread| match after(failed(wait), tries, NOW, NOW, spread) {
        Outcome::Again { at } => at.since(NOW).as_millis(),
        other => panic!("{other:?}"),
    };
    for (tries, wait, spread, expected) in [
        (1, None, 0, 2_000),
        (1, None, u16::MAX, 2_400),
        (2, None, 0, 4_000),
        (6, None, 0, 64_000),
        (12, None, 0, 4_096_000),
        (13, None, 0, 7_200_000),
        (90, None, 0, 7_200_000),
        (u32::MAX, None, u16::MAX, 8_640_000),
        (1, Some(90), 0, 90_000),
        (12, Some(90), 0, 4_096_000),
        (1, Some(u64::MAX), 0, 21_600_000),
    ] {
        assert_eq!(
            again(tries, wait.map(Duration::from_secs), spread),
            expected,
            "{tries} {wait:?} {spread}"
        );
    }
    let end = NOW.plus(GIVE_UP_AFTER);
    let almost = Timestamp(end.0 - 1);
    assert_eq!(after(failed(None), 50, NOW, almost, 0), Outcome::Again { at: end }, "once more at the end");
    assert_eq!(after(failed(None), 51, NOW, end, 0), Outcome::GivenUp);
    let arrived = Answer { status: Some(204), trouble: None, wait: None };
    assert_eq!(after(arrived, 99, NOW, end, 0), Outcome::Delivered);
    let gone = Answer { status: Some(410), trouble: Some(Trouble::Gone), wait: None };
    assert_eq!(after(gone, 1, NOW, NOW, 0), Outcome::Gone);
    // How often that is: a receiver that never answers is asked so many times for one event.
    let (mut now, mut tries) = (NOW, 0);
    while let Outcome::Again { at } = after(failed(None), tries + 1, NOW, now, 0) {
        (now, tries) = (at, tries + 1);
    }
    assert_eq!(tries, 47);
}
