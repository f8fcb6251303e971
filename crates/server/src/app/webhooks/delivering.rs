//! Delivers what is due. Of several instances one delivers an event: whoever holds it in the store has it for that long.
//! One that dies meanwhile leaves it to the next, so that an event may come twice rather than never, with the same id.

use super::{Parcel, Webhooks, changed_topic, random};
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;
use tokio::task::{JoinError, JoinSet};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use visavis_domain::ids::WebhookId;
use visavis_domain::time::Timestamp;
use visavis_domain::webhook::{Answer, GIVE_UP_AFTER, HOLD, Outcome, Trouble, after};
use visavis_live::Subscription;
use visavis_store::{HeldDelivery, StoreError, Tried, Webhook, WebhookState};

/// Deliveries under way to one webhook, from one instance. More is more than a receiver expects; fewer has a slow one
/// fall behind.
const LANES: usize = 4;
/// How often it is looked whether something is due: others write, too, and what failed is tried again.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// How often it is looked who is told of what, though nobody said that it has changed.
const LOOK_WHO_EVERY: Duration = Duration::from_secs(5);
/// How often what is old is given up and forgotten, and what waits is counted.
const SWEEP_EVERY: Duration = Duration::from_secs(60);
/// Deliveries that one step forgets, and the pause until the next. With more, whoever writes meanwhile waits for longer.
const STEP: u64 = 500;
const PAUSE: Duration = Duration::from_millis(50);
const COUNT_EVERY: Duration = Duration::from_secs(15);
/// After a failure of the store, in the middle of writing something down.
const RETRY: Duration = Duration::from_secs(1);

impl Webhooks {
    /// Takes what is due, as far as there are lanes.
    async fn take_due(
        self: &Arc<Self>,
        lanes: &mut HashMap<WebhookId, usize>,
        under_way: &mut JoinSet<WebhookId>,
    ) -> Result<(), StoreError> {
        for id in self.store().webhooks_due(self.now()).await? {
            let used = lanes.entry(id).or_default();
            let free = LANES.saturating_sub(*used);
            if free == 0 {
                continue;
            }
            let Some(webhook) = self.store().webhook(id).await? else { continue };
            let now = self.now();
            for held in self.store().hold_deliveries(id, now, now.plus(HOLD), free as u64).await? {
                *used += 1;
                let (webhooks, webhook) = (self.clone(), webhook.clone());
                under_way.spawn(async move {
                    webhooks.deliver(&webhook, held).await;
                    id
                });
            }
        }
        Ok(())
    }

    async fn deliver(&self, webhook: &Webhook, held: HeldDelivery) {
        let answer = match self.parcel(webhook, &held) {
            Some(parcel) => self.around.courier.send(&parcel).await,
            None => {
                tracing::error!(webhook = %webhook.id, "the secret was sealed with another key; rotate it");
                Answer { status: None, trouble: Some(Trouble::Refused), wait: None }
            }
        };
        let now = self.now();
        let outcome = after(answer, held.tries, held.since, now, u16::from_be_bytes(random()));
        note(webhook, &answer, outcome);
        let tried = Tried {
            webhook: webhook.id,
            number: held.event.number,
            tries: held.tries,
            at: now,
            status: answer.status,
            trouble: answer.trouble,
            outcome,
        };
        self.write_down(tried).await;
        if outcome == Outcome::Gone {
            self.tell_changed().await;
        }
    }

    fn parcel(&self, webhook: &Webhook, held: &HeldDelivery) -> Option<Parcel> {
        let event = &held.event.event;
        let body = serde_json::json!({
            "id": event.id,
            "type": event.kind,
            "subject": event.subject,
            "number": held.event.number,
            "at": event.at,
            "data": event.data,
        });
        let (id, body) = (event.id.to_string(), body.to_string());
        let signed_at = self.now().0 / 1000;
        let signature = self.signer(webhook)?.sign(&id, signed_at, body.as_bytes());
        Some(Parcel { url: webhook.url.clone(), id, signed_at, signature, body: body.into() })
    }

    /// As long as nobody else takes it up. After that it is tried once more.
    async fn write_down(&self, tried: Tried) {
        let since = Instant::now();
        loop {
            match self.store().delivery_tried(tried).await {
                Ok(_) => return,
                Err(StoreError::Unavailable(_) | StoreError::ReadOnly(_)) if since.elapsed() < HOLD => {}
                Err(error) => {
                    tracing::warn!(%error, "what came of a delivery could not be written down; it is repeated");
                    return;
                }
            }
            tokio::time::sleep(RETRY).await;
        }
    }

    async fn sweep(&self) -> Result<(), StoreError> {
        let now = self.now();
        let ago =
            |by: Duration| Timestamp(now.0.saturating_sub(u64::try_from(by.as_millis()).unwrap_or(u64::MAX)));
        loop {
            let (give_up, forget) = (ago(GIVE_UP_AFTER), ago(self.around.keep));
            let (given_up, forgotten) = self.store().sweep_deliveries(now, give_up, forget, STEP).await?;
            if given_up > 0 {
                tracing::warn!(events = given_up, "events for webhooks were given up after three days");
                metrics::counter!("visavis_webhook_deliveries_total", "outcome" => "given_up")
                    .increment(given_up);
            }
            if forgotten < STEP {
                return Ok(());
            }
            tokio::time::sleep(PAUSE).await;
        }
    }

