//! A participant of a room with media: signalling over its session, packets over its peer.

use super::Peer;
use super::sections::{Change, Offer, Tracks};
use super::shape::Kind;
use super::shaper::Network;
use super::socket;
use super::stats::PeerReport;
use super::thread::{MediaThreads, PeerKey};
use super::voice::Speech;
use crate::{Bot, Refused};
use anyhow::{Context, Result, anyhow, bail};
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};
use tokio::sync::{mpsc, oneshot, watch};
use tokio::time::{interval, sleep, timeout};
use visavis_domain::ids::ParticipantId;
use visavis_domain::room::{self, MediaRoute, Microphone, Source};
use visavis_protocol::{Code, Command, Event, MediaPath, Participant, Reply, SlotLabel, Viewed};

/// Sooner than the 5 s of the protocol.
const PING_EVERY: Duration = Duration::from_secs(4);
/// Longer than anything takes in a healthy room.
const PATIENCE: Duration = Duration::from_secs(20);
/// From an offer that should be made again to the next, at first and at most.
const FIRST_RETRY: Duration = Duration::from_millis(250);
const LAST_RETRY: Duration = Duration::from_secs(2);
/// A connection that has a successor is kept until that one brings media, but not for longer.
const KEPT_FOR: Duration = Duration::from_secs(5);

/// Where participants go, and what drives their media.
#[derive(Clone)]
pub struct Place {
    base: String,
    http: reqwest::Client,
    threads: MediaThreads,
    epoch: Instant,
}

impl Place {
    /// A server such as `http://127.0.0.1:8080`.
    #[must_use]
    pub fn new(base: &str, threads: MediaThreads) -> Self {
        // One clock for the whole process, so that what one place sends another can time.
        static EPOCH: OnceLock<Instant> = OnceLock::new();
        let epoch = *EPOCH.get_or_init(Instant::now);
        Self { base: base.to_owned(), http: crate::http_client(), threads, epoch }
    }

    /// The threads that drive media.
    #[must_use]
    pub fn threads(&self) -> &MediaThreads {
        &self.threads
    }

    /// The moment at which the clock of schedules ([`Speech`]) and markers began.
    #[must_use]
    pub fn epoch(&self) -> Instant {
        self.epoch
    }
}

/// What a participant knows of its room.
#[derive(Debug, Clone, Default)]
pub struct Seen {
    /// Everybody, oneself included.
    pub people: BTreeMap<ParticipantId, Participant>,
    /// The way of the media.
    pub route: Option<MediaRoute>,
    /// Which connections with the media server count.
    pub generation: u32,
    /// What the slots carry.
    pub slots: Vec<SlotLabel>,
    /// The layers of the own camera that anybody looks at; none before the server said so.
    pub camera_wanted: Option<Vec<String>>,
    /// Who speaks.
    pub speaker: Option<ParticipantId>,
    /// How often the connection was lost.
    pub media_lost: u32,
    /// Why the session ended, if it did.
    pub ended: Option<String>,
}

/// A participant. Its session lives in a task of its own and ends with the value.
pub struct MediaBot {
    participant: ParticipantId,
    number: u32,
    place: Place,
    requests: mpsc::UnboundedSender<Request>,
    seen: watch::Receiver<Seen>,
    key: watch::Receiver<Option<PeerKey>>,
    earlier: watch::Receiver<Option<PeerKey>>,
}

enum Request {
    Command(Command, oneshot::Sender<Result<Result<Reply, Refused>>>),
    Connect(oneshot::Sender<Result<()>>),
    Change(Change, oneshot::Sender<Result<()>>),
}

