//! A server in memory that answers one request with given bytes.

use std::sync::{Arc, Mutex};

use spar_soap::transport::{BoxFuture, BoxedStream, ConnectError, Connector, Target};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

/// Answers every connection's only request with the bytes whose turn it is, the last ones for ever, closes
/// the connection, and keeps the requests.
#[derive(Clone)]
pub(crate) struct Canned {
    answers: Arc<Vec<Vec<u8>>>,
    requests: Arc<Mutex<Vec<String>>>,
}

impl Canned {
    pub(crate) fn new(status: u16, content_type: &str, body: &str) -> Self {
        Self::in_turn(vec![answer(status, content_type, body)])
    }

    pub(crate) fn in_turn(answers: Vec<Vec<u8>>) -> Self {
        Self { answers: Arc::new(answers), requests: Arc::default() }
    }

    pub(crate) fn requests(&self) -> Vec<String> {
        self.requests.lock().unwrap().clone()
    }
}

/// An answer as bytes.
pub(crate) fn answer(status: u16, content_type: &str, body: &str) -> Vec<u8> {
    let length = body.len();
    let head = format!("Content-Type: {content_type}\r\nContent-Length: {length}");
    format!("HTTP/1.1 {status} X\r\n{head}\r\n\r\n{body}").into_bytes()
}

impl Connector for Canned {
    fn connect(&self, _target: &Target) -> BoxFuture<Result<BoxedStream, ConnectError>> {
        let this = self.clone();
        let (client, mut server) = tokio::io::duplex(64 * 1024);
        tokio::spawn(async move {
            let mut request = Vec::new();
            while !is_complete(&request) {
                if server.read_buf(&mut request).await.unwrap_or(0) == 0 {
                    return;
                }
            }
            let turn = {
                let mut requests = this.requests.lock().unwrap();
                requests.push(String::from_utf8(request).unwrap());
                requests.len().min(this.answers.len()) - 1
            };
            let _ = server.write_all(&this.answers[turn]).await;
        });
        Box::pin(async move { Ok(Box::new(client) as BoxedStream) })
    }
}

fn is_complete(request: &[u8]) -> bool {
    let text = String::from_utf8_lossy(request);
    let Some((head, body)) = text.split_once("\r\n\r\n") else { return false };
    let length = head.lines().find_map(|line| {
        line.to_ascii_lowercase()
            .strip_prefix("content-length: ")
            .map(|n| n.parse::<usize>().unwrap())
    });
    length.is_some_and(|length| body.len() >= length)
}
