//! How sessions are taken up again, follow one another and let go: what they held is given back, also when live state
//! is away at that moment. A session that is not given back would be a ghost for ever.

use super::command::room_topic;
use super::session::{Session, SocketNumber};
use super::socket::End;
use super::upgrade::{Realtime, ends_of};
use crate::app::{Refused, Route};
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::time::Instant;
use visavis_domain::ids::{PersonId, SessionId};
use visavis_domain::room::Rejection;
use visavis_live::LiveError;
use visavis_protocol::{CloseCode, Code, Earlier, ServerFrame};

/// After live state was away. Sooner would only find it away again.
const RETRY: Duration = Duration::from_millis(500);
/// Documents of sessions that are no more, while live state is away. What does not fit is freed with the instance.
const LEFTOVERS: usize = 64 * 1024;

/// A session without a socket.
struct Parting {
    session: Arc<Session>,
    /// The socket that went.
    number: SocketNumber,
    since: Instant,
    grace: Duration,
}

impl Realtime {
    /// A socket takes up an earlier session. A command that still runs is waited for.
    pub(super) async fn resume(
        self: &Arc<Self>,
        id: SessionId,
        secret: &str,
        received: u64,
        elsewhere: Option<&str>,
    ) -> Result<(Arc<Session>, SocketNumber, ServerFrame), Code> {
        let shown = self.app.is_session_secret(id, secret);
        let found = self.sessions.find(id).filter(|session| shown && session.is_for(elsewhere));
        let session = found.ok_or(Code::SessionUnknown)?;
        let execution = session.execution.lock().await;
        let number = session.attach(received)?;
        let executed = execution.executed;
        let mut attached = Ok(());
        for room in execution.room.iter().chain(&execution.knocking) {
            if attached.is_ok() {
                attached = or_away(self.app.attach(room, id).await, "a resumed session has no seat");
            }
        }
        if execution.page && attached.is_ok() {
            let outcome = self.app.attach_page(session.identity.person, id).await;
            attached = or_away(outcome, "a resumed session has no page");
        }
        drop(execution);
        if let Err(Away) = attached {
            // What it holds would be given back behind its back.
            self.socket_ended(&session, number, End::Broken).await;
            return Err(Code::TryAgain);
        }
        Ok((session, number, ServerFrame::Resumed { executed }))
    }

    /// A new session follows another one, which could not be resumed: if it was one of the same person, it ends,
    /// wherever it is open, and keeps nobody out any more.
    pub(super) async fn follow_session(&self, earlier: &Earlier, person: PersonId) -> Result<(), Code> {
        if !self.app.is_session_secret(earlier.session, &earlier.secret) {
            return Ok(());
        }
        if let Some(session) = self.sessions.find(earlier.session)
            && session.identity.person == person
        {
            session.end(CloseCode::Replaced);
            // A command of it that still runs comes first.
            drop(session.execution.lock().await);
        }
        match self.app.follow_session(earlier.session, person).await {
            Ok(()) => Ok(()),
            // It would be in its own way.
            Err(Refused::Live(_)) => Err(Code::TryAgain),
            Err(refused) => {
                tracing::warn!(%refused, "an earlier session could not be ended");
                Ok(())
            }
        }
    }

    /// A socket is gone: its session waits for another one, for as long as its grace.
    pub(super) async fn socket_ended(
        self: &Arc<Self>,
        session: &Arc<Session>,
        number: SocketNumber,
        end: End,
    ) {
        if !session.detach(number) {
            return;
        }
        let grace = match end {
            End::Closed => self.settings.closed_grace,
            End::Broken => self.settings.grace,
        };
        let parting = Parting { session: session.clone(), number, since: Instant::now(), grace };
        let outcome = self.let_go(&parting).await;
        if outcome.is_ok() && session.has_ended() {
            // Nobody resumes it; its owner may continue in the seat with a new one while the grace lasts.
            return self.forget(session).await;
        }
        let realtime = self.clone();
        tokio::spawn(async move { realtime.part(parting, outcome).await });
    }

