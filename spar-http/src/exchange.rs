//! One request and its answer on one connection.

use std::error::Error as StdError;
use std::io;
use std::pin::pin;

use bytes::{Bytes, BytesMut};
use http::header::{
    AsHeaderName, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, HeaderMap, RETRY_AFTER,
    TRANSFER_ENCODING,
};
use http::{HeaderValue, StatusCode};
use http_body_util::{BodyExt, Full};
use hyper::body::{Body, Incoming};

use crate::clock::Clock;
use crate::connection::Connection;
use crate::connector::verdict_in;
use crate::error::{Error, ErrorKind, Phase, Sent, Verdict};
use crate::message::{Exchange, Response};
use crate::settings::{Limits, Timeouts};

/// Sends the request once and reads the whole answer.
pub(crate) async fn exchange(
    connection: &mut Connection,
    request: http::Request<Full<Bytes>>,
    timeouts: &Timeouts,
    limits: &Limits,
    clock: &Clock,
) -> Result<Response, Error> {
    let head = read_head(connection, request, timeouts, clock).await?;
    let (head, body) = head.into_parts();
    check_head(head.status, &head.headers)?;
    let body = read_body(connection, body, timeouts, limits, clock).await?;
    let meter = connection.meter();
    Ok(Response {
        status: head.status.as_u16(),
        content_type: media_type(head.headers.get(CONTENT_TYPE)),
        retry_after: short_text(head.headers.get(RETRY_AFTER)),
        body,
        meta: Exchange {
            bytes_sent: meter.sent(),
            bytes_received: meter.received(),
            ..Exchange::default()
        },
    })
}

async fn read_head(
    connection: &mut Connection,
    request: http::Request<Full<Bytes>>,
    timeouts: &Timeouts,
    clock: &Clock,
) -> Result<http::Response<Incoming>, Error> {
    let mut answer = pin!(connection.send(request));
    loop {
        // A long request may take its time as long as it moves.
        let left = timeouts.first_byte.saturating_sub(connection.meter().since_last_write());
        match clock.within(Phase::FirstByte, left, connection.drive(answer.as_mut())).await {
            Ok(Ok(head)) => return Ok(head),
            Ok(Err(error)) => return Err(broken_head(connection, error)),
            Err(Phase::FirstByte)
                if connection.meter().since_last_write() < timeouts.first_byte => {}
            Err(phase) => {
                return Err(Error::new(ErrorKind::Timeout(phase).into(), sent(connection)));
            }
        }
    }
}

/// Refuses what the caller could only misread. Its body is not read.
fn check_head(status: StatusCode, headers: &HeaderMap) -> Result<(), Error> {
    let refuse = |message| Err(Error::new(Verdict::new(ErrorKind::Protocol, message), Sent::Yes));
    if status.is_redirection() {
        return Err(Error::new(
            Verdict::new(ErrorKind::Protocol, "the server redirects to another address")
                .with_hint("redirects are not followed: check host and path of the endpoint"),
            Sent::Yes,
        ));
    }
    if matches!(status, StatusCode::NO_CONTENT | StatusCode::RESET_CONTENT) {
        return refuse("the answer has no content");
    }
    if status.as_u16() < 200 || status.as_u16() >= 600 {
        return refuse("the answer's status is not a final one");
    }
    if !values_are(headers, CONTENT_ENCODING, "identity") {
        return refuse("the answer is compressed, which was not asked for");
    }
    // hyper undoes the last coding only, so "gzip, chunked" would go unnoticed.
    if !values_are(headers, TRANSFER_ENCODING, "chunked") {
        return refuse("the answer has an unknown transfer coding");
    }
    if headers.contains_key(TRANSFER_ENCODING) && headers.contains_key(CONTENT_LENGTH) {
        return refuse("the answer has two lengths");
    }
    Ok(())
}

async fn read_body(
    connection: &mut Connection,
    mut body: Incoming,
    timeouts: &Timeouts,
    limits: &Limits,
    clock: &Clock,
) -> Result<Bytes, Error> {
    let too_large = || {
        let verdict = Verdict::new(ErrorKind::TooLarge, "the answer's body exceeds the limit");
        Error::new(verdict.with_hint("raise max_response_bytes if this is expected"), Sent::Yes)
    };
    let max = limits.max_response_bytes;
    let announced = body.size_hint().lower();
    if announced > max as u64 {
        return Err(too_large());
    }
    let mut whole = Collected::default();
    loop {
        let frame = connection.drive(body.frame());
        let frame = match clock.within(Phase::Idle, timeouts.idle, frame).await {
            Ok(None) => return Ok(whole.into_bytes()),
            Ok(Some(Ok(frame))) => frame,
            Ok(Some(Err(error))) => return Err(broken_body(connection, error)),
            Err(phase) => return Err(Error::new(ErrorKind::Timeout(phase).into(), Sent::Yes)),
        };
        if let Ok(data) = frame.into_data() {
            if data.len() > max - whole.len() {
                return Err(too_large());
            }
            whole.push(data, announced);
        }
    }
}

