//! Reading certificates and keys.

use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use pkcs8::der::Encode;
use pkcs8::der::asn1::OctetString;
use pkcs8::pkcs5::EncryptionScheme as Scheme;
use pkcs8::pkcs5::pbes2::{EncryptionScheme, Kdf, Parameters, Pbkdf2Params, Pbkdf2Prf};
use pkcs8::pkcs5::scrypt;
use pkcs8::{EncryptedPrivateKeyInfoOwned, pkcs5};
use spar_http::{Error, ErrorKind, Identity, IdentityFault, Passphrase, Sent};

use crate::openssl::openssl;
use crate::peer::assert_silent;
use crate::pki::{Authority, Issued, expired, key, pem};

/// The fault, and that the error says nothing it must not.
pub(crate) fn fault(error: &Error) -> Option<IdentityFault> {
    assert_silent(error);
    assert_eq!(error.sent(), Sent::No);
    match error.kind() {
        ErrorKind::Identity(fault) => {
            assert!(error.hint().is_some(), "{fault:?}");
            Some(fault)
        }
        _ => None,
    }
}

/// Holds the marker, so that it would be noticed in an error.
pub(crate) fn passphrase() -> Passphrase {
    Passphrase::new(PASSPHRASE.to_owned())
}

pub(crate) const PASSPHRASE: &str = "MARKER räksmörgås";

// TLS-37
#[test]
fn identities_that_cannot_work_are_refused() {
    let root = Authority::new("root");
    let client = root.client("client");
    let (certificate, key_pem) = (&client.certificate, client.key_pem());
    let damaged = key_pem.replace("PRIVATE KEY", "ENCRYPTED PRIVATE KEY");
    let legacy = "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n\
                  DEK-Info: DES-EDE3-CBC,0123456789ABCDEF\n\nMARKER=\n\
                  -----END RSA PRIVATE KEY-----\n";
    let broken =
        key_pem.replace("-----BEGIN PRIVATE KEY-----\n", "-----BEGIN PRIVATE KEY----- MARKER\n");
    let renewed = root.client_with("renewed", clone(&client), |_| ());
    let rows: &[(&str, String, IdentityFault)] = &[
        ("empty", String::new(), IdentityFault::UnknownFormat),
        ("text", "MARKER".to_owned(), IdentityFault::UnknownFormat),
        ("certificate only", certificate.clone(), IdentityFault::NoKey),
        ("key only", key_pem.clone(), IdentityFault::NoCertificate),
        ("two keys", client.pem() + &key().serialize_pem(), IdentityFault::SeveralKeys),
        (
            "two keys, one encrypted",
            client.pem() + &encrypt(&client, &aes_256()),
            IdentityFault::SeveralKeys,
        ),
        ("legacy", certificate.clone() + legacy, IdentityFault::LegacyEncryptedKey),
        (
            "legacy, CRLF",
            (certificate.clone() + legacy).replace('\n', "\r\n"),
            IdentityFault::LegacyEncryptedKey,
        ),
        ("not what it says", certificate.clone() + &damaged, IdentityFault::Malformed),
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
            "two certificates of one key",
            client.pem() + &renewed.certificate,
            IdentityFault::AmbiguousChain,
        ),
    ];
    for (name, pem, expected) in rows {
        let error = Identity::from_bytes(pem.as_bytes(), None).expect_err(name);
        assert_eq!(fault(&error), Some(*expected), "{name}");
    }
    let error = Identity::from_pem((certificate.clone() + legacy).as_bytes()).expect_err("legacy");
    assert!(error.to_string().contains("openssl pkcs8"), "{error}");
    let der = client.certificate_der();
    let error = Identity::from_bytes(&der, None).expect_err("a certificate in DER");
    assert_eq!(fault(&error), Some(IdentityFault::UnknownFormat));
}

#[cfg(not(feature = "pkcs12"))]
#[test]
fn pkcs12_needs_its_feature() {
    // The start of what OpenSSL writes.
    let error = Identity::from_bytes(b"\x30\x82\x0a\x2f\x02\x01\x03", None).expect_err("PKCS#12");
    assert_eq!(fault(&error), Some(IdentityFault::UnknownFormat));
    assert!(error.hint().expect("hint").contains("feature pkcs12"));
}

