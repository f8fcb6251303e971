//! An installation of several instances on this machine: Redis, PostgreSQL, HAProxy and servers, each a process of its
//! own on free ports, ended with the value. What can go wrong there is done to it by methods; what it has in Redis is
//! read and checked; and pages behave as the web client does.

mod balancer;
pub mod check;
mod dice;
mod gate;
pub mod live;
mod page;
mod postgres;
mod program;
mod redis;

pub use balancer::Balancer;
pub use dice::Dice;
pub use gate::{Gate, Passage};
pub use page::{InRoom, Manner, NoReply, Outage, Page, Seen, Who};
pub use postgres::Postgres;
pub use redis::{Redis, Restarted, Saving};

use crate::process::{ServerProcess, Signal};
use crate::{DEMO_PASSWORD, Staff};
use anyhow::{Context, Result, bail};
use check::Violation;
use live::Live;
use std::path::Path;
use std::time::{Duration, Instant};
use tempfile::TempDir;
use tokio::time::sleep;

/// A check of the balancer is this often; it needs one.
const CHECKED_EVERY: Duration = Duration::from_millis(500);
const LOOK_EVERY: Duration = Duration::from_millis(50);

/// The installation.
pub struct Cluster {
    /// Where everybody comes in.
    pub balancer: Balancer,
    /// The servers.
    pub instances: Vec<ServerProcess>,
    /// In front of Redis, one for each instance.
    pub gates: Vec<Gate>,
    /// Where live state is.
    pub redis: Redis,
    /// Where everything else is.
    pub postgres: Postgres,
}

/// How many instances, and with what.
#[derive(Debug, Clone)]
pub struct Plan<'a> {
    /// How many.
    pub instances: usize,
    /// Settings of each, such as `("VISAVIS_SESSION__GRACE_MS", "5000")`.
    pub settings: &'a [(&'a str, &'a str)],
    /// Whether Redis writes down what it has.
    pub saving: Saving,
}

const SOON: [(&str, &str); 3] =
    [("VISAVIS_DRAIN__AFTER_S", "1"), ("VISAVIS_DRAIN__OVER_S", "4"), ("VISAVIS_DRAIN__AT_MOST_S", "9")];

impl Plan<'_> {
    /// Three, which take less time to stop than by default.
    pub const THREE: Self = Plan { instances: 3, settings: &SOON, saving: Saving::Everything };
}

