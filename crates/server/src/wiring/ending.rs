//! The end of the server's life, from the signal to the exit. When what happens is `cluster::drain`'s.

use crate::app::App;
use crate::cluster::Standing;
use crate::cluster::drain::{Leaving, Left, Plan};
use crate::config::Settings;
use crate::turn_io::TurnHandle;
use anyhow::Result;
use std::sync::Arc;
use std::time::Duration;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::time::{Instant, sleep};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// How often it is looked whether anybody is left.
const LOOK_EVERY: Duration = Duration::from_millis(100);
/// How often some rooms let go of their media.
const MOVE_EVERY: Duration = Duration::from_millis(500);

/// When who is sent away: those of a server that is alone have nowhere to go.
pub(super) fn plan(settings: &Settings) -> Plan {
    let drain = &settings.drain;
    let seconds = Duration::from_secs;
    match settings.redis.as_str() {
        "" => Plan::at_once(),
        _ => Plan::spread(seconds(drain.after_s), seconds(drain.over_s), seconds(drain.at_most_s)),
    }
}

/// Everything that has to end.
pub(super) struct Ending {
    pub(super) app: Arc<App>,
    pub(super) standing: Arc<Standing>,
    pub(super) leaving: Arc<Leaving>,
    pub(super) turn: TurnHandle,
    /// Connections end with their next answer.
    pub(super) closing: CancellationToken,
    /// Everything that runs for ever ends.
    pub(super) stopping: CancellationToken,
    pub(super) tasks: TaskTracker,
}

impl Ending {
    /// Waits until the server is asked to stop, and then until it may. Asked again, it does at once.
    pub(super) async fn wait(self) -> Result<()> {
        let mut signals = Signals::new()?;
        signals.next().await;
        tokio::select! {
            () = self.end() => {}
            () = signals.next() => tracing::warn!("asked to stop once more: this is at once"),
        }
        Ok(())
    }

    async fn end(&self) {
        let (plan, began) = (self.leaving.plan(), Instant::now());
        self.standing.drain();
        self.leaving.begin();
        tracing::info!(sockets = self.leaving.sockets(), media = self.left().media, "stopping");
        tokio::select! {
            () = self.until_over(plan, began) => {}
            () = self.move_rooms(plan, began) => {}
        }
        self.closing.cancel();
        sleep(plan.last_words()).await;
        self.stop(plan, began).await;
    }

    /// Everything that runs for ever ends, and what is under way is waited for, while there is time.
    async fn stop(&self, plan: Plan, began: Instant) {
        self.stopping.cancel();
        self.tasks.close();
        let Left { sockets, media } = self.left();
        let ended = tokio::time::timeout(plan.rest(began.elapsed()), async {
            self.tasks.wait().await;
            while self.leaving.sockets() > 0 {
                sleep(LOOK_EVERY).await;
            }
        });
        match ended.await {
            Ok(()) => tracing::info!(sockets, media, took = ?began.elapsed(), "stopped"),
            Err(_) => tracing::warn!(sockets, media, "not everything ended in time"),
        }
    }

    async fn until_over(&self, plan: Plan, began: Instant) {
        while !plan.is_over(began.elapsed(), self.left()) {
            sleep(LOOK_EVERY).await;
        }
    }

    /// A few rooms after the other, until the drain is over. Rooms of which nobody can be told now are tried again.
    async fn move_rooms(&self, plan: Plan, began: Instant) {
        loop {
            sleep(MOVE_EVERY).await;
            let moved = async {
                let rooms = self.app.rooms_forwarded_here().await?;
                let some = plan.rooms_now(began.elapsed(), MOVE_EVERY, rooms.len());
                for name in rooms.iter().take(some) {
                    self.app.displace(name, self.app.instance()).await?;
                }
                Ok::<_, crate::app::Refused>(())
            };
            if let Err(refused) = moved.await {
                tracing::warn!(%refused, "the media of a room could not be moved");
            }
        }
    }

    fn left(&self) -> Left {
        let forwarded = usize::try_from(self.standing.says().load).unwrap_or(usize::MAX);
        Left { sockets: self.leaving.sockets(), media: forwarded + self.turn.allocations() }
    }
}

/// Those that ask a process to stop. Made once: one that comes between two is not lost.
struct Signals {
    terminate: Signal,
    interrupt: Signal,
}

impl Signals {
    fn new() -> Result<Self> {
        Ok(Self { terminate: signal(SignalKind::terminate())?, interrupt: signal(SignalKind::interrupt())? })
    }

    async fn next(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }
}
