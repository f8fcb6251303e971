//! One socket of a page that uses PeerJS: its id, then frames in and out until either side ends it. Whatever it sends is
//! at worst the end of this socket.

use super::frame::{self, Read, Refusal};
use super::line::{Line, Work};
use super::{Asked, PeerJs};
use crate::app::PeerJsRefused;
use axum::extract::ws::{CloseFrame, Message, Utf8Bytes, WebSocket};
use bytes::Bytes;
use futures_util::FutureExt;
use governor::clock::{Clock, DefaultClock};
use governor::{DefaultDirectRateLimiter, Quota, RateLimiter};
use std::future::Future;
use std::net::IpAddr;
use std::num::NonZeroU32;
use std::panic::AssertUnwindSafe;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::time::Duration;
use tokio::time::{Instant, MissedTickBehavior, interval, sleep, timeout};
use visavis_domain::peerjs::{self, Ending, MAX_TOKEN_BYTES, PeerJsId};
use visavis_protocol::CloseCode;

/// The one key there is, and PeerJS's own.
const KEY: &str = "peerjs";
/// How often a silent socket is pinged. Browsers answer by themselves: a page in the background, whose timers sleep for
/// a minute, would send its heartbeats too late.
const PING_EVERY: Duration = Duration::from_secs(20);
/// Nothing heard for this long, no heartbeat and no answer to a ping: the socket is dead. Less would close pages on poor
/// networks, more keeps the id of somebody who is gone.
const SILENCE: Duration = Duration::from_secs(60);
/// A socket that takes no bytes for this long is dead.
const SEND_TIMEOUT: Duration = Duration::from_secs(10);
/// For how long a line stays whose page has sent too much: in less the code may not have got there.
const LINGER: Duration = Duration::from_millis(500);
/// Frames that are none which a socket may send before it is closed.
const MAX_FAULTS: u32 = 20;
/// What a socket may send at once and each second, in units: one for each frame and one for each of so many bytes of it.
/// Who calls thirty others sends a thousand frames at once. What is beyond is not lost: it is read later.
const BURST: NonZeroU32 = NonZeroU32::new(1_000).expect("not zero");
const PER_SECOND: NonZeroU32 = NonZeroU32::new(100).expect("not zero");
const UNIT_BYTES: usize = 8 * 1024;

pub(super) struct Socket<'a> {
    edge: &'a Arc<PeerJs>,
    ws: WebSocket,
    rate: Arc<DefaultDirectRateLimiter>,
    faults: u32,
}

/// A frame that is being dealt with. Others go out meanwhile; the next one waits.
type UnderWay = Pin<Box<dyn Future<Output = Dealt> + Send>>;

/// What came of a frame.
enum Dealt {
    Done,
    Malformed,
    GivenUp,
}

/// Why the loop stops.
enum Stop {
    /// The line is gone, or the page has closed it.
    Gone,
    /// The page has given its id up.
    GivenUp,
    Close(CloseCode),
}

impl<'a> Socket<'a> {
    pub(super) fn new(edge: &'a Arc<PeerJs>, ws: WebSocket) -> Self {
        let rate = RateLimiter::direct(Quota::per_second(PER_SECOND).allow_burst(BURST));
        Self { edge, ws, rate: Arc::new(rate), faults: 0 }
    }

    /// The whole life of the socket.
    pub(super) async fn run(mut self, asked: Asked, address: Option<IpAddr>) {
        let _open = self.edge.leaving.enter();
        let turn = pin!(self.edge.leaving.turn());
        let line = match self.admit(&asked, address).await {
            Ok(line) => line,
            Err(refusal) => {
                if self.send(Message::Text(frame::error(refusal))).await.is_ok() {
                    self.close(CloseCode::HandshakeFailed).await;
                }
                return;
            }
        };
        // Whatever happens here, the id is given back.
        let stop = AssertUnwindSafe(self.serve(&line, turn)).catch_unwind().await;
        let stop = stop.unwrap_or_else(|_| {
            metrics::counter!("visavis_panics_total").increment(1);
            tracing::error!("a socket of PeerJS made its task panic");
            Stop::Close(CloseCode::Malformed)
        });
        let ending = match stop {
            Stop::Gone | Stop::Close(_) => Ending::Lost,
            Stop::GivenUp => Ending::GivenUp,
        };
        self.edge.post.leave(&line, ending).await;
        match stop {
            Stop::Gone => {}
            Stop::GivenUp => self.close_as(1000).await,
            Stop::Close(code) => self.close(code).await,
        }
    }

    /// Makes the id that is asked for this socket's.
    async fn admit(&mut self, asked: &Asked, address: Option<IpAddr>) -> Result<Arc<Line>, Refusal> {
        let Asked { key, id, token } = asked;
        if key.is_empty() || id.is_empty() || token.is_empty() {
            return Err(Refusal::ParametersMissing);
        }
        if key != KEY {
            return Err(Refusal::KeyInvalid);
        }
        let id = PeerJsId::parse(id).map_err(|_| Refusal::IdInvalid)?;
        if token.len() > MAX_TOKEN_BYTES {
            return Err(Refusal::TokenInvalid);
        }
        let PeerJs { app, post, claims, settings, .. } = &**self.edge;
        if let Some(address) = address
            && claims.take(app, address).await.is_err()
        {
            return Err(Refusal::RateLimited);
        }
        let line = post.enter(id, app.peerjs_mark(token), settings.ids).ok_or(Refusal::ServerFull)?;
        match post.claim(&line).await {
            Ok(()) => Ok(line),
            Err(PeerJsRefused::Rules(peerjs::Refused::Taken | peerjs::Refused::Moved)) => {
                post.forget(&line);
                Err(Refusal::IdTaken)
            }
            Err(PeerJsRefused::Live(refused)) => {
                tracing::debug!(%refused, "an id of PeerJS could not be claimed");
                // It may have been all the same.
                post.leave(&line, Ending::Lost).await;
                Err(Refusal::TryAgain)
            }
        }
    }

