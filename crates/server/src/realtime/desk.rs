//! Commands about desks, rings and one's own availability. Who one is comes from the session, never from the frame.

use super::session::{Execution, Session};
use super::upgrade::Realtime;
use crate::app::{self, Introduction, Refused, Route};
use std::sync::Arc;
use visavis_domain::ids::DeskId;
use visavis_live::TopicName;
use visavis_protocol::{Code, Command, Reply};

impl Realtime {
    /// Follows a desk, or one's own desks and appointments: hears of them first, so that nothing between is missed.
    pub(super) async fn follow(
        &self,
        session: &Arc<Session>,
        execution: &mut Execution,
        command: Command,
    ) -> Result<Reply, Code> {
        session.hold();
        let outcome = match command {
            Command::WatchDesk { desk } => self.watch(session, execution, &desk).await,
            _ => self.console(session, execution).await,
        };
        if outcome.is_err() {
            session.unhold(&[]);
        }
        outcome.map_err(|refused| refused.code())
    }

    async fn watch(
        &self,
        session: &Arc<Session>,
        execution: &mut Execution,
        slug: &str,
    ) -> Result<Reply, Refused> {
        let desk = self.app.find_desk(slug).await?;
        let person = session.identity.person;
        self.become_page(session, execution).await?;
        self.hear(session, execution, vec![Route::Person(person).topic(), Route::Desk(desk).topic()]).await;
        execution.desk = Some(desk);
        self.app.watch_desk(desk, person, session.id).await
    }

    async fn console(&self, session: &Arc<Session>, execution: &mut Execution) -> Result<Reply, Refused> {
        let person = session.identity.person;
        if session.identity.sign_in.is_none() {
            return Err(Refused::Forbidden);
        }
        let desks = self.app.desks_of(person).await?;
        // Its person's first: a desk that is taken from them later is told there.
        let mut topics = vec![Route::Person(person).topic(), Route::Appointments(person).topic()];
        for desk in &desks {
            topics.push(Route::Desk(*desk).topic());
            topics.extend(app::staff_alone(*desk).map(|route| route.topic()));
        }
        self.become_page(session, execution).await?;
        self.hear(session, execution, topics).await;
        let opened = self.app.open_console(person, session.id).await;
        // One that was taken from them since they were asked for was told before anybody heard it here.
        let kept = |desk: &DeskId| match &opened {
            Ok(Reply::Console { console }) => console.desks.iter().any(|one| one.desk.id == *desk),
            _ => false,
        };
        for desk in desks.iter().filter(|desk| !kept(desk)) {
            for route in app::staff_alone(*desk) {
                self.hear_no_more(session, execution, &route).await;
            }
        }
        opened
    }

    /// Hears of these, and of nothing else that was followed before.
    pub(super) async fn hear(
        &self,
        session: &Arc<Session>,
        execution: &mut Execution,
        topics: Vec<TopicName>,
    ) {
        let over: Vec<_> = execution.followed.iter().filter(|one| !topics.contains(one)).cloned().collect();
        self.hub.unsubscribe(session, &over).await;
        self.hub.subscribe(session, &topics).await;
        execution.followed = topics;
    }

    /// It is one of its person's pages from now on, or about to be.
    pub(super) async fn become_page(
        &self,
        session: &Arc<Session>,
        execution: &mut Execution,
    ) -> Result<(), Refused> {
        let before = std::mem::replace(&mut execution.page, true);
        let outcome = self.write_down(session, execution, None).await;
        if outcome.is_err() {
            execution.page = before;
        }
        outcome
    }

    /// Everything else.
    pub(super) async fn desk_command(
        &self,
        session: &Session,
        execution: &mut Execution,
        command: Command,
    ) -> Result<Reply, Code> {
        let person = session.identity.person;
        if matches!(command, Command::SetAvailability { .. }) && session.identity.sign_in.is_none() {
            return Err(Code::Forbidden);
        }
        if matches!(
            command,
            Command::CallDesk { .. } | Command::QueueUp { .. } | Command::RingColleague { .. }
        ) {
            self.app.count_ring(session.identity).await.map_err(|refused| refused.code())?;
        }
        let followed = execution.desk.ok_or(Code::DeskUnknown);
        let outcome = match command {
            Command::UnwatchDesk => {
                let followed = std::mem::take(&mut execution.followed);
                self.hub.unsubscribe(session, &followed).await;
                execution.desk = None;
                Ok(Reply::Done)
            }
            Command::CallDesk { representative, name, about } => {
                let introduction = Introduction { name, about };
                self.app
                    .call_desk(followed?, representative, (session.identity, session.id), introduction)
                    .await
            }
            Command::QueueUp { name, about } => {
                let introduction = Introduction { name, about };
                self.app.queue_up(followed?, (session.identity, session.id), introduction).await
            }
            Command::LeaveQueue => self.app.leave_queue(person).await,
            Command::CancelRing { ring } => self.app.cancel_ring(ring, person).await,
            Command::AcceptRing { ring } => self.app.accept_ring(ring, person).await,
            Command::DeclineRing { ring } => self.app.decline_ring(ring, person).await,
            Command::SetAvailability { online, chosen } => {
                self.app.set_availability(person, online, chosen).await
            }
            Command::RingColleague { person: colleague, purpose } => {
                self.app.ring_colleague(session.identity, colleague, purpose).await
            }
            Command::RateCall { ring, stars, comment } => {
                self.app.rate_call(ring, person, stars, &comment).await
            }
            _ => return Err(Code::Internal),
        };
        outcome.map_err(|refused| refused.code())
    }
}
