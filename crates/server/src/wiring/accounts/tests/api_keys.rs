//! Programs with a key: what it is good for, what it is not, and what is written down of it.

use super::access::{filled, request};
use super::world::{Answer, KEY_RATE, World, ask};
use crate::http::{Access, Keys, table};
use serde_json::{Value, json};
use visavis_domain::account::AccountRole;
use visavis_domain::scope::Scope;
use visavis_store::{Action, Page};

const PATH: &str = "/api/v1/admin/api-keys";
const PEOPLE: &str = "/api/v1/admin/people";
const DAY_MS: u64 = 24 * 60 * 60 * 1000;

pub(super) fn new(world: &World, scopes: &[Scope]) -> Value {
    json!({ "name": "Booking", "scopes": scopes, "expires_at": world.now().0 + DAY_MS })
}

pub(super) async fn made(world: &World, admin: &str, body: Value) -> (String, String) {
    let answer = world.call(ask("POST", PATH).by(admin).with(body)).await;
    assert_eq!(answer.status, 201, "{}", answer.text);
    let made = answer.json();
    (made["secret"].as_str().unwrap().to_owned(), made["key"]["id"].as_str().unwrap().to_owned())
}

pub(super) async fn key(world: &World, admin: &str, scopes: &[Scope]) -> String {
    made(world, admin, new(world, scopes)).await.0
}

/// What a request with this as its key is refused with.
async fn refusal(world: &World, key: &str, path: &str) -> (u16, String) {
    world.call(ask("GET", path).key(key)).await.refusal()
}

fn none() -> (u16, String) {
    (401, "key_invalid".to_owned())
}

#[tokio::test]
async fn a_key_opens_what_its_scope_says_and_nothing_else() {
    let (world, admin, _) = World::with_both().await;
    let all = key(&world, &admin, &Scope::ALL).await;
    let mut open = Vec::new();
    for (access, keys, method, path) in table(&world.api) {
        let path = &filled(path);
        let what = format!("{method} {path}");
        let Keys::With(scope) = keys else {
            let refused = world.call(request(&method, path).key(&all)).await;
            assert_eq!(refused.refusal(), (403, "not_for_keys".into()), "{what}");
            continue;
        };
        assert!(matches!(access, Access::Staff | Access::Admin), "{what}: nobody to act for");
        open.push(scope);
        // A mail is shown before it is sent over POST, and changes nothing.
        let writes = !method.is_safe() && !path.ends_with("/preview");
        assert_eq!(writes, !scope.word().ends_with(":read"), "{what}");
        let rest: Vec<_> = Scope::ALL.into_iter().filter(|one| *one != scope).collect();
        let without = key(&world, &admin, &rest).await;
        let refused = world.call(request(&method, path).key(&without)).await;
        assert_eq!(refused.refusal(), (403, "scope_missing".into()), "{what}");
        let with = key(&world, &admin, &[scope]).await;
        let answer = world.call(request(&method, path).key(&with)).await;
        let code = if answer.status.is_success() { String::new() } else { answer.refusal().1 };
        assert!(answer.status.as_u16() < 500, "{what}: {}", answer.text);
        assert!(
            !["scope_missing", "not_for_keys", "origin_refused", "forbidden"].contains(&&*code),
            "{what}: {code}"
        );
        assert_eq!(answer.headers["ratelimit-limit"], KEY_RATE.to_string(), "{what}");
    }
    // What these open is not below /api: see `feeds`.
    open.extend([Scope::MediaPublish, Scope::MediaWatch]);
    assert!(Scope::ALL.iter().all(|scope| open.contains(scope)), "a scope that is good for nothing");
}

#[tokio::test]
async fn the_documentation_says_which_scope_opens_what() {
    let world = World::new().await;
    let mut expected: Vec<_> = table(&world.api)
        .into_iter()
        .filter_map(|(_, keys, method, path)| match keys {
            Keys::With(scope) => Some(format!("| `{}` | `{method} {path}` |", scope.word())),
            Keys::Closed => None,
        })
        .collect();
    let rows = include_str!("../../../../../../docs/api.md").lines();
    let mut told: Vec<_> = rows.filter(|row| row.contains("/api/v1/") && row.starts_with('|')).collect();
    expected.sort();
    told.sort_unstable();
    assert_eq!(told, expected);
}

