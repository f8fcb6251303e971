//! Any commands in any order, at any time, of anybody about anything: what must hold after each, and that nothing is
//! left of it once everybody has gone.

mod reached;
mod sound;

use super::*;
use crate::lounge::{LoungeSeat, NameKey};
use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use sound::assert_sound;
use std::collections::BTreeMap;

const PEOPLE: [PersonId; 6] = [VERA, VITO, VUK, RIA, ROB, RAY];
const DESKS: [DeskId; 2] = [CLAIMS, LOANS];
const APPOINTMENTS: [AppointmentId; 2] = [MONDAY, TUESDAY];
const ROOMS: [LoungeRoomId; 2] = [GENERAL, SPORTS];
/// Some look alike, some differ in case, some share one form and not the other.
const NAMES: [&str; 6] = ["Ben", "Вen", "IDA", "ida", "lda", "Zoë"];
/// As long as the shortest one that the server gives.
const GRACE: u64 = 2_500;

/// What somebody or something does next. Numbers choose among what there is.
#[derive(Debug, Clone, Copy)]
struct Move {
    wait: u64,
    what: What,
    who: usize,
    whom: usize,
    which: usize,
}

#[derive(Debug, Clone, Copy)]
enum What {
    Open,
    OpenAnother,
    LoseLine,
    LineIsBack,
    GoOnline,
    GoOffline,
    Choose,
    SetCard,
    Call,
    Answer,
    Cancel,
    Meddle,
    QueueUp,
    LeaveQueue,
    Serve,
    Ask,
    Seat,
    Unseat,
    End,
    Restore,
    Attend,
    LeaveVisit,
    Admit,
    Hold,
    Close,
    Enter,
    Jump,
    LeaveLounge,
    SetStatus,
    SetIdle,
    Talk,
    EndTalk,
    RingUp,
    FireAll,
    FireAny,
}

fn any_move() -> impl Strategy<Value = Move> {
    let what = prop_oneof![
        3 => Just(What::Open), 1 => Just(What::OpenAnother), 2 => Just(What::LoseLine),
        1 => Just(What::LineIsBack), 3 => Just(What::GoOnline), 1 => Just(What::GoOffline),
        3 => Just(What::Choose), 1 => Just(What::SetCard), 10 => Just(What::Call), 10 => Just(What::Answer),
        1 => Just(What::Cancel), 1 => Just(What::Meddle), 5 => Just(What::QueueUp), 1 => Just(What::LeaveQueue),
        6 => Just(What::Serve), 8 => Just(What::Ask), 12 => Just(What::Seat), 2 => Just(What::Unseat),
        1 => Just(What::End), 2 => Just(What::Restore), 5 => Just(What::FireAll), 2 => Just(What::FireAny),
        6 => Just(What::Attend), 1 => Just(What::LeaveVisit), 5 => Just(What::Admit), 2 => Just(What::Hold),
        1 => Just(What::Close), 14 => Just(What::Enter), 2 => Just(What::Jump), 1 => Just(What::LeaveLounge),
        2 => Just(What::SetStatus), 1 => Just(What::SetIdle), 4 => Just(What::Talk), 1 => Just(What::EndTalk),
        10 => Just(What::RingUp),
    ];
    (1_u64..4_000, what, 0..PEOPLE.len(), 0..PEOPLE.len(), 0_usize..12)
        .prop_map(|(wait, what, who, whom, which)| Move { wait, what, who, whom, which })
}

/// The world, and what is remembered of how it came about.
struct Run {
    world: World,
    steps: u128,
    /// The highest version of each person, queue, visit and gathering so far.
    versions: BTreeMap<DocumentId, u64>,
    /// Rings of which a beginning was told and no end.
    told: BTreeSet<RingId>,
    /// Calls as they were once, for those who claim that they still are.
    calls: Vec<Ring>,
    /// When the lounge was last told how many are in a room.
    counted: BTreeMap<LoungeRoomId, Timestamp>,
    /// What was refused in this step.
    refused: Vec<Rejection>,
}

impl Run {
    fn new() -> Self {
        Self {
            world: World::with(&PEOPLE),
            steps: 0,
            versions: BTreeMap::new(),
            told: BTreeSet::new(),
            calls: Vec::new(),
            counted: BTreeMap::new(),
            refused: Vec::new(),
        }
    }

