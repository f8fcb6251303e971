//! Which stream is whose, once a key has proved it. A packet of an unknown stream may say which section it belongs to,
//! and str0m believes it before it checks the packet: somebody without keys could take a section's place from the
//! stream that has it, for good. So a section that has its stream takes no other until the next offer. Pure.

use str0m::media::{Mid, Pt, Rid};
use str0m::rtp::Ssrc;

/// Header extension ids (RFC 8285) that name a section or a layer, as negotiated.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct NamingIds {
    pub(crate) mid: Option<u8>,
    pub(crate) rid: Option<u8>,
    pub(crate) repaired_rid: Option<u8>,
}

#[derive(Debug, Clone, Copy)]
struct Pin {
    mid: Mid,
    rid: Option<Rid>,
    main: Ssrc,
    /// The one that sends lost packets again, if the offer named it. Those that it did not name are not guarded: what
    /// goes through them is never known to be genuine before it has taken its place.
    resend: Option<Ssrc>,
}

#[derive(Debug, Default)]
pub(crate) struct Pins {
    ids: NamingIds,
    /// Payload types of packets sent again.
    resend_types: Vec<Pt>,
    pins: Vec<Pin>,
}

impl Pins {
    /// After an offer: streams may be others than before.
    pub(crate) fn restart(&mut self, ids: NamingIds, resend_types: Vec<Pt>) {
        *self = Self { ids, resend_types, pins: Vec::new() };
    }

    pub(crate) fn is_pinned(&self, ssrc: Ssrc) -> bool {
        self.pins.iter().any(|pin| pin.main == ssrc)
    }

    /// The stream that has this place.
    pub(crate) fn main(&self, mid: Mid, rid: Option<Rid>) -> Option<Ssrc> {
        self.pins.iter().find(|pin| pin.mid == mid && pin.rid == rid).map(|pin| pin.main)
    }

    /// This stream has proved itself, or was named in the offer.
    pub(crate) fn pin(&mut self, mid: Mid, rid: Option<Rid>, main: Ssrc, resend: Option<Ssrc>) {
        if self.main(mid, rid).is_none() {
            self.pins.push(Pin { mid, rid, main, resend });
        }
    }

    /// Whether an RTP packet, not yet checked, may go on to be.
    pub(crate) fn allow(&self, packet: &[u8]) -> bool {
        let (Some(kind), Some(ssrc)) = (packet.get(1), packet.get(8..12)) else { return true };
        let ssrc = Ssrc::from(ssrc.iter().fold(0, |sum, byte| sum << 8 | u32::from(*byte)));
        if self.pins.iter().any(|pin| pin.main == ssrc || pin.resend == Some(ssrc)) {
            return true;
        }
        let resend = self.resend_types.contains(&Pt::from(kind & 0x7f));
        !self.pins.iter().any(|pin| self.claims(packet, pin, resend))
    }

    /// Whether a packet of another stream claims this one's place. Of names that are said twice both count.
    fn claims(&self, packet: &[u8], pin: &Pin, resend: bool) -> bool {
        let says = |wanted: Option<u8>, is: &dyn Fn(&str) -> bool| {
            let of =
                |(id, value): (u8, &[u8])| wanted == Some(id) && std::str::from_utf8(value).is_ok_and(is);
            wanted.is_some() && elements(packet).any(of)
        };
        if !says(self.ids.mid, &|name| Mid::from(name) == pin.mid) {
            return false;
        }
        let Some(rid) = pin.rid else {
            // Who names a layer does not mean the section without.
            let layered = says(self.ids.rid, &|_| true) || says(self.ids.repaired_rid, &|_| true);
            return !layered && (!resend || pin.resend.is_some());
        };
        let same = |name: &str| Rid::from(name) == rid;
        says(self.ids.rid, &same) || (pin.resend.is_some() && says(self.ids.repaired_rid, &same))
    }
}

