//! One WebSocket: handshake, then frames in and out until either side ends it. Bytes from the network are never
//! more than a fault sent back, and at worst the end of this socket.

use super::session::{Session, SocketNumber, Work};
use super::upgrade::Realtime;
use axum::extract::ws::{CloseFrame, Message, Utf8Bytes, WebSocket};
use futures_util::SinkExt;
use governor::{DefaultDirectRateLimiter, Quota, RateLimiter};
use std::future::Future;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::time::Duration;
use tokio::time::{Instant, MissedTickBehavior, interval, timeout};
use visavis_protocol::{ClientFrame, CloseCode, Code, Command, Earlier, PROTOCOL_VERSION, ServerFrame};

/// From upgrade to hello. More leaves sockets to those who only open them; less hurts slow phones.
const HANDSHAKE_TIMEOUT: Duration = Duration::from_secs(10);
/// How often a silent socket is pinged. A page sends a ping of its own as often, so this is for programs and
/// for pages whose timers sleep.
const PING_EVERY: Duration = Duration::from_secs(5);
/// Nothing heard for this long: the socket is dead. Two pings' worth.
const SILENCE: Duration = Duration::from_secs(10);
/// A socket that takes no bytes for this long is dead.
const SEND_TIMEOUT: Duration = Duration::from_secs(10);
/// Faults a socket may cause before it is closed: room for a bug, not for a flood.
const MAX_FAULTS: u32 = 20;
/// Frames over the rate that are refused one by one before the socket is closed.
const MAX_EXCESS: u32 = 200;

/// How a socket ended, as far as the session cares.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    /// The page said that it goes away.
    Closed,
    /// The line broke, or the participant broke the rules.
    Broken,
}

/// A frame as text. Serialising our own types into memory cannot fail.
pub(crate) fn encode(frame: &ServerFrame) -> Utf8Bytes {
    serde_json::to_string(frame).unwrap_or_default().into()
}

pub(super) struct Socket<'a> {
    realtime: &'a Arc<Realtime>,
    ws: WebSocket,
    /// The origin of its page, if that is none of ours: it acts for nobody but those whose token names it.
    elsewhere: Option<String>,
    rate: DefaultDirectRateLimiter,
    faults: u32,
    excess: u32,
}

/// A command that is being carried out. Events go out meanwhile; the next command waits.
type UnderWay = Pin<Box<dyn Future<Output = Carried> + Send>>;

/// What became of a command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Carried {
    /// It is answered, or is not to be.
    Out,
    /// Its number leaves a hole.
    Not,
}

/// Why the loop stops.
enum Stop {
    Ended(End),
    Close(CloseCode),
}

impl<'a> Socket<'a> {
    pub(super) fn new(realtime: &'a Arc<Realtime>, ws: WebSocket, elsewhere: Option<String>) -> Self {
        let settings = &realtime.settings;
        let quota = Quota::per_second(settings.frames_per_second).allow_burst(settings.frames_burst);
        Self { realtime, ws, elsewhere, rate: RateLimiter::direct(quota), faults: 0, excess: 0 }
    }

    /// The whole life of the socket.
    pub(super) async fn run(mut self, host: &str) {
        let _open = self.realtime.leaving.enter();
        let mut turn = pin!(self.realtime.leaving.turn());
        let opened = tokio::select! {
            opened = timeout(HANDSHAKE_TIMEOUT, self.handshake(host)) => opened,
            () = &mut turn => return self.close(CloseCode::GoingAway).await,
        };
        let Ok(Some((session, number))) = opened else {
            return self.close(CloseCode::HandshakeFailed).await;
        };
        let mut under_way = None;
        let stop = self.serve(&session, number, turn, &mut under_way).await;
        if let Some(command) = under_way {
            // It is carried out to its end, whatever became of the socket that it came by.
            command.await;
        }
        // The session is told before the close frame goes out: a peer that does not answer must not keep it.
        let end = match stop {
            Stop::Ended(end) => end,
            Stop::Close(_) => End::Broken,
        };
        self.realtime.socket_ended(&session, number, end).await;
        if let Stop::Close(code) = stop {
            self.close(code).await;
        }
    }

