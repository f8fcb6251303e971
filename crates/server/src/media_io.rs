//! The media server's sockets and threads around its pure machine (visavis-media).
//!
//! The thread that receives at the one port asks whose a datagram is ([`demux`]) and hands it to the worker
//! that owns the room. A worker owns the rooms placed with it, and no lock is taken on a packet's way through it.
//! What nobody proved to be theirs by a signed STUN request never reaches a worker.

mod demux;
mod doubts;
mod outbound;
mod stream;
#[cfg(test)]
mod tests;
mod worker;

pub(crate) use stream::IceStreams;

use crate::app::{
    IceAsked, IceTold, Media, MediaNotice, MediaOffer, MediaRefused, MediaRoom, MediaSeat, MediaSite, Watched,
};
use crate::cluster::Standing;
use crate::port::{MediaPackets, PortSender};
use async_trait::async_trait;
use doubts::Doubts;
use std::collections::{HashMap, HashSet};
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, SendError, Sender, channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock, RwLockWriteGuard};
use std::time::{Duration, Instant};
use tokio::sync::{mpsc, oneshot};
use visavis_domain::ids::{CallId, ParticipantId};
use visavis_domain::room::{Camera, Source};
use visavis_media::door::{Admitted, Door};
use visavis_media::{LayerOffer, PeerId, TrackOffer, View, Watch};
use visavis_protocol::{TrackLabel, Viewed};
use worker::{Job, Offer, Wanted, Worker};

/// What workers have to tell to sessions, waiting for live state. Beyond it events are lost: live state has then been
/// away for minutes.
const NOTICES: usize = 64 * 1024;
/// A worker that has not answered in this time has far worse to do.
const PATIENCE: Duration = Duration::from_secs(5);
/// A worker that has been at the same thing for this long is in trouble: no room begins there. Less would be a stutter.
const STALLED: Duration = Duration::from_secs(2);
/// And is not waited for any more after this long: its rooms begin anew at another one as soon as somebody offers. Less
/// would cut off people who would have been back in a moment.
const GIVEN_UP: Duration = Duration::from_secs(10);
/// Bytes of packets that wait for one worker. About a second of what it can take.
const MOST_WAITING: usize = 16 * 1024 * 1024;

/// What the operator can set, and what the server knows about itself.
pub(crate) struct MediaSettings {
    /// Where participants reach the port, by UDP and by TCP.
    pub(crate) addresses: Addresses,
    pub(crate) workers: usize,
    pub(crate) congestion_control: bool,
}

/// The port's addresses as participants know them.
#[derive(Clone)]
pub(crate) struct Addresses {
    offered: Vec<SocketAddr>,
}

impl Addresses {
    /// Addresses that participants are told.
    pub(crate) fn new(offered: Vec<SocketAddr>) -> Self {
        Self { offered }
    }

    pub(crate) fn offered(&self) -> &[SocketAddr] {
        &self.offered
    }

    /// What participants know the address by at which something arrived: where a router forwards to us, or somebody
    /// on this machine used loopback, it is another one.
    fn known_as(&self, local: SocketAddr) -> SocketAddr {
        let all = || self.offered.iter().copied();
        all()
            .find(|one| one.ip() == local.ip())
            .or_else(|| all().find(|one| one.is_ipv4() == local.is_ipv4()))
            .unwrap_or(local)
    }
}

/// Which connection a packet is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Target {
    worker: usize,
    room: RoomKey,
    peer: PeerId,
}

/// Which of a call's rooms: while connections are made anew, the earlier ones last a little.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct RoomKey {
    call: CallId,
    generation: u32,
}

impl From<MediaSite> for RoomKey {
    fn from(MediaSite { call, generation, .. }: MediaSite) -> Self {
        Self { call, generation }
    }
}

/// Where a call is.
#[derive(Debug, Clone, Copy)]
struct Placement {
    worker: usize,
    generation: u32,
}

