//! The port, by concern. Time, ids and hashes are arguments; transactions are the adapter's.
//!
//! Whatever an auditor would ask about takes an [`Audited`]: the change and its row in the audit log are written
//! together or not at all.

mod accounts;
mod api_keys;
mod appointments;
mod audit;
mod calls;
mod desks;
mod lounge;
mod webhooks;

pub use accounts::{
    Account, AccountChange, Accounts, Credentials, Invitation, InvitationPurpose, NewAccount, SignIn,
    Subject, TokenHash,
};
pub use api_keys::{ApiKey, ApiKeys};
pub use appointments::{
    Appointment, AppointmentEdit, AppointmentFilter, Appointments, Link, Mail, MailKind, MailState, NewMail,
};
pub use audit::{Action, AuditRow, Audited, Audits, Broken};
pub use calls::{CallFilter, CallRecord, Calls, Outcome};
pub use desks::{Desk, Desks};
pub use lounge::{
    ConversationSide, FileBounds, FileCard, ListedConversation, Lounge, LoungeRoom, NewFile, NewMessage,
    Removal, StoredConversation, StoredMessage,
};

pub use webhooks::{
    Delivery, DeliveryState, HeldDelivery, NewEvent, Replay, SealedSecrets, StoredEvent, Tried, Webhook,
    WebhookEdit, WebhookHealth, WebhookState, Webhooks,
};

use async_trait::async_trait;

/// Everything that lasts.
pub trait Store:
    Accounts + ApiKeys + Desks + Calls + Appointments + Lounge + Webhooks + Audits + Settings
{
}

impl<T: Accounts + ApiKeys + Desks + Calls + Appointments + Lounge + Webhooks + Audits + Settings> Store
    for T
{
}

/// Which of the things that exist once exists already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Taken {
    /// An account's e-mail address.
    Email,
    /// A desk's slug, or that of a room of the lounge.
    Slug,
    /// An account of the identity provider.
    Subject,
    /// The one account of the identity provider that an account is tied to.
    Tie,
    /// An account's second factor.
    SecondFactor,
    /// The id of a message.
    Message,
    /// The id of a file.
    File,
}

/// Why the store did not do it.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// There is no such row, or it is not in the state that this needs.
    #[error("no such row")]
    Unknown,
    /// There is one already.
    #[error("{0:?} is taken")]
    Taken(Taken),
    /// It is not as it was seen any more.
    #[error("it has changed")]
    Moved,
    /// It would leave no admin who can sign in.
    #[error("no admin would be left")]
    LastAdmin,
    /// The database is away, or does not answer in time; it may have happened or not.
    #[error("the database is away: {0}")]
    Unavailable(String),
    /// As much is kept of it as may be.
    #[error("no more may be kept")]
    Full,
    /// As much is kept of theirs as one may have.
    #[error("no more of one may be kept")]
    OverShare,
    /// The database takes no writes: the disk is full, or read-only. Nothing has changed.
    #[error("the database cannot be written: {0}")]
    ReadOnly(String),
    /// What lies there cannot be read.
    #[error("the database is damaged: {0}")]
    Damaged(String),
}

/// Which part of a list, latest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Page {
    /// Rows to leave out.
    pub skip: u64,
    /// Rows at most.
    pub take: u64,
}

/// What admins set while the server runs, and what the server remembers of itself. Bodies are JSON.
#[async_trait]
pub trait Settings: Send + Sync + 'static {
    /// Sets what the server remembers of itself, unless that was done before; returns what is set then. Nobody did it,
    /// so no row says so.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`], [`StoreError::ReadOnly`], [`StoreError::Damaged`].
    async fn remember(&self, key: &str, value: serde_json::Value) -> Result<serde_json::Value, StoreError>;

    /// What was set last.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`], [`StoreError::Damaged`].
    async fn setting(&self, key: &str) -> Result<Option<serde_json::Value>, StoreError>;

    /// Sets it.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`], [`StoreError::ReadOnly`].
    async fn set_setting(
        &self,
        key: &str,
        value: serde_json::Value,
        audited: Audited,
    ) -> Result<(), StoreError>;
}
