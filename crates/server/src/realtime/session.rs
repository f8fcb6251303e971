//! Sessions: what outlives a socket. A session ends when its grace runs out with no socket, or when it can no
//! longer be replayed.

use super::outbox::{Hole, Outbox};
use super::parting::Leftovers;
use super::socket::encode;
use crate::app::{Grant, Identity, Written};
use axum::extract::ws::Utf8Bytes;
use governor::{DefaultDirectRateLimiter, Quota, RateLimiter};
use std::collections::HashMap;
use std::num::NonZeroU32;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::Notify;
use visavis_domain::ids::{DeskId, LoungeRoomId, SessionId};
use visavis_domain::name::RoomName;
use visavis_live::TopicName;
use visavis_protocol::{CloseCode, Code, Event, ServerFrame, Service, Topic};

/// What a page needs that changes networks and slots in haste.
const OFFERS_PER_SECOND: NonZeroU32 = NonZeroU32::new(2).expect("not zero");
const OFFERS_BURST: NonZeroU32 = NonZeroU32::new(20).expect("not zero");
/// What somebody writes who is in haste. More lets one of many fill the room for all.
const LINES_PER_SECOND: NonZeroU32 = NonZeroU32::new(5).expect("not zero");
const LINES_BURST: NonZeroU32 = NonZeroU32::new(20).expect("not zero");
/// Pages say it every three seconds; who writes with several people says it of each.
const TYPING_PER_SECOND: NonZeroU32 = NonZeroU32::new(2).expect("not zero");
const TYPING_BURST: NonZeroU32 = NonZeroU32::new(10).expect("not zero");
/// Rooms, statuses and rings in the lounge: as fast as anybody clicks through them.
const MOVES_PER_SECOND: NonZeroU32 = NonZeroU32::new(2).expect("not zero");
const MOVES_BURST: NonZeroU32 = NonZeroU32::new(20).expect("not zero");
/// Twenty files at once, and twenty in ten minutes for long.
const FILE_EVERY: Duration = Duration::from_secs(30);
const FILES_BURST: NonZeroU32 = NonZeroU32::new(20).expect("not zero");

/// Names one of a session's sockets; a later one takes the session from an earlier one.
pub(crate) type SocketNumber = u32;

pub(crate) struct Session {
    pub(crate) id: SessionId,
    /// Who it acts for.
    pub(crate) identity: Identity,
    /// All that it may, if it was opened by a token for a room.
    pub(crate) grant: Option<Grant>,
    /// The host by which the participant reached us: STUN and TURN are offered under the same name.
    pub(crate) host: Box<str>,
    delivery: Mutex<Delivery>,
    /// There is something to send, or the socket has to end.
    pub(crate) wake: Notify,
    /// Connections cost the media server more than any other command costs.
    pub(crate) offers: DefaultDirectRateLimiter,
    /// What is written in the lounge is stored, and told to many.
    pub(crate) writing: DefaultDirectRateLimiter,
    /// That somebody is typing is told to one, and costs a look at who has blocked whom.
    pub(crate) typing: DefaultDirectRateLimiter,
    /// Everybody in a room is told of each.
    pub(crate) moving: DefaultDirectRateLimiter,
    /// Files take room.
    pub(crate) uploads: DefaultDirectRateLimiter,
    /// Held while a command runs, so that a resume never repeats one that is still on its way.
    pub(crate) execution: tokio::sync::Mutex<Execution>,
}

/// Where the session's commands have got to.
#[derive(Default)]
pub(crate) struct Execution {
    /// Id of the last command carried out.
    pub(crate) executed: u32,
    /// The room the session is in.
    pub(crate) room: Option<RoomName>,
    /// The desk that it follows as a visitor.
    pub(crate) desk: Option<DeskId>,
    /// It is one of its person's pages.
    pub(crate) page: bool,
    /// The room of the lounge that it is in.
    pub(crate) lounge: Option<LoungeRoomId>,
    /// What it hears of people, desks and the lounge.
    pub(crate) followed: Vec<TopicName>,
    /// A room that it may have a seat in: live state did not say whether it came in.
    pub(crate) unsure: Option<RoomName>,
    /// The room at which it knocks, or knocked last.
    pub(crate) knocking: Option<RoomName>,
    /// What others find of what it holds.
    pub(crate) written: Written,
}

