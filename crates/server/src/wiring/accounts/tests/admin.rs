//! What admins do, and that each of it leaves one row.

use super::world::{PASSWORD, World, ask, heard, heard_signed_out, token_of};
use crate::app::Route;
use serde_json::{Value, json};
use visavis_domain::account::AccountRole;
use visavis_domain::ids::DeskId;
use visavis_protocol::PersonChange;
use visavis_store::Action;

fn desk(members: &[String]) -> Value {
    json!({
        "slug": "help", "name": "Insurance help", "about": "", "wrap_up_s": 0, "ring_s": 30,
        "sites": [], "members": members,
    })
}

#[tokio::test]
async fn there_is_always_an_admin_who_can_sign_in() {
    let (world, admin, _) = World::with_both().await;
    let (first, second) = (world.id_of("admin@demo").await, world.id_of("ana@demo").await);
    let path = |id| format!("/api/v1/admin/people/{id}");
    let last = (409, "last_admin".to_owned());
    let (path_first, path_second) = (path(first), path(second));
    for change in [json!({ "role": "staff" }), json!({ "state": "disabled" })] {
        let refused = world.call(ask("PATCH", &path_first).by(&admin).with(change)).await;
        assert_eq!(refused.refusal(), last);
    }
    // An admin who has not accepted yet cannot sign in.
    let new = json!({ "email": "eve@demo", "name": "Eve", "title": "", "role": "admin" });
    let created = world.call(ask("POST", "/api/v1/admin/people").by(&admin).with(new.clone())).await;
    assert_eq!(created.status, 201);
    let taken = world.call(ask("POST", "/api/v1/admin/people").by(&admin).with(new)).await;
    assert_eq!(taken.refusal(), (409, "email_taken".into()));
    let refused = world.call(ask("PATCH", &path_first).by(&admin).with(json!({ "role": "staff" }))).await;
    assert_eq!(refused.refusal(), last);
    let promoted = world.call(ask("PATCH", &path_second).by(&admin).with(json!({ "role": "admin" }))).await;
    assert_eq!(promoted.json()["role"], "admin");
    let done = world.call(ask("PATCH", &path_first).by(&admin).with(json!({ "role": "staff" }))).await;
    assert_eq!(done.status, 200);
    let after = world.call(ask("GET", "/api/v1/admin/people").by(&admin)).await;
    assert_eq!(after.refusal(), (403, "forbidden".into()), "at once");
}

#[tokio::test]
async fn two_admins_cannot_take_each_others_role_at_once() {
    let world = World::new().await;
    let first = world.account("admin@demo", AccountRole::Admin).await;
    let second = world.account("ana@demo", AccountRole::Admin).await;
    let to = |role| PersonChange { email: None, name: None, title: None, role: Some(role), state: None };
    let (down, up) = (to(AccountRole::Staff), to(AccountRole::Admin));
    for round in 0..20 {
        let (one, other) = tokio::join!(
            world.accounts.change_person(first, second, None, &down),
            world.accounts.change_person(second, first, None, &down),
        );
        assert!(one.is_ok() != other.is_ok(), "round {round}");
        let demoted = if one.is_ok() { second } else { first };
        world.accounts.change_person(first, demoted, None, &up).await.unwrap();
    }
}

#[tokio::test]
async fn disabling_somebody_ends_their_sign_ins_and_closes_their_sockets() {
    let (world, admin, ana) = World::with_both().await;
    let sign_in = world.accounts.whose(&ana).await.unwrap().unwrap().0.id;
    let mut topic = world.listen(Route::SignIn(sign_in)).await;
    let path = format!("/api/v1/admin/people/{}", world.id_of("ana@demo").await);
    let disabled = world.call(ask("PATCH", &path).by(&admin).with(json!({ "state": "disabled" }))).await;
    assert_eq!(disabled.json()["state"], "disabled");
    assert!(!world.is_signed_in(&ana).await);
    assert!(heard_signed_out(&mut topic));
    assert_eq!(world.try_sign_in("ana@demo", PASSWORD, None).await.status, 401);
    let link = format!("{path}/invitation");
    assert_eq!(world.call(ask("POST", &link).by(&admin)).await.refusal(), (422, "state_invalid".into()));
    let active = world.call(ask("PATCH", &path).by(&admin).with(json!({ "state": "active" }))).await;
    assert_eq!(active.status, 200);
    world.sign_in("ana@demo").await;
}

