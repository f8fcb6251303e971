//! Making appointments, and what staff change about them: words, times, what became of them.

use super::{Appointments, told};
use crate::app::accounts::{Denied, Invalid, Unfit, email, line, person_name};
use serde_json::{Value, json};
use visavis_domain::account::Email;
use visavis_domain::appointment::{
    AppointmentState, Change, LinkKind, MAX_ABOUT_CHARS, MAX_NOTE_CHARS, Rejection, Schedule, change,
};
use visavis_domain::ids::{AppointmentId, DeskId, LinkId, PersonId};
use visavis_domain::webhook::{AppointmentFacts, appointment_changed, appointment_created};
use visavis_domain::zone::{self, Repeated, WallError};
use visavis_protocol::{AppointmentChange, AppointmentMove, AppointmentView, NewAppointment};
use visavis_store::{Action, Appointment, AppointmentEdit, Link, NewEvent, StoreError};

/// How often an edit is tried again that somebody else's came before. What the other changed is read each time.
const TRIES: u32 = 3;

/// An appointment; and as it has to be still, if that was said.
type Which = (AppointmentId, Option<Appointment>);

impl Appointments {
    /// A new one of this person's, with the client's link.
    pub(crate) async fn create(
        &self,
        person: PersonId,
        new: &NewAppointment,
        base: &str,
    ) -> Result<AppointmentView, Denied> {
        let now = self.now();
        let schedule = schedule(&new.wall, &new.zone, new.repeated, new.minutes)?;
        schedule.check(now).map_err(not_planned)?;
        let appointment = Appointment {
            id: AppointmentId::from_bits(self.random_bits()),
            professional: person,
            desk: self.own_desk(person, new.desk).await?,
            client: person_name(&new.client_name)?,
            email: new.email.as_deref().map(address).transpose()?.flatten(),
            about: about(&new.about)?,
            schedule,
            state: AppointmentState::Booked,
            sequence: 0,
            note: String::new(),
            created_at: now,
        };
        self.make(Some(person), appointment.clone()).await?;
        self.view(appointment, base).await
    }

    /// Writes one down with its client's link, and tells who is concerned.
    pub(super) async fn make(
        &self,
        actor: Option<PersonId>,
        appointment: Appointment,
    ) -> Result<Link, Denied> {
        let link = self.new_link(appointment.id, LinkKind::Client, None);
        let detail = json!({ "desk": appointment.desk, "at": at(&appointment.schedule) });
        let audited = self.audited(actor, Action::AppointmentCreated, appointment.id, detail);
        let event = self.around.app.event(appointment_created(facts(&appointment), self.now()));
        self.store().create_appointment(appointment.clone(), link.clone(), Some(event), audited).await?;
        self.tell_changed(&appointment).await;
        Ok(link)
    }

    /// A link to be; with another person behind it than behind any other.
    pub(super) fn new_link(
        &self,
        appointment: AppointmentId,
        kind: LinkKind,
        name: Option<visavis_domain::name::PersonName>,
    ) -> Link {
        Link {
            id: LinkId::from_bits(self.random_bits()),
            appointment,
            person: PersonId::from_bits(self.random_bits()),
            kind,
            name,
            created_at: self.now(),
            revoked_at: None,
        }
    }

    /// Changes its words. What is absent stays.
    pub(crate) async fn change(
        &self,
        person: PersonId,
        which: Which,
        change: &AppointmentChange,
        base: &str,
    ) -> Result<AppointmentView, Denied> {
        let client = change.client_name.as_deref().map(person_name).transpose()?;
        let email = change.email.as_deref().map(address).transpose()?;
        let about = change.about.as_deref().map(about).transpose()?;
        let note = change.note.as_deref().map(note).transpose()?;
        let edited = self.edit(person, which, |seen| {
            let edit = AppointmentEdit {
                client: client.clone().filter(|to| *to != seen.client),
                email: email.clone().filter(|to| *to != seen.email),
                about: about.clone().filter(|to| *to != seen.about),
                note: note.clone().filter(|to| *to != seen.note),
                ..AppointmentEdit::default()
            };
            let named = [
                ("client", edit.client.is_some()),
                ("email", edit.email.is_some()),
                ("about", edit.about.is_some()),
                ("note", edit.note.is_some()),
            ];
            let fields: Vec<_> = named.into_iter().filter(|(_, new)| *new).map(|(name, _)| name).collect();
            Ok((!fields.is_empty()).then(|| (edit, json!({ "changed": fields }))))
        });
        self.view(edited.await?, base).await
    }

