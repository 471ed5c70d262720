//! The other end of a connection, scripted by each test, and a connector that reaches it in memory.

use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::sync::{Arc, Mutex};

use spar_http::{
    BoxFuture, BoxedStream, Client, ClientBuilder, ConnectError, Connector, Endpoint, Error,
    ErrorKind, Request, Response, Target,
};
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream};

pub(crate) const OK: &str =
    "HTTP/1.1 200 OK\r\nContent-Type: text/xml; charset=utf-8\r\nContent-Length: 5\r\n\r\nhello";

/// What a server has seen.
#[derive(Default)]
pub(crate) struct Counts {
    connections: AtomicUsize,
    requests: AtomicUsize,
    bytes: AtomicUsize,
}

impl Counts {
    pub(crate) fn connected(&self) {
        self.connections.fetch_add(1, SeqCst);
    }

    pub(crate) fn connections(&self) -> usize {
        self.connections.load(SeqCst)
    }

    /// Requests that arrived as a whole, those a real server would execute.
    pub(crate) fn requests(&self) -> usize {
        self.requests.load(SeqCst)
    }

    pub(crate) fn bytes(&self) -> usize {
        self.bytes.load(SeqCst)
    }
}

/// One connection as the server sees it.
pub(crate) struct Peer {
    io: BoxedStream,
    counts: Arc<Counts>,
    buffer: Vec<u8>,
}

impl Peer {
    pub(crate) fn new(io: BoxedStream, counts: Arc<Counts>) -> Self {
        Self { io, counts, buffer: Vec::new() }
    }

    /// The next whole request, `None` if the connection ends first.
    pub(crate) async fn request(&mut self) -> Option<String> {
        loop {
            if let Some(end) = request_end(&self.buffer) {
                let request = self.buffer.drain(..end).collect();
                self.counts.requests.fetch_add(1, SeqCst);
                return Some(String::from_utf8(request).expect("request in UTF-8"));
            }
            let read = self.io.read_buf(&mut self.buffer).await.unwrap_or(0);
            if read == 0 {
                return None;
            }
            self.counts.bytes.fetch_add(read, SeqCst);
        }
    }

    /// The head of the next request; what follows it stays to be read.
    pub(crate) async fn head(&mut self) -> Option<String> {
        loop {
            if let Some(end) = head_end(&self.buffer) {
                let head = self.buffer.drain(..end).collect();
                return Some(String::from_utf8(head).expect("head in UTF-8"));
            }
            if self.io.read_buf(&mut self.buffer).await.unwrap_or(0) == 0 {
                return None;
            }
        }
    }

    /// The data of a body in chunks; `None` if the connection ends first.
    pub(crate) async fn chunked(&mut self) -> Option<Vec<u8>> {
        loop {
            if let Some((data, end)) = unchunk(&self.buffer) {
                self.buffer.drain(..end);
                self.counts.requests.fetch_add(1, SeqCst);
                return Some(data);
            }
            if self.io.read_buf(&mut self.buffer).await.unwrap_or(0) == 0 {
                return None;
            }
        }
    }

    /// What of the request has arrived and was not asked for.
    pub(crate) fn surplus(&self) -> usize {
        self.buffer.len()
    }

    /// So many bytes of a request.
    pub(crate) async fn at_least(&mut self, bytes: usize) {
        while self.buffer.len() < bytes {
            if self.io.read_buf(&mut self.buffer).await.unwrap_or(0) == 0 {
                return;
            }
        }
    }

    /// Any part of a request.
    pub(crate) async fn some(&mut self) {
        let _ = self.io.read_buf(&mut self.buffer).await;
    }

    pub(crate) async fn send(&mut self, bytes: impl AsRef<[u8]>) {
        // The client may have closed already.
        let _ = self.io.write_all(bytes.as_ref()).await;
        let _ = self.io.flush().await;
    }

    pub(crate) async fn close(mut self) {
        let _ = self.io.shutdown().await;
    }

    /// Keeps the connection open without a word.
    pub(crate) async fn stall(self) {
        std::future::pending::<()>().await;
        drop(self);
    }
}

pub(crate) type Script =
    Arc<dyn Fn(Peer) -> Pin<Box<dyn Future<Output = ()> + Send>> + Send + Sync>;

pub(crate) fn script<F, Fut>(script: F) -> Script
where
    F: Fn(Peer) -> Fut + Send + Sync + 'static,
    Fut: Future<Output = ()> + Send + 'static,
{
    Arc::new(move |peer| Box::pin(script(peer)))
}

