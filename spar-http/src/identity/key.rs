//! Private keys, and to which certificate one belongs.

use pkcs8::der::asn1::{AnyRef, BitStringRef, ContextSpecific, OctetStringRef};
use pkcs8::der::{self, Decode, Encode, Reader, SliceReader, Tag, TagNumber};
use pkcs8::{ObjectIdentifier, PrivateKeyInfoRef};
use rustls_pki_types::PrivateKeyDer;
use x509_parser::prelude::X509Certificate;
use zeroize::Zeroizing;

#[cfg_attr(
    not(any(feature = "rustls-aws-lc-rs", feature = "rustls-ring", feature = "openssl")),
    allow(dead_code, reason = "read by the TLS backends only")
)]
pub(crate) enum Key {
    Der(Zeroizing<PrivateKeyDer<'static>>),
    /// In hardware, or otherwise where it cannot be read.
    #[cfg(any(feature = "rustls-aws-lc-rs", feature = "rustls-ring"))]
    Signer(std::sync::Arc<dyn rustls::sign::SigningKey>),
}

/// The public half of a private key, as far as it is written down in it: always for RSA, nearly
/// always for elliptic curves, seldom for Ed25519. Comparable with that of a certificate.
pub(super) fn public_half(key: &PrivateKeyDer<'_>) -> Option<Vec<u8>> {
    match key {
        PrivateKeyDer::Pkcs1(key) => rsa_public_half(key.secret_pkcs1_der()).ok(),
        PrivateKeyDer::Sec1(key) => ec_public_half(key.secret_sec1_der()).ok().flatten(),
        PrivateKeyDer::Pkcs8(key) => {
            let info = PrivateKeyInfoRef::try_from(key.secret_pkcs8_der()).ok()?;
            match info.algorithm.oid {
                RSA => rsa_public_half(info.private_key.as_bytes()).ok(),
                EC => ec_public_half(info.private_key.as_bytes()).ok().flatten(),
                _ => info.public_key.map(|key| key.raw_bytes().to_vec()),
            }
        }
        _ => None,
    }
}

/// The public half that a certificate speaks of.
pub(super) fn public_half_of<'c>(certificate: &'c X509Certificate<'_>) -> &'c [u8] {
    &certificate.public_key().subject_public_key.data
}

/// PKCS#1: version, modulus, public exponent, then what is secret. The public key is a sequence of
/// modulus and exponent.
fn rsa_public_half(der: &[u8]) -> der::Result<Vec<u8>> {
    let key = AnyRef::from_der(der)?;
    let mut reader = SliceReader::new(key.value())?;
    u8::decode(&mut reader)?;
    let (modulus, exponent) = (reader.tlv_bytes()?, reader.tlv_bytes()?);
    AnyRef::new(Tag::Sequence, &[modulus, exponent].concat())?.to_der()
}

/// SEC1: version, the secret number, then the curve and the public point if the writer liked.
fn ec_public_half(der: &[u8]) -> der::Result<Option<Vec<u8>>> {
    let key = AnyRef::from_der(der)?;
    let mut reader = SliceReader::new(key.value())?;
    u8::decode(&mut reader)?;
    <&OctetStringRef>::decode(&mut reader)?;
    ContextSpecific::<AnyRef<'_>>::decode_explicit(&mut reader, TagNumber(0))?;
    let point = ContextSpecific::<BitStringRef<'_>>::decode_explicit(&mut reader, TagNumber(1))?;
    Ok(point.map(|point| point.value.raw_bytes().to_vec()))
}

const RSA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");
const EC: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.2.1");