/// The way to one worker.
#[derive(Clone)]
struct Queue {
    jobs: Sender<Job>,
    /// Bytes of packets on the way.
    waiting: Arc<AtomicUsize>,
    /// Participants that it serves.
    load: Arc<AtomicUsize>,
    /// When it began with what it is doing, in milliseconds since `began`; 0 while it waits.
    busy_since: Arc<AtomicU64>,
    /// Its thread is no more.
    gone: Arc<AtomicBool>,
}

impl Queue {
    /// Hands packets over, unless too many wait already.
    fn packets(&self, bytes: usize, job: Job) -> bool {
        if self.waiting.load(Ordering::Relaxed) > MOST_WAITING {
            return false;
        }
        self.waiting.fetch_add(bytes, Ordering::Relaxed);
        self.give(job).is_none()
    }

    /// Gives it something to do. Whoever is no more gives it back.
    fn give(&self, job: Job) -> Option<Job> {
        let SendError(job) = self.jobs.send(job).err()?;
        self.gone.store(true, Ordering::Relaxed);
        Some(job)
    }

    /// For how long it has not got on.
    fn stands_still(&self, began: Instant) -> Duration {
        if self.gone.load(Ordering::Relaxed) {
            return Duration::MAX;
        }
        match self.busy_since.load(Ordering::Relaxed) {
            0 => Duration::ZERO,
            since => began.elapsed().saturating_sub(Duration::from_millis(since)),
        }
    }
}

/// What the threads share.
struct Shared {
    /// Written when connections come and go, read for STUN requests alone.
    door: RwLock<Door<Target>>,
    addresses: Addresses,
    queues: Vec<Queue>,
    /// How many streams there have been.
    streams: AtomicU64,
    began: Instant,
    /// Told how many connections there are.
    standing: Arc<Standing>,
}

/// The running media server, for use cases.
pub(crate) struct MediaHandle {
    shared: Arc<Shared>,
    /// Which worker has a call, and its latest generation.
    placements: Mutex<HashMap<CallId, Placement>>,
    /// Calls that should not be here.
    doubts: Mutex<Doubts<CallId>>,
}

/// Everything that a media server consists of once it runs.
pub(crate) struct Started {
    pub(crate) handle: Arc<MediaHandle>,
    /// For the thread that receives at the port.
    pub(crate) packets: Box<dyn MediaPackets>,
    /// For streams that carry media.
    pub(crate) streams: Arc<IceStreams>,
    /// What sessions are to be told.
    pub(crate) notices: mpsc::Receiver<MediaNotice>,
}

/// Starts the workers.
///
/// # Errors
/// If the system gives no randomness, or no threads.
pub(crate) fn start(
    sender: &Arc<PortSender>,
    settings: MediaSettings,
    standing: Arc<Standing>,
) -> io::Result<Started> {
    let certificate = visavis_media::Certificate::generate().map_err(io::Error::other)?;
    let offered = settings.addresses.offered().to_vec();
    let router = visavis_media::Settings {
        certificate,
        udp: offered.clone(),
        tcp: offered,
        congestion_control: settings.congestion_control,
    };
    let (notices, told) = mpsc::channel(NOTICES);
    let (shared, jobs) = Shared::new(settings.workers.max(1), settings.addresses, standing);
    for (number, jobs) in jobs.into_iter().enumerate() {
        let own = own_addresses();
        let worker =
            Worker::new(number, jobs, shared.clone(), router.clone(), sender.clone(), own, notices.clone());
        std::thread::Builder::new().name(format!("media-{number}")).spawn(move || worker.run())?;
    }
    Ok(Started {
        handle: Arc::new(MediaHandle {
            shared: shared.clone(),
            placements: Mutex::default(),
            doubts: Mutex::default(),
        }),
        packets: Box::new(demux::Demux::new(shared.clone())),
        streams: Arc::new(IceStreams::new(shared)),
        notices: told,
    })
}

