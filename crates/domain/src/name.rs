//! Names people type: of rooms, and of themselves. Shown as typed, compared folded.
//!
//! Both are 1 to 64 characters (Unicode scalar values) after composing (NFC), trimming, and removing what
//! cannot be seen: control characters and the marks that turn the direction of text. Joiners stay, since emoji
//! and several scripts are written with them; alone they are no name. Folding does not go as far as NFKC, which
//! would make one room of names that people see as different (`①` and `1`).

use serde::{Deserialize, Serialize};
use std::fmt;
use unicode_normalization::UnicodeNormalization;

/// The longest a name may be, in characters.
pub const MAX_NAME_CHARS: usize = 64;

/// Why a text is not a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NameError {
    /// Nothing visible in it.
    #[error("a name needs at least one character")]
    Empty,
    /// More than [`MAX_NAME_CHARS`].
    #[error("a name has at most 64 characters")]
    TooLong,
}

/// A room's name. Two that fold alike are one room.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct RoomName {
    shown: Box<str>,
    folded: Box<str>,
}

impl RoomName {
    /// Reads what somebody typed, or what [`RoomName::folded`] gave.
    ///
    /// # Errors
    /// If nothing visible is left of it, or too much. A few letters (`İ`) fold to two characters: the folded form
    /// has to fit as well, so that it is a name itself.
    pub fn parse(typed: &str) -> Result<Self, NameError> {
        let shown = clean(typed)?;
        let folded = fold(&shown);
        if folded.chars().count() > MAX_NAME_CHARS {
            return Err(NameError::TooLong);
        }
        Ok(Self { shown, folded })
    }

    /// As typed, cleaned.
    #[must_use]
    pub fn shown(&self) -> &str {
        &self.shown
    }

    /// The form by which rooms are compared and kept: lower case, runs of white space as one space.
    #[must_use]
    pub fn folded(&self) -> &str {
        &self.folded
    }
}

impl TryFrom<String> for RoomName {
    type Error = NameError;

    fn try_from(typed: String) -> Result<Self, NameError> {
        Self::parse(&typed)
    }
}

impl From<RoomName> for String {
    fn from(name: RoomName) -> Self {
        name.shown.into()
    }
}

/// What a person wants to be called. Not printed by `Debug`.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PersonName(Box<str>);

impl PersonName {
    /// Reads what somebody typed.
    ///
    /// # Errors
    /// If nothing visible is left of it, or too much.
    pub fn parse(typed: &str) -> Result<Self, NameError> {
        clean(typed).map(Self)
    }

    /// As typed, cleaned.
    #[must_use]
    pub fn shown(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for PersonName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PersonName(…)")
    }
}

impl TryFrom<String> for PersonName {
    type Error = NameError;

    fn try_from(typed: String) -> Result<Self, NameError> {
        Self::parse(&typed)
    }
}

impl From<PersonName> for String {
    fn from(name: PersonName) -> Self {
        name.0.into()
    }
}

fn clean(typed: &str) -> Result<Box<str>, NameError> {
    let visible: String = typed.chars().filter(|c| !is_invisible(*c)).nfc().collect();
    let trimmed = visible.trim();
    if trimmed.chars().all(is_unseen) {
        return Err(NameError::Empty);
    }
    if trimmed.chars().count() > MAX_NAME_CHARS {
        return Err(NameError::TooLong);
    }
    Ok(trimmed.into())
}

fn fold(shown: &str) -> Box<str> {
    // Lower-casing can decompose (İ becomes i and a dot): composed once more, so that folding twice is folding once.
    let lower: String = shown.to_lowercase().nfc().collect();
    lower.split_whitespace().collect::<Vec<_>>().join(" ").into()
}

/// Controls (tab and line break have no place in a name either), line and paragraph separators, direction marks
/// and overrides, the soft hyphen, and marks for programs rather than readers.
pub(crate) fn is_invisible(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}')
}

