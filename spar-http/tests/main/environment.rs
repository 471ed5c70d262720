//! What environment variables and the files they name may not change. Such a variable is set for a
//! second process, which runs `second_process` alone.

use std::path::Path;
use std::process::Command;

use spar_http::{Client, Endpoint, ErrorKind, Roots, TlsBackend};

use crate::openssl_peer::OpenSslPeer;
use crate::peer::{always_ok, kind, request};
use crate::pki::{Authority, rsa_key};
use crate::server::{ONLY_1_2, ONLY_1_3, Server, Setup};

const ENDPOINT: &str = "SPAR_HTTP_TEST_ENDPOINT";
/// A file, or nothing for those of the platform.
const ROOTS: &str = "SPAR_HTTP_TEST_ROOTS";
const EXPECTED: &str = "SPAR_HTTP_TEST_EXPECTED";

/// Does what the first process says, if there is one.
#[tokio::test]
async fn second_process() {
    let Ok(endpoint) = std::env::var(ENDPOINT) else { return };
    let endpoint = Endpoint::parse(&endpoint).expect("endpoint");
    let expected = match std::env::var(EXPECTED).expect("expected").as_str() {
        "Ok" => None,
        "ServerCertificate" => Some(ErrorKind::ServerCertificate),
        "TlsProtocol" => Some(ErrorKind::TlsProtocol),
        other => panic!("{other}"),
    };
    for &backend in TlsBackend::compiled() {
        let roots = match std::env::var(ROOTS) {
            Ok(path) => Roots::from_pem(&std::fs::read(path).expect("file")).expect("roots"),
            Err(_) => Roots::platform(),
        };
        let client = Client::builder().tls_backend(backend).roots(roots).build().expect("client");
        let result = client.send(&endpoint, request()).await;
        assert_eq!(kind(&result), expected, "{backend:?}: {result:?}");
    }
    println!("as expected");
}

fn run(
    endpoint: &Endpoint,
    roots: Option<&Path>,
    variables: &[(&str, &Path)],
    expected: Option<ErrorKind>,
) {
    let mut command = Command::new(std::env::current_exe().expect("this program"));
    command
        .args(["--exact", "environment::second_process", "--nocapture"])
        .env(ENDPOINT, endpoint.to_string())
        .env(EXPECTED, expected.map_or_else(|| "Ok".to_owned(), |kind| format!("{kind:?}")))
        .envs(variables.iter().copied());
    match roots {
        Some(roots) => command.env(ROOTS, roots),
        None => command.env_remove(ROOTS),
    };
    let output = command.output().expect("second process");
    let text = String::from_utf8_lossy(&output.stdout);
    let errors = String::from_utf8_lossy(&output.stderr);
    let succeeded = output.status.success() && text.contains("as expected");
    assert!(succeeded, "{roots:?} {variables:?}: {text}{errors}");
}

// TLS-22, TLS-30, TLS-38, TLS-39
#[test]
fn roots_and_secrets_are_not_up_to_the_environment() {
    let (root, stranger) = (Authority::new("root"), Authority::new("stranger"));
    let folder = tempfile::tempdir().expect("folder");
    let path = |name: &str| folder.path().join(name);
    let (ours, theirs, keys) = (path("ours.pem"), path("theirs.pem"), path("keys.log"));
    std::fs::write(&ours, root.pem()).expect("file");
    std::fs::write(&theirs, stranger.pem()).expect("file");

    let empty = path("empty");
    std::fs::create_dir(&empty).expect("folder");
    let certificate = root.server(&["localhost"]);
    let runtime =
        tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("runtime");
    let refused = Some(ErrorKind::ServerCertificate);
    for versions in [ONLY_1_2, ONLY_1_3] {
        let setup = Setup { versions, ..Setup::new(&certificate) };
        let server = runtime.block_on(Server::start(&setup, always_ok()));
        let endpoint = server.endpoint("localhost");
        let check = |roots, variables: &[(&str, &Path)], expected| {
            run(&endpoint, roots, variables, expected);
        };
        let file = |path| [("SSL_CERT_FILE", path), ("SSL_CERT_DIR", &*empty)];
        // Given roots win, whatever the variables say.
        check(Some(&*ours), &file(&*theirs), None);
        check(Some(&*theirs), &file(&*ours), refused);
        // The variables are not without effect where the platform is asked.
        if cfg!(all(target_os = "linux", feature = "platform-verifier")) {
            check(None, &file(&*ours), None);
            check(None, &file(&*theirs), refused);
        }
        check(Some(&*ours), &[("SSLKEYLOGFILE", &*keys)], None);
        assert!(!keys.exists());
    }
}

// TLS-38, TLS-10, TLS-28: the file with OpenSSL's defaults does not lower the bar.
#[test]
fn tls_is_not_weakened_by_the_environment() {
    let root = Authority::new("root");
    let folder = tempfile::tempdir().expect("folder");
    let (roots, weak) = (folder.path().join("roots.pem"), folder.path().join("openssl.cnf"));
    std::fs::write(&roots, root.pem()).expect("file");
    let text = "openssl_conf = all\n[all]\nssl_conf = ssl\n[ssl]\nsystem_default = weak\n[weak]\n\
                MinProtocol = TLSv1\nCipherString = ALL:@SECLEVEL=0\nVerifyMode = Once\n";
    std::fs::write(&weak, text).expect("file");
    let variables: &[(&str, &Path)] = &[("OPENSSL_CONF", &weak)];

    let certificate = root.server_by(&["localhost"], rsa_key(), |_| ());
    for (option, expected) in [
        ("max=1.1", Some(ErrorKind::TlsProtocol)),
        ("ciphers=AES256-SHA", Some(ErrorKind::TlsProtocol)),
        ("ask=never", None),
    ] {
        let Some(server) = OpenSslPeer::start(&certificate, &root, &[option]) else { return };
        run(&server.endpoint(), Some(&roots), variables, expected);
    }
    let foreign = Authority::new("stranger").server(&["localhost"]);
    let Some(server) = OpenSslPeer::start(&foreign, &root, &[]) else { return };
    run(&server.endpoint(), Some(&roots), variables, Some(ErrorKind::ServerCertificate));
}
