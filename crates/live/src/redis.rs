//! The adapter for several processes: a Redis or Valkey server that all of them reach. Every commit is one script, so
//! it happens entirely or not at all; subscriptions listen on connections of their own. Nothing here waits for a
//! server that is away, and nothing here survives what the server loses.

mod address;
mod ear;
mod link;
mod names;
mod place;

use crate::mailbox::Mailbox;
use crate::{
    Commit, Document, Instance, Key, Live, LiveError, Notice, Purse, Rate, Renewal, Spent, Subscription,
    TopicName, Version,
};
use ::redis::aio::MultiplexedConnection;
use ::redis::{RedisResult, Script, cmd};
pub use address::RedisAddress;
use async_trait::async_trait;
use bytes::Bytes;
use ear::{Parts, Request};
use link::{LIMIT, Link};
use names::Names;
use place::Place;
pub use place::RedisMode;
use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use tokio::sync::{mpsc, oneshot, watch};
use visavis_domain::ids::InstanceId;
use visavis_domain::time::Timestamp;

/// How often the earliest deadline is looked at though nobody said that it moved.
const LOOK_EVERY: Duration = Duration::from_millis(500);

/// Why a server cannot be used as told. The texts carry no address: it can hold a password.
#[derive(Debug, thiserror::Error)]
pub enum BadRedis {
    /// The address is none.
    #[error(
        "it is no address such as redis://host:6379, rediss://user:password@host:6380/1, unix:///path, \
         redis+sentinel://host:26379,host:26379/master or redis+cluster://host:6379,host:6379"
    )]
    Address,
    /// Whom to trust is nobody, or nothing is encrypted.
    #[error("redis_ca is for rediss:// and holds certificates of authorities in PEM")]
    Authorities,
    /// The installation's name is none.
    #[error("redis_name is made of letters, digits, \"-\", \"_\" and \".\"")]
    Name,
    /// It did not answer in time, or not with what was asked for; what may be said of why.
    #[error("it does not answer, or refuses: {0}")]
    Away(String),
}

/// Live state in a Redis server. A clone is another handle with the same connections.
#[derive(Clone)]
pub struct RedisLive {
    inner: Arc<Inner>,
}

struct Inner {
    place: Arc<Place>,
    link: Arc<Link>,
    names: Names,
    scripts: Scripts,
    /// The highest version that was seen here. A server that lost data is told, so that it goes on above.
    highest: AtomicU64,
    ears: Mutex<HashMap<u64, mpsc::Sender<Request>>>,
    last_subscription: AtomicU64,
    /// Rings when the earliest deadline may have moved.
    bell: watch::Receiver<()>,
}

struct Scripts {
    commit: Script,
    load: Script,
    renew: Script,
    instances: Script,
    spend: Script,
}

impl RedisLive {
    /// Live state of the installation of this name in the server at this address.
    ///
    /// # Errors
    /// [`BadRedis`], also when the server cannot be reached within a second.
    pub async fn connect(address: RedisAddress, installation: &str) -> Result<Self, BadRedis> {
        let names = Names::of(installation).ok_or(BadRedis::Name)?;
        let place = Arc::new(Place::new(address, names.version()));
        let link = Arc::new(Link::new(place.clone()));
        let scripts = Scripts {
            commit: Script::new(include_str!("redis/commit.lua")),
            load: Script::new(include_str!("redis/load.lua")),
            renew: Script::new(include_str!("redis/renew.lua")),
            instances: Script::new(include_str!("redis/instances.lua")),
            spend: Script::new(include_str!("redis/spend.lua")),
        };
        // Scripts are what everything needs, and what a server may refuse, as does a node that has other slots.
        let mut load = scripts.load.prepare_invoke();
        load.key(names.said());
        let ready = link.call(|mut connection| async move { load.invoke_async::<()>(&mut connection).await });
        let bell = match ready.await {
            Ok(()) => start_bell(&place, &link, &names).await,
            Err(away) => Err(away),
        };
        let Ok(bell) = bell else {
            return Err(BadRedis::Away(link.away().unwrap_or_else(|| "it does not publish".to_owned())));
        };
        let inner = Inner {
            place,
            link,
            names,
            scripts,
            highest: AtomicU64::new(0),
            ears: Mutex::default(),
            last_subscription: AtomicU64::new(0),
            bell,
        };
        Ok(Self { inner: Arc::new(inner) })
    }

