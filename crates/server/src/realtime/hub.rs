//! Brings events from live state to the sessions that are concerned. One subscription per instance; an event's
//! bytes are shared by all who get it. Those of a crowd are told a few at a time, and whatever else there is to tell
//! comes between: a ring must not wait until thousands have heard of another one.

use super::crowd::Crowds;
use super::session::{Session, Sessions};
use crate::app::ControlNotice;
use crate::cluster::Pulse;
use axum::extract::ws::Utf8Bytes;
use bytes::Bytes;
use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Instant;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use visavis_domain::ids::SessionId;
use visavis_live::{Live, LiveError, Notice, Subscription, TopicName};
use visavis_protocol::CloseCode;

/// Notices between live state and the hub. It only clones pointers, so this fills up when the process stands
/// still for long; then every session starts over.
const CAPACITY: usize = 16 * 1024;
/// Sessions that are told at once. With more, whoever is rung waits until the first of them have been served; with
/// fewer, each step costs more than what it does.
const AT_ONCE: usize = 128;
/// Notices that are taken before a crowd's turn comes.
const NOTICES: usize = 64;

/// Who is told, and whether what is heard can be believed.
struct Feed {
    sessions: Arc<Sessions>,
    pulse: watch::Receiver<Pulse>,
}

/// A session that hears a topic which is not for it any more: of a room in which it has no seat, of a desk that is not
/// its person's.
struct Out {
    session: Arc<Session>,
    topic: TopicName,
}

/// Nobody joins a topic while it is left, or another one that shares one of these with it. Fewer have people wait for
/// topics that do not concern them; more are of no use.
const TURNS: usize = 64;

type Listeners = HashMap<TopicName, HashMap<SessionId, Arc<Session>>>;

pub(crate) struct Hub {
    live: Arc<dyn Live>,
    subscription: u64,
    listeners: RwLock<Listeners>,
    /// Whoever joins a topic while somebody else is leaving it must not miss what happens between the two.
    turns: [tokio::sync::RwLock<()>; TURNS],
}

impl Hub {
    /// Subscribes, and gives back what [`Hub::run`] listens to.
    pub(crate) async fn start(live: Arc<dyn Live>) -> Result<(Arc<Self>, Subscription), LiveError> {
        let subscription = live.subscribe(CAPACITY).await?;
        let turns = std::array::from_fn(|_| tokio::sync::RwLock::default());
        let hub = Self { live, subscription: subscription.id, listeners: RwLock::default(), turns };
        Ok((Arc::new(hub), subscription))
    }

    /// Hands notices on until live state or the server ends.
    pub(crate) async fn run(
        self: Arc<Self>,
        mut subscription: Subscription,
        sessions: Arc<Sessions>,
        pulse: watch::Receiver<Pulse>,
        stopping: CancellationToken,
    ) {
        let mut crowds = Crowds::default();
        let mut out = Vec::new();
        let feed = Feed { sessions, pulse };
        loop {
            if crowds.is_empty() {
                let notice = stopping.run_until_cancelled(subscription.notices.recv()).await;
                let Some(Some(notice)) = notice else { return };
                self.hand_on(notice, &mut crowds, &mut out, &feed);
            }
            for _ in 0..NOTICES {
                let Ok(notice) = subscription.notices.try_recv() else { break };
                self.hand_on(notice, &mut crowds, &mut out, &feed);
            }
            self.show_out(&mut out, &crowds).await;
            if !crowds.is_empty() {
                self.tell_some(&mut crowds);
                // Their sockets, and everybody else, before the next of them.
                tokio::task::yield_now().await;
            }
        }
    }

    /// Those who are out of a room or a desk hear nothing more of it, once they have heard that they are.
    async fn show_out(&self, out: &mut Vec<Out>, crowds: &Crowds) {
        for Out { session, topic } in std::mem::take(out) {
            if crowds.has(&topic) {
                out.push(Out { session, topic });
            } else {
                self.unsubscribe(&session, &[topic]).await;
            }
        }
    }

    fn hand_on(&self, notice: Notice, crowds: &mut Crowds, out: &mut Vec<Out>, feed: &Feed) {
        let sessions = &feed.sessions;
        if feed.pulse.borrow().has_run_out(Instant::now()) {
            // This process stood still, or was cut off. What others have made of that since, pages must not take for
            // something that happened to their people.
            return sessions.end_all(CloseCode::Resync);
        }
        match notice {
            Notice::Event { topic, body } => self.tell(&topic, body, crowds, out),
            Notice::Gap => {
                tracing::warn!("events were missed: every session starts over");
                sessions.end_all(CloseCode::Resync);
            }
        }
    }

    /// The session gets what is told on these topics.
    pub(crate) async fn subscribe(&self, session: &Arc<Session>, topics: &[TopicName]) {
        for topic in topics.iter().cloned() {
            let _turn = self.turn(&topic).read().await;
            self.write(|all| {
                all.entry(topic.clone()).or_default().insert(session.id, session.clone());
            });
            if let Err(error) = self.live.add_topic(self.subscription, topic).await {
                tracing::warn!(%error, "a topic could not be subscribed to");
                session.end(CloseCode::Resync);
            }
        }
    }

