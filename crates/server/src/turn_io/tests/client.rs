//! A TURN client as small as the tests need: one request at a time, over UDP.

use super::Credentials;
use std::net::{Ipv4Addr, SocketAddr, UdpSocket};
use std::time::{Duration, Instant};
use stun_types::attribute::{ErrorCode, Nonce, Realm, Username};
use stun_types::message::{
    BINDING, IntegrityAlgorithm, LongTermKeyCredentials, Message, MessageClass, MessageType, MessageWriteVec,
    Method, TransactionId,
};
use stun_types::prelude::{AttributeWrite, MessageWrite, MessageWriteExt};
use turn_types::attribute::{
    ChannelNumber, Data, Lifetime, RequestedTransport, XorPeerAddress, XorRelayedAddress,
};
use turn_types::message::{ALLOCATE, CHANNEL_BIND, CREATE_PERMISSION, REFRESH, SEND};

pub(super) const PATIENCE: Duration = Duration::from_secs(5);

pub(super) struct Turn {
    socket: UdpSocket,
    credentials: Credentials,
    realm: String,
    nonce: String,
}

/// Looks again and again until it is so.
pub(super) fn wait_until(mut condition: impl FnMut() -> bool) {
    let end = Instant::now() + PATIENCE;
    while !condition() {
        assert!(Instant::now() < end, "it did not come about");
        std::thread::park_timeout(Duration::from_millis(10));
    }
}

impl Turn {
    pub(super) fn new(server: SocketAddr, credentials: Credentials) -> Self {
        Self::at([127, 0, 0, 1], server, credentials)
    }

    /// One at another address: how often a source may ask without an allocation is limited.
    pub(super) fn at(source: [u8; 4], server: SocketAddr, credentials: Credentials) -> Self {
        let socket = UdpSocket::bind((Ipv4Addr::from(source), 0)).unwrap();
        socket.set_read_timeout(Some(PATIENCE)).unwrap();
        socket.connect(server).unwrap();
        Self { socket, credentials, realm: String::new(), nonce: String::new() }
    }

    pub(super) fn allocate(&mut self) -> Result<SocketAddr, u16> {
        let answer = match self.request(ALLOCATE, &[&RequestedTransport::new(17)]) {
            // The first answer says which realm and nonce to use. A second refusal is one.
            Err(401) => self.request(ALLOCATE, &[&RequestedTransport::new(17)])?,
            other => other?,
        };
        let message = Message::from_bytes(&answer).unwrap();
        Ok(message.attribute::<XorRelayedAddress>().unwrap().addr(message.transaction_id()))
    }

    pub(super) fn refresh(&mut self, seconds: u32) -> Result<(), u16> {
        self.request(REFRESH, &[&Lifetime::new(seconds)]).map(drop)
    }

    pub(super) fn permit(&mut self, peers: &[SocketAddr]) -> Result<(), u16> {
        self.request_for(CREATE_PERMISSION, peers, None)
    }

    pub(super) fn bind(&mut self, channel: u16, peer: SocketAddr) -> Result<(), u16> {
        self.request_for(CHANNEL_BIND, &[peer], Some(channel))
    }

    fn request_for(&mut self, method: Method, peers: &[SocketAddr], channel: Option<u16>) -> Result<(), u16> {
        let transaction = TransactionId::generate();
        let channel = channel.map(ChannelNumber::new);
        let peers: Vec<_> = peers.iter().map(|peer| XorPeerAddress::new(*peer, transaction)).collect();
        let mut attributes: Vec<&dyn AttributeWrite> = Vec::new();
        attributes.extend(channel.iter().map(|one| one as &dyn AttributeWrite));
        attributes.extend(peers.iter().map(|one| one as &dyn AttributeWrite));
        match self.exchange(&self.signed(method, transaction, &attributes)) {
            Err(438) => self.exchange(&self.signed(method, transaction, &attributes)),
            other => other,
        }
        .map(drop)
    }

    /// Asks, once more if the nonce has changed.
    pub(super) fn request(
        &mut self,
        method: Method,
        attributes: &[&dyn AttributeWrite],
    ) -> Result<Vec<u8>, u16> {
        match self.exchange(&self.signed(method, TransactionId::generate(), attributes)) {
            Err(438) => self.exchange(&self.signed(method, TransactionId::generate(), attributes)),
            other => other,
        }
    }

    fn signed(
        &self,
        method: Method,
        transaction: TransactionId,
        attributes: &[&dyn AttributeWrite],
    ) -> Vec<u8> {
        let kind = MessageType::from_class_method(MessageClass::Request, method);
        let mut request = Message::builder(kind, transaction, MessageWriteVec::new());
        for attribute in attributes {
            request.add_attribute(*attribute).unwrap();
        }
        if !self.realm.is_empty() {
            let Credentials { username, password } = self.credentials.clone();
            request.add_attribute(&Username::new(&username).unwrap()).unwrap();
            request.add_attribute(&Realm::new(&self.realm).unwrap()).unwrap();
            request.add_attribute(&Nonce::new(&self.nonce).unwrap()).unwrap();
            let key = LongTermKeyCredentials::new(username, password, self.realm.clone());
            request.add_message_integrity(&key.into(), IntegrityAlgorithm::Sha1).unwrap();
        }
        request.finish()
    }

