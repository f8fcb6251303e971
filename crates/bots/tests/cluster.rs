//! Many instances as one: the real binary, three times, behind HAProxy, over a Redis and a PostgreSQL of the test's
//! own. What can fail does, and what was promised is read from outside. Short by default; with
//! `VISAVIS_CHAOS_SECONDS` (as `make cluster-test` sets it) each takes the time that the promise is about.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "a test that cannot go on says so, and figures are printed"
)]

#[path = "cluster/checks.rs"]
mod checks;

#[path = "cluster/support.rs"]
mod support;

#[path = "cluster/together.rs"]
mod together;

#[path = "cluster/races.rs"]
mod races;

#[path = "cluster/crash.rs"]
mod crash;

#[path = "cluster/outages.rs"]
mod outages;

#[path = "cluster/rolling.rs"]
mod rolling;

#[path = "cluster/chaos.rs"]
mod chaos;
