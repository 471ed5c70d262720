//! Endpoints, settings and requests that cannot work are refused before anything is sent.

use std::time::Duration;

use spar_http::{
    Client, Endpoint, ErrorKind, Limits, Request, Roots, Sent, Target, Timeouts, TlsBackend,
};

use crate::peer::{always_ok, assert_silent, endpoint, in_memory};

#[test]
fn endpoints_are_kept_exactly() {
    for (text, host, port, path, shown) in [
        ("https://a.test", "a.test", 443, "/", "https://a.test/"),
        ("https://a.test/2023.1/", "a.test", 443, "/2023.1/", "https://a.test/2023.1/"),
        ("HTTPS://A.Test:443/X", "a.test", 443, "/X", "https://a.test/X"),
        (
            "https://a.test:8443/a/../b//",
            "a.test",
            8443,
            "/a/../b//",
            "https://a.test:8443/a/../b//",
        ),
        ("https://a.test//b", "a.test", 443, "//b", "https://a.test//b"),
        ("https://127.0.0.1:1/", "127.0.0.1", 1, "/", "https://127.0.0.1:1/"),
        ("https://[::1]:65535/v3", "::1", 65535, "/v3", "https://[::1]:65535/v3"),
        ("https://[::1]", "::1", 443, "/", "https://[::1]/"),
    ] {
        let endpoint: Endpoint = text.parse().expect(text);
        assert_eq!((endpoint.host(), endpoint.port(), endpoint.path()), (host, port, path));
        assert_eq!(endpoint.to_string(), shown);
        let target = Target::new(&endpoint, &Timeouts::default());
        assert_eq!((target.host(), target.port()), (host, port));
        assert_eq!(Endpoint::parse(shown).expect(shown), endpoint);
    }
}

#[test]
fn endpoints_that_cannot_work_are_refused() {
    for (text, hint) in [
        ("http://a.test/", "only https"), // TLS-15
        ("HTTP://a.test/", "only https"),
        ("ftp://a.test/", ""),
        ("a.test/", ""),
        ("", ""),
        ("https://", ""),
        ("https:///x", ""),
        ("https://user:MARKER@a.test/", ""),
        ("https://a.test/#MARKER", ""),
        ("https://a.test/?MARKER", ""),
        ("https://a.test:/", ""),
        ("https://a.test:0/", ""),
        ("https://a.test:65536/", ""),
        ("https://a.test:+443/", ""),
        ("https://::1/", ""),
        ("https://[::1/", ""),
        ("https://[::1]x/", ""),
        ("https://[a.test]/", ""),
        ("https://a b/", ""),
        ("https://a.test/ b", ""),
        ("https://a.test\\b/", ""),
        ("https://räksmörgås.test/", "xn--"),
        // TLS-34
        ("https://ext-ws.statenspersonadressregister.se/", "use personsok."),
        ("https://EXT-FILER.statenspersonadressregister.se/x", "use filtransport."),
        ("https://kt-ext-ws.statenspersonadressregister.se:443/", "use test-personsok."),
        ("https://kt-ext-filer.statenspersonadressregister.se./", "use test-filtransport."),
    ] {
        let error = Endpoint::parse(text).expect_err(text);
        assert_eq!((error.kind(), error.sent()), (ErrorKind::Configuration, Sent::No), "{text}");
        assert!(error.hint().unwrap_or_default().contains(hint), "{text}");
        assert_silent(&error);
    }
}

#[test]
fn settings_that_cannot_work_are_refused() {
    let zero = Duration::ZERO;
    let timeouts = Timeouts::default();
    for timeouts in [
        timeouts.with_connect(zero),
        timeouts.with_tls(zero),
        timeouts.with_first_byte(zero),
        timeouts.with_idle(zero),
        timeouts.with_total(zero),
        timeouts.with_keep_alive(zero),
    ] {
        let (builder, _) = in_memory(always_ok());
        let error = builder.timeouts(timeouts).build().expect_err("zero");
        assert_eq!(error.kind(), ErrorKind::Configuration);
    }
    for (bytes, is_valid) in [(8191, false), (8192, true)] {
        let (builder, _) = in_memory(always_ok());
        let limits = Limits::default().with_max_head_bytes(bytes);
        assert_eq!(builder.limits(limits).build().is_ok(), is_valid);
    }
    let (builder, _) = in_memory(always_ok());
    let error = builder.roots(Roots::platform()).build().expect_err("roots and connector");
    assert_eq!(error.kind(), ErrorKind::Configuration);
    let (builder, _) = in_memory(always_ok());
    let error = builder.tls_backend(TlsBackend::OpenSsl).build().expect_err("two backends");
    assert_eq!(error.kind(), ErrorKind::Configuration);
    for pem in ["", "text", "-----BEGIN CERTIFICATE-----\nMARKER"] {
        let error = Roots::from_pem(pem.as_bytes()).expect_err(pem);
        assert_eq!(error.kind(), ErrorKind::Configuration);
        assert_silent(&error);
    }
}

#[tokio::test]
async fn requests_that_cannot_work_are_refused() {
    let request = || Request::new("text/xml", "x");
    for (name, request) in [
        ("type", Request::new("text/xml\r\nMARKER: x", "x")),
        ("value", request().with_header("x", "MARKER\n")),
        ("name", request().with_header("x y", "MARKER")),
        ("host", request().with_header("Host", "MARKER")),
        ("length", request().with_header("content-length", "0")),
        ("coding", request().with_header("Transfer-Encoding", "chunked")),
        ("expect", request().with_header("expect", "100-continue")),
    ] {
        let (builder, counts) = in_memory(always_ok());
        let client = builder.build().expect("client");
        let error = client.send(&endpoint(), request).await.expect_err(name);
        assert_eq!((error.kind(), error.sent()), (ErrorKind::Configuration, Sent::No), "{name}");
        assert_silent(&error);
        assert_eq!(counts.connections(), 0, "{name}");
    }
}

// The client without a connector: what it needs depends on the features.
#[test]
fn missing_backends_and_roots_are_named() {
    let backends = TlsBackend::compiled();
    let Some(first) = backends.first() else {
        let error = Client::builder().build().expect_err("no backend");
        assert!(error.hint().expect("hint").contains("connector"));
        return;
    };
    // Adding a feature never replaces rustls.
    if cfg!(feature = "rustls-aws-lc-rs") {
        assert_eq!(*first, TlsBackend::RustlsAwsLcRs);
    }
    if cfg!(feature = "rustls-ring") {
        assert_ne!(*first, TlsBackend::OpenSsl);
    }
    for (backend, feature) in [
        (TlsBackend::RustlsAwsLcRs, "rustls-aws-lc-rs"),
        (TlsBackend::RustlsRing, "rustls-ring"),
        (TlsBackend::OpenSsl, "openssl"),
    ] {
        let result = Client::builder().tls_backend(backend).build();
        if !backends.contains(&backend) {
            let error = result.expect_err("no backend");
            assert_eq!((error.kind(), error.sent()), (ErrorKind::Configuration, Sent::No));
            assert!(error.hint().expect("hint").contains(feature), "{feature}");
        } else if !cfg!(feature = "platform-verifier") && backend != TlsBackend::OpenSsl {
            let error = result.expect_err("no roots");
            assert!(error.hint().expect("hint").contains("platform-verifier"));
        }
    }
}
