//! Any bytes as a frame: read or refused, never a panic; what was read is written and read as the same again.

#![no_main]

use libfuzzer_sys::fuzz_target;
use visavis_protocol::ClientFrame;

fuzz_target!(|bytes: &[u8]| {
    let Ok(frame) = serde_json::from_slice::<ClientFrame>(bytes) else { return };
    let text = serde_json::to_string(&frame).expect("a frame can be written");
    let again: ClientFrame = serde_json::from_str(&text).expect("what was written can be read");
    assert_eq!(frame, again);
});
