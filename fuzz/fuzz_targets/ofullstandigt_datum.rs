//! Any text is kept as an incomplete date; what is known of it is a question that never fails.

#![no_main]

use std::cmp::Ordering;

use libfuzzer_sys::fuzz_target;
use spar_types::{OfullstandigtDatum, SimpleType};

fuzz_target!(|texts: (&str, &str)| {
    let [kept, other] = [texts.0, texts.1].map(OfullstandigtDatum::from_register);
    assert!(kept.as_str() == texts.0);
    let _ = (kept.is_incomplete(), kept.is_unknown());
    assert!(kept.day().is_none() || kept.month().is_some());
    assert!(kept.compare(&other) == other.compare(&kept).map(Ordering::reverse));
    if let Some(datum) = kept.to_datum() {
        assert!(datum.is_valid() && datum.as_str() == texts.0);
        assert!(kept.compare(&kept) == Some(Ordering::Equal) || kept.year().is_none());
    }
});
