//! Whose a datagram is, and whether it is anybody's. Pure.
//!
//! An address belongs to a connection once a STUN request has come from it that proves to know the connection's
//! password (RFC 8489 §9.1). By the first byte the rest is told apart (RFC 7983). What is nobody's never gets further.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::{Duration, Instant};
use stun_types::attribute::Username;
use stun_types::message::{
    BINDING, Message, MessageClass, MessageIntegrityCredentials, ShortTermCredentials,
};

/// Addresses that one connection may send from at a time. Browsers try a handful.
const MOST_PLACES: u32 = 32;
/// An address from which nothing has come for this long is forgotten; browsers check every few seconds.
const QUIET: Duration = Duration::from_secs(60);
/// No datagram that matters here is larger.
const LARGEST: usize = 4 * 1024;

/// A connection for as long as it lasts, through restarts of its ICE.
pub struct Admitted<T> {
    /// Where its datagrams go.
    pub target: T,
    closed: AtomicBool,
    places: AtomicU32,
}

impl<T> Admitted<T> {
    /// Whether it is over.
    #[must_use]
    pub fn is_closed(&self) -> bool {
        self.closed.load(Ordering::Relaxed)
    }

    fn take_place(&self) -> bool {
        self.places.fetch_add(1, Ordering::Relaxed) < MOST_PLACES || {
            self.places.fetch_sub(1, Ordering::Relaxed);
            false
        }
    }
}

/// All connections by the name that their STUN requests begin with, each with the key of its requests. Looked at for
/// STUN requests alone, which come every few seconds.
pub struct Door<T>(HashMap<Box<str>, Entry<T>>);

type Entry<T> = (MessageIntegrityCredentials, Arc<Admitted<T>>);

impl<T> Default for Door<T> {
    fn default() -> Self {
        Self(HashMap::new())
    }
}

impl<T> Door<T> {
    /// Lets a connection in.
    pub fn open(&mut self, ufrag: &str, password: &str, target: T) -> Arc<Admitted<T>> {
        let admitted = Admitted { target, closed: AtomicBool::new(false), places: AtomicU32::new(0) };
        let admitted = Arc::new(admitted);
        self.name(ufrag, password, admitted.clone());
        admitted
    }

    /// After a restart of its ICE it has another name.
    pub fn rename(&mut self, before: &str, ufrag: &str, password: &str, admitted: &Arc<Admitted<T>>) {
        self.name(ufrag, password, admitted.clone());
        if before != ufrag {
            self.0.remove(before);
        }
    }

    /// It is over.
    pub fn close(&mut self, ufrag: &str, admitted: &Admitted<T>) {
        admitted.closed.store(true, Ordering::Relaxed);
        self.0.remove(ufrag);
    }

    /// Whose STUN request this is, if it is one and proves it.
    pub fn recognise(&self, bytes: &[u8]) -> Option<Arc<Admitted<T>>> {
        let message = Message::from_bytes(bytes).ok()?;
        if message.class() != MessageClass::Request || !message.has_method(BINDING) {
            return None;
        }
        let username = message.attribute::<Username>().ok()?;
        let (ufrag, _) = username.username().split_once(':')?;
        let (credentials, admitted) = self.0.get(ufrag)?;
        message.validate_integrity(credentials).ok()?;
        Some(admitted.clone())
    }

    fn name(&mut self, ufrag: &str, password: &str, admitted: Arc<Admitted<T>>) {
        let key = ShortTermCredentials::new(password.to_owned());
        let entry = (MessageIntegrityCredentials::ShortTerm(key), admitted);
        self.0.insert(ufrag.into(), entry);
    }
}

/// What a datagram is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Whose<T> {
    /// Of a connection.
    Known(T),
    /// Of somebody who wants more addresses than one connection may have.
    Greedy,
    /// It looks like media, and nobody proved to be there.
    Stranger,
    /// Nothing of ours.
    Other,
}

/// Who is where. Owned by whoever receives.
pub struct Places<T>(HashMap<(SocketAddr, SocketAddr), Place<T>>);

struct Place<T> {
    admitted: Arc<Admitted<T>>,
    heard: Instant,
}

impl<T> Drop for Place<T> {
    fn drop(&mut self) {
        self.admitted.places.fetch_sub(1, Ordering::Relaxed);
    }
}

