//! Ids as types. Each prints with its prefix (`p_…`), so that a log line or a frame says what it names.
//!
//! An id is not a secret: whoever may use it is decided by the session that sends it.

use serde::{Deserialize, Serialize};
use std::fmt;
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{ObjectBuilder, Schema, Type};
use utoipa::{PartialSchema, ToSchema};

/// What was wrong with the text of an id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an id of this kind")]
pub struct MalformedId;

/// Hexadecimal digits behind the prefix: 128 bits, so that nobody guesses one.
const DIGITS: usize = 32;

/// What interfaces say of ids with this prefix.
fn described(prefix: &str) -> RefOr<Schema> {
    let text = ObjectBuilder::new()
        .schema_type(Type::String)
        .pattern(Some(format!("^{prefix}_[0-9a-f]{{{DIGITS}}}$")));
    let example = format!("{prefix}_{:0>DIGITS$}", "1f");
    text.examples([example]).into()
}

macro_rules! id {
    ($(#[$doc:meta])* $name:ident, $prefix:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(u128);

        impl $name {
            /// The id made of these 128 bits, which the caller drew at random.
            #[must_use]
            pub const fn from_bits(bits: u128) -> Self {
                Self(bits)
            }

            /// The bits, for hashing and shuffling.
            #[must_use]
            pub const fn bits(self) -> u128 {
                self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!($prefix, "_{:032x}"), self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, f)
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> Self {
                id.to_string()
            }
        }

        impl std::str::FromStr for $name {
            type Err = MalformedId;

            fn from_str(text: &str) -> Result<Self, MalformedId> {
                let digits = text.strip_prefix(concat!($prefix, "_")).ok_or(MalformedId)?;
                let lower_hex = |b: u8| b.is_ascii_digit() || (b'a'..=b'f').contains(&b);
                if digits.len() != DIGITS || !digits.bytes().all(lower_hex) {
                    return Err(MalformedId);
                }
                u128::from_str_radix(digits, 16).map(Self).map_err(|_| MalformedId)
            }
        }

        impl PartialSchema for $name {
            fn schema() -> RefOr<Schema> {
                described($prefix)
            }
        }

        impl ToSchema for $name {}

        impl TryFrom<String> for $name {
            type Error = MalformedId;

            fn try_from(text: String) -> Result<Self, MalformedId> {
                text.parse()
            }
        }
    };
}

id!(
    /// One signalling connection's life, resumptions included.
    SessionId, "s"
);
id!(
    /// One identity present in one room through one session; survives reloads within the grace.
    ParticipantId, "p"
);
id!(
    /// One gathering in a room, from the first participant to the last one's leaving.
    CallId, "c"
);
id!(
    /// One chat message; drawn by its sender, so that sending it twice stores it once.
    MessageId, "m"
);
id!(
    /// One process of an installation.
    InstanceId, "i"
);
id!(
    /// One human being to the system: an account's owner, or a guest for as long as their page is open. Whoever it
    /// is has one availability.
    PersonId, "u"
);
id!(
    /// One attempt to reach somebody, and the call that came of it.
    RingId, "r"
);
id!(
    /// One desk.
    DeskId, "d"
);
id!(
    /// One sign-in of one account on one browser.
    SignInId, "g"
);
id!(
    /// One appointment.
    AppointmentId, "a"
);
id!(
    /// One personal link to an appointment; what goes over it stops with it.
    LinkId, "l"
);
id!(
    /// One room of the lounge.
    LoungeRoomId, "o"
);
id!(
    /// What two people write to each other; of a pair there is one.
    ConversationId, "v"
);
id!(
    /// One file or picture that somebody sent.
    FileId, "f"
);
id!(
    /// One browser to this installation, as far as it lets itself be known again; made of a cookie that nobody can get
    /// back from it.
    BrowserId, "b"
);
id!(
    /// One password of one room, drawn when it is set: says which one somebody has shown.
    PasswordId, "w"
);
id!(
    /// One socket of a page that uses PeerJS.
    PeerJsSocketId, "j"
);
id!(
    /// One key of the interface for programs. It stands in the key's own text, so that its row is found by it.
    ApiKeyId, "k"
);
id!(
    /// One webhook: an address that is told what happens.
    WebhookId, "h"
);
id!(
    /// One event that webhooks are told of. However often it is told, it has the same id.
    EventId, "e"
);