    #[allow(clippy::cast_precision_loss, reason = "gauges are floats")]
    async fn count(&self) -> Result<(), StoreError> {
        let health = self.store().webhook_health().await?;
        let on: Vec<_> = self.store().webhooks().await?;
        let is_on = |id| on.iter().any(|webhook| webhook.id == id && webhook.state == WebhookState::On);
        let told: Vec<_> = health.iter().filter(|one| is_on(one.id)).collect();
        let oldest = told.iter().filter_map(|one| one.oldest).min();
        let age = oldest.map_or(0.0, |at| self.now().since(at).as_secs_f64());
        metrics::gauge!("visavis_webhook_waiting")
            .set(told.iter().map(|one| one.waiting).sum::<u64>() as f64);
        metrics::gauge!("visavis_webhook_given_up")
            .set(health.iter().map(|one| one.given_up).sum::<u64>() as f64);
        metrics::gauge!("visavis_webhook_oldest_seconds").set(age);
        Ok(())
    }
}

/// What operators see of it.
fn note(webhook: &Webhook, answer: &Answer, outcome: Outcome) {
    let word = match outcome {
        Outcome::Delivered => "delivered",
        Outcome::Again { .. } => {
            tracing::debug!(webhook = %webhook.id, ?answer, "not delivered yet");
            "failed"
        }
        Outcome::GivenUp => {
            tracing::warn!(webhook = %webhook.id, "an event was given up");
            "given_up"
        }
        Outcome::Gone => {
            tracing::warn!(webhook = %webhook.id, "the receiver is no more; it is switched off");
            "gone"
        }
    };
    metrics::counter!("visavis_webhook_deliveries_total", "outcome" => word).increment(1);
}

/// Delivers until cancelled; what is under way is finished.
pub(crate) async fn drive_webhooks(webhooks: Arc<Webhooks>, stopping: CancellationToken) {
    tokio::join!(
        deliver_due(&webhooks, &stopping),
        follow_changes(&webhooks, &stopping),
        repeat(SWEEP_EVERY, &stopping, || webhooks.sweep()),
        repeat(COUNT_EVERY, &stopping, || webhooks.count()),
    );
}

async fn deliver_due(webhooks: &Arc<Webhooks>, stopping: &CancellationToken) {
    let (mut lanes, mut under_way) = (HashMap::new(), JoinSet::new());
    while !stopping.is_cancelled() {
        if let Err(error) = webhooks.take_due(&mut lanes, &mut under_way).await {
            tracing::debug!(%error, "what is due cannot be read");
        }
        let done = tokio::select! {
            Some(done) = under_way.join_next() => Some(done),
            () = webhooks.around.announcer.woken() => None,
            () = tokio::time::sleep(LOOK_EVERY) => None,
            () = stopping.cancelled() => None,
        };
        let mut all: Vec<_> = done.into_iter().collect();
        all.extend(std::iter::from_fn(|| under_way.try_join_next()));
        all.into_iter().for_each(|done| leave(&mut lanes, done));
        if under_way.is_empty() {
            // Those of panics, too.
            lanes.clear();
        }
    }
    while under_way.join_next().await.is_some() {}
}

/// A delivery is over.
fn leave(lanes: &mut HashMap<WebhookId, usize>, done: Result<WebhookId, JoinError>) {
    match done {
        Ok(id) => {
            lanes.entry(id).and_modify(|used| *used -= 1);
        }
        Err(error) => {
            tracing::error!(%error, "a delivery ended in a panic; its lane is free when all others are");
        }
    }
}

/// Keeps to who is told of what.
async fn follow_changes(webhooks: &Arc<Webhooks>, stopping: &CancellationToken) {
    let mut heard: Option<Subscription> = None;
    while !stopping.is_cancelled() {
        if heard.is_none() {
            heard = listen(webhooks).await;
        }
        if let Err(error) = webhooks.look_who_is_told().await {
            tracing::debug!(%error, "who is told of what cannot be read");
        }
        let notice = async {
            match &mut heard {
                Some(subscription) => subscription.notices.recv().await.is_some(),
                None => std::future::pending().await,
            }
        };
        let goes_on = tokio::select! {
            goes_on = notice => goes_on,
            () = tokio::time::sleep(LOOK_WHO_EVERY) => true,
            () = stopping.cancelled() => true,
        };
        if !goes_on {
            heard = None;
        }
    }
}

async fn listen(webhooks: &Webhooks) -> Option<Subscription> {
    let live = &webhooks.around.live;
    let subscription = live.subscribe(4).await.ok()?;
    live.add_topic(subscription.id, changed_topic()).await.ok()?;
    Some(subscription)
}

async fn repeat<F: Future<Output = Result<(), StoreError>>>(
    every: Duration,
    stopping: &CancellationToken,
    work: impl Fn() -> F,
) {
    let mut every = tokio::time::interval(every);
    every.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    while stopping.run_until_cancelled(every.tick()).await.is_some() {
        if let Err(error) = work().await {
            tracing::warn!(%error, "deliveries could not be looked through");
        }
    }
}
