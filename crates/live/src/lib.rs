//! What is true right now: small documents with compare-and-set, topics, deadlines and leases.
//!
//! The port is [`Live`]; [`MemoryLive`] is the adapter for one process, [`RedisLive`] the one for several that share
//! a Redis or Valkey server. [`contract`] is the suite that every adapter passes. Bodies are opaque here: what they
//! mean is the server's affair.

pub mod contract;
mod key;
mod mailbox;
mod memory;
mod port;
mod redis;

pub use self::redis::{BadRedis, RedisAddress, RedisLive, RedisMode, RedisServer};
pub use key::{Key, TopicName};
pub use memory::MemoryLive;
pub use port::{
    Commit, Document, Instance, Live, LiveError, Notice, Purse, Rate, Renewal, Spent, Subscription, Version,
    Write,
};
