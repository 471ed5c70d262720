//! The seam between HTTP and TLS: who delivers encrypted, authenticated streams.

use std::error::Error as StdError;
use std::fmt;
use std::future::Future;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite};

use crate::endpoint::Endpoint;
use crate::error::{BoxError, Error, ErrorKind, Sent, Verdict};
use crate::proxy::Proxy;
use crate::settings::Timeouts;
#[cfg(any(feature = "rustls-aws-lc-rs", feature = "rustls-ring", feature = "openssl"))]
use crate::tls::Stage;

/// Opens connections. The default one is a [`TlsBackend`](crate::TlsBackend) over TCP; another one
/// is given to
/// [`ClientBuilder::connector`](crate::ClientBuilder::connector).
///
/// It delivers a stream on which the server has been authenticated for the target's host and the
/// client has presented its certificate. Whatever is written to the stream goes to the server.
///
/// Errors of the stream itself are classified by what is found in the [`io::Error`]: a connector
/// that learns of a rejected certificate only while reading wraps a [`ConnectError`] in it.
pub trait Connector: Send + Sync + 'static {
    /// Opens a connection to the target. The connector observes the target's timeouts; the client
    /// gives up by itself after their sum. Dropping the future abandons the connection.
    fn connect(&self, target: &Target) -> BoxFuture<Result<BoxedStream, ConnectError>>;
}

/// A connection to be opened.
#[derive(Clone, Debug)]
pub struct Target {
    host: Arc<str>,
    port: u16,
    connect_timeout: Duration,
    tls_timeout: Duration,
    #[cfg_attr(
        not(any(feature = "rustls-aws-lc-rs", feature = "rustls-ring")),
        allow(dead_code, reason = "read by the TLS backends only")
    )]
    proxy: Option<Proxy>,
}

impl Target {
    /// The server of an endpoint, to be reached within these timeouts.
    pub fn new(endpoint: &Endpoint, timeouts: &Timeouts) -> Self {
        Self {
            host: endpoint.shared_host(),
            port: endpoint.port(),
            connect_timeout: timeouts.connect,
            tls_timeout: timeouts.tls,
            proxy: None,
        }
    }

    pub(crate) fn through(self, proxy: Option<Proxy>) -> Self {
        Self { proxy, ..self }
    }

    /// A DNS name or an IP address (IPv6 without brackets), in lower case. The server's certificate
    /// must be valid for it.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// The TCP port.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// How long finding the address and opening the TCP connection may take.
    pub fn connect_timeout(&self) -> Duration {
        self.connect_timeout
    }

    /// How long the TLS handshake may take.
    pub fn tls_timeout(&self) -> Duration {
        self.tls_timeout
    }
}

#[cfg(any(feature = "rustls-aws-lc-rs", feature = "rustls-ring", feature = "openssl"))]
impl Target {
    /// The proxy on the way, unless this host is an exception.
    pub(crate) fn proxy(&self) -> Option<&Proxy> {
        self.proxy.as_ref().filter(|proxy| proxy.is_for(&self.uri_host()))
    }

    /// `host:port`, as a proxy is asked for it.
    pub(crate) fn authority(&self) -> String {
        format!("{}:{}", self.uri_host(), self.port)
    }

    fn uri_host(&self) -> String {
        if self.host.contains(':') { format!("[{}]", self.host) } else { self.host.to_string() }
    }
}

/// An established TLS stream.
pub trait Stream: AsyncRead + AsyncWrite + Unpin + Send {}

impl<S: AsyncRead + AsyncWrite + Unpin + Send> Stream for S {}

/// An established TLS stream of any backend.
pub type BoxedStream = Box<dyn Stream>;

/// A future on the heap.
pub type BoxFuture<T> = Pin<Box<dyn Future<Output = T> + Send>>;

/// Why a connection was not opened, or why TLS broke down on it.
pub struct ConnectError {
    pub(crate) verdict: Verdict,
    pub(crate) source: Option<BoxError>,
}

impl ConnectError {
    /// An error of this kind, with the kind's own text.
    pub fn new(kind: ErrorKind) -> Self {
        Self { verdict: kind.into(), source: None }
    }

    /// Replaces the text. It begins in lower case and has no final period.
    #[must_use]
    pub fn with_message(mut self, message: &'static str) -> Self {
        self.verdict.message = message;
        self
    }

    /// Adds advice for the operator.
    #[must_use]
    pub fn with_hint(mut self, hint: &'static str) -> Self {
        self.verdict.hint = Some(hint);
        self
    }

    /// Adds the cause. It ends up in logs, so it must not hold a key or a byte sent or received.
    #[must_use]
    pub fn with_source(mut self, source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        self.source = Some(source.into());
        self
    }

    /// The class of the failure.
    pub fn kind(&self) -> ErrorKind {
        self.verdict.kind
    }

    /// The error of a call that got no connection.
    pub(crate) fn into_error(self) -> Error {
        let error = Error::new(self.verdict, Sent::No);
        match self.source {
            Some(source) => error.with_source(source),
            None => error,
        }
    }
}

impl From<Verdict> for ConnectError {
    fn from(verdict: Verdict) -> Self {
        Self { verdict, source: None }
    }
}

impl fmt::Display for ConnectError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.verdict.message)
    }
}

impl fmt::Debug for ConnectError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ConnectError")
            .field("kind", &self.verdict.kind)
            .field("message", &self.verdict.message)
            .field("source", &self.source)
            .finish()
    }
}

impl StdError for ConnectError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.source.as_deref().map(|source| source as _)
    }
}

/// Finds what the TLS backend has to say in the chain of an error met on an open stream. TLS 1.3
/// rejects a client certificate only then, so this is not about connecting alone.
pub(crate) fn verdict_in(error: &(dyn StdError + 'static)) -> Option<Verdict> {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(error) = error.downcast_ref::<ConnectError>() {
            return Some(error.verdict);
        }
        #[cfg(any(feature = "rustls-aws-lc-rs", feature = "rustls-ring"))]
        if let Some(error) = error.downcast_ref::<rustls::Error>() {
            return Some(crate::tls::rustls::judge(error, Stage::Established));
        }
        #[cfg(feature = "openssl")]
        if let Some(error) = error.downcast_ref::<openssl::ssl::Error>()
            && let Some(verdict) = crate::tls::openssl::judge(error, Stage::Established)
        {
            return Some(verdict);
        }
        // `io::Error::source` skips the error it wraps.
        next = match error.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
            Some(inner) => Some(inner),
            None => error.source(),
        };
    }
    None
}
