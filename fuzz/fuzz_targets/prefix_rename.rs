//! Other prefixes, and prefixes bound anew, give the same value.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| spar_fuzz::prefixes_mean_nothing(bytes));
