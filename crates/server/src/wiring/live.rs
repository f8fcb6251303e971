//! Which adapter keeps what is true right now: this process's memory, or a Redis that several servers share.

use crate::config::{self, Settings};
use anyhow::{Result, anyhow, bail};
use std::sync::Arc;
use visavis_live::{Live, MemoryLive, RedisLive};

/// As the settings have it. A Redis that cannot be used stops the start.
pub(super) async fn open(settings: &Settings) -> Result<Arc<dyn Live>> {
    if settings.redis.as_str().is_empty() {
        return Ok(Arc::new(MemoryLive::default()));
    }
    let live = connect(settings).await?;
    if let Ok(server) = live.describe().await
        && let Some(policy) = server.evicts
    {
        tracing::warn!(
            policy,
            "Redis may evict what is true right now; set its maxmemory-policy to noeviction"
        );
    }
    Ok(Arc::new(live))
}

/// For `visavis doctor`: what answers there, and that it forgets nothing of itself.
pub(super) async fn check(settings: &Settings) -> Option<Result<String>> {
    if settings.redis.as_str().is_empty() {
        return None;
    }
    Some(describe(settings).await)
}

async fn describe(settings: &Settings) -> Result<String> {
    let server = connect(settings).await?.describe().await?;
    let shown = config::public_part(settings.redis.as_str());
    match server.evicts {
        None => Ok(format!("{shown} is version {}", server.version)),
        Some(policy) => bail!("{shown} evicts ({policy}) when its memory is full"),
    }
}

async fn connect(settings: &Settings) -> Result<RedisLive> {
    let address = settings.redis.as_str();
    let connected = RedisLive::connect(address, &settings.redis_name).await;
    // The error carries no address, and so no password.
    connected.map_err(|error| anyhow!("redis is \"{}\", but {error}", config::public_part(address)))
}
