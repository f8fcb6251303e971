//! What is typed for accounts and databases, with the real binary: links, lists, exit codes, words.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "a test that cannot go on says so"
)]

#[path = "../../live/tests/support/redis.rs"]
mod redis;

use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use std::io::{BufRead, BufReader, Read, Write};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

fn visavis(data: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_visavis"));
    command.args(arguments).arg("--data").arg(data).env("VISAVIS_METRICS__ADDRESS", "off");
    command.env_remove("VISAVIS_DEMO_PASSWORD");
    command
}

fn run(data: &Path, arguments: &[&str]) -> Output {
    visavis(data, arguments).output().unwrap()
}

fn out(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn err(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

/// A server that ends with the value.
struct Server(Child);

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Starts a server and returns what it prints once ready, up to the line that `last` says yes to.
fn serve(data: &Path, more: &[&str], last: impl Fn(&str) -> bool) -> (Server, String) {
    serve_logging(data, more, Stdio::null(), last)
}

fn serve_logging(data: &Path, more: &[&str], log: Stdio, last: impl Fn(&str) -> bool) -> (Server, String) {
    let mut arguments = vec!["serve", "--http", "127.0.0.1:0", "--https", "127.0.0.1:0"];
    arguments.extend(more);
    let mut command = visavis(data, &arguments);
    let mut child = command.stdout(Stdio::piped()).stderr(log).spawn().unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut text = String::new();
    for line in lines {
        let line = line.unwrap();
        text.push_str(&line);
        text.push('\n');
        if last(&line) {
            return (Server(child), text);
        }
    }
    let _ = child.wait();
    panic!("the server ended: {text}");
}

/// What a first start makes: keys, and a database without accounts.
fn install(data: &Path) {
    drop(serve(data, &[], |line| line.contains("/invitation#")));
}

/// The files in a folder, without those that SQLite puts beside its own while it has it open.
fn files(folder: &Path) -> std::collections::BTreeSet<String> {
    let entries = std::fs::read_dir(folder).unwrap();
    let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    names.filter(|name| !name.contains(".db-")).collect()
}

#[test]
fn what_is_not_there_is_made_by_the_server_alone() {
    let folder = tempfile::tempdir().unwrap();
    let (data, keys) = (folder.path().join("data"), folder.path().join("keys"));
    for task in [&["list"][..], &["verify-audit"], &["rotate-link-key"], &["adopt-keys"]] {
        let refused = run(&data, &[&["admin"], task].concat());
        assert_eq!(refused.status.code(), Some(1), "{task:?}");
        assert!(err(&refused).contains("there is no database at"), "{}", err(&refused));
        assert!(err(&refused).contains("--data"), "{}", err(&refused));
    }
    let examined = run(&data, &["doctor", "--http", "127.0.0.1:0", "--https", "127.0.0.1:0"]);
    assert!(examined.status.success(), "{}", out(&examined));
    for word in ["note   data: ", "note   keys: ", "signing.key", "note   database: ", "first start"] {
        assert!(out(&examined).contains(word), "{word}: {}", out(&examined));
    }
    assert!(!data.exists(), "nothing was made");

    install(&data);
    // Keys that lie elsewhere are not replaced by others.
    let mut list = visavis(&data, &["admin", "list"]);
    let refused = list.env("VISAVIS_KEYS", &keys).output().unwrap();
    assert!(!refused.status.success(), "{}", out(&refused));
    assert!(
        err(&refused).contains("signing.key") && err(&refused).contains("is missing"),
        "{}",
        err(&refused)
    );
    assert!(!keys.exists());
    std::fs::remove_file(data.join("turn.key")).unwrap();
    let before = files(&data);
    let examined = run(&data, &["doctor", "--http", "127.0.0.1:0", "--https", "127.0.0.1:0"]);
    assert!(!examined.status.success(), "{}", out(&examined));
    assert!(out(&examined).contains("keys are not all there"), "{}", out(&examined));
    assert_eq!(files(&data), before);
}

#[test]
fn a_database_belongs_to_the_keys_it_was_begun_with() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path();
    install(data);
    let kept = std::fs::read(data.join("audit.key")).unwrap();
    std::fs::write(data.join("audit.key"), [1; 32]).unwrap();
    let serve = ["serve", "--http", "127.0.0.1:0", "--https", "127.0.0.1:0"];
    let new = ["admin", "create-staff", "--email", "ana@demo", "--name", "Ana"];
    for arguments in [&serve[..], &new, &["admin", "verify-audit"]] {
        let refused = run(data, arguments);
        assert_eq!(refused.status.code(), Some(1), "{arguments:?}: {}", err(&refused));
        for word in ["other keys (audit.key)", "adopt-keys"] {
            assert!(err(&refused).contains(word), "{arguments:?}: {}", err(&refused));
        }
    }
    assert!(out(&run(data, &["doctor"])).contains("wrong  database: "));
    std::fs::write(data.join("audit.key"), kept).unwrap();
    assert_eq!(out(&run(data, &["admin", "verify-audit"])), "1 rows, whole\n");
    assert!(run(data, &new).status.success());

    // Replaced on purpose: the log says so, and is broken from its first row on.
    std::fs::write(data.join("audit.key"), [1; 32]).unwrap();
    let adopted = run(data, &["admin", "adopt-keys"]);
    assert!(adopted.status.success(), "{}", err(&adopted));
    let broken = run(data, &["admin", "verify-audit"]);
    assert_eq!(broken.status.code(), Some(1), "{}", err(&broken));
    assert_eq!(out(&broken), "broken at row 1\n");
    assert!(run(data, &["admin", "reset-password", "--email", "ana@demo"]).status.success());
    drop(self::serve(data, &[], |line| line.contains("http://localhost")));
}

#[test]
fn accounts_are_managed_from_the_command_line() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path();
    install(data);
    let new = ["admin", "create-staff", "--email", "Ana@demo", "--name", "Ana Kaya"];
    let created = run(data, &new);
    assert!(created.status.success(), "{}", err(&created));
    assert!(out(&created).starts_with("http://localhost:8080/invitation#"), "{}", out(&created));
    let again = run(data, &new);
    assert!(!again.status.success() && err(&again).contains("email_taken"), "{}", err(&again));
    let mut admin = vec!["admin", "create-staff", "--email", "eve@demo", "--name", "Eve", "--admin"];
    admin.extend(["--public-url", "https://visavis.example.org"]);
    assert!(out(&run(data, &admin)).starts_with("https://visavis.example.org/invitation#"));

    let list = out(&run(data, &["admin", "list"]));
    let lines: Vec<Vec<&str>> = list.lines().map(|line| line.split('\t').skip(1).collect()).collect();
    assert_eq!(lines[0], ["ana@demo", "staff", "invited", "Ana Kaya"]);
    assert_eq!(lines[1], ["eve@demo", "admin", "invited", "Eve"]);
    assert!(out(&run(data, &["admin", "reset-password", "--email", "ana@demo"])).contains("/invitation#"));
    let unknown = run(data, &["admin", "reset-password", "--email", "nobody@demo"]);
    assert!(!unknown.status.success() && err(&unknown).contains("person_unknown"));
}

