//! How everything is called in Redis. All names of one installation share a hash tag, so that they lie together and
//! several installations can share a server. Its channels carry the same prefix.

use crate::{Key, Purse, TopicName};
use std::sync::Arc;
use visavis_domain::ids::InstanceId;

/// The names of one installation. Cheap to clone.
#[derive(Clone)]
pub(super) struct Names {
    prefix: Arc<str>,
}

impl Names {
    /// Of the installation of this name; none if that cannot be one.
    pub(super) fn of(installation: &str) -> Option<Self> {
        let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
        let good = !installation.is_empty() && installation.bytes().all(fits);
        good.then(|| Self { prefix: format!("{{visavis:{installation}}}").into() })
    }

    /// A hash: version, body and lease.
    pub(super) fn document(&self, key: &Key) -> String {
        format!("{}:doc:{}", self.prefix, key.as_str())
    }

    /// Whose document this is, as [`Names::document`] names it.
    pub(super) fn key(&self, document: &str) -> Option<Key> {
        document.strip_prefix(&*self.prefix)?.strip_prefix(":doc:").map(Key::from_stored)
    }

    /// What the names of rooms' documents begin with.
    pub(super) fn room_documents(&self) -> String {
        format!("{}:doc:{}", self.prefix, Key::room_prefix())
    }

    /// A sorted set: documents of rooms, by name.
    pub(super) fn rooms(&self) -> String {
        format!("{}:rooms", self.prefix)
    }

    /// The last version given to any document.
    pub(super) fn version(&self) -> String {
        format!("{}:version", self.prefix)
    }

    /// A sorted set: documents by when they want to be looked at.
    pub(super) fn deadlines(&self) -> String {
        format!("{}:deadlines", self.prefix)
    }

    /// A sorted set: instances by when their lease ends.
    pub(super) fn leases(&self) -> String {
        format!("{}:leases", self.prefix)
    }

    /// A hash: what each instance says of itself.
    pub(super) fn said(&self) -> String {
        format!("{}:said", self.prefix)
    }

    /// When a purse is full again.
    pub(super) fn purse(&self, purse: &Purse) -> String {
        format!("{}:purse:{}", self.prefix, purse.as_str())
    }

    /// A set: documents that name this instance's lease.
    pub(super) fn held_by(&self, instance: InstanceId) -> String {
        format!("{}{instance}", self.held())
    }

    /// What the names of those sets begin with.
    pub(super) fn held(&self) -> String {
        format!("{}:held:", self.prefix)
    }

    /// What tells this data from that of the same server before it lost it.
    pub(super) fn life(&self) -> String {
        format!("{}:life", self.prefix)
    }

    /// The channel of a topic.
    pub(super) fn channel(&self, topic: &TopicName) -> String {
        format!("{}:topic:{}", self.prefix, topic.as_str())
    }

    /// Which topic, if the channel is one's.
    pub(super) fn topic(&self, channel: &str) -> Option<TopicName> {
        channel.strip_prefix(&*self.prefix)?.strip_prefix(":topic:").map(TopicName::new)
    }

    /// The channel that says that the earliest deadline is another one.
    pub(super) fn bell(&self) -> String {
        format!("{}:bell", self.prefix)
    }

    /// The channel on which a subscriber hears that it hears.
    pub(super) fn ear(&self, nonce: u64) -> String {
        format!("{}:ear:{nonce:016x}", self.prefix)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_share_one_hash_tag_and_can_be_read_back() {
        let names = Names::of("a-b.c_1").expect("a name");
        let (key, topic) = (Key::room("one:{two}"), TopicName::new("room:one:{two}"));
        assert_eq!(names.document(&key), "{visavis:a-b.c_1}:doc:room:one:{two}");
        assert_eq!(names.key(&names.document(&key)), Some(key));
        assert_eq!(names.topic(&names.channel(&topic)), Some(topic));
        assert_eq!(names.topic(&names.bell()), None);
        let other = Names::of("other").expect("a name");
        assert_eq!(other.key(&names.document(&Key::room("one"))), None);
    }

    #[test]
    fn a_name_cannot_break_out_of_the_hash_tag() {
        for bad in ["", "a}b", "a{b", "a b", "ä"] {
            assert!(Names::of(bad).is_none(), "{bad:?}");
        }
    }
}
