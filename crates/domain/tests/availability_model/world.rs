//! The documents, the attempts to change them that are under way, and what people may still do.

use super::cast::{APPOINTMENT, DESK, ROOM, desk, entering, may_serve, party, seat, visit_card};
use super::documents::{copy, decide_on, hash_scene};
use std::collections::BTreeSet;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;
use std::time::Duration;
use visavis_domain::availability::{
    Admitting, Asking, Calling, Command, Decision, DocumentId, OtherPage, Queueing, Rules, Scene, decide,
};
use visavis_domain::ids::{PersonId, RingId, SessionId};
use visavis_domain::lounge::Gathering;
use visavis_domain::person::{Engagement, Person};
use visavis_domain::ring::{DeskCard, Ring, RingEnd, RingPurpose, Talker};
use visavis_domain::time::Timestamp;
use visavis_domain::visit::Visit;

pub(crate) const RULES: Rules = Rules {
    grace: Duration::from_secs(15),
    queue: 5,
    queue_per_source: 5,
    ring_again_after: Duration::from_secs(20),
    look_every: Duration::from_secs(5),
    lounge_room: 10,
    count_every: Duration::from_secs(1),
};
pub(crate) const NOW: Timestamp = Timestamp(1_000_000);
/// For how long a page without a line counts as there.
const PAGE_GRACE: Duration = Duration::from_secs(3);
/// Rings that come of serving a queue begin here.
const SERVED: u128 = 100;

/// Whether what was loaded must still be so when it is committed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Commits {
    /// As it is.
    CompareAndSet,
    /// What would happen otherwise.
    Blind,
}

/// What is to be done, before anything is loaded for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Intent {
    GoOnline(PersonId),
    ComeBack(PersonId),
    Call {
        ring: RingId,
        caller: PersonId,
        callee: PersonId,
    },
    /// As one does in the lounge.
    RingUp {
        ring: RingId,
        caller: PersonId,
        callee: PersonId,
    },
    Ask {
        ring: RingId,
        asker: PersonId,
        callee: PersonId,
        purpose: RingPurpose,
    },
    Accept(RingId, PersonId),
    Decline(RingId, PersonId),
    Cancel(RingId, PersonId),
    QueueUp(PersonId),
    LeaveQueue(PersonId),
    Serve(PersonId),
    /// By one of their pages, called so; another page of theirs gives way.
    Enter(PersonId, SessionId, &'static str),
    /// From one of their pages.
    Attend(PersonId, SessionId),
    Admit {
        ring: RingId,
        host: PersonId,
    },
    Hold(PersonId),
    Seat(RingId, PersonId),
    Unseat(RingId, PersonId, RingEnd),
    LoseLine(PersonId, SessionId),
    LineIsBack(PersonId, SessionId),
    PersonDue(PersonId),
    RingDue(RingId),
    QueueDue,
    GatheringDue,
}

/// What an instance has loaded for an attempt.
#[derive(Debug, Clone)]
pub(crate) enum Loaded {
    /// These.
    Fresh(Arc<Scene>),
    /// Documents that somebody has changed since: the commit will be refused.
    Moved,
}

/// Between loading and committing.
#[derive(Debug, Clone)]
pub(crate) struct Attempt {
    pub(crate) intent: Intent,
    at: Timestamp,
    /// Drawn when it began, for whatever rings because of it.
    ring: RingId,
    loaded: Loaded,
}

#[derive(Debug, Clone)]
pub(crate) struct World {
    documents: Arc<Scene>,
    pub(crate) flight: Vec<Attempt>,
    /// What an instance still has to do for others after a commit.
    pub(crate) follow: BTreeSet<Intent>,
    /// What people and their lines may still do, once each.
    pub(crate) script: BTreeSet<Intent>,
    /// How many instances may stall at once between loading and committing, while others go on.
    pub(crate) stalls: usize,
    /// How many attempts and follow-ups may be lost.
    pub(crate) crashes: u8,
    /// How many seats of earlier calls may come in late.
    pub(crate) strays: u8,
    /// Who was ever in which call.
    past: BTreeSet<(RingId, PersonId)>,
    served: u8,
}

