//! Who in the lounge is told what of a change: those in the room, those who write with somebody, and, of how many there
//! are, everybody. Nobody is told what looks to them as it did before.

use super::Attempt;
use crate::app::documents::{self, ControlNotice, Route};
use crate::app::{Refused, views};
use bytes::Bytes;
use visavis_domain::availability::DocumentId;
use visavis_domain::ids::PersonId;
use visavis_domain::lounge::{Gathering, LoungeSeat};
use visavis_domain::person::Person;
use visavis_live::TopicName;
use visavis_protocol::{Event, LoungeMember, ServerFrame, Topic};

type Notices = Vec<(TopicName, Bytes)>;

impl Attempt {
    /// What the lounge is told.
    pub(super) fn told_to_lounge(&self) -> Result<Notices, Refused> {
        let mut told = Vec::new();
        for id in &self.changed {
            match id {
                DocumentId::Person(id) => self.member_told(*id, &mut told)?,
                DocumentId::Gathering(id) => {
                    let count = |gathering: Option<&Gathering>| gathering.map_or(0, Gathering::told);
                    let people = count(self.scene.gathering(*id));
                    if people != count(self.before.gathering(*id)) {
                        tell(&mut told, &[Route::Lounge], Event::RoomCounted { room: *id, people })?;
                    }
                }
                DocumentId::Ring(_) | DocumentId::Queue(_) | DocumentId::Visit(_) | DocumentId::Name(_) => {}
            }
        }
        Ok(told)
    }

    fn member_told(&self, id: PersonId, told: &mut Notices) -> Result<(), Refused> {
        let (before, after) = (self.before.person(id), self.scene.person(id));
        let (was, is) = (before.and_then(Person::seat), after.and_then(Person::seat));
        if let (Some(was), Some(is)) = (was, is)
            && was.session != is.session
        {
            told.push((Route::LoungePage(was.session).topic(), ControlNotice::Replaced.body()));
        }
        let (from, to) = (was.map(|seat| seat.room), is.map(|seat| seat.room));
        if let Some(room) = from.filter(|from| Some(*from) != to) {
            tell(told, &[Route::LoungeRoom(room)], Event::MemberLeft { room, person: id })?;
        }
        let Some((member, room)) = after.and_then(views::member).zip(to) else {
            return match was {
                Some(LoungeSeat { .. }) => tell(told, &[Route::Member(id)], Event::MemberGone { person: id }),
                None => Ok(()),
            };
        };
        let changed = !looks_as(before.and_then(views::member), &member);
        if from != to {
            let event = Event::MemberJoined { room, member: member.clone() };
            tell(told, &[Route::LoungeRoom(room)], event)?;
        } else if changed {
            let event = Event::MemberChanged { member: member.clone() };
            return tell(told, &[Route::LoungeRoom(room), Route::Member(id)], event);
        }
        if changed { tell(told, &[Route::Member(id)], Event::MemberChanged { member }) } else { Ok(()) }
    }
}

/// Whether somebody looked the same before, but for the version.
fn looks_as(before: Option<LoungeMember>, now: &LoungeMember) -> bool {
    before.is_some_and(|before| LoungeMember { version: now.version, ..before } == *now)
}

fn tell(told: &mut Notices, routes: &[Route<'_>], event: Event) -> Result<(), Refused> {
    let body = documents::encode(&ServerFrame::Event { topic: Topic::Lounge, version: None, event })?;
    told.extend(routes.iter().map(|route| (route.topic(), body.clone())));
    Ok(())
}
