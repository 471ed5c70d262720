//! A TLS server on loopback, scripted by each test.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::WebPkiClientVerifier;
use rustls::version::{TLS12, TLS13};
use rustls::{RootCertStore, ServerConfig, SupportedProtocolVersion};
use spar_http::{Client, ClientBuilder, Endpoint, Error, Identity, Response, Roots, Timeouts};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;

use crate::peer::{Counts, Peer, Script, request};
use crate::pki::{Authority, Issued};

/// How the server behaves below HTTP.
pub(crate) struct Setup<'a> {
    pub(crate) certificate: &'a Issued,
    /// Whose certificates clients must have; `None` asks for none.
    pub(crate) clients: Option<&'a Authority>,
    pub(crate) versions: Versions,
}

pub(crate) type Versions = &'static [&'static SupportedProtocolVersion];

pub(crate) const ONLY_1_2: Versions = &[&TLS12];
pub(crate) const ONLY_1_3: Versions = &[&TLS13];

pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    pub(crate) counts: Arc<Counts>,
    /// The server names asked for.
    pub(crate) names: Arc<Mutex<Vec<Option<String>>>>,
    /// The certificates that clients have shown, theirs and what followed it.
    pub(crate) shown: Arc<Mutex<Vec<Vec<CertificateDer<'static>>>>>,
    /// Held by every open connection, and by the server itself.
    open: Arc<()>,
    task: JoinHandle<()>,
}

impl Server {
    pub(crate) async fn start(setup: &Setup<'_>, script: Script) -> Self {
        let acceptor = TlsAcceptor::from(Arc::new(config(setup)));
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("listener");
        let address = listener.local_addr().expect("address");
        let (counts, names) = (Arc::<Counts>::default(), Arc::<Mutex<Vec<_>>>::default());
        let shown = Arc::<Mutex<Vec<_>>>::default();
        let open = Arc::new(());
        let task = tokio::spawn({
            let open = Arc::clone(&open);
            let (counts, names) = (Arc::clone(&counts), Arc::clone(&names));
            let shown = Arc::clone(&shown);
            async move {
                while let Ok((stream, _)) = listener.accept().await {
                    counts.connected();
                    let (acceptor, script) = (acceptor.clone(), Arc::clone(&script));
                    let (counts, names) = (Arc::clone(&counts), Arc::clone(&names));
                    let shown = Arc::clone(&shown);
                    let open = Arc::clone(&open);
                    tokio::spawn(async move {
                        let _open = open;
                        if let Ok(stream) = acceptor.accept(stream).await {
                            let name = stream.get_ref().1.server_name().map(str::to_owned);
                            names.lock().expect("names").push(name);
                            let chain = stream.get_ref().1.peer_certificates();
                            let chain = chain.unwrap_or_default().to_vec();
                            shown.lock().expect("shown").push(chain);
                            script(Peer::new(Box::new(stream), counts)).await;
                        }
                    });
                }
            }
        });
        Self { address, counts, names, shown, open, task }
    }

    pub(crate) fn endpoint(&self, host: &str) -> Endpoint {
        endpoint(host, self.address)
    }

    /// Waits until no connection is open and none is about to be.
    pub(crate) async fn settle(&self) {
        let settled = async {
            for _ in 0..10 {
                tokio::task::yield_now().await;
                while Arc::strong_count(&self.open) > 2 {
                    tokio::task::yield_now().await;
                }
            }
        };
        tokio::time::timeout(Duration::from_secs(5), settled).await.expect("settled");
    }

    pub(crate) async fn post(&self, client: &Client) -> Result<Response, Error> {
        client.post(&self.endpoint("localhost"), request()).await
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

pub(crate) fn endpoint(host: &str, address: SocketAddr) -> Endpoint {
    Endpoint::parse(&format!("https://{host}:{}/2023.1/", address.port())).expect("endpoint")
}

/// A client that trusts this authority only.
pub(crate) fn client(roots: &Authority, identity: Option<&Issued>) -> ClientBuilder {
    let roots = Roots::from_pem(roots.pem().as_bytes()).expect("roots");
    let builder = Client::builder().roots(roots);
    match identity {
        None => builder,
        Some(identity) => {
            builder.identity(Identity::from_pem(identity.pem().as_bytes()).expect("identity"))
        }
    }
}

/// The default timeouts but for a short handshake.
pub(crate) fn short_handshake() -> Timeouts {
    Timeouts::default().with_tls(Duration::from_millis(250))
}

fn config(setup: &Setup<'_>) -> ServerConfig {
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let builder = ServerConfig::builder_with_provider(Arc::clone(&provider))
        .with_protocol_versions(setup.versions)
        .expect("versions");
    let builder = match setup.clients {
        None => builder.with_no_client_auth(),
        Some(authority) => {
            let mut roots = RootCertStore::empty();
            roots.add(certificate(&authority.pem())).expect("root");
            let verifier =
                WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider).build();
            builder.with_client_cert_verifier(verifier.expect("verifier"))
        }
    };
    let key = PrivateKeyDer::from_pem_slice(setup.certificate.key_pem().as_bytes()).expect("key");
    let chain = vec![certificate(&setup.certificate.certificate)];
    builder.with_single_cert(chain, key).expect("server certificate")
}

fn certificate(pem: &str) -> CertificateDer<'static> {
    CertificateDer::from_pem_slice(pem.as_bytes()).expect("certificate")
}
