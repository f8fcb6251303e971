//! A chat: a bounded list of messages, each stored once. Its authors are participants of a room, or people. Pure.

use crate::ids::{FileId, MessageId, ParticipantId};
use crate::message::file_name;
use crate::name::PersonName;
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::VecDeque;

/// The longest a message may be, in characters.
pub const MAX_MESSAGE_CHARS: usize = 4_000;
/// What late-comers are shown. More makes joining slower and the document larger.
const MAX_MESSAGES: usize = 200;
/// Bound of the kept text and names of files, bytes: 200 messages of everyday length, or about 16 of the longest.
const MAX_TEXT_BYTES: usize = 256 * 1024;

/// A file that somebody offers: what is told of it. Its bytes stay with whoever offers it, and never come here.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OfferedFile {
    /// Drawn by its sender.
    pub id: FileId,
    /// Without a path, and without what cannot be seen.
    pub name: String,
    /// Bytes.
    pub size: u64,
}

impl std::fmt::Debug for OfferedFile {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("OfferedFile").field("id", &self.id).finish_non_exhaustive()
    }
}

impl OfferedFile {
    /// As it is told to others.
    ///
    /// # Errors
    /// If its name is none, if there is nothing in it, or if it has more than `most` bytes.
    pub fn new(id: FileId, typed: &str, size: u64, most: u64) -> Result<Self, Rejection> {
        if size > most {
            return Err(Rejection::FileTooLarge);
        }
        let name = file_name(typed).filter(|_| size > 0).ok_or(Rejection::FileInvalid)?;
        Ok(Self { id, name, size })
    }
}

/// What somebody says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Words<'a> {
    /// As typed; with a file it may be empty.
    pub text: &'a str,
    /// What they offer with it.
    pub file: Option<OfferedFile>,
}

impl<'a> From<&'a str> for Words<'a> {
    fn from(text: &'a str) -> Self {
        Self { text, file: None }
    }
}

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
    /// What comes with it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<OfferedFile>,
    /// When it was taken.
    pub at: Timestamp,
}

impl<A> Message<A> {
    /// Bytes that it is kept with.
    fn bytes(&self) -> usize {
        self.text.len() + self.file.as_ref().map_or(0, |file| file.name.len())
    }
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
    /// A file without a name, with nothing in it, or under an id that another message has.
    #[error("a file has a name, at least one byte, and an id of its own")]
    FileInvalid,
    /// A file with more bytes than files may have.
    #[error("the file is too large")]
    FileTooLarge,
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
    /// If it is no message.
    pub fn say(
        &self,
        now: Timestamp,
        id: MessageId,
        from: A,
        name: &PersonName,
        words: Words<'_>,
    ) -> Result<Option<Event<A>>, Rejection> {
        let Words { text, file } = words;
        if let Some(known) = self.messages.iter().find(|message| message.id == id) {
            return if known.from == from { Ok(None) } else { Err(Rejection::MessageInvalid) };
        }
        let text: String = text.chars().filter(|c| !c.is_control() || matches!(c, '\n' | '\t')).collect();
        if (text.trim().is_empty() && file.is_none()) || text.chars().count() > MAX_MESSAGE_CHARS {
            return Err(Rejection::MessageInvalid);
        }
        if let Some(file) = &file
            && self.files().any(|known| known.id == file.id)
        {
            return Err(Rejection::FileInvalid);
        }
        Ok(Some(Event::Said { message: Message { id, from, name: name.clone(), text, file, at: now } }))
    }

    fn files(&self) -> impl Iterator<Item = &OfferedFile> {
        self.messages.iter().filter_map(|message| message.file.as_ref())
    }

