//! Use cases of what happens around appointments right now: waiting, being let in, being sent back; and what live
//! state is told when an appointment was changed. What is written meanwhile is `app::waiting`.
//!
//! Whether a link or an appointment still holds the store says, each time somebody comes in. It is asked once more
//! afterwards: of somebody who came in while it was changed, one of the two finds out.

use super::bookings::{Guest, guest, visible_to};
use super::documents::{self, ControlNotice, Route};
use super::settle::Cause;
use super::{App, Refused, views};
use std::time::Duration;
use visavis_domain::appointment::{AppointmentState, LinkClaims, LinkKind, LinkRefusal, Phase};
use visavis_domain::availability::{Admitting, Command, DocumentId, Rejection};
use visavis_domain::ids::{AppointmentId, DeskId, PersonId, RingId, SessionId};
use visavis_domain::person::Person;
use visavis_domain::ring::Party;
use visavis_domain::time::Timestamp;
use visavis_domain::visit::{Visit, VisitCard};
use visavis_live::TopicName;
use visavis_protocol::{Event, Reply, ServerFrame, Topic, VisitView, WaitingRoom};
use visavis_store::{Appointment, AppointmentFilter, Link};

/// How far from now an appointment may begin that a console shows as visited, milliseconds: longer than any takes with
/// its margins. More costs a page that opens a longer list.
const AROUND_MS: u64 = 24 * 60 * 60 * 1000;
/// How long before it opens one may wait already: clocks differ, and links grant that. Less would send people away who
/// were let in a moment ago.
const SLACK: Duration = Duration::from_secs(2 * 60);

impl Guest {
    /// As they are called.
    pub(super) fn party(&self) -> Party {
        let own = self.link.name.as_ref().filter(|_| self.link.kind == LinkKind::Guest);
        let name = own.unwrap_or(&self.appointment.client).clone();
        Party { person: self.link.person, name }
    }

    /// What the link is worth by what happens around the appointment right now. What goes on is not broken off by the
    /// end of the window, nor by another time for the appointment: whoever was in the call finds back into it.
    ///
    /// Who only waits for one that was put off is no reason: they are about to be sent away, and one who came in at
    /// that very instant is found by this.
    pub(super) fn worth_meanwhile(&self, visit: Option<&Visit>) -> Result<Phase, LinkRefusal> {
        let booked = self.appointment.state == AppointmentState::Booked;
        match (self.worth, visit) {
            (Err(LinkRefusal::Expired), Some(_)) if booked => Ok(Phase::Open),
            (Ok(Phase::Early), Some(visit)) if visit.call().is_some() || has_held(visit) => Ok(Phase::Open),
            (worth, _) => worth,
        }
    }

    /// Refuses unless they may come in now.
    pub(super) fn may_come_in(&self, visit: Option<&Visit>) -> Result<(), Refused> {
        match self.worth_meanwhile(visit) {
            Ok(Phase::Open) => Ok(()),
            Ok(Phase::Early) => Err(Refused::TooEarly),
            Err(LinkRefusal::Replaced | LinkRefusal::Cancelled | LinkRefusal::Expired) => {
                Err(Refused::AppointmentOver)
            }
        }
    }

    /// Refuses if the link is of no use any more.
    pub(super) fn may_look(&self, visit: Option<&Visit>) -> Result<(), Refused> {
        self.worth_meanwhile(visit).map(drop).map_err(|_| Refused::AppointmentOver)
    }
}

/// Whether somebody was sent back from the call to wait.
fn has_held(visit: &Visit) -> bool {
    visit.attendees().iter().any(|one| one.held)
}

/// For who waits, and for who was let in or not.
impl App {
    /// What a page in a waiting room hears.
    pub(crate) async fn waiting_room_topics(&self, link: LinkClaims) -> Result<Vec<TopicName>, Refused> {
        let Guest { appointment, link, .. } = self.guest_of(link).await?;
        let routes = [
            Route::Person(link.person),
            Route::Appointment(appointment.id),
            Route::Reach(appointment.professional),
        ];
        Ok(routes.iter().map(Route::topic).collect())
    }

