//! The client's certificate, the chain of its issuers, and its private key.

mod certificate;
pub(crate) mod key;
mod pem;
#[cfg(feature = "pkcs12")]
mod pkcs12;

use std::fmt;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;
use std::sync::Arc;

use rustls_pki_types::{CertificateDer, PrivateKeyDer};
use x509_parser::prelude::{FromDer, X509Certificate};
use zeroize::Zeroizing;

pub use self::certificate::Certificate;
use self::key::Key;
use crate::error::{Error, IdentityFault};
use crate::passphrase::Passphrase;

/// A certificate with its chain and its private key. Cheap to clone; `Debug` shows nothing of them.
///
/// The key is wiped from memory when the last clone is dropped. Copies made by libraries while they
/// read it, and those that the TLS library works with, are beyond that.
///
/// The client's own certificate is the one to which the key belongs, wherever it stands; what can
/// be followed from it, issuer by issuer, is sent with it. A self-signed root at the end may be left
/// out. Nothing here looks at the time: [`ClientBuilder::build`](crate::ClientBuilder::build) and
/// the client do.
#[derive(Clone)]
pub struct Identity(Arc<Inner>);

struct Inner {
    /// The client's own certificate first. Never empty.
    chain: Vec<Certificate>,
    #[cfg_attr(
        not(any(feature = "rustls-aws-lc-rs", feature = "rustls-ring")),
        allow(dead_code, reason = "read by the TLS backends only")
    )]
    key: Key,
    is_legacy: bool,
}

