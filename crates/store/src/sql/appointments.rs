//! Appointments. Rows of their links and of the mail about them are in `links` and `mails`.

use super::cell::{made, member, parsed, time, timestamp, unsigned, word};
use super::entity::appointment;
use super::failure::stored;
use super::webhooks::events;
use super::{SqlStore, commit, links, mails, still, within};
use crate::port::{
    Appointment, AppointmentEdit, AppointmentFilter, Appointments, Audited, Link, Mail, MailState, NewEvent,
    NewMail, StoreError,
};
use async_trait::async_trait;
use sea_orm::sea_query::Query;
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, Condition, ConnectionTrait, EntityTrait,
    IntoActiveModel, ModelTrait, Order, QueryFilter,
};
use std::collections::BTreeSet;
use visavis_domain::appointment::Schedule;
use visavis_domain::ids::{AppointmentId, LinkId};
use visavis_domain::time::Timestamp;

/// Ids in one statement. SQLite binds at most 32,766 values, PostgreSQL 65,535.
const IDS: usize = 10_000;

impl TryFrom<appointment::Model> for Appointment {
    type Error = StoreError;

    fn try_from(row: appointment::Model) -> Result<Self, StoreError> {
        Ok(Self {
            id: parsed(&row.id)?,
            professional: parsed(&row.professional)?,
            desk: row.desk.map(|desk| parsed(&desk)).transpose()?,
            client: made(row.client)?,
            email: row.email.map(made).transpose()?,
            about: row.about,
            schedule: Schedule {
                starts_at: timestamp(row.starts_at)?,
                minutes: unsigned(row.minutes)?,
                zone: row.zone,
            },
            state: member(row.state)?,
            sequence: unsigned(row.sequence)?,
            note: row.note,
            created_at: timestamp(row.created_at)?,
        })
    }
}

fn fresh(new: Appointment) -> appointment::Model {
    appointment::Model {
        id: new.id.to_string(),
        professional: new.professional.to_string(),
        desk: new.desk.map(|desk| desk.to_string()),
        client: new.client.shown().to_owned(),
        email: new.email.map(|email| email.as_str().to_owned()),
        about: new.about,
        starts_at: time(new.schedule.starts_at),
        minutes: new.schedule.minutes.into(),
        zone: new.schedule.zone,
        state: word(new.state),
        sequence: new.sequence.into(),
        note: new.note,
        created_at: time(new.created_at),
    }
}

/// The row with the change in it.
fn edited(old: appointment::Model, edit: AppointmentEdit) -> appointment::ActiveModel {
    let mut row = old.into_active_model();
    if let Some(client) = edit.client {
        row.client = Set(client.shown().to_owned());
    }
    if let Some(email) = edit.email {
        row.email = Set(email.map(|email| email.as_str().to_owned()));
    }
    if let Some(about) = edit.about {
        row.about = Set(about);
    }
    if let Some(note) = edit.note {
        row.note = Set(note);
    }
    if let Some(schedule) = edit.schedule {
        row.starts_at = Set(time(schedule.starts_at));
        row.minutes = Set(schedule.minutes.into());
        row.zone = Set(schedule.zone);
    }
    if let Some(state) = edit.state {
        row.state = Set(word(state));
    }
    if let Some(sequence) = edit.sequence {
        row.sequence = Set(sequence.into());
    }
    row
}

fn matching(filter: &AppointmentFilter) -> Condition {
    let desks = filter.desks.iter().map(ToString::to_string);
    let whose = Condition::any()
        .add(appointment::Column::Professional.eq(filter.professional.to_string()))
        .add(appointment::Column::Desk.is_in(desks));
    Condition::all()
        .add(whose)
        .add(appointment::Column::StartsAt.gte(time(filter.from)))
        .add(appointment::Column::StartsAt.lt(time(filter.to)))
}

async fn find(
    db: &impl ConnectionTrait,
    id: AppointmentId,
) -> Result<Option<appointment::Model>, StoreError> {
    appointment::Entity::find_by_id(id.to_string()).one(db).await.map_err(stored)
}

/// Ids as columns hold them, each once, in parts that fit into one statement.
fn parts(ids: &[AppointmentId]) -> Vec<Vec<String>> {
    let once: BTreeSet<&AppointmentId> = ids.iter().collect();
    let texts: Vec<String> = once.into_iter().map(ToString::to_string).collect();
    texts.chunks(IDS).map(<[String]>::to_vec).collect()
}

#[async_trait]
impl Appointments for SqlStore {
    async fn create_appointment(
        &self,
        appointment: Appointment,
        link: Link,
        event: Option<NewEvent>,
        audited: Audited,
    ) -> Result<(), StoreError> {
        if link.appointment != appointment.id {
            return Err(StoreError::Unknown);
        }
        within(async {
            let tx = self.begin().await?;
            let insert = appointment::Entity::insert(fresh(appointment).into_active_model());
            insert.exec_without_returning(&tx).await.map_err(stored)?;
            links::insert(&tx, link).await?;
            events::put(&tx, event.into_iter().collect()).await?;
            self.commit_audited(tx, audited).await
        })
        .await
    }

