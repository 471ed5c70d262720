//! The client.

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::time::{Instant, SystemTime};

use spar_http::{Endpoint, Request, Response, Sent};
use spar_types::personsok::newest::{
    Identifieringsinformation, KundNr, PersonsokningFraga, SlutAnvandarId,
    SlutAnvandarUtokadBehorighet, SparPersonsokningFraga, SparPersonsokningSvar, UppdragId,
};
use spar_types::xml::{self, Document, Element, Limits, Mode, Read, WriteOptions};
use spar_types::{Deviation, Rule};
use tokio::sync::Semaphore;
use tokio::time::sleep;
use tracing::Instrument;

use crate::answer::{Meta, RawSvar, Svar, uuid_in};
use crate::audit::{About, Audit, Auditor};
use crate::envelope::{self, Body};
use crate::error::{Error, later};
use crate::generated::personsok::newest::PersonSok;
use crate::operation::{Do, InVersion, Operation};
use crate::resend::Resend;
use crate::trace;
use crate::version::Version;

/// Searches of one client that run at the same time, if nothing else is said.
///
/// SPAR states no limit; a low number does not look like an attack.
pub const DEFAULT_CONCURRENCY: usize = 4;

/// A client of SPAR Personsök. Cheap to clone; clones share connections and limits.
///
/// It never sends a search twice: every search is billed, with or without a hit, and logged against
/// the person it is about. Dropping a call's future ends the waiting, not the search: if it was sent, it
/// may still be billed.
#[derive(Clone)]
pub struct Client {
    http: spar_http::Client,
    endpoint: Endpoint,
    version: Version,
    uppdrag: Uppdrag,
    limits: Arc<Limits>,
    mode: Mode,
    written: Arc<WriteOptions>,
    tap: Option<Arc<WireTap>>,
    resend: Option<Resend>,
    auditor: Option<Auditor>,
    running: Arc<Semaphore>,
}

/// Whose searches these are: the numbers that SPAR gave the customer. None of them is secret.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Uppdrag {
    /// The customer that owns the certificate.
    pub kund_nr_leverans_mottagare: KundNr,
    /// The customer that holds the permit; may be the same.
    pub kund_nr_slutkund: KundNr,
    /// The assignment for Personsök, which must belong to these two customers.
    pub uppdrag_id: UppdragId,
}

/// Who searches: a person at the customer's, and the permissions of this one search.
///
/// `Debug` shows neither user nor purpose.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct SlutAnvandare {
    /// Must let the customer point out the individual user. SPAR logs it. There is no default.
    pub id: SlutAnvandarId,
    /// Permissions beyond the basic one, never more than the customer holds. Empty: basic only.
    pub utokad_behorighet: Vec<SlutAnvandarUtokadBehorighet>,
    /// Why this is searched, for the [`audit`](crate::audit). Never sent.
    pub purpose: Option<String>,
}

/// What passes over the wire, for [`Client::with_wire_tap`]. Personal data; `Debug` shows lengths only.
#[derive(Clone, Copy)]
#[non_exhaustive]
pub enum Wire<'b> {
    /// The body of a request, before it is sent.
    Request(&'b [u8]),
    /// An HTTP answer.
    #[non_exhaustive]
    Answer {
        /// The status.
        status: u16,
        /// The body, whatever it is.
        body: &'b [u8],
    },
}

type WireTap = dyn Fn(Wire<'_>) + Send + Sync;

impl fmt::Debug for Wire<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Request(body) => write!(f, "Request(<{} bytes>)", body.len()),
            Self::Answer { status, body } => write!(f, "Answer({status}, <{} bytes>)", body.len()),
        }
    }
}

impl Client {
    /// A client that asks this endpoint, in the version of the interface that it serves, on behalf of
    /// this assignment.
    ///
    /// The transport brings certificate, roots, timeouts and the cap on answers.
    #[must_use]
    pub fn new(
        http: spar_http::Client,
        endpoint: Endpoint,
        version: Version,
        uppdrag: Uppdrag,
    ) -> Self {
        Self {
            http,
            endpoint,
            version,
            uppdrag,
            limits: Arc::default(),
            mode: Mode::Tolerant,
            written: Arc::default(),
            tap: None,
            resend: None,
            auditor: None,
            running: Arc::new(Semaphore::new(DEFAULT_CONCURRENCY)),
        }
    }

