//! `visavis doctor --from-outside`: asks a server as browsers do, from another machine. HTTPS, its certificate and its
//! clock; whether STUN and TURN answer over UDP, TCP and TLS. TURN is asked without credentials, so it says that it
//! needs some: that it relays is not tried.

use super::Finding;
use anyhow::{Context, Result, anyhow, bail};
use rustls::pki_types::ServerName;
use rustls::{ClientConfig, ClientConnection, StreamOwned};
use rustls_platform_verifier::BuilderVerifierExt;
use std::io::{ErrorKind, Read, Write};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpStream, UdpSocket};
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use url::Url;

/// How long each step may take: people would not wait for longer either.
const PATIENCE: Duration = Duration::from_secs(5);
/// How often UDP is tried: some of it is lost anywhere.
const TRIES: u32 = 3;
const BETWEEN_TRIES: Duration = Duration::from_secs(1);
/// Clocks that differ by more are worth mending: codes of authenticators are good for little longer.
const CLOCKS_APART: u64 = 5;
/// Of an answer, far more than its head.
const HEAD_BYTES: u64 = 16_384;

/// RFC 8489, section 5.
const HEADER_BYTES: usize = 20;
const COOKIE: u32 = 0x2112_a442;
const BINDING: u16 = 0x0001;
const BOUND: u16 = 0x0101;
/// RFC 8656, section 7.
const ALLOCATE: u16 = 0x0003;
const ALLOCATE_REFUSED: u16 = 0x0113;
/// REQUESTED-TRANSPORT: UDP.
const OVER_UDP: [u8; 8] = [0x00, 0x19, 0, 4, 17, 0, 0, 0];

/// Looks at the server of this public address; media is there too, unless it is said to be elsewhere.
pub(crate) fn examine(url: &Url, media: Option<SocketAddr>) -> Vec<Finding> {
    let host = url.host_str().unwrap_or_default();
    let addresses = match url.socket_addrs(|| None) {
        Ok(found) if url.scheme() == "https" && !found.is_empty() => found,
        Ok(_) => {
            return vec![Finding::wrong(format!("{url} is no address of HTTPS"), "Give the public address.")];
        }
        Err(error) => {
            let advice = "Have the name lead to the server, or to what stands in front of it.";
            return vec![Finding::wrong(format!("{host} is not found: {error}"), advice)];
        }
    };
    let mut findings: Vec<_> = addresses.iter().map(|address| https(host, *address)).collect();
    let places = media.map_or(addresses, |media| vec![media]);
    for place in places {
        findings.push(judged(
            &format!("STUN and TURN over UDP at {place}"),
            over_udp(place),
            "Let UDP to that port through every firewall, and forward it where the server is behind a router. Behind a \
             balancer media is elsewhere: say --media ADDRESS:PORT.",
        ));
        findings.push(judged(
            &format!("TURN over TCP at {place}"),
            connect(place).and_then(|mut stream| over_stream(&mut stream)),
            "Let TCP to that port through every firewall. A balancer that speaks HTTP only does not pass TURN on.",
        ));
        findings.push(judged(
            &format!("TURN over TLS at {place}"),
            secure(host, place, b"stun.turn").and_then(|mut stream| over_stream(&mut stream)),
            "People in networks that allow nothing but TLS cannot call. Where a balancer ends TLS, it is not there.",
        ));
    }
    findings
}

fn judged(what: &str, tried: Result<()>, advice: &str) -> Finding {
    match tried {
        Ok(()) => Finding::fine(format!("{what} answers")),
        Err(error) => Finding::wrong(format!("{what}: {error:#}"), advice),
    }
}

fn https(host: &str, address: SocketAddr) -> Finding {
    match ask(host, address) {
        Ok(apart) if apart <= CLOCKS_APART => {
            Finding::fine(format!("HTTPS at {address} answers as {host}; clocks are {apart} s apart"))
        }
        Ok(apart) => Finding::wrong(
            format!("HTTPS at {address}: the clock there and this machine's are {apart} s apart"),
            "Have NTP keep both: links, codes and certificates go by the time.",
        ),
        Err(error) => Finding::wrong(
            format!("HTTPS at {address}: {error:#}"),
            "The server has to run, TCP to that port has to get through, and the certificate has to be one for that name \
             which this machine trusts.",
        ),
    }
}

/// By how many seconds clocks differ, of a server that is up.
fn ask(host: &str, address: SocketAddr) -> Result<u64> {
    let mut stream = secure(host, address, b"http/1.1")?;
    write!(stream, "GET /healthz HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n")?;
    let mut answer = Vec::new();
    match stream.take(HEAD_BYTES).read_to_end(&mut answer) {
        // Some end without saying so in TLS.
        Err(error) if answer.is_empty() || error.kind() != ErrorKind::UnexpectedEof => {
            return Err(error.into());
        }
        _ => {}
    }
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    apart(&String::from_utf8_lossy(&answer), i64::try_from(now.as_secs()).unwrap_or(i64::MAX))
}

