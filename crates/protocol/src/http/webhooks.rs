//! Webhooks, as admins and programs make and see them, and what they are told.

use serde::{Deserialize, Serialize};
use ts_rs::TS;
use utoipa::ToSchema;
use visavis_domain::ids::{EventId, WebhookId};
use visavis_domain::time::Timestamp;
use visavis_domain::webhook::{EventKind, Facts, Trouble};

/// Whether a webhook is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
#[serde(rename_all = "snake_case")]
pub enum WebhookState {
    /// It is.
    On,
    /// An admin has switched it off: what happens is not for it, and what waits for it waits.
    Off,
    /// The same, because its receiver said that it is no more (410).
    Gone,
}

/// `POST /api/v1/admin/webhooks`: a new one. Answered by [`MadeWebhook`]; 422 `name_invalid`, `url_invalid`,
/// `address_refused`, `kinds_invalid`, `too_many_webhooks`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
#[serde(deny_unknown_fields)]
pub struct NewWebhook {
    /// What it is for: 1 to 64 characters.
    pub name: String,
    /// Where to: `https`, without a user and a fragment, at most 2000 characters.
    pub url: String,
    /// Of what; at least one, and not `webhook.test`.
    pub kinds: Vec<EventKind>,
}

/// `PATCH /api/v1/admin/webhooks/{id}`: what is absent stays. Answered by [`WebhookView`].
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema, TS)]
#[serde(deny_unknown_fields)]
pub struct WebhookChange {
    /// What it is for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    #[schema(nullable = false)]
    pub name: Option<String>,
    /// Where to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    #[schema(nullable = false)]
    pub url: Option<String>,
    /// Of what.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    #[schema(nullable = false)]
    pub kinds: Option<Vec<EventKind>>,
    /// Whether it is told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    #[schema(nullable = false)]
    pub on: Option<bool>,
}

/// A webhook. `GET /api/v1/admin/webhooks` lists them, latest made first; `DELETE /api/v1/admin/webhooks/{id}` removes
/// one with all that waits for it, 404 `webhook_unknown`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
pub struct WebhookView {
    /// Which.
    #[ts(type = "string")]
    pub id: WebhookId,
    /// What it is for.
    pub name: String,
    /// Where to.
    pub url: String,
    /// Of what.
    pub kinds: Vec<EventKind>,
    /// Whether it is told.
    pub state: WebhookState,
    /// Since when.
    #[ts(type = "number")]
    pub created_at: Timestamp,
    /// How many deliveries wait.
    #[ts(type = "number")]
    pub waiting: u64,
    /// Since when the one waits that waits longest; absent if none does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(type = "number", optional)]
    #[schema(nullable = false)]
    pub oldest: Option<Timestamp>,
    /// How many were given up and are still known.
    #[ts(type = "number")]
    pub given_up: u64,
    /// When something last arrived; absent if nothing ever did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(type = "number", optional)]
    #[schema(nullable = false)]
    pub delivered_at: Option<Timestamp>,
    /// When something last did not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(type = "number", optional)]
    #[schema(nullable = false)]
    pub failed_at: Option<Timestamp>,
    /// Why it did not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    #[schema(nullable = false)]
    pub trouble: Option<Trouble>,
}

/// A webhook that was made.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
pub struct MadeWebhook {
    /// As it is listed.
    pub webhook: WebhookView,
    /// What signs, shown this once: `whsec_…`.
    pub secret: String,
}

impl std::fmt::Debug for MadeWebhook {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("MadeWebhook").field("webhook", &self.webhook).finish_non_exhaustive()
    }
}

/// Answer of `POST /api/v1/admin/webhooks/{id}/secret`: another secret.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
pub struct WebhookSecret {
    /// What signs from now on, shown this once.
    pub secret: String,
    /// Until when the one before signs too.
    #[ts(type = "number")]
    pub earlier_until: Timestamp,
}

impl std::fmt::Debug for WebhookSecret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("WebhookSecret").field("earlier_until", &self.earlier_until).finish_non_exhaustive()
    }
}

/// How far a delivery is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
#[serde(rename_all = "snake_case")]
pub enum DeliveryState {
    /// It is tried, or waits for the one before it.
    Waiting,
    /// It has arrived.
    Delivered,
    /// Nobody tries it any more.
    GivenUp,
}

/// One delivery.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
pub struct DeliveryView {
    /// Of which event.
    #[ts(type = "string")]
    pub event: EventId,
    /// The event's number.
    #[ts(type = "number")]
    pub number: u64,
    /// What happened.
    pub kind: EventKind,
    /// The id of what it happened to.
    pub subject: String,
    /// When it happened.
    #[ts(type = "number")]
    pub at: Timestamp,
    /// How far it is.
    pub state: DeliveryState,
    /// How often it was tried.
    pub tries: u32,
    /// When it is tried next at the earliest; absent once it is not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(type = "number", optional)]
    #[schema(nullable = false)]
    pub due_at: Option<Timestamp>,
    /// When it was last tried.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(type = "number", optional)]
    #[schema(nullable = false)]
    pub tried_at: Option<Timestamp>,
    /// The status of the last answer; absent if there was none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    #[schema(nullable = false)]
    pub status: Option<u16>,
    /// What was wrong with it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    #[schema(nullable = false)]
    pub trouble: Option<Trouble>,
}

/// Answer of `GET /api/v1/admin/webhooks/{id}/deliveries`, latest first; `before` a number and `take`, at most 100.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
pub struct DeliveryPage {
    /// At most as many as were asked for.
    pub deliveries: Vec<DeliveryView>,
    /// What to ask for `before`; absent at the end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(type = "number", optional)]
    #[schema(nullable = false)]
    pub next: Option<u64>,
}

/// `POST /api/v1/admin/webhooks/{id}/replay`: tell it once more. Answered by [`Replayed`]; 404 `event_unknown`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
#[serde(deny_unknown_fields)]
pub struct ReplayRequest {
    /// Of this event.
    #[ts(type = "string")]
    pub event: EventId,
    /// And of all that it was told later.
    pub later: bool,
}

/// What is told once more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
pub struct Replayed {
    /// How many.
    #[ts(type = "number")]
    pub count: u64,
}

/// What a webhook is told: the body of a request to it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct WebhookEvent {
    /// Which; the same however often it is told.
    #[ts(type = "string")]
    pub id: EventId,
    /// What happened.
    #[serde(rename = "type")]
    pub kind: EventKind,
    /// The id of what it happened to: of one subject events are told in order.
    pub subject: String,
    /// Later events of the same subject have higher ones.
    #[ts(type = "number")]
    pub number: u64,
    /// When.
    #[ts(type = "number")]
    pub at: Timestamp,
    /// The rest.
    pub data: Facts,
}