impl World {
    pub(crate) fn new() -> Self {
        Self {
            documents: Arc::default(),
            flight: Vec::new(),
            follow: BTreeSet::new(),
            script: BTreeSet::new(),
            stalls: 1,
            crashes: 0,
            strays: 0,
            past: BTreeSet::new(),
            served: 0,
        }
    }

    /// What was before.
    pub(crate) fn given(mut self, command: &Command) -> Self {
        if let Ok((_, decision)) = decide_on(&self.documents, NOW, command) {
            self.write(&decision);
        }
        self
    }

    fn write(&mut self, decision: &Decision) {
        let documents = Arc::make_mut(&mut self.documents);
        for id in &decision.changed {
            copy(&decision.after, documents, *id);
        }
        documents.people.retain(|_, slot| slot.is_some());
        documents.rings.retain(|_, slot| slot.is_some());
        documents.visits.retain(|_, slot| slot.is_some());
        documents.gatherings.retain(|_, slot| slot.is_some());
        documents.names.retain(|_, slot| slot.is_some());
    }

    pub(crate) fn documents(&self) -> &Scene {
        &self.documents
    }

    pub(crate) fn people(&self) -> impl Iterator<Item = &Person> {
        self.documents.people.values().flatten()
    }

    pub(crate) fn rings(&self) -> impl Iterator<Item = &Ring> {
        self.documents.rings.values().flatten()
    }

    /// Everything that may be begun now.
    pub(crate) fn intents(&self) -> Vec<Intent> {
        let mut intents: Vec<_> = self.follow.iter().chain(&self.script).copied().collect();
        for person in self.people().filter(|person| person.next_deadline().is_some()) {
            intents.push(Intent::PersonDue(person.id()));
        }
        for ring in self.rings() {
            let (id, caller, callee) = (ring.id(), ring.caller().person, ring.callee().person);
            intents.extend(ring.next_deadline().map(|_| Intent::RingDue(id)));
            if ring.rings() {
                intents.extend([
                    Intent::Accept(id, callee),
                    Intent::Decline(id, callee),
                    Intent::Cancel(id, caller),
                ]);
            }
            for talker in ring.talkers() {
                let person = talker.party.person;
                let here = self.documents.person(person).is_some_and(|one| !one.pages().is_empty());
                match (talker.participant, here) {
                    (None, true) => intents.push(Intent::Seat(id, person)),
                    (None, false) => {}
                    (Some(_), true) => intents.push(Intent::Unseat(id, person, RingEnd::HungUp)),
                    (Some(_), false) => intents.push(Intent::Unseat(id, person, RingEnd::Lost)),
                }
            }
        }
        if self.strays > 0 {
            for (ring, person) in self.past.iter().copied().filter(|past| self.is_stray(*past)) {
                intents.extend([Intent::Seat(ring, person), Intent::Unseat(ring, person, RingEnd::Lost)]);
            }
        }
        intents.extend(
            self.documents.queue(DESK).and_then(|queue| queue.next_deadline()).map(|_| Intent::QueueDue),
        );
        let told_later = self.documents.gathering(ROOM).and_then(Gathering::next_deadline);
        intents.extend(told_later.map(|_| Intent::GatheringDue));
        intents.retain(|intent| self.flight.iter().filter(|attempt| attempt.intent == *intent).count() < 2);
        intents
    }

    fn is_stray(&self, (ring, person): (RingId, PersonId)) -> bool {
        self.documents.ring(ring).is_none_or(|ring| ring.talker(person).is_none())
    }

    /// What may be done once has been.
    pub(crate) fn spend(&mut self, intent: &Intent) {
        self.follow.remove(intent);
        self.script.remove(intent);
        if let Intent::Seat(ring, person) | Intent::Unseat(ring, person, _) = intent
            && self.is_stray((*ring, *person))
        {
            self.strays = self.strays.saturating_sub(1);
        }
    }

