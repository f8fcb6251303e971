//! Why a use case of accounts or appointments did not happen, each with the stable code that HTTP carries.

use super::Unhashed;
use crate::app::LinkRefused;
use std::time::Duration;
use visavis_domain::appointment::LinkRefusal;
use visavis_domain::scope::Scope;
use visavis_store::{StoreError, Taken};

/// Why not.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Denied {
    /// It needs a sign-in.
    #[error("nobody is signed in")]
    SignedOut,
    /// It needs a sign-in that may do this.
    #[error("this account may not")]
    Forbidden,
    /// No key of ours, or one that holds no longer; which of them is nobody's business.
    #[error("the key is refused")]
    KeyInvalid,
    /// The key is good, but not for this.
    #[error("the key may not: {} is missing", .0.word())]
    ScopeMissing(Scope),
    /// No key is good for this.
    #[error("not for keys")]
    NotForKeys,
    /// What changes something has to come from our own pages.
    #[error("not from a page of ours")]
    OriginRefused,
    /// A body that is something else.
    #[error("not JSON")]
    JsonExpected,
    /// Address or password are wrong, or the account cannot be used; which of them is nobody's business.
    #[error("the sign-in is refused")]
    SignInRefused,
    /// All but the code was right.
    #[error("a code of the second factor is needed")]
    TotpRequired,
    /// Too many wrong tries.
    #[error("too many tries")]
    Limited {
        /// How long to wait.
        wait: Duration,
    },
    /// More passwords are compared than there is room for.
    #[error("too many passwords are compared at once")]
    Busy,
    /// The password given as proof is not the account's.
    #[error("the password is wrong")]
    PasswordWrong,
    /// The code is not one of the secret offered, or the offer is too old.
    #[error("the code is wrong")]
    CodeWrong,
    /// The link is altered, used or too old.
    #[error("the invitation does not hold")]
    InvitationInvalid,
    /// A value that cannot be.
    #[error("{} is no value for it", .0.code())]
    Invalid(Invalid),
    /// It has changed since who asks has seen it.
    #[error("it is not as it was seen")]
    NotAsSeen,
    /// What exists once exists already.
    #[error("{0:?} is taken")]
    Taken(Taken),
    /// It would leave no admin who can sign in.
    #[error("it is the last admin")]
    LastAdmin,
    /// What it is in does not allow that.
    #[error("{} does not allow it", .0.code())]
    Unfit(Unfit),
    /// Not a link of ours.
    #[error("not a link of ours")]
    LinkInvalid,
    /// No token of ours for a room, or nobody answers for it any more; which of them is nobody's business.
    #[error("the room's token is refused")]
    RoomTokenInvalid,
    /// It came too late.
    #[error("the room's token has expired")]
    RoomTokenExpired,
    /// It is good for another room.
    #[error("the token is for another room")]
    RoomTokenElsewhere,
    /// It needs the cookie of a link.
    #[error("nobody came over a link")]
    LinkNeeded,
    /// A genuine link that is of no use.
    #[error("{}", .0.refusal)]
    Link(Box<LinkRefused>),
    /// There is no such thing, or it is not one's own.
    #[error("there is no such {0:?}")]
    Unknown(Unknown),
    /// The identity provider cannot be used for this.
    #[error("the identity provider: {0}")]
    Provider(#[from] super::ProviderRefused),
    /// The store did not do it.
    #[error(transparent)]
    Store(StoreError),
    /// A defect of the server.
    #[error("a defect: {0}")]
    Defect(&'static str),
}

/// Which value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Invalid {
    Email,
    Name,
    Title,
    Password,
    State,
    Slug,
    About,
    Hours,
    Site,
    Seconds,
    Member,
    Note,
    Text,
    Duration,
    Zone,
    Time,
    TimeSkipped,
    TimeAmbiguous,
    TimePast,
    /// Not one of one's own.
    Desk,
    /// One more would be too many.
    Rooms,
    /// One more would be too many.
    Keys,
    /// A key that may do nothing.
    Scopes,
    /// Not in the time that keys may hold.
    Expiry,
    /// No name of a room that is open to all.
    Room,
    /// As an integrator calls somebody.
    Identity,
    /// Not written as addresses of webhooks are.
    Url,
    /// An address that nothing is sent to.
    Address,
    /// None, or one that nobody subscribes to.
    Kinds,
    /// One more would be too many.
    Webhooks,
}

impl Invalid {
    /// The stable code.
    pub(crate) const fn code(self) -> &'static str {
        match self {
            Self::Email => "email_invalid",
            Self::Name => "name_invalid",
            Self::Title => "title_invalid",
            Self::Password => "password_invalid",
            Self::State => "state_invalid",
            Self::Slug => "slug_invalid",
            Self::About => "about_invalid",
            Self::Hours => "hours_invalid",
            Self::Site => "site_invalid",
            Self::Seconds => "seconds_invalid",
            Self::Member => "person_unknown",
            Self::Note => "note_invalid",
            Self::Text => "text_invalid",
            Self::Duration => "duration_invalid",
            Self::Zone => "zone_unknown",
            Self::Time => "time_invalid",
            Self::TimeSkipped => "time_skipped",
            Self::TimeAmbiguous => "time_ambiguous",
            Self::TimePast => "time_past",
            Self::Desk => "desk_unknown",
            Self::Rooms => "too_many_rooms",
            Self::Keys => "too_many_keys",
            Self::Scopes => "scopes_invalid",
            Self::Expiry => "expiry_invalid",
            Self::Room => "room_name_invalid",
            Self::Identity => "identity_invalid",
            Self::Url => "url_invalid",
            Self::Address => "address_refused",
            Self::Kinds => "kinds_invalid",
            Self::Webhooks => "too_many_webhooks",
        }
    }
}

