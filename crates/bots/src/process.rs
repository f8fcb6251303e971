//! A server process of one's own: on free ports, with a data directory that goes with it.

use anyhow::{Context, Result, bail};
use std::collections::BTreeSet;
use std::hash::{BuildHasher, Hasher, RandomState};
use std::net::{TcpListener, UdpSocket};
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

/// Files that may not grow are an error to whoever writes to them, not the end of the process.
const IGNORING_FILE_LIMITS: &str = r#"trap "" XFSZ; exec "$0" "$@""#;

/// Ends a program with the thread that started it, however that ends.
pub(crate) const WITH_US: [&str; 3] = ["setpriv", "--pdeathsig", "KILL"];

/// Where what servers log is kept: a folder, for whoever looks for the reason of a failure. Nowhere without it. A server
/// takes what begins so for a setting of its own, and starts with none that it does not know.
const LOGS: &str = "VISAVIS_TEST_LOGS";

/// What a process is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signal {
    /// Stand still.
    Stop,
    /// Go on.
    Continue,
    /// End, in order.
    Terminate,
    /// End; for PostgreSQL: at once, as a crash.
    Quit,
    /// End now.
    Kill,
}

impl Signal {
    /// Tells it to a process.
    ///
    /// # Errors
    /// If there is none.
    pub fn send(self, pid: u32) -> Result<()> {
        let name = match self {
            Self::Stop => "-STOP",
            Self::Continue => "-CONT",
            Self::Terminate => "-TERM",
            Self::Quit => "-QUIT",
            Self::Kill => "-KILL",
        };
        let status = std::process::Command::new("kill").args([name, &pid.to_string()]).status()?;
        if status.success() { Ok(()) } else { bail!("kill {name} {pid}: {status}") }
    }
}

/// Of the accounts of a server that was started with the demonstration set.
pub const DEMO_PASSWORD: &str = "demonstration only";

/// A running server; ends with the value.
pub struct ServerProcess {
    binary: PathBuf,
    /// Shared with those that were started beside it.
    data: Arc<TempDir>,
    http: u16,
    https: u16,
    settings: Vec<(String, String)>,
    arguments: Vec<String>,
    child: Option<Child>,
}

impl ServerProcess {
    /// Starts the binary with these settings, such as `("VISAVIS_ROOMS__MAX_PEOPLE", "2")`.
    ///
    /// # Errors
    /// If it does not come up.
    pub async fn start(binary: &Path, settings: &[(&str, &str)]) -> Result<Self> {
        Self::start_with(binary, settings, &[]).await
    }

    /// Starts it with the demonstration set, whose accounts have [`DEMO_PASSWORD`].
    ///
    /// # Errors
    /// If it does not come up.
    pub async fn start_demo(binary: &Path, settings: &[(&str, &str)]) -> Result<Self> {
        let mut settings = settings.to_vec();
        settings.push(("VISAVIS_DEMO_PASSWORD", DEMO_PASSWORD));
        Self::start_with(binary, &settings, &["--demo"]).await
    }

    /// Starts another one of the same installation: with the same settings and the same data.
    ///
    /// # Errors
    /// If it does not come up.
    pub async fn start_beside(&self) -> Result<Self> {
        self.start_beside_with(&[]).await
    }

