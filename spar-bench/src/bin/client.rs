//! `client cpu SEARCHES ROUNDS` and `client memory SEARCHES`: what searching takes of this process. On Linux.
//!
//! The simulator runs in a process of its own, this program started once more. With the client is compared a
//! bare one of hyper and rustls that posts the same bytes on a connection of its own and throws the answer
//! away.

// Its output is for `cargo xtask bench`.
#![allow(clippy::print_stdout)]

use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper_util::rt::TokioIo;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use spar_simulator::{Certificates, Simulator};
use spar_soap::transport::{self, Endpoint, Identity, Request, Roots};
use spar_soap::{Client, SlutAnvandare, Uppdrag, Version, Wire};
use spar_types::personsok::newest::PersonsokningFraga;
use tokio::net::TcpStream;
use tokio::runtime::{Builder, Runtime};
use tokio_rustls::TlsConnector;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let number = |text: &str| text.parse::<usize>().expect("a number");
    let arguments: Vec<_> = arguments.iter().map(String::as_str).collect();
    match arguments[..] {
        ["serve", folder] => serve(Path::new(folder)),
        ["cpu", searches, rounds] => cpu(number(searches), number(rounds)),
        ["memory", searches] => memory(number(searches)),
        _ => panic!("usage: client cpu SEARCHES ROUNDS | client memory SEARCHES"),
    }
}

/// Microseconds of CPU per search, of a bare client and of ours, in turn.
fn cpu(searches: usize, rounds: usize) {
    let (server, runtime) = (Server::start(), runtime());
    let client = server.client();
    let body = runtime.block_on(body_of_a_search(&client));
    let mut bare = runtime.block_on(Bare::connect(&server, body.clone()));
    let (http, endpoint) = (server.http(), server.endpoint());
    let mut figures = [const { Vec::new() }; 3];
    // The first round is for warming up.
    for _ in 0..=rounds {
        let start = cpu_nanoseconds();
        runtime.block_on(async {
            for _ in 0..searches {
                bare.search().await;
            }
        });
        let first = cpu_nanoseconds();
        runtime.block_on(async {
            for _ in 0..searches {
                post(&http, &endpoint, body.clone()).await;
            }
        });
        let second = cpu_nanoseconds();
        runtime.block_on(async {
            for _ in 0..searches {
                search(&client).await;
            }
        });
        let end = cpu_nanoseconds();
        let times = [first - start, second - first, end - second];
        for (figures, time) in figures.iter_mut().zip(times) {
            figures.push(time as f64 / 1e3 / searches as f64);
        }
    }
    let [bare, http, ours] = figures.map(|figures| figures[1..].to_vec());
    let ratios: Vec<f64> = ours.iter().zip(&bare).map(|(ours, bare)| ours / bare).collect();
    println!("CPU of a bare post\t{:.1}", median(&bare));
    println!("CPU of a post by the transport\t{:.1}", median(&http));
    println!("CPU of a search\t{:.1}", median(&ours));
    println!("CPU ratio\t{:.3}", median(&ratios));
}

/// Memory of this process after a tenth, a half and all of the searches.
fn memory(searches: usize) {
    let (server, runtime) = (Server::start(), runtime());
    let client = server.client();
    for done in 1..=searches {
        runtime.block_on(search(&client));
        if [searches / 10, searches / 2, searches].contains(&done) {
            println!("kB resident after {done}\t{}", resident_kilobytes());
        }
    }
}

/// The transport alone.
async fn post(http: &transport::Client, endpoint: &Endpoint, body: Bytes) {
    let request = Request::new("text/xml; charset=utf-8", body).with_header("soapaction", action());
    let response = http.send(endpoint, request).await.expect("an answer");
    assert_eq!(response.status, 200);
}

fn action() -> String {
    use spar_soap::operation::Operation;
    use spar_soap::personsok::newest::PersonSok;

    format!("\"{}\"", PersonSok::SOAP_ACTION)
}

async fn search(client: &Client) {
    let svar = client.personsok(&user(), fraga()).await.expect("an answer");
    assert_eq!(svar.poster().len(), 1);
}

fn user() -> SlutAnvandare {
    SlutAnvandare::new("handläggare".parse().expect("a name of a user"))
}

fn fraga() -> PersonsokningFraga {
    PersonsokningFraga::IdNummer("197503029865".parse().expect("a number of the simulator's"))
}

/// What the client posts.
async fn body_of_a_search(client: &Client) -> Bytes {
    let seen = Arc::<Mutex<Bytes>>::default();
    let copy = Arc::clone(&seen);
    let tapped = client.clone().with_wire_tap(move |wire| {
        if let Wire::Request(body) = wire {
            *copy.lock().expect("no panic") = Bytes::copy_from_slice(body);
        }
    });
    search(&tapped).await;
    seen.lock().expect("no panic").clone()
}

