//! Somebody who is told what happens: a real listener, that can be away, slow, unwilling or gone.

use serde_json::Value;
use std::collections::{BTreeMap, HashSet};
use std::io::Write;
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::{Duration, Instant};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

/// How a receiver is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mood {
    /// Takes everything.
    Well,
    /// Breaks every line.
    Away,
    /// Answers so.
    Says(u16),
    /// Takes everything, after this long.
    Slow(Duration),
}

/// One request.
#[derive(Debug, Clone)]
pub(super) struct Told {
    pub(super) headers: BTreeMap<String, String>,
    pub(super) body: String,
    /// Whether it was taken.
    pub(super) taken: bool,
}

impl Told {
    pub(super) fn event(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }

    fn text(&self, field: &str) -> String {
        self.event()[field].as_str().unwrap().to_owned()
    }

    pub(super) fn id(&self) -> String {
        self.text("id")
    }

    pub(super) fn kind(&self) -> String {
        self.text("type")
    }

    pub(super) fn subject(&self) -> String {
        self.text("subject")
    }
}

#[derive(Clone)]
pub(super) struct Receiver {
    pub(super) url: String,
    mood: Arc<Mutex<Mood>>,
    told: Arc<Mutex<Vec<Told>>>,
}

impl Receiver {
    pub(super) async fn open() -> Self {
        let socket = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/hook", socket.local_addr().unwrap());
        let receiver = Self { url, mood: Arc::new(Mutex::new(Mood::Well)), told: Arc::default() };
        let all = receiver.clone();
        tokio::spawn(async move {
            while let Ok((line, _)) = socket.accept().await {
                let all = all.clone();
                tokio::spawn(async move { all.answer(line).await });
            }
        });
        receiver
    }

    async fn answer(&self, line: TcpStream) -> Option<()> {
        let mood = *self.mood.lock().unwrap();
        if mood == Mood::Away {
            return None;
        }
        let mut line = BufReader::new(line);
        let mut headers = BTreeMap::new();
        let mut text = String::new();
        line.read_line(&mut text).await.ok()?;
        assert!(text.starts_with("POST /hook HTTP/1.1"), "{text}");
        loop {
            text.clear();
            line.read_line(&mut text).await.ok()?;
            let Some((name, value)) = text.trim_end().split_once(": ") else { break };
            headers.insert(name.to_ascii_lowercase(), value.to_owned());
        }
        let mut body = vec![0; headers["content-length"].parse().unwrap()];
        line.read_exact(&mut body).await.ok()?;
        let (status, wait) = match mood {
            Mood::Says(status) => (status, Duration::ZERO),
            Mood::Slow(wait) => (204, wait),
            Mood::Well | Mood::Away => (204, Duration::ZERO),
        };
        tokio::time::sleep(wait).await;
        let body = String::from_utf8(body).unwrap();
        // Before the answer: whoever hears that it was taken finds it.
        self.told.lock().unwrap().push(Told { headers, body, taken: status == 204 });
        let answer = format!("HTTP/1.1 {status} X\r\nLocation: {}\r\nContent-Length: 0\r\n\r\n", self.url);
        line.write_all(answer.as_bytes()).await.ok()
    }

    pub(super) fn is(&self, mood: Mood) {
        *self.mood.lock().unwrap() = mood;
    }

    pub(super) fn told(&self) -> MutexGuard<'_, Vec<Told>> {
        self.told.lock().unwrap()
    }

    /// What was taken, each once, in the order of its first coming.
    pub(super) fn events(&self) -> Vec<Told> {
        let mut seen = HashSet::new();
        let told = self.told();
        told.iter().filter(|one| one.taken && seen.insert(one.id())).cloned().collect()
    }

    /// The kinds of what was told of a subject, in order.
    pub(super) fn of(&self, subject: &str) -> Vec<String> {
        self.events().iter().filter(|one| one.subject() == subject).map(Told::kind).collect()
    }

    /// Waits until it has been told.
    pub(super) async fn until(&self, within: Duration, enough: impl Fn(&[Told]) -> bool) -> Vec<Told> {
        let began = Instant::now();
        loop {
            let events = self.events();
            if enough(&events) {
                return events;
            }
            let shown: Vec<_> = events.iter().map(|one| (one.kind(), one.subject())).collect();
            assert!(began.elapsed() < within, "not told within {within:?}: {shown:?}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

/// Numbers rise, and of each subject everything came in their order.
pub(super) fn in_order(events: &[Told]) {
    let mut last: BTreeMap<String, u64> = BTreeMap::new();
    for one in events {
        let number = one.event()["number"].as_u64().unwrap();
        let before = last.insert(one.subject(), number);
        assert!(before.is_none_or(|before| before < number), "{} after {before:?}", one.body);
    }
}

/// Which of these are genuine, as the script says that the documents show.
pub(super) fn verified(secret: &str, told: &[Told]) -> Vec<bool> {
    const ASK: &str = "\nimport json, sys\nasked = json.load(sys.stdin)\n\
        print(json.dumps([verify(asked['secret'], one['headers'], one['body'].encode()) is not None \
        for one in asked['told']]))\n";
    let script = format!("{}{ASK}", include_str!("verify.py"));
    let told: Vec<_> =
        told.iter().map(|one| serde_json::json!({ "headers": one.headers, "body": one.body })).collect();
    let asked = serde_json::json!({ "secret": secret, "told": told }).to_string();
    let mut python = Command::new("python3");
    let python = python.args(["-c", &script]).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut python = python.spawn().expect("python3 is installed");
    python.stdin.take().unwrap().write_all(asked.as_bytes()).unwrap();
    let output = python.wait_with_output().unwrap();
    serde_json::from_slice(&output.stdout).unwrap()
}