impl<T> Default for Places<T> {
    fn default() -> Self {
        Self(HashMap::new())
    }
}

impl<T: Copy> Places<T> {
    /// Whose it is, from their address at ours. `recognise` is the door's, asked for what may be a STUN request.
    pub fn whose(
        &mut self,
        now: Instant,
        peer: SocketAddr,
        local: SocketAddr,
        bytes: &[u8],
        recognise: impl FnOnce(&[u8]) -> Option<Arc<Admitted<T>>>,
    ) -> Whose<T> {
        let at = (peer, local);
        match bytes.first() {
            Some(0..=3) => {
                let Some(admitted) = recognise(bytes) else { return Whose::Other };
                let known = self.0.get(&at).is_some_and(|place| Arc::ptr_eq(&place.admitted, &admitted));
                if !known {
                    if !admitted.take_place() {
                        return Whose::Greedy;
                    }
                    self.0.insert(at, Place { admitted, heard: now });
                }
                self.known(at, now)
            }
            Some(20..=63 | 128..=191) => self.known(at, now),
            _ => Whose::Other,
        }
    }

    fn known(&mut self, at: (SocketAddr, SocketAddr), now: Instant) -> Whose<T> {
        match self.0.get_mut(&at) {
            Some(place) if !place.admitted.is_closed() => {
                place.heard = now;
                Whose::Known(place.admitted.target)
            }
            _ => Whose::Stranger,
        }
    }

    /// Forgets who has gone.
    pub fn sweep(&mut self, now: Instant) {
        self.0.retain(|_, place| {
            !place.admitted.is_closed() && now.saturating_duration_since(place.heard) < QUIET
        });
    }

    /// How many addresses are known.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether none is.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// A frame larger than anything that belongs here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("too large a frame")]
pub struct TooLarge;

/// The length of the next whole frame (RFC 4571) at the beginning of a stream, its two bytes of length not counted; none
/// while some of it is missing.
///
/// # Errors
/// If it can never be whole.
pub fn next_frame(bytes: &[u8]) -> Result<Option<usize>, TooLarge> {
    let [high, low, rest @ ..] = bytes else { return Ok(None) };
    let length = usize::from(u16::from_be_bytes([*high, *low]));
    if length > LARGEST {
        return Err(TooLarge);
    }
    Ok((rest.len() >= length).then_some(length))
}

#[cfg(test)]
#[allow(clippy::disallowed_methods, reason = "a moment to count from")]
mod tests {
    use super::*;
    use stun_types::attribute::Software;
    use stun_types::message::{IntegrityAlgorithm, MessageWriteVec};
    use stun_types::prelude::{MessageWrite, MessageWriteExt};

    const RTP: &[u8] = &[0x80, 96, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1, 7, 7];
    const DTLS: &[u8] = &[22, 254, 253, 0, 0];
    const HERE: &str = "198.51.100.1:4000";

    struct Scene {
        door: Door<u8>,
        places: Places<u8>,
        now: Instant,
    }

    fn scene() -> Scene {
        Scene { door: Door::default(), places: Places::default(), now: Instant::now() }
    }

    impl Scene {
        fn whose(&mut self, from: &str, bytes: &[u8]) -> Whose<u8> {
            let local = "203.0.113.7:443".parse().unwrap();
            let door = &self.door;
            self.places.whose(self.now, from.parse().unwrap(), local, bytes, |bytes| door.recognise(bytes))
        }
    }

    fn request(username: &str, password: &str) -> Vec<u8> {
        let mut message = Message::builder_request(BINDING, MessageWriteVec::with_capacity(100));
        message.add_attribute(&Username::new(username).unwrap()).unwrap();
        message.add_attribute(&Software::new("test").unwrap()).unwrap();
        let key = MessageIntegrityCredentials::ShortTerm(ShortTermCredentials::new(password.to_owned()));
        message.add_message_integrity(&key, IntegrityAlgorithm::Sha1).unwrap();
        message.finish()
    }

