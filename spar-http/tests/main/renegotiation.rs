//! Servers that ask for the client's certificate only in a second handshake, and servers of
//! yesterday. The other side is OpenSSL, which renegotiates.

use std::time::Duration;

use spar_http::{ClientCertificateFault as Fault, ErrorKind, Request, Sent, TlsBackend, Upload};
use tokio::io::AsyncReadExt;

use crate::openssl_peer::OpenSslPeer;
use crate::peer::assert_silent;
use crate::pki::{Authority, expired, key, rsa_key};
use crate::server::client;

fn count(lines: &[String], word: &str) -> usize {
    lines.iter().filter(|line| *line == word).count()
}

// TLS-24, TLS-26: OpenSSL follows, rustls says what to do. Nothing is sent twice.
#[tokio::test]
async fn renegotiations() {
    let (root, clients) = (Authority::new("root"), Authority::new("clients"));
    let (certificate, own) = (root.server(&["localhost"]), clients.client("client"));
    // When the server asks, and after how many handshakes it executes the request.
    for (ask, handshakes) in
        [("never", 1), ("first", 1), ("hello", 2), ("head", 2), ("again", 3), ("twice", 2)]
    {
        for &backend in TlsBackend::compiled() {
            let name = format!("{ask} {backend:?}");
            let options = [format!("ask={ask}")];
            let options = options.each_ref().map(String::as_str);
            let Some(server) = OpenSslPeer::start(&certificate, &clients, &options) else {
                return;
            };
            let client = client(backend, &root, Some(&own)).build().expect("client");
            let result = server.post(&client).await;
            if backend == TlsBackend::OpenSsl || handshakes == 1 {
                assert_eq!(result.expect(&name).body, "hello", "{name}");
                // The connection lives on.
                let second = server.post(&client).await.expect(&name);
                assert!(!second.meta.new_connection, "{name}");
                drop(client);
                let lines = server.settled();
                assert_eq!(count(&lines, "handshake"), handshakes, "{name}: {lines:?}");
                assert_eq!(count(&lines, "executed"), 2, "{name}: {lines:?}");
                assert_eq!(count(&lines, "open"), 1, "{name}: {lines:?}");
                continue;
            }
            let error = result.expect_err(&name);
            drop(client);
            let lines = server.settled();
            assert_eq!(error.kind(), ErrorKind::TlsProtocol, "{name}: {error:?}");
            let hint = error.hint().expect(&name);
            for part in ["renegotiation", "OpenSSL", "feature `openssl`"] {
                assert!(hint.contains(part), "{name}: {hint}");
            }
            match error.sent() {
                Sent::No => assert_eq!(count(&lines, "head"), 0, "{name}: {lines:?}"),
                sent => assert_eq!(sent, Sent::Unknown, "{name}"),
            }
            // After the head, it is known that something was written.
            assert!(ask != "head" || error.sent() == Sent::Unknown, "{name}");
            assert_eq!(count(&lines, "executed"), 0, "{name}: {lines:?}");
            assert_eq!(count(&lines, "open"), 1, "{name}: {lines:?}");
            assert_silent(&error);
        }
    }
}

// TLS-25: a server that takes little before it knows the client gets uploads of any size whole, if they
// wait to be asked for. rustls is held to the same where no renegotiation is asked for.
#[tokio::test]
async fn uploads_wait_for_the_renegotiation() {
    let (root, clients) = (Authority::new("root"), Authority::new("clients"));
    let (certificate, own) = (root.server(&["localhost"]), clients.client("client"));
    for (ask, handshakes) in [("first", 1), ("hello", 2), ("head", 2)] {
        for &backend in TlsBackend::compiled() {
            if handshakes > 1 && backend != TlsBackend::OpenSsl {
                continue;
            }
            for bytes in [1, 4096, 4097, 20_000, 3_000_000, 100_000_000] {
                let name = format!("{ask} {backend:?} {bytes}");
                let options = [format!("ask={ask}"), "upload=4096".to_owned()];
                let options = options.each_ref().map(String::as_str);
                let Some(server) = OpenSslPeer::start(&certificate, &clients, &options) else {
                    return;
                };
                let client = client(backend, &root, Some(&own)).build().expect("client");
                let upload = Upload::new(move || Box::pin(tokio::io::repeat(7).take(bytes)))
                    .with_expect_continue(Duration::from_secs(60));
                let request = Request::upload("application/zip", upload);
                let result = client.post(&server.endpoint(), request).await;
                assert_eq!(result.expect(&name).body, "hello", "{name}");
                drop(client);
                let lines = server.settled();
                assert_eq!(count(&lines, &format!("received {bytes}")), 1, "{name}: {lines:?}");
                assert_eq!(count(&lines, "handshake"), handshakes, "{name}: {lines:?}");
            }
        }
    }
}

