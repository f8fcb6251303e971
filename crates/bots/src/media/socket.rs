//! UDP as cheap as the kernel gives it: runs of datagrams in one call, in both directions.

use super::peer::Datagram;
use anyhow::{Context, Result};
use quinn_udp::{RecvMeta, Transmit, UdpSockRef, UdpSocketState};
use std::io::{self, IoSliceMut};
use std::net::{SocketAddr, UdpSocket};
use str0m::net::Protocol;

/// Datagrams, or runs of them, taken per call.
const BATCH: usize = 8;
/// Room for a run that the kernel has put together.
const BUFFER: usize = 64 * 1024;
/// Bytes that wait in the kernel while the thread is busy: over a second of the largest layer.
const KERNEL_BUFFER: usize = 512 * 1024;

/// The socket of one peer.
pub(crate) struct PeerSocket {
    pub(crate) socket: mio::net::UdpSocket,
    state: UdpSocketState,
}

/// Memory for what arrives, one for each thread.
pub(crate) struct Buffers(Vec<u8>);

impl Buffers {
    pub(crate) fn new() -> Self {
        Self(vec![0; BATCH * BUFFER])
    }
}

/// Whether there may be more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Rest {
    None,
    Perhaps,
}

impl PeerSocket {
    pub(crate) fn new(socket: UdpSocket) -> io::Result<Self> {
        socket.set_nonblocking(true)?;
        let state = UdpSocketState::new(UdpSockRef::from(&socket))?;
        // The kernel gives what it allows.
        let _ = state.set_recv_buffer_size(UdpSockRef::from(&socket), KERNEL_BUFFER);
        let _ = state.set_send_buffer_size(UdpSockRef::from(&socket), KERNEL_BUFFER);
        Ok(Self { socket: mio::net::UdpSocket::from_std(socket), state })
    }

    /// Calls `each` for the datagrams of one batch.
    pub(crate) fn receive(&self, buffers: &mut Buffers, mut each: impl FnMut(SocketAddr, &[u8])) -> Rest {
        let mut metas = [RecvMeta::default(); BATCH];
        let mut chunks = buffers.0.chunks_exact_mut(BUFFER);
        let mut slices: [IoSliceMut<'_>; BATCH] =
            std::array::from_fn(|_| IoSliceMut::new(chunks.next().unwrap_or_default()));
        let received = match self.state.recv(UdpSockRef::from(&self.socket), &mut slices, &mut metas) {
            Ok(received) => received,
            // An error of an earlier datagram (nobody listens there) takes the place of one that arrived.
            Err(error) if error.kind() == io::ErrorKind::ConnectionRefused => return Rest::Perhaps,
            Err(_) => return Rest::None,
        };
        for (meta, slice) in metas.iter().zip(&slices).take(received) {
            for bytes in slice[..meta.len].chunks(meta.stride.max(1)) {
                each(meta.addr, bytes);
            }
        }
        if received == BATCH { Rest::Perhaps } else { Rest::None }
    }

    /// Sends all of them. What the kernel has no room for is lost, as on any network.
    pub(crate) fn send(&self, datagrams: &mut Vec<Datagram>, buffer: &mut Vec<u8>) {
        let most = self.state.max_gso_segments();
        let mut rest = datagrams.as_slice();
        while let Some(first) = rest.first() {
            let size = first.bytes.len();
            let alike =
                rest.iter().take(most).take_while(|one| one.to == first.to && one.bytes.len() == size);
            let count = alike.count();
            let (run, others) = rest.split_at(count);
            rest = others;
            buffer.clear();
            run.iter().for_each(|one| buffer.extend(&one.bytes));
            let segment_size = (count > 1).then_some(size);
            let transmit =
                Transmit { destination: first.to, ecn: None, contents: buffer, segment_size, src_ip: None };
            let _ = self.state.try_send(UdpSockRef::from(&self.socket), &transmit);
        }
        datagrams.clear();
    }
}

/// A socket from which the server can be reached that gave this answer.
pub(crate) fn towards(answer: &str) -> Result<UdpSocket> {
    let server = candidates(answer)
        .into_iter()
        .min_by_key(|address| (!address.is_ipv4(), !address.ip().is_loopback()));
    let server = server.context("an answer without candidates")?;
    // Connecting a datagram socket sends nothing: the kernel only says which of our addresses it would use.
    let any = if server.is_ipv4() { "0.0.0.0:0" } else { "[::]:0" };
    let probe = UdpSocket::bind(any)?;
    probe.connect(server)?;
    Ok(UdpSocket::bind((probe.local_addr()?.ip(), 0))?)
}

/// The server's UDP addresses.
fn candidates(answer: &str) -> Vec<SocketAddr> {
    let lines = answer.lines().filter_map(|line| line.strip_prefix("a=candidate:"));
    let parsed =
        lines.filter_map(|line| str0m::Candidate::from_sdp_string(&format!("candidate:{line}")).ok());
    parsed.filter(|candidate| candidate.proto() == Protocol::Udp).map(|candidate| candidate.addr()).collect()
}

#[cfg(test)]
mod tests {
    use super::{Buffers, PeerSocket, towards};
    use crate::media::Datagram;
    use std::net::UdpSocket;

    #[test]
    fn one_sends_from_an_address_that_reaches_the_server() {
        let loopback =
            "a=candidate:1 1 udp 1 192.0.2.9 9 typ host\r\na=candidate:2 1 udp 1 127.0.0.1 9 typ host\r\n";
        assert!(towards(loopback).unwrap().local_addr().unwrap().ip().is_loopback());
        let tcp = "a=candidate:1 1 tcp 1 127.0.0.1 9 typ host tcptype passive\r\n";
        assert!(towards(tcp).is_err());
        assert!(towards("v=0\r\n").is_err());
    }

    #[test]
    fn runs_of_datagrams_arrive_as_they_were() {
        let receiver = PeerSocket::new(UdpSocket::bind("127.0.0.1:0").unwrap()).unwrap();
        let sender = PeerSocket::new(UdpSocket::bind("127.0.0.1:0").unwrap()).unwrap();
        let to = receiver.socket.local_addr().unwrap();
        let sizes = [100, 100, 100, 40, 1000, 1000, 7];
        let datagram = |(number, size)| Datagram { to, bytes: vec![number; size] };
        let mut datagrams: Vec<_> = (0..).zip(sizes).map(datagram).collect();
        sender.send(&mut datagrams, &mut Vec::new());
        assert!(datagrams.is_empty());
        let mut arrived = Vec::new();
        let mut buffers = Buffers::new();
        // The loopback delivers within the call that sends.
        while arrived.len() < sizes.len() {
            receiver.receive(&mut buffers, |_, bytes| arrived.push((bytes[0], bytes.len())));
        }
        assert_eq!(arrived, (0..).zip(sizes).collect::<Vec<_>>());
    }
}
