//! A chat: a bounded list of messages, each stored once. Its authors are participants of a room, or people. Pure.

use crate::ids::{MessageId, ParticipantId};
use crate::name::PersonName;
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::VecDeque;

/// The longest a message may be, in characters.
pub const MAX_MESSAGE_CHARS: usize = 4_000;
/// What late-comers are shown. More makes joining slower and the document larger.
const MAX_MESSAGES: usize = 200;
/// Bound of the kept text, bytes: 200 messages of everyday length, or about 16 of the longest.
const MAX_TEXT_BYTES: usize = 256 * 1024;

/// One message.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message<A> {
    /// Drawn by its sender.
    pub id: MessageId,
    /// Who wrote it.
    pub from: A,
    /// What they were called then.
    pub name: PersonName,
    /// As typed, without control characters.
    pub text: String,
    /// When it was taken.
    pub at: Timestamp,
}

impl<A> std::fmt::Debug for Message<A> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Message").field("id", &self.id).finish_non_exhaustive()
    }
}

/// What happened in a chat.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Event<A> {
    /// Somebody wrote.
    Said {
        /// What.
        message: Message<A>,
    },
}

/// Why a message was not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Rejection {
    /// Empty, longer than [`MAX_MESSAGE_CHARS`], or under an id that belongs to somebody else's message.
    #[error("a message has 1 to 4,000 characters and an id of its own")]
    MessageInvalid,
}

/// The recent messages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Chat<A = ParticipantId> {
    version: u64,
    messages: VecDeque<Message<A>>,
}

impl<A> Default for Chat<A> {
    fn default() -> Self {
        Self { version: 0, messages: VecDeque::new() }
    }
}

impl<A: Copy + Eq> Chat<A> {
    /// Oldest first.
    #[must_use]
    pub fn messages(&self) -> &VecDeque<Message<A>> {
        &self.messages
    }

    /// How many events have led here.
    #[must_use]
    pub fn version(&self) -> u64 {
        self.version
    }

    /// Decides on a message. `None` if the sender's same message is here already.
    ///
    /// # Errors
    /// If the text is no message.
    pub fn say(
        &self,
        now: Timestamp,
        id: MessageId,
        from: A,
        name: &PersonName,
        text: &str,
    ) -> Result<Option<Event<A>>, Rejection> {
        if let Some(known) = self.messages.iter().find(|message| message.id == id) {
            return if known.from == from { Ok(None) } else { Err(Rejection::MessageInvalid) };
        }
        let text: String = text.chars().filter(|c| !c.is_control() || matches!(c, '\n' | '\t')).collect();
        if text.trim().is_empty() || text.chars().count() > MAX_MESSAGE_CHARS {
            return Err(Rejection::MessageInvalid);
        }
        Ok(Some(Event::Said { message: Message { id, from, name: name.clone(), text, at: now } }))
    }

    /// The chat after an event.
    #[must_use]
    pub fn apply(mut self, event: &Event<A>) -> Self {
        let Event::Said { message } = event;
        self.version += 1;
        self.messages.push_back(message.clone());
        let mut bytes: usize = self.messages.iter().map(|message| message.text.len()).sum();
        while self.messages.len() > MAX_MESSAGES || bytes > MAX_TEXT_BYTES {
            let Some(oldest) = self.messages.pop_front() else { break };
            bytes -= oldest.text.len();
        }
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp(1_000);

    fn say(chat: Chat, id: u128, from: u128, text: &str) -> (Chat, Result<bool, Rejection>) {
        let name = PersonName::parse("Ana").unwrap();
        let said = chat.say(NOW, MessageId::from_bits(id), ParticipantId::from_bits(from), &name, text);
        match said {
            Ok(Some(event)) => (chat.apply(&event), Ok(true)),
            Ok(None) => (chat, Ok(false)),
            Err(rejection) => (chat, Err(rejection)),
        }
    }

    fn texts(chat: &Chat) -> Vec<&str> {
        chat.messages().iter().map(|message| message.text.as_str()).collect()
    }

    #[test]
    fn any_characters_are_kept_as_typed_but_controls() {
        for (typed, kept) in [
            ("<b>bold</b>", "<b>bold</b>"),
            ("a:b|c", "a:b|c"),
            ("שלום \u{202e}abc", "שלום \u{202e}abc"),
            ("👩‍👩‍👧", "👩‍👩‍👧"),
            ("two\nlines\t!", "two\nlines\t!"),
            ("nul\0bell\u{7}", "nulbell"),
            ("  spaces  ", "  spaces  "),
        ] {
            let (chat, said) = say(Chat::default(), 1, 1, typed);
            assert_eq!(said, Ok(true));
            assert_eq!(texts(&chat), [kept]);
        }
    }

    #[test]
    fn a_message_has_1_to_4000_characters() {
        for (text, expected) in [
            (String::new(), Err(Rejection::MessageInvalid)),
            (" \n\t ".into(), Err(Rejection::MessageInvalid)),
            ("\0\u{7}".into(), Err(Rejection::MessageInvalid)),
            ("é".repeat(4_000), Ok(true)),
            ("é".repeat(4_001), Err(Rejection::MessageInvalid)),
        ] {
            assert_eq!(say(Chat::default(), 1, 1, &text).1, expected);
        }
    }

    #[test]
    fn the_same_message_again_is_stored_once() {
        let (chat, _) = say(Chat::default(), 1, 1, "hello");
        let (chat, again) = say(chat, 1, 1, "hello");
        assert_eq!(again, Ok(false));
        assert_eq!((texts(&chat), chat.version()), (vec!["hello"], 1));
    }

    #[test]
    fn nobody_can_speak_under_somebody_elses_message_id() {
        let (chat, _) = say(Chat::default(), 1, 1, "hello");
        assert_eq!(say(chat, 1, 2, "forged").1, Err(Rejection::MessageInvalid));
    }

    #[test]
    fn the_oldest_go_first_by_number_and_by_size() {
        let mut chat = Chat::default();
        for id in 0..250 {
            chat = say(chat, id, 1, &format!("{id}")).0;
        }
        assert_eq!((chat.messages().len(), texts(&chat)[0], chat.version()), (200, "50", 250));
        let long = "x".repeat(4_000);
        for id in 1_000..1_100 {
            chat = say(chat, id, 1, &long).0;
        }
        let bytes: usize = chat.messages().iter().map(|message| message.text.len()).sum();
        assert!(bytes <= MAX_TEXT_BYTES && bytes > MAX_TEXT_BYTES - 4_001, "{bytes}");
    }
}
