//! Signing in and out, and whose a token is.
//!
//! An unknown address, a wrong password and an account that may not sign in take the same time and get the same
//! answer; only who has the right password learns that a code is asked for.

use super::passwords::{Lane, Verdict};
use super::throttle::{Limited, Whence};
use super::{Accounts, Denied, totp};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use std::cmp::Ordering;
use std::net::IpAddr;
use std::sync::PoisonError;
use std::time::Duration;
use visavis_domain::account::{AccountState, Email};
use visavis_domain::ids::{PersonId, SignInId};
use visavis_domain::time::Timestamp;
use visavis_protocol::SignInRequest;
use visavis_store::{Account, Action, Credentials, SignIn, StoreError, TokenHash};

/// A sign-in that is used is written down as used so often. Less would write on every request, more would let an
/// idle one look used.
const TOUCH_EVERY: Duration = Duration::from_secs(60);

/// Rows about limits that go into the audit log in one minute: a crowd that reaches a limit for each address it has
/// would otherwise fill it, and keep the one who writes busy.
const LIMITED_ROWS_PER_MINUTE: u32 = 20;

/// How many there were in the minute that the latest came in.
#[derive(Debug, Default)]
pub(super) struct RowsPerMinute {
    minute: u64,
    written: u32,
}

/// What becomes of a row.
#[derive(Debug, PartialEq, Eq)]
enum Row {
    Written,
    /// And no other in this minute.
    Last,
    LeftOut,
}

impl RowsPerMinute {
    fn take(&mut self, now: Timestamp) -> Row {
        let minute = now.0 / 60_000;
        if self.minute != minute {
            *self = Self { minute, written: 0 };
        }
        self.written = self.written.saturating_add(1);
        match self.written.cmp(&LIMITED_ROWS_PER_MINUTE) {
            Ordering::Less => Row::Written,
            Ordering::Equal => Row::Last,
            Ordering::Greater => Row::LeftOut,
        }
    }
}

/// Whose request it is.
#[derive(Debug, Clone)]
pub(crate) struct Browser {
    /// The network it comes from, as limits count it.
    pub(crate) network: IpAddr,
    /// In a few words.
    pub(crate) name: String,
}

/// Goes into the cookie. Whoever has it is signed in.
#[derive(Clone)]
pub(crate) struct SignInToken {
    text: String,
    /// For how long a browser should keep it.
    pub(crate) longest: Duration,
}

impl SignInToken {
    pub(crate) fn as_str(&self) -> &str {
        &self.text
    }
}

impl std::fmt::Debug for SignInToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SignInToken(…)")
    }
}

/// SHA-256 of a token as it travels.
pub(super) fn token_hash(text: &str) -> TokenHash {
    let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, text.as_bytes());
    let mut hash = [0; 32];
    hash.copy_from_slice(digest.as_ref());
    TokenHash(hash)
}

