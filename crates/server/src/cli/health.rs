//! Asks the server on this machine whether it is up: for containers, whose images need no other program for it.

use crate::config::Settings;
use std::io::{Read, Write};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpStream};
use std::process::ExitCode;
use std::time::Duration;

/// How long each step may take. Containers' own limits are longer.
const PATIENCE: Duration = Duration::from_secs(2);

/// Says on standard error why not.
pub(super) fn run(settings: &Settings) -> ExitCode {
    let (at, expected) = match settings.http {
        Some(http) => (http, "200"),
        // Who speaks plain HTTP there is sent to HTTPS: it accepts and answers.
        None => (settings.https, "308"),
    };
    match ask(reachable(at)) {
        Ok(status) if status == expected => ExitCode::SUCCESS,
        Ok(status) => {
            eprintln!("visavis: {at} answers with {status}");
            ExitCode::FAILURE
        }
        Err(error) => {
            eprintln!("visavis: {at} does not answer: {error}");
            ExitCode::FAILURE
        }
    }
}

/// From this machine, where it listens on all addresses.
fn reachable(at: SocketAddr) -> SocketAddr {
    let address = match at.ip() {
        IpAddr::V4(address) if address.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(address) if address.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        address => address,
    };
    SocketAddr::new(address, at.port())
}

fn ask(at: SocketAddr) -> std::io::Result<String> {
    let mut stream = TcpStream::connect_timeout(&at, PATIENCE)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    stream
        .write_all(format!("GET /healthz HTTP/1.1\r\nHost: {at}\r\nConnection: close\r\n\r\n").as_bytes())?;
    // "HTTP/1.1 200": what comes after it is of no interest.
    let mut head = [0; 12];
    stream.read_exact(&mut head)?;
    Ok(String::from_utf8_lossy(&head[9..]).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_on_all_addresses_is_asked_on_this_machine() {
        for (at, expected) in [
            ("0.0.0.0:8080", "127.0.0.1:8080"),
            ("[::]:8443", "[::1]:8443"),
            ("192.0.2.1:80", "192.0.2.1:80"),
        ] {
            assert_eq!(reachable(at.parse().unwrap()), expected.parse().unwrap(), "{at}");
        }
    }
}
