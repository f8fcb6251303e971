//! deploy/haproxy.cfg as it is, but for TLS, in front of two real instances over Redis: people at different ones meet,
//! an instance that drains gets nothing new and fails nobody, one that dies is done without, and pages come from
//! whoever stands when nobody is ready.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "a test that cannot go on says so"
)]

#[path = "../../live/tests/support/redis.rs"]
mod support;

use reqwest::StatusCode;
use std::net::SocketAddr;
use std::process::Stdio;
use std::time::{Duration, Instant};
use support::Server;
use tokio::process::{Child, Command};
use visavis_bots::{Member, ServerProcess, Signal, http_client};
use visavis_domain::ids::MessageId;
use visavis_protocol::{Event, Place};

/// As it is shipped.
const CONFIGURATION: &str = include_str!("../../../deploy/haproxy.cfg");
/// What HAProxy needs to see that an instance is away, and a test on a busy machine.
const SOON: Duration = Duration::from_secs(15);

/// HAProxy; ends with the value.
struct Balancer {
    base: String,
    _folder: tempfile::TempDir,
    _child: Child,
}

impl Balancer {
    /// None where HAProxy is not installed.
    async fn start(instances: [&ServerProcess; 2]) -> Option<Self> {
        let path = std::env::var_os("PATH").unwrap_or_default();
        if !std::env::split_paths(&path).any(|folder| folder.join("haproxy").exists()) {
            let demanded = ["CI", "REQUIRE_HAPROXY"].iter().any(|name| std::env::var_os(name).is_some());
            assert!(!demanded, "HAProxy is not installed; scripts/test-tools installs it");
            eprintln!("SKIPPED: HAProxy is not installed; scripts/test-tools installs it");
            return None;
        }
        let folder = tempfile::tempdir().unwrap();
        // Bots speak no TLS.
        let tls = r#" ssl crt "${CERTIFICATE-/usr/local/etc/haproxy/certificate.pem}" alpn h2,http/1.1"#;
        let redirect = "    http-request redirect scheme https code 308 unless { ssl_fc }\n";
        assert!(CONFIGURATION.contains(tls) && CONFIGURATION.contains(redirect), "the file has changed");
        let plain = CONFIGURATION.replace(tls, "").replace(redirect, "");
        let file = folder.path().join("haproxy.cfg");
        std::fs::write(&file, plain).unwrap();
        let [http, https, status] = free_ports();
        let at = |server: &ServerProcess| server.base().trim_start_matches("http://").to_owned();
        let child = Command::new("haproxy")
            .args(["-db", "-f"])
            .arg(&file)
            .env("INSTANCE_ONE", at(instances[0]))
            .env("INSTANCE_TWO", at(instances[1]))
            .env("BIND_HTTP", http.to_string())
            .env("BIND_HTTPS", https.to_string())
            .env("BIND_STATUS", status.to_string())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let balancer = Self { base: format!("http://{https}"), _folder: folder, _child: child };
        balancer.until(|status| status == StatusCode::OK).await;
        Some(balancer)
    }

    /// What the start page is answered with; none if there is no answer.
    async fn page(&self) -> Option<StatusCode> {
        // A connection each, so that each is given an instance.
        let request = http_client().get(&self.base).timeout(Duration::from_secs(10));
        request.send().await.ok().map(|answer| answer.status())
    }

    async fn until(&self, wanted: impl Fn(StatusCode) -> bool) {
        let since = Instant::now();
        while !self.page().await.is_some_and(&wanted) {
            assert!(since.elapsed() < SOON, "{} does not come to it", self.base);
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    async fn come(&self, name: &str) -> Member {
        Member::guest(&http_client(), &self.base, name).await.unwrap().0
    }
}

fn free_ports() -> [SocketAddr; 3] {
    [(); 3].map(|()| SocketAddr::from(([127, 0, 0, 1], visavis_bots::free_port().unwrap())))
}

async fn talk(from: &mut Member, to: &mut Member, id: u128) {
    let place = Place::LoungeRoom { room: from.lounge.room.room };
    let text = format!("message {id}");
    let message = MessageId::from_bits(id);
    let post = visavis_protocol::Command::Post { place, message, text: text.clone(), file: None };
    assert!(from.bot.command(post).await.unwrap().is_ok());
    to.until(|event| matches!(event, Event::Posted { message, .. } if message.text == text)).await.unwrap();
}

#[tokio::test]
async fn the_balancer_sends_people_where_they_can_be_served() {
    let Some(mut redis) = Server::start() else { return };
    let settings = [
        ("VISAVIS_REDIS", &*redis.address()),
        ("VISAVIS_PROXY__TRUSTED", "127.0.0.0/8"),
        ("VISAVIS_DRAIN__AFTER_S", "4"),
        ("VISAVIS_DRAIN__OVER_S", "1"),
        ("VISAVIS_DRAIN__AT_MOST_S", "8"),
    ];
    let mut one = ServerProcess::start_demo(&ServerProcess::binary().unwrap(), &settings).await.unwrap();
    let mut two = one.start_beside().await.unwrap();
    let Some(balancer) = Balancer::start([&one, &two]).await else { return };
    let (mut vera, mut wim) = (balancer.come("Vera").await, balancer.come("Wim").await);
    talk(&mut vera, &mut wim, 1).await;
    talk(&mut wim, &mut vera, 2).await;
    drop((vera, wim));

    // One is asked to stop, and nobody who asks for a page notices.
    one.signal(Signal::Terminate).unwrap();
    tokio::select! {
        () = ask_on(&balancer) => {}
        ended = one.ended(Duration::from_secs(12)) => assert!(ended.unwrap().success()),
    }
    drop(balancer.come("Uma").await);

    // It comes back, and the other one dies.
    one.restart().await.unwrap();
    tokio::time::timeout(SOON, answers(&one)).await.unwrap();
    two.kill().await.unwrap();
    balancer.until(|status| status == StatusCode::OK).await;
    drop(balancer.come("Tom").await);

    // Without Redis nobody is ready, and pages come all the same.
    redis.stop();
    tokio::time::timeout(SOON, is_not_ready(&one)).await.unwrap();
    for _ in 0..20 {
        balancer.until(|status| status == StatusCode::OK).await;
    }
}

/// For as long as nobody is refused.
async fn ask_on(balancer: &Balancer) {
    let mut asked = 0;
    loop {
        assert_eq!(balancer.page().await, Some(StatusCode::OK), "after {asked}");
        asked += 1;
    }
}

async fn ready(server: &ServerProcess) -> Option<StatusCode> {
    let asked = http_client().get(format!("{}/readyz", server.base())).send().await;
    asked.ok().map(|answer| answer.status())
}

async fn answers(server: &ServerProcess) {
    while ready(server).await != Some(StatusCode::OK) {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

async fn is_not_ready(server: &ServerProcess) {
    while ready(server).await != Some(StatusCode::SERVICE_UNAVAILABLE) {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}
