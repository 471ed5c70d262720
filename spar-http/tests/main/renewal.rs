//! Certificates run out and are replaced: TLS-08, TLS-19, TLS-32.

use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use spar_http::{Client, ErrorKind, Identity, IdentityFault, TlsBackend};
use tokio::sync::Notify;
use tracing::field::{Field, Visit};
use tracing::{Event, Level, Metadata, Subscriber, span};

use crate::identity::fault;
use crate::peer::{OK, always_ok, script};
use crate::pki::{Authority, Issued, expired, key, not_yet_valid};
use crate::server::{ONLY_1_2, ONLY_1_3, Server, Setup, client};

fn day(number: u64) -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(number * 24 * 60 * 60)
}

/// Valid from day 18,262 to day 18,628.
fn of_2020(authority: &Authority) -> Issued {
    authority.client_with("client", key(), expired)
}

fn identity(issued: &Issued) -> Identity {
    Identity::from_pem(issued.pem().as_bytes()).expect("identity")
}

// TLS-08, TLS-32: distinct, with their dates, and before anything is connected.
#[test]
fn certificates_outside_their_dates_are_refused() {
    for &backend in TlsBackend::compiled() {
        certificates_outside_their_dates_are_refused_on(backend);
    }
}

fn certificates_outside_their_dates_are_refused_on(backend: TlsBackend) {
    let root = Authority::new("root");
    let old = of_2020(&root);
    let new = root.client_with("client", key(), not_yet_valid);
    let (expired, early) = (Some(IdentityFault::Expired), Some(IdentityFault::NotYetValid));
    let second = Duration::from_secs(1);
    for (name, issued, now, expected, date) in [
        ("before", &old, day(18_262) - second, early, "2020-01-01 00:00:00 UTC"),
        ("first second", &old, day(18_262), None, ""),
        ("last second", &old, day(18_628), None, ""),
        ("after", &old, day(18_628) + second, expired, "2021-01-01 00:00:00 UTC"),
        ("now, old", &old, SystemTime::now(), expired, "2021-01-01 00:00:00 UTC"),
        ("now, new", &new, SystemTime::now(), early, "2090-01-01 00:00:00 UTC"),
    ] {
        let builder = || client(backend, &root, None).wall_clock(move || now);
        let running = builder().build().expect("client without identity");
        for result in [
            builder().identity(identity(issued)).build().map(drop),
            running.replace_identity(identity(issued)),
        ] {
            let error = result.err();
            assert_eq!(error.as_ref().and_then(fault), expected, "{name}");
            let text = error.map(|error| error.to_string()).unwrap_or_default();
            assert!(text.ends_with(date), "{name}: {text}");
        }
    }
}

// TLS-08: in a program that runs for long.
#[tokio::test]
async fn certificates_that_expire_meanwhile_open_no_connection() {
    for &backend in TlsBackend::compiled() {
        certificates_that_expire_meanwhile_open_no_connection_on(backend).await;
    }
}

async fn certificates_that_expire_meanwhile_open_no_connection_on(backend: TlsBackend) {
    let root = Authority::new("root");
    let certificate = root.server(&["localhost"]);
    let setup = Setup { clients: None, versions: ONLY_1_3, ..Setup::new(&certificate) };
    let server = Server::start(&setup, always_ok()).await;
    let is_late = Arc::new(AtomicBool::new(false));
    let clock = {
        let is_late = Arc::clone(&is_late);
        move || day(if is_late.load(SeqCst) { 18_629 } else { 18_500 })
    };
    let builder = || client(backend, &root, Some(&of_2020(&root))).wall_clock(clock.clone());
    let client = builder().max_idle_connections(0).build().expect("client");
    server.post(&client).await.expect("in time");
    is_late.store(true, SeqCst);
    let error = server.post(&client).await.expect_err("too late");
    assert_eq!(fault(&error), Some(IdentityFault::Expired));
    assert_eq!((server.counts.connections(), server.counts.requests()), (1, 1));
}

