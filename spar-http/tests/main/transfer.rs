//! HTTP-04 to HTTP-07, HTTP-18, HTTP-28, HTTP-29, HTTP-31: bodies that are streamed, in either direction.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::task::{Context, Poll};
use std::time::Duration;

use http::Method;
use spar_http::{BoxedReader, Client, Error, ErrorKind, Phase, Request, Sent, Timeouts, Upload};
use tokio::io::{AsyncRead, AsyncReadExt, ReadBuf};
use tokio::time::{Instant, sleep};

use crate::peer::{assert_silent, endpoint, in_memory, script};

const CREATED: &str = "HTTP/1.1 201 Created\r\nContent-Length: 2\r\n\r\nok";
const CONTINUE: &str = "HTTP/1.1 100 Continue\r\n\r\n";
const WAIT: Duration = Duration::from_secs(5);

async fn upload(client: &Client, upload: Upload) -> Result<spar_http::Response, Error> {
    client.send(&endpoint(), Request::upload("application/octet-stream", upload)).await
}

/// A body of so many bytes, each telling its place.
fn body(bytes: usize) -> Upload {
    Upload::new(move || {
        let data: Vec<u8> = (0..bytes).map(|at| (at % 251) as u8).collect();
        Box::pin(io::Cursor::new(data))
    })
}

/// Reads all of an answer, piece by piece.
async fn download(client: &Client) -> (Vec<u8>, Option<Error>) {
    let mut transfer = match client.open(&endpoint(), Request::get()).await {
        Ok(transfer) => transfer,
        Err(error) => return (Vec::new(), Some(error)),
    };
    let mut whole = Vec::new();
    loop {
        match transfer.next().await {
            Ok(Some(piece)) => whole.extend_from_slice(&piece),
            Ok(None) => return (whole, None),
            Err(error) => return (whole, Some(error)),
        }
    }
}

// HTTP-29: 10 MB and one byte to either side, and little ones; never a Content-Length.
#[tokio::test]
async fn uploads_are_chunked_whatever_their_size() {
    for bytes in [1, 4096, 4097, 9_999_999, 10_000_000, 10_000_001] {
        let (builder, counts) = in_memory(script(move |mut peer| async move {
            let head = peer.head().await.expect("head").to_ascii_lowercase();
            let chunked = peer.chunked().await.expect("body");
            let is_right = head.contains("\r\ntransfer-encoding: chunked\r\n")
                && !head.contains("content-length")
                && !head.contains("expect")
                && chunked.len() == bytes
                && chunked.iter().enumerate().all(|(at, byte)| *byte == (at % 251) as u8);
            peer.send(if is_right { CREATED } else { "HTTP/1.1 400 Bad\r\n\r\n" }).await;
        }));
        let client = builder.build().expect("client");
        let response = upload(&client, body(bytes)).await.expect("answer");
        assert_eq!(response.status, 201, "{bytes} bytes");
        assert_eq!(counts.requests(), 1);
        assert!(response.meta.bytes_sent > bytes as u64);
    }
}

#[tokio::test]
async fn methods_and_bodies_go_together() {
    let (builder, _) = in_memory(script(|mut peer| async move {
        for expected in ["GET /2023.1/ HTTP/1.1\r\n", "PUT /2023.1/ HTTP/1.1\r\n"] {
            let request = peer.request().await.expect("request");
            assert!(request.starts_with(expected), "{request}");
            assert_eq!(request.contains("content-length"), expected.starts_with("PUT"));
            peer.send(CREATED).await;
        }
    }));
    let client = builder.build().expect("client");
    client.send(&endpoint(), Request::get()).await.expect("answer to GET");
    let put = Request::new("text/plain", "2023.1").with_method(Method::PUT);
    client.send(&endpoint(), put).await.expect("answer to PUT");
}

// HTTP-28: the body waits for 100, at once or late.
#[tokio::test(start_paused = true)]
async fn the_body_waits_to_be_asked_for() {
    for delay in [Duration::ZERO, WAIT - Duration::from_millis(1)] {
        let (builder, _) = in_memory(script(move |mut peer| async move {
            let head = peer.head().await.expect("head").to_ascii_lowercase();
            assert!(head.contains("\r\nexpect: 100-continue\r\n"), "{head}");
            sleep(delay).await;
            assert_eq!(peer.surplus(), 0);
            peer.send(CONTINUE).await;
            assert_eq!(peer.chunked().await.expect("body").len(), 20_000);
            peer.send(CREATED).await;
        }));
        let client = builder.build().expect("client");
        let begun = Instant::now();
        let body = body(20_000).with_expect_continue(WAIT);
        assert_eq!(upload(&client, body).await.expect("answer").status, 201);
        assert_eq!(begun.elapsed().as_millis(), delay.as_millis());
    }
}

