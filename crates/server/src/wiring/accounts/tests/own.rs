//! One's own account: profile, password, second factor, one-time links.

use super::world::{ORIGIN, PASSWORD, World, ask, heard_signed_out, token_of};
use crate::app::Route;
use aws_lc_rs::hmac;
use serde_json::json;
use visavis_store::Action;

/// What an authenticator application shows.
fn code(secret: &str, seconds: u64) -> String {
    let alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    let (mut bits, mut count, mut key) = (0_u32, 0, Vec::new());
    for letter in secret.chars() {
        bits = bits << 5 | u32::try_from(alphabet.find(letter).unwrap()).unwrap();
        count += 5;
        if count >= 8 {
            count -= 8;
            key.push(u8::try_from(bits >> count & 0xff).unwrap());
        }
    }
    let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, &key);
    let tag = hmac::sign(&key, &(seconds / 30).to_be_bytes());
    let tag = tag.as_ref();
    let at = usize::from(tag[19] & 15);
    let number = u32::from_be_bytes(tag[at..at + 4].try_into().unwrap()) & 0x7fff_ffff;
    format!("{:06}", number % 1_000_000)
}

#[tokio::test]
async fn a_profile_is_changed_in_part() {
    let (world, _, ana) = World::with_both().await;
    let body = json!({ "title": "Claims, English · Türkçe" });
    let changed = world.call(ask("PATCH", "/api/v1/me").by(&ana).with(body)).await.json();
    assert_eq!(changed["title"], "Claims, English · Türkçe");
    assert_eq!(changed["name"], "ana");
    let refused = ask("PATCH", "/api/v1/me").by(&ana).with(json!({ "role": "admin" }));
    assert_eq!(world.call(refused).await.refusal(), (422, "malformed".into()));
}

#[tokio::test]
async fn another_password_ends_the_other_sign_ins() {
    let (world, _, ana) = World::with_both().await;
    let other = world.sign_in("ana@demo").await;
    let id = world.accounts.whose(&other).await.unwrap().unwrap().0.id;
    let mut topic = world.listen(Route::SignIn(id)).await;
    let change = |current: &str, new: &str| {
        ask("POST", "/api/v1/me/password").by(&ana).with(json!({ "current": current, "new": new }))
    };
    let wrong = world.call(change("wrong password", "another password")).await;
    assert_eq!(wrong.refusal(), (403, "password_wrong".into()));
    let short = world.call(change(PASSWORD, "123456789")).await;
    assert_eq!(short.refusal(), (422, "password_invalid".into()));
    assert_eq!(world.call(change(PASSWORD, "another password")).await.status, 204);
    assert!(world.is_signed_in(&ana).await);
    assert!(!world.is_signed_in(&other).await);
    assert!(heard_signed_out(&mut topic));
    assert_eq!(world.try_sign_in("ana@demo", PASSWORD, None).await.status, 401);
    assert_eq!(world.try_sign_in("ana@demo", "another password", None).await.status, 204);
}

#[tokio::test]
async fn a_password_is_not_guessed_over_a_stolen_page() {
    let (world, _, ana) = World::with_both().await;
    let guess = json!({ "current": "wrong password", "new": "another password" });
    for _ in 0..10 {
        let refused = world.call(ask("POST", "/api/v1/me/password").by(&ana).with(guess.clone())).await;
        assert_eq!(refused.status, 403);
    }
    let limited = world.call(ask("POST", "/api/v1/me/password").by(&ana).with(guess)).await;
    assert_eq!(limited.refusal(), (429, "rate_limited".into()));
}

