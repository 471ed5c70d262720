//! The crate as its users see it: archives, reading, writing, and what is never shown.
//!
//! Names such as `ZIP-15` are those of the rows in the checklist of hostile and edge cases.

// Helpers of tests may fail, and say what they skip.
#![allow(clippy::print_stdout, clippy::unwrap_used)]

mod archives;
mod csv;
mod damage;
mod delivery;
mod forms;
mod gzip;
mod parallel;
mod peers;
mod reading;
mod support;
mod torture;
mod writing;
