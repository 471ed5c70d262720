//! Other versions of components give the same value.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| spar_fuzz::versions_mean_nothing(bytes));
