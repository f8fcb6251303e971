//! The walls of ARCHITECTURE.md: which crate may use what, which module may import which, which layer of the web
//! client sees which. Reads the manifests and the sources.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on says so")]

use cargo_metadata::{Metadata, MetadataCommand};
use std::collections::{BTreeSet, HashMap};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

struct Rule {
    crate_name: &'static str,
    /// Crates of the workspace that it may use.
    may_use: &'static [&'static str],
    /// Crates that must be nowhere below it, however far down.
    never: &'static [&'static str],
}

const PURE: &[&str] =
    &["tokio", "axum", "sqlx", "redis", "str0m", "mio", "rand", "hyper", "quinn-udp", "socket2"];

const RULES: [Rule; 7] = [
    Rule { crate_name: "visavis-domain", may_use: &[], never: PURE },
    Rule {
        crate_name: "visavis-protocol",
        may_use: &["visavis-domain"],
        never: &["tokio", "axum", "redis", "str0m", "hyper"],
    },
    Rule {
        crate_name: "visavis-live",
        may_use: &["visavis-domain"],
        never: &["axum", "str0m", "sqlx", "hyper"],
    },
    Rule {
        crate_name: "visavis-store",
        may_use: &["visavis-domain"],
        never: &["axum", "str0m", "redis", "hyper"],
    },
    Rule {
        crate_name: "visavis-media",
        may_use: &[],
        never: &["tokio", "axum", "redis", "mio", "hyper", "quinn-udp"],
    },
    Rule {
        crate_name: "visavis-server",
        may_use: &["visavis-domain", "visavis-protocol", "visavis-live", "visavis-store", "visavis-media"],
        never: &["openssl", "native-tls"],
    },
    Rule {
        crate_name: "visavis-bots",
        may_use: &["visavis-domain", "visavis-protocol"],
        never: &["visavis-server", "visavis-live", "visavis-store", "axum", "redis"],
    },
];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}

fn metadata() -> Metadata {
    MetadataCommand::new().manifest_path(root().join("Cargo.toml")).exec().unwrap()
}

/// Everything a package is built from when it is built alone, tests apart. In one build of the whole workspace one
/// crate's features reach another's dependencies: what redis asks of `combine`, `str0m` gets too.
fn below(package: &str) -> BTreeSet<String> {
    let mut tree = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    tree.args(["tree", "--locked", "--package", package, "--edges", "normal", "--target", "all"]);
    let output = tree.args(["--prefix", "none", "--format", "{p}"]).current_dir(root()).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).unwrap();
    let names: BTreeSet<_> =
        text.lines().filter_map(|line| line.split(' ').next()).map(str::to_owned).collect();
    assert!(names.contains(package), "{text}");
    names.into_iter().filter(|name| name != package).collect()
}

#[test]
fn crates_use_only_what_the_table_allows() {
    let metadata = metadata();
    let workspace: BTreeSet<_> =
        metadata.workspace_packages().iter().map(|one| one.name.to_string()).collect();
    let ruled: BTreeSet<_> = RULES.iter().map(|rule| rule.crate_name.to_owned()).collect();
    assert_eq!(workspace, ruled, "each crate of the workspace has its line in the table");
    for rule in RULES {
        let below = below(rule.crate_name);
        for name in &below {
            let foreign = workspace.contains(name) && !rule.may_use.contains(&name.as_str());
            assert!(!foreign, "{} may not use {name}", rule.crate_name);
            assert!(!rule.never.contains(&name.as_str()), "{} has {name} below it", rule.crate_name);
        }
    }
}

#[test]
fn only_live_names_redis() {
    for package in metadata().workspace_packages() {
        let redis = package.dependencies.iter().any(|dependency| dependency.name == "redis");
        assert_eq!(redis, package.name == "visavis-live", "{} and redis", package.name);
    }
}

fn files(folder: &Path, endings: &[&str]) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path, endings));
        } else if endings.iter().any(|ending| path.to_string_lossy().ends_with(ending)) {
            found.push(path);
        }
    }
    found
}

/// The first part of a path below `folder`, without its ending: the module or the layer.
fn part(folder: &Path, file: &Path) -> String {
    let first = file.strip_prefix(folder).unwrap().components().next().unwrap();
    first.as_os_str().to_string_lossy().trim_end_matches(".rs").to_owned()
}

