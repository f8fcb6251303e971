//! Who has a socket here, and how messages get from one to another, at whichever instance either is: at once to who is
//! there, and within a few seconds to who comes. How long and how much waits is [`Waiting`]'s rule.

use super::frame;
use super::line::Line;
use crate::app::{App, PeerJsNotice, PeerJsRefused};
use axum::extract::ws::Utf8Bytes;
use bytes::Bytes;
use futures_util::{StreamExt, stream};
use std::collections::{BTreeSet, HashMap, VecDeque};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::time::{Instant, MissedTickBehavior, interval, sleep_until};
use tokio_util::sync::CancellationToken;
use visavis_domain::ids::PeerJsSocketId;
use visavis_domain::peerjs::{
    self, Bound, Bounds, Ending, Holding, PeerJsId, Place, TokenMark, Unreached, Waiting,
};
use visavis_live::{LiveError, Subscription};
use visavis_protocol::CloseCode;

/// How long a message waits for who is not there: PeerServer's five seconds. A page that is reloaded is back in less.
/// The bounds leave an offer and its candidates room for several who are not there, and bound what a flood costs.
const BOUNDS: Bounds = Bounds {
    time: Duration::from_secs(5),
    sender: Bound { messages: 128, bytes: 512 * 1024 },
    receiver: Bound { messages: 512, bytes: 1024 * 1024 },
    whole: Bound { messages: 8192, bytes: 16 * 1024 * 1024 },
};
/// How often is looked at what has waited for long enough, or could not be done while live state was away. Less often
/// tells senders later.
const LOOK_EVERY: Duration = Duration::from_millis(250);
/// For how long whoever comes for an id is kept waiting once live state may have lost whose it is: by then every instance
/// has noticed, and claimed its own again. Less gives a name away that somebody has.
const SETTLES: Duration = Duration::from_secs(3);
/// Notices between live state and here.
const CAPACITY: usize = 4096;
/// Things to do. What does not fit is found by looking at everything.
const JOBS: usize = 1024;
/// Ids that are claimed again at once, when others may have freed them.
const AT_ONCE: usize = 16;

/// A message under way.
#[derive(Debug)]
struct Message {
    waits: bool,
    frame: Bytes,
}

/// What is done one after the other, so that nothing overtakes what is being brought.
#[derive(Debug)]
enum Job {
    /// Somebody for whom something waits may be there.
    Look(PeerJsId),
    /// A sender is told that somebody was not reached.
    Tell(Unreached),
}

/// A socket whose id is to be given back.
struct Leftover {
    id: PeerJsId,
    socket: PeerJsSocketId,
    ending: Ending,
}

pub(crate) struct Post {
    app: Arc<App>,
    grace: Duration,
    lines: Mutex<HashMap<PeerJsSocketId, Arc<Line>>>,
    waiting: Mutex<Waiting<Message>>,
    leftovers: Mutex<VecDeque<Leftover>>,
    jobs: mpsc::Sender<Job>,
    /// There is something that nobody was told of: everything is looked at.
    missed: AtomicBool,
    /// Until when nobody is given an id.
    settled: Mutex<Instant>,
}

impl Post {
    /// Begins to hear and to work, until the server ends.
    pub(crate) async fn start(
        app: Arc<App>,
        grace: Duration,
        stopping: CancellationToken,
    ) -> Result<Arc<Self>, LiveError> {
        let subscription = app.hear_peerjs(CAPACITY).await?;
        let (jobs, work) = mpsc::channel(JOBS);
        let post = Arc::new(Self {
            app,
            grace,
            lines: Mutex::default(),
            waiting: Mutex::new(Waiting::new(BOUNDS)),
            leftovers: Mutex::default(),
            jobs,
            missed: AtomicBool::new(false),
            settled: Mutex::new(Instant::now()),
        });
        tokio::spawn(post.clone().hear(subscription, stopping.clone()));
        tokio::spawn(post.clone().work(work, stopping));
        Ok(post)
    }

    /// A socket comes for an id. Refused when there are `most` here; who only comes back by a new socket is let in.
    pub(super) fn enter(&self, id: PeerJsId, token: TokenMark, most: usize) -> Option<Arc<Line>> {
        let socket = PeerJsSocketId::from_bits(self.app.random_bits());
        let mut lines = self.lines();
        if lines.len() >= most && !lines.values().any(|line| line.id == id && line.token == token) {
            return None;
        }
        let line = Arc::new(Line::new(id, token, socket));
        lines.insert(socket, line.clone());
        show(lines.len());
        Some(line)
    }

    /// Makes the id its own.
    pub(super) async fn claim(&self, line: &Line) -> Result<(), PeerJsRefused> {
        let settled = *self.settled.lock().unwrap_or_else(PoisonError::into_inner);
        sleep_until(settled).await;
        self.app.claim_peerjs(&line.id, (line.socket, line.token), self.grace, Holding::claim).await?;
        line.held.store(true, Ordering::Relaxed);
        Ok(())
    }

