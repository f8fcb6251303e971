//! One client's engine and what the server adds to it: who may allocate, and into where.

use super::budget::Budget;
use super::credentials;
use super::peers::Peers;
use bytes::Bytes;
use std::net::{IpAddr, SocketAddr};
use std::time::Instant;
use stun_types::TransportType;
use stun_types::attribute::{ErrorCode, Fingerprint, Username, XorMappedAddress};
use stun_types::message::{
    IntegrityAlgorithm, LongTermKeyCredentials, Message, MessageHeader, MessageIntegrityCredentials,
    MessageWriteVec,
};
use stun_types::prelude::{AttributeExt, AttributeStaticType, MessageWrite, MessageWriteExt};
use turn_server_proto::api::TurnServerApi;
use turn_server_proto::server::TurnServer;
use turn_types::attribute::XorPeerAddress;
use turn_types::message::{ALLOCATE, CHANNEL_BIND, CREATE_PERMISSION, REFRESH};
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
    pub(super) user: Box<str>,
    key: LongTermKeyCredentials,
}

/// What to do with a request.
pub(super) enum Verdict {
    /// The engine answers.
    Pass,
    /// Answer this instead.
    Answer(Vec<u8>),
}

/// What the gate has to know of the rest.
pub(super) struct Gate<'a> {
    pub(super) secret: &'a [u8; 32],
    pub(super) realm: &'a str,
    pub(super) peers: &'a Peers,
    /// Addresses that live relays of ours have.
    pub(super) is_relay_address: &'a dyn Fn(IpAddr) -> bool,
    /// Whether a user may have one more allocation.
    pub(super) has_room: &'a dyn Fn(&str) -> bool,
    pub(super) now: Timestamp,
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

    /// Looks at a request before the engine does.
    pub(super) fn examine(&mut self, message: &Message<'_>, gate: &Gate<'_>) -> Verdict {
        match message.method() {
            ALLOCATE => self.examine_allocate(message, gate),
            CREATE_PERMISSION | CHANNEL_BIND => {
                // Whether the request is this user's is for the engine; a refusal is told under the user's key.
                let refused = peer_addresses(message)
                    .any(|peer| !(gate.peers.allows_address(peer.ip()) || (gate.is_relay_address)(peer.ip())));
                match &self.known {
                    Some(known) if refused => {
                        metrics::counter!("visavis_turn_refused_total", "reason" => "peer").increment(1);
                        Verdict::Answer(error(message, ErrorCode::FORBIDDEN, &known.key))
                    }
                    _ => Verdict::Pass,
                }
            }
            _ => Verdict::Pass,
        }
    }

    /// The engine learns of a user only when the request proves that the user is one of ours: it keeps whom it
    /// knows. Time is looked at here alone: who holds an allocation may refresh it for as long as it lasts.
    fn examine_allocate(&mut self, message: &Message<'_>, gate: &Gate<'_>) -> Verdict {
        let Ok(username) = message.attribute::<Username>() else { return Verdict::Pass };
        let name = username.username();
        let Ok(user) = credentials::user(name, gate.now) else {
            metrics::counter!("visavis_turn_refused_total", "reason" => "credentials").increment(1);
            return Verdict::Pass;
        };
        let password = credentials::password(gate.secret, name);
        let key = LongTermKeyCredentials::new(name.to_owned(), password.clone(), gate.realm.to_owned());
        let proof = MessageIntegrityCredentials::LongTerm(key.clone());
        if message.validate_integrity(&proof).is_err() {
            return Verdict::Pass;
        }
        if self.relays.is_empty() && !(gate.has_room)(user) {
            metrics::counter!("visavis_turn_refused_total", "reason" => "quota").increment(1);
            return Verdict::Answer(error(message, ErrorCode::ALLOCATION_QUOTA_REACHED, &key));
        }
        if self.known.is_none() {
            self.engine.add_user(name.to_owned(), password);
            self.known = Some(Known { user: user.into(), key });
        }
        Verdict::Pass
    }
}

/// Whether a request may make a client known to us, if only to be told to authenticate.
pub(super) fn introduces(message: &Message<'_>) -> bool {
    matches!(message.method(), ALLOCATE | REFRESH)
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
    (0..).map_while(move |n| message.nth_attribute::<XorPeerAddress>(n).ok()).map(|peer| peer.addr(message.transaction_id()))
}

fn error(message: &Message<'_>, code: u16, key: &LongTermKeyCredentials) -> Vec<u8> {
    let Ok(code) = ErrorCode::builder(code).build() else { return Vec::new() };
    let capacity = MessageHeader::LENGTH + code.padded_len() + 24;
    let mut answer = Message::builder_error(message, MessageWriteVec::with_capacity(capacity));
    let integrity = key.make_key(IntegrityAlgorithm::Sha1);
    let written = answer
        .add_attribute(&code)
        .and_then(|()| answer.add_message_integrity_with_key(&integrity, IntegrityAlgorithm::Sha1));
    written.map(|()| answer.finish()).unwrap_or_default()
}
