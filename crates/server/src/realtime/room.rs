//! Commands of those who decide about a room, and of those before its door.

use super::command::open_room;
use super::session::{Execution, Session};
use super::upgrade::Realtime;
use crate::app::{KnockRequest, Refused};
use std::sync::Arc;
use visavis_domain::name::RoomName;
use visavis_domain::room;
use visavis_protocol::{Code, Command, Reply};

impl Realtime {
    /// What the host decides; hands and reactions of everybody, which are told to everybody each time.
    pub(super) async fn order(
        &self,
        session: &Session,
        room: &RoomName,
        command: Command,
    ) -> Result<Reply, Refused> {
        let (app, page) = (&self.app, session.id);
        let order = match command {
            Command::SetHand { .. } | Command::React { .. } if session.moving.check().is_err() => {
                return Err(Refused::TooOften);
            }
            Command::React { reaction } => return app.react(room, page, reaction).await,
            Command::SetRoom { settings } => return app.set_room(room, page, settings).await,
            Command::SetPassword { password } => {
                return app.set_password(room, session.identity, page, password).await;
            }
            Command::SetHand { raised } => room::Command::SetHand { session: page, raised },
            Command::LowerHand { participant } => room::Command::LowerHand { session: page, participant },
            Command::AdmitKnocks { knocks } => {
                room::Command::AnswerKnocks { session: page, knocks, admit: true }
            }
            Command::RefuseKnocks { knocks } => {
                room::Command::AnswerKnocks { session: page, knocks, admit: false }
            }
            Command::Mute { participant } => room::Command::Mute { session: page, participant },
            Command::Remove { participant } => room::Command::Remove { session: page, participant },
            Command::MakeHost { participant } => room::Command::MakeHost { session: page, participant },
            Command::EndRoom => room::Command::EndRoom { session: page },
            _ => return Err(Refused::Corrupt),
        };
        app.order(room, order).await
    }

    /// Asks to be let in. The answer to the command goes out ahead of what comes of the knock.
    pub(super) async fn knock(
        &self,
        session: &Arc<Session>,
        execution: &mut Execution,
        room: &str,
        request: KnockRequest,
    ) -> Result<Reply, Code> {
        let room = open_room(room)?;
        if session.moving.check().is_err() {
            return Err(Code::RateLimited);
        }
        if execution.knocking.as_ref().is_some_and(|before| *before != room) {
            self.stop_knocking(session, execution).await?;
        }
        execution.knocking = Some(room.clone());
        self.write_down(session, execution, None).await.map_err(|refused| refused.code())?;
        session.hold();
        self.app.knock(&room, request).await.map_err(|refused| {
            session.unhold(&[]);
            refused.code()
        })
    }

    /// Asks no longer, wherever it did.
    pub(super) async fn stop_knocking(
        &self,
        session: &Session,
        execution: &mut Execution,
    ) -> Result<Reply, Code> {
        if let Some(room) = &execution.knocking {
            self.app.stop_knocking(room, session.id).await.map_err(|refused| refused.code())?;
            execution.knocking = None;
        }
        Ok(Reply::Done)
    }
}