struct Delivery {
    outbox: Outbox,
    /// Events that came while a join was under way, and on which topic; they follow its reply.
    held: Option<Vec<(TopicName, Utf8Bytes)>>,
    socket: SocketNumber,
    attached: bool,
    ended: Option<CloseCode>,
}

impl Delivery {
    /// What does not fit ends the session: it could not be replayed.
    fn push(&mut self, frame: Utf8Bytes) {
        if self.outbox.push(frame).is_err() {
            self.ended.get_or_insert(CloseCode::Resync);
        }
    }
}

/// What a socket finds when it looks for work.
pub(crate) enum Work {
    /// Send this.
    Frame(Utf8Bytes),
    /// Nothing to send now.
    Idle,
    /// The session is over for this socket.
    Close(CloseCode),
}

impl Session {
    fn new(
        id: SessionId,
        (identity, grant): (Identity, Option<Grant>),
        host: Box<str>,
        outbox_bytes: usize,
    ) -> Self {
        Self {
            id,
            identity,
            grant,
            host,
            delivery: Mutex::new(Delivery {
                outbox: Outbox::new(outbox_bytes),
                held: None,
                socket: 1,
                attached: true,
                ended: None,
            }),
            wake: Notify::new(),
            offers: RateLimiter::direct(Quota::per_second(OFFERS_PER_SECOND).allow_burst(OFFERS_BURST)),
            writing: RateLimiter::direct(Quota::per_second(LINES_PER_SECOND).allow_burst(LINES_BURST)),
            typing: RateLimiter::direct(Quota::per_second(TYPING_PER_SECOND).allow_burst(TYPING_BURST)),
            moving: RateLimiter::direct(Quota::per_second(MOVES_PER_SECOND).allow_burst(MOVES_BURST)),
            uploads: RateLimiter::direct(
                Quota::with_period(FILE_EVERY).expect("not zero").allow_burst(FILES_BURST),
            ),
            execution: tokio::sync::Mutex::default(),
        }
    }

    /// Whether a socket from this other origin may act for it.
    pub(crate) fn is_for(&self, elsewhere: Option<&str>) -> bool {
        elsewhere.is_none_or(|origin| self.grant.as_ref().is_some_and(|grant| grant.is_for(origin)))
    }

    /// A frame for the participant, after those that wait already.
    pub(crate) fn push(&self, frame: Utf8Bytes) {
        self.delivery().push(frame);
        self.wake.notify_one();
    }

    /// Events of a topic, which wait while a join is under way.
    pub(crate) fn deliver(&self, topic: &TopicName, events: &[Utf8Bytes]) {
        let mut delivery = self.delivery();
        if let Some(held) = &mut delivery.held {
            held.extend(events.iter().map(|event| (topic.clone(), event.clone())));
            return;
        }
        for event in events {
            delivery.push(event.clone());
        }
        drop(delivery);
        self.wake.notify_one();
    }

    /// Events wait from now on.
    pub(crate) fn hold(&self) {
        self.delivery().held = Some(Vec::new());
    }

    /// The join's answer first, then the events that waited.
    pub(crate) fn release(&self, answer: Utf8Bytes) {
        let mut delivery = self.delivery();
        let held = delivery.held.take().unwrap_or_default();
        delivery.push(answer);
        for (_, event) in held {
            delivery.push(event);
        }
        drop(delivery);
        self.wake.notify_one();
    }

