//! `/api/v1/admin/webhooks`: who is told what happens, by which secret, and what became of it.

use super::answers::{Created, Done, Many};
use super::body::{Asked, Body, Named};
use super::described::about;
use super::{Access, Api, Keys, Routes, Signed};
use crate::app::{Denied, Invalid, Unfit, Unknown};
use axum::Json;
use axum::extract::State;
use axum::http::Method;
use serde::Deserialize;
use std::sync::Arc;
use utoipa::IntoParams;
use visavis_domain::ids::WebhookId;
use visavis_domain::scope::Scope;
use visavis_protocol::{
    DeliveryPage, MadeWebhook, NewWebhook, ReplayRequest, Replayed, WebhookChange, WebhookSecret, WebhookView,
};

const ALL: &str = "/api/v1/admin/webhooks";
const ONE: &str = "/api/v1/admin/webhooks/{id}";
const READ: Keys = Keys::With(Scope::WebhooksRead);
const WRITE: Keys = Keys::With(Scope::WebhooksWrite);
const UNKNOWN: Denied = Denied::Unknown(Unknown::Webhook);

pub(super) fn routes(routes: Routes) -> Routes {
    const SECRET: &str = "/api/v1/admin/webhooks/{id}/secret";
    const DELIVERIES: &str = "/api/v1/admin/webhooks/{id}/deliveries";
    const REPLAY: &str = "/api/v1/admin/webhooks/{id}/replay";
    const TEST: &str = "/api/v1/admin/webhooks/{id}/test";
    let unfit = || [Invalid::Name, Invalid::Url, Invalid::Address, Invalid::Kinds].map(Denied::Invalid);
    let making = unfit().into_iter().chain([Denied::Invalid(Invalid::Webhooks)]);
    let changing = unfit().into_iter().chain([UNKNOWN]);
    let replaying = [UNKNOWN, Denied::Unknown(Unknown::Event)];
    routes
        .on("Webhooks")
        .add(Access::Admin, READ, Method::GET, ALL, list, about("All webhooks, latest made first", []))
        .add(
            Access::Admin,
            WRITE,
            Method::POST,
            ALL,
            make,
            about("Makes a webhook; its secret is shown this once", making),
        )
        .add(
            Access::Admin,
            WRITE,
            Method::PATCH,
            ONE,
            change,
            about("Changes one; what is absent stays", changing),
        )
        .add(
            Access::Admin,
            WRITE,
            Method::DELETE,
            ONE,
            remove,
            about("Removes one, with all that waits for it", [UNKNOWN]),
        )
        .add(
            Access::Admin,
            WRITE,
            Method::POST,
            SECRET,
            rotate,
            about("Gives it another secret, shown this once", [UNKNOWN])
                .more("The one before signs too for a day."),
        )
        .add(
            Access::Admin,
            READ,
            Method::GET,
            DELIVERIES,
            deliveries,
            about("What it was told, latest first", [UNKNOWN]),
        )
        .add(
            Access::Admin,
            WRITE,
            Method::POST,
            REPLAY,
            replay,
            about("Tells it something once more", replaying),
        )
        .add(
            Access::Admin,
            WRITE,
            Method::POST,
            TEST,
            try_out,
            about("Tells it of a test", [UNKNOWN, Denied::Unfit(Unfit::Off)]),
        )
}

/// Which part of them.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
struct Part {
    /// `next` of the part before.
    before: Option<u64>,
    /// As many; 50 if not said, 100 at most.
    take: Option<u64>,
}

async fn list(State(api): State<Arc<Api>>) -> Result<Many<WebhookView>, Denied> {
    api.webhooks.list().await.map(Many)
}

async fn make(
    State(api): State<Arc<Api>>,
    signed: Signed,
    Body(new): Body<NewWebhook>,
) -> Result<Created<MadeWebhook>, Denied> {
    api.webhooks.make(signed.account.id, &new).await.map(Created)
}

async fn change(
    State(api): State<Arc<Api>>,
    signed: Signed,
    Named(id): Named<WebhookId>,
    Body(change): Body<WebhookChange>,
) -> Result<Json<WebhookView>, Denied> {
    api.webhooks.change(signed.account.id, id, &change).await.map(Json)
}

async fn remove(
    State(api): State<Arc<Api>>,
    signed: Signed,
    Named(id): Named<WebhookId>,
) -> Result<Done, Denied> {
    api.webhooks.remove(signed.account.id, id).await?;
    Ok(Done)
}

async fn rotate(
    State(api): State<Arc<Api>>,
    signed: Signed,
    Named(id): Named<WebhookId>,
) -> Result<Json<WebhookSecret>, Denied> {
    api.webhooks.rotate(signed.account.id, id).await.map(Json)
}

async fn deliveries(
    State(api): State<Arc<Api>>,
    Named(id): Named<WebhookId>,
    Asked(Part { before, take }): Asked<Part>,
) -> Result<Json<DeliveryPage>, Denied> {
    api.webhooks.deliveries(id, before, take.unwrap_or(50)).await.map(Json)
}

async fn replay(
    State(api): State<Arc<Api>>,
    signed: Signed,
    Named(id): Named<WebhookId>,
    Body(request): Body<ReplayRequest>,
) -> Result<Json<Replayed>, Denied> {
    api.webhooks.replay(signed.account.id, id, &request).await.map(Json)
}

async fn try_out(
    State(api): State<Arc<Api>>,
    signed: Signed,
    Named(id): Named<WebhookId>,
) -> Result<Done, Denied> {
    api.webhooks.try_out(signed.account.id, id).await?;
    Ok(Done)
}
