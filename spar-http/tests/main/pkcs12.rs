//! PKCS#12 files: TLS-17, TLS-18, TLS-31.

use p12_keystore::{
    Certificate, EncryptionAlgorithm as Encryption, KeyStore, KeyStoreEntry, MacAlgorithm as Mac,
    PrivateKey, PrivateKeyChain,
};
use rustls_pki_types::CertificateDer;
use spar_http::{Error, Identity, IdentityFault, Passphrase, TlsBackend};

use crate::identity::{PASSPHRASE, fault, passphrase};
use crate::openssl::openssl;
use crate::pki::{Authority, Issued, key};

/// Keys with their certificates, and certificates without.
#[derive(Default)]
struct Contents<'a> {
    keys: Vec<(&'a Issued, Vec<CertificateDer<'static>>)>,
    trusted: Vec<CertificateDer<'static>>,
}

impl<'a> Contents<'a> {
    fn of(key: &'a Issued, chain: &[CertificateDer<'static>]) -> Self {
        Self { keys: vec![(key, chain.to_vec())], ..Self::default() }
    }

    fn write(&self, passphrase: &str, encryption: Encryption, mac: Mac) -> Vec<u8> {
        let certificate = |der: &CertificateDer<'_>| Certificate::from_der(der).expect("valid");
        let mut store = KeyStore::new();
        for (number, (key, chain)) in self.keys.iter().enumerate() {
            let key = PrivateKey::from_der(key.key.serialized_der()).expect("key");
            let id = [u8::try_from(number).expect("few")];
            let chain = PrivateKeyChain::new(&id[..], key, chain.iter().map(certificate));
            store.add_entry(&format!("key {number}"), KeyStoreEntry::PrivateKeyChain(chain));
        }
        for (number, der) in self.trusted.iter().enumerate() {
            let entry = KeyStoreEntry::Certificate(certificate(der));
            store.add_entry(&format!("trusted {number}"), entry);
        }
        let writer = store.writer(passphrase).encryption_algorithm(encryption).mac_algorithm(mac);
        writer.encryption_iterations(10).mac_iterations(10).write().expect("written")
    }

    fn modern(&self) -> Vec<u8> {
        self.write(PASSPHRASE, Encryption::PbeWithHmacSha256AndAes256, Mac::HmacSha256)
    }
}

/// Reads with the right passphrase, and not with a wrong one or none.
fn check(name: &str, file: &[u8], names: &[&str], is_legacy: bool) {
    for result in [
        Identity::from_bytes(file, Some(&passphrase())),
        Identity::from_pkcs12(file, &passphrase()),
    ] {
        let identity = result.expect(name);
        let subjects: Vec<_> = identity.certificates().iter().map(|c| c.subject()).collect();
        let expected: Vec<_> = names.iter().map(|name| format!("CN={name}")).collect();
        assert_eq!(subjects, expected, "{name}");
        let hint = identity.hint();
        assert_eq!(hint.is_some_and(|hint| hint.contains("export it again")), is_legacy, "{name}");
        assert_eq!(format!("{identity:?}"), "Identity(<redacted>)");
    }
    let wrong = Passphrase::new("another MARKER".to_owned());
    for (given, expected) in
        [(Some(&wrong), IdentityFault::WrongPassphrase), (None, IdentityFault::PassphraseRequired)]
    {
        let error = Identity::from_bytes(file, given).expect_err(name);
        assert_eq!(fault(&error), Some(expected), "{name}");
    }
}