/// Those from which something may be sent.
fn own_addresses() -> Vec<IpAddr> {
    if_addrs::get_if_addrs().unwrap_or_default().iter().map(if_addrs::Interface::ip).collect()
}

impl Shared {
    /// For so many workers, with what each of them is given.
    fn new(workers: usize, addresses: Addresses, standing: Arc<Standing>) -> (Arc<Self>, Vec<Receiver<Job>>) {
        let queue = |_| {
            let (jobs, taken) = channel();
            let (waiting, load) = (Arc::default(), Arc::default());
            let queue = Queue { jobs, waiting, load, busy_since: Arc::default(), gone: Arc::default() };
            (queue, taken)
        };
        let (queues, jobs) = (0..workers).map(queue).unzip();
        let (door, streams) = (RwLock::default(), AtomicU64::new(0));
        let shared = Self { door, addresses, queues, streams, began: Instant::now(), standing };
        (Arc::new(shared), jobs)
    }

    fn stands_still(&self, worker: usize) -> Duration {
        self.queues[worker].stands_still(self.began)
    }

    /// That with the fewest participants, of those that get on.
    fn lightest(&self) -> usize {
        let trouble = |number: usize| match self.stands_still(number) {
            Duration::MAX => 2,
            silent if silent > STALLED => 1,
            _ => 0,
        };
        let load = |number: usize| self.queues[number].load.load(Ordering::Relaxed);
        (0..self.queues.len()).min_by_key(|number| (trouble(*number), load(*number))).unwrap_or(0)
    }

    fn recognise(&self, bytes: &[u8]) -> Option<Arc<Admitted<Target>>> {
        self.door.read().unwrap_or_else(PoisonError::into_inner).recognise(bytes)
    }

    fn door(&self) -> RwLockWriteGuard<'_, Door<Target>> {
        self.door.write().unwrap_or_else(PoisonError::into_inner)
    }

    /// A worker has a connection more.
    fn opened(&self, worker: usize) {
        self.queues[worker].load.fetch_add(1, Ordering::Relaxed);
        self.count();
    }

    /// A worker has a connection less.
    fn closed(&self, worker: usize) {
        self.queues[worker].load.fetch_sub(1, Ordering::Relaxed);
        self.count();
    }

    fn count(&self) {
        let all: usize = self.queues.iter().map(|queue| queue.load.load(Ordering::Relaxed)).sum();
        self.standing.set_load(u32::try_from(all).unwrap_or(u32::MAX));
    }
}

impl MediaHandle {
    fn placements(&self) -> MutexGuard<'_, HashMap<CallId, Placement>> {
        // No change of it can be half done.
        self.placements.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The worker of a room; for a new one that with the fewest participants. None for a room that has had a
    /// successor.
    fn queue(&self, key: RoomKey) -> Option<&Queue> {
        let RoomKey { call, generation } = key;
        let mut placements = self.placements();
        let worker = match placements.get(&call).copied() {
            Some(known) if known.generation > generation => return None,
            Some(known) if known.generation == generation => self.still_or_another(call, known.worker),
            earlier => {
                if let Some(Placement { worker, generation }) = earlier {
                    // One that is no more has nothing to retire.
                    let _ = self.shared.queues[worker].give(Job::Retire(RoomKey { call, generation }));
                }
                self.shared.lightest()
            }
        };
        placements.insert(call, Placement { worker, generation });
        Some(&self.shared.queues[worker])
    }

    /// Where a room stays, unless nobody gets on there.
    fn still_or_another(&self, call: CallId, worker: usize) -> usize {
        if self.shared.stands_still(worker) < GIVEN_UP {
            return worker;
        }
        let another = self.shared.lightest();
        if another != worker {
            tracing::error!(worker, "a room begins anew: its media worker does not get on");
            // Should it get on after all.
            let _ = self.shared.queues[worker].give(Job::End { call });
        }
        another
    }