    /// A page follows the waiting room of the appointment whose link it was opened by.
    pub(crate) async fn open_waiting_room(
        &self,
        link: LinkClaims,
        session: SessionId,
    ) -> Result<Reply, Refused> {
        let guest = self.guest_of(link).await?;
        guest.may_look(self.visit(guest.appointment.id).await?.as_ref())?;
        let person = guest.link.person;
        let own = self.open_page(person, session, None).await?;
        let professional = self.person(guest.appointment.professional).await?;
        let chat = self.waiting_chat(guest.appointment.id).await?;
        let reach = views::reach(professional.as_ref());
        Ok(Reply::WaitingRoom { waiting_room: WaitingRoom { person, own, reach, chat } })
    }

    /// Waits to be let in, or goes straight in if the door is open.
    pub(crate) async fn be_ready(&self, link: LinkClaims) -> Result<Reply, Refused> {
        let guest = self.guest_of(link).await?;
        guest.may_come_in(self.visit(guest.appointment.id).await?.as_ref())?;
        let (party, card) = (guest.party(), self.visit_card(&guest.appointment).await?);
        let (appointment, person) = (card.appointment, party.person);
        let needs = [DocumentId::Person(person), DocumentId::Visit(appointment)];
        let settled = self.settle(Cause::Availability(Command::Attend { card, party }), &needs).await?;
        if let Err(refused) = self.guest_of(link).await?.may_come_in(settled.scene.visit(appointment)) {
            self.close_visit(appointment, Some(person)).await?;
            return Err(refused);
        }
        Ok(Reply::Own { own: self.own(person).await? })
    }

    /// Waits no longer.
    pub(crate) async fn leave_waiting_room(&self, person: PersonId) -> Result<Reply, Refused> {
        self.about_person(person, Command::LeaveVisit { person }).await?;
        Ok(Reply::Done)
    }

    /// Lets in who waits, as somebody of the staff; before anybody does, goes in first. What goes on is not broken off
    /// by the end of the window.
    pub(crate) async fn admit(&self, person: PersonId, id: AppointmentId) -> Result<Reply, Refused> {
        let appointment = self.staffed(person, id).await?;
        self.may_go_on(&appointment, self.visit(id).await?.as_ref())?;
        let there = self.person(person).await?;
        let name = there.as_ref().and_then(Person::card).map(|card| card.name.clone());
        let host = Party { person, name: name.ok_or(Rejection::NotHere)? };
        let card = self.visit_card(&appointment).await?;
        let command = Command::Admit(Admitting { ring: RingId::from_bits(self.random_bits()), card, host });
        let needs = [DocumentId::Person(person), DocumentId::Visit(id)];
        self.settle(Cause::Availability(command), &needs).await?;
        if self.staffed(person, id).await?.state != AppointmentState::Booked {
            self.close_visit(id, None).await?;
            return Err(Refused::AppointmentOver);
        }
        Ok(Reply::Own { own: self.own(person).await? })
    }

    /// Sends who came for it back to wait, as somebody of the staff in its call.
    pub(crate) async fn hold(&self, person: PersonId, appointment: AppointmentId) -> Result<Reply, Refused> {
        self.staffed(person, appointment).await?;
        let needs = [DocumentId::Person(person), DocumentId::Visit(appointment)];
        let command = Command::Hold { appointment, person };
        self.settle(Cause::Availability(command), &needs).await?;
        Ok(Reply::Done)
    }