impl Accounts {
    /// 256 bits as they travel.
    pub(super) fn token(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.random::<32>())
    }

    /// Signs in with a password, and a code where one is asked for.
    pub(crate) async fn sign_in(
        &self,
        request: &SignInRequest,
        browser: &Browser,
    ) -> Result<SignInToken, Denied> {
        let typed = request.email.trim().to_lowercase();
        let whence = self.take_try(&typed, browser).await?;
        let (account, credentials) = self.find(Email::parse(&typed).ok().as_ref()).await?;
        let lane = match whence {
            Whence::Known => Lane::Known,
            Whence::New => Lane::Stranger,
        };
        let verdict = self.judge(&typed, &request.password, &credentials, lane, browser).await?;
        let account = account.filter(|account| account.state == AccountState::Active);
        let Some(account) = account.filter(|_| verdict != Verdict::Wrong) else {
            return Err(Denied::SignInRefused);
        };
        if account.totp {
            let Some(code) = &request.code else {
                self.throttle.give_back(self.now(), &typed, browser.network).await;
                return Err(Denied::TotpRequired);
            };
            self.use_code(&account, &credentials, code).await?;
        }
        self.throttle.signed_in(self.now(), &typed, browser.network).await;
        if verdict == Verdict::Outdated {
            self.rehash(account.id, &request.password).await;
        }
        self.open_sign_in(account.id, browser, "password").await
    }

    /// Compares a password at the cost of a try, which is given back if there was no room to compare it.
    async fn judge(
        &self,
        email: &str,
        password: &str,
        credentials: &Credentials,
        lane: Lane,
        browser: &Browser,
    ) -> Result<Verdict, Denied> {
        let compared = self.around.passwords.compare(password, credentials.password.as_deref(), lane).await;
        if compared.is_err() {
            self.throttle.give_back(self.now(), email, browser.network).await;
        }
        Ok(compared?)
    }

    /// A new sign-in of an account that has been proven.
    pub(super) async fn open_sign_in(
        &self,
        account: PersonId,
        browser: &Browser,
        proof: &'static str,
    ) -> Result<SignInToken, Denied> {
        let now = self.now();
        let text = self.token();
        let sign_in = SignIn {
            id: SignInId::from_bits(self.random_bits()),
            token: token_hash(&text),
            account,
            created_at: now,
            seen_at: now,
            expires_at: now.plus(self.rules.idle.min(self.rules.longest)),
            browser: browser.name.clone(),
        };
        let detail = serde_json::json!({ "browser": browser.name, "with": proof });
        let audited = self.audited(Some(account), Action::SignedIn, sign_in.id, detail);
        let opened = self.store().open_sign_in(sign_in, audited).await;
        opened.map_err(Denied::missing(Denied::SignInRefused))?;
        Ok(SignInToken { text, longest: self.rules.longest })
    }

    /// Whose token this is, if the sign-in holds. Using it keeps it alive.
    pub(crate) async fn whose(&self, token: &str) -> Result<Option<(SignIn, Account)>, Denied> {
        let now = self.now();
        let found = self.store().sign_in(token_hash(token), now).await?;
        let Some((mut sign_in, account)) = found else { return Ok(None) };
        if now.since(sign_in.seen_at) >= TOUCH_EVERY {
            let until = now.plus(self.rules.idle).min(sign_in.created_at.plus(self.rules.longest));
            // Whoever is signed in stays so while nothing can be written.
            match self.store().touch_sign_in(sign_in.id, now, until).await {
                Ok(()) => (sign_in.seen_at, sign_in.expires_at) = (now, until),
                Err(error) => tracing::debug!(%error, "a sign-in could not be kept alive"),
            }
        }
        Ok(Some((sign_in, account)))
    }

    /// Whether one of an account's sign-ins still holds.
    pub(crate) async fn is_signed_in(&self, account: PersonId, id: SignInId) -> Result<bool, Denied> {
        let all = self.store().sign_ins(account, self.now()).await?;
        Ok(all.iter().any(|one| one.id == id))
    }

    /// Ends one of an account's sign-ins and closes its sockets. Ending it twice is harmless, and so is naming
    /// somebody else's.
    pub(crate) async fn sign_out(&self, account: PersonId, id: SignInId) -> Result<(), Denied> {
        if !self.is_signed_in(account, id).await? {
            return Ok(());
        }
        let audited = self.audited(Some(account), Action::SignedOut, id, serde_json::Value::Null);
        self.store().close_sign_in(account, id, audited).await?;
        self.tell_signed_out(&[id]).await;
        Ok(())
    }

    /// Counts a try at this address's account, or says how long to wait; the first refusal is audited, unless a crowd
    /// is refused.
    pub(super) async fn take_try(&self, email: &str, browser: &Browser) -> Result<Whence, Denied> {
        let taken = self.throttle.take(self.now(), email, browser.network).await;
        let Limited { wait, scope, first } = match taken {
            Ok(whence) => return Ok(whence),
            Err(limited) => limited,
        };
        if first && self.takes_row() {
            let account = match Email::parse(email) {
                Ok(email) => self.store().account_by_email(&email).await?,
                Err(_) => None,
            };
            let subject = account.map(|account| account.id.to_string()).unwrap_or_default();
            let detail = serde_json::json!({ "scope": scope.name(), "network": browser.network });
            let audited = self.audited(None, Action::SignInLimited, subject, detail);
            self.store().audit(audited).await?;
        }
        Err(Denied::Limited { wait })
    }

    /// The account and what proves it. Asks the store the same two questions whether there is one or not.
    async fn find(&self, email: Option<&Email>) -> Result<(Option<Account>, Credentials), Denied> {
        let account = match email {
            Some(email) => self.store().account_by_email(email).await?,
            None => None,
        };
        let id = account.as_ref().map_or_else(|| PersonId::from_bits(self.random_bits()), |one| one.id);
        match self.store().credentials(id).await {
            Ok(credentials) => Ok((account, credentials)),
            Err(StoreError::Unknown) => Ok((None, Credentials { password: None, totp: None, totp_step: 0 })),
            Err(error) => Err(error.into()),
        }
    }

    /// Judges a code of the second factor and uses it up.
    async fn use_code(&self, account: &Account, credentials: &Credentials, code: &str) -> Result<(), Denied> {
        let sealed = credentials.totp.as_deref().ok_or(Denied::Defect("an account's second factor"))?;
        let secret = self.totp.open(&account.id.to_string(), sealed).map_err(|_| {
            // The installation's key is another one than when it was set up.
            Denied::Defect("the secret of a second factor: was signing.key replaced?")
        })?;
        let step = totp::step_of(&secret, code, self.now()).ok_or(Denied::TotpRequired)?;
        let fresh = self.store().use_totp_step(account.id, step).await;
        if fresh.map_err(Denied::missing(Denied::SignInRefused))? {
            Ok(())
        } else {
            Err(Denied::TotpRequired)
        }
    }

    /// Whether the audit log takes one more row about a limit.
    fn takes_row(&self) -> bool {
        // Nothing in there panics half-way.
        let mut rows = self.limited_rows.lock().unwrap_or_else(PoisonError::into_inner);
        match rows.take(self.now()) {
            Row::Written => true,
            Row::Last => {
                tracing::warn!(
                    "many sign-ins are limited: the audit log takes no more rows of it in this minute"
                );
                true
            }
            Row::LeftOut => false,
        }
    }

    async fn rehash(&self, account: PersonId, password: &str) {
        let hash = self.around.passwords.hash(password, self.random(), Lane::Known).await;
        let Ok(hash) = hash else { return };
        if let Err(error) = self.store().rehash_password(account, hash).await {
            tracing::debug!(%error, "a password could not be hashed anew");
        }
    }

    /// Whether this is the account's password, with wrong ones counted like those of signing in.
    pub(super) async fn prove(
        &self,
        account: &Account,
        password: &str,
        browser: &Browser,
    ) -> Result<(), Denied> {
        let email = account.email.as_str();
        self.take_try(email, browser).await?;
        let credentials = self.store().credentials(account.id).await;
        let credentials = credentials.map_err(Denied::missing(Denied::SignedOut))?;
        match self.judge(email, password, &credentials, Lane::Known, browser).await? {
            Verdict::Right | Verdict::Outdated => {
                self.throttle.give_back(self.now(), email, browser.network).await;
                Ok(())
            }
            Verdict::Wrong => Err(Denied::PasswordWrong),
        }
    }

    /// Forgets what has ended before now.
    pub(crate) async fn forget_expired(&self) -> Result<Timestamp, Denied> {
        let now = self.now();
        self.store().forget_expired(now).await?;
        Ok(now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_crowd_that_is_limited_does_not_fill_the_audit_log() {
        let mut rows = RowsPerMinute::default();
        for minute in [1, 2] {
            let at = |second: u64| Timestamp(minute * 60_000 + second * 1000);
            for number in 1..LIMITED_ROWS_PER_MINUTE {
                assert_eq!(rows.take(at(0)), Row::Written, "{number}");
            }
            assert_eq!(rows.take(at(1)), Row::Last);
            assert_eq!(rows.take(at(59)), Row::LeftOut);
        }
    }
}
