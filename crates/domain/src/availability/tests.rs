//! A small world to try the machine in: documents in a map, loaded as they are asked for, by name. The tests beside
//! this file are given, when, then; [`sequences`] tries any commands in any order.

mod calls;
mod lounge;
mod pages;
mod private;
mod queues;
mod rings;
mod sequences;
mod visiting;

use super::*;
use crate::ids::{AppointmentId, DeskId, LoungeRoomId, ParticipantId, PersonId, RingId, SessionId};
use crate::lounge::Gathering;
use crate::name::PersonName;
use crate::person::{Card, Chosen, Engagement, Person, Status};
use crate::ring::{DeskCard, Party, Ring, RingEnd, RingPurpose, Side, Source, Talker};
use crate::visit::{Visit, VisitCard};
use std::collections::BTreeSet;
use std::time::Duration;

const RULES: Rules = Rules {
    grace: Duration::from_millis(15_000),
    queue: 3,
    queue_per_source: 1,
    ring_again_after: Duration::from_millis(20_000),
    look_every: Duration::from_millis(5_000),
    lounge_room: 4,
    count_every: Duration::from_millis(1_000),
};
const RING_FOR: u64 = 30_000;
const WRAP_UP: u64 = 10_000;
/// Visitors.
const VERA: PersonId = PersonId::from_bits(1);
const VITO: PersonId = PersonId::from_bits(2);
const VUK: PersonId = PersonId::from_bits(3);
/// Representatives.
const RIA: PersonId = PersonId::from_bits(11);
const ROB: PersonId = PersonId::from_bits(12);
const RAY: PersonId = PersonId::from_bits(13);
/// Of both of which all of them are.
const CLAIMS: DeskId = DeskId::from_bits(21);
const LOANS: DeskId = DeskId::from_bits(22);
/// Ria's appointments with Vera, with Vito and with Vuk, in a waiting room that all representatives share.
const MONDAY: AppointmentId = AppointmentId::from_bits(31);
const TUESDAY: AppointmentId = AppointmentId::from_bits(32);
const FRIDAY: AppointmentId = AppointmentId::from_bits(33);
/// Rooms of the lounge.
const GENERAL: LoungeRoomId = LoungeRoomId::from_bits(41);
const SPORTS: LoungeRoomId = LoungeRoomId::from_bits(42);

fn at(ms: u64) -> Timestamp {
    Timestamp(ms)
}

fn ring(n: u128) -> RingId {
    RingId::from_bits(n)
}

fn page(n: u128) -> SessionId {
    SessionId::from_bits(n)
}

/// Who somebody is in a room.
fn seat(n: u128) -> ParticipantId {
    ParticipantId::from_bits(n)
}

/// The one page of somebody who has one.
fn page_of(person: PersonId) -> SessionId {
    page(person.bits())
}

fn name_of(person: PersonId) -> PersonName {
    PersonName::parse(&format!("Person {}", person.bits())).unwrap()
}

fn party(person: PersonId) -> Party {
    Party { person, name: name_of(person) }
}

fn card_of(person: PersonId) -> Card {
    Card { name: name_of(person), title: "Claims".to_owned(), desks: vec![CLAIMS, LOANS] }
}

fn desk(id: DeskId) -> DeskCard {
    DeskCard {
        id,
        slug: "claims".to_owned(),
        name: "Claims".to_owned(),
        wrap_up_s: u32::try_from(WRAP_UP / 1_000).unwrap(),
        ring_s: u32::try_from(RING_FOR / 1_000).unwrap(),
    }
}

fn open(person: PersonId, session: SessionId) -> Command {
    Command::Open { person, session, card: (person >= RIA).then(|| card_of(person)) }
}

fn choose(person: PersonId, chosen: Chosen) -> Command {
    Command::SetAvailability { person, online: None, chosen: Some(chosen) }
}

fn go(person: PersonId, online: bool) -> Command {
    Command::SetAvailability { person, online: Some(online), chosen: None }
}

fn call_over(n: u128, caller: PersonId, callee: PersonId, desk: Option<DeskCard>) -> Command {
    Command::Call(Calling {
        ring: ring(n),
        desk,
        caller: party(caller),
        callee: party(callee),
        about: "a dent".to_owned(),
        ring_for: Duration::from_millis(RING_FOR),
        from: None,
    })
}

