//! Frames of PeerJS: read from pages, passed on with whom they are from, and made. A payload is passed on as it is.

use axum::extract::ws::Utf8Bytes;
use bytes::Bytes;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use std::borrow::Cow;
use visavis_domain::peerjs::{Kind, PeerJsId, Sent, judge};

/// A frame of a page. Who it says it is from is not read.
#[derive(Deserialize)]
struct Incoming<'a> {
    #[serde(rename = "type")]
    word: Cow<'a, str>,
    #[serde(default)]
    dst: Option<Cow<'a, str>>,
    #[serde(default, borrow)]
    payload: Option<&'a RawValue>,
}

/// A frame for a page.
#[derive(Serialize)]
struct Outgoing<'a> {
    #[serde(rename = "type")]
    word: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    src: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    dst: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    payload: Option<&'a RawValue>,
}

/// What becomes of a frame.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Read {
    /// It goes to somebody, as this.
    Forward(Kind, PeerJsId, Bytes),
    /// Its sender is told this.
    Answer(Utf8Bytes),
    /// Its sender gives up their id.
    GiveUp,
    /// Nothing comes of it.
    Nothing,
    /// It is none.
    Malformed,
}

/// Reads what a page sent that has this id.
pub(super) fn read(text: &str, from: &PeerJsId) -> Read {
    let Ok(Incoming { word, dst, payload }) = serde_json::from_str(text) else { return Read::Malformed };
    // Of an object the text begins so: white space around it is none of it.
    let has_payload = payload.is_some_and(|payload| payload.get().starts_with('{'));
    match judge(&word, dst.as_deref(), has_payload) {
        Sent::Forward(kind, to) => {
            let (src, dst) = (Some(from.as_str()), Some(to.as_str()));
            let frame = encode(&Outgoing { word: kind.word(), src, dst, payload });
            Read::Forward(kind, to, frame.into())
        }
        Sent::Unreachable => Read::Answer(expire(&dst.unwrap_or_default(), from)),
        Sent::GiveUp => Read::GiveUp,
        Sent::Nothing => Read::Nothing,
        Sent::Malformed => Read::Malformed,
    }
}

/// The id is the page's.
pub(super) fn open() -> Utf8Bytes {
    made("OPEN", None)
}

/// Somebody has not been reached: the frame is from them, as PeerServer has it.
pub(super) fn expire(unreached: &str, sender: &PeerJsId) -> Utf8Bytes {
    let (src, dst) = (Some(unreached), Some(sender.as_str()));
    encode(&Outgoing { word: "EXPIRE", src, dst, payload: None }).into()
}

/// Somebody else has the id.
pub(super) fn id_taken() -> Utf8Bytes {
    made("ID-TAKEN", Some((Refusal::IdTaken, "This id is somebody else's")))
}

/// Why a socket is refused or closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Refusal {
    ParametersMissing,
    KeyInvalid,
    IdInvalid,
    TokenInvalid,
    IdTaken,
    ServerFull,
    RateLimited,
    TryAgain,
    Malformed,
}

/// A refusal: the package shows the words to whoever writes the page, and programs read the code.
pub(super) fn error(code: Refusal) -> Utf8Bytes {
    let words = match code {
        Refusal::ParametersMissing => "The socket's address needs key, id and token",
        Refusal::KeyInvalid => "The key of this server is \"peerjs\"",
        Refusal::IdInvalid => "An id has 1 to 64 letters and digits, with single - _ or spaces between",
        Refusal::TokenInvalid => "A token has at most 1024 bytes",
        Refusal::IdTaken => return id_taken(),
        Refusal::ServerFull => "This server has as many ids as it takes",
        Refusal::RateLimited => "Too many ids from this address; try again later",
        Refusal::TryAgain => "This server cannot do that now; try again",
        Refusal::Malformed => "Too many frames that are none",
    };
    made("ERROR", Some((code, words)))
}

