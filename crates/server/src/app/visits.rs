//! Use cases of what happens around appointments right now, and what live state is told when one was changed.

use super::documents::{self, ControlNotice, Route};
use super::settle::Cause;
use super::{App, Refused};
use visavis_domain::availability::{Command, DocumentId};
use visavis_domain::ids::{AppointmentId, PersonId};
use visavis_protocol::{Event, ServerFrame, Topic};
use visavis_store::{Appointment, Link};

impl App {
    /// The appointment, or a link to it, was changed: whoever shows it asks again.
    pub(crate) async fn appointment_changed(&self, appointment: &Appointment) -> Result<(), Refused> {
        let event = Event::AppointmentChanged { appointment: appointment.id };
        let frame = ServerFrame::Event { topic: Topic::Appointments, version: None, event };
        let frame = documents::encode(&frame)?;
        let staff = Route::Appointments(appointment.professional);
        let shared = appointment.desk.map(Route::DeskAppointments);
        for route in [staff, Route::Appointment(appointment.id)].into_iter().chain(shared) {
            self.live.publish(route.topic(), frame.clone()).await?;
        }
        Ok(())
    }

    /// The appointment is over: for one of those who came for it, or for everybody. They wait no longer, and are in
    /// its call no longer.
    pub(crate) async fn close_visit(
        &self,
        appointment: AppointmentId,
        person: Option<PersonId>,
    ) -> Result<(), Refused> {
        let command = Command::CloseVisit { appointment, person };
        self.settle(Cause::Availability(command), &[DocumentId::Visit(appointment)]).await.map(drop)
    }

    /// A link was taken back: pages that were opened by it close, and whoever came over it is gone at once.
    pub(crate) async fn link_ended(&self, link: &Link) -> Result<(), Refused> {
        self.close_visit(link.appointment, Some(link.person)).await?;
        Ok(self.live.publish(Route::Link(link.id).topic(), ControlNotice::LinkEnded.body()).await?)
    }
}