#[test]
fn keys_of_programs_are_managed_from_the_command_line() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path();
    install(data);
    run(data, &["admin", "create-staff", "--email", "ana@demo", "--name", "Ana Kaya"]);
    let new = ["admin", "create-key", "--name", "Booking", "--for", "ana@demo", "--scope"];
    let made = run(data, &[&new[..], &["desks:read", "--scope", "staff:read"]].concat());
    let secret = out(&made);
    let id = secret.trim().strip_prefix("vvk_").expect("a key").split('_').next().unwrap().to_owned();
    assert!(err(&made).contains(&format!("k_{id}")), "{}", err(&made));
    for (more, why) in [(&["sleep"][..], "not a scope"), (&["staff:read", "--days", "0"], "expiry_invalid")] {
        let refused = run(data, &[&new[..], more].concat());
        assert!(!refused.status.success() && err(&refused).contains(why), "{}", err(&refused));
    }
    let list = out(&run(data, &["admin", "list-keys"]));
    let fields: Vec<_> = list.trim_end().split('\t').collect();
    assert_eq!(fields[..4], [&*format!("k_{id}"), "Ana Kaya", "Booking", "staff:read,desks:read"], "{list}");
    assert_eq!(fields[5], "never");
    assert!(!list.contains(&secret.trim()[37..]));
    let revoke = ["admin", "revoke-key", "--id", fields[0]];
    assert!(run(data, &revoke).status.success());
    let again = run(data, &revoke);
    assert!(!again.status.success() && err(&again).contains("key_unknown"), "{}", err(&again));
    assert_eq!(out(&run(data, &["admin", "list-keys"])), "");
    assert_eq!(out(&run(data, &["admin", "verify-audit"])), "4 rows, whole\n");
}

