//! The port to what carries letters, and what it carries. The adapter is `smtp`; nothing here decides when.

use super::calendar_file::Method;
use async_trait::async_trait;
use std::fmt;
use std::sync::Arc;

/// Somebody with an address for mail. Not printed by `Debug`.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Party {
    /// As people read it, on one line; may be empty.
    pub(crate) name: String,
    /// Where they read mail.
    pub(crate) email: String,
}

impl fmt::Debug for Party {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Party(…)")
    }
}

/// A letter, ready to go. Not printed by `Debug`.
pub(crate) struct Letter {
    /// The same whenever it is tried again, so that mailboxes know a second copy. Without angle brackets.
    pub(crate) id: String,
    pub(crate) to: Party,
    /// Whom an answer reaches; none for who sends it.
    pub(crate) reply_to: Option<Party>,
    pub(crate) subject: String,
    pub(crate) text: String,
    /// The calendar file that goes with it.
    pub(crate) calendar: String,
    /// What that file asks of programs.
    pub(crate) method: Method,
}

impl fmt::Debug for Letter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Letter").field("method", &self.method).finish_non_exhaustive()
    }
}

/// Why a letter did not go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum NotSent {
    /// It may go later: the mail server is away, is busy, or does not let us in.
    #[error("the mail server does not take it now")]
    Later,
    /// It never will: the mail server refuses this letter, or its address is none.
    #[error("the mail server does not take it")]
    Never,
}

/// What carries letters.
#[async_trait]
pub(crate) trait Post: Send + Sync + 'static {
    /// Who sends them.
    fn sender(&self) -> &Party;

    /// Hands one over. Both outcomes can be wrong about one that was handed over as the line broke.
    ///
    /// # Errors
    /// Why it did not go.
    async fn send(&self, letter: &Letter) -> Result<(), NotSent>;
}

/// Whom answers to a letter reach.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Replies {
    /// The professional, who is named with their address.
    ToProfessional,
    /// Who sends it.
    ToSender,
}

/// How this server sends letters.
#[derive(Clone)]
pub(crate) struct Mailing {
    pub(crate) post: Arc<dyn Post>,
    pub(crate) replies: Replies,
}
