//! A client of SPAR Personsök: typed questions and answers, SOAP 1.1 over mutual TLS.
//!
//! This crate does not store answers, does not repeat searches (unless a [`Resend`] says so) and has no
//! blocking API. The transport
//! under it is re-exported as [`transport`], the record types come from `spar-types`.
//!
//! ```no_run
//! use spar_soap::transport::{Endpoint, Identity};
//! use spar_soap::{Client, Environment, SlutAnvandare, Uppdrag, Utfall, Version, transport};
//! use spar_types::personsok::newest::{KundNr, PersonsokningFraga, UppdragId};
//!
//! # async fn run() -> Result<(), Box<dyn std::error::Error>> {
//! let identity = Identity::from_pem(&std::fs::read("organisationscertifikat.pem")?)?;
//! let http = transport::Client::builder().identity(identity).build()?;
//! let kund_nr = KundNr::new(500243)?;
//! let uppdrag = Uppdrag::new(kund_nr.clone(), kund_nr, UppdragId::new(637)?);
//! let version = Version::NEWEST;
//! let endpoint = Environment::Kundtest.endpoint(version)?;
//! let client = Client::new(http, endpoint, version, uppdrag);
//!
//! let user = SlutAnvandare::new("anna.handlaggare".parse()?);
//! let svar = client.personsok(&user, PersonsokningFraga::IdNummer("198111309285".parse()?)).await?;
//! match svar.utfall() {
//!     Utfall::Svarsposter([]) => println!("nobody"),
//!     Utfall::Svarsposter(poster) => println!("{} persons", poster.len()),
//!     Utfall::OverstigerMaxAntalSvarsposter(_) => println!("too many"),
//!     Utfall::Undantag(_) => println!("SPAR did not answer the question"),
//!     _ => println!("an outcome of a later version"),
//! }
//! # Ok(())
//! # }
//! ```
//!
//! # Money and personal data
//!
//! Every search is billed, with or without a hit, and logged against a person. [`Error::sent`] says
//! whether SPAR may have executed a search that brought no answer. Nothing here shows a person in
//! `Debug`, errors or traces. A client can have every search recorded before its answer is handed out:
//! [`audit`].

pub mod audit;
pub mod envelope;
pub mod operation;

mod answer;
mod client;
mod environment;
mod error;
#[rustfmt::skip]
mod generated;
mod resend;
mod trace;
mod version;

pub use answer::{Meta, Outcome, RawSvar, Svar, Utfall};
pub use client::{Client, DEFAULT_CONCURRENCY, SlutAnvandare, Uppdrag, Wire};
pub use environment::Environment;
pub use error::{Error, ErrorKind};
pub use generated::*;
pub use resend::Resend;
pub use spar_http as transport;
pub use spar_http::Sent;
pub use version::{UnknownVersion, Version};
