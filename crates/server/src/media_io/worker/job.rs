//! What a worker is asked to do, and the packets it is given.

use super::{Ends, MediaFeed, RoomKey, Target};
use crate::app::{IceAsked, IceTold, MediaRefused};
use bytes::Bytes;
use std::collections::{HashMap, HashSet};
use std::net::SocketAddr;
use std::time::Instant;
use tokio::sync::{mpsc, oneshot};
use visavis_domain::ids::{CallId, SessionId};
use visavis_domain::name::RoomName;
use visavis_media::{PeerId, Protocol, TrackOffer, View};

/// What a worker is asked to do.
pub(in crate::media_io) enum Job {
    Packets(Batch),
    StreamOpened {
        ends: Ends,
        /// By which it is told from another one between the same ends.
        stream: u64,
        frames: mpsc::Sender<Bytes>,
    },
    StreamClosed {
        ends: Ends,
        stream: u64,
    },
    Offer(Offer, oneshot::Sender<Result<String, MediaRefused>>),
    View {
        room: RoomKey,
        peer: PeerId,
        views: Vec<View>,
        answer: oneshot::Sender<Result<(), MediaRefused>>,
    },
    Ice {
        room: RoomKey,
        peer: PeerId,
        asked: IceAsked,
        answer: oneshot::Sender<Result<IceTold, MediaRefused>>,
    },
    Mute {
        room: RoomKey,
        peer: PeerId,
    },
    /// Whether the camera of a page is off.
    Camera {
        room: RoomKey,
        peer: PeerId,
        dark: bool,
    },
    Reseat {
        room: RoomKey,
        peer: PeerId,
        session: SessionId,
    },
    Remove {
        room: RoomKey,
        peer: PeerId,
    },
    AllowOnly {
        room: RoomKey,
        only: Option<PeerId>,
    },
    Retire(RoomKey),
    /// What there should be.
    Reconcile {
        room: RoomKey,
        wanted: Box<Wanted>,
    },
    /// In whatever room.
    End {
        call: CallId,
    },
    EndAll,
}

/// A room as live state has it.
pub(in crate::media_io) struct Wanted {
    /// Who may have a connection.
    pub(in crate::media_io) seats: HashMap<PeerId, SessionId>,
    /// Who alone is forwarded.
    pub(in crate::media_io) only: Option<PeerId>,
    pub(in crate::media_io) name: RoomName,
    /// Programs that have one.
    pub(in crate::media_io) feeds: HashMap<PeerId, SessionId>,
    /// Those who are not heard.
    pub(in crate::media_io) muted: HashSet<PeerId>,
    /// Those whose camera is off.
    pub(in crate::media_io) dark: HashSet<PeerId>,
}

/// One side of a connection, and whose it is.
pub(in crate::media_io) struct Offer {
    pub(in crate::media_io) room: RoomKey,
    pub(in crate::media_io) peer: PeerId,
    pub(in crate::media_io) session: SessionId,
    pub(in crate::media_io) fresh: bool,
    pub(in crate::media_io) sdp: String,
    pub(in crate::media_io) tracks: Vec<TrackOffer>,
    pub(in crate::media_io) only: Option<PeerId>,
    /// The camera is off.
    pub(in crate::media_io) dark: bool,
    pub(in crate::media_io) feed: Option<MediaFeed>,
}

/// Packets on their way to a worker, behind each other in memory.
pub(in crate::media_io) struct Batch {
    pub(super) at: Instant,
    pub(super) protocol: Protocol,
    pub(super) bytes: Vec<u8>,
    pub(super) packets: Vec<Packet>,
}

pub(super) struct Packet {
    pub(super) target: Target,
    pub(super) source: SocketAddr,
    pub(super) destination: SocketAddr,
    pub(super) length: usize,
}

impl Default for Batch {
    fn default() -> Self {
        Self { at: Instant::now(), protocol: Protocol::Udp, bytes: Vec::new(), packets: Vec::new() }
    }
}

impl Batch {
    pub(in crate::media_io) fn in_stream() -> Self {
        Self { protocol: Protocol::Tcp, ..Self::default() }
    }

    pub(in crate::media_io) fn push(
        &mut self,
        now: Instant,
        target: Target,
        source: SocketAddr,
        destination: SocketAddr,
        bytes: &[u8],
    ) {
        self.at = now;
        self.bytes.extend_from_slice(bytes);
        self.packets.push(Packet { target, source, destination, length: bytes.len() });
    }

    /// In bytes.
    pub(in crate::media_io) fn size(&self) -> usize {
        self.bytes.len()
    }

    pub(in crate::media_io) fn len(&self) -> usize {
        self.packets.len()
    }
}
