//! A mail server for tests: takes every letter, or says what it was told to say.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;

/// Shorter than a queue waits before it looks by itself.
const SOON: Duration = Duration::from_secs(10);

/// A letter that came.
#[derive(Debug, Clone)]
pub(crate) struct Caught {
    pub(crate) from: String,
    pub(crate) to: Vec<String>,
    /// Headers and body, with the line breaks and the dots of the wire undone.
    pub(crate) data: String,
}

/// The server. Ends with the runtime of the test.
pub(crate) struct Catcher {
    pub(crate) port: u16,
    letters: mpsc::UnboundedReceiver<Caught>,
    said: Arc<Said>,
}

/// What is said on all lines.
#[derive(Default)]
struct Said {
    answers: Mutex<VecDeque<&'static str>>,
    heard: Mutex<Vec<String>>,
}

impl Catcher {
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let (caught, letters) = mpsc::unbounded_channel();
        let said = Arc::new(Said::default());
        let all = said.clone();
        tokio::spawn(async move {
            loop {
                let (line, _) = listener.accept().await.unwrap();
                // A line that breaks is the other side's matter.
                tokio::spawn(talk(line, caught.clone(), all.clone()));
            }
        });
        Self { port, letters, said }
    }

    pub(crate) fn url(&self) -> String {
        format!("smtp+plain://127.0.0.1:{}", self.port)
    }

    /// What the next recipients are answered with, in order; afterwards all are taken.
    pub(crate) fn say(&self, answers: impl IntoIterator<Item = &'static str>) {
        self.said.answers.lock().unwrap().extend(answers);
    }

    /// Every command so far.
    pub(crate) fn heard(&self) -> Vec<String> {
        self.said.heard.lock().unwrap().clone()
    }

    /// The next letter that came, or comes soon.
    pub(crate) async fn next(&mut self) -> Caught {
        tokio::time::timeout(SOON, self.letters.recv()).await.expect("a letter comes").unwrap()
    }

    /// Whether none came that was not looked at.
    pub(crate) fn is_empty(&mut self) -> bool {
        self.letters.try_recv().is_err()
    }
}

async fn talk(
    mut line: TcpStream,
    caught: mpsc::UnboundedSender<Caught>,
    said: Arc<Said>,
) -> std::io::Result<()> {
    let (read, mut write) = line.split();
    let mut read = BufReader::new(read);
    write.write_all(b"220 test\r\n").await?;
    let mut letter = Caught { from: String::new(), to: Vec::new(), data: String::new() };
    let mut command = String::new();
    while {
        command.clear();
        read.read_line(&mut command).await? > 0
    } {
        let words = command.trim_end();
        said.heard.lock().unwrap().push(words.to_owned());
        let answer = match words.split([' ', ':']).next().unwrap_or_default().to_ascii_uppercase().as_str() {
            "EHLO" => "250-test\r\n250-AUTH PLAIN\r\n250 8BITMIME",
            "AUTH" => "235 in",
            "MAIL" => {
                letter.from = address(words);
                "250 go on"
            }
            "RCPT" => {
                let answer = said.answers.lock().unwrap().pop_front().unwrap_or("250 go on");
                if answer.starts_with('2') {
                    letter.to.push(address(words));
                }
                answer
            }
            "DATA" => {
                write.write_all(b"354 go on\r\n").await?;
                letter.data = data(&mut read).await?;
                caught.send(letter.clone()).ok();
                letter.to.clear();
                "250 taken"
            }
            "QUIT" => {
                write.write_all(b"221 bye\r\n").await?;
                return Ok(());
            }
            _ => "250 ok",
        };
        write.write_all(format!("{answer}\r\n").as_bytes()).await?;
    }
    Ok(())
}

async fn data(read: &mut (impl AsyncBufReadExt + Unpin)) -> std::io::Result<String> {
    let (mut data, mut line) = (String::new(), String::new());
    while {
        line.clear();
        read.read_line(&mut line).await? > 0
    } && line != ".\r\n"
    {
        data.push_str(line.strip_prefix('.').unwrap_or(&line));
    }
    Ok(data)
}

fn address(command: &str) -> String {
    command.split(['<', '>']).nth(1).unwrap_or_default().to_owned()
}
