//! Many instances as one: what each says of itself, how it is known to live, and how they reach each other.

mod bus;
pub(crate) mod drain;
mod heart;
mod media;
pub(crate) mod ready;

pub(crate) use heart::{Heart, Pulse};
pub(crate) use media::SharedMedia;

use serde::{Deserialize, Serialize};
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};
use std::time::Duration;

/// What an instance says of itself with each renewal of its lease. Fields are only ever added, with defaults: during
/// an upgrade instances of two versions read each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(crate) struct Says {
    /// Connections that its media server has.
    #[serde(default)]
    pub(crate) load: u32,
    /// It takes no new work: it is about to stop.
    #[serde(default)]
    pub(crate) draining: bool,
}

/// How this instance stands, for everything in it.
#[derive(Debug, Default)]
pub(crate) struct Standing {
    draining: AtomicBool,
    load: AtomicU32,
    /// In milliseconds.
    media_silent: AtomicU64,
}

impl Standing {
    /// What is said of it now.
    pub(crate) fn says(&self) -> Says {
        Says { load: self.load.load(Ordering::Relaxed), draining: self.draining.load(Ordering::Relaxed) }
    }

    /// It is about to stop.
    pub(crate) fn drain(&self) {
        self.draining.store(true, Ordering::Relaxed);
    }

    /// How many connections its media server has.
    pub(crate) fn set_load(&self, connections: u32) {
        self.load.store(connections, Ordering::Relaxed);
    }

    /// For how long a thread of its media server has not got on.
    pub(crate) fn set_media_silent(&self, silent: Duration) {
        self.media_silent.store(u64::try_from(silent.as_millis()).unwrap_or(u64::MAX), Ordering::Relaxed);
    }

    pub(crate) fn media_silent(&self) -> Duration {
        Duration::from_millis(self.media_silent.load(Ordering::Relaxed))
    }
}