fn made(word: &'static str, why: Option<(Refusal, &str)>) -> Utf8Bytes {
    #[derive(Serialize)]
    struct Why<'a> {
        msg: &'a str,
        code: Refusal,
    }
    let payload = why.and_then(|(code, msg)| serde_json::value::to_raw_value(&Why { msg, code }).ok());
    encode(&Outgoing { word, src: None, dst: None, payload: payload.as_deref() }).into()
}

/// Serialising our own types into memory cannot fail.
fn encode(frame: &Outgoing<'_>) -> String {
    serde_json::to_string(frame).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(text: &str) -> PeerJsId {
        PeerJsId::parse(text).unwrap()
    }

    fn forward(kind: Kind, frame: &'static str) -> Read {
        Read::Forward(kind, id("ben"), Bytes::from_static(frame.as_bytes()))
    }

    #[test]
    fn frames_are_passed_on_with_who_they_are_from() {
        for (text, expected) in [
            (
                r#"{"type":"OFFER","dst":"ben","src":"eve","payload":{"b":1.50,"a":["\u00e9"],"sdp":"v=0\r\n"}}"#,
                forward(
                    Kind::Offer,
                    r#"{"type":"OFFER","src":"ana","dst":"ben","payload":{"b":1.50,"a":["\u00e9"],"sdp":"v=0\r\n"}}"#,
                ),
            ),
            (
                r#" {"payload" : {} , "dst":"b\u0065n", "type":"ANSWER", "more": [1,2]} "#,
                forward(Kind::Answer, r#"{"type":"ANSWER","src":"ana","dst":"ben","payload":{}}"#),
            ),
            (
                r#"{"type":"LEAVE","dst":"ben"}"#,
                forward(Kind::Leave, r#"{"type":"LEAVE","src":"ana","dst":"ben"}"#),
            ),
            (r#"{"type":"LEAVE"}"#, Read::GiveUp),
            (r#"{"type":"HEARTBEAT"}"#, Read::Nothing),
            (r#"{"type":"NEWS","dst":"ben"}"#, Read::Nothing),
            (
                r#"{"type":"OFFER","dst":"no \"id\"","payload":{}}"#,
                Read::Answer(r#"{"type":"EXPIRE","src":"no \"id\"","dst":"ana"}"#.into()),
            ),
        ] {
            assert_eq!(read(text, &id("ana")), expected, "{text}");
        }
    }

    #[test]
    fn what_is_no_frame_is_none() {
        let deep = format!("{}1{}", "[".repeat(10_000), "]".repeat(10_000));
        let deep = format!(r#"{{"type":"OFFER","dst":"ben","payload":{deep}}}"#);
        for text in [
            "",
            "not json",
            "null",
            "7",
            "[]",
            "{}",
            "\"OFFER\"",
            r#"{"type":7}"#,
            r#"{"type":null}"#,
            r#"{"type":"OFFER","dst":{},"payload":{}}"#,
            r#"{"type":"OFFER","dst":"ben","payload":{}"#,
            r#"{"type":"OFFER","dst":"ben","payload":{}}{}"#,
            r#"{"type":"OFFER","type":"OFFER","dst":"ben","payload":{}}"#,
            r#"{"type":"OFFER","dst":"ben"}"#,
            r#"{"type":"OFFER","dst":"ben","payload":null}"#,
            r#"{"type":"OFFER","dst":"ben","payload":"text"}"#,
            r#"{"type":"OFFER","payload":{}}"#,
            &deep,
        ] {
            assert_eq!(read(text, &id("ana")), Read::Malformed, "{text}");
        }
    }

    #[test]
    fn what_the_server_says_has_a_code_where_it_refuses() {
        assert_eq!(open().as_str(), r#"{"type":"OPEN"}"#);
        assert_eq!(expire("ben", &id("ana")).as_str(), r#"{"type":"EXPIRE","src":"ben","dst":"ana"}"#);
        let taken = r#"{"type":"ID-TAKEN","payload":{"msg":"This id is somebody else's","code":"id_taken"}}"#;
        assert_eq!(error(Refusal::IdTaken).as_str(), taken);
        assert!(error(Refusal::ServerFull).ends_with(r#""code":"server_full"}}"#));
    }
}
