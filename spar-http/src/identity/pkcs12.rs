//! Keys and certificates from PKCS#12 files.

use p12_keystore::Pkcs12Archive;
use p12_keystore::error::Error as Pkcs12Error;
use rustls_pki_types::{CertificateDer, PrivatePkcs8KeyDer};
use tracing::warn;
use zeroize::Zeroizing;

use super::{EXPORT_AGAIN, Identity, pem};
use crate::error::{Error, IdentityFault};
use crate::passphrase::Passphrase;

pub(super) fn read(data: &[u8], passphrase: Option<&Passphrase>) -> Result<Identity, Error> {
    let text = passphrase.map_or("", Passphrase::as_str);
    let archive = Pkcs12Archive::from_pkcs12(data, text)
        .map_err(|error| judge(&error, passphrase.is_some()))?;
    let key = match &archive.keys[..] {
        [bag] => Zeroizing::new(PrivatePkcs8KeyDer::from(bag.key.as_der().to_vec()).into()),
        [] => return Err(IdentityFault::NoKey.into()),
        _ => return Err(IdentityFault::SeveralKeys.into()),
    };
    let mut certificates: Vec<CertificateDer<'static>> = Vec::new();
    for bag in &archive.certs {
        let certificate = CertificateDer::from(bag.cert.as_der().to_vec());
        if !certificates.contains(&certificate) {
            certificates.push(certificate);
        }
    }
    let is_legacy = is_legacy(data);
    if is_legacy {
        warn!("{EXPORT_AGAIN}");
    }
    Identity::assemble(key, &certificates, is_legacy)
}

fn judge(error: &Pkcs12Error, has_passphrase: bool) -> IdentityFault {
    match error {
        Pkcs12Error::MacError(_) | Pkcs12Error::Pkcs5Error(_) | Pkcs12Error::UnpadError => {
            // Many files have the empty passphrase, so that was tried.
            if has_passphrase {
                IdentityFault::WrongPassphrase
            } else {
                IdentityFault::PassphraseRequired
            }
        }
        Pkcs12Error::UnsupportedEncryptionScheme
        | Pkcs12Error::UnsupportedMacAlgorithm
        // More rounds than the library is willing to do.
        | Pkcs12Error::InvalidParameters => IdentityFault::UnsupportedEncryption,
        Pkcs12Error::DerError(error) if pem::is_unknown_algorithm(*error) => {
            IdentityFault::UnsupportedEncryption
        }
        _ => IdentityFault::Malformed,
    }
}

/// The library does not tell by what the file is encrypted, but its methods are named in the clear.
fn is_legacy(data: &[u8]) -> bool {
    let names = |name: &[u8]| data.windows(name.len()).any(|window| window == name);
    names(PKCS12_PBE) || names(SHA_1)
}

/// The object identifiers of PKCS#12's own methods, 3DES and RC2 among them, without the last
/// number: 1.2.840.113549.1.12.1.
const PKCS12_PBE: &[u8] = b"\x06\x0a\x2a\x86\x48\x86\xf7\x0d\x01\x0c\x01";

/// The object identifier 1.3.14.3.2.26.
const SHA_1: &[u8] = b"\x06\x05\x2b\x0e\x03\x02\x1a";
