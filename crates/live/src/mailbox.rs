//! The way of notices to one subscriber: bounded, and honest about what did not fit. Every adapter puts its notices
//! in here; whoever subscribed reads them from the other end.

use crate::{Notice, TopicName};
use bytes::Bytes;
use tokio::sync::mpsc;

/// Takes notices for a subscriber; never waits.
pub(crate) struct Mailbox {
    notices: mpsc::Sender<Notice>,
    /// Notices have not fitted since the last one that did, and the gap has been told.
    gap: bool,
}

impl Mailbox {
    /// A mailbox for `capacity` notices, and where they are read.
    pub(crate) fn new(capacity: usize) -> (Self, mpsc::Receiver<Notice>) {
        // One place more, for the word that something is missing.
        let (notices, read) = mpsc::channel(capacity + 1);
        (Self { notices, gap: false }, read)
    }

    /// Nobody reads any more.
    pub(crate) fn is_closed(&self) -> bool {
        self.notices.is_closed()
    }

    /// Waits until nobody reads any more.
    pub(crate) async fn closed(&self) {
        self.notices.closed().await;
    }

    /// Puts an event in, or, where there is no room, the word that something is missing.
    pub(crate) fn tell(&mut self, topic: &TopicName, body: &Bytes) {
        if self.notices.capacity() <= 1 {
            self.tell_gap();
            return;
        }
        self.gap = false;
        let _ = self.notices.try_send(Notice::Event { topic: topic.clone(), body: body.clone() });
    }

    /// Says that something is missing. While nothing has fitted since that was said last, it is said already.
    pub(crate) fn tell_gap(&mut self) {
        if !self.gap {
            // Of the places that are left, the last at the latest is for this.
            self.gap = self.notices.try_send(Notice::Gap).is_ok();
        }
    }
}
