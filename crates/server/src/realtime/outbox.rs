//! What a session has still to be told, and what it may have to be told again. Pure.
//!
//! Frames are numbered from 1. Those already written to a socket stay until the participant says that they
//! arrived, so that a resume can repeat them; when room is needed they go first, and a resume that would need
//! them is refused. What was never written is never dropped: if it does not fit, the session has to start over.

use axum::extract::ws::Utf8Bytes;
use std::collections::VecDeque;

/// The outbox is full of frames that no socket has taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Overflow;

/// Frames that the participant lacks are no longer here, or it claims some that were never sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Hole;

#[derive(Debug)]
pub(crate) struct Outbox {
    frames: VecDeque<Utf8Bytes>,
    /// Number of the frame in front.
    first: u64,
    /// Number of the next frame for the socket.
    next: u64,
    bytes: usize,
    limit: usize,
}

impl Outbox {
    /// An empty one that holds at most `limit` bytes.
    pub(crate) fn new(limit: usize) -> Self {
        Self { frames: VecDeque::new(), first: 1, next: 1, bytes: 0, limit }
    }

    /// Adds a frame at the end.
    pub(crate) fn push(&mut self, frame: Utf8Bytes) -> Result<(), Overflow> {
        while self.bytes + frame.len() > self.limit {
            if self.first >= self.next {
                return Err(Overflow);
            }
            self.drop_front();
        }
        self.bytes += frame.len();
        self.frames.push_back(frame);
        Ok(())
    }

    /// The next frame for the socket.
    pub(crate) fn pop_unsent(&mut self) -> Option<Utf8Bytes> {
        let index = usize::try_from(self.next - self.first).ok()?;
        let frame = self.frames.get(index)?.clone();
        self.next += 1;
        Some(frame)
    }

    /// The participant has everything up to frame `received`.
    pub(crate) fn acknowledge(&mut self, received: u64) {
        while self.first <= received && self.first < self.next {
            self.drop_front();
        }
        if self.frames.is_empty() {
            // A burst must not leave its capacity behind in thousands of idle sessions.
            self.frames.shrink_to(4);
        }
    }

    /// A new socket takes over from frame `received` on.
    pub(crate) fn rewind(&mut self, received: u64) -> Result<(), Hole> {
        if received >= self.next || received + 1 < self.first {
            return Err(Hole);
        }
        self.acknowledge(received);
        self.next = received + 1;
        Ok(())
    }

    fn drop_front(&mut self) {
        if let Some(frame) = self.frames.pop_front() {
            self.bytes -= frame.len();
            self.first += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn frame(text: &str) -> Utf8Bytes {
        Utf8Bytes::from(text.to_owned())
    }

    fn drain(outbox: &mut Outbox) -> Vec<String> {
        std::iter::from_fn(|| outbox.pop_unsent()).map(|f| f.as_str().to_owned()).collect()
    }

    #[test]
    fn what_did_not_arrive_is_repeated_after_a_resume() {
        let mut outbox = Outbox::new(100);
        for text in ["a", "b", "c"] {
            outbox.push(frame(text)).unwrap();
        }
        assert_eq!(drain(&mut outbox), ["a", "b", "c"]);
        outbox.push(frame("d")).unwrap();
        outbox.rewind(1).unwrap();
        assert_eq!(drain(&mut outbox), ["b", "c", "d"]);
    }

    #[test]
    fn sent_frames_make_room_and_a_resume_that_needs_them_is_refused() {
        let mut outbox = Outbox::new(4);
        outbox.push(frame("aa")).unwrap();
        outbox.push(frame("bb")).unwrap();
        drain(&mut outbox);
        outbox.push(frame("cc")).unwrap();
        assert_eq!(outbox.rewind(0), Err(Hole));
        assert_eq!(outbox.rewind(1), Ok(()));
        assert_eq!(drain(&mut outbox), ["bb", "cc"]);
    }

    #[test]
    fn unsent_frames_are_never_dropped_silently() {
        let mut outbox = Outbox::new(4);
        outbox.push(frame("aa")).unwrap();
        outbox.push(frame("bb")).unwrap();
        assert_eq!(outbox.push(frame("c")), Err(Overflow));
        assert_eq!(drain(&mut outbox), ["aa", "bb"]);
    }

    #[test]
    fn claiming_frames_that_were_never_sent_is_a_hole() {
        let mut outbox = Outbox::new(100);
        outbox.push(frame("a")).unwrap();
        assert_eq!(outbox.rewind(1), Err(Hole));
        drain(&mut outbox);
        assert_eq!(outbox.rewind(1), Ok(()));
        assert_eq!(outbox.rewind(2), Err(Hole));
        assert_eq!(outbox.rewind(u64::MAX), Err(Hole));
    }

    proptest! {
        /// Whatever the order of pushes, sends, losses and resumes: the participant sees 1, 2, 3, … or is told
        /// that there is a hole; and the bound holds.
        #[test]
        fn the_participant_sees_every_frame_once_in_order(steps in prop::collection::vec(0_u8..4, 1..200)) {
            let mut outbox = Outbox::new(64);
            let (mut pushed, mut received) = (0_u64, 0_u64);
            for step in steps {
                match step {
                    0 => if outbox.push(frame(&format!("{:04}", pushed + 1))).is_ok() { pushed += 1; },
                    1 => if let Some(frame) = outbox.pop_unsent() {
                        received += 1;
                        prop_assert_eq!(frame.as_str().parse::<u64>().unwrap(), received);
                    },
                    2 => outbox.acknowledge(received),
                    _ => {
                        let lost = received.saturating_sub(1);
                        if outbox.rewind(lost).is_ok() { received = lost; }
                    }
                }
                prop_assert!(outbox.bytes <= 64);
            }
        }
    }
}
