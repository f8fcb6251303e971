//! Use cases: load the documents, ask the domain, commit what changed, tell who is concerned.
//!
//! Knows ports, not adapters, and no HTTP or WebSockets.

mod accounts;
mod deadlines;
mod documents;
mod ice;
mod media;
mod rooms;
mod roster;
mod tokens;

pub(crate) use accounts::{
    AccountRules, Accounts, Browser, CallsAsked, Demonstration, Denied, Entry, Passwords, Provider,
    ProviderRefused, QUESTION_TTL, Question, SignInToken, Strangers, Surroundings, Tries, Unknown, Verified,
    part, system_clock, view,
};
pub(crate) use deadlines::drive_deadlines;
pub(crate) use documents::{ControlNotice, Route};
pub(crate) use ice::IceServers;
pub(crate) use media::{Media, MediaNotice, MediaOffer, MediaRefused, MediaSeat};
pub(crate) use rooms::JoinRequest;
pub(crate) use roster::{DeskTidings, Roster};

use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use tokens::{TICKET_TTL, TokenRefused, Tokens};
use visavis_domain::room::{Limits, Rejection};
use visavis_domain::time::Timestamp;
use visavis_live::Live;
use visavis_protocol::Code;

/// Why a use case did not happen.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Refused {
    /// The rules of rooms say no.
    #[error(transparent)]
    Room(#[from] Rejection),
    /// The rules of chat say no.
    #[error(transparent)]
    Chat(#[from] visavis_domain::chat::Rejection),
    /// The media server does not.
    #[error(transparent)]
    Media(#[from] MediaRefused),
    /// The person's name is none.
    #[error("the name is not one")]
    Name,
    /// A ticket that is not ours or too old.
    #[error("the ticket is refused")]
    Ticket,
    /// A continuation that is not ours, too old, or for another room.
    #[error("the continuation is refused")]
    Continuation,
    /// Live state is away, or too many wanted the same document at once.
    #[error("live state: {0}")]
    Live(#[from] visavis_live::LiveError),
    /// A defect: a document of ours cannot be read or written.
    #[error("a live document cannot be read")]
    Corrupt,
}

impl Refused {
    /// The stable code that the wire carries.
    pub(crate) fn code(&self) -> Code {
        match self {
            Self::Room(Rejection::RoomFull) => Code::RoomFull,
            Self::Room(Rejection::NotInRoom) => Code::NotInRoom,
            Self::Room(Rejection::AlreadyInRoom) => Code::AlreadyInRoom,
            Self::Room(Rejection::ParticipantUnknown) => Code::ParticipantUnknown,
            Self::Room(Rejection::StaleGeneration) => Code::StaleGeneration,
            Self::Room(Rejection::NotHost) => Code::NotHost,
            Self::Media(MediaRefused::Unusable) => Code::MediaInvalid,
            Self::Media(MediaRefused::Unknown) => Code::MediaUnknown,
            Self::Chat(_) => Code::MessageInvalid,
            Self::Name => Code::NameInvalid,
            Self::Ticket => Code::TicketInvalid,
            Self::Continuation => Code::ContinuationInvalid,
            Self::Live(_) | Self::Media(MediaRefused::Away) => Code::TryAgain,
            Self::Corrupt => Code::Internal,
        }
    }
}

/// Everything the edges can ask for.
pub(crate) struct App {
    live: Arc<dyn Live>,
    media: Arc<dyn Media>,
    tokens: Tokens,
    limits: Limits,
}

impl App {
    /// Over live state, with the installation's signing key.
    pub(crate) fn new(
        live: Arc<dyn Live>,
        media: Arc<dyn Media>,
        signing_key: &[u8],
        limits: Limits,
    ) -> Self {
        Self { live, media, tokens: Tokens::new(signing_key), limits }
    }

    /// The time, for this request.
    #[allow(clippy::unused_self, reason = "the one place that reads the clock for use cases")]
    pub(crate) fn now(&self) -> Timestamp {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Timestamp(u64::try_from(since.as_millis()).unwrap_or(u64::MAX))
    }

    /// 128 bits that nobody can guess.
    #[allow(clippy::unused_self, reason = "the one place that draws randomness for use cases")]
    pub(crate) fn random_bits(&self) -> u128 {
        let mut bytes = [0; 16];
        aws_lc_rs::rand::fill(&mut bytes).expect("the operating system gives randomness");
        u128::from_be_bytes(bytes)
    }

    /// A ticket for one session, and how long it lasts.
    pub(crate) fn ticket(&self) -> Result<(String, Duration), Refused> {
        let ticket = self.tokens.ticket(self.now(), self.random_bits())?;
        Ok((ticket, TICKET_TTL))
    }

    /// Whether a ticket opens a session.
    pub(crate) fn check_ticket(&self, ticket: &str) -> Result<(), Refused> {
        Ok(self.tokens.check_ticket(self.now(), ticket)?)
    }
}

impl From<TokenRefused> for Refused {
    fn from(TokenRefused: TokenRefused) -> Self {
        Self::Ticket
    }
}