impl MediaBot {
    /// Opens a session and goes into a room. Media begins with [`MediaBot::connect`].
    ///
    /// # Errors
    /// If the server cannot be reached or refuses.
    pub async fn join(place: &Place, room: &str, name: &str, tracks: Tracks) -> Result<Self> {
        // From 1: 0 is no publisher.
        static NUMBER: AtomicU32 = AtomicU32::new(1);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let ticket = Bot::ticket(&place.http, &place.base).await?;
        let mut bot = Bot::connect_with(&place.base, ticket).await?;
        let joined = Instant::now();
        let microphone = tracks.microphone.map_or(Microphone::Absent, |_| Microphone::Live);
        let camera = tracks.camera.map_or(room::Camera::Absent, |_| room::Camera::On);
        let (room, name) = (room.to_owned(), name.to_owned());
        let media = MediaPath::Fresh;
        let join =
            Command::Join { room, name, microphone, camera, password: None, continuation: None, media };
        let reply = bot.command(join).await?.map_err(|refused| anyhow!("not let in: {refused:?}"))?;
        let Reply::Joined { participant, room, .. } = reply else { bail!("joined, but {reply:?}") };
        let people = room.participants.into_iter().map(|one| (one.id, one)).collect();
        let (route, generation) = (Some(room.route), room.generation);
        let (seen, seen_there) = watch::channel(Seen { people, route, generation, ..Seen::default() });
        let (key, key_there) = watch::channel(None);
        let (earlier, earlier_there) = watch::channel(None);
        let (requests, requested) = mpsc::unbounded_channel();
        let session = Session {
            bot,
            place: place.clone(),
            number,
            tracks,
            joined,
            seen,
            key,
            earlier: Arc::new(earlier),
            views: Vec::new(),
            retry: None,
            requests: requested,
        };
        tokio::spawn(session.run());
        let place = place.clone();
        let (seen, key, earlier) = (seen_there, key_there, earlier_there);
        Ok(Self { participant, number, place, requests, seen, key, earlier })
    }

    /// Offers a fresh connection and applies the answer. Whether datagrams get through shows later
    /// ([`MediaBot::until`]). A connection that the server gives up is offered anew by itself.
    ///
    /// # Errors
    /// If the server refuses.
    pub async fn connect(&self) -> Result<()> {
        self.ask(Request::Connect).await
    }

    /// Changes the connection there is: more slots, or another path.
    ///
    /// # Errors
    /// If the server refuses, or there is no connection.
    pub async fn change(&self, change: Change) -> Result<()> {
        self.ask(|answer| Request::Change(change, answer)).await
    }

    /// Says what one looks at, most important first.
    ///
    /// # Errors
    /// If the server refuses.
    pub async fn view(&self, videos: Vec<Viewed>) -> Result<()> {
        self.command(Command::View { videos }).await.map(drop)
    }

    /// Any other command.
    ///
    /// # Errors
    /// If the session is over or the server refuses.
    pub async fn command(&self, command: Command) -> Result<Reply> {
        self.try_command(command).await?.map_err(|refused| anyhow!("{refused:?}"))
    }

    /// The same; a refusal is an answer, too.
    ///
    /// # Errors
    /// If the session is over.
    pub async fn try_command(&self, command: Command) -> Result<Result<Reply, Refused>> {
        self.ask(|answer| Request::Command(command, answer)).await
    }

    async fn ask<T>(&self, request: impl FnOnce(oneshot::Sender<Result<T>>) -> Request) -> Result<T> {
        let (answer, answered) = oneshot::channel();
        let sent = self.requests.send(request(answer));
        sent.ok().with_context(|| self.why_ended())?;
        answered.await.with_context(|| self.why_ended())?
    }

    fn why_ended(&self) -> String {
        format!("the session is over: {:?}", self.seen.borrow().ended)
    }

    /// Who one is.
    #[must_use]
    pub fn participant(&self) -> ParticipantId {
        self.participant
    }

    /// What markers call one.
    #[must_use]
    pub fn number(&self) -> u32 {
        self.number
    }

    /// What one knows of the room now.
    #[must_use]
    pub fn seen(&self) -> Seen {
        self.seen.borrow().clone()
    }

    /// A receiver that follows what one knows of the room.
    #[must_use]
    pub fn follow(&self) -> watch::Receiver<Seen> {
        self.seen.clone()
    }

