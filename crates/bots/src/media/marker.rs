//! What every packet carries at the end of its payload: who sent it, when, and which one it is.
//!
//! At the end, because a server may rewrite what stands at the beginning (the picture id of VP8).

use super::shape::Layer;

/// Bytes of a marker.
pub(crate) const MARKER_BYTES: usize = 32;
const MAGIC: [u8; 4] = *b"vsvs";
const NO_LAYER: u8 = 255;
const KEY_FRAME: u8 = 1;

/// Where a packet comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Marker {
    /// Number of the publisher, unique in this process.
    pub publisher: u32,
    /// Layer of a picture; none is sound.
    pub layer: Option<Layer>,
    /// Counts the packets of one publisher and layer, without a hole.
    pub counter: u32,
    /// Counts the frames of one publisher and layer.
    pub frame: u32,
    /// Place of the packet in its frame.
    pub index: u8,
    /// Packets of the frame.
    pub of: u8,
    /// Whether the frame needs no other.
    pub key: bool,
    /// Nanoseconds of the process-wide clock when it was sent.
    pub sent: u64,
}

impl Marker {
    /// As bytes.
    #[must_use]
    pub fn to_bytes(&self) -> [u8; MARKER_BYTES] {
        let mut bytes = [0; MARKER_BYTES];
        bytes[0..4].copy_from_slice(&MAGIC);
        bytes[4..8].copy_from_slice(&self.publisher.to_be_bytes());
        bytes[8..12].copy_from_slice(&self.counter.to_be_bytes());
        bytes[12..16].copy_from_slice(&self.frame.to_be_bytes());
        bytes[16..24].copy_from_slice(&self.sent.to_be_bytes());
        bytes[24] = self.layer.map_or(NO_LAYER, Layer::number);
        bytes[25] = self.index;
        bytes[26] = self.of;
        bytes[27] = if self.key { KEY_FRAME } else { 0 };
        let check = check(&bytes);
        bytes[28..32].copy_from_slice(&check.to_be_bytes());
        bytes
    }

    /// The marker at the end of a payload; none if there is none that is whole.
    #[must_use]
    pub fn parse(payload: &[u8]) -> Option<Self> {
        let bytes: &[u8; MARKER_BYTES] = payload.last_chunk()?;
        if bytes[0..4] != MAGIC || number(&bytes[28..32]) != check(bytes) {
            return None;
        }
        let layer = match bytes[24] {
            NO_LAYER => None,
            layer => Some(Layer::from_number(layer)?),
        };
        Some(Self {
            publisher: number(&bytes[4..8]),
            layer,
            counter: number(&bytes[8..12]),
            frame: number(&bytes[12..16]),
            index: bytes[25],
            of: bytes[26],
            key: bytes[27] == KEY_FRAME,
            sent: u64::from(number(&bytes[16..20])) << 32 | u64::from(number(&bytes[20..24])),
        })
    }
}

fn number(bytes: &[u8]) -> u32 {
    bytes.iter().fold(0, |number, byte| number << 8 | u32::from(*byte))
}

/// FNV-1a over what comes before the check: enough to tell a marker from chance.
fn check(bytes: &[u8; MARKER_BYTES]) -> u32 {
    bytes[..28].iter().fold(0x811c_9dc5, |check, byte| (check ^ u32::from(*byte)).wrapping_mul(0x0100_0193))
}

#[cfg(test)]
mod tests {
    use super::{MARKER_BYTES, Marker};
    use crate::media::Layer;

    fn sample(layer: Option<Layer>) -> Marker {
        let sent = 0x0123_4567_89ab_cdef;
        Marker { publisher: 7, layer, counter: u32::MAX, frame: 9, index: 2, of: 18, key: true, sent }
    }

    #[test]
    fn what_was_written_is_read_back_from_the_end_of_a_payload() {
        for layer in [None, Some(Layer::Quarter), Some(Layer::Half), Some(Layer::Full)] {
            let marker = sample(layer);
            let mut payload = vec![0xaa; 100];
            payload.extend(marker.to_bytes());
            assert_eq!(Marker::parse(&payload), Some(marker));
        }
    }

    #[test]
    fn anything_else_is_no_marker() {
        let bytes = sample(Some(Layer::Half)).to_bytes();
        assert_eq!(Marker::parse(&[]), None);
        assert_eq!(Marker::parse(&bytes[1..]), None);
        assert_eq!(Marker::parse(&[0; 200]), None);
        for place in 0..MARKER_BYTES {
            let mut altered = bytes;
            altered[place] ^= 0x10;
            assert_eq!(Marker::parse(&altered), None, "byte {place}");
        }
    }
}