    /// The same client for another assignment. Connections and limits are shared.
    #[must_use]
    pub fn with_uppdrag(&self, uppdrag: Uppdrag) -> Self {
        Self { uppdrag, ..self.clone() }
    }

    /// Sets how many searches may run at the same time, at least one; the others wait.
    /// Default [`DEFAULT_CONCURRENCY`].
    #[must_use]
    pub fn with_concurrency(self, concurrency: usize) -> Self {
        let permits = concurrency.clamp(1, Semaphore::MAX_PERMITS);
        Self { running: Arc::new(Semaphore::new(permits)), ..self }
    }

    /// Makes searches again that may have been executed, within these bounds: **each attempt may be billed**.
    /// Default never.
    #[must_use]
    pub fn with_resend(self, resend: Resend) -> Self {
        Self { resend: Some(resend), ..self }
    }

    /// Sets how answers are read: tolerant by default. Strict refuses an answer that was paid for
    /// because of its first departure from the schema; it is meant for tests.
    #[must_use]
    pub fn with_mode(self, mode: Mode) -> Self {
        Self { mode, ..self }
    }

    /// Writes a namespace in place of the schema's.
    ///
    /// The schemas of 2023.1 are reconstructed. That its search arguments stand in version 1.3 of
    /// `sokargument` is likely; should SPAR want 1.2, this is the way before a new release. A search by id
    /// number holds none of them.
    ///
    /// ```
    /// # fn with_1_2(client: spar_soap::Client) -> spar_soap::Client {
    /// const SOK: &str = "http://statenspersonadressregister.se/schema/komponent/sok";
    /// client.with_namespace(&format!("{SOK}/sokargument-1.3"), &format!("{SOK}/sokargument-1.2"))
    /// # }
    /// ```
    #[must_use]
    pub fn with_namespace(mut self, schema: &str, written: &str) -> Self {
        let namespaces = &mut Arc::make_mut(&mut self.written).namespaces;
        namespaces.push((schema.to_owned(), written.to_owned()));
        self
    }

    /// Sets the limits of the XML reader.
    #[must_use]
    pub fn with_limits(self, limits: Limits) -> Self {
        Self { limits: Arc::new(limits), ..self }
    }