// TLS-18, TLS-31
#[test]
fn files_of_both_kinds_are_read() {
    let root = Authority::new("root");
    let middle = root.intermediate("middle");
    let client = middle.client("client");
    let (own, middle, root) = (client.certificate_der(), middle.der(), root.der());
    let all = Contents::of(&client, &[own.clone(), middle.clone(), root.clone()]);
    let names: &[_] = &["client", "middle", "root"];
    let [aes, des, rc2] = [
        Encryption::PbeWithHmacSha256AndAes256,
        Encryption::PbeWithShaAnd3KeyTripleDesCbc,
        Encryption::PbeWithShaAnd40BitRc4Cbc,
    ];
    for (name, encryption, mac, is_legacy) in [
        ("AES, SHA-256", aes, Mac::HmacSha256, false),
        ("AES, SHA-512", aes, Mac::HmacSha512, false),
        ("AES, SHA-1", aes, Mac::HmacSha1, true),
        ("3DES, SHA-1", des, Mac::HmacSha1, true),
        ("RC2, SHA-1", rc2, Mac::HmacSha1, true),
        ("3DES, SHA-256", des, Mac::HmacSha256, true),
    ] {
        check(name, &all.write(PASSPHRASE, encryption, mac), names, is_legacy);
    }
    let leaf = Contents::of(&client, std::slice::from_ref(&own));
    check("leaf only", &leaf.modern(), &["client"], false);
    let backwards = Contents::of(&client, &[root.clone(), middle.clone(), own.clone()]);
    check("backwards", &backwards.modern(), names, false);
    let apart = Contents { trusted: vec![root, middle], ..Contents::of(&client, &[own]) };
    check("issuers apart", &apart.modern(), names, false);
    // Without a passphrase, the empty one is meant.
    let open = all.write("", aes, Mac::HmacSha256);
    Identity::from_bytes(&open, None).expect("no passphrase");
}

// TLS-31: in the order of issue, whatever that in the file is.
#[cfg(any(feature = "rustls-aws-lc-rs", feature = "rustls-ring"))]
#[tokio::test]
async fn chains_in_files_reach_the_server() {
    for &backend in TlsBackend::compiled() {
        chains_in_files_reach_the_server_on(backend).await;
    }
}

async fn chains_in_files_reach_the_server_on(backend: TlsBackend) {
    use crate::server::{ONLY_1_2, ONLY_1_3, Server, Setup, client};

    let (root, clients) = (Authority::new("root"), Authority::new("clients"));
    let middle = clients.intermediate("middle");
    let own = middle.client("client");
    let (der, middle, top) = (own.certificate_der(), middle.der(), clients.der());
    let certificate = root.server(&["localhost"]);
    for (chain, expected) in [
        (vec![der.clone(), middle.clone()], vec![der.clone(), middle.clone()]),
        (vec![top.clone(), middle.clone(), der.clone()], vec![der, middle, top]),
    ] {
        for versions in [ONLY_1_2, ONLY_1_3] {
            let setup = Setup { clients: Some(&clients), versions, ..Setup::new(&certificate) };
            let server = Server::start(&setup, crate::peer::always_ok()).await;
            let file = Contents::of(&own, &chain).modern();
            let identity = Identity::from_pkcs12(&file, &passphrase()).expect("identity");
            let client = client(backend, &root, None).identity(identity).build().expect("client");
            server.post(&client).await.expect("answer");
            assert_eq!(*server.shown.lock().expect("shown"), std::slice::from_ref(&expected));
        }
    }
}

