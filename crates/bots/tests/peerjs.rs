//! Signalling for pages that use PeerJS, over the wire: what the package does, and what it never would.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "a test that cannot go on says so"
)]

#[path = "../../live/tests/support/redis.rs"]
mod support;

#[path = "peerjs/apart.rs"]
mod apart;
#[path = "peerjs/bad.rs"]
mod bad;
#[path = "peerjs/ids.rs"]
mod ids;
#[path = "peerjs/messages.rs"]
mod messages;
#[path = "peerjs/peer.rs"]
mod peer;
