//! What must survive a restart: accounts, desks, appointments, the history of calls, the audit log, settings.
//!
//! The port is [`Store`]; [`SqlStore`] keeps it in SQLite or in PostgreSQL, from one set of entities and migrations.
//! [`contract`] is the suite that it must pass on both. What is true only right now lives in `visavis-live`.

pub mod contract;
mod port;
mod sql;
mod url;

pub use port::{
    Account, AccountChange, Accounts, Action, ApiKey, ApiKeys, Appointment, AppointmentEdit,
    AppointmentFilter, Appointments, AuditRow, Audited, Audits, Broken, CallFilter, CallRecord, Calls,
    ConversationSide, Credentials, Delivery, DeliveryState, Desk, Desks, FileBounds, FileCard, HeldDelivery,
    Invitation, InvitationPurpose, Link, ListedConversation, Lounge, LoungeRoom, Mail, MailKind, MailState,
    NewAccount, NewEvent, NewFile, NewMail, NewMessage, Outcome, Page, Removal, Replay, SealedSecrets,
    Settings, SignIn, Store, StoreError, StoredConversation, StoredEvent, StoredMessage, Subject, Taken,
    TokenHash, Tried, Webhook, WebhookEdit, WebhookHealth, WebhookState, Webhooks,
};
pub use sql::{Pool, SqlStore, Tables, open, open_existing, open_with};
pub use url::{DatabaseUrl, MalformedDatabaseUrl};
