//! One request and its answer, from HTTP down to the search.
//!
//! Approximations: what SPAR answers to a request that is not for the service, and the code, text
//! and status of a SOAP fault, are not known. Those here are what the specifications of HTTP and
//! SOAP 1.1 call for.

use std::error::Error as StdError;
use std::fmt::Write;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use bytes::Bytes;
use http::header::{ALLOW, CONTENT_ENCODING, CONTENT_TYPE};
use http::{HeaderMap, Method, Request, Response, StatusCode};
use http_body_util::{BodyExt, Full, LengthLimitError, Limited};
use hyper::body::Body;
use rustls::crypto::SecureRandom;
use spar_soap::envelope::{self, NotAnEnvelope};
use spar_soap::operation::Operation;
use spar_soap::{Version, personsok_v2021_1, personsok_v2023_1};
use spar_types::personsok::v2021_1::SparPersonsokningFraga;
use spar_types::personsok::v2023_1;
use spar_types::xml::{Document, Limits, Mode, Root, WriteOptions, read_element};
use spar_types::{FreeText, SimpleType};

use crate::answer::{answer_with, undantag};
use crate::persons::Persons;
use crate::script::{Answer, Script};

/// The largest request that is read. One with every argument at its longest stays below 8 KiB.
const MAX_REQUEST_BYTES: usize = 64 * 1024;

/// A default namespace that no element of an answer uses, as real answers declare one.
const UNUSED_NAMESPACE: &str =
    "http://statenspersonadressregister.se/schema/personsok/2021.1/personsokningfraga";

/// What all connections share.
pub(crate) struct Service {
    pub(crate) persons: Persons,
    pub(crate) random: &'static dyn SecureRandom,
    pub(crate) script: Script,
    pub(crate) connections: AtomicU64,
    pub(crate) requests: AtomicU64,
    pub(crate) searches: AtomicU64,
}

impl Service {
    /// Answers one HTTP request.
    pub(crate) async fn respond<B>(self: Arc<Self>, request: Request<B>) -> Response<Full<Bytes>>
    where
        B: Body<Data: Send, Error: Into<Box<dyn StdError + Send + Sync>>>,
    {
        self.requests.fetch_add(1, Ordering::SeqCst);
        let path = request.uri().path().strip_prefix('/').and_then(|path| path.strip_suffix('/'));
        let Some(version) = path.and_then(|path| path.parse::<Version>().ok()) else {
            return page(StatusCode::NOT_FOUND);
        };
        if request.method() != Method::POST {
            let mut response = page(StatusCode::METHOD_NOT_ALLOWED);
            response.headers_mut().insert(ALLOW, http::HeaderValue::from_static("POST"));
            return response;
        }
        let scripted = self.script.next();
        let (head, body) = request.into_parts();
        let body = match Limited::new(body, MAX_REQUEST_BYTES).collect().await {
            Ok(body) => body.to_bytes(),
            Err(error) if error.is::<LengthLimitError>() => {
                return page(StatusCode::PAYLOAD_TOO_LARGE);
            }
            Err(_) => return page(StatusCode::BAD_REQUEST),
        };
        match scripted {
            Answer::Status(status) => {
                let status = Some(status).filter(|status| (200..=599).contains(status));
                let status = status.and_then(|status| StatusCode::from_u16(status).ok());
                return page(status.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR));
            }
            Answer::Fault { code, text } => return fault(&code, &text),
            Answer::Usual | Answer::Undantag { .. } => {}
        }
        if !is_soap_media_type(&head.headers) {
            return page(StatusCode::UNSUPPORTED_MEDIA_TYPE);
        }
        let action = match version {
            Version::V2021_1 => personsok_v2021_1::PersonSok::SOAP_ACTION,
            _ => personsok_v2023_1::PersonSok::SOAP_ACTION,
        };
        if !is_action_of_service(&head.headers, action) {
            return fault("Client", "SOAPAction is not the one of the WSDL");
        }
        // The persons are kept in the older form, which the newer one holds wholly.
        let fraga = match version {
            Version::V2021_1 => read::<SparPersonsokningFraga>(&body),
            _ => read::<v2023_1::SparPersonsokningFraga>(&body).map(Into::into),
        };
        let fraga = match fraga {
            Ok(fraga) => fraga,
            Err(refusal) => return fault(refusal.code, &refusal.text),
        };
        self.searches.fetch_add(1, Ordering::SeqCst);
        let mut svar = match scripted {
            Answer::Undantag { kod, beskrivning } => {
                answer_with(&fraga, undantag(&kod, &beskrivning))
            }
            _ => self.persons.answer(&fraga),
        };
        svar.uuid = self.uuid().map(|uuid| FreeText::from_register(&uuid));
        match version {
            Version::V2021_1 => write(&svar),
            _ => write(&v2023_1::SparPersonsokningSvar::from(svar)),
        }
    }

    /// A random UUID (version 4); none in the unheard-of case that there is no randomness.
    fn uuid(&self) -> Option<String> {
        let mut bytes = [0; 16];
        self.random.fill(&mut bytes).ok()?;
        bytes[6] = (bytes[6] & 0x0f) | 0x40;
        bytes[8] = (bytes[8] & 0x3f) | 0x80;
        let mut text = String::with_capacity(36);
        for (place, byte) in bytes.iter().enumerate() {
            if matches!(place, 4 | 6 | 8 | 10) {
                text.push('-');
            }
            write!(text, "{byte:02x}").ok()?;
        }
        Some(text)
    }
}

