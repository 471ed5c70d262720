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
pub(crate) use verdict::Stage;

use crate::connector::Connector;
use crate::error::Error;
use crate::identity::Identity;
use crate::roots::Roots;

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

    pub(crate) fn connector(
        self,
        identity: Option<&Identity>,
        roots: &Roots,
    ) -> Result<Box<dyn Connector>, Error> {
        #[cfg(any(feature = "rustls-aws-lc-rs", feature = "rustls-ring"))]
        let by_rustls = |provider| {
            let connector = rustls::RustlsConnector::new(provider, identity, roots)?;
            Ok(Box::new(connector) as Box<dyn Connector>)
        };
        match self {
            #[cfg(feature = "rustls-aws-lc-rs")]
            Self::RustlsAwsLcRs => by_rustls(::rustls::crypto::aws_lc_rs::default_provider()),
            #[cfg(feature = "rustls-ring")]
            Self::RustlsRing => by_rustls(::rustls::crypto::ring::default_provider()),
            #[cfg(feature = "openssl")]
            Self::OpenSsl => Ok(Box::new(openssl::OpenSslConnector::new(identity, roots)?)),
            #[allow(unreachable_patterns, reason = "reached where a feature is off")]
            missing => {
                let _ = (identity, roots);
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
