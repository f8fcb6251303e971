//! Signing in over the organisation's identity provider. Between leaving and coming back nothing is kept here: the
//! question travels sealed in a cookie of the browser that asked it.

use super::{
    Accounts, Browser, Denied, Provider, ProviderRefused, Question, SealBroken, SignInToken, Strangers,
    Unknown, Verified,
};
use aws_lc_rs::constant_time::verify_slices_are_equal;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use std::time::Duration;
use url::Url;
use visavis_domain::account::{AccountRole, AccountState, Email};
use visavis_domain::ids::PersonId;
use visavis_domain::name::PersonName;
use visavis_domain::time::Timestamp;
use visavis_store::{Account, Action, NewAccount, StoreError, Subject, Taken};

/// How long somebody may take at the provider: a second factor there, a forgotten password.
pub(crate) const QUESTION_TTL: Duration = Duration::from_secs(15 * 60);
/// What questions are sealed for.
const QUESTION: &str = "a question to the identity provider";

#[derive(Serialize, Deserialize)]
struct Asked {
    question: Question,
    expires_at: Timestamp,
}

/// Somebody on their way to the provider.
pub(crate) struct Leaving {
    /// Where to.
    pub(crate) to: Url,
    /// For a cookie: comes back with them.
    pub(crate) sealed: String,
}

impl Accounts {
    /// Where to send somebody who wants to sign in over the provider. `redirect` is where they come back to.
    pub(crate) async fn leave_for_provider(&self, redirect: String) -> Result<Leaving, Denied> {
        let provider = self.around.provider.as_ref().ok_or(Denied::Unknown(Unknown::Provider))?;
        let question =
            Question { state: self.token(), nonce: self.token(), verifier: self.token(), redirect };
        let to = provider.address(&question).await?;
        let asked = Asked { question, expires_at: self.now().plus(QUESTION_TTL) };
        let body = serde_json::to_vec(&asked).map_err(|_| Denied::Defect("a question"))?;
        let sealed = URL_SAFE_NO_PAD.encode(self.questions.seal(QUESTION, self.random(), &body));
        Ok(Leaving { to, sealed })
    }

    /// Signs in who comes back with the answer to the question in their cookie.
    pub(crate) async fn return_from_provider(
        &self,
        sealed: &str,
        state: &str,
        code: &str,
        browser: &Browser,
    ) -> Result<SignInToken, Denied> {
        let provider = self.around.provider.as_ref().ok_or(Denied::Unknown(Unknown::Provider))?;
        let question = self.read_question(sealed).map_err(|SealBroken| ProviderRefused::Stale)?;
        if verify_slices_are_equal(question.state.as_bytes(), state.as_bytes()).is_err() {
            return Err(ProviderRefused::Stale.into());
        }
        let account = self.account_of(&**provider, &question, code).await?;
        self.open_sign_in(account, browser, "provider").await
    }

    fn read_question(&self, sealed: &str) -> Result<Question, SealBroken> {
        let sealed = URL_SAFE_NO_PAD.decode(sealed).map_err(|_| SealBroken)?;
        let body = self.questions.open(QUESTION, &sealed)?;
        let asked: Asked = serde_json::from_slice(&body).map_err(|_| SealBroken)?;
        if self.now() <= asked.expires_at { Ok(asked.question) } else { Err(SealBroken) }
    }

    /// By who they are to the provider; the first time by their verified address, which ties the two. An account that is
    /// tied is not opened by its address any more: the provider may have given that to somebody else.
    async fn account_of(
        &self,
        provider: &dyn Provider,
        question: &Question,
        code: &str,
    ) -> Result<PersonId, Denied> {
        let Verified { subject, email, name } = provider.verify(question, code).await?;
        if let Some(account) = self.store().account_by_subject(&subject).await? {
            return usable(&account);
        }
        let email = email.and_then(|email| Email::parse(&email).ok()).ok_or(ProviderRefused::NoAccount)?;
        let id = match self.store().account_by_email(&email).await? {
            Some(account) => usable(&account)?,
            None => self.welcome(email, name).await?,
        };
        self.link(id, subject).await
    }

    /// Whose account it is then.
    async fn link(&self, id: PersonId, subject: Subject) -> Result<PersonId, Denied> {
        let detail = serde_json::json!({ "issuer": subject.issuer });
        let audited = self.audited(Some(id), Action::SubjectLinked, id, detail);
        match self.store().link_subject(id, subject.clone(), audited).await {
            Ok(()) => Ok(id),
            // Two windows came back at once: the other one was faster, and what it tied counts.
            Err(StoreError::Taken(Taken::Subject)) => {
                let tied = self.store().account_by_subject(&subject).await?;
                usable(&tied.ok_or(ProviderRefused::NoAccount)?)
            }
            Err(StoreError::Taken(Taken::Tie)) => Err(ProviderRefused::Tied.into()),
            Err(StoreError::Unknown) => Err(ProviderRefused::Disabled.into()),
            Err(error) => Err(error.into()),
        }
    }

    /// From now on somebody's account is tied to none of the provider's, until somebody with its address comes from
    /// there; who is signed in to it is so no longer.
    pub(crate) async fn untie(&self, actor: PersonId, id: PersonId) -> Result<(), Denied> {
        let audited = self.audited(Some(actor), Action::SubjectUnlinked, id, serde_json::Value::Null);
        let ended = self.store().unlink_subject(id, audited).await;
        self.tell_signed_out(&ended.map_err(Denied::missing(Denied::Unknown(Unknown::Person)))?).await;
        Ok(())
    }

    /// An account for somebody whom nobody invited, where that is allowed.
    async fn welcome(&self, email: Email, name: Option<String>) -> Result<PersonId, Denied> {
        if self.rules.strangers == Strangers::Refused {
            return Err(ProviderRefused::NoAccount.into());
        }
        let local = email.as_str().split('@').next().unwrap_or_default();
        let name = name.and_then(|name| PersonName::parse(&name).ok());
        let cut: String = local.chars().take(64).collect();
        let name = name.or_else(|| PersonName::parse(&cut).ok()).ok_or(ProviderRefused::NoAccount)?;
        let id = PersonId::from_bits(self.random_bits());
        let (title, role) = (String::new(), AccountRole::Staff);
        let account = NewAccount { id, email, name, title, role, password: None, created_at: self.now() };
        let detail = serde_json::json!({ "role": role, "with": "provider" });
        let audited = self.audited(Some(id), Action::AccountCreated, id, detail);
        self.store().create_account(account, None, audited).await?;
        Ok(id)
    }
}

fn usable(account: &Account) -> Result<PersonId, Denied> {
    match account.state {
        AccountState::Active | AccountState::Invited => Ok(account.id),
        AccountState::Disabled => Err(ProviderRefused::Disabled.into()),
    }
}
