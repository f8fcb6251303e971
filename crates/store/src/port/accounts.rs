//! Accounts, how they are proven, and who is signed in where.

use super::{Audited, StoreError};
use async_trait::async_trait;
use std::collections::BTreeSet;
use visavis_domain::account::{AccountRole, AccountState, Email};
use visavis_domain::ids::{PersonId, SignInId};
use visavis_domain::name::PersonName;
use visavis_domain::time::Timestamp;

/// SHA-256 of a token that only its owner has. Tokens carry 256 random bits, so that no salt is needed.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct TokenHash(pub [u8; 32]);

impl std::fmt::Debug for TokenHash {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("TokenHash(…)")
    }
}

/// Somebody who may sign in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// Who.
    pub id: PersonId,
    /// By which they sign in. Unique.
    pub email: Email,
    /// As visitors see them.
    pub name: PersonName,
    /// What they are there for, for visitors; may be empty.
    pub title: String,
    /// What they may do.
    pub role: AccountRole,
    /// Whether they may sign in.
    pub state: AccountState,
    /// Whether a second factor is asked for.
    pub totp: bool,
    /// Since when.
    pub created_at: Timestamp,
}

/// An account to be.
#[derive(Debug, Clone)]
pub struct NewAccount {
    /// Drawn at random.
    pub id: PersonId,
    /// Must not be taken.
    pub email: Email,
    /// As visitors see them.
    pub name: PersonName,
    /// May be empty.
    pub title: String,
    /// What they may do.
    pub role: AccountRole,
    /// A PHC string of argon2id; without one the account is [`AccountState::Invited`], with one
    /// [`AccountState::Active`].
    pub password: Option<String>,
    /// Now.
    pub created_at: Timestamp,
}

/// What changes of an account; what is `None` stays.
#[derive(Debug, Clone, Default)]
pub struct AccountChange {
    /// Must not be taken by another.
    pub email: Option<Email>,
    /// As visitors see them.
    pub name: Option<PersonName>,
    /// May be empty.
    pub title: Option<String>,
    /// What they may do.
    pub role: Option<AccountRole>,
    /// Only between active and disabled; disabling ends all sign-ins.
    pub state: Option<AccountState>,
}

/// What proves an account.
#[derive(Clone, PartialEq, Eq)]
pub struct Credentials {
    /// A PHC string; none where only the identity provider or an invitation is left.
    pub password: Option<String>,
    /// The secret of the second factor, sealed by the caller.
    pub totp: Option<Vec<u8>>,
    /// The last step of it that was used; only later ones count.
    pub totp_step: u64,
}

impl std::fmt::Debug for Credentials {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Credentials(…)")
    }
}

/// What a one-time link is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InvitationPurpose {
    /// Set the first password of an invited account.
    Join,
    /// Set a new password. The second factor goes.
    Reset,
    /// Create the installation's first admin: belongs to no account.
    FirstAdmin,
}

/// A one-time link.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invitation {
    /// Of the token in the link.
    pub token: TokenHash,
    /// What for.
    pub purpose: InvitationPurpose,
    /// Whose; none exactly for [`InvitationPurpose::FirstAdmin`].
    pub account: Option<PersonId>,
    /// Worth nothing from then on.
    pub expires_at: Timestamp,
}

/// One account signed in on one browser.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignIn {
    /// Which.
    pub id: SignInId,
    /// Of the cookie's token.
    pub token: TokenHash,
    /// Whose.
    pub account: PersonId,
    /// Since when.
    pub created_at: Timestamp,
    /// When it was last used, give or take the caller's patience.
    pub seen_at: Timestamp,
    /// Worth nothing from then on.
    pub expires_at: Timestamp,
    /// The browser in a few words, such as "Firefox on Linux".
    pub browser: String,
}

/// An account of the identity provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subject {
    /// The provider's address.
    pub issuer: String,
    /// Its name for the person.
    pub subject: String,
}

