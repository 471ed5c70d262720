//! The connector backed by rustls, and what rustls's errors mean.

use std::error::Error as StdError;
use std::fmt;
use std::io;
use std::sync::Arc;

use http::Uri;
use hyper_rustls::{FixedServerNameResolver, HttpsConnector, MaybeHttpsStream};
use hyper_util::client::legacy::connect::Connection;
use hyper_util::rt::TokioIo;
use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::CryptoProvider;
use rustls::sign::{CertifiedKey, SingleCertAndKey};
use rustls::{
    AlertDescription, CertificateError, ClientConfig, DigitallySignedStruct, InvalidMessage,
    PeerMisbehaved, ProtocolVersion, RootCertStore, SignatureScheme,
};
use rustls_pki_types::{CertificateDer, ServerName, UnixTime};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::time::timeout;
use tower_service::Service;

use crate::connector::{BoxFuture, BoxedStream, ConnectError, Connector, Target};
use crate::dial::{Dialed, dial};
use crate::error::{Error, ErrorKind, IdentityFault, Phase, Verdict};
use crate::identity::Identity;
use crate::identity::key::Key;
use crate::probe::Watched;
use crate::roots::{Roots, Source};
use crate::tls::verdict::{
    NOT_TLS, OUTDATED, ServerFault, Stage, judge_alert, server_certificate, tls_protocol,
};
use crate::tls::{Agreed, Seen, Tls};

pub(crate) struct RustlsConnector(Arc<ClientConfig>);

impl RustlsConnector {
    /// The provider is named each time and never installed for the process, which may have another.
    pub(crate) fn new(
        provider: CryptoProvider,
        identity: Option<&Identity>,
        roots: &Roots,
        seen: Option<&Seen>,
    ) -> Result<Self, Error> {
        let provider = Arc::new(provider);
        let builder = ClientConfig::builder_with_provider(Arc::clone(&provider))
            .with_safe_default_protocol_versions()
            .map_err(|error| Error::configuration("no TLS version").with_source(error))?;
        let verifier = match &roots.0 {
            Source::Platform => platform_verifier(provider)?,
            Source::Given(roots) => given_verifier(roots, provider)?,
        };
        let verifier = match seen {
            Some(seen) => Arc::new(Noting { verifier, seen: seen.clone() }),
            None => verifier,
        };
        // Not a downgrade in spite of its name: `dangerous` is how rustls takes a verifier.
        let builder = builder.dangerous().with_custom_certificate_verifier(verifier);
        let mut config = match identity {
            None => builder.with_no_client_auth(),
            Some(identity) => {
                let key = certified_key(identity, builder.crypto_provider())
                    .map_err(|error| unusable(identity, error))?;
                builder.with_client_cert_resolver(Arc::new(SingleCertAndKey::from(key)))
            }
        };
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(Self(Arc::new(config)))
    }
}

impl Connector for RustlsConnector {
    fn connect(&self, target: &Target) -> BoxFuture<Result<BoxedStream, ConnectError>> {
        let config = Arc::clone(&self.0);
        let target = target.clone();
        Box::pin(async move {
            // Connected before, so that TCP and TLS have timeouts of their own.
            let stream = dial(&target).await?;
            let stream = handshake(config, &target, stream).await?;
            Ok(Box::new(TokioIo::new(stream)) as BoxedStream)
        })
    }
}

impl Tls for RustlsConnector {
    fn inspect(
        &self,
        target: &Target,
        stream: Watched,
    ) -> BoxFuture<Result<(BoxedStream, Agreed), ConnectError>> {
        let config = Arc::clone(&self.0);
        let target = target.clone();
        Box::pin(async move {
            let stream = handshake(config, &target, stream).await?;
            let agreed = match &stream {
                MaybeHttpsStream::Https(stream) => agreed(stream.inner().get_ref().1),
                MaybeHttpsStream::Http(_) => None,
            };
            let agreed = agreed.ok_or_else(|| ConnectError::new(ErrorKind::TlsProtocol))?;
            Ok((Box::new(TokioIo::new(stream)) as BoxedStream, agreed))
        })
    }
}