/// The least that posts over mutual TLS.
struct Bare {
    sender: SendRequest<Full<Bytes>>,
    path: String,
    host: String,
    body: Bytes,
}

impl Bare {
    async fn connect(server: &Server, body: Bytes) -> Self {
        let endpoint = server.endpoint();
        let certificate = |pem: &str| CertificateDer::from_pem_slice(pem.as_bytes()).expect("PEM");
        let read = |name: &str| server.read(name);
        let mut roots = RootCertStore::empty();
        roots.add(certificate(&read("ca.pem"))).expect("a root");
        let key = PrivateKeyDer::from_pem_slice(read("client.key").as_bytes()).expect("a key");
        let config = ClientConfig::builder()
            .with_root_certificates(roots)
            .with_client_auth_cert(vec![certificate(&read("client.crt"))], key)
            .expect("an identity");
        let tcp = TcpStream::connect((endpoint.host(), endpoint.port())).await.expect("server");
        tcp.set_nodelay(true).expect("a socket");
        let name = ServerName::try_from(endpoint.host().to_owned()).expect("a name");
        let tls = TlsConnector::from(Arc::new(config)).connect(name, tcp).await.expect("TLS");
        let (sender, connection) = handshake(TokioIo::new(tls)).await.expect("HTTP");
        tokio::spawn(connection);
        let host = format!("{}:{}", endpoint.host(), endpoint.port());
        Self { sender, path: endpoint.path().to_owned(), host, body }
    }

    async fn search(&mut self) {
        let request = http::Request::post(&self.path)
            .header("host", &self.host)
            .header("content-type", "text/xml; charset=utf-8")
            .header("accept-encoding", "identity")
            .header("soapaction", action())
            .body(Full::new(self.body.clone()))
            .expect("a request");
        self.sender.ready().await.expect("a connection");
        let response = self.sender.send_request(request).await.expect("an answer");
        assert_eq!(response.status(), 200);
        let mut body = response.into_body();
        while let Some(frame) = body.frame().await {
            frame.expect("a piece");
        }
    }
}

/// The simulator in a process of its own, ended when dropped.
struct Server {
    child: Child,
    url: String,
    folder: tempfile::TempDir,
}

impl Server {
    fn start() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let mut child = Command::new(std::env::current_exe().expect("this program"))
            .arg("serve")
            .arg(folder.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("this program starts");
        let mut url = String::new();
        let stdout = child.stdout.take().expect("a pipe");
        BufReader::new(stdout).read_line(&mut url).expect("a line");
        Self { child, url: url.trim().to_owned(), folder }
    }

    fn endpoint(&self) -> Endpoint {
        Endpoint::parse(&self.url).expect("the simulator's address")
    }

    fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.folder.path().join(name)).expect(name)
    }

    fn http(&self) -> transport::Client {
        let identity = Identity::from_pem(self.read("client.pem").as_bytes()).expect("an identity");
        let roots = Roots::from_pem(self.read("ca.pem").as_bytes()).expect("a root");
        transport::Client::builder().identity(identity).roots(roots).build().expect("a client")
    }

    fn client(&self) -> Client {
        let number = || "500243".parse().expect("a number of a customer");
        let uppdrag =
            Uppdrag::new(number(), number(), "637".parse().expect("a number of an assignment"));
        Client::new(self.http(), self.endpoint(), Version::NEWEST, uppdrag)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Its standard input ends, and so does it.
        drop(self.child.stdin.take());
        let _ = self.child.wait();
    }
}

/// Serves until standard input ends.
fn serve(folder: &Path) {
    let runtime = runtime();
    let certificates = Certificates::issue(std::time::SystemTime::now()).expect("certificates");
    certificates.write_to(folder).expect("files");
    runtime.block_on(async {
        let simulator = Simulator::builder().certificates(certificates).start();
        let simulator = simulator.await.expect("the simulator starts");
        println!("{}", simulator.url(Version::NEWEST));
        let wait = || std::io::stdin().read_to_end(&mut Vec::new());
        tokio::task::spawn_blocking(wait).await.expect("no panic").expect("a pipe");
    });
}

/// All work of a client is on the thread that waits for it.
fn runtime() -> Runtime {
    Builder::new_current_thread().enable_all().build().expect("a runtime")
}

/// Of the main thread, which does everything here.
fn cpu_nanoseconds() -> u64 {
    let text = std::fs::read_to_string("/proc/self/schedstat").expect("Linux counts this");
    text.split(' ').next().and_then(|number| number.parse().ok()).expect("nanoseconds")
}

fn resident_kilobytes() -> u64 {
    let text = std::fs::read_to_string("/proc/self/status").expect("Linux counts this");
    let line = text.lines().find_map(|line| line.strip_prefix("VmRSS:")).expect("a line");
    line.trim().trim_end_matches(" kB").parse().expect("kilobytes")
}

fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted[sorted.len() / 2]
}
