//! Accounts, what proves them, one-time links.

use super::{
    Database, LATER, LONG_AFTER, NOW, audited, change, create, email, enter, hash, invite, link, moved, name,
    new_account, person, set_state, unknown, written,
};
use crate::{AccountChange, Action, Credentials, InvitationPurpose, Store, StoreError, Subject, Taken};
use std::future::Future;
use visavis_domain::account::{AccountRole, AccountState};
use visavis_domain::ids::SignInId;
use visavis_domain::time::Timestamp;

pub(super) async fn all<D: Database, F: Future<Output = D>>(fresh: &impl Fn() -> F) {
    accounts_are_found_and_last(&fresh().await).await;
    addresses_are_unique(&*fresh().await.open().await).await;
    changes_change_what_they_name(&*fresh().await.open().await).await;
    states_move_between_active_and_disabled(&*fresh().await.open().await).await;
    subjects_belong_to_one(&*fresh().await.open().await).await;
    who_is_untied_can_be_tied_anew(&*fresh().await.open().await).await;
    passwords_and_second_factors_are_kept(&*fresh().await.open().await).await;
    steps_count_once(&*fresh().await.open().await).await;
    links_hold_until_used_replaced_or_late(&*fresh().await.open().await).await;
    a_reset_ends_what_was(&*fresh().await.open().await).await;
    the_first_admin_is_made_once(&*fresh().await.open().await).await;
    an_admin_is_always_left(&*fresh().await.open().await).await;
    what_was_seen_has_to_be_so_still(&*fresh().await.open().await).await;
    links_end_with_what_they_were_made_for(&*fresh().await.open().await).await;
}

async fn accounts_are_found_and_last(database: &impl Database) {
    let store = database.open().await;
    assert_eq!(store.count_accounts().await.expect("counts"), 0);
    for (number, address) in [(1, "Zoe@demo"), (2, "ana@demo"), (3, "Çağla@demo")] {
        create(&*store, number, address, (number == 1).then_some("hash")).await;
    }
    drop(store);
    let store = database.open().await;
    let names: Vec<_> = store.accounts().await.expect("lists").into_iter().map(|one| one.name).collect();
    assert_eq!(names, [name("ana"), name("Zoe"), name("Çağla")], "by name, whatever the letters' case");
    assert_eq!(store.count_accounts().await.expect("counts"), 3);
    let zoe = store.account(person(1)).await.expect("finds").expect("her");
    assert_eq!((zoe.email.as_str(), &*zoe.title), ("zoe@demo", "Claims"));
    assert_eq!((zoe.role, zoe.state, zoe.totp), (AccountRole::Staff, AccountState::Active, false));
    assert_eq!(zoe.created_at, NOW);
    assert_eq!(store.account_by_email(&email("ZOE@demo")).await.expect("finds"), Some(zoe));
    let ana = store.account(person(2)).await.expect("finds").expect("her");
    assert_eq!(ana.state, AccountState::Invited, "without a password");
    assert_eq!(store.account(person(9)).await.expect("looks"), None);
    assert_eq!(store.account_by_email(&email("nobody@demo")).await.expect("looks"), None);
}

fn taken<T: std::fmt::Debug>(result: Result<T, StoreError>, what: Taken) {
    assert!(matches!(&result, Err(StoreError::Taken(which)) if *which == what), "{result:?}");
}

async fn addresses_are_unique(store: &dyn Store) {
    create(store, 1, "ana@demo", None).await;
    create(store, 2, "bob@demo", None).await;
    let before = written(store).await;
    let same = new_account(3, "ANA@demo", None);
    taken(store.create_account(same, None, audited(Action::AccountCreated)).await, Taken::Email);
    let to = AccountChange { email: Some(email("ana@demo")), ..AccountChange::default() };
    taken(change(store, 2, to.clone()).await, Taken::Email);
    assert_eq!(store.count_accounts().await.expect("counts"), 2);
    assert_eq!(written(store).await, before, "what did not happen is not in the log");
    change(store, 1, to).await.expect("one's own address is free");
}

