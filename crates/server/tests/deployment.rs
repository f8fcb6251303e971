//! What is written for operators names what there is: settings, metrics, alerts, versions, times.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on says so")]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

const DEFAULTS: &str = include_str!("../src/config/default.toml");
const OPERATIONS: &str = include_str!("../../../docs/operations.md");
const ALERTS: &str = include_str!("../../../deploy/alerts.yaml");
const DASHBOARD: &str = include_str!("../../../deploy/grafana.json");
const COMPOSE: &str = include_str!("../../../compose.yaml");
const KUBERNETES: &str = include_str!("../../../deploy/kubernetes.yaml");
const UNIT: &str = include_str!("../../../deploy/visavis.service");
const IMAGE: &str = include_str!("../../../deploy/Dockerfile");
const TOOLCHAIN: &str = include_str!("../../../rust-toolchain.toml");
const IGNORED: &str = include_str!("../../../.gitignore");
const README: &str = include_str!("../../../README.md");

/// Names of what looks like a setting and is a file.
const FILES: [&str; 7] = [".key", ".keys", ".db", ".toml", ".pem", ".dump", ".yaml"];

/// Every key, with its section if it has one.
fn settings() -> BTreeSet<String> {
    let table: toml::Table = DEFAULTS.parse().unwrap();
    table
        .iter()
        .flat_map(|(name, value)| match value.as_table() {
            Some(section) => section.keys().map(|key| format!("{name}.{key}")).collect(),
            None => vec![name.clone()],
        })
        .collect()
}

/// Longest runs of such characters.
fn words(text: &str, of: impl Fn(char) -> bool + Copy) -> BTreeSet<&str> {
    text.split(move |c| !of(c)).filter(|word| !word.is_empty()).collect()
}

fn sources(folder: &Path, into: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, into);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            into.push(path);
        }
    }
}

/// Names that the server counts or shows something under.
fn metrics() -> BTreeSet<String> {
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let mut files = Vec::new();
    for name in ["server", "live", "store", "media"] {
        sources(&crates.join(name).join("src"), &mut files);
    }
    let mut names = BTreeSet::new();
    for file in files {
        let text = fs::read_to_string(file).unwrap();
        for kind in ["counter!(", "gauge!(", "histogram!("] {
            for call in text.split(kind).skip(1) {
                let name = call.trim_start().strip_prefix('"').and_then(|rest| rest.split('"').next());
                names.extend(name.map(str::to_owned));
            }
        }
    }
    names
}

#[test]
fn settings_that_are_named_exist() {
    let settings = settings();
    assert!(settings.contains("database_connections") && settings.contains("drain.at_most_s"));
    for (file, text) in [("docs/operations.md", OPERATIONS), ("README.md", README)] {
        let quoted = text.split('`').skip(1).step_by(2);
        let dotted = quoted.filter(|word| {
            let is_name =
                |part: &str| !part.is_empty() && part.chars().all(|c| c.is_ascii_lowercase() || c == '_');
            word.split('.').count() == 2 && word.split('.').all(is_name)
        });
        for word in dotted.filter(|word| !FILES.iter().any(|file| word.ends_with(file))) {
            assert!(settings.contains(word), "{file} names the setting {word}");
        }
    }
    for (file, text) in [
        ("docs/operations.md", OPERATIONS),
        ("README.md", README),
        ("compose.yaml", COMPOSE),
        ("deploy/kubernetes.yaml", KUBERNETES),
        ("deploy/visavis.service", UNIT),
        ("deploy/Dockerfile", IMAGE),
    ] {
        for word in words(text, |c| c.is_ascii_uppercase() || c == '_') {
            let Some(name) = word.strip_prefix("VISAVIS_").filter(|name| !name.is_empty()) else { continue };
            let key = name.to_ascii_lowercase().replace("__", ".");
            // Neither is a setting.
            let known = ["config", "demo_password"].contains(&&*key) || settings.contains(&key);
            assert!(known, "{file} sets {word}");
        }
    }
}

/// Kubernetes names Services of the namespace in the environment, one of them in what looks like settings.
#[test]
fn nothing_but_settings_is_in_the_environment() {
    assert!(KUBERNETES.contains("\nkind: Service\nmetadata:\n  name: visavis\n"));
    assert!(KUBERNETES.contains("\n      enableServiceLinks: false\n"));
}

/// Compose builds each service that says how; two with one name for the image get in each other's way.
#[test]
fn the_image_is_built_once() {
    assert_eq!(COMPOSE.matches("    build: ").count(), 1);
    let shared = COMPOSE.split("x-instance:").nth(1).unwrap().split("\n\n").next().unwrap();
    assert!(!shared.contains("build:"), "{shared}");
}

/// What compose.yaml needs beside itself is never committed: passwords, and the balancer's key.
#[test]
fn secrets_that_compose_reads_stay_out_of_the_repository() {
    for line in ["/.env", "/deploy/certificate.pem"] {
        assert!(IGNORED.lines().any(|one| one == line), "{line}");
    }
    assert!(COMPOSE.contains("./deploy/certificate.pem:"));
}

#[test]
fn metrics_that_are_watched_are_exported() {
    let exported = metrics();
    assert!(exported.contains("visavis_sessions"), "{exported:?}");
    for (file, text) in [
        ("deploy/alerts.yaml", ALERTS),
        ("deploy/grafana.json", DASHBOARD),
        ("docs/operations.md", OPERATIONS),
    ] {
        for word in words(text, |c| c.is_ascii_lowercase() || c == '_') {
            if word.starts_with("visavis_") {
                assert!(exported.contains(word), "{file} watches {word}");
            }
        }
    }
    let _: serde_json::Value = serde_json::from_str(DASHBOARD).unwrap();
}

#[test]
fn every_alert_is_explained() {
    let alerts = ALERTS.lines().filter_map(|line| line.trim().strip_prefix("- alert: "));
    let explained = OPERATIONS.lines().filter_map(|line| line.strip_prefix("### "));
    assert_eq!(alerts.collect::<BTreeSet<_>>(), explained.collect::<BTreeSet<_>>());
}

#[test]
fn the_image_is_built_with_the_toolchain_of_the_project() {
    let channel =
        TOOLCHAIN.parse::<toml::Table>().unwrap()["toolchain"]["channel"].as_str().unwrap().to_owned();
    let image = IMAGE.lines().find_map(|line| line.strip_prefix("FROM rust:")).unwrap();
    let version = image.split('-').next().unwrap();
    assert!(channel.starts_with(version), "{channel} and rust:{image}");
}

#[test]
fn whoever_stops_an_instance_waits_until_it_has_drained() {
    let at_most = DEFAULTS.parse::<toml::Table>().unwrap()["drain"]["at_most_s"].as_integer().unwrap();
    for (file, text, before) in [
        ("compose.yaml", COMPOSE, "stop_grace_period: "),
        ("deploy/visavis.service", UNIT, "TimeoutStopSec="),
        ("deploy/kubernetes.yaml", KUBERNETES, "terminationGracePeriodSeconds: "),
    ] {
        let rest = text.split(before).nth(1).unwrap_or_else(|| panic!("{file} has no {before}"));
        let seconds: i64 =
            words(rest.lines().next().unwrap(), |c| c.is_ascii_digit()).first().unwrap().parse().unwrap();
        assert!(seconds >= at_most + 5, "{file}: {seconds} s for {at_most} s");
    }
}
