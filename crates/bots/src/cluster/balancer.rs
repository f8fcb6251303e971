//! HAProxy in front of the instances, with what `deploy/haproxy.cfg` says in substance: who says that it is not ready
//! keeps what it has and gets nothing new, who says nothing is let go. It looks twice as often, for tests do not wait.

use super::program::{Program, find};
use crate::process::Signal;
use anyhow::{Context, Result, bail};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::UnixStream;
use tokio::time::sleep;

const ATTEMPTS: usize = 5;
const COMES_UP_WITHIN: Duration = Duration::from_secs(5);

/// The balancer.
pub struct Balancer {
    folder: TempDir,
    port: u16,
    running: Program,
}

impl Balancer {
    /// Whether it is installed.
    #[must_use]
    pub fn is_installed() -> bool {
        program().is_some()
    }

    /// In front of instances at these addresses.
    pub(super) async fn start(instances: &[String]) -> Result<Self> {
        let program = program().context("haproxy is not installed")?;
        // Somebody else on this machine may have taken the port that was free a moment ago.
        for _ in 0..ATTEMPTS {
            if let Some(balancer) = Self::attempt(&program, instances).await? {
                return Ok(balancer);
            }
        }
        bail!("haproxy ended {ATTEMPTS} times before it was there")
    }

    /// None if it ended.
    async fn attempt(program: &Path, instances: &[String]) -> Result<Option<Self>> {
        let folder = TempDir::new()?;
        let port = crate::free_port()?;
        let settings = folder.path().join("haproxy.cfg");
        let socket = folder.path().join("haproxy.sock");
        std::fs::write(&settings, render(port, &socket.display().to_string(), instances))?;
        let mut command = Program::command(program);
        command.args(["-db", "-q", "-f"]).arg(&settings);
        let mut balancer = Self { folder, port, running: Program::start(command, Signal::Kill)? };
        let until = Instant::now() + COMES_UP_WITHIN;
        while balancer.ready().await.is_err() {
            if balancer.running.child().try_wait()?.is_some() {
                return Ok(None);
            }
            if Instant::now() > until {
                bail!("haproxy is not there after {COMES_UP_WITHIN:?}");
            }
            sleep(Duration::from_millis(10)).await;
        }
        Ok(Some(balancer))
    }

    pub(super) fn base(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// How many instances it sends requests to.
    ///
    /// # Errors
    /// If it does not answer.
    pub async fn ready(&self) -> Result<usize> {
        let mut socket = UnixStream::connect(self.folder.path().join("haproxy.sock")).await?;
        socket.write_all(b"show stat\n").await?;
        let mut table = String::new();
        socket.read_to_string(&mut table).await?;
        // Whose row it is stands in the first two columns, its status in the 18th.
        let up = |line: &&str| {
            let cells: Vec<_> = line.split(',').collect();
            cells.first() == Some(&"ready")
                && cells.get(1).is_some_and(|name| name.starts_with('i'))
                && cells.get(17).is_some_and(|status| status.starts_with("UP"))
        };
        Ok(table.lines().filter(up).count())
    }
}

fn program() -> Option<PathBuf> {
    find("haproxy", &["/usr/sbin".into(), "/usr/local/sbin".into()])
}

fn render(port: u16, socket: &str, instances: &[String]) -> String {
    let line = |(number, at): (usize, &String)| format!("  server i{number} {at}\n");
    let servers: String = instances.iter().enumerate().map(line).collect();
    format!(
        "global
  maxconn 9000
  stats socket {socket} mode 600
defaults
  mode http
  option forwardfor
  option redispatch 1
  retries 2
  retry-on conn-failure empty-response
  timeout http-request 10s
  timeout http-keep-alive 30s
  timeout connect 2s
  timeout check 1s
  timeout client 65s
  timeout server 65s
  timeout tunnel 60s
frontend visavis
  bind 127.0.0.1:{port}
  http-request disable-l7-retry unless METH_GET
  use_backend standing if {{ nbsrv(ready) eq 0 }}
  default_backend ready
backend ready
  balance leastconn
  option httpchk
  http-check send meth GET uri /readyz hdr host balancer
  http-check expect status 200 error-status L7OKC
  default-server check inter 500ms fall 2 rise 1 on-marked-down shutdown-sessions
{servers}backend standing
  balance leastconn
  option httpchk
  http-check send meth GET uri /healthz hdr host balancer
  default-server check inter 500ms fall 2 rise 1 on-marked-down shutdown-sessions
{servers}"
    )
}
