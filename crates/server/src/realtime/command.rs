//! Carries out one command of one session and answers it.

use super::session::{Execution, Session};
use super::upgrade::Realtime;
use crate::app::{self, AboutFile, Grant, Holding, JoinCall, JoinRequest, KnockRequest, Route};
use std::sync::Arc;
use visavis_domain::name::RoomName;
use visavis_domain::room::{Devices, Screen};
use visavis_live::TopicName;
use visavis_protocol::{CloseCode, Code, Command, Reply, ServerFrame};

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
        let command = match granted(session.grant.as_ref(), command) {
            Ok(command) => command,
            Err(code) => return session.push(super::socket::encode(&ServerFrame::Rejection { id, code })),
        };
        let outcome = match command {
            Command::Leave => self.leave(session, execution).await,
            Command::Look { room } => self.look(session, &room).await,
            Command::StopKnocking => self.stop_knocking(session, execution).await,
            Command::IceServers => Ok(Reply::IceServers { ice_servers: self.ice_servers(session) }),
            Command::MediaOffer { .. } if session.offers.check().is_err() => Err(Code::RateLimited),
            Command::Snapshot
            | Command::SetMedia { .. }
            | Command::RenewMedia
            | Command::Signal { .. }
            | Command::SignalFile { .. }
            | Command::MediaOffer { .. }
            | Command::View { .. }
            | Command::MediaClose
            | Command::SetRoom { .. }
            | Command::SetPassword { .. }
            | Command::AdmitKnocks { .. }
            | Command::RefuseKnocks { .. }
            | Command::Mute { .. }
            | Command::Remove { .. }
            | Command::MakeHost { .. }
            | Command::EndRoom
            | Command::SetHand { .. }
            | Command::LowerHand { .. }
            | Command::React { .. }
            | Command::Say { .. } => self.room_command(session, execution.room.as_ref(), command).await,
            Command::Join { .. }
            | Command::Knock { .. }
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
            Command::Join { room, name, microphone, camera, password, continuation, media } => {
                let devices = Devices { microphone, camera, screen: Screen::Off };
                let (who, page) = (session.identity, session.id);
                let request =
                    JoinRequest { who, session: page, name, password, devices, continuation, media };
                self.join(session, execution, &room, request).await
            }
            Command::Knock { room, name, password } => {
                let request = KnockRequest { who: session.identity, session: session.id, name, password };
                self.knock(session, execution, &room, request).await
            }
            Command::JoinCall { ring, microphone, camera, continuation, media } => {
                let devices = Devices { microphone, camera, screen: Screen::Off };
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
            Command::SetMedia { microphone, camera, screen } => {
                app.set_devices(room, page, Devices { microphone, camera, screen }).await
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
            Command::SignalFile { to, file, attempt, signal } => {
                app.signal_file(room, page, to, AboutFile { file, attempt, signal }).await
            }
            Command::Say { message, text, file } => app.say(room, page, message, &text, file).await,
            _ => self.order(session, room, command).await,
        };
        outcome.map_err(|refused| refused.code())
    }

    async fn look(&self, session: &Session, room: &str) -> Result<Reply, Code> {
        let room = open_room(room)?;
        self.app.look(&room, session.identity, session.id).await.map_err(|refused| refused.code())
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

    /// Hears of the room first, so that nothing between is missed: events are collected, and follow the answer. Whoever
    /// is refused gets none of them.
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
        self.leave_what_is_left(session, execution, &room).await?;
        self.write_down(session, execution, Some(&room)).await.map_err(|refused| refused.code())?;
        session.hold();
        let topics = [room_topic(&room)];
        self.hub.subscribe(session, &topics).await;
        match join().await {
            Ok(reply) => {
                execution.unsure = None;
                execution.room = Some(room);
                // Wherever it knocked: it is in now.
                if self.stop_knocking(session, execution).await.is_err() {
                    tracing::debug!("a knock of somebody who is in elsewhere stays until they go");
                }
                Ok(reply)
            }
            Err(refused) => {
                self.hub.unsubscribe(session, &topics).await;
                session.unhold(&topics);
                execution.unsure = matches!(refused, app::Refused::Live(_)).then_some(room);
                Err(refused.code())
            }
        }
    }

    /// Refuses while the session has a seat. One that was lost meanwhile leaves it free to sit down again; one that it
    /// may have taken without hearing of it is left, unless it is that of the call that it comes into: who leaves a
    /// call hangs up, and its seat is known.
    async fn leave_what_is_left(
        &self,
        session: &Arc<Session>,
        execution: &mut Execution,
        room: &RoomName,
    ) -> Result<(), Code> {
        if let Some(current) = &execution.room {
            match self.app.snapshot(current, session.id).await {
                Ok(_) => return Err(Code::AlreadyInRoom),
                Err(refused @ app::Refused::Live(_)) => return Err(refused.code()),
                Err(_) => {}
            }
            self.hub.unsubscribe(session, &[room_topic(current)]).await;
            execution.room = None;
        }
        if let Some(unsure) = &execution.unsure
            && (unsure != room || app::ring_of(unsure).is_none())
        {
            self.app.leave(unsure, session.id).await.map_err(|refused| refused.code())?;
            execution.unsure = None;
        }
        Ok(())
    }

    /// Says what the session is about to hold: perhaps a seat in this room, perhaps a page of its person's. Others find
    /// it if this instance dies; and from the first time on the session hears what is meant for it alone.
    pub(super) async fn write_down(
        &self,
        session: &Arc<Session>,
        execution: &mut Execution,
        room: Option<&RoomName>,
    ) -> Result<(), app::Refused> {
        if !execution.written.may_be_there() {
            self.hub.subscribe(session, &[Route::Session(session.id).topic()]).await;
        }
        let seats = [room, execution.room.as_ref(), execution.unsure.as_ref()];
        let holding = Holding {
            person: session.identity.person,
            room: seats.into_iter().flatten().next().cloned(),
            page: execution.page,
            knock: execution.knocking.clone(),
        };
        let outcome = self.app.write_down(session.id, holding, &mut execution.written).await;
        if let Err(app::Refused::Freed) = outcome {
            session.end(CloseCode::Resync);
        }
        outcome
    }

    async fn leave(&self, session: &Arc<Session>, execution: &mut Execution) -> Result<Reply, Code> {
        if let Some(room) = &execution.room {
            self.app.leave(room, session.id).await.map_err(|refused| refused.code())?;
            self.hub.unsubscribe(session, &[room_topic(room)]).await;
            execution.room = None;
        }
        if let Some(unsure) = &execution.unsure {
            self.app.leave(unsure, session.id).await.map_err(|refused| refused.code())?;
            execution.unsure = None;
        }
        Ok(Reply::Done)
    }
}

