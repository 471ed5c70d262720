//! The client: one method for each operation.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use serde::de::DeserializeOwned;
use spar_http::{Endpoint, Request, Response, Sent, Transfer};
use tracing::debug;

use crate::error::{Error, ErrorKind};
use crate::filnamn::Filnamn;
use crate::generated::models::{
    Filstatus, ListaUtfilerSvar, VisaInformationInfilSvar, VisaInformationUtfilSvar,
    VisaSchemaversionSvar,
};
use crate::generated::operations::{
    HAMTA_UTFIL, LISTA_UTFILER, VISA_INFORMATION_INFIL, VISA_INFORMATION_UTFIL, VISA_SCHEMAVERSION,
};
use crate::operation::{Call, Names, Operation};
use crate::retry::{Retries, Retry};

/// A client of Filtransport. Cheap to clone; clones share connections and the budget of repetitions.
///
/// Reads are repeated as [`Retry`] says. Handing in a file is never repeated.
#[derive(Clone)]
pub struct Client(Arc<Inner>);

struct Inner {
    http: spar_http::Client,
    endpoint: Endpoint,
    names: Names,
    retries: Retries,
    expect_continue: Option<Duration>,
    now: Arc<dyn Fn() -> SystemTime + Send + Sync>,
}

impl Client {
    /// Begins to build a client of the service at `endpoint`, such as
    /// [`Environment::endpoint`](crate::Environment::endpoint).
    pub fn builder(http: spar_http::Client, endpoint: Endpoint) -> ClientBuilder {
        ClientBuilder {
            http,
            endpoint,
            names: Names::default(),
            retry: Retry::default(),
            seed: None,
            expect_continue: Some(Duration::from_secs(5)),
            now: Arc::new(SystemTime::now),
        }
    }

    /// Lists the out-files, all or those with this status.
    ///
    /// A file whose status is `HAMTAD` has been fetched by somebody; whether it is safe on a disk of
    /// yours, SPAR does not know.
    ///
    /// # Errors
    ///
    /// [`Error::kind`] tells. The list is read again as [`Retry`] says.
    pub async fn lista_utfiler(
        &self,
        filstatus: Option<&Filstatus>,
    ) -> Result<ListaUtfilerSvar, Error> {
        let filstatus = filstatus.map(|status| ("filstatus", status.as_str()));
        self.ask(&LISTA_UTFILER, filstatus.as_slice()).await
    }

    /// Tells about one out-file.
    ///
    /// # Errors
    ///
    /// As [`lista_utfiler`](Self::lista_utfiler); [`ErrorKind::NotFound`] if there is none of this name.
    pub async fn visa_information_utfil(
        &self,
        filnamn: &Filnamn,
    ) -> Result<VisaInformationUtfilSvar, Error> {
        self.ask(&VISA_INFORMATION_UTFIL, &[("filnamn", filnamn.as_str())]).await
    }

    /// Tells how far an in-file has come.
    ///
    /// # Errors
    ///
    /// As [`lista_utfiler`](Self::lista_utfiler); [`ErrorKind::NotConfigured`] until the names of
    /// `visaInformationInfil` are set.
    pub async fn visa_information_infil(
        &self,
        filnamn: &Filnamn,
    ) -> Result<VisaInformationInfilSvar, Error> {
        self.ask(&VISA_INFORMATION_INFIL, &[("filnamn", filnamn.as_str())]).await
    }

    /// Tells by which version of the schemas an assignment's files are written.
    ///
    /// # Errors
    ///
    /// As [`lista_utfiler`](Self::lista_utfiler); [`ErrorKind::NotConfigured`] until the names of
    /// `visaSchemaversion` are set.
    pub async fn visa_schemaversion(
        &self,
        uppdrag_id: u64,
    ) -> Result<VisaSchemaversionSvar, Error> {
        self.ask(&VISA_SCHEMAVERSION, &[("uppdragId", &uppdrag_id.to_string())]).await
    }

    /// Begins to fetch an out-file and returns its bytes as they come, from `range` on if that is
    /// given and the server goes along: status 206, otherwise 200 with the whole file. SPAR then counts
    /// the file as fetched, whatever becomes of it here;
    /// [`fetch`](Self::fetch) brings it to disk.
    ///
    /// # Errors
    ///
    /// As [`lista_utfiler`](Self::lista_utfiler), but for the repetitions: there are none.
    pub async fn hamta_utfil(
        &self,
        filnamn: &Filnamn,
        range: Option<&Range>,
    ) -> Result<Transfer, Error> {
        let call = self.call(&HAMTA_UTFIL, &[("filnamn", filnamn.as_str())])?;
        let endpoint = self.0.endpoint.join(&call.path)?;
        let mut request = Request::get().with_method(call.method);
        if let Some(Range { from, validator }) = range {
            request = request
                .with_header("range", format!("bytes={from}-"))
                .with_header("if-range", validator);
        }
        let transfer = self.0.http.open(&endpoint, request).await?;
        match (transfer.status(), range) {
            (200, _) | (206 | 416, Some(_)) => {}
            (206, None) => return Err(Error::unexpected(UnexpectedRange)),
            _ => return Err(Error::of_answer(&transfer.collect(MAX_FAILURE_BYTES).await?)),
        }
        if transfer.content_type().as_deref() == Some("text/html") {
            return Err(Error::new(ErrorKind::Unavailable, Sent::Yes));
        }
        Ok(transfer)
    }

    /// A call whose answer is JSON, repeated if it fails for a passing reason.
    async fn ask<T: DeserializeOwned>(
        &self,
        operation: &'static Operation,
        arguments: &[(&str, &str)],
    ) -> Result<T, Error> {
        let call = self.call(operation, arguments)?;
        let endpoint = self.0.endpoint.join(&call.path)?;
        self.repeat(operation, || async {
            let request = Request::get().with_method(call.method.clone());
            read_json(&self.0.http.post(&endpoint, request).await?)
        })
        .await
    }