    /// What kind of server it is, for people.
    ///
    /// # Errors
    /// [`BadRedis::Away`].
    pub async fn describe(&self) -> Result<RedisServer, BadRedis> {
        let asked = async {
            let info: ::redis::InfoDict = self
                .call(|mut connection| async move { cmd("INFO").query_async(&mut connection).await })
                .await?;
            Ok((info, self.clock_apart().await?))
        };
        let asked: Result<_, LiveError> = asked.await;
        let Ok((info, clock_apart)) = asked else {
            return Err(BadRedis::Away(self.inner.link.away().unwrap_or_default()));
        };
        let says = |key| info.get::<String>(key);
        let valkey = says("valkey_version").map(|version| format!("Valkey {version}"));
        let redis = || format!("Redis {}", says("redis_version").as_deref().unwrap_or("?"));
        let evicts = says("maxmemory_policy").filter(|policy| policy != "noeviction");
        let (version, mode) = (valkey.unwrap_or_else(redis), self.inner.place.mode());
        Ok(RedisServer { version, mode, evicts, clock_apart })
    }

    /// How far its clock is from this machine's, as far as that can be told: it was read between two looks at ours.
    async fn clock_apart(&self) -> Result<Duration, LiveError> {
        let now = || SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let before = now();
        let (seconds, micros): (u64, u64) =
            self.call(|mut connection| async move { cmd("TIME").query_async(&mut connection).await }).await?;
        let its = Duration::from_secs(seconds) + Duration::from_micros(micros);
        Ok(before.saturating_sub(its).max(its.saturating_sub(now())))
    }

    async fn call<T, F>(&self, run: impl FnOnce(MultiplexedConnection) -> F + Send) -> Result<T, LiveError>
    where
        F: Future<Output = RedisResult<T>> + Send,
    {
        self.inner.link.call(run).await
    }

    fn ears(&self) -> MutexGuard<'_, HashMap<u64, mpsc::Sender<Request>>> {
        // No change below can be half done.
        self.inner.ears.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Asks a subscription's ear; a subscription that has ended has nothing to hear.
    async fn ask(
        &self,
        subscription: u64,
        request: impl FnOnce(oneshot::Sender<Result<(), LiveError>>) -> Request,
    ) -> Result<(), LiveError> {
        let Some(ear) = self.ears().get(&subscription).cloned() else { return Ok(()) };
        let (answer, answered) = oneshot::channel();
        let asking = async {
            if ear.send(request(answer)).await.is_err() {
                self.ears().remove(&subscription);
                return Ok(());
            }
            answered.await.unwrap_or(Ok(()))
        };
        tokio::time::timeout(LIMIT, asking).await.unwrap_or(Err(LiveError::Unavailable))
    }

    async fn earliest(&self) -> Result<Option<Timestamp>, LiveError> {
        let deadlines = self.inner.names.deadlines();
        let first: Vec<(String, f64)> = self
            .call(|mut connection| async move {
                let mut first = cmd("ZRANGE");
                first.arg(deadlines).arg(0).arg(0).arg("WITHSCORES").query_async(&mut connection).await
            })
            .await?;
        Ok(first.first().map(|(_, at)| moment(*at)))
    }

    fn saw(&self, versions: impl Iterator<Item = Version>) {
        if let Some(highest) = versions.max() {
            self.inner.highest.fetch_max(highest.0, Ordering::Relaxed);
        }
    }

    async fn due_documents(&self, now: Timestamp, limit: usize) -> Result<Vec<String>, LiveError> {
        let deadlines = self.inner.names.deadlines();
        self.call(|mut connection| async move {
            let mut due = cmd("ZRANGEBYSCORE");
            due.arg(deadlines).arg("-inf").arg(now.0).arg("LIMIT").arg(0).arg(limit);
            due.query_async(&mut connection).await
        })
        .await
    }
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

/// A score; every moment that is not the end of time is one exactly.
#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "saturates, which is what is wanted"
)]
fn moment(score: f64) -> Timestamp {
    Timestamp(score as u64)
}

/// What kind of server it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RedisServer {
    /// Its name and version, as it says.
    pub version: String,
    /// How it is found.
    pub mode: RedisMode,
    /// How it chooses what to forget when its memory is full; none if it never forgets.
    pub evicts: Option<String>,
    /// How far its clock is from this machine's, at least.
    pub clock_apart: Duration,
}

