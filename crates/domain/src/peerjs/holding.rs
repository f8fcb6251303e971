//! Whose an id is: a document for each id that somebody holds, or has held a moment ago. Who shows the token that took
//! the id gets it again, wherever they come back; nobody else does until the grace is over.

use crate::ids::{InstanceId, PeerJsSocketId};
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::time::Duration;

/// What a token is known again by. Made with a key of the installation: the token itself is kept nowhere.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct TokenMark(u128);

impl TokenMark {
    /// The mark of these bits.
    #[must_use]
    pub const fn from_bits(bits: u128) -> Self {
        Self(bits)
    }
}

impl fmt::Debug for TokenMark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TokenMark(…)")
    }
}

impl From<TokenMark> for String {
    fn from(mark: TokenMark) -> Self {
        format!("{:032x}", mark.0)
    }
}

impl TryFrom<String> for TokenMark {
    type Error = std::num::ParseIntError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        u128::from_str_radix(&text, 16).map(Self)
    }
}

/// Where an id is reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// The instance that has the socket.
    pub instance: InstanceId,
    /// The socket.
    pub socket: PeerJsSocketId,
}

/// Whether an id is reached, or only kept for whoever had it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// By this socket.
    At(Place),
    /// By none; free from this moment on.
    KeptUntil(Timestamp),
}

/// The document of an id. Fields are only ever added, with defaults: during an upgrade instances of two versions read
/// each other.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holding {
    token: TokenMark,
    state: State,
    /// For how long it is kept once its socket is gone: whoever frees it need not ask the instance that is.
    grace_ms: u64,
}

/// A socket's wish to have an id.
#[derive(Debug, Clone, Copy)]
pub struct Claim {
    /// Of the token that came with it.
    pub token: TokenMark,
    /// Where it is reached from now on.
    pub place: Place,
    /// For how long it is kept afterwards; none, as PeerServer has it, is zero.
    pub grace: Duration,
}

/// What came of a claim.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claimed {
    /// The document from now on.
    pub holding: Holding,
    /// The socket that had the id until now, with the same token: it is closed.
    pub displaced: Option<Place>,
}

/// Why a claim is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// Somebody else holds it, or held it a moment ago.
    #[error("the id is taken")]
    Taken,
    /// The owner has come back elsewhere: this socket has it no more.
    #[error("the owner is elsewhere")]
    Moved,
}

/// How a socket ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// The line broke, or was closed: its owner may come back.
    Lost,
    /// The page gave the id up in so many words: it is anybody's.
    GivenUp,
}

/// What is done to a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Written {
    /// Nothing.
    Kept,
    /// It is this from now on.
    Changed(Holding),
    /// It goes.
    Gone,
}

impl Holding {
    /// A socket comes for an id that is in this state.
    ///
    /// # Errors
    /// [`Refused::Taken`].
    pub fn claim(held: Option<&Self>, now: Timestamp, claim: Claim) -> Result<Claimed, Refused> {
        let displaced = match held {
            Some(held) if held.token == claim.token => held.place().filter(|place| *place != claim.place),
            Some(held) if !held.is_free(now) => return Err(Refused::Taken),
            Some(_) | None => None,
        };
        let grace_ms = u64::try_from(claim.grace.as_millis()).unwrap_or(u64::MAX);
        Ok(Claimed {
            holding: Self { token: claim.token, state: State::At(claim.place), grace_ms },
            displaced,
        })
    }

    /// The same by a socket that had it and does not know whether it still has: others may have freed it, or live state
    /// lost it. It takes nothing from its owner's newer socket.
    ///
    /// # Errors
    /// Both.
    pub fn claim_again(held: Option<&Self>, now: Timestamp, claim: Claim) -> Result<Claimed, Refused> {
        let claimed = Self::claim(held, now, claim)?;
        if claimed.displaced.is_some() { Err(Refused::Moved) } else { Ok(claimed) }
    }

    /// The socket is gone. Of another one's end nothing comes.
    #[must_use]
    pub fn release(held: Option<&Self>, now: Timestamp, place: Place, ending: Ending) -> Written {
        match held {
            Some(held) if held.place() == Some(place) => match ending {
                Ending::Lost => held.lost(now),
                Ending::GivenUp => Written::Gone,
            },
            Some(_) | None => Written::Kept,
        }
    }

    /// The instance is dead, and every socket of it gone.
    #[must_use]
    pub fn orphan(held: Option<&Self>, now: Timestamp, instance: InstanceId) -> Written {
        match held {
            Some(held) if held.place().is_some_and(|place| place.instance == instance) => held.lost(now),
            Some(_) | None => Written::Kept,
        }
    }

    /// It is looked at because its time has come.
    #[must_use]
    pub fn due(held: Option<&Self>, now: Timestamp) -> Written {
        if held.is_some_and(|held| held.is_free(now)) { Written::Gone } else { Written::Kept }
    }

    /// Where it is reached, if it is.
    #[must_use]
    pub const fn place(&self) -> Option<Place> {
        match self.state {
            State::At(place) => Some(place),
            State::KeptUntil(_) => None,
        }
    }

    /// Until when it is kept, if it is not reached.
    #[must_use]
    pub const fn kept_until(&self) -> Option<Timestamp> {
        match self.state {
            State::At(_) => None,
            State::KeptUntil(until) => Some(until),
        }
    }

