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
//! Small bodies are [posted](Client::post) and answered as a whole. A large one is an [`Upload`], read
//! while it is sent, and its answer a [`Transfer`] from [`Client::open`], read piece by piece.
//!
//! # What it does not do
//!
//! - It never sends a request twice. Opening a connection is tried again if that fails ([`Retries`]),
//!   and an idle connection that turns out to be closed *before* a byte of the request was handed to
//!   it is replaced; every other failure is the caller's to judge, by [`Error::sent`].
//! - It follows no redirect, reads no environment variable, uses no [`Proxy`] but the one it was
//!   given, caches no answer and decompresses nothing. (The platform's root store is the platform's
//!   business: on Linux it is found by `SSL_CERT_FILE` and `SSL_CERT_DIR`. [`Roots::from_pem`] never
//!   looks there. OpenSSL reads its configuration file; versions, cipher suites, roots and
//!   verification are not up to it.)
//! - There is no way to switch certificate verification off, and no plain HTTP.
//! - It starts no task. A connection lives inside the call that uses it or rests in the pool, so a
//!   dropped call leaves nothing behind; what it had sent may still be executed by the server.
//! - No error, `Debug` output or trace holds a byte of a body, a header value, a key or a passphrase.
//! - It does not wipe bodies from memory, as it does keys and passphrases.
//!
//! # Backends
//!
//! | feature | default | brings |
//! |---|---|---|
//! | `rustls-aws-lc-rs` | yes | [`TlsBackend::RustlsAwsLcRs`]; needs a C compiler |
//! | `rustls-ring` | no | [`TlsBackend::RustlsRing`] |
//! | `openssl` | no | [`TlsBackend::OpenSsl`]; needs OpenSSL 1.1.1 or newer with its headers |
//! | `platform-verifier` | yes | [`Roots::platform`] for rustls; OpenSSL has its own way |
//! | `pkcs12` | yes | identities from `.p12` and `.pfx` files |
//!
//! The first of those that are on is the default, so a feature more changes nothing but what may be
//! chosen by [`ClientBuilder::tls_backend`]. Without any, everything compiles, and
//! [`ClientBuilder::build`] asks for a [`Connector`] of yours.
//!
//! All do the same but for one thing. A server may ask for the client's certificate only in a second
//! handshake (TLS 1.2 renegotiation), as SPAR says of its own. OpenSSL follows. rustls refuses, and
//! what the server does then is up to it: mostly it sends an alert, which becomes
//! [`ErrorKind::TlsProtocol`] with a hint. If it just hangs up, each call ends with
//! [`ErrorKind::Disconnected`], or waits for its timeout: then try OpenSSL. In each of these cases
//! the request may have reached the server, so it is not repeated.

mod body;
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
mod pace;
mod passphrase;
mod pool;
#[cfg(any(feature = "rustls-aws-lc-rs", feature = "rustls-ring", feature = "openssl"))]
mod probe;
mod proxy;
mod roots;
mod settings;
pub mod tls;
mod transfer;
#[cfg(any(feature = "rustls-aws-lc-rs", feature = "rustls-ring", feature = "openssl"))]
mod tunnel;

pub use crate::body::{BoxedReader, Upload};
pub use crate::client::{Client, ClientBuilder};
pub use crate::connector::{BoxFuture, BoxedStream, ConnectError, Connector, Stream, Target};
pub use crate::endpoint::Endpoint;
pub use crate::error::{
    ClientCertificateFault, Error, ErrorKind, IdentityFault, Phase, ProxyFault, Sent,
};
pub use crate::identity::{Certificate, Identity};
pub use crate::message::{Exchange, Request, Response};
pub use crate::passphrase::Passphrase;
#[cfg(any(feature = "rustls-aws-lc-rs", feature = "rustls-ring", feature = "openssl"))]
pub use crate::probe::{Finding, Health, Step};
pub use crate::proxy::Proxy;
pub use crate::roots::Roots;
pub use crate::settings::{Limits, Pace, Retries, Timeouts};
pub use crate::tls::TlsBackend;
pub use crate::transfer::Transfer;
