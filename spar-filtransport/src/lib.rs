//! A client of SPAR Filtransport v3: fetching files and handing files in, over mutual TLS, without losing
//! one.
//!
//! This crate does not look into files (`spar-files` does), stores nothing but the files it is asked
//! for and a ledger beside them, and has no blocking API. The transport under it is re-exported as
//! [`transport`].
//!
//! ```no_run
//! use spar_filtransport::transport::{self, Identity};
//! use spar_filtransport::{Client, Environment, Fetch};
//!
//! # async fn run() -> Result<(), Box<dyn std::error::Error>> {
//! let identity = Identity::from_pem(&std::fs::read("organisationscertifikat.pem")?)?;
//! let http = transport::Client::builder().identity(identity).build()?;
//! let client = Client::builder(http, Environment::Production.endpoint()?).build();
//!
//! // Every night: everything that is new, each file once.
//! let synced = client.sync("/srv/spar".as_ref(), &Fetch::default()).await?;
//! println!("{} new files, {} to look at", synced.fetched.len(), synced.problems.len());
//! # Ok(())
//! # }
//! ```
//!
//! # What is known, and what is not
//!
//! SPAR describes version 3 by an OpenAPI file, of which the beginning is known: listing out-files, asking
//! about one, and the path that delivers it. Handing a file in, the status of in-files and the schema
//! version of an assignment exist, but nobody outside knows what they are called. These calls fail with
//! [`ErrorKind::NotConfigured`] until [`Names`] says so, or until this crate is generated from SPAR's
//! own file. The fields of answers are read leniently for the same reason.
//!
//! # What is never lost, and never doubled
//!
//! - A file gets its name when it is whole and safe on disk, never before. What broke off is continued
//!   only if the server can tell that it is the same file.
//! - That SPAR calls a file fetched means nothing here: [`Client::sync`] keeps a ledger of its own.
//! - Reads are repeated as [`Retry`] says. A file is handed in once; [`Error::sent`] tells whether SPAR
//!   may have it.
//! - Files are readable by their owner only. No error, `Debug` output or trace shows what they hold.

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

pub use spar_files::write::MAX_INFIL_BYTES;
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

// The peer of the integration tests names the crate as they do.
#[cfg(test)]
extern crate self as spar_filtransport;

#[cfg(test)]
#[path = "../tests/main/peer.rs"]
#[allow(dead_code, reason = "the integration tests use the rest")]
mod peer;
#[cfg(test)]
mod torture;