    async fn handshake(&mut self, host: &str) -> Option<(Arc<Session>, SocketNumber)> {
        let text = loop {
            match self.ws.recv().await?.ok()? {
                Message::Text(text) => break text,
                Message::Ping(_) | Message::Pong(_) => {}
                Message::Binary(_) | Message::Close(_) => return None,
            }
        };
        let elsewhere = self.elsewhere.as_deref();
        let outcome = match serde_json::from_str(&text) {
            Ok(ClientFrame::Hello { protocol, ticket, earlier }) => {
                hello(self.realtime, protocol, &ticket, earlier.as_ref(), (host, elsewhere)).await
            }
            Ok(ClientFrame::Resume { session, secret, received }) => {
                self.realtime.resume(session, &secret, received, elsewhere).await
            }
            _ => Err(Code::Malformed),
        };
        match outcome {
            Ok((session, number, answer)) => {
                self.send(encode(&answer)).await.ok()?;
                Some((session, number))
            }
            Err(code) => {
                let _ = self.send(encode(&ServerFrame::Refused { code })).await;
                None
            }
        }
    }

    async fn serve(
        &mut self,
        session: &Arc<Session>,
        number: SocketNumber,
        mut turn: Pin<&mut impl Future<Output = ()>>,
        under_way: &mut Option<UnderWay>,
    ) -> Stop {
        let mut heard = Instant::now();
        let mut ticks = interval(PING_EVERY);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            if let Err(stop) = self.drain(session, number).await {
                return stop;
            }
            tokio::select! {
                message = self.ws.recv(), if under_way.is_none() => {
                    heard = Instant::now();
                    match self.receive(session, message).await {
                        Ok(command) => *under_way = command,
                        Err(stop) => return stop,
                    }
                }
                carried = finished(under_way) => {
                    // Nobody has listened meanwhile.
                    heard = Instant::now();
                    if carried == Carried::Not
                        && let Err(stop) = self.fault(Code::Malformed, CloseCode::Malformed).await
                    {
                        return stop;
                    }
                }
                () = session.wake.notified() => {}
                _ = ticks.tick(), if under_way.is_none() => match heard.elapsed() {
                    quiet if quiet >= SILENCE => return Stop::Close(CloseCode::Silent),
                    quiet if quiet < PING_EVERY => {}
                    _ => match self.send_message(Message::Ping(bytes::Bytes::new())).await {
                        Ok(()) => {}
                        Err(()) => return Stop::Ended(End::Broken),
                    },
                },
                () = &mut turn => {
                    metrics::counter!("visavis_sessions_told_to_move_total").increment(1);
                    return Stop::Close(CloseCode::GoingAway);
                }
            }
        }
    }

    /// Sends what waits, all of it at once: what costs is the call into the system, not the frame.
    async fn drain(&mut self, session: &Session, number: SocketNumber) -> Result<(), Stop> {
        let broken = || Stop::Ended(End::Broken);
        let mut fed = false;
        loop {
            match session.work(number) {
                Work::Frame(frame) => {
                    let feeding = timeout(SEND_TIMEOUT, self.ws.feed(Message::Text(frame))).await;
                    feeding.map_err(|_| broken())?.map_err(|_| broken())?;
                    fed = true;
                }
                Work::Idle if fed => {
                    let flushing = timeout(SEND_TIMEOUT, self.ws.flush()).await;
                    flushing.map_err(|_| broken())?.map_err(|_| broken())?;
                    fed = false;
                }
                Work::Idle => return Ok(()),
                Work::Close(code) => return Err(Stop::Close(code)),
            }
        }
    }

    async fn receive(
        &mut self,
        session: &Arc<Session>,
        message: Option<Result<Message, axum::Error>>,
    ) -> Result<Option<UnderWay>, Stop> {
        let text = match message {
            Some(Ok(Message::Text(text))) => text,
            Some(Ok(Message::Ping(_) | Message::Pong(_))) => return Ok(None),
            Some(Ok(Message::Binary(_))) => {
                return self.fault(Code::Malformed, CloseCode::Malformed).await.map(|()| None);
            }
            Some(Ok(Message::Close(frame))) => return Err(Stop::Ended(goodbye(frame.as_ref()))),
            Some(Err(error)) if is_too_large(&error) => return Err(Stop::Close(CloseCode::TooLarge)),
            Some(Err(_)) | None => return Err(Stop::Ended(End::Broken)),
        };
        let frame = serde_json::from_str(&text);
        if self.rate.check().is_err() {
            return self.too_fast(session, frame.ok()).await.map(|()| None);
        }
        match frame {
            Ok(ClientFrame::Ping { received }) => {
                session.acknowledge(received);
                let pong = encode(&ServerFrame::Pong);
                self.send(pong).await.map_err(|()| Stop::Ended(End::Broken))?;
                Ok(None)
            }
            Ok(ClientFrame::Command { id, command }) => {
                Ok(Some(Box::pin(carry_out(self.realtime.clone(), session.clone(), id, command))))
            }
            Ok(ClientFrame::Hello { .. } | ClientFrame::Resume { .. }) | Err(_) => {
                self.fault(Code::Malformed, CloseCode::Malformed).await.map(|()| None)
            }
        }
    }

    /// Over the rate: refused one by one for a while, so that a page can slow down, then closed.
    async fn too_fast(&mut self, session: &Session, frame: Option<ClientFrame>) -> Result<(), Stop> {
        self.excess += 1;
        if self.excess > MAX_EXCESS {
            return Err(Stop::Close(CloseCode::RateLimited));
        }
        let code = Code::RateLimited;
        if let Some(ClientFrame::Command { id, .. }) = frame {
            let mut execution = session.execution.lock().await;
            if id == execution.executed.saturating_add(1) {
                // Refused is answered: the next command is the next one.
                execution.executed = id;
                session.push(encode(&ServerFrame::Rejection { id, code }));
                return Ok(());
            }
        }
        self.send(encode(&ServerFrame::Fault { code })).await.map_err(|()| Stop::Ended(End::Broken))
    }

    async fn fault(&mut self, code: Code, close: CloseCode) -> Result<(), Stop> {
        metrics::counter!("visavis_realtime_faults_total").increment(1);
        self.faults += 1;
        if self.faults > MAX_FAULTS {
            return Err(Stop::Close(close));
        }
        self.send(encode(&ServerFrame::Fault { code })).await.map_err(|()| Stop::Ended(End::Broken))
    }

    async fn send(&mut self, text: Utf8Bytes) -> Result<(), ()> {
        self.send_message(Message::Text(text)).await
    }

    async fn send_message(&mut self, message: Message) -> Result<(), ()> {
        match timeout(SEND_TIMEOUT, self.ws.send(message)).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) | Err(_) => Err(()),
        }
    }

    async fn close(mut self, code: CloseCode) {
        let frame = CloseFrame { code: code as u16, reason: Utf8Bytes::default() };
        if self.send_message(Message::Close(Some(frame))).await.is_err() {
            return;
        }
        // Reading on until the peer has closed too: closing first would reset the line and lose the code.
        let _ =
            timeout(Duration::from_secs(1), async { while let Some(Ok(_)) = self.ws.recv().await {} }).await;
    }
}

