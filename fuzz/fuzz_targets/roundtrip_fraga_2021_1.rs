//! Whatever the schema allows is written, and read as it was, in both modes.

#![no_main]

use libfuzzer_sys::fuzz_target;
use spar_types::personsok::v2021_1::SparPersonsokningFraga;

fuzz_target!(|bytes: &[u8]| spar_fuzz::roundtrip::<SparPersonsokningFraga>(bytes));
