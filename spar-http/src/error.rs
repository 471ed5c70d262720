//! What can go wrong, whether the request may have been executed, and what to do about it.

use std::error::Error as StdError;
use std::fmt;

/// A failed call or an impossible configuration.
///
/// Its text never holds a byte of a body, a header value or a key. `Display` leaves the source
/// out; a reporter walks the chain.
pub struct Error(Box<Inner>);

struct Inner {
    verdict: Verdict,
    /// What no static text can say: a file, a date, the name of an authority.
    detail: Option<Box<str>>,
    sent: Sent,
    source: Option<BoxError>,
}

impl Error {
    /// The class of the failure.
    pub fn kind(&self) -> ErrorKind {
        self.0.verdict.kind
    }

    /// Whether the request may have reached the server. Only after [`Sent::No`] may it be sent
    /// again without the risk of having it executed, logged and billed twice.
    pub fn sent(&self) -> Sent {
        self.0.sent
    }

    /// What the operator can do about it, where that is known.
    pub fn hint(&self) -> Option<&'static str> {
        self.0.verdict.hint
    }

    pub(crate) fn new(verdict: Verdict, sent: Sent) -> Self {
        Self(Box::new(Inner { verdict, detail: None, sent, source: None }))
    }

    /// Adds to the text; what was added before follows it.
    pub(crate) fn with_detail(mut self, detail: &str) -> Self {
        self.0.detail = Some(match self.0.detail.take() {
            None => detail.into(),
            Some(inner) => format!("{detail}: {inner}").into(),
        });
        self
    }

    pub(crate) fn with_source(mut self, source: impl Into<BoxError>) -> Self {
        self.0.source = Some(source.into());
        self
    }

    pub(crate) fn configuration(message: &'static str) -> Self {
        Self::new(Verdict::new(ErrorKind::Configuration, message), Sent::No)
    }

    pub(crate) fn with_hint(mut self, hint: &'static str) -> Self {
        self.0.verdict.hint = Some(hint);
        self
    }
}

#[cfg(any(feature = "rustls-aws-lc-rs", feature = "rustls-ring", feature = "openssl"))]
impl Error {
    pub(crate) fn verdict(&self) -> &Verdict {
        &self.0.verdict
    }

    pub(crate) fn detail(&self) -> Option<&str> {
        self.0.detail.as_deref()
    }
}

impl From<IdentityFault> for Error {
    fn from(fault: IdentityFault) -> Self {
        Self::new(Verdict { hint: fault.hint(), ..ErrorKind::Identity(fault).into() }, Sent::No)
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.verdict.message)?;
        if let Some(detail) = &self.0.detail {
            write!(f, ": {detail}")?;
        }
        match (self.kind(), self.sent()) {
            (ErrorKind::Configuration | ErrorKind::Identity(_), _) => Ok(()),
            (_, Sent::No) => f.write_str(" (nothing was sent)"),
            (_, Sent::Unknown) => f.write_str(" (the request may have reached the server)"),
            (_, Sent::Yes) => f.write_str(" (the server had received the request)"),
        }
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Error")
            .field("kind", &self.kind())
            .field("message", &self.0.verdict.message)
            .field("detail", &self.0.detail)
            .field("sent", &self.sent())
            .field("source", &self.0.source)
            .finish()
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.0.source.as_deref().map(|source| source as _)
    }
}

/// The classes of failure. Each says who has to change something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// A setting, an endpoint or a request is impossible. Correct the program or its configuration.
    Configuration,
    /// The client's own certificate or key cannot be used. Nothing was connected.
    Identity(IdentityFault),
    /// No connection: name not found, refused, unreachable, or closed during the TLS handshake.
    /// Check address, network and firewall; may be tried again.
    Connect,
    /// The proxy did not open a way to the server. Check its address, user and password, and whether
    /// it lets this machine through to the server. Nothing was sent to the server.
    Proxy(ProxyFault),
    /// The server's certificate was not accepted. Check clock, endpoint and roots; the hint says
    /// which.
    ServerCertificate,
    /// The server did not accept the client's certificate.
    ClientCertificate(ClientCertificateFault),
    /// Client and server do not agree on TLS, or the other side does not speak it.
    TlsProtocol,
    /// A named wait ran out; see [`Timeouts`](crate::Timeouts).
    Timeout(Phase),
    /// The body of the request could not be read, so only a part of it was sent. The source says why.
    Source,
    /// The connection was lost before a byte of the answer arrived.
    Disconnected,
    /// The answer ended before it was complete.
    Truncated,
    /// The answer exceeds a limit; see [`Limits`](crate::Limits).
    TooLarge,
    /// The answer is not what was agreed on: not HTTP, a redirect, no content, compressed.
    Protocol,
}

