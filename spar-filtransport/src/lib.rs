//! A client of SPAR Filtransport v3.
mod client;
mod environment;
mod error;
mod fetch;
mod files;
mod filnamn;
#[rustfmt::skip]
mod generated;
mod json;
mod ledger;
mod multipart;
mod operation;
mod retry;
mod submit;
mod sync;

pub use spar_http as transport;
pub use spar_http::Sent;

pub use crate::client::{Client, ClientBuilder, Range};
pub use crate::environment::Environment;
pub use crate::error::{Error, ErrorKind};
pub use crate::fetch::{Fetch, Fetched};
pub use crate::filnamn::{Filnamn, InvalidFilnamn};
pub use crate::generated::{models, operations};
pub use crate::json::OtherFields;
pub use crate::ledger::Entry;
pub use crate::operation::{Names, NotConfigured, Operation, Parameter, Route, UnknownSetting};
pub use crate::retry::Retry;
pub use crate::submit::Infil;
pub use crate::sync::{Problem, Synced, WARNING_DAYS};

/// The largest file that SPAR takes: 100 MB, read as 10^6 bytes each, which is the stricter reading
/// (HTTP-30). Source: SPAR's page on files for Filtransport.
pub const MAX_INFIL_BYTES: u64 = 100_000_000;

// The peer of the integration tests names the crate as they do.
#[cfg(test)]
extern crate self as spar_filtransport;

#[cfg(test)]
#[path = "../tests/main/peer.rs"]
#[allow(dead_code, reason = "the integration tests use the rest")]
mod peer;
#[cfg(test)]
mod torture;
