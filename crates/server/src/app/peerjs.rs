//! Use cases of ids of PeerJS: who has one, where it is reached, and what instances tell each other about them. Whose an
//! id is decides [`visavis_domain::peerjs`]; sockets are the edge's.

use super::documents::{decode, encode};
use super::rooms::ATTEMPTS;
use super::{App, Refused};
use bytes::Bytes;
use std::collections::BTreeSet;
use std::time::Duration;
use visavis_domain::ids::{InstanceId, PeerJsSocketId};
use visavis_domain::peerjs::{self, Claim, Claimed, Ending, Holding, PeerJsId, Place, Written};
use visavis_domain::time::Timestamp;
use visavis_live::{Commit, Document, Key, LiveError, Notice, Subscription, TopicName, Version, Write};

/// Why a socket does not get an id.
#[derive(Debug, thiserror::Error)]
pub(crate) enum PeerJsRefused {
    /// The rules say no.
    #[error(transparent)]
    Rules(#[from] peerjs::Refused),
    /// Live state is away, or cannot be read.
    #[error(transparent)]
    Live(#[from] Refused),
}

/// What an instance hears about ids.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum PeerJsNotice {
    /// Somebody has come who may have been waited for.
    Arrived(PeerJsId),
    /// A message for a socket here.
    Message { socket: PeerJsSocketId, from: PeerJsId, to: PeerJsId, waits: bool, frame: Bytes },
    /// The owner of a socket's id has come back by another one.
    Moved(PeerJsSocketId),
    /// Something was missed.
    Gap,
}

const ARRIVED: &str = "peerjs-arrived:";

fn arrivals() -> TopicName {
    TopicName::new(ARRIVED)
}

/// What is for the sockets of one instance.
fn sockets_of(instance: InstanceId) -> TopicName {
    TopicName::new(format!("peerjs:{instance}"))
}

/// The head of a message, a line before the frame: the frame is passed on as it is.
fn envelope(socket: PeerJsSocketId, from: &PeerJsId, to: &PeerJsId, waits: bool, frame: &[u8]) -> Bytes {
    let waits = if waits { "waits" } else { "passes" };
    let head = format!("{socket}\t{}\t{}\t{waits}\n", from.as_str(), to.as_str());
    [head.as_bytes(), frame].concat().into()
}

fn opened(body: &Bytes) -> Option<PeerJsNotice> {
    let Some(end) = body.iter().position(|byte| *byte == b'\n') else {
        return Some(PeerJsNotice::Moved(std::str::from_utf8(body).ok()?.parse().ok()?));
    };
    let mut head = std::str::from_utf8(&body[..end]).ok()?.split('\t');
    let socket = head.next()?.parse().ok()?;
    let (from, to) = (PeerJsId::parse(head.next()?).ok()?, PeerJsId::parse(head.next()?).ok()?);
    let waits = head.next()? == "waits";
    Some(PeerJsNotice::Message { socket, from, to, waits, frame: body.slice(end + 1..) })
}

impl PeerJsNotice {
    /// What live state says; none for what a newer version may have said.
    pub(crate) fn read(notice: &Notice) -> Option<Self> {
        match notice {
            Notice::Gap => Some(Self::Gap),
            Notice::Event { topic, body } if topic.as_str() == ARRIVED => {
                Some(Self::Arrived(PeerJsId::parse(std::str::from_utf8(body).ok()?).ok()?))
            }
            Notice::Event { body, .. } => opened(body),
        }
    }
}

/// The document of an id.
struct Found {
    key: Key,
    version: Version,
    held: Option<Holding>,
}

impl App {
    /// Hears from now on what concerns ids and sockets here.
    pub(crate) async fn hear_peerjs(&self, capacity: usize) -> Result<Subscription, LiveError> {
        let subscription = self.live.subscribe(capacity).await?;
        self.live.add_topic(subscription.id, arrivals()).await?;
        self.live.add_topic(subscription.id, sockets_of(self.instance)).await?;
        Ok(subscription)
    }

    /// What a token is known again by.
    pub(crate) fn peerjs_mark(&self, token: &str) -> peerjs::TokenMark {
        peerjs::TokenMark::from_bits(self.peerjs.wide(token))
    }

    /// A name for a page that brings none; nobody has it, as nobody guesses it.
    pub(crate) fn peerjs_draw(&self) -> String {
        let hex = format!("{:032x}", self.random_bits());
        // As PeerServer's look, in parts.
        [&hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..]].join("-")
    }

    /// A socket here takes an id: [`Holding::claim`], or [`Holding::claim_again`] where it had it and does not know
    /// whether it still has.
    pub(crate) async fn claim_peerjs(
        &self,
        id: &PeerJsId,
        (socket, token): (PeerJsSocketId, peerjs::TokenMark),
        grace: Duration,
        rule: fn(Option<&Holding>, Timestamp, Claim) -> Result<Claimed, peerjs::Refused>,
    ) -> Result<(), PeerJsRefused> {
        let claim = Claim { token, place: Place { instance: self.instance, socket }, grace };
        for _ in 0..ATTEMPTS {
            let found = self.find_peerjs(id).await?;
            let claimed = rule(found.held.as_ref(), self.now(), claim)?;
            if found.held.as_ref() == Some(&claimed.holding) {
                return Ok(());
            }
            let mut events = vec![(arrivals(), Bytes::copy_from_slice(id.as_str().as_bytes()))];
            if let Some(displaced) = claimed.displaced {
                let socket = displaced.socket.to_string();
                events.push((sockets_of(displaced.instance), socket.into_bytes().into()));
            }
            match self.write_peerjs(found, Some(&claimed.holding), events).await {
                Ok(()) => return Ok(()),
                Err(Refused::Live(LiveError::Conflict)) => {}
                Err(refused) => return Err(refused.into()),
            }
        }
        Err(Refused::from(LiveError::Conflict).into())
    }

