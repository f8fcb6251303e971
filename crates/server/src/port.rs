//! The one UDP port: STUN, TURN and media share it. One thread receives; any may send.

use quinn_udp::{RecvMeta, Transmit, UdpSockRef, UdpSocketState};
use std::io::{self, IoSliceMut};
use std::net::{IpAddr, SocketAddr, UdpSocket};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Datagrams taken per call. More saves little: the calls are then no longer what costs.
const BATCH: usize = 8;
/// Room for a run of datagrams that the kernel has put together.
const BUFFER: usize = 64 * 1024;
/// Bytes that wait in the kernel while a thread is busy: about 300 ms of 100 Mbit/s.
const KERNEL_BUFFER: usize = 4 * 1024 * 1024;

/// Who takes the datagrams that are not for STUN's or TURN's server.
pub(crate) trait MediaPackets: Send {
    /// Takes a datagram that is of a connection of theirs. False, and it has been left alone.
    fn take(&mut self, now: Instant, arrived: &Arrived<'_>) -> bool;
    /// What was taken since the last time can go on its way.
    fn hand_over(&mut self);
    /// Comes about once a second.
    fn tick(&mut self);
    /// How long datagrams may gather before they are looked for again. Nothing while there are few.
    fn nap(&self) -> Option<Duration>;
}

/// One datagram that arrived.
#[derive(Clone, Copy)]
pub(crate) struct Arrived<'a> {
    pub(crate) peer: SocketAddr,
    /// The address that it was sent to.
    pub(crate) local: SocketAddr,
    pub(crate) bytes: &'a [u8],
}

/// The receiving side.
pub(crate) struct Port {
    pub(crate) socket: mio::net::UdpSocket,
    buffers: Vec<u8>,
    sender: Arc<PortSender>,
}

/// The sending side.
pub(crate) struct PortSender {
    socket: UdpSocket,
    state: UdpSocketState,
    /// The port, and the address if it is bound to one.
    bound: SocketAddr,
}

impl Port {
    pub(crate) fn new(socket: UdpSocket) -> io::Result<Self> {
        socket.set_nonblocking(true)?;
        let state = UdpSocketState::new(UdpSockRef::from(&socket))?;
        // The kernel gives what it allows.
        let _ = state.set_recv_buffer_size(UdpSockRef::from(&socket), KERNEL_BUFFER);
        let _ = state.set_send_buffer_size(UdpSockRef::from(&socket), KERNEL_BUFFER);
        let bound = socket.local_addr()?;
        let sender = Arc::new(PortSender { socket: socket.try_clone()?, state, bound });
        Ok(Self { socket: mio::net::UdpSocket::from_std(socket), buffers: vec![0; BATCH * BUFFER], sender })
    }

    pub(crate) fn sender(&self) -> Arc<PortSender> {
        self.sender.clone()
    }

    /// Calls `each` for the datagrams of one batch. False when there are none now.
    pub(crate) fn receive(&mut self, mut each: impl FnMut(Arrived<'_>)) -> io::Result<bool> {
        let mut metas = [RecvMeta::default(); BATCH];
        let mut slices: [IoSliceMut<'_>; BATCH] = {
            let mut chunks = self.buffers.chunks_exact_mut(BUFFER);
            std::array::from_fn(|_| IoSliceMut::new(chunks.next().unwrap_or_default()))
        };
        let PortSender { state, bound, .. } = &*self.sender;
        let received = match state.recv(UdpSockRef::from(&self.socket), &mut slices, &mut metas) {
            Ok(received) => received,
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(false),
            Err(error) => return Err(error),
        };
        for (meta, buffer) in metas.iter().zip(&slices).take(received) {
            let local =
                SocketAddr::new(meta.dst_ip.unwrap_or_else(|| bound.ip()).to_canonical(), bound.port());
            let peer = SocketAddr::new(meta.addr.ip().to_canonical(), meta.addr.port());
            for bytes in buffer[..meta.len].chunks(meta.stride.max(1)) {
                each(Arrived { peer, local, bytes });
            }
        }
        Ok(true)
    }
}

impl PortSender {
    /// Sends a datagram from the address that the peer knows. What the kernel does not take is lost, as on any
    /// network.
    pub(crate) fn send(&self, from: IpAddr, to: SocketAddr, bytes: &[u8]) -> io::Result<()> {
        self.transmit(from, to, bytes, None)
    }

    /// Sends datagrams of the same size, the last one perhaps smaller, that lie behind each other in `bytes`: at most
    /// [`PortSender::most_in_run`].
    pub(crate) fn send_run(&self, from: IpAddr, to: SocketAddr, bytes: &[u8], size: usize) -> io::Result<()> {
        self.transmit(from, to, bytes, (bytes.len() > size).then_some(size))
    }

    /// How many datagrams the kernel takes at once.
    pub(crate) fn most_in_run(&self) -> usize {
        self.state.max_gso_segments()
    }

    fn transmit(
        &self,
        from: IpAddr,
        to: SocketAddr,
        contents: &[u8],
        segment_size: Option<usize>,
    ) -> io::Result<()> {
        let destination = match (self.bound, to) {
            (SocketAddr::V6(_), SocketAddr::V4(v4)) => {
                SocketAddr::new(v4.ip().to_ipv6_mapped().into(), v4.port())
            }
            _ => to,
        };
        let src_ip = Some(from).filter(|from| self.bound.ip().is_unspecified() && !from.is_unspecified());
        let transmit = Transmit { destination, ecn: None, contents, segment_size, src_ip };
        self.state.try_send(UdpSockRef::from(&self.socket), &transmit)
    }
}