    fn step(&mut self, next: Move) {
        self.steps += 1;
        self.refused.clear();
        self.world.now = self.world.now.plus(Duration::from_millis(next.wait));
        match next.what {
            What::FireAll => self.fire_all(),
            _ => {
                let command = self.lounge_command(next).or_else(|| self.command(next));
                command.into_iter().for_each(|command| self.tries(command));
            }
        }
    }

    fn command(&self, next: Move) -> Option<Command> {
        let (who, whom, desk) = (PEOPLE[next.who], PEOPLE[next.whom], DESKS[next.which % 2]);
        let appointment = APPOINTMENTS[next.which % 2];
        let rings: Vec<_> = self.world.documents.rings.values().flatten().collect();
        let some = rings.get(next.whom % rings.len().max(1)).copied();
        let id = self.steps;
        let until = self.world.now.plus(Duration::from_millis(GRACE * (1 + next.which as u64)));
        let chosen =
            [Chosen::Available, Chosen::Available, Chosen::Away, Chosen::Unavailable][next.which % 4];
        Some(match next.what {
            What::Open => open(who, page_of(who)),
            What::OpenAnother => open(who, page(90 + next.whom as u128)),
            What::LoseLine => Command::Detach { person: who, session: self.page(who, next.which)?, until },
            What::LineIsBack => Command::Attach { person: who, session: self.page(who, next.which)? },
            What::GoOnline => go(who, true),
            What::GoOffline => go(who, false),
            What::Choose => choose(who, chosen),
            What::SetCard => {
                Command::SetCard { person: who, card: (next.which > 2 && who >= RIA).then(|| card_of(who)) }
            }
            What::Call => call_over(id, who, whom, (next.which > 3).then(|| super::desk(desk))),
            What::Answer if next.which == 0 => {
                Command::Decline { ring: some?.id(), person: some?.callee().person }
            }
            What::Answer => Command::Accept { ring: some?.id(), person: some?.callee().person },
            What::Cancel => Command::Cancel { ring: some?.id(), person: some?.caller().person },
            What::Meddle if next.which == 0 => Command::Cancel { ring: some?.id(), person: who },
            What::Meddle => Command::Accept { ring: some?.id(), person: who },
            What::QueueUp => queue_up(who, desk),
            What::LeaveQueue => Command::LeaveQueue { person: who },
            What::Serve => serve(id, desk, who),
            What::Ask => {
                let staff = |one: &&Talker| one.side == Side::Staff && one.relieves.is_none();
                let staff: Vec<_> = self.calls_now().flat_map(Ring::talkers).filter(staff).collect();
                let asker = staff.get(next.whom % staff.len().max(1))?.party.person;
                let purpose = [RingPurpose::BringIn, RingPurpose::Transfer][next.which % 2];
                let callee = if next.which < 6 { PEOPLE[3 + next.who % 3] } else { who };
                ask(id, asker, callee, purpose)
            }
            What::Seat => {
                let talker = |ring: &Ring| Some((ring.id(), awaited(ring, next.which)?));
                let (ring, person) = self.calls_now().find_map(talker)?;
                Command::Seat { ring, person, participant: seat(id) }
            }
            What::Unseat => {
                let participant = some?.talkers().get(next.whom % 3)?.participant?;
                let end = [RingEnd::HungUp, RingEnd::Lost][next.which % 2];
                Command::Unseat { ring: some?.id(), participant, end }
            }
            What::End => Command::End { ring: some?.id(), end: RingEnd::EndedByAdmin },
            What::Restore => {
                Command::Restore { ring: Box::new(self.calls.iter().rev().nth(next.which * 3)?.clone()) }
            }
            What::Attend => attend(appointment, who),
            What::LeaveVisit => leave_visit(who),
            What::Admit if next.whom > 0 && self.world.attendees(appointment).is_empty() => return None,
            What::Admit => admit(id, appointment, PEOPLE[3 + next.whom % 3]),
            What::Hold if next.which < 2 => hold(appointment, who),
            What::Hold => hold(appointment, self.world.visit_call(appointment)?.1),
            What::Close => close(appointment, (next.which < 8).then_some(who)),
            What::FireAny if next.which < 4 => Command::PersonDue { person: who },
            What::FireAny if next.which < 8 => Command::RingDue { ring: some?.id() },
            What::FireAny => Command::QueueDue { desk },
            What::FireAll
            | What::Enter
            | What::Jump
            | What::LeaveLounge
            | What::SetStatus
            | What::SetIdle
            | What::Talk
            | What::EndTalk
            | What::RingUp => return None,
        })
    }

