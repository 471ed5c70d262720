//! Nothing is sent twice: TLS-20, HTTP-23, HTTP-25, HTTP-38 over real sockets.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::time::Duration;

use spar_http::{Client, ErrorKind, Phase, Request, Retries, Sent, Timeouts, TlsBackend};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use crate::peer::{OK, always_ok, assert_silent, request, script};
use crate::pki::{Authority, Issued};
use crate::server::{ONLY_1_2, ONLY_1_3, Server, Setup, client, endpoint};

// HTTP-38
#[tokio::test]
async fn hundred_in_sequence_need_one_connection() {
    let root = Authority::new("root");
    let certificate = root.server(&["localhost"]);
    for versions in [ONLY_1_2, ONLY_1_3] {
        for &backend in TlsBackend::compiled() {
            let setup = Setup { versions, ..Setup::new(&certificate) };
            let server = Server::start(&setup, always_ok()).await;
            let client = client(backend, &root, None).build().expect("client");
            for _ in 0..100 {
                server.post(&client).await.expect("answer");
            }
            assert_eq!((server.counts.connections(), server.counts.requests()), (1, 100));
        }
    }
}

// HTTP-38
#[tokio::test]
async fn parallel_calls_have_a_connection_each_at_most() {
    let root = Authority::new("root");
    let certificate = root.server(&["localhost"]);
    for versions in [ONLY_1_2, ONLY_1_3] {
        for &backend in TlsBackend::compiled() {
            let setup = Setup { versions, ..Setup::new(&certificate) };
            let server = Server::start(&setup, always_ok()).await;
            let builder = client(backend, &root, None).max_idle_connections(32);
            let client = builder.build().expect("client");
            for _ in 0..2 {
                let calls = (0..32).map(|_| {
                    let (client, endpoint) = (client.clone(), server.endpoint("localhost"));
                    tokio::spawn(async move { client.post(&endpoint, request()).await })
                });
                for call in calls.collect::<Vec<_>>() {
                    call.await.expect("task").expect("answer");
                }
            }
            assert_eq!(server.counts.requests(), 64, "{backend:?}");
            assert!(server.counts.connections() <= 32, "{backend:?}");
        }
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
        for &backend in TlsBackend::compiled() {
            let (closed, wait) = std::sync::mpsc::channel();
            let setup = Setup { versions, ..Setup::new(&certificate) };
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
            let client = client(backend, &root, None).build().expect("client");
            for round in 1..=20 {
                let response = here.block_on(server.post(&client)).expect("answer");
                assert!(response.meta.new_connection, "{backend:?}");
                wait.recv().expect("closed");
                assert_eq!(server.counts.connections(), round, "{backend:?}");
                assert_eq!(server.counts.requests(), round, "{backend:?}");
            }
        }
    }
}

// A client may outlive its runtime; saying good-bye then is not possible, and no fault.
#[test]
fn clients_outlive_their_runtime() {
    let root = Authority::new("root");
    let certificate = root.server(&["localhost"]);
    for &backend in TlsBackend::compiled() {
        let runtime =
            tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("runtime");
        let server = runtime.block_on(Server::start(&Setup::new(&certificate), always_ok()));
        let client = client(backend, &root, None).build().expect("client");
        runtime.block_on(server.post(&client)).expect("answer");
        drop(runtime);
        drop(client);
    }
}

/// When a server kills the connection.
#[derive(Clone, Copy, Debug)]
enum Stage {
    /// After so many quarters of the request, counted by the body.
    Quarter(usize),
    /// After so many bytes of the answer.
    Answer(usize),
}

