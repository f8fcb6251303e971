//! Rows of mail about appointments.
//!
//! Numbers are counted here, not by the databases, which do it differently; whoever writes is alone. The highest one
//! is never removed without a higher one in its place, so no number is given out twice: whoever has read a mail that
//! is replaced meanwhile does not take the other for it.

use super::cell::{damaged, number, parsed, time, timestamp, unsigned};
use super::entity::mail;
use super::failure::stored;
use crate::port::{Mail, MailKind, MailState, NewMail, StoreError};
use sea_orm::sea_query::{Expr, Func, Query};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, Order, QueryFilter, QueryOrder, QuerySelect,
};
use visavis_domain::time::Timestamp;

const INVITATION: &str = "invitation";
const CHANGE: &str = "change";
const CANCELLATION: &str = "cancellation";

const QUEUED: &str = "queued";
const SENT: &str = "sent";
const FAILED: &str = "failed";

fn kind(of: MailKind) -> &'static str {
    match of {
        MailKind::Invitation => INVITATION,
        MailKind::Change => CHANGE,
        MailKind::Cancellation => CANCELLATION,
    }
}

/// A state as its three columns hold it: its word, its moment, how often it was tried.
fn columns(state: MailState) -> (&'static str, i64, Option<i64>) {
    match state {
        MailState::Queued { due_at, tries } => (QUEUED, time(due_at), Some(tries.into())),
        MailState::Sent { at } => (SENT, time(at), None),
        MailState::Failed { at } => (FAILED, time(at), None),
    }
}

fn state(word: &str, at: i64, tries: Option<i64>) -> Result<MailState, StoreError> {
    let at = timestamp(at)?;
    match (word, tries) {
        (QUEUED, Some(tries)) => Ok(MailState::Queued { due_at: at, tries: unsigned(tries)? }),
        (SENT, None) => Ok(MailState::Sent { at }),
        (FAILED, None) => Ok(MailState::Failed { at }),
        _ => Err(damaged("a mail has an unknown state")),
    }
}

impl TryFrom<mail::Model> for Mail {
    type Error = StoreError;

    fn try_from(row: mail::Model) -> Result<Self, StoreError> {
        let kind = match &*row.kind {
            INVITATION => MailKind::Invitation,
            CHANGE => MailKind::Change,
            CANCELLATION => MailKind::Cancellation,
            _ => return Err(damaged("a mail has an unknown kind")),
        };
        Ok(Self {
            number: unsigned(row.number)?,
            appointment: parsed(&row.appointment)?,
            kind,
            sequence: unsigned(row.sequence)?,
            message: row.message,
            base: row.base,
            state: state(&row.state, row.at, row.tries)?,
        })
    }
}

fn read(rows: Vec<mail::Model>) -> Result<Vec<Mail>, StoreError> {
    rows.into_iter().map(Mail::try_from).collect()
}

/// The highest number there is.
async fn last_number(db: &impl ConnectionTrait) -> Result<i64, StoreError> {
    let last = mail::Entity::find().order_by(mail::Column::Number, Order::Desc).one(db).await;
    Ok(last.map_err(stored)?.map_or(0, |row| row.number))
}

/// Queues it in the place of one about the same appointment that still waits.
pub(super) async fn queue(db: &impl ConnectionTrait, new: NewMail) -> Result<(), StoreError> {
    let appointment = new.appointment.to_string();
    // Before anything is removed: it may be the highest.
    let number = last_number(db).await? + 1;
    let waiting = mail::Entity::delete_many()
        .filter(mail::Column::Appointment.eq(&*appointment))
        .filter(mail::Column::State.eq(QUEUED));
    waiting.exec(db).await.map_err(stored)?;
    let (state, at, tries) = columns(MailState::Queued { due_at: new.due_at, tries: 0 });
    let row = mail::Model {
        number,
        appointment,
        kind: kind(new.kind).to_owned(),
        sequence: new.sequence.into(),
        message: new.message,
        base: new.base,
        state: state.to_owned(),
        at,
        tries,
    };
    mail::Entity::insert(row.into_active_model()).exec_without_returning(db).await.map_err(stored)?;
    Ok(())
}

pub(super) async fn due(
    db: &impl ConnectionTrait,
    now: Timestamp,
    take: u64,
) -> Result<Vec<Mail>, StoreError> {
    let rows = mail::Entity::find()
        .filter(mail::Column::State.eq(QUEUED))
        .filter(mail::Column::At.lte(time(now)))
        .order_by(mail::Column::At, Order::Asc)
        .order_by(mail::Column::Number, Order::Asc)
        .limit(take.min(i64::MAX as u64))
        .all(db)
        .await
        .map_err(stored)?;
    read(rows)
}

/// When the first of those that wait is due.
pub(super) async fn next(db: &impl ConnectionTrait) -> Result<Option<Timestamp>, StoreError> {
    let waiting = mail::Entity::find().filter(mail::Column::State.eq(QUEUED));
    let first = waiting.order_by(mail::Column::At, Order::Asc).one(db).await.map_err(stored)?;
    first.map(|row| timestamp(row.at)).transpose()
}

/// The last one about each of these; a statement for each part.
pub(super) async fn last(
    db: &impl ConnectionTrait,
    appointments: Vec<Vec<String>>,
) -> Result<Vec<Mail>, StoreError> {
    let mut mails = Vec::new();
    for part in appointments {
        let mut highest = Query::select();
        highest
            .expr(Func::max(Expr::col(mail::Column::Number)))
            .from(mail::Entity)
            .and_where(mail::Column::Appointment.is_in(part))
            .group_by_col(mail::Column::Appointment);
        let find = mail::Entity::find().filter(mail::Column::Number.in_subquery(highest));
        mails.extend(read(find.all(db).await.map_err(stored)?)?);
    }
    mails.sort_by_key(|mail| mail.number);
    Ok(mails)
}

/// Whether it was as far as was seen; if so, it is as far as it is now.
pub(super) async fn advance(
    db: &impl ConnectionTrait,
    of: u64,
    seen: MailState,
    now: MailState,
) -> Result<bool, StoreError> {
    let (state, at, tries) = columns(seen);
    let as_often = match tries {
        Some(tries) => mail::Column::Tries.eq(tries),
        None => mail::Column::Tries.is_null(),
    };
    let update = mail::Entity::update_many()
        .filter(mail::Column::Number.eq(number(of)))
        .filter(mail::Column::State.eq(state))
        .filter(mail::Column::At.eq(at))
        .filter(as_often);
    let (state, at, tries) = columns(now);
    let moved = update
        .col_expr(mail::Column::State, Expr::value(state))
        .col_expr(mail::Column::At, Expr::value(at))
        .col_expr(mail::Column::Tries, Expr::value(tries))
        .exec(db)
        .await
        .map_err(stored)?;
    Ok(moved.rows_affected > 0)
}
