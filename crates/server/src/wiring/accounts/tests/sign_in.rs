//! Signing in and out.

use super::world::{PASSWORD, World, ask, heard_signed_out};
use crate::app::{Route, Strangers};
use argon2::Params;
use axum::http::header;
use serde_json::json;
use std::time::{Duration, Instant};
use visavis_domain::account::{AccountRole, AccountState};
use visavis_store::{AccountChange, Action, Audited, Page};

#[tokio::test]
async fn a_password_opens_a_sign_in_until_it_is_ended() {
    let world = World::new().await;
    let id = world.account("ana@demo", AccountRole::Staff).await;
    let answer = world.try_sign_in(" Ana@DEMO ", PASSWORD, None).await;
    assert_eq!(answer.status, 204);
    let line = answer.headers[header::SET_COOKIE].to_str().unwrap();
    for flag in ["Path=/", "Secure", "HttpOnly", "SameSite=Lax", "Max-Age=2592000"] {
        assert!(line.split("; ").any(|one| one == flag), "{flag} in {line}");
    }
    assert!(line.starts_with("__Host-visavis=") && !line.contains("Domain"), "{line}");
    let cookie = answer.cookie("__Host-visavis").unwrap();
    assert_eq!(cookie.len(), 43, "256 bits");

    let me = world.call(ask("GET", "/api/v1/me").by(&cookie)).await;
    assert_eq!(me.json()["id"], id.to_string());
    let options = world.call(ask("GET", "/api/v1/sign-in").by(&cookie)).await;
    assert_eq!(options.json()["account"]["email"], "ana@demo");
    let options = world.call(ask("GET", "/api/v1/sign-in")).await;
    assert_eq!(options.json(), json!({}));

    let out = world.call(ask("POST", "/api/v1/sign-out").by(&cookie)).await;
    assert_eq!(out.status, 204);
    assert!(out.headers[header::SET_COOKIE].to_str().unwrap().contains("Max-Age=0"));
    assert!(!world.is_signed_in(&cookie).await);
}

