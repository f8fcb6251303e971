//! A page that uses PeerJS, as the server sees one: a socket, and frames of JSON.

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use std::time::{Duration, Instant};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};
use visavis_bots::ServerProcess;

/// Longer than a healthy server ever takes, and than messages wait.
pub(crate) const PATIENCE: Duration = Duration::from_secs(10);

pub(crate) struct Peer {
    pub(crate) socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
}

/// A server with PeerJS on, and these settings besides.
pub(crate) async fn serve(settings: &[(&str, &str)]) -> ServerProcess {
    let on = [&[("VISAVIS_PEERJS__ENABLED", "true")], settings].concat();
    ServerProcess::start(&ServerProcess::binary().unwrap(), &on).await.unwrap()
}

/// Opens a socket as the package does.
pub(crate) async fn open(base: &str, query: &str, origin: Option<&str>) -> Result<Peer, Error> {
    let mut request = format!("{}/peerjs?{query}", base.replacen("http", "ws", 1)).into_client_request()?;
    if let Some(origin) = origin {
        request.headers_mut().insert("origin", origin.parse().unwrap());
    }
    Ok(Peer { socket: connect_async(request).await?.0 })
}

impl Peer {
    /// Asks for an id; what comes of it is the first frame.
    pub(crate) async fn ask(base: &str, id: &str, token: &str) -> Self {
        open(base, &format!("key=peerjs&id={id}&token={token}&version=1.5.5"), None).await.unwrap()
    }

    /// Gets it.
    pub(crate) async fn come(base: &str, id: &str, token: &str) -> Self {
        let mut peer = Self::ask(base, id, token).await;
        assert_eq!(peer.frame().await, json!({ "type": "OPEN" }), "{id}");
        peer
    }

    /// Asks, and is told that somebody else has it.
    pub(crate) async fn is_taken(base: &str, id: &str, token: &str) {
        let mut peer = Self::ask(base, id, token).await;
        let frame = peer.frame().await;
        assert_eq!((&frame["type"], &frame["payload"]["code"]), (&json!("ID-TAKEN"), &json!("id_taken")));
        assert_eq!(peer.closed().await, Some(4001));
    }

    /// Asks until it is free.
    pub(crate) async fn come_when_free(base: &str, id: &str, token: &str) -> (Self, Duration) {
        let started = Instant::now();
        loop {
            let mut peer = Self::ask(base, id, token).await;
            let frame = peer.frame().await;
            if frame["type"] == "OPEN" {
                return (peer, started.elapsed());
            }
            assert_eq!(frame["type"], "ID-TAKEN");
            assert!(started.elapsed() < PATIENCE, "{id} is never free");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    pub(crate) async fn send(&mut self, frame: &Value) {
        self.send_raw(Message::text(frame.to_string())).await.unwrap();
    }

    pub(crate) async fn send_raw(&mut self, message: Message) -> Result<(), Error> {
        self.socket.send(message).await
    }

    /// Something for somebody, as the package sends it.
    pub(crate) async fn send_to(&mut self, word: &str, to: &str, n: usize) {
        self.send(&json!({ "type": word, "dst": to, "payload": payload(n) })).await;
    }

    /// The next frame.
    pub(crate) async fn frame(&mut self) -> Value {
        self.frame_within(PATIENCE).await.expect("a frame")
    }

    /// The next frame, if there is one in this time.
    pub(crate) async fn frame_within(&mut self, within: Duration) -> Option<Value> {
        let next = async {
            loop {
                match self.socket.next().await {
                    Some(Ok(Message::Text(text))) => break serde_json::from_str(&text).unwrap(),
                    Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
                    other => panic!("no frame but {other:?}"),
                }
            }
        };
        timeout(within, next).await.ok()
    }

    /// Sends itself something: when that is here, all that was sent before is too.
    pub(crate) async fn has_heard_nothing(&mut self, own: &str) {
        self.send_to("CANDIDATE", own, 999).await;
        let frame = self.frame().await;
        assert_eq!((&frame["src"], &frame["payload"]["n"]), (&json!(own), &json!(999)), "{frame}");
    }

    /// With which code the server closes, whatever it says before.
    pub(crate) async fn closed(&mut self) -> Option<u16> {
        let end = async {
            loop {
                match self.socket.next().await {
                    Some(Ok(Message::Close(frame))) => break frame.map(|frame| frame.code.into()),
                    Some(Ok(_)) => {}
                    Some(Err(_)) | None => break None,
                }
            }
        };
        timeout(PATIENCE, end).await.expect("the server closes")
    }
}

pub(crate) fn payload(n: usize) -> Value {
    json!({ "n": n, "connectionId": "dc_1", "type": "data", "sdp": { "sdp": "v=0\r\n\u{e9}" }, "rate": 1.5 })
}

/// What of a frame is compared: its type, whom it is from, and which it is.
pub(crate) fn told(frame: &Value) -> (String, String, Option<u64>) {
    let text = |name: &str| frame[name].as_str().unwrap_or_default().to_owned();
    (text("type"), text("src"), frame["payload"]["n"].as_u64())
}

pub(crate) fn from(word: &str, src: &str, n: u64) -> (String, String, Option<u64>) {
    (word.into(), src.into(), Some(n))
}

/// Every id that is told to whoever asks.
pub(crate) async fn listed(base: &str) -> Vec<String> {
    let answer = visavis_bots::http_client().get(format!("{base}/peerjs/peers")).send().await.unwrap();
    answer.error_for_status().unwrap().json().await.unwrap()
}

/// Waits until these are listed, and no others. Returns how long it took.
pub(crate) async fn lists(base: &str, expected: &[&str], within: Duration) -> Duration {
    let started = Instant::now();
    loop {
        let found = listed(base).await;
        if found == expected {
            return started.elapsed();
        }
        assert!(started.elapsed() < within, "{found:?} instead of {expected:?}");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}