    /// A socket here is gone.
    pub(crate) async fn release_peerjs(
        &self,
        id: &PeerJsId,
        socket: PeerJsSocketId,
        ending: Ending,
    ) -> Result<(), Refused> {
        let place = Place { instance: self.instance, socket };
        self.put_peerjs(id, |held, now| Holding::release(held, now, place, ending)).await
    }

    /// What a dead instance's socket had is kept for its owner.
    pub(super) async fn free_peerjs(&self, id: &PeerJsId, instance: InstanceId) -> Result<(), Refused> {
        self.put_peerjs(id, |held, now| Holding::orphan(held, now, instance)).await
    }

    /// The time of what was kept has come.
    pub(super) async fn forget_peerjs(&self, id: &PeerJsId) -> Result<(), Refused> {
        self.put_peerjs(id, Holding::due).await
    }

    /// Where an id is reached, if it is.
    pub(crate) async fn place_of_peerjs(&self, id: &PeerJsId) -> Result<Option<Place>, Refused> {
        Ok(self.find_peerjs(id).await?.held.and_then(|held| held.place()))
    }

    /// Brings a message to a socket, wherever it is.
    pub(crate) async fn bring_peerjs(
        &self,
        place: Place,
        (from, to): (&PeerJsId, &PeerJsId),
        waits: bool,
        frame: &[u8],
    ) -> Result<(), Refused> {
        let body = envelope(place.socket, from, to, waits, frame);
        Ok(self.live.publish(sockets_of(place.instance), body).await?)
    }

    /// Every id that is reached, at any instance that lives.
    pub(crate) async fn peerjs_ids(&self) -> Result<BTreeSet<PeerJsId>, Refused> {
        let mut ids = BTreeSet::new();
        for one in self.live.instances().await?.into_iter().filter(|one| one.alive) {
            // What is only kept hangs on nobody.
            ids.extend(self.live.held_by(one.id).await?.iter().filter_map(Key::as_peerjs));
        }
        Ok(ids)
    }

    async fn put_peerjs(
        &self,
        id: &PeerJsId,
        decide: impl Fn(Option<&Holding>, Timestamp) -> Written,
    ) -> Result<(), Refused> {
        for _ in 0..ATTEMPTS {
            let found = self.find_peerjs(id).await?;
            let holding = match decide(found.held.as_ref(), self.now()) {
                Written::Kept => return Ok(()),
                Written::Changed(holding) => Some(holding),
                Written::Gone => None,
            };
            match self.write_peerjs(found, holding.as_ref(), Vec::new()).await {
                Ok(()) => return Ok(()),
                Err(Refused::Live(LiveError::Conflict)) => {}
                Err(refused) => return Err(refused),
            }
        }
        Err(LiveError::Conflict.into())
    }

    async fn find_peerjs(&self, id: &PeerJsId) -> Result<Found, Refused> {
        let key = Key::peerjs(id);
        let loaded = self.live.load(std::slice::from_ref(&key)).await?.pop();
        let Document { version, body } = loaded.ok_or(Refused::Corrupt)?;
        Ok(Found { key, version, held: decode(body.as_ref())? })
    }

    async fn write_peerjs(
        &self,
        found: Found,
        holding: Option<&Holding>,
        events: Vec<(TopicName, Bytes)>,
    ) -> Result<(), Refused> {
        let write = Write {
            key: found.key,
            expected: found.version,
            body: holding.map(encode).transpose()?,
            deadline: holding.and_then(Holding::kept_until),
            lease: holding.and_then(Holding::place).map(|place| place.instance),
        };
        self.live.commit(Commit { writes: vec![write], events, ..Commit::default() }).await?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_instances_tell_each_other_is_read_as_it_was_written() {
        let [ana, ben] = ["ana", "b en"].map(|text| PeerJsId::parse(text).unwrap());
        let socket = PeerJsSocketId::from_bits(7);
        let frame = Bytes::from_static(b"{\"type\":\"OFFER\",\n\"payload\":{}}");
        let topic = sockets_of(InstanceId::from_bits(1));
        for waits in [true, false] {
            let body = envelope(socket, &ana, &ben, waits, &frame);
            let read = PeerJsNotice::read(&Notice::Event { topic: topic.clone(), body });
            let (from, to, frame) = (ana.clone(), ben.clone(), frame.clone());
            assert_eq!(read, Some(PeerJsNotice::Message { socket, from, to, waits, frame }));
        }
        for (topic, body, expected) in [
            (topic.clone(), socket.to_string(), Some(PeerJsNotice::Moved(socket))),
            (arrivals(), "b en".to_owned(), Some(PeerJsNotice::Arrived(ben))),
            (arrivals(), "b  en".to_owned(), None),
            (topic.clone(), "nonsense".to_owned(), None),
            (topic.clone(), "nonsense\n{}".to_owned(), None),
            (topic, String::new(), None),
        ] {
            let read = PeerJsNotice::read(&Notice::Event { topic, body: body.clone().into() });
            assert_eq!(read, expected, "{body}");
        }
        assert_eq!(PeerJsNotice::read(&Notice::Gap), Some(PeerJsNotice::Gap));
    }
}
