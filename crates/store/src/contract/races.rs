//! Many at once, through two openings of one database, as from two instances.

use super::{Database, NOW, audited, change, create, hash, invite, link, new_account, person, written};
use crate::{AccountChange, Action, Desk, InvitationPurpose, Store, StoreError};
use std::future::Future;
use std::sync::Arc;
use tokio::task::JoinSet;
use visavis_domain::account::AccountRole;

/// How many try at once.
const MANY: u8 = 20;

pub(super) async fn all<D: Database, F: Future<Output = D>>(fresh: &impl Fn() -> F) {
    opening_at_once_makes_the_tables_once(&fresh().await).await;
    of_many_uses_of_a_link_one_wins(&fresh().await).await;
    of_many_first_admins_one_is_made(&fresh().await).await;
    of_many_uses_of_a_step_one_counts(&fresh().await).await;
    of_two_admins_who_step_down_at_once_one_stays(&fresh().await).await;
    of_many_changes_of_what_was_seen_one_is_made(&fresh().await).await;
    of_many_with_one_address_one_is_made(&fresh().await).await;
    many_rows_make_one_chain(&fresh().await).await;
}

async fn opening_at_once_makes_the_tables_once(database: &impl Database) {
    let stores = tokio::join!(database.open(), database.open(), database.open(), database.open());
    for store in [stores.0, stores.1, stores.2, stores.3] {
        store.audit(audited(Action::AuditRead)).await.expect("writes");
    }
    assert_eq!(written(&*database.open().await).await, 4);
}

/// What came of many at once.
pub(super) async fn at_once<T, F>(database: &impl Database, work: impl Fn(Arc<dyn Store>, u8) -> F) -> Vec<T>
where
    T: Send + 'static,
    F: Future<Output = T> + Send + 'static,
{
    let stores = [database.open().await, database.open().await];
    let mut tasks = JoinSet::new();
    for number in 0..MANY {
        tasks.spawn(work(Arc::clone(&stores[usize::from(number % 2)]), number));
    }
    tasks.join_all().await
}

/// How many did it; all others were told that there is nothing to do it with.
pub(super) fn winners<T: std::fmt::Debug>(results: &[Result<T, StoreError>]) -> usize {
    for lost in results.iter().filter(|result| result.is_err()) {
        assert!(
            matches!(lost, Err(StoreError::Unknown | StoreError::Moved | StoreError::Taken(_))),
            "{lost:?}"
        );
    }
    results.iter().filter(|result| result.is_ok()).count()
}

async fn of_many_uses_of_a_link_one_wins(database: &impl Database) {
    let store = database.open().await;
    let invitation = Some(link(1, InvitationPurpose::Join, Some(1)));
    let created =
        store.create_account(new_account(1, "ana@demo", None), invitation, audited(Action::AccountCreated));
    created.await.expect("creates");
    let results = at_once(database, |store, number| async move {
        let password = number.to_string();
        store.accept_invitation(hash(1), NOW, password, audited(Action::InvitationAccepted)).await
    })
    .await;
    assert_eq!(winners(&results), 1);
    assert_eq!(written(&*store).await, 2);
}

async fn of_many_first_admins_one_is_made(database: &impl Database) {
    let store = database.open().await;
    let invitation = link(1, InvitationPurpose::FirstAdmin, None);
    invite(&*store, invitation).await;
    let results = at_once(database, |store, number| async move {
        let admin = new_account(number.into(), &format!("{number}@demo"), Some("hash"));
        store.create_first_admin(hash(1), NOW, admin, audited(Action::AccountCreated)).await
    })
    .await;
    assert_eq!(winners(&results), 1);
    assert_eq!(store.count_accounts().await.expect("counts"), 1);
}

async fn of_many_uses_of_a_step_one_counts(database: &impl Database) {
    let store = database.open().await;
    create(&*store, 1, "ana@demo", Some("hash")).await;
    let results =
        at_once(database, |store, _| async move { store.use_totp_step(person(1), 9).await.expect("looks") });
    assert_eq!(results.await.into_iter().filter(|counted| *counted).count(), 1);
}

async fn of_two_admins_who_step_down_at_once_one_stays(database: &impl Database) {
    let store = database.open().await;
    let role = |role| AccountChange { role: Some(role), ..AccountChange::default() };
    for number in 0..MANY {
        create(&*store, number.into(), &format!("{number}@demo"), Some("hash")).await;
        change(&*store, number.into(), role(AccountRole::Admin)).await.expect("becomes one");
    }
    let results = at_once(database, |store, number| async move {
        let down = AccountChange { role: Some(AccountRole::Staff), ..AccountChange::default() };
        change(&*store, number.into(), down).await
    });
    let results = results.await;
    let refused: Vec<_> = results.iter().filter_map(|result| result.as_ref().err()).collect();
    assert!(matches!(refused[..], [StoreError::LastAdmin]), "{refused:?}");
}

async fn of_many_changes_of_what_was_seen_one_is_made(database: &impl Database) {
    let store = database.open().await;
    create(&*store, 1, "ana@demo", Some("hash")).await;
    let seen = store.account(person(1)).await.expect("finds");
    let results = at_once(database, |store, number| {
        let seen = seen.clone();
        async move {
            let to = AccountChange { title: Some(number.to_string()), ..AccountChange::default() };
            store.change_account(person(1), seen, to, audited(Action::AccountChanged)).await
        }
    });
    assert_eq!(winners(&results.await), 1);
    let desk = super::desks::desk(1, "claims", "Claims", &[1]);
    store.put_desk(desk.clone(), None, audited(Action::DeskChanged)).await.expect("puts");
    let results = at_once(database, |store, number| {
        let seen = Some(desk.clone());
        let to = Desk { about: number.to_string(), ..desk.clone() };
        async move { store.put_desk(to, seen, audited(Action::DeskChanged)).await }
    });
    assert_eq!(winners(&results.await), 1);
}

async fn of_many_with_one_address_one_is_made(database: &impl Database) {
    let results = at_once(database, |store, number| async move {
        let account = new_account(number.into(), "ana@demo", None);
        store.create_account(account, None, audited(Action::AccountCreated)).await
    })
    .await;
    assert_eq!(winners(&results), 1);
}

async fn many_rows_make_one_chain(database: &impl Database) {
    let results = at_once(database, |store, number| async move {
        create(&*store, number.into(), &format!("{number}@demo"), None).await;
        store.audit(audited(Action::AuditRead)).await
    })
    .await;
    assert_eq!(winners(&results), usize::from(MANY));
    assert_eq!(written(&*database.open().await).await, 2 * u64::from(MANY));
}
