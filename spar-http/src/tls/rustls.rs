//! The connector backed by rustls, and what rustls's errors mean.

use std::error::Error as StdError;
use std::io;
use std::sync::Arc;

use http::Uri;
use hyper_rustls::{FixedServerNameResolver, HttpsConnector};
use hyper_util::rt::TokioIo;
use rustls::crypto::CryptoProvider;
use rustls::sign::{CertifiedKey, SingleCertAndKey};
use rustls::{
    AlertDescription, CertificateError, ClientConfig, InvalidMessage, PeerMisbehaved, RootCertStore,
};
use rustls_pki_types::ServerName;
use tokio::time::timeout;
use tower_service::Service;

use crate::connector::{BoxFuture, BoxedStream, ConnectError, Connector, Target};
use crate::dial::{Dialed, dial};
use crate::error::{Error, ErrorKind, IdentityFault, Phase, Verdict};
use crate::identity::Identity;
use crate::identity::key::Key;
use crate::roots::{Roots, Source};
use crate::tls::verdict::{
    NOT_TLS, OUTDATED, ServerFault, Stage, judge_alert, server_certificate, tls_protocol,
};

pub(crate) struct RustlsConnector(Arc<ClientConfig>);

impl RustlsConnector {
    /// The provider is named each time and never installed for the process, which may have another.
    pub(crate) fn new(
        provider: CryptoProvider,
        identity: Option<&Identity>,
        roots: &Roots,
    ) -> Result<Self, Error> {
        let provider = Arc::new(provider);
        let builder = ClientConfig::builder_with_provider(Arc::clone(&provider))
            .with_safe_default_protocol_versions()
            .map_err(|error| Error::configuration("no TLS version").with_source(error))?;
        let builder = match &roots.0 {
            Source::Platform => with_platform_roots(builder, provider)?,
            Source::Given(roots) => {
                let mut store = RootCertStore::empty();
                for root in roots.iter() {
                    store.add(root.clone()).map_err(|error| {
                        Error::configuration("one of the roots cannot be used").with_source(error)
                    })?;
                }
                builder.with_root_certificates(store)
            }
        };
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
            let name = ServerName::try_from(target.host().to_owned()).map_err(|_| {
                ConnectError::new(ErrorKind::Configuration)
                    .with_message("the host is neither a name nor an address")
            })?;
            // Connected before, so that TCP and TLS have timeouts of their own.
            let stream = Dialed::new(dial(&target).await?);
            let resolver = Arc::new(FixedServerNameResolver::new(name));
            let mut connector = HttpsConnector::new(stream, config, true, resolver);
            let handshake = connector.call(Uri::from_static("https://as.resolved/"));
            match timeout(target.tls_timeout(), handshake).await {
                Ok(Ok(stream)) => Ok(Box::new(TokioIo::new(stream)) as BoxedStream),
                Ok(Err(error)) => Err(failed_handshake(error)),
                Err(_) => Err(ConnectError::new(ErrorKind::Timeout(Phase::Tls))),
            }
        })
    }
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

type NeedsVerifier = rustls::ConfigBuilder<ClientConfig, rustls::WantsVerifier>;
type NeedsIdentity = rustls::ConfigBuilder<ClientConfig, rustls::client::WantsClientCert>;

#[cfg(feature = "platform-verifier")]
fn with_platform_roots(
    builder: NeedsVerifier,
    provider: Arc<CryptoProvider>,
) -> Result<NeedsIdentity, Error> {
    // Not a downgrade in spite of its name: `dangerous` is how rustls takes a verifier of others.
    let verifier = rustls_platform_verifier::Verifier::new(provider).map_err(|error| {
        Error::configuration("the platform's roots cannot be used")
            .with_hint("install the platform's CA certificates, or give roots")
            .with_source(error)
    })?;
    Ok(builder.dangerous().with_custom_certificate_verifier(Arc::new(verifier)))
}

#[cfg(not(feature = "platform-verifier"))]
fn with_platform_roots(_: NeedsVerifier, _: Arc<CryptoProvider>) -> Result<NeedsIdentity, Error> {
    Err(Error::configuration("there are no roots")
        .with_hint("give roots, or enable the feature platform-verifier"))
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
