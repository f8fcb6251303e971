//! Keys of the interface for programs. A key names itself, so that its row is found by what is no secret; what is one
//! is 256 random bits, of which only the SHA-256 is kept. It acts for an account, and never does more than that may.

use super::sign_in::token_hash;
use super::{Accounts, Denied, Invalid, Unknown, line};
use crate::app::Issuer;
use std::collections::{BTreeSet, HashMap};
use std::time::Duration;
use visavis_domain::account::{AccountRole, AccountState};
use visavis_domain::ids::{ApiKeyId, PersonId};
use visavis_domain::scope::Scope;
use visavis_domain::time::Timestamp;
use visavis_protocol::{ApiKeyView, MadeApiKey, NewApiKey};
use visavis_store::{Account, Action, ApiKey, StoreError};

/// By which a key is known wherever it turns up: people and scanners of sources look for it.
const PREFIX: &str = "vvk_";
/// Of the part that is secret: 32 bytes as URL-safe base64 without padding.
const SECRET_CHARS: usize = 43;
const ID_CHARS: usize = 32;
const MAX_NAME_CHARS: usize = 64;
/// No key is forgotten for ever.
const LONGEST: Duration = Duration::from_secs(2 * 366 * 24 * 60 * 60);
/// All of them are listed at once.
const MOST_KEYS: u64 = 200;
/// How exactly is known when a key was last used. More often costs a write for each request of a busy program.
const TOUCH_EVERY: Duration = Duration::from_secs(60);

impl Accounts {
    /// A new key. `actor` is none for the command line, which says for whom the key acts.
    pub(crate) async fn make_api_key(
        &self,
        actor: Option<PersonId>,
        new: &NewApiKey,
    ) -> Result<MadeApiKey, Denied> {
        let now = self.now();
        let name = line(&new.name, MAX_NAME_CHARS).filter(|name| !name.is_empty());
        let name = name.ok_or(Denied::Invalid(Invalid::Name))?;
        let scopes: BTreeSet<_> = new.scopes.iter().copied().collect();
        if scopes.is_empty() {
            return Err(Denied::Invalid(Invalid::Scopes));
        }
        if new.expires_at <= now || new.expires_at > now.plus(LONGEST) {
            return Err(Denied::Invalid(Invalid::Expiry));
        }
        let account = new.account.or(actor).ok_or(Denied::Invalid(Invalid::Member))?;
        let id = ApiKeyId::from_bits(self.random_bits());
        let secret = text(id, &self.token());
        let key = ApiKey {
            id,
            hash: token_hash(&secret),
            name,
            account,
            scopes: scopes.into_iter().collect(),
            created_at: now,
            expires_at: new.expires_at,
            used_at: None,
        };
        let detail =
            serde_json::json!({ "account": account, "scopes": key.scopes, "expires_at": key.expires_at });
        let audited = self.audited(actor, Action::ApiKeyCreated, id, detail);
        match self.store().create_api_key(key.clone(), MOST_KEYS, audited).await {
            Ok(()) => {}
            Err(StoreError::Full) => return Err(Denied::Invalid(Invalid::Keys)),
            Err(error) => return Err(Denied::missing(Denied::Invalid(Invalid::Member))(error)),
        }
        let owner = self.person(account).await?;
        Ok(MadeApiKey { key: view(key, owner.name.shown()), secret })
    }

    /// All keys, latest made first.
    pub(crate) async fn api_keys(&self) -> Result<Vec<ApiKeyView>, Denied> {
        let (keys, accounts) = (self.store().api_keys().await?, self.store().accounts().await?);
        let names: HashMap<_, _> = accounts.iter().map(|one| (one.id, one.name.shown())).collect();
        let named = |key: ApiKey| {
            let name = names.get(&key.account).copied().unwrap_or_default();
            view(key, name)
        };
        Ok(keys.into_iter().map(named).collect())
    }

    /// From now on it is worth nothing.
    pub(crate) async fn revoke_api_key(&self, actor: Option<PersonId>, id: ApiKeyId) -> Result<(), Denied> {
        let audited = self.audited(actor, Action::ApiKeyRevoked, id, serde_json::Value::Null);
        let revoked = self.store().revoke_api_key(id, audited).await;
        revoked.map_err(Denied::missing(Denied::Unknown(Unknown::ApiKey)))
    }