#[tokio::test]
async fn unknown_wrong_disabled_and_invited_get_one_answer() {
    let world = World::new().await;
    world.account("ana@demo", AccountRole::Staff).await;
    let disabled = world.account("ben@demo", AccountRole::Staff).await;
    let change = AccountChange { state: Some(AccountState::Disabled), ..AccountChange::default() };
    let detail = serde_json::Value::Null;
    let audited = Audited {
        at: world.now(),
        actor: None,
        action: Action::AccountChanged,
        subject: String::new(),
        detail,
    };
    world.store.change_account(disabled, None, change, audited).await.unwrap();
    let person = visavis_protocol::NewPerson {
        email: "cem@demo".into(),
        name: "Cem".into(),
        title: String::new(),
        role: AccountRole::Staff,
    };
    world.accounts.create_person(None, &person, "").await.unwrap();
    let mut answers = Vec::new();
    for (email, password) in [
        ("ana@demo", "wrong password"),
        ("ben@demo", PASSWORD),
        ("cem@demo", PASSWORD),
        ("nobody@demo", PASSWORD),
        ("no address", PASSWORD),
        ("", ""),
    ] {
        let answer = world.try_sign_in(email, password, None).await;
        assert_eq!(answer.refusal(), (401, "sign_in_refused".into()), "{email}");
        assert!(answer.headers.get(header::SET_COOKIE).is_none());
        answers.push((answer.text, answer.headers));
    }
    assert!(answers.iter().all(|answer| *answer == answers[0]), "{answers:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn unknown_takes_as_long_as_wrong() {
    let costs = Params::new(8 * 1024, 2, 1, None).unwrap();
    let world = World::with(None, Strangers::Refused, costs).await;
    world.account("ana@demo", AccountRole::Staff).await;
    let (mut wrong, mut unknown) = (Vec::new(), Vec::new());
    for round in 0..20 {
        for (email, times) in [("ana@demo", &mut wrong), ("nobody@demo", &mut unknown)] {
            let body = json!({ "email": email, "password": "wrong password" });
            let ask = ask("POST", "/api/v1/sign-in").with(body).from(round);
            let started = Instant::now();
            let answer = world.call(ask).await;
            times.push(started.elapsed());
            assert_eq!(answer.status, 401);
        }
    }
    let median = |times: &mut Vec<Duration>| {
        times.sort();
        times[times.len() / 2].as_secs_f64()
    };
    let ratio = median(&mut wrong) / median(&mut unknown);
    // Without something to compare with, one would be a hundred times the other.
    assert!((0.6..1.7).contains(&ratio), "{ratio}");
}

#[tokio::test]
async fn ten_wrong_tries_are_enough_and_lock_nobody_out_elsewhere() {
    let world = World::new().await;
    world.account("ana@demo", AccountRole::Staff).await;
    for _ in 0..10 {
        assert_eq!(world.try_sign_in("ana@demo", "wrong password", None).await.status, 401);
    }
    for _ in 0..3 {
        let limited = world.try_sign_in("ana@demo", PASSWORD, None).await;
        assert_eq!(limited.refusal(), (429, "rate_limited".into()));
        assert_eq!(limited.headers[header::RETRY_AFTER], "901");
    }
    let rows = world.actions().await;
    let limited = rows.iter().filter(|action| **action == Action::SignInLimited).count();
    assert_eq!(limited, 1, "one row for one lockout");

    let body = json!({ "email": "ana@demo", "password": PASSWORD });
    let elsewhere = world.call(ask("POST", "/api/v1/sign-in").with(body).from(2)).await;
    assert_eq!(elsewhere.status, 204);
    world.pass(900);
    assert_eq!(world.try_sign_in("ana@demo", PASSWORD, None).await.status, 204);
}

#[tokio::test]
async fn a_sign_in_ends_when_it_is_idle_or_old() {
    let world = World::new().await;
    world.account("ana@demo", AccountRole::Staff).await;
    let idle = world.sign_in("ana@demo").await;
    world.pass(12 * 3600 - 1);
    assert!(world.is_signed_in(&idle).await, "used just in time");
    world.pass(12 * 3600 - 1);
    assert!(world.is_signed_in(&idle).await, "and that counted");
    world.pass(12 * 3600 + 1);
    assert!(!world.is_signed_in(&idle).await);

    let busy = world.sign_in("ana@demo").await;
    for _ in 0..30 * 24 / 8 {
        assert!(world.is_signed_in(&busy).await);
        world.pass(8 * 3600);
    }
    assert!(!world.is_signed_in(&busy).await, "thirty days are enough");
}

#[tokio::test]
async fn using_a_sign_in_is_written_down_once_a_minute() {
    let world = World::new().await;
    let id = world.account("ana@demo", AccountRole::Staff).await;
    let cookie = world.sign_in("ana@demo").await;
    let mut seen = Vec::new();
    for seconds in [0, 59, 1, 30, 30] {
        world.pass(seconds);
        assert!(world.is_signed_in(&cookie).await);
        let latest = world.store.sign_ins(id, world.now()).await.unwrap()[0].seen_at;
        seen.push(world.now().since(latest).as_secs());
    }
    assert_eq!(seen, [0, 59, 0, 30, 0]);
}

#[tokio::test]
async fn ending_a_sign_in_elsewhere_closes_its_sockets() {
    let (world, admin, first) = World::with_both().await;
    let second = world.sign_in("ana@demo").await;
    let list = world.call(ask("GET", "/api/v1/me/sign-ins").by(&second)).await.json();
    let current = list.as_array().unwrap().iter().filter(|one| one["current"] == true).count();
    assert_eq!(current, 1);
    let other = world.accounts.whose(&first).await.unwrap().unwrap().0.id;
    let mut topic = world.listen(Route::SignIn(other)).await;
    let path = format!("/api/v1/me/sign-ins/{other}");
    assert_eq!(world.call(ask("DELETE", &path).by(&admin)).await.status, 204);
    assert!(world.is_signed_in(&first).await, "somebody else's is not one's own to end");
    assert!(!heard_signed_out(&mut topic), "nor are its sockets");
    assert_eq!(world.call(ask("DELETE", &path).by(&second)).await.status, 204);
    assert!(heard_signed_out(&mut topic));
    assert!(!world.is_signed_in(&first).await);
    assert!(world.is_signed_in(&second).await);
}

#[tokio::test]
async fn a_browser_has_one_sign_in() {
    let (world, admin, ana) = World::with_both().await;
    let id = world.accounts.whose(&ana).await.unwrap().unwrap().0.id;
    let mut topic = world.listen(Route::SignIn(id)).await;
    let body = |password: &str| json!({ "email": "admin@demo", "password": password });
    let wrong = ask("POST", "/api/v1/sign-in").by(&ana).with(body("wrong password"));
    assert_eq!(world.call(wrong).await.status, 401);
    assert!(world.is_signed_in(&ana).await, "nothing took its place");
    let right = ask("POST", "/api/v1/sign-in").by(&ana).with(body(PASSWORD));
    assert_eq!(world.call(right).await.status, 204);
    assert!(!world.is_signed_in(&ana).await);
    assert!(heard_signed_out(&mut topic));
    assert!(world.is_signed_in(&admin).await, "other browsers keep theirs");
}

#[tokio::test]
async fn tokens_lie_in_the_store_as_hashes() {
    let world = World::new().await;
    let id = world.account("ana@demo", AccountRole::Staff).await;
    let cookie = world.sign_in("ana@demo").await;
    for sign_in in world.store.sign_ins(id, world.now()).await.unwrap() {
        assert_ne!(sign_in.token.0.as_slice(), cookie.as_bytes());
    }
    let rows = world.store.audit_rows(None, Page { skip: 0, take: 100 }).await.unwrap();
    assert!(!format!("{rows:?}").contains(&cookie));
}
