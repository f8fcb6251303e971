//! Tokens that let somebody into a room, as far as HTTP goes: who makes them, what they are refused for, and that no
//! cookie counts beside one.

use super::world::{Answer, World, ask};
use crate::app::Identity;
use serde_json::{Value, json};
use visavis_domain::room::Vouched;
use visavis_domain::scope::Scope;
use visavis_store::{Action, Page};

const KEYS: &str = "/api/v1/admin/api-keys";
const TOKENS: &str = "/api/v1/admin/rooms/Caf%C3%A9/tokens";
const TICKETS: &str = "/api/v1/tickets";
const SITE: &str = "https://www.example.org";
const DAY_MS: u64 = 24 * 60 * 60 * 1000;

struct Key {
    secret: String,
    id: String,
}

async fn key(world: &World, admin: &str, scopes: &[Scope]) -> Key {
    let body = json!({ "name": "Site", "scopes": scopes, "expires_at": world.now().0 + DAY_MS });
    let made = world.call(ask("POST", KEYS).by(admin).with(body)).await.json();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    Key { secret: text(&made["secret"]), id: text(&made["key"]["id"]) }
}

fn new() -> Value {
    json!({ "name": "Ana", "identity": "7", "origins": [SITE] })
}

async fn token(world: &World, key: &Key, new: Value) -> String {
    let made = world.call(ask("POST", TOKENS).key(&key.secret).with(new)).await;
    assert_eq!(made.status, 201, "{}", made.text);
    made.json()["token"].as_str().unwrap().to_owned()
}

/// What a page of this origin is told that shows this.
async fn shown(world: &World, origin: &str, body: Value) -> Answer {
    let answer = world.call(ask("POST", TICKETS).headers(vec![("origin", origin)]).with(body)).await;
    // Whatever it is, the page can read it, and nothing is left behind in the browser.
    assert_eq!(answer.headers["access-control-allow-origin"], "*", "{}", answer.text);
    for name in ["access-control-allow-credentials", "set-cookie"] {
        assert!(!answer.headers.contains_key(name), "{name}: {}", answer.text);
    }
    answer
}

fn who(world: &World, answer: &Answer) -> Identity {
    assert_eq!(answer.status, 200, "{}", answer.text);
    let ticket = answer.json()["ticket"].as_str().unwrap().to_owned();
    let (identity, grant) = world.api.app.check_ticket(&ticket).unwrap();
    let grant = grant.unwrap();
    assert_eq!((grant.room.shown(), &*grant.name), ("Café", "Ana"));
    identity
}

#[tokio::test]
async fn a_token_lets_a_page_of_the_origin_it_names_in_and_no_cookie_counts() {
    let (world, admin, _) = World::with_both().await;
    let key = key(&world, &admin, &[Scope::RoomsInvite]).await;
    let body = json!({ "room_token": token(&world, &key, new()).await, "room": " CAFÉ " });
    let answer = shown(&world, SITE, body.clone()).await;
    let answered = answer.json();
    assert_eq!((&answered["room"], &answered["name"]), (&json!("Café"), &json!("Ana")));
    assert_eq!(answered.get("guest"), None);
    let identity = who(&world, &answer);
    assert_eq!(
        (identity.vouched, identity.sign_in, identity.browser),
        (Some(Vouched::Participant), None, None)
    );
    // The same with somebody's sign-in in the browser, and from our own pages, and from a program.
    let headers = |origin| vec![("origin", origin)];
    for headers in [headers(SITE), headers(super::world::ORIGIN), vec![]] {
        let signed_in = ask("POST", TICKETS).headers(headers).by(&admin).with(body.clone());
        let answer = world.call(signed_in).await;
        assert!(!answer.headers.contains_key("set-cookie"));
        assert_eq!(who(&world, &answer), identity);
    }
}

#[tokio::test]
async fn somebody_is_the_same_by_any_of_their_tokens_and_by_nobody_else_s() {
    let (world, admin, _) = World::with_both().await;
    let (one, other) =
        (key(&world, &admin, &[Scope::RoomsInvite]).await, key(&world, &admin, &[Scope::RoomsInvite]).await);
    let person = async |key: &Key, new: Value| {
        let body = json!({ "room_token": token(&world, key, new).await });
        who(&world, &shown(&world, SITE, body).await).person
    };
    let ana = person(&one, new()).await;
    assert_eq!(person(&other, new()).await, ana, "a key that was replaced");
    let mut another = new();
    another["identity"] = json!("8");
    assert_ne!(person(&one, another).await, ana);
    let mut nobody = new();
    nobody.as_object_mut().unwrap().remove("identity");
    let first = person(&one, nobody.clone()).await;
    assert_ne!(first, ana);
    assert_ne!(person(&one, nobody).await, first);
}