/// An ear for moved deadlines, and for gaps, in which one may have moved.
async fn start_bell(
    place: &Arc<Place>,
    link: &Arc<Link>,
    names: &Names,
) -> Result<watch::Receiver<()>, LiveError> {
    let (mailbox, mut notices) = Mailbox::new(1);
    let also = Some((names.bell(), TopicName::new("bell")));
    let parts = Parts { place: place.clone(), link: link.clone(), names: names.clone(), also };
    let requests = ear::open(parts, mailbox).await?;
    let (ring, bell) = watch::channel(());
    tokio::spawn(async move {
        // The ear ends with its requests; the last one who waits for the bell ends both.
        let _requests = requests;
        loop {
            tokio::select! {
                notice = notices.recv() => match notice {
                    Some(Notice::Event { .. } | Notice::Gap) => ring.send_replace(()),
                    None => return,
                },
                () = ring.closed() => return,
            }
        }
    });
    Ok(bell)
}

#[async_trait]
impl Live for RedisLive {
    async fn load(&self, keys: &[Key]) -> Result<Vec<Document>, LiveError> {
        let mut load = self.inner.scripts.load.prepare_invoke();
        for key in keys {
            load.key(self.inner.names.document(key));
        }
        let found: Vec<(Option<u64>, Option<Vec<u8>>)> =
            self.call(|mut connection| async move { load.invoke_async(&mut connection).await }).await?;
        let documents: Vec<_> = found
            .into_iter()
            .map(|(version, body)| match (version, body) {
                (Some(version), Some(body)) => {
                    Document { version: Version(version), body: Some(body.into()) }
                }
                _ => Document { version: Version::ABSENT, body: None },
            })
            .collect();
        self.saw(documents.iter().map(|document| document.version));
        Ok(documents)
    }

    async fn commit(&self, commit: Commit) -> Result<Vec<Version>, LiveError> {
        let Inner { names, scripts, highest, .. } = &*self.inner;
        let mut script = scripts.commit.prepare_invoke();
        script.key(names.version()).key(names.deadlines());
        script.arg(commit.reads.len()).arg(commit.writes.len());
        script.arg(names.held()).arg(names.bell()).arg(highest.load(Ordering::Relaxed));
        script.arg(names.rooms()).arg(names.room_documents());
        for (key, version) in &commit.reads {
            script.key(names.document(key)).arg(version.0);
        }
        for write in &commit.writes {
            script.key(names.document(&write.key)).arg(write.expected.0);
        }
        for write in &commit.writes {
            script.arg(u8::from(write.body.is_some())).arg(write.body.as_deref().unwrap_or_default());
            script.arg(write.deadline.map(|at| at.0.to_string()).unwrap_or_default());
            script.arg(write.lease.map(|instance| instance.to_string()).unwrap_or_default());
        }
        for (topic, body) in &commit.events {
            script.arg(names.channel(topic)).arg(&**body);
        }
        let answer: Vec<String> =
            self.call(|mut connection| async move { script.invoke_async(&mut connection).await }).await?;
        let mut words = answer.into_iter();
        if words.next().as_deref() != Some("done") {
            return Err(LiveError::Conflict);
        }
        let versions: Result<Vec<_>, _> = words.map(|word| word.parse().map(Version)).collect();
        // It has happened, but what it reached cannot be told.
        let versions = versions.map_err(|_| LiveError::Unavailable)?;
        self.saw(versions.iter().copied());
        Ok(versions)
    }

    async fn rooms(&self, after: &str, limit: usize) -> Result<Vec<Key>, LiveError> {
        let (rooms, last) = (self.inner.names.rooms(), self.inner.names.document(&Key::room(after)));
        let documents: Vec<String> = self
            .call(|mut connection| async move {
                let mut range = cmd("ZRANGEBYLEX");
                range.arg(rooms).arg(format!("({last}")).arg("+").arg("LIMIT").arg(0).arg(limit);
                range.query_async(&mut connection).await
            })
            .await?;
        Ok(documents.iter().filter_map(|document| self.inner.names.key(document)).collect())
    }

    async fn publish(&self, topic: TopicName, body: Bytes) -> Result<(), LiveError> {
        let channel = self.inner.names.channel(&topic);
        self.call(|mut connection| async move {
            cmd("PUBLISH").arg(channel).arg(&*body).query_async(&mut connection).await
        })
        .await
    }

