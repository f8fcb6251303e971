//! What becomes of the people in the lounge when an admin changes its rooms. The rooms themselves are the store's.

use super::super::settle::Cause;
use super::super::{App, Refused, Route, documents};
use visavis_domain::availability::{Command, DocumentId, Rejection};
use visavis_domain::ids::{LoungeRoomId, PersonId};
use visavis_domain::lounge::Gathering;
use visavis_domain::person::Person;
use visavis_protocol::{Event, ServerFrame, Topic};

/// How often a room that is gone is looked at for people: they may go to another one, or come, while they are led out.
const PASSES: usize = 3;

impl App {
    /// Rooms were made, changed or removed: everybody in the lounge, and before its door, asks for them again.
    pub(in crate::app) async fn tell_lounge_changed(&self) -> Result<(), Refused> {
        let frame = ServerFrame::Event { topic: Topic::Lounge, version: None, event: Event::LoungeChanged };
        Ok(self.live.publish(Route::Lounge.topic(), documents::encode(&frame)?).await?)
    }

    /// A room is gone: whoever is in it goes to the first one that is left and has a place, or out.
    pub(in crate::app) async fn clear_room(&self, room: LoungeRoomId) -> Result<(), Refused> {
        for _ in 0..PASSES {
            let scene = self.scene(&[DocumentId::Gathering(room)]).await?;
            let people = scene.gathering(room).map(Gathering::people).unwrap_or_default();
            if people.is_empty() {
                return Ok(());
            }
            for person in people {
                self.lead_out(*person, room).await?;
            }
        }
        Ok(())
    }

    async fn lead_out(&self, person: PersonId, gone: LoungeRoomId) -> Result<(), Refused> {
        let there = self.person(person).await?;
        let Some(seat) = there.as_ref().and_then(Person::seat).filter(|seat| seat.room == gone) else {
            return Ok(());
        };
        let session = seat.session;
        let rooms = self.store.lounge_rooms().await?;
        for room in rooms.iter().map(|room| room.id).filter(|room| *room != gone) {
            let needs =
                [DocumentId::Person(person), DocumentId::Gathering(room), DocumentId::Gathering(gone)];
            let jump = Cause::Availability(Command::Jump { person, session, room });
            match self.settle(jump, &needs).await {
                // Whoever has another page by now, or has gone, is found on the next pass or not at all.
                Ok(_) | Err(Refused::Availability(Rejection::NotHere)) => return Ok(()),
                Err(Refused::Availability(Rejection::LoungeRoomFull)) => {}
                Err(refused) => return Err(refused),
            }
        }
        self.about_person(person, Command::LeaveLounge { person, session: Some(session) }).await.map(drop)
    }

    /// After somebody has come into a room: an admin may have removed it while they were on their way.
    pub(super) async fn still_there(&self, room: LoungeRoomId) -> Result<(), Refused> {
        if self.store.lounge_room(room).await?.is_some() {
            return Ok(());
        }
        self.clear_room(room).await?;
        Err(Refused::LoungeRoomUnknown)
    }
}
