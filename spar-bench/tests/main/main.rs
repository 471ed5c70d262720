//! XML-09, XML-10, XML-11: memory stays bounded, whatever is too large. Here, and not beside the other
//! tests of the guard, since an allocator that counts is the whole program's: this is its only test.

use std::alloc::System;

use spar_types::ErrorKind;
use spar_types::xml::{Document, Limits};
use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

#[test]
fn one_event_as_large_as_a_document_takes_no_memory_of_its_size() {
    let limits = Limits::default();
    // As much as a document may have, but for the tags around it.
    let fill = "x".repeat(limits.document_bytes - 64);
    for (row, start, end) in [
        ("XML-09: attribute value", "<Namn a='", "'/>"),
        ("XML-10: text", "<Namn>", "</Namn>"),
        ("XML-11: comment", "<Namn><!--", "--></Namn>"),
    ] {
        let document = [start, &fill, end].concat();
        let region = Region::new(ALLOCATOR);
        let refused = Document::parse(document.as_bytes(), &limits).map(|_| ());
        // All that was ever asked for, which the peak cannot exceed.
        let taken = region.change().bytes_allocated;
        let kind = refused.map_err(|error| error.kind().clone());
        assert_eq!(kind, Err(ErrorKind::LimitExceeded("event_bytes")), "{row}");
        assert!(taken < document.len(), "{row}: {taken} bytes for {}", document.len());
    }
}
