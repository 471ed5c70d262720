//! The client's certificate, the chain of its issuers, and its private key.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use rustls_pki_types::pem::{self, PemObject, SectionKind};
use rustls_pki_types::{
    CertificateDer, PrivateKeyDer, PrivatePkcs1KeyDer, PrivatePkcs8KeyDer, PrivateSec1KeyDer,
};
use x509_parser::prelude::{FromDer, X509Certificate};

use crate::error::{Error, IdentityFault};

/// A certificate with its chain and its private key. Cheap to clone; `Debug` shows nothing of them.
#[derive(Clone)]
pub struct Identity(Arc<Inner>);

#[cfg_attr(
    not(any(feature = "rustls-aws-lc-rs", feature = "rustls-ring", feature = "openssl")),
    allow(dead_code, reason = "chain and key are read by the TLS backends only")
)]
struct Inner {
    chain: Vec<CertificateDer<'static>>,
    key: PrivateKeyDer<'static>,
    is_issuer: bool,
    not_before: SystemTime,
    not_after: SystemTime,
}

impl Identity {
    /// Reads certificates and key (PKCS#8, PKCS#1 or SEC1) from one PEM text, such as
    /// `openssl pkcs12 -in file.p12 -nodes` writes. Other text and other sections are ignored.
    ///
    /// The certificates may be in any order: the one that issued none of the others is the
    /// client's, and is sent with the issuers that follow from it. That the key belongs to it is
    /// found out by [`ClientBuilder::build`](crate::ClientBuilder::build).
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Identity`](crate::ErrorKind::Identity) with the [`IdentityFault`].
    pub fn from_pem(pem: &[u8]) -> Result<Self, Error> {
        Self::from_pem_parts(pem, pem)
    }

    /// Like [`from_pem`](Self::from_pem) with the certificates in one text and the key in another.
    /// Keys in the first and certificates in the second are ignored.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Identity`](crate::ErrorKind::Identity) with the [`IdentityFault`].
    pub fn from_pem_parts(certificates: &[u8], key: &[u8]) -> Result<Self, Error> {
        let key = read_key(key)?;
        let certificates = read_certificates(certificates)?;
        let parsed = certificates.iter().map(parse).collect::<Result<Vec<_>, _>>()?;
        let order = order(&parsed)?;
        let leaf = &parsed[order[0]];
        let validity = leaf.validity();
        let (not_before, not_after) = (
            system_time(validity.not_before.timestamp()),
            system_time(validity.not_after.timestamp()),
        );
        let is_issuer = leaf.is_ca();
        let chain = order.iter().map(|&index| certificates[index].clone()).collect();
        Ok(Self(Arc::new(Inner { chain, key, is_issuer, not_before, not_after })))
    }

    /// When the client's certificate begins to be valid.
    pub fn not_before(&self) -> SystemTime {
        self.0.not_before
    }

    /// When the client's certificate expires. Nothing here looks at the time: compare it before the
    /// first call, since servers say little about a certificate they reject.
    pub fn not_after(&self) -> SystemTime {
        self.0.not_after
    }

    /// How many certificates are sent: the client's own and its issuers found in the input.
    pub fn chain_len(&self) -> usize {
        self.0.chain.len()
    }
}

#[cfg(any(feature = "rustls-aws-lc-rs", feature = "rustls-ring", feature = "openssl"))]
impl Identity {
    pub(crate) fn chain(&self) -> Vec<CertificateDer<'static>> {
        self.0.chain.clone()
    }

    pub(crate) fn key(&self) -> PrivateKeyDer<'static> {
        self.0.key.clone_key()
    }

    /// Whether the client's certificate is marked as one of an authority. By itself no fault:
    /// self-signed certificates for tests often are.
    pub(crate) fn is_issuer(&self) -> bool {
        self.0.is_issuer
    }
}

impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Identity(<redacted>)")
    }
}