    /// Waits until one knows what is wanted.
    ///
    /// # Errors
    /// If that does not happen in time.
    pub async fn until_seen(&self, wanted: impl FnMut(&Seen) -> bool) -> Result<Seen> {
        let mut seen = self.seen.clone();
        match timeout(PATIENCE, seen.wait_for(wanted)).await {
            Ok(found) => Ok(found.with_context(|| self.why_ended())?.clone()),
            Err(_) => bail!("it did not happen; what is known: {:?}", self.seen()),
        }
    }

    /// Waits until the report is as wanted.
    ///
    /// # Errors
    /// If that does not happen in time.
    pub async fn until(&self, wanted: impl Fn(&PeerReport) -> bool) -> Result<PeerReport> {
        let started = Instant::now();
        loop {
            let report = self.report().await?;
            if wanted(&report) {
                return Ok(report);
            }
            if started.elapsed() > PATIENCE {
                bail!("it did not happen; the report: {report:?}");
            }
            sleep(Duration::from_millis(20)).await;
        }
    }

    /// What was received and sent since counting began.
    ///
    /// # Errors
    /// If there is no connection.
    pub async fn report(&self) -> Result<PeerReport> {
        self.place.threads.report(self.key()?).await
    }

    /// Packets of a kind that came so far, over the connection and over one that is being replaced. Fewer than before
    /// when that one has gone.
    ///
    /// # Errors
    /// If the threads are gone.
    pub async fn received(&self, kind: Kind) -> Result<u64> {
        let mut packets = 0;
        let keys = [*self.key.borrow(), *self.earlier.borrow()];
        for key in keys.into_iter().flatten() {
            // It may be gone meanwhile.
            packets += self.place.threads.report(key).await.map_or(0, |report| report.counts(kind).packets);
        }
        Ok(packets)
    }

    /// Puts a network between oneself and the server, `up` to it and `down` from it.
    ///
    /// # Errors
    /// If there is no connection.
    pub fn network(&self, up: Network, down: Network) -> Result<()> {
        self.place.threads.network(self.key()?, up, down);
        Ok(())
    }

    /// From now on one speaks at these times.
    ///
    /// # Errors
    /// If there is no connection.
    pub fn speak(&self, speech: Speech) -> Result<()> {
        self.place.threads.speak(self.key()?, speech);
        Ok(())
    }

    fn key(&self) -> Result<PeerKey> {
        self.key.borrow().context("no connection with the media server")
    }
}

/// The task of a participant.
struct Session {
    bot: Bot,
    place: Place,
    number: u32,
    tracks: Tracks,
    joined: Instant,
    seen: watch::Sender<Seen>,
    key: watch::Sender<Option<PeerKey>>,
    /// The connection before, while the new one brings nothing yet.
    earlier: Arc<watch::Sender<Option<PeerKey>>>,
    /// What one looks at: a fresh connection knows nothing of it.
    views: Vec<Viewed>,
    /// When a fresh connection is offered again, and how long that was waited for.
    retry: Option<(Instant, Duration)>,
    requests: mpsc::UnboundedReceiver<Request>,
}

impl Session {
    async fn run(mut self) {
        let end = self.serve().await;
        self.drop_peer();
        if let Err(error) = end {
            self.seen.send_modify(|seen| seen.ended = Some(format!("{error:#}")));
        }
    }

    async fn serve(&mut self) -> Result<()> {
        let mut pings = interval(PING_EVERY);
        loop {
            // Each of the three can be given up halfway without losing anything.
            tokio::select! {
                request = self.requests.recv() => match request {
                    Some(request) => self.request(request).await?,
                    None => return Ok(()),
                },
                event = self.bot.event() => self.event(event?).await?,
                () = until(self.retry.map(|(at, _)| at)) => self.renew().await?,
                _ = pings.tick() => self.bot.ping().await?,
            }
        }
    }

