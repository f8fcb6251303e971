//! What must hold whatever has happened: everything that two documents say of each other, they say alike.

use super::*;

/// What people are engaged in and what rings, queues and visits say agree, both ways, and so do their places in the
/// lounge, its rooms and its names.
pub(super) fn assert_sound(documents: &Scene, now: Timestamp) {
    documents.people.values().flatten().for_each(|person| assert_person(documents, person));
    documents.rings.values().flatten().for_each(|ring| assert_ring(documents, ring));
    for (id, queue) in &documents.queues {
        assert_queue(documents, *id, queue.as_ref().expect("only what exists is in the map"));
    }
    for (id, visit) in &documents.visits {
        assert_visit(documents, *id, visit.as_ref().expect("only what exists is in the map"));
    }
    documents.gatherings.iter().for_each(|(id, _)| assert_gathering(documents, *id));
    documents.names.iter().for_each(|(key, _)| assert_name(documents, *key));
    for person in documents.people.values().flatten() {
        person.seat().into_iter().for_each(|seat| assert_seat(documents, now, (person, seat)));
    }
    for person in PEOPLE {
        assert!(places(documents, person) <= 1, "somebody is in two places");
    }
}

/// In how many rings, calls, queues and waiting rooms somebody is, whatever their own document says.
fn places(documents: &Scene, person: PersonId) -> usize {
    let rings = documents.rings.values().flatten().filter(|ring| {
        let calls = Ring::into(ring).is_none() && ring.caller().person == person;
        ring.rings() && (calls || ring.callee().person == person) || ring.talker(person).is_some()
    });
    let waiting = documents.queues.values().flatten().flat_map(|queue| queue.waiting());
    let attendees = documents.visits.values().flatten().flat_map(Visit::attendees);
    let waiting = waiting.map(|one| &one.party).chain(attendees.map(|one| &one.party));
    rings.count() + waiting.filter(|party| party.person == person).count()
}

fn assert_queue(documents: &Scene, id: DeskId, queue: &crate::queue::Queue) {
    let looked_at = queue.next_deadline().is_some();
    assert_eq!(looked_at, !queue.waiting().is_empty(), "a queue that nobody looks at");
    assert!(queue.waiting().is_sorted_by_key(|one| one.since), "a queue out of order");
    for one in queue.waiting() {
        let person = documents.person(one.party.person).expect("whoever waits is here");
        assert_eq!(person.engagement, Engagement::Waiting(id));
    }
}

fn assert_visit(documents: &Scene, id: AppointmentId, visit: &Visit) {
    assert!(!visit.is_forgettable(), "a visit of nobody");
    assert_eq!(visit.card().appointment, id);
    assert!(visit.attendees().is_sorted_by_key(|one| one.since), "a waiting room out of order");
    for one in visit.attendees() {
        let person = documents.person(one.party.person).expect("whoever came is here");
        assert_eq!(person.engagement, Engagement::Attending(id));
    }
    if let Some((call, host)) = visit.call() {
        assert!(visit.attendees().is_empty(), "somebody waits at an open door");
        let call = documents.ring(*call).expect("the call goes on");
        let host = call.talker(host.person).expect("the host is in it");
        assert!(!call.rings() && host.side == Side::Staff);
        assert_eq!(call.appointment().map(|card| card.appointment), Some(id));
    }
}

fn assert_person(documents: &Scene, person: &Person) {
    let id = person.id;
    let ring_of = |ring| documents.ring(ring).expect("whoever is engaged in a ring has one");
    match person.engagement {
        Engagement::Free => {}
        Engagement::Calling(ring) => {
            assert!(
                ring_of(ring).rings()
                    && ring_of(ring).caller().person == id
                    && ring_of(ring).into().is_none()
            );
        }
        Engagement::Called(ring) => assert!(ring_of(ring).rings() && ring_of(ring).callee().person == id),
        Engagement::Waiting(desk) => {
            let queue = documents.queue(desk).expect("whoever waits has a queue");
            assert_eq!(queue.waiting().iter().filter(|one| one.party.person == id).count(), 1);
        }
        Engagement::Attending(appointment) => {
            let visit = documents.visit(appointment).expect("whoever came has a visit");
            assert_eq!(visit.attendees().iter().filter(|one| one.party.person == id).count(), 1);
        }
        Engagement::InCall(ring) => {
            let talkers = ring_of(ring).talkers().iter();
            assert_eq!(talkers.filter(|talker| talker.party.person == id).count(), 1);
        }
    }
    assert!(!person.pages.is_empty() || matches!(person.engagement, Engagement::InCall(_)), "a ghost");
    let talks = person.seat().is_some_and(|seat| !seat.talks.is_empty());
    let silent = person.pages.iter().any(|page| page.grace_ends.is_some());
    let pending = silent || talks || person.wrap_up_until.is_some();
    assert_eq!(person.next_deadline().is_some(), pending);
}