// TLS-18: what OpenSSL writes, today and before its version 3.
#[test]
fn files_of_openssl_are_read() {
    let rsa = rcgen::KeyPair::generate_rsa_for(&rcgen::PKCS_RSA_SHA256, rcgen::RsaKeySize::_2048);
    let root = Authority::new("root");
    let middle = root.intermediate("middle");
    let client = middle.client_with("client", rsa.expect("RSA"), |_| ());
    let pem = client.pem() + &root.pem() + &middle.pem();
    let out = format!("pass:{PASSPHRASE}");
    let legacy_ciphers =
        ["-legacy", "-certpbe", "PBE-SHA1-3DES", "-keypbe", "PBE-SHA1-3DES", "-macalg", "sha1"];
    let rows: [(&str, &[&str], bool); 5] = [
        ("modern", &[], false),
        ("named", &["-name", "N\u{e4}mndens certifikat"], false),
        ("certificates in the clear", &["-certpbe", "NONE"], false),
        ("legacy: RC2, 3DES", &["-legacy"], true),
        ("legacy: 3DES", &legacy_ciphers, true),
    ];
    for (name, arguments, is_legacy) in rows {
        let arguments = [&["pkcs12", "-export", "-passout", &out], arguments].concat();
        let Some(file) = openssl(&arguments, &pem) else {
            return;
        };
        check(name, &file, &["client", "middle", "root"], is_legacy);
    }
    // Without a MAC, the key itself has to tell a wrong passphrase.
    let arguments = ["pkcs12", "-export", "-passout", &out, "-nomac"];
    let arguments = [&arguments[..], &["-certpbe", "NONE"]].concat();
    let file = openssl(&arguments, &pem).expect("as before");
    check("no MAC", &file, &["client", "middle", "root"], false);
    let arguments = ["pkcs12", "-export", "-passout", &out, "-keypbe", "camellia-256-cbc"];
    let file = openssl(&arguments, &pem).expect("as before");
    let error = Identity::from_pkcs12(&file, &passphrase()).expect_err("Camellia");
    assert_eq!(fault(&error), Some(IdentityFault::UnsupportedEncryption));
}

// TLS-17
#[test]
fn files_that_cannot_work_are_refused() {
    let root = Authority::new("root");
    let (client, other) = (root.client("client"), root.client("other"));
    let (own, theirs) = (client.certificate_der(), other.certificate_der());
    let good = Contents::of(&client, std::slice::from_ref(&own));
    let two = Contents {
        keys: vec![(&client, vec![own.clone()]), (&other, vec![theirs.clone()])],
        ..Contents::default()
    };
    let no_key = Contents { trusted: vec![own], ..Contents::default() };
    let cut = |file: Vec<u8>| file[..file.len() - 1].to_vec();
    let rows = [
        ("no key", no_key.modern(), IdentityFault::NoKey),
        ("several keys", two.modern(), IdentityFault::SeveralKeys),
        ("no certificate", Contents::of(&client, &[]).modern(), IdentityFault::NoCertificate),
        ("other's", Contents::of(&client, &[theirs]).modern(), IdentityFault::KeyMismatch),
        (
            "issuer's",
            Contents::of(&client, &[root.der()]).modern(),
            IdentityFault::IssuerCertificate,
        ),
        ("end missing", cut(good.modern()), IdentityFault::Malformed),
        ("start only", good.modern()[..20].to_vec(), IdentityFault::Malformed),
        ("something behind", [good.modern(), vec![0]].concat(), IdentityFault::Malformed),
    ];
    for (name, file, expected) in rows {
        let error = Identity::from_bytes(&file, Some(&passphrase())).expect_err(name);
        assert_eq!(fault(&error), Some(expected), "{name}");
        if expected == IdentityFault::IssuerCertificate {
            assert!(error.to_string().ends_with(": CN=root"), "{error}");
        }
    }
}

// TLS-17: a damaged file never reads, nor panics, wherever the damage is.
#[test]
fn damage_anywhere_is_found() {
    let client = Authority::new("root").client_with("client", key(), |_| ());
    let contents = Contents::of(&client, &[client.certificate_der()]);
    for file in [
        contents.modern(),
        contents.write(PASSPHRASE, Encryption::PbeWithShaAnd3KeyTripleDesCbc, Mac::HmacSha1),
    ] {
        let mut faults = Vec::new();
        let mut look = |name: &str, place: usize, result: Result<Identity, Error>| {
            let error = result.expect_err(&format!("{name} at {place}"));
            faults.push(fault(&error).expect(name));
        };
        for place in 0..file.len() {
            look("cut", place, Identity::from_bytes(&file[..place], Some(&passphrase())));
            let mut changed = file.clone();
            changed[place] ^= 0x55;
            look("changed", place, Identity::from_bytes(&changed, Some(&passphrase())));
        }
        for expected in [IdentityFault::Malformed, IdentityFault::WrongPassphrase] {
            assert!(faults.contains(&expected), "{expected:?}");
        }
    }
}
