//! Looks at every step on the way to a server, and says what is wrong and what to do about it.

mod watched;

use std::error::Error as StdError;
use std::fmt;
use std::net::IpAddr;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::{Mutex, PoisonError};
use std::time::SystemTime;

use tokio::net::TcpStream;

pub(crate) use self::watched::Watched;
use crate::client::{Client, ClientBuilder, EXPIRES_SOON_DAYS, no_backend};
use crate::connector::{BoxFuture, BoxedStream, ConnectError, Connector, Target};
use crate::dial::{connect_to, dial, lookup};
use crate::endpoint::Endpoint;
use crate::error::{ClientCertificateFault, Error, ErrorKind, IdentityFault, ProxyFault};
use crate::identity::{Certificate, Identity};
use crate::message::{Request, Response};
use crate::roots::Roots;
use crate::settings::{Limits, Timeouts};
use crate::tls::{Agreed, Seen, TlsBackend, server_fault_name};
use crate::tunnel::tunnel_over;

/// What was found at one step on the way to a server, from [`ClientBuilder::probe`].
///
/// `Debug` shows no fact: the subject of a sole trader's certificate holds a personal number.
#[derive(Clone)]
#[non_exhaustive]
pub struct Finding {
    /// Where.
    pub step: Step,
    /// Whether something is to be done.
    pub health: Health,
    /// What was found, as one word for machines: lower case with underscores, such as
    /// `expires_soon`.
    pub verdict: &'static str,
    /// The same for people: one line without final period.
    pub text: String,
    /// What was seen, by names as in [`verdict`](Self::verdict).
    pub facts: Vec<(&'static str, String)>,
    /// What to do about it.
    pub remedy: Option<&'static str>,
}

/// The steps on the way to a server, in order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Step {
    /// The client's own certificate: whose it is, who issued it, until when it is valid.
    Certificate,
    /// The addresses of the server, or of the proxy if the way leads through one.
    Dns,
    /// The connection to one of them.
    Tcp,
    /// Whether a proxy opens the way.
    Proxy,
    /// The handshake: version and cipher suite.
    Tls,
    /// The server's certificate.
    ServerCertificate,
    /// Whether the server asks for a second handshake on the connection, as SPAR says of its own.
    Renegotiation,
    /// Whether the TLS backend in use is one that this server can be talked to with.
    Backend,
    /// The answer to a GET request, which is no search.
    Http,
}

impl Step {
    /// The step as machines write it, such as `server_certificate`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Certificate => "certificate",
            Self::Dns => "dns",
            Self::Tcp => "tcp",
            Self::Proxy => "proxy",
            Self::Tls => "tls",
            Self::ServerCertificate => "server_certificate",
            Self::Renegotiation => "renegotiation",
            Self::Backend => "backend",
            Self::Http => "http",
        }
    }

    /// What to do if nothing more precise is known.
    fn advice(self) -> &'static str {
        match self {
            Self::Certificate => "export certificate and key once more",
            Self::Dns => "check the host's spelling, and that this machine can look up names",
            Self::Tcp => "check host and port, and that a firewall lets this machine through",
            Self::Proxy => "check the proxy's address, user and password, and whom it lets through",
            Self::Tls => {
                "check host and port, that nothing on the way breaks TLS off, and try the backend \
                 OpenSSL"
            }
            Self::ServerCertificate => "check the endpoint and the roots",
            Self::Renegotiation | Self::Backend => "choose the backend OpenSSL",
            Self::Http => {
                "check the endpoint; if it is right, try the backend OpenSSL, and ask SPAR whether \
                 the certificate is known"
            }
        }
    }
}

/// How well a step went.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Health {
    /// Nothing is to be done.
    Good,
    /// It works, but will not forever, or should be looked at.
    Notice,
    /// It does not work.
    Bad,
    /// It could not be looked at, because of an earlier step.
    Skipped,
}