    /// Makes the call until it succeeds, or fails for a reason that does not pass.
    pub(crate) async fn repeat<T, F>(
        &self,
        operation: &Operation,
        call: impl Fn() -> F,
    ) -> Result<T, Error>
    where
        F: Future<Output = Result<T, Error>>,
    {
        let mut attempt = 1;
        loop {
            let error = match call().await {
                Ok(answer) => {
                    self.succeeded();
                    return Ok(answer);
                }
                Err(error) => error.with_attempts(attempt),
            };
            let Some(wait) = self.wait(operation, &error, attempt) else {
                return Err(error);
            };
            tokio::time::sleep(wait).await;
            attempt += 1;
        }
    }

    /// How long to wait before the call is made again; `None` if it is not.
    pub(crate) fn wait(
        &self,
        operation: &Operation,
        error: &Error,
        attempt: u32,
    ) -> Option<Duration> {
        let wait = self.0.retries.wait(error, attempt)?;
        let wait_ms = u64::try_from(wait.as_millis()).unwrap_or(u64::MAX);
        debug!(operation = operation.id, kind = ?error.kind(), attempt, wait_ms, "once more");
        Some(wait)
    }

    pub(crate) fn succeeded(&self) {
        self.0.retries.succeeded();
    }

    pub(crate) fn call(
        &self,
        operation: &'static Operation,
        arguments: &[(&str, &str)],
    ) -> Result<Call, Error> {
        Ok(self.0.names.call(operation, arguments)?)
    }

    pub(crate) fn http(&self) -> (&spar_http::Client, &Endpoint) {
        (&self.0.http, &self.0.endpoint)
    }

    pub(crate) fn expect_continue(&self) -> Option<Duration> {
        self.0.expect_continue
    }

    pub(crate) fn now(&self) -> SystemTime {
        (self.0.now)()
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("endpoint", &self.0.endpoint)
            .field("names", &self.0.names)
            .finish_non_exhaustive()
    }
}

/// Where to go on with a file of which a part is here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Range {
    /// How many bytes are here.
    pub from: u64,
    /// What the server called the file then: its `ETag` or `Last-Modified`. If it calls it otherwise
    /// now, it sends the whole file.
    pub validator: String,
}

/// Builds a [`Client`].
#[must_use]
pub struct ClientBuilder {
    http: spar_http::Client,
    endpoint: Endpoint,
    names: Names,
    retry: Retry,
    seed: Option<u64>,
    expect_continue: Option<Duration>,
    now: Arc<dyn Fn() -> SystemTime + Send + Sync>,
}

impl ClientBuilder {
    /// What the operations are called. Default what the interface says.
    pub fn names(mut self, names: Names) -> Self {
        self.names = names;
        self
    }

    /// How reads are repeated.
    pub fn retry(mut self, retry: Retry) -> Self {
        self.retry = retry;
        self
    }

    /// What the random part of waits comes from. Default another one for each client.
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = Some(seed);
        self
    }

    /// How long a file waits for the server to ask for it; `None`: it is sent at once. Default 5 s.
    /// SPAR's page advises it where uploads above 4 kB fail: its server may renegotiate TLS first.
    pub fn expect_continue(mut self, wait: Option<Duration>) -> Self {
        self.expect_continue = wait;
        self
    }

    /// Where the time of day comes from: for `Retry-After`, the ledger, and the age of files. Default
    /// [`SystemTime::now`].
    pub fn wall_clock(mut self, now: impl Fn() -> SystemTime + Send + Sync + 'static) -> Self {
        self.now = Arc::new(now);
        self
    }

    /// Builds the client. Connects to nothing.
    pub fn build(self) -> Client {
        let seed = self.seed.unwrap_or_else(|| fastrand::u64(..));
        let retries = Retries::new(self.retry, seed, Arc::clone(&self.now));
        Client(Arc::new(Inner {
            http: self.http,
            endpoint: self.endpoint,
            names: self.names,
            retries,
            expect_continue: self.expect_continue,
            now: self.now,
        }))
    }
}

impl fmt::Debug for ClientBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientBuilder")
            .field("endpoint", &self.endpoint)
            .field("names", &self.names)
            .field("retry", &self.retry)
            .finish_non_exhaustive()
    }
}

/// The JSON of a successful answer.
pub(crate) fn read_json<T: DeserializeOwned>(response: &Response) -> Result<T, Error> {
    match (response.status, response.content_type.as_deref()) {
        (200..=299, Some("text/html")) => Err(Error::new(ErrorKind::Unavailable, Sent::Yes)),
        // The content type is not trusted beyond this: what is not JSON does not parse.
        (200..=299, _) => serde_json::from_slice(&response.body).map_err(|error| {
            // The error's text may repeat a value; its place does not.
            Error::unexpected(NotJson { line: error.line(), column: error.column() })
        }),
        _ => Err(Error::of_answer(response)),
    }
}

/// Largest body of a failed download's answer that is looked at for a code.
const MAX_FAILURE_BYTES: usize = 64 * 1024;

#[derive(Debug)]
struct UnexpectedRange;

impl fmt::Display for UnexpectedRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the server sent a part of the file, and the whole was asked for")
    }
}

impl std::error::Error for UnexpectedRange {}

#[derive(Debug)]
struct NotJson {
    line: usize,
    column: usize,
}

impl fmt::Display for NotJson {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { line, column } = self;
        write!(f, "not the JSON that was expected, at line {line}, column {column}")
    }
}

impl std::error::Error for NotJson {}
