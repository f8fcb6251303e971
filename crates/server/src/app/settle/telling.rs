//! Who is told what of a change, and in which words. Nobody is told what looks to them as it did before.

use super::{Attempt, Need};
use crate::app::documents::{self, Route};
use crate::app::visits::staff_routes;
use crate::app::{Refused, views};
use bytes::Bytes;
use std::collections::BTreeSet;
use visavis_domain::availability::{DocumentId, Told};
use visavis_domain::ids::{AppointmentId, DeskId, PersonId};
use visavis_domain::person::{Card, Person, Status};
use visavis_live::TopicName;
use visavis_protocol::{Event, OwnAvailability, Representative, ServerFrame, Topic};

impl Attempt {
    /// What people are told about themselves.
    pub(super) fn told_to_people(&self) -> Result<Vec<(TopicName, Bytes)>, Need> {
        let mut told = Vec::new();
        let mut tell = |person: PersonId, event: Event| {
            let frame = ServerFrame::Event { topic: Topic::Direct, version: None, event };
            let body = documents::encode(&frame).map_err(Need::Refused)?;
            told.push((Route::Person(person).topic(), body));
            Ok::<(), Need>(())
        };
        for one in &self.told {
            match one {
                Told::Ended { ring, end } => {
                    let talkers = ring.talkers().iter().map(|talker| talker.party.person);
                    let both = [ring.caller().person, ring.callee().person];
                    for person in talkers.chain(both).collect::<BTreeSet<_>>() {
                        // Whoever handed the call over has been told how it ended for them.
                        let concerned = ring.rings() || ring.talker(person).is_some();
                        if concerned {
                            tell(person, Event::RingEnded { ring: ring.id(), end: *end })?;
                        }
                    }
                }
                Told::Parted { ring, person, end, .. } => {
                    tell(*person, Event::RingEnded { ring: *ring, end: *end })?;
                }
                Told::Started { .. } | Told::Accepted { .. } => {}
            }
        }
        for id in &self.changed {
            match id {
                DocumentId::Person(id) => {
                    let own = match (self.scene.person(*id), self.before.person(*id)) {
                        (Some(person), _) => views::own(&self.scene, person)?,
                        // Whoever merely follows a desk is nobody until they ring: one who was brought back into a
                        // call has a page, though live state knows of none.
                        (None, Some(before)) => {
                            OwnAvailability { version: before.version() + 1, ..views::nobody() }
                        }
                        (None, None) => continue,
                    };
                    tell(*id, Event::OwnChanged { own })?;
                }
                DocumentId::Queue(id) => {
                    let Some(queue) = self.scene.queue(*id) else { continue };
                    let before = self.before.queue(*id);
                    for one in queue.waiting() {
                        let (now, was) = (
                            queue.position(one.party.person),
                            before.and_then(|b| b.position(one.party.person)),
                        );
                        if let Some(position) = now.filter(|_| was.is_some() && now != was) {
                            let queue_version = queue.version();
                            tell(one.party.person, Event::QueueMoved { desk: *id, position, queue_version })?;
                        }
                    }
                }
                DocumentId::Ring(_)
                | DocumentId::Visit(_)
                | DocumentId::Gathering(_)
                | DocumentId::Name(_) => {}
            }
        }
        Ok(told)
    }

    /// What those who follow desks are told.
    pub(super) fn told_to_desks(&self) -> Result<Vec<(TopicName, Bytes)>, Refused> {
        let mut told = Vec::new();
        let mut tell = |route: Route<'_>, event: Event| {
            let frame = ServerFrame::Event { topic: Topic::Desk, version: None, event };
            told.push((route.topic(), documents::encode(&frame)?));
            Ok::<(), Refused>(())
        };
        for id in &self.changed {
            match id {
                DocumentId::Person(id) => {
                    let (before, after) = (self.before.person(*id), self.scene.person(*id));
                    for desk in desks(before).union(&desks(after)).copied() {
                        if let Some(representative) = seen_change(before, after, desk) {
                            tell(Route::Desk(desk), Event::RepresentativeChanged { desk, representative })?;
                        }
                    }
                }
                DocumentId::Queue(id) => {
                    let (before, after) = (self.before.queue(*id), self.scene.queue(*id));
                    let Some(queue) = after else { continue };
                    if before.map(visavis_domain::queue::Queue::waiting) == Some(queue.waiting()) {
                        continue;
                    }
                    let waiting = u32::try_from(queue.waiting().len()).unwrap_or(u32::MAX);
                    tell(Route::Desk(*id), Event::WaitingChanged { desk: *id, waiting })?;
                    let event = Event::QueueChanged {
                        desk: *id,
                        queue: views::queue(queue),
                        queue_version: queue.version(),
                    };
                    tell(Route::DeskStaff(*id), event)?;
                }
                DocumentId::Ring(_)
                | DocumentId::Visit(_)
                | DocumentId::Gathering(_)
                | DocumentId::Name(_) => {}
            }
        }
        Ok(told)
    }

    /// What staff are told of who waits for appointments, and who waits of how far the professional is.
    pub(super) fn told_about_appointments(&self) -> Result<Vec<(TopicName, Bytes)>, Refused> {
        let mut told = Vec::new();
        for id in &self.changed {
            match id {
                DocumentId::Visit(id) => told.extend(self.visit_told(*id)?),
                DocumentId::Person(id) => {
                    let was = views::reach(self.before.person(*id));
                    let reach = views::reach(self.scene.person(*id));
                    if reach != was {
                        let event = about_appointments(Event::ReachChanged { reach })?;
                        told.push((Route::Reach(*id).topic(), event));
                    }
                }
                DocumentId::Ring(_)
                | DocumentId::Queue(_)
                | DocumentId::Gathering(_)
                | DocumentId::Name(_) => {}
            }
        }
        Ok(told)
    }

    fn visit_told(&self, id: AppointmentId) -> Result<Vec<(TopicName, Bytes)>, Refused> {
        let (before, after) = (self.before.visit(id), self.scene.visit(id));
        let visit = after.map(views::visit).or_else(|| before.map(views::no_visit));
        let (Some(visit), Some(card)) = (visit, after.or(before).map(visavis_domain::visit::Visit::card))
        else {
            return Ok(Vec::new());
        };
        let event = about_appointments(Event::VisitChanged { visit })?;
        let routes = staff_routes(card.professional, card.desk);
        Ok(routes.map(|route| (route.topic(), event.clone())).collect())
    }
}

fn about_appointments(event: Event) -> Result<Bytes, Refused> {
    documents::encode(&ServerFrame::Event { topic: Topic::Appointments, version: None, event })
}

fn desks(person: Option<&Person>) -> BTreeSet<DeskId> {
    let desks = person.and_then(Person::card).map(|card: &Card| card.desks.iter().copied().collect());
    desks.unwrap_or_default()
}

/// A representative as a desk's visitors see them now, if they see a change.
fn seen_change(before: Option<&Person>, after: Option<&Person>, desk: DeskId) -> Option<Representative> {
    let view = |person: Option<&Person>| person.and_then(|person| views::representative(person, desk));
    let (was, is) = (view(before), view(after));
    let is = is.or_else(|| {
        let version = after.map(Person::version).or(was.as_ref().map(|was| was.version + 1))?;
        Some(Representative { status: Status::Offline, version, ..was.clone()? })
    })?;
    let hidden = was.as_ref().is_none_or(|was| was.status == Status::Offline);
    let same = was.is_some_and(|was| Representative { version: is.version, ..was } == is);
    let nothing = same || (hidden && is.status == Status::Offline);
    (!nothing).then_some(is)
}
