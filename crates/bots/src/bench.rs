//! What `make bench` prints. Figures, not gates: machines differ, ratios to the last run on the same one tell more.

use anyhow::{Context, Result, bail};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};
use tokio::process::Command;
use visavis_bots::{Bot, ServerProcess};
use visavis_domain::ids::MessageId;
use visavis_protocol::{ClientFrame, Command as Wire, ServerFrame};

/// Sessions that are opened at the same time.
const AT_ONCE: usize = 100;
/// Listeners share rooms of this many: one event each makes one event to everybody.
const ROOM: usize = 100;
const ROUNDS: usize = 40;

/// Figures of this run and the last.
pub(crate) struct Report {
    path: PathBuf,
    before: BTreeMap<String, f64>,
    now: BTreeMap<String, f64>,
}

impl Report {
    /// With the figures of the last time, if this file has them.
    pub(crate) fn load(path: PathBuf) -> Result<Self> {
        let before = match std::fs::read(&path) {
            Ok(bytes) => serde_json::from_slice(&bytes)?,
            Err(_) => BTreeMap::new(),
        };
        Ok(Self { path, before, now: BTreeMap::new() })
    }

    pub(crate) fn figure(&mut self, name: &str, value: f64, unit: &str, goal: &str) {
        let change =
            self.before.get(name).map(|before| format!("{:+.0} % to last", (value / before - 1.0) * 100.0));
        println!("{name:<44} {value:>12.1} {unit:<18} {goal:<18} {}", change.unwrap_or_default());
        self.now.insert(name.to_owned(), value);
    }

    pub(crate) fn save(self) -> Result<()> {
        std::fs::create_dir_all(self.path.parent().unwrap_or(Path::new(".")))?;
        Ok(std::fs::write(&self.path, serde_json::to_vec_pretty(&self.now)?)?)
    }
}

#[allow(clippy::cast_precision_loss, reason = "figures for people")]
fn float(value: impl TryInto<u64>) -> f64 {
    value.try_into().unwrap_or_default() as f64
}

/// Cold start, size and idle memory.
pub(crate) async fn start(binary: &Path, report: &mut Report) -> Result<()> {
    let mut server = ServerProcess::start(binary, &[]).await?;
    let mut times = Vec::new();
    for _ in 0..9 {
        times.push(server.restart().await?);
    }
    times.sort();
    report.figure("start to ready, median", times[4].as_secs_f64() * 1000.0, "ms", "goal < 150");
    report.figure("resident memory, idle", float(server.resident()?) / 1e6, "MB", "goal < 40");
    report.figure("size of the binary", float(std::fs::metadata(binary)?.len()) / 1e6, "MB", "");
    Ok(())
}

/// Memory per idle session, then one event to all of them.
pub(crate) async fn idle_and_fanout(binary: &Path, sessions: usize, report: &mut Report) -> Result<()> {
    let rooms = sessions.div_ceil(ROOM);
    let people = (ROOM + 1).to_string();
    let server = ServerProcess::start(binary, &[("VISAVIS_ROOMS__MAX_PEOPLE", &people)]).await?;
    let base = server.base();
    // The first sessions warm up what is there once.
    drop(open(&base, AT_ONCE).await?);
    let before = server.resident()?;
    let mut bots = open(&base, sessions).await?;
    let idle = server.resident()?.saturating_sub(before);
    report.figure("memory per idle session", float(idle) / float(sessions) / 1024.0, "KB", "goal < 16");

    for (index, bot) in bots.iter_mut().enumerate() {
        let joined = bot.join(&format!("room {}", index % rooms), "Listener").await?;
        joined.map_err(|refused| anyhow::anyhow!("{refused:?}"))?;
    }
    let mut speakers = Vec::new();
    for room in 0..rooms {
        let mut bot = Bot::connect(&base).await?;
        let joined = bot.join(&format!("room {room}"), "Speaker").await?;
        joined.map_err(|refused| anyhow::anyhow!("{refused:?}"))?;
        speakers.push(bot);
    }
    // Each reads by itself and counts.
    let (counted, mut arrivals) = tokio::sync::mpsc::unbounded_channel();
    for mut bot in bots {
        let counted = counted.clone();
        tokio::spawn(async move {
            let mut received = 0_u64;
            while let Ok(frame) = bot.frame().await {
                received += 1;
                let message =
                    matches!(frame, ServerFrame::Event { topic: visavis_protocol::Topic::Chat, .. });
                if message && counted.send(()).is_err() {
                    return;
                }
                // What has arrived need not be kept.
                if received.is_multiple_of(16) && bot.send(&ClientFrame::Ping { received }).await.is_err() {
                    return;
                }
            }
        });
    }
    let cpu = server.cpu()?;
    let mut deliveries = 0_usize;
    for round in 0..ROUNDS {
        for (index, speaker) in speakers.iter_mut().enumerate() {
            let message = MessageId::from_bits((round * rooms + index + 1) as u128);
            speaker.ask(Wire::Say { message, text: "one event".into(), file: None }).await?;
        }
        let wanted = sessions * (round + 1);
        while deliveries < wanted {
            let arrived = tokio::time::timeout(Duration::from_secs(20), arrivals.recv()).await;
            arrived.with_context(|| format!("{deliveries} of {wanted} arrived"))?;
            deliveries += 1;
        }
    }
    let spent = server.cpu()?.saturating_sub(cpu);
    let rate = float(deliveries) / spent.as_secs_f64().max(0.01);
    report.figure("deliveries per CPU second", rate / 1000.0, "thousand", "goal > 500");
    Ok(())
}

