//! What all have together and nobody may have all of: so much for each, and so much for everybody. Whoever wants more
//! than is left for them is told so, or waits behind those alone who wait for the same.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Keys that nobody holds anything under are forgotten when there are so many, or twice as many as were in use.
const SWEEP_FROM: usize = 1024;

/// The bounds, and who holds how much.
pub(crate) struct Shares<K> {
    each: u32,
    all: Arc<Semaphore>,
    known: Mutex<Known<K>>,
}

struct Known<K> {
    /// Gone with the last who holds or waits.
    each: HashMap<K, Weak<Semaphore>>,
    sweep_at: usize,
}

/// A part of it, given back when dropped.
pub(crate) struct Share {
    _own: OwnedSemaphorePermit,
    _of_all: OwnedSemaphorePermit,
}

impl<K: Eq + Hash> Shares<K> {
    pub(crate) fn new(each: u32, all: usize) -> Self {
        let known = Known { each: HashMap::new(), sweep_at: SWEEP_FROM };
        let all = Arc::new(Semaphore::new(all.min(Semaphore::MAX_PERMITS)));
        Self { each, all, known: Mutex::new(known) }
    }

    /// So much of it, as soon as it is there. What is more than anybody may have counts as all they may have.
    pub(crate) async fn take(&self, key: K, much: u32) -> Share {
        let much = much.min(self.each);
        let never_closed = "nobody closes it";
        // One's own first: who waits for it keeps nobody else waiting.
        let own = self.of(key).acquire_many_owned(much).await.expect(never_closed);
        let of_all = self.all.clone().acquire_many_owned(much).await.expect(never_closed);
        Share { _own: own, _of_all: of_all }
    }

    /// So much of it, if it is there.
    pub(crate) fn try_take(&self, key: K, much: u32) -> Option<Share> {
        let much = much.min(self.each);
        let own = self.of(key).try_acquire_many_owned(much).ok()?;
        let of_all = self.all.clone().try_acquire_many_owned(much).ok()?;
        Some(Share { _own: own, _of_all: of_all })
    }

    fn of(&self, key: K) -> Arc<Semaphore> {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(own) = known.each.get(&key).and_then(Weak::upgrade) {
            return own;
        }
        if known.each.len() >= known.sweep_at {
            known.each.retain(|_, own| own.strong_count() > 0);
            known.sweep_at = SWEEP_FROM.max(known.each.len() * 2);
        }
        let own = Arc::new(Semaphore::new(self.each as usize));
        known.each.insert(key, Arc::downgrade(&own));
        own
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::FutureExt;

    #[tokio::test]
    async fn each_has_a_share_and_it_comes_back() {
        let shares = Shares::new(2, 3);
        type Ask = fn(&Shares<&'static str>, &'static str, u32) -> Option<Share>;
        let asks: [Ask; 2] = [
            |shares, key, much| shares.take(key, much).now_or_never(),
            |shares, key, much| shares.try_take(key, much),
        ];
        for ask in asks {
            let first = ask(&shares, "a", 2).unwrap();
            assert!(ask(&shares, "a", 1).is_none(), "their own is used up");
            let _other = ask(&shares, "b", 1).unwrap();
            assert!(ask(&shares, "c", 1).is_none(), "there is no more for anybody");
            drop(first);
            assert!(ask(&shares, "a", 2).is_some());
        }
    }

    #[tokio::test]
    async fn who_waits_for_their_own_keeps_nobody_else_waiting() {
        let shares = Shares::new(2, 4);
        let _held = shares.take("a", 1).await;
        let mut waiting = Box::pin(shares.take("a", 2));
        assert!(waiting.as_mut().now_or_never().is_none());
        assert!(shares.take("b", 2).now_or_never().is_some(), "three are left");
    }

    #[tokio::test]
    async fn what_is_larger_than_a_share_has_one_to_itself() {
        let shares = Shares::new(2, 4);
        let _large = shares.take("a", 100).await;
        assert!(shares.take("a", 1).now_or_never().is_none());
        assert!(shares.take("b", 2).now_or_never().is_some());
    }

    #[tokio::test]
    async fn keys_of_nobody_are_forgotten() {
        let shares = Shares::new(1, 10_000);
        let _held = shares.take(0, 1).await;
        for key in 1..5_000 {
            drop(shares.take(key, 1).await);
        }
        assert!(shares.known.lock().unwrap().each.len() <= SWEEP_FROM);
        assert!(shares.take(0, 1).now_or_never().is_none(), "it is not forgotten who holds something");
    }
}
