//! What is typed for accounts and databases, with the real binary: links, lists, exit codes, words.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on says so")]

use std::io::{BufRead, BufReader};
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
    let mut arguments = vec!["serve", "--http", "127.0.0.1:0", "--https", "127.0.0.1:0"];
    arguments.extend(more);
    let mut child = visavis(data, &arguments).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
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

#[test]
fn accounts_are_managed_from_the_command_line() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path();
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
fn a_forged_audit_log_is_found_from_the_command_line() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path();
    run(data, &["admin", "create-staff", "--email", "ana@demo", "--name", "Ana"]);
    let whole = run(data, &["admin", "verify-audit"]);
    assert!(whole.status.success());
    assert_eq!(out(&whole), "1 rows, whole\n");
    // With another key every row is somebody else's.
    std::fs::write(data.join("audit.key"), [1; 32]).unwrap();
    let broken = run(data, &["admin", "verify-audit"]);
    assert_eq!(broken.status.code(), Some(1), "{}", err(&broken));
    assert_eq!(out(&broken), "broken at row 1\n");
}

#[test]
fn a_key_for_links_is_rotated_from_the_command_line() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path();
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
    assert_eq!(out(&run(data, &["admin", "verify-audit"])), "2 rows, whole\n");
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
