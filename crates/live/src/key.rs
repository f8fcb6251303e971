//! Names of documents and topics. Cheap to clone; kinds cannot be mixed up.

use std::fmt;
use std::sync::Arc;

/// Names one document.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Key(Arc<str>);

const ROOM: &str = "room:";
const CHAT: &str = "chat:";

impl Key {
    /// The document of the room of this folded name.
    #[must_use]
    pub fn room(folded: &str) -> Self {
        Self(format!("{ROOM}{folded}").into())
    }

    /// The document of that room's chat.
    #[must_use]
    pub fn chat(folded: &str) -> Self {
        Self(format!("{CHAT}{folded}").into())
    }

    /// The folded name, if this is a room's document.
    #[must_use]
    pub fn as_room(&self) -> Option<&str> {
        self.0.strip_prefix(ROOM)
    }

    /// The whole key, for adapters.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Key {
    /// The kind only: what people call their rooms is theirs.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}…", self.0.split_inclusive(':').next().unwrap_or_default())
    }
}

/// Names one topic.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TopicName(Arc<str>);

impl TopicName {
    /// A topic of this name.
    #[must_use]
    pub fn new(name: impl Into<Arc<str>>) -> Self {
        Self(name.into())
    }

    /// The whole name, for adapters.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for TopicName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}…", self.0.split_inclusive(':').next().unwrap_or_default())
    }
}