fn call(n: u128, caller: PersonId, callee: PersonId) -> Command {
    call_over(n, caller, callee, Some(desk(CLAIMS)))
}

/// As one does in the lounge.
fn ring_up(n: u128, caller: PersonId, callee: PersonId) -> Command {
    call_over(n, caller, callee, None)
}

fn accept(n: u128, person: PersonId) -> Command {
    Command::Accept { ring: ring(n), person }
}

fn decline(n: u128, person: PersonId) -> Command {
    Command::Decline { ring: ring(n), person }
}

fn cancel(n: u128, person: PersonId) -> Command {
    Command::Cancel { ring: ring(n), person }
}

fn take_seat(n: u128, person: PersonId) -> Command {
    Command::Seat { ring: ring(n), person, participant: seat(100 * n + person.bits()) }
}

fn leave_seat(n: u128, person: PersonId, end: RingEnd) -> Command {
    Command::Unseat { ring: ring(n), participant: seat(100 * n + person.bits()), end }
}

fn ask(n: u128, asker: PersonId, callee: PersonId, purpose: RingPurpose) -> Command {
    let ring_for = Duration::from_millis(RING_FOR);
    Command::Ask(Asking { ring: ring(n), asker, callee: party(callee), purpose, ring_for })
}

fn queue_up(person: PersonId, id: DeskId) -> Command {
    queue_up_from(None, person, id)
}

fn queue_up_from(from: Option<Source>, person: PersonId, id: DeskId) -> Command {
    Command::QueueUp(Queueing { desk: desk(id), party: party(person), about: "a dent".to_owned(), from })
}

fn serve(n: u128, id: DeskId, representative: PersonId) -> Command {
    Command::Serve { desk: id, representative, ring: ring(n) }
}

fn lose_line(person: PersonId, until: u64) -> Command {
    Command::Detach { person, session: page_of(person), until: at(until) }
}

fn client_of(appointment: AppointmentId) -> PersonId {
    match appointment {
        MONDAY => VERA,
        TUESDAY => VITO,
        _ => VUK,
    }
}

fn visit_card(appointment: AppointmentId) -> VisitCard {
    VisitCard {
        appointment,
        professional: RIA,
        desk: Some(CLAIMS),
        client: party(client_of(appointment)),
        about: "a will".to_owned(),
    }
}

fn attend(appointment: AppointmentId, person: PersonId) -> Command {
    Command::Attend { card: visit_card(appointment), party: party(person) }
}

fn leave_visit(person: PersonId) -> Command {
    Command::LeaveVisit { person }
}

fn admit(n: u128, appointment: AppointmentId, host: PersonId) -> Command {
    Command::Admit(Admitting { ring: ring(n), card: visit_card(appointment), host: party(host) })
}

fn hold(appointment: AppointmentId, person: PersonId) -> Command {
    Command::Hold { appointment, person }
}

fn close(appointment: AppointmentId, person: Option<PersonId>) -> Command {
    Command::CloseVisit { appointment, person }
}

/// By their one page, into the general room, as what they are called everywhere.
fn entering(person: PersonId) -> Entering {
    Entering {
        person,
        session: page_of(person),
        room: GENERAL,
        name: name_of(person),
        account: person >= RIA,
        other: OtherPage::Keeps,
    }
}

fn enter(person: PersonId) -> Command {
    Command::EnterLounge(entering(person))
}

/// All documents there are, and the time.
#[derive(Clone)]
struct World {
    documents: Scene,
    now: Timestamp,
    told: Vec<Told>,
}

impl World {
    fn new() -> Self {
        Self { documents: Scene::default(), now: at(1_000), told: Vec::new() }
    }

    /// Visitors with a page open, and representatives who are online.
    fn with(people: &[PersonId]) -> Self {
        let mut world = Self::new();
        for person in people {
            world.does(open(*person, page_of(*person)));
            if *person >= RIA {
                world.does(go(*person, true));
            }
        }
        world
    }