    /// Shows every request and every answer to a callback, as bytes of XML: personal data, for finding out
    /// what is wrong with an exchange. None by default, and there is no other way to see them.
    #[must_use]
    pub fn with_wire_tap(mut self, tap: impl Fn(Wire<'_>) + Send + Sync + 'static) -> Self {
        self.tap = Some(Arc::new(tap));
        self
    }

    /// Has every search recorded before its answer is handed out, with the time by this clock. See
    /// [`audit`](crate::audit). None by default.
    #[must_use]
    pub fn with_audit(
        self,
        audit: impl Audit + 'static,
        now: impl Fn() -> SystemTime + Send + Sync + 'static,
    ) -> Self {
        Self { auditor: Some(Auditor::new(audit, now)), ..self }
    }

    /// Makes one search.
    ///
    /// Leaves a `tracing` span `personsok` of level INFO, whose fields are those of [`Meta`], host, version
    /// of the interface and, after an error, its kind and whether the search was sent. Events of level DEBUG
    /// tell rules of the schema that the answer broke, and where, never a value.
    ///
    /// # Errors
    ///
    /// No answer to work with: see [`ErrorKind`](crate::ErrorKind). Whether the search may have been
    /// executed, [`Error::sent`] tells. It is not repeated, unless a [`Resend`] was given. An answer that
    /// could not be audited is withheld, and in the error.
    pub async fn personsok(
        &self,
        slut_anvandare: &SlutAnvandare,
        fraga: PersonsokningFraga,
    ) -> Result<Svar, Error> {
        let span = trace::span(self.version, &self.endpoint);
        let pending = self.auditor.as_ref().map(|auditor| {
            auditor.begin(About {
                slut_anvandare,
                uppdrag: &self.uppdrag,
                host: self.endpoint.host(),
                version: self.version,
                fraga: &fraga,
            })
        });
        let result = self.attempts(slut_anvandare, &fraga).instrument(span.clone()).await;
        trace::record(&span, &result);
        match pending {
            Some(pending) => pending.end(result),
            None => result,
        }
    }

    /// Searches once, or as often as was asked for explicitly.
    async fn attempts(
        &self,
        slut_anvandare: &SlutAnvandare,
        fraga: &PersonsokningFraga,
    ) -> Result<Svar, Error> {
        let Some(resend) = self.resend else { return self.search(slut_anvandare, fraga).await };
        let (mut attempts, mut sent) = (0, Sent::No);
        loop {
            let result = self.search(slut_anvandare, fraga).await;
            attempts += 1;
            let error = match result {
                Ok(mut svar) => {
                    svar.meta.attempts = attempts;
                    return Ok(svar);
                }
                Err(error) => error,
            };
            let Some(pause) = resend.pause_after(attempts, &error) else {
                return Err(error.after_attempts(attempts, sent));
            };
            sent = later(sent, error.sent());
            trace::resend(attempts, &error);
            sleep(pause).await;
        }
    }

    async fn search(
        &self,
        slut_anvandare: &SlutAnvandare,
        fraga: &PersonsokningFraga,
    ) -> Result<Svar, Error> {
        let mut identifiering = Identifieringsinformation::new(
            self.uppdrag.kund_nr_leverans_mottagare.clone(),
            self.uppdrag.kund_nr_slutkund.clone(),
            self.uppdrag.uppdrag_id.clone(),
            slut_anvandare.id.clone(),
        );
        identifiering.slut_anvandar_utokad_behorighet = slut_anvandare.utokad_behorighet.clone();
        let request = SparPersonsokningFraga::new(identifiering, fraga.clone());
        let (mut read, response) =
            self.version.person_sok(Search { client: self, request }).await?;
        if read.value.personsokning_fraga.as_ref().is_some_and(|echo| echo != fraga) {
            const PATH: &str = "SPARPersonsokningSvar/PersonsokningFraga";
            let deviation = Deviation::new(PATH, Rule::OtherQuestion);
            if self.mode == Mode::Strict {
                let uuid = Meta::of_answer(&read, &response).uuid;
                return Err(Error::xml(deviation.into()).with_uuid(uuid).of_exchange(&response));
            }
            read.deviations.push(deviation);
        }
        trace::deviations(&read.deviations);
        Ok(Svar {
            meta: Meta::of_answer(&read, &response),
            record: read.value,
            deviations: read.deviations,
            raw: RawSvar::new(response.body),
        })
    }

    /// Calls an operation with a payload of the caller's, such as one of another interface version.
    ///
    /// # Errors
    ///
    /// As [`personsok`](Self::personsok).
    pub async fn call<O: Operation>(
        &self,
        request: &O::Request,
    ) -> Result<(Read<O::Response>, Response), Error> {
        let response = self.exchange::<O>(request).await?;
        let read = |payload: Element<'_>| xml::read_element(payload, self.mode, &self.limits);
        let read = self.open(&response, read).map_err(|error| error.of_exchange(&response))?;
        Ok((read, response))
    }

    /// Sends a request and waits for the answer, whatever it holds.
    async fn exchange<O: Operation>(&self, request: &O::Request) -> Result<Response, Error> {
        let body = envelope::wrap(request, &self.written).map_err(Error::invalid_request)?;
        if let Some(tap) = &self.tap {
            tap(Wire::Request(body.as_bytes()));
        }
        let request = Request::new("text/xml; charset=utf-8", body)
            .with_header("soapaction", format!("\"{}\"", O::SOAP_ACTION));
        // The semaphore is never closed, so a permit always comes.
        let _permit = self.running.acquire().await;
        let started = Instant::now();
        let response = self.http.post(&self.endpoint, request).await;
        let response =
            response.map_err(|error| Error::transport(error).after(started.elapsed()))?;
        if let Some(tap) = &self.tap {
            tap(Wire::Answer { status: response.status, body: &response.body });
        }
        Ok(response)
    }

    /// The body decides: an answer may come with status 500, a fault with 200.
    fn open<T>(
        &self,
        response: &Response,
        read: impl FnOnce(Element<'_>) -> Result<Read<T>, spar_types::Error>,
    ) -> Result<Read<T>, Error> {
        let is_success = (200..300).contains(&response.status);
        let is_xml =
            matches!(response.content_type.as_deref(), Some("text/xml" | "application/xml"));
        if !is_xml {
            return Err(match (is_success, response.content_type.as_deref()) {
                (false, _) => Error::status(response.status),
                (true, media_type) => Error::unexpected_content_type(media_type),
            });
        }
        let document = match Document::parse(&response.body, &self.limits) {
            Ok(document) => document,
            Err(_) if !is_success => return Err(Error::status(response.status)),
            Err(error) => return Err(Error::xml(error)),
        };
        match envelope::open(&document) {
            Ok(Body::Payload(payload)) => {
                read(payload).map_err(|error| Error::xml(error).with_uuid(uuid_in(payload)))
            }
            Ok(Body::Fault(fault)) => {
                Err(Error::of_fault(fault).with_uuid(uuid_in(document.root())))
            }
            Err(_) if !is_success => Err(Error::status(response.status)),
            Err(error) => Err(Error::envelope(error)),
        }
    }
}

/// A search, in whichever version the client speaks.
struct Search<'c> {
    client: &'c Client,
    request: SparPersonsokningFraga,
}

/// What comes of a search: the answer in the newest version, and the response that it was read from.
type Found = Result<(Read<SparPersonsokningSvar>, Response), Error>;

impl<'c> Do<PersonSok> for Search<'c> {
    type Output = Pin<Box<dyn Future<Output = Found> + Send + 'c>>;