/// What shapes its neighbours (joiners, variation selectors, the tags in flags) or only takes up room or not even that
/// (Hangul fillers, the empty Braille pattern, marks of music and shorthand): welcome in a name, but none by itself.
fn is_blank(c: char) -> bool {
    matches!(c,
        '\u{34f}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}' | '\u{200c}'
        | '\u{200d}' | '\u{2800}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{ffa0}' | '\u{fff0}'..='\u{fff8}'
        | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
}

/// Nothing that anybody sees by itself.
pub(crate) fn is_unseen(c: char) -> bool {
    c.is_whitespace() || is_invisible(c) || is_blank(c)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn rooms_are_compared_without_case_and_surrounding_space() {
        for (one, other, same) in [
            ("Café 42", " café 42 ", true),
            ("Cafe\u{301} 42", "Café 42", true),
            ("STRASSE", "strasse", true),
            ("two  words", "Two words", true),
            ("İstanbul", "i̇stanbul", true),
            ("Café 42/é", "CAFÉ 42/É", true),
            ("a", "b", false),
            ("Cafe", "Café", false),
            ("room", "r\u{200b}oom", true),
        ] {
            let (a, b) = (RoomName::parse(one).unwrap(), RoomName::parse(other).unwrap());
            assert_eq!(a.folded() == b.folded(), same, "{one} / {other}");
        }
    }

    #[test]
    fn names_have_1_to_64_visible_characters() {
        for (typed, expected) in [
            ("", Err(NameError::Empty)),
            (" \t\n ", Err(NameError::Empty)),
            ("\u{202e}\u{200b}", Err(NameError::Empty)),
            ("\u{200d}\u{fe0f}", Err(NameError::Empty)),
            ("\u{3164} \u{2800}", Err(NameError::Empty)),
            ("\u{61c}\u{2028}\u{ad}", Err(NameError::Empty)),
            ("\u{17b4}\u{1d173}\u{e0fff}", Err(NameError::Empty)),
            ("x", Ok("x")),
            ("a\u{61c}b\u{2029}c\u{2067}d", Ok("abcd")),
            ("🏴\u{e0067}\u{e0062}\u{e007f}", Ok("🏴\u{e0067}\u{e0062}\u{e007f}")),
            ("نمی\u{200c}خواهم", Ok("نمی\u{200c}خواهم")),
            ("❤\u{fe0f}", Ok("❤\u{fe0f}")),
            ("  Ana  ", Ok("Ana")),
            ("Ana\u{202e}anA", Ok("AnaanA")),
            ("👩‍👩‍👧", Ok("👩‍👩‍👧")),
            ("مرحبا", Ok("مرحبا")),
            ("<b>Ana</b>", Ok("<b>Ana</b>")),
        ] {
            let name = PersonName::parse(typed);
            assert_eq!(name.as_ref().map(PersonName::shown).map_err(|e| *e), expected, "{typed:?}");
        }
        assert!(RoomName::parse(&"é".repeat(64)).is_ok());
        assert_eq!(RoomName::parse(&"é".repeat(65)), Err(NameError::TooLong));
        assert_eq!(RoomName::parse(&"İ".repeat(64)), Err(NameError::TooLong));
        assert!(PersonName::parse(&"İ".repeat(64)).is_ok());
    }

    #[test]
    fn a_persons_name_is_not_in_debug_output() {
        assert!(!format!("{:?}", PersonName::parse("Ana").unwrap()).contains("Ana"));
    }

    proptest! {
        #[test]
        fn parsing_never_panics_and_is_stable(typed in "(\\PC|[İΣẞ①\u{1e9b}\u{301}\u{200d}\u{202e}\t ]){0,70}") {
            if let Ok(name) = RoomName::parse(&typed) {
                prop_assert_eq!(&RoomName::parse(name.shown()).unwrap(), &name);
                prop_assert!(name.shown().chars().count() <= MAX_NAME_CHARS);
                // Live state keeps folded names and parses them again.
                let again = RoomName::parse(name.folded()).unwrap();
                prop_assert_eq!(again.folded(), name.folded());
                let json = serde_json::to_string(&name).unwrap();
                prop_assert_eq!(serde_json::from_str::<RoomName>(&json).unwrap(), name);
            }
        }
    }
}
