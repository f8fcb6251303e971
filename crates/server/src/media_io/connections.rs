//! Who may send packets: connections by the name that their STUN requests begin with, and the proof in each request.

use super::Target;
use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use stun_types::attribute::Username;
use stun_types::message::{
    BINDING, Message, MessageClass, MessageIntegrityCredentials, ShortTermCredentials,
};

/// Addresses that one connection may send from at a time. Browsers try a handful.
const MOST_PLACES: u32 = 32;

/// A connection for as long as it lasts, through restarts of its ICE.
pub(super) struct Connection {
    pub(super) target: Target,
    closed: AtomicBool,
    places: AtomicU32,
}

impl Connection {
    pub(super) fn is_closed(&self) -> bool {
        self.closed.load(Ordering::Relaxed)
    }

    /// Room for one more address.
    pub(super) fn take_place(&self) -> bool {
        self.places.fetch_add(1, Ordering::Relaxed) < MOST_PLACES || {
            self.places.fetch_sub(1, Ordering::Relaxed);
            false
        }
    }

    pub(super) fn give_place_back(&self) {
        self.places.fetch_sub(1, Ordering::Relaxed);
    }
}

/// All of them. Read for STUN requests alone, which come every few seconds.
#[derive(Default)]
pub(super) struct Connections(RwLock<ByUfrag>);

/// Each with the key of its requests.
type ByUfrag = HashMap<Box<str>, (MessageIntegrityCredentials, Arc<Connection>)>;

impl Connections {
    /// A connection's name and the key of its requests.
    pub(super) fn open(&self, ufrag: &str, password: &str, target: Target) -> Arc<Connection> {
        let connection =
            Arc::new(Connection { target, closed: AtomicBool::new(false), places: AtomicU32::new(0) });
        self.name(ufrag, password, connection.clone());
        connection
    }

    /// After a restart of its ICE it has another name.
    pub(super) fn rename(&self, before: &str, ufrag: &str, password: &str, connection: &Arc<Connection>) {
        self.name(ufrag, password, connection.clone());
        if before != ufrag {
            self.write(|all| all.remove(before));
        }
    }

    pub(super) fn close(&self, ufrag: &str, connection: &Connection) {
        connection.closed.store(true, Ordering::Relaxed);
        self.write(|all| all.remove(ufrag));
    }

    /// Whose STUN request this is, if it is one and proves it.
    pub(super) fn recognise(&self, bytes: &[u8]) -> Option<Arc<Connection>> {
        let message = Message::from_bytes(bytes).ok()?;
        if message.class() != MessageClass::Request || !message.has_method(BINDING) {
            return None;
        }
        let username = message.attribute::<Username>().ok()?;
        let (ufrag, _) = username.username().split_once(':')?;
        let all = self.0.read().unwrap_or_else(PoisonError::into_inner);
        let (credentials, connection) = all.get(ufrag)?;
        message.validate_integrity(credentials).ok()?;
        Some(connection.clone())
    }

    fn name(&self, ufrag: &str, password: &str, connection: Arc<Connection>) {
        let key = ShortTermCredentials::new(password.to_owned());
        let entry = (MessageIntegrityCredentials::ShortTerm(key), connection);
        self.write(|all| all.insert(ufrag.into(), entry));
    }

    fn write<T>(&self, change: impl FnOnce(&mut ByUfrag) -> T) -> T {
        change(&mut self.0.write().unwrap_or_else(PoisonError::into_inner))
    }
}
