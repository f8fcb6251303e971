//! Commands about what is written in the lounge. Who one is comes from the session, never from the frame.

use super::session::{Execution, Session};
use super::upgrade::Realtime;
use crate::app::{Hearing, LoungePost, Refused, Route};
use std::sync::Arc;
use visavis_domain::ids::PersonId;
use visavis_protocol::{Code, Command, Place, Reply};

impl Realtime {
    /// Opens what one writes with somebody: hears of that one first, so that nothing between is missed. Once it is
    /// answered the session is to be released.
    pub(super) async fn open_conversation(
        &self,
        session: &Arc<Session>,
        execution: &mut Execution,
        other: PersonId,
    ) -> Result<Reply, Code> {
        let person = session.identity.person;
        let known = hears_of(execution, other);
        session.hold();
        if execution.lounge.is_some() && other != person {
            self.also_hear(session, execution, Route::Member(other)).await;
        }
        let opened = self.app.open_conversation(person, session.id, other).await;
        if opened.is_err() {
            let mut refused = Vec::new();
            if !known {
                self.hear_no_more(session, execution, &Route::Member(other)).await;
                refused.push(Route::Member(other).topic());
            }
            session.unhold(&refused);
        }
        opened.map_err(|refused| refused.code())
    }

    /// Everything else that is written, or about it.
    pub(super) async fn talk_command(
        &self,
        session: &Arc<Session>,
        execution: &mut Execution,
        command: Command,
    ) -> Result<Reply, Code> {
        let allowance = match command {
            Command::Post { .. } | Command::EditMessage { .. } | Command::DeleteMessage { .. } => {
                session.writing.check()
            }
            Command::OfferFile { .. } => session.uploads.check(),
            Command::Type { .. } => session.typing.check(),
            _ => Ok(()),
        };
        if allowance.is_err() {
            return Err(Code::RateLimited);
        }
        if matches!(command, Command::Post { .. } | Command::EditMessage { .. }) {
            self.app.count_line(session.identity).await.map_err(|refused| refused.code())?;
        }
        self.talk(session, execution, command).await.map_err(|refused| refused.code())
    }

    async fn talk(
        &self,
        session: &Arc<Session>,
        execution: &mut Execution,
        command: Command,
    ) -> Result<Reply, Refused> {
        let (app, who, page) = (&self.app, session.identity, session.id);
        let person = who.person;
        match command {
            Command::Post { place, message, text, file } => {
                let post = LoungePost { place, message, text, file };
                let posted = app.post(person, page, post).await?;
                if let Place::Conversation { person: other } = place {
                    // By writing it is open.
                    self.also_hear(session, execution, Route::Member(other)).await;
                }
                Ok(posted)
            }
            Command::EditMessage { message, text } => app.edit_message(person, page, message, &text).await,
            Command::DeleteMessage { message } => app.delete_message(who, page, message).await,
            Command::EarlierMessages { place, before } => {
                app.earlier_messages(person, page, place, before).await
            }
            Command::OfferFile { place, name, size } => app.offer_file(who, page, place, (&name, size)).await,
            Command::CloseConversation { person: other } => {
                let closed = app.close_conversation(person, page, other).await?;
                self.hear_no_more(session, execution, &Route::Member(other)).await;
                Ok(closed)
            }
            Command::MarkConversation { person: other, delivered, read } => {
                app.mark_conversation(person, page, other, (delivered, read)).await
            }
            Command::Type { person: other } => {
                if execution.lounge.is_none() {
                    return Err(Refused::NotInLounge);
                }
                if !hears_of(execution, other) {
                    return Err(Refused::PersonUnknown);
                }
                app.typing(person, other).await
            }
            Command::SetBlocked { person: other, blocked } => {
                let hearing = if blocked { Hearing::Blocked } else { Hearing::Open };
                app.set_blocked(person, page, other, hearing).await
            }
            _ => Err(Refused::Corrupt),
        }
    }
}

/// Whether this page has a conversation open with somebody: exactly then it hears of that one.
fn hears_of(execution: &Execution, other: PersonId) -> bool {
    execution.followed.contains(&Route::Member(other).topic())
}
