//! How many connections are open, in all and by address.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The counts and their bounds.
pub(crate) struct Caps {
    per_address: u32,
    total: u32,
    open: Mutex<Open>,
}

#[derive(Default)]
struct Open {
    total: u32,
    by_source: HashMap<IpAddr, u32>,
}

/// One open connection; gives its place back when dropped.
pub(crate) struct Place {
    caps: Arc<Caps>,
    source: IpAddr,
}

impl Caps {
    pub(crate) fn new(per_address: u32, total: u32) -> Arc<Self> {
        Arc::new(Self { per_address, total, open: Mutex::default() })
    }

    /// A place for a connection from this address, if there is one.
    pub(crate) fn take(self: &Arc<Self>, address: IpAddr) -> Option<Place> {
        let source = source(address);
        let mut open = self.open();
        let here = open.by_source.get(&source).copied().unwrap_or(0);
        if open.total >= self.total || here >= self.per_address {
            return None;
        }
        open.total += 1;
        open.by_source.insert(source, here + 1);
        Some(Place { caps: self.clone(), source })
    }

    fn open(&self) -> MutexGuard<'_, Open> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut open = self.caps.open();
        open.total = open.total.saturating_sub(1);
        if let Some(count) = open.by_source.get_mut(&self.source) {
            *count = count.saturating_sub(1);
            if *count == 0 {
                open.by_source.remove(&self.source);
            }
        }
    }
}

/// Who is counted together: an IPv4 address, or an IPv6 network of the size that one customer gets.
pub(crate) fn source(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(address) => IpAddr::V4(address),
        IpAddr::V6(address) => IpAddr::V6((address.to_bits() & (u128::MAX << 64)).into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_counted_by_source_and_in_all_and_come_back() {
        let caps = Caps::new(2, 3);
        let [a, b] = ["192.0.2.1", "192.0.2.2"].map(|text| text.parse().unwrap());
        let first = caps.take(a).unwrap();
        let _second = caps.take(a).unwrap();
        assert!(caps.take(a).is_none());
        let _third = caps.take(b).unwrap();
        assert!(caps.take(b).is_none(), "the total is reached");
        drop(first);
        assert!(caps.take(a).is_some());
    }

    #[test]
    fn an_ipv6_customer_is_one_source() {
        let caps = Caps::new(1, 10);
        let _place = caps.take("2001:db8::1".parse().unwrap()).unwrap();
        assert!(caps.take("2001:db8::2".parse().unwrap()).is_none());
        assert!(caps.take("2001:db8:0:1::1".parse().unwrap()).is_some());
        let _mapped = caps.take("::ffff:192.0.2.1".parse().unwrap()).unwrap();
        assert!(caps.take("192.0.2.1".parse().unwrap()).is_none());
    }
}
