//! The connector backed by OpenSSL, and what OpenSSL's errors mean.
//!
//! It exists for servers that renegotiate. hyper-openssl makes the connection: the `openssl` crate
//! has session resumption only as an unsafe function.

use std::error::Error as StdError;
use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicI32, Ordering::Relaxed};

use http::Uri;
use http::uri::{Authority, Scheme};
use hyper_openssl::client::legacy::{HttpsLayer, MaybeHttpsStream};
use hyper_util::client::legacy::connect::Connection;
use hyper_util::rt::TokioIo;
use openssl::error::ErrorStack;
use openssl::pkey::PKey;
use openssl::ssl::{
    ConnectConfiguration, SslConnector, SslConnectorBuilder, SslMethod, SslMode, SslRef,
    SslVerifyMode, SslVersion,
};
use openssl::x509::X509;
use openssl::x509::store::X509StoreBuilder;
use openssl::x509::verify::{X509CheckFlags, X509VerifyFlags};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::time::timeout;
use tower_layer::Layer;
use tower_service::Service;

use crate::connector::{BoxFuture, BoxedStream, ConnectError, Connector, Target};
use crate::dial::{Dialed, dial};
use crate::error::{BoxError, Error, ErrorKind, IdentityFault, Phase, Verdict};
use crate::identity::Identity;
use crate::identity::key::Key;
use crate::probe::Watched;
use crate::roots::{Roots, Source};
use crate::tls::verdict::{
    HANDSHAKE_FAILURE, NOT_TLS, OUTDATED, ServerFault, Stage, judge_alert, server_certificate,
    tls_protocol,
};
use crate::tls::{Agreed, Seen, Tls};

pub(crate) struct OpenSslConnector {
    layer: Arc<HttpsLayer>,
    seen: Option<Seen>,
}

impl OpenSslConnector {
    pub(crate) fn new(
        identity: Option<&Identity>,
        roots: &Roots,
        seen: Option<&Seen>,
    ) -> Result<Self, Error> {
        let unusable = |error| Error::configuration("OpenSSL cannot be used").with_source(error);
        let mut builder = settings().map_err(unusable)?;
        if let Source::Given(roots) = &roots.0 {
            trust_only(&mut builder, roots).map_err(|error| {
                Error::configuration("one of the roots cannot be used").with_source(error)
            })?;
        }
        if let Some(identity) = identity {
            present(&mut builder, identity)?;
        }
        let layer = Arc::new(HttpsLayer::with_connector(builder).map_err(unusable)?);
        Ok(Self { layer, seen: seen.cloned() })
    }
}

impl Connector for OpenSslConnector {
    fn connect(&self, target: &Target) -> BoxFuture<Result<BoxedStream, ConnectError>> {
        let (layer, seen) = (Arc::clone(&self.layer), self.seen.clone());
        let target = target.clone();
        Box::pin(async move {
            // Connected before, so that TCP and TLS have timeouts of their own.
            let stream = dial(&target).await?;
            let stream = handshake(&layer, &target, stream, seen).await?;
            Ok(Box::new(TokioIo::new(stream)) as BoxedStream)
        })
    }
}

impl Tls for OpenSslConnector {
    fn inspect(
        &self,
        target: &Target,
        stream: Watched,
    ) -> BoxFuture<Result<(BoxedStream, Agreed), ConnectError>> {
        let (layer, seen) = (Arc::clone(&self.layer), self.seen.clone());
        let target = target.clone();
        Box::pin(async move {
            let stream = handshake(&layer, &target, stream, seen).await?;
            let agreed = match &stream {
                MaybeHttpsStream::Https(stream) => agreed(stream.ssl()),
                MaybeHttpsStream::Http(_) => None,
            };
            let agreed = agreed.ok_or_else(|| ConnectError::new(ErrorKind::TlsProtocol))?;
            Ok((Box::new(TokioIo::new(stream)) as BoxedStream, agreed))
        })
    }
}

async fn handshake<S>(
    layer: &HttpsLayer,
    target: &Target,
    stream: S,
    seen: Option<Seen>,
) -> Result<MaybeHttpsStream<TokioIo<S>>, ConnectError>
where
    S: AsyncRead + AsyncWrite + Send + Unpin + 'static,
    TokioIo<S>: Connection,
{
    let uri = uri(target).map_err(|error| {
        ConnectError::new(ErrorKind::Configuration)
            .with_message("the host is neither a name nor an address")
            .with_source(error)
    })?;
    let objection = Arc::<AtomicI32>::default();
    let mut connector = layer.layer(Dialed::new(stream));
    connector.set_callback({
        let (target, objection) = (target.clone(), Arc::clone(&objection));
        move |ssl, _| verify(ssl, target.host(), &objection, seen.as_ref())
    });
    match timeout(target.tls_timeout(), connector.call(uri)).await {
        Ok(Ok(stream)) => Ok(stream),
        Ok(Err(error)) => Err(failed_handshake(error, objection.load(Relaxed))),
        Err(_) => Err(ConnectError::new(ErrorKind::Timeout(Phase::Tls))),
    }
}