async fn handshake<S>(
    config: Arc<ClientConfig>,
    target: &Target,
    stream: S,
) -> Result<MaybeHttpsStream<TokioIo<S>>, ConnectError>
where
    S: AsyncRead + AsyncWrite + Send + Unpin + 'static,
    TokioIo<S>: Connection,
{
    let name = ServerName::try_from(target.host().to_owned()).map_err(|_| {
        ConnectError::new(ErrorKind::Configuration)
            .with_message("the host is neither a name nor an address")
    })?;
    let resolver = Arc::new(FixedServerNameResolver::new(name));
    let mut connector = HttpsConnector::new(Dialed::new(stream), config, true, resolver);
    let handshake = connector.call(Uri::from_static("https://as.resolved/"));
    match timeout(target.tls_timeout(), handshake).await {
        Ok(Ok(stream)) => Ok(stream),
        Ok(Err(error)) => Err(failed_handshake(error)),
        Err(_) => Err(ConnectError::new(ErrorKind::Timeout(Phase::Tls))),
    }
}

fn agreed(connection: &rustls::ClientConnection) -> Option<Agreed> {
    let version = match connection.protocol_version()? {
        ProtocolVersion::TLSv1_3 => "TLS 1.3",
        ProtocolVersion::TLSv1_2 => "TLS 1.2",
        _ => "another version",
    };
    let suite = format!("{:?}", connection.negotiated_cipher_suite()?.suite());
    Some(Agreed { version, suite: suite.replace("TLS13_", "TLS_") })
}

pub(crate) fn judge(error: &rustls::Error, stage: Stage) -> Verdict {
    use AlertDescription as Alert;
    use rustls::Error as Tls;

    match error {
        Tls::InvalidCertificate(error) => server_certificate(server_fault(error)),
        Tls::AlertReceived(Alert::HandshakeFailure) if stage == Stage::Established => {
            tls_protocol(RENEGOTIATION)
        }
        Tls::AlertReceived(Alert::NoRenegotiation) => tls_protocol(RENEGOTIATION),
        Tls::AlertReceived(alert) => judge_alert(u8::from(*alert)),
        Tls::InvalidMessage(InvalidMessage::InvalidContentType) => tls_protocol(NOT_TLS),
        Tls::PeerMisbehaved(PeerMisbehaved::TooManyRenegotiationRequests) => {
            tls_protocol(RENEGOTIATION)
        }
        Tls::PeerIncompatible(_) => tls_protocol(OUTDATED),
        _ => ErrorKind::TlsProtocol.into(),
    }
}

fn server_fault(error: &CertificateError) -> ServerFault {
    use CertificateError as Fault;

    match error {
        Fault::Expired | Fault::ExpiredContext { .. } => ServerFault::Expired,
        Fault::NotValidYet | Fault::NotValidYetContext { .. } => ServerFault::NotYetValid,
        Fault::UnknownIssuer => ServerFault::UnknownIssuer,
        Fault::NotValidForName | Fault::NotValidForNameContext { .. } => ServerFault::OtherName,
        _ => ServerFault::Other,
    }
}

fn failed_handshake(error: Box<dyn StdError + Send + Sync>) -> ConnectError {
    match rustls_error(&*error) {
        Some(cause) => ConnectError::from(judge(cause, Stage::Handshake)).with_source(error),
        None => ConnectError::new(ErrorKind::Connect)
            .with_message("the connection was lost during the TLS handshake")
            .with_source(error),
    }
}

/// The error of rustls inside those of I/O around it, which do not name it as their source.
fn rustls_error<'e>(mut error: &'e (dyn StdError + 'static)) -> Option<&'e rustls::Error> {
    loop {
        if let Some(found) = error.downcast_ref() {
            return Some(found);
        }
        error = error.downcast_ref::<io::Error>()?.get_ref()?;
    }
}

fn certified_key(
    identity: &Identity,
    provider: &CryptoProvider,
) -> Result<CertifiedKey, rustls::Error> {
    let chain = identity.chain();
    match identity.key() {
        Key::Der(key) => CertifiedKey::from_der(chain, key.clone_key(), provider),
        Key::Signer(signer) => Ok(CertifiedKey::new(chain, Arc::clone(signer))),
    }
}

fn unusable(identity: &Identity, error: rustls::Error) -> Error {
    let unusable = match &error {
        rustls::Error::InconsistentKeys(_) => identity.mismatch(),
        rustls::Error::InvalidCertificate(_) => IdentityFault::Malformed.into(),
        _ => IdentityFault::UnsupportedKey.into(),
    };
    unusable.with_source(error)
}

fn given_verifier(
    roots: &[CertificateDer<'static>],
    provider: Arc<CryptoProvider>,
) -> Result<Arc<dyn ServerCertVerifier>, Error> {
    let mut store = RootCertStore::empty();
    for root in roots {
        store.add(root.clone()).map_err(|error| {
            Error::configuration("one of the roots cannot be used").with_source(error)
        })?;
    }
    let verifier = WebPkiServerVerifier::builder_with_provider(Arc::new(store), provider).build();
    Ok(verifier
        .map_err(|error| Error::configuration("the roots cannot be used").with_source(error))?)
}

#[cfg(feature = "platform-verifier")]
fn platform_verifier(provider: Arc<CryptoProvider>) -> Result<Arc<dyn ServerCertVerifier>, Error> {
    let verifier = rustls_platform_verifier::Verifier::new(provider).map_err(|error| {
        Error::configuration("the platform's roots cannot be used")
            .with_hint("install the platform's CA certificates, or give roots")
            .with_source(error)
    })?;
    Ok(Arc::new(verifier))
}

#[cfg(not(feature = "platform-verifier"))]
fn platform_verifier(_: Arc<CryptoProvider>) -> Result<Arc<dyn ServerCertVerifier>, Error> {
    Err(Error::configuration("there are no roots")
        .with_hint("give roots, or enable the feature platform-verifier"))
}

/// Notes what certificate the server shows, and leaves the verdict to the verifier inside.
struct Noting {
    verifier: Arc<dyn ServerCertVerifier>,
    seen: Seen,
}

impl fmt::Debug for Noting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Noting").field("verifier", &self.verifier).finish_non_exhaustive()
    }
}