    /// A line that broke stays broken: another instance finds out.
    pub(crate) fn come_again(&mut self, lost: &Intent) {
        if matches!(lost, Intent::LoseLine(..)) {
            self.script.insert(*lost);
        }
    }

    /// An attempt, if anything would come of it as things are.
    pub(crate) fn load(&self, intent: Intent) -> Option<Attempt> {
        let at = match intent {
            Intent::PersonDue(person) => self.documents.person(person).and_then(Person::next_deadline),
            Intent::RingDue(ring) => self.documents.ring(ring).and_then(Ring::next_deadline),
            Intent::GatheringDue => self.documents.gathering(ROOM).and_then(Gathering::next_deadline),
            _ => None,
        };
        let taken = self.flight.iter().any(|one| one.ring.bits() == SERVED + 2 * u128::from(self.served));
        let ring = RingId::from_bits(SERVED + 2 * u128::from(self.served) + u128::from(taken));
        self.reload(&Attempt { intent, at: at.unwrap_or(NOW), ring, loaded: Loaded::Moved })
    }

    fn reload(&self, attempt: &Attempt) -> Option<Attempt> {
        let (scene, decision) = decide_on(&self.documents, attempt.at, &attempt.command()).ok()?;
        let loaded = Loaded::Fresh(Arc::new(scene));
        (!decision.changed.is_empty()).then_some(Attempt { loaded, ..*attempt })
    }

    /// Writes what the attempt decides, or tries it anew if its documents have moved.
    pub(crate) fn commit(&mut self, attempt: &Attempt, commits: Commits) {
        let Loaded::Fresh(scene) = &attempt.loaded else {
            if let Some(again) = self.reload(attempt) {
                self.commit(&again, commits);
            }
            return;
        };
        let Ok(decision) = decide(scene, attempt.at, RULES, attempt.command()) else { return };
        self.write(&decision);
        if commits == Commits::CompareAndSet {
            for other in &mut self.flight {
                other.notice(&decision.changed);
            }
        }
        for talking in decision.after.rings.values().flatten().filter(|_| self.strays > 0) {
            self.past.extend(talking.talkers().iter().map(|talker| (talking.id(), talker.party.person)));
        }
        self.served += u8::from(matches!(attempt.intent, Intent::Serve(_)));
        self.follow_up(attempt, scene, &decision);
    }

    /// Whoever has become free is rung for who waits, and for whoever has come to wait whoever is free.
    fn follow_up(&mut self, attempt: &Attempt, before: &Scene, decision: &Decision) {
        let waiting = |scene: &Scene| scene.queue(DESK).map_or(0, |queue| queue.waiting().len());
        let came =
            decision.changed.contains(&DocumentId::Queue(DESK)) && waiting(&decision.after) > waiting(before);
        let serve: Vec<_> = if came || attempt.intent == Intent::QueueDue {
            self.people().filter(|one| may_serve(one)).map(Person::id).collect()
        } else {
            let was = |id| before.person(id).is_some_and(may_serve);
            let free = decision.after.people.values().flatten().filter(|one| may_serve(one));
            free.map(Person::id).filter(|id| !was(*id)).collect()
        };
        self.follow.extend(serve.into_iter().map(Intent::Serve));
    }

    fn visits(&self) -> impl Iterator<Item = &Visit> {
        self.documents.visits.values().flatten()
    }

    /// In how many rings, calls, queues and waiting rooms somebody is: what those say, whatever the person's own
    /// document says.
    pub(crate) fn claims(&self, person: PersonId) -> usize {
        let rings = self.rings().filter(|ring| match (ring.rings(), ring.into()) {
            (true, None) => ring.caller().person == person || ring.callee().person == person,
            (true, Some(_)) => ring.callee().person == person,
            (false, _) => ring.talker(person).is_some(),
        });
        let waiting = self.documents.queue(DESK).into_iter().flat_map(|queue| queue.waiting());
        let attendees = self.visits().flat_map(Visit::attendees).filter(|one| one.party.person == person);
        rings.count() + waiting.filter(|one| one.party.person == person).count() + attendees.count()
    }

