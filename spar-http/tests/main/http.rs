//! HTTP: answers good and bad, limits and waits. In memory and with a paused clock.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::time::Duration;

use spar_http::{
    BoxFuture, BoxedStream, ClientCertificateFault, ConnectError, Connector, ErrorKind, Limits,
    Phase, ProxyFault, Request, Retries, Sent, Target, Timeouts,
};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::peer::{
    MARKER, OK, Prepared, Script, always_ok, answer_and_close, assert_silent, endpoint, in_memory,
    kind, post, request, script,
};

#[tokio::test]
async fn request_and_answer_arrive_unchanged() {
    let seen = Arc::new(std::sync::Mutex::new(String::new()));
    let copy = Arc::clone(&seen);
    let (builder, _) = in_memory(script(move |mut peer| {
        let seen = Arc::clone(&copy);
        async move {
            *seen.lock().expect("seen") = peer.request().await.expect("request");
            peer.send(OK.replace("\r\n\r\n", "\r\nRetry-After: 30\r\n\r\n")).await;
        }
    }));
    let client = builder.build().expect("client");
    let request =
        Request::new("text/xml; charset=utf-8", "<a/>").with_header("SOAPAction", "\"s\"");
    let response = client.post(&endpoint(), request).await.expect("answer");

    assert_eq!(response.status, 200);
    assert_eq!(response.content_type.as_deref(), Some("text/xml"));
    assert_eq!(response.retry_after.as_deref(), Some("30"));
    assert_eq!(response.body, "hello");
    assert!(response.meta.new_connection);
    let seen = seen.lock().expect("seen").clone();
    // HTTP-36, TLS-21: path with its slash, Host without the default port.
    let expected = "POST /2023.1/ HTTP/1.1\r\nhost: spar.test\r\ncontent-type: text/xml; \
                    charset=utf-8\r\naccept-encoding: identity\r\nsoapaction: \"s\"\r\n\
                    content-length: 4\r\n\r\n<a/>";
    assert_eq!(seen, expected);
    assert_eq!(response.meta.bytes_sent, seen.len() as u64);
    assert_eq!(response.meta.bytes_received, (OK.len() + "\r\nRetry-After: 30".len()) as u64);
}

