//! A gate between one instance and its Redis: a proxy that lets through, holds everything, or turns everybody away.

use anyhow::Result;
use std::path::PathBuf;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream, UnixStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// What becomes of what wants through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Passage {
    /// It gets through.
    Open,
    /// It stays where it is, and nobody is told.
    Stalled,
    /// Connections are closed, and new ones at once.
    Refusing,
}

/// The gate. Nothing gets through once it is dropped.
pub struct Gate {
    port: u16,
    passage: watch::Sender<Passage>,
    task: JoinHandle<()>,
}

impl Gate {
    /// In front of the server at this socket.
    pub(super) async fn open(behind: PathBuf) -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let port = listener.local_addr()?.port();
        let (passage, watching) = watch::channel(Passage::Open);
        let task = tokio::spawn(async move {
            while let Ok((socket, _)) = listener.accept().await {
                tokio::spawn(pass(socket, behind.clone(), watching.clone()));
            }
        });
        Ok(Self { port, passage, task })
    }

    pub(super) fn address(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port)
    }

    /// From now on it is this.
    pub fn set(&self, passage: Passage) {
        self.passage.send_replace(passage);
    }
}

impl Drop for Gate {
    fn drop(&mut self) {
        self.set(Passage::Refusing);
        self.task.abort();
    }
}

/// Both ways, until either side closes or the gate does. A server that is away closes as well.
async fn pass(socket: TcpStream, behind: PathBuf, mut passage: watch::Receiver<Passage>) {
    // Frames are small and each is waited for.
    if socket.set_nodelay(true).is_err() || !opened(&mut passage).await {
        return;
    }
    let Ok(server) = UnixStream::connect(behind).await else { return };
    let (from_instance, to_instance) = socket.into_split();
    let (from_server, to_server) = server.into_split();
    tokio::select! {
        () = one_way(from_instance, to_server, passage.clone()) => {}
        () = one_way(from_server, to_instance, passage.clone()) => {}
        () = refused(passage) => {}
    }
}

async fn one_way(
    mut from: impl AsyncReadExt + Unpin,
    mut to: impl AsyncWriteExt + Unpin,
    mut passage: watch::Receiver<Passage>,
) {
    let mut buffer = vec![0; 16 * 1024];
    while let Ok(read @ 1..) = from.read(&mut buffer).await {
        if !opened(&mut passage).await || to.write_all(&buffer[..read]).await.is_err() {
            return;
        }
    }
}

/// Waits while it is stalled. Returns whether it is open then.
async fn opened(passage: &mut watch::Receiver<Passage>) -> bool {
    let decided = passage.wait_for(|passage| *passage != Passage::Stalled).await;
    decided.is_ok_and(|passage| *passage == Passage::Open)
}

async fn refused(mut passage: watch::Receiver<Passage>) {
    // An error says that the gate is gone, which is as good.
    let _ = passage.wait_for(|passage| *passage == Passage::Refusing).await;
}
