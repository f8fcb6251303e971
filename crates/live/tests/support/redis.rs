//! A Redis server of one test: in a folder of its own, on a socket or a port, ended with the test. Where it is not
//! installed, a test is skipped and says so; in CI that is a failure.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

/// A server that runs, stands still or was stopped. What it has is in its memory only.
pub(crate) struct Server {
    folder: tempfile::TempDir,
    child: Option<Child>,
    /// Where it listens, if not on a socket in its folder.
    port: u16,
    sentinel: bool,
}

/// What a server says once it is ready, on a socket or a port.
const READY: &str = "eady to accept connections";

#[allow(dead_code, reason = "each test that includes this starts those that it needs")]
impl Server {
    /// Starts one; none where Redis is not installed.
    pub(crate) fn start() -> Option<Self> {
        Self::installed().then(|| Self::begin("port 0\nunixsocket redis.sock\n", 0, false))
    }

    pub(crate) fn installed() -> bool {
        let path = std::env::var_os("PATH").unwrap_or_default();
        if std::env::split_paths(&path).any(|folder| folder.join("redis-server").exists()) {
            return true;
        }
        let demanded = ["CI", "REQUIRE_REDIS"].iter().any(|name| std::env::var_os(name).is_some());
        assert!(!demanded, "Redis is not installed; scripts/test-tools installs it");
        eprintln!("SKIPPED: Redis is not installed; scripts/test-tools installs it");
        false
    }

    fn begin(settings: &str, port: u16, sentinel: bool) -> Self {
        let mut server = Self { folder: tempfile::tempdir().unwrap(), child: None, port, sentinel };
        let always = if sentinel { "" } else { "save \"\"\nappendonly no\n" };
        std::fs::write(server.folder().join("redis.conf"), format!("{settings}{always}")).unwrap();
        server.resume();
        server
    }

    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Starts it again, with nothing in it.
    pub(crate) fn resume(&mut self) {
        // It ends when this test does, however that ends.
        let mut command = Command::new("setpriv");
        command.args(["--pdeathsig", "KILL", "redis-server", "redis.conf"]).current_dir(self.folder());
        if self.sentinel {
            command.arg("--sentinel");
        }
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        self.child = Some(child);
        let ready = if self.sentinel { "+monitor" } else { READY };
        let mut said = Vec::new();
        loop {
            let Some(Ok(line)) = lines.next() else {
                self.stop();
                panic!("Redis did not start: {said:?}");
            };
            if line.contains(ready) {
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
            let _ = child.kill();
            child.wait().unwrap();
        }
    }

    /// Where it is.
    pub(crate) fn address(&self) -> String {
        format!("unix://{}/redis.sock", self.folder().display())
    }
}

#[allow(
    dead_code,
    reason = "not every test that includes this has servers that reach each other, or stops one"
)]
impl Server {
    /// One that listens on a port of this machine, which the settings have as `PORT`; none where Redis is not
    /// installed.
    pub(crate) fn on_port(settings: &str) -> Option<Self> {
        Self::installed().then(|| Self::listening(settings, false))
    }

    /// One that watches others.
    pub(crate) fn sentinel(settings: &str) -> Self {
        Self::listening(settings, true)
    }

    fn listening(settings: &str, sentinel: bool) -> Self {
        let port = free_port();
        let settings = settings.replace("PORT", &port.to_string());
        Self::begin(&format!("bind 127.0.0.1\nprotected-mode no\n{settings}"), port, sentinel)
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// Where it is for others.
    pub(crate) fn host(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    /// Has it stand still, or go on.
    pub(crate) fn signal(&self, signal: &str) {
        let id = self.child.as_ref().unwrap().id().to_string();
        assert!(Command::new("kill").args([signal, &id]).status().unwrap().success());
    }
}

/// A port that nobody has; it could be taken before it is used, but the system gives another one each time.
pub(crate) fn free_port() -> u16 {
    std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop();
    }
}
