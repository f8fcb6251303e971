//! Wrong passwords counted by all instances together: the throttle, taken apart over documents of live state, each
//! changed by comparing and setting. No decisions.
//!
//! While live state is away a process counts by itself, and goes on from what it has seen of the others' counts: a
//! sign-in becomes neither unlimited nor impossible.

use super::throttle::{AccountKey, Left, Limited, NetworkKey, Part, Place, Throttle, Tries, Whence};
use crate::app::{ATTEMPTS, Blind, Refused, documents};
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use visavis_domain::time::Timestamp;
use visavis_live::{Commit, Document, Key, Live, LiveError, Write};

/// A /48: what an organisation gets, and whoever asks for more than one network.
const SITE: u128 = u128::MAX << 80;

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
    from: Place,
}

impl SharedThrottle {
    pub(super) fn new(live: Arc<dyn Live>, key: &[u8], limits: Tries) -> Self {
        let blind = Blind::new(key, "tries to sign in");
        Self { live, limits, blind, own: Mutex::new(Throttle::new(limits)) }
    }

    /// Counts one more try, unless there were too many.
    pub(super) async fn take(&self, now: Timestamp, email: &str, network: IpAddr) -> Result<Whence, Limited> {
        let who = self.who(email, network);
        self.change(now, who, |throttle| throttle.take(now, who.account, who.from)).await
    }

    /// The try was not a wrong one.
    pub(super) async fn give_back(&self, now: Timestamp, email: &str, network: IpAddr) {
        let who = self.who(email, network);
        self.change(now, who, |throttle| throttle.give_back(who.account, who.from)).await;
    }

    /// The account signed in.
    pub(super) async fn signed_in(&self, now: Timestamp, email: &str, network: IpAddr) {
        let who = self.who(email, network);
        self.change(now, who, |throttle| throttle.signed_in(now, who.account, who.from)).await;
    }

    fn who(&self, email: &str, network: IpAddr) -> Who {
        let key = |address| NetworkKey(self.blind.address(address));
        let site = match network {
            IpAddr::V4(_) => None,
            IpAddr::V6(address) => Some(key(Ipv6Addr::from(address.to_bits() & SITE).into())),
        };
        Who { account: AccountKey(self.blind.text(email)), from: Place { network: key(network), site } }
    }

    async fn change<T>(&self, now: Timestamp, who: Who, change: impl Fn(&mut Throttle) -> T) -> T {
        match self.change_shared(now, who, &change).await {
            Ok((outcome, all)) => {
                self.own().learn(now, &all, who.account, who.from);
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
        let slots = Throttle::slots(who.account, who.from);
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::tests::wavering::{Comparing, Wavering};
    use std::time::Duration;

    const LIMITS: Tries =
        Tries { window: Duration::from_secs(900), per_pair: 10, per_network: 30, per_account: 20 };

    fn at(seconds: u64) -> Timestamp {
        Timestamp(1_700_000_000_000 + seconds * 1000)
    }

    fn network(last: u8) -> IpAddr {
        [192, 0, 2, last].into()
    }

    fn live() -> Arc<Wavering> {
        Arc::new(Wavering::new(Comparing::Compares))
    }

    fn instance(live: &Arc<Wavering>) -> Arc<SharedThrottle> {
        Arc::new(SharedThrottle::new(live.clone(), &[7; 32], LIMITS))
    }

    #[tokio::test]
    async fn instances_count_together_and_a_restart_forgets_nothing() {
        let live = live();
        let (a, b) = (instance(&live), instance(&live));
        a.take(at(0), "ana@demo", network(1)).await.unwrap();
        a.signed_in(at(0), "ana@demo", network(1)).await;
        for crowd in 10..30 {
            let at_one = if crowd % 2 == 0 { &a } else { &b };
            at_one.take(at(1), "ana@demo", network(crowd)).await.unwrap();
        }
        let c = instance(&live);
        for each in [&a, &b, &c] {
            let limited = each.take(at(2), "ana@demo", network(9)).await.unwrap_err();
            assert_eq!(limited.scope.name(), "account");
            each.take(at(2), "ana@demo", network(1)).await.expect("her own network");
            each.signed_in(at(2), "ana@demo", network(1)).await;
            each.take(at(2), "ben@demo", network(9)).await.expect("nobody else is concerned");
        }
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
    async fn many_at_once_at_all_instances_are_not_more_than_one_after_the_other() {
        let live = live();
        let instances = [instance(&live), instance(&live), instance(&live)];
        let ready = Arc::new(tokio::sync::Barrier::new(60));
        let tries = (0..60).map(|number| {
            let (instance, ready) = (instances[number % 3].clone(), ready.clone());
            tokio::spawn(async move {
                ready.wait().await;
                instance.take(at(0), "ana@demo", network(1)).await
            })
        });
        let tries: Vec<_> = tries.collect();
        let (mut granted, mut told) = (0, 0);
        for one in tries {
            match one.await.unwrap() {
                Ok(_) => granted += 1,
                Err(limited) => told += u32::from(limited.first),
            }
        }
        assert_eq!((granted, told), (10, 1));
        assert!(live.conflicts() > 0, "these were no races");
    }

    #[tokio::test]
    async fn a_process_goes_on_by_itself_while_live_state_is_away() {
        let live = live();
        let (a, b) = (instance(&live), instance(&live));
        a.take(at(0), "ana@demo", network(1)).await.unwrap();
        a.signed_in(at(0), "ana@demo", network(1)).await;
        for number in 0..8 {
            let at_one = if number < 4 { &b } else { &a };
            at_one.take(at(1), "ana@demo", network(2)).await.unwrap();
        }
        live.go_away();
        for _ in 0..2 {
            a.take(at(2), "ana@demo", network(2)).await.unwrap();
        }
        let limited = a.take(at(2), "ana@demo", network(2)).await.unwrap_err();
        assert_eq!((limited.scope.name(), limited.first), ("account_and_network", true));
        for other in 10..50 {
            let _ = a.take(at(2), "ana@demo", network(other)).await;
        }
        a.take(at(3), "ana@demo", network(1)).await.expect("it knows her network, and lets her in");
        a.signed_in(at(3), "ana@demo", network(1)).await;
        live.come_back();
        a.take(at(4), "ana@demo", network(2)).await.expect("eight were counted by all");
    }

    #[tokio::test]
    async fn documents_say_nobodys_name_and_go_when_their_time_is_over() {
        let live = live();
        let one = instance(&live);
        one.take(at(0), "ana@demo", network(1)).await.unwrap();
        one.take(at(5), "ben@demo", network(2)).await.unwrap();
        one.signed_in(at(5), "ben@demo", network(2)).await;
        for document in live.load(&live.keys()).await.unwrap() {
            let body = document.body.unwrap_or_default();
            let text = String::from_utf8(body.to_vec()).unwrap();
            assert!(!text.contains("demo") && !text.contains("192"), "{text}");
        }
        let late = at(905);
        for key in live.due(late, 100).await.unwrap() {
            forget_tries(&*live, late, &key).await.unwrap();
        }
        assert_eq!(live.due(at(1_000_000), 100).await.unwrap(), []);
        let left = live.load(&live.keys()).await.unwrap();
        assert_eq!(left.iter().filter(|document| document.body.is_some()).count(), 1, "Ben's network");
    }
}
