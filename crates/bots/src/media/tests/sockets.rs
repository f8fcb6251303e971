//! Over real sockets on the loopback, driven by a thread.

use super::echo::Echo;
use crate::media::{Camera, Datagram, Kind, Layer, MediaThreads, Network, Peer, Speech, Tracks};
use std::net::UdpSocket;
use std::sync::mpsc::{Receiver, Sender, TryRecvError, channel};
use std::time::{Duration, Instant};

/// A server's side over a socket, on a thread of its own; ends with the value.
pub(super) struct Served {
    offers: Sender<(String, Sender<String>)>,
}

impl Served {
    pub(super) fn start() -> Self {
        let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
        let echo = Echo::new(Instant::now(), socket.local_addr().unwrap());
        let (offers, offered) = channel();
        std::thread::spawn(move || serve(echo, &socket, &offered));
        Self { offers }
    }

    pub(super) fn answer(&self, offer: String) -> String {
        let (answer, answered) = channel();
        self.offers.send((offer, answer)).unwrap();
        answered.recv().unwrap()
    }
}

fn serve(mut echo: Echo, socket: &UdpSocket, offers: &Receiver<(String, Sender<String>)>) {
    let mut out: Vec<Datagram> = Vec::new();
    let mut buffer = [0; 2000];
    loop {
        match offers.try_recv() {
            Ok((offer, answer)) => {
                answer.send(echo.answer(&offer)).unwrap();
                echo.timeout(Instant::now(), &mut out);
            }
            Err(TryRecvError::Empty) => {}
            Err(TryRecvError::Disconnected) => return,
        }
        let wait = echo.due.saturating_duration_since(Instant::now());
        socket
            .set_read_timeout(Some(wait.clamp(Duration::from_millis(1), Duration::from_millis(20))))
            .unwrap();
        match socket.recv_from(&mut buffer) {
            Ok((length, from)) => echo.receive(Instant::now(), from, &buffer[..length], &mut out),
            Err(_) => echo.timeout(Instant::now(), &mut out),
        }
        for one in out.drain(..) {
            socket.send_to(&one.bytes, one.to).unwrap();
        }
    }
}

#[tokio::test]
async fn a_thread_drives_peers_over_sockets_and_over_networks() {
    let epoch = Instant::now();
    let threads = MediaThreads::start(1).unwrap();
    let mut peers = Vec::new();
    for number in 0..3 {
        let server = Served::start();
        let tracks = Tracks::participant(Speech::Always, Camera::Single(Layer::Full), 1);
        let mut peer = Box::new(Peer::new(number, tracks, epoch, Instant::now()));
        let answer = server.answer(peer.offer().unwrap().sdp);
        let own = crate::media::socket::towards(&answer).unwrap();
        peer.answer(Instant::now(), &answer, own.local_addr().unwrap()).unwrap();
        peers.push((threads.add(peer, own).await.unwrap(), server));
    }
    let slow = Network { delay: Duration::from_millis(40), ..Network::default() };
    let last = peers[2].0;
    threads.network(last, slow, slow);
    for (key, _) in &peers {
        let report = loop {
            let report = threads.report(*key).await.unwrap();
            if report.counts(Kind::Video).packets > 100 && report.counts(Kind::Audio).packets > 20 {
                break report;
            }
            assert!(epoch.elapsed() < Duration::from_secs(30), "{report:?}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        };
        assert_eq!((report.counts(Kind::Video).lost, report.errors), (0, 0));
        let video = report.slots.iter().find(|slot| slot.kind == Kind::Video).unwrap();
        let median = video.latency.value_at_quantile(0.5);
        assert_eq!(median > 79_000, *key == last, "{median}");
    }
    threads.remove(peers[0].0);
    assert!(threads.report(peers[0].0).await.is_err());
}
