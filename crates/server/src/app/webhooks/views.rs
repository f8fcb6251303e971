//! Webhooks and deliveries as those see them who run the installation.

use visavis_protocol as wire;
use visavis_protocol::{DeliveryView, WebhookView};
use visavis_store::{Delivery, DeliveryState, Webhook, WebhookHealth, WebhookState};

pub(super) fn webhook(webhook: &Webhook, health: Option<&WebhookHealth>) -> WebhookView {
    WebhookView {
        id: webhook.id,
        name: webhook.name.clone(),
        url: webhook.url.clone(),
        kinds: webhook.kinds.clone(),
        state: match webhook.state {
            WebhookState::On => wire::WebhookState::On,
            WebhookState::Off => wire::WebhookState::Off,
            WebhookState::Gone => wire::WebhookState::Gone,
        },
        created_at: webhook.created_at,
        waiting: health.map_or(0, |health| health.waiting),
        oldest: health.and_then(|health| health.oldest),
        given_up: health.map_or(0, |health| health.given_up),
        delivered_at: webhook.delivered_at,
        failed_at: webhook.failed.map(|(at, _)| at),
        trouble: webhook.failed.map(|(_, trouble)| trouble),
    }
}

pub(super) fn delivery(delivery: &Delivery) -> DeliveryView {
    let (state, due_at) = match delivery.state {
        DeliveryState::Waiting { due_at } => (wire::DeliveryState::Waiting, Some(due_at)),
        DeliveryState::Delivered { .. } => (wire::DeliveryState::Delivered, None),
        DeliveryState::GivenUp { .. } => (wire::DeliveryState::GivenUp, None),
    };
    let event = &delivery.event.event;
    DeliveryView {
        event: event.id,
        number: delivery.event.number,
        kind: event.kind,
        subject: event.subject.clone(),
        at: event.at,
        state,
        tries: delivery.tries,
        due_at,
        tried_at: delivery.tried_at,
        status: delivery.status,
        trouble: delivery.trouble,
    }
}