    /// Gives it another time. Links hold as before.
    pub(crate) async fn move_to(
        &self,
        person: PersonId,
        which: Which,
        to: &AppointmentMove,
        base: &str,
    ) -> Result<AppointmentView, Denied> {
        let schedule = schedule(&to.wall, &to.zone, to.repeated, to.minutes)?;
        let moved = self.edit(person, which, |seen| {
            if seen.sequence != to.sequence {
                return Err(Denied::Store(StoreError::Unknown));
            }
            let state = self.becomes(seen, &Change::Move(schedule.clone()))?;
            let edit = AppointmentEdit {
                schedule: Some(schedule.clone()),
                state: Some(state),
                sequence: Some(seen.sequence.saturating_add(1)),
                ..AppointmentEdit::default()
            };
            Ok(Some((edit, json!({ "at": at(&schedule) }))))
        });
        self.view(moved.await?, base).await
    }

    /// What became of it. If it is over, whoever waits or talks is told, and does so no longer.
    pub(crate) async fn settle(
        &self,
        person: PersonId,
        which: Which,
        to: AppointmentState,
        base: &str,
    ) -> Result<AppointmentView, Denied> {
        let (wish, is_over) = match to {
            AppointmentState::Booked => (Change::Reopen, false),
            AppointmentState::Done => (Change::Done, true),
            AppointmentState::NoShow => (Change::NoShow, true),
            AppointmentState::Cancelled => (Change::Cancel, true),
        };
        let settled = self.edit(person, which, |seen| {
            let state = self.becomes(seen, &wish)?;
            let edit = AppointmentEdit {
                state: Some(state),
                sequence: (wish == Change::Cancel).then(|| seen.sequence.saturating_add(1)),
                ..AppointmentEdit::default()
            };
            Ok(Some((edit, json!({ "state": state }))))
        });
        let settled = settled.await?;
        if is_over {
            let id = settled.id;
            told(id, self.around.app.close_visit(id, None).await);
        }
        self.view(settled, base).await
    }

    /// Removes one that will not be, or is over, with everything about it. One that is still planned has to be
    /// cancelled first, so that whoever has a link is told.
    pub(crate) async fn forget(&self, person: PersonId, (id, as_seen): Which) -> Result<(), Denied> {
        let seen = self.visible(person, id).await?;
        if as_seen.is_some_and(|before| before != seen) {
            return Err(StoreError::Moved.into());
        }
        if seen.state == AppointmentState::Booked {
            return Err(Denied::Unfit(Unfit::State));
        }
        let audited = self.audited(Some(person), Action::AppointmentForgotten, id, Value::Null);
        self.store().forget_appointment(&seen, audited).await?;
        self.tell_changed(&seen).await;
        Ok(())
    }

    fn becomes(&self, seen: &Appointment, wish: &Change) -> Result<AppointmentState, Denied> {
        change(seen.state, &seen.schedule, self.margins(), self.now(), wish).map_err(not_planned)
    }

    /// Changes one that this person may see into what `make` makes of it as it is now; none changes nothing. What has to
    /// be as it was seen is refused if it is not; what need not is read again if somebody else was faster.
    async fn edit(
        &self,
        person: PersonId,
        (id, as_seen): Which,
        make: impl Fn(&Appointment) -> Result<Option<(AppointmentEdit, Value)>, Denied>,
    ) -> Result<Appointment, Denied> {
        let mut tries = 0;
        loop {
            let seen = self.visible(person, id).await?;
            if as_seen.as_ref().is_some_and(|before| *before != seen) {
                return Err(StoreError::Moved.into());
            }
            let Some((mut edit, detail)) = make(&seen)? else { return Ok(seen) };
            edit.event = self.event(&seen, &edit);
            if let Some(event) = &edit.event {
                self.around.app.before_stored(&event.subject).await;
            }
            let audited = self.audited(Some(person), Action::AppointmentChanged, id, detail);
            match self.store().edit_appointment(&seen, edit, audited).await {
                Ok(edited) => {
                    self.tell_changed(&edited).await;
                    return Ok(edited);
                }
                Err(StoreError::Moved) if tries < TRIES => tries += 1,
                Err(error) => return Err(error.into()),
            }
        }
    }