// HTTP-25, HTTP-10: killed at each stage, softly and by a reset, on a new connection and on a
// reused one. The request is executed once at most, and what the error says about it is true.
#[tokio::test]
async fn killed_at_every_stage() {
    use ErrorKind::{Disconnected, Truncated};

    const BODY: usize = 400_000;
    let head = OK.find("\r\n\r\n").expect("head") + 4;
    let (root, clients) = (Authority::new("root"), Authority::new("clients"));
    let (certificate, own) = (root.server(&["localhost"]), clients.client("client"));
    let rows = [
        (Stage::Quarter(0), 0, Disconnected, Sent::Unknown),
        (Stage::Quarter(1), 0, Disconnected, Sent::Unknown),
        (Stage::Quarter(2), 0, Disconnected, Sent::Unknown),
        (Stage::Quarter(3), 0, Disconnected, Sent::Unknown),
        (Stage::Answer(0), 1, Disconnected, Sent::Unknown),
        (Stage::Answer(head / 2), 1, Truncated, Sent::Unknown),
        (Stage::Answer(head), 1, Truncated, Sent::Yes),
        (Stage::Answer(head + 2), 1, Truncated, Sent::Yes),
    ];
    for (stage, executed, kind, sent) in rows {
        for (versions, resets, reused) in [ONLY_1_2, ONLY_1_3].into_iter().flat_map(|versions| {
            [(versions, false, false), (versions, true, false), (versions, false, true)]
        }) {
            for &backend in TlsBackend::compiled() {
                let context = format!("{stage:?} {versions:?} {resets} {reused} {backend:?}");
                let clients = Some(&clients);
                let setup = Setup { clients, versions, resets, ..Setup::new(&certificate) };
                let killer = script(move |mut peer| async move {
                    if reused {
                        peer.request().await;
                        peer.send(OK).await;
                    }
                    match stage {
                        Stage::Quarter(quarters) => peer.at_least(quarters * BODY / 4 + 1).await,
                        Stage::Answer(bytes) => {
                            peer.request().await;
                            peer.send(&OK.as_bytes()[..bytes]).await;
                        }
                    }
                });
                let server = Server::start(&setup, killer).await;
                let client = client(backend, &root, Some(&own)).build().expect("client");
                if reused {
                    server.post(&client).await.expect(&context);
                }
                let before = server.counts.requests();
                let request = Request::new("text/xml", vec![b'x'; BODY]);
                let result = client.post(&server.endpoint("localhost"), request).await;
                let error = result.expect_err(&context);
                drop(client);
                server.settle().await;
                assert_eq!(server.counts.requests() - before, executed, "{context}: {error:?}");
                assert_eq!(server.counts.connections(), 1, "{context}: {error:?}");
                assert_silent(&error);
                // A reset may overtake what was sent before it.
                let is_overtaken =
                    resets && (error.kind(), error.sent()) == (Disconnected, Sent::Unknown);
                let found = (error.kind(), error.sent());
                assert!(is_overtaken || found == (kind, sent), "{context}: {error:?}");
            }
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
        let setup = Setup { clients: Some(&clients), versions, ..Setup::new(&certificate) };
        for &backend in TlsBackend::compiled() {
            for reused in [false, true] {
                for direction in [Direction::Request, Direction::Answer] {
                    let mut cut = 0;
                    while !kill(&setup, (backend, &root, &own), reused, direction, cut).await {
                        cut += STEP;
                        assert!(cut < 100_000, "{backend:?} {reused} {direction:?}: no answer");
                    }
                    assert!(cut > STEP, "{backend:?} {reused} {direction:?}");
                }
            }
        }
    }
}

/// Whether the connection was left alive long enough for an answer.
async fn kill(
    setup: &Setup<'_>,
    (backend, root, own): (TlsBackend, &Authority, &Issued),
    reused: bool,
    direction: Direction,
    cut: usize,
) -> bool {
    let server = Server::start(setup, always_ok()).await;
    let proxy = Proxy::start(server.address).await;
    let timeouts = Timeouts::default().with_total(Duration::from_secs(5));
    let retries = Retries::default().with_connect(0);
    let builder = client(backend, root, Some(own)).timeouts(timeouts).retries(retries);
    let client = builder.build().expect("client");
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
    let versions = setup.versions;
    let context = format!("{versions:?} {backend:?} {reused} {direction:?} {cut}: {result:?}");
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
    result.is_ok()
}

// HTTP-01, TLS-13, HTTP-25: a connection that breaks before TLS is there is opened again, as often as
// allowed. Whatever comes of it, the request arrives once at most.
#[tokio::test]
async fn connections_that_break_early_are_opened_again() {
    let (root, clients) = (Authority::new("root"), Authority::new("clients"));
    let (certificate, own) = (root.server(&["localhost"]), clients.client("client"));
    for versions in [ONLY_1_2, ONLY_1_3] {
        for &backend in TlsBackend::compiled() {
            for (broken, allowed, expected) in
                [(0, 2, Some(0)), (1, 2, Some(1)), (2, 2, Some(2)), (3, 2, None), (1, 0, None)]
            {
                let context = format!("{broken} of {allowed} {versions:?} {backend:?}");
                let setup = Setup { clients: Some(&clients), versions, ..Setup::new(&certificate) };
                let server = Server::start(&setup, always_ok()).await;
                let (address, opened) = unreliable(server.address, broken).await;
                let retries =
                    Retries::default().with_connect(allowed).with_pause(Duration::from_millis(1));
                let builder = client(backend, &root, Some(&own)).retries(retries);
                let client = builder.build().expect("client");
                let result = client.post(&endpoint("localhost", address), request()).await;
                match (result, expected) {
                    (Ok(response), Some(failures)) => {
                        assert_eq!(response.meta.failed_connections, failures, "{context}");
                        assert_eq!(opened.load(SeqCst), broken + 1, "{context}");
                        assert_eq!(server.counts.requests(), 1, "{context}");
                    }
                    (Err(error), None) => {
                        let found = (error.kind(), error.sent());
                        assert_eq!(found, (ErrorKind::Connect, Sent::No), "{context}");
                        assert_eq!(opened.load(SeqCst), allowed as usize + 1, "{context}");
                        assert_eq!(server.counts.requests(), 0, "{context}");
                    }
                    (result, _) => panic!("{context}: {result:?}"),
                }
            }
        }
    }
}

/// Hangs up on so many connections after the client's first words, and forwards the others. Counts
/// all of them.
async fn unreliable(server: SocketAddr, broken: usize) -> (SocketAddr, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("listener");
    let address = listener.local_addr().expect("address");
    let opened = Arc::<AtomicUsize>::default();
    let count = Arc::clone(&opened);
    tokio::spawn(async move {
        while let Ok((mut client, _)) = listener.accept().await {
            if count.fetch_add(1, SeqCst) < broken {
                let _ = client.read(&mut [0; 100]).await;
                continue;
            }
            let mut server = TcpStream::connect(server).await.expect("server");
            tokio::spawn(async move {
                let _ = tokio::io::copy_bidirectional(&mut client, &mut server).await;
            });
        }
    });
    (address, opened)
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
