//! What is true right now: small documents with compare-and-set, topics, deadlines and leases.
//!
//! The port is [`Live`]; [`MemoryLive`] is the adapter for one process. [`contract`] is the suite that every
//! adapter passes. Bodies are opaque here: what they mean is the server's affair.

pub mod contract;
mod key;
mod memory;
mod port;

pub use key::{Key, TopicName};
pub use memory::MemoryLive;
pub use port::{Commit, Document, Live, LiveError, Notice, Subscription, Version, Write};