#[tokio::test]
async fn whatever_is_no_key_gets_one_answer() {
    let (world, admin, ana) = World::with_both().await;
    let (good, id) = made(&world, &admin, new(&world, &[Scope::StaffRead])).await;
    let (revoked, gone) = made(&world, &admin, new(&world, &[Scope::StaffRead])).await;
    let path = format!("{PATH}/{gone}");
    assert_eq!(world.call(ask("DELETE", &path).by(&admin)).await.status, 204);
    assert_eq!(world.call(ask("DELETE", &path).by(&admin)).await.refusal(), (404, "key_unknown".into()));
    let other = if good.ends_with('A') { "B" } else { "A" };
    let altered = format!("{}{other}", &good[..good.len() - 1]);
    let unknown = good.replace(&id[2..], &"0".repeat(32));
    for shown in ["", "nonsense", &admin, &id, &good[..20], &altered, &unknown, &revoked] {
        let answer = world.call(ask("GET", PEOPLE).key(shown)).await;
        assert_eq!(answer.refusal(), none(), "{shown}");
        assert!(answer.headers["www-authenticate"].to_str().unwrap().starts_with("Bearer"), "{shown}");
        // Not even a good cookie helps: whoever shows a key asks by it.
        let with_cookie = world.call(ask("GET", PEOPLE).by(&admin).key(shown)).await;
        assert_eq!(with_cookie.refusal(), none(), "{shown}");
    }
    assert_eq!(world.call(ask("GET", PEOPLE).key(&good)).await.status, 200);
    // What a proxy asks for by itself is not ours.
    let basic = ask("GET", "/api/v1/me").by(&ana).headers(vec![("authorization", "Basic YTpi")]);
    assert_eq!(world.call(basic).await.status, 200);
    world.pass(DAY_MS / 1000 - 1);
    assert_eq!(world.call(ask("GET", PEOPLE).key(&good)).await.status, 200, "its last second");
    world.pass(1);
    assert_eq!(refusal(&world, &good, PEOPLE).await, none(), "expired");
}

#[tokio::test]
async fn a_key_may_do_no_more_than_whom_it_acts_for() {
    let (world, admin, _) = World::with_both().await;
    let second = world.account("eve@demo", AccountRole::Admin).await;
    let ana = world.id_of("ana@demo").await;
    let mut body = new(&world, &[Scope::StaffRead, Scope::HistoryRead]);
    body["account"] = ana.to_string().into();
    let (hers, _) = made(&world, &admin, body.clone()).await;
    assert_eq!(refusal(&world, &hers, PEOPLE).await, (403, "forbidden".into()));
    assert_eq!(world.call(ask("GET", "/api/v1/calls").key(&hers)).await.status, 200);
    body["account"] = second.to_string().into();
    let (eves, _) = made(&world, &admin, body).await;
    assert_eq!(world.call(ask("GET", PEOPLE).key(&eves)).await.status, 200);
    let path = format!("{PEOPLE}/{second}");
    let change = |to: Value| ask("PATCH", &path).by(&admin).with(to);
    assert_eq!(world.call(change(json!({ "role": "staff" }))).await.status, 200);
    assert_eq!(refusal(&world, &eves, PEOPLE).await, (403, "forbidden".into()), "at once");
    assert_eq!(world.call(change(json!({ "state": "disabled" }))).await.status, 200);
    assert_eq!(refusal(&world, &eves, PEOPLE).await, none(), "at once");
}

#[tokio::test]
async fn nobody_becomes_an_admin_over_a_key_and_admins_are_left_alone() {
    let (world, admin, _) = World::with_both().await;
    let write = key(&world, &admin, &[Scope::StaffWrite]).await;
    let (boss, ana) = (world.id_of("admin@demo").await, world.id_of("ana@demo").await);
    let [of_boss, of_ana] = [boss, ana].map(|id| format!("{PEOPLE}/{id}"));
    let [link_boss, link_ana] = [&of_boss, &of_ana].map(|path| format!("{path}/invitation"));
    let person = |role| json!({ "email": format!("{role}@demo"), "name": "New", "title": "", "role": role });
    let refused = |answer: Answer| assert_eq!(answer.refusal(), (403, "not_for_keys".into()));
    refused(world.call(ask("POST", PEOPLE).key(&write).with(person("admin"))).await);
    refused(world.call(ask("PATCH", &of_ana).key(&write).with(json!({ "role": "admin" }))).await);
    refused(world.call(ask("PATCH", &of_boss).key(&write).with(json!({ "email": "x@demo" }))).await);
    refused(world.call(ask("PATCH", &of_boss).key(&write).with(json!({ "role": "staff" }))).await);
    refused(world.call(ask("POST", &link_boss).key(&write)).await);
    assert_eq!(world.call(ask("POST", PEOPLE).key(&write).with(person("staff"))).await.status, 201);
    let titled = world.call(ask("PATCH", &of_ana).key(&write).with(json!({ "title": "Claims" }))).await;
    assert_eq!(titled.json()["title"], "Claims");
    assert_eq!(world.call(ask("POST", &link_ana).key(&write)).await.status, 200);
}

