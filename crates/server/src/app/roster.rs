//! Who is told when an admin changed a desk or a person: live state that was made from them.

use super::{Refused, Route, documents};
use async_trait::async_trait;
use std::sync::Arc;
use visavis_domain::ids::{DeskId, PersonId};
use visavis_live::Live;
use visavis_protocol::{Event, ServerFrame, Topic};
use visavis_store::Store;

/// Hears of what changed in the store, after it did. Hearing of it twice is harmless.
#[async_trait]
pub(crate) trait Roster: Send + Sync + 'static {
    /// A desk was made, changed or removed.
    async fn desk_changed(&self, desk: DeskId) -> Result<(), Refused>;

    /// A person's name, title or state changed.
    async fn person_changed(&self, person: PersonId) -> Result<(), Refused>;
}

/// Tells everybody who follows a desk concerned to ask for it again.
pub(crate) struct DeskTidings {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) live: Arc<dyn Live>,
}

#[async_trait]
impl Roster for DeskTidings {
    async fn desk_changed(&self, desk: DeskId) -> Result<(), Refused> {
        let event = Event::DeskChanged { desk };
        let frame = documents::encode(&ServerFrame::Event { topic: Topic::Desk, version: None, event })?;
        self.live.publish(Route::Desk(desk).topic(), frame.clone()).await?;
        Ok(self.live.publish(Route::DeskStaff(desk).topic(), frame).await?)
    }

    async fn person_changed(&self, person: PersonId) -> Result<(), Refused> {
        let Ok(desks) = self.store.desks_of(person).await else { return Err(Refused::Corrupt) };
        for desk in desks {
            self.desk_changed(desk.id).await?;
        }
        Ok(())
    }
}
