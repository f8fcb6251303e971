//! Use cases of appointments as they last: making and changing them, links to them, and who comes over a link.
//!
//! Who waits and who is in the call is live state, in `app::visits`; this tells it what was changed.

use super::App;
use super::accounts::{Clock, Denied, Unknown};
use std::sync::Arc;
use visavis_domain::appointment::Margins;
use visavis_domain::ids::{AppointmentId, PersonId};
use visavis_domain::time::Timestamp;
use visavis_store::{Appointment, Store};

/// Everything the edges can ask for about appointments.
pub(crate) struct Appointments {
    store: Arc<dyn Store>,
    app: Arc<App>,
    clock: Clock,
    margins: Margins,
}

impl Appointments {
    pub(crate) fn new(store: Arc<dyn Store>, app: Arc<App>, clock: Clock, margins: Margins) -> Self {
        Self { store, app, clock, margins }
    }

    /// The time, for this request.
    pub(crate) fn now(&self) -> Timestamp {
        (self.clock)()
    }

    /// One that this person may see: their own, or shared with a desk of theirs.
    async fn visible(&self, person: PersonId, id: AppointmentId) -> Result<Appointment, Denied> {
        let unknown = Denied::Unknown(Unknown::Appointment);
        let Some(found) = self.store.appointment(id).await? else { return Err(unknown) };
        if found.professional == person {
            return Ok(found);
        }
        let desks = self.store.desks_of(person).await?;
        let shared = found.desk.is_some_and(|desk| desks.iter().any(|own| own.id == desk));
        if shared { Ok(found) } else { Err(unknown) }
    }
}