    /// Two who talk, and others.
    fn talking(visitor: PersonId, representative: PersonId, others: &[PersonId]) -> Self {
        let mut world = Self::with(&[&[visitor, representative], others].concat());
        world.does(call(1, visitor, representative)).does(accept(1, representative));
        world.does(take_seat(1, visitor)).does(take_seat(1, representative));
        world
    }

    /// Visitors and representatives in the lounge; none of the latter is online.
    fn lounge(people: &[PersonId]) -> Self {
        let mut world = Self::new();
        for person in people {
            world.does(open(*person, page_of(*person))).does(enter(*person));
        }
        world
    }

    fn at(&mut self, ms: u64) -> &mut Self {
        self.now = at(ms);
        self
    }

    /// Loads what the machine asks for and nothing else, as an instance does. What it decides must be the same as
    /// with everything at hand.
    fn tries(&mut self, command: Command) -> Result<BTreeSet<DocumentId>, Rejection> {
        let mut scene = Scene::default();
        let outcome = loop {
            match decide(&scene, self.now, RULES, command.clone()) {
                Err(Stop::Missing(id)) => self.load(&mut scene, id),
                Err(Stop::Rejected(rejection)) => break Err(rejection),
                Ok(decision) => break Ok(decision),
            }
        };
        let mut all = self.documents.clone();
        for id in ids_of(&scene) {
            self.load(&mut all, id);
        }
        match (outcome, decide(&all, self.now, RULES, command)) {
            (Ok(narrow), Ok(wide)) => {
                assert_eq!((&narrow.changed, &narrow.told), (&wide.changed, &wide.told));
                for id in &narrow.changed {
                    copy(&narrow.after, &mut self.documents, *id);
                    copy(&wide.after, &mut all, *id);
                }
                all.people.retain(|_, slot| slot.is_some());
                all.rings.retain(|_, slot| slot.is_some());
                all.queues.retain(|_, slot| slot.is_some());
                all.visits.retain(|_, slot| slot.is_some());
                all.gatherings.retain(|_, slot| slot.is_some());
                all.names.retain(|_, slot| slot.is_some());
                assert_eq!(self.documents, all, "it depends on what else is at hand");
                self.told = narrow.told;
                Ok(narrow.changed)
            }
            (Err(narrow), wide) => {
                assert_eq!(wide.map(|decision| decision.told), Err(Stop::Rejected(narrow)));
                Err(narrow)
            }
            (Ok(_), Err(wide)) => panic!("{wide:?} only with everything at hand"),
        }
    }

    fn load(&self, scene: &mut Scene, id: DocumentId) {
        match id {
            DocumentId::Person(id) => drop(scene.people.insert(id, self.documents.person(id).cloned())),
            DocumentId::Ring(id) => drop(scene.rings.insert(id, self.documents.ring(id).cloned())),
            DocumentId::Queue(id) => drop(scene.queues.insert(id, self.documents.queue(id).cloned())),
            DocumentId::Visit(id) => drop(scene.visits.insert(id, self.documents.visit(id).cloned())),
            DocumentId::Gathering(id) => {
                drop(scene.gatherings.insert(id, self.documents.gathering(id).cloned()));
            }
            DocumentId::Name(key) => drop(scene.names.insert(key, self.documents.name(key).copied())),
        }
    }

    fn does(&mut self, command: Command) -> &mut Self {
        let what = format!("{command:?}");
        assert!(self.tries(command).is_ok_and(|changed| !changed.is_empty()), "{what} changes nothing");
        self
    }

    fn ignores(&mut self, command: Command) -> &mut Self {
        assert_eq!(self.tries(command), Ok(BTreeSet::new()));
        assert_eq!(self.told, []);
        self
    }

    fn refuses(&mut self, command: Command, rejection: Rejection) -> &mut Self {
        let before = self.documents.clone();
        assert_eq!(self.tries(command), Err(rejection));
        assert_eq!(self.documents, before);
        self
    }

    fn person(&self, id: PersonId) -> &Person {
        self.documents.person(id).expect("they are here")
    }

    fn status(&self, id: PersonId) -> Status {
        self.person(id).status()
    }

    fn presence(&self, id: PersonId) -> Status {
        self.person(id).presence()
    }

    /// Who is in a room of the lounge.
    fn gathered(&self, room: LoungeRoomId) -> &[PersonId] {
        self.documents.gathering(room).map(Gathering::people).unwrap_or_default()
    }

