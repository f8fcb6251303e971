//! Programs that a cluster is made of besides our own: started in the foreground, ended with the value, and with the
//! thread that started them however that ends.

use crate::process::{Signal, WITH_US};
use anyhow::{Context, Result};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};
use tokio::process::{Child, Command};

/// What ends by itself when told to does so within this time.
const ENDS_WITHIN: Duration = Duration::from_secs(2);

/// A program that runs.
pub(super) struct Program {
    child: Child,
    /// What ends it.
    end: Signal,
}

impl Program {
    /// A command that is ended with us; nothing is read from it unless the caller says so.
    pub(super) fn command(program: &Path) -> Command {
        let [guard, arguments @ ..] = WITH_US;
        let mut command = Command::new(guard);
        command.args(arguments).arg(program);
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        command
    }

    /// Starts it.
    pub(super) fn start(mut command: Command, end: Signal) -> Result<Self> {
        let child = command.spawn().with_context(|| format!("{command:?} cannot be started"))?;
        Ok(Self { child, end })
    }

    /// What it was started with pipes for.
    pub(super) fn child(&mut self) -> &mut Child {
        &mut self.child
    }

    pub(super) fn pid(&self) -> Result<u32> {
        self.child.id().context("the program has ended")
    }

    pub(super) fn signal(&self, signal: Signal) -> Result<()> {
        signal.send(self.pid()?)
    }

    /// Ends it, and waits until it has.
    pub(super) async fn end(mut self) -> Result<()> {
        self.signal(self.end)?;
        self.child.wait().await?;
        Ok(())
    }
}

impl Drop for Program {
    #[allow(
        clippy::disallowed_methods,
        reason = "nothing can be awaited here, and folders go when it has ended"
    )]
    fn drop(&mut self) {
        let Some(pid) = self.child.id() else { return };
        // It may have ended in this moment; then there is nobody to tell.
        let _ = self.end.send(pid);
        let until = Instant::now() + ENDS_WITHIN;
        while matches!(self.child.try_wait(), Ok(None)) {
            if Instant::now() > until {
                let _ = self.child.start_kill();
                return;
            }
            std::thread::sleep(Duration::from_millis(5));
        }
    }
}

/// Where a program is: on the path, or in one of these folders besides.
pub(super) fn find(name: &str, besides: &[PathBuf]) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders = std::env::split_paths(&path).chain(besides.iter().cloned());
    folders.map(|folder| folder.join(name)).find(|program| program.is_file())
}
