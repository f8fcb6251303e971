//! Schemas in words: what a value is, and which fields an object has.

use serde_json::Value;
use std::fmt::Write;

/// Text that is no markup.
pub(super) fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// Set as code.
pub(super) fn code(text: &str) -> String {
    format!("<code>{}</code>", escaped(text))
}

/// Paragraphs; what stands between backticks is code.
pub(super) fn prose(text: &str) -> String {
    let paragraphs = text.split("\n\n").filter(|part| !part.trim().is_empty());
    paragraphs.map(|part| format!("<p>{}</p>\n", inline(part))).collect()
}

/// A list of such lines.
pub(super) fn list_of(lines: &[&str]) -> String {
    let items: String = lines.iter().map(|line| format!("<li>{}</li>\n", inline(line))).collect();
    format!("<ul>\n{items}</ul>\n")
}

fn inline(text: &str) -> String {
    let parts = text.split('`').enumerate();
    parts.map(|(at, part)| if at % 2 == 1 { code(part) } else { escaped(part) }).collect()
}

/// What a heading is found by.
pub(super) fn slug(text: &str) -> String {
    let lower = text.to_lowercase();
    lower
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|part| !part.is_empty())
        .collect::<Vec<_>>()
        .join("-")
}

/// The name of what is referred to.
pub(super) fn referred(schema: &Value) -> Option<&str> {
    schema["$ref"].as_str()?.strip_prefix("#/components/schemas/")
}

/// What it refers to, or itself.
pub(super) fn resolved<'a>(document: &'a Value, schema: &'a Value) -> &'a Value {
    match referred(schema) {
        Some(name) => &document["components"]["schemas"][name],
        None => schema,
    }
}

/// What a value is, in a line of HTML.
pub(super) fn words(schema: &Value) -> String {
    if let Some(name) = referred(schema) {
        return format!("<a href=\"#type-{0}\"><code>{0}</code></a>", escaped(name));
    }
    for choice in ["oneOf", "anyOf"] {
        if let Some(all) = schema[choice].as_array() {
            return all.iter().map(words).collect::<Vec<_>>().join(" or ");
        }
    }
    if let Some(all) = schema["enum"].as_array() {
        let all: Vec<_> = all.iter().map(|one| code(one.as_str().unwrap_or(&one.to_string()))).collect();
        return format!("one of {}", all.join(", "));
    }
    let kind = match &schema["type"] {
        Value::Array(kinds) => {
            let kinds = kinds.iter().filter_map(Value::as_str);
            kinds.map(|kind| plain(kind, schema)).collect::<Vec<_>>().join(" or ")
        }
        kind => plain(kind.as_str().unwrap_or("anything"), schema),
    };
    let limits = limits(schema);
    if limits.is_empty() { kind } else { format!("{kind}, {}", limits.join(", ")) }
}

fn plain(kind: &str, schema: &Value) -> String {
    match kind {
        "string" => "text".into(),
        "integer" => "integer".into(),
        "boolean" => format!("{} or {}", code("true"), code("false")),
        "null" => code("null"),
        "object" => "object".into(),
        "array" => {
            let of = match schema["prefixItems"].as_array() {
                Some(parts) => parts.iter().map(words).collect::<Vec<_>>().join(" and "),
                None => words(&schema["items"]),
            };
            format!("list of {of}")
        }
        other => escaped(other),
    }
}

fn limits(schema: &Value) -> Vec<String> {
    let mut all = Vec::new();
    let number = |name: &str| schema[name].as_f64().map(|number| number.to_string());
    for (least, most, unit) in [
        ("minLength", "maxLength", " characters"),
        ("minItems", "maxItems", " of them"),
        ("minimum", "maximum", ""),
    ] {
        all.extend(match (number(least), number(most)) {
            (Some(least), Some(most)) => Some(format!("{least} to {most}{unit}")),
            (Some(least), None) if least != "0" => Some(format!("at least {least}{unit}")),
            (None, Some(most)) => Some(format!("at most {most}{unit}")),
            (Some(_) | None, None) => None,
        });
    }
    all.extend(schema["pattern"].as_str().map(code));
    all
}

/// The fields of an object, as a table; nothing for what is none.
pub(super) fn fields(document: &Value, schema: &Value) -> String {
    let schema = resolved(document, schema);
    let Some(properties) = schema["properties"].as_object() else { return String::new() };
    let required = schema["required"].as_array().map(Vec::as_slice).unwrap_or_default();
    let rows = properties.iter().map(|(name, field)| {
        let needed = required.iter().any(|one| one.as_str() == Some(name));
        row(name, needed, field, field["description"].as_str())
    });
    table("Field", &rows.collect::<String>())
}

/// What stands in the path and behind the question mark, as a table.
pub(super) fn parameters(all: &[Value]) -> String {
    let rows = all.iter().map(|one| {
        let name = one["name"].as_str().unwrap_or_default();
        let place = one["in"].as_str().unwrap_or_default();
        let words = one["description"].as_str().unwrap_or_default();
        let words =
            if words.is_empty() { format!("In the {place}.") } else { format!("{words} In the {place}.") };
        row(name, one["required"] == true, &one["schema"], Some(&words))
    });
    table("Name", &rows.collect::<String>())
}

fn row(name: &str, needed: bool, schema: &Value, description: Option<&str>) -> String {
    let mut out = format!("<tr><th scope=\"row\">{}", code(name));
    if !needed {
        out += " <span class=\"soft\">optional</span>";
    }
    let _ = writeln!(
        out,
        "</th><td>{}</td><td>{}</td></tr>",
        words(schema),
        inline(description.unwrap_or_default())
    );
    out
}

fn table(head: &str, rows: &str) -> String {
    format!(
        "<div class=\"table\" tabindex=\"0\" role=\"group\" aria-label=\"{head}s\">\n<table>\n<thead><tr>\
         <th scope=\"col\">{head}</th><th scope=\"col\">Is</th><th scope=\"col\">Says</th></tr></thead>\n\
         <tbody>\n{rows}</tbody>\n</table>\n</div>\n"
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_a_value_is_in_words() {
        for (schema, expected) in [
            (json!({ "type": "string", "minLength": 1, "maxLength": 64 }), "text, 1 to 64 characters"),
            (json!({ "type": "integer", "minimum": 0 }), "integer"),
            (json!({ "type": "integer", "minimum": 5, "maximum": 300 }), "integer, 5 to 300"),
            (json!({ "type": ["string", "null"] }), "text or <code>null</code>"),
            (json!({ "enum": ["a", "b"] }), "one of <code>a</code>, <code>b</code>"),
            (
                json!({ "type": "array", "items": { "type": "boolean" } }),
                "list of <code>true</code> or <code>false</code>",
            ),
            (
                json!({ "oneOf": [{ "type": "null" }, { "$ref": "#/components/schemas/A" }] }),
                "<code>null</code> or <a href=\"#type-A\"><code>A</code></a>",
            ),
            (json!({}), "anything"),
        ] {
            assert_eq!(words(&schema), expected, "{schema}");
        }
    }
}