impl ErrorKind {
    fn message(self) -> &'static str {
        match self {
            Self::Configuration => "the configuration is not valid",
            Self::Identity(fault) => fault.message(),
            Self::Connect => "no connection to the server",
            Self::Proxy(fault) => fault.message(),
            Self::ServerCertificate => "the server's certificate is not accepted",
            Self::ClientCertificate(fault) => fault.message(),
            Self::TlsProtocol => "no agreement on TLS with the server",
            Self::Timeout(phase) => phase.message(),
            Self::Source => "what was to be sent cannot be read",
            Self::Disconnected => "the connection was lost before an answer arrived",
            Self::Truncated => "the answer ended before it was complete",
            Self::TooLarge => "the answer exceeds a limit",
            Self::Protocol => "the answer is not what was agreed on",
        }
    }
}

/// Whether a request may have reached the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Sent {
    /// Not a byte of it was handed to a connection.
    No,
    /// At least a byte of it was handed to a connection and no answer came.
    Unknown,
    /// The head of an answer arrived.
    Yes,
}

/// Why the client's own certificate and key cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum IdentityFault {
    /// The file cannot be read, or is larger than 1 MiB.
    Unreadable,
    /// The input is neither PEM nor PKCS#12.
    UnknownFormat,
    /// There is no certificate in the input.
    NoCertificate,
    /// There is no private key in the input.
    NoKey,
    /// There is more than one private key in the input.
    SeveralKeys,
    /// The private key is encrypted and no passphrase was given.
    PassphraseRequired,
    /// The passphrase does not open the private key, or the PKCS#12 file was changed.
    WrongPassphrase,
    /// The private key is encrypted in the old form (`Proc-Type: 4,ENCRYPTED`).
    LegacyEncryptedKey,
    /// The private key is encrypted by a method that is not supported.
    UnsupportedEncryption,
    /// The input, or a certificate in it, is corrupt.
    Malformed,
    /// Kind or size of the private key is not supported.
    UnsupportedKey,
    /// The certificates are not one chain: several could be the client's own.
    AmbiguousChain,
    /// The private key does not belong to the certificate.
    KeyMismatch,
    /// The private key does not belong to the certificate, which is that of an issuer.
    IssuerCertificate,
    /// The client's certificate has expired.
    Expired,
    /// The client's certificate is not yet valid.
    NotYetValid,
}

impl IdentityFault {
    fn message(self) -> &'static str {
        match self {
            Self::Unreadable => "the identity's file cannot be read",
            Self::UnknownFormat => "the identity is neither PEM nor PKCS#12",
            Self::NoCertificate => "the identity holds no certificate",
            Self::NoKey => "the identity holds no private key",
            Self::SeveralKeys => "the identity holds more than one private key",
            Self::PassphraseRequired => "the private key is encrypted and there is no passphrase",
            Self::WrongPassphrase => "the passphrase does not open the private key",
            Self::LegacyEncryptedKey => {
                "the private key is encrypted in an outdated form; convert it with \
                 `openssl pkcs8 -topk8 -v2 aes-256-cbc -in encrypted.pem -out key.pem`"
            }
            Self::UnsupportedEncryption => {
                "the private key is encrypted by a method that is not supported"
            }
            Self::Malformed => "the identity is corrupt",
            Self::UnsupportedKey => "the private key is of an unsupported kind",
            Self::AmbiguousChain => "several of the certificates could be the client's own",
            Self::KeyMismatch => "the private key does not belong to the certificate",
            Self::IssuerCertificate => {
                "the certificate is that of an issuer, and the private key does not belong to it"
            }
            Self::Expired => "the client certificate has expired",
            Self::NotYetValid => "the client certificate is not yet valid",
        }
    }

    fn hint(self) -> Option<&'static str> {
        match self {
            Self::Unreadable => Some("check the path, and who may read the file"),
            Self::UnknownFormat => Some(
                "give PEM text, or a PKCS#12 file (.p12, .pfx); a certificate alone (.cer, .der) \
                 is not enough",
            ),
            Self::NoCertificate | Self::NoKey => Some(
                "give certificate and key; `openssl pkcs12 -in file.p12 -nodes` writes both as PEM",
            ),
            Self::SeveralKeys => Some("keep the key of the certificate and remove the others"),
            Self::PassphraseRequired => Some("give the passphrase"),
            Self::WrongPassphrase => Some(
                "check the passphrase; if it is right, the file is damaged: export it once more",
            ),
            Self::LegacyEncryptedKey | Self::UnsupportedEncryption => Some(
                "encrypt it anew: \
                 `openssl pkcs8 -topk8 -v2 aes-256-cbc -in encrypted.pem -out key.pem`, or \
                 `openssl pkcs12 -in file.p12` for a PKCS#12 file",
            ),
            Self::Malformed => Some("export it once more, and copy it as binary"),
            Self::UnsupportedKey => Some("RSA from 2048 bits, ECDSA P-256, P-384 and Ed25519 work"),
            Self::AmbiguousChain => {
                Some("keep the client's certificate and the chain of its issuers")
            }
            Self::KeyMismatch => Some("use the key the certificate was requested with"),
            Self::IssuerCertificate => {
                Some("add the certificate issued to your organization to the file")
            }
            Self::Expired => {
                Some("order a new certificate, and tell SPAR about it; or check the clock")
            }
            Self::NotYetValid => Some("wait until then, or check the clock of this machine"),
        }
    }
}

