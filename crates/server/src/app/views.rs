//! How documents of availability look to people: what each may see of whom, and nothing more.

use visavis_domain::availability::{DocumentId, Scene, Stop};
use visavis_domain::ids::DeskId;
use visavis_domain::person::{self, Person, Status};
use visavis_domain::queue::Queue;
use visavis_domain::ring::{DeskCard, Party, Ring};
use visavis_domain::visit::Visit;
use visavis_protocol::{
    AttendeeView, DeskName, Engagement, LoungeMember, OwnAvailability, Reach, Representative, RingParty,
    RingView, VisitView, WaitingVisitor,
};

/// A ring, for both sides.
pub(super) fn ring(ring: &Ring) -> RingView {
    RingView {
        id: ring.id(),
        desk: ring.desk().map(desk_name),
        purpose: ring.purpose(),
        appointment: ring.appointment().map(|card| card.appointment),
        into: ring.into(),
        caller: party(ring.caller()),
        callee: party(ring.callee()),
        visitor: party(ring.visitor()),
        about: ring.about().to_owned(),
        started_at: ring.started_at(),
        rings_until: ring.rings_until(),
        accepted_at: ring.accepted_at(),
    }
}

fn party(party: &Party) -> RingParty {
    RingParty { id: party.person, name: party.name.shown().to_owned() }
}

fn desk_name(desk: &DeskCard) -> DeskName {
    DeskName { id: desk.id, slug: desk.slug.clone(), name: desk.name.clone() }
}

/// A person's availability, for themselves.
///
/// # Errors
/// [`Stop::Missing`] if it takes a document that is not in the scene.
pub(super) fn own(scene: &Scene, person: &Person) -> Result<OwnAvailability, Stop> {
    let missing = |id: DocumentId| Stop::Missing(id);
    let ring_view = |id| match scene.rings.get(&id) {
        Some(found) => Ok(found.as_ref().map(ring)),
        None => Err(missing(DocumentId::Ring(id))),
    };
    let engagement = match person.engagement() {
        person::Engagement::Free => None,
        person::Engagement::Calling(id) => ring_view(id)?.map(|ring| Engagement::Calling { ring }),
        person::Engagement::Called(id) => ring_view(id)?.map(|ring| Engagement::Called { ring }),
        person::Engagement::InCall(id) => ring_view(id)?.map(|ring| Engagement::InCall { ring }),
        person::Engagement::Attending(id) => {
            let visit = scene.visits.get(&id).ok_or(missing(DocumentId::Visit(id)))?.as_ref();
            let place =
                visit.and_then(|visit| visit.attendees().iter().find(|one| one.party.person == person.id()));
            place.map(|one| Engagement::Attending { appointment: id, since: one.since, held: one.held })
        }
        person::Engagement::Waiting(id) => {
            let queue = scene.queues.get(&id).ok_or(missing(DocumentId::Queue(id)))?.as_ref();
            queue.and_then(|queue| {
                let place = queue.waiting().iter().find(|one| one.party.person == person.id())?;
                Some(Engagement::Waiting {
                    desk: desk_name(queue.desk()?),
                    position: queue.position(person.id())?,
                    since: place.since,
                    queue_version: queue.version(),
                })
            })
        }
    };
    Ok(OwnAvailability {
        online: person.online(),
        chosen: person.chosen(),
        status: person.status(),
        missed: person.missed(),
        wrap_up_until: person.wrap_up_until(),
        engagement,
        version: person.version(),
    })
}

/// The availability of somebody who has no document.
pub(super) fn nobody() -> OwnAvailability {
    OwnAvailability {
        online: false,
        chosen: person::Chosen::Available,
        status: Status::Offline,
        missed: false,
        wrap_up_until: None,
        engagement: None,
        version: 0,
    }
}

/// A representative, for the visitors of a desk; none for who is not one of it.
pub(super) fn representative(person: &Person, desk: DeskId) -> Option<Representative> {
    let card = person.card().filter(|card| card.desks.contains(&desk))?;
    Some(Representative {
        id: person.id(),
        name: card.name.shown().to_owned(),
        title: card.title.clone(),
        status: person.status(),
        version: person.version(),
    })
}

/// Who waits, for the representatives of the desk.
pub(super) fn queue(queue: &Queue) -> Vec<WaitingVisitor> {
    let visitor = |one: &visavis_domain::queue::Waiting| WaitingVisitor {
        id: one.party.person,
        name: one.party.name.shown().to_owned(),
        about: one.about.clone(),
        since: one.since,
    };
    queue.waiting().iter().map(visitor).collect()
}

/// How far somebody of the staff is, for who waits for them.
pub(super) fn reach(person: Option<&Person>) -> Reach {
    person.filter(|person| person.card().is_some()).map_or(Reach::Away, Person::reach)
}

/// What happens around an appointment, for the staff.
pub(super) fn visit(visit: &Visit) -> VisitView {
    let attendee = |one: &visavis_domain::visit::Attendee| AttendeeView {
        id: one.party.person,
        name: one.party.name.shown().to_owned(),
        since: one.since,
        held: one.held,
    };
    VisitView {
        attendees: visit.attendees().iter().map(attendee).collect(),
        call: visit.call().map(|(ring, _)| *ring),
        host: visit.call().map(|(_, host)| party(host)),
        version: visit.version(),
        ..no_visit(visit)
    }
}

/// That nothing happens around an appointment any more, for the staff.
pub(super) fn no_visit(before: &Visit) -> VisitView {
    VisitView {
        appointment: before.card().appointment,
        client: before.card().client.name.shown().to_owned(),
        attendees: Vec::new(),
        call: None,
        host: None,
        version: before.version() + 1,
    }
}

/// Somebody in the lounge, for the others there; none for who is not.
pub(super) fn member(person: &Person) -> Option<LoungeMember> {
    let seat = person.seat()?;
    Some(LoungeMember {
        id: person.id(),
        name: seat.name.shown().to_owned(),
        account: seat.account,
        status: person.presence(),
        text: seat.text.clone(),
        talks: u32::try_from(seat.talks.len()).unwrap_or(u32::MAX),
        version: person.version(),
    })
}
