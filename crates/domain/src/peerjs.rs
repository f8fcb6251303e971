//! Signalling for pages that use PeerJS: whose an id is, and what becomes of a message. Not the wire, whose words pages
//! of others have chosen, and nothing of rooms or people: an id is a name somebody holds for as long as they are
//! connected, and a while longer.

mod holding;
mod message;
mod waiting;

pub use holding::{Claim, Claimed, Ending, Holding, Place, Refused, State, TokenMark, Written};
pub use message::{Kind, Sent, judge};
pub use waiting::{Bound, Bounds, Full, Letter, Unreached, Waiting};

use serde::{Deserialize, Serialize};
use std::fmt;

/// The longest an id may be, in characters.
pub const MAX_ID_CHARS: usize = 64;
/// The longest a token may be, in bytes: room for a signed one of a page's own.
pub const MAX_TOKEN_BYTES: usize = 1024;

/// Why a text is not an id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "an id is 1 to 64 letters and digits of ASCII, with single spaces, dashes or underscores between them"
)]
pub struct MalformedId;

/// The name by which a page is reached. Not printed by `Debug`: pages make names of people of it.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PeerJsId(Box<str>);

impl PeerJsId {
    /// Reads what a page says. What PeerJS itself takes for an id is one, up to [`MAX_ID_CHARS`].
    ///
    /// # Errors
    /// If it is none.
    pub fn parse(text: &str) -> Result<Self, MalformedId> {
        if text.len() > MAX_ID_CHARS {
            return Err(MalformedId);
        }
        let parts = || text.split([' ', '-', '_']);
        // A separator at an end, or two in a row, leaves an empty part.
        let whole = parts().all(|part| !part.is_empty() && part.bytes().all(|b| b.is_ascii_alphanumeric()));
        if whole { Ok(Self(text.into())) } else { Err(MalformedId) }
    }

    /// As the page says it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for PeerJsId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PeerJsId(…)")
    }
}

impl TryFrom<String> for PeerJsId {
    type Error = MalformedId;

    fn try_from(text: String) -> Result<Self, MalformedId> {
        Self::parse(&text)
    }
}

impl From<PeerJsId> for String {
    fn from(id: PeerJsId) -> Self {
        id.0.into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_what_peerjs_takes_for_one() {
        let longest = "x".repeat(MAX_ID_CHARS);
        for good in ["a", "7", "Ana", "ana-1", "ana_1 b", "8f14e45f-ceea-467f-a8b4-0123456789ab", &longest] {
            assert_eq!(PeerJsId::parse(good).unwrap().as_str(), good);
        }
        let longer = "x".repeat(MAX_ID_CHARS + 1);
        for bad in ["", " ", "-a", "a-", "a--b", "a -b", "a.b", "ä", "a\n", "a/b", "{}", &longer] {
            assert_eq!(PeerJsId::parse(bad), Err(MalformedId), "{bad:?}");
        }
    }

    #[test]
    fn an_id_is_not_printed() {
        assert_eq!(format!("{:?}", PeerJsId::parse("Ana").unwrap()), "PeerJsId(…)");
    }
}