    /// # Errors
    /// If the session is over; what is refused goes to who asked.
    async fn request(&mut self, request: Request) -> Result<()> {
        match request {
            Request::Command(command, answer) => {
                if let Command::View { videos } = &command {
                    self.views.clone_from(videos);
                }
                let _ = answer.send(Ok(self.bot.command(command).await?));
            }
            Request::Connect(answer) => {
                let connected = self.connect().await;
                let refused = |refused| anyhow!("the offer was refused: {refused:?}");
                let _ = answer.send(connected.and_then(|outcome| outcome.map_err(refused)));
            }
            Request::Change(change, answer) => {
                let _ = answer.send(self.change(change).await);
            }
        }
        Ok(())
    }

    /// A fresh connection; the one there is stays until this one brings media.
    async fn connect(&mut self) -> Result<Result<(), Refused>> {
        let mut peer = Box::new(Peer::new(self.number, self.tracks, self.place.epoch, self.joined));
        let offer = peer.offer()?;
        let sdp = match self.offer(offer, Freshness::Fresh).await? {
            Ok(sdp) => sdp,
            Err(refused) => return Ok(Err(refused)),
        };
        self.retry = None;
        let socket = socket::towards(&sdp)?;
        peer.answer(Instant::now(), &sdp, socket.local_addr()?)?;
        let key = self.place.threads.add(peer, socket).await?;
        if let Some(before) = self.key.send_replace(Some(key)) {
            self.replace(before, key);
        }
        let wanted = self.seen.borrow().camera_wanted.clone();
        if let Some(rids) = wanted {
            self.place.threads.layers_wanted(key, Source::Camera, rids);
        }
        if !self.views.is_empty() {
            let _ = self.bot.command(Command::View { videos: self.views.clone() }).await?;
        }
        Ok(Ok(()))
    }

    /// A fresh connection because the one there is leads nowhere any more; later, if the server says so.
    async fn renew(&mut self) -> Result<()> {
        match self.connect().await? {
            Ok(()) => Ok(()),
            Err(Refused(Code::TryAgain)) => {
                let wait = self.retry.map_or(FIRST_RETRY, |(_, wait)| (wait * 2).min(LAST_RETRY));
                self.retry = Some((Instant::now() + wait, wait));
                Ok(())
            }
            Err(refused) => bail!("the offer was refused: {refused:?}"),
        }
    }

    /// Lets go of the connection before when the new one brings media.
    fn replace(&self, before: PeerKey, key: PeerKey) {
        let (earlier, threads) = (self.earlier.clone(), self.place.threads.clone());
        if let Some(forgotten) = earlier.send_replace(Some(before)) {
            threads.remove(forgotten);
        }
        tokio::spawn(async move {
            let brings = async {
                while let Ok(report) = threads.report(key).await {
                    let packets: u64 = report.slots.iter().map(|slot| slot.counts.packets).sum();
                    if packets > 0 {
                        return;
                    }
                    sleep(Duration::from_millis(5)).await;
                }
            };
            let _ = timeout(KEPT_FOR, brings).await;
            let still = earlier.send_if_modified(|kept| kept.take_if(|kept| *kept == before).is_some());
            if still {
                threads.remove(before);
            }
        });
    }

    async fn change(&mut self, change: Change) -> Result<()> {
        let key = self.key.borrow().context("no connection with the media server")?;
        let offer = self.place.threads.change(key, change).await?;
        match self.offer(offer, Freshness::Changed).await? {
            Ok(sdp) => self.place.threads.answer(key, sdp).await,
            // As the protocol says: there is none to change, so it is made anew.
            Err(Refused(Code::MediaUnknown)) => self.renew().await,
            Err(refused) => bail!("the change was refused: {refused:?}"),
        }
    }

    async fn offer(&mut self, offer: Offer, freshness: Freshness) -> Result<Result<String, Refused>> {
        let fresh = freshness == Freshness::Fresh;
        let command = Command::MediaOffer { fresh, sdp: offer.sdp, tracks: offer.tracks };
        match self.bot.command(command).await? {
            Ok(Reply::MediaAnswer { sdp }) => Ok(Ok(sdp)),
            Ok(other) => bail!("an answer was expected, not {other:?}"),
            Err(refused) => Ok(Err(refused)),
        }
    }

