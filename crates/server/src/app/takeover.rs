//! Frees what hung on an instance that is dead, or was taken for dead. Several instances may do so at once: each step
//! changes nothing the second time, and what fails is tried again at the next look.

use super::sessions::Holding;
use super::{App, Refused, documents};
use crate::cluster::Pulse;
use futures_util::{FutureExt, StreamExt, stream};
use std::collections::BTreeSet;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};
use tokio::sync::watch;
use tokio::time::{MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;
use visavis_domain::availability::Command;
use visavis_domain::ids::{InstanceId, PersonId, SessionId};
use visavis_domain::name::RoomName;
use visavis_domain::room::{self, Presence, Room};
use visavis_live::{Instance, Key};

/// How often the others are looked at. Ghosts are gone after a lease, a look and the freeing itself: within five
/// seconds together.
const LOOK_EVERY: Duration = Duration::from_millis(500);
/// Documents freed at once. More is not faster: they share people, queues and rooms of the lounge.
const AT_ONCE: usize = 16;

/// What is to be done about another instance.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    /// Its lease has run out: what it held is freed.
    Free(InstanceId),
    /// It is back, but some of what it held has been freed: it has to hear of that, and begin anew.
    Unlease(InstanceId),
}

/// Who is taken over. Pure.
#[derive(Debug, Default)]
struct Heirs {
    /// Those whose takeover has begun and was not completed.
    begun: BTreeSet<InstanceId>,
}

impl Heirs {
    fn steps(&mut self, own: InstanceId, others: &[Instance]) -> Vec<Step> {
        self.begun.retain(|id| others.iter().any(|one| one.id == *id));
        let mut steps = Vec::new();
        for one in others.iter().filter(|one| one.id != own) {
            if !one.alive {
                self.begun.insert(one.id);
                steps.push(Step::Free(one.id));
            } else if self.begun.contains(&one.id) {
                steps.push(Step::Unlease(one.id));
            }
        }
        steps
    }

    fn done(&mut self, id: InstanceId) {
        self.begun.remove(&id);
    }
}

/// Looks at the others until cancelled, while the own lease is beyond doubt.
pub(crate) async fn drive_takeover(
    app: Arc<App>,
    pulse: watch::Receiver<Pulse>,
    stopping: CancellationToken,
) {
    let mut heirs = Heirs::default();
    let mut every = interval(LOOK_EVERY);
    every.set_missed_tick_behavior(MissedTickBehavior::Delay);
    while stopping.run_until_cancelled(every.tick()).await.is_some() {
        if !pulse.borrow().may_take_over(Instant::now()) {
            continue;
        }
        if let Err(refused) = look(&app, &mut heirs).await {
            tracing::warn!(%refused, "an instance could not be taken over; it is tried again");
        }
    }
}

async fn look(app: &App, heirs: &mut Heirs) -> Result<(), Refused> {
    let others = app.live.instances().await?;
    for step in heirs.steps(app.instance, &others) {
        match step {
            Step::Free(id) => app.take_over(id).await?,
            Step::Unlease(id) => app.live.release_lease(id).await?,
        }
        heirs.done(match step {
            Step::Free(id) | Step::Unlease(id) => id,
        });
    }
    Ok(())
}

impl App {
    /// Frees everything that hangs on the instance, and then its lease.
    pub(crate) async fn take_over(&self, instance: InstanceId) -> Result<(), Refused> {
        let mut keys = self.live.held_by(instance).await?;
        tracing::info!(%instance, documents = keys.len(), "the lease has run out: what it held is freed");
        keys.sort();
        if let Ok(length) = u128::try_from(keys.len())
            && length > 0
        {
            // Others do the same now: each begins somewhere else.
            let start = self.instance.bits() % length;
            keys.rotate_left(usize::try_from(start).unwrap_or_default());
        }
        let failed = AtomicBool::new(false);
        let free_one = |key: Key| {
            let failed = &failed;
            async move {
                match AssertUnwindSafe(self.free(&key, instance)).catch_unwind().await {
                    Ok(Ok(())) => {}
                    Ok(Err(refused @ Refused::Live(_))) => {
                        tracing::debug!(?key, %refused, "not freed yet");
                        failed.store(true, Ordering::Relaxed);
                    }
                    Ok(Err(refused)) => tracing::error!(?key, %refused, "what an instance held is not freed"),
                    Err(_) => tracing::error!(?key, "freeing what an instance held made a use case panic"),
                }
            }
        };
        stream::iter(keys).for_each_concurrent(AT_ONCE, free_one).await;
        if failed.into_inner() {
            return Err(visavis_live::LiveError::Unavailable.into());
        }
        self.live.release_lease(instance).await?;
        Ok(())
    }

