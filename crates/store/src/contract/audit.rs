//! The audit log: written with what it is about, and no row of it can be changed unseen.

use super::{Database, NOW, audited, by, create, new_account, person, written};
use crate::{Action, Broken, Page, Store, StoreError};
use std::future::Future;

pub(super) async fn all<D: Database, F: Future<Output = D>>(fresh: &impl Fn() -> F) {
    rows_are_numbered_and_kept(&fresh().await).await;
    a_change_without_its_row_does_not_happen(&fresh().await).await;
    for (sql, number) in TAMPERED {
        tampering_is_found(&fresh().await, sql, number).await;
    }
    a_broken_log_goes_on_and_stays_broken(&fresh().await).await;
    rows_of_others_stop_nobody(&fresh().await).await;
    an_emptied_log_is_found(&fresh().await).await;
    opening_again_changes_nothing(&fresh().await).await;
}

/// Rows that the log has before somebody gets at it.
const ROWS: u128 = 6;

/// What somebody does, and the first row that is wrong then.
const TAMPERED: [(&str, u64); 14] = [
    ("UPDATE audit SET at = at + 1 WHERE number = 3", 3),
    ("UPDATE audit SET actor = NULL WHERE number = 2", 2),
    ("UPDATE audit SET actor = '' WHERE number = 1", 1),
    ("UPDATE audit SET action = 'signed_out' WHERE number = 6", 6),
    ("UPDATE audit SET subject = 'other' WHERE number = 1", 1),
    ("UPDATE audit SET detail = '{}' WHERE number = 4", 4),
    ("UPDATE audit SET mac = (SELECT mac FROM audit WHERE number = 1) WHERE number = 5", 5),
    ("DELETE FROM audit WHERE number = 1", 1),
    ("DELETE FROM audit WHERE number = 4", 4),
    ("DELETE FROM audit WHERE number > 4", 5),
    (
        "INSERT INTO audit SELECT number + 1, at, actor, action, subject, detail, mac FROM audit \
         WHERE number = 6",
        7,
    ),
    ("INSERT INTO audit SELECT 0, at, actor, action, subject, detail, mac FROM audit WHERE number = 6", 7),
    ("UPDATE audit_head SET written = 5", 7),
    ("DELETE FROM audit_head", 7),
];

async fn fill(store: &dyn Store) {
    for number in 1..=ROWS {
        let actor = (number > 1).then(|| person(number));
        store.audit(by(actor, Action::SignedIn)).await.expect("writes");
    }
}

async fn rows_are_numbered_and_kept(database: &impl Database) {
    let store = database.open().await;
    assert_eq!(written(&*store).await, 0);
    fill(&*store).await;
    drop(store);
    let store = database.open().await;
    assert_eq!(u128::from(written(&*store).await), ROWS);
    let rows = store.audit_rows(None, Page { skip: 1, take: 3 }).await.expect("lists");
    assert_eq!(rows.iter().map(|row| row.number).collect::<Vec<_>>(), [5, 4, 3], "latest first");
    let expected = by(Some(person(5)), Action::SignedIn);
    assert_eq!((rows[0].at, rows[0].actor, rows[0].action), (NOW, Some(person(5)), Action::SignedIn));
    assert_eq!((&rows[0].subject, &rows[0].detail), (&expected.subject, &expected.detail));
    for (before, expected) in [(Some(3), &[2, 1][..]), (Some(1), &[]), (Some(u64::MAX), &[6, 5, 4])] {
        let rows = store.audit_rows(before, Page { skip: 0, take: 3 }).await.expect("lists");
        assert_eq!(rows.iter().map(|row| row.number).collect::<Vec<_>>(), expected, "before {before:?}");
    }
    let all = store.audit_rows(None, Page { skip: 0, take: u64::MAX }).await.expect("lists");
    assert_eq!((all.len() as u128, all[5].actor), (ROWS, None));
}

