//! How failures are told: what happened, why, what to do, and whether it may have cost something.

use std::borrow::Cow;
use std::fmt;
use std::io;

use spar_soap::{Error, ErrorKind, Sent};
use spar_types::search::InvalidSearch;

use crate::exit::Exit;

/// A failure of this program's own words. Made the context of an error, it tells what that error means and
/// what to do about it.
#[derive(Debug)]
pub(crate) struct Problem {
    what: Cow<'static, str>,
    why: Option<Cow<'static, str>>,
    /// Empty: what is known of the cause decides.
    advice: Cow<'static, str>,
    exit: Exit,
}

impl Problem {
    /// A problem with its reason.
    pub(crate) fn new(
        what: impl Into<Cow<'static, str>>,
        why: impl Into<Cow<'static, str>>,
        advice: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self { why: Some(why.into()), ..Self::of(what, advice) }
    }

    /// A problem whose reason is the error below it.
    pub(crate) fn of(
        what: impl Into<Cow<'static, str>>,
        advice: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self { what: what.into(), why: None, advice: advice.into(), exit: Exit::Error }
    }

    /// Sets the exit status, which is 2 otherwise.
    pub(crate) fn with_exit(self, exit: Exit) -> Self {
        Self { exit, ..self }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.what)
    }
}

impl std::error::Error for Problem {}

/// Tells a failure on standard error.
pub(crate) fn report(error: &anyhow::Error) {
    eprint!("{}", render(error));
}

/// Tells on standard error why a search brought no answer.
pub(crate) fn report_search(error: &Error) {
    eprint!("{}", render_search(error));
}

/// What is told of any failure, one part per line. No part repeats a value.
pub(crate) fn render(error: &anyhow::Error) -> String {
    if let Some(search) = error.downcast_ref::<Error>() {
        return render_search(search);
    }
    let problem = error.downcast_ref::<Problem>();
    let why = problem.and_then(|problem| problem.why.as_deref()).map(str::to_owned);
    let why = why.into_iter().chain(error.chain().skip(1).map(ToString::to_string));
    told(&error.to_string(), why, None, &advice(error))
}

fn render_search(error: &Error) -> String {
    let mut why = Vec::new();
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        why.push(cause.to_string());
        source = cause.source();
    }
    // SPAR's own words: the only part that may hold what was asked for, and only for whoever asked.
    let fault = error.fault().map(|fault| fault.text()).filter(|text| !text.is_empty());
    why.extend(fault.map(|text| format!("SPAR says: {text}")));
    told(&error.to_string(), why, Some(billed(error)), advice_on_search(error))
}

fn told(
    what: &str,
    why: impl IntoIterator<Item = String>,
    billed: Option<&str>,
    advice: &str,
) -> String {
    let mut text = format!("error: {what}\n");
    for cause in why {
        text += &format!("  why: {cause}\n");
    }
    if let Some(billed) = billed {
        text += &format!("  billed: {billed}\n");
    }
    text + &format!("  try: {advice}\n")
}

/// The exit status that goes with a failure.
pub(crate) fn exit(error: &anyhow::Error) -> Exit {
    if let Some(problem) = error.downcast_ref::<Problem>() {
        return problem.exit;
    }
    match error.downcast_ref::<Error>() {
        Some(error) => exit_of_search(error),
        None if is_closed_output(error) => Exit::ClosedOutput,
        None => Exit::Error,
    }
}

/// The exit status after a search that brought no answer.
pub(crate) fn exit_of_search(error: &Error) -> Exit {
    match (error.kind(), error.sent()) {
        (ErrorKind::InvalidRequest, _) => Exit::Error,
        (ErrorKind::Fault, _) => Exit::Fault,
        (_, Sent::No) => Exit::NotSent,
        _ => Exit::MaybeSent,
    }
}

/// Whether nobody reads what is written, as below `head`.
pub(crate) fn is_closed_output(error: &anyhow::Error) -> bool {
    error
        .chain()
        .filter_map(|cause| cause.downcast_ref::<io::Error>())
        .any(|error| error.kind() == io::ErrorKind::BrokenPipe)
}

/// Whether SPAR bills a search that brought no answer.
fn billed(error: &Error) -> &'static str {
    match (error.kind(), error.sent()) {
        (_, Sent::No) => "no, nothing was sent",
        (ErrorKind::Fault, _) => "not as far as known: SPAR refused the request",
        (_, Sent::Unknown) => "possibly: the search may have been executed. It is not repeated",
        _ => "probably: the server answered. It is not repeated",
    }
}

fn advice(error: &anyhow::Error) -> Cow<'_, str> {
    let own = error.downcast_ref::<Problem>().map(|problem| &*problem.advice);
    let transport =
        || error.downcast_ref::<spar_soap::transport::Error>().and_then(|error| error.hint());
    if let Some(advice) = own.filter(|text| !text.is_empty()).or_else(transport) {
        return advice.into();
    }
    if error.downcast_ref::<InvalidSearch>().is_some() {
        return "correct the search; a rule that is not the schema's can be waived with --waive"
            .into();
    }
    if is_closed_output(error) {
        return "let the reader of the output stay until its end".into();
    }
    let kind =
        error.chain().find_map(|cause| cause.downcast_ref::<io::Error>()).map(io::Error::kind);
    match kind {
        Some(io::ErrorKind::NotFound) => "check the path",
        Some(io::ErrorKind::PermissionDenied) => "check who may read and write it",
        Some(io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded) => "make room on the disk",
        _ => "`spar help` shows the commands, `--log debug` tells more, without values",
    }
    .into()
}

fn advice_on_search(error: &Error) -> &'static str {
    error.hint().unwrap_or_else(|| match error.kind() {
        ErrorKind::InvalidRequest => {
            "correct the question; `spar personsok --help` says what it takes"
        }
        ErrorKind::Transport(_) => {
            "check network, address and proxy; `spar config` shows what is in force"
        }
        ErrorKind::Envelope | ErrorKind::Xml => {
            "the answer as received is on standard output; report what it departs from"
        }
        ErrorKind::Audit => "make the audit log writable before the next search",
        _ => "`--log debug` tells more, without values",
    })
}
