//! A server made of OpenSSL's own library, for what rustls as a server does not do: see
//! `openssl_peer.c`, which is compiled here.

use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Condvar, Mutex, OnceLock};
use std::time::Duration;

use spar_http::{Client, Endpoint, Error, Response};
use tempfile::TempDir;

use crate::peer::request;
use crate::pki::{Authority, Issued};
use crate::server::endpoint;

pub(crate) struct OpenSslPeer {
    child: Child,
    address: SocketAddr,
    said: Arc<Said>,
    _files: TempDir,
}

/// The lines that the server has written.
#[derive(Default)]
struct Said {
    lines: Mutex<Vec<String>>,
    more: Condvar,
}

impl OpenSslPeer {
    /// `None` if it cannot be compiled on this machine.
    pub(crate) fn start(
        certificate: &Issued,
        clients: &Authority,
        options: &[&str],
    ) -> Option<Self> {
        let program = program()?;
        let files = tempfile::tempdir().expect("folder");
        let write = |name: &str, text: String| {
            let path = files.path().join(name);
            std::fs::write(&path, text).expect("file");
            format!("{name}={}", path.display())
        };
        let mut child = Command::new(program)
            .arg(write("cert", certificate.certificate.clone()))
            .arg(write("key", certificate.key_pem()))
            .arg(write("clients", clients.pem()))
            .args(options)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .expect("server");
        let mut lines = BufReader::new(child.stdout.take().expect("stdout")).lines();
        let first = lines.next().expect("port").expect("line");
        let port = first.strip_prefix("port ").expect("port").parse::<u16>().expect("port");
        let said = Arc::<Said>::default();
        std::thread::spawn({
            let said = Arc::clone(&said);
            move || {
                for line in lines.map_while(Result::ok) {
                    said.lines.lock().expect("lines").push(line);
                    said.more.notify_all();
                }
            }
        });
        Some(Self { child, address: ([127, 0, 0, 1], port).into(), said, _files: files })
    }

    pub(crate) async fn post(&self, client: &Client) -> Result<Response, Error> {
        client.send(&self.endpoint(), request()).await
    }

    pub(crate) fn endpoint(&self) -> Endpoint {
        endpoint("localhost", self.address)
    }

    /// What the server has said once all its connections are closed.
    pub(crate) fn settled(&self) -> Vec<String> {
        let count = |lines: &[String], word: &str| lines.iter().filter(|it| *it == word).count();
        let lines = self.said.lines.lock().expect("lines");
        let is_open = |lines: &mut Vec<String>| {
            count(lines, "open") == 0 || count(lines, "open") > count(lines, "closed")
        };
        let (lines, waited) = self
            .said
            .more
            .wait_timeout_while(lines, Duration::from_secs(10), is_open)
            .expect("lines");
        assert!(!waited.timed_out(), "a connection stays open: {lines:?}");
        lines.clone()
    }
}

impl Drop for OpenSslPeer {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Compiles the server once per run.
fn program() -> Option<&'static Path> {
    static PROGRAM: OnceLock<Option<PathBuf>> = OnceLock::new();
    PROGRAM.get_or_init(compile).as_deref()
}

#[expect(clippy::print_stderr, reason = "a skipped test must be seen")]
fn compile() -> Option<PathBuf> {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/main/openssl_peer.c");
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
    // Another run may be compiling it too.
    let unfinished = folder.join(format!("openssl_peer.{}", std::process::id()));
    let finished = folder.join("openssl_peer");
    let result = Command::new("cc")
        .args(["-Wall", "-Wextra", "-Werror", "-o"])
        .arg(&unfinished)
        .arg(source)
        .args(["-lssl", "-lcrypto", "-lpthread"])
        .output();
    let is_compiled = result.as_ref().is_ok_and(|output| output.status.success());
    if !is_compiled {
        let is_ci = std::env::var_os("CI").is_some_and(|value| value == "true");
        assert!(!is_ci, "cc and OpenSSL's headers must be there in CI: {result:?}");
        eprintln!("SKIPPED: cc or OpenSSL's headers are missing");
        return None;
    }
    std::fs::rename(unfinished, &finished).expect("program");
    Some(finished)
}
