//! What a session holds, as a document that is there before the session holds it and goes when it has let go: whoever
//! frees what a dead instance held reads it, and so does a session that follows another one. It may say more than is
//! true, never less.

use super::documents::{self, ControlNotice, Route};
use super::rooms::ATTEMPTS;
use super::{App, Refused};
use bytes::Bytes;
use serde::{Deserialize, Serialize};
use visavis_domain::ids::{PersonId, SessionId};
use visavis_domain::name::RoomName;
use visavis_live::{Commit, Document, Key, LiveError, Version, Write};

/// What a session may hold. Fields are only ever added, with defaults: during an upgrade instances of two versions
/// read each other.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Holding {
    /// Whose it is.
    pub(crate) person: PersonId,
    /// The room in which it has a seat, or had one last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) room: Option<RoomName>,
    /// It is one of its person's pages.
    #[serde(default)]
    pub(crate) page: bool,
    /// The room at which it knocks, or knocked last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) knock: Option<RoomName>,
}

/// What a session knows of its document.
#[derive(Debug, Default)]
pub(crate) struct Written {
    /// What it is known to say, and at which version.
    known: Option<(Holding, Version)>,
    /// It may be there, although nobody heard that it is.
    tried: bool,
}

impl Written {
    /// Whether there may be a document.
    pub(crate) fn may_be_there(&self) -> bool {
        self.tried
    }
}

impl App {
    /// Says what a session is about to hold. [`Refused::Freed`] if its document was there and is not any more.
    pub(crate) async fn write_down(
        &self,
        session: SessionId,
        holding: Holding,
        written: &mut Written,
    ) -> Result<(), Refused> {
        let mut expected = match &written.known {
            Some((known, _)) if *known == holding => return Ok(()),
            Some((_, version)) => *version,
            None => Version::ABSENT,
        };
        written.tried = true;
        let body = documents::encode(&holding)?;
        for _ in 0..ATTEMPTS {
            match self.put(session, expected, Some(body.clone())).await {
                Ok(version) => {
                    written.known = Some((holding, version));
                    return Ok(());
                }
                Err(LiveError::Conflict) => expected = self.session_document(session).await?.version,
                Err(error) => return Err(error.into()),
            }
            if expected == Version::ABSENT && written.known.is_some() {
                return Err(Refused::Freed);
            }
        }
        Err(LiveError::Conflict.into())
    }

    /// The session holds nothing any more: nobody needs to know what it held.
    pub(crate) async fn strike_out(&self, session: SessionId) -> Result<(), Refused> {
        for _ in 0..ATTEMPTS {
            let version = self.session_document(session).await?.version;
            if self.forget_session(session, version).await? {
                return Ok(());
            }
        }
        Err(LiveError::Conflict.into())
    }

    /// Another session of the same person takes over from this one, which could not be resumed: it ends wherever it is
    /// open, and its page keeps nobody out any more. Its seat in a room waits for its continuation.
    pub(crate) async fn follow_session(&self, earlier: SessionId, person: PersonId) -> Result<(), Refused> {
        let Some(body) = self.session_document(earlier).await?.body else { return Ok(()) };
        let Some(holding) = documents::decode::<Holding>(Some(&body))? else { return Ok(()) };
        if holding.person != person {
            return Ok(());
        }
        let notice = ControlNotice::Replaced.body();
        self.live.publish(Route::Session(earlier).topic(), notice).await?;
        if !holding.page {
            return Ok(());
        }
        match self.detach_page(person, earlier, self.rules.grace).await {
            Err(Refused::Availability(_)) | Ok(()) => Ok(()),
            Err(refused) => Err(refused),
        }
    }

    pub(super) async fn session_document(&self, session: SessionId) -> Result<Document, Refused> {
        self.live.load(&[Key::session(session)]).await?.pop().ok_or(Refused::Corrupt)
    }

    /// Deletes the document at this version; says whether it is gone.
    pub(super) async fn forget_session(&self, session: SessionId, version: Version) -> Result<bool, Refused> {
        if version == Version::ABSENT {
            return Ok(true);
        }
        match self.put(session, version, None).await {
            Ok(_) => Ok(true),
            // Somebody else was faster, with the same or with something else.
            Err(LiveError::Conflict) => Ok(self.session_document(session).await?.version == Version::ABSENT),
            Err(error) => Err(error.into()),
        }
    }

    async fn put(
        &self,
        session: SessionId,
        expected: Version,
        body: Option<Bytes>,
    ) -> Result<Version, LiveError> {
        let lease = body.is_some().then_some(self.instance);
        let write = Write { key: Key::session(session), expected, body, deadline: None, lease };
        let versions = self.live.commit(Commit { writes: vec![write], ..Commit::default() }).await?;
        versions.first().copied().ok_or(LiveError::Unavailable)
    }
}
