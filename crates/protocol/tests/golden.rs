//! The wire is what both sides say it is. What stands in `samples/` is what travels: each decodes and encodes to
//! the same JSON, and together they show every variant of every frame. The committed TypeScript is what the Rust
//! types give. So neither side can change the wire unnoticed.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test's way to fail")]

#[path = "../examples/generate/typescript.rs"]
mod typescript;

use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use visavis_protocol::{ClientFrame, CloseCode, Code, MAX_FRAME_BYTES, Problem, ServerFrame, Ticket};

fn samples() -> BTreeMap<String, String> {
    typescript::samples().unwrap()
}

fn round_trip<T: serde::de::DeserializeOwned + serde::Serialize>(name: &str, text: &str) -> Value {
    let decoded: T = serde_json::from_str(text).unwrap_or_else(|error| panic!("{name}: {error}"));
    serde_json::to_value(decoded).unwrap()
}

fn encoded(name: &str, text: &str) -> Value {
    match name.split('.').next().unwrap() {
        "client" => round_trip::<ClientFrame>(name, text),
        "server" => round_trip::<ServerFrame>(name, text),
        "http" if name == "http.ticket" => round_trip::<Ticket>(name, text),
        "http" if name == "http.problem" => round_trip::<Problem>(name, text),
        "codes" => round_trip::<Vec<Code>>(name, text),
        "close_codes" => {
            let all = CloseCode::ALL.iter();
            all.map(|code| (serde_json::to_value(code).unwrap().as_str().unwrap().to_owned(), *code as u16))
                .collect()
        }
        _ => panic!("no type is known for {name}"),
    }
}

#[test]
fn each_sample_is_encoded_as_it_stands() {
    for (name, text) in samples() {
        let sample: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(encoded(&name, &text), sample, "{name}");
        assert!(text.len() <= MAX_FRAME_BYTES);
    }
}

/// Every `"word"` that a value holds as a string, its keys apart.
fn words(value: &Value, into: &mut BTreeSet<String>) {
    match value {
        Value::String(word) => drop(into.insert(word.clone())),
        Value::Array(values) => values.iter().for_each(|value| words(value, into)),
        Value::Object(fields) => fields.values().for_each(|value| words(value, into)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// What stands in quotes in a declaration: its tags and the words of closed sets.
fn quoted(declaration: &str) -> impl Iterator<Item = &str> {
    declaration.split('"').skip(1).step_by(2).filter(|word| *word != "type")
}

#[test]
fn every_variant_and_word_of_the_wire_has_a_sample() {
    let mut shown = BTreeSet::new();
    for (name, text) in samples() {
        if name != "close_codes" {
            words(&serde_json::from_str(&text).unwrap(), &mut shown);
        }
    }
    let declarations = typescript::declarations();
    let missing: Vec<_> = declarations
        .iter()
        .flat_map(|(name, declaration)| quoted(declaration).map(move |word| (name, word)))
        .filter(|(_, word)| !shown.contains(*word))
        .collect();
    assert_eq!(missing, []);
}

/// The tag of each variant at this place, from the samples.
fn tags(at: &str) -> BTreeSet<String> {
    let frames =
        samples().into_iter().filter(|(name, _)| name.starts_with("client") || name.starts_with("server"));
    let frames = frames.map(|(_, text)| serde_json::from_str::<Value>(&text).unwrap());
    frames.filter_map(|frame| Some(frame.pointer(at)?.as_str()?.to_owned())).collect()
}

#[test]
fn tags_that_occur_in_several_places_have_a_sample_in_each() {
    // `snapshot`, `leave`, `ice_servers`: one word, several enums.
    let declarations = typescript::declarations();
    for (at, types) in [
        ("/type", ["ClientFrame", "ServerFrame"].as_slice()),
        ("/command/type", &["Command"]),
        ("/reply/type", &["Reply"]),
        ("/event/type", &["Event"]),
        ("/command/signal/type", &["Signal"]),
    ] {
        let declared: BTreeSet<String> = types
            .iter()
            .flat_map(|name| declarations[*name].split("\"type\": \"").skip(1))
            .map(|rest| rest.split('"').next().unwrap().to_owned())
            .collect();
        assert_eq!(tags(at), declared, "{at}");
    }
}

#[test]
fn the_committed_typescript_is_what_rust_generates() {
    for (path, source) in typescript::files().unwrap() {
        let committed = std::fs::read_to_string(&path).unwrap_or_default();
        assert!(
            committed == source,
            "{path:?} is stale: run `make gen` (`cargo run -p visavis-protocol --example generate`)"
        );
    }
}

#[test]
fn no_declaration_leaves_a_type_that_typescript_does_not_know() {
    let declarations = typescript::declarations();
    assert!(declarations.len() > 20, "{:?}", declarations.keys());
    for declaration in declarations.values() {
        for unwanted in ["bigint", ": unknown", ": any", "u64"] {
            assert!(!declaration.contains(unwanted), "{declaration}");
        }
    }
    assert!(!typescript::types().contains("crate::"));
}

/// What stands behind an arrow in the example, with ids and other shortened values written out.
fn example_frames(arrow: &str) -> Vec<String> {
    let document = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/protocol.md");
    let document = std::fs::read_to_string(document).unwrap();
    let frames = document.lines().filter_map(|line| line.strip_prefix(arrow));
    frames.map(|frame| frame.replace("_…", &format!("_{}", "0".repeat(31)))).collect()
}

#[test]
fn the_documents_example_is_made_of_frames() {
    let (sent, received) = (example_frames("→ "), example_frames("← "));
    assert!(sent.len() >= 5 && received.len() >= 8);
    for frame in sent {
        serde_json::from_str::<ClientFrame>(&frame).unwrap_or_else(|error| panic!("{error}: {frame}"));
    }
    for frame in received {
        serde_json::from_str::<ServerFrame>(&frame).unwrap_or_else(|error| panic!("{error}: {frame}"));
    }
}

#[test]
fn the_document_names_every_word_and_close_code() {
    let document = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/protocol.md");
    let document = std::fs::read_to_string(document).unwrap();
    let declarations = typescript::declarations();
    let words =
        declarations.values().flat_map(|declaration| quoted(declaration).map(|word| format!("`{word}`")));
    let close_codes = CloseCode::ALL.iter().map(|code| format!("| {} |", *code as u16));
    let missing: Vec<_> = words.chain(close_codes).filter(|word| !document.contains(word)).collect();
    assert!(missing.is_empty(), "{missing:?}");
}