    /// What webhooks are told of a change, if anything.
    fn event(&self, seen: &Appointment, edit: &AppointmentEdit) -> Option<NewEvent> {
        let after = Appointment {
            schedule: edit.schedule.clone().unwrap_or_else(|| seen.schedule.clone()),
            state: edit.state.unwrap_or(seen.state),
            sequence: edit.sequence.unwrap_or(seen.sequence),
            ..seen.clone()
        };
        let happened = appointment_changed((seen.state, &seen.schedule), facts(&after), self.now())?;
        Some(self.around.app.event(happened))
    }

    async fn own_desk(&self, person: PersonId, desk: Option<DeskId>) -> Result<Option<DeskId>, Denied> {
        let Some(desk) = desk else { return Ok(None) };
        let own = self.store().desks_of(person).await?;
        if own.iter().any(|one| one.id == desk) {
            Ok(Some(desk))
        } else {
            Err(Denied::Invalid(Invalid::Desk))
        }
    }
}

/// For webhooks: when, and nothing about whom.
fn facts(appointment: &Appointment) -> AppointmentFacts {
    AppointmentFacts {
        appointment: appointment.id,
        professional: appointment.professional,
        desk: appointment.desk,
        starts_at: appointment.schedule.starts_at,
        minutes: appointment.schedule.minutes,
        zone: appointment.schedule.zone.clone(),
        state: appointment.state,
        sequence: appointment.sequence,
    }
}

/// For the audit log: when, and nothing about whom.
fn at(schedule: &Schedule) -> Value {
    json!({ "starts_at": schedule.starts_at, "minutes": schedule.minutes, "zone": schedule.zone })
}

fn schedule(wall: &str, zone: &str, repeated: Option<Repeated>, minutes: u32) -> Result<Schedule, Denied> {
    let starts_at = zone::moment(wall, zone, repeated).map_err(|error| {
        Denied::Invalid(match error {
            WallError::UnknownZone => Invalid::Zone,
            WallError::Malformed => Invalid::Time,
            WallError::Skipped => Invalid::TimeSkipped,
            WallError::Ambiguous => Invalid::TimeAmbiguous,
        })
    })?;
    Ok(Schedule { starts_at, minutes, zone: zone.to_owned() })
}

fn not_planned(rejection: Rejection) -> Denied {
    match rejection {
        Rejection::State => Denied::Unfit(Unfit::State),
        Rejection::TooSoon => Denied::Unfit(Unfit::TooSoon),
        Rejection::Past => Denied::Invalid(Invalid::TimePast),
        Rejection::Duration => Denied::Invalid(Invalid::Duration),
        Rejection::Zone => Denied::Invalid(Invalid::Zone),
    }
}

/// Nothing typed is no address.
fn address(typed: &str) -> Result<Option<Email>, Denied> {
    if typed.trim().is_empty() { Ok(None) } else { email(typed).map(Some) }
}

fn about(typed: &str) -> Result<String, Denied> {
    line(typed, MAX_ABOUT_CHARS).ok_or(Denied::Invalid(Invalid::Text))
}

/// Several lines, as typed.
fn note(typed: &str) -> Result<String, Denied> {
    let odd = |c: char| c.is_control() && !matches!(c, '\n' | '\r' | '\t');
    let fits = typed.chars().count() <= MAX_NOTE_CHARS && !typed.chars().any(odd);
    if fits { Ok(typed.to_owned()) } else { Err(Denied::Invalid(Invalid::Text)) }
}
