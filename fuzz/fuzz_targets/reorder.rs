//! Children in any order give the same value.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| spar_fuzz::order_means_nothing(bytes));
