//! Whatever the schema allows is written, and read as it was, in both modes.

#![no_main]

use libfuzzer_sys::fuzz_target;
use spar_types::personsok::v2023_1::SparPersonsokningSvar;

fuzz_target!(|bytes: &[u8]| spar_fuzz::roundtrip::<SparPersonsokningSvar>(bytes));
