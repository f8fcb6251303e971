//! Carries out what the machine of availability decides, and what a call's room has to do with it: people, rings,
//! queues, visits, the lounge and the room change in one commit, or none of them does. Who is told what is `telling`.

mod lounge;
mod telling;

use super::calls::seat;
use super::documents::{self, call_room, chat_key, key_of, room_key};
use super::rooms::{ATTEMPTS, Loaded, room_events};
use super::tokens::CONTINUATION_TTL;
use super::{App, Refused};
use bytes::Bytes;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;
use visavis_domain::availability::{Command, Decision, DocumentId, Rejection, Scene, Stop, Told, decide};
use visavis_domain::ids::{DeskId, PersonId, RingId};
use visavis_domain::person::Person;
use visavis_domain::ring::RingEnd;
use visavis_domain::room::{self, LeaveReason, Room};
use visavis_domain::time::Timestamp;
use visavis_domain::webhook::{Happened, people_changed};
use visavis_live::{Commit, Document, Key, LiveError, TopicName, Version, Write};

/// For how long a use case waits for the store to say who is of a desk, before it leaves that to the next look at the
/// queue. More, and a database that is away holds up calls; less, and a busy one has people wait who need not.
const SOON: Duration = Duration::from_millis(500);

/// What sets something off.
#[derive(Debug, Clone)]
pub(super) enum Cause {
    /// Something about people.
    Availability(Command),
    /// Something in a call's room.
    Room {
        /// Of which call.
        ring: RingId,
        /// What.
        command: room::Command,
        /// Who comes into the room, if somebody does.
        person: Option<PersonId>,
    },
}

/// What came of it.
pub(super) struct Settled {
    /// The documents as they are now.
    pub(super) scene: Scene,
    /// The room, if it had to do with one.
    pub(super) loaded: Option<Loaded>,
}

/// Everything that one attempt reads and decides.
struct Attempt {
    versions: BTreeMap<DocumentId, Version>,
    before: Scene,
    scene: Scene,
    changed: BTreeSet<DocumentId>,
    told: Vec<Told>,
    room: Option<RoomPart>,
    over: Option<Over>,
}

/// The mark that a call has ended, which outlives every continuation that would bring the call back.
#[derive(Debug, Clone, Copy)]
struct Over {
    ring: RingId,
    /// Absent while it has not.
    version: Version,
}

/// The room's part of an attempt.
struct RoomPart {
    loaded: Loaded,
    before: Option<Room>,
    events: Vec<room::Event>,
    notices: Vec<(TopicName, Bytes)>,
}

impl App {
    /// Decides and commits, as often as it takes; then does what follows for others.
    pub(super) async fn settle(&self, cause: Cause, needs: &[DocumentId]) -> Result<Settled, Refused> {
        // Scenes and rooms are large: whatever calls this would have to hold them, through all of its awaits.
        let (settled, grown) = Box::pin(self.settle_in_place(cause, needs)).await?;
        for desk in grown {
            Box::pin(self.serve_soon(desk)).await;
        }
        Ok(settled)
    }

    /// The same without asking the store for anything: of desks whose queue has grown the names are left.
    pub(super) async fn settle_unserved(
        &self,
        cause: Cause,
        needs: &[DocumentId],
    ) -> Result<Vec<DeskId>, Refused> {
        Ok(Box::pin(self.settle_in_place(cause, needs)).await?.1)
    }

    async fn settle_in_place(
        &self,
        cause: Cause,
        needs: &[DocumentId],
    ) -> Result<(Settled, Vec<DeskId>), Refused> {
        let mut ids: BTreeSet<DocumentId> = needs.iter().copied().collect();
        let mut with_room = match &cause {
            Cause::Room { ring, .. } => Some(*ring),
            Cause::Availability(Command::Restore { ring }) => Some(ring.id()),
            Cause::Availability(_) => None,
        };
        let mut lost = 0;
        while lost < ATTEMPTS {
            let mut attempt = self.read(&ids, with_room).await?;
            let mut commit = match self.prepare(&cause, &mut attempt) {
                Ok(commit) => commit,
                Err(Need::Document(id)) => {
                    ids.insert(id);
                    continue;
                }
                Err(Need::Room(ring)) => {
                    with_room = Some(ring);
                    continue;
                }
                Err(Need::Refused(refused)) => return Err(refused),
            };
            if commit.writes.is_empty() {
                let loaded = attempt.room.map(|part| part.loaded);
                return Ok((Settled { scene: attempt.scene, loaded }, Vec::new()));
            }
            let subjects = self.announce(&mut commit, self.happened(&attempt)).await?;
            match self.live.commit(commit).await {
                Ok(_) => {
                    self.announcer.committed(subjects);
                    return Ok(self.settled(attempt).await);
                }
                Err(LiveError::Conflict) => lost += 1,
                Err(error) => return Err(error.into()),
            }
        }
        Err(LiveError::Conflict.into())
    }