    /// Asks again where nothing comes, as clients do: who is busy loses datagrams.
    fn exchange(&mut self, request: &[u8]) -> Result<Vec<u8>, u16> {
        let transaction = &request[8..20];
        let mut left = 3;
        self.socket.send(request).unwrap();
        loop {
            let mut buffer = vec![0; 2048];
            let bytes = match self.socket.recv(&mut buffer) {
                Ok(length) => &buffer[..length],
                Err(error) => {
                    left -= 1;
                    assert!(left > 0, "nothing came: {error}");
                    self.socket.send(request).unwrap();
                    continue;
                }
            };
            if bytes.get(8..20) != Some(transaction) {
                continue;
            }
            let Ok(message) = Message::from_bytes(bytes) else { continue };
            let Ok(error) = message.attribute::<ErrorCode>() else { return Ok(bytes.to_vec()) };
            if let (401 | 438, Ok(realm), Ok(nonce)) =
                (error.code(), message.attribute::<Realm>(), message.attribute::<Nonce>())
            {
                self.realm = realm.realm().to_owned();
                self.nonce = nonce.nonce().to_owned();
            }
            return Err(error.code());
        }
    }

    pub(super) fn receive(&self) -> Vec<u8> {
        let mut buffer = vec![0; 2048];
        let length = self.socket.recv(&mut buffer).expect("nothing came");
        buffer.truncate(length);
        buffer
    }

    pub(super) fn send_by_channel(&self, channel: u16, bytes: &[u8]) {
        let length = u16::try_from(bytes.len()).unwrap();
        let packet = [&channel.to_be_bytes()[..], &length.to_be_bytes(), bytes].concat();
        self.socket.send(&packet).unwrap();
    }

    pub(super) fn send_by_indication(&self, peer: SocketAddr, bytes: &[u8]) {
        let kind = MessageType::from_class_method(MessageClass::Indication, SEND);
        let transaction = TransactionId::generate();
        let mut message = Message::builder(kind, transaction, MessageWriteVec::new());
        message.add_attribute(&XorPeerAddress::new(peer, transaction)).unwrap();
        message.add_attribute(&Data::new(bytes)).unwrap();
        self.socket.send(&message.finish()).unwrap();
    }

    pub(super) fn send_raw(&self, bytes: &[u8]) {
        // A full buffer drops it, as a network would.
        let _ = self.socket.send(bytes);
    }

    pub(super) fn drain(&self) {
        self.socket.set_nonblocking(true).unwrap();
        while self.socket.recv(&mut [0; 2048]).is_ok() {}
        self.socket.set_nonblocking(false).unwrap();
    }

    /// Requests that are right, to be bent.
    pub(super) fn signed_samples(&self) -> Vec<Vec<u8>> {
        let transaction = TransactionId::generate();
        let peer = XorPeerAddress::new("127.0.0.1:9".parse().unwrap(), transaction);
        let (lifetime, transport, channel) =
            (Lifetime::new(600), RequestedTransport::new(17), ChannelNumber::new(0x4001));
        vec![
            self.signed(REFRESH, transaction, &[&lifetime]),
            self.signed(ALLOCATE, transaction, &[&transport]),
            self.signed(CREATE_PERMISSION, transaction, &[&peer]),
            self.signed(CHANNEL_BIND, transaction, &[&peer, &channel]),
            [&[0x40, 1, 0, 5][..], b"hello"].concat(),
        ]
    }

    /// Sizes of a request and of its answer.
    pub(super) fn binding(&mut self) -> (usize, usize) {
        let request = Message::builder_request(BINDING, MessageWriteVec::new()).finish();
        (request.len(), self.exchange(&request).unwrap().len())
    }

    pub(super) fn unauthenticated_allocate(&self) -> (usize, usize) {
        let mut request = Message::builder_request(ALLOCATE, MessageWriteVec::new());
        request.add_attribute(&RequestedTransport::new(17)).unwrap();
        let request = request.finish();
        self.socket.send(&request).unwrap();
        (request.len(), self.receive().len())
    }

    /// Asks without credentials; whether there is an answer before the patience of a flood ends.
    pub(super) fn tries_to_allocate(&self) -> bool {
        self.socket.set_read_timeout(Some(Duration::from_millis(2))).unwrap();
        let mut request = Message::builder_request(ALLOCATE, MessageWriteVec::new());
        request.add_attribute(&RequestedTransport::new(17)).unwrap();
        self.socket.send(&request.finish()).unwrap();
        self.socket.recv(&mut [0; 256]).is_ok()
    }

    /// Asks to permit one peer, with another behind the signature.
    pub(super) fn permit_with_unsigned(
        &mut self,
        signed: SocketAddr,
        unsigned: SocketAddr,
    ) -> Result<(), u16> {
        let transaction = TransactionId::generate();
        let signed = XorPeerAddress::new(signed, transaction);
        let mut request = self.signed(CREATE_PERMISSION, transaction, &[&signed]);
        let unsigned = XorPeerAddress::new(unsigned, transaction);
        let attribute = unsigned.to_raw().to_bytes();
        let length = u16::try_from(request.len() - 20 + attribute.len()).unwrap();
        request[2..4].copy_from_slice(&length.to_be_bytes());
        request.extend_from_slice(&attribute);
        self.exchange(&request).map(drop)
    }
}
