//! What has to hold for any bytes whatever, said once: fuzz targets call it with theirs, tests with some of their own.
//! Not in any build that serves anybody.

use crate::door::{Door, Places, TooLarge, Whose, next_frame};
use crate::keyframes::starts_keyframe;
use crate::rewrite::{Place, Rewriter};
use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::time::{Duration, Instant};
use str0m::format::Codec;
use str0m::rtp::Vp8Descriptor;
use stun_types::attribute::Username;
use stun_types::message::{
    BINDING, IntegrityAlgorithm, Message, MessageIntegrityCredentials, MessageWriteVec, ShortTermCredentials,
};
use stun_types::prelude::{MessageWrite, MessageWriteExt};

/// RTP time per second, of pictures.
const CLOCK: u32 = 90_000;
const PICTURE_IDS: u16 = 0x7fff;

/// One source of a slot, as far as the bytes have moved it.
#[derive(Debug, Clone)]
struct Source {
    seq: u64,
    time: u32,
    picture: u16,
    tl0: u8,
    /// What has been sent of it already: connections let nothing through twice.
    used: BTreeSet<u64>,
}

/// What the furthest packet said that went out.
#[derive(Debug, Clone, Copy)]
struct Furthest {
    seq: u64,
    time: u32,
    at: Instant,
    picture: u16,
    tl0: u8,
}

/// Since the last switch.
#[derive(Debug, Clone, Copy)]
struct Stint {
    source: usize,
    first_in: u64,
    first_out: u64,
    time_offset: u32,
    picture_offset: u16,
    tl0_offset: u8,
}

/// The bytes are what happens in a slot that carries VP8, two for each packet: which of four sources it comes from and
/// whether it is a switch to it, how far sequence number, picture and clock have moved, backwards as well.
///
/// # Panics
/// If a sequence number goes out twice or out of step with its source, if time or pictures do not go on after a
/// switch where the last source stopped, or if what is older than a switch is sent.
pub fn rewrite(start: Instant, bytes: &[u8]) {
    let mut rewriter = Rewriter::default();
    let mut sources: Vec<_> = (0_u16..4)
        .map(|n| Source {
            seq: 60_000 + u64::from(n) * 70_000,
            time: (u32::MAX - 5_000).wrapping_add(u32::from(n) * 1_000_000),
            picture: PICTURE_IDS - 3 + n * 9_000,
            tl0: 250 + n as u8,
            used: BTreeSet::new(),
        })
        .collect();
    let mut now = start;
    let mut sent = BTreeSet::new();
    let mut furthest: Option<Furthest> = None;
    let mut stint: Option<Stint> = None;
    for step in bytes.chunks_exact(2) {
        let [what, how_far] = [step[0], step[1]];
        now += Duration::from_millis(u64::from(what >> 4));
        let index = usize::from(what & 0b11);
        let source = &mut sources[index];
        source.advance(how_far);
        let (seq, time) = (source.seq, source.time);
        if !source.used.insert(seq) {
            continue;
        }
        let payload = source.payload();
        let descriptor = Vp8Descriptor::parse(&payload).expect("it is one");
        let place = Place { seq, time, at: now };
        if what & 0b100 != 0 || stint.is_none_or(|stint| stint.source != index) {
            rewriter.switch(place, CLOCK, Some(&descriptor));
            stint = Some(Stint::begin(index, place, source, furthest));
        }
        let Some(stint) = stint else { continue };
        let out = rewriter.place(place);
        let expected = seq
            .checked_sub(stint.first_in)
            .map(|ahead| (stint.first_out + ahead, time.wrapping_add(stint.time_offset)));
        assert_eq!(out, expected, "of {place:?} in {stint:?}");
        let Some((seq, time)) = out else { continue };
        assert!(sent.insert(seq), "{seq} goes out twice");
        let picture = source.picture.wrapping_add(stint.picture_offset) & PICTURE_IDS;
        let tl0 = source.tl0.wrapping_add(stint.tl0_offset);
        let patch = descriptor.patch().picture_id(picture).tl0_pic_idx(tl0).build().ok();
        assert_eq!(rewriter.picture(seq, &descriptor), patch, "{seq} is of {picture}, {tl0}");
        if furthest.is_none_or(|furthest| seq > furthest.seq) {
            furthest = Some(Furthest { seq, time, at: now, picture, tl0 });
        }
    }
}

