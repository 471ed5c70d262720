//! Whether a key belongs to a certificate is for the TLS backend to say; all say the same.

use std::fmt::Write as _;

use rcgen::{KeyPair, PKCS_ECDSA_P256_SHA256, PKCS_ED25519};
use spar_http::{Client, Identity, IdentityFault, Roots, TlsBackend};

use crate::identity::fault;
use crate::pki::{Authority, rsa_key};

#[test]
fn keys_are_compared_when_the_client_is_built() {
    let root = Authority::new("root");
    let (client, other) = (root.client("client"), root.client("other"));
    let rsa = root.client_with("rsa", rsa_key(), |_| ());
    let ecdsa = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256).expect("ECDSA");
    let ecdsa = root.client_with("ecdsa", ecdsa, |_| ());
    let ed25519 = KeyPair::generate_for(&PKCS_ED25519).expect("Ed25519");
    // As `openssl genpkey` writes it, without the public key that rcgen adds.
    let seed = &ed25519.serialized_der()[16..48];
    let start = b"\x30\x2e\x02\x01\x00\x30\x05\x06\x03\x2b\x65\x70\x04\x22\x04\x20";
    let ed25519_key = pem("PRIVATE KEY", &[start, seed].concat());
    let ed25519 = root.client_with("ed25519", ed25519, |_| ());
    let pkcs1 = pem("RSA PRIVATE KEY", inner_key(rsa.key.serialized_der()));
    let sec1 = pem("EC PRIVATE KEY", &with_curve(inner_key(ecdsa.key.serialized_der())));
    let parameters =
        "-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n";
    let nonsense = "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n";
    let rows: &[(&str, String, Option<IdentityFault>)] = &[
        ("PKCS#8", client.pem(), None),
        ("PKCS#8 RSA", rsa.pem(), None),
        ("PKCS#8 Ed25519", ed25519.certificate + &ed25519_key, None),
        ("PKCS#1", rsa.certificate.clone() + &pkcs1, None),
        ("SEC1", ecdsa.certificate + parameters + &sec1, None),
        // TLS-09
        (
            "other key",
            client.certificate.clone() + &other.key_pem(),
            Some(IdentityFault::KeyMismatch),
        ),
        (
            "other kind of key",
            client.certificate.clone() + &rsa.key_pem(),
            Some(IdentityFault::KeyMismatch),
        ),
        // TLS-37
        ("issuer", root.pem() + &client.key_pem(), Some(IdentityFault::IssuerCertificate)),
        ("self-signed", root.pem() + &root.key_pem(), None),
        ("not a key", client.certificate + nonsense, Some(IdentityFault::UnsupportedKey)),
    ];
    for (name, pem, expected) in rows {
        for &backend in TlsBackend::compiled() {
            let identity = Identity::from_pem(pem.as_bytes()).expect(name);
            let roots = Roots::from_pem(root.pem().as_bytes()).expect("roots");
            let builder = Client::builder().tls_backend(backend).roots(roots).identity(identity);
            let result = builder.build();
            assert_eq!(result.err().as_ref().and_then(fault), *expected, "{name} {backend:?}");
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

/// The key with its curve, P-256, which OpenSSL writes into it and PKCS#8 keeps outside.
fn with_curve(sec1: &[u8]) -> Vec<u8> {
    const CURVE: &[u8] = b"\xa0\x0a\x06\x08\x2a\x86\x48\xce\x3d\x03\x01\x07";
    // Before it: head, version, and the number of 32 bytes.
    let (start, rest) = sec1.split_at(2 + 3 + 34);
    let mut der = [start, CURVE, rest].concat();
    der[1] += u8::try_from(CURVE.len()).expect("length");
    der
}

fn pem(label: &str, der: &[u8]) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = format!("-----BEGIN {label}-----\n");
    for line in der.chunks(48) {
        for chunk in line.chunks(3) {
            let bits = chunk.iter().fold(0, |bits, &byte| bits << 8 | u32::from(byte))
                << (8 * (3 - chunk.len()));
            for place in 0..4 {
                let six = bits >> (18 - 6 * place) & 63;
                let letter = if place > chunk.len() { b'=' } else { ALPHABET[six as usize] };
                text.push(char::from(letter));
            }
        }
        text.push('\n');
    }
    let _ = writeln!(text, "-----END {label}-----");
    text
}
