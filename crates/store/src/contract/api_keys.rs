//! Keys of the interface for programs.

use super::{Database, LATER, LONG_AFTER, NOW, audited, create, hash, person, unknown, written};
use crate::{Action, ApiKey, Store, StoreError};
use std::future::Future;
use visavis_domain::ids::ApiKeyId;
use visavis_domain::scope::Scope;
use visavis_domain::time::Timestamp;

pub(super) async fn all<D: Database, F: Future<Output = D>>(fresh: &impl Fn() -> F) {
    they_are_kept_until_revoked(&fresh().await).await;
    scopes_that_are_not_known_are_left_out(&fresh().await).await;
    they_are_listed_latest_made_first(&*fresh().await.open().await).await;
    there_are_not_more_than_may_be(&*fresh().await.open().await).await;
    a_database_without_keys_is_brought_up(&fresh().await).await;
}

const MOST: u64 = 5;

/// Takes the fourth step back, as if it had never been.
pub(super) const WITHOUT: [&str; 2] = ["DROP TABLE api_keys", "DELETE FROM migrations WHERE number = 4"];

fn key(number: u8, account: u128, created_at: Timestamp) -> ApiKey {
    ApiKey {
        id: ApiKeyId::from_bits(number.into()),
        hash: hash(number),
        name: "Back office \u{1F600}\"".to_owned(),
        account: person(account),
        scopes: vec![Scope::HistoryRead, Scope::DesksWrite],
        created_at,
        expires_at: LATER,
        used_at: None,
    }
}

async fn make(store: &dyn Store, number: u8, account: u128, at: Timestamp) -> Result<(), StoreError> {
    store.create_api_key(key(number, account, at), MOST, audited(Action::ApiKeyCreated)).await
}

async fn they_are_kept_until_revoked(database: &impl Database) {
    let store = database.open().await;
    create(&*store, 1, "ana@demo", Some("hash")).await;
    make(&*store, 1, 1, NOW).await.expect("makes it");
    let before = written(&*store).await;
    unknown(make(&*store, 2, 9, NOW).await);
    assert_eq!(written(&*store).await, before, "what was not made is not in the log");
    drop(store);
    let store = database.open().await;
    let id = ApiKeyId::from_bits(1);
    let (found, account) = store.api_key(id).await.expect("looks").expect("finds");
    assert_eq!((found, account.id), (key(1, 1, NOW), person(1)));
    assert!(store.api_key(ApiKeyId::from_bits(2)).await.expect("looks").is_none());
    store.touch_api_key(id, LONG_AFTER).await.expect("touches");
    store.touch_api_key(ApiKeyId::from_bits(2), LONG_AFTER).await.expect("is harmless");
    let (found, _) = store.api_key(id).await.expect("looks").expect("finds");
    assert_eq!(found, ApiKey { used_at: Some(LONG_AFTER), ..key(1, 1, NOW) }, "though it has expired");
    store.revoke_api_key(id, audited(Action::ApiKeyRevoked)).await.expect("revokes");
    unknown(store.revoke_api_key(id, audited(Action::ApiKeyRevoked)).await);
    assert!(store.api_key(id).await.expect("looks").is_none());
    assert_eq!(written(&*store).await, before + 1, "one row for what was done, none for what was not");
}

/// As a newer version of the program writes them that runs beside this one.
async fn scopes_that_are_not_known_are_left_out(database: &impl Database) {
    let store = database.open().await;
    create(&*store, 1, "ana@demo", Some("hash")).await;
    make(&*store, 1, 1, NOW).await.expect("makes it");
    let changed = "UPDATE api_keys SET scopes = '[\"history:read\",\"weather:make\",\"desks:write\"]'";
    assert_eq!(database.tamper(changed).await, 1);
    let (found, _) = store.api_key(ApiKeyId::from_bits(1)).await.expect("looks").expect("finds");
    assert_eq!(found, key(1, 1, NOW));
}

async fn they_are_listed_latest_made_first(store: &dyn Store) {
    create(store, 1, "ana@demo", Some("hash")).await;
    for (number, at) in [(1, 5), (2, 50), (3, 20), (4, 20)] {
        make(store, number, 1, Timestamp(NOW.0 + at)).await.expect("makes it");
    }
    let ids: Vec<_> = store.api_keys().await.expect("lists").iter().map(|one| one.id.bits()).collect();
    assert_eq!(ids, [2, 3, 4, 1]);
}

async fn there_are_not_more_than_may_be(store: &dyn Store) {
    create(store, 1, "ana@demo", Some("hash")).await;
    for number in 1..=5 {
        make(store, number, 1, NOW).await.expect("makes it");
    }
    let refused = make(store, 6, 1, NOW).await;
    assert!(matches!(refused, Err(StoreError::Full)), "{refused:?}");
    store.revoke_api_key(ApiKeyId::from_bits(1), audited(Action::ApiKeyRevoked)).await.expect("revokes");
    make(store, 6, 1, NOW).await.expect("makes it");
}

async fn a_database_without_keys_is_brought_up(database: &impl Database) {
    let store = database.open().await;
    create(&*store, 1, "ana@demo", Some("hash")).await;
    drop(store);
    for sql in super::webhooks::WITHOUT.into_iter().chain(WITHOUT) {
        database.tamper(sql).await;
    }
    let store = database.open().await;
    assert_eq!(store.count_accounts().await.expect("counts"), 1);
    make(&*store, 1, 1, NOW).await.expect("makes it");
    assert_eq!(
        database.open().await.api_keys().await.expect("lists"),
        [key(1, 1, NOW)],
        "and once is enough"
    );
    assert_eq!(written(&*store).await, 2);
}