#[tokio::test]
async fn a_link_that_a_program_holds_makes_it_no_admin() {
    let (world, admin, _) = World::with_both().await;
    let write = key(&world, &admin, &[Scope::StaffWrite]).await;
    let new = json!({ "email": "dana@demo", "name": "Dana", "title": "", "role": "staff" });
    let dana = world.call(ask("POST", PEOPLE).key(&write).with(new)).await.json();
    let ana = world.id_of("ana@demo").await.to_string();
    let again = format!("{PEOPLE}/{ana}/invitation");
    let reset = world.call(ask("POST", &again).key(&write)).await.json();
    for (id, invited) in [(dana["id"].as_str().unwrap(), &dana), (&*ana, &reset)] {
        let path = format!("{PEOPLE}/{id}");
        let promoted = world.call(ask("PATCH", &path).by(&admin).with(json!({ "role": "admin" }))).await;
        assert_eq!(promoted.json()["role"], "admin");
        let token = super::world::token_of(invited["link"].as_str().unwrap());
        let body = json!({ "token": token, "password": "the program's own" });
        let used = world.call(ask("POST", "/api/v1/invitations/accept").with(body)).await;
        assert_eq!(used.refusal(), (404, "invitation_invalid".into()));
    }
}

#[tokio::test]
async fn what_is_done_over_a_key_says_so_in_the_audit_log() {
    let (world, admin, _) = World::with_both().await;
    let (secret, id) = made(&world, &admin, new(&world, &[Scope::DesksWrite])).await;
    let desk = json!({ "slug": "help", "name": "Help", "about": "", "wrap_up_s": 0, "ring_s": 30,
        "sites": [], "members": [] });
    let by_key = ask("POST", "/api/v1/admin/desks").key(&secret).with(desk.clone());
    let one = world.call(by_key).await.json();
    let path = format!("/api/v1/admin/desks/{}", one["id"].as_str().unwrap());
    assert_eq!(world.call(ask("PUT", &path).by(&admin).with(desk)).await.status, 200);
    assert_eq!(world.call(ask("DELETE", &path).key(&secret)).await.status, 204);
    let path = format!("{PATH}/{id}");
    assert_eq!(world.call(ask("DELETE", &path).by(&admin)).await.status, 204);
    let rows = world.store.audit_rows(None, Page { skip: 0, take: 5 }).await.unwrap();
    let boss = Some(world.id_of("admin@demo").await);
    let told: Vec<_> = rows.iter().rev().map(|row| (row.action, row.detail["key"].as_str())).collect();
    assert_eq!(
        told,
        [
            (Action::ApiKeyCreated, None),
            (Action::DeskChanged, Some(&*id)),
            (Action::DeskChanged, None),
            (Action::DeskRemoved, Some(&*id)),
            (Action::ApiKeyRevoked, None),
        ]
    );
    assert!(rows.iter().all(|row| row.actor == boss));
    assert!(
        rows.iter().all(|row| !row.detail.to_string().contains(&secret[37..])),
        "the key is kept nowhere"
    );
    assert_eq!((&rows[4].subject, &rows[0].subject), (&id, &id));
}