    async fn appointment(&self, id: AppointmentId) -> Result<Option<Appointment>, StoreError> {
        within(async { find(&self.reading, id).await?.map(Appointment::try_from).transpose() }).await
    }

    async fn appointments(&self, filter: AppointmentFilter) -> Result<Vec<Appointment>, StoreError> {
        within(async {
            let find = appointment::Entity::find().filter(matching(&filter));
            let rows = find.all(&self.reading).await.map_err(stored)?;
            let found: Result<Vec<Appointment>, StoreError> =
                rows.into_iter().map(Appointment::try_from).collect();
            let mut found = found?;
            // Here, since databases differ in how they order texts.
            found.sort_by_key(|one| (one.schedule.starts_at, one.id));
            Ok(found)
        })
        .await
    }

    async fn edit_appointment(
        &self,
        seen: &Appointment,
        edit: AppointmentEdit,
        audited: Audited,
    ) -> Result<Appointment, StoreError> {
        within(async {
            let tx = self.begin().await?;
            let row = find(&tx, seen.id).await?.ok_or(StoreError::Unknown)?;
            still(Some(&Appointment::try_from(row.clone())?), Some(seen))?;
            let event = edit.event.clone();
            let row = edited(row, edit).update(&tx).await.map_err(stored)?;
            events::put(&tx, event.into_iter().collect()).await?;
            let appointment = row.try_into()?;
            self.commit_audited(tx, audited).await?;
            Ok(appointment)
        })
        .await
    }

    async fn forget_appointments(&self, before: Timestamp, most: u64) -> Result<u64, StoreError> {
        let old = Query::select()
            .column(appointment::Column::Id)
            .from(appointment::Entity)
            .and_where(appointment::Column::StartsAt.lt(time(before)))
            .order_by(appointment::Column::StartsAt, Order::Asc)
            .limit(most.min(i64::MAX as u64))
            .to_owned();
        within(async {
            let tx = self.begin().await?;
            let delete = appointment::Entity::delete_many().filter(appointment::Column::Id.in_subquery(old));
            let gone = delete.exec(&tx).await.map_err(stored)?;
            commit(tx).await?;
            Ok(gone.rows_affected)
        })
        .await
    }

    async fn forget_appointment(&self, seen: &Appointment, audited: Audited) -> Result<(), StoreError> {
        within(async {
            let tx = self.begin().await?;
            let row = find(&tx, seen.id).await?.ok_or(StoreError::Unknown)?;
            still(Some(&Appointment::try_from(row.clone())?), Some(seen))?;
            row.delete(&tx).await.map_err(stored)?;
            self.commit_audited(tx, audited).await
        })
        .await
    }

    async fn link(&self, id: LinkId) -> Result<Option<Link>, StoreError> {
        within(links::find(&self.reading, id)).await
    }

    async fn links(&self, appointment: AppointmentId) -> Result<Vec<Link>, StoreError> {
        self.links_of(&[appointment]).await
    }

    async fn links_of(&self, appointments: &[AppointmentId]) -> Result<Vec<Link>, StoreError> {
        within(async { links::of(&self.snapshot().await?, parts(appointments)).await }).await
    }

    async fn change_links(
        &self,
        take_back: Option<(LinkId, Timestamp)>,
        add: Option<Link>,
        audited: Audited,
    ) -> Result<(), StoreError> {
        if take_back.is_none() && add.is_none() {
            // Nothing changes, so there is nothing to write about.
            return Ok(());
        }
        within(async {
            let tx = self.begin().await?;
            if let Some((id, at)) = take_back {
                let gone = links::take_back(&tx, id, at).await?;
                // One takes the place of another at the same appointment only.
                if add.as_ref().is_some_and(|link| link.appointment != gone.appointment) {
                    return Err(StoreError::Unknown);
                }
            }
            if let Some(link) = add {
                links::insert(&tx, link).await?;
            }
            self.commit_audited(tx, audited).await
        })
        .await
    }

    async fn queue_mail(&self, mail: NewMail, audited: Audited) -> Result<(), StoreError> {
        within(async {
            let tx = self.begin().await?;
            mails::queue(&tx, mail).await?;
            self.commit_audited(tx, audited).await
        })
        .await
    }

    async fn due_mails(&self, now: Timestamp, take: u64) -> Result<Vec<Mail>, StoreError> {
        within(mails::due(&self.reading, now, take)).await
    }

    async fn next_mail(&self) -> Result<Option<Timestamp>, StoreError> {
        within(mails::next(&self.reading)).await
    }

    async fn last_mails(&self, appointments: &[AppointmentId]) -> Result<Vec<Mail>, StoreError> {
        within(async { mails::last(&self.snapshot().await?, parts(appointments)).await }).await
    }

    async fn mail_is(&self, number: u64, seen: MailState, now: MailState) -> Result<bool, StoreError> {
        within(async {
            let tx = self.begin().await?;
            let moved = mails::advance(&tx, number, seen, now).await?;
            commit(tx).await?;
            Ok(moved)
        })
        .await
    }
}
