//! Which adapter keeps what is true right now: this process's memory, or a Redis that several servers share.

use super::installation::Installation;
use crate::config::{self, Settings};
use crate::secrets::Secrets;
use anyhow::{Context, Result, anyhow, bail};
use std::sync::Arc;
use std::time::Duration;
use visavis_live::{
    BadRedis, Commit, Key, Live, LiveError, MemoryLive, RedisAddress, RedisLive, RedisMode, RedisServer,
    Version, Write,
};

/// Clocks that differ by more are worth mending: by twice as much, a server would not be ready.
const CLOCKS_APART: Duration = Duration::from_secs(1);

/// As the settings have it. A Redis that cannot be used, or that belongs to other keys, stops the start.
pub(super) async fn open(settings: &Settings, secrets: &Secrets) -> Result<Arc<dyn Live>> {
    if settings.redis.as_str().is_empty() {
        return Ok(Arc::new(MemoryLive::default()));
    }
    let live = connect(settings).await?;
    same_keys(&live, &Installation::of(secrets)).await?;
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
    let live = connect(settings).await?;
    let shown = config::public_part(settings.redis.as_str());
    let server = live.describe().await;
    let RedisServer { version, mode, evicts, clock_apart } =
        server.map_err(|error| anyhow!("{shown}: {error}"))?;
    if let Some(policy) = evicts {
        bail!("{shown} evicts ({policy}) when its memory is full");
    }
    if clock_apart > CLOCKS_APART {
        bail!("the clock of {shown} and this machine's are {:.1} s apart", clock_apart.as_secs_f64());
    }
    // A key that is missing is said to be elsewhere.
    if let Ok(secrets) = Secrets::load(settings.keys()) {
        compare(installed(&live).await?.as_ref(), &Installation::of(&secrets))?;
    }
    let found = match mode {
        RedisMode::Single => "one server",
        RedisMode::Sentinel => "found by Sentinel",
        RedisMode::Cluster => "a node of a cluster",
    };
    Ok(format!("{shown} is {version}, {found}; clocks agree to {} ms", clock_apart.as_millis()))
}

/// Makes sure that all who share this Redis have the same keys; the first one says which.
async fn same_keys(live: &RedisLive, own: &Installation) -> Result<()> {
    let key = Key::installation();
    let body = Some(serde_json::to_vec(own)?.into());
    let write = Write { key, expected: Version::ABSENT, body, deadline: None, lease: None };
    match live.commit(Commit { writes: vec![write], ..Commit::default() }).await {
        Ok(_) => Ok(()),
        // Somebody was here before.
        Err(LiveError::Conflict) => compare(installed(live).await?.as_ref(), own),
        Err(error) => Err(error).context("redis could not be asked whose it is"),
    }
}

async fn installed(live: &RedisLive) -> Result<Option<Installation>> {
    let asked = live.load(&[Key::installation()]).await;
    let found = asked.context("redis could not be asked whose it is")?;
    let body = found.first().and_then(|document| document.body.as_ref());
    body.map(|body| serde_json::from_slice(body))
        .transpose()
        .context("redis: what says whose it is cannot be read")
}

fn compare(installed: Option<&Installation>, own: &Installation) -> Result<()> {
    match installed.and_then(|installed| installed.other_than(own)) {
        None => Ok(()),
        Some(differ) => bail!(
            "redis is used by servers with other keys ({differ}): give this one the same, by setting keys to a folder \
             with a copy of theirs; or set redis_name to another name, if it is another installation or its keys were \
             replaced"
        ),
    }
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
