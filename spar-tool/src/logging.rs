//! What happened, for operators: on standard error, from our own crates only, in fields of an allow-list.

use std::fmt;

use anyhow::Result;
use tracing::field::Field;
use tracing_subscriber::field::MakeExt;
use tracing_subscriber::filter::{FilterExt, Targets, filter_fn};
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
    let filter = filter.unwrap_or(DEFAULT);
    let targets: Targets = filter.parse().map_err(|_| {
        Problem::new(
            "the filter of the log cannot be used",
            "it is neither a level nor a list of target=level",
            "give --log debug, or one of error, warn, info, debug and trace",
        )
    })?;
    // What other crates say may hold anything.
    let ours = filter_fn(|metadata| metadata.target().starts_with("spar"));
    let fields = debug_fn(write_field).delimited(" ");
    let lines = layer::layer()
        .with_writer(std::io::stderr)
        .with_ansi(false)
        .fmt_fields(fields)
        .with_filter(targets.and(ours));
    // A second call, as by tests in one process, changes nothing.
    let _ = registry().with(lines).try_init();
    Ok(())
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