impl ServerCertVerifier for Noting {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        self.seen.note(end_entity.clone().into_owned());
        let verifier = &self.verifier;
        verifier.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now)
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.verifier.verify_tls12_signature(message, certificate, signature)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.verifier.verify_tls13_signature(message, certificate, signature)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.verifier.supported_verify_schemes()
    }
}

const RENEGOTIATION: &str = "the server may demand a TLS renegotiation, which rustls refuses: \
     use the OpenSSL backend (feature `openssl`, TlsBackend::OpenSsl)";

#[cfg(test)]
mod tests {
    use rustls::PeerIncompatible;

    use super::*;
    use crate::error::ClientCertificateFault;

    fn check(rows: &[(&str, rustls::Error, Stage, ErrorKind, Option<&str>)]) {
        for (name, error, stage, kind, hint) in rows {
            let verdict = judge(error, *stage);
            assert_eq!(verdict.kind, *kind, "{name}");
            let expected = hint.unwrap_or_default();
            assert!(verdict.hint.unwrap_or_default().contains(expected), "{name}");
        }
    }

    #[test]
    fn tls_errors_are_judged_by_cause_and_stage() {
        use AlertDescription as Alert;
        use ClientCertificateFault as Fault;
        use ErrorKind::{ClientCertificate, ServerCertificate, TlsProtocol};
        use Stage::{Established, Handshake};
        use rustls::Error::{AlertReceived, InvalidCertificate, PeerMisbehaved as Misbehaved};

        let expired = InvalidCertificate(CertificateError::Expired);
        let early = InvalidCertificate(CertificateError::NotValidYet);
        let unknown = InvalidCertificate(CertificateError::UnknownIssuer);
        let old = rustls::Error::PeerIncompatible(PeerIncompatible::ServerDoesNotSupportTls12Or13);
        let twice = Misbehaved(PeerMisbehaved::TooManyRenegotiationRequests);
        let alert = AlertReceived;
        let client = |fault| ClientCertificate(fault);
        check(&[
            ("TLS-02", expired, Handshake, ServerCertificate, Some("clock")),
            ("TLS-03", early, Handshake, ServerCertificate, Some("clock")),
            ("TLS-05", unknown, Handshake, ServerCertificate, Some("roots")),
            (
                "TLS-06",
                alert(Alert::CertificateRequired),
                Established,
                client(Fault::Required),
                None,
            ),
            ("TLS-07", alert(Alert::UnknownCA), Established, client(Fault::Untrusted), None),
            ("TLS-08", alert(Alert::CertificateExpired), Handshake, client(Fault::Expired), None),
            ("TLS-10", alert(Alert::ProtocolVersion), Handshake, TlsProtocol, Some("1.2")),
            ("TLS-11", old, Handshake, TlsProtocol, Some("1.2")),
            (
                "TLS-24",
                alert(Alert::HandshakeFailure),
                Established,
                TlsProtocol,
                Some("renegotiation"),
            ),
            ("TLS-26", twice, Established, TlsProtocol, Some("renegotiation")),
            ("TLS-28", alert(Alert::HandshakeFailure), Handshake, TlsProtocol, Some("suites")),
            ("TLS-32", alert(Alert::CertificateRevoked), Handshake, client(Fault::Revoked), None),
        ]);
    }
}