fn agreed(ssl: &SslRef) -> Option<Agreed> {
    let version = match ssl.version2()? {
        SslVersion::TLS1_3 => "TLS 1.3",
        SslVersion::TLS1_2 => "TLS 1.2",
        _ => "another version",
    };
    let cipher = ssl.current_cipher()?;
    let suite = cipher.standard_name().unwrap_or_else(|| cipher.name()).to_owned();
    Some(Agreed { version, suite })
}

/// What rustls does by itself. Set here all of it, since OpenSSL's own defaults depend on version
/// and configuration file.
fn settings() -> Result<SslConnectorBuilder, ErrorStack> {
    let mut builder = SslConnector::builder(SslMethod::tls_client())?;
    builder.set_min_proto_version(Some(SslVersion::TLS1_2))?;
    builder.set_cipher_list("ECDHE+AESGCM:ECDHE+CHACHA20:@SECLEVEL=2")?;
    builder.set_alpn_protos(b"\x08http/1.1")?;
    // Would complete the client's chain with certificates found among the roots.
    builder.set_mode(SslMode::NO_AUTO_CHAIN);
    builder.set_session_cache_size(MAX_SESSIONS);
    Ok(builder)
}

/// Sessions kept for resumption; a client rarely opens more connections at once. OpenSSL's 20,480 are
/// meant for servers: a session holds a chain of certificates, and one that the server has forgotten
/// is tried again until newer ones push it out.
const MAX_SESSIONS: i32 = 8;

/// Replaces the roots found where OpenSSL was built to look and where the environment says. As in
/// rustls, each is trusted as it is, also one that was issued by another authority.
fn trust_only(
    builder: &mut SslConnectorBuilder,
    roots: &[impl AsRef<[u8]>],
) -> Result<(), ErrorStack> {
    let mut store = X509StoreBuilder::new()?;
    for root in roots {
        store.add_cert(X509::from_der(root.as_ref())?)?;
    }
    store.set_flags(X509VerifyFlags::PARTIAL_CHAIN)?;
    builder.set_cert_store(store.build());
    Ok(())
}

fn present(builder: &mut SslConnectorBuilder, identity: &Identity) -> Result<(), Error> {
    let fault = |fault| move |error: ErrorStack| Error::from(fault).with_source(error);
    let malformed = fault(IdentityFault::Malformed);
    let unsupported = fault(IdentityFault::UnsupportedKey);
    let key = match identity.key() {
        Key::Der(key) => PKey::private_key_from_der(key.secret_der()).map_err(unsupported)?,
        #[cfg(any(feature = "rustls-aws-lc-rs", feature = "rustls-ring"))]
        Key::Signer(_) => {
            return Err(Error::configuration("OpenSSL cannot use a signer made for rustls")
                .with_hint("use a rustls backend, or an identity with its key"));
        }
    };
    for (index, der) in identity.chain().iter().enumerate() {
        let certificate = X509::from_der(der).map_err(malformed)?;
        if index > 0 {
            builder.add_extra_chain_cert(certificate).map_err(malformed)?;
            continue;
        }
        if !certificate.public_key().map_err(malformed)?.public_eq(&key) {
            return Err(identity.mismatch());
        }
        builder.set_certificate(&certificate).map_err(unsupported)?;
    }
    builder.set_private_key(&key).map_err(unsupported)
}

/// For hyper-openssl, which keeps sessions by host and port.
fn uri(target: &Target) -> Result<Uri, http::Error> {
    let authority = match target.host().contains(':') {
        true => format!("[{}]:{}", target.host(), target.port()),
        false => format!("{}:{}", target.host(), target.port()),
    };
    let authority = Authority::try_from(authority)?;
    Uri::builder().scheme(Scheme::HTTPS).authority(authority).path_and_query("/").build()
}

/// Says whose certificate is expected, and remembers OpenSSL's first objection to it.
///
/// Not left to hyper-openssl, which takes the brackets of an IPv6 address for a part of it. And not
/// to the defaults, by which the common name may stand in for a host name.
fn verify(
    ssl: &mut ConnectConfiguration,
    host: &str,
    objection: &Arc<AtomicI32>,
    seen: Option<&Seen>,
) -> Result<(), ErrorStack> {
    ssl.set_verify_hostname(false);
    ssl.set_use_server_name_indication(false);
    let expected = ssl.param_mut();
    expected
        .set_hostflags(X509CheckFlags::NO_PARTIAL_WILDCARDS | X509CheckFlags::NEVER_CHECK_SUBJECT);
    if let Ok(address) = host.parse::<IpAddr>() {
        expected.set_ip(address)?;
    } else {
        let name = host.strip_suffix('.').unwrap_or(host);
        expected.set_host(name)?;
        ssl.set_hostname(name)?;
    }
    let (objection, seen) = (Arc::clone(objection), seen.cloned());
    ssl.set_verify_callback(SslVerifyMode::PEER, move |is_fine, context| {
        if let Some(seen) = &seen
            && let Some(own) = context.chain().and_then(|chain| chain.get(0))
            && let Ok(der) = own.to_der()
        {
            seen.note(der.into());
        }
        if !is_fine {
            objection.store(context.error().as_raw(), Relaxed);
        }
        is_fine
    });
    Ok(())
}