fn apart(answer: &str, now: i64) -> Result<u64> {
    let mut lines = answer.lines();
    let status = lines.next().unwrap_or_default();
    if status.split(' ').nth(1) != Some("200") {
        bail!("it answers /healthz with \"{status}\"");
    }
    let mut fields = lines.take_while(|line| !line.is_empty()).filter_map(|line| line.split_once(':'));
    let date = fields.find(|(name, _)| name.eq_ignore_ascii_case("date"));
    let (_, date) = date.context("it does not say what time it is")?;
    let there = jiff::fmt::rfc2822::parse(date.trim()).map_err(|_| anyhow!("\"{date}\" is no time"))?;
    Ok(there.timestamp().as_second().abs_diff(now))
}

fn connect(address: SocketAddr) -> Result<TcpStream> {
    let stream = TcpStream::connect_timeout(&address, PATIENCE)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    Ok(stream)
}

/// With a certificate for that name which this machine trusts.
fn secure(
    host: &str,
    address: SocketAddr,
    protocol: &[u8],
) -> Result<StreamOwned<ClientConnection, TcpStream>> {
    let mut config = ClientConfig::builder().with_platform_verifier()?.with_no_client_auth();
    config.alpn_protocols = vec![protocol.to_vec()];
    let name = ServerName::try_from(host.trim_matches(['[', ']']).to_owned())?;
    let mut stream = StreamOwned::new(ClientConnection::new(Arc::new(config), name)?, connect(address)?);
    while stream.conn.is_handshaking() {
        stream.conn.complete_io(&mut stream.sock)?;
    }
    Ok(stream)
}

fn over_udp(address: SocketAddr) -> Result<()> {
    let any: IpAddr =
        if address.is_ipv4() { Ipv4Addr::UNSPECIFIED.into() } else { Ipv6Addr::UNSPECIFIED.into() };
    let socket = UdpSocket::bind((any, 0))?;
    socket.connect(address)?;
    socket.set_read_timeout(Some(BETWEEN_TRIES))?;
    exchange(&socket, BINDING, &[], BOUND).context("STUN")?;
    exchange(&socket, ALLOCATE, &OVER_UDP, ALLOCATE_REFUSED).context("TURN")
}

fn exchange(socket: &UdpSocket, kind: u16, attributes: &[u8], expected: u16) -> Result<()> {
    let id = crate::secrets::draw()?;
    let mut answer = [0; 1500];
    let mut failed = None;
    for _ in 0..TRIES {
        let received = socket.send(&request(kind, id, attributes)).and_then(|_| socket.recv(&mut answer));
        match received {
            Ok(length) => return answered(&answer[..length], id, expected),
            Err(error) => failed = Some(error),
        }
    }
    match failed {
        Some(error) if !matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {
            Err(error.into())
        }
        _ => bail!("it does not answer"),
    }
}

/// RFC 8489, section 6.2.2: over streams a message follows the other, without anything between them.
fn over_stream(stream: &mut (impl Read + Write)) -> Result<()> {
    let id = crate::secrets::draw()?;
    stream.write_all(&request(ALLOCATE, id, &OVER_UDP))?;
    stream.flush()?;
    let mut header = [0; HEADER_BYTES];
    stream.read_exact(&mut header).context("TURN does not answer")?;
    answered(&header, id, ALLOCATE_REFUSED)
}

fn request(kind: u16, id: [u8; 12], attributes: &[u8]) -> Vec<u8> {
    let length = u16::try_from(attributes.len()).unwrap_or_default();
    [&kind.to_be_bytes(), &length.to_be_bytes(), &COOKIE.to_be_bytes()[..], &id, attributes].concat()
}

fn answered(answer: &[u8], id: [u8; 12], expected: u16) -> Result<()> {
    let header = answer.get(..HEADER_BYTES).context("what answers there speaks something else")?;
    if header[..2] != expected.to_be_bytes() || header[4..8] != COOKIE.to_be_bytes() || header[8..] != id {
        bail!("what answers there speaks something else");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clocks_are_compared_by_what_an_answer_says() {
        let at = |date: &str| format!("HTTP/1.1 200 OK\r\nserver: x\r\ndate: {date}\r\n\r\nup\n");
        let date = "Sun, 06 Nov 1994 08:49:37 GMT";
        for (answer, now, expected) in [
            (at(date), 784_111_777, Some(0)),
            (at(date), 784_111_770, Some(7)),
            (at(date), 784_111_787, Some(10)),
            (at("yesterday"), 0, None),
            (at(date).replace("200 OK", "502 Bad Gateway"), 784_111_777, None),
            (at(date).replace("date", "age"), 784_111_777, None),
            ("SSH-2.0-x\r\n".to_owned(), 0, None),
            (String::new(), 0, None),
        ] {
            assert_eq!(apart(&answer, now).ok(), expected, "{answer}");
        }
    }

    #[test]
    fn an_answer_is_to_this_request_and_of_the_expected_kind() {
        let (id, other) = ([7; 12], [8; 12]);
        assert!(answered(&request(BOUND, id, &[0; 8]), id, BOUND).is_ok());
        for answer in
            [request(BOUND, other, &[]), request(ALLOCATE_REFUSED, id, &[]), b"HTTP/1.1 400".to_vec()]
        {
            assert!(answered(&answer, id, BOUND).is_err());
        }
        let mut elsewhere = request(BOUND, id, &[]);
        elsewhere[4] = 0;
        assert!(answered(&elsewhere, id, BOUND).is_err());
    }
}
