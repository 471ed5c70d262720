//! HTTPS transport with client certificates for the clients of SPAR.
//!
//! One [`Client`] posts bytes to an [`Endpoint`] over mutual TLS and returns the answer, or an
//! [`Error`] that says what went wrong, what to do about it, and whether the request may have
//! reached the server. It knows nothing about SOAP or XML.
//!
//! ```no_run
//! use spar_http::{Client, Endpoint, Identity, Request};
//!
//! # async fn run(pem: &[u8], envelope: &'static str) -> Result<(), spar_http::Error> {
//! let client = Client::builder().identity(Identity::from_pem(pem)?).build()?;
//! let endpoint =
//!     Endpoint::parse("https://test-personsok.statenspersonadressregister.se/2023.1/")?;
//! let response = client.post(&endpoint, Request::new("text/xml; charset=utf-8", envelope)).await?;
//! assert_eq!(response.status, 200);
//! # Ok(())
//! # }
//! ```
//!
//! # What it does not do
//!
//! - It never sends a request twice. An idle connection that turns out to be closed *before* a byte
//!   of the request was handed to it is replaced; every other failure is the caller's to judge, by
//!   [`Error::sent`].
//! - It follows no redirect, reads no environment variable, uses no proxy, caches no answer and
//!   decompresses nothing. (The platform's root store is the platform's business: on Linux it is
//!   found by `SSL_CERT_FILE` and `SSL_CERT_DIR`. [`Roots::from_pem`] never looks there.)
//! - There is no way to switch certificate verification off, and no plain HTTP.
//! - It starts no task. A connection lives inside the call that uses it or rests in the pool, so a
//!   dropped call leaves nothing behind; what it had sent may still be executed by the server.
//! - No error, `Debug` output or trace holds a byte of a body, a header value or a key.
//!
//! # Features
//!
//! | feature | default | brings |
//! |---|---|---|
//! | `rustls-aws-lc-rs` | yes | TLS by rustls with aws-lc-rs; wins over `rustls-ring` |
//! | `rustls-ring` | no | TLS by rustls with ring |
//! | `platform-verifier` | yes | [`Roots::platform`] |
//!
//! Without a TLS feature everything compiles, and [`ClientBuilder::build`] asks for a
//! [`Connector`] of yours.

mod client;
mod clock;
mod connection;
mod connector;
#[cfg(any(feature = "rustls-aws-lc-rs", feature = "rustls-ring", feature = "openssl"))]
mod dial;
mod endpoint;
mod error;
mod exchange;
mod identity;
mod message;
mod meter;
mod pool;
mod roots;
mod settings;
mod tls;

pub use crate::client::{Client, ClientBuilder};
pub use crate::connector::{BoxFuture, BoxedStream, ConnectError, Connector, Stream, Target};
pub use crate::endpoint::Endpoint;
pub use crate::error::{ClientCertificateFault, Error, ErrorKind, IdentityFault, Phase, Sent};
pub use crate::identity::Identity;
pub use crate::message::{Exchange, Request, Response};
pub use crate::roots::Roots;
pub use crate::settings::{Limits, Timeouts};
pub use crate::tls::TlsBackend;
