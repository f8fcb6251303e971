//! The TypeScript of the wire is what Rust says. `make gen` writes it, this test fails when it is not up to date.

use std::path::Path;
use ts_rs::{Config, TS};
use visavis_domain::room::{Camera, LeaveReason, Microphone, Presence, Source};
use visavis_protocol::{
    Candidate, ChatMessage, ClientFrame, Code, Command, DescriptionKind, Event, IceServer, MAX_FRAME_BYTES,
    MediaPath, PROTOCOL_VERSION, Participant, Problem, Reply, RoomSnapshot, RoomSummary, ServerFrame, Signal,
    Ticket, Topic, TrackLabel,
};

fn generated() -> String {
    let config = Config::default();
    let mut text =
        String::from("// The wire, generated from crates/protocol by `make gen`. Not edited by hand.\n\n");
    text.push_str(&format!("export const PROTOCOL_VERSION = {PROTOCOL_VERSION};\n"));
    text.push_str(&format!("export const MAX_FRAME_BYTES = {MAX_FRAME_BYTES};\n"));
    macro_rules! declare {
        ($($type:ty),+ $(,)?) => { $( text.push_str(&format!("\nexport {}\n", <$type>::decl(&config))); )+ };
    }
    declare!(
        Microphone,
        Camera,
        Presence,
        LeaveReason,
        Source,
        Code,
        MediaPath,
        Topic,
        DescriptionKind,
        TrackLabel,
        Candidate,
        Signal,
        Participant,
        ChatMessage,
        IceServer,
        RoomSnapshot,
        RoomSummary,
        Command,
        Reply,
        Event,
        ClientFrame,
        ServerFrame,
        Ticket,
        Problem,
    );
    text
}

#[test]
fn the_generated_types_are_up_to_date() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../web/src/protocol/generated.ts");
    let fresh = generated();
    if std::env::var_os("VISAVIS_GENERATE").is_some() {
        std::fs::write(&path, &fresh).unwrap();
    }
    let committed = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(committed == fresh, "{} is out of date: run `make gen`", path.display());
}
