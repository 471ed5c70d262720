//! Tests of the transport, on loopback or in memory. The identifiers in names and comments are
//! those of the project's table of hostile cases.

mod configuration;
mod environment;
mod http;
mod identity;
mod keys;
mod once;
mod openssl_peer;
mod peer;
mod pki;
mod renegotiation;
mod server;
mod streams;
mod tls;