    /// The same, with these settings besides.
    ///
    /// # Errors
    /// If it does not come up.
    pub async fn start_beside_with(&self, settings: &[(&str, &str)]) -> Result<Self> {
        let mut all = self.settings.clone();
        all.extend(settings.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())));
        Self::launch(&self.binary, self.data.clone(), all, Vec::new()).await
    }

    /// Starts one with a data directory that may have keys in it, and once with these arguments: when it is started
    /// again, it is without them.
    ///
    /// # Errors
    /// If it does not come up.
    pub(crate) async fn start_in(
        binary: &Path,
        data: TempDir,
        settings: Vec<(String, String)>,
        once: &[&str],
    ) -> Result<Self> {
        let once = once.iter().map(|one| (*one).to_owned()).collect();
        let mut server = Self::launch(binary, Arc::new(data), settings, once).await?;
        server.arguments.clear();
        Ok(server)
    }

    async fn start_with(binary: &Path, settings: &[(&str, &str)], arguments: &[&str]) -> Result<Self> {
        let settings = settings.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
        let arguments = arguments.iter().map(|one| (*one).to_owned()).collect();
        Self::launch(binary, Arc::new(TempDir::new()?), settings, arguments).await
    }

    async fn launch(
        binary: &Path,
        data: Arc<TempDir>,
        settings: Vec<(String, String)>,
        arguments: Vec<String>,
    ) -> Result<Self> {
        let (http, https) = (free_port()?, free_port()?);
        let mut server =
            Self { binary: binary.to_owned(), data, http, https, settings, arguments, child: None };
        server.restart().await?;
        Ok(server)
    }

    /// The binary that lies beside the running test or tool, of the same profile.
    ///
    /// # Errors
    /// If it has not been built.
    pub fn binary() -> Result<PathBuf> {
        let own = std::env::current_exe()?;
        let places = own.ancestors().map(|place| place.join("visavis"));
        let found = places.take(4).find(|path| path.is_file());
        found.context("the binary visavis is not built: cargo build --bin visavis")
    }

    /// Starts it again, on the same ports and data. Returns how long it took until it was ready.
    ///
    /// # Errors
    /// If it does not come up.
    pub async fn restart(&mut self) -> Result<Duration> {
        self.kill().await?;
        let started = Instant::now();
        let [guard, arguments @ ..] = WITH_US;
        let mut child = Command::new(guard)
            .args(arguments)
            .args(["sh", "-c", IGNORING_FILE_LIMITS])
            .arg(&self.binary)
            .arg("serve")
            .arg("--data")
            .arg(self.data.path())
            .args(&self.arguments)
            .args(["--http", &format!("127.0.0.1:{}", self.http), "--https", &format!("[::]:{}", self.https)])
            .env_remove(LOGS)
            .env_remove("VISAVIS_CHAOS_SECONDS")
            .env_remove("VISAVIS_CHAOS_SEED")
            .env("VISAVIS_METRICS__ADDRESS", "off")
            .env("VISAVIS_LIMITS__CONNECTIONS_PER_ADDRESS", "20000")
            .env("VISAVIS_LIMITS__TICKETS_PER_MINUTE", "1000000")
            .env("VISAVIS_LIMITS__ROOMS_PER_MINUTE", "1000000")
            .env("VISAVIS_LIMITS__RINGS_PER_MINUTE", "1000000")
            .env("VISAVIS_LIMITS__GUEST_RINGS_PER_MINUTE", "1000000")
            // Everybody is at one address.
            .env("VISAVIS_LIMITS__GUEST_MESSAGES_PER_MINUTE", "1000000")
            .env("VISAVIS_LIMITS__REQUESTS_PER_ADDRESS", "20000")
            .env("VISAVIS_DESKS__QUEUE_PER_ADDRESS", "20000")
            .env("VISAVIS_DESKS__RINGS_PER_ADDRESS", "20000")
            .env("VISAVIS_TURN__ALLOCATIONS_PER_ADDRESS", "20000")
            .envs(self.settings.iter().cloned())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(self.log()?)
            .kill_on_drop(true)
            .spawn()
            .with_context(|| format!("{} cannot be started", self.binary.display()))?;
        let mut lines = BufReader::new(child.stdout.take().context("no output")?).lines();
        loop {
            match lines.next_line().await? {
                Some(line) if line.contains("Visavis is ready.") => break,
                Some(_) => {}
                None => bail!("the server ended before it was ready"),
            }
        }
        let took = started.elapsed();
        // Whatever else it says has to be taken, or it would wait for somebody to read.
        tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
        self.child = Some(child);
        Ok(took)
    }

    /// SIGKILL, as a crash.
    ///
    /// # Errors
    /// If it cannot be ended.
    pub async fn kill(&mut self) -> Result<()> {
        if let Some(mut child) = self.child.take() {
            child.kill().await?;
        }
        Ok(())
    }

    fn log(&self) -> Result<Stdio> {
        let Some(folder) = std::env::var_os(LOGS) else { return Ok(Stdio::null()) };
        let path = Path::new(&folder).join(format!("visavis-{}.log", self.http));
        Ok(std::fs::OpenOptions::new().create(true).append(true).open(path)?.into())
    }

    /// Tells it something.
    ///
    /// # Errors
    /// If it does not run.
    pub fn signal(&self, signal: Signal) -> Result<()> {
        signal.send(self.pid()?)
    }

    /// Waits until it has ended by itself. Returns with what.
    ///
    /// # Errors
    /// If it does not run, or not end within this time.
    pub async fn ended(&mut self, within: Duration) -> Result<ExitStatus> {
        let child = self.child.as_mut().context("the server does not run")?;
        let ended = tokio::time::timeout(within, child.wait()).await;
        let status = ended.with_context(|| format!("the server has not ended within {within:?}"))??;
        self.child = None;
        Ok(status)
    }

    /// From now on no file of the server may be written beyond so many bytes, as on a full disk; none lifts that.
    ///
    /// # Errors
    /// If it does not run, or the machine has no `prlimit`.
    pub async fn limit_files(&self, bytes: Option<u64>) -> Result<()> {
        let limit = bytes.map_or("unlimited".to_owned(), |bytes| bytes.to_string());
        let pid = self.pid()?.to_string();
        let soft = format!("--fsize={limit}:");
        let status = Command::new("prlimit").args(["--pid", &pid, &soft]).status().await?;
        if status.success() { Ok(()) } else { bail!("prlimit: {status}") }
    }

    /// Where plain HTTP is served.
    #[must_use]
    pub fn base(&self) -> String {
        format!("http://127.0.0.1:{}", self.http)
    }

    /// The port of TLS, STUN and TURN.
    #[must_use]
    pub fn https_port(&self) -> u16 {
        self.https
    }

    /// Where its keys lie.
    #[must_use]
    pub fn data(&self) -> &Path {
        self.data.path()
    }

    /// Resident memory, bytes.
    ///
    /// # Errors
    /// If it does not run.
    pub fn resident(&self) -> Result<u64> {
        resident_of(self.pid()?)
    }

    /// CPU time used so far.
    ///
    /// # Errors
    /// If it does not run.
    pub fn cpu(&self) -> Result<Duration> {
        cpu_of(self.pid()?)
    }

    /// Its process id.
    ///
    /// # Errors
    /// If it does not run.
    pub fn pid(&self) -> Result<u32> {
        self.child.as_ref().and_then(Child::id).context("the server does not run")
    }
}

