//! The certificates and their files.

use std::process::Command;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::PemObject;
use spar_simulator::{Certificates, ErrorKind};
use spar_soap::transport::{Identity, Passphrase};
use x509_parser::prelude::{FromDer, X509Certificate};

use crate::has_tool;

/// 2023-11-14.
const NOW: u64 = 1_700_000_000;

fn certificates() -> Certificates {
    Certificates::issue(UNIX_EPOCH + Duration::from_secs(NOW)).expect("certificates")
}

#[test]
fn validity_starts_the_day_before_and_ends_a_year_after() {
    let certificates = certificates();
    for pem in [certificates.ca_pem(), certificates.client_certificate_pem()] {
        let der = CertificateDer::from_pem_slice(pem.as_bytes()).expect("PEM");
        let (_, certificate) = X509Certificate::from_der(&der).expect("a certificate");
        let validity = certificate.validity();
        let day = 24 * 60 * 60;
        let now = i64::try_from(NOW).expect("in range");
        assert_eq!(validity.not_before.timestamp(), now - day);
        assert_eq!(validity.not_after.timestamp(), now + 365 * day);
    }
}

#[test]
fn a_time_out_of_range_is_an_error() {
    for seconds in [0, 253_402_300_799, 1 << 62] {
        let time = UNIX_EPOCH.checked_add(Duration::from_secs(seconds)).expect("in range");
        let error = Certificates::issue(time).expect_err("no certificate has such a date");
        assert_eq!(error.kind(), ErrorKind::Certificates);
    }
    let last = UNIX_EPOCH + Duration::from_secs(253_402_300_799 - 365 * 24 * 60 * 60);
    assert!(Certificates::issue(last).is_ok());
}

#[test]
fn a_renewed_client_is_another_of_the_same_authority() {
    let first = certificates();
    let second = first.renew_client(SystemTime::now()).expect("certificates");
    assert_eq!(second.ca_pem(), first.ca_pem());
    assert_eq!(second.server_pem(), first.server_pem());
    assert_ne!(second.client_certificate_pem(), first.client_certificate_pem());
    assert_ne!(second.client_key_pem(), first.client_key_pem());
    assert!(first.renew_client(UNIX_EPOCH).is_err());
}

#[test]
fn files_hold_what_their_names_say() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path().join("new/one");
    let certificates = certificates();
    certificates.write_to(&folder).expect("written");
    // A second time: the files are replaced.
    certificates.write_to(&folder).expect("written");
    let read = |name: &str| std::fs::read_to_string(folder.join(name)).expect(name);
    let count = |name: &str| {
        let content = read(name);
        let count = |label: &str| content.matches(&format!("-----BEGIN {label}-----")).count();
        (count("CERTIFICATE"), count("PRIVATE KEY"))
    };
    assert_eq!(count("ca.pem"), (1, 0));
    assert_eq!(count("client.pem"), (1, 1));
    assert_eq!(count("client.crt"), (1, 0));
    assert_eq!(count("client.key"), (0, 1));
    assert_eq!(count("server.pem"), (1, 1));
    assert!(!std::fs::read(folder.join("client.p12")).expect("client.p12").is_empty());
    assert_eq!(read("client.pem"), certificates.client_pem());
    assert_eq!(read("client.crt") + &read("client.key"), certificates.client_pem());
}

#[cfg(unix)]
#[test]
fn keys_are_for_the_owner() {
    use std::os::unix::fs::PermissionsExt;

    let folder = tempfile::tempdir().expect("a folder");
    // A file that everybody can read does not stay one.
    let open = folder.path().join("client.key");
    std::fs::write(&open, "").expect("written");
    std::fs::set_permissions(&open, std::fs::Permissions::from_mode(0o666)).expect("changed");
    certificates().write_to(folder.path()).expect("written");
    for name in ["client.pem", "client.key", "client.p12", "server.pem"] {
        let mode = std::fs::metadata(folder.path().join(name)).expect(name).permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{name}");
    }
}

#[test]
fn the_pkcs12_file_is_read_by_ourselves_and_by_openssl() {
    let certificates = certificates();
    let file = certificates.client_p12().expect("made");
    let passphrase = Certificates::PASSPHRASE;
    let identity = Identity::from_pkcs12(&file, &Passphrase::new(passphrase.to_owned()));
    let identity = identity.expect("our own reader takes it");
    let from_pem = Identity::from_pem(certificates.client_pem().as_bytes()).expect("as PEM");
    assert_eq!(format!("{:?}", identity.certificate()), format!("{:?}", from_pem.certificate()));
    assert!(identity.hint().is_none());
    assert!(Identity::from_pkcs12(&file, &Passphrase::new("another".to_owned())).is_err());
    if !has_tool("openssl") {
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("client.p12");
    std::fs::write(&path, file).expect("written");
    let output = Command::new("openssl")
        .args(["pkcs12", "-nodes", "-passin", &format!("pass:{passphrase}"), "-in"])
        .arg(&path)
        .output()
        .expect("openssl runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).expect("PEM");
    let body = |pem: &str| pem.lines().filter(|line| !line.starts_with('-')).collect::<String>();
    let shown: String = text.lines().collect();
    for pem in [
        certificates.client_key_pem(),
        certificates.client_certificate_pem(),
        certificates.ca_pem(),
    ] {
        assert!(shown.contains(&body(pem)), "{text}");
    }
}

#[test]
fn a_folder_that_cannot_be_made_is_an_error() {
    let file = tempfile::NamedTempFile::new().expect("a file");
    let error = certificates().write_to(file.path()).expect_err("not a folder");
    assert_eq!(error.kind(), ErrorKind::Files);
}

#[test]
fn debug_shows_no_key() {
    assert_eq!(format!("{:?}", certificates()), "Certificates { .. }");
    let now = Certificates::issue(SystemTime::now()).expect("certificates");
    assert_ne!(now.client_key_pem(), certificates().client_key_pem());
}
