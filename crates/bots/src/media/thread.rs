//! Threads that drive the peers of many participants: sockets, timers and str0m, nothing else. A peer belongs to
//! one thread; others speak to it by messages.

use super::peer::{Datagram, Peer};
use super::sections::{Change, Offer};
use super::shaper::{Network, Shaper};
use super::socket::{Buffers, PeerSocket, Rest};
use super::stats::PeerReport;
use super::voice::Speech;
use anyhow::{Context, Result};
use mio::{Events, Interest, Poll, Token, Waker};
use std::net::{SocketAddr, UdpSocket};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::{Duration, Instant};
use tokio::sync::oneshot;
use visavis_domain::room::Source;

/// On loopback whoever sends pays for waking whoever receives, which no server on a network does: a thread with many
/// peers looks for datagrams by itself.
const MANY: usize = 8;
const NAP: Duration = Duration::from_millis(1);
const WAKE: Token = Token(usize::MAX);
/// Without anything to do the thread looks up this often.
const IDLE: Duration = Duration::from_millis(100);

/// The threads; ends them with the last handle.
#[derive(Clone)]
pub struct MediaThreads {
    threads: Arc<Vec<Thread>>,
    next: Arc<AtomicUsize>,
}

/// A peer that a thread drives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PeerKey {
    thread: usize,
    seat: usize,
}

struct Thread {
    messages: Sender<Message>,
    waker: Waker,
}

enum Message {
    Add(Box<Peer>, UdpSocket, oneshot::Sender<Result<usize>>),
    Remove(usize),
    Change(usize, Change, oneshot::Sender<Result<Offer>>),
    Answer(usize, String, oneshot::Sender<Result<()>>),
    LayersWanted(usize, Source, Vec<String>),
    Speak(usize, Speech),
    Network(usize, Network, Network),
    RestartCounting,
    Report(usize, oneshot::Sender<PeerReport>),
}

impl MediaThreads {
    /// Starts them. One takes about a hundred thousand packets a second.
    ///
    /// # Errors
    /// If the system has no threads or files left.
    pub fn start(count: usize) -> Result<Self> {
        let mut threads = Vec::new();
        for number in 0..count {
            let poll = Poll::new()?;
            let waker = Waker::new(poll.registry(), WAKE)?;
            let (messages, received) = channel();
            let driver = Driver {
                poll,
                messages: received,
                seats: Vec::new(),
                dues: Vec::new(),
                buffers: Buffers::new(),
                out: Vec::new(),
                run: Vec::new(),
            };
            std::thread::Builder::new().name(format!("media-{number}")).spawn(move || driver.run())?;
            threads.push(Thread { messages, waker });
        }
        Ok(Self { threads: Arc::new(threads), next: Arc::new(AtomicUsize::new(0)) })
    }

    /// Gives a peer to one of the threads.
    ///
    /// # Errors
    /// If the socket cannot be used.
    pub async fn add(&self, peer: Box<Peer>, socket: UdpSocket) -> Result<PeerKey> {
        let thread = self.next.fetch_add(1, Ordering::Relaxed) % self.threads.len();
        let (answer, answered) = oneshot::channel();
        self.send(thread, Message::Add(peer, socket, answer));
        Ok(PeerKey { thread, seat: answered.await?? })
    }

    /// Ends a peer.
    pub fn remove(&self, key: PeerKey) {
        self.send(key.thread, Message::Remove(key.seat));
    }

    /// An offer that changes a connection.
    ///
    /// # Errors
    /// If the peer is gone or there is nothing to change.
    pub async fn change(&self, key: PeerKey, change: Change) -> Result<Offer> {
        let (answer, answered) = oneshot::channel();
        self.send(key.thread, Message::Change(key.seat, change, answer));
        answered.await?
    }

    /// The answer to such an offer.
    ///
    /// # Errors
    /// If the peer is gone or the answer does not fit.
    pub async fn answer(&self, key: PeerKey, sdp: String) -> Result<()> {
        let (answer, answered) = oneshot::channel();
        self.send(key.thread, Message::Answer(key.seat, sdp, answer));
        answered.await?
    }

