//! The lounge, as documents: where somebody sits, who is in which of its rooms, and whose a name is. What may happen
//! to them is decided in [`crate::availability`]; rooms themselves, and what is written, are the store's.

use crate::ids::{LoungeRoomId, PersonId, SessionId};
use crate::name::{PersonName, is_unseen};
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::time::Duration;
use unicode_normalization::UnicodeNormalization;
use unicode_security::skeleton;

/// The longest that somebody may say of their status, in characters.
pub const MAX_STATUS_CHARS: usize = 100;
/// With how many people somebody may be seen talking. The longest ago is forgotten first.
pub(crate) const MAX_TALKS: usize = 16;

/// One of the forms in which a name is taken. Two names that share one look alike, or differ in case alone.
///
/// 128 bits of the form, so that it can name a document. That two forms share them would refuse a name to somebody,
/// and give none to two.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct NameKey(u128);

impl NameKey {
    /// The forms of a name: folded by case and then by look, and the other way round. Neither is enough: `В` and `B`
    /// look alike and `в` and `b` do not, so that only the second finds `Ben` in `Вen`; `I` looks like `l` and no
    /// small letter does both, so that only the first finds `ida` in `IDA`.
    #[must_use]
    pub fn all_of(name: &PersonName) -> BTreeSet<Self> {
        let plain: String = name.shown().nfkc().filter(|c| !is_unseen(*c)).collect();
        let by_case: String = skeleton(&fold_case(&plain)).collect();
        let by_look = fold_case(&skeleton(&plain).collect::<String>());
        [by_case, by_look].iter().map(|form| Self(hash(form))).collect()
    }

    /// The bits, for the name of a document.
    #[must_use]
    pub const fn bits(self) -> u128 {
        self.0
    }
}

/// By way of capitals, which makes one of letters with two small forms (`σ`, `ς`) or none of their own (`ß`). A dot
/// on an `i` is the same dot whether it is written as a mark or not: `İ` becomes the former.
fn fold_case(text: &str) -> String {
    text.to_uppercase().to_lowercase().replace("i\u{307}", "i")
}

/// FNV-1a, 128 bits.
fn hash(text: &str) -> u128 {
    const BASIS: u128 = 0x6c62_272e_07bb_0142_62b8_2175_6295_c58d;
    const PRIME: u128 = 0x0000_0000_0100_0000_0000_0000_0000_013b;
    text.bytes().fold(BASIS, |hash, byte| (hash ^ u128::from(byte)).wrapping_mul(PRIME))
}

/// Whose a name is, for as long as they sit in the lounge.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct NameClaim {
    /// Theirs.
    pub person: PersonId,
}

/// Whom somebody is writing with, back and forth.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Talk {
    /// With whom.
    pub with: PersonId,
    /// When it counts as over, unless they write on.
    pub until: Timestamp,
}

/// Somebody's place in the lounge. A person has one, whatever pages they have.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct LoungeSeat {
    /// The page that acts for them.
    pub session: SessionId,
    /// Where.
    pub room: LoungeRoomId,
    /// What they are called there.
    pub name: PersonName,
    /// They have an account.
    pub account: bool,
    /// What they say of their status; may be empty.
    pub text: String,
    /// Nobody has touched the page for a while.
    pub idle: bool,
    /// Whom they write with.
    pub talks: Vec<Talk>,
}

/// Who is in a room of the lounge.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Gathering {
    pub(crate) version: u64,
    /// In order of coming.
    pub(crate) people: Vec<PersonId>,
    /// How many there are, as everybody in the lounge was told last.
    pub(crate) told: u32,
    /// When they were.
    pub(crate) told_at: Timestamp,
    /// When they are to be told again: set while there are more or fewer than that, and while nobody is there, since
    /// whoever forgot when that was told would tell too soon of the next one who comes.
    pub(crate) tell_at: Option<Timestamp>,
}

impl Gathering {
    /// Later states have higher ones.
    #[must_use]
    pub fn version(&self) -> u64 {
        self.version
    }

    /// In order of coming.
    #[must_use]
    pub fn people(&self) -> &[PersonId] {
        &self.people
    }

    /// How many there are, as everybody in the lounge was told last.
    #[must_use]
    pub fn told(&self) -> u32 {
        self.told
    }

    /// The next moment at which time alone changes something.
    #[must_use]
    pub fn next_deadline(&self) -> Option<Timestamp> {
        self.tell_at
    }

    /// Whether the others hear of how many there are now, or when.
    pub(crate) fn count(&mut self, now: Timestamp, every: Duration) {
        let people = u32::try_from(self.people.len()).unwrap_or(u32::MAX);
        if people != self.told && now >= self.told_at.plus(every) {
            (self.told, self.told_at) = (people, now);
        }
        let due = self.told_at.plus(every);
        self.tell_at = ((people != self.told || people == 0) && now < due).then_some(due);
    }

    /// Nobody would miss the document.
    pub(crate) fn is_forgettable(&self) -> bool {
        self.people.is_empty() && self.told == 0 && self.tell_at.is_none()
    }
}

#[cfg(test)]
mod tests;
