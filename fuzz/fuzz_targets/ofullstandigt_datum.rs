//! Any text is kept as an incomplete date; what is known of it is a question that never fails.

#![no_main]

use libfuzzer_sys::fuzz_target;
use spar_types::{OfullstandigtDatum, SimpleType};

fuzz_target!(|text: &str| {
    let kept = OfullstandigtDatum::from_register(text);
    assert!(kept.as_str() == text);
    let _ = (kept.year(), kept.month(), kept.day(), kept.is_incomplete(), kept.compare(&kept));
});
