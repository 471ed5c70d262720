//! A record of every search, made before its answer is handed out.
//!
//! Whoever searches a register of persons has to be able to say who searched for whom, when and why.
//! [`Client::with_audit`](crate::Client::with_audit) takes an [`Audit`], which is told of each search
//! that ends: with an answer, with an error, or because its future was dropped. Only when it has said
//! that the record is kept does the caller get the answer. If it fails, the caller gets an error of the kind
//! [`Audit`](crate::ErrorKind::Audit) instead, which holds what was withheld, since it was paid for:
//! [`Error::into_withheld`](crate::Error::into_withheld).
//!
//! ```
//! use std::io::Write;
//! use std::sync::Mutex;
//! use std::time::SystemTime;
//!
//! use spar_soap::Client;
//! use spar_soap::audit::{BoxError, Entry};
//!
//! fn with_file(client: Client, file: std::fs::File) -> Client {
//!     let file = Mutex::new(file);
//!     let audit = move |entry: &Entry<'_>| -> Result<(), BoxError> {
//!         let mut file = file.lock().map_err(|_| "a writer panicked")?;
//!         // A hash with a key would say for whom, without the number being there to read.
//!         writeln!(file, "{:?} {} {:?}", entry.time, entry.outcome, entry.uuid)?;
//!         file.sync_data()?;
//!         Ok(())
//!     };
//!     client.with_audit(audit, SystemTime::now)
//! }
//! ```
//!
//! What an entry holds is personal data: the user, the purpose and the question. What of it is written
//! down is the audit's choice. Nothing is told of [`Client::call`](crate::Client::call).

use std::error::Error as StdError;
use std::fmt;
use std::sync::Arc;
use std::time::SystemTime;

use spar_http::Sent;
use spar_types::personsok::newest::PersonsokningFraga;

use crate::answer::{Meta, Outcome, Svar};
use crate::client::{SlutAnvandare, Uppdrag};
use crate::error::Error;
use crate::version::Version;

/// Any error, of an audit.
pub type BoxError = Box<dyn StdError + Send + Sync>;

/// Keeps a record of searches. Closures of this form are audits.
pub trait Audit: Send + Sync {
    /// Records a search. Called once for each, on the task that searches, which waits for it; several searches
    /// that run at the same time may call it at the same time.
    ///
    /// # Errors
    ///
    /// The record is not kept. The answer is then withheld.
    fn record(&self, entry: &Entry<'_>) -> Result<(), BoxError>;
}

impl<F: Fn(&Entry<'_>) -> Result<(), BoxError> + Send + Sync> Audit for F {
    fn record(&self, entry: &Entry<'_>) -> Result<(), BoxError> {
        self(entry)
    }
}

/// A search that has ended. `Debug` shows what may be logged.
#[non_exhaustive]
pub struct Entry<'e> {
    /// When the search began, by the clock that was given with the audit.
    pub time: SystemTime,
    /// Who searched, with the permissions and the purpose of this one search.
    pub slut_anvandare: &'e SlutAnvandare,
    /// On whose behalf.
    pub uppdrag: &'e Uppdrag,
    /// The host that was asked.
    pub host: &'e str,
    /// The version of the interface.
    pub version: Version,
    /// What was asked.
    pub fraga: &'e PersonsokningFraga,
    /// What came of it. A search whose future was dropped has [`Outcome::Failed`].
    pub outcome: Outcome,
    /// SPAR's number of the exchange, if an answer brought one.
    pub uuid: Option<&'e str>,
    /// How many posts came.
    pub posts: usize,
    /// Whether SPAR may have executed the search.
    pub sent: Sent,
    /// How often it was made: 1, or more if a [`Resend`](crate::Resend) was given.
    pub attempts: u32,
}

impl fmt::Debug for Entry<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Entry")
            .field("time", &self.time)
            .field("uppdrag", &self.uppdrag)
            .field("host", &self.host)
            .field("version", &self.version)
            .field("outcome", &self.outcome)
            .field("uuid", &self.uuid)
            .field("posts", &self.posts)
            .field("sent", &self.sent)
            .field("attempts", &self.attempts)
            .finish_non_exhaustive()
    }
}

/// The audit of a client, with its clock.
#[derive(Clone)]
pub(crate) struct Auditor {
    audit: Arc<dyn Audit>,
    now: Arc<dyn Fn() -> SystemTime + Send + Sync>,
}

impl Auditor {
    pub(crate) fn new(
        audit: impl Audit + 'static,
        now: impl Fn() -> SystemTime + Send + Sync + 'static,
    ) -> Self {
        Self { audit: Arc::new(audit), now: Arc::new(now) }
    }

    /// Begins a search, which is recorded in any case: if nothing else ends it, by being dropped.
    pub(crate) fn begin<'e>(&self, about: About<'e>) -> Pending<'e> {
        Pending { auditor: self.clone(), time: (self.now)(), about: Some(about) }
    }
}

/// What is known of a search when it begins.
pub(crate) struct About<'e> {
    pub(crate) slut_anvandare: &'e SlutAnvandare,
    pub(crate) uppdrag: &'e Uppdrag,
    pub(crate) host: &'e str,
    pub(crate) version: Version,
    pub(crate) fraga: &'e PersonsokningFraga,
}

/// A search that has not been recorded yet.
pub(crate) struct Pending<'e> {
    auditor: Auditor,
    time: SystemTime,
    /// `None` once it is recorded.
    about: Option<About<'e>>,
}

impl Pending<'_> {
    /// Records the search and hands out what came of it, or withholds it.
    pub(crate) fn end(mut self, result: Result<Svar, Error>) -> Result<Svar, Error> {
        let recorded = match &result {
            Ok(svar) => self.record(&svar.meta, Sent::Yes),
            Err(error) => self.record(error.meta(), error.sent()),
        };
        match recorded {
            Ok(()) => result,
            Err(error) => Err(Error::not_audited(error, result)),
        }
    }

    fn record(&mut self, meta: &Meta, sent: Sent) -> Result<(), BoxError> {
        let Some(About { slut_anvandare, uppdrag, host, version, fraga }) = self.about.take()
        else {
            return Ok(());
        };
        self.auditor.audit.record(&Entry {
            time: self.time,
            slut_anvandare,
            uppdrag,
            host,
            version,
            fraga,
            outcome: meta.outcome,
            uuid: meta.uuid.as_deref(),
            posts: meta.posts,
            sent,
            attempts: meta.attempts,
        })
    }
}

impl Drop for Pending<'_> {
    fn drop(&mut self) {
        // How far it had come nobody knows, and nobody is left to be told that the record failed.
        if self.record(&Meta::of_failure(Outcome::Failed), Sent::Unknown).is_err() {
            tracing::error!(target: "spar_soap", "a dropped search could not be recorded");
        }
    }
}
