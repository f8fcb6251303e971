//! Use cases: load the documents, ask the domain, commit what changed, tell who is concerned.
//!
//! Knows ports, not adapters, and no HTTP or WebSockets.

mod accounts;
mod acting;
mod appointments;
mod blind;
mod bookings;
mod calls;
mod deadlines;
mod desks;
mod documents;
mod feeds;
mod history;
mod hosting;
mod ice;
mod limits;
mod lounge;
mod media;
mod once;
mod open_rooms;
mod peerjs;
mod places;
mod public_desks;
mod retention;
mod room_tokens;
mod rooms;
mod roster;
mod sessions;
mod settle;
mod takeover;
mod tokens;
mod views;
mod visits;
mod waiting;
mod webhooks;

pub(crate) use accounts::{
    AccountRules, Accounts, Browser, CallsAsked, Demonstration, Denied, Entry, Invalid, Passwords, Provider,
    ProviderRefused, QUESTION_TTL, Question, SignInToken, Strangers, Surroundings, Tries, Unfit, Unknown,
    Verified, desk_view, system_clock, view,
};
pub(crate) use acting::over_key;
#[cfg(test)]
pub(crate) use appointments::CalendarMethod;
pub(crate) use appointments::{
    AppointmentParts, Appointments, CalendarFile, Came, Entered, Letter, LinkCookie, LinkKeys, LinkRefused,
    Mailing, NotSent, Party, Post, Replies, drive_mail,
};
pub(crate) use calls::JoinCall;
pub(crate) use deadlines::drive_deadlines;
pub(crate) use desks::Introduction;
pub(crate) use documents::{ControlNotice, Route, call_room, ring_of};
pub(crate) use feeds::{Feed, FeedRefused, FeedWish};
pub(crate) use history::History;
pub(crate) use hosting::{KnockRequest, OpenedBy};
pub(crate) use ice::IceServers;
pub(crate) use limits::{ByAddress, Rates, Whereabouts, per_minute};
pub(crate) use lounge::{EnterRequest, Hearing, LoungeRules, Post as LoungePost, is_picture};
pub(crate) use media::{
    Flows, IceAsked, IceTold, Media, MediaFeed, MediaNotice, MediaOffer, MediaRefused, MediaRoom, MediaSeat,
    MediaSite, Watched,
};
pub(crate) use once::{Doing, MOST_BYTES, Told};
pub(crate) use peerjs::{PeerJsNotice, PeerJsRefused};
pub(crate) use places::Place;
pub(crate) use retention::{Kept, forget_old};
pub(crate) use room_tokens::{Grant, Issuer, Sent, origin};
pub(crate) use rooms::{AboutFile, JoinRequest};
pub(crate) use roster::{Nobody, Roster, staff_alone};
pub(crate) use sessions::{Holding, Written};
pub(crate) use takeover::drive_takeover;
pub(crate) use tokens::{Identity, Upload};
pub(crate) use visavis_domain::once::Verdict;
pub(crate) use webhooks::{
    Announcer, BadAddress, Courier, Moving, Parcel, WebhookParts, Webhooks, drive_moving, drive_webhooks,
};

use crate::cluster::Standing;
use blind::Blind;
use rooms::ATTEMPTS;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use tokens::{TICKET_TTL, TokenRefused, Tokens};
use visavis_domain::appointment::Margins;
use visavis_domain::availability;
use visavis_domain::chat;
use visavis_domain::ids::{BrowserId, InstanceId, PersonId, SessionId};
use visavis_domain::message;
use visavis_domain::room::{Limits, Rejection};
use visavis_domain::time::Timestamp;
use visavis_live::Live;
use visavis_protocol::Code;
use visavis_store::{Store, StoreError, Taken};