    /// What webhooks are told of it.
    fn happened(&self, attempt: &Attempt) -> Vec<Happened> {
        let Attempt { before, scene, changed, told, .. } = attempt;
        people_changed(before, scene, changed, told, self.now())
    }

    /// Documents of one moment, to look at.
    pub(super) async fn scene(&self, ids: &[DocumentId]) -> Result<Scene, Refused> {
        Ok(self.read(&ids.iter().copied().collect(), None).await?.scene)
    }

    async fn read(&self, ids: &BTreeSet<DocumentId>, ring: Option<RingId>) -> Result<Attempt, Refused> {
        let name = ring.map(call_room);
        let mut keys: Vec<Key> = ids.iter().map(|id| key_of(*id)).collect();
        keys.extend(name.iter().flat_map(|name| [room_key(name), chat_key(name)]));
        keys.extend(ring.map(Key::over));
        let mut documents = self.live.load(&keys).await?;
        let over = match ring {
            Some(ring) => Some(Over { ring, version: documents.pop().ok_or(Refused::Corrupt)?.version }),
            None => None,
        };
        let room = match name {
            Some(name) => {
                let chat = documents.pop().ok_or(Refused::Corrupt)?;
                let room = documents.pop().ok_or(Refused::Corrupt)?;
                let loaded = Loaded::read(&name, &room, &chat)?;
                let before = loaded.room.clone();
                Some(RoomPart { loaded, before, events: Vec::new(), notices: Vec::new() })
            }
            None => None,
        };
        let mut scene = Scene::default();
        let mut versions = BTreeMap::new();
        for (id, document) in ids.iter().zip(&documents) {
            versions.insert(*id, document.version);
            place(&mut scene, *id, document)?;
        }
        let before = scene.clone();
        Ok(Attempt { versions, before, scene, changed: BTreeSet::new(), told: Vec::new(), room, over })
    }

    fn prepare(&self, cause: &Cause, attempt: &mut Attempt) -> Result<Commit, Need> {
        match cause {
            Cause::Availability(Command::Restore { .. }) if attempt.is_over() => {
                return Err(Need::Refused(Rejection::RingUnknown.into()));
            }
            Cause::Availability(command) => self.decide(attempt, command.clone())?,
            Cause::Room { ring, command, person } => {
                let command = as_who_sits(command.clone(), *ring, *person, attempt);
                let events = self.in_room(attempt, command)?;
                for command in consequences(*ring, *person, &events, attempt) {
                    self.decide(attempt, command)?;
                }
            }
        }
        self.rooms_follow(attempt)?;
        attempt.commit(self.now())
    }

    fn decide(&self, attempt: &mut Attempt, command: Command) -> Result<(), Need> {
        let Decision { after, changed, told } = decide(&attempt.scene, self.now(), self.rules, command)?;
        attempt.scene = after;
        attempt.changed.extend(changed);
        attempt.told.extend(told);
        Ok(())
    }

    fn in_room(&self, attempt: &mut Attempt, command: room::Command) -> Result<Vec<room::Event>, Need> {
        let part = attempt.room.as_mut().ok_or(Need::Refused(Refused::Corrupt))?;
        let events = room::handle(part.loaded.room.as_ref(), self.now(), self.call_limits(), command)
            .map_err(|rejection| Need::Refused(rejection.into()))?;
        part.notices.extend(room_events(&mut part.loaded, &events).map_err(Need::Refused)?);
        part.events.extend(events.iter().cloned());
        Ok(events)
    }

    /// Whoever is in a call no longer has no seat in its room; with the call ends its room.
    fn rooms_follow(&self, attempt: &mut Attempt) -> Result<(), Need> {
        for told in attempt.told.clone() {
            let (ring, command) = match told {
                Told::Ended { ring, .. } if !ring.rings() => (ring.id(), room::Command::End),
                Told::Parted { ring, participant: Some(participant), .. } => {
                    (ring, room::Command::Dismiss { participant })
                }
                Told::Started { .. } | Told::Accepted { .. } | Told::Ended { .. } | Told::Parted { .. } => {
                    continue;
                }
            };
            if attempt.room.is_none() {
                return Err(Need::Room(ring));
            }
            self.in_room(attempt, command)?;
        }
        Ok(())
    }