#[test]
fn a_forged_audit_log_is_found_from_the_command_line() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path();
    install(data);
    run(data, &["admin", "create-staff", "--email", "ana@demo", "--name", "Ana"]);
    let whole = run(data, &["admin", "verify-audit"]);
    assert!(whole.status.success());
    assert_eq!(out(&whole), "2 rows, whole\n");
    // With another key every row is somebody else's.
    std::fs::write(data.join("audit.key"), [1; 32]).unwrap();
    assert!(run(data, &["admin", "adopt-keys"]).status.success());
    let broken = run(data, &["admin", "verify-audit"]);
    assert_eq!(broken.status.code(), Some(1), "{}", err(&broken));
    assert_eq!(out(&broken), "broken at row 1\n");
}

#[test]
fn a_key_for_links_is_rotated_from_the_command_line() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path();
    install(data);
    let keys = || std::fs::read(data.join("links.keys")).unwrap();
    let rotated = run(data, &["admin", "rotate-link-key"]);
    assert!(rotated.status.success(), "{}", err(&rotated));
    assert!(out(&rotated).contains("next start") && err(&rotated).contains("hold"), "{}", err(&rotated));
    let kept = keys();
    assert_eq!(kept.len(), 64, "the one from the first start, and another");
    let forgotten = run(data, &["admin", "rotate-link-key", "--forget"]);
    assert!(forgotten.status.success() && err(&forgotten).contains("worth nothing"), "{}", err(&forgotten));
    assert_eq!(keys().len(), 32);
    assert!(!kept.chunks(32).any(|key| key == keys()));
    assert_eq!(out(&run(data, &["admin", "verify-audit"])), "3 rows, whole\n");
}

#[test]
fn keys_are_made_for_several_servers_and_never_beside_others() {
    let folder = tempfile::tempdir().unwrap();
    let keys = folder.path().join("keys");
    let init = || {
        let mut command = Command::new(env!("CARGO_BIN_EXE_visavis"));
        command.args(["keys", "init"]).arg(&keys).output().unwrap()
    };
    let made = init();
    assert!(made.status.success(), "{}", err(&made));
    assert_eq!(out(&made), format!("{}\n", keys.display()));
    let names = || {
        let entries = std::fs::read_dir(&keys).unwrap().map(|entry| entry.unwrap().file_name());
        entries.collect::<std::collections::BTreeSet<_>>()
    };
    assert_eq!(names().len(), 4, "{:?}", names());
    let before = std::fs::read(keys.join("signing.key")).unwrap();
    let again = init();
    assert!(!again.status.success() && err(&again).contains("is not empty"), "{}", err(&again));
    assert_eq!(std::fs::read(keys.join("signing.key")).unwrap(), before);
    // They are used in place of those of the data directory, and one that is missing is drawn by the server.
    std::fs::remove_file(keys.join("links.keys")).unwrap();
    let data = folder.path().join("data");
    let config = folder.path().join("visavis.toml");
    std::fs::write(&config, format!("keys = '{}'\n", keys.display())).unwrap();
    let config = ["--config", &config.display().to_string()].map(str::to_owned);
    drop(serve(&data, &config.each_ref().map(String::as_str), |line| line.contains("/invitation#")));
    let mut command = visavis(&data, &["admin", "rotate-link-key"]);
    let rotated = command.env("VISAVIS_KEYS", &keys).output().unwrap();
    assert!(rotated.status.success(), "{}", err(&rotated));
    assert_eq!(std::fs::read(keys.join("links.keys")).unwrap().len(), 64);
    assert!(!data.join("signing.key").exists());
}

