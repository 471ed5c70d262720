//! Exit statuses, and how failures are told.

use std::process::ExitCode;

/// The exit statuses, one per outcome that a script tells apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    /// A hit; files that are valid; a demonstration that came out as expected.
    Success,
    /// A file that is not valid; a demonstration that came out otherwise.
    Failure,
    /// Nothing could be done: a file cannot be read, a setting or an argument is wrong.
    Error,
    /// Nobody matches.
    NoHit,
    /// More persons match than SPAR hands out.
    TooMany,
    /// SPAR made an exception (`Undantag`).
    Undantag,
    /// SPAR refused the request with a SOAP fault.
    Fault,
    /// No answer, and the search provably never left: not billed.
    NotSent,
    /// No usable answer, and the search may have been executed: possibly billed.
    MaybeSent,
}

/// Shown below `--help`. clap too exits with 2, for arguments that make no sense.
pub(crate) const HELP: &str = "\
Exit status:
  0  a hit, a valid file, or all as expected
  1  a file that is not valid, or a demonstration that came out otherwise
  2  nothing could be done: a file cannot be read, a setting or an argument is wrong
  3  nobody matches
  4  more persons match than SPAR hands out
  5  SPAR made an exception (Undantag)
  6  SPAR refused the request (SOAP fault)
  7  no answer, and the search never left: not billed
  8  no usable answer, and the search may have been executed: possibly billed";

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(match exit {
            Exit::Success => 0,
            Exit::Failure => 1,
            Exit::Error => 2,
            Exit::NoHit => 3,
            Exit::TooMany => 4,
            Exit::Undantag => 5,
            Exit::Fault => 6,
            Exit::NotSent => 7,
            Exit::MaybeSent => 8,
        })
    }
}

/// Tells what happened, and below it why, step by step.
pub(crate) fn report(error: &anyhow::Error) {
    eprintln!("error: {error}");
    for cause in error.chain().skip(1) {
        eprintln!("  caused by: {cause}");
    }
}

/// A hint on what to do.
pub(crate) fn hint(text: &str) {
    eprintln!("hint: {text}");
}
