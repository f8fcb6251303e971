//! Which adapter keeps what is true right now: this process's memory, or a Redis that several servers share.

use crate::config::{self, Settings};
use anyhow::{Result, anyhow, bail};
use std::sync::Arc;
use std::time::Duration;
use visavis_live::{BadRedis, Live, MemoryLive, RedisAddress, RedisLive, RedisMode, RedisServer};

/// Clocks that differ by more are worth mending: by twice as much, a server would not be ready.
const CLOCKS_APART: Duration = Duration::from_secs(1);

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

/// For `visavis doctor`: what answers there, that it forgets nothing of itself, and whether clocks agree.
pub(super) async fn check(settings: &Settings) -> Option<Result<String>> {
    if settings.redis.as_str().is_empty() {
        return None;
    }
    Some(describe(settings).await)
}

async fn describe(settings: &Settings) -> Result<String> {
    let shown = config::public_part(settings.redis.as_str());
    let server = connect(settings).await?.describe().await;
    let RedisServer { version, mode, evicts, clock_apart } =
        server.map_err(|error| anyhow!("{shown}: {error}"))?;
    if let Some(policy) = evicts {
        bail!("{shown} evicts ({policy}) when its memory is full");
    }
    if clock_apart > CLOCKS_APART {
        bail!("the clock of {shown} and this machine's are {:.1} s apart", clock_apart.as_secs_f64());
    }
    let found = match mode {
        RedisMode::Single => "one server",
        RedisMode::Sentinel => "found by Sentinel",
        RedisMode::Cluster => "a node of a cluster",
    };
    Ok(format!("{shown} is {version}, {found}; clocks agree to {} ms", clock_apart.as_millis()))
}

async fn connect(settings: &Settings) -> Result<RedisLive> {
    let text = settings.redis.as_str();
    let connected = async {
        let mut address = RedisAddress::parse(text)?;
        if !settings.redis_ca.as_os_str().is_empty() {
            // What cannot be read holds no certificate.
            address = address.trusting(std::fs::read(&settings.redis_ca).unwrap_or_default())?;
        }
        RedisLive::connect(address, &settings.redis_name).await
    };
    // The error carries no address, and so no password.
    connected
        .await
        .map_err(|error: BadRedis| anyhow!("redis is \"{}\", but {error}", config::public_part(text)))
}
