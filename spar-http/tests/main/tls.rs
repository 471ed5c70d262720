//! TLS over loopback: who trusts whom, and how failures are named.

use spar_http::{ClientBuilder, ClientCertificateFault as Fault, Endpoint, ErrorKind, Phase, Sent};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use crate::peer::{always_ok, answer_and_close, assert_silent, request};
use crate::pki::{Authority, Issued, expired, key, not_yet_valid};
use crate::server::{
    ONLY_1_2, ONLY_1_3, Server, Setup, Versions, client, endpoint, short_handshake,
};

const VERSIONS: [(&str, Versions); 2] = [("1.2", ONLY_1_2), ("1.3", ONLY_1_3)];

/// What went wrong, a part of the hint, and what was sent at most.
type Expected = Option<(ErrorKind, &'static str, Sent)>;

async fn check(
    name: &str,
    server: &Issued,
    clients: Option<&Authority>,
    builder: impl Fn() -> ClientBuilder,
    expected: Expected,
) {
    for (version, versions) in VERSIONS {
        let setup = Setup { certificate: server, clients, versions };
        let server = Server::start(&setup, always_ok()).await;
        let client = builder().build().expect(name);
        let result = server.post(&client).await;
        let Some((kind, hint, sent)) = expected else {
            assert_eq!(result.expect(name).body, "hello", "{name} {version}");
            assert_eq!(server.counts.requests(), 1, "{name} {version}");
            continue;
        };
        let error = result.expect_err(name);
        assert_eq!(error.kind(), kind, "{name} {version}: {error:?}");
        assert!(error.hint().unwrap_or_default().contains(hint), "{name} {version}");
        // TLS 1.3 says so only after the client has begun to write.
        let allowed = if version == "1.3" { [Sent::No, sent] } else { [Sent::No; 2] };
        assert!(allowed.contains(&error.sent()), "{name} {version}: {error:?}");
        assert_eq!(server.counts.requests(), 0, "{name} {version}");
        assert_eq!(server.counts.connections(), 1, "{name} {version}");
        assert_silent(&error);
    }
}

#[tokio::test]
async fn certificates_of_both_sides() {
    use ErrorKind::{ClientCertificate, ServerCertificate};

    let (root, clients, stranger) =
        (Authority::new("root"), Authority::new("clients"), Authority::new("stranger"));
    let server = root.server(&["localhost", "127.0.0.1"]);
    let own = clients.client("client");
    let theirs = Some(&clients);
    let good = || client(&root, Some(&own));

    check("TLS-01", &server, theirs, good, None).await;
    check("no client certificate asked for", &server, None, good, None).await;

    let late = root.server_with(&["localhost"], expired);
    let refused = |hint| Some((ServerCertificate, hint, Sent::No));
    check("TLS-02", &late, theirs, good, refused("clock")).await;
    let early = root.server_with(&["localhost"], not_yet_valid);
    check("TLS-03", &early, theirs, good, refused("clock")).await;
    let other = root.server(&["other.test"]);
    check("TLS-04", &other, theirs, good, refused("host")).await;
    let unknown = stranger.server(&["localhost"]);
    check("TLS-05", &unknown, theirs, good, refused("roots")).await;

    let rejected = |fault| Some((ClientCertificate(fault), "", Sent::Unknown));
    let without = || client(&root, None);
    check("TLS-06", &server, theirs, without, rejected(Fault::Required)).await;
    let foreign = stranger.client("client");
    let with_foreign = || client(&root, Some(&foreign));
    check("TLS-07", &server, theirs, with_foreign, rejected(Fault::Untrusted)).await;
    let late = clients.client_with("client", key(), expired);
    // The server's clock is ahead of the client's, which would have refused it.
    let day = std::time::Duration::from_secs(24 * 60 * 60);
    let at = std::time::SystemTime::UNIX_EPOCH + 18_500 * day;
    let with_late = || client(&root, Some(&late)).wall_clock(move || at);
    check("TLS-08", &server, theirs, with_late, rejected(Fault::Expired)).await;
}

// TLS-31: intermediates in the file reach the server.
#[tokio::test]
async fn chains_are_sent() {
    let (root, clients) = (Authority::new("root"), Authority::new("clients"));
    let middle = clients.intermediate("middle");
    let mut own = middle.client("client");
    let server = root.server(&["localhost"]);
    let untrusted = (ErrorKind::ClientCertificate(Fault::Untrusted), "chain", Sent::Unknown);
    let builder = || client(&root, Some(&own));
    check("without", &server, Some(&clients), builder, Some(untrusted)).await;
    own.certificate = middle.pem() + &own.certificate;
    let builder = || client(&root, Some(&own));
    check("with", &server, Some(&clients), builder, None).await;
}

// TLS-21
#[tokio::test]
async fn names_and_addresses_are_asked_for_as_configured() {
    let root = Authority::new("root");
    let certificate = root.server(&["localhost", "127.0.0.1"]);
    let setup = Setup { certificate: &certificate, clients: None, versions: ONLY_1_3 };
    let server = Server::start(&setup, always_ok()).await;
    let client = client(&root, None).build().expect("client");
    for host in ["localhost", "127.0.0.1"] {
        client.post(&server.endpoint(host), request()).await.expect(host);
    }
    let names = server.names.lock().expect("names").clone();
    assert_eq!(names, [Some("localhost".to_owned()), None]);
}

/// Servers that fail before TLS is established.
#[tokio::test]
async fn servers_without_tls() {
    let rows: [(&str, &'static [u8], bool, ErrorKind, &str); 6] = [
        ("TLS-10", b"\x15\x03\x01\x00\x02\x02\x46", true, ErrorKind::TlsProtocol, "1.2"),
        ("TLS-12", b"HTTP/1.1 400 Bad Request\r\n\r\n", true, ErrorKind::TlsProtocol, "https"),
        ("TLS-13", b"", true, ErrorKind::Connect, ""),
        ("TLS-13 in a record", b"\x16\x03\x03\x40\x00\x02", true, ErrorKind::Connect, ""),
        ("TLS-14", b"", false, ErrorKind::Timeout(Phase::Tls), ""),
        ("TLS-28", b"\x15\x03\x03\x00\x02\x02\x28", true, ErrorKind::TlsProtocol, "suites"),
    ];
    let root = Authority::new("root");
    for (name, answer, close, kind, hint) in rows {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("listener");
        let address = listener.local_addr().expect("address");
        let task = tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.expect("connection");
            let mut hello = [0; 4096];
            let _ = stream.read(&mut hello).await;
            let _ = stream.write_all(answer).await;
            if !close {
                std::future::pending::<()>().await;
            }
        });
        let client = client(&root, None).timeouts(short_handshake()).build().expect("client");
        let error = client.post(&endpoint("localhost", address), request()).await.expect_err(name);
        assert_eq!((error.kind(), error.sent()), (kind, Sent::No), "{name}: {error:?}");
        assert!(error.hint().unwrap_or_default().contains(hint), "{name}");
        task.abort();
    }
}

