//! TLS by rustls: the default connector, and what rustls's errors mean. Public is [`rustls_023`]
//! alone.

pub mod rustls_023;

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
use crate::error::{ClientCertificateFault, Error, ErrorKind, IdentityFault, Phase, Verdict};
use crate::identity::Identity;
use crate::identity::key::Key;
use crate::roots::{Roots, Source};

pub(crate) struct RustlsConnector(Arc<ClientConfig>);

impl RustlsConnector {
    pub(crate) fn new(identity: Option<&Identity>, roots: &Roots) -> Result<Self, Error> {
        let provider = Arc::new(provider());
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

/// When an error of TLS was met; some alerts mean different things before and after.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stage {
    Handshake,
    Established,
}

pub(crate) fn judge(error: &rustls::Error, stage: Stage) -> Verdict {
    use AlertDescription as Alert;
    use ClientCertificateFault as Fault;
    use rustls::Error as Tls;

    let client = |fault| Verdict::from(ErrorKind::ClientCertificate(fault));
    let tls = |hint| Verdict::from(ErrorKind::TlsProtocol).with_hint(hint);
    match error {
        Tls::InvalidCertificate(error) => judge_server_certificate(error),
        Tls::AlertReceived(alert) => match alert {
            Alert::CertificateRequired | Alert::NoCertificate => {
                client(Fault::Required).with_hint("configure an identity")
            }
            Alert::UnknownCA => client(Fault::Untrusted).with_hint(
                "check that the certificate is meant for this environment and its chain complete",
            ),
            Alert::CertificateExpired => client(Fault::Expired)
                .with_hint("compare the certificate's dates with the clock; order a new one"),
            Alert::CertificateRevoked => client(Fault::Revoked),
            Alert::BadCertificate
            | Alert::UnsupportedCertificate
            | Alert::CertificateUnknown
            | Alert::AccessDenied => client(Fault::Rejected).with_hint(
                "check the certificate's dates and issuer, and that SPAR has been told about it",
            ),
            Alert::HandshakeFailure if stage == Stage::Established => tls(RENEGOTIATION),
            Alert::NoRenegotiation => tls(RENEGOTIATION),
            Alert::HandshakeFailure => {
                tls("the server supports none of the offered cipher suites, \
                 or it wants a client certificate")
            }
            Alert::ProtocolVersion | Alert::InsufficientSecurity => tls(OUTDATED),
            Alert::UnrecognisedName => tls("the server does not know this host name"),
            _ => ErrorKind::TlsProtocol.into(),
        },
        Tls::InvalidMessage(InvalidMessage::InvalidContentType) => {
            tls("the server does not speak TLS: is this an https endpoint?")
        }
        Tls::PeerMisbehaved(PeerMisbehaved::TooManyRenegotiationRequests) => tls(RENEGOTIATION),
        Tls::PeerIncompatible(_) => tls(OUTDATED),
        _ => ErrorKind::TlsProtocol.into(),
    }
}

fn judge_server_certificate(error: &CertificateError) -> Verdict {
    use CertificateError as Fault;

    let (message, hint) = match error {
        Fault::Expired | Fault::ExpiredContext { .. } => {
            ("the server's certificate has expired", "check the clock of this machine")
        }
        Fault::NotValidYet | Fault::NotValidYetContext { .. } => {
            ("the server's certificate is not yet valid", "check the clock of this machine")
        }
        Fault::UnknownIssuer => (
            "the server's certificate is from an unknown issuer",
            "check the endpoint, and the roots: the platform's, or those given instead",
        ),
        Fault::NotValidForName | Fault::NotValidForNameContext { .. } => (
            "the server's certificate is for another name",
            "check the host of the endpoint, and that nothing intercepts the connection",
        ),
        _ => return ErrorKind::ServerCertificate.into(),
    };
    Verdict::new(ErrorKind::ServerCertificate, message).with_hint(hint)
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

/// Explicit and never installed for the process, which may have another one.
fn provider() -> CryptoProvider {
    #[cfg(feature = "rustls-aws-lc-rs")]
    return rustls::crypto::aws_lc_rs::default_provider();
    #[cfg(not(feature = "rustls-aws-lc-rs"))]
    return rustls::crypto::ring::default_provider();
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
     use a connector backed by OpenSSL";

const OUTDATED: &str = "TLS 1.2 or 1.3 with a modern cipher suite is needed on the other side";

#[cfg(test)]
mod tests {
    use rustls::PeerIncompatible;

    use super::*;

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
