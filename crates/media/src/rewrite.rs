//! One continuous stream out of several: sequence numbers, timestamps and picture ids of what a slot sends, whatever
//! layer or publication it comes from. Pure.

use std::time::Instant;
use str0m::rtp::{Vp8Descriptor, Vp8Patch};

/// What a packet says about its place in a stream.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Place {
    /// Sequence number without wrapping.
    pub(crate) seq: u64,
    /// RTP time.
    pub(crate) time: u32,
    /// When it arrived.
    pub(crate) at: Instant,
}

/// Ids of a VP8 picture. Without continuity decoders think that they have lost something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Picture {
    id: u16,
    tl0: u8,
}

const PICTURE_IDS: u16 = 0x7fff;

/// The way from what comes in to what goes out, since the last switch.
#[derive(Debug, Default)]
pub(crate) struct Rewriter {
    /// The first of the present source: what is older belongs to nothing that was sent.
    first_in: u64,
    first_out: u64,
    time_offset: u32,
    picture_offset: Picture,
    /// The furthest that was sent.
    sent_seq: u64,
    sent: Option<(u32, Instant)>,
    sent_picture: Picture,
}

impl Rewriter {
    /// From this packet on another source is sent. It follows the last one as if nothing had happened.
    ///
    /// `clock` is the ticks of RTP time per second.
    pub(crate) fn switch(&mut self, place: Place, clock: u32, vp8: Option<&Vp8Descriptor>) {
        self.first_in = place.seq;
        // A stream begins below 65,536, or its receivers could not know how often it has wrapped.
        self.first_out = self.sent_seq + 1;
        self.time_offset = match self.sent {
            Some((time, at)) => {
                let elapsed = place.at.saturating_duration_since(at).as_micros();
                let ticks = u32::try_from(elapsed * u128::from(clock) / 1_000_000).unwrap_or(u32::MAX);
                time.wrapping_add(ticks.max(1)).wrapping_sub(place.time)
            }
            None => 0,
        };
        if let Some(descriptor) = vp8 {
            let next = self.sent.map_or(Picture::default(), |_| Picture {
                id: self.sent_picture.id.wrapping_add(1),
                tl0: self.sent_picture.tl0.wrapping_add(1),
            });
            self.picture_offset = Picture {
                id: next.id.wrapping_sub(descriptor.picture_id().unwrap_or(0)),
                tl0: next.tl0.wrapping_sub(descriptor.tl0_pic_idx().unwrap_or(0)),
            };
        }
    }

    /// Sequence number and RTP time to send with; nothing for a packet from before the switch.
    pub(crate) fn place(&mut self, place: Place) -> Option<(u64, u32)> {
        let seq = self.first_out + place.seq.checked_sub(self.first_in)?;
        let time = place.time.wrapping_add(self.time_offset);
        if seq > self.sent_seq || self.sent.is_none() {
            self.sent_seq = seq;
            self.sent = Some((time, place.at));
        }
        Some((seq, time))
    }

    /// The ids to send a VP8 packet with; nothing if they stay as they are.
    pub(crate) fn picture(&mut self, seq: u64, descriptor: &Vp8Descriptor) -> Option<Vp8Patch> {
        let id = descriptor.picture_id()?;
        let mut patch = descriptor.patch();
        let picture = Picture {
            id: id.wrapping_add(self.picture_offset.id) & PICTURE_IDS,
            tl0: descriptor.tl0_pic_idx().unwrap_or(0).wrapping_add(self.picture_offset.tl0),
        };
        if seq >= self.sent_seq {
            self.sent_picture = picture;
        }
        patch = patch.picture_id(picture.id);
        if descriptor.tl0_pic_idx().is_some() {
            patch = patch.tl0_pic_idx(picture.tl0);
        }
        // A sender with ids of seven bits cannot carry ours: its own are then better than none.
        patch.build().ok()
    }
}

