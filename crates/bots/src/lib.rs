//! Headless participants that talk to a server over the network like anybody, and a server process to talk to.

mod participant;
mod process;

pub use participant::{Bot, Refused};
pub use process::{ServerProcess, cpu_of};
