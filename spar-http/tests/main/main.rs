//! Tests of the transport, on loopback or in memory. The identifiers in names and comments are
//! those of the project's table of hostile cases.

mod configuration;
mod environment;
mod http;
mod identity;
mod keys;
mod once;
mod openssl;
mod openssl_peer;
mod pace;
mod peer;
#[cfg(feature = "pkcs12")]
mod pkcs12;
mod pki;
#[cfg(any(feature = "rustls-aws-lc-rs", feature = "rustls-ring", feature = "openssl"))]
mod probe;
mod proxy;
mod renegotiation;
mod renewal;
mod server;
#[cfg(any(feature = "rustls-aws-lc-rs", feature = "rustls-ring"))]
mod signer;
mod streams;
mod tls;
mod transfer;
