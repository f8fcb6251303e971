//! Headless participants that talk to a server over the network like anybody, with or without media, and a server
//! process to talk to.

pub mod cluster;
mod invitee;
pub mod media;
pub mod member;
mod participant;
mod process;
mod staff;

pub use invitee::Invitee;
pub use member::Member;
pub use participant::{Bot, Refused, http_client};
pub use process::{DEMO_PASSWORD, ServerProcess, Signal, cpu_of, free_port, resident_of};
pub use staff::Staff;
