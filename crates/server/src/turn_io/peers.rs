//! To whom may be relayed. Pure.
//!
//! Everything special is refused: relaying into the server's own network is what open relays are abused for.

use crate::special::{canonical, is_special};
use ipnet::IpNet;
use std::net::{IpAddr, SocketAddr};

/// The rules of this server.
pub(super) struct Peers {
    allowed: Vec<IpNet>,
    /// Ports that listeners of ours use, on the addresses given, or on all addresses of the machine.
    services: Vec<SocketAddr>,
    /// Where the media server is offered: the one service of ours that a relay is for.
    media: Vec<SocketAddr>,
    /// Addresses of this machine.
    own: Vec<IpAddr>,
}

impl Peers {
    pub(super) fn new(
        allowed: Vec<IpNet>,
        services: Vec<SocketAddr>,
        media: Vec<SocketAddr>,
        own: Vec<IpAddr>,
    ) -> Self {
        Self { allowed, services, media, own: own.into_iter().map(canonical).collect() }
    }

    /// Whether packets may go to this address on some port. What is a relay of ours is decided elsewhere.
    pub(super) fn allows_address(&self, address: IpAddr) -> bool {
        let address = canonical(address);
        self.is_open(address) || self.media.iter().any(|media| media.ip() == address)
    }

    /// Whether packets may go exactly there.
    pub(super) fn allows(&self, peer: SocketAddr) -> bool {
        let peer = SocketAddr::new(canonical(peer.ip()), peer.port());
        self.media.contains(&peer) || (self.is_open(peer.ip()) && !self.is_service(peer))
    }

    fn is_open(&self, canonical: IpAddr) -> bool {
        !is_special(canonical) || self.allowed.iter().any(|net| net.contains(&canonical))
    }

    fn is_service(&self, peer: SocketAddr) -> bool {
        let address = canonical(peer.ip());
        let ours = address.is_loopback() || address.is_unspecified() || self.own.contains(&address);
        self.services.iter().any(|service| {
            let at = canonical(service.ip());
            service.port() == peer.port() && (at == address || (at.is_unspecified() && ours))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::net::{Ipv4Addr, Ipv6Addr};

    fn rules() -> Peers {
        let services = ["[::]:8443", "127.0.0.1:8080", "192.0.2.7:9090"];
        Peers::new(
            Vec::new(),
            services.map(|text| text.parse().unwrap()).to_vec(),
            Vec::new(),
            vec!["9.9.9.9".parse().unwrap()],
        )
    }

    #[test]
    fn only_ordinary_public_addresses_are_relayed_to() {
        for address in ["1.1.1.1", "8.8.8.8", "223.255.255.255", "100.128.0.1", "2606:4700::1111", "2a00::1"]
        {
            assert!(rules().allows_address(address.parse().unwrap()), "{address}");
        }
        for address in [
            "0.0.0.0",
            "0.1.2.3",
            "10.0.0.1",
            "100.64.0.1",
            "127.0.0.1",
            "127.255.255.254",
            "169.254.169.254",
            "172.16.0.1",
            "172.31.255.255",
            "192.0.0.1",
            "192.0.2.1",
            "192.88.99.1",
            "192.168.1.1",
            "198.18.0.1",
            "198.19.255.255",
            "198.51.100.1",
            "203.0.113.1",
            "224.0.0.1",
            "239.255.255.255",
            "240.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::ffff:127.0.0.1",
            "::ffff:10.0.0.1",
            "::127.0.0.1",
            "::10.0.0.1",
            "::ffff:0:127.0.0.1",
            "64:ff9b::127.0.0.1",
            "64:ff9b::a9fe:a9fe",
            "64:ff9b:1::1",
            "2002:7f00:1::",
            "2002:a00:1::1",
            "2001::1",
            "2001:0:4136:e378::1",
            "2001:db8::1",
            "fc00::1",
            "fd12::1",
            "fe80::1",
            "fec0::1",
            "ff02::1",
            "100::1",
            "3fff::1",
            "5f00::1",
        ] {
            assert!(!rules().allows_address(address.parse().unwrap()), "{address}");
        }
    }

    #[test]
    fn an_allowed_network_opens_itself_in_every_form_but_never_our_services() {
        let rules = Peers::new(
            vec!["127.0.0.0/8".parse().unwrap(), "9.0.0.0/8".parse().unwrap()],
            rules().services,
            Vec::new(),
            rules().own,
        );
        for (peer, expected) in [
            ("127.0.0.1:5000", true),
            ("[::ffff:127.0.0.1]:5000", true),
            ("10.0.0.1:5000", false),
            ("127.0.0.1:8080", false),
            ("[::ffff:127.0.0.1]:8080", false),
            ("[64:ff9b::127.0.0.1]:8080", false),
            ("127.0.0.2:8080", true),
            ("127.0.0.2:8443", false),
            ("9.9.9.9:8443", false),
            ("9.9.9.8:8443", true),
            ("9.9.9.9:9090", true),
        ] {
            assert_eq!(rules.allows(peer.parse().unwrap()), expected, "{peer}");
        }
    }

    #[test]
    fn the_media_server_is_reached_at_its_port_alone() {
        let media = vec!["10.0.0.7:8443".parse().unwrap()];
        let rules = Peers::new(Vec::new(), rules().services, media, vec!["10.0.0.7".parse().unwrap()]);
        assert!(rules.allows_address("10.0.0.7".parse().unwrap()));
        for (peer, expected) in [
            ("10.0.0.7:8443", true),
            ("[::ffff:10.0.0.7]:8443", true),
            ("10.0.0.7:8442", false),
            ("10.0.0.7:22", false),
            ("10.0.0.8:8443", false),
            ("127.0.0.1:8443", false),
        ] {
            assert_eq!(rules.allows(peer.parse().unwrap()), expected, "{peer}");
        }
    }

    proptest! {
        /// Every wrapping of a special IPv4 address is as special as the address.
        #[test]
        fn wrapping_opens_nothing(bits in any::<u32>()) {
            let v4 = Ipv4Addr::from_bits(bits);
            let refused = !rules().allows_address(v4.into());
            for wrapped in [v4.to_ipv6_mapped(), Ipv6Addr::from_bits((0x64_ff9b_u128 << 96) | u128::from(bits))] {
                prop_assert_eq!(!rules().allows_address(wrapped.into()), refused);
            }
        }
    }
}
