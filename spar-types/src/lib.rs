//! Record types of SPAR, Statens personadressregister, with their XML reader and writer.
//!
//! This crate does no I/O: no network, no files, no async, no TLS. `spar-soap` asks SPAR and returns
//! these types.
//!
//! - [`personsok`] holds the types of the Personsök service, one module per version of its interface.
//! - [`avisering`], [`personnummersattning`], [`reklamsparravisering`] and [`urval`] hold those of the
//!   files from SPAR, [`infil_id_nummer`] and again [`personnummersattning`] those of the files to SPAR.
//!   `spar-files` reads and writes such files record by record.
//! - [`search`] builds searches by name, address and birth, and knows the rules beyond the schema.
//! - [`comparison`] compares what somebody typed with a record, without showing the record.
//! - [`xml`] reads and writes them: tolerant or strict, bounded, never a panic.
//! - [`Inspect`] is behind their `Debug`, which never shows a person.
//!
//! # Where the types come from
//!
//! `cargo xtask codegen` writes them from the schemas in the repository's folder `schemas/`: one module
//! per namespace in [`components`], so that a component shared by two interface versions is one Rust
//! type. Names are those of the schema, Swedish, without the suffix `TYPE`.
//!
//! # Values
//!
//! Choices are enumerations, and every simple type with facets is a type of its own. `str::parse` makes
//! a value that the schema allows, or tells which facet it breaks; what the register sent is kept as
//! sent, and `is_valid()` asks whether it keeps to the schema.
//!
//! # Sources
//!
//! Where documentation says how SPAR means a value, it names the page, by its path below
//! `https://statenspersonadressregister.se/master/start/`, or the schema, by its path below
//! `http://xmls.statenspersonadressregister.se/se/spar/`.
//!
//! # Features
//!
//! All are off by default.
//!
//! - `serde`: `Serialize` and `Deserialize` for all records and values. What is serialized is personal data.
//! - `jiff-1`, `time-03`, `chrono-04`: conversions of dates and time stamps to and from the types of the
//!   crate of that name and major version, in the module `dates`.
//!
//! # JSON
//!
//! With the feature `serde`, a record is an object whose members have the names of the schema. Every value
//! is a string, exactly as sent, numbers too. What is absent is left out, and anonymous groups lie flat in
//! their object, as in XML. Reading refuses unknown and repeated members and alternatives that exclude each
//! other; values are kept as sent, and [`xml::write`] refuses those that break the schema. Messages of
//! errors hold no value and no name of a stranger. The form has a number, `JSON_FORM`, and a JSON Schema
//! per message, such as `personsok::newest::json_schema::SPAR_PERSONSOKNING_SVAR`; `docs/json.md` of the
//! repository has the rules.

pub mod comparison;
#[cfg(any(feature = "chrono-04", feature = "jiff-1", feature = "time-03"))]
pub mod dates;
#[doc(hidden)]
pub mod runtime;
pub mod search;
pub mod xml;

mod error;
#[rustfmt::skip]
mod generated;
mod inspect;
#[cfg(feature = "serde")]
mod json;
mod record;
mod simple;

pub use error::{Deviation, Error, ErrorKind, InvalidDocument, InvalidValue, Rule};
#[cfg(feature = "serde")]
pub use generated::JSON_FORM;
pub use generated::components;
pub use generated::each_root;
pub use generated::personsok;
pub use generated::{
    avisering, infil_id_nummer, personnummersattning, reklamsparravisering, urval,
};
pub use inspect::{Inspect, Inspector, Unredacted};
pub use record::Adress;
pub use simple::{
    Datum, FreeText, Int, Integer, Long, OfullstandigtDatum, SimpleType, Tidsstampel, UnknownCode,
};
pub use xml::{Entries, Unrepresentable};
