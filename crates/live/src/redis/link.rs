//! The connection for commands. It never waits long: a command that has no answer within the limit has failed, its
//! connection is given up, and while the server is away commands fail at once instead of queueing for its return.

use crate::LiveError;
use redis::aio::MultiplexedConnection;
use redis::{AsyncConnectionConfig, Client, RedisError, RedisResult};
use std::future::Future;
use std::time::Duration;
use tokio::sync::Mutex;
use tokio::time::{Instant, timeout_at};

/// Every call is over after this.
pub(super) const LIMIT: Duration = Duration::from_secs(1);
/// Opening a connection takes at most this, so that whoever opens it can still say that it failed.
const OPENING: Duration = Duration::from_millis(700);
/// After a failure, nobody tries again before this.
const PAUSE: Duration = Duration::from_millis(100);

pub(super) struct Link {
    client: Client,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// Numbered, so that who found one broken does not give up its successor.
    open: Option<(u64, MultiplexedConnection)>,
    last_number: u64,
    failed_at: Option<Instant>,
    /// It has been said that the server is away.
    said: bool,
}

impl Link {
    pub(super) fn new(client: Client) -> Self {
        Self { client, state: Mutex::default() }
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
        let (number, connection) = open.map_err(|_| LiveError::Unavailable)??;
        match timeout_at(end, run(connection)).await {
            Ok(Ok(done)) => Ok(done),
            Ok(Err(error)) => {
                self.give_up(number, &why(&error)).await;
                Err(LiveError::Unavailable)
            }
            Err(_) => {
                self.give_up(number, "no answer in time").await;
                Err(LiveError::Unavailable)
            }
        }
    }

    async fn connection(&self) -> Result<(u64, MultiplexedConnection), LiveError> {
        let mut state = self.state.lock().await;
        if let Some(open) = &state.open {
            return Ok(open.clone());
        }
        if state.failed_at.is_some_and(|at| at.elapsed() < PAUSE) {
            return Err(LiveError::Unavailable);
        }
        let opening = open(&self.client);
        match tokio::time::timeout(OPENING, opening).await {
            Ok(Ok(connection)) => {
                if std::mem::take(&mut state.said) {
                    tracing::info!("Redis is back");
                }
                state.last_number += 1;
                let open = (state.last_number, connection);
                state.open = Some(open.clone());
                state.failed_at = None;
                Ok(open)
            }
            Ok(Err(error)) => Err(state.failed(&why(&error))),
            Err(_) => Err(state.failed("no answer in time")),
        }
    }

    /// The server answers somebody: the next command need not wait out the pause.
    pub(super) async fn server_is_back(&self) {
        self.state.lock().await.failed_at = None;
    }

    async fn give_up(&self, number: u64, why: &str) {
        let mut state = self.state.lock().await;
        if state.open.as_ref().is_some_and(|(open, _)| *open == number) {
            state.open = None;
            state.failed(why);
            // The next one may try at once: a connection that was cut says nothing about the server.
            state.failed_at = None;
        }
    }
}

impl State {
    fn failed(&mut self, why: &str) -> LiveError {
        if !std::mem::replace(&mut self.said, true) {
            tracing::warn!(why, "Redis is away");
        }
        self.failed_at = Some(Instant::now());
        LiveError::Unavailable
    }
}

async fn open(client: &Client) -> RedisResult<MultiplexedConnection> {
    // The limits are ours: one for the whole call.
    let config = AsyncConnectionConfig::new().set_connection_timeout(None).set_response_timeout(None);
    client.get_multiplexed_async_connection_with_config(&config).await
}

/// What may be said of an error: its kind. The rest can quote what was sent.
fn why(error: &RedisError) -> String {
    error.code().map_or_else(|| error.category().to_owned(), str::to_owned)
}
