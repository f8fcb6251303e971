//! Real connections on this machine: who is reached, and who gets not a single byte.

use super::*;
use std::collections::HashMap;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

/// Stands for the open network.
const OPEN: IpAddr = IpAddr::V4(Ipv4Addr::new(127, 0, 0, 2));
const LOOPBACK: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

/// Answers for each name one list after the other, and the last one for ever.
#[derive(Default)]
struct Names {
    lists: HashMap<&'static str, Vec<Vec<IpAddr>>>,
    asked: Mutex<HashMap<String, usize>>,
}

impl Names {
    fn of(lists: &[(&'static str, &[&[IpAddr]])]) -> Self {
        let lists = lists.iter().map(|(name, lists)| (*name, lists.iter().map(|one| one.to_vec()).collect()));
        Self { lists: lists.collect(), asked: Mutex::default() }
    }
}

impl Lookup for Names {
    async fn lookup(&self, name: &str) -> io::Result<Vec<IpAddr>> {
        let lists = self.lists.get(name).ok_or(io::ErrorKind::NotFound)?;
        let mut asked = self.asked.lock().unwrap();
        let asked = asked.entry(name.to_owned()).or_default();
        *asked += 1;
        Ok(lists[(*asked - 1).min(lists.len() - 1)].clone())
    }
}

/// Answers every request in the same way, and counts the bytes that came, whatever they were.
struct Listener {
    address: SocketAddr,
    bytes: Arc<AtomicUsize>,
    lines: Arc<AtomicUsize>,
    last: Arc<Mutex<String>>,
}

impl Listener {
    async fn on(address: SocketAddr, answer: String) -> Self {
        let socket = TcpListener::bind(address).await.unwrap();
        let address = socket.local_addr().unwrap();
        let all = Self { address, bytes: Arc::default(), lines: Arc::default(), last: Arc::default() };
        let (bytes, lines, last) = (all.bytes.clone(), all.lines.clone(), all.last.clone());
        tokio::spawn(async move {
            while let Ok((mut line, _)) = socket.accept().await {
                lines.fetch_add(1, Ordering::SeqCst);
                let (bytes, last, answer) = (bytes.clone(), last.clone(), answer.clone());
                tokio::spawn(async move {
                    let mut request = Vec::new();
                    let mut piece = [0; 4096];
                    while let Ok(count @ 1..) = line.read(&mut piece).await {
                        bytes.fetch_add(count, Ordering::SeqCst);
                        request.extend_from_slice(&piece[..count]);
                        *last.lock().unwrap() = String::from_utf8_lossy(&request).into_owned();
                        if request.ends_with(b"}") {
                            let _ = line.write_all(answer.as_bytes()).await;
                            break;
                        }
                    }
                    // A head without an end is held open until the other side has had enough.
                    if answer.is_empty() {
                        std::future::pending::<()>().await;
                    }
                });
            }
        });
        all
    }

    fn met(&self) -> (usize, usize) {
        (self.lines.load(Ordering::SeqCst), self.bytes.load(Ordering::SeqCst))
    }
}

fn answering(status: u16, more: &str) -> String {
    format!("HTTP/1.1 {status} X\r\nContent-Length: 0\r\nConnection: close\r\n{more}\r\n")
}

fn courier(names: Names, allowed: &[&str]) -> HttpCourier {
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let allowed = allowed.iter().map(|net| net.parse().unwrap()).collect();
    HttpCourier::with_lookup(WebhookSettings { allowed, plain: Plain::Allowed }, names).unwrap()
}

fn parcel(url: String) -> Parcel {
    Parcel { url, id: "e_1".into(), signed_at: 7, signature: "v1,x".into(), body: "{\"a\":1}".into() }
}

async fn send(courier: &HttpCourier, url: String) -> (Option<u16>, Option<Trouble>) {
    let Answer { status, trouble, .. } = courier.send(&parcel(url)).await;
    (status, trouble)
}

#[tokio::test]
async fn a_name_that_leads_to_loopback_the_second_time_gets_no_byte_there() {
    let receiver = Listener::on(SocketAddr::new(OPEN, 0), answering(204, "")).await;
    let port = receiver.address.port();
    let canary = Listener::on(SocketAddr::new(LOOPBACK, port), answering(204, "")).await;
    let names = Names::of(&[
        ("rebinds.test", &[&[OPEN], &[LOOPBACK]]),
        ("both.test", &[&[LOOPBACK, OPEN]]),
        ("mapped.test", &[&["::ffff:127.0.0.1".parse().unwrap(), "::1".parse().unwrap()]]),
    ]);
    let courier = courier(names, &["127.0.0.2/32"]);
    let url = format!("http://rebinds.test:{port}/hook");
    assert_eq!(send(&courier, url.clone()).await, (Some(204), None));
    assert_eq!(send(&courier, url.clone()).await, (None, Some(Trouble::AddressRefused)));
    assert_eq!(send(&courier, url).await, (None, Some(Trouble::AddressRefused)));
    let mapped = format!("http://mapped.test:{port}/");
    assert_eq!(send(&courier, mapped).await, (None, Some(Trouble::AddressRefused)));
    assert_eq!(receiver.met().0, 1);
    let both = format!("http://both.test:{port}/");
    assert_eq!(send(&courier, both).await, (Some(204), None), "by the address that may be told");
    assert_eq!((receiver.met().0, canary.met()), (2, (0, 0)));
}

#[tokio::test]
async fn no_way_of_writing_a_special_address_reaches_it() {
    let canary = Listener::on(SocketAddr::new(LOOPBACK, 0), answering(204, "")).await;
    let port = canary.address.port();
    let courier = courier(Names::default(), &[]);
    for host in [
        "127.0.0.1",
        "127.1",
        "0x7f.1",
        "0x7f000001",
        "2130706433",
        "0177.0.0.1",
        "0",
        "0.0.0.0",
        "[::1]",
        "[::]",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "[::127.0.0.1]",
        "[64:ff9b::127.0.0.1]",
        "169.254.169.254",
        "[fe80::1]",
        "10.0.0.1",
        "192.168.0.1",
        "１２７.0.0.1",
    ] {
        let url = format!("http://{host}:{port}/");
        assert_eq!(courier.check(&Url::parse(&url).unwrap()), Err(BadAddress::Refused), "{host}");
        assert_eq!(send(&courier, url).await, (None, Some(Trouble::AddressRefused)), "{host}");
    }
    assert_eq!(canary.met(), (0, 0));
    // Names are judged by where they lead.
    let local = HttpCourier::new(WebhookSettings { allowed: Vec::new(), plain: Plain::Allowed }).unwrap();
    let url = format!("http://localhost:{port}/");
    assert_eq!(send(&local, url).await, (None, Some(Trouble::AddressRefused)));
    assert_eq!(canary.met(), (0, 0));
    let allowed = super::tests::courier(Names::default(), &["127.0.0.0/8"]);
    assert_eq!(
        send(&allowed, format!("http://127.0.0.1:{port}/")).await,
        (Some(204), None),
        "it does listen"
    );
}

#[tokio::test]
async fn nobody_is_followed_elsewhere() {
    let canary = Listener::on(SocketAddr::new(LOOPBACK, 0), answering(204, "")).await;
    let elsewhere = format!("Location: http://127.0.0.1:{}/\r\n", canary.address.port());
    for status in [301, 302, 303, 307, 308] {
        let receiver = Listener::on(SocketAddr::new(OPEN, 0), answering(status, &elsewhere)).await;
        let courier = courier(Names::default(), &["127.0.0.0/8"]);
        let url = format!("http://{}/", receiver.address);
        assert_eq!(send(&courier, url).await, (Some(status), Some(Trouble::Redirected)));
    }
    assert_eq!(canary.met(), (0, 0));
}

#[tokio::test]
async fn answers_are_told_apart() {
    for (answer, expected, wait) in [
        (answering(200, ""), (Some(200), None), None),
        (answering(299, ""), (Some(299), None), None),
        (answering(410, ""), (Some(410), Some(Trouble::Gone)), None),
        (answering(500, ""), (Some(500), Some(Trouble::Refused)), None),
        (answering(503, "Retry-After: 90\r\n"), (Some(503), Some(Trouble::Refused)), Some(90)),
        (answering(429, "Retry-After: tomorrow\r\n"), (Some(429), Some(Trouble::Refused)), None),
        ("nonsense\r\n\r\n".to_owned(), (None, Some(Trouble::Unreachable)), None),
        // A body that never ends keeps nobody waiting for longer than an answer may take.
        ("HTTP/1.1 200 X\r\nContent-Length: 5\r\n\r\n".to_owned(), (Some(200), None), None),
    ] {
        let receiver = Listener::on(SocketAddr::new(OPEN, 0), answer.clone()).await;
        let courier = courier(Names::default(), &["127.0.0.2/32"]);
        let answer_of = courier.send(&parcel(format!("http://{}/a?b=1", receiver.address))).await;
        assert_eq!((answer_of.status, answer_of.trouble), expected, "{answer}");
        assert_eq!(answer_of.wait.map(|wait| wait.as_secs()), wait, "{answer}");
        let request = receiver.last.lock().unwrap().clone();
        assert!(request.starts_with("POST /a?b=1 HTTP/1.1\r\n"), "{request}");
        for line in ["webhook-id: e_1", "webhook-timestamp: 7", "webhook-signature: v1,x"] {
            assert!(request.contains(&format!("{line}\r\n")), "{request}");
        }
        assert!(request.ends_with("\r\n\r\n{\"a\":1}"), "{request}");
    }
}

#[tokio::test]
async fn who_does_not_answer_is_not_waited_for_and_who_is_not_there_is_named() {
    let slow = Listener::on(SocketAddr::new(OPEN, 0), String::new()).await;
    let free = TcpListener::bind(SocketAddr::new(OPEN, 0)).await.unwrap().local_addr().unwrap();
    let tls = Listener::on(SocketAddr::new(OPEN, 0), "no TLS".to_owned()).await;
    let courier = courier(Names::of(&[("nothing.test", &[&[]])]), &["127.0.0.2/32"]);
    let began = tokio::time::Instant::now();
    assert_eq!(send(&courier, format!("http://{}/", slow.address)).await, (None, Some(Trouble::TimedOut)));
    assert!((4..8).contains(&began.elapsed().as_secs()), "{:?}", began.elapsed());
    for (url, trouble) in [
        (format!("http://{free}/"), Trouble::Unreachable),
        ("http://nowhere.test/".to_owned(), Trouble::NameUnknown),
        ("http://nothing.test/".to_owned(), Trouble::NameUnknown),
    ] {
        assert_eq!(send(&courier, url.clone()).await, (None, Some(trouble)), "{url}");
    }
    // It has said hello in TLS and nothing else.
    let (_, trouble) = send(&courier, format!("https://{}/", tls.address)).await;
    assert!(matches!(trouble, Some(Trouble::TimedOut | Trouble::TlsFailed)), "{trouble:?}");
    assert!(!tls.last.lock().unwrap().contains("POST"));
}

#[test]
fn addresses_are_encrypted_ones_without_secrets_in_them() {
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let courier = HttpCourier::with_lookup(
        WebhookSettings { allowed: Vec::new(), plain: Plain::Refused },
        Names::default(),
    )
    .unwrap();
    for (url, expected) in [
        ("https://hooks.example.org/a?b=c", Ok(())),
        ("https://hooks.example.org:8443/", Ok(())),
        ("https://8.8.8.8/", Ok(())),
        ("http://hooks.example.org/", Err(BadAddress::Form)),
        ("ftp://hooks.example.org/", Err(BadAddress::Form)),
        ("https://user:password@hooks.example.org/", Err(BadAddress::Form)),
        ("https://user@hooks.example.org/", Err(BadAddress::Form)),
        ("https://hooks.example.org/#part", Err(BadAddress::Form)),
        ("data:text/plain,x", Err(BadAddress::Form)),
        ("https://[2606:4700::1111]/", Ok(())),
        ("https://[fd00::1]/", Err(BadAddress::Refused)),
        ("https://192.0.2.1/", Err(BadAddress::Refused)),
    ] {
        assert_eq!(courier.check(&Url::parse(url).unwrap()), expected, "{url}");
    }
}
