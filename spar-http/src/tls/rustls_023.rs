//! What takes types of rustls 0.23.

use rustls::InconsistentKeys;
use rustls::sign::CertifiedKey;

use crate::error::{Error, IdentityFault};
use crate::identity::Identity;

/// An identity whose private key stays where it is, in a smart card, an HSM or a service of keys:
/// rustls asks the [`SigningKey`](rustls::sign::SigningKey) for the one signature of each handshake.
///
/// The chain is sent as it is, the client's own certificate first. Everything else is as with an
/// identity that was read from a file: its dates are looked at, a proxy may lie between, it can be
/// replaced, and the server is verified as ever.
///
/// `sign` is called while the handshake is driven, so one that waits for hardware blocks a thread of
/// the runtime.
///
/// ```no_run
/// use std::sync::Arc;
///
/// use rustls::pki_types::CertificateDer;
/// use rustls::pki_types::pem::PemObject;
/// use rustls::sign::{CertifiedKey, Signer, SigningKey};
/// use rustls::{SignatureAlgorithm, SignatureScheme};
/// use spar_http::Client;
/// use spar_http::tls::rustls_023;
///
/// # mod hsm { pub fn sign(_: &[u8]) -> Result<Vec<u8>, std::io::Error> { Ok(Vec::new()) } }
/// /// An RSA key behind a function that signs.
/// #[derive(Debug)]
/// struct Hsm;
///
/// impl SigningKey for Hsm {
///     fn choose_scheme(&self, offered: &[SignatureScheme]) -> Option<Box<dyn Signer>> {
///         offered.contains(&SignatureScheme::RSA_PSS_SHA256).then(|| Box::new(Self) as _)
///     }
///
///     fn algorithm(&self) -> SignatureAlgorithm {
///         SignatureAlgorithm::RSA
///     }
/// }
///
/// impl Signer for Hsm {
///     fn sign(&self, message: &[u8]) -> Result<Vec<u8>, rustls::Error> {
///         hsm::sign(message).map_err(|error| rustls::Error::General(error.to_string()))
///     }
///
///     fn scheme(&self) -> SignatureScheme {
///         SignatureScheme::RSA_PSS_SHA256
///     }
/// }
///
/// # fn run(pem: &[u8]) -> Result<(), Box<dyn std::error::Error>> {
/// let chain = CertificateDer::pem_slice_iter(pem).collect::<Result<_, _>>()?;
/// let identity = rustls_023::identity(CertifiedKey::new(chain, Arc::new(Hsm)))?;
/// let client = Client::builder().identity(identity).build()?;
/// # Ok(())
/// # }
/// ```
///
/// # Errors
///
/// [`ErrorKind::Identity`](crate::ErrorKind::Identity) if there is no certificate, if one is
/// corrupt, or if the signer names a public key that is not the certificate's.
pub fn identity(key: CertifiedKey) -> Result<Identity, Error> {
    let matches = key.keys_match();
    let identity = Identity::with_signer(&key.cert, key.key)?;
    match matches {
        // Signers need not name their public key.
        Ok(()) | Err(rustls::Error::InconsistentKeys(InconsistentKeys::Unknown)) => Ok(identity),
        Err(rustls::Error::InconsistentKeys(_)) => Err(identity.mismatch()),
        Err(error) => Err(Error::from(IdentityFault::Malformed).with_source(error)),
    }
}
