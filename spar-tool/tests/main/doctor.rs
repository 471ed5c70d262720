//! `spar doctor` on ways that are open, and on ways that end at each step.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, SystemTime};

use serde_json::Value;
use spar_simulator::Certificates;

use crate::{Simulation, spar};

/// What the command finds, and its exit status.
fn doctor(arguments: &[&str]) -> (Value, i32) {
    let output = spar()
        .args(["doctor", "--format", "json", "--timeout-tls", "5", "--timeout-connect", "5"])
        .args(arguments)
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let errors = String::from_utf8(output.stderr).unwrap();
    assert!(errors.contains("nothing is billed"), "{errors}");
    (serde_json::from_slice(&output.stdout).unwrap(), output.status.code().unwrap())
}

/// The verdicts up to the first bad one, and its remedy; what comes before must be well.
fn first_fault(report: &Value) -> (String, String) {
    let steps = report["steps"].as_array().unwrap();
    assert_eq!(steps.len(), 9);
    let bad = steps.iter().find(|step| step["health"] == "bad").expect("something is wrong");
    let text = |name: &str| bad[name].as_str().unwrap_or_default();
    (format!("{} {}", text("step"), text("verdict")), text("remedy").to_owned())
}

fn check(arguments: &[&str], expected: &str, remedy: &str) {
    let (report, status) = doctor(arguments);
    let (found, advice) = first_fault(&report);
    assert_eq!((found.as_str(), status), (expected, 11), "{report}");
    assert!(advice.contains(remedy), "{advice}");
    assert_eq!(report["healthy"], false);
}

#[test]
fn a_way_that_is_open() {
    let simulation = Simulation::start();
    let (certificate, roots) = (simulation.file("client.pem"), simulation.file("ca.pem"));
    let arguments = [
        "--url",
        &simulation.url,
        "--certificate",
        certificate.to_str().unwrap(),
        "--roots",
        roots.to_str().unwrap(),
    ];
    let (report, status) = doctor(&arguments);
    assert_eq!(status, 0, "{report}");
    assert_eq!(report["healthy"], true);
    let steps = report["steps"].as_array().unwrap();
    let verdicts: Vec<_> = steps.iter().map(|step| &step["verdict"]).collect();
    let expected = [
        "valid",
        "found",
        "connected",
        "none",
        "agreed",
        "accepted",
        "not_asked_for",
        "any",
        "answered",
    ];
    assert_eq!(verdicts, expected);
    assert_eq!(report["steps"][4]["facts"]["version"], "TLS 1.3");

    // TLS-35: for people, with what the next search would use.
    let output = spar()
        .arg("doctor")
        .args(arguments)
        .env("SPAR_KUND_NR_LEVERANS_MOTTAGARE", "500243")
        .output()
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    for part in [
        simulation.url.as_str(),
        "kund-nr-leverans-mottagare 500243",
        "ok    certificate",
        "subject: ",
        "valid until: ",
        "TLS 1.3, TLS_",
        "status 405 to a GET request",
    ] {
        assert!(text.contains(part), "{part} in {text}");
    }

    // TLS-05: those who are trusted by the system do not vouch for a simulator.
    let unknown = "server_certificate unknown_issuer";
    check(&arguments[..4], unknown, "the roots");
    // TLS-06.
    let without = [arguments[0], arguments[1], arguments[4], arguments[5]];
    check(&without, "certificate missing", "--certificate");
}

