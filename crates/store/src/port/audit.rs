//! The audit log: append-only, each row bound to the one before it by a keyed hash.

use super::{Page, StoreError};
use async_trait::async_trait;
use visavis_domain::ids::PersonId;
use visavis_domain::time::Timestamp;

/// What was done. The texts that are stored are the names in snake case and never change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// An account signed in.
    SignedIn,
    /// An account ended a sign-in, its own or another browser's.
    SignedOut,
    /// Too many wrong passwords for one account or from one address.
    SignInLimited,
    /// An account was made.
    AccountCreated,
    /// Its address, name, title, role or state changed.
    AccountChanged,
    /// A one-time link was made.
    Invited,
    /// A one-time link was used.
    InvitationAccepted,
    /// A password was set.
    PasswordChanged,
    /// A second factor was set up.
    SecondFactorAdded,
    /// A second factor was removed.
    SecondFactorRemoved,
    /// An account was tied to one of the identity provider.
    SubjectLinked,
    /// It was untied from whichever it was tied to.
    SubjectUnlinked,
    /// A key of the interface for programs was made.
    ApiKeyCreated,
    /// One was revoked.
    ApiKeyRevoked,
    /// A webhook was made.
    WebhookCreated,
    /// Its name, address, kinds, state or secret changed.
    WebhookChanged,
    /// It was removed.
    WebhookRemoved,
    /// Events were told it once more, or it was tried out.
    WebhookReplayed,
    /// A desk was made or changed.
    DeskChanged,
    /// A desk was removed.
    DeskRemoved,
    /// An appointment was made.
    AppointmentCreated,
    /// It was moved, cancelled, done or missed, or its client, note or text changed.
    AppointmentChanged,
    /// One that was over was removed, with its links and mail.
    AppointmentForgotten,
    /// A link to one was made, taken back, or replaced.
    LinkChanged,
    /// A mail about one was sent on its way.
    MailQueued,
    /// A room of the lounge was made or changed.
    LoungeRoomChanged,
    /// One was removed, with what was written in it.
    LoungeRoomRemoved,
    /// A moderator deleted somebody's message.
    MessageDeleted,
    /// A moderator removed somebody from the lounge.
    MemberRemoved,
    /// Somebody who was removed may come back.
    RemovalLifted,
    /// A setting was changed.
    SettingChanged,
    /// An admin ended somebody's call.
    CallEnded,
    /// An admin took a call out of the history.
    CallForgotten,
    /// Somebody ended a room for everybody in it, as nobody inside could.
    RoomEnded,
    /// Somebody was removed from a room by nobody inside.
    ParticipantRemoved,
    /// A token was made that lets somebody into a room.
    RoomTokenMade,
    /// Somebody looked at which rooms are open, or who is in one.
    RoomsRead,
    /// Somebody read the history of others' calls.
    HistoryRead,
    /// Somebody exported the history.
    HistoryExported,
    /// Somebody read the audit log.
    AuditRead,
}

/// A row to be: who does what to whom.
#[derive(Debug, Clone)]
pub struct Audited {
    /// When.
    pub at: Timestamp,
    /// Who; none for the server itself, or somebody who proved nothing.
    pub actor: Option<PersonId>,
    /// What.
    pub action: Action,
    /// The id of what it was done to; may be empty.
    pub subject: String,
    /// What changed, as JSON; no passwords, no tokens.
    pub detail: serde_json::Value,
}

/// A row as it lies there.
#[derive(Debug, Clone, PartialEq)]
pub struct AuditRow {
    /// From 1, without holes.
    pub number: u64,
    /// When.
    pub at: Timestamp,
    /// Who.
    pub actor: Option<PersonId>,
    /// What.
    pub action: Action,
    /// The id of what it was done to.
    pub subject: String,
    /// What changed.
    pub detail: serde_json::Value,
}

/// Where the chain is broken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Broken {
    /// The first row that is altered, missing or added.
    pub number: u64,
}

/// The audit log. Every method may fail with [`StoreError::Unavailable`] and [`StoreError::Damaged`], those that
/// write with [`StoreError::ReadOnly`].
#[async_trait]
pub trait Audits: Send + Sync + 'static {
    /// Writes a row about something that changed nothing else in the store.
    ///
    /// # Errors
    /// As said above.
    async fn audit(&self, audited: Audited) -> Result<(), StoreError>;

    /// The latest rows, or of those before this number the latest.
    ///
    /// # Errors
    /// As said above.
    async fn audit_rows(&self, before: Option<u64>, page: Page) -> Result<Vec<AuditRow>, StoreError>;

    /// Walks the whole chain: how many rows it has, or where it is broken, its end being cut off included.
    ///
    /// # Errors
    /// As said above.
    async fn verify_audit(&self) -> Result<Result<u64, Broken>, StoreError>;
}
