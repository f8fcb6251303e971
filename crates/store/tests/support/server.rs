//! A PostgreSQL server of one test: in a folder of its own, on a socket in it, ended with the test. Where its
//! programs are missing, a test is skipped and says so; in CI that is a failure.
#![allow(dead_code, reason = "each of the tests' programs uses some of it")]

use std::fs::Permissions;
use std::io::{BufRead, BufReader};
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
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
    /// Besides those that every test has.
    settings: Vec<String>,
}

impl Server {
    /// Starts one; none where PostgreSQL is not installed.
    pub(crate) fn start() -> Option<Self> {
        let mut server = Self::prepare()?;
        server.resume();
        Some(server)
    }

    /// Makes one, and does not start it yet.
    pub(crate) fn prepare() -> Option<Self> {
        let Some(programs) = programs() else {
            let demanded = ["CI", "REQUIRE_POSTGRES"].iter().any(|name| std::env::var_os(name).is_some());
            assert!(!demanded, "PostgreSQL is not installed; scripts/test-tools installs it");
            eprintln!("SKIPPED: PostgreSQL is not installed; scripts/test-tools installs it");
            return None;
        };
        let folder = tempfile::tempdir().unwrap();
        let server = Self { programs, folder, child: None, settings: Vec::new() };
        if let Some((user, group)) = other_user(server.folder.path()) {
            chown(server.folder.path(), Some(user), Some(group)).unwrap();
        }
        let made = server
            .command("initdb")
            .args(["--auth=trust", "--username=visavis", "--no-sync", "--encoding=UTF8", "--locale=C.UTF-8"])
            .output()
            .unwrap();
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        Some(server)
    }

    /// Has it listen at this port of 127.0.0.1, with TLS, from the next start on.
    pub(crate) fn listen(&mut self, port: u16, certificate: &str, key: &str) {
        let owner = self.folder.path().metadata().unwrap();
        for (name, text) in [("server.crt", certificate), ("server.key", key)] {
            let file = self.folder.path().join("data").join(name);
            std::fs::write(&file, text).unwrap();
            std::fs::set_permissions(&file, Permissions::from_mode(0o600)).unwrap();
            chown(&file, Some(owner.uid()), Some(owner.gid())).unwrap();
        }
        self.settings = vec!["listen_addresses=127.0.0.1".into(), format!("port={port}"), "ssl=on".into()];
    }

    /// Starts it again, with what it had.
    pub(crate) fn resume(&mut self) {
        let mut command = self.command("postgres");
        command.arg("-k").arg(self.folder.path()).args(["-c", "listen_addresses="]);
        for setting in FAST.iter().chain(&["max_connections=200"]) {
            command.args(["-c", setting]);
        }
        for setting in &self.settings {
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
            let _ = Command::new("kill").args(["-CONT", &child.id().to_string()]).status();
            let told = Command::new("kill").args(["-QUIT", &child.id().to_string()]).status();
            if !told.is_ok_and(|told| told.success()) {
                let _ = child.kill();
            }
            child.wait().unwrap();
        }
    }

    /// Has it stand still, all its processes, until it goes on.
    pub(crate) fn freeze(&self) {
        self.signal_all("-STOP");
    }

    /// Has it go on.
    pub(crate) fn go_on(&self) {
        self.signal_all("-CONT");
    }

    /// The first process and those that serve connections, which are its children.
    fn signal_all(&self, signal: &str) {
        let first = self.child.as_ref().unwrap().id().to_string();
        let tell = |process: &str| Command::new("kill").args([signal, process]).status().unwrap();
        // It first, so that it starts no more of them.
        assert!(tell(&first).success());
        let children = std::fs::read_to_string(format!("/proc/{first}/task/{first}/children")).unwrap();
        for child in children.split_whitespace() {
            // May have ended.
            tell(child);
        }
    }

    /// The socket on which it listens.
    pub(crate) fn socket(&self) -> PathBuf {
        self.folder.path().join(".s.PGSQL.5432")
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
