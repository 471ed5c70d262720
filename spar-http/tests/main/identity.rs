//! Reading certificates and keys.

use std::time::{Duration, SystemTime};

use spar_http::{Error, ErrorKind, Identity, IdentityFault, Sent};

use crate::peer::assert_silent;
use crate::pki::{Authority, expired, key};

pub(crate) fn fault(error: &Error) -> Option<IdentityFault> {
    assert_silent(error);
    assert_eq!(error.sent(), Sent::No);
    match error.kind() {
        ErrorKind::Identity(fault) => Some(fault),
        _ => None,
    }
}

// TLS-37
#[test]
fn identities_that_cannot_work_are_refused() {
    let root = Authority::new("root");
    let client = root.client("client");
    let (certificate, key_pem) = (&client.certificate, client.key_pem());
    let encrypted = key_pem.replace("PRIVATE KEY", "ENCRYPTED PRIVATE KEY");
    let legacy = "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n\
                  DEK-Info: DES-EDE3-CBC,0123456789ABCDEF\n\nMARKER=\n\
                  -----END RSA PRIVATE KEY-----\n";
    let broken =
        key_pem.replace("-----BEGIN PRIVATE KEY-----\n", "-----BEGIN PRIVATE KEY----- MARKER\n");
    let rows: &[(&str, String, IdentityFault)] = &[
        ("empty", String::new(), IdentityFault::NoKey),
        ("certificate only", certificate.clone(), IdentityFault::NoKey),
        ("key only", key_pem.clone(), IdentityFault::NoCertificate),
        ("two keys", client.pem() + &key().serialize_pem(), IdentityFault::SeveralKeys),
        ("encrypted", certificate.clone() + &encrypted, IdentityFault::EncryptedKey),
        (
            "encrypted, CRLF",
            (certificate.clone() + &encrypted).replace('\n', "\r\n"),
            IdentityFault::EncryptedKey,
        ),
        ("legacy", certificate.clone() + legacy, IdentityFault::LegacyEncryptedKey),
        ("broken start", certificate.clone() + &broken, IdentityFault::Malformed),
        (
            "no end",
            certificate.clone() + "-----BEGIN PRIVATE KEY-----\nMARKER\n",
            IdentityFault::Malformed,
        ),
        (
            "not a certificate",
            "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n".to_owned() + &key_pem,
            IdentityFault::Malformed,
        ),
        (
            "two of one's own",
            client.pem() + &root.client("other").certificate,
            IdentityFault::AmbiguousChain,
        ),
    ];
    for (name, pem, expected) in rows {
        let error = Identity::from_pem(pem.as_bytes()).expect_err(name);
        assert_eq!(fault(&error), Some(*expected), "{name}");
    }
    for pem in [certificate.clone() + &encrypted, certificate.clone() + legacy] {
        let error = Identity::from_pem(pem.as_bytes()).expect_err("encrypted");
        assert!(error.to_string().contains("openssl pk"), "{error}");
    }
}

// TLS-31, TLS-37
#[test]
fn chains_are_found_in_any_order() {
    let root = Authority::new("root");
    let middle = root.intermediate("middle");
    let client = middle.client("client");
    let own = &client.certificate;
    let bag = "Bag Attributes\n    localKeyID: 01 02\nsubject=CN = client\n\n";
    let stranger = Authority::new("stranger").pem();
    let rows: &[(&str, String, usize)] = &[
        ("leaf only", own.clone(), 1),
        ("leaf and issuer", own.clone() + &middle.pem(), 2),
        ("all", own.clone() + &middle.pem() + &root.pem(), 3),
        ("all, backwards", root.pem() + &middle.pem() + own, 3),
        ("twice", own.clone() + own + &middle.pem() + &middle.pem(), 2),
        ("with a stranger", stranger + own + &middle.pem(), 2),
        ("root without issuer", root.pem() + own, 1),
    ];
    for (name, certificates, length) in rows {
        let pem = format!("{bag}{}{bag}{}", client.key_pem(), certificates);
        for pem in [pem.clone(), pem.replace('\n', "\r\n"), format!("\u{feff}{pem}")] {
            let identity = Identity::from_pem(pem.as_bytes()).expect(name);
            assert_eq!(identity.chain_len(), *length, "{name}");
        }
        let parts = Identity::from_pem_parts(certificates.as_bytes(), client.key_pem().as_bytes());
        assert_eq!(parts.expect(name).chain_len(), *length, "{name}");
    }
}

// TLS-08: known before the first call.
#[test]
fn validity_is_known() {
    let client = Authority::new("root").client_with("client", key(), expired);
    let identity = Identity::from_pem(client.pem().as_bytes()).expect("identity");
    let at = |seconds| SystemTime::UNIX_EPOCH + Duration::from_secs(seconds);
    assert_eq!(identity.not_before(), at(1_577_836_800));
    assert_eq!(identity.not_after(), at(1_609_459_200));
}

// TLS-23
#[test]
fn debug_shows_nothing() {
    let client = Authority::new("root").client("client");
    let identity = Identity::from_pem(client.pem().as_bytes()).expect("identity");
    assert_eq!(format!("{identity:?}"), "Identity(<redacted>)");
    let builder = spar_http::Client::builder().identity(identity);
    let shown = format!("{builder:?} {builder:#?}");
    let decimal: Vec<_> = client.key.serialized_der()[40..48].iter().map(u8::to_string).collect();
    for secret in [&client.key_pem()[40..60], &client.certificate[100..120], &decimal.join(", ")] {
        assert!(!shown.contains(secret), "{shown}");
    }
}