    /// Whether somebody's own document says what the others say, and they are there to be engaged.
    pub(crate) fn agrees(&self, person: &Person) -> bool {
        let id = person.id();
        let ring = |ring| self.documents.ring(ring);
        let ghost = person.pages().is_empty() && !matches!(person.engagement(), Engagement::InCall(_));
        !ghost
            && match person.engagement() {
                Engagement::Free => self.claims(id) == 0,
                Engagement::Calling(it) => ring(it).is_some_and(|it| it.rings() && it.caller().person == id),
                Engagement::Called(it) => ring(it).is_some_and(|it| it.rings() && it.callee().person == id),
                Engagement::InCall(it) => ring(it).is_some_and(|it| it.talker(id).is_some()),
                Engagement::Waiting(desk) => {
                    self.documents.queue(desk).is_some_and(|queue| queue.position(id).is_some())
                }
                Engagement::Attending(it) => {
                    let visit = self.documents.visit(it);
                    visit.is_some_and(|visit| visit.attendees().iter().any(|one| one.party.person == id))
                }
            }
    }

    pub(crate) fn calls_of_the_appointment(&self) -> usize {
        self.rings().filter(|ring| ring.appointment().is_some() && Ring::into(ring).is_none()).count()
    }

    /// The call of an appointment is its visit's and the other way round, its host is in it, and nobody waits at an
    /// open door.
    fn visits_are_whole(&self) -> bool {
        let visits = self.visits().all(|visit| match visit.call() {
            Some((ring, host)) => {
                let ring = self.documents.ring(*ring);
                let talks = |ring: &Ring| !ring.rings() && ring.talker(host.person).is_some();
                visit.attendees().is_empty() && ring.is_some_and(talks)
            }
            None => !visit.attendees().is_empty(),
        });
        let is_its_visits = |ring: &Ring| {
            let visit = ring.appointment().map(|card| self.documents.visit(card.appointment));
            let call = ring.into().unwrap_or(ring.id());
            visit.is_none_or(|visit| visit.and_then(Visit::call).is_some_and(|(ring, _)| *ring == call))
        };
        visits && self.rings().all(is_its_visits)
    }

    /// Rings have their people and the call they lead into, people who are not in their room yet are awaited, and
    /// whatever waits for somebody has a deadline.
    pub(crate) fn rings_and_queues_are_whole(&self) -> bool {
        let rings = self.rings().all(|ring| {
            let whole = ring.into().is_none_or(|call| self.documents.ring(call).is_some());
            let awaited = |talker: &Talker| talker.participant.is_none() == talker.expected_until.is_some();
            let settled = !ring.rings() && ring.talkers().iter().all(|talker| talker.participant.is_some());
            let people = ring.talkers().iter().map(|talker| talker.party.person);
            let ringing = ring.rings().then(|| [ring.caller().person, ring.callee().person]);
            let mut people = people.chain(ringing.into_iter().flatten());
            whole
                && ring.talkers().iter().all(awaited)
                && (settled || ring.next_deadline().is_some())
                && people.all(|one| self.documents.person(one).is_some())
        });
        let queue = self.documents.queue(DESK);
        rings
            && self.visits_are_whole()
            && queue.is_none_or(|queue| queue.waiting().is_empty() || queue.next_deadline().is_some())
    }
}

impl Attempt {
    fn notice(&mut self, changed: &BTreeSet<DocumentId>) {
        let Loaded::Fresh(scene) = &self.loaded else { return };
        let moved = changed.iter().any(|id| match id {
            DocumentId::Person(id) => scene.people.contains_key(id),
            DocumentId::Ring(id) => scene.rings.contains_key(id),
            DocumentId::Queue(id) => scene.queues.contains_key(id),
            DocumentId::Visit(id) => scene.visits.contains_key(id),
            DocumentId::Gathering(id) => scene.gatherings.contains_key(id),
            DocumentId::Name(key) => scene.names.contains_key(key),
        });
        if moved {
            self.loaded = Loaded::Moved;
        }
    }

    pub(crate) fn is_outrun(&self) -> bool {
        matches!(self.loaded, Loaded::Moved)
    }

