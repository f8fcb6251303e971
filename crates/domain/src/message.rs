//! What is written in the lounge, and kept: texts, who may change one and for how long, where it stands. Pure; the
//! messages themselves are the store's.

use crate::chat::MAX_MESSAGE_CHARS;
use crate::ids::{ConversationId, LoungeRoomId, PersonId};
use crate::name::{is_invisible, is_unseen};
use crate::time::Timestamp;
use std::time::Duration;

/// For how long somebody may change or delete what they wrote. More lets people unsay what others have long answered.
pub const MAY_CHANGE_FOR: Duration = Duration::from_secs(5 * 60);
/// Two people who have both written within this time are talking. More tells others for longer that somebody is
/// busy who is not; less lets it come and go between two sentences.
pub const TALK_FOR: Duration = Duration::from_secs(2 * 60);
/// The longest name of a file, in characters.
pub const MAX_FILE_NAME_CHARS: usize = 120;

/// Where a message stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Place {
    /// In a room of the lounge.
    Room(LoungeRoomId),
    /// Between two people.
    Conversation(ConversationId),
}

/// What somebody may do about a message of somebody's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Standing {
    /// Nothing but what everybody may.
    Member,
    /// Delete what others wrote where it stands.
    Moderator,
}

/// What a text comes with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Comes {
    /// Nothing else: it has to say something.
    Alone,
    /// A file, which may speak for itself.
    WithFile,
}

/// Why a message is not as somebody wants it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Rejection {
    /// Nothing visible, or more than [`MAX_MESSAGE_CHARS`].
    #[error("a message has 1 to 4,000 characters")]
    MessageInvalid,
    /// Somebody else's, deleted already, or written too long ago.
    #[error("the message cannot be changed")]
    NotChangeable,
}

/// A text as it is kept: as typed, without control characters. With a file it may be empty.
///
/// # Errors
/// If it is none.
pub fn text(typed: &str, comes: Comes) -> Result<String, Rejection> {
    let text: String = typed.chars().filter(|c| !c.is_control() || matches!(c, '\n' | '\t')).collect();
    let empty = text.chars().all(is_unseen);
    if text.chars().count() > MAX_MESSAGE_CHARS || (empty && comes == Comes::Alone) {
        return Err(Rejection::MessageInvalid);
    }
    Ok(if empty { String::new() } else { text })
}

/// Whether somebody may change what was written then.
///
/// # Errors
/// If not.
pub fn may_edit(now: Timestamp, who: PersonId, (author, at): (PersonId, Timestamp)) -> Result<(), Rejection> {
    let in_time = now.since(at) <= MAY_CHANGE_FOR;
    if who == author && in_time { Ok(()) } else { Err(Rejection::NotChangeable) }
}

/// Whether somebody may delete what was written then.
///
/// # Errors
/// If not.
pub fn may_delete(
    now: Timestamp,
    (who, standing): (PersonId, Standing),
    written: (PersonId, Timestamp),
) -> Result<(), Rejection> {
    match standing {
        Standing::Moderator => Ok(()),
        Standing::Member => may_edit(now, who, written),
    }
}

/// Whether two people are talking, when one writes now and the other wrote last then.
#[must_use]
pub fn are_talking(now: Timestamp, other_wrote: Option<Timestamp>) -> bool {
    other_wrote.is_some_and(|at| now.since(at) <= TALK_FOR)
}

/// The name of a file as it is kept: the last part of a path, without what cannot be seen; none if nothing is left.
#[must_use]
pub fn file_name(typed: &str) -> Option<String> {
    let last = typed.rsplit(['/', '\\']).next().unwrap_or_default();
    let kept: String = last.chars().filter(|c| !is_invisible(*c)).collect();
    // Nor one that hides it (`.profile`) or that means a folder (`..`).
    let trimmed = kept.trim_end().trim_start_matches(|c: char| c == '.' || c.is_whitespace());
    let short: String = match trimmed.char_indices().nth(MAX_FILE_NAME_CHARS) {
        // What tells the kind of a file stands at its end.
        Some(_) => {
            let all: Vec<char> = trimmed.chars().collect();
            let (head, tail) = (MAX_FILE_NAME_CHARS - 21, all.len() - 20);
            all[..head].iter().chain(&['…']).chain(&all[tail..]).collect()
        }
        None => trimmed.to_owned(),
    };
    (!short.chars().all(is_unseen)).then_some(short)
}

#[cfg(test)]
mod tests;
