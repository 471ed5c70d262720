//! Toolkit for SPAR, Statens personadressregister, Sweden's population address register.
//!
//! This crate holds no code of its own. It gathers the crates that a user needs:
//!
//! - [`types`]: record types with their XML reader and writer (`spar-types`).
//! - [`soap`]: the client of Personsök, SOAP over mutual TLS (`spar-soap`).
//! - `files` (feature `files`): files from SPAR and to SPAR (`spar-files`).
//! - `filtransport` (feature `filtransport`): fetching files and handing files in (`spar-filtransport`).
//!
//! The examples of the repository show them in use, against the embedded SPAR of `spar-simulator`.
//!
//! # Features
//!
//! - `rustls-aws-lc-rs` (default), `rustls-ring`: TLS by rustls with one of its providers.
//! - `openssl`: TLS by OpenSSL, for servers that renegotiate.
//! - `platform-verifier` (default): server certificates judged by the operating system's roots.
//! - `pkcs12` (default): identities from `.p12` and `.pfx` files.
//! - `serde`: `Serialize` for all records.
//! - `jiff-1`, `time-03`, `chrono-04`: dates to and from the types of a date crate.

#[cfg(feature = "files")]
pub use spar_files as files;
#[cfg(feature = "filtransport")]
pub use spar_filtransport as filtransport;
pub use spar_soap as soap;
pub use spar_types as types;

/// The code in the README is compiled, and run where it needs no certificate.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