    async fn serve(&mut self, line: &Arc<Line>, mut turn: Pin<&mut impl Future<Output = ()>>) -> Stop {
        if self.send(Message::Text(frame::open())).await.is_err() {
            return Stop::Gone;
        }
        let mut heard = Instant::now();
        let mut under_way: Option<UnderWay> = None;
        let mut ticks = interval(PING_EVERY);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            if let Err(stop) = self.drain(line).await {
                return stop;
            }
            tokio::select! {
                message = self.ws.recv(), if under_way.is_none() => {
                    heard = Instant::now();
                    match self.receive(line, message) {
                        Ok(work) => under_way = work,
                        Err(stop) => return stop,
                    }
                }
                dealt = finished(&mut under_way) => {
                    // Nobody has listened meanwhile.
                    heard = Instant::now();
                    match dealt {
                        Dealt::Done => {}
                        Dealt::GivenUp => return Stop::GivenUp,
                        Dealt::Malformed => self.fault(line),
                    }
                }
                () = line.wake.notified() => {}
                _ = ticks.tick(), if under_way.is_none() => {
                    if heard.elapsed() >= SILENCE {
                        return Stop::Close(CloseCode::Silent);
                    }
                    if self.send(Message::Ping(Bytes::new())).await.is_err() {
                        return Stop::Gone;
                    }
                }
                () = &mut turn => return Stop::Close(CloseCode::GoingAway),
            }
        }
    }

    fn receive(
        &mut self,
        line: &Arc<Line>,
        message: Option<Result<Message, axum::Error>>,
    ) -> Result<Option<UnderWay>, Stop> {
        match message {
            Some(Ok(Message::Text(text))) => {
                let (edge, line, rate) = (self.edge.clone(), line.clone(), self.rate.clone());
                Ok(Some(Box::pin(deal(edge, line, rate, text))))
            }
            Some(Ok(Message::Binary(_))) => {
                self.fault(line);
                Ok(None)
            }
            Some(Ok(Message::Ping(_) | Message::Pong(_))) => Ok(None),
            Some(Err(error)) if is_too_large(&error) => Err(Stop::Close(CloseCode::TooLarge)),
            Some(Ok(Message::Close(_)) | Err(_)) | None => Err(Stop::Gone),
        }
    }

    /// A frame that is none. Nothing is said of it, for the package would end over it, until there were too many.
    fn fault(&mut self, line: &Line) {
        metrics::counter!("visavis_peerjs_faults_total").increment(1);
        self.faults += 1;
        if self.faults > MAX_FAULTS {
            line.push(frame::error(Refusal::Malformed));
            line.end(CloseCode::Malformed);
        }
    }

    async fn drain(&mut self, line: &Line) -> Result<(), Stop> {
        loop {
            match line.work() {
                Work::Send(frame) => self.send(Message::Text(frame)).await.map_err(|()| Stop::Gone)?,
                Work::Close(code) => return Err(Stop::Close(code)),
                Work::Idle => return Ok(()),
            }
        }
    }

    async fn send(&mut self, message: Message) -> Result<(), ()> {
        match timeout(SEND_TIMEOUT, self.ws.send(message)).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) | Err(_) => Err(()),
        }
    }

    async fn close(self, code: CloseCode) {
        self.close_as(code as u16).await;
    }

    async fn close_as(mut self, code: u16) {
        let frame = CloseFrame { code, reason: Utf8Bytes::default() };
        if self.send(Message::Close(Some(frame))).await.is_err() {
            return;
        }
        // Reading on until the peer has closed too: closing first would reset the line and lose the code.
        let rest = async { while let Some(Ok(_)) = self.ws.recv().await {} };
        let _ = timeout(Duration::from_secs(1), rest).await;
        if code == CloseCode::TooLarge as u16 {
            // Of this one nothing more is read, and what it sent lies there unread.
            sleep(LINGER).await;
        }
    }
}

/// A frame's way: waits until it is its turn, then goes to whom it is for.
async fn deal(
    edge: Arc<PeerJs>,
    line: Arc<Line>,
    rate: Arc<DefaultDirectRateLimiter>,
    text: Utf8Bytes,
) -> Dealt {
    let units = u32::try_from(1 + text.len() / UNIT_BYTES).unwrap_or(u32::MAX);
    let units = NonZeroU32::new(units).unwrap_or(NonZeroU32::MIN).min(BURST);
    // As many as fit at once are never more than fit at all.
    while let Ok(Err(early)) = rate.check_n(units) {
        sleep(early.wait_time_from(DefaultClock::default().now())).await;
    }
    match frame::read(&text, &line.id) {
        Read::Forward(kind, to, frame) => edge.post.send(&line.id, &to, kind.waits(), frame).await,
        Read::Answer(frame) => line.push(frame),
        Read::GiveUp => return Dealt::GivenUp,
        Read::Nothing => {}
        Read::Malformed => return Dealt::Malformed,
    }
    Dealt::Done
}

/// What came of the frame under way; never comes while there is none.
async fn finished(under_way: &mut Option<UnderWay>) -> Dealt {
    match under_way {
        Some(work) => {
            let dealt = work.await;
            *under_way = None;
            dealt
        }
        None => std::future::pending().await,
    }
}

fn is_too_large(error: &axum::Error) -> bool {
    let mut source = std::error::Error::source(error);
    while let Some(inner) = source {
        if let Some(tungstenite::Error::Capacity(_)) = inner.downcast_ref::<tungstenite::Error>() {
            return true;
        }
        source = inner.source();
    }
    false
}
