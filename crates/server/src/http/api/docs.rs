//! The page at `/api/docs`: the document of this interface, for reading. Made once, plain HTML with a style of its own:
//! nothing in it runs, and nothing leaves the server's origin.

mod example;
mod shape;

use serde_json::Value;
use shape::{code, escaped, fields, list_of, prose, slug};
use std::collections::BTreeMap;
use std::fmt::Write;

/// How it looks.
pub(super) const STYLE: &str = include_str!("docs/style.css");

const METHODS: [&str; 5] = ["get", "post", "put", "patch", "delete"];

/// One operation as the document has it.
struct Operation<'a> {
    method: &'static str,
    path: &'a str,
    told: &'a Value,
}

/// The whole page.
pub(super) fn page(document: &Value) -> String {
    let info = &document["info"];
    let subjects = by_subject(document);
    let mut out = String::from("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n");
    out += "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n";
    out += "<title>Visavis: the interface for programs</title>\n";
    out += "<link rel=\"icon\" href=\"/icon.svg\" type=\"image/svg+xml\">\n";
    out += "<link rel=\"stylesheet\" href=\"/api/docs/style.css\">\n</head>\n<body>\n";
    out += "<a class=\"skip\" href=\"#operations\">To the operations</a>\n";
    let _ = write!(
        out,
        "<header>\n<h1>The interface for programs</h1>\n<p>Visavis {}. The same for programs: \
         <a href=\"/api/openapi.json\">openapi.json</a>.</p>\n{}</header>\n",
        text(&info["version"]),
        prose(info["description"].as_str().unwrap_or_default()),
    );
    out += "<nav aria-label=\"Subjects\">\n<ul>\n";
    for (subject, operations) in &subjects {
        let (anchor, many) = (slug(subject), operations.len());
        let _ = writeln!(
            out,
            "<li><a href=\"#{anchor}\">{}</a> <span class=\"soft\">{many}</span></li>",
            escaped(subject)
        );
    }
    out +=
        "<li><a href=\"#any\">Any request</a></li>\n<li><a href=\"#types\">Types</a></li>\n</ul>\n</nav>\n";
    out += "<main id=\"operations\" tabindex=\"-1\">\n";
    out += &signing(document);
    for (subject, operations) in &subjects {
        let _ = writeln!(out, "<section id=\"{0}\">\n<h2>{1}</h2>", slug(subject), escaped(subject));
        for operation in operations {
            out += &told(document, operation);
        }
        out += "</section>\n";
    }
    out += &any(document);
    out += &types(document);
    out + "</main>\n</body>\n</html>\n"
}

fn by_subject(document: &Value) -> BTreeMap<&str, Vec<Operation<'_>>> {
    let mut subjects: BTreeMap<&str, Vec<Operation<'_>>> = BTreeMap::new();
    for (path, item) in document["paths"].as_object().into_iter().flatten() {
        for method in METHODS {
            let told = &item[method];
            if let Some(subject) = told["tags"][0].as_str() {
                subjects.entry(subject).or_default().push(Operation { method, path, told });
            }
        }
    }
    subjects
}

/// The ways to say who asks.
fn signing(document: &Value) -> String {
    let mut out = String::from("<section id=\"who\">\n<h2>Who asks</h2>\n<dl>\n");
    for (name, scheme) in document["components"]["securitySchemes"].as_object().into_iter().flatten() {
        let how = match scheme["type"].as_str() {
            Some("http") => "Authorization: Bearer vvk_…".to_owned(),
            _ => format!("Cookie: {}=…", scheme["name"].as_str().unwrap_or_default()),
        };
        let words = prose(scheme["description"].as_str().unwrap_or_default());
        let _ = writeln!(out, "<dt>{} {}</dt>\n<dd>{words}</dd>", code(name), code(&how));
    }
    out + "</dl>\n</section>\n"
}