    fn lounge_command(&self, next: Move) -> Option<Command> {
        let (person, other, room) = (PEOPLE[next.who], PEOPLE[next.whom], ROOMS[next.which % 2]);
        let session = self.page(person, next.whom)?;
        let chosen = [Chosen::Available, Chosen::Available, Chosen::Away][next.which % 3];
        Some(match next.what {
            What::Enter => Command::EnterLounge(Entering {
                session,
                room: if next.which < 10 { GENERAL } else { room },
                name: match NAMES.get(next.which) {
                    Some(typed) => PersonName::parse(typed).expect("a name"),
                    None => name_of(person),
                },
                other: if next.which.is_multiple_of(3) { OtherPage::Yields } else { OtherPage::Keeps },
                ..entering(person)
            }),
            What::Jump => Command::Jump { person, session, room },
            What::LeaveLounge => {
                Command::LeaveLounge { person, session: (next.which > 3).then_some(session) }
            }
            What::SetStatus => Command::SetStatus { person, session, chosen, text: next.which.to_string() },
            What::SetIdle => Command::SetIdle { person, session, idle: next.which < 4 },
            What::Talk => Command::Talk { one: person, other },
            What::EndTalk => Command::EndTalk { one: person, other },
            // Whoever is rung rings back, now and then.
            What::RingUp if next.which < 3 => {
                let rung = |one: &&Ring| one.is_private() && one.rings() && Ring::into(one).is_none();
                let ring = self.world.documents.rings.values().flatten().find(rung)?;
                ring_up(self.steps, ring.callee().person, ring.caller().person)
            }
            What::RingUp => ring_up(self.steps, person, other),
            _ => return None,
        })
    }

    fn calls_now(&self) -> impl Iterator<Item = &Ring> {
        self.world.documents.rings.values().flatten().filter(|one| !one.rings())
    }

    fn page(&self, person: PersonId, which: usize) -> Option<SessionId> {
        let pages = &self.world.documents.person(person)?.pages;
        pages.get(which % pages.len().max(1)).map(|page| page.session)
    }

    fn tries(&mut self, command: Command) {
        let before = self.world.documents.clone();
        let restores = match &command {
            Command::Restore { ring } => Some(ring.id()),
            _ => None,
        };
        let changed = match self.world.tries(command) {
            Ok(changed) => changed,
            Err(rejection) => {
                assert_eq!(self.world.documents, before);
                self.refused.push(rejection);
                return;
            }
        };
        for id in &changed {
            let Some(version) = version(&self.world.documents, *id) else { continue };
            let last = self.versions.insert(*id, version);
            assert!(last.is_none_or(|last| last < version), "a version that was there before");
        }
        self.hear_counts(&before);
        for told in self.world.told.clone() {
            self.hear(&before, &told);
        }
        self.told.extend(restores.filter(|id| self.world.documents.ring(*id).is_some()));
        assert!(
            self.told.iter().eq(self.world.documents.rings.keys()),
            "an end that was not told, or told twice"
        );
        let calls: Vec<_> = self.calls_now().cloned().collect();
        self.calls.extend(calls);
        assert_sound(&self.world.documents, self.world.now);
    }

    fn hear(&mut self, before: &Scene, told: &Told) {
        match told {
            Told::Started { ring } => {
                assert!(self.told.insert(*ring));
                let ring = self.world.documents.ring(*ring).expect("it rings");
                let seen = if ring.is_private() { Person::presence } else { Person::status };
                let status = before.person(ring.callee().person).map(seen);
                assert_eq!(status, Some(Status::Available), "somebody was rung who was not available");
            }
            Told::Accepted { ring, .. } if Ring::into(ring).is_some() => {
                assert!(self.told.remove(&ring.id()));
            }
            Told::Accepted { ring, .. } if ring.purpose() == RingPurpose::Appointment => {
                assert!(self.told.insert(ring.id()), "nobody is rung for an appointment, and it begins once");
            }
            Told::Accepted { ring, .. } => assert!(self.told.contains(&ring.id())),
            Told::Ended { ring, .. } => assert!(self.told.remove(&ring.id())),
            Told::Parted { ring, .. } => assert!(self.told.contains(ring)),
        }
    }

    /// The lounge is not told again too soon of how many are in a room.
    fn hear_counts(&mut self, before: &Scene) {
        let told = |scene: &Scene, room| scene.gathering(room).map_or(0, Gathering::told);
        for room in ROOMS {
            if told(before, room) != told(&self.world.documents, room) {
                let last = self.counted.insert(room, self.world.now);
                let due = last.map(|last| last.plus(RULES.count_every));
                assert!(due.is_none_or(|due| due <= self.world.now), "told too often");
            }
        }
    }

