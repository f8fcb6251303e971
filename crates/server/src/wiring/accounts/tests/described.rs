//! The document of the HTTP interface: it has every route and nothing else, and whatever a test is answered with stands
//! in it (`hold`, which each request of these tests goes through).

use super::world::{World, ask};
use crate::http::{Access, Keys, table};
use axum::http::Method;
use serde_json::{Value, json};
use std::collections::BTreeSet;

const METHODS: [&str; 5] = ["get", "post", "put", "patch", "delete"];

/// What the document says of an operation, whose path has its names filled in.
fn operation<'a>(document: &'a Value, method: &Method, path: &str) -> Option<&'a Value> {
    let path = path.split('?').next().unwrap_or_default();
    let (asked, method) = (path.split('/').collect::<Vec<_>>(), method.as_str().to_lowercase());
    let fits = |told: &str| {
        let told: Vec<_> = told.split('/').collect();
        told.len() == asked.len()
            && told.iter().zip(&asked).all(|(told, asked)| told.starts_with('{') || told == asked)
    };
    let all = document["paths"].as_object().unwrap().iter();
    let found = all.filter(|(told, _)| fits(told)).map(|(_, item)| &item[&method]);
    found.filter(|operation| operation.is_object()).max_by_key(|operation| {
        // What is named stands before what is filled in.
        !operation["parameters"].as_array().into_iter().flatten().any(|one| one["in"] == "path")
    })
}

/// What an answer of this status looks like.
fn response<'a>(document: &'a Value, operation: &'a Value, status: u16) -> Option<&'a Value> {
    let told = operation["responses"].get(status.to_string())?;
    match told["$ref"].as_str() {
        Some(name) => document["components"]["responses"].get(name.rsplit('/').next()?),
        None => Some(told),
    }
}

/// Fails unless the document tells of this answer, and of its code if it is a refusal.
pub(super) fn hold(document: &Value, method: &Method, path: &str, status: u16, body: &str) {
    let Some(operation) = operation(document, method, path) else { return };
    let told = response(document, operation, status);
    let told = told.unwrap_or_else(|| panic!("{method} {path} does not tell of {status}: {body}"));
    let problem =
        &told["content"]["application/problem+json"]["schema"]["allOf"][1]["properties"]["code"]["enum"];
    if let Some(codes) = problem.as_array() {
        let said: Value = serde_json::from_str(body).unwrap();
        assert!(codes.contains(&said["code"]), "{method} {path} does not tell of {said}, but of {codes:?}");
    }
}

#[tokio::test]
async fn the_document_has_every_route_and_nothing_else() {
    let world = World::new().await;
    let document = world.call(ask("GET", "/api/openapi.json")).await.json();
    assert_eq!(document["openapi"], "3.1.0");
    let paths = document["paths"].as_object().unwrap();
    let mut told: BTreeSet<_> = BTreeSet::new();
    for (path, item) in paths {
        told.extend(
            METHODS
                .iter()
                .filter(|method| item.get(**method).is_some())
                .map(|method| (path.clone(), *method)),
        );
    }
    let mut ids = BTreeSet::new();
    for (access, keys, method, path) in table(&world.api) {
        let what = format!("{method} {path}");
        let method = METHODS.iter().find(|one| method.as_str().eq_ignore_ascii_case(one)).unwrap();
        assert!(told.remove(&(path.to_owned(), *method)), "{what} is not told of, or twice there");
        let operation = &paths[path][method];
        let by_page = match access {
            Access::Anybody => None,
            Access::Link => Some(json!({ "link": [] })),
            Access::Staff | Access::Admin => Some(json!({ "sign_in": [] })),
        };
        let by_key = match keys {
            Keys::With(scope) => Some(json!({ "key": [scope.word()] })),
            Keys::Closed => None,
        };
        let expected: Vec<_> = by_key.into_iter().chain(by_page).collect();
        assert_eq!(operation["security"], json!(expected), "{what}");
        let id = operation["operationId"].as_str().unwrap().to_owned();
        assert!(ids.insert(id.clone()), "{id} is the name of two");
        for text in ["summary", "description"] {
            assert!(!operation[text].as_str().unwrap().is_empty(), "{what} has no {text}");
        }
        let in_path =
            operation["parameters"].as_array().into_iter().flatten().filter(|one| one["in"] == "path");
        let named: Vec<_> = in_path.map(|one| one["name"].as_str().unwrap()).collect();
        let expected: Vec<_> = path.split('{').skip(1).map(|rest| rest.split_once('}').unwrap().0).collect();
        assert_eq!(named, expected, "{what}");
    }
    assert!(told.is_empty(), "there are no such routes: {told:?}");
}

#[tokio::test]
async fn whatever_the_document_refers_to_is_in_it() {
    let world = World::new().await;
    let document = world.call(ask("GET", "/api/openapi.json")).await.json();
    let text = document.to_string();
    let mut found = 0;
    for reference in text.split("\"$ref\":\"#/").skip(1) {
        let (place, _) = reference.split_once('"').unwrap();
        assert!(document.pointer(&format!("/{place}")).is_some(), "{place} is nowhere");
        found += 1;
    }
    assert!(found > 100, "only {found} references");
}

#[tokio::test]
async fn the_document_and_its_page_are_the_servers_own_and_are_asked_for_once() {
    let world = World::new().await;
    for (path, kind) in [
        ("/api/openapi.json", "application/json"),
        ("/api/docs", "text/html; charset=utf-8"),
        ("/api/docs/style.css", "text/css; charset=utf-8"),
    ] {
        let answer = world.call(ask("GET", path)).await;
        assert_eq!((answer.status.as_u16(), answer.headers["content-type"].to_str().unwrap()), (200, kind));
        assert_eq!(answer.headers["cache-control"], "no-cache");
        for elsewhere in ["src=\"http", "href=\"http", "url(", "@import"] {
            assert!(!answer.text.contains(elsewhere), "{path} has {elsewhere}");
        }
        let tag = answer.headers["etag"].to_str().unwrap();
        let again = world.call(ask("GET", path).headers(vec![("if-none-match", tag)])).await;
        assert_eq!((again.status.as_u16(), again.text.as_str()), (304, ""));
        let posted = world.call(ask("POST", path)).await;
        assert_eq!(posted.status, 405, "{path}");
    }
    let page = world.call(ask("GET", "/api/docs")).await.text;
    for (_, _, method, path) in table(&world.api) {
        let operation = format!("data-operation=\"{} {path}\"", method.as_str().to_lowercase());
        assert!(page.contains(&operation), "{operation}");
    }
}
