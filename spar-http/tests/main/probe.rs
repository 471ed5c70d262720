//! What is found on the way to a server, step by step. It sends no search: all that arrives is a GET.

use std::sync::{Arc, Mutex};

use spar_http::{ClientBuilder, Endpoint, ErrorKind, Finding, Health, Identity, Step, TlsBackend};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use crate::openssl_peer::OpenSslPeer;
use crate::peer::{OK, Script, always_ok, in_memory, script};
use crate::pki::{Authority, Issued, expired, key};
use crate::proxy::{ESTABLISHED, Loopback, Then};
use crate::server::{ONLY_1_2, ONLY_1_3, Server, Setup, client, endpoint, short_handshake};

/// All verdicts in one line, those that are not good with a mark.
fn line(findings: &[Finding]) -> String {
    let order: Vec<_> = findings.iter().map(|finding| finding.step).collect();
    assert!(order.is_sorted() && order.len() == 9, "{order:?}");
    let word = |finding: &Finding| {
        let is_helpless = matches!(finding.health, Health::Bad | Health::Notice)
            && finding.remedy.is_none_or(str::is_empty);
        assert!(!is_helpless && !finding.text.is_empty(), "{finding:?}: {}", finding.text);
        let mark = match finding.health {
            Health::Good => "",
            Health::Notice => "?",
            Health::Bad => "!",
            _ => "-",
        };
        format!("{}{mark}", finding.verdict)
    };
    findings.iter().map(word).collect::<Vec<_>>().join(" ")
}

async fn check(
    name: &str,
    builder: impl Fn(TlsBackend) -> ClientBuilder,
    endpoint: &Endpoint,
    expected: &str,
) {
    for &backend in TlsBackend::compiled() {
        let findings = builder(backend).timeouts(short_handshake()).probe(endpoint).await;
        let findings = findings.expect(name);
        assert_eq!(line(&findings), expected, "{name} {backend:?}: {}", texts(&findings));
    }
}

fn texts(findings: &[Finding]) -> String {
    findings.iter().map(|finding| format!("\n{}", finding.text)).collect()
}

fn fact<'f>(findings: &'f [Finding], step: Step, name: &str) -> &'f str {
    let finding = findings.iter().find(|finding| finding.step == step).expect("step");
    let fact = finding.facts.iter().find(|(found, _)| *found == name);
    &fact.unwrap_or_else(|| panic!("{name}: {:?}", finding.facts)).1
}

/// Answers GET requests, and remembers what methods came.
fn remembering(methods: Arc<Mutex<Vec<String>>>, status: &'static str) -> Script {
    script(move |mut peer| {
        let methods = Arc::clone(&methods);
        async move {
            while let Some(request) = peer.request().await {
                let method = request.split(' ').next().unwrap_or_default().to_owned();
                methods.lock().expect("methods").push(method);
                peer.send(OK.replace("200 OK", status)).await;
            }
        }
    })
}

#[tokio::test]
async fn a_way_without_obstacles() {
    let (root, clients) = (Authority::new("root"), Authority::new("clients"));
    let (certificate, own) = (root.server(&["localhost"]), clients.client("client"));
    for (versions, version) in [(ONLY_1_2, "TLS 1.2"), (ONLY_1_3, "TLS 1.3")] {
        for &backend in TlsBackend::compiled() {
            let methods = Arc::<Mutex<Vec<_>>>::default();
            let setup = Setup { clients: Some(&clients), versions, ..Setup::new(&certificate) };
            let server = Server::start(&setup, remembering(Arc::clone(&methods), "405 No")).await;
            let builder = client(backend, &root, Some(&own));
            let findings = builder.probe(&server.endpoint("localhost")).await.expect("findings");
            let expected = "valid found connected none agreed accepted not_asked_for any answered";
            assert_eq!(line(&findings), expected, "{backend:?} {}", texts(&findings));
            assert_eq!(fact(&findings, Step::Tls, "version"), version);
            let suite = fact(&findings, Step::Tls, "suite");
            assert!(suite.starts_with("TLS_") && suite.contains("_AES_"), "{suite}");
            assert_eq!(fact(&findings, Step::Tls, "backend"), backend.as_str());
            assert!(fact(&findings, Step::Certificate, "subject").contains("client"));
            assert!(fact(&findings, Step::Certificate, "valid_until").ends_with(" UTC"));
            assert!(fact(&findings, Step::ServerCertificate, "issuer").contains("root"));
            assert_eq!(fact(&findings, Step::Http, "status"), "405");
            assert_eq!(*methods.lock().expect("methods"), ["GET"]);
            // The subject may be a person's.
            assert!(!format!("{findings:?}").contains("client"));
        }
    }
}