impl Health {
    /// The health as machines write it, such as `good`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Good => "good",
            Self::Notice => "notice",
            Self::Bad => "bad",
            Self::Skipped => "skipped",
        }
    }
}

impl ClientBuilder {
    /// Goes the way to the server step by step with these settings, and tells what it finds: one
    /// finding per step, all of them, in order. Takes a few seconds if nothing answers.
    ///
    /// At the end it sends a GET request without a body, and in no case a POST: a search is a POST
    /// with an envelope, so nothing can be executed or billed. Whatever the server answers to it
    /// shows that the way is open. If the server asks for a renegotiation and the backend is
    /// rustls, the way is gone once more with OpenSSL where that is compiled in.
    ///
    /// The identity is presented even if it has expired, which a client would not do: the server's
    /// view of it is one of the things to be found out.
    ///
    /// ```no_run
    /// # async fn run() -> Result<(), spar_http::Error> {
    /// use spar_http::{Client, Endpoint, Health};
    ///
    /// let endpoint =
    ///     Endpoint::parse("https://test-personsok.statenspersonadressregister.se/2023.1/")?;
    /// for finding in Client::builder().probe(&endpoint).await? {
    ///     println!("{}: {}", finding.step.as_str(), finding.text);
    ///     if let (Health::Bad, Some(remedy)) = (finding.health, finding.remedy) {
    ///         println!("  {remedy}");
    ///     }
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Configuration`] for settings with which nothing can be tried, as in
    /// [`build`](Self::build); a connector of yours is one of them.
    pub async fn probe(self, endpoint: &Endpoint) -> Result<Vec<Finding>, Error> {
        let mut way = Way::new(self, endpoint)?;
        let mut findings = vec![way.own_certificate()?];
        if let Some(stream) = way.reach(&mut findings).await {
            way.talk(stream, &mut findings).await?;
        }
        let skipped = STEPS.into_iter().skip(findings.len()).map(Finding::skipped);
        findings.extend(skipped.collect::<Vec<_>>());
        Ok(findings)
    }
}

const STEPS: [Step; 9] = [
    Step::Certificate,
    Step::Dns,
    Step::Tcp,
    Step::Proxy,
    Step::Tls,
    Step::ServerCertificate,
    Step::Renegotiation,
    Step::Backend,
    Step::Http,
];

impl Finding {
    /// The finding at [`Step::Certificate`] if the identity could not be read at all. The rest of the
    /// way can be [probed](ClientBuilder::probe) without.
    pub fn of_unusable_identity(error: &Error) -> Self {
        let verdict = match error.kind() {
            ErrorKind::Identity(fault) => identity_fault_name(fault),
            _ => "unusable",
        };
        Self::bad(Step::Certificate, verdict, error)
    }

    fn new(step: Step, health: Health, verdict: &'static str, text: impl Into<String>) -> Self {
        Self { step, health, verdict, text: text.into(), facts: Vec::new(), remedy: None }
    }

    fn good(step: Step, verdict: &'static str, text: impl Into<String>) -> Self {
        Self::new(step, Health::Good, verdict, text)
    }

    fn bad(step: Step, verdict: &'static str, error: &Error) -> Self {
        let finding = Self::new(step, Health::Bad, verdict, describe(error));
        Self { remedy: error.hint().or_else(|| Some(step.advice())), ..finding }
    }

    fn skipped(step: Step) -> Self {
        Self::new(step, Health::Skipped, "not_reached", "not reached")
    }

    fn with(mut self, name: &'static str, fact: impl Into<String>) -> Self {
        self.facts.push((name, fact.into()));
        self
    }

    fn with_certificate(self, certificate: &Certificate) -> Self {
        self.with("subject", certificate.subject())
            .with("issuer", certificate.issuer())
            .with("serial", certificate.serial())
            .with("valid_from", certificate.not_before_utc())
            .with("valid_until", certificate.not_after_utc())
    }

    fn remedy(self, remedy: &'static str) -> Self {
        Self { remedy: Some(remedy), ..self }
    }
}

impl fmt::Debug for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Finding")
            .field("step", &self.step)
            .field("health", &self.health)
            .field("verdict", &self.verdict)
            .finish_non_exhaustive()
    }
}

/// Where the way leads, and with what.
struct Way {
    endpoint: Endpoint,
    target: Target,
    backend: TlsBackend,
    identity: Option<Identity>,
    roots: Roots,
    limits: Limits,
    timeouts: Timeouts,
    now: SystemTime,
}

/// A handshake and a request, and what became of them.
struct Attempt {
    agreed: Option<Agreed>,
    shown: Option<Certificate>,
    is_asked_again: bool,
    /// Of the handshake, if that is where it ended.
    result: Result<Response, Error>,
}

impl Way {
    fn new(builder: ClientBuilder, endpoint: &Endpoint) -> Result<Self, Error> {
        builder.timeouts.check()?;
        builder.limits.check()?;
        if builder.connector.is_some() {
            return Err(Error::configuration("a connector of yours cannot be probed"));
        }
        let default = || TlsBackend::compiled().first().copied();
        Ok(Self {
            endpoint: endpoint.clone(),
            target: Target::new(endpoint, &builder.timeouts).through(builder.proxy),
            backend: builder.tls_backend.or_else(default).ok_or_else(no_backend)?,
            identity: builder.identity,
            roots: builder.roots.unwrap_or_default(),
            limits: builder.limits,
            timeouts: builder.timeouts,
            now: builder.wall_clock.now(),
        })
    }

    /// Looks at the certificate, and goes on without an identity that the backend cannot use.
    fn own_certificate(&mut self) -> Result<Finding, Error> {
        const STEP: Step = Step::Certificate;
        let Some(identity) = &self.identity else {
            self.backend.tls(None, &self.roots, None)?;
            return Ok(Finding::new(
                STEP,
                Health::Bad,
                "missing",
                "there is no client certificate",
            )
            .remedy("give the certificate that SPAR knows, with its key"));
        };
        let certificate = identity.certificate();
        let finding = match self.backend.tls(Some(identity), &self.roots, None) {
            Err(error) if matches!(error.kind(), ErrorKind::Identity(_)) => {
                let finding = Finding::of_unusable_identity(&error).with_certificate(certificate);
                self.identity = None;
                return Ok(finding);
            }
            Err(error) => return Err(error),
            Ok(_) => match certificate.check(self.now) {
                Err(error) => Finding::of_unusable_identity(&error),
                Ok(()) if certificate.expires_within(EXPIRES_SOON_DAYS, self.now) => {
                    Finding::new(STEP, Health::Notice, "expires_soon", "expires within 30 days")
                        .remedy("order a new one, and tell SPAR about it before the change")
                }
                Ok(()) => match identity.hint() {
                    Some(hint) => {
                        let text = "valid, but its file is protected in an outdated way";
                        Finding::new(STEP, Health::Notice, "outdated_file", text).remedy(hint)
                    }
                    None => Finding::good(STEP, "valid", "valid"),
                },
            },
        };
        Ok(finding
            .with_certificate(certificate)
            .with("certificates", identity.certificates().len().to_string()))
    }

    /// Name, connection and proxy.
    async fn reach(&self, findings: &mut Vec<Finding>) -> Option<TcpStream> {
        let (host, port) = match self.target.proxy() {
            Some(proxy) => (proxy.address().host.as_str(), proxy.address().port),
            None => (self.target.host(), self.target.port()),
        };
        let limit = self.target.connect_timeout();
        let addresses = match lookup(host, port, limit).await {
            Ok(addresses) => addresses,
            Err(error) => {
                let verdict = if is_timeout(error.kind()) { "timeout" } else { "not_found" };
                let finding = Finding::bad(Step::Dns, verdict, &error.into_error());
                findings.push(finding.with("host", host));
                return None;
            }
        };
        let mut texts: Vec<_> = addresses.iter().map(|it| it.ip().to_string()).collect();
        texts.dedup();
        let finding = match host.parse::<IpAddr>() {
            Ok(_) => Finding::good(Step::Dns, "not_needed", format!("{host} is an address")),
            Err(_) => Finding::good(Step::Dns, "found", format!("{host} is {}", texts.join(", "))),
        };
        findings.push(finding.with("host", host).with("addresses", texts.join(" ")));
        let stream = match connect_to(&addresses, limit).await {
            Ok(stream) => stream,
            Err(error) => {
                let verdict = if is_timeout(error.kind()) { "timeout" } else { "not_connected" };
                let finding = Finding::bad(Step::Tcp, verdict, &error.into_error());
                findings.push(finding.with("port", port.to_string()));
                return None;
            }
        };
        let peer = stream.peer_addr().map(|address| address.to_string()).unwrap_or_default();
        let text = format!("connected to {peer}");
        findings.push(Finding::good(Step::Tcp, "connected", text).with("address", peer));
        let Some(proxy) = self.target.proxy() else {
            findings.push(Finding::good(Step::Proxy, "none", "none on this way"));
            return Some(stream);
        };
        match tunnel_over(stream, proxy, &self.target).await {
            Ok(stream) => {
                let text = format!("{host} connects to {}", self.target.authority());
                findings.push(Finding::good(Step::Proxy, "connected", text));
                Some(stream)
            }
            Err(error) => {
                let verdict = name(error.kind());
                let finding = Finding::bad(Step::Proxy, verdict, &error.into_error());
                findings.push(finding.remedy(
                    "check the proxy's address, user and password, and that it allows CONNECT to \
                     the server",
                ));
                None
            }
        }
    }

    /// TLS and HTTP.
    async fn talk(&self, stream: TcpStream, findings: &mut Vec<Finding>) -> Result<(), Error> {
        let first = self.attempt(self.backend, stream).await?;
        findings.push(first.tls(self.backend));
        findings.push(first.server_certificate());
        if first.agreed.is_none() {
            return Ok(());
        }
        let mut last = None;
        if first.is_asked_again
            && let Some(backend) = self.alternative()
        {
            last = Some(match dial(&self.target).await {
                Ok(stream) => self.attempt(backend, stream).await?,
                Err(error) => Attempt::without_connection(error),
            });
        }
        findings.push(first.renegotiation());
        findings.push(first.backend(self.backend, last.as_ref()));
        findings.push(last.as_ref().unwrap_or(&first).http());
        Ok(())
    }

    /// OpenSSL, if it is not what is used anyway.
    fn alternative(&self) -> Option<TlsBackend> {
        let is_there = TlsBackend::compiled().contains(&TlsBackend::OpenSsl);
        (is_there && self.backend != TlsBackend::OpenSsl).then_some(TlsBackend::OpenSsl)
    }

    async fn attempt(&self, backend: TlsBackend, stream: TcpStream) -> Result<Attempt, Error> {
        let seen = Seen::default();
        let tls = backend.tls(self.identity.as_ref(), &self.roots, Some(&seen))?;
        let (stream, is_asked_again) = Watched::new(stream);
        let (agreed, result) = match tls.inspect(&self.target, stream).await {
            Ok((stream, agreed)) => (Some(agreed), self.ask(stream).await),
            Err(error) => (None, Err(error.into_error())),
        };
        let shown = seen.certificate().and_then(|der| Certificate::read(der).ok());
        Ok(Attempt { agreed, shown, is_asked_again: is_asked_again.load(Relaxed), result })
    }

    /// Asks over this stream what is no search.
    async fn ask(&self, stream: BoxedStream) -> Result<Response, Error> {
        let client = Client::builder()
            .connector(Once(Mutex::new(Some(stream))))
            .timeouts(self.timeouts)
            .limits(self.limits)
            .build()?;
        client.post(&self.endpoint, Request::get()).await
    }
}

impl Attempt {
    fn without_connection(error: ConnectError) -> Self {
        let result = Err(error.into_error());
        Self { agreed: None, shown: None, is_asked_again: false, result }
    }

    fn tls(&self, backend: TlsBackend) -> Finding {
        const STEP: Step = Step::Tls;
        let finding = match (&self.agreed, &self.result) {
            (Some(Agreed { version, suite }), _) => {
                Finding::good(STEP, "agreed", format!("{version}, {suite}"))
                    .with("version", *version)
                    .with("suite", suite)
            }
            (None, Err(error)) if error.kind() == ErrorKind::ServerCertificate => Finding::new(
                STEP,
                Health::Skipped,
                "broken_off",
                "broken off because of the server's certificate",
            ),
            (None, Err(error)) => Finding::bad(STEP, name(error.kind()), error),
            (None, Ok(_)) => Finding::skipped(STEP),
        };
        finding.with("backend", backend.as_str())
    }

    fn server_certificate(&self) -> Finding {
        const STEP: Step = Step::ServerCertificate;
        let finding = match (&self.result, &self.shown) {
            (Err(error), _) if error.kind() == ErrorKind::ServerCertificate => {
                Finding::bad(STEP, server_fault_name(error.verdict()), error)
            }
            (_, None) => return Finding::skipped(STEP),
            (_, Some(_)) => Finding::good(STEP, "accepted", "accepted"),
        };
        match &self.shown {
            Some(certificate) => finding.with_certificate(certificate),
            None => finding,
        }
    }

    fn renegotiation(&self) -> Finding {
        match self.is_asked_again {
            true => Finding::good(
                Step::Renegotiation,
                "asked_for",
                "the server asks for a second handshake",
            ),
            false => Finding::good(Step::Renegotiation, "not_asked_for", "not asked for"),
        }
    }

    fn backend(&self, backend: TlsBackend, other: Option<&Self>) -> Finding {
        const STEP: Step = Step::Backend;
        let finding = match (self.is_asked_again, backend) {
            (false, _) => Finding::good(STEP, "any", "any backend will do"),
            (true, TlsBackend::OpenSsl) => {
                Finding::good(STEP, "openssl", "OpenSSL, which this server needs")
            }
            (true, _) => {
                let text = "this server needs the backend OpenSSL: rustls does not renegotiate";
                let finding = Finding::new(STEP, Health::Bad, "openssl_needed", text);
                match other {
                    Some(other) if other.result.is_ok() => {
                        finding.remedy("choose the backend OpenSSL: with it the server answers")
                    }
                    Some(_) => finding.remedy("choose the backend OpenSSL"),
                    None => finding
                        .remedy("build with the feature `openssl`, and choose the backend OpenSSL"),
                }
            }
        };
        finding.with("backend", backend.as_str())
    }

    fn http(&self) -> Finding {
        const STEP: Step = Step::Http;
        let response = match &self.result {
            Ok(response) => response,
            Err(error) => return Finding::bad(STEP, name(error.kind()), error),
        };
        let text = format!("status {} to a GET request", response.status);
        let finding = match response.status {
            401 | 403 => Finding::new(STEP, Health::Bad, "refused", text).remedy(
                "tell SPAR about the certificate if it is new, and check that it is meant for this \
                 environment",
            ),
            404 => Finding::new(STEP, Health::Notice, "not_found", text)
                .remedy("check the path: Personsök has one per version, with a slash at the end"),
            429 | 502..=504 => Finding::new(STEP, Health::Bad, "unavailable", text)
                .remedy("try again later; SPAR announces when it is closed"),
            _ => Finding::good(STEP, "answered", text),
        };
        let finding = finding.with("status", response.status.to_string());
        match &response.content_type {
            Some(content_type) => finding.with("content_type", content_type),
            None => finding,
        }
    }
}

/// A connector with one connection, which is there already.
struct Once(Mutex<Option<BoxedStream>>);

impl Connector for Once {
    fn connect(&self, _: &Target) -> BoxFuture<Result<BoxedStream, ConnectError>> {
        let stream = self.0.lock().unwrap_or_else(PoisonError::into_inner).take();
        let gone = || ConnectError::new(ErrorKind::Disconnected);
        Box::pin(async move { stream.ok_or_else(gone) })
    }
}

fn is_timeout(kind: ErrorKind) -> bool {
    matches!(kind, ErrorKind::Timeout(_))
}

fn name(kind: ErrorKind) -> &'static str {
    use ClientCertificateFault as Client;

    match kind {
        ErrorKind::Configuration => "configuration",
        ErrorKind::Identity(fault) => identity_fault_name(fault),
        ErrorKind::Connect => "not_connected",
        ErrorKind::Proxy(ProxyFault::Unreachable) => "not_connected",
        ErrorKind::Proxy(ProxyFault::AuthenticationRequired) => "authentication_required",
        ErrorKind::Proxy(ProxyFault::Refused) => "refused",
        ErrorKind::Proxy(ProxyFault::Unexpected) => "not_a_proxy",
        ErrorKind::ServerCertificate => "server_certificate",
        ErrorKind::ClientCertificate(Client::Required) => "client_certificate_required",
        ErrorKind::ClientCertificate(Client::Untrusted) => "client_certificate_untrusted",
        ErrorKind::ClientCertificate(Client::Expired) => "client_certificate_expired",
        ErrorKind::ClientCertificate(Client::Revoked) => "client_certificate_revoked",
        ErrorKind::ClientCertificate(Client::Rejected) => "client_certificate_rejected",
        ErrorKind::TlsProtocol => "no_agreement",
        ErrorKind::Timeout(_) => "timeout",
        ErrorKind::Disconnected => "disconnected",
        ErrorKind::Truncated => "truncated",
        ErrorKind::TooLarge => "too_large",
        ErrorKind::Protocol => "unexpected_answer",
        ErrorKind::Source => "source",
    }
}

fn identity_fault_name(fault: IdentityFault) -> &'static str {
    match fault {
        IdentityFault::Unreadable => "unreadable",
        IdentityFault::UnknownFormat => "unknown_format",
        IdentityFault::NoCertificate => "no_certificate",
        IdentityFault::NoKey => "no_key",
        IdentityFault::SeveralKeys => "several_keys",
        IdentityFault::PassphraseRequired => "passphrase_required",
        IdentityFault::WrongPassphrase => "wrong_passphrase",
        IdentityFault::LegacyEncryptedKey => "legacy_encrypted_key",
        IdentityFault::UnsupportedEncryption => "unsupported_encryption",
        IdentityFault::Malformed => "malformed",
        IdentityFault::UnsupportedKey => "unsupported_key",
        IdentityFault::AmbiguousChain => "ambiguous_chain",
        IdentityFault::KeyMismatch => "key_mismatch",
        IdentityFault::IssuerCertificate => "issuer_certificate",
        IdentityFault::Expired => "expired",
        IdentityFault::NotYetValid => "not_yet_valid",
    }
}

/// The error with its causes in one line. What was sent is of no interest here: nothing was.
fn describe(error: &Error) -> String {
    let mut text = error.verdict().message.to_owned();
    let mut add = |more: &str| {
        if !text.contains(more) {
            text.push_str(": ");
            text.push_str(more);
        }
    };
    error.detail().into_iter().for_each(&mut add);
    let mut next = error.source();
    while let Some(source) = next {
        add(&source.to_string());
        next = source.source();
    }
    text
}
