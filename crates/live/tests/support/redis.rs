//! A Redis server of one test: in a folder of its own, on a socket in it, ended with the test. Where it is not
//! installed, a test is skipped and says so; in CI that is a failure.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

/// A server that runs, stands still or was stopped. What it has is in its memory only.
pub(crate) struct Server {
    folder: tempfile::TempDir,
    child: Option<Child>,
}

impl Server {
    /// Starts one; none where Redis is not installed.
    pub(crate) fn start() -> Option<Self> {
        let path = std::env::var_os("PATH").unwrap_or_default();
        if !std::env::split_paths(&path).any(|folder| folder.join("redis-server").exists()) {
            let demanded = ["CI", "REQUIRE_REDIS"].iter().any(|name| std::env::var_os(name).is_some());
            assert!(!demanded, "Redis is not installed; scripts/test-tools installs it");
            eprintln!("SKIPPED: Redis is not installed; scripts/test-tools installs it");
            return None;
        }
        let mut server = Self { folder: tempfile::tempdir().unwrap(), child: None };
        server.resume();
        Some(server)
    }

    /// Starts it again, with nothing in it.
    pub(crate) fn resume(&mut self) {
        // It ends when this test does, however that ends.
        let mut command = Command::new("setpriv");
        command.args(["--pdeathsig", "KILL", "redis-server", "-"]).current_dir(self.folder.path());
        let mut child =
            command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let settings = "port 0\nunixsocket redis.sock\nsave \"\"\nappendonly no\n";
        std::io::Write::write_all(&mut child.stdin.take().unwrap(), settings.as_bytes()).unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        self.child = Some(child);
        let mut said = Vec::new();
        loop {
            let Some(Ok(line)) = lines.next() else {
                self.stop();
                panic!("Redis did not start: {said:?}");
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
            let _ = child.kill();
            child.wait().unwrap();
        }
    }

    /// Where it is.
    pub(crate) fn address(&self) -> String {
        format!("unix://{}/redis.sock", self.folder.path().display())
    }

    /// Has it stand still, or go on.
    #[allow(dead_code, reason = "not every test that includes this stops the server")]
    pub(crate) fn signal(&self, signal: &str) {
        let id = self.child.as_ref().unwrap().id().to_string();
        assert!(Command::new("kill").args([signal, &id]).status().unwrap().success());
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop();
    }
}
