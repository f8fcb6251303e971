//! One client's engine and what the server adds to it: who may allocate, and into where.

use super::budget::Budget;
use super::credentials;
use bytes::Bytes;
use std::net::{IpAddr, SocketAddr};
use std::time::Instant;
use stun_types::TransportType;
use stun_types::attribute::{
    ErrorCode, Fingerprint, MessageIntegrity, MessageIntegritySha256, Nonce, Realm, Username,
    XorMappedAddress,
};
use stun_types::message::{
    IntegrityAlgorithm, LongTermKeyCredentials, Message, MessageHeader, MessageIntegrityCredentials,
    MessageWriteVec,
};
use stun_types::prelude::{Attribute, AttributeExt, AttributeStaticType, MessageWrite, MessageWriteExt};
use turn_server_proto::api::{Transmit, TurnServerApi};
use turn_server_proto::server::TurnServer;
use turn_types::attribute::XorPeerAddress;
use turn_types::message::ALLOCATE;
use visavis_domain::time::Timestamp;

/// How a client reaches us.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Wire {
    Udp,
    /// TCP, within TLS or not.
    Stream,
}

impl From<Wire> for TransportType {
    fn from(wire: Wire) -> Self {
        match wire {
            Wire::Udp => Self::Udp,
            Wire::Stream => Self::Tcp,
        }
    }
}

/// Which client: how they reach us, their address, and ours that they talk to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct FiveTuple {
    pub(super) wire: Wire,
    pub(super) peer: SocketAddr,
    pub(super) local: SocketAddr,
}

/// Everything about one client.
pub(super) struct Client {
    pub(super) engine: TurnServer,
    /// Answers, where the client has a stream.
    pub(super) stream: Option<tokio::sync::mpsc::Sender<Bytes>>,
    /// The credentials that the engine knows: with the password, and the user for quotas.
    pub(super) known: Option<Known>,
    /// Live relay addresses.
    pub(super) relays: Vec<SocketAddr>,
    pub(super) since: Instant,
    pub(super) to_peers: Budget,
    pub(super) to_client: Budget,
}

pub(super) struct Known {
    pub(super) name: Box<str>,
    pub(super) user: Box<str>,
    key: LongTermKeyCredentials,
}

/// What to do with a request.
pub(super) enum Verdict {
    /// The engine answers.
    Pass,
    /// The engine answers this instead, which says the same.
    Replace(Vec<u8>),
    /// Answer this; the engine hears nothing.
    Answer(Vec<u8>),
}

impl Client {
    pub(super) fn new(tuple: FiveTuple, realm: &str, bytes_per_second: u64, now: Instant) -> Self {
        Self {
            engine: TurnServer::new(tuple.wire.into(), tuple.local, realm.to_owned()),
            stream: None,
            known: None,
            relays: Vec::new(),
            since: now,
            to_peers: Budget::new(bytes_per_second, now),
            to_client: Budget::new(bytes_per_second, now),
        }
    }

    /// Looks at a request for peers before the engine does. Whether the request is this user's is for the engine;
    /// a refusal is told under the user's key. One bad peer refuses the whole request.
    pub(super) fn examine_peers(&self, message: &Message<'_>, allows: impl Fn(IpAddr) -> bool) -> Verdict {
        match &self.known {
            Some(known) if peer_addresses(message).any(|peer| !allows(peer.ip())) => {
                metrics::counter!("visavis_turn_refused_total", "reason" => "peer").increment(1);
                Verdict::Answer(error(message, ErrorCode::FORBIDDEN, &known.key))
            }
            _ => Verdict::Pass,
        }
    }

    /// Lets the engine know a user who has proved to be one of ours, and puts the engine's own nonce into the
    /// request in the place of ours: so the engine needs to be there only from now on.
    pub(super) fn admit(
        &mut self,
        tuple: FiveTuple,
        message: &Message<'_>,
        proof: Proof<'_>,
        now: turn_types::Instant,
    ) -> Option<Vec<u8>> {
        let key = proof.key.clone();
        if self.known.as_ref().is_none_or(|known| *known.name != *proof.name) {
            // Engines cannot forget a user: a newer name of the same client gets a fresh one.
            let realm = proof.key.realm().to_owned();
            self.engine = TurnServer::new(tuple.wire.into(), tuple.local, realm);
            self.engine.add_user(proof.name.to_owned(), proof.key.password().to_owned());
            self.known = Some(Known { name: proof.name.into(), user: proof.user.into(), key: proof.key });
        }
        let nonce = self.engine_nonce(tuple, now)?;
        resigned(message, &nonce, &key)
    }

    /// What the engine asks a client to put into its requests.
    fn engine_nonce(&mut self, tuple: FiveTuple, now: turn_types::Instant) -> Option<String> {
        let question =
            Message::builder_request(ALLOCATE, MessageWriteVec::with_capacity(MessageHeader::LENGTH));
        let transmit = Transmit::new(question.finish(), tuple.wire.into(), tuple.peer, tuple.local);
        let answer = self.engine.recv(transmit, now)?.build();
        let answer = Message::from_bytes(&answer.data).ok()?;
        answer.attribute::<Nonce>().ok().map(|nonce| nonce.nonce().to_owned())
    }
}

/// A user of ours, shown by a request to hold the password.
pub(super) struct Proof<'a> {
    name: &'a str,
    pub(super) user: &'a str,
    pub(super) key: LongTermKeyCredentials,
}

