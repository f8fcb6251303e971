//! What is written between who waits for an appointment and the staff. It is forgotten some time after nobody can
//! come to the appointment any more; the call itself has a chat of its own.

use super::documents::{self, Route};
use super::rooms::ATTEMPTS;
use super::visits::staff_routes;
use super::{App, Identity, Refused};
use std::time::Duration;
use visavis_domain::chat::{self, Chat};
use visavis_domain::ids::{AppointmentId, MessageId, PersonId};
use visavis_domain::name::PersonName;
use visavis_domain::time::Timestamp;
use visavis_live::{Commit, Key, LiveError, Version, Write};
use visavis_protocol::{Event, Reply, ServerFrame, Topic, WaitingChat, WaitingMessage};
use visavis_store::Appointment;

/// For how long what was written is kept after the window has closed: for a call that takes longer than planned.
/// More keeps what people wrote for longer than they need it.
const KEPT_FOR: Duration = Duration::from_secs(60 * 60);

/// How soon to look again at one that could not be forgotten: the database is away.
const LOOK_AGAIN: Duration = Duration::from_secs(60);

/// A chat as it lies in live state.
struct Lying {
    chat: Chat<PersonId>,
    version: Version,
    exists: bool,
}

impl App {
    /// What was written around an appointment, for the staff and for who came over a link to it.
    pub(crate) async fn open_waiting_chat(&self, who: Identity, id: AppointmentId) -> Result<Reply, Refused> {
        match who.link.filter(|link| link.appointment == id) {
            Some(link) => self.guest_of(link).await?.may_look(self.visit(id).await?.as_ref())?,
            None => drop(self.colleague(who, id).await?),
        }
        Ok(Reply::WaitingChat { chat: self.waiting_chat(id).await? })
    }

    /// Writes. The same message again changes nothing.
    pub(crate) async fn say_waiting(
        &self,
        who: Identity,
        id: AppointmentId,
        message: MessageId,
        text: &str,
    ) -> Result<Reply, Refused> {
        let (appointment, name) = match who.link.filter(|link| link.appointment == id) {
            Some(link) => {
                let guest = self.guest_of(link).await?;
                guest.may_come_in(self.visit(id).await?.as_ref())?;
                let name = guest.party().name;
                (guest.appointment, name)
            }
            None => {
                let (appointment, name) = self.colleague(who, id).await?;
                self.may_go_on(&appointment, self.visit(id).await?.as_ref())?;
                (appointment, name)
            }
        };
        for _ in 0..ATTEMPTS {
            let Lying { chat, version, .. } = self.lying(id).await?;
            let Some(event) = chat.say(self.now(), message, who.person, &name, text.into())? else {
                return Ok(Reply::Done);
            };
            let chat = chat.apply(&event);
            let chat::Event::Said { message } = event;
            let events = said(&appointment, &chat, &message)?;
            let body = Some(documents::encode(&chat)?);
            // Somebody may write after the window, when a call takes longer.
            let deadline = Some(self.forgotten_at(&appointment).max(self.now().plus(KEPT_FOR)));
            let write = Write { key: Key::waiting_chat(id), expected: version, body, deadline, lease: None };
            match self.live.commit(Commit { reads: Vec::new(), writes: vec![write], events }).await {
                Ok(_) => return Ok(Reply::Done),
                Err(LiveError::Conflict) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(LiveError::Conflict.into())
    }

    /// What has been written so far.
    pub(super) async fn waiting_chat(&self, id: AppointmentId) -> Result<WaitingChat, Refused> {
        let chat = self.lying(id).await?.chat;
        Ok(WaitingChat { messages: chat.messages().iter().map(line).collect(), version: chat.version() })
    }

    /// Its time may have come. Whoever finds that looks at it, and nobody else for a while. Says whether it is there.
    pub(super) async fn waiting_chat_due(&self, id: AppointmentId) -> Result<bool, Refused> {
        let Lying { chat, version: expected, exists } = self.lying(id).await?;
        if !exists {
            return Ok(false);
        }
        let (body, deadline) = (Some(documents::encode(&chat)?), Some(self.now().plus(LOOK_AGAIN)));
        let write = Write { key: Key::waiting_chat(id), expected, body, deadline, lease: None };
        match self.live.commit(Commit { writes: vec![write], ..Commit::default() }).await {
            Ok(_) => Ok(true),
            // Somebody else looks at it, or has written.
            Err(LiveError::Conflict) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    /// Forgets it, unless the appointment was put off meanwhile.
    pub(super) async fn forget_waiting_chat(&self, id: AppointmentId) -> Result<(), Refused> {
        let Lying { chat, version: expected, exists } = self.lying(id).await?;
        if !exists {
            return Ok(());
        }
        let until = self.store.appointment(id).await?.map(|appointment| self.forgotten_at(&appointment));
        let later = until.filter(|until| *until > self.now());
        let body = later.map(|_| documents::encode(&chat)).transpose()?;
        let write = Write { key: Key::waiting_chat(id), expected, body, deadline: later, lease: None };
        match self.live.commit(Commit { writes: vec![write], ..Commit::default() }).await {
            // Whoever was faster has written a message, and with it when to look again.
            Ok(_) | Err(LiveError::Conflict) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    fn forgotten_at(&self, appointment: &Appointment) -> Timestamp {
        appointment.schedule.window(self.margins).closes_at.plus(KEPT_FOR)
    }

    async fn lying(&self, id: AppointmentId) -> Result<Lying, Refused> {
        let documents = self.live.load(&[Key::waiting_chat(id)]).await?;
        let document = documents.first().ok_or(Refused::Corrupt)?;
        let chat = documents::decode(document.body.as_ref())?;
        let exists = chat.is_some();
        Ok(Lying { chat: chat.unwrap_or_default(), version: document.version, exists })
    }

    /// Somebody of the staff who may see it, and as they are called.
    async fn colleague(
        &self,
        who: Identity,
        id: AppointmentId,
    ) -> Result<(Appointment, PersonName), Refused> {
        if who.sign_in.is_none() {
            return Err(Refused::AppointmentUnknown);
        }
        let appointment = self.staffed(who.person, id).await?;
        let account = self.store.account(who.person).await?.ok_or(Refused::Forbidden)?;
        Ok((appointment, account.name))
    }
}

/// For everybody who came for the appointment, and the staff.
fn said(
    appointment: &Appointment,
    chat: &Chat<PersonId>,
    message: &chat::Message<PersonId>,
) -> Result<Vec<(visavis_live::TopicName, bytes::Bytes)>, Refused> {
    let event = Event::WaitingMessageSaid {
        appointment: appointment.id,
        message: line(message),
        chat_version: chat.version(),
    };
    let frame = ServerFrame::Event { topic: Topic::Appointments, version: None, event };
    let frame = documents::encode(&frame)?;
    let routes = staff_routes(appointment.professional, appointment.desk);
    let everybody = routes.chain([Route::Appointment(appointment.id)]);
    Ok(everybody.map(|route| (route.topic(), frame.clone())).collect())
}

fn line(message: &chat::Message<PersonId>) -> WaitingMessage {
    WaitingMessage {
        id: message.id,
        from: message.from,
        name: message.name.shown().to_owned(),
        text: message.text.clone(),
        at: message.at,
    }
}
