//! Use cases of rooms for those who run the installation: which are open, who is in one, ending one, removing somebody.
//! Any instance answers, from live state.

use super::documents::{call_room, ring_of, room_key};
use super::{App, Refused, documents};
use visavis_domain::ids::ParticipantId;
use visavis_domain::name::RoomName;
use visavis_domain::ring::RingEnd;
use visavis_domain::room::{Command, Rejection, Room};
use visavis_protocol::{OpenRoom, OpenRoomDetail, OpenRooms, PresentParticipant};

/// Rooms of one answer.
const MOST_AT_ONCE: usize = 200;

impl App {
    /// Rooms that somebody is in, by name, from behind this one on. Those that are only remembered are left out, so
    /// that a part may be short, or empty, though another one follows.
    pub(crate) async fn open_rooms(&self, after: &str, take: usize) -> Result<OpenRooms, Refused> {
        let take = take.clamp(1, MOST_AT_ONCE);
        let keys = self.live.rooms(after, take).await?;
        let documents = self.live.load(&keys).await?;
        let mut rooms = Vec::with_capacity(documents.len());
        for document in &documents {
            let room: Option<Room> = documents::decode(document.body.as_ref())?;
            rooms.extend(room.as_ref().and_then(listed));
        }
        let last = keys.last().filter(|_| keys.len() == take);
        let next = last.and_then(|key| key.as_room()).map(str::to_owned);
        Ok(OpenRooms { rooms, next })
    }

    /// One of them, with who is in it.
    pub(crate) async fn open_room(&self, name: &RoomName) -> Result<OpenRoomDetail, Refused> {
        let documents = self.live.load(&[room_key(name)]).await?;
        let body = documents.first().and_then(|document| document.body.as_ref());
        let room: Option<Room> = documents::decode(body)?;
        let room = room.ok_or(Rejection::NotInRoom)?;
        let host = room.host().map(|host| host.id);
        let participants = room.members().iter().map(|member| PresentParticipant {
            id: member.id,
            name: member.name.shown().to_owned(),
            joined_at: member.joined_at,
            presence: member.presence,
            host: host == Some(member.id),
        });
        let participants = participants.collect();
        Ok(OpenRoomDetail { room: listed(&room).ok_or(Rejection::NotInRoom)?, participants })
    }

    /// Ends it for everybody in it; a call's with the call.
    pub(crate) async fn end_open_room(&self, name: &RoomName) -> Result<(), Refused> {
        match ring_of(name) {
            Some(ring) => self.end_call(ring, RingEnd::EndedByAdmin).await,
            None => self.change(name, Command::End).await.map(drop),
        }
    }

    /// Removes somebody. From a room they are kept out for as long as it lives; of a call it is their part that ends.
    pub(crate) async fn remove_participant(
        &self,
        name: &RoomName,
        participant: ParticipantId,
    ) -> Result<(), Refused> {
        let command = match ring_of(name) {
            Some(ring) => {
                return self.change(&call_room(ring), Command::Dismiss { participant }).await.map(drop);
            }
            None => Command::Expel { participant },
        };
        self.change(name, command).await.map(drop)
    }
}

fn listed(room: &Room) -> Option<OpenRoom> {
    let since = room.members().iter().map(|member| member.joined_at).min()?;
    Some(OpenRoom {
        name: room.name().shown().to_owned(),
        ring: ring_of(room.name()),
        call: room.call(),
        since,
        people: u32::try_from(room.members().len()).unwrap_or(u32::MAX),
        route: room.route(),
        entry: room.settings().entry,
    })
}
