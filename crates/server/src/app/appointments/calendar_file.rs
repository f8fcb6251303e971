//! Calendar files, RFC 5545: an appointment as programs that keep calendars read it. Pure; the library escapes and
//! folds texts. What a program does with a file that came by mail is its METHOD's matter, RFC 5546.

use super::letter::Facts;
use super::post::Party;
use super::{Appointments, Came};
use crate::app::accounts::Denied;
use icalendar::{Calendar, Class, Component, Event, EventStatus, Property};
use url::Url;
use visavis_domain::appointment::AppointmentState;
use visavis_domain::ids::{AppointmentId, PersonId};
use visavis_domain::time::Timestamp;
use visavis_domain::zone;
use visavis_store::Appointment;

/// What a calendar file asks of the program that reads it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Method {
    /// To keep it.
    Publish,
    /// To ask its owner about it.
    Request,
    /// To take it away.
    Cancel,
}

impl Method {
    /// RFC 5546's word.
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Publish => "PUBLISH",
            Self::Request => "REQUEST",
            Self::Cancel => "CANCEL",
        }
    }
}

/// Who calls it in, and who is called: in files that come by mail alone.
pub(crate) struct Parties<'a> {
    pub(crate) organizer: &'a Party,
    pub(crate) attendee: &'a Party,
}

/// For whoever comes over `link`, to keep.
pub(crate) fn for_client(facts: &Facts<'_>, link: &str) -> String {
    file(Method::Publish, clients_event(facts, Some(link)))
}

/// For the client, by mail.
pub(crate) fn for_letter(facts: &Facts<'_>, link: Option<&str>, parties: &Parties<'_>) -> (Method, String) {
    let method = match facts.appointment.state {
        AppointmentState::Cancelled => Method::Cancel,
        AppointmentState::Booked | AppointmentState::Done | AppointmentState::NoShow => Method::Request,
    };
    // What opens nothing any more is not noted down.
    let link = link.filter(|_| method != Method::Cancel);
    let mut event = clients_event(facts, link);
    event.append_property(party("ORGANIZER", parties.organizer).done());
    let mut attendee = party("ATTENDEE", parties.attendee);
    attendee.add_parameter("ROLE", "REQ-PARTICIPANT").add_parameter("RSVP", "FALSE");
    event.append_property(attendee.done());
    (method, file(method, event))
}

/// For the professional and their colleagues, to keep.
pub(crate) fn for_staff(facts: &Facts<'_>) -> String {
    let appointment = facts.appointment;
    let mut event = event(facts);
    event.summary(&line(&format!("Appointment with {}", appointment.client.shown())));
    let dashboard = format!("{}/staff/appointments", facts.base);
    event.description(&description(&[&appointment.about, &dashboard]));
    event.url(&dashboard);
    file(Method::Publish, event)
}

/// A file, for one's own calendar.
pub(crate) struct CalendarFile {
    /// What it is called.
    pub(crate) name: String,
    pub(crate) text: String,
}

impl Appointments {
    /// For one of those who share the waiting room.
    pub(crate) async fn staff_calendar(
        &self,
        person: PersonId,
        id: AppointmentId,
        base: &str,
    ) -> Result<CalendarFile, Denied> {
        let appointment = self.visible(person, id).await?;
        let professional = self.professional(appointment.professional).await?;
        let text = for_staff(&self.facts(&appointment, &professional, base));
        Ok(CalendarFile { name: name(&appointment), text })
    }

    /// For whoever came over a link, with that link.
    pub(crate) async fn client_calendar(&self, came: &Came, base: &str) -> Result<CalendarFile, Denied> {
        let appointment = &came.appointment;
        let professional = self.professional(appointment.professional).await?;
        let link = self.url(base, appointment, &came.link);
        let text = for_client(&self.facts(appointment, &professional, base), &link);
        Ok(CalendarFile { name: name(appointment), text })
    }
}

/// What a file is called: nothing that anybody typed is in it.
pub(crate) fn name(appointment: &Appointment) -> String {
    let schedule = &appointment.schedule;
    let wall = zone::wall(schedule.starts_at, &schedule.zone).unwrap_or_default();
    match wall.split_once('T') {
        Some((day, _)) => format!("appointment-{day}.ics"),
        None => "appointment.ics".to_owned(),
    }
}

/// The host of an address, for ids that have to be of one place.
pub(super) fn host(base: &str) -> String {
    let url = Url::parse(base).ok();
    url.as_ref().and_then(Url::host_str).unwrap_or("visavis.invalid").to_owned()
}

fn clients_event(facts: &Facts<'_>, link: Option<&str>) -> Event {
    let mut event = event(facts);
    event.summary(&line(&format!("Appointment with {}", facts.professional.name.shown())));
    let about = &facts.appointment.about;
    match link {
        Some(link) => {
            let words = format!("Come in over your personal link:\n{link}\nPlease do not pass it on.");
            event.description(&description(&[about, &words]));
            event.url(link);
        }
        None => {
            event.description(&description(&[about]));
        }
    }
    event
}

/// What all of them say. The id and the sequence are by which programs know a later file for a change of an earlier
/// one.
fn event(facts: &Facts<'_>) -> Event {
    let appointment = facts.appointment;
    let mut event = Event::with_uid(&format!("{}@{}", appointment.id, host(facts.base)));
    event.sequence(appointment.sequence);
    event.add_property("DTSTAMP", utc(facts.now));
    event.add_property("DTSTART", utc(appointment.schedule.starts_at));
    event.add_property("DTEND", utc(appointment.schedule.ends_at()));
    // With whom one has an appointment is not for everybody who sees when one is free.
    event.class(Class::Private);
    event.status(match appointment.state {
        AppointmentState::Cancelled => EventStatus::Cancelled,
        AppointmentState::Booked | AppointmentState::Done | AppointmentState::NoShow => {
            EventStatus::Confirmed
        }
    });
    event
}

fn file(method: Method, event: Event) -> String {
    let mut calendar = Calendar::empty();
    for (key, value) in [
        ("VERSION", "2.0"),
        ("PRODID", "-//Visavis//Appointments//EN"),
        ("CALSCALE", "GREGORIAN"),
        ("METHOD", method.word()),
    ] {
        calendar.append_property(Property::new(key, value));
    }
    calendar.push(event);
    calendar.to_string()
}

fn party(key: &str, who: &Party) -> Property {
    let mut property = Property::new(key, format!("mailto:{}", who.email));
    // RFC 5545 has no way to write this mark in a parameter, section 3.2.
    let name = line(&who.name).replace('"', "'");
    if !name.is_empty() {
        property.add_parameter("CN", &name);
    }
    property
}

/// On one line: the library breaks lines at marks that it takes for line breaks, and leaves others as they are.
fn line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect::<String>().trim().to_owned()
}

fn description(parts: &[&str]) -> String {
    let kept = parts.iter().map(|part| part.trim()).filter(|part| !part.is_empty());
    let kept: Vec<_> = kept.map(|part| part.split('\n').map(line).collect::<Vec<_>>().join("\n")).collect();
    kept.join("\n\n")
}

/// Form 2 of section 3.3.5.
fn utc(at: Timestamp) -> String {
    let moment = i64::try_from(at.0).ok().and_then(|at| jiff::Timestamp::from_millisecond(at).ok());
    moment.unwrap_or(jiff::Timestamp::MAX).strftime("%Y%m%dT%H%M%SZ").to_string()
}

#[cfg(test)]
mod tests;