/// What becomes of an answer that is sent whole before the connection is closed.
#[tokio::test]
async fn answers_are_judged() {
    let chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
    let length = |status: &str| format!("HTTP/1.1 {status}\r\nContent-Length: 2\r\n\r\nok");
    let with = |header: &str| format!("HTTP/1.1 200 OK\r\n{header}\r\nContent-Length: 2\r\n\r\nok");
    let rows: &[(&str, String, Result<u16, ErrorKind>)] = &[
        ("HTTP-12 400", length("400 Bad Request"), Ok(400)),
        ("HTTP-12 403", length("403 Forbidden"), Ok(403)),
        ("HTTP-13 500", length("500 Internal Server Error"), Ok(500)),
        ("HTTP-14 503", length("503 Service Unavailable"), Ok(503)),
        (
            "HTTP-20 100 first",
            format!("HTTP/1.1 100 Continue\r\n\r\n{}", length("200 OK")),
            Ok(200),
        ),
        ("HTTP-20 101", "HTTP/1.1 101 Switching\r\n\r\n".into(), Err(ErrorKind::Protocol)),
        ("HTTP-20 204", "HTTP/1.1 204 No Content\r\n\r\n".into(), Err(ErrorKind::Protocol)),
        ("HTTP-20 205", length("205 Reset Content"), Err(ErrorKind::Protocol)),
        ("HTTP-20 301", length("301 Moved\r\nLocation: https://x/"), Err(ErrorKind::Protocol)),
        ("TLS-16 307", length("307 Moved\r\nLocation: http://x/"), Err(ErrorKind::Protocol)),
        ("HTTP-20 304", "HTTP/1.1 304 Not Modified\r\n\r\n".into(), Err(ErrorKind::Protocol)),
        ("status 999", length("999 What"), Err(ErrorKind::Protocol)),
        ("chunked", format!("{chunked}2\r\nok\r\n0\r\n\r\n"), Ok(200)),
        ("to the end", "HTTP/1.1 200 OK\r\n\r\nok".into(), Ok(200)),
        ("HTTP/1.0", "HTTP/1.0 200 OK\r\n\r\nok".into(), Ok(200)),
        (
            "HTTP-06",
            "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nok".into(),
            Err(ErrorKind::Truncated),
        ),
        ("HTTP-07", format!("{chunked}2\r\nok\r\n"), Err(ErrorKind::Truncated)),
        ("HTTP-07 in the size", format!("{chunked}2"), Err(ErrorKind::Truncated)),
        ("chunk size", format!("{chunked}zz\r\nok\r\n"), Err(ErrorKind::Protocol)),
        ("HTTP-08 surplus", length("200 OK") + "more", Ok(200)),
        ("HTTP-08 both", with("Transfer-Encoding: chunked"), Err(ErrorKind::Protocol)),
        ("HTTP-08 two lengths", with("Content-Length: 3"), Err(ErrorKind::Protocol)),
        ("HTTP-08 same twice", with("Content-Length: 2"), Ok(200)),
        ("HTTP-19 gzip", with("Content-Encoding: gzip"), Err(ErrorKind::Protocol)),
        ("HTTP-19 identity", with("Content-Encoding: Identity"), Ok(200)),
        (
            "HTTP-19 transfer",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n".into(),
            Err(ErrorKind::Protocol),
        ),
        ("HTTP-21 headers", with("A: b\r\n".repeat(200).trim_end()), Err(ErrorKind::TooLarge)),
        ("HTTP-21 header", with(&format!("A: {}", "b".repeat(70_000))), Err(ErrorKind::TooLarge)),
        ("not HTTP", "220 mail.test ESMTP\r\n\r\n".into(), Err(ErrorKind::Protocol)),
        ("nothing", String::new(), Err(ErrorKind::Disconnected)),
        ("half a head", "HTTP/1.1 200 OK\r\nContent-Le".into(), Err(ErrorKind::Truncated)),
    ];
    for (name, answer, expected) in rows {
        // What the server says may echo what it was asked.
        let answer = answer.replacen("\r\n", &format!("\r\nX-Echo: {MARKER}\r\n"), 1);
        let (builder, counts) = in_memory(answer_and_close(answer));
        let result = post(&builder.build().expect("client")).await;
        if let Err(error) = &result {
            assert_silent(error);
            assert_ne!(error.sent(), Sent::No, "{name}");
        }
        let result = result.map(|response| response.status).map_err(|error| error.kind());
        assert_eq!(result, *expected, "{name}");
        assert_eq!(counts.requests(), 1, "{name}");
        assert!(counts.bytes() > MARKER.len(), "{name}");
    }
}

// HTTP-11: reported, for the caller to judge; HTTP-33: without parameters and case.
#[tokio::test]
async fn content_types_are_reported() {
    for (sent, reported) in [
        ("Content-Type: text/html; charset=ISO-8859-1\r\n", Some("text/html")),
        ("content-type: Application/SOAP+XML ;action=\"x\"\r\n", Some("application/soap+xml")),
        ("Content-Type: text\r\n", None),
        ("Content-Type: 1912 1212/x\r\n", None),
        ("", None),
    ] {
        let answer = format!("HTTP/1.1 200 OK\r\n{sent}Content-Length: 2\r\n\r\nok");
        let (builder, _) = in_memory(answer_and_close(answer));
        let response = post(&builder.build().expect("client")).await.expect("answer");
        assert_eq!(response.content_type.as_deref(), reported, "{sent}");
    }
}

// HTTP-09: the cap itself is fine, one byte more is not; with and without announcement.
#[tokio::test]
async fn bodies_are_capped() {
    for (length, fits) in [(0, true), (1, true), (39_999, true), (40_000, true), (40_001, false)] {
        let body = "x".repeat(length);
        for (name, answer) in [
            ("announced", format!("HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\n{body}")),
            ("to the end", format!("HTTP/1.1 200 OK\r\n\r\n{body}")),
        ] {
            let limits = Limits::default().with_max_response_bytes(40_000);
            let (builder, _) = in_memory(answer_and_close(answer));
            let result = post(&builder.limits(limits).build().expect("client")).await;
            match fits {
                true => assert_eq!(result.expect(name).body, body, "{name} {length}"),
                false => assert_eq!(kind(&result), Some(ErrorKind::TooLarge), "{name} {length}"),
            }
        }
    }
}

