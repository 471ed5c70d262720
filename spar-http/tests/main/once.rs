//! Nothing is sent twice: TLS-20, HTTP-23, HTTP-25, HTTP-38 over real sockets.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::time::Duration;

use spar_http::{Client, ErrorKind, Phase, Sent, Timeouts};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use crate::peer::{OK, always_ok, assert_silent, request, script};
use crate::pki::Authority;
use crate::server::{ONLY_1_2, ONLY_1_3, Server, Setup, client, endpoint};

// HTTP-38
#[tokio::test]
async fn hundred_in_sequence_need_one_connection() {
    let root = Authority::new("root");
    let certificate = root.server(&["localhost"]);
    for versions in [ONLY_1_2, ONLY_1_3] {
        let setup = Setup { certificate: &certificate, clients: None, versions };
        let server = Server::start(&setup, always_ok()).await;
        let client = client(&root, None).build().expect("client");
        for _ in 0..100 {
            server.post(&client).await.expect("answer");
        }
        assert_eq!((server.counts.connections(), server.counts.requests()), (1, 100));
    }
}

// TLS-20, HTTP-23: the client's runtime stands still while the server closes, as in a program that
// blocks on each call.
#[test]
fn connections_closed_between_two_calls_are_replaced() {
    let root = Authority::new("root");
    let certificate = root.server(&["localhost"]);
    let there = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("runtime");
    let here = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("runtime");
    for versions in [ONLY_1_2, ONLY_1_3] {
        let (closed, wait) = std::sync::mpsc::channel();
        let setup = Setup { certificate: &certificate, clients: None, versions };
        let server = there.block_on(Server::start(
            &setup,
            script(move |mut peer| {
                let closed = closed.clone();
                async move {
                    peer.request().await;
                    peer.send(OK).await;
                    peer.close().await;
                    let _ = closed.send(());
                }
            }),
        ));
        let client = client(&root, None).build().expect("client");
        for round in 1..=20 {
            let response = here.block_on(server.post(&client)).expect("answer");
            assert!(response.meta.new_connection);
            wait.recv().expect("closed");
            assert_eq!(server.counts.connections(), round);
            assert_eq!(server.counts.requests(), round);
        }
    }
}

// HTTP-25: the connection dies after each so many bytes of TLS, in both directions, on a new
// connection and on a reused one. What the client says about it must be true.
#[tokio::test]
async fn connections_killed_anywhere_never_lead_to_a_second_request() {
    const STEP: usize = 61;
    let (root, clients) = (Authority::new("root"), Authority::new("clients"));
    let (certificate, own) = (root.server(&["localhost"]), clients.client("client"));
    for versions in [ONLY_1_2, ONLY_1_3] {
        let setup = Setup { certificate: &certificate, clients: Some(&clients), versions };
        for reused in [false, true] {
            for direction in [Direction::Request, Direction::Answer] {
                let mut cut = 0;
                loop {
                    let server = Server::start(&setup, always_ok()).await;
                    let proxy = Proxy::start(server.address).await;
                    let timeouts = Timeouts::default().with_total(Duration::from_secs(5));
                    let client =
                        client(&root, Some(&own)).timeouts(timeouts).build().expect("client");
                    if reused {
                        proxy.post(&client).await.expect("first answer");
                    }
                    let (requests, bytes) = (server.counts.requests(), server.counts.bytes());
                    let connections = server.counts.connections();
                    proxy.kill_after(direction, cut);
                    let result = proxy.post(&client).await;
                    // What is under way still arrives, or it would not be counted.
                    drop(client);
                    server.settle().await;
                    let requests = server.counts.requests() - requests;
                    let bytes = server.counts.bytes() - bytes;
                    let connections = server.counts.connections() - connections;
                    let context = format!("{versions:?} {reused} {direction:?} {cut}: {result:?}");
                    assert!(requests <= 1, "{context}");
                    assert!(connections <= usize::from(!reused), "{context}");
                    match &result {
                        Ok(_) => assert_eq!(requests, 1, "{context}"),
                        Err(error) => {
                            assert_silent(error);
                            assert!(error.kind() != ErrorKind::Timeout(Phase::Total), "{context}");
                            match error.sent() {
                                Sent::No => assert_eq!(bytes, 0, "{context}"),
                                Sent::Yes => assert_eq!(requests, 1, "{context}"),
                                _ => {}
                            }
                        }
                    }
                    if result.is_ok() {
                        break;
                    }
                    cut += STEP;
                }
                assert!(cut > STEP, "{reused} {direction:?}");
            }
        }
    }
}

#[derive(Clone, Copy, Debug)]
enum Direction {
    Request,
    Answer,
}

/// Forwards TCP, and kills the connection when its allowance in a direction is used up.
struct Proxy {
    address: SocketAddr,
    allowance: Arc<[AtomicUsize; 2]>,
}

impl Proxy {
    async fn start(server: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("listener");
        let address = listener.local_addr().expect("address");
        let allowance = Arc::new([AtomicUsize::new(usize::MAX), AtomicUsize::new(usize::MAX)]);
        tokio::spawn({
            let allowance = Arc::clone(&allowance);
            async move {
                while let Ok((client, _)) = listener.accept().await {
                    let server = TcpStream::connect(server).await.expect("server");
                    let allowance = Arc::clone(&allowance);
                    tokio::spawn(async move {
                        let (client, server) = (client.into_split(), server.into_split());
                        tokio::select! {
                            () = forward(client.0, server.1, &allowance[0]) => {}
                            () = forward(server.0, client.1, &allowance[1]) => {}
                        }
                    });
                }
            }
        });
        Self { address, allowance }
    }

    fn kill_after(&self, direction: Direction, bytes: usize) {
        self.allowance[direction as usize].store(bytes, SeqCst);
    }

    async fn post(&self, client: &Client) -> Result<spar_http::Response, spar_http::Error> {
        client.post(&endpoint("localhost", self.address), request()).await
    }
}

async fn forward(
    mut from: impl AsyncRead + Unpin,
    mut to: impl AsyncWrite + Unpin,
    allowance: &AtomicUsize,
) {
    let mut buffer = [0; 4096];
    while let Ok(read @ 1..) = from.read(&mut buffer).await {
        let allowed = allowance.load(SeqCst);
        allowance.store(allowed.saturating_sub(read), SeqCst);
        if to.write_all(&buffer[..read.min(allowed)]).await.is_err() || read > allowed {
            return;
        }
    }
}