async fn changes_change_what_they_name(store: &dyn Store) {
    create(store, 1, "ana@demo", Some("hash")).await;
    enter(store, 1, 1).await;
    let old = store.account(person(1)).await.expect("finds").expect("her");
    let nothing = AccountChange::default();
    let (same, ended) = change(store, 1, nothing).await.expect("changes");
    assert_eq!((same, ended), (old.clone(), vec![]));
    let to = AccountChange {
        email: Some(email("eva@demo")),
        name: Some(name("Eva")),
        title: Some(String::new()),
        role: Some(AccountRole::Admin),
        state: None,
    };
    let (new, ended) = change(store, 1, to).await.expect("changes");
    assert_eq!((new.email.as_str(), new.name.shown(), &*new.title), ("eva@demo", "Eva", ""));
    assert_eq!((new.role, new.state, new.created_at), (AccountRole::Admin, old.state, old.created_at));
    assert!(ended.is_empty(), "other changes end no sign-ins");
    assert_eq!(store.account(person(1)).await.expect("finds"), Some(new));
    unknown(change(store, 9, AccountChange::default()).await);
}

async fn states_move_between_active_and_disabled(store: &dyn Store) {
    create(store, 1, "ana@demo", Some("hash")).await;
    create(store, 2, "bob@demo", None).await;
    for session in [1, 2] {
        enter(store, session, 1).await;
    }
    let to = |state| AccountChange { state: Some(state), ..AccountChange::default() };
    for (account, state) in
        [(1, AccountState::Invited), (2, AccountState::Active), (2, AccountState::Disabled)]
    {
        unknown(change(store, account, to(state)).await);
    }
    let (account, ended) = change(store, 1, to(AccountState::Disabled)).await.expect("changes");
    assert_eq!(account.state, AccountState::Disabled);
    assert_eq!(ended, [1, 2].map(SignInId::from_bits));
    set_state(store, 1, AccountState::Active).await;
    assert!(store.sign_in(hash(1), NOW).await.expect("looks").is_none(), "ended is ended");
}

async fn subjects_belong_to_one(store: &dyn Store) {
    create(store, 1, "ana@demo", Some("hash")).await;
    create(store, 2, "bob@demo", Some("hash")).await;
    create(store, 3, "invited@demo", None).await;
    let subject = |name: &str| Subject { issuer: "https://id.example".to_owned(), subject: name.to_owned() };
    let tie =
        |account, name| store.link_subject(person(account), subject(name), audited(Action::SubjectLinked));
    tie(1, "a").await.expect("links");
    taken(tie(2, "a").await, Taken::Subject);
    unknown(tie(9, "c").await);
    tie(2, "b").await.expect("links");
    // Who has an address now need not be who had it when the account was tied.
    taken(tie(2, "another").await, Taken::Tie);
    assert_eq!(store.account_by_subject(&subject("another")).await.expect("looks"), None);
    let elsewhere = Subject { issuer: "https://new.example".to_owned(), ..subject("b") };
    let moved = store.link_subject(person(2), elsewhere, audited(Action::SubjectLinked));
    moved.await.expect("another provider is another tie");
    let found = store.account_by_subject(&subject("a")).await.expect("finds").expect("her");
    assert_eq!(found.id, person(1));
    assert_eq!(store.account_by_subject(&subject("c")).await.expect("looks"), None);
    let elsewhere = Subject { issuer: "https://other.example".to_owned(), ..subject("a") };
    assert_eq!(store.account_by_subject(&elsewhere).await.expect("looks"), None);
    tie(3, "d").await.expect("links an invited one");
    let invited = store.account(person(3)).await.expect("reads").expect("is there");
    assert_eq!(invited.state, AccountState::Active);
    set_state(store, 3, AccountState::Disabled).await;
    unknown(tie(3, "e").await);
}