    /// After the commit: media and history follow, and whoever became free is rung for who waits.
    async fn settled(&self, attempt: Attempt) -> (Settled, Vec<DeskId>) {
        let Attempt { before, scene, changed, told, room, .. } = attempt;
        if let Some(part) = &room {
            self.follow(part.before.as_ref(), part.loaded.room.as_ref(), &part.events);
        }
        self.history.tell(self.now(), &scene, &told);
        let mut grown = Vec::new();
        for id in &changed {
            match id {
                DocumentId::Person(id) => {
                    let free = |scene: &Scene| scene.person(*id).is_some_and(Person::may_be_rung);
                    if free(&scene) && !free(&before) {
                        Box::pin(self.serve_with(*id, scene.person(*id))).await;
                    }
                }
                DocumentId::Queue(id) => {
                    let waiting = |scene: &Scene| scene.queue(*id).map_or(0, |queue| queue.waiting().len());
                    if waiting(&scene) > waiting(&before) {
                        grown.push(*id);
                    }
                }
                DocumentId::Ring(_)
                | DocumentId::Visit(_)
                | DocumentId::Gathering(_)
                | DocumentId::Name(_) => {}
            }
        }
        (Settled { scene, loaded: room.map(|part| part.loaded) }, grown)
    }

    /// The representative has become free: whoever is next at one of their desks is put through.
    async fn serve_with(&self, representative: PersonId, person: Option<&Person>) {
        for desk in person.and_then(Person::card).map(|card| card.desks.clone()).unwrap_or_default() {
            if self.serve(desk, representative).await.is_ok() {
                return;
            }
        }
    }

    /// Somebody waits: whoever of the desk is free, longest first, is rung for them.
    pub(super) async fn serve_desk(&self, desk: DeskId) {
        self.serve_any(desk, self.free_representatives(desk).await).await;
    }

    /// The same for a use case that somebody waits for. Where the store does not say in time who is of the desk, the
    /// next look at the queue finds it.
    async fn serve_soon(&self, desk: DeskId) {
        match tokio::time::timeout(SOON, self.free_representatives(desk)).await {
            Ok(free) => self.serve_any(desk, free).await,
            Err(_) => tracing::debug!("the store takes its time: a queue is served at the next look"),
        }
    }

    async fn serve_any(&self, desk: DeskId, free: Result<Vec<PersonId>, Refused>) {
        let free = match free {
            Ok(free) => free,
            Err(refused) => {
                tracing::warn!(%refused, "a queue could not be served; it is looked at again soon");
                return;
            }
        };
        for representative in free {
            match self.serve(desk, representative).await {
                Ok(()) => {}
                Err(Refused::Availability(Rejection::NobodyWaits)) => {}
                Err(refused) => tracing::debug!(%refused, "a representative could not be rung"),
            }
        }
    }

    async fn serve(&self, desk: DeskId, representative: PersonId) -> Result<(), Refused> {
        let ring = RingId::from_bits(self.random_bits());
        let needs = [DocumentId::Queue(desk), DocumentId::Person(representative)];
        let command = Command::Serve { desk, representative, ring };
        self.settle(Cause::Availability(command), &needs).await.map(drop)
    }
}

/// Why an attempt cannot go on as it is.
enum Need {
    Document(DocumentId),
    Room(RingId),
    Refused(Refused),
}

impl From<Stop> for Need {
    fn from(stop: Stop) -> Self {
        match stop {
            Stop::Missing(id) => Self::Document(id),
            Stop::Rejected(rejection) => Self::Refused(rejection.into()),
        }
    }
}

/// How somebody comes was decided before this attempt read anything. Who has come by another page since has that seat.
fn as_who_sits(
    command: room::Command,
    ring: RingId,
    person: Option<PersonId>,
    attempt: &Attempt,
) -> room::Command {
    let room::Command::Join { caller, name, person: called, devices, .. } = &command else { return command };
    let talker = attempt.scene.ring(ring).zip(person).and_then(|(ring, person)| ring.talker(person));
    let room = attempt.room.as_ref().and_then(|part| part.loaded.room.as_ref());
    let Some(claim) = talker.and_then(|talker| seat(room, talker)) else { return command };
    room::Command::Continue {
        caller: *caller,
        claim,
        name: name.clone(),
        person: called.clone(),
        devices: *devices,
        media: room::MediaPath::Fresh,
    }
}

