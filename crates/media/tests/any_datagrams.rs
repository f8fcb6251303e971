//! Any bytes as datagrams at a live call, whole or over genuine ones; the fuzz target `router_receive` says the same
//! of more of them.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on says so")]

mod datagrams;
mod world;

use proptest::prelude::*;
use proptest::test_runner::RngSeed;

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 48,
        rng_seed: RngSeed::Fixed(9),
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn no_bytes_end_a_call_or_pass_through_it(bytes in prop::collection::vec(any::<u8>(), 0..2_000)) {
        datagrams::withstand(&bytes);
    }
}