impl Cluster {
    /// What is not installed of what it takes.
    #[must_use]
    pub fn missing() -> Vec<&'static str> {
        let needed = [
            ("redis-server", Redis::is_installed()),
            ("postgresql", Postgres::is_installed()),
            ("haproxy", Balancer::is_installed()),
        ];
        needed.into_iter().filter(|(_, there)| !there).map(|(name, _)| name).collect()
    }

    /// Starts everything, with the demonstration's accounts, desk and lounge.
    ///
    /// # Errors
    /// If something does not come up.
    pub async fn start(binary: &Path, plan: &Plan<'_>) -> Result<Self> {
        let (redis, postgres) = tokio::try_join!(Redis::start(plan.saving), Postgres::start())?;
        let mut gates = Vec::new();
        for _ in 0..plan.instances {
            gates.push(Gate::open(redis.socket()).await?);
        }
        let settings = |gate: &Gate| -> Vec<(String, String)> {
            let own = [
                ("VISAVIS_REDIS", gate.address()),
                ("VISAVIS_DATABASE", postgres.url()),
                ("VISAVIS_DEMO_PASSWORD", DEMO_PASSWORD.to_owned()),
                ("VISAVIS_MEDIA__ADDRESSES", "127.0.0.1".to_owned()),
                ("VISAVIS_PROXY__TRUSTED", "127.0.0.1/32".to_owned()),
                // Pages here do in a second what people do in minutes.
                ("VISAVIS_SESSION__FRAMES_PER_SECOND", "100000".to_owned()),
                ("VISAVIS_SESSION__FRAMES_BURST", "100000".to_owned()),
            ];
            let given = plan.settings.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned()));
            own.into_iter().map(|(key, value)| (key.to_owned(), value)).chain(given).collect()
        };
        let (first, others) = gates.split_first().context("an installation has an instance")?;
        let first = ServerProcess::start_in(binary, TempDir::new()?, settings(first), &["--demo"]).await?;
        let starting = others.iter().map(async |gate| {
            let mut settings = settings(gate);
            // The first one has drawn them.
            settings.push(("VISAVIS_KEYS".to_owned(), first.data().display().to_string()));
            ServerProcess::start_in(binary, TempDir::new()?, settings, &[]).await
        });
        let others = futures_util::future::try_join_all(starting).await?;
        let instances: Vec<_> = std::iter::once(first).chain(others).collect();
        let addresses: Vec<_> =
            instances.iter().map(|one| one.base().trim_start_matches("http://").to_owned()).collect();
        let balancer = Balancer::start(&addresses).await?;
        let cluster = Self { balancer, instances, gates, redis, postgres };
        cluster.all_ready(Duration::from_secs(10)).await?;
        Ok(cluster)
    }

    /// Where everybody comes in.
    #[must_use]
    pub fn base(&self) -> String {
        self.balancer.base()
    }

    /// One of the instances, past the balancer.
    #[must_use]
    pub fn direct(&self, instance: usize) -> String {
        self.instances[instance].base()
    }

    /// Signs somebody of the demonstration in.
    ///
    /// # Errors
    /// If the server refuses.
    pub async fn staff(&self, base: &str, name: &str) -> Result<Staff> {
        let email = format!("{name}@demo");
        Staff::sign_in(&crate::http_client(), base, &email, DEMO_PASSWORD).await
    }

    /// Waits until the balancer sends requests to every instance.
    ///
    /// # Errors
    /// If it does not within this time.
    pub async fn all_ready(&self, within: Duration) -> Result<()> {
        let until = Instant::now() + within;
        loop {
            let ready = self.balancer.ready().await?;
            if ready == self.instances.len() {
                return Ok(());
            }
            if Instant::now() > until {
                bail!("{ready} of {} are ready after {within:?}", self.instances.len());
            }
            sleep(LOOK_EVERY).await;
        }
    }

    /// An instance ends as in a crash.
    ///
    /// # Errors
    /// If it cannot be ended.
    pub async fn crash(&mut self, instance: usize) -> Result<()> {
        self.instances[instance].kill().await
    }

    /// An instance is started again.
    ///
    /// # Errors
    /// If it does not come up.
    pub async fn revive(&mut self, instance: usize) -> Result<()> {
        self.instances[instance].restart().await.map(drop)
    }

    /// An instance is asked to stop, and is waited for.
    ///
    /// # Errors
    /// If it has not stopped within this time.
    pub async fn drain(&mut self, instance: usize, within: Duration) -> Result<Duration> {
        let asked = Instant::now();
        self.instances[instance].signal(Signal::Terminate)?;
        self.instances[instance].ended(within).await?;
        Ok(asked.elapsed())
    }

    /// One after the other is asked to stop and started again. Returns how long each took to stop.
    ///
    /// # Errors
    /// If one does not stop within this time, or does not come up.
    pub async fn rolling_restart(&mut self, each_within: Duration) -> Result<Vec<Duration>> {
        let mut took = Vec::new();
        for instance in 0..self.instances.len() {
            took.push(self.drain(instance, each_within).await?);
            self.revive(instance).await?;
            sleep(CHECKED_EVERY).await;
            self.all_ready(Duration::from_secs(10)).await?;
        }
        Ok(took)
    }

    /// All live state.
    ///
    /// # Errors
    /// If Redis does not answer.
    pub async fn live(&self) -> Result<Live> {
        Live::read(&self.redis.socket()).await
    }

    /// Waits until nothing is wrong in live state, and says what still is when the time is over.
    ///
    /// # Errors
    /// If something is, or Redis does not answer.
    pub async fn sound(&self, within: Duration) -> Result<Live> {
        let until = Instant::now() + within;
        loop {
            let live = self.live().await?;
            let wrong: Vec<Violation> = check::violations(&live);
            if wrong.is_empty() {
                return Ok(live);
            }
            if Instant::now() > until {
                let wrong: Vec<_> =
                    wrong.iter().map(|one| format!("{:?}: {}", one.rule, one.about)).collect();
                bail!("after {within:?} this does not hold:\n{}", wrong.join("\n"));
            }
            sleep(LOOK_EVERY).await;
        }
    }
}
