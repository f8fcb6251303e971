//! Over real sockets on the loopback, driven by a thread.

use super::echo::Echo;
use crate::media::{Camera, Datagram, Kind, Layer, MediaThreads, Network, Peer, Speech, Tracks};
use std::net::UdpSocket;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// Answers on a socket until told to stop.
fn serve(mut echo: Echo, socket: &UdpSocket, stop: &AtomicBool) {
    let mut out: Vec<Datagram> = Vec::new();
    let mut buffer = [0; 2000];
    while !stop.load(Ordering::Relaxed) {
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
    let stop = Arc::new(AtomicBool::new(false));
    let mut keys = Vec::new();
    let mut servers = Vec::new();
    for number in 0..3 {
        let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
        let mut echo = Echo::new(epoch, socket.local_addr().unwrap());
        let tracks = Tracks::participant(Speech::Always, Camera::Single(Layer::Full), 1);
        let mut peer = Box::new(Peer::new(number, tracks, epoch, Instant::now()));
        let answer = echo.answer(&peer.offer().unwrap().sdp);
        let own = crate::media::socket::towards(&answer).unwrap();
        peer.answer(Instant::now(), &answer, own.local_addr().unwrap()).unwrap();
        let key = threads.add(peer, own).await.unwrap();
        keys.push(key);
        let stop = stop.clone();
        servers.push(std::thread::spawn(move || serve(echo, &socket, &stop)));
    }
    let slow = Network { delay: Duration::from_millis(40), ..Network::default() };
    threads.network(keys[2], slow, slow);
    for key in &keys {
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
        assert_eq!(median > 79_000, *key == keys[2], "{median}");
    }
    threads.remove(keys[0]);
    assert!(threads.report(keys[0]).await.is_err());
    stop.store(true, Ordering::Relaxed);
    servers.into_iter().for_each(|server| server.join().unwrap());
}
