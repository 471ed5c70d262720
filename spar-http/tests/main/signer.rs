//! A private key that stays elsewhere, and is asked for signatures.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};

use rustls::pki_types::{PrivateKeyDer, SubjectPublicKeyInfoDer};
use rustls::sign::{CertifiedKey, Signer, SigningKey};
use rustls::{SignatureAlgorithm, SignatureScheme};
use spar_http::tls::rustls_023;
use spar_http::{ErrorKind, IdentityFault, Sent, TlsBackend};

use crate::identity::fault;
use crate::peer::always_ok;
use crate::pki::{Authority, Issued, expired, key};
use crate::server::{ONLY_1_2, ONLY_1_3, Server, Setup, client};

/// A key as hardware has it: it signs, and counts how often.
#[derive(Clone, Debug)]
struct Module {
    key: Arc<dyn SigningKey>,
    signatures: Arc<AtomicUsize>,
    names_its_public_key: bool,
}

impl Module {
    fn with(issued: &Issued) -> Self {
        let key = PrivateKeyDer::try_from(issued.key.serialize_der()).expect("key");
        let key = rustls::crypto::aws_lc_rs::sign::any_supported_type(&key).expect("supported");
        Self { key, signatures: Arc::default(), names_its_public_key: true }
    }

    fn certified(&self, issued: &Issued) -> CertifiedKey {
        CertifiedKey::new(vec![issued.certificate_der()], Arc::new(self.clone()))
    }
}

impl SigningKey for Module {
    fn choose_scheme(&self, offered: &[SignatureScheme]) -> Option<Box<dyn Signer>> {
        let signer = self.key.choose_scheme(offered)?;
        Some(Box::new(Counted { signer, signatures: Arc::clone(&self.signatures) }))
    }

    fn public_key(&self) -> Option<SubjectPublicKeyInfoDer<'_>> {
        self.key.public_key().filter(|_| self.names_its_public_key)
    }

    fn algorithm(&self) -> SignatureAlgorithm {
        self.key.algorithm()
    }
}

#[derive(Debug)]
struct Counted {
    signer: Box<dyn Signer>,
    signatures: Arc<AtomicUsize>,
}

impl Signer for Counted {
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, rustls::Error> {
        self.signatures.fetch_add(1, SeqCst);
        self.signer.sign(message)
    }

    fn scheme(&self) -> SignatureScheme {
        self.signer.scheme()
    }
}

#[tokio::test]
async fn keys_elsewhere_sign_once_per_connection() {
    for &backend in TlsBackend::compiled().iter().filter(|b| **b != TlsBackend::OpenSsl) {
        keys_elsewhere_sign_once_per_connection_on(backend).await;
    }
}

async fn keys_elsewhere_sign_once_per_connection_on(backend: TlsBackend) {
    let (root, clients) = (Authority::new("root"), Authority::new("clients"));
    let certificate = root.server(&["localhost"]);
    let own = clients.client("client");
    for versions in [ONLY_1_2, ONLY_1_3] {
        for names_its_public_key in [true, false] {
            let setup = Setup { clients: Some(&clients), versions, ..Setup::new(&certificate) };
            let server = Server::start(&setup, always_ok()).await;
            let module = Module { names_its_public_key, ..Module::with(&own) };
            let identity = rustls_023::identity(module.certified(&own)).expect("identity");
            assert_eq!(identity.certificate().subject(), "CN=client");
            let client = client(backend, &root, None).identity(identity).build().expect("client");
            for _ in 0..2 {
                server.post(&client).await.expect("answer");
            }
            assert_eq!(module.signatures.load(SeqCst), 1);
            assert_eq!(*server.shown.lock().expect("shown"), [vec![own.certificate_der()]]);
        }
    }
}

#[tokio::test]
async fn keys_elsewhere_may_fail() {
    for &backend in TlsBackend::compiled().iter().filter(|b| **b != TlsBackend::OpenSsl) {
        keys_elsewhere_may_fail_on(backend).await;
    }
}

async fn keys_elsewhere_may_fail_on(backend: TlsBackend) {
    #[derive(Debug)]
    struct Unplugged(Module);
    impl SigningKey for Unplugged {
        fn choose_scheme(&self, offered: &[SignatureScheme]) -> Option<Box<dyn Signer>> {
            let scheme = self.0.key.choose_scheme(offered)?.scheme();
            Some(Box::new(Fails(scheme)))
        }

        fn algorithm(&self) -> SignatureAlgorithm {
            self.0.algorithm()
        }
    }
    #[derive(Debug)]
    struct Fails(SignatureScheme);
    impl Signer for Fails {
        fn sign(&self, _: &[u8]) -> Result<Vec<u8>, rustls::Error> {
            Err(rustls::Error::General("the card was pulled out".into()))
        }

        fn scheme(&self) -> SignatureScheme {
            self.0
        }
    }
    let (root, clients) = (Authority::new("root"), Authority::new("clients"));
    let certificate = root.server(&["localhost"]);
    let own = clients.client("client");
    for versions in [ONLY_1_2, ONLY_1_3] {
        let setup = Setup { clients: Some(&clients), versions, ..Setup::new(&certificate) };
        let server = Server::start(&setup, always_ok()).await;
        let key = Arc::new(Unplugged(Module::with(&own)));
        let key = CertifiedKey::new(vec![own.certificate_der()], key);
        let identity = rustls_023::identity(key).expect("identity");
        let client = client(backend, &root, None).identity(identity).build().expect("client");
        let error = server.post(&client).await.expect_err("no signature");
        assert_eq!((error.kind(), error.sent()), (ErrorKind::TlsProtocol, Sent::No), "{error:?}");
    }
}

// TLS-09, TLS-08: judged as others are, before anything is connected.
#[test]
fn keys_elsewhere_are_compared_too() {
    for &backend in TlsBackend::compiled().iter().filter(|b| **b != TlsBackend::OpenSsl) {
        keys_elsewhere_are_compared_too_on(backend);
    }
}

fn keys_elsewhere_are_compared_too_on(backend: TlsBackend) {
    let root = Authority::new("root");
    let (own, other) = (root.client("client"), root.client("other"));
    let module = Module::with(&own);
    let identity = |key| rustls_023::identity(key).err().as_ref().and_then(fault);
    assert_eq!(identity(module.certified(&other)), Some(IdentityFault::KeyMismatch));
    let empty = CertifiedKey::new(vec![], Arc::new(module.clone()));
    assert_eq!(identity(empty), Some(IdentityFault::NoCertificate));
    let nonsense = CertifiedKey::new(vec![b"MARKER".to_vec().into()], Arc::new(module));
    assert_eq!(identity(nonsense), Some(IdentityFault::Malformed));

    let late = root.client_with("late", key(), expired);
    let late = rustls_023::identity(Module::with(&late).certified(&late)).expect("identity");
    let error = client(backend, &root, None).identity(late).build().expect_err("expired");
    assert_eq!(fault(&error), Some(IdentityFault::Expired));
}
