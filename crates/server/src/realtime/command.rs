//! Carries out one command of one session and answers it.

use super::session::{Execution, Session};
use super::upgrade::Realtime;
use crate::app::{self, JoinCall, JoinRequest, Route};
use std::sync::Arc;
use visavis_domain::name::RoomName;
use visavis_domain::room::Devices;
use visavis_live::TopicName;
use visavis_protocol::{Code, Command, Reply, ServerFrame};

impl Realtime {
    /// Runs the command and puts its reply or rejection into the session's outbox.
    pub(super) async fn execute(
        &self,
        session: &Arc<Session>,
        execution: &mut Execution,
        id: u32,
        command: Command,
    ) {
        execution.executed = id;
        let outcome = match command {
            Command::Leave => self.leave(session, execution).await,
            Command::Look { room } => self.look(&room).await,
            Command::IceServers => Ok(Reply::IceServers { ice_servers: self.ice_servers(session) }),
            Command::MediaOffer { .. } if session.offers.check().is_err() => Err(Code::RateLimited),
            Command::Snapshot
            | Command::SetMedia { .. }
            | Command::RenewMedia
            | Command::Signal { .. }
            | Command::MediaOffer { .. }
            | Command::View { .. }
            | Command::MediaClose
            | Command::SetRoom { .. }
            | Command::Say { .. } => self.room_command(session, execution.room.as_ref(), command).await,
            Command::Join { .. }
            | Command::JoinCall { .. }
            | Command::WatchDesk { .. }
            | Command::OpenConsole
            | Command::OpenWaitingRoom
            | Command::BeReady
            | Command::LeaveWaitingRoom
            | Command::Admit { .. }
            | Command::Hold { .. }
            | Command::OpenWaitingChat { .. }
            | Command::SayWaiting { .. }
            | Command::OpenLounge
            | Command::EnterLounge { .. }
            | Command::Jump { .. }
            | Command::OpenConversation { .. } => {
                match self.answer_first(session, execution, command).await {
                    Ok(reply) => {
                        return session.release(super::socket::encode(&ServerFrame::Reply { id, reply }));
                    }
                    Err(code) => Err(code),
                }
            }
            Command::UnwatchDesk
            | Command::CallDesk { .. }
            | Command::QueueUp { .. }
            | Command::LeaveQueue
            | Command::CancelRing { .. }
            | Command::AcceptRing { .. }
            | Command::DeclineRing { .. }
            | Command::SetAvailability { .. }
            | Command::RingColleague { .. }
            | Command::RateCall { .. } => self.desk_command(session, execution, command).await,
            Command::LeaveLounge
            | Command::SetStatus { .. }
            | Command::SetIdle { .. }
            | Command::RingMember { .. }
            | Command::RemoveMember { .. } => self.lounge_command(session, execution, command).await,
            Command::Post { .. }
            | Command::EditMessage { .. }
            | Command::DeleteMessage { .. }
            | Command::EarlierMessages { .. }
            | Command::OfferFile { .. }
            | Command::CloseConversation { .. }
            | Command::MarkConversation { .. }
            | Command::Type { .. }
            | Command::SetBlocked { .. } => self.talk_command(session, execution, command).await,
        };
        session.push(super::socket::encode(&match outcome {
            Ok(reply) => ServerFrame::Reply { id, reply },
            Err(code) => ServerFrame::Rejection { id, code },
        }));
    }

    /// Those whose answer goes out ahead of the events that follow from them: the session holds them back until it is
    /// released.
    async fn answer_first(
        &self,
        session: &Arc<Session>,
        execution: &mut Execution,
        command: Command,
    ) -> Result<Reply, Code> {
        match command {
            Command::Join { room, name, microphone, camera, continuation, media } => {
                let devices = Devices { microphone, camera };
                let who = session.identity;
                let request = JoinRequest { who, session: session.id, name, devices, continuation, media };
                self.join(session, execution, &room, request).await
            }
            Command::JoinCall { ring, microphone, camera, continuation, media } => {
                let devices = Devices { microphone, camera };
                let person = session.identity.person;
                let request = JoinCall { ring, person, session: session.id, devices, continuation, media };
                self.join_call(session, execution, request).await
            }
            Command::WatchDesk { .. } | Command::OpenConsole => {
                self.follow(session, execution, command).await
            }
            Command::OpenLounge | Command::EnterLounge { .. } | Command::Jump { .. } => {
                self.go_into_lounge(session, execution, command).await
            }
            Command::OpenConversation { person } => self.open_conversation(session, execution, person).await,
            _ => self.about_appointment(session, execution, command).await,
        }
    }