/// The body so far. One that comes in a single piece is not copied.
#[derive(Default)]
struct Collected {
    first: Bytes,
    rest: BytesMut,
}

impl Collected {
    fn len(&self) -> usize {
        self.first.len() + self.rest.len()
    }

    fn push(&mut self, data: Bytes, announced: u64) {
        if self.len() == 0 {
            self.first = data;
            return;
        }
        if self.rest.is_empty() {
            // What is announced need not come, so it is not believed beyond this.
            let size = usize::try_from(announced).unwrap_or(usize::MAX).min(MAX_RESERVED);
            self.rest.reserve(size.max(self.first.len() + data.len()));
            self.rest.extend_from_slice(&std::mem::take(&mut self.first));
        }
        self.rest.extend_from_slice(&data);
    }

    fn into_bytes(self) -> Bytes {
        if self.rest.is_empty() { self.first } else { self.rest.freeze() }
    }
}

const MAX_RESERVED: usize = 1024 * 1024;

fn broken_head(connection: &Connection, error: hyper::Error) -> Error {
    let meter = connection.meter();
    let verdict = tls_verdict(connection, &error).unwrap_or_else(|| {
        if error.is_parse_too_large() {
            Verdict::new(ErrorKind::TooLarge, "the answer's head exceeds the limit")
        } else if error.is_parse() {
            Verdict::new(ErrorKind::Protocol, "the answer is not HTTP/1.1")
        } else if meter.received() == 0 {
            ErrorKind::Disconnected.into()
        } else if !meter.offered() {
            Verdict::new(ErrorKind::Protocol, "the server spoke before it was asked")
        } else {
            ErrorKind::Truncated.into()
        }
    });
    Error::new(verdict, sent(connection)).with_source(error)
}

fn broken_body(connection: &Connection, error: hyper::Error) -> Error {
    let verdict = tls_verdict(connection, &error).unwrap_or_else(|| {
        if is_malformed(&error) {
            Verdict::new(ErrorKind::Protocol, "the answer's body is not framed as HTTP/1.1 wants")
        } else {
            ErrorKind::Truncated.into()
        }
    });
    Error::new(verdict, Sent::Yes).with_source(error)
}

fn tls_verdict(connection: &Connection, error: &hyper::Error) -> Option<Verdict> {
    verdict_in(error).or_else(|| connection.failure().and_then(verdict_in))
}

/// hyper reports a broken chunk as an I/O error of these kinds.
fn is_malformed(error: &hyper::Error) -> bool {
    let source = error.source().and_then(|source| source.downcast_ref::<io::Error>());
    source.is_some_and(|error| {
        matches!(error.kind(), io::ErrorKind::InvalidInput | io::ErrorKind::InvalidData)
    })
}

/// As long as there is no answer: whether the request may have left.
fn sent(connection: &Connection) -> Sent {
    if connection.meter().offered() { Sent::Unknown } else { Sent::No }
}

fn values_are(headers: &HeaderMap, name: impl AsHeaderName, only: &str) -> bool {
    let mut values = headers.get_all(name).iter();
    let is_only = |value: &HeaderValue| value.as_bytes().eq_ignore_ascii_case(only.as_bytes());
    values.next().is_none_or(is_only) && values.next().is_none()
}

fn media_type(value: Option<&HeaderValue>) -> Option<String> {
    let value = value?.to_str().ok()?;
    let media_type = value.split(';').next().unwrap_or_default().trim();
    let (kind, subtype) = media_type.split_once('/')?;
    let is_token = |text: &str| {
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$&-^_.+".contains(&byte);
        (1..=127).contains(&text.len()) && text.bytes().all(allowed)
    };
    (is_token(kind) && is_token(subtype)).then(|| media_type.to_ascii_lowercase())
}

fn short_text(value: Option<&HeaderValue>) -> Option<String> {
    let value = value?.to_str().ok()?.trim();
    (1..=64).contains(&value.len()).then(|| value.to_owned())
}
