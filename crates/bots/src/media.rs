//! Participants that send and receive media: not pictures and sound, but packets of the same shape, each of which
//! says where and when it was sent, so that who receives it can tell what happened on the way.
//!
//! Pure, with time as an argument: [`Layer`], `marker`, `vp8`, `voice`, `publisher`, `window`, `frames`, `stats`,
//! `shaper`, and [`Peer`], which is one connection without a socket. With I/O: `socket`, [`MediaThreads`], which
//! drive many peers, and [`MediaBot`], a participant of a room.

mod bot;
mod frames;
mod marker;
mod peer;
mod publisher;
mod sections;
mod shape;
mod shaper;
mod socket;
mod stats;
mod thread;
mod voice;
mod vp8;
mod window;

#[cfg(test)]
mod tests;

pub use bot::{MediaBot, Place, Seen};
pub use frames::FrameCounts;
pub use marker::Marker;
pub use peer::{Datagram, Peer};
pub use sections::{Change, Offer, Tracks};
pub use shape::{Camera, Kind, Layer};
pub use shaper::{Network, Shaper};
pub use stats::{Counts, PeerReport, SlotReport};
pub use thread::{MediaThreads, PeerKey};
pub use voice::Speech;
