//! What must hold of all live state at any moment, and what must be over when nothing is under way any more. Pure:
//! what was read goes in, what is wrong comes out.

use super::live::{Hangs, Live};
use std::collections::{BTreeMap, BTreeSet};
use visavis_domain::ids::{PersonId, RingId, SessionId};
use visavis_domain::lounge::NameKey;
use visavis_domain::person::Engagement;
use visavis_domain::ring::{Ring, RingPurpose};
use visavis_domain::time::Timestamp;

/// A deadline is fired within this time, and what hung on an instance is freed within it once its lease is over.
const LATE_MS: u64 = 2_000;

/// What does not hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rule {
    /// Somebody is in one ring or call at a time.
    OneAtATime,
    /// What somebody is in the middle of is there, and they have a part in it.
    EngagementHolds,
    /// Whoever is in a ring, a queue or a visit is in the middle of it.
    PartHolds,
    /// A ring ends by itself: it has a deadline, or its people are in its room.
    RingEnds,
    /// A room of a call is its ring's, and has somebody in it; a chat is a room's.
    RoomHolds,
    /// A seat or page belongs to a session whose instance lives, or is in its grace.
    SessionLives,
    /// Names are of people who are there under them, and everybody there has theirs.
    NameHolds,
    /// Rooms of the lounge have in them who says so.
    GatheringCounts,
    /// What has to be looked at is found, in time.
    DeadlineFires,
    /// Nothing hangs on an instance that is no more.
    LeaseHolds,
}

/// Something that is wrong.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Violation {
    /// What does not hold.
    pub rule: Rule,
    /// Of what.
    pub about: String,
}

/// Everything that is wrong.
#[must_use]
pub fn violations(live: &Live) -> Vec<Violation> {
    let mut check = Check { live, found: BTreeSet::new() };
    check.people();
    check.rings();
    check.queues_and_visits();
    check.rooms();
    check.sessions();
    check.lounge();
    check.deadlines();
    check.leases();
    check.found.into_iter().collect()
}

struct Check<'a> {
    live: &'a Live,
    found: BTreeSet<Violation>,
}

