//! Wrong passwords counted by all instances together: the throttle, taken apart over documents of live state, each
//! changed by comparing and setting. No decisions.
//!
//! While live state is away a process counts by itself, and goes on from what it has seen of the others' counts: a
//! sign-in becomes neither unlimited nor impossible.

use super::throttle::{AccountKey, Left, Limited, NetworkKey, Part, Throttle, Tries};
use crate::app::blind::Blind;
use crate::app::documents;
use crate::app::{ATTEMPTS, Refused};
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use visavis_domain::time::Timestamp;
use visavis_live::{Commit, Document, Key, Live, LiveError, Write};

/// Counts tries.
pub(super) struct SharedThrottle {
    live: Arc<dyn Live>,
    limits: Tries,
    /// Addresses and networks are numbers in there, the same ones at all instances.
    blind: Blind,
    own: Mutex<Throttle>,
}

/// Whose try it is, and from where.
#[derive(Clone, Copy)]
struct Who {
    account: AccountKey,
    network: NetworkKey,
}

impl SharedThrottle {
    pub(super) fn new(live: Arc<dyn Live>, key: &[u8], limits: Tries) -> Self {
        let blind = Blind::new(key, "tries to sign in");
        Self { live, limits, blind, own: Mutex::new(Throttle::new(limits)) }
    }

    /// Counts one more try, unless there were too many.
    pub(super) async fn take(&self, now: Timestamp, email: &str, network: IpAddr) -> Result<(), Limited> {
        let who = self.who(email, network);
        self.change(now, who, |throttle| throttle.take(now, who.account, who.network)).await
    }

    /// The try was not a wrong one.
    pub(super) async fn give_back(&self, now: Timestamp, email: &str, network: IpAddr) {
        let who = self.who(email, network);
        self.change(now, who, |throttle| throttle.give_back(who.account, who.network)).await;
    }

    /// The account signed in.
    pub(super) async fn signed_in(&self, now: Timestamp, email: &str, network: IpAddr) {
        let who = self.who(email, network);
        self.change(now, who, |throttle| throttle.signed_in(now, who.account, who.network)).await;
    }

    fn who(&self, email: &str, network: IpAddr) -> Who {
        Who { account: AccountKey(self.blind.text(email)), network: NetworkKey(self.blind.address(network)) }
    }

    async fn change<T>(&self, now: Timestamp, who: Who, change: impl Fn(&mut Throttle) -> T) -> T {
        match self.change_shared(now, who, &change).await {
            Ok((outcome, all)) => {
                self.own().learn(now, &all, who.account, who.network);
                outcome
            }
            Err(error) => {
                metrics::counter!("visavis_tries_counted_alone_total").increment(1);
                tracing::debug!(%error, "a try to sign in is counted by this process alone");
                change(&mut self.own())
            }
        }
    }

    async fn change_shared<T>(
        &self,
        now: Timestamp,
        who: Who,
        change: &impl Fn(&mut Throttle) -> T,
    ) -> Result<(T, Throttle), Refused> {
        let slots = Throttle::slots(who.account, who.network);
        let keys: Vec<_> = slots.iter().map(|slot| Key::tries(*slot)).collect();
        for _ in 0..ATTEMPTS {
            let documents = self.live.load(&keys).await?;
            let read = |document: &Document| documents::decode::<Part>(document.body.as_ref());
            let before = documents.iter().map(read).collect::<Result<Vec<_>, _>>()?;
            let mut all = Throttle::gathered(self.limits, before.iter().flatten().cloned());
            let outcome = change(&mut all);
            let mut commit = Commit::default();
            for (((slot, key), document), before) in slots.iter().zip(&keys).zip(documents).zip(before) {
                let part = all.part(now, *slot);
                if before.unwrap_or_default() == part {
                    commit.reads.push((key.clone(), document.version));
                } else {
                    commit.writes.push(write(key, &document, part, now)?);
                }
            }
            if commit.writes.is_empty() {
                return Ok((outcome, all));
            }
            match self.live.commit(commit).await {
                Ok(_) => return Ok((outcome, all)),
                Err(LiveError::Conflict) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(LiveError::Conflict.into())
    }

    fn own(&self) -> MutexGuard<'_, Throttle> {
        // Nothing in there panics half-way.
        self.own.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Forgets tallies that are over, in one of the documents.
pub(in crate::app) async fn forget_tries(live: &dyn Live, now: Timestamp, key: &Key) -> Result<(), Refused> {
    let found = live.load(std::slice::from_ref(key)).await?;
    let [document] = found.as_slice() else { return Err(Refused::Corrupt) };
    let Some(part) = documents::decode::<Part>(document.body.as_ref())? else { return Ok(()) };
    let commit = Commit { writes: vec![write(key, document, part, now)?], ..Commit::default() };
    match live.commit(commit).await {
        // Whoever was faster has set another deadline.
        Ok(_) | Err(LiveError::Conflict) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

fn write(key: &Key, document: &Document, mut part: Part, now: Timestamp) -> Result<Write, Refused> {
    let body = match part.forget(now) {
        Left::Something => Some(documents::encode(&part)?),
        Left::Nothing => None,
    };
    Ok(Write { key: key.clone(), expected: document.version, body, deadline: part.over_at(), lease: None })
}