#[tokio::test]
async fn what_the_answer_says() {
    let root = Authority::new("root");
    let (certificate, own) = (root.server(&["localhost"]), root.client("client"));
    for (status, expected) in [
        // TLS-33: the certificate is not known as the customer's.
        ("403 Forbidden", "refused!"),
        ("404 Not Found", "not_found?"),
        ("503 Closed", "unavailable!"),
        ("302 Found", "unexpected_answer!"),
        ("500 Oops", "answered"),
    ] {
        let setup = Setup::new(&certificate);
        let server = Server::start(&setup, remembering(Arc::default(), status)).await;
        let expected =
            format!("valid found connected none agreed accepted not_asked_for any {expected}");
        let builder = |backend| client(backend, &root, Some(&own));
        check(status, builder, &server.endpoint("localhost"), &expected).await;
    }
}

#[tokio::test]
async fn certificates_of_both_sides() {
    let (root, clients) = (Authority::new("root"), Authority::new("clients"));
    let (certificate, own) = (root.server(&["localhost"]), clients.client("client"));
    fn asking<'a>(clients: &'a Authority, certificate: &'a Issued) -> Setup<'a> {
        Setup { clients: Some(clients), versions: ONLY_1_2, ..Setup::new(certificate) }
    }
    let good = |backend| client(backend, &root, Some(&own));

    let server = Server::start(&asking(&clients, &certificate), always_ok()).await;
    let here = server.endpoint("localhost");
    let without = |backend| client(backend, &root, None);
    let required = "missing! found connected none client_certificate_required! accepted \
                    not_reached- not_reached- not_reached-";
    check("none", without, &here, required).await;
    let late = clients.client_with("client", key(), expired);
    let with_late = |backend| client(backend, &root, Some(&late));
    let refused = required.replace("missing", "expired").replace("required", "expired");
    check("expired", with_late, &here, &refused).await;
    // Good still, but not for long.
    let (own_until, day) = {
        let identity = Identity::from_pem(own.pem().as_bytes()).expect("identity");
        (identity.certificate().not_after(), std::time::Duration::from_secs(24 * 60 * 60))
    };
    let soon = |backend| good(backend).wall_clock(move || own_until - 29 * day);
    let fine = "expires_soon? found connected none agreed accepted not_asked_for any answered";
    check("soon", soon, &here, fine).await;
    // Not the key's.
    let mixed = Issued { certificate: own.certificate.clone(), key: key() };
    assert!(Identity::from_pem(mixed.pem().as_bytes()).is_err());

    let unaccepted = |verdict: &str| {
        let before = "valid found connected none broken_off-";
        format!("{before} {verdict}! not_reached- not_reached- not_reached-")
    };
    for (verdict, certificate) in [
        ("expired", root.server_with(&["localhost"], expired)),
        ("other_name", root.server(&["other.test"])),
        ("unknown_issuer", Authority::new("stranger").server(&["localhost"])),
    ] {
        let server = Server::start(&asking(&clients, &certificate), always_ok()).await;
        let here = server.endpoint("localhost");
        check(verdict, good, &here, &unaccepted(verdict)).await;
        for &backend in TlsBackend::compiled() {
            // Who issued what is not accepted: this finds those who intercept TLS.
            let findings = good(backend).probe(&here).await.expect("findings");
            let issuer = fact(&findings, Step::ServerCertificate, "issuer");
            let expected = if verdict == "unknown_issuer" { "stranger" } else { "root" };
            assert!(issuer.contains(expected), "{backend:?} {issuer}");
        }
        assert_eq!(server.counts.requests(), 0);
    }
}