/// What becomes of a certificate with this key, with the right passphrase, a wrong one and none.
fn check_encrypted(name: &str, client: &Issued, key: &str, expected: Option<IdentityFault>) {
    let bag = "Bag Attributes\n    friendlyName: N\u{e4}mnden\nKey Attributes: <No Attributes>\n";
    let pem = format!("{bag}{key}{bag}{}", client.certificate);
    let read = |passphrase: Option<&Passphrase>| {
        let result = Identity::from_bytes(pem.as_bytes(), passphrase);
        result.err().as_ref().and_then(fault)
    };
    assert_eq!(read(Some(&passphrase())), expected, "{name}");
    // Bag attributes need not be UTF-8.
    let latin_1: Vec<u8> = pem.chars().map(|c| u8::try_from(c).expect("Latin-1")).collect();
    let result = Identity::from_bytes(&latin_1, Some(&passphrase()));
    assert_eq!(result.err().as_ref().and_then(fault), expected, "{name}");
    if expected.is_none() {
        let wrong = Passphrase::new("another MARKER".to_owned());
        assert_eq!(read(Some(&wrong)), Some(IdentityFault::WrongPassphrase), "{name}");
        assert_eq!(read(None), Some(IdentityFault::PassphraseRequired), "{name}");
    }
}

// TLS-37
#[test]
fn encrypted_keys_are_opened() {
    let client = Authority::new("root").client("client");
    let pbkdf2 = |prf, iteration_count| {
        let salt = Pbkdf2Params::hmac_sha256(1, b"saltsalt").expect("salt").salt;
        Kdf::Pbkdf2(Pbkdf2Params { salt, iteration_count, key_length: None, prf })
    };
    let scrypt = |log_n| {
        let cost = scrypt::Params::new(log_n, 8, 1).expect("cost");
        Parameters::generate_scrypt_aes256cbc(cost, b"saltsalt", [7; 16]).expect("scrypt")
    };
    let aes_128 = EncryptionScheme::Aes128Cbc { iv: [7; 16] };
    let des = EncryptionScheme::DesEde3Cbc { iv: [7; 8] };
    let with = |kdf, encryption| Parameters { kdf, encryption };
    // What it takes is refused before it is spent, so the right numbers are put in afterwards.
    let expensive = |parameters: Parameters| {
        let mut costly = parameters.clone();
        costly.kdf = match parameters.kdf {
            Kdf::Pbkdf2(kdf) => Kdf::Pbkdf2(Pbkdf2Params { iteration_count: 10_000_001, ..kdf }),
            Kdf::Scrypt(kdf) => {
                Kdf::Scrypt(pkcs5::pbes2::ScryptParams { cost_parameter: 1 << 21, ..kdf })
            }
            _ => unreachable!("two kinds"),
        };
        costly
    };
    let unsupported = Some(IdentityFault::UnsupportedEncryption);
    let rows = [
        ("AES-256", aes_256(), None),
        ("AES-128, HMAC-SHA-512", with(pbkdf2(Pbkdf2Prf::HmacWithSha512, 10), aes_128), None),
        ("3DES, HMAC-SHA-1", with(pbkdf2(Pbkdf2Prf::HmacWithSha1, 2048), des), None),
        ("scrypt", scrypt(4), None),
        ("many iterations", expensive(aes_256()), unsupported),
        ("much memory", expensive(scrypt(4)), unsupported),
    ];
    for (name, parameters, expected) in rows {
        check_encrypted(name, &client, &encrypt(&client, &parameters), expected);
    }
    // Now and then a wrong passphrase gives nonsense with a valid end.
    let hasty = with(pbkdf2(Pbkdf2Prf::HmacWithSha256, 1), aes_128);
    let pem = client.certificate.clone() + &encrypt(&client, &hasty);
    for number in 0..1000 {
        let wrong = Passphrase::new(number.to_string());
        let error = Identity::from_bytes(pem.as_bytes(), Some(&wrong)).expect_err("wrong");
        assert_eq!(fault(&error), Some(IdentityFault::WrongPassphrase), "{number}");
    }
    // One that is not needed does no harm.
    Identity::from_bytes(client.pem().as_bytes(), Some(&passphrase())).expect("clear key");
}

