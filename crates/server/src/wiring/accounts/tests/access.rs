//! Who may use which route: one table, the router's own.

use super::world::{Ask, ORIGIN, World, ask};
use crate::http::{Access, table};
use axum::http::{Method, header};
use serde_json::json;

/// Routes that need no sign-in. A new one has to be thought about here.
const PUBLIC: [(&str, &str); 7] = [
    ("GET", "/api/v1/sign-in"),
    ("POST", "/api/v1/sign-in"),
    ("POST", "/api/v1/invitations/look"),
    ("POST", "/api/v1/invitations/accept"),
    ("POST", "/api/v1/appointment/enter"),
    ("GET", "/api/v1/oidc/start"),
    ("GET", "/api/v1/oidc/callback"),
];

pub(super) fn filled(path: &str) -> String {
    let zeros = "0".repeat(32);
    let id = match path {
        _ if path.contains("sign-ins") => "g",
        _ if path.contains("api-keys") => "k",
        _ if path.contains("webhooks") => "h",
        _ if path.contains("desks") => "d",
        _ if path.contains("appointments") => "a",
        _ if path.contains("lounge/rooms") => "o",
        _ if path.contains("{ring}") => "r",
        _ => "u",
    };
    let path = path.replace("{id}", &format!("{id}_{zeros}")).replace("{ring}", &format!("{id}_{zeros}"));
    let path = path.replace("{name}", "tea").replace("{participant}", &format!("p_{zeros}"));
    path.replace("{link}", &format!("l_{zeros}"))
}

/// With a body that is JSON and nothing else.
pub(super) fn request<'a>(method: &Method, path: &'a str) -> Ask<'a> {
    let ask = ask(method.as_str(), path);
    if method.is_safe() { ask } else { ask.with(json!({})) }
}

#[tokio::test]
async fn every_route_asks_for_the_sign_in_it_needs() {
    let (world, admin, ana) = World::with_both().await;
    let mut public = Vec::new();
    for (access, _, method, path) in table(&world.api) {
        let path = &filled(path);
        let what = format!("{method} {path}");
        let by_nobody = world.call(request(&method, path)).await;
        assert_eq!(by_nobody.headers[header::CACHE_CONTROL], "no-store", "{what}");
        if access == Access::Anybody {
            public.push((method.to_string(), path.clone()));
            continue;
        }
        if access == Access::Link {
            // A sign-in is no link, not even an admin's.
            for asked in [request(&method, path), request(&method, path).by(&admin)] {
                let refused = world.call(asked.over("nonsense")).await.refusal();
                assert_eq!(refused, (401, "link_needed".into()), "{what}");
            }
            assert_eq!(by_nobody.refusal(), (401, "link_needed".into()), "{what}");
            continue;
        }
        assert_eq!(by_nobody.refusal(), (401, "signed_out".into()), "{what}");
        let by_nonsense = world.call(request(&method, path).by("nonsense")).await;
        assert_eq!(by_nonsense.refusal(), (401, "signed_out".into()), "{what}");
        if access == Access::Admin {
            assert!(path.starts_with("/api/v1/admin/"), "{what}");
            let by_staff = world.call(request(&method, path).by(&ana)).await;
            assert_eq!(by_staff.refusal(), (403, "forbidden".into()), "{what}");
            // Nothing that an admin sends in a wrong form is a defect.
            let by_admin = world.call(request(&method, path).by(&admin)).await;
            assert!(by_admin.status.as_u16() < 500, "{what}: {}", by_admin.text);
        } else {
            assert!(!path.starts_with("/api/v1/admin"), "{what}");
        }
    }
    assert_eq!(public, PUBLIC.map(|(method, path)| (method.to_owned(), path.to_owned())));
}

