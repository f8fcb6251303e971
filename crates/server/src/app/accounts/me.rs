//! What somebody who is signed in does about their own account.

use super::{Accounts, Browser, Denied, Invalid, Lane, SealBroken, totp, view};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use std::time::Duration;
use visavis_domain::account::is_password;
use visavis_domain::ids::SignInId;
use visavis_domain::name::PersonName;
use visavis_domain::time::Timestamp;
use visavis_protocol::{AccountView, PasswordChange, ProfileChange, SignInView, TotpConfirmation, TotpOffer};
use visavis_store::{Account, AccountChange, Action, SignIn, Taken};

/// The longest title, in characters.
const MAX_TITLE_CHARS: usize = 100;
/// How long an offered second factor may take to be confirmed: finding the telephone, not a lunch.
const OFFER_TTL: Duration = Duration::from_secs(600);

/// A secret that becomes the account's once a code of it comes.
#[derive(Serialize, Deserialize)]
struct Offer {
    secret: Vec<u8>,
    expires_at: Timestamp,
}

pub(in crate::app) fn person_name(typed: &str) -> Result<PersonName, Denied> {
    PersonName::parse(typed).map_err(|_| Denied::Invalid(Invalid::Name))
}

pub(super) fn title(typed: &str) -> Result<String, Denied> {
    super::line(typed, MAX_TITLE_CHARS).ok_or(Denied::Invalid(Invalid::Title))
}

pub(super) fn new_password(typed: &str) -> Result<&str, Denied> {
    if is_password(typed) { Ok(typed) } else { Err(Denied::Invalid(Invalid::Password)) }
}

impl Accounts {
    /// Changes how visitors see one.
    pub(crate) async fn change_profile(
        &self,
        account: &Account,
        change: &ProfileChange,
    ) -> Result<AccountView, Denied> {
        let change = AccountChange {
            name: change.name.as_deref().map(person_name).transpose()?,
            title: change.title.as_deref().map(title).transpose()?,
            ..AccountChange::default()
        };
        let detail = super::changed(&change);
        let audited = self.audited(Some(account.id), Action::AccountChanged, account.id, detail);
        let changed = self.store().change_account(account.id, None, change, audited).await;
        let (account, ended) = changed.map_err(Denied::missing(Denied::SignedOut))?;
        self.tell_signed_out(&ended).await;
        self.tell_person(account.id).await;
        Ok(view(&account))
    }

    /// Sets another password and ends all other sign-ins.
    pub(crate) async fn change_password(
        &self,
        account: &Account,
        keep: SignInId,
        change: &PasswordChange,
        browser: &Browser,
    ) -> Result<(), Denied> {
        let new = new_password(&change.new)?;
        self.prove(account, &change.current, browser).await?;
        let hash = self.around.passwords.hash(new, self.random(), Lane::Known).await?;
        let audited =
            self.audited(Some(account.id), Action::PasswordChanged, account.id, serde_json::Value::Null);
        let ended = self.store().set_password(account.id, hash, Some(keep), audited).await;
        self.tell_signed_out(&ended.map_err(Denied::missing(Denied::SignedOut))?).await;
        Ok(())
    }

    /// A secret to be, where there is none: what is there is removed first, which asks for the password. Nothing is
    /// stored until a code of it comes.
    pub(crate) fn offer_totp(&self, account: &Account) -> Result<TotpOffer, Denied> {
        if account.totp {
            return Err(Denied::Taken(Taken::SecondFactor));
        }
        let secret: [u8; totp::SECRET_BYTES] = self.random();
        let offer = Offer { secret: secret.to_vec(), expires_at: self.now().plus(OFFER_TTL) };
        let body = serde_json::to_vec(&offer).map_err(|_| Denied::Defect("an offer"))?;
        let sealed = self.totp.seal(&offered_to(account), self.random(), &body);
        let secret = totp::base32(&secret);
        let mut url = url::Url::parse("otpauth://totp/").map_err(|_| Denied::Defect("an otpauth address"))?;
        url.set_path(&format!("/Visavis:{}", account.email.as_str()));
        url.query_pairs_mut().append_pair("secret", &secret).append_pair("issuer", "Visavis");
        Ok(TotpOffer { secret, url: url.into(), offer: URL_SAFE_NO_PAD.encode(sealed) })
    }

    /// The second factor holds from now on.
    pub(crate) async fn confirm_totp(
        &self,
        account: &Account,
        confirmation: &TotpConfirmation,
        browser: &Browser,
    ) -> Result<(), Denied> {
        let offer = self.read_offer(account, &confirmation.offer).map_err(|SealBroken| Denied::CodeWrong)?;
        let email = account.email.as_str();
        self.take_try(email, browser).await?;
        if totp::step_of(&offer.secret, &confirmation.code, self.now()).is_none() {
            return Err(Denied::CodeWrong);
        }
        self.throttle.give_back(self.now(), email, browser.network).await;
        let sealed = self.totp.seal(&account.id.to_string(), self.random(), &offer.secret);
        let audited =
            self.audited(Some(account.id), Action::SecondFactorAdded, account.id, serde_json::Value::Null);
        let set = self.store().set_totp(account.id, Some(sealed), audited).await;
        set.map_err(Denied::missing(Denied::SignedOut))
    }

    /// No second factor from now on.
    pub(crate) async fn remove_totp(
        &self,
        account: &Account,
        password: &str,
        browser: &Browser,
    ) -> Result<(), Denied> {
        self.prove(account, password, browser).await?;
        if !account.totp {
            return Ok(());
        }
        let audited =
            self.audited(Some(account.id), Action::SecondFactorRemoved, account.id, serde_json::Value::Null);
        let set = self.store().set_totp(account.id, None, audited).await;
        set.map_err(Denied::missing(Denied::SignedOut))
    }

    /// Where one is signed in.
    pub(crate) async fn sign_ins(&self, current: &SignIn) -> Result<Vec<SignInView>, Denied> {
        let all = self.store().sign_ins(current.account, self.now()).await?;
        let view = |one: SignIn| SignInView {
            id: one.id,
            browser: one.browser,
            created_at: one.created_at,
            seen_at: one.seen_at,
            current: one.id == current.id,
        };
        Ok(all.into_iter().map(view).collect())
    }

    fn read_offer(&self, account: &Account, sealed: &str) -> Result<Offer, SealBroken> {
        let sealed = URL_SAFE_NO_PAD.decode(sealed).map_err(|_| SealBroken)?;
        let body = self.totp.open(&offered_to(account), &sealed)?;
        let offer: Offer = serde_json::from_slice(&body).map_err(|_| SealBroken)?;
        if self.now() <= offer.expires_at { Ok(offer) } else { Err(SealBroken) }
    }
}

/// An offer is not a secret that is set, though both are sealed with one key.
fn offered_to(account: &Account) -> String {
    format!("offer to {}", account.id)
}