    fn is_free(&self, now: Timestamp) -> bool {
        self.kept_until().is_some_and(|until| until <= now)
    }

    fn lost(&self, now: Timestamp) -> Written {
        if self.grace_ms == 0 {
            return Written::Gone;
        }
        let until = now.plus(Duration::from_millis(self.grace_ms));
        Written::Changed(Self { state: State::KeptUntil(until), ..self.clone() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GRACE: Duration = Duration::from_secs(60);
    const OURS: TokenMark = TokenMark::from_bits(1);
    const OTHERS: TokenMark = TokenMark::from_bits(2);
    const NOW: Timestamp = Timestamp(1_000_000);

    fn place(instance: u128, socket: u128) -> Place {
        Place { instance: InstanceId::from_bits(instance), socket: PeerJsSocketId::from_bits(socket) }
    }

    fn at(place: Place) -> Option<Holding> {
        Some(Holding { token: OURS, state: State::At(place), grace_ms: 60_000 })
    }

    fn kept(until: u64) -> Option<Holding> {
        Some(Holding { token: OURS, state: State::KeptUntil(Timestamp(until)), grace_ms: 60_000 })
    }

    fn claim(token: TokenMark, place: Place) -> Claim {
        Claim { token, place, grace: GRACE }
    }

    #[test]
    fn an_id_is_its_tokens_while_it_is_held_and_for_the_grace() {
        let (here, there) = (place(1, 1), place(2, 2));
        // What is held, whose token comes to `there`; who is displaced, or why it is refused; and when it comes again.
        for (what, held, token, first, again) in [
            ("nobody's", None, OURS, Ok(None), Ok(None)),
            ("connected, with its token", at(here), OURS, Ok(Some(here)), Err(Refused::Moved)),
            ("connected, by another one", at(here), OTHERS, Err(Refused::Taken), Err(Refused::Taken)),
            ("this very socket", at(there), OURS, Ok(None), Ok(None)),
            ("kept, with its token", kept(NOW.0 + 1), OURS, Ok(None), Ok(None)),
            ("kept, by another one", kept(NOW.0 + 1), OTHERS, Err(Refused::Taken), Err(Refused::Taken)),
            ("kept until now", kept(NOW.0), OTHERS, Ok(None), Ok(None)),
            ("kept until a while ago", kept(NOW.0 - 9), OTHERS, Ok(None), Ok(None)),
        ] {
            let comes = claim(token, there);
            let claimed = Holding::claim(held.as_ref(), NOW, comes);
            assert_eq!(claimed.as_ref().map(|one| one.displaced).map_err(|why| *why), first, "{what}");
            if let Ok(Claimed { holding, .. }) = claimed {
                assert_eq!((holding.place(), holding.token, holding.grace_ms), (Some(there), token, 60_000));
            }
            let claimed = Holding::claim_again(held.as_ref(), NOW, comes);
            assert_eq!(claimed.map(|one| one.displaced), again, "{what}, again");
        }
    }

    #[test]
    fn a_socket_frees_its_own_id_alone() {
        let (here, there) = (place(1, 1), place(1, 2));
        let then = kept(NOW.0 + 60_000).unwrap();
        for (what, held, ending, expected) in [
            ("lost", at(here), Ending::Lost, Written::Changed(then.clone())),
            ("given up", at(here), Ending::GivenUp, Written::Gone),
            ("another socket has it", at(there), Ending::Lost, Written::Kept),
            ("another socket has it", at(there), Ending::GivenUp, Written::Kept),
            ("freed before", kept(NOW.0 + 5), Ending::Lost, Written::Kept),
            ("freed before", kept(NOW.0 + 5), Ending::GivenUp, Written::Kept),
            ("there is none", None, Ending::Lost, Written::Kept),
        ] {
            assert_eq!(Holding::release(held.as_ref(), NOW, here, ending), expected, "{what}, {ending:?}");
        }
        let none =
            Holding::claim(None, NOW, Claim { grace: Duration::ZERO, ..claim(OURS, here) }).unwrap().holding;
        assert_eq!(Holding::release(Some(&none), NOW, here, Ending::Lost), Written::Gone, "without a grace");
    }

    #[test]
    fn a_dead_instance_holds_nothing_and_what_was_kept_goes_in_time() {
        let dead = InstanceId::from_bits(1);
        let then = Written::Changed(kept(NOW.0 + 60_000).unwrap());
        for (held, orphaned, due) in [
            (at(place(1, 1)), then, Written::Kept),
            (at(place(2, 1)), Written::Kept, Written::Kept),
            (kept(NOW.0 + 1), Written::Kept, Written::Kept),
            (kept(NOW.0), Written::Kept, Written::Gone),
            (None, Written::Kept, Written::Kept),
        ] {
            assert_eq!(Holding::orphan(held.as_ref(), NOW, dead), orphaned, "{held:?}");
            assert_eq!(Holding::due(held.as_ref(), NOW), due, "{held:?}");
        }
    }

    #[test]
    fn a_document_is_read_as_it_was_written() {
        for held in [at(place(1, 2)), kept(5)] {
            let text = serde_json::to_string(&held).unwrap();
            assert_eq!(serde_json::from_str::<Option<Holding>>(&text).unwrap(), held, "{text}");
        }
        assert_eq!(format!("{OURS:?}"), "TokenMark(…)");
    }
}
