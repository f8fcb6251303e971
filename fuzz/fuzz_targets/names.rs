//! Any text as the name of a room: refused, or one whose shown and folded forms are names of the same room.

#![no_main]

use libfuzzer_sys::fuzz_target;
use visavis_domain::name::{MAX_NAME_CHARS, RoomName};

fuzz_target!(|typed: &str| {
    let Ok(name) = RoomName::parse(typed) else { return };
    assert!((1..=MAX_NAME_CHARS).contains(&name.shown().chars().count()));
    assert_eq!(RoomName::parse(name.shown()).as_ref(), Ok(&name));
    let again = RoomName::parse(name.folded()).expect("the folded form is a name");
    assert_eq!(again.folded(), name.folded());
});
