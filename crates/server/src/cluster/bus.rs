//! Requests from instance to instance over live state's topics: each instance listens to one of its own. What one
//! sends another arrives in order or not at all; what is not answered in time has failed. Knows nothing of what is
//! asked.

use bytes::Bytes;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::HashMap;
use std::pin::Pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Poll;
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use tokio::sync::{Semaphore, mpsc, oneshot};
use visavis_domain::ids::InstanceId;
use visavis_domain::time::Timestamp;
use visavis_live::{Live, LiveError, Notice, Subscription, TopicName};

/// Longer messages are not sent and not read. The longest that is asked is the description of a connection, which has
/// come through a frame of a quarter of this.
const MOST_BYTES: usize = 256 * 1024;
/// Messages that wait to be sent; live state is away when it fills.
const OUTBOX: usize = 8 * 1024;
/// Messages between live state and this; it fills when the process stands still for long.
const INBOX: usize = 16 * 1024;
/// Requests of one instance that are unanswered at once, and requests that one instance works on at once.
const MOST_AT_ONCE: usize = 4 * 1024;
/// Clocks of instances differ by no more. What is later than this nobody waits for any more.
const CLOCKS_DIFFER: Duration = Duration::from_secs(2);

/// It is not known whether the other one did what it was asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("another instance did not answer")]
pub(super) struct Silent;

/// What will be answered.
pub(super) type Answering = Pin<Box<dyn Future<Output = Value> + Send>>;

/// Whoever does what other instances ask.
pub(super) trait Ear: Send + Sync + 'static {
    /// What was asked begins when the future is polled first, which happens in the order of the requests. None if it
    /// cannot be understood.
    fn asked(&self, body: Value) -> Option<Answering>;

    /// Something that needs no answer.
    fn told(&self, body: Value);
}

/// One message. Fields are only ever added, with defaults; what cannot be understood is ignored.
#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum Envelope {
    Request {
        id: u64,
        from: InstanceId,
        /// Nobody waits for the answer after this.
        deadline: Timestamp,
        body: Value,
    },
    Answer {
        id: u64,
        body: Value,
    },
    Note {
        body: Value,
    },
}

/// The way to the other instances.
pub(super) struct Bus {
    own: InstanceId,
    outbox: mpsc::Sender<(InstanceId, Bytes)>,
    pending: Mutex<HashMap<u64, oneshot::Sender<Value>>>,
    last_id: AtomicU64,
    working: Arc<Semaphore>,
}

impl Bus {
    /// Begins to listen and to send, until live state ends.
    pub(super) async fn start(
        live: Arc<dyn Live>,
        own: InstanceId,
        ear: Arc<dyn Ear>,
    ) -> Result<Arc<Self>, LiveError> {
        let subscription = live.subscribe(INBOX).await?;
        live.add_topic(subscription.id, topic(own)).await?;
        let (outbox, outgoing) = mpsc::channel(OUTBOX);
        let bus = Arc::new(Self {
            own,
            outbox,
            pending: Mutex::default(),
            last_id: AtomicU64::new(0),
            working: Arc::new(Semaphore::new(MOST_AT_ONCE)),
        });
        tokio::spawn(send(live, outgoing));
        tokio::spawn(bus.clone().listen(subscription, ear));
        Ok(bus)
    }

    /// Asks, and waits for so long. The message is on its way when this has been polled once.
    pub(super) async fn ask<A: DeserializeOwned>(
        &self,
        of: InstanceId,
        request: &(impl Serialize + Sync),
        within: Duration,
    ) -> Result<A, Silent> {
        let id = self.last_id.fetch_add(1, Ordering::Relaxed) + 1;
        let (answer, answered) = oneshot::channel();
        {
            let mut pending = self.pending();
            if pending.len() >= MOST_AT_ONCE {
                return Err(Silent);
            }
            pending.insert(id, answer);
        }
        // Also when nobody waits for this any more.
        let _forget = Forget { bus: self, id };
        let body = serde_json::to_value(request).map_err(|_| Silent)?;
        let deadline = now().plus(within);
        self.post(of, &Envelope::Request { id, from: self.own, deadline, body })?;
        let answered = tokio::time::timeout(within, answered).await;
        let body = answered.map_err(|_| Silent)?.map_err(|_| Silent)?;
        serde_json::from_value(body).map_err(|_| Silent)
    }

