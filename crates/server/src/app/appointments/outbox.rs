//! Mail about appointments: asked for by staff, written when it goes, tried again while it may help.
//!
//! Of several instances one sends: whoever puts a mail's next try off first has it for that long. One that dies
//! meanwhile leaves it to the next try, so that a mail may come twice rather than never; both copies have the same
//! id.

use super::Appointments;
use super::letter::{self, Addressee, Facts, Sending};
use super::post::{Letter, Mailing, NotSent};
use super::views::mail_kind;
use crate::app::accounts::{Denied, Invalid, Unfit, Unknown};
use serde_json::json;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use visavis_domain::appointment::LinkKind;
use visavis_domain::ids::{AppointmentId, PersonId};
use visavis_domain::time::Timestamp;
use visavis_protocol::{MailPreview, MailRequest};
use visavis_store::{Account, Action, Appointment, Mail, MailKind, MailState, NewMail, StoreError};

/// The longest word to the client, characters.
const MAX_MESSAGE_CHARS: usize = 1_000;
/// Mails per round; the next round follows at once.
const BATCH: u64 = 16;
/// For how long whoever sends a mail has it. Longer leaves it lying after a crash; shorter than a letter may take
/// (`smtp.timeout_s`, at most 120) lets a second instance send it too.
const HELD: Duration = Duration::from_secs(5 * 60);
/// How often the queue is looked at though nothing is known to be due: others queue too.
const LOOK_EVERY: Duration = Duration::from_secs(15);
/// After a failure of the store, and between two looks at something that is due and not ours.
const RETRY: Duration = Duration::from_secs(1);
/// For how long it is tried to write down that a mail went, while the database is away: as long as nobody else takes it
/// up. After that the next try sends it once more.
const WRITE_DOWN: Duration = Duration::from_secs(2 * 60);
/// Waits between tries: doubled from the first on, and never more than the last.
const FIRST_WAIT: Duration = Duration::from_secs(60);
const LONGEST_WAIT: Duration = Duration::from_secs(60 * 60);
/// All waits together; after that nobody expects the mail any more.
const GIVE_UP_AFTER: Duration = Duration::from_secs(24 * 60 * 60);

/// How long to wait after the `tries`th failure; none to give up.
fn wait_after(tries: u32) -> Option<Duration> {
    let wait = |tries: u32| FIRST_WAIT.saturating_mul(2_u32.saturating_pow(tries - 1)).min(LONGEST_WAIT);
    let mut waited = Duration::ZERO;
    for earlier in 1..=tries {
        waited = waited.saturating_add(wait(earlier));
        if waited > GIVE_UP_AFTER {
            return None;
        }
    }
    Some(if tries == 0 { FIRST_WAIT } else { wait(tries) })
}

/// What becomes of a mail after its `tries`th try.
fn after(outcome: Result<(), NotSent>, tries: u32, now: Timestamp) -> MailState {
    match (outcome, wait_after(tries)) {
        (Ok(()), _) => MailState::Sent { at: now },
        (Err(NotSent::Later), Some(wait)) => MailState::Queued { due_at: now.plus(wait), tries },
        (Err(NotSent::Later), None) | (Err(NotSent::Never), _) => MailState::Failed { at: now },
    }
}

/// What an appointment and its mail come to.
struct Draft {
    kind: MailKind,
    letter: Letter,
}

impl Appointments {
    /// What a mail would say now.
    pub(crate) async fn preview_mail(
        &self,
        person: PersonId,
        id: AppointmentId,
        base: &str,
        request: &MailRequest,
    ) -> Result<MailPreview, Denied> {
        let (_, draft) = self.drafted(person, id, base, request).await?;
        let Letter { to, subject, text, .. } = draft.letter;
        Ok(MailPreview { kind: mail_kind(draft.kind), to: to.email, subject, text })
    }

    /// Queues a mail to the client.
    pub(crate) async fn queue_mail(
        &self,
        person: PersonId,
        id: AppointmentId,
        base: &str,
        request: &MailRequest,
    ) -> Result<(), Denied> {
        let (appointment, draft) = self.drafted(person, id, base, request).await?;
        let now = self.now();
        let mail = NewMail {
            appointment: id,
            kind: draft.kind,
            sequence: appointment.sequence,
            message: request.message.trim().to_owned(),
            base: base.to_owned(),
            due_at: now,
        };
        let detail = json!({ "kind": mail_kind(draft.kind) });
        let audited = self.audited(Some(person), Action::MailQueued, id, detail);
        let unknown = Denied::Unknown(Unknown::Appointment);
        self.store().queue_mail(mail, audited).await.map_err(Denied::missing(unknown))?;
        self.tell_changed(&appointment).await;
        self.queued.notify_one();
        Ok(())
    }

    async fn drafted(
        &self,
        person: PersonId,
        id: AppointmentId,
        base: &str,
        request: &MailRequest,
    ) -> Result<(Appointment, Draft), Denied> {
        let message = message(&request.message)?;
        let appointment = self.visible(person, id).await?;
        let mailing = self.around.mail.as_ref().ok_or(Denied::Unfit(Unfit::Mail))?;
        let last = self.store().last_mails(&[id]).await?.pop();
        let kind = letter::kind(&appointment, last.as_ref(), self.now());
        let kind = kind.ok_or(Denied::Unfit(Unfit::Mail))?;
        let mail_id = format!("{id}.preview");
        let written = self.written(mailing, &appointment, (kind, base, message, &mail_id)).await?;
        let letter = written.ok_or(Denied::Unfit(Unfit::Mail))?;
        Ok((appointment, Draft { kind, letter }))
    }

