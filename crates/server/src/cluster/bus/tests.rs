//! Two instances over one live state: order, silence, and what nobody understands.

use super::*;
use serde_json::json;
use std::time::Instant;
use tokio::sync::{Notify, mpsc};
use visavis_live::MemoryLive;

const SOON: Duration = Duration::from_millis(50);
const PATIENCE: Duration = Duration::from_secs(10);

/// Says what it heard in the order in which it heard it, and answers with the same; what is "held" not before it is
/// let go.
struct Echo {
    heard: mpsc::UnboundedSender<String>,
    hold: Arc<Notify>,
}

impl Ear for Echo {
    fn asked(&self, body: Value) -> Option<Answering> {
        let text = body.as_str()?.to_owned();
        let (heard, hold) = (self.heard.clone(), self.hold.clone());
        Some(Box::pin(async move {
            heard.send(text.clone()).unwrap();
            if text.starts_with("held") {
                hold.notified().await;
            }
            Value::String(text)
        }))
    }

    fn told(&self, body: Value) {
        self.heard.send(body.as_str().unwrap_or("?").to_owned()).unwrap();
    }
}

struct Scene {
    live: Arc<dyn Live>,
    one: Arc<Bus>,
    other: InstanceId,
    /// What the other one heard.
    heard: mpsc::UnboundedReceiver<String>,
    hold: Arc<Notify>,
}

impl Scene {
    async fn start() -> Self {
        let live: Arc<dyn Live> = Arc::new(MemoryLive::default());
        let (own, other) = (InstanceId::from_bits(1), InstanceId::from_bits(2));
        let (heard, hears) = mpsc::unbounded_channel();
        let hold = Arc::new(Notify::new());
        let deaf = Arc::new(Echo { heard: mpsc::unbounded_channel().0, hold: hold.clone() });
        let one = Bus::start(live.clone(), own, deaf).await.unwrap();
        Bus::start(live.clone(), other, Arc::new(Echo { heard, hold: hold.clone() })).await.unwrap();
        Self { live, one, other, heard: hears, hold }
    }

    async fn ask(&self, text: &str) -> Result<String, Silent> {
        self.one.ask(self.other, &text, PATIENCE).await
    }

    async fn say(&self, body: &[u8]) {
        self.live.publish(topic(self.other), Bytes::copy_from_slice(body)).await.unwrap();
    }

    fn nobody_waits(&self) -> bool {
        self.one.pending().is_empty()
    }
}

#[tokio::test]
async fn what_is_asked_is_answered_and_forgotten() {
    let scene = Scene::start().await;
    assert_eq!(scene.ask("one").await, Ok("one".to_owned()));
    assert!(scene.nobody_waits());
}

#[tokio::test]
async fn what_is_asked_and_told_begins_in_order_and_does_not_wait_for_what_takes_long() {
    let mut scene = Scene::start().await;
    let mut held = Box::pin(scene.one.ask::<String>(scene.other, &"held", PATIENCE));
    assert!(futures_util::poll!(&mut held).is_pending());
    scene.one.tell(scene.other, &"note").unwrap();
    assert_eq!(scene.ask("last").await, Ok("last".to_owned()));
    let heard = [scene.heard.recv().await, scene.heard.recv().await, scene.heard.recv().await];
    assert_eq!(heard.map(Option::unwrap), ["held", "note", "last"]);
    scene.hold.notify_one();
    assert_eq!(held.await, Ok("held".to_owned()));
}

#[tokio::test]
async fn whoever_does_not_answer_is_not_waited_for_long() {
    let scene = Scene::start().await;
    let nobody = InstanceId::from_bits(9);
    let asked = Instant::now();
    assert_eq!(scene.one.ask::<String>(nobody, &"one", SOON).await, Err(Silent));
    assert!(asked.elapsed() >= SOON && asked.elapsed() < PATIENCE);
    assert!(scene.nobody_waits());
}

#[tokio::test]
async fn whoever_goes_away_while_waiting_leaves_nothing() {
    let scene = Scene::start().await;
    let mut held = Box::pin(scene.one.ask::<String>(scene.other, &"held", PATIENCE));
    assert!(futures_util::poll!(&mut held).is_pending());
    assert!(!scene.nobody_waits());
    drop(held);
    assert!(scene.nobody_waits());
}

#[tokio::test]
async fn what_is_not_understood_or_too_long_is_passed_over() {
    let scene = Scene::start().await;
    let bodies = [
        b"".to_vec(),
        b"\xff\xfe".to_vec(),
        b"{\"type\":\"greeting\"}".to_vec(),
        b"{\"type\":\"request\",\"id\":1}".to_vec(),
        json!({"type": "answer", "id": 77, "body": "unasked"}).to_string().into_bytes(),
        json!({"type": "request", "id": 1, "from": InstanceId::from_bits(1), "deadline": u64::MAX, "body": {}})
            .to_string()
            .into_bytes(),
        vec![b' '; MOST_BYTES + 1],
    ];
    for body in bodies {
        scene.say(&body).await;
    }
    assert_eq!(scene.ask("one").await, Ok("one".to_owned()));
    let long = "x".repeat(MOST_BYTES);
    assert_eq!(scene.ask(&long).await, Err(Silent));
}

#[tokio::test]
async fn what_nobody_waits_for_any_more_is_not_done() {
    let mut scene = Scene::start().await;
    let late = |deadline: u64, body: &str| {
        json!({"type": "request", "id": 1, "from": InstanceId::from_bits(1), "deadline": deadline, "body": body})
            .to_string()
    };
    scene.say(late(now().0 - 60_000, "late").as_bytes()).await;
    scene.say(late(now().0 + 60_000, "in time").as_bytes()).await;
    assert_eq!(scene.heard.recv().await.unwrap(), "in time");
}

#[tokio::test]
async fn after_a_gap_nobody_waits_for_answers_that_may_be_lost() {
    let scene = Scene::start().await;
    let mut held = Box::pin(scene.one.ask::<String>(scene.other, &"held", PATIENCE));
    assert!(futures_util::poll!(&mut held).is_pending());
    let (mailbox, notices) = mpsc::channel(1);
    mailbox.send(Notice::Gap).await.unwrap();
    drop(mailbox);
    let ear = Arc::new(Echo { heard: mpsc::unbounded_channel().0, hold: scene.hold.clone() });
    scene.one.clone().listen(Subscription { id: 0, notices }, ear).await;
    assert_eq!(held.await, Err(Silent));
}

#[tokio::test]
async fn no_more_is_asked_than_can_be_answered() {
    let scene = Scene::start().await;
    let mut waiting = Vec::new();
    for _ in 0..MOST_AT_ONCE {
        let mut held = Box::pin(scene.one.ask::<String>(scene.other, &"held", PATIENCE));
        assert!(futures_util::poll!(&mut held).is_pending());
        waiting.push(held);
    }
    assert_eq!(scene.ask("one more").await, Err(Silent));
    drop(waiting);
    assert!(scene.nobody_waits());
}