#[tokio::test]
async fn a_second_factor_is_asked_for_after_the_password_and_each_code_works_once() {
    let (world, _, ana) = World::with_both().await;
    let offer = world.call(ask("POST", "/api/v1/me/totp").by(&ana)).await.json();
    let secret = offer["secret"].as_str().unwrap();
    let url = offer["url"].as_str().unwrap();
    assert!(url.starts_with("otpauth://totp/Visavis:ana@demo?secret="), "{url}");
    let now = || world.now().0 / 1000;
    let confirm = |code: &str| {
        ask("PUT", "/api/v1/me/totp").by(&ana).with(json!({ "offer": offer["offer"], "code": code }))
    };
    let before = world.call(confirm("000000")).await;
    assert_eq!(before.refusal(), (422, "code_wrong".into()));
    assert_eq!(world.try_sign_in("ana@demo", PASSWORD, None).await.status, 204, "not set up yet");
    assert_eq!(world.call(confirm(&code(secret, now()))).await.status, 204);
    assert_eq!(world.call(ask("GET", "/api/v1/me").by(&ana)).await.json()["totp"], true);
    // Who finds the page open puts no other in its place: not by a new offer, nor by one from before.
    let there = (409, "totp_set".to_owned());
    assert_eq!(world.call(ask("POST", "/api/v1/me/totp").by(&ana)).await.refusal(), there);
    assert_eq!(world.call(confirm(&code(secret, now()))).await.refusal(), there);

    let refused = |answer: super::world::Answer| answer.refusal();
    let asked = (401, "totp_required".to_owned());
    assert_eq!(refused(world.try_sign_in("ana@demo", PASSWORD, None).await), asked);
    let wrong = world.try_sign_in("ana@demo", "wrong password", Some(&code(secret, now()))).await;
    assert_eq!(refused(wrong), (401, "sign_in_refused".into()));
    world.pass(30);
    let this = code(secret, now());
    assert_eq!(world.try_sign_in("ana@demo", PASSWORD, Some(&this)).await.status, 204);
    assert_eq!(refused(world.try_sign_in("ana@demo", PASSWORD, Some(&this)).await), asked, "used up");
    let earlier = code(secret, now() - 30);
    assert_eq!(refused(world.try_sign_in("ana@demo", PASSWORD, Some(&earlier)).await), asked, "older");
    world.pass(3600);
    for _ in 0..10 {
        assert_eq!(refused(world.try_sign_in("ana@demo", PASSWORD, Some("000000")).await), asked);
        // Leaving the code out is no wrong one, and takes none back.
        world.try_sign_in("ana@demo", PASSWORD, None).await;
    }
    let right = world.try_sign_in("ana@demo", PASSWORD, Some(&code(secret, now()))).await;
    assert_eq!(refused(right), (429, "rate_limited".into()));

    world.pass(900);
    let remove =
        |password: &str| ask("DELETE", "/api/v1/me/totp").by(&ana).with(json!({ "password": password }));
    assert_eq!(refused(world.call(remove("wrong password")).await), (403, "password_wrong".into()));
    assert_eq!(world.call(remove(PASSWORD)).await.status, 204);
    assert_eq!(world.try_sign_in("ana@demo", PASSWORD, None).await.status, 204);
    let rows = world.actions().await;
    for action in [Action::SecondFactorAdded, Action::SecondFactorRemoved] {
        assert_eq!(rows.iter().filter(|one| **one == action).count(), 1, "{action:?}");
    }
}

#[tokio::test]
async fn an_offered_second_factor_is_its_owners_and_does_not_wait() {
    let (world, admin, ana) = World::with_both().await;
    let offer = world.call(ask("POST", "/api/v1/me/totp").by(&ana)).await.json();
    let secret = offer["secret"].as_str().unwrap();
    let confirm = |cookie, seconds| {
        let body = json!({ "offer": offer["offer"], "code": code(secret, seconds) });
        ask("PUT", "/api/v1/me/totp").by(cookie).with(body)
    };
    let now = world.now().0 / 1000;
    assert_eq!(world.call(confirm(&admin, now)).await.refusal(), (422, "code_wrong".into()));
    world.pass(601);
    assert_eq!(world.call(confirm(&ana, now + 601)).await.refusal(), (422, "code_wrong".into()));
}