/// Who asks for an allocation, or the answer to those who do not prove it. Nothing is kept of a request that fails:
/// the nonce is made of the client's address and recognised when it comes back.
///
/// Time is looked at here alone: who holds an allocation may refresh it, and what hangs on it, for as long as it
/// lasts; else calls would end with their credentials.
pub(super) fn prove<'a>(
    message: &'a Message<'_>,
    gate: &Gate<'_>,
    username: Option<&'a Username>,
    known: Option<&Known>,
) -> Result<Proof<'a>, Vec<u8>> {
    let challenge = |code| challenge(message, code, gate);
    let Some(name) = username.map(Username::username) else { return Err(challenge(ErrorCode::UNAUTHORIZED)) };
    let refused = || {
        metrics::counter!("visavis_turn_refused_total", "reason" => "credentials").increment(1);
        challenge(ErrorCode::UNAUTHORIZED)
    };
    let user = credentials::user(name, gate.now).map_err(|_| refused())?;
    let password = credentials::password(gate.secret, name);
    let key = LongTermKeyCredentials::new(name.to_owned(), password, gate.realm.to_owned());
    message.validate_integrity(&MessageIntegrityCredentials::LongTerm(key.clone())).map_err(|_| refused())?;
    let nonce = message.attribute::<Nonce>().map_err(|_| challenge(ErrorCode::UNAUTHORIZED))?;
    // One that a live engine gave out is as good as ours.
    let fresh = nonce.nonce() == gate.nonce || known.is_some_and(|known| *known.name == *name);
    if fresh { Ok(Proof { name, user, key }) } else { Err(challenge(ErrorCode::STALE_NONCE)) }
}

/// "Who are you?": as small as the format allows, since it may go to somebody who never asked.
pub(super) fn challenge(message: &Message<'_>, code: u16, gate: &Gate<'_>) -> Vec<u8> {
    let Ok(code) = ErrorCode::builder(code).reason("").build() else { return Vec::new() };
    let (Ok(realm), Ok(nonce)) = (Realm::new(gate.realm), Nonce::new(gate.nonce)) else { return Vec::new() };
    let mut answer = Message::builder_error(message, MessageWriteVec::with_capacity(96));
    let written = answer
        .add_attribute(&code)
        .and_then(|()| answer.add_attribute(&realm))
        .and_then(|()| answer.add_attribute(&nonce));
    written.map(|()| answer.finish()).unwrap_or_default()
}

/// The same request with another nonce, signed anew.
fn resigned(message: &Message<'_>, nonce: &str, key: &LongTermKeyCredentials) -> Option<Vec<u8>> {
    let nonce = Nonce::new(nonce).ok()?;
    let capacity = message.as_bytes().len() + nonce.padded_len() + 24;
    let mut out = Message::builder(
        message.get_type(),
        message.transaction_id(),
        MessageWriteVec::with_capacity(capacity),
    );
    for (_, attribute) in message.iter_attributes() {
        match attribute.get_type() {
            Nonce::TYPE => {}
            // What comes after is not signed by anybody.
            MessageIntegrity::TYPE | MessageIntegritySha256::TYPE | Fingerprint::TYPE => break,
            _ => out.add_attribute(&attribute).ok()?,
        }
    }
    out.add_attribute(&nonce).ok()?;
    let integrity = key.make_key(IntegrityAlgorithm::Sha1);
    out.add_message_integrity_with_key(&integrity, IntegrityAlgorithm::Sha1).ok()?;
    Some(out.finish())
}

/// What the gate has to know of the rest.
pub(super) struct Gate<'a> {
    pub(super) secret: &'a [u8; 32],
    pub(super) realm: &'a str,
    /// Ours, for this client's address.
    pub(super) nonce: &'a str,
    pub(super) now: Timestamp,
}

/// The answer to a binding request. Needs no state, and is no larger than it must be.
pub(super) fn binding_answer(message: &Message<'_>, peer: SocketAddr) -> Vec<u8> {
    let mapped = XorMappedAddress::new(peer, message.transaction_id());
    let mut answer = Message::builder_success(message, MessageWriteVec::with_capacity(64));
    let mut written = answer.add_attribute(&mapped);
    if message.has_attribute(Fingerprint::TYPE) {
        written = written.and_then(|()| answer.add_fingerprint());
    }
    written.map(|()| answer.finish()).unwrap_or_default()
}

fn peer_addresses<'a>(message: &'a Message<'_>) -> impl Iterator<Item = SocketAddr> + 'a {
    (0..)
        .map_while(move |n| message.nth_attribute::<XorPeerAddress>(n).ok())
        .map(|peer| peer.addr(message.transaction_id()))
}

pub(super) fn error(message: &Message<'_>, code: u16, key: &LongTermKeyCredentials) -> Vec<u8> {
    let Ok(code) = ErrorCode::builder(code).build() else { return Vec::new() };
    let capacity = MessageHeader::LENGTH + code.padded_len() + 24;
    let mut answer = Message::builder_error(message, MessageWriteVec::with_capacity(capacity));
    let integrity = key.make_key(IntegrityAlgorithm::Sha1);
    let written = answer
        .add_attribute(&code)
        .and_then(|()| answer.add_message_integrity_with_key(&integrity, IntegrityAlgorithm::Sha1));
    written.map(|()| answer.finish()).unwrap_or_default()
}
