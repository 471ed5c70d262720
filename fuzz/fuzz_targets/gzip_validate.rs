//! Bytes taken for a gzip: a verdict, never a panic, never beyond a limit.

#![no_main]

use std::io::Cursor;

use libfuzzer_sys::fuzz_target;
use spar_files::{Limits, OnError, Options, Reader};
use spar_types::avisering::newest::AviseringPost;

/// Small bounds, so that going beyond one of them is soon noticed.
fn options() -> Options {
    let mut limits = Limits::default();
    limits.entry_bytes = 1 << 20;
    limits.total_bytes = 1 << 20;
    limits.record.document_bytes = 1 << 16;
    let mut options = Options::default();
    options.limits = limits;
    options.on_error = OnError::Skip;
    options
}

fuzz_target!(|bytes: &[u8]| {
    let packed = [b"\x1f\x8b\x08".as_slice(), bytes].concat();
    let Ok(reader) = Reader::from_file(Cursor::new(packed), options()) else { return };
    let Ok(mut records) = reader.into_records::<AviseringPost>() else { return };
    let is_damaged = records.by_ref().any(|record| record.is_err());
    assert!(records.summary().bytes <= 1 << 20);
    assert_ne!(is_damaged, records.summary().is_complete);
});
