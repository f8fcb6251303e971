//! What keys of the interface for programs may do: few, by what a back office does. That no key makes keys, and none
//! changes admins, is not up to scopes.

use serde::{Deserialize, Serialize};
use ts_rs::TS;
use utoipa::ToSchema;

/// One thing that a key may do. To write does not include to read: whoever only brings appointments needs no list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema, TS)]
pub enum Scope {
    /// See people who sign in.
    #[serde(rename = "staff:read")]
    StaffRead,
    /// Make and change people who sign in; never admins.
    #[serde(rename = "staff:write")]
    StaffWrite,
    /// See desks.
    #[serde(rename = "desks:read")]
    DesksRead,
    /// Make, change and remove desks.
    #[serde(rename = "desks:write")]
    DesksWrite,
    /// See the appointments of whom the key acts for.
    #[serde(rename = "appointments:read")]
    AppointmentsRead,
    /// Make and change them.
    #[serde(rename = "appointments:write")]
    AppointmentsWrite,
    /// See which rooms are open and who is in them.
    #[serde(rename = "rooms:read")]
    RoomsRead,
    /// End rooms and calls, and remove people from them.
    #[serde(rename = "rooms:write")]
    RoomsWrite,
    /// Let somebody into a room, by a token.
    #[serde(rename = "rooms:invite")]
    RoomsInvite,
    /// See calls that are over or going on.
    #[serde(rename = "history:read")]
    HistoryRead,
    /// Send media into rooms.
    #[serde(rename = "media:publish")]
    MediaPublish,
    /// Take media out of rooms.
    #[serde(rename = "media:watch")]
    MediaWatch,
    /// See webhooks and what they were told.
    #[serde(rename = "webhooks:read")]
    WebhooksRead,
    /// Make, change and remove webhooks, and have them told once more.
    #[serde(rename = "webhooks:write")]
    WebhooksWrite,
}

impl Scope {
    /// Every one, in the order of lists.
    pub const ALL: [Self; 14] = [
        Self::StaffRead,
        Self::StaffWrite,
        Self::DesksRead,
        Self::DesksWrite,
        Self::AppointmentsRead,
        Self::AppointmentsWrite,
        Self::RoomsRead,
        Self::RoomsWrite,
        Self::RoomsInvite,
        Self::HistoryRead,
        Self::MediaPublish,
        Self::MediaWatch,
        Self::WebhooksRead,
        Self::WebhooksWrite,
    ];

    /// As it is written.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::StaffRead => "staff:read",
            Self::StaffWrite => "staff:write",
            Self::DesksRead => "desks:read",
            Self::DesksWrite => "desks:write",
            Self::AppointmentsRead => "appointments:read",
            Self::AppointmentsWrite => "appointments:write",
            Self::RoomsRead => "rooms:read",
            Self::RoomsWrite => "rooms:write",
            Self::RoomsInvite => "rooms:invite",
            Self::HistoryRead => "history:read",
            Self::MediaPublish => "media:publish",
            Self::MediaWatch => "media:watch",
            Self::WebhooksRead => "webhooks:read",
            Self::WebhooksWrite => "webhooks:write",
        }
    }
}

/// Not the word of a scope.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a scope")]
pub struct MalformedScope;

impl std::str::FromStr for Scope {
    type Err = MalformedScope;

    fn from_str(word: &str) -> Result<Self, MalformedScope> {
        Self::ALL.into_iter().find(|scope| scope.word() == word).ok_or(MalformedScope)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scope_is_its_word_everywhere() {
        for scope in Scope::ALL {
            assert_eq!(scope.word().parse(), Ok(scope));
            assert_eq!(serde_json::to_value(scope).unwrap(), scope.word());
        }
        for no in ["", "staff", "staff:", "STAFF:READ", "staff:read ", "*"] {
            assert_eq!(no.parse::<Scope>(), Err(MalformedScope), "{no}");
        }
    }
}