async fn carry_out(realtime: Arc<Realtime>, session: Arc<Session>, id: u32, command: Command) -> Carried {
    let mut execution = session.execution.lock().await;
    if session.has_ended() {
        // Whoever follows it must not find it doing something.
        Carried::Out
    } else if id == execution.executed.saturating_add(1) {
        realtime.execute(&session, &mut execution, id, command).await;
        Carried::Out
    } else if id <= execution.executed {
        // Sent again after an outage although it had been carried out: its answer is in the outbox.
        Carried::Out
    } else {
        Carried::Not
    }
}

/// What became of the command under way; never comes while there is none.
async fn finished(under_way: &mut Option<UnderWay>) -> Carried {
    match under_way {
        Some(command) => {
            let carried = command.await;
            *under_way = None;
            carried
        }
        None => std::future::pending().await,
    }
}

async fn hello(
    realtime: &Arc<Realtime>,
    protocol: u32,
    ticket: &str,
    earlier: Option<&Earlier>,
    (host, elsewhere): (&str, Option<&str>),
) -> Result<(Arc<Session>, SocketNumber, ServerFrame), Code> {
    if protocol != PROTOCOL_VERSION {
        return Err(Code::ProtocolUnsupported);
    }
    let (identity, grant) = realtime.app.check_ticket(ticket).map_err(|refused| refused.code())?;
    let named = |origin: &str| grant.as_ref().is_some_and(|grant| grant.is_for(origin));
    if elsewhere.is_some_and(|origin| !named(origin)) {
        return Err(Code::Forbidden);
    }
    if let Some(earlier) = earlier {
        realtime.follow_session(earlier, identity.person).await?;
    }
    let session = realtime.open(identity, grant, host);
    if let Err(code) = realtime.still_holds(&session).await {
        realtime.forget(&session).await;
        return Err(code);
    }
    let answer = ServerFrame::Welcome {
        session: session.id,
        secret: realtime.app.session_secret(session.id),
        grace_ms: u64::try_from(realtime.settings.grace.as_millis()).unwrap_or(u64::MAX),
    };
    Ok((session, 1, answer))
}

fn goodbye(frame: Option<&CloseFrame>) -> End {
    let going = [CloseCode::PageHidden as u16, CloseCode::GoingAway as u16, 1000];
    match frame {
        Some(frame) if going.contains(&frame.code) => End::Closed,
        _ => End::Broken,
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
