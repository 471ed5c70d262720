//! TLS over loopback, with each backend: who trusts whom, and how failures are named.

use rustls::HandshakeKind::{Full, Resumed};
use rustls::crypto::aws_lc_rs::cipher_suite as suite;
use spar_http::{
    Client, ClientBuilder, ClientCertificateFault as Fault, Endpoint, Error, ErrorKind, Phase,
    Roots, Sent, TlsBackend,
};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use crate::peer::{always_ok, answer_and_close, assert_silent, kind, request, script};
use crate::pki::{Authority, Issued, expired, key, not_yet_valid, rsa_key};
use crate::server::{
    ONLY_1_2, ONLY_1_3, Server, Setup, Versions, certificate, client, endpoint, short_handshake,
};

const VERSIONS: [(&str, Versions); 2] = [("1.2", ONLY_1_2), ("1.3", ONLY_1_3)];

/// What went wrong, a part of the hint, and what was sent at most.
type Expected = Option<(ErrorKind, &'static str, Sent)>;

async fn check(
    name: &str,
    setup: Setup<'_>,
    builder: impl Fn(TlsBackend) -> ClientBuilder,
    expected: Expected,
) {
    let mut setup = setup;
    for (version, versions) in VERSIONS {
        setup.versions = versions;
        for &backend in TlsBackend::compiled() {
            let name = format!("{name} {version} {backend:?}");
            let server = Server::start(&setup, always_ok()).await;
            let client = builder(backend).build().expect(&name);
            let result = server.post(&client).await;
            let Some((kind, hint, sent)) = expected else {
                assert_eq!(result.expect(&name).body, "hello", "{name}");
                assert_eq!(server.counts.requests(), 1, "{name}");
                continue;
            };
            let error = result.expect_err(&name);
            assert_eq!(error.kind(), kind, "{name}: {error:?}");
            assert!(error.hint().unwrap_or_default().contains(hint), "{name}: {error:?}");
            // TLS 1.3 says so only after the client has begun to write.
            let allowed = if version == "1.3" { [Sent::No, sent] } else { [Sent::No; 2] };
            assert!(allowed.contains(&error.sent()), "{name}: {error:?}");
            assert_eq!(server.counts.requests(), 0, "{name}");
            assert_eq!(server.counts.connections(), 1, "{name}");
            assert_silent(&error);
        }
    }
}

#[tokio::test]
async fn certificates_of_both_sides() {
    use ErrorKind::{ClientCertificate, ServerCertificate};

    let (root, clients, stranger) =
        (Authority::new("root"), Authority::new("clients"), Authority::new("stranger"));
    let server = root.server(&["localhost", "127.0.0.1"]);
    let own = clients.client("client");
    let good = |backend| client(backend, &root, Some(&own));
    let asking = |certificate| Setup { clients: Some(&clients), ..Setup::new(certificate) };

    // TLS-29: 1.3 as well as 1.2.
    check("TLS-01", asking(&server), good, None).await;
    check("no client certificate asked for", Setup::new(&server), good, None).await;

    let late = root.server_with(&["localhost"], expired);
    let refused = |hint| Some((ServerCertificate, hint, Sent::No));
    check("TLS-02", asking(&late), good, refused("clock")).await;
    let early = root.server_with(&["localhost"], not_yet_valid);
    check("TLS-03", asking(&early), good, refused("clock")).await;
    let other = root.server(&["other.test"]);
    check("TLS-04", asking(&other), good, refused("host")).await;
    let address = root.server(&["127.0.0.1"]);
    check("TLS-04 address only", asking(&address), good, refused("host")).await;
    // A common name says nothing about hosts.
    let common = |params: &mut rcgen::CertificateParams| {
        params.distinguished_name.push(rcgen::DnType::CommonName, "localhost");
    };
    let common = root.server_with(&[], common);
    check("TLS-04 common name", asking(&common), good, refused("host")).await;
    let unknown = stranger.server(&["localhost"]);
    check("TLS-05", asking(&unknown), good, refused("roots")).await;
    let purpose = root.client_with("client", key(), |params| {
        let name = "localhost".try_into().expect("name");
        params.subject_alt_names.push(rcgen::SanType::DnsName(name));
    });
    check("a client's certificate", asking(&purpose), good, refused("")).await;

    let rejected = |fault| Some((ClientCertificate(fault), "", Sent::Unknown));
    let without = |backend| client(backend, &root, None);
    check("TLS-06", asking(&server), without, rejected(Fault::Required)).await;
    let foreign = stranger.client("client");
    let with_foreign = |backend| client(backend, &root, Some(&foreign));
    check("TLS-07", asking(&server), with_foreign, rejected(Fault::Untrusted)).await;
    let late = clients.client_with("client", key(), expired);
    // The server's clock is ahead of the client's, which would have refused it.
    let at = |days: u64| {
        let day = std::time::Duration::from_secs(24 * 60 * 60);
        std::time::SystemTime::UNIX_EPOCH + day * u32::try_from(days).expect("days")
    };
    let with_late = |backend| client(backend, &root, Some(&late)).wall_clock(move || at(18_500));
    check("TLS-08, TLS-32", asking(&server), with_late, rejected(Fault::Expired)).await;
    // rustls as a server has one alert for both ends of the validity.
    let early = clients.client_with("client", key(), not_yet_valid);
    let with_early = |backend| client(backend, &root, Some(&early)).wall_clock(move || at(44_000));
    check("TLS-32 early", asking(&server), with_early, rejected(Fault::Expired)).await;
    let serial = rcgen::SerialNumber::from(980_u64);
    let revoked =
        clients.client_with("client", key(), |it| it.serial_number = Some(serial.clone()));
    let with_revoked = |backend| client(backend, &root, Some(&revoked));
    let setup = Setup { revoked: Some(clients.revoke(serial)), ..asking(&server) };
    check("TLS-32 revoked", setup, with_revoked, rejected(Fault::Revoked)).await;
}

// TLS-05: a self-signed certificate is unknown like any other, unless it is itself among the roots.
#[tokio::test]
async fn self_signed_servers() {
    let key = key();
    let mut params = rcgen::CertificateParams::new(vec!["localhost".to_owned()]).expect("name");
    params.distinguished_name.push(rcgen::DnType::CommonName, "self");
    let own = params.self_signed(&key).expect("certificate").pem();
    let server = Issued { certificate: own.clone(), key };
    let root = Authority::new("root");
    let unknown = Some((ErrorKind::ServerCertificate, "roots", Sent::No));
    check("unknown", Setup::new(&server), |backend| client(backend, &root, None), unknown).await;
    let roots = Roots::from_pem(own.as_bytes()).expect("roots");
    let trusting = |backend| Client::builder().tls_backend(backend).roots(roots.clone());
    check("given", Setup::new(&server), trusting, None).await;
}

// TLS-30: an authority that was itself issued by another one is trusted as given.
#[tokio::test]
async fn intermediates_as_roots() {
    let middle = Authority::new("root").intermediate("middle");
    let server = middle.server(&["localhost"]);
    check("middle", Setup::new(&server), |backend| client(backend, &middle, None), None).await;
}

// TLS-31: what is in the file reaches the server, in order, and nothing else does.
#[tokio::test]
async fn chains_are_sent() {
    let (root, clients) = (Authority::new("root"), Authority::new("clients"));
    let middle = clients.intermediate("middle");
    let own = middle.client("client");
    let server = root.server(&["localhost"]);
    let setup = || Setup { clients: Some(&clients), ..Setup::new(&server) };
    // The missing certificate is among the roots, where OpenSSL might look for it.
    let roots = root.pem() + &middle.pem() + &clients.pem();
    let roots = Roots::from_pem(roots.as_bytes()).expect("roots");
    let builder = |backend, certificates: &[&str]| {
        let identity = Issued { certificate: certificates.concat(), key: key_of(&own) };
        client(backend, &root, Some(&identity)).roots(roots.clone())
    };
    let untrusted = (ErrorKind::ClientCertificate(Fault::Untrusted), "chain", Sent::Unknown);
    let leaf_only = |backend| builder(backend, &[&own.certificate]);
    check("leaf only", setup(), leaf_only, Some(untrusted)).await;

    let (leaf, middle, last) = (own.certificate.clone(), middle.pem(), clients.pem());
    let rows: [(&[&str], &[&str]); 3] = [
        (&[&leaf, &middle], &[&leaf, &middle]),
        (&[&middle, &leaf], &[&leaf, &middle]),
        (&[&last, &middle, &leaf], &[&leaf, &middle, &last]),
    ];
    for (given, expected) in rows {
        let expected: Vec<_> = expected.iter().map(|pem| certificate(pem)).collect();
        for (version, versions) in VERSIONS {
            for &backend in TlsBackend::compiled() {
                let setup = Setup { versions, ..setup() };
                let server = Server::start(&setup, always_ok()).await;
                let client = builder(backend, given).build().expect("client");
                server.post(&client).await.expect("answer");
                let chain = server.handshakes()[0].chain.clone();
                assert!(chain == expected, "{version} {backend:?}: {}", chain.len());
            }
        }
    }
}

fn key_of(issued: &Issued) -> rcgen::KeyPair {
    rcgen::KeyPair::from_pem(&issued.key_pem()).expect("key")
}

// TLS-21
#[tokio::test]
async fn names_and_addresses_are_asked_for_as_configured() {
    let root = Authority::new("root");
    let names = ["localhost", "127.0.0.1", "::1"];
    let certificate = root.server(&names);
    let setup = Setup::new(&certificate);
    let other = root.server(&["other.test", "127.0.0.2", "::2"]);
    let wrong = Setup::new(&other);
    for &backend in TlsBackend::compiled() {
        let client = client(backend, &root, None).build().expect("client");
        let server = Server::start(&setup, always_ok()).await;
        for host in ["localhost", "LOCALHOST", "127.0.0.1"] {
            client.send(&server.endpoint(host), request()).await.expect(host);
        }
        let asked: Vec<_> = server.handshakes().into_iter().map(|it| it.name).collect();
        // The second one went over the first one's connection.
        assert_eq!(asked, [Some("localhost".to_owned()), None], "{backend:?}");

        let server = Server::start_at("[::1]:0", &setup, always_ok()).await;
        client.send(&server.endpoint("[::1]"), request()).await.expect("IPv6");
        assert_eq!(server.handshakes()[0].name, None, "{backend:?}");

        for (address, host) in [("127.0.0.1:0", "127.0.0.1"), ("[::1]:0", "[::1]")] {
            let server = Server::start_at(address, &wrong, always_ok()).await;
            let error = client.send(&server.endpoint(host), request()).await.expect_err(host);
            assert_eq!(error.kind(), ErrorKind::ServerCertificate, "{host} {backend:?}");
            assert!(error.hint().expect("hint").contains("host"), "{host} {backend:?}: {error:?}");
        }
    }
}

// TLS-27: each of the cipher suites that SPAR's page names is enough.
#[tokio::test]
async fn single_cipher_suites() {
    let root = Authority::new("root");
    let certificate = root.server_by(&["localhost"], rsa_key(), |_| ());
    for suite in [
        suite::TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
        suite::TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
        suite::TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256,
    ] {
        for &backend in TlsBackend::compiled() {
            let setup =
                Setup { versions: ONLY_1_2, suite: Some(suite), ..Setup::new(&certificate) };
            let server = Server::start(&setup, always_ok()).await;
            let client = client(backend, &root, None).build().expect("client");
            server.post(&client).await.unwrap_or_else(|error| panic!("{suite:?}: {error:?}"));
        }
    }
}

// HTTP/1.1 is what is offered, and all that is taken.
#[tokio::test]
async fn application_protocols() {
    let root = Authority::new("root");
    let server = root.server(&["localhost"]);
    let builder = |backend| client(backend, &root, None);
    let setup = |alpn| Setup { alpn, ..Setup::new(&server) };
    check("none", setup(None), builder, None).await;
    check("HTTP/1.1", setup(Some("http/1.1")), builder, None).await;
    let refused = Some((ErrorKind::TlsProtocol, "HTTP/1.1", Sent::No));
    check("HTTP/2", setup(Some("h2")), builder, refused).await;
    for &backend in TlsBackend::compiled() {
        let server = Server::start(&setup(Some("http/1.1")), always_ok()).await;
        server.post(&builder(backend).build().expect("client")).await.expect("answer");
        assert_eq!(server.handshakes()[0].alpn.as_deref(), Some(&b"http/1.1"[..]), "{backend:?}");
    }
}

// HTTP-38: the next connection resumes the session, whoever closed the last one.
#[tokio::test]
async fn sessions_are_resumed() {
    let (root, clients) = (Authority::new("root"), Authority::new("clients"));
    let (certificate, own) = (root.server(&["localhost"]), clients.client("client"));
    for (version, versions) in VERSIONS {
        for &backend in TlsBackend::compiled() {
            // The server closes a connection that is kept, or the client one that is not.
            for (max_idle, script) in [(1, answer_and_close(crate::peer::OK)), (0, always_ok())] {
                let name = format!("{version} {backend:?} {max_idle}");
                let clients = Some(&clients);
                let setup = Setup { clients, versions, ..Setup::new(&certificate) };
                let server = Server::start(&setup, script).await;
                let builder = client(backend, &root, Some(&own)).max_idle_connections(max_idle);
                let client = builder.build().expect("client");
                for _ in 0..3 {
                    server.post(&client).await.expect(&name);
                    server.settle().await;
                }
                let kinds: Vec<_> = server.handshakes().iter().map(|it| it.kind).collect();
                assert_eq!(kinds, [Full, Resumed, Resumed], "{name}");
                // The client is known in a resumed session too.
                assert!(server.handshakes().iter().all(|it| it.chain.len() == 1), "{name}");
                assert_eq!(server.counts.requests(), 3, "{name}");
            }
        }
    }
}

/// Servers that fail before TLS is established.
#[tokio::test]
async fn servers_without_tls() {
    // Version 1.1, a random number, no session, a cipher suite, no compression.
    const TLS_1_1: &[u8] = b"\x16\x03\x02\x00\x2a\x02\x00\x00\x26\x03\x02\
        0123456789abcdef0123456789abcdef\x00\xc0\x13\x00";
    let rows: [(&str, &'static [u8], bool, ErrorKind, &str); 9] = [
        ("TLS-10", b"\x15\x03\x01\x00\x02\x02\x46", true, ErrorKind::TlsProtocol, "1.2"),
        ("TLS-11", TLS_1_1, true, ErrorKind::TlsProtocol, "1.2"),
        ("TLS-12", b"HTTP/1.1 400 Bad Request\r\n\r\n", true, ErrorKind::TlsProtocol, "https"),
        ("TLS-12 SMTP", b"220 mail.test ESMTP\r\n", true, ErrorKind::TlsProtocol, "https"),
        ("TLS-13", b"", true, ErrorKind::Connect, ""),
        ("TLS-13 in a record", b"\x16\x03\x03\x40\x00\x02", true, ErrorKind::Connect, ""),
        ("TLS-14", b"", false, ErrorKind::Timeout(Phase::Tls), ""),
        ("TLS-28", b"\x15\x03\x03\x00\x02\x02\x28", true, ErrorKind::TlsProtocol, "suites"),
        ("name", b"\x15\x03\x03\x00\x02\x02\x70", true, ErrorKind::TlsProtocol, "host"),
    ];
    for (name, answer, close, kind, hint) in rows {
        for &backend in TlsBackend::compiled() {
            let name = format!("{name} {backend:?}");
            let error = answered_with(backend, answer, close).await;
            assert_eq!((error.kind(), error.sent()), (kind, Sent::No), "{name}: {error:?}");
            assert!(error.hint().unwrap_or_default().contains(hint), "{name}: {error:?}");
            assert_silent(&error);
        }
    }
}

// TLS-24: OpenSSL does not talk to servers whose renegotiation can be tampered with.
#[tokio::test]
async fn servers_without_secure_renegotiation() {
    if !TlsBackend::compiled().contains(&TlsBackend::OpenSsl) {
        return;
    }
    // Version 1.2, and no extension.
    const TLS_1_2: &[u8] = b"\x16\x03\x03\x00\x2a\x02\x00\x00\x26\x03\x03\
        0123456789abcdef0123456789abcdef\x00\xc0\x2f\x00";
    let error = answered_with(TlsBackend::OpenSsl, TLS_1_2, true).await;
    assert_eq!((error.kind(), error.sent()), (ErrorKind::TlsProtocol, Sent::No), "{error:?}");
    assert!(error.hint().unwrap_or_default().contains("secure renegotiation"), "{error:?}");
}

/// The error from a server that answers the first message with these bytes.
async fn answered_with(backend: TlsBackend, answer: &'static [u8], close: bool) -> Error {
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
    let root = Authority::new("root");
    let client = client(backend, &root, None).timeouts(short_handshake()).build().expect("client");
    let error = client.send(&endpoint("localhost", address), request()).await.expect_err("no TLS");
    task.abort();
    error
}

// HTTP-01
#[tokio::test]
async fn nobody_there() {
    let root = Authority::new("root");
    for &backend in TlsBackend::compiled() {
        let client = client(backend, &root, None).build().expect("client");
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("listener");
        let refused = endpoint("localhost", listener.local_addr().expect("address"));
        drop(listener);
        let unknown = Endpoint::parse("https://nobody.invalid/").expect("endpoint");
        for (name, endpoint) in [("refused", refused), ("unknown", unknown)] {
            let error = client.send(&endpoint, request()).await.expect_err(name);
            let found = (error.kind(), error.sent());
            assert_eq!(found, (ErrorKind::Connect, Sent::No), "{name} {backend:?}");
        }
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
            for &backend in TlsBackend::compiled() {
                let setup = Setup { versions, ..Setup::new(&certificate) };
                let answer = answer.clone();
                let script = script(move |mut peer| {
                    let answer = answer.clone();
                    async move {
                        peer.request().await;
                        peer.send(answer).await;
                    }
                });
                let server = Server::start(&setup, script).await;
                let client = client(backend, &root, None).build().expect("client");
                let result = server.post(&client).await;
                assert_eq!(kind(&result), expected, "{name} {version} {backend:?}: {result:?}");
            }
        }
    }
}

// HTTP-06, HTTP-07 with a proper good-bye.
#[tokio::test]
async fn truncation_over_tls() {
    let root = Authority::new("root");
    let certificate = root.server(&["localhost"]);
    for answer in [
        "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhello",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n",
    ] {
        for &backend in TlsBackend::compiled() {
            let setup = Setup::new(&certificate);
            let server = Server::start(&setup, answer_and_close(answer)).await;
            let client = client(backend, &root, None).build().expect("client");
            let error = server.post(&client).await.expect_err("truncated");
            assert_eq!((error.kind(), error.sent()), (ErrorKind::Truncated, Sent::Yes));
        }
    }
}

// TLS-23
#[test]
fn debug_shows_no_key() {
    let (root, own) = (Authority::new("root"), Authority::new("clients").client("client"));
    for &backend in TlsBackend::compiled() {
        let builder = client(backend, &root, Some(&own));
        let mut shown = format!("{builder:?} {builder:#?}");
        let client = builder.build().expect("client");
        shown += &format!("{client:?} {client:#?}");
        let decimal = |der: &[u8]| {
            let bytes: Vec<_> = der[40..48].iter().map(u8::to_string).collect();
            bytes.join(", ")
        };
        for secret in [
            &own.key_pem()[40..60],
            &own.certificate[100..120],
            &decimal(own.key.serialized_der()),
            &decimal(&certificate(&own.certificate)),
        ] {
            assert!(!shown.contains(secret), "{backend:?}: {shown}");
        }
    }
}
