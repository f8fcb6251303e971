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
    ConversationSide, Credentials, Desk, Desks, FileCard, Invitation, InvitationPurpose, Link,
    ListedConversation, Lounge, LoungeRoom, Mail, MailKind, MailState, NewAccount, NewFile, NewMail,
    NewMessage, Outcome, Page, Removal, Settings, SignIn, Store, StoreError, StoredConversation,
    StoredMessage, Subject, Taken, TokenHash,
};
pub use sql::{Pool, SqlStore, open, open_with};
pub use url::{DatabaseUrl, MalformedDatabaseUrl};
