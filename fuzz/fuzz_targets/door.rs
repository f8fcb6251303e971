//! Any datagrams at the port, and any stream: nobody is taken for somebody, and frames are cut the same wherever they
//! are torn.

#![no_main]

use libfuzzer_sys::fuzz_target;
use std::time::Instant;

fuzz_target!(|bytes: &[u8]| visavis_media::fuzzing::door(Instant::now(), bytes));