// HTTP-01
#[tokio::test]
async fn nobody_there() {
    let root = Authority::new("root");
    let client = client(&root, None).build().expect("client");
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("listener");
    let refused = endpoint("localhost", listener.local_addr().expect("address"));
    drop(listener);
    let unknown = Endpoint::parse("https://nobody.invalid/").expect("endpoint");
    for (name, endpoint) in [("refused", refused), ("unknown", unknown)] {
        let error = client.post(&endpoint, request()).await.expect_err(name);
        assert_eq!((error.kind(), error.sent()), (ErrorKind::Connect, Sent::No), "{name}");
    }
}

// TLS-36: a missing `close_notify` is no truncation where the framing says that all is there, and
// is one where it says that something is missing.
#[tokio::test]
async fn missing_close_notify() {
    let root = Authority::new("root");
    let certificate = root.server(&["localhost"]);
    let length = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n";
    for (name, answer, expected) in [
        ("whole", format!("{length}hello"), None),
        ("to the end", "HTTP/1.1 200 OK\r\n\r\nhello".to_owned(), None),
        ("HTTP-06", format!("{length}hell"), Some(ErrorKind::Truncated)),
    ] {
        for (version, versions) in VERSIONS {
            let setup = Setup { certificate: &certificate, clients: None, versions };
            let answer = answer.clone();
            let script = crate::peer::script(move |mut peer| {
                let answer = answer.clone();
                async move {
                    peer.request().await;
                    peer.send(answer).await;
                }
            });
            let server = Server::start(&setup, script).await;
            let client = client(&root, None).build().expect("client");
            let result = server.post(&client).await;
            assert_eq!(crate::peer::kind(&result), expected, "{name} {version}");
        }
    }
}

// HTTP-06, HTTP-07 with a proper good-bye.
#[tokio::test]
async fn truncation_over_tls() {
    let root = Authority::new("root");
    let certificate = root.server(&["localhost"]);
    let setup = Setup { certificate: &certificate, clients: None, versions: ONLY_1_3 };
    for answer in [
        "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhello",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n",
    ] {
        let server = Server::start(&setup, answer_and_close(answer)).await;
        let error = server
            .post(&client(&root, None).build().expect("client"))
            .await
            .expect_err("truncated");
        assert_eq!((error.kind(), error.sent()), (ErrorKind::Truncated, Sent::Yes));
    }
}
