//! Why a call failed.

use std::error::Error as StdError;
use std::fmt;
use std::io;

use spar_http::{Response, Sent};

use crate::filnamn::InvalidFilnamn;
use crate::generated::models::{Felkod, MisslyckadOperation};
use crate::operation::NotConfigured;

/// A call that failed, or a file that is not safe on disk.
///
/// [`kind`](Self::kind) says who has to change something, [`sent`](Self::sent) whether SPAR may have
/// executed the call, [`hint`](Self::hint) what to do. Its text holds names of files, settings and
/// codes, never what SPAR wrote in prose.
pub struct Error(Box<Inner>);

struct Inner {
    kind: ErrorKind,
    sent: Sent,
    felkod: Option<Felkod>,
    uuid: Option<String>,
    status: Option<u16>,
    retry_after: Option<String>,
    attempts: u32,
    source: Option<Box<dyn StdError + Send + Sync>>,
}

/// The classes of [`Error`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// A name of the interface is needed that has no default; the source names the setting.
    NotConfigured,
    /// A file name breaks SPAR's rule. Nothing was sent.
    InvalidFilnamn,
    /// The file to be handed in is empty. Nothing was sent.
    Empty,
    /// The file to be handed in is larger than [`MAX_INFIL_BYTES`](crate::MAX_INFIL_BYTES). Nothing
    /// was sent.
    TooLarge,
    /// There was no HTTP answer, or none that can be used: the transport's kind tells why.
    Transport(spar_http::ErrorKind),
    /// SPAR refused the call: [`Error::felkod`] says why.
    Refused,
    /// The assignment is not the customer's (`Client.EjUppdrag`), or the certificate is not: status 401
    /// or 403.
    Permission,
    /// SPAR does not know the file, or has it no longer: files are weeded 60 days after they were made.
    NotFound,
    /// The service is closed, overloaded or broken: a status from 500 on, 429, or a page for people.
    Unavailable,
    /// Another status.
    Status(u16),
    /// The answer is not what the interface promises.
    UnexpectedAnswer,
    /// The file changed while it was fetched, or there is another one under its name.
    Changed,
    /// What was fetched is not a whole file: its archive or its XML is damaged.
    Damaged,
    /// There is something else under the file's name already. It was not touched.
    Exists,
    /// The disk is full, or a quota is reached.
    NoSpace,
    /// A file or folder of this machine cannot be read or written.
    Storage,
    /// Another run works in the folder.
    Busy,
    /// The folder's record of what was fetched cannot be understood.
    Ledger,
}

impl Error {
    /// What went wrong.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// Whether SPAR may have executed the call. For a file that was handed in, only after
    /// [`Sent::No`] may it be handed in again without looking at the in-files' status first.
    #[must_use]
    pub fn sent(&self) -> Sent {
        self.0.sent
    }

    /// SPAR's code, if it gave one.
    #[must_use]
    pub fn felkod(&self) -> Option<&Felkod> {
        self.0.felkod.as_ref()
    }

    /// What names the call in talks with SPAR, if SPAR said it.
    #[must_use]
    pub fn uuid(&self) -> Option<&str> {
        self.0.uuid.as_deref()
    }

    /// The HTTP status, if there was an answer that was not a success.
    #[must_use]
    pub fn status(&self) -> Option<u16> {
        self.0.status
    }

    /// How long SPAR asks to wait, as sent: seconds or a date.
    #[must_use]
    pub fn retry_after(&self) -> Option<&str> {
        self.0.retry_after.as_deref()
    }

    /// How many times the call was made. More than 1 for reads only.
    #[must_use]
    pub fn attempts(&self) -> u32 {
        self.0.attempts
    }

