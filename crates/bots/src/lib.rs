//! Headless participants that talk to a server over the network like anybody, with or without media, and a server
//! process to talk to.

pub mod media;
mod participant;
mod process;

pub use participant::{Bot, Refused};
pub use process::{ServerProcess, cpu_of};