// HTTP-28: who knows nothing of 100 gets the body after the wait.
#[tokio::test(start_paused = true)]
async fn the_body_waits_no_longer_than_told() {
    let (builder, _) = in_memory(script(|mut peer| async move {
        peer.head().await.expect("head");
        let begun = Instant::now();
        assert_eq!(peer.chunked().await.expect("body").len(), 20_000);
        assert_eq!(begun.elapsed().as_secs(), WAIT.as_secs());
        peer.send(CREATED).await;
    }));
    let client = builder.build().expect("client");
    let answer = upload(&client, body(20_000).with_expect_continue(WAIT)).await;
    assert_eq!(answer.expect("answer").status, 201);
}

// HTTP-28: a refusal before the body is the answer, and the body stays here, however long one looks.
#[tokio::test(start_paused = true)]
async fn a_refused_body_is_not_sent() {
    let (builder, counts) = in_memory(script(|mut peer| async move {
        peer.head().await.expect("head");
        peer.send("HTTP/1.1 413 Too Large\r\nContent-Length: 3\r\n\r\nno").await;
        sleep(WAIT * 2).await;
        peer.send("!").await;
        peer.some().await;
        assert_eq!(peer.surplus(), 0);
    }));
    let client = builder.build().expect("client");
    let response = upload(&client, body(20_000).with_expect_continue(WAIT)).await.expect("answer");
    assert_eq!((response.status, &response.body[..]), (413, &b"no!"[..]));
    assert_eq!(counts.requests(), 0);
}

// HTTP-28: 417 says that the expectation is not known; then once more without it, and only once.
#[tokio::test(start_paused = true)]
async fn an_unknown_expectation_is_dropped() {
    const FAILED: &str = "HTTP/1.1 417 Expectation Failed\r\nContent-Length: 0\r\n\r\n";
    let opened = Arc::new(AtomicUsize::new(0));
    for (second, status) in [(CREATED, 201), (FAILED, 417)] {
        opened.store(0, SeqCst);
        let (builder, counts) = in_memory(script(move |mut peer| async move {
            let head = peer.head().await.expect("head").to_ascii_lowercase();
            if head.contains("expect: 100-continue") {
                peer.send(FAILED).await;
                peer.some().await;
                assert_eq!(peer.surplus(), 0);
            } else {
                peer.chunked().await.expect("body");
                peer.send(second).await;
            }
        }));
        let client = builder.build().expect("client");
        let counter = Arc::clone(&opened);
        let body = Upload::new(move || {
            counter.fetch_add(1, SeqCst);
            Box::pin(&b"body"[..])
        });
        let answer = upload(&client, body.with_expect_continue(WAIT)).await.expect("answer");
        assert_eq!(answer.status, status);
        assert_eq!((counts.connections(), counts.requests(), opened.load(SeqCst)), (2, 1, 2));
    }
}

// HTTP-31: who answers in the middle of an upload and hangs up is heard.
#[tokio::test]
async fn an_answer_in_the_middle_of_an_upload_is_reported() {
    let (builder, _) = in_memory(script(|mut peer| async move {
        peer.head().await.expect("head");
        peer.some().await;
        peer.send("HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno").await;
        peer.close().await;
    }));
    let client = builder.build().expect("client");
    let response = upload(&client, body(1_000_000)).await.expect("answer");
    assert_eq!((response.status, &response.body[..]), (403, &b"no"[..]));
}

/// Gives a few bytes, and then nothing but an error.
struct Failing(usize);

impl AsyncRead for Failing {
    fn poll_read(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if self.0 == 0 {
            return Poll::Ready(Err(io::Error::other("the disk is gone")));
        }
        let bytes = self.0.min(buf.remaining());
        buf.put_slice(&vec![b'x'; bytes]);
        self.0 -= bytes;
        Poll::Ready(Ok(()))
    }
}

#[tokio::test]
async fn a_body_that_cannot_be_read_is_named() {
    for (bytes, sent) in [(0, Sent::No), (1, Sent::No), (200_000, Sent::Unknown)] {
        let (builder, counts) = in_memory(script(|mut peer| async move {
            peer.head().await;
            assert_eq!(peer.chunked().await, None, "the last chunk says that it is whole");
        }));
        let client = builder.build().expect("client");
        let failing = Upload::new(move || -> BoxedReader { Box::pin(Failing(bytes)) });
        let error = upload(&client, failing).await.expect_err("no body");
        assert_eq!((error.kind(), error.sent()), (ErrorKind::Source, sent), "{bytes}");
        assert_eq!(counts.requests(), 0);
    }
}