#[tokio::test]
async fn a_link_sets_a_password_once() {
    let (world, admin, ana) = World::with_both().await;
    let id = world.id_of("ana@demo").await;
    let again = format!("/api/v1/admin/people/{id}/invitation");
    let first = world.call(ask("POST", &again).by(&admin)).await.json();
    let second = world.call(ask("POST", &again).by(&admin)).await.json();
    let token = |invited: &serde_json::Value| token_of(invited["link"].as_str().unwrap());
    let look = |token: &str| ask("POST", "/api/v1/invitations/look").with(json!({ "token": token }));
    let gone = (404, "invitation_invalid".to_owned());
    assert_eq!(world.call(look(&token(&first))).await.refusal(), gone, "replaced");
    assert_eq!(world.call(look("nonsense")).await.refusal(), gone);
    let seen = world.call(look(&token(&second))).await.json();
    assert_eq!(seen, json!({ "kind": "reset", "email": "ana@demo", "name": "ana" }));

    let accept = |password: &str| {
        let body = json!({ "token": token(&second), "password": password });
        ask("POST", "/api/v1/invitations/accept").with(body)
    };
    assert_eq!(world.call(accept("short")).await.refusal(), (422, "password_invalid".into()));
    let accepted = world.call(accept("another password")).await;
    assert_eq!(accepted.status, 204);
    assert!(world.is_signed_in(&accepted.cookie("__Host-visavis").unwrap()).await);
    assert!(!world.is_signed_in(&ana).await, "a new password ends what was open");
    assert_eq!(world.call(accept("another password")).await.refusal(), gone, "used up");

    let third = world.call(ask("POST", &again).by(&admin)).await.json();
    world.pass(24 * 3600 + 1);
    assert_eq!(world.call(look(&token(&third))).await.refusal(), gone, "too old");
}

#[tokio::test]
async fn the_first_start_makes_an_admin_and_later_ones_do_not() {
    let world = World::new().await;
    let old = world.accounts.invite_first_admin(ORIGIN).await.unwrap().unwrap();
    let link = world.accounts.invite_first_admin(ORIGIN).await.unwrap().unwrap();
    let accept = |link: &str, email: &str| {
        let token = token_of(link);
        let body = json!({ "token": token, "password": PASSWORD, "email": email, "name": "Ada" });
        ask("POST", "/api/v1/invitations/accept").with(body)
    };
    assert_eq!(world.call(accept(&old, "ada@demo")).await.status, 404, "the earlier start's");
    assert_eq!(world.call(accept(&link, "no address")).await.refusal(), (422, "email_invalid".into()));
    let look = ask("POST", "/api/v1/invitations/look").with(json!({ "token": token_of(&link) }));
    assert_eq!(world.call(look).await.json()["kind"], "first_admin");
    let accepted = world.call(accept(&link, "ada@demo")).await;
    assert_eq!(accepted.status, 204, "{}", accepted.text);
    let cookie = accepted.cookie("__Host-visavis").unwrap();
    assert_eq!(world.call(ask("GET", "/api/v1/me").by(&cookie)).await.json()["role"], "admin");
    assert_eq!(world.call(accept(&link, "eve@demo")).await.status, 404);
    assert!(world.accounts.invite_first_admin(ORIGIN).await.unwrap().is_none());
}

#[tokio::test]
async fn the_demonstration_set_is_added_once_and_changes_nothing() {
    let world = World::new().await;
    let first = world.accounts.demonstrate(PASSWORD.to_owned()).await.unwrap();
    assert_eq!(first.desk, "/desk/help");
    let admin = world.sign_in("admin@demo").await;
    let rows = world.actions().await;
    let made = |action| rows.iter().filter(|one| **one == action).count();
    assert_eq!((made(Action::AccountCreated), made(Action::DeskChanged)), (4, 1));
    let ana = world.id_of("ana@demo").await;
    let person = format!("/api/v1/admin/people/{ana}");
    world.call(ask("PATCH", &person).by(&admin).with(json!({ "name": "Anna" }))).await;
    let again = world.accounts.demonstrate("another password".to_owned()).await.unwrap();
    assert!(again.people.iter().all(|(_, entry)| *entry == crate::app::Entry::Own));
    let people = world.accounts.people(None, 100).await.unwrap().people;
    assert_eq!(people.len(), 4);
    assert!(people.iter().any(|one| one.name == "Anna"));
    assert_eq!(world.accounts.desks().await.unwrap()[0].settings.members.len(), 3);
}