    /// Says something that needs no answer. It comes after whatever was asked before.
    pub(super) fn tell(&self, whom: InstanceId, note: &impl Serialize) -> Result<(), Silent> {
        let body = serde_json::to_value(note).map_err(|_| Silent)?;
        self.post(whom, &Envelope::Note { body })
    }

    fn post(&self, to: InstanceId, envelope: &Envelope) -> Result<(), Silent> {
        let body = serde_json::to_vec(envelope).map_err(|_| Silent)?;
        if body.len() > MOST_BYTES {
            return Err(Silent);
        }
        self.outbox.try_send((to, body.into())).map_err(|_| Silent)
    }

    fn pending(&self) -> MutexGuard<'_, HashMap<u64, oneshot::Sender<Value>>> {
        // No change of it can be half done.
        self.pending.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn listen(self: Arc<Self>, mut subscription: Subscription, ear: Arc<dyn Ear>) {
        while let Some(notice) = subscription.notices.recv().await {
            match notice {
                Notice::Event { body, .. } => self.take(&body, &*ear).await,
                // Answers may be among what was missed: whoever waits had better ask again.
                Notice::Gap => self.pending().clear(),
            }
        }
    }

    async fn take(self: &Arc<Self>, body: &[u8], ear: &dyn Ear) {
        if body.len() > MOST_BYTES {
            return;
        }
        let Ok(envelope) = serde_json::from_slice(body) else {
            tracing::debug!("another instance says something that is not understood");
            return;
        };
        match envelope {
            Envelope::Answer { id, body } => {
                if let Some(answer) = self.pending().remove(&id) {
                    let _ = answer.send(body);
                }
            }
            Envelope::Note { body } => ear.told(body),
            Envelope::Request { id, from, deadline, body } => {
                if now() <= deadline.plus(CLOCKS_DIFFER)
                    && let Some(answering) = ear.asked(body)
                {
                    self.answer(id, from, answering).await;
                }
            }
        }
    }

    /// Begins at once, so that the order holds, and goes on beside what is asked next.
    async fn answer(self: &Arc<Self>, id: u64, from: InstanceId, mut answering: Answering) {
        let Ok(permit) = self.working.clone().try_acquire_owned() else { return };
        let first = std::future::poll_fn(|context| Poll::Ready(answering.as_mut().poll(context))).await;
        let bus = self.clone();
        tokio::spawn(async move {
            let body = match first {
                Poll::Ready(body) => body,
                Poll::Pending => answering.await,
            };
            drop(permit);
            // Whoever asked hears nothing then, as of one that is away.
            let _ = bus.post(from, &Envelope::Answer { id, body });
        });
    }
}

/// Takes a request that is over from those that are waited for.
struct Forget<'a> {
    bus: &'a Bus,
    id: u64,
}

impl Drop for Forget<'_> {
    fn drop(&mut self) {
        self.bus.pending().remove(&self.id);
    }
}

/// One after the other: live state keeps the order of what one publishes only so.
async fn send(live: Arc<dyn Live>, mut outgoing: mpsc::Receiver<(InstanceId, Bytes)>) {
    while let Some((to, body)) = outgoing.recv().await {
        if live.publish(topic(to), body).await.is_err() {
            tracing::debug!("a message to another instance was lost: live state is away");
        }
    }
}

fn topic(instance: InstanceId) -> TopicName {
    TopicName::new(format!("instance:{instance}"))
}

fn now() -> Timestamp {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Timestamp(u64::try_from(since.as_millis()).unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests;
