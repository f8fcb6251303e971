//! Relay sockets: one for each allocation.

use socket2::{Domain, Protocol, Socket, Type};
use std::io;
use std::net::{IpAddr, SocketAddr, UdpSocket};

/// Bytes that wait in the kernel while the thread is busy.
const KERNEL_BUFFER: usize = 256 * 1024;

/// A relay socket at one of these addresses: the first that works. Where an address is not the machine's own (it is
/// a router's, which forwards to us), the socket listens everywhere and the address is what is announced.
pub(super) fn bind_relay(addresses: &[IpAddr]) -> io::Result<(mio::net::UdpSocket, SocketAddr)> {
    let mut outcome = Err(io::ErrorKind::AddrNotAvailable.into());
    for address in addresses {
        outcome = bind(*address).or_else(|error| match (error.kind(), address) {
            (io::ErrorKind::AddrNotAvailable, IpAddr::V4(_)) => bind(std::net::Ipv4Addr::UNSPECIFIED.into()),
            (io::ErrorKind::AddrNotAvailable, IpAddr::V6(_)) => bind(std::net::Ipv6Addr::UNSPECIFIED.into()),
            _ => Err(error),
        });
        if let Ok((socket, port)) = outcome {
            return Ok((socket, SocketAddr::new(*address, port)));
        }
    }
    outcome.map(|(socket, port)| (socket, SocketAddr::new(std::net::Ipv4Addr::UNSPECIFIED.into(), port)))
}

fn bind(address: IpAddr) -> io::Result<(mio::net::UdpSocket, u16)> {
    let socket = Socket::new(
        if address.is_ipv4() { Domain::IPV4 } else { Domain::IPV6 },
        Type::DGRAM.nonblocking(),
        Some(Protocol::UDP),
    )?;
    // The kernel gives what it allows.
    let _ = socket.set_recv_buffer_size(KERNEL_BUFFER);
    socket.bind(&SocketAddr::new(address, 0).into())?;
    let socket: UdpSocket = socket.into();
    let port = socket.local_addr()?.port();
    Ok((mio::net::UdpSocket::from_std(socket), port))
}