/// What people's coming to and going from a call's room means for the call.
fn consequences(
    ring: RingId,
    person: Option<PersonId>,
    events: &[room::Event],
    attempt: &Attempt,
) -> Vec<Command> {
    let mut commands = Vec::new();
    let joined = events.iter().find_map(|event| match event {
        room::Event::Joined { member } | room::Event::Changed { member } => Some(member.id),
        _ => None,
    });
    let already = || {
        let talkers = attempt.scene.ring(ring).map(visavis_domain::ring::Ring::talkers).unwrap_or_default();
        talkers.iter().find(|talker| Some(talker.party.person) == person)?.participant
    };
    if let Some(person) = person
        && let Some(participant) = joined.or_else(already)
    {
        commands.push(Command::Seat { ring, person, participant });
    }
    for event in events {
        let room::Event::Left { participant, reason, .. } = event else { continue };
        let end = match reason {
            LeaveReason::Left => RingEnd::HungUp,
            LeaveReason::Lost | LeaveReason::Replaced => RingEnd::Lost,
            LeaveReason::Ended | LeaveReason::Removed => continue,
        };
        commands.push(Command::Unseat { ring, participant: *participant, end });
    }
    commands
}

impl Attempt {
    /// Whether the call that it is about has ended.
    fn is_over(&self) -> bool {
        self.over.is_some_and(|over| over.version != Version::ABSENT)
    }

    /// A call that ends leaves a mark, and one that is brought back has none: what is missing from live state without
    /// one was lost.
    fn mark(&self, now: Timestamp, commit: &mut Commit) {
        let Some(Over { ring, version }) = self.over else { return };
        let key = Key::over(ring);
        let ends = |told: &Told| matches!(told, Told::Ended { ring: ended, .. } if ended.id() == ring);
        if self.told.iter().any(ends) {
            let (body, deadline) = (Some(Bytes::from_static(b"{}")), Some(now.plus(CONTINUATION_TTL)));
            commit.writes.push(Write { key, expected: version, body, deadline, lease: None });
        } else {
            commit.reads.push((key, version));
        }
    }

    fn commit(&mut self, now: Timestamp) -> Result<Commit, Need> {
        let mut events = self.told_to_people()?;
        let mut commit = Commit::default();
        for (id, version) in &self.versions {
            if !self.changed.contains(id) {
                commit.reads.push((key_of(*id), *version));
            }
        }
        for id in &self.changed {
            let (body, deadline) = self.body(*id).map_err(Need::Refused)?;
            let expected = self.versions.get(id).copied().unwrap_or(Version::ABSENT);
            commit.writes.push(Write { key: key_of(*id), expected, body, deadline, lease: None });
        }
        if let Some(part) = &mut self.room {
            commit.writes.extend(part.loaded.writes(&part.events).map_err(Need::Refused)?);
            events.extend(std::mem::take(&mut part.notices));
        }
        if !commit.writes.is_empty() {
            self.mark(now, &mut commit);
        }
        // Those who ring and are rung hear of it before the many who only watch.
        events.extend(self.told_about_appointments().map_err(Need::Refused)?);
        events.extend(self.told_to_lounge().map_err(Need::Refused)?);
        events.extend(self.told_to_desks().map_err(Need::Refused)?);
        commit.events = events;
        Ok(commit)
    }

    fn body(&self, id: DocumentId) -> Result<(Option<Bytes>, Option<Timestamp>), Refused> {
        Ok(match id {
            DocumentId::Person(id) => match self.scene.person(id) {
                Some(person) => (Some(documents::encode(person)?), person.next_deadline()),
                None => (None, None),
            },
            DocumentId::Ring(id) => match self.scene.ring(id) {
                Some(ring) => (Some(documents::encode(ring)?), ring.next_deadline()),
                None => (None, None),
            },
            DocumentId::Queue(id) => match self.scene.queue(id) {
                Some(queue) => (Some(documents::encode(queue)?), queue.next_deadline()),
                None => (None, None),
            },
            DocumentId::Visit(id) => match self.scene.visit(id) {
                Some(visit) => (Some(documents::encode(visit)?), None),
                None => (None, None),
            },
            DocumentId::Gathering(id) => match self.scene.gathering(id) {
                Some(gathering) => (Some(documents::encode(gathering)?), gathering.next_deadline()),
                None => (None, None),
            },
            DocumentId::Name(key) => match self.scene.name(key) {
                Some(claim) => (Some(documents::encode(claim)?), None),
                None => (None, None),
            },
        })
    }
}

fn place(scene: &mut Scene, id: DocumentId, document: &Document) -> Result<(), Refused> {
    let body = document.body.as_ref();
    match id {
        DocumentId::Person(id) => drop(scene.people.insert(id, documents::decode(body)?)),
        DocumentId::Ring(id) => drop(scene.rings.insert(id, documents::decode(body)?)),
        DocumentId::Queue(id) => drop(scene.queues.insert(id, documents::decode(body)?)),
        DocumentId::Visit(id) => drop(scene.visits.insert(id, documents::decode(body)?)),
        DocumentId::Gathering(id) => drop(scene.gatherings.insert(id, documents::decode(body)?)),
        DocumentId::Name(key) => drop(scene.names.insert(key, documents::decode(body)?)),
    }
    Ok(())
}
