//! Bytes from strangers: an error, never a panic; what is unknown is refused where it decides, ignored where it
//! adds.

use proptest::prelude::*;
use visavis_protocol::{ClientFrame, Command, MAX_FRAME_BYTES, ServerFrame, SignInRequest, TicketRequest};

fn refused(text: &str) {
    assert!(serde_json::from_str::<ClientFrame>(text).is_err(), "{text:.200}");
}

fn command(inner: &str) -> String {
    format!(r#"{{"type":"command","id":1,"command":{inner}}}"#)
}

#[test]
fn unknown_frames_commands_and_words_are_refused() {
    for text in [
        r#"{"type":"nonsense"}"#,
        r#"{"type":"Ping","received":1}"#,
        r#"{"type":"welcome","session":"s_00000000000000000000000000000001","secret":"","grace_ms":1}"#,
        &command(r#"{"type":"nonsense"}"#),
        &command(r#"{"type":"set_media","microphone":"loud","camera":"on"}"#),
        &command(
            r#"{"type":"join","room":"a","name":"b","microphone":"live","camera":"on","media":"other"}"#,
        ),
    ] {
        refused(text);
    }
}

#[test]
fn unknown_fields_are_ignored() {
    let later = r#"{"type":"ping","received":3,"added_in_a_later_version":{"deep":[1,2,3]}}"#;
    assert_eq!(serde_json::from_str::<ClientFrame>(later).unwrap(), ClientFrame::Ping { received: 3 });
    let later = command(r#"{"type":"leave","why":"bored"}"#);
    let expected = ClientFrame::Command { id: 1, command: Command::Leave };
    assert_eq!(serde_json::from_str::<ClientFrame>(&later).unwrap(), expected);
}

#[test]
fn missing_and_repeated_fields_are_refused() {
    for text in [
        "{}",
        r#"{"received":1}"#,
        r#"{"type":"ping"}"#,
        r#"{"type":"ping","type":"ping","received":1}"#,
        r#"{"type":"ping","received":1,"received":2}"#,
        r#"{"type":"command","command":{"type":"leave"}}"#,
        &command(r#"{"type":"leave","type":"leave"}"#),
        &command(r#"{"type":"look"}"#),
    ] {
        refused(text);
    }
}

#[test]
fn wrong_types_are_refused() {
    for value in ["null", "true", "\"1\"", "[]", "{}", "-1", "1.5", "1e3", "1e400", "18446744073709551616"] {
        refused(&format!(r#"{{"type":"ping","received":{value}}}"#));
        refused(&format!(r#"{{"type":"command","id":{value},"command":{{"type":"leave"}}}}"#));
    }
    refused(r#"{"type":"command","id":4294967296,"command":{"type":"leave"}}"#);
    for text in
        ["", "null", "1", "\"ping\"", "[]", r#"[1,"ping"]"#, "{", "{\"type\":\"ping\",\"received\":1}}", "\0"]
    {
        refused(text);
    }
    for value in ["null", "1", "[\"a\"]", r#"{"text":"a"}"#, r#""\ud800""#] {
        refused(&command(&format!(r#"{{"type":"look","room":{value}}}"#)));
    }
}

#[test]
fn ids_of_another_kind_or_form_are_refused() {
    for id in [
        "",
        "m_",
        "m_1",
        "p_00000000000000000000000000000001",
        "m_0000000000000000000000000000000G",
        "m_0000000000000000000000000000000A",
        "m_+0000000000000000000000000000001",
        "m_000000000000000000000000000000001",
        " m_00000000000000000000000000000001",
        "m_０0000000000000000000000000000001",
    ] {
        refused(&command(&format!(r#"{{"type":"say","message":"{id}","text":"hello"}}"#)));
    }
}

/// A ring's id as it should be.
const RING: &str = "r_5a1e0c7d93b84f26a0d1c2b3e4f50617";

#[test]
fn commands_about_desks_and_rings_take_only_their_own_words_and_ids() {
    let person = "u_2b7e151628aed2a6abf7158809cf4f3c";
    let accepted = [
        format!(r#"{{"type":"cancel_ring","ring":"{RING}"}}"#),
        format!(r#"{{"type":"ring_colleague","person":"{person}","purpose":"transfer"}}"#),
        r#"{"type":"set_availability"}"#.to_owned(),
        r#"{"type":"set_availability","online":null,"chosen":null}"#.to_owned(),
        r#"{"type":"call_desk","representative":null,"name":"Omar","about":""}"#.to_owned(),
    ];
    for text in &accepted {
        assert!(serde_json::from_str::<ClientFrame>(&command(text)).is_ok(), "{text}");
    }
    for text in [
        // Ids of another kind: a person is no ring, a participant no person.
        format!(r#"{{"type":"accept_ring","ring":"{person}"}}"#),
        format!(r#"{{"type":"decline_ring","ring":"{}"}}"#, RING.to_uppercase()),
        format!(r#"{{"type":"ring_colleague","person":"{RING}","purpose":"transfer"}}"#),
        r#"{"type":"call_desk","representative":"p_2b7e151628aed2a6abf7158809cf4f3c","name":"a","about":""}"#
            .to_owned(),
        // What only the system says of somebody nobody can choose.
        r#"{"type":"set_availability","chosen":"in_call"}"#.to_owned(),
        r#"{"type":"set_availability","chosen":"offline"}"#.to_owned(),
        r#"{"type":"set_availability","chosen":"Available"}"#.to_owned(),
        r#"{"type":"set_availability","online":"true"}"#.to_owned(),
        r#"{"type":"set_availability","online":1}"#.to_owned(),
        format!(r#"{{"type":"ring_colleague","person":"{person}","purpose":"invite"}}"#),
        format!(r#"{{"type":"join_call","ring":"{RING}","microphone":"on","camera":"on","media":"fresh"}}"#),
        r#"{"type":"watch_desk","desk":7}"#.to_owned(),
    ] {
        refused(&command(&text));
    }
}

#[test]
fn commands_about_desks_and_rings_need_all_their_fields() {
    let person = "u_2b7e151628aed2a6abf7158809cf4f3c";
    for text in [
        r#"{"type":"watch_desk"}"#.to_owned(),
        r#"{"type":"call_desk","name":"Omar"}"#.to_owned(),
        r#"{"type":"call_desk","about":""}"#.to_owned(),
        r#"{"type":"queue_up","name":"Omar"}"#.to_owned(),
        r#"{"type":"queue_up","name":"Omar","about":null}"#.to_owned(),
        r#"{"type":"cancel_ring"}"#.to_owned(),
        r#"{"type":"accept_ring","ring":null}"#.to_owned(),
        r#"{"type":"decline_ring","ring":""}"#.to_owned(),
        format!(r#"{{"type":"join_call","ring":"{RING}","microphone":"live","camera":"on"}}"#),
        format!(r#"{{"type":"ring_colleague","person":"{person}"}}"#),
        format!(r#"{{"type":"rate_call","ring":"{RING}","stars":5}}"#),
    ] {
        refused(&command(&text));
    }
}

#[test]
fn stars_are_a_small_number() {
    let rated = |stars: &str| {
        command(&format!(r#"{{"type":"rate_call","ring":"{RING}","stars":{stars},"comment":""}}"#))
    };
    // Which of them are a judgement the server decides: it answers `text_invalid` for the others.
    for stars in ["0", "1", "5", "255"] {
        assert!(serde_json::from_str::<ClientFrame>(&rated(stars)).is_ok(), "{stars}");
    }
    for stars in ["-1", "256", "4.5", "5.0", "1e0", "\"5\"", "null", "true", "[5]"] {
        refused(&rated(stars));
    }
}

#[test]
fn what_asks_over_http_has_no_fields_that_nobody_reads() {
    // A field that is ignored here would be a wish that is silently not carried out.
    let asked = r#"{"email":"elif@visavis.example","password":"p","remember":true}"#;
    assert!(serde_json::from_str::<SignInRequest>(asked).is_err());
    // A ticket is asked for by programs of other versions, too.
    let asked = r#"{"added_in_a_later_version":1}"#;
    assert_eq!(serde_json::from_str::<TicketRequest>(asked).unwrap(), TicketRequest::default());
}

#[test]
fn what_is_secret_is_not_printed() {
    let asked = r#"{"email":"elif@visavis.example","password":"correct horse","code":"492039"}"#;
    let printed = format!("{:?}", serde_json::from_str::<SignInRequest>(asked).unwrap());
    assert_eq!(printed, "SignInRequest(…)");
    let printed = format!("{:?}", TicketRequest { guest: Some("eyJ".into()), ..TicketRequest::default() });
    assert_eq!(printed, "TicketRequest(…)");
}

#[test]
fn nesting_ends_before_the_stack_does() {
    let depth = MAX_FRAME_BYTES / 2 - 100;
    let arrays = format!("{}{}", "[".repeat(depth), "]".repeat(depth));
    let objects = format!("{}1{}", r#"{"a":"#.repeat(10_000), "}".repeat(10_000));
    for deep in [arrays.as_str(), &objects, &"[".repeat(MAX_FRAME_BYTES)] {
        refused(deep);
        refused(&format!(r#"{{"type":"ping","received":1,"unknown":{deep}}}"#));
        refused(&format!(r#"{{"unknown":{deep},"type":"ping","received":1}}"#));
        refused(&command(deep));
        refused(&command(&format!(r#"{{"type":"leave","unknown":{deep}}}"#)));
    }
}

/// JSON of the shapes that frames have, with names and words of the wire mixed up.
fn almost_a_frame() -> impl Strategy<Value = String> {
    let word = prop_oneof![
        Just("type"),
        Just("ping"),
        Just("command"),
        Just("id"),
        Just("received"),
        Just("signal"),
        Just("join"),
        Just("candidate"),
        Just("description"),
        Just("tracks"),
        Just("room"),
        Just("media"),
        Just("kept"),
        Just("call_desk"),
        Just("queue_up"),
        Just("rate_call"),
        Just("set_availability"),
        Just("ring"),
        Just("name"),
        Just("about"),
        Just("chosen"),
        Just("away"),
        Just("stars"),
        Just("comment"),
    ];
    let leaf = prop_oneof![
        word.clone().prop_map(|word| format!("\"{word}\"")),
        any::<i64>().prop_map(|number| number.to_string()),
        any::<f64>().prop_map(|number| format!("{number:e}")),
        Just("null".to_owned()),
        any::<String>().prop_map(|text| format!("{text:?}")),
    ];
    leaf.prop_recursive(4, 64, 6, move |inner| {
        let field = (word.clone(), inner.clone()).prop_map(|(name, value)| format!("\"{name}\":{value}"));
        prop_oneof![
            prop::collection::vec(field, 0..6).prop_map(|fields| format!("{{{}}}", fields.join(","))),
            prop::collection::vec(inner, 0..6).prop_map(|values| format!("[{}]", values.join(","))),
        ]
    })
}

proptest! {
    #[test]
    fn arbitrary_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..512)) {
        let _ = serde_json::from_slice::<ClientFrame>(&bytes);
        let _ = serde_json::from_slice::<ServerFrame>(&bytes);
    }

    #[test]
    fn what_decodes_encodes_and_decodes_to_the_same(text in almost_a_frame()) {
        for frame in [text.clone(), command(&text), format!(r#"{{"type":"ping","received":1,"a":{text}}}"#)] {
            if let Ok(frame) = serde_json::from_str::<ClientFrame>(&frame) {
                let again = serde_json::to_string(&frame).unwrap();
                prop_assert_eq!(serde_json::from_str::<ClientFrame>(&again).unwrap(), frame);
            }
        }
    }
}
