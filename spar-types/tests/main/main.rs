//! The crate as its users see it: the guard, reading, writing, and what is never shown.
//!
//! Names such as `XML-15` are those of the rows in the checklist of hostile and edge cases.

#[rustfmt::skip]
mod generated;
mod laws;
mod privacy;
mod properties;
mod reading;
mod simple;
mod strategy;
mod support;
mod verdicts;
mod writing;
mod xml_guard;