impl Identity {
    /// Reads PEM text or a PKCS#12 file, whichever the bytes are. The passphrase is needed if the
    /// private key is encrypted, and ignored if it is not.
    ///
    /// In PEM, the key is PKCS#8, encrypted (`ENCRYPTED PRIVATE KEY`) or not, PKCS#1 or SEC1. Text
    /// between the sections, such as `Bag Attributes`, and sections of other kinds are ignored.
    ///
    /// PKCS#12 needs the feature `pkcs12`; see [`from_pkcs12`](Self::from_pkcs12).
    ///
    /// ```no_run
    /// use spar_http::{Identity, Passphrase};
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let passphrase = Passphrase::from_line(std::fs::read("/run/secrets/passphrase")?)?;
    /// let file = std::fs::read("organisationscertifikat.p12")?;
    /// let identity = Identity::from_bytes(&file, Some(&passphrase))?;
    /// println!("{} until {}", identity.certificate().subject(), identity.certificate().not_after_utc());
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Identity`](crate::ErrorKind::Identity) with the [`IdentityFault`]. No text of it holds the passphrase or a
    /// byte of the input.
    pub fn from_bytes(data: &[u8], passphrase: Option<&Passphrase>) -> Result<Self, Error> {
        if pem::is_pem(data) {
            return Self::from_pem_parts(data, data, passphrase);
        }
        if !is_pkcs12(data) {
            return Err(IdentityFault::UnknownFormat.into());
        }
        #[cfg(feature = "pkcs12")]
        return pkcs12::read(data, passphrase);
        #[cfg(not(feature = "pkcs12"))]
        Err(Error::from(IdentityFault::UnknownFormat).with_hint(
            "for PKCS#12 enable the feature pkcs12 of spar-http, \
             or convert it: `openssl pkcs12 -in file.p12 -out file.pem`",
        ))
    }

    /// Reads certificates and a key that is not encrypted from one PEM text, such as
    /// `openssl pkcs12 -in file.p12 -nodes` writes. For an encrypted key there is
    /// [`from_bytes`](Self::from_bytes).
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Identity`](crate::ErrorKind::Identity) with the [`IdentityFault`].
    pub fn from_pem(pem: &[u8]) -> Result<Self, Error> {
        Self::from_pem_parts(pem, pem, None)
    }

    /// Reads PEM with the certificates in one text and the key in another. Keys in the first and
    /// certificates in the second are ignored.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Identity`](crate::ErrorKind::Identity) with the [`IdentityFault`].
    pub fn from_pem_parts(
        certificates: &[u8],
        key: &[u8],
        passphrase: Option<&Passphrase>,
    ) -> Result<Self, Error> {
        let key = pem::read_key(key, passphrase)?;
        Self::assemble(key, &pem::read_certificates(certificates)?, false)
    }

    /// Reads a PKCS#12 file (`.p12`, `.pfx`): PBES2 with AES and a MAC of the SHA-2 family, or the
    /// old 3DES or 40-bit RC2 with a MAC of SHA-1. The old kind protects the key badly: it loads,
    /// and [`hint`](Self::hint) asks to export it again.
    ///
    /// A wrong passphrase and a changed file cannot be told apart and are both
    /// [`IdentityFault::WrongPassphrase`].
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Identity`](crate::ErrorKind::Identity) with the [`IdentityFault`].
    #[cfg(feature = "pkcs12")]
    pub fn from_pkcs12(data: &[u8], passphrase: &Passphrase) -> Result<Self, Error> {
        pkcs12::read(data, Some(passphrase))
    }

    /// Reads a file as [`from_bytes`](Self::from_bytes) does. Blocks.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Identity`](crate::ErrorKind::Identity) with the [`IdentityFault`]. The text names the path.
    pub fn from_file(
        path: impl AsRef<Path>,
        passphrase: Option<&Passphrase>,
    ) -> Result<Self, Error> {
        in_file(path.as_ref(), |data| Self::from_bytes(data, passphrase))
    }

    /// Reads two PEM files as [`from_pem_parts`](Self::from_pem_parts) does. Blocks.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Identity`](crate::ErrorKind::Identity) with the [`IdentityFault`]. The text names the path, or both if the
    /// fault is in what they are together.
    pub fn from_files(
        certificates: impl AsRef<Path>,
        key: impl AsRef<Path>,
        passphrase: Option<&Passphrase>,
    ) -> Result<Self, Error> {
        let (certificates, key) = (certificates.as_ref(), key.as_ref());
        let private = in_file(key, |text| pem::read_key(text, passphrase))?;
        let chain = in_file(certificates, pem::read_certificates)?;
        Self::assemble(private, &chain, false).map_err(|error| {
            error.with_detail(&format!("{}, {}", certificates.display(), key.display()))
        })
    }

    /// The client's own certificate.
    pub fn certificate(&self) -> &Certificate {
        &self.0.chain[0]
    }

    /// What is sent: the client's own certificate, its issuer, the issuer of that, as far as they
    /// were in the input.
    pub fn certificates(&self) -> &[Certificate] {
        &self.0.chain
    }

    /// What the operator should do about the way the identity is stored, although it was read.
    pub fn hint(&self) -> Option<&'static str> {
        self.0.is_legacy.then_some(EXPORT_AGAIN)
    }

    fn assemble(
        key: Zeroizing<PrivateKeyDer<'static>>,
        certificates: &[CertificateDer<'static>],
        is_legacy: bool,
    ) -> Result<Self, Error> {
        let parsed = certificates.iter().map(parse).collect::<Result<Vec<_>, _>>()?;
        let chain = order(&parsed, key::public_half(&key).as_deref())?
            .into_iter()
            .map(|index| Certificate::new(certificates[index].clone(), &parsed[index]))
            .collect();
        Ok(Self(Arc::new(Inner { chain, key: Key::Der(key), is_legacy })))
    }
}

#[cfg(any(feature = "rustls-aws-lc-rs", feature = "rustls-ring", feature = "openssl"))]
impl Identity {
    /// An identity whose key only a signer knows. The chain is sent as it is.
    #[cfg(any(feature = "rustls-aws-lc-rs", feature = "rustls-ring"))]
    pub(crate) fn with_signer(
        chain: &[CertificateDer<'static>],
        signer: Arc<dyn rustls::sign::SigningKey>,
    ) -> Result<Self, Error> {
        let certificate = |der: &CertificateDer<'static>| {
            Ok::<_, IdentityFault>(Certificate::new(der.clone(), &parse(der)?))
        };
        let chain = chain.iter().map(certificate).collect::<Result<Vec<_>, _>>()?;
        if chain.is_empty() {
            return Err(IdentityFault::NoCertificate.into());
        }
        Ok(Self(Arc::new(Inner { chain, key: Key::Signer(signer), is_legacy: false })))
    }