async fn who_is_untied_can_be_tied_anew(store: &dyn Store) {
    for (number, address) in [(1, "ana@demo"), (2, "bob@demo")] {
        create(store, number, address, Some("hash")).await;
        enter(store, u8::try_from(number).expect("small"), number).await;
    }
    let subject = |name: &str| Subject { issuer: "https://id.example".to_owned(), subject: name.to_owned() };
    let tie =
        |account, name| store.link_subject(person(account), subject(name), audited(Action::SubjectLinked));
    let untie = |account| store.unlink_subject(person(account), audited(Action::SubjectUnlinked));
    for (account, name) in [(1, "a"), (2, "b")] {
        tie(account, name).await.expect("links");
    }
    assert_eq!(store.linked_accounts().await.expect("lists"), [1, 2].map(person).into());
    let before = written(store).await;
    assert_eq!(untie(1).await.expect("unties"), [SignInId::from_bits(1)]);
    assert_eq!(store.account_by_subject(&subject("a")).await.expect("looks"), None);
    assert_eq!(store.linked_accounts().await.expect("lists"), [person(2)].into());
    assert!(store.sign_in(hash(1), NOW).await.expect("looks").is_none(), "ended");
    assert!(store.sign_in(hash(2), NOW).await.expect("looks").is_some(), "another's");
    assert_eq!(written(store).await, before + 1);
    enter(store, 3, 1).await;
    assert!(untie(1).await.expect("once more").is_empty());
    assert_eq!(written(store).await, before + 2, "nothing happened");
    unknown(untie(9).await);
    tie(1, "new").await.expect("links");
}

async fn passwords_and_second_factors_are_kept(store: &dyn Store) {
    create(store, 1, "ana@demo", None).await;
    create(store, 2, "bob@demo", Some("his")).await;
    let none = Credentials { password: None, totp: None, totp_step: 0 };
    assert!(store.credentials(person(1)).await.expect("reads") == none);
    for session in [1, 2, 3] {
        let account = if session == 3 { 2 } else { 1 };
        if session == 1 {
            invite(store, link(9, InvitationPurpose::Join, Some(1))).await;
            let accepted = store.accept_invitation(
                hash(9),
                NOW,
                "first".to_owned(),
                audited(Action::InvitationAccepted),
            );
            accepted.await.expect("accepts");
        }
        enter(store, session, account).await;
    }
    let keep = Some(SignInId::from_bits(2));
    let set = store.set_password(person(1), "second".to_owned(), keep, audited(Action::PasswordChanged));
    assert_eq!(set.await.expect("sets"), [SignInId::from_bits(1)]);
    assert!(store.sign_in(hash(2), NOW).await.expect("looks").is_some(), "the one kept");
    assert!(store.sign_in(hash(3), NOW).await.expect("looks").is_some(), "another's");
    let secret = Some(vec![0, 1, 255]);
    store.set_totp(person(1), secret.clone(), audited(Action::SecondFactorAdded)).await.expect("sets");
    let other = store.set_totp(person(1), Some(vec![2]), audited(Action::SecondFactorAdded));
    taken(other.await, Taken::SecondFactor);
    let before = written(store).await;
    store.rehash_password(person(1), "again".to_owned()).await.expect("sets");
    assert_eq!(written(store).await, before);
    let now = store.credentials(person(1)).await.expect("reads");
    assert!(now == Credentials { password: Some("again".to_owned()), totp: secret, totp_step: 0 });
    assert!(store.account(person(1)).await.expect("finds").expect("her").totp);
    store.set_totp(person(1), None, audited(Action::SecondFactorRemoved)).await.expect("removes");
    assert!(!store.account(person(1)).await.expect("finds").expect("her").totp);
    unknown(store.credentials(person(9)).await);
    let nobody = store.set_password(person(9), "x".to_owned(), None, audited(Action::PasswordChanged));
    unknown(nobody.await);
    unknown(store.rehash_password(person(9), "x".to_owned()).await);
    unknown(store.set_totp(person(9), None, audited(Action::SecondFactorRemoved)).await);
}

async fn steps_count_once(store: &dyn Store) {
    create(store, 1, "ana@demo", Some("hash")).await;
    for (step, expected) in [(7, true), (7, false), (6, false), (8, true), (100, true), (99, false)] {
        assert_eq!(store.use_totp_step(person(1), step).await.expect("looks"), expected, "{step}");
    }
    assert_eq!(store.credentials(person(1)).await.expect("reads").totp_step, 100);
    unknown(store.use_totp_step(person(9), 1).await);
}