    fn with<O: InVersion<PersonSok>>(self) -> Self::Output {
        let Self { client, request } = self;
        Box::pin(async move {
            let request = O::request(request).map_err(Error::invalid_request)?;
            let response = client.exchange::<O>(&request).await?;
            let read =
                |payload: Element<'_>| O::read_response(payload, client.mode, &client.limits);
            let read =
                client.open(&response, read).map_err(|error| error.of_exchange(&response))?;
            Ok((read, response))
        })
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("endpoint", &self.endpoint)
            .field("version", &self.version)
            .field("uppdrag", &self.uppdrag)
            .field("mode", &self.mode)
            .finish_non_exhaustive()
    }
}

impl Uppdrag {
    /// The numbers in the order in which a request states them.
    #[must_use]
    pub fn new(
        kund_nr_leverans_mottagare: KundNr,
        kund_nr_slutkund: KundNr,
        uppdrag_id: UppdragId,
    ) -> Self {
        Self { kund_nr_leverans_mottagare, kund_nr_slutkund, uppdrag_id }
    }
}

impl fmt::Debug for Uppdrag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Uppdrag")
            .field("kund_nr_leverans_mottagare", &self.kund_nr_leverans_mottagare.as_str())
            .field("kund_nr_slutkund", &self.kund_nr_slutkund.as_str())
            .field("uppdrag_id", &self.uppdrag_id.as_str())
            .finish()
    }
}

impl SlutAnvandare {
    /// A user with the basic permission.
    #[must_use]
    pub fn new(id: SlutAnvandarId) -> Self {
        Self { id, utokad_behorighet: Vec::new(), purpose: None }
    }

    /// The same user with these permissions. A permission named twice counts once.
    #[must_use]
    pub fn with_utokad_behorighet(
        mut self,
        utokad_behorighet: impl IntoIterator<Item = SlutAnvandarUtokadBehorighet>,
    ) -> Self {
        self.utokad_behorighet.clear();
        for behorighet in utokad_behorighet {
            if !self.utokad_behorighet.contains(&behorighet) {
                self.utokad_behorighet.push(behorighet);
            }
        }
        self
    }

    /// The same user with this purpose. Blank text is none.
    #[must_use]
    pub fn with_purpose(self, purpose: impl Into<String>) -> Self {
        let purpose = Some(purpose.into()).filter(|text| !text.trim().is_empty());
        Self { purpose, ..self }
    }
}

impl fmt::Debug for SlutAnvandare {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SlutAnvandare")
            .field("id", &self.id)
            .field("utokad_behorighet", &self.utokad_behorighet)
            .finish_non_exhaustive()
    }
}
