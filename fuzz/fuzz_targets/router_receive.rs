//! Any datagrams at a live call: nothing nobody made is forwarded, and the call goes on.

#![no_main]

use libfuzzer_sys::fuzz_target;

#[path = "../../crates/media/tests/datagrams/mod.rs"]
mod datagrams;
#[path = "../../crates/media/tests/world/mod.rs"]
mod world;

fuzz_target!(|bytes: &[u8]| datagrams::withstand(bytes));