    fn engagement(&self, id: PersonId) -> Engagement {
        self.person(id).engagement
    }

    fn ring(&self, n: u128) -> &Ring {
        self.documents.ring(ring(n)).expect("it has not ended")
    }

    fn is_over(&self, n: u128) -> bool {
        self.documents.ring(ring(n)).is_none()
    }

    fn order(&self, id: DeskId) -> Vec<PersonId> {
        let queue = self.documents.queue(id);
        queue.map(|queue| queue.waiting().iter().map(|one| one.party.person).collect()).unwrap_or_default()
    }

    fn visit(&self, id: AppointmentId) -> &Visit {
        self.documents.visit(id).expect("somebody has come for it")
    }

    /// Who waits to be let in.
    fn attendees(&self, id: AppointmentId) -> Vec<PersonId> {
        let visit = self.documents.visit(id);
        visit.map(|visit| visit.attendees().iter().map(|one| one.party.person).collect()).unwrap_or_default()
    }

    /// The call of an appointment, and who of the staff takes it.
    fn visit_call(&self, id: AppointmentId) -> Option<(RingId, PersonId)> {
        let (ring, host) = self.documents.visit(id)?.call()?;
        Some((*ring, host.person))
    }

    fn talkers(&self, n: u128) -> Vec<PersonId> {
        self.ring(n).talkers().iter().map(|talker| talker.party.person).collect()
    }

    /// The ends that were told last.
    fn ends(&self) -> Vec<(RingId, RingEnd)> {
        let end = |told: &Told| match told {
            Told::Ended { ring, end } => Some((ring.id(), *end)),
            Told::Started { .. } | Told::Accepted { .. } | Told::Parted { .. } => None,
        };
        self.told.iter().filter_map(end).collect()
    }

    /// Whose part in a call that goes on has ended, as told last.
    fn parted(&self) -> Vec<(PersonId, RingEnd)> {
        let part = |told: &Told| match told {
            Told::Parted { person, end, .. } => Some((*person, *end)),
            Told::Started { .. } | Told::Accepted { .. } | Told::Ended { .. } => None,
        };
        self.told.iter().filter_map(part).collect()
    }
}

fn ids_of(scene: &Scene) -> Vec<DocumentId> {
    let people = scene.people.keys().map(|id| DocumentId::Person(*id));
    let rings = scene.rings.keys().map(|id| DocumentId::Ring(*id));
    let queues = scene.queues.keys().map(|id| DocumentId::Queue(*id));
    let visits = scene.visits.keys().map(|id| DocumentId::Visit(*id));
    let gatherings = scene.gatherings.keys().map(|id| DocumentId::Gathering(*id));
    let names = scene.names.keys().map(|key| DocumentId::Name(*key));
    people.chain(rings).chain(queues).chain(visits).chain(gatherings).chain(names).collect()
}

/// Documents that exist no more are none of the map's.
fn copy(from: &Scene, to: &mut Scene, id: DocumentId) {
    match id {
        DocumentId::Person(id) => match from.person(id) {
            Some(person) => drop(to.people.insert(id, Some(person.clone()))),
            None => drop(to.people.remove(&id)),
        },
        DocumentId::Ring(id) => match from.ring(id) {
            Some(ring) => drop(to.rings.insert(id, Some(ring.clone()))),
            None => drop(to.rings.remove(&id)),
        },
        DocumentId::Queue(id) => match from.queue(id) {
            Some(queue) => drop(to.queues.insert(id, Some(queue.clone()))),
            None => drop(to.queues.remove(&id)),
        },
        DocumentId::Visit(id) => match from.visit(id) {
            Some(visit) => drop(to.visits.insert(id, Some(visit.clone()))),
            None => drop(to.visits.remove(&id)),
        },
        DocumentId::Gathering(id) => match from.gathering(id) {
            Some(gathering) => drop(to.gatherings.insert(id, Some(gathering.clone()))),
            None => drop(to.gatherings.remove(&id)),
        },
        DocumentId::Name(key) => match from.name(key) {
            Some(claim) => drop(to.names.insert(key, Some(*claim))),
            None => drop(to.names.remove(&key)),
        },
    }
}
