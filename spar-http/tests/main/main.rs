//! Tests of the transport, on loopback or in memory. The identifiers in names and comments are
//! those of the project's table of hostile cases.

mod configuration;
mod http;
mod identity;
#[cfg(any(feature = "rustls-aws-lc-rs", feature = "rustls-ring"))]
mod keys;
#[cfg(any(feature = "rustls-aws-lc-rs", feature = "rustls-ring"))]
mod once;
mod openssl;
mod pace;
mod peer;
#[cfg(feature = "pkcs12")]
mod pkcs12;
mod pki;
#[cfg(any(feature = "rustls-aws-lc-rs", feature = "rustls-ring"))]
mod proxy;
#[cfg(any(feature = "rustls-aws-lc-rs", feature = "rustls-ring"))]
mod renewal;
#[cfg(any(feature = "rustls-aws-lc-rs", feature = "rustls-ring"))]
mod server;
#[cfg(any(feature = "rustls-aws-lc-rs", feature = "rustls-ring"))]
mod signer;
mod streams;
#[cfg(any(feature = "rustls-aws-lc-rs", feature = "rustls-ring"))]
mod tls;