    /// In the room that the session is in.
    async fn room_command(
        &self,
        session: &Session,
        room: Option<&RoomName>,
        command: Command,
    ) -> Result<Reply, Code> {
        let room = room.ok_or(Code::NotInRoom)?;
        let (app, page) = (&self.app, session.id);
        let outcome = match command {
            Command::Snapshot => app.snapshot(room, page).await,
            Command::SetMedia { microphone, camera } => {
                app.set_devices(room, page, Devices { microphone, camera }).await
            }
            Command::RenewMedia => app.renew_media(room, page).await,
            Command::Signal { to, generation, signal } => {
                app.signal(room, page, to, generation, signal).await
            }
            Command::MediaOffer { fresh, sdp, tracks } => {
                app.offer_media(room, page, fresh, sdp, tracks).await
            }
            Command::View { videos } => app.view(room, page, videos).await,
            Command::MediaClose => app.close_media(room, page).await,
            Command::SetRoom { settings } => app.set_room(room, page, settings).await,
            Command::Say { message, text } => app.say(room, page, message, text).await,
            _ => Err(app::Refused::Corrupt),
        };
        outcome.map_err(|refused| refused.code())
    }

    async fn look(&self, room: &str) -> Result<Reply, Code> {
        let room = open_room(room)?;
        self.app.look(&room).await.map_err(|refused| refused.code())
    }

    async fn join(
        &self,
        session: &Arc<Session>,
        execution: &mut Execution,
        room: &str,
        request: JoinRequest,
    ) -> Result<Reply, Code> {
        let room = open_room(room)?;
        self.go_in(session, execution, room.clone(), || {
            self.app.join(&room, request, self.ice_servers(session))
        })
        .await
    }

    async fn join_call(
        &self,
        session: &Arc<Session>,
        execution: &mut Execution,
        request: JoinCall,
    ) -> Result<Reply, Code> {
        let room = app::call_room(request.ring);
        self.go_in(session, execution, room, || self.app.join_call(request, self.ice_servers(session))).await
    }

    /// Hears of the room first, so that nothing between is missed: events are collected, and follow the answer.
    async fn go_in<F>(
        &self,
        session: &Arc<Session>,
        execution: &mut Execution,
        room: RoomName,
        join: impl FnOnce() -> F,
    ) -> Result<Reply, Code>
    where
        F: Future<Output = Result<Reply, app::Refused>>,
    {
        if let Some(current) = &execution.room {
            // The seat may have been lost meanwhile; then the session is free to sit down again.
            if self.app.snapshot(current, session.id).await.is_ok() {
                return Err(Code::AlreadyInRoom);
            }
            self.hub.unsubscribe(session, &room_topics(session, current)).await;
            execution.room = None;
        }
        session.hold();
        self.hub.subscribe(session, &room_topics(session, &room)).await;
        match join().await {
            Ok(reply) => {
                execution.room = Some(room);
                Ok(reply)
            }
            Err(refused) => {
                self.hub.unsubscribe(session, &room_topics(session, &room)).await;
                session.unhold();
                Err(refused.code())
            }
        }
    }

    async fn leave(&self, session: &Arc<Session>, execution: &mut Execution) -> Result<Reply, Code> {
        if let Some(room) = &execution.room {
            self.app.leave(room, session.id).await.map_err(|refused| refused.code())?;
            self.hub.unsubscribe(session, &room_topics(session, room)).await;
            execution.room = None;
        }
        Ok(Reply::Done)
    }
}

/// What a session in a room hears: what happens there, and what is meant for it alone.
pub(super) fn room_topics(session: &Session, room: &RoomName) -> [TopicName; 2] {
    [Route::Room(room).topic(), Route::Session(session.id).topic()]
}

/// A room that is open to whoever knows its name. Those of calls are not.
fn open_room(typed: &str) -> Result<RoomName, Code> {
    let room = RoomName::parse(typed).map_err(|_| Code::RoomNameInvalid)?;
    if app::ring_of(&room).is_some() { Err(Code::Forbidden) } else { Ok(room) }
}
