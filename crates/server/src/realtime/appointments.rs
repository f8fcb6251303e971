//! Commands about appointments: of who came over a link, and of the staff. Who one is comes from the session, never
//! from the frame. The answer goes out before the events that follow from it.

use super::session::{Execution, Session};
use super::upgrade::Realtime;
use crate::app::Refused;
use std::sync::Arc;
use visavis_domain::appointment::LinkClaims;
use visavis_protocol::{Code, Command, Reply};

impl Realtime {
    /// One of these commands. Once it is answered the session is to be released.
    pub(super) async fn about_appointment(
        &self,
        session: &Arc<Session>,
        execution: &mut Execution,
        command: Command,
    ) -> Result<Reply, Code> {
        session.hold();
        let outcome = self.appointment_command(session, execution, command).await;
        if outcome.is_err() {
            session.unhold(&[]);
        }
        outcome.map_err(|refused| refused.code())
    }

    async fn appointment_command(
        &self,
        session: &Arc<Session>,
        execution: &mut Execution,
        command: Command,
    ) -> Result<Reply, Refused> {
        let who = session.identity;
        let link = who.link.ok_or(Refused::Forbidden);
        let staff = who.sign_in.map(|_| who.person).ok_or(Refused::Forbidden);
        match command {
            Command::OpenWaitingRoom => self.waiting_room(session, execution, link?).await,
            Command::BeReady => self.app.be_ready(link?).await,
            Command::LeaveWaitingRoom => {
                link?;
                self.app.leave_waiting_room(who.person).await
            }
            Command::Admit { appointment } => self.app.admit(staff?, appointment).await,
            Command::Hold { appointment } => self.app.hold(staff?, appointment).await,
            Command::OpenWaitingChat { appointment } => self.app.open_waiting_chat(who, appointment).await,
            Command::SayWaiting { appointment, message, text } => {
                self.app.say_waiting(who, appointment, message, &text).await
            }
            _ => Err(Refused::Corrupt),
        }
    }

    /// Hears of it first, so that nothing between is missed.
    async fn waiting_room(
        &self,
        session: &Arc<Session>,
        execution: &mut Execution,
        link: LinkClaims,
    ) -> Result<Reply, Refused> {
        let topics = self.app.waiting_room_topics(link).await?;
        self.become_page(session, execution).await?;
        self.hear(session, execution, topics).await;
        self.app.open_waiting_room(link, session.id).await
    }
}
