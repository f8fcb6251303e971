//! Messages for somebody who is not there yet: kept for a moment, in order, and bounded for each receiver, each sender
//! and all together. Time is an argument; who carries the messages is the edge's affair.

use super::PeerJsId;
use crate::time::Timestamp;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::time::Duration;

/// How much may wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bound {
    /// Messages.
    pub messages: usize,
    /// Bytes of them together.
    pub bytes: usize,
}

/// How much may wait, and for how long.
#[derive(Debug, Clone, Copy)]
pub struct Bounds {
    /// From the first message of one sender to one receiver.
    pub time: Duration,
    /// Of one sender.
    pub sender: Bound,
    /// For one receiver.
    pub receiver: Bound,
    /// All together.
    pub whole: Bound,
}

/// A message that waits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letter<M> {
    /// Who sent it.
    pub from: PeerJsId,
    /// The message.
    pub message: M,
    bytes: usize,
    until: Timestamp,
}

/// There is no more room: nothing of this sender waits for this receiver any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Full;

/// A sender whose messages have waited in vain.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Unreached {
    /// Who sent them.
    pub from: PeerJsId,
    /// Whom they were for.
    pub to: PeerJsId,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Used {
    messages: usize,
    bytes: usize,
}

impl Used {
    fn has_room(self, bound: Bound, bytes: usize) -> bool {
        self.messages < bound.messages && self.bytes + bytes <= bound.bytes
    }

    fn add(&mut self, bytes: usize) {
        self.messages += 1;
        self.bytes += bytes;
    }

    fn take(&mut self, bytes: usize) {
        self.messages -= 1;
        self.bytes -= bytes;
    }
}

#[derive(Debug)]
struct Queue<M> {
    letters: VecDeque<Letter<M>>,
    used: Used,
}

/// What waits. A receiver's queue is open from the first message until somebody has taken the last: meanwhile whatever
/// else is for them goes behind, so that nothing overtakes what is being brought.
#[derive(Debug)]
pub struct Waiting<M> {
    bounds: Bounds,
    queues: BTreeMap<PeerJsId, Queue<M>>,
    senders: BTreeMap<PeerJsId, Used>,
    whole: Used,
}

impl<M> Waiting<M> {
    /// Nothing waits.
    #[must_use]
    pub const fn new(bounds: Bounds) -> Self {
        let whole = Used { messages: 0, bytes: 0 };
        Self { bounds, queues: BTreeMap::new(), senders: BTreeMap::new(), whole }
    }

    /// Keeps a message of so many bytes.
    ///
    /// # Errors
    /// [`Full`].
    pub fn keep(
        &mut self,
        now: Timestamp,
        from: &PeerJsId,
        to: &PeerJsId,
        message: M,
        bytes: usize,
    ) -> Result<(), Full> {
        let sender = self.senders.get(from).copied().unwrap_or_default();
        let receiver = self.queues.get(to).map(|queue| queue.used).unwrap_or_default();
        let has_room = sender.has_room(self.bounds.sender, bytes)
            && receiver.has_room(self.bounds.receiver, bytes)
            && self.whole.has_room(self.bounds.whole, bytes);
        if !has_room {
            self.drop_letters(to, |letter| letter.from == *from);
            return Err(Full);
        }
        let earlier =
            self.queues.get(to).and_then(|queue| queue.letters.iter().find(|one| one.from == *from));
        let until = earlier.map_or_else(|| now.plus(self.bounds.time), |letter| letter.until);
        self.put(to, Letter { from: from.clone(), message, bytes, until }, VecDeque::push_back);
        Ok(())
    }

    /// Whether something waits for somebody, or is being brought: what else is for them goes behind.
    #[must_use]
    pub fn is_open(&self, to: &PeerJsId) -> bool {
        self.queues.contains_key(to)
    }

    /// All that waits for somebody, in order. When that is nothing, their queue is closed.
    pub fn take(&mut self, to: &PeerJsId) -> Vec<Letter<M>> {
        let taken = self.drop_letters(to, |_| true);
        if taken.is_empty() {
            self.queues.remove(to);
        }
        taken
    }

    /// What was taken and could not be brought waits again, before whatever has come since.
    pub fn put_back(&mut self, to: &PeerJsId, letters: Vec<Letter<M>>) {
        for letter in letters.into_iter().rev() {
            self.put(to, letter, VecDeque::push_front);
        }
    }

    /// Forgets what has waited for its time, and says once for each sender and receiver whose that was. Closes queues in
    /// which nothing is: whoever brings letters asks this between two receivers.
    pub fn expire(&mut self, now: Timestamp) -> BTreeSet<Unreached> {
        let mut unreached = BTreeSet::new();
        for to in self.awaited() {
            for letter in self.drop_letters(&to, |letter| letter.until <= now) {
                unreached.insert(Unreached { from: letter.from, to: to.clone() });
            }
        }
        self.queues.retain(|_, queue| !queue.letters.is_empty());
        unreached
    }

    /// Everybody for whom something waits.
    #[must_use]
    pub fn awaited(&self) -> Vec<PeerJsId> {
        self.queues.keys().cloned().collect()
    }

    /// Whether nothing waits at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.queues.is_empty()
    }

    fn put(&mut self, to: &PeerJsId, letter: Letter<M>, at: impl Fn(&mut VecDeque<Letter<M>>, Letter<M>)) {
        self.whole.add(letter.bytes);
        self.senders.entry(letter.from.clone()).or_default().add(letter.bytes);
        let empty = || Queue { letters: VecDeque::new(), used: Used::default() };
        let queue = self.queues.entry(to.clone()).or_insert_with(empty);
        queue.used.add(letter.bytes);
        at(&mut queue.letters, letter);
    }

    /// Takes letters out; their queue stays.
    fn drop_letters(&mut self, to: &PeerJsId, which: impl Fn(&Letter<M>) -> bool) -> Vec<Letter<M>> {
        let Some(queue) = self.queues.get_mut(to) else { return Vec::new() };
        let (out, stay) =
            std::mem::take(&mut queue.letters).into_iter().partition::<Vec<_>, _>(|one| which(one));
        queue.letters = stay.into();
        for letter in &out {
            queue.used.take(letter.bytes);
            self.whole.take(letter.bytes);
            let left = self.senders.get_mut(&letter.from).is_some_and(|used| {
                used.take(letter.bytes);
                used.messages > 0
            });
            if !left {
                self.senders.remove(&letter.from);
            }
        }
        out
    }
}

#[cfg(test)]
mod tests;
