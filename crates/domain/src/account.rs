//! Accounts: what is true of a person who signs in. No passwords or tokens here, those are the store's and the
//! edge's.

use serde::{Deserialize, Serialize};
use std::fmt;
use ts_rs::TS;
use utoipa::ToSchema;

/// The longest e-mail address, in characters (RFC 5321 4.5.3.1.3 without the brackets).
const MAX_EMAIL_CHARS: usize = 254;
/// The fewest characters of a password. Fewer are guessed; more make people write them down.
pub const MIN_PASSWORD_CHARS: usize = 10;
/// The most characters of a password, so that nobody has the server hash a book.
pub const MAX_PASSWORD_CHARS: usize = 200;

/// What an account may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema, TS)]
#[serde(rename_all = "snake_case")]
pub enum AccountRole {
    /// Takes calls.
    Staff,
    /// Takes calls, and manages people, desks and calls.
    Admin,
}

/// Whether an account can be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema, TS)]
#[serde(rename_all = "snake_case")]
pub enum AccountState {
    /// Its owner has an invitation and has not accepted it.
    Invited,
    /// Its owner may sign in.
    Active,
    /// Nobody may sign in; its history stays.
    Disabled,
}

/// Why a text is not an e-mail address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an e-mail address")]
pub struct MalformedEmail;

/// An e-mail address by which an account is found, in lower case. Not printed by `Debug`.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Email(Box<str>);

impl Email {
    /// Reads what somebody typed. Whether mail arrives there is not asked; `admin@demo` is one.
    ///
    /// # Errors
    /// Unless it is two parts around one `@`, without white space or control characters.
    pub fn parse(typed: &str) -> Result<Self, MalformedEmail> {
        let folded = typed.trim().to_lowercase();
        let (local, domain) = folded.split_once('@').ok_or(MalformedEmail)?;
        let odd = |c: char| c.is_whitespace() || c.is_control() || "@<>(),;:\"\\[]".contains(c);
        let plain = |part: &str| !part.is_empty() && !part.chars().any(odd);
        let dots = |part: &str| part.starts_with('.') || part.ends_with('.') || part.contains("..");
        let fits = folded.chars().count() <= MAX_EMAIL_CHARS;
        if plain(local) && plain(domain) && !dots(domain) && fits {
            Ok(Self(folded.into()))
        } else {
            Err(MalformedEmail)
        }
    }

    /// In lower case.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Email(…)")
    }
}

impl TryFrom<String> for Email {
    type Error = MalformedEmail;

    fn try_from(typed: String) -> Result<Self, MalformedEmail> {
        Self::parse(&typed)
    }
}

impl From<Email> for String {
    fn from(email: Email) -> Self {
        email.0.into()
    }
}

/// Whether a text will do as a password. Length alone: rules about characters make passwords worse, not better.
#[must_use]
pub fn is_password(text: &str) -> bool {
    (MIN_PASSWORD_CHARS..=MAX_PASSWORD_CHARS).contains(&text.chars().count())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_told_from_other_texts() {
        for (typed, expected) in [
            ("Ana@Example.org", Some("ana@example.org")),
            (" admin@demo ", Some("admin@demo")),
            ("a+b.c@x-y.example", Some("a+b.c@x-y.example")),
            ("ana", None),
            ("@demo", None),
            ("ana@", None),
            ("ana@b@c", None),
            ("a na@demo", None),
            ("ana@demo.", None),
            ("ana@.demo", None),
            ("ana@de..mo", None),
            ("ana@de\nmo", None),
            ("<ana@demo>", None),
        ] {
            assert_eq!(Email::parse(typed).ok().as_ref().map(Email::as_str), expected, "{typed:?}");
        }
        assert!(Email::parse(&format!("{}@demo", "a".repeat(250))).is_err());
    }

    #[test]
    fn passwords_are_judged_by_their_length_in_characters() {
        assert!(!is_password("123456789"));
        assert!(is_password("ğüşiöçıĞÜŞ"));
        assert!(is_password(&"a".repeat(200)));
        assert!(!is_password(&"a".repeat(201)));
    }
}