    pub(crate) fn chain(&self) -> Vec<CertificateDer<'static>> {
        self.0.chain.iter().map(|certificate| certificate.der().clone()).collect()
    }

    pub(crate) fn key(&self) -> &Key {
        &self.0.key
    }

    /// The error for a key that turns out not to belong to the certificate.
    pub(crate) fn mismatch(&self) -> Error {
        mismatch(self.certificate().is_issuer().then(|| self.certificate().name()))
    }
}

impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Identity(<redacted>)")
    }
}

/// Reads a file and what is in it; the error of either names the path.
fn in_file<T, E: Into<Error>>(
    path: &Path,
    read: impl FnOnce(&[u8]) -> Result<T, E>,
) -> Result<T, Error> {
    let unreadable = |error| Error::from(IdentityFault::Unreadable).with_source(error);
    let named = |error: Error| error.with_detail(&path.display().to_string());
    // With room for all of it at once, so that growing leaves no copies behind.
    let mut data = Zeroizing::new(Vec::with_capacity(MAX_FILE_BYTES + 1));
    File::open(path)
        .and_then(|file| file.take(MAX_FILE_BYTES as u64 + 1).read_to_end(&mut data))
        .map_err(|error| named(unreadable(error)))?;
    if data.len() > MAX_FILE_BYTES {
        return Err(named(unreadable(io::ErrorKind::FileTooLarge.into())));
    }
    read(&data).map_err(|error| named(error.into()))
}

/// A structure in DER or BER whose first member is the number 3, the version of all PKCS#12 files.
fn is_pkcs12(data: &[u8]) -> bool {
    let [0x30, length, rest @ ..] = data else {
        return false;
    };
    let more = if *length > 0x80 { usize::from(length & 0x7f) } else { 0 };
    rest.get(more..).is_some_and(|content| content.starts_with(&[0x02, 0x01, 0x03]))
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
fn order(
    certificates: &[X509Certificate<'_>],
    public_half: Option<&[u8]>,
) -> Result<Vec<usize>, Error> {
    if certificates.is_empty() {
        return Err(IdentityFault::NoCertificate.into());
    }
    let issued_by = |child: usize, parent: usize| {
        child != parent
            && certificates[child].issuer().as_raw() == certificates[parent].subject().as_raw()
    };
    let all = 0..certificates.len();
    let candidates: Vec<usize> = match public_half {
        Some(key) => {
            all.clone().filter(|&own| key::public_half_of(&certificates[own]) == key).collect()
        }
        // Then the TLS backend will find out whether it is the key's.
        None => {
            let issues_none = |parent: &usize| !all.clone().any(|child| issued_by(child, *parent));
            let mut leaves: Vec<usize> = all.clone().filter(issues_none).collect();
            // A root in the file that issued none of the others is no candidate.
            if leaves.len() > 1 {
                leaves.retain(|&leaf| !certificates[leaf].is_ca());
            }
            leaves
        }
    };
    let own = match candidates[..] {
        [own] => own,
        [] if public_half.is_some() => return Err(no_match(certificates)),
        _ => return Err(IdentityFault::AmbiguousChain.into()),
    };
    let mut chain = vec![own];
    let mut last = own;
    while let Some(parent) =
        all.clone().find(|&parent| issued_by(last, parent) && !chain.contains(&parent))
    {
        chain.push(parent);
        last = parent;
    }
    Ok(chain)
}

/// The key belongs to none of these.
fn no_match(certificates: &[X509Certificate<'_>]) -> Error {
    let are_issuers = certificates.iter().all(|certificate| certificate.is_ca());
    mismatch(are_issuers.then(|| certificate::name(&certificates[0])).as_deref())
}

/// Names the issuer whose certificate was taken for the client's.
fn mismatch(issuer: Option<&str>) -> Error {
    match issuer {
        Some(name) => Error::from(IdentityFault::IssuerCertificate).with_detail(name),
        None => IdentityFault::KeyMismatch.into(),
    }
}

/// A key with a long chain takes some 20 KiB.
const MAX_FILE_BYTES: usize = 1024 * 1024;

const EXPORT_AGAIN: &str = "the PKCS#12 file is protected in an outdated way: export it again, \
     with OpenSSL 3 by `openssl pkcs12 -legacy -in old.p12 -out new.pem` and \
     `openssl pkcs12 -export -in new.pem -out new.p12`";