// TLS-32: a server that rejects a certificate says little; its dates are added.
#[tokio::test]
async fn rejected_certificates_are_reported_with_their_dates() {
    for &backend in TlsBackend::compiled() {
        rejected_certificates_are_reported_with_their_dates_on(backend).await;
    }
}

async fn rejected_certificates_are_reported_with_their_dates_on(backend: TlsBackend) {
    let (root, clients) = (Authority::new("root"), Authority::new("clients"));
    let certificate = root.server(&["localhost"]);
    let early = clients.client_with("client", key(), not_yet_valid);
    for versions in [ONLY_1_2, ONLY_1_3] {
        for (own, now, dates) in [
            (&of_2020(&clients), 18_500, "from 2020-01-01 00:00:00 UTC to 2021-01-01 00:00:00 UTC"),
            (&early, 44_000, "from 2090-01-01 00:00:00 UTC to 2091-01-01 00:00:00 UTC"),
        ] {
            let setup = Setup { clients: Some(&clients), versions, ..Setup::new(&certificate) };
            let server = Server::start(&setup, always_ok()).await;
            let client = client(backend, &root, Some(own)).wall_clock(move || day(now)).build();
            let error = server.post(&client.expect("client")).await.expect_err("rejected");
            assert!(matches!(error.kind(), ErrorKind::ClientCertificate(_)), "{error:?}");
            assert!(error.to_string().contains(dates), "{error}");
        }
    }
}

/// Notes the warnings of this crate.
#[derive(Clone, Default)]
struct Warnings(Arc<Mutex<Vec<String>>>);

impl Subscriber for Warnings {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        *metadata.level() == Level::WARN && metadata.target().starts_with("spar_http")
    }

    fn event(&self, event: &Event<'_>) {
        struct Text(String);
        impl Visit for Text {
            fn record_debug(&mut self, field: &Field, value: &dyn std::fmt::Debug) {
                self.0 += &format!("{field}: {value:?}; ");
            }
        }
        let mut text = Text(String::new());
        event.record(&mut text);
        self.0.lock().expect("warnings").push(text.0);
    }

    fn new_span(&self, _: &span::Attributes<'_>) -> span::Id {
        span::Id::from_u64(1)
    }

    fn record(&self, _: &span::Id, _: &span::Record<'_>) {}
    fn record_follows_from(&self, _: &span::Id, _: &span::Id) {}
    fn enter(&self, _: &span::Id) {}
    fn exit(&self, _: &span::Id) {}
}

// TLS-08: there is time to order a new one.
#[test]
fn certificates_that_expire_soon_are_warned_of() {
    for &backend in TlsBackend::compiled() {
        certificates_that_expire_soon_are_warned_of_on(backend);
    }
}

fn certificates_that_expire_soon_are_warned_of_on(backend: TlsBackend) {
    let root = Authority::new("root");
    let own = of_2020(&root);
    for (now, expected) in [(18_500, 0), (18_598, 0), (18_599, 1), (18_628, 1)] {
        let warnings = Warnings::default();
        tracing::subscriber::with_default(warnings.clone(), || {
            let builder = client(backend, &root, Some(&own)).wall_clock(move || day(now));
            builder.build().expect("client");
        });
        let warnings = warnings.0.lock().expect("warnings").clone();
        assert_eq!(warnings.len(), expected, "{now}: {warnings:?}");
        for warning in warnings {
            assert!(warning.contains("expires soon"), "{warning}");
            assert!(warning.contains("2021-01-01 00:00:00 UTC"), "{warning}");
            assert!(!warning.contains("CN="), "{warning}");
        }
    }
}

// TLS-19: both are used in turn, on connections of their own.
#[tokio::test]
async fn replaced_identities_are_used_at_once() {
    for &backend in TlsBackend::compiled() {
        replaced_identities_are_used_at_once_on(backend).await;
    }
}

