//! A Redis of a cluster's own, on a socket in its folder. Whether it has its data again after it was killed is said
//! when it is started again.

use super::program::{Program, find};
use crate::process::{Signal, cpu_of, resident_of};
use anyhow::{Context, Result, bail};
use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};

/// What is there after a restart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Restarted {
    /// Everything that was.
    Kept,
    /// Nothing.
    Empty,
}

/// Whether it writes down what it has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Saving {
    /// Each change, so that a restart can have it again.
    Everything,
    /// Nothing, as it runs in production.
    Nothing,
}

/// The server.
pub struct Redis {
    program: PathBuf,
    folder: TempDir,
    saving: Saving,
    running: Option<Program>,
}

impl Redis {
    /// Whether it is installed.
    #[must_use]
    pub fn is_installed() -> bool {
        find("redis-server", &[]).is_some()
    }

    pub(super) async fn start(saving: Saving) -> Result<Self> {
        let program = find("redis-server", &[]).context("redis-server is not installed")?;
        let mut redis = Self { program, folder: TempDir::new()?, saving, running: None };
        redis.resume(Restarted::Empty).await?;
        Ok(redis)
    }

    /// Ends it at once, as a crash would.
    ///
    /// # Errors
    /// If it does not run.
    pub async fn kill(&mut self) -> Result<()> {
        self.running.take().context("Redis does not run")?.end().await
    }

    /// Starts it again.
    ///
    /// # Errors
    /// If it does not come up.
    pub async fn resume(&mut self, with: Restarted) -> Result<()> {
        if with == Restarted::Empty {
            match std::fs::remove_dir_all(self.folder.path().join("appendonlydir")) {
                Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error.into()),
                _ => {}
            }
        }
        let mut command = Program::command(&self.program);
        command.arg("-").current_dir(self.folder.path()).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut program = Program::start(command, Signal::Kill)?;
        let saving = match self.saving {
            Saving::Everything => "appendonly yes\nappendfsync no\n",
            Saving::Nothing => "appendonly no\n",
        };
        let settings = format!("port 0\nunixsocket redis.sock\nsave \"\"\n{saving}");
        let mut input = program.child().stdin.take().context("no input")?;
        input.write_all(settings.as_bytes()).await?;
        drop(input);
        let mut lines = BufReader::new(program.child().stdout.take().context("no output")?).lines();
        let mut said = Vec::new();
        loop {
            match lines.next_line().await? {
                Some(line) if line.contains("eady to accept connections") => break,
                Some(line) => said.push(line),
                None => bail!("Redis did not start: {said:?}"),
            }
        }
        // Nobody reads the rest; a full pipe would stop the server.
        tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
        self.running = Some(program);
        Ok(())
    }

    /// Has it stand still, or go on.
    ///
    /// # Errors
    /// If it does not run.
    pub fn signal(&self, signal: Signal) -> Result<()> {
        self.running()?.signal(signal)
    }

    /// Its socket.
    pub(super) fn socket(&self) -> PathBuf {
        self.folder.path().join("redis.sock")
    }

    /// CPU time used so far.
    ///
    /// # Errors
    /// If it does not run.
    pub fn cpu(&self) -> Result<Duration> {
        cpu_of(self.running()?.pid()?)
    }

    /// Resident memory, bytes.
    ///
    /// # Errors
    /// If it does not run.
    pub fn resident(&self) -> Result<u64> {
        resident_of(self.running()?.pid()?)
    }

    fn running(&self) -> Result<&Program> {
        self.running.as_ref().context("Redis does not run")
    }
}
