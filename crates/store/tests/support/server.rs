//! A PostgreSQL server of one test: in a folder of its own, on a socket in it, ended with the test. Where its
//! programs are missing, a test is skipped and says so; in CI that is a failure.

use std::io::{BufRead, BufReader};
use std::os::unix::fs::{MetadataExt, chown};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

/// PostgreSQL refuses to run as root; these may be there instead, in this order.
const USERS: [&str; 2] = ["postgres", "nobody"];
/// Nothing in here has to survive a power cut.
const FAST: [&str; 2] = ["fsync=off", "full_page_writes=off"];

/// A server that runs, or was stopped.
pub(crate) struct Server {
    programs: PathBuf,
    folder: tempfile::TempDir,
    child: Option<Child>,
}

impl Server {
    /// Starts one; none where PostgreSQL is not installed.
    pub(crate) fn start() -> Option<Self> {
        let Some(programs) = programs() else {
            let demanded = ["CI", "REQUIRE_POSTGRES"].iter().any(|name| std::env::var_os(name).is_some());
            assert!(!demanded, "PostgreSQL is not installed; scripts/test-tools installs it");
            eprintln!("SKIPPED: PostgreSQL is not installed; scripts/test-tools installs it");
            return None;
        };
        let folder = tempfile::tempdir().unwrap();
        let mut server = Self { programs, folder, child: None };
        if let Some((user, group)) = other_user(server.folder.path()) {
            chown(server.folder.path(), Some(user), Some(group)).unwrap();
        }
        let made = server
            .command("initdb")
            .args(["--auth=trust", "--username=visavis", "--no-sync", "--encoding=UTF8", "--locale=C.UTF-8"])
            .output()
            .unwrap();
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        server.resume();
        Some(server)
    }

    /// Starts it again, with what it had.
    pub(crate) fn resume(&mut self) {
        let mut command = self.command("postgres");
        command.arg("-k").arg(self.folder.path()).args(["-c", "listen_addresses="]);
        for setting in FAST.iter().chain(&["max_connections=200"]) {
            command.args(["-c", setting]);
        }
        let mut child = command.stderr(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
        self.child = Some(child);
        let mut said = Vec::new();
        loop {
            let Some(Ok(line)) = lines.next() else {
                self.stop();
                panic!("PostgreSQL did not start: {said:?}");
            };
            if line.contains("ready to accept connections") {
                break;
            }
            said.push(line);
        }
        // Nobody reads the rest; a full pipe would stop the server.
        std::thread::spawn(move || lines.for_each(drop));
    }

    /// Ends it at once, as a crash would.
    pub(crate) fn stop(&mut self) {
        if let Some(mut child) = self.child.take() {
            let told = Command::new("kill").args(["-QUIT", &child.id().to_string()]).status();
            if !told.is_ok_and(|told| told.success()) {
                let _ = child.kill();
            }
            child.wait().unwrap();
        }
    }

    /// Where a database of it is.
    pub(crate) fn url(&self, database: &str) -> String {
        format!("postgres://visavis@localhost/{database}?host={}", self.folder.path().display())
    }

    /// One of its programs, as the folder's owner; it ends when this test does, however that ends.
    fn command(&self, program: &str) -> Command {
        let mut command = Command::new("setpriv");
        command.args(["--pdeathsig", "QUIT"]);
        let owner = self.folder.path().metadata().unwrap();
        if runs_as_root() {
            command.arg(format!("--reuid={}", owner.uid())).arg(format!("--regid={}", owner.gid()));
            command.arg("--clear-groups");
        }
        command.arg(self.programs.join(program)).arg("-D").arg(self.folder.path().join("data"));
        // A folder that another user may look into, and no settings of this one.
        command.current_dir("/").env_clear().env("LC_ALL", "C.UTF-8").stdin(Stdio::null());
        command.env("PATH", std::env::var_os("PATH").unwrap_or_default()).stdout(Stdio::null());
        command
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop();
    }
}

fn runs_as_root() -> bool {
    Path::new("/proc/self").metadata().unwrap().uid() == 0
}

/// Whom to run it as; none where we are somebody whom PostgreSQL accepts.
fn other_user(folder: &Path) -> Option<(u32, u32)> {
    if folder.metadata().unwrap().uid() != 0 {
        return None;
    }
    let passwd = std::fs::read_to_string("/etc/passwd").unwrap();
    let of = |name: &str| {
        let line = passwd.lines().find(|line| line.split(':').next() == Some(name))?;
        let mut fields = line.split(':').skip(2);
        Some((fields.next()?.parse().ok()?, fields.next()?.parse().ok()?))
    };
    Some(USERS.iter().find_map(|name| of(name)).expect("a user other than root"))
}

/// The folder of the newest version's programs: on the path, or where Debian puts them.
fn programs() -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut folders: Vec<PathBuf> = std::env::split_paths(&path).collect();
    let mut debian: Vec<PathBuf> = std::fs::read_dir("/usr/lib/postgresql")
        .map(|versions| versions.flatten().map(|version| version.path().join("bin")).collect())
        .unwrap_or_default();
    debian.sort();
    folders.extend(debian.into_iter().rev());
    folders.into_iter().find(|folder| folder.join("initdb").exists() && folder.join("postgres").exists())
}
