//! Streams that misbehave at an exact point, which real ones do now and then.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use spar_http::{
    BoxFuture, BoxedStream, Client, ClientCertificateFault, ConnectError, Connector, ErrorKind,
    Sent, Stream, Target,
};
use tokio::io::{AsyncRead, AsyncWrite, DuplexStream, ReadBuf};

use crate::peer::{Counts, OK, Peer, always_ok, kind, post};

/// Makes a stream for each connection.
struct Make<F>(F);

impl<F, S> Connector for Make<F>
where
    F: Fn() -> S + Send + Sync + 'static,
    S: Stream + 'static,
{
    fn connect(&self, _: &Target) -> BoxFuture<Result<BoxedStream, ConnectError>> {
        let stream = (self.0)();
        Box::pin(async move { Ok(Box::new(stream) as BoxedStream) })
    }
}

/// Cannot be written to. Once that was tried, it has something to say.
struct Broken {
    tried: bool,
    last_words: io::Result<&'static str>,
}

impl AsyncRead for Broken {
    fn poll_read(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if !self.tried {
            return Poll::Pending;
        }
        let last_words = std::mem::replace(&mut self.last_words, Ok(""));
        Poll::Ready(last_words.map(|words| buf.put_slice(words.as_bytes())))
    }
}

impl AsyncWrite for Broken {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        _: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.tried = true;
        cx.waker().wake_by_ref();
        Poll::Ready(Err(io::ErrorKind::BrokenPipe.into()))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

// HTTP-31, TLS-06: what the server said before it hung up counts, not the broken pipe. A write that
// failed may have sent a part.
#[tokio::test]
async fn last_words_are_heard() {
    fn revoked() -> io::Error {
        let kind = ErrorKind::ClientCertificate(ClientCertificateFault::Revoked);
        io::Error::other(ConnectError::new(kind))
    }
    type Words = fn() -> io::Result<&'static str>;
    let fault = ErrorKind::ClientCertificate(ClientCertificateFault::Revoked);
    let rows: [(&str, Words, Option<ErrorKind>); 4] = [
        ("answer", || Ok(OK), None),
        ("nothing", || Ok(""), Some(ErrorKind::Disconnected)),
        ("reset", || Err(io::ErrorKind::ConnectionReset.into()), Some(ErrorKind::Disconnected)),
        ("verdict of the backend", || Err(revoked()), Some(fault)),
    ];
    for (name, words, expected) in rows {
        let connector = Make(move || Broken { tried: false, last_words: words() });
        let client = Client::builder().connector(connector).build().expect("client");
        let result = post(&client).await;
        assert_eq!(kind(&result), expected, "{name}");
        if let Err(error) = result {
            assert_eq!(error.sent(), Sent::Unknown, "{name}");
        }
    }
}

// The contract of the seam: before the first write, the backend's verdict means that nothing left.
#[tokio::test]
async fn verdicts_before_the_first_write_say_so() {
    let kind = ErrorKind::ClientCertificate(ClientCertificateFault::Untrusted);
    let connector = Make(move || Broken {
        tried: true,
        last_words: Err(io::Error::other(ConnectError::new(kind))),
    });
    let client = Client::builder().connector(connector).build().expect("client");
    let error = post(&client).await.expect_err("rejected");
    assert_eq!((error.kind(), error.sent()), (kind, Sent::No));
}

/// Has the good-bye of the server arrive only at the n-th look after the first answer.
struct Late {
    stream: DuplexStream,
    read: usize,
    looks_left: usize,
}

impl AsyncRead for Late {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let poll = Pin::new(&mut self.stream).poll_read(cx, buf);
        self.read += buf.filled().len();
        if poll.is_ready() || self.read < OK.len() {
            return poll;
        }
        match self.looks_left.checked_sub(1) {
            None => Poll::Ready(Ok(())),
            Some(left) => {
                self.looks_left = left;
                Poll::Pending
            }
        }
    }
}

impl AsyncWrite for Late {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, buf)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

