//! Brings events from live state to the sessions that are concerned. One subscription per instance; an event's
//! bytes are shared by all who get it.

use super::session::{Session, Sessions};
use crate::app::ControlNotice;
use axum::extract::ws::Utf8Bytes;
use bytes::Bytes;
use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};
use tokio_util::sync::CancellationToken;
use visavis_domain::ids::SessionId;
use visavis_live::{Live, LiveError, Notice, Subscription, TopicName};
use visavis_protocol::CloseCode;

/// Notices between live state and the hub. It only clones pointers, so this fills up when the process stands
/// still for long; then every session starts over.
const CAPACITY: usize = 16 * 1024;

type Listeners = HashMap<TopicName, HashMap<SessionId, Arc<Session>>>;

pub(crate) struct Hub {
    live: Arc<dyn Live>,
    subscription: u64,
    listeners: RwLock<Listeners>,
}

impl Hub {
    /// Subscribes, and gives back what [`Hub::run`] listens to.
    pub(crate) async fn start(live: Arc<dyn Live>) -> Result<(Arc<Self>, Subscription), LiveError> {
        let subscription = live.subscribe(CAPACITY).await?;
        let hub = Self { live, subscription: subscription.id, listeners: RwLock::default() };
        Ok((Arc::new(hub), subscription))
    }

    /// Hands notices on until live state or the server ends.
    pub(crate) async fn run(
        self: Arc<Self>,
        mut subscription: Subscription,
        sessions: Arc<Sessions>,
        stopping: CancellationToken,
    ) {
        loop {
            let notice = tokio::select! {
                notice = subscription.notices.recv() => notice,
                () = stopping.cancelled() => return,
            };
            match notice {
                Some(Notice::Event { topic, body }) => self.tell(&topic, body),
                Some(Notice::Gap) => {
                    tracing::warn!("events were missed: every session starts over");
                    sessions.end_all(CloseCode::Resync);
                }
                None => return,
            }
        }
    }

    /// The session gets what is told on these topics.
    pub(crate) async fn subscribe(&self, session: &Arc<Session>, topics: &[TopicName]) {
        for topic in topics.iter().cloned() {
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
        for topic in topics.iter().cloned() {
            let last = self.write(|all| {
                let Some(listeners) = all.get_mut(&topic) else { return false };
                listeners.remove(&session.id);
                let last = listeners.is_empty();
                if last {
                    all.remove(&topic);
                }
                last
            });
            if !last {
                continue;
            }
            if let Err(error) = self.live.remove_topic(self.subscription, &topic).await {
                tracing::debug!(%error, "a topic could not be left");
            }
            // Somebody may have come between the two steps: theirs must not be the topic that was left.
            if self.read(|all| all.contains_key(&topic)) {
                let _ = self.live.add_topic(self.subscription, topic).await;
            }
        }
    }

    fn tell(&self, topic: &TopicName, body: Bytes) {
        let control = ControlNotice::read(&body);
        let Ok(event) = Utf8Bytes::try_from(body) else {
            tracing::error!("an event is not text");
            return;
        };
        let told = self.read(|all| {
            let Some(listeners) = all.get(topic) else { return 0 };
            for session in listeners.values() {
                match control {
                    None => session.deliver(&event),
                    Some(ControlNotice::Replaced) => session.end(CloseCode::Replaced),
                    Some(ControlNotice::SignedOut) => session.end(CloseCode::SignedOut),
                }
            }
            listeners.len()
        });
        metrics::counter!("visavis_deliveries_total").increment(u64::try_from(told).unwrap_or(u64::MAX));
    }

    fn read<T>(&self, look: impl FnOnce(&Listeners) -> T) -> T {
        look(&self.listeners.read().unwrap_or_else(PoisonError::into_inner))
    }

    fn write<T>(&self, change: impl FnOnce(&mut Listeners) -> T) -> T {
        change(&mut self.listeners.write().unwrap_or_else(PoisonError::into_inner))
    }
}
