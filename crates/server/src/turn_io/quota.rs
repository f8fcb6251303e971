//! How many allocations there may be: of a session, from an address, and of all. Pure.
//!
//! Sessions are to be had for nothing, and whoever holds an allocation may refresh it for as long as they like: it is the
//! address that keeps one of them from having all.

use crate::listen::source;
use ipnet::IpNet;
use std::collections::HashMap;
use std::hash::Hash;
use std::net::IpAddr;

/// What the operator allows.
#[derive(Clone)]
pub(crate) struct Bounds {
    pub(crate) per_user: u32,
    /// IPv6 by network.
    pub(crate) per_address: u32,
    pub(crate) all: u32,
    /// Balancers: whoever comes over one has its address, as all others have who do.
    pub(crate) not_counted: Vec<IpNet>,
}

pub(super) struct Allocations {
    bounds: Bounds,
    per_user: HashMap<Box<str>, u32>,
    per_source: HashMap<IpAddr, u32>,
    all: u32,
}

impl Allocations {
    pub(super) fn new(bounds: Bounds) -> Self {
        Self { bounds, per_user: HashMap::new(), per_source: HashMap::new(), all: 0 }
    }

    /// Whether there is one more for them.
    pub(super) fn has_room(&self, user: &str, address: IpAddr) -> bool {
        let held = self.per_user.get(user).copied().unwrap_or(0);
        let from_there = self.source(address).and_then(|from| self.per_source.get(&from)).copied();
        self.all < self.bounds.all
            && held < self.bounds.per_user
            && from_there.unwrap_or(0) < self.bounds.per_address
    }

    /// They have one.
    pub(super) fn taken(&mut self, user: &str, address: IpAddr) {
        self.all += 1;
        *self.per_user.entry(user.into()).or_default() += 1;
        if let Some(from) = self.source(address) {
            *self.per_source.entry(from).or_default() += 1;
        }
    }

    /// They have one less.
    pub(super) fn given_back(&mut self, user: &str, address: IpAddr) {
        self.all = self.all.saturating_sub(1);
        one_less(&mut self.per_user, &Box::from(user));
        if let Some(from) = self.source(address) {
            one_less(&mut self.per_source, &from);
        }
    }

    fn source(&self, address: IpAddr) -> Option<IpAddr> {
        let balancer = self.bounds.not_counted.iter().any(|net| net.contains(&address.to_canonical()));
        (!balancer).then(|| source(address))
    }
}

fn one_less<K: Eq + Hash>(counts: &mut HashMap<K, u32>, key: &K) {
    if let Some(count) = counts.get_mut(key) {
        *count = count.saturating_sub(1);
        if *count == 0 {
            counts.remove(key);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn quota() -> Allocations {
        let not_counted = vec!["10.0.0.0/8".parse().unwrap()];
        Allocations::new(Bounds { per_user: 2, per_address: 3, all: 5, not_counted })
    }

    fn at(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    /// How many of these get one, in this order.
    fn taken(quota: &mut Allocations, asks: &[(&str, &str)]) -> Vec<bool> {
        let mut take = |(user, address): &(&str, &str)| {
            let room = quota.has_room(user, at(address));
            if room {
                quota.taken(user, at(address));
            }
            room
        };
        asks.iter().map(&mut take).collect()
    }

    #[test]
    fn neither_a_session_nor_an_address_has_all_of_them() {
        let (here, there) = ("192.0.2.1", "192.0.2.2");
        for (asks, expected) in [
            (vec![("a", here), ("a", here), ("a", here)], vec![true, true, false]),
            (vec![("a", here), ("a", there), ("a", there)], vec![true, true, false]),
            (
                vec![("a", here), ("b", here), ("c", here), ("d", here), ("d", there)],
                vec![true, true, true, false, true],
            ),
            (
                vec![("a", "2001:db8::1"), ("b", "2001:db8::2"), ("c", "2001:db8::3"), ("d", "2001:db8::4")],
                vec![true, true, true, false],
            ),
            (
                vec![("a", "::ffff:192.0.2.1"), ("b", here), ("c", here), ("d", here)],
                vec![true, true, true, false],
            ),
            (vec![("a", "10.1.1.1"), ("b", "10.1.1.1"), ("c", "10.1.1.1"), ("d", "10.1.1.1")], vec![true; 4]),
            (
                vec![("a", here), ("b", here), ("c", here), ("d", there), ("e", there), ("f", "192.0.2.3")],
                vec![true, true, true, true, true, false],
            ),
        ] {
            assert_eq!(taken(&mut quota(), &asks), expected, "{asks:?}");
        }
    }

    #[test]
    fn what_is_given_back_is_there_again_and_nothing_is_kept() {
        let mut quota = quota();
        let here = "192.0.2.1";
        assert_eq!(
            taken(&mut quota, &[("a", here), ("a", here), ("b", here), ("b", here)]).last(),
            Some(&false)
        );
        quota.given_back("a", at(here));
        assert_eq!(taken(&mut quota, &[("b", here)]), [true]);
        for user in ["a", "b", "b"] {
            quota.given_back(user, at(here));
        }
        assert!(quota.per_user.is_empty() && quota.per_source.is_empty());
        assert_eq!(quota.all, 0);
    }
}