// HTTP-09: an endless body is left at the cap.
#[tokio::test]
async fn reading_stops_at_the_cap() {
    let sent = Arc::new(AtomicUsize::new(0));
    let copy = Arc::clone(&sent);
    let (builder, _) = in_memory(script(move |mut peer| {
        let sent = Arc::clone(&copy);
        async move {
            peer.request().await;
            peer.send("HTTP/1.1 200 OK\r\n\r\n").await;
            for _ in 0..1000 {
                peer.send([b'x'; 1024]).await;
                sent.fetch_add(1024, SeqCst);
            }
        }
    }));
    let limits = Limits::default().with_max_response_bytes(10_000);
    let client = builder.limits(limits).build().expect("client");
    let error = post(&client).await.expect_err("too large");
    assert_eq!((error.kind(), error.sent()), (ErrorKind::TooLarge, Sent::Yes));
    assert!(sent.load(SeqCst) < 200_000);
}

/// The seconds an answer took, or the wait that ran out, what was sent, and the seconds till then.
type Ended = Result<u64, (Phase, Sent, u64)>;

#[tokio::test(start_paused = true)]
async fn waits_end_by_name() {
    let second = Duration::from_secs(1);
    let timeouts = Timeouts::default().with_first_byte(5 * second).with_idle(3 * second);
    let head = "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n";
    let rows: Vec<(&str, Script, Ended)> = vec![
        (
            "HTTP-02 never answers",
            script(|mut peer| async move {
                peer.request().await;
                peer.stall().await;
            }),
            Err((Phase::FirstByte, Sent::Unknown, 5)),
        ),
        (
            "HTTP-03 head dribbles",
            script(|mut peer| async move {
                peer.request().await;
                for byte in OK.as_bytes() {
                    peer.send([*byte]).await;
                    tokio::time::sleep(Duration::from_secs(1)).await;
                }
            }),
            Err((Phase::FirstByte, Sent::Unknown, 5)),
        ),
        (
            "HTTP-04 body stalls",
            script(move |mut peer| async move {
                peer.request().await;
                peer.send(format!("{head}hello")).await;
                peer.stall().await;
            }),
            Err((Phase::Idle, Sent::Yes, 3)),
        ),
        (
            "HTTP-04 body slow but steady",
            script(move |mut peer| async move {
                peer.request().await;
                peer.send(head).await;
                for _ in 0..10 {
                    tokio::time::sleep(Duration::from_secs(2)).await;
                    peer.send("x").await;
                }
            }),
            Ok(20),
        ),
        (
            "body slower than the whole may take",
            script(|mut peer| async move {
                peer.request().await;
                peer.send("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n").await;
                for _ in 0..1000 {
                    tokio::time::sleep(Duration::from_secs(2)).await;
                    peer.send("x").await;
                }
            }),
            Err((Phase::Total, Sent::Yes, 120)),
        ),
    ];
    for (name, script, expected) in rows {
        let (builder, _) = in_memory(script);
        let client = builder.timeouts(timeouts).build().expect("client");
        let started = tokio::time::Instant::now();
        let result = post(&client).await;
        let seconds = started.elapsed().as_secs();
        match expected {
            Ok(expected) => {
                assert_eq!(result.expect(name).meta.duration.as_secs(), expected, "{name}");
            }
            Err((phase, sent, expected)) => {
                let error = result.expect_err(name);
                assert_eq!(error.kind(), ErrorKind::Timeout(phase), "{name}");
                assert_eq!(error.sent(), sent, "{name}");
                assert_eq!(seconds, expected, "{name}");
            }
        }
    }
}

// A long request is not cut off while it moves, and is when it no longer does.
#[tokio::test(start_paused = true)]
async fn slow_uploads_live_as_long_as_they_move() {
    for (name, pieces, expected) in [("moves", 21, None), ("stops", 3, Some(Phase::FirstByte))] {
        let (client, mut server) = tokio::io::duplex(1000);
        tokio::spawn(async move {
            let mut piece = [0; 1000];
            for _ in 0..pieces {
                tokio::time::sleep(Duration::from_secs(2)).await;
                let _ = server.read(&mut piece).await;
            }
            if pieces == 21 {
                let _ = server.write_all(OK.as_bytes()).await;
            }
            std::future::pending::<()>().await;
        });
        let timeouts = Timeouts::default().with_first_byte(Duration::from_secs(5));
        let builder =
            spar_http::Client::builder().connector(Prepared::new(client)).timeouts(timeouts);
        let request = Request::new("text/xml", vec![b'x'; 20_000]);
        let result = builder.build().expect("client").post(&endpoint(), request).await;
        assert_eq!(kind(&result), expected.map(ErrorKind::Timeout), "{name}");
    }
}

