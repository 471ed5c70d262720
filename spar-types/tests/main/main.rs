//! The crate as its users see it: the guard, reading, writing, and what is never shown.
//!
//! Names such as `XML-15` are those of the rows in the checklist of hostile and edge cases.

// Without the feature there is nothing to test: no type has the traits (PII-06).
mod as_sent;
mod comparison;
#[cfg(any(feature = "chrono-04", feature = "jiff-1", feature = "time-03"))]
mod dates;
#[cfg(feature = "serde")]
mod json;
#[rustfmt::skip]
mod generated;
mod laws;
mod privacy;
mod properties;
mod reading;
mod record;
mod search;
mod simple;
mod strategy;
mod stream;
mod support;
mod verdicts;
mod versions;
mod writing;
mod xml_guard;