async fn open(base: &str, count: usize) -> Result<Vec<Bot>> {
    let http = visavis_bots::http_client();
    let mut bots = Vec::with_capacity(count);
    while bots.len() < count {
        let batch = (count - bots.len()).min(AT_ONCE);
        let opening = (0..batch).map(|_| {
            let (http, base) = (http.clone(), base.to_owned());
            tokio::spawn(async move {
                let ticket = Bot::ticket(&http, &base).await?;
                Bot::connect_with(&base, ticket).await
            })
        });
        for bot in opening.collect::<Vec<_>>() {
            bots.push(bot.await??);
        }
    }
    Ok(bots)
}

/// The same relaying by us and by coturn, driven by coturn's own client.
pub(crate) async fn relay(binary: &Path, report: &mut Report) -> Result<()> {
    if !installed("turnutils_uclient") || !installed("turnserver") {
        println!("coturn is not installed: no figures of relaying");
        return Ok(());
    }
    let settings = [
        ("VISAVIS_TURN__ALLOW_PEERS", "127.0.0.0/8"),
        ("VISAVIS_TURN__RELAY_ADDRESSES", "127.0.0.1"),
        ("VISAVIS_TURN__ALLOCATIONS_PER_SESSION", "1000"),
        ("VISAVIS_TURN__BYTES_PER_SECOND", "1000000000"),
    ];
    let server = ServerProcess::start(binary, &settings).await?;
    let mut bot = Bot::connect(&server.base()).await?;
    let reply = bot.command(Wire::IceServers).await?.map_err(|refused| anyhow::anyhow!("{refused:?}"))?;
    let visavis_protocol::Reply::IceServers { ice_servers } = reply else { bail!("no credentials") };
    let turn = ice_servers.into_iter().find_map(|one| Some((one.username?, one.credential?)));
    let (user, password) = turn.context("no credentials")?;
    let before = server.cpu()?;
    let packets = drive(server.https_port(), &user, &password).await?;
    let ours = packets / server.cpu()?.saturating_sub(before).as_secs_f64().max(0.01);

    let port = std::net::UdpSocket::bind("127.0.0.1:0")?.local_addr()?.port();
    let directory = tempfile::tempdir()?;
    let mut coturn = Command::new("turnserver")
        .args(["-n", "-a", "-u", "user:password", "-r", "visavis", "-L", "127.0.0.1", "-E", "127.0.0.1"])
        .args(["-p", &port.to_string(), "--no-tls", "--no-dtls", "--allow-loopback-peers", "--no-cli"])
        .args(["-m", "1", "--log-file", "stdout", "--pidfile"])
        .arg(directory.path().join("pid"))
        .current_dir(directory.path())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()?;
    let pid = coturn.id().context("coturn did not start")?;
    wait_for_udp(port).await?;
    let before = visavis_bots::cpu_of(pid)?;
    let packets = drive(port, "user", "password").await?;
    let theirs = packets / visavis_bots::cpu_of(pid)?.saturating_sub(before).as_secs_f64().max(0.01);
    coturn.kill().await?;

    report.figure("relayed packets per CPU second", ours / 1000.0, "thousand", "");
    report.figure("the same by coturn", theirs / 1000.0, "thousand", "");
    report.figure("ours to coturn's", ours / theirs, "times", "goal > 1");
    Ok(())
}

/// 20 clients in pairs, each 1,500 packets of 1,000 bytes. Returns how many packets were relayed.
async fn drive(port: u16, user: &str, password: &str) -> Result<f64> {
    let output = Command::new("turnutils_uclient")
        .args(["-c", "-y", "-u", user, "-w", password, "-p", &port.to_string()])
        .args(["-m", "20", "-n", "1500", "-l", "1000", "-z", "5", "127.0.0.1"])
        .output()
        .await?;
    let text = String::from_utf8_lossy(&output.stdout);
    let count = |name: &str| -> Option<f64> {
        let from = text.rfind(name)? + name.len();
        text[from..].split(|c: char| !c.is_ascii_digit()).find(|word| !word.is_empty())?.parse().ok()
    };
    // What arrives at one client has been taken from another and sent on: twice through the relay.
    let received = count("tot_recv_msgs=").context("the client said nothing")?;
    if received < 1.0 {
        bail!("nothing was relayed: {text}");
    }
    Ok(received * 2.0)
}

async fn wait_for_udp(port: u16) -> Result<()> {
    let socket = tokio::net::UdpSocket::bind("127.0.0.1:0").await?;
    let binding = [0, 1, 0, 0, 0x21, 0x12, 0xa4, 0x42, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12];
    let started = Instant::now();
    while started.elapsed() < Duration::from_secs(10) {
        let _ = socket.send_to(&binding, ("127.0.0.1", port)).await;
        let mut answer = [0; 256];
        if let Ok(Ok(_)) = tokio::time::timeout(Duration::from_millis(200), socket.recv(&mut answer)).await {
            return Ok(());
        }
    }
    bail!("nobody answers on port {port}")
}

fn installed(program: &str) -> bool {
    let paths = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&paths).any(|path| path.join(program).is_file())
}