fn read_key(text: &[u8]) -> Result<PrivateKeyDer<'static>, IdentityFault> {
    // The parser skips the first kind and stumbles over the second.
    if has_line(text, b"-----BEGIN ENCRYPTED PRIVATE KEY-----") {
        return Err(IdentityFault::EncryptedKey);
    }
    if has_line(text, b"Proc-Type: 4,ENCRYPTED") {
        return Err(IdentityFault::LegacyEncryptedKey);
    }
    let mut found = None;
    for (kind, der) in sections(text)? {
        let key = match kind {
            SectionKind::PrivateKey => PrivatePkcs8KeyDer::from(der).into(),
            SectionKind::RsaPrivateKey => PrivatePkcs1KeyDer::from(der).into(),
            SectionKind::EcPrivateKey => PrivateSec1KeyDer::from(der).into(),
            _ => continue,
        };
        if found.replace(key).is_some() {
            return Err(IdentityFault::SeveralKeys);
        }
    }
    found.ok_or(IdentityFault::NoKey)
}

fn read_certificates(text: &[u8]) -> Result<Vec<CertificateDer<'static>>, IdentityFault> {
    let mut certificates = Vec::new();
    for (kind, der) in sections(text)? {
        let certificate = CertificateDer::from(der);
        if kind == SectionKind::Certificate && !certificates.contains(&certificate) {
            certificates.push(certificate);
        }
    }
    if certificates.is_empty() {
        return Err(IdentityFault::NoCertificate);
    }
    Ok(certificates)
}

/// The parser's error quotes lines of the text, which may be those of a key. So it is not kept.
fn sections(text: &[u8]) -> Result<Vec<(SectionKind, Vec<u8>)>, IdentityFault> {
    let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text);
    <(SectionKind, Vec<u8>)>::pem_slice_iter(text)
        .collect::<Result<_, pem::Error>>()
        .map_err(|_| IdentityFault::Malformed)
}

fn has_line(text: &[u8], line: &[u8]) -> bool {
    let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text);
    text.split(|byte| matches!(byte, b'\n' | b'\r')).any(|found| found.trim_ascii_end() == line)
}

fn parse<'a>(
    certificate: &'a CertificateDer<'static>,
) -> Result<X509Certificate<'a>, IdentityFault> {
    match X509Certificate::from_der(certificate) {
        Ok(([], parsed)) => Ok(parsed),
        _ => Err(IdentityFault::Malformed),
    }
}

/// The client's own certificate, then its issuer, then the issuer of that, as far as they are here.
/// What is not on this path cannot help the server and is left out. Never empty.
fn order(certificates: &[X509Certificate<'_>]) -> Result<Vec<usize>, IdentityFault> {
    let issued_by = |child: usize, parent: usize| {
        child != parent
            && certificates[child].issuer().as_raw() == certificates[parent].subject().as_raw()
    };
    let all = 0..certificates.len();
    let mut leaves: Vec<usize> =
        all.clone().filter(|&parent| !all.clone().any(|child| issued_by(child, parent))).collect();
    // A root in the file that issued none of the others is no candidate.
    if leaves.len() > 1 {
        leaves.retain(|&leaf| !certificates[leaf].is_ca());
    }
    let [leaf] = leaves[..] else {
        return Err(IdentityFault::AmbiguousChain);
    };
    let mut chain = vec![leaf];
    let mut last = leaf;
    while let Some(parent) =
        all.clone().find(|&parent| issued_by(last, parent) && !chain.contains(&parent))
    {
        chain.push(parent);
        last = parent;
    }
    Ok(chain)
}

fn system_time(unix_seconds: i64) -> SystemTime {
    let distance = Duration::from_secs(unix_seconds.unsigned_abs());
    let time = match unix_seconds {
        0.. => SystemTime::UNIX_EPOCH.checked_add(distance),
        _ => SystemTime::UNIX_EPOCH.checked_sub(distance),
    };
    // X.509 ends with the year 9999, which every platform can represent.
    time.unwrap_or(SystemTime::UNIX_EPOCH)
}
