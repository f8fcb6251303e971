//! One subscription: a connection of its own that only listens. When it breaks, it is opened again with all its
//! topics, and the subscriber is told of the gap. Published events are not kept anywhere, so being sure to hear
//! matters: every ear has a heartbeat sent to itself and takes silence for a broken connection. The beat also names
//! the data of the server; another name means that the server lost what it had.

use super::link::{LIMIT, Link};
use super::names::Names;
use super::place::{Found, Place};
use crate::mailbox::Mailbox;
use crate::{LiveError, TopicName};
use bytes::Bytes;
use futures_util::StreamExt;
use redis::aio::{PubSubSink, PubSubStream};
use redis::{Msg, RedisResult, Script};
use std::collections::HashSet;
use std::future::Future;
use std::hash::{BuildHasher, RandomState};
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep, timeout};

/// From beat to beat.
const BEAT: Duration = Duration::from_millis(500);
/// Silence after which the connection counts as broken.
const DEAF: Duration = Duration::from_secs(2);
/// Between attempts to open it again.
const RETRY: Duration = Duration::from_millis(100);
/// Requests that wait for the ear. Each is waited for by somebody who gives up after [`LIMIT`].
const REQUESTS: usize = 256;

/// What an ear is asked for. Whoever asks waits for the answer.
pub(super) enum Request {
    Add(TopicName, oneshot::Sender<Result<(), LiveError>>),
    Remove(TopicName, oneshot::Sender<Result<(), LiveError>>),
}

/// What an ear is made from.
pub(super) struct Parts {
    pub(super) place: Arc<Place>,
    pub(super) link: Arc<Link>,
    pub(super) names: Names,
    /// A channel besides the topics; what comes there is told as an event of this name.
    pub(super) also: Option<(String, TopicName)>,
}

struct Ear {
    parts: Parts,
    mailbox: Mailbox,
    requests: mpsc::Receiver<Request>,
    topics: HashSet<TopicName>,
    /// The channel of its beats.
    own: String,
    life: Option<Vec<u8>>,
}

struct Line {
    /// Where it leads.
    found: Found,
    sink: PubSubSink,
    stream: PubSubStream,
}

enum Ended {
    /// The connection broke.
    Line,
    /// Nobody listens any more, or the adapter ended.
    Ear,
}

/// Opens an ear; it lives until the mailbox is closed or the requests end.
pub(super) async fn open(parts: Parts, mailbox: Mailbox) -> Result<mpsc::Sender<Request>, LiveError> {
    let (requests, asked) = mpsc::channel(REQUESTS);
    let own = parts.names.ear(RandomState::new().hash_one(0));
    let ear = Ear { parts, mailbox, requests: asked, topics: HashSet::new(), own, life: None };
    let line = open_line(ear.parts.place.clone(), ear.channels()).await.ok_or(LiveError::Unavailable)?;
    tokio::spawn(ear.run(line));
    Ok(requests)
}

impl Ear {
    async fn run(mut self, mut line: Line) {
        let _beats = Beats::start(&self.parts, self.own.clone());
        loop {
            match self.listen(line).await {
                Ended::Ear => return,
                Ended::Line => {}
            }
            let Some(again) = self.reopen().await else { return };
            line = again;
            self.life = None;
            // Whoever hears of the gap reads everything again at once.
            self.parts.link.server_is_back();
            self.mailbox.tell_gap();
        }
    }

    async fn listen(&mut self, mut line: Line) -> Ended {
        let place = self.parts.place.clone();
        let mut left = pin!(place.left(&line.found));
        let mut heard = Instant::now();
        loop {
            let silence = tokio::time::sleep_until(heard + DEAF);
            tokio::select! {
                message = line.stream.next() => {
                    let Some(message) = message else { return Ended::Line };
                    heard = Instant::now();
                    self.hear(&message);
                }
                request = self.requests.recv() => {
                    let Some(request) = request else { return Ended::Ear };
                    if let Err(Ended::Line) = self.serve(request, &mut line.sink).await {
                        return Ended::Line;
                    }
                }
                () = self.mailbox.closed() => return Ended::Ear,
                () = silence => return Ended::Line,
                // Elsewhere is written to now; in a cluster it would be told here too, but not surely.
                () = &mut left => return Ended::Line,
            }
        }
    }

    fn hear(&mut self, message: &Msg) {
        let channel = message.get_channel_name();
        if channel == self.own {
            let life = message.get_payload_bytes();
            let lost = self.life.as_deref().is_some_and(|known| known != life);
            if self.life.as_deref() != Some(life) {
                self.life = Some(life.to_vec());
            }
            if lost {
                self.mailbox.tell_gap();
            }
            return;
        }
        let body = Bytes::copy_from_slice(message.get_payload_bytes());
        if let Some(topic) = self.parts.names.topic(channel) {
            self.mailbox.tell(&topic, &body);
        } else if let Some((_, topic)) = self.parts.also.as_ref().filter(|(also, _)| also == channel) {
            self.mailbox.tell(topic, &body);
        }
    }

