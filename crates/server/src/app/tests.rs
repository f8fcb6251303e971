//! Use cases against live state, many at the same instant: the claims of people, rings, queues and calls hold
//! whatever the order. The wire, and time that passes, are tried with the real binary in `crates/bots/tests`.

mod away;
mod coming_back;
mod doubles;
mod ground;
mod limits;
mod lounging;
mod races;
mod takeover;
mod telling;
mod visiting;
pub(crate) mod wavering;