// HTTP-18: a dropped upload leaves nothing behind.
#[tokio::test(start_paused = true)]
async fn a_dropped_upload_closes_its_connection() {
    let (closed, mut is_closed) = tokio::sync::mpsc::channel(1);
    let (builder, counts) = in_memory(script(move |mut peer| {
        let closed = closed.clone();
        async move {
            peer.head().await.expect("head");
            sleep(WAIT * 2).await;
            assert_eq!(peer.chunked().await, None);
            closed.send(()).await.expect("told");
        }
    }));
    let client = builder.build().expect("client");
    let endless = Upload::new(|| Box::pin(tokio::io::repeat(b'x').take(u64::MAX)));
    let call = upload(&client, endless);
    assert!(tokio::time::timeout(WAIT, call).await.is_err());
    is_closed.recv().await.expect("closed");
    assert_eq!(counts.requests(), 0);
}

// HTTP-06, HTTP-07: an answer that ends early is no answer, and what came before is known.
#[tokio::test]
async fn streamed_answers_are_whole_or_errors() {
    let rows: [(&str, Option<ErrorKind>); 5] = [
        ("Content-Length: 5\r\n\r\nhello", None),
        ("Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n", None),
        ("Content-Length: 6\r\n\r\nhello", Some(ErrorKind::Truncated)),
        ("Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n", Some(ErrorKind::Truncated)),
        ("Transfer-Encoding: chunked\r\n\r\n5\r\nhellox", Some(ErrorKind::Protocol)),
    ];
    for (answer, kind) in rows {
        let (builder, _) = in_memory(script(move |mut peer| async move {
            peer.request().await.expect("request");
            peer.send(format!("HTTP/1.1 200 OK\r\n{answer}")).await;
            peer.close().await;
        }));
        let client = builder.build().expect("client");
        let (whole, error) = download(&client).await;
        assert_eq!(whole, b"hello", "{answer:?}");
        assert_eq!(error.as_ref().map(Error::kind), kind, "{answer:?}");
        if let Some(error) = error {
            assert_eq!(error.sent(), Sent::Yes);
            assert_silent(&error);
        }
    }
}

// HTTP-04: slow is not stalled; and the whole has a limit of its own, not that of other calls.
#[tokio::test(start_paused = true)]
async fn a_slow_answer_is_read_and_a_stalled_one_given_up() {
    let timeouts = Timeouts::default();
    let second = Duration::from_secs(1);
    let rows = [
        (timeouts.idle - second, 10, None),
        (timeouts.idle + second, 10, Some(ErrorKind::Timeout(Phase::Idle))),
        (timeouts.idle - second, 200, Some(ErrorKind::Timeout(Phase::Total))),
    ];
    for (pause, pieces, kind) in rows {
        let (builder, _) = in_memory(script(move |mut peer| async move {
            peer.request().await.expect("request");
            peer.send(format!("HTTP/1.1 200 OK\r\nContent-Length: {pieces}\r\n\r\n")).await;
            for _ in 0..pieces {
                sleep(pause).await;
                peer.send("x").await;
            }
            peer.some().await;
        }));
        let (whole, error) = download(&builder.build().expect("client")).await;
        assert_eq!(error.map(|error| error.kind()), kind);
        assert_eq!(whole.len() == pieces, kind.is_none());
    }
}

#[tokio::test]
async fn a_connection_is_used_again_after_the_last_piece_only() {
    let (builder, counts) = in_memory(script(|mut peer| async move {
        while peer.request().await.is_some() {
            peer.send("HTTP/1.1 200 OK\r\nETag: \"1\"\r\nContent-Length: 5\r\n\r\nhello").await;
        }
    }));
    let client = builder.build().expect("client");
    assert_eq!(download(&client).await.0, b"hello");
    assert_eq!(download(&client).await.0, b"hello");
    assert_eq!(counts.connections(), 1);

    let transfer = client.open(&endpoint(), Request::get()).await.expect("head");
    assert_eq!((transfer.status(), transfer.remaining()), (200, Some(5)));
    assert_eq!(transfer.header("etag"), Some("\"1\""));
    assert_eq!(transfer.header("last-modified"), None);
    assert!(!format!("{transfer:?}").contains("hello"));
    drop(transfer);
    assert_eq!(download(&client).await.0, b"hello");
    assert_eq!(counts.connections(), 2);
}