fn assert_ring(documents: &Scene, ring: &Ring) {
    let engagement = |person| documents.person(person).map(|person| person.engagement);
    if let Some(card) = ring.appointment() {
        let visit = documents.visit(card.appointment).expect("the appointment of a call has a visit");
        let call = ring.into().unwrap_or(ring.id());
        assert_eq!(visit.call().map(|(ring, _)| *ring), Some(call), "a call that is not its visit's");
    }
    let is_one_of = |call: &Ring, person| call.talkers().iter().any(|talker| talker.party.person == person);
    if ring.rings() {
        assert!(ring.next_deadline().is_some(), "a ring without an end");
        assert!(ring.talkers().is_empty() && ring.asked.is_none());
        assert_eq!(engagement(ring.callee().person), Some(Engagement::Called(ring.id())));
        match ring.into().map(|call| documents.ring(call).expect("the call goes on")) {
            Some(call) => assert!(call.asked == Some(ring.id()) && is_one_of(call, ring.caller().person)),
            None => assert_eq!(engagement(ring.caller().person), Some(Engagement::Calling(ring.id()))),
        }
        return;
    }
    let staffed = ring.talkers().iter().any(|talker| talker.side == Side::Staff);
    match ring.appointment() {
        Some(_) => assert!(staffed, "an appointment without a host"),
        None if ring.is_private() => assert!(ring.talkers().len() >= 2, "somebody talks alone"),
        None => assert!(staffed && is_one_of(ring, ring.visitor().person), "a call of too few"),
    }
    for talker in ring.talkers() {
        assert_eq!(engagement(talker.party.person), Some(Engagement::InCall(ring.id())));
        assert!(talker.participant.is_some() || talker.expected_until.is_some(), "waited for without an end");
    }
    if let Some(asked) = ring.asked {
        assert_eq!(documents.ring(asked).and_then(Ring::into), Some(ring.id()));
    }
}

/// Who is in a room has their place there, and that is told, or will be.
fn assert_gathering(documents: &Scene, id: LoungeRoomId) {
    let gathering = documents.gathering(id).expect("only what exists is in the map");
    let people = gathering.people();
    assert!(people.len() <= RULES.lounge_room, "more than may be there");
    for person in people {
        assert_eq!(people.iter().filter(|one| *one == person).count(), 1, "somebody is there twice");
        let seat = documents.person(*person).and_then(Person::seat);
        assert_eq!(seat.map(|seat| seat.room), Some(id), "somebody is in a room who is not");
    }
    let settled = gathering.told() as usize == people.len() && !people.is_empty();
    assert_eq!(gathering.next_deadline().is_none(), settled, "a number that nobody hears of, or for ever");
}

/// A name is somebody's who is called that.
fn assert_name(documents: &Scene, key: NameKey) {
    let claim = documents.name(key).expect("only what exists is in the map");
    let seat = documents.person(claim.person).and_then(Person::seat);
    assert!(seat.is_some_and(|seat| NameKey::all_of(&seat.name).contains(&key)), "a name of nobody");
}

/// Whoever has a place is there by a page, is in one room, has their name to themselves, and writes with people who
/// write with them.
fn assert_seat(documents: &Scene, now: Timestamp, (person, seat): (&Person, &LoungeSeat)) {
    assert!(person.pages().iter().any(|page| page.session == seat.session), "a place without a page");
    let rooms = documents.gatherings.iter().filter_map(|(id, room)| Some((*id, room.as_ref()?)));
    let rooms: Vec<_> =
        rooms.filter(|(_, room)| room.people().contains(&person.id)).map(|(id, _)| id).collect();
    assert_eq!(rooms, [seat.room], "somebody is in no room, or in two");
    for key in NameKey::all_of(&seat.name) {
        assert_eq!(documents.name(key).map(|claim| claim.person), Some(person.id), "a name of two");
    }
    for talk in &seat.talks {
        assert!(talk.with != person.id && seat.talks.iter().filter(|one| one.with == talk.with).count() == 1);
        let theirs =
            documents.person(talk.with).and_then(Person::seat).into_iter().flat_map(|seat| &seat.talks);
        let theirs = theirs.filter(|one| one.with == person.id).map(|one| one.until).next();
        assert!(talk.until <= now || theirs == Some(talk.until), "somebody talks with who does not");
    }
}