#[test]
fn a_start_without_accounts_prints_a_link_and_a_later_one_another() {
    let folder = tempfile::tempdir().unwrap();
    let link = || {
        let is_link = |line: &str| line.contains("/invitation#");
        let (server, text) = serve(folder.path(), &[], is_link);
        drop(server);
        text.lines().last().unwrap().trim().to_owned()
    };
    let (first, second) = (link(), link());
    assert!(first.starts_with("http://localhost:"), "{first}");
    assert_ne!(first.split('#').nth(1), second.split('#').nth(1));
}

#[test]
fn plain_http_from_elsewhere_leads_to_the_public_address() {
    let outside = if_addrs::get_if_addrs().unwrap().into_iter();
    let Some(own) = outside.map(|one| one.ip()).find(|ip| ip.is_ipv4() && !ip.is_loopback()) else {
        eprintln!("NOT TESTED: this machine has no address but loopback");
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let mut command = visavis(folder.path(), &["serve", "--http", "0.0.0.0:0", "--https", "127.0.0.1:0"]);
    let mut child = command
        .args(["--public-url", "https://visavis.example.org"])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let _server = Server(child);
    let mut lines = lines.map(|line| line.unwrap());
    let port =
        lines.find_map(|line| line.trim().strip_prefix("http ")?.rsplit(':').next().map(str::to_owned));
    let port = port.expect("the server is ready");
    let ask = |host: &str, path: &str| send(&format!("{host}:{port}"), &format!("GET {path}"), "", "");
    let answer = ask(&own.to_string(), "/desk/help?a=b");
    assert!(answer.starts_with("HTTP/1.1 308"), "{answer}");
    assert!(answer.contains("location: https://visavis.example.org/desk/help?a=b\r\n"), "{answer}");
    for (host, path) in [(own.to_string().as_str(), "/healthz"), ("127.0.0.1", "/")] {
        assert!(ask(host, path).starts_with("HTTP/1.1 200"), "{host}{path}");
    }
}

#[test]
fn a_server_is_asked_from_outside_as_browsers_would() {
    let folder = tempfile::tempdir().unwrap();
    let (server, text) = serve(folder.path(), &[], |line| line.contains("/invitation#"));
    let url = text.lines().find_map(|line| line.trim().strip_prefix("https ")).unwrap().trim();
    let port = url.rsplit(':').next().unwrap();
    let ask = |ca: &str, media: &str| {
        let mut doctor = Command::new(env!("CARGO_BIN_EXE_visavis"));
        doctor.args(["doctor", "--from-outside", &format!("https://127.0.0.1:{port}"), "--media", media]);
        doctor.env("SSL_CERT_FILE", folder.path().join(ca)).output().unwrap()
    };
    let here = format!("127.0.0.1:{port}");
    let asked = ask("ca.pem", &here);
    assert!(asked.status.success(), "{}", out(&asked));
    for what in ["HTTPS at", "STUN and TURN over UDP", "TURN over TCP", "TURN over TLS"] {
        let line = out(&asked).lines().find(|line| line.contains(what)).map(str::to_owned);
        assert!(line.as_ref().is_some_and(|line| line.starts_with("ok  ")), "{what}: {line:?}");
    }
    // Somebody else's authority, and nobody where media should be.
    let distrusted = out(&ask("none.pem", &here));
    assert!(
        distrusted.contains("wrong  HTTPS at") && distrusted.contains("ok     TURN over TCP"),
        "{distrusted}"
    );
    let elsewhere = ask("ca.pem", "127.0.0.1:1");
    assert_eq!(elsewhere.status.code(), Some(1));
    for what in
        ["ok     HTTPS at", "wrong  STUN and TURN over UDP", "wrong  TURN over TCP", "wrong  TURN over TLS"]
    {
        assert!(out(&elsewhere).contains(what), "{what}: {}", out(&elsewhere));
    }
    drop(server);
    assert!(out(&ask("ca.pem", &here)).contains("wrong  HTTPS at"));
}

#[test]
fn a_demonstration_keeps_its_password_and_is_not_for_the_public() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path();
    let last = |line: &str| line.contains("cem@demo");
    let (server, first) = serve(data, &["--demo"], last);
    drop(server);
    let (server, second) = serve(data, &["--demo"], last);
    drop(server);
    let password = std::fs::read_to_string(data.join("demo-password")).unwrap();
    for text in [&first, &second] {
        assert!(text.contains("/desk/help") && text.contains("/staff"), "{text}");
        assert!(text.lines().any(|line| line.starts_with("  appointment  http://localhost:")), "{text}");
        assert!(text.contains("/a#ey"), "{text}");
        for email in ["admin@demo", "ana@demo", "ben@demo", "cem@demo"] {
            let line = text.lines().find(|line| line.contains(email)).unwrap();
            assert!(line.ends_with(password.trim()), "{line}");
        }
        assert!(!text.contains("/invitation#"), "{text}");
    }
    let public = ["serve", "--demo", "--public-url", "https://visavis.example.org"];
    let refused = run(data, &public);
    assert_eq!(refused.status.code(), Some(2));
    assert!(err(&refused).contains("--demo-anyway"), "{}", err(&refused));
}