impl Check<'_> {
    fn hold(&mut self, holds: bool, rule: Rule, about: impl FnOnce() -> String) {
        if !holds {
            self.found.insert(Violation { rule, about: about() });
        }
    }

    fn ring(&self, id: RingId) -> Option<&Ring> {
        self.live.rings.get(&id).map(|(ring, _)| ring)
    }

    fn engaged(&self, person: PersonId, with: Engagement) -> bool {
        self.live.people.get(&person).is_some_and(|(person, _)| person.engagement() == with)
    }

    fn people(&mut self) {
        for (id, (person, _)) in &self.live.people {
            let holds = match person.engagement() {
                Engagement::Free => true,
                Engagement::Calling(ring) => {
                    self.ring(ring).is_some_and(|ring| ring.rings() && ring.caller().person == *id)
                }
                Engagement::Called(ring) => {
                    self.ring(ring).is_some_and(|ring| ring.rings() && ring.callee().person == *id)
                }
                Engagement::InCall(ring) => {
                    self.ring(ring).is_some_and(|ring| !ring.rings() && ring.talker(*id).is_some())
                }
                Engagement::Waiting(desk) => {
                    let queue = self.live.queues.get(&desk);
                    queue.is_some_and(|(queue, _)| queue.position(*id).is_some())
                }
                Engagement::Attending(appointment) => {
                    let visit = self.live.visits.get(&appointment);
                    visit
                        .is_some_and(|(visit, _)| visit.attendees().iter().any(|one| one.party.person == *id))
                }
            };
            self.hold(holds, Rule::EngagementHolds, || format!("{id} is {:?}", person.engagement()));
            let there = !person.pages().is_empty() || person.engagement() != Engagement::Free;
            self.hold(there, Rule::EngagementHolds, || format!("{id} is here for nothing"));
        }
    }

    fn rings(&mut self) {
        let mut parts: BTreeMap<PersonId, Vec<RingId>> = BTreeMap::new();
        for (id, (ring, hangs)) in &self.live.rings {
            let asked_in = matches!(ring.purpose(), RingPurpose::BringIn | RingPurpose::Transfer);
            let mut people = Vec::new();
            if ring.rings() {
                if !asked_in {
                    people.push((ring.caller().person, Engagement::Calling(*id)));
                }
                people.push((ring.callee().person, Engagement::Called(*id)));
                self.hold(hangs.deadline.is_some(), Rule::RingEnds, || format!("{id} rings for ever"));
            } else {
                let room = self.live.rooms.get(&id.to_string()).map(|(room, _)| room);
                for talker in ring.talkers() {
                    people.push((talker.party.person, Engagement::InCall(*id)));
                    let inside = talker.participant.is_some_and(|participant| {
                        room.is_some_and(|room| room.members().iter().any(|member| member.id == participant))
                    });
                    let expected = talker.expected_until.is_some() && hangs.deadline.is_some();
                    self.hold(inside || expected, Rule::RingEnds, || {
                        format!("{id}: {} is neither in the room nor expected", talker.party.person)
                    });
                }
                self.hold(!ring.talkers().is_empty(), Rule::RingEnds, || format!("{id} is a call of nobody"));
            }
            for (person, engagement) in people {
                parts.entry(person).or_default().push(*id);
                self.hold(self.engaged(person, engagement), Rule::PartHolds, || {
                    format!("{person} is not {engagement:?}")
                });
            }
        }
        for (person, rings) in parts {
            self.hold(rings.len() == 1, Rule::OneAtATime, || format!("{person} is in {rings:?}"));
        }
    }

    fn queues_and_visits(&mut self) {
        for (desk, (queue, hangs)) in &self.live.queues {
            for waiting in queue.waiting() {
                let person = waiting.party.person;
                self.hold(self.engaged(person, Engagement::Waiting(*desk)), Rule::PartHolds, || {
                    format!("{person} does not wait at {desk}")
                });
            }
            let looked_at = queue.waiting().is_empty() || hangs.deadline.is_some();
            self.hold(looked_at, Rule::DeadlineFires, || format!("nobody looks at {desk}"));
        }
        for (appointment, (visit, _)) in &self.live.visits {
            for attendee in visit.attendees() {
                let person = attendee.party.person;
                let attends = self.engaged(person, Engagement::Attending(*appointment));
                self.hold(attends, Rule::PartHolds, || format!("{person} does not wait for {appointment}"));
            }
            if let Some((ring, _)) = visit.call() {
                let there = self.ring(*ring).is_some();
                self.hold(there, Rule::EngagementHolds, || format!("{appointment} has no call {ring}"));
            }
        }
    }

    fn rooms(&mut self) {
        for (name, (room, _)) in &self.live.rooms {
            self.hold(!room.members().is_empty(), Rule::RoomHolds, || format!("{name} is empty"));
            if let Ok(ring) = name.parse::<RingId>() {
                let there = self.ring(ring).is_some_and(|ring| !ring.rings());
                self.hold(there, Rule::RoomHolds, || format!("{name} is the room of no call"));
            }
            let sessions: BTreeSet<_> = room.members().iter().map(|member| member.session).collect();
            let once = sessions.len() == room.members().len();
            self.hold(once, Rule::OneAtATime, || format!("a session sits twice in {name}"));
        }
        for chat in &self.live.chats {
            if let Some(room) = chat.strip_prefix("chat:") {
                let there = self.live.rooms.contains_key(room);
                self.hold(there, Rule::RoomHolds, || format!("{chat} is of no room"));
            }
        }
    }

    /// Every session that holds something, and whether that is in its grace.
    fn sessions(&mut self) {
        for (id, (person, _)) in &self.live.people {
            for page in person.pages() {
                self.session(page.session, page.grace_ends, || format!("a page of {id}"));
            }
            let acts = |session: SessionId| person.pages().iter().any(|page| page.session == session);
            let seated = person.seat().is_none_or(|seat| acts(seat.session));
            self.hold(seated, Rule::SessionLives, || format!("{id} sits in the lounge by no page"));
        }
        for (name, (room, _)) in &self.live.rooms {
            // A program's seat is held by its media, and no session of a page.
            for member in room.members().iter().filter(|member| member.feed.is_none()) {
                self.session(member.session, member.grace_ends, || format!("{} in {name}", member.id));
            }
        }
        for (session, hangs) in &self.live.sessions {
            self.hold(hangs.lease.is_some(), Rule::LeaseHolds, || format!("{session} hangs on nobody"));
        }
    }

    fn session(&mut self, id: SessionId, grace: Option<Timestamp>, what: impl FnOnce() -> String) {
        let lives = grace.is_some() || self.live.sessions.contains_key(&id);
        self.hold(lives, Rule::SessionLives, || format!("{}: {id} is nowhere", what()));
    }

    fn lounge(&mut self) {
        let seated = |person: PersonId| self.live.people.get(&person).and_then(|(person, _)| person.seat());
        let mut wrong = Vec::new();
        for (key, claim) in &self.live.names {
            let theirs = seated(claim.person)
                .is_some_and(|seat| NameKey::all_of(&seat.name).iter().any(|one| one.bits() == *key));
            if !theirs {
                wrong.push((Rule::NameHolds, format!("{} has a name and is not there", claim.person)));
            }
        }
        for (id, (gathering, _)) in &self.live.gatherings {
            for person in gathering.people() {
                if seated(*person).is_none_or(|seat| seat.room != *id) {
                    wrong.push((Rule::GatheringCounts, format!("{person} is not in {id}")));
                }
            }
        }
        for (id, (person, _)) in &self.live.people {
            let Some(seat) = person.seat() else { continue };
            let gathering = self.live.gatherings.get(&seat.room).map(|(gathering, _)| gathering);
            let places = gathering.map_or(0, |all| all.people().iter().filter(|one| *one == id).count());
            if places != 1 {
                wrong.push((Rule::GatheringCounts, format!("{id} is {places} times in {}", seat.room)));
            }
            for key in NameKey::all_of(&seat.name) {
                if self.live.names.get(&key.bits()).is_none_or(|claim| claim.person != *id) {
                    wrong.push((Rule::NameHolds, format!("{id} has not its name")));
                }
            }
        }
        for (rule, about) in wrong {
            self.hold(false, rule, || about);
        }
    }

    fn deadlines(&mut self) {
        let live = self.live;
        let people =
            live.people.iter().map(|(id, (one, hangs))| (id.to_string(), one.next_deadline(), *hangs));
        let rings = live.rings.iter().map(|(id, (one, hangs))| (id.to_string(), one.next_deadline(), *hangs));
        let rooms = live.rooms.iter().map(|(id, (one, hangs))| (id.clone(), one.next_deadline(), *hangs));
        let queues =
            live.queues.iter().map(|(id, (one, hangs))| (id.to_string(), one.next_deadline(), *hangs));
        let gatherings = live.gatherings.iter();
        let gatherings = gatherings.map(|(id, (one, hangs))| (id.to_string(), one.next_deadline(), *hangs));
        for (id, wanted, hangs) in people.chain(rings).chain(rooms).chain(queues).chain(gatherings) {
            self.deadline(&id, wanted, hangs);
        }
        for (name, hangs) in &live.others {
            self.deadline(name, None, *hangs);
        }
        for name in &self.live.loose_deadlines {
            self.hold(false, Rule::DeadlineFires, || format!("{name} is to be looked at and not there"));
        }
    }

    fn deadline(&mut self, id: &str, wanted: Option<Timestamp>, hangs: Hangs) {
        let found = match (wanted, hangs.deadline) {
            (Some(wanted), Some(found)) => found <= wanted,
            (Some(_), None) => false,
            (None, _) => true,
        };
        self.hold(found, Rule::DeadlineFires, || format!("nobody will look at {id} at {wanted:?}"));
        let late = hangs.deadline.is_some_and(|at| at.0 + LATE_MS < self.live.now.0);
        self.hold(!late, Rule::DeadlineFires, || format!("{id} was to be looked at: {:?}", hangs.deadline));
    }

    fn leases(&mut self) {
        let alive = |instance| {
            self.live
                .leases
                .get(&instance)
                .is_some_and(|until: &Timestamp| until.0 + LATE_MS > self.live.now.0)
        };
        let mut wrong = Vec::new();
        for (instance, until) in &self.live.leases {
            if !alive(*instance) {
                wrong.push(format!("{instance} is listed since {until:?}"));
            }
        }
        for (instance, document) in &self.live.held {
            if !alive(*instance) {
                wrong.push(format!("{document} hangs on {instance}"));
            }
        }
        for (session, hangs) in &self.live.sessions {
            if hangs.lease.is_some_and(|instance| !alive(instance)) {
                wrong.push(format!("{session} is of an instance that is gone"));
            }
        }
        for (name, (room, _)) in &self.live.rooms {
            if room.place().is_some_and(|instance| !alive(instance)) {
                wrong.push(format!("{name} is forwarded by an instance that is gone"));
            }
        }
        for about in wrong {
            self.hold(false, Rule::LeaseHolds, || about);
        }
    }
}