    /// Waits for another socket until the grace is over.
    async fn part(self: Arc<Self>, parting: Parting, mut outcome: Result<(), Away>) {
        let Parting { session, number, since, grace } = &parting;
        while outcome.is_err() {
            tokio::time::sleep(RETRY).await;
            outcome = self.let_go(&parting).await;
        }
        if !session.has_ended() {
            tokio::time::sleep_until(*since + *grace).await;
        }
        if session.abandoned_since(*number) {
            session.end(CloseCode::Silent);
            self.forget(session).await;
        }
    }

    /// Others see that the line is broken, for as long as the grace still lasts. Nothing is to be done if the session
    /// has another socket meanwhile.
    async fn let_go(&self, parting: &Parting) -> Result<(), Away> {
        let Parting { session, number, since, grace } = parting;
        let execution = session.execution.lock().await;
        if !session.abandoned_since(*number) {
            return Ok(());
        }
        let left = grace.saturating_sub(since.elapsed());
        for room in execution.room.iter().chain(&execution.unsure).chain(&execution.knocking) {
            let outcome = self.app.detach(room, session.id, left).await;
            or_away(outcome, "a detached session has no seat")?;
        }
        if execution.page {
            let outcome = self.app.detach_page(session.identity.person, session.id, left).await;
            or_away(outcome, "a detached session has no page")?;
        }
        Ok(())
    }

    /// The session is over; the room frees its seat, and its person their page, by their own deadlines.
    pub(super) async fn forget(self: &Arc<Self>, session: &Arc<Session>) {
        let mut execution = session.execution.lock().await;
        let mut topics = std::mem::take(&mut execution.followed);
        topics.extend(execution.room.take().map(|room| room_topic(&room)));
        topics.extend(ends_of(session));
        let written = std::mem::take(&mut execution.written);
        if written.may_be_there() {
            topics.push(Route::Session(session.id).topic());
        }
        self.hub.unsubscribe(session, &topics).await;
        drop(execution);
        self.sessions.close(session.id);
        self.count();
        if written.may_be_there() {
            let outcome = self.app.strike_out(session.id).await;
            if or_away(outcome, "a session's document stays").is_err() {
                self.strike_out_later(session.id);
            }
        }
    }

    fn strike_out_later(self: &Arc<Self>, session: SessionId) {
        if self.sessions.leftovers.push(session) == First::No {
            return;
        }
        let realtime = self.clone();
        tokio::spawn(async move {
            while let Some(session) = realtime.sessions.leftovers.next() {
                while or_away(realtime.app.strike_out(session).await, "a session's document stays").is_err() {
                    tokio::time::sleep(RETRY).await;
                }
            }
        });
    }
}

/// Live state is away, or too many wanted the same: to be tried again.
struct Away;

/// Any other refusal says that there is nothing to be done.
fn or_away(outcome: Result<(), Refused>, otherwise: &'static str) -> Result<(), Away> {
    match outcome {
        Ok(()) | Err(Refused::Room(Rejection::NotInRoom)) => Ok(()),
        Err(Refused::Live(LiveError::Unavailable | LiveError::Conflict)) => Err(Away),
        Err(refused) => {
            tracing::debug!(%refused, otherwise);
            Ok(())
        }
    }
}

/// Whether somebody has to begin with what is left over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum First {
    Yes,
    No,
}

/// Sessions whose documents could not be deleted when they ended.
#[derive(Default)]
pub(super) struct Leftovers(Mutex<(VecDeque<SessionId>, Busy)>);

/// Whether a task is at them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Busy {
    #[default]
    No,
    Yes,
}

impl Leftovers {
    fn push(&self, session: SessionId) -> First {
        let (queue, busy) = &mut *self.lock();
        if queue.len() >= LEFTOVERS {
            metrics::counter!("visavis_leftover_sessions_total").increment(1);
            return First::No;
        }
        queue.push_back(session);
        match std::mem::replace(busy, Busy::Yes) {
            Busy::No => First::Yes,
            Busy::Yes => First::No,
        }
    }

    /// None when there are no more; then whoever pushes is the first again.
    fn next(&self) -> Option<SessionId> {
        let (queue, busy) = &mut *self.lock();
        let next = queue.pop_front();
        if next.is_none() {
            *busy = Busy::No;
        }
        next
    }

    fn lock(&self) -> MutexGuard<'_, (VecDeque<SessionId>, Busy)> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