#[tokio::test(start_paused = true)]
async fn connectors_are_given_up_after_the_sum_of_their_timeouts() {
    struct Never;
    impl Connector for Never {
        fn connect(&self, _: &Target) -> BoxFuture<Result<BoxedStream, ConnectError>> {
            Box::pin(std::future::pending())
        }
    }
    for (timeouts, phase, seconds) in [
        (Timeouts::default(), Phase::Connect, 15),
        (Timeouts::default().with_total(Duration::from_secs(3)), Phase::Total, 3),
    ] {
        let retries = Retries::default().with_connect(0);
        let builder =
            spar_http::Client::builder().connector(Never).timeouts(timeouts).retries(retries);
        let started = tokio::time::Instant::now();
        let error = post(&builder.build().expect("client")).await.expect_err("timeout");
        assert_eq!((error.kind(), error.sent()), (ErrorKind::Timeout(phase), Sent::No));
        assert_eq!(started.elapsed().as_secs(), seconds);
    }
}

// HTTP-01: what may be better in a moment is tried again, with growing pauses and within the total.
#[tokio::test(start_paused = true)]
async fn connecting_is_tried_again_within_limits() {
    struct Failing(ErrorKind, Arc<AtomicUsize>);
    impl Connector for Failing {
        fn connect(&self, _: &Target) -> BoxFuture<Result<BoxedStream, ConnectError>> {
            self.1.fetch_add(1, SeqCst);
            let error = ConnectError::new(self.0);
            Box::pin(async move { Err(error) })
        }
    }
    let second = Duration::from_secs(1);
    let many = Retries::default().with_connect(9).with_pause(second);
    let total = Timeouts::default().with_total(10 * second);
    let rejected = ErrorKind::ClientCertificate(ClientCertificateFault::Rejected);
    for (kind, retries, attempts, seconds) in [
        (ErrorKind::Connect, Retries::default().with_pause(second), 3, 1 + 2),
        (ErrorKind::Connect, Retries::default().with_connect(0), 1, 0),
        (ErrorKind::Timeout(Phase::Tls), many, 4, 1 + 2 + 4),
        (ErrorKind::Proxy(ProxyFault::Unreachable), many, 4, 1 + 2 + 4),
        (ErrorKind::Proxy(ProxyFault::Refused), many, 1, 0),
        (ErrorKind::ServerCertificate, many, 1, 0),
        (ErrorKind::TlsProtocol, many, 1, 0),
        (rejected, many, 1, 0),
    ] {
        let count = Arc::<AtomicUsize>::default();
        let client = spar_http::Client::builder()
            .connector(Failing(kind, Arc::clone(&count)))
            .timeouts(total)
            .retries(retries)
            .build()
            .expect("client");
        let started = tokio::time::Instant::now();
        let error = post(&client).await.expect_err("no connection");
        assert_eq!((error.kind(), error.sent()), (kind, Sent::No));
        assert_eq!(count.load(SeqCst), attempts, "{kind:?} {retries:?}");
        assert_eq!(started.elapsed().as_secs(), seconds, "{kind:?} {retries:?}");
    }
}

// HTTP-05: whoever takes the pieces of a body slowly is not the server, and has time.
#[tokio::test(start_paused = true)]
async fn slow_consumers_are_no_timeout() {
    let (builder, _) = in_memory(script(|mut peer| async move {
        peer.request().await;
        let body = "x".repeat(100_000);
        peer.send(format!("HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n{body}")).await;
        peer.stall().await;
    }));
    let timeouts = Timeouts::default().with_idle(Duration::from_secs(3));
    let client = builder.timeouts(timeouts).build().expect("client");
    let mut transfer = client.open(&endpoint(), Request::get()).await.expect("head");
    let (mut bytes, mut pieces) = (0, 0);
    while let Some(piece) = transfer.next().await.expect("piece") {
        bytes += piece.len();
        pieces += 1;
        tokio::time::sleep(Duration::from_secs(60)).await;
    }
    assert_eq!(bytes, 100_000);
    assert!(pieces > 3, "{pieces}");
}

