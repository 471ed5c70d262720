//! The TLS backends, and what the alerts of the other side mean, whichever backend hears them.

#[cfg(feature = "openssl")]
pub(crate) mod openssl;
#[cfg(any(feature = "rustls-aws-lc-rs", feature = "rustls-ring"))]
pub(crate) mod rustls;
#[cfg(any(feature = "rustls-aws-lc-rs", feature = "rustls-ring"))]
pub mod rustls_023;
#[cfg(any(feature = "rustls-aws-lc-rs", feature = "rustls-ring", feature = "openssl"))]
mod verdict;

#[cfg(any(feature = "rustls-aws-lc-rs", feature = "rustls-ring", feature = "openssl"))]
use std::sync::PoisonError;
use std::sync::{Arc, Mutex};

use rustls_pki_types::CertificateDer;

use crate::connector::Connector;
#[cfg(any(feature = "rustls-aws-lc-rs", feature = "rustls-ring", feature = "openssl"))]
use crate::connector::{BoxFuture, BoxedStream, ConnectError, Target};
use crate::error::Error;
use crate::identity::Identity;
#[cfg(any(feature = "rustls-aws-lc-rs", feature = "rustls-ring", feature = "openssl"))]
use crate::probe::Watched;
use crate::roots::Roots;
#[cfg(any(feature = "rustls-aws-lc-rs", feature = "rustls-ring", feature = "openssl"))]
pub(crate) use verdict::{Stage, server_fault_name};

/// Who speaks TLS. Each needs a feature of this crate; without it,
/// [`ClientBuilder::build`](crate::ClientBuilder::build) fails for that backend.
///
/// All of them speak TLS 1.2 and 1.3 with the same kinds of cipher suites, check the server's
/// certificate and name, send the identity's chain as it is, and resume sessions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum TlsBackend {
    /// rustls with the provider aws-lc-rs; feature `rustls-aws-lc-rs`.
    RustlsAwsLcRs,
    /// rustls with the provider ring; feature `rustls-ring`.
    RustlsRing,
    /// OpenSSL, for servers that renegotiate, which rustls refuses; feature `openssl`.
    OpenSsl,
}

impl TlsBackend {
    /// The backends whose feature is on, the default one first. Their order is that of the enum, so
    /// a feature more never replaces rustls by OpenSSL.
    pub fn compiled() -> &'static [Self] {
        &[
            #[cfg(feature = "rustls-aws-lc-rs")]
            Self::RustlsAwsLcRs,
            #[cfg(feature = "rustls-ring")]
            Self::RustlsRing,
            #[cfg(feature = "openssl")]
            Self::OpenSsl,
        ]
    }

    /// The backend as machines and settings write it, such as `rustls-aws-lc-rs`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::RustlsAwsLcRs => "rustls-aws-lc-rs",
            Self::RustlsRing => "rustls-ring",
            Self::OpenSsl => "openssl",
        }
    }

    pub(crate) fn connector(
        self,
        identity: Option<&Identity>,
        roots: &Roots,
    ) -> Result<Box<dyn Connector>, Error> {
        Ok(self.tls(identity, roots, None)?)
    }

    /// What certificate the server shows is noted in `seen`, also if it is not accepted.
    pub(crate) fn tls(
        self,
        identity: Option<&Identity>,
        roots: &Roots,
        seen: Option<&Seen>,
    ) -> Result<Box<dyn Tls>, Error> {
        #[cfg(any(feature = "rustls-aws-lc-rs", feature = "rustls-ring"))]
        let by_rustls = |provider| {
            let connector = rustls::RustlsConnector::new(provider, identity, roots, seen)?;
            Ok(Box::new(connector) as Box<dyn Tls>)
        };
        match self {
            #[cfg(feature = "rustls-aws-lc-rs")]
            Self::RustlsAwsLcRs => by_rustls(::rustls::crypto::aws_lc_rs::default_provider()),
            #[cfg(feature = "rustls-ring")]
            Self::RustlsRing => by_rustls(::rustls::crypto::ring::default_provider()),
            #[cfg(feature = "openssl")]
            Self::OpenSsl => Ok(Box::new(openssl::OpenSslConnector::new(identity, roots, seen)?)),
            #[allow(unreachable_patterns, reason = "reached where a feature is off")]
            missing => {
                let _ = (identity, roots, seen);
                Err(Error::configuration("the TLS backend is not compiled in")
                    .with_hint(missing.advice()))
            }
        }
    }

    fn advice(self) -> &'static str {
        match self {
            Self::RustlsAwsLcRs => "enable the feature rustls-aws-lc-rs of spar-http",
            Self::RustlsRing => "enable the feature rustls-ring of spar-http",
            Self::OpenSsl => "enable the feature openssl of spar-http",
        }
    }
}

/// A connector that can also show what was agreed on.
pub(crate) trait Tls: Connector {
    /// The handshake alone, on a connection that is there.
    #[cfg(any(feature = "rustls-aws-lc-rs", feature = "rustls-ring", feature = "openssl"))]
    fn inspect(
        &self,
        target: &Target,
        stream: Watched,
    ) -> BoxFuture<Result<(BoxedStream, Agreed), ConnectError>>;
}

/// What a handshake agreed on, by the names of IANA.
#[cfg(any(feature = "rustls-aws-lc-rs", feature = "rustls-ring", feature = "openssl"))]
#[derive(Clone, Debug)]
pub(crate) struct Agreed {
    pub(crate) version: &'static str,
    pub(crate) suite: String,
}

/// The certificate that a server showed last.
#[derive(Clone, Default)]
#[cfg_attr(
    not(any(feature = "rustls-aws-lc-rs", feature = "rustls-ring", feature = "openssl")),
    allow(dead_code, reason = "written by the TLS backends only")
)]
pub(crate) struct Seen(Arc<Mutex<Option<CertificateDer<'static>>>>);

#[cfg(any(feature = "rustls-aws-lc-rs", feature = "rustls-ring", feature = "openssl"))]
impl Seen {
    pub(crate) fn note(&self, certificate: CertificateDer<'static>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(certificate);
    }

    pub(crate) fn certificate(&self) -> Option<CertificateDer<'static>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}
