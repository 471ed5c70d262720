//! SOAP 1.1 envelopes: putting a payload in, and finding out what one holds.

use std::fmt;

use spar_types::InvalidDocument;
use spar_types::xml::{Document, Element, Root, WriteOptions, write_into};

/// The namespace of SOAP 1.1 envelopes.
pub const NAMESPACE: &str = "http://schemas.xmlsoap.org/soap/envelope/";

/// The namespace of SOAP 1.2, which SPAR does not speak.
const NAMESPACE_1_2: &str = "http://www.w3.org/2003/05/soap-envelope";

/// The media type of SOAP 1.1.
pub const MEDIA_TYPE: &str = "text/xml";

/// Wraps a payload, as SPAR's own answers are wrapped: prefix `S`, no header.
///
/// # Errors
///
/// A payload that would break the schema.
pub fn wrap<T: Root>(payload: &T, options: &WriteOptions) -> Result<String, InvalidDocument> {
    let mut out = format!(
        "<?xml version='1.0' encoding='UTF-8'?><S:Envelope xmlns:S=\"{NAMESPACE}\"><S:Body>"
    );
    write_into(payload, options, &mut out)?;
    out.push_str("</S:Body></S:Envelope>");
    Ok(out)
}

/// An envelope that holds a fault. `code` is `Client` or `Server`, `text` what a person reads.
#[must_use]
pub fn fault(code: &str, text: &str) -> String {
    let escape = |text: &str| text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    format!(
        "<?xml version='1.0' encoding='UTF-8'?><S:Envelope xmlns:S=\"{NAMESPACE}\"><S:Body><S:Fault>\
         <faultcode>S:{}</faultcode><faultstring>{}</faultstring></S:Fault></S:Body></S:Envelope>",
        escape(code),
        escape(text)
    )
}

/// What an envelope holds.
#[derive(Debug)]
#[non_exhaustive]
pub enum Body<'d> {
    /// The one element in the body.
    Payload(Element<'d>),
    /// A fault.
    Fault(Fault),
}

/// A SOAP fault.
///
/// Its texts come from the server and may repeat what was asked for: they are read by asking for them,
/// and neither `Debug` nor `Display` shows them. The code says nothing about any person.
#[derive(Clone, PartialEq, Eq)]
pub struct Fault {
    code: String,
    text: String,
    details: Vec<String>,
}

impl Fault {
    /// The fault code without prefix, such as `Client` or `Server`.
    #[must_use]
    pub fn code(&self) -> &str {
        &self.code
    }

    /// The text for a person. May repeat what was asked for.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The texts in the detail, such as SPAR's earlier `FelBeskrivning`. May repeat what was asked for.
    #[must_use]
    pub fn details(&self) -> &[String] {
        &self.details
    }
}

impl fmt::Debug for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Fault")
            .field("code", &self.code)
            .field("text", &format_args!("<redacted>"))
            .field("details", &self.details.len())
            .finish()
    }
}

/// A document that is not an envelope as agreed on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum NotAnEnvelope {
    /// The root is not `Envelope`.
    OtherRoot,
    /// The envelope is one of SOAP 1.2.
    Soap12,
    /// A header that must be understood, which nobody here does.
    MustUnderstand,
    /// There is no body, or more than one.
    NoBody,
    /// The body is empty.
    EmptyBody,
    /// The body holds more than one element.
    SeveralPayloads,
}

impl fmt::Display for NotAnEnvelope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::OtherRoot => "the document is no SOAP envelope",
            Self::Soap12 => "the envelope is one of SOAP 1.2, not 1.1",
            Self::MustUnderstand => "the envelope holds a header that must be understood",
            Self::NoBody => "the envelope has no body",
            Self::EmptyBody => "the body of the envelope is empty",
            Self::SeveralPayloads => "the body of the envelope holds more than one element",
        })
    }
}

impl std::error::Error for NotAnEnvelope {}

/// Opens an envelope.
///
/// # Errors
///
/// A document that [`NotAnEnvelope`] names.
pub fn open<'d>(document: &'d Document<'_>) -> Result<Body<'d>, NotAnEnvelope> {
    let root = document.root();
    let is_soap = |element: Element<'_>, name: &str| {
        element.local_name() == name && element.namespace() == NAMESPACE
    };
    if root.local_name() == "Envelope" && root.namespace() == NAMESPACE_1_2 {
        return Err(NotAnEnvelope::Soap12);
    }
    if !is_soap(root, "Envelope") {
        return Err(NotAnEnvelope::OtherRoot);
    }
    let must_understand = |header: Element<'_>| {
        let value = header.attribute_in(NAMESPACE, "mustUnderstand");
        value.is_some_and(|value| matches!(value.trim(), "1" | "true"))
    };
    let headers = root.children().filter(|child| is_soap(*child, "Header"));
    if headers.flat_map(Element::children).any(must_understand) {
        return Err(NotAnEnvelope::MustUnderstand);
    }
    let mut bodies = root.children().filter(|child| is_soap(*child, "Body"));
    let (Some(body), None) = (bodies.next(), bodies.next()) else {
        return Err(NotAnEnvelope::NoBody);
    };
    let mut payloads = body.children();
    match (payloads.next(), payloads.next()) {
        (None, _) => Err(NotAnEnvelope::EmptyBody),
        (Some(_), Some(_)) => Err(NotAnEnvelope::SeveralPayloads),
        (Some(payload), None) if is_soap(payload, "Fault") => Ok(Body::Fault(read_fault(payload))),
        (Some(payload), None) => Ok(Body::Payload(payload)),
    }
}

/// Codes and texts are without namespace by SOAP 1.1; some servers qualify them all the same.
fn read_fault(fault: Element<'_>) -> Fault {
    let child = |name: &str| fault.children().find(|child| child.local_name() == name);
    let text = |name: &str| child(name).map(Element::text).unwrap_or_default().trim();
    let mut details = Vec::new();
    let mut pending: Vec<_> = child("detail").into_iter().flat_map(Element::children).collect();
    pending.reverse();
    while let Some(element) = pending.pop() {
        let before = pending.len();
        pending.extend(element.children());
        if pending.len() == before && !element.text().trim().is_empty() {
            details.push(element.text().trim().to_owned());
        }
        pending[before..].reverse();
    }
    let code = text("faultcode");
    let code = code.rsplit_once(':').map_or(code, |(_, code)| code);
    Fault { code: presentable_code(code), text: text("faultstring").to_owned(), details }
}

/// A code is shown in messages, so what is no code is not taken for one.
fn presentable_code(code: &str) -> String {
    let is_code = code.len() <= 64
        && code.starts_with(|c: char| c.is_ascii_alphabetic())
        && code.bytes().all(|byte| byte.is_ascii_alphabetic() || matches!(byte, b'.' | b'_'));
    if is_code { code.to_owned() } else { String::new() }
}