    /// See [`Peer::layers_wanted`].
    pub fn layers_wanted(&self, key: PeerKey, source: Source, rids: Vec<String>) {
        self.send(key.thread, Message::LayersWanted(key.seat, source, rids));
    }

    /// See [`Peer::speak`].
    pub fn speak(&self, key: PeerKey, speech: Speech) {
        self.send(key.thread, Message::Speak(key.seat, speech));
    }

    /// Puts a network between a peer and the server, `up` to it and `down` from it, or changes the one there is.
    pub fn network(&self, key: PeerKey, up: Network, down: Network) {
        self.send(key.thread, Message::Network(key.seat, up, down));
    }

    /// Counting begins anew for all peers.
    pub fn restart_counting(&self) {
        for thread in 0..self.threads.len() {
            self.send(thread, Message::RestartCounting);
        }
    }

    /// What a peer counted.
    ///
    /// # Errors
    /// If it is gone.
    pub async fn report(&self, key: PeerKey) -> Result<PeerReport> {
        let (answer, answered) = oneshot::channel();
        self.send(key.thread, Message::Report(key.seat, answer));
        Ok(answered.await?)
    }

    fn send(&self, thread: usize, message: Message) {
        let thread = &self.threads[thread];
        // A thread that is gone answers nobody: who waits for an answer learns it so.
        let _ = thread.messages.send(message);
        let _ = thread.waker.wake();
    }
}

/// A peer, its socket, and the network between it and the server.
struct Seat {
    peer: Box<Peer>,
    socket: PeerSocket,
    networks: Option<Networks>,
}

struct Networks {
    up: Shaper<Datagram>,
    down: Shaper<(SocketAddr, Vec<u8>)>,
}

struct Driver {
    poll: Poll,
    messages: Receiver<Message>,
    seats: Vec<Option<Seat>>,
    /// When each seat has something to do; beside each other, because all are looked at in every round.
    dues: Vec<Option<Instant>>,
    buffers: Buffers,
    out: Vec<Datagram>,
    run: Vec<u8>,
}

impl Driver {
    fn run(mut self) {
        let mut events = Events::with_capacity(1024);
        loop {
            if self.dues.iter().flatten().count() > MANY {
                #[allow(clippy::disallowed_methods, reason = "a thread of its own: nobody else waits")]
                std::thread::sleep(NAP);
            }
            let now = Instant::now();
            let due = self.dues.iter().flatten().min();
            let wait = due.map_or(IDLE, |due| due.saturating_duration_since(now).min(IDLE));
            if self.poll.poll(&mut events, Some(wait)).is_err() {
                continue;
            }
            for event in &events {
                if event.token() != WAKE {
                    self.readable(event.token().0);
                }
            }
            loop {
                match self.messages.try_recv() {
                    Ok(message) => self.message(message),
                    Err(std::sync::mpsc::TryRecvError::Empty) => break,
                    Err(std::sync::mpsc::TryRecvError::Disconnected) => return,
                }
            }
            for place in 0..self.seats.len() {
                if self.dues[place].is_some_and(|due| due <= Instant::now()) {
                    self.due(place);
                }
            }
        }
    }

    fn readable(&mut self, place: usize) {
        let Some(Some(seat)) = self.seats.get_mut(place) else { return };
        let Seat { peer, socket, networks } = seat;
        let out = &mut self.out;
        loop {
            // The moment of the whole batch: looking at the clock costs as much as a packet's header.
            let mut now = None;
            let rest = socket.receive(&mut self.buffers, |source, bytes| {
                let now = *now.get_or_insert_with(Instant::now);
                match networks {
                    Some(networks) => networks.down.push(now, bytes.len(), (source, bytes.to_vec())),
                    None => peer.receive(now, source, bytes, out),
                }
            });
            if rest == Rest::None {
                break;
            }
        }
        self.flush(place, Instant::now());
    }

    fn due(&mut self, place: usize) {
        let now = Instant::now();
        let Some(Some(seat)) = self.seats.get_mut(place) else { return };
        if let Some(networks) = &mut seat.networks {
            while let Some((source, bytes)) = networks.down.poll(now) {
                seat.peer.receive(now, source, &bytes, &mut self.out);
            }
        }
        if seat.peer.next() <= now {
            seat.peer.timeout(now, &mut self.out);
        }
        self.flush(place, now);
    }