#[tokio::test]
async fn servers_that_are_none() {
    let root = Authority::new("root");
    let own = root.client("client");
    let good = |backend| client(backend, &root, Some(&own));
    let after = |count: usize| " not_reached-".repeat(count);

    let listener = TcpListener::bind("127.0.0.1:0").await.expect("listener");
    let closed = endpoint("localhost", listener.local_addr().expect("address"));
    drop(listener);
    check("closed", good, &closed, &format!("valid found not_connected!{}", after(6))).await;
    let unknown = Endpoint::parse("https://nobody.invalid/").expect("endpoint");
    check("unknown", good, &unknown, &format!("valid not_found!{}", after(7))).await;

    for (name, answer, verdict) in [
        ("plain HTTP", "HTTP/1.1 400 Bad Request\r\n\r\n", "no_agreement"),
        ("hangs up", "", "not_connected"),
    ] {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("listener");
        let here = endpoint("localhost", listener.local_addr().expect("address"));
        let task = tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let mut hello = [0; 4096];
                let _ = stream.read(&mut hello).await;
                let _ = stream.write_all(answer.as_bytes()).await;
            }
        });
        let expected = format!("valid found connected none {verdict}!{}", after(4));
        check(name, good, &here, &expected).await;
        task.abort();
    }
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("listener");
    let silent = endpoint("127.0.0.1", listener.local_addr().expect("address"));
    let expected = format!("valid not_needed connected none timeout!{}", after(4));
    check("silent", good, &silent, &expected).await;
}

#[tokio::test]
async fn proxies() {
    let root = Authority::new("root");
    let (certificate, own) = (root.server(&["localhost"]), root.client("client"));
    let server = Server::start(&Setup::new(&certificate), always_ok()).await;
    let here = server.endpoint("localhost");
    let after = " not_reached- not_reached- not_reached- not_reached- not_reached-";
    for (then, expected) in [
        (Then::Connect(ESTABLISHED), "connected agreed accepted not_asked_for any answered"),
        (Then::Say("HTTP/1.1 407 Who\r\n\r\n"), "authentication_required!"),
        (Then::Say("HTTP/1.1 403 No\r\n\r\n"), "refused!"),
        (Then::Say("220 mail.test ESMTP\r\n"), "not_a_proxy!"),
    ] {
        let proxy = Loopback::start(then).await;
        let builder = |backend| client(backend, &root, Some(&own)).proxy(proxy.proxy(""));
        let after = if expected.ends_with('!') { after } else { "" };
        let expected = format!("valid not_needed connected {expected}{after}");
        check("proxy", builder, &here, &expected).await;
    }
}

// TLS-24: what the server asks for is seen with every backend, whether it follows or not.
#[tokio::test]
async fn renegotiating_servers() {
    let (root, clients) = (Authority::new("root"), Authority::new("clients"));
    let (certificate, own) = (root.server(&["localhost"]), clients.client("client"));
    let has_openssl = TlsBackend::compiled().contains(&TlsBackend::OpenSsl);
    for ask in ["ask=hello", "ask=head"] {
        for &backend in TlsBackend::compiled() {
            let Some(server) = OpenSslPeer::start(&certificate, &clients, &[ask]) else { return };
            let builder = client(backend, &root, Some(&own));
            let findings = builder.probe(&server.endpoint()).await.expect("findings");
            let (verdict, remedy) = match (backend, has_openssl) {
                (TlsBackend::OpenSsl, _) => ("openssl", ""),
                (_, true) => ("openssl_needed!", "with it the server answers"),
                (_, false) => ("openssl_needed!", "feature `openssl`"),
            };
            let line = line(&findings);
            let expected =
                format!("valid found connected none agreed accepted asked_for {verdict} ");
            assert!(line.starts_with(&expected), "{ask} {backend:?}: {line}{}", texts(&findings));
            assert_eq!(line.ends_with(" answered"), has_openssl, "{ask} {backend:?}: {line}");
            assert!(findings[7].remedy.unwrap_or_default().contains(remedy), "{findings:?}");
        }
    }
}

#[tokio::test]
async fn what_cannot_be_probed() {
    let (builder, _) = in_memory(always_ok());
    let endpoint = Endpoint::parse("https://spar.test/").expect("endpoint");
    let error = builder.probe(&endpoint).await.expect_err("a connector");
    assert_eq!(error.kind(), ErrorKind::Configuration);
    let error = Identity::from_bytes(b"nonsense", None).expect_err("no identity");
    let finding = Finding::of_unusable_identity(&error);
    assert_eq!((finding.verdict, finding.health), ("unknown_format", Health::Bad));
    assert!(finding.remedy.is_some_and(|remedy| remedy.contains("PKCS#12")));
}