async fn links_hold_until_used_replaced_or_late(store: &dyn Store) {
    let first = link(1, InvitationPurpose::Join, Some(1));
    let created = store.create_account(
        new_account(1, "ana@demo", None),
        Some(first.clone()),
        audited(Action::AccountCreated),
    );
    created.await.expect("creates");
    let ana = store.account(person(1)).await.expect("finds");
    assert_eq!(store.invitation(hash(1), NOW).await.expect("finds"), Some((first, ana)));
    assert_eq!(store.invitation(hash(1), LATER).await.expect("looks"), None, "late");
    let accept = |token, now| {
        store.accept_invitation(hash(token), now, "p".to_owned(), audited(Action::InvitationAccepted))
    };
    unknown(accept(1, LATER).await);
    unknown(accept(9, NOW).await);
    let again = link(2, InvitationPurpose::Join, Some(1));
    invite(store, again).await;
    unknown(accept(1, NOW).await);
    let (account, ended) = accept(2, NOW).await.expect("accepts");
    assert_eq!((account.state, ended), (AccountState::Active, vec![]));
    assert_eq!(store.credentials(person(1)).await.expect("reads").password.as_deref(), Some("p"));
    unknown(accept(2, NOW).await);
    let nobodys = link(3, InvitationPurpose::Join, Some(9));
    unknown(store.invite(nobodys, None, audited(Action::Invited)).await);
    invite(store, link(4, InvitationPurpose::Reset, Some(1))).await;
    store.forget_expired(Timestamp(LATER.0 - 1)).await.expect("forgets");
    assert!(store.invitation(hash(4), NOW).await.expect("looks").is_some(), "still holds");
    store.forget_expired(LONG_AFTER).await.expect("forgets");
    assert!(store.invitation(hash(4), NOW).await.expect("looks").is_none());
}

async fn a_reset_ends_what_was(store: &dyn Store) {
    create(store, 1, "ana@demo", Some("old")).await;
    create(store, 2, "bob@demo", Some("his")).await;
    store.set_totp(person(1), Some(vec![1]), audited(Action::SecondFactorAdded)).await.expect("sets");
    enter(store, 1, 1).await;
    enter(store, 2, 2).await;
    for purpose in [InvitationPurpose::Reset, InvitationPurpose::Join] {
        let token = if purpose == InvitationPurpose::Reset { 3 } else { 4 };
        invite(store, link(token, purpose, Some(1))).await;
    }
    let reset = store.accept_invitation(hash(3), NOW, "new".to_owned(), audited(Action::InvitationAccepted));
    let (account, ended) = reset.await.expect("accepts");
    assert_eq!((account.totp, ended), (false, vec![SignInId::from_bits(1)]));
    let now = store.credentials(person(1)).await.expect("reads");
    assert!(now == Credentials { password: Some("new".to_owned()), totp: None, totp_step: 0 });
    assert!(store.sign_in(hash(1), NOW).await.expect("looks").is_none());
    assert!(store.sign_in(hash(2), NOW).await.expect("looks").is_some(), "another's");
    assert!(store.invitation(hash(4), NOW).await.expect("looks").is_none(), "no link outlives it");
}

async fn the_first_admin_is_made_once(store: &dyn Store) {
    for token in [1, 2] {
        let invitation = link(token, InvitationPurpose::FirstAdmin, None);
        invite(store, invitation).await;
    }
    assert!(store.invitation(hash(1), NOW).await.expect("looks").is_none(), "replaced");
    let (found, account) = store.invitation(hash(2), NOW).await.expect("looks").expect("finds");
    assert_eq!((found.purpose, account), (InvitationPurpose::FirstAdmin, None));
    let by = |token, now| {
        let admin = new_account(1, "admin@demo", Some("hash"));
        store.create_first_admin(hash(token), now, admin, audited(Action::AccountCreated))
    };
    unknown(by(1, NOW).await);
    unknown(by(2, LATER).await);
    let wrong = store.accept_invitation(hash(2), NOW, "p".to_owned(), audited(Action::InvitationAccepted));
    unknown(wrong.await);
    by(2, NOW).await.expect("creates");
    let admin = store.account(person(1)).await.expect("finds").expect("the admin");
    assert_eq!(admin.state, AccountState::Active);
    invite(store, link(3, InvitationPurpose::FirstAdmin, None)).await;
    unknown(by(3, NOW).await);
    invite(store, link(4, InvitationPurpose::Join, Some(1))).await;
    unknown(by(4, NOW).await);
}

