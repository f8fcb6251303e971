//! An example of each operation, as one types it: made from the document, so that it fits it.

use super::shape::resolved;
use serde_json::{Map, Value};
use std::fmt::Write;

/// Deeper than any shape of ours.
const DEEPEST: usize = 6;

/// The request.
pub(super) fn curl(document: &Value, method: &str, path: &str, told: &Value) -> String {
    let mut out = String::from("curl");
    if method != "get" {
        let _ = write!(out, " -X {}", method.to_uppercase());
    }
    let by_key =
        told["security"].as_array().is_some_and(|all| all.iter().any(|one| one.get("key").is_some()));
    let by_cookie = told["security"].as_array().and_then(|all| all.first()?.as_object()?.keys().next());
    let scheme = by_cookie.map(|name| &document["components"]["securitySchemes"][name]["name"]);
    if by_key {
        out += " -H \"Authorization: Bearer $VISAVIS_KEY\"";
    } else if let Some(cookie) = scheme.and_then(Value::as_str) {
        let _ = write!(out, " -H \"Cookie: {cookie}=…\"");
    }
    if !by_key && method != "get" {
        out += " \\\n  -H \"Origin: https://visavis.example.org\"";
    }
    if let Some(body) = told["requestBody"]["content"]["application/json"].get("schema") {
        let body = value(document, body, 0);
        let _ = write!(out, " \\\n  -H \"Content-Type: application/json\" \\\n  -d '{body}'");
    }
    let mut address = path.to_owned();
    let mut asked = Vec::new();
    for parameter in told["parameters"].as_array().into_iter().flatten() {
        let name = parameter["name"].as_str().unwrap_or_default();
        let example = value(document, &parameter["schema"], 0);
        let text = example.as_str().map_or_else(|| example.to_string(), str::to_owned);
        match parameter["in"].as_str() {
            Some("path") => address = address.replace(&format!("{{{name}}}"), &text),
            Some("query") if parameter["required"] == true => asked.push(format!("{name}={text}")),
            _ => {}
        }
    }
    let asked = if asked.is_empty() { String::new() } else { format!("?{}", asked.join("&")) };
    let _ = write!(out, " \\\n  'https://visavis.example.org{address}{asked}'");
    out
}

/// A value of this shape.
fn value(document: &Value, schema: &Value, depth: usize) -> Value {
    let schema = resolved(document, schema);
    if let Some(example) =
        schema["examples"].get(0).or_else(|| schema.get("example")).or_else(|| schema["enum"].get(0))
    {
        return example.clone();
    }
    let choice = ["oneOf", "anyOf", "allOf"].into_iter().find_map(|name| schema[name].as_array());
    if let Some(choice) = choice {
        let some = choice.iter().find(|one| one["type"] != "null");
        return some.map_or(Value::Null, |one| value(document, one, depth));
    }
    let kind = match &schema["type"] {
        Value::Array(kinds) => kinds.iter().filter_map(Value::as_str).find(|kind| *kind != "null"),
        kind => kind.as_str(),
    };
    match kind {
        Some("object") if depth < DEEPEST => {
            let required = schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str);
            let fields = required
                .map(|name| (name.to_owned(), value(document, &schema["properties"][name], depth + 1)));
            Value::Object(fields.collect::<Map<_, _>>())
        }
        Some("array") if schema["minItems"].as_u64().is_some_and(|least| least > 0) => {
            Value::Array(vec![value(document, &schema["items"], depth + 1)])
        }
        Some("array") => Value::Array(Vec::new()),
        Some("integer") => schema.get("minimum").cloned().unwrap_or_else(|| 1.into()),
        Some("boolean") => true.into(),
        Some("string") => "…".into(),
        _ => Value::Null,
    }
}
