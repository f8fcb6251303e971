//! The media server as a pure machine: datagrams and time in, datagrams and events out.
//!
//! A [`Router`] is the media of one room. It forwards packets and never decodes them. It knows peers, their
//! publications and what each looks at; it knows no rooms' rules, no users and no permissions. Time comes with each
//! call; randomness is str0m's.

mod bandwidth;
mod black;
pub mod door;
mod engine;
pub mod feed;
#[cfg(any(test, feature = "fuzzing"))]
pub mod fuzzing;
mod keyframes;
mod layers;
mod pins;
mod publication;
mod rewrite;
mod router;
mod slot;
mod speakers;

pub use engine::{Certificate, Unusable};
pub use router::Router;

use std::net::SocketAddr;
use std::time::Instant;

/// Who takes part, as the caller names them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PeerId(pub u128);

/// What a track carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Source {
    /// Voice.
    Microphone,
    /// Face.
    Camera,
    /// A shared screen.
    Screen,
    /// The sound of what is shared.
    ScreenAudio,
}

impl Source {
    /// Whether it is heard rather than seen.
    #[must_use]
    pub fn is_audio(self) -> bool {
        matches!(self, Self::Microphone | Self::ScreenAudio)
    }
}

/// How a datagram travels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Protocol {
    /// On its own.
    Udp,
    /// In a stream, framed as RFC 4571 has it.
    Tcp,
}

/// One that arrived.
#[derive(Debug, Clone, Copy)]
pub struct Datagram<'a> {
    /// When it came out of the socket.
    pub at: Instant,
    /// By what.
    pub protocol: Protocol,
    /// From where.
    pub source: SocketAddr,
    /// At which of the server's addresses.
    pub destination: SocketAddr,
    /// Its contents.
    pub bytes: &'a [u8],
}

/// One to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Transmit {
    /// By what.
    pub protocol: Protocol,
    /// From which of the server's addresses.
    pub source: SocketAddr,
    /// To where.
    pub destination: SocketAddr,
    /// Its contents.
    pub contents: Vec<u8>,
}

/// What all routers of a process share.
#[derive(Clone)]
pub struct Settings {
    /// Whose fingerprint is in every answer.
    pub certificate: Certificate,
    /// Addresses offered to participants.
    pub udp: Vec<SocketAddr>,
    /// The same for those whose network lets no UDP through.
    pub tcp: Vec<SocketAddr>,
    /// Off only to measure what it costs.
    pub congestion_control: bool,
}

/// One of several encodings that a participant announces.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LayerOffer {
    /// The `rid` of its section.
    pub rid: String,
    /// Pixels.
    pub width: u32,
    /// Pixels.
    pub height: u32,
}

/// A track that a participant announces.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrackOffer {
    /// The section's id.
    pub mid: String,
    /// What it carries.
    pub source: Source,
    /// Smallest first; none means one, without an id.
    pub layers: Vec<LayerOffer>,
}

/// What came of an offer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// RFC 8866 text.
    pub sdp: String,
    /// What STUN requests for this connection begin their username with.
    pub ufrag: String,
    /// The key of their integrity (RFC 8489 §9.1).
    pub password: String,
}

/// A picture that somebody looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct View {
    /// Whose.
    pub publisher: PeerId,
    /// Which of theirs.
    pub source: Source,
    /// Device pixels.
    pub width: u32,
    /// Device pixels.
    pub height: u32,
}

/// What somebody looks at and listens to who does not say so from moment to moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Watch {
    /// Whom alone; nobody means whoever speaks.
    pub publisher: Option<PeerId>,
    /// Which of their pictures.
    pub picture: Source,
}

/// What a slot carries.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assignment {
    /// The section's id at the receiver.
    pub mid: String,
    /// Whose.
    pub publisher: PeerId,
    /// Which of theirs.
    pub source: Source,
}

/// What happened, for the signalling to pass on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// Media can flow.
    Connected {
        /// For whom.
        peer: PeerId,
    },
    /// The connection is gone, and with it everything of the peer's but their name.
    Lost {
        /// Whose.
        peer: PeerId,
    },
    /// What all of somebody's slots carry from now on.
    Slots {
        /// Whose.
        peer: PeerId,
        /// Those that carry something.
        slots: Vec<Assignment>,
    },
    /// Which layers of a track are looked at by anybody.
    Layers {
        /// Whose track.
        peer: PeerId,
        /// Which.
        source: Source,
        /// By `rid`; an empty one is the layer without.
        rids: Vec<String>,
    },
    /// Who is speaking.
    Speaker {
        /// Nobody when they have gone.
        peer: Option<PeerId>,
    },
}