async fn a_change_without_its_row_does_not_happen(database: &impl Database) {
    let store = database.open().await;
    create(&*store, 1, "ana@demo", Some("hash")).await;
    database.tamper("ALTER TABLE audit RENAME TO elsewhere").await;
    let failed = [
        store.create_account(new_account(2, "bob@demo", None), None, audited(Action::AccountCreated)).await,
        store
            .set_password(person(1), "new".to_owned(), None, audited(Action::PasswordChanged))
            .await
            .map(|_| ()),
        store.set_setting("x", serde_json::json!(1), audited(Action::SettingChanged)).await,
    ];
    for result in failed {
        assert!(matches!(result, Err(StoreError::Damaged(_))), "{result:?}");
    }
    database.tamper("ALTER TABLE elsewhere RENAME TO audit").await;
    assert_eq!(store.count_accounts().await.expect("counts"), 1);
    let password = store.credentials(person(1)).await.expect("reads").password;
    assert_eq!(password.as_deref(), Some("hash"));
    assert_eq!(store.setting("x").await.expect("reads"), None);
    assert_eq!(written(&*store).await, 1);
    create(&*store, 2, "bob@demo", None).await;
    assert_eq!(written(&*store).await, 2, "and it goes on");
}

async fn tampering_is_found(database: &impl Database, sql: &str, number: u64) {
    let store = database.open().await;
    fill(&*store).await;
    assert!(database.tamper(sql).await > 0, "{sql}");
    let found = store.verify_audit().await.expect("can be walked");
    assert_eq!(found, Err(Broken { number }), "{sql}");
}

async fn a_broken_log_goes_on_and_stays_broken(database: &impl Database) {
    let store = database.open().await;
    fill(&*store).await;
    // The end cut off as well as it can be without the key.
    database.tamper("DELETE FROM audit WHERE number > 4").await;
    let last = "(SELECT mac FROM audit WHERE number = 4)";
    database.tamper(&format!("UPDATE audit_head SET written = 4, last = {last}")).await;
    assert_eq!(store.verify_audit().await.expect("can be walked"), Err(Broken { number: 5 }));
    for _ in 0..3 {
        store.audit(audited(Action::AuditRead)).await.expect("people can go on");
    }
    assert_eq!(store.verify_audit().await.expect("can be walked"), Err(Broken { number: 5 }));
    assert_eq!(store.audit_rows(None, Page { skip: 0, take: 9 }).await.expect("lists").len(), 7);
}

/// As a program with another key leaves them, or somebody who adds one by hand.
async fn rows_of_others_stop_nobody(database: &impl Database) {
    let store = database.open().await;
    fill(&*store).await;
    let foreign = "INSERT INTO audit SELECT number + 1, at, actor, action, subject, detail, mac FROM audit \
                   WHERE number = (SELECT MAX(number) FROM audit)";
    let (mut rows, broken) = (ROWS, Err(Broken { number: 7 }));
    for _ in 0..2 {
        database.tamper(foreign).await;
        for _ in 0..2 {
            store.audit(audited(Action::SignedIn)).await.expect("people sign in");
        }
        rows += 3;
        assert_eq!(store.verify_audit().await.expect("can be walked"), broken);
    }
    let all = store.audit_rows(None, Page { skip: 0, take: 99 }).await.expect("lists");
    assert_eq!(all.len() as u128, rows);
    // Nor can what was written since be cut off together with them.
    database.tamper("DELETE FROM audit WHERE number > 6").await;
    assert_eq!(store.verify_audit().await.expect("can be walked"), broken);
}

async fn an_emptied_log_is_found(database: &impl Database) {
    let store = database.open().await;
    fill(&*store).await;
    database.tamper("DELETE FROM audit").await;
    assert_eq!(store.verify_audit().await.expect("can be walked"), Err(Broken { number: 1 }));
    database.tamper("DELETE FROM audit_head").await;
    let store = database.open().await;
    assert_eq!(store.verify_audit().await.expect("can be walked"), Err(Broken { number: 1 }));
}

async fn opening_again_changes_nothing(database: &impl Database) {
    let store = database.open().await;
    fill(&*store).await;
    let again = database.open().await;
    again.audit(audited(Action::AuditRead)).await.expect("writes");
    store.audit(audited(Action::AuditRead)).await.expect("writes");
    assert_eq!(u128::from(written(&*again).await), ROWS + 2);
    // Of a program that knows more steps than this one.
    assert_eq!(database.tamper("UPDATE migrations SET number = number + 0").await, 7);
}
