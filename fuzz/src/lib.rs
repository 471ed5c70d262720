//! What the fuzz targets share: values made of a fuzzer's input, and the laws that hold of them.
//!
//! Both are those of the tests of `spar-types`, which hold the laws for the same values in every run.

// The tests use more of these than the targets do.
#![allow(dead_code, clippy::unwrap_used)]

#[rustfmt::skip]
#[path = "../../spar-types/tests/main/generated/mod.rs"]
mod generated;
#[path = "../../spar-types/tests/main/laws.rs"]
mod laws;
#[path = "../../spar-types/tests/main/strategy.rs"]
mod strategy;
#[path = "../../spar-types/tests/main/support.rs"]
mod support;

use spar_types::personsok::{v2021_1, v2023_1};
use spar_types::xml::{self, Root};

use strategy::Any;
use support::Dice;

/// A message of Personsök, of which values can be made.
///
/// The trait is in the tests, so a target names the type and not the trait.
pub trait Message: Root + PartialEq {
    /// A value made of these bytes. Few bytes make a small one.
    fn made_of(bytes: &[u8]) -> Option<Self>;
}

impl<T: Any + Root + PartialEq> Message for T {
    fn made_of(bytes: &[u8]) -> Option<Self> {
        strategy::made_of(bytes)
    }
}

/// What was written is read as it was, and written as the same bytes.
pub fn roundtrip<T: Message>(bytes: &[u8]) {
    if let Some(value) = T::made_of(bytes) {
        laws::written_is_read(&value);
    }
}

macro_rules! law {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        ///
        /// The first byte chooses the message and its version.
        pub fn $name(bytes: &[u8]) {
            fn hold<T: Message>(bytes: &[u8]) {
                let Some(value) = T::made_of(bytes) else { return };
                let document = xml::write(&value).expect("what can be built can be written");
                let seed = bytes.iter().fold(0, |seed, byte| seed << 8 ^ seed >> 55 ^ u64::from(*byte));
                laws::$name::<T>(&document, &mut Dice::new(seed));
            }
            match bytes.split_first() {
                Some((0..64, bytes)) => hold::<v2021_1::SparPersonsokningFraga>(bytes),
                Some((64..128, bytes)) => hold::<v2023_1::SparPersonsokningFraga>(bytes),
                Some((128..192, bytes)) => hold::<v2021_1::SparPersonsokningSvar>(bytes),
                Some((_, bytes)) => hold::<v2023_1::SparPersonsokningSvar>(bytes),
                None => {}
            }
        }
    };
}

law! {
    /// Children in any order give the same value.
    order_means_nothing
}
law! {
    /// Other prefixes, and prefixes bound anew, give the same value.
    prefixes_mean_nothing
}
law! {
    /// Other versions of components give the same value.
    versions_mean_nothing
}
