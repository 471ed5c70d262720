//! The crate as its users see it: the guard, reading, writing, and what is never shown.
//!
//! Names such as `XML-15` are those of the rows in the checklist of hostile and edge cases.

mod privacy;
mod reading;
mod records;
mod simple;
mod support;
mod verdicts;
mod versions;
mod writing;
mod xml_guard;