#[tokio::test]
async fn what_changes_something_comes_from_our_pages_and_as_json() {
    let (world, admin, _) = World::with_both().await;
    let json = ("content-type", "application/json");
    let form = ("content-type", "application/x-www-form-urlencoded");
    let mut changing = 0;
    for (_, _, method, path) in table(&world.api) {
        if method.is_safe() {
            continue;
        }
        changing += 1;
        let path = &filled(path);
        for (headers, expected) in [
            (vec![json], (403, "origin_refused")),
            (vec![json, ("origin", "https://evil.example")], (403, "origin_refused")),
            (vec![json, ("origin", "null")], (403, "origin_refused")),
            (
                vec![json, ("origin", "https://evil.example"), ("host", "here.example")],
                (403, "origin_refused"),
            ),
            (vec![json, ("sec-fetch-site", "cross-site")], (403, "origin_refused")),
            (vec![json, ("sec-fetch-site", "same-site")], (403, "origin_refused")),
            (vec![("origin", ORIGIN)], (415, "json_expected")),
            (vec![form, ("origin", ORIGIN)], (415, "json_expected")),
            (vec![("content-type", "text/plain"), ("origin", ORIGIN)], (415, "json_expected")),
        ] {
            let told = format!("{method} {path} {headers:?}");
            let asked = request(&method, path).by(&admin).headers(headers);
            let (status, code) = world.call(asked).await.refusal();
            assert_eq!((status, code.as_str()), expected, "{told}");
        }
    }
    assert!(changing > 10);
    // Both ways of saying that it is ours, and a body that is not needed.
    for headers in [vec![("origin", ORIGIN)], vec![("sec-fetch-site", "same-origin")]] {
        let offered = world.call(ask("POST", "/api/v1/me/totp").by(&admin).headers(headers)).await;
        assert_eq!(offered.status, 200, "{}", offered.text);
    }
}

#[tokio::test]
async fn what_cannot_be_read_is_refused_with_a_code() {
    let (world, admin, _) = World::with_both().await;
    let id = world.id_of("ana@demo").await;
    let person = format!("/api/v1/admin/people/{id}");
    for (ask, expected) in [
        (ask("POST", "/api/v1/sign-in").with(json!([])), (422, "malformed")),
        (
            ask("POST", "/api/v1/sign-in").with(json!({"email": "a@b", "password": "x", "more": 1})),
            (422, "malformed"),
        ),
        (ask("PATCH", &person).with(json!({"role": "owner"})), (422, "malformed")),
        (ask("PATCH", &person).with(json!({"state": "invited"})), (422, "state_invalid")),
        (ask("PATCH", &person).with(json!({"name": " "})), (422, "name_invalid")),
        (ask("PATCH", &person).with(json!({"title": "a".repeat(101)})), (422, "title_invalid")),
        (ask("PATCH", &person).with(json!({"email": "no"})), (422, "email_invalid")),
        (ask("PATCH", "/api/v1/admin/people/ana"), (404, "not_found")),
        (
            ask("PATCH", "/api/v1/admin/people/u_00000000000000000000000000000001").with(json!({})),
            (404, "person_unknown"),
        ),
        (ask("GET", "/api/v1/admin/calls?end=eaten"), (400, "malformed")),
        (ask("GET", "/api/v1/admin/calls?more=1"), (400, "malformed")),
        (ask("GET", "/api/v1/admin/calls?skip=-1"), (400, "malformed")),
        (ask("GET", "/api/v1/admin/audit?take=x"), (400, "malformed")),
        (ask("GET", "/api/v1/admin/audit?take=0"), (400, "malformed")),
        (ask("GET", "/api/v1/admin/people?take=201"), (400, "malformed")),
        (ask("GET", "/api/v1/admin/calls?to=9007199254740992"), (400, "malformed")),
        (ask("GET", "/api/v1/admin/calls?after=1-r_1"), (400, "malformed")),
        (ask("PATCH", "/api/v1/me").with(json!(["Name", "Title"])), (422, "malformed")),
        (ask("PUT", "/api/v1/sign-in").with(json!({})), (405, "method_not_allowed")),
        (
            ask("POST", "/api/v1/sign-in").with(json!({"email": "a".repeat(70_000), "password": ""})),
            (413, "too_large"),
        ),
    ] {
        let told = format!("{} {}", ask.method, ask.path);
        let (status, code) = world.call(ask.by(&admin)).await.refusal();
        assert_eq!((status, code.as_str()), expected, "{told}");
    }
    let cut = ask("POST", "/api/v1/sign-in")
        .headers(vec![("origin", ORIGIN), ("content-type", "application/json")]);
    assert_eq!(world.call(cut).await.refusal(), (400, "malformed".into()));
}