/// Answers every request with [`OK`].
pub(crate) fn always_ok() -> Script {
    script(|mut peer| async move {
        while peer.request().await.is_some() {
            peer.send(OK).await;
        }
    })
}

/// Answers the first request of each connection with these bytes and closes.
pub(crate) fn answer_and_close(answer: impl Into<Vec<u8>>) -> Script {
    let answer: Arc<[u8]> = answer.into().into();
    script(move |mut peer| {
        let answer = Arc::clone(&answer);
        async move {
            peer.request().await;
            peer.send(answer).await;
            peer.close().await;
        }
    })
}

/// A connector without network and TLS, so that the clock can be paused.
pub(crate) struct Memory {
    script: Script,
    counts: Arc<Counts>,
}

impl Connector for Memory {
    fn connect(&self, _: &Target) -> BoxFuture<Result<BoxedStream, ConnectError>> {
        let (client, server) = tokio::io::duplex(16 * 1024);
        self.counts.connected();
        tokio::spawn((self.script)(Peer::new(Box::new(server), Arc::clone(&self.counts))));
        Box::pin(async move { Ok(Box::new(client) as BoxedStream) })
    }
}

/// A connector with one connection, the other end of which is in the test's hands.
pub(crate) struct Prepared(Mutex<Option<DuplexStream>>);

impl Prepared {
    pub(crate) fn new(stream: DuplexStream) -> Self {
        Self(Mutex::new(Some(stream)))
    }
}

impl Connector for Prepared {
    fn connect(&self, _: &Target) -> BoxFuture<Result<BoxedStream, ConnectError>> {
        let stream = self.0.lock().expect("stream").take().expect("one connection");
        Box::pin(async move { Ok(Box::new(stream) as BoxedStream) })
    }
}

/// A client over [`Memory`] and what its server sees.
pub(crate) fn in_memory(script: Script) -> (ClientBuilder, Arc<Counts>) {
    let counts = Arc::new(Counts::default());
    let connector = Memory { script, counts: Arc::clone(&counts) };
    (Client::builder().connector(connector), counts)
}

pub(crate) fn endpoint() -> Endpoint {
    Endpoint::parse("https://spar.test/2023.1/").expect("endpoint")
}

pub(crate) async fn post(client: &Client) -> Result<Response, Error> {
    client.send(&endpoint(), request()).await
}

pub(crate) fn request() -> Request {
    Request::new("text/xml; charset=utf-8", MARKER).with_header("soapaction", MARKER)
}

/// Stands for personal data: must not appear in any text of ours.
pub(crate) const MARKER: &str = "19121212-1212-MARKER";

/// No text of an error holds the marker; the chain of sources included.
pub(crate) fn assert_silent(error: &Error) {
    let mut texts = vec![format!("{error:?} {error:#?}")];
    let mut next = Some(error as &dyn std::error::Error);
    while let Some(error) = next {
        texts.push(error.to_string());
        next = error.source();
    }
    assert!(!texts.concat().contains("MARKER"), "{texts:?}");
}

fn head_end(buffer: &[u8]) -> Option<usize> {
    buffer.windows(4).position(|window| window == b"\r\n\r\n").map(|start| start + 4)
}

/// The data of the chunks, and where they end.
fn unchunk(buffer: &[u8]) -> Option<(Vec<u8>, usize)> {
    let (mut data, mut at) = (Vec::new(), 0);
    loop {
        let line = buffer[at..].windows(2).position(|window| window == b"\r\n")?;
        let size = std::str::from_utf8(&buffer[at..at + line]).expect("size in ASCII");
        let size = usize::from_str_radix(size, 16).expect("size");
        at += line + 2;
        data.extend_from_slice(buffer.get(at..at + size)?);
        at += size + 2;
        if buffer.len() < at {
            return None;
        }
        if size == 0 {
            return Some((data, at));
        }
    }
}

fn request_end(buffer: &[u8]) -> Option<usize> {
    let head_end = head_end(buffer)?;
    let head = std::str::from_utf8(&buffer[..head_end]).ok()?.to_ascii_lowercase();
    let length = head.split_once("content-length: ").map_or(0, |(_, rest)| {
        rest.lines().next().and_then(|line| line.parse().ok()).expect("content length")
    });
    (buffer.len() >= head_end + length).then_some(head_end + length)
}

pub(crate) fn kind(result: &Result<Response, Error>) -> Option<ErrorKind> {
    result.as_ref().err().map(Error::kind)
}
