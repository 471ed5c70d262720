//! Who is served: clients with a certificate of the simulator's own authority, and nobody else.

use std::time::{Duration, SystemTime};

use rustls::ProtocolVersion;
use spar_simulator::{Certificates, ErrorKind, Simulator, Version};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::client::{Connection, Setup, connect, envelope, post};
use crate::{has_tool, outcome};

async fn start() -> Simulator {
    Simulator::builder().start().await.expect("a free port")
}

#[tokio::test]
async fn both_versions_of_tls_are_served() {
    let simulator = start().await;
    for (setup, version) in [
        (Setup::new(&simulator), ProtocolVersion::TLSv1_3),
        (Setup::new(&simulator).tls_1_2(), ProtocolVersion::TLSv1_2),
    ] {
        let mut connection =
            Connection::open(simulator.address(), setup).await.expect("a handshake");
        assert_eq!(connection.version, Some(version));
        let reply = connection.send(post(envelope("198001159949"))).await.expect("an answer");
        assert_eq!((reply.status, reply.body.contains("Provström")), (200, true));
    }
    assert_eq!((simulator.connections(), simulator.searches()), (2, 2));
}

#[tokio::test]
async fn a_connection_carries_several_requests() {
    let simulator = start().await;
    let mut connection =
        Connection::open(simulator.address(), Setup::new(&simulator)).await.expect("a handshake");
    for _ in 0..3 {
        let reply = connection.send(post(envelope("198001159949"))).await.expect("an answer");
        assert_eq!(reply.status, 200);
    }
    assert_eq!((simulator.connections(), simulator.requests(), simulator.searches()), (1, 3, 3));
}

#[tokio::test]
async fn all_names_of_the_server_are_certified() {
    let simulator = start().await;
    for server_name in ["localhost", "127.0.0.1", "::1"] {
        let setup = Setup { server_name, ..Setup::new(&simulator) };
        assert!(Connection::open(simulator.address(), setup).await.is_ok(), "{server_name}");
    }
    let setup = Setup { server_name: "example.org", ..Setup::new(&simulator) };
    assert!(Connection::open(simulator.address(), setup).await.is_err());
}

/// With TLS 1.3 the refusal comes after the client has finished its handshake.
async fn is_refused(simulator: &Simulator, setup: Setup<'_>) -> bool {
    match Connection::open(simulator.address(), setup).await {
        Err(_) => true,
        Ok(mut connection) => connection.send(post(envelope("198001159949"))).await.is_err(),
    }
}

#[tokio::test]
async fn strangers_are_refused() {
    let simulator = start().await;
    let other = Certificates::issue(SystemTime::now()).expect("certificates");
    let stranger = Some((other.client_certificate_pem(), other.client_key_pem()));
    for identity in [None, stranger] {
        let setup = Setup { identity, ..Setup::new(&simulator) };
        assert!(is_refused(&simulator, setup).await);
        let setup = Setup { identity, ..Setup::new(&simulator) };
        assert!(is_refused(&simulator, setup.tls_1_2()).await);
    }
    let setup = Setup { roots: &other, ..Setup::new(&simulator) };
    assert!(is_refused(&simulator, setup).await);
    assert_eq!((simulator.connections(), simulator.requests(), simulator.searches()), (0, 0, 0));
}

#[tokio::test]
async fn certificates_that_have_expired_do_not_serve() {
    let two_years = Duration::from_secs(2 * 365 * 24 * 60 * 60);
    let expired = Certificates::issue(SystemTime::now() - two_years).expect("certificates");
    let simulator = Simulator::builder().certificates(expired).start().await.expect("a free port");
    assert!(is_refused(&simulator, Setup::new(&simulator)).await);
}

#[tokio::test]
async fn the_url_names_the_version() {
    let simulator = start().await;
    let url = simulator.url(Version::V2023_1);
    assert!(url.starts_with("https://localhost:"));
    assert!(url.ends_with("/2023.1/"));
}

#[tokio::test]
async fn shutdown_ends_connections_and_frees_the_port() {
    let simulator = start().await;
    let address = simulator.address();
    let mut connection =
        Connection::open(address, Setup::new(&simulator)).await.expect("a handshake");
    connection.send(post(envelope("198001159949"))).await.expect("an answer");
    simulator.shutdown().await;
    assert!(connection.send(post(envelope("198001159949"))).await.is_err());
    let again = Simulator::builder().address(address).start().await.expect("the port is free");
    assert_eq!(again.address(), address);
}

#[tokio::test]
async fn shutdown_waits_for_a_request_under_way() {
    let simulator = start().await;
    let address = simulator.address();
    let mut stream = connect(address, Setup::new(&simulator)).await.expect("a handshake");
    let body = envelope("198001159949");
    let head = format!(
        "POST /2023.1/ HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/xml\r\n\
         Content-Length: {}\r\nExpect: 100-continue\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes()).await.expect("sent");
    let mut interim = [0; 25];
    stream.read_exact(&mut interim).await.expect("an interim answer");
    assert_eq!(&interim, b"HTTP/1.1 100 Continue\r\n\r\n");
    let shutdown = tokio::spawn(simulator.shutdown());
    while TcpStream::connect(address).await.is_ok() {}
    stream.write_all(body.as_bytes()).await.expect("sent");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.expect("an answer and the end");
    assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
    assert!(answer.ends_with("</S:Envelope>"));
    shutdown.await.expect("the end");
}

#[tokio::test]
async fn a_dropped_simulator_is_gone() {
    let simulator = start().await;
    let address = simulator.address();
    let mut connection =
        Connection::open(address, Setup::new(&simulator)).await.expect("a handshake");
    drop(simulator);
    assert!(connection.send(post(envelope("198001159949"))).await.is_err());
}

#[tokio::test]
async fn only_localhost_is_listened_on() {
    let address = "192.0.2.1:0".parse().expect("an address");
    let error = Simulator::builder().address(address).start().await.expect_err("elsewhere");
    assert_eq!(error.kind(), ErrorKind::Address);
    let taken = start().await;
    let error = Simulator::builder().address(taken.address()).start().await.expect_err("taken");
    assert_eq!(error.kind(), ErrorKind::Address);
}

#[tokio::test]
async fn curl_is_served() {
    if !has_tool("curl") {
        return;
    }
    let simulator = start().await;
    let folder = tempfile::tempdir().expect("a folder");
    simulator.certificates().write_to(folder.path()).expect("files");
    let body = folder.path().join("request.xml");
    std::fs::write(&body, envelope("198001159949")).expect("a file");
    let curl = |identity: bool| {
        let mut curl = tokio::process::Command::new("curl");
        curl.args(["--silent", "--noproxy", "*", "--max-time", "20"]);
        curl.arg("--cacert").arg(folder.path().join("ca.pem"));
        if identity {
            curl.arg("--cert").arg(folder.path().join("client.pem"));
        }
        curl.args(["--header", "Content-Type: text/xml; charset=utf-8"]);
        curl.arg("--data-binary").arg(format!("@{}", body.display()));
        curl.arg(simulator.url(Version::V2023_1));
        curl
    };
    let output = curl(true).output().await.expect("curl runs");
    assert!(output.status.success());
    let answer = String::from_utf8(output.stdout).expect("UTF-8");
    assert_eq!(outcome(&crate::wire::strictly(&answer)), "198001159949");
    let output = curl(false).output().await.expect("curl runs");
    assert!(!output.status.success());
    assert_eq!(simulator.searches(), 1);
}