    #[test]
    fn an_address_is_whose_signed_request_came_from_it() {
        let mut scene = scene();
        scene.door.open("ours", "secret", 7);
        for bytes in [RTP, DTLS] {
            assert_eq!(scene.whose(HERE, bytes), Whose::Stranger, "before a request");
        }
        for (username, password) in [("ours:theirs", "guess"), ("other:theirs", "secret"), ("ours", "secret")]
        {
            assert_eq!(scene.whose(HERE, &request(username, password)), Whose::Other);
        }
        assert!(scene.places.is_empty());
        assert_eq!(scene.whose(HERE, &request("ours:theirs", "secret")), Whose::Known(7));
        for bytes in [RTP, DTLS] {
            assert_eq!(scene.whose(HERE, bytes), Whose::Known(7));
            assert_eq!(scene.whose("198.51.100.1:4001", bytes), Whose::Stranger, "another port");
            assert_eq!(scene.whose("198.51.100.2:4000", bytes), Whose::Stranger, "another address");
        }
    }

    #[test]
    fn what_is_for_turn_is_left_alone() {
        let mut scene = scene();
        scene.door.open("ours", "secret", 7);
        assert_eq!(scene.whose(HERE, &request("ours:theirs", "secret")), Whose::Known(7));
        let unsigned = Message::builder_request(BINDING, MessageWriteVec::with_capacity(20)).finish();
        for bytes in [&[0x40, 0, 0, 1, 9][..], &[0, 1], &[], &[0xff; 20], &unsigned] {
            assert_eq!(scene.whose(HERE, bytes), Whose::Other, "{bytes:?}");
        }
    }

    #[test]
    fn a_connection_keeps_its_addresses_through_a_restart_and_loses_them_at_its_end() {
        let mut scene = scene();
        let admitted = scene.door.open("first", "secret", 7);
        assert_eq!(scene.whose(HERE, &request("first:theirs", "secret")), Whose::Known(7));
        scene.door.rename("first", "second", "new", &admitted);
        assert_eq!(scene.whose(HERE, RTP), Whose::Known(7));
        assert_eq!(scene.whose("198.51.100.1:4001", &request("first:theirs", "secret")), Whose::Other);
        assert_eq!(scene.whose("198.51.100.1:4001", &request("second:theirs", "new")), Whose::Known(7));
        scene.door.close("second", &admitted);
        assert_eq!(scene.whose(HERE, RTP), Whose::Stranger);
        assert_eq!(scene.whose("198.51.100.1:4001", &request("second:theirs", "new")), Whose::Other);
        scene.places.sweep(scene.now);
        assert!(scene.places.is_empty());
    }

    #[test]
    fn one_connection_takes_no_endless_number_of_addresses_and_gets_back_what_it_leaves() {
        let mut scene = scene();
        scene.door.open("ours", "secret", 7);
        let check = request("ours:theirs", "secret");
        let outcomes: Vec<_> =
            (1..=100).map(|port| scene.whose(&format!("198.51.100.1:{port}"), &check)).collect();
        assert_eq!(outcomes.iter().filter(|one| **one == Whose::Known(7)).count(), 32);
        assert_eq!(outcomes[99], Whose::Greedy);
        assert_eq!(scene.whose("198.51.100.1:1", RTP), Whose::Known(7), "the first ones stay");
        scene.now += QUIET;
        scene.places.sweep(scene.now);
        assert!(scene.places.is_empty());
        assert_eq!(scene.whose("198.51.100.1:100", &check), Whose::Known(7));
    }

    #[test]
    fn frames_are_cut_wherever_the_bytes_are_torn() {
        let packets: [&[u8]; 4] = [b"first", b"", &[7; 1200], b"last"];
        let mut stream = Vec::new();
        for packet in packets {
            stream.extend_from_slice(&u16::try_from(packet.len()).unwrap().to_be_bytes());
            stream.extend_from_slice(packet);
        }
        for chunk in 1..stream.len() {
            let (mut buffer, mut cut) = (Vec::new(), Vec::new());
            for bytes in stream.chunks(chunk) {
                buffer.extend_from_slice(bytes);
                while let Some(length) = next_frame(&buffer).unwrap() {
                    cut.push(buffer[2..2 + length].to_vec());
                    buffer.drain(..2 + length);
                }
            }
            assert_eq!(cut, packets, "in chunks of {chunk}");
        }
        assert_eq!(next_frame(&[0xff, 0xff]), Err(TooLarge));
    }
}