    /// Which key this is, and for whom it acts. What is wrong with one that does not hold is nobody's business.
    pub(crate) async fn whose_api_key(&self, shown: &str) -> Result<(ApiKey, Account), Denied> {
        let id = id_of(shown).ok_or(Denied::KeyInvalid)?;
        let (key, account) = self.store().api_key(id).await?.ok_or(Denied::KeyInvalid)?;
        let hash = token_hash(shown);
        let genuine = aws_lc_rs::constant_time::verify_slices_are_equal(&hash.0, &key.hash.0).is_ok();
        let now = self.now();
        if !genuine || now >= key.expires_at || account.state != AccountState::Active {
            return Err(Denied::KeyInvalid);
        }
        self.touch(&key, now).await;
        Ok((key, account))
    }

    /// Whether those are still answered for who come by a token of this issuer's.
    pub(crate) async fn answers_for(&self, issuer: Issuer) -> Result<(), Denied> {
        let account = match issuer.key {
            None => {
                let found = self.store().account(issuer.account).await?;
                found.ok_or(Denied::RoomTokenInvalid)?
            }
            Some(id) => {
                let found = self.store().api_key(id).await?;
                let holds = |key: &ApiKey| {
                    self.now() < key.expires_at
                        && key.account == issuer.account
                        && key.scopes.contains(&Scope::RoomsInvite)
                };
                let (_, account) = found.filter(|(key, _)| holds(key)).ok_or(Denied::RoomTokenInvalid)?;
                account
            }
        };
        let may = account.state == AccountState::Active && account.role == AccountRole::Admin;
        if may { Ok(()) } else { Err(Denied::RoomTokenInvalid) }
    }

    /// Programs go on while nothing can be written.
    async fn touch(&self, key: &ApiKey, now: Timestamp) {
        if key.used_at.is_some_and(|used| now.since(used) < TOUCH_EVERY) {
            return;
        }
        if let Err(error) = self.store().touch_api_key(key.id, now).await {
            tracing::debug!(%error, "that a key was used could not be noted");
        }
    }
}

/// As programs show it.
fn text(id: ApiKeyId, secret: &str) -> String {
    format!("{PREFIX}{:032x}_{secret}", id.bits())
}

/// Which key says to be this, if it is written as keys are. It proves nothing.
fn id_of(shown: &str) -> Option<ApiKeyId> {
    let (id, secret) = shown.strip_prefix(PREFIX)?.split_at_checked(ID_CHARS)?;
    let secret = secret.strip_prefix('_')?;
    let digit = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_');
    if secret.len() != SECRET_CHARS || !secret.bytes().all(digit) {
        return None;
    }
    format!("k_{id}").parse().ok()
}

fn view(key: ApiKey, account_name: &str) -> ApiKeyView {
    ApiKeyView {
        id: key.id,
        name: key.name,
        account: key.account,
        account_name: account_name.to_owned(),
        scopes: key.scopes,
        created_at: key.created_at,
        expires_at: key.expires_at,
        used_at: key.used_at,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_names_itself_and_nothing_else_is_one() {
        let id = ApiKeyId::from_bits(0x5e0c_2b7f);
        let secret = "Zm9yIG9uZSB1c2Ugb25seSwgMzIgYnl0ZXMgaW4-YW_";
        let whole = text(id, secret);
        assert_eq!(id_of(&whole), Some(id));
        for broken in [
            String::new(),
            PREFIX.to_owned(),
            whole.to_uppercase(),
            whole.replace(PREFIX, "vvx_"),
            whole.replacen('5', "g", 1),
            whole.replacen(PREFIX, "vvk_\u{e9}", 1),
            whole[..whole.len() - 1].to_owned(),
            format!("{whole}A"),
            whole.replace('-', "+"),
            whole.replace('-', " "),
            format!(" {whole}"),
            text(id, &secret.replacen('Z', "\u{e9}", 1)),
        ] {
            assert_eq!(id_of(&broken), None, "{broken}");
        }
    }
}