    /// Appointments of these days that somebody has come for, as this person of the staff may see them.
    pub(super) async fn visits(
        &self,
        person: PersonId,
        desks: Vec<DeskId>,
    ) -> Result<Vec<VisitView>, Refused> {
        let now = self.now();
        let (from, to) = (Timestamp(now.0.saturating_sub(AROUND_MS)), Timestamp(now.0 + AROUND_MS));
        let filter = AppointmentFilter { professional: person, desks, from, to };
        let appointments = self.store.appointments(filter).await?;
        let keys: Vec<_> =
            appointments.iter().map(|one| documents::key_of(DocumentId::Visit(one.id))).collect();
        let mut visits = Vec::new();
        for document in self.live.load(&keys).await? {
            visits.extend(documents::decode::<Visit>(document.body.as_ref())?.as_ref().map(views::visit));
        }
        Ok(visits)
    }

    /// Refuses before the window, and after it unless something goes on.
    pub(super) fn may_go_on(&self, appointment: &Appointment, visit: Option<&Visit>) -> Result<(), Refused> {
        let (now, window) = (self.now(), appointment.schedule.window(self.margins));
        match (appointment.state, visit) {
            (AppointmentState::Booked, Some(_)) => Ok(()),
            (AppointmentState::Booked, None) if now < window.opens_at => Err(Refused::TooEarly),
            (AppointmentState::Booked, None) if now <= window.closes_at => Ok(()),
            _ => Err(Refused::AppointmentOver),
        }
    }

    /// What happens around it right now.
    pub(super) async fn visit(&self, id: AppointmentId) -> Result<Option<Visit>, Refused> {
        Ok(self.scene(&[DocumentId::Visit(id)]).await?.visit(id).cloned())
    }

    /// One that this person of the staff may see.
    pub(super) async fn staffed(&self, person: PersonId, id: AppointmentId) -> Result<Appointment, Refused> {
        visible_to(&*self.store, person, id).await?.ok_or(Refused::AppointmentUnknown)
    }

    /// Who came over a link, as the store knows it now.
    pub(super) async fn guest_of(&self, claims: LinkClaims) -> Result<Guest, Refused> {
        let found = guest(&*self.store, claims, self.margins, self.now()).await?;
        found.ok_or(Refused::AppointmentUnknown)
    }

    /// The client is whoever comes over the link that is the client's now, or was last.
    async fn visit_card(&self, appointment: &Appointment) -> Result<VisitCard, Refused> {
        let links = self.store.links(appointment.id).await?;
        let clients = links.iter().filter(|link| link.kind == LinkKind::Client);
        let client = clients.max_by_key(|link| (link.revoked_at.is_none(), link.created_at));
        let person = client.ok_or(Refused::Corrupt)?.person;
        Ok(VisitCard {
            appointment: appointment.id,
            professional: appointment.professional,
            desk: appointment.desk,
            client: Party { person, name: appointment.client.clone() },
            about: appointment.about.clone(),
        })
    }
}

/// For what lasts, when it was changed.
impl App {
    /// The appointment, or a link to it, was changed: whoever shows it asks again. Whoever waits for one that was put
    /// off does so no longer; a call goes on.
    pub(crate) async fn appointment_changed(&self, appointment: &Appointment) -> Result<(), Refused> {
        let early = self.now().plus(SLACK) < appointment.schedule.window(self.margins).opens_at;
        if early && self.visit(appointment.id).await?.is_some_and(|visit| visit.call().is_none()) {
            self.close_visit(appointment.id, None).await?;
        }
        let event = Event::AppointmentChanged { appointment: appointment.id };
        let frame = ServerFrame::Event { topic: Topic::Appointments, version: None, event };
        let frame = documents::encode(&frame)?;
        let everybody = staff_routes(appointment.professional, appointment.desk);
        for route in everybody.chain([Route::Appointment(appointment.id)]) {
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

/// Those of the staff who may see an appointment. Whoever is both hears of it twice.
pub(super) fn staff_routes(
    professional: PersonId,
    desk: Option<DeskId>,
) -> impl Iterator<Item = Route<'static>> {
    [Route::Appointments(professional)].into_iter().chain(desk.map(Route::DeskAppointments))
}