    /// Sends what came out, and notes when there is more to do.
    fn flush(&mut self, place: usize, now: Instant) {
        let Some(Some(seat)) = self.seats.get_mut(place) else { return };
        let mut due = seat.peer.next();
        if let Some(networks) = &mut seat.networks {
            for datagram in self.out.drain(..) {
                networks.up.push(now, datagram.bytes.len(), datagram);
            }
            while let Some(datagram) = networks.up.poll(now) {
                self.out.push(datagram);
            }
            due = networks.up.next().into_iter().chain(networks.down.next()).fold(due, Instant::min);
        }
        if !self.out.is_empty() {
            seat.socket.send(&mut self.out, &mut self.run);
        }
        self.dues[place] = Some(due);
    }

    fn message(&mut self, message: Message) {
        let now = Instant::now();
        match message {
            Message::Add(peer, socket, answer) => {
                let _ = answer.send(self.add(peer, socket, now));
            }
            Message::Remove(place) => self.remove(place),
            Message::Change(place, change, answer) => {
                let offer = self.peer(place).and_then(|peer| peer.change(change));
                let _ = answer.send(offer);
            }
            Message::Answer(place, sdp, answer) => {
                let _ = answer.send(self.answer(place, &sdp, now));
            }
            Message::LayersWanted(place, source, rids) => {
                self.with(place, |peer| peer.layers_wanted(source, &rids));
            }
            Message::Speak(place, speech) => self.with(place, |peer| peer.speak(speech)),
            Message::Network(place, up, down) => self.network(place, up, down),
            Message::RestartCounting => {
                for seat in self.seats.iter_mut().flatten() {
                    seat.peer.restart_counting();
                }
            }
            Message::Report(place, answer) => {
                if let Some(Some(seat)) = self.seats.get(place) {
                    let mut report = seat.peer.report();
                    if let Some(networks) = &seat.networks {
                        report.dropped = (networks.up.dropped(), networks.down.dropped());
                    }
                    let _ = answer.send(report);
                }
            }
        }
    }

    fn peer(&mut self, place: usize) -> Result<&mut Peer> {
        let seat = self.seats.get_mut(place).and_then(Option::as_mut);
        Ok(&mut seat.context("the peer is gone")?.peer)
    }

    /// Does something to a peer, and looks after it at once.
    fn with(&mut self, place: usize, act: impl FnOnce(&mut Peer)) {
        if let Ok(peer) = self.peer(place) {
            act(peer);
            self.dues[place] = Some(Instant::now());
        }
    }

    fn add(&mut self, peer: Box<Peer>, socket: UdpSocket, now: Instant) -> Result<usize> {
        let mut socket = PeerSocket::new(socket)?;
        let place = self.seats.len();
        self.poll.registry().register(&mut socket.socket, Token(place), Interest::READABLE)?;
        self.seats.push(Some(Seat { peer, socket, networks: None }));
        self.dues.push(Some(now));
        Ok(place)
    }

    fn remove(&mut self, place: usize) {
        if let Some(Some(mut seat)) = self.seats.get_mut(place).map(Option::take) {
            let _ = self.poll.registry().deregister(&mut seat.socket.socket);
            self.dues[place] = None;
        }
    }

    fn answer(&mut self, place: usize, sdp: &str, now: Instant) -> Result<()> {
        let seat = self.seats.get_mut(place).and_then(Option::as_mut).context("the peer is gone")?;
        let local = seat.socket.socket.local_addr()?;
        seat.peer.answer(now, sdp, local)?;
        self.dues[place] = Some(now);
        Ok(())
    }

    fn network(&mut self, place: usize, up: Network, down: Network) {
        let Some(Some(seat)) = self.seats.get_mut(place) else { return };
        match &mut seat.networks {
            Some(networks) => {
                networks.up.set(up);
                networks.down.set(down);
            }
            None => {
                // Seeds of their own, the same in every run.
                let seed = place as u64 * 2;
                let (up, down) = (Shaper::new(seed, up), Shaper::new(seed + 1, down));
                seat.networks = Some(Networks { up, down });
            }
        }
    }
}
