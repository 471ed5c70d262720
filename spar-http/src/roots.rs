//! Whom to trust: the authorities that may certify the server.

use std::fmt;
use std::sync::Arc;

use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::PemObject;

use crate::error::Error;

/// The certificate authorities that may certify the server. Given ones replace the platform's; the
/// two are never mixed.
#[derive(Clone)]
pub struct Roots(pub(crate) Source);

/// Where the authorities come from.
#[derive(Clone)]
#[cfg_attr(
    not(any(feature = "rustls-aws-lc-rs", feature = "rustls-ring", feature = "openssl")),
    allow(dead_code, reason = "read by the TLS backends only")
)]
pub(crate) enum Source {
    Platform,
    Given(Arc<[CertificateDer<'static>]>),
}

impl Roots {
    /// The operating system's authorities; the default.
    ///
    /// With rustls, the system itself judges, or on Linux its usual files do. That needs the feature
    /// `platform-verifier`, without which [`ClientBuilder::build`](crate::ClientBuilder::build)
    /// fails.
    ///
    /// With OpenSSL, they are those of the folder that OpenSSL was built for (`openssl version -d`),
    /// or where `SSL_CERT_FILE` and `SSL_CERT_DIR` say. On Windows and macOS there is mostly nothing:
    /// give them by [`from_pem`](Self::from_pem). If none is found, no server is accepted.
    pub fn platform() -> Self {
        Self(Source::Platform)
    }

    /// Exactly the certificates in this PEM text, and nothing the platform trusts.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Configuration`](crate::ErrorKind::Configuration) if the text cannot be read or
    /// holds no certificate.
    pub fn from_pem(pem: &[u8]) -> Result<Self, Error> {
        // The parser's error quotes the line, so it is not kept.
        let roots = CertificateDer::pem_slice_iter(pem)
            .collect::<Result<Arc<[_]>, _>>()
            .map_err(|_| Error::configuration("the roots are not valid PEM text"))?;
        if roots.is_empty() {
            return Err(Error::configuration("the roots hold no certificate"));
        }
        Ok(Self(Source::Given(roots)))
    }
}

impl Default for Roots {
    fn default() -> Self {
        Self::platform()
    }
}

impl fmt::Debug for Roots {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Source::Platform => f.write_str("Roots(platform)"),
            Source::Given(roots) => write!(f, "Roots({} given)", roots.len()),
        }
    }
}