// HTTP-37: the time of day, which jumps, judges certificates and nothing else.
#[tokio::test(start_paused = true)]
async fn waits_do_not_depend_on_the_time_of_day() {
    use std::time::SystemTime;

    let (builder, _) = in_memory(script(|mut peer| async move {
        peer.request().await;
        peer.stall().await;
    }));
    let day = Duration::from_secs(24 * 60 * 60);
    let looks = AtomicUsize::new(0);
    let jumping = move || match looks.fetch_add(1, SeqCst) % 2 {
        0 => SystemTime::UNIX_EPOCH + 20_000 * day,
        _ => SystemTime::UNIX_EPOCH + 10_000 * day,
    };
    let timeouts = Timeouts::default().with_first_byte(Duration::from_secs(5));
    let client = builder.wall_clock(jumping).timeouts(timeouts).build().expect("client");
    let started = tokio::time::Instant::now();
    let error = post(&client).await.expect_err("timeout");
    assert_eq!(error.kind(), ErrorKind::Timeout(Phase::FirstByte));
    assert_eq!(started.elapsed().as_secs(), 5);
    // And nothing else asks for it.
    let sources = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    assert_eq!(mentions(&sources, "SystemTime::now"), ["clock.rs"]);
}

/// The source files below a folder whose code holds this text.
fn mentions(folder: &std::path::Path, text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).expect("folder") {
        let path = entry.expect("entry").path();
        if path.is_dir() {
            found.extend(mentions(&path, text));
            continue;
        }
        let source = std::fs::read_to_string(&path).expect("source");
        let mut code = source.lines().filter(|line| !line.trim_start().starts_with("//"));
        if code.any(|line| line.contains(text)) {
            found.push(path.file_name().expect("name").to_string_lossy().into_owned());
        }
    }
    found
}

// HTTP-38: connections are reused, also by clones.
#[tokio::test]
async fn connections_are_reused() {
    let (builder, counts) = in_memory(always_ok());
    let client = builder.build().expect("client");
    for round in 0..100 {
        let response = post(&client.clone()).await.expect("answer");
        assert_eq!(response.meta.new_connection, round == 0);
    }
    assert_eq!((counts.connections(), counts.requests()), (1, 100));
}

