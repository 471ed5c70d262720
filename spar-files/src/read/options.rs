//! How a file is read.

use spar_types::xml::Mode;

use crate::limits::Limits;

/// How a file is read. The default reads tolerantly, on one thread, from the first record on.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Options {
    /// Whether departures from the schema are reported or refused. [`Mode::Tolerant`] by default.
    pub mode: Mode,
    /// How much is taken.
    pub limits: Limits,
    /// What becomes of a record of which nothing can be made. [`OnError::Stop`] by default.
    pub on_error: OnError,
    /// Threads that make records, besides the one that unpacks. 0 and 1: all is done on the caller's.
    pub threads: usize,
    /// Records that are passed over at the beginning, because they were dealt with before. They are cut
    /// off, and so must be well-formed, but are not made.
    pub start_after: u64,
}

/// What becomes of a record of which nothing can be made.
///
/// Damage that reaches beyond one record, such as a file that ends too early, is always an error and
/// always the last thing that is told.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum OnError {
    /// It is an error and the end.
    #[default]
    Stop,
    /// It is left out, counted, and listed in the summary.
    Skip,
    /// It is an error in its place, and reading goes on behind it.
    Collect,
}
