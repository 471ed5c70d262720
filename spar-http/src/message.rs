//! What is sent and what comes back.

use std::fmt;
use std::time::Duration;

use bytes::Bytes;
use http::header::{
    ACCEPT_ENCODING, CONNECTION, CONTENT_LENGTH, CONTENT_TYPE, EXPECT, HOST, TE, TRAILER,
    TRANSFER_ENCODING, UPGRADE,
};
use http::{HeaderName, HeaderValue};
use http_body_util::Full;

use crate::endpoint::Endpoint;
use crate::error::Error;

/// A POST request: a body, its type, and a few headers. `Debug` shows no value.
#[derive(Clone)]
pub struct Request {
    content_type: String,
    headers: Vec<(&'static str, String)>,
    body: Bytes,
}

impl Request {
    /// A request with this `Content-Type`, parameters included, and this body.
    pub fn new(content_type: impl Into<String>, body: impl Into<Bytes>) -> Self {
        Self { content_type: content_type.into(), headers: Vec::new(), body: body.into() }
    }

    /// Adds a header. The headers of the transport itself (`Host`, `Content-Length`, `Connection`,
    /// `Accept-Encoding` and the like) cannot be set: [`Client::post`](crate::Client::post) then
    /// fails with a configuration error before anything is sent.
    #[must_use]
    pub fn with_header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    pub(crate) fn into_http(
        self,
        endpoint: &Endpoint,
    ) -> Result<http::Request<Full<Bytes>>, Error> {
        let mut request = http::Request::new(Full::new(self.body));
        *request.method_mut() = http::Method::POST;
        *request.uri_mut() = endpoint.uri();
        let headers = request.headers_mut();
        headers.insert(HOST, endpoint.authority());
        let content_type = HeaderValue::try_from(self.content_type)
            .map_err(|_| Error::configuration("the content type is not a header value"))?;
        headers.insert(CONTENT_TYPE, content_type);
        // Without it, any encoding would be acceptable (RFC 9110, 12.5.3).
        headers.insert(ACCEPT_ENCODING, HeaderValue::from_static("identity"));
        for (name, value) in self.headers {
            let name = HeaderName::try_from(name)
                .map_err(|_| Error::configuration("a header name is not valid"))?;
            if RESERVED.contains(&name) {
                return Err(Error::configuration("a header is set by the transport alone"));
            }
            let value = HeaderValue::try_from(value)
                .map_err(|_| Error::configuration("a header value is not valid"))?;
            headers.append(name, value);
        }
        Ok(request)
    }
}

impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<_> = self.headers.iter().map(|(name, _)| name).collect();
        f.debug_struct("Request")
            .field("headers", &names)
            .field("body_bytes", &self.body.len())
            .finish_non_exhaustive()
    }
}

/// An answer with its whole body. `Debug` shows the length of the body only.
#[derive(Clone)]
#[non_exhaustive]
pub struct Response {
    /// The status code: 2xx except 204 and 205, 4xx or 5xx. What it means is the caller's to say.
    pub status: u16,
    /// The media type in lower case without parameters, such as `text/xml`; `None` if missing or
    /// not a media type.
    pub content_type: Option<String>,
    /// `Retry-After` as sent, seconds or a date; `None` if missing or longer than 64 characters.
    pub retry_after: Option<String>,
    /// The body, at most [`Limits::max_response_bytes`](crate::Limits::max_response_bytes) long.
    pub body: Bytes,
    /// How the exchange went.
    pub meta: Exchange,
}

impl Response {
    /// A response for tests of code that judges one, without content type and with empty numbers.
    pub fn new(status: u16, body: impl Into<Bytes>) -> Self {
        Self {
            status,
            content_type: None,
            retry_after: None,
            body: body.into(),
            meta: Exchange::default(),
        }
    }
}

impl fmt::Debug for Response {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Response")
            .field("status", &self.status)
            .field("content_type", &self.content_type)
            .field("body_bytes", &self.body.len())
            .field("meta", &self.meta)
            .finish_non_exhaustive()
    }
}

/// The numbers of one exchange.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Exchange {
    /// From the call to the last byte of the answer, connecting included.
    pub duration: Duration,
    /// Whether a connection was opened for it.
    pub new_connection: bool,
    /// Bytes of HTTP written, head included, without the overhead of TLS.
    pub bytes_sent: u64,
    /// Bytes of HTTP read, head included, without the overhead of TLS.
    pub bytes_received: u64,
}

/// What hyper derives from the body, or what would change how the connection is used.
const RESERVED: [HeaderName; 10] = [
    ACCEPT_ENCODING,
    CONNECTION,
    CONTENT_LENGTH,
    CONTENT_TYPE,
    EXPECT,
    HOST,
    TE,
    TRAILER,
    TRANSFER_ENCODING,
    UPGRADE,
];