impl Source {
    /// Pictures and their times move with the sequence numbers: what comes late is of a picture before.
    fn advance(&mut self, how_far: u8) {
        let back = how_far & 0x80 != 0;
        let (packets, pictures) = (u64::from(how_far & 0x07), u16::from(how_far >> 3 & 0x03));
        let ticks = u32::from(pictures) * 3_000;
        if back {
            self.seq = self.seq.saturating_sub(packets);
            self.picture = self.picture.wrapping_sub(pictures) & PICTURE_IDS;
            self.tl0 = self.tl0.wrapping_sub(pictures as u8);
            self.time = self.time.wrapping_sub(ticks);
        } else {
            self.seq += packets;
            self.picture = self.picture.wrapping_add(pictures) & PICTURE_IDS;
            self.tl0 = self.tl0.wrapping_add(pictures as u8);
            self.time = self.time.wrapping_add(ticks);
        }
    }

    fn payload(&self) -> [u8; 8] {
        let [high, low] = self.picture.to_be_bytes();
        [0x90, 0xe0, 0x80 | high, low, self.tl0, 0x00, 0x10, 0x00]
    }
}

impl Stint {
    /// Everything goes on by one, and time by what has passed.
    fn begin(source: usize, place: Place, of: &Source, last: Option<Furthest>) -> Self {
        let ticks = |last: Furthest| {
            let passed = place.at.saturating_duration_since(last.at).as_micros();
            u32::try_from(passed * u128::from(CLOCK) / 1_000_000).unwrap_or(u32::MAX).max(1)
        };
        Self {
            source,
            first_in: place.seq,
            first_out: last.map_or(1, |last| last.seq + 1),
            time_offset: last.map_or(0, |last| last.time.wrapping_add(ticks(last)).wrapping_sub(place.time)),
            picture_offset: last.map_or(0, |last| last.picture + 1).wrapping_sub(of.picture),
            tl0_offset: last.map_or(0, |last| last.tl0.wrapping_add(1)).wrapping_sub(of.tl0),
        }
    }
}

/// The bytes are a payload, of any codec; as VP8 they also go through the rewriting, whatever their descriptor says.
///
/// # Panics
/// If what is found to start a key frame cannot, as far as that can be said without reading it the same way again: a
/// picture predicted from another, no parameter set anywhere, the middle of a picture, nothing at all; or if the
/// answer changes with bytes that come after what it was found in.
pub fn keyframes(start: Instant, payload: &[u8]) {
    let vp8 = Vp8Descriptor::parse(payload).ok();
    let starts = |codec, payload: &[u8]| {
        let vp8 = (codec == Codec::Vp8).then(|| Vp8Descriptor::parse(payload).ok()).flatten();
        starts_keyframe(codec, payload, vp8.as_ref())
    };
    for codec in [Codec::Vp8, Codec::H264, Codec::Vp9, Codec::Av1] {
        let found = starts(codec, payload);
        let first = payload.first().copied().unwrap_or(0);
        let possible = !payload.is_empty()
            && match codec {
                Codec::Vp8 => first & 0x10 != 0,
                Codec::H264 => payload.iter().any(|byte| byte & 0x1f == 7),
                Codec::Vp9 => first & 0x40 == 0 && first & 0x08 != 0,
                _ => first & 0x08 != 0,
            };
        assert!(possible || !found, "{codec:?} {payload:02x?}");
        if found {
            let longer = [payload, &[0xff, 0x67, 0x00]].concat();
            assert!(starts(codec, &longer), "{codec:?} {payload:02x?} and more");
        }
    }
    if let Some(descriptor) = vp8 {
        let mut rewriter = Rewriter::default();
        let place = Place { seq: 1, time: 0, at: start };
        rewriter.switch(place, CLOCK, Some(&descriptor));
        rewriter.place(place);
        let patch = rewriter.picture(1, &descriptor);
        assert!(descriptor.picture_id().is_some() || patch.is_none());
    }
}

