//! Webhooks: what carries them, and what runs for them.

use crate::app::{
    Announcer, App, Moving, WebhookParts, Webhooks, drive_moving, drive_webhooks, system_clock,
};
use crate::config::Settings;
use crate::secrets::Secrets;
use crate::webhooks::{HttpCourier, Plain, WebhookSettings};
use anyhow::{Context, Result};
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use visavis_live::Live;
use visavis_store::Store;

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// From when this returns on nothing happens here that somebody should have been told of.
pub(super) async fn start(
    settings: &Settings,
    secrets: &Secrets,
    app: &Arc<App>,
    (live, store, announcer, moving): (Arc<dyn Live>, Arc<dyn Store>, Announcer, Moving),
    (stopping, tasks): (&CancellationToken, &TaskTracker),
) -> Result<Arc<Webhooks>> {
    let set = &settings.webhooks;
    let courier = HttpCourier::new(WebhookSettings {
        allowed: set.allow_addresses.clone(),
        plain: if set.allow_http { Plain::Allowed } else { Plain::Refused },
    });
    let parts = WebhookParts {
        store,
        live,
        clock: system_clock(),
        announcer,
        courier: Arc::new(courier.context("webhooks: no HTTPS client could be made")?),
        keep: DAY * set.keep_days.get(),
    };
    let webhooks = Arc::new(Webhooks::new(parts, secrets.signing.bytes()));
    webhooks.look_who_is_told().await?;
    tasks.spawn(drive_moving(app.clone(), moving, stopping.clone()));
    tasks.spawn(drive_webhooks(webhooks.clone(), stopping.clone()));
    Ok(webhooks)
}
