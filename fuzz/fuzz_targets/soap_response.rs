//! Bytes from the network: never a panic, whatever they are.

#![no_main]

use libfuzzer_sys::fuzz_target;
use spar_soap::envelope::{self, Body};
use spar_types::personsok::newest::SparPersonsokningSvar;
use spar_types::xml::{Document, Limits, Mode, read_element};

fuzz_target!(|bytes: &[u8]| {
    let limits = Limits::default();
    let Ok(document) = Document::parse(bytes, &limits) else { return };
    let payload = match envelope::open(&document) {
        Ok(Body::Payload(payload)) => payload,
        _ => document.root(),
    };
    let tolerant = read_element::<SparPersonsokningSvar>(payload, Mode::Tolerant, &limits);
    let strict = read_element::<SparPersonsokningSvar>(payload, Mode::Strict, &limits);
    // What is valid has nothing to report.
    if strict.is_ok() {
        assert!(tolerant.is_ok_and(|read| read.deviations.is_empty()));
    }
});