    /// It came to nothing. What waited is delivered, since not all of it was about what was asked for; but not what was
    /// told on these topics, which the session heard only in case it might, and hears no more.
    pub(crate) fn unhold(&self, refused: &[TopicName]) {
        let mut delivery = self.delivery();
        for (topic, event) in delivery.held.take().unwrap_or_default() {
            if !refused.contains(&topic) {
                delivery.push(event);
            }
        }
        drop(delivery);
        self.wake.notify_one();
    }

    /// Ends the session: its socket closes with this code, and none can resume it.
    pub(crate) fn end(&self, code: CloseCode) {
        self.delivery().ended.get_or_insert(code);
        self.wake.notify_one();
    }

    /// What socket `number` should do next.
    pub(crate) fn work(&self, number: SocketNumber) -> Work {
        let mut delivery = self.delivery();
        if delivery.socket != number {
            return Work::Close(CloseCode::Replaced);
        }
        if let Some(code) = delivery.ended {
            return Work::Close(code);
        }
        delivery.outbox.pop_unsent().map_or(Work::Idle, Work::Frame)
    }

    /// The participant has every counted frame up to this one.
    pub(crate) fn acknowledge(&self, received: u64) {
        self.delivery().outbox.acknowledge(received);
    }

    /// A new socket takes the session; frames after `received` will be sent again.
    pub(crate) fn attach(&self, received: u64) -> Result<SocketNumber, Code> {
        let mut delivery = self.delivery();
        if delivery.ended.is_some() {
            return Err(Code::SessionUnknown);
        }
        delivery.outbox.rewind(received).map_err(|Hole| Code::Resync)?;
        delivery.socket += 1;
        delivery.attached = true;
        let number = delivery.socket;
        drop(delivery);
        self.wake.notify_one();
        Ok(number)
    }

    /// Socket `number` is gone. True if that leaves the session without one.
    pub(crate) fn detach(&self, number: SocketNumber) -> bool {
        let mut delivery = self.delivery();
        if delivery.socket != number {
            return false;
        }
        delivery.attached = false;
        true
    }

    /// Whether the session is still without a socket since socket `number` went.
    pub(crate) fn abandoned_since(&self, number: SocketNumber) -> bool {
        let delivery = self.delivery();
        !delivery.attached && delivery.socket == number
    }

    /// Whether it can no longer be resumed.
    pub(crate) fn has_ended(&self) -> bool {
        self.delivery().ended.is_some()
    }

    fn delivery(&self) -> MutexGuard<'_, Delivery> {
        // Nothing in here panics half-way; after a poisoning the state is as good as before.
        self.delivery.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn service_frame(service: Service) -> Utf8Bytes {
    let event = Event::ServiceChanged { service };
    encode(&ServerFrame::Event { topic: Topic::Direct, version: None, event })
}

/// All sessions of this instance.
#[derive(Default)]
pub(crate) struct Sessions {
    by_id: Mutex<HashMap<SessionId, Arc<Session>>>,
    /// What they have been told; changed and read under the lock above, so that nobody who comes meanwhile misses it.
    limited: AtomicBool,
    /// Documents of those that are no more.
    pub(super) leftovers: Leftovers,
}

impl Sessions {
    /// Opens one.
    pub(crate) fn open(
        &self,
        id: SessionId,
        who: (Identity, Option<Grant>),
        host: &str,
        outbox_bytes: usize,
    ) -> Arc<Session> {
        let session = Arc::new(Session::new(id, who, host.into(), outbox_bytes));
        let mut all = self.all();
        all.insert(id, session.clone());
        if self.limited.load(Ordering::Relaxed) {
            session.push(service_frame(Service::Limited));
        }
        drop(all);
        session
    }

    /// Tells everybody what the server can do from now on, if that is news; who comes later is told too. Not by way
    /// of live state: it is what may be away.
    pub(crate) fn tell_service(&self, service: Service) {
        let all = self.all();
        let limited = service == Service::Limited;
        if self.limited.swap(limited, Ordering::Relaxed) == limited {
            return;
        }
        let sessions: Vec<_> = all.values().cloned().collect();
        drop(all);
        let frame = service_frame(service);
        for session in sessions {
            session.push(frame.clone());
        }
    }