/// Why a use case did not happen.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Refused {
    /// The rules of rooms say no.
    #[error(transparent)]
    Room(#[from] Rejection),
    /// The rules of chat say no.
    #[error(transparent)]
    Chat(#[from] chat::Rejection),
    /// The media server does not.
    #[error(transparent)]
    Media(#[from] MediaRefused),
    /// The rules of availability say no.
    #[error(transparent)]
    Availability(#[from] availability::Rejection),
    /// No such desk.
    #[error("no such desk")]
    DeskUnknown,
    /// A text is too long, or a judgement is none.
    #[error("the text is not one")]
    Text,
    /// Every representative who is online is busy.
    #[error("everybody is busy")]
    AllBusy,
    /// No representative is online.
    #[error("nobody is online")]
    NobodyOnline,
    /// No such appointment, or not one of theirs.
    #[error("no such appointment")]
    AppointmentUnknown,
    /// Nobody may come in yet.
    #[error("too early")]
    TooEarly,
    /// The appointment is over or will not be, or the link to it holds no longer.
    #[error("the appointment is over")]
    AppointmentOver,
    /// They may not.
    #[error("forbidden")]
    Forbidden,
    /// What is written in the lounge is not as it is asked for.
    #[error(transparent)]
    Message(#[from] message::Rejection),
    /// Not in the lounge, or not by this page.
    #[error("not in the lounge")]
    NotInLounge,
    /// No such room in the lounge.
    #[error("no such room in the lounge")]
    LoungeRoomUnknown,
    /// They were removed from the lounge.
    #[error("removed from the lounge")]
    Removed,
    /// Nobody they could write to.
    #[error("no such person")]
    PersonUnknown,
    /// One of the two has blocked the other.
    #[error("blocked")]
    Blocked,
    /// No such message, or not for them.
    #[error("no such message")]
    MessageUnknown,
    /// A file's name or size is none, or it is not theirs to send there.
    #[error("the file is not one")]
    File,
    /// A file is larger than files may be.
    #[error("the file is too large")]
    FileTooLarge,
    /// The database is away, or refuses.
    #[error("the store: {0}")]
    Store(#[from] StoreError),
    /// The person's name is none.
    #[error("the name is not one")]
    Name,
    /// A room's password is too short or too long.
    #[error("the password is not one")]
    Password,
    /// A ticket that is not ours or too old.
    #[error("the ticket is refused")]
    Ticket,
    /// A continuation that is not ours, too old, or for another room.
    #[error("the continuation is refused")]
    Continuation,
    /// More often than they may.
    #[error("too often")]
    TooOften,
    /// More is asked for at once than there is room for.
    #[error("too much at once")]
    Busy,
    /// Live state is away, or too many wanted the same document at once.
    #[error("live state: {0}")]
    Live(#[from] visavis_live::LiveError),
    /// Others have freed what the session held: it can only start over.
    #[error("the session was freed")]
    Freed,
    /// A defect: a document of ours cannot be read or written.
    #[error("a live document cannot be read")]
    Corrupt,
}

impl From<accounts::Unhashed> for Refused {
    fn from(unhashed: accounts::Unhashed) -> Self {
        match unhashed {
            accounts::Unhashed::Busy => Self::Busy,
            accounts::Unhashed::Defect => Self::Corrupt,
        }
    }
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
            Self::Room(Rejection::RoomLocked) => Code::RoomLocked,
            Self::Room(Rejection::KnockFirst) => Code::KnockFirst,
            Self::Room(Rejection::LobbyFull) => Code::LobbyFull,
            Self::Room(Rejection::PasswordRequired) => Code::PasswordRequired,
            Self::Room(Rejection::PasswordWrong) => Code::PasswordWrong,
            Self::Room(Rejection::RoomNotOpen) => Code::RoomNotOpen,
            Self::Room(Rejection::Removed) => Code::Removed,
            Self::Password => Code::PasswordInvalid,
            Self::Media(MediaRefused::Unusable | MediaRefused::Stale) => Code::MediaInvalid,
            Self::Media(MediaRefused::Unknown) => Code::MediaUnknown,
            Self::Chat(chat::Rejection::MessageInvalid) => Code::MessageInvalid,
            Self::Chat(chat::Rejection::FileInvalid) => Code::FileInvalid,
            Self::Chat(chat::Rejection::FileTooLarge) => Code::TooLarge,
            Self::Availability(rejection) => match rejection {
                availability::Rejection::Busy => Code::Busy,
                availability::Rejection::NotAvailable => Code::NotAvailable,
                availability::Rejection::Engaged => Code::Engaged,
                availability::Rejection::RingUnknown => Code::RingUnknown,
                availability::Rejection::QueueFull => Code::QueueFull,
                availability::Rejection::NobodyWaits => Code::TryAgain,
                availability::Rejection::NotHere => Code::Forbidden,
                availability::Rejection::Admitted => Code::Admitted,
                availability::Rejection::NameTaken => Code::NameTaken,
                availability::Rejection::InUse => Code::InUse,
                availability::Rejection::LoungeRoomFull => Code::RoomFull,
            },
            Self::DeskUnknown => Code::DeskUnknown,
            Self::Text => Code::TextInvalid,
            Self::AllBusy => Code::AllBusy,
            Self::NobodyOnline => Code::NobodyOnline,
            Self::AppointmentUnknown => Code::AppointmentUnknown,
            Self::TooEarly => Code::TooEarly,
            Self::AppointmentOver => Code::AppointmentOver,
            Self::Forbidden => Code::Forbidden,
            Self::Store(StoreError::Unknown) => Code::RingUnknown,
            Self::Store(StoreError::Unavailable(_) | StoreError::ReadOnly(_)) => Code::TryAgain,
            Self::Store(StoreError::Full | StoreError::OverShare) => Code::StorageFull,
            Self::Store(StoreError::Taken(Taken::Message)) => Code::MessageInvalid,
            Self::Store(
                StoreError::Taken(_) | StoreError::Moved | StoreError::LastAdmin | StoreError::Damaged(_),
            ) => Code::Internal,
            Self::Message(message::Rejection::MessageInvalid) => Code::MessageInvalid,
            Self::Message(message::Rejection::NotChangeable) => Code::NotChangeable,
            Self::NotInLounge => Code::NotInLounge,
            Self::LoungeRoomUnknown => Code::LoungeRoomUnknown,
            Self::Removed => Code::Removed,
            Self::PersonUnknown => Code::PersonUnknown,
            Self::Blocked => Code::Blocked,
            Self::MessageUnknown => Code::MessageUnknown,
            Self::File => Code::FileInvalid,
            Self::FileTooLarge => Code::TooLarge,
            Self::Name => Code::NameInvalid,
            Self::Ticket => Code::TicketInvalid,
            Self::Continuation => Code::ContinuationInvalid,
            Self::Live(_) | Self::Busy | Self::Freed | Self::Media(MediaRefused::Away) => Code::TryAgain,
            Self::TooOften => Code::RateLimited,
            Self::Corrupt => Code::Internal,
        }
    }
}

impl Refused {
    /// As accounts refuse, where both come together; `unknown` is what is not there.
    pub(crate) fn denied(self, unknown: Denied) -> Denied {
        match self {
            Self::Availability(_) | Self::DeskUnknown => unknown,
            Self::Room(Rejection::ParticipantUnknown) => Denied::Unknown(Unknown::Participant),
            Self::Room(Rejection::NotInRoom) => Denied::Unknown(Unknown::Room),
            Self::Store(error) => Denied::Store(error),
            Self::Live(_) => Denied::Store(StoreError::Unavailable("live state is away".into())),
            _ => Denied::Defect("what happens in a call or a room"),
        }
    }
}

/// Everything the edges can ask for.
pub(crate) struct App {
    /// This process.
    instance: InstanceId,
    standing: Arc<Standing>,
    live: Arc<dyn Live>,
    store: Arc<dyn Store>,
    media: Arc<dyn Media>,
    history: History,
    announcer: Announcer,
    tokens: Tokens,
    limits: Limits,
    /// Who may open rooms.
    opened_by: OpenedBy,
    /// The largest file that may be offered in a room; 0 takes none.
    file_bytes: u64,
    /// Of rooms. Apart from those of accounts: whoever guesses here delays nobody who signs in.
    passwords: Arc<Passwords>,
    rules: availability::Rules,
    /// How many guests from one network may ring at one desk at once.
    rings_per_source: usize,
    /// For how long colleagues ring each other.
    ring_for: Duration,
    /// When people may come to their appointments.
    margins: Margins,
    /// What the operator allows in the lounge.
    lounge: LoungeRules,
    kept: Kept,
    rates: Rates,
    /// Addresses are numbers in limits.
    blind: Blind,
    /// Browsers are numbers in rooms.
    browsers: Blind,
    /// Tokens of PeerJS are numbers in live state.
    peerjs: Blind,
    /// So are words under which something is done once.
    words: Blind,
    /// What was answered then.
    answers: accounts::Seal,
    /// Whom tokens let in.
    sent: Blind,
}

/// What use cases are made of.
pub(crate) struct Parts {
    pub(crate) instance: InstanceId,
    pub(crate) standing: Arc<Standing>,
    pub(crate) live: Arc<dyn Live>,
    pub(crate) store: Arc<dyn Store>,
    pub(crate) media: Arc<dyn Media>,
    pub(crate) history: History,
    pub(crate) announcer: Announcer,
    pub(crate) limits: Limits,
    pub(crate) opened_by: OpenedBy,
    pub(crate) file_bytes: u64,
    pub(crate) passwords: Arc<Passwords>,
    pub(crate) rules: availability::Rules,
    pub(crate) rings_per_source: usize,
    pub(crate) ring_for: Duration,
    pub(crate) margins: Margins,
    pub(crate) lounge: LoungeRules,
    pub(crate) kept: Kept,
    pub(crate) rates: Rates,
}

impl App {
    /// What hashes passwords, of rooms and of accounts: all of it shares the same few cores.
    pub(crate) fn passwords(&self) -> Arc<Passwords> {
        self.passwords.clone()
    }

    /// Of these parts, with the installation's signing key.
    pub(crate) fn new(parts: Parts, signing_key: &[u8]) -> Self {
        let Parts {
            instance,
            standing,
            live,
            store,
            media,
            history,
            announcer,
            limits,
            opened_by,
            file_bytes,
            passwords,
            rules,
            rings_per_source,
            ring_for,
            margins,
            lounge,
            kept,
            rates,
        } = parts;
        Self {
            instance,
            standing,
            live,
            store,
            media,
            history,
            announcer,
            tokens: Tokens::new(signing_key),
            limits,
            opened_by,
            file_bytes,
            passwords,
            rules,
            rings_per_source,
            ring_for,
            margins,
            lounge,
            kept,
            rates,
            blind: Blind::new(signing_key, "limits"),
            browsers: Blind::new(signing_key, "browsers"),
            peerjs: Blind::new(signing_key, "peerjs"),
            words: Blind::new(signing_key, "words"),
            answers: Self::sealed_answers(signing_key),
            sent: Blind::new(signing_key, "people sent by token"),
        }
    }

    /// Which of the installation's processes this is.
    pub(crate) fn instance(&self) -> InstanceId {
        self.instance
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

    /// The secret of a session, as it goes over the wire.
    pub(crate) fn session_secret(&self, session: SessionId) -> String {
        self.tokens.session_secret(session)
    }

    /// Whether this is the secret of that session, wherever it was opened.
    pub(crate) fn is_session_secret(&self, session: SessionId, secret: &str) -> bool {
        self.tokens.is_session_secret(session, secret)
    }

    /// Lets go of all media that is forwarded here.
    pub(crate) fn let_go_of_media(&self) {
        self.media.end_all();
    }

    /// A ticket for one session, and how long it lasts.
    pub(crate) fn ticket(
        &self,
        identity: Identity,
        grant: Option<Grant>,
    ) -> Result<(String, Duration), Refused> {
        let ticket = self.tokens.ticket(self.now(), self.random_bits(), identity, grant)?;
        Ok((ticket, TICKET_TTL))
    }

    /// Whose session a ticket opens, and what it may if it may not everything.
    pub(crate) fn check_ticket(&self, ticket: &str) -> Result<(Identity, Option<Grant>), Refused> {
        Ok(self.tokens.check_ticket(self.now(), ticket)?)
    }

    /// Which browser shows this, or a new one; with what it is to show from now on.
    pub(crate) fn browser(&self, shown: Option<&str>) -> (BrowserId, String) {
        let hex = |text: &&str| text.len() == 32 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
        let drawn = || format!("{:032x}", self.random_bits());
        let shown = shown.filter(hex).map_or_else(drawn, str::to_owned);
        (BrowserId::from_bits(self.browsers.wide(&shown)), shown)
    }

    /// The guest whom a proof names, or else a new one; with a proof for the next time.
    pub(crate) fn guest(&self, proof: Option<&str>) -> Result<(PersonId, String), Refused> {
        let known = proof.and_then(|proof| self.tokens.check_guest(self.now(), proof).ok());
        let person = known.unwrap_or_else(|| PersonId::from_bits(self.random_bits()));
        Ok((person, self.tokens.guest(self.now(), person)?))
    }
}

impl From<TokenRefused> for Refused {
    fn from(TokenRefused: TokenRefused) -> Self {
        Self::Ticket
    }
}

#[cfg(test)]
pub(crate) mod tests;