    fn drop_peer(&mut self) {
        for key in [self.key.send_replace(None), self.earlier.send_replace(None)].into_iter().flatten() {
            self.place.threads.remove(key);
        }
    }

    async fn routed(&mut self, route: MediaRoute, generation: u32) -> Result<()> {
        let mut risen = false;
        self.seen.send_modify(|seen| {
            risen = generation > seen.generation;
            (seen.route, seen.generation) = (Some(route), generation);
        });
        let connected = self.key.borrow().is_some() || self.retry.is_some();
        if risen && connected && route == MediaRoute::Server {
            self.seen.send_modify(|seen| {
                seen.camera_wanted = None;
                seen.slots.clear();
            });
            self.renew().await?;
        }
        Ok(())
    }

    async fn event(&mut self, event: Event) -> Result<()> {
        match event {
            Event::ParticipantJoined { participant } | Event::ParticipantChanged { participant } => {
                self.seen.send_modify(|seen| drop(seen.people.insert(participant.id, participant)));
            }
            Event::ParticipantLeft { participant, .. } => {
                self.seen.send_modify(|seen| drop(seen.people.remove(&participant)));
            }
            Event::MediaRouted { route, generation } => self.routed(route, generation).await?,
            Event::SlotsAssigned { slots } => self.seen.send_modify(|seen| seen.slots = slots),
            Event::ActiveSpeaker { participant } => self.seen.send_modify(|seen| seen.speaker = participant),
            Event::LayersWanted { source, rids } => {
                let key = *self.key.borrow();
                if let Some(key) = key {
                    self.place.threads.layers_wanted(key, source, rids.clone());
                }
                if source == Source::Camera {
                    self.seen.send_modify(|seen| seen.camera_wanted = Some(rids));
                }
            }
            Event::MediaLost => {
                // What was wanted of the old connection says nothing of the new one.
                self.seen.send_modify(|seen| {
                    seen.media_lost += 1;
                    seen.camera_wanted = None;
                    seen.slots.clear();
                });
                self.renew().await?;
            }
            Event::SettingsChanged { .. }
            | Event::PasswordChanged { .. }
            | Event::HostChanged { .. }
            | Event::KnocksChanged { .. }
            | Event::KnockAnswered { .. }
            | Event::Muted
            | Event::Reacted { .. }
            | Event::MessageSaid { .. }
            | Event::Signalled { .. }
            | Event::FileSignalled { .. }
            | Event::ServiceChanged { .. } => {}
            // Of desks, appointments and the lounge: these bots are in rooms.
            Event::MemberJoined { .. }
            | Event::MemberChanged { .. }
            | Event::MemberLeft { .. }
            | Event::MemberGone { .. }
            | Event::RoomCounted { .. }
            | Event::LoungeChanged
            | Event::Posted { .. }
            | Event::MessageChanged { .. }
            | Event::ConversationMarked { .. }
            | Event::ConversationChanged { .. }
            | Event::Typed { .. } => {}
            Event::VisitChanged { .. }
            | Event::AppointmentChanged { .. }
            | Event::ReachChanged { .. }
            | Event::WaitingMessageSaid { .. } => {}
            Event::RepresentativeChanged { .. }
            | Event::WaitingChanged { .. }
            | Event::DeskChanged { .. }
            | Event::QueueChanged { .. }
            | Event::QueueMoved { .. }
            | Event::OwnChanged { .. }
            | Event::RingEnded { .. } => {}
        }
        Ok(())
    }
}

/// At that moment, or never.
async fn until(at: Option<Instant>) {
    match at {
        Some(at) => tokio::time::sleep_until(at.into()).await,
        None => std::future::pending().await,
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Freshness {
    Fresh,
    Changed,
}