/// The bytes are what arrives at the port: for each datagram what it is, from which of eight addresses, its length, and
/// its contents. Some are signed requests of one of two connections, some signed with another key; connections close,
/// too. The whole is then a stream, torn at each datagram.
///
/// # Panics
/// If an address is taken for a connection's that has sent no signed request of it, or not taken for it although it
/// has; or if frames of the stream depend on where it is torn.
pub fn door(start: Instant, bytes: &[u8]) {
    let mut door = Door::default();
    let mut places = Places::default();
    let mut open = [Some(door.open("a", "secret-a", 0)), Some(door.open("b", "secret-b", 1))];
    // Whose each address is.
    let mut model: [Option<usize>; 8] = [None; 8];
    let mut rest = bytes;
    while let [what, length, others @ ..] = rest {
        let (content, others) = others.split_at(usize::from(*length).min(others.len()));
        rest = others;
        let (address, who) = (usize::from(what & 7), usize::from(what >> 3 & 1));
        let peer = SocketAddr::from(([198, 51, 100, 1], 4_000 + u16::from(what & 7)));
        let local = SocketAddr::from(([203, 0, 113, 7], 443));
        let name = ["a", "b"][who];
        let mut signed = false;
        let datagram = match what >> 4 {
            0 | 1 => {
                signed = open[who].is_some();
                check(name, ["secret-a", "secret-b"][who])
            }
            2 => check(name, "guess"),
            3 => {
                if let Some(admitted) = open[who].take() {
                    door.close(name, &admitted);
                    model.iter_mut().filter(|one| **one == Some(who)).for_each(|one| *one = None);
                }
                continue;
            }
            4 => {
                places.sweep(start);
                continue;
            }
            _ => content.to_vec(),
        };
        if signed {
            model[address] = Some(who);
        }
        let whose = places.whose(start, peer, local, &datagram, |bytes| door.recognise(bytes));
        let media = matches!(datagram.first(), Some(20..=63 | 128..=191));
        let expected = match model[address] {
            Some(who) if signed || media => Whose::Known(who),
            _ if media => Whose::Stranger,
            _ => Whose::Other,
        };
        // Nobody guesses a key of ours by chance.
        assert_eq!(whose, expected, "{what:02x} {datagram:02x?}");
    }
    let whole = frames(&[bytes]);
    let torn: Vec<_> = bytes.chunks(7).collect();
    assert_eq!(frames(&torn), whole);
}

fn check(name: &str, password: &str) -> Vec<u8> {
    let mut message = Message::builder_request(BINDING, MessageWriteVec::with_capacity(100));
    let username = Username::new(&format!("{name}:theirs")).expect("short");
    message.add_attribute(&username).expect("there is room");
    let key = MessageIntegrityCredentials::ShortTerm(ShortTermCredentials::new(password.to_owned()));
    message.add_message_integrity(&key, IntegrityAlgorithm::Sha1).expect("there is room");
    message.finish()
}

/// Frames of a stream up to its end, or to what can be none.
fn frames(pieces: &[&[u8]]) -> Vec<Vec<u8>> {
    let (mut buffer, mut cut) = (Vec::new(), Vec::new());
    for piece in pieces {
        buffer.extend_from_slice(piece);
        loop {
            match next_frame(&buffer) {
                Ok(Some(length)) => {
                    cut.push(buffer[2..2 + length].to_vec());
                    buffer.drain(..2 + length);
                }
                Ok(None) => break,
                Err(TooLarge) => return cut,
            }
        }
    }
    cut
}

#[cfg(test)]
#[allow(clippy::disallowed_methods, reason = "an instant can only be had from the clock")]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use proptest::test_runner::RngSeed;

    proptest! {
        #![proptest_config(ProptestConfig { cases: 2_000, rng_seed: RngSeed::Fixed(5), failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn what_goes_out_goes_on_whatever_comes_in(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
            rewrite(Instant::now(), &bytes);
        }

        #[test]
        fn nobody_gets_past_the_port_unsigned(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
            door(Instant::now(), &bytes);
        }

        #[test]
        fn no_payload_is_taken_for_a_key_frame_that_cannot_be_one(
            bytes in prop::collection::vec(any::<u8>(), 0..24)
        ) {
            keyframes(Instant::now(), &bytes);
        }
    }
}
