//! What the store must do on every database. A database's tests call [`all`] with a way to make fresh ones; checks
//! open one several times, as several instances or a restart would.
//!
//! Asserts, and so is for tests alone.
#![allow(clippy::missing_panics_doc, reason = "a check that fails panics")]
#![allow(clippy::cognitive_complexity, reason = "it counts each await; checks are read from top to bottom")]
#![allow(clippy::needless_pass_by_value, reason = "results are judged where they are made")]

mod accounts;
mod api_keys;
mod appointments;
mod audit;
mod calls;
mod desks;
mod lounge;
mod mails;
mod races;
mod sign_ins;
mod webhooks;

use crate::{
    Account, AccountChange, Action, Audited, Invitation, InvitationPurpose, NewAccount, SignIn, Store,
    StoreError, TokenHash,
};
use async_trait::async_trait;
use std::future::Future;
use std::sync::Arc;
use visavis_domain::account::{AccountRole, Email};
use visavis_domain::ids::{PersonId, SignInId};
use visavis_domain::name::PersonName;
use visavis_domain::time::Timestamp;

/// One database of the tests' own.
#[async_trait]
pub trait Database: Send + Sync {
    /// Opens it, with the same key each time.
    async fn open(&self) -> Arc<dyn Store>;

    /// Does to it what somebody with the database's own tools could do; says how many rows that changed.
    async fn tamper(&self, sql: &str) -> u64;
}

/// Runs the whole suite.
pub async fn all<D: Database, F: Future<Output = D>>(fresh: impl Fn() -> F) {
    accounts::all(&fresh).await;
    sign_ins::all(&fresh).await;
    api_keys::all(&fresh).await;
    desks::all(&fresh).await;
    calls::all(&fresh).await;
    appointments::all(&fresh).await;
    mails::all(&fresh).await;
    lounge::all(&fresh).await;
    webhooks::all(&fresh).await;
    audit::all(&fresh).await;
    races::all(&fresh).await;
}

const NOW: Timestamp = Timestamp(1_800_000_000_000);
const LATER: Timestamp = Timestamp(1_800_000_060_000);
const LONG_AFTER: Timestamp = Timestamp(1_900_000_000_000);

fn person(number: u128) -> PersonId {
    PersonId::from_bits(number)
}

fn email(text: &str) -> Email {
    Email::parse(text).expect("an address")
}

fn name(text: &str) -> PersonName {
    PersonName::parse(text).expect("a name")
}

fn hash(number: u8) -> TokenHash {
    TokenHash([number; 32])
}

fn by(actor: Option<PersonId>, action: Action) -> Audited {
    let detail = serde_json::json!({ "from": "a\u{1F600}\"", "to": [1, 2.5, null] });
    Audited { at: NOW, actor, action, subject: "s".to_owned(), detail }
}

fn audited(action: Action) -> Audited {
    by(None, action)
}

/// An account to be, called as the part of its address before the `@`.
fn new_account(number: u128, address: &str, password: Option<&str>) -> NewAccount {
    NewAccount {
        id: person(number),
        email: email(address),
        name: name(address.split('@').next().expect("a first part")),
        title: "Claims".to_owned(),
        role: AccountRole::Staff,
        password: password.map(str::to_owned),
        created_at: NOW,
    }
}

async fn create(store: &dyn Store, number: u128, address: &str, password: Option<&str>) {
    let account = new_account(number, address, password);
    store.create_account(account, None, audited(Action::AccountCreated)).await.expect("creates it");
}

fn link(token: u8, purpose: InvitationPurpose, account: Option<u128>) -> Invitation {
    Invitation { token: hash(token), purpose, account: account.map(person), expires_at: LATER }
}

fn session(number: u8, account: u128, seen_at: Timestamp) -> SignIn {
    SignIn {
        id: SignInId::from_bits(number.into()),
        token: hash(number),
        account: person(account),
        created_at: NOW,
        seen_at,
        expires_at: LATER,
        browser: "Firefox on Linux".to_owned(),
    }
}

async fn enter(store: &dyn Store, number: u8, account: u128) {
    let entered = store.open_sign_in(session(number, account, NOW), audited(Action::SignedIn)).await;
    entered.expect("signs in");
}

async fn set_state(store: &dyn Store, account: u128, state: visavis_domain::account::AccountState) {
    let to = AccountChange { state: Some(state), ..AccountChange::default() };
    change(store, account, to).await.expect("changes the state");
}

/// Changes one, however it is now.
async fn change(
    store: &dyn Store,
    account: u128,
    to: AccountChange,
) -> Result<(Account, Vec<SignInId>), StoreError> {
    store.change_account(person(account), None, to, audited(Action::AccountChanged)).await
}

/// A new link to an account as it is now.
async fn invite(store: &dyn Store, link: Invitation) {
    let seen = match link.account {
        Some(id) => store.account(id).await.expect("looks"),
        None => None,
    };
    store.invite(link, seen, audited(Action::Invited)).await.expect("invites");
}

/// How many rows the audit log has; it must be whole.
async fn written(store: &dyn Store) -> u64 {
    store.verify_audit().await.expect("can be walked").expect("is whole")
}

#[track_caller]
fn moved<T: std::fmt::Debug>(result: Result<T, StoreError>) {
    assert!(matches!(result, Err(StoreError::Moved)), "{result:?}");
}

#[track_caller]
fn unknown<T: std::fmt::Debug>(result: Result<T, StoreError>) {
    assert!(matches!(result, Err(StoreError::Unknown)), "{result:?}");
}
