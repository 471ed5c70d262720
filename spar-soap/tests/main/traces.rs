//! PII-03, PII-14: what a search leaves in logs, and the one way to see what passes.

use std::collections::BTreeSet;
use std::io::Write;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use spar_soap::{Outcome, Resend, Version, Wire};
use spar_types::personsok::newest::Sokvillkor;
use tracing::field::{Field, Visit};
use tracing::{Level, Subscriber, span};
use tracing_subscriber::layer::{Context, Layer, SubscriberExt};

use crate::canned::Canned;
use crate::outcomes::{MARKER, post, svar, undantag};
use crate::{client_over, fraga, user};

/// The names of all fields that spans and events of these crates have.
#[derive(Clone, Default)]
struct Names(Arc<Mutex<BTreeSet<String>>>);

impl Visit for Names {
    fn record_debug(&mut self, field: &Field, _: &dyn std::fmt::Debug) {
        self.0.lock().unwrap().insert(field.name().to_owned());
    }
}

impl<S: Subscriber> Layer<S> for Names {
    fn on_new_span(&self, attributes: &span::Attributes<'_>, _: &span::Id, _: Context<'_, S>) {
        if attributes.metadata().target().starts_with("spar") {
            attributes.record(&mut self.clone());
        }
    }

    fn on_record(&self, _: &span::Id, values: &span::Record<'_>, _: Context<'_, S>) {
        values.record(&mut self.clone());
    }

    fn on_event(&self, event: &tracing::Event<'_>, _: Context<'_, S>) {
        if event.metadata().target().starts_with("spar") {
            event.record(&mut self.clone());
        }
    }
}

/// What may stand in a log.
const ALLOWED: [&str; 21] = [
    "attempts",
    "bytes_received",
    "bytes_sent",
    "deviations",
    "duration_ms",
    "failures",
    "host",
    "kind",
    "lost",
    "message",
    "new_connection",
    "outcome",
    "path",
    "posts",
    "rule",
    "sent",
    "status",
    "times",
    "uuid",
    "version",
    "backend",
];

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn logs_hold_what_the_allow_list_names_and_no_value() {
    let (names, log) = (Names::default(), Log::default());
    let writer = log.clone();
    let lines = tracing_subscriber::fmt::layer()
        .with_ansi(false)
        .with_span_events(tracing_subscriber::fmt::format::FmtSpan::FULL)
        .with_writer(move || writer.clone());
    let subscriber = tracing_subscriber::registry().with(names.clone()).with(lines);
    // With a second dispatcher alive, a test of another thread that meets a span first does not decide
    // that nobody wants it.
    let _other = tracing::Dispatch::new(tracing_subscriber::registry());
    let guard = tracing::subscriber::set_default(subscriber);
    // Everything that may hold something about a person holds the marker.
    let person = post("198111309285").replace("PERSONNUMMER", MARKER);
    let uuid = format!("<ns2:UUID>{MARKER}</ns2:UUID>");
    let bodies = [
        svar(&format!("{person}{uuid}")),
        svar(&undantag(MARKER)),
        svar(&person).replace("</ns2:PersonsokningSvarspost>", &format!("<{MARKER}/>")),
        format!("<html>{MARKER}</html>"),
    ];
    for body in bodies {
        for content_type in ["text/xml", "text/html"] {
            let client = client_over(Canned::new(200, content_type, &body), Version::V2023_1);
            // HTTP-26: what was asked for explicitly is told all the same.
            let client = client.with_resend(Resend::at_most(1).with_pause(Duration::ZERO));
            let fraga = Sokvillkor::builder().namn_sok_argument(MARKER).build().unwrap();
            let _ = client.personsok(&user(), fraga).await;
        }
    }
    let closed = Canned::new(503, "text/html", MARKER);
    let client = client_over(closed, Version::V2023_1)
        .with_resend(Resend::at_most(1).with_pause(Duration::ZERO));
    let _ = client.personsok(&user(), fraga()).await;
    drop(guard);
    let names = names.0.lock().unwrap().clone();
    let unknown: Vec<_> = names.iter().filter(|name| !ALLOWED.contains(&name.as_str())).collect();
    assert!(unknown.is_empty() && names.len() > 10, "{names:?}");
    let log = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    assert!(log.contains("outcome=\"hit\"") && log.contains("kind=Xml"), "{log}");
    // XML-23, XML-33: told once per answer, with the path.
    assert!(log.contains("element stands in another namespace of SPAR") && log.contains("times="));
    assert!(!log.contains(MARKER), "{log}");
    assert!(!log.contains("handlaggare") && !log.contains("198111309285"), "{log}");
    // HTTP-26.
    assert!(log.contains("the search is made again") && log.contains("attempts=2"), "{log}");
    // The levels below INFO were on.
    assert!(log.contains(Level::DEBUG.as_str()), "{log}");
}

#[tokio::test]
async fn a_tap_sees_what_passes_and_nobody_else_does() {
    // None by default, and it is the client's own: a clone from before has none.
    let seen = Arc::new(Mutex::new(Vec::new()));
    let answer = svar(&post("198111309285"));
    let client = client_over(Canned::new(200, "text/xml", &answer), Version::V2023_1);
    let notes = Arc::clone(&seen);
    let tapped = client.clone().with_wire_tap(move |wire| {
        let shown = format!("{wire:?}");
        let body = match wire {
            Wire::Request(body) | Wire::Answer { body, .. } => body,
            _ => &[],
        };
        notes.lock().unwrap().push((shown, String::from_utf8_lossy(body).into_owned()));
    });
    client.personsok(&user(), fraga()).await.unwrap();
    assert!(seen.lock().unwrap().is_empty());
    tapped.personsok(&user(), fraga()).await.unwrap();
    let seen = seen.lock().unwrap();
    let [(request_shown, request), (answer_shown, body)] = &seen[..] else { panic!("{seen:?}") };
    assert!(request.contains("198111309285") && *body == answer);
    assert_eq!(*request_shown, format!("Request(<{} bytes>)", request.len()));
    assert_eq!(*answer_shown, format!("Answer(200, <{} bytes>)", answer.len()));
}

#[tokio::test]
async fn answers_and_errors_say_what_may_be_logged() {
    // HTTP-35 and what belongs to it.
    async fn meta(status: u16, body: &str) -> spar_soap::Meta {
        let client = client_over(Canned::new(status, "text/xml", body), Version::V2023_1);
        match client.personsok(&user(), fraga()).await {
            Ok(svar) => svar.meta,
            Err(error) => error.meta().clone(),
        }
    }
    let uuid = "0b8c3a1e-0000-4000-8000-000000000001";
    let hit =
        meta(200, &svar(&format!("{}<ns2:UUID>{uuid}</ns2:UUID>", post("198111309285")))).await;
    assert_eq!((hit.outcome, hit.posts, hit.uuid.as_deref()), (Outcome::Hit, 1, Some(uuid)));
    assert!(hit.exchange.bytes_received > 0 && hit.exchange.new_connection);
    assert_eq!(meta(200, &svar("")).await.outcome, Outcome::NoHit);
    assert_eq!(meta(200, &svar(&undantag("GENERELLT_FEL"))).await.outcome, Outcome::Undantag);
    let failed = meta(200, "<a/>").await;
    assert_eq!((failed.outcome, failed.status), (Outcome::Failed, Some(200)));
    assert!(failed.exchange.bytes_sent > 0);
    let fault = spar_soap::envelope::fault("Server", "x");
    assert_eq!(meta(500, &fault).await.outcome, Outcome::Fault);
}
