//! What scenarios without media share: a machine in two halves, sessions that stay alive, quantiles.

use super::figures::float;
use anyhow::Result;
use std::time::Duration;
use tokio::process::Command as Program;
use tokio::time::timeout;
use visavis_bots::Bot;
use visavis_protocol::{Command, Reply, ServerFrame};

/// Of a page with nothing to say.
const PING_EVERY: Duration = Duration::from_secs(4);

/// The next frame; none after a while without any, in which one has said that one is there, as pages do.
pub(super) async fn next(bot: &mut Bot) -> Result<Option<ServerFrame>> {
    match timeout(PING_EVERY, bot.frame()).await {
        Ok(frame) => frame.map(Some),
        Err(_) => {
            bot.ping().await?;
            Ok(None)
        }
    }
}

/// Does it, or says why not.
pub(super) async fn answered(bot: &mut Bot, command: Command) -> Result<Reply> {
    bot.command(command).await?.map_err(|refused| anyhow::anyhow!("{refused:?}"))
}

/// In milliseconds; the times are put in order.
pub(super) fn milliseconds(times: &mut [Duration], quantile: f64) -> f64 {
    times.sort_unstable();
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a share of a length")]
    let place = (float(times.len() as u64) * quantile) as usize;
    let time = times.get(place.min(times.len().saturating_sub(1)));
    time.map_or(f64::NAN, |time| time.as_secs_f64() * 1000.0)
}

/// Which cores the server has to itself, and which the bots.
pub(super) struct Halves {
    pub(super) server: Option<&'static str>,
    pub(super) bots: Option<&'static str>,
}

impl Halves {
    /// Two for the server where there are four; otherwise all share all.
    pub(super) fn of_this_machine() -> Self {
        let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        if cores < 4 {
            return Self { server: None, bots: None };
        }
        Self { server: Some("0,1"), bots: Some("2,3") }
    }

    /// Holds a process to some of the cores.
    pub(super) async fn take(&self, process: u32, cores: Option<&str>) -> Result<()> {
        let Some(cores) = cores else { return Ok(()) };
        let arguments = ["-a", "-c", "-p", cores, &process.to_string()].map(str::to_owned);
        let done = Program::new("taskset").args(arguments).output().await?;
        anyhow::ensure!(done.status.success(), "taskset: {}", String::from_utf8_lossy(&done.stderr));
        Ok(())
    }
}
