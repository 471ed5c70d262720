//! A server in memory that answers one request with given bytes.

use std::sync::{Arc, Mutex};

use spar_soap::transport::{BoxFuture, BoxedStream, ConnectError, Connector, Target};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

/// Answers every connection's only request with the same bytes, and keeps the requests.
#[derive(Clone)]
pub(crate) struct Canned {
    answer: Arc<Vec<u8>>,
    requests: Arc<Mutex<Vec<String>>>,
}

impl Canned {
    pub(crate) fn new(status: u16, content_type: &str, body: &str) -> Self {
        let answer = format!(
            "HTTP/1.1 {status} X\r\nContent-Type: {content_type}\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        );
        Self { answer: Arc::new(answer.into_bytes()), requests: Arc::default() }
    }

    pub(crate) fn requests(&self) -> Vec<String> {
        self.requests.lock().unwrap().clone()
    }
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
            this.requests.lock().unwrap().push(String::from_utf8(request).unwrap());
            let _ = server.write_all(&this.answer).await;
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