    async fn free(&self, key: &Key, instance: InstanceId) -> Result<(), Refused> {
        if let Some(session) = key.as_session() {
            return self.free_session(session).await;
        }
        if let Some(room) = key.as_room() {
            let room = RoomName::parse(room).map_err(|_| Refused::Corrupt)?;
            return self.displace(&room, instance).await;
        }
        if let Some(id) = key.as_peerjs() {
            return self.free_peerjs(&id, instance).await;
        }
        // Of a newer version of the program, perhaps. Nobody comes back to it once the lease is released.
        tracing::warn!(?key, "it is not known what to free");
        Ok(())
    }

    /// Its page is gone at once, its seat in a room after the grace; then its document goes.
    async fn free_session(&self, session: SessionId) -> Result<(), Refused> {
        let document = self.session_document(session).await?;
        let freed = match documents::decode::<Holding>(document.body.as_ref()) {
            Ok(Some(holding)) => self.free_holding(session, holding).await,
            Ok(None) => return Ok(()),
            Err(refused) => Err(refused),
        };
        match freed {
            Ok(()) => {}
            Err(refused @ Refused::Live(_)) => return Err(refused),
            Err(refused) => tracing::error!(%refused, "a session could not be freed; it is forgotten"),
        }
        let gone = self.forget_session(session, document.version).await?;
        // Written meanwhile: looked at again.
        if gone { Ok(()) } else { Err(visavis_live::LiveError::Conflict.into()) }
    }

    async fn free_holding(&self, session: SessionId, holding: Holding) -> Result<(), Refused> {
        let page = if holding.page { self.close_page(holding.person, session).await } else { Ok(()) };
        // Whatever is wrong with the one keeps nobody from freeing the other.
        let seat = match &holding.room {
            Some(room) => self.lose_seat(room, session).await,
            None => Ok(()),
        };
        let knock = match &holding.knock {
            Some(room) => self.lose_seat(room, session).await,
            None => Ok(()),
        };
        page.and(seat).and(knock)
    }

    async fn close_page(&self, person: PersonId, session: SessionId) -> Result<(), Refused> {
        match self.about_person(person, Command::Close { person, session }).await {
            Ok(_) | Err(Refused::Availability(_)) => Ok(()),
            Err(refused) => Err(refused),
        }
    }

    /// A seat, or a knock: as after a broken line, unless it has been lost before.
    async fn lose_seat(&self, room: &RoomName, session: SessionId) -> Result<(), Refused> {
        let loaded = self.load(room).await?;
        let room_now = loaded.room.as_ref();
        let sits = room_now.and_then(|room| room.member_of(session));
        let mut knocks = room_now.into_iter().flat_map(Room::knocks);
        let held = sits.is_some_and(|member| member.presence == Presence::Connected)
            || knocks.any(|knock| knock.session == session && knock.grace_ends.is_none());
        if !held {
            return Ok(());
        }
        match self.detach(room, session, self.rules.grace).await {
            Ok(()) | Err(Refused::Room(room::Rejection::NotInRoom)) => Ok(()),
            Err(refused) => Err(refused),
        }
    }

    /// The instance forwards the room's media no more: everybody in it connects anew.
    pub(crate) async fn displace(&self, room: &RoomName, instance: InstanceId) -> Result<(), Refused> {
        self.change(room, room::Command::Displace { instance }).await.map(drop)
    }

    /// The rooms whose media this instance forwards.
    pub(crate) async fn rooms_forwarded_here(&self) -> Result<Vec<RoomName>, Refused> {
        let held = self.live.held_by(self.instance).await?;
        let names = held.iter().filter_map(Key::as_room);
        names.map(|name| RoomName::parse(name).map_err(|_| Refused::Corrupt)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use bytes::Bytes;

    fn instance(n: u128, alive: bool) -> Instance {
        Instance { id: InstanceId::from_bits(n), says: Bytes::new(), alive }
    }

    #[test]
    fn who_is_dead_is_freed_and_who_is_back_in_the_middle_of_it_is_told() {
        let id = InstanceId::from_bits;
        let own = id(1);
        let mut heirs = Heirs::default();
        // Each look in turn: who is seen alive or not, what is done about it, whose takeover is complete then.
        for (seen, expected, completed) in [
            (vec![(1, true), (2, true)], vec![], None),
            (vec![(1, false), (2, true)], vec![], None),
            (vec![(1, true), (2, false)], vec![Step::Free(id(2))], None),
            (vec![(1, true), (2, false), (3, true)], vec![Step::Free(id(2))], None),
            (vec![(1, true), (2, true), (3, true)], vec![Step::Unlease(id(2))], Some(2)),
            (vec![(1, true), (2, true), (3, true)], vec![], None),
            (vec![(1, true), (2, false), (3, false)], vec![Step::Free(id(2)), Step::Free(id(3))], Some(3)),
            // Somebody else has completed it, and the instance is back as a new one.
            (vec![(1, true)], vec![], None),
            (vec![(1, true), (2, true), (3, true)], vec![], None),
        ] {
            let others: Vec<_> = seen.iter().map(|(n, alive)| instance(*n, *alive)).collect();
            assert_eq!(heirs.steps(own, &others), expected, "{seen:?}");
            if let Some(one) = completed {
                heirs.done(id(one));
            }
        }
    }
}