    /// A socket is gone. Its id is given back now, or as soon as live state answers.
    pub(super) async fn leave(&self, line: &Line, ending: Ending) {
        self.forget(line);
        if let Err(refused) = self.app.release_peerjs(&line.id, line.socket, ending).await {
            tracing::debug!(%refused, "an id of PeerJS is not given back yet");
            let leftover = Leftover { id: line.id.clone(), socket: line.socket, ending };
            self.leftovers().push_back(leftover);
        }
    }

    /// A socket never had its id.
    pub(super) fn forget(&self, line: &Line) {
        let mut lines = self.lines();
        lines.remove(&line.socket);
        show(lines.len());
    }

    /// Brings a message to whoever has the id `to`, or has it wait.
    pub(super) async fn send(&self, from: &PeerJsId, to: &PeerJsId, waits: bool, frame: Bytes) {
        metrics::counter!("visavis_peerjs_messages_total").increment(1);
        let mut message = Message { waits, frame };
        if waits {
            let mut waiting = self.waiting();
            if waiting.is_open(to) {
                let kept = keep(&mut waiting, self.app.now(), from, to, message);
                drop(waiting);
                return self.told_full(kept, from, to);
            }
        }
        if let Ok(Some(place)) = self.app.place_of_peerjs(to).await {
            match self.bring(place, from, to, message).await {
                Ok(()) => return,
                Err(back) => message = back,
            }
        }
        if waits {
            self.wait(from, to, message);
        }
    }

    /// Others may have freed what is held here, or live state lost it.
    pub(crate) fn lapsed(&self) {
        *self.settled.lock().unwrap_or_else(PoisonError::into_inner) = Instant::now() + SETTLES;
        self.missed.store(true, Ordering::Relaxed);
    }

    fn wait(&self, from: &PeerJsId, to: &PeerJsId, message: Message) {
        let kept = keep(&mut self.waiting(), self.app.now(), from, to, message);
        self.told_full(kept, from, to);
        // They may have come since it was looked: from now on that is heard.
        self.job(Job::Look(to.clone()));
    }

    fn told_full(&self, kept: Result<(), peerjs::Full>, from: &PeerJsId, to: &PeerJsId) {
        if kept.is_err() {
            self.job(Job::Tell(Unreached { from: from.clone(), to: to.clone() }));
        }
    }

    /// To a socket, wherever it is; the message comes back if it is not there, or live state is away.
    async fn bring(
        &self,
        place: Place,
        from: &PeerJsId,
        to: &PeerJsId,
        message: Message,
    ) -> Result<(), Message> {
        if place.instance == self.app.instance() {
            return if self.push(place.socket, &message.frame) { Ok(()) } else { Err(message) };
        }
        let brought = self.app.bring_peerjs(place, (from, to), message.waits, &message.frame).await;
        brought.map_err(|_| message)
    }

    fn push(&self, socket: PeerJsSocketId, frame: &Bytes) -> bool {
        let line = self.lines().get(&socket).cloned();
        // What we have made is text.
        let text = Utf8Bytes::try_from(frame.clone()).unwrap_or_default();
        line.map(|line| line.push(text)).is_some()
    }

    fn job(&self, job: Job) {
        if self.jobs.try_send(job).is_err() {
            self.missed.store(true, Ordering::Relaxed);
        }
    }

    /// Hands on what live state says. Never waits for it.
    async fn hear(self: Arc<Self>, mut subscription: Subscription, stopping: CancellationToken) {
        while let Some(Some(notice)) = stopping.run_until_cancelled(subscription.notices.recv()).await {
            match PeerJsNotice::read(&notice) {
                Some(PeerJsNotice::Arrived(id)) => self.arrived(id),
                Some(PeerJsNotice::Message { socket, from, to, waits, frame }) => {
                    self.receive(socket, (&from, &to), Message { waits, frame });
                }
                Some(PeerJsNotice::Moved(socket)) => {
                    let line = self.lines().get(&socket).cloned();
                    line.inspect(|line| line.end(CloseCode::Replaced));
                }
                Some(PeerJsNotice::Gap) => self.lapsed(),
                None => {}
            }
        }
    }

    fn arrived(&self, id: PeerJsId) {
        if self.waiting().is_open(&id) {
            self.job(Job::Look(id));
        }
    }

    fn receive(&self, socket: PeerJsSocketId, (from, to): (&PeerJsId, &PeerJsId), message: Message) {
        // Who has gone meanwhile may be back.
        if !self.push(socket, &message.frame) && message.waits {
            self.wait(from, to, message);
        }
    }