#[cfg(test)]
#[allow(clippy::disallowed_methods, reason = "a moment to count from")]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::time::Duration;

    fn place(seq: u64, time: u32, at: Instant) -> Place {
        Place { seq, time, at }
    }

    #[test]
    fn a_switch_continues_where_the_last_source_stopped() {
        let start = Instant::now();
        let mut rewriter = Rewriter::default();
        rewriter.switch(place(5_000, 90_000, start), 90_000, None);
        assert_eq!(rewriter.place(place(5_000, 90_000, start)), Some((1, 90_000)));
        assert_eq!(rewriter.place(place(5_002, 93_000, start)), Some((3, 93_000)));
        // Late, but of this source.
        assert_eq!(rewriter.place(place(5_001, 90_000, start)), Some((2, 90_000)));
        // 100 ms later another source takes over.
        let later = start + Duration::from_millis(100);
        rewriter.switch(place(70_000, 7, later), 90_000, None);
        assert_eq!(rewriter.place(place(70_000, 7, later)), Some((4, 102_000)));
        assert_eq!(rewriter.place(place(69_999, 7, later)), None, "from before the switch");
        assert_eq!(rewriter.place(place(70_001, 3_007, later)), Some((5, 105_000)));
    }

    #[test]
    fn time_moves_on_at_a_switch_within_one_instant() {
        let start = Instant::now();
        let mut rewriter = Rewriter::default();
        rewriter.switch(place(1, 500, start), 48_000, None);
        rewriter.place(place(1, 500, start));
        rewriter.switch(place(9, 0, start), 48_000, None);
        assert_eq!(rewriter.place(place(9, 0, start)), Some((2, 501)));
    }

    fn vp8(id: u16, tl0: u8) -> Vec<u8> {
        let [high, low] = id.to_be_bytes();
        vec![0x90, 0xe0, 0x80 | high, low, tl0, 0x00, 0x10, 0x00]
    }

    #[test]
    fn picture_ids_go_on_by_one_over_a_switch_and_wrap() {
        let start = Instant::now();
        let mut rewriter = Rewriter::default();
        let mut seen = Vec::new();
        let mut send = |rewriter: &mut Rewriter, seq, id, tl0, switch| {
            let payload = vp8(id, tl0);
            let descriptor = Vp8Descriptor::parse(&payload).unwrap();
            if switch {
                rewriter.switch(place(seq, 0, start), 90_000, Some(&descriptor));
            }
            let (out, _) = rewriter.place(place(seq, 0, start)).unwrap();
            let patch = rewriter.picture(out, &descriptor).unwrap();
            let expected = descriptor.patch();
            seen.push((out, patch, expected));
        };
        send(&mut rewriter, 10, 0x7ffe, 250, true);
        send(&mut rewriter, 11, 0x7fff, 251, false);
        send(&mut rewriter, 12, 0x0000, 252, false);
        send(&mut rewriter, 900, 0x1234, 7, true);
        send(&mut rewriter, 901, 0x1235, 8, false);
        let ids: Vec<_> = (0..5_u16).map(|id| (id, u8::try_from(id).unwrap())).collect();
        for ((out, patch, builder), (id, tl0)) in seen.into_iter().zip(ids) {
            assert_eq!(out, u64::from(id) + 1);
            assert_eq!(patch, builder.picture_id(id).tl0_pic_idx(tl0).build().unwrap());
        }
    }

    proptest! {
        /// Whatever the sources, their order and their losses: no number is sent twice, and each source's packets
        /// keep their distances.
        #[test]
        fn numbers_are_sent_once(
            sources in prop::collection::vec((0_u64..1 << 40, prop::collection::vec(0_u64..20, 1..20)), 1..20)
        ) {
            let mut rewriter = Rewriter::default();
            let mut sent = std::collections::BTreeSet::new();
            let now = Instant::now();
            for (first, distances) in sources {
                rewriter.switch(place(first, 0, now), 90_000, None);
                let mut used = std::collections::BTreeSet::new();
                for distance in std::iter::once(0).chain(distances) {
                    let (seq, _) = rewriter.place(place(first + distance, 0, now)).unwrap();
                    if used.insert(distance) {
                        prop_assert!(sent.insert(seq), "{seq} was sent before");
                    }
                }
            }
        }
    }
}