/// Header extensions of an RTP packet, in either form of RFC 8285.
fn elements(packet: &[u8]) -> impl Iterator<Item = (u8, &[u8])> {
    let first = packet.first().copied().unwrap_or(0);
    let start = 12 + 4 * usize::from(first & 0x0f);
    let header = packet.get(start..start + 4).filter(|_| first & 0x10 != 0).unwrap_or_default();
    let (one_byte, length) = match header {
        [0xbe, 0xde, high, low] => (true, u16::from_be_bytes([*high, *low])),
        [_, _, high, low] => (false, u16::from_be_bytes([*high, *low])),
        _ => (false, 0),
    };
    let end = start + 4 + 4 * usize::from(length);
    let mut rest = packet.get(start + 4..end).unwrap_or_default();
    std::iter::from_fn(move || {
        while let [0, padded @ ..] = rest {
            rest = padded;
        }
        let (id, length, value) = match rest {
            [first, value @ ..] if one_byte => (first >> 4, usize::from(first & 0x0f) + 1, value),
            [id, length, value @ ..] if !one_byte => (*id, usize::from(*length), value),
            _ => return None,
        };
        if one_byte && id == 15 {
            return None;
        }
        let (value, after) = value.split_at_checked(length)?;
        rest = after;
        Some((id, value))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const IDS: NamingIds = NamingIds { mid: Some(4), rid: Some(10), repaired_rid: Some(11) };

    fn packet(pt: u8, ssrc: u8, names: &[(u8, &str)]) -> Vec<u8> {
        let mut elements = Vec::new();
        for (id, name) in names {
            elements.push(id << 4 | (name.len() as u8 - 1));
            elements.extend(name.as_bytes());
        }
        elements.resize(elements.len().next_multiple_of(4), 0);
        let mut packet = vec![0x90, pt, 0, 1, 0, 0, 0, 0, 0, 0, 0, ssrc];
        packet.extend([0xbe, 0xde, 0, (elements.len() / 4) as u8]);
        packet.extend(elements);
        packet.extend([0; 20]);
        packet
    }

    fn pinned() -> Pins {
        let mut pins = Pins::default();
        pins.restart(IDS, vec![97.into()]);
        pins.pin("0".into(), None, 1.into(), Some(2.into()));
        pins.pin("1".into(), Some("q".into()), 3.into(), None);
        pins
    }

    #[test]
    fn a_place_that_is_taken_is_not_given_to_another() {
        let pins = pinned();
        for (pt, ssrc, names, allowed) in [
            (96, 1, [(4, "0")].as_slice(), true),
            (97, 2, &[(4, "0")], true),
            (96, 9, &[(4, "0")], false),
            (97, 9, &[(4, "0")], false),
            (96, 3, &[(4, "1"), (10, "q")], true),
            (96, 9, &[(4, "1"), (10, "q")], false),
            (96, 9, &[(10, "q"), (4, "1")], false),
            (96, 9, &[(4, "7"), (4, "1"), (10, "q"), (10, "h")], false),
            // Another layer, the resends of one, another section, and one that says nothing.
            (96, 9, &[(4, "1"), (10, "h")], true),
            (97, 9, &[(4, "1"), (11, "q")], true),
            (96, 9, &[(4, "0"), (10, "q")], true),
            (96, 9, &[(4, "2")], true),
            (96, 9, &[], true),
        ] {
            assert_eq!(pins.allow(&packet(pt, ssrc, names)), allowed, "{pt} {ssrc} {names:?}");
        }
    }

    #[test]
    fn an_offer_gives_every_place_anew() {
        let mut pins = pinned();
        pins.restart(IDS, vec![97.into()]);
        assert!(pins.allow(&packet(96, 9, &[(4, "0")])));
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_to_their_end(bytes in prop::collection::vec(any::<u8>(), 0..80)) {
            pinned().allow(&bytes);
        }
    }
}
