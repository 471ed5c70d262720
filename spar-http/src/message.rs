//! What is sent and what comes back.

use std::fmt;
use std::time::Duration;

use bytes::Bytes;
use http::header::{
    ACCEPT_ENCODING, CONNECTION, CONTENT_LENGTH, CONTENT_TYPE, EXPECT, HOST, TE, TRAILER,
    TRANSFER_ENCODING, UPGRADE,
};
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use http_body_util::Full;
use hyper::ext::on_informational;

use crate::body::{Outgoing, Permission, Upload};
use crate::endpoint::Endpoint;
use crate::error::Error;

/// A request: a body, its type, and a few headers. `Debug` shows no value.
#[derive(Clone)]
pub struct Request {
    method: Method,
    content_type: Option<String>,
    headers: Vec<(&'static str, String)>,
    content: Content,
}

#[derive(Clone)]
enum Content {
    Whole(Bytes),
    Streamed(Upload),
}

impl Request {
    /// A POST request with this `Content-Type`, parameters included, and this body.
    pub fn new(content_type: impl Into<String>, body: impl Into<Bytes>) -> Self {
        Self::with_content(Method::POST, Some(content_type.into()), Content::Whole(body.into()))
    }

    /// A GET request, which has no body.
    pub fn get() -> Self {
        Self::with_content(Method::GET, None, Content::Whole(Bytes::new()))
    }

    /// A POST request with this `Content-Type` whose body is streamed.
    pub fn upload(content_type: impl Into<String>, upload: Upload) -> Self {
        let content = Content::Streamed(upload);
        Self::with_content(Method::POST, Some(content_type.into()), content)
    }

    fn with_content(method: Method, content_type: Option<String>, content: Content) -> Self {
        Self { method, content_type, headers: Vec::new(), content }
    }

    /// Sets another method.
    #[must_use]
    pub fn with_method(self, method: Method) -> Self {
        Self { method, ..self }
    }

    /// Adds a header. The headers of the transport itself (`Host`, `Content-Length`, `Connection`,
    /// `Accept-Encoding` and the like) cannot be set: the call then fails with a configuration error
    /// before anything is sent.
    #[must_use]
    pub fn with_header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    pub(crate) fn is_streamed(&self) -> bool {
        matches!(self.content, Content::Streamed(_))
    }

    /// The same without `Expect: 100-continue`; `None` if it has none.
    pub(crate) fn without_expectation(&self) -> Option<Self> {
        match &self.content {
            Content::Streamed(upload) if upload.expects_continue() => Some(Self {
                content: Content::Streamed(upload.clone().without_expectation()),
                ..self.clone()
            }),
            _ => None,
        }
    }

    /// One attempt: the request, and the permission to send its body if that may be refused.
    pub(crate) fn begin(
        &self,
        endpoint: &Endpoint,
    ) -> Result<(http::Request<Outgoing>, Option<Permission>), Error> {
        let (body, permission) = match &self.content {
            Content::Whole(body) => (Outgoing::Whole(Full::new(body.clone())), None),
            Content::Streamed(upload) => {
                let (body, permission) = upload.begin();
                (body, Some(permission))
            }
        };
        let mut request = http::Request::new(body);
        *request.method_mut() = self.method.clone();
        *request.uri_mut() = endpoint.uri();
        self.write_headers(endpoint, request.headers_mut())?;
        if let Some(permission) = &permission {
            let permission = permission.clone();
            on_informational(&mut request, move |answer| {
                if answer.status() == StatusCode::CONTINUE {
                    permission.grant();
                }
            });
        }
        Ok((request, permission))
    }

    fn write_headers(&self, endpoint: &Endpoint, headers: &mut HeaderMap) -> Result<(), Error> {
        headers.insert(HOST, endpoint.authority());
        if let Some(content_type) = &self.content_type {
            let content_type = HeaderValue::try_from(content_type)
                .map_err(|_| Error::configuration("the content type is not a header value"))?;
            headers.insert(CONTENT_TYPE, content_type);
        }
        if matches!(&self.content, Content::Streamed(upload) if upload.expects_continue()) {
            headers.insert(EXPECT, HeaderValue::from_static("100-continue"));
        }
        // Without it, any encoding would be acceptable (RFC 9110, 12.5.3).
        headers.insert(ACCEPT_ENCODING, HeaderValue::from_static("identity"));
        for (name, value) in &self.headers {
            let name = HeaderName::try_from(*name)
                .map_err(|_| Error::configuration("a header name is not valid"))?;
            if RESERVED.contains(&name) {
                return Err(Error::configuration("a header is set by the transport alone"));
            }
            let value = HeaderValue::try_from(value)
                .map_err(|_| Error::configuration("a header value is not valid"))?;
            headers.append(name, value);
        }
        Ok(())
    }
}

impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<_> = self.headers.iter().map(|(name, _)| name).collect();
        let mut debug = f.debug_struct("Request");
        debug.field("method", &self.method).field("headers", &names);
        match &self.content {
            Content::Whole(body) => debug.field("body_bytes", &body.len()),
            Content::Streamed(upload) => debug.field("upload", upload),
        };
        debug.finish_non_exhaustive()
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
    /// How often opening one failed before; see [`Retries`](crate::Retries). Nothing was sent then.
    pub failed_connections: u32,
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