    /// The chat after an event.
    #[must_use]
    pub fn apply(mut self, event: &Event<A>) -> Self {
        let Event::Said { message } = event;
        self.version += 1;
        self.messages.push_back(message.clone());
        let mut bytes: usize = self.messages.iter().map(Message::bytes).sum();
        while self.messages.len() > MAX_MESSAGES || bytes > MAX_TEXT_BYTES {
            let Some(oldest) = self.messages.pop_front() else { break };
            bytes -= oldest.bytes();
        }
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp(1_000);

    fn say(chat: Chat, id: u128, from: u128, text: &str) -> (Chat, Result<bool, Rejection>) {
        offer(chat, id, from, text.into())
    }

    fn offer(chat: Chat, id: u128, from: u128, words: Words<'_>) -> (Chat, Result<bool, Rejection>) {
        let name = PersonName::parse("Ana").unwrap();
        let said = chat.say(NOW, MessageId::from_bits(id), ParticipantId::from_bits(from), &name, words);
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

    fn file(id: u128) -> OfferedFile {
        OfferedFile::new(FileId::from_bits(id), "plan.pdf", 10, 100).unwrap()
    }

    #[test]
    fn a_file_has_a_name_and_at_least_one_byte_and_at_most_as_many_as_are_allowed() {
        for (typed, size, most, expected) in [
            ("plan.pdf", 1, 100, Ok("plan.pdf")),
            ("plan.pdf", 100, 100, Ok("plan.pdf")),
            ("plan.pdf", 0, 100, Err(Rejection::FileInvalid)),
            ("plan.pdf", 101, 100, Err(Rejection::FileTooLarge)),
            ("plan.pdf", u64::MAX, u64::MAX, Ok("plan.pdf")),
            // No files at all: not even an empty one's name is looked at.
            ("plan.pdf", 1, 0, Err(Rejection::FileTooLarge)),
            ("", 1, 100, Err(Rejection::FileInvalid)),
            ("..", 1, 100, Err(Rejection::FileInvalid)),
            ("\u{202e}\u{200b}", 1, 100, Err(Rejection::FileInvalid)),
            ("/etc/passwd", 1, 100, Ok("passwd")),
            ("C:\\plans\\fdp.\u{202e}exe", 1, 100, Ok("fdp.exe")),
        ] {
            let made = OfferedFile::new(FileId::from_bits(1), typed, size, most);
            assert_eq!(made.as_ref().map(|file| file.name.as_str()), expected.as_ref().copied(), "{typed:?}");
        }
    }

    #[test]
    fn a_file_speaks_for_itself_and_its_text_is_a_text() {
        for (text, expected) in [
            (String::new(), Ok(true)),
            ("here it is".into(), Ok(true)),
            ("é".repeat(4_001), Err(Rejection::MessageInvalid)),
        ] {
            let words = Words { text: &text, file: Some(file(1)) };
            let (chat, said) = offer(Chat::default(), 1, 1, words);
            assert_eq!(said, expected);
            assert_eq!(
                chat.messages().iter().filter_map(|one| one.file.clone()).count(),
                usize::from(said.is_ok())
            );
        }
    }

    #[test]
    fn a_file_belongs_to_one_message() {
        let (chat, _) = offer(Chat::default(), 1, 1, Words { text: "", file: Some(file(1)) });
        for (message, from, of, expected) in [
            (1, 1, 1, Ok(false)),
            (2, 1, 1, Err(Rejection::FileInvalid)),
            (2, 2, 1, Err(Rejection::FileInvalid)),
            (2, 2, 2, Ok(true)),
        ] {
            let words = Words { text: "", file: Some(file(of)) };
            assert_eq!(offer(chat.clone(), message, from, words).1, expected, "{message} {from} {of}");
        }
    }

    #[test]
    fn messages_of_before_there_were_files_are_read() {
        let (chat, _) = say(Chat::default(), 1, 1, "hello");
        let kept = serde_json::to_value(&chat).unwrap();
        assert!(!kept.to_string().contains("file"), "{kept}");
        assert_eq!(serde_json::from_value::<Chat>(kept).unwrap(), chat);
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
