//! Who is signed in where.

use super::{
    Database, LATER, LONG_AFTER, NOW, audited, create, enter, hash, person, session, set_state, unknown,
    written,
};
use crate::{Action, Store};
use std::future::Future;
use visavis_domain::account::AccountState;
use visavis_domain::ids::SignInId;
use visavis_domain::time::Timestamp;

pub(super) async fn all<D: Database, F: Future<Output = D>>(fresh: &impl Fn() -> F) {
    they_hold_until_closed_or_late(&fresh().await).await;
    only_active_accounts_have_them(&*fresh().await.open().await).await;
    they_are_listed_latest_used_first(&*fresh().await.open().await).await;
}

async fn they_hold_until_closed_or_late(database: &impl Database) {
    let store = database.open().await;
    create(&*store, 1, "ana@demo", Some("hash")).await;
    create(&*store, 2, "bob@demo", Some("hash")).await;
    enter(&*store, 1, 1).await;
    drop(store);
    let store = database.open().await;
    let (found, account) = store.sign_in(hash(1), NOW).await.expect("looks").expect("finds");
    assert_eq!((found, account.id), (session(1, 1, NOW), person(1)));
    assert!(store.sign_in(hash(2), NOW).await.expect("looks").is_none(), "another token");
    assert!(store.sign_in(hash(1), LATER).await.expect("looks").is_none(), "late");
    let id = SignInId::from_bits(1);
    store.touch_sign_in(id, LATER, LONG_AFTER).await.expect("touches");
    let (found, _) = store.sign_in(hash(1), LATER).await.expect("looks").expect("holds longer");
    assert_eq!((found.seen_at, found.expires_at, found.created_at), (LATER, LONG_AFTER, NOW));
    store.touch_sign_in(SignInId::from_bits(9), LATER, LONG_AFTER).await.expect("is harmless");

    let before = written(&*store).await;
    store.close_sign_in(person(2), id, audited(Action::SignedOut)).await.expect("does nothing");
    assert!(store.sign_in(hash(1), NOW).await.expect("looks").is_some(), "not of that account");
    store.close_sign_in(person(1), id, audited(Action::SignedOut)).await.expect("closes");
    store.close_sign_in(person(1), id, audited(Action::SignedOut)).await.expect("is harmless");
    assert!(store.sign_in(hash(1), NOW).await.expect("looks").is_none());
    assert_eq!(written(&*store).await, before + 1, "what ended nothing is not in the log");
}

async fn only_active_accounts_have_them(store: &dyn Store) {
    create(store, 1, "ana@demo", None).await;
    create(store, 2, "bob@demo", Some("hash")).await;
    let open = |number, account| store.open_sign_in(session(number, account, NOW), audited(Action::SignedIn));
    unknown(open(1, 1).await);
    unknown(open(1, 9).await);
    set_state(store, 2, AccountState::Disabled).await;
    unknown(open(1, 2).await);
    set_state(store, 2, AccountState::Active).await;
    open(1, 2).await.expect("signs in");
}

async fn they_are_listed_latest_used_first(store: &dyn Store) {
    create(store, 1, "ana@demo", Some("hash")).await;
    create(store, 2, "bob@demo", Some("hash")).await;
    for (number, account, seen) in [(1, 1, 5), (2, 1, 50), (3, 1, 20), (4, 2, 60)] {
        let seen_at = Timestamp(NOW.0 + seen);
        let opened = store.open_sign_in(session(number, account, seen_at), audited(Action::SignedIn)).await;
        opened.expect("signs in");
    }
    store.touch_sign_in(SignInId::from_bits(3), Timestamp(NOW.0 + 20), NOW).await.expect("touches");
    let ids = |list: Vec<crate::SignIn>| list.into_iter().map(|one| one.id.bits()).collect::<Vec<_>>();
    assert_eq!(ids(store.sign_ins(person(1), NOW).await.expect("lists")), [2, 1], "3 has ended");
    let earlier = Timestamp(NOW.0 - 1);
    assert_eq!(ids(store.sign_ins(person(1), earlier).await.expect("lists")), [2, 3, 1]);
    store.forget_expired(NOW).await.expect("forgets");
    assert_eq!(ids(store.sign_ins(person(1), earlier).await.expect("lists")), [2, 1]);
    assert_eq!(ids(store.sign_ins(person(9), NOW).await.expect("lists")), [0_u128; 0]);
}
