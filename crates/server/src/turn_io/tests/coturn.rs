//! Driven by coturn's client, which is somebody else's reading of the RFCs: UDP, TCP and TLS.

use super::{LOOPBACK, Server};
use crate::listen::Streams;
use std::process::Command;
use std::sync::Arc;

/// Two clients of coturn's send each other packets through relays of ours: all have to arrive.
fn assert_everything_arrives(server: &Server, port: u16, ways: &[&str]) {
    let credentials = server.credentials(1);
    let mut command = Command::new("turnutils_uclient");
    command.args(ways).args(["-y", "-c", "-m", "2", "-n", "50", "-l", "200", "-z", "5"]);
    command.args([
        "-u",
        &credentials.username,
        "-w",
        &credentials.password,
        "-p",
        &port.to_string(),
        "127.0.0.1",
    ]);
    let output = command.output().expect("coturn's turnutils_uclient is installed (apt-get install coturn)");
    let text =
        String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    assert!(
        text.contains("Total lost packets 0 (0.000000%)") && text.contains("tot_recv_msgs=100"),
        "{text}"
    );
}

#[test]
fn datagrams_are_relayed_by_channels() {
    let server = Server::new(&[], &[]);
    assert_everything_arrives(&server, server.address.port(), &[]);
}

#[test]
fn datagrams_are_relayed_by_indications() {
    let server = Server::new(&[], &[]);
    assert_everything_arrives(&server, server.address.port(), &["-s"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tcp_streams_are_relayed() {
    let server = Server::new(&[], &[]);
    let listener = tokio::net::TcpListener::bind((LOOPBACK, 0)).await.unwrap();
    let local = listener.local_addr().unwrap();
    let handle = server.handle.clone();
    tokio::spawn(async move {
        while let Ok((stream, peer)) = listener.accept().await {
            tokio::spawn(handle.serve(Box::new(stream), local, peer));
        }
    });
    let check = move || assert_everything_arrives(&server, local.port(), &["-t"]);
    tokio::task::spawn_blocking(check).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tls_streams_are_relayed() {
    let server = Server::new(&[], &[]);
    let listener = tokio::net::TcpListener::bind((LOOPBACK, 0)).await.unwrap();
    let local = listener.local_addr().unwrap();
    let made = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![made.cert.der().clone()], made.signing_key.serialize_der().try_into().unwrap())
        .unwrap();
    let acceptor = tokio_rustls::TlsAcceptor::from(Arc::new(config));
    let handle = server.handle.clone();
    tokio::spawn(async move {
        while let Ok((stream, peer)) = listener.accept().await {
            let (acceptor, handle) = (acceptor.clone(), handle.clone());
            tokio::spawn(async move {
                let stream = acceptor.accept(stream).await.unwrap();
                handle.serve(Box::new(stream), local, peer).await;
            });
        }
    });
    let check = move || assert_everything_arrives(&server, local.port(), &["-t", "-S"]);
    tokio::task::spawn_blocking(check).await.unwrap();
}
