//! What a search leaves in traces: fields of an allow-list, none of which says anything about a person.

use spar_http::Endpoint;
use spar_types::{Deviation, Rule};
use tracing::{Level, Span, debug, enabled, field, warn};

use crate::answer::Svar;
use crate::error::Error;
use crate::version::Version;

pub(crate) fn span(version: Version, endpoint: &Endpoint) -> Span {
    tracing::info_span!(
        target: "spar_soap",
        "personsok",
        version = version.as_str(),
        host = endpoint.host(),
        outcome = field::Empty,
        attempts = field::Empty,
        uuid = field::Empty,
        status = field::Empty,
        duration_ms = field::Empty,
        bytes_sent = field::Empty,
        bytes_received = field::Empty,
        new_connection = field::Empty,
        posts = field::Empty,
        deviations = field::Empty,
        lost = field::Empty,
        kind = field::Empty,
        sent = field::Empty,
    )
}

/// Tells each rule that the answer broke once: where first, and how often.
pub(crate) fn deviations(deviations: &[Deviation]) {
    if !enabled!(target: "spar_soap", Level::DEBUG) {
        return;
    }
    let mut told: Vec<(&Rule, &str, usize)> = Vec::new();
    for Deviation { rule, path, .. } in deviations {
        match told.iter_mut().find(|(known, ..)| *known == rule) {
            Some((.., times)) => *times += 1,
            None => told.push((rule, path, 1)),
        }
    }
    for (rule, path, times) in told {
        debug!(target: "spar_soap", %rule, path, times, "the answer departs from the schema");
    }
}

/// Tells that a search is made again, which may be billed again.
pub(crate) fn resend(attempts: u32, error: &Error) {
    let (kind, sent) = (error.kind(), error.sent());
    warn!(target: "spar_soap", attempts, ?kind, ?sent, "the search is made again, as asked for");
}

pub(crate) fn record(span: &Span, result: &Result<Svar, Error>) {
    let meta = match result {
        Ok(svar) => &svar.meta,
        Err(error) => error.meta(),
    };
    span.record("outcome", meta.outcome.as_str());
    span.record("attempts", meta.attempts);
    if let Some(uuid) = &meta.uuid {
        span.record("uuid", uuid.as_str());
    }
    if let Some(status) = meta.status {
        span.record("status", status);
    }
    let duration_ms = u64::try_from(meta.exchange.duration.as_millis()).unwrap_or(u64::MAX);
    span.record("duration_ms", duration_ms);
    span.record("bytes_sent", meta.exchange.bytes_sent);
    span.record("bytes_received", meta.exchange.bytes_received);
    span.record("new_connection", meta.exchange.new_connection);
    span.record("posts", meta.posts);
    span.record("deviations", meta.deviations);
    span.record("lost", meta.lost);
    if let Err(error) = result {
        span.record("kind", field::debug(error.kind()));
        span.record("sent", field::debug(error.sent()));
    }
}
