//! A TLS server on loopback, scripted by each test.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::WebPkiClientVerifier;
use rustls::version::{TLS12, TLS13};
use rustls::{
    HandshakeKind, RootCertStore, ServerConfig, SupportedCipherSuite, SupportedProtocolVersion,
};
use spar_http::{
    Client, ClientBuilder, Endpoint, Error, Identity, Response, Roots, Timeouts, TlsBackend,
};
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
    /// The only cipher suite; all if `None`.
    pub(crate) suite: Option<SupportedCipherSuite>,
    /// The protocol it insists on over TLS; none if `None`.
    pub(crate) alpn: Option<&'static str>,
    /// Revoked client certificates.
    pub(crate) revoked: Option<Vec<u8>>,
    /// Connections end by a reset instead of a good-bye of TCP.
    pub(crate) resets: bool,
}

impl<'a> Setup<'a> {
    /// TLS 1.3 that asks for no client certificate.
    pub(crate) fn new(certificate: &'a Issued) -> Self {
        Self {
            certificate,
            clients: None,
            versions: ONLY_1_3,
            suite: None,
            alpn: None,
            revoked: None,
            resets: false,
        }
    }
}

pub(crate) type Versions = &'static [&'static SupportedProtocolVersion];

pub(crate) const ONLY_1_2: Versions = &[&TLS12];
pub(crate) const ONLY_1_3: Versions = &[&TLS13];

/// What the server learned in a handshake.
#[derive(Clone, Debug)]
pub(crate) struct Handshake {
    /// The server name asked for.
    pub(crate) name: Option<String>,
    pub(crate) kind: HandshakeKind,
    /// The client's certificate and what came with it.
    pub(crate) chain: Vec<CertificateDer<'static>>,
    pub(crate) alpn: Option<Vec<u8>>,
}

pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    pub(crate) counts: Arc<Counts>,
    handshakes: Arc<Mutex<Vec<Handshake>>>,
    /// The certificates that clients have shown, theirs and what followed it.
    pub(crate) shown: Arc<Mutex<Vec<Vec<CertificateDer<'static>>>>>,
    /// Held by every open connection, and by the server itself.
    open: Arc<()>,
    task: JoinHandle<()>,
}

impl Server {
    pub(crate) async fn start(setup: &Setup<'_>, script: Script) -> Self {
        Self::start_at("127.0.0.1:0", setup, script).await
    }

    pub(crate) async fn start_at(address: &str, setup: &Setup<'_>, script: Script) -> Self {
        let acceptor = TlsAcceptor::from(Arc::new(config(setup)));
        let listener = TcpListener::bind(address).await.expect("listener");
        let address = listener.local_addr().expect("address");
        let (counts, handshakes) = (Arc::<Counts>::default(), Arc::<Mutex<Vec<_>>>::default());
        let shown = Arc::<Mutex<Vec<_>>>::default();
        let open = Arc::new(());
        let resets = setup.resets;
        let task = tokio::spawn({
            let open = Arc::clone(&open);
            let (counts, handshakes) = (Arc::clone(&counts), Arc::clone(&handshakes));
            let shown = Arc::clone(&shown);
            async move {
                while let Ok((stream, _)) = listener.accept().await {
                    if resets {
                        stream.set_zero_linger().expect("linger");
                    }
                    counts.connected();
                    let (acceptor, script) = (acceptor.clone(), Arc::clone(&script));
                    let (counts, handshakes) = (Arc::clone(&counts), Arc::clone(&handshakes));
                    let shown = Arc::clone(&shown);
                    let open = Arc::clone(&open);
                    tokio::spawn(async move {
                        let _open = open;
                        if let Ok(stream) = acceptor.accept(stream).await {
                            let handshake = Handshake::of(stream.get_ref().1);
                            handshakes.lock().expect("handshakes").push(handshake);
                            let chain = stream.get_ref().1.peer_certificates();
                            let chain = chain.unwrap_or_default().to_vec();
                            shown.lock().expect("shown").push(chain);
                            script(Peer::new(Box::new(stream), counts)).await;
                        }
                    });
                }
            }
        });
        Self { address, counts, handshakes, shown, open, task }
    }

    /// The handshakes that succeeded.
    pub(crate) fn handshakes(&self) -> Vec<Handshake> {
        self.handshakes.lock().expect("handshakes").clone()
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
        client.send(&self.endpoint("localhost"), request()).await
    }
}

impl Handshake {
    fn of(connection: &rustls::ServerConnection) -> Self {
        Self {
            name: connection.server_name().map(str::to_owned),
            kind: connection.handshake_kind().expect("handshake"),
            chain: connection.peer_certificates().unwrap_or_default().to_vec(),
            alpn: connection.alpn_protocol().map(<[u8]>::to_vec),
        }
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
pub(crate) fn client(
    backend: TlsBackend,
    roots: &Authority,
    identity: Option<&Issued>,
) -> ClientBuilder {
    let roots = Roots::from_pem(roots.pem().as_bytes()).expect("roots");
    let builder = Client::builder().tls_backend(backend).roots(roots);
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
    let mut provider = rustls::crypto::aws_lc_rs::default_provider();
    if let Some(suite) = setup.suite {
        provider.cipher_suites = vec![suite];
    }
    let provider = Arc::new(provider);
    let builder = ServerConfig::builder_with_provider(Arc::clone(&provider))
        .with_protocol_versions(setup.versions)
        .expect("versions");
    let builder = match setup.clients {
        None => builder.with_no_client_auth(),
        Some(authority) => {
            let mut roots = RootCertStore::empty();
            roots.add(certificate(&authority.pem())).expect("root");
            let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider)
                .with_crls(setup.revoked.clone().map(Into::into))
                .build();
            builder.with_client_cert_verifier(verifier.expect("verifier"))
        }
    };
    let key = PrivateKeyDer::from_pem_slice(setup.certificate.key_pem().as_bytes()).expect("key");
    let chain = vec![certificate(&setup.certificate.certificate)];
    let mut config = builder.with_single_cert(chain, key).expect("server certificate");
    config.alpn_protocols = setup.alpn.iter().map(|name| name.as_bytes().to_vec()).collect();
    config
}

pub(crate) fn certificate(pem: &str) -> CertificateDer<'static> {
    CertificateDer::from_pem_slice(pem.as_bytes()).expect("certificate")
}