/// What is done of what a session asks for that came by a token: it is in the token's room, under the token's name, and
/// does what everybody does who is in a room. Whoever else it might be, it is not.
fn granted(grant: Option<&Grant>, command: Command) -> Result<Command, Code> {
    let Some(grant) = grant else { return Ok(command) };
    match command {
        Command::Join { room, microphone, camera, continuation, media, .. } => {
            let room = RoomName::parse(&room).map_err(|_| Code::RoomNameInvalid)?;
            if room.folded() != grant.room.folded() {
                return Err(Code::Forbidden);
            }
            let (room, name) = (grant.room.shown().to_owned(), grant.name.clone());
            Ok(Command::Join { room, name, microphone, camera, password: None, continuation, media })
        }
        Command::Leave
        | Command::IceServers
        | Command::Snapshot
        | Command::SetMedia { .. }
        | Command::RenewMedia
        | Command::Signal { .. }
        | Command::SignalFile { .. }
        | Command::MediaOffer { .. }
        | Command::View { .. }
        | Command::MediaClose
        | Command::SetRoom { .. }
        | Command::SetPassword { .. }
        | Command::AdmitKnocks { .. }
        | Command::RefuseKnocks { .. }
        | Command::Mute { .. }
        | Command::Remove { .. }
        | Command::MakeHost { .. }
        | Command::EndRoom
        | Command::SetHand { .. }
        | Command::LowerHand { .. }
        | Command::React { .. }
        | Command::Say { .. } => Ok(command),
        _ => Err(Code::Forbidden),
    }
}

/// What everybody in a room hears.
pub(super) fn room_topic(room: &RoomName) -> TopicName {
    Route::Room(room).topic()
}

/// A room that is open to whoever knows its name. Those of calls are not.
pub(super) fn open_room(typed: &str) -> Result<RoomName, Code> {
    let room = RoomName::parse(typed).map_err(|_| Code::RoomNameInvalid)?;
    if app::ring_of(&room).is_some() { Err(Code::Forbidden) } else { Ok(room) }
}
