//! Why there is no answer.

use std::error::Error as StdError;
use std::fmt;
use std::time::Duration;

use spar_http::{Response, Sent};

use crate::answer::{Meta, Outcome, RawSvar, Svar};
use crate::audit::BoxError;
use crate::envelope::{Fault, NotAnEnvelope};

/// A call that brought no answer to work with.
///
/// Zero hits, too many hits and `Undantag` are answers, not errors. What is an error here says by
/// [`kind`](Self::kind) who has to change something, by [`sent`](Self::sent) whether SPAR may have
/// executed (and billed) the search, and by [`hint`](Self::hint) what to do. It shows no value of
/// question or answer.
pub struct Error(Box<Inner>);

struct Inner {
    kind: ErrorKind,
    sent: Sent,
    meta: Meta,
    fault: Option<Fault>,
    raw: Option<RawSvar>,
    retry_after: Option<String>,
    /// What came instead of XML.
    instead: &'static str,
    source: Option<BoxError>,
    withheld: Option<Result<Svar, Error>>,
}

/// The classes of [`Error`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The question breaks the schema. Correct it; nothing was sent.
    InvalidRequest,
    /// There was no HTTP answer, or none that can be used: the transport's kind tells why.
    Transport(spar_http::ErrorKind),
    /// The server answered with this HTTP status and without SOAP. Below 500: check the endpoint and
    /// whether the certificate is registered with SPAR; 429: ask less often. From 500 on: the service is
    /// not available.
    Status(u16),
    /// The answer is not XML, although the status says success: a web page such as that of a closed
    /// service, of a login or of a proxy, SOAP 1.2, or attachments. The text says which.
    UnexpectedContentType,
    /// SPAR refused the request with a SOAP fault: [`Error::fault`]. It breaks the schema as SPAR
    /// knows it, or the customer may not make it. Not billed as far as known.
    Fault,
    /// The answer is not SOAP 1.1.
    Envelope,
    /// The answer is not well-formed XML, exceeds a limit, or nothing could be made of it. The search
    /// was executed: [`Error::raw`] has what came.
    Xml,
    /// The search could not be recorded, so what came of it is withheld: [`Error::into_withheld`] has it.
    /// Make the audit work before the next search.
    Audit,
}

impl Error {
    /// What went wrong.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// Whether SPAR may have executed the search. Every executed search is billed.
    #[must_use]
    pub fn sent(&self) -> Sent {
        self.0.sent
    }

    /// What may be logged about the call.
    #[must_use]
    pub fn meta(&self) -> &Meta {
        &self.0.meta
    }

    /// The SOAP fault, if the kind is [`ErrorKind::Fault`].
    #[must_use]
    pub fn fault(&self) -> Option<&Fault> {
        self.0.fault.as_ref()
    }

    /// The body of the answer, if one came, whatever it is. It may have been paid for.
    #[must_use]
    pub fn raw(&self) -> Option<&RawSvar> {
        self.0.raw.as_ref()
    }

    /// How long the server asks to wait before the next request, as sent: seconds or an HTTP date. It is the
    /// caller's to heed.
    #[must_use]
    pub fn retry_after(&self) -> Option<&str> {
        self.0.retry_after.as_deref()
    }

    /// Whether it looks as if the service were closed: nobody listens, a status that says so (502, 503, 504),
    /// or a web page instead of an answer. SPAR announces its service windows.
    #[must_use]
    pub fn is_unavailable(&self) -> bool {
        match self.kind() {
            ErrorKind::Transport(kind) => kind == spar_http::ErrorKind::Connect,
            ErrorKind::Status(status) => matches!(status, 502..=504),
            ErrorKind::UnexpectedContentType => self.0.instead == WEB_PAGE,
            _ => false,
        }
    }

    /// What came of a search that could not be recorded, if the kind is [`ErrorKind::Audit`]. It was paid
    /// for. Taking it out is the caller's to answer for: keep the record by other means first.
    #[must_use]
    pub fn into_withheld(self) -> Option<Result<Svar, Self>> {
        self.0.withheld
    }

