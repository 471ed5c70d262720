//! Personsök: from the body of a request to that of its answer.
//!
//! Approximations: the code and text of a SOAP fault, and which requests get one, are not known. Those
//! here are what SOAP 1.1 calls for.

mod answer;
mod demands;
mod phonetic;
mod search;
mod words;

use http::header::{CONTENT_ENCODING, CONTENT_TYPE};
use http::{HeaderMap, StatusCode};
use spar_soap::Version;
use spar_soap::envelope::{self, NotAnEnvelope};
use spar_soap::operation::{Do, InVersion};
use spar_soap::personsok::newest::PersonSok;
use spar_types::personsok::newest::{IdNummer, PersonsokningFraga, SparPersonsokningFraga};
use spar_types::xml::{Document, Limits, Mode, Root, WriteOptions, read_element, transcribe};
use spar_types::{FreeText, SimpleType};

pub use answer::MAX_ANTAL_SVARSPOSTER;

use crate::script::Answer;
use crate::service::{Reply, Service};

/// A default namespace that no element of an answer uses, as real answers declare one.
const UNUSED_NAMESPACE: &str =
    "http://statenspersonadressregister.se/schema/personsok/2021.1/personsokningfraga";

/// A question that is not the one that was asked, for `Answer::WrongEcho`: a number that nobody has.
const OTHER_NUMBER: &str = "191212121212";

/// Answers a request to one version of the service.
pub(crate) fn respond(
    service: &Service,
    version: Version,
    headers: &HeaderMap,
    body: &[u8],
    scripted: &Answer,
) -> Reply {
    if let Answer::Fault { code, text } = scripted {
        return fault(code, text);
    }
    if !is_soap_media_type(headers) {
        return Reply::page(StatusCode::UNSUPPORTED_MEDIA_TYPE);
    }
    version.person_sok(Search { service, headers, body, scripted })
}

/// A search, in whichever version it was asked. The persons are kept in the newest.
struct Search<'s> {
    service: &'s Service,
    headers: &'s HeaderMap,
    body: &'s [u8],
    scripted: &'s Answer,
}

impl Do<PersonSok> for Search<'_> {
    type Output = Reply;

    fn with<O: InVersion<PersonSok>>(self) -> Reply {
        let Self { service, headers, body, scripted } = self;
        if !is_action_of_service(headers, O::SOAP_ACTION) {
            return fault("Client", "SOAPAction is not the one of the WSDL");
        }
        let fraga = match read::<O::Request>(body).and_then(|fraga| newest(&fraga)) {
            Ok(fraga) => fraga,
            Err(refusal) => return fault(refusal.code, &refusal.text),
        };
        service.count_search();
        let mut svar = match scripted {
            Answer::Undantag { kod, beskrivning } => {
                answer::answer_with(&fraga, answer::undantag(kod, beskrivning))
            }
            _ => service.persons.answer(&fraga),
        };
        if *scripted == Answer::WrongEcho {
            let other = IdNummer::from_register(OTHER_NUMBER);
            svar.personsokning_fraga = Some(PersonsokningFraga::IdNummer(other));
        }
        svar.uuid = service.uuid().map(|uuid| FreeText::from_register(&uuid));
        // What an older version does not have is left out.
        match transcribe::<_, O::Response>(&svar) {
            Ok(svar) => write(&svar.value),
            Err(error) => broken(&error),
        }
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

/// A request of any version in the newest, which must be able to say all of it.
fn newest<T: Root>(fraga: &T) -> Result<SparPersonsokningFraga, Refusal> {
    let refusal = |error: &dyn std::fmt::Display| Refusal {
        code: "Server",
        text: format!("the simulator does not know what is asked: {error}"),
    };
    let read = transcribe(fraga).map_err(|error| refusal(&error))?;
    match read.deviations.first() {
        None => Ok(read.value),
        Some(deviation) => Err(refusal(deviation)),
    }
}

/// Writes an answer in the shape of SPAR's own.
fn write<T: Root>(svar: &T) -> Reply {
    let mut options = WriteOptions::default();
    options.first_prefix = 2;
    options.unused_default = Some(UNUSED_NAMESPACE);
    match envelope::wrap(svar, &options) {
        Ok(document) => Reply::xml(StatusCode::OK, document),
        // Only a scripted text can do this: the persons were checked when they were read.
        Err(error) => broken(&error),
    }
}

fn broken(error: &dyn std::fmt::Display) -> Reply {
    fault("Server", &format!("the answer breaks the schema: {error}"))
}

fn fault(code: &str, text: &str) -> Reply {
    Reply::xml(StatusCode::INTERNAL_SERVER_ERROR, envelope::fault(code, text))
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