async fn replaced_identities_are_used_at_once_on(backend: TlsBackend) {
    let (root, clients) = (Authority::new("root"), Authority::new("clients"));
    let certificate = root.server(&["localhost"]);
    let (first, second) = (clients.client("first"), clients.client("second"));
    for versions in [ONLY_1_2, ONLY_1_3] {
        let setup = Setup { clients: Some(&clients), versions, ..Setup::new(&certificate) };
        let server = Server::start(&setup, always_ok()).await;
        let client = client(backend, &root, Some(&first)).build().expect("client");
        let clone = client.clone();
        let mut expected = Vec::new();
        for issued in [&first, &second, &first] {
            client.replace_identity(identity(issued)).expect("replaced");
            for (client, is_new) in [(&client, true), (&clone, false)] {
                let response = server.post(client).await.expect("answer");
                assert_eq!(response.meta.new_connection, is_new);
            }
            expected.push(vec![issued.certificate_der()]);
        }
        assert_eq!(*server.shown.lock().expect("shown"), expected);
        assert_eq!(server.counts.requests(), 6);
    }
}

// TLS-19: a search that runs while the identity is replaced finishes, and its connection is not used
// again.
#[tokio::test]
async fn running_calls_finish_with_the_identity_they_began_with() {
    for &backend in TlsBackend::compiled() {
        running_calls_finish_with_the_identity_they_began_with_on(backend).await;
    }
}

async fn running_calls_finish_with_the_identity_they_began_with_on(backend: TlsBackend) {
    let (root, clients) = (Authority::new("root"), Authority::new("clients"));
    let certificate = root.server(&["localhost"]);
    let (first, second) = (clients.client("first"), clients.client("second"));
    let setup = Setup { clients: Some(&clients), versions: ONLY_1_3, ..Setup::new(&certificate) };
    let go = Arc::new(Notify::new());
    let script = {
        let go = Arc::clone(&go);
        script(move |mut peer| {
            let go = Arc::clone(&go);
            async move {
                while peer.request().await.is_some() {
                    go.notified().await;
                    peer.send(OK).await;
                }
            }
        })
    };
    let server = Arc::new(Server::start(&setup, script).await);
    let client = client(backend, &root, Some(&first)).build().expect("client");
    let running = tokio::spawn({
        let (server, client) = (Arc::clone(&server), client.clone());
        async move { server.post(&client).await }
    });
    while server.counts.requests() == 0 {
        tokio::task::yield_now().await;
    }
    client.replace_identity(identity(&second)).expect("replaced");
    go.notify_one();
    running.await.expect("task").expect("first answer");
    go.notify_one();
    let response = server.post(&client).await.expect("second answer");
    assert!(response.meta.new_connection);
    let expected = [vec![first.certificate_der()], vec![second.certificate_der()]];
    assert_eq!(*server.shown.lock().expect("shown"), expected);
}

// TLS-09, TLS-19: what cannot be used changes nothing.
#[tokio::test]
async fn identities_that_cannot_be_used_replace_nothing() {
    for &backend in TlsBackend::compiled() {
        identities_that_cannot_be_used_replace_nothing_on(backend).await;
    }
}

async fn identities_that_cannot_be_used_replace_nothing_on(backend: TlsBackend) {
    let (root, clients) = (Authority::new("root"), Authority::new("clients"));
    let certificate = root.server(&["localhost"]);
    let own = clients.client("client");
    let setup = Setup { clients: Some(&clients), versions: ONLY_1_3, ..Setup::new(&certificate) };
    let server = Server::start(&setup, always_ok()).await;
    let client = client(backend, &root, Some(&own)).build().expect("client");
    server.post(&client).await.expect("answer");
    let error = client.replace_identity(identity(&of_2020(&clients))).expect_err("expired");
    assert_eq!(fault(&error), Some(IdentityFault::Expired));
    let response = server.post(&client).await.expect("answer");
    assert!(!response.meta.new_connection);

    let (builder, _) = crate::peer::in_memory(always_ok());
    let foreign: Client = builder.build().expect("client");
    let error = foreign.replace_identity(identity(&own)).expect_err("not ours");
    assert_eq!(error.kind(), ErrorKind::Configuration);
}