/// Accounts and sign-ins. Every method may fail with [`StoreError::Unavailable`] and [`StoreError::Damaged`], those
/// that write with [`StoreError::ReadOnly`]; further errors are named.
#[async_trait]
pub trait Accounts: Send + Sync + 'static {
    /// How many there are, in whatever state.
    ///
    /// # Errors
    /// As said above.
    async fn count_accounts(&self) -> Result<u64, StoreError>;

    /// All of them, by name.
    ///
    /// # Errors
    /// As said above.
    async fn accounts(&self) -> Result<Vec<Account>, StoreError>;

    /// One of them.
    ///
    /// # Errors
    /// As said above.
    async fn account(&self, id: PersonId) -> Result<Option<Account>, StoreError>;

    /// By its address.
    ///
    /// # Errors
    /// As said above.
    async fn account_by_email(&self, email: &Email) -> Result<Option<Account>, StoreError>;

    /// By what the identity provider calls it.
    ///
    /// # Errors
    /// As said above.
    async fn account_by_subject(&self, subject: &Subject) -> Result<Option<Account>, StoreError>;

    /// Creates one, with the invitation to it if there is one.
    ///
    /// # Errors
    /// [`StoreError::Taken`] with the address.
    async fn create_account(
        &self,
        account: NewAccount,
        invitation: Option<Invitation>,
        audited: Audited,
    ) -> Result<(), StoreError>;

    /// Changes one and returns it; if it was `seen`, only while it is still so. The ids of sign-ins that this ended come
    /// with it. With another address, role or state its links are worth nothing any more: who has one may not be who
    /// the change was made for.
    ///
    /// # Errors
    /// [`StoreError::Unknown`]; [`StoreError::Moved`]; [`StoreError::Taken`] with the address;
    /// [`StoreError::LastAdmin`] if no active admin would be left.
    async fn change_account(
        &self,
        id: PersonId,
        seen: Option<Account>,
        change: AccountChange,
        audited: Audited,
    ) -> Result<(Account, Vec<SignInId>), StoreError>;

    /// Ties an account to an account of the identity provider, one of each. An invited one becomes active by it: its owner has
    /// shown who they are, and needs no first password. Its link is worth nothing any more.
    ///
    /// # Errors
    /// [`StoreError::Unknown`], of a disabled account too; [`StoreError::Taken`] with the subject if that is tied, with
    /// the tie if the account is.
    async fn link_subject(&self, id: PersonId, subject: Subject, audited: Audited) -> Result<(), StoreError>;

    /// Unties an account from the identity provider and ends its sign-ins, which are returned. Untying one that is not
    /// tied changes nothing.
    ///
    /// # Errors
    /// [`StoreError::Unknown`].
    async fn unlink_subject(&self, id: PersonId, audited: Audited) -> Result<Vec<SignInId>, StoreError>;

    /// Whose accounts are tied to one of the identity provider.
    ///
    /// # Errors
    /// As said above.
    async fn linked_accounts(&self) -> Result<BTreeSet<PersonId>, StoreError>;

    /// What proves it.
    ///
    /// # Errors
    /// [`StoreError::Unknown`].
    async fn credentials(&self, id: PersonId) -> Result<Credentials, StoreError>;

    /// Sets the password, and ends all sign-ins but `keep`; returns those ended. Its links are worth nothing any more.
    ///
    /// # Errors
    /// [`StoreError::Unknown`].
    async fn set_password(
        &self,
        id: PersonId,
        password: String,
        keep: Option<SignInId>,
        audited: Audited,
    ) -> Result<Vec<SignInId>, StoreError>;

    /// Replaces a password's hash by one of the same password with other costs. Not audited: nothing changes for
    /// anybody.
    ///
    /// # Errors
    /// [`StoreError::Unknown`].
    async fn rehash_password(&self, id: PersonId, password: String) -> Result<(), StoreError>;

    /// Sets or removes the second factor. One that is there has to be removed before another is set.
    ///
    /// # Errors
    /// [`StoreError::Unknown`]; [`StoreError::Taken`] with the second factor.
    async fn set_totp(
        &self,
        id: PersonId,
        sealed: Option<Vec<u8>>,
        audited: Audited,
    ) -> Result<(), StoreError>;

    /// Uses up a step of the second factor: false if it, or a later one, was used before.
    ///
    /// # Errors
    /// [`StoreError::Unknown`].
    async fn use_totp_step(&self, id: PersonId, step: u64) -> Result<bool, StoreError>;

    /// A new one-time link to an account that still is as it was seen; seen is none exactly for
    /// [`InvitationPurpose::FirstAdmin`]. Earlier ones of the same account and purpose are worth nothing any more.
    ///
    /// # Errors
    /// [`StoreError::Moved`]; [`StoreError::Unknown`] if it is a link to another account.
    async fn invite(
        &self,
        invitation: Invitation,
        seen: Option<Account>,
        audited: Audited,
    ) -> Result<(), StoreError>;

    /// What a link is for, if it holds at `now`, with the account it belongs to.
    ///
    /// # Errors
    /// As said above.
    async fn invitation(
        &self,
        token: TokenHash,
        now: Timestamp,
    ) -> Result<Option<(Invitation, Option<Account>)>, StoreError>;

    /// Uses up a link of an account: sets its password, makes it active, and for [`InvitationPurpose::Reset`]
    /// removes its second factor and ends its sign-ins, which are returned with it.
    ///
    /// # Errors
    /// [`StoreError::Unknown`] unless the link holds at `now`, or if the account is disabled.
    async fn accept_invitation(
        &self,
        token: TokenHash,
        now: Timestamp,
        password: String,
        audited: Audited,
    ) -> Result<(Account, Vec<SignInId>), StoreError>;

    /// Uses up the link of the first admin, if there is still no account.
    ///
    /// # Errors
    /// [`StoreError::Unknown`] unless the link holds at `now`, or if there is an account.
    async fn create_first_admin(
        &self,
        token: TokenHash,
        now: Timestamp,
        account: NewAccount,
        audited: Audited,
    ) -> Result<(), StoreError>;

    /// Somebody signed in.
    ///
    /// # Errors
    /// [`StoreError::Unknown`] unless the account is active.
    async fn open_sign_in(&self, sign_in: SignIn, audited: Audited) -> Result<(), StoreError>;

    /// Whose token this is, if the sign-in holds at `now` and the account is active.
    ///
    /// # Errors
    /// As said above.
    async fn sign_in(
        &self,
        token: TokenHash,
        now: Timestamp,
    ) -> Result<Option<(SignIn, Account)>, StoreError>;

    /// It was used.
    ///
    /// # Errors
    /// As said above.
    async fn touch_sign_in(
        &self,
        id: SignInId,
        seen_at: Timestamp,
        expires_at: Timestamp,
    ) -> Result<(), StoreError>;

    /// Those of an account that hold at `now`, latest used first.
    ///
    /// # Errors
    /// As said above.
    async fn sign_ins(&self, account: PersonId, now: Timestamp) -> Result<Vec<SignIn>, StoreError>;

    /// Ends one of an account's; ending it twice is harmless.
    ///
    /// # Errors
    /// As said above.
    async fn close_sign_in(
        &self,
        account: PersonId,
        id: SignInId,
        audited: Audited,
    ) -> Result<(), StoreError>;

    /// Forgets sign-ins and invitations that ended before `now`.
    ///
    /// # Errors
    /// As said above.
    async fn forget_expired(&self, now: Timestamp) -> Result<(), StoreError>;
}