async fn an_admin_is_always_left(store: &dyn Store) {
    create(store, 1, "ana@demo", Some("hash")).await;
    create(store, 2, "bob@demo", Some("hash")).await;
    create(store, 3, "invited@demo", None).await;
    let role = |role| AccountChange { role: Some(role), ..AccountChange::default() };
    let off = AccountChange { state: Some(AccountState::Disabled), ..AccountChange::default() };
    for admin in [1, 3] {
        change(store, admin, role(AccountRole::Admin)).await.expect("staff may become one");
    }
    let before = written(store).await;
    for last in [role(AccountRole::Staff), off.clone()] {
        let refused = change(store, 1, last).await;
        assert!(matches!(refused, Err(StoreError::LastAdmin)), "{refused:?}");
    }
    assert_eq!(store.account(person(1)).await.expect("finds").expect("her").role, AccountRole::Admin);
    assert_eq!(written(store).await, before, "what did not happen is not in the log");
    change(store, 2, role(AccountRole::Admin)).await.expect("one more");
    change(store, 1, off).await.expect("there is another");
    change(store, 1, role(AccountRole::Staff)).await.expect("a disabled one was none");
    change(store, 3, role(AccountRole::Staff)).await.expect("nor was an invited one");
}

async fn what_was_seen_has_to_be_so_still(store: &dyn Store) {
    create(store, 1, "ana@demo", Some("hash")).await;
    let seen = store.account(person(1)).await.expect("finds");
    let to = |title: &str| AccountChange { title: Some(title.to_owned()), ..AccountChange::default() };
    let change =
        |seen, title: &str| store.change_account(person(1), seen, to(title), audited(Action::AccountChanged));
    let (first, _) = change(seen.clone(), "first").await.expect("is as it was seen");
    let before = written(store).await;
    moved(change(seen.clone(), "second").await);
    let reset = || link(1, InvitationPurpose::Reset, Some(1));
    moved(store.invite(reset(), seen, audited(Action::Invited)).await);
    assert_eq!(written(store).await, before, "what did not happen is not in the log");
    assert!(store.invitation(hash(1), NOW).await.expect("looks").is_none());
    store.invite(reset(), Some(first.clone()), audited(Action::Invited)).await.expect("is as it was seen");
    change(Some(first), "third").await.expect("is as it was seen");
}

/// A link lies somewhere; what it opens is not to grow, nor to open again.
async fn links_end_with_what_they_were_made_for(store: &dyn Store) {
    create(store, 1, "ana@demo", Some("hash")).await;
    create(store, 2, "bob@demo", None).await;
    create(store, 3, "eva@demo", Some("hash")).await;
    create(store, 4, "admin@demo", Some("hash")).await;
    let nothing = AccountChange::default();
    let admin = AccountChange { role: Some(AccountRole::Admin), ..nothing.clone() };
    change(store, 4, admin.clone()).await.expect("another admin");
    let changes = [
        (AccountChange { email: Some(email("eve@demo")), ..nothing.clone() }, false),
        (admin.clone(), false),
        (admin, true),
        (AccountChange { name: Some(name("Eve")), title: Some("Claims".into()), ..nothing.clone() }, true),
    ];
    for (to, holds) in changes {
        for (token, purpose, account) in [
            (1, InvitationPurpose::Reset, 1),
            (2, InvitationPurpose::Join, 2),
            (3, InvitationPurpose::Reset, 3),
        ] {
            invite(store, link(token, purpose, Some(account))).await;
        }
        change(store, 1, to.clone()).await.expect("changes");
        change(store, 2, AccountChange { email: None, ..to.clone() }).await.expect("changes");
        let there = async |token| store.invitation(hash(token), NOW).await.expect("looks").is_some();
        assert_eq!(there(1).await, holds, "{to:?}");
        assert_eq!(there(2).await, holds || to.email.is_some(), "{to:?}");
        assert!(there(3).await, "another's");
    }
    set_state(store, 1, AccountState::Disabled).await;
    set_state(store, 1, AccountState::Active).await;
    assert!(store.invitation(hash(1), NOW).await.expect("looks").is_none(), "disabled and let in again");
    let set = store.set_password(person(3), "new".to_owned(), None, audited(Action::PasswordChanged));
    set.await.expect("sets");
    assert!(store.invitation(hash(3), NOW).await.expect("looks").is_none(), "has another password");
}