#[tokio::test]
async fn keys_are_listed_without_what_makes_them_keys() {
    let (world, admin, _) = World::with_both().await;
    let mut body = new(&world, &[Scope::StaffRead, Scope::DesksRead, Scope::StaffRead]);
    body["name"] = "  Booking ".into();
    let (secret, id) = made(&world, &admin, body).await;
    let used = async || {
        let answer = world.call(ask("GET", PATH).by(&admin)).await;
        assert!(!answer.text.contains(&secret[37..]));
        let listed = answer.json();
        assert_eq!((&listed[0]["id"], &listed[0]["name"]), (&json!(id), &json!("Booking")));
        assert_eq!(listed[0]["scopes"], json!(["staff:read", "desks:read"]), "each once, in order");
        assert_eq!(listed[0]["account_name"], "admin");
        listed[0]["used_at"].as_u64()
    };
    assert_eq!(used().await, None);
    let first = world.now().0;
    world.call(ask("GET", PEOPLE).key(&secret)).await;
    assert_eq!(used().await, Some(first));
    world.pass(59);
    world.call(ask("GET", PEOPLE).key(&secret)).await;
    assert_eq!(used().await, Some(first), "at most once a minute");
    world.pass(1);
    world.call(ask("GET", PEOPLE).key(&secret)).await;
    assert_eq!(used().await, Some(first + 60_000));
}

#[tokio::test]
async fn what_cannot_be_a_key_is_refused_with_a_code() {
    let (world, admin, _) = World::with_both().await;
    let stranger = format!("u_{}", "0".repeat(32));
    let day = world.now().0 + DAY_MS;
    let two_years = world.now().0 + 732 * DAY_MS;
    for (field, value, code) in [
        ("name", json!(" "), "name_invalid"),
        ("name", json!("a".repeat(65)), "name_invalid"),
        ("name", json!("a\nb"), "name_invalid"),
        ("scopes", json!([]), "scopes_invalid"),
        ("scopes", json!(["staff:everything"]), "malformed"),
        ("expires_at", json!(world.now()), "expiry_invalid"),
        ("expires_at", json!(two_years + 1), "expiry_invalid"),
        ("account", json!(stranger), "person_unknown"),
    ] {
        let mut body = json!({ "name": "Booking", "scopes": ["staff:read"], "expires_at": day });
        body[field] = value;
        let refused = world.call(ask("POST", PATH).by(&admin).with(body)).await;
        assert_eq!(refused.refusal(), (422, code.to_owned()), "{field}");
    }
    let mut body = new(&world, &[Scope::StaffRead]);
    body["expires_at"] = two_years.into();
    made(&world, &admin, body).await;
    for _ in 1..200 {
        key(&world, &admin, &[Scope::StaffRead]).await;
    }
    let full = world.call(ask("POST", PATH).by(&admin).with(new(&world, &[Scope::StaffRead]))).await;
    assert_eq!(full.refusal(), (422, "too_many_keys".into()));
}

#[tokio::test]
async fn a_key_is_told_how_often_it_may_ask_and_others_are_not_held_up() {
    let (world, admin, _) = World::with_both().await;
    let (busy, quiet) =
        (key(&world, &admin, &[Scope::StaffRead]).await, key(&world, &admin, &Scope::ALL).await);
    for asked in 1..=KEY_RATE {
        // Refusals count as well.
        let path = if asked % 2 == 0 { PEOPLE } else { "/api/v1/admin/desks" };
        let answer = world.call(ask("GET", path).key(&busy)).await;
        assert_eq!(answer.status, if asked % 2 == 0 { 200 } else { 403 });
        if asked == 1 {
            assert_eq!(answer.headers["ratelimit-remaining"], (KEY_RATE - 1).to_string());
        }
    }
    let mut answer = world.call(ask("GET", PEOPLE).key(&busy)).await;
    // One comes back every 600 ms: on a slow machine some did meanwhile.
    for _ in 0..10 * KEY_RATE {
        if answer.status == 429 {
            break;
        }
        answer = world.call(ask("GET", PEOPLE).key(&busy)).await;
    }
    assert_eq!(answer.refusal(), (429, "rate_limited".into()));
    assert_eq!(answer.headers["ratelimit-remaining"], "0");
    assert_eq!(answer.headers["retry-after"], answer.headers["ratelimit-reset"]);
    assert_eq!(world.call(ask("GET", PEOPLE).key(&quiet)).await.status, 200);
}

#[tokio::test]
async fn programs_send_json_and_need_not_be_our_pages() {
    let (world, admin, _) = World::with_both().await;
    let write = key(&world, &admin, &[Scope::DesksWrite]).await;
    let shown = format!("Bearer {write}");
    for (kind, status) in [("application/json", 422), ("text/plain", 415)] {
        let headers =
            vec![("authorization", &*shown), ("content-type", kind), ("origin", "https://evil.example")];
        let asked = ask("POST", "/api/v1/admin/desks").headers(headers).with(json!({}));
        assert_eq!(world.call(asked).await.status, status, "{kind}");
    }
}
