//! Keys and certificates from PEM text.

use pkcs8::der::{self, Tag};
use pkcs8::pkcs5::EncryptionScheme;
use pkcs8::pkcs5::pbes2::Kdf;
use pkcs8::{EncryptedPrivateKeyInfoRef, PrivateKeyInfoRef, pkcs5};
use rustls_pki_types::pem::{self, PemObject, SectionKind};
use rustls_pki_types::{
    CertificateDer, PrivateKeyDer, PrivatePkcs1KeyDer, PrivatePkcs8KeyDer, PrivateSec1KeyDer,
};
use zeroize::Zeroizing;

use crate::error::IdentityFault;
use crate::passphrase::Passphrase;

pub(super) fn is_pem(data: &[u8]) -> bool {
    data.windows(BEGIN.len()).any(|window| window == BEGIN)
}

/// The only private key in the text.
pub(super) fn read_key(
    text: &[u8],
    passphrase: Option<&Passphrase>,
) -> Result<Zeroizing<PrivateKeyDer<'static>>, IdentityFault> {
    // The parser stumbles over it.
    if has_line(text, b"Proc-Type: 4,ENCRYPTED") {
        return Err(IdentityFault::LegacyEncryptedKey);
    }
    // The parser skips sections of this kind, so they are called something it knows.
    let is_encrypted = has_line(text, b"-----BEGIN ENCRYPTED PRIVATE KEY-----");
    let renamed = String::from_utf8_lossy(text).replace(" ENCRYPTED PRIVATE KEY-", " PRIVATE KEY-");
    let renamed = Zeroizing::new(renamed);
    let mut found = None;
    for (kind, der) in sections(renamed.as_bytes())? {
        let key: PrivateKeyDer<'_> = match kind {
            SectionKind::PrivateKey => PrivatePkcs8KeyDer::from(der.to_vec()).into(),
            SectionKind::RsaPrivateKey => PrivatePkcs1KeyDer::from(der.to_vec()).into(),
            SectionKind::EcPrivateKey => PrivateSec1KeyDer::from(der.to_vec()).into(),
            _ => continue,
        };
        if found.replace(Zeroizing::new(key)).is_some() {
            return Err(IdentityFault::SeveralKeys);
        }
    }
    let key = found.ok_or(IdentityFault::NoKey)?;
    if is_encrypted { decrypt(key.secret_der(), passphrase) } else { Ok(key) }
}

pub(super) fn read_certificates(
    text: &[u8],
) -> Result<Vec<CertificateDer<'static>>, IdentityFault> {
    let mut certificates = Vec::new();
    for (kind, der) in sections(text)? {
        let certificate = CertificateDer::from(der.to_vec());
        if kind == SectionKind::Certificate && !certificates.contains(&certificate) {
            certificates.push(certificate);
        }
    }
    Ok(certificates)
}

/// PKCS#8 encrypted by PBES2.
fn decrypt(
    der: &[u8],
    passphrase: Option<&Passphrase>,
) -> Result<Zeroizing<PrivateKeyDer<'static>>, IdentityFault> {
    let encrypted = EncryptedPrivateKeyInfoRef::try_from(der).map_err(|error| match error {
        pkcs8::Error::Asn1(error) if is_unknown_algorithm(error) => {
            IdentityFault::UnsupportedEncryption
        }
        _ => IdentityFault::Malformed,
    })?;
    if !is_affordable(&encrypted.encryption_algorithm) {
        return Err(IdentityFault::UnsupportedEncryption);
    }
    let passphrase = passphrase.ok_or(IdentityFault::PassphraseRequired)?;
    let key = encrypted.decrypt(passphrase.as_str()).map_err(|error| match error {
        pkcs8::Error::EncryptedPrivateKey(pkcs5::Error::DecryptFailed) => {
            IdentityFault::WrongPassphrase
        }
        pkcs8::Error::EncryptedPrivateKey(_) => IdentityFault::UnsupportedEncryption,
        // A wrong passphrase may hit a valid end by chance and give nonsense.
        _ => IdentityFault::WrongPassphrase,
    })?;
    match PrivateKeyInfoRef::try_from(key.as_bytes()) {
        Ok(_) => Ok(Zeroizing::new(PrivatePkcs8KeyDer::from(key.as_bytes().to_vec()).into())),
        Err(_) => Err(IdentityFault::WrongPassphrase),
    }
}

/// The libraries know the names of the methods they support alone.
pub(super) fn is_unknown_algorithm(error: der::Error) -> bool {
    matches!(
        error.kind(),
        der::ErrorKind::OidUnknown { .. } | der::ErrorKind::Value { tag: Tag::ObjectIdentifier }
    )
}

/// The file says how much work and memory its passphrase takes.
fn is_affordable(scheme: &EncryptionScheme) -> bool {
    match scheme.pbes2().map(|parameters| &parameters.kdf) {
        Some(Kdf::Pbkdf2(parameters)) => parameters.iteration_count <= MAX_ITERATIONS,
        Some(Kdf::Scrypt(parameters)) => {
            let block = u64::from(parameters.block_size) * u64::from(parameters.parallelization);
            parameters.cost_parameter.saturating_mul(128 * block) <= MAX_SCRYPT_BYTES
        }
        _ => true,
    }
}

type Section = (SectionKind, Zeroizing<Vec<u8>>);

/// The parser's error quotes lines of the text, which may be those of a key. So it is not kept.
fn sections(text: &[u8]) -> Result<Vec<Section>, IdentityFault> {
    <(SectionKind, Vec<u8>)>::pem_slice_iter(without_mark(text))
        .map(|section| section.map(|(kind, der)| (kind, Zeroizing::new(der))))
        .collect::<Result<_, pem::Error>>()
        .map_err(|_| IdentityFault::Malformed)
}

fn has_line(text: &[u8], line: &[u8]) -> bool {
    let mut lines = without_mark(text).split(|byte| matches!(byte, b'\n' | b'\r'));
    lines.any(|found| found.trim_ascii_end() == line)
}

/// Without the byte order mark that some editors write.
fn without_mark(text: &[u8]) -> &[u8] {
    text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text)
}

const BEGIN: &[u8] = b"-----BEGIN ";

/// OpenSSL's default is 2,048; a careful person takes a million. Ten times that is some seconds.
const MAX_ITERATIONS: u32 = 10_000_000;

/// OpenSSL's default for scrypt takes 16 MiB.
const MAX_SCRYPT_BYTES: u64 = 1024 * 1024 * 1024;