/// Why a proxy did not open a way to the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ProxyFault {
    /// Its name was not found, or it cannot be connected to.
    Unreachable,
    /// It wants a user and a password, or does not accept those it was given (status 407).
    AuthenticationRequired,
    /// It does not connect to this server, or failed to (another status, which the source names).
    Refused,
    /// Its answer is not that of a proxy: HTML, something other than HTTP, or nothing.
    Unexpected,
}

impl ProxyFault {
    fn message(self) -> &'static str {
        match self {
            Self::Unreachable => "the proxy cannot be reached",
            Self::AuthenticationRequired => "the proxy wants another user and password",
            Self::Refused => "the proxy does not connect to the server",
            Self::Unexpected => "the proxy does not answer as a proxy does",
        }
    }
}

/// Why the server did not accept the client's certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ClientCertificateFault {
    /// The server requires one and none was sent.
    Required,
    /// The server does not trust its issuer.
    Untrusted,
    /// It has expired.
    Expired,
    /// It has been revoked.
    Revoked,
    /// It was rejected for another reason.
    Rejected,
}

impl ClientCertificateFault {
    fn message(self) -> &'static str {
        match self {
            Self::Required => "the server requires a client certificate",
            Self::Untrusted => "the server does not trust the issuer of the client certificate",
            Self::Expired => "the server says that the client certificate has expired",
            Self::Revoked => "the server says that the client certificate is revoked",
            Self::Rejected => "the server rejects the client certificate",
        }
    }
}

/// The waits with a limit of their own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Phase {
    /// Finding the address and opening the TCP connection.
    Connect,
    /// Reaching the proxy and having it connect to the server.
    Proxy,
    /// The TLS handshake.
    Tls,
    /// From the last byte of the request that could be written to the complete head of the answer.
    FirstByte,
    /// Between two pieces of the answer's body.
    Idle,
    /// The whole call.
    Total,
}

impl Phase {
    fn message(self) -> &'static str {
        match self {
            Self::Connect => "connecting to the server took too long",
            Self::Proxy => "the proxy took too long",
            Self::Tls => "the TLS handshake took too long",
            Self::FirstByte => "the server did not begin to answer in time",
            Self::Idle => "the server stopped in the middle of its answer",
            Self::Total => "the call took too long",
        }
    }
}

/// Class, text and advice of a failure, before it is known what had been sent.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Verdict {
    pub(crate) kind: ErrorKind,
    pub(crate) message: &'static str,
    pub(crate) hint: Option<&'static str>,
}

impl Verdict {
    pub(crate) fn new(kind: ErrorKind, message: &'static str) -> Self {
        Self { kind, message, hint: None }
    }

    pub(crate) fn with_hint(self, hint: &'static str) -> Self {
        Self { hint: Some(hint), ..self }
    }
}

impl From<ErrorKind> for Verdict {
    fn from(kind: ErrorKind) -> Self {
        Self::new(kind, kind.message())
    }
}

pub(crate) type BoxError = Box<dyn StdError + Send + Sync>;
