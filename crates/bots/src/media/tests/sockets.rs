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

fn cpu_of_media() -> u64 {
    let mut sum = 0;
    for task in std::fs::read_dir("/proc/self/task").unwrap() {
        let path = task.unwrap().path();
        let stat = std::fs::read_to_string(path.join("stat")).unwrap();
        if stat.contains("(media-") {
            let f: Vec<_> = stat.rsplit_once(')').unwrap().1.split_whitespace().collect();
            sum += f[11].parse::<u64>().unwrap() + f[12].parse::<u64>().unwrap();
        }
    }
    sum
}

#[tokio::test]
async fn zz_cost() {
    let epoch = Instant::now();
    let count: u32 = std::env::var("N").map_or(40, |n| n.parse().unwrap());
    let echoing = std::env::var("ECHO").is_ok();
    let threads = MediaThreads::start(1).unwrap();
    let mut peers = Vec::new();
    for number in 0..count {
        let server = Served::start();
        // With simulcast of which only f is wanted nothing is echoed.
        let camera = if echoing { Camera::Single(Layer::Full) } else { Camera::Simulcast };
        let tracks = Tracks::participant(Speech::Always, camera, 1);
        let mut peer = Box::new(Peer::new(number, tracks, epoch, Instant::now()));
        let answer = server.answer(peer.offer().unwrap().sdp);
        let own = crate::media::socket::towards(&answer).unwrap();
        peer.answer(Instant::now(), &answer, own.local_addr().unwrap()).unwrap();
        let key = threads.add(peer, own).await.unwrap();
        if !echoing {
            threads.layers_wanted(key, visavis_domain::room::Source::Camera, vec!["f".into()]);
        }
        peers.push((key, server));
    }
    tokio::time::sleep(Duration::from_secs(4)).await;
    threads.restart_counting();
    let before = cpu_of_media();
    tokio::time::sleep(Duration::from_secs(10)).await;
    let cpu = cpu_of_media() - before;
    let (mut video, mut audio, mut lost, mut sent) = (0, 0, 0, 0);
    let mut p = Vec::new();
    for (key, _) in &peers {
        let report = threads.report(*key).await.unwrap();
        video += report.counts(Kind::Video).packets;
        audio += report.counts(Kind::Audio).packets;
        lost += report.counts(Kind::Video).lost;
        sent += report.sent;
        p.push(report.slots.last().unwrap().latency.value_at_quantile(0.5));
    }
    p.sort_unstable();
    println!("N {count} echo {echoing}: cpu {cpu} ticks/10s, video {video} audio {audio} lost {lost} sent {sent} p50 {:?}", p[p.len() / 2]);
}