    /// What to do about it.
    #[must_use]
    pub fn hint(&self) -> Option<&'static str> {
        match self.kind() {
            ErrorKind::NotConfigured => Some(
                "take the name from SPAR's filtransport-v3.yaml and set it, or generate the crate from \
                 that file",
            ),
            ErrorKind::InvalidFilnamn => Some("rename the file: a-z A-Z 0-9 . - _ are allowed"),
            ErrorKind::TooLarge => {
                Some("split the file, or zip it: SPAR takes zip with one file inside")
            }
            ErrorKind::Transport(_) if self.sent() == Sent::Unknown => Some(
                "if a file was handed in: look at the status of the in-files before handing it in again; \
                 if small files work and larger ones never do, let the client wait for 100 Continue",
            ),
            ErrorKind::Transport(_) => {
                self.0.source.as_deref()?.downcast_ref::<spar_http::Error>()?.hint()
            }
            ErrorKind::Permission => Some(
                "check customer number and assignment, and whether the certificate is registered with \
                 SPAR for this customer",
            ),
            ErrorKind::NotFound => Some("list the out-files; SPAR keeps them for 60 days"),
            ErrorKind::Unavailable => Some(
                "try again later: SPAR may be closed for service; its site announces the windows",
            ),
            ErrorKind::Changed | ErrorKind::Damaged => Some("fetch it again"),
            ErrorKind::Exists => Some("move the other file away, or fetch into another folder"),
            ErrorKind::NoSpace => Some("make room; what was fetched so far is kept and continued"),
            ErrorKind::Busy => Some("wait for the other run to end"),
            ErrorKind::Ledger => Some("repair or remove the line that is named; it is JSON"),
            _ => None,
        }
    }

    pub(crate) fn new(kind: ErrorKind, sent: Sent) -> Self {
        Self(Box::new(Inner {
            kind,
            sent,
            felkod: None,
            uuid: None,
            status: None,
            retry_after: None,
            attempts: 1,
            source: None,
        }))
    }

    pub(crate) fn with_source(
        mut self,
        source: impl Into<Box<dyn StdError + Send + Sync>>,
    ) -> Self {
        self.0.source = Some(source.into());
        self
    }

    pub(crate) fn with_attempts(mut self, attempts: u32) -> Self {
        self.0.attempts = attempts;
        self
    }

    pub(crate) fn with_retry_after(mut self, retry_after: Option<String>) -> Self {
        self.0.retry_after = retry_after;
        self
    }

    pub(crate) fn unexpected(source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        Self::new(ErrorKind::UnexpectedAnswer, Sent::Yes).with_source(source)
    }

    /// Something on this machine's disk.
    pub(crate) fn storage(error: io::Error, sent: Sent) -> Self {
        let kind = match error.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => ErrorKind::NoSpace,
            io::ErrorKind::AlreadyExists => ErrorKind::Exists,
            io::ErrorKind::WouldBlock => ErrorKind::Busy,
            _ => ErrorKind::Storage,
        };
        Self::new(kind, sent).with_source(error)
    }

    /// An answer that is not a success. Its body is JSON with a felkod, as far as known; whatever it
    /// is, it does not get into the error.
    pub(crate) fn of_answer(response: &Response) -> Self {
        let parsed = serde_json::from_slice::<serde_json::Value>(&response.body).ok();
        let failure = parsed
            .as_ref()
            .and_then(|json| serde_json::from_value::<MisslyckadOperation>(json.clone()).ok());
        let (felkod, uuid) = failure.map_or((None, None), |found| (found.felkod, found.uuid));
        let felkod = felkod.or_else(|| find_felkod(parsed.as_ref()?));
        let kind = match (&felkod, response.status) {
            (Some(Felkod::ClientEjUppdrag), _) | (None, 401 | 403) => ErrorKind::Permission,
            (_, 404 | 410) => ErrorKind::NotFound,
            (_, 429 | 500..) => ErrorKind::Unavailable,
            (Some(_), _) => ErrorKind::Refused,
            (None, status) => ErrorKind::Status(status),
        };
        let mut error = Self::new(kind, Sent::Yes).with_retry_after(response.retry_after.clone());
        error.0.felkod = felkod;
        error.0.status = Some(response.status);
        error.0.uuid = uuid.filter(|uuid| uuid.len() <= MAX_UUID);
        error
    }
}

/// A uuid has 36 characters; whatever else stands there is not for logs.
const MAX_UUID: usize = 64;

/// The code may stand under a name that is not known: it is a word that begins like one.
fn find_felkod(json: &serde_json::Value) -> Option<Felkod> {
    match json {
        serde_json::Value::String(word) => {
            let is_code = (word.starts_with("Client.") || word.starts_with("Server."))
                && word.len() <= MAX_UUID
                && word.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'.');
            is_code.then(|| Felkod::from(word.clone()))
        }
        serde_json::Value::Array(items) => items.iter().find_map(find_felkod),
        serde_json::Value::Object(fields) => fields.values().find_map(find_felkod),
        _ => None,
    }
}

impl From<spar_http::Error> for Error {
    fn from(source: spar_http::Error) -> Self {
        Self::new(ErrorKind::Transport(source.kind()), source.sent()).with_source(source)
    }
}

impl From<NotConfigured> for Error {
    fn from(source: NotConfigured) -> Self {
        Self::new(ErrorKind::NotConfigured, Sent::No).with_source(source)
    }
}

impl From<InvalidFilnamn> for Error {
    fn from(source: InvalidFilnamn) -> Self {
        Self::new(ErrorKind::InvalidFilnamn, Sent::No).with_source(source)
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.kind() {
            ErrorKind::NotConfigured => f.write_str("a name of the interface is not known"),
            ErrorKind::InvalidFilnamn => f.write_str("SPAR does not take a file of this name"),
            ErrorKind::Empty => f.write_str("the file is empty"),
            ErrorKind::TooLarge => f.write_str("the file is larger than 100 MB"),
            ErrorKind::Transport(_) => f.write_str("no answer from SPAR"),
            ErrorKind::Refused => f.write_str("SPAR refused the call"),
            ErrorKind::Permission => f.write_str("SPAR does not permit the call"),
            ErrorKind::NotFound => f.write_str("SPAR has no such file"),
            ErrorKind::Unavailable => f.write_str("the service is not available"),
            ErrorKind::Status(status) => write!(f, "SPAR answered with HTTP status {status}"),
            ErrorKind::UnexpectedAnswer => {
                f.write_str("the answer is not what the interface promises")
            }
            ErrorKind::Changed => f.write_str("the file changed while it was fetched"),
            ErrorKind::Damaged => f.write_str("what was fetched is damaged"),
            ErrorKind::Exists => f.write_str("there is something else under the file's name"),
            ErrorKind::NoSpace => f.write_str("there is no room on the disk"),
            ErrorKind::Storage => f.write_str("a file cannot be read or written"),
            ErrorKind::Busy => f.write_str("another run works in the folder"),
            ErrorKind::Ledger => f.write_str("the record of fetched files cannot be understood"),
        }?;
        match self.felkod() {
            Some(felkod) => write!(f, " ({})", felkod.as_str()),
            None => Ok(()),
        }
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Error")
            .field("kind", &self.0.kind)
            .field("sent", &self.0.sent)
            .field("felkod", &self.0.felkod)
            .field("uuid", &self.0.uuid)
            .field("status", &self.0.status)
            .field("attempts", &self.0.attempts)
            .field("source", &self.0.source)
            .finish_non_exhaustive()
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.0.source.as_deref().map(|source| source as _)
    }
}