/// Resident memory of a process, bytes.
///
/// # Errors
/// If there is no such process.
pub fn resident_of(pid: u32) -> Result<u64> {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status"))?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).context("no VmRSS")?;
    let kilobytes: u64 = line.trim().trim_end_matches(" kB").trim().parse()?;
    Ok(kilobytes * 1024)
}

/// Below those that the system gives to sockets which ask for any: somebody's could take one of those before the server
/// does, or while it is down.
const PORTS: std::ops::Range<u16> = 10_240..32_768;

/// A port where nobody listens, neither by TCP nor by UDP; none is given twice by one process.
///
/// # Errors
/// If none is found.
pub fn free_port() -> Result<u16> {
    static GIVEN: Mutex<BTreeSet<u16>> = Mutex::new(BTreeSet::new());
    for _ in 0..1_000 {
        // Each of these is made with another key.
        let drawn = RandomState::new().build_hasher().finish() % u64::try_from(PORTS.len())?;
        let port = PORTS.start + u16::try_from(drawn)?;
        let free = TcpListener::bind(("::", port)).is_ok()
            && TcpListener::bind(("127.0.0.1", port)).is_ok()
            && UdpSocket::bind(("::", port)).is_ok();
        if free && GIVEN.lock().unwrap_or_else(PoisonError::into_inner).insert(port) {
            return Ok(port);
        }
    }
    bail!("no port is free")
}

/// CPU time of a process, user and system.
///
/// # Errors
/// If there is no such process.
pub fn cpu_of(pid: u32) -> Result<Duration> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat"))?;
    // The name in brackets may hold anything: fields are counted from behind it.
    let fields: Vec<_> = stat.rsplit_once(')').context("no stat")?.1.split_whitespace().collect();
    let ticks: u64 = fields[11].parse::<u64>()? + fields[12].parse::<u64>()?;
    // USER_HZ is 100 on every Linux there is.
    Ok(Duration::from_millis(ticks * 10))
}