    async fn work(self: Arc<Self>, mut jobs: mpsc::Receiver<Job>, stopping: CancellationToken) {
        let mut every = interval(LOOK_EVERY);
        every.set_missed_tick_behavior(MissedTickBehavior::Delay);
        // Whoever could not be looked for.
        let mut again = BTreeSet::new();
        let run = async {
            loop {
                tokio::select! {
                    Some(job) = jobs.recv() => match job {
                        Job::Look(id) => self.look_for(id, &mut again).await,
                        Job::Tell(unreached) => self.tell(&unreached).await,
                    },
                    _ = every.tick() => self.look(&mut again).await,
                }
            }
        };
        stopping.run_until_cancelled(run).await;
    }

    async fn look(&self, again: &mut BTreeSet<PeerJsId>) {
        if self.missed.swap(false, Ordering::Relaxed) {
            again.extend(self.waiting().awaited());
            self.claim_again().await;
        }
        let unreached = self.waiting().expire(self.app.now());
        for one in unreached {
            self.tell(&one).await;
        }
        for id in std::mem::take(again) {
            self.look_for(id, again).await;
        }
        self.clear().await;
    }

    /// Brings what waits for somebody, if they are there.
    async fn look_for(&self, to: PeerJsId, again: &mut BTreeSet<PeerJsId>) {
        loop {
            if !self.waiting().is_open(&to) {
                return;
            }
            let place = match self.app.place_of_peerjs(&to).await {
                Ok(Some(place)) => place,
                Ok(None) => return,
                Err(_) => {
                    again.insert(to);
                    return;
                }
            };
            let letters = self.waiting().take(&to);
            if letters.is_empty() {
                return;
            }
            let mut letters = letters.into_iter();
            while let Some(mut letter) = letters.next() {
                if let Err(back) = self.bring(place, &letter.from, &to, letter.message).await {
                    letter.message = back;
                    let rest = std::iter::once(letter).chain(letters).collect();
                    self.waiting().put_back(&to, rest);
                    again.insert(to);
                    return;
                }
            }
        }
    }

    async fn tell(&self, Unreached { from, to }: &Unreached) {
        let frame = Bytes::from(frame::expire(to.as_str(), from));
        if let Ok(Some(place)) = self.app.place_of_peerjs(from).await {
            // Who is not there need not hear that somebody else was not either.
            let _ = self.bring(place, to, from, Message { waits: false, frame }).await;
        }
    }

    /// Every id here is made its socket's again; a socket whose id has become somebody else's is closed.
    async fn claim_again(&self) {
        let held = |line: &&Arc<Line>| line.held.load(Ordering::Relaxed);
        let lines: Vec<_> = self.lines().values().filter(held).cloned().collect();
        stream::iter(lines).for_each_concurrent(AT_ONCE, |line| self.claim_one_again(line)).await;
    }

    async fn claim_one_again(&self, line: Arc<Line>) {
        let claimed = self
            .app
            .claim_peerjs(&line.id, (line.socket, line.token), self.grace, Holding::claim_again)
            .await;
        match claimed {
            Ok(()) => {}
            Err(PeerJsRefused::Rules(peerjs::Refused::Taken)) => {
                line.push(frame::id_taken());
                line.end(CloseCode::Replaced);
            }
            Err(PeerJsRefused::Rules(peerjs::Refused::Moved)) => line.end(CloseCode::Replaced),
            Err(PeerJsRefused::Live(refused)) => {
                tracing::debug!(%refused, "an id of PeerJS is not claimed again yet");
                self.missed.store(true, Ordering::Relaxed);
            }
        }
        if !self.lines().contains_key(&line.socket) {
            // It went meanwhile, and what it gave back it has again.
            self.leave(&line, Ending::Lost).await;
        }
    }

    /// Gives back what could not be given back before.
    async fn clear(&self) {
        let all = std::mem::take(&mut *self.leftovers());
        for Leftover { id, socket, ending } in all {
            if self.app.release_peerjs(&id, socket, ending).await.is_err() {
                self.leftovers().push_back(Leftover { id, socket, ending });
            }
        }
    }

    fn lines(&self) -> MutexGuard<'_, HashMap<PeerJsSocketId, Arc<Line>>> {
        self.lines.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn waiting(&self) -> MutexGuard<'_, Waiting<Message>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn leftovers(&self) -> MutexGuard<'_, VecDeque<Leftover>> {
        self.leftovers.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn keep(
    waiting: &mut Waiting<Message>,
    now: visavis_domain::time::Timestamp,
    from: &PeerJsId,
    to: &PeerJsId,
    message: Message,
) -> Result<(), peerjs::Full> {
    let bytes = message.frame.len();
    waiting.keep(now, from, to, message, bytes)
}

fn show(lines: usize) {
    #[allow(clippy::cast_precision_loss, reason = "a gauge of sockets, exact up to 2^53")]
    metrics::gauge!("visavis_peerjs_ids").set(lines as f64);
}