    /// The worker of a room that there is.
    fn placed(&self, key: RoomKey) -> Option<&Queue> {
        let placement = self.placements().get(&key.call).copied()?;
        (placement.generation == key.generation).then(|| &self.shared.queues[placement.worker])
    }

    /// With all its rooms: one that has been retired may still be there.
    fn end_call(&self, placements: &mut HashMap<CallId, Placement>, call: CallId) {
        for queue in &self.shared.queues {
            // One that is no more has nothing to end.
            let _ = queue.give(Job::End { call });
        }
        placements.remove(&call);
    }

    fn tell(&self, key: RoomKey, job: Job) {
        if let Some(queue) = self.placed(key) {
            // One that is no more forwards nothing.
            let _ = queue.give(job);
        }
    }
}

#[async_trait]
impl Media for MediaHandle {
    async fn offer(
        &self,
        site: MediaSite,
        seat: MediaSeat,
        offer: MediaOffer,
    ) -> Result<String, MediaRefused> {
        let (answer, answered) = oneshot::channel();
        let room = RoomKey::from(site);
        let offer = Offer {
            room,
            peer: peer(seat.participant),
            session: seat.session,
            fresh: offer.fresh,
            sdp: offer.sdp,
            tracks: offer.tracks.into_iter().map(track).collect(),
            only: offer.only.map(peer),
            dark: offer.dark,
            feed: offer.feed,
        };
        // Whoever gives it back is not asked again.
        let mut job = Some(Job::Offer(offer, answer));
        for _ in &self.shared.queues {
            let Some(asked) = job.take() else { break };
            job = self.queue(room).ok_or(MediaRefused::Unknown)?.give(asked);
        }
        drop(job);
        let answered = tokio::time::timeout(PATIENCE, answered).await;
        answered.map_err(|_| MediaRefused::Away)?.map_err(|_| MediaRefused::Away)?
    }

    async fn view(
        &self,
        site: MediaSite,
        participant: ParticipantId,
        views: Vec<Viewed>,
    ) -> Result<(), MediaRefused> {
        let (answer, answered) = oneshot::channel();
        let room = RoomKey::from(site);
        let views = views.iter().map(view).collect();
        let job = Job::View { room, peer: peer(participant), views, answer };
        let queue = self.placed(room).ok_or(MediaRefused::Unknown)?;
        if queue.give(job).is_some() {
            return Err(MediaRefused::Away);
        }
        let answered = tokio::time::timeout(PATIENCE, answered).await;
        answered.map_err(|_| MediaRefused::Away)?.map_err(|_| MediaRefused::Away)?
    }

    async fn ice(
        &self,
        site: MediaSite,
        participant: ParticipantId,
        asked: IceAsked,
    ) -> Result<IceTold, MediaRefused> {
        let (answer, answered) = oneshot::channel();
        let room = RoomKey::from(site);
        let queue = self.placed(room).ok_or(MediaRefused::Unknown)?;
        let job = Job::Ice { room, peer: peer(participant), asked, answer };
        if queue.give(job).is_some() {
            return Err(MediaRefused::Away);
        }
        let answered = tokio::time::timeout(PATIENCE, answered).await;
        answered.map_err(|_| MediaRefused::Away)?.map_err(|_| MediaRefused::Away)?
    }

    fn mute(&self, site: MediaSite, participant: ParticipantId) {
        let room = RoomKey::from(site);
        self.tell(room, Job::Mute { room, peer: peer(participant) });
    }

    fn camera(&self, site: MediaSite, participant: ParticipantId, camera: Camera) {
        let room = RoomKey::from(site);
        let dark = camera != Camera::On;
        self.tell(room, Job::Camera { room, peer: peer(participant), dark });
    }

    fn reseat(&self, site: MediaSite, seat: MediaSeat) {
        let (room, peer) = (RoomKey::from(site), peer(seat.participant));
        self.tell(room, Job::Reseat { room, peer, session: seat.session });
    }

