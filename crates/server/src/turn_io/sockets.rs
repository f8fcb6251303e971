//! The sockets of the thread: the one port, and a relay socket for each allocation.

use quinn_udp::{RecvMeta, Transmit, UdpSockRef, UdpSocketState};
use socket2::{Domain, Protocol, Socket, Type};
use std::io::{self, IoSliceMut};
use std::net::{IpAddr, SocketAddr, UdpSocket};

/// Datagrams taken per call. More saves little: the calls are then no longer what costs.
const BATCH: usize = 8;
/// Room for a run of datagrams that the kernel has put together.
const BUFFER: usize = 64 * 1024;
/// Bytes that wait in the kernel while the thread is busy: about 100 ms of 100 Mbit/s.
const KERNEL_BUFFER: usize = 1024 * 1024;

/// The one UDP port.
pub(super) struct MainSocket {
    pub(super) socket: mio::net::UdpSocket,
    state: UdpSocketState,
    buffers: Vec<u8>,
    /// The port, and the address if it is bound to one.
    bound: SocketAddr,
}

/// One datagram that arrived.
pub(super) struct Arrived<'a> {
    pub(super) peer: SocketAddr,
    /// The address that it was sent to.
    pub(super) local: SocketAddr,
    pub(super) bytes: &'a [u8],
}

impl MainSocket {
    pub(super) fn new(socket: UdpSocket) -> io::Result<Self> {
        socket.set_nonblocking(true)?;
        let state = UdpSocketState::new(UdpSockRef::from(&socket))?;
        // The kernel gives what it allows.
        let _ = state.set_recv_buffer_size(UdpSockRef::from(&socket), KERNEL_BUFFER);
        let _ = state.set_send_buffer_size(UdpSockRef::from(&socket), KERNEL_BUFFER);
        let bound = socket.local_addr()?;
        let socket = mio::net::UdpSocket::from_std(socket);
        Ok(Self { socket, state, buffers: vec![0; BATCH * BUFFER], bound })
    }

    /// Calls `each` for the datagrams of one batch. False when there are none now.
    pub(super) fn receive(&mut self, mut each: impl FnMut(&Sender<'_>, Arrived<'_>)) -> io::Result<bool> {
        let mut metas = [RecvMeta::default(); BATCH];
        let mut slices: [IoSliceMut<'_>; BATCH] = {
            let mut chunks = self.buffers.chunks_exact_mut(BUFFER);
            std::array::from_fn(|_| IoSliceMut::new(chunks.next().unwrap_or_default()))
        };
        let received = match self.state.recv(UdpSockRef::from(&self.socket), &mut slices, &mut metas) {
            Ok(received) => received,
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(false),
            Err(error) => return Err(error),
        };
        let sender = Sender { socket: &self.socket, state: &self.state, bound: self.bound };
        for (meta, buffer) in metas.iter().zip(&slices).take(received) {
            let local = SocketAddr::new(
                meta.dst_ip.unwrap_or_else(|| self.bound.ip()).to_canonical(),
                self.bound.port(),
            );
            let peer = SocketAddr::new(meta.addr.ip().to_canonical(), meta.addr.port());
            for bytes in buffer[..meta.len].chunks(meta.stride.max(1)) {
                each(&sender, Arrived { peer, local, bytes });
            }
        }
        Ok(true)
    }

    pub(super) fn sender(&self) -> Sender<'_> {
        Sender { socket: &self.socket, state: &self.state, bound: self.bound }
    }
}

/// The sending side of the one port.
pub(super) struct Sender<'a> {
    socket: &'a mio::net::UdpSocket,
    state: &'a UdpSocketState,
    bound: SocketAddr,
}

impl Sender<'_> {
    /// Sends from the address that the peer knows. What the kernel does not take is lost, as on any network.
    pub(super) fn send(&self, from: IpAddr, to: SocketAddr, bytes: &[u8]) -> io::Result<()> {
        let destination = match (self.bound, to) {
            (SocketAddr::V6(_), SocketAddr::V4(v4)) => {
                SocketAddr::new(v4.ip().to_ipv6_mapped().into(), v4.port())
            }
            _ => to,
        };
        let src_ip = Some(from).filter(|from| self.bound.ip().is_unspecified() && !from.is_unspecified());
        let transmit = Transmit { destination, ecn: None, contents: bytes, segment_size: None, src_ip };
        self.state.try_send(UdpSockRef::from(self.socket), &transmit)
    }
}

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
    let _ = socket.set_recv_buffer_size(KERNEL_BUFFER / 4);
    socket.bind(&SocketAddr::new(address, 0).into())?;
    let socket: UdpSocket = socket.into();
    let port = socket.local_addr()?.port();
    Ok((mio::net::UdpSocket::from_std(socket), port))
}
