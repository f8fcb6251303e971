//! Who is told when an admin changed a desk, a person or the lounge: live state that was made from them.

use super::documents::{self, ControlNotice};
use super::{App, Refused, Route};
use async_trait::async_trait;
use std::collections::BTreeSet;
use visavis_domain::ids::{DeskId, LoungeRoomId, PersonId};
use visavis_protocol::{Event, ServerFrame, Topic};

/// Hears of what changed in the store, after it did. Hearing of it twice is harmless.
#[async_trait]
pub(crate) trait Roster: Send + Sync + 'static {
    /// A desk was made, changed or removed; these people belong to it, or did before.
    async fn desk_changed(&self, desk: DeskId, people: &[PersonId]) -> Result<(), Refused>;

    /// A person's name, title or state changed.
    async fn person_changed(&self, person: PersonId) -> Result<(), Refused>;

    /// A room of the lounge was made or changed.
    async fn lounge_changed(&self) -> Result<(), Refused>;

    /// One was removed.
    async fn lounge_room_removed(&self, room: LoungeRoomId) -> Result<(), Refused>;
}

/// For the command line, which changes what no running server has to hear of.
pub(crate) struct Nobody;

#[async_trait]
impl Roster for Nobody {
    async fn desk_changed(&self, _: DeskId, _: &[PersonId]) -> Result<(), Refused> {
        Ok(())
    }

    async fn person_changed(&self, _: PersonId) -> Result<(), Refused> {
        Ok(())
    }

    async fn lounge_changed(&self) -> Result<(), Refused> {
        Ok(())
    }

    async fn lounge_room_removed(&self, _: LoungeRoomId) -> Result<(), Refused> {
        Ok(())
    }
}

/// What the staff of a desk hear of it, and nobody else.
pub(crate) fn staff_alone(desk: DeskId) -> [Route<'static>; 2] {
    [Route::DeskStaff(desk), Route::DeskAppointments(desk)]
}

#[async_trait]
impl Roster for App {
    /// Whoever is here is from now on what their account and desks say, and everybody who follows the desk asks for
    /// it again.
    async fn desk_changed(&self, desk: DeskId, people: &[PersonId]) -> Result<(), Refused> {
        let event = Event::DeskChanged { desk };
        let frame = documents::encode(&ServerFrame::Event { topic: Topic::Desk, version: None, event })?;
        for person in people.iter().collect::<BTreeSet<_>>() {
            self.refresh_card(*person).await?;
            let own = Route::Person(*person).topic();
            if !self.desks_of(*person).await?.contains(&desk) {
                // Whether their pages ask again or not: who waits there is not theirs to know any more.
                for route in staff_alone(desk) {
                    self.live.publish(own.clone(), ControlNotice::OutOf(route.topic()).body()).await?;
                }
            }
            // Whoever is new to the desk does not follow it yet.
            self.live.publish(own, frame.clone()).await?;
        }
        Ok(self.live.publish(Route::Desk(desk).topic(), frame).await?)
    }

    async fn person_changed(&self, person: PersonId) -> Result<(), Refused> {
        self.refresh_card(person).await
    }

    async fn lounge_changed(&self) -> Result<(), Refused> {
        self.tell_lounge_changed().await
    }

    /// Those in it are somewhere else before anybody asks which rooms there are.
    async fn lounge_room_removed(&self, room: LoungeRoomId) -> Result<(), Refused> {
        self.clear_room(room).await?;
        self.tell_lounge_changed().await
    }
}
