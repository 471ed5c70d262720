//! What people ask of a record, beyond what the schema states: one room per subject.
//!
//! Written for the newest record only; older ones convert to it.

mod addresses;
mod deregistration;
mod history;
mod id_number;
mod names;
mod numbers;
mod protection;
mod samordningsnummer;

pub use addresses::Adress;

pub(crate) use addresses::addresses;
pub(crate) use history::{Rows, namn, persondetaljer};