    /// Does what is asked; an error says that the connection broke on it.
    async fn serve(&mut self, request: Request, sink: &mut PubSubSink) -> Result<(), Ended> {
        let (done, answer) = match request {
            // Who asked has given up already.
            Request::Add(_, answer) if answer.is_closed() => return Ok(()),
            Request::Add(topic, answer) if self.topics.contains(&topic) => {
                let _ = answer.send(Ok(()));
                return Ok(());
            }
            Request::Add(topic, answer) => {
                let done = in_time(sink.subscribe(self.parts.names.channel(&topic))).await;
                if done.is_ok() {
                    self.topics.insert(topic);
                }
                (done, answer)
            }
            Request::Remove(topic, answer) => {
                if !self.topics.remove(&topic) {
                    let _ = answer.send(Ok(()));
                    return Ok(());
                }
                (in_time(sink.unsubscribe(self.parts.names.channel(&topic))).await, answer)
            }
        };
        let _ = answer.send(done);
        done.map_err(|_| Ended::Line)
    }

    /// Tries until it is open again; none if nobody needs it any more. Meanwhile what is asked is answered at once.
    async fn reopen(&mut self) -> Option<Line> {
        loop {
            let channels = self.channels();
            let opening = open_line(self.parts.place.clone(), channels.clone());
            if let Some(mut line) = self.refuse_during(opening).await? {
                // Topics may have been left since; they are never added meanwhile.
                let wanted: HashSet<_> = self.channels().into_iter().collect();
                let left: Vec<_> = channels.into_iter().filter(|channel| !wanted.contains(channel)).collect();
                if left.is_empty() || in_time(line.sink.unsubscribe(left)).await.is_ok() {
                    return Some(line);
                }
            }
            self.refuse_during(sleep(RETRY)).await?;
        }
    }

    /// What comes of it, unless nobody needs the ear any more; whoever asks for a topic meanwhile is refused.
    async fn refuse_during<T>(&mut self, work: impl Future<Output = T>) -> Option<T> {
        let mut work = pin!(work);
        loop {
            tokio::select! {
                done = &mut work => return Some(done),
                () = self.mailbox.closed() => return None,
                request = self.requests.recv() => match request? {
                    Request::Add(topic, answer) => {
                        let known = self.topics.contains(&topic);
                        let _ = answer.send(if known { Ok(()) } else { Err(LiveError::Unavailable) });
                    }
                    Request::Remove(topic, answer) => {
                        self.topics.remove(&topic);
                        let _ = answer.send(Ok(()));
                    }
                },
            }
        }
    }

    /// Everything that it listens to.
    fn channels(&self) -> Vec<String> {
        let topics = self.topics.iter().map(|topic| self.parts.names.channel(topic));
        let also = self.parts.also.iter().map(|(channel, _)| channel.clone());
        topics.chain(also).chain([self.own.clone()]).collect()
    }
}

/// A connection that is subscribed to these channels; none if that did not work in time.
async fn open_line(place: Arc<Place>, channels: Vec<String>) -> Option<Line> {
    let opening = async {
        let found = place.find().await?;
        let (mut sink, stream) = found.client.get_async_pubsub().await?.split();
        sink.subscribe(channels).await?;
        RedisResult::Ok(Line { found, sink, stream })
    };
    timeout(LIMIT, opening).await.ok()?.ok()
}

async fn in_time(work: impl Future<Output = RedisResult<()>>) -> Result<(), LiveError> {
    let done = timeout(LIMIT, work).await;
    done.ok().and_then(Result::ok).ok_or(LiveError::Unavailable)
}

/// Has the server tell the ear that it hears, until dropped.
struct Beats(JoinHandle<()>);

impl Beats {
    fn start(parts: &Parts, own: String) -> Self {
        let (link, life) = (parts.link.clone(), parts.names.life());
        Self(tokio::spawn(async move {
            let script = Script::new(include_str!("beat.lua"));
            loop {
                let mut beat = script.key(&life);
                beat.arg(&own);
                // What fails is heard by its absence.
                let _ = link
                    .call(|mut connection| async move { beat.invoke_async::<()>(&mut connection).await })
                    .await;
                sleep(BEAT).await;
            }
        }))
    }
}

impl Drop for Beats {
    fn drop(&mut self) {
        self.0.abort();
    }
}
