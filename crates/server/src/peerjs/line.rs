//! What waits for one socket, bounded: what a page does not take in time is not kept for it without end.

use axum::extract::ws::Utf8Bytes;
use std::collections::VecDeque;
use std::sync::atomic::AtomicBool;
use std::sync::{Mutex, MutexGuard, PoisonError};
use tokio::sync::Notify;
use visavis_domain::ids::PeerJsSocketId;
use visavis_domain::peerjs::{PeerJsId, TokenMark};
use visavis_protocol::CloseCode;

/// Bytes kept for a socket that cannot take them at once, as for a session: fifty offers.
const OUTBOX_BYTES: usize = 256 * 1024;

/// A socket, as everybody but itself sees it.
#[derive(Debug)]
pub(crate) struct Line {
    pub(super) id: PeerJsId,
    pub(super) token: TokenMark,
    pub(super) socket: PeerJsSocketId,
    /// It has got its id: until then there is nothing to claim again.
    pub(super) held: AtomicBool,
    /// There is something to do.
    pub(super) wake: Notify,
    outbox: Mutex<Outbox>,
}

#[derive(Debug, Default)]
struct Outbox {
    frames: VecDeque<Utf8Bytes>,
    bytes: usize,
    end: Option<CloseCode>,
}

/// What a socket is to do next.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Work {
    Send(Utf8Bytes),
    Close(CloseCode),
    Idle,
}

impl Line {
    pub(super) fn new(id: PeerJsId, token: TokenMark, socket: PeerJsSocketId) -> Self {
        Self {
            id,
            token,
            socket,
            held: AtomicBool::new(false),
            wake: Notify::new(),
            outbox: Mutex::default(),
        }
    }

    /// Puts a frame behind the others. What does not fit is dropped: it is a flood, or a page that takes nothing and is
    /// closed soon, and its neighbours' frames are no reason to close it.
    pub(super) fn push(&self, frame: Utf8Bytes) {
        let mut outbox = self.outbox();
        if outbox.end.is_some() || outbox.bytes + frame.len() > OUTBOX_BYTES {
            metrics::counter!("visavis_peerjs_dropped_total").increment(1);
            return;
        }
        outbox.bytes += frame.len();
        outbox.frames.push_back(frame);
        drop(outbox);
        self.wake.notify_one();
    }

    /// Closes it once it has taken what there is.
    pub(super) fn end(&self, code: CloseCode) {
        self.outbox().end.get_or_insert(code);
        self.wake.notify_one();
    }

    pub(super) fn work(&self) -> Work {
        let mut outbox = self.outbox();
        match (outbox.frames.pop_front(), outbox.end) {
            (Some(frame), _) => {
                outbox.bytes -= frame.len();
                Work::Send(frame)
            }
            (None, Some(code)) => Work::Close(code),
            (None, None) => Work::Idle,
        }
    }

    fn outbox(&self) -> MutexGuard<'_, Outbox> {
        self.outbox.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line() -> Line {
        let id = PeerJsId::parse("ana").unwrap();
        Line::new(id, TokenMark::from_bits(1), PeerJsSocketId::from_bits(1))
    }

    #[test]
    fn frames_go_in_order_and_then_the_end() {
        let line = line();
        assert_eq!(line.work(), Work::Idle);
        line.push("1".into());
        line.push("2".into());
        line.end(CloseCode::Replaced);
        line.end(CloseCode::Silent);
        line.push("3".into());
        assert_eq!(line.work(), Work::Send("1".into()));
        assert_eq!(line.work(), Work::Send("2".into()));
        assert_eq!(line.work(), Work::Close(CloseCode::Replaced));
    }

    #[test]
    fn what_does_not_fit_is_dropped_and_what_was_sent_makes_room() {
        let line = line();
        let half = "x".repeat(OUTBOX_BYTES / 2);
        for text in [half.as_str(), &half, "lost"] {
            line.push(text.to_owned().into());
        }
        assert_eq!(line.work(), Work::Send(half.clone().into()));
        line.push("fits".into());
        assert_eq!(line.work(), Work::Send(half.into()));
        assert_eq!(line.work(), Work::Send("fits".into()));
        assert_eq!(line.work(), Work::Idle);
    }
}
