//! One HTTP request and its answer: which service it is for, and how the answer is delivered.
//!
//! Approximation: what SPAR answers to a request that is not for a service is not known. What is here is
//! what the specification of HTTP calls for.

use std::error::Error as StdError;
use std::fmt::Write;
use std::future::pending;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use bytes::Bytes;
use http::header::{ALLOW, CONTENT_TYPE, HOST};
use http::{HeaderMap, HeaderValue, Method, Request, Response, StatusCode, Uri};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use hyper::body::Body;
use rustls::crypto::SecureRandom;
use spar_soap::Version;

use crate::delivery::{Cutoff, Delivery, End};
use crate::persons::Persons;
use crate::personsok;
use crate::schemas;
use crate::script::{Answer, Cut, Script, Scripts};

/// The largest request that is read. One with every argument at its longest stays below 8 KiB.
const MAX_REQUEST_BYTES: usize = 64 * 1024;

/// What all connections share.
pub(crate) struct Service {
    pub(crate) persons: Persons,
    pub(crate) random: &'static dyn SecureRandom,
    pub(crate) scripts: Scripts,
    pub(crate) connections: AtomicU64,
    pub(crate) requests: AtomicU64,
    pub(crate) searches: AtomicU64,
}

/// What a request is for. A further service is a further variant.
enum Route {
    /// A search.
    Personsok(Version),
    /// The WSDL of a version, for a client that is generated from it.
    Wsdl(Version),
    /// A schema that a WSDL leads to.
    Schema(&'static str),
}

impl Route {
    fn of(uri: &Uri) -> Option<Self> {
        let path = uri.path().strip_prefix('/')?;
        if let Some(path) = path.strip_prefix(schemas::PATH) {
            return schemas::schema(path).map(Self::Schema);
        }
        let version = path.strip_suffix('/')?.parse().ok()?;
        let is_wsdl = uri.query().is_some_and(|query| query.eq_ignore_ascii_case("wsdl"));
        Some(if is_wsdl { Self::Wsdl(version) } else { Self::Personsok(version) })
    }

    fn method(&self) -> Method {
        match self {
            Self::Personsok(_) => Method::POST,
            Self::Wsdl(_) | Self::Schema(_) => Method::GET,
        }
    }
}

/// An answer before it is delivered.
pub(crate) struct Reply {
    status: StatusCode,
    content_type: &'static str,
    body: String,
}

impl Reply {
    pub(crate) fn xml(status: StatusCode, body: String) -> Self {
        Self { status, content_type: "text/xml; charset=utf-8", body }
    }

    /// A page as HTTP servers make them.
    pub(crate) fn page(status: StatusCode) -> Self {
        let body =
            format!("<html><head><title>{status}</title></head><body>{status}</body></html>\n");
        Self { status, content_type: "text/html; charset=utf-8", body }
    }

    fn with_status(self, status: Option<u16>) -> Self {
        Self { status: status.map_or(self.status, valid_status), ..self }
    }

