//! What can be read can be written as it was sent, as XML and as JSON, and is the same when read again.

#![no_main]

use libfuzzer_sys::fuzz_target;
use spar_types::personsok::newest::SparPersonsokningSvar;
use spar_types::xml::{self, Limits, Mode, WriteOptions};

fuzz_target!(|bytes: &[u8]| {
    let limits = Limits::default();
    let read = |bytes: &[u8]| xml::read::<SparPersonsokningSvar>(bytes, Mode::Tolerant, &limits);
    let Ok(first) = read(bytes) else { return };
    let mut options = WriteOptions::default();
    options.mode = Mode::Tolerant;
    let mut out = String::new();
    // Entries of which no record was made cannot be written.
    if xml::write_into(&first.value, &options, &mut out).is_err() {
        return;
    }
    let second = read(out.as_bytes()).expect("what was written");
    let mut again = String::new();
    xml::write_into(&second.value, &options, &mut again).expect("what was read twice");
    assert!(out == again);
});
