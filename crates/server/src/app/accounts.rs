//! Use cases of staff accounts: who they are, how they prove it, where they are signed in, and what admins change.
//!
//! What lasts is the store's; the one live matter is that a sign-in that ends closes its sockets at once.

mod api_keys;
mod demonstration;
mod denied;
mod desks;
mod history;
mod invitations;
mod lounge;
mod me;
mod oidc;
mod passwords;
mod people;
mod provider;
mod seal;
mod sign_in;
mod throttle;
mod totp;
mod tries;

pub(super) use demonstration::{DESK as DEMO_DESK, PROFESSIONAL as DEMO_PROFESSIONAL};
pub(crate) use demonstration::{Demonstration, Entry};
pub(crate) use denied::{Denied, Invalid, Unfit, Unknown};
pub(crate) use desks::desk_view;
pub(crate) use history::CallsAsked;
pub(super) use me::person_name;
pub(crate) use oidc::QUESTION_TTL;
pub(crate) use passwords::Passwords;
pub(super) use passwords::{Lane, Unhashed, Verdict};
pub(crate) use provider::{Provider, ProviderRefused, Question, Verified};
pub(in crate::app) use seal::Seal;
use seal::SealBroken;
use sign_in::RowsPerMinute;
pub(crate) use sign_in::{Browser, SignInToken};
pub(crate) use throttle::Tries;
pub(super) use tries::forget_tries;

use super::{ControlNotice, Roster, Route, acting};
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use tries::SharedThrottle;
use visavis_domain::account::Email;
use visavis_domain::ids::{PersonId, SignInId};
use visavis_domain::time::Timestamp;
use visavis_live::Live;
use visavis_protocol::AccountView;
use visavis_store::{Account, AccountChange, Action, Audited, Store};

/// What the operator can set.
#[derive(Debug, Clone, Copy)]
pub(crate) struct AccountRules {
    /// How long a sign-in holds without being used.
    pub(crate) idle: Duration,
    /// How long it holds at most.
    pub(crate) longest: Duration,
    /// Wrong passwords and codes.
    pub(crate) tries: Tries,
    /// What becomes of people whom the identity provider knows and nobody invited.
    pub(crate) strangers: Strangers,
}

/// People whom the identity provider knows and nobody invited.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Strangers {
    /// They have no account.
    Refused,
    /// They get one, as staff.
    Welcome,
}

/// Reads the time. Tests have their own.
pub(crate) type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// The system's.
pub(crate) fn system_clock() -> Clock {
    Arc::new(|| {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Timestamp(u64::try_from(since.as_millis()).unwrap_or(u64::MAX))
    })
}

/// What accounts are made over.
pub(crate) struct Surroundings {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) live: Arc<dyn Live>,
    pub(crate) roster: Arc<dyn Roster>,
    pub(crate) clock: Clock,
    pub(crate) passwords: Arc<Passwords>,
    pub(crate) provider: Option<Arc<dyn Provider>>,
}

/// Everything the edges can ask for about accounts.
pub(crate) struct Accounts {
    around: Surroundings,
    rules: AccountRules,
    throttle: SharedThrottle,
    /// Rows about limits that the audit log still takes.
    limited_rows: Mutex<RowsPerMinute>,
    /// Seals secrets of second factors, and offers of them.
    totp: Seal,
    /// Seals what people take along to the identity provider.
    questions: Seal,
}

impl Accounts {
    /// With the installation's key.
    pub(crate) fn new(around: Surroundings, key: &[u8], rules: AccountRules) -> Self {
        Self {
            throttle: SharedThrottle::new(around.live.clone(), key, rules.tries),
            around,
            rules,
            limited_rows: Mutex::default(),
            totp: Seal::new(key, "second factor"),
            questions: Seal::new(key, "identity provider"),
        }
    }

    /// The store, for use cases that only read what it has.
    pub(super) fn store(&self) -> &dyn Store {
        &*self.around.store
    }

    /// The identity provider, if there is one.
    pub(crate) fn provider(&self) -> Option<&Arc<dyn Provider>> {
        self.around.provider.as_ref()
    }

    /// The time, for this request.
    pub(crate) fn now(&self) -> Timestamp {
        (self.around.clock)()
    }

    /// Bytes that nobody can guess.
    #[allow(clippy::unused_self, reason = "the one place that draws randomness for accounts")]
    pub(crate) fn random<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        aws_lc_rs::rand::fill(&mut bytes).expect("the operating system gives randomness");
        bytes
    }

    fn random_bits(&self) -> u128 {
        u128::from_be_bytes(self.random())
    }

    /// A row for the audit log.
    fn audited(
        &self,
        actor: Option<PersonId>,
        action: Action,
        subject: impl Into<String>,
        detail: serde_json::Value,
    ) -> Audited {
        Audited { at: self.now(), actor, action, subject: subject.into(), detail: acting::with_key(detail) }
    }

    /// Sockets of sign-ins that have ended close. If live state is away this is only said in the log: the sign-ins
    /// have ended in the store, and nothing new opens with them.
    async fn tell_signed_out(&self, ended: &[SignInId]) {
        for id in ended {
            let told = self.around.live.publish(Route::SignIn(*id).topic(), ControlNotice::SignedOut.body());
            if let Err(error) = told.await {
                tracing::warn!(%error, sign_in = %id, "sockets of a sign-in that ended could not be told");
            }
        }
    }

    /// Whoever shows this person is told.
    async fn tell_person(&self, person: PersonId) {
        if let Err(error) = self.around.roster.person_changed(person).await {
            tracing::warn!(%error, %person, "a change of a person could not be told");
        }
    }
}

/// As owners and admins see it.
pub(crate) fn view(account: &Account) -> AccountView {
    AccountView {
        id: account.id,
        email: account.email.as_str().to_owned(),
        name: account.name.shown().to_owned(),
        title: account.title.clone(),
        role: account.role,
        state: account.state,
        totp: account.totp,
        created_at: account.created_at,
    }
}

pub(super) fn email(typed: &str) -> Result<Email, Denied> {
    Email::parse(typed).map_err(|_| Denied::Invalid(Invalid::Email))
}

/// One line of text as typed: trimmed, without control characters, not too long. Empty is one too.
pub(super) fn line(typed: &str, most_chars: usize) -> Option<String> {
    let trimmed = typed.trim();
    let fits = trimmed.chars().count() <= most_chars && !trimmed.chars().any(char::is_control);
    fits.then(|| trimmed.to_owned())
}

/// What the audit log says of a change: which fields, and of those that decide what somebody may do, to what.
fn changed(change: &AccountChange) -> serde_json::Value {
    let named = [
        ("email", change.email.is_some()),
        ("name", change.name.is_some()),
        ("title", change.title.is_some()),
    ];
    let fields: Vec<_> = named.into_iter().filter(|(_, changed)| *changed).map(|(name, _)| name).collect();
    let mut detail = serde_json::Map::new();
    if !fields.is_empty() {
        detail.insert("changed".into(), serde_json::json!(fields));
    }
    if let Some(role) = change.role {
        detail.insert("role".into(), serde_json::json!(role));
    }
    if let Some(state) = change.state {
        detail.insert("state".into(), serde_json::json!(state));
    }
    detail.into()
}
