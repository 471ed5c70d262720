//! A proxy on the way: HTTP-24.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::process::Command;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use spar_http::{Error, ErrorKind, Phase, Proxy, ProxyFault, Sent, Timeouts, TlsBackend};
use tokio::io::{AsyncReadExt, AsyncWriteExt, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

use crate::peer::{always_ok, assert_silent, in_memory};
use crate::pki::Authority;
use crate::server::{ONLY_1_2, ONLY_1_3, Server, Setup, client, endpoint};

/// What the proxy does when it is asked.
#[derive(Clone, Copy)]
pub(crate) enum Then {
    /// Says this and passes on what follows.
    Connect(&'static str),
    /// Says this and closes.
    Say(&'static str),
    /// Says this and nothing more.
    Stall(&'static str),
}

pub(crate) struct Loopback {
    address: SocketAddr,
    /// The heads of the requests.
    seen: Arc<Mutex<Vec<String>>>,
    task: JoinHandle<()>,
}

impl Loopback {
    pub(crate) async fn start(then: Then) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("listener");
        let address = listener.local_addr().expect("address");
        let seen = Arc::<Mutex<Vec<_>>>::default();
        let task = tokio::spawn({
            let seen = Arc::clone(&seen);
            async move {
                while let Ok((stream, _)) = listener.accept().await {
                    tokio::spawn(serve(stream, then, Arc::clone(&seen)));
                }
            }
        });
        Self { address, seen, task }
    }

    pub(crate) fn proxy(&self, user: &str) -> Proxy {
        Proxy::parse(&format!("http://{user}{}", self.address)).expect("proxy")
    }

    fn seen(&self) -> Vec<String> {
        self.seen.lock().expect("seen").clone()
    }
}

impl Drop for Loopback {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn serve(mut client: TcpStream, then: Then, seen: Arc<Mutex<Vec<String>>>) {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(client.read_u8().await.expect("head"));
    }
    let head = String::from_utf8(head).expect("UTF-8");
    let authority = head.split(' ').nth(1).expect("authority").to_owned();
    seen.lock().expect("seen").push(head);
    match then {
        Then::Connect(answer) => {
            let mut server = TcpStream::connect(authority).await.expect("server");
            client.write_all(answer.as_bytes()).await.expect("answer");
            let _ = copy_bidirectional(&mut client, &mut server).await;
        }
        Then::Say(answer) => {
            let _ = client.write_all(answer.as_bytes()).await;
        }
        Then::Stall(answer) => {
            let _ = client.write_all(answer.as_bytes()).await;
            std::future::pending::<()>().await;
        }
    }
}

pub(crate) const ESTABLISHED: &str = "HTTP/1.1 200 Connection established\r\n\r\n";

// TLS goes through it, certificates of both sides included, and connections are reused.
#[tokio::test]
async fn tls_is_spoken_with_the_server() {
    for &backend in TlsBackend::compiled() {
        tls_is_spoken_with_the_server_on(backend).await;
    }
}

async fn tls_is_spoken_with_the_server_on(backend: TlsBackend) {
    let (root, clients) = (Authority::new("root"), Authority::new("clients"));
    let certificate = root.server(&["localhost", "127.0.0.1"]);
    let own = clients.client("client");
    let answers = [
        ESTABLISHED,
        "HTTP/1.0 200 OK\r\nProxy-Agent: loopback\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 201 Fine\r\nTransfer-Encoding: chunked\r\n\r\n",
    ];
    for versions in [ONLY_1_2, ONLY_1_3] {
        for answer in answers {
            let setup = Setup { clients: Some(&clients), versions, ..Setup::new(&certificate) };
            let server = Server::start(&setup, always_ok()).await;
            let proxy = Loopback::start(Then::Connect(answer)).await;
            let client =
                client(backend, &root, Some(&own)).proxy(proxy.proxy("")).build().expect("client");
            for _ in 0..3 {
                server.post(&client).await.expect(answer);
            }
            assert_eq!((server.counts.connections(), server.counts.requests()), (1, 3));
            assert_eq!(*server.shown.lock().expect("shown"), [vec![own.certificate_der()]]);
            let port = server.address.port();
            let expected =
                format!("CONNECT localhost:{port} HTTP/1.1\r\nhost: localhost:{port}\r\n\r\n");
            assert_eq!(proxy.seen(), [expected]);
        }
    }
}

#[tokio::test]
async fn user_and_password_reach_the_proxy_and_no_text() {
    for &backend in TlsBackend::compiled() {
        user_and_password_reach_the_proxy_and_no_text_on(backend).await;
    }
}

async fn user_and_password_reach_the_proxy_and_no_text_on(backend: TlsBackend) {
    let root = Authority::new("root");
    let certificate = root.server(&["localhost"]);
    let setup = Setup { clients: None, versions: ONLY_1_3, ..Setup::new(&certificate) };
    for (user, expected) in [
        ("", None),
        ("user:MARKER@", Some("dXNlcjpNQVJLRVI=")),
        ("user@", Some("dXNlcjo=")),
        // The password has a colon, an @ and a letter beyond ASCII.
        ("user:a%3Ab%40%C3%A4@", Some("dXNlcjphOmJAw6Q=")),
    ] {
        let server = Server::start(&setup, always_ok()).await;
        let loopback = Loopback::start(Then::Connect(ESTABLISHED)).await;
        let proxy = loopback.proxy(user);
        let builder = client(backend, &root, None).proxy(proxy.clone());
        let shown = format!("{builder:?}");
        let client = builder.build().expect("client");
        let shown = format!("{shown} {client:?} {proxy:?}");
        let known = expected.unwrap_or("MARKER");
        assert!(!["user:", "MARKER", known].iter().any(|secret| shown.contains(secret)), "{shown}");
        server.post(&client).await.expect(user);
        let head = loopback.seen().concat();
        let sent = head.lines().find_map(|line| line.strip_prefix("proxy-authorization: Basic "));
        assert_eq!(sent, expected, "{head}");
    }
}

/// The error is the proxy's, nothing was sent, and the server has seen nothing.
async fn check(name: &str, then: Then, expected: ErrorKind, source: &str) {
    for &backend in TlsBackend::compiled() {
        check_on(backend, name, then, expected, source).await;
    }
}

async fn check_on(backend: TlsBackend, name: &str, then: Then, expected: ErrorKind, source: &str) {
    let root = Authority::new("root");
    let certificate = root.server(&["localhost"]);
    let setup = Setup { clients: None, versions: ONLY_1_3, ..Setup::new(&certificate) };
    let server = Server::start(&setup, always_ok()).await;
    let proxy = Loopback::start(then).await;
    let timeouts = match expected {
        ErrorKind::Timeout(_) => Timeouts::default().with_connect(Duration::from_millis(250)),
        _ => Timeouts::default(),
    };
    let builder =
        client(backend, &root, None).proxy(proxy.proxy("user:MARKER@")).timeouts(timeouts);
    let error = server.post(&builder.build().expect("client")).await.expect_err(name);
    assert_eq!((error.kind(), error.sent()), (expected, Sent::No), "{name}: {error:?}");
    let text = error.to_string();
    assert!(text.contains("the proxy") && text.ends_with("(nothing was sent)"), "{name}: {text}");
    let cause = std::error::Error::source(&error).map(ToString::to_string).unwrap_or_default();
    assert!(cause.contains(source), "{name}: {cause}");
    assert_silent(&error);
    // A proxy that only took too long is asked again: nothing was sent.
    let attempts = if matches!(expected, ErrorKind::Timeout(_)) { 3 } else { 1 };
    assert_eq!(proxy.seen().len(), attempts, "{name}");
    assert_eq!((server.counts.connections(), server.counts.bytes()), (0, 0), "{name}");
}

#[tokio::test]
async fn errors_of_the_proxy_are_named_as_its() {
    use ProxyFault::{AuthenticationRequired, Refused, Unexpected};

    let html = "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<html>MARKER";
    let rows = [
        (
            "407",
            Then::Say("HTTP/1.1 407 Who are you\r\nProxy-Authenticate: Basic\r\n\r\nMARKER"),
            AuthenticationRequired,
            "407",
        ),
        ("403", Then::Say("HTTP/1.1 403 No\r\nContent-Length: 6\r\n\r\nMARKER"), Refused, "403"),
        ("502, open", Then::Stall("HTTP/1.1 502 Bad Gateway\r\n\r\nMARKER"), Refused, "502"),
        ("redirect", Then::Say("HTTP/1.1 302 F\r\nLocation: http://x/\r\n\r\n"), Refused, "302"),
        ("HTML", Then::Say(html), Unexpected, "200"),
        ("HTML, open", Then::Stall(html), Unexpected, "200"),
        (
            "HTML to come",
            Then::Stall("HTTP/1.1 200 OK\r\ncontent-type: Text/HTML\r\n\r\n"),
            Unexpected,
            "200",
        ),
        ("more than asked for", Then::Say("HTTP/1.1 200 OK\r\n\r\nMARKER"), Unexpected, ""),
        ("not HTTP", Then::Say("SSH-2.0-MARKER\r\n"), Unexpected, ""),
        ("half an answer", Then::Say("HTTP/1.1 200 OK\r\nX: MARK"), Unexpected, ""),
        ("nothing", Then::Say(""), Unexpected, ""),
    ];
    for (name, then, fault, source) in rows {
        check(name, then, ErrorKind::Proxy(fault), source).await;
    }
    let stalls = ErrorKind::Timeout(Phase::Proxy);
    check("stalls", Then::Stall(""), stalls, "").await;
    check("stalls midway", Then::Stall("HTTP/1.1 200 OK\r\n"), stalls, "").await;
}

#[tokio::test]
async fn endless_heads_are_left() {
    let head: &'static str = format!("HTTP/1.1 200 OK\r\nX: {}", "x".repeat(100_000)).leak();
    check("endless", Then::Stall(head), ErrorKind::Proxy(ProxyFault::Unexpected), "").await;
}

#[tokio::test]
async fn proxies_that_are_not_there() {
    for &backend in TlsBackend::compiled() {
        proxies_that_are_not_there_on(backend).await;
    }
}

async fn proxies_that_are_not_there_on(backend: TlsBackend) {
    let root = Authority::new("root");
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("listener");
    let address = listener.local_addr().expect("address");
    drop(listener);
    for proxy in [format!("http://{address}"), "http://proxy.invalid:3128".to_owned()] {
        let proxy = Proxy::parse(&proxy).expect("proxy");
        let client = client(backend, &root, None).proxy(proxy).build().expect("client");
        let server = endpoint("localhost", address);
        let error = client.post(&server, crate::peer::request()).await.expect_err("nobody");
        let expected = ErrorKind::Proxy(ProxyFault::Unreachable);
        assert_eq!((error.kind(), error.sent()), (expected, Sent::No), "{error:?}");
    }
}

// What goes wrong with the server itself is not the proxy's.
#[tokio::test]
async fn errors_of_the_server_are_not_the_proxys() {
    for &backend in TlsBackend::compiled() {
        errors_of_the_server_are_not_the_proxys_on(backend).await;
    }
}

async fn errors_of_the_server_are_not_the_proxys_on(backend: TlsBackend) {
    let (root, stranger) = (Authority::new("root"), Authority::new("stranger"));
    let certificate = stranger.server(&["localhost"]);
    let setup = Setup { clients: None, versions: ONLY_1_3, ..Setup::new(&certificate) };
    let server = Server::start(&setup, always_ok()).await;
    let proxy = Loopback::start(Then::Connect(ESTABLISHED)).await;
    let client = client(backend, &root, None).proxy(proxy.proxy("")).build().expect("client");
    let error = server.post(&client).await.expect_err("unknown issuer");
    assert_eq!(error.kind(), ErrorKind::ServerCertificate);
}

#[test]
fn addresses_of_proxies() {
    for (text, shown) in [
        ("http://proxy.test:3128", "Proxy(proxy.test:3128)"),
        ("http://proxy.test:3128/", "Proxy(proxy.test:3128)"),
        ("HTTP://proxy.test", "Proxy(proxy.test:80)"),
        ("proxy.test:3128", "Proxy(proxy.test:3128)"),
        ("http://user:MARKER@[::1]:3128", "Proxy([::1]:3128 with user and password)"),
        ("http://user@127.0.0.1:3128", "Proxy(127.0.0.1:3128 with user and password)"),
    ] {
        assert_eq!(format!("{:?}", Proxy::parse(text).expect(text)), shown);
    }
    for text in [
        "",
        "http://",
        "http://:3128",
        "http://MARKER:0",
        "http://MARKER:65536",
        "http://MARKER:x",
        "http://a b/MARKER",
        "https://MARKER:3128",
        "socks5://MARKER:1080",
        "ftp://MARKER",
    ] {
        let error = Proxy::parse(text).expect_err(text);
        assert_eq!(error.kind(), ErrorKind::Configuration, "{text}");
        assert_silent(&error);
    }
    let proxy = Proxy::parse("http://proxy.test:3128").expect("proxy");
    let error = in_memory(always_ok()).0.proxy(proxy).build().expect_err("connector and proxy");
    assert_eq!(error.kind(), ErrorKind::Configuration);
}

// The environment decides only if asked.
#[test]
fn environments_are_read_when_asked() {
    type Variables<'v> = &'v [(&'v str, &'v str)];
    let rows: &[(Variables<'_>, Option<&str>)] = &[
        (&[], None),
        (&[("HTTP_PROXY", "http://a.test:1"), ("NO_PROXY", "*")], None),
        (&[("HTTPS_PROXY", ""), ("https_proxy", "")], None),
        (&[("HTTPS_PROXY", "http://a.test:1")], Some("a.test:1")),
        (&[("https_proxy", "b.test:2")], Some("b.test:2")),
        (&[("ALL_PROXY", "http://c.test:3")], Some("c.test:3")),
        (&[("all_proxy", "http://c:3"), ("https_proxy", "http://d.test:4")], Some("d.test:4")),
    ];
    let read = |variables: Variables<'_>| -> Result<Option<Proxy>, Error> {
        let variables: HashMap<_, _> = variables.iter().copied().collect();
        Proxy::from_environment(|name| variables.get(name).map(|&value| value.to_owned()))
    };
    for (variables, expected) in rows {
        let proxy = read(variables).expect("valid");
        let expected = expected.map(|address| format!("Proxy({address})"));
        assert_eq!(proxy.map(|proxy| format!("{proxy:?}")), expected, "{variables:?}");
    }
    let error = read(&[("HTTPS_PROXY", "socks5://MARKER:1")]).expect_err("SOCKS");
    assert_eq!(error.kind(), ErrorKind::Configuration);
}

#[tokio::test]
async fn hosts_may_be_excepted() {
    for &backend in TlsBackend::compiled() {
        hosts_may_be_excepted_on(backend).await;
    }
}

async fn hosts_may_be_excepted_on(backend: TlsBackend) {
    let root = Authority::new("root");
    let certificate = root.server(&["localhost", "127.0.0.1"]);
    let setup = Setup { clients: None, versions: ONLY_1_3, ..Setup::new(&certificate) };
    let server = Server::start(&setup, always_ok()).await;
    let loopback = Loopback::start(Then::Say("HTTP/1.1 403 No\r\n\r\n")).await;
    for (except, host, is_direct) in [
        ("", "localhost", false),
        ("other.test,127.0.0.0/8", "localhost", false),
        ("other.test, localhost", "localhost", true),
        ("127.0.0.0/8", "127.0.0.1", true),
        ("*", "localhost", true),
    ] {
        let proxy = Proxy::from_environment(|name| match name {
            "HTTPS_PROXY" => Some(format!("http://{}", loopback.address)),
            "NO_PROXY" => Some(except.to_owned()),
            _ => None,
        });
        let proxy = proxy.expect("valid").expect("some");
        let client = client(backend, &root, None).proxy(proxy).build().expect("client");
        let result = client.post(&server.endpoint(host), crate::peer::request()).await;
        assert_eq!(result.is_ok(), is_direct, "{except} {host}");
    }
}

// In an environment with a proxy that does not exist, another test passes as ever.
#[test]
fn environments_are_not_looked_at() {
    let output = Command::new(std::env::current_exe().expect("this program"))
        .args(["--exact", "once::hundred_in_sequence_need_one_connection"])
        .envs(
            ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy", "HTTP_PROXY", "http_proxy"]
                .map(|name| (name, "http://proxy.invalid:1")),
        )
        .env_remove("NO_PROXY")
        .env_remove("no_proxy")
        .output()
        .expect("runs");
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && text.contains("1 passed"), "{text}");
}