// TLS-20, HTTP-23: the good-bye comes at every point before the second request is written, the last
// of them when hyper has accepted it. The call succeeds each time, and the server has seen it once.
#[tokio::test]
async fn late_good_byes() {
    let mut outcomes = Vec::new();
    for looks_left in 0..64 {
        let counts = Arc::new(Counts::default());
        let copy = Arc::clone(&counts);
        let client = Client::builder().connector(Make(move || {
            let (stream, server) = tokio::io::duplex(4096);
            copy.connected();
            tokio::spawn(always_ok()(Peer::new(Box::new(server), Arc::clone(&copy))));
            Late { stream, read: 0, looks_left }
        }));
        let client = client.build().expect("client");
        post(&client).await.expect("first answer");
        let response = post(&client).await.expect("second answer");
        assert_eq!(counts.requests(), 2, "{looks_left}");
        outcomes.push(response.meta.new_connection);
    }
    // Early enough, and too late to matter.
    assert!(outcomes.contains(&true) && outcomes.contains(&false), "{outcomes:?}");
}

/// Is reset after so many bytes in one of the directions.
struct Reset {
    stream: DuplexStream,
    read_left: usize,
    write_left: usize,
    is_reset: bool,
}

impl Reset {
    fn error() -> io::Error {
        io::ErrorKind::ConnectionReset.into()
    }
}

impl AsyncRead for Reset {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if self.is_reset || self.read_left == 0 {
            self.is_reset = true;
            return Poll::Ready(Err(Self::error()));
        }
        let mut piece = vec![0; buf.remaining().min(self.read_left)];
        let mut piece = ReadBuf::new(&mut piece);
        let poll = Pin::new(&mut self.stream).poll_read(cx, &mut piece);
        buf.put_slice(piece.filled());
        self.read_left -= piece.filled().len();
        poll
    }
}

impl AsyncWrite for Reset {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        if self.is_reset || self.write_left == 0 {
            self.is_reset = true;
            cx.waker().wake_by_ref();
            return Poll::Ready(Err(Self::error()));
        }
        let allowed = buf.len().min(self.write_left);
        let poll = Pin::new(&mut self.stream).poll_write(cx, &buf[..allowed]);
        if let Poll::Ready(Ok(written)) = poll {
            self.write_left -= written;
        }
        poll
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

// HTTP-10, HTTP-25: a reset at each byte of the request and of the answer.
#[tokio::test]
async fn resets_at_every_byte() {
    const NEVER: usize = usize::MAX;
    let head = OK.find("\r\n\r\n").expect("head") + 4;
    let mut request_bytes = None;
    let reads = (0..=OK.len()).map(|read| (read, NEVER));
    // The last one, more than there is, tells how long the request is.
    let writes = (0..=400).map(|write| (NEVER, write)).rev();
    for (read_left, write_left) in writes.chain(reads) {
        let counts = Arc::new(Counts::default());
        let copy = Arc::clone(&counts);
        let connector = Make(move || {
            let (stream, server) = tokio::io::duplex(4096);
            copy.connected();
            tokio::spawn(always_ok()(Peer::new(Box::new(server), Arc::clone(&copy))));
            Reset { stream, read_left, write_left, is_reset: false }
        });
        let client = Client::builder().connector(connector).build().expect("client");
        let result = post(&client).await;
        drop(client);
        while Arc::strong_count(&counts) > 1 {
            tokio::task::yield_now().await;
        }
        let length = *request_bytes.get_or_insert_with(|| counts.bytes());
        let unknown = |kind| Some((kind, Sent::Unknown));
        let (expected, executed) = match (read_left, write_left) {
            (NEVER, written) if written >= length => (None, 1),
            (NEVER, _) => (unknown(ErrorKind::Disconnected), 0),
            // Before the request was written, as long as nothing can be read.
            (0, _) => (Some((ErrorKind::Disconnected, Sent::No)), 0),
            (read, _) if read < head => (unknown(ErrorKind::Truncated), 1),
            (read, _) if read < OK.len() => (Some((ErrorKind::Truncated, Sent::Yes)), 1),
            _ => (None, 1),
        };
        let found = result.as_ref().err().map(|error| (error.kind(), error.sent()));
        let context = format!("{read_left} {write_left}");
        assert_eq!(found, expected, "{context}");
        assert_eq!((counts.connections(), counts.requests()), (1, executed), "{context}");
        assert!(found.is_none_or(|(_, sent)| sent != Sent::No) || counts.bytes() == 0);
    }
}
