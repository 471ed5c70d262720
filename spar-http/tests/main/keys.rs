//! Which certificate a key belongs to: told by the key, or else by the TLS backend; all say the same.

use rcgen::{KeyPair, PKCS_ECDSA_P256_SHA256, PKCS_ED25519};
use spar_http::{Client, Identity, IdentityFault, Roots, TlsBackend};

use crate::identity::fault;
use crate::pki::{Authority, pem, rsa_key};

/// All before anything is connected.
#[test]
fn keys_are_compared_with_certificates() {
    let root = Authority::new("root");
    let (client, other) = (root.client("client"), root.client("other"));
    let rsa = root.client_with("rsa", rsa_key(), |_| ());
    let ecdsa = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256).expect("ECDSA");
    let ecdsa = root.client_with("ecdsa", ecdsa, |_| ());
    let ed25519 = KeyPair::generate_for(&PKCS_ED25519).expect("Ed25519");
    let ed25519 = root.client_with("ed25519", ed25519, |_| ());
    let pkcs1 = pem("RSA PRIVATE KEY", inner_key(rsa.key.serialized_der()));
    let sec1 = pem("EC PRIVATE KEY", &with_curve(inner_key(ecdsa.key.serialized_der())));
    let parameters =
        "-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n";
    // Without its public half, as OpenSSL writes them: only calculation tells whose it is.
    let seed_alone =
        pem("PRIVATE KEY", &[ED25519, inner_key(ed25519.key.serialized_der())].concat());
    let nonsense = "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n";
    let certificate = &client.certificate;
    let mismatch = Some(IdentityFault::KeyMismatch);
    let rows: &[(&str, String, Option<IdentityFault>)] = &[
        ("PKCS#8", client.pem(), None),
        ("PKCS#8 RSA", rsa.pem(), None),
        ("PKCS#8 Ed25519", ed25519.pem(), None),
        ("PKCS#8 Ed25519 without public half", ed25519.certificate + &seed_alone, None),
        ("PKCS#1", rsa.certificate.clone() + &pkcs1, None),
        ("SEC1", ecdsa.certificate + parameters + &sec1, None),
        ("the second certificate", other.certificate.clone() + &client.pem(), None),
        // TLS-09
        ("other key", certificate.clone() + &other.key_pem(), mismatch),
        ("other kind of key", certificate.clone() + &rsa.key_pem(), mismatch),
        ("other PKCS#1 key", certificate.clone() + &pkcs1, mismatch),
        ("other SEC1 key", certificate.clone() + &sec1, mismatch),
        ("other key without public half", certificate.clone() + &seed_alone, mismatch),
        // TLS-37
        ("issuer", root.pem() + &client.key_pem(), Some(IdentityFault::IssuerCertificate)),
        (
            "issuer, key without public half",
            root.pem() + &seed_alone,
            Some(IdentityFault::IssuerCertificate),
        ),
        ("self-signed", root.pem() + &root.key_pem(), None),
        ("not a key", certificate.clone() + nonsense, Some(IdentityFault::UnsupportedKey)),
    ];
    for (name, pem, expected) in rows {
        for &backend in TlsBackend::compiled() {
            let roots = Roots::from_pem(root.pem().as_bytes()).expect("roots");
            let builder = Client::builder().tls_backend(backend).roots(roots);
            let result = Identity::from_pem(pem.as_bytes())
                .and_then(|identity| builder.identity(identity).build());
            let error = result.err();
            // OpenSSL 3.0 reads no PKCS#8 of version 2, the one with a public half.
            let is_unread = backend == TlsBackend::OpenSsl && *name == "PKCS#8 Ed25519";
            let expected = if is_unread { &Some(IdentityFault::UnsupportedKey) } else { expected };
            assert_eq!(error.as_ref().and_then(fault), *expected, "{name} {backend:?}");
            if *expected == Some(IdentityFault::IssuerCertificate) {
                let text = error.expect(name).to_string();
                assert!(text.ends_with(": CN=root"), "{name}: {text}");
            }
        }
    }
}

/// The key inside a PKCS#8 structure: version, algorithm, then an octet string.
fn inner_key(pkcs8: &[u8]) -> &[u8] {
    fn split(der: &[u8]) -> (&[u8], &[u8]) {
        let (start, length) = match der[1] {
            short @ 0..=127 => (2, usize::from(short)),
            0x81 => (3, usize::from(der[2])),
            _ => (4, usize::from(der[2]) << 8 | usize::from(der[3])),
        };
        der[start..].split_at(length)
    }
    let (content, _) = split(pkcs8);
    let (_, rest) = split(content);
    let (_, rest) = split(rest);
    split(rest).0
}

/// What precedes the octet string of the seed in PKCS#8 of version 1.
const ED25519: &[u8] = b"\x30\x2e\x02\x01\x00\x30\x05\x06\x03\x2b\x65\x70\x04\x22";

/// The key with its curve, P-256, which OpenSSL writes into it and PKCS#8 keeps outside.
fn with_curve(sec1: &[u8]) -> Vec<u8> {
    const CURVE: &[u8] = b"\xa0\x0a\x06\x08\x2a\x86\x48\xce\x3d\x03\x01\x07";
    // Before it: head, version, and the number of 32 bytes.
    let (start, rest) = sec1.split_at(2 + 3 + 34);
    let mut der = [start, CURVE, rest].concat();
    der[1] += u8::try_from(CURVE.len()).expect("length");
    der
}
