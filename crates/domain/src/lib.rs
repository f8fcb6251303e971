//! Visavis' rules as pure machines: a command and the time go in, events or a rejection come out.
//!
//! No clocks, randomness, sockets, files or threads: they are arguments. Wire shapes live in
//! `visavis-protocol`, storage of live documents in `visavis-live`.

pub mod account;
pub mod appointment;
pub mod availability;
pub mod chat;
pub mod hours;
pub mod ids;
pub mod lounge;
pub mod message;
pub mod name;
pub mod once;
pub mod peerjs;
pub mod person;
pub mod queue;
pub mod ring;
pub mod room;
pub mod scope;
pub mod time;
pub mod visit;
pub mod webhook;
pub mod zone;