    /// What to do about it.
    #[must_use]
    pub fn hint(&self) -> Option<&'static str> {
        let transport = || {
            let source = self.0.source.as_deref()?;
            source.downcast_ref::<spar_http::Error>()?.hint()
        };
        Some(match self.kind() {
            ErrorKind::InvalidRequest => "correct the question: the cause names element and rule",
            ErrorKind::Transport(_) => return transport(),
            ErrorKind::Status(401 | 403) => {
                "the certificate may not be registered with SPAR for this customer; \
                 a new certificate must be reported to SPAR kundtjänst"
            }
            ErrorKind::Status(404) => "check the endpoint: Personsök has a path per version",
            ErrorKind::Status(429) => {
                "wait as long as the server asks for, and search less often: lower the concurrency, \
                 or set a pace"
            }
            ErrorKind::Status(500..) => {
                "SPAR may be closed for service; its site announces the windows"
            }
            ErrorKind::Status(_) => "check the endpoint, and what stands between it and here",
            ErrorKind::UnexpectedContentType if self.0.instead == WEB_PAGE => {
                "SPAR may be closed for service, or something between it and here answers in its \
                 place: the page tells more"
            }
            ErrorKind::UnexpectedContentType | ErrorKind::Envelope => {
                "check that the endpoint is Personsök's; the answer as received tells more"
            }
            ErrorKind::Fault => {
                "check customer numbers and uppdrag, and that SPAR has been told about the \
                 certificate if it is new; SPAR's text tells more"
            }
            ErrorKind::Xml => {
                "the cause names place and rule; the answer as received is kept with the error"
            }
            ErrorKind::Audit => {
                "make the audit work before the next search; the answer is withheld, not lost"
            }
        })
    }

    pub(crate) fn invalid_request(source: impl std::error::Error + Send + Sync + 'static) -> Self {
        Self::new(ErrorKind::InvalidRequest, Sent::No).with_source(source)
    }

    pub(crate) fn transport(source: spar_http::Error) -> Self {
        Self::new(ErrorKind::Transport(source.kind()), source.sent()).with_source(source)
    }

    pub(crate) fn status(status: u16) -> Self {
        Self::new(ErrorKind::Status(status), Sent::Yes)
    }

    pub(crate) fn unexpected_content_type(media_type: Option<&str>) -> Self {
        let mut error = Self::new(ErrorKind::UnexpectedContentType, Sent::Yes);
        error.0.instead = match media_type {
            Some("text/html" | "application/xhtml+xml") => WEB_PAGE,
            Some("application/soap+xml") => "SOAP 1.2",
            Some(text) if text.starts_with("multipart/") => "a message with attachments",
            Some(_) => "something else",
            None => "without a content type",
        };
        error
    }

    pub(crate) fn of_fault(fault: Fault) -> Self {
        let mut error = Self::new(ErrorKind::Fault, Sent::Yes);
        error.0.fault = Some(fault);
        error
    }

    pub(crate) fn envelope(source: NotAnEnvelope) -> Self {
        Self::new(ErrorKind::Envelope, Sent::Yes).with_source(source)
    }

    pub(crate) fn xml(source: spar_types::Error) -> Self {
        Self::new(ErrorKind::Xml, Sent::Yes).with_source(source)
    }

    pub(crate) fn not_audited(source: BoxError, withheld: Result<Svar, Self>) -> Self {
        let (sent, meta) = match &withheld {
            Ok(svar) => (Sent::Yes, svar.meta.clone()),
            Err(error) => (error.sent(), error.meta().clone()),
        };
        let mut error = Self::new(ErrorKind::Audit, sent);
        error.0.meta = meta;
        error.0.source = Some(source);
        error.0.withheld = Some(withheld);
        error
    }

    fn new(kind: ErrorKind, sent: Sent) -> Self {
        let outcome = match kind {
            ErrorKind::Fault => Outcome::Fault,
            _ => Outcome::Failed,
        };
        Self(Box::new(Inner {
            kind,
            sent,
            meta: Meta::of_failure(outcome),
            fault: None,
            raw: None,
            retry_after: None,
            instead: "",
            source: None,
            withheld: None,
        }))
    }

    /// Says how long the call took that brought no HTTP answer.
    pub(crate) fn after(mut self, duration: Duration) -> Self {
        self.0.meta.exchange.duration = duration;
        self
    }

    /// Says how the exchange went.
    pub(crate) fn of_exchange(mut self, response: &Response) -> Self {
        self.0.meta.status = Some(response.status);
        self.0.meta.exchange = response.meta;
        self.0.retry_after.clone_from(&response.retry_after);
        self.0.raw = Some(RawSvar::new(response.body.clone()));
        self
    }

    /// Says what SPAR calls the exchange.
    pub(crate) fn with_uuid(mut self, uuid: Option<String>) -> Self {
        self.0.meta.uuid = uuid;
        self
    }

    /// Says how often the search was made, and what is known of the attempts together.
    pub(crate) fn after_attempts(mut self, attempts: u32, earlier: Sent) -> Self {
        self.0.meta.attempts = attempts;
        self.0.sent = later(earlier, self.0.sent);
        self
    }

    fn with_source(mut self, source: impl StdError + Send + Sync + 'static) -> Self {
        self.0.source = Some(Box::new(source));
        self
    }
}

/// What came instead of XML, if it was a page for people.
const WEB_PAGE: &str = "a web page";

/// What holds of two attempts together.
pub(crate) fn later(one: Sent, other: Sent) -> Sent {
    match (one, other) {
        (Sent::No, other) => other,
        (one, Sent::No) => one,
        (Sent::Yes, _) | (_, Sent::Yes) => Sent::Yes,
        (one, _) => one,
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.kind() {
            ErrorKind::InvalidRequest => f.write_str("the question breaks the schema"),
            ErrorKind::Transport(_) => f.write_str("no answer from SPAR"),
            ErrorKind::Status(status) => {
                write!(f, "SPAR answered with HTTP status {status}")?;
                match self.retry_after().and_then(|text| text.parse::<u32>().ok()) {
                    Some(seconds) => write!(f, ", and asks to wait {seconds} s"),
                    None => Ok(()),
                }
            }
            ErrorKind::UnexpectedContentType => {
                write!(f, "the answer is not XML but {}", self.0.instead)
            }
            ErrorKind::Fault => match self.fault().map(Fault::code) {
                Some(code) if !code.is_empty() => {
                    write!(f, "SPAR refused the request with the fault {code}")
                }
                _ => f.write_str("SPAR refused the request with a fault"),
            },
            ErrorKind::Envelope => f.write_str("the answer is not SOAP 1.1"),
            ErrorKind::Xml => f.write_str("the answer cannot be read"),
            ErrorKind::Audit => {
                f.write_str("the search could not be recorded, so its answer is withheld")
            }
        }
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Error")
            .field("kind", &self.0.kind)
            .field("sent", &self.0.sent)
            .field("fault", &self.0.fault)
            .field("source", &self.0.source)
            .finish_non_exhaustive()
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.0.source.as_deref().map(|source| source as _)
    }
}
