//! Commands about the lounge: coming in, going from room to room, how one is, ringing. Who one is comes from the
//! session, never from the frame.

use super::session::{Execution, Session};
use super::upgrade::Realtime;
use crate::app::{EnterRequest, Refused, Route};
use std::sync::Arc;
use visavis_domain::ids::{LoungeRoomId, PersonId};
use visavis_live::TopicName;
use visavis_protocol::{Code, Command, Reply};

impl Realtime {
    /// Comes before the door, in, or into another room: hears of it first, so that nothing between is missed. Once it
    /// is answered the session is to be released.
    pub(super) async fn go_into_lounge(
        &self,
        session: &Arc<Session>,
        execution: &mut Execution,
        command: Command,
    ) -> Result<Reply, Code> {
        within_rate(session, &command)?;
        session.hold();
        let outcome = match command {
            Command::EnterLounge { name, room, use_here } => {
                self.enter(session, execution, (name, room, use_here)).await
            }
            Command::Jump { room } => self.jump(session, execution, room).await,
            _ => self.door(session, execution).await,
        };
        if outcome.is_err() {
            session.unhold(&[]);
        }
        outcome.map_err(|refused| refused.code())
    }

    async fn door(&self, session: &Arc<Session>, execution: &mut Execution) -> Result<Reply, Refused> {
        self.app.may_come_in(session.identity)?;
        if execution.lounge.is_none() {
            self.hear(session, execution, vec![Route::Lounge.topic()]).await;
        }
        self.app.open_lounge(session.identity, session.id).await
    }

    async fn enter(
        &self,
        session: &Arc<Session>,
        execution: &mut Execution,
        (name, room, use_here): (String, Option<LoungeRoomId>, bool),
    ) -> Result<Reply, Refused> {
        // Nobody hears of anything who may not.
        self.app.may_stay(session.identity).await?;
        let room = self.app.find_lounge_room(room).await?;
        let partners = self.app.open_partners(session.identity.person).await?;
        let before = execution.followed.clone();
        self.become_page(session, execution).await?;
        self.hear(session, execution, lounge_topics(session, room, &partners)).await;
        let request = EnterRequest { name, room, use_here };
        let entered = self.app.enter_lounge(session.identity, session.id, request).await;
        match &entered {
            Ok(_) => execution.lounge = Some(room),
            Err(_) => {
                self.hear(session, execution, before).await;
            }
        }
        entered
    }

    async fn jump(
        &self,
        session: &Arc<Session>,
        execution: &mut Execution,
        room: LoungeRoomId,
    ) -> Result<Reply, Refused> {
        let before = execution.lounge.ok_or(Refused::NotInLounge)?;
        let room = self.app.find_lounge_room(Some(room)).await?;
        self.also_hear(session, execution, Route::LoungeRoom(room)).await;
        let jumped = self.app.jump(session.identity, session.id, room).await;
        let over = if jumped.is_ok() { before } else { room };
        if before != room {
            self.hear_no_more(session, execution, &Route::LoungeRoom(over)).await;
        }
        if jumped.is_ok() {
            execution.lounge = Some(room);
        }
        jumped
    }

    /// Everything else but what is written.
    pub(super) async fn lounge_command(
        &self,
        session: &Arc<Session>,
        execution: &mut Execution,
        command: Command,
    ) -> Result<Reply, Code> {
        within_rate(session, &command)?;
        if matches!(command, Command::RingMember { .. }) {
            self.app.count_ring(session.identity).await.map_err(|refused| refused.code())?;
        }
        let person = session.identity.person;
        let outcome = match command {
            Command::LeaveLounge => {
                let left = self.app.leave_lounge(person, session.id).await;
                if left.is_ok() && execution.lounge.take().is_some() {
                    self.hear(session, execution, vec![Route::Person(person).topic(), Route::Lounge.topic()])
                        .await;
                }
                left
            }
            Command::SetStatus { chosen, text } => {
                self.app.set_status(person, session.id, chosen, &text).await
            }
            Command::SetIdle { idle } => self.app.set_idle(person, session.id, idle).await,
            Command::RemoveMember { person: member } => {
                self.app.remove_member(session.identity, session.id, member).await
            }
            Command::RingMember { person: callee } => self.app.ring_member(person, session.id, callee).await,
            _ => Err(Refused::Corrupt),
        };
        outcome.map_err(|refused| refused.code())
    }

    /// One topic more.
    pub(super) async fn also_hear(
        &self,
        session: &Arc<Session>,
        execution: &mut Execution,
        route: Route<'_>,
    ) {
        let topic = route.topic();
        if !execution.followed.contains(&topic) {
            self.hub.subscribe(session, std::slice::from_ref(&topic)).await;
            execution.followed.push(topic);
        }
    }

    /// One topic less.
    pub(super) async fn hear_no_more(&self, session: &Session, execution: &mut Execution, route: &Route<'_>) {
        let topic = route.topic();
        self.hub.unsubscribe(session, std::slice::from_ref(&topic)).await;
        execution.followed.retain(|one| *one != topic);
    }
}

/// What a whole room is told of, a page does not do as often as it can.
fn within_rate(session: &Session, command: &Command) -> Result<(), Code> {
    let told = matches!(
        command,
        Command::EnterLounge { .. }
            | Command::Jump { .. }
            | Command::LeaveLounge
            | Command::SetStatus { .. }
            | Command::SetIdle { .. }
            | Command::RingMember { .. }
    );
    if told && session.moving.check().is_err() { Err(Code::RateLimited) } else { Ok(()) }
}

/// What the page hears by which somebody is in the lounge.
fn lounge_topics(session: &Session, room: LoungeRoomId, partners: &[PersonId]) -> Vec<TopicName> {
    let person = session.identity.person;
    let own = [
        Route::Person(person),
        Route::Conversations(person),
        Route::LoungePage(session.id),
        Route::Lounge,
        Route::LoungeRoom(room),
    ];
    own.into_iter().chain(partners.iter().map(|id| Route::Member(*id))).map(|route| route.topic()).collect()
}