#[tokio::test]
async fn refusals_say_which() {
    let (world, admin, _) = World::with_both().await;
    let key = key(&world, &admin, &[Scope::RoomsInvite]).await;
    let good = token(&world, &key, new()).await;
    let mut unnamed = new();
    unnamed["origins"] = json!([]);
    let own_alone = token(&world, &key, unnamed).await;
    for (what, origin, body, expected) in [
        ("altered", SITE, json!({ "room_token": format!("{good}A") }), (401, "room_token_invalid")),
        ("none", SITE, json!({ "room_token": "" }), (401, "room_token_invalid")),
        ("another page", "https://evil.example", json!({ "room_token": good }), (403, "origin_refused")),
        ("a subdomain", "https://a.www.example.org", json!({ "room_token": good }), (403, "origin_refused")),
        ("without TLS", "http://www.example.org", json!({ "room_token": good }), (403, "origin_refused")),
        ("a page of no origin", "null", json!({ "room_token": good }), (403, "origin_refused")),
        ("no origin named", SITE, json!({ "room_token": own_alone }), (403, "origin_refused")),
        ("another room", SITE, json!({ "room_token": good, "room": "Tea" }), (403, "room_token_elsewhere")),
        ("no room", SITE, json!({ "room_token": good, "room": "" }), (403, "room_token_elsewhere")),
    ] {
        let refused = shown(&world, origin, body).await.refusal();
        assert_eq!(refused, (expected.0, expected.1.to_owned()), "{what}");
    }
    // Without a token a page of another origin gets nothing, and cannot read why.
    let plain = world.call(ask("POST", TICKETS).headers(vec![("origin", SITE)]).by(&admin)).await;
    assert!(!plain.headers.contains_key("access-control-allow-origin"));
    assert_eq!(plain.refusal(), (403, "origin_refused".into()));
}

#[tokio::test]
async fn a_token_is_worth_as_much_as_who_answers_for_it() {
    let (world, admin, _) = World::with_both().await;
    let refused = (401, "room_token_invalid".to_owned());
    let body = |token: &str| json!({ "room_token": token });
    let (short, long) =
        (key(&world, &admin, &[Scope::RoomsInvite]).await, key(&world, &admin, &[Scope::RoomsInvite]).await);
    let by_short = token(&world, &short, new()).await;
    let by_long = token(&world, &long, new()).await;
    let by_hand = world.call(ask("POST", TOKENS).by(&admin).with(new())).await.json();
    let by_hand = by_hand["token"].as_str().unwrap();
    for token in [&by_short, &by_long, by_hand] {
        assert_eq!(shown(&world, SITE, body(token)).await.status, 200);
    }
    let revoke = format!("{KEYS}/{}", short.id);
    assert_eq!(world.call(ask("DELETE", &revoke).by(&admin)).await.status, 204);
    assert_eq!(shown(&world, SITE, body(&by_short)).await.refusal(), refused, "a key that was revoked");
    assert_eq!(shown(&world, SITE, body(&by_long)).await.status, 200, "another key's");
    world.pass(24 * 60 * 60 + 1);
    assert_eq!(shown(&world, SITE, body(&by_long)).await.refusal(), refused, "a key that has expired");
    assert_eq!(shown(&world, SITE, body(by_hand)).await.status, 200, "an account's own");
}

#[tokio::test]
async fn only_admins_and_keys_with_the_scope_make_one_and_each_is_a_row() {
    let (world, admin, ana) = World::with_both().await;
    let other = key(&world, &admin, &[Scope::RoomsRead, Scope::RoomsWrite]).await;
    let by_key = world.call(ask("POST", TOKENS).key(&other.secret).with(new())).await;
    assert_eq!(by_key.refusal(), (403, "scope_missing".into()));
    assert_eq!(
        world.call(ask("POST", TOKENS).by(&ana).with(new())).await.refusal(),
        (403, "forbidden".into())
    );
    let fitting = key(&world, &admin, &[Scope::RoomsInvite]).await;
    for (path, change, code) in [
        (TOKENS, json!({ "name": "" }), "name_invalid"),
        (TOKENS, json!({ "expires_in": 86_401 }), "seconds_invalid"),
        (TOKENS, json!({ "origins": ["*"] }), "site_invalid"),
        (TOKENS, json!({ "identity": "" }), "identity_invalid"),
        ("/api/v1/admin/rooms/%20/tokens", json!({}), "room_name_invalid"),
        // The room of somebody's call.
        (&*format!("/api/v1/admin/rooms/r_{}/tokens", "0".repeat(32)), json!({}), "room_name_invalid"),
    ] {
        let mut body = new();
        body.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        let refused = world.call(ask("POST", path).key(&fitting.secret).with(body)).await;
        assert_eq!(refused.refusal(), (422, code.into()), "{change}");
    }
    let before = world.actions().await.len();
    token(&world, &fitting, new()).await;
    let rows = world.store.audit_rows(None, Page { skip: 0, take: 100 }).await.unwrap();
    assert_eq!(rows.len(), before + 1);
    assert_eq!(rows[0].action, Action::RoomTokenMade);
    assert_eq!(
        (&rows[0].detail["key"], &rows[0].detail["role"]),
        (&json!(fitting.id), &json!("participant"))
    );
    for personal in ["Ana", "Café"] {
        assert!(!format!("{:?}", rows[0]).contains(personal), "{personal} in the audit log");
    }
}

#[tokio::test]
async fn a_page_may_ask_before_it_asks() {
    let world = World::new().await;
    let headers = vec![
        ("origin", "https://any.example"),
        ("access-control-request-method", "POST"),
        ("access-control-request-headers", "content-type"),
    ];
    let answer = world.call(ask("OPTIONS", TICKETS).headers(headers)).await;
    assert_eq!(answer.status, 204);
    assert_eq!(answer.headers["access-control-allow-origin"], "*");
    assert_eq!(answer.headers["access-control-allow-methods"], "POST");
    assert_eq!(answer.headers["access-control-allow-headers"], "content-type");
    assert!(!answer.headers.contains_key("access-control-allow-credentials"));
}
