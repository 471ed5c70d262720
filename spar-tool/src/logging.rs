//! What happened, for operators: on standard error, from our own crates only, in fields of an allow-list.

use std::fmt;

use anyhow::Result;
use tracing::Subscriber;
use tracing::field::Field;
use tracing_subscriber::field::MakeExt;
use tracing_subscriber::filter::{FilterExt, Targets, filter_fn};
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::fmt::format::{Writer, debug_fn};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{Layer, fmt as layer, registry};

use crate::failure::Problem;

/// Begins to write what the filter lets through, such as `debug` or `spar_http=trace,warn`.
///
/// # Errors
///
/// A filter that is none.
pub(crate) fn start(filter: Option<&str>) -> Result<()> {
    let lines = subscriber(filter.unwrap_or(DEFAULT), std::io::stderr)?;
    // A second call changes nothing.
    let _ = lines.try_init();
    Ok(())
}

fn subscriber<W>(filter: &str, writer: W) -> Result<impl Subscriber + Send + Sync>
where
    W: for<'w> MakeWriter<'w> + Send + Sync + 'static,
{
    let targets: Targets = filter.parse().map_err(|_| {
        Problem::new(
            "the filter of the log cannot be used",
            "it is neither a level nor a list of target=level",
            "give --log debug, or one of error, warn, info, debug and trace",
        )
    })?;
    // What other crates say may hold anything.
    let ours = filter_fn(|metadata| metadata.target().starts_with("spar"));
    let lines = layer::layer()
        .with_writer(writer)
        .with_ansi(false)
        .fmt_fields(debug_fn(write_field).delimited(" "))
        .with_filter(targets.and(ours));
    Ok(registry().with(lines))
}

fn write_field(writer: &mut Writer<'_>, field: &Field, value: &dyn fmt::Debug) -> fmt::Result {
    match field.name() {
        "message" => write!(writer, "{value:?}"),
        name if ALLOWED.contains(&name) => write!(writer, "{name}={value:?}"),
        name => write!(writer, "{name}=<not shown>"),
    }
}

/// Warnings: a certificate that is about to expire, a key in an outdated file.
const DEFAULT: &str = "warn";

/// Fields that say nothing about a person.
const ALLOWED: &[&str] = &[
    "bytes_received",
    "bytes_sent",
    "deviations",
    "duration_ms",
    "host",
    "kind",
    "lost",
    "new_connection",
    "not_after",
    "outcome",
    "path",
    "posts",
    "rule",
    "sent",
    "status",
    "times",
    "uuid",
    "version",
];

#[cfg(test)]
mod tests {
    use std::io;
    use std::sync::{Arc, Mutex};

    use super::*;

    #[derive(Clone, Default)]
    struct Kept(Arc<Mutex<Vec<u8>>>);

    impl io::Write for Kept {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn only_what_is_known_to_be_harmless_is_written() {
        // PII-14.
        let kept = Kept::default();
        let writer = kept.clone();
        let subscriber = subscriber("trace", move || writer.clone()).unwrap();
        tracing::subscriber::with_default(subscriber, || {
            let span = tracing::info_span!(target: "spar_soap", "personsok", namn = "Hemligsson");
            let _in_it = span.enter();
            tracing::info!(target: "spar_soap", status = 200, efternamn = "Hemligsson", "answered");
            tracing::info!(target: "hyper", "Hemligsson");
        });
        let text = String::from_utf8(kept.0.lock().unwrap().clone()).unwrap();
        assert!(text.contains("answered status=200 efternamn=<not shown>"), "{text}");
        assert!(text.contains("namn=<not shown>") && !text.contains("Hemligsson"), "{text}");
        assert_eq!(text.lines().count(), 1);
    }
}
