//! A call's media at its worker: its router, and whose connections it has.

use super::{Doubts, MediaFeed, Target};
use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Instant;
use visavis_domain::ids::SessionId;
use visavis_media::door::Admitted;
use visavis_media::{PeerId, Router, Settings, TrackOffer};

/// A call's media.
pub(super) struct Room {
    pub(super) router: Router,
    pub(super) seats: HashMap<PeerId, Seat>,
    /// As the router was last told.
    pub(super) only: Option<PeerId>,
    pub(super) doubts: Doubts<Doubt>,
    pub(super) speaker: Option<PeerId>,
    /// Something has happened in it since it was last flushed.
    pub(super) touched: bool,
    pub(super) deadline: Instant,
    /// Not flushed before.
    pub(super) rests_until: Instant,
    /// When it ends. Until then it goes on in silence: its people are told by its successor.
    pub(super) retires: Option<Instant>,
}

/// Whose connection it is, and under which name.
pub(super) struct Seat {
    pub(super) session: SessionId,
    pub(super) ufrag: String,
    pub(super) connection: Arc<Admitted<Target>>,
    pub(super) feed: Option<Box<FeedSeat>>,
    pub(super) muted: bool,
    /// The camera is off.
    pub(super) dark: bool,
}

/// What is kept of a program's connection: nobody asks it for another offer.
pub(super) struct FeedSeat {
    pub(super) feed: MediaFeed,
    pub(super) sdp: String,
    pub(super) tracks: Vec<TrackOffer>,
}

/// What is otherwise than live state has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Doubt {
    /// Somebody's connection, who is not in the room.
    Seat(PeerId),
    /// Who is told what happens to a connection.
    Session(PeerId, SessionId),
    /// Who alone is forwarded.
    Only(Option<PeerId>),
    /// Somebody is heard who should not be.
    Heard(PeerId),
    /// Whether somebody's camera is off.
    Camera(PeerId, bool),
}

/// What a panic cost.
pub(super) enum Cost {
    Connection(PeerId),
    Room,
}

impl Room {
    pub(super) fn new(settings: &Settings, now: Instant) -> Self {
        Self {
            router: Router::new(settings.clone(), now),
            seats: HashMap::new(),
            only: None,
            doubts: Doubts::default(),
            speaker: None,
            touched: true,
            deadline: now,
            rests_until: now,
            retires: None,
        }
    }

    /// When it has to be flushed.
    pub(super) fn due(&self) -> Instant {
        if self.touched { self.rests_until } else { self.deadline.max(self.rests_until) }
    }

    /// Lets the router work. A panic in it, which would be a bug, costs the connection that it was about.
    pub(super) fn guarded<T>(&mut self, work: impl FnOnce(&mut Router) -> T) -> Result<T, Cost> {
        self.touched = true;
        let router = &mut self.router;
        catch_unwind(AssertUnwindSafe(|| work(router))).map_err(|_| {
            tracing::error!("a connection made the media server panic");
            let removed = router
                .working_for()
                .and_then(|peer| catch_unwind(AssertUnwindSafe(|| router.remove(peer))).ok().map(|()| peer));
            removed.map_or(Cost::Room, Cost::Connection)
        })
    }
}