    /// Finds one. Who asks has shown its secret.
    pub(crate) fn find(&self, id: SessionId) -> Option<Arc<Session>> {
        self.all().get(&id).cloned()
    }

    /// Forgets one.
    pub(crate) fn close(&self, id: SessionId) {
        self.all().remove(&id);
    }

    /// Ends all, as when events may have been missed.
    pub(crate) fn end_all(&self, code: CloseCode) {
        let sessions: Vec<_> = self.all().values().cloned().collect();
        for session in sessions {
            session.end(code);
        }
    }

    /// How many there are.
    pub(crate) fn count(&self) -> usize {
        self.all().len()
    }

    fn all(&self) -> MutexGuard<'_, HashMap<SessionId, Arc<Session>>> {
        self.by_id.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use visavis_domain::ids::PersonId;

    fn opened(sessions: &Sessions, id: u128) -> Arc<Session> {
        let identity = Identity {
            person: PersonId::from_bits(id),
            sign_in: None,
            link: None,
            from: None,
            browser: None,
            vouched: None,
        };
        sessions.open(SessionId::from_bits(id), (identity, None), "localhost", 10_000)
    }

    fn heard(session: &Session) -> Vec<Utf8Bytes> {
        std::iter::from_fn(|| match session.work(1) {
            Work::Frame(frame) => Some(frame),
            Work::Idle | Work::Close(_) => None,
        })
        .collect()
    }

    #[test]
    fn who_is_refused_hears_nothing_of_where_they_asked_and_everything_else() {
        let frame = |text: &'static str| Utf8Bytes::from_static(text);
        let (room, own) = (TopicName::new("room:café"), TopicName::new("session:1"));
        let sessions = Sessions::default();
        for (ends, expected) in [
            (None, vec!["\"answer\"", "\"1\"", "\"said\"", "\"2\""]),
            (Some(vec![room.clone()]), vec!["\"1\"", "\"2\""]),
            (Some(Vec::new()), vec!["\"1\"", "\"said\"", "\"2\""]),
        ] {
            let session = opened(&sessions, 1);
            session.hold();
            session.deliver(&own, &[frame("\"1\"")]);
            session.deliver(&room, &[frame("\"said\"")]);
            session.deliver(&own, &[frame("\"2\"")]);
            assert_eq!(heard(&session), Vec::<Utf8Bytes>::new(), "nothing ahead of the answer");
            match ends {
                None => session.release(frame("\"answer\"")),
                Some(refused) => session.unhold(&refused),
            }
            assert_eq!(heard(&session), expected);
            session.deliver(&room, &[frame("\"later\"")]);
            assert_eq!(heard(&session), ["\"later\""], "nothing waits any more");
        }
    }

    #[test]
    fn everybody_is_told_once_what_the_server_can_do_who_comes_meanwhile_too() {
        let (limited, whole) = (service_frame(Service::Limited), service_frame(Service::Whole));
        let sessions = Sessions::default();
        let before = opened(&sessions, 1);
        // Nothing else that waits for an answer keeps it back.
        before.hold();
        sessions.tell_service(Service::Whole);
        sessions.tell_service(Service::Limited);
        sessions.tell_service(Service::Limited);
        let meanwhile = opened(&sessions, 2);
        assert_eq!(heard(&before), std::slice::from_ref(&limited));
        assert_eq!(heard(&meanwhile), [limited]);
        sessions.tell_service(Service::Whole);
        let after = opened(&sessions, 3);
        assert_eq!(heard(&before), std::slice::from_ref(&whole));
        assert_eq!(heard(&meanwhile), [whole]);
        assert_eq!(heard(&after), Vec::<Utf8Bytes>::new());
    }
}
