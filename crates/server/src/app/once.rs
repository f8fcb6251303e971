//! What programs ask for under a word of theirs (`Idempotency-Key`) is done once, at whichever instances they ask. What
//! was answered lies in live state for a day, sealed: some of it are links that sign somebody in.

use super::accounts::Seal;
use super::limits::pay_slowly;
use super::{App, Refused, documents};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use serde::{Deserialize, Serialize};
use visavis_domain::ids::{ApiKeyId, PersonId};
use visavis_domain::once::{Remembered, Verdict, decide};
use visavis_live::{Commit, Key, LiveError, Version, Write};

/// Larger answers are not kept; none of ours is half as large.
pub(crate) const MOST_BYTES: usize = 64 * 1024;
/// How often it is looked anew when somebody else was faster.
const TRIES: usize = 3;

/// An answer that can be told again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Told {
    /// The HTTP status.
    pub(crate) status: u16,
    /// As it was, and nothing for none.
    pub(crate) body: String,
}

/// A request that is to be done now.
#[derive(Debug)]
pub(crate) struct Doing {
    key: Key,
    about: String,
    version: Version,
    remembered: Remembered<String>,
}

impl App {
    /// Decides about a request that somebody asks for under a word. [`Refused::TooOften`] when they have had more words
    /// remembered than they may.
    pub(crate) async fn once(
        &self,
        (who, key): (PersonId, Option<ApiKeyId>),
        word: &str,
        request: String,
    ) -> Result<Result<Doing, Verdict<Told>>, Refused> {
        let asker = key.map_or_else(|| who.to_string(), |key| key.to_string());
        let about = format!("{asker} {word}");
        let key = Key::once(self.words.wide(&about));
        for _ in 0..TRIES {
            let document = self.live.load(std::slice::from_ref(&key)).await?.pop().ok_or(Refused::Corrupt)?;
            let before: Option<Remembered<String>> = documents::decode(document.body.as_ref())?;
            match decide(self.now(), &request, before) {
                Verdict::First => {}
                Verdict::Again(sealed) => {
                    let sealed = STANDARD.decode(sealed).map_err(|_| Refused::Corrupt)?;
                    let opened = self.answers.open(&about, &sealed).map_err(|_| Refused::Corrupt)?;
                    let told = serde_json::from_slice(&opened).map_err(|_| Refused::Corrupt)?;
                    return Ok(Err(Verdict::Again(told)));
                }
                Verdict::Busy => return Ok(Err(Verdict::Busy)),
                Verdict::Other => return Ok(Err(Verdict::Other)),
            }
            pay_slowly(&*self.live, &asker).await?;
            let remembered = Remembered { request: request.clone(), since: self.now(), answer: None };
            match self.remember(&key, document.version, Some(&remembered)).await {
                Ok(version) => return Ok(Ok(Doing { key, about, version, remembered })),
                Err(Refused::Live(LiveError::Conflict)) => {}
                Err(refused) => return Err(refused),
            }
        }
        Ok(Err(Verdict::Busy))
    }

    /// It was done, and answered so; without an answer it may be asked for again at once. That this fails changes
    /// nothing about what was done: then it is in the way of the same word for a minute.
    pub(crate) async fn done(&self, doing: Doing, told: Option<&Told>) {
        let Doing { key, about, version, mut remembered } = doing;
        let kept = match told {
            None => self.remember(&key, version, None).await,
            Some(told) => {
                let nonce = self.random_bits().to_be_bytes();
                let nonce = *nonce.first_chunk().expect("16 bytes are more than 12");
                let plain = serde_json::to_vec(told).unwrap_or_default();
                remembered.answer = Some(STANDARD.encode(self.answers.seal(&about, nonce, &plain)));
                self.remember(&key, version, Some(&remembered)).await
            }
        };
        if let Err(refused) = kept {
            tracing::warn!(%refused, "an answer could not be kept for who asks again");
        }
    }

    /// What is remembered under this word is not worth it any more.
    pub(super) async fn forget_once(&self, key: &Key) -> Result<(), Refused> {
        let document = self.live.load(std::slice::from_ref(key)).await?.pop().ok_or(Refused::Corrupt)?;
        let kept: Option<Remembered<String>> = documents::decode(document.body.as_ref())?;
        if kept.is_none_or(|kept| self.now() < kept.until()) {
            return Ok(());
        }
        match self.remember(key, document.version, None).await {
            Ok(_) | Err(Refused::Live(LiveError::Conflict)) => Ok(()),
            Err(refused) => Err(refused),
        }
    }

    async fn remember(
        &self,
        key: &Key,
        expected: Version,
        what: Option<&Remembered<String>>,
    ) -> Result<Version, Refused> {
        let body = what.map(serde_json::to_vec).transpose().map_err(|_| Refused::Corrupt)?;
        let write = Write {
            key: key.clone(),
            expected,
            body: body.map(Bytes::from),
            deadline: what.map(Remembered::until),
            lease: None,
        };
        let versions = self.live.commit(Commit { writes: vec![write], ..Commit::default() }).await?;
        versions.first().copied().ok_or(Refused::Corrupt)
    }

    /// Makes and reads what is kept of answers.
    pub(super) fn sealed_answers(installation: &[u8]) -> Seal {
        Seal::new(installation, "answers told again")
    }
}