/// One operation, closed until it is opened.
fn told(document: &Value, operation: &Operation<'_>) -> String {
    let Operation { method, path, told } = operation;
    let id = told["operationId"].as_str().unwrap_or_default();
    let mut out = format!(
        "<details class=\"operation\" id=\"{id}\" data-operation=\"{method} {path}\">\n<summary>\
         <span class=\"method {method}\">{}</span> <code class=\"path\">{}</code> \
         <span class=\"summary\">{}</span></summary>\n<div class=\"body\">\n",
        method.to_uppercase(),
        // Lines may break where parts end.
        escaped(path).replace('/', "/<wbr>"),
        text(&told["summary"]),
    );
    out += &prose(told["description"].as_str().unwrap_or_default());
    let parameters = told["parameters"].as_array().map(Vec::as_slice).unwrap_or_default();
    if !parameters.is_empty() {
        out += "<h3>Parameters</h3>\n";
        out += &shape::parameters(parameters);
    }
    if let Some(body) = told["requestBody"]["content"]["application/json"].get("schema") {
        let _ = writeln!(out, "<h3>Body</h3>\n<p>{}</p>\n{}", shape::words(body), fields(document, body));
    }
    out += "<h3>Answers</h3>\n<dl>\n";
    for (status, response) in told["responses"].as_object().into_iter().flatten() {
        if response.get("$ref").is_none() {
            out += &answer(status, response);
        }
    }
    out += "</dl>\n<p class=\"soft\">And what <a href=\"#any\">any request</a> may be answered with.</p>\n";
    let example = example::curl(document, method, path, told);
    let _ = writeln!(out, "<h3>Example</h3>\n<pre tabindex=\"0\"><code>{}</code></pre>", escaped(&example));
    out + "</div>\n</details>\n"
}

fn answer(status: &str, response: &Value) -> String {
    let mut out = format!("<dt>{}", code(status));
    for (kind, content) in response["content"].as_object().into_iter().flatten() {
        if kind != "application/problem+json" {
            let kind = if kind == "application/json" { String::new() } else { format!(" {}", code(kind)) };
            let _ = write!(out, "{kind} {}", shape::words(&content["schema"]));
        }
    }
    out += "</dt>\n<dd>";
    let words = response["description"].as_str().unwrap_or_default();
    let lines: Vec<_> = words.split("\n\n").collect();
    out += &if lines.len() > 1 { list_of(&lines) } else { prose(words) };
    out + "</dd>\n"
}

/// What any request may be answered with.
fn any(document: &Value) -> String {
    let mut out = String::from("<section id=\"any\">\n<h2>Any request</h2>\n<dl>\n");
    for response in document["components"]["responses"].as_object().into_iter().flatten().map(|(_, one)| one)
    {
        let status = &response["content"]["application/problem+json"]["schema"]["allOf"][1];
        let status = status["properties"]["status"]["enum"][0].to_string();
        out += &answer(&status, response);
    }
    out += "</dl>\n<p>Refusals are <code>application/problem+json</code>, with ";
    out += "<a href=\"#type-Problem\"><code>Problem</code></a> as their shape: match on <code>code</code>.</p>\n";
    out + "</section>\n"
}

fn types(document: &Value) -> String {
    let mut out = String::from("<section id=\"types\">\n<h2>Types</h2>\n");
    for (name, schema) in document["components"]["schemas"].as_object().into_iter().flatten() {
        let words = prose(schema["description"].as_str().unwrap_or_default());
        let _ = writeln!(
            out,
            "<article id=\"type-{0}\">\n<h3>{0}</h3>\n{words}\n<p>{1}</p>\n{2}</article>",
            escaped(name),
            shape::words(schema),
            fields(document, schema),
        );
    }
    out + "</section>\n"
}

fn text(value: &Value) -> String {
    escaped(value.as_str().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn whatever_the_document_says_is_text() {
        let nasty = "<img src=x onerror=alert(1)>&\"'";
        let document = json!({
            "info": { "version": nasty, "description": nasty },
            "components": { "schemas": { "A": { "description": nasty, "type": "object", "properties": { nasty: {} } } } },
            "paths": { "/a": { "get": { "tags": [nasty], "operationId": "a", "summary": nasty, "description": nasty,
                "responses": { "200": { "description": nasty } } } } },
        });
        let page = page(&document);
        assert!(!page.contains("<img"), "{page}");
        assert!(page.contains("&lt;img src=x onerror=alert(1)&gt;"));
    }

    #[test]
    fn each_operation_is_there_with_what_it_takes_and_gives() {
        let document = json!({
            "info": {},
            "components": { "schemas": { "Cup": { "type": "object", "required": ["tea"],
                "properties": { "tea": { "type": "string", "maxLength": 5 } } } } },
            "paths": { "/cups/{id}": { "put": { "tags": ["Cups"], "operationId": "put_cup", "summary": "Fills it",
                "parameters": [{ "name": "id", "in": "path", "required": true, "schema": { "type": "string" } }],
                "requestBody": { "content": { "application/json": { "schema": { "$ref": "#/components/schemas/Cup" } } } },
                "responses": { "204": { "description": "It is done" } } } } },
        });
        let page = page(&document);
        for part in
            ["data-operation=\"put /cups/{id}\"", "Fills it", "at most 5 characters", "#type-Cup", "-X PUT"]
        {
            assert!(page.contains(part), "{part} is missing in {page}");
        }
    }
}
