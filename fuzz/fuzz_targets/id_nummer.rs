//! Any text is kept as a number; every question has an answer.

#![no_main]

use libfuzzer_sys::fuzz_target;
use spar_types::personsok::newest::IdNummer;
use spar_types::{Datum, SimpleType};

fuzz_target!(|text: &str| {
    let kept = IdNummer::from_register(text);
    assert!(kept.as_str() == text);
    assert!(text.parse::<IdNummer>().is_ok() == kept.is_valid());
    let is_form = text.len() == 12
        && text.bytes().all(|byte| byte.is_ascii_digit())
        && !text.starts_with('0');
    assert!(kept.is_valid() == is_form);
    let _ = (kept.is_checksum_valid(), kept.birth_date());
    // A short form becomes a number or does not.
    let today = Datum::from_register("2026-11-25");
    if let Ok(number) = IdNummer::from_short_form(text, &today) {
        assert!(number.is_valid());
    }
});
