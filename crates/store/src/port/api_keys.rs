//! Keys of the interface for programs.

use super::{Account, Audited, StoreError, TokenHash};
use async_trait::async_trait;
use visavis_domain::ids::{ApiKeyId, PersonId};
use visavis_domain::scope::Scope;
use visavis_domain::time::Timestamp;

/// A key, without what makes it one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiKey {
    /// Which.
    pub id: ApiKeyId,
    /// Of its whole text.
    pub hash: TokenHash,
    /// What it is for, in an admin's words.
    pub name: String,
    /// For whom it acts: it may never do more than they may.
    pub account: PersonId,
    /// What of that it may do.
    pub scopes: Vec<Scope>,
    /// Since when.
    pub created_at: Timestamp,
    /// Worth nothing from then on.
    pub expires_at: Timestamp,
    /// When it was last used, give or take the caller's patience.
    pub used_at: Option<Timestamp>,
}

/// Keys. Every method may fail with [`StoreError::Unavailable`] and [`StoreError::Damaged`], those that write with
/// [`StoreError::ReadOnly`]; further errors are named.
#[async_trait]
pub trait ApiKeys: Send + Sync + 'static {
    /// A new one, unless there are `most` already.
    ///
    /// # Errors
    /// [`StoreError::Unknown`] if whom it acts for is no account; [`StoreError::Full`].
    async fn create_api_key(&self, key: ApiKey, most: u64, audited: Audited) -> Result<(), StoreError>;

    /// All, latest made first; those that have expired too.
    ///
    /// # Errors
    /// As said above.
    async fn api_keys(&self) -> Result<Vec<ApiKey>, StoreError>;

    /// One, with the account for which it acts. Whether it holds is the caller's to judge.
    ///
    /// # Errors
    /// As said above.
    async fn api_key(&self, id: ApiKeyId) -> Result<Option<(ApiKey, Account)>, StoreError>;

    /// It was used.
    ///
    /// # Errors
    /// As said above.
    async fn touch_api_key(&self, id: ApiKeyId, used_at: Timestamp) -> Result<(), StoreError>;

    /// Removes it.
    ///
    /// # Errors
    /// [`StoreError::Unknown`].
    async fn revoke_api_key(&self, id: ApiKeyId, audited: Audited) -> Result<(), StoreError>;
}
