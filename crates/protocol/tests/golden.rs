//! The wire is what both sides say it is. What stands in `samples/` is what travels: each decodes and encodes to
//! the same JSON, and together they show every variant of every frame. The committed TypeScript is what the Rust
//! types give. So neither side can change the wire unnoticed.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test's way to fail")]

#[path = "../examples/generate/typescript.rs"]
mod typescript;

use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use visavis_protocol::{ClientFrame, CloseCode, Code, MAX_FRAME_BYTES, ServerFrame};

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
        "http" => {
            let body = typescript::body_of(name).unwrap_or_else(|| panic!("no type is known for {name}"));
            (body.round_trip)(text).unwrap_or_else(|error| panic!("{name}: {error}"))
        }
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
        ("/command/signal/type", &["Signal", "FileSignal"]),
        ("/event/own/engagement/type", &["Engagement"]),
    ] {
        let declared: BTreeSet<String> = types
            .iter()
            .flat_map(|name| declarations[*name].split("\"type\": \"").skip(1))
            .map(|rest| rest.split('"').next().unwrap().to_owned())
            .collect();
        assert_eq!(tags(at), declared, "{at}");
    }
}

/// Every object in a value, at any depth.
fn objects<'a>(value: &'a Value, into: &mut Vec<&'a serde_json::Map<String, Value>>) {
    match value {
        Value::Array(values) => values.iter().for_each(|value| objects(value, into)),
        Value::Object(fields) => {
            into.push(fields);
            fields.values().for_each(|value| objects(value, into));
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// The names of fields in a piece of a declaration: those that may be left out, and the others.
fn fields(piece: &str) -> (Vec<&str>, Vec<&str>) {
    let uncommented = piece.split("*/").map(|text| text.split("/**").next().unwrap_or_default());
    let parts = uncommented.flat_map(|text| text.split([',', '{', '|', '=']));
    let names = parts.filter_map(|part| Some(part.split_once(':')?.0.trim()));
    let (optional, needed): (Vec<_>, Vec<_>) = names.partition(|name| name.ends_with('?'));
    (optional.into_iter().map(|name| name.trim_end_matches('?')).collect(), needed)
}

#[test]
fn what_may_be_left_out_is_shown_with_and_without() {
    let samples: Vec<Value> = samples().values().map(|text| serde_json::from_str(text).unwrap()).collect();
    let mut shown = Vec::new();
    samples.iter().for_each(|sample| objects(sample, &mut shown));
    let (mut checked, mut missing) = (0, Vec::new());
    for (name, declaration) in typescript::declarations() {
        // Of a union each variant by itself: its tag tells which one an object is.
        for variant in declaration.split("| {") {
            let (optional, needed) = fields(variant);
            let tag = variant.split_once("\"type\": \"").and_then(|(_, rest)| rest.split('"').next());
            let needed: Vec<_> = needed.into_iter().filter(|name| *name != "\"type\"").collect();
            let is_one = |object: &serde_json::Map<String, Value>| {
                object.get("type").and_then(Value::as_str) == tag
                    && needed.iter().all(|field| object.contains_key(*field))
                    && object.keys().all(|key| {
                        key == "type" || needed.contains(&key.as_str()) || optional.contains(&key.as_str())
                    })
            };
            let ones: Vec<_> = shown.iter().filter(|object| is_one(object)).collect();
            for field in optional {
                checked += 1;
                if !ones.iter().any(|one| one.contains_key(field)) {
                    missing.push(format!("{name} with {field}"));
                }
                if ones.iter().all(|one| one.contains_key(field)) {
                    missing.push(format!("{name} without {field}"));
                }
            }
        }
    }
    assert!(checked > 20, "{checked}");
    assert!(missing.is_empty(), "{missing:?}");
}

#[test]
fn every_body_has_a_sample() {
    let samples = samples();
    let shown: BTreeSet<_> =
        samples.keys().filter_map(|name| Some(typescript::body_of(name)?.name)).collect();
    let known: BTreeSet<_> = typescript::bodies().into_iter().map(|body| body.name).collect();
    assert_eq!(shown, known);
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
fn the_examples_of_webhooks_are_what_is_told() {
    let document = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/webhooks.md");
    let document = std::fs::read_to_string(document).unwrap();
    let told: BTreeMap<_, _> =
        samples().into_iter().filter(|(name, _)| name.starts_with("http.webhook_event")).collect();
    let shown: Vec<_> =
        document.split("```json\n").skip(1).filter_map(|rest| rest.split("```").next()).collect();
    assert!(shown.len() >= 6, "{}", shown.len());
    for example in shown {
        assert!(told.values().any(|sample| sample == example), "{example}");
    }
    for kind in visavis_domain::webhook::EventKind::ALL {
        let row = format!("| `{}` | ", kind.word());
        assert_eq!(document.matches(&row).count(), 1, "{row}");
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
