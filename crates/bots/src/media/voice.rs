//! Opus as far as a server looks at it: packets of the right size and rate, and how loud they say they are.

use super::marker::{MARKER_BYTES, Marker};
use std::time::Duration;

/// Time between packets.
pub(crate) const PACKET_TIME: Duration = Duration::from_millis(20);
/// RTP clock ticks (48 kHz) between packets.
pub(crate) const PACKET_TICKS: u32 = 960;
const PAYLOAD: usize = 80;
/// dBov while speaking, and in silence.
pub(crate) const LOUD: i8 = -20;
pub(crate) const SILENT: i8 = -127;

/// When somebody speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Speech {
    /// Not at all; silence is sent.
    Never,
    /// All the time.
    Always,
    /// In turn with others: `index` of `of`, each for as long as `turn`.
    InTurn {
        /// One's place.
        index: u32,
        /// How many take turns.
        of: u32,
        /// How long each speaks.
        turn: Duration,
    },
}

impl Speech {
    /// Whether one speaks at this moment of the clock that all share.
    #[must_use]
    pub fn speaks(self, at: Duration) -> bool {
        match self {
            Self::Never => false,
            Self::Always => true,
            Self::InTurn { index, of, turn } => {
                let turns = at.as_nanos() / turn.as_nanos().max(1);
                turns % u128::from(of.max(1)) == u128::from(index)
            }
        }
    }
}

/// One packet: a table-of-contents byte (RFC 6716, 3.1: CELT, full band, 20 ms), filler, the marker.
pub(crate) fn payload(marker: &Marker) -> [u8; PAYLOAD] {
    let mut payload = [0x55; PAYLOAD];
    payload[0] = 31 << 3;
    payload[PAYLOAD - MARKER_BYTES..].copy_from_slice(&marker.to_bytes());
    payload
}

#[cfg(test)]
mod tests {
    use super::Speech;
    use std::time::Duration;

    #[test]
    fn exactly_one_of_those_who_take_turns_speaks() {
        let turn = Duration::from_millis(500);
        for moment in 0..100 {
            let at = Duration::from_millis(moment * 97);
            let speaking = (0..4).filter(|index| Speech::InTurn { index: *index, of: 4, turn }.speaks(at));
            assert_eq!(speaking.count(), 1);
        }
        let first = Speech::InTurn { index: 0, of: 2, turn };
        assert!(first.speaks(Duration::ZERO) && !first.speaks(turn) && first.speaks(turn * 2));
        assert!(Speech::Always.speaks(turn) && !Speech::Never.speaks(turn));
    }
}