/// Why a request is not executed.
struct Refusal {
    code: &'static str,
    text: String,
}

/// Reads a request as a validator does.
fn read<T: Root>(body: &[u8]) -> Result<T, Refusal> {
    let client = |text: String| Refusal { code: "Client", text };
    let limits = Limits::default();
    let document = Document::parse(body, &limits).map_err(|error| client(error.to_string()))?;
    let payload = match envelope::open(&document) {
        Ok(envelope::Body::Payload(payload)) => payload,
        Ok(_) => return Err(client("the request is a fault".to_owned())),
        Err(error) => {
            let code = match error {
                NotAnEnvelope::MustUnderstand => "MustUnderstand",
                NotAnEnvelope::Soap12 => "VersionMismatch",
                _ => "Client",
            };
            return Err(Refusal { code, text: error.to_string() });
        }
    };
    match read_element(payload, Mode::Strict, &limits) {
        Ok(read) => Ok(read.value),
        Err(error) => Err(client(error.to_string())),
    }
}

/// Writes an answer in the shape of SPAR's own.
fn write<T: Root>(svar: &T) -> Response<Full<Bytes>> {
    let mut options = WriteOptions::default();
    options.first_prefix = 2;
    options.unused_default = Some(UNUSED_NAMESPACE);
    match envelope::wrap(svar, &options) {
        Ok(document) => respond_with(StatusCode::OK, "text/xml; charset=utf-8", document),
        // Only a scripted text can do this: the persons were checked when they were read.
        Err(error) => fault("Server", &format!("the answer breaks the schema: {error}")),
    }
}

fn fault(code: &str, text: &str) -> Response<Full<Bytes>> {
    let document = envelope::fault(code, text);
    respond_with(StatusCode::INTERNAL_SERVER_ERROR, "text/xml; charset=utf-8", document)
}

/// A page as HTTP servers make them.
fn page(status: StatusCode) -> Response<Full<Bytes>> {
    let page = format!("<html><head><title>{status}</title></head><body>{status}</body></html>\n");
    respond_with(status, "text/html; charset=utf-8", page)
}

fn respond_with(
    status: StatusCode,
    content_type: &'static str,
    body: String,
) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::from(body));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, http::HeaderValue::from_static(content_type));
    response
}

/// Whether the body is announced as plain `text/xml` in UTF-8.
fn is_soap_media_type(headers: &HeaderMap) -> bool {
    let value = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let mut parts = value.split(';').map(str::trim);
    let is_media_type =
        parts.next().is_some_and(|part| part.eq_ignore_ascii_case(envelope::MEDIA_TYPE));
    let is_utf_8 = parts.all(|parameter| match parameter.split_once('=') {
        Some((name, value)) if name.trim().eq_ignore_ascii_case("charset") => {
            value.trim().trim_matches('"').eq_ignore_ascii_case("utf-8")
        }
        _ => true,
    });
    is_media_type && is_utf_8 && !headers.contains_key(CONTENT_ENCODING)
}

/// Whether the SOAPAction is that of the WSDL. None, and an empty one, are taken too.
fn is_action_of_service(headers: &HeaderMap, expected: &str) -> bool {
    let Some(value) = headers.get("SOAPAction") else { return true };
    let Ok(action) = value.to_str() else { return false };
    let action = action.trim();
    let unquoted = action.strip_prefix('"').and_then(|action| action.strip_suffix('"'));
    let action = unquoted.unwrap_or(action);
    action.is_empty() || action == expected
}