    async fn subscribe(&self, capacity: usize) -> Result<Subscription, LiveError> {
        let (mailbox, notices) = Mailbox::new(capacity);
        let Inner { place, link, names, last_subscription, .. } = &*self.inner;
        let parts = Parts { place: place.clone(), link: link.clone(), names: names.clone(), also: None };
        let ear = ear::open(parts, mailbox).await?;
        let id = last_subscription.fetch_add(1, Ordering::Relaxed) + 1;
        let mut ears = self.ears();
        ears.retain(|_, ear| !ear.is_closed());
        ears.insert(id, ear);
        Ok(Subscription { id, notices })
    }

    async fn add_topic(&self, subscription: u64, topic: TopicName) -> Result<(), LiveError> {
        self.ask(subscription, |answer| Request::Add(topic, answer)).await
    }

    async fn remove_topic(&self, subscription: u64, topic: &TopicName) -> Result<(), LiveError> {
        let topic = topic.clone();
        self.ask(subscription, |answer| Request::Remove(topic, answer)).await
    }

    async fn due(&self, now: Timestamp, limit: usize) -> Result<Vec<Key>, LiveError> {
        let due = self.due_documents(now, limit).await?;
        Ok(due.iter().filter_map(|document| self.inner.names.key(document)).collect())
    }

    async fn next_deadline(&self, known: Option<Timestamp>) -> Result<Option<Timestamp>, LiveError> {
        let mut bell = self.inner.bell.clone();
        loop {
            bell.mark_unchanged();
            let earliest = self.earliest().await?;
            if earliest != known {
                return Ok(earliest);
            }
            // The bell may not have been heard; then this ends at the next look.
            if let Ok(Err(_)) = tokio::time::timeout(LOOK_EVERY, bell.changed()).await {
                tokio::time::sleep(LOOK_EVERY).await;
            }
        }
    }

    async fn renew_lease(
        &self,
        instance: InstanceId,
        lasts: Duration,
        says: Bytes,
    ) -> Result<Renewal, LiveError> {
        let Inner { names, scripts, .. } = &*self.inner;
        let mut renew = scripts.renew.prepare_invoke();
        renew.key(names.leases()).key(names.said());
        renew.arg(instance.to_string()).arg(millis(lasts)).arg(&*says);
        let (kept, clock): (u8, u64) =
            self.call(|mut connection| async move { renew.invoke_async(&mut connection).await }).await?;
        Ok(Renewal { kept: kept == 1, clock: Timestamp(clock) })
    }

    async fn instances(&self) -> Result<Vec<Instance>, LiveError> {
        let Inner { names, scripts, .. } = &*self.inner;
        let mut instances = scripts.instances.prepare_invoke();
        instances.key(names.leases()).key(names.said());
        let found: Vec<(String, Vec<u8>, u8)> =
            self.call(|mut connection| async move { instances.invoke_async(&mut connection).await }).await?;
        let instance = |(id, says, alive): (String, Vec<u8>, u8)| {
            Some(Instance { id: id.parse().ok()?, says: says.into(), alive: alive == 1 })
        };
        Ok(found.into_iter().filter_map(instance).collect())
    }

    async fn held_by(&self, instance: InstanceId) -> Result<Vec<Key>, LiveError> {
        let held = self.inner.names.held_by(instance);
        let documents: Vec<String> = self
            .call(
                |mut connection| async move { cmd("SMEMBERS").arg(held).query_async(&mut connection).await },
            )
            .await?;
        Ok(documents.iter().filter_map(|document| self.inner.names.key(document)).collect())
    }

    async fn release_lease(&self, instance: InstanceId) -> Result<(), LiveError> {
        let (leases, said) = (self.inner.names.leases(), self.inner.names.said());
        let instance = instance.to_string();
        self.call(|mut connection| async move {
            let mut both = ::redis::pipe();
            both.atomic().cmd("ZREM").arg(leases).arg(&instance).ignore();
            both.cmd("HDEL").arg(said).arg(&instance).ignore();
            both.query_async(&mut connection).await
        })
        .await
    }

    async fn spend(&self, purse: &Purse, rate: Rate) -> Result<Spent, LiveError> {
        let Inner { names, scripts, .. } = &*self.inner;
        let mut spend = scripts.spend.prepare_invoke();
        let every = u64::try_from(rate.every.as_micros()).unwrap_or(u64::MAX).max(1);
        spend.key(names.purse(purse)).arg(rate.burst.get()).arg(every);
        let wait: u64 =
            self.call(|mut connection| async move { spend.invoke_async(&mut connection).await }).await?;
        Ok(if wait == 0 { Spent::Granted } else { Spent::Wait(Duration::from_micros(wait)) })
    }
}