#[test]
fn modules_of_the_server_import_in_one_direction() {
    // Who may import whom; what is not named here may be imported by anybody.
    let importers: HashMap<&str, &[&str]> = HashMap::from([
        ("http", &["http", "wiring"][..]),
        ("realtime", &["realtime", "wiring"]),
        ("peerjs", &["peerjs", "wiring"]),
        // The media server is one of the ports of app, and cluster shares it between instances.
        (
            "app",
            &[
                "app", "cli", "cluster", "edge", "http", "realtime", "peerjs", "media_io", "oidc", "smtp",
                "webhooks", "wiring",
            ],
        ),
        ("oidc", &["oidc", "wiring"]),
        ("smtp", &["smtp", "wiring"]),
        ("webhooks", &["webhooks", "wiring"]),
        ("media_io", &["media_io", "wiring"]),
        ("turn_io", &["turn_io", "wiring"]),
        ("port", &["port", "media_io", "turn_io", "wiring"]),
        ("tls", &["tls", "listen", "wiring", "doctor"]),
        ("wiring", &["wiring", "cli", "main"]),
        ("cli", &["cli", "main"]),
    ]);
    let folder = root().join("crates/server/src");
    for file in files(&folder, &[".rs"]) {
        let text = fs::read_to_string(&file).unwrap();
        let module = part(&folder, &file);
        for (target, allowed) in &importers {
            let imports = text.contains(&format!("crate::{target}::"))
                || text.contains(&format!("crate::{target};"))
                || text.lines().any(|line| {
                    line.starts_with("use crate::{")
                        && line.split(['{', ',', '}', ' ']).any(|word| word == *target)
                });
            assert!(!imports || allowed.contains(&module.as_str()), "{} imports {target}", file.display());
        }
        // Tests make what they need.
        let test = file.iter().any(|part| part == "tests" || part == "tests.rs");
        let names_adapter = !test
            && ["MemoryLive", "RedisLive", "SqlStore", "OidcProvider", "SmtpPost", "HttpCourier"]
                .iter()
                .any(|name| text.contains(name));
        assert!(
            !names_adapter || ["wiring", "oidc", "smtp", "webhooks"].contains(&module.as_str()),
            "{} names an adapter",
            file.display()
        );
    }
}

#[test]
fn layers_of_the_web_client_import_in_one_direction() {
    let may_import: HashMap<&str, &[&str]> = HashMap::from([
        ("app", &["features", "model", "ui", "messages"][..]),
        // Types of the closed sets that have words for people.
        ("features", &["model", "ui", "messages", "rtc"]),
        ("model", &["room", "rtc", "protocol"]),
        ("room", &["rtc", "protocol"]),
        ("rtc", &["protocol"]),
        ("protocol", &[]),
        ("ui", &[]),
    ]);
    let folder = root().join("web/src");
    for file in files(&folder, &[".ts", ".svelte"]) {
        let layer = part(&folder, &file);
        if layer == "messages" {
            continue;
        }
        let allowed = may_import.get(layer.as_str()).unwrap_or_else(|| panic!("{layer} is no layer"));
        for line in fs::read_to_string(&file).unwrap().lines() {
            let Some(from) = line.split(" from '").nth(1).and_then(|rest| rest.split('\'').next()) else {
                continue;
            };
            assert!(from != "bits-ui" || layer == "ui", "{} imports {from}", file.display());
            if !from.starts_with('.') {
                continue;
            }
            let mut target = file.parent().unwrap().to_path_buf();
            for step in from.split('/') {
                match step {
                    "." => {}
                    ".." => assert!(target.pop()),
                    name => target.push(name),
                }
            }
            let target = part(&folder, &target);
            let inside = target == layer;
            assert!(
                inside || allowed.contains(&target.as_str()),
                "{}: {layer} imports {target}",
                file.display()
            );
            let only_types = line.trim_start().starts_with("import type");
            let logic = layer == "features" && target == "rtc" && !only_types;
            assert!(!logic, "{}: features take types of rtc alone", file.display());
        }
    }
}