    /// The letter about how the appointment is now; none without an address, or a link where one is needed.
    async fn written(
        &self,
        mailing: &Mailing,
        appointment: &Appointment,
        (kind, base, message, mail_id): (MailKind, &str, &str, &str),
    ) -> Result<Option<Letter>, Denied> {
        let Some(email) = &appointment.email else { return Ok(None) };
        let professional = self.professional(appointment.professional).await?;
        let link = self.clients_link(appointment, base).await?;
        let facts = self.facts(appointment, &professional, base);
        let to = Addressee { email: email.as_str(), link: link.as_deref() };
        let sending = Sending { sender: mailing.post.sender(), replies: mailing.replies, id: mail_id };
        Ok(letter::write(kind, &facts, &to, message, &sending))
    }

    /// What letters and calendar files tell of.
    pub(super) fn facts<'a>(
        &self,
        appointment: &'a Appointment,
        professional: &'a Account,
        base: &'a str,
    ) -> Facts<'a> {
        Facts { appointment, professional, margins: self.margins(), base, now: self.now() }
    }

    /// The address of the client's link, if there is one that holds.
    async fn clients_link(&self, appointment: &Appointment, base: &str) -> Result<Option<String>, Denied> {
        let links = self.store().links(appointment.id).await?;
        let holding = links.iter().find(|link| link.kind == LinkKind::Client && link.revoked_at.is_none());
        Ok(holding.map(|link| self.url(base, appointment, link)))
    }

    /// Sends what is due. A mail that cannot be dealt with keeps no other waiting.
    pub(crate) async fn send_due(&self, stopping: &CancellationToken) -> Result<(), Denied> {
        let Some(mailing) = &self.around.mail else { return Ok(()) };
        let mut outcome = Ok(());
        for mail in self.store().due_mails(self.now(), BATCH).await? {
            if stopping.is_cancelled() {
                break;
            }
            if let Err(denied) = self.send_one(mailing, &mail).await {
                tracing::error!(mail = mail.number, error = %denied, "a mail could not be dealt with");
                outcome = Err(denied);
            }
        }
        outcome
    }

    async fn send_one(&self, mailing: &Mailing, mail: &Mail) -> Result<(), Denied> {
        let MailState::Queued { tries, .. } = mail.state else { return Ok(()) };
        let tries = tries.saturating_add(1);
        let ours = MailState::Queued { due_at: self.now().plus(HELD), tries };
        if !self.store().mail_is(mail.number, mail.state, ours).await? {
            return Ok(());
        }
        let Some(appointment) = self.store().appointment(mail.appointment).await? else { return Ok(()) };
        let outcome = match self.letter_now(mailing, &appointment, mail).await? {
            Some(letter) => mailing.post.send(&letter).await,
            None => Err(NotSent::Never),
        };
        let state = after(outcome, tries, self.now());
        // If another one took its place meanwhile, that one tells how it is now.
        if self.write_down(mail.number, ours, state).await? {
            self.tell_changed(&appointment).await;
        }
        Ok(())
    }

    /// How far a mail is that has been sent; false if it is another one's by now.
    async fn write_down(&self, number: u64, ours: MailState, state: MailState) -> Result<bool, Denied> {
        let since = Instant::now();
        let mut unanswered = false;
        loop {
            match self.store().mail_is(number, ours, state).await {
                // It may have been written by the try that had no answer.
                Ok(written) => return Ok(written || unanswered),
                Err(StoreError::Unavailable(_)) if since.elapsed() < WRITE_DOWN => unanswered = true,
                Err(error) => return Err(error.into()),
            }
            tokio::time::sleep(RETRY).await;
        }
    }

    /// What a queued mail says as things are now; none when there is nothing to say, or nobody to say it to.
    async fn letter_now(
        &self,
        mailing: &Mailing,
        appointment: &Appointment,
        mail: &Mail,
    ) -> Result<Option<Letter>, Denied> {
        let Some(kind) = letter::kind(appointment, Some(mail), self.now()) else { return Ok(None) };
        let id = format!("{}.{}.{}", appointment.id, mail.number, appointment.sequence);
        self.written(mailing, appointment, (kind, &mail.base, &mail.message, &id)).await
    }

    /// How long until something can be due.
    async fn until_next(&self) -> Duration {
        match self.store().next_mail().await {
            Ok(Some(at)) => at.since(self.now()).clamp(RETRY, LOOK_EVERY),
            Ok(None) => LOOK_EVERY,
            Err(error) => {
                tracing::warn!(%error, "the queue of mails cannot be read");
                LOOK_EVERY
            }
        }
    }
}

/// Sends mails until cancelled; one that is under way is finished.
pub(crate) async fn drive_mail(appointments: Arc<Appointments>, stopping: CancellationToken) {
    if appointments.around.mail.is_none() {
        return;
    }
    while !stopping.is_cancelled() {
        if let Err(denied) = appointments.send_due(&stopping).await {
            tracing::warn!(error = %denied, "not all mails that are due could be dealt with");
        }
        let wait = appointments.until_next().await;
        tokio::select! {
            () = appointments.queued.notified() => {}
            () = tokio::time::sleep(wait) => {}
            () = stopping.cancelled() => {}
        }
    }
}

/// A word of several lines, if it is one.
fn message(typed: &str) -> Result<&str, Denied> {
    let odd = |c: char| c.is_control() && !matches!(c, '\n' | '\r' | '\t');
    let fits = typed.chars().count() <= MAX_MESSAGE_CHARS && !typed.chars().any(odd);
    if fits { Ok(typed.trim()) } else { Err(Denied::Invalid(Invalid::Text)) }
}

#[cfg(test)]
mod tests;
