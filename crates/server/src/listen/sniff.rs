//! Which protocol a stream speaks, from its first bytes. Pure.

/// What the first bytes say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Protocol {
    /// A TLS record with a handshake.
    Tls,
    /// STUN or TURN (RFC 8489: two zero bits, and the magic cookie behind type and length).
    Stun,
    /// The same in the frame of RFC 4571, behind a length: media of ICE over TCP.
    Ice,
    /// Taken for HTTP, whose own parser says the rest.
    Http,
}

/// Bytes that are needed at most.
pub(super) const NEEDED: usize = 10;
const MAGIC_COOKIE: [u8; 4] = [0x21, 0x12, 0xa4, 0x42];

/// The protocol, or none while the bytes could still be several.
pub(super) fn sniff(bytes: &[u8]) -> Option<Protocol> {
    match *bytes {
        [] => None,
        [0x16, ..] => Some(Protocol::Tls),
        [0..=3, _, _, _, a, b, c, d, ..] if [a, b, c, d] == MAGIC_COOKIE => Some(Protocol::Stun),
        [0..=3, ..] if bytes.len() < NEEDED => None,
        [0..=3, _, 0..=3, _, _, _, a, b, c, d, ..] if [a, b, c, d] == MAGIC_COOKIE => Some(Protocol::Ice),
        _ => Some(Protocol::Http),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn first_bytes_tell_the_protocol() {
        let binding = [0, 1, 0, 0, 0x21, 0x12, 0xa4, 0x42];
        for (bytes, expected) in [
            (&b""[..], None),
            (b"\x16", Some(Protocol::Tls)),
            (b"\x16\x03\x01", Some(Protocol::Tls)),
            (b"G", Some(Protocol::Http)),
            (b"PRI * HTTP/2.0", Some(Protocol::Http)),
            (&binding[..1], None),
            (&binding[..7], None),
            (&binding, Some(Protocol::Stun)),
            (&[0, 3, 0, 8, 0x21, 0x12, 0xa4, 0x42, 9, 9], Some(Protocol::Stun)),
            (&[0, 1, 0, 0, 0, 0, 0, 0], None),
            (&[0, 1, 0, 0, 0, 0, 0, 0, 0, 0], Some(Protocol::Http)),
            (&[0, 100, 0, 1, 0, 80, 0x21, 0x12, 0xa4, 0x42], Some(Protocol::Ice)),
            (&[3, 232, 0, 1, 3, 212, 0x21, 0x12, 0xa4, 0x42], Some(Protocol::Ice)),
            (&[0, 100, 9, 1, 0, 80, 0x21, 0x12, 0xa4, 0x42], Some(Protocol::Http)),
            (&[0x40, 0, 0, 4], Some(Protocol::Http)),
            (&[0xff; 16], Some(Protocol::Http)),
        ] {
            assert_eq!(sniff(bytes), expected, "{bytes:?}");
        }
    }
}