#[tokio::test]
async fn desks_are_made_changed_and_removed_and_who_follows_is_told() {
    let (world, admin, _) = World::with_both().await;
    let ana = world.id_of("ana@demo").await.to_string();
    let path = "/api/v1/admin/desks";
    let stranger = format!("u_{}", "0".repeat(32));
    let unknown = world.call(ask("POST", path).by(&admin).with(desk(&[stranger]))).await;
    assert_eq!(unknown.refusal(), (422, "person_unknown".into()));
    let made = world.call(ask("POST", path).by(&admin).with(desk(std::slice::from_ref(&ana)))).await;
    assert_eq!(made.status, 201, "{}", made.text);
    let id: DeskId = made.json()["id"].as_str().unwrap().parse().unwrap();
    let again = world.call(ask("POST", path).by(&admin).with(desk(&[]))).await;
    assert_eq!(again.refusal(), (409, "slug_taken".into()));

    let mut topic = world.listen(Route::Desk(id)).await;
    let mut told = |what: &str| {
        let body = heard(&mut topic).unwrap_or_else(|| panic!("{what} is not told"));
        let frame: Value = serde_json::from_slice(&body).unwrap();
        assert_eq!(frame["event"], json!({ "type": "desk_changed", "desk": id.to_string() }), "{what}");
    };
    let one = format!("{path}/{id}");
    let mut settings = desk(std::slice::from_ref(&ana));
    settings["name"] = "Help".into();
    assert_eq!(
        world.call(ask("PUT", &one).by(&admin).with(settings)).await.json()["settings"]["name"],
        "Help"
    );
    told("a change");
    assert_eq!(world.call(ask("DELETE", &one).by(&admin)).await.status, 204);
    told("a removal");
    assert_eq!(world.call(ask("DELETE", &one).by(&admin)).await.refusal(), (404, "desk_unknown".into()));
    let gone = world.call(ask("PUT", &one).by(&admin).with(desk(&[]))).await;
    assert_eq!(gone.refusal(), (404, "desk_unknown".into()), "a PUT brings none back");
    assert_eq!(world.call(ask("GET", path).by(&admin)).await.json(), json!([]));
}

#[tokio::test]
async fn every_sensitive_action_leaves_exactly_one_row() {
    let (world, admin, ana) = World::with_both().await;
    let ana_id = world.id_of("ana@demo").await;
    let person = format!("/api/v1/admin/people/{ana_id}");
    let link = format!("{person}/invitation");
    let made = world.call(ask("POST", "/api/v1/admin/desks").by(&admin).with(desk(&[]))).await.json();
    let one = format!("/api/v1/admin/desks/{}", made["id"].as_str().unwrap());
    let invited = world.call(ask("POST", &link).by(&admin)).await.json();
    let token = token_of(invited["link"].as_str().unwrap());
    let third = world.sign_in("ana@demo").await;
    let third_id = world.accounts.whose(&third).await.unwrap().unwrap().0.id;
    let end = format!("/api/v1/me/sign-ins/{third_id}");
    let new = json!({ "email": "new@demo", "name": "New", "title": "", "role": "staff" });
    let changed = json!({ "current": PASSWORD, "new": "another password" });
    let mut other = desk(&[]);
    other["slug"] = "other".into();
    use Action as A;
    for (ask, expected) in [
        (
            ask("POST", "/api/v1/sign-in").with(json!({ "email": "ana@demo", "password": PASSWORD })),
            vec![A::SignedIn],
        ),
        (ask("POST", "/api/v1/sign-in").with(json!({ "email": "ana@demo", "password": "wrong" })), vec![]),
        (ask("GET", "/api/v1/me").by(&ana), vec![]),
        (ask("PATCH", "/api/v1/me").by(&ana).with(json!({ "name": "Ana" })), vec![A::AccountChanged]),
        (ask("DELETE", &end).by(&ana), vec![A::SignedOut]),
        (ask("DELETE", &end).by(&ana), vec![]),
        (ask("POST", "/api/v1/me/password").by(&admin).with(changed), vec![A::PasswordChanged]),
        (ask("POST", "/api/v1/me/totp").by(&ana), vec![]),
        (ask("POST", "/api/v1/admin/people").by(&admin).with(new.clone()), vec![A::AccountCreated]),
        (ask("POST", "/api/v1/admin/people").by(&admin).with(new), vec![]),
        (ask("PATCH", &person).by(&admin).with(json!({ "title": "x" })), vec![A::AccountChanged]),
        (ask("PATCH", &person).by(&admin).with(json!({ "title": "a\u{7}" })), vec![]),
        (ask("POST", "/api/v1/invitations/look").with(json!({ "token": token })), vec![]),
        (
            ask("POST", "/api/v1/invitations/accept").with(json!({ "token": token, "password": PASSWORD })),
            vec![A::InvitationAccepted, A::SignedIn],
        ),
        (ask("POST", &link).by(&admin), vec![A::Invited]),
        (ask("POST", "/api/v1/admin/desks").by(&admin).with(other), vec![A::DeskChanged]),
        (ask("PUT", &one).by(&admin).with(desk(&[])), vec![A::DeskChanged]),
        (ask("DELETE", &one).by(&admin), vec![A::DeskRemoved]),
        (ask("DELETE", &one).by(&admin), vec![]),
        (ask("GET", "/api/v1/calls").by(&admin), vec![]),
        (ask("GET", "/api/v1/admin/calls").by(&admin), vec![A::HistoryRead]),
        (ask("GET", "/api/v1/admin/calls.csv").by(&admin), vec![A::HistoryExported]),
        (ask("GET", "/api/v1/admin/audit").by(&admin), vec![A::AuditRead]),
        (ask("POST", "/api/v1/sign-out").by(&admin), vec![A::SignedOut]),
    ] {
        let told = format!("{} {}", ask.method, ask.path);
        let before = world.actions().await.len();
        let answer = world.call(ask).await;
        assert_eq!(world.actions().await[before..], expected, "{told}: {}", answer.text);
    }
    assert_eq!(world.store.verify_audit().await.unwrap(), Ok(world.actions().await.len() as u64));
}
