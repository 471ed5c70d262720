//! Any text is kept as a number; every question has an answer.

#![no_main]

use libfuzzer_sys::fuzz_target;
use spar_types::SimpleType;
use spar_types::personsok::newest::IdNummer;

fuzz_target!(|text: &str| {
    let kept = IdNummer::from_register(text);
    assert!(kept.as_str() == text);
    assert!(text.parse::<IdNummer>().is_ok() == kept.is_valid());
    let _ = (kept.is_checksum_valid(), kept.birth_date());
});
