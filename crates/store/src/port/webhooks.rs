//! Webhooks, the events that they are told of, and how far telling each is.
//!
//! An event is written once, however often it comes, and numbered in the order of writing. For each webhook that wants
//! it there is a delivery, which waits, is held by whoever tries it, and is done: delivered, or given up. Of one subject
//! only the first that waits is handed out.

use super::{Audited, StoreError};
use async_trait::async_trait;
use visavis_domain::ids::{EventId, WebhookId};
use visavis_domain::time::Timestamp;
use visavis_domain::webhook::{EventKind, Outcome, Trouble};

/// Whether a webhook is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WebhookState {
    /// It is.
    On,
    /// An admin has switched it off.
    Off,
    /// Its receiver said that it is no more.
    Gone,
}

/// What signs deliveries, sealed by whoever keeps the key of that.
#[derive(Clone, PartialEq, Eq)]
pub struct SealedSecrets {
    /// The one that counts.
    pub newest: Vec<u8>,
    /// The one before, and until when it signs too.
    pub earlier: Option<(Vec<u8>, Timestamp)>,
}

impl std::fmt::Debug for SealedSecrets {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SealedSecrets(…)")
    }
}

/// Where events are told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Webhook {
    /// Which.
    pub id: WebhookId,
    /// What it is for, in an admin's words.
    pub name: String,
    /// Where to.
    pub url: String,
    /// Of what.
    pub kinds: Vec<EventKind>,
    /// Whether it is told.
    pub state: WebhookState,
    /// What signs.
    pub secrets: SealedSecrets,
    /// Since when.
    pub created_at: Timestamp,
    /// When something last arrived.
    pub delivered_at: Option<Timestamp>,
    /// When something last did not, and why.
    pub failed: Option<(Timestamp, Trouble)>,
}

/// How a webhook does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WebhookHealth {
    /// Which.
    pub id: WebhookId,
    /// Deliveries that wait.
    pub waiting: u64,
    /// Since when the one waits that waits longest.
    pub oldest: Option<Timestamp>,
    /// Deliveries that were given up and are still known.
    pub given_up: u64,
}

/// A change of a webhook; what is none stays.
#[derive(Debug, Clone, Default)]
pub struct WebhookEdit {
    /// What it is for.
    pub name: Option<String>,
    /// Where to.
    pub url: Option<String>,
    /// Of what.
    pub kinds: Option<Vec<EventKind>>,
    /// Whether it is told.
    pub state: Option<WebhookState>,
    /// What signs.
    pub secrets: Option<SealedSecrets>,
}

/// Something that happened, for whoever wants to be told.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct NewEvent {
    /// Which; with this id it is written once.
    pub id: EventId,
    /// What.
    pub kind: EventKind,
    /// The id of what it happened to.
    pub subject: String,
    /// When.
    pub at: Timestamp,
    /// The rest, as it is told.
    pub data: serde_json::Value,
}

/// An event as it lies there.
#[derive(Debug, Clone, PartialEq)]
pub struct StoredEvent {
    /// Later ones of the same subject have higher ones.
    pub number: u64,
    /// What happened.
    pub event: NewEvent,
}

/// A delivery that is this caller's to try, for as long as it was asked for.
#[derive(Debug, Clone, PartialEq)]
pub struct HeldDelivery {
    /// What to tell.
    pub event: StoredEvent,
    /// Since when it waits.
    pub since: Timestamp,
    /// The how manyth try this is, from 1.
    pub tries: u32,
}

/// How far a delivery is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeliveryState {
    /// It is tried, not before this moment; or waits for the one before it.
    Waiting {
        /// Not before.
        due_at: Timestamp,
    },
    /// It has arrived.
    Delivered {
        /// When.
        at: Timestamp,
    },
    /// Nobody tries it any more.
    GivenUp {
        /// Since when.
        at: Timestamp,
    },
}

/// A delivery as people look at it.
#[derive(Debug, Clone, PartialEq)]
pub struct Delivery {
    /// What is told.
    pub event: StoredEvent,
    /// How far it is.
    pub state: DeliveryState,
    /// How often it was tried.
    pub tries: u32,
    /// When it was last tried.
    pub tried_at: Option<Timestamp>,
    /// The status of the last answer, if there was one.
    pub status: Option<u16>,
    /// What was wrong with it.
    pub trouble: Option<Trouble>,
}

/// One try of a delivery that this caller held.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tried {
    /// Whose.
    pub webhook: WebhookId,
    /// Of which event.
    pub number: u64,
    /// The how manyth.
    pub tries: u32,
    /// When it was over.
    pub at: Timestamp,
    /// The status of the answer, if there was one.
    pub status: Option<u16>,
    /// What was wrong.
    pub trouble: Option<Trouble>,
    /// What follows.
    pub outcome: Outcome,
}

