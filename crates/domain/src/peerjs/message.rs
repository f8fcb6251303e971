//! What becomes of a message that a page sends, by its kind and whom it is for. Payloads are the pages' affair.

use super::PeerJsId;

/// Messages that go from one page to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Begins a connection.
    Offer,
    /// Answers one.
    Answer,
    /// A way on which the sender may be reached.
    Candidate,
    /// The sender leaves the receiver.
    Leave,
    /// Nobody could be reached; a page may say so too.
    Expire,
}

impl Kind {
    /// As the wire has it.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Offer => "OFFER",
            Self::Answer => "ANSWER",
            Self::Candidate => "CANDIDATE",
            Self::Leave => "LEAVE",
            Self::Expire => "EXPIRE",
        }
    }

    /// Whether it waits for a receiver that is not there: what only ends something has then no one to end it for.
    #[must_use]
    pub const fn waits(self) -> bool {
        match self {
            Self::Offer | Self::Answer | Self::Candidate => true,
            Self::Leave | Self::Expire => false,
        }
    }

    /// Whether the receiver's page reads its payload without looking whether there is one.
    const fn needs_payload(self) -> bool {
        self.waits()
    }
}

/// What becomes of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sent {
    /// It goes to somebody.
    Forward(Kind, PeerJsId),
    /// It is for a name that nobody can have: its sender is told at once that there is nobody.
    Unreachable,
    /// The sender gives up their id.
    GiveUp,
    /// It says that the sender is there, or it is nothing that anybody knows: nothing comes of it.
    Nothing,
    /// It would be a fault in the receiver's page.
    Malformed,
}

/// Judges a message by its words: its type, its receiver, and whether its payload is an object.
#[must_use]
pub fn judge(word: &str, to: Option<&str>, has_payload: bool) -> Sent {
    let kind = match word {
        "OFFER" => Kind::Offer,
        "ANSWER" => Kind::Answer,
        "CANDIDATE" => Kind::Candidate,
        "LEAVE" => Kind::Leave,
        "EXPIRE" => Kind::Expire,
        _ => return Sent::Nothing,
    };
    if kind.needs_payload() && !has_payload {
        return Sent::Malformed;
    }
    match to.filter(|to| !to.is_empty()) {
        None if kind == Kind::Leave => Sent::GiveUp,
        None => Sent::Malformed,
        Some(to) => match PeerJsId::parse(to) {
            Ok(to) => Sent::Forward(kind, to),
            // Of candidates behind an offer nothing more has to be said.
            Err(_) if kind == Kind::Offer => Sent::Unreachable,
            Err(_) => Sent::Nothing,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_are_judged_by_their_words() {
        let to_ben = |kind| Sent::Forward(kind, PeerJsId::parse("ben").unwrap());
        for (word, to, payload, expected) in [
            ("OFFER", Some("ben"), true, to_ben(Kind::Offer)),
            ("ANSWER", Some("ben"), true, to_ben(Kind::Answer)),
            ("CANDIDATE", Some("ben"), true, to_ben(Kind::Candidate)),
            ("LEAVE", Some("ben"), false, to_ben(Kind::Leave)),
            ("LEAVE", Some("ben"), true, to_ben(Kind::Leave)),
            ("EXPIRE", Some("ben"), false, to_ben(Kind::Expire)),
            ("OFFER", Some("ben"), false, Sent::Malformed),
            ("CANDIDATE", Some("ben"), false, Sent::Malformed),
            ("OFFER", None, true, Sent::Malformed),
            ("EXPIRE", None, false, Sent::Malformed),
            ("LEAVE", None, false, Sent::GiveUp),
            ("LEAVE", Some(""), false, Sent::GiveUp),
            ("OFFER", Some("no id!"), true, Sent::Unreachable),
            ("CANDIDATE", Some("no id!"), true, Sent::Nothing),
            ("LEAVE", Some("no id!"), false, Sent::Nothing),
            ("HEARTBEAT", None, false, Sent::Nothing),
            ("OPEN", Some("ben"), true, Sent::Nothing),
            ("ID-TAKEN", Some("ben"), true, Sent::Nothing),
            ("ERROR", Some("ben"), true, Sent::Nothing),
            ("offer", Some("ben"), true, Sent::Nothing),
            ("", None, false, Sent::Nothing),
        ] {
            assert_eq!(judge(word, to, payload), expected, "{word} to {to:?}");
        }
    }

    #[test]
    fn what_begins_something_waits_and_what_ends_something_does_not() {
        for (kind, waits) in [
            (Kind::Offer, true),
            (Kind::Answer, true),
            (Kind::Candidate, true),
            (Kind::Leave, false),
            (Kind::Expire, false),
        ] {
            assert_eq!(kind.waits(), waits, "{kind:?}");
            assert_eq!(
                judge(kind.word(), Some("ben"), true),
                Sent::Forward(kind, PeerJsId::parse("ben").unwrap())
            );
        }
    }
}