    fn deliver(self, cut: Option<Cut>) -> Response<Delivery> {
        let body = Bytes::from(self.body);
        let body = match cut {
            Some(Cut::Stall(Some(at))) => Delivery::cut(body, at, End::Stall),
            Some(Cut::Truncate(Some(at))) => Delivery::cut(body, at, End::Cutoff(Cutoff::Close)),
            Some(Cut::Reset(Some(at))) => Delivery::cut(body, at, End::Cutoff(Cutoff::Reset)),
            _ => Delivery::whole(body),
        };
        let mut response = Response::new(body);
        *response.status_mut() = self.status;
        let content_type = HeaderValue::from_static(self.content_type);
        response.headers_mut().insert(CONTENT_TYPE, content_type);
        response
    }
}

impl Service {
    /// Answers one HTTP request, or ends the connection.
    pub(crate) async fn respond<B>(
        self: Arc<Self>,
        request: Request<B>,
    ) -> Result<Response<Delivery>, Cutoff>
    where
        B: Body<Data: Send, Error: Into<Box<dyn StdError + Send + Sync>>>,
    {
        self.requests.fetch_add(1, Ordering::SeqCst);
        let Some(route) = Route::of(request.uri()) else {
            return Ok(Reply::page(StatusCode::NOT_FOUND).deliver(None));
        };
        if request.method() != route.method() {
            let mut response = Reply::page(StatusCode::METHOD_NOT_ALLOWED).deliver(None);
            let allowed = HeaderValue::from_str(route.method().as_str());
            allowed
                .into_iter()
                .for_each(|allowed| drop(response.headers_mut().insert(ALLOW, allowed)));
            return Ok(response);
        }
        let reply = match route {
            Route::Personsok(version) => {
                let respond = |headers: &HeaderMap, body: &[u8], answer: &Answer| {
                    personsok::respond(&self, version, headers, body, answer)
                };
                return self.scripted(request, respond).await;
            }
            Route::Schema(schema) => Reply::xml(StatusCode::OK, schema.to_owned()),
            Route::Wsdl(version) => {
                let host = request.headers().get(HOST).and_then(|host| host.to_str().ok());
                match host.and_then(|host| schemas::wsdl_served_at(version, host)) {
                    Some(wsdl) => Reply::xml(StatusCode::OK, wsdl),
                    None => Reply::page(StatusCode::BAD_REQUEST),
                }
            }
        };
        Ok(reply.deliver(None))
    }

    /// Answers a request to a service, by the service or as it was scripted.
    async fn scripted<B>(
        &self,
        request: Request<B>,
        respond: impl FnOnce(&HeaderMap, &[u8], &Answer) -> Reply,
    ) -> Result<Response<Delivery>, Cutoff>
    where
        B: Body<Data: Send, Error: Into<Box<dyn StdError + Send + Sync>>>,
    {
        let (head, body) = request.into_parts();
        let script = match head.headers.get(Script::HEADER) {
            None => self.scripts.next(),
            Some(script) => match script.to_str().unwrap_or("?").parse() {
                Ok(script) => script,
                Err(error) => {
                    let (status, body) =
                        (StatusCode::BAD_REQUEST, format!("{}: {error}\n", Script::HEADER));
                    let reply = Reply { status, content_type: "text/plain; charset=utf-8", body };
                    return Ok(reply.deliver(None));
                }
            },
        };
        let reply = match Limited::new(body, MAX_REQUEST_BYTES).collect().await {
            Ok(body) => match &script.answer {
                Answer::Status(status) => Reply::page(valid_status(*status)),
                Answer::Page => Reply::page(StatusCode::OK),
                answer => respond(&head.headers, &body.to_bytes(), answer),
            },
            Err(error) if error.is::<LengthLimitError>() => {
                Reply::page(StatusCode::PAYLOAD_TOO_LARGE)
            }
            Err(_) => Reply::page(StatusCode::BAD_REQUEST),
        };
        if !script.delay.is_zero() {
            tokio::time::sleep(script.delay).await;
        }
        match script.cut {
            Some(Cut::Stall(None)) => pending().await,
            Some(Cut::Truncate(None)) => Err(Cutoff::Close),
            Some(Cut::Reset(None)) => Err(Cutoff::Reset),
            cut => Ok(reply.with_status(script.status).deliver(cut)),
        }
    }

    /// Counts a search that is executed.
    pub(crate) fn count_search(&self) {
        self.searches.fetch_add(1, Ordering::SeqCst);
    }

    /// A random UUID (version 4); none in the unheard-of case that there is no randomness.
    pub(crate) fn uuid(&self) -> Option<String> {
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

fn valid_status(status: u16) -> StatusCode {
    let status = Some(status).filter(|status| (200..=599).contains(status));
    let status = status.and_then(|status| StatusCode::from_u16(status).ok());
    status.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}
