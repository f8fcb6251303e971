//! A network that goes silent: passes on what a PostgreSQL server and its users say, until a word that a test has
//! chosen comes by. That is still passed on; after it nothing is, in either direction, and nobody is told.

use std::path::PathBuf;
use std::sync::Arc;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream, UnixStream};
use tokio::sync::watch;

/// The network. New connections are silent too while it is.
pub(crate) struct Silence {
    port: u16,
    state: Arc<watch::Sender<State>>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum State {
    Passing,
    /// Until one of them says this.
    Before(&'static str),
    Silent,
}

impl Silence {
    /// In front of the socket.
    pub(crate) async fn before(socket: PathBuf) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let state = Arc::new(watch::Sender::new(State::Passing));
        let of_all = state.clone();
        tokio::spawn(async move {
            while let Ok((user, _)) = listener.accept().await {
                tokio::spawn(pass(user, socket.clone(), of_all.clone()));
            }
        });
        Self { port, state }
    }

    pub(crate) fn url(&self, database: &str) -> String {
        format!("postgres://visavis@127.0.0.1:{}/{database}?sslmode=disable", self.port)
    }

    /// Has it go silent after this word of a user.
    pub(crate) fn after(&self, word: &'static str) {
        self.state.send_replace(State::Before(word));
    }

    /// Waits until it has.
    pub(crate) async fn silent(&self) {
        self.state.subscribe().wait_for(|state| *state == State::Silent).await.unwrap();
    }

    /// New connections are passed on again; those that went silent stay so.
    pub(crate) fn end(&self) {
        self.state.send_replace(State::Passing);
    }
}

async fn pass(user: TcpStream, socket: PathBuf, state: Arc<watch::Sender<State>>) {
    let mut seen = state.subscribe();
    if *seen.borrow_and_update() == State::Silent {
        // Accepted and never answered.
        return keep(user).await;
    }
    let Ok(server) = UnixStream::connect(socket).await else { return };
    let (mut from_user, mut to_user) = user.into_split();
    let (mut from_server, mut to_server) = server.into_split();
    tokio::select! {
        () = carry(&mut from_user, &mut to_server, &state) => {}
        () = carry(&mut from_server, &mut to_user, &state) => {}
        () = async { drop(seen.wait_for(|state| *state == State::Silent).await) } => {
            // Neither is closed.
            std::future::pending::<()>().await;
        }
    }
}

async fn keep(user: TcpStream) {
    std::future::pending::<()>().await;
    drop(user);
}

async fn carry(
    from: &mut (impl AsyncRead + Unpin),
    to: &mut (impl AsyncWrite + Unpin),
    state: &watch::Sender<State>,
) {
    let mut buffer = vec![0; 64 * 1024];
    while let Ok(read) = from.read(&mut buffer).await {
        if read == 0 || to.write_all(&buffer[..read]).await.is_err() {
            return;
        }
        state.send_if_modified(|state| {
            let State::Before(word) = *state else { return false };
            let said = buffer[..read].windows(word.len()).any(|part| part == word.as_bytes());
            if said {
                *state = State::Silent;
            }
            said
        });
    }
}
