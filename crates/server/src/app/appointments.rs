//! Use cases of appointments as they last: making and changing them, links to them, and who comes over a link.
//!
//! Who waits and who is in the call is live state, in `app::visits`; this tells it what was changed.

mod access;
mod calendar_file;
mod coming;
mod demonstration;
mod letter;
mod links;
mod outbox;
mod planning;
mod post;
mod views;

pub(crate) use calendar_file::CalendarFile;
#[cfg(test)]
pub(crate) use calendar_file::Method as CalendarMethod;
pub(crate) use coming::{Came, Entered, LinkCookie, LinkRefused};
pub(crate) use links::LinkKeys;
pub(crate) use outbox::drive_mail;
pub(crate) use post::{Letter, Mailing, NotSent, Party, Post, Replies};

use super::accounts::{Clock, Denied, Unknown};
use super::bookings::visible_to;
use super::tokens::Tokens;
use super::{App, Refused};
use std::sync::Arc;
use tokio::sync::Notify;
use visavis_domain::appointment::Margins;
use visavis_domain::ids::{AppointmentId, PersonId};
use visavis_domain::time::Timestamp;
use visavis_store::{Action, Appointment, Audited, Store};

/// Everything the edges can ask for about appointments.
pub(crate) struct Appointments {
    around: AppointmentParts,
    /// Signs cookies.
    tokens: Tokens,
    /// Rung when a mail was queued.
    queued: Notify,
}

/// What appointments are made over.
pub(crate) struct AppointmentParts {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) app: Arc<App>,
    pub(crate) clock: Clock,
    pub(crate) margins: Margins,
    /// Sign links.
    pub(crate) keys: LinkKeys,
    /// How mail goes out, if it does.
    pub(crate) mail: Option<Mailing>,
}

impl Appointments {
    /// With the installation's signing key.
    pub(crate) fn new(around: AppointmentParts, signing_key: &[u8]) -> Self {
        Self { around, tokens: Tokens::new(signing_key), queued: Notify::new() }
    }

    /// The time, for this request.
    pub(crate) fn now(&self) -> Timestamp {
        (self.around.clock)()
    }

    fn store(&self) -> &dyn Store {
        &*self.around.store
    }

    fn margins(&self) -> Margins {
        self.around.margins
    }

    fn random_bits(&self) -> u128 {
        self.around.app.random_bits()
    }

    /// One that this person may see: their own, or shared with a desk of theirs.
    pub(crate) async fn visible(&self, person: PersonId, id: AppointmentId) -> Result<Appointment, Denied> {
        visible_to(self.store(), person, id).await?.ok_or(Denied::Unknown(Unknown::Appointment))
    }

    /// A row for the audit log.
    fn audited(
        &self,
        actor: Option<PersonId>,
        action: Action,
        appointment: AppointmentId,
        detail: serde_json::Value,
    ) -> Audited {
        let detail = super::acting::with_key(detail);
        Audited { at: self.now(), actor, action, subject: appointment.into(), detail }
    }

    /// Whoever shows it asks again.
    async fn tell_changed(&self, appointment: &Appointment) {
        told(appointment.id, self.around.app.appointment_changed(appointment).await);
    }
}

/// If live state is away this is only said in the log: the store has it, and every use of a link asks the store.
fn told(appointment: AppointmentId, told: Result<(), Refused>) {
    if let Err(refused) = told {
        tracing::warn!(%refused, %appointment, "a change of an appointment could not be told");
    }
}