/// What does not allow it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unfit {
    /// What became of the appointment.
    State,
    /// It has not begun.
    TooSoon,
    /// It has as many links as it may.
    Links,
    /// Nobody can be written to, or there is nothing to tell.
    Mail,
    /// The webhook is switched off.
    Off,
}

impl Unfit {
    /// The stable code.
    pub(crate) const fn code(self) -> &'static str {
        match self {
            Self::State => "state_unfit",
            Self::TooSoon => "too_soon",
            Self::Links => "links_many",
            Self::Mail => "mail_unfit",
            Self::Off => "webhook_off",
        }
    }
}

/// What there is none of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unknown {
    Person,
    Desk,
    Call,
    Provider,
    Appointment,
    Link,
    LoungeRoom,
    ApiKey,
    Room,
    Participant,
    Webhook,
    Event,
}

impl From<StoreError> for Denied {
    /// A row that is not there is a matter of each use case; here it is one that went away in between.
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Taken(what) => Self::Taken(what),
            StoreError::LastAdmin => Self::LastAdmin,
            other => Self::Store(other),
        }
    }
}

impl From<Unhashed> for Denied {
    fn from(unhashed: Unhashed) -> Self {
        match unhashed {
            Unhashed::Busy => Self::Busy,
            Unhashed::Defect => Self::Defect("the hashing of a password"),
        }
    }
}

impl Denied {
    /// For a use case that knows which row it asked for.
    pub(in crate::app) fn missing(missing: Self) -> impl FnOnce(StoreError) -> Self {
        move |error| match error {
            StoreError::Unknown => missing,
            other => Self::from(other),
        }
    }

    /// The stable code.
    pub(crate) const fn code(&self) -> &'static str {
        match self {
            Self::SignedOut => "signed_out",
            Self::Forbidden => "forbidden",
            Self::KeyInvalid => "key_invalid",
            Self::ScopeMissing(_) => "scope_missing",
            Self::NotForKeys => "not_for_keys",
            Self::OriginRefused => "origin_refused",
            Self::JsonExpected => "json_expected",
            Self::SignInRefused => "sign_in_refused",
            Self::TotpRequired => "totp_required",
            Self::Limited { .. } => "rate_limited",
            Self::PasswordWrong => "password_wrong",
            Self::CodeWrong => "code_wrong",
            Self::InvitationInvalid => "invitation_invalid",
            Self::Invalid(what) => what.code(),
            Self::Taken(Taken::Email) => "email_taken",
            Self::Taken(Taken::Slug) => "slug_taken",
            Self::Taken(Taken::Subject) => "subject_taken",
            Self::Taken(Taken::Tie) => "account_tied",
            Self::Taken(Taken::SecondFactor) => "totp_set",
            // Drawn by browsers: nothing that anybody could mend.
            Self::Taken(Taken::Message | Taken::File) => "changed_meanwhile",
            Self::NotAsSeen => "not_as_seen",
            Self::LastAdmin => "last_admin",
            Self::Unknown(Unknown::Person) => "person_unknown",
            Self::Unknown(Unknown::Desk) => "desk_unknown",
            Self::Unknown(Unknown::Call) => "call_unknown",
            Self::Unknown(Unknown::Provider) => "provider_unknown",
            Self::Unknown(Unknown::Appointment) => "appointment_unknown",
            Self::Unknown(Unknown::Link) => "link_unknown",
            Self::Unknown(Unknown::LoungeRoom) => "lounge_room_unknown",
            Self::Unknown(Unknown::ApiKey) => "key_unknown",
            Self::Unknown(Unknown::Room) => "room_unknown",
            Self::Unknown(Unknown::Participant) => "participant_unknown",
            Self::Unknown(Unknown::Webhook) => "webhook_unknown",
            Self::Unknown(Unknown::Event) => "event_unknown",
            Self::Unfit(what) => what.code(),
            Self::LinkInvalid => "link_invalid",
            Self::RoomTokenInvalid => "room_token_invalid",
            Self::RoomTokenExpired => "room_token_expired",
            Self::RoomTokenElsewhere => "room_token_elsewhere",
            Self::LinkNeeded => "link_needed",
            Self::Link(refused) => match refused.refusal {
                LinkRefusal::Replaced => "link_replaced",
                LinkRefusal::Cancelled => "appointment_cancelled",
                LinkRefusal::Expired => "appointment_over",
            },
            Self::Provider(refused) => refused.code(),
            Self::Store(StoreError::ReadOnly(_) | StoreError::Full | StoreError::OverShare) => "storage_full",
            Self::Store(StoreError::Unavailable(_)) | Self::Busy => "try_again",
            Self::Store(StoreError::Unknown | StoreError::Taken(_) | StoreError::Moved) => {
                "changed_meanwhile"
            }
            Self::Store(StoreError::LastAdmin) => "last_admin",
            Self::Store(StoreError::Damaged(_)) | Self::Defect(_) => "internal",
        }
    }
}