/// Sends a request as a page would, and reads the whole answer.
fn send(host: &str, asked: &str, cookie: &str, body: &str) -> String {
    let mut stream = std::net::TcpStream::connect(host).unwrap();
    let lines = [
        format!("{asked} HTTP/1.1"),
        format!("Host: {host}"),
        format!("Origin: http://{host}"),
        format!("Cookie: __Host-visavis-appointment={cookie}"),
        format!("Content-Length: {}", body.len()),
        "Content-Type: application/json".to_owned(),
        "Connection: close".to_owned(),
    ];
    stream.write_all(format!("{}\r\n\r\n{body}", lines.join("\r\n")).as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

#[test]
fn no_log_has_the_token_of_a_link_or_the_cookie_that_comes_of_it() {
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("log");
    let arguments =
        ["--demo", "--config", &log.with_extension("toml").display().to_string()].map(str::to_owned);
    std::fs::write(&arguments[2], "[log]\nfilter = 'trace'\n").unwrap();
    let (server, text) = serve_logging(
        &folder.path().join("data"),
        &arguments.each_ref().map(String::as_str),
        std::fs::File::create(&log).unwrap().into(),
        |line| line.contains("cem@demo"),
    );
    let link = text.lines().find_map(|line| line.trim().strip_prefix("appointment  http://")).unwrap();
    let (host, token) = link.split_once("/a#").unwrap();
    let enter =
        |token: &str| send(host, "POST /api/v1/appointment/enter", "", &format!("{{\"token\":\"{token}\"}}"));
    let entered = enter(token);
    assert!(entered.starts_with("HTTP/1.1 200"), "{entered}");
    let cookie = entered.split_once("__Host-visavis-appointment=").unwrap().1.split(';').next().unwrap();
    assert!(send(host, "GET /api/v1/appointment", cookie, "").starts_with("HTTP/1.1 200"));
    let altered = enter(&format!("{token}x"));
    assert!(altered.starts_with("HTTP/1.1 404") && !altered.contains(token), "{altered}");
    drop(server);
    let log = std::fs::read_to_string(log).unwrap();
    assert!(log.contains("/api/v1/appointment/enter"), "what is asked for is logged");
    for part in [token, cookie].iter().flat_map(|secret| secret.split('.')) {
        assert!(!log.contains(part), "{part} is in the log");
    }
}

#[test]
fn a_redis_that_cannot_be_used_stops_the_start_with_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let serve = ["serve", "--http", "127.0.0.1:0", "--https", "127.0.0.1:0", "--redis"];
    for (redis, words) in [
        ("http://ana:hunter2@localhost", ["redis is \"http://ana:…@localhost/\"", "redis://host:6379"]),
        ("redis://ana:hunter2@127.0.0.1:1", ["redis is \"redis://ana:…@127.0.0.1:1\"", "does not answer"]),
    ] {
        let mut arguments = serve.to_vec();
        arguments.push(redis);
        let refused = run(folder.path(), &arguments);
        assert_eq!(refused.status.code(), Some(1), "{redis}: {}", err(&refused));
        for word in words {
            assert!(err(&refused).contains(word), "{redis}: {}", err(&refused));
        }
        assert!(!err(&refused).contains("hunter2"), "{}", err(&refused));
        let examined = run(folder.path(), &["doctor", "--redis", redis]);
        let said = String::from_utf8_lossy(&examined.stdout).into_owned();
        assert!(said.contains("wrong  redis: ") && !said.contains("hunter2"), "{said}");
    }
}

/// A Redis that speaks TLS only, with a certificate of an authority of its own.
fn encrypted_redis(folder: &Path) -> Option<redis::Server> {
    let mut authority = CertificateParams::new(Vec::new()).unwrap();
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let authority_key = KeyPair::generate().unwrap();
    let ca = authority.self_signed(&authority_key).unwrap();
    let key = KeyPair::generate().unwrap();
    let issuer = Issuer::new(authority, authority_key);
    let certificate = CertificateParams::new(vec!["localhost".to_owned()]).unwrap().signed_by(&key, &issuer);
    for (name, pem) in
        [("ca.pem", ca.pem()), ("redis.pem", certificate.unwrap().pem()), ("redis.key", key.serialize_pem())]
    {
        std::fs::write(folder.join(name), pem).unwrap();
    }
    let shown = folder.display();
    redis::Server::on_port(&format!(
        "port 0\ntls-port PORT\ntls-cert-file {shown}/redis.pem\ntls-key-file {shown}/redis.key\n\
         tls-ca-cert-file {shown}/ca.pem\ntls-auth-clients no\nrequirepass hunter2\n"
    ))
}

#[test]
fn an_encrypted_redis_is_trusted_by_its_authority_alone() {
    let folder = tempfile::tempdir().unwrap();
    let Some(redis) = encrypted_redis(folder.path()) else { return };
    let address = format!("rediss://:hunter2@localhost:{}", redis.port());
    let doctor = |ca: &str| {
        let mut doctor = visavis(folder.path(), &["doctor", "--redis", &address]);
        let said = doctor.env("VISAVIS_REDIS_CA", folder.path().join(ca)).output().unwrap();
        String::from_utf8_lossy(&said.stdout).into_owned()
    };
    let said = doctor("ca.pem");
    assert!(said.contains("ok     redis: rediss://:…@localhost:") && said.contains("one server"), "{said}");
    for (ca, why) in [("redis.pem", "certificate"), ("redis.key", "redis_ca"), ("none.pem", "redis_ca")] {
        let said = doctor(ca);
        assert!(said.contains("wrong  redis: ") && said.contains(why) && !said.contains("hunter2"), "{said}");
    }
}

#[test]
fn a_database_that_cannot_be_used_stops_the_start_with_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path();
    std::fs::write(data.join("letter.db"), "Dear Vera, this is no database at all.".repeat(100)).unwrap();
    let letter = format!("sqlite:{}", data.join("letter.db").display());
    for (database, words) in [
        (
            "mysql://root:hunter2@localhost/x",
            vec!["database is \"mysql://root:…@localhost/x\"", "postgres://"],
        ),
        ("postgres://ana:hunter2@127.0.0.1:1/x", vec!["database is postgres://127.0.0.1:1/x"]),
        ("sqlite:/proc/nowhere/visavis.db", vec!["database is sqlite:/proc/nowhere/visavis.db"]),
        (&letter, vec!["database is sqlite:", "letter.db"]),
    ] {
        let mut arguments = vec!["serve", "--http", "127.0.0.1:0", "--https", "127.0.0.1:0"];
        arguments.extend(["--database", database]);
        let refused = run(data, &arguments);
        assert_eq!(refused.status.code(), Some(1), "{database}: {}", err(&refused));
        for word in words {
            assert!(err(&refused).contains(word), "{database}: {}", err(&refused));
        }
        assert!(!err(&refused).contains("hunter2"), "{}", err(&refused));
    }
}
