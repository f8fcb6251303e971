//! The connection for commands. It never waits long: a command that has no answer within the limit has failed, its
//! connection is given up, and while the server is away commands fail at once instead of queueing for its return.

use super::place::{Found, Place, connect};
use crate::LiveError;
use redis::aio::MultiplexedConnection;
use redis::{RedisError, RedisResult};
use std::error::Error;
use std::future::Future;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::time::{Instant, timeout_at};

/// Every call is over after this: within a second, also on a machine that has much to do.
pub(super) const LIMIT: Duration = Duration::from_millis(900);
/// Opening a connection takes at most this, so that whoever opens it can still say that it failed.
const OPENING: Duration = Duration::from_millis(700);
const NO_ANSWER: &str = "no answer in time";
/// After a failure, nobody tries again before this.
const PAUSE: Duration = Duration::from_millis(100);

pub(super) struct Link {
    place: Arc<Place>,
    state: Mutex<State>,
    /// Held while one opens the connection for all.
    opening: tokio::sync::Mutex<()>,
}

#[derive(Default)]
struct State {
    open: Option<Open>,
    last_number: u64,
    failed_at: Option<Instant>,
    /// Why the server is away, once that has been said.
    away: Option<String>,
}

#[derive(Clone)]
struct Open {
    /// So that who found it broken does not give up its successor.
    number: u64,
    /// Where it leads.
    found: Found,
    connection: MultiplexedConnection,
}

impl Link {
    pub(super) fn new(place: Arc<Place>) -> Self {
        Self { place, state: Mutex::default(), opening: tokio::sync::Mutex::default() }
    }

    /// Runs a command, or several, within the limit.
    pub(super) async fn call<T, F>(
        &self,
        run: impl FnOnce(MultiplexedConnection) -> F + Send,
    ) -> Result<T, LiveError>
    where
        F: Future<Output = RedisResult<T>> + Send,
    {
        let end = Instant::now() + LIMIT;
        let open = timeout_at(end, self.connection()).await;
        let Open { number, connection, .. } = open.map_err(|_| LiveError::Unavailable)??;
        match timeout_at(end, run(connection)).await {
            Ok(Ok(done)) => Ok(done),
            Ok(Err(error)) => {
                self.give_up(number, why(&error));
                Err(LiveError::Unavailable)
            }
            Err(_) => {
                self.give_up(number, NO_ANSWER.to_owned());
                Err(LiveError::Unavailable)
            }
        }
    }

    /// Why the server is away, if it is: what may be said of it.
    pub(super) fn away(&self) -> Option<String> {
        self.state().away.clone()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // No change below can be half done.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What is open and leads to where the server is now; an error if it is not to be tried again yet.
    fn ready(&self) -> Result<Option<Open>, LiveError> {
        let mut state = self.state();
        state.open.take_if(|open| !self.place.is(&open.found));
        if state.open.is_none() && state.failed_at.is_some_and(|at| at.elapsed() < PAUSE) {
            return Err(LiveError::Unavailable);
        }
        Ok(state.open.clone())
    }

    async fn connection(&self) -> Result<Open, LiveError> {
        if let Some(open) = self.ready()? {
            return Ok(open);
        }
        let _one = self.opening.lock().await;
        if let Some(open) = self.ready()? {
            return Ok(open);
        }
        let opening = async {
            let found = self.place.find().await?;
            RedisResult::Ok((connect(&found.client).await?, found))
        };
        let opened = tokio::time::timeout(OPENING, opening).await;
        let mut state = self.state();
        match opened {
            Ok(Ok((connection, found))) => {
                if state.away.take().is_some() {
                    tracing::info!("Redis is back");
                }
                state.last_number += 1;
                let open = Open { number: state.last_number, found, connection };
                state.open = Some(open.clone());
                state.failed_at = None;
                Ok(open)
            }
            Ok(Err(error)) => Err(state.failed(why(&error))),
            Err(_) => Err(state.failed(NO_ANSWER.to_owned())),
        }
    }

    /// The server answers somebody: the next command need not wait out the pause.
    pub(super) fn server_is_back(&self) {
        self.state().failed_at = None;
    }

    /// Never waits: a call whose time is over is over.
    fn give_up(&self, number: u64, why: String) {
        let mut state = self.state();
        if state.open.as_ref().is_some_and(|open| open.number == number) {
            state.open = None;
            state.failed(why);
            // The next one may try at once: a connection that was cut says nothing about the server, and one that
            // leads to the wrong server nothing about the right one.
            state.failed_at = None;
        }
    }
}

impl State {
    fn failed(&mut self, why: String) -> LiveError {
        if self.away.is_none() {
            tracing::warn!(why, "Redis is away");
        }
        self.away = Some(why);
        self.failed_at = Some(Instant::now());
        LiveError::Unavailable
    }
}

/// What may be said of an error: its kind, and what the network or TLS said. The rest can quote what was sent.
fn why(error: &RedisError) -> String {
    if let Some(code) = error.code() {
        return code.to_owned();
    }
    match error.source().filter(|_| error.is_io_error()) {
        Some(said) => said.to_string(),
        None => error.category().to_owned(),
    }
}