// TLS-37: what OpenSSL writes.
#[test]
fn keys_encrypted_by_openssl_are_opened() {
    let rsa = rcgen::KeyPair::generate_rsa_for(&rcgen::PKCS_RSA_SHA256, rcgen::RsaKeySize::_2048);
    let client = Authority::new("root").client_with("client", rsa.expect("RSA"), |_| ());
    let out = format!("pass:{PASSPHRASE}");
    let rows: &[(&[&str], Option<IdentityFault>)] = &[
        (&["pkcs8", "-topk8"], None),
        (&["pkcs8", "-topk8", "-v2", "aes-256-cbc"], None),
        (&["pkcs8", "-topk8", "-v2", "des3", "-v2prf", "hmacWithSHA1"], None),
        (&["pkcs8", "-topk8", "-scrypt", "-scrypt_N", "1024"], None),
        (&["pkcs8", "-topk8", "-v1", "PBE-SHA1-3DES"], Some(IdentityFault::UnsupportedEncryption)),
        (
            &["pkcs8", "-topk8", "-v2", "camellia-256-cbc"],
            Some(IdentityFault::UnsupportedEncryption),
        ),
        (&["rsa", "-traditional", "-aes256"], Some(IdentityFault::LegacyEncryptedKey)),
    ];
    for (arguments, expected) in rows {
        let arguments = [arguments, &["-passout", &out][..]].concat();
        let Some(key) = openssl(&arguments, &client.key_pem()) else {
            return;
        };
        let key = String::from_utf8(key).expect("PEM");
        check_encrypted(&arguments.join(" "), &client, &key, *expected);
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
    let other = middle.client("other").certificate;
    let rows: &[(&str, String, &[&str])] = &[
        ("leaf only", own.clone(), &["client"]),
        ("leaf and issuer", own.clone() + &middle.pem(), &["client", "middle"]),
        ("all", own.clone() + &middle.pem() + &root.pem(), &["client", "middle", "root"]),
        ("all, backwards", root.pem() + &middle.pem() + own, &["client", "middle", "root"]),
        ("twice", own.clone() + own + &middle.pem() + &middle.pem(), &["client", "middle"]),
        ("with a stranger", stranger + own + &middle.pem(), &["client", "middle"]),
        ("with another's", other + &middle.pem() + own, &["client", "middle"]),
        ("root without issuer", root.pem() + own, &["client"]),
    ];
    for (name, certificates, expected) in rows {
        let check = |identity: Result<Identity, Error>| {
            let identity = identity.expect(name);
            let names: Vec<_> = identity.certificates().iter().map(|c| c.subject()).collect();
            let expected: Vec<_> = expected.iter().map(|name| format!("CN={name}")).collect();
            assert_eq!(names, expected, "{name}");
        };
        let pem = format!("{bag}{}{bag}{}", client.key_pem(), certificates);
        for pem in [pem.clone(), pem.replace('\n', "\r\n"), format!("\u{feff}{pem}")] {
            check(Identity::from_pem(pem.as_bytes()));
        }
        let key = client.key_pem();
        check(Identity::from_pem_parts(certificates.as_bytes(), key.as_bytes(), None));
    }
}

// TLS-08, TLS-35: known before the first call.
#[test]
fn certificates_speak_of_themselves() {
    let root = Authority::new("root");
    let client = root.client_with("client", key(), |params| {
        expired(params);
        params.serial_number = Some(vec![1, 0xab].into());
        let organization = rcgen::DnType::OrganizationName;
        params.distinguished_name.push(organization, "N\u{e4}mnden");
    });
    let identity = Identity::from_pem(client.pem().as_bytes()).expect("identity");
    let certificate = identity.certificate();
    assert_eq!(certificate.subject(), "CN=client, O=N\u{e4}mnden");
    assert_eq!(certificate.issuer(), "CN=root");
    assert_eq!(certificate.serial(), "01:ab");
    let at = |seconds| SystemTime::UNIX_EPOCH + Duration::from_secs(seconds);
    assert_eq!(certificate.not_before(), at(1_577_836_800));
    assert_eq!(certificate.not_before_utc(), "2020-01-01 00:00:00 UTC");
    assert_eq!(certificate.not_after(), at(1_609_459_200));
    assert_eq!(certificate.not_after_utc(), "2021-01-01 00:00:00 UTC");
    let day = 24 * 60 * 60;
    for (days, now, expected) in [
        (30, 1_609_459_200 - 30 * day, false),
        (30, 1_609_459_200 - 30 * day + 1, true),
        (0, 1_609_459_200, false),
        (0, 1_609_459_201, true),
        (u32::MAX, 0, true),
    ] {
        assert_eq!(certificate.expires_within(days, at(now)), expected, "{days} {now}");
    }
}

#[test]
fn files_are_named_in_errors() {
    let folder = tempfile::tempdir().expect("folder");
    let root = Authority::new("root");
    let (client, other) = (root.client("client"), root.client("other"));
    let file = |name: &str, content: &[u8]| -> PathBuf {
        let path = folder.path().join(name);
        std::fs::write(&path, content).expect("written");
        path
    };
    let both = file("both.pem", client.pem().as_bytes());
    let chain = file("chain.pem", client.certificate.as_bytes());
    let own = file("own.pem", client.key_pem().as_bytes());
    let foreign = file("foreign.pem", other.key_pem().as_bytes());
    let large = file("large.pem", &vec![b' '; 1024 * 1024 + 1]);
    let missing = folder.path().join("missing.pem");
    Identity::from_file(&both, None).expect("one file");
    Identity::from_files(&chain, &own, None).expect("two files");
    let rows = [
        (Identity::from_file(&missing, None), IdentityFault::Unreadable, vec!["missing.pem"]),
        (Identity::from_file(folder.path(), None), IdentityFault::Unreadable, vec![]),
        (Identity::from_file(&large, None), IdentityFault::Unreadable, vec!["large.pem"]),
        (Identity::from_file(&chain, None), IdentityFault::NoKey, vec!["chain.pem"]),
        (
            Identity::from_files(&chain, &missing, None),
            IdentityFault::Unreadable,
            vec!["missing.pem"],
        ),
        (Identity::from_files(&chain, &chain, None), IdentityFault::NoKey, vec!["chain.pem"]),
        (Identity::from_files(&own, &own, None), IdentityFault::NoCertificate, vec!["own.pem"]),
        (
            Identity::from_files(&chain, &foreign, None),
            IdentityFault::KeyMismatch,
            vec!["chain.pem", "foreign.pem"],
        ),
    ];
    for (result, expected, names) in rows {
        let error = result.expect_err("fault");
        assert_eq!(fault(&error), Some(expected));
        let text = error.to_string();
        assert!(names.iter().all(|name| text.contains(name)), "{text}");
        assert!(text.contains(folder.path().to_str().expect("UTF-8")), "{text}");
    }
}

// TLS-23
#[test]
fn debug_shows_nothing() {
    let client = Authority::new("root").client("client");
    let identity = Identity::from_pem(client.pem().as_bytes()).expect("identity");
    assert_eq!(format!("{identity:?}"), "Identity(<redacted>)");
    let certificate = format!("{:?}", identity.certificate());
    let passphrase = format!("{:?}", passphrase());
    let builder = spar_http::Client::builder().identity(identity);
    let shown = format!("{builder:?} {builder:#?} {certificate} {passphrase}");
    let decimal: Vec<_> = client.key.serialized_der()[40..48].iter().map(u8::to_string).collect();
    let secrets = [&client.key_pem()[40..60], &client.certificate[100..120], &decimal.join(", ")];
    for secret in secrets.into_iter().chain(["MARKER", "CN="]) {
        assert!(!shown.contains(secret), "{shown}");
    }
}

// PII-05: from a file or standard input, which end with a line break.
#[test]
fn passphrases_are_first_lines() {
    let client = Authority::new("root").client("client");
    let pem = client.certificate.clone() + &encrypt(&client, &aes_256());
    for (line, opens) in [
        (PASSPHRASE.to_owned(), true),
        (format!("{PASSPHRASE}\n"), true),
        (format!("{PASSPHRASE}\r\nsecond line\n"), true),
        (format!("{PASSPHRASE} \n"), false),
        (format!("\n{PASSPHRASE}\n"), false),
    ] {
        let passphrase = Passphrase::from_line(line.clone().into()).expect("UTF-8");
        let result = Identity::from_bytes(pem.as_bytes(), Some(&passphrase));
        assert_eq!(result.is_ok(), opens, "{line:?}");
    }
    let error = Passphrase::from_line(b"MARKER\xff".to_vec()).expect_err("not UTF-8");
    assert_eq!(error.kind(), ErrorKind::Configuration);
    assert_silent(&error);
}

/// PBES2 as OpenSSL 3 writes it.
fn aes_256() -> Parameters {
    Parameters::generate_pbkdf2_sha256_aes256cbc(2048, b"saltsalt", [7; 16]).expect("parameters")
}

/// The key, encrypted, as PEM. Parameters that take too much are only written down.
fn encrypt(client: &Issued, parameters: &Parameters) -> String {
    let is_affordable = match &parameters.kdf {
        Kdf::Pbkdf2(kdf) => kdf.iteration_count <= 2048,
        Kdf::Scrypt(kdf) => kdf.cost_parameter <= 16,
        _ => unreachable!("two kinds"),
    };
    let data = match is_affordable {
        true => parameters.encrypt(PASSPHRASE, client.key.serialized_der()).expect("encrypted"),
        false => vec![7; 64],
    };
    let encrypted = EncryptedPrivateKeyInfoOwned {
        encryption_algorithm: Scheme::Pbes2(parameters.clone()),
        encrypted_data: OctetString::new(data).expect("octets"),
    };
    pem("ENCRYPTED PRIVATE KEY", &encrypted.to_der().expect("DER"))
}

fn clone(client: &Issued) -> rcgen::KeyPair {
    rcgen::KeyPair::from_pem(&client.key_pem()).expect("key")
}
