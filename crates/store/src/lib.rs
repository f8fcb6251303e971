//! What must survive a restart: accounts, desks, the history of calls, the audit log, settings.
//!
//! The port is [`Store`]; the adapters keep it in SQLite and in PostgreSQL, from one set of entities and
//! migrations. What is true only right now lives in `visavis-live`.

mod port;

pub use port::{
    Account, AccountChange, Accounts, Action, AuditRow, Audited, Audits, Broken, CallFilter, CallRecord,
    Calls, Credentials, Desk, Desks, Invitation, InvitationPurpose, NewAccount, Outcome, Page, Settings,
    SignIn, Store, StoreError, Subject, Taken, TokenHash,
};