    fn remove(&self, site: MediaSite, participant: ParticipantId) {
        let room = RoomKey::from(site);
        self.tell(room, Job::Remove { room, peer: peer(participant) });
    }

    fn allow_only(&self, site: MediaSite, only: Option<ParticipantId>) {
        let room = RoomKey::from(site);
        self.tell(room, Job::AllowOnly { room, only: only.map(peer) });
    }

    fn retire(&self, site: MediaSite) {
        let room = RoomKey::from(site);
        self.tell(room, Job::Retire(room));
    }

    fn end(&self, site: MediaSite) {
        let mut placements = self.placements();
        if placements.get(&site.call).is_none_or(|known| known.generation > site.generation) {
            return;
        }
        self.end_call(&mut placements, site.call);
    }

    fn reconcile(&self, rooms: Vec<MediaRoom>) {
        let mut placements = self.placements();
        let wanted: HashSet<_> = rooms.iter().map(|room| room.site.call).collect();
        let unwanted = placements.keys().filter(|call| !wanted.contains(call)).copied();
        let over = self.doubts.lock().unwrap_or_else(PoisonError::into_inner).confirmed(unwanted);
        for call in over {
            tracing::warn!("a call's media was still forwarded after the call");
            self.end_call(&mut placements, call);
        }
        drop(placements);
        for MediaRoom { site, seats, only, name, feeds, muted, dark } in rooms {
            let by_peer = |seat: &MediaSeat| (peer(seat.participant), seat.session);
            let wanted = Wanted {
                seats: seats.iter().map(by_peer).collect(),
                only: only.map(peer),
                name,
                feeds: feeds.iter().map(by_peer).collect(),
                muted: muted.into_iter().map(peer).collect(),
                dark: dark.into_iter().map(peer).collect(),
            };
            let room = RoomKey::from(site);
            // Of a room that is not here any more its programs have to hear, too: any worker tells them.
            let elsewhere = self.shared.queues.first().filter(|_| !wanted.feeds.is_empty());
            let queue = self.placed(room).or(elsewhere);
            if let Some(queue) = queue {
                let _ = queue.give(Job::Reconcile { room, wanted: Box::new(wanted) });
            }
        }
    }

    fn end_all(&self) {
        let mut placements = self.placements();
        for queue in &self.shared.queues {
            let _ = queue.give(Job::EndAll);
        }
        placements.clear();
    }
}

fn peer(participant: ParticipantId) -> PeerId {
    PeerId(participant.bits())
}

fn participant(peer: PeerId) -> ParticipantId {
    ParticipantId::from_bits(peer.0)
}

fn source(source: Source) -> visavis_media::Source {
    match source {
        Source::Microphone => visavis_media::Source::Microphone,
        Source::Camera => visavis_media::Source::Camera,
        Source::Screen => visavis_media::Source::Screen,
        Source::ScreenAudio => visavis_media::Source::ScreenAudio,
    }
}

fn named(source: visavis_media::Source) -> Source {
    match source {
        visavis_media::Source::Microphone => Source::Microphone,
        visavis_media::Source::Camera => Source::Camera,
        visavis_media::Source::Screen => Source::Screen,
        visavis_media::Source::ScreenAudio => Source::ScreenAudio,
    }
}

fn track(label: TrackLabel) -> TrackOffer {
    let layers = label.layers.into_iter();
    TrackOffer {
        mid: label.mid,
        source: source(label.source),
        layers: layers
            .map(|layer| LayerOffer { rid: layer.rid, width: layer.width, height: layer.height })
            .collect(),
    }
}

fn watch(watched: Watched) -> Watch {
    Watch { publisher: watched.participant.map(peer), picture: source(watched.picture) }
}

fn view(viewed: &Viewed) -> View {
    View {
        publisher: peer(viewed.participant),
        source: source(viewed.source),
        width: viewed.width,
        height: viewed.height,
    }
}
