//! The realtime edge: WebSockets, sessions that survive them, and fan-out of events to them.
//!
//! It knows frames and sockets; what a command means is [`crate::app`]'s.

mod appointments;
mod command;
mod crowd;
mod desk;
mod hub;
mod lounge;
mod outbox;
mod parting;
mod room;
mod service;
mod session;
mod socket;
mod talk;
mod upgrade;

pub(crate) use hub::Hub;
pub(crate) use service::watch_service;
pub(crate) use session::Sessions;
pub(crate) use upgrade::{Realtime, RealtimeSettings, router};
