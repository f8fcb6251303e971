//! Signalling for pages that use PeerJS, where it is on.

use crate::app::{App, ByAddress, IceServers};
use crate::cluster::drain::Leaving;
use crate::config::Settings;
use crate::edge::RateByAddress;
use crate::peerjs::{self, Listed, PeerJs, PeerJsSettings, Post};
use anyhow::Result;
use axum::Router;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// Sockets, and credentials of TURN, that one address may ask for: a classroom at once, and far fewer ids than would keep
/// others from theirs.
const PER_MINUTE: NonZeroU32 = NonZeroU32::new(240).expect("more than none");

/// What brings messages; none where it is off.
pub(super) async fn start_post(
    settings: &Settings,
    app: &Arc<App>,
    stopping: &CancellationToken,
) -> Result<Option<Arc<Post>>> {
    let peerjs = &settings.peerjs;
    if !peerjs.enabled {
        return Ok(None);
    }
    Ok(Some(Post::start(app.clone(), Duration::from_secs(peerjs.grace_s), stopping.clone()).await?))
}

pub(super) fn routes(
    settings: &Settings,
    app: &Arc<App>,
    (post, ice): (Arc<Post>, Arc<dyn IceServers>),
    leaving: &Arc<Leaving>,
) -> Router {
    let peerjs = &settings.peerjs;
    let mut origins = peerjs.origins.clone();
    origins.extend(settings.public_url.as_ref().map(|url| url.origin().ascii_serialization()));
    peerjs::router(Arc::new(PeerJs {
        app: app.clone(),
        post,
        ice,
        claims: RateByAddress::per_minute(ByAddress::PeerJs, PER_MINUTE),
        settings: PeerJsSettings {
            discovery: peerjs.discovery,
            origins,
            ids: usize::try_from(peerjs.ids.get()).unwrap_or(usize::MAX),
        },
        leaving: leaving.clone(),
        listed: Listed::default(),
    }))
}
