//! A client that knows nothing of this workspace but its certificates: tokio-rustls and hyper.

use std::error::Error;
use std::net::SocketAddr;
use std::sync::Arc;

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper_util::rt::TokioIo;
use rustls::crypto::aws_lc_rs::default_provider;
use rustls::version::{TLS12, TLS13};
use rustls::{ClientConfig, ProtocolVersion, RootCertStore, SupportedProtocolVersion};
use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use spar_simulator::{Certificates, Simulator, Version};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

pub(crate) const SOAP_ACTION: &str =
    "http://skatteverket.se/spar/personsok/2023.1/PersonsokService/Personsok";

pub(crate) type Failure = Box<dyn Error + Send + Sync>;

/// How to connect.
pub(crate) struct Setup<'a> {
    /// The authority that is trusted.
    pub(crate) roots: &'a Certificates,
    /// The client certificate and key, if one is shown.
    pub(crate) identity: Option<(&'a str, &'a str)>,
    pub(crate) version: &'static SupportedProtocolVersion,
    pub(crate) server_name: &'a str,
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) content_type: String,
    pub(crate) body: String,
}

impl<'a> Setup<'a> {
    pub(crate) fn new(simulator: &'a Simulator) -> Self {
        let certificates = simulator.certificates();
        Self {
            roots: certificates,
            identity: Some((certificates.client_certificate_pem(), certificates.client_key_pem())),
            version: &TLS13,
            server_name: "localhost",
        }
    }

    pub(crate) fn tls_1_2(self) -> Self {
        Self { version: &TLS12, ..self }
    }
}

/// One connection.
pub(crate) struct Connection {
    sender: SendRequest<Full<Bytes>>,
    pub(crate) version: Option<ProtocolVersion>,
}

impl Connection {
    pub(crate) async fn open(address: SocketAddr, setup: Setup<'_>) -> Result<Self, Failure> {
        let stream = connect(address, setup).await?;
        let version = stream.get_ref().1.protocol_version();
        let (sender, connection) = handshake(TokioIo::new(stream)).await?;
        tokio::spawn(connection);
        Ok(Self { sender, version })
    }

    pub(crate) async fn send(
        &mut self,
        request: http::Request<Full<Bytes>>,
    ) -> Result<Reply, Failure> {
        self.sender.ready().await?;
        let response = self.sender.send_request(request).await?;
        let status = response.status().as_u16();
        let content_type = response.headers().get("content-type");
        let content_type =
            content_type.map(|value| value.to_str().map(str::to_owned)).transpose()?;
        let body = response.into_body().collect().await?.to_bytes();
        let body = String::from_utf8(body.to_vec())?;
        Ok(Reply { status, content_type: content_type.unwrap_or_default(), body })
    }
}

/// A connection without HTTP.
pub(crate) async fn connect(
    address: SocketAddr,
    setup: Setup<'_>,
) -> Result<TlsStream<TcpStream>, Failure> {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_slice(setup.roots.ca_pem().as_bytes())?)?;
    let builder = ClientConfig::builder_with_provider(Arc::new(default_provider()))
        .with_protocol_versions(&[setup.version])?
        .with_root_certificates(roots);
    let config = match setup.identity {
        Some((certificate, key)) => builder.with_client_auth_cert(
            vec![CertificateDer::from_pem_slice(certificate.as_bytes())?],
            PrivateKeyDer::from_pem_slice(key.as_bytes())?,
        )?,
        None => builder.with_no_client_auth(),
    };
    let name = ServerName::try_from(setup.server_name.to_owned())?;
    let stream = TcpStream::connect(address).await?;
    Ok(TlsConnector::from(Arc::new(config)).connect(name, stream).await?)
}

/// A request as it should be, in 2023.1.
pub(crate) fn post(body: impl Into<Bytes>) -> http::Request<Full<Bytes>> {
    post_to(Version::V2023_1, body)
}

pub(crate) fn post_to(version: Version, body: impl Into<Bytes>) -> http::Request<Full<Bytes>> {
    let action = SOAP_ACTION.replace("2023.1", version.as_str());
    http::Request::post(format!("/{version}/"))
        .header("host", "localhost")
        .header("content-type", "text/xml; charset=utf-8")
        .header("soapaction", format!("\"{action}\""))
        .body(Full::new(body.into()))
        .expect("a request")
}

/// The envelope of a question by number.
pub(crate) fn envelope(id: &str) -> String {
    let options = spar_types::xml::WriteOptions::default();
    spar_soap::envelope::wrap(&crate::request(crate::by_id(id)), &options).expect("by the schema")
}

/// Asks on a connection of its own.
pub(crate) async fn ask(simulator: &Simulator, request: http::Request<Full<Bytes>>) -> Reply {
    let mut connection = Connection::open(simulator.address(), Setup::new(simulator))
        .await
        .expect("the simulator takes its own certificates");
    connection.send(request).await.expect("the simulator answers")
}