/// Which deliveries are told once more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Replay {
    /// That of this event.
    One(EventId),
    /// That of this event and all later ones.
    From(EventId),
}

/// Webhooks. Every method may fail with [`StoreError::Unavailable`] and [`StoreError::Damaged`], those that write with
/// [`StoreError::ReadOnly`]; further errors are named.
#[async_trait]
pub trait Webhooks: Send + Sync + 'static {
    /// A new one, unless there are `most` already.
    ///
    /// # Errors
    /// [`StoreError::Full`].
    async fn create_webhook(&self, webhook: Webhook, most: u64, audited: Audited) -> Result<(), StoreError>;

    /// All, latest made first.
    ///
    /// # Errors
    /// As said above.
    async fn webhooks(&self) -> Result<Vec<Webhook>, StoreError>;

    /// One.
    ///
    /// # Errors
    /// As said above.
    async fn webhook(&self, id: WebhookId) -> Result<Option<Webhook>, StoreError>;

    /// Changes one. What it wants from now on is what happens from now on; what waits for it waits on.
    ///
    /// # Errors
    /// [`StoreError::Unknown`].
    async fn change_webhook(
        &self,
        id: WebhookId,
        edit: WebhookEdit,
        audited: Audited,
    ) -> Result<Webhook, StoreError>;

    /// Removes it, with all that waits for it.
    ///
    /// # Errors
    /// [`StoreError::Unknown`].
    async fn remove_webhook(&self, id: WebhookId, audited: Audited) -> Result<(), StoreError>;

    /// How they do, in no particular order; one that nothing is kept for is missing.
    ///
    /// # Errors
    /// As said above.
    async fn webhook_health(&self) -> Result<Vec<WebhookHealth>, StoreError>;

    /// Writes events down in this order for every webhook that is on and wants them; those that lie there already, and
    /// those that nobody wants, are passed over. Says how many deliveries that made.
    ///
    /// # Errors
    /// As said above.
    async fn put_events(&self, events: Vec<NewEvent>) -> Result<u64, StoreError>;

    /// The same for one webhook, whatever it wants.
    ///
    /// # Errors
    /// [`StoreError::Unknown`] if there is no such webhook, or it is not on.
    async fn put_event_for(
        &self,
        webhook: WebhookId,
        event: NewEvent,
        audited: Audited,
    ) -> Result<(), StoreError>;

    /// Webhooks that are on and have something to try at this moment.
    ///
    /// # Errors
    /// As said above.
    async fn webhooks_due(&self, now: Timestamp) -> Result<Vec<WebhookId>, StoreError>;

    /// Takes deliveries that are due, at most so many, earliest due first; of each subject only the first that waits.
    /// Until the moment given nobody else gets them.
    ///
    /// # Errors
    /// As said above.
    async fn hold_deliveries(
        &self,
        webhook: WebhookId,
        now: Timestamp,
        until: Timestamp,
        take: u64,
    ) -> Result<Vec<HeldDelivery>, StoreError>;

    /// Writes down what came of a try, and lets go. False if it is another one's by now, or was asked for anew: then
    /// nothing has changed. What waits behind it goes with it: it is due when this one is tried again, or now.
    ///
    /// # Errors
    /// As said above.
    async fn delivery_tried(&self, tried: Tried) -> Result<bool, StoreError>;

    /// Deliveries to one webhook, latest first, from before this number on.
    ///
    /// # Errors
    /// As said above.
    async fn deliveries(
        &self,
        webhook: WebhookId,
        before: Option<u64>,
        take: u64,
    ) -> Result<Vec<Delivery>, StoreError>;

    /// Has deliveries of a webhook wait anew, as if they had never been tried. Says how many.
    ///
    /// # Errors
    /// [`StoreError::Unknown`] if the webhook has no delivery of that event.
    async fn replay(
        &self,
        webhook: WebhookId,
        which: Replay,
        now: Timestamp,
        audited: Audited,
    ) -> Result<u64, StoreError>;

    /// Gives up what waits since before the one moment and is not held, and forgets what was done before the other, the
    /// longest done first. Says how many were given up, and how many forgotten: of at most `most` events.
    ///
    /// # Errors
    /// As said above.
    async fn sweep_deliveries(
        &self,
        now: Timestamp,
        give_up_before: Timestamp,
        forget_before: Timestamp,
        most: u64,
    ) -> Result<(u64, u64), StoreError>;
}