fn failed_handshake(error: BoxError, objection: i32) -> ConnectError {
    let Some(cause) = find(&*error) else {
        return ConnectError::new(ErrorKind::TlsProtocol).with_source(error);
    };
    if objection != 0 && has_reason(cause, CERTIFICATE_VERIFY_FAILED) {
        let verdict = server_certificate(server_fault(objection));
        return ConnectError::from(verdict).with_source(error);
    }
    match judge(cause, Stage::Handshake) {
        Some(verdict) => ConnectError::from(verdict).with_source(error),
        None => ConnectError::new(ErrorKind::Connect)
            .with_message("the connection was lost during the TLS handshake")
            .with_source(error),
    }
}

fn find<'e>(error: &'e (dyn StdError + 'static)) -> Option<&'e openssl::ssl::Error> {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(found) = error.downcast_ref() {
            return Some(found);
        }
        next = error.source();
    }
    None
}

/// `None` if it is not TLS that failed but the connection below.
pub(crate) fn judge(error: &openssl::ssl::Error, stage: Stage) -> Option<Verdict> {
    error.ssl_error()?;
    let verdict = reasons(error).find_map(|reason| judge_reason(reason, stage));
    Some(verdict.unwrap_or_else(|| ErrorKind::TlsProtocol.into()))
}

fn judge_reason(reason: i32, stage: Stage) -> Option<Verdict> {
    Some(match (reason, stage) {
        (CERTIFICATE_VERIFY_FAILED, _) => server_certificate(ServerFault::Other),
        (UNSUPPORTED_PROTOCOL | WRONG_SSL_VERSION, _) => tls_protocol(OUTDATED),
        (WRONG_VERSION_NUMBER, Stage::Handshake) => tls_protocol(NOT_TLS),
        (UNSAFE_LEGACY_RENEGOTIATION_DISABLED, _) => {
            tls_protocol("the server does not know secure renegotiation (RFC 5746)")
        }
        (reason, stage) => {
            let alert = u8::try_from(reason.checked_sub(ALERT)?).ok()?;
            match (alert, stage) {
                (HANDSHAKE_FAILURE, Stage::Established) => {
                    tls_protocol("the server broke off a renegotiation: check the identity")
                }
                _ => judge_alert(alert),
            }
        }
    })
}

fn reasons(error: &openssl::ssl::Error) -> impl Iterator<Item = i32> {
    let errors = error.ssl_error().map_or(&[][..], ErrorStack::errors);
    errors.iter().filter(|error| error.library_code() == LIBRARY_SSL).map(|e| e.reason_code())
}

fn has_reason(error: &openssl::ssl::Error, reason: i32) -> bool {
    reasons(error).any(|found| found == reason)
}

fn server_fault(objection: i32) -> ServerFault {
    match objection {
        CERT_NOT_YET_VALID => ServerFault::NotYetValid,
        CERT_HAS_EXPIRED => ServerFault::Expired,
        HOSTNAME_MISMATCH | IP_ADDRESS_MISMATCH => ServerFault::OtherName,
        UNABLE_TO_GET_ISSUER_CERT
        | DEPTH_ZERO_SELF_SIGNED_CERT..=UNABLE_TO_VERIFY_LEAF_SIGNATURE => {
            ServerFault::UnknownIssuer
        }
        _ => ServerFault::Other,
    }
}

// OpenSSL's `err.h`.
const LIBRARY_SSL: i32 = 20;

// OpenSSL's `sslerr.h`; an alert of the other side is its number more than `ALERT`.
const CERTIFICATE_VERIFY_FAILED: i32 = 134;
const UNSUPPORTED_PROTOCOL: i32 = 258;
const WRONG_SSL_VERSION: i32 = 266;
const WRONG_VERSION_NUMBER: i32 = 267;
const UNSAFE_LEGACY_RENEGOTIATION_DISABLED: i32 = 338;
const ALERT: i32 = 1000;

// OpenSSL's `x509_vfy.h`.
const UNABLE_TO_GET_ISSUER_CERT: i32 = 2;
const CERT_NOT_YET_VALID: i32 = 9;
const CERT_HAS_EXPIRED: i32 = 10;
const DEPTH_ZERO_SELF_SIGNED_CERT: i32 = 18;
const UNABLE_TO_VERIFY_LEAF_SIGNATURE: i32 = 21;
const HOSTNAME_MISMATCH: i32 = 62;
const IP_ADDRESS_MISMATCH: i32 = 64;