// HTTP-38: in parallel each has its own, and only as many as wanted are kept.
#[tokio::test]
async fn idle_connections_are_limited() {
    for (max_idle, second_round) in [(Some(0), 32), (Some(8), 24), (Some(32), 0), (None, 0)] {
        let (mut builder, counts) = in_memory(always_ok());
        if let Some(max_idle) = max_idle {
            builder = builder.max_idle_connections(max_idle);
        }
        let client = builder.build().expect("client");
        for _ in 0..2 {
            let calls: Vec<_> = (0..32)
                .map(|_| {
                    let client = client.clone();
                    tokio::spawn(async move { post(&client).await })
                })
                .collect();
            for call in calls {
                call.await.expect("task").expect("answer");
            }
        }
        assert_eq!(counts.requests(), 64);
        assert!(counts.connections() <= 32 + second_round, "{max_idle:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn connections_kept_too_long_are_replaced() {
    let (builder, counts) = in_memory(always_ok());
    let client = builder.build().expect("client");
    for (pause, connections) in [(0, 1), (29, 1), (31, 2)] {
        tokio::time::sleep(Duration::from_secs(pause)).await;
        post(&client).await.expect("answer");
        assert_eq!(counts.connections(), connections, "{pause}");
    }
}

// HTTP-08, TLS-20, HTTP-23: what the server leaves behind on an idle connection is not taken for
// the next answer, and the next request goes out once.
#[tokio::test]
async fn stale_connections_are_replaced_without_a_second_request() {
    let close = "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok";
    for (name, answer, then_close) in [
        ("closed", OK.to_owned(), true),
        ("closed as announced", close.to_owned(), true),
        ("announced, left open", close.to_owned(), false),
        ("surplus", format!("{OK}{OK}"), false),
        ("request timeout", format!("{OK}HTTP/1.1 408 Request Timeout\r\n\r\n"), true),
    ] {
        let (builder, counts) = in_memory(script(move |mut peer| {
            let answer = answer.clone();
            async move {
                peer.request().await;
                peer.send(answer).await;
                match then_close {
                    true => peer.close().await,
                    false => while peer.request().await.is_some() {},
                }
            }
        }));
        let client = builder.build().expect("client");
        for round in 1..=3 {
            let response = post(&client).await.expect(name);
            assert_eq!(response.status, 200, "{name}");
            assert!(response.meta.new_connection, "{name}");
            assert_eq!((counts.connections(), counts.requests()), (round, round), "{name}");
            tokio::task::yield_now().await;
        }
    }
}

// HTTP-18: a dropped call takes its connection with it.
#[tokio::test]
async fn dropped_calls_leave_nothing_behind() {
    let (gone, wait) = tokio::sync::oneshot::channel();
    let gone = std::sync::Mutex::new(Some(gone));
    let (builder, counts) = in_memory(script(move |mut peer| {
        let gone = gone.lock().expect("gone").take();
        async move {
            peer.request().await;
            // The next read ends because the client has closed.
            assert!(peer.request().await.is_none());
            gone.expect("one connection").send(()).expect("test waits");
        }
    }));
    let client = builder.build().expect("client");
    let call = tokio::spawn({
        let client = client.clone();
        async move { post(&client).await }
    });
    while counts.requests() == 0 {
        tokio::task::yield_now().await;
    }
    call.abort();
    wait.await.expect("connection closed");
}

// HTTP-31: the server answers and closes before it has read the whole request.
#[tokio::test]
async fn early_answers_are_reported_instead_of_the_broken_pipe() {
    let (builder, _) = in_memory(script(|mut peer| async move {
        peer.some().await;
        peer.send("HTTP/1.1 413 Too Large\r\nContent-Length: 2\r\n\r\nno").await;
    }));
    let client = builder.build().expect("client");
    let request = Request::new("text/xml", vec![b'x'; 1_000_000]);
    let response = client.post(&endpoint(), request).await.expect("answer");
    assert_eq!(response.status, 413);
}

// What comes before the request is no answer to it.
#[tokio::test]
async fn answers_to_nothing_are_refused() {
    let (stream, mut server) = tokio::io::duplex(1000);
    server.write_all(OK.as_bytes()).await.expect("room for it");
    let client = spar_http::Client::builder().connector(Prepared::new(stream));
    let error = post(&client.build().expect("client")).await.expect_err("unasked");
    assert_eq!((error.kind(), error.sent()), (ErrorKind::Protocol, Sent::No));
}

// HTTP-25: the answer is cut after each of its bytes.
#[tokio::test]
async fn answers_cut_anywhere_are_never_asked_for_again() {
    let head = OK.find("\r\n\r\n").expect("head") + 4;
    for cut in 0..=OK.len() {
        let (builder, counts) = in_memory(answer_and_close(&OK.as_bytes()[..cut]));
        let result = post(&builder.build().expect("client")).await;
        let expected = match cut {
            0 => Some((ErrorKind::Disconnected, Sent::Unknown)),
            cut if cut < head => Some((ErrorKind::Truncated, Sent::Unknown)),
            cut if cut < OK.len() => Some((ErrorKind::Truncated, Sent::Yes)),
            _ => None,
        };
        let found = result.as_ref().err().map(|error| (error.kind(), error.sent()));
        assert_eq!(found, expected, "{cut}");
        assert_eq!((counts.connections(), counts.requests()), (1, 1), "{cut}");
    }
}

#[test]
fn calls_can_be_spawned_and_texts_are_silent() {
    fn check<T: Send>(_: &T) {}
    let (builder, _) = in_memory(always_ok());
    let client = builder.build().expect("client");
    check(&post(&client));
    // TLS-23
    let texts = format!("{:?} {client:?}", request());
    assert!(!texts.contains("MARKER"), "{texts}");
}

#[test]
fn without_a_runtime_there_is_an_error_instead_of_a_panic() {
    let (builder, _) = in_memory(always_ok());
    let client = builder.build().expect("client");
    let endpoint = endpoint();
    let mut call = std::pin::pin!(client.post(&endpoint, request()));
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    let std::task::Poll::Ready(result) = call.as_mut().poll(&mut context) else {
        panic!("not ready");
    };
    assert_eq!(kind(&result), Some(ErrorKind::Configuration));
}
