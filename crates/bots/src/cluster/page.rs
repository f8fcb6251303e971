//! A page that keeps itself alive, as the web client does: it resumes, or says hello anew and takes up what it was in
//! the middle of, whichever instance it reaches. Tests tell it what its user does, and look at what it shows.

mod life;
mod seen;

pub use seen::{InRoom, Outage, Seen};

use crate::{Staff, http_client};
use anyhow::{Context, Result};
use life::Life;
use std::time::{Duration, Instant};
use tokio::sync::{mpsc, oneshot, watch};
use tokio::task::JoinHandle;
use tokio::time::timeout;
use visavis_protocol::{Code, Command, Reply};

/// Between two attempts at what could not be done this time.
const AGAIN_AFTER: Duration = Duration::from_millis(250);

/// Whose page it is.
#[derive(Clone)]
pub enum Who {
    /// A guest, the same one for as long as the page is open.
    Guest,
    /// Somebody signed in.
    Staff(Staff),
}

/// What the page does by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Manner {
    /// Nothing but staying where it is.
    Quiet,
    /// It goes into a call that its person is in.
    Joins,
    /// It accepts every ring besides.
    Accepts,
}

/// Why there is no reply.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoReply {
    /// The server said no.
    Refused(Code),
    /// The session was lost before there was an answer: it may have happened.
    Lost,
}

struct Order {
    command: Command,
    answer: oneshot::Sender<Result<Reply, NoReply>>,
}

/// A page that is open. Dropped, its line breaks without a word.
pub struct Page {
    orders: mpsc::UnboundedSender<Order>,
    seen: watch::Receiver<Seen>,
    task: JoinHandle<()>,
}

impl Page {
    /// Opens it; it is connected a moment later.
    #[must_use]
    pub fn open(base: &str, who: Who, manner: Manner) -> Self {
        let (orders, taken) = mpsc::unbounded_channel();
        let (shown, seen) = watch::channel(Seen::default());
        let life = Life::new(http_client(), base.to_owned(), who, manner, taken, shown);
        Self { orders, seen, task: tokio::spawn(life.run()) }
    }

    /// Does it once the page is connected, and waits for the answer.
    ///
    /// # Errors
    /// If it was refused, or the session was lost meanwhile.
    pub async fn command(&self, command: Command) -> Result<Reply, NoReply> {
        let (answer, answered) = oneshot::channel();
        // Whose page has ended gets no answer either.
        let _ = self.orders.send(Order { command, answer });
        answered.await.unwrap_or(Err(NoReply::Lost))
    }

    /// Does it, as often as it takes: again after "try again", after a session that was lost, and after live state was,
    /// which the page may be told of a moment later than that it is in no room.
    ///
    /// # Errors
    /// If it was refused for another reason, or was not done in time.
    pub async fn insist(&self, command: Command, within: Duration) -> Result<Reply> {
        let until = Instant::now() + within;
        loop {
            let left = until.saturating_duration_since(Instant::now());
            let answered = timeout(left, self.command(command.clone())).await;
            match answered.with_context(|| format!("{command:?} was not done within {within:?}"))? {
                Ok(reply) => return Ok(reply),
                Err(
                    NoReply::Lost | NoReply::Refused(Code::TryAgain | Code::RateLimited | Code::NotInRoom),
                ) => {
                    tokio::time::sleep(AGAIN_AFTER).await;
                }
                Err(NoReply::Refused(code)) => anyhow::bail!("{command:?}: {code:?}"),
            }
        }
    }

    /// What it shows now.
    #[must_use]
    pub fn seen(&self) -> Seen {
        self.seen.borrow().clone()
    }

    /// Waits until it shows this. Returns what it shows then.
    ///
    /// # Errors
    /// If it does not, in time.
    pub async fn until(&self, within: Duration, what: &str, shows: impl Fn(&Seen) -> bool) -> Result<Seen> {
        let mut seen = self.seen.clone();
        match timeout(within, seen.wait_for(|seen| shows(seen))).await {
            Ok(Ok(seen)) => Ok(seen.clone()),
            Ok(Err(_)) => anyhow::bail!("the page ended before {what}: {}", self.seen().brief()),
            Err(_) => anyhow::bail!("not within {within:?}: {what}. {}", self.seen().brief()),
        }
    }

    /// Says goodbye, as a browser does when its user closes the page.
    pub async fn close(self) {
        let Self { orders, task, .. } = self;
        drop(orders);
        // It only waits for the socket to close.
        let _ = timeout(Duration::from_secs(2), task).await;
    }
}

impl Page {
    /// The line breaks without a word, and nobody comes back.
    pub fn lose(self) {
        self.task.abort();
    }
}
