//! Any order of layers and packets through one slot: what goes out goes on without a number used twice.

#![no_main]

use libfuzzer_sys::fuzz_target;
use std::time::Instant;

fuzz_target!(|bytes: &[u8]| visavis_media::fuzzing::rewrite(Instant::now(), bytes));
