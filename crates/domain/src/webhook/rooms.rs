//! What happened in a room that is open to all.

use super::{EventKind, Facts, Happened, RoomFacts, Subject};
use crate::room::{Event, Room};
use crate::time::Timestamp;

/// What these events were to those outside, in order. A gathering is a subject of its own: whoever comes into an empty
/// room begins another one.
#[must_use]
pub fn room_changed(
    before: Option<&Room>,
    after: Option<&Room>,
    events: &[Event],
    now: Timestamp,
) -> Vec<Happened> {
    let Some(name) = after.or(before).map(|room| room.name().shown().to_owned()) else { return Vec::new() };
    let mut call = before.map(Room::call);
    let mut people = before.map_or(0, |room| room.members().len());
    let mut happened = Vec::new();
    for event in events {
        let (kind, participant, reason) = match event {
            Event::Opened { call: begins, .. } | Event::Refilled { call: begins } => {
                call = Some(*begins);
                (EventKind::RoomOpened, None, None)
            }
            Event::Joined { member } => {
                people += 1;
                (EventKind::ParticipantJoined, Some(member.id), None)
            }
            Event::Left { participant, reason, .. } => {
                people = people.saturating_sub(1);
                (EventKind::ParticipantLeft, Some(*participant), Some(*reason))
            }
            // What was remembered of an empty room is forgotten later: nobody goes then.
            Event::Emptied { .. } | Event::Closed if had_people(before) || !happened.is_empty() => {
                (EventKind::RoomClosed, None, None)
            }
            _ => continue,
        };
        let Some(call) = call else { continue };
        let facts = RoomFacts {
            room: name.clone(),
            call,
            people: u32::try_from(people).unwrap_or(u32::MAX),
            participant,
            reason,
        };
        happened.push(Happened {
            kind,
            subject: Subject::Gathering(call),
            at: now,
            facts: Facts::Room(facts),
        });
    }
    happened
}

fn had_people(room: Option<&Room>) -> bool {
    room.is_some_and(|room| !room.members().is_empty())
}