    /// So that two worlds that differ only in the order of beginning are one.
    pub(crate) fn order(&self) -> (Intent, Timestamp, RingId) {
        (self.intent, self.at, self.ring)
    }

    fn command(&self) -> Command {
        match self.intent {
            Intent::GoOnline(person) => Command::SetAvailability { person, online: Some(true), chosen: None },
            Intent::ComeBack(person) => Command::SetAvailability {
                person,
                online: None,
                chosen: Some(visavis_domain::person::Chosen::Available),
            },
            // Nobody finishes a call after it: what a wrap-up does is for the scenes with a queue.
            Intent::Call { ring, caller, callee } => {
                let desk = DeskCard { wrap_up_s: 0, ..desk() };
                Command::Call(Calling { desk: Some(desk), ..calling(ring, caller, callee) })
            }
            Intent::RingUp { ring, caller, callee } => Command::Call(calling(ring, caller, callee)),
            Intent::Ask { ring, asker, callee, purpose } => {
                let ring_for = Duration::from_secs(30);
                Command::Ask(Asking { ring, asker, callee: party(callee), purpose, ring_for })
            }
            Intent::Accept(ring, person) => Command::Accept { ring, person },
            Intent::Decline(ring, person) => Command::Decline { ring, person },
            Intent::Cancel(ring, person) => Command::Cancel { ring, person },
            Intent::QueueUp(person) => Command::QueueUp(Queueing {
                desk: desk(),
                party: party(person),
                about: String::new(),
                from: None,
            }),
            Intent::LeaveQueue(person) => Command::LeaveQueue { person },
            Intent::Serve(representative) => Command::Serve { desk: DESK, representative, ring: self.ring },
            Intent::Enter(person, session, name) => {
                Command::EnterLounge(entering(person, session, name, OtherPage::Yields))
            }
            Intent::Attend(person, _) => Command::Attend { card: visit_card(), party: party(person) },
            Intent::Admit { ring, host } => {
                Command::Admit(Admitting { ring, card: visit_card(), host: party(host) })
            }
            Intent::Hold(person) => Command::Hold { appointment: APPOINTMENT, person },
            Intent::Seat(ring, person) => Command::Seat { ring, person, participant: seat(ring, person) },
            Intent::Unseat(ring, person, end) => {
                Command::Unseat { ring, participant: seat(ring, person), end }
            }
            Intent::LoseLine(person, session) => {
                Command::Detach { person, session, until: self.at.plus(PAGE_GRACE) }
            }
            Intent::LineIsBack(person, session) => Command::Attach { person, session },
            Intent::PersonDue(person) => Command::PersonDue { person },
            Intent::RingDue(ring) => Command::RingDue { ring },
            Intent::QueueDue => Command::QueueDue { desk: DESK },
            Intent::GatheringDue => Command::GatheringDue { room: ROOM },
        }
    }
}

fn calling(ring: RingId, caller: PersonId, callee: PersonId) -> Calling {
    Calling {
        ring,
        desk: None,
        caller: party(caller),
        callee: party(callee),
        about: String::new(),
        ring_for: Duration::from_secs(30),
        from: None,
    }
}

/// A world is what may come of it: versions and idle times never decide anything.
impl Hash for World {
    fn hash<H: Hasher>(&self, state: &mut H) {
        hash_scene(&self.documents, state);
        for attempt in &self.flight {
            (attempt.intent, attempt.at, attempt.ring).hash(state);
            match &attempt.loaded {
                Loaded::Fresh(scene) => hash_scene(scene, state),
                Loaded::Moved => 0_u8.hash(state),
            }
        }
        (&self.follow, &self.script, self.crashes, self.strays).hash(state);
        (&self.past, self.served).hash(state);
    }
}

/// As [`Hash`] sees them.
impl PartialEq for World {
    fn eq(&self, other: &Self) -> bool {
        let print = |world: &Self| {
            let mut hasher = DefaultHasher::new();
            world.hash(&mut hasher);
            hasher.finish()
        };
        print(self) == print(other)
    }
}