#[test]
fn ways_that_end() {
    let folder = tempfile::tempdir().unwrap();
    let file = |folder: &Path, name: &str| folder.join(name).to_str().unwrap().to_owned();
    Certificates::issue(SystemTime::now()).unwrap().write_to(folder.path()).unwrap();
    let good = file(folder.path(), "client.pem");

    let closed = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = closed.local_addr().unwrap();
    drop(closed);
    let closed = format!("https://{address}/");
    check(&["--url", &closed, "--certificate", &good], "tcp not_connected", "firewall");
    let unknown = "https://nobody.invalid/";
    check(&["--url", unknown, "--certificate", &good], "dns not_found", "spelling");
    let proxied =
        ["--url", unknown, "--certificate", &good, "--proxy", &format!("http://{address}")];
    check(&proxied, "tcp not_connected", "firewall");

    // TLS-12.
    let plain = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("https://{}/", plain.local_addr().unwrap());
    let server = std::thread::spawn(move || {
        let (mut stream, _) = plain.accept().unwrap();
        let _ = stream.read(&mut [0; 4096]);
        let _ = stream.write_all(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n");
    });
    check(&["--url", &url, "--certificate", &good], "tls no_agreement", "https endpoint");
    server.join().unwrap();

    // TLS-08, and a file that is none.
    let old = tempfile::tempdir().unwrap();
    let years = Duration::from_secs(3 * 366 * 24 * 60 * 60);
    Certificates::issue(SystemTime::now() - years).unwrap().write_to(old.path()).unwrap();
    let expired = file(old.path(), "client.pem");
    let (report, status) = doctor(&["--url", &closed, "--certificate", &expired]);
    assert_eq!((first_fault(&report).0.as_str(), status), ("certificate expired", 11), "{report}");
    assert!(report["steps"][0]["facts"]["valid_until"].as_str().unwrap().ends_with("UTC"));
    let authority = file(folder.path(), "ca.pem");
    check(
        &["--url", &closed, "--certificate", &authority],
        "certificate no_key",
        "certificate and key",
    );
    // The rest of the way is looked at all the same.
    let (report, _) = doctor(&["--url", &closed, "--certificate", &authority]);
    assert_eq!(report["steps"][2]["verdict"], "not_connected");
}

// TLS-24: what SPAR says of its own servers.
#[test]
fn servers_that_renegotiate_need_another_backend() {
    let folder = tempfile::tempdir().unwrap();
    Certificates::issue(SystemTime::now()).unwrap().write_to(folder.path()).unwrap();
    let Some(peer) = Renegotiating::start(folder.path()) else { return };
    let file = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let (certificate, roots) = (file("client.pem"), file("ca.pem"));
    let arguments = ["--url", &peer.url, "--certificate", &certificate, "--roots", &roots];
    let (report, status) = doctor(&arguments);
    assert_eq!(status, 11, "{report}");
    let [.., renegotiation, backend, http] = &report["steps"].as_array().unwrap()[..] else {
        panic!("{report}");
    };
    assert_eq!(renegotiation["verdict"], "asked_for", "{report}");
    assert_eq!(backend["verdict"], "openssl_needed", "{report}");
    assert!(backend["remedy"].as_str().unwrap().contains("--tls-backend openssl"), "{report}");
    let has_openssl = cfg!(feature = "openssl");
    assert_eq!(http["verdict"] == "answered", has_openssl, "{report}");
    if has_openssl {
        let (report, status) = doctor(&[&arguments[..], &["--tls-backend", "openssl"]].concat());
        assert_eq!(
            (status, &report["steps"][7]["verdict"]),
            (0, &Value::from("openssl")),
            "{report}"
        );
    }
}

/// The server of the transport's tests that asks for a certificate after the head of a request.
struct Renegotiating {
    child: Child,
    url: String,
}

impl Renegotiating {
    /// `None` if it cannot be compiled here.
    fn start(certificates: &Path) -> Option<Self> {
        let program = compile()?;
        let file = |name: &str| certificates.join(name).display().to_string();
        let mut child = Command::new(program)
            .arg(format!("cert={}", file("server.pem")))
            .arg(format!("key={}", file("server.pem")))
            .arg(format!("clients={}", file("ca.pem")))
            .arg("ask=head")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let first = lines.next().unwrap().unwrap();
        // It goes on telling what happens, and must not be stopped by a full pipe.
        std::thread::spawn(move || lines.for_each(drop));
        let port = first.strip_prefix("port ").unwrap();
        Some(Self { url: format!("https://localhost:{port}/"), child })
    }
}

impl Drop for Renegotiating {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn compile() -> Option<PathBuf> {
    let source =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../spar-http/tests/main/openssl_peer.c");
    let program = Path::new(env!("CARGO_TARGET_TMPDIR")).join("renegotiating");
    let output = Command::new("cc")
        .arg("-o")
        .arg(&program)
        .arg(source)
        .args(["-lssl", "-lcrypto", "-lpthread"])
        .output();
    if output.as_ref().is_ok_and(|output| output.status.success()) {
        return Some(program);
    }
    let is_ci = std::env::var_os("CI").is_some_and(|value| value == "true");
    assert!(!is_ci, "cc and OpenSSL's headers must be there in CI: {output:?}");
    println!("SKIPPED: cc or OpenSSL's headers are missing");
    None
}