    /// It gets nothing of them any more.
    pub(crate) async fn unsubscribe(&self, session: &Session, topics: &[TopicName]) {
        for topic in topics {
            if self.leaves_others(session.id, topic) {
                continue;
            }
            let _turn = self.turn(topic).write().await;
            if self.leaves_others(session.id, topic) || self.write(|all| all.remove(topic)).is_none() {
                continue;
            }
            if let Err(error) = self.live.remove_topic(self.subscription, topic).await {
                tracing::debug!(%error, "a topic could not be left");
            }
        }
    }

    /// Takes the session from the topic's listeners, unless it is the only one.
    fn leaves_others(&self, session: SessionId, topic: &TopicName) -> bool {
        self.write(|all| {
            let Some(listeners) = all.get_mut(topic) else { return false };
            let others = listeners.keys().any(|other| *other != session);
            if others {
                listeners.remove(&session);
            }
            others
        })
    }

    fn tell(&self, topic: &TopicName, body: Bytes, crowds: &mut Crowds, out: &mut Vec<Out>) {
        let control = ControlNotice::read(&body);
        let Ok(event) = Utf8Bytes::try_from(body) else {
            tracing::error!("an event is not text");
            return;
        };
        let told = self.read(|all| {
            let Some(listeners) = all.get(topic) else { return 0 };
            if control.is_none() && (listeners.len() > AT_ONCE || crowds.has(topic)) {
                crowds.put(topic, event);
                return 0;
            }
            for session in listeners.values() {
                match &control {
                    None => session.deliver(topic, std::slice::from_ref(&event)),
                    Some(ControlNotice::Replaced) => session.end(CloseCode::Replaced),
                    Some(ControlNotice::SignedOut) => session.end(CloseCode::SignedOut),
                    Some(ControlNotice::LinkEnded) => session.end(CloseCode::LinkEnded),
                    Some(ControlNotice::Removed) => session.end(CloseCode::Removed),
                    Some(ControlNotice::OutOf(room)) => {
                        out.push(Out { session: session.clone(), topic: room.clone() });
                    }
                }
            }
            listeners.len()
        });
        count(told);
    }

    /// The next few of the crowd whose turn it is, each with everything there is for them.
    fn tell_some(&self, crowds: &mut Crowds) {
        let told = self.read(|all| {
            let everybody =
                |topic: &TopicName| all.get(topic).into_iter().flatten().map(|(id, _)| *id).collect();
            let Some((topic, events, some)) = crowds.next(AT_ONCE, everybody) else { return 0 };
            // Whoever has gone since is not told any more.
            let Some(listeners) = all.get(&topic) else { return 0 };
            let there = some.iter().filter_map(|id| listeners.get(id));
            there.map(|session| session.deliver(&topic, &events)).count() * events.len()
        });
        count(told);
    }

    fn turn(&self, topic: &TopicName) -> &tokio::sync::RwLock<()> {
        let mut hasher = DefaultHasher::new();
        topic.hash(&mut hasher);
        let which = hasher.finish() % self.turns.len() as u64;
        &self.turns[usize::try_from(which).unwrap_or_default()]
    }

    fn read<T>(&self, look: impl FnOnce(&Listeners) -> T) -> T {
        look(&self.listeners.read().unwrap_or_else(PoisonError::into_inner))
    }

    fn write<T>(&self, change: impl FnOnce(&mut Listeners) -> T) -> T {
        change(&mut self.listeners.write().unwrap_or_else(PoisonError::into_inner))
    }
}

fn count(told: usize) {
    metrics::counter!("visavis_deliveries_total").increment(u64::try_from(told).unwrap_or(u64::MAX));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::Identity;
    use crate::app::tests::wavering::{Comparing, Wavering};
    use crate::realtime::session::Work;
    use std::time::Duration;
    use tokio::time::timeout;
    use visavis_domain::ids::PersonId;

    fn opened(sessions: &Sessions, id: u128) -> Arc<Session> {
        let person = PersonId::from_bits(id);
        let identity =
            Identity { person, sign_in: None, link: None, from: None, browser: None, vouched: None };
        sessions.open(SessionId::from_bits(id), (identity, None), "localhost", 10_000)
    }

    /// The last listener leaves while another one comes, each a little later than the other every time.
    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn who_joins_a_topic_while_it_is_left_hears_what_follows() {
        let live = Arc::new(Wavering::new(Comparing::Compares));
        let (hub, mut subscription) = Hub::start(live.clone()).await.unwrap();
        let sessions = Sessions::default();
        let topic: TopicName = TopicName::new("room:café");
        for round in 0..2_000 {
            let (leaves, comes) = (opened(&sessions, round * 2 + 1), opened(&sessions, round * 2 + 2));
            hub.subscribe(&leaves, std::slice::from_ref(&topic)).await;
            let leaving = {
                let (hub, topic) = (hub.clone(), topic.clone());
                tokio::spawn(async move { hub.unsubscribe(&leaves, &[topic]).await })
            };
            hub.subscribe(&comes, std::slice::from_ref(&topic)).await;
            leaving.await.unwrap();
            live.publish(topic.clone(), "\"news\"".into()).await.unwrap();
            let notice = timeout(Duration::from_secs(5), subscription.notices.recv()).await;
            let Ok(Some(Notice::Event { topic: told, body })) = notice else {
                panic!("the instance hears nothing of the topic, in round {round}");
            };
            hub.tell(&told, body, &mut Crowds::default(), &mut Vec::new());
            assert!(matches!(comes.work(1), Work::Frame(_)), "round {round}");
            hub.unsubscribe(&comes, std::slice::from_ref(&topic)).await;
        }
    }
}