    /// Everything that is due, and that it is not due any more then.
    fn fire_all(&mut self) {
        let (now, documents) = (self.world.now, self.world.documents.clone());
        for id in ids_of(&documents) {
            if deadline(&self.world.documents, id).is_some_and(|deadline| deadline <= now) {
                self.tries(match id {
                    DocumentId::Person(person) => Command::PersonDue { person },
                    DocumentId::Ring(ring) => Command::RingDue { ring },
                    DocumentId::Queue(desk) => Command::QueueDue { desk },
                    DocumentId::Gathering(room) => Command::GatheringDue { room },
                    DocumentId::Visit(_) | DocumentId::Name(_) => {
                        unreachable!("time alone changes nothing about a visit or a name")
                    }
                });
                let again = deadline(&self.world.documents, id);
                assert!(again.is_none_or(|again| again > now), "it stays due for ever");
            }
        }
    }

    /// All pages close; rooms let go of those who have none, as they do.
    fn everybody_goes(&mut self) {
        let until = self.world.now.plus(Duration::from_millis(GRACE));
        for (person, session) in pages(&self.world.documents) {
            self.tries(Command::Detach { person, session, until });
        }
        self.world.now = until;
        self.fire_all();
        for one in self.world.documents.clone().rings.values().flatten() {
            for participant in one.talkers().iter().filter_map(|talker| talker.participant) {
                self.tries(Command::Unseat { ring: one.id(), participant, end: RingEnd::Lost });
            }
        }
        for time in [RULES.grace, RULES.count_every, RULES.count_every] {
            self.world.now = self.world.now.plus(time);
            self.fire_all();
        }
    }
}

/// Somebody who is to come, or now and then somebody who is there and comes anew.
fn awaited(ring: &Ring, which: usize) -> Option<PersonId> {
    let mut talkers = ring.talkers().iter();
    talkers.find(|talker| talker.participant.is_none() || which == 0).map(|talker| talker.party.person)
}

fn pages(documents: &Scene) -> Vec<(PersonId, SessionId)> {
    let people = documents.people.values().flatten();
    people.flat_map(|person| person.pages.iter().map(|page| (person.id, page.session))).collect()
}

fn version(documents: &Scene, id: DocumentId) -> Option<u64> {
    match id {
        DocumentId::Person(id) => documents.person(id).map(Person::version),
        DocumentId::Ring(_) | DocumentId::Name(_) => None,
        DocumentId::Queue(id) => documents.queue(id).map(crate::queue::Queue::version),
        DocumentId::Visit(id) => documents.visit(id).map(Visit::version),
        DocumentId::Gathering(id) => documents.gathering(id).map(Gathering::version),
    }
}

fn deadline(documents: &Scene, id: DocumentId) -> Option<Timestamp> {
    match id {
        DocumentId::Person(id) => documents.person(id)?.next_deadline(),
        DocumentId::Ring(id) => documents.ring(id)?.next_deadline(),
        DocumentId::Queue(id) => documents.queue(id)?.next_deadline(),
        DocumentId::Gathering(id) => documents.gathering(id)?.next_deadline(),
        DocumentId::Visit(_) | DocumentId::Name(_) => None,
    }
}

/// The same moves each time. A seed that finds something becomes a test beside this file.
const SEED: u64 = 4;

fn config() -> ProptestConfig {
    ProptestConfig {
        cases: 600,
        rng_seed: RngSeed::Fixed(SEED),
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}

proptest! {
    #![proptest_config(config())]
    #[test]
    fn no_sequence_of_commands_loses_anybody(moves in prop::collection::vec(any_move(), 1..120)) {
        let mut run = Run::new();
        for next in moves {
            run.step(next);
        }
        run.everybody_goes();
        prop_assert_eq!(&run.world.documents.people, &BTreeMap::new());
        prop_assert_eq!(&run.world.documents.rings, &BTreeMap::new());
        prop_assert_eq!(&run.world.documents.visits, &BTreeMap::new());
        prop_assert_eq!(&run.world.documents.gatherings, &BTreeMap::new());
        prop_assert_eq!(&run.world.documents.names, &BTreeMap::new());
        prop_assert!(run.world.documents.queues.values().flatten().all(|queue| queue.waiting().is_empty()));
    }
}
