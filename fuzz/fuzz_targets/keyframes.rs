//! Any payload in each codec: read to its end at most, and never a key frame where none can be.

#![no_main]

use libfuzzer_sys::fuzz_target;
use std::time::Instant;

fuzz_target!(|payload: &[u8]| visavis_media::fuzzing::keyframes(Instant::now(), payload));
