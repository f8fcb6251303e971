//! A PostgreSQL of a cluster's own: in its folder, on a socket in it, as a user that it accepts.

use super::program::{Program, find};
use crate::process::Signal;
use anyhow::{Context, Result, bail};
use std::os::unix::fs::{MetadataExt, chown};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::Command;

/// It refuses to run as root; these may be there instead, in this order.
const USERS: [&str; 2] = ["postgres", "nobody"];
/// Nothing in here has to survive a power cut.
const SETTINGS: [&str; 4] = ["fsync=off", "full_page_writes=off", "max_connections=200", "listen_addresses="];

/// The server.
pub struct Postgres {
    programs: PathBuf,
    folder: TempDir,
    running: Option<Program>,
}

impl Postgres {
    /// Whether it is installed.
    #[must_use]
    pub fn is_installed() -> bool {
        programs().is_some()
    }

    pub(super) async fn start() -> Result<Self> {
        let programs = programs().context("PostgreSQL is not installed")?;
        let mut server = Self { programs, folder: TempDir::new()?, running: None };
        if runs_as_root()? {
            let (user, group) = other_user()?;
            chown(server.folder.path(), Some(user), Some(group))?;
        }
        let mut making = server.command("initdb")?;
        making.args(["--auth=trust", "--username=visavis", "--no-sync", "--encoding=UTF8"]);
        let made = making.arg("--locale=C.UTF-8").stderr(Stdio::piped()).output().await?;
        if !made.status.success() {
            bail!("initdb: {}", String::from_utf8_lossy(&made.stderr));
        }
        server.resume().await?;
        Ok(server)
    }

    /// Ends it at once, as a crash would.
    ///
    /// # Errors
    /// If it does not run.
    pub async fn kill(&mut self) -> Result<()> {
        self.running.take().context("PostgreSQL does not run")?.end().await
    }

    /// Starts it again, with what it had.
    ///
    /// # Errors
    /// If it does not come up.
    pub async fn resume(&mut self) -> Result<()> {
        let mut command = self.command("postgres")?;
        command.arg("-k").arg(self.folder.path()).stderr(Stdio::piped());
        for setting in SETTINGS {
            command.args(["-c", setting]);
        }
        let mut program = Program::start(command, Signal::Quit)?;
        let mut lines = BufReader::new(program.child().stderr.take().context("no output")?).lines();
        let mut said = Vec::new();
        loop {
            match lines.next_line().await? {
                Some(line) if line.contains("ready to accept connections") => break,
                Some(line) => said.push(line),
                None => bail!("PostgreSQL did not start: {said:?}"),
            }
        }
        // Nobody reads the rest; a full pipe would stop the server.
        tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
        self.running = Some(program);
        Ok(())
    }

    pub(super) fn url(&self) -> String {
        format!("postgres://visavis@localhost/postgres?host={}", self.folder.path().display())
    }

    /// One of its programs, as the folder's owner.
    fn command(&self, program: &str) -> Result<Command> {
        let owner = self.folder.path().metadata()?;
        let mut command = Command::new("setpriv");
        command.args(["--pdeathsig", "QUIT"]);
        if runs_as_root()? {
            command.arg(format!("--reuid={}", owner.uid())).arg(format!("--regid={}", owner.gid()));
            command.arg("--clear-groups");
        }
        command.arg(self.programs.join(program)).arg("-D").arg(self.folder.path().join("data"));
        // A folder that another user may look into, and no settings of this one.
        command.current_dir("/").env_clear().env("LC_ALL", "C.UTF-8");
        command.env("PATH", std::env::var_os("PATH").unwrap_or_default());
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        Ok(command)
    }
}

fn runs_as_root() -> Result<bool> {
    Ok(Path::new("/proc/self").metadata()?.uid() == 0)
}

/// Whom to run it as, where we are root.
fn other_user() -> Result<(u32, u32)> {
    let passwd = std::fs::read_to_string("/etc/passwd")?;
    let of = |name: &&str| {
        let line = passwd.lines().find(|line| line.split(':').next() == Some(name))?;
        let mut fields = line.split(':').skip(2);
        Some((fields.next()?.parse().ok()?, fields.next()?.parse().ok()?))
    };
    USERS.iter().find_map(of).context("no user other than root")
}

/// The folder of the newest version's programs: on the path, or where Debian puts them.
fn programs() -> Option<PathBuf> {
    let mut debian: Vec<PathBuf> = std::fs::read_dir("/usr/lib/postgresql")
        .map(|versions| versions.flatten().map(|version| version.path().join("bin")).collect())
        .unwrap_or_default();
    debian.sort();
    debian.reverse();
    Some(find("postgres", &debian)?.parent()?.to_owned())
}