// TLS-25: an upload that does not wait to be asked for overruns such a server. That is an error with a
// kind, and it is not known whether the request arrived.
#[tokio::test]
async fn uploads_that_do_not_wait_are_errors() {
    if !TlsBackend::compiled().contains(&TlsBackend::OpenSsl) {
        return;
    }
    let (root, clients) = (Authority::new("root"), Authority::new("clients"));
    let (certificate, own) = (root.server(&["localhost"]), clients.client("client"));
    let options = ["ask=head", "upload=4096"];
    let Some(server) = OpenSslPeer::start(&certificate, &clients, &options) else {
        return;
    };
    let client = client(TlsBackend::OpenSsl, &root, Some(&own)).build().expect("client");
    let upload = Upload::new(|| Box::pin(tokio::io::repeat(7).take(3_000_000)));
    let request = Request::upload("application/zip", upload);
    let error = client.post(&server.endpoint(), request).await.expect_err("overrun");
    assert_eq!((error.kind(), error.sent()), (ErrorKind::Disconnected, Sent::Unknown), "{error:?}");
    drop(client);
    let lines = server.settled();
    assert!(!lines.iter().any(|line| line.starts_with("received")), "{lines:?}");
}

// TLS-06, TLS-07, TLS-08 in a renegotiation: judged as in a first handshake.
#[tokio::test]
async fn certificates_refused_in_a_renegotiation() {
    use ErrorKind::{ClientCertificate, TlsProtocol};

    if !TlsBackend::compiled().contains(&TlsBackend::OpenSsl) {
        return;
    }
    let (root, clients) = (Authority::new("root"), Authority::new("clients"));
    let certificate = root.server(&["localhost"]);
    let foreign = Authority::new("stranger").client("client");
    let late = clients.client_with("client", key(), expired);
    // An OpenSSL server has only `handshake_failure` for a missing certificate in TLS 1.2.
    for (name, identity, expected) in [
        ("none", None, TlsProtocol),
        ("foreign", Some(&foreign), ClientCertificate(Fault::Untrusted)),
        ("expired", Some(&late), ClientCertificate(Fault::Expired)),
    ] {
        for ask in ["ask=first", "ask=hello", "ask=head"] {
            let Some(server) = OpenSslPeer::start(&certificate, &clients, &[ask]) else {
                return;
            };
            let builder = client(TlsBackend::OpenSsl, &root, identity);
            // The server's clock is ahead of the client's, which would have refused the expired one.
            let client = builder
                .wall_clock(|| {
                    std::time::SystemTime::UNIX_EPOCH + Duration::from_secs(18_500 * 24 * 60 * 60)
                })
                .build()
                .expect("client");
            let error = server.post(&client).await.expect_err(name);
            drop(client);
            let lines = server.settled();
            assert_eq!(error.kind(), expected, "{name} {ask}: {error:?}");
            assert!(error.hint().is_some(), "{name} {ask}");
            assert_eq!(error.sent() == Sent::No, ask == "ask=first", "{name} {ask}: {error:?}");
            assert_eq!(count(&lines, "executed"), 0, "{name} {ask}: {lines:?}");
            assert_eq!(count(&lines, "open"), 1, "{name} {ask}: {lines:?}");
            assert_silent(&error);
        }
    }
}

// TLS-10, TLS-28, and a server that chooses a protocol that was not offered.
#[tokio::test]
async fn servers_without_common_ground() {
    let (root, clients) = (Authority::new("root"), Authority::new("clients"));
    let certificate = root.server_by(&["localhost"], rsa_key(), |_| ());
    for (name, option, hint) in [
        ("TLS-10", "max=1.1", "1.2"),
        ("TLS-28 CBC", "ciphers=ECDHE-RSA-AES256-SHA384", "suites"),
        ("TLS-28 RSA key exchange", "ciphers=AES256-GCM-SHA384", "suites"),
        ("TLS-28 DHE", "ciphers=DHE-RSA-AES256-GCM-SHA384", "suites"),
        ("ALPN", "alpn=h2", ""),
    ] {
        for &backend in TlsBackend::compiled() {
            let Some(server) = OpenSslPeer::start(&certificate, &clients, &[option]) else {
                return;
            };
            let client = client(backend, &root, None).build().expect("client");
            let error = server.post(&client).await.expect_err(name);
            let found = (error.kind(), error.sent());
            assert_eq!(found, (ErrorKind::TlsProtocol, Sent::No), "{name} {backend:?}: {error:?}");
            let found = error.hint().unwrap_or_default();
            assert!(found.contains(hint), "{name} {backend:?}: {error:?}");
            assert_eq!(count(&server.settled(), "head"), 0, "{name} {backend:?}");
        }
    }
}
